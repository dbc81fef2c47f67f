/* SPDX-License-Identifier: MIT */
#include "neware.h"

#include <math.h>
#include <stddef.h>

const char *pm_neware_step_word(int type)
{
    static const char *const word[] = {
        [1] = "CC_Chg",    [2] = "CC_DChg",    [3] = "CV_Chg",    [4] = "Rest",
        [5] = "Cycle",     [6] = "End",        [7] = "CCCV_Chg",  [8] = "CP_DChg",
        [9] = "CP_Chg",    [10] = "CR_DChg",   [11] = "CR_Chg",   [12] = "IR",
        [13] = "Pause",    [16] = "Pulse",     [17] = "SIM",      [18] = "PCCCV_Chg",
        [19] = "CV_DChg",  [20] = "CCCV_DChg", [21] = "Control",  [22] = "OCV",
        [23] = "SubStep",  [24] = "Follow",    [25] = "Ramp",     [26] = "CPCV_DChg",
        [27] = "CPCV_Chg", [28] = "CRCV_DChg", [29] = "CRCV_Chg", [30] = "CyclicVoltammetry",
    };

    return type >= 0 && type < (int)(sizeof word / sizeof *word) ? word[type] : NULL;
}

double pm_neware_counts_per_ampere(int32_t range)
{
    if (range == 0 || range < -2000000000) return 1e4;
    if (range > 0) return range < 10 ? 1e7 : range < 100 ? 1e6 : range < 1000 ? 1e5 : range <= 1000000 ? 1e4 : 0;
    if (range > -1000) return range > -10 ? 1e8 : range > -100 ? 1e7 : 1e6;
    if (range > -10000000) return range > -1000000 ? 1e5 : 1e11;
    return range > -100000000 ? 1e10 : range >= -1000000000 ? 1e9 : 0;
}

static bool is_date(int year, int month, int day)
{
    static const int longest[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return year >= 1970 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= longest[month - 1];
}

double pm_neware_civil_seconds(int year, int month, int day, int hour, int minute, int second)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};

    if (!is_date(year, month, day) || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return NAN;
    int past = year - (month <= 2 ? 1 : 0); /* leap days up to the last February; 477 of them before 1970 */
    int days = 365 * (year - 1970) + past / 4 - past / 100 + past / 400 - 477 + before[month - 1] + day - 1;
    return days * 86400.0 + hour * 3600.0 + minute * 60.0 + second;
}
