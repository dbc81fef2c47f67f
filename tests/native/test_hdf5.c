/* SPDX-License-Identifier: MIT */
/* HDF5 files that a small writer puts together (superblock 0, headers of version 1, as PyTables writes them): contiguous
 * and in chunks, filters, types, names of columns, what is refused, damage. */
#include "hdf5_file.h"
#include "native/formats.h"
#include "native/hdf5.h"
#include "read/read.h"
#include "support.h"

#include <math.h>
#include <string.h>

static pm_status read_bytes(const hdf5_writer *w, pm_table **table, pm_error *err)
{
    char *path = support_file(".h5", w->bytes, w->n);
    pm_status s = pm_read_table(path, NULL, NULL, table, err);

    support_remove(path);
    return s;
}

static void assert_rows(const pm_table *t, int first)
{
    assert_int_equal(pm_table_rows(t), ROWS);
    for (int i = first; i < ROWS; i++) {
        assert_close(real_at(t, "test_time_second", i), hdf5_time[i], 0, 0);
        assert_close(real_at(t, "current_ampere", i), hdf5_current[i], 0, 0);
        assert_close(real_at(t, "cycle_count", i), i - 3, 0, 0);
        if (hdf5_state[i][0])
            assert_string_equal(word_at(t, "step_type", i), hdf5_state[i]);
        else
            assert_null(word_at(t, "step_type", i));
    }
}

static void layouts_filters_and_versions(void **state)
{
    static hdf5_writer w;
    const hdf5_contents wishes[] = {
        {.type_version = 1},
        {.type_version = 3},
        {.type_version = 1, .chunks = true},
        {.type_version = 1, .chunks = true, .gzip = true},
        {.type_version = 3, .chunks = true, .shuffle = true},
        {.type_version = 3, .chunks = true, .sum = true},
        {.type_version = 1, .chunks = true, .shuffle = true, .gzip = true, .sum = true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        pm_scoped(pm_table) t = NULL;
        pm_error err = {0};
        write_hdf5(&w, &wishes[i]);
        assert_good(read_bytes(&w, &t, &err), &err);
        assert_rows(t, 0);
        assert_string_equal(pm_table_meta(t, "battery_anode_name"), "Li");
        assert_string_equal(pm_table_meta(t, "name"), "cell 7");
        assert_null(pm_table_meta(t, "source"));
    }
}

static void units_come_from_the_description(void **state)
{
    static hdf5_writer w;
    pm_scoped(pm_table) t = NULL;
    pm_error err = {0};
    (void)state;
    const hdf5_contents wish = {.type_version = 1,
                                .columns = "{\"current\": {\"units\": \"mA\"}, \"test_time\": {\"units\": \"min\"}}"};
    write_hdf5(&w, &wish);
    assert_good(read_bytes(&w, &t, &err), &err);
    for (int i = 0; i < ROWS; i++) {
        assert_close(real_at(t, "test_time_second", i), hdf5_time[i] * 60, 0, 0);
        assert_close(real_at(t, "current_ampere", i), hdf5_current[i] / 1000, 0, 0);
    }
}

static void rows_never_written_are_told(void **state)
{
    static hdf5_writer w;
    pm_scoped(pm_table) t = NULL;
    pm_error err = {0};
    (void)state;
    const hdf5_contents wish = {.type_version = 1, .chunks = true, .gzip = true, .hole = true};
    write_hdf5(&w, &wish);
    assert_good(read_bytes(&w, &t, &err), &err);
    assert_rows(t, CHUNK);
    assert_true(isnan(real_at(t, "current_ampere", 0)));
    pm_image image = {"", {w.bytes, w.n}, true, NULL};
    pm_scoped(pm_native) n = NULL;
    assert_good(pm_native_open(&pm_format_hdf5, &image, NULL, &n, &err), &err);
    const int places[] = {-1, -1, -1, -1};
    double *const numbers[] = {NULL, NULL, NULL, NULL};
    const pm_rows rows = {100, numbers, NULL, places};
    int64_t count;
    assert_good(n->format->next(n, &rows, &count, &err), &err);
    assert_int_equal(count, ROWS);
    assert_good(n->format->next(n, &rows, &count, &err), &err);
    assert_int_equal(count, 0);
    const pm_native_fault *fault = &n->fault[n->n_faults - 1];
    assert_string_equal(fault->code, "value-missing");
    assert_int_equal(fault->count, CHUNK);
}

static void assert_refused(const hdf5_writer *w, const char *words)
{
    pm_table *table = NULL;
    pm_error err = {0};

    assert_int_equal(read_bytes(w, &table, &err), PM_ERR_FORMAT);
    if (!strstr(err.message, words)) fail_msg("'%s' is not in '%s'", words, err.message);
    assert_true(err.byte >= 0);
}

static void what_is_not_read_is_named(void **state)
{
    static hdf5_writer w;
    (void)state;
    hdf5_contents wish = {.type_version = 1, .chunks = true, .filter = 32001};
    write_hdf5(&w, &wish);
    assert_refused(&w, "blosc (32001)");
    wish = (hdf5_contents){.type_version = 5};
    write_hdf5(&w, &wish);
    assert_refused(&w, "version 5 (compound)");
    wish.type_version = 1;
    write_hdf5(&w, &wish);
    w.bytes[8] = 7;
    assert_refused(&w, "superblock of version 7");
    w.bytes[8] = 0;
    w.bytes[13] = 4;
    assert_refused(&w, "addresses of 4");
    w.bytes[13] = 8;
    w.n--;
    assert_refused(&w, "was cut");
}

static void a_wrong_sum_is_refused(void **state)
{
    static hdf5_writer w;
    (void)state;
    for (int k = 0; k < 2; k++) {
        const hdf5_contents wish = {.type_version = 1, .chunks = true, .sum = k, .gzip = !k};
        write_hdf5(&w, &wish);
        w.bytes[96 + 5] ^= 4; /* in the first chunk */
        assert_refused(&w, k ? "contradicts its checksum" : "gzip is damaged");
    }
}

/* The published answer of lookup3's own test, and that of nothing. */
static void checksum_of_newer_structures(void **state)
{
    (void)state;
    assert_int_equal(hdf5_checksum((const uint8_t *)"Four score and seven years ago", 30), 0x17770551);
    assert_int_equal(hdf5_checksum((const uint8_t *)"", 0), 0xdeadbeef);
}

static void every_cut_and_inverted_byte(void **state)
{
    static hdf5_writer w;
    const hdf5_contents wish = {.type_version = 1, .chunks = true, .gzip = true, .columns = "{}"};
    (void)state;
    write_hdf5(&w, &wish);
    int64_t whole = w.n;
    for (w.n = 4; w.n < whole; w.n++) assert_refused(&w, "");
    for (int64_t i = 4; i < whole; i++) {
        pm_table *t = NULL;
        pm_error err = {0};
        w.bytes[i] ^= 0xff;
        pm_status s = read_bytes(&w, &t, &err);
        if (!s) assert_in_range(pm_table_rows(t), ROWS, 2 * CHUNK); /* of chunks that are there */
        pm_table_free(t);
        w.bytes[i] ^= 0xff;
    }
}

static void no_memory_is_an_error_and_leaks_nothing(void **state)
{
    static hdf5_writer w;
    const hdf5_contents wish = {.type_version = 1, .chunks = true, .gzip = true, .shuffle = true, .columns = "{}"};
    bool failed = true;
    (void)state;
    write_hdf5(&w, &wish);
    pm_image image = {"", {w.bytes, w.n}, true, NULL};
    for (int64_t k = 1; failed; k++) {
        pm_native *n = NULL;
        pm_error err = {0};
        int64_t held = allocations_held();
        fail_allocation(k);
        pm_status s = pm_native_open(&pm_format_hdf5, &image, NULL, &n, &err);
        failed = allocation_failed();
        fail_allocation(0);
        assert_int_equal(s == PM_OK, n != NULL);
        if (!failed) assert_good(s, &err);
        pm_native_free(n);
        assert_int_equal(allocations_held(), held);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layouts_filters_and_versions), cmocka_unit_test(units_come_from_the_description),
        cmocka_unit_test(rows_never_written_are_told),  cmocka_unit_test(what_is_not_read_is_named),
        cmocka_unit_test(a_wrong_sum_is_refused),       cmocka_unit_test(checksum_of_newer_structures),
        cmocka_unit_test(every_cut_and_inverted_byte),  cmocka_unit_test(no_memory_is_an_error_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
