/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 8: what a trained model says of a cell, and how far it is to be trusted: training with honest evaluation, a model
 * file that carries features, units, thresholds and provenance and refuses what does not match it, predictions with sets
 * of stated coverage, the features that decided, and whether the cell is like those it was trained on.
 *
 * Splits are by group (electrolyte) unless asked otherwise. Labels are this project's reconstruction (early/early.h).
 */
#ifndef PM_VERDICT_H
#define PM_VERDICT_H

#include "early/early.h"
#include "learn/learn.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PM_CLASSES_MOST = 32 };

/* ---- evaluation ---------------------------------------------------------------------------------------------------- */

/** Zero is the default of every option. */
typedef struct pm_training {
    pm_learn_options learn;      /**< learner 0 = boosted where XGBoost can be loaded, else forest */
    pm_split_by by;              /**< PM_BY_GROUP */
    int folds;                   /**< of the honest predictions: 0 = each group (cell) by itself */
    double coverage;             /**< of prediction sets and intervals, 0.9 */
    int bootstraps;              /**< 1000 */
    uint64_t seed;               /**< of folds, bootstraps and the learner */
    const char *target;          /**< column: "label", "cycle_count_end", ... */
    const char *target_unit;     /**< of a regression's target, NULL = "1" */
    const char *kind;            /**< of cell, NULL = not from cells, or of any kind */
    int cycles;                  /**< of the fingerprints, 0 = features are not fingerprints */
    bool simulated;              /**< trained on virtual cells: said with every use */
    const char *source;          /**< in words, NULL = none */
    pm_life_label_options label; /**< the rule that labels come from; polarisation 0 = they come from elsewhere */
} pm_training;

/** Scores of predictions of rows by models that have not seen their group. */
typedef struct pm_evaluation {
    int64_t rows;
    int cells, groups, folds, outputs;
    double *predicted; /**< [rows][outputs]: probabilities, calibrated where there is a choice; or predictions */
    pm_scores scores;  /**< of classes */
    double class_f1[PM_CLASSES_MOST];
    pm_errors errors;     /**< of a regression */
    double temperature;   /**< of all rows; each fold was heated by the others' */
    double threshold;     /**< prediction sets: see pm_conformal; a regression: half width of the interval */
    pm_interval coverage; /**< share of rows whose set or interval holds the truth, threshold from the other folds */
    double set_size;      /**< mean number of classes in a set; mean relative half width of an interval */
} pm_evaluation;
/** Honest predictions and their scores, without a model for later. PM_ERR_DATA where it cannot be evaluated (one group,
 *  one class, nothing varies): says what to do. Cells with the same features are taken for one (pm_data_join_twins),
 *  which the run's log tells.
 *
 *  Temperature and threshold of a fold come from the other folds' honest predictions, by models that have seen the fold;
 *  only models within models, at the square of the cost, would do without. */
PM_CHECK pm_status pm_evaluate(const pm_data *data, const pm_training *training, const pm_run *run, pm_evaluation *out,
                               pm_error *err);
void pm_evaluation_leave(pm_evaluation *evaluation);

/* ---- a trained model ----------------------------------------------------------------------------------------------- */

/** A fitted model and all it takes to speak of a cell; any thread may use it. */
typedef struct pm_predictor pm_predictor;
/** Evaluates, then fits on all rows. Features that are missing or the same in all rows are left out. Training ranges
 *  (quantiles), the middle and spread of what was seen, temperature and conformal threshold come with it.
 *  `evaluation` may be NULL. */
PM_CHECK pm_status pm_predictor_train(const pm_data *data, const pm_training *training, const pm_run *run,
                                      pm_predictor **out, pm_evaluation *evaluation, pm_error *err);
/** The model as one JSON document ("premortem.model/1"). */
void pm_predictor_write(const pm_predictor *predictor, pm_out *to);
/** From a file, each number checked. PM_ERR_FORMAT with line and place. */
PM_CHECK pm_status pm_predictor_read(const char *path, pm_predictor **out, pm_error *err);
/** The model that comes with this library for a kind of cell and a number of cycles: trained on virtual cells.
 *  PM_ERR_ARGUMENT where there is none: says which there are. */
PM_CHECK pm_status pm_predictor_builtin(pm_kind kind, int cycles, pm_predictor **out, pm_error *err);
void pm_predictor_free(pm_predictor *predictor);
PM_SCOPED(pm_predictor, pm_predictor_free)

/** What a model tells of itself; texts live as long as it. */
typedef struct pm_predictor_about {
    const char *target, *target_unit, *kind, *learner, *source, *version;
    bool simulated, labelled; /**< labelled: `label` holds the thresholds */
    pm_life_label_options label;
    int cycles, classes, features, groups;
    int64_t rows, cells;           /**< a cell stands in several rows where several instruments saw it */
    pm_split_by by;                /**< what the scores below were split by */
    const char *const *class_name; /**< [classes] */
    const char *const *feature;    /**< [features] */
    const char *const *unit;       /**< [features] */
    const double *importance;      /**< [features] mean |Shapley value| over the training rows, all outputs together */
    double coverage, temperature, threshold;
    pm_interval macro_f1, accuracy, auc, brier, log_loss, rmse, mape, spearman, concordance, covered; /**< NaN = none */
    char sha256[65]; /**< of the document */
} pm_predictor_about;
const pm_predictor_about *pm_predictor_tell(const pm_predictor *predictor);

/** Coefficients of a linear model in the features' own units, one row per output and feature: output, feature, unit,
 *  coefficient; the intercept is feature "". PM_ERR_ARGUMENT for other learners. */
PM_CHECK pm_status pm_predictor_coefficients(const pm_predictor *predictor, pm_table **out, pm_error *err);

/* ---- a verdict ----------------------------------------------------------------------------------------------------- */

/** The features [features] of a row of a table of fingerprints (or of any table with these columns). Refused: a column
 *  absent or in another unit (all are named), another `kind` or `cycles_used` than the model's where the table has these
 *  columns. */
PM_CHECK pm_status pm_predictor_row(const pm_predictor *predictor, const pm_table *table, int64_t row, double *x,
                                    pm_error *err);

typedef struct pm_verdict {
    int best;                            /**< class; -1 for a regression */
    double probability[PM_CLASSES_MOST]; /**< calibrated */
    uint32_t set;                        /**< bit k: class k cannot be excluded at the model's coverage */
    double value, low, high;             /**< of a regression */
    double out_of_distribution; /**< 0-1: share of the training rows, each judged without its group, that are nearer to
                                     the middle of what was seen */
    int missing, outside;       /**< features that are missing here, beyond the training range */
} pm_verdict;
PM_CHECK pm_status pm_predictor_judge(const pm_predictor *predictor, const double *x, pm_verdict *out, pm_error *err);
/** Why: a row per feature, the weightiest first: feature, unit, value, contribution (Shapley value of the best class's
 *  margin against the mean of all margins, or of the prediction), training_percentile (0-100), training_low,
 *  training_high, outside (0|1). Its metadata: contribution_to, class, expected (of any row) and margin, numerals:
 *  margin = expected + all contributions. Of classes and log odds the margin is that of class k less the mean over the
 *  classes, before the temperature: T (ln p_k - mean of ln p). PM_ERR_ARGUMENT where the learner has no Shapley values (gaussian). */
PM_CHECK pm_status pm_predictor_explain(const pm_predictor *predictor, const double *x, pm_table **out, pm_error *err);
/** Pairs of features: feature, with, interaction, the strongest first; trees only. */
PM_CHECK pm_status pm_predictor_interactions(const pm_predictor *predictor, const double *x, int most, pm_table **out,
                                             pm_error *err);
/** In words: what the verdict rests on and what it cannot know, for a terminal or a report. */
void pm_verdict_words(const pm_predictor *predictor, const pm_verdict *verdict, pm_out *to);
/** Its parts, one sentence a line. */
typedef enum pm_verdict_part {
    PM_SAY_VERDICT,  /**< what it is */
    PM_SAY_BASIS,    /**< cycles, model, scores, labels */
    PM_SAY_LIKENESS, /**< whether the cell is like those trained on */
    PM_SAY_LIMITS    /**< what it cannot know */
} pm_verdict_part;
void pm_verdict_say(const pm_predictor *predictor, const pm_verdict *verdict, pm_verdict_part part, pm_out *to);

/** What a kind of cell can show and what it cannot, in words: "Li-Li: polarisation, its elbow, shorts; no Coulombic
 *  efficiency, so neither RDF nor CDF". */
const char *pm_verdict_of_kind(pm_kind kind);

#ifdef __cplusplus
}
#endif
#endif
