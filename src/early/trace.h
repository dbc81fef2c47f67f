/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: the overpotential over the charge of one half-cycle, and what can be read off it.
 */
#ifndef PM_EARLY_TRACE_H
#define PM_EARLY_TRACE_H

#include "table/table.h"

enum { TRACE_BINS = 200 };

/** Points in order of the charge: q in [0, 1], the part of the half-cycle's charge (its time where there is no current). */
typedef struct trace {
    int64_t n;
    double *q, *eta;                      /* eta V, positive in the direction of the current */
    double bin[TRACE_BINS];               /* mean of eta in equal parts of q; sampling and noise weigh less there */
    double duration_s, charge_above_zero; /* the part of the whole before eta first was above 0; not in q */
    double rest_drop_V,
        rest_relaxation_V; /* the rest behind it: at once (its first row), and from there on; NaN = none */
} trace;

/** Rows [first, last] (from 1) of records; `sign` of the current (or voltage, where there is none) of the half-cycle. `shift`:
 *  rest voltage that is taken off: 0 against lithium. rest_last: last row of the rest behind, 0 = none. */
PM_CHECK pm_status trace_new(const pm_table *records, int64_t first, int64_t last, int sign, int64_t rest_last,
                             trace *out, pm_error *err);
void trace_free(trace *t);

/** Median by charge over [from, to]. NaN where there is nothing. */
double trace_median(const trace *t, double from, double to);
/** Mean by charge. */
double trace_mean(const trace *t, double from, double to);
/** eta = a + b u + c u^2 with u = q - (from + to)/2, least squares over bins: the slope b and the second derivative 2 c. */
void trace_slope(const trace *t, double from, double to, double *slope, double *second);
/** The largest eta over [from, to], and where. */
double trace_maximum(const trace *t, double from, double to, double *at);
double trace_minimum(const trace *t, double from, double to, double *at);
/** The first q behind `from` where eta has come to the level (falling, or rising); NaN = never. */
double trace_reaches(const trace *t, double from, double level, bool falling);
/** Root mean square of what is left of eta over [from, to] when neighbours are taken off: noise and jumps. */
double trace_roughness(const trace *t, double from, double to);

#endif
