/* SPDX-License-Identifier: MIT */
#include "cli/analysis.h"
#include "cli/commands.h"
#include "cli/merge.h"
#include "report/report.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct args {
    cli_shared shared;
    const char *title;
};
static const cli_option options[] = {
    {"--title", NULL, CLI_TEXT, offsetof(struct args, title), "TEXT", NULL, "heading of the page", 0, 0},
    {0},
};

typedef struct result {
    cli_analysis *analysis;
    pm_table *half_cycles, *cycles; /**< NULL where the file is no record of a test */
} result;

static void free_result(void *freed)
{
    result *r = freed;
    if (!r) return;
    cli_analysis_free(r->analysis);
    pm_table_free(r->half_cycles);
    pm_table_free(r->cycles);
    free(r);
}
PM_SCOPED(result, free_result)

struct page {
    pm_report *report;
    cli_merge findings;
    char path[PATH_MAX], findings_path[PATH_MAX];
    pm_out *json_out;
    pm_json json;
};

/* ---- one file ----------------------------------------------------------------------------------------------- */

static pm_status each(const cli_call *call, cli_file *file, pm_error *err)
{
    cli_want want = {.cycles = true, .card = true, .sha256 = true, .keep = true};
    pm_scoped(result) r = calloc(1, sizeof *r);
    pm_status s;

    if (!r) return pm_fail(err, PM_ERR_MEMORY, "no memory");
    if ((s = cli_analyse(call->shared, &want, file->path, &file->run, &r->analysis, err))) return s;
    const pm_cycler *cycler = r->analysis->cycler;
    if (cycler && (s = pm_cycler_half_cycles(cycler, &r->half_cycles, err))) return s;
    if (cycler && (s = pm_cycler_cycles(cycler, &r->cycles, err))) return s;
    file->findings = r->analysis->findings;
    file->result = r;
    r = NULL;
    return PM_OK;
}

static pm_status add_to_report(pm_report *report, const cli_file *file, pm_error *err)
{
    const result *r = file->result;
    pm_report_cell cell = {.path = file->path, .error = file->error.code ? &file->error : NULL};
    pm_cell told = {0};
    if (r) {
        const cli_analysis *a = r->analysis;
        told = a->cell; /* what the options say beats the sidecar */
        told.area_cm2 = a->cycle_options.area_cm2;
        told.mass_g = a->cycle_options.mass_g;
        cell.title = *a->cell.cell_id ? a->cell.cell_id : NULL;
        cell.format = a->facts->format.title;
        cell.format_reason = a->facts->format.reason;
        cell.sha256 = a->facts->sha256;
        cell.content = a->facts->format.content;
        cell.spectra = a->profile.spectra > 0 ? (int64_t)a->profile.spectra : 0;
        cell.frequency_least_Hz = a->profile.frequency_min_Hz;
        cell.frequency_most_Hz = a->profile.frequency_max_Hz;
        cell.cell = &told;
        cell.records = a->cycler ? a->records : NULL;
        cell.half_cycles = r->half_cycles;
        cell.cycles = r->cycles;
        cell.findings = a->findings;
        cell.summary = a->cycler ? &a->summary : NULL;
    }
    return pm_report_add(report, &cell, err);
}

static void file_json(pm_json *json, const cli_analysis *a)
{
    pm_json_text(json, "content", a->facts->format.content);
    pm_json_text(json, "format", a->facts->format.format);
    pm_json_text(json, "sha256", a->facts->sha256);
    pm_json_whole(json, "rows", a->rows);
    pm_json_text(json, "kind", pm_kind_name(a->cycler ? a->summary.kind : a->cycle_options.kind));
    pm_json_text(json, "kind_source", cli_kind_source(a));
    cli_json_findings(json, "findings", a->findings);
}

static pm_status take(cli_call *call, cli_file *file, void *context, pm_error *err)
{
    struct page *page = context;
    const result *r = file->result;
    if (call->shared->json) {
        pm_json_object(&page->json, NULL);
        if (cli_json_file(&page->json, file)) file_json(&page->json, r->analysis);
        pm_json_end(&page->json);
    }
    pm_status s = add_to_report(page->report, file, err);
    if (s || !r) return s;
    return cli_merge_add(&page->findings, file->path, r->analysis->findings, err);
}

/* ---- where it goes ------------------------------------------------------------------------------------------ */

static pm_status make_folders(char *path, pm_error *err)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        int failed = mkdir(path, 0777) && errno != EEXIST;
        if (failed) return pm_fail_errno(err, path, "make the folder");
        *slash = '/';
    }
    return PM_OK;
}

/* "out", "out/" and "out/page.html" are all understood; findings.csv goes beside the page. */
static pm_status choose_paths(const cli_call *call, struct page *page, pm_error *err)
{
    const char *out = call->shared->output;
    if (!out || !strcmp(out, "-"))
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "-o out/report.html", "needs -o DIR/report.html");
    size_t n = strlen(out);
    if (n + 32 > sizeof page->path) return pm_fail(err, PM_ERR_ARGUMENT, "the path of the output is too long");
    bool is_page = n > 5 && pm_text_same(out + n - 5, ".html");
    const char *slash = strrchr(out, '/');
    int folder = is_page ? (slash ? (int)(slash - out) + 1 : 0) : (int)n;
    const char *between = !is_page && out[n - 1] != '/' ? "/" : "";
    snprintf(page->path, sizeof page->path, "%s%s%s", out, between, is_page ? "" : "report.html");
    snprintf(page->findings_path, sizeof page->findings_path, "%.*s%sfindings.csv", folder, out, between);
    return PM_OK;
}

static pm_status write_findings(const struct page *page, pm_out *to, pm_error *err)
{
    pm_scoped(pm_table) findings = NULL;
    pm_status s = cli_merge_result(&page->findings, &findings, err);
    if (!s) pm_table_write_csv(findings, true, to);
    return s;
}

static pm_status say_where(const cli_call *call, struct page *page, pm_error *err)
{
    pm_scoped(pm_out) out = NULL;
    pm_status s;
    if (call->shared->json) {
        pm_json_end(&page->json);
        pm_json_text(&page->json, "report", call->done ? page->path : NULL);
        pm_json_end(&page->json);
        return pm_out_commit(page->json_out, err);
    }
    if ((s = pm_out_open("-", false, &out, err))) return s;
    pm_out_text(out, "%s\n", page->path);
    return pm_out_commit(out, err);
}

static pm_status write_page(cli_call *call, struct page *page, pm_error *err)
{
    cli_work work = {page, each, take, free_result, false};
    pm_scoped(pm_out) html = NULL;
    pm_scoped(pm_out) findings = NULL;
    pm_status s;

    if ((s = make_folders(page->path, err))) return s;
    if ((s = pm_out_open(page->path, call->shared->force, &html, err))) return s;
    if ((s = pm_out_open(page->findings_path, call->shared->force, &findings, err))) return s;
    if ((s = cli_each_file(call, &work, err))) return s;
    if (call->done) { /* a page of failures only is not written */
        if ((s = pm_report_write(page->report, html, err))) return s;
        if ((s = write_findings(page, findings, err))) return s;
        if ((s = pm_out_commit(findings, err))) return s;
        if ((s = pm_out_commit(html, err))) return s;
    }
    return call->done || call->shared->json ? say_where(call, page, err) : PM_OK;
}

static pm_status run(cli_call *call, pm_error *err)
{
    const struct args *args = call->args;
    struct page page = {0};
    pm_scoped(pm_report) report = NULL;
    pm_scoped(pm_out) json_out = NULL;
    pm_status s;

    if ((s = choose_paths(call, &page, err))) return s;
    if ((s = pm_report_new(args->title ? args->title : "premortem", &report, err))) return s;
    page.report = report;
    if (call->shared->json) {
        if ((s = pm_out_open("-", false, &json_out, err))) return s;
        page.json_out = json_out;
        page.json = cli_json_open(call, json_out);
        pm_json_array(&page.json, "files");
    }
    s = write_page(call, &page, err);
    cli_merge_clear(&page.findings);
    return s;
}

const cli_command cmd_report = {
    .name = "report",
    .group = "Files",
    .summary = "one page to look at, with all cells and their plots",
    .operands = "FILE|DIR...",
    .details = "Writes DIR/report.html, which opens without a network, and DIR/findings.csv; DIR is made.\n"
               "The last line printed is the path of the page.\n",
    .example = "  premortem report --kind li-cu *.csv -o out/report.html\n",
    .takes = CLI_FILES | CLI_FOLDERS | CLI_READING | CLI_CELL | CLI_RECONCILE | CLI_OUTPUT,
    .least = 1,
    .most = -1,
    .options = options,
    .args_size = sizeof(struct args),
    .run = run,
};
