/* SPDX-License-Identifier: MIT */
/* Each allocation of all that tables do fails once. */
#include <math.h>
#include <string.h>

#include "support.h"

static pm_status build(pm_builder *b, int rows, pm_table **out, pm_error *err)
{
    pm_status s;
    char word[32];
    if ((s = pm_builder_room(b, 3, err))) return s;
    pm_builder_word(b, 2, 1, "bad \xFF", -1);
    pm_builder_integers(b, 1)[1] = 5;
    pm_builder_commit(b, 2);
    for (int i = 0; i < rows; i++) {
        const char *pushed = word;
        snprintf(word, sizeof word, "word %d", i);
        pm_builder_push(b, &pushed);
    }
    pm_builder_meta(b, "key", "value");
    return pm_builder_finish(b, out, err);
}

static pm_status use_tables(pm_table **out, pm_error *err)
{
    static const pm_field fields[] = {
        {"x", PM_DOUBLE, "V", 0, ""}, {"i", PM_INT64, "1", 0, ""}, {"w", PM_STRING, "", 0, ""}};
    pm_status s;
    pm_scoped(pm_builder) b = NULL;
    pm_scoped(pm_table) first = NULL;
    pm_scoped(pm_table) second = NULL;
    pm_scoped(pm_table) view = NULL;
    if ((s = pm_builder_new(3, fields, &b, err))) return s;
    if (pm_builder_add(b, "y", PM_DOUBLE, "A") < 0) return pm_builder_room(b, 1, err);
    if ((s = build(b, 40, &first, err))) return s;
    if ((s = build(b, 70, &second, err))) return s;
    if ((s = pm_table_slice(second, 1, 60, &view, err))) return s;
    return pm_table_concat(2, (const pm_table *const[]){first, view}, out, err);
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    bool struck = true;
    int64_t n = 1;
    for (; struck; n++) {
        pm_scoped(pm_table) out = NULL;
        pm_error err = {0};
        int64_t held = allocations_held();
        fail_allocation(n);
        pm_status s = use_tables(&out, &err);
        struck = allocation_failed();
        fail_allocation(0);
        /* giving back unused memory may fail unseen: then there is more than needed */
        if (struck && s == PM_OK)
            assert_int_equal(pm_table_rows(out), 42 + 60);
        else
            assert_int_equal(s, struck ? PM_ERR_MEMORY : PM_OK);
        assert_int_equal(err.code, s);
        if (s) assert_null(out);
        if (s) assert_int_equal(allocations_held(), held);
    }
    assert_true(n > 60);
}

/* A failed finish loses nothing: it may be asked again. */
static void finish_may_be_repeated(void **state)
{
    (void)state;
    static const pm_field fields[] = {{"w", PM_STRING, "", 0, ""}, {"i", PM_INT64, "1", 8, ""}};
    const struct {
        const char *word;
        int64_t i;
    } row = {"rest", PM_NO_INT};
    pm_scoped(pm_builder) b = NULL;
    pm_scoped(pm_table) table = NULL;
    pm_error err;
    assert_good(pm_builder_new(2, fields, &b, &err), &err);
    pm_builder_push(b, &row);
    int failures = 0;
    for (int64_t n = 1; !table; n++) {
        fail_allocation(n);
        failures += pm_builder_finish(b, &table, &err) == PM_ERR_MEMORY;
        fail_allocation(0);
    }
    assert_int_equal(failures, 7); /* the table, two names, two units, words, validity bits */
    assert_string_equal(word_at(table, "w", 0), "rest");
    assert_true(isnan(real_at(table, "i", 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(finish_may_be_repeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
