/* SPDX-License-Identifier: MIT */
/* Arbin .res: databases that a small writer puts together, whole, moved about, of other kinds. */
#include "res_file.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect_refusal(res_outcome o, int64_t byte, const char *part)
{
    if (o.status != PM_ERR_FORMAT) fail_msg("read, or failed otherwise: %s", o.error.message);
    assert_int_equal(o.error.byte, byte);
    if (!strstr(o.error.message, part)) fail_msg("%s", o.error.message);
    res_clear(&o);
}

/* ---- whole files ---- */

static void reads_in_order(void **state)
{
    res_outcome o = res_outcome_and_free(res_full(JET_WIDE));

    (void)state;
    assert_good(o.status, &o.error);
    assert_int_equal(pm_table_rows(o.rows), 6);
    assert_int_equal(pm_table_rows(o.findings), 0);
    for (int i = 0; i < 6; i++) {
        double time = 10.1 * (i + 1), single = res_voltage_of(i + 1);
        assert_true(real_at(o.rows, "record_number", i) == i + 1);
        assert_true(real_at(o.rows, "test_time_second", i) == time); /* bit for bit */
        assert_true(real_at(o.rows, "voltage_volt", i) == single);
        assert_true(real_at(o.rows, "current_ampere", i) == (i % 2 ? -0.25 : 0.5));
        assert_true(real_at(o.rows, "unix_time_second", i) == 1621382400.0 + i + 1);
        assert_true(real_at(o.rows, "cycle_count", i) == 1);
        assert_true(isnan(real_at(o.rows, "dv_dt_volt_per_second", i)) == (i == 2));
    }
    assert_true(real_at(o.rows, "is_fc_data", 0) == 200);
    assert_true(isnan(real_at(o.rows, "is_fc_data", 1))); /* the row is older than the column */
    assert_true(real_at(o.rows, "flag_it", 0) == 0);
    assert_true(isnan(real_at(o.rows, "flag_it", 1)));
    assert_true(real_at(o.rows, "money", 5) == -12.3456);
    assert_null(pm_table_find(o.rows, "test_id"));
    res_clear(&o);
}

static void joins_other_tables(void **state)
{
    res_outcome o = res_outcome_and_free(res_full(JET_WIDE));

    (void)state;
    assert_good(o.status, &o.error);
    assert_string_equal(pm_table_find(o.rows, "aux_temperature_0_celsius")->unit, "degC");
    for (int i = 0; i < 6; i++) {
        double here = i % 2 ? i + 1.0 : (double)NAN; /* every second data point has auxiliary values */
        assert_close(real_at(o.rows, "aux_temperature_0_celsius", i), 25 + here, 0, 0);
        assert_close(real_at(o.rows, "aux_temperature_0_rate_celsius_per_second", i), -25 - here, 0, 0);
        assert_close(real_at(o.rows, "aux_voltage_2_volt", i), here, 0, 0); /* from mV */
        assert_close(real_at(o.rows, "charge_time_second", i), i == 5 ? 60.5 : (double)NAN, 0, 0);
        assert_close(real_at(o.rows, "vmax_on_cycle_volt", i), i == 5 ? 4.25 : (double)NAN, 0, 0);
    }
    res_clear(&o);
}

static void tells_facts(void **state)
{
    const jet_how hows[] = {JET_WIDE, JET_PACKED, JET_APART, JET_CHAINED};

    (void)state;
    for (int i = 0; i < 4; i++) {
        res_outcome o = res_outcome_and_free(res_full(hows[i]));
        assert_good(o.status, &o.error);
        assert_string_equal(pm_table_meta(o.rows, "comments"), "good cell");
        assert_string_equal(pm_table_meta(o.rows, "test_name"), "cell A");
        assert_string_equal(pm_table_meta(o.rows, "creator"), "K\xce\xa9z");
        assert_string_equal(pm_table_meta(o.rows, "schedule"), "\xf0\x9f\x98\x80");
        assert_string_equal(pm_table_meta(o.rows, "channel"), "7");
        assert_string_equal(pm_table_meta(o.rows, "start_time"), "2021-05-19 12:00:00");
        assert_string_equal(pm_table_meta(o.rows, "mass_gram"), "0.000852838");
        assert_null(pm_table_meta(o.rows, "nominal_capacity_ah"));
        assert_string_equal(pm_table_meta(o.rows, "file_version"), "Results File 5.26");
        assert_string_equal(pm_table_meta(o.rows, "time_zone"), "unknown");
        res_clear(&o);
    }
}

static void tells_of_several_tests(void **state)
{
    int table;
    jet_file *f = res_plain(&table);
    int facts = jet_table(f, "Global_Table", 9, res_global);

    (void)state;
    res_record(f, table, 3, 1, RES_NORMAL);
    res_record(f, table, 3, 2, RES_NORMAL);
    res_test_facts(f, facts, 3, JET_WIDE);
    res_test_facts(f, facts, 1, JET_WIDE);
    res_outcome o = res_outcome_and_free(f);
    res_expect_finding(&o, 0, "tests-joined", "2 tests are in the file: 1 (rows 1 to 4), 3 (rows 5 to 6)");
    assert_true(real_at(o.findings, "row_first", 0) == 5);
    assert_int_equal(pm_table_rows(o.rows), 6);
    assert_true(real_at(o.rows, "test_id", 3) == 1 && real_at(o.rows, "test_id", 4) == 3);
    assert_true(real_at(o.rows, "record_number", 4) == 1);
    assert_string_equal(pm_table_meta(o.rows, "test_3_test_name"), "cell A");
    assert_null(pm_table_meta(o.rows, "test_name"));
    res_clear(&o);
}

/* Moved rows, a map on a page of its own, a definition over two pages: the same rows. */
static void layouts_do_not_matter(void **state)
{
    static jet_field many[RES_NORMAL + 60];
    static char names[60][64];
    int table;
    jet_file *f = res_plain(&table), *wide = jet_new();

    (void)state;
    jet_move_row(f, table);
    jet_far_map(f, table);
    res_outcome o = res_outcome_and_free(f);
    assert_good(o.status, &o.error);
    memcpy(many, res_normal, sizeof res_normal);
    for (int i = 0; i < 60; i++) {
        snprintf(names[i], sizeof names[i], "a column with quite a long name whose number is %d", i);
        many[RES_NORMAL + i] = (jet_field){names[i], JET_DOUBLE};
    }
    table = jet_table(wide, "Channel_Normal_Table", RES_NORMAL + 60, many);
    for (int point = 1; point <= 4; point++) res_record(wide, table, 1, point, RES_NORMAL);
    res_outcome long_one = res_outcome_and_free(wide);
    assert_good(long_one.status, &long_one.error);
    assert_int_equal(pm_table_columns(long_one.rows), RES_NORMAL + 60 - 1);
    for (int i = 0; i < 4; i++) {
        assert_true(real_at(o.rows, "voltage_volt", i) == res_voltage_of(i + 1));
        assert_true(real_at(long_one.rows, "voltage_volt", i) == res_voltage_of(i + 1));
    }
    assert_int_equal(pm_table_rows(o.findings) + pm_table_rows(long_one.findings), 0);
    res_clear(&o);
    res_clear(&long_one);
}

/* ---- what is refused ---- */

static res_outcome with_byte(int64_t at, int value)
{
    jet_file *f = res_full(JET_WIDE);

    f->at[at] = (uint8_t)value;
    return res_outcome_and_free(f);
}

static void refuses_other_databases(void **state)
{
    jet_file *f = jet_new();

    (void)state;
    expect_refusal(res_outcome_and_free(f), 2 * JET_PAGE, "no table Channel_Normal_Table");
    expect_refusal(with_byte(0x14, 0), 0x14, "Jet 3, Access 97");
    expect_refusal(with_byte(0x14, 3), 0x14, "Access 2007");
    expect_refusal(with_byte(2 * JET_PAGE, 0xda), 2 * JET_PAGE, "none of a definition (or encrypted)");
}

static void refuses_damaged_definitions(void **state)
{
    int table;
    jet_file *f = res_plain(&table);
    int64_t at = (int64_t)f->table[table].page * JET_PAGE;

    (void)state;
    jet_put(f->at + at + 4, (uint64_t)f->table[table].page, 4);
    expect_refusal(res_outcome_of(f->at, (int64_t)f->pages * JET_PAGE), at, "go in a circle");
    jet_put(f->at + at + 4, 5000, 4);
    expect_refusal(res_outcome_of(f->at, (int64_t)f->pages * JET_PAGE), 5000 * JET_PAGE, "behind the end of the file");
    jet_put(f->at + at + 4, 0, 4);
    jet_put(f->at + at + 45, 2000, 2);
    expect_refusal(res_outcome_of(f->at, (int64_t)f->pages * JET_PAGE), at, "more columns than a table can have");
    jet_put(f->at + at + 45, RES_NORMAL, 2);
    jet_put(f->at + at + 51, 0x7fffffff, 4);
    expect_refusal(res_outcome_of(f->at, (int64_t)f->pages * JET_PAGE), at, "ends within its columns");
    jet_put(f->at + at + 51, 0, 4);
    jet_put(f->at + at + 63 + 5, 200, 2);
    expect_refusal(res_outcome_of(f->at, (int64_t)f->pages * JET_PAGE), at, "a number too large");
    jet_put(f->at + at + 63 + 5, 0, 2);
    jet_put(f->at + at + 63 + 25 * RES_NORMAL, 0xffff, 2);
    expect_refusal(res_outcome_and_free(f), at, "ends within the names");
}

static void bounds_auxiliary_channels(void **state)
{
    int table;
    jet_file *f = res_plain(&table);
    int aux = jet_table(f, "Auxiliary_Table", 6, res_auxiliary);

    (void)state;
    for (int i = 0; i < 513; i++) res_auxiliary_row(f, aux, 1, 9, i, 1);
    res_outcome o = res_outcome_and_free(f);
    assert_int_equal(o.status, PM_ERR_LIMIT);
    res_clear(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_in_order),
        cmocka_unit_test(joins_other_tables),
        cmocka_unit_test(tells_facts),
        cmocka_unit_test(tells_of_several_tests),
        cmocka_unit_test(layouts_do_not_matter),
        cmocka_unit_test(refuses_other_databases),
        cmocka_unit_test(refuses_damaged_definitions),
        cmocka_unit_test(bounds_auxiliary_channels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
