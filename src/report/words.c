/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "words.h"

static const char none[] = "\u2013";
static const double power_of_ten[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

/* By way of an integer, for printf's decimals follow the locale. */
static const char *decimal(double value, int decimals, const char *minus, words_text text)
{
    decimals = decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
    double scaled = fabs(value) * power_of_ten[decimals];
    if (scaled > 9e15) {
        pm_number_print(value, text);
        return text;
    }
    int64_t all = llround(scaled), one = (int64_t)power_of_ten[decimals];
    const char *sign = value < 0 && all > 0 ? minus : "";
    if (decimals > 0)
        snprintf(text, WORDS_TEXT, "%s%lld.%0*lld", sign, (long long)(all / one), decimals, (long long)(all % one));
    else
        snprintf(text, WORDS_TEXT, "%s%lld", sign, (long long)all);
    return text;
}

const char *words_fixed(double value, int decimals, words_text text)
{
    return isfinite(value) ? decimal(value, decimals, "\u2212", text) : strcpy(text, none);
}

const char *words_coordinate(double value, words_text text)
{
    return isfinite(value) ? decimal(value, 1, "-", text) : strcpy(text, "0");
}

const char *words_digits(double value, int digits, words_text text)
{
    if (!isfinite(value)) return strcpy(text, none);
    double size = fabs(value);
    if (size == 0) return strcpy(text, "0");
    if (size < 1e-6 || size >= 1e9) {
        snprintf(text, WORDS_TEXT, "%.*g", digits, value);
        return text;
    }
    int left = (int)floor(log10(size)) + 1;
    if (size * (1 + 0.5 * pow(10, -digits)) >= pow(10, left)) left++; /* 9.996 becomes 10.0 */
    return words_fixed(value, digits - left, text);
}

const char *words_short(double value, int digits, words_text text)
{
    words_digits(value, digits, text);
    if (!strchr(text, '.') || strchr(text, 'e')) return text;
    char *end = text + strlen(text);
    while (end[-1] == '0') end--;
    if (end[-1] == '.') end--;
    *end = 0;
    return text;
}

const char *words_whole(int64_t value, words_text text)
{
    if (value == PM_NO_INT) return strcpy(text, none);
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)(value < 0 ? -value : value));
    char *to = text;
    if (value < 0) to = stpcpy(to, "\u2212");
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0 && n > 4) to = stpcpy(to, "\u202f");
        *to++ = digits[i];
    }
    *to = 0;
    return text;
}

scale words_time(double span_s)
{
    if (span_s < 600) return (scale){1, "s"};
    if (span_s < 3 * 3600.0) return (scale){1 / 60.0, "min"};
    return span_s < 60 * 86400.0 ? (scale){1 / 3600.0, "h"} : (scale){1 / 86400.0, "d"};
}

scale words_current(double largest_A, double area_cm2)
{
    if (area_cm2 > 0) return (scale){1e3 / area_cm2, "mA\u00a0cm\u207b\u00b2"};
    if (largest_A < 1e-4) return (scale){1e6, "\u00b5A"};
    return largest_A < 10 ? (scale){1e3, "mA"} : (scale){1, "A"};
}

scale words_capacity(double largest_Ah, double area_cm2)
{
    if (area_cm2 > 0) return (scale){1e3 / area_cm2, "mAh\u00a0cm\u207b\u00b2"};
    if (largest_Ah < 1e-5) return (scale){1e6, "\u00b5Ah"};
    return largest_Ah < 10 ? (scale){1e3, "mAh"} : (scale){1, "Ah"};
}
