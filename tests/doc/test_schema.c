/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "doc/doc.h"
#include "support.h"

static pm_doc *yaml(const char *text, const char *file)
{
    pm_doc *doc = NULL;
    pm_error err;
    assert_good(pm_doc_parse_yaml(text, (int64_t)strlen(text), file, &doc, &err), &err);
    return doc;
}

static pm_status check(const char *schema_text, const char *text, pm_error *err)
{
    pm_scoped(pm_doc) schema = yaml(schema_text, "schema.json");
    pm_scoped(pm_doc) doc = yaml(text, "cell.yaml");
    return pm_doc_check(doc, schema, err);
}

/* For each keyword what obeys and what does not; the answers are those of JSON Schema, draft 7. */
static void keywords_mean_what_the_draft_says(void **state)
{
    (void)state;
    static const struct {
        const char *schema, *document;
        bool valid;
    } cases[] = {
        {"{}", "1", true},
        {"{type: 'null'}", "~", true},
        {"{type: 'null'}", "0", false},
        {"{type: boolean}", "false", true},
        {"{type: boolean}", "'false'", false},
        {"{type: integer}", "1", true},
        {"{type: integer}", "1.0", true},
        {"{type: integer}", "1.5", false},
        {"{type: integer}", ".inf", false},
        {"{type: integer}", "'1'", false},
        {"{type: number}", "1.5", true},
        {"{type: number}", "x", false},
        {"{type: string}", "x", true},
        {"{type: string}", "1", false},
        {"{type: array}", "[]", true},
        {"{type: array}", "{}", false},
        {"{type: object}", "{}", true},
        {"{type: object}", "[]", false},
        {"{type: [number, 'null']}", "~", true},
        {"{type: [number, 'null']}", "2", true},
        {"{type: [number, 'null']}", "x", false},
        {"{properties: {a: {type: number}}}", "{a: 1}", true},
        {"{properties: {a: {type: number}}}", "{a: x}", false},
        {"{properties: {a: {type: number}}}", "{b: x}", true},
        {"{properties: {a: {type: number}}}", "[x]", true},
        {"{required: [a, b]}", "{a: 1, b: 2, c: 3}", true},
        {"{required: [a, b]}", "{a: 1}", false},
        {"{required: [a]}", "[1]", true},
        {"{required: []}", "{}", true},
        {"{additionalProperties: false, properties: {a: {}}}", "{a: 1}", true},
        {"{additionalProperties: false, properties: {a: {}}}", "{a: 1, b: 2}", false},
        {"{additionalProperties: true, properties: {a: {}}}", "{a: 1, b: 2}", true},
        {"{additionalProperties: false}", "{}", true},
        {"{additionalProperties: false}", "{a: 1}", false},
        {"{additionalProperties: false}", "[1]", true},
        {"{items: {type: number}}", "[1, 2]", true},
        {"{items: {type: number}}", "[1, x]", false},
        {"{items: {type: number}}", "x", true},
        {"{enum: [1, x, ~, [1], {a: 1, b: 2}]}", "1", true},
        {"{enum: [1, x, ~, [1], {a: 1, b: 2}]}", "{b: 2, a: 1}", true},
        {"{enum: [1, x, ~, [1], {a: 1, b: 2}]}", "{b: 2, c: 1}", false},
        {"{enum: [1, x, ~, [1], {a: 1, b: 2}]}", "[1]", true},
        {"{enum: [1, x, ~, [1], {a: 1, b: 2}]}", "[2]", false},
        {"{enum: [1, x, ~, [1], {a: 1, b: 2}]}", "~", true},
        {"{enum: [1, x, ~, [1], {a: 1, b: 2}]}", "'1'", false},
        {"{enum: [true]}", "true", true},
        {"{enum: [true]}", "false", false},
        {"{const: 1}", "1.0", true},
        {"{const: 1}", "2", false},
        {"{const: x}", "y", false},
        {"{minimum: 1.5}", "1.5", true},
        {"{minimum: 1.5}", "1.4", false},
        {"{minimum: 1.5}", "x", true},
        {"{minimum: 1.5}", ".nan", false},
        {"{maximum: 2}", "2", true},
        {"{maximum: 2}", "2.1", false},
        {"{maximum: 2}", "[3]", true},
        {"{minItems: 1, maxItems: 2}", "[]", false},
        {"{minItems: 1, maxItems: 2}", "[1]", true},
        {"{minItems: 1, maxItems: 2}", "[1, 2]", true},
        {"{minItems: 1, maxItems: 2}", "[1, 2, 3]", false},
        {"{minItems: 1}", "x", true},
        {"{$ref: '#/definitions/n', definitions: {n: {type: number}}}", "1", true},
        {"{$ref: '#/definitions/n', definitions: {n: {type: number}}}", "x", false},
        {"{$ref: '#/definitions/n', minimum: 3, definitions: {n: {type: number}}}", "1", false},
        {"{$ref: '#/definitions/t', definitions: {t: {properties: {next: {$ref: '#/definitions/t'}, v: {type: "
         "number}}}}}",
         "{v: 1, next: {next: {v: 2}}}", true},
        {"{$ref: '#/definitions/t', definitions: {t: {properties: {next: {$ref: '#/definitions/t'}, v: {type: "
         "number}}}}}",
         "{v: 1, next: {next: {v: x}}}", false},
        {"{title: t, description: d, default: 1, examples: [1], $schema: s, $id: i, $comment: c}", "x", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pm_error err = {0};
        pm_status s = check(cases[i].schema, cases[i].document, &err);
        if (s != (cases[i].valid ? PM_OK : PM_ERR_FORMAT))
            fail_msg("%s of %s: %s %s", cases[i].document, cases[i].schema, pm_status_name(s), err.message);
    }
}

static const char cell_schema[] =
    "{type: object, required: [kind], additionalProperties: false, properties: {\n"
    "kind: {enum: [li-cu, li-li]}, area: {type: string}, files: {type: array, minItems: 1,\n"
    "items: {type: object, required: [rows], properties: {rows: {type: integer, minimum: 0}}}}}}";

static void errors_name_the_place_and_what_was_found(void **state)
{
    (void)state;
    static const struct {
        const char *document;
        int64_t line;
        const char *message;
    } cases[] = {
        {"kind: li-cu\narea: 1.27\n", 2, "column 7: area: expected string, found 1.27"},
        {"kind: lithium\n", 1, "column 7: kind: expected one of \"li-cu\", \"li-li\", found \"lithium\""},
        {"area: 1 cm2\n", 1, "column 1: 'kind' is missing"},
        {"kind: li-cu\ncathod: NMC\n", 2, "column 9: cathod: not known here; known: kind, area, files"},
        {"kind: li-cu\nfiles:\n  - rows: 1\n  - rows: -1\n", 4,
         "column 11: files[1].rows: expected at least 0, found -1"},
        {"kind: li-cu\nfiles:\n  - {rows: 1}\n  - {cols: 1}\n", 4, "column 5: files[1]: 'rows' is missing"},
        {"kind: li-cu\nfiles: []\n", 2, "column 8: files: expected at least 1 items, found 0"},
        {"kind: li-cu\nfiles: ~\n", 2, "column 8: files: expected array, found null"},
        {"[1]\n", 1, "column 1: expected object, found a list"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pm_error err;
        assert_int_equal(check(cell_schema, cases[i].document, &err), PM_ERR_FORMAT);
        assert_string_equal(err.message, cases[i].message);
        assert_int_equal(err.line, cases[i].line);
        assert_string_equal(err.file, "cell.yaml");
    }
}

static void schemas_that_promise_more_are_refused(void **state)
{
    (void)state;
    static const char *const schemas[] = {
        "{pattern: x}",
        "{properties: {a: {minLength: 1}}}",
        "{items: {oneOf: []}}",
        "{definitions: {a: {format: date}}}",
        "{type: text}",
        "{type: []}",
        "{type: [number, text]}",
        "{type: 1}",
        "{properties: []}",
        "{properties: {a: 1}}",
        "{required: a}",
        "{required: [1]}",
        "{additionalProperties: {}}",
        "{items: [{}]}",
        "{enum: []}",
        "{enum: x}",
        "{minimum: x}",
        "{maximum: .nan}",
        "{minItems: x}",
        "{maxItems: ~}",
        "{$ref: '#/definitions/x'}",
        "{$ref: '#/properties/x', properties: {x: {}}}",
        "{$ref: 1}",
        "[]",
        "{$ref: '#/definitions/a', definitions: {a: {$ref: '#/definitions/b'}, b: {$ref: '#/definitions/a'}}}",
    };
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++) {
        pm_error err;
        pm_status s = check(schemas[i], "{}", &err);
        if (s != PM_ERR_ARGUMENT) fail_msg("%s: %s", schemas[i], pm_status_name(s));
        assert_string_equal(err.file, "schema.json");
        assert_int_equal(err.line, 1);
    }
}

/* As deep as documents go, through references at each step. */
static void deep_documents_are_checked_to_the_bottom(void **state)
{
    (void)state;
    static const char schema[] =
        "{$ref: '#/definitions/l', definitions: {l: {$ref: '#/definitions/m'}, m: {type: [array, number],\n"
        "items: {$ref: '#/definitions/l'}}}}";
    char text[200] = "";
    for (int bottom = 0; bottom < 2; bottom++) {
        memset(text, '[', 64);
        text[64] = bottom ? 'x' : '1';
        memset(text + 65, ']', 64);
        assert_int_equal(check(schema, text, NULL), bottom ? PM_ERR_FORMAT : PM_OK);
    }
}

/* The schemas of our own outputs use what is supported, and none accepts nothing at all. */
static void our_own_schemas_are_sound(void **state)
{
    (void)state;
    char *folder = support_source("schema");
    DIR *files = opendir(folder);
    assert_non_null(files);
    int found = 0;
    for (const struct dirent *file; (file = readdir(files));) {
        if (!strstr(file->d_name, ".json")) continue;
        char path[1024];
        pm_scoped(pm_doc) schema = NULL;
        pm_scoped(pm_doc) nothing = yaml("~", NULL);
        pm_error err;
        snprintf(path, sizeof path, "%s/%s", folder, file->d_name);
        assert_good(pm_doc_read(path, &schema, &err), &err);
        if (pm_doc_check(nothing, schema, &err) != PM_ERR_FORMAT) fail_msg("%s: %s", file->d_name, err.message);
        found++;
    }
    closedir(files);
    free(folder);
    assert_true(found > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keywords_mean_what_the_draft_says),
        cmocka_unit_test(errors_name_the_place_and_what_was_found),
        cmocka_unit_test(schemas_that_promise_more_are_refused),
        cmocka_unit_test(deep_documents_are_checked_to_the_bottom),
        cmocka_unit_test(our_own_schemas_are_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
