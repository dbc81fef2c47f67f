/* SPDX-License-Identifier: MIT */
/* Whole lives that are known: where they bend, when a short counts, how labels move with the thresholds. */
#include "early/early.h"
#include "support.h"

#include <math.h>
#include <string.h>

enum { CYCLES = 120 };

typedef struct life {
    int n;
    double count[CYCLES], polarisation[CYCLES], efficiency[CYCLES], capacity[CYCLES];
} life;

static life steady(int n)
{
    life l = {.n = n};
    pm_random r = pm_random_stream(5, "test/life", (uint64_t)n);
    for (int i = 0; i < n; i++) {
        l.count[i] = i + 1;
        l.polarisation[i] = 0.05 * (1 + 0.01 * pm_random_normal(&r));
        l.efficiency[i] = 0.98 + 0.002 * pm_random_normal(&r);
        l.capacity[i] = 1e-3 * l.efficiency[i];
    }
    return l;
}

/* Each cycle lasts 2 h. */
static pm_table *table_of(const life *l)
{
    pm_scoped(pm_builder) b = NULL;
    pm_table *t = NULL;
    pm_error err = {0};
    static const char *const names[] = {"cycle_count",           "polarisation_volt", "coulombic_efficiency",
                                        "stripping_capacity_ah", "complete",          "test_time_end_second"};
    static const char *const units[] = {"1", "V", "1", "Ah", "1", "s"};
    assert_good(pm_builder_new(0, NULL, &b, &err), &err);
    for (int k = 0; k < 6; k++) pm_builder_add(b, names[k], PM_DOUBLE, units[k]);
    assert_good(pm_builder_room(b, l->n, &err), &err);
    for (int i = 0; i < l->n; i++) {
        double row[] = {l->count[i], l->polarisation[i], l->efficiency[i], l->capacity[i], 1, 7200.0 * (i + 1)};
        for (int k = 0; k < 6; k++) pm_builder_doubles(b, k)[i] = row[k];
    }
    pm_builder_commit(b, l->n);
    assert_good(pm_builder_finish(b, &t, &err), &err);
    return t;
}

static void bends_are_where_they_were_put(void **state)
{
    (void)state;
    life l = steady(100);
    for (int i = 60; i < 100; i++) l.polarisation[i] += 0.002 * (i - 60); /* from cycle 61 on */
    for (int i = 80; i < 100; i++) l.capacity[i] -= 2e-5 * (i - 80);
    pm_scoped(pm_table) t = table_of(&l);
    pm_life_bend elbow, knee;
    pm_error err = {0};
    assert_good(pm_life_bends(t, NULL, &elbow, &knee, &err), &err);
    assert_close(elbow.single.x, 61, 0, 1.5);
    assert_true(elbow.single.low <= 61 && 61 <= elbow.single.high && elbow.single.high - elbow.single.low < 4);
    assert_close(knee.single.x, 81, 0, 1.5);
    assert_true(knee.single.low <= 81 && 81 <= knee.single.high);
    assert_close(elbow.kneedle, 61, 0, 6);
}

static void what_is_straight_or_bends_the_other_way_has_none(void **state)
{
    (void)state;
    life l = steady(100);
    pm_life_bend elbow, knee;
    pm_error err = {0};
    pm_scoped(pm_table) straight = table_of(&l);
    assert_good(pm_life_bends(straight, NULL, &elbow, &knee, &err), &err);
    assert_true(isnan(elbow.single.x) && isnan(knee.single.x) && isnan(elbow.point.x) && isnan(elbow.kneedle));
    for (int i = 0; i < 50; i++) {
        l.polarisation[i] += 0.002 * (50 - i); /* falls, then stays */
        l.capacity[i] -= 1e-5 * (50 - i);      /* rises, then stays */
    }
    pm_scoped(pm_table) other = table_of(&l);
    assert_good(pm_life_bends(other, NULL, &elbow, &knee, &err), &err);
    assert_true(isnan(elbow.single.x) && isnan(knee.single.x));
    l.n = 7; /* five behind the conditioning */
    pm_scoped(pm_table) brief = table_of(&l);
    assert_good(pm_life_bends(brief, NULL, &elbow, &knee, &err), &err);
    assert_true(isnan(elbow.single.x) && isnan(knee.single.x));
}

/* Cycles that are missing (a test started anew) do not shift the numbers of those that follow. */
static void crossings_are_cycle_counts(void **state)
{
    (void)state;
    life l = steady(80);
    for (int i = 20; i < 80; i++) l.count[i] += 7;
    for (int i = 40; i < 80; i++) l.efficiency[i] -= 0.1;
    pm_scoped(pm_table) t = table_of(&l);
    pm_life_label label;
    pm_error err = {0};
    assert_good(pm_life_label_of(t, PM_LI_CU, NULL, 0, &label, &err), &err);
    assert_int_equal(label.outcome, PM_RDF);
    assert_int_equal(label.cycle_count_end, 48);
    assert_int_equal(label.cycles, 80);
    assert_int_equal(label.last, 87);
    assert_close(label.coulombic_efficiency_change, 0.1, 0, 0.005);
}

static pm_table *alarms_of(int n, const double time_s[], const double probability[], const char *const kind[])
{
    pm_scoped(pm_builder) b = NULL;
    pm_table *t = NULL;
    pm_error err = {0};
    assert_good(pm_builder_new(0, NULL, &b, &err), &err);
    pm_builder_add(b, "test_time_second", PM_DOUBLE, "s");
    pm_builder_add(b, "probability", PM_DOUBLE, "1");
    pm_builder_add(b, "kind", PM_STRING, "");
    assert_good(pm_builder_room(b, n, &err), &err);
    for (int i = 0; i < n; i++) {
        pm_builder_doubles(b, 0)[i] = time_s[i];
        pm_builder_doubles(b, 1)[i] = probability[i];
        pm_builder_word(b, 2, i, kind[i], -1);
    }
    pm_builder_commit(b, n);
    assert_good(pm_builder_finish(b, &t, &err), &err);
    return t;
}

static void the_first_alarm_that_counts(void **state)
{
    (void)state;
    life l = steady(30);
    pm_scoped(pm_table) cycles = table_of(&l);
    static const double time_s[] = {7200 * 3.5, 7200 * 9.5, 7200 * 20.5};
    static const double doubtful[] = {0.4, 0.45, 0.6}, hard[] = {0.4, 0.45, 0.3};
    static const char *const soft_only[] = {"soft", "soft", "soft"}, *const one_hard[] = {"soft", "hard", "soft"};
    pm_scoped(pm_table) soft = alarms_of(3, time_s, doubtful, soft_only);
    pm_scoped(pm_table) mixed = alarms_of(3, time_s, hard, one_hard);
    pm_scoped(pm_table) none = alarms_of(2, time_s, doubtful, soft_only);
    assert_int_equal(pm_life_short_cycle(cycles, soft), 21);
    assert_int_equal(pm_life_short_cycle(cycles, mixed), 10);
    assert_int_equal(pm_life_short_cycle(cycles, none), 0);
    static const double late[] = {7200 * 99};
    pm_scoped(pm_table) behind = alarms_of(1, late, doubtful + 2, soft_only);
    assert_int_equal(pm_life_short_cycle(cycles, behind), 30); /* in what follows the last complete cycle */
}

static double at(const pm_table *t, const char *name, int64_t row)
{
    return pm_column_real(pm_table_find(t, name), row);
}

/* Three lives: efficiency falls by 0.07; polarisation rises by 0.9; both, 15 cycles apart at cycle 30. */
static void labels_move_with_the_thresholds(void **state)
{
    (void)state;
    life l[4] = {steady(110), steady(110), steady(110), steady(11)};
    for (int i = 60; i < 110; i++) l[0].efficiency[i] -= 0.07;
    for (int i = 60; i < 110; i++) l[1].polarisation[i] *= 1.9;
    for (int i = 29; i < 110; i++) l[2].efficiency[i] -= 0.3;
    for (int i = 44; i < 110; i++) l[2].polarisation[i] *= 4;
    pm_life lives[4];
    pm_scoped(pm_table) sensitivity = NULL;
    pm_error err = {0};
    for (int i = 0; i < 4; i++) lives[i] = (pm_life){table_of(&l[i]), PM_LI_CU, 0};
    assert_good(pm_life_sensitivity(4, lives, NULL, &sensitivity, &err), &err);
    for (int i = 0; i < 4; i++) pm_table_free((pm_table *)(uintptr_t)lives[i].cycles);
    assert_true(at(sensitivity, "rdf", 0) == 2 && at(sensitivity, "kdf", 0) == 1 && at(sensitivity, "too_few", 0) == 1);
    assert_true(at(sensitivity, "moved", 0) == 0);
    int seen = 0;
    for (int64_t i = 1; i < pm_table_rows(sensitivity); i++) {
        const char *varied = pm_column_word(pm_table_find(sensitivity, "varied"), i);
        double a = at(sensitivity, "polarisation", i), c = at(sensitivity, "coulombic_efficiency", i);
        double h = at(sensitivity, "horizon", i), sum = at(sensitivity, "too_few", i);
        static const char *const outcomes[] = {"kdf", "rdf", "cdf", "short", "stopped", "censored"};
        for (int k = 0; k < 6; k++) sum += at(sensitivity, outcomes[k], i);
        assert_true(sum == 4);
        if (a == 1 && c == 0.08) { /* the first two are below both */
            assert_true(at(sensitivity, "censored", i) == 2);
            assert_close(at(sensitivity, "moved", i), 2.0 / 3, 1e-12, 0);
            seen++;
        }
        if (!strcmp(varied, "horizon") && h == 20) {
            assert_true(at(sensitivity, "cdf", i) == 1);
            assert_close(at(sensitivity, "moved", i), 1.0 / 3, 1e-12, 0);
            seen++;
        }
    }
    assert_int_equal(seen, 2);
}

static pm_status all_of(const pm_table *cycles, pm_error *err)
{
    pm_scoped(pm_table) sensitivity = NULL;
    pm_life_bend elbow, knee;
    pm_life one = {cycles, PM_LI_CU, 0};
    pm_status s = pm_life_bends(cycles, NULL, &elbow, &knee, err);
    return s ? s : pm_life_sensitivity(1, &one, NULL, &sensitivity, err);
}

static void without_memory_nothing_is_lost(void **state)
{
    (void)state;
    life l = steady(40);
    for (int i = 20; i < 40; i++) l.polarisation[i] += 0.002 * (i - 20);
    pm_scoped(pm_table) t = table_of(&l);
    int64_t held = allocations_held();
    for (int64_t n = 1;; n++) {
        pm_error err = {0};
        fail_allocation(n);
        pm_status s = all_of(t, &err);
        bool failed = allocation_failed();
        fail_allocation(0);
        assert_int_equal(allocations_held(), held);
        assert_int_equal(s, failed ? PM_ERR_MEMORY : PM_OK);
        if (!failed) break;
    }
}

static void what_a_kind_hides(void **state)
{
    (void)state;
    assert_non_null(strstr(pm_life_cannot(PM_LI_LI, false), "symmetric"));
    assert_non_null(strstr(pm_life_cannot(PM_LI_CATHODE, false), "reserve"));
    assert_non_null(strstr(pm_life_cannot(PM_LI_CU, true), "all outcomes"));
    assert_non_null(strstr(pm_life_cannot(PM_LI_CU, false), "no current"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bends_are_where_they_were_put),
        cmocka_unit_test(what_is_straight_or_bends_the_other_way_has_none),
        cmocka_unit_test(crossings_are_cycle_counts),
        cmocka_unit_test(the_first_alarm_that_counts),
        cmocka_unit_test(labels_move_with_the_thresholds),
        cmocka_unit_test(without_memory_nothing_is_lost),
        cmocka_unit_test(what_a_kind_hides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
