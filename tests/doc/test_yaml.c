/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "doc/doc.h"
#include "support.h"

static pm_doc *yaml(const char *text)
{
    pm_doc *doc = NULL;
    pm_error err;
    assert_good(pm_doc_parse_yaml(text, (int64_t)strlen(text), "cell.yaml", &doc, &err), &err);
    return doc;
}

/* Example 10.9 of the YAML 1.2.2 specification, with the answers that stand there. */
static void core_schema_of_the_specification(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc = yaml("A null: null\n"
                                 "Also a null: # Empty\n"
                                 "Not a null: \"\"\n"
                                 "Booleans: [ true, True, false, FALSE ]\n"
                                 "Integers: [ 0, 0o7, 0x3A, -19 ]\n"
                                 "Floats: [ 0., -0.0, .5, +12e03, -2E+05 ]\n"
                                 "Also floats: [ .inf, -.Inf, +.INF, .NAN ]\n");
    const pm_node *root = pm_doc_root(doc);
    assert_int_equal(pm_node_count(root), 7);
    assert_string_equal(pm_node_key(root, 2), "Not a null");
    assert_int_equal(pm_node_kind(pm_node_find(root, "A null")), PM_NODE_NULL);
    assert_non_null(pm_node_find(root, "Also a null"));
    assert_int_equal(pm_node_kind(pm_node_find(root, "Also a null")), PM_NODE_NULL);
    assert_string_equal(pm_node_text(pm_node_find(root, "Not a null"), "x"), "");
    static const double integers[] = {0, 7, 58, -19}, floats[] = {0, -0.0, 0.5, 12000, -200000},
                        more[] = {(double)INFINITY, -(double)INFINITY, (double)INFINITY, (double)NAN};
    for (int i = 0; i < 4; i++) {
        const pm_node *truth = pm_node_item(pm_node_find(root, "Booleans"), i);
        assert_int_equal(pm_node_kind(truth), PM_NODE_BOOL);
        assert_int_equal(pm_node_bool(truth, i >= 2), i < 2);
        assert_close(pm_node_number(pm_node_item(pm_node_find(root, "Integers"), i), -1), integers[i], 0, 0);
        assert_close(pm_node_number(pm_node_item(pm_node_find(root, "Also floats"), i), -1), more[i], 0, 0);
    }
    for (int i = 0; i < 5; i++)
        assert_close(pm_node_number(pm_node_item(pm_node_find(root, "Floats"), i), -1), floats[i], 0, 0);
}

/* What YAML 1.1 or a lax parser would take for something else. */
static void other_words_are_text(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc =
        yaml("[no, yes, On, 12:30, 1_000, 0b1, 0x, 0xG, 0o8, 1e, 1e+, ., -, +, .e5, --1, 1.2.3, nan, inf,\n"
             " '1', \"true\", NaN, tRUE, 20 um, 0X1F, 2024-01-01, '~']");
    assert_int_equal(pm_node_count(pm_doc_root(doc)), 27);
    for (int64_t i = 0; i < 27; i++) {
        const pm_node *node = pm_node_item(pm_doc_root(doc), i);
        if (pm_node_kind(node) != PM_NODE_TEXT) fail_msg("%s is no text", pm_node_scalar(node));
    }
}

static void nodes_know_their_place(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc = yaml("kind: li-cu\narea:\n  value: 1.27\nlist:\n  - a\n  - {b: 2}\n");
    const pm_node *root = pm_doc_root(doc);
    const pm_node *value = pm_node_find(pm_node_find(root, "area"), "value");
    const pm_node *b = pm_node_find(pm_node_item(pm_node_find(root, "list"), 1), "b");
    assert_string_equal(pm_doc_file(doc), "cell.yaml");
    assert_int_equal(pm_node_line(value), 3);
    assert_int_equal(pm_node_column(value), 10);
    assert_int_equal(pm_node_line(b), 6);
    assert_int_equal(pm_node_column(b), 9);
    pm_error err;
    assert_int_equal(pm_node_fail(doc, b, PM_ERR_DATA, &err, "no %d", 7), PM_ERR_DATA);
    assert_string_equal(err.message, "column 9: list[1].b: no 7");
    assert_string_equal(err.file, "cell.yaml");
    assert_int_equal(err.line, 6);
    assert_string_equal(pm_node_scalar(value), "1.27");
}

static void asking_for_another_kind_gives_the_default(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc = yaml("{text: a, number: 1, truth: true, list: [1], map: {}, nothing: ~}");
    const pm_node *root = pm_doc_root(doc), *text = pm_node_find(root, "text"), *list = pm_node_find(root, "list");
    const pm_node *number = pm_node_find(root, "number");
    assert_null(pm_node_text(number, NULL));
    assert_string_equal(pm_node_text(NULL, "none"), "none");
    assert_close(pm_node_number(text, 5), 5, 0, 0);
    assert_close(pm_node_number(NULL, 6), 6, 0, 0);
    assert_true(pm_node_bool(text, true));
    assert_false(pm_node_bool(NULL, false));
    assert_null(pm_node_find(list, "0"));
    assert_null(pm_node_find(NULL, "x"));
    assert_null(pm_node_find(root, "x"));
    assert_null(pm_node_find(pm_node_find(root, "map"), "x"));
    assert_null(pm_node_item(list, 1));
    assert_null(pm_node_item(list, -1));
    assert_null(pm_node_key(list, 0));
    assert_null(pm_node_scalar(list));
    assert_null(pm_node_scalar(pm_node_find(root, "nothing")));
    assert_int_equal(pm_node_count(text), 0);
    assert_int_equal(pm_node_count(NULL), 0);
    assert_int_equal(pm_node_kind(NULL), PM_NODE_NULL);
    assert_int_equal(pm_node_line(NULL), -1);
}

static void each_key_of_a_large_map_is_found(void **state)
{
    (void)state;
    enum { N = 3000 };
    static char text[N * 24];
    char key[16];
    size_t n = 0;
    for (int i = 0; i < N; i++) n += (size_t)snprintf(text + n, sizeof text - n, "k%d: %d\n", i * 7919 % N, i);
    pm_scoped(pm_doc) doc = yaml(text);
    for (int i = 0; i < N; i++) {
        snprintf(key, sizeof key, "k%d", i * 7919 % N);
        assert_close(pm_node_number(pm_node_find(pm_doc_root(doc), key), -1), i, 0, 0);
        assert_string_equal(pm_node_key(pm_doc_root(doc), i), key);
    }
}

static void empty_documents_are_null(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n\n", "# nothing\n", "---\n", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        pm_scoped(pm_doc) doc = yaml(texts[i]);
        assert_int_equal(pm_node_kind(pm_doc_root(doc)), PM_NODE_NULL);
    }
}

/* Each is refused where it stands, and says why. */
static void what_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t line;
        const char *said;
    } cases[] = {
        {"a: 1\nb: &x 2\n", 2, "anchor"},
        {"a: &x [1]\n", 1, "anchor"},
        {"a: &x {b: 1}\n", 1, "anchor"},
        {"&x a: 1\n", 1, "anchor"},
        {"a: 1\nb:\n  - *x\n", 3, "alias"},
        {"*x : 1\n", 1, "alias"},
        {"a: !!str 1\n", 1, "tag"},
        {"a: ! 1\n", 1, "tag"},
        {"a: !x [1]\n", 1, "tag"},
        {"a: !x {}\n", 1, "tag"},
        {"a: 1\nb: 2\na: 3\n", 3, "'a' is there already"},
        {"x:\n  c: 1\n  c: 1\n", 3, "'c' is there already"},
        {"[a, b]: 1\n", 1, "key"},
        {"? {a: 1}\n: 2\n", 1, "key"},
        {"a: 1\n---\nb: 2\n", 2, "second document"},
        {"a: 1\n  b: 2\n", 2, "mapping"},
        {"a: [1, 2\n", 2, "flow sequence"},
        {"a: \"x\n", 2, "quoted scalar"},
        {"a:\n\t- 1\n", 2, "token"},
        {"a: \"x\\0y\"\n", 1, "zero byte"},
        {"a: 1\nb: \xFF\n", 2, "UTF-8"},
        {"a: 1\nb: \x01\n", 2, "control characters"},
        {"a: 1e999\n", 1, "range"},
        {"%YAML 3.0\n---\na\n", 1, "incompatible"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pm_scoped(pm_doc) doc = NULL;
        pm_error err;
        pm_status s = pm_doc_parse_yaml(cases[i].text, (int64_t)strlen(cases[i].text), "c.yaml", &doc, &err);
        if (s != PM_ERR_FORMAT || err.line != cases[i].line || !strstr(err.message, cases[i].said) ||
            strcmp(err.file, "c.yaml") != 0)
            fail_msg("%s: %s, line %d: %s", cases[i].text, pm_status_name(s), (int)err.line, err.message);
        assert_null(doc);
    }
}

static void bytes_that_are_no_text_are_located(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc = NULL;
    pm_error err;
    assert_int_equal(pm_doc_parse_yaml("a: 1\nb\0: 2\n", 11, NULL, &doc, &err), PM_ERR_FORMAT);
    assert_int_equal(err.byte, 6);
    assert_int_equal(err.line, 2);
}

static void depth_is_bounded(void **state)
{
    (void)state;
    char text[1000];
    for (int depth = 60; depth < 70; depth++)
        for (int block = 0; block < 2; block++) {
            pm_scoped(pm_doc) doc = NULL;
            pm_error err;
            size_t n = 0;
            for (int i = 0; i < depth; i++) n += (size_t)snprintf(text + n, sizeof text - n, block ? "- " : "[");
            for (int i = 0; i < depth && !block; i++) text[n++] = ']';
            if (block) text[n++] = 'x';
            assert_int_equal(pm_doc_parse_yaml(text, (int64_t)n, NULL, &doc, &err), depth > 64 ? PM_ERR_LIMIT : PM_OK);
        }
}

/* A cut document is an error or a smaller document, and never a crash. */
static void any_cut_and_any_flipped_byte_is_survived(void **state)
{
    (void)state;
    static const char text[] =
        "kind: li-cu\narea: 1.27 cm2\nlist:\n  - {a: [1, 2, \"x\\n\"], b: 'y'}\n  - |\n    long\n"
        "  - >-\n    folded\nmore: \xC2\xB5\n";
    int64_t held = allocations_held();
    for (size_t n = 0; n < sizeof text; n++) {
        for (int flip = 0; flip < 9; flip++) {
            pm_scoped(pm_doc) doc = NULL;
            char copy[sizeof text];
            memcpy(copy, text, sizeof text);
            if (flip && n) copy[n - 1] = (char)(copy[n - 1] ^ (1 << (flip - 1)));
            pm_error err = {0};
            pm_status s = pm_doc_parse_yaml(copy, flip ? (int64_t)sizeof text - 1 : (int64_t)n, "x", &doc, &err);
            assert_int_equal(s == PM_OK, doc != NULL);
            if (s) assert_true(err.message[0] != '\0');
        }
    }
    assert_int_equal(allocations_held(), held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(core_schema_of_the_specification),
        cmocka_unit_test(other_words_are_text),
        cmocka_unit_test(nodes_know_their_place),
        cmocka_unit_test(asking_for_another_kind_gives_the_default),
        cmocka_unit_test(each_key_of_a_large_map_is_found),
        cmocka_unit_test(empty_documents_are_null),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(bytes_that_are_no_text_are_located),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(any_cut_and_any_flipped_byte_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
