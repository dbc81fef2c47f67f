/* SPDX-License-Identifier: MIT */
/* Published cells and what the reviews say of designs. S1: Deng et al., Nat. Rev. Chem. 2026. S2: Guo et al., ACS Energy Lett 2025,
 * 10, 2318. Rows are those of docs/reviews.md. */
#include "design_support.h"

#include <stdio.h>

/* ---- seven cells of mjlacey/cellmodels, notebook 2: only its numbers are used ---- */

#define COMMON                                                                                                         \
    "form: pouch\nareal_capacity: 3.3 mAh/cm2\ncathode_active_fraction: 95 %\naluminium_thickness: 14 um\n"            \
    "copper_thickness: 8 um\nelectrode_width: 10 cm\nelectrode_height: 30 cm\nlayers: 35\nfilm_thickness: 113 um\n"    \
    "film_density: 1.8 g/cm3\nclearance: 1 cm\ntab_height: 2 cm\ntab_width: 5 cm\ntab_thickness: 0.05 cm\n"            \
    "extra_mass: 10 g\nusable_fraction: 93 %\n"
#define NMC "cathode: ncm\ncathode_specific_capacity: 195 mAh/g\ncathode_voltage: 3.86 V\ncathode_density: 3.5 g/cm3\n"
#define LFP                                                                                                            \
    "cathode: lfp\ncathode_specific_capacity: 165 mAh/g\ncathode_voltage: 3.375 V\ncathode_density: 2.52 g/cm3\n"
#define LIQUID                                                                                                         \
    "electrolyte: liquid\nseparator_thickness: 12 um\nseparator_density: 1.18 g/cm3\n"                                 \
    "electrolyte_to_capacity: 1.7 mL/Ah\nelectrolyte_density: 1.232612 g/cm3\n"
#define OXIDE                                                                                                          \
    "electrolyte: oxide\nseparator_thickness: 20 um\nseparator_density: 5.1 g/cm3\n"                                   \
    "electrolyte_to_capacity: 0.561 mL/Ah\nelectrolyte_density: 1.232612 g/cm3\n"
#define SULFIDE                                                                                                        \
    "electrolyte: sulfide\nseparator_thickness: 20 um\nseparator_density: 2.0 g/cm3\n"                                 \
    "electrolyte_to_capacity: 0.561 mL/Ah\nelectrolyte_density: 2.0 g/cm3\n"
#define FOIL "anode: lithium\nn_to_p: 3.1272727272727\nn_to_p_convention: foil\n" /* 10.32 mAh/cm2 */
#define FREE "anode: anode-free\n"
#define GRAPHITE                                                                                                       \
    "anode: graphite\nn_to_p: 1.1\ngraphite_specific_capacity: 344 mAh/g\ngraphite_voltage: 0.17 V\n"                  \
    "graphite_active_fraction: 96.5 %\ngraphite_density: 1.6 g/cm3\n"

/* Printed: as published, with the last digit it was published to. Recomputed: by hand, independently of this program. */
static const struct {
    const char *deck;
    double printed_Wh_per_kg, digit, printed_Wh_per_L, recomputed_Wh_per_kg, recomputed_Wh_per_L;
} seven[] = {
    {COMMON NMC LIQUID GRAPHITE, 257.2, 0.1, 634, 257.17, 634.37},
    {COMMON NMC LIQUID FOIL, 333, 1, 761, 333.36, 760.65}, /* printed as 333.0, rounded to whole */
    {COMMON LFP LIQUID FOIL, 267.1, 0.1, 531, 267.12, 530.52},
    {COMMON NMC OXIDE FOIL, 296.1, 0.1, 716, 296.07, 716.14},
    {COMMON LFP OXIDE FOIL, 239.5, 0.1, 505, 239.48, 505.46},
    {COMMON NMC SULFIDE FREE, 366, 1, 963, 365.53, 962.69}, /* printed as 366.0 */
    {COMMON LFP SULFIDE FREE, 291, 1, 637, 290.56, 637.19},
};

static void seven_cells_come_out_to_the_printed_digit(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof seven / sizeof *seven; i++) {
        pm_design d = design_of(seven[i].deck);
        pm_design_result r = computed(&d);
        bool free = d.anode == PM_ANODE_NONE;
        /* the notebook lets lithium plate on the outermost two sides too, which face no cathode, and weighs it there: 4.850 um
         * for each of 3.3 mAh/cm2 */
        double thicker = free ? 1 + 2 * 3.3 * 4.850 / r.thickness_charged_um : 1;
        double volumetric = free ? r.energy_density_charged_Wh_per_L / thicker : r.energy_density_Wh_per_L;
        double mass_g = r.mass_g + (free ? 2 * 300 * 3.3 / 3861.9 : 0);
        assert_close(r.capacity_Ah, 64.449, 1e-12, 0);
        assert_close(r.specific_energy_Wh_per_kg, seven[i].printed_Wh_per_kg, 0, seven[i].digit / 2);
        assert_close(volumetric, seven[i].printed_Wh_per_L, 0, 0.5);
        assert_close(r.energy_Wh / mass_g * 1000, seven[i].recomputed_Wh_per_kg, 0, 0.006);
        assert_close(volumetric, seven[i].recomputed_Wh_per_L, 0, 0.02);
    }
}

static void their_masses_are_as_printed(void **state)
{
    (void)state;
    pm_design graphite = design_of(seven[0].deck), foil = design_of(seven[1].deck);
    pm_design_result r = computed(&graphite);
    assert_close(r.mass_g, 925, 0, 0.5);
    assert_close(r.energy_Wh, 237.8, 0, 0.05);
    assert_string_equal(r.part[r.parts - 1].name, "film, tabs and other");
    assert_close(r.part[r.parts - 1].mass_g, 13.872 + 8.70 + 10, 0, 0.001);
    r = computed(&foil);
    assert_close(r.mass_g, 746, 0, 0.5);
    assert_close(r.energy_Wh, 248.8, 0, 0.05);
    assert_close(r.lithium_Ah_per_cm2, 10.32e-3, 1e-9, 0);
    assert_close(r.lithium_um, 50, 0.001, 0);
}

/* ---- published cells by the stack model; inputs assumed, so bands only ---- */

/* areal capacity, specific capacity, aluminium, copper, lithium, E/C, voltage, package; then published low and high, the
 * reference's own model, N/P as it prints it, active material by mass where printed (else 0) */
static const struct {
    const char *cathode;
    double mAh_per_cm2, mAh_per_g, al_um, cu_um, li_um, g_per_Ah, V, package;
    double low, high, model, n_to_p, active;
} published[] = {
    {"ncm", 3.8, 180, 15, 10, 50, 3.0, 3.85, 12, 300, 300, 292, 2.71, 0},  /* Niu 2019 class */
    {"ncm", 4.1, 180, 12, 8, 20, 2.4, 3.85, 8, 350, 350, 354, 1.01, 0},    /* Niu et al., Nat Energy 2021 */
    {"ncm", 6.0, 220, 10, 6, 30, 1.5, 3.85, 5, 500, 500, 499, 1.03, 0},    /* 500 class */
    {"llo", 10, 300, 10, 4.5, 24, 1.5, 3.45, 4, 600, 600, 600, 0.49, 58},  /* 600 class */
    {"llo", 10, 300, 10, 4.5, 24, 1.2, 3.45, 4, 620, 700, 635, 0.49, 61},  /* batterydesign.net */
    {"llo", 10, 300, 8, 0, 24, 0.9, 3.45, 3, 711.3, 711.3, 714, 0.49, 69}, /* Li et al., Chin Phys Lett 2023 */
};
enum { PUBLISHED = sizeof published / sizeof *published };

static pm_design stack_of(int i)
{
    char deck[1000];
    snprintf(deck, sizeof deck,
             "form: stack\ncathode: %s\nareal_capacity: %g mAh/cm2\ncathode_specific_capacity: %g mAh/g\n"
             "aluminium_thickness: %g um\ncopper_thickness: %g um\nlithium_thickness: %g um\n"
             "electrolyte_to_capacity: %g g/Ah\ncathode_voltage: %g V\npackage_fraction: %g %%\n"
             "cathode_active_fraction: 98 %%\nseparator_thickness: 16 um\nseparator_density: 1 g/cm3\n",
             published[i].cathode, published[i].mAh_per_cm2, published[i].mAh_per_g, published[i].al_um,
             published[i].cu_um, published[i].li_um, published[i].g_per_Ah, published[i].V, published[i].package);
    return design_of(deck);
}

static void published_cells_come_out_within_five_percent(void **state)
{
    (void)state;
    for (int i = 0; i < PUBLISHED; i++) {
        pm_design d = stack_of(i);
        pm_design_result r = computed(&d);
        assert_true(r.specific_energy_Wh_per_kg > 0.95 * published[i].low);
        assert_true(r.specific_energy_Wh_per_kg < 1.05 * published[i].high);
        /* the reference does not print its separator and binder: 1.6 mg/cm2 and 2 % come nearest to all rows at once */
        assert_close(r.specific_energy_Wh_per_kg, published[i].model, 0.01, 0);
        assert_close(r.n_to_p, published[i].n_to_p, 0, 0.006);
        if (published[i].active > 0) assert_close(100 * r.active_fraction, published[i].active, 0, 1);
    }
}

/* The stack by the formula of docs/design.md, written out. */
static void the_stack_is_its_formula(void **state)
{
    (void)state;
    for (int i = 0; i < PUBLISHED; i++) {
        pm_design d = stack_of(i);
        double q = published[i].mAh_per_cm2;
        double mg = q / published[i].mAh_per_g * 1000 / 0.98 + published[i].al_um * 0.27 / 2 +
                    published[i].cu_um * 0.896 / 2 + published[i].li_um * 0.0534 + 16 * 0.1 + published[i].g_per_Ah * q;
        double expected = q * published[i].V / (mg / (1 - published[i].package / 100)) * 1000;
        assert_close(computed(&d).specific_energy_Wh_per_kg, expected, 1e-12, 0);
    }
}

/* ---- rows of the reviews ---- */

/* S1: 20 um under 2.0 Ah, 350 Wh/kg has N/P 1:1, and 50 um on the same cathode 2.5: 450 cycles are a normalised 180. */
static void row_16_lithium_against_life(void **state)
{
    (void)state;
    pm_design d = stack_of(1);
    assert_close(computed(&d).n_to_p, 1, 0.01, 0);
    d.lithium_um = 50;
    assert_close(450 / computed(&d).n_to_p, 180, 0.01, 0);
}

/* S1, equation 1: normalised lives of 25, 75, 100 are efficiencies of lithium of 96.0, 98.67, 99.0 %. */
static void row_7_normalised_life(void **state)
{
    (void)state;
    const double efficiency[] = {0.96, 1 - 1 / 75.0, 0.99}, expected[] = {25, 75, 100};
    for (int i = 0; i < 3; i++) {
        pm_design d = stack_of(1);
        d.lithium_efficiency = efficiency[i];
        d.cathode_efficiency = 1;
        pm_design_result r = computed(&d);
        assert_close(r.normalised_cycle_life, expected[i], 1e-9, 0);
        assert_close(r.cycle_life_lithium, expected[i] * r.n_to_p_foil, 1e-9, 0);
    }
}

static int missed(const pm_design *d, bool of_class, const char *quantity)
{
    pm_design filled = *d;
    pm_error err = {0};
    pm_design_check check[PM_DESIGN_CHECKS];
    assert_good(pm_design_fill(&filled, NULL, &err), &err);
    pm_design_result r = computed(d);
    int n = pm_design_checks(&filled, &r, check), found = 0;
    assert_in_range(n, 1, PM_DESIGN_CHECKS);
    for (int i = 0; i < n; i++) {
        bool asked = quantity ? !strcmp(check[i].quantity, quantity) : check[i].class_rule == of_class;
        if (asked && check[i].met == PM_RULE_MISSED) found++;
    }
    return found;
}

/* S1: lithium's efficiency is typically below 99.50 %. */
static void row_5_typical_efficiency(void **state)
{
    (void)state;
    pm_design d = stack_of(1);
    d.lithium_efficiency = 0.9949;
    assert_int_equal(missed(&d, false, "coulombic_efficiency_lithium"), 0);
    d.lithium_efficiency = 0.9950;
    assert_int_equal(missed(&d, false, "coulombic_efficiency_lithium"), 1);
}

/* S1: published cells of 400-500 Wh/kg have normalised lives below 100, those of 600 and more mostly below 75. */
static void row_7_lives_of_the_classes(void **state)
{
    (void)state;
    static const struct {
        int cell;
        double foil_um, areal_mAh_per_cm2, below;
    } class[] = {{2, 48.5, 5, 100}, {4, 24, 10, 75}};
    for (int i = 0; i < 2; i++) {
        pm_design d = stack_of(class[i].cell);
        d.lithium_um = class[i].foil_um;
        d.areal_capacity_Ah_per_cm2 = class[i].areal_mAh_per_cm2 * 1e-3;
        d.cathode_efficiency = 1;
        d.lithium_efficiency = 1 - 1 / (class[i].below - 1);
        assert_int_equal(missed(&d, true, "normalised_cycle_life"), 0);
        d.lithium_efficiency = 1 - 1 / (class[i].below + 1);
        assert_int_equal(missed(&d, true, "normalised_cycle_life"), 1);
    }
}

/* S1, 400-500 Wh/kg: NCM, mostly 4.2-4.3 V, N/P 1.5-2.5, below 6.0 mAh/cm2. */
static void row_8_designs_of_400_to_500(void **state)
{
    (void)state;
    pm_design d = stack_of(2);
    d.areal_capacity_Ah_per_cm2 = 5e-3;
    d.lithium_um = 2 * 5 * 4.85;
    d.charge_voltage_V = 4.3;
    pm_design_result r = computed(&d);
    assert_in_range((uintmax_t)r.specific_energy_Wh_per_kg, 400, 500);
    assert_string_equal(pm_design_class(&r), "400-500 Wh/kg");
    assert_int_equal(missed(&d, true, NULL), 0);
    d.charge_voltage_V = 4.4;
    d.lithium_um = 20;
    assert_int_equal(missed(&d, true, NULL), 2);
    d.areal_capacity_Ah_per_cm2 = 6e-3; /* "below 6.0" */
    d.cathode = PM_CATHODE_LLO;
    d.lithium_um = 60;
    assert_int_equal(missed(&d, true, "areal_capacity_ah_per_cm2"), 1);
    assert_int_equal(missed(&d, true, "cathode"), 1);
}

/* S1, above 500 Wh/kg: more than 6.0 mAh/cm2, up to 4.4 V, E/C below 1.5 g/Ah. */
static void row_9_designs_above_500(void **state)
{
    (void)state;
    pm_design d = stack_of(2);
    d.areal_capacity_Ah_per_cm2 = 7e-3;
    d.electrolyte_g_per_Ah = 1.3;
    d.charge_voltage_V = 4.4;
    pm_design_result r = computed(&d);
    assert_string_equal(pm_design_class(&r), "above 500 Wh/kg");
    assert_int_equal(missed(&d, true, NULL), 0);
    d.charge_voltage_V = 4.5;
    assert_int_equal(missed(&d, true, NULL), 1);
}

/* S1, 600 Wh/kg and more: more than 8.0 mAh/cm2, N/P close to or below 1.0, LLO. */
static void row_10_designs_from_600(void **state)
{
    (void)state;
    pm_design d = stack_of(4);
    d.charge_voltage_V = 4.8;
    pm_design_result r = computed(&d);
    assert_string_equal(pm_design_class(&r), "600 Wh/kg and more");
    assert_int_equal(missed(&d, true, NULL), 0);
    assert_int_equal(missed(&d, false, NULL), 0);
    d.areal_capacity_Ah_per_cm2 = 7.9e-3;
    d.electrolyte_g_per_Ah = 0.8;
    d.lithium_um = 60;
    assert_true(computed(&d).specific_energy_Wh_per_kg >= 600);
    assert_int_equal(missed(&d, true, "areal_capacity_ah_per_cm2"), 1);
    assert_int_equal(missed(&d, true, "n_to_p_ratio_foil"), 1);
}

/* S1: an early LLO cell had 430 Wh/kg. LLO gets there below the loadings of today's 600 Wh/kg cells, at an ample 2.4 g/Ah. */
static void row_11_early_llo(void **state)
{
    (void)state;
    pm_design d = stack_of(3);
    pm_error err = {0};
    double value = 0;
    d.electrolyte_g_per_Ah = 2.4;
    pm_design_axis axis = {input_named("areal_capacity"), 1e-3, 20e-3, 1};
    assert_good(pm_design_solve(&d, &axis, output_named("specific_energy"), 430, &value, &err), &err);
    assert_true(value > 2e-3 && value < 8e-3);
}

/* S1: oxygen redox needs 4.8 V; fluorinated ethers and LHCE hold to 4.6 V. S2: ethers are unsuitable above 4 V; LiMO2 works
 * to 4.6 V. */
static void rows_12_and_13_voltage(void **state)
{
    (void)state;
    pm_design llo = stack_of(4), ncm = stack_of(2);
    llo.charge_voltage_V = 4.6;
    assert_int_equal(missed(&llo, false, NULL), 1);
    llo.charge_voltage_V = 4.8;
    llo.solvent = PM_SOLVENT_FLUORINATED_ETHER;
    assert_int_equal(missed(&llo, false, NULL), 1);
    ncm.charge_voltage_V = 4.4;
    ncm.solvent = PM_SOLVENT_FLUORINATED_ETHER;
    assert_int_equal(missed(&ncm, false, NULL), 0);
    ncm.solvent = PM_SOLVENT_ETHER;
    assert_int_equal(missed(&ncm, false, NULL), 1);
    ncm.solvent = PM_SOLVENT_UNKNOWN;
    ncm.charge_voltage_V = 4.7;
    assert_int_equal(missed(&ncm, false, NULL), 1);
}

/* S1: lithium's efficiency does not exceed 99.90 % at high areal capacity. */
static void row_14_efficiency(void **state)
{
    (void)state;
    pm_design d = stack_of(1);
    d.lithium_efficiency = 0.999; /* better than is typical, row 5 */
    assert_int_equal(missed(&d, false, "coulombic_efficiency_lithium"), 1);
    d.lithium_efficiency = 0.9991;
    assert_int_equal(missed(&d, false, "coulombic_efficiency_lithium"), 2);
}

/* S1: a separator of more than 7 GPa. S2: liquid cells up to 1 MPa, solid ones tens to hundreds of MPa. */
static void row_18_and_pressure(void **state)
{
    (void)state;
    pm_design d = stack_of(1);
    d.stack_pressure_Pa = 8e5;
    assert_int_equal(missed(&d, false, "stack_pressure_pa"), 0);
    d.stack_pressure_Pa = 4e6;
    assert_int_equal(missed(&d, false, "stack_pressure_pa"), 1);
    d.electrolyte = PM_ELECTROLYTE_SULFIDE;
    assert_int_equal(missed(&d, false, "stack_pressure_pa"), 1);
    d.stack_pressure_Pa = 5e7;
    d.separator_shear_modulus_Pa = 7e9;
    assert_int_equal(missed(&d, false, NULL), 1);
    d.separator_shear_modulus_Pa = 7.1e9;
    assert_int_equal(missed(&d, false, NULL), 0);
}

/* S1: a runaway of cycled cells passes 1,000 degC, a risk above 100 Ah. A pouch's capacity follows from its sheets. */
static void row_20_large_cells(void **state)
{
    (void)state;
    pm_design pouch = design_of(seven[1].deck), stack = stack_of(1);
    assert_int_equal(missed(&pouch, false, "capacity_ah"), 0); /* 64.4 Ah */
    pouch.layers = 55;
    assert_int_equal(missed(&pouch, false, "capacity_ah"), 1); /* 101.3 Ah */
    stack.capacity_Ah = 100;
    assert_int_equal(missed(&stack, false, "capacity_ah"), 0);
    stack.capacity_Ah = 101;
    assert_int_equal(missed(&stack, false, "capacity_ah"), 1);
}

/* S1 names four cells by their rates of charge and discharge; S2: rates are limited to 0.1-1C today. */
static void row_21_and_s2_row_4_rates(void **state)
{
    (void)state;
    static const double per_h[][2] = {{0.1, 0.2}, {0.1, 0.3}, {0.2, 0.3}, {0.2, 0.5}};
    pm_design d = stack_of(1);
    for (int i = 0; i < 4; i++) {
        d.charge_rate_per_h = per_h[i][0];
        d.discharge_rate_per_h = per_h[i][1];
        assert_int_equal(missed(&d, false, "charge_rate_per_h") + missed(&d, false, "discharge_rate_per_h"), 0);
    }
    d.charge_rate_per_h = 10;
    d.discharge_rate_per_h = 0.05;
    assert_int_equal(missed(&d, false, "charge_rate_per_h"), 1);
    assert_int_equal(missed(&d, false, "discharge_rate_per_h"), 1);
}

/* S2: polycrystals of NCM811 are unstable above 4.15 V; NCM333 cracks at 111-166 MPa, single crystals hold 1020 MPa. */
static void s2_rows_9_and_10_particles(void **state)
{
    (void)state;
    pm_design d = stack_of(1);
    d.charge_voltage_V = 4.2;
    assert_int_equal(missed(&d, false, "charge_voltage_volt"), 0);
    d.particles = PM_PARTICLES_POLYCRYSTALLINE;
    assert_int_equal(missed(&d, false, "charge_voltage_volt"), 1);
    d.charge_voltage_V = 4.15;
    assert_int_equal(missed(&d, false, "charge_voltage_volt"), 0);
    d.electrolyte = PM_ELECTROLYTE_SULFIDE;
    d.stack_pressure_Pa = 1.1e8;
    assert_int_equal(missed(&d, false, "stack_pressure_pa"), 0);
    d.stack_pressure_Pa = 1.11e8;
    assert_int_equal(missed(&d, false, "stack_pressure_pa"), 1);
    d.particles = PM_PARTICLES_SINGLE_CRYSTAL;
    assert_int_equal(missed(&d, false, "stack_pressure_pa"), 0);
    d.stack_pressure_Pa = 1.03e9; /* and beyond what cells need */
    assert_int_equal(missed(&d, false, "stack_pressure_pa"), 2);
}

/* S2: lithium has ten times the capacity of graphite (372 mAh/g), and gives a cell up to 60 % more energy, by its thickness. */
static void s2_row_1_lithium_for_graphite(void **state)
{
    (void)state;
    pm_design graphite = design_of(seven[0].deck), foil = design_of(seven[1].deck);
    pm_design_result r = computed(&foil);
    double with_graphite = computed(&graphite).specific_energy_Wh_per_kg, before = 1.6 * with_graphite;
    double lithium_mAh_per_g = r.lithium_Ah_per_cm2 * 1e3 / (r.lithium_um * 1e-4 * 0.534);
    assert_close(lithium_mAh_per_g / 372, 10, 0.05, 0);
    for (double um = 1; um <= 200; um += 1) {
        pm_design_set(&foil, input_named("lithium_thickness"), um);
        double now = computed(&foil).specific_energy_Wh_per_kg;
        assert_true(now < before && now < 1.6 * with_graphite);
        if (um <= 100) assert_true(now > with_graphite);
        before = now;
    }
}

/* S2: LiMO2 up to 270, LiFePO4 170 mAh/g; thin lithium is below 50 um; N/P of lithium-ion is about 1.1, of Li/NCM more than
 * twice that. */
static void s2_rows_2_and_7(void **state)
{
    (void)state;
    pm_design ncm = design_of(seven[1].deck), lfp = design_of(seven[2].deck), graphite = design_of(seven[0].deck);
    ncm.cathode_specific_capacity_Ah_per_g = 0.28;
    assert_int_equal(missed(&ncm, false, "cathode_specific_capacity_ah_per_gram"), 1);
    assert_int_equal(missed(&lfp, false, "cathode_specific_capacity_ah_per_gram"), 0);
    lfp.cathode_specific_capacity_Ah_per_g = 0.175;
    assert_int_equal(missed(&lfp, false, "cathode_specific_capacity_ah_per_gram"), 1);
    assert_int_equal(missed(&ncm, false, "lithium_thickness_um"), 1);
    pm_design_set(&ncm, input_named("lithium_thickness"), 49);
    assert_int_equal(missed(&ncm, false, "lithium_thickness_um"), 0);
    assert_close(computed(&graphite).n_to_p, 1.1, 1e-12, 0);
    assert_true(computed(&ncm).n_to_p > 2 * 1.1);
}

/* S2: lithium-ion ends at 250 Wh/kg, Li/NCM passes 700. */
static void s2_row_3_ceilings(void **state)
{
    (void)state;
    pm_design ion = design_of(seven[0].deck), best = stack_of(5);
    assert_close(computed(&ion).specific_energy_Wh_per_kg, 250, 0.05, 0);
    assert_true(computed(&best).specific_energy_Wh_per_kg > 700);
}

/* S2, coin cells of Chen 2019: 25 g/Ah makes life six times as long as amounts among 4, 6, 8 g/Ah, but is not practical. */
static void s2_row_6_electrolyte(void **state)
{
    (void)state;
    double life[3];
    const double amount[] = {4, 8, 25};
    for (int i = 0; i < 3; i++) {
        pm_design d = stack_of(1);
        d.lithium_efficiency = 0.995;
        d.cathode_efficiency = 1;
        d.electrolyte_g_per_Ah = amount[i];
        d.lithium_um = 400; /* lasts longer: without foil less and less is plated */
        life[i] = computed(&d).cycle_life_electrolyte;
        assert_int_equal(missed(&d, false, "electrolyte_to_capacity_gram_per_ah"), amount[i] >= 25);
    }
    assert_close(life[2] / life[0], (25 - 1.2) / (4 - 1.2), 1e-12, 0); /* 8.5; of 6 g/Ah 5.0 */
    assert_close(life[2] / life[1], (25 - 1.2) / (8 - 1.2), 1e-12, 0); /* 3.5 */
}

/* E/C 2.4 g/Ah, dry at 1.2, 99.5 %, half of the loss interphase, 90 g/mol and one electron: 143 cycles. */
static void the_worked_example_of_drying_out(void **state)
{
    (void)state;
    pm_design d = stack_of(1);
    d.lithium_efficiency = 0.995;
    d.cathode_efficiency = 1;
    pm_design_result r = computed(&d);
    assert_close(r.cycle_life_electrolyte, 143, 0, 0.5);
    assert_int_equal(r.limit, PM_LIMIT_ELECTROLYTE);
    assert_close(r.cycle_life, r.cycle_life_electrolyte, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seven_cells_come_out_to_the_printed_digit),
        cmocka_unit_test(their_masses_are_as_printed),
        cmocka_unit_test(published_cells_come_out_within_five_percent),
        cmocka_unit_test(the_stack_is_its_formula),
        cmocka_unit_test(row_16_lithium_against_life),
        cmocka_unit_test(row_7_normalised_life),
        cmocka_unit_test(row_5_typical_efficiency),
        cmocka_unit_test(row_7_lives_of_the_classes),
        cmocka_unit_test(row_8_designs_of_400_to_500),
        cmocka_unit_test(row_9_designs_above_500),
        cmocka_unit_test(row_10_designs_from_600),
        cmocka_unit_test(row_11_early_llo),
        cmocka_unit_test(rows_12_and_13_voltage),
        cmocka_unit_test(row_14_efficiency),
        cmocka_unit_test(row_18_and_pressure),
        cmocka_unit_test(row_20_large_cells),
        cmocka_unit_test(row_21_and_s2_row_4_rates),
        cmocka_unit_test(s2_rows_9_and_10_particles),
        cmocka_unit_test(s2_row_1_lithium_for_graphite),
        cmocka_unit_test(s2_rows_2_and_7),
        cmocka_unit_test(s2_row_3_ceilings),
        cmocka_unit_test(s2_row_6_electrolyte),
        cmocka_unit_test(the_worked_example_of_drying_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
