/* SPDX-License-Identifier: MIT */
/* Traces that are made up with a short at a known time. */
#include "short_trace.h"

#include <math.h>
#include <string.h>

/* ---- levels ---- */

static void steady_cells_are_quiet(void **state)
{
    (void)state;
    for (int current = 0; current < 2; current++) {
        trace t = trace_begin(current);
        trace_add_cycles(&t, 60, 0.1);
        assert_int_equal(alarms_of(&t, PM_LI_LI), 0);
    }
}

static void activation_is_no_short(void **state)
{
    (void)state;
    trace t = trace_begin(true);
    for (int i = 0; i < 40; i++) trace_add_cycles(&t, 1, 0.05 + 0.2 * exp(-i / 8.0)); /* falls to a fifth */
    assert_int_equal(alarms_of(&t, PM_LI_LI), 0);
}

/** A fall by a third over two hundred cycles: never more than 4 % within 24. */
static void the_reference_is_the_recent_past(void **state)
{
    (void)state;
    trace t = trace_begin(true);
    for (int i = 0; i < 200; i++) trace_add_cycles(&t, 1, 0.1 * (1 - i / 600.0));
    assert_int_equal(alarms_of(&t, PM_LI_LI), 0);
}

static void a_fall_alarms_when_it_has_lasted(void **state)
{
    (void)state;
    trace t = trace_begin(true);
    trace_add_cycles(&t, 20, 0.1);
    trace_add_cycles(&t, 1, 0.04); /* two in a row would not do either */
    trace_add_cycles(&t, 9, 0.1);
    double begins_s = t.time_s;
    trace_add_cycles(&t, 20, 0.07);
    outcome out = watch_trace(&t, PM_LI_LI);
    assert_int_equal(pm_table_rows(out.alarms), 1);
    assert_string_equal(word_at(out.alarms, "kind", 0), "soft");
    assert_string_equal(word_at(out.alarms, "direction", 0), "positive");
    /* the third positive half-cycle ends five hours behind; its last row is one minute off */
    assert_close(real_at(out.alarms, "test_time_second", 0), begins_s + 5 * 3600, 0, 61);
    assert_close(real_at(out.alarms, "ratio", 0), 0.7, 0, 0.01);
    assert_true(isnan(real_at(out.alarms, "recovered_time_second", 0)));
    assert_non_null(strstr(word_at(out.alarms, "evidence", 0), "3 levels in a row below 0.80"));
    pm_table_free(out.alarms);
}

/** Stripping alone becomes easier for twenty cycles, then plating too: a leak has no direction. */
static void a_fall_one_way_is_no_short(void **state)
{
    (void)state;
    for (int sign = -1; sign <= 1; sign += 2)
        for (int both = 0; both < 2; both++) {
            trace t = trace_begin(true);
            trace_add_cycles(&t, 20, 0.1);
            for (int i = 0; i < 20; i++) {
                trace_add_half(&t, sign, 0.06, 1e-3);
                trace_add_half(&t, -sign, 0.1, 1e-3);
            }
            double begins_s = t.time_s;
            if (both) trace_add_cycles(&t, 10, 0.06);
            outcome out = watch_trace(&t, PM_LI_CU);
            assert_int_equal(pm_table_rows(out.alarms), both);
            if (both) assert_true(real_at(out.alarms, "test_time_second", 0) > begins_s);
            pm_table_free(out.alarms);
        }
}

/** The other way is down to pulses, which have no level. */
static void where_the_other_way_is_silent_one_is_enough(void **state)
{
    (void)state;
    trace t = trace_begin(true);
    trace_add_cycles(&t, 20, 0.1);
    for (int i = 0; i < 5; i++) {
        trace_add_half(&t, 1, 0.06, 1e-3);
        for (int k = 0; k < 3; k++) trace_add_row(&t, 60, -0.1, -1e-3);
    }
    assert_int_equal(alarms_of(&t, PM_LI_LI), 1);
}

static void recovery_is_told_and_ends_the_alarm(void **state)
{
    (void)state;
    trace t = trace_begin(true);
    trace_add_cycles(&t, 20, 0.1);
    trace_add_cycles(&t, 30, 0.07); /* longer than the recent past: the reference is held */
    double back_s = t.time_s;
    trace_add_cycles(&t, 10, 0.1);
    trace_add_cycles(&t, 10, 0.06);
    outcome out = watch_trace(&t, PM_LI_LI);
    assert_int_equal(pm_table_rows(out.alarms), 2);
    assert_close(real_at(out.alarms, "recovered_time_second", 0), back_s + 5 * 3600, 0, 61);
    assert_close(real_at(out.alarms, "test_time_second", 1), back_s + 25 * 3600, 0, 61);
    assert_true(real_at(out.alarms, "probability", 1) > real_at(out.alarms, "probability", 0)); /* it fell deeper */
    pm_table_free(out.alarms);
}

static void hard_shorts(void **state)
{
    (void)state;
    for (int current = 0; current < 2; current++) {
        trace t = trace_begin(current);
        trace_add_cycles(&t, 20, 0.1);
        double begins_s = t.time_s;
        trace_add_cycles(&t, 20, 0.001);
        outcome out = watch_trace(&t, PM_LI_LI);
        assert_true(pm_table_rows(out.alarms) >= 1);
        int64_t last = pm_table_rows(out.alarms) - 1;
        assert_string_equal(word_at(out.alarms, "kind", last), "hard");
        assert_true(real_at(out.alarms, "probability", last) > 0.9);
        /* with a current after three half-cycles; by the voltage's sign alone there are none any more, only windows */
        assert_true(real_at(out.alarms, "test_time_second", last) < begins_s + 6 * 3600);
        pm_table_free(out.alarms);
    }
}

/** Half the current makes half the voltage. */
static void a_smaller_current_is_no_short(void **state)
{
    (void)state;
    trace t = trace_begin(true);
    trace_add_cycles(&t, 20, 0.1);
    for (int i = 0; i < 40; i++) trace_add_half(&t, i % 2 ? -1 : 1, 0.05, 5e-4);
    assert_int_equal(alarms_of(&t, PM_LI_LI), 0);
    t = trace_begin(true); /* but twice the current with the old voltage is one */
    for (int i = 0; i < 40; i++) trace_add_half(&t, i % 2 ? -1 : 1, 0.1, 5e-4);
    for (int i = 0; i < 40; i++) trace_add_half(&t, i % 2 ? -1 : 1, 0.07, 1e-3);
    assert_int_equal(alarms_of(&t, PM_LI_LI), 1);
}

/** One way for 30 h: windows of ten minutes. */
static void long_half_cycles_are_watched_by_windows(void **state)
{
    (void)state;
    trace t = trace_begin(false);
    for (int i = 0; i < 1200; i++) trace_add_row(&t, 60, 0.1 + 1e-4 * pm_random_normal(&t.random), 0);
    double begins_s = t.time_s;
    for (int i = 0; i < 600; i++) trace_add_row(&t, 60, 0.07 + 1e-4 * pm_random_normal(&t.random), 0);
    outcome out = watch_trace(&t, PM_LI_LI);
    assert_int_equal(pm_table_rows(out.alarms), 1);
    assert_close(real_at(out.alarms, "test_time_second", 0), begins_s + 1800, 0, 660);
    pm_table_free(out.alarms);
}

static void any_cut_gives_the_same(void **state)
{
    (void)state;
    trace t = trace_begin(true);
    trace_add_cycles(&t, 20, 0.1);
    trace_add_cycles(&t, 20, 0.07);
    pm_scoped(pm_table) rows = trace_finish(&t);
    pm_short_options o = {.cycle = {.kind = PM_LI_LI}};
    outcome whole = watch(rows, &o, INT32_MAX), cut = watch(rows, &o, 7);
    assert_same_table(whole.alarms, cut.alarms);
    assert_int_equal(whole.summary.levels, cut.summary.levels);
    assert_true(whole.summary.levels > 50);
    pm_table_free(whole.alarms);
    pm_table_free(cut.alarms);
}

static void too_ideal_is_suspicious(void **state)
{
    (void)state;
    for (int flat = 0; flat < 2; flat++) {
        trace t = trace_begin(true);
        for (int i = 0; i < 60; i++) {
            int sign = i % 2 ? -1 : 1;
            if (!flat) trace_add_half(&t, sign, 0.005, 1e-3);
            for (int k = 0; flat && k < 60; k++) trace_add_row(&t, 60, sign * 0.005, sign * 1e-3);
        }
        outcome out = watch_trace(&t, PM_LI_LI);
        assert_int_equal(pm_table_rows(out.alarms), 0);
        assert_int_equal(strstr(out.summary.suspicion, "rectangular") != NULL, flat);
        pm_table_free(out.alarms);
    }
    trace t = trace_begin(true);
    trace_add_cycles(&t, 2, 0.1);
    outcome out = watch_trace(&t, PM_LI_LI);
    assert_non_null(strstr(out.summary.suspicion, "nothing was watched"));
    pm_table_free(out.alarms);
}

/* ---- spectra ---- */

static pm_table *spectra(int n, int falls_at)
{
    static const pm_field fields[] = {{"test_time_second", PM_DOUBLE, "s", 0, ""},
                                      {"frequency_hertz", PM_DOUBLE, "Hz", sizeof(double), ""},
                                      {"real_impedance_ohm", PM_DOUBLE, "ohm", 2 * sizeof(double), ""},
                                      {"imaginary_impedance_ohm", PM_DOUBLE, "ohm", 3 * sizeof(double), ""}};
    pm_error err = {0};
    pm_builder *b;
    pm_table *out;
    assert_good(pm_builder_new(4, fields, &b, &err), &err);
    for (int i = 0; i < n; i++)
        for (int k = 4; k >= -1; k--) {
            double part = i >= falls_at ? 0.3 : 1,
                   row[] = {3600.0 * (i + 1) + 4 - k, pow(10, k), 200 * part, -20 * part};
            if (k) row[2] = row[3] = 1e4 * (i + 1); /* only the point at 1 Hz may count */
            pm_builder_push(b, row);
        }
    assert_good(pm_builder_finish(b, &out, &err), &err);
    pm_builder_free(b);
    return out;
}

static void impedance_adds_to_the_evidence(void **state)
{
    (void)state;
    double probability[2];
    for (int falls = 0; falls < 2; falls++) {
        pm_scoped(pm_shorts) s = NULL;
        pm_scoped(pm_table) alarms = NULL;
        pm_error err = {0};
        trace t = trace_begin(true);
        trace_add_cycles(&t, 20, 0.1);
        trace_add_cycles(&t, 20, 0.07);
        pm_scoped(pm_table) rows = trace_finish(&t);
        pm_scoped(pm_table) z = spectra(80, falls ? 40 : 80);
        pm_short_summary summary;
        assert_good(pm_shorts_new(&(pm_short_options){.cycle = {.kind = PM_LI_LI}}, &s, &err), &err);
        assert_good(pm_shorts_push_spectra(s, z, &err), &err);
        assert_good(pm_shorts_push(s, rows, &err), &err);
        assert_good(pm_shorts_result(s, &alarms, &summary, &err), &err);
        assert_int_equal(pm_table_rows(alarms), 1);
        const char *evidence = word_at(alarms, "evidence", 0);
        assert_int_equal(strstr(evidence, "-Im Z to 0.30, Re Z to 0.30") != NULL, falls);
        probability[falls] = real_at(alarms, "probability", 0);
    }
    assert_true(probability[1] > probability[0]);
}

/* ---- cells with a cathode ---- */

/** A charge of some hours with a last stretch that goes on too long, and a discharge of ten hours; 1 mA. */
static void add_full_cycle(trace *t, double charge_h, double drop_V)
{
    int n = (int)(charge_h * 60);
    for (int i = 0; i < n; i++)
        trace_add_row(t, 60, 3.5 + 0.7 * fmin(i / 600.0, 1) - (i > 300 && i < 310 ? drop_V : 0), 1e-3);
    for (int i = 0; i < 600; i++) trace_add_row(t, 60, 4.1 - 0.7 * i / 600.0, -1e-3);
}

static void charge_that_does_not_come_back(void **state)
{
    (void)state;
    trace t = trace_begin(true);
    for (int i = 0; i < 10; i++) add_full_cycle(&t, 10.1, 0);
    double begins_s = t.time_s;
    for (int i = 0; i < 5; i++) add_full_cycle(&t, 12, 0);
    outcome out = watch_trace(&t, PM_LI_CATHODE);
    assert_int_equal(pm_table_rows(out.alarms), 1);
    assert_close(real_at(out.alarms, "test_time_second", 0), begins_s + 3 * 22 * 3600, 0, 61);
    assert_non_null(strstr(word_at(out.alarms, "evidence", 0), "charged 1.20 times what came back"));
    assert_non_null(strstr(out.summary.cannot, "cathode"));
    pm_table_free(out.alarms);
}

static void drops_while_charging(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        trace t = trace_begin(true);
        for (int k = 0; k < 6; k++) add_full_cycle(&t, 10.1, k == 4 ? (i ? 0.06 : 0.015) : 0);
        outcome out = watch_trace(&t, PM_LI_CATHODE);
        assert_int_equal(pm_table_rows(out.alarms), i);
        if (i) assert_non_null(strstr(word_at(out.alarms, "evidence", 0), "constant current"));
        pm_table_free(out.alarms);
    }
}

static void efficiency_above_one(void **state)
{
    (void)state;
    trace t = trace_begin(true);
    for (int i = 0; i < 16; i++) {
        trace_add_half(&t, -1, 0.05, 1e-3);
        for (int k = 0; k < (i < 8 ? 57 : 66); k++) trace_add_row(&t, 60, 0.05 + k * 1e-4, 1e-3);
    }
    outcome out = watch_trace(&t, PM_LI_CU);
    assert_int_equal(pm_table_rows(out.alarms), 1);
    assert_non_null(strstr(word_at(out.alarms, "evidence", 0), "Coulombic efficiency above 1"));
    pm_table_free(out.alarms);
}

/* ---- what cannot be done ---- */

static void bad_input(void **state)
{
    (void)state;
    pm_error err = {0};
    pm_shorts *s;
    assert_int_equal(pm_shorts_new(&(pm_short_options){.soft_part = 0.1, .hard_part = 0.2}, &s, &err), PM_ERR_ARGUMENT);
    assert_int_equal(pm_shorts_new(&(pm_short_options){.recent = 1000}, &s, &err), PM_ERR_ARGUMENT);
    assert_good(pm_shorts_new(NULL, &s, &err), &err);
    pm_table *alarms;
    pm_short_summary summary;
    assert_int_equal(pm_shorts_result(s, &alarms, &summary, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.hint, "--kind"));
    pm_shorts_free(s);
    pm_shorts_free(NULL);
}

static pm_status watch_failing(const pm_table *rows, pm_error *err)
{
    pm_scoped(pm_shorts) s = NULL;
    pm_scoped(pm_table) alarms = NULL;
    pm_short_summary summary;
    pm_status status = pm_shorts_new(&(pm_short_options){.cycle = {.kind = PM_LI_LI}}, &s, err);
    if (!status) status = pm_shorts_push(s, rows, err);
    return status ? status : pm_shorts_result(s, &alarms, &summary, err);
}

static void memory_that_runs_out(void **state)
{
    (void)state;
    trace t = trace_begin(true);
    trace_add_cycles(&t, 12, 0.1);
    trace_add_cycles(&t, 6, 0.05);
    pm_scoped(pm_table) rows = trace_finish(&t);
    int64_t held = allocations_held();
    for (int64_t n = 1;; n++) {
        pm_error err = {0};
        fail_allocation(n);
        pm_status status = watch_failing(rows, &err);
        bool failed = allocation_failed();
        fail_allocation(0);
        assert_int_equal(allocations_held(), held);
        if (!failed) break;
        assert_int_equal(status, PM_ERR_MEMORY);
    }
}

/* ---- in the first cycles ---- */

enum { LONG_HOURS = 30 };

/* Four cycles of long half-cycles; in the middle of one of them the level falls by half. */
static pm_table *short_in_cycle(int bad)
{
    trace t = trace_begin(true);
    for (int half = 0; half < 8; half++)
        for (int hour = 0; hour < LONG_HOURS; hour++)
            trace_add_half(&t, half % 2 ? -1 : 1, half / 2 + 1 == bad && hour > 15 ? 0.05 : 0.1, 1e-3);
    return trace_finish(&t);
}

static pm_table *alarms_in_first(const pm_table *rows, int cycles)
{
    pm_scoped(pm_fingerprinter) f = NULL;
    pm_fingerprint_options o = {.cycles = cycles, .cycle = {.kind = PM_LI_LI}};
    pm_short_summary summary;
    pm_table *alarms;
    pm_error err = {0};
    assert_good(pm_fingerprinter_new(&o, &f, &err), &err);
    assert_good(pm_fingerprinter_push(f, rows, &err), &err); /* with all that follows in the same batch */
    assert_good(pm_fingerprinter_shorts(f, NULL, &alarms, &summary, &err), &err);
    assert_int_equal(summary.kind, PM_LI_LI);
    return alarms;
}

static void rows_behind_the_first_cycles_have_no_part(void **state)
{
    (void)state;
    for (int bad = 1; bad <= 3; bad++) {
        pm_scoped(pm_table) rows = short_in_cycle(bad);
        pm_scoped(pm_table) two = alarms_in_first(rows, 2);
        pm_scoped(pm_table) three = alarms_in_first(rows, 3);
        pm_scoped(pm_table) part = NULL;
        pm_error err = {0};
        assert_good(pm_table_slice(rows, 0, 4 * LONG_HOURS * 60, &part, &err), &err);
        outcome alone = watch(part, &(pm_short_options){.cycle = {.kind = PM_LI_LI}}, 1000);
        assert_int_equal(pm_table_rows(two), pm_table_rows(alone.alarms));
        assert_true((pm_table_rows(two) > 0) == (bad <= 2));
        assert_true(pm_table_rows(three) > 0);
        for (int64_t i = 0; i < pm_table_rows(two); i++)
            assert_close(real_at(two, "probability", i), real_at(alone.alarms, "probability", i), 0, 0);
        pm_table_free(alone.alarms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steady_cells_are_quiet),
        cmocka_unit_test(activation_is_no_short),
        cmocka_unit_test(the_reference_is_the_recent_past),
        cmocka_unit_test(a_fall_alarms_when_it_has_lasted),
        cmocka_unit_test(a_fall_one_way_is_no_short),
        cmocka_unit_test(where_the_other_way_is_silent_one_is_enough),
        cmocka_unit_test(recovery_is_told_and_ends_the_alarm),
        cmocka_unit_test(hard_shorts),
        cmocka_unit_test(a_smaller_current_is_no_short),
        cmocka_unit_test(long_half_cycles_are_watched_by_windows),
        cmocka_unit_test(any_cut_gives_the_same),
        cmocka_unit_test(too_ideal_is_suspicious),
        cmocka_unit_test(impedance_adds_to_the_evidence),
        cmocka_unit_test(charge_that_does_not_come_back),
        cmocka_unit_test(drops_while_charging),
        cmocka_unit_test(efficiency_above_one),
        cmocka_unit_test(bad_input),
        cmocka_unit_test(memory_that_runs_out),
        cmocka_unit_test(rows_behind_the_first_cycles_have_no_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
