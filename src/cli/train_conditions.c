/* SPDX-License-Identifier: MIT */
/* Whether files of cells were tested alike: what compare keeps apart is learned together, which is to be said. */
#include "cli/train.h"

#include <math.h>
#include <string.h>

pm_status train_conditions_new(pm_builder **out, pm_error *err)
{
    return pm_builder_new(PM_CELL_FIELDS, pm_cell_fields, out, err);
}

pm_status train_conditions_add(pm_builder *cells, const cli_cell *cell, pm_error *err)
{
    const pm_cell_options options = {.area_cm2 = cell->analysis->cycle_options.area_cm2};
    pm_scoped(pm_table) halves = NULL;
    pm_error none = {.byte = -1, .line = -1, .row = -1};
    pm_cell_row row;
    char name[32];
    pm_status s;

    if (!cell->cycles || !pm_table_rows(cell->cycles)) return PM_OK;
    if ((s = pm_cycler_half_cycles(cell->analysis->cycler, &halves, err))) return s;
    s = pm_cell_measure(cell->cycles, halves, &cell->summary, &options, &row, &none);
    if (s && s != PM_ERR_DATA) return pm_fail(err, s, "%s", none.message);
    if (s) return PM_OK; /* too short a life to tell */
    snprintf(name, sizeof name, "%lld",
             (long long)pm_builder_rows(cells)); /* the same cell may come in several files */
    row.cell_id = name;
    row.electrolyte_id = "any"; /* groups are conditions then */
    row.label = NULL;
    pm_builder_push(cells, &row);
    return PM_OK;
}

static void add_number(char *text, size_t room, double value, const char *unit)
{
    size_t length = strlen(text);

    if (isfinite(value) && length < room)
        snprintf(text + length, room - length, "%s%.3g %s", length ? ", " : "", 1000 * value, unit);
}

pm_status train_conditions_note(pm_builder *cells, train_data *data, pm_error *err)
{
    enum { NAMED_MOST = 4 };
    __attribute__((__cleanup__(pm_comparison_leave))) pm_comparison found = {0};
    pm_scoped(pm_table) table = NULL;
    char list[240] = "";
    pm_status s;

    if ((s = pm_builder_finish(cells, &table, err)) || pm_table_rows(table) < 2) return s;
    if ((s = pm_compare(table, NULL, &found, err))) return s;
    int64_t n = pm_table_rows(found.groups);
    for (int64_t i = 0; i < n && i < NAMED_MOST; i++) {
        char one[80] = "";
        size_t length = strlen(list);
        add_number(one, sizeof one, pm_table_real(found.groups, "current_density_ampere_per_cm2", i), "mA/cm2");
        add_number(one, sizeof one, pm_table_real(found.groups, "areal_capacity_ah_per_cm2", i), "mAh/cm2");
        snprintf(list + length, sizeof list - length, "%s%s", i ? "; " : "", *one ? one : "not known");
    }
    if (n > 1)
        train_note(data, "%lld conditions of test are learned together, which compare never pools: %s%s", (long long)n,
                   list, n > NAMED_MOST ? "; ..." : "");
    return PM_OK;
}
