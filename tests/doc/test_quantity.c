/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "doc/doc.h"
#include "support.h"

static pm_status quantity(const char *text, const char *unit, double *value, pm_error *err)
{
    pm_scoped(pm_doc) doc = NULL;
    char yaml[200];
    snprintf(yaml, sizeof yaml, "cell:\n  area: %s\n", text);
    assert_good(pm_doc_parse_yaml(yaml, (int64_t)strlen(yaml), "cell.yaml", &doc, err), err);
    return pm_node_quantity(doc, pm_node_find(pm_node_find(pm_doc_root(doc), "cell"), "area"), unit, value, err);
}

static void quantities_in_the_unit_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *text, *unit;
        double value;
    } cases[] = {
        {"20 um", "m", 20e-6},
        {"20 um", "um", 20},
        {"20um", "mm", 0.02},
        {"1.5 g/Ah", "g/Ah", 1.5},
        {"3.5 mAh/cm2", "Ah/cm2", 0.0035},
        {"-0.5 V", "mV", -500},
        {"+2e1 mA", "A", 0.02},
        {"1E-3 A", "mA", 1},
        {".5 Ah", "mAh", 500},
        {"5. Ah", "Ah", 5},
        {"'  25   \xC2\xB0"
         "C '",
         "K", 298.15},
        {"50 %", "1", 0.5},
        {"0.25", "1", 0.25},
        {"'0.25'", "1", 0.25},
        {"3 1", "1", 3},
        {"2 h", "s", 7200},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value = -1;
        pm_error err;
        assert_good(quantity(cases[i].text, cases[i].unit, &value, &err), &err);
        assert_close(value, cases[i].value, 1e-15, 0);
    }
}

static void quantities_with_a_deviation(void **state)
{
    (void)state;
    static const struct {
        const char *text, *unit;
        double value, deviation;
        pm_status status;
    } cases[] = {{"20 um", "um", 20, 0, PM_OK},
                 {"20 um +- 1 um", "um", 20, 1, PM_OK},
                 {"0.02 mm +- 1 um", "um", 20, 1, PM_OK},
                 {"20 um+/-5 %", "um", 20, 1, PM_OK},
                 {"2 \u00b1 0.1", "1", 2, 0.1, PM_OK},
                 {"2 +- 5 %", "1", 2, 0.1, PM_OK},
                 {"-2 +- 5 %", "1", -2, 0.1, PM_OK},
                 {"20 um +- 1 g", "um", 20, 0, PM_ERR_UNIT},
                 {"20 um +-", "um", 20, 0, PM_ERR_UNIT},
                 {"+- 1 um", "um", 0, 0, PM_ERR_UNIT},
                 {"20 um +- -1 um", "um", 20, 0, PM_ERR_ARGUMENT}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value, deviation;
        pm_error err;
        assert_int_equal(pm_quantity_uncertain(cases[i].text, cases[i].unit, &value, &deviation, &err),
                         cases[i].status);
        assert_int_equal(pm_quantity_has_deviation(cases[i].text), i > 0);
        if (cases[i].status) continue;
        assert_close(value, cases[i].value, 1e-14, 0);
        assert_close(deviation, cases[i].deviation, 1e-14, 0);
    }
}

static void what_is_no_quantity_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *unit, *said;
    } cases[] = {
        {"20", "um", "unit is missing"},
        {"'20'", "um", "unit is missing"},
        {"20 s", "um", "um"},
        {"20 bogus", "um", "bogus"},
        {"um", "um", "no number"},
        {"one um", "um", "no number"},
        {"'1,5 um'", "um", "um"},
        {"'- 1 um'", "um", "um"},
        {"[20 um]", "um", "um"},
        {"{a: 1}", "um", "um"},
        {"", "um", "um"},
        {"true", "1", "pure number"},
        {".nan", "1", "finite"},
        {".inf", "1", "finite"},
        {"1e999 um", "um", "no number"},
        {"nan um", "um", "no number"},
        {"20 um um", "m", "um"},
        {"'. um'", "um", "no number"},
        {"'+ um'", "um", "no number"},
        {"''", "1", "no number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double value = -1;
        pm_error err;
        pm_status s = quantity(cases[i].text, cases[i].unit, &value, &err);
        if (s != PM_ERR_UNIT || err.line != 2 || !strstr(err.message, cases[i].said) ||
            !strstr(err.message, "cell.area: ") || strcmp(err.file, "cell.yaml") != 0)
            fail_msg("%s: %s, line %d: %s", cases[i].text, pm_status_name(s), (int)err.line, err.message);
        assert_true(value == -1);
    }
}

static void an_absent_node_is_refused(void **state)
{
    (void)state;
    pm_scoped(pm_doc) doc = NULL;
    pm_error err;
    double value = -1;
    assert_good(pm_doc_parse_yaml("a: 1", 4, "cell.yaml", &doc, &err), &err);
    assert_int_equal(pm_node_quantity(doc, NULL, "um", &value, &err), PM_ERR_UNIT);
    assert_non_null(strstr(err.message, "found none"));
    assert_int_equal(pm_node_quantity(doc, NULL, "no such unit", &value, NULL), PM_ERR_UNIT);
    assert_true(value == -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantities_in_the_unit_asked_for),
        cmocka_unit_test(quantities_with_a_deviation),
        cmocka_unit_test(what_is_no_quantity_is_refused),
        cmocka_unit_test(an_absent_node_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
