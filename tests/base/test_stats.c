/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void sums_with_compensation(void **state)
{
    (void)state;
    double hard[] = {1, 1e100, 1, -1e100}; /* Neumaier's own example */
    pm_sum sum = {0, 0};
    for (int i = 0; i < 4; i++) pm_sum_add(&sum, hard[i]);
    assert_true(pm_sum_value(sum) == 2);
    assert_true(pm_mean(hard, 4) == 0.5);
}

static void means_leave_out_missing(void **state)
{
    (void)state;
    double values[] = {NAN, 2, NAN, 4};
    assert_true(pm_mean(values, 4) == 3);
    assert_true(isnan(pm_mean(values, 1)));
    assert_true(isnan(pm_mean(values, 0)));
}

/* Hyndman and Fan's type 7, as R's quantile() prints it. */
static void quantiles_of_r(void **state)
{
    (void)state;
    double values[] = {9, 1, 4, 7, 2};
    assert_true(pm_quantile(values, 5, 0.25) == 2);
    assert_true(pm_quantile(values, 5, 0.5) == 4);
    assert_close(pm_quantile(values, 5, 0.9), 8.2, 1e-15, 0);
    assert_true(pm_quantile(values, 5, 0) == 1);
    assert_true(pm_quantile(values, 5, 1) == 9);
    assert_true(pm_median((double[]){8, 1, 4, 2}, 4) == 3);
    assert_true(isnan(pm_median(values, 0)));
    double infinite[] = {INFINITY, 1, INFINITY, -INFINITY};
    assert_true(pm_quantile(infinite, 4, 0.9) == INFINITY);
}

static void quantiles_as_by_sorting(void **state)
{
    (void)state;
    pm_random r = pm_random_stream(1, "test/stats", 0);
    for (int round = 0; round < 3000; round++) {
        double values[60], sorted[60], q = pm_random_uniform(&r);
        int n = 1 + round % 60, kind = round % 5;
        for (int i = 0; i < n; i++) {
            double u = pm_random_uniform(&r);
            values[i] = kind == 0 ? u : kind == 1 ? floor(u * 4) : kind == 2 ? i : kind == 3 ? -i : 1;
        }
        memcpy(sorted, values, sizeof sorted);
        qsort(sorted, (size_t)n, sizeof *sorted, ascending);
        if (round % 3 == 0) q = round % 2 ? 0.5 : 1;
        int k = (int)floor(q * (n - 1));
        double part = q * (n - 1) - k, right = sorted[k] + (part > 0 ? part * (sorted[k + 1] - sorted[k]) : 0);
        assert_true(pm_quantile(values, n, q) == right);
        qsort(values, (size_t)n, sizeof *values, ascending);
        assert_memory_equal(values, sorted, sizeof *values * (size_t)n); /* reordered, nothing lost */
    }
}

/* Whole weights: the median of the list in which each value stands that often. */
static void weighted_median_as_by_repeating(void **state)
{
    (void)state;
    pm_random r = pm_random_stream(2, "test/stats", 0);
    for (int round = 0; round < 3000; round++) {
        double values[20], weights[20], all[100];
        int n = 1 + round % 20, many = 0;
        for (int i = 0; i < n; i++) {
            values[i] = floor(pm_random_uniform(&r) * 30);
            weights[i] = floor(pm_random_uniform(&r) * 5);
            for (int k = 0; k < (int)weights[i]; k++) all[many++] = values[i];
        }
        qsort(all, (size_t)many, sizeof *all, ascending);
        double right = many ? (all[(many - 1) / 2] + all[many / 2]) / 2 : NAN;
        assert_close(pm_weighted_median(values, weights, n), right, 0, 0);
    }
    assert_true(isnan(pm_weighted_median(NULL, NULL, 0)));
}

typedef struct pair {
    double value, weight;
} pair;

static int by_value(const void *a, const void *b)
{
    return ascending(&((const pair *)a)->value, &((const pair *)b)->value);
}

/* By sorting; long double adds the weights of these tests without rounding. */
static double sorted_weighted_median(const double *values, const double *weights, int n)
{
    pair *pairs = malloc(sizeof *pairs * (size_t)n);
    long double all = 0, passed = 0;
    int i = 0, many = 0;
    for (int k = 0; k < n; k++)
        if (weights[k] > 0) pairs[many++] = (pair){values[k], weights[k]};
    qsort(pairs, (size_t)many, sizeof *pairs, by_value);
    for (int k = 0; k < many; k++) all += pairs[k].weight;
    while (i < many && 2 * (passed += pairs[i].weight) < all) i++;
    double lower = many ? pairs[i].value : (double)NAN, upper = 2 * passed == all && many ? pairs[i + 1].value : lower;
    free(pairs);
    return lower + (upper - lower) / 2;
}

enum { MANY = 1000 };

/* Orders that are bad for pivots among them; ties, weights of nothing, and halves that are exact. */
static void make_pairs(pm_random *r, int kind, int n, double *values, double *weights)
{
    for (int i = 0; i < n; i++) {
        double u = pm_random_uniform(r);
        switch (kind % 6) {
        case 0: values[i] = u; break;
        case 1: values[i] = floor(u * 5); break;
        case 2: values[i] = i; break;
        case 3: values[i] = -i; break;
        case 4: values[i] = i < n / 2 ? i : n - i; break;
        case 5: values[i] = i % 2 ? n / 2 + i - 1 : i; break;
        }
        u = pm_random_uniform(r);
        switch (kind % 4) {
        case 0: weights[i] = u; break;
        case 1: weights[i] = 1; break;
        case 2: weights[i] = floor(u * 3) / 4; break;
        case 3: weights[i] = i == n / 3 ? n : floor(u * 1.2); break;
        }
    }
}

static void weighted_median_as_by_sorting(void **state)
{
    (void)state;
    pm_random r = pm_random_stream(3, "test/stats", 0);
    static double values[MANY], weights[MANY], before[2 * MANY], after[2 * MANY];
    for (int round = 0; round < 4000; round++) {
        int n = round % 8 ? 1 + round % 50 : 1 + (int)(pm_random_uniform(&r) * MANY);
        make_pairs(&r, (int)(pm_random_uniform(&r) * 12), n, values, weights);
        double right = sorted_weighted_median(values, weights, n);
        for (int i = 0; i < n; i++) before[i] = values[i], before[n + i] = weights[i];
        double found = pm_weighted_median(values, weights, n);
        if (memcmp(&found, &right, sizeof right) != 0 && !(isnan(found) && isnan(right)))
            fail_msg("round %d: %a, not %a", round, found, right);
        for (int i = 0; i < n; i++) after[i] = values[i], after[n + i] = weights[i];
        qsort(before, 2 * (size_t)n, sizeof *before, ascending);
        qsort(after, 2 * (size_t)n, sizeof *after, ascending);
        assert_memory_equal(before, after, 2 * sizeof *before * (size_t)n); /* reordered, nothing lost */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_with_compensation),
        cmocka_unit_test(means_leave_out_missing),
        cmocka_unit_test(quantiles_of_r),
        cmocka_unit_test(quantiles_as_by_sorting),
        cmocka_unit_test(weighted_median_as_by_repeating),
        cmocka_unit_test(weighted_median_as_by_sorting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
