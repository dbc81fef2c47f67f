/* SPDX-License-Identifier: MIT */
#include "cli/cell.h"

#include <math.h>

enum { CELL_ID, ELECTROLYTE_ID, KIND, CYCLES_USED, FIRST_FEATURE };

static void add_life_columns(pm_builder *rows)
{
    pm_life_time times[PM_LIFE_TIMES];

    pm_life_times(NULL, NULL, times);
    for (int i = 0; i < PM_LIFE_TIMES; i++) {
        pm_builder_add(rows, times[i].name, PM_DOUBLE, "1");
        pm_builder_add(rows, times[i].censored_name, PM_INT64, "1");
    }
    pm_builder_add(rows, "threshold_polarisation", PM_DOUBLE, "1");
    pm_builder_add(rows, "threshold_coulombic_efficiency", PM_DOUBLE, "1");
    pm_builder_add(rows, "window", PM_INT64, "1");
    pm_builder_add(rows, "reference", PM_INT64, "1");
    pm_builder_add(rows, "horizon", PM_INT64, "1");
}

pm_status cli_cell_rows_new(bool label, pm_builder **out, pm_error *err)
{
    pm_status s = pm_builder_new(0, NULL, out, err);
    int n;

    if (s) return s;
    const pm_feature *all = pm_feature_catalogue(&n);
    pm_builder_add(*out, "cell_id", PM_STRING, "");
    pm_builder_add(*out, "electrolyte_id", PM_STRING, "");
    pm_builder_add(*out, "kind", PM_STRING, "");
    pm_builder_add(*out, "cycles_used", PM_INT64, "1");
    for (int i = 0; i < n; i++) pm_builder_add(*out, all[i].name, PM_DOUBLE, all[i].unit);
    if (label) pm_builder_add(*out, "label", PM_STRING, "");
    if (label) add_life_columns(*out);
    pm_builder_add(*out, "simulated", PM_INT64, "1");
    return PM_OK;
}

/* Returns the column behind. */
static int add_label(pm_builder *rows, int column, const cli_cell *cell)
{
    const char *label = cli_cell_label(cell);
    pm_life_time times[PM_LIFE_TIMES];

    if (label) pm_builder_word(rows, column, 0, label, -1);
    column++;
    cli_life_times(cell, times);
    for (int i = 0; i < PM_LIFE_TIMES; i++, column += 2) {
        pm_builder_doubles(rows, column)[0] = times[i].cycle_count;
        if (isfinite(times[i].cycle_count)) pm_builder_integers(rows, column + 1)[0] = times[i].censored;
    }
    pm_builder_doubles(rows, column)[0] = cell->rule.polarisation;
    pm_builder_doubles(rows, column + 1)[0] = cell->rule.coulombic_efficiency;
    pm_builder_integers(rows, column + 2)[0] = cell->rule.window;
    pm_builder_integers(rows, column + 3)[0] = cell->rule.reference;
    if (cell->rule.horizon) pm_builder_integers(rows, column + 4)[0] = cell->rule.horizon;
    return column + 5;
}

pm_status cli_cell_rows_add(pm_builder *rows, const cli_cell *cell, int cycles, bool label, pm_error *err)
{
    pm_status s = pm_builder_room(rows, 1, err);
    int n, column;

    if (s) return s;
    pm_feature_catalogue(&n);
    column = FIRST_FEATURE + n;
    pm_builder_word(rows, CELL_ID, 0, cell->cell_id, -1);
    if (*cell->electrolyte_id) pm_builder_word(rows, ELECTROLYTE_ID, 0, cell->electrolyte_id, -1);
    pm_builder_word(rows, KIND, 0, pm_kind_name(cell->summary.kind), -1);
    pm_builder_integers(rows, CYCLES_USED)[0] = cycles;
    for (int i = 0; i < n; i++) pm_builder_doubles(rows, FIRST_FEATURE + i)[0] = cell->features[i];
    if (label) column = add_label(rows, column, cell);
    pm_builder_integers(rows, column)[0] = cell->analysis->cell.simulated;
    pm_builder_commit(rows, 1);
    return PM_OK;
}
