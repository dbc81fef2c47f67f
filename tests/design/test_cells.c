/* SPDX-License-Identifier: MIT */
/* Mass, volume, energy and life against formulas written out. */
#include "design_support.h"

/* um of lithium per mAh/cm2: M 3.6 / (F rho). */
static const double um_per_mAh = 6.94 * 3.6 / 96485.33212 / 0.534 * 1e4;

static const char pouch[] =
    "areal_capacity: 4 mAh/cm2\ncathode_specific_capacity: 200 mAh/g\ncathode_voltage: 3.8 V\n"
    "cathode_active_fraction: 0.95\ncathode_density: 3 g/cm3\naluminium_thickness: 10 um\n"
    "lithium_thickness: 30 um\ncopper_thickness: 6 um\nseparator_thickness: 15 um\n"
    "separator_density: 1 g/cm3\nelectrolyte_to_capacity: 2 mL/Ah\nelectrolyte_density: 1.3 g/cm3\n"
    "electrode_width: 5 cm\nelectrode_height: 8 cm\nlayers: 3\noverhang: 1 mm\n"
    "film_thickness: 100 um\nfilm_density: 2 g/cm3\nclearance: 0.5 cm\ntab_height: 1 cm\n"
    "tab_width: 2 cm\ntab_thickness: 0.1 mm\nextra_mass: 1 g\n";

/* Three cathodes of 40 cm2 on both sides, four anodes of 5.2 by 8.2 cm, six separators. */
static void a_pouch_is_the_sum_of_its_sheets(void **state)
{
    (void)state;
    pm_design d = design_of(pouch);
    pm_design_result r = computed(&d);
    double capacity = 6 * 40 * 4e-3, anode = 5.2 * 8.2;
    double coating_um = 4e-3 / 0.2 / 0.95 / 3 * 1e4;
    double stack = 6 * 40 * 4e-3 / 0.2 / 0.95 + 3 * 40 * 10e-4 * 2.7 + 8 * anode * 30e-4 * 0.534 +
                   4 * anode * 6e-4 * 8.96 + 6 * anode * 15e-4 * 1.0 + 2 * 1.3 * capacity;
    double mass = stack + 2 * 5.7 * 8.7 * 0.01 * 2 + 1.5 * 2 * 0.01 * (2.7 + 8.9) + 1;
    double um = 6 * coating_um + 3 * 10 + 8 * 30 + 4 * 6 + 6 * 15 + 2 * 100;
    double litre = 5.7 * 9.7 * um * 1e-7;
    assert_close(r.capacity_Ah, capacity, 1e-12, 0);
    assert_close(r.mass_g, mass, 1e-12, 0);
    assert_close(r.thickness_um, um, 1e-12, 0);
    assert_close(r.specific_energy_Wh_per_kg, capacity * 3.8 / mass * 1e3, 1e-12, 0);
    assert_close(r.stack_energy_Wh_per_kg, capacity * 3.8 / stack * 1e3, 1e-12, 0);
    assert_close(r.energy_density_Wh_per_L, capacity * 3.8 / litre, 1e-12, 0);
    /* charged: 4 mAh/cm2 on the six sides of eight that face a cathode */
    assert_close(r.thickness_charged_um, um + 6 * 4 * um_per_mAh, 1e-12, 0);
    /* inside the film 5.7 by 8.7; half of the separators and what the coating's 3 g/cm3 leaves of 4.7 and 1.8 is pores */
    double inside = 5.7 * 8.7 * (um - 200) * 1e-4, coating_g = 6 * 40 * 4e-3 / 0.2 / 0.95;
    double solid = coating_g * (0.95 / 4.7 + 0.05 / 1.8) + 3 * 40 * 10e-4 + 8 * anode * 30e-4 + 4 * anode * 6e-4 +
                   6 * anode * 15e-4 / 2;
    assert_close(r.electrolyte_cm3, 2 * capacity, 1e-12, 0);
    assert_close(r.electrolyte_room_cm3, inside - solid, 1e-9, 0);
    assert_close(r.energy_density_charged_Wh_per_L, capacity * 3.8 / (5.7 * 9.7 * r.thickness_charged_um * 1e-7), 1e-12,
                 0);
    assert_close(r.active_fraction, 6 * 40 * 4e-3 / 0.2 / mass, 1e-12, 0);
    assert_close(r.n_to_p_foil, 30 / um_per_mAh / 4, 1e-12, 0);
    assert_close(r.n_to_p_total, r.n_to_p_foil + 1, 1e-15, 0);
    assert_close(r.electrolyte_g_per_Ah, 2.6, 1e-12, 0);
}

static void parts_add_up(void **state)
{
    (void)state;
    static const char *const forms[] = {"form: pouch", "form: stack", "form: coin"};
    for (int i = 0; i < 3; i++) {
        char deck[200];
        snprintf(deck, sizeof deck,
                 "%s\nareal_capacity: 4 mAh/cm2\nlithium_thickness: 30 um\n"
                 "electrolyte_to_capacity: 2 mL/Ah\n",
                 forms[i]);
        pm_design d = design_of(deck);
        pm_design_result r = computed(&d);
        double mass = 0, thickness = 0;
        for (int k = 0; k < r.parts; k++) {
            mass += r.part[k].mass_g;
            if (!isnan(r.part[k].thickness_um)) thickness += r.part[k].thickness_um;
        }
        assert_int_equal(r.parts, 7);
        assert_close(mass, r.mass_g, 1e-14, 0);
        if (i < 2) assert_close(thickness, r.thickness_um, 1e-14, 0);
    }
}

static void a_coin_is_one_side_in_a_case(void **state)
{
    (void)state;
    pm_design d = design_of("form: coin\nareal_capacity: 4 mAh/cm2\ncathode_specific_capacity: 200 mAh/g\n"
                            "cathode_active_fraction: 1\naluminium_thickness: 10 um\nlithium_thickness: 50 um\n"
                            "copper_thickness: 0 um\nseparator_thickness: 25 um\nseparator_density: 1 g/cm3\n"
                            "electrolyte_to_capacity: 75 g/Ah\nelectrode_diameter: 14 mm\ncase_mass: 3 g\n"
                            "case_diameter: 20 mm\ncase_height: 3.2 mm\ncathode_voltage: 3.8 V\n");
    pm_design_result r = computed(&d);
    double area = 3.14159265358979 * 0.49, capacity = area * 4e-3;
    double mass = area * (4e-3 / 0.2 + 10e-4 * 2.7 + 50e-4 * 0.534 + 25e-4) + 75 * capacity + 3;
    assert_close(r.capacity_Ah, capacity, 1e-12, 0);
    assert_close(r.mass_g, mass, 1e-12, 0);
    assert_close(r.volume_cm3, 3.14159265358979 * 1 * 0.32, 1e-12, 0);
    assert_close(r.volume_charged_cm3, r.volume_cm3, 0, 0);
    for (int i = 0; i < r.parts; i++) assert_string_not_equal(r.part[i].name, "copper");
}

/* Energy of the stack is Q V / (a + b Q), with a what weighs alike for any loading: its slope is V a / (a + b Q)^2, which
 * falls to 0. S1: the gain of higher loadings diminishes. */
static void loading_has_diminishing_returns(void **state)
{
    (void)state;
    pm_design d =
        design_of("form: stack\npackage_fraction: 0\nareal_capacity: 1 mAh/cm2\ncathode_voltage: 3.85 V\n"
                  "cathode_specific_capacity: 180 mAh/g\ncathode_active_fraction: 0.96\n"
                  "aluminium_thickness: 12 um\ncopper_thickness: 8 um\nlithium_thickness: 20 um\n"
                  "separator_thickness: 12 um\nseparator_density: 1 g/cm3\nelectrolyte_to_capacity: 2.4 g/Ah\n");
    double a = 6 * 0.27 + 4 * 0.896 + 20 * 0.0534 + 1.2, b = 1000 / 180.0 / 0.96 + 2.4, before = INFINITY;
    for (double q = 1; q <= 15; q += 0.5) {
        double h = 1e-4, energy[2];
        for (int i = 0; i < 2; i++) {
            d.areal_capacity_Ah_per_cm2 = (q + (i ? h : -h)) * 1e-3;
            energy[i] = computed(&d).specific_energy_Wh_per_kg;
        }
        double slope = (energy[1] - energy[0]) / (2 * h);
        assert_close(slope, 1e3 * 3.85 * a / ((a + b * q) * (a + b * q)), 1e-6, 0);
        assert_true(slope > 0 && slope < before);
        before = slope;
    }
    assert_true(before < 6); /* Wh/kg for one more mAh/cm2, at first 184 */
}

static void n_to_p_has_a_convention(void **state)
{
    (void)state;
    static const char rest[] = "areal_capacity: 4 mAh/cm2\nelectrolyte_to_capacity: 2 g/Ah\n";
    char deck[300];
    snprintf(deck, sizeof deck, "%sn_to_p: 1.5\nn_to_p_convention: foil\n", rest);
    pm_design foil = design_of(deck);
    snprintf(deck, sizeof deck, "%sn_to_p: 2.5\nn_to_p_convention: total\n", rest);
    pm_design total = design_of(deck);
    assert_close(computed(&foil).mass_g, computed(&total).mass_g, 1e-14, 0);
    assert_close(computed(&total).n_to_p, 2.5, 1e-14, 0);
    assert_close(computed(&foil).lithium_um, 6 * um_per_mAh, 1e-12, 0);
    snprintf(deck, sizeof deck, "%sanode: anode-free\nn_to_p: 0\n", rest);
    pm_design none = design_of(deck);
    assert_close(computed(&none).n_to_p, 0, 0, 0);
    assert_close(computed(&none).n_to_p_total, 1, 0, 0);
}

/* The life is that of life/ with the same numbers; without lithium's efficiency, and for graphite, there is none. */
static void life_is_that_of_the_bookkeeping(void **state)
{
    (void)state;
    pm_design d = design_of(pouch);
    pm_error err = {0};
    pm_budget_life life;
    assert_true(isnan(computed(&d).cycle_life));
    d.lithium_efficiency = 0.99;
    d.lithium_acceleration = 0.002;
    pm_design_result r = computed(&d);
    pm_budget_design budget = {
        .n_to_p = {{r.n_to_p_foil, 0}, PM_N_TO_P_FOIL}, .cathode_mAh_per_cm2 = 4, .electrolyte_g_per_Ah = {2.6, 0}};
    pm_budget_rates rates = {.coulombic_efficiency_lithium = 0.99, .acceleration = 0.002};
    assert_good(pm_budget_forward(&budget, &rates, &life, &err), &err);
    assert_close(r.cycle_life, life.end, 1e-12, 0);
    assert_close(r.cycle_life_lithium, life.lithium, 1e-12, 0);
    assert_close(r.cycle_life_electrolyte, life.electrolyte, 1e-12, 0);
    assert_int_equal(r.limit, life.limit);
    d.electrolyte = PM_ELECTROLYTE_SULFIDE; /* nothing to dry */
    assert_true(isinf(computed(&d).cycle_life_electrolyte));
    d.anode = PM_ANODE_GRAPHITE;
    d.lithium_um = NAN;
    assert_true(isnan(computed(&d).cycle_life));
}

/* Lithium in one sum, foil and cathode: a cycle plates what the cathode takes or all there is, and loses 0.5 % of it. The
 * first cycle behind which less than 80 % of the cathode can be filled. */
static int slow_cycles_to_retention(double n_to_p, double usable)
{
    double there = n_to_p + 1; /* over Q; the first charge brings all of it over */
    int n = 0;
    while (there >= 0.8 * usable) {
        there -= 0.005 * fmin(usable, there);
        n++;
    }
    return n;
}

/* One number for thick foil, thin foil and none: more lithium never makes it shorter. */
static void more_lithium_is_no_shorter_life_in_all(void **state)
{
    (void)state;
    static const char rest[] = "areal_capacity: 4 mAh/cm2\nelectrolyte_to_capacity: 10 g/Ah\n"
                               "lithium_efficiency: 99.5 %\ncathode_retention: 100 %\n";
    char deck[400];
    for (int accelerates = 0; accelerates < 2; accelerates++) {
        double before = 0, foil_only = INFINITY;
        for (double um = 0; um <= 50; um += 0.25) {
            if (um > 0)
                snprintf(deck, sizeof deck, "%slithium_thickness: %.2f um\n", rest, um);
            else
                snprintf(deck, sizeof deck, "%sanode: anode-free\n", rest);
            pm_design d = design_of(deck);
            d.lithium_acceleration = accelerates ? 0.01 : 0;
            pm_design_result r = computed(&d);
            assert_true(r.cycle_life_total >= before);
            if (!accelerates) assert_close(ceil(r.cycle_life_total), slow_cycles_to_retention(r.n_to_p_foil, 1), 0, 1);
            assert_int_equal(r.limit_total, PM_LIMIT_LITHIUM);
            before = r.cycle_life_total;
            if (um == 0.25) foil_only = r.cycle_life;
        }
        assert_true(foil_only < 4); /* n*, the end of stage 3: the foil alone, not the cell */
    }
    pm_design bare = design_of("anode: anode-free\nareal_capacity: 4 mAh/cm2\nelectrolyte_to_capacity: 10 g/Ah\n"
                               "lithium_efficiency: 99.5 %\n");
    assert_close(computed(&bare).cycle_life_total, log(0.8) / log(0.995), 1e-3, 0);
    assert_close(computed(&bare).cycle_life, computed(&bare).cycle_life_total, 0, 0);
}

/* Where it ends dry, a cell kept full by its foil plates more in each cycle, and dries sooner: at 80 % by up to ln 0.8/ln c
 * over 0.2/(1 - c), a tenth. */
static void only_a_dry_end_comes_a_little_sooner(void **state)
{
    (void)state;
    double least = INFINITY, none = NAN;
    for (double um = 0; um <= 50; um += 0.5) {
        char deck[300], anode[64] = "anode: anode-free";
        if (um > 0) snprintf(anode, sizeof anode, "lithium_thickness: %.2f um", um);
        snprintf(deck, sizeof deck,
                 "%s\nareal_capacity: 4 mAh/cm2\nelectrolyte_to_capacity: 1.52 g/Ah\nlithium_efficiency: 99.5 %%\n"
                 "cathode_retention: 100 %%\n",
                 anode);
        pm_design d = design_of(deck);
        pm_design_result r = computed(&d);
        if (um == 0) none = r.cycle_life_total;
        least = fmin(least, r.cycle_life_total);
        assert_int_equal(r.limit_total, PM_LIMIT_ELECTROLYTE);
    }
    assert_true(least < none && least > none * 0.2 / 0.005 / (log(0.8) / log(0.995)));
}

/* Only Q u cycles; (1 - u) Q came over with the first charge and is lithium to lose: n* = (N + 1 - u)/(u x). */
static void what_the_cathode_does_not_take_back_is_a_reserve(void **state)
{
    (void)state;
    static const double usable[] = {1, 0.93, 0.5};
    for (int i = 0; i < 3; i++) {
        double u = usable[i];
        pm_design d = design_of("areal_capacity: 4 mAh/cm2\nn_to_p: 1\nn_to_p_convention: foil\n"
                                "electrolyte_to_capacity: 10 g/Ah\nlithium_efficiency: 99.5 %\n"
                                "cathode_retention: 100 %\n");
        d.usable_fraction = u;
        pm_design_result r = computed(&d);
        assert_close(r.cycle_life_lithium, (1 + 1 - u) / (u * 0.005), 1e-9, 0);
        assert_close(r.normalised_cycle_life, r.cycle_life_lithium, 1e-9, 0);
        assert_close(ceil(r.cycle_life_total), slow_cycles_to_retention(1, u), 0, 1);
        d.anode = PM_ANODE_NONE;
        d.n_to_p = NAN;
        assert_close(ceil(computed(&d).cycle_life_total), slow_cycles_to_retention(0, u), 0, 1);
        d.electrolyte_g_per_Ah = 1.4; /* of what cycles, as is what dries it: 0.2/1.679/0.005, with foil at hand */
        d.anode = PM_ANODE_LITHIUM;
        d.n_to_p = 1;
        assert_close(computed(&d).cycle_life_total, 0.2 / (0.5 * 90 / 26.801) / 0.005, 1e-4, 0);
    }
}

/* S1: 0.995 to the power of 200 is about 37 %: an anode-free cell ends by CE^n. */
static void an_anode_free_cell_ends_by_its_efficiency(void **state)
{
    (void)state;
    pm_design d = design_of("anode: anode-free\nareal_capacity: 4 mAh/cm2\nelectrolyte_to_capacity: 20 g/Ah\n"
                            "lithium_efficiency: 99.5 %\nretention: 36.7 %\n");
    pm_design_result r = computed(&d);
    assert_close(r.cycle_life, 200, 0.002, 0);
    assert_true(isnan(r.normalised_cycle_life));
    assert_int_equal(r.limit, PM_LIMIT_LITHIUM);
}

static void what_is_assumed_is_told(void **state)
{
    (void)state;
    pm_design d = design_of("areal_capacity: 4 mAh/cm2\nn_to_p: 1\nn_to_p_convention: foil\nseparator_thickness: 9 um\n"
                            "electrolyte_to_capacity: 2 mL/Ah\n");
    uint64_t assumed = 0;
    pm_error err = {0};
    int n;
    const pm_design_input *all = pm_design_inputs(&n);
    assert_good(pm_design_fill(&d, &assumed, &err), &err);
    for (int i = 0; i < n; i++) {
        bool bit = assumed >> i & 1;
        if (!strcmp(all[i].key, "aluminium_thickness")) assert_true(bit);
        if (!strcmp(all[i].key, "separator_thickness")) assert_false(bit);
        if (!strcmp(all[i].key, "lithium_thickness")) assert_false(bit);       /* follows from n_to_p */
        if (!strcmp(all[i].key, "electrolyte_to_capacity")) assert_false(bit); /* by mass from that by volume */
        if (!strcmp(all[i].key, "charge_voltage")) assert_false(bit);          /* is not there */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pouch_is_the_sum_of_its_sheets),
        cmocka_unit_test(parts_add_up),
        cmocka_unit_test(a_coin_is_one_side_in_a_case),
        cmocka_unit_test(loading_has_diminishing_returns),
        cmocka_unit_test(n_to_p_has_a_convention),
        cmocka_unit_test(life_is_that_of_the_bookkeeping),
        cmocka_unit_test(more_lithium_is_no_shorter_life_in_all),
        cmocka_unit_test(only_a_dry_end_comes_a_little_sooner),
        cmocka_unit_test(what_the_cathode_does_not_take_back_is_a_reserve),
        cmocka_unit_test(an_anode_free_cell_ends_by_its_efficiency),
        cmocka_unit_test(what_is_assumed_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
