/* SPDX-License-Identifier: MIT */
/* Our exact Shapley values against the contributions that XGBoost itself computes of the same booster. */
#include "learn/booster.h"
#include "learn/fit.h"
#include "make_data.h"

#include <math.h>
#include <string.h>

enum { MOST_ROWS = 400, MOST_FEATURES = 12 };

typedef struct shape {
    const char *name;
    int n, p, classes, trees, depth;
    bool missing, constant, twice, lives;
} shape;

static void fill(const shape *w, double *x, int *y, double *target, bool *censored)
{
    lcg g = {(uint32_t)(w->n + 7 * w->p + 31 * w->depth)};
    for (int i = 0; i < w->n; i++) {
        double *own = x + i * w->p;
        for (int f = 0; f < w->p; f++) {
            double u = uniform(&g), gap = uniform(&g);
            own[f] = w->constant && f == 1 ? 3.25 : f == 2 ? floor(4 * u) : u;
            if (w->missing && gap < 0.2) own[f] = NAN;
        }
        if (w->twice && i % 2) memcpy(own, own - w->p, (size_t)w->p * sizeof *own);
        double a = isnan(own[0]) ? 0.3 : own[0], b = isnan(own[2]) ? 2 : own[2], noise = uniform(&g);
        target[i] = exp(a * b + (w->p > 3 && own[3] > 0.5 ? 1 - a : 0) + 0.3 * noise);
        censored[i] = uniform(&g) < 0.3;
        y[i] = w->classes ? (int)(target[i] * 1.7) % w->classes : 0;
    }
}

static pm_data *data_for(const shape *w)
{
    double *x = malloc(MOST_ROWS * MOST_FEATURES * sizeof *x), *target = malloc(MOST_ROWS * sizeof *target);
    int y[MOST_ROWS];
    bool censored[MOST_ROWS];
    fill(w, x, y, target, censored);
    pm_data *d = data_of(w->n, w->p, x, w->classes ? y : NULL, target, w->lives ? censored : NULL, 4);
    free(x);
    free(target);
    return d;
}

static pm_booster *train_or_skip(const pm_data *d, const pm_learn_options *o)
{
    pm_booster *booster = NULL;
    pm_error err = {0};
    pm_status s = pm_booster_train(d, o, &booster, &err);
    if (s == PM_ERR_FEATURE) {
        print_message("skipped: %s\n", err.message);
        skip();
    }
    assert_good(s, &err);
    return booster;
}

static double range_of(int64_t n, const double *margin)
{
    double low = INFINITY, high = -INFINITY;
    for (int64_t i = 0; i < n; i++) {
        low = fmin(low, margin[i]);
        high = fmax(high, margin[i]);
    }
    return high - low;
}

/* XGBoost's interactions have the expectation as one more row and column. */
static double largest_difference(const double *ours, const double *theirs, int64_t each, int64_t p, bool pairs)
{
    int64_t width = p + 1;
    double most = 0;
    for (int64_t k = 0; k < each; k++)
        for (int64_t i = 0; i < (pairs ? p : width); i++)
            for (int64_t j = 0; j < (pairs ? p : 1); j++) {
                double a = pairs ? ours[(k * p + i) * p + j] : ours[k * width + i];
                double b = pairs ? theirs[(k * width + i) * width + j] : theirs[k * width + i];
                most = fmax(most, fabs(a - b));
            }
    return most;
}

static void compare(const shape *w)
{
    pm_data *d = data_for(w);
    pm_learn_options o = pm_learn_defaults(
        &(pm_learn_options){.learner = PM_BOOSTED, .trees = w->trees, .depth = w->depth, .rate = 0.3});
    pm_scoped(pm_booster) booster = train_or_skip(d, &o);
    pm_error err = {0};
    pm_trees *trees = calloc(1, sizeof *trees);
    int k = w->classes ? w->classes : 1, p = d->p, wide = (p + 1) * (p + 1);
    trees->base = calloc((size_t)k, sizeof *trees->base);
    assert_good(pm_booster_adopt(booster, trees, &err), &err);
    double *margin = malloc((size_t)(d->n * k) * sizeof *margin);
    double *ours = malloc((size_t)(d->n * k * wide) * sizeof *ours);
    double *theirs = malloc((size_t)(d->n * k * wide) * sizeof *theirs);
    pm_trees_sum(trees, d->n, d->x, margin);
    double range = range_of(d->n * k, margin);
    assert_true(range > 0.1);
    for (int pairs = 0; pairs < 2; pairs++) {
        assert_good(pm_booster_explain(booster, d->n, d->x, pairs, 1, theirs, &err), &err);
        assert_good(pairs ? pm_trees_interactions(trees, d->n, d->x, NULL, ours, &err)
                          : pm_trees_shapley(trees, d->n, d->x, NULL, ours, &err),
                    &err);
        double most = largest_difference(ours, theirs, d->n * k, p, pairs);
        if (!(most <= 1e-5 * range)) print_message("%s: %g of a range of %g\n", w->name, most, range);
        assert_true(most <= 1e-5 * range);
    }
    free(margin);
    free(ours);
    free(theirs);
    pm_trees_free(trees);
    pm_data_free(d);
}

static void the_same_as_xgboost(void **state)
{
    (void)state;
    static const shape shapes[] = {
        {.name = "regression", .n = 300, .p = 6, .trees = 40, .depth = 3},
        {.name = "deep", .n = 400, .p = 8, .trees = 60, .depth = 6},
        {.name = "deeper than a table", .n = 400, .p = 12, .trees = 10, .depth = 12},
        {.name = "missing", .n = 300, .p = 5, .trees = 40, .depth = 4, .missing = true},
        {.name = "classes", .n = 300, .p = 5, .classes = 4, .trees = 20, .depth = 4, .missing = true},
        {.name = "two classes", .n = 200, .p = 4, .classes = 2, .trees = 20, .depth = 3},
        {.name = "constant", .n = 200, .p = 4, .trees = 30, .depth = 5, .constant = true},
        {.name = "rows twice", .n = 200, .p = 4, .classes = 3, .trees = 20, .depth = 5, .twice = true},
        {.name = "lives", .n = 300, .p = 5, .trees = 40, .depth = 4, .missing = true, .lives = true},
        {.name = "stumps", .n = 100, .p = 3, .trees = 25, .depth = 1},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) compare(&shapes[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_same_as_xgboost)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
