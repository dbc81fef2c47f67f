/* SPDX-License-Identifier: MIT */
/* Private to the room: linear models of one or two series over cycles whose noise is correlated from cycle to cycle and
 * has outliers, and how probable the data are by them. */
#ifndef PM_LIFE_FIT_H
#define PM_LIFE_FIT_H

#include "base/base.h"

enum { FIT_SERIES = 2, FIT_TERMS = 9 };

/* Noise of both series: lag-one correlation, and spread of what is new in each cycle (scale of Student's t). */
typedef struct fit_noise {
    double lag[FIT_SERIES];
    double variance[FIT_SERIES], covariance;
} fit_noise;

/* What is known of a term before any data: normal. */
typedef struct fit_prior {
    double mean, deviation;
} fit_prior;

typedef struct fit_data {
    int64_t n;
    int series;
    const double *t; /* rising */
    const double *y[FIT_SERIES];
    double width;             /* of a point: cycles that it is the mean of */
    double least[FIT_SERIES]; /* noise cannot be less: a standard deviation */
} fit_data;

/* One place of a hypothesis: its terms, a column each of all points of the first series, then of those of the second,
 * and their priors. */
typedef struct fit_rows {
    int terms;
    fit_prior prior[FIT_TERMS];
    double *x[FIT_TERMS]; /* [series * n] */
} fit_rows;

typedef struct fit_result {
    double term[FIT_TERMS];
    double log_evidence; /* of the data, terms integrated out; noise as given */
} fit_result;

typedef struct fit_work fit_work;
PM_CHECK pm_status fit_work_new(const fit_data *data, fit_work **out, pm_error *err);
void fit_work_free(fit_work *work);
PM_SCOPED(fit_work, fit_work_free)
fit_rows *fit_rows_of(fit_work *work); /* to be filled in before fit_terms */
/* From differences of neighbours: before anything is fitted. All points count the same. */
fit_noise fit_noise_start(fit_work *work);
/* Least squares of the rows for this noise, so many times, each with weights by what the one before left. */
fit_result fit_terms(fit_work *work, const fit_noise *noise, int rounds);
/* Chance, by the last fit, that the sum of terms times `part` is above `least`. */
double fit_chance(const fit_work *work, const double part[FIT_TERMS], double least);
/* The noise of what the last fit left; fits begin with its weights from now on. */
fit_noise fit_noise_left(fit_work *work, const fit_noise *before, const double most_lag[FIT_SERIES]);

#endif
