/* SPDX-License-Identifier: MIT */
/* Tables of cycles made by tests, and the stages told of them. */
#ifndef PM_TESTS_LIFE_CYCLES_H
#define PM_TESTS_LIFE_CYCLES_H

#include "life/life.h"

typedef struct cycle_row {
    int64_t cycle_count;
    double charged, discharged, efficiency, polarisation;
} cycle_row;
pm_status cycles_ask(const cycle_row *cycles, int64_t n, const pm_stage_options *options, pm_stages *out,
                     pm_error *err);
/* Of a lithium cell with N/P by the foil and its deviation; 0 = not told. */
pm_stages cycles_told(const cycle_row *cycles, int64_t n, double n_to_p, double deviation);

#endif
