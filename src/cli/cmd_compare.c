/* SPDX-License-Identifier: MIT */
#include "cli/analysis.h"
#include "cli/commands.h"
#include "early/early.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct compare_args {
    cli_shared shared;
    int64_t first, last, seed;
    double current_offset_A;
    const char *table;
} compare_args;
static const cli_option options[] = {
    {"--first-cycle", NULL, CLI_WHOLE, offsetof(compare_args, first), "N", NULL,
     "the window's first cycle; 3 unless given: the ones before condition the cell", 1, 0},
    {"--last-cycle", NULL, CLI_WHOLE, offsetof(compare_args, last), "N", NULL,
     "the window's last cycle; the last one there is unless given", 1, 0},
    {"--current-offset", NULL, CLI_QUANTITY, offsetof(compare_args, current_offset_A), "CURRENT", "A",
     "of the instrument, for the error of reservoir efficiencies", 0, 0},
    {"--seed", NULL, CLI_WHOLE, offsetof(compare_args, seed), "N", NULL, "of permutations; 0 unless given", 0, 0},
    {"--table", NULL, CLI_TEXT, offsetof(compare_args, table), "WHAT", NULL,
     "csv of groups (unless given), differences, excluded or cells", 0, 0},
    {0},
};

/** One cell: the row's texts live here. */
typedef struct result {
    cli_analysis *analysis;
    pm_cell_row row;
    char cell_id[256];
} result;

/** All files of a call. */
typedef struct page {
    pm_builder *cells;
    int64_t shown; /**< cells that have a cycle in the window asked for, or a test without one */
} page;

static void free_result(void *freed)
{
    result *r = freed;
    if (!r) return;
    cli_analysis_free(r->analysis);
    free(r);
}
PM_SCOPED(result, free_result)

static int64_t first_of(const compare_args *args)
{
    return args->first ? args->first : 3;
}

static pm_status push(void *shorts, const pm_table *batch, pm_error *err)
{
    return pm_shorts_push(shorts, batch, err);
}

/* Of a file that tells too little for the detector: none. */
static pm_status find_short(const pm_shorts *shorts, const pm_table *cycles, int64_t *cycle, pm_error *err)
{
    pm_scoped(pm_table) alarms = NULL;
    pm_short_summary summary;
    pm_error why = {0};
    pm_status s = pm_shorts_result(shorts, &alarms, &summary, &why);

    *cycle = s ? 0 : pm_life_short_cycle(cycles, alarms);
    if (!s || s == PM_ERR_DATA) return PM_OK;
    *err = why;
    return s;
}

static pm_status measure(const cli_call *call, const pm_shorts *shorts, result *r, pm_error *err)
{
    const compare_args *args = call->args;
    const cli_analysis *a = r->analysis;
    pm_scoped(pm_table) cycles = NULL;
    pm_scoped(pm_table) halves = NULL;
    pm_cell_options o = {.first = cli_at_most(args->first),
                         .last = cli_at_most(args->last),
                         .area_cm2 = a->cycle_options.area_cm2,
                         .nominal_capacity_Ah = a->cell.nominal_capacity_Ah,
                         .current_offset_A = args->current_offset_A};
    pm_status s;

    if ((s = pm_cycler_cycles(a->cycler, &cycles, err))) return s;
    if ((s = pm_cycler_half_cycles(a->cycler, &halves, err))) return s;
    if ((s = find_short(shorts, cycles, &o.short_cycle, err))) return s;
    return pm_cell_measure(cycles, halves, &a->summary, &o, &r->row, err);
}

static pm_status each(const cli_call *call, cli_file *file, pm_error *err)
{
    pm_scoped(result) r = calloc(1, sizeof *r);
    pm_scoped(pm_shorts) shorts = NULL;
    pm_short_options watched = {0};
    pm_cell told;
    pm_status s;

    if (!r) return pm_fail(err, PM_ERR_MEMORY, "no memory");
    if ((s = cli_cell_options(call->shared, file->path, &told, &watched.cycle, err))) return s;
    if ((s = pm_shorts_new(&watched, &shorts, err))) return s;
    cli_want want = {.cycles = true, .sink = push, .context = shorts};
    if ((s = cli_analyse(call->shared, &want, file->path, &file->run, &r->analysis, err))) return s;
    if ((s = measure(call, shorts, r, err))) return s;
    const pm_cell *cell = &r->analysis->cell;
    cli_stem(file->path, r->cell_id, sizeof r->cell_id);
    r->row.cell_id = *cell->cell_id ? cell->cell_id : r->cell_id;
    r->row.electrolyte_id = *cell->electrolyte ? cell->electrolyte : NULL;
    file->findings = r->analysis->findings;
    file->result = r;
    r = NULL;
    return PM_OK;
}

/* Which of the cell's cycles have no part. */
static void note_window(const cli_call *call, const char *path, const pm_cell_row *row)
{
    char text[160];

    if (row->cut_by && row->window_cycles == PM_NO_INT)
        cli_screen_note(call->screen, path, "a short in a reservoir test: its efficiency is left out");
    else if (row->cut_by) {
        snprintf(text, sizeof text, "cycles from %lld on left out: %s%s", (long long)row->cut_cycle_count,
                 strcmp(row->cut_by, "short") != 0 ? "efficiency above 1.02" : "short",
                 row->window_cycles ? "" : "; no cycle of the window is left");
        cli_screen_note(call->screen, path, text);
    } else if (row->window_cycles == 0) {
        cli_screen_note(call->screen, path, "no complete cycle in the window");
    }
}

static pm_status add(cli_call *call, const cli_file *file, void *context, pm_error *err)
{
    const result *r = file->result;
    page *p = context;

    (void)err;
    note_window(call, file->path, &r->row);
    p->shown += r->row.window_cycles != 0 || r->row.cut_by;
    pm_builder_push(p->cells, &r->row); /* copies the texts */
    return PM_OK;
}

/* ---- output ------------------------------------------------------------------------------------------------- */

static void rows_json(pm_json *json, const char *key, const pm_table *rows)
{
    pm_json_array(json, key);
    pm_table_write_json(rows, json);
    pm_json_end(json);
}

static void file_json(const cli_call *call, const void *of, pm_json *json)
{
    const result *r = of;

    (void)call;
    pm_json_text(json, "cell_id", r->row.cell_id);
    cli_json_findings(json, "findings", r->analysis->findings);
}

static pm_status compare(const cli_call *call, const page *p, pm_table **cells, pm_comparison *out, pm_error *err)
{
    const compare_args *args = call->args;

    if (!p->shown)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "see --first-cycle",
                          "no cell has a complete cycle in the window, from cycle %lld on", (long long)first_of(args));
    pm_status s = pm_builder_finish(p->cells, cells, err);

    return s ? s : pm_compare(*cells, &(pm_compare_options){.seed = (uint64_t)args->seed}, out, err);
}

static pm_status json_rest(cli_call *call, void *context, pm_json *json, pm_error *err)
{
    const compare_args *args = call->args;
    pm_scoped(pm_table) cells = NULL;
    __attribute__((__cleanup__(pm_comparison_leave))) pm_comparison c = {0};
    pm_status s = compare(call, context, &cells, &c, err);

    if (s) return s;
    pm_json_object(json, "window");
    pm_json_whole(json, "cycle_count_first", first_of(args));
    pm_json_whole(json, "cycle_count_last", args->last ? args->last : PM_NO_INT);
    pm_json_end(json);
    rows_json(json, "cells", cells);
    rows_json(json, "groups", c.groups);
    rows_json(json, "excluded", c.excluded);
    rows_json(json, "differences", c.differences);
    return PM_OK;
}

enum { GROUPS, DIFFERENCES, EXCLUDED, CELLS, TABLES };

/* TABLES = no such table. */
static int table_named(const char *name)
{
    static const char *const names[] = {"groups", "differences", "excluded", "cells"};
    int k = GROUPS;

    if (!name) return GROUPS;
    while (k < TABLES && strcmp(name, names[k]) != 0) k++;
    return k;
}

/* Whoever looks at groups only is told what is not in them. */
static void note(const cli_call *call, const pm_comparison *c)
{
    int64_t left_out = pm_table_rows(c->excluded), groups = pm_table_rows(c->groups);
    const pm_column *condition = pm_table_find(c->groups, "condition");
    int64_t conditions = 0;
    char text[300];

    for (int64_t i = 0; i < groups; i++)
        conditions = condition->integer[i] > conditions ? condition->integer[i] : conditions;
    snprintf(
        text, sizeof text,
        "%lld group%s in %lld condition%s (kind, current density, areal capacity, temperature), never pooled; %lld "
        "value%s left out, see --table excluded",
        (long long)groups, groups == 1 ? "" : "s", (long long)conditions, conditions == 1 ? "" : "s",
        (long long)left_out, left_out == 1 ? "" : "s");
    cli_screen_note(call->screen, "comparison", text);
}

static pm_status csv(cli_call *call, void *context, pm_out *out, pm_error *err)
{
    const compare_args *args = call->args;
    pm_scoped(pm_table) cells = NULL;
    __attribute__((__cleanup__(pm_comparison_leave))) pm_comparison c = {0};
    pm_status s = compare(call, context, &cells, &c, err);

    if (s) return s;
    note(call, &c);
    const pm_table *const tables[] = {c.groups, c.differences, c.excluded, cells};
    pm_table_write_csv(tables[table_named(args->table)], true, out);
    return PM_OK;
}

static pm_status run(cli_call *call, pm_error *err)
{
    const compare_args *args = call->args;
    page p = {0};

    if (args->last && args->last < first_of(args))
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "--last-cycle is to be no less than --first-cycle",
                          "a window from cycle %lld to %lld holds nothing", (long long)first_of(args),
                          (long long)args->last);
    if (table_named(args->table) == TABLES)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "groups, differences, excluded, cells",
                          "no table '%.40s'", args->table);
    cli_document d = {&p, each, free_result, add, file_json, json_rest, csv};
    pm_status s = pm_builder_new(PM_CELL_FIELDS, pm_cell_fields, &p.cells, err);

    if (!s) s = cli_print_files(call, &d, err);
    pm_builder_free(p.cells);
    return s;
}

const cli_command cmd_compare = {
    .name = "compare",
    .group = "Cells",
    .summary = "electrolytes: means with intervals, ranks, differences",
    .operands = "FILE|DIR...",
    .details =
        "One file is one cell. Its electrolyte, kind and area stand in NAME.cell.yaml or cells.yaml beside it. Prints\n"
        "csv, one row for each electrolyte in each condition; cells of another kind, current density, areal\n"
        "capacity (set by the protocol, nominal, or of the first three cycles) or temperature are never pooled. Means\n"
        "over cells have 95 % intervals by Student's t, none below 0 where there is nothing below 0. Differences are\n"
        "Welch's; p (Holm) and intervals (Bonferroni) are adjusted for the number of differences of a quantity, in "
        "all\n"
        "its conditions. Lives that are censored are compared by permutation. A cell's cycles from its first short on\n"
        "(an alarm, or an efficiency above 1.02) have no part in charges and voltages.\n",
    .example = "  premortem compare --last-cycle 50 cells/*.csv\n"
               "  premortem compare --table differences --current-offset \"1 uA\" cells/*.csv\n",
    .takes = CLI_FILES | CLI_FOLDERS | CLI_READING | CLI_CELL | CLI_RECONCILE | CLI_OUTPUT,
    .least = 1,
    .most = -1,
    .options = options,
    .args_size = sizeof(compare_args),
    .run = run,
};
