/* SPDX-License-Identifier: MIT */
/** @file
 * The modified Aurbach protocol: CE = (n Q_C + Q_S) / (n Q_C + Q_T) (Adams et al. 2018, method 3).
 */
#include "trace.h"

typedef struct protocol {
    double conditioning_mAh, conditioned_mAh;   /* 0 = left out */
    double reservoir_mAh, cycle_mAh, final_mAh; /* final 0 = the records end before it */
    int n;
    double noise;
} protocol;

/** At 0.5 mA, with rests, to a cut-off of 1 V where a strip is to the end. */
static trace cell_under(const protocol *p)
{
    trace t = trace_new();
    t.noise = p->noise;
    trace_step(&t, 0, 5, 2.4, 2.4, 10);
    if (p->conditioning_mAh > 0) {
        trace_step(&t, -0.5e-3, p->conditioning_mAh / 0.5, -0.06, -0.06, 83);
        trace_step(&t, 0.5e-3, p->conditioned_mAh / 0.5 * 0.99, 0.04, 0.04, 91);
        trace_step(&t, 0.5e-3, p->conditioned_mAh / 0.5 * 0.01, 0.04, 1.0, 9);
        trace_step(&t, 0, 0.2, 0.3, 0.3, 10);
    }
    trace_step(&t, -0.5e-3, p->reservoir_mAh / 0.5, -0.06, -0.06, 87);
    for (int i = 0; i < p->n; i++) {
        trace_step(&t, 0, 0.1, 0, 0, 7);
        trace_step(&t, 0.5e-3, p->cycle_mAh / 0.5, 0.04, 0.04, 29);
        trace_step(&t, -0.5e-3, p->cycle_mAh / 0.5, -0.04, -0.04, 31);
    }
    if (p->final_mAh > 0) {
        trace_step(&t, 0.5e-3, p->final_mAh / 0.5 * 0.99, 0.04, 0.04, 73);
        trace_step(&t, 0.5e-3, p->final_mAh / 0.5 * 0.01, 0.04, 1.0, 7);
    }
    return t;
}

static pm_cycle_summary summary_of(const protocol *p)
{
    scoped_trace t = cell_under(p);
    scoped_result r = result_of(&t, (pm_cycle_options){0});
    assert_string_equal(pm_kind_name(r.summary.kind), "li-cu");
    return r.summary;
}

static void check(const protocol *p, double tolerance)
{
    pm_cycle_summary s = summary_of(p);
    double nq = p->n * p->cycle_mAh;
    assert_string_equal(s.protocol, "reservoir");
    assert_true(s.reservoir.found);
    assert_int_equal(s.reservoir.short_cycles, p->n);
    assert_close(s.reservoir.coulombic_efficiency_average, (nq + p->final_mAh) / (nq + p->reservoir_mAh), tolerance, 0);
    assert_close(s.reservoir.reservoir_capacity_Ah, p->reservoir_mAh * 1e-3, 10 * tolerance, 0);
    assert_close(s.reservoir.cycle_capacity_Ah, p->cycle_mAh * 1e-3, 10 * tolerance, 0);
    assert_close(s.reservoir.final_strip_Ah, p->final_mAh * 1e-3, 10 * tolerance, 0);
    double initial = p->conditioning_mAh > 0 ? p->conditioned_mAh / p->conditioning_mAh : (double)NAN;
    assert_close(s.reservoir.coulombic_efficiency_initial, initial, 10 * tolerance, 0);
}

static void exact_records_give_the_exact_efficiency(void **state)
{
    (void)state;
    check(&(protocol){5, 4.6, 5, 1, 4.85, 10, 0}, 1e-9); /* 14.85 / 15 = 0.99 */
    check(&(protocol){0, 0, 5, 1, 4.2, 10, 0}, 1e-9);
    check(&(protocol){4, 3.6, 4, 0.5, 2.9, 3, 0}, 1e-9);
    check(&(protocol){5, 4.9, 5, 1, 0.97, 4, 0}, 1e-9); /* the final strip as small as a short one */
    check(&(protocol){1, 0.9, 5, 0.2, 4.99, 20, 0}, 1e-9);
}

/** 0.5 % of noise on 80 + 620 rows each way: half a percent over the square root of the rows, at five deviations. */
static void noise_is_tolerated(void **state)
{
    (void)state;
    check(&(protocol){5, 4.6, 5, 1, 4.85, 10, 0.005}, 5 * 0.005 * sqrt(2.0 / 380));
}

static void without_its_final_strip_there_is_no_average(void **state)
{
    (void)state;
    pm_cycle_summary s = summary_of(&(protocol){5, 4.6, 5, 1, 0, 10, 0});
    assert_true(s.reservoir.found);
    assert_true(isnan(s.reservoir.coulombic_efficiency_average));
    assert_true(isnan(s.reservoir.final_strip_Ah));
    assert_close(s.reservoir.coulombic_efficiency_initial, 0.92, 1e-9, 0);
    assert_close(s.reservoir.reservoir_capacity_Ah, 5e-3, 1e-9, 0);
}

static void constant_capacity_and_two_short_cycles_are_no_reservoir(void **state)
{
    (void)state;
    scoped_trace t = trace_new();
    for (int i = 0; i < 12; i++) {
        trace_step(&t, -1e-3, 1, -0.05, -0.05, 20);
        trace_step(&t, 1e-3, 0.97, 0.05, 0.05, 20);
        trace_step(&t, 1e-3, 0.01, 0.05, 1.0, 4);
    }
    scoped_result r = result_of(&t, (pm_cycle_options){.kind = PM_LI_CU});
    assert_false(r.summary.reservoir.found);
    assert_string_equal(r.summary.protocol, "cycling");
    assert_true(isnan(r.summary.reservoir.coulombic_efficiency_average));
    assert_false(summary_of(&(protocol){5, 4.6, 5, 1, 4.85, 2, 0}).reservoir.found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_records_give_the_exact_efficiency),
        cmocka_unit_test(noise_is_tolerated),
        cmocka_unit_test(without_its_final_strip_there_is_no_average),
        cmocka_unit_test(constant_capacity_and_two_short_cycles_are_no_reservoir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
