/* SPDX-License-Identifier: MIT */
/* One cell's quantities, of records made by hand. */
#include "early/early.h"
#include "support.h"

#include <math.h>

static const pm_field fields[] = {{"test_time_second", PM_DOUBLE, "s", 0, ""},
                                  {"voltage_volt", PM_DOUBLE, "V", sizeof(double), ""},
                                  {"current_ampere", PM_DOUBLE, "A", 2 * sizeof(double), ""}};

/** 1 mA and -1 mA on 2 cm2; from the cycle `shorted` on more comes back than was plated. */
static pm_table *li_cu_records(int cycles, double before, int shorted)
{
    pm_scoped(pm_builder) b = NULL;
    pm_error err = {0};
    pm_table *out;
    double time_s = 0;
    assert_good(pm_builder_new(3, fields, &b, &err), &err);
    for (int i = 0; i < 2 * cycles; i++) {
        int sign = i % 2 ? 1 : -1;
        double efficiency = i / 2 + 1 < shorted ? before : 1.5;
        for (int k = 0; k <= 100; k++) {
            double at = k / 100.0, strip_end = sign > 0 && k == 100 ? 1 : 0.04;
            double row[] = {time_s + at * 3600 * (sign > 0 ? efficiency : 1), sign * strip_end, sign * 1e-3};
            pm_builder_push(b, row);
        }
        time_s += 3600 * (sign > 0 ? efficiency : 1) + 1e-3;
    }
    assert_good(pm_builder_finish(b, &out, &err), &err);
    return out;
}

static pm_cell_row measure_as(pm_kind kind, const pm_table *records, const pm_cell_options *o)
{
    pm_scoped(pm_cycler) cycler = NULL;
    pm_scoped(pm_table) cycles = NULL;
    pm_scoped(pm_table) halves = NULL;
    pm_cycle_summary summary;
    pm_cell_row row;
    pm_error err = {0};
    assert_good(pm_cycler_new(&(pm_cycle_options){.kind = kind}, &cycler, &err), &err);
    assert_good(pm_cycler_push(cycler, records, &err), &err);
    assert_good(pm_cycler_cycles(cycler, &cycles, &err), &err);
    assert_good(pm_cycler_half_cycles(cycler, &halves, &err), &err);
    assert_good(pm_cycler_summary(cycler, &summary, &err), &err);
    assert_good(pm_cell_measure(cycles, halves, &summary, o, &row, &err), &err);
    return row;
}

static pm_cell_row measure(const pm_table *records, const pm_cell_options *o)
{
    return measure_as(PM_LI_CU, records, o);
}

static void a_cell_is_measured(void **state)
{
    (void)state;
    pm_scoped(pm_table) records = li_cu_records(22, 0.95, 99);
    pm_cell_row row = measure(records, &(pm_cell_options){.first = 3, .last = 12, .area_cm2 = 2});
    assert_string_equal(row.kind, "li-cu");
    assert_close(row.coulombic_efficiency, 0.95, 1e-5, 0);
    assert_close(row.current_density_ampere_per_cm2, 5e-4, 1e-5, 0);
    assert_close(row.areal_capacity_ah_per_cm2, 5e-4, 1e-5, 0);
    assert_close(row.irreversible_capacity_ah_per_cm2, 10 * 0.05 * 5e-4, 1e-4, 0);
    assert_close(row.polarisation_volt, 0.04, 1e-9, 0);
    assert_string_equal(row.label, "censored");
    assert_close(row.cycle_life_censored, 1, 0, 0);
    assert_true(isnan(row.coulombic_efficiency_average));
    row = measure(records, &(pm_cell_options){.first = 3, .last = 50, .area_cm2 = 2}); /* not so many cycles */
    assert_true(isnan(row.coulombic_efficiency));
}

static void cycles_behind_a_short_have_no_part(void **state)
{
    (void)state;
    pm_scoped(pm_table) records = li_cu_records(30, 0.95, 9);
    pm_cell_row row = measure(records, &(pm_cell_options){.area_cm2 = 2});
    assert_int_equal(row.window_cycles, 6); /* 3 to 8 */
    assert_int_equal(row.cut_cycle_count, 9);
    assert_string_equal(row.cut_by, "efficiency");
    assert_close(row.coulombic_efficiency, 0.95, 1e-5, 0);
    assert_true(isnan(row.irreversible_capacity_ah_per_cm2)); /* a sum over fewer cycles */
    row = measure(records, &(pm_cell_options){.area_cm2 = 2, .short_cycle = 6});
    assert_int_equal(row.cut_cycle_count, 6); /* the alarm comes first */
    assert_string_equal(row.cut_by, "short");
    assert_string_equal(row.label, "short");
    assert_close(row.cycle_life, 6, 0, 0);
    assert_close(row.coulombic_efficiency, 0.95, 1e-5, 0);
    row = measure(records, &(pm_cell_options){.area_cm2 = 2, .last = 8, .short_cycle = 12}); /* behind the window */
    assert_int_equal(row.cut_cycle_count, PM_NO_INT);
    assert_close(row.irreversible_capacity_ah_per_cm2, 6 * 0.05 * 5e-4, 1e-4, 0);
    row = measure(records, &(pm_cell_options){.area_cm2 = 2, .short_cycle = 2}); /* nothing is left */
    assert_int_equal(row.window_cycles, 0);
    assert_true(isnan(row.coulombic_efficiency) && isnan(row.polarisation_volt));
    assert_close(row.areal_capacity_ah_per_cm2, 5e-4, 1e-5, 0); /* the condition stays */
    row = measure(records, &(pm_cell_options){.area_cm2 = 2, .first = 5000});
    assert_int_equal(row.window_cycles, 0);
    assert_null(row.cut_by);
}

/** A reservoir of 5, five short cycles of 1, efficiency e: what the offset changes is the error that is told. */
static pm_table *reservoir_records(double offset_A)
{
    static const double charge_h[] = {-5, 4.9, -5, 1, -1, 1, -1, 1, -1, 1, -1, 4.7};
    pm_scoped(pm_builder) b = NULL;
    pm_error err = {0};
    pm_table *out;
    double time_s = 0;
    assert_good(pm_builder_new(3, fields, &b, &err), &err);
    for (int i = 0; i < 12; i++) {
        double sign = charge_h[i] > 0 ? 1 : -1, last_s = fabs(charge_h[i]) * 3600;
        for (int k = 0; k <= 100; k++) {
            bool cut = k == 100 && (i == 1 || i == 11);
            pm_builder_push(b, (double[]){time_s + k * last_s / 100, sign * (cut ? 1 : 0.04), sign * 1e-3 + offset_A});
        }
        time_s += last_s + 1e-3;
    }
    assert_good(pm_builder_finish(b, &out, &err), &err);
    return out;
}

static void an_offset_does_not_cancel(void **state)
{
    (void)state;
    pm_scoped(pm_table) right = reservoir_records(0);
    pm_scoped(pm_table) wrong = reservoir_records(2e-6);
    pm_cell_row a = measure(right, &(pm_cell_options){.area_cm2 = 2, .current_offset_A = 2e-6});
    pm_cell_row b = measure(wrong, NULL);
    assert_close(a.coulombic_efficiency_average, 8.7 / 9, 1e-6, 0);
    assert_close(b.coulombic_efficiency_average - a.coulombic_efficiency_average, a.coulombic_efficiency_average_error,
                 0.01, 0);
    assert_true(isnan(b.coulombic_efficiency_average_error)); /* nobody told the offset */
    assert_true(isnan(a.coulombic_efficiency));
    assert_int_equal(a.window_cycles, PM_NO_INT);
    a = measure(right, &(pm_cell_options){.area_cm2 = 2, .short_cycle = 3}); /* one measurement: nothing to cut */
    assert_true(isnan(a.coulombic_efficiency_average));
    assert_string_equal(a.cut_by, "short");
}

/** 1 mA and -1 mA between 3 and 4.2 V; each charge is `kept` of the one before, the first is short. */
static pm_table *fading_records(int cycles, double first_h, double kept)
{
    pm_scoped(pm_builder) b = NULL;
    pm_error err = {0};
    pm_table *out;
    double time_s = 0, charge_h = first_h;
    assert_good(pm_builder_new(3, fields, &b, &err), &err);
    for (int i = 0; i < 2 * cycles; i++) {
        int sign = i % 2 ? -1 : 1;
        double last_s = 3600 * (i < 2 ? 0.6 : 1) * charge_h * (sign > 0 ? 1 : kept);
        for (int k = 0; k <= 100; k++) {
            double at = k / 100.0;
            pm_builder_push(b, (double[]){time_s + at * last_s, 3.6 + 0.6 * sign * (2 * at - 1), sign * 1e-3});
        }
        time_s += last_s + 1e-3;
        if (sign < 0 && i > 2) charge_h *= kept;
    }
    assert_good(pm_builder_finish(b, &out, &err), &err);
    return out;
}

/** What a cell with a cathode is fit for does not depend on how it fares. */
static void fading_changes_no_condition(void **state)
{
    (void)state;
    const pm_cell_options o = {.area_cm2 = 2};
    for (int fade = 0; fade < 3; fade++) {
        pm_scoped(pm_table) records = fading_records(20, 2, 1 - 0.1 * fade);
        pm_cell_row row = measure_as(PM_LI_CATHODE, records, &o);
        assert_close(row.areal_capacity_ah_per_cm2, 1e-3, 1e-5, 0);
        row = measure_as(PM_ANODE_FREE, records, &(pm_cell_options){.area_cm2 = 2, .first = 10});
        assert_close(row.areal_capacity_ah_per_cm2, 1e-3, 1e-5, 0);
        assert_close(row.coulombic_efficiency, 1 - 0.1 * fade, 1e-4, 0);
        row = measure_as(PM_ANODE_FREE, records, &(pm_cell_options){.area_cm2 = 2, .nominal_capacity_Ah = 3e-3});
        assert_close(row.areal_capacity_ah_per_cm2, 1.5e-3, 1e-12, 0);
        row = measure_as(PM_ANODE_FREE, records, &(pm_cell_options){.area_cm2 = 2, .short_cycle = 2});
        assert_close(row.areal_capacity_ah_per_cm2, 0.6e-3, 1e-5, 0); /* what is behind an alarm is not looked at */
    }
}

/** Above 1.02 a sign of a short, but where a lithium reserve or a slow discharge may give it too. */
static void efficiencies_above_one(void **state)
{
    (void)state;
    const pm_cell_options o = {.area_cm2 = 2};
    pm_scoped(pm_table) little = fading_records(12, 2, 1.01);
    pm_scoped(pm_table) much = fading_records(12, 2, 1.1);
    pm_cell_row row = measure_as(PM_ANODE_FREE, little, &o);
    assert_null(row.cut_by);
    assert_close(row.coulombic_efficiency, 1.01, 1e-4, 0);
    assert_true(row.irreversible_capacity_ah_per_cm2 < 0);
    row = measure_as(PM_ANODE_FREE, much, &o);
    assert_string_equal(row.cut_by, "efficiency");
    assert_int_equal(row.cut_cycle_count, 3);
    assert_int_equal(row.window_cycles, 0);
    row = measure_as(PM_LI_CATHODE, much, &o);
    assert_null(row.cut_by);
    assert_close(row.coulombic_efficiency, 1.1, 1e-4, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_is_measured),        cmocka_unit_test(cycles_behind_a_short_have_no_part),
        cmocka_unit_test(an_offset_does_not_cancel), cmocka_unit_test(fading_changes_no_condition),
        cmocka_unit_test(efficiencies_above_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
