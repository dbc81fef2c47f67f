/* SPDX-License-Identifier: MIT */
#include "base/base.h"

int64_t pm_days_from_civil(int64_t year, int month, int day)
{
    /* Howard Hinnant's days_from_civil: eras of 400 years that begin in March. */
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400, in_era = y - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + of_year - 719468;
}
