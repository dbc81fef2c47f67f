/* SPDX-License-Identifier: MIT */
/** @file
 * Data to learn from, made up.
 */
#ifndef PM_TESTS_MAKE_DATA_H
#define PM_TESTS_MAKE_DATA_H

#include "learn/learn.h"
#include "support.h"

/** The generator by which the other programs' examples were made too. */
typedef struct lcg {
    uint32_t s;
} lcg;

/** The next number in [0, 1). */
double uniform(lcg *g);

/** n rows of p features x0, x1, ...; classes "0", "1", ... (y) or numbers (target); a group of `per_group` rows each.
 *  At most 12 features. To be freed. */
pm_data *data_of(int64_t n, int p, const double *x, const int *y, const double *target, const bool *censored,
                 int per_group);

#endif
