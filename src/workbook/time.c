/* SPDX-License-Identifier: MIT */
/* Days of a workbook in words. A double holds today's date to 0.6 us: seconds get as many digits as that carries, at most
 * six, and no more than needed. */
#include "xlsx.h"

#include <math.h>

/* Least digits with which a span of seconds is what it was, within a microsecond. */
static int seconds_print(int64_t hours, int64_t minutes, double seconds, char *text, size_t room)
{
    int64_t whole = (int64_t)seconds, micros = llround((seconds - (double)whole) * 1e6);
    int digits = 6;

    int n = snprintf(text, room, "%02lld:%02lld:%02lld", (long long)hours, (long long)minutes, (long long)whole);
    for (int d = 0; d < 6 && digits == 6; d++) {
        int64_t step = 1;
        for (int k = d; k < 6; k++) step *= 10;
        int64_t rest = micros % step;
        if (rest > 1 && rest < step - 1) continue;
        micros = (micros + 1) / step;
        digits = d;
    }
    if (digits > 0 && micros > 0) n += snprintf(text + n, room - (size_t)n, ".%0*lld", digits, (long long)micros);
    return n;
}

/* Splits seconds of a day or span after rounding to a microsecond, so that no "59.9999999" becomes "60". */
static int clock_print(double seconds, char *text, size_t room)
{
    double micros = round(seconds * 1e6), whole = floor(micros / 1e6);

    if (micros - whole * 1e6 >= 999999) { /* nearer than a microsecond to the next second */
        whole += 1;
        micros = whole * 1e6;
    }
    int64_t s = (int64_t)whole;
    return seconds_print(s / 3600, s / 60 % 60, (double)(s % 60) + (micros - whole * 1e6) / 1e6, text, room);
}

int pm_span_print(double days, char text[40])
{
    if (!(days >= 0 && days < 1e6)) return 0;
    return clock_print(days * 86400, text, 40);
}

static void civil_from_days(int64_t days, int *year, int *month, int *day)
{
    int64_t y = 1970 + (days < 0 ? days / 365 - 1 : days / 366); /* this year, or a little before it */

    while (pm_days_from_civil(y + 1, 1, 1) <= days) y++;
    *year = (int)y;
    for (*month = 12; pm_days_from_civil(y, *month, 1) > days;) --*month;
    *day = (int)(days - pm_days_from_civil(y, *month, 1)) + 1;
}

int pm_day_print(double days, bool from_1904, char text[40])
{
    int year, month, day;

    if (!(days >= 0 && days < 2958466)) return 0; /* 9999-12-31 is the last one */
    if (days < 1 && !from_1904) return clock_print(days * 86400, text, 40);
    double whole = floor(days), seconds = (days - whole) * 86400;
    if (seconds > 86400 - 1.5e-6) {
        whole += 1;
        seconds = 0;
    }
    /* Excel believes in 1900-02-29, so days before it count from a day later. */
    int64_t unix_day = (int64_t)whole - (from_1904 ? 24107 : whole < 60 ? 25568 : 25569);
    civil_from_days(unix_day, &year, &month, &day);
    int n = snprintf(text, 40, "%04d-%02d-%02d ", year, month, day);
    return n + clock_print(seconds, text + n, 40 - (size_t)n);
}
