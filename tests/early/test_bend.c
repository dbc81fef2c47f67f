/* SPDX-License-Identifier: MIT */
/* Elbows and knees: lines that are known, Kneedle's published examples. */
#include "early/early.h"
#include "support.h"

#include <math.h>

/* Two lines that meet at 37.3, noise of 0.1 % and more. */
static void two_lines_are_found(void **state)
{
    (void)state;
    enum { N = 80 };
    double x[N], y[N];
    int inside = 0;
    for (int trial = 0; trial < 100; trial++) {
        pm_random r = pm_random_stream(3, "test/bend", (uint64_t)trial);
        pm_bend b;
        pm_error err = {0};
        for (int i = 0; i < N; i++) {
            x[i] = i + 1;
            y[i] = 1 - 0.002 * x[i] - 0.01 * fmax(0, x[i] - 37.3) + 0.005 * pm_random_normal(&r);
        }
        assert_good(pm_bend_single(N, x, y, &b, &err), &err);
        assert_close(b.x, 37.3, 0, 2.5);
        assert_close(b.slope_before, -0.002, 0, 0.0006);
        assert_close(b.slope_after, -0.012, 0, 0.0006);
        assert_true(b.low <= b.x && b.x <= b.high && b.high - b.low < 5);
        assert_true(b.f_statistic > 100);
        inside += b.low <= 37.3 && 37.3 <= b.high;
    }
    assert_in_range(inside, 88, 100); /* of 100 intervals of 95 % */
}

static void a_bend_without_noise_is_exact(void **state)
{
    (void)state;
    enum { N = 50 };
    double x[N], y[N], z[N];
    pm_bend one, onset, point;
    pm_error err = {0};
    for (int i = 0; i < N; i++) {
        x[i] = 1 + i + 0.3 * sin(i);
        y[i] = 2 + 0.01 * x[i] + 0.3 * fmax(0, x[i] - 20.25);
        z[i] = 1 - 0.01 * fmax(0, x[i] - 12.5) - 0.05 * fmax(0, x[i] - 31.125);
    }
    assert_good(pm_bend_single(N, x, y, &one, &err), &err);
    assert_close(one.x, 20.25, 0, 1e-5);
    assert_good(pm_bend_double(N, x, z, &onset, &point, &err), &err);
    assert_close(onset.x, 12.5, 0, 1e-3);
    assert_close(point.x, 31.125, 0, 1e-3);
    assert_close(point.slope_after, -0.06, 0, 1e-5);
    assert_true(onset.low <= onset.x && onset.x <= onset.high && onset.high < point.low);
}

/* A line has no bend that chance would not give: its statistic is that of noise. */
static void a_line_has_no_bend(void **state)
{
    (void)state;
    enum { N = 60 };
    double x[N], y[N], sum = 0;
    for (int trial = 0; trial < 40; trial++) {
        pm_random r = pm_random_stream(4, "test/bend", (uint64_t)trial);
        pm_bend b;
        pm_error err = {0};
        for (int i = 0; i < N; i++) {
            x[i] = i;
            y[i] = 3 - 0.1 * i + pm_random_normal(&r);
        }
        assert_good(pm_bend_single(N, x, y, &b, &err), &err);
        sum += b.f_statistic;
    }
    assert_true(sum / 40 < 6);
}

/* The examples of the kneed package's tests (its version of the paper's figure 2, and one curve per shape). */
static void kneedle_as_published(void **state)
{
    (void)state;
    static const double x[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    static const struct {
        pm_curve_shape shape;
        double y[10], knee;
    } examples[] = {
        {PM_CONCAVE_RISING, {0, 60, 80, 85, 90, 95, 96, 97, 98, 99}, 2},
        {PM_CONCAVE_FALLING, {99, 98, 97, 96, 95, 90, 85, 80, 60, 0}, 7},
        {PM_CONVEX_RISING, {1, 2, 3, 4, 5, 10, 15, 20, 40, 100}, 7},
        {PM_CONVEX_FALLING, {100, 40, 20, 15, 10, 5, 4, 3, 2, 1}, 2},
    };
    pm_error err = {0};
    double knee;
    for (int i = 0; i < 4; i++) {
        assert_good(pm_kneedle(10, x, examples[i].y, examples[i].shape, 1, &knee, &err), &err);
        assert_close(knee, examples[i].knee, 0, 0);
    }
    double u[10], v[10];
    for (int i = 0; i < 10; i++) {
        u[i] = i / 9.0;
        v[i] = 5 - 1 / (u[i] + 0.1);
    }
    assert_good(pm_kneedle(10, u, v, PM_CONCAVE_RISING, 1, &knee, &err), &err);
    assert_close(knee, 0.22, 0.05, 0);
}

/* A noisy curve of kneed's tests; normalised points give 26, a polynomial of degree 7 through them 28 (its two
 * interpolations). */
static const double bumpy[] = {
    7305.0, 6979.0, 6666.6, 6463.2, 6326.5, 6048.8, 6032.8, 5762.0, 5742.8, 5398.2, 5256.8, 5227.0, 5001.7,
    4942.0, 4854.2, 4734.6, 4558.7, 4491.1, 4411.6, 4333.0, 4234.6, 4139.1, 4056.8, 4022.5, 3868.0, 3808.3,
    3745.3, 3692.3, 3645.6, 3618.3, 3574.3, 3504.3, 3452.4, 3401.2, 3382.4, 3340.7, 3301.1, 3247.6, 3190.3,
    3180.0, 3154.2, 3089.5, 3045.6, 2989.0, 2993.6, 2941.3, 2875.6, 2866.3, 2834.1, 2785.1, 2759.7, 2763.2,
    2720.1, 2660.1, 2690.2, 2635.7, 2632.9, 2574.6, 2556.0, 2545.7, 2513.4, 2491.6, 2496.0, 2466.5, 2442.7,
    2420.5, 2381.5, 2388.1, 2340.6, 2335.0, 2318.9, 2319.0, 2308.2, 2262.2, 2235.8, 2259.3, 2221.0, 2202.7,
    2184.3, 2170.1, 2160.0, 2127.7, 2134.7, 2102.0, 2101.4, 2066.4, 2074.3, 2063.7, 2048.1, 2031.9};

enum { BUMPY = sizeof bumpy / sizeof *bumpy, DEGREE = 7 };

/* The least squares polynomial by projections on polynomials made orthogonal on the points. */
static void smooth(double out[BUMPY])
{
    double basis[DEGREE + 1][BUMPY], left[BUMPY];
    for (int i = 0; i < BUMPY; i++) {
        left[i] = bumpy[i];
        out[i] = 0;
    }
    for (int k = 0; k <= DEGREE; k++) {
        double length = 0, part = 0;
        for (int i = 0; i < BUMPY; i++) basis[k][i] = k ? (2.0 * i / (BUMPY - 1) - 1) * basis[k - 1][i] : 1;
        for (int j = 0; j < k; j++) {
            double dot = 0;
            for (int i = 0; i < BUMPY; i++) dot += basis[k][i] * basis[j][i];
            for (int i = 0; i < BUMPY; i++) basis[k][i] -= dot * basis[j][i];
        }
        for (int i = 0; i < BUMPY; i++) length += basis[k][i] * basis[k][i];
        for (int i = 0; i < BUMPY; i++) basis[k][i] /= sqrt(length);
        for (int i = 0; i < BUMPY; i++) part += basis[k][i] * left[i];
        for (int i = 0; i < BUMPY; i++) out[i] += part * basis[k][i];
    }
}

static void kneedle_on_a_bumpy_curve(void **state)
{
    (void)state;
    double x[BUMPY], y[BUMPY], knee;
    pm_error err = {0};
    for (int i = 0; i < BUMPY; i++) x[i] = i;
    assert_good(pm_kneedle(BUMPY, x, bumpy, PM_CONVEX_FALLING, 1, &knee, &err), &err);
    assert_close(knee, 26, 0, 0);
    smooth(y);
    assert_good(pm_kneedle(BUMPY, x, y, PM_CONVEX_FALLING, 1, &knee, &err), &err);
    assert_close(knee, 28, 0, 0);
}

static void the_greatest_curvature(void **state)
{
    (void)state;
    enum { N = 101 };
    double x[N], y[N], bend = NAN;
    pm_error err = {0};
    for (int i = 0; i < N; i++) {
        x[i] = i;
        y[i] = log(1 + exp((i - 60) / 4.0)); /* bends at 60 */
    }
    assert_good(pm_curvature_bend(N, x, y, 5, &bend, &err), &err);
    assert_close(bend, 60, 0, 6);
}

static void curves_that_make_no_sense(void **state)
{
    (void)state;
    double x[] = {1, 2, 2, 3, 4, 5, 6}, y[] = {1, 2, 3, 4, 5, 6, 7}, knee;
    pm_bend b;
    pm_error err = {0};
    assert_int_equal(pm_bend_single(7, x, y, &b, &err), PM_ERR_ARGUMENT);
    assert_int_equal(pm_bend_single(5, x, y, &b, &err), PM_ERR_DATA);
    y[4] = NAN;
    x[2] = 2.5;
    assert_int_equal(pm_kneedle(7, x, y, PM_CONCAVE_RISING, 1, &knee, &err), PM_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_lines_are_found),      cmocka_unit_test(a_bend_without_noise_is_exact),
        cmocka_unit_test(a_line_has_no_bend),       cmocka_unit_test(kneedle_as_published),
        cmocka_unit_test(the_greatest_curvature),   cmocka_unit_test(curves_that_make_no_sense),
        cmocka_unit_test(kneedle_on_a_bumpy_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
