/* SPDX-License-Identifier: MIT */
/* Tables of cells made by hand; Welch, Student and Holm against scipy 1.17.1, intervals for several differences at once
 * against mpmath 1.3 at 40 digits (values quoted). */
#include "early/early.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* ---- tables of cells ---- */

static pm_cell_row blank(const char *cell, const char *electrolyte)
{
    return (pm_cell_row){cell, electrolyte, "li-cu", NULL, 1e-3, 1e-3,      25,        NAN, NAN,
                         NAN,  NAN,         NAN,     NAN,  NAN,  PM_NO_INT, PM_NO_INT, NULL};
}

static pm_table *table_of(int n, const pm_cell_row *rows)
{
    pm_scoped(pm_builder) b = NULL;
    pm_error err = {0};
    pm_table *out;
    assert_good(pm_builder_new(PM_CELL_FIELDS, pm_cell_fields, &b, &err), &err);
    for (int i = 0; i < n; i++) pm_builder_push(b, &rows[i]);
    assert_good(pm_builder_finish(b, &out, &err), &err);
    return out;
}

static pm_comparison compare(int n, const pm_cell_row *rows)
{
    pm_scoped(pm_table) cells = table_of(n, rows);
    pm_error err = {0};
    pm_comparison out;
    assert_good(pm_compare(cells, NULL, &out, &err), &err);
    return out;
}

enum { CELLS = 12 };
/** scipy: stats.ttest_ind(equal_var=False), stats.t.interval. */
static void fill(pm_cell_row rows[CELLS])
{
    static const double efficiency[] = {0.951, 0.948, 0.956, 0.944, 0.962, 0.971,
                                        0.958, 0.981, 0.979, 0.99,  0.985, 0.977};
    static const char *const names[] = {"a1", "a2", "a3", "a4", "b1", "b2", "b3", "c1", "c2", "c3", "c4", "c5"};
    for (int i = 0; i < CELLS; i++) {
        rows[i] = blank(names[i], i < 4 ? "A" : i < 7 ? "B" : "C");
        rows[i].coulombic_efficiency = efficiency[i];
        rows[i].polarisation_volt = 0.1 - 0.05 * efficiency[i];
    }
}

static void means_ranks_and_differences(void **state)
{
    (void)state;
    pm_cell_row rows[CELLS];
    fill(rows);
    pm_comparison c = compare(CELLS, rows);
    assert_int_equal(pm_table_rows(c.groups), 3);
    assert_int_equal(pm_table_rows(c.excluded), 0);
    assert_string_equal(word_at(c.groups, "electrolyte_id", 1), "B");
    assert_close(real_at(c.groups, "coulombic_efficiency_mean", 0), 0.94975, 1e-14, 0);
    assert_close(real_at(c.groups, "coulombic_efficiency_standard_deviation", 0), 0.005057996968497844, 1e-12, 0);
    assert_close(real_at(c.groups, "coulombic_efficiency_low", 2), 0.9759720648585359, 1e-13, 0);
    assert_close(real_at(c.groups, "coulombic_efficiency_high", 2), 0.9888279351414639, 1e-13, 0);
    assert_close(real_at(c.groups, "coulombic_efficiency_rank", 2), 1, 0, 0);
    assert_close(real_at(c.groups, "coulombic_efficiency_rank", 0), 3, 0, 0);
    assert_close(real_at(c.groups, "polarisation_volt_rank", 2), 1, 0, 0); /* the lower the better */
    assert_null(pm_table_find(c.groups, "cycle_life_mean"));               /* nobody has one */
    assert_int_equal(pm_table_rows(c.differences), 6);
    static const double p[] = {0.04390234483696472, 4.1273597541231064e-05, 0.018569530656842522};
    static const double holm[] = {0.04390234483696472, 0.0001238207926236932, 0.037139061313685044};
    for (int i = 0; i < 3; i++) {
        assert_string_equal(word_at(c.differences, "method", i), "welch");
        assert_close(real_at(c.differences, "p", i), p[i], 1e-10, 0);
        assert_close(real_at(c.differences, "p_adjusted", i), holm[i], 1e-10, 0);
    }
    static const double low[] = {-0.033209421562923863, -0.04354769210657162, -0.038149474902691229};
    static const double high[] = {0.0053760882295905296, -0.02175230789342838, 0.00068280823602456186};
    for (int i = 0; i < 3; i++) { /* t of 1 - 0.025 / 3 */
        assert_close(real_at(c.differences, "low", i), low[i], 1e-10, 0);
        assert_close(real_at(c.differences, "high", i), high[i], 1e-10, 0);
    }
    pm_comparison_leave(&c);
}

/** One difference is not adjusted (scipy); a pair in another condition belongs to the family, one without p does not. */
static void differences_of_a_quantity_are_one_family(void **state)
{
    (void)state;
    pm_cell_row rows[CELLS];
    fill(rows);
    pm_comparison c = compare(7, rows);
    assert_close(real_at(c.differences, "low", 0), -0.027190330141904893, 1e-11, 0);
    assert_close(real_at(c.differences, "p_adjusted", 0), 0.04390234483696472, 1e-10, 0);
    pm_comparison_leave(&c);
    for (int i = 7; i < CELLS; i++) rows[i].temperature_celsius = 40;
    c = compare(8, rows); /* one cell more, alone in its condition */
    assert_close(real_at(c.differences, "low", 0), -0.027190330141904893, 1e-11, 0);
    pm_comparison_leave(&c);
    for (int i = 7; i < 9; i++) rows[i].electrolyte_id = "A";
    c = compare(CELLS, rows); /* A and C at 40 degrees */
    assert_close(real_at(c.differences, "p_adjusted", 0), 2 * 0.04390234483696472, 1e-10, 0);
    assert_true(real_at(c.differences, "high", 0) > 0);
    pm_comparison_leave(&c);
}

/** Two cells have a wide interval; what no cell can have is not in it. */
static void no_bound_below_nothing(void **state)
{
    (void)state;
    pm_cell_row rows[4];
    for (int i = 0; i < 4; i++) {
        static const char *const names[] = {"1", "2", "3", "4"};
        rows[i] = blank(names[i], i < 2 ? "A" : "B");
        rows[i].coulombic_efficiency = i % 2 ? 0.9 : 0.1;
        rows[i].cycle_life = i % 2 ? 50 : 10;
        rows[i].cycle_life_censored = 0;
        rows[i].irreversible_capacity_ah_per_cm2 = i % 2 ? 5 : 1;
    }
    pm_comparison c = compare(4, rows);
    assert_close(real_at(c.groups, "coulombic_efficiency_low", 0), 0, 0, 0);
    assert_close(real_at(c.groups, "cycle_life_low", 0), 0, 0, 0);
    assert_close(real_at(c.groups, "cycle_life_high", 0), 30 + 20 * 12.706204736174704, 1e-11, 0);
    assert_close(real_at(c.groups, "irreversible_capacity_ah_per_cm2_low", 0), 0, 0, 0);
    assert_true(real_at(c.differences, "low", 0) < 0);
    pm_comparison_leave(&c);
    rows[3].irreversible_capacity_ah_per_cm2 = -0.1; /* so there is such a thing */
    c = compare(4, rows);
    assert_close(real_at(c.groups, "irreversible_capacity_ah_per_cm2_low", 0), 3 - 2 * 12.706204736174704, 1e-11, 0);
    pm_comparison_leave(&c);
}

/** What the protocol sets agrees within 5 %, electrodes within 10 %. */
static void loadings_differ_more_than_set_capacities(void **state)
{
    (void)state;
    pm_cell_row rows[CELLS];
    for (int kind = 0; kind < 2; kind++) {
        fill(rows);
        for (int i = 0; i < CELLS; i++) rows[i].kind = kind ? "anode-free" : "li-cu";
        rows[1].areal_capacity_ah_per_cm2 = 0.92e-3;
        rows[5].areal_capacity_ah_per_cm2 = 1.12e-3;
        pm_comparison c = compare(CELLS, rows);
        assert_int_equal(pm_table_rows(c.groups), kind ? 4 : 5);
        pm_comparison_leave(&c);
    }
}

static void conditions_are_not_pooled(void **state)
{
    (void)state;
    pm_cell_row rows[CELLS];
    fill(rows);
    rows[1].current_density_ampere_per_cm2 = 2e-3;
    rows[2].current_density_ampere_per_cm2 = 1.02e-3; /* within 5 % */
    rows[3].temperature_celsius = 40;
    rows[4].areal_capacity_ah_per_cm2 = 3e-3;
    rows[7].kind = "li-li";
    rows[8].temperature_celsius = NAN; /* not told is not 25 degrees */
    pm_comparison c = compare(CELLS, rows);
    assert_int_equal(pm_table_rows(c.groups), 8); /* A, B, C together, and five cells that stand alone */
    double cells = 0;
    for (int64_t i = 0; i < pm_table_rows(c.groups); i++) cells += real_at(c.groups, "cells", i);
    assert_close(cells, CELLS, 0, 0);
    assert_int_equal(pm_table_rows(c.differences), 6);
    for (int64_t i = 0; i < 6; i++) assert_close(real_at(c.differences, "condition", i), 1, 0, 0);
    pm_comparison_leave(&c);
}

static void what_is_left_out_is_listed(void **state)
{
    (void)state;
    pm_cell_row rows[CELLS];
    fill(rows);
    rows[0].electrolyte_id = NULL;
    rows[2].cell_id = "a2";
    rows[4].label = "short";
    rows[4].cycle_life = 12;
    rows[4].cycle_life_censored = 0;
    rows[8].coulombic_efficiency = 1.2;
    pm_comparison c = compare(CELLS, rows);
    const struct {
        const char *cell, *quantity, *reason;
    } expected[] = {{"a1", "all", "no electrolyte"},
                    {"a2", "all", "same cell_id"},
                    {"b1", "coulombic_efficiency", "shorted"},
                    {"c2", "coulombic_efficiency", "no efficiency"},
                    {"b1", "polarisation_volt", "shorted"}};
    assert_int_equal(pm_table_rows(c.excluded), 5 + 9); /* and nine cells without a life */
    for (int i = 0; i < 5; i++) {
        assert_string_equal(word_at(c.excluded, "cell_id", i), expected[i].cell);
        assert_string_equal(word_at(c.excluded, "quantity", i), expected[i].quantity);
        assert_non_null(strstr(word_at(c.excluded, "reason", i), expected[i].reason));
    }
    assert_close(real_at(c.groups, "cells", 0), 2, 0, 0);
    assert_close(real_at(c.groups, "coulombic_efficiency_cells", 1), 2, 0, 0);
    assert_close(real_at(c.groups, "cycle_life_cells", 1), 1, 0, 0); /* a short ends a life */
    assert_true(isnan(real_at(c.groups, "cycle_life_low", 1)));      /* one cell has no interval */
    pm_comparison_leave(&c);
}

static void measurement_errors_stand_beside_differences(void **state)
{
    (void)state;
    pm_cell_row rows[6];
    for (int i = 0; i < 6; i++) {
        static const char *const names[] = {"1", "2", "3", "4", "5", "6"}, *const electrolyte[] = {"A", "B", "C"};
        rows[i] = blank(names[i], electrolyte[i / 2]);
        rows[i].coulombic_efficiency_average = (i < 2 ? 0.99 : i < 4 ? 0.9905 : 0.995) + 1e-5 * i;
        rows[i].coulombic_efficiency_average_error = 0.001 + 1e-4 * i;
    }
    pm_comparison c = compare(6, rows);
    assert_close(real_at(c.groups, "coulombic_efficiency_average_error", 0), 0.0011, 1e-12, 0);
    assert_close(real_at(c.differences, "within_error", 0), 1, 0, 0); /* 0.0005 against 0.0011 + 0.0013 */
    assert_close(real_at(c.differences, "within_error", 1), 0, 0, 0);
    pm_comparison_leave(&c);
}

/* ---- lives ---- */

static void lives_in_a_table(void **state)
{
    (void)state;
    static const double life[] = {50, 60, 72, 90, 95, 80};
    static const char *const names[] = {"1", "2", "3", "4", "5", "6"};
    pm_cell_row rows[6];
    for (int i = 0; i < 6; i++) {
        rows[i] = blank(names[i], i < 3 ? "A" : "B");
        rows[i].cycle_life = life[i];
        rows[i].cycle_life_censored = i == 4;
    }
    pm_comparison c = compare(6, rows);
    assert_close(real_at(c.groups, "cycle_life_censored", 1), 1, 0, 0);
    assert_close(real_at(c.groups, "cycle_life_mean", 0), (50 + 60 + 72) / 3.0, 1e-14, 0);
    /* B up to 95, as long as it was watched: 1 to 80, 2/3 to 90, 1/3 to 95 */
    assert_close(real_at(c.groups, "cycle_life_mean", 1), 80 + 20 / 3.0 + 5 / 3.0, 1e-14, 0);
    assert_true(isnan(real_at(c.groups, "cycle_life_standard_deviation", 1)));
    /* Greenwood: areas behind the failures 25/3 and 5/3; no mean up to 95 is above it */
    double half = 12.706204736174704 * sqrt(2 * (625 / 9.0 / 6 + 25 / 9.0 / 2));
    assert_close(real_at(c.groups, "cycle_life_low", 1), 80 + 25 / 3.0 - half, 1e-11, 0);
    assert_close(real_at(c.groups, "cycle_life_high", 1), 95, 0, 0);
    assert_string_equal(word_at(c.differences, "method", 0), "permutation");
    assert_close(real_at(c.differences, "p", 0), 0.1, 1e-14, 0); /* no split of three and three says less */
    pm_comparison_leave(&c);
    rows[0].cycle_life = rows[1].cycle_life = 1; /* 1, 1, 72 against all at 95: nearly anything, but within 95 */
    for (int i = 3; i < 6; i++) rows[i].cycle_life = i == 4 ? 95 : 2 * i;
    c = compare(6, rows);
    assert_close(real_at(c.groups, "cycle_life_low", 0), 0, 0, 0);
    assert_close(real_at(c.differences, "low", 0), -95, 0, 0);
    assert_close(real_at(c.differences, "high", 0), 95, 0, 0);
    pm_comparison_leave(&c);
}

/* ---- short cells ---- */

static const char *reason_of(const pm_comparison *c, const char *cell, const char *quantity)
{
    for (int64_t i = 0; i < pm_table_rows(c->excluded); i++)
        if (!strcmp(word_at(c->excluded, "cell_id", i), cell) && !strcmp(word_at(c->excluded, "quantity", i), quantity))
            return word_at(c->excluded, "reason", i);
    return "";
}

static void windows_that_were_cut_are_listed(void **state)
{
    (void)state;
    pm_cell_row rows[CELLS];
    fill(rows);
    for (int i = 0; i < CELLS; i++) rows[i].window_cycles = 20;
    rows[0].label = "short"; /* what came before it counts */
    rows[0].window_cycles = 6;
    rows[0].cut_cycle_count = 9;
    rows[0].cut_by = "short";
    rows[1].window_cycles = 0;
    rows[1].cut_cycle_count = 3;
    rows[1].cut_by = "efficiency";
    rows[1].coulombic_efficiency = rows[1].polarisation_volt = NAN;
    rows[2].window_cycles = 0;
    rows[2].coulombic_efficiency = rows[2].polarisation_volt = NAN;
    pm_comparison c = compare(CELLS, rows);
    assert_string_equal(reason_of(&c, "a1", "window"), "cycles from 9 on left out: short");
    assert_string_equal(reason_of(&c, "a1", "coulombic_efficiency"), "");
    assert_non_null(strstr(reason_of(&c, "a2", "window"), "from 3 on left out: efficiency above 1.02; no cycle"));
    assert_non_null(strstr(reason_of(&c, "a2", "polarisation_volt"), "before its short"));
    assert_non_null(strstr(reason_of(&c, "a3", "coulombic_efficiency"), "no complete cycle in the window"));
    assert_close(real_at(c.groups, "coulombic_efficiency_cells", 0), 2, 0, 0);
    assert_null(pm_table_find(c.groups, "window_cycles_mean"));
    pm_comparison_leave(&c);
}

static void a_reservoir_with_a_short_has_no_part(void **state)
{
    (void)state;
    pm_cell_row rows[] = {blank("1", "A"), blank("2", "A")};
    rows[0].cycle_life = 5;
    rows[0].cut_cycle_count = 1;
    rows[0].cut_by = "short";
    rows[1].coulombic_efficiency_average = 0.97;
    pm_comparison c = compare(2, rows);
    assert_non_null(strstr(reason_of(&c, "1", "coulombic_efficiency_average"), "a short in the test"));
    pm_comparison_leave(&c);
}

/* ---- what cannot be done ---- */

static void bad_tables(void **state)
{
    (void)state;
    pm_error err = {0};
    pm_comparison c;
    pm_cell_row row = blank("1", "A");
    pm_scoped(pm_table) empty = table_of(1, &row);
    assert_int_equal(pm_compare(empty, NULL, &c, &err), PM_ERR_DATA);
    static const pm_field only[] = {{"cell_id", PM_STRING, "", 0, ""}};
    pm_scoped(pm_builder) b = NULL;
    pm_scoped(pm_table) lacking = NULL;
    assert_good(pm_builder_new(1, only, &b, &err), &err);
    assert_good(pm_builder_finish(b, &lacking, &err), &err);
    assert_int_equal(pm_compare(lacking, NULL, &c, &err), PM_ERR_COLUMN);
}

static void memory_that_runs_out(void **state)
{
    (void)state;
    pm_cell_row rows[CELLS];
    fill(rows);
    rows[0].electrolyte_id = NULL;
    rows[5].cycle_life = 10;
    rows[5].cycle_life_censored = 1;
    rows[6].cycle_life = 20;
    pm_scoped(pm_table) cells = table_of(CELLS, rows);
    int64_t held = allocations_held();
    for (int64_t n = 1;; n++) {
        pm_error err = {0};
        pm_comparison c = {0};
        fail_allocation(n);
        pm_status status = pm_compare(cells, NULL, &c, &err);
        bool failed = allocation_failed();
        fail_allocation(0);
        pm_comparison_leave(&c);
        assert_int_equal(allocations_held(), held);
        if (!failed) break;
        assert_true(status == PM_ERR_MEMORY || status == PM_OK); /* giving back unused memory may fail unseen */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_ranks_and_differences),
        cmocka_unit_test(differences_of_a_quantity_are_one_family),
        cmocka_unit_test(no_bound_below_nothing),
        cmocka_unit_test(loadings_differ_more_than_set_capacities),
        cmocka_unit_test(conditions_are_not_pooled),
        cmocka_unit_test(what_is_left_out_is_listed),
        cmocka_unit_test(measurement_errors_stand_beside_differences),
        cmocka_unit_test(lives_in_a_table),
        cmocka_unit_test(windows_that_were_cut_are_listed),
        cmocka_unit_test(a_reservoir_with_a_short_has_no_part),
        cmocka_unit_test(bad_tables),
        cmocka_unit_test(memory_that_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
