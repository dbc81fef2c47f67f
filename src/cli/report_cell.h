/* SPDX-License-Identifier: MIT */
/** @file One file of a report: what is shown of it, from one reading. */
#ifndef PM_CLI_REPORT_CELL_H
#define PM_CLI_REPORT_CELL_H

#include "cli/reason.h"
#include "cli/verdict_row.h"
#include "report/report.h"

/** What all files of a report share; they only look at it. */
typedef struct report_own {
    cli_models models;
    pm_n_to_p n_to_p; /**< of the options; ratio.value 0 = not told */
    pm_why *graph;
} report_own;

typedef struct report_cell {
    cli_cell *cell;
    cli_verdict verdict; /**< where judged */
    bool judged;
    pm_error no_verdict; /**< why it is not; code 0 = it is, or there is nothing to judge */
    pm_table *half_cycles;
    cli_reason why; /**< answer NULL: nothing that was measured bears on a mechanism */
} report_cell;

/** cli_work.each; cli_call.own is a report_own. */
PM_CHECK pm_status report_cell_each(const cli_call *call, cli_file *file, pm_error *err);
void report_cell_free(void *cell);
/** Also of a file that failed. */
PM_CHECK pm_status report_cell_add(pm_report *report, const cli_models *models, const cli_file *file, pm_error *err);
/** Into an object that is open. */
void report_cell_json(pm_json *json, const report_cell *cell);

#endif
