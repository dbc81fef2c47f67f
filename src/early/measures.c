/* SPDX-License-Identifier: MIT */
/* What the traces of one cycle show. Shares of the charge at which is looked: the first tenth holds the nucleation, 40 to 80 %
 * are the plateau, 40 to 90 % the thickening (early-prediction's reconstruction of the paper's words). */
#include "features.h"

#include <math.h>
#include <string.h>

static const double NUCLEATION = 0.1, PLATEAU[2] = {0.4, 0.8}, THICKENING[2] = {0.4, 0.9}, END = 0.98;
static const double KNEE = 5; /* the strip ends where eta rises that many times faster than usual */

static void measure_plating(const trace *t, cycle_measures *m)
{
    double slope, second, at;

    if (t->n < 4) return;
    m->plateau_V = trace_median(t, PLATEAU[0], PLATEAU[1]);
    m->nucleation_V = trace_maximum(t, 0, NUCLEATION, &at);
    m->nucleation_charge = at;
    m->nucleation_excess_V = m->nucleation_V - m->plateau_V;
    m->relative_nucleation = m->nucleation_excess_V / m->plateau_V;
    m->rise_V = at > 0 ? m->nucleation_V / at : NAN;
    /* from the dip halfway down to the plateau; where there is no dip there is no such way */
    double half = trace_reaches(t, at, (m->nucleation_V + m->plateau_V) / 2, true);
    m->relaxation_charge = m->nucleation_excess_V > 0 ? half - at : NAN;
    m->relaxation_V = m->relaxation_charge > 0 ? m->nucleation_excess_V / 2 / m->relaxation_charge : NAN;
    trace_slope(t, THICKENING[0], THICKENING[1], &slope, &second);
    m->thickening_V = slope;
    m->thickening_curvature_V = second;
    m->thickening_rise_V = trace_mean(t, END, 1) - m->plateau_V;
    m->relative_thickening = slope / m->plateau_V;
    m->charge_above_zero = t->charge_above_zero;
    m->plating_roughness_V = trace_roughness(t, PLATEAU[0], PLATEAU[1]);
    m->rest_drop_V = t->rest_drop_V;
    m->rest_relaxation_V = t->rest_relaxation_V;
}

/* Where the slope of eta first stays above KNEE times its median. */
static double knee_of(const trace *t)
{
    double slope[TRACE_BINS], sorted[TRACE_BINS];
    int64_t n = 0;

    for (int k = 0; k + 1 < TRACE_BINS; k++) {
        slope[k] = (t->bin[k + 1] - t->bin[k]) * TRACE_BINS;
        if (k > TRACE_BINS / 5 && isfinite(slope[k])) sorted[n++] = fabs(slope[k]);
    }
    double usual = pm_median(sorted, n), least = fmax(KNEE * usual, 0.2 * fabs(trace_median(t, 0.2, 0.8)));
    for (int k = TRACE_BINS / 5; k + 2 < TRACE_BINS; k++)
        if (slope[k] > least && slope[k + 1] > least) return (double)k / TRACE_BINS;
    return NAN;
}

static void measure_stripping(const trace *t, cycle_measures *m)
{
    double slope, second, at;

    if (t->n < 4) return;
    m->stripping_V = trace_median(t, PLATEAU[0], PLATEAU[1]);
    m->stripping_start_V = trace_maximum(t, 0, NUCLEATION, &at);
    m->relative_stripping_start = m->stripping_start_V / m->stripping_V;
    trace_slope(t, 0.2, PLATEAU[1], &slope, &second);
    m->stripping_slope_V = slope;
    m->strip_end_charge = 1 - trace_reaches(t, PLATEAU[1], 3 * m->stripping_V, false);
    m->strip_end_knee = knee_of(t);
    m->stripping_roughness_V = trace_roughness(t, PLATEAU[0], PLATEAU[1]);
}

/* ---- symmetric cells (Wood, Dasgupta et al.; peaking and arcing) ---- */

typedef struct shape {
    double start, peak, peak_at, valley, valley_at, end, mean, second;
} shape;

static shape shape_of(const trace *t)
{
    shape s;
    double slope;

    s.start = t->eta[0] > 0 || t->n < 2 ? t->eta[0] : t->eta[1];
    s.peak = trace_maximum(t, 0, 0.3, &s.peak_at);
    s.valley = trace_minimum(t, s.peak_at, 0.95, &s.valley_at);
    s.end = trace_mean(t, 0.95, 0.995); /* the last row is often the crossing of zero */
    s.mean = trace_mean(t, 0, 1);
    trace_slope(t, 0.1, 0.95, &slope, &s.second);
    return s;
}

static double middle(double a, double b)
{
    return (a + b) / 2;
}

static void measure_symmetric(const cycle_halves *c, cycle_measures *m)
{
    if (c->first.n < 4 || c->second.n < 4) return;
    shape a = shape_of(&c->first), b = shape_of(&c->second);
    m->start_V = middle(a.start, b.start);
    m->peak_V = middle(a.peak, b.peak);
    m->peak_charge = middle(a.peak_at, b.peak_at);
    m->valley_V = middle(a.valley, b.valley);
    m->valley_charge = middle(a.valley_at, b.valley_at);
    m->end_V = middle(a.end, b.end);
    m->peaking = middle((a.peak - a.valley) / a.valley, (b.peak - b.valley) / b.valley);
    m->arcing = middle((a.end - a.valley) / a.valley, (b.end - b.valley) / b.valley);
    m->concavity = middle(a.second, b.second);
    m->mean_V = middle(a.mean, b.mean);
    m->odd_even = (a.mean - b.mean) / middle(a.mean, b.mean);
}

/* ---- cells with a cathode ---- */

static void measure_full_cell(const cycle_halves *c, cycle_measures *m)
{
    m->charged_Ah = c->first_Ah;
    m->discharged_Ah = c->second_Ah;
    m->charge_mean_V = c->first_mean_V;
    m->discharge_mean_V = c->second_mean_V;
    m->voltage_gap_V = c->first_mean_V - c->second_mean_V;
    m->energy_efficiency = c->first_Wh != 0 ? fabs(c->second_Wh / c->first_Wh) : NAN;
    m->plating_roughness_V = c->first.n > 4 ? trace_roughness(&c->first, PLATEAU[0], PLATEAU[1]) : NAN;
    m->rest_drop_V = c->first.rest_drop_V;
    m->rest_relaxation_V = c->first.rest_relaxation_V;
}

cycle_measures measure_cycle(const cycle_halves *c, pm_kind kind, double sand_s)
{
    cycle_measures m;
    double *all = (double *)&m;

    for (size_t i = 0; i < sizeof m / sizeof *all; i++) all[i] = NAN;
    if (kind == PM_LI_CU || kind == PM_LI_LI) {
        measure_plating(&c->first, &m);
        measure_stripping(&c->second, &m);
        m.hysteresis_V = m.plateau_V + m.stripping_V;
        m.asymmetry = m.stripping_V / m.plateau_V;
    }
    if (kind == PM_LI_LI) measure_symmetric(c, &m);
    if (kind != PM_LI_CU && kind != PM_LI_LI) measure_full_cell(c, &m);
    if (kind != PM_LI_LI && c->first_Ah > 0) m.efficiency = c->second_Ah / c->first_Ah;
    m.sand_ratio = c->first.duration_s / sand_s;
    return m;
}
