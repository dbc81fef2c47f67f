/* SPDX-License-Identifier: MIT */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/base.h"
#include "base/number.h"

/** whole * 10^(power - 16), of which whole has 17 digits: the first one has the weight 10^power. */
typedef struct decimal {
    uint64_t whole;
    int power;
    int rest; /**< sign of what rounding to 17 digits left out */
} decimal;

static const uint64_t ten[] = {1,
                               10,
                               100,
                               1000,
                               10000,
                               100000,
                               1000000,
                               10000000,
                               100000000,
                               1000000000,
                               10000000000,
                               100000000000,
                               1000000000000,
                               10000000000000,
                               100000000000000,
                               1000000000000000,
                               10000000000000000,
                               100000000000000000};

/** x = m * 2^e, m with bit 63 set. */
static uint64_t take_apart(double x, int *e)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int field = (int)(bits >> 52);
    uint64_t m = bits & ((UINT64_C(1) << 52) - 1);
    if (field) m |= UINT64_C(1) << 52;
    int zeros = __builtin_clzll(m);
    *e = (field ? field : 1) - 1075 - zeros;
    return m << zeros;
}

/** x * 10^k for a result from 1e16 to 1e18, to the nearest whole number, the even one from the middle between two (a
 *  hair from it, either). */
static uint64_t scaled(uint64_t m, int e, int k, int *rest)
{
    const uint64_t *five = pm_power_of_five[k - PM_POWER_FIRST];
    pm_u128 product = (pm_u128)m * five[0] + (uint64_t)((pm_u128)m * five[1] >> 64);
    int shift = 63 - e - k - ((152170 * k) >> 16); /* 5^k is the table's 128 bits times 2^(floor(k log2(5)) - 127) */
    pm_u128 left = product << (128 - shift), middle = (pm_u128)1 << 127;
    uint64_t whole = (uint64_t)(product >> shift);
    bool up = left > middle || (left == middle && whole % 2);
    *rest = up ? -1 : left > 0;
    return whole + up;
}

static decimal seventeen_digits(double x)
{
    int e, rest;
    uint64_t m = take_apart(x, &e);
    int power = ((e + 63) * 78913) >> 18; /* floor((e + 63) log10(2)), right or one too low */
    uint64_t whole = scaled(m, e, 16 - power, &rest);
    if (whole >= ten[17]) whole = scaled(m, e, 16 - ++power, &rest);
    if (whole == ten[17]) return (decimal){ten[16], power + 1, rest};
    return (decimal){whole, power, rest};
}

/** The 17 digits to the nearest number of multiples of unit; where they are in the middle, what they left out decides,
 *  and where that is nothing the neighbour is even. */
static uint64_t rounded(decimal d, uint64_t unit)
{
    uint64_t up = (d.whole + unit / 2) / unit;
    bool down = d.rest < 0 || (d.rest == 0 && up % 2);
    return d.whole % unit == unit / 2 && down ? up - 1 : up;
}

/** The fewest digits that read back as x, and of those the nearest. A normal double has one neighbour of 15 digits at
 *  most, so zeros at the end of that one tell if fewer do; below the normal doubles one digit may be all there is. */
static decimal shortest(double x)
{
    decimal d = seventeen_digits(x);
    for (int count = x < DBL_MIN ? 1 : 15; count < 17; count++) {
        uint64_t unit = ten[17 - count], kept = rounded(d, unit);
        if (pm_scaled_whole(kept, d.power + 1 - count) != x) {
            kept++; /* at a power of two more room is above than below */
            if (d.whole % unit != unit / 2 || pm_scaled_whole(kept, d.power + 1 - count) != x) continue;
        }
        if (kept == ten[count]) return (decimal){ten[16], d.power + 1, 0};
        return (decimal){kept * unit, d.power, 0};
    }
    return d;
}

/** Writes the digits without zeros at the end; returns how many. */
static int write_digits(uint64_t whole, char digit[17])
{
    int n = 17;
    while (n > 1 && whole % 10 == 0) whole /= 10, n--;
    for (int i = n - 1; i >= 0; i--, whole /= 10) digit[i] = (char)('0' + whole % 10);
    return n;
}

/** 1e-5 <= x < 1e16 */
static int plain(const char *digit, int n_digits, int power, char *out)
{
    int n = 0, before = power + 1;
    if (before <= 0) {
        n = 2 - before;
        memset(out, '0', (size_t)n);
        out[1] = '.';
        memcpy(out + n, digit, (size_t)n_digits);
        return n + n_digits;
    }
    for (int i = 0; i < before || i < n_digits; i++) {
        if (i == before) out[n++] = '.';
        out[n++] = i < n_digits ? digit[i] : '0';
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
    if (isinf(x) || x == 0) return n + snprintf(text + n, 32 - (size_t)n, x == 0 ? "0" : "inf");
    char digit[17];
    decimal d = shortest(x);
    int n_digits = write_digits(d.whole, digit);
    if (d.power >= -5 && d.power < 16) {
        n += plain(digit, n_digits, d.power, text + n);
        text[n] = 0;
        return n;
    }
    return n + snprintf(text + n, 32 - (size_t)n, "%c%s%.*se%c%02d", digit[0], n_digits > 1 ? "." : "", n_digits - 1,
                        digit + 1, d.power < 0 ? '-' : '+', abs(d.power));
}
