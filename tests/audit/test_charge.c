/* SPDX-License-Identifier: MIT */
/* Capacities, the sign of current, cycle counts: each finding once there, and once nearly. */
#include "audit_cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { IN = PM_AUDIT_CHARGED, OUT = PM_AUDIT_DISCHARGED };
static const double HALF_AH = (HALF_ROWS - 1) / 60.0; /* of a sound cell's half-cycle at 60 s a row */

/* Counters that are kept up over steps (from cycle to cycle, or for ever) in place of falling to 0. */
static void keep_up(cell *c, bool over_cycles)
{
    for (int k = IN; k <= OUT; k++) {
        double kept = 0, before = 0;
        for (int i = 1; i < c->n; i++) {
            double now = c->x[k][i];
            if (now < before) kept += before;
            if (!over_cycles && c->x[PM_AUDIT_CYCLE][i] != c->x[PM_AUDIT_CYCLE][i - 1]) kept = 0;
            before = now;
            c->x[k][i] = now + kept;
        }
    }
}

static const char *counter_of(const cell *c)
{
    pm_scoped(pm_audit) audit = NULL;
    pm_scoped(pm_table) rows = cell_table(c);
    pm_error err;
    assert_good(pm_audit_start(NULL, 0, &audit, &err), &err);
    assert_good(pm_audit_push(audit, rows, &err), &err);
    return pm_audit_counter(audit);
}

static void counters_reset_each_step_each_cycle_or_never(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    assert_string_equal(counter_of(c), "step");
    keep_up(c, false);
    assert_string_equal(counter_of(c), "cycle");
    assert_sound(c);
    free(c);
    c = sound_cell(60);
    keep_up(c, true);
    assert_string_equal(counter_of(c), "never");
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "capacity-accumulates", "note");
    assert_close(real_at(f, "observed", 0), 3 * HALF_AH, 1e-12, 0);
    c->n = CYCLE_ROWS + CYCLE_ROWS / 2; /* a cycle and a half */
    assert_sound(c);
    c->has[IN] = c->has[OUT] = false;
    assert_string_equal(counter_of(c), "none");
    free(c);
}

/* The second discharge starts at row 221. */
static void a_counter_that_restarts_inside_a_step(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    const int start = CYCLE_ROWS + 2 * REST_ROWS + HALF_ROWS, restarts[] = {start + 20, start + 30};
    double lost = 0;
    for (int k = 0; k < 2; k++) {
        double reached = c->x[OUT][restarts[k]];
        lost += c->x[OUT][restarts[k] - 1];
        for (int i = restarts[k]; i < start + HALF_ROWS; i++) c->x[OUT][i] -= reached;
    }
    double end = c->x[OUT][start + HALF_ROWS - 1];
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "capacity-resets-in-step", "error");
    assert_string_equal(word_at(f, "column", 0), "discharging_capacity_ah");
    assert_close(real_at(f, "count", 0), 2, 0, 0);
    assert_close(real_at(f, "row_first", 0), restarts[0] + 1, 0, 0);
    assert_close(real_at(f, "row_last", 0), restarts[1] + 1, 0, 0);
    assert_close(real_at(f, "observed", 0), end, 1e-12, 0);
    assert_close(real_at(f, "expected", 0), end + lost, 1e-12, 0);
    for (int i = restarts[0]; i < start + HALF_ROWS; i++) c->x[PM_AUDIT_STEP_ID][i] = i < restarts[1] ? 5 : 6;
    assert_sound(c); /* steps of their own: a reset by right */
    free(c);
}

static void scale(cell *c, int number, double factor)
{
    for (int i = 0; i < c->n; i++) c->x[number][i] *= factor;
}

static void counters_that_are_not_the_integral(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    scale(c, IN, 1.05);
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "capacity-not-integral", "note");
    assert_close(real_at(f, "observed", 0), 3 * HALF_AH * 1.05, 1e-12, 0);
    assert_close(real_at(f, "expected", 0), 3 * HALF_AH, 1e-12, 0);
    free(c);
}

/* 0.93 A printed as 0.9 A: off by 3 %, but within half a digit. */
static void a_rounded_current_is_within_bounds(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    scale(c, PM_AUDIT_CURRENT, 0.9);
    scale(c, IN, 0.93);
    scale(c, OUT, 0.93);
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "capacity-not-integral", "note");
    source_of(c, PM_AUDIT_CURRENT)->resolution = 0.1;
    pm_scoped(pm_table) rounded = findings_of(c);
    assert_alone(rounded, "resolution-coarse", "note");
    assert_int_equal(pm_table_rows(rounded), 1);
    free(c);
}

static void units_between_current_and_capacity(void **state)
{
    (void)state;
    static const struct {
        bool wall;
        int number;
        double scale, factor;
        const char *code;
    } cases[] = {
        {true, PM_AUDIT_CURRENT, 1000, 1000, "current-unit"},
        {false, PM_AUDIT_TIME, 60, 60, "time-unit"},
        {false, PM_AUDIT_TIME, 1 / 3600., 1 / 3600., "time-unit"},
        {true, PM_AUDIT_CURRENT, 1e-3, 1e-3, "capacity-not-integral"}, /* A called mA, or mAh called Ah */
        {true, PM_AUDIT_CURRENT, 1 / 3600., 1 / 3600., "capacity-not-integral"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        cell *c = sound_cell(60);
        c->has[PM_AUDIT_WALL] = cases[k].wall;
        scale(c, cases[k].number, cases[k].scale);
        pm_scoped(pm_table) f = findings_of(c);
        assert_alone(f, cases[k].code, "error");
        assert_close(real_at(f, "factor", 0), cases[k].factor, 1e-12, 0);
        assert_close(real_at(f, "reconcilable", 0), strcmp(cases[k].code, "capacity-not-integral") != 0, 0, 0);
        free(c);
    }
}

/* ---- sign --------------------------------------------------------------------------------------------------- */

static void a_current_of_the_wrong_sign(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    scale(c, PM_AUDIT_CURRENT, -1);
    pm_scoped(pm_table) three = findings_of(c);
    assert_alone(three, "current-sign", "error");
    assert_close(real_at(three, "count", 0), 6 * HALF_ROWS, 0, 0);
    assert_close(real_at(three, "row_first", 0), REST_ROWS + 1, 0, 0);
    assert_close(real_at(three, "reconcilable", 0), 1, 0, 0);
    for (int i = 0; i < c->n; i++) c->x[PM_AUDIT_VOLTAGE][i] = 3.3; /* voltage silent: words and counters */
    pm_scoped(pm_table) two = findings_of(c);
    assert_alone(two, "current-sign", "error");
    c->word[0] = NULL; /* counters alone */
    assert_sound(c);
    free(c);
}

static void voltage_alone_is_no_proof_of_the_sign(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    for (int i = 0; i < c->n; i++) c->x[PM_AUDIT_VOLTAGE][i] = -c->x[PM_AUDIT_VOLTAGE][i];
    assert_sound(c);
    free(c);
}

static void a_current_without_sign(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    for (int i = 0; i < c->n; i++) c->x[PM_AUDIT_CURRENT][i] = fabs(c->x[PM_AUDIT_CURRENT][i]);
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "current-sign", "error");
    assert_close(real_at(f, "count", 0), 3 * HALF_ROWS, 0, 0);
    assert_close(real_at(f, "reconcilable", 0), 0, 0, 0);
    free(c);
}

static void an_assumed_sign(void **state)
{
    (void)state;
    static const int plain[] = {PM_AUDIT_TIME, PM_AUDIT_VOLTAGE, PM_AUDIT_CURRENT, -1};
    cell *c = sound_cell(60);
    keep_columns(c, plain);
    source_of(c, PM_AUDIT_CURRENT)->sign_assumed = true;
    pm_scoped(pm_table) rises = findings_of(c);
    assert_alone(rises, "sign-assumed", "note");
    scale(c, PM_AUDIT_CURRENT, -1);
    pm_scoped(pm_table) whole = findings_of(c); /* more energy comes out than went in */
    assert_alone(whole, "current-sign", "error");
    c->n = REST_ROWS + HALF_ROWS; /* it may all have been in the cell */
    pm_scoped(pm_table) half = findings_of(c);
    assert_alone(half, "sign-assumed", "warning");
    free(c);
}

/* ---- cycle counts ------------------------------------------------------------------------------------------- */

static void a_cycle_count_of_two_pi(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    for (int i = 0; i < c->n; i++) c->x[PM_AUDIT_CYCLE][i] = 6.283185307179586;
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "cycle-count-not-integer", "error");
    assert_close(real_at(f, "count", 0), CELL_ROWS, 0, 0);
    assert_close(real_at(f, "observed", 0), 6.283185307179586, 0, 0);
    free(c);
}

static void a_cycle_count_that_stands_still(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    for (int i = 0; i < c->n; i++) c->x[PM_AUDIT_CYCLE][i] = 1;
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "cycle-count-constant", "warning");
    assert_close(real_at(f, "expected", 0), 3, 0, 0);
    c->n = 2 * CYCLE_ROWS - HALF_ROWS; /* one cycle and a charge */
    assert_sound(c);
    free(c);
}

/* Currents of a microampere at the ends of steps turn the sign, and are no half-cycles. */
static void small_turns_of_the_current_are_not_counted(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    for (int i = 1; i < c->n; i++)
        if (c->x[PM_AUDIT_CURRENT][i] == 0) c->x[PM_AUDIT_CURRENT][i] = i % 2 ? 1e-6 : -1e-6;
    c->word[0] = NULL;
    assert_sound(c);
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counters_reset_each_step_each_cycle_or_never),
        cmocka_unit_test(a_counter_that_restarts_inside_a_step),
        cmocka_unit_test(counters_that_are_not_the_integral),
        cmocka_unit_test(a_rounded_current_is_within_bounds),
        cmocka_unit_test(units_between_current_and_capacity),
        cmocka_unit_test(a_current_of_the_wrong_sign),
        cmocka_unit_test(voltage_alone_is_no_proof_of_the_sign),
        cmocka_unit_test(a_current_without_sign),
        cmocka_unit_test(an_assumed_sign),
        cmocka_unit_test(a_cycle_count_of_two_pi),
        cmocka_unit_test(a_cycle_count_that_stands_still),
        cmocka_unit_test(small_turns_of_the_current_are_not_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
