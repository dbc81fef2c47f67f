/* SPDX-License-Identifier: MIT */
/* Values as they are, one behind the other. */
#include "parquet_cursor.h"

int64_t parquet_width(int type)
{
    static const int64_t widths[] = {[PARQUET_INT32] = 4, [PARQUET_INT64] = 8,  [PARQUET_INT96] = 12,
                                     [PARQUET_FLOAT] = 4, [PARQUET_DOUBLE] = 8, [PARQUET_BYTES] = 4};

    return widths[type];
}

double parquet_number(const parquet_leaf *leaf, int64_t x)
{
    static const int64_t exact = INT64_C(1) << 53;
    int64_t whole = (int64_t)leaf->divisor;

    if (leaf->is_unsigned) return leaf->type == PARQUET_INT32 ? (double)(uint32_t)x : (double)(uint64_t)x;
    if (leaf->divisor == 1) return (double)x * leaf->factor;
    if (x >= -exact && x <= exact) return (double)x / leaf->divisor;
    return (double)(x / whole) + (double)(x % whole) / leaf->divisor;
}

/* Nanoseconds of a day, and the Julian day. */
static double instant_of(const uint8_t *at)
{
    return ((double)pm_u32(at + 8) - 2440588) * 86400 + (double)pm_i64(at) / 1e9;
}

/* n numbers; the caller has checked that they are there. */
void parquet_plain_numbers(const parquet_leaf *leaf, const uint8_t *at, int64_t n, double *to)
{
    switch (leaf->type) {
    case PARQUET_INT32:
        for (int64_t i = 0; i < n; i++) to[i] = parquet_number(leaf, pm_i32(at + 4 * i));
        break;
    case PARQUET_INT64:
        for (int64_t i = 0; i < n; i++) to[i] = parquet_number(leaf, pm_i64(at + 8 * i));
        break;
    case PARQUET_INT96:
        for (int64_t i = 0; i < n; i++) to[i] = instant_of(at + 12 * i);
        break;
    case PARQUET_FLOAT:
        for (int64_t i = 0; i < n; i++) to[i] = pm_f32(at + 4 * i);
        break;
    default:
        for (int64_t i = 0; i < n; i++) to[i] = pm_f64(at + 8 * i);
    }
}

/* Words have their length before them. How many are there. */
int64_t parquet_plain_words(pm_span *values, int64_t n, pm_span *to)
{
    int64_t i = 0;

    for (; i < n && values->n >= 4; i++) {
        int64_t length = pm_u32(values->at);
        if (length > values->n - 4) break;
        to[i] = (pm_span){values->at + 4, length};
        *values = pm_span_from(*values, 4 + length);
    }
    return i;
}
