/* SPDX-License-Identifier: MIT */
#include "cli/analysis.h"
#include "cli/commands.h"
#include "cli/info.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The output while batches come in. */
struct conversion {
    pm_out *out, *meta; /**< meta: NULL where the output is standard output or holds it itself */
    bool as_json, begun;
    pm_json json;
};

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), n_end = strlen(end);
    return n >= n_end && pm_text_same(text + n - n_end, end);
}

static bool to_stdout(const cli_call *call)
{
    return !strcmp(call->shared->output, "-");
}

static pm_status choose_format(const cli_call *call, bool *as_json, pm_error *err)
{
    const char *path = call->shared->output;
    if (!path)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "-o cell.bdf.csv; - is standard output", "needs -o OUT");
    if (ends_with(path, ".parquet"))
        return pm_fail_at(err, PM_ERR_FEATURE, pm_at_line(path, -1, NULL), "write .bdf.csv, .csv or .json",
                          "this build does not write parquet");
    *as_json = ends_with(path, ".json") || (to_stdout(call) && call->shared->json);
    if (*as_json || to_stdout(call) || ends_with(path, ".csv")) return PM_OK;
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_at_line(path, -1, NULL), "use .bdf.csv, .csv or .json",
                      "the suffix names no format that can be written");
}

static pm_status sink(void *context, const pm_table *batch, pm_error *err)
{
    struct conversion *c = context;
    (void)err;
    if (c->as_json)
        pm_table_write_json(batch, &c->json);
    else
        pm_table_write_csv(batch, !c->begun, c->out);
    c->begun = true;
    return PM_OK;
}

/* All that is known beside the rows. */
static void write_meta(pm_json *json, const cli_call *call, const cli_analysis *a)
{
    pm_json_text(json, "content", a->facts->format.content);
    pm_json_whole(json, "rows", a->rows);
    cli_columns_json(json, a->reader, NULL);
    cli_metadata_json(json, a->facts->empty);
    pm_json_object(json, "provenance");
    pm_json_text(json, "version", pm_version());
    pm_json_text(json, "sha256", a->facts->sha256);
    pm_json_text(json, "format", a->facts->format.format);
    pm_json_text(json, "format_reason", a->facts->format.reason);
    pm_json_object(json, "parameters");
    pm_json_text(json, "format", call->shared->format);
    pm_json_text(json, "dialect", call->shared->dialect);
    pm_json_text(json, "map", call->shared->map);
    pm_json_bool(json, "reconcile", call->shared->reconcile);
    pm_json_end(json);
    pm_json_end(json);
    cli_json_findings(json, "findings", a->findings);
}

/* A whole document about one file. */
static void write_document(const cli_call *call, const cli_file *file, const cli_analysis *a, pm_out *to)
{
    pm_json json = cli_json_open(call, to);
    pm_json_array(&json, "files");
    pm_json_object(&json, NULL);
    if (cli_json_file(&json, file)) write_meta(&json, call, a);
    for (int open = 0; open < 3; open++) pm_json_end(&json);
}

/* The json output begins before the rows are known, so what is known of them stands behind. */
static void begin_json(const cli_call *call, const cli_file *file, struct conversion *c)
{
    c->json = cli_json_open(call, c->out);
    pm_json_array(&c->json, "files");
    pm_json_object(&c->json, NULL);
    cli_json_file(&c->json, file);
    pm_json_array(&c->json, "records");
}

static void end_json(const cli_call *call, const cli_analysis *a, struct conversion *c)
{
    pm_json_end(&c->json);
    write_meta(&c->json, call, a);
    for (int open = 0; open < 3; open++) pm_json_end(&c->json);
}

/* BDF asks for three columns; a file that lacks one is still written, and it is said. */
static void note_absent(const cli_call *call, const cli_file *file, const cli_analysis *a)
{
    static const char *const required[] = {"test_time_second", "voltage_volt", "current_ampere"};
    char text[200];
    if (!ends_with(call->shared->output, ".bdf.csv")) return;
    for (int i = 0; i < 3; i++) {
        if (pm_table_find(a->facts->empty, required[i])) continue;
        snprintf(text, sizeof text, "the file has no %s, which the Battery Data Format requires", required[i]);
        cli_screen_note(call->screen, file->path, text);
    }
}

/* Who reads the csv elsewhere takes the clock for UTC. */
static void note_zone(const cli_call *call, const cli_file *file, const cli_analysis *a)
{
    const char *zone = pm_table_meta(a->facts->empty, "time_zone");
    if (!pm_table_find(a->facts->empty, "unix_time_second") || (zone && strcmp(zone, "unknown") != 0)) return;
    cli_screen_note(
        call->screen, file->path,
        "the file does not say its time zone: unix_time_second is the instrument's own clock, taken as UTC");
}

/* OUT appears last, so that a failure leaves neither. */
static pm_status commit(const cli_call *call, const cli_file *file, const cli_analysis *a, const char *meta_path,
                        struct conversion *c, pm_error *err)
{
    pm_status s;
    if (c->meta) {
        write_document(call, file, a, c->meta);
        if ((s = pm_out_commit(c->meta, err))) return s;
    }
    s = pm_out_commit(c->out, err);
    if (s && c->meta) unlink(meta_path);
    return s;
}

static pm_status convert(const cli_call *call, cli_file *file, const char *meta_path, struct conversion *c,
                         cli_analysis **out, pm_error *err)
{
    cli_want want = {.all_columns = true, .sha256 = true, .sink = sink, .context = c};
    pm_scoped(cli_analysis) a = NULL;
    pm_status s;
    if (c->as_json) begin_json(call, file, c);
    if ((s = cli_analyse(call->shared, &want, file->path, &file->run, &a, err))) return s;
    if (!c->begun)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), NULL,
                          "holds no rows to convert: its content is %s, its format %s", a->facts->format.content,
                          a->facts->format.title);
    if (c->as_json) end_json(call, a, c);
    note_absent(call, file, a);
    note_zone(call, file, a);
    if ((s = commit(call, file, a, meta_path, c, err))) return s;
    *out = a;
    a = NULL;
    return PM_OK;
}

/* --force is meant for an old output, not for the instrument's file. */
static pm_status refuse_own_input(const cli_call *call, const cli_file *file, pm_error *err)
{
    struct stat in, out;
    const char *output = call->shared->output;
    bool both = output && stat(file->path, &in) == 0 && stat(output, &out) == 0 && S_ISREG(out.st_mode);
    if (!both || in.st_dev != out.st_dev || in.st_ino != out.st_ino) return PM_OK;
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "give the output another name",
                      "the output is the file that is read");
}

static pm_status each(const cli_call *call, cli_file *file, pm_error *err)
{
    char meta_path[4096 + 16];
    struct conversion c = {0};
    cli_analysis *a = NULL;
    pm_scoped(pm_out) out = NULL;
    pm_scoped(pm_out) meta = NULL;
    pm_status s;

    if ((s = choose_format(call, &c.as_json, err)) || (s = refuse_own_input(call, file, err))) return s;
    snprintf(meta_path, sizeof meta_path, "%s.meta.json", call->shared->output);
    if ((s = cli_output(call, &out, err))) return s;
    if (!c.as_json && !to_stdout(call) && (s = pm_out_open(meta_path, call->shared->force, &meta, err))) return s;
    c.out = out;
    c.meta = meta;
    if ((s = convert(call, file, meta_path, &c, &a, err))) return s;
    file->result = a;
    file->findings = a->findings;
    return PM_OK;
}

static pm_status take(cli_call *call, cli_file *file, void *context, pm_error *err)
{
    pm_scoped(pm_out) out = NULL;
    pm_status s;
    (void)context;
    if (!call->shared->json || !call->shared->output || to_stdout(call)) return PM_OK;
    if ((s = pm_out_open("-", false, &out, err))) return s;
    write_document(call, file, file->result, out);
    return pm_out_commit(out, err);
}

static pm_status run(cli_call *call, pm_error *err)
{
    bool as_json = false;
    pm_status s = choose_format(call, &as_json, err);
    cli_work work = {NULL, each, take, cli_analysis_free, false};
    return s ? s : cli_each_file(call, &work, err);
}

const cli_command cmd_convert = {
    .name = "convert",
    .group = "Files",
    .summary = "one file to Battery Data Format csv, or to JSON",
    .operands = "FILE",
    .details = "OUT ends in .bdf.csv, .csv or .json; -o - prints csv. Numbers keep every bit. What the file says\n"
               "beside its rows, and what was found, goes to OUT.meta.json. --json prints the same.\n",
    .example = "  premortem convert cell.txt -o cell.bdf.csv\n",
    .takes = CLI_FILES | CLI_READING | CLI_RECONCILE | CLI_OUTPUT,
    .least = 1,
    .most = 1,
    .args_size = sizeof(cli_shared),
    .run = run,
};
