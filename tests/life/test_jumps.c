/* SPDX-License-Identifier: MIT */
/* A change of rate or temperature makes capacity jump: that is no stage. */
#include "life/life.h"
#include "support.h"

#include <math.h>

typedef struct row {
    int64_t cycle;
    double capacity, efficiency;
} row;

/* 200 cycles, but for those from `first` to `last`, that lose 1e-4 of their capacity each, from `bend` on ten times that,
 * and keep `left` of it from cycle 100 on; noise 2e-4. */
static pm_stage_start stage3_of(uint64_t seed, int64_t bend, double left, int64_t first, int64_t last)
{
    static const pm_field fields[] = {{"cycle_count", PM_INT64, "1", offsetof(row, cycle), NULL},
                                      {"discharging_capacity_ah", PM_DOUBLE, "Ah", offsetof(row, capacity), NULL},
                                      {"coulombic_efficiency", PM_DOUBLE, "1", offsetof(row, efficiency), NULL}};
    pm_scoped(pm_builder) rows = NULL;
    pm_scoped(pm_table) cycles = NULL;
    pm_random noise = pm_random_stream(seed, "tests/jumps", 0);
    pm_stage_options options = {.kind = PM_LI_CATHODE};
    pm_stages stages;
    pm_error err = {0};

    assert_good(pm_builder_new(3, fields, &rows, &err), &err);
    for (int64_t n = 1; n <= 200; n++) {
        if (first <= n && n <= last) continue;
        double kept = exp(-1e-4 * (double)n - 9e-4 * fmax((double)(n - bend), 0)) * (n < 100 ? 1 : left);
        pm_builder_push(rows, &(row){n, 0.004 * kept * (1 + 2e-4 * pm_random_normal(&noise)),
                                     0.9998 + 2e-4 * pm_random_normal(&noise)});
    }
    assert_good(pm_builder_finish(rows, &cycles, &err), &err);
    assert_good(pm_stages_of(cycles, &options, &stages, &err), &err);
    assert_int_not_equal(stages.start[4].told, PM_TOLD_YES);
    return stages.start[3];
}

static void a_jump_is_no_bend(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        assert_int_not_equal(stage3_of(seed, 1000, 0.7, 0, 0).told, PM_TOLD_YES);
        assert_int_not_equal(stage3_of(seed, 1000, 0.97, 0, 0).told, PM_TOLD_YES);
    }
}

static void a_bend_is_found_beside_a_jump(void **state)
{
    (void)state;
    int found = 0;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        pm_stage_start three = stage3_of(seed, 140, 0.97, 0, 0);
        found += three.told == PM_TOLD_YES && fabs(three.cycle - 140) < 10;
    }
    assert_true(found >= 9);
}

static void a_gap_is_no_jump(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        pm_stage_start whole = stage3_of(seed, 1000, 1, 0, 0), gap = stage3_of(seed, 1000, 1, 50, 100);
        assert_int_not_equal(whole.told, PM_TOLD_YES);
        assert_int_not_equal(gap.told, PM_TOLD_YES);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_jump_is_no_bend),
        cmocka_unit_test(a_gap_is_no_jump),
        cmocka_unit_test(a_bend_is_found_beside_a_jump),
    };
    return cmocka_run_group_tests_name("life/jumps", tests, NULL, NULL);
}
