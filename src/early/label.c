/* SPDX-License-Identifier: MIT */
/* What became of a cell: which threshold was crossed first and stayed so, and whether the other followed within the horizon. */
#include "early.h"

#include <math.h>
#include <string.h>

/* The end of life of most data sheets: 80 % of the capacity is left. */
static const double CAPACITY_LOST = 0.2;

/* Complete cycles in order. */
typedef struct series {
    pm_kind kind;
    int64_t n;
    double *count, *polarisation, *efficiency, *capacity, *scratch; /* count: the number of the cycle */
} series;

const char *pm_outcome_name(pm_outcome outcome)
{
    static const char *const names[] = {"censored", "kdf", "rdf", "cdf", "short", "stopped"};

    return (unsigned)outcome > PM_STOPPED ? NULL : names[outcome];
}

pm_life_label_options pm_life_label_defaults(const pm_life_label_options *given)
{
    pm_life_label_options o = given ? *given : (pm_life_label_options){0};

    if (!(o.polarisation > 0)) o.polarisation = 0.75;
    if (!(o.coulombic_efficiency > 0)) o.coulombic_efficiency = 0.06;
    if (!(o.excess_efficiency > 0)) o.excess_efficiency = 0.02;
    if (!(o.stopped_capacity > 0)) o.stopped_capacity = 0.1;
    if (o.window <= 0) o.window = 5;
    if (o.reference <= 0) o.reference = 3;
    return o;
}

/* ---- the series ---- */

static bool is_complete(const pm_table *cycles, int64_t row)
{
    return pm_table_real(cycles, "complete", row) == 1 && pm_table_real(cycles, "cycle_count", row) > 0;
}

/* A cell with lithium in excess shows no efficiency of its lithium, a symmetric one none at all. */
static bool kind_has_efficiency(pm_kind kind)
{
    return kind == PM_LI_CU || kind == PM_ANODE_FREE || kind == PM_HALF_CELL || kind == PM_LI_ION;
}

static void fill(const pm_table *cycles, series *s)
{
    const pm_column *polarisation = pm_table_find(cycles, "polarisation_volt");
    const pm_column *efficiency = pm_table_find(cycles, "coulombic_efficiency");
    const pm_column *out = pm_table_find(cycles, "stripping_capacity_ah");

    if (!out) out = pm_table_find(cycles, "discharging_capacity_ah");
    for (int64_t i = 0; i < pm_table_rows(cycles); i++) {
        if (!is_complete(cycles, i)) continue;
        s->count[s->n] = pm_table_real(cycles, "cycle_count", i);
        s->polarisation[s->n] = pm_column_real(polarisation, i);
        s->efficiency[s->n] = kind_has_efficiency(s->kind) ? pm_column_real(efficiency, i) : NAN;
        s->capacity[s->n++] = pm_column_real(out, i);
    }
}

/* Median of w values from `first` on; NaN where more than half of them are missing. */
static double median_of(const series *s, const double *values, int64_t first, int w)
{
    int64_t n = 0;

    for (int64_t i = first; i < first + w && i < s->n; i++)
        if (isfinite(values[i])) s->scratch[n++] = values[i];
    return 2 * n > w ? pm_median(s->scratch, n) : NAN;
}

/* ---- crossings ---- */

typedef enum criterion { RISEN, FALLEN, EXCESS, LOST } criterion;

static double change(criterion c, double value, double reference)
{
    switch (c) {
    case RISEN: return value / reference - 1;
    case FALLEN: return reference - value;
    case EXCESS: return value - 1;
    default: return 1 - value / reference;
    }
}

/* The number of the first cycle (looked for from an index on) from which on the change is reached and, in the median
 * of a window, held; 0 = none. */
static int64_t crossing(const series *s, const double *values, criterion c, double reference, double threshold,
                        int64_t from, int w)
{
    if (isnan(reference)) return 0;
    for (int64_t i = from; i + w <= s->n; i++) {
        if (!(change(c, values[i], reference) >= threshold)) continue;
        if (change(c, median_of(s, values, i, w), reference) >= threshold) return (int64_t)s->count[i];
    }
    return 0;
}

/* Index of the first cycle with this number, or a later one. */
static int64_t index_of(const series *s, int64_t cycle)
{
    int64_t i = 0;

    while (i < s->n && s->count[i] < (double)cycle) i++;
    return i;
}

/* ---- the verdict ---- */

static int64_t horizon_of(const pm_life_label_options *o, int64_t n)
{
    if (o->horizon > 0) return o->horizon;
    return n / 4 > 10 ? n / 4 : 10;
}

static int64_t earliest(int64_t a, int64_t b)
{
    if (!a || !b) return a ? a : b;
    return a < b ? a : b;
}

static void decide_degradation(pm_life_label *l, pm_kind kind, const pm_life_label_options *o)
{
    int64_t k = l->crossed_polarisation, r = l->crossed_efficiency, first = earliest(k, r);
    int64_t other = first == k ? r : k, horizon = horizon_of(o, first);
    bool both = k && r && other - first <= horizon;

    l->cycle_count_end = first;
    l->excluded_codegradation = !both && l->has_efficiency && l->last >= first + horizon + o->window - 1;
    l->outcome = both ? PM_CDF : first == k ? PM_KDF : PM_RDF;
    const char *name = first == k ? "polarisation" : "Coulombic efficiency",
               *not_this = first == k ? "efficiency" : "polarisation";
    if (both)
        snprintf(l->criterion, sizeof l->criterion,
                 "polarisation crossed at cycle %lld, Coulombic efficiency at cycle %lld", (long long)k, (long long)r);
    else if (!l->has_efficiency)
        snprintf(l->criterion, sizeof l->criterion, "polarisation crossed at cycle %lld; %s", (long long)first,
                 kind_has_efficiency(kind) ? "no efficiency was measured (no current?)"
                                           : "this kind of cell shows no efficiency");
    else
        snprintf(l->criterion, sizeof l->criterion, "%s crossed at cycle %lld, %s not within %lld cycles%s", name,
                 (long long)first, not_this, (long long)horizon,
                 l->excluded_codegradation ? "" : " that were watched only in part: co-degradation not excluded");
}

static void decide(pm_life_label *l, pm_kind kind, const pm_life_label_options *o)
{
    int64_t degraded = earliest(l->crossed_polarisation, l->crossed_efficiency);
    int64_t first = earliest(earliest(degraded, l->crossed_short), l->crossed_stop);

    l->cycle_count_end = first ? first : l->last;
    if (!first) {
        l->outcome = PM_CENSORED;
        snprintf(l->criterion, sizeof l->criterion, "no threshold crossed in %lld cycles", (long long)l->cycles);
    } else if (first == l->crossed_short) {
        l->outcome = PM_SHORT;
        snprintf(l->criterion, sizeof l->criterion, "shorted at cycle %lld, before any threshold", (long long)first);
    } else if (first == degraded) {
        decide_degradation(l, kind, o);
    } else {
        l->outcome = PM_STOPPED;
        snprintf(l->criterion, sizeof l->criterion, "capacity gone at cycle %lld, before any threshold",
                 (long long)first);
    }
}

static void measure(const series *s, const pm_life_label_options *o, int64_t short_cycle, pm_life_label *l)
{
    int w = o->window, r = o->reference - 1;
    double polarisation = median_of(s, s->polarisation, r, w), efficiency = median_of(s, s->efficiency, r, w);
    double capacity = median_of(s, s->capacity, r, w);

    l->cycles = s->n;
    l->last = s->n ? (int64_t)s->count[s->n - 1] : 0;
    l->has_efficiency = isfinite(efficiency);
    l->crossed_polarisation = crossing(s, s->polarisation, RISEN, polarisation, o->polarisation, r + w, w);
    l->crossed_efficiency = crossing(s, s->efficiency, FALLEN, efficiency, o->coulombic_efficiency, r + w, w);
    l->crossed_short = crossing(s, s->efficiency, EXCESS, efficiency, o->excess_efficiency, r, w);
    l->crossed_short = earliest(l->crossed_short, short_cycle);
    l->crossed_stop = crossing(s, s->capacity, LOST, capacity, 1 - o->stopped_capacity, r + w, w);
    l->has_polarisation = isfinite(polarisation);
    l->has_capacity = isfinite(capacity) && s->kind != PM_LI_LI;
    if (l->has_capacity) l->crossed_capacity = crossing(s, s->capacity, LOST, capacity, CAPACITY_LOST, r + w, w);
    decide(l, s->kind, o);
    bool failed = l->outcome == PM_KDF || l->outcome == PM_RDF || l->outcome == PM_CDF;
    int64_t at = s->n;
    if (failed) at = index_of(s, l->cycle_count_end + (l->outcome == PM_CDF ? horizon_of(o, l->cycle_count_end) : 0));
    if (at + w > s->n) at = s->n > w ? s->n - w : 0;
    l->polarisation_change = change(RISEN, median_of(s, s->polarisation, at, w), polarisation);
    l->coulombic_efficiency_change = change(FALLEN, median_of(s, s->efficiency, at, w), efficiency);
}

pm_status pm_life_label_of(const pm_table *cycles, pm_kind kind, const pm_life_label_options *options,
                           int64_t short_cycle, pm_life_label *out, pm_error *err)
{
    pm_life_label_options o = pm_life_label_defaults(options);
    size_t n = (size_t)pm_table_rows(cycles) + 1;
    pm_scoped_memory double *values = calloc(5 * n, sizeof *values);
    int64_t least = o.reference - 1 + 2 * (int64_t)o.window;

    if (!values) return pm_fail(err, PM_ERR_MEMORY, "no memory for a label");
    series s = {kind, 0, values, values + n, values + 2 * n, values + 3 * n, values + 4 * n};
    fill(cycles, &s);
    if (s.n < least && !short_cycle)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "label whole lives, or shorten the window and the reference",
                          "%lld complete cycle%s too few for a label: %lld are needed", (long long)s.n,
                          s.n == 1 ? " is" : "s are", (long long)least);
    *out = (pm_life_label){0};
    measure(&s, &o, short_cycle, out);
    return PM_OK;
}
