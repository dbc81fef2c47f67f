/* SPDX-License-Identifier: MIT */
/* Parquet files that a small writer puts together: encodings, codecs, missing values, times, and what is refused.
 * The encoded bytes are worked out by hand from the format's description. */
#include "native/formats.h"
#include "parquet_file.h"
#include "read/read.h"
#include "support.h"

#include <math.h>
#include <string.h>
#include <zlib.h>

enum { BOOLEAN, INT32, INT64, INT96, FLOAT, DOUBLE, BYTES };
enum { PLAIN = 0, RUNS = 3, DELTAS = 5, DELTA_LENGTHS = 6, DELTA_BYTES = 7, DICTIONARY = 8, SPLIT = 9 };
enum { ROWS = 4 };

static const double TIME[ROWS] = {0, 1.5, 3, 4.5};
static const double VOLTAGE[ROWS] = {3.25, 3.5, 3.75, 4};

static column_written time_column(void)
{
    return (column_written){.name = "Test Time / s",
                            .type = DOUBLE,
                            .converted = -1,
                            .values = ROWS,
                            .page = (const uint8_t *)TIME,
                            .page_bytes = sizeof TIME};
}

static column_written bytes_column(const char *name, int type, int encoding, const void *page, int64_t n)
{
    return (column_written){.name = name,
                            .type = type,
                            .converted = -1,
                            .encoding = encoding,
                            .values = ROWS,
                            .page = page,
                            .page_bytes = n};
}

static pm_status open_bytes(const parquet_writer *w, pm_native **n, pm_error *err)
{
    pm_image image = {"", {w->bytes, w->n}, true, NULL};

    return pm_native_open(&pm_format_parquet, &image, NULL, n, err);
}

/* All rows as one table, by way of the reader. */
static pm_status read_bytes(const parquet_writer *w, pm_table **table, pm_error *err)
{
    char *path = support_file(".parquet", w->bytes, w->n);
    pm_status s = pm_read_table(path, NULL, NULL, table, err);

    support_remove(path);
    return s;
}

static pm_table *read_columns(column_written *columns, int n)
{
    static parquet_writer w;
    pm_table *table = NULL;
    pm_error err = {0};

    write_parquet(&w, columns, n, ROWS);
    assert_good(read_bytes(&w, &table, &err), &err);
    assert_int_equal(pm_table_rows(table), ROWS);
    return table;
}

static pm_table *read_beside_time(column_written column)
{
    column_written both[] = {time_column(), column};

    return read_columns(both, 2);
}

/* A second voltage comes along with the first, as it does in text. */
static void further_columns_are_asked_for_with_the_first(void **state)
{
    static parquet_writer w;
    static const char *const names[] = {"voltage_volt", NULL};
    column_written columns[] = {time_column(), bytes_column("Voltage / V", DOUBLE, PLAIN, VOLTAGE, sizeof VOLTAGE),
                                bytes_column("voltage_volt", DOUBLE, PLAIN, TIME, sizeof TIME)};
    pm_scoped(pm_table) table = NULL;
    pm_error err = {0};

    (void)state;
    write_parquet(&w, columns, 3, ROWS);
    char *path = support_file(".parquet", w.bytes, w.n);
    assert_good(pm_read_table(path, &(pm_read_options){.columns = names}, NULL, &table, &err), &err);
    support_remove(path);
    assert_int_equal(pm_table_columns(table), 2);
    assert_true(pm_table_find(table, "voltage_volt") && pm_table_find(table, "voltage_volt_2"));
    assert_null(pm_table_find(table, "test_time_second"));
}

static void plain_values_of_each_type(void **state)
{
    (void)state;
    const int32_t i32[ROWS] = {-1, 2, INT32_MIN, 7};
    const int64_t i64[ROWS] = {-1, 2, 1LL << 52, 7};
    const float f32[ROWS] = {0.1f, -2, 3, 4};
    const uint8_t bits[] = {0x0a}; /* 0101 read from the lowest bit */
    const struct {
        int type;
        const void *page;
        int64_t n;
        double right[ROWS];
    } known[] = {
        {INT32, i32, sizeof i32, {-1, 2, -2147483648.0, 7}},
        {INT64, i64, sizeof i64, {-1, 2, 4503599627370496.0, 7}},
        {FLOAT, f32, sizeof f32, {(double)0.1f, -2, 3, 4}},
        {DOUBLE, VOLTAGE, sizeof VOLTAGE, {3.25, 3.5, 3.75, 4}},
        {BOOLEAN, bits, 1, {0, 1, 0, 1}},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        pm_scoped(pm_table) t = read_beside_time(bytes_column("x", known[k].type, PLAIN, known[k].page, known[k].n));
        for (int i = 0; i < ROWS; i++) {
            assert_close(real_at(t, "test_time_second", i), TIME[i], 0, 0);
            assert_close(real_at(t, "x", i), known[k].right[i], 0, 0);
        }
        assert_string_equal(pm_table_meta(t, "operator"), "nobody");
        assert_string_equal(pm_table_meta(t, "written_by"), "a test");
    }
}

static void source_names_are_those_of_the_file(void **state)
{
    static const char *const names[] = {"test_time_millisecond", "Voltage / mV", "dqdv_milliampere_hour"};
    static parquet_writer w;
    column_written columns[3];
    pm_native *n = NULL;
    pm_error err;

    (void)state;
    for (int i = 0; i < 3; i++) columns[i] = bytes_column(names[i], DOUBLE, PLAIN, VOLTAGE, sizeof VOLTAGE);
    write_parquet(&w, columns, 3, ROWS);
    assert_good(open_bytes(&w, &n, &err), &err);
    for (int i = 0; i < 3; i++) assert_string_equal(n->column[i].source_name, names[i]);
    assert_string_equal(n->column[0].name, "test_time_second");
    assert_string_equal(n->column[1].name, "voltage_volt");
    pm_native_free(n);
}

static void encodings(void **state)
{
    (void)state;
    const uint8_t runs[] = {4, 0, 0, 0, 4, 1, 4, 0}; /* length; twice 1, twice 0 */
    const uint8_t packed[] = {2, 3, 0x24, 0};        /* width 2; one group of 8: 0 1 2 0 ... */
    const uint8_t deltas[] = {128, 1, 4, 4, 14, 3, 2, 0, 0, 0, 0x15, 0, 0, 0, 0, 0, 0, 0};
    const double dictionary[] = {10, 20, 30};
    uint8_t split[sizeof VOLTAGE];
    for (size_t i = 0; i < sizeof split; i++) split[i] = ((const uint8_t *)VOLTAGE)[i % ROWS * 8 + i / ROWS];
    column_written coded = bytes_column("x", DOUBLE, DICTIONARY, packed, sizeof packed);
    coded.dictionary = (const uint8_t *)dictionary;
    coded.dictionary_bytes = sizeof dictionary;
    coded.dictionary_values = 3;
    const struct {
        column_written column;
        double right[ROWS];
    } known[] = {
        {bytes_column("x", BOOLEAN, RUNS, runs, sizeof runs), {1, 1, 0, 0}},
        /* blocks of 128 in 4, four values from 7 on; least difference -2, two bits: 1 1 1 0 above it */
        {bytes_column("x", INT32, DELTAS, deltas, sizeof deltas), {7, 6, 5, 4}},
        {bytes_column("x", INT64, DELTAS, deltas, sizeof deltas), {7, 6, 5, 4}},
        {bytes_column("x", DOUBLE, SPLIT, split, sizeof split), {3.25, 3.5, 3.75, 4}},
        {coded, {10, 20, 30, 10}},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        pm_scoped(pm_table) t = read_beside_time(known[k].column);
        for (int i = 0; i < ROWS; i++) assert_close(real_at(t, "x", i), known[k].right[i], 0, 0);
    }
}

static void words_and_missing_ones(void **state)
{
    (void)state;
    /* levels: length, one group of 8 bits 1011; then words, each with its length */
    const uint8_t plain[] = "\2\0\0\0\3\x0d\2\0\0\0CC\0\0\0\0\4\0\0\0Rest";
    /* lengths 2 0 4 as differences, then the words */
    const uint8_t lengths[] = "\2\0\0\0\3\x0d\x80\1\4\3\4\3\3\0\0\0\x30\0\0\0\0\0\0\0\0\0\0\0CCRest";
    for (int k = 0; k < 2; k++) {
        column_written c = k ? bytes_column("Step Type", BYTES, DELTA_LENGTHS, lengths, sizeof lengths - 1)
                             : bytes_column("Step Type", BYTES, PLAIN, plain, sizeof plain - 1);
        c.repetition = 1;
        c.converted = 0;
        pm_scoped(pm_table) t = read_beside_time(c);
        assert_string_equal(word_at(t, "step_type", 0), "CC");
        assert_null(word_at(t, "step_type", 1));
        assert_string_equal(word_at(t, "step_type", 2), "");
        assert_string_equal(word_at(t, "step_type", 3), "Rest");
    }
}

static void pages_of_both_versions_with_missing_values(void **state)
{
    (void)state;
    uint8_t page[64] = {2, 0, 0, 0, 3, 0x05}; /* the first and third value are there */
    memcpy(page + 6, VOLTAGE, 16);
    for (int version = 1; version <= 2; version++) {
        int64_t skip = version == 2 ? 4 : 0; /* the length is in the header then */
        column_written c = bytes_column("voltage_mV", DOUBLE, PLAIN, page + skip, 22 - skip);
        c.repetition = 1;
        c.version = version;
        c.level_bytes = 2;
        c.crc = (uint32_t)crc32(0, page + skip, (uInt)(22 - skip));
        pm_scoped(pm_table) t = read_beside_time(c);
        const double right[ROWS] = {0.00325, NAN, 0.0035, NAN};
        for (int i = 0; i < ROWS; i++) assert_close(real_at(t, "voltage_volt", i), right[i], 0, 0);
    }
}

static void packed_pages(void **state)
{
    (void)state;
    double same[ROWS] = {2.5, 2.5, 2.5, 2.5};
    /* 32 bytes: a literal of 8, then a copy of 24 from 8 back */
    uint8_t snappy[16] = {32, 7 << 2};
    memcpy(snappy + 2, same, 8);
    snappy[10] = 23 << 2 | 2;
    snappy[11] = 8;
    uint8_t zlib[64];
    uLongf n = sizeof zlib;
    assert_int_equal(compress(zlib, &n, (const Bytef *)same, sizeof same), Z_OK);
    for (int codec = 1; codec <= 2; codec++) {
        column_written c = bytes_column("x", DOUBLE, PLAIN, codec == 1 ? snappy : zlib, codec == 1 ? 13 : (int64_t)n);
        c.codec = codec;
        c.unpacked = sizeof same;
        pm_scoped(pm_table) t = read_beside_time(c);
        for (int i = 0; i < ROWS; i++) assert_close(real_at(t, "x", i), 2.5, 0, 0);
    }
}

static void times_are_seconds_since_1970(void **state)
{
    (void)state;
    const int64_t milli[ROWS] = {1500, 1719933538046, -500, 0};
    const int32_t days[ROWS] = {1, 19000, -1, 0};
    pm_scoped(pm_table) t = NULL;
    column_written c = bytes_column("stamp", INT64, PLAIN, milli, sizeof milli);
    c.converted = 9;
    t = read_beside_time(c);
    for (int i = 0; i < ROWS; i++) assert_close(real_at(t, "unix_time_second", i), (double)milli[i] / 1000, 0, 0);
    assert_string_equal(pm_table_meta(t, "time_zone"), "UTC");
    pm_table_free(t);
    c = bytes_column("Date", INT32, PLAIN, days, sizeof days);
    c.converted = 6;
    t = read_beside_time(c);
    for (int i = 0; i < ROWS; i++) assert_close(real_at(t, "unix_time_second", i), days[i] * 86400.0, 0, 0);
    assert_string_equal(pm_table_meta(t, "time_zone"), "unknown");
    pm_table_free(t);
    uint8_t old[12 * ROWS] = {0}; /* half a second of 1970-01-02 */
    for (int i = 0; i < ROWS; i++) {
        const int64_t nano = 500000000;
        const int32_t day = 2440589;
        memcpy(old + 12 * i, &nano, 8);
        memcpy(old + 12 * i + 8, &day, 4);
    }
    t = read_beside_time(bytes_column("Date", INT96, PLAIN, old, sizeof old));
    assert_close(real_at(t, "unix_time_second", 0), 86400.5, 0, 0);
}

static void nested_columns_are_named(void **state)
{
    static parquet_writer w;
    pm_scoped(pm_native) n = NULL;
    pm_error err = {0};
    (void)state;
    column_written group = {.name = "cell", .converted = -1, .children = 1};
    column_written columns[] = {time_column(), group, bytes_column("mass", DOUBLE, PLAIN, VOLTAGE, sizeof VOLTAGE)};
    write_parquet(&w, columns, 3, ROWS);
    assert_good(open_bytes(&w, &n, &err), &err);
    assert_int_equal(n->n_columns, 1);
    assert_int_equal(n->n_faults, 1);
    assert_string_equal(n->fault[0].code, "value-missing");
    assert_non_null(strstr(n->fault[0].message, "cell.mass (nested)"));
}

/* ---- what is refused ---- */

static void assert_refused(const parquet_writer *w, const char *words)
{
    pm_table *table = NULL;
    pm_error err = {0};

    assert_int_equal(read_bytes(w, &table, &err), PM_ERR_FORMAT);
    if (!strstr(err.message, words)) fail_msg("'%s' is not in '%s'", words, err.message);
    assert_true(err.byte >= 0);
}

static void refused_column(column_written column, const char *words)
{
    static parquet_writer w;
    column_written both[] = {time_column(), column};

    write_parquet(&w, both, 2, ROWS);
    assert_refused(&w, words);
}

static void what_is_not_read_is_named(void **state)
{
    (void)state;
    column_written c = bytes_column("x", BYTES, DELTA_BYTES, VOLTAGE, 8);
    refused_column(c, "DELTA_BYTE_ARRAY");
    c = bytes_column("x", DOUBLE, PLAIN, VOLTAGE, 32);
    c.codec = 4;
    refused_column(c, "brotli");
    c.codec = 1;
    refused_column(c, "snappy is damaged");
    c.codec = 2;
    refused_column(c, "gzip is damaged");
    c.codec = 0;
    c.crc = 77;
    refused_column(c, "checksum");
}

static void broken_pages_are_refused(void **state)
{
    (void)state;
    const uint8_t indices[] = {2, 3, 0xe4, 0}; /* 0 1 2 3, the last of which is not there */
    column_written c = bytes_column("x", DOUBLE, PLAIN, VOLTAGE, 31);
    refused_column(c, "fewer values");
    c = bytes_column("x", DOUBLE, DICTIONARY, indices, sizeof indices);
    refused_column(c, "needs a dictionary");
    c.dictionary = (const uint8_t *)VOLTAGE;
    c.dictionary_bytes = 24;
    c.dictionary_values = 3;
    refused_column(c, "not in the dictionary");
    c.dictionary_values = 1 << 30;
    refused_column(c, "dictionary is shorter");
    c = bytes_column("x", DOUBLE, PLAIN, VOLTAGE, 32);
    c.values = 5;
    refused_column(c, "5 values in this column");
    c.values = ROWS;
    c.codec = 1;
    c.unpacked = INT32_MAX;
    refused_column(c, "said to unpack to");
}

static void every_cut_and_inverted_byte(void **state)
{
    static parquet_writer w;
    column_written columns[] = {time_column(), bytes_column("voltage_volt", DOUBLE, PLAIN, VOLTAGE, sizeof VOLTAGE)};
    pm_error err = {0};
    (void)state;
    columns[1].crc = (uint32_t)crc32(0, (const Bytef *)VOLTAGE, sizeof VOLTAGE);
    write_parquet(&w, columns, 2, ROWS);
    int64_t whole = w.n;
    for (w.n = 4; w.n < whole; w.n++) assert_refused(&w, "");
    for (int64_t i = 4; i < whole; i++) {
        pm_native *n = NULL;
        w.bytes[i] ^= 0xff;
        pm_status s = open_bytes(&w, &n, &err);
        pm_native_free(n);
        pm_table *t = NULL;
        if (!s) s = read_bytes(&w, &t, &err);
        if (!s) assert_int_equal(pm_table_rows(t), ROWS);
        if (s) assert_true(s == PM_ERR_FORMAT || s == PM_ERR_LIMIT || s == PM_ERR_COLUMN);
        pm_table_free(t);
        w.bytes[i] ^= 0xff;
    }
}

static void no_memory_is_an_error_and_leaks_nothing(void **state)
{
    static parquet_writer w;
    const uint8_t packed[] = {2, 3, 0x24, 0};
    column_written c = bytes_column("x", DOUBLE, DICTIONARY, packed, sizeof packed);
    bool failed = true;
    (void)state;
    c.dictionary = (const uint8_t *)VOLTAGE;
    c.dictionary_bytes = 24;
    c.dictionary_values = 3;
    column_written columns[] = {time_column(), c};
    write_parquet(&w, columns, 2, ROWS);
    char *path = support_file(".parquet", w.bytes, w.n);
    pm_run run = {.threads = 1};
    for (int64_t k = 1; failed; k++) {
        pm_table *t = NULL;
        pm_error err = {0};
        int64_t held = allocations_held();
        fail_allocation(k);
        pm_status s = pm_read_table(path, NULL, &run, &t, &err);
        failed = allocation_failed();
        fail_allocation(0);
        assert_int_equal(s == PM_OK, t != NULL);
        if (!failed) assert_good(s, &err);
        pm_table_free(t);
        assert_int_equal(allocations_held(), held);
    }
    support_remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(further_columns_are_asked_for_with_the_first),
        cmocka_unit_test(plain_values_of_each_type),
        cmocka_unit_test(source_names_are_those_of_the_file),
        cmocka_unit_test(encodings),
        cmocka_unit_test(words_and_missing_ones),
        cmocka_unit_test(pages_of_both_versions_with_missing_values),
        cmocka_unit_test(packed_pages),
        cmocka_unit_test(times_are_seconds_since_1970),
        cmocka_unit_test(nested_columns_are_named),
        cmocka_unit_test(what_is_not_read_is_named),
        cmocka_unit_test(broken_pages_are_refused),
        cmocka_unit_test(every_cut_and_inverted_byte),
        cmocka_unit_test(no_memory_is_an_error_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
