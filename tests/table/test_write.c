/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "doc/doc.h"
#include "support.h"

typedef struct cell {
    double x;
    int64_t whole, flag;
    const char *word;
} cell;

static const pm_field fields[] = {
    {"x", PM_DOUBLE, "V", offsetof(cell, x), ""},
    {"whole", PM_INT64, "1", offsetof(cell, whole), ""},
    {"flag", PM_INT64, "bool", offsetof(cell, flag), ""},
    {"word, quoted", PM_STRING, "", offsetof(cell, word), ""},
};

static pm_table *table_of(int n, const cell cells[])
{
    pm_scoped(pm_builder) b = NULL;
    pm_table *table = NULL;
    pm_error err;
    assert_good(pm_builder_new(4, fields, &b, &err), &err);
    for (int i = 0; i < n; i++) pm_builder_push(b, &cells[i]);
    assert_good(pm_builder_finish(b, &table, &err), &err);
    return table;
}

static const cell cells[] = {
    {0.1, 1, 1, "plain"},
    {(double)NAN, PM_NO_INT, PM_NO_INT, NULL},
    {1.0 / 3, INT64_MAX, 0, ""},
    {-2.5e-8, INT64_MIN + 1, 0, "say \"no\", twice \"\""},
    {1e300, 0, 1, " blank"},
    {0, -10, 0, "blank "},
    {-7, 10, 0, "semi;colon 'and' such"},
    {3, 7, 5, "two\nlines"},
};

static void assert_csv(const pm_table *table, bool header, const char *expected)
{
    pm_scoped(pm_out) out = NULL;
    pm_error err;
    assert_good(pm_out_open(NULL, false, &out, &err), &err);
    pm_table_write_csv(table, header, out);
    assert_string_equal(pm_out_memory(out, NULL), expected);
}

static void csv_holds_each_value(void **state)
{
    (void)state;
    pm_scoped(pm_table) table = table_of(8, cells);
    assert_csv(table, true,
               "x,whole,flag,\"word, quoted\"\n"
               "0.1,1,1,plain\n"
               "NaN,,,\n"
               "0.3333333333333333,9223372036854775807,0,\"\"\n"
               "-2.5e-08,-9223372036854775807,0,\"say \"\"no\"\", twice \"\"\"\"\"\n"
               "1e+300,0,1,\" blank\"\n"
               "0,-10,0,\"blank \"\n"
               "-7,10,0,semi;colon 'and' such\n"
               "3,7,5,two lines\n");
}

/* No reader counts an empty line as a row. */
static void csv_of_one_column_has_a_line_with_something_for_each_row(void **state)
{
    (void)state;
    static const char *const expected[] = {"0.1\nNaN\n", "1\nNaN\n", "1\nNaN\n", "plain\n\"\"\n"};
    for (int i = 0; i < 4; i++) {
        pm_scoped(pm_builder) b = NULL;
        pm_scoped(pm_table) table = NULL;
        pm_error err;
        assert_good(pm_builder_new(1, &fields[i], &b, &err), &err);
        for (int row = 0; row < 2; row++) pm_builder_push(b, &cells[row]);
        assert_good(pm_builder_finish(b, &table, &err), &err);
        assert_csv(table, false, expected[i]);
    }
}

static void csv_of_a_view_without_header(void **state)
{
    (void)state;
    pm_scoped(pm_table) table = table_of(8, cells);
    pm_scoped(pm_table) view = NULL;
    pm_error err;
    assert_good(pm_table_slice(table, 5, 2, &view, &err), &err);
    assert_csv(view, false, "0,-10,0,\"blank \"\n-7,10,0,semi;colon 'and' such\n");
    pm_scoped(pm_table) empty = table_of(0, NULL);
    assert_csv(empty, true, "x,whole,flag,\"word, quoted\"\n");
    assert_csv(empty, false, "");
}

/* Read back by a parser that is not ours. */
static void json_holds_each_value(void **state)
{
    (void)state;
    pm_scoped(pm_table) table = table_of(4, cells);
    pm_scoped(pm_out) out = NULL;
    pm_scoped(pm_doc) doc = NULL;
    pm_error err;
    int64_t n = 0;
    assert_good(pm_out_open(NULL, false, &out, &err), &err);
    pm_json json = pm_json_start(out);
    pm_json_array(&json, NULL);
    pm_table_write_json(table, &json);
    pm_json_end(&json);
    const char *text = pm_out_memory(out, &n);
    assert_good(pm_doc_parse_json(text, n, "rows", &doc, &err), &err);
    const pm_node *rows = pm_doc_root(doc);
    assert_int_equal(pm_node_count(rows), 4);
    for (int i = 0; i < 4; i++) {
        const pm_node *row = pm_node_item(rows, i), *flag = pm_node_find(row, "flag");
        const char *whole = pm_node_scalar(pm_node_find(row, "whole"));
        const char *word = pm_node_text(pm_node_find(row, "word, quoted"), NULL);
        assert_int_equal(pm_node_count(row), 4);
        assert_close(pm_node_number(pm_node_find(row, "x"), (double)NAN), cells[i].x, 0, 0);
        assert_int_equal(pm_node_kind(flag), cells[i].flag == PM_NO_INT ? PM_NODE_NULL : PM_NODE_BOOL);
        assert_int_equal(pm_node_bool(flag, false), cells[i].flag == 1);
        assert_int_equal(whole ? strtoll(whole, NULL, 10) : PM_NO_INT, cells[i].whole);
        assert_int_equal(word == NULL, cells[i].word == NULL);
        if (word) assert_string_equal(word, cells[i].word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_holds_each_value),
        cmocka_unit_test(csv_of_one_column_has_a_line_with_something_for_each_row),
        cmocka_unit_test(csv_of_a_view_without_header),
        cmocka_unit_test(json_holds_each_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
