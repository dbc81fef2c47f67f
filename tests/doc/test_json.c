/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "doc/doc.h"
#include "support.h"

static pm_doc *json(const char *text)
{
    pm_doc *doc = NULL;
    pm_error err;
    assert_good(pm_doc_parse_json(text, (int64_t)strlen(text), "out.json", &doc, &err), &err);
    return doc;
}

static void values_of_each_kind(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc =
        json("\xEF\xBB\xBF{\"z\": null, \"t\": true, \"f\": false, \"n\": -1.5e3, \"i\": 9007199254740993,"
             " \"s\": \"\\u00b5\\n\\ud83d\\udd0b\", \"l\": [1, [], {}], \"m\": {\"k\": \"v\"}}");
    const pm_node *root = pm_doc_root(doc), *list = pm_node_find(root, "l");
    static const char *const keys[] = {"z", "t", "f", "n", "i", "s", "l", "m"};
    for (int i = 0; i < 8; i++) assert_string_equal(pm_node_key(root, i), keys[i]); /* the order of the file */
    assert_int_equal(pm_node_kind(pm_node_find(root, "z")), PM_NODE_NULL);
    assert_true(pm_node_bool(pm_node_find(root, "t"), false));
    assert_false(pm_node_bool(pm_node_find(root, "f"), true));
    assert_close(pm_node_number(pm_node_find(root, "n"), 0), -1500, 0, 0);
    assert_string_equal(pm_node_scalar(pm_node_find(root, "i")), "9007199254740993"); /* beyond a double's digits */
    assert_string_equal(pm_node_text(pm_node_find(root, "s"), ""), "\xC2\xB5\n\xF0\x9F\x94\x8B");
    assert_int_equal(pm_node_count(list), 3);
    assert_int_equal(pm_node_kind(pm_node_item(list, 1)), PM_NODE_LIST);
    assert_int_equal(pm_node_kind(pm_node_item(list, 2)), PM_NODE_MAP);
    assert_string_equal(pm_node_text(pm_node_find(pm_node_find(root, "m"), "k"), ""), "v");
    assert_int_equal(pm_node_line(list), -1);
}

static void doubles_keep_their_bits(void **state)
{
    (void)state;
    static const double values[] = {0.1, 1.0 / 3, 1e-308, 5e-324, 1.7976931348623157e308, -2.2250738585072014e-308};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[64];
        snprintf(text, sizeof text, "[%.17g]", values[i]);
        pm_scoped(pm_doc) doc = json(text);
        assert_true(pm_node_number(pm_node_item(pm_doc_root(doc), 0), NAN) == values[i]);
    }
}

static void what_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        pm_status status;
        int64_t line, byte;
    } cases[] = {
        {"", PM_ERR_FORMAT, 1, 0},
        {"{\"a\": 1,\n \"b\": }", PM_ERR_FORMAT, 2, 16},
        {"{\"a\": 1, \"a\": 2}", PM_ERR_FORMAT, 1, 12},
        {"[1] [2]", PM_ERR_FORMAT, 1, 5},
        {"[1,]", PM_ERR_FORMAT, 1, 4},
        {"\xEF\xBB\xBF[1,]", PM_ERR_FORMAT, 1, 7},
        {"[NaN]", PM_ERR_FORMAT, 1, 4},
        {"[1e999]", PM_ERR_FORMAT, 1, 6},
        {"[99999999999999999999]", PM_ERR_FORMAT, 1, 21},
        {"[\"\xFF\"]", PM_ERR_FORMAT, 1, 2},
        {"[\"\\u0000\"]", PM_ERR_FORMAT, 1, 9},
        {"{'a': 1}", PM_ERR_FORMAT, 1, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pm_scoped(pm_doc) doc = NULL;
        pm_error err;
        pm_status s = pm_doc_parse_json(cases[i].text, (int64_t)strlen(cases[i].text), "x.json", &doc, &err);
        if (s != cases[i].status || err.line != cases[i].line || err.byte != cases[i].byte ||
            strcmp(err.file, "x.json") != 0)
            fail_msg("%s: %s, line %d, byte %d: %s\n", cases[i].text, pm_status_name(s), (int)err.line, (int)err.byte,
                     err.message);
        assert_null(doc);
    }
}

static void depth_is_bounded(void **state)
{
    (void)state;
    static char text[8192];
    for (int depth = 60; depth <= 4096; depth += depth < 70 ? 1 : 4026) {
        pm_scoped(pm_doc) doc = NULL;
        pm_error err;
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        assert_int_equal(pm_doc_parse_json(text, 2 * depth, NULL, &doc, &err), depth > 64 ? PM_ERR_LIMIT : PM_OK);
    }
}

static void files_are_read_by_their_suffix(void **state)
{
    (void)state;
    pm_error err;
    static const char text[] = "{\"a\": [1, 2]}"; /* both JSON and YAML, but only YAML knows lines */
    static const char *const suffixes[] = {".json", ".JSON", ".yaml", ".yml"};
    for (int i = 0; i < 4; i++) {
        pm_scoped(pm_doc) doc = NULL;
        char *path = support_file(suffixes[i], text, -1);
        assert_good(pm_doc_read(path, &doc, &err), &err);
        assert_string_equal(pm_doc_file(doc), path);
        assert_int_equal(pm_node_count(pm_node_find(pm_doc_root(doc), "a")), 2);
        assert_int_equal(pm_node_line(pm_doc_root(doc)), i < 2 ? -1 : 1);
        support_remove(path);
    }
}

static void files_that_cannot_be_read(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc = NULL;
    pm_error err;
    assert_int_equal(pm_doc_read("/nonexistent/cell.yaml", &doc, &err), PM_ERR_IO);
    assert_string_equal(err.file, "/nonexistent/cell.yaml");
    assert_int_equal(pm_doc_read("/", &doc, &err), PM_ERR_IO);
    char *path = support_file(".yaml", "a: 1\n", -1);
    assert_int_equal(truncate(path, ((off_t)64 << 20) + 1), 0);
    assert_int_equal(pm_doc_read(path, &doc, &err), PM_ERR_LIMIT);
    assert_string_equal(err.file, path);
    support_remove(path);
    assert_null(doc);
}

static void too_many_values_are_refused(void **state)
{
    (void)state;
    enum { N = (4 << 20) + 1 };
    char *text = malloc(2 * N + 1);
    assert_non_null(text);
    for (int i = 0; i < N; i++) memcpy(text + 2 * i, i ? ",0" : "[0", 2);
    text[2 * N] = ']';
    pm_scoped(pm_doc) doc = NULL;
    pm_error err;
    pm_status s = pm_doc_parse_json(text, 2 * N + 1, NULL, &doc, &err);
    free(text);
    assert_int_equal(s, PM_ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_each_kind),
        cmocka_unit_test(doubles_keep_their_bits),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(files_are_read_by_their_suffix),
        cmocka_unit_test(files_that_cannot_be_read),
        cmocka_unit_test(too_many_values_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
