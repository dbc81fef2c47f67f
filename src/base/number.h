/* SPDX-License-Identifier: MIT */
/** @file Private to base: powers of five, and whole numbers times powers of ten. */
#ifndef PM_BASE_NUMBER_H
#define PM_BASE_NUMBER_H

#include <stdint.h>

__extension__ typedef unsigned __int128 pm_u128;

/** Below the first a number of 19 digits is zero; the last is what printing the smallest double takes. */
enum { PM_POWER_FIRST = -342, PM_POWER_LAST = 342 };
/** 5^q at [q - PM_POWER_FIRST] as {high, low} of 128 bits with the leading one set. */
extern const uint64_t pm_power_of_five[PM_POWER_LAST - PM_POWER_FIRST + 1][2];

/** w * 10^q rounded to the nearest double; w > 0. */
double pm_scaled_whole(uint64_t w, int64_t q);

#endif
