/* SPDX-License-Identifier: MIT */
/** @file The design of a report: a deck, worked out, with what it could be traded for. */
#ifndef PM_CLI_REPORT_DESIGN_H
#define PM_CLI_REPORT_DESIGN_H

#include "cli/design_args.h"
#include "report/report.h"

typedef struct report_design {
    const char *path;
    cli_design worked;  /**< rows: the front; NULL = none */
    pm_table *loadings; /**< the same cell over areal capacity */
    pm_table *designs;  /**< all that the front is chosen from; NULL = none */
    pm_error no_front;  /**< code 0 = there is one */
} report_design;

/** PM_ERR_DATA and the like where the deck is wrong; that there is no front is told. */
PM_CHECK pm_status report_design_read(const char *path, const pm_run *run, report_design *out, pm_error *err);
PM_CHECK pm_status report_design_add(pm_report *report, const report_design *design, pm_error *err);
/** "design": {...} */
void report_design_json(pm_json *json, const report_design *design);
void report_design_leave(report_design *design);

#endif
