/* SPDX-License-Identifier: MIT */
#include "cli/cell.h"

enum { CELL_ID, ELECTROLYTE_ID, KIND, CYCLES_USED, FIRST_FEATURE };

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
    if (!label) return PM_OK;
    pm_builder_add(*out, "label", PM_STRING, "");
    pm_builder_add(*out, "cycle_count_end", PM_INT64, "1");
    pm_builder_add(*out, "censored", PM_INT64, "1");
    return PM_OK;
}

static void add_label(pm_builder *rows, int column, const cli_cell *cell)
{
    const char *label = cli_cell_label(cell);

    if (!label) return;
    pm_builder_word(rows, column, 0, label, -1);
    pm_builder_integers(rows, column + 1)[0] = cell->label.cycle_count_end;
    pm_builder_integers(rows, column + 2)[0] = cell->label.outcome == PM_CENSORED;
}

pm_status cli_cell_rows_add(pm_builder *rows, const cli_cell *cell, int cycles, bool label, pm_error *err)
{
    pm_status s = pm_builder_room(rows, 1, err);
    int n;

    if (s) return s;
    pm_feature_catalogue(&n);
    pm_builder_word(rows, CELL_ID, 0, cell->cell_id, -1);
    if (*cell->electrolyte_id) pm_builder_word(rows, ELECTROLYTE_ID, 0, cell->electrolyte_id, -1);
    pm_builder_word(rows, KIND, 0, pm_kind_name(cell->summary.kind), -1);
    pm_builder_integers(rows, CYCLES_USED)[0] = cycles;
    for (int i = 0; i < n; i++) pm_builder_doubles(rows, FIRST_FEATURE + i)[0] = cell->features[i];
    if (label) add_label(rows, FIRST_FEATURE + n, cell);
    pm_builder_commit(rows, 1);
    return PM_OK;
}
