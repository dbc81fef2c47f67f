/* SPDX-License-Identifier: MIT */
#include "cli/cell.h"
#include "cli/commands.h"
#include "cli/merge.h"

#include <stdlib.h>
#include <string.h>

typedef struct short_args {
    cli_shared shared;
    const char *spectra;
    double soft_part, hard_part, window_s;
    int64_t recent, sustained;
} short_args;
static const cli_option options[] = {
    {"--spectra", NULL, CLI_TEXT, offsetof(short_args, spectra), "FILE", NULL,
     "spectra of the same cell on the same clock, as evidence; with one FILE only", 0, 0},
    {"--soft-part", NULL, CLI_REAL, offsetof(short_args, soft_part), "PART", NULL,
     "soft: |V| below this part of the recent past; 0.8 unless given", 0, 0},
    {"--hard-part", NULL, CLI_REAL, offsetof(short_args, hard_part), "PART", NULL,
     "hard: |V| below this part; 0.1 unless given", 0, 0},
    {"--window", NULL, CLI_QUANTITY, offsetof(short_args, window_s), "TIME", "s",
     "of a level within half-cycles of over 4 h; 600 s unless given", 0, 0},
    {"--recent", NULL, CLI_WHOLE, offsetof(short_args, recent), "N", NULL,
     "levels that are the recent past; 24 unless given", 1, 0},
    {"--sustained", NULL, CLI_WHOLE, offsetof(short_args, sustained), "N", NULL,
     "levels in a row that make an alarm; 3 unless given", 1, 0},
    {0},
};

typedef struct result {
    cli_analysis *analysis;
    pm_shorts *shorts;
    pm_table *alarms;
    pm_short_summary summary;
} result;

static void free_result(void *freed)
{
    result *r = freed;
    if (!r) return;
    cli_analysis_free(r->analysis);
    pm_shorts_free(r->shorts);
    pm_table_free(r->alarms);
    free(r);
}
PM_SCOPED(result, free_result)

static pm_status start(const cli_call *call, const char *path, pm_shorts **out, pm_error *err)
{
    const short_args *args = call->args;
    pm_cell cell;
    pm_short_options o = {
        .window_s = args->window_s,
        .soft_part = args->soft_part,
        .hard_part = args->hard_part,
        .recent = cli_at_most(args->recent),
        .sustained = cli_at_most(args->sustained),
    };
    pm_status s = cli_cell_options(call->shared, path, &cell, &o.cycle, err);

    if (s) return s;
    return pm_shorts_new(&o, out, err);
}

static pm_status sink(void *context, const pm_table *batch, pm_error *err)
{
    return pm_shorts_push(context, batch, err);
}

static pm_status push_spectra(const char *path, pm_shorts *shorts, const pm_run *run, pm_error *err)
{
    pm_scoped(pm_table) spectra = NULL;
    pm_status s = pm_read_table(path, NULL, run, &spectra, err);

    if (!s) s = pm_shorts_push_spectra(shorts, spectra, err);
    if (s) pm_error_locate(err, path, NULL);
    return s;
}

static pm_status each(const cli_call *call, cli_file *file, pm_error *err)
{
    const short_args *args = call->args;
    pm_scoped(result) r = calloc(1, sizeof *r);
    pm_status s;

    if (!r) return pm_fail(err, PM_ERR_MEMORY, "no memory");
    if ((s = start(call, file->path, &r->shorts, err))) return s;
    cli_want want = {.cycles = true, .sha256 = call->shared->json, .sink = sink, .context = r->shorts};
    if ((s = cli_analyse(call->shared, &want, file->path, &file->run, &r->analysis, err))) return s;
    if (args->spectra && (s = push_spectra(args->spectra, r->shorts, &file->run, err))) return s;
    if ((s = pm_shorts_result(r->shorts, &r->alarms, &r->summary, err))) return s;
    file->findings = r->analysis->findings;
    file->result = r;
    r = NULL;
    return PM_OK;
}

/* What the csv does not say itself. */
static void note(const cli_call *call, const char *path, const result *r)
{
    const pm_short_summary *m = &r->summary;
    int64_t alarms = pm_table_rows(r->alarms);
    char watched[32], levels[64] = "", text[1200];

    cli_duration(m->watched_s, watched);
    if (m->levels) snprintf(levels, sizeof levels, ", %lld levels compared", (long long)m->levels);
    snprintf(text, sizeof text, "kind %s (%s), %lld alarm%s in %s%s; %s%snot shown: %s", pm_kind_name(m->kind),
             m->kind_source, (long long)alarms, alarms == 1 ? "" : "s", watched, levels, m->suspicion,
             *m->suspicion ? "; " : "", m->cannot);
    cli_screen_note(call->screen, path, text);
}

/* ---- JSON --------------------------------------------------------------------------------------------------- */

static void file_json(const cli_call *call, const void *of, pm_json *json)
{
    const result *r = of;
    const pm_short_summary *m = &r->summary;

    (void)call;
    pm_json_text(json, "sha256", r->analysis->facts->sha256);
    pm_json_text(json, "format", r->analysis->facts->format.format);
    pm_json_text(json, "kind", pm_kind_name(m->kind));
    pm_json_text(json, "kind_source", m->kind_source);
    cli_alarms_json(json, r->alarms);
    pm_json_text(json, "suspicion", *m->suspicion ? m->suspicion : NULL);
    pm_json_text(json, "cannot_show", m->cannot);
    pm_json_bool(json, "calibrated", false);
    pm_json_whole(json, "levels", m->levels);
    pm_json_real(json, "watched_second", m->watched_s);
    cli_json_findings(json, "findings", r->analysis->findings);
}

/* ---- all of it ---------------------------------------------------------------------------------------------- */

static pm_status add(cli_call *call, const cli_file *file, void *rows, pm_error *err)
{
    const result *r = file->result;

    if (call->shared->json) return PM_OK;
    note(call, file->path, r);
    return cli_merge_add(rows, file->path, r->alarms, err);
}

static pm_status csv(cli_call *call, void *rows, pm_out *out, pm_error *err)
{
    (void)call;
    return cli_merge_write(rows, true, out, err);
}

static pm_status run(cli_call *call, pm_error *err)
{
    cli_merge rows = {0};
    cli_document d = {&rows, each, free_result, add, file_json, NULL, csv};

    if (((const short_args *)call->args)->spectra && call->n_operands > 1)
        return pm_fail(err, PM_ERR_ARGUMENT, "--spectra goes with one file: the cell whose spectra they are");
    pm_status s = cli_print_files(call, &d, err);

    cli_merge_clear(&rows);
    return s;
}

const cli_command cmd_short = {
    .name = "short",
    .group = "Cells",
    .summary = "alarms of internal shorts, soft and hard, with their evidence",
    .operands = "FILE|DIR...",
    .details =
        "Prints csv, one row for each alarm; the first column is the path. - is standard input.\n"
        "Li-Li and Li-Cu: the level of |V| of each half-cycle (of ten minutes in long ones) against the highest of\n"
        "the recent past. Other kinds: charge that does not come back, a voltage that drops while charging,\n"
        "efficiencies above 1. Probabilities order alarms; they are not calibrated on real shorts.\n",
    .example = "  premortem short --kind li-li cell.csv\n"
               "  premortem short --kind li-li --spectra impedance.mpr --json cell.csv\n",
    .takes = CLI_FILES | CLI_FOLDERS | CLI_READING | CLI_CELL | CLI_RECONCILE | CLI_OUTPUT,
    .least = 1,
    .most = -1,
    .options = options,
    .args_size = sizeof(short_args),
    .run = run,
};
