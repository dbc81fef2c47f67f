/* SPDX-License-Identifier: MIT */
/* A cell in a few numbers. */
#include <math.h>
#include <string.h>

#include "page.h"
#include "plots.h"
#include "thin.h"

static void span_of(const pm_table *records, gist *g)
{
    const pm_column *time = pm_table_find(records, "test_time_second");
    double low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; time && time->number && i < time->n_rows; i++) {
        if (!isfinite(time->number[i])) continue;
        low = fmin(low, time->number[i]);
        high = fmax(high, time->number[i]);
    }
    if (low <= high) g->span_s = high - low;
}

/* First and last value of complete cycles. */
static pm_status ends_of(const pm_table *cycles, const char *name, double *first, double *last, pm_error *err)
{
    scoped_doubles value = NULL;
    scoped_doubles complete = NULL;
    pm_status s;
    if ((s = column_values(cycles, name, &value, err))) return s;
    if ((s = column_values(cycles, "complete", &complete, err))) return s;
    for (int64_t i = 0; value && i < pm_table_rows(cycles); i++) {
        if (!isfinite(value[i]) || (complete && complete[i] != 1)) continue;
        if (isnan(*first)) *first = value[i];
        *last = value[i];
    }
    return PM_OK;
}

static void count_findings(const pm_table *findings, gist *g)
{
    static const char *const severities[] = {"error", "warning", "note"};
    const pm_column *severity = findings ? pm_table_find(findings, "severity") : NULL;
    const pm_column *code = findings ? pm_table_find(findings, "code") : NULL;
    const pm_column *action = findings ? pm_table_find(findings, "action") : NULL;
    for (int64_t i = 0; severity && i < severity->n_rows; i++) {
        const char *word = pm_column_word(severity, i);
        for (int k = 0; word && k < 3; k++) g->found[k] += strcmp(word, severities[k]) == 0;
        const char *done = action ? pm_column_word(action, i) : NULL;
        const char *which = code ? pm_column_word(code, i) : NULL;
        bool added_up = which && strcmp(which, "capacity-resets-in-step") == 0; /* cycles do so in any case */
        bool mended = done && strcmp(done, "reconciled") == 0;
        if (word && strcmp(word, "error") == 0 && !mended && !added_up) g->doubtful = true;
    }
}

static void summarise(const pm_cycle_summary *summary, gist *g)
{
    g->cycles = summary->cycles;
    g->half_cycles = summary->half_cycles;
    g->efficiency =
        summary->reservoir.found ? summary->reservoir.coulombic_efficiency_average : summary->coulombic_efficiency_mean;
    g->efficiency_of = summary->reservoir.found ? "reservoir test" : summary->formula;
}

static const char *name_of(const pm_report_cell *cell)
{
    if (cell->title && cell->title[0]) return cell->title;
    const char *path = cell->path ? cell->path : "";
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

pm_status gist_of(const pm_report_cell *cell, gist *g, pm_error *err)
{
    *g = (gist){.title = name_of(cell),
                .rows = PM_NO_INT,
                .span_s = NAN,
                .cycles = PM_NO_INT,
                .half_cycles = PM_NO_INT,
                .efficiency = NAN,
                .capacity_first = NAN,
                .capacity_last = NAN,
                .polarisation_first = NAN,
                .polarisation_last = NAN};
    pm_status s;
    count_findings(cell->findings, g);
    if (cell->summary) summarise(cell->summary, g);
    if (cell->records) {
        g->rows = pm_table_rows(cell->records);
        span_of(cell->records, g);
    }
    if (!cell->cycles) return PM_OK;
    bool stripping = pm_table_find(cell->cycles, "stripping_capacity_ah") != NULL;
    bool symmetric = cell->summary && cell->summary->kind == PM_LI_LI;
    g->capacity_of = stripping ? "stripped" : symmetric ? "passed" : "discharged";
    const char *capacity = stripping ? "stripping_capacity_ah" : "discharging_capacity_ah";
    if (cell->summary && cell->summary->reservoir.found) {
        g->reservoir = true;
        g->capacity_of = "reservoir / cycle";
        g->capacity_first = cell->summary->reservoir.reservoir_capacity_Ah;
        g->capacity_last = cell->summary->reservoir.cycle_capacity_Ah;
    } else if ((s = ends_of(cell->cycles, capacity, &g->capacity_first, &g->capacity_last, err))) {
        return s;
    }
    return ends_of(cell->cycles, "polarisation_volt", &g->polarisation_first, &g->polarisation_last, err);
}
