/* SPDX-License-Identifier: MIT */
#include "cli/analysis.h"
#include "cli/commands.h"
#include "cli/merge.h"

#include <stdlib.h>
#include <string.h>

struct args {
    cli_shared shared;
    bool half, log_efficiency;
};
static const cli_option options[] = {
    {"--half", NULL, CLI_FLAG, offsetof(struct args, half), NULL, NULL, "one row for each half-cycle", 0, 0},
    {"--log-ce", NULL, CLI_FLAG, offsetof(struct args, log_efficiency), NULL, NULL,
     "both log conventions of the Coulombic efficiency", 0, 0},
    {0},
};

typedef struct result {
    cli_analysis *analysis;
    pm_table *rows;
} result;

static void free_result(void *freed)
{
    result *r = freed;
    if (!r) return;
    cli_analysis_free(r->analysis);
    pm_table_free(r->rows);
    free(r);
}
PM_SCOPED(result, free_result)

static pm_status each(const cli_call *call, cli_file *file, pm_error *err)
{
    const struct args *args = call->args;
    cli_want want = {.cycles = true, .log_efficiency = args->log_efficiency, .sha256 = call->shared->json};
    pm_scoped(result) r = calloc(1, sizeof *r);
    pm_status s;

    if (!r) return pm_fail(err, PM_ERR_MEMORY, "no memory");
    if ((s = cli_analyse(call->shared, &want, file->path, &file->run, &r->analysis, err))) return s;
    s = args->half ? pm_cycler_half_cycles(r->analysis->cycler, &r->rows, err)
                   : pm_cycler_cycles(r->analysis->cycler, &r->rows, err);
    if (s) return s;
    file->findings = r->analysis->findings;
    file->result = r;
    r = NULL;
    return PM_OK;
}

/* What the csv rests on and does not say itself. */
static void note(const cli_call *call, const char *path, const cli_analysis *a)
{
    char text[300];
    const pm_cycle_summary *s = &a->summary;
    if (!a->has_current)
        snprintf(text, sizeof text,
                 "no current in the file: directions are the voltage's sign, charges, energies and "
                 "efficiencies cannot be computed");
    else
        snprintf(text, sizeof text,
                 "kind %s (%s), Coulombic efficiency %s, protocol %s, charge by %s, dead band %.3g A",
                 pm_kind_name(s->kind), s->kind_source, s->formula, s->protocol,
                 strcmp(s->charge_source, "counter") == 0 ? "the instrument's counters" : "integration of the current",
                 s->dead_band_A);
    cli_screen_note(call->screen, path, text);
}

static void reservoir_json(pm_json *json, const pm_reservoir *r)
{
    pm_json_object(json, "reservoir");
    pm_json_real(json, "coulombic_efficiency_average", r->coulombic_efficiency_average);
    pm_json_real(json, "coulombic_efficiency_initial", r->coulombic_efficiency_initial);
    pm_json_real(json, "reservoir_capacity_ah", r->reservoir_capacity_Ah);
    pm_json_real(json, "cycle_capacity_ah", r->cycle_capacity_Ah);
    pm_json_whole(json, "short_cycles", r->short_cycles);
    pm_json_real(json, "final_strip_ah", r->final_strip_Ah);
    pm_json_end(json);
}

static void file_json(const cli_call *call, const void *of, pm_json *json)
{
    const struct args *args = call->args;
    const result *r = of;
    const pm_cycle_summary *s = &r->analysis->summary;
    pm_json_text(json, "sha256", r->analysis->facts->sha256);
    pm_json_text(json, "format", r->analysis->facts->format.format);
    pm_json_text(json, "kind", pm_kind_name(s->kind));
    pm_json_text(json, "kind_source", s->kind_source);
    pm_json_text(json, "formula", s->formula);
    pm_json_text(json, "protocol", s->protocol);
    pm_json_text(json, "charge_source", s->charge_source);
    pm_json_real(json, "dead_band_ampere", s->dead_band_A);
    pm_json_bool(json, "has_current", r->analysis->has_current);
    pm_json_array(json, args->half ? "half_cycles" : "cycles");
    pm_table_write_json(r->rows, json);
    pm_json_end(json);
    pm_json_object(json, "summary");
    pm_json_whole(json, "half_cycles", s->half_cycles);
    pm_json_whole(json, "cycles", s->cycles);
    pm_json_real(json, "coulombic_efficiency_mean", s->coulombic_efficiency_mean);
    pm_json_end(json);
    if (s->reservoir.found) reservoir_json(json, &s->reservoir);
    cli_json_findings(json, "findings", r->analysis->findings);
}

static pm_status add(cli_call *call, const cli_file *file, void *rows, pm_error *err)
{
    const result *r = file->result;
    if (call->shared->json) return PM_OK;
    note(call, file->path, r->analysis);
    return cli_merge_add(rows, file->path, r->rows, err);
}

static pm_status csv(cli_call *call, void *rows, pm_out *out, pm_error *err)
{
    return cli_merge_write(rows, call->n_operands > 1, out, err);
}

static pm_status run(cli_call *call, pm_error *err)
{
    cli_merge rows = {0};
    cli_document d = {&rows, each, free_result, add, file_json, NULL, csv};
    pm_status s = cli_print_files(call, &d, err);

    cli_merge_clear(&rows);
    return s;
}

const cli_command cmd_cycles = {
    .name = "cycles",
    .group = "Files",
    .summary = "capacity, energy, Coulombic efficiency and polarisation by cycle",
    .operands = "FILE|DIR...",
    .details = "Prints csv; with several files the first column is the path. - is standard input.\n"
               "The kind of cell decides what a cycle and its efficiency are: it comes from --kind, else from\n"
               "NAME.cell.yaml or cells.yaml beside the file, else it is inferred, and said to be.\n",
    .example = "  premortem cycles --kind li-cu --area \"1.27 cm2\" cell.csv\n"
               "  premortem cycles --half --json -o cycles.json *.csv\n",
    .takes = CLI_FILES | CLI_FOLDERS | CLI_READING | CLI_CELL | CLI_RECONCILE | CLI_OUTPUT,
    .least = 1,
    .most = -1,
    .options = options,
    .args_size = sizeof(struct args),
    .run = run,
};
