/* SPDX-License-Identifier: MIT */
/* Values of MATLAB arrays: numbers of all data types and both byte orders as doubles, characters as UTF-8. */
#include "mat.h"

const char *mat_class_name(int class)
{
    static const char *const name[] = {"?",      "cell",   "struct", "object", "char",     "sparse",
                                       "double", "single", "int8",   "uint8",  "int16",    "uint16",
                                       "int32",  "uint32", "int64",  "uint64", "function", "opaque"};

    return name[class > 0 && class < (int)(sizeof name / sizeof *name) ? class : 0];
}

#define EACH(value)                                                                                                    \
    for (int64_t i = 0; i < n; i++, p += step) to[i] = (double)(value);                                                \
    break

static uint16_t u16_big(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t u32_of(const uint8_t *p, bool big)
{
    uint32_t x = pm_u32(p);

    return big ? __builtin_bswap32(x) : x;
}

static uint64_t u64_of(const uint8_t *p, bool big)
{
    uint64_t x = pm_u64(p);

    return big ? __builtin_bswap64(x) : x;
}

static uint16_t u16_of(const uint8_t *p, bool big)
{
    return big ? u16_big(p) : pm_u16(p);
}

static double single_of(const uint8_t *p, bool big)
{
    uint32_t bits = u32_of(p, big);
    float x;

    memcpy(&x, &bits, sizeof x);
    return (double)x;
}

static double double_of(const uint8_t *p, bool big)
{
    uint64_t bits = u64_of(p, big);
    double x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Integers of 64 bits that are larger than a double holds exactly. */
static int64_t count_inexact(const uint8_t *p, int64_t step, int64_t n, bool big, bool is_signed)
{
    int64_t inexact = 0;

    for (int64_t i = 0; i < n; i++, p += step) {
        uint64_t x = u64_of(p, big);
        if (is_signed && x >> 63) x = -x;
        inexact += x >> 53 && x << __builtin_clzll(x) << 53;
    }
    return inexact;
}

int64_t mat_numbers(const mat_file *f, mat_values v, int64_t first, int64_t stride, int64_t n, double *to)
{
    int64_t size = mat_type_size(v.type), step = stride * size;
    const uint8_t *p = v.bytes.at + first * size, *start = p;
    bool big = f->big;

    switch (v.type) {
    case MAT_INT8: EACH((int8_t)*p);
    case MAT_UINT8: EACH(*p);
    case MAT_INT16: EACH((int16_t)u16_of(p, big));
    case MAT_UINT16: EACH(u16_of(p, big));
    case MAT_INT32: EACH((int32_t)u32_of(p, big));
    case MAT_UINT32: EACH(u32_of(p, big));
    case MAT_INT64: EACH((int64_t)u64_of(p, big));
    case MAT_UINT64: EACH(u64_of(p, big));
    case MAT_SINGLE: EACH(single_of(p, big));
    case MAT_DOUBLE: EACH(double_of(p, big));
    }
    return v.type == MAT_INT64 || v.type == MAT_UINT64 ? count_inexact(start, step, n, big, v.type == MAT_INT64) : 0;
}

/* ---- characters ---- */

static uint32_t unit_of(const mat_file *f, const mat_values *v, int64_t i)
{
    switch (v->type) {
    case MAT_UINT16:
    case MAT_UTF16: return u16_of(v->bytes.at + 2 * i, f->big);
    case MAT_UTF32: return u32_of(v->bytes.at + 4 * i, f->big);
    default: return v->bytes.at[i];
    }
}

static size_t put_utf8(char *to, uint32_t c)
{
    if (c < 32 || c == 127) c = ' ';
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) c = 0xfffd;
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
    to[0] = (char)(lead[more] | c >> 6 * more);
    for (int k = 1; k <= more; k++) to[k] = (char)(0x80 | (c >> 6 * (more - k) & 0x3f));
    return (size_t)more + 1;
}

void mat_words(const mat_file *f, const mat_array *a, int64_t row, char *text, size_t room)
{
    const mat_values *v = &a->real;
    int64_t rows = a->size[0] > 0 ? a->size[0] : 1, width = v->type == MAT_UTF16 || v->type == MAT_UINT16 ? 2 : 1;
    size_t used = 0;

    if (v->type == MAT_UTF32) width = 4;
    if (v->type == MAT_UTF8 && rows == 1) {
        pm_native_text(v->bytes.at, v->bytes.n, text, room);
        return;
    }
    for (int64_t i = row; i < v->bytes.n / width && used + 5 < room; i += rows) {
        uint32_t c = unit_of(f, v, i);
        if (c >> 10 == 0x36 && rows == 1 && i + 1 < v->bytes.n / width) /* half of a pair */
            c = 0x10000 + ((c & 0x3ff) << 10) + (unit_of(f, v, ++i) & 0x3ff);
        used += put_utf8(text + used, c);
    }
    while (used > 0 && text[used - 1] == ' ') used--;
    text[used] = 0;
}
