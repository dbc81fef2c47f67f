/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: day-and-time words to seconds. Instruments write local time without a zone; it is counted as if it were UTC.
 */
#ifndef PM_TEXT_CLOCK_H
#define PM_TEXT_CLOCK_H

#include "base/base.h"

typedef enum pm_day_order { PM_DAY_YMD = 1, PM_DAY_MDY, PM_DAY_DMY, PM_DAY_D_MON_Y } pm_day_order;
typedef enum pm_clock_kind {
    PM_CLOCK_NONE,
    PM_CLOCK_WORDS,      /* "2010-09-27 14:12:48", by day order */
    PM_CLOCK_UNIX,       /* seconds since 1970 */
    PM_CLOCK_UNIX_MS,    /* milliseconds since 1970 */
    PM_CLOCK_OLE_DAYS,   /* days since 1899-12-30 */
    PM_CLOCK_MATLAB_DAYS /* days since year 0, proleptic: 719529 is 1970-01-01 */
} pm_clock_kind;

typedef struct pm_clock {
    pm_clock_kind kind;
    pm_day_order order;
    bool order_assumed; /* no day above 12 was seen: month and day might be swapped */
    char decimal;
} pm_clock;

/** The last day read; rows of one day need no calendar. */
typedef struct pm_clock_cache {
    char day[24];
    int day_n;
    double seconds;
} pm_clock_cache;

/** Learns the format from n sample words; `order` (0 = none) settles what they leave open. kind NONE: no clock. */
pm_clock pm_clock_learn(const char *const *words, const int64_t *lengths, int n, pm_day_order order, char decimal);
/** Unix seconds of one word. */
pm_numeral pm_clock_parse(pm_clock clock, pm_clock_cache *cache, const char *bytes, int64_t n, double *seconds);
/** "12:00:00", "0d 00:01:00.00", "1-02:03:04.5", "37.5": seconds; plain numbers are taken as they are (*plain = true). */
pm_numeral pm_duration_parse(const char *bytes, int64_t n, char decimal, double *seconds, bool *plain);
/** What CONTRACT and messages call the format: "mm/dd/yyyy", "ole-days", ... */
const char *pm_clock_name(pm_clock clock);

#endif
