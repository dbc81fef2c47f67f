/* SPDX-License-Identifier: MIT */
/** @file
 * What the parts of the command train share: its arguments, the data it learns from, what it found.
 */
#ifndef PM_CLI_TRAIN_H
#define PM_CLI_TRAIN_H

#include "cli/cell.h"
#include "cli/merge.h"
#include "verdict/verdict.h"

typedef struct train_args {
    cli_shared shared;
    cli_texts tables, tests;
    const char *target, *group, *cell, *features, *without, *classes, *censored, *learner, *split, *source, *penalty,
        *rate;
    int64_t cycles, trees, depth, folds, bootstraps, seed;
    double coverage;
    bool log, simulated, compare;
    cli_label_args rule;
} train_args;

/* ---- data --------------------------------------------------------------------------------------------------- */

enum { TRAIN_REASONS = 40 };

/** Cells with what is known of their first cycles and what became of them. Names are columns of `rows`. */
typedef struct train_data {
    pm_table *rows;
    pm_data *data;
    const char *target, *group, *cell, *censored; /**< group, cell, censored: NULL = none */
    const char *kind;                             /**< NULL = not told */
    int cycles;                                   /**< of the fingerprints; 0 = not told */
    bool labels;                                  /**< learns this project's labels: a reconstruction */
    pm_life_label_options rule;                   /**< they come from; polarisation 0 = not told */
    int64_t simulated, measured; /**< cells, by their sidecars; rows of tables, by a column simulated */
    char percent[160];           /**< an efficiency that seems to be one, in words; "" = none */
    char mixed[120];             /**< some of each, in words; "" = not so */
    int n_left_out;
    struct train_left_out {
        char reason[160];
        int64_t count; /**< rows */
    } left_out[TRAIN_REASONS];
    char joined[200]; /**< cells that stand in several groups, in words; "" = none */
    char copied[160]; /**< rows that were given again, likewise */
    char twins[400];  /**< cells under several names, likewise */
} train_data;
/** Reads files and tables, and chooses columns and rows as the arguments say. The entries of files go to `json` (NULL =
 *  none). */
PM_CHECK pm_status train_data_read(cli_call *call, pm_json *json, train_data *out, pm_error *err);
/** Chooses columns and rows of `rows` (taken over) as the arguments say. */
PM_CHECK pm_status train_data_choose(const train_args *args, pm_table *rows, train_data *out, pm_error *err);
void train_data_leave(train_data *data);
/** The features of data whose name matches (or, with `without`, does not match) any of these patterns, which end with
 *  NULL. *out stays NULL where there is none. */
PM_CHECK pm_status train_features(const pm_data *data, const char *const patterns[], bool without, pm_data **out,
                                  pm_error *err);

/** PM_ERR_DATA with row and column: a word in a column of words that are mostly numbers. */
PM_CHECK pm_status train_check_words(const pm_table *rows, const pm_column *column, pm_error *err);
/** The same: a number beyond single precision. */
PM_CHECK pm_status train_check_numbers(const pm_table *rows, const pm_column *column, pm_error *err);
/** The same: cycles_used of several values. */
PM_CHECK pm_status train_check_cycles(const pm_table *rows, pm_error *err);
/** Tells in `percent` of an efficiency above 2. */
void train_check_percent(train_data *data, const pm_column *column);

/* ---- models ------------------------------------------------------------------------------------------------- */

/** How well a model does on rows it has not seen. */
typedef struct train_result {
    const char *model, *learner, *seen; /**< seen: "held out", or the path of a table */
    int features;
    pm_evaluation evaluation;
} train_result;

enum { TRAIN_RESULTS = 96 };

typedef struct train_outcome {
    pm_training training;
    pm_predictor *predictor;
    int n, tests; /**< the first is the model's own, the last so many are of --test */
    train_result results[TRAIN_RESULTS];
} train_outcome;
/** Options of learning, as the arguments say. */
PM_CHECK pm_status train_options(const train_args *args, const train_data *data, pm_training *out, pm_error *err);
/** Trains, and evaluates what is asked for. */
PM_CHECK pm_status train_models(cli_call *call, const train_data *data, train_outcome *out, pm_error *err);
void train_outcome_leave(train_outcome *outcome);

/* ---- output ------------------------------------------------------------------------------------------------- */

/** In words on stderr: the data, what was left out, the model. */
void train_notes(const cli_call *call, const train_data *data, const train_outcome *outcome);
PM_CHECK pm_status train_csv(const train_outcome *outcome, pm_out *out, pm_error *err);
PM_CHECK pm_status train_json(const cli_call *call, const train_data *data, const train_outcome *outcome, pm_json *json,
                              pm_error *err);

#endif
