/* SPDX-License-Identifier: MIT */
/* Data as they should not be: each is handled, or refused with a word on what to do. */
#include "learn/learn.h"
#include "make_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 24, P = 3 };

static pm_data *classes_of(const int *y, double (*feature)(int row, int f), int per_group)
{
    double x[N * P];
    for (int i = 0; i < N; i++)
        for (int f = 0; f < P; f++) x[P * i + f] = feature(i, f);
    return data_of(N, P, x, y, NULL, NULL, per_group);
}

static double plain(int row, int f)
{
    return sin(7.0 * row + 3 * f) + (row % 2) * (f == 0);
}

static double with_a_constant(int row, int f)
{
    return f == 1 ? 1.5 : plain(row, f);
}

static double with_gaps(int row, int f)
{
    return f == 2 || (row + f) % 5 == 0 ? NAN : plain(row, f);
}

static void alternate(int *y)
{
    for (int i = 0; i < N; i++) y[i] = i % 2;
}

static const pm_learner every[] = {PM_BOOSTED, PM_FOREST, PM_LOGISTIC, PM_NEAREST_CLASS, PM_MAJORITY};

/* A constant feature, and one that is missing everywhere: all learn, and nothing is said of these features. */
static void constant_and_missing_features(void **state)
{
    (void)state;
    int y[N];
    alternate(y);
    for (int k = 0; k < 2; k++) {
        pm_data *d = classes_of(y, k ? with_gaps : with_a_constant, 2);
        for (size_t i = 0; i < sizeof every / sizeof *every; i++) {
            pm_scoped(pm_model) m = NULL;
            double p[N * 2], phi[N * 2 * (P + 1)];
            pm_error err = {0};
            pm_status s = pm_learn(d, &(pm_learn_options){.learner = every[i], .trees = 20}, &m, &err);
            if (s == PM_ERR_FEATURE) continue;
            assert_good(s, &err);
            assert_good(pm_model_predict(m, N, d->x, p, &err), &err);
            for (int j = 0; j < N; j++) assert_close(p[2 * j] + p[2 * j + 1], 1, 1e-12, 0);
            if (every[i] == PM_NEAREST_CLASS || every[i] == PM_MAJORITY) continue;
            assert_good(pm_model_explain(m, N, d->x, NULL, phi, &err), &err);
            for (int j = 0; j < N * 2; j++) assert_close(phi[j * (P + 1) + (k ? 2 : 1)], 0, 0, 0);
        }
        pm_data_free(d);
    }
}

/* A row of which nothing is known, or of which a feature is infinite, is predicted all the same. */
static void a_row_of_gaps_is_predicted(void **state)
{
    (void)state;
    int y[N];
    alternate(y);
    pm_data *d = classes_of(y, plain, 2);
    const double rows[2 * P] = {NAN, NAN, NAN, INFINITY, -INFINITY, 0};
    for (size_t i = 0; i < sizeof every / sizeof *every; i++) {
        pm_scoped(pm_model) m = NULL;
        double p[4];
        pm_error err = {0};
        pm_status s = pm_learn(d, &(pm_learn_options){.learner = every[i], .trees = 20}, &m, &err);
        if (s == PM_ERR_FEATURE) continue;
        assert_good(s, &err);
        assert_good(pm_model_predict(m, 2, rows, p, &err), &err);
        for (int j = 0; j < 2; j++) assert_close(p[2 * j] + p[2 * j + 1], 1, 1e-12, 0);
    }
    pm_data_free(d);
}

static void ridge_without_a_penalty(void **state)
{
    (void)state;
    double x[N * 2], t[N], out;
    for (int i = 0; i < N; i++) {
        x[2 * i] = i;
        x[2 * i + 1] = 4; /* constant: left out */
        t[i] = 3 * i + 1;
    }
    pm_data *d = data_of(N, 2, x, NULL, t, NULL, 2);
    pm_learn_options o = {.learner = PM_LOGISTIC, .penalty = -1};
    pm_model *m = NULL;
    pm_error err = {0};
    assert_good(pm_learn(d, &o, &m, &err), &err);
    assert_good(pm_model_predict(m, 1, (double[]){100, 4}, &out, &err), &err);
    assert_close(out, 301, 1e-9, 0);
    pm_model_free(m);
    m = NULL;
    for (int i = 0; i < N; i++) d->x[2 * i + 1] = 2 * i; /* the same twice: no way to tell them apart */
    assert_int_equal(pm_learn(d, &o, &m, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.hint, "penalty"));
    assert_null(m);
    pm_data_free(d);
}

static void targets_that_cannot_be(void **state)
{
    (void)state;
    double x[N * 2], t[N];
    pm_model *m = NULL;
    pm_error err = {0};
    for (int i = 0; i < N; i++) {
        x[2 * i] = i;
        x[2 * i + 1] = -i;
        t[i] = i;
    }
    pm_data *d = data_of(N, 2, x, NULL, t, NULL, 2);
    pm_learn_options o = {.learner = PM_LOGISTIC, .log_target = true};
    assert_int_equal(pm_learn(d, &o, &m, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "row 1:"));
    d->target[3] = INFINITY;
    o.log_target = false;
    assert_int_equal(pm_learn(d, &o, &m, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "row 4:"));
    assert_non_null(strstr(err.hint, "censored"));
    pm_data_free(d);
}

static void one_class_and_one_group(void **state)
{
    (void)state;
    int y[N] = {0};
    int32_t fold[N];
    int folds;
    pm_model *m = NULL;
    pm_error err = {0};
    pm_data *d = classes_of(y, plain, N);
    assert_int_equal(pm_learn(d, &(pm_learn_options){.learner = PM_LOGISTIC}, &m, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.hint, "different ways"));
    assert_int_equal(pm_split(d, PM_BY_GROUP, 0, 1, fold, &folds, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "1 group"));
    assert_non_null(strstr(err.hint, "more electrolytes"));
    assert_good(pm_split(d, PM_BY_CELL, 0, 1, fold, &folds, &err), &err); /* its cells can be told apart */
    assert_int_equal(folds, N);
    pm_data_free(d);
}

/* A cell that stands in all groups makes one of them. */
static void a_cell_in_all_groups(void **state)
{
    (void)state;
    int y[N];
    int32_t fold[N];
    int folds;
    pm_error err = {0};
    alternate(y);
    pm_data *d = classes_of(y, plain, 4);
    for (int i = 0; i < N; i += 4) d->cell[i] = 0;
    assert_int_equal(pm_split(d, PM_BY_GROUP, 0, 1, fold, &folds, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.hint, "join"));
    int64_t rows[4] = {0, 1, 2, 3}; /* groups that have no row any more do not join */
    pm_scoped(pm_data) part = NULL;
    d->cell[0] = 1;
    assert_good(pm_data_take(d, 4, rows, &part, &err), &err);
    assert_int_equal(pm_split(part, PM_BY_GROUP, 0, 1, fold, &folds, &err), PM_ERR_DATA);
    assert_string_equal(err.hint, "give cells of more electrolytes");
    pm_data_free(d);
}

/* A class that all folds but one lack, and a fold whose others are of one class only. */
static void folds_of_one_class(void **state)
{
    (void)state;
    int y[N] = {0};
    int32_t fold[N];
    double p[N * 2];
    int folds;
    pm_error err = {0};
    y[0] = y[1] = 1; /* one group */
    pm_data *d = classes_of(y, plain, 2);
    assert_good(pm_split(d, PM_BY_GROUP, 0, 1, fold, &folds, &err), &err);
    assert_good(pm_cross_predict(d, &(pm_learn_options){.learner = PM_LOGISTIC}, fold, folds, NULL, p, &err), &err);
    assert_close(p[0], 1, 0, 0); /* the others are of class 0: no one can know of class 1 */
    pm_data_free(d);
}

static void scores_of_what_is_not_there(void **state)
{
    (void)state;
    int y[N];
    double p[N * 2], out;
    pm_scores s;
    pm_errors e;
    pm_error err = {0};
    alternate(y);
    for (int i = 0; i < N * 2; i++) p[i] = 0.5;
    pm_data *d = classes_of(y, plain, N);
    assert_good(pm_scores_of(d, p, 50, 1, NULL, &s, &err), &err);
    assert_close(s.auc.value, 0.5, 1e-12, 0);
    assert_true(isnan(s.auc.low) && isnan(s.accuracy.high)); /* one group: no interval */
    pm_scores_leave(&s);
    for (int i = 0; i < N; i++) d->y[i] = 1; /* class 0 does not occur */
    assert_good(pm_scores_of(d, p, 50, 1, NULL, &s, &err), &err);
    assert_true(isnan(s.auc.value));
    assert_close(s.macro_f1.value, 0, 0, 0); /* of class 1 alone; all are taken for class 0 */
    pm_scores_leave(&s);
    p[7] = NAN;
    assert_int_equal(pm_scores_of(d, p, 50, 1, NULL, &s, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "row 4:"));
    assert_int_equal(pm_errors_of(d, p, 50, 1, NULL, &e, &err), PM_ERR_ARGUMENT);
    assert_int_equal(pm_conformal_residual(d, p, NULL, -1, 0.9, false, &out, &err), PM_ERR_ARGUMENT);
    pm_data_free(d);
    const double a[] = {1, 2, NAN, 4}, b[] = {1, 2, 3, 4};
    const int one[] = {1, 1, 1, 1};
    assert_good(pm_spearman(4, a, b, &out, &err), &err);
    assert_true(isnan(out));
    assert_good(pm_spearman(2, b, b, &out, &err), &err);
    assert_true(isnan(out));
    assert_good(pm_auc(4, b, one, &out, &err), &err);
    assert_true(isnan(out));
    assert_int_equal(pm_platt(4, b, one, &out, &out, &err), PM_ERR_DATA);
}

static void too_many_classes(void **state)
{
    (void)state;
    enum { MANY = 33 };
    double x[MANY * 2];
    int y[MANY];
    pm_model *m = NULL;
    pm_error err = {0};
    for (int i = 0; i < MANY; i++) {
        x[2 * i] = x[2 * i + 1] = i;
        y[i] = i;
    }
    pm_data *d = data_of(MANY, 2, x, y, NULL, NULL, 1);
    assert_int_equal(pm_learn(d, &(pm_learn_options){.learner = PM_MAJORITY}, &m, &err), PM_ERR_LIMIT);
    assert_non_null(strstr(err.hint, "number"));
    pm_data_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constant_and_missing_features),
        cmocka_unit_test(a_row_of_gaps_is_predicted),
        cmocka_unit_test(ridge_without_a_penalty),
        cmocka_unit_test(targets_that_cannot_be),
        cmocka_unit_test(one_class_and_one_group),
        cmocka_unit_test(a_cell_in_all_groups),
        cmocka_unit_test(folds_of_one_class),
        cmocka_unit_test(scores_of_what_is_not_there),
        cmocka_unit_test(too_many_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
