/* SPDX-License-Identifier: MIT */
/* Neware .nda files that a small writer puts together: each family of records, auxiliary channels, what is refused. */
#include "nda_file.h"
#include "read/read.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

typedef struct outcome {
    pm_status status;
    pm_error error;
    pm_table *rows, *findings;
} outcome;

static outcome outcome_of_path(const char *path, const pm_read_options *options)
{
    outcome o = {0};
    pm_scoped(pm_reader) reader = NULL;
    pm_scoped(pm_builder) b = NULL;
    const pm_table *batch = NULL;
    const pm_run run = {.threads = 1};

    o.status = pm_read_table(path, options, &run, &o.rows, &o.error);
    if (!o.status) o.status = pm_reader_open(path, options, &run, &reader, &o.error);
    while (!o.status && !(o.status = pm_reader_next(reader, &batch, &o.error)) && batch) continue;
    if (!o.status) o.status = pm_builder_new(PM_FINDING_FIELDS, pm_finding_fields, &b, &o.error);
    if (!o.status) o.status = pm_reader_findings(reader, b, &o.error);
    if (!o.status) o.status = pm_builder_finish(b, &o.findings, &o.error);
    return o;
}

static outcome outcome_of(const nda *f, const pm_read_options *options)
{
    char *path = support_file(".nda", f->at, f->n);
    outcome o = outcome_of_path(path, options);

    support_remove(path);
    return o;
}

static void clear(outcome *o, nda *f)
{
    pm_table_free(o->rows);
    pm_table_free(o->findings);
    free(f);
}

static void expect_column(const outcome *o, const char *name, int n, const double right[])
{
    assert_good(o->status, &o->error);
    assert_int_equal(pm_table_rows(o->rows), n);
    for (int i = 0; i < n; i++) assert_close(real_at(o->rows, name, i), right[i], 0, 0);
}

static void expect_findings(const outcome *o, int n, const char *code, double count, const char *part)
{
    assert_good(o->status, &o->error);
    assert_int_equal(pm_table_rows(o->findings), n);
    if (n == 0) return;
    assert_string_equal(word_at(o->findings, "code", 0), code);
    assert_close(real_at(o->findings, "count", 0), count, 0, 0);
    if (!strstr(word_at(o->findings, "message", 0), part)) fail_msg("%s", word_at(o->findings, "message", 0));
}

static void expect_refusal(nda *f, int64_t byte, const char *part)
{
    outcome o = outcome_of(f, NULL);

    if (o.status != PM_ERR_FORMAT) fail_msg("read, or failed otherwise: %s", o.error.message);
    assert_int_equal(o.error.byte, byte);
    if (!strstr(o.error.message, part)) fail_msg("%s", o.error.message);
    clear(&o, f);
}

#define expect(o, name, ...)                                                                                           \
    expect_column(o, name, (int)(sizeof(double[]){__VA_ARGS__} / sizeof(double)), (double[]){__VA_ARGS__})

/* ---- families ---- */

static nda *some_8(void)
{
    nda *f = new_old(8, 10); /* thousandths of a milliampere */

    add_8(f, 255, (row){.index = 1});
    add_8(f, 0, (row){.index = 1, .cycle = 1, .step = 1, .type = 4, .voltage = 21217});
    add_8(f, 85, (row){.index = 2, .cycle = 1, .step = 1, .type = 4, .time = 60, .voltage = -5});
    add_8(f, 0, (row){.index = 3, .cycle = 1, .step = 2, .type = 2, .current = -26, .charge = 3600, .discharge = 7200});
    add_8(f, 0, (row){.index = 4, .cycle = 1, .step = 2, .type = 99, .time = 30, .charge = 36000000});
    add_8(f, 255, (row){.index = 5});
    return f;
}

static void reads_8(void **state)
{
    nda *f = some_8();
    outcome o = outcome_of(f, NULL);

    (void)state;
    expect(&o, "test_time_second", 0, 60, 60, 90);
    expect(&o, "step_time_second", 0, 60, 0, 30);
    expect(&o, "voltage_volt", 2.1217, -0.0005, 0, 0);
    expect(&o, "current_ampere", 0, 0, -26e-6, 0);
    expect(&o, "step_capacity_ah", 0, 0, 1e-6, 0.01);
    expect(&o, "step_energy_wh", 0, 0, 2e-6, 0);
    expect(&o, "unix_time_second", 1580203585, 1580203645, 1580203585, 1580203615);
    expect(&o, "step_count", 1, 1, 2, 2);
    expect(&o, "cycle_count", 1, 1, 1, 1);
    assert_string_equal(word_at(o.rows, "step_type", 2), "CC_DChg");
    assert_string_equal(word_at(o.rows, "step_type", 3), "type 99");
    assert_string_equal(pm_table_meta(o.rows, "creator"), "J\xc3\xb6rg");
    assert_string_equal(pm_table_meta(o.rows, "start_time"), "2020-03-25 11:16:21");
    assert_string_equal(pm_table_meta(o.rows, "time_zone"), "UTC");
    expect_findings(&o, 0, "", 0, "");
    clear(&o, f);
}

/* The third row is of another range; the count of steps wraps; the fourth names no range. */
static nda *some_86(int version)
{
    nda *f = new_old(version, 50);

    add_86(f, 170, (row){.index = 1});
    add_86(f, 85, (row){1, 0, 1, 4, 255, 0, 36000, 0, 10000, 0, 0});
    add_86(f, 85, (row){2, 0, 1, 4, 255, 1500, 36001, 0, 10000, 0, 0});
    add_86(f, 85, (row){3, 0, 300, 1, 0, 0, 36002, 12345, 5, 36000000, 0});
    add_86(f, 85, (row){4, 1, 300, 2, 1, 250, 36003, -1000, 0, 0, 7200});
    add_86(f, 170, (row){.index = 4});
    return f;
}

static void reads_86(void **state)
{
    (void)state;
    for (int version = 22; version <= 29; version++) {
        if (version == 24 || version == 25 || version == 27 || version == 28) continue;
        nda *f = some_86(version);
        close_old(f);
        outcome o = outcome_of(f, NULL);
        expect(&o, "test_time_second", 0, 1.5, 1.5, 1.75);
        expect(&o, "step_time_second", 0, 1.5, 0, 0.25);
        expect(&o, "voltage_volt", 3.6, 3.6001, 3.6002, 3.6003);
        expect(&o, "current_ampere", 0, 0, 0.0012345, -0.001);
        expect(&o, "charging_capacity_ah", 0, 0, 0.001, 0);
        expect(&o, "discharging_capacity_ah", 0, 0, 0, 2e-6);
        expect(&o, "charging_energy_wh", 0, 0, 0.002, 0);
        expect(&o, "discharging_energy_wh", 0, 0, 0, 4e-6);
        expect(&o, "step_count", 1, 1, 2, 3);
        expect(&o, "step_id", 1, 1, 300, 300);
        expect(&o, "cycle_count", 1, 1, 1, 2);
        double clock = version < 26 ? 1444793310 : 1583020798;
        expect(&o, "unix_time_second", clock, clock, clock, clock);
        assert_string_equal(pm_table_meta(o.rows, "mass_gram"), "0.012345");
        assert_string_equal(pm_table_meta(o.rows, "time_zone"), version < 26 ? "UTC" : "unknown");
        expect_findings(&o, 0, "", 0, "");
        clear(&o, f);
    }
}

static void reads_90(void **state)
{
    nda *f = new_130(3);

    (void)state;
    add_90(f, 85, 1, 463075);
    add_90(f, 88, 1, 0);
    add_90(f, 85, 2, 1000000);
    close_130(f);
    outcome o = outcome_of(f, NULL);
    expect(&o, "test_time_second", 0.463075, 1);
    expect(&o, "voltage_volt", 3.75, 3.75);
    expect(&o, "current_ampere", -1.5, -1.5);
    expect(&o, "discharging_capacity_ah", 0.002, 0.002);
    expect(&o, "discharging_energy_wh", 0.001, 0.001);
    expect(&o, "unix_time_second", 1461072061.946075, 1461072062.483);
    assert_string_equal(word_at(o.rows, "step_type", 0), "Pulse");
    assert_string_equal(pm_table_meta(o.rows, "software"), "9.1.5.7.20250527.R5");
    expect_findings(&o, 1, "row-incomplete", 1, "auxiliary");
    assert_string_equal(word_at(o.findings, "severity", 0), "note");
    clear(&o, f);
}

static void reads_91(void **state)
{
    (void)state;
    for (int bytes = 52; bytes <= 60; bytes += 4) {
        nda *f = new_130(19);
        add_91(f, bytes, (row){.index = 1, .step = 1, .type = 1, .time = 10, .current = 250, .charge = 3600});
        add_91(f, bytes, (row){.index = 2, .step = 2, .type = 2, .time = 20, .current = -250, .discharge = 7200});
        add_91(f, bytes, (row){.index = 3, .cycle = 1, .step = 2, .type = 2, .time = 40});
        close_130(f);
        outcome o = outcome_of(f, NULL);
        expect(&o, "test_time_second", 10.5, 20.5, 40.5);
        expect(&o, "step_time_second", 10.5, 10, 20);
        expect(&o, "current_ampere", 0.25, -0.25, 0);
        expect(&o, "charging_capacity_ah", 0.001, 0, 0);
        expect(&o, "discharging_capacity_ah", 0, 0.002, 0);
        expect(&o, "discharging_energy_wh", 0, 0.004, 0);
        expect(&o, "cycle_count", 1, 1, 2);
        expect(&o, "step_count", 1, 2, 3);
        expect(&o, "unix_time_second", 1766393064.25, 1766393064.25, 1766393064.25);
        assert_true((pm_table_find(o.rows, "temperature_celsius") != NULL) == (bytes > 52));
        if (bytes > 52) expect(&o, "temperature_celsius", 21.5, 21.5, 21.5);
        expect_findings(&o, 0, "", 0, "");
        clear(&o, f);
    }
}

/* Among the records and in a section of their own; a quantity that is 0 throughout is no column. */
static void reads_auxiliary(void **state)
{
    nda *f = some_86(29);

    (void)state;
    add_auxiliary(f, 12, 2, 0, 251);
    close_old(f);
    put(f, 76, 4, 2 * 86);
    add_auxiliary(f, 3, 4, -33000, -10);
    add_auxiliary(f, 12, 4, 0, 252);
    outcome o = outcome_of(f, NULL);
    expect(&o, "auxiliary_12_temperature_celsius", NAN, 25.1, NAN, 25.2);
    expect(&o, "auxiliary_3_temperature_celsius", NAN, NAN, NAN, -1);
    expect(&o, "auxiliary_3_voltage_volt", NAN, NAN, NAN, -3.3);
    assert_null(pm_table_find(o.rows, "auxiliary_12_voltage_volt"));
    expect_findings(&o, 0, "", 0, "");
    clear(&o, f);
}

static void columns_alone(void **state)
{
    nda *f = some_86(29);
    const char *const names[] = {"step_time_second", "auxiliary_3_voltage_volt", "step_type", NULL};

    (void)state;
    add_auxiliary(f, 3, 1, 20000, 0);
    close_old(f);
    outcome o = outcome_of(f, &(pm_read_options){.columns = names, .block_bytes = 1}); /* batches of one row */
    assert_int_equal(pm_table_columns(o.rows), 3);
    expect(&o, "step_time_second", 0, 1.5, 0, 0.25);
    expect(&o, "auxiliary_3_voltage_volt", 2, NAN, NAN, NAN);
    assert_string_equal(word_at(o.rows, "step_type", 3), "CC_DChg");
    clear(&o, f);
}

/* ---- damage ---- */

static void refuses(void **state)
{
    nda *f = some_86(29);

    (void)state;
    close_old(f);
    f->at[14] = 27;
    expect_refusal(f, 14, "version 27");
    f = some_86(29);
    f->n = OLD_HEAD - 80;
    expect_refusal(f, OLD_HEAD - 80, "within its header");
    f = some_86(29);
    close_old(f);
    put(f, 64, 4, ROOM);
    expect_refusal(f, f->n, "before its records begin");
    f = some_86(29);
    close_old(f);
    put(f, BEGIN + 3 * 86 + 78, 4, 2000000);
    expect_refusal(f, BEGIN + 3 * 86, "range 2000000");
    f = some_86(29);
    close_old(f);
    for (int i = 1; i <= 4; i++) put(f, BEGIN + i * 86 + 2, 4, (uint64_t)(7 * i));
    expect_refusal(f, BEGIN, "do not follow");
    f = new_130(4);
    expect_refusal(f, 16, "record version 4");
    f = new_130(19);
    add_91(f, 52, (row){.index = 1});
    f->n += 1;
    close_130(f);
    expect_refusal(f, BEGIN, "unknown length");
    f = new_130(3);
    put(f, 90, 8, UINT64_MAX);
    put(f, BEGIN, 4, 1);
    f->n = BEGIN + 88;
    expect_refusal(f, 82, "makes no sense");
}

static void counts_what_is_missing(void **state)
{
    nda *f = some_86(29);
    outcome o;

    (void)state;
    close_old(f);
    f->n -= 86 + 40; /* the last row is cut */
    o = outcome_of(f, NULL);
    expect(&o, "record_number", 1, 2, 3);
    expect_findings(&o, 1, "declared-rows-missing", 2, "2 of 6 records");
    clear(&o, f);

    f = some_86(29);
    close_old(f);
    f->at[BEGIN + 3 * 86] = 77;
    o = outcome_of(f, NULL);
    expect(&o, "record_number", 1, 2, 4);
    expect_findings(&o, 2, "row-incomplete", 1, "kind 77, at byte 1282");
    assert_string_equal(word_at(o.findings, "code", 1), "rows-missing");
    clear(&o, f);

    f = some_86(29);
    close_old(f);
    f->at[BEGIN + 4 * 86] = 170; /* the last row becomes an entry of the log */
    o = outcome_of(f, NULL);
    expect(&o, "record_number", 1, 2, 3);
    expect_findings(&o, 1, "rows-missing", 1, "numbered up to 4, and 3 are there");
    clear(&o, f);

    f = some_86(29);
    close_old(f);
    put(f, 68, 4, 3 * 86); /* shorter than up to the next section */
    o = outcome_of(f, NULL);
    expect(&o, "record_number", 1, 2);
    expect_findings(&o, 1, "declared-rows-missing", 4, "up to 4 records");
    clear(&o, f);

    f = some_8();
    f->n -= 59 + 47;
    o = outcome_of(f, NULL);
    expect(&o, "record_number", 1, 2, 3);
    expect_findings(&o, 2, "row-incomplete", 1, "12 of its 59 bytes");
    assert_string_equal(word_at(o.findings, "code", 1), "declared-rows-missing");
    clear(&o, f);
}

/* Lengths of 2^31 and more are checked against the file before anything is made of them. */
static void declares_too_much(void **state)
{
    nda *f = some_86(22);

    (void)state;
    put(f, 68, 4, UINT32_MAX);
    put(f, 72, 4, UINT32_MAX);
    outcome o = outcome_of(f, NULL);
    expect(&o, "record_number", 1, 2, 3, 4);
    assert_string_equal(word_at(o.findings, "code", 0), "declared-rows-missing");
    clear(&o, f);
    f = new_130(3);
    add_90(f, 85, 1, 0);
    put(f, 90, 8, (uint64_t)88 << 31);
    put(f, 18, 8, BEGIN + ((uint64_t)88 << 31));
    o = outcome_of(f, NULL);
    expect(&o, "record_number", 1);
    expect_findings(&o, 1, "declared-rows-missing", 2147483647.0, "2147483647 of 2147483648 records");
    clear(&o, f);
}

static void memory_fails(void **state)
{
    nda *f = some_86(29);

    (void)state;
    add_auxiliary(f, 3, 1, 20000, 5);
    close_old(f);
    char *path = support_file(".nda", f->at, f->n);
    int64_t held = allocations_held();
    for (int64_t n = 1;; n++) {
        fail_allocation(n);
        outcome o = outcome_of_path(path, NULL);
        bool failed = allocation_failed();
        fail_allocation(0);
        if (failed) assert_int_equal(o.status, PM_ERR_MEMORY);
        pm_table_free(o.rows);
        pm_table_free(o.findings);
        assert_int_equal(allocations_held(), held);
        if (!failed) break;
    }
    support_remove(path);
    free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_8),           cmocka_unit_test(reads_86),
        cmocka_unit_test(reads_90),          cmocka_unit_test(reads_91),
        cmocka_unit_test(reads_auxiliary),   cmocka_unit_test(columns_alone),
        cmocka_unit_test(refuses),           cmocka_unit_test(counts_what_is_missing),
        cmocka_unit_test(declares_too_much), cmocka_unit_test(memory_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
