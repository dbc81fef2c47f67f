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

typedef struct place {
    double count;
    int64_t row;
} place;

static int by_count(const void *a, const void *b)
{
    const place *x = a, *y = b;

    if (x->count != y->count) return x->count < y->count ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Larger counts are clocks or errors. */
static bool counts_cycles(double count)
{
    return count >= 1 && count <= 1e9 && count == floor(count);
}

/* Rows of complete cycles that are counted, in the order of cycles. */
static int64_t order_rows(const source *s, int64_t rows, place *out, measured *t)
{
    int64_t n = 0;

    for (int64_t i = 0; i < rows; i++) {
        double count = s->cycle ? pm_column_real(s->cycle, i) : (double)i + 1;
        if (s->complete && !(pm_column_real(s->complete, i) > 0)) continue;
        t->uncounted += !counts_cycles(count);
        if (!counts_cycles(count)) continue;
        t->unordered |= n && count < out[n - 1].count;
        out[n++] = (place){count, i};
    }
    if (t->unordered) qsort(out, (size_t)n, sizeof *out, by_count);
    return n;
}

static void take(const source *s, place at, measured *t)
{
    double discharged = pm_column_real(s->discharged, at.row), charged = pm_column_real(s->charged, at.row);
    double efficiency = s->efficiency ? pm_column_real(s->efficiency, at.row) : discharged / charged;

    if (discharged <= 0) t->dead++;
    if (!(discharged > 0) || !(efficiency > 0) || !isfinite(discharged + efficiency)) return;
    t->dead = 0; /* nothing comes back from the last ones only */
    if (t->n && !(at.count > t->cycle[t->n - 1])) {
        t->repeated++;
        return;
    }
    t->cycle[t->n] = at.count;
    t->capacity[t->n] = discharged;
    t->efficiency[t->n] = efficiency;
    t->polarisation[t->n] = pm_column_real(s->polarisation, at.row);
    t->energy[t->n] = pm_column_real(s->energy, at.row) / discharged;
    t->thickness[t->n] = pm_column_real(s->thickness, at.row);
    t->plated[t->n++] = charged > 0 && isfinite(charged) ? charged : discharged / efficiency;
}

static void take_capacity(const pm_stage_options *options, measured *t)
{
    double early[6];
    int64_t n = 0;

    for (int64_t i = 0; i < t->n && n < 6; i++)
        if (t->cycle[i] >= 3) early[n++] = t->capacity[i];
    t->capacity_Ah = options->capacity_Ah > 0 ? options->capacity_Ah : pm_median(early, n);
}

/* Of a cell that is dead all is noise: from where its capacity stays below a tenth on it is not looked at. */
static void cut_dead(measured *t)
{
    enum { SPAN = 5, LEAST = 20 };
    double most = 0.1 * t->capacity_Ah;

    for (int64_t i = LEAST; i + SPAN <= t->n; i++) {
        if (t->capacity[i] > most || course_median(t->capacity + i, SPAN) > most) continue;
        t->dead += t->n - i;
        t->n = i;
    }
}

double pm_plated_since(double gap, double before, double now)
{
    return gap * before + (now - before) * (gap + 1) / 2;
}

/* Charge of each cycle into the sum of all up to it; those before the first plate what it does, and so do those with a
 * charge that cannot be what the one before does. */
static void sum_plated(measured *t)
{
    double most = 10 * t->capacity_Ah, sum = 0, at = 0;
    double before = t->plated[0] <= most ? t->plated[0] : t->capacity_Ah;

    for (int64_t i = 0; i < t->n; i++) {
        double each = t->plated[i] <= most ? t->plated[i] : before, gap = t->cycle[i] - at;
        t->too_much += !(t->plated[i] <= most);
        sum += pm_plated_since(gap, before, each);
        t->missing += (int64_t)gap - 1;
        before = each;
        at = t->cycle[i];
        t->plated[i] = sum / t->capacity_Ah;
    }
}

/* Rounded numbers differ by chance; their median does not. */
static pm_status compare_efficiencies(const source *s, const measured *t, const place *rows, int64_t n, double *out,
                                      pm_error *err)
{
    pm_scoped_memory double *off = malloc(((size_t)n + 1) * sizeof *off);
    int64_t both = 0;

    *out = 0;
    if (!off) return pm_fail(err, PM_ERR_MEMORY, "no memory for cycles");
    for (int64_t i = 0; i < n && s->efficiency && s->charged; i++) {
        double ratio = pm_column_real(s->discharged, rows[i].row) / pm_column_real(s->charged, rows[i].row);
        off[both] = pm_column_real(s->efficiency, rows[i].row) - ratio;
        both += isfinite(off[both]);
    }
    if (both < t->n / 2 || both < 1) return PM_OK;
    double middle = pm_median(off, both);
    for (int64_t i = 0; i < both; i++) off[i] = fabs(off[i] - middle);
    double chance = pm_median(off, both) * 1.5 / sqrt((double)both);
    if (fabs(middle) > 5e-4 + 4 * chance) *out = middle;
    return PM_OK;
}

/* ---- rounding ----------------------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Standard deviation of what rounding takes from numbers: where many are equal, from the least step between others. */
static double rounding_of(const double *values, int64_t n, double *spare)
{
    int64_t known = 0, equal = 0;
    double step = INFINITY;

    for (int64_t i = 0; i < n; i++)
        if (isfinite(values[i])) spare[known++] = values[i];
    qsort(spare, (size_t)known, sizeof *spare, by_size);
    for (int64_t i = 1; i < known; i++) {
        double apart = spare[i] - spare[i - 1];
        bool same = apart <= 1e-9 * fabs(spare[i]);
        equal += same;
        if (!same) step = fmin(step, apart);
    }
    return 5 * equal < known || isinf(step) ? 0 : step / sqrt(12);
}

/* An efficiency that is the ratio of two rounded charges is as rough as they are, and not made of steps. */
static bool is_ratio(const measured *t)
{
    int64_t equal = 0;

    for (int64_t i = 0; i < t->n; i++) equal += fabs(t->efficiency[i] - t->capacity[i] / t->plated[i]) < 1e-7;
    return 5 * equal > 4 * t->n;
}

static pm_status take_roundings(const source *from, measured *t, pm_error *err)
{
    pm_scoped_memory double *spare = malloc(2 * ((size_t)t->n + 1) * sizeof *spare);
    double *energy = spare + t->n;

    if (!spare) return pm_fail(err, PM_ERR_MEMORY, "no memory for cycles");
    for (int64_t i = 0; i < t->n; i++) energy[i] = t->energy[i] * t->capacity[i];
    double charged = from->charged ? rounding_of(t->plated, t->n, spare) / t->capacity_Ah : 0;
    t->rounding_capacity = rounding_of(t->capacity, t->n, spare) / t->capacity_Ah;
    t->rounding_efficiency =
        is_ratio(t) ? hypot(charged, t->rounding_capacity) : rounding_of(t->efficiency, t->n, spare);
    double each = rounding_of(energy, t->n, spare) / fabs(pm_mean(energy, t->n));
    t->rounding_energy = each > 0 ? hypot(each, t->rounding_capacity) : 0;
    return PM_OK;
}

/* A few odd counts are told in notes; of a table of them no sum over cycles can be had. */
static pm_status check_counts(const measured *t, pm_error *err)
{
    const char *hint = "number the cycles of all its tests in one row: 1, 2, 3 ...";
    int64_t rows = t->n + t->repeated + t->uncounted;

    if (10 * t->uncounted > rows)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), hint, "%lld of %lld rows have no whole cycle_count from 1 on",
                          (long long)t->uncounted, (long long)rows);
    if (10 * t->repeated > rows)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), hint,
                          "%lld of %lld rows have a cycle_count that stands before", (long long)t->repeated,
                          (long long)rows);
    for (int64_t i = 1; i < t->n; i++) {
        double gap = t->cycle[i] - t->cycle[i - 1];
        if (gap > 1000 && gap > 10 * (t->cycle[t->n - 1] - gap))
            return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), hint, "cycle_count jumps from %.0f to %.0f",
                              t->cycle[i - 1], t->cycle[i]);
    }
    return PM_OK;
}

static pm_status take_rows(const source *from, int64_t rows, measured *t, pm_error *err)
{
    enum { LEAST = 20 };
    pm_scoped_memory place *order = malloc(((size_t)rows + 1) * sizeof *order);

    if (!order) return pm_fail(err, PM_ERR_MEMORY, "no memory for cycles");
    int64_t n = order_rows(from, rows, order, t);
    for (int64_t i = 0; i < n; i++) take(from, order[i], t);
    pm_status s = check_counts(t, err);
    if (s) return s;
    if (t->n < LEAST)
        return pm_fail(err, PM_ERR_DATA, "%lld complete cycles with capacity and efficiency: stages need %d",
                       (long long)t->n, LEAST);
    return compare_efficiencies(from, t, order, n, &t->disagreement, err);
}

pm_status measured_of(const pm_table *cycles, const pm_stage_options *options, measured *out, pm_error *err)
{
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
    s = take_rows(&from, (int64_t)rows, out, err);
    if (!s) s = check_efficiencies(out, err);
    if (!s) {
        take_capacity(options, out);
        cut_dead(out);
        s = take_roundings(&from, out, err);
    }
    if (!s) sum_plated(out);
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
    out->least[0] = t->rounding_capacity;
    out->least[1] = t->rounding_efficiency;
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
    out->least[0] = fades                 ? t->rounding_capacity
                    : series == t->energy ? t->rounding_energy
                                          : rounding_of(out->y[0], n, out->plated) / fabs(mean);
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
