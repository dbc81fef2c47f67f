/* SPDX-License-Identifier: MIT */
#include "life/measured.h"

#include <math.h>
#include <string.h>

void measured_leave(measured *t)
{
    free(t->memory);
    t->memory = NULL;
}

/* ---- what makes sense --------------------------------------------------------------------------------------- */

static pm_status check_kind(pm_kind kind, pm_error *err)
{
    static const char *const why[] = {
        [PM_LI_LI] = "a symmetric cell has two reservoirs and soft shorts look like a good efficiency: none can be had",
        [PM_LI_CU] = "a lithium-copper cell shows the efficiency of lithium in each cycle, and has no stages",
        [PM_HALF_CELL] = "a half-cell cycles its lithium through another anode, and has no stages",
        [PM_LI_ION] = "a cell without lithium metal has no stages"};

    if (kind == PM_LI_CATHODE || kind == PM_ANODE_FREE || kind == PM_KIND_UNKNOWN) return PM_OK;
    return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "stages are those of kinds li-cathode and anode-free", "%s",
                      why[kind]);
}

static pm_status check_efficiencies(const measured *t, pm_error *err)
{
    pm_scoped_memory double *copy = malloc(((size_t)t->n + 1) * sizeof *copy);

    if (!copy) return pm_fail(err, PM_ERR_MEMORY, "no memory for cycles");
    memcpy(copy, t->efficiency, (size_t)t->n * sizeof *copy);
    double middle = pm_median(copy, t->n);
    if (middle > 50 && middle < 110)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "divide them by 100",
                          "half of the Coulombic efficiencies are above %.4g: they seem to be in percent", middle);
    if (middle > 1.01)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "a short, or charge and discharge exchanged",
                          "half of the Coulombic efficiencies are above %.4g: no more comes back than was put in",
                          middle);
    return PM_OK;
}

/* ---- reading ------------------------------------------------------------------------------------------------ */

typedef struct source {
    const pm_column *cycle, *complete, *charged, *discharged, *efficiency, *polarisation, *energy, *thickness;
} source;

static pm_status source_of(const pm_table *cycles, source *s, pm_error *err)
{
    *s = (source){pm_table_find(cycles, "cycle_count"),           pm_table_find(cycles, "complete"),
                  pm_table_find(cycles, "charging_capacity_ah"),  pm_table_find(cycles, "discharging_capacity_ah"),
                  pm_table_find(cycles, "coulombic_efficiency"),  pm_table_find(cycles, "polarisation_volt"),
                  pm_table_find(cycles, "discharging_energy_wh"), pm_table_find(cycles, "thickness_um")};
    if (!s->discharged || !(s->efficiency || s->charged))
        return pm_fail_at(err, PM_ERR_COLUMN, pm_nowhere(), "premortem cycles prints such tables",
                          "stages need %s of each cycle, and there is none",
                          s->discharged ? "coulombic_efficiency or charging_capacity_ah" : "discharging_capacity_ah");
    return PM_OK;
}

static void take(const source *s, int64_t row, measured *t)
{
    double discharged = pm_column_real(s->discharged, row), charged = pm_column_real(s->charged, row);
    double count = s->cycle ? pm_column_real(s->cycle, row) : (double)row + 1;
    double efficiency = s->efficiency ? pm_column_real(s->efficiency, row) : discharged / charged;
    double before = t->n ? t->plated[t->n - 1] : 0;

    if (s->complete && !(pm_column_real(s->complete, row) > 0)) return;
    if (!(discharged > 0) || !(efficiency > 0) || !isfinite(discharged + efficiency) || !(count > 0)) return;
    if (t->n && !(count > t->cycle[t->n - 1])) return;
    t->cycle[t->n] = count;
    t->capacity[t->n] = discharged;
    t->efficiency[t->n] = efficiency;
    t->polarisation[t->n] = pm_column_real(s->polarisation, row);
    t->energy[t->n] = pm_column_real(s->energy, row) / discharged;
    t->thickness[t->n] = pm_column_real(s->thickness, row);
    t->plated[t->n++] = before + (charged > 0 ? charged : discharged / efficiency);
}

static void take_capacity(const pm_stage_options *options, measured *t)
{
    double early[6];
    int64_t n = 0;

    for (int64_t i = 0; i < t->n && n < 6; i++)
        if (t->cycle[i] >= 3) early[n++] = t->capacity[i];
    t->capacity_Ah = options->capacity_Ah > 0 ? options->capacity_Ah : pm_median(early, n);
    for (int64_t i = 0; i < t->n; i++) t->plated[i] /= t->capacity_Ah;
}

pm_status measured_of(const pm_table *cycles, const pm_stage_options *options, measured *out, pm_error *err)
{
    enum { LEAST = 20 };
    size_t rows = (size_t)pm_table_rows(cycles);
    source from;
    pm_status s = check_kind(options->kind, err);

    *out = (measured){0};
    if (s || (s = source_of(cycles, &from, err))) return s;
    out->memory = calloc(7 * rows + 1, sizeof *out->memory);
    if (!out->memory) return pm_fail(err, PM_ERR_MEMORY, "no memory for cycles");
    double **series[] = {&out->cycle,  &out->capacity,  &out->efficiency, &out->polarisation,
                         &out->energy, &out->thickness, &out->plated};
    for (size_t k = 0; k < 7; k++) *series[k] = out->memory + k * rows;
    for (size_t i = 0; i < rows; i++) take(&from, (int64_t)i, out);
    if (out->n < LEAST)
        s = pm_fail(err, PM_ERR_DATA, "%lld complete cycles with capacity and efficiency: stages need %d",
                    (long long)out->n, LEAST);
    if (!s) s = check_efficiencies(out, err);
    if (!s) take_capacity(options, out);
    if (s) measured_leave(out);
    return s;
}

/* ---- courses ------------------------------------------------------------------------------------------------ */

pm_status measured_course(const measured *t, course *out, pm_error *err)
{
    pm_status s = course_new(t->n, 2, out, err);

    for (int64_t i = 0; i < t->n && !s; i++) {
        out->t[i] = t->cycle[i];
        out->y[0][i] = log(t->capacity[i]);
        out->y[1][i] = log(t->efficiency[i]);
        out->plated[i] = t->plated[i];
    }
    return s ? s : course_clean(out, err);
}

pm_status measured_series(const measured *t, const double *series, double from, double to, course *out, pm_error *err)
{
    int64_t n = 0;
    pm_status s = course_new(t->n, 1, out, err);

    for (int64_t i = 0; i < t->n && !s; i++) {
        if (t->cycle[i] < from || t->cycle[i] >= to || !(series[i] > 0) || isinf(series[i])) continue;
        out->t[n] = t->cycle[i];
        out->y[0][n++] = series[i];
    }
    if (s) return s;
    out->n = n;
    double mean = pm_mean(out->y[0], n);
    bool fades = series == t->capacity; /* by a part of it from cycle to cycle; the others add up */
    for (int64_t i = 0; i < n; i++) out->y[0][i] = fades ? log(out->y[0][i]) : out->y[0][i] / mean;
    return course_clean(out, err);
}

double measured_plated(const measured *t, double cycle)
{
    double before = 0, at = 0;

    for (int64_t i = 0; i < t->n; i++) {
        if (t->cycle[i] > cycle) return before + (t->plated[i] - before) * (cycle - at) / (t->cycle[i] - at);
        before = t->plated[i];
        at = t->cycle[i];
    }
    return before;
}
