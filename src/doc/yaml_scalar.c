/* SPDX-License-Identifier: MIT */
#include "doc/yaml_scalar.h"

#include <math.h>
#include <string.h>

static bool is_any(const char *text, const char *const words[])
{
    for (int i = 0; words[i]; i++)
        if (!strcmp(text, words[i])) return true;
    return false;
}

static const char *past_digits(const char *at, const char *digits)
{
    return at + strspn(at, digits);
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static bool is_decimal(const char *at)
{
    static const char digits[] = "0123456789";
    if (*at == '-' || *at == '+') at++;
    const char *whole = past_digits(at, digits), *end = whole;
    if (*whole == '.') end = past_digits(whole + 1, digits);
    if (whole == at && end <= whole + 1) return false;
    if (*end == 'e' || *end == 'E') {
        const char *power = end + 1;
        if (*power == '-' || *power == '+') power++;
        end = past_digits(power, digits);
        if (end == power) return false;
    }
    return *end == '\0';
}

/* 0o17 or 0x1F; rounds to the nearest double by the steps, so exact below 2^53 as all that is written so. */
static bool read_based(const char *text, double *number)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    bool hex = text[0] == '0' && text[1] == 'x', octal = text[0] == '0' && text[1] == 'o';
    if ((!hex && !octal) || !text[2]) return false;
    *number = 0;
    for (const char *at = text + 2; *at; at++) {
        const char *found = strchr(digits, *at);
        int64_t digit = found ? found - digits : 99;
        if (digit > 15) digit -= 6;
        if (digit >= (hex ? 16 : 8)) return false;
        *number = *number * (hex ? 16 : 8) + (double)digit;
    }
    return true;
}

pm_node_type pm_yaml_resolve(const char *text, int64_t n, bool *truth, double *number)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const trues[] = {"true", "True", "TRUE", NULL};
    static const char *const falses[] = {"false", "False", "FALSE", NULL};
    static const char *const infinities[] = {".inf", ".Inf", ".INF", NULL};
    static const char *const nans[] = {".nan", ".NaN", ".NAN", NULL};
    if (is_any(text, nulls)) return PM_NODE_NULL;
    *truth = is_any(text, trues);
    if (*truth || is_any(text, falses)) return PM_NODE_BOOL;
    if (is_decimal(text)) {
        pm_number_parse(text, n, '.', number);
        return PM_NODE_NUMBER;
    }
    if (read_based(text, number)) return PM_NODE_NUMBER;
    if (is_any(text + (*text == '-' || *text == '+'), infinities)) {
        *number = *text == '-' ? -(double)INFINITY : (double)INFINITY;
        return PM_NODE_NUMBER;
    }
    if (!is_any(text, nans)) return PM_NODE_TEXT;
    *number = (double)NAN;
    return PM_NODE_NUMBER;
}

bool pm_yaml_beyond_range(const char *text, double number)
{
    return isinf(number) && !strpbrk(text, "nN");
}
