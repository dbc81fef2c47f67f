/* SPDX-License-Identifier: MIT */
/* Calibration, sets and scores against scikit-learn's answers and the definitions. */
#include "make_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- calibration and sets ---- */

/* sklearn's _sigmoid_calibration on made-up scores. */
static void platt_as_scikit_learn(void **state)
{
    (void)state;
    double score[50], a, b;
    int label[50], ones = 0;
    lcg g = {55}, h = {77};
    pm_error err = {0};
    for (int i = 0; i < 50; i++) score[i] = 6 * uniform(&g) - 3;
    for (int i = 0; i < 50; i++) ones += label[i] = uniform(&h) < 1 / (1 + exp(-1.3 * score[i] + 0.4));
    assert_int_equal(ones, 22);
    assert_good(pm_platt(50, score, label, &a, &b, &err), &err);
    assert_close(a, -1.5431477122622, 1e-5, 0);
    assert_close(b, 0.9302140315052, 1e-5, 0);
}

/* Groups whose rows fare alike: sets calibrated over groups cover nine of ten rows of new ones, over many trials. */
static void sets_cover_new_groups(void **state)
{
    (void)state;
    enum { GROUPS = 40, PER = 6, N = GROUPS * PER, TRIALS = 300 };
    double covered = 0, x[N * 3], p[N * 2];
    int y[N];
    for (int t = 0; t < TRIALS; t++) {
        pm_random r = pm_random_stream(4, "test/sets", (uint64_t)t);
        for (int i = 0; i < N; i++) {
            static double quality;
            if (i % PER == 0) quality = pm_random_normal(&r);
            double right = 1 / (1 + exp(-1 - 1.5 * quality - 0.5 * pm_random_normal(&r)));
            y[i] = pm_random_uniform(&r) < 0.5;
            p[2 * i + y[i]] = right;
            p[2 * i + 1 - y[i]] = 1 - right;
            x[3 * i] = x[3 * i + 1] = x[3 * i + 2] = i;
        }
        pm_data *d = data_of(N, 3, x, y, NULL, NULL, PER);
        int32_t *fold = d->group;
        double threshold;
        pm_error err = {0};
        assert_good(pm_conformal(d, p, fold, 0, 0.9, &threshold, &err), &err);
        for (int i = 0; i < PER; i++) covered += pm_prediction_set(p + 2 * i, 2, threshold) >> y[i] & 1;
        pm_data_free(d);
    }
    assert_close(covered / (TRIALS * PER), 0.915, 0,
                 0.03); /* 0.9 and a little, the likeliest class being in any case */
}

/* Residuals with a part that each group shares: intervals calibrated over groups cover nine of ten rows of new groups;
   calibrated as if rows were independent of their group they would not know that 20 groups are few. */
static void intervals_cover_new_groups(void **state)
{
    (void)state;
    enum { GROUPS = 21, PER = 6, N = GROUPS * PER, TRIALS = 600 };
    for (int of_logarithm = 0; of_logarithm < 2; of_logarithm++) {
        double covered = 0, x[N * 3], p[N], target[N], width;
        for (int t = 0; t < TRIALS; t++) {
            pm_random r = pm_random_stream(9, "test/intervals", (uint64_t)t);
            double shared = 0;
            for (int i = 0; i < N; i++) {
                if (i % PER == 0) shared = pm_random_normal(&r);
                double error = shared + 0.5 * pm_random_normal(&r), truth = 5 * pm_random_uniform(&r);
                target[i] = of_logarithm ? pow(10, truth) : truth;
                p[i] = of_logarithm ? pow(10, truth + error) : truth + error;
                x[3 * i] = x[3 * i + 1] = x[3 * i + 2] = i;
            }
            pm_data *d = data_of(N, 3, x, NULL, target, NULL, PER);
            pm_error err = {0};
            assert_good(pm_conformal_residual(d, p, d->group, 0, 0.9, of_logarithm, &width, &err), &err);
            for (int i = 0; i < PER; i++) {
                double way = of_logarithm ? fabs(log10(p[i] / target[i])) : fabs(p[i] - target[i]);
                covered += way <= width;
            }
            pm_data_free(d);
        }
        assert_close(covered / (TRIALS * PER), 0.9 + 0.5 / GROUPS, 0, 0.03); /* within 0.85 to 0.95 */
    }
}

/* By hand: groups of 1 and 2 rows; half a group's weight each. Censored rows do not count. */
static void an_interval_by_hand(void **state)
{
    (void)state;
    double x[10] = {0}, target[5] = {10, 10, 10, 10, 10}, p[5] = {11, 13, 12, 15, 90}, width;
    bool censored[5] = {false, false, false, false, true};
    pm_data *d = data_of(5, 2, x, NULL, target, censored, 2);
    pm_error err = {0};
    /* residuals 1, 3 | 2, 5: weights 1/2, groups 2, need = 3 coverage: 0.5 -> 1.5 -> third of 1 2 3 5 */
    assert_good(pm_conformal_residual(d, p, NULL, -1, 0.5, false, &width, &err), &err);
    assert_close(width, 3, 1e-12, 0);
    assert_good(pm_conformal_residual(d, p, NULL, -1, 0.66, false, &width, &err), &err);
    assert_close(width, 5, 1e-12, 0);
    assert_good(pm_conformal_residual(d, p, NULL, -1, 0.9, false, &width, &err), &err);
    assert_true(isinf(width)); /* two groups cannot tell */
    assert_good(pm_conformal_residual(d, p, NULL, -1, 0.5, true, &width, &err), &err);
    assert_close(width, log10(1.3), 1e-12, 0);
    p[2] = -1;
    assert_int_equal(pm_conformal_residual(d, p, NULL, -1, 0.5, true, &width, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.hint, "target itself"));
    pm_data_free(d);
}

static void too_few_groups_give_full_sets(void **state)
{
    (void)state;
    double x[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, p[6] = {0.9, 0.1, 0.8, 0.2, 0.3, 0.7}, threshold;
    int y[3] = {0, 0, 1};
    pm_data *d = data_of(3, 3, x, y, NULL, NULL, 1);
    pm_error err = {0};
    assert_good(pm_conformal(d, p, NULL, -1, 0.9, &threshold, &err), &err);
    assert_close(threshold, 1, 0, 0);
    assert_int_equal(pm_prediction_set(p, 2, threshold), 3);
    assert_int_equal(pm_prediction_set(p, 2, 0), 1);
    pm_data_free(d);
}

/* Probabilities that are too sure by a factor of two in their logarithm. */
static void the_temperature_is_found(void **state)
{
    (void)state;
    enum { N = 4000 };
    double *x = malloc(N * 3 * sizeof *x), *p = malloc(N * 2 * sizeof *p);
    int *y = malloc(N * sizeof *y);
    pm_random r = pm_random_stream(8, "test/temperature", 0);
    for (int i = 0; i < N; i++) {
        double margin = 2 * pm_random_normal(&r), right = 1 / (1 + exp(-margin));
        y[i] = pm_random_uniform(&r) < right;
        p[2 * i + 1] = 1 / (1 + exp(-2 * margin));
        p[2 * i] = 1 - p[2 * i + 1];
        x[3 * i] = x[3 * i + 1] = x[3 * i + 2] = 0;
    }
    pm_data *d = data_of(N, 3, x, y, NULL, NULL, 1);
    assert_close(pm_temperature(d, p, NULL, -1), 2, 0, 0.15);
    pm_data_free(d);
    free(x);
    free(p);
    free(y);
}

/* ---- scores ---- */

static void scores_by_hand(void **state)
{
    (void)state;
    const double x[15] = {0}, p[15] = {0.7, 0.2, 0.1, 0.2, 0.5, 0.3, 0.6, 0.3, 0.1, 0.1, 0.2, 0.7, 0.3, 0.4, 0.3};
    const int y[5] = {0, 1, 1, 2, 2};
    double copy[15];
    memcpy(copy, x, sizeof x);
    pm_data *d = data_of(5, 3, copy, y, NULL, NULL, 1);
    pm_scores s;
    pm_error err = {0};
    assert_good(pm_scores_of(d, p, 10, 1, NULL, &s, &err), &err);
    /* predicted 0 1 0 2 1: f1 = 2/3, 1/2, 2/3 */
    assert_close(s.accuracy.value, 0.6, 1e-12, 0);
    assert_close(s.macro_f1.value, (2.0 / 3 + 0.5 + 2.0 / 3) / 3, 1e-12, 0);
    /* class 0: 4 of 4 pairs; class 1: scores 0.5, 0.3 against 0.2, 0.2, 0.4: 5 of 6; class 2: 0.7, 0.3 against 0.1,
       0.3, 0.1: 5.5 of 6 */
    assert_close(s.auc.value, (1 + 5.0 / 6 + 5.5 / 6) / 3, 1e-12, 0);
    assert_close(s.brier.value, (0.14 + 0.38 + 0.86 + 0.14 + 0.74) / 5, 1e-12, 0);
    assert_int_equal(s.confusion[1 * 3 + 0], 1);
    pm_scores_leave(&s);
    double rho;
    const double a[] = {1, 2, 2, 4, 5}, b[] = {2, 1, 4, 3, 5};
    assert_good(pm_spearman(5, a, b, &rho, &err), &err);
    assert_close(rho, 0.66688592885535, 1e-10, 0); /* ranks 1 2.5 2.5 4 5: 6.5 / sqrt(9.5 * 10) */
    pm_data_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(platt_as_scikit_learn),
        cmocka_unit_test(sets_cover_new_groups),
        cmocka_unit_test(intervals_cover_new_groups),
        cmocka_unit_test(an_interval_by_hand),
        cmocka_unit_test(too_few_groups_give_full_sets),
        cmocka_unit_test(the_temperature_is_found),
        cmocka_unit_test(scores_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
