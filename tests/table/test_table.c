/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { ROWS = 60 };

static const pm_field fields[] = {
    {"x", PM_DOUBLE, "V", 0, ""}, {"i", PM_INT64, "1", 8, ""}, {"w", PM_STRING, "", 16, ""}};

static bool whole_is_missing(int row)
{
    return row % 7 == 3;
}

static void word_of(int row, char word[16])
{
    snprintf(word, 16, "word %d", row * row % 11);
}

/* Rows first, first + 1, ... of one endless made-up table. */
static pm_table *rows_from(int first, int n, const char *unit)
{
    pm_scoped(pm_builder) b = NULL;
    pm_table *table = NULL;
    pm_error err;
    char word[16];
    assert_good(pm_builder_new(0, NULL, &b, &err), &err);
    for (int c = 0; c < 3; c++) pm_builder_add(b, fields[c].name, fields[c].type, c ? fields[c].unit : unit);
    assert_good(pm_builder_room(b, n, &err), &err);
    for (int i = 0; i < n; i++) {
        int row = first + i;
        word_of(row, word);
        if (row % 5) pm_builder_doubles(b, 0)[i] = row / 3.0;
        if (!whole_is_missing(row)) pm_builder_integers(b, 1)[i] = row;
        if (row % 4) pm_builder_word(b, 2, i, word, -1);
    }
    pm_builder_commit(b, n);
    pm_builder_meta(b, "first", first ? "no" : "yes");
    assert_good(pm_builder_finish(b, &table, &err), &err);
    return table;
}

/* Cell by cell against the rule that made the rows. */
static void assert_rows(const pm_table *table, int first, int n)
{
    int missing[3] = {0};
    char word[16];
    assert_int_equal(pm_table_rows(table), n);
    for (int i = 0; i < n; i++) {
        int row = first + i;
        word_of(row, word);
        missing[0] += row % 5 == 0;
        missing[1] += whole_is_missing(row);
        missing[2] += row % 4 == 0;
        assert_close(real_at(table, "x", i), row % 5 ? row / 3.0 : (double)NAN, 0, 0);
        assert_close(real_at(table, "i", i), whole_is_missing(row) ? (double)NAN : row, 0, 0);
        if (row % 4)
            assert_string_equal(word_at(table, "w", i), word);
        else
            assert_null(word_at(table, "w", i));
    }
    for (int c = 0; c < 3; c++) assert_int_equal(pm_table_column(table, c)->n_missing, missing[c]);
}

static void slices_show_their_rows_without_copying(void **state)
{
    (void)state;
    pm_error err;
    pm_scoped(pm_table) whole = rows_from(0, ROWS, "V");
    for (int first = 0; first <= ROWS; first++)
        for (int n = 0; first + n <= ROWS; n += 3) {
            pm_scoped(pm_table) view = NULL;
            assert_good(pm_table_slice(whole, first, n, &view, &err), &err);
            assert_rows(view, first, n);
            assert_ptr_equal(pm_table_find(view, "x")->number, pm_table_find(whole, "x")->number + first);
        }
}

static void views_of_views_outlive_the_table(void **state)
{
    (void)state;
    pm_error err;
    int64_t held = allocations_held();
    pm_table *whole = rows_from(0, ROWS, "V"), *view = NULL, *inner = NULL;
    assert_good(pm_table_slice(whole, 10, 40, &view, &err), &err);
    assert_good(pm_table_slice(view, 9, 20, &inner, &err), &err);
    pm_table_free(whole);
    pm_table_free(view);
    assert_rows(inner, 19, 20);
    assert_string_equal(pm_table_meta(inner, "first"), "yes");
    pm_table *again = pm_table_ref(inner);
    pm_table_free(inner);
    assert_rows(again, 19, 20);
    pm_table_free(again);
    pm_table_free(NULL);
    assert_int_equal(allocations_held(), held);
}

static void slices_beyond_the_rows_are_refused(void **state)
{
    (void)state;
    pm_scoped(pm_table) whole = rows_from(0, ROWS, "V");
    pm_scoped(pm_table) view = NULL;
    static const int64_t wrong[][2] = {{-1, 1},        {0, ROWS + 1},          {ROWS, 1},     {1, -1}, {ROWS + 1, 0},
                                       {1, INT64_MAX}, {INT64_MAX, INT64_MAX}, {INT64_MIN, 1}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        pm_error err;
        assert_int_equal(pm_table_slice(whole, wrong[i][0], wrong[i][1], &view, &err), PM_ERR_ARGUMENT);
        assert_null(view);
    }
}

/* Cut anywhere and joined again, also from views whose validity bits begin inside a byte. */
static void joined_pieces_are_the_whole(void **state)
{
    (void)state;
    pm_error err;
    pm_scoped(pm_table) whole = rows_from(0, ROWS, "V");
    for (int cut = 0; cut <= ROWS; cut++) {
        pm_scoped(pm_table) left = NULL;
        pm_scoped(pm_table) right = NULL;
        pm_scoped(pm_table) joined = NULL;
        assert_good(pm_table_slice(whole, 0, cut, &left, &err), &err);
        assert_good(pm_table_slice(whole, cut, ROWS - cut, &right, &err), &err);
        assert_good(pm_table_concat(2, (const pm_table *const[]){left, right}, &joined, &err), &err);
        assert_rows(joined, 0, ROWS);
        assert_same_table(joined, whole);
    }
}

static void dictionaries_are_united(void **state)
{
    (void)state;
    pm_error err;
    pm_scoped(pm_table) a = rows_from(0, 20, "V");
    pm_scoped(pm_table) b = rows_from(20, 0, "V");
    pm_scoped(pm_table) c = rows_from(20, 40, "V");
    pm_scoped(pm_table) joined = NULL;
    assert_good(pm_table_concat(3, (const pm_table *const[]){a, b, c}, &joined, &err), &err);
    assert_rows(joined, 0, ROWS);
    const pm_column *w = pm_table_find(joined, "w");
    for (int i = 0; i < w->n_words; i++)
        for (int k = 0; k < i; k++) assert_string_not_equal(w->word[i], w->word[k]);
    assert_string_equal(pm_table_meta(joined, "first"), "yes");
}

static void tables_that_differ_do_not_join(void **state)
{
    (void)state;
    pm_error err;
    pm_scoped(pm_table) volts = rows_from(0, 3, "V");
    pm_scoped(pm_table) millivolts = rows_from(0, 3, "mV");
    pm_scoped(pm_table) joined = NULL;
    assert_int_equal(pm_table_concat(2, (const pm_table *const[]){volts, millivolts}, &joined, &err), PM_ERR_UNIT);
    assert_non_null(strstr(err.message, "mV"));
    assert_int_equal(pm_table_concat(0, NULL, &joined, &err), PM_ERR_ARGUMENT);

    static const pm_field others[][3] = {
        {{"x", PM_DOUBLE, "V", 0, ""}, {"i", PM_INT64, "1", 8, ""}, {"v", PM_STRING, "", 16, ""}},
        {{"x", PM_DOUBLE, "V", 0, ""}, {"i", PM_DOUBLE, "1", 8, ""}, {"w", PM_STRING, "", 16, ""}},
    };
    for (int i = 0; i < 3; i++) {
        pm_scoped(pm_builder) b = NULL;
        pm_scoped(pm_table) other = NULL;
        assert_good(pm_builder_new(i < 2 ? 3 : 2, others[i % 2], &b, &err), &err);
        assert_good(pm_builder_finish(b, &other, &err), &err);
        assert_int_equal(pm_table_concat(2, (const pm_table *const[]){volts, other}, &joined, &err), PM_ERR_COLUMN);
        assert_null(joined);
    }
}

static void bind_leaves_bare_pointers(void **state)
{
    (void)state;
    pm_error err;
    pm_scoped(pm_table) table = rows_from(0, ROWS, "V");
    const double *x = NULL, *absent = (const double *)&err;
    const int64_t *i = NULL;
    const pm_column *w = NULL, *no_column = (const pm_column *)&err;
    const pm_want wants[] = {{"x", "V", .number = &x},
                             {"i", NULL, .integer = &i},
                             {"w", "", .column = &w},
                             {"y", "V", .number = &absent, .optional = true},
                             {"z", NULL, .column = &no_column, .optional = true}};
    assert_good(pm_table_bind(table, 5, wants, &err), &err);
    assert_ptr_equal(x, pm_table_find(table, "x")->number);
    assert_ptr_equal(i, pm_table_find(table, "i")->integer);
    assert_ptr_equal(w, pm_table_find(table, "w"));
    assert_null(absent);
    assert_null(no_column);
    assert_null(pm_table_column(table, 3));
    assert_null(pm_table_column(table, -1));
}

static void bind_refuses_what_does_not_fit(void **state)
{
    (void)state;
    pm_error err;
    pm_scoped(pm_table) table = rows_from(0, 2, "V");
    const double *x = NULL;
    const int64_t *whole = NULL;
    const pm_want absent[] = {{"x", "V", .number = &x}, {"gone", "s", .number = &x}, {"lost", "s", .number = &x}};
    assert_int_equal(pm_table_bind(table, 3, absent, &err), PM_ERR_COLUMN);
    assert_non_null(strstr(err.message, "'gone'"));
    assert_non_null(strstr(err.message, "'lost'"));
    assert_string_equal(err.column, "gone");
    assert_null(x);
    assert_int_equal(pm_table_bind(table, 1, &(pm_want){"x", "mV", .number = &x}, &err), PM_ERR_UNIT);
    assert_int_equal(pm_table_bind(table, 1, &(pm_want){"x", "mV", .number = &x, .optional = true}, &err), PM_ERR_UNIT);
    assert_int_equal(pm_table_bind(table, 1, &(pm_want){"x", "V", .integer = &whole}, &err), PM_ERR_COLUMN);
    assert_int_equal(pm_table_bind(table, 1, &(pm_want){"w", "", .number = &x}, NULL), PM_ERR_COLUMN);
    assert_null(x);
}

static void many_absent_names_fit_the_message(void **state)
{
    (void)state;
    enum { MANY = 50 };
    pm_error err;
    pm_scoped(pm_table) table = rows_from(0, 2, "V");
    pm_want wants[MANY];
    const double *x;
    for (int i = 0; i < MANY; i++) wants[i] = (pm_want){"a_rather_long_name_of_a_column", "s", .number = &x};
    assert_int_equal(pm_table_bind(table, MANY, wants, &err), PM_ERR_COLUMN);
    assert_true(strlen(err.message) < sizeof err.message);
}

static pm_status hold_and_drop(void *context, int64_t i, pm_error *err)
{
    pm_status s;
    const pm_table *shared = context;
    for (int n = 0; n < 200; n++) {
        pm_scoped(pm_table) mine = pm_table_ref(shared);
        pm_scoped(pm_table) view = NULL;
        if ((s = pm_table_slice(mine, i % ROWS, 1, &view, err))) return s;
        if (real_at(view, "i", 0) != (double)(i % ROWS) && !whole_is_missing((int)(i % ROWS)))
            return pm_fail(err, PM_ERR_INTERNAL, "row %lld", (long long)i);
    }
    return PM_OK;
}

static void threads_share_a_table(void **state)
{
    (void)state;
    pm_error err;
    int64_t held = allocations_held();
    pm_table *shared = rows_from(0, ROWS, "V");
    assert_good(pm_parallel(&(pm_run){.threads = 4}, 64, hold_and_drop, shared, &err), &err);
    pm_table_free(shared);
    assert_int_equal(allocations_held(), held);
}

static void types_have_names(void **state)
{
    (void)state;
    assert_string_equal(pm_type_name(PM_DOUBLE), "double");
    assert_string_equal(pm_type_name(PM_INT64), "int64");
    assert_string_equal(pm_type_name(PM_STRING), "string");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_show_their_rows_without_copying),
        cmocka_unit_test(views_of_views_outlive_the_table),
        cmocka_unit_test(slices_beyond_the_rows_are_refused),
        cmocka_unit_test(joined_pieces_are_the_whole),
        cmocka_unit_test(dictionaries_are_united),
        cmocka_unit_test(tables_that_differ_do_not_join),
        cmocka_unit_test(bind_leaves_bare_pointers),
        cmocka_unit_test(bind_refuses_what_does_not_fit),
        cmocka_unit_test(many_absent_names_fit_the_message),
        cmocka_unit_test(threads_share_a_table),
        cmocka_unit_test(types_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
