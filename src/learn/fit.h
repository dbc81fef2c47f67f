/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: a fitted model, and who fits its parts.
 */
#ifndef PM_LEARN_FIT_H
#define PM_LEARN_FIT_H

#include "learn.h"
#include "trees.h"

/** z = (x - center) / scale, missing = 0; margin_k = bias_k + sum w_k z. Of nearest-class w are the class means of
 *  z. */
typedef struct pm_linear {
    double *center, *scale; /* [p]; scale 0 = a constant feature, left out */
    double *w, *bias;       /* [outputs][p], [outputs] */
} pm_linear;

struct pm_model {
    pm_learner learner;
    int p, classes, outputs;
    bool log_target;  /* the margin is log10 of the prediction */
    bool log_margin;  /* it is its natural logarithm (accelerated failure time) */
    double *constant; /* [outputs], of majority; else NULL */
    pm_linear *linear;
    pm_trees *trees;
};

/** Options with all defaults filled in. */
pm_learn_options pm_learn_defaults(const pm_learn_options *options);
/** What a regression is fitted on: the target or its logarithm. */
double pm_learn_target(const pm_data *data, const pm_learn_options *options, int64_t row);

PM_CHECK pm_status pm_linear_new(const pm_data *data, int outputs, pm_linear **out, pm_error *err);
void pm_linear_free(pm_linear *linear);
/** Standardised rows z[n][p]. */
void pm_linear_scale(const pm_linear *linear, int p, int64_t n, const double *x, double *z);

PM_CHECK pm_status pm_fit_nearest(const pm_data *data, pm_model *model, pm_error *err);
PM_CHECK pm_status pm_fit_logistic(const pm_data *data, const pm_learn_options *options, pm_model *model,
                                   pm_error *err);
PM_CHECK pm_status pm_fit_ridge(const pm_data *data, const pm_learn_options *options, pm_model *model, pm_error *err);
PM_CHECK pm_status pm_fit_forest(const pm_data *data, const pm_learn_options *options, pm_model *model, pm_error *err);
PM_CHECK pm_status pm_fit_xgboost(const pm_data *data, const pm_learn_options *options, pm_model *model, pm_error *err);

bool pm_row_ended(const pm_data *data, int64_t row);
/** Density over upper tail of the standard normal distribution. */
double pm_normal_hazard(double u);
/** Linear regression with normal errors of targets of which some are lower bounds, by maximum likelihood with ridge's
 *  penalty on w: of z[n][p] (Tobin, Econometrica 1958, 26, 24; of logarithms: the log-normal accelerated failure time).
 *  Without censored rows it is ridge. The rows that ended must not all have one target. */
PM_CHECK pm_status pm_fit_censored(const pm_data *data, const double *z, const double *target, double penalty,
                                   double *w, double *bias, double *sigma, pm_error *err);
/** Natural logarithm of lives: its value at the mean features and its spread around that linear regression. */
PM_CHECK pm_status pm_life_spread(const pm_data *data, double *center, double *spread, pm_error *err);
/** Inverse probabilities of being still watched (Kaplan and Meier, of the censoring): 0 for rows that are censored. */
PM_CHECK pm_status pm_ended_weights(const pm_data *data, double *weight, pm_error *err);

/** Solves the symmetric positive definite a[n][n] x = b in place (a becomes its Cholesky factor, b the solution). */
PM_CHECK pm_status pm_solve_symmetric(int n, double *a, double *b, pm_error *err);

/** Margins to probabilities, in place. */
void pm_softmax(int n, double *margin);

#endif
