/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: what all of Neware's files share: the words of step types, current ranges, dates.
 */
#ifndef PM_NATIVE_NEWARE_H
#define PM_NATIVE_NEWARE_H

#include <stdbool.h>
#include <stdint.h>

/** The instrument's word of a step's type, such as "CC_Chg"; NULL where no word is known for the number. */
const char *pm_neware_step_word(int type);

/** How many counts of a current (of its charge: counts times seconds) make one ampere, by the range written beside them:
 *  the milliamperes of the range, negative for the finer kind of channel. 0 = no such range is known. Ranges and factors as
 *  found by the authors of NewareNDA and fastnda (BSD-3-Clause). */
double pm_neware_counts_per_ampere(int32_t range);

/** Seconds since 1970 of a date and time of day, as if they were UTC; NaN where they are none. */
double pm_neware_civil_seconds(int year, int month, int day, int hour, int minute, int second);

#endif
