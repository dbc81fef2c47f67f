/* SPDX-License-Identifier: MIT */
/** @file
 * Pairing, efficiencies, voltages and energies on records whose answers follow from how they were made.
 */
#include "trace.h"

/** One cell of each kind: what it is first asked, and what its formula divides. */
static const struct kind_case {
    pm_kind kind;
    const char *name, *formula, *first, *second;
    int sign; /* of the current that a cycle begins with */
    double first_V, second_V;
} kind_cases[] = {
    {PM_LI_CU, "li-cu", "stripped/plated", "plating", "stripping", -1, -0.05, 0.05},
    {PM_ANODE_FREE, "anode-free", "discharged/charged", "charge", "discharge", 1, 4.0, 3.8},
    {PM_LI_CATHODE, "li-cathode", "discharged/charged", "charge", "discharge", 1, 4.0, 3.8},
    {PM_HALF_CELL, "half-cell", "charged/discharged", "discharge", "charge", -1, 0.1, 0.2},
    {PM_LI_ION, "li-ion", "discharged/charged", "charge", "discharge", 1, 3.9, 3.6},
};

/** Efficiencies that go below one, above one and back. */
static double efficiency_of(int cycle)
{
    return 0.95 + 0.06 * sin(cycle);
}

static trace cell_of(const struct kind_case *c, int cycles)
{
    trace t = trace_new();
    trace_step(&t, 0, 0.5, c->first_V, c->first_V, 5);
    trace_step(&t, -c->sign * 1e-3, 0.3, c->second_V, c->second_V,
               20); /* found half full: a half before the first pair */
    for (int i = 1; i <= cycles; i++) {
        trace_step(&t, c->sign * 1e-3, 1.0, c->first_V, c->first_V, 37);
        trace_step(&t, 0, 0.1, c->first_V, c->first_V, 3);
        trace_step(&t, -c->sign * 1e-3, efficiency_of(i), c->second_V, c->second_V, 41);
        trace_step(&t, 0, 0.1, c->second_V, c->second_V, 3);
        trace_next_cycle(&t);
    }
    return t;
}

static void every_kind_pairs_its_own_way(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof kind_cases / sizeof *kind_cases; k++) {
        const struct kind_case *c = &kind_cases[k];
        scoped_trace t = cell_of(c, 12);
        scoped_result r = result_of(&t, (pm_cycle_options){.kind = c->kind});
        assert_string_equal(r.summary.formula, c->formula);
        assert_string_equal(r.summary.kind_source, "user");
        assert_string_equal(r.summary.protocol, "cycling");
        assert_int_equal(r.summary.half_cycles, 25);
        assert_int_equal(r.summary.cycles, 12);
        assert_int_equal(pm_table_rows(r.cycles), 13);
        assert_string_equal(word_at(r.half_cycles, "direction", 1), c->first);
        assert_string_equal(word_at(r.half_cycles, "direction", 2), c->second);
        assert_close(real_at(r.cycles, "cycle_count", 0), 0, 0, 0);
        assert_true(isnan(real_at(r.cycles, "coulombic_efficiency", 0)));
        double sum = 0;
        for (int i = 1; i <= 12; i++) {
            assert_close(real_at(r.cycles, "cycle_count", i), i, 0, 0);
            assert_close(real_at(r.cycles, "cycle_count_vendor", i), i, 0, 0);
            assert_close(real_at(r.cycles, "coulombic_efficiency", i), efficiency_of(i), 1e-9, 0);
            sum += efficiency_of(i);
        }
        assert_close(r.summary.coulombic_efficiency_mean, sum / 12, 1e-9, 0);
    }
}

static void kinds_have_names(void **state)
{
    (void)state;
    pm_kind kind = PM_KIND_UNKNOWN;
    for (size_t k = 0; k < sizeof kind_cases / sizeof *kind_cases; k++) {
        assert_string_equal(pm_kind_name(kind_cases[k].kind), kind_cases[k].name);
        assert_int_equal(pm_kind_parse(kind_cases[k].name, &kind, NULL), PM_OK);
        assert_int_equal(kind, kind_cases[k].kind);
    }
    pm_error err = {0};
    assert_int_equal(pm_kind_parse("unknown", &kind, &err), PM_ERR_ARGUMENT);
    assert_non_null(strstr(err.hint, "half-cell"));
    assert_string_equal(pm_kind_name((pm_kind)99), "unknown");
}

static void a_symmetric_cell_has_no_efficiency(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    for (int i = 0; i < 6; i++) trace_step(&t, i % 2 ? -1e-3 : 1e-3, 1, i % 2 ? -0.1 : 0.1, i % 2 ? -0.1 : 0.1, 10);
    scoped_result r = result_of(&t, (pm_cycle_options){0});
    assert_string_equal(pm_kind_name(r.summary.kind), "li-li");
    assert_string_equal(r.summary.kind_source, "inferred");
    assert_string_equal(r.summary.formula, "none");
    assert_true(isnan(r.summary.coulombic_efficiency_mean));
    assert_null(pm_table_find(r.cycles, "coulombic_efficiency"));
    assert_string_equal(word_at(r.half_cycles, "direction", 0), "positive");
    assert_int_equal(pm_table_rows(r.cycles), 3);
    assert_close(real_at(r.cycles, "hysteresis_volt", 0), 0.2, 1e-12, 0);
    assert_close(real_at(r.cycles, "polarisation_volt", 0), 0.1, 1e-12, 0);
    assert_close(real_at(r.cycles, "charging_capacity_ah", 0), 1e-3, 1e-12, 0);
}

/** What the voltages tell; the last column is what they cannot. */
static void kinds_are_inferred_and_said_to_be(void **state)
{
    (void)state;
    static const struct {
        pm_kind right;
        double first_A, first_V, second_V, second_end_V;
    } cases[] = {{PM_LI_CU, -1e-3, -0.06, 0.05, 1.0},  {PM_LI_LI, -1e-3, -0.3, 0.25, 0.35},
                 {PM_LI_LI, 1e-3, 0.06, -0.05, -1.0},  {PM_LI_LI, 1e-3, 0.5, -0.06, -0.1},
                 {PM_LI_LI, -1e-3, -0.06, 0.05, 0.07}, {PM_LI_ION, 1e-3, 3.9, 3.7, 3.0},
                 {PM_LI_ION, -1e-3, 3.7, 3.9, 4.2},    {PM_HALF_CELL, -1e-3, 0.1, 0.2, 1.0},
                 {PM_HALF_CELL, -1e-3, 0.4, 0.6, 1.5}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        scoped_trace t = trace_new();
        for (int i = 0; i < 3; i++) {
            trace_step(&t, cases[k].first_A, 1, cases[k].first_V, cases[k].first_V, 20);
            trace_step(&t, -cases[k].first_A, 0.9, cases[k].second_V, cases[k].second_V, 20);
            trace_step(&t, -cases[k].first_A, 0.01, cases[k].second_V, cases[k].second_end_V, 5);
        }
        scoped_result r = result_of(&t, (pm_cycle_options){0});
        assert_string_equal(pm_kind_name(r.summary.kind), pm_kind_name(cases[k].right));
        assert_string_equal(r.summary.kind_source, "inferred");
    }
}

static void energies_and_voltages_are_by_charge(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    trace_step(&t, 2e-3, 0.5, 3.0, 4.0, 400); /* V goes evenly with charge: mean 3.5, plateau (median of 40-80 %) 3.6 */
    trace_step(&t, -1e-3, 0.8, 3.9, 2.9, 400);
    trace_step(&t, 0, 1, 3.2, 3.2, 3);
    scoped_result r =
        result_of(&t, (pm_cycle_options){.kind = PM_LI_ION, .mass_g = 0.5, .area_cm2 = 2, .log_efficiency = true});
    assert_close(real_at(r.half_cycles, "voltage_mean_volt", 0), 3.5, 1e-12, 0);
    assert_close(real_at(r.half_cycles, "voltage_plateau_volt", 0), 3.6, 0, 3e-3); /* one row's share: 1/400 */
    assert_close(real_at(r.half_cycles, "voltage_start_volt", 0), 3.0, 0, 0);
    assert_close(real_at(r.half_cycles, "voltage_end_volt", 0), 4.0, 0, 0);
    assert_close(real_at(r.half_cycles, "capacity_ah_per_cm2", 0), 0.5e-3, 1e-12, 0);
    assert_close(real_at(r.half_cycles, "duration_second", 0), 1800, 1e-12, 0);
    assert_close(real_at(r.cycles, "charging_energy_wh", 0), 3.5e-3, 1e-12, 0);
    assert_close(real_at(r.cycles, "discharging_energy_wh", 0), 0.8e-3 * 3.4, 1e-12, 0);
    assert_close(real_at(r.cycles, "coulombic_efficiency", 0), 0.8, 1e-12, 0);
    assert_close(real_at(r.cycles, "energy_efficiency", 0), 0.8 * 3.4 / 3.5, 1e-12, 0);
    assert_close(real_at(r.cycles, "hysteresis_volt", 0), 0.1, 1e-9, 0);
    assert_close(real_at(r.cycles, "polarisation_volt", 0), 0.5 * (3.6 - 3.3), 0, 3e-3);
    assert_close(real_at(r.cycles, "discharging_capacity_ah_per_gram", 0), 1.6e-3, 1e-12, 0);
    assert_close(real_at(r.cycles, "coulombic_efficiency_minus_log10", 0), 0.69897000433601880, 1e-9, 0);
    assert_close(real_at(r.cycles, "coulombic_inefficiency_ln", 0), -1.6094379124341003, 1e-9,
                 0); /* early-prediction 2.2 */
}

static void efficiencies_above_one_stay_without_a_logarithm(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    trace_step(&t, -1e-3, 1, -0.05, -0.05, 10);
    trace_step(&t, 1e-3, 1.25, 0.05, 1.0, 10);
    trace_step(&t, 0, 1, 0.4, 0.4, 3);
    scoped_result r =
        result_of(&t, (pm_cycle_options){.kind = PM_LI_CU, .kind_from_sidecar = true, .log_efficiency = true});
    assert_string_equal(r.summary.kind_source, "sidecar");
    assert_close(real_at(r.cycles, "coulombic_efficiency", 0), 1.25, 1e-12, 0);
    assert_true(isnan(real_at(r.cycles, "coulombic_efficiency_minus_log10", 0)));
    assert_true(isnan(real_at(r.cycles, "coulombic_inefficiency_ln", 0)));
    assert_close(real_at(r.cycles, "plating_capacity_ah", 0), 1e-3, 1e-12, 0);
    assert_close(real_at(r.cycles, "stripping_capacity_ah", 0), 1.25e-3, 1e-12, 0);
}

static void what_the_records_end_in_is_not_complete(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    for (int i = 0; i < 2; i++) {
        trace_step(&t, 1e-3, 1, 3.5, 4.2, 10);
        trace_step(&t, -1e-3, 0.9, 4.1, 3.0, 10);
    }
    scoped_result open = result_of(&t, (pm_cycle_options){.kind = PM_LI_ION});
    assert_int_equal(open.summary.cycles, 1);
    assert_close(real_at(open.cycles, "complete", 1), 0, 0, 0);
    assert_true(isnan(real_at(open.cycles, "coulombic_efficiency", 1)));
    assert_close(real_at(open.cycles, "discharging_capacity_ah", 1), 0.9e-3, 1e-12, 0);
    trace_step(&t, 0, 0.1, 3.2, 3.2, 2);
    scoped_result rested = result_of(&t, (pm_cycle_options){.kind = PM_LI_ION});
    assert_int_equal(rested.summary.cycles, 2);
    assert_close(real_at(rested.cycles, "coulombic_efficiency", 1), 0.9, 1e-12, 0);
}

static void stripping_up_to_the_cutoff_is_complete(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    trace_step(&t, -1e-3, 1, -0.05, -0.05, 10);
    trace_step(&t, 1e-3, 0.97, 0.05, 0.05, 50);
    trace_step(&t, 1e-3, 0.01, 0.05, 1.0, 5);
    scoped_result r = result_of(&t, (pm_cycle_options){0});
    assert_string_equal(pm_kind_name(r.summary.kind), "li-cu");
    assert_close(real_at(r.cycles, "coulombic_efficiency", 0), 0.98, 1e-12, 0);
}

/** With 1 % of noise in the current, 40 rows a half-cycle: the error of a mean of 40, at five standard deviations. */
static void noise_moves_the_efficiency_by_what_it_must(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    t.noise = 0.01;
    for (int i = 1; i <= 20; i++) {
        trace_step(&t, -1e-3, 1, -0.05, -0.05, 40);
        trace_step(&t, 0, 0.2, 0, 0, 10);
        trace_step(&t, 1e-3, 0.98, 0.05, 0.05, 40);
        trace_step(&t, 0, 0.2, 0.02, 0.02, 10);
    }
    scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_CU});
    assert_int_equal(r.summary.cycles, 20);
    for (int i = 0; i < 20; i++)
        assert_close(real_at(r.cycles, "coulombic_efficiency", i), 0.98, 5 * 0.01 * sqrt(2.0 / 40), 0);
    assert_close(r.summary.coulombic_efficiency_mean, 0.98, 5 * 0.01 * sqrt(2.0 / 800), 0);
}

/** A hold at constant voltage: its current decays exponentially, and few rows are kept of it. */
static void a_decaying_current_is_integrated_as_such(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    for (int k = 0; k <= 6; k++) trace_row(&t, 600 * k, 0.1 * exp(-600.0 * k / 900), 4.2, 1, 1);
    trace_row(&t, 3600, 0, 4.2, 1, 2);
    scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_ION});
    assert_close(real_at(r.half_cycles, "capacity_ah", 0), 0.1 * 900 * (1 - exp(-4)) / 3600, 1e-12, 0);
}

/** The example of the design: rows at both ends of what is constant, and a second between. */
static void a_current_that_steps_does_not_ramp(void **state)
{
    (void)state;
    static const double rows[][2] = {{0, 1}, {3600, 1}, {3601, 0}, {7200, 0}, {7201, -1}, {10441, -1}};
    scoped_trace t = trace_new();
    t.no_counts = true;
    for (int i = 0; i < 6; i++) trace_row(&t, rows[i][0], rows[i][1], 3.7, 1, 1);
    scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_ION});
    assert_close(real_at(r.half_cycles, "capacity_ah", 0), 1, 1e-12, 0);
    assert_close(real_at(r.half_cycles, "capacity_ah", 1), 3241.0 / 3600, 1e-12, 0);
    assert_close(real_at(r.half_cycles, "test_time_start_second", 1), 7200, 0, 0);
    assert_close(real_at(r.half_cycles, "duration_second", 1), 3241, 0, 0);
}

/** Rows of a rest are far apart; the step's own clock says how long its current has flowed. */
static void the_time_within_the_step_bounds_its_first_interval(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    t.step_name = "step_time_second";
    trace_row(&t, 0, 0, 3.7, 1, 0);
    trace_row(&t, 1001, 1, 3.7, 1, 1);
    for (int k = 1; k <= 10; k++) trace_row(&t, 1001 + 60 * k, 1, 3.7, 1, 1 + 60 * k);
    scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_ION});
    assert_close(real_at(r.half_cycles, "capacity_ah", 0), 601.0 / 3600, 1e-12, 0);
    t.step[0] = 1000;
    scoped_result bounded = result_of(&t, (pm_cycle_options){.kind = PM_LI_ION});
    assert_close(real_at(bounded.half_cycles, "capacity_ah", 0), 601.0 / 3600, 1e-12, 0);
    assert_close(real_at(bounded.half_cycles, "test_time_start_second", 0), 1000, 0, 0);
}

/** Rests of ten hours whose first row alone was kept, no clock of the step: six hours of 1 mA each way in rows of 60 s. Of
 *  the gap before the first row no more than a row's distance counts, in the very first step too. */
static void a_rest_of_one_row_is_no_current(void **state)
{
    (void)state;
    enum { HOURS = 6 };
    scoped_trace t = trace_new();
    for (int i = 0; i < 4; i++) {
        double current_A = i % 2 ? 1e-3 : -1e-3, start_s = t.now_s + 36000;
        trace_row(&t, t.now_s, 0, 0.2, 1, 2 * i);
        for (int k = 1; k <= HOURS * 60; k++) trace_row(&t, start_s + 60 * k, current_A, 0.1, 1, 2 * i + 1);
    }
    trace_row(&t, t.now_s, 0, 0.2, 1, 8);
    scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_CU});
    assert_int_equal(r.summary.half_cycles, 4);
    for (int i = 0; i < 4; i++) {
        assert_close(real_at(r.half_cycles, "capacity_ah", i), HOURS * 1e-3, 1e-12, 0);
        assert_close(real_at(r.half_cycles, "duration_second", i), HOURS * 3600, 1e-12, 0);
        assert_close(real_at(r.half_cycles, "voltage_mean_volt", i), 0.1, 1e-12, 0);
    }
}

enum { COUNTED_HALVES = 8, COUNTED_ROWS = 11, COUNTED_N = COUNTED_HALVES * COUNTED_ROWS };

/** Platings and strippings of 1 mAh, with counters that go on for ever: time, voltage, current, step, charged, discharged. */
static void counted_cell(double rows[COUNTED_N][6])
{
    for (int i = 0; i < COUNTED_N; i++) {
        int half = i / COUNTED_ROWS, k = i % COUNTED_ROWS;
        double sign = half % 2 ? 1 : -1, full = 1e-3 * (half / 2), part = full + 1e-4 * k;
        double values[] = {3600 * half + 360 * k,        0.1 * sign, 1e-3 * sign, half, half % 2 ? part : full,
                           half % 2 ? full + 1e-3 : part};
        memcpy(rows[i], values, sizeof values);
    }
}

static result result_of_counted(double rows[COUNTED_N][6])
{
    pm_scoped(pm_builder) b = NULL;
    pm_scoped(pm_table) records = NULL;
    pm_error err = {0};
    result r = {0};
    const char *names[] = {"test_time_second", "voltage_volt",         "current_ampere",
                           "step_id",          "charging_capacity_ah", "discharging_capacity_ah"};
    const char *units[] = {"s", "V", "A", "1", "Ah", "Ah"};
    assert_good(pm_builder_new(0, NULL, &b, &err), &err);
    for (int k = 0; k < 6; k++) pm_builder_add(b, names[k], PM_DOUBLE, units[k]);
    assert_good(pm_builder_room(b, COUNTED_N, &err), &err);
    for (int k = 0; k < 6; k++)
        for (int i = 0; i < COUNTED_N; i++) pm_builder_doubles(b, k)[i] = rows[i][k];
    pm_builder_commit(b, COUNTED_N);
    assert_good(pm_builder_finish(b, &records, &err), &err);
    assert_good(try_result(records, (pm_cycle_options){.kind = PM_LI_CU}, 0, &r, &err), &err);
    return r;
}

/** The recorded current of one plating is wrong by ten, or that of all of them. */
static void one_wrong_current_does_not_condemn_the_counters(void **state)
{
    (void)state;
    for (int wrong = 0; wrong < 2; wrong++) {
        double rows[COUNTED_N][6];
        counted_cell(rows);
        for (int i = 0; i < COUNTED_N; i++)
            if (rows[i][2] < 0 && (wrong || i / COUNTED_ROWS == 4)) rows[i][2] *= 10;
        scoped_result r = result_of_counted(rows);
        assert_string_equal(r.summary.charge_source, wrong ? "integral" : "counter");
        for (int i = 0; i < COUNTED_HALVES; i++)
            assert_close(real_at(r.half_cycles, "capacity_ah", i), i % 2 == 0 && wrong ? 1e-2 : 1e-3, 1e-9, 0);
    }
}

/** A counter that falls by a digit, within a step and where one begins, has not started anew. */
static void a_counter_that_dips_goes_on(void **state)
{
    (void)state;
    static const int dips[] = {4 * COUNTED_ROWS, 6 * COUNTED_ROWS + 5};
    for (int k = 0; k < 2; k++) {
        double rows[COUNTED_N][6];
        counted_cell(rows);
        rows[dips[k]][5] = rows[dips[k] - 1][5] - 1e-6;
        scoped_result r = result_of_counted(rows);
        assert_string_equal(r.summary.charge_source, "counter");
        for (int i = 0; i < COUNTED_HALVES; i++) assert_close(real_at(r.half_cycles, "capacity_ah", i), 1e-3, 2e-3, 0);
    }
}

/** Four cycles by the current; the instrument counts two, or the same, or nothing. */
static void another_count_than_the_instruments_is_told(void **state)
{
    (void)state;
    static const int halves_per_count[] = {4, 2, 0};
    for (int k = 0; k < 3; k++) {
        pm_scoped(pm_builder) b = NULL;
        pm_scoped(pm_builder) told = NULL;
        pm_scoped(pm_table) records = NULL;
        pm_scoped(pm_table) findings = NULL;
        pm_scoped(pm_cycler) cycler = NULL;
        pm_error err = {0};
        double rows[COUNTED_N][6];
        counted_cell(rows);
        assert_good(pm_builder_new(0, NULL, &b, &err), &err);
        static const char *const names[] = {"test_time_second", "voltage_volt", "current_ampere", "cycle_count"};
        static const char *const units[] = {"s", "V", "A", "1"};
        for (int c = 0; c < 4; c++) pm_builder_add(b, names[c], PM_DOUBLE, units[c]);
        assert_good(pm_builder_room(b, COUNTED_N, &err), &err);
        for (int i = 0; i < COUNTED_N; i++) {
            for (int c = 0; c < 3; c++) pm_builder_doubles(b, c)[i] = rows[i][c];
            if (halves_per_count[k]) pm_builder_doubles(b, 3)[i] = 1 + i / COUNTED_ROWS / halves_per_count[k];
        }
        pm_builder_commit(b, COUNTED_N);
        assert_good(pm_builder_finish(b, &records, &err), &err);
        assert_good(pm_cycler_new(&(pm_cycle_options){.kind = PM_LI_CU}, &cycler, &err), &err);
        assert_good(pm_cycler_push(cycler, records, &err), &err);
        assert_good(pm_builder_new(PM_FINDING_FIELDS, pm_finding_fields, &told, &err), &err);
        assert_good(pm_cycler_findings(cycler, told, &err), &err);
        assert_good(pm_builder_finish(told, &findings, &err), &err);
        assert_int_equal(pm_table_rows(findings), k == 0);
        if (k) continue;
        assert_string_equal(word_at(findings, "code", 0), "cycle-count-differs");
        assert_close(real_at(findings, "observed", 0), 2, 0, 0);
        assert_close(real_at(findings, "expected", 0), 4, 0, 0);
    }
}

/** The row that opens a step shows a current that is not yet its own; so may the row after. */
static void a_current_that_has_not_settled_is_not_counted(void **state)
{
    (void)state;
    static const double start_A[][2] = {{0.5, 0.474}, {0.1, 0.474}, {0.1, 0.1}};
    for (int k = 0; k < 3; k++) {
        scoped_trace t = trace_new();
        t.step_name = "step_count";
        trace_row(&t, 0, 0, 3.7, 1, 1);
        trace_row(&t, 0, start_A[k][0], 3.7, 1, 2);
        trace_row(&t, k == 2 ? 0 : 30, start_A[k][1], 3.7, 1, 2);
        trace_row(&t, k == 2 ? 30 : 60, 0.474, 3.7, 1, 2);
        trace_row(&t, 60, 0.474, 3.7, 1, 2);
        scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_ION});
        assert_close(real_at(r.half_cycles, "capacity_ah", 0), 0.474 * 60 / 3600, 1e-12, 0);
    }
}

static void a_new_step_of_another_current_is_told_by_its_number(void **state)
{
    (void)state;
    static const char *const names[] = {"step_id", "step_count"};
    for (int k = 0; k < 2; k++) {
        scoped_trace t = trace_new();
        t.step_name = names[k];
        for (int i = 0; i <= 4; i++) trace_row(&t, 60 * i, i < 3 ? 1.0 : 0.6, 3.7, 1, i < 3 ? 1 : 2);
        scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_ION});
        assert_close(real_at(r.half_cycles, "capacity_ah", 0), (2 * 1.0 + 2 * 0.6) * 60 / 3600, 1e-12, 0);
    }
}

static void bad_use_is_refused(void **state)
{
    (void)state;
    pm_scoped(pm_cycler) cycler = NULL;
    pm_error err = {0};
    assert_int_equal(pm_cycler_new(&(pm_cycle_options){.area_cm2 = -1}, &cycler, &err), PM_ERR_ARGUMENT);
    assert_int_equal(pm_cycler_new(&(pm_cycle_options){.dead_band_A = NAN}, &cycler, &err), PM_ERR_ARGUMENT);
    assert_good(pm_cycler_new(NULL, &cycler, &err), &err);
    scoped_trace t = trace_new();
    trace_step(&t, 1e-3, 1, 3.5, 4.2, 3);
    pm_scoped(pm_table) with = trace_table(&t);
    t.no_current = true;
    pm_scoped(pm_table) without = trace_table(&t);
    assert_good(pm_cycler_push(cycler, with, &err), &err);
    assert_int_equal(pm_cycler_push(cycler, without, &err), PM_ERR_ARGUMENT);
    pm_cycler_free(NULL);
}

static void two_cycles_are_enough_is_seen_while_reading(void **state)
{
    (void)state;
    pm_scoped(pm_cycler) cycler = NULL;
    pm_error err = {0};
    scoped_trace t = cell_of(&kind_cases[0], 5);
    pm_scoped(pm_table) all = trace_table(&t);
    assert_good(pm_cycler_new(&(pm_cycle_options){.kind = PM_LI_CU}, &cycler, &err), &err);
    int64_t rows = 0;
    while (pm_cycler_complete(cycler) < 2 && rows < pm_table_rows(all)) {
        pm_scoped(pm_table) one = NULL;
        assert_good(pm_table_slice(all, rows++, 1, &one, &err), &err);
        assert_good(pm_cycler_push(cycler, one, &err), &err);
    }
    assert_int_equal(pm_cycler_complete(cycler), 2);
    assert_true(rows < pm_table_rows(all) * 13 / 20);
    pm_scoped(pm_table) cycles = NULL;
    assert_good(pm_cycler_cycles(cycler, &cycles, &err), &err);
    assert_close(real_at(cycles, "coulombic_efficiency", 2), efficiency_of(2), 1e-9, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_pairs_its_own_way),
        cmocka_unit_test(kinds_have_names),
        cmocka_unit_test(a_symmetric_cell_has_no_efficiency),
        cmocka_unit_test(kinds_are_inferred_and_said_to_be),
        cmocka_unit_test(energies_and_voltages_are_by_charge),
        cmocka_unit_test(efficiencies_above_one_stay_without_a_logarithm),
        cmocka_unit_test(what_the_records_end_in_is_not_complete),
        cmocka_unit_test(stripping_up_to_the_cutoff_is_complete),
        cmocka_unit_test(noise_moves_the_efficiency_by_what_it_must),
        cmocka_unit_test(a_decaying_current_is_integrated_as_such),
        cmocka_unit_test(a_current_that_steps_does_not_ramp),
        cmocka_unit_test(the_time_within_the_step_bounds_its_first_interval),
        cmocka_unit_test(a_rest_of_one_row_is_no_current),
        cmocka_unit_test(one_wrong_current_does_not_condemn_the_counters),
        cmocka_unit_test(a_counter_that_dips_goes_on),
        cmocka_unit_test(another_count_than_the_instruments_is_told),
        cmocka_unit_test(a_current_that_has_not_settled_is_not_counted),
        cmocka_unit_test(a_new_step_of_another_current_is_told_by_its_number),
        cmocka_unit_test(bad_use_is_refused),
        cmocka_unit_test(two_cycles_are_enough_is_seen_while_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
