/* SPDX-License-Identifier: MIT */
/* MATLAB files that are refused: versions, broken arrays, bombs, cuts, inverted bytes, memory that runs out. */
#include "mat_writer.h"

static void assert_refused(const writer *w, pm_status status, const char *words_in_message)
{
    pm_table *table = NULL;
    pm_error err = {0};

    assert_int_equal(read_bytes(w, &table, &err), status);
    if (!strstr(err.message, words_in_message)) fail_msg("'%s' is not in '%s'", words_in_message, err.message);
    assert_true(err.byte >= 0);
    pm_table_free(table);
}

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
