/* SPDX-License-Identifier: MIT */
/** @file How verdicts are printed. */
#ifndef PM_CLI_PREDICT_H
#define PM_CLI_PREDICT_H

#include "cli/verdict_row.h"

enum { PREDICT_FIELDS = 20 };
PM_CHECK pm_status predict_rows_new(pm_builder **out, pm_error *err);
void predict_push(pm_builder *rows, const cli_verdict *verdict);
/** Into an object that is open. */
void predict_json(pm_json *json, const cli_verdict *verdict);

#endif
