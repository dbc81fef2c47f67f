/* SPDX-License-Identifier: MIT */
/** @file
 * Made-up cells as the report's door takes them: records by plain formulas, half-cycles and cycles beside them. Their
 * shapes are for looking at; the numbers are known because they are put in.
 */
#ifndef PM_TESTS_FAKE_H
#define PM_TESTS_FAKE_H

#include "report/report.h"

typedef struct fake {
    pm_table *records, *half_cycles, *cycles, *findings;
    pm_cell told;
    pm_cycle_summary summary;
} fake;

typedef struct fake_plan {
    pm_kind kind;
    int cycles, rows_per_half;
    bool findings;    /**< with one of each severity */
    const char *evil; /**< put into each text of the findings; NULL = plain words */
} fake_plan;

/** What is put in: efficiency of cycle k (from 1), and the charge of its first half, Ah. */
double fake_efficiency(const fake_plan *plan, int k);
double fake_capacity_Ah(const fake_plan *plan, int k);

PM_CHECK pm_status fake_make(const fake_plan *plan, fake *out, pm_error *err);
void fake_leave(fake *f);
#define scoped_fake __attribute__((__cleanup__(fake_leave))) fake
/** The cell for pm_report_add; borrows all. */
pm_report_cell fake_cell(const fake *f, const char *path);

#endif
