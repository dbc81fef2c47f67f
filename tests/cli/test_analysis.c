/* SPDX-License-Identifier: MIT */
/* The loop that the commands share. */
#include "support.h"

#include "cli/analysis.h"

#include <stdlib.h>
#include <string.h>

static const pm_run one_thread = {.threads = 1};

static char *file(const char *name)
{
    char relative[200];
    snprintf(relative, sizeof relative, "tests/cli/files/%s", name);
    return support_source(relative);
}

static pm_status analyse(const char *name, const cli_shared *shared, const cli_want *want, cli_analysis **out,
                         pm_error *err)
{
    char *path = file(name);
    pm_status s = cli_analyse(shared, want, path, &one_thread, out, err);
    free(path);
    return s;
}

static void kept_rows_are_all_rows(void **state)
{
    (void)state;
    pm_scoped(cli_analysis) a = NULL;
    pm_error err = {0};
    assert_good(analyse("full.csv", &(cli_shared){0}, &(cli_want){.cycles = true, .keep = true}, &a, &err), &err);
    assert_int_equal(pm_table_rows(a->records), 110);
    assert_int_equal(pm_table_columns(a->records), 3); /* 24 bytes of each row, however many columns there are */
    assert_string_equal(pm_table_find(a->records, "current_ampere")->unit, "A");
    assert_int_equal(a->summary.half_cycles, 4);
    assert_true(a->has_current);
}

static void the_user_beats_the_sidecar(void **state)
{
    (void)state;
    pm_scoped(cli_analysis) told = NULL;
    pm_scoped(cli_analysis) overruled = NULL;
    pm_error err = {0};
    cli_shared more = {.kind = PM_LI_ION, .area_cm2 = 3};
    cli_want want = {.cycles = true};
    assert_good(analyse("sidecar/cell.csv", &(cli_shared){0}, &want, &told, &err), &err);
    assert_good(analyse("sidecar/cell.csv", &more, &want, &overruled, &err), &err);
    assert_int_equal(told->summary.kind, PM_LI_CU);
    assert_string_equal(cli_kind_source(told), "sidecar");
    assert_true(told->cycle_options.area_cm2 == 2);
    assert_int_equal(overruled->summary.kind, PM_LI_ION);
    assert_string_equal(cli_kind_source(overruled), "user");
    assert_true(overruled->cycle_options.area_cm2 == 3);
}

static void a_header_alone_is_no_test(void **state)
{
    (void)state;
    cli_analysis *a = NULL;
    pm_error err = {0};
    assert_int_equal(analyse("header-only.csv", &(cli_shared){0}, &(cli_want){.card = true}, &a, &err), PM_ERR_DATA);
    assert_null(a);
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    bool struck = true;
    char *path = file("sidecar/cell.csv");
    cli_want want = {.cycles = true, .card = true, .keep = true, .sha256 = true, .all_columns = true};
    for (int64_t n = 1; struck; n++) {
        pm_scoped(cli_analysis) a = NULL;
        int64_t held = allocations_held();
        fail_allocation(n);
        pm_status s = cli_analyse(&(cli_shared){.reconcile = true}, &want, path, &one_thread, &a, NULL);
        struck = allocation_failed();
        fail_allocation(0);
        assert_int_equal(s, struck ? PM_ERR_MEMORY : PM_OK);
        if (s) assert_int_equal(allocations_held(), held);
    }
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_rows_are_all_rows),
        cmocka_unit_test(the_user_beats_the_sidecar),
        cmocka_unit_test(a_header_alone_is_no_test),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
