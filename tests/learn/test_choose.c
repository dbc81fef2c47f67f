/* SPDX-License-Identifier: MIT */
/* The choice among ways to learn, against slow loops that make every fold by hand. */
#include "learn/learn.h"
#include "make_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 90, P = 3, CANDIDATES = 4, INNER = 3, OUTER = 5 };

static const pm_learn_options of_classes[CANDIDATES] = {
    {.learner = PM_MAJORITY},
    {.learner = PM_LOGISTIC, .penalty = 0.1},
    {.learner = PM_LOGISTIC, .penalty = 30},
    {.learner = PM_NEAREST_CLASS},
};
static const pm_learn_options of_numbers[CANDIDATES] = {
    {.learner = PM_LOGISTIC, .penalty = 50, .log_target = true},
    {.learner = PM_MAJORITY, .log_target = true},
    {.learner = PM_LOGISTIC, .penalty = 0.1, .log_target = true},
    {.learner = PM_FOREST, .trees = 20, .log_target = true},
};

static pm_data *made(bool classes, bool censored)
{
    double x[N * P], target[N];
    int y[N];
    bool cut[N];
    lcg g = {41};
    for (int i = 0; i < N; i++) {
        for (int f = 0; f < P; f++) x[P * i + f] = uniform(&g);
        double noise = uniform(&g);
        y[i] = x[P * i] + 0.6 * noise > 0.8;
        target[i] = exp(x[P * i] + noise);
        cut[i] = uniform(&g) < 0.3;
    }
    return data_of(N, P, x, classes ? y : NULL, target, censored ? cut : NULL, 5);
}

static double loss_by_hand(const pm_data *d, const double *p)
{
    double sum = 0, pairs = 0;
    for (int64_t i = 0; i < d->n; i++)
        if (d->classes)
            sum -= log(p[i * d->classes + d->y[i]]) / (double)d->n;
        else if (!d->upper)
            sum += pow(log10(p[i] / d->target[i]), 2) / (double)d->n;
        else
            for (int64_t j = 0; j < d->n; j++) {
                if (isinf(d->upper[i]) || d->target[j] <= d->target[i]) continue;
                pairs++;
                sum += p[i] < p[j] ? 0 : p[i] > p[j] ? 1 : 0.5;
            }
    return d->classes ? sum : d->upper ? sum / pairs : sqrt(sum);
}

/* Learns from the rows outside the fold, one by one, and predicts those in it. */
static void predict_by_hand(const pm_data *d, const int32_t *fold, int k, const pm_learn_options *o, double *out)
{
    int64_t rows[N], n = 0;
    int width = d->classes ? d->classes : 1;
    pm_scoped(pm_data) others = NULL;
    pm_scoped(pm_model) m = NULL;
    pm_error err = {0};
    for (int64_t i = 0; i < d->n; i++)
        if (fold[i] != k) rows[n++] = i;
    assert_good(pm_data_take(d, n, rows, &others, &err), &err);
    assert_good(pm_learn(others, o, &m, &err), &err);
    for (int64_t i = 0; i < d->n; i++)
        if (fold[i] == k) assert_good(pm_model_predict(m, 1, d->x + i * d->p, out + i * width, &err), &err);
}

static int best_by_hand(const pm_data *d, const pm_choice *c, double *loss)
{
    int32_t fold[N];
    int folds, best = 0;
    double out[2 * N];
    pm_error err = {0};
    assert_good(pm_split(d, c->by, c->folds, c->seed, fold, &folds, &err), &err);
    for (int64_t i = 0; i < d->n; i++) /* no group is parted */
        for (int64_t j = 0; j < d->n; j++)
            if (d->group[i] == d->group[j]) assert_int_equal(fold[i], fold[j]);
    for (int k = 0; k < c->n; k++) {
        for (int f = 0; f < folds; f++) predict_by_hand(d, fold, f, &c->candidates[k], out);
        loss[k] = loss_by_hand(d, out);
        if (loss[k] < loss[best]) best = k;
    }
    return best;
}

static const struct {
    bool classes, censored;
} kinds[] = {{true, false}, {false, false}, {false, true}};

static void the_best_is_chosen(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        pm_data *d = made(kinds[i].classes, kinds[i].censored);
        pm_choice c = {kinds[i].classes ? of_classes : of_numbers, CANDIDATES, PM_BY_GROUP, INNER, 3};
        double own[CANDIDATES], loss[CANDIDATES];
        int best;
        pm_error err = {0};
        assert_good(pm_choose(d, &c, NULL, &best, loss, &err), &err);
        assert_int_equal(best, best_by_hand(d, &c, own));
        for (int k = 0; k < CANDIDATES; k++) assert_close(loss[k], own[k], 1e-9, 0);
        pm_data_free(d);
    }
}

/* The choice for a fold is made by the rows outside it alone, and so are the predictions of its rows. */
static void nested_is_the_slow_loop(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        pm_data *d = made(kinds[i].classes, kinds[i].censored);
        pm_choice c = {kinds[i].classes ? of_classes : of_numbers, CANDIDATES, PM_BY_GROUP, INNER, 3};
        int32_t fold[N];
        int folds, chosen[OUTER], width = d->classes ? d->classes : 1;
        double out[2 * N], own[2 * N], loss[CANDIDATES];
        pm_error err = {0};
        assert_good(pm_split(d, PM_BY_GROUP, OUTER, 1, fold, &folds, &err), &err);
        assert_good(pm_cross_nested(d, &c, fold, folds, NULL, out, chosen, &err), &err);
        for (int k = 0; k < folds; k++) {
            int64_t rows[N], n = 0;
            pm_scoped(pm_data) others = NULL;
            for (int64_t r = 0; r < N; r++)
                if (fold[r] != k) rows[n++] = r;
            assert_good(pm_data_take(d, n, rows, &others, &err), &err);
            assert_int_equal(chosen[k], best_by_hand(others, &c, loss));
            predict_by_hand(d, fold, k, &c.candidates[chosen[k]], own);
        }
        assert_memory_equal(out, own, (size_t)(N * width) * sizeof *out);
        pm_data_free(d);
    }
}

/* What stands in a fold moves neither the choice for it nor its predictions. */
static void targets_of_the_fold_are_not_seen(void **state)
{
    (void)state;
    pm_data *d = made(false, false);
    pm_choice c = {of_numbers, CANDIDATES, PM_BY_GROUP, INNER, 3};
    int32_t fold[N];
    int folds, before[OUTER], after[OUTER];
    double out[N], again[N];
    pm_error err = {0};
    assert_good(pm_split(d, PM_BY_GROUP, OUTER, 1, fold, &folds, &err), &err);
    assert_good(pm_cross_nested(d, &c, fold, folds, NULL, out, before, &err), &err);
    for (int i = 0; i < N; i++)
        if (fold[i] == 2) d->target[i] = 1000 + i;
    assert_good(pm_cross_nested(d, &c, fold, folds, NULL, again, after, &err), &err);
    assert_int_equal(before[2], after[2]);
    for (int i = 0; i < N; i++)
        if (fold[i] == 2) assert_close(out[i], again[i], 0, 0);
    pm_data_free(d);
}

static void what_cannot_be_chosen_is_refused(void **state)
{
    (void)state;
    pm_data *d = made(false, false);
    pm_learn_options mixed[2] = {{.learner = PM_MAJORITY}, {.learner = PM_MAJORITY, .log_target = true}};
    int best = -1;
    pm_error err = {0};
    assert_int_equal(pm_choose(d, &(pm_choice){mixed, 2, PM_BY_GROUP, 3, 1}, NULL, &best, NULL, &err), PM_ERR_ARGUMENT);
    assert_non_null(strstr(err.hint, "log_target"));
    assert_int_equal(pm_choose(d, &(pm_choice){mixed, 0, PM_BY_GROUP, 3, 1}, NULL, &best, NULL, &err), PM_ERR_ARGUMENT);
    assert_int_equal(pm_choose(d, &(pm_choice){mixed, 1, PM_BY_GROUP, 30, 1}, NULL, &best, NULL, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.hint, "electrolytes"));
    assert_int_equal(best, -1);
    pm_data_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_is_chosen),
        cmocka_unit_test(nested_is_the_slow_loop),
        cmocka_unit_test(targets_of_the_fold_are_not_seen),
        cmocka_unit_test(what_cannot_be_chosen_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
