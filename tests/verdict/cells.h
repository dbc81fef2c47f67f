/* SPDX-License-Identifier: MIT */
/** @file
 * Made-up tables of cells of many electrolytes, to be learned from and judged.
 */
#ifndef PM_TESTS_CELLS_H
#define PM_TESTS_CELLS_H

#include "support.h"
#include "verdict/verdict.h"

/** Features x0, x1, ... (V) are normal: one part is the electrolyte's, the other the cell's. label: a noisy function of
 *  x0 and x1 and of something of the electrolyte that no feature shows; life: 200 times 10^(0.2 x0 - 0.1 x1 + noise). */
typedef struct population {
    int groups, per_group, features;
    uint64_t seed;
    double shift;       /* of all features */
    double blurred;     /* noise of the label, 1 */
    bool by_group_only; /* the label is the electrolyte's and has nothing to do with the features */
    bool censored;      /* every fifth life is one */
} population;

enum { MOST_FEATURES = 12 };

/** Columns x0 .., label, life, censored, electrolyte_id, cell_id, kind (li-cu), cycles_used (2). To be freed. */
pm_table *cells_table(const population *p);
/** Its features, and "label" or "life". To be freed. */
pm_data *cells_data(const population *p, const char *target);
/** Features of row i of a population, as the data have them. */
void cells_row(const pm_data *data, int64_t row, double x[MOST_FEATURES]);

/** A predictor of cells_data with the options, or a failed test. */
pm_predictor *trained(const population *p, const char *target, const pm_training *training);
/** What pm_predictor_write writes; to be freed. */
pm_out *written(const pm_predictor *predictor);

#endif
