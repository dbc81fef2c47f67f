/* SPDX-License-Identifier: MIT */
/* Neware .ndc files: versions, rows of many pages, damage. */
#include "ndc_file.h"
#include "outcome.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void write_beside(const char *path, const char *ending, const ndc *f)
{
    char name[512];

    snprintf(name, sizeof name, "%.*s%s", (int)strlen(path) - 4, path, ending);
    if (!f) {
        unlink(name);
        return;
    }
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(f->at, 1, (size_t)f->n, file), f->n);
    fclose(file);
}

/* Loose files; run and steps may be NULL. All are freed. */
static outcome outcome_of(ndc *main, ndc *run, ndc *steps)
{
    char *path = support_file(".ndc", main->at, main->n);

    if (run) write_beside(path, "_runInfo.ndc", run);
    if (steps) write_beside(path, "_step.ndc", steps);
    outcome o = outcome_of_path(path, NULL);
    write_beside(path, "_runInfo.ndc", NULL);
    write_beside(path, "_step.ndc", NULL);
    support_remove(path);
    free(main);
    free(run);
    free(steps);
    return o;
}

static void reads_versions_with_run_information(void **state)
{
    static const int versions[] = {11, 14, 16, 17};
    char text[8];

    (void)state;
    for (int i = 0; i < 4; i++) {
        outcome o = outcome_of(ndc_main(versions[i]), ndc_run(versions[i]), ndc_steps(versions[i], NDC_STEPS));
        assert_good(o.status, &o.error);
        ndc_check_rows(o.rows);
        assert_int_equal(pm_table_rows(o.findings), 0);
        snprintf(text, sizeof text, "%d", versions[i]);
        assert_string_equal(pm_table_meta(o.rows, "ndc_version"), text);
        assert_string_equal(pm_table_meta(o.rows, "time_zone"), "UTC");
        clear(&o);
    }
}

static void reads_the_main_file_alone(void **state)
{
    outcome o = outcome_of(ndc_main(14), NULL, NULL);

    (void)state;
    expect_found(&o, "value-missing", "run information", -1);
    assert_int_equal(pm_table_rows(o.rows), NDC_ROWS);
    assert_true(real_at(o.rows, "voltage_volt", 12) == ndc_volt(12));
    assert_true(real_at(o.rows, "current_ampere", 12) == -0.25);
    assert_null(pm_table_find(o.rows, "test_time_second"));
    assert_null(pm_table_find(o.rows, "cycle_count"));
    clear(&o);
    o = outcome_of(ndc_main(14), ndc_run(14), NULL);
    expect_found(&o, "value-missing", "steps", -1);
    assert_true(real_at(o.rows, "test_time_second", 12) == 10);
    clear(&o);
}

static void takes_run_information_in_any_order(void **state)
{
    ndc *run = ndc_run(17), *other = ndc_begin(NDC_RUN, 17, 100);
    outcome o;

    (void)state;
    for (int i = 8; i >= 0; i--) memcpy(ndc_add_row(other), run->at + run->page + run->first + i * 100, 100);
    for (int i = 0; i < 9; i++) /* steps as they follow in the file: here backwards, so only clocks can be right */
        ndc_set(other->at + other->page + other->first + i * 100 + 37, 1, 4);
    free(run);
    o = outcome_of(ndc_main(17), other, ndc_steps(17, NDC_STEPS));
    assert_good(o.status, &o.error);
    for (int row = 0; row < NDC_ROWS; row++) {
        int step, second;
        ndc_step_of(row, &step, &second);
        assert_true(real_at(o.rows, "step_time_second", row) == second);
        assert_true(real_at(o.rows, "step_count", row) == 1);
    }
    clear(&o);
    run = ndc_run(17);
    ndc_add_run(run, 17, 12, 7); /* a second one for a row does not count */
    ndc_set(run->at + run->page + run->first + 9 * 100, 77000, 4);
    o = outcome_of(ndc_main(17), run, ndc_steps(17, NDC_STEPS));
    assert_good(o.status, &o.error);
    ndc_check_rows(o.rows);
    clear(&o);
}

static void reads_many_pages_with_holes(void **state)
{
    enum { MANY = 1200, HOLE = 700 }; /* 495 in a page */
    ndc *main = ndc_begin(NDC_MAIN, 14, 8), *run = ndc_begin(NDC_RUN, 14, 55);
    outcome o;

    (void)state;
    for (int row = 0; row < MANY; row++) ndc_set_f4(ndc_add_row(main), row);
    ndc_add_run(run, 14, 0, 1);
    ndc_set(run->at + run->page + run->first + 29, 1000, 4);
    for (int i = 1; i < 20; i++) {
        uint8_t *p = ndc_add_row(run);
        ndc_set(p, (uint64_t)i * 61000, 4);
        ndc_set(p + 29, 1000, 4);
        ndc_set(p + 33, 1700000000 + (uint64_t)i * 61, 4);
        ndc_set(p + 37, 1, 4);
        ndc_set(p + 41, (uint64_t)i * 61 + 1, 4);
    }
    uint8_t *page = main->at + 2 * 4096;
    page[4 + (HOLE - 495) / 8] &= (uint8_t) ~(1 << (HOLE - 495) % 8);
    page[2] = 494 & 255;
    page[3] = 494 >> 8;
    o = outcome_of(main, run, ndc_steps(14, 1));
    assert_good(o.status, &o.error);
    assert_int_equal(pm_table_rows(o.rows), MANY - 1);
    for (int i = 0; i < MANY - 1; i++) {
        int row = i < HOLE ? i : i + 1;
        assert_true(real_at(o.rows, "voltage_volt", i) == row);
        assert_true(real_at(o.rows, "record_number", i) == row + 1);
        assert_true(real_at(o.rows, "step_time_second", i) == row);
    }
    clear(&o);
}

/* ---- versions whose rows have all in themselves ---- */

static void reads_versions_with_full_rows(void **state)
{
    /* mA of the range, and what a count is, in units of 0.01 mA */
    static const struct {
        int32_t range;
        double scale;
    } ranges[] = {{100, 1},          {10, 0.1},          {5, 0.01},      {6000, 10},  {0, 10},
                  {-5, 0.001},       {-50, 0.01},        {-500, 0.1},    {-12000, 1}, {-5000000, 1e-6},
                  {-50000000, 1e-5}, {-100000000, 1e-4}, {INT32_MIN, 10}};

    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        outcome o = outcome_of(ndc_flat(i % 2 ? 2 : 5, ranges[i].range), NULL, NULL);
        assert_good(o.status, &o.error);
        ndc_check_flat(o.rows, ranges[i].scale);
        assert_int_equal(pm_table_rows(o.findings), 0);
        clear(&o);
    }
}

static void refuses_unknown_ranges(void **state)
{
    (void)state;
    expect_refused(outcome_of(ndc_flat(5, 2000000), NULL, NULL), 4096 + 132 + 75, "range 2000000");
    expect_refused(outcome_of(ndc_flat(2, -1500000000), NULL, NULL), 512 + 5 + 7 + 75, "range -1500000000");
}

static void leaves_out_rows_of_another_kind(void **state)
{
    ndc *f = ndc_flat(5, 100);

    (void)state;
    f->at[4096 + 132 + 87] = 0xaa;
    outcome o = outcome_of(f, NULL, NULL);
    expect_found(&o, "row-incomplete", "kind 85", 1);
    assert_int_equal(pm_table_rows(o.rows), NDC_ROWS - 1);
    assert_true(real_at(o.rows, "record_number", 1) == 3);
    clear(&o);
}

/* ---- damage ---- */

static void refuses_what_it_does_not_know(void **state)
{
    ndc *f = ndc_main(14);

    (void)state;
    f->at[2] = 15;
    expect_refused(outcome_of(f, NULL, NULL), 2, "ndc version 15");
    expect_refused(outcome_of(ndc_run(14), NULL, NULL), 0, "run information");
    expect_refused(outcome_of(ndc_begin(16, 14, 8), NULL, NULL), 0, "type 16");
    expect_refused(outcome_of_bytes(".mpr", "BIO-LOGIC MODULAR FILE\x1a", -1, "ndc"), 0, "is no Neware .ndc file");
    f = ndc_main(14);
    f->n = 1000;
    expect_refused(outcome_of(f, NULL, NULL), 1000, "first page");
    f = ndc_run(14);
    f->at[0] = 7;
    expect_refused(outcome_of(ndc_main(14), f, NULL), 0, "type 7");
    f = ndc_run(14);
    f->at[2] = 99;
    expect_refused(outcome_of(ndc_main(14), f, NULL), 2, "ndc version 99 of type 18");
}

static void tells_damaged_pages(void **state)
{
    ndc *f = ndc_main(14);
    outcome o;

    (void)state;
    f->at[4096] = 9;
    f->n += 4096; /* a page that is not used yet */
    o = outcome_of(f, NULL, NULL);
    assert_int_equal(o.status, PM_ERR_DATA); /* no row is left */
    clear(&o);
    f = ndc_main(14);
    f->at[4096 + 4] &= 0xfe; /* one row is not marked */
    o = outcome_of(f, ndc_run(14), ndc_steps(14, NDC_STEPS));
    expect_found(&o, "row-incomplete", "byte 4096", 1);
    expect_found(&o, "declared-rows-missing", "on to row 13", 1);
    assert_true(real_at(o.rows, "record_number", 0) == 2);
    clear(&o);
    f = ndc_main(14);
    f->n = 4096 + 132 + 8 * 6 + 5; /* cut within the seventh row */
    o = outcome_of(f, ndc_run(14), ndc_steps(14, NDC_STEPS));
    expect_found(&o, "row-incomplete", "cut", 7);
    expect_found(&o, "declared-rows-missing", "has 6 rows: at least 7 are missing", 7);
    clear(&o);
    f = ndc_main(14);
    f->n = 4096 + 100; /* cut within the mask */
    o = outcome_of(f, ndc_run(14), NULL);
    assert_int_equal(o.status, PM_ERR_DATA);
    clear(&o);
}

static void tells_what_lies_beside_is_cut(void **state)
{
    ndc *main = ndc_begin(NDC_MAIN, 14, 8);
    outcome o;

    (void)state;
    for (int row = 0; row < 300; row++) ndc_set_f4(ndc_add_row(main), row);
    o = outcome_of(main, ndc_run(14), ndc_steps(14, 2));
    expect_found(&o, "value-missing", "later ones", 4 + 128);
    expect_found(&o, "value-missing", "ends at row 13", 300 - 13 - 128);
    assert_true(isnan(real_at(o.rows, "test_time_second", 299)));
    assert_true(isnan(real_at(o.rows, "cycle_count", 12)));
    assert_true(real_at(o.rows, "voltage_volt", 299) == 299);
    clear(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_versions_with_run_information),
        cmocka_unit_test(reads_the_main_file_alone),
        cmocka_unit_test(takes_run_information_in_any_order),
        cmocka_unit_test(reads_many_pages_with_holes),
        cmocka_unit_test(reads_versions_with_full_rows),
        cmocka_unit_test(refuses_unknown_ranges),
        cmocka_unit_test(leaves_out_rows_of_another_kind),
        cmocka_unit_test(refuses_what_it_does_not_know),
        cmocka_unit_test(tells_damaged_pages),
        cmocka_unit_test(tells_what_lies_beside_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
