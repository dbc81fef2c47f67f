/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "support.h"

static pm_unit unit(const char *text)
{
    pm_unit u;
    pm_error err;
    assert_good(pm_unit_parse(text, &u, &err), &err);
    return u;
}

static double converted(double value, const char *from, const char *to)
{
    pm_error err;
    assert_good(pm_unit_convert(unit(from), unit(to), 1, &value, &err), &err);
    return value;
}

/* What one of `from` is in `to`: from the SI brochure, 9th edition. */
static void knows_units(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        double value;
    } cases[] = {
        {"mA", "A", 1e-3},
        {"\u00B5A", "A", 1e-6},
        {"\u03BCA", "A", 1e-6},
        {"uA", "nA", 1e3},
        {"mAh", "Ah", 1e-3},
        {"Ah", "As", 3600},
        {"mAh", "coulomb", 3.6},
        {"mAs", "As", 1e-3},
        {"Amp-hr", "Ah", 1},
        {"mAmp-hr", "mAh", 1},
        {"A.h", "Ah", 1},
        {"mA.h", "mAh", 1},
        {"mA*h", "mAh", 1},
        {"A h", "Ah", 1},
        {"mA\u00B7h", "mAh", 1},
        {"W.h", "J", 3600},
        {"mWatt-hr", "Wh", 1e-3},
        {"Watt-hr", "Wh", 1},
        {"kWh", "J", 3.6e6},
        {"W", "V A", 1},
        {"ohm", "V/A", 1},
        {"\u03A9", "ohm", 1},
        {"m\u2126", "Ohms", 1e-3},
        {"S", "1/ohm", 1},
        {"F", "A s/V", 1},
        {"Hz", "s-1", 1},
        {"min", "s", 60},
        {"Hours", "Seconds", 3600},
        {"sec", "s", 1},
        {"d", "h", 24},
        {"ms", "s", 1e-3},
        {"%", "1", 0.01},
        {"", "1", 1},
        {"degree", "rad", 3.14159265358979323846 / 180},
        {"cm2", "m2", 1e-4},
        {"cm^2", "cm\u00B2", 1},
        {"mm2", "m^2", 1e-6},
        {"km", "cm", 1e5},
        {"\u00B5m", "nm", 1e3},
        {"mAh/cm2", "mAh cm-2", 1},
        {"mAh cm-2", "mAh cm^-2", 1},
        {"mAh cm\u207B\u00B2", "mAh/cm\u00B2", 1},
        {"mAh/cm2", "Ah/m2", 10},
        {"\u00B5Ah g-1", "Ah/kg", 1e-3},
        {"mA/cm^2", "A/m2", 10},
        {"Ohm*cm2", "ohm m2", 1e-4},
        {"g/Ah", "kg/(A h)", 1e-3},
        {"V/s", "mV/s", 1e3},
        {"Ah/V", "F", 3600},
        {"kg/m3", "g/L", 1},
        {"mL", "cm3", 1},
        {"uL", "mm3", 1},
        {"mmol", "mol", 1e-3},
        {"mol/L", "mol m-3", 1e3},
        {"bar", "kPa", 100},
        {"MPa", "bar", 10},
        {"psi", "Pa", 6894.757293168361},
        {"mg", "ug", 1e3},
        {"milliamps", "A", 1e-3},
        {"V/\u00B0C", "V/K", 1},
        {"W/(m K)", "W/m/K", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double value = converted(1, cases[i].from, cases[i].to);
        if (fabs(value - cases[i].value) > 4e-16 * cases[i].value)
            fail_msg("1 %s is %.17g %s", cases[i].from, value, cases[i].to);
    }
}

static void shifts_temperatures(void **state)
{
    (void)state;
    static const char *const same[] = {"\u00B0C", "degC",  "celsius", "Celsius",
                                       "\u2103",  "deg C", "Deg. C",  "\u00B0 C"};
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) assert_true(converted(25, same[i], "K") == 298.15);
    assert_close(converted(298.15, "K", "degC"), 25, 1e-15, 0);
    assert_close(converted(77, "\u00B0F", "degC"), 25, 1e-14, 0);
    assert_true(converted(3, "degC", "\u00B0C") == 3);
    assert_true(converted(3, "mV/K", "mV/degC") == 3);
}

/* Whole num and den: each conversion is the double nearest to the exact value, which strtod finds in the digits. */
static void rounds_once(void **state)
{
    (void)state;
    assert_true(converted(3.5, "mA", "A") == 0.0035);
    assert_true(converted(0.0035, "A", "mA") == 3.5);
    pm_random r = pm_random_stream(1, "test/unit", 0);
    for (int i = 0; i < 20000; i++) {
        double x = round(pm_random_uniform(&r) * 1e9), num, den, shift;
        char text[40];
        snprintf(text, sizeof text, "%.0fe-6", x);
        assert_true(converted(x, "uA", "A") == strtod(text, NULL));
        x = pm_random_normal(&r);
        assert_good(pm_unit_factor(unit("mAh"), unit("As"), &num, &den, &shift, NULL), NULL);
        assert_true(num == 18 && den == 5 && shift == 0);
        if (sizeof(long double) > sizeof(double)) /* 64 bits round twice in one case of 2000: an ulp is allowed there */
            assert_close(converted(x, "mAh", "As"), (double)((long double)x * 18 / 5), 2.3e-16, 0);
    }
    assert_true(converted(INFINITY, "mAh", "As") == INFINITY);
    assert_true(isnan(converted(NAN, "mAh", "As")));
}

static void refuses_the_unknown(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "blah",
        "V/",
        "/s",
        "mAh//g",
        "V**",
        "m^",
        "m^0",
        "m22",
        "s^0.5",
        "(V",
        "V)",
        "((((((V))))))",
        "g/A.h",
        "mmin",
        "cA",
        "C",
        "Ah/C",
        "M",
        "a",
        "2",
        "V 2",
        "\xB5m",
        "mA?",
        "\u20AC",
        "V V V V V V V V V V",
        "km2 km9 km9 9",
        "averyveryverylongwordthatisnounit",
        "m\n",
        "mA,h",
        "(((m9)9)9)9",
        "((m9)2)6",
        "(Gm9)2",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        pm_unit u = {.num = 77};
        pm_error err;
        if (pm_unit_parse(bad[i], &u, &err) != PM_ERR_UNIT) fail_msg("'%s' is taken", bad[i]);
        assert_true(u.num == 77);
        assert_non_null(strstr(err.message, "unit '"));
    }
    pm_error err;
    pm_unit u;
    assert_int_equal(pm_unit_parse("C", &u, &err), PM_ERR_UNIT);
    assert_string_equal(err.hint, "say degC or coulomb");
    char longest[300];
    memset(longest, ' ', sizeof longest);
    longest[299] = 0;
    assert_int_equal(pm_unit_parse(longest, &u, NULL), PM_ERR_UNIT);
}

static void refuses_other_dimensions(void **state)
{
    (void)state;
    pm_error err;
    double value = 4;
    assert_int_equal(pm_unit_convert(unit("Ah"), unit("W"), 1, &value, &err), PM_ERR_UNIT);
    assert_string_equal(err.message, "cannot convert s A to s^-3 m^2 kg");
    assert_true(value == 4);
    assert_int_equal(pm_unit_convert(unit("%"), unit("K"), 1, &value, &err), PM_ERR_UNIT);
    assert_string_equal(err.message, "cannot convert a pure number to K");
    assert_true(pm_unit_same_dimension(unit("Wh"), unit("J")));
    assert_false(pm_unit_same_dimension(unit("Wh"), unit("Ah")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_units),
        cmocka_unit_test(shifts_temperatures),
        cmocka_unit_test(rounds_once),
        cmocka_unit_test(refuses_the_unknown),
        cmocka_unit_test(refuses_other_dimensions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
