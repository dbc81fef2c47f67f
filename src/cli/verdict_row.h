/* SPDX-License-Identifier: MIT */
/** @file
 * One cell and what a model says of it: what predict and explain share.
 */
#ifndef PM_CLI_VERDICT_ROW_H
#define PM_CLI_VERDICT_ROW_H

#include "cli/cell.h"
#include "verdict/verdict.h"

enum { CLI_KINDS = PM_LI_ION + 1, CLI_CYCLES = 2 };

/** The model given, or those that come with this program. */
typedef struct cli_models {
    pm_predictor *given, *builtin[CLI_KINDS];
    int cycles; /**< that fingerprints are to be of; 0 = the model given is not of fingerprints */
} cli_models;
/** `path` NULL: those built in for so many cycles (0 = 2). With a path, `cycles` is the model's; another is refused. */
PM_CHECK pm_status cli_models_open(const char *path, int64_t cycles, cli_models *out, pm_error *err);
void cli_models_leave(cli_models *models);
/** NULL = there is none for this kind. */
const pm_predictor *cli_model_for(const cli_models *models, pm_kind kind);
/** On stderr, once a call: that a model is trained on simulated cells, that labels are a reconstruction, and for which
 *  kinds there is none. */
void cli_models_note(const cli_call *call, const cli_models *models, const bool used[CLI_KINDS]);

/** A row of a table of fingerprints and its verdict. */
typedef struct cli_verdict {
    char cell_id[128], electrolyte_id[128]; /**< "" = not told */
    pm_kind kind;
    int cycles_used;
    const char *refused;       /**< why this cell gets no verdict though its kind does; NULL = it does */
    const pm_predictor *model; /**< NULL = none for this kind, or refused: nothing below but `shows` */
    pm_verdict verdict;
    pm_table *why; /**< a row per feature; NULL where the learner has no Shapley values */
    double *x;     /**< [features] */
    int n_shows;
    struct cli_shown {
        const char *name;
        double value;
    } shows[12];            /**< what the cell shows by itself, of its last cycle used */
    const pm_table *alarms; /**< of shorts, in the rows of the cycles used; borrowed; NULL = not looked for */
    const char *suspicion;  /**< likewise; "" = none */
} cli_verdict;
/** Judges row i of a table; `kind` is told where the table has no column of it. */
PM_CHECK pm_status cli_verdict_of(const cli_models *models, const pm_table *table, int64_t row, pm_kind kind,
                                  cli_verdict *out, pm_error *err);
/** The same for a cell with a fingerprint. */
PM_CHECK pm_status cli_verdict_of_cell(const cli_models *models, const cli_cell *cell, cli_verdict *out, pm_error *err);
void cli_verdict_leave(cli_verdict *verdict);
/** What a command does with the cells of its files and tables: `tell` is called for each, in the order given, files
 *  first. Its entry of the JSON document is open (path, status and row stand in it); json is NULL for csv. */
typedef struct cli_verdict_work {
    const cli_models *models;
    const cli_texts *tables;
    pm_json *json; /**< "files" is open; NULL = csv */
    pm_status (*tell)(cli_call *call, const cli_verdict *verdict, pm_json *json, void *context, pm_error *err);
    void *context;
} cli_verdict_work;
/** Reads, judges and tells; then notes what all models have in common that were used. */
PM_CHECK pm_status cli_verdict_run(cli_call *call, const cli_verdict_work *work, pm_error *err);

/** The model's learner; the logistic one of numbers is called linear. */
const char *cli_learner_name(const pm_predictor_about *about);
/** Whether so many of the model's features are missing, more than a quarter, that a verdict hardly rests on the cell. */
bool cli_verdict_lacks(const cli_verdict *verdict);
/** What its kind can show and what not, in words; NULL where the kind is not told. */
const char *cli_verdict_cannot(const cli_verdict *verdict);
/** "model": {sha256, trained_on, ...}; null where there is none. */
void cli_model_json(pm_json *json, const pm_predictor *model);
/** A row of pm_predictor_explain as an object. */
void cli_why_json(pm_json *json, const pm_table *why, int64_t row);

#endif
