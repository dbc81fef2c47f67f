/* SPDX-License-Identifier: MIT */
/* Stages of made-up lives whose stages are known; what cannot be told; what makes no sense. */
#include "life/life.h"
#include "support.h"
#include "virtual/virtual.h"

#include <math.h>
#include <string.h>

/* Foil for some 300 cycles. */
static const pm_virtual_life a_life = {.n_to_p = 1.5,
                                       .loss = 0.004,
                                       .acceleration = 0.002,
                                       .stage2 = 120,
                                       .stage3 = 230,
                                       .fade = 1e-4,
                                       .later_fade = 4e-4,
                                       .noise = 5e-4,
                                       .capacity_noise = 5e-4,
                                       .outliers = 0.02,
                                       .cycles = 2000,
                                       .retention = 0.7,
                                       .seed = 1};
static const pm_n_to_p a_ratio = {{1.5, 0.075}, PM_N_TO_P_FOIL};

static pm_virtual_life_truth stages_of(const pm_virtual_life *life, const pm_n_to_p *ratio, pm_stages *out)
{
    pm_scoped(pm_table) cycles = NULL;
    pm_virtual_life_truth truth;
    pm_stage_options options = {.kind = PM_LI_CATHODE};
    pm_error err = {0};
    if (ratio) options.n_to_p = *ratio;
    assert_good(pm_virtual_life_cycles(life, &cycles, &truth, &err), &err);
    assert_good(pm_stages_of(cycles, &options, out, &err), &err);
    return truth;
}

static bool covers(const pm_stage_start *s, double cycle)
{
    return s->told == PM_TOLD_YES && s->low <= cycle && cycle <= s->high;
}

static void all_four_are_found(void **state)
{
    (void)state;
    int second = 0, third = 0, fourth = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        pm_virtual_life life = a_life;
        pm_stages s;
        life.seed = seed;
        life.scatter = (pm_virtual_scatter)(seed % PM_VIRTUAL_SCATTERS);
        pm_virtual_life_truth truth = stages_of(&life, &a_ratio, &s);
        assert_int_equal(s.stage, 4);
        assert_int_equal(s.limit, PM_LIMIT_LITHIUM);
        assert_true(s.start[4].high - s.start[4].low >= 3);
        assert_close(s.start[4].cycle, (double)truth.short_cycle, 0, 3);
        second += covers(&s.start[2], 120);
        third += s.start[3].told == PM_TOLD_YES && fabs(s.start[3].cycle - 230) < 25;
        fourth += covers(&s.start[4], (double)truth.short_cycle);
        double mean = 1 - truth.lost_Ah / truth.plated_Ah;
        assert_true(s.coulombic_efficiency_lithium_mean.low <= mean &&
                    mean <= s.coulombic_efficiency_lithium_mean.high);
        assert_close(s.hidden_lithium_Ah.value, truth.lost_Ah, 0.05, 0);
        assert_close(s.normalised_cycle_life.value * (1 - s.coulombic_efficiency_lithium_mean.value), 1, 0.06, 0);
    }
    assert_true(fourth >= 18 && third >= 15 && second >= 15);
}

static void before_stage4_there_are_bounds_only(void **state)
{
    (void)state;
    pm_virtual_life life = a_life;
    pm_stages s;
    life.cycles = 200;
    pm_virtual_life_truth truth = stages_of(&life, &a_ratio, &s);
    assert_int_equal(truth.short_cycle, 0);
    assert_int_equal(s.start[4].told, PM_TOLD_NO);
    assert_true(s.stage < 4 && isnan(s.start[4].cycle) && isnan(s.hidden_lithium_Ah.value));
    assert_true(truth.lost_Ah <= s.hidden_lithium_Ah.high);
    assert_true(1 - truth.lost_Ah / truth.plated_Ah >= s.coulombic_efficiency_lithium_mean.low);
    assert_int_equal(s.limit, PM_LIMIT_UNKNOWN);
    assert_non_null(s.cannot_know[0]);
    /* the step that would be seen: N/P over what was plated, less what the cathode loses already */
    assert_close(s.step_expected, 1.5 / 200 - 2e-4, 0.05, 0);
}

/* A step of 0.1 points under noise of 2: neither yes nor no. */
static void a_small_step_cannot_be_told(void **state)
{
    (void)state;
    pm_virtual_life life = a_life;
    pm_stages s;
    life.n_to_p = 0.5;
    life.loss = 0.002;
    life.acceleration = 0;
    life.noise = life.capacity_noise = 0.02;
    life.cycles = 262;
    pm_n_to_p ratio = {{0.5, 0.025}, PM_N_TO_P_FOIL};
    pm_virtual_life_truth truth = stages_of(&life, &ratio, &s);
    assert_in_range(truth.short_cycle, 245, 262);
    assert_int_equal(s.start[4].told, PM_TOLD_CANNOT);
    assert_true(isnan(s.hidden_lithium_Ah.high));
}

static void a_cathode_that_fades_is_no_stage4(void **state)
{
    (void)state;
    pm_virtual_life life = a_life;
    pm_stages s;
    life.stage3 = 100;
    life.later_fade = 2e-3;
    life.n_to_p = 3;
    life.cycles = 300;
    life.retention = 0.5;
    pm_n_to_p ratio = {{3, 0.15}, PM_N_TO_P_FOIL};
    pm_virtual_life_truth truth = stages_of(&life, &ratio, &s);
    assert_int_equal(truth.short_cycle, 0);
    assert_int_equal(s.start[4].told, PM_TOLD_NO);
    assert_int_equal(s.stage, 3);
    assert_close(s.start[3].cycle, 100, 0, 5);
    assert_int_equal(s.limit, PM_LIMIT_CATHODE);
}

static void without_n_to_p_the_boundary_is_found_still(void **state)
{
    (void)state;
    pm_stages s;
    pm_virtual_life_truth truth = stages_of(&a_life, NULL, &s);
    assert_true(covers(&s.start[4], (double)truth.short_cycle));
    assert_true(isnan(s.normalised_cycle_life.value) && isnan(s.hidden_lithium_Ah.value));
    assert_non_null(strstr(s.cannot_know[0], "N/P"));
}

/* ---- what makes no sense ---- */

typedef struct row {
    int64_t cycle_count;
    double discharged, efficiency;
} row;

static pm_status told(double efficiency, int64_t cycles, bool with_efficiency, pm_kind kind, double n_to_p,
                      pm_error *err)
{
    static const pm_field fields[] = {
        {"cycle_count", PM_INT64, "1", offsetof(row, cycle_count), NULL},
        {"discharging_capacity_ah", PM_DOUBLE, "Ah", offsetof(row, discharged), NULL},
        {"coulombic_efficiency", PM_DOUBLE, "1", offsetof(row, efficiency), NULL},
    };
    pm_scoped(pm_builder) rows = NULL;
    pm_scoped(pm_table) table = NULL;
    pm_stage_options options = {.kind = kind, .n_to_p = {{n_to_p, 0}, PM_N_TO_P_FOIL}};
    pm_stages s;
    assert_int_equal(pm_builder_new(with_efficiency ? 3 : 2, fields, &rows, NULL), PM_OK);
    for (int64_t i = 1; i <= cycles; i++) pm_builder_push(rows, &(row){i, 0.004, efficiency});
    assert_int_equal(pm_builder_finish(rows, &table, NULL), PM_OK);
    return pm_stages_of(table, &options, &s, err);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    pm_error err = {0};
    assert_int_equal(told(99.9, 30, true, PM_LI_CATHODE, 2, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "percent"));
    assert_int_equal(told(1.2, 30, true, PM_LI_CATHODE, 2, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "no more comes back"));
    assert_int_equal(told(0.999, 30, false, PM_LI_CATHODE, 2, &err), PM_ERR_COLUMN);
    assert_non_null(strstr(err.message, "coulombic_efficiency"));
    assert_int_equal(told(0.999, 12, true, PM_LI_CATHODE, 2, &err), PM_ERR_DATA);
    assert_int_equal(told(0.999, 30, true, PM_LI_LI, 2, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "symmetric"));
    assert_int_equal(told(0.999, 30, true, PM_LI_CATHODE, -1, &err), PM_ERR_ARGUMENT);
    assert_int_equal(told(0.999, 30, true, PM_LI_CATHODE, 2, &err), PM_OK);
}

static void failing_allocations_are_told(void **state)
{
    (void)state;
    pm_scoped(pm_table) cycles = NULL;
    pm_virtual_life_truth truth;
    pm_stage_options options = {.kind = PM_LI_CATHODE, .n_to_p = a_ratio};
    pm_error err = {0};
    assert_good(pm_virtual_life_cycles(&a_life, &cycles, &truth, &err), &err);
    for (int64_t n = 1;; n++) {
        pm_stages s;
        int64_t held = allocations_held();
        fail_allocation(n);
        pm_status status = pm_stages_of(cycles, &options, &s, &err);
        bool failed = allocation_failed();
        fail_allocation(0);
        assert_int_equal(allocations_held(), held);
        assert_int_equal(status, failed ? PM_ERR_MEMORY : PM_OK);
        if (!failed) break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_four_are_found),
        cmocka_unit_test(before_stage4_there_are_bounds_only),
        cmocka_unit_test(a_small_step_cannot_be_told),
        cmocka_unit_test(a_cathode_that_fades_is_no_stage4),
        cmocka_unit_test(without_n_to_p_the_boundary_is_found_still),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(failing_allocations_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
