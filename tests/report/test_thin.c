/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "report/thin.h"
#include "support.h"

enum { N = 200000 };

static bool holds(const int64_t *rows, int64_t n, int64_t row)
{
    for (int64_t i = 0; i < n; i++)
        if (rows[i] == row) return true;
    return false;
}

static void assert_ascending(const int64_t *rows, int64_t n)
{
    for (int64_t i = 1; i < n; i++) assert_true(rows[i] > rows[i - 1]);
}

static void few_rows_are_all_kept_but_those_without_x(void **state)
{
    (void)state;
    const double x[20] = {0, 1, NAN, 3, 4, INFINITY, 6}, y[20] = {1, NAN, 3};
    const double *lines[] = {y};
    scoped_rows rows = NULL;
    int64_t n;
    pm_error err;
    assert_good(thin_rows(20, x, 1, lines, 18, &rows, &n, &err), &err);
    assert_int_equal(n, 18);
    assert_false(holds(rows, n, 2));
    assert_false(holds(rows, n, 5));
    assert_true(holds(rows, n, 1));
    assert_ascending(rows, n);
}

/* Two noisy lines with single spikes, up and down, at the ends and next to each other. */
static void every_spike_is_kept_and_order_too(void **state)
{
    (void)state;
    static const int64_t spikes[] = {1, 777, 778, 50000, 123456, N - 2};
    scoped_doubles x = malloc(N * sizeof *x);
    scoped_doubles a = malloc(N * sizeof *a);
    scoped_doubles b = malloc(N * sizeof *b);
    pm_random r = pm_random_stream(1, "thin", 0);
    for (int64_t i = 0; i < N; i++) {
        x[i] = (double)i + pm_random_uniform(&r);
        a[i] = pm_random_uniform(&r);
        b[i] = pm_random_uniform(&r);
    }
    for (int k = 0; k < 6; k++) (k % 2 ? a : b)[spikes[k]] = k % 3 ? 100 + k : -100 - k;
    const double *lines[] = {a, b};
    scoped_rows rows = NULL;
    int64_t n;
    pm_error err;
    assert_good(thin_rows(N, x, 2, lines, 1000, &rows, &n, &err), &err);
    assert_true(n <= 1000 && n > 500);
    assert_ascending(rows, n);
    assert_int_equal(rows[0], 0);
    assert_int_equal(rows[n - 1], N - 1);
    for (int k = 0; k < 6; k++) assert_true(holds(rows, n, spikes[k]));
}

/* Between two kept neighbours nothing may lie outside what the buckets beside it show: the largest of any stretch of a few
 * buckets' length is kept within it. Buckets here are 2 N / limit rows long at most twice over. */
static void no_stretch_loses_its_extreme(void **state)
{
    (void)state;
    enum { LIMIT = 2000, STRETCH = 5 * N / LIMIT * 2 };
    scoped_doubles y = malloc(N * sizeof *y);
    pm_random r = pm_random_stream(2, "thin", 0);
    for (int64_t i = 0; i < N; i++) y[i] = pm_random_normal(&r);
    const double *lines[] = {y};
    scoped_rows rows = NULL;
    int64_t n;
    pm_error err;
    assert_good(thin_rows(N, NULL, 1, lines, LIMIT, &rows, &n, &err), &err);
    int64_t bucket = N / ((LIMIT - 2) / 2 - 1) + 1;
    for (int64_t from = 0; from + STRETCH <= N; from += STRETCH / 3) {
        double inner = -INFINITY, kept = -INFINITY;
        for (int64_t i = from + bucket; i < from + STRETCH - bucket; i++) inner = fmax(inner, y[i]);
        for (int64_t i = 0; i < n; i++)
            if (rows[i] >= from && rows[i] < from + STRETCH) kept = fmax(kept, y[rows[i]]);
        assert_true(kept >= inner);
    }
}

/* 100,000 rows in the first second, then 1,000 in twelve days: those must not be taken for one bucket's worth. */
static void a_burst_does_not_crowd_out_a_slow_stretch(void **state)
{
    (void)state;
    enum { BURST = 100000, SLOW = 1000 };
    scoped_doubles x = malloc((BURST + SLOW) * sizeof *x);
    scoped_doubles y = malloc((BURST + SLOW) * sizeof *y);
    for (int64_t i = 0; i < BURST + SLOW; i++) {
        x[i] = i < BURST ? (double)i / BURST : 1 + 1000.0 * (double)(i - BURST + 1);
        y[i] = sin((double)i);
    }
    const double *lines[] = {y};
    scoped_rows rows = NULL;
    int64_t n, slow = 0, burst = 0;
    pm_error err;
    assert_good(thin_rows(BURST + SLOW, x, 1, lines, 4000, &rows, &n, &err), &err);
    for (int64_t i = 0; i < n; i++) *(rows[i] < BURST ? &burst : &slow) += 1;
    assert_true(slow > 900);
    assert_true(burst > 900);
}

static void a_clock_that_steps_back_loses_no_row(void **state)
{
    (void)state;
    scoped_doubles x = malloc(N * sizeof *x);
    scoped_doubles y = malloc(N * sizeof *y);
    for (int64_t i = 0; i < N; i++) {
        x[i] = (double)(i < N / 2 ? i : i - N / 4);
        y[i] = 0;
    }
    y[N / 2 + 5] = 1;
    const double *lines[] = {y};
    scoped_rows rows = NULL;
    int64_t n;
    pm_error err;
    assert_good(thin_rows(N, x, 1, lines, 100, &rows, &n, &err), &err);
    assert_true(n <= 100);
    assert_ascending(rows, n);
    assert_true(holds(rows, n, N / 2 + 5));
}

static void values_that_are_missing_are_passed_over(void **state)
{
    (void)state;
    double y[100];
    for (int i = 0; i < 100; i++) y[i] = i == 40 ? 3 : i % 2 ? NAN : INFINITY;
    const double *lines[] = {y, NULL};
    scoped_rows rows = NULL;
    int64_t n;
    pm_error err;
    assert_good(thin_rows(100, NULL, 2, lines, 16, &rows, &n, &err), &err);
    assert_int_equal(n, 3);
    assert_int_equal(rows[1], 40);
}

static void nothing_and_nonsense(void **state)
{
    (void)state;
    const double *lines[] = {NULL};
    const double x[2] = {NAN, NAN};
    scoped_rows none = NULL;
    scoped_rows no_x = NULL;
    int64_t n;
    pm_error err;
    assert_good(thin_rows(0, NULL, 1, lines, 16, &none, &n, &err), &err);
    assert_int_equal(n, 0);
    assert_good(thin_rows(2, x, 1, lines, 16, &no_x, &n, &err), &err);
    assert_int_equal(n, 0);
    assert_int_equal(thin_rows(2, x, 5, lines, 16, &no_x, &n, &err), PM_ERR_ARGUMENT);
    assert_int_equal(thin_rows(2, x, 1, lines, 15, &no_x, &n, &err), PM_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_rows_are_all_kept_but_those_without_x),
        cmocka_unit_test(every_spike_is_kept_and_order_too),
        cmocka_unit_test(no_stretch_loses_its_extreme),
        cmocka_unit_test(a_burst_does_not_crowd_out_a_slow_stretch),
        cmocka_unit_test(a_clock_that_steps_back_loses_no_row),
        cmocka_unit_test(values_that_are_missing_are_passed_over),
        cmocka_unit_test(nothing_and_nonsense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
