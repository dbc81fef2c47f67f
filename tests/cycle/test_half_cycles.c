/* SPDX-License-Identifier: MIT */
/** @file
 * What is one half-cycle: pulses, flips, rests, dead cells, voltage signs; and what the answer must not depend on.
 */
#include "trace.h"

/** Twelve plating and stripping halves with rests, a flip at each end and one resistance pulse in each plating. */
static trace busy_cell(void)
{
    trace t = trace_new();
    t.noise = 1e-4;
    for (int i = 0; i < 6; i++) {
        trace_step(&t, -1e-3, 0.5, -0.1, -0.05, 11);
        trace_step(&t, 0, 0.01, -0.01, -0.01, 4);
        trace_step(&t, 1e-3, 10.0 / 3600, 0.05, 0.05, 5); /* a pulse of 10 s */
        trace_step(&t, 0, 0.01, 0.01, 0.01, 4);
        trace_step(&t, -1e-3, 0.5, -0.05, -0.05, 13);
        trace_row(&t, t.now_s + 0.01, 4e-6, -0.01, t.cycle[t.n - 1], t.step[t.n - 1]); /* a flip */
        trace_step(&t, 0, 0.2, -0.01, -0.01, 7);
        trace_step(&t, 1e-3, 0.95, 0.05, 0.1, 17);
        trace_row(&t, t.now_s + 0.01, -4e-6, 0.01, t.cycle[t.n - 1], t.step[t.n - 1]);
        trace_step(&t, 0, 0.2, 0.01, 0.01, 7);
        trace_next_cycle(&t);
    }
    return t;
}

static void rests_pulses_and_flips_break_nothing(void **state)
{
    (void)state;
    scoped_trace t = busy_cell();
    scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_CU});
    assert_int_equal(r.summary.half_cycles, 12);
    assert_close(r.summary.dead_band_A, 1e-3 / 2000, 1e-3, 0);
    for (int i = 0; i < 6; i++) {
        double plated = real_at(r.cycles, "plating_capacity_ah", i);
        assert_close(plated, 1e-3 * (1 - 10.0 / 3600), 1e-4, 0); /* what the pulse stripped is not there any more */
        assert_true(real_at(r.half_cycles, "pulses", 2 * i) >= 1);
        assert_close(real_at(r.half_cycles, "voltage_end_volt", 2 * i), -0.05, 0, 0.041);
    }
}

static void however_the_rows_are_cut_the_bits_are_the_same(void **state)
{
    (void)state;
    scoped_trace t = busy_cell();
    pm_scoped(pm_table) records = trace_table(&t);
    pm_error err = {0};
    scoped_result whole = result_of(&t, (pm_cycle_options){0});
    for (int64_t batch = 1; batch < 90; batch = batch * 2 + 1) {
        scoped_result cut = {0};
        assert_good(try_result(records, (pm_cycle_options){0}, batch, &cut, &err), &err);
        assert_same_table(cut.half_cycles, whole.half_cycles);
        assert_same_table(cut.cycles, whole.cycles);
    }
}

/** Times moved by a power of two and currents scaled by one: all sums scale without rounding. */
static void time_shift_and_current_unit_change_nothing(void **state)
{
    (void)state;
    scoped_trace t = busy_cell();
    for (int64_t i = 0; i < t.n; i++) t.time_s[i] = floor(t.time_s[i] * 8) / 8;
    scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_CU});
    for (int64_t i = 0; i < t.n; i++) {
        t.time_s[i] += 1048576;
        t.current_A[i] *= 1024;
    }
    scoped_result moved = result_of(&t, (pm_cycle_options){.kind = PM_LI_CU});
    assert_int_equal(moved.summary.half_cycles, r.summary.half_cycles);
    for (int64_t i = 0; i < r.summary.half_cycles; i++) {
        assert_close(real_at(moved.half_cycles, "capacity_ah", i), 1024 * real_at(r.half_cycles, "capacity_ah", i), 0,
                     0);
        assert_close(real_at(moved.half_cycles, "voltage_plateau_volt", i),
                     real_at(r.half_cycles, "voltage_plateau_volt", i), 0, 0);
        assert_close(real_at(moved.half_cycles, "test_time_start_second", i),
                     1048576 + real_at(r.half_cycles, "test_time_start_second", i), 0, 0);
    }
}

/** Plating, then hardly any stripping. `ended_by`: 0 = time (a pulse of its kind), 1 = counted by the instrument,
 *  2 = the cut-off voltage. */
static int64_t halves_of_dying_cell(int ended_by)
{
    scoped_trace t = trace_new();
    t.no_counts = ended_by != 1;
    for (int i = 0; i < 5; i++) {
        double ce = i < 2 ? 0.9 : 0.005;
        trace_step(&t, -1e-3, 1, -0.05, -0.05, 30);
        trace_step(&t, 0, 0.1, 0, 0, 3);
        trace_step(&t, 1e-3, ce * 0.9, 0.05, 0.05, 20);
        trace_step(&t, 1e-3, ce * 0.1, 0.05, i < 2 || ended_by == 2 ? 1.0 : 0.06, 5);
        trace_step(&t, 0, 0.1, 0, 0, 3);
        if (ended_by == 1) trace_next_cycle(&t);
    }
    scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_CU});
    if (ended_by > 0)
        for (int i = 2; i < 5; i++) assert_close(real_at(r.cycles, "coulombic_efficiency", i), 0.005, 1e-9, 0);
    return r.summary.half_cycles;
}

static void the_tiny_half_of_a_dead_cell_counts(void **state)
{
    (void)state;
    assert_int_equal(halves_of_dying_cell(1), 10);
    assert_int_equal(halves_of_dying_cell(2), 10);
    assert_int_equal(halves_of_dying_cell(0), 5); /* two cycles, one long plating with pulses */
}

static void short_cycles_after_a_long_half_count(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    trace_step(&t, -1e-3, 10, -0.05, -0.05, 50);
    for (int i = 0; i < 4; i++) {
        trace_step(&t, 1e-3, 0.2, 0.05, 0.05, 9);
        trace_step(&t, -1e-3, 0.2, -0.05, -0.05, 9);
    }
    scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_CU});
    assert_int_equal(r.summary.half_cycles, 9);
}

/** A minute on, then two seconds on, one second back, over and over: one discharge whose charge is the difference. */
static void a_drive_cycle_is_one_discharge(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    t.no_counts = true;
    double net_As = 0;
    trace_row(&t, 0, -3, 4.1, 1, 1);
    for (int k = 1; k < 3000; k++) {
        double current_A = k % 3 == 2 && k > 60 ? 3 + 2.5 * sin(k) : -3 - cos(k);
        trace_row(&t, k, current_A, 4.1 - k * 2e-4, 1, 1);
        bool stepped = (current_A > 0) != (t.current_A[k - 1] > 0);
        bool first = k == 1 || (t.current_A[k - 1] > 0) != (t.current_A[k - 2] > 0);
        double ratio = current_A / t.current_A[k - 1], mean_A = 0.5 * (current_A + t.current_A[k - 1]);
        if (stepped || ratio > 2 || (first && ratio > 0.9))
            mean_A = current_A;
        else if (ratio < 0.99)
            mean_A = (current_A - t.current_A[k - 1]) / log(ratio);
        net_As += mean_A;
    }
    trace_row(&t, 3000, 0, 3.4, 1, 1);
    scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_ION});
    assert_int_equal(r.summary.half_cycles, 1);
    assert_close(real_at(r.half_cycles, "capacity_ah", 0), -net_As / 3600, 1e-12, 0);
    assert_close(real_at(r.half_cycles, "pulses", 0), 980, 0, 1);
}

static void a_trace_without_current_goes_by_the_sign_of_its_voltage(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    t.no_current = t.no_counts = true;
    for (int i = 0; i < 40; i++) {
        trace_step(&t, 0, 0.5, i % 2 ? -0.1 : 0.1, i % 2 ? -0.2 : 0.2, 20);
        trace_row(&t, t.now_s + 1, 0, 0, 1, 1); /* the zero crossing belongs to neither */
    }
    scoped_result r = result_of(&t, (pm_cycle_options){.dead_band_A = 3}); /* ampere say nothing about volts */
    assert_int_equal(r.summary.half_cycles, 40);
    assert_string_equal(pm_kind_name(r.summary.kind), "li-li");
    assert_true(isnan(r.summary.dead_band_A));
    assert_null(pm_table_find(r.half_cycles, "capacity_ah"));
    assert_null(pm_table_find(r.cycles, "charging_capacity_ah"));
    assert_close(real_at(r.half_cycles, "voltage_mean_volt", 0), 0.15, 1e-9, 0);
    assert_close(real_at(r.half_cycles, "voltage_plateau_volt", 1), -0.16, 0, 0.1 / 20);
    assert_close(real_at(r.half_cycles, "duration_second", 3), 1800, 1e-12, 0);
}

/** A cell that has shorted still turns when it is told to. */
static void a_small_voltage_still_has_a_sign(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    t.no_current = t.no_counts = true;
    for (int i = 0; i < 20; i++) {
        double volt = (i % 2 ? -1 : 1) * (i < 10 ? 0.3 : 3e-5);
        trace_step(&t, 0, 0.5, volt, volt, 20);
    }
    scoped_result r = result_of(&t, (pm_cycle_options){0});
    assert_int_equal(r.summary.half_cycles, 20);
}

/** A regenerative pulse that lifts the voltage by half of all that was seen yet, but not to where it had been. */
static void a_pulse_within_the_window_is_no_half_cycle(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    t.no_counts = true;
    trace_step(&t, -1, 0.1, 4.2, 3.9, 50);
    trace_step(&t, 0.75, 10.0 / 3600, 3.9, 4.08, 10);
    trace_step(&t, -1, 0.1, 3.95, 3.7, 50);
    scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_ION});
    assert_int_equal(r.summary.half_cycles, 1);
    assert_close(real_at(r.half_cycles, "capacity_ah", 0), 0.2 - 7.5 / 3600, 1e-12, 0);
    assert_close(real_at(r.half_cycles, "voltage_plateau_volt", 0), 3.9, 0,
                 0.005); /* over the window 0.02 Ah from 3.96 to 3.9 V, then 0.06 Ah from 3.95 to 3.8 V */
}

/** One that lasts, so that it takes long to see that it was none. */
static void a_long_weak_pulse_loses_nothing(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    t.no_counts = true;
    trace_step(&t, -1, 0.1, 4.2, 4.1, 50);
    trace_step(&t, 0.2, 72.0 / 3600, 4.1, 4.12, 10);
    trace_step(&t, -1, 0.1, 3.7, 3.6, 50);
    scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_ION});
    assert_int_equal(r.summary.half_cycles, 1);
    assert_close(real_at(r.half_cycles, "capacity_ah", 0), 0.2 - 0.004, 1e-12, 0);
    assert_close(real_at(r.half_cycles, "voltage_plateau_volt", 0), 3.68, 0, 2e-3); /* half of 0.08 Ah: 0.02 above it */
    assert_close(real_at(r.half_cycles, "voltage_end_volt", 0), 3.6, 0, 0);
}

static void a_trickle_between_counted_cycles_is_no_half_cycle(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    for (int i = 0; i < 3; i++) {
        trace_step(&t, -1e-3, 1, 0.1, 0.05, 30);
        trace_step(&t, 2e-6, 1, 0.1, 0.1, 30);
        trace_next_cycle(&t);
    }
    trace_step(&t, -1e-3, 1, 0.1, 0.05, 30);
    scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_HALF_CELL});
    assert_int_equal(r.summary.half_cycles, 1);
    assert_close(real_at(r.half_cycles, "pulses", 0), 3, 0, 0);
}

/** What the records begin and end with: kept where it is current of the test, forgotten where it is noise. */
static void ends_are_judged_alone(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    trace_row(&t, 0, 1e-3, 3.5, 1, 1);
    trace_row(&t, 0, -1e-3, 3.5, 1, 2); /* one row, no charge */
    trace_step(&t, 1e-3, 0.005, 3.4, 3.5, 5);
    trace_step(&t, -1e-3, 10, 3.5, 3.0, 50);
    trace_step(&t, 1e-3, 0.1, 3.5, 3.6, 5); /* 1 %, but it goes on */
    scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_ION});
    assert_int_equal(r.summary.half_cycles, 3);
    assert_close(real_at(r.half_cycles, "capacity_ah", 0), 5e-6, 1e-9, 0);
    assert_close(real_at(r.half_cycles, "complete", 2), 0, 0, 0);
    scoped_trace opposite = trace_new();
    trace_row(&opposite, 0, -1e-3, 3.5, 1, 1);
    trace_step(&opposite, 1e-3, 1, 3.5, 4.0, 50);
    scoped_result o = result_of(&opposite, (pm_cycle_options){.kind = PM_LI_ION});
    assert_int_equal(o.summary.half_cycles, 1);
    scoped_trace quiet = trace_new();
    for (int i = 0; i < 5; i++) trace_row(&quiet, i, i % 2 ? 6e-7 : -6e-7, 3.5, 1, 1);
    trace_step(&quiet, -1e-3, 10, 3.5, 3.0, 50);
    scoped_result q = result_of(&quiet, (pm_cycle_options){.kind = PM_LI_ION});
    assert_int_equal(q.summary.half_cycles, 1);
    assert_close(real_at(q.half_cycles, "row_first", 0), 6, 0, 1);
}

static void protocols_are_named(void **state)
{
    (void)state;
    scoped_trace rest = trace_new(), one_way = trace_new(), gitt = trace_new(), paused = trace_new();
    trace_step(&rest, 0, 10, 3.3, 3.3, 50);
    trace_step(&one_way, -1e-3, 10, 0.1, 0.05, 50);
    for (int i = 0; i < 20; i++) {
        trace_step(&gitt, -1e-3, 0.2, 3.9 - 0.02 * i, 3.88 - 0.02 * i, 10);
        trace_step(&gitt, 0, 1, 3.9 - 0.02 * i, 3.89 - 0.02 * i, 10);
        trace_step(&paused, -1e-3, 0.2, 3.9 - 0.02 * i, 3.88 - 0.02 * i, 10);
        trace_step(&paused, 0, 0.01, 3.9 - 0.02 * i, 3.89 - 0.02 * i, 10);
    }
    scoped_result p = result_of(&paused, (pm_cycle_options){0});
    assert_string_equal(p.summary.protocol, "one-way");
    scoped_result r = result_of(&rest, (pm_cycle_options){0});
    scoped_result o = result_of(&one_way, (pm_cycle_options){0});
    scoped_result g = result_of(&gitt, (pm_cycle_options){0});
    assert_string_equal(r.summary.protocol, "rest");
    assert_string_equal(r.summary.kind_source, "unknown");
    assert_int_equal(pm_table_rows(r.cycles), 0);
    assert_string_equal(o.summary.protocol, "one-way");
    assert_int_equal(o.summary.cycles, 0);
    assert_string_equal(g.summary.protocol, "gitt");
    assert_int_equal(g.summary.half_cycles, 1);
    assert_close(real_at(g.half_cycles, "capacity_ah", 0), 4e-3, 1e-9, 0);
}

static void a_dead_band_may_be_given(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    trace_step(&t, 1e-3, 1, 3.5, 4.1, 20);
    trace_step(&t, -1e-5, 5, 4.0, 3.9, 20); /* a leak, or a slow discharge: who knows */
    trace_step(&t, 1e-3, 1, 4.0, 4.2, 20);
    scoped_result found = result_of(&t, (pm_cycle_options){.kind = PM_LI_ION});
    scoped_result given = result_of(&t, (pm_cycle_options){.kind = PM_LI_ION, .dead_band_A = 2e-5});
    assert_int_equal(found.summary.half_cycles, 3);
    assert_int_equal(given.summary.half_cycles, 1);
    assert_close(given.summary.dead_band_A, 2e-5, 0, 0);
}

/** A channel that shows nothing but noise, and then a charge. */
static void noise_is_forgotten_and_memory_stays_bounded(void **state)
{
    (void)state;
    enum { ROWS = 200000 };
    pm_scoped(pm_cycler) cycler = NULL;
    pm_error err = {0};
    scoped_trace t = trace_new();
    t.no_counts = true;
    for (int i = 0; i < ROWS; i++) trace_row(&t, 100.0 * i, 1e-7 * pm_random_normal(&t.random), 3.3, 1, 1);
    pm_scoped(pm_table) noise = trace_table(&t);
    assert_good(pm_cycler_new(&(pm_cycle_options){.kind = PM_LI_ION}, &cycler, &err), &err);
    assert_good(pm_cycler_push(cycler, noise, &err), &err);
    pm_cycle_summary s;
    assert_good(pm_cycler_summary(cycler, &s, &err), &err);
    assert_true(s.half_cycles <= 8192);
    scoped_trace charge = trace_new();
    charge.no_counts = true;
    charge.now_s = 100.0 * ROWS;
    trace_step(&charge, 1e-3, 1, 3.5, 4.2, 50);
    pm_scoped(pm_table) real = trace_table(&charge);
    assert_good(pm_cycler_push(cycler, real, &err), &err);
    assert_good(pm_cycler_summary(cycler, &s, &err), &err);
    assert_int_equal(s.half_cycles, 1);
    assert_string_equal(s.protocol, "one-way");
}

static void long_halves_keep_their_plateau(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    trace_step(&t, 1e-3, 10, 3.0, 4.0, 300000);
    scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_ION});
    assert_close(real_at(r.half_cycles, "voltage_plateau_volt", 0), 3.6, 0, 1.0 / 32768);
    assert_close(real_at(r.half_cycles, "capacity_ah", 0), 0.01, 1e-14, 0);
}

static void missing_values_and_clocks_that_stop_are_survived(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    trace_step(&t, 1e-3, 1, 3.6, 3.6, 20);
    trace_step(&t, -1e-3, 1, 3.5, 3.5, 20);
    t.voltage_V[5] = t.voltage_V[20] = t.current_A[9] = t.time_s[12] = NAN;
    t.time_s[15] = t.time_s[14];
    t.current_A[30] = INFINITY;
    scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_ION});
    assert_close(real_at(r.cycles, "charging_capacity_ah", 0), 1e-3, 1e-12, 0);
    assert_close(real_at(r.cycles, "discharging_capacity_ah", 0), 1e-3, 1e-12, 0);
    assert_close(real_at(r.half_cycles, "voltage_mean_volt", 0), 3.6, 1e-12, 0);
}

static pm_status try_whole(const trace *t, result *out, pm_error *err)
{
    pm_scoped(pm_table) records = NULL;
    pm_status s = trace_try_table(t, &records, err);
    return s ? s : try_result(records, (pm_cycle_options){.kind = PM_LI_CU, .log_efficiency = true}, 0, out, err);
}

/** Each allocation fails once: it is said, and nothing leaks; where the call is good all the same (giving memory back may
 *  fail without harm) so is the answer. */
static void each_allocation_may_fail(void **state)
{
    (void)state;
    scoped_trace t = busy_cell();
    scoped_result right = {0};
    assert_int_equal(try_whole(&t, &right, NULL), PM_OK);
    bool struck = true;
    for (int64_t n = 1; struck; n++) {
        pm_error err = {0};
        result r = {0};
        int64_t held = allocations_held();
        fail_allocation(n);
        pm_status s = try_whole(&t, &r, &err);
        struck = allocation_failed();
        fail_allocation(0);
        if (s == PM_OK) {
            assert_same_table(r.half_cycles, right.half_cycles);
            assert_same_table(r.cycles, right.cycles);
        } else {
            assert_true(struck);
            assert_int_equal(s, PM_ERR_MEMORY);
        }
        result_end(&r);
        assert_int_equal(allocations_held(), held);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rests_pulses_and_flips_break_nothing),
        cmocka_unit_test(however_the_rows_are_cut_the_bits_are_the_same),
        cmocka_unit_test(time_shift_and_current_unit_change_nothing),
        cmocka_unit_test(the_tiny_half_of_a_dead_cell_counts),
        cmocka_unit_test(short_cycles_after_a_long_half_count),
        cmocka_unit_test(a_drive_cycle_is_one_discharge),
        cmocka_unit_test(a_trace_without_current_goes_by_the_sign_of_its_voltage),
        cmocka_unit_test(a_small_voltage_still_has_a_sign),
        cmocka_unit_test(a_pulse_within_the_window_is_no_half_cycle),
        cmocka_unit_test(a_long_weak_pulse_loses_nothing),
        cmocka_unit_test(a_trickle_between_counted_cycles_is_no_half_cycle),
        cmocka_unit_test(ends_are_judged_alone),
        cmocka_unit_test(protocols_are_named),
        cmocka_unit_test(a_dead_band_may_be_given),
        cmocka_unit_test(noise_is_forgotten_and_memory_stays_bounded),
        cmocka_unit_test(long_halves_keep_their_plateau),
        cmocka_unit_test(missing_values_and_clocks_that_stop_are_survived),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
