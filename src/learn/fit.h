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

/** A Gaussian process: mean + spread * sum alpha_j k(z, z_j). */
typedef struct pm_gaussian {
    pm_linear *frame; /* centers and scales alone */
    int64_t n;
    double *z, *alpha; /* [n][p], [n] */
    double kernel[4];  /* variance and length (times the root of p) of the smooth part, variance of the linear part, of
                          the noise */
    double mean, spread;
} pm_gaussian;

struct pm_model {
    pm_learner learner;
    int p, classes, outputs;
    bool log_target;  /* the margin is log10 of the prediction */
    bool log_margin;  /* it is its natural logarithm (accelerated failure time) */
    double *constant; /* [outputs], of majority; else NULL */
    pm_linear *linear;
    pm_trees *trees;
    pm_gaussian *gaussian;
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

/** Learns from the rows of the other folds, and predicts those of each. */
typedef pm_status (*pm_fold_learner)(const void *context, int64_t fold, const pm_data *others, pm_model **out,
                                     pm_error *err);
PM_CHECK pm_status pm_cross(const pm_data *data, const int32_t fold[], int folds, const pm_run *run,
                            pm_fold_learner learn, const void *context, double *out, pm_error *err);
/** Where rows are all of one class there is nothing to learn: their share is the best that can be said. */
PM_CHECK pm_status pm_learn_or_majority(const pm_data *data, const pm_learn_options *options, pm_model **out,
                                        pm_error *err);

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

PM_CHECK pm_status pm_fit_gaussian(const pm_data *data, const pm_learn_options *options, pm_model *model,
                                   pm_error *err);
PM_CHECK pm_status pm_gaussian_predict(const pm_gaussian *gaussian, int p, int64_t n, const double *x, double *out,
                                       pm_error *err);
/** Covariance of two standardised rows, without noise. */
double pm_gaussian_kernel(const double kernel[4], int p, const double *a, const double *b);
void pm_gaussian_free(pm_gaussian *gaussian);

/** Moves x[n] to a least value of f, from a simplex of this size in at most so many steps; returns the value. */
enum { PM_SIMPLEX_MOST = 8 };
double pm_simplex(int n, double (*f)(void *context, const double *x), void *context, double first_step, int steps,
                  double *x);

/** The lower half of the symmetric positive definite a[n][n] becomes its Cholesky factor. */
PM_CHECK pm_status pm_factor_symmetric(int n, double *a, pm_error *err);
/** b[n] becomes the solution, by the factor. */
void pm_solve_factored(int n, const double *a, double *b);
/** Both. */
PM_CHECK pm_status pm_solve_symmetric(int n, double *a, double *b, pm_error *err);

/** Margins to probabilities, in place. */
void pm_softmax(int n, double *margin);

#endif
