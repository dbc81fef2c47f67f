/* SPDX-License-Identifier: MIT */
/** @file
 * A small writer of Neware .ndc files, for tests, and the files of one test: three seconds of rest, four of charge with
 * 0.5 A, three of discharge with 0.25 A, one row a second; the rows of each step begin at 0 s.
 */
#ifndef PM_TESTS_NDC_FILE_H
#define PM_TESTS_NDC_FILE_H

#include "support.h"

enum { NDC_MAIN = 1, NDC_AUX = 5, NDC_STEP = 7, NDC_RUN = 18, NDC_PAGES = 8 };

typedef struct ndc {
    uint8_t at[NDC_PAGES * 4096];
    int64_t n;
    int type, page, first, size, rows;
} ndc;

/** A file without rows, to be freed. */
ndc *ndc_begin(int type, int version, int size);
/** The next row, all zeros: its place is marked. */
uint8_t *ndc_add_row(ndc *f);
void ndc_set(uint8_t *p, uint64_t x, int size);
void ndc_set_f4(uint8_t *p, double x);

enum { NDC_ROWS = 13, NDC_STEPS = 3 };
/** The step of a row, and its second in it. */
void ndc_step_of(int row, int *step, int *second);
double ndc_volt(int row);
/** Versions whose rows are spread over three files: voltage and current, */
ndc *ndc_main(int version);
/** clocks, capacities and energies of the first two rows and the last one of each step, */
ndc *ndc_run(int version);
void ndc_add_run(ndc *f, int version, int row, int number);
/** and the steps. The instrument's own numbers of steps, in the run information, are 1, 3, 7. */
ndc *ndc_steps(int version, int steps);
/** Versions 2 and 5, whose rows have all in themselves; `range` is the code of the range of currents. */
ndc *ndc_flat(int version, int32_t range);

/** What must come out of the three files. */
void ndc_check_rows(const pm_table *t);
/** What must come out of ndc_flat; scale: what a count of current is, in units of 0.01 mA. */
void ndc_check_flat(const pm_table *t, double scale);

#endif
