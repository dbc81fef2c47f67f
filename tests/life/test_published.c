/* SPDX-License-Identifier: MIT */
/* Every row that can be computed of what the two reviews print: Deng et al., Nat Rev 2026 (S1), Guo et al., ACS Energy
 * Lett 2025, 10, 2318 (S2). docs/reviews.md lists them. */
#include "life/life.h"
#include "support.h"

#include <math.h>

static const double ever = 1; /* a cathode that does not fade: no 0, which would be the default */

static pm_budget_life life_of(double n_to_p, double efficiency, double acceleration)
{
    pm_budget_design design = {.n_to_p = {{n_to_p, 0}, PM_N_TO_P_FOIL}, .anode_free = n_to_p == 0};
    pm_budget_rates rates = {.coulombic_efficiency_lithium = efficiency,
                             .acceleration = acceleration,
                             .coulombic_efficiency_cathode = 0.9998,
                             .cathode_retention = ever};
    pm_budget_life life;
    pm_error err = {0};
    assert_good(pm_budget_forward(&design, &rates, &life, &err), &err);
    return life;
}

static double retention_after(double efficiency, int64_t cycles)
{
    pm_budget_design design = {.anode_free = true};
    pm_budget_rates rates = {.coulombic_efficiency_lithium = efficiency, .cathode_retention = ever};
    pm_scoped(pm_table) series = NULL;
    pm_error err = {0};
    assert_good(pm_budget_series(&design, &rates, cycles, &series, &err), &err);
    return real_at(series, "capacity_retention", cycles - 1);
}

/* S1: "0.995^200, about 37 %", "about 96 % after 200 cycles" at 99.98 %, "about 80 %" at 99.90 %. */
static void retention_of_anode_free_cells(void **state)
{
    (void)state;
    assert_close(retention_after(0.995, 200), 0.37, 0, 0.005);
    assert_close(retention_after(0.9998, 200), 0.96, 0, 0.005);
    assert_close(retention_after(0.999, 200), 0.80, 0, 0.02); /* "~80 %": 0.819 */
}

/* S1: 500 cycles with 75 % left want 99.95 % or more. */
static void efficiency_for_500_cycles(void **state)
{
    (void)state;
    pm_budget_design design = {.anode_free = true};
    pm_budget_rates rates = {.retention = 0.75, .cathode_retention = ever};
    pm_budget_needed needed;
    pm_error err = {0};
    assert_good(pm_budget_efficiency_needed(&design, &rates, 500, &needed, &err), &err);
    assert_close(needed.efficiency, pow(0.75, 1.0 / 500), 0, 1e-9);
    assert_true(needed.efficiency < 0.9995);
    assert_close(retention_after(0.9995, 500), 0.779, 0, 0.0005);
}

/* Equation 1 of S1 is the reciprocal of the mean inefficiency: 25, 75, 100 are 96.0, 98.67, 99.0 %. */
static void normalised_cycle_lives(void **state)
{
    (void)state;
    static const double ncl[] = {25, 75, 100}, efficiency[] = {0.96, 0.98667, 0.99};
    for (int i = 0; i < 3; i++)
        for (double n_to_p = 0.5; n_to_p < 4; n_to_p *= 2)
            assert_close(life_of(n_to_p, efficiency[i], 0).normalised_cycle_life, ncl[i], 1e-3, 0);
}

/* S1: 20 um lasted 600 cycles, N/P 1; 50 um, then N/P 2.5, 450 (its ref. 107): 600 and 180 by equation 1. */
static void more_lithium_is_no_longer_life(void **state)
{
    (void)state;
    pm_n_to_p thin = {{1, 0}, PM_N_TO_P_FOIL}, thick;
    pm_error err = {0};
    double lasted[3] = {600, 600, 600};
    pm_estimate mean;
    assert_good(pm_budget_mean_efficiency(&thin, lasted, &mean, &err), &err);
    assert_close(mean.value, 0.9983, 0, 0.00005); /* physics: at least 99.83 % */
    double cathode = 20 / pm_lithium_um_per_mAh_per_cm2();
    assert_good(pm_n_to_p_of_foil((pm_uncertain){50, 0}, (pm_uncertain){cathode, 0}, &thick, &err), &err);
    assert_close(thick.ratio.value, 2.5, 1e-12, 0);
    lasted[0] = lasted[1] = lasted[2] = 450;
    assert_good(pm_budget_mean_efficiency(&thick, lasted, &mean, &err), &err);
    assert_close(1 / (1 - mean.value), 180, 1e-9, 0);
}

/* S1: 20 to 70 um in 600 cycles: 50 um of dense lithium are 10.3 mAh/cm2. */
static void swelling(void **state)
{
    (void)state;
    assert_close(pm_lithium_um_per_mAh_per_cm2(), 4.850, 0, 0.001);
    assert_close(50 / pm_lithium_um_per_mAh_per_cm2(), 10.3, 0, 0.05);
    pm_budget_design design = {.n_to_p = {{1, 0}, PM_N_TO_P_FOIL}, .cathode_mAh_per_cm2 = 4.12};
    pm_budget_rates rates = {.coulombic_efficiency_lithium = 1 - 1.0 / 600, .cathode_retention = ever};
    pm_budget_life life;
    pm_error err = {0};
    design.dead_porosity = 1 - 20.0 / 50; /* 20 um of foil, all lost, that fill 50 um */
    assert_good(pm_budget_forward(&design, &rates, &life, &err), &err);
    assert_close(life.lithium, 600, 1e-9, 0);
    assert_close(life.swelling_um, 50, 2e-3, 0);
    assert_close(life.swelling_um / life.end, 0.083, 0, 0.0005);
}

/* Worked in physics.md 2.2: E/C 2.4, dry at 1.2, efficiency 0.995, f+ 0.5, z 1, 90 g/mol: 143 cycles; 3.36 g/Ah. */
static void electrolyte(void **state)
{
    (void)state;
    pm_budget_design design = {.n_to_p = {{1, 0}, PM_N_TO_P_FOIL}, .electrolyte_g_per_Ah = {2.4, 0}};
    pm_budget_rates rates = {.coulombic_efficiency_lithium = 0.995, .cathode_retention = ever};
    pm_budget_life life;
    pm_error err = {0};
    assert_good(pm_budget_forward(&design, &rates, &life, &err), &err);
    assert_close(life.electrolyte, 143, 0, 0.5);
    assert_int_equal(life.limit, PM_LIMIT_ELECTROLYTE);
    assert_close(life.lithium, 200, 1e-12, 0);
    assert_close(1.2 / life.electrolyte / 0.005 / 0.5, 3.36, 0, 0.005);
}

/* S1: depletion is exponential where efficiency declines: doubling the lithium does not double the life. */
static void self_acceleration(void **state)
{
    (void)state;
    double k = 0.01, x = 0.005;
    for (double n_to_p = 0.5; n_to_p < 4; n_to_p *= 2) {
        double n = life_of(n_to_p, 1 - x, k).lithium;
        assert_close(n, log(1 + k * n_to_p / x) / k, 1e-9, 0);
        assert_true(life_of(2 * n_to_p, 1 - x, k).lithium < 1.9 * n);
        assert_close(life_of(n_to_p, 1 - x, 1e-13).lithium, n_to_p / x, 1e-9, 0);
    }
}

/* S1: until the foil is used up the cell's efficiency is the cathode's, 99.98 %, then lithium's, here 99.5 %. */
static void the_step_is_the_cathodes_less_lithiums(void **state)
{
    (void)state;
    pm_budget_design design = {.n_to_p = {{0.5, 0}, PM_N_TO_P_FOIL}};
    pm_budget_rates rates = {.coulombic_efficiency_lithium = 0.995, .cathode_retention = ever};
    pm_scoped(pm_table) series = NULL;
    pm_error err = {0};
    assert_good(pm_budget_series(&design, &rates, 120, &series, &err), &err);
    for (int64_t cycle = 1; cycle <= 120; cycle++) {
        double step = 0.9998 - real_at(series, "coulombic_efficiency", cycle - 1);
        if (cycle != 100) assert_close(step, cycle < 100 ? 0 : 0.0048, 0, 1e-9); /* 0.5 / 0.005: between the two */
    }
}

/* S1: a fifth less capacity is the cathode's lithium in a cell without foil; with foil it is all of that too. */
static void a_fifth_less_capacity_is_the_foil_too(void **state)
{
    (void)state;
    for (int n_to_p = 0; n_to_p <= 2; n_to_p++) {
        pm_budget_design design = {.n_to_p = {{n_to_p, 0}, PM_N_TO_P_FOIL}, .anode_free = n_to_p == 0};
        pm_budget_rates rates = {.coulombic_efficiency_lithium = 0.999, .cathode_retention = ever};
        pm_scoped(pm_table) series = NULL;
        pm_error err = {0};
        int64_t i = 0;
        assert_good(pm_budget_series(&design, &rates, 3000, &series, &err), &err);
        while (real_at(series, "capacity_retention", i) > 0.8) i++;
        assert_close(real_at(series, "lithium_lost", i), n_to_p + 0.2, 0, 0.001);
    }
}

/* S1: voltage decays, so the energy curve bends where stage 1 ends, while capacity is as it was. */
static void energy_bends_where_capacity_does_not(void **state)
{
    (void)state;
    typedef struct cycle {
        int64_t count;
        double capacity_Ah, efficiency, energy_Wh;
    } cycle;
    static const pm_field fields[] = {
        {"cycle_count", PM_INT64, "1", offsetof(cycle, count), ""},
        {"discharging_capacity_ah", PM_DOUBLE, "Ah", offsetof(cycle, capacity_Ah), ""},
        {"coulombic_efficiency", PM_DOUBLE, "1", offsetof(cycle, efficiency), ""},
        {"discharging_energy_wh", PM_DOUBLE, "Wh", offsetof(cycle, energy_Wh), ""},
    };
    pm_scoped(pm_builder) rows = NULL;
    pm_scoped(pm_table) cycles = NULL;
    pm_stage_options options = {.kind = PM_LI_CATHODE, .n_to_p = {{2, 0}, PM_N_TO_P_FOIL}};
    pm_stages s;
    pm_error err = {0};
    pm_random random = pm_random_stream(1, "tests/energy", 0);
    assert_good(pm_builder_new(4, fields, &rows, &err), &err);
    for (int n = 1; n <= 200; n++) {
        cycle c = {n, 4e-3 * (1 + 2e-4 * pm_random_normal(&random)), 0.9998 + 2e-4 * pm_random_normal(&random), 0};
        c.energy_Wh = c.capacity_Ah * (3.6 - 5e-4 * fmax(n - 100, 0) + 5e-4 * pm_random_normal(&random));
        pm_builder_push(rows, &c);
    }
    assert_good(pm_builder_finish(rows, &cycles, &err), &err);
    assert_good(pm_stages_of(cycles, &options, &s, &err), &err);
    assert_int_equal(s.start[2].told, PM_TOLD_YES);
    assert_string_equal(s.start[2].evidence, "energy");
    assert_close(s.start[2].cycle, 100, 0, 5);
    assert_int_equal(s.stage, 2);
}

/* S2: most practical cells last fewer than 100 cycles: N/P 2 (S2's typical) then has a mean efficiency below 98 %. On 4
 * mAh/cm2 that is a foil of 38.8 um, thin by S2's 50. */
static void s2_lives_below_100_cycles(void **state)
{
    (void)state;
    pm_n_to_p twice = {{2, 0}, PM_N_TO_P_FOIL}, foil;
    pm_estimate mean;
    pm_error err = {0};
    assert_good(pm_budget_mean_efficiency(&twice, (const double[3]){100, 100, 100}, &mean, &err), &err);
    assert_close(mean.value, 0.98, 1e-12, 0);
    assert_good(pm_n_to_p_of_foil((pm_uncertain){38.8, 0}, (pm_uncertain){4, 0}, &foil, &err), &err);
    assert_close(foil.ratio.value, 2, 1e-3, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retention_of_anode_free_cells),
        cmocka_unit_test(efficiency_for_500_cycles),
        cmocka_unit_test(normalised_cycle_lives),
        cmocka_unit_test(more_lithium_is_no_longer_life),
        cmocka_unit_test(swelling),
        cmocka_unit_test(electrolyte),
        cmocka_unit_test(self_acceleration),
        cmocka_unit_test(the_step_is_the_cathodes_less_lithiums),
        cmocka_unit_test(a_fifth_less_capacity_is_the_foil_too),
        cmocka_unit_test(energy_bends_where_capacity_does_not),
        cmocka_unit_test(s2_lives_below_100_cycles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
