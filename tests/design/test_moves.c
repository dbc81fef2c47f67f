/* SPDX-License-Identifier: MIT */
/* What a design stresses (numbers of the reviews: Deng et al., Nat. Rev. Chem. 2026; Guo et al., ACS Energy Lett. 2025), and
 * what its deviations come to, against draws. */
#include "design_support.h"

#include "why/why.h"

#include <stdlib.h>

static int moves_of(const pm_design *told, pm_design_move out[PM_DESIGN_MOVES])
{
    pm_design filled = *told;
    pm_error err = {0};
    assert_good(pm_design_fill(&filled, NULL, &err), &err);
    pm_design_result r = computed(told);
    return pm_design_moves(&filled, &r, out);
}

/* "areal-loading+ n-to-p-": all moves in a line. */
static const char *moves_in_words(const char *deck, char words[400])
{
    pm_design d = design_of(deck);
    pm_design_move move[PM_DESIGN_MOVES];
    int n = moves_of(&d, move);
    *words = 0;
    for (int i = 0; i < n; i++)
        snprintf(words + strlen(words), 400 - strlen(words), "%s%s%c", i ? " " : "", move[i].parameter,
                 move[i].change > 0 ? '+' : '-');
    return words;
}

/* 50 um hold 10.3 mAh/cm2: N/P 2.06 on 5. */
#define PLAIN                                                                                                          \
    "areal_capacity: 5 mAh/cm2\nlithium_thickness: 50 um\nelectrolyte_to_capacity: 2 g/Ah\ncharge_voltage: 4.3 V\n"

static void inside_what_is_published_nothing_is_moved(void **state)
{
    (void)state;
    char words[400];
    assert_string_equal(moves_in_words(PLAIN, words), "");
    assert_string_equal(moves_in_words(PLAIN "charge_rate: 1 1/h\nstack_pressure: 1 MPa\n", words), "");
}

static void each_number_moves_its_parameter(void **state)
{
    (void)state;
    static const struct {
        const char *deck, *moves;
    } of[] = {
        /* "below 6.0" leaves 6.0 out; the foil goes along, so that N/P stays 1.72 */
        {"areal_capacity: 6 mAh/cm2\nlithium_thickness: 50 um\nelectrolyte_to_capacity: 2 g/Ah\n",
         "areal-loading+ plating-capacity+"},
        {"areal_capacity: 5 mAh/cm2\nlithium_thickness: 20 um\nelectrolyte_to_capacity: 2 g/Ah\n",
         "n-to-p- li-thickness-"},
        {"areal_capacity: 3 mAh/cm2\nlithium_thickness: 50 um\nelectrolyte_to_capacity: 2 g/Ah\n", "n-to-p+"},
        {"areal_capacity: 5 mAh/cm2\nlithium_thickness: 50 um\nelectrolyte_to_capacity: 1.4 g/Ah\n", "e-to-c-"},
        {"areal_capacity: 5 mAh/cm2\nlithium_thickness: 50 um\nelectrolyte_to_capacity: 1.5 g/Ah\n", ""},
        {"areal_capacity: 5 mAh/cm2\nlithium_thickness: 50 um\nelectrolyte_to_capacity: 2 g/Ah\ncharge_voltage: 4.5 "
         "V\n",
         "working-voltage+"},
        {PLAIN "cathode: llo\n", "oxygen-redox+"},
        {PLAIN "cathode: llo\ndischarge_rate: 2 1/h\n", "oxygen-redox+ discharge-rate+"},
        {PLAIN "discharge_rate: 2 1/h\n", ""}, /* the graph says it of LLO */
        {PLAIN "particles: polycrystalline\n", "polycrystallinity+"},
        {PLAIN "particles: single-crystal\n", "polycrystallinity-"},
        {PLAIN "charge_rate: 2 1/h\n", "fast-charge+"},
        {PLAIN "stack_pressure: 2 MPa\n", "stack-pressure+"},
        {PLAIN "electrolyte: sulfide\nstack_pressure: 2 MPa\n", "stack-pressure-"},
        {PLAIN "electrolyte: sulfide\nstack_pressure: 50 MPa\nseparator_shear_modulus: 8 GPa\n", "separator-modulus+"},
        {PLAIN "copper_thickness: 0 um\n", "copper-foil-"},
        {PLAIN "cathode: lfp\ncharge_rate: 2 1/h\n", ""}, /* no layered oxide: not the graph's */
        {"areal_capacity: 5 mAh/cm2\nanode: anode-free\nelectrolyte_to_capacity: 2 g/Ah\n", "n-to-p- li-thickness-"},
        {"areal_capacity: 5 mAh/cm2\nanode: graphite\nelectrolyte_to_capacity: 1 g/Ah\n", ""},
        /* the 600 Wh/kg cell of the reference, section 4.3 */
        {"form: stack\ncathode: llo\nareal_capacity: 10 mAh/cm2\nlithium_thickness: 24 um\nelectrolyte_to_capacity: "
         "1.2 "
         "g/Ah\ncharge_voltage: 4.8 V\n",
         "areal-loading+ plating-capacity+ n-to-p- li-thickness- e-to-c- working-voltage+ oxygen-redox+"},
    };
    char words[400];
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        assert_string_equal(moves_in_words(of[i].deck, words), of[i].moves);
}

/* All that a deck can move is a parameter of the graph, and something follows from it in that electrolyte. */
static void the_graph_knows_each_parameter(void **state)
{
    (void)state;
    static const char *const decks[] = {
        "cathode: llo\nareal_capacity: 10 mAh/cm2\nlithium_thickness: 24 um\nelectrolyte_to_capacity: 1.2 g/Ah\n"
        "charge_voltage: 4.8 V\nparticles: polycrystalline\nstack_pressure: 2 MPa\ncopper_thickness: 0 um\n"
        "charge_rate: 2 1/h\ndischarge_rate: 2 1/h\n",
        PLAIN
        "electrolyte: sulfide\nstack_pressure: 2 MPa\nseparator_shear_modulus: 8 GPa\nparticles: single-crystal\n"};
    pm_scoped(pm_why) graph = NULL;
    pm_error err = {0};
    assert_good(pm_why_new(&graph, &err), &err);
    for (int k = 0; k < 2; k++) {
        pm_design d = design_of(decks[k]);
        pm_design_move move[PM_DESIGN_MOVES];
        int n = moves_of(&d, move);
        assert_int_equal(n, k ? 3 : 12);
        for (int i = 0; i < n; i++) {
            pm_why_change change = {.change = move[i].change};
            pm_why_effects effects;
            assert_good(pm_why_find(graph, move[i].parameter, &change.node, &err), &err);
            assert_good(pm_why_effects_of(graph, k ? PM_WHY_SOLID : PM_WHY_LIQUID, 1, &change, &effects, &err), &err);
            assert_true(effects.n > 0);
            pm_why_effects_clear(&effects);
        }
    }
}

/* ---- deviations ---- */

static int rising(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Draws of foil, loading and electrolyte, each a design of its own. */
static void deviations_come_to_what_draws_do(void **state)
{
    (void)state;
    enum { DRAWS = 4000 };
    static const char deck[] = "areal_capacity: 4 mAh/cm2 +- 0.1 mAh/cm2\nlithium_thickness: 20 um +- 5 %\n"
                               "electrolyte_to_capacity: 3 mL/Ah +- 0.15 mL/Ah\nlithium_efficiency: 99.5 %\n";
    pm_design d = design_of(deck);
    pm_design_spread spread;
    pm_error err = {0};
    static double life[DRAWS];
    double sum = 0, squares = 0, first[PM_LIMIT_CATHODE + 1] = {0};
    pm_random r = pm_random_stream(7, "draws", 0);
    assert_true(pm_design_is_uncertain(&d));
    assert_good(pm_design_spread_of(&d, &spread, &err), &err);
    for (int i = 0; i < DRAWS; i++) {
        pm_design one = d;
        one.areal_capacity_Ah_per_cm2 += 1e-4 * pm_random_normal(&r);
        one.lithium_um += pm_random_normal(&r);
        one.electrolyte_mL_per_Ah += 0.15 * pm_random_normal(&r);
        pm_design_result result = computed(&one);
        life[i] = result.cycle_life;
        sum += result.n_to_p_foil;
        squares += result.n_to_p_foil * result.n_to_p_foil;
        first[result.limit] += 1.0 / DRAWS;
    }
    qsort(life, DRAWS, sizeof *life, rising);
    double mean = sum / DRAWS, width = life[DRAWS * 19 / 20] - life[DRAWS / 20];
    assert_close(spread.n_to_p_foil.deviation, sqrt(squares / DRAWS - mean * mean), 0, 0.002);
    assert_close(spread.cycle_life_low, life[DRAWS / 20], 0, 0.06 * width);
    assert_close(spread.cycle_life_high, life[DRAWS * 19 / 20], 0, 0.06 * width);
    for (int i = 0; i <= PM_LIMIT_CATHODE; i++) assert_close(spread.probability[i], first[i], 0, 0.03);
}

static void what_is_known_has_no_spread(void **state)
{
    (void)state;
    pm_design d = design_of(PLAIN "lithium_efficiency: 99.5 %\n");
    pm_design_spread spread;
    pm_error err = {0};
    assert_false(pm_design_is_uncertain(&d));
    /* N/P that was told is known, whatever the loading */
    d = design_of("areal_capacity: 5 mAh/cm2 +- 0.5 mAh/cm2\nn_to_p: 2\nn_to_p_convention: foil\n"
                  "electrolyte_to_capacity: 9 g/Ah\nlithium_efficiency: 99.5 %\n");
    assert_good(pm_design_spread_of(&d, &spread, &err), &err);
    assert_true(spread.n_to_p_foil.deviation == 0);
    assert_close(spread.cycle_life_low, spread.cycle_life_high, 1e-6, 0);
}

static void what_belongs_to_another_form_is_idle(void **state)
{
    (void)state;
    pm_design d = design_of(PLAIN "package_fraction: 5 %\nlayers: 4\n");
    assert_true(pm_design_is_idle(&d, input_named("package_fraction")));
    assert_false(pm_design_is_idle(&d, input_named("layers")));
    assert_false(pm_design_is_idle(&d, input_named("case_mass"))); /* not told */
    d.form = PM_FORM_STACK;
    assert_false(pm_design_is_idle(&d, input_named("package_fraction")));
    assert_true(pm_design_is_idle(&d, input_named("layers")));
}

static void just_below_a_class(void **state)
{
    (void)state;
    static const struct {
        double Wh_per_kg;
        const char *class, *close;
    } of[] = {{599.3, "above 500 Wh/kg", "600 Wh/kg and more"},
              {590, "above 500 Wh/kg", NULL},
              {600, "600 Wh/kg and more", NULL},
              {398, "below 400 Wh/kg", "400-500 Wh/kg"},
              {346.7, "below 400 Wh/kg", NULL},
              {450, "400-500 Wh/kg", NULL}};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        pm_design_result r = {.specific_energy_Wh_per_kg = of[i].Wh_per_kg};
        assert_string_equal(pm_design_class(&r), of[i].class);
        if (of[i].close)
            assert_string_equal(pm_design_class_close(&r), of[i].close);
        else
            assert_null(pm_design_class_close(&r));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inside_what_is_published_nothing_is_moved),
        cmocka_unit_test(each_number_moves_its_parameter),
        cmocka_unit_test(the_graph_knows_each_parameter),
        cmocka_unit_test(deviations_come_to_what_draws_do),
        cmocka_unit_test(what_is_known_has_no_spread),
        cmocka_unit_test(what_belongs_to_another_form_is_idle),
        cmocka_unit_test(just_below_a_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
