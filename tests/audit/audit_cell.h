/* SPDX-License-Identifier: MIT */
/* A made-up cell for tests of the audit: three cycles of rest, charge, rest, discharge at 1 A, of which a test spoils what it
 * is about. */
#ifndef PM_TESTS_READ_AUDIT_CELL_H
#define PM_TESTS_READ_AUDIT_CELL_H

#include "audit/checker.h"
#include "support.h"

enum { CELL_ROWS = 420, CYCLE_ROWS = 140, REST_ROWS = 10, HALF_ROWS = 60, SECONDS = PM_AUDIT_NUMBERS };

typedef struct cell {
    int n;
    double x[2 * PM_AUDIT_NUMBERS][CELL_ROWS]; /* SECONDS + number: the column with _2 behind */
    bool has[2 * PM_AUDIT_NUMBERS];
    const char *word[CELL_ROWS]; /* step types; none where word[0] is NULL */
    pm_source_column source[PM_AUDIT_NUMBERS];
    int n_sources;
} cell;

/** Rows `step_s` apart: time, voltage 3 to 4.2 V and back, current, wall clock, cycle, step, record number, charge and
 *  discharge counters that reset each step, step types. Nothing is wrong with it. */
cell *sound_cell(double step_s);
/** Leaves only these columns of it (ends with -1), and no step types. */
void keep_columns(cell *c, const int numbers[]);
pm_source_column *source_of(cell *c, int number);
/** All as one table, freed by the caller. */
pm_table *cell_table(const cell *c);
/** The audit's findings, which are the same however the rows are cut into batches. */
pm_table *findings_of(const cell *c);
/** Row of the only finding with this code; fails where there is none or more. */
int64_t only(const pm_table *findings, const char *code);
/** Fails where there is a finding. */
void assert_sound(const cell *c);
/** Fails unless there is one finding of the code and no other above a note. */
void assert_alone(const pm_table *findings, const char *code, const char *severity);

#endif
