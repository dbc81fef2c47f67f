/* SPDX-License-Identifier: MIT */
/** @file What explain prints: of a cell, and of a model. */
#ifndef PM_CLI_EXPLAIN_H
#define PM_CLI_EXPLAIN_H

#include "cli/verdict_row.h"

PM_CHECK pm_status explain_rows_new(bool pairs, pm_builder **out, pm_error *err);
/** The cell's features, or its pairs of features where there are any. */
PM_CHECK pm_status explain_push(pm_builder *rows, const cli_verdict *verdict, const pm_table *pairs, pm_error *err);
/** Into an object that is open; pairs may be NULL. */
void explain_json(pm_json *json, const cli_verdict *verdict, const pm_table *pairs);

/** rank, feature, unit, importance; of linear models output, feature, unit, coefficient. */
PM_CHECK pm_status explain_card(const pm_predictor *model, pm_table **out, pm_error *err);
PM_CHECK pm_status explain_card_json(pm_json *json, const pm_predictor *model, pm_error *err);
/** On stderr: what it was trained on, how well it does. */
void explain_card_notes(const cli_call *call, const pm_predictor *model);

#endif
