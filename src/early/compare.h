/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: the statistics of comparisons.
 */
#ifndef PM_EARLY_COMPARE_H
#define PM_EARLY_COMPARE_H

#include "early.h"

/** Values of one group; `censored` NULL, or 1 where the value is a lower bound. */
typedef struct compare_sample {
    int64_t n;
    const double *value, *censored;
} compare_sample;

typedef struct compare_estimate {
    double mean, deviation; /**< deviation of values; NaN where they are censored, or fewer than two */
    double error, freedom;  /**< standard error of the mean, degrees of freedom; NaN for fewer than two */
    double low, high;       /**< 95 % */
} compare_estimate;

typedef struct compare_contrast {
    double difference, p;
    double error, freedom; /**< of the difference; NaN where a group has fewer than two cells */
} compare_contrast;

/** Lower tail of Student's t, by the continued fraction of the incomplete beta function. */
double compare_t_tail(double t, double freedom);
/** t with this upper tail, below one half. */
double compare_t_upper(double tail, double freedom);

compare_estimate compare_mean(const compare_sample *s);
/** Kaplan-Meier mean up to the horizon. */
PM_CHECK pm_status compare_life(const compare_sample *s, double horizon, compare_estimate *out, pm_error *err);
/** How far all values can be told: infinite where the longest has failed. */
double compare_horizon(const compare_sample *s);

/** Of two means with their errors (Welch, Biometrika 1947, 34, 28). */
compare_contrast compare_welch(const compare_estimate *a, const compare_estimate *b);
/** Half the width of intervals that hold all n differences at once in 95 % of cases (Bonferroni). */
double compare_half_width(const compare_contrast *c, int64_t n);
/** Share of the splits of all cells into groups of these sizes whose lives differ by no less. */
PM_CHECK pm_status compare_permuted(const compare_sample *a, const compare_sample *b, double horizon, uint64_t seed,
                                    double *p, pm_error *err);
/** Holm's adjustment in place; NaN stays and does not count. */
PM_CHECK pm_status compare_holm(int64_t n, double *p, pm_error *err);

#endif
