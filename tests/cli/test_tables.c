/* SPDX-License-Identifier: MIT */
/* Tables of several files under one header, and the fold behind the card of a file. */
#include "support.h"

#include "cli/merge.h"
#include "cli/profile.h"

#include <math.h>
#include <string.h>

/* A table of doubles: names end with NULL, values row by row. */
static pm_table *table_of(const char *const names[], int64_t n_rows, const double values[])
{
    pm_scoped(pm_builder) b = NULL;
    pm_table *out = NULL;
    pm_error err = {0};
    int n = 0;
    assert_good(pm_builder_new(0, NULL, &b, &err), &err);
    for (; names[n]; n++) pm_builder_add(b, names[n], PM_DOUBLE, "1");
    assert_good(pm_builder_room(b, n_rows, &err), &err);
    for (int c = 0; c < n; c++)
        for (int64_t i = 0; i < n_rows; i++) pm_builder_doubles(b, c)[i] = values[i * n + c];
    pm_builder_commit(b, n_rows);
    assert_good(pm_builder_finish(b, &out, &err), &err);
    return out;
}

static const char *const full_names[] = {"cycle_count", "charging", "efficiency", "complete", NULL};
static const char *const plating_names[] = {"cycle_count", "charging", "plating", "per_area", "complete", NULL};
static const double full_values[] = {1, 2, 0.9, 1, 2, 3, 0.8, 0};
static const double plating_values[] = {7, 4, 5, 6, 1};

static void the_union_keeps_the_order_of_each(void **state)
{
    (void)state;
    static const char *const expected[] = {"path",     "cycle_count", "charging", "plating",
                                           "per_area", "efficiency",  "complete"};
    pm_scoped(pm_table) full = table_of(full_names, 2, full_values);
    pm_scoped(pm_table) plating = table_of(plating_names, 1, plating_values);
    pm_scoped(pm_table) merged = NULL;
    cli_merge merge = {0};
    pm_error err = {0};
    assert_good(cli_merge_add(&merge, "a.csv", full, &err), &err);
    assert_good(cli_merge_add(&merge, "b.csv", plating, &err), &err);
    assert_good(cli_merge_result(&merge, &merged, &err), &err);
    cli_merge_clear(&merge);

    assert_int_equal(pm_table_columns(merged), 7);
    for (int c = 0; c < 7; c++) assert_string_equal(pm_table_column(merged, c)->name, expected[c]);
    assert_int_equal(pm_table_rows(merged), 3);
    assert_string_equal(word_at(merged, "path", 1), "a.csv");
    assert_string_equal(word_at(merged, "path", 2), "b.csv");
    assert_true(isnan(real_at(merged, "plating", 0)));
    assert_true(real_at(merged, "plating", 2) == 5);
    assert_true(real_at(merged, "efficiency", 1) == 0.8);
    assert_true(isnan(real_at(merged, "efficiency", 2)));
    assert_true(real_at(merged, "complete", 2) == 1);
}

static pm_status merge_two(const pm_table *a, const pm_table *b, pm_table **out, pm_error *err)
{
    cli_merge merge = {0};
    pm_status s = cli_merge_add(&merge, "a.csv", a, err);
    if (!s) s = cli_merge_add(&merge, "b.csv", b, err);
    if (!s) s = cli_merge_result(&merge, out, err);
    cli_merge_clear(&merge);
    return s;
}

/* A column of words in a table of one row; NULL = no value. */
static pm_table *word_table(const char *name, const char *word)
{
    pm_scoped(pm_builder) b = NULL;
    pm_table *out = NULL;
    pm_error err = {0};
    assert_good(pm_builder_new(0, NULL, &b, &err), &err);
    pm_builder_add(b, name, PM_STRING, "");
    assert_good(pm_builder_room(b, 1, &err), &err);
    if (word) pm_builder_word(b, 0, 0, word, -1);
    pm_builder_commit(b, 1);
    assert_good(pm_builder_finish(b, &out, &err), &err);
    return out;
}

static void words_and_numbers_do_not_mix(void **state)
{
    (void)state;
    static const char *const names[] = {"label", NULL};
    pm_scoped(pm_table) words = word_table("label", "kdf");
    pm_scoped(pm_table) blank = word_table("label", NULL);
    pm_scoped(pm_table) numbers = table_of(names, 1, (const double[]){5});
    pm_scoped(pm_table) nothing = table_of(names, 1, (const double[]){(double)NAN});
    pm_scoped(pm_table) merged = NULL;
    pm_scoped(pm_table) other = NULL;
    pm_scoped(pm_table) refused = NULL;
    pm_error err = {0};
    assert_int_equal(merge_two(words, numbers, &refused, &err), PM_ERR_COLUMN);
    assert_string_equal(err.file, "b.csv");
    assert_string_equal(err.column, "label");
    assert_good(merge_two(nothing, words, &merged, &err), &err);
    assert_null(word_at(merged, "label", 0));
    assert_string_equal(word_at(merged, "label", 1), "kdf");
    assert_good(merge_two(blank, numbers, &other, &err), &err);
    assert_true(isnan(real_at(other, "label", 0)) && real_at(other, "label", 1) == 5);
}

static void a_merge_takes_any_number_of_columns(void **state)
{
    (void)state;
    enum { COLUMNS = 300 };
    static char text[COLUMNS][16];
    const char *names[COLUMNS + 1] = {0};
    double values[COLUMNS];
    pm_scoped(pm_table) merged = NULL;
    pm_error err = {0};
    for (int c = 0; c < COLUMNS; c++) {
        snprintf(text[c], sizeof text[c], "c%d", c);
        names[c] = text[c];
        values[c] = c;
    }
    pm_scoped(pm_table) wide = table_of(names, 1, values);
    pm_scoped(pm_table) plating = table_of(plating_names, 1, plating_values);
    assert_good(merge_two(wide, plating, &merged, &err), &err);
    assert_int_equal(pm_table_columns(merged), 1 + COLUMNS + 5);
    for (int c = 0; c < COLUMNS; c++) assert_true(real_at(merged, names[c], 0) == c);
}

static void each_allocation_of_a_merge_may_fail(void **state)
{
    (void)state;
    pm_scoped(pm_table) full = table_of(full_names, 2, full_values);
    pm_scoped(pm_table) plating = table_of(plating_names, 1, plating_values);
    bool struck = true;
    for (int64_t n = 1; struck; n++) {
        pm_scoped(pm_table) merged = NULL;
        int64_t held = allocations_held();
        fail_allocation(n);
        pm_status s = merge_two(full, plating, &merged, NULL);
        struck = allocation_failed();
        fail_allocation(0);
        assert_int_equal(s, struck ? PM_ERR_MEMORY : PM_OK);
        if (s) assert_int_equal(allocations_held(), held);
    }
}

static const char *const record_names[] = {"test_time_second", "voltage_volt", "current_ampere",
                                           "unix_time_second", "cycle_count",  NULL};
enum { RECORDS = 6 };
static const double records[] = {
    NAN, 3.5,  NAN, NAN, 1,   /* the first row has next to nothing */
    10,  3.6,  1,   1e9, 1,   /**/
    20,  NAN,  -2,  1e9, 2,   /**/
    30,  2.5,  0,   NAN, NAN, /**/
    40,  4.25, 0.5, 2e9, 2,   /**/
    NAN, 3,    NAN, NAN, 1,   /* the count goes back: seen, so it counts */
};

static void a_profile_skips_what_is_missing(void **state)
{
    (void)state;
    for (int64_t batch_rows = 1; batch_rows <= RECORDS; batch_rows++) {
        cli_profile p = cli_profile_start();
        for (int64_t at = 0; at < RECORDS; at += batch_rows) {
            int64_t n = RECORDS - at < batch_rows ? RECORDS - at : batch_rows;
            pm_scoped(pm_table) batch = table_of(record_names, n, records + at * 5);
            cli_profile_push(&p, batch);
        }
        assert_true(p.time_first_s == 10 && p.time_last_s == 40);
        assert_true(p.voltage_min_V == 2.5 && p.voltage_max_V == 4.25);
        assert_true(p.current_min_A == -2 && p.current_max_A == 1);
        assert_true(p.unix_start_s == 1e9);
        assert_int_equal(p.cycle_count_vendor, 3);
        assert_int_equal(p.missing[0], 2);
        assert_int_equal(p.missing[1], 1);
        assert_int_equal(p.missing[3], 3);
        assert_int_equal(p.missing[4], 1);
    }
}

static void a_profile_of_other_columns_is_empty(void **state)
{
    (void)state;
    static const char *const names[] = {"pressure", NULL};
    pm_scoped(pm_table) batch = table_of(names, 1, (const double[]){5});
    cli_profile p = cli_profile_start();
    cli_profile_push(&p, batch);
    assert_true(isnan(p.time_first_s) && isnan(p.voltage_min_V) && isnan(p.current_max_A) && isnan(p.unix_start_s));
    assert_int_equal(p.cycle_count_vendor, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_union_keeps_the_order_of_each),   cmocka_unit_test(words_and_numbers_do_not_mix),
        cmocka_unit_test(a_merge_takes_any_number_of_columns), cmocka_unit_test(each_allocation_of_a_merge_may_fail),
        cmocka_unit_test(a_profile_skips_what_is_missing),     cmocka_unit_test(a_profile_of_other_columns_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
