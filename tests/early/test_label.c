/* SPDX-License-Identifier: MIT */
/* Labels of lives that are known. */
#include "early/early.h"
#include "support.h"

#include <math.h>
#include <string.h>

enum { MOST = 200 };
typedef struct life {
    int n;
    double polarisation[MOST], efficiency[MOST], capacity[MOST];
} life;

static life *steady(int n)
{
    life *l = calloc(1, sizeof *l);
    pm_random r = pm_random_stream(1, "test/label", (uint64_t)n);
    l->n = n;
    for (int i = 0; i < n; i++) {
        l->polarisation[i] = 0.05 * (1 + 0.02 * pm_random_normal(&r));
        l->efficiency[i] = 0.98 + 0.003 * pm_random_normal(&r);
        l->capacity[i] = 1e-3;
    }
    return l;
}

static pm_status label(life *l, pm_kind kind, const pm_life_label_options *o, int64_t shorted, pm_life_label *out,
                       pm_error *err)
{
    pm_scoped(pm_builder) b = NULL;
    pm_scoped(pm_table) cycles = NULL;
    static const char *const names[] = {"cycle_count", "polarisation_volt", "coulombic_efficiency",
                                        "stripping_capacity_ah", "complete"};
    static const char *const units[] = {"1", "V", "1", "Ah", "1"};
    assert_good(pm_builder_new(0, NULL, &b, err), err);
    for (int k = 0; k < 5; k++) pm_builder_add(b, names[k], PM_DOUBLE, units[k]);
    assert_good(pm_builder_room(b, l->n, err), err);
    for (int i = 0; i < l->n; i++) {
        double row[] = {i + 1, l->polarisation[i], l->efficiency[i], l->capacity[i], 1};
        for (int k = 0; k < 5; k++) pm_builder_doubles(b, k)[i] = row[k];
    }
    pm_builder_commit(b, l->n);
    assert_good(pm_builder_finish(b, &cycles, err), err);
    return pm_life_label_of(cycles, kind, o, shorted, out, err);
}

static pm_life_label good_label(life *l, pm_kind kind, int64_t shorted)
{
    pm_life_label out;
    pm_error err = {0};
    assert_good(label(l, kind, NULL, shorted, &out, &err), &err);
    return out;
}

static void rise(life *l, int from, double factor)
{
    for (int i = from - 1; i < l->n; i++) l->polarisation[i] *= factor;
}

static void fall(life *l, int from, double by)
{
    for (int i = from - 1; i < l->n; i++) l->efficiency[i] -= by;
}

static void each_outcome(void **state)
{
    (void)state;
    life *l = steady(100);
    pm_life_label x = good_label(l, PM_LI_CU, 0);
    assert_int_equal(x.outcome, PM_CENSORED);
    assert_int_equal(x.cycle_count_end, 100);

    rise(l, 60, 2);
    x = good_label(l, PM_LI_CU, 0);
    assert_int_equal(x.outcome, PM_KDF);
    assert_int_equal(x.cycle_count_end, 60);
    assert_true(x.excluded_codegradation);
    assert_close(x.polarisation_change, 1, 0, 0.1);
    assert_close(x.coulombic_efficiency_change, 0, 0, 0.01);

    fall(l, 74, 0.1); /* the horizon is max(10, 60/4) = 15 cycles */
    x = good_label(l, PM_LI_CU, 0);
    assert_int_equal(x.outcome, PM_CDF);
    assert_int_equal(x.crossed_efficiency, 74);
    pm_life_label_options strict = {.horizon = 10};
    pm_error err = {0};
    assert_good(label(l, PM_LI_CU, &strict, 0, &x, &err), &err);
    assert_int_equal(x.outcome, PM_KDF);
    assert_int_equal(good_label(l, PM_LI_CU, 50).outcome, PM_SHORT);
    assert_int_equal(good_label(l, PM_LI_CU, 70).outcome, PM_CDF);
    free(l);

    l = steady(100);
    fall(l, 40, 0.08);
    x = good_label(l, PM_LI_CU, 0);
    assert_int_equal(x.outcome, PM_RDF);
    assert_int_equal(x.cycle_count_end, 40);
    assert_close(x.coulombic_efficiency_change, 0.08, 0, 0.01);
    x = good_label(l, PM_LI_LI, 0); /* no efficiency to see there */
    assert_int_equal(x.outcome, PM_CENSORED);
    assert_false(x.has_efficiency);
    free(l);
}

static void a_single_bad_cycle_is_no_crossing(void **state)
{
    (void)state;
    life *l = steady(60);
    l->polarisation[30] *= 3;
    l->efficiency[40] = 0.5;
    assert_int_equal(good_label(l, PM_LI_CU, 0).outcome, PM_CENSORED);
    free(l);
}

static void what_was_not_watched_is_not_excluded(void **state)
{
    (void)state;
    life *l = steady(66);
    rise(l, 60, 2);
    pm_life_label x = good_label(l, PM_LI_CU, 0);
    assert_int_equal(x.outcome, PM_KDF);
    assert_false(x.excluded_codegradation);
    assert_non_null(strstr(x.criterion, "not excluded"));
    free(l);
}

static void shorts_and_ends(void **state)
{
    (void)state;
    life *l = steady(80);
    fall(l, 50, -0.06); /* efficiencies of 1.04 */
    assert_int_equal(good_label(l, PM_LI_CU, 0).outcome, PM_SHORT);
    free(l);
    l = steady(80);
    for (int i = 50; i < 80; i++) l->capacity[i] = 1e-6;
    pm_life_label x = good_label(l, PM_LI_CU, 0);
    assert_int_equal(x.outcome, PM_STOPPED);
    assert_int_equal(x.cycle_count_end, 51);
    free(l);
    l = steady(9);
    pm_error err = {0};
    assert_int_equal(label(l, PM_LI_CU, NULL, 0, &x, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "12 are needed"));
    free(l);
}

static void lasts(const pm_life_label *l, const pm_life_bend *elbow, int which, double cycles, bool censored)
{
    pm_life_time times[PM_LIFE_TIMES];

    pm_life_times(l, elbow, times);
    if (isnan(cycles))
        assert_true(isnan(times[which].cycle_count));
    else
        assert_close(times[which].cycle_count, cycles, 0, 0);
    assert_int_equal(times[which].censored, censored);
}

static void how_long_a_cell_lasted(void **state)
{
    (void)state;
    pm_life_bend none = {.single.x = NAN}, elbow = {.single.x = 33.5};
    life *l = steady(60);
    pm_life_label x = good_label(l, PM_LI_CU, 0);
    lasts(&x, &none, PM_LIFE_END, 60, true);
    lasts(&x, &none, PM_LIFE_80_PERCENT, 60, true);
    lasts(&x, &none, PM_LIFE_ELBOW, 60, true);
    lasts(&x, &elbow, PM_LIFE_ELBOW, 33.5, false);
    l->capacity[20] = 0.5e-3; /* comes back: no crossing */
    for (int i = 29; i < 60; i++) l->capacity[i] = 0.81e-3;
    for (int i = 40; i < 60; i++) l->capacity[i] = 0.79e-3;
    x = good_label(l, PM_LI_CU, 0);
    lasts(&x, &elbow, PM_LIFE_80_PERCENT, 41, false);
    lasts(&x, &elbow, PM_LIFE_END, 60, true);
    x = good_label(l, PM_LI_CU, 35); /* behind a short nothing is told */
    lasts(&x, &none, PM_LIFE_80_PERCENT, 35, true);
    lasts(&x, &none, PM_LIFE_END, 35, false);
    lasts(&x, &elbow, PM_LIFE_ELBOW, 33.5, false);
    x = good_label(l, PM_LI_CU, 30);
    lasts(&x, &elbow, PM_LIFE_ELBOW, 30, true);
    for (int i = 45; i < 60; i++) l->capacity[i] = 1e-6;
    x = good_label(l, PM_LI_CU, 0);
    assert_int_equal(x.outcome, PM_STOPPED);
    lasts(&x, &none, PM_LIFE_END, 46, true); /* it has crossed nothing */
    lasts(&x, &none, PM_LIFE_80_PERCENT, 41, false);
    lasts(&x, &none, PM_LIFE_ELBOW, 46, true);
    free(l);
}

static void what_is_not_measured_has_no_life(void **state)
{
    (void)state;
    pm_life_bend none = {.single.x = NAN};
    life *l = steady(40);
    pm_life_label x = good_label(l, PM_LI_LI, 0);
    lasts(&x, &none, PM_LIFE_80_PERCENT, NAN, false); /* what one electrode loses the other gains */
    lasts(&x, &none, PM_LIFE_ELBOW, 40, true);
    for (int i = 0; i < 40; i++) l->capacity[i] = NAN;
    x = good_label(l, PM_LI_CU, 0);
    lasts(&x, NULL, PM_LIFE_80_PERCENT, NAN, false);
    rise(l, 20, 2);
    assert_non_null(strstr(good_label(l, PM_LI_LI, 0).criterion, "this kind of cell shows no efficiency"));
    for (int i = 0; i < 40; i++) l->efficiency[i] = NAN; /* it is the file that lacks it */
    x = good_label(l, PM_LI_CU, 0);
    assert_int_equal(x.outcome, PM_KDF);
    assert_non_null(strstr(x.criterion, "no efficiency was measured"));
    assert_null(strstr(x.criterion, "kind of cell"));
    lasts(&x, NULL, PM_LIFE_ELBOW, NAN, false);
    lasts(NULL, NULL, PM_LIFE_END, NAN, false);
    free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_outcome),
        cmocka_unit_test(a_single_bad_cycle_is_no_crossing),
        cmocka_unit_test(what_was_not_watched_is_not_excluded),
        cmocka_unit_test(shorts_and_ends),
        cmocka_unit_test(how_long_a_cell_lasted),
        cmocka_unit_test(what_is_not_measured_has_no_life),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
