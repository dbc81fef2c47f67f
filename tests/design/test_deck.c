/* SPDX-License-Identifier: MIT */
/* Decks that are wrong, and what is said of them. */
#include "design_support.h"

#define LOADING "areal_capacity: 4 mAh/cm2\n"
#define FOIL "lithium_thickness: 20 um\n"
#define AMOUNT "electrolyte_to_capacity: 2 g/Ah\n"
#define GOOD LOADING FOIL AMOUNT

static const struct {
    const char *deck;
    pm_status code;
    int64_t line; /* 0 = any */
    const char *message, *hint;
} wrong[] = {
    {LOADING "lithium_thickness: 20\n" AMOUNT, PM_ERR_UNIT, 2, "in um", ""},
    {LOADING "lithium_thickness: 20 mg\n" AMOUNT, PM_ERR_UNIT, 2, "in um", ""},
    {LOADING "lithium_thickness: thin\n" AMOUNT, PM_ERR_UNIT, 2, "no number", ""},
    {LOADING "lithium_thickness: [20 um]\n" AMOUNT, PM_ERR_UNIT, 2, "expected a quantity", ""},
    {"areal_capacity: 4 mAh/g\n" FOIL AMOUNT, PM_ERR_UNIT, 1, "mAh/cm2", ""},
    {"areal_capacity: 4 Ah/cm2\n" FOIL AMOUNT, PM_ERR_ARGUMENT, 1, "4000 mAh/cm2, not between 0.1 and 30",
     "right unit"},
    {LOADING FOIL "electrolyte_to_capacity: 2\n", PM_ERR_UNIT, 3, "unit is missing", "g/Ah or in mL/Ah"},
    {LOADING FOIL "electrolyte_to_capacity: 2 um\n", PM_ERR_UNIT, 3, "expected", "g/Ah or in mL/Ah"},
    {LOADING FOIL "electrolyte_to_capacity: -2 g/Ah\n", PM_ERR_ARGUMENT, 3, "-2 g/Ah", ""},
    {LOADING FOIL "electrolyte_to_capacity: 0 mL/Ah\n", PM_ERR_ARGUMENT, 0, "liquid cell is 0", ""},
    {LOADING FOIL, PM_ERR_ARGUMENT, 0, "electrolyte_to_capacity is missing", "g/Ah"},
    {LOADING AMOUNT, PM_ERR_ARGUMENT, 0, "lithium_thickness is missing", "n_to_p"},
    {FOIL AMOUNT, PM_ERR_ARGUMENT, 0, "areal_capacity is missing", "mAh/cm2"},
    {LOADING "lithium_thicknes: 20 um\n" AMOUNT, PM_ERR_FORMAT, 2, "unknown key", "did you mean lithium_thickness?"},
    {GOOD "catode: ncm\n", PM_ERR_FORMAT, 4, "unknown key", "did you mean cathode?"},
    {GOOD "colour: blue\n", PM_ERR_FORMAT, 4, "unknown key", "--example"},
    {GOOD "anode: litium\n", PM_ERR_FORMAT, 4, "not one of lithium, anode-free, graphite", "did you mean lithium?"},
    {GOOD "form: [pouch]\n", PM_ERR_FORMAT, 4, "not one of pouch", ""},
    {GOOD "n_to_p: 1\n", PM_ERR_FORMAT, 4, "same thing twice", ""},
    {"n_to_p: 1\n" GOOD, PM_ERR_FORMAT, 3, "same thing twice", ""},
    {LOADING AMOUNT "n_to_p: 1\n", PM_ERR_FORMAT, 3, "without n_to_p_convention", "foil"},
    {LOADING AMOUNT "n_to_p: 0\nn_to_p_convention: foil\n", PM_ERR_ARGUMENT, 0, "above 0", "anode-free"},
    {LOADING AMOUNT "n_to_p: -2\nn_to_p_convention: foil\n", PM_ERR_ARGUMENT, 0, "above 0", "anode-free"},
    {LOADING AMOUNT "n_to_p: 1\nn_to_p_convention: total\n", PM_ERR_ARGUMENT, 0, "above 1", "anode-free"},
    {LOADING AMOUNT "n_to_p: 1\nanode: anode-free\n", PM_ERR_ARGUMENT, 0, "it is 0 where the foil is counted", ""},
    {GOOD "anode: anode-free\n", PM_ERR_ARGUMENT, 0, "an anode-free cell has no lithium_thickness", ""},
    {GOOD "anode: graphite\n", PM_ERR_ARGUMENT, 0, "graphite anode has no lithium_thickness", ""},
    {LOADING AMOUNT "anode: graphite\nn_to_p: 0\n", PM_ERR_ARGUMENT, 0, "not above 0", ""},
    {GOOD "lithium_efficiency: 99.5\n", PM_ERR_ARGUMENT, 4, "9950 %", "99.5 %"},
    {GOOD "lithium_efficiency: 1.01\n", PM_ERR_ARGUMENT, 4, "101 %", "99.5 %"},
    {GOOD "layers: 2.5\n", PM_ERR_FORMAT, 4, "not a whole number", ""},
    {GOOD "layers: 0\n", PM_ERR_ARGUMENT, 4, "layers is 0", ""},
    {GOOD "copper_thickness: 8 um +- 1 um\n", PM_ERR_FORMAT, 4, "copper_thickness: takes no +-",
     "+- goes with areal_capacity, lithium_thickness, electrolyte_to_capacity"},
    {LOADING AMOUNT "n_to_p: 2 +- 5 %\nn_to_p_convention: foil\n", PM_ERR_FORMAT, 3, "n_to_p: takes no +-",
     "goes with"},
    {LOADING "lithium_thickness: 20 um +- 1 g\n" AMOUNT, PM_ERR_UNIT, 2, "in um", ""},
    {LOADING "lithium_thickness: 20 +- 1 um\n" AMOUNT, PM_ERR_UNIT, 2, "unit is missing", ""},
    {LOADING "lithium_thickness: 20 um +- -1 um\n" AMOUNT, PM_ERR_ARGUMENT, 2, "a deviation below zero", ""},
    {GOOD GOOD, PM_ERR_FORMAT, 4, "", ""}, /* keys twice */
    {"4 mAh/cm2\n", PM_ERR_FORMAT, 1, "a deck is a map", ""},
    {"", PM_ERR_FORMAT, 0, "a deck is a map", ""},
};

static void wrong_decks_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        pm_design d;
        pm_error err = {.line = -1};
        pm_status s = pm_design_parse_deck(wrong[i].deck, (int64_t)strlen(wrong[i].deck), "deck.yaml", &d, &err);
        if (s != wrong[i].code || !strstr(err.message, wrong[i].message) || !strstr(err.hint, wrong[i].hint) ||
            (wrong[i].line && err.line != wrong[i].line) || strcmp(err.file, "deck.yaml") != 0)
            fail_msg("%s: status %d, %s:%d: %s (%s)", wrong[i].deck, s, err.file, (int)err.line, err.message, err.hint);
    }
}

/* The same cell in other units. */
static void units_are_converted(void **state)
{
    (void)state;
    pm_design a = design_of(GOOD "charge_voltage: 4.3 V\nlithium_efficiency: 99.5 %\ncathode_density: 3.5 g/cm3\n");
    pm_design b = design_of("areal_capacity: 40 Ah/m2\nlithium_thickness: 0.02 mm\nelectrolyte_to_capacity: 2 mg/mAh\n"
                            "charge_voltage: 4300 mV\nlithium_efficiency: 0.995\ncathode_density: 3500 kg/m3\n");
    int n;
    const pm_design_input *all = pm_design_inputs(&n);
    for (int i = 0; i < n; i++) assert_close(pm_design_get(&b, &all[i]), pm_design_get(&a, &all[i]), 1e-15, 0);
    const pm_design_input *input = input_named("electrolyte_to_capacity");
    double value = 0;
    pm_error err = {0};
    assert_good(pm_design_input_value("1.5 mL/Ah", &input, &value, &err), &err);
    assert_string_equal(input->name, "electrolyte_to_capacity_millilitre_per_ah");
    assert_close(value, 1.5, 0, 0);
}

/* Columns say their units, and no two share a name. */
static void every_number_has_its_unit_in_its_name(void **state)
{
    (void)state;
    int n, m;
    const pm_design_input *in = pm_design_inputs(&n);
    const pm_design_output *out = pm_design_outputs(&m);
    pm_unit unit, shown;
    pm_error err = {0};
    for (int i = 0; i < n; i++) {
        assert_good(pm_unit_parse(in[i].unit, &unit, &err), &err);
        assert_good(pm_unit_parse(in[i].shown, &shown, &err), &err);
        assert_true(pm_unit_same_dimension(unit, shown));
        assert_true(in[i].low < in[i].high);
        for (int k = 0; k < i; k++) assert_string_not_equal(in[i].name, in[k].name);
    }
    for (int i = 0; i < m; i++) {
        assert_good(pm_unit_parse(out[i].unit, &unit, &err), &err);
        assert_good(pm_unit_parse(out[i].shown, &shown, &err), &err);
        assert_true(pm_unit_same_dimension(unit, shown));
        for (int k = 0; k < i; k++) assert_string_not_equal(out[i].name, out[k].name);
    }
}

static void names_are_suggested(void **state)
{
    (void)state;
    const pm_design_input *input = NULL;
    const pm_design_output *output = NULL;
    pm_error err = {0};
    assert_int_equal(pm_design_input_find(NULL, "areal_capasity", &input, &err), PM_ERR_ARGUMENT);
    assert_string_equal(err.hint, "did you mean areal_capacity?");
    assert_int_equal(pm_design_output_find("specific_enrgy", &output, &err), PM_ERR_ARGUMENT);
    assert_string_equal(err.hint, "did you mean specific_energy?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_decks_are_refused),
        cmocka_unit_test(units_are_converted),
        cmocka_unit_test(every_number_has_its_unit_in_its_name),
        cmocka_unit_test(names_are_suggested),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
