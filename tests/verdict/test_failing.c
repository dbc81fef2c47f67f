/* SPDX-License-Identifier: MIT */
/* Each allocation of training, writing, reading, judging and explaining fails once. */
#include "cells.h"
#include "verdict/predictor.h"

#include <math.h>

static const pm_run one = {.threads = 1};

static pm_status judge(const pm_predictor *predictor, const pm_table *table, pm_error *err)
{
    pm_scoped(pm_table) why = NULL;
    pm_scoped(pm_table) pairs = NULL;
    pm_scoped(pm_out) words = NULL;
    double x[3];
    pm_verdict v;
    pm_status s;
    if ((s = pm_predictor_row(predictor, table, 0, x, err))) return s;
    if ((s = pm_predictor_judge(predictor, x, &v, err))) return s;
    if ((s = pm_predictor_explain(predictor, x, &why, err))) return s;
    if ((s = pm_predictor_interactions(predictor, x, 2, &pairs, err))) return s;
    if ((s = pm_out_open(NULL, false, &words, err))) return s;
    pm_verdict_words(predictor, &v, words);
    return pm_out_memory(words, NULL) ? PM_OK : PM_ERR_MEMORY;
}

static pm_status all_of_it(const pm_data *d, const pm_training *t, const pm_table *table, pm_error *err)
{
    pm_scoped(pm_predictor) predictor = NULL;
    pm_scoped(pm_predictor) again = NULL;
    pm_scoped(pm_out) out = NULL;
    pm_evaluation e;
    int64_t n;
    pm_status s;
    if ((s = pm_predictor_train(d, t, &one, &predictor, &e, err))) return s;
    pm_evaluation_leave(&e);
    if ((s = pm_out_open(NULL, false, &out, err))) return s;
    pm_predictor_write(predictor, out);
    const char *bytes = pm_out_memory(out, &n);
    if (!bytes) return pm_out_commit(out, err);
    if ((s = pm_predictor_parse(bytes, n, "x", &again, err))) return s;
    return judge(again, table, err);
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    population p = {.groups = 3, .per_group = 3, .features = 3, .seed = 8};
    pm_scoped(pm_data) classes = cells_data(&p, "label");
    pm_scoped(pm_data) numbers = cells_data(&p, "life");
    pm_scoped(pm_table) table = cells_table(&p);
    pm_training t = {
        .learn = {.learner = PM_FOREST, .trees = 1, .depth = 2}, .bootstraps = 2, .target = "y", .kind = "li-cu"};
    for (int k = 0; k < 2; k++) {
        bool struck = true;
        int64_t n = 1;
        for (; struck; n++) {
            pm_error err = {0};
            int64_t held = allocations_held();
            fail_allocation(n);
            pm_status s = all_of_it(k ? numbers : classes, &t, table, &err);
            struck = allocation_failed();
            fail_allocation(0);
            if (s) assert_int_equal(s, PM_ERR_MEMORY);
            if (s) assert_int_equal(allocations_held(), held);
            assert_true(struck || s == PM_OK);
        }
        print_message("%lld allocations failed\n", (long long)n - 2);
        assert_true(n > 200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
