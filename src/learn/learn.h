/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 6: learning from tables of cells: data with groups and censoring, splits by group, models, calibration,
 * prediction sets with stated coverage, exact Shapley values, scores with intervals, a model file.
 *
 * Rows are cells (or several records of one cell). A group is what must never stand on both sides of a split: the
 * electrolyte. Missing features are NaN.
 */
#ifndef PM_LEARN_H
#define PM_LEARN_H

#include "doc/doc.h"
#include "table/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- data ------------------------------------------------------------------------------------------------------- */

/** Features of cells, and what is to be learned. A plain struct to be looked at; the arrays are its own. */
typedef struct pm_data {
    int64_t n;                      /**< rows */
    int p, classes;                 /**< features; classes = 0: a regression */
    double *x;                      /**< [n][p], NaN = missing */
    char **feature, **unit;         /**< [p] */
    char **class_name;              /**< [classes], in alphabetical order */
    int *y;                         /**< [n] class; NULL for a regression */
    double *target;                 /**< [n]; NULL for classes */
    double *upper;                  /**< [n] like target, infinite where the target is a lower bound (censored); NULL */
    int32_t *group, *cell;          /**< [n] numbers from 0 */
    char **group_name, **cell_name; /**< [groups], [cells] */
    int groups, cells;
} pm_data;

/** Which columns of a table are what. NULL = there is none. */
typedef struct pm_data_columns {
    const char *const *features; /**< ends with NULL; NULL = every number that is not named below */
    const char *target;          /**< words = classes, numbers = a regression; NULL = nothing to learn from */
    const char *censored;        /**< 1 = the target is a lower bound; see pm_data_flag */
    const char *group, *cell;    /**< words or whole numbers; NULL = each row by itself */
    const char *const *classes;  /**< ends with NULL: rows of other classes are left out; NULL = those that occur */
} pm_data_columns;
/** 1 or 0 as a column of numbers says, or of the words 1, true, yes, 0, false, no in any case; -1 for all else. */
int pm_data_flag(const pm_column *column, int64_t row);
/** From a table. Rows without a target are left out. PM_ERR_COLUMN, PM_ERR_DATA: a column is absent, no row is left, or
 *  whether a target is censored is not said by a flag. */
PM_CHECK pm_status pm_data_new(const pm_table *table, const pm_data_columns *columns, pm_data **out, pm_error *err);
/** The rows of these indexes, in this order (an index may repeat); groups and classes keep their numbers. */
PM_CHECK pm_status pm_data_take(const pm_data *data, int64_t n, const int64_t rows[], pm_data **out, pm_error *err);
/** The features of these indexes. */
PM_CHECK pm_status pm_data_select(const pm_data *data, int p, const int features[], pm_data **out, pm_error *err);
void pm_data_free(pm_data *data);
PM_SCOPED(pm_data, pm_data_free)

enum { PM_TWINS_NAME = 64 };
/** Cells that were given more than once. */
typedef struct pm_twins {
    int64_t copies;                                       /**< rows that stand there already */
    int64_t joined;                                       /**< rows whose cell has another name */
    char copy[PM_TWINS_NAME];                             /**< the cell of the first of the copies */
    char cell[2][PM_TWINS_NAME], group[2][PM_TWINS_NAME]; /**< the first pair that was joined */
} pm_twins;
/** Rows with the same features (4 or more, or fewer under the same name) are one cell from now on, so that every split
 *  keeps its groups on one side. again [n] (NULL = not asked) becomes true for a row whose cell, group and target stand
 *  there already. */
PM_CHECK pm_status pm_data_join_twins(pm_data *data, bool again[], pm_twins *found, pm_error *err);
/** Leaves rows that were learned from out of *test, whose features are among those of `learned`; `cells`: its cells have
 *  names. PM_ERR_DATA where none is left, or where all is as it was learned. */
PM_CHECK pm_status pm_data_leave_out_learned(const pm_data *learned, bool cells, pm_data **test, int64_t *shared,
                                             pm_error *err);

/* ---- splits ------------------------------------------------------------------------------------------------------ */

/** PM_BY_GROUP never parts a group; a cell that stands in several groups joins them. PM_BY_CELL parts groups, not
 *  cells. */
typedef enum pm_split_by { PM_BY_GROUP, PM_BY_CELL } pm_split_by;
/** fold[i] in [0, *folds): where row i is tested. k = 0: each group (or cell) by itself; else k folds of nearly equal
 *  numbers of rows, drawn by the seed. PM_ERR_DATA where there are fewer than two groups (cells), or fewer than k. */
PM_CHECK pm_status pm_split(const pm_data *data, pm_split_by by, int k, uint64_t seed, int32_t fold[], int *folds,
                            pm_error *err);

/* ---- models ------------------------------------------------------------------------------------------------------ */

typedef enum pm_learner {
    PM_BOOSTED = 1,   /**< boosted trees by XGBoost; a censored regression by its accelerated failure time */
    PM_FOREST,        /**< random forest; missing values go the way that parts better. Of censored rows, see below */
    PM_LOGISTIC,      /**< multinomial logistic regression with an L2 penalty on standardised features; else ridge */
    PM_NEAREST_CLASS, /**< the class with the nearest mean of standardised features; classes only */
    PM_MAJORITY,      /**< shares of the classes; the mean of the target */
    PM_GAUSSIAN       /**< Gaussian process of at most 2,000 rows; numbers only; no Shapley values */
} pm_learner;
/* What learners make of censored rows, whose target is a lower bound.
   boosted          likelihood of a log-normal life, its width that of a linear fit; the median of it is predicted
   logistic (ridge) the same by a linear law of log10 of the target if log_target, else normal errors of the target
   gaussian         the likeliest process given the bounds, errors as with ridge
   forest, majority they are left out; the others are drawn (counted) by the inverse probability of having been watched
                    for so long: nothing is predicted above the longest life that ended */
/** "boosted", "forest", "logistic", "nearest-class", "majority", "gaussian"; NULL outside. */
const char *pm_learner_name(pm_learner learner);

/** Zero is the default of every option. */
typedef struct pm_learn_options {
    pm_learner learner;
    int trees;        /**< boosted 100, forest 300 */
    int depth;        /**< boosted 3, forest 0 = until leaves are pure */
    int least_leaf;   /**< rows in a leaf: 1 */
    double rate;      /**< boosted: 0.1 */
    double penalty;   /**< L2: 1, negative = none (boosted: lambda; logistic: sum of log losses + penalty/2 |W|^2) */
    double row_share; /**< boosted: of the rows per tree, 1 */
    bool log_target;  /**< regression: of log10 of the target; predictions come back in its own unit */
    uint64_t seed;
    const pm_run *run; /**< asked while it learns whether to stop; NULL = nobody asks */
} pm_learn_options;

/** A fitted model; any thread may use it. */
typedef struct pm_model pm_model;
/** PM_ERR_DATA where there is nothing to learn (one class only, all features constant, fewer than two ends among
 *  censored rows): says what to do. PM_ERR_LIMIT above 32 classes. PM_ERR_FEATURE where XGBoost is not installed. The
 *  same data and options give the same model for any number of threads. */
PM_CHECK pm_status pm_learn(const pm_data *data, const pm_learn_options *options, pm_model **out, pm_error *err);
/** x[n][p] to probabilities [n][classes], or predictions [n]. */
PM_CHECK pm_status pm_model_predict(const pm_model *model, int64_t n, const double *x, double *out, pm_error *err);
/** Numbers that come out for a row: classes, or 1. */
int pm_model_outputs(const pm_model *model);
int pm_model_features(const pm_model *model);
/** Shapley values of margins (boosted: log odds; forest: probabilities; logistic: log odds against independent
 *  features of the training mean): phi[n][outputs][p + 1], the last one what is expected without any feature. */
PM_CHECK pm_status pm_model_explain(const pm_model *model, int64_t n, const double *x, const pm_run *run, double *phi,
                                    pm_error *err);
/** Interaction values [n][outputs][p][p]; trees only (PM_ERR_ARGUMENT). */
PM_CHECK pm_status pm_model_interactions(const pm_model *model, int64_t n, const double *x, const pm_run *run,
                                         double *phi, pm_error *err);
/** As one JSON object at the writer, and back from a document's node. */
void pm_model_write(const pm_model *model, const char *key, pm_json *json);
PM_CHECK pm_status pm_model_read(const pm_doc *doc, const pm_node *node, pm_model **out, pm_error *err);
void pm_model_free(pm_model *model);
PM_SCOPED(pm_model, pm_model_free)

/* ---- honest predictions ------------------------------------------------------------------------------------------ */

/** Each row predicted by a model that has not seen its fold: out[n][outputs]. Folds run in parallel. */
PM_CHECK pm_status pm_cross_predict(const pm_data *data, const pm_learn_options *options, const int32_t fold[],
                                    int folds, const pm_run *run, double *out, pm_error *err);

/** Among which ways to learn to choose, and how: by which folds (pm_split), made within the rows that are given. */
typedef struct pm_choice {
    const pm_learn_options *candidates;
    int n;
    pm_split_by by;
    int folds; /**< 0 = each group (or cell) by itself */
    uint64_t seed;
} pm_choice;
/** The candidate that predicts best across the folds: least log loss of classes; least RMSE of the target, or of log10
 *  of it where candidates learn that; where rows are censored least 1 - concordance. The first of equals. loss[n] may
 *  be NULL. PM_ERR_DATA where there are too few groups, or censored rows leave no two to be compared. */
PM_CHECK pm_status pm_choose(const pm_data *data, const pm_choice *choice, const pm_run *run, int *best, double *loss,
                             pm_error *err);
/** Like pm_cross_predict, but each fold by the candidate that pm_choose takes from the other folds alone: the choice
 *  has not seen the fold either. chosen[folds] may be NULL. Folds run in parallel. */
PM_CHECK pm_status pm_cross_nested(const pm_data *data, const pm_choice *choice, const int32_t fold[], int folds,
                                   const pm_run *run, double *out, int chosen[], pm_error *err);

/** Temperature of the probabilities (p_k^(1/T), normalised) with the least log loss; rows of `leave_out` (a fold, -1 =
 *  none) do not count. 1 where nothing is gained. */
double pm_temperature(const pm_data *data, const double *probability, const int32_t fold[], int leave_out);
void pm_heat(double temperature, int64_t n, int classes, double *probability);
/** Platt's sigmoid p = 1/(1 + exp(A s + B)) for scores and 0/1 labels, with his targets (n1+1)/(n1+2), 1/(n0+2). */
PM_CHECK pm_status pm_platt(int64_t n, const double *score, const int *label, double *a, double *b, pm_error *err);

/** Threshold of the score 1 - p(class) below which classes enter the prediction set, so that a row of a *new group* is
 *  covered with probability `coverage`: groups count alike, one more stands for the new one (hierarchical conformal
 *  prediction, Lee, Barber and Willett, arXiv 2306.06342). `leave_out`: a fold that does not count, -1 = none. 1 where
 *  there are too few groups: then all classes are in the set. */
PM_CHECK pm_status pm_conformal(const pm_data *data, const double *probability, const int32_t fold[], int leave_out,
                                double coverage, double *threshold, pm_error *err);
/** The same for a regression: half the width of an interval around a prediction (times and divided by 10^half_width if
 *  of_logarithm, where all targets and predictions must be above zero), so that a row of a new group lies within with
 *  probability `coverage`. Rows that are censored do not count: it is an interval for those that end while they are
 *  watched. Infinite where there are too few groups. */
PM_CHECK pm_status pm_conformal_residual(const pm_data *data, const double *predicted, const int32_t fold[],
                                         int leave_out, double coverage, bool of_logarithm, double *half_width,
                                         pm_error *err);
/** Bit k = class k is in the set; the likeliest always is. */
uint32_t pm_prediction_set(const double *probability, int classes, double threshold);

/* ---- scores ------------------------------------------------------------------------------------------------------ */

typedef struct pm_interval {
    double value, low, high; /**< 95 %, bootstrap over groups; NaN where there are fewer than two */
} pm_interval;
typedef struct pm_scores {
    int classes;
    int64_t *confusion;                                   /**< [true][predicted] */
    pm_interval accuracy, macro_f1, auc, brier, log_loss; /**< auc: each class against the others, averaged */
} pm_scores;
/** Scores of probabilities [n][classes]. Classes that do not occur do not count in macro_f1 and auc;
 *  auc is NaN where only one does. PM_ERR_DATA where a prediction is not finite. */
PM_CHECK pm_status pm_scores_of(const pm_data *data, const double *probability, int bootstraps, uint64_t seed,
                                const pm_run *run, pm_scores *out, pm_error *err);
void pm_scores_leave(pm_scores *scores);

typedef struct pm_errors {
    pm_interval rmse, mape, spearman, concordance; /**< concordance: Harrell's, censored rows as far as they tell */
} pm_errors;
/** Errors of predictions [n] of a regression. RMSE, MAPE and Spearman's correlation take rows that are not
 *  censored. PM_ERR_DATA where a prediction is not finite. */
PM_CHECK pm_status pm_errors_of(const pm_data *data, const double *predicted, int bootstraps, uint64_t seed,
                                const pm_run *run, pm_errors *out, pm_error *err);
/** Spearman's rank correlation, ties at their mean rank. NaN for fewer than 3 values, or where one is NaN. */
PM_CHECK pm_status pm_spearman(int64_t n, const double *a, const double *b, double *out, pm_error *err);
/** Area under the receiver's curve of a score for label 1; NaN where one label is absent. */
PM_CHECK pm_status pm_auc(int64_t n, const double *score, const int *label, double *out, pm_error *err);

#ifdef __cplusplus
}
#endif
#endif
