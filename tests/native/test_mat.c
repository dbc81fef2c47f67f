/* SPDX-License-Identifier: MIT */
/* MATLAB files of level 5, on bytes that a writer of the published layout puts together here. */
#include "native/formats.h"
#include "read/read.h"
#include "support.h"

#include <string.h>
#include <zlib.h>

enum { ROOM = 1 << 16 };

/* ---- the writer ---- */

typedef struct writer {
    uint8_t *at;
    int64_t n;
    bool big;
} writer;

static void put(writer *w, uint64_t x, int size)
{
    for (int i = 0; i < size; i++) w->at[w->n++] = (uint8_t)(x >> 8 * (w->big ? size - 1 - i : i));
}

static void put_double(writer *w, double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    put(w, bits, 8);
}

static void put_text(writer *w, const char *text, int64_t n)
{
    memcpy(w->at + w->n, text, (size_t)n);
    w->n += n;
}

static void fill_up(writer *w)
{
    while (w->n % 8) w->at[w->n++] = 0;
}

static void begin_file(writer *w)
{
    memset(w->at, ' ', 124);
    memcpy(w->at, "MATLAB 5.0 MAT-file, written by a test", 38);
    memset(w->at + 116, 0, 8);
    w->n = 124;
    put(w, 0x0100, 2);
    put(w, 'M' << 8 | 'I', 2);
}

static void small(writer *w, int type, uint64_t x, int size)
{
    put(w, (uint64_t)size << 16 | (uint64_t)type, 4);
    int64_t end = w->n + 4;
    put(w, x, size);
    while (w->n < end) w->at[w->n++] = 0;
}

/* The tag of an array, its flags, dimensions and name; end_array writes the length into the tag. */
static int64_t begin_array(writer *w, int flags, int rows, int columns, const char *name)
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

static void end_array(writer *w, int64_t start)
{
    writer tag = {w->at, start + 4, w->big};

    put(&tag, (uint64_t)(w->n - start - 8), 4);
}

static void doubles(writer *w, const char *name, int rows, int columns, const double *x)
{
    int64_t start = begin_array(w, 6, rows, columns, name);

    put(w, 9, 4);
    put(w, (uint64_t)(8 * rows * columns), 4);
    for (int i = 0; i < rows * columns; i++) put_double(w, x[i]);
    end_array(w, start);
}

/* Integers of `size` bytes with data type `type` in an array of class `class`. */
static void integers(writer *w, const char *name, int class, int type, int size, int n, const int64_t *x)
{
    int64_t start = begin_array(w, class, n, 1, name);

    put(w, (uint64_t)type, 4);
    put(w, (uint64_t)(size * n), 4);
    for (int i = 0; i < n; i++) put(w, (uint64_t)x[i], size);
    fill_up(w);
    end_array(w, start);
}

static void words(writer *w, const char *name, const char *text)
{
    int n = (int)strlen(text);
    int64_t start = begin_array(w, 4, 1, n, name);

    put(w, 4, 4);
    put(w, (uint64_t)(2 * n), 4);
    for (int i = 0; i < n; i++) put(w, (uint8_t)text[i], 2);
    fill_up(w);
    end_array(w, start);
}

static int64_t begin_struct(writer *w, const char *name, int columns, int n, const char *const fields[])
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
static void compress_all(writer *w)
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

static writer new_file(bool big)
{
    writer w = {calloc(1, ROOM), 0, big};

    assert_non_null(w.at);
    begin_file(&w);
    return w;
}

/* ---- reading it ---- */

static pm_status read_bytes(const writer *w, pm_table **out, pm_error *err)
{
    char *path = support_file(".mat", w->at, w->n);
    pm_status s = pm_read_table(path, NULL, NULL, out, err);

    support_remove(path);
    return s;
}

static pm_table *read_good(const writer *w)
{
    pm_table *table = NULL;
    pm_error err = {0};

    assert_good(read_bytes(w, &table, &err), &err);
    return table;
}

static void assert_refused(const writer *w, pm_status status, const char *words_in_message)
{
    pm_table *table = NULL;
    pm_error err = {0};

    assert_int_equal(read_bytes(w, &table, &err), status);
    if (!strstr(err.message, words_in_message)) fail_msg("'%s' is not in '%s'", words_in_message, err.message);
    assert_true(err.byte >= 0);
    pm_table_free(table);
}

static const double T[4] = {0, 1.5, 1e300, -0.1}, U[4] = {3, 4, 4.125, 2.999999999999999};

static void write_struct(writer *w)
{
    static const char *const fields[] = {"Time", "Voltage", "x_mass"};
    const double mass = 0.0125;
    int64_t start = begin_struct(w, "cell", 1, 3, fields);

    doubles(w, "", 4, 1, T);
    doubles(w, "", 1, 4, U);
    doubles(w, "", 1, 1, &mass);
    end_array(w, start);
}

static void assert_struct(const pm_table *t)
{
    assert_int_equal(pm_table_rows(t), 4);
    assert_int_equal(pm_table_columns(t), 2);
    for (int i = 0; i < 4; i++) {
        assert_close(real_at(t, "test_time_second", i), T[i], 0, 0);
        assert_close(real_at(t, "voltage_volt", i), U[i], 0, 0);
    }
    assert_string_equal(pm_table_meta(t, "cell_x_mass"), "0.0125");
}

static void structs_in_both_byte_orders_packed_or_not(void **state)
{
    (void)state;
    for (int k = 0; k < 4; k++) {
        writer w = new_file(k & 1);
        write_struct(&w);
        if (k & 2) compress_all(&w);
        pm_scoped(pm_table) t = read_good(&w);
        assert_struct(t);
        free(w.at);
    }
}

static void integers_of_all_types(void **state)
{
    static const struct {
        const char *name;
        int class, type, size;
        int64_t x[3];
    } c[] = {
        {"a", 8, 1, 1, {-128, 127, 0}},
        {"b", 9, 2, 1, {0, 255, 7}},
        {"c", 10, 3, 2, {-32768, 32767, 5}},
        {"d", 11, 4, 2, {65535, 0, 1}},
        {"e", 12, 5, 4, {INT32_MIN, INT32_MAX, -1}},
        {"f", 13, 6, 4, {4294967295, 0, 3}},
        {"g", 14, 12, 8, {-9007199254740992, 9007199254740992, 1}},
        {"h", 15, 13, 8, {1LL << 62, 0, 2}},
        {"i", 6, 2, 1, {200, 1, 2}}, /* doubles that fit a byte are stored as bytes */
    };
    (void)state;
    for (int big = 0; big < 2; big++) {
        writer w = new_file(big);
        for (size_t i = 0; i < sizeof c / sizeof *c; i++)
            integers(&w, c[i].name, c[i].class, c[i].type, c[i].size, 3, c[i].x);
        pm_scoped(pm_table) t = read_good(&w);
        for (int i = 0; i < 9; i++)
            for (int row = 0; row < 3; row++)
                assert_close(pm_table_column(t, i)->number[row], (double)c[i].x[row], 0, 0);
        free(w.at);
    }
}

static void small_elements_and_singles(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        writer w = new_file(big);
        int64_t start = begin_array(&w, 7, 1, 1, "single");
        small(&w, 7, 0x40490fdb, 4); /* pi as a float */
        end_array(&w, start);
        pm_scoped(pm_table) t = read_good(&w);
        assert_close(real_at(t, "single", 0), (double)3.14159274101257324f, 0, 0);
        free(w.at);
    }
}

static void matrices_lie_along_their_longer_side(void **state)
{
    const double x[6] = {1, 2, 3, 4, 5, 6};
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        writer w = new_file(false);
        doubles(&w, "m", wide ? 2 : 3, wide ? 3 : 2, x);
        pm_scoped(pm_table) t = read_good(&w);
        assert_int_equal(pm_table_rows(t), 3);
        for (int i = 0; i < 3; i++) {
            assert_close(real_at(t, "m_1", i), wide ? 2 * i + 1 : i + 1, 0, 0);
            assert_close(real_at(t, "m_2", i), wide ? 2 * i + 2 : i + 4, 0, 0);
        }
        free(w.at);
    }
}

static void both_parts_of_complex_numbers(void **state)
{
    const double x[4] = {1, 2, -3, -4};
    (void)state;
    writer w = new_file(true);
    int64_t start = begin_array(&w, 0x806, 2, 1, "Z");
    for (int part = 0; part < 2; part++) {
        put(&w, 9, 4);
        put(&w, 16, 4);
        put_double(&w, x[2 * part]);
        put_double(&w, x[2 * part + 1]);
    }
    end_array(&w, start);
    pm_scoped(pm_table) t = read_good(&w);
    assert_close(real_at(t, "z_real", 1), 2, 0, 0);
    assert_close(real_at(t, "z_imaginary", 1), -4, 0, 0);
    free(w.at);
}

static void arrays_of_structs_are_one_below_the_other(void **state)
{
    static const char *const fields[] = {"Time", "Voltage", "kind"};
    (void)state;
    writer w = new_file(false);
    int64_t start = begin_struct(&w, "cycle", 2, 3, fields);
    doubles(&w, "", 3, 1, T);
    doubles(&w, "", 3, 1, U);
    words(&w, "", "charge");
    doubles(&w, "", 1, 1, T + 3);
    doubles(&w, "", 1, 1, U + 3);
    words(&w, "", "rest");
    end_array(&w, start);
    pm_scoped(pm_table) t = read_good(&w);
    assert_int_equal(pm_table_rows(t), 4);
    for (int i = 0; i < 4; i++) {
        assert_close(real_at(t, "cycle_count", i), i < 3 ? 1 : 2, 0, 0);
        assert_close(real_at(t, "test_time_second", i), T[i], 0, 0);
        assert_close(real_at(t, "voltage_volt", i), U[i], 0, 0);
    }
    free(w.at);
}

static void units_in_names_are_converted(void **state)
{
    (void)state;
    writer w = new_file(false);
    doubles(&w, "time_h", 4, 1, U);
    doubles(&w, "voltage_mV", 4, 1, U);
    words(&w, "operator", "J. D\xf6rr");
    pm_scoped(pm_table) t = read_good(&w);
    for (int i = 0; i < 4; i++) {
        assert_close(real_at(t, "test_time_second", i), U[i] * 3600, 0, 0);
        assert_close(real_at(t, "voltage_volt", i), U[i] / 1000, 0, 0);
    }
    assert_string_equal(pm_table_meta(t, "operator"), "J. D\xc3\xb6rr");
    free(w.at);
}

static void what_is_not_in_the_table_is_said(void **state)
{
    pm_error err = {0};
    (void)state;
    writer w = new_file(false);
    doubles(&w, "Voltage", 4, 1, U);
    doubles(&w, "shorter", 3, 1, T);
    int64_t start = begin_array(&w, 5, 4, 4, "thin");
    end_array(&w, start);
    pm_image image = {"", {w.at, w.n}, true, NULL};
    pm_scoped(pm_native) n = NULL;
    assert_good(pm_native_open(&pm_format_mat, &image, NULL, &n, &err), &err);
    assert_int_equal(n->n_columns, 1);
    assert_string_equal(n->content, "table");
    assert_int_equal(n->rows_declared, 4);
    assert_int_equal(n->n_faults, 2);
    assert_string_equal(n->fault[0].code, "value-missing");
    assert_int_equal(n->fault[0].count, 2);
    assert_non_null(strstr(n->fault[0].message, "shorter, sparse thin"));
    assert_string_equal(n->fault[1].code, "unit-assumed");
    assert_non_null(strstr(n->fault[1].message, "Voltage (V)"));
    free(w.at);
}

/* ---- what is refused ---- */

static void versions_that_are_not_read_are_named(void **state)
{
    (void)state;
    writer w = new_file(false);
    write_struct(&w);
    memcpy(w.at, "MATLAB 7.3", 10);
    assert_refused(&w, PM_ERR_FORMAT, "MATLAB 7.3");
    memcpy(w.at, "MATLAB 5.0", 10);
    w.at[124] = 3;
    assert_refused(&w, PM_ERR_FORMAT, "0x0103");
    w.at[126] = 'X';
    assert_refused(&w, PM_ERR_FORMAT, "byte order");
    w.n = 100;
    assert_refused(&w, PM_ERR_FORMAT, "ends within the header");
    w.n = 0;
    for (int i = 0; i < 5; i++) put(&w, (uint64_t[]){0, 4, 1, 0, 2}[i], 4);
    put_text(&w, "v", 2);
    for (int i = 0; i < 4; i++) put_double(&w, T[i]);
    assert_refused(&w, PM_ERR_FORMAT, "level 4");
    free(w.at);
}

static void broken_arrays_are_named(void **state)
{
    const int64_t x[2] = {1, 2};
    (void)state;
    for (int k = 0; k < 7; k++) {
        static const char *const message[] = {"unknown class of array 99", "unknown type of element 77",
                                              "more than 4 bytes",         "longer than what it stands in",
                                              "2 values expected",         "unknown data type 11",
                                              "dimensions make no sense"};
        writer w = new_file(false);
        integers(&w, "ab", 6, 9, 8, 2, x);
        const int at[] = {128 + 16, 128, 128 + 40 + 2, 128 + 40 + 4, 128 + 56 + 4, 128 + 56, 128 + 35};
        const uint8_t to[] = {99, 77, 5, 255, 8, 11, 0x80};
        w.at[at[k]] = to[k];
        assert_refused(&w, PM_ERR_FORMAT, message[k]);
        free(w.at);
    }
}

static void arrays_nested_too_deep_are_refused(void **state)
{
    static const char *const fields[] = {"x"};
    int64_t start[50];
    (void)state;
    writer w = new_file(false);
    for (int i = 0; i < 50; i++) start[i] = begin_struct(&w, i ? "" : "s", 1, 1, fields);
    doubles(&w, "", 4, 1, T);
    for (int i = 49; i >= 0; i--) end_array(&w, start[i]);
    pm_table *table = NULL;
    pm_error err = {0};
    assert_int_equal(read_bytes(&w, &table, &err), PM_ERR_LIMIT);
    free(w.at);
}

static void counts_without_bytes_are_refused(void **state)
{
    (void)state;
    writer w = new_file(false);
    int64_t start = begin_array(&w, 1, INT32_MAX, INT32_MAX, "c"); /* a cell of 2^62 arrays */
    end_array(&w, start);
    assert_refused(&w, PM_ERR_FORMAT, "'c'");
    w.n = 128;
    start = begin_struct(&w, "s", INT32_MAX, 1, (const char *const[]){"x"});
    end_array(&w, start);
    assert_refused(&w, PM_ERR_FORMAT, "'s'");
    free(w.at);
}

/* 100 MiB of zeros are 100 KiB packed: more than the file's size allows. */
static void compressed_zeros_are_refused(void **state)
{
    const int64_t n = 100 << 20;
    uint8_t *zeros = calloc(1, (size_t)n + 8);
    uLongf packed = (uLongf)(n / 500);
    writer w = {calloc(1, (size_t)n / 500 + 256), 0, false};
    (void)state;
    assert_non_null(zeros);
    assert_non_null(w.at);
    writer tag = {zeros, 0, false};
    put(&tag, 14, 4);
    put(&tag, (uint64_t)n, 4);
    begin_file(&w);
    assert_int_equal(compress(w.at + 136, &packed, zeros, (uLong)n + 8), Z_OK);
    put(&w, 15, 4);
    put(&w, packed, 4);
    w.n += (int64_t)packed;
    assert_refused(&w, PM_ERR_LIMIT, "hundred times");
    tag.n = 4;
    put(&tag, 0xfffffff8, 4); /* and one that says it is larger than any packed bytes can be */
    w.n = 128;
    packed = (uLongf)(n / 500);
    assert_int_equal(compress(w.at + 136, &packed, zeros, 1000), Z_OK);
    put(&w, 15, 4);
    put(&w, packed, 4);
    w.n += (int64_t)packed;
    assert_refused(&w, PM_ERR_FORMAT, "larger than its packed bytes");
    free(zeros);
    free(w.at);
}

static void a_wrong_checksum_or_length_is_refused(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        writer w = new_file(false);
        write_struct(&w);
        compress_all(&w);
        if (k)
            w.at[w.n - 1] ^= 1;
        else
            w.at[132]--, w.n--;
        assert_refused(&w, PM_ERR_FORMAT, "number 1 (compressed)");
        free(w.at);
    }
}

/* Every cut: an error with its offset (or, after whole variables, those). Every byte inverted: no crash, never silence
 * about a row. */
static void any_damage_is_an_error_or_shows(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        writer w = new_file(false);
        write_struct(&w);
        if (k) compress_all(&w);
        int64_t whole = w.n;
        for (w.n = 130; w.n < whole; w.n++) {
            pm_table *t = NULL;
            pm_error err = {0};
            assert_int_equal(read_bytes(&w, &t, &err), PM_ERR_FORMAT);
            assert_true(err.byte >= 124);
        }
        for (int64_t i = 124; i < whole; i++) {
            pm_scoped(pm_table) t = NULL;
            pm_error err = {0};
            w.at[i] ^= 0xff;
            pm_status s = read_bytes(&w, &t, &err);
            assert_true(!k || i < 128 || s || pm_table_rows(t) == 4);
            if (k && !s && i >= 136) assert_struct(t); /* a checksum covers what is packed */
            w.at[i] ^= 0xff;
        }
        free(w.at);
    }
}

static void no_memory_is_an_error_and_leaks_nothing(void **state)
{
    pm_error err = {0};
    bool failed = true;
    (void)state;
    writer w = new_file(false);
    write_struct(&w);
    compress_all(&w);
    for (int64_t k = 1; failed; k++) {
        pm_image image = {"", {w.at, w.n}, true, NULL};
        pm_native *n = NULL;
        int64_t held = allocations_held();
        fail_allocation(k);
        pm_status s = pm_native_open(&pm_format_mat, &image, NULL, &n, &err);
        failed = allocation_failed();
        fail_allocation(0);
        assert_int_equal(s == PM_OK, n != NULL);
        if (failed && s) assert_int_equal(s, PM_ERR_MEMORY);
        if (!failed) assert_good(s, &err);
        pm_native_free(n);
        assert_int_equal(allocations_held(), held);
    }
    free(w.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structs_in_both_byte_orders_packed_or_not),
        cmocka_unit_test(integers_of_all_types),
        cmocka_unit_test(small_elements_and_singles),
        cmocka_unit_test(matrices_lie_along_their_longer_side),
        cmocka_unit_test(both_parts_of_complex_numbers),
        cmocka_unit_test(arrays_of_structs_are_one_below_the_other),
        cmocka_unit_test(units_in_names_are_converted),
        cmocka_unit_test(what_is_not_in_the_table_is_said),
        cmocka_unit_test(versions_that_are_not_read_are_named),
        cmocka_unit_test(broken_arrays_are_named),
        cmocka_unit_test(arrays_nested_too_deep_are_refused),
        cmocka_unit_test(counts_without_bytes_are_refused),
        cmocka_unit_test(compressed_zeros_are_refused),
        cmocka_unit_test(a_wrong_checksum_or_length_is_refused),
        cmocka_unit_test(any_damage_is_an_error_or_shows),
        cmocka_unit_test(no_memory_is_an_error_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
