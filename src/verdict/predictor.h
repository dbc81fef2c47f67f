/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: what a predictor is made of.
 */
#ifndef PM_VERDICT_PREDICTOR_H
#define PM_VERDICT_PREDICTOR_H

#include "verdict.h"

enum {
    PM_KNOTS = 41,          /**< quantiles of a feature in the training rows, from the least to the most */
    PM_SHARES = 101,        /**< quantiles of the distances of training rows */
    PM_FEATURES_MOST = 4096 /**< of a model file */
};

/** What was seen in training, and how far a row is from it. A feature's value becomes a normal score by its quantiles
 *  (linear beyond them, missing = 0); the distance is Mahalanobis's with a covariance S shrunk to
 *  (1 - a) S + a tr(S)/p I, a = p/(p + groups): the more features per group, the less its correlations are believed
 *  (the form of Ledoit and Wolf, J Multivar Anal 2004, 88, 365; the weight is a choice). */
typedef struct pm_range {
    int p;
    double score[PM_KNOTS];   /* normal scores of the quantiles */
    double *quantile;         /* [p][PM_KNOTS] */
    double *mean, *factor;    /* [p], [p][p]: of the scores; the lower Cholesky factor of the covariance */
    double nearer[PM_SHARES]; /* quantiles of the distances of training rows, each measured without its group */
} pm_range;

struct pm_predictor {
    pm_predictor_about about; /* points to what follows */
    char *target, *target_unit, *kind, *source, *version;
    char **class_name, **feature, **unit;
    double *importance;
    bool log_interval; /* the half width is of log10 of the target */
    pm_range range;
    pm_model *model;
};

/* ---- training ---- */

/** Checks, fills in all defaults, and keeps the features that vary; infinite values become missing. The texts of
 *  `filled` stay the caller's. Warns in the run's log of a cell that stands in two groups. */
PM_CHECK pm_status pm_verdict_prepare(const pm_data *data, const pm_training *training, const pm_run *run,
                                      pm_training *filled, pm_data **kept, pm_error *err);
/** pm_evaluate of what pm_verdict_prepare has made. */
PM_CHECK pm_status pm_verdict_evaluate(const pm_data *kept, const pm_training *filled, const pm_run *run,
                                       pm_evaluation *out, pm_error *err);
/** Mean of value[n] (NaN does not count), with its interval by drawing groups. */
PM_CHECK pm_status pm_grouped_mean(const pm_data *data, const double *value, int bootstraps, uint64_t seed,
                                   const pm_run *run, pm_interval *out, pm_error *err);
/** Half width of an interval about `value` on the target's own scale. */
void pm_interval_about(double value, double half_width, bool logarithmic, double *low, double *high);

/* ---- the predictor ---- */

/** Room for features and classes; all else is zero. */
PM_CHECK pm_status pm_predictor_new(int features, int classes, pm_predictor **out, pm_error *err);
/** The sha256 of what is written of it. */
PM_CHECK pm_status pm_predictor_seal(pm_predictor *predictor, pm_error *err);
PM_CHECK pm_status pm_predictor_parse(const char *bytes, int64_t n, const char *file, pm_predictor **out,
                                      pm_error *err);
/** phi[outputs][features + 1] of one row; margins of several classes, defined up to a shift, minus their mean. */
PM_CHECK pm_status pm_predictor_phi(const pm_predictor *predictor, const double *x, double *phi, pm_error *err);
/** Subtracts from outputs rows of `width` numbers their mean over the outputs, where these are margins of classes. */
void pm_predictor_center(const pm_predictor *predictor, int64_t width, double *phi);

/* ---- the range ---- */

PM_CHECK pm_status pm_range_new(int p, pm_range *out, pm_error *err);
void pm_range_leave(pm_range *range);
/** The normal scores of the quantiles of so many rows. */
void pm_range_scores(int64_t rows, double score[PM_KNOTS]);
/** All of it from the data, the distances of each row measured without its group (cell; a fold of them where there are
 *  more than 60). */
PM_CHECK pm_status pm_range_fit(const pm_data *data, const pm_training *training, const pm_run *run, pm_range *range,
                                pm_error *err);
/** Share of training rows that are nearer, 0-1. */
PM_CHECK pm_status pm_range_nearer(const pm_range *range, const double *x, double *out, pm_error *err);
/** Share of the training values below x, 0-1; NaN for NaN. */
double pm_range_share(const pm_range *range, int feature, double x);
bool pm_range_outside(const pm_range *range, int feature, double x);

extern const pm_embedded pm_verdict_models[];

#endif
