/* SPDX-License-Identifier: MIT */
/** @file Private to base: powers of five and ten. */
#ifndef PM_BASE_NUMBER_H
#define PM_BASE_NUMBER_H

#include <stdint.h>

enum { PM_POWER_FIRST = -342, PM_POWER_LAST = 308 };
/** 5^q at [q - PM_POWER_FIRST] as {high, low} of 128 bits with the leading one set. */
extern const uint64_t pm_power_of_five[PM_POWER_LAST - PM_POWER_FIRST + 1][2];

/** The powers of ten that are doubles. */
static const double pm_exact_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { PM_EXACT_TEN_LAST = 22 };

#endif
