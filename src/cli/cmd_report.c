/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"
#include "cli/merge.h"
#include "cli/report_cell.h"
#include "cli/report_design.h"
#include "cli/reserve.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct args {
    cli_shared shared;
    const char *title, *model, *n_to_p, *convention, *design;
};
static const cli_option options[] = {
    {"--title", NULL, CLI_TEXT, offsetof(struct args, title), "TEXT", NULL, "heading of the page", 0, 0},
    {"--model", NULL, CLI_TEXT, offsetof(struct args, model), "MODEL.json", NULL,
     "of premortem train; those that come with this program, by kind, unless given", 0, 0},
    {"--n-to-p", NULL, CLI_TEXT, offsetof(struct args, n_to_p), "RATIO", NULL,
     "of cells with a foil, \"2\" or \"2 +- 0.1\" (one standard deviation), for the lithium that is left", 0, 0},
    {"--n-to-p-convention", NULL, CLI_TEXT, offsetof(struct args, convention), "WORD", NULL,
     "foil (unless given): N is the foil alone; total: and the cathode's lithium", 0, 0},
    {"--design", NULL, CLI_TEXT, offsetof(struct args, design), "DECK.yaml", NULL,
     "a cell on paper (premortem design): parts, class, energy against predicted life", 0, 0},
    {0},
};

struct page {
    pm_report *report;
    const cli_models *models;
    const report_design *design; /* NULL = none */
    bool used[CLI_KINDS];
    cli_merge findings;
    char path[PATH_MAX], findings_path[PATH_MAX];
    pm_out *json_out;
    pm_json json;
};

static pm_status take(cli_call *call, cli_file *file, void *context, pm_error *err)
{
    struct page *page = context;
    const report_cell *r = file->result;
    if (call->shared->json) {
        pm_json_object(&page->json, NULL);
        if (cli_json_file(&page->json, file)) report_cell_json(&page->json, r);
        pm_json_end(&page->json);
    }
    if (r && r->judged) page->used[r->verdict.kind] = true;
    pm_status s = report_cell_add(page->report, page->models, file, err);
    if (s || !r) return s;
    return cli_merge_add(&page->findings, file->path, r->cell->analysis->findings, err);
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
        if (page->design) report_design_json(&page->json, page->design);
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
    cli_work work = {page, report_cell_each, take, report_cell_free, false};
    pm_scoped(pm_out) html = NULL;
    pm_scoped(pm_out) findings = NULL;
    pm_status s;

    if ((s = make_folders(page->path, err))) return s;
    if ((s = pm_out_open(page->path, call->shared->force, &html, err))) return s;
    if ((s = pm_out_open(page->findings_path, call->shared->force, &findings, err))) return s;
    if ((s = cli_each_file(call, &work, err))) return s;
    cli_models_note(call, page->models, page->used);
    if (page->design && (s = report_design_add(page->report, page->design, err))) return s;
    if (call->done) { /* a page of failures only is not written */
        if ((s = pm_report_write(page->report, html, err))) return s;
        if ((s = write_findings(page, findings, err))) return s;
        if ((s = pm_out_commit(html, err))) return s; /* first what is larger: a full disk leaves no findings alone */
        if ((s = pm_out_commit(findings, err))) return s;
    }
    return call->done || call->shared->json ? say_where(call, page, err) : PM_OK;
}

static pm_status open_models(const char *path, cli_models *models, pm_error *err)
{
    pm_status s = cli_models_open(path, 0, models, err);
    if (s || models->cycles) return s;
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_at_line(path, -1, NULL), "premortem predict --table takes it",
                      "the model is not of fingerprints of first cycles, so files of cells tell it nothing");
}

static pm_status make(cli_call *call, struct page *page, pm_error *err)
{
    const struct args *args = call->args;
    pm_scoped(pm_report) report = NULL;
    pm_scoped(pm_out) json_out = NULL;
    pm_status s;

    if ((s = pm_report_new(args->title ? args->title : "premortem", &report, err))) return s;
    page->report = report;
    if (call->shared->json) {
        if ((s = pm_out_open("-", false, &json_out, err))) return s;
        page->json_out = json_out;
        page->json = cli_json_open(call, json_out);
        pm_json_array(&page->json, "files");
    }
    s = write_page(call, page, err);
    cli_merge_clear(&page->findings);
    return s;
}

static void own_leave(report_own *own)
{
    cli_models_leave(&own->models);
    pm_why_free(own->graph);
}

static pm_status run(cli_call *call, pm_error *err)
{
    const struct args *args = call->args;
    __attribute__((__cleanup__(own_leave))) report_own own = {0};
    __attribute__((__cleanup__(report_design_leave))) report_design design = {0};
    struct page page = {.models = &own.models};
    pm_status s;

    if ((s = choose_paths(call, &page, err))) return s;
    if ((s = cli_reserve_option(args->n_to_p, args->convention, &own.n_to_p, err))) return s;
    if ((s = open_models(args->model, &own.models, err))) return s;
    if ((s = pm_why_new(&own.graph, err))) return s;
    if (args->design) {
        if ((s = report_design_read(args->design, call->run, &design, err))) return s;
        page.design = &design;
    }
    call->own = &own;
    s = make(call, &page, err);
    call->own = NULL;
    return s;
}

const cli_command cmd_report = {
    .name = "report",
    .group = "Files",
    .summary = "one page to look at, with all cells and their plots",
    .operands = "FILE|DIR...",
    .details =
        "Writes DIR/report.html, which opens without a network, and DIR/findings.csv; DIR is made.\n"
        "The last line printed is the path of the page. Each cell gets a verdict from its first cycles, where there is "
        "a\n"
        "model for its kind, what its whole record shows (label, a reconstruction; bends; alarms of shorts), and "
        "which\n"
        "mechanisms are consistent with that. Cells on a cathode also get their stage of life and, where N/P is told, "
        "the\n"
        "lithium that is left.\n",
    .example = "  premortem report --kind li-cu *.csv -o out/report.html\n"
               "  premortem report --model model.json cells -o out\n"
               "  premortem report --n-to-p \"1.5 +- 0.1\" --design cell.yaml cells -o out\n",
    .takes = CLI_FILES | CLI_FOLDERS | CLI_READING | CLI_CELL | CLI_RECONCILE | CLI_OUTPUT,
    .least = 1,
    .most = -1,
    .options = options,
    .args_size = sizeof(struct args),
    .run = run,
};
