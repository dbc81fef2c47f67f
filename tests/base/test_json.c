/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include <jansson.h>

#include "support.h"

static pm_out *memory(void)
{
    pm_out *o = NULL;
    assert_good(pm_out_open(NULL, false, &o, NULL), NULL);
    return o;
}

static void writes_as_promised(void **state)
{
    (void)state;
    pm_scoped(pm_out) o = memory();
    pm_json j = pm_json_start(o);
    pm_json_object(&j, NULL);
    pm_json_text(&j, "name", "a \"b\" \\ \n\t\r\x01\x7F \u00B5\xFF");
    pm_json_text(&j, "none", NULL);
    pm_json_flat_array(&j, "list");
    pm_json_whole(&j, NULL, -5);
    pm_json_whole(&j, NULL, PM_NO_INT);
    pm_json_object(&j, NULL);
    pm_json_bool(&j, "in line", true);
    pm_json_end(&j);
    pm_json_end(&j);
    pm_json_array(&j, "rows");
    pm_json_flat_object(&j, NULL);
    pm_json_real(&j, "x", 0.1);
    pm_json_real(&j, "y", NAN);
    pm_json_real(&j, "z", -INFINITY);
    pm_json_end(&j);
    pm_json_array(&j, NULL);
    pm_json_end(&j);
    pm_json_end(&j);
    pm_json_object(&j, "empty");
    pm_json_end(&j);
    pm_json_bool(&j, "no", false);
    pm_json_null(&j, "key \"");
    pm_json_end(&j);
    assert_good(pm_out_commit(o, NULL), NULL);
    assert_string_equal(pm_out_memory(o, NULL),
                        "{\n"
                        "  \"name\": \"a \\\"b\\\" \\\\ \\n\\t\\r\\u0001\\u007f \u00B5\uFFFD\",\n"
                        "  \"none\": null,\n"
                        "  \"list\": [-5, null, {\"in line\": true}],\n"
                        "  \"rows\": [\n"
                        "    {\"x\": 0.10000000000000001, \"y\": null, \"z\": null},\n"
                        "    []\n"
                        "  ],\n"
                        "  \"empty\": {},\n"
                        "  \"no\": false,\n"
                        "  \"key \\\"\": null\n"
                        "}\n");
}

static void another_reader_reads_the_same(void **state)
{
    (void)state;
    pm_scoped(pm_out) o = memory();
    pm_json j = pm_json_start(o);
    double numbers[300];
    pm_random r = pm_random_stream(1, "test/json", 0);
    pm_json_array(&j, NULL);
    for (int i = 0; i < 300; i++) {
        numbers[i] = pm_random_normal(&r) * pow(10, i - 150);
        pm_json_real(&j, NULL, numbers[i]);
    }
    pm_json_end(&j);
    json_t *read = json_loads(pm_out_memory(o, NULL), 0, NULL);
    assert_non_null(read);
    for (size_t i = 0; i < 300; i++) assert_true(json_number_value(json_array_get(read, i)) == numbers[i]);
    json_decref(read);
}

static void a_lone_value_is_a_document(void **state)
{
    (void)state;
    pm_scoped(pm_out) o = memory();
    pm_json j = pm_json_start(o);
    pm_json_text(&j, NULL, "");
    assert_string_equal(pm_out_memory(o, NULL), "\"\"\n");
    pm_json_null(&j, NULL);
    assert_int_equal(pm_out_commit(o, NULL), PM_ERR_INTERNAL);
}

static void misuse_fails_the_output(void **state)
{
    (void)state;
    pm_scoped(pm_out) deep = memory();
    pm_json j = pm_json_start(deep);
    for (int i = 0; i < 31; i++) pm_json_array(&j, NULL);
    assert_non_null(pm_out_memory(deep, NULL));
    for (int i = 0; i < 50; i++) pm_json_array(&j, NULL);
    assert_null(pm_out_memory(deep, NULL));
    pm_error err;
    assert_int_equal(pm_out_commit(deep, &err), PM_ERR_INTERNAL);
    assert_string_equal(err.message, "JSON nested too deeply");
    pm_scoped(pm_out) closed = memory();
    j = pm_json_start(closed);
    pm_json_end(&j);
    assert_int_equal(pm_out_commit(closed, &err), PM_ERR_INTERNAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_as_promised),
        cmocka_unit_test(another_reader_reads_the_same),
        cmocka_unit_test(a_lone_value_is_a_document),
        cmocka_unit_test(misuse_fails_the_output),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
