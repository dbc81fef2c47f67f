/* SPDX-License-Identifier: MIT */
/* Lives cycle by cycle: reservoirs add up, stage 4 begins where the closed form says, noise is as asked for. */
#include "support.h"
#include "virtual/virtual.h"

#include <math.h>

static pm_table *cycles_of(const pm_virtual_life *life, pm_virtual_life_truth *truth)
{
    pm_table *cycles = NULL;
    pm_error err = {0};
    assert_good(pm_virtual_life_cycles(life, &cycles, truth, &err), &err);
    return cycles;
}

/* Without fade, acceleration and noise the foil lasts N/P / (1 - CE) cycles, and from then on CE^n is kept. */
static void the_foil_lasts_as_long_as_it_must(void **state)
{
    (void)state;
    pm_virtual_life life = {.n_to_p = 1.003, .loss = 0.01, .cycles = 150};
    pm_virtual_life_truth truth;
    pm_scoped(pm_table) t = cycles_of(&life, &truth);
    assert_int_equal(truth.short_cycle, 101); /* 100.3 cycles */
    assert_close(truth.lost_Ah, 0.004 * 1.003, 1e-12, 0);
    assert_close(real_at(t, "coulombic_efficiency", 99), 0.9998, 1e-12, 0);
    assert_close(real_at(t, "discharging_capacity_ah", 99), 0.004, 1e-12, 0);
    assert_close(real_at(t, "discharging_capacity_ah", 100), 0.004 * (1 - 0.007), 1e-9, 0);
    for (int64_t i = 101; i < 150; i++) {
        assert_close(real_at(t, "coulombic_efficiency", i), 0.99, 1e-12, 0);
        assert_close(real_at(t, "discharging_capacity_ah", i), 0.004 * 0.993 * pow(0.99, (double)(i - 100)), 1e-9, 0);
    }
}

static void the_stages_show_where_they_begin(void **state)
{
    (void)state;
    pm_virtual_life life = {.n_to_p = 2,
                            .loss = 0.004,
                            .acceleration = 0.01,
                            .stage2 = 50,
                            .stage3 = 120,
                            .fade = 1e-4,
                            .later_fade = 1e-3,
                            .cycles = 160};
    pm_virtual_life_truth truth;
    pm_scoped(pm_table) t = cycles_of(&life, &truth);
    assert_int_equal(truth.short_cycle, 0);
    double early = real_at(t, "polarisation_volt", 40) - real_at(t, "polarisation_volt", 39);
    double late = real_at(t, "polarisation_volt", 60) - real_at(t, "polarisation_volt", 59);
    assert_true(late > 5 * early);
    for (int64_t i = 1; i < 160; i++) {
        double kept = real_at(t, "discharging_capacity_ah", i) / real_at(t, "discharging_capacity_ah", i - 1);
        assert_close(kept, i + 1 < 120 ? 1 - 1e-4 : 1 - 1e-3, 1e-9, 0);
    }
}

static void noise_is_as_asked_for(void **state)
{
    (void)state;
    static const double lag[PM_VIRTUAL_SCATTERS] = {0, 0.7, 0.8 * 0.5}; /* of a swing of 24 h seen each 4 h: cos 60 */
    for (int kind = 0; kind < PM_VIRTUAL_SCATTERS; kind++) {
        enum { N = 20000 };
        pm_virtual_life life = {
            .n_to_p = 100, .loss = 1e-6, .noise = 1e-3, .cycles = N, .scatter = (pm_virtual_scatter)kind, .hours = 4};
        pm_virtual_life_truth truth;
        pm_scoped(pm_table) t = cycles_of(&life, &truth);
        double square = 0, product = 0, before = 0;
        for (int64_t i = 0; i < N; i++) {
            double e = real_at(t, "coulombic_efficiency", i) / 0.9998 - 1;
            square += e * e;
            product += e * before;
            before = e;
        }
        assert_close(sqrt(square / N), 1e-3, 0.03, 0);
        assert_close(product / square, lag[kind], 0, 0.03);
    }
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    pm_table *t = NULL;
    pm_virtual_life_truth truth;
    pm_error err = {0};
    static const pm_virtual_life bad[] = {{.n_to_p = 0, .loss = 0.01, .cycles = 10},
                                          {.n_to_p = 1, .loss = 1.5, .cycles = 10},
                                          {.n_to_p = 1, .loss = 0.01, .noise = -1, .cycles = 10},
                                          {.n_to_p = 1, .loss = 0.01, .cycles = 0},
                                          {.n_to_p = 1, .loss = 0.01, .acceleration = NAN, .cycles = 10}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(pm_virtual_life_cycles(&bad[i], &t, &truth, &err), PM_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_foil_lasts_as_long_as_it_must),
        cmocka_unit_test(the_stages_show_where_they_begin),
        cmocka_unit_test(noise_is_as_asked_for),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
