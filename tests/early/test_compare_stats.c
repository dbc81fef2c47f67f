/* SPDX-License-Identifier: MIT */
/* Statistics of comparisons: by hand, by scipy 1.17.1 and by mpmath 1.3 at 40 digits (values quoted). */
#include "early/compare.h"
#include "support.h"

#include <math.h>

/* ---- lives ---- */

/** Kaplan and Meier by hand: 1 to 10, 0.75 to 30 (20 was watched no longer), 0.375 to 40. */
static void a_mean_of_censored_lives(void **state)
{
    (void)state;
    static const double time[] = {40, 10, 20, 30}, censored[] = {0, 0, 1, 0};
    compare_sample s = {4, time, censored};
    compare_estimate e;
    assert_true(isinf(compare_horizon(&s)));
    assert_int_equal(compare_life(&s, 40, &e, NULL), PM_OK);
    assert_close(e.mean, 10 + 0.75 * 20 + 0.375 * 10, 1e-14, 0);
    assert_close(e.error, sqrt((18.75 * 18.75 / 12 + 3.75 * 3.75 / 2) * 3 / 2), 1e-14, 0);
    assert_int_equal(compare_life(&s, 15, &e, NULL), PM_OK);
    assert_close(e.mean, 10 + 0.75 * 5, 1e-14, 0);
    static const double last[] = {0, 0, 0, 1};
    s.censored = last;
    s.value = (const double[]){10, 20, 30, 35};
    assert_close(compare_horizon(&s), 35, 0, 0);
    /* none censored: the plain mean and its error */
    static const double none[] = {0, 0, 0, 0};
    s.censored = none;
    compare_estimate plain = compare_mean(&s);
    assert_int_equal(compare_life(&s, INFINITY, &e, NULL), PM_OK);
    assert_close(e.mean, plain.mean, 1e-14, 0);
    assert_close(e.error, plain.error, 1e-14, 0);
    assert_close(e.low, plain.low, 1e-13, 0);
}

/** scipy: stats.permutation_test over all splits, size of the difference of means. */
static void permutations(void **state)
{
    (void)state;
    static const double x[] = {50, 60, 72}, y[] = {90, 95, 120};
    static const double v[] = {50, 60, 97, 72}, w[] = {90, 95, 120, 66, 81};
    compare_sample a = {3, x, NULL}, b = {3, y, NULL}, c = {4, v, NULL}, d = {5, w, NULL};
    double p;
    assert_int_equal(compare_permuted(&a, &b, INFINITY, 0, &p, NULL), PM_OK);
    assert_close(p, 0.1, 1e-14, 0);
    assert_int_equal(compare_permuted(&c, &d, INFINITY, 0, &p, NULL), PM_OK);
    assert_close(p, 0.18253968253968253, 1e-14, 0);
}

/** More than 20,000 splits: drawn, near what Welch says of twice ten normal values. */
static void permutations_that_are_drawn(void **state)
{
    (void)state;
    double x[10], y[10], p;
    pm_random r = pm_random_stream(1, "test/compare", 0);
    for (int i = 0; i < 10; i++) {
        x[i] = pm_random_normal(&r) + 10;
        y[i] = pm_random_normal(&r) + 11;
    }
    compare_sample a = {10, x, NULL}, b = {10, y, NULL};
    compare_estimate ea = compare_mean(&a), eb = compare_mean(&b);
    assert_int_equal(compare_permuted(&a, &b, INFINITY, 5, &p, NULL), PM_OK);
    assert_close(p, compare_welch(&ea, &eb).p, 0.3, 0.005);
}

/* ---- distributions ---- */

static void student_and_holm(void **state)
{
    (void)state;
    static const double tail[][3] = {{1, 1, 0.75},
                                     {-2.5, 3, 0.04385332350403278},
                                     {0.3, 7.7, 0.6139420918116524},
                                     {4, 100, 0.9999392381778496},
                                     {-12, 2.2, 0.0023917069377587456}};
    static const double upper[][3] = {{0.025, 1, 12.706204736174694},        {0.025, 2, 4.302652729749462},
                                      {0.025, 4.5, 2.6589123472044034},      {0.025, 10, 2.228138851986274},
                                      {0.025, 1000, 1.9623390808264083},     {0.025 / 3, 4, 3.960786482770179},
                                      {0.025 / 45, 3.7, 9.1991328644928665}, {0.025 / 190, 1, 2419.1549972076561}};
    for (int i = 0; i < 5; i++) assert_close(compare_t_tail(tail[i][0], tail[i][1]), tail[i][2], 1e-12, 0);
    for (int i = 0; i < 8; i++) assert_close(compare_t_upper(upper[i][0], upper[i][1]), upper[i][2], 1e-10, 0);
    assert_true(isnan(compare_t_upper(0.025, NAN)));
    double p[] = {0.01, NAN, 0.04, 0.03, 0.005}; /* Holm (1979): 4 x 0.005, 3 x 0.01, 2 x 0.03, then no less */
    assert_int_equal(compare_holm(5, p, NULL), PM_OK);
    static const double adjusted[] = {0.03, NAN, 0.06, 0.06, 0.02};
    for (int i = 0; i < 5; i++) assert_close(p[i], adjusted[i], 1e-14, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mean_of_censored_lives),
        cmocka_unit_test(permutations),
        cmocka_unit_test(permutations_that_are_drawn),
        cmocka_unit_test(student_and_holm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
