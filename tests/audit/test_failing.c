/* SPDX-License-Identifier: MIT */
/* Each allocation of an audit and of a repair fails once. */
#include "audit_cell.h"

#include <stdlib.h>
#include <string.h>

static pm_status audit_and_mend(const pm_table *rows, pm_table **out, pm_error *err)
{
    pm_scoped(pm_audit) audit = NULL;
    pm_scoped(pm_table) findings = NULL;
    pm_scoped(pm_repair) repair = NULL;
    pm_status s;
    if ((s = pm_audit_start(NULL, 0, &audit, err))) return s;
    for (int64_t first = 0; first < pm_table_rows(rows); first += 210) {
        pm_scoped(pm_table) batch = NULL;
        if ((s = pm_table_slice(rows, first, 210, &batch, err))) return s;
        if ((s = pm_audit_push(audit, batch, err))) return s;
    }
    if ((s = pm_audit_result(audit, &findings, err))) return s;
    if ((s = pm_repair_new(findings, &repair, err))) return s;
    for (int64_t first = 0; first < pm_table_rows(rows); first += 210) {
        pm_scoped(pm_table) batch = NULL;
        pm_scoped(pm_table) mended = NULL;
        if ((s = pm_table_slice(rows, first, 210, &batch, err))) return s;
        if ((s = pm_repair_batch(repair, batch, &mended, err))) return s;
    }
    return pm_repair_batch(repair, NULL, out, err);
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    c->x[PM_AUDIT_TIME][209] = 0; /* held back at the end of a batch */
    c->x[PM_AUDIT_CYCLE][300] = 2.5;
    for (int i = 0; i < c->n; i++) c->x[PM_AUDIT_CURRENT][i] *= -1;
    pm_scoped(pm_table) rows = cell_table(c);
    bool struck = true;
    int64_t n = 1;
    for (; struck; n++) {
        pm_scoped(pm_table) out = NULL;
        pm_error err = {0};
        int64_t held = allocations_held();
        fail_allocation(n);
        pm_status s = audit_and_mend(rows, &out, &err);
        struck = allocation_failed();
        fail_allocation(0);
        if (s) assert_int_equal(s, PM_ERR_MEMORY);
        if (s) assert_int_equal(allocations_held(), held);
        assert_true(struck || s == PM_OK);
    }
    assert_true(n > 40);
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
