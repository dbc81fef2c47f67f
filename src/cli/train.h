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

enum { TRAIN_REASONS = 40, TRAIN_NOTES = 12, TRAIN_LIST_MOST = 256 };

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
    char mixed[120];             /**< some of each, in words; "" = not so */
    int n_left_out;
    struct train_left_out {
        char reason[160];
        int64_t count; /**< rows */
    } left_out[TRAIN_REASONS];
    char copied[160]; /**< rows that were given again, in words; "" = none */
    int n_notes;
    char notes[TRAIN_NOTES][400]; /**< what else is odd about the data */
} train_data;
/** Reads files and tables, and chooses columns and rows as the arguments say. The entries of files go to `json` (NULL =
 *  none). */
PM_CHECK pm_status train_data_read(cli_call *call, pm_json *json, train_data *out, pm_error *err);
/** Chooses columns and rows of `rows` (taken over) as the arguments say. */
PM_CHECK pm_status train_data_choose(const train_args *args, pm_table *rows, train_data *out, pm_error *err);
void train_data_leave(train_data *data);
/** In words, for stderr; more than TRAIN_NOTES are dropped. */
__attribute__((__format__(__printf__, 2, 3))) void train_note(train_data *data, const char *format, ...);

/** Words between commas. */
typedef struct train_list {
    char *text;
    const char *word[TRAIN_LIST_MOST + 1]; /**< ends with NULL */
    int n;
} train_list;
PM_CHECK pm_status train_list_parse(const char *option, const char *text, train_list *out, pm_error *err);
void train_list_leave(train_list *list);
/** Whether a name matches any of these patterns, which end with NULL. */
bool train_matches(const char *const patterns[], const char *name);

/** PM_ERR_COLUMN with the nearest name, or those that there are. */
PM_CHECK pm_status train_no_column(const pm_table *rows, const char *option, const char *name, pm_error *err);
bool train_has_values(const pm_table *rows, const char *name);
/** What the user says, which must be there; else the usual name where it is there. */
PM_CHECK pm_status train_role(const pm_table *rows, const char *option, const char *given, const char *usual,
                              const char **out, pm_error *err);
/** Whether a column is one of the lives to regress on, or says which of them are lower bounds. */
bool train_is_life_time(const char *name);
/** Names of the features, ending with NULL (room for all columns): those asked for; else, where the table holds
 *  fingerprints, these; else all numbers. What became of a cell is none. */
PM_CHECK pm_status train_choose_features(const train_args *args, train_data *data, const char **features,
                                         pm_error *err);
/** The features of data whose name matches (or, with `without`, does not match) any of these patterns, which end with
 *  NULL. *out stays NULL where there is none. */
PM_CHECK pm_status train_features(const pm_data *data, const char *const patterns[], bool without, pm_data **out,
                                  pm_error *err);

/** PM_ERR_DATA with row and column: a word in a column of words that are mostly numbers; `named`: any word. */
PM_CHECK pm_status train_check_words(const pm_table *rows, const pm_column *column, bool named, pm_error *err);
/** The same: a number beyond single precision. */
PM_CHECK pm_status train_check_numbers(const pm_table *rows, const pm_column *column, pm_error *err);
/** The same: cycles_used of several values. */
PM_CHECK pm_status train_check_cycles(const pm_table *rows, pm_error *err);
/** The same: where there is a target, what is no 0 or 1, true or false, yes or no. */
PM_CHECK pm_status train_check_flags(const pm_table *rows, const char *target, const pm_column *column, pm_error *err);
/** PM_ERR_DATA: classes that differ by case or spaces only, among each other or from what label writes. */
PM_CHECK pm_status train_check_classes(const train_data *data, const pm_data *all, pm_error *err);
/** Notes groups whose names differ by case or spaces only, and rows without a group beside others. */
PM_CHECK pm_status train_note_groups(train_data *data, pm_error *err);

/** Rows of pm_cell_fields, for the conditions of files of cells. */
PM_CHECK pm_status train_conditions_new(pm_builder **out, pm_error *err);
/** A cell with its cycles; nothing where they do not tell. */
PM_CHECK pm_status train_conditions_add(pm_builder *cells, const cli_cell *cell, pm_error *err);
/** Notes that cells of several conditions, as pm_compare keeps them apart, are learned together. */
PM_CHECK pm_status train_conditions_note(pm_builder *cells, train_data *data, pm_error *err);

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
