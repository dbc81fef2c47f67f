/* SPDX-License-Identifier: MIT */
/* Fingerprints of curves in closed form: what was put in comes out, however it was sampled, and from the first cycles alone. */
#include "early/early.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A cell on copper: eta = plateau + excess exp(-(q - 0.01)/0.02) + slope (q - 0.6), a rise through zero before q = 0.01;
 * stripping eta = strip + wall at the end. */
typedef struct made {
    double plateau_V, excess_V, slope_V, strip_V, efficiency;
    double interval_s, noise_V;
    int cycles, alter_after; /* rows behind this cycle are something else */
    bool no_current;
    double late_scale, late_A,
        late_V; /* of rows from 20 into the half behind alter_after: current times, current, voltage plus */
} made;

static double plating_V(const made *m, double q)
{
    if (q < 0.01 && m->no_current) return m->plateau_V; /* without current its sign would be the direction */
    if (q < 0.01)
        return (m->plateau_V + m->excess_V - 0.6 * m->slope_V) * (q / 0.01 * 1.2 - 0.2); /* below 0 at first */
    return m->plateau_V + m->excess_V * exp(-(q - 0.01) / 0.02) + m->slope_V * (q - 0.6);
}

static double stripping_V(const made *m, double q)
{
    return m->strip_V + (q > 0.95 ? (q - 0.95) * 20 : 0);
}

static bool is_late(const made *m)
{
    return m->late_scale != 0 || m->late_A != 0 || m->late_V != 0;
}

/* Row n, which lies so many rows behind the cycles that are used. */
static void alter_late(const made *m, pm_builder *b, int64_t n, double rows)
{
    if (m->late_V != 0) pm_builder_doubles(b, 1)[n] += m->late_V;
    if (m->late_scale != 0 && rows >= 20) pm_builder_doubles(b, 2)[n] *= m->late_scale;
    if (m->late_A != 0 && rows >= 20 && rows < 70) pm_builder_doubles(b, 2)[n] = m->late_A;
}

static pm_table *records_of(const made *m)
{
    pm_scoped(pm_builder) b = NULL;
    pm_table *t = NULL;
    pm_error err = {0};
    pm_random r = pm_random_stream(2, "test/fingerprint", 0);
    int64_t room = (int64_t)(m->cycles * 9000 / m->interval_s) + 100, n = 0;
    double time = 0;
    assert_good(pm_builder_new(0, NULL, &b, &err), &err);
    pm_builder_add(b, "test_time_second", PM_DOUBLE, "s");
    pm_builder_add(b, "voltage_volt", PM_DOUBLE, "V");
    if (!m->no_current) pm_builder_add(b, "current_ampere", PM_DOUBLE, "A");
    assert_good(pm_builder_room(b, room, &err), &err);
    for (int half = 0; half < 2 * m->cycles; half++) {
        bool strip = half % 2, odd = m->alter_after && half >= 2 * m->alter_after;
        double duration = 3600 * (strip ? m->efficiency : 1);
        for (double s = 0;; s = fmin(s + m->interval_s, duration)) {
            double q = s / duration, eta = strip ? stripping_V(m, q) : plating_V(m, q);
            if (odd && !is_late(m)) eta = eta * 1.7 + 0.05;
            pm_builder_doubles(b, 0)[n] = time + s;
            pm_builder_doubles(b, 1)[n] = (strip ? eta : -eta) + m->noise_V * pm_random_normal(&r);
            if (!m->no_current) pm_builder_doubles(b, 2)[n] = (strip ? 1e-3 : -1e-3) * (odd && !is_late(m) ? 0.9 : 1);
            if (odd) alter_late(m, b, n, half == 2 * m->alter_after ? s / m->interval_s : 1e9);
            n++;
            if (s >= duration) break;
        }
        time += duration + 1e-3;
    }
    pm_builder_commit(b, n);
    assert_good(pm_builder_finish(b, &t, &err), &err);
    return t;
}

static double *values_of(const made *m, pm_kind kind, int cycles, int64_t batch)
{
    pm_scoped(pm_table) rows = records_of(m);
    pm_scoped(pm_fingerprinter) f = NULL;
    pm_cycle_summary summary;
    pm_error err = {0};
    int n;
    pm_feature_catalogue(&n);
    double *values = malloc((size_t)n * sizeof *values);
    pm_fingerprint_options o = {.cycles = cycles, .cycle = {.kind = kind}};
    assert_good(pm_fingerprinter_new(&o, &f, &err), &err);
    for (int64_t at = 0; at < pm_table_rows(rows); at += batch) {
        pm_scoped(pm_table) part = NULL;
        int64_t left = pm_table_rows(rows) - at;
        assert_good(pm_table_slice(rows, at, left < batch ? left : batch, &part, &err), &err);
        assert_good(pm_fingerprinter_push(f, part, &err), &err);
    }
    assert_good(pm_fingerprinter_result(f, values, &summary, &err), &err);
    return values;
}

static double feature(const double *values, const char *name)
{
    int n;
    const pm_feature *all = pm_feature_catalogue(&n);
    for (int i = 0; i < n; i++)
        if (!strcmp(all[i].name, name)) return values[i];
    fail_msg("no feature %s", name);
    return NAN;
}

static const made usual = {.plateau_V = 0.03,
                           .excess_V = 0.05,
                           .slope_V = 0.004,
                           .strip_V = 0.025,
                           .efficiency = 0.97,
                           .interval_s = 1,
                           .cycles = 4};

static void what_was_put_in_comes_out(void **state)
{
    (void)state;
    double *v = values_of(&usual, PM_LI_CU, 2, 1000000);
    double dip = 0.03 + 0.05 - 0.6 * 0.004 + 0.01 * 0.004;
    assert_close(feature(v, "nucleation_overpotential_first_volt"), dip, 2e-3, 0);
    assert_close(feature(v, "plateau_overpotential_first_volt"), 0.03, 1e-3, 2e-5);
    assert_close(feature(v, "relative_nucleation_overpotential_first"), (dip - 0.03) / 0.03, 5e-3, 0);
    assert_close(feature(v, "thickening_slope_first_volt"), 0.004, 0.02, 0);
    assert_close(feature(v, "stripping_overpotential_first_volt"), 0.025, 1e-3, 0);
    assert_close(feature(v, "hysteresis_first_volt"), 0.055, 1e-3, 0);
    assert_close(feature(v, "coulombic_efficiency_first"), 0.97, 1e-3, 0);
    assert_close(feature(v, "coulombic_efficiency_change"), 0, 0, 1e-4);
    assert_close(feature(v, "plateau_overpotential_ratio"), 1, 1e-6, 0);
    assert_close(feature(v, "charge_above_zero_first"), 0.01 / 6, 0.05, 0);
    assert_close(feature(v, "relaxation_charge_first"), 0.02 * log(2), 0.1, 0); /* half of the excess is gone */
    assert_close(feature(v, "strip_end_knee_first"), 0.95, 0, 0.01);
    assert_close(feature(v, "strip_end_charge_first"), 0.05 - 0.05 / 20, 0.1, 0);
    assert_true(isnan(feature(v, "arcing_index_first"))); /* of symmetric cells */
    assert_true(isnan(feature(v, "sand_ratio_first")));   /* nothing is known of the salt */
    free(v);
}

/* 60 s, noise of 0.3 mV: the robust ones stay. */
static void sampling_and_noise_change_little(void **state)
{
    (void)state;
    made coarse = usual, noisy = usual;
    coarse.interval_s = 60;
    noisy.noise_V = 3e-4;
    double *a = values_of(&usual, PM_LI_CU, 2, 1000000), *b = values_of(&coarse, PM_LI_CU, 2, 1000000);
    double *c = values_of(&noisy, PM_LI_CU, 2, 1000000);
    static const char *const robust[] = {"plateau_overpotential_first_volt", "stripping_overpotential_last_volt",
                                         "hysteresis_first_volt", "coulombic_efficiency_first",
                                         "thickening_slope_first_volt"};
    for (size_t i = 0; i < 5; i++) {
        assert_close(feature(b, robust[i]), feature(a, robust[i]), 0.02, 0);
        assert_close(feature(c, robust[i]), feature(a, robust[i]), 0.06, 0);
    }
    assert_close(feature(b, "nucleation_overpotential_first_volt"), feature(a, "nucleation_overpotential_first_volt"),
                 0.25, 0);
    assert_close(feature(c, "nucleation_overpotential_first_volt"), feature(a, "nucleation_overpotential_first_volt"),
                 0.02, 0);
    free(a);
    free(b);
    free(c);
}

static void later_rows_have_no_part(void **state)
{
    (void)state;
    int n;
    pm_feature_catalogue(&n);
    for (int cycles = 1; cycles <= 3; cycles++) {
        made other = usual;
        other.alter_after = cycles;
        double *a = values_of(&usual, PM_LI_CU, cycles, 1000000), *b = values_of(&other, PM_LI_CU, cycles, 777);
        for (int i = 0; i < n; i++) assert_true(a[i] == b[i] || (isnan(a[i]) && isnan(b[i])));
        free(a);
        free(b);
    }
}

/* Currents that would move the dead band or make all before them noise, voltages that would make it another kind: to the
 * bit the same, whether the kind is told or seen, in one batch or many. */
static void later_extremes_have_no_part(void **state)
{
    (void)state;
    int n;
    pm_feature_catalogue(&n);
    static const made others[] = {{.late_scale = 1e4}, {.late_A = -13}, {.late_V = 3}, {.late_scale = 1e-5}};
    for (size_t k = 0; k < sizeof others / sizeof *others * 2; k++) {
        made other = usual;
        pm_kind kind = k % 2 ? PM_KIND_UNKNOWN : PM_LI_CU;
        other.alter_after = 2;
        other.late_scale = others[k / 2].late_scale;
        other.late_A = others[k / 2].late_A;
        other.late_V = others[k / 2].late_V;
        double *a = values_of(&usual, kind, 2, 1000000), *b = values_of(&other, kind, 2, 1000000);
        double *c = values_of(&other, kind, 2, 777);
        for (int i = 0; i < n; i++) {
            assert_true(a[i] == b[i] || (isnan(a[i]) && isnan(b[i])));
            assert_true(a[i] == c[i] || (isnan(a[i]) && isnan(c[i])));
        }
        assert_true(isfinite(feature(a, "coulombic_efficiency_last")));
        free(a);
        free(b);
        free(c);
    }
}

static void a_trace_without_current(void **state)
{
    (void)state;
    made bare = usual;
    bare.no_current = true;
    double *v = values_of(&bare, PM_LI_LI, 2, 5000);
    assert_close(feature(v, "plateau_overpotential_first_volt"), 0.03, 0.01, 0);
    assert_close(feature(v, "stripping_overpotential_first_volt"), 0.025, 0.01, 0);
    assert_true(isfinite(feature(v, "peaking_index_first")));
    assert_true(isnan(feature(v, "coulombic_efficiency_first")));
    free(v);
}

static void too_few_cycles_are_said(void **state)
{
    (void)state;
    made one = usual;
    one.cycles = 1;
    pm_scoped(pm_table) rows = records_of(&one);
    pm_scoped(pm_fingerprinter) f = NULL;
    pm_cycle_summary summary;
    pm_error err = {0};
    int n;
    pm_feature_catalogue(&n);
    double *values = malloc((size_t)n * sizeof *values);
    pm_fingerprint_options o = {.cycle = {.kind = PM_LI_CU}};
    assert_good(pm_fingerprinter_new(&o, &f, &err), &err);
    assert_good(pm_fingerprinter_push(f, rows, &err), &err);
    assert_int_equal(pm_fingerprinter_result(f, values, &summary, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "too few"));
    free(values);
    o.cycles = -3;
    pm_fingerprinter *g = NULL;
    assert_int_equal(pm_fingerprinter_new(&o, &g, &err), PM_ERR_ARGUMENT);
}

static void the_catalogue_is_whole(void **state)
{
    (void)state;
    int n;
    const pm_feature *all = pm_feature_catalogue(&n);
    assert_true(n > 100);
    for (int i = 0; i < n; i++) {
        assert_true(all[i].name[0] && all[i].unit[0] && all[i].formula[0] && all[i].meaning[0] && all[i].source[0] &&
                    all[i].kinds);
        for (int k = 0; k < i; k++) assert_string_not_equal(all[i].name, all[k].name);
    }
}

/* 1 M, 3e-6 cm2/s, t+ 0.4, 10 mA/cm2: pi 3e-6 (96.485/(0.02*0.6))^2 = 609.3 s */
static void sands_time(void **state)
{
    (void)state;
    assert_close(pm_sand_time_s(0.010, 1, 3e-6, 0.4), 609.3, 1e-3, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_in_comes_out), cmocka_unit_test(sampling_and_noise_change_little),
        cmocka_unit_test(later_rows_have_no_part),   cmocka_unit_test(later_extremes_have_no_part),
        cmocka_unit_test(a_trace_without_current),   cmocka_unit_test(too_few_cycles_are_said),
        cmocka_unit_test(the_catalogue_is_whole),    cmocka_unit_test(sands_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
