/* SPDX-License-Identifier: MIT */
/* Labels as instruments write them, and what they mean. */
#include "support.h"

#include "label/label.h"

#include <string.h>

static const struct meaning {
    const char *label, *name, *unit; /* unit: as written */
} known[] = {
    {"Test_Time(s)", "test_time_second", "s"},
    {"Test Time / h", "test_time_second", "h"},
    {"Voltage(V)", "voltage_volt", "V"},
    {"Volts", "voltage_volt", ""},
    {"U[V]", "voltage_volt", "V"},
    {"Voltage#V", "voltage_volt", "V"},
    {"voltage_V", "voltage_volt", "V"},
    {"Ewe/V", "voltage_volt", "V"},
    {"I/mA", "current_ampere", "mA"},
    {"Current(\xC2\xB5"
     "A)",
     "current_ampere",
     "\xC2\xB5"
     "A"},
    {"(Q-Qo)/mA.h", "net_capacity_ah", "mA.h"},
    {"Q charge/mA.h", "charging_capacity_ah", "mA.h"},
    {"DChg. Cap.(Ah)", "discharging_capacity_ah", "Ah"},
    {"Charge Capacity (mAh)", "charging_capacity_ah", "mAh"},
    {"Charge Capacity (mWh)", "charging_energy_wh", "mWh"}, /* the unit decides, not the words */
    {"Cyc#", "cycle_count", ""},
    {"Rec#", "record_number", ""},
    {"\xCE\x94"
     "E (V)",
     "voltage_volt", "V"},
    {"Frequency_Hz", "frequency_hertz", "Hz"},
    {"Re(Z)", "real_impedance_ohm", ""},
    {"Re(Z)/Ohm", "real_impedance_ohm", "Ohm"},
    {"Zre (ohms)", "real_impedance_ohm", "ohms"},
    {"Z'/ohm", "real_impedance_ohm", "ohm"},
    {"|Z|", "absolute_impedance_ohm", ""},
};

static void known_quantities(void **state)
{
    const pm_quantities *q = NULL;
    pm_error err;

    (void)state;
    assert_good(pm_quantities_known(&q, &err), &err);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        int distance;
        pm_label label = pm_label_split(known[i].label, (int64_t)strlen(known[i].label));
        const pm_quantity *found = pm_label_quantity(q, &label, &distance);
        if (!found) fail_msg("'%s' is not known", known[i].label);
        assert_string_equal(found->name, known[i].name);
        assert_string_equal(label.unit, known[i].unit);
    }
}

/* The same words with and without the minus in front: only the latter are turned round. */
static const struct imaginary {
    const char *label;
    double factor;
} imaginary[] = {
    {"Im(Z)", 1},   {"-Im(Z)", -1}, {"-Im(Z)/Ohm", -1}, {"Zimag", 1},   {"Zimag (ohm)", 1},      {"-Zimag", -1},
    {"Z''/ohm", 1}, {"-Z''", -1},   {"-Z'' (ohm)", -1}, {" -Z'' ", -1}, {"\xE2\x88\x92Z''", -1}, {"Zim (kohm)", 1},
    {"Zimg", 1},    {"Imag", 1},    {"-Imag", -1},
};

static void the_sign_of_the_imaginary_part(void **state)
{
    const pm_quantities *q = NULL;
    pm_error err;

    (void)state;
    assert_good(pm_quantities_known(&q, &err), &err);
    for (size_t i = 0; i < sizeof imaginary / sizeof *imaginary; i++) {
        int distance;
        pm_label label = pm_label_split(imaginary[i].label, (int64_t)strlen(imaginary[i].label));
        const pm_quantity *found = pm_label_quantity(q, &label, &distance);
        if (!found) fail_msg("'%s' is not known", imaginary[i].label);
        assert_string_equal(found->name, "imaginary_impedance_ohm");
        assert_close(found->factor, imaginary[i].factor, 0, 0);
    }
}

static const struct slug {
    const char *label, *name, *unit;
} extras[] = {
    {"dQ/dV(mAh/V)", "dq_dv_ah_per_volt", "Ah/V"},
    {"Cs/\xC2\xB5"
     "F",
     "cs_farad", "F"},
    {"Efficiency/%", "efficiency", "1"},
    {"Spec. Cap.(mAh/g)", "spec_cap_ah_per_gram", "Ah/g"},
    {"dV/dt", "dv_dt", "1"},
    {"TC_Counter1", "tc_counter1", "1"},
    {"cycle_count_80_percent", "cycle_count_80_percent", "1"}, /* of the capacity: no unit of the count */
    {"Aux_Temperature_1 (C)", "aux_temperature_1_celsius", "degC"},
    {"Differential_Capacity_Ah_V", "differential_capacity_ah_per_volt", "Ah/V"},
    {"dQm/dV(mAh/V.g)", "dqm_dv_mah_v_g", "1"}, /* no word for it: the name keeps it */
    {"()", "column", "1"},
};

/* A further column keeps its name; what was written as csv reads back under the same name and unit. */
static void further_columns_keep_their_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof extras / sizeof *extras; i++) {
        pm_label label = pm_label_split(extras[i].label, (int64_t)strlen(extras[i].label));
        pm_slug slug = pm_label_slug(&label);
        assert_string_equal(slug.name, extras[i].name);
        assert_string_equal(slug.unit, extras[i].unit);
        pm_label again = pm_label_split(slug.name, (int64_t)strlen(slug.name));
        pm_slug back = pm_label_slug(&again);
        assert_string_equal(back.name, slug.name);
        assert_string_equal(back.unit, slug.unit);
        assert_close(back.num / back.den, 1, 0, 0);
    }
}

/* A further column of a quantity comes along; another quantity whose name begins like one asked for does not. */
static void columns_asked_for(void **state)
{
    const char *const asked[] = {"voltage_volt", "cycle_count", NULL}, *const nothing[] = {NULL};
    const char *const given[] = {"voltage_volt", "voltage_volt_2", "voltage_volt_10", "cycle_count"};
    const char *const left[] = {"voltage_volt_1",      "voltage_volt_x", "voltage_volt_", "voltage_volt_0",
                                "voltage_volt_2_volt", "voltage",        "step_count",    ""};
    (void)state;
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        assert_true(pm_label_is_asked_for(asked, given[i]));
        assert_true(pm_label_is_asked_for(NULL, given[i]));
        assert_false(pm_label_is_asked_for(nothing, given[i]));
    }
    for (size_t i = 0; i < sizeof left / sizeof *left; i++) assert_false(pm_label_is_asked_for(asked, left[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_quantities),
        cmocka_unit_test(the_sign_of_the_imaginary_part),
        cmocka_unit_test(further_columns_keep_their_names),
        cmocka_unit_test(columns_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
