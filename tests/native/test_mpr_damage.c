/* SPDX-License-Identifier: MIT */
/* BioLogic .mpr files that are cut, altered or without data, and memory that runs out. */
#include "mpr_file.h"

#include <stdlib.h>

static void refuses_what_has_no_data(void **state)
{
    mpr_file *w = mpr_begin(false, 3);

    (void)state;
    expect_refused(mpr_outcome(w), 52, "ends before its module of data");
    w = mpr_begin(false, 3);
    mpr_settings(w, "", 1);
    mpr_put_text(w, "NODULE", 60);
    expect_refused(mpr_outcome(w), 52 + 57 + 700, "no module begins");
}

static int64_t rows_of(const uint8_t *bytes, int64_t n, pm_error *err, int64_t *told)
{
    outcome o = outcome_of_bytes(".mpr", bytes, n, NULL);
    int64_t rows = o.status ? -1 : pm_table_rows(o.rows);

    *err = o.error;
    *told = o.status ? 0 : pm_table_rows(o.findings);
    clear(&o);
    return rows;
}

/* Two findings are of the file itself; a cut one has more, and no rows are lost without a word. */
static void cut_anywhere(void **state)
{
    mpr_file *w = mpr_cycling(true, 11);
    int64_t data = w->data + 65 + 1007, end = data + MPR_CYCLING_ROWS * MPR_CYCLING_BYTES, told;
    pm_error err;

    (void)state;
    for (int64_t cut = 52; cut<w->n; cut += cut> data && cut < end ? 1 : 13) {
        int64_t rows = rows_of(w->at, cut, &err, &told), right = (cut - data) / MPR_CYCLING_BYTES;
        if (cut < data + MPR_CYCLING_BYTES) {
            assert_int_equal(rows, -1);
            assert_int_equal(err.code, PM_ERR_FORMAT);
            assert_true(err.byte >= 0);
            continue;
        }
        assert_int_equal(rows, right < MPR_CYCLING_ROWS ? right : MPR_CYCLING_ROWS);
        if (told < 3) fail_msg("cut at %lld of %lld", (long long)cut, (long long)w->n);
    }
    free(w);
}

static void any_byte_inverted(void **state)
{
    mpr_file *w = mpr_cycling(false, 3);
    int64_t told;
    pm_error err;

    (void)state;
    for (int64_t i = 0; i < w->n; i++) {
        w->at[i] ^= 0xff;
        int64_t rows = rows_of(w->at, w->n, &err, &told);
        if (rows < 0 && err.code == PM_ERR_FORMAT && i >= 52) assert_true(err.byte >= 0);
        if (rows >= 0 && rows != MPR_CYCLING_ROWS) assert_true(told > 2);
        w->at[i] ^= 0xff;
    }
    free(w);
}

static void no_memory_anywhere(void **state)
{
    mpr_file *w = mpr_cycling(true, 11);
    char *path = support_file(".mpr", w->at, w->n);
    int64_t held = allocations_held();
    bool failed = true;

    (void)state;
    for (int64_t k = 1; failed; k++) {
        fail_allocation(k);
        outcome o = outcome_of_path(path, NULL);
        failed = allocation_failed();
        fail_allocation(0);
        if (failed) assert_int_equal(o.status, PM_ERR_MEMORY);
        if (!failed) mpr_check_cycling(&o);
        clear(&o);
        assert_int_equal(allocations_held(), held);
    }
    support_remove(path);
    free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_has_no_data),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(any_byte_inverted),
        cmocka_unit_test(no_memory_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
