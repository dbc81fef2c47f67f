/* SPDX-License-Identifier: MIT */
/* Models against scikit-learn's and XGBoost's answers and closed forms; splits. */
#include "learn/fit.h"
#include "make_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- logistic regression: scikit-learn, C = 1, tol 1e-12, of scaled or unscaled features ---- */

static void logistic_as_scikit_learn(void **state)
{
    (void)state;
    static const double expected[3][4] = {{-1.461502305, -1.3971080822, -0.3349361298, 0.7088939997},
                                          {-0.6249430701, -0.0678390442, 0.1341677486, 1.2507663566},
                                          {2.0864453751, 1.4649471264, 0.2007683813, -1.9596603563}};
    enum { N = 60 };
    double x[N * 3];
    int y[N];
    lcg g = {33};
    for (int i = 0; i < N; i++) {
        for (int f = 0; f < 3; f++) x[3 * i + f] = uniform(&g);
        double s = 1.5 * x[3 * i] + x[3 * i + 1] + 0.5 * uniform(&g); /* the fourth is not learned from */
        y[i] = (s > 0.9) + (s > 1.8);
    }
    pm_data *d = data_of(N, 3, x, y, NULL, NULL, 1);
    pm_model m = {.p = 3, .classes = 3, .outputs = 3};
    pm_error err = {0};
    /* The example's features are not standardised; the penalty is that of weights per unit, so: the answer's
       stationarity. */
    double weight[3][4], gradient;
    memcpy(weight, expected, sizeof weight);
    for (int c = 0; c < 3; c++)
        for (int f = 0; f < 4; f++) {
            gradient = f < 3 ? weight[c][f] : 0;
            for (int i = 0; i < N; i++) {
                double p[3];
                for (int k = 0; k < 3; k++)
                    p[k] = weight[k][3] + weight[k][0] * d->x[3 * i] + weight[k][1] * d->x[3 * i + 1] +
                           weight[k][2] * d->x[3 * i + 2];
                pm_softmax(3, p);
                gradient += (p[c] - (d->y[i] == c)) * (f < 3 ? d->x[3 * i + f] : 1);
            }
            assert_close(gradient, 0, 0, 2e-5); /* the data are the example's */
        }
    /* Ours with scales of 1: the same minimum. */
    pm_learn_options o = pm_learn_defaults(&(pm_learn_options){.learner = PM_LOGISTIC});
    double deviation[3];
    for (int f = 0; f < 3; f++) {
        double sum = 0, squares = 0;
        for (int i = 0; i < N; i++) sum += d->x[3 * i + f] / N;
        for (int i = 0; i < N; i++) squares += (d->x[3 * i + f] - sum) * (d->x[3 * i + f] - sum) / N;
        deviation[f] = sqrt(squares);
    }
    assert_good(pm_fit_logistic(d, &o, &m, &err), &err);
    /* stationarity of ours, in standardised features */
    for (int c = 0; c < 3; c++)
        for (int f = 0; f < 3; f++) {
            gradient = m.linear->w[3 * c + f];
            for (int i = 0; i < N; i++) {
                double p[3], z[3];
                pm_linear_scale(m.linear, 3, 1, d->x + 3 * i, z);
                for (int k = 0; k < 3; k++)
                    p[k] = m.linear->bias[k] + m.linear->w[3 * k] * z[0] + m.linear->w[3 * k + 1] * z[1] +
                           m.linear->w[3 * k + 2] * z[2];
                pm_softmax(3, p);
                gradient += (p[c] - (d->y[i] == c)) * z[f];
            }
            assert_close(gradient, 0, 0, 1e-7);
            assert_close(m.linear->scale[f], deviation[f], 1e-12, 0);
        }
    pm_linear_free(m.linear);
    pm_data_free(d);
}

/* ---- ridge: normal equations of two features by hand ---- */

static void ridge_as_the_closed_form(void **state)
{
    (void)state;
    const double x[] = {-1, -1, 1, -1, -1, 1, 1, 1}, target[] = {1, 5, 2, 8};
    pm_data *d = data_of(4, 2, x, NULL, target, NULL, 1);
    pm_scoped(pm_model) m = NULL;
    pm_error err = {0};
    double out[4];
    assert_good(pm_learn(d, &(pm_learn_options){.learner = PM_LOGISTIC, .penalty = 2}, &m, &err), &err);
    assert_good(pm_model_predict(m, 4, x, out, &err), &err);
    /* orthogonal features of unit variance: w = sum(z t)/(4 + 2) = 10/6, 4/6; mean 4 */
    for (int i = 0; i < 4; i++) assert_close(out[i], 4 + x[2 * i] * 10 / 6 + x[2 * i + 1] * 4 / 6, 1e-12, 0);
    pm_data_free(d);
}

/* ---- boosted trees: XGBoost's own predictions are in the example of test_shapley ---- */

static pm_data *boosted_data(void)
{
    enum { N = 40 };
    static double x[N * 3], target[N];
    lcg g = {21};
    for (int i = 0; i < N; i++) {
        for (int f = 0; f < 3; f++) x[3 * i + f] = uniform(&g);
        target[i] = 2 * x[3 * i] + (x[3 * i + 1] > 0.5) * x[3 * i + 2];
    }
    return data_of(N, 3, x, NULL, target, NULL, 4);
}

static pm_model *learn_or_skip(const pm_data *d, const pm_learn_options *o)
{
    pm_model *m = NULL;
    pm_error err = {0};
    pm_status s = pm_learn(d, o, &m, &err);
    if (s == PM_ERR_FEATURE) {
        print_message("skipped: %s\n", err.message);
        skip();
    }
    assert_good(s, &err);
    return m;
}

static void boosted_as_xgboost(void **state)
{
    (void)state;
    pm_data *d = boosted_data();
    pm_learn_options o = {.learner = PM_BOOSTED, .trees = 2, .depth = 2, .rate = 0.5};
    pm_scoped(pm_model) m = learn_or_skip(d, &o);
    /* The published trees start from 0, ours from the mean: the first tree's cuts are the same. */
    assert_int_equal(m->trees->n_trees, 2);
    const pm_tree_node *root = &m->trees->node[m->trees->tree[0].root];
    assert_int_equal(root->feature, 0);
    assert_close((double)root->cover, 40, 0, 0);
    double mean = 0, sum[40];
    for (int i = 0; i < 40; i++) mean += d->target[i] / 40;
    pm_error err = {0};
    assert_good(pm_model_predict(m, 40, d->x, sum, &err), &err);
    double before = 0, after = 0;
    for (int i = 0; i < 40; i++) {
        before += (d->target[i] - mean) * (d->target[i] - mean);
        after += (d->target[i] - sum[i]) * (d->target[i] - sum[i]);
    }
    assert_true(after < 0.3 * before);
    pm_data_free(d);
}

static void a_model_comes_back_from_its_file(void **state)
{
    (void)state;
    enum { N = 60 };
    double x[N * 3], before[N * 3], after[N * 3];
    int y[N];
    lcg g = {5};
    for (int i = 0; i < N; i++) {
        for (int f = 0; f < 3; f++) x[3 * i + f] = uniform(&g);
        y[i] = (x[3 * i] > 0.3) + (x[3 * i + 1] > 0.6);
        if (i % 7 == 0) x[3 * i + 2] = NAN;
    }
    pm_data *d = data_of(N, 3, x, y, NULL, NULL, 6);
    for (int k = PM_BOOSTED; k <= PM_MAJORITY; k++) {
        pm_scoped(pm_model) m = NULL, *back = NULL;
        pm_scoped(pm_out) out = NULL;
        pm_scoped(pm_doc) doc = NULL;
        pm_error err = {0};
        pm_status s = pm_learn(d, &(pm_learn_options){.learner = (pm_learner)k, .trees = 20}, &m, &err);
        if (s == PM_ERR_FEATURE) continue;
        assert_good(s, &err);
        assert_good(pm_out_open(NULL, false, &out, &err), &err);
        pm_json json = pm_json_start(out);
        pm_model_write(m, NULL, &json);
        int64_t length;
        const char *text = pm_out_memory(out, &length);
        assert_good(pm_doc_parse_json(text, length, NULL, &doc, &err), &err);
        assert_good(pm_model_read(doc, pm_doc_root(doc), &back, &err), &err);
        assert_good(pm_model_predict(m, N, x, before, &err), &err);
        assert_good(pm_model_predict(back, N, x, after, &err), &err);
        assert_memory_equal(before, after, sizeof before);
        for (int i = 0; i < N; i++) assert_close(before[3 * i] + before[3 * i + 1] + before[3 * i + 2], 1, 1e-12, 0);
        /* whatever is cut out of it, it is refused or harmless */
        for (int64_t cut = 0; cut < length; cut += 1 + length / 97) {
            pm_scoped(pm_doc) broken = NULL;
            pm_scoped(pm_model) odd = NULL;
            char *copy = pm_text_copy(text, length);
            for (int64_t i = cut; i < length && i < cut + 3; i++)
                if (copy[i] >= '0' && copy[i] <= '9') copy[i] = '9';
            if (!pm_doc_parse_json(copy, length, NULL, &broken, NULL) &&
                !pm_model_read(broken, pm_doc_root(broken), &odd, NULL))
                assert_good(pm_model_predict(odd, odd->p == 3 ? N : 0, x, after, &err), &err);
            free(copy);
        }
    }
    pm_data_free(d);
}

/* ---- the forest ---- */

static void a_forest_finds_what_is_there(void **state)
{
    (void)state;
    enum { N = 240 };
    double *x = malloc(N * 3 * sizeof *x), *p = malloc(N * 2 * sizeof *p);
    int y[N];
    int32_t fold[N];
    int folds;
    lcg g = {9};
    for (int i = 0; i < N; i++) {
        for (int f = 0; f < 3; f++) x[3 * i + f] = uniform(&g);
        y[i] = x[3 * i] > 0.5 && x[3 * i + 1] < 0.7;
    }
    pm_data *d = data_of(N, 3, x, y, NULL, NULL, 6);
    pm_error err = {0};
    pm_learn_options o = {.learner = PM_FOREST, .trees = 60};
    assert_good(pm_split(d, PM_BY_GROUP, 10, 1, fold, &folds, &err), &err);
    assert_good(pm_cross_predict(d, &o, fold, folds, NULL, p, &err), &err);
    pm_scores scores;
    assert_good(pm_scores_of(d, p, 50, 1, NULL, &scores, &err), &err);
    assert_true(scores.accuracy.value > 0.93);
    assert_true(scores.macro_f1.low <= scores.macro_f1.value && scores.macro_f1.value <= scores.macro_f1.high);
    pm_scores_leave(&scores);
    /* the same bits with one thread */
    double *again = malloc(N * 2 * sizeof *again);
    assert_good(pm_cross_predict(d, &o, fold, folds, &(pm_run){.threads = 1}, again, &err), &err);
    assert_memory_equal(p, again, N * 2 * sizeof *p);
    free(again);
    free(x);
    free(p);
    pm_data_free(d);
}

/* ---- censoring ---- */

static void censored_lives_pull_the_prediction_up(void **state)
{
    (void)state;
    enum { N = 80 };
    double x[N * 3], life[N], plain[N], honest[N];
    bool cut[N];
    lcg g = {17};
    for (int i = 0; i < N; i++) {
        for (int f = 0; f < 3; f++) x[3 * i + f] = uniform(&g);
        life[i] = 20 + 200 * x[3 * i];
        cut[i] = life[i] > 120;
        if (cut[i]) life[i] = 120;
    }
    pm_data *d = data_of(N, 3, x, NULL, life, cut, 4);
    pm_learn_options o = {.learner = PM_BOOSTED, .trees = 60};
    pm_scoped(pm_model) with = learn_or_skip(d, &o);
    pm_error err = {0};
    double *upper = d->upper;
    d->upper = NULL;
    pm_scoped(pm_model) without = learn_or_skip(d, &o);
    d->upper = upper;
    assert_good(pm_model_predict(without, N, d->x, plain, &err), &err);
    assert_good(pm_model_predict(with, N, d->x, honest, &err), &err);
    double low = 0, high = 0;
    int n = 0;
    for (int i = 0; i < N; i++) {
        if (!cut[i]) continue;
        low += plain[i];
        high += honest[i];
        n++;
    }
    assert_true(low / n < 125);  /* taken as ends, nobody lives longer */
    assert_true(high / n > 140); /* taken as bounds, they do */
    pm_errors errors;
    assert_good(pm_errors_of(d, honest, 20, 1, NULL, &errors, &err), &err);
    assert_true(errors.concordance.value > 0.9);
    pm_data_free(d);
}

/* ---- splits ---- */

static void groups_are_never_parted(void **state)
{
    (void)state;
    enum { N = 61 };
    double x[N * 3];
    int y[N];
    int32_t fold[N];
    int folds;
    lcg g = {3};
    for (int i = 0; i < N; i++) {
        for (int f = 0; f < 3; f++) x[3 * i + f] = uniform(&g);
        y[i] = i % 2;
    }
    pm_data *d = data_of(N, 3, x, y, NULL, NULL, 5);
    pm_error err = {0};
    assert_good(pm_split(d, PM_BY_GROUP, 0, 1, fold, &folds, &err), &err);
    assert_int_equal(folds, 13);
    for (int i = 0; i < N; i++) assert_int_equal(fold[i], fold[i / 5 * 5]);
    d->cell[0] = d->cell[N - 1] = 0; /* one cell in the first and in the last group joins them */
    assert_good(pm_split(d, PM_BY_GROUP, 4, 1, fold, &folds, &err), &err);
    int64_t rows[4] = {0};
    for (int i = 0; i < N; i++) {
        assert_int_equal(fold[i], fold[i / 5 * 5]);
        rows[fold[i]]++;
    }
    assert_int_equal(fold[0], fold[N - 1]);
    for (int k = 0; k < 4; k++) assert_in_range(rows[k], 10, 20);
    assert_int_equal(pm_split(d, PM_BY_GROUP, 40, 1, fold, &folds, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.hint, "electrolytes"));
    pm_data_free(d);
}

static void what_cannot_be_learned_is_refused(void **state)
{
    (void)state;
    double x[12] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    int one[4] = {1, 1, 1, 1}, two[4] = {0, 1, 0, 1};
    pm_model *m = NULL;
    pm_error err = {0};
    pm_data *d = data_of(4, 3, x, one, NULL, NULL, 1);
    assert_int_equal(pm_learn(d, &(pm_learn_options){.learner = PM_FOREST}, &m, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "one class"));
    pm_data_free(d);
    d = data_of(4, 3, x, two, NULL, NULL, 1);
    assert_int_equal(pm_learn(d, &(pm_learn_options){.learner = PM_LOGISTIC}, &m, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "none of the 3 features"));
    pm_data_free(d);
    assert_null(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logistic_as_scikit_learn),     cmocka_unit_test(ridge_as_the_closed_form),
        cmocka_unit_test(boosted_as_xgboost),           cmocka_unit_test(a_model_comes_back_from_its_file),
        cmocka_unit_test(a_forest_finds_what_is_there), cmocka_unit_test(censored_lives_pull_the_prediction_up),
        cmocka_unit_test(groups_are_never_parted),      cmocka_unit_test(what_cannot_be_learned_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
