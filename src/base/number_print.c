/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "base/base.h"
#include "base/number.h"

/** Digits without zeros at the end, and the power of ten of the first one. */
typedef struct decimal {
    char digit[24];
    int n, power;
} decimal;

static void trim(decimal *d)
{
    while (d->n > 1 && d->digit[d->n - 1] == '0') d->n--;
}

/** m / 10^k, correctly rounded, reads back as x where m < 2^53 and k <= 22: so the least such k has the fewest digits.
 *  Below 1e15 rint meets every m there is; above, the digits of printf are tried. */
static bool by_scaling(double x, decimal *d)
{
    for (int k = 0; k <= PM_EXACT_TEN_LAST; k++) {
        double m = rint(x * pm_exact_ten[k]);
        if (m > 1e15) return false;
        if (m / pm_exact_ten[k] != x) continue;
        d->n = snprintf(d->digit, sizeof d->digit, "%lld", (long long)m);
        d->power = d->n - 1 - k;
        trim(d);
        return true;
    }
    return false;
}

/** From printf with `count` digits, whatever the decimal sign of the locale; true where they read back as x. */
static bool by_printf(double x, int count, decimal *d)
{
    char text[48];
    snprintf(text, sizeof text, "%.*e", count - 1, x);
    const char *p = text;
    d->n = 0;
    for (; *p != 'e'; p++)
        if (*p >= '0' && *p <= '9') d->digit[d->n++] = *p;
    d->power = (int)strtol(p + 1, NULL, 10);
    char again[48];
    int length = snprintf(again, sizeof again, "%.*se%d", d->n, d->digit, d->power - (d->n - 1));
    double back;
    (void)pm_number_parse(again, length, '.', &back);
    trim(d);
    return back == x;
}

/** Where scaling found nothing, numbers of ordinary size need 16 digits or 17; very large or small ones may need few. */
static void shortest(double x, decimal *d)
{
    if (by_scaling(x, d)) return;
    int count = x >= 1e-6 && x < 1e15 ? 16 : 1;
    while (count < 17 && !by_printf(x, count, d)) count++;
    if (count == 17) by_printf(x, 17, d);
}

/** 1e-5 <= x < 1e16 */
static int plain(const decimal *d, char *out)
{
    int n = 0, before = d->power + 1;
    if (before <= 0) {
        n = 2 - before;
        memset(out, '0', (size_t)n);
        out[1] = '.';
        memcpy(out + n, d->digit, (size_t)d->n);
        return n + d->n;
    }
    for (int i = 0; i < before || i < d->n; i++) {
        if (i == before) out[n++] = '.';
        out[n++] = i < d->n ? d->digit[i] : '0';
    }
    return n;
}

int pm_number_print(double value, char text[32])
{
    text[0] = 0;
    if (isnan(value)) return 0;
    int n = 0;
    if (signbit(value)) text[n++] = '-';
    double x = fabs(value);
    if (isinf(x)) return n + snprintf(text + n, 32 - (size_t)n, "inf");
    if (x == 0) return n + snprintf(text + n, 32 - (size_t)n, "0");
    decimal d;
    shortest(x, &d);
    if (d.power >= -5 && d.power < 16) {
        n += plain(&d, text + n);
        text[n] = 0;
        return n;
    }
    return n + snprintf(text + n, 32 - (size_t)n, "%c%s%.*se%c%02d", d.digit[0], d.n > 1 ? "." : "", d.n - 1,
                        d.digit + 1, d.power < 0 ? '-' : '+', abs(d.power));
}
