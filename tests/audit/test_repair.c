/* SPDX-License-Identifier: MIT */
/* What the audit finds is mended by its findings: the sound cell comes back, however the rows are cut into batches. */
#include "audit_cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static pm_table *mended_by(pm_repair *repair, const pm_table *rows, int64_t batch_rows)
{
    pm_table *parts[CELL_ROWS + 1];
    pm_table *all = NULL;
    int n = 0;
    pm_error err;
    for (int64_t first = 0; first < pm_table_rows(rows); first += batch_rows, n++) {
        pm_scoped(pm_table) batch = NULL;
        int64_t left = pm_table_rows(rows) - first;
        assert_good(pm_table_slice(rows, first, left < batch_rows ? left : batch_rows, &batch, &err), &err);
        assert_good(pm_repair_batch(repair, batch, &parts[n], &err), &err);
    }
    assert_good(pm_repair_batch(repair, NULL, &parts[n], &err), &err);
    n += parts[n] != NULL;
    assert_good(pm_table_concat(n, (const pm_table *const *)parts, &all, &err), &err);
    for (int i = 0; i < n; i++) pm_table_free(parts[i]);
    return all;
}

/* Findings of the spoilt cell, and what becomes of its rows by them; freed by the caller. */
static pm_table *mend(const cell *spoilt, const char *code)
{
    static const int64_t cuts[] = {1, 7, 100, 210, CELL_ROWS};
    pm_scoped(pm_table) rows = cell_table(spoilt);
    pm_scoped(pm_table) findings = findings_of(spoilt);
    pm_table *first = NULL;
    pm_error err;
    only(findings, code);
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        pm_scoped(pm_repair) repair = NULL;
        pm_scoped(pm_builder) told = NULL;
        assert_good(pm_repair_new(findings, &repair, &err), &err);
        assert_false(pm_repair_applied(repair, code));
        pm_table *mended = mended_by(repair, rows, cuts[i]);
        assert_true(pm_repair_applied(repair, code));
        assert_false(pm_repair_applied(repair, "no such code"));
        assert_good(pm_builder_new(PM_FINDING_FIELDS, pm_finding_fields, &told, &err), &err);
        pm_repair_findings(repair, told);
        pm_scoped(pm_table) reconciled = NULL;
        assert_good(pm_builder_finish(told, &reconciled, &err), &err);
        assert_string_equal(word_at(reconciled, "action", only(reconciled, code)), "reconciled");
        if (first) assert_same_table(mended, first);
        if (first) pm_table_free(mended);
        if (!first) first = mended;
    }
    return first;
}

static void assert_like(const pm_table *mended, const cell *sound, int number, double atol)
{
    for (int i = 0; i < sound->n; i++)
        assert_close(real_at(mended, pm_audit_name(number), i), sound->x[number][i], 0, atol);
}

static void scale(cell *c, int number, double factor)
{
    for (int i = 0; i < c->n; i++) c->x[number][i] *= factor;
}

/* Row 210 is the last of a batch of 210 rows; 420 is the last of all and stays. */
static void rows_back_in_time_go_between_their_neighbours(void **state)
{
    (void)state;
    cell *sound = sound_cell(60), *c = sound_cell(60);
    static const int dips[] = {100, 209, 350};
    for (int k = 0; k < 3; k++) c->x[PM_AUDIT_TIME][dips[k]] = 0;
    pm_scoped(pm_table) mended = mend(c, "time-backwards");
    assert_like(mended, sound, PM_AUDIT_TIME, 0);
    assert_like(mended, sound, PM_AUDIT_VOLTAGE, 0);
    assert_string_equal(word_at(mended, "step_type", 209), c->word[209]);
    free(sound);
    free(c);
}

static void units_are_divided_out(void **state)
{
    (void)state;
    static const struct {
        int number;
        double factor;
        const char *code;
    } cases[] = {{PM_AUDIT_VOLTAGE, 1000, "voltage-unit"},
                 {PM_AUDIT_CURRENT, 1000, "current-unit"},
                 {PM_AUDIT_TIME, 1 / 60., "time-unit"}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        cell *sound = sound_cell(60), *c = sound_cell(60);
        scale(c, cases[k].number, cases[k].factor);
        pm_scoped(pm_table) mended = mend(c, cases[k].code);
        assert_like(mended, sound, cases[k].number, 1e-9);
        free(sound);
        free(c);
    }
}

static void a_stretch_that_runs_too_fast_is_slowed_down(void **state)
{
    (void)state;
    cell *sound = sound_cell(60), *c = sound_cell(60);
    for (int i = 1; i < 70; i++) c->x[PM_AUDIT_TIME][210 + i] += i * 60 * 59.;
    for (int i = 280; i < c->n; i++) c->x[PM_AUDIT_TIME][i] += 69 * 60 * 59.;
    for (int i = 210; i < c->n; i++) c->x[PM_AUDIT_WALL][i] += 5000;
    for (int i = 280; i < c->n; i++) c->x[PM_AUDIT_WALL][i] += 70000;
    pm_scoped(pm_table) mended = mend(c, "time-unit");
    assert_like(mended, sound, PM_AUDIT_TIME, 1e-9);
    free(sound);
    free(c);
}

static void the_sign_is_turned(void **state)
{
    (void)state;
    cell *sound = sound_cell(60), *c = sound_cell(60);
    for (int i = 0; i < c->n; i++) c->x[PM_AUDIT_CURRENT][i] = 0 - c->x[PM_AUDIT_CURRENT][i];
    pm_scoped(pm_table) mended = mend(c, "current-sign");
    assert_like(mended, sound, PM_AUDIT_CURRENT, 0);
    assert_false(signbit(real_at(mended, "current_ampere", 0)));
    free(sound);
    free(c);
}

static void sentinels_and_odd_cycle_counts_are_missing(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    for (int i = 60; i < 63; i++) c->x[PM_AUDIT_VOLTAGE][i] = -999;
    pm_scoped(pm_table) mended = mend(c, "sentinel");
    for (int i = 0; i < c->n; i++) assert_int_equal(isnan(real_at(mended, "voltage_volt", i)), i >= 60 && i < 63);
    for (int i = 0; i < c->n; i++) c->x[PM_AUDIT_CYCLE][i] = 6.25;
    pm_scoped(pm_table) uncounted = mend(c, "cycle-count-not-integer");
    assert_true(isnan(real_at(uncounted, "cycle_count", 0)) && isnan(real_at(uncounted, "cycle_count", c->n - 1)));
    free(c);
}

static void a_counter_that_restarts_is_added_up(void **state)
{
    (void)state;
    cell *sound = sound_cell(60), *c = sound_cell(60);
    const int k = PM_AUDIT_DISCHARGED, start = CYCLE_ROWS + 2 * REST_ROWS + HALF_ROWS, end = start + HALF_ROWS;
    for (int i = end - 1; i >= start + 30; i--) c->x[k][i] -= c->x[k][start + 30];
    for (int i = start + 30; i < end; i++) sound->x[k][i] -= 1 / 60.; /* what flowed in the row that fell is lost */
    pm_scoped(pm_table) mended = mend(c, "capacity-resets-in-step");
    assert_like(mended, sound, k, 1e-12);
    free(sound);
    free(c);
}

static void an_incomplete_last_row_is_dropped(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    pm_scoped(pm_table) rows = cell_table(c);
    pm_scoped(pm_builder) told = NULL;
    pm_scoped(pm_table) findings = NULL;
    pm_scoped(pm_repair) repair = NULL;
    pm_error err;
    pm_finding f = {.code = "row-incomplete", .severity = "warning", .row_first = CELL_ROWS, .row_last = CELL_ROWS};
    f.reconcilable = 1;
    assert_good(pm_builder_new(PM_FINDING_FIELDS, pm_finding_fields, &told, &err), &err);
    pm_builder_push(told, &f);
    assert_good(pm_builder_finish(told, &findings, &err), &err);
    assert_good(pm_repair_new(findings, &repair, &err), &err);
    pm_scoped(pm_table) mended = mended_by(repair, rows, 100);
    assert_int_equal(pm_table_rows(mended), CELL_ROWS - 1);
    assert_true(pm_repair_applied(repair, "row-incomplete"));
    free(c);
}

static void what_cannot_be_mended_is_left_alone(void **state)
{
    (void)state;
    cell *c = sound_cell(60);
    c->x[PM_AUDIT_TIME][CELL_ROWS - 1] = 0; /* nothing follows */
    for (int i = 0; i < c->n; i++) c->x[PM_AUDIT_VOLTAGE][i] *= 100;
    pm_scoped(pm_table) rows = cell_table(c);
    pm_scoped(pm_table) findings = findings_of(c);
    pm_scoped(pm_repair) repair = NULL;
    pm_error err;
    assert_true(pm_table_rows(findings) >= 2);
    assert_good(pm_repair_new(findings, &repair, &err), &err);
    pm_scoped(pm_table) mended = mended_by(repair, rows, 100);
    assert_same_table(mended, rows);
    assert_false(pm_repair_applied(repair, "time-backwards") || pm_repair_applied(repair, "voltage-unit"));
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_back_in_time_go_between_their_neighbours),
        cmocka_unit_test(units_are_divided_out),
        cmocka_unit_test(a_stretch_that_runs_too_fast_is_slowed_down),
        cmocka_unit_test(the_sign_is_turned),
        cmocka_unit_test(sentinels_and_odd_cycle_counts_are_missing),
        cmocka_unit_test(a_counter_that_restarts_is_added_up),
        cmocka_unit_test(an_incomplete_last_row_is_dropped),
        cmocka_unit_test(what_cannot_be_mended_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
