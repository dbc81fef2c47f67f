/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <math.h>
#include <string.h>

typedef struct cursor {
    const char *at, *end;
} cursor;

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static void skip_blanks(cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '"')) c->at++;
}

/* A run of at most 9 digits; -1 where there is none. */
static int64_t whole(cursor *c, int *n_digits)
{
    const char *start = c->at;
    int64_t v = 0;

    while (c->at < c->end && digit(*c->at) && c->at - start < 9) v = v * 10 + (*c->at++ - '0');
    *n_digits = (int)(c->at - start);
    return *n_digits ? v : -1;
}

static int days_of_month(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

/* "Nov", "November": 1..12, 0 = none. */
static int month_by_name(cursor *c)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    char low[3];

    if (c->end - c->at < 3) return 0;
    for (int i = 0; i < 3; i++) low[i] = (char)(c->at[i] | 0x20);
    for (int m = 0; m < 12; m++) {
        if (memcmp(low, names + (size_t)m * 3, 3) != 0) continue;
        while (c->at < c->end && ((*c->at | 0x20) >= 'a' && (*c->at | 0x20) <= 'z')) c->at++;
        return m + 1;
    }
    return 0;
}

/* Three numbers between separators - / . with the month perhaps a name; *order is what the form itself tells, 0 = open. */
typedef struct date_parts {
    int64_t part[3];
    int digits[3];
    pm_day_order order;
} date_parts;

static bool split_date(cursor *c, date_parts *d)
{
    d->order = 0;
    for (int i = 0; i < 3; i++) {
        if (i > 0) {
            if (c->at >= c->end || (*c->at != '-' && *c->at != '/' && *c->at != '.')) return false;
            if (*c->at == '.') d->order = PM_DAY_DMY; /* dots are written by those who put the day first */
            c->at++;
        }
        d->part[i] = whole(c, &d->digits[i]);
        if (d->part[i] >= 0) continue;
        d->part[i] = month_by_name(c);
        if (i != 1 || d->part[i] == 0) return false;
        d->order = PM_DAY_D_MON_Y;
    }
    if (d->digits[0] == 4) d->order = PM_DAY_YMD;
    if (d->order == PM_DAY_D_MON_Y && d->digits[0] == 4) d->order = PM_DAY_YMD;
    return true;
}

static bool date_days(const date_parts *d, pm_day_order order, int64_t *days)
{
    int y_at = order == PM_DAY_YMD ? 0 : 2, m_at = order == PM_DAY_MDY ? 0 : 1;
    int d_at = order == PM_DAY_YMD ? 2 : order == PM_DAY_MDY ? 1 : 0;
    int64_t y = d->part[y_at], m = d->part[m_at], day = d->part[d_at];

    if (d->digits[y_at] == 2) y += y < 70 ? 2000 : 1900;
    if (m < 1 || m > 12 || y < 1 || y > 9999 || day < 1 || day > days_of_month(y, (int)m)) return false;
    *days = pm_days_from_civil(y, (int)m, (int)day);
    return true;
}

/* ".558" or ",558" behind the seconds. */
static double fraction(cursor *c, char decimal)
{
    double v = 0;
    const char *start = c->at;

    if (c->at >= c->end || (*c->at != '.' && *c->at != decimal)) return 0;
    c->at++;
    while (c->at < c->end && digit(*c->at)) c->at++;
    char text[24] = "0";
    int64_t n = c->at - start < 20 ? c->at - start : 20;
    memcpy(text + 1, start, (size_t)n);
    text[1] = '.';
    pm_number_parse(text, n + 1, '.', &v);
    return isfinite(v) ? v : 0;
}

/* "14:12", "14:12:48.558", "3:40:24 PM"; hours up to 24 unless `open_hours`. */
static bool clock_time(cursor *c, char decimal, bool open_hours, double *seconds)
{
    int n;
    int64_t h = whole(c, &n), m, s = 0;
    double part = 0;

    if (h < 0 || c->at >= c->end || *c->at != ':') return false;
    c->at++;
    m = whole(c, &n);
    if (m < 0 || n > 2 || m > 59) return false;
    if (c->at < c->end && *c->at == ':') {
        c->at++;
        s = whole(c, &n);
        if (s < 0 || n > 2 || s > 60) return false;
        part = fraction(c, decimal);
    }
    skip_blanks(c);
    if (c->end - c->at >= 2 && (c->at[1] == 'M' || c->at[1] == 'm')) {
        char half = (char)(c->at[0] | 0x20);
        if ((half != 'a' && half != 'p') || h < 1 || h > 12) return false;
        h = h % 12 + (half == 'p' ? 12 : 0);
        c->at += 2;
        skip_blanks(c);
    }
    if (!open_hours && h > 24) return false;
    *seconds = (double)(h * 3600 + m * 60 + s) + part;
    return true;
}

/* A zone behind the time: Z, +02:00, -0500. Seconds east of UTC. */
static double zone(cursor *c)
{
    int n;

    if (c->at < c->end && (*c->at == 'Z' || *c->at == 'z')) {
        c->at++;
        return 0;
    }
    if (c->at >= c->end || (*c->at != '+' && *c->at != '-')) return 0;
    double sign = *c->at++ == '-' ? -1 : 1;
    int64_t h = whole(c, &n), m = 0;
    if (n == 4) {
        m = h % 100;
        h /= 100;
    } else if (c->at < c->end && *c->at == ':') {
        c->at++;
        m = whole(c, &n);
    }
    return sign * (double)(h * 3600 + m * 60);
}

static void between_day_and_time(cursor *c)
{
    skip_blanks(c);
    if (c->at < c->end && (*c->at == 'T' || *c->at == ',')) c->at++;
    skip_blanks(c);
}

/* " 14:12:48" behind a day that is known: what nearly all rows of nearly all files have. */
static bool usual_time(const char *at, const char *end, double *seconds)
{
    if (end - at != 9 || (at[0] != ' ' && at[0] != 'T') || at[3] != ':' || at[6] != ':') return false;
    if (!digit(at[1]) || !digit(at[2]) || !digit(at[4]) || !digit(at[5]) || !digit(at[7]) || !digit(at[8]))
        return false;
    int h = (at[1] - '0') * 10 + at[2] - '0', m = (at[4] - '0') * 10 + at[5] - '0',
        s = (at[7] - '0') * 10 + at[8] - '0';
    *seconds = h * 3600 + m * 60 + s;
    return h < 24 && m < 60 && s < 60;
}

static pm_numeral parse_words(pm_clock clock, pm_clock_cache *cache, cursor c, double *seconds)
{
    date_parts d;
    double time = 0;
    int64_t days;
    const char *start = c.at;

    if (cache->day_n && c.end - c.at > cache->day_n && memcmp(c.at, cache->day, (size_t)cache->day_n) == 0 &&
        !digit(c.at[cache->day_n])) {
        c.at += cache->day_n;
        if (usual_time(c.at, c.end, &time)) {
            *seconds = cache->seconds + time;
            return PM_NUMERAL_OK;
        }
    } else {
        if (!split_date(&c, &d) || !date_days(&d, d.order ? d.order : clock.order, &days)) return PM_NUMERAL_BAD;
        cache->seconds = (double)days * 86400;
        cache->day_n = c.at - start < (int64_t)sizeof cache->day ? (int)(c.at - start) : 0;
        memcpy(cache->day, start, (size_t)cache->day_n);
    }
    between_day_and_time(&c);
    if (c.at < c.end) {
        if (!clock_time(&c, clock.decimal, false, &time)) return PM_NUMERAL_BAD;
        time -= zone(&c);
        skip_blanks(&c);
        if (c.at < c.end) return PM_NUMERAL_BAD;
    }
    *seconds = cache->seconds + time;
    return PM_NUMERAL_OK;
}

static double from_number(pm_clock_kind kind, double v)
{
    switch (kind) {
    case PM_CLOCK_UNIX_MS: return v / 1000;
    case PM_CLOCK_OLE_DAYS: return (v - 25569) * 86400;
    case PM_CLOCK_MATLAB_DAYS: return (v - 719529) * 86400;
    case PM_CLOCK_NONE:
    case PM_CLOCK_WORDS:
    case PM_CLOCK_UNIX: break;
    }
    return v;
}

pm_numeral pm_clock_parse(pm_clock clock, pm_clock_cache *cache, const char *bytes, int64_t n, double *seconds)
{
    cursor c = {bytes, bytes + n};

    *seconds = NAN;
    skip_blanks(&c);
    while (c.end > c.at && (c.end[-1] == ' ' || c.end[-1] == '"')) c.end--;
    if (clock.kind == PM_CLOCK_WORDS && c.at < c.end && digit(*c.at)) return parse_words(clock, cache, c, seconds);
    double v;
    pm_numeral kind = pm_number_parse(c.at, c.end - c.at, clock.decimal, &v);
    if (kind == PM_NUMERAL_OK && clock.kind == PM_CLOCK_WORDS) return PM_NUMERAL_BAD;
    if (kind == PM_NUMERAL_OK) *seconds = from_number(clock.kind, v);
    return kind;
}

pm_numeral pm_duration_parse(const char *bytes, int64_t n, char decimal, double *seconds, bool *plain)
{
    cursor c = {bytes, bytes + n};
    int digits;
    double time;

    pm_numeral number = pm_number_parse(bytes, n, decimal, seconds);
    *plain = number != PM_NUMERAL_BAD;
    if (*plain) return number;
    *seconds = NAN;
    skip_blanks(&c);
    double sign = c.at < c.end && *c.at == '-' ? -1 : 1;
    if (sign < 0) c.at++;
    cursor days = c;
    int64_t d = whole(&days, &digits);
    if (d >= 0 && days.at < days.end && (*days.at == 'd' || *days.at == '-' || *days.at == '.' || *days.at == ' ')) {
        while (days.at < days.end && (*days.at == 'd' || *days.at == '-' || *days.at == '.' || *days.at == ' '))
            days.at++;
        c = days;
    } else {
        d = 0;
    }
    if (!clock_time(&c, decimal, true, &time)) return PM_NUMERAL_BAD;
    skip_blanks(&c);
    if (c.at < c.end) return PM_NUMERAL_BAD;
    *seconds = sign * ((double)d * 86400 + time);
    return PM_NUMERAL_OK;
}

/* Which number of days or seconds a plain number can be: by its size, for every test between 1990 and 2100. */
static pm_clock_kind kind_of_number(double v)
{
    if (v > 6.3e8 && v < 4.2e9) return PM_CLOCK_UNIX;
    if (v > 6.3e11 && v < 4.2e12) return PM_CLOCK_UNIX_MS;
    if (v > 32800 && v < 73100) return PM_CLOCK_OLE_DAYS;
    if (v > 726800 && v < 767100) return PM_CLOCK_MATLAB_DAYS;
    return PM_CLOCK_NONE;
}

pm_clock pm_clock_learn(const char *const *words, const int64_t *lengths, int n, pm_day_order order, char decimal)
{
    pm_clock clock = {PM_CLOCK_NONE, 0, false, decimal};

    for (int i = 0; i < n; i++) {
        cursor c = {words[i], words[i] + lengths[i]};
        date_parts d;
        double v;
        if (pm_number_parse(words[i], lengths[i], decimal, &v) == PM_NUMERAL_OK) {
            if (clock.kind == PM_CLOCK_NONE) clock.kind = kind_of_number(v);
            continue;
        }
        skip_blanks(&c);
        if (!split_date(&c, &d)) continue;
        clock.kind = PM_CLOCK_WORDS;
        if (d.order)
            clock.order = d.order;
        else if (d.part[0] > 12)
            clock.order = PM_DAY_DMY;
        else if (d.part[1] > 12)
            clock.order = PM_DAY_MDY;
    }
    if (clock.kind == PM_CLOCK_WORDS && !clock.order) {
        clock.order = order == PM_DAY_DMY ? PM_DAY_DMY : PM_DAY_MDY;
        clock.order_assumed = !order;
    }
    return clock;
}

const char *pm_clock_name(pm_clock clock)
{
    static const char *const words[] = {"", "year-month-day", "month/day/year", "day/month/year", "day-name-year"};

    switch (clock.kind) {
    case PM_CLOCK_WORDS: return words[clock.order];
    case PM_CLOCK_UNIX: return "unix-seconds";
    case PM_CLOCK_UNIX_MS: return "unix-milliseconds";
    case PM_CLOCK_OLE_DAYS: return "ole-days";
    case PM_CLOCK_MATLAB_DAYS: return "matlab-days";
    case PM_CLOCK_NONE: break;
    }
    return "";
}
