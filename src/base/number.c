/* SPDX-License-Identifier: MIT */
/* Decimal text to the nearest double. Up to 19 digits: W. D. Clinger's exact case (doi:10.1145/93542.93557), else
 * D. Lemire's product with 128 bits of a power of five (doi:10.1002/spe.2984; no fallback is ever needed, N. Mushtak
 * and D. Lemire, doi:10.1002/spe.3198). More digits: both neighbours of the first 19, and strtod where they differ. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/base.h"
#include "base/number.h"

/** The powers of ten that are doubles. */
static const double exact_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { EXACT_LAST = 22 };

static inline bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}
static inline bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/** Value of eight ASCII digits, or false (the carry trick of D. Lemire, "Quickly parsing eight digits", 2018). */
static inline bool eight_digits(const char *p, uint64_t *value)
{
    uint64_t v;
    memcpy(&v, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    v = __builtin_bswap64(v);
#endif
    if (((v & 0xF0F0F0F0F0F0F0F0U) | (((v + 0x0606060606060606U) & 0xF0F0F0F0F0F0F0F0U) >> 4)) != 0x3333333333333333U)
        return false;
    v -= 0x3030303030303030U;
    v = v * 10 + (v >> 8);
    *value =
        ((v & 0x000000FF000000FFU) * 0x000F424000000064U + ((v >> 16) & 0x000000FF000000FFU) * 0x0000271000000001U) >>
        32;
    return true;
}

/** Reads digits into *w, which wraps beyond 19 of them; returns where they end. */
static inline const char *digits(const char *p, const char *end, uint64_t *w)
{
    uint64_t eight;
    while (end - p >= 8 && eight_digits(p, &eight)) {
        *w = *w * 100000000 + eight;
        p += 8;
    }
    for (; p < end && is_digit(*p); p++) *w = *w * 10 + (uint64_t)(*p - '0');
    return p;
}

static double assemble(uint64_t mantissa, int64_t exponent)
{
    uint64_t bits = mantissa | (uint64_t)exponent << 52;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/** w * 10^q rounded to nearest, w > 0. */
static inline double product(uint64_t w, int64_t q)
{
    if (q < PM_POWER_FIRST) return 0;
    if (q > PM_POWER_LAST) return INFINITY;
    int zeros = __builtin_clzll(w);
    w <<= zeros;
    const uint64_t *five = pm_power_of_five[q - PM_POWER_FIRST];
    pm_u128 p = (pm_u128)w * five[0];
    if (((uint64_t)(p >> 64) & 0x1FF) == 0x1FF) p += (uint64_t)((pm_u128)w * five[1] >> 64);
    uint64_t high = (uint64_t)(p >> 64), low = (uint64_t)p;
    int top = (int)(high >> 63), shift = top + 9;
    uint64_t m = high >> shift; /* 54 bits: the mantissa and one to round by */
    int64_t exponent = ((217706 * q) >> 16) + 63 + top - zeros + 1023;
    if (exponent <= 0) {
        if (exponent <= -63) return 0;
        m >>= 1 - exponent;
        m = (m + (m & 1)) >> 1;
        return assemble(m, 0); /* a carry into bit 52 is the least normal number */
    }
    if (low <= 1 && q >= -4 && q <= 23 && (m & 3) == 1 && m << shift == high) m--; /* exactly half way, to even */
    m = (m + (m & 1)) >> 1;
    if (m >> 53) m >>= 1, exponent++;
    return exponent >= 0x7FF ? INFINITY : assemble(m & ~(UINT64_C(1) << 52), exponent);
}

double pm_scaled_whole(uint64_t w, int64_t q)
{
    return product(w, q);
}

typedef struct numeral {
    const char *whole, *fraction; /**< first digit before and behind the decimal sign */
    int64_t n_whole, n_fraction;
} numeral;

enum {
    KEPT = 800
}; /* 768 digits decide any double (halfway between two of them has no more); one more stands for the rest */

/** Without decimal sign, so no locale matters. */
static double by_strtod(const numeral *t, int64_t exponent)
{
    char text[KEPT + 32];
    int64_t n = 0, all = t->n_whole + t->n_fraction, dropped = 0;
    bool rest = false;
    for (int64_t i = 0; i < all; i++) {
        char c = i < t->n_whole ? t->whole[i] : t->fraction[i - t->n_whole];
        if (!n && c == '0') continue;
        if (n < KEPT) {
            text[n++] = c;
        } else {
            dropped++;
            rest |= c != '0';
        }
    }
    if (rest) text[n++] = '1', dropped--;
    snprintf(text + n, 32, "e%lld", (long long)(exponent + dropped));
    return strtod(text, NULL);
}

/** For more than 19 digits: exponent is that of the last digit. */
static __attribute__((noinline)) double many_digits(const numeral *t, int64_t exponent)
{
    uint64_t w = 0;
    int64_t i = 0, used = 0, all = t->n_whole + t->n_fraction;
    for (; i < all && used < 19; i++) {
        char c = i < t->n_whole ? t->whole[i] : t->fraction[i - t->n_whole];
        if (!used && c == '0') continue;
        w = w * 10 + (uint64_t)(c - '0');
        used++;
    }
    if (!w) return 0;
    double below = product(w, exponent + all - i);
    if (i == all || below == product(w + 1, exponent + all - i)) return below;
    return by_strtod(t, exponent);
}

/** Up to 19 digits. */
static inline double nearest(uint64_t w, int64_t q)
{
    if (w >> 53 || q < -EXACT_LAST || q > EXACT_LAST) return w ? product(w, q) : 0;
    return q < 0 ? (double)w / exact_ten[-q] : (double)w * exact_ten[q];
}

static bool is_word(const char *p, int64_t n, const char *word)
{
    char text[16];
    if (n >= (int64_t)sizeof text) return false;
    memcpy(text, p, (size_t)n);
    text[n] = 0;
    return (int64_t)strlen(text) == n && pm_text_same(text, word);
}

/** What is no number: missing, infinite or bad. The words with # are those of Microsoft's C library and of Excel. */
static __attribute__((noinline)) pm_numeral not_a_number(const char *p, int64_t n, double *value)
{
    static const char *const missing[] = {"-",       "--",     "---",     "nan",      "+nan", "-nan",
                                          "na",      "n/a",    "null",    "none",     "#n/a", "nan(ind)",
                                          "1.#qnan", "1.#ind", "-1.#ind", "-nan(ind)"};
    static const char *const infinite[] = {"inf", "infinity", "1.#inf"};
    while (n > 0 && is_blank(p[0])) p++, n--;
    while (n > 0 && is_blank(p[n - 1])) n--;
    *value = NAN;
    if (n == 0) return PM_NUMERAL_EMPTY;
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++)
        if (is_word(p, n, missing[i])) return PM_NUMERAL_EMPTY;
    bool negative = *p == '-', sign = negative || *p == '+';
    for (size_t i = 0; i < sizeof infinite / sizeof infinite[0]; i++) {
        if (!is_word(p + sign, n - sign, infinite[i])) continue;
        *value = negative ? -INFINITY : INFINITY;
        return PM_NUMERAL_RANGE;
    }
    return PM_NUMERAL_BAD;
}

/** Reads the exponent behind its letter; NULL where there are no digits. */
static const char *read_exponent(const char *p, const char *end, int64_t *exponent)
{
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    if (p == end || !is_digit(*p)) return NULL;
    int64_t e = 0;
    for (; p < end && is_digit(*p); p++)
        if (e < INT64_C(100000000000000000)) e = e * 10 + (*p - '0');
    *exponent = negative ? -e : e;
    return p;
}

/** Reads what follows the digits: exponent and blanks. False where anything else does. */
static inline bool read_tail(const char *p, const char *end, int64_t *exponent)
{
    if (p < end && (*p | 0x20) == 'e' && !(p = read_exponent(p + 1, end, exponent))) return false;
    while (p < end && is_blank(*p)) p++;
    return p == end;
}

pm_numeral pm_number_parse(const char *bytes, int64_t n, char decimal, double *value)
{
    const char *p = bytes, *end = bytes + n;
    while (p < end && is_blank(*p)) p++;
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    const char *whole = p, *fraction = p;
    uint64_t w = 0;
    p = digits(p, end, &w);
    int64_t n_whole = p - whole, n_fraction = 0, exponent = 0;
    if (p < end && *p == decimal) {
        fraction = ++p;
        p = digits(p, end, &w);
        n_fraction = p - fraction;
    }
    if (n_whole + n_fraction == 0 || (p < end && !read_tail(p, end, &exponent))) return not_a_number(bytes, n, value);
    exponent -= n_fraction;
    double size = 0;
    if (n_whole + n_fraction <= 19)
        size = nearest(w, exponent);
    else
        size = many_digits(&(numeral){whole, fraction, n_whole, n_fraction}, exponent);
    *value = negative ? -size : size;
    return size <= DBL_MAX ? PM_NUMERAL_OK : PM_NUMERAL_RANGE;
}
