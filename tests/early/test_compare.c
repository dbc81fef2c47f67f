/* SPDX-License-Identifier: MIT */
/* Tables of cells made by hand; Welch, Student and Holm against scipy 1.17.1 (values quoted). */
#include "early/compare.h"
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
    assert_close(real_at(c.differences, "low", 0), -0.027190330141904893, 1e-11, 0);
    assert_close(real_at(c.differences, "high", 1), -0.024452095585873225, 1e-11, 0);
    pm_comparison_leave(&c);
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

/** Kaplan and Meier by hand: 1 to 10, 0.75 to 30 (20 was watched no longer), 0.375 to 40. */
static void a_mean_of_censored_lives(void **state)
{
    (void)state;
    static const double time[] = {40, 10, 20, 30}, censored[] = {0, 0, 1, 0};
    compare_sample s = {4, time, censored};
    compare_estimate e;
    assert_true(isinf(compare_horizon(&s)));
    assert_int_equal(compare_life(&s, 40, &e, NULL), PM_OK);
    assert_close(e.mean, 10 + 0.75 * 20 + 0.375 * 10, 1e-14, 0);
    assert_close(e.error, sqrt((18.75 * 18.75 / 12 + 3.75 * 3.75 / 2) * 3 / 2), 1e-14, 0);
    assert_int_equal(compare_life(&s, 15, &e, NULL), PM_OK);
    assert_close(e.mean, 10 + 0.75 * 5, 1e-14, 0);
    static const double last[] = {0, 0, 0, 1};
    s.censored = last;
    s.value = (const double[]){10, 20, 30, 35};
    assert_close(compare_horizon(&s), 35, 0, 0);
    /* none censored: the plain mean and its error */
    static const double none[] = {0, 0, 0, 0};
    s.censored = none;
    compare_estimate plain = compare_mean(&s);
    assert_int_equal(compare_life(&s, INFINITY, &e, NULL), PM_OK);
    assert_close(e.mean, plain.mean, 1e-14, 0);
    assert_close(e.error, plain.error, 1e-14, 0);
    assert_close(e.low, plain.low, 1e-13, 0);
}

/** scipy: stats.permutation_test over all splits, size of the difference of means. */
static void permutations(void **state)
{
    (void)state;
    static const double x[] = {50, 60, 72}, y[] = {90, 95, 120};
    static const double v[] = {50, 60, 97, 72}, w[] = {90, 95, 120, 66, 81};
    compare_sample a = {3, x, NULL}, b = {3, y, NULL}, c = {4, v, NULL}, d = {5, w, NULL};
    double p;
    assert_int_equal(compare_permuted(&a, &b, INFINITY, 0, &p, NULL), PM_OK);
    assert_close(p, 0.1, 1e-14, 0);
    assert_int_equal(compare_permuted(&c, &d, INFINITY, 0, &p, NULL), PM_OK);
    assert_close(p, 0.18253968253968253, 1e-14, 0);
}

/** More than 20,000 splits: drawn, near what Welch says of twice ten normal values. */
static void permutations_that_are_drawn(void **state)
{
    (void)state;
    double x[10], y[10], p;
    pm_random r = pm_random_stream(1, "test/compare", 0);
    for (int i = 0; i < 10; i++) {
        x[i] = pm_random_normal(&r) + 10;
        y[i] = pm_random_normal(&r) + 11;
    }
    compare_sample a = {10, x, NULL}, b = {10, y, NULL};
    compare_estimate ea = compare_mean(&a), eb = compare_mean(&b);
    assert_int_equal(compare_permuted(&a, &b, INFINITY, 5, &p, NULL), PM_OK);
    assert_close(p, compare_welch(&ea, &eb).p, 0.3, 0.005);
}

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
    assert_string_equal(word_at(c.differences, "method", 0), "permutation");
    assert_close(real_at(c.differences, "p", 0), 0.1, 1e-14, 0); /* no split of three and three says less */
    pm_comparison_leave(&c);
}

/* ---- distributions ---- */

static void student_and_holm(void **state)
{
    (void)state;
    static const double tail[][3] = {{1, 1, 0.75},
                                     {-2.5, 3, 0.04385332350403278},
                                     {0.3, 7.7, 0.6139420918116524},
                                     {4, 100, 0.9999392381778496},
                                     {-12, 2.2, 0.0023917069377587456}};
    static const double upper[][2] = {{1, 12.706204736174694},
                                      {2, 4.302652729749462},
                                      {4.5, 2.6589123472044034},
                                      {10, 2.228138851986274},
                                      {1000, 1.9623390808264083}};
    for (int i = 0; i < 5; i++) {
        assert_close(compare_t_tail(tail[i][0], tail[i][1]), tail[i][2], 1e-12, 0);
        assert_close(compare_t_975(upper[i][0]), upper[i][1], 1e-10, 0);
    }
    assert_true(isnan(compare_t_975(NAN)));
    double p[] = {0.01, NAN, 0.04, 0.03, 0.005}; /* Holm (1979): 4 x 0.005, 3 x 0.01, 2 x 0.03, then no less */
    assert_int_equal(compare_holm(5, p, NULL), PM_OK);
    static const double adjusted[] = {0.03, NAN, 0.06, 0.06, 0.02};
    for (int i = 0; i < 5; i++) assert_close(p[i], adjusted[i], 1e-14, 0);
}

/* ---- one cell ---- */

/** 1 mA and -1 mA on 2 cm2; from the cycle `shorted` on more comes back than was plated. */
static pm_table *li_cu_records(int cycles, double before, int shorted)
{
    static const pm_field fields[] = {{"test_time_second", PM_DOUBLE, "s", 0, ""},
                                      {"voltage_volt", PM_DOUBLE, "V", sizeof(double), ""},
                                      {"current_ampere", PM_DOUBLE, "A", 2 * sizeof(double), ""}};
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

static pm_cell_row measure(const pm_table *records, const pm_cell_options *o)
{
    pm_scoped(pm_cycler) cycler = NULL;
    pm_scoped(pm_table) cycles = NULL;
    pm_scoped(pm_table) halves = NULL;
    pm_cycle_summary summary;
    pm_cell_row row;
    pm_error err = {0};
    assert_good(pm_cycler_new(&(pm_cycle_options){.kind = PM_LI_CU}, &cycler, &err), &err);
    assert_good(pm_cycler_push(cycler, records, &err), &err);
    assert_good(pm_cycler_cycles(cycler, &cycles, &err), &err);
    assert_good(pm_cycler_half_cycles(cycler, &halves, &err), &err);
    assert_good(pm_cycler_summary(cycler, &summary, &err), &err);
    assert_good(pm_cell_measure(cycles, halves, &summary, o, &row, &err), &err);
    return row;
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

/** A reservoir of 5, five short cycles of 1, efficiency e: what the offset changes is the error that is told. */
static pm_table *reservoir_records(double offset_A)
{
    static const double charge_h[] = {-5, 4.9, -5, 1, -1, 1, -1, 1, -1, 1, -1, 4.7};
    static const pm_field fields[] = {{"test_time_second", PM_DOUBLE, "s", 0, ""},
                                      {"voltage_volt", PM_DOUBLE, "V", sizeof(double), ""},
                                      {"current_ampere", PM_DOUBLE, "A", 2 * sizeof(double), ""}};
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
    a.cell_id = "1";
    a.electrolyte_id = "A";
    a.cycle_life = 5;
    pm_cell_row rows[] = {a, blank("2", "A")};
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
        cmocka_unit_test(conditions_are_not_pooled),
        cmocka_unit_test(what_is_left_out_is_listed),
        cmocka_unit_test(measurement_errors_stand_beside_differences),
        cmocka_unit_test(a_mean_of_censored_lives),
        cmocka_unit_test(permutations),
        cmocka_unit_test(permutations_that_are_drawn),
        cmocka_unit_test(lives_in_a_table),
        cmocka_unit_test(student_and_holm),
        cmocka_unit_test(a_cell_is_measured),
        cmocka_unit_test(cycles_behind_a_short_have_no_part),
        cmocka_unit_test(windows_that_were_cut_are_listed),
        cmocka_unit_test(an_offset_does_not_cancel),
        cmocka_unit_test(bad_tables),
        cmocka_unit_test(memory_that_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
