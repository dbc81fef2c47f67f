/* SPDX-License-Identifier: MIT */
/* Tables of cycles as cyclers and people leave them: with gaps, in another order, with columns that contradict each
 * other, with efficiencies that cannot be, with N/P that is not this cell's. */
#include "cycles.h"
#include "support.h"

#include <math.h>
#include <string.h>

enum { CYCLES = 300, LAST_WITH_FOIL = 200 };

/* A foil of N/P 1 of which each cycle loses half a percent of what it plates: used up by 200 cycles. Efficiencies 0.9998
 * and then 0.995. */
static void make_cell(cycle_row cycles[CYCLES], double noise)
{
    pm_random random = pm_random_stream(3, "test/odd", 0);
    double capacity = 0.004;

    for (int i = 0; i < CYCLES; i++) {
        bool short_of = i >= LAST_WITH_FOIL;
        double efficiency = short_of ? 0.995 : 0.9998;
        if (short_of) capacity *= 0.995;
        double seen = capacity * (1 + noise * pm_random_normal(&random));
        double part = efficiency * (1 + noise * pm_random_normal(&random));
        cycles[i] = (cycle_row){i + 1, seen / part, seen, part, 0.1};
    }
}

static bool notes_say(const pm_stages *s, const char *words)
{
    for (int i = 0; s->notes[i][0]; i++)
        if (strstr(s->notes[i], words)) return true;
    return false;
}

static bool cannot_say(const pm_stages *s, const char *words)
{
    for (int i = 0; s->cannot_know[i]; i++)
        if (strstr(s->cannot_know[i], words)) return true;
    return false;
}

/* What 200 cycles of the same charge must give, whichever of them are written down. */
static void assert_whole_life(const pm_stages *s)
{
    assert_int_equal(s->stage, 4);
    assert_true(s->start[4].low <= 201 && 201 <= s->start[4].high);
    assert_close(s->coulombic_efficiency_lithium_mean.value, 0.995, 0, 1.5e-4);
    assert_close(s->hidden_lithium_Ah.value, 0.004, 2e-3, 0);
    assert_close(s->normalised_cycle_life.value * (1 - s->coulombic_efficiency_lithium_mean.value), 1, 0.02, 0);
}

static void missing_cycles_plate_what_their_neighbours_do(void **state)
{
    (void)state;
    static cycle_row all[CYCLES], kept[CYCLES];
    int64_t n = 0, m = 0;
    make_cell(all, 3e-4);
    pm_stages s = cycles_told(all, CYCLES, 1, 0.05);
    assert_whole_life(&s);
    assert_int_equal(s.missing, 0);
    assert_true(s.notes[0][0] == 0);

    for (int i = 3; i < CYCLES; i += 5) kept[n++] = all[i]; /* every fifth */
    s = cycles_told(kept, n, 1, 0.05);
    assert_whole_life(&s);
    assert_int_equal(s.missing, 299 - 60);
    assert_true(notes_say(&s, "239 of 299 cycles are missing"));

    for (int i = 0; i < CYCLES; i++) { /* a hole, and cells without a number */
        if (i >= 60 && i < 140) continue;
        kept[m] = all[i];
        if (i % 7 == 0) kept[m].discharged = NAN;
        m++;
    }
    s = cycles_told(kept, m, 1, 0.05);
    assert_whole_life(&s);
}

/* A counter that was set anew, that counts half-cycles or is a clock: sums over cycles would be of none of them. */
static void counts_that_are_none_are_refused(void **state)
{
    (void)state;
    static cycle_row all[CYCLES];
    pm_stage_options options = {.kind = PM_LI_CATHODE, .n_to_p = {{1, 0.05}, PM_N_TO_P_FOIL}};
    pm_stages s;
    pm_error err = {0};
    make_cell(all, 3e-4);
    for (int i = 60; i < CYCLES; i++) all[i].cycle_count += 900000000;
    assert_int_equal(cycles_ask(all, CYCLES, &options, &s, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "jumps from 60 to 900000061"));
    for (int i = 0; i < CYCLES; i++) all[i].cycle_count = i % 150 + 1;
    assert_int_equal(cycles_ask(all, CYCLES, &options, &s, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "150 of 300 rows have a cycle_count that stands before"));
    for (int i = 0; i < CYCLES; i++) all[i].cycle_count = i - 100;
    assert_int_equal(cycles_ask(all, CYCLES, &options, &s, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "101 of 300 rows have no whole cycle_count"));
}

/* From 0 on, or beyond what a cell lives: rows that are not used are told. */
static void a_count_is_a_whole_number_from_1_on(void **state)
{
    (void)state;
    static cycle_row all[CYCLES];
    make_cell(all, 3e-4);
    all[CYCLES - 1].cycle_count = INT64_MAX;
    for (int i = 0; i < CYCLES - 1; i++) all[i].cycle_count--;
    pm_stages s = cycles_told(all, CYCLES, 1, 0.05);
    assert_int_equal(s.cycles, CYCLES - 2);
    assert_int_equal(s.last, CYCLES - 2);
    assert_true(notes_say(&s, "2 rows have no whole cycle_count from 1 on, and are left out"));
    assert_int_equal(s.start[4].told, PM_TOLD_YES);
    assert_true(s.start[4].low <= 200 && 200 <= s.start[4].high);
}

/* One charge that cannot be, as of a counter that was not reset, does not plate the foil many times over. */
static void a_charge_beyond_reason_is_told(void **state)
{
    (void)state;
    static cycle_row all[CYCLES];
    make_cell(all, 3e-4);
    all[0].charged = all[120].charged = 1e300;
    pm_stages s = cycles_told(all, CYCLES, 1, 0.05);
    assert_whole_life(&s);
    assert_true(notes_say(&s, "2 cycles plate more than ten times the capacity"));
}

static void assert_mean_is_reciprocal(const pm_stages *s)
{
    const pm_estimate *mean = &s->coulombic_efficiency_lithium_mean, *life = &s->normalised_cycle_life;

    assert_close(life->value * (1 - mean->value), 1, 0.02, 0);
    assert_close(life->low * (1 - mean->low), 1, 0.03, 0);
    assert_close(life->high * (1 - mean->high), 1, 0.03, 0);
}

/* Equation 1 is the reciprocal of the mean inefficiency: at the ends of wide intervals, too, which stay possible. */
static void wide_n_to_p_has_possible_bounds(void **state)
{
    (void)state;
    static cycle_row all[CYCLES];
    static const double deviations[] = {0.05, 0.2, 0.35};
    make_cell(all, 3e-4);
    for (int k = 0; k < 3; k++) {
        pm_stages s = cycles_told(all, CYCLES, 1, deviations[k]);
        assert_mean_is_reciprocal(&s);
    }
    pm_stages s = cycles_told(all, CYCLES, 1, 1);
    assert_true(s.hidden_lithium_Ah.low == 0 && s.coulombic_efficiency_lithium_mean.low >= 0);
    assert_true(s.normalised_cycle_life.low > 0 && isnan(s.normalised_cycle_life.high));
    s = cycles_told(all, 30, 50, 10);
    assert_true(s.coulombic_efficiency_lithium_mean.low == 0 && isnan(s.step_expected));
}

/* Stage 4 is a step of capacity and efficiency, which is lithium's unless something speaks against it. */
static void a_step_with_polarisation_may_be_a_dry_cell(void **state)
{
    (void)state;
    static cycle_row all[CYCLES];
    make_cell(all, 3e-4);
    assert_int_equal(cycles_told(all, CYCLES, 1, 0.05).limit, PM_LIMIT_LITHIUM);
    assert_int_equal(cycles_told(all, CYCLES, 5, 0.25).limit, PM_LIMIT_UNKNOWN); /* N/P contradicts */
    for (int i = LAST_WITH_FOIL; i < CYCLES; i++) all[i].polarisation *= 1 + (i - LAST_WITH_FOIL) * 0.1;
    pm_stages s = cycles_told(all, CYCLES, 1, 0.05);
    assert_int_equal(s.start[4].told, PM_TOLD_YES);
    assert_int_equal(s.limit, PM_LIMIT_UNKNOWN);
    for (int i = 0; i < CYCLES; i++) /* it rose before capacity fell */
        all[i].polarisation = 0.1 * (i < 150 ? 1 : i < LAST_WITH_FOIL ? 1 + (i - 150) * 0.06 : 4);
    assert_int_equal(cycles_told(all, CYCLES, 1, 0.05).limit, PM_LIMIT_UNKNOWN);
}

/* The foil is gone before the record, or within its first cycles: nothing but a step would tell, and there is none. */
static void short_from_the_first_cycle_on_cannot_be_told(void **state)
{
    (void)state;
    static cycle_row all[CYCLES];
    make_cell(all, 3e-4);
    pm_stages s = cycles_told(all + LAST_WITH_FOIL, CYCLES - LAST_WITH_FOIL, 0.3, 0.015);
    assert_int_equal(s.start[4].told, PM_TOLD_CANNOT);
    assert_int_equal(s.stage_known, false);
    assert_true(isnan(s.normalised_cycle_life.low));
    for (int i = 190; i < CYCLES; i++) all[i].cycle_count -= 190;
    s = cycles_told(all + 190, CYCLES - 190, 0.05, 0.0025);
    assert_int_equal(s.start[4].told, PM_TOLD_YES);
    assert_true(s.start[4].low <= 11 && 11 <= s.start[4].high);
}

/* A day's swing of a cell of which each cycle takes 5 h, ten times the noise: found and taken out, also behind a hole in
 * the record, so that the noise and the boundary are those of the cell without it. */
static void a_swing_is_taken_out(void **state)
{
    (void)state;
    static cycle_row still[CYCLES], swung[CYCLES], kept[CYCLES];
    int64_t n = 0;
    make_cell(still, 3e-4);
    memcpy(swung, still, sizeof swung);
    for (int i = 0; i < CYCLES; i++) swung[i].efficiency += 3e-3 * cos(2 * M_PI * 5 / 24 * i + 1);
    pm_stages without = cycles_told(still, CYCLES, 1, 0.05), with = cycles_told(swung, CYCLES, 1, 0.05);
    assert_whole_life(&with);
    assert_close(with.noise, without.noise, 0.25, 0);
    for (int i = 0; i < CYCLES; i++)
        if (i < 70 || i > 96) kept[n++] = swung[i];
    with = cycles_told(kept, n, 1, 0.05);
    assert_whole_life(&with);
    assert_close(with.noise, without.noise, 0.25, 0);
}

/* Before stage 4, all the foil over all that was plated: 1 / 150, whatever is written down. */
static void bounds_count_missing_cycles(void **state)
{
    (void)state;
    static cycle_row all[CYCLES], kept[CYCLES];
    int64_t n = 0;
    make_cell(all, 3e-4);
    for (int i = 4; i < 150; i += 5) kept[n++] = all[i];
    pm_stages s = cycles_told(kept, n, 1, 0);
    assert_int_equal(s.start[4].told, PM_TOLD_NO);
    assert_close(s.coulombic_efficiency_lithium_mean.low, 1 - 1.0 / 150, 0, 1e-5);
    assert_close(s.normalised_cycle_life.low, 150, 0, 1e-9);
}

static void rows_in_another_order_are_sorted(void **state)
{
    (void)state;
    static cycle_row all[CYCLES], turned[CYCLES];
    make_cell(all, 3e-4);
    pm_stages right = cycles_told(all, CYCLES, 1, 0.05);
    for (int i = 0; i < CYCLES; i++) turned[i] = all[CYCLES - 1 - i];
    pm_stages s = cycles_told(turned, CYCLES, 1, 0.05);
    assert_int_equal(s.cycles, CYCLES);
    assert_true(notes_say(&s, "not in the order of cycle_count"));
    assert_close(s.start[4].cycle, right.start[4].cycle, 0, 0);
    assert_close(s.coulombic_efficiency_lithium_mean.value, right.coulombic_efficiency_lithium_mean.value, 0, 0);
    for (int i = 0; i < CYCLES; i++) turned[i] = all[i * 7 % CYCLES]; /* 7 and 300 have no common factor: each once */
    s = cycles_told(turned, CYCLES, 1, 0.05);
    assert_close(s.start[4].cycle, right.start[4].cycle, 0, 0);
    turned[5].cycle_count = turned[6].cycle_count;
    s = cycles_told(turned, CYCLES, 1, 0.05);
    assert_true(notes_say(&s, "1 cycle stands more than once"));
}

static void efficiencies_above_one_answer_nothing(void **state)
{
    (void)state;
    static cycle_row all[CYCLES];
    make_cell(all, 3e-3);
    for (int i = 0; i < 120; i++) {
        all[i].charged *= all[i].efficiency / (all[i].efficiency + 0.0052);
        all[i].efficiency += 0.0052; /* 100.5 % */
    }
    pm_stages s = cycles_told(all, 120, 1, 0.05);
    assert_true(notes_say(&s, "above 1 by more than its noise"));
    assert_int_equal(s.start[4].told, PM_TOLD_CANNOT);
    assert_true(cannot_say(&s, "efficiencies are above 1"));
    assert_false(s.stage_known);
    make_cell(all, 3e-3); /* half of the cycles are above 0.9998, many above 1: noise */
    s = cycles_told(all, 120, 1, 0.05);
    assert_false(notes_say(&s, "above 1"));
}

static void columns_that_disagree_are_told(void **state)
{
    (void)state;
    static cycle_row all[CYCLES];
    make_cell(all, 3e-4);
    for (int i = 0; i < CYCLES; i++) all[i].charged *= 1.01;
    pm_stages s = cycles_told(all, CYCLES, 1, 0.05);
    assert_true(notes_say(&s, "points above discharging_capacity_ah / charging_capacity_ah"));
    make_cell(all, 3e-4);
    for (int i = 0; i < CYCLES; i++) all[i].charged = round(all[i].charged * 2e4) / 2e4; /* to 1 % of it */
    s = cycles_told(all, CYCLES, 1, 0.05);
    assert_false(notes_say(&s, "discharging_capacity_ah"));
}

/* What is measured is a fall from 0.9998 to 0.995 in cycle 201. N/P of another cell does not make that a no. */
static void n_to_p_of_another_cell_is_told(void **state)
{
    (void)state;
    static cycle_row all[CYCLES];
    make_cell(all, 3e-4);
    const double wrong[] = {30, 4, 0.05};
    for (int i = 0; i < 3; i++) {
        pm_stages s = cycles_told(all, CYCLES, wrong[i], 0.05 * wrong[i]);
        assert_true(s.n_to_p_contradicted);
        assert_true(notes_say(&s, "contradict each other"));
        assert_true(s.start[4].told != PM_TOLD_NO);
        if (s.start[4].told == PM_TOLD_YES) assert_close(s.start[4].cycle, 201, 0, 2);
        assert_true(isnan(s.hidden_lithium_Ah.value) && isnan(s.hidden_lithium_Ah.high));
        assert_true(cannot_say(&s, "N/P and data contradict"));
    }
    const double possible[] = {0.7, 1, 1.3};
    for (int i = 0; i < 3; i++) assert_false(cycles_told(all, CYCLES, possible[i], 0.05).n_to_p_contradicted);
    /* in a cell without a step nothing speaks against any */
    assert_false(cycles_told(all, 190, 30, 1).n_to_p_contradicted);
}

/* Deng's step: efficiency of the cathode less that of lithium. */
static void the_step_expected_is_that_at_the_boundary(void **state)
{
    (void)state;
    static cycle_row all[CYCLES];
    make_cell(all, 1e-4);
    pm_stages s = cycles_told(all, CYCLES, 1, 0);
    assert_close(s.step_expected, 0.9998 - 0.995, 0, 5e-5);
    assert_close(s.step, 0.9998 - 0.995, 0, 5e-5);
}

static void one_bad_cycle_takes_no_capacity(void **state)
{
    (void)state;
    static cycle_row all[CYCLES];
    make_cell(all, 3e-4);
    all[148].discharged *= 0.01; /* alone it makes the mean of the last five 0.8 */
    all[148].charged *= 0.01;
    pm_stages s = cycles_told(all, 150, 1, 0.05);
    assert_int_equal(s.limit, PM_LIMIT_UNKNOWN);
    assert_true(cannot_say(&s, "capacity has lost less than a fifth"));
}

/* A third of the capacity goes, at the same efficiency: by the polarisation the cathode's, without it nobody knows. */
static void what_took_the_capacity_wants_evidence(void **state)
{
    (void)state;
    static cycle_row all[CYCLES];
    make_cell(all, 3e-4);
    for (int i = 0; i < 190; i++) {
        double kept = 1 - 0.35 * i / 190;
        all[i].discharged *= kept;
        all[i].charged *= kept;
        all[i].polarisation = 0.1 + 1e-5 * i;
    }
    assert_int_equal(cycles_told(all, 190, 3, 0.1).limit, PM_LIMIT_CATHODE);
    for (int i = 0; i < 190; i++) all[i].polarisation = 0.1 * (1 + i / 190.0);
    pm_stages risen = cycles_told(all, 190, 3, 0.1);
    for (int i = 0; i < 190; i++) all[i].polarisation = NAN;
    pm_stages unmeasured = cycles_told(all, 190, 3, 0.1);
    assert_int_equal(risen.limit, PM_LIMIT_UNKNOWN);
    assert_int_equal(unmeasured.limit, PM_LIMIT_UNKNOWN);
    assert_true(cannot_say(&unmeasured, "whether cathode or electrolyte took the capacity"));
    /* no polarisation, no energy, no thickness: stage 2 cannot be told, so not which stage it is */
    assert_true(!unmeasured.stage_known || unmeasured.stage == 3);
    make_cell(all, 3e-4);
    for (int i = 0; i < 190; i++) all[i].polarisation = NAN;
    unmeasured = cycles_told(all, 190, 3, 0.1);
    assert_false(unmeasured.stage_known);
    assert_int_equal(unmeasured.stage, 1);
}

/* A quarter of the capacity goes in one cycle and stays away: no wear. */
static void a_change_of_rate_is_no_worn_cathode(void **state)
{
    (void)state;
    static cycle_row all[CYCLES];
    make_cell(all, 3e-4);
    for (int i = 100; i < 190; i++) {
        all[i].discharged *= 0.75;
        all[i].charged *= 0.75;
    }
    pm_stages s = cycles_told(all, 190, 3, 0.1);
    assert_int_equal(s.limit, PM_LIMIT_UNKNOWN);
    assert_true(cannot_say(&s, "change of rate"));
    assert_true(cannot_say(&s, "whether cathode or electrolyte took the capacity"));
}

static void no_foil_and_a_foil(void **state)
{
    (void)state;
    static cycle_row all[CYCLES];
    pm_stage_options options = {.kind = PM_ANODE_FREE, .n_to_p = {{1, 0}, PM_N_TO_P_FOIL}};
    pm_stages s;
    pm_error err = {0};
    make_cell(all, 3e-4);
    assert_int_equal(cycles_ask(all, 100, &options, &s, &err), PM_ERR_ARGUMENT);
    assert_non_null(strstr(err.message, "contradict"));
    options.n_to_p.convention = PM_N_TO_P_TOTAL;
    assert_good(cycles_ask(all, 100, &options, &s, &err), &err);
}

static void make_anode_free(cycle_row cycles[CYCLES], double efficiency, double kept)
{
    pm_random random = pm_random_stream(5, "test/odd", 0);

    for (int i = 0; i < CYCLES; i++) {
        double part = efficiency + 1e-3 * pm_random_normal(&random), seen = 0.004 * pow(kept, i);
        cycles[i] = (cycle_row){i + 1, seen / part, seen, part, 0.1};
    }
}

/* Without foil the efficiency is lithium's, and takes the capacity: where more is gone, something else did too. */
static void an_anode_free_cell_loses_what_its_efficiency_says(void **state)
{
    (void)state;
    static cycle_row all[CYCLES];
    pm_stage_options options = {.kind = PM_ANODE_FREE};
    pm_stages s;
    pm_error err = {0};
    make_anode_free(all, 0.99, 0.99);
    assert_good(cycles_ask(all, 100, &options, &s, &err), &err);
    assert_int_equal(s.limit, PM_LIMIT_LITHIUM);
    const pm_estimate *mean = &s.coulombic_efficiency_lithium_mean;
    assert_true(mean->low <= 0.99 && 0.99 <= mean->high);
    assert_close(mean->high - mean->low, 2 * 1.645 * 1e-3 / sqrt(100), 0.25, 0); /* of independent noise */
    make_anode_free(all, 0.9995, 0.98);
    assert_good(cycles_ask(all, 100, &options, &s, &err), &err);
    assert_int_equal(s.limit, PM_LIMIT_UNKNOWN);
    make_anode_free(all, 1.005, 0.99);
    assert_good(cycles_ask(all, 100, &options, &s, &err), &err);
    assert_true(notes_say(&s, "efficiency is above 1") && isnan(mean->value));
}

/* Each cycle keeps 0.99 of the one before: 59 later, 0.99^59, whatever is missing between. */
static void products_go_on_behind_a_gap(void **state)
{
    (void)state;
    static const pm_field fields[] = {
        {"cycle_count", PM_INT64, "1", offsetof(cycle_row, cycle_count), NULL},
        {"discharging_capacity_ah", PM_DOUBLE, "Ah", offsetof(cycle_row, discharged), NULL},
        {"coulombic_efficiency", PM_DOUBLE, "1", offsetof(cycle_row, efficiency), NULL},
    };
    pm_scoped(pm_builder) rows = NULL;
    pm_scoped(pm_table) table = NULL;
    pm_anode_free_cycles found;
    pm_error err = {0};
    assert_int_equal(pm_builder_new(3, fields, &rows, NULL), PM_OK);
    pm_builder_push(rows,
                    &(cycle_row){.cycle_count = 0, .discharged = NAN, .efficiency = NAN}); /* begins with a charge */
    for (int i = 1; i <= 60; i++) {
        if (i == 20 || i == 21) continue;
        pm_builder_push(rows, &(cycle_row){.cycle_count = i,
                                           .discharged = i == 40 ? NAN : 0.004 * pow(0.99, i - 1) * (i > 50 ? 0.9 : 1),
                                           .efficiency = 0.99});
    }
    assert_int_equal(pm_builder_finish(rows, &table, NULL), PM_OK);
    assert_good(pm_anode_free_of(table, 0.02, &found, &err), &err);
    assert_int_equal(found.cycles, 57);
    assert_int_equal(found.missing, 3);
    assert_close(found.check.product, pow(0.99, 59), 1e-12, 0);
    assert_close(found.check.ratio, 0.9, 1e-12, 0);
    assert_close(found.parts, 51, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_cycles_plate_what_their_neighbours_do),
        cmocka_unit_test(bounds_count_missing_cycles),
        cmocka_unit_test(counts_that_are_none_are_refused),
        cmocka_unit_test(a_count_is_a_whole_number_from_1_on),
        cmocka_unit_test(a_charge_beyond_reason_is_told),
        cmocka_unit_test(wide_n_to_p_has_possible_bounds),
        cmocka_unit_test(a_step_with_polarisation_may_be_a_dry_cell),
        cmocka_unit_test(short_from_the_first_cycle_on_cannot_be_told),
        cmocka_unit_test(a_swing_is_taken_out),
        cmocka_unit_test(rows_in_another_order_are_sorted),
        cmocka_unit_test(efficiencies_above_one_answer_nothing),
        cmocka_unit_test(columns_that_disagree_are_told),
        cmocka_unit_test(n_to_p_of_another_cell_is_told),
        cmocka_unit_test(the_step_expected_is_that_at_the_boundary),
        cmocka_unit_test(one_bad_cycle_takes_no_capacity),
        cmocka_unit_test(what_took_the_capacity_wants_evidence),
        cmocka_unit_test(a_change_of_rate_is_no_worn_cathode),
        cmocka_unit_test(no_foil_and_a_foil),
        cmocka_unit_test(an_anode_free_cell_loses_what_its_efficiency_says),
        cmocka_unit_test(products_go_on_behind_a_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
