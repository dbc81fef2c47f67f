/* SPDX-License-Identifier: MIT */
/* What is taken from the points of a half-cycle: noise, its power, falls and their recovery. */
#include "early/short.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>

/** Differences that are independent: dV/dt is white, and the band is 24 of the 32 bins. */
static void power_of_white_noise(void **state)
{
    (void)state;
    short_points p = {0};
    short_signal signal;
    pm_random r = pm_random_stream(3, "test/short/white", 0);
    double v = 0, noise;
    for (int i = 0; i < 20000; i++) {
        v += 1e-3 * pm_random_normal(&r);
        assert_int_equal(short_points_add(&p, &(short_point){2.0 * i, 2, v}, NULL), PM_OK);
    }
    assert_int_equal(short_signal_of(&p, 1, &signal, NULL), PM_OK);
    assert_close(signal.band_V2_s2, 0.75 * 0.25e-6, 0.1, 0); /* (1 mV / 2 s)^2; 16 segments: 5 % */
    assert_int_equal(short_noise(&p, &noise, NULL), PM_OK);
    assert_close(noise, 1e-3, 0.03, 0);
    free(p.item);
}

static void falls_and_their_recovery(void **state)
{
    (void)state;
    static const double v[] = {1, 1, 0.5, 0.95, 1, 1, 0.6, 0.6, 0.6};
    short_points p = {0};
    short_signal signal;
    double q[3];
    for (int i = 0; i < 9; i++)
        assert_int_equal(short_points_add(&p, &(short_point){i, i == 2 ? 3 : 1, v[i]}, NULL), PM_OK);
    assert_int_equal(short_signal_of(&p, 0.2, &signal, NULL), PM_OK);
    assert_close(signal.falls, 2, 0, 0);
    assert_close(signal.recovered, 1, 0, 0);
    assert_true(isnan(signal.band_V2_s2));
    assert_int_equal(short_points_quantiles(&p, 0, 1, q, NULL), PM_OK); /* 3 s of 0.5, 3 of 0.6, 1 of 0.95, 4 of 1 */
    assert_close(q[0], 0.5, 0, 0);
    assert_close(q[1], 0.6, 0, 0);
    assert_close(q[2], 1, 0, 0);
    free(p.item);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(power_of_white_noise),
        cmocka_unit_test(falls_and_their_recovery),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
