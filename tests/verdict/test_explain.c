/* SPDX-License-Identifier: MIT */
/* Why: contributions against margins found from probabilities, coefficients against the line that made the data. */
#include "cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const population cells = {.groups = 20, .per_group = 4, .features = 4, .seed = 5};

/* log p of a class minus the mean of all, heated back: the centred margin. */
static double margin(const pm_predictor *predictor, const double *x, int class)
{
    pm_verdict v;
    pm_error err = {0};
    double mean = 0;
    assert_good(pm_predictor_judge(predictor, x, &v, &err), &err);
    for (int k = 0; k < 3; k++) mean += log(v.probability[k]) / 3;
    return (log(v.probability[class]) - mean) * pm_predictor_tell(predictor)->temperature;
}

static pm_table *explained(const pm_predictor *predictor, const double *x)
{
    pm_table *table = NULL;
    pm_error err = {0};
    assert_good(pm_predictor_explain(predictor, x, &table, &err), &err);
    return table;
}

static double sum_of(const pm_table *t)
{
    double sum = 0;
    for (int64_t i = 0; i < pm_table_rows(t); i++) sum += real_at(t, "contribution", i);
    return sum;
}

static double told(const pm_table *t, const char *key)
{
    assert_non_null(pm_table_meta(t, key));
    return strtod(pm_table_meta(t, key), NULL);
}

static void contributions_add_up_to_the_margin(void **state)
{
    (void)state;
    for (int learner = PM_BOOSTED; learner <= PM_LOGISTIC; learner += 2) {
        pm_training t = {.learn = {.learner = (pm_learner)learner, .trees = 20}, .bootstraps = 5};
        pm_scoped(pm_data) d = cells_data(&cells, "label");
        pm_scoped(pm_predictor) predictor = NULL;
        pm_error err = {0};
        pm_status s = pm_predictor_train(d, &t, NULL, &predictor, NULL, &err);
        if (s == PM_ERR_FEATURE) continue; /* XGBoost is not installed */
        assert_good(s, &err);
        const double a[] = {2, 2, 0.1, -0.4}, b[] = {1, 1.5, -0.3, 0.2};
        pm_scoped(pm_table) of_a = explained(predictor, a);
        pm_scoped(pm_table) of_b = explained(predictor, b);
        assert_string_equal(pm_table_meta(of_a, "class"), "kdf");
        assert_string_equal(pm_table_meta(of_b, "class"), "kdf");
        assert_string_equal(pm_table_meta(of_a, "contribution_to"), "log odds");
        assert_close(sum_of(of_a) - sum_of(of_b), margin(predictor, a, 1) - margin(predictor, b, 1), 1e-5, 1e-6);
        assert_close(told(of_a, "margin"), margin(predictor, a, 1), 1e-5, 1e-6);
        assert_close(told(of_a, "expected") + sum_of(of_a), told(of_a, "margin"), 1e-12, 1e-12);
        assert_close(told(of_b, "expected"), told(of_a, "expected"), 0, 0);
    }
}

static void rows_tell_the_training_range(void **state)
{
    (void)state;
    pm_training t = {.learn = {.learner = PM_LOGISTIC}, .bootstraps = 5};
    pm_scoped(pm_data) d = cells_data(&cells, "label");
    pm_scoped(pm_predictor) predictor = trained(&cells, "label", &t);
    const double x[] = {2.1, -0.3, NAN, 50};
    pm_scoped(pm_table) table = explained(predictor, x);
    double before = INFINITY;
    assert_int_equal(pm_table_rows(table), 4);
    for (int64_t i = 0; i < 4; i++) {
        double below = 0, low = INFINITY, high = -INFINITY, weight = fabs(real_at(table, "contribution", i));
        int f = word_at(table, "feature", i)[1] - '0';
        for (int64_t k = 0; k < d->n; k++) {
            double value = d->x[k * d->p + f];
            below += 100 * (value < x[f]) / (double)d->n;
            low = fmin(low, value);
            high = fmax(high, value);
        }
        assert_true(weight <= before);
        before = weight;
        assert_string_equal(word_at(table, "unit", i), "V");
        assert_close(real_at(table, "value", i), x[f], 0, 0);
        assert_close(real_at(table, "training_low", i), low, 0, 0);
        assert_close(real_at(table, "training_high", i), high, 0, 0);
        assert_close(real_at(table, "training_percentile", i), isnan(x[f]) ? NAN : below, 0, 3);
        assert_close(real_at(table, "outside", i), f == 3, 0, 0);
    }
}

/* The importance of a linear model: mean |w z|, here over the rows by the contributions themselves. */
static void importance_ranks_the_features(void **state)
{
    (void)state;
    pm_training t = {.learn = {.learner = PM_LOGISTIC}, .bootstraps = 5};
    pm_scoped(pm_predictor) predictor = trained(&cells, "life", &t);
    pm_scoped(pm_data) d = cells_data(&cells, "life");
    const pm_predictor_about *a = pm_predictor_tell(predictor);
    double sum[4] = {0};
    for (int64_t i = 0; i < d->n; i++) {
        pm_scoped(pm_table) table = explained(predictor, d->x + i * d->p);
        for (int64_t k = 0; k < 4; k++)
            sum[word_at(table, "feature", k)[1] - '0'] += fabs(real_at(table, "contribution", k)) / (double)d->n;
    }
    for (int f = 0; f < 4; f++) assert_close(a->importance[f], sum[f], 1e-10, 0);
    assert_true(a->importance[0] > a->importance[1] && a->importance[1] > a->importance[2]);
}

/* life = 10^(2 + 0.5 x0 - 0.25 x1), no noise: the line comes back. */
static void coefficients_are_in_the_features_units(void **state)
{
    (void)state;
    pm_scoped(pm_data) d = cells_data(&cells, "life");
    pm_scoped(pm_predictor) predictor = NULL;
    pm_scoped(pm_table) table = NULL;
    pm_error err = {0};
    for (int64_t i = 0; i < d->n; i++) d->target[i] = pow(10, 2 + 0.5 * d->x[i * 4] - 0.25 * d->x[i * 4 + 1]);
    pm_training t = {
        .learn = {.learner = PM_LOGISTIC, .log_target = true, .penalty = 1e-9}, .bootstraps = 5, .target = "life"};
    assert_good(pm_predictor_train(d, &t, NULL, &predictor, NULL, &err), &err);
    assert_good(pm_predictor_coefficients(predictor, &table, &err), &err);
    const double expected[] = {0.5, -0.25, 0, 0, 2};
    assert_int_equal(pm_table_rows(table), 5);
    for (int64_t i = 0; i < 5; i++) assert_close(real_at(table, "coefficient", i), expected[i], 1e-8, 1e-8);
    assert_string_equal(word_at(table, "feature", 4), "");
    assert_string_equal(word_at(table, "output", 0), "life");
}

/* The target is 1 where x0 and x1 have the same sign: only the pair tells. */
static void the_strongest_pair_comes_first(void **state)
{
    (void)state;
    pm_scoped(pm_data) d = cells_data(&cells, "life");
    pm_scoped(pm_predictor) predictor = NULL;
    pm_scoped(pm_table) pairs = NULL;
    pm_scoped(pm_table) none = NULL;
    pm_error err = {0};
    for (int64_t i = 0; i < d->n; i++) d->target[i] = d->x[i * 4] * d->x[i * 4 + 1] > 0;
    pm_training t = {.learn = {.learner = PM_FOREST, .trees = 60}, .bootstraps = 5};
    const double x[] = {1, 1, 0, 0};
    assert_good(pm_predictor_train(d, &t, NULL, &predictor, NULL, &err), &err);
    assert_good(pm_predictor_interactions(predictor, x, 3, &pairs, &err), &err);
    assert_int_equal(pm_table_rows(pairs), 3);
    assert_string_equal(word_at(pairs, "feature", 0), "x0");
    assert_string_equal(word_at(pairs, "with", 0), "x1");
    assert_true(real_at(pairs, "interaction", 0) > 0.1);
    assert_int_equal(pm_predictor_coefficients(predictor, &none, &err), PM_ERR_ARGUMENT);
}

static void what_has_no_reasons_says_so(void **state)
{
    (void)state;
    pm_training t = {.learn = {.learner = PM_MAJORITY}, .bootstraps = 5};
    pm_scoped(pm_predictor) predictor = trained(&cells, "label", &t);
    pm_table *table = NULL;
    pm_error err = {0};
    const double x[4] = {0};
    assert_int_equal(pm_predictor_explain(predictor, x, &table, &err), PM_ERR_ARGUMENT);
    assert_int_equal(pm_predictor_interactions(predictor, x, 3, &table, &err), PM_ERR_ARGUMENT);
    for (int f = 0; f < 4; f++) assert_close(pm_predictor_tell(predictor)->importance[f], 0, 0, 0);
    assert_null(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contributions_add_up_to_the_margin), cmocka_unit_test(rows_tell_the_training_range),
        cmocka_unit_test(importance_ranks_the_features),      cmocka_unit_test(coefficients_are_in_the_features_units),
        cmocka_unit_test(the_strongest_pair_comes_first),     cmocka_unit_test(what_has_no_reasons_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
