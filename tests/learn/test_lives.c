/* SPDX-License-Identifier: MIT */
/* Targets that are lower bounds: maximum likelihood searched for by other means, the product-limit estimate, and
   made-up lives whose law is known. */
#include "learn/fit.h"
#include "make_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Two features; log10 of life is 2 + 0.5 (x0 - 1/2) - 0.3 (x1 - 1/2) + noise; watched until a moment of its own. */
static pm_data *lives(int n, double noise, double earliest, double latest, uint64_t seed)
{
    double *x = malloc((size_t)n * 2 * sizeof *x), *life = malloc((size_t)n * sizeof *life);
    bool *cut = malloc((size_t)n);
    pm_random r = pm_random_stream(seed, "test/lives", 0);
    for (int i = 0; i < n; i++) {
        x[2 * i] = pm_random_uniform(&r);
        x[2 * i + 1] = pm_random_uniform(&r);
        life[i] = pow(10, 2 + 0.5 * (x[2 * i] - 0.5) - 0.3 * (x[2 * i + 1] - 0.5) + noise * pm_random_normal(&r));
        double watched = earliest + (latest - earliest) * pm_random_uniform(&r);
        cut[i] = watched < life[i];
        if (cut[i]) life[i] = watched;
    }
    pm_data *d = data_of(n, 2, x, NULL, life, cut, 4);
    free(x);
    free(life);
    free(cut);
    return d;
}

/* ---- the likelihood ---- */

/* theta: two weights of standardised features, intercept, log sigma. */
static double log_likelihood(const pm_data *d, const double *z, double penalty, const double theta[4])
{
    double sigma = exp(theta[3]), sum = -penalty * (theta[0] * theta[0] + theta[1] * theta[1]) / (2 * sigma * sigma);
    for (int64_t i = 0; i < d->n; i++) {
        double u = (log10(d->target[i]) - theta[0] * z[2 * i] - theta[1] * z[2 * i + 1] - theta[2]) / sigma;
        sum += isinf(d->upper[i]) ? log(erfc(u / sqrt(2)) / 2) : -u * u / 2 - log(sigma);
    }
    return sum;
}

/* One number at a time, by ever smaller steps. */
static void climb(const pm_data *d, const double *z, double penalty, double theta[4])
{
    double best = log_likelihood(d, z, penalty, theta);
    for (double step = 0.25; step > 1e-9;) {
        bool moved = false;
        for (int k = 0; k < 8; k++) {
            double before = theta[k / 2];
            theta[k / 2] += k % 2 ? step : -step;
            double value = log_likelihood(d, z, penalty, theta);
            if (value > best) {
                best = value;
                moved = true;
            } else {
                theta[k / 2] = before;
            }
        }
        if (!moved) step /= 2;
    }
}

static void standardised(const pm_data *d, double *z)
{
    for (int f = 0; f < 2; f++) {
        double mean = 0, squares = 0;
        for (int64_t i = 0; i < d->n; i++) mean += d->x[2 * i + f] / (double)d->n;
        for (int64_t i = 0; i < d->n; i++) squares += pow(d->x[2 * i + f] - mean, 2) / (double)d->n;
        for (int64_t i = 0; i < d->n; i++) z[2 * i + f] = (d->x[2 * i + f] - mean) / sqrt(squares);
    }
}

static void ridge_of_bounds_has_the_greatest_likelihood(void **state)
{
    (void)state;
    static const double penalties[] = {0.5, 20};
    for (int k = 0; k < 2; k++) {
        pm_data *d = lives(80, 0.2, 40, 160, (uint64_t)k);
        double z[160], theta[4] = {0, 0, 2, -1}, out[80];
        pm_scoped(pm_model) m = NULL;
        pm_error err = {0};
        standardised(d, z);
        climb(d, z, penalties[k], theta);
        pm_learn_options o = {.learner = PM_LOGISTIC, .log_target = true, .penalty = penalties[k]};
        assert_good(pm_learn(d, &o, &m, &err), &err);
        assert_good(pm_model_predict(m, 80, d->x, out, &err), &err);
        for (int i = 0; i < 80; i++)
            assert_close(log10(out[i]), theta[0] * z[2 * i] + theta[1] * z[2 * i + 1] + theta[2], 0, 1e-6);
        pm_data_free(d);
    }
}

static void without_bounds_it_is_ridge(void **state)
{
    (void)state;
    pm_data *d = lives(50, 0.2, 1e6, 1e7, 3);
    pm_scoped(pm_model) with = NULL, *without = NULL;
    double a[50], b[50];
    pm_error err = {0};
    pm_learn_options o = {.learner = PM_LOGISTIC, .log_target = true, .penalty = 5};
    assert_good(pm_learn(d, &o, &with, &err), &err);
    free(d->upper);
    d->upper = NULL;
    assert_good(pm_learn(d, &o, &without, &err), &err);
    assert_good(pm_model_predict(with, 50, d->x, a, &err), &err);
    assert_good(pm_model_predict(without, 50, d->x, b, &err), &err);
    for (int i = 0; i < 50; i++) assert_close(a[i], b[i], 1e-9, 0);
    pm_data_free(d);
}

/* ---- the law comes back ---- */

static double log_error(const pm_data *d, const pm_learn_options *o, const double *x, int n)
{
    pm_model *m = NULL;
    pm_error err = {0};
    double sum = 0, out;
    pm_status s = pm_learn(d, o, &m, &err);
    if (s == PM_ERR_FEATURE) return NAN;
    assert_good(s, &err);
    for (int i = 0; i < n; i++) {
        assert_good(pm_model_predict(m, 1, x + 2 * i, &out, &err), &err);
        sum += (log10(out) - 2 - 0.5 * (x[2 * i] - 0.5) + 0.3 * (x[2 * i + 1] - 0.5)) / n;
    }
    pm_model_free(m);
    return sum;
}

/* Of half of the cells only a bound is known. Those who use the bounds predict lives without bias, for a narrow law
   too; those taken as ends would be too low by 0.1 and more. */
static void the_law_of_lives_comes_back(void **state)
{
    (void)state;
    static const double noises[] = {0.03, 0.2};
    double x[200];
    pm_random r = pm_random_stream(1, "test/lives/rows", 0);
    for (int i = 0; i < 200; i++) x[i] = 0.1 + 0.8 * pm_random_uniform(&r);
    for (int k = 0; k < 2; k++) {
        pm_data *d = lives(600, noises[k], 50, 150, 7);
        int64_t cut = 0;
        for (int64_t i = 0; i < d->n; i++) cut += isinf(d->upper[i]);
        assert_in_range(cut, 230, 370);
        pm_learn_options ridge = {.learner = PM_LOGISTIC, .log_target = true},
                         boosted = {.learner = PM_BOOSTED, .log_target = true},
                         gaussian = {.learner = PM_GAUSSIAN, .log_target = true};
        assert_close(log_error(d, &ridge, x, 100), 0, 0, 0.02);
        assert_close(log_error(d, &gaussian, x, 100), 0, 0, 0.03);
        double own = log_error(d, &boosted, x, 100);
        if (!isnan(own)) assert_close(own, 0, 0, 0.05);
        free(d->upper);
        d->upper = NULL;
        assert_true(log_error(d, &ridge, x, 100) < -0.08);
        pm_data_free(d);
    }
}

/* ---- weights of those that ended ---- */

/* Area under the product-limit estimate, up to the last end. */
static double mean_life(const pm_data *d)
{
    double area = 0, alive = 1, from = 0;
    for (;;) {
        double next = INFINITY, at_risk = 0, ends = 0;
        for (int64_t i = 0; i < d->n; i++)
            if (isfinite(d->upper[i]) && d->target[i] > from) next = fmin(next, d->target[i]);
        if (isinf(next)) return area;
        for (int64_t i = 0; i < d->n; i++) {
            at_risk += d->target[i] >= next;
            ends += d->target[i] == next && isfinite(d->upper[i]);
        }
        area += alive * (next - from);
        alive *= 1 - ends / at_risk;
        from = next;
    }
}

static void the_mean_is_that_of_kaplan_and_meier(void **state)
{
    (void)state;
    pm_data *d = lives(60, 0.3, 20, 200, 5);
    int64_t last = 0;
    for (int64_t i = 0; i < d->n; i++) {
        d->target[i] = ceil(d->target[i] / 10); /* many ties */
        d->upper[i] = isfinite(d->upper[i]) ? d->target[i] : INFINITY;
        if (d->target[i] > d->target[last]) last = i;
    }
    d->target[last] = d->upper[last] = 1000; /* the last one ends: the estimate falls to zero */
    pm_scoped(pm_model) m = NULL;
    pm_error err = {0};
    double out;
    assert_good(pm_learn(d, &(pm_learn_options){.learner = PM_MAJORITY}, &m, &err), &err);
    assert_good(pm_model_predict(m, 1, d->x, &out, &err), &err);
    assert_close(out, mean_life(d), 1e-12, 0);
    pm_data_free(d);
}

/* A stump of many trees on one constant law: the forest's mean is the same weighted mean, but for its drawing. */
static void a_forest_draws_by_the_weights(void **state)
{
    (void)state;
    pm_data *d = lives(200, 0.3, 50, 400, 6);
    pm_scoped(pm_model) m = NULL;
    pm_error err = {0};
    double out, mean = 0, ended = 0;
    int64_t last = 0;
    for (int64_t i = 0; i < d->n; i++)
        if (d->target[i] > d->target[last]) last = i;
    d->upper[last] = d->target[last];
    for (int64_t i = 0; i < d->n; i++) {
        mean += isfinite(d->upper[i]) ? d->target[i] : 0;
        ended += isfinite(d->upper[i]);
    }
    pm_learn_options o = {.learner = PM_FOREST, .trees = 400, .least_leaf = 150};
    assert_good(pm_learn(d, &o, &m, &err), &err);
    assert_good(pm_model_predict(m, 1, d->x, &out, &err), &err);
    assert_close(out, mean_life(d), 0.02, 0);
    assert_true(mean / ended < 0.9 * mean_life(d)); /* those that ended alone are the short ones */
    pm_data_free(d);
}

static void too_few_ends_are_refused(void **state)
{
    (void)state;
    pm_data *d = lives(20, 0.2, 10, 20, 1); /* nobody is watched long enough */
    pm_model *m = NULL;
    static const pm_learner all[] = {PM_LOGISTIC, PM_FOREST, PM_MAJORITY, PM_GAUSSIAN, PM_BOOSTED};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        pm_error err = {0};
        assert_int_equal(pm_learn(d, &(pm_learn_options){.learner = all[k]}, &m, &err), PM_ERR_DATA);
        assert_non_null(strstr(err.hint, "watched to their end"));
    }
    pm_data_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ridge_of_bounds_has_the_greatest_likelihood),
        cmocka_unit_test(without_bounds_it_is_ridge),
        cmocka_unit_test(the_law_of_lives_comes_back),
        cmocka_unit_test(the_mean_is_that_of_kaplan_and_meier),
        cmocka_unit_test(a_forest_draws_by_the_weights),
        cmocka_unit_test(too_few_ends_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
