/* SPDX-License-Identifier: MIT */
#include "cli/cell.h"
#include "cli/commands.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct label_args {
    cli_shared shared;
    cli_label_args rule;
    bool sensitivity;
} label_args;
static const cli_option options[] = {
    CLI_LABEL_OPTIONS(label_args, rule),
    {"--sensitivity", NULL, CLI_FLAG, offsetof(label_args, sensitivity), NULL, NULL,
     "how many cells get which label by other thresholds, instead of the labels", 0, 0},
    {0},
};

/** One row of the csv. */
typedef struct label_row {
    const char *cell_id, *electrolyte_id, *kind, *label, *criterion, *cannot_show;
    int64_t cycle_count_end, cycles, excluded, short_cycle, window, reference, horizon, reconstruction;
    double polarisation_change, efficiency_change, polarisation, efficiency;
    pm_life_bend elbow, knee;
    double time[PM_LIFE_TIMES];
    int64_t time_censored[PM_LIFE_TIMES];
} label_row;

#define FIELD(name, type, unit, member, meaning)                                                                       \
    {                                                                                                                  \
        name, type, unit, offsetof(label_row, member), meaning                                                         \
    }
#define BEND(name, member)                                                                                             \
    FIELD(name "_cycle_count", PM_DOUBLE, "1", member.single.x, "two lines meet"),                                     \
        FIELD(name "_cycle_count_low", PM_DOUBLE, "1", member.single.low, "95 % interval"),                            \
        FIELD(name "_cycle_count_high", PM_DOUBLE, "1", member.single.high, "95 % interval"),                          \
        FIELD(name "_onset_cycle_count", PM_DOUBLE, "1", member.onset.x, "the first bend of three lines"),             \
        FIELD(name "_point_cycle_count", PM_DOUBLE, "1", member.point.x, "the second bend of three lines"),            \
        FIELD(name "_kneedle_cycle_count", PM_DOUBLE, "1", member.kneedle, "second opinion, no interval")
static const pm_field fields[] = {
    FIELD("cell_id", PM_STRING, "", cell_id, "of the sidecar, else the file's name"),
    FIELD("electrolyte_id", PM_STRING, "", electrolyte_id, "of the sidecar"),
    FIELD("kind", PM_STRING, "", kind, "of cell"),
    FIELD("label", PM_STRING, "", label, "kdf, rdf, cdf, short, stopped, censored"),
    FIELD("cycle_count_end", PM_INT64, "1", cycle_count_end, "first crossing, else the last cycle seen"),
    FIELD("cycles", PM_INT64, "1", cycles, "complete cycles seen"),
    FIELD("criterion", PM_STRING, "", criterion, "why, in words"),
    FIELD("polarisation_change", PM_DOUBLE, "1", polarisation_change, "relative, where it was decided"),
    FIELD("coulombic_efficiency_change", PM_DOUBLE, "1", efficiency_change,
          "fall since the reference, where it was decided: positive = fallen"),
    FIELD("excluded_codegradation", PM_INT64, "1", excluded, "1: the horizon was watched to its end"),
    FIELD("short_cycle_count", PM_INT64, "1", short_cycle,
          "of the first short: an alarm that counts, or efficiency above 1"),
    BEND("elbow", elbow),
    BEND("knee", knee),
    FIELD("censored", PM_INT64, "1", time_censored[PM_LIFE_END], "1: cycle_count_end is a lower bound"),
    FIELD("cycle_count_80_percent", PM_DOUBLE, "1", time[PM_LIFE_80_PERCENT],
          "of the capacity are left, to regress on"),
    FIELD("cycle_count_80_percent_censored", PM_INT64, "1", time_censored[PM_LIFE_80_PERCENT], "1: a lower bound"),
    FIELD("cycle_count_elbow", PM_DOUBLE, "1", time[PM_LIFE_ELBOW], "to regress on"),
    FIELD("cycle_count_elbow_censored", PM_INT64, "1", time_censored[PM_LIFE_ELBOW], "1: a lower bound"),
    FIELD("threshold_polarisation", PM_DOUBLE, "1", polarisation, "of the rule"),
    FIELD("threshold_coulombic_efficiency", PM_DOUBLE, "1", efficiency, "of the rule"),
    FIELD("window", PM_INT64, "1", window, "of the rule"),
    FIELD("reference", PM_INT64, "1", reference, "of the rule"),
    FIELD("horizon", PM_INT64, "1", horizon, "of the rule; missing = max(10, N/4)"),
    FIELD("reconstruction", PM_INT64, "1", reconstruction, "1: the rule is not the paper's"),
    FIELD("cannot_show", PM_STRING, "", cannot_show, "what this kind of cell hides"),
};
enum { FIELDS = sizeof fields / sizeof *fields };

/** All files of a call; the tables of cycles are kept for --sensitivity. */
typedef struct page {
    pm_life_label_options rule;
    pm_builder *rows;
    pm_life *lives;
    pm_table **cycles;
    int64_t n, lives_room, cycles_room;
} page;

static void page_leave(page *p)
{
    for (int64_t i = 0; i < p->n; i++) pm_table_free(p->cycles[i]);
    free(p->cycles);
    free(p->lives);
    pm_builder_free(p->rows);
}

/* ---- one file ----------------------------------------------------------------------------------------------- */

static pm_status each(const cli_call *call, cli_file *file, pm_error *err)
{
    const label_args *args = call->args;
    cli_cell_want want = {.label = true};
    cli_cell *cell = NULL;
    pm_status s;

    if ((s = cli_label_options(&args->rule, &want.labels, err))) return s;
    if ((s = cli_cell_of(call, file, &want, &cell, err))) return s;
    file->findings = cell->analysis->findings;
    file->result = cell;
    return PM_OK;
}

static int64_t or_missing(int64_t value)
{
    return value ? value : PM_NO_INT;
}

static label_row row_of(const cli_cell *c)
{
    const pm_life_label none = {.cycles = c->analysis->summary.cycles,
                                .polarisation_change = (double)NAN,
                                .coulombic_efficiency_change = (double)NAN};
    const char *label = cli_cell_label(c), *no_class = cli_no_class(&c->analysis->summary);
    const pm_life_label *l = label ? &c->label : &none;
    const pm_life_label_options *rule = &c->rule;
    pm_life_time times[PM_LIFE_TIMES];
    label_row row = {
        .cell_id = c->cell_id,
        .electrolyte_id = *c->electrolyte_id ? c->electrolyte_id : NULL,
        .kind = pm_kind_name(c->summary.kind),
        .label = label,
        .criterion = label ? l->criterion : NULL,
        .cannot_show = no_class ? no_class : pm_life_cannot(c->summary.kind, l->has_efficiency),
        .cycle_count_end = or_missing(l->cycle_count_end),
        .cycles = l->cycles,
        .excluded = l->excluded_codegradation,
        .short_cycle = or_missing(cli_cell_short(c)),
        .window = rule->window,
        .reference = rule->reference,
        .horizon = or_missing(rule->horizon),
        .reconstruction = 1,
        .polarisation_change = l->polarisation_change,
        .efficiency_change = l->coulombic_efficiency_change,
        .polarisation = rule->polarisation,
        .efficiency = rule->coulombic_efficiency,
        .elbow = c->elbow,
        .knee = c->knee,
    };

    cli_life_times(c, times);
    for (int i = 0; i < PM_LIFE_TIMES; i++) {
        row.time[i] = times[i].cycle_count;
        row.time_censored[i] = isfinite(times[i].cycle_count) ? times[i].censored : PM_NO_INT;
    }
    return row;
}

static pm_status keep(page *p, const cli_cell *c, pm_error *err)
{
    pm_status s;

    if ((s = pm_grow(&p->lives, &p->lives_room, p->n + 1, sizeof *p->lives, err))) return s;
    if ((s = pm_grow(&p->cycles, &p->cycles_room, p->n + 1, sizeof *p->cycles, err))) return s;
    p->cycles[p->n] = pm_table_ref(c->cycles);
    p->lives[p->n++] = (pm_life){c->cycles, c->summary.kind, c->short_cycle};
    return PM_OK;
}

static pm_status add(cli_call *call, const cli_file *file, void *context, pm_error *err)
{
    const label_args *args = call->args;
    page *p = context;
    label_row row = row_of(file->result);

    pm_builder_push(p->rows, &row);
    return args->sensitivity ? keep(p, file->result, err) : PM_OK;
}

/* ---- output ------------------------------------------------------------------------------------------------- */

static void file_json(const cli_call *call, const void *of, pm_json *json)
{
    const cli_cell *c = of;
    label_row r = row_of(c);

    (void)call;
    pm_json_text(json, "sha256", c->analysis->facts->sha256);
    pm_json_text(json, "format", c->analysis->facts->format.format);
    pm_json_text(json, "cell_id", r.cell_id);
    pm_json_text(json, "electrolyte_id", r.electrolyte_id);
    pm_json_text(json, "kind", r.kind);
    pm_json_text(json, "kind_source", cli_kind_source(c->analysis));
    cli_life_json(json, c);
    cli_json_findings(json, "findings", c->analysis->findings);
}

static pm_status json_rest(cli_call *call, void *context, pm_json *json, pm_error *err)
{
    const page *p = context;
    pm_scoped(pm_table) table = NULL;
    pm_status s;

    if (!((const label_args *)call->args)->sensitivity) return PM_OK;
    if ((s = pm_life_sensitivity(p->n, p->lives, &p->rule, &table, err))) return s;
    pm_json_array(json, "sensitivity");
    pm_table_write_json(table, json);
    pm_json_end(json);
    return PM_OK;
}

static pm_status csv(cli_call *call, void *context, pm_out *out, pm_error *err)
{
    page *p = context;
    pm_scoped(pm_table) table = NULL;
    bool sensitivity = ((const label_args *)call->args)->sensitivity;
    pm_status s = sensitivity ? pm_life_sensitivity(p->n, p->lives, &p->rule, &table, err)
                              : pm_builder_finish(p->rows, &table, err);

    if (s) return s;
    cli_screen_note(call->screen, "labels", cli_reconstruction);
    pm_table_write_csv(table, true, out);
    return PM_OK;
}

static pm_status run(cli_call *call, pm_error *err)
{
    const label_args *args = call->args;
    page p = {0};
    cli_document d = {&p, each, cli_cell_free, add, file_json, json_rest, csv};
    pm_status s = cli_label_options(&args->rule, &p.rule, err);

    if (!s) s = pm_builder_new(FIELDS, fields, &p.rows, err);
    if (!s) s = cli_print_files(call, &d, err);
    page_leave(&p);
    return s;
}

const cli_command cmd_label = {
    .name = "label",
    .group = "Cells",
    .summary = "what became of cells: kinetics, reversibility, both, a short",
    .operands = "FILE|DIR...",
    .details =
        "Prints csv, one row for each cell, from its whole life. kdf: the polarisation has risen; rdf: the Coulombic\n"
        "efficiency has fallen; cdf: both within the horizon; short; stopped; censored: nothing yet. The rule is a\n"
        "reconstruction: the thresholds of the paper are not published; --sensitivity shows what they move.\n"
        "Elbow (polarisation) and knee (capacity) are cycles with 95 % intervals. Kinds without an efficiency show\n"
        "polarisation and shorts only, and the row says so.\n",
    .example = "  premortem label cells\n"
               "  premortem label --sensitivity --window 10 cells/*.csv\n",
    .takes = CLI_FILES | CLI_FOLDERS | CLI_READING | CLI_CELL | CLI_RECONCILE | CLI_OUTPUT,
    .least = 1,
    .most = -1,
    .options = options,
    .args_size = sizeof(label_args),
    .run = run,
};
