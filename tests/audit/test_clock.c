/* SPDX-License-Identifier: MIT */
/* Time and wall clock: each finding once there, and once nearly. */
#include "audit_cell.h"

#include <math.h>
#include <stdlib.h>

static const int plain[] = {PM_AUDIT_TIME, PM_AUDIT_VOLTAGE, PM_AUDIT_CURRENT, -1};

static void a_sound_cell_has_no_findings(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    assert_sound(c);
    keep_columns(c, plain);
    assert_sound(c);
    free(c);
}

static void a_single_row_back_in_time(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    c->x[PM_AUDIT_TIME][99] = 0;
    c->x[PM_AUDIT_TIME][202] = 17;
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "time-backwards", "error");
    assert_close(real_at(f, "count", 0), 2, 0, 0);
    assert_close(real_at(f, "row_first", 0), 100, 0, 0);
    assert_close(real_at(f, "row_last", 0), 203, 0, 0);
    assert_close(real_at(f, "expected", 0), 98 * 60, 0, 0);
    assert_close(real_at(f, "observed", 0), 0, 0, 0);
    assert_close(real_at(f, "reconcilable", 0), 1, 0, 0);
    free(c);
}

static void an_equal_time_is_a_note(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    c->x[PM_AUDIT_TIME][99] = c->x[PM_AUDIT_TIME][98];
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "time-equal", "note");
    assert_close(real_at(f, "row_first", 0), 100, 0, 0);
    free(c);
}

static void the_last_row_back_in_time_cannot_be_mended(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    c->x[PM_AUDIT_TIME][419] = 0;
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "time-backwards", "error");
    assert_close(real_at(f, "reconcilable", 0), 0, 0, 0);
    free(c);
}

static void start_again(cell *c, int number, int from, double by)
{
    for (int i = from; i < c->n; i++) c->x[number][i] -= by;
}

static void time_that_starts_again(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    start_again(c, PM_AUDIT_TIME, 200, 200 * 60);
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "time-backwards", "error");
    assert_close(real_at(f, "count", 0), 1, 0, 0);
    assert_close(real_at(f, "row_first", 0), 201, 0, 0);
    assert_close(real_at(f, "reconcilable", 0), 0, 0, 0);
    free(c);
}

static void two_tests_in_one_file(void **state)
{
    (void)state;
    static const int without_record[] = {PM_AUDIT_TIME, PM_AUDIT_VOLTAGE, PM_AUDIT_CURRENT, PM_AUDIT_WALL, -1};
    cell *c = sound_cell(60);
    start_again(c, PM_AUDIT_TIME, 200, 200 * 60);
    start_again(c, PM_AUDIT_WALL, 200, 200 * 60);
    start_again(c, PM_AUDIT_RECORD, 200, 200);
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "tests-joined", "error");
    assert_close(real_at(f, "row_first", 0), 201, 0, 0);
    assert_close(real_at(f, "expected", 0), 199 * 60, 0, 0);
    keep_columns(c, without_record);
    pm_scoped(pm_table) by_wall = findings_of(c);
    assert_alone(by_wall, "tests-joined", "error");
    keep_columns(c, plain);
    pm_scoped(pm_table) by_time = findings_of(c);
    assert_alone(by_time, "time-backwards", "error");
    free(c);
}

static void scale(cell *c, int number, double factor)
{
    for (int i = 0; i < c->n; i++) c->x[number][i] *= factor;
}

/* Without a wall clock: half-cycles of 2,000 h and more over 1.2 V. */
static void hours_and_milliseconds_called_seconds(void **state)
{
    (void)state;
    static const double factors[] = {3600, 1000};
    for (int k = 0; k < 2; k++) {
        cell *c = sound_cell(120);
        keep_columns(c, plain);
        scale(c, PM_AUDIT_TIME, factors[k]);
        pm_scoped(pm_table) f = findings_of(c);
        assert_alone(f, "time-unit", "error");
        assert_close(real_at(f, "factor", 0), factors[k], 0, 0);
        assert_close(real_at(f, "expected", 0), 120, 1e-12, 0);
        assert_close(real_at(f, "row_last", 0), CELL_ROWS, 0, 0);
        assert_close(real_at(f, "reconcilable", 0), 1, 0, 0);
        free(c);
    }
}

static void slow_cells_are_sound(void **state)
{
    (void)state;
    cell *c = sound_cell(3600 * 16); /* half-cycles of 944 h, 280 days in all */
    keep_columns(c, plain);
    assert_sound(c);
    cell *rested = sound_cell(60);
    keep_columns(rested, plain);
    for (int i = 75; i < rested->n; i++)
        rested->x[PM_AUDIT_TIME][i] += 3600 * 2000.0; /* a long rest is no half-cycle */
    assert_sound(rested);
    free(rested);
    free(c);
}

static void minutes_called_seconds_against_the_wall_clock(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    scale(c, PM_AUDIT_TIME, 1 / 60.);
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "time-unit", "error");
    assert_close(real_at(f, "factor", 0), 1 / 60., 1e-12, 0);
    assert_close(real_at(f, "row_first", 0), 1, 0, 0);
    assert_close(real_at(f, "row_last", 0), CELL_ROWS, 0, 0);
    assert_close(real_at(f, "observed", 0) / real_at(f, "expected", 0), 1 / 60., 1e-9, 0);
    free(c);
}

/* Rows 211 to 280 (a step from its second row on, with a pause of the clock before and after) run 60 times too fast. */
static void a_stretch_that_runs_too_fast(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    for (int i = 1; i < 70; i++) c->x[PM_AUDIT_TIME][210 + i] += i * 60 * 59.;
    start_again(c, PM_AUDIT_TIME, 280, -69 * 60 * 59.);
    start_again(c, PM_AUDIT_WALL, 210, -5000);
    start_again(c, PM_AUDIT_WALL, 280, -70000);
    pm_scoped(pm_table) f = findings_of(c);
    int64_t at = only(f, "time-unit");
    assert_close(real_at(f, "factor", at), 60, 0, 0);
    assert_close(real_at(f, "row_first", at), 211, 0, 0);
    assert_close(real_at(f, "row_last", at), 280, 0, 0);
    assert_close(real_at(f, "count", at), 70, 0, 0);
    assert_close(real_at(f, "expected", at), 69 * 60, 1e-9, 0);
    assert_close(real_at(f, "observed", at), 69 * 3600, 1e-9, 0);
    int64_t jump = only(f, "wall-clock-jump");
    assert_close(real_at(f, "count", jump), 2, 0, 0);
    assert_close(real_at(f, "observed", jump), 5000, 1e-9, 0);
    free(c);
}

/* A clock that is read to the second, and is half a minute late at some steps. */
static void a_coarse_wall_clock_is_sound(void **state)
{
    (void)state;
    cell *c = sound_cell(7.3);
    for (int i = 0; i < c->n; i++) c->x[PM_AUDIT_WALL][i] = floor(c->x[PM_AUDIT_WALL][i] + (i > 150 ? 30 : 0));
    assert_sound(c);
    free(c);
}

static void a_jump_of_the_wall_clock_is_a_note(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    start_again(c, PM_AUDIT_WALL, 150, -5000);
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "wall-clock-jump", "note");
    assert_close(real_at(f, "row_first", 0), 151, 0, 0);
    assert_close(real_at(f, "observed", 0), 5000, 1e-9, 0);
    free(c);
}

/* 2019-11-03 02:00 is 1572746400 where local time is written as if it were universal. */
static void daylight_saving_and_an_hour_in_july(void **state)
{
    (void)state;
    static const double starts[] = {1572746400, 1562119200};
    static const char *const codes[] = {"daylight-saving", "wall-clock-jump"};
    for (int k = 0; k < 2; k++) {
        cell *c = sound_cell(60);
        for (int i = 0; i < c->n; i++) c->x[PM_AUDIT_WALL][i] += starts[k] - 1.6e9 - 200 * 60;
        start_again(c, PM_AUDIT_WALL, 200, 3599.8);
        pm_scoped(pm_table) f = findings_of(c);
        assert_alone(f, codes[k], "note");
        assert_close(real_at(f, "row_first", 0), 201, 0, 0);
        assert_close(real_at(f, "observed", 0), -3599.8, 1e-6, 0);
        free(c);
    }
}

static void a_wall_clock_in_milliseconds(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    scale(c, PM_AUDIT_WALL, 1000);
    pm_scoped(pm_table) f = findings_of(c);
    assert_close(real_at(f, "factor", only(f, "wall-clock-unit")), 1000, 0, 0);
    assert_int_equal(pm_findings_count(f, "error"), 0);
    free(c);
}

static void an_assumed_unit_is_confirmed_by_the_wall_clock(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    source_of(c, PM_AUDIT_TIME)->unit_assumed = true;
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "unit-assumed", "note");
    assert_close(real_at(f, "observed", 0), 1, 1e-12, 0);
    keep_columns(c, plain);
    assert_sound(c); /* nothing to confirm it by: the reader tells of it */
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_cell_has_no_findings),
        cmocka_unit_test(a_single_row_back_in_time),
        cmocka_unit_test(an_equal_time_is_a_note),
        cmocka_unit_test(the_last_row_back_in_time_cannot_be_mended),
        cmocka_unit_test(time_that_starts_again),
        cmocka_unit_test(two_tests_in_one_file),
        cmocka_unit_test(hours_and_milliseconds_called_seconds),
        cmocka_unit_test(slow_cells_are_sound),
        cmocka_unit_test(minutes_called_seconds_against_the_wall_clock),
        cmocka_unit_test(a_stretch_that_runs_too_fast),
        cmocka_unit_test(a_coarse_wall_clock_is_sound),
        cmocka_unit_test(a_jump_of_the_wall_clock_is_a_note),
        cmocka_unit_test(daylight_saving_and_an_hour_in_july),
        cmocka_unit_test(a_wall_clock_in_milliseconds),
        cmocka_unit_test(an_assumed_unit_is_confirmed_by_the_wall_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
