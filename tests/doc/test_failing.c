/* SPDX-License-Identifier: MIT */
/* Each allocation fails once: ours by the linker, jansson's by the hooks it has. */
#include <jansson.h>
#include <stdlib.h>

#include "doc/doc.h"
#include "support.h"

static const char text[] = "{\"kind\": \"li-cu\", \"area\": \"1.27 cm2\", \"list\": [1, 2.5, true, null, \"x\"],"
                           " \"map\": {\"a\": {\"b\": []}}, \"more\": [[], {}, 1, 2, 3, 4, 5, 6, 7, 8, 9]}";

typedef pm_status (*parser)(const char *bytes, int64_t n, const char *file, pm_doc **out, pm_error *err);

/* How often an allocation failed before one parse went through. `other`: an error that may stand for it. */
static int64_t failures_of(parser parse, pm_status other)
{
    bool struck = true;
    int64_t n = 1;
    for (; struck; n++) {
        pm_scoped(pm_doc) doc = NULL;
        pm_error err = {0};
        int64_t held = allocations_held();
        fail_allocation(n);
        pm_status s = parse(text, sizeof text - 1, "x", &doc, &err);
        struck = allocation_failed();
        fail_allocation(0);
        if (!struck || s != other) assert_int_equal(s, struck ? PM_ERR_MEMORY : PM_OK);
        assert_int_equal(err.code, s);
        assert_int_equal(doc == NULL, s != PM_OK);
        if (s) assert_int_equal(allocations_held(), held);
    }
    return n - 2;
}

static void our_allocations_may_fail(void **state)
{
    (void)state;
    /* the document, its name, 7 keys, 2 texts, ... */
    assert_true(failures_of(pm_doc_parse_json, PM_ERR_MEMORY) > 30);
    assert_true(failures_of(pm_doc_parse_yaml, PM_ERR_MEMORY) > 30);
}

/* jansson takes some of its failures for bad tokens: then the error has the wrong words, but it is one. */
static void jansson_allocations_may_fail(void **state)
{
    (void)state;
    json_malloc_t usual_malloc;
    json_free_t usual_free;
    json_get_alloc_funcs(&usual_malloc, &usual_free);
    json_set_alloc_funcs(malloc, free);
    int64_t failures = failures_of(pm_doc_parse_json, PM_ERR_FORMAT);
    json_set_alloc_funcs(usual_malloc, usual_free);
    assert_true(failures > 60);
}

static void reading_may_fail(void **state)
{
    (void)state;
    char *path = support_file(".yaml", text, -1);
    bool struck = true;
    int64_t n = 1;
    for (; struck; n++) {
        pm_scoped(pm_doc) doc = NULL;
        fail_allocation(n);
        pm_status s = pm_doc_read(path, &doc, NULL);
        struck = allocation_failed();
        fail_allocation(0);
        assert_int_equal(s, struck ? PM_ERR_MEMORY : PM_OK);
    }
    support_remove(path);
    assert_true(n > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(our_allocations_may_fail),
        cmocka_unit_test(jansson_allocations_may_fail),
        cmocka_unit_test(reading_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
