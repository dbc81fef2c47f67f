/* SPDX-License-Identifier: MIT */
/** @file
 * A writer of MATLAB files of level 5 after the published layout, for tests; and what the tests of them share.
 */
#ifndef PM_TESTS_MAT_WRITER_H
#define PM_TESTS_MAT_WRITER_H

#include "native/formats.h"
#include "read/read.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { ROOM = 1 << 16 };

/* ---- the writer ---- */

typedef struct writer {
    uint8_t *at;
    int64_t n;
    bool big;
} writer;

static inline void put(writer *w, uint64_t x, int size)
{
    for (int i = 0; i < size; i++) w->at[w->n++] = (uint8_t)(x >> 8 * (w->big ? size - 1 - i : i));
}

static inline void put_double(writer *w, double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    put(w, bits, 8);
}

static inline void put_text(writer *w, const char *text, int64_t n)
{
    memcpy(w->at + w->n, text, (size_t)n);
    w->n += n;
}

static inline void fill_up(writer *w)
{
    while (w->n % 8) w->at[w->n++] = 0;
}

static inline void begin_file(writer *w)
{
    memset(w->at, ' ', 124);
    memcpy(w->at, "MATLAB 5.0 MAT-file, written by a test", 38);
    memset(w->at + 116, 0, 8);
    w->n = 124;
    put(w, 0x0100, 2);
    put(w, 'M' << 8 | 'I', 2);
}

static inline void small(writer *w, int type, uint64_t x, int size)
{
    put(w, (uint64_t)size << 16 | (uint64_t)type, 4);
    int64_t end = w->n + 4;
    put(w, x, size);
    while (w->n < end) w->at[w->n++] = 0;
}

/* The tag of an array, its flags, dimensions and name; end_array writes the length into the tag. */
static inline int64_t begin_array(writer *w, int flags, int rows, int columns, const char *name)
{
    int64_t start = w->n;

    put(w, 14, 4);
    put(w, 0, 4);
    put(w, 6, 4);
    put(w, 8, 4);
    put(w, (uint64_t)flags, 4);
    put(w, 0, 4);
    put(w, 5, 4);
    put(w, 8, 4);
    put(w, (uint64_t)rows, 4);
    put(w, (uint64_t)columns, 4);
    put(w, 1, 4);
    put(w, strlen(name), 4);
    put_text(w, name, (int64_t)strlen(name));
    fill_up(w);
    return start;
}

static inline void end_array(writer *w, int64_t start)
{
    writer tag = {w->at, start + 4, w->big};

    put(&tag, (uint64_t)(w->n - start - 8), 4);
}

static inline void doubles(writer *w, const char *name, int rows, int columns, const double *x)
{
    int64_t start = begin_array(w, 6, rows, columns, name);

    put(w, 9, 4);
    put(w, (uint64_t)(8 * rows * columns), 4);
    for (int i = 0; i < rows * columns; i++) put_double(w, x[i]);
    end_array(w, start);
}

/* Integers of `size` bytes with data type `type` in an array of class `class`. */
static inline void integers(writer *w, const char *name, int class, int type, int size, int n, const int64_t *x)
{
    int64_t start = begin_array(w, class, n, 1, name);

    put(w, (uint64_t)type, 4);
    put(w, (uint64_t)(size * n), 4);
    for (int i = 0; i < n; i++) put(w, (uint64_t)x[i], size);
    fill_up(w);
    end_array(w, start);
}

static inline void words(writer *w, const char *name, const char *text)
{
    int n = (int)strlen(text);
    int64_t start = begin_array(w, 4, 1, n, name);

    put(w, 4, 4);
    put(w, (uint64_t)(2 * n), 4);
    for (int i = 0; i < n; i++) put(w, (uint8_t)text[i], 2);
    fill_up(w);
    end_array(w, start);
}

static inline int64_t begin_struct(writer *w, const char *name, int columns, int n, const char *const fields[])
{
    int64_t start = begin_array(w, 2, 1, columns, name);

    small(w, 5, 16, 4);
    put(w, 1, 4);
    put(w, (uint64_t)(16 * n), 4);
    for (int i = 0; i < n; i++) {
        char field[16] = {0};
        memcpy(field, fields[i], strlen(fields[i]));
        put_text(w, field, 16);
    }
    return start;
}

/* What stands behind the header becomes one compressed element. */
static inline void compress_all(writer *w)
{
    uint8_t *packed = malloc(ROOM);
    uLongf n = ROOM;

    assert_non_null(packed);
    assert_int_equal(compress(packed, &n, w->at + 128, (uLong)(w->n - 128)), Z_OK);
    w->n = 128;
    put(w, 15, 4);
    put(w, n, 4);
    put_text(w, (const char *)packed, (int64_t)n);
    free(packed);
}

static inline writer new_file(bool big)
{
    writer w = {calloc(1, ROOM), 0, big};

    assert_non_null(w.at);
    begin_file(&w);
    return w;
}

/* ---- reading it ---- */

static inline pm_status read_bytes(const writer *w, pm_table **out, pm_error *err)
{
    char *path = support_file(".mat", w->at, w->n);
    pm_status s = pm_read_table(path, NULL, NULL, out, err);

    support_remove(path);
    return s;
}

static inline pm_table *read_good(const writer *w)
{
    pm_table *table = NULL;
    pm_error err = {0};

    assert_good(read_bytes(w, &table, &err), &err);
    return table;
}

static const double T[4] = {0, 1.5, 1e300, -0.1}, U[4] = {3, 4, 4.125, 2.999999999999999};

static inline void write_struct(writer *w)
{
    static const char *const fields[] = {"Time", "Voltage", "x_mass"};
    const double mass = 0.0125;
    int64_t start = begin_struct(w, "cell", 1, 3, fields);

    doubles(w, "", 4, 1, T);
    doubles(w, "", 1, 4, U);
    doubles(w, "", 1, 1, &mass);
    end_array(w, start);
}

static inline void assert_struct(const pm_table *t)
{
    assert_int_equal(pm_table_rows(t), 4);
    assert_int_equal(pm_table_columns(t), 2);
    for (int i = 0; i < 4; i++) {
        assert_close(real_at(t, "test_time_second", i), T[i], 0, 0);
        assert_close(real_at(t, "voltage_volt", i), U[i], 0, 0);
    }
    assert_string_equal(pm_table_meta(t, "cell_x_mass"), "0.0125");
}

#endif
