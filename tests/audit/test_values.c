/* SPDX-License-Identifier: MIT */
/* Values, units and rows: each finding once there, and once nearly. */
#include "audit_cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const int plain[] = {PM_AUDIT_TIME, PM_AUDIT_VOLTAGE, PM_AUDIT_CURRENT, -1};

static void missing_values_but_not_those_of_a_spectrum(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    c->x[PM_AUDIT_VOLTAGE][41] = c->x[PM_AUDIT_VOLTAGE][50] = NAN;
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "value-missing", "warning");
    assert_string_equal(word_at(f, "column", 0), "voltage_volt");
    assert_close(real_at(f, "count", 0), 2, 0, 0);
    assert_close(real_at(f, "row_first", 0), 42, 0, 0);
    assert_close(real_at(f, "row_last", 0), 51, 0, 0);
    c->has[PM_AUDIT_FREQUENCY] = true;
    c->x[PM_AUDIT_FREQUENCY][41] = c->x[PM_AUDIT_FREQUENCY][50] = 1000;
    assert_sound(c);
    free(c);
}

static void infinite_and_huge_values(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    keep_columns(c, plain);
    c->x[PM_AUDIT_CURRENT][33] = INFINITY;
    pm_scoped(pm_table) infinite = findings_of(c);
    assert_alone(infinite, "value-out-of-range", "error");
    c->x[PM_AUDIT_CURRENT][33] = 2e4;
    pm_scoped(pm_table) current = findings_of(c);
    assert_alone(current, "value-out-of-range", "warning");
    assert_close(real_at(current, "row_first", 0), 34, 0, 0);
    c->x[PM_AUDIT_CURRENT][33] = 90;
    c->x[PM_AUDIT_VOLTAGE][40] = 150;
    pm_scoped(pm_table) voltage = findings_of(c);
    assert_alone(voltage, "value-out-of-range", "warning");
    assert_close(real_at(voltage, "observed", 0), 150, 0, 0);
    c->x[PM_AUDIT_VOLTAGE][40] = -19;
    assert_sound(c);
    free(c);
}

static void a_current_far_above_all_others_in_single_rows(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    keep_columns(c, plain);
    c->x[PM_AUDIT_CURRENT][33] = -100; /* row 97 ends a batch */
    c->x[PM_AUDIT_CURRENT][96] = 250;
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "value-out-of-range", "warning");
    assert_close(real_at(f, "count", 0), 2, 0, 0);
    assert_close(real_at(f, "row_first", 0), 34, 0, 0);
    assert_close(real_at(f, "row_last", 0), 97, 0, 0);
    assert_close(real_at(f, "observed", 0), -100, 0, 0);
    assert_close(real_at(f, "expected", 0), 1, 0, 0);
    c->x[PM_AUDIT_CURRENT][33] = -99;
    c->x[PM_AUDIT_CURRENT][97] = 250; /* a pulse of two rows */
    assert_sound(c);
    free(c);
}

static void a_number_for_no_number(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    for (int i = 60; i < 63; i++) c->x[PM_AUDIT_VOLTAGE][i] = -999;
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "sentinel", "error");
    assert_close(real_at(f, "observed", 0), -999, 0, 0);
    assert_close(real_at(f, "row_first", 0), 61, 0, 0);
    assert_close(real_at(f, "row_last", 0), 63, 0, 0);
    assert_close(real_at(f, "reconcilable", 0), 1, 0, 0);
    free(c);
}

static void a_constant_voltage_in_a_spectrum(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    c->has[PM_AUDIT_FREQUENCY] = true;
    for (int i = 0; i < c->n; i++) c->x[PM_AUDIT_FREQUENCY][i] = i >= 70 && i < 80 ? 1e5 / i : NAN;
    for (int i = 70; i < 80; i++) c->x[PM_AUDIT_VOLTAGE][i] = -3.7865;
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "sentinel", "error");
    assert_close(real_at(f, "row_first", 0), 71, 0, 0);
    assert_close(real_at(f, "row_last", 0), 80, 0, 0);
    for (int i = 70; i < 80; i++) c->x[PM_AUDIT_VOLTAGE][i] = 4.2; /* as at rest */
    assert_sound(c);
    free(c);
}

static void a_step_of_voltage_is_no_sentinel(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    keep_columns(c, plain);
    for (int i = 0; i < c->n; i++) c->x[PM_AUDIT_VOLTAGE][i] = i / 20 % 2 ? 3.7865 : -3.7865; /* a symmetric cell */
    assert_sound(c);
    free(c);
}

static void a_current_whose_digits_are_lost(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    keep_columns(c, plain);
    source_of(c, PM_AUDIT_CURRENT)->resolution = 0.01;
    memset(c->x[PM_AUDIT_CURRENT], 0, sizeof c->x[0]);
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "resolution-coarse", "warning");
    assert_close(real_at(f, "count", 0), CELL_ROWS, 0, 0);
    for (int i = 0; i < c->n; i++) c->x[PM_AUDIT_VOLTAGE][i] = 3.3 + 0.05 * i / c->n; /* a cell at rest */
    assert_sound(c);
    free(c);
}

static void a_current_of_two_digits_is_a_note(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    keep_columns(c, plain);
    source_of(c, PM_AUDIT_CURRENT)->resolution = 0.5;
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "resolution-coarse", "note");
    c->source[0].resolution = 0.001;
    assert_sound(c);
    free(c);
}

/* ---- units -------------------------------------------------------------------------------------------------- */

static void scale(cell *c, int number, double factor)
{
    for (int i = 0; i < c->n; i++) c->x[number][i] *= factor;
}

/* Energy counters of the voltage as it is before a test spoils it. */
static void add_energies(cell *c)
{
    static const int energy[2] = {PM_AUDIT_CHARGED_ENERGY, PM_AUDIT_DISCHARGED_ENERGY};
    for (int k = 0; k < 2; k++) {
        const double *capacity = c->x[PM_AUDIT_CHARGED + k], *voltage = c->x[PM_AUDIT_VOLTAGE];
        c->has[energy[k]] = true;
        for (int i = 1; i < c->n; i++) {
            double step_Ah = capacity[i] - capacity[i - 1];
            double before = step_Ah < 0 ? 0 : c->x[energy[k]][i - 1];
            c->x[energy[k]][i] = before + (step_Ah > 0 ? step_Ah * (voltage[i] + voltage[i - 1]) / 2 : 0);
        }
    }
}

static void millivolts_called_volts(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    add_energies(c);
    scale(c, PM_AUDIT_VOLTAGE, 1000);
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "voltage-unit", "error");
    assert_close(real_at(f, "factor", 0), 1000, 0, 0);
    assert_close(real_at(f, "observed", 0), 4200, 1e-9, 0);
    assert_close(real_at(f, "reconcilable", 0), 1, 0, 0);
    free(c);
}

static void hundreds_of_volts_may_be_a_battery(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    scale(c, PM_AUDIT_VOLTAGE, 100);
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "voltage-unit", "warning");
    assert_close(real_at(f, "reconcilable", 0), 0, 0, 0);
    add_energies(c); /* of 300 to 420 V: the energies agree */
    assert_sound(c);
    free(c);
}

static void two_columns_of_one_quantity(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    c->has[SECONDS + PM_AUDIT_CURRENT] = true;
    memcpy(c->x[SECONDS + PM_AUDIT_CURRENT], c->x[PM_AUDIT_CURRENT], sizeof c->x[0]);
    assert_sound(c);
    scale(c, SECONDS + PM_AUDIT_CURRENT, 1000);
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "columns-disagree", "error");
    assert_close(real_at(f, "factor", 0), 1000, 0, 0);
    assert_close(real_at(f, "count", 0), 6 * HALF_ROWS, 0, 0);
    assert_close(real_at(f, "row_first", 0), REST_ROWS + 1, 0, 0);
    assert_close(real_at(f, "reconcilable", 0), 0, 0, 0);
    scale(c, SECONDS + PM_AUDIT_CURRENT, 1.02); /* some other quantity */
    assert_sound(c);
    free(c);
}

static void two_cycle_counts_one_apart(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    c->has[SECONDS + PM_AUDIT_CYCLE] = true;
    for (int i = 0; i < c->n; i++) c->x[SECONDS + PM_AUDIT_CYCLE][i] = c->x[PM_AUDIT_CYCLE][i] + 1;
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "columns-disagree", "note");
    assert_close(real_at(f, "observed", 0), 1, 0, 0);
    assert_close(real_at(f, "count", 0), CELL_ROWS, 0, 0);
    free(c);
}

/* ---- rows --------------------------------------------------------------------------------------------------- */

static void copy_row(cell *c, int to, int from)
{
    for (int k = 0; k < 2 * PM_AUDIT_NUMBERS; k++) c->x[k][to] = c->x[k][from];
    c->word[to] = c->word[from];
}

static void a_row_that_stands_twice(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    c->has[PM_AUDIT_RECORD] = false;
    copy_row(c, 97, 96); /* across a cut into batches of 97 rows */
    copy_row(c, 98, 96);
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "rows-duplicated", "note");
    int64_t at = only(f, "rows-duplicated");
    assert_close(real_at(f, "count", at), 2, 0, 0);
    assert_close(real_at(f, "row_first", at), 98, 0, 0);
    c->word[97] = "CC Chg "; /* nearly */
    c->x[PM_AUDIT_VOLTAGE][98] += 1e-9;
    pm_scoped(pm_table) near = findings_of(c);
    assert_alone(near, "time-equal", "note");
    assert_int_equal(pm_table_rows(near), 1);
    free(c);
}

static void take_rows_away(cell *c, int first, int n)
{
    for (int i = first; i + n < c->n; i++) copy_row(c, i, i + n);
    c->n -= n;
}

static void rows_that_are_not_there(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    take_rows_away(c, 40, 20);
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "rows-missing", "warning");
    assert_close(real_at(f, "row_first", 0), 41, 0, 0);
    assert_close(real_at(f, "count", 0), 20, 0, 0);
    assert_close(real_at(f, "observed", 0), 21, 0, 0);
    for (int i = 40; i < c->n; i++) c->x[PM_AUDIT_RECORD][i] -= 20; /* sampled less often there */
    assert_sound(c);
    for (int i = 40; i < c->n; i++) {
        c->x[PM_AUDIT_RECORD][i] += 20; /* numbers that leave out some, with no time between */
        c->x[PM_AUDIT_TIME][i] -= 20 * 60;
        c->x[PM_AUDIT_WALL][i] -= 20 * 60;
    }
    pm_scoped(pm_table) near = findings_of(c);
    assert_int_equal(pm_findings_count(near, "warning"), 0);
    free(c);
}

static void a_cycle_that_is_not_there(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    c->has[PM_AUDIT_RECORD] = false;
    take_rows_away(c, CYCLE_ROWS, CYCLE_ROWS);
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "rows-missing", "warning");
    assert_close(real_at(f, "row_first", 0), CYCLE_ROWS + 1, 0, 0);
    free(c);
}

/* Time alone tells: 20 times the usual interval, with current before and after. */
static void a_hole_in_a_step(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    keep_columns(c, plain);
    take_rows_away(c, 40, 20);
    pm_scoped(pm_table) f = findings_of(c);
    assert_alone(f, "rows-missing", "warning");
    assert_string_equal(word_at(f, "column", 0), "test_time_second");
    assert_close(real_at(f, "count", 0), 1, 0, 0);
    assert_close(real_at(f, "row_first", 0), 41, 0, 0);
    assert_close(real_at(f, "observed", 0), 21 * 60, 0, 0);
    assert_close(real_at(f, "expected", 0), 60, 0, 0);
    c->x[PM_AUDIT_TIME][38] -= 10; /* an interval of 70 s */
    assert_sound(c);
    c->x[PM_AUDIT_TIME][38] += 10;
    c->n = 43; /* two rows after it, as where the last rows are written when the step ends */
    assert_sound(c);
    free(c);
    c = sound_cell(60);
    keep_columns(c, plain);
    for (int i = 75; i < c->n; i++) c->x[PM_AUDIT_TIME][i] += 1e5; /* at rest nobody looks */
    assert_sound(c);
    free(c);
}

static void an_index_that_jumps_about_is_no_record_number(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    take_rows_away(c, 40, 20);
    for (int i = 200; i < c->n; i++) c->x[PM_AUDIT_RECORD][i] -= 150;
    assert_sound(c);
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_values_but_not_those_of_a_spectrum),
        cmocka_unit_test(infinite_and_huge_values),
        cmocka_unit_test(a_current_far_above_all_others_in_single_rows),
        cmocka_unit_test(a_number_for_no_number),
        cmocka_unit_test(a_constant_voltage_in_a_spectrum),
        cmocka_unit_test(a_step_of_voltage_is_no_sentinel),
        cmocka_unit_test(a_current_whose_digits_are_lost),
        cmocka_unit_test(a_current_of_two_digits_is_a_note),
        cmocka_unit_test(millivolts_called_volts),
        cmocka_unit_test(hundreds_of_volts_may_be_a_battery),
        cmocka_unit_test(two_columns_of_one_quantity),
        cmocka_unit_test(two_cycle_counts_one_apart),
        cmocka_unit_test(a_row_that_stands_twice),
        cmocka_unit_test(rows_that_are_not_there),
        cmocka_unit_test(a_cycle_that_is_not_there),
        cmocka_unit_test(a_hole_in_a_step),
        cmocka_unit_test(an_index_that_jumps_about_is_no_record_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
