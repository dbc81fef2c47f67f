/* SPDX-License-Identifier: MIT */
/* Courses that are no stage, and stages that numbers rounded to few digits must not hide. */
#include "cycles.h"
#include "support.h"

#include <math.h>
#include <string.h>

enum { CYCLES = 250, SEEDS = 10 };

/* To whole multiples of a step, as exports are; 0 = as it is. */
static double rounded(double value, double step)
{
    return step > 0 ? round(value / step) * step : value;
}

static double noise_of(pm_random *random, double width)
{
    return width * (pm_random_uniform(random) - 0.5);
}

/* From cycle `last` + 1 on each loses 1 % of what it plates, before it 0.02 %. */
static void make_step(uint64_t seed, int last, int n, double step, cycle_row *out)
{
    pm_random random = pm_random_stream(seed, "test/shapes/step", 0);
    double capacity = 0.004;

    for (int i = 1; i <= n; i++) {
        double efficiency = i > last ? 0.99 : 0.9998;
        if (i > last) capacity *= efficiency;
        double seen = capacity * (1 + noise_of(&random, 8e-4)), part = efficiency * (1 + noise_of(&random, 8e-4));
        out[i - 1] = (cycle_row){i, rounded(seen / part, step), rounded(seen, step), part, 0.1};
    }
}

/* 4.00 mAh in steps of 10 uAh: most cycles are equal, and a fit without a floor of its noise takes them for exact. */
static void few_digits_hide_no_boundary(void **state)
{
    (void)state;
    static cycle_row cycles[CYCLES];
    static const double steps[] = {0, 1e-6, 1e-5};
    for (int k = 0; k < 3; k++)
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            make_step(seed, 100, 140, steps[k], cycles);
            pm_stages s = cycles_told(cycles, 140, 1, 0.05);
            assert_int_equal(s.start[4].told, PM_TOLD_YES);
            assert_true(s.start[4].low <= 101 && 101 <= s.start[4].high);
            make_step(seed, CYCLES, 140, steps[k], cycles);
            s = cycles_told(cycles, 140, 1, 0.05);
            assert_int_equal(s.start[4].told, PM_TOLD_NO);
        }
}

typedef double (*course)(int cycle);

static void make_course(uint64_t seed, course capacity, course polarisation, const double steps[2], cycle_row *out)
{
    pm_random random = pm_random_stream(seed, "test/shapes/course", 0);

    for (int i = 1; i <= CYCLES; i++) {
        double seen = 0.004 * capacity(i) * (1 + noise_of(&random, 4e-4)), part = 0.9998 + noise_of(&random, 4e-4);
        double volt = polarisation(i) + noise_of(&random, 1e-3);
        out[i - 1] = (cycle_row){i, seen / part, rounded(seen, steps[0]), part, rounded(volt, steps[1])};
    }
}

static double even(int cycle)
{
    return pow(0.9998, cycle);
}
static double fading(int cycle)
{
    return exp(-0.001 * cycle);
}
static double growing(int cycle)
{
    return 0.1 + 2e-4 * cycle;
}
static double level(int cycle)
{
    (void)cycle;
    return 0.1;
}
static double conditioned(int cycle)
{
    return 0.1 + 0.03 * exp(-cycle / 10.0);
}
static double conditioned_then_growing(int cycle)
{
    return conditioned(cycle) + 6e-4 * fmax(cycle - 150, 0);
}
static double activated(int cycle)
{
    return 1 + 0.05 * fmin(cycle, 40) / 40;
}
/* A cathode that takes a hundred cycles to give what it has, and from then on loses 0.01 % each. */
static double slowly_activated(int cycle)
{
    return (1 - 0.1 * exp(-cycle / 25.0)) * exp(-1e-4 * cycle);
}
/* A chamber that swings by 1 % in 60 cycles. */
static double swinging(int cycle)
{
    return exp(-2e-4 * cycle) * (1 + 0.01 * sin(2 * M_PI * cycle / 60));
}
static double stepping(int cycle)
{
    return even(cycle) * (cycle < 15 ? 1 : 0.98);
}
/* Four times as much at the end, without a bend. */
static double growing_much(int cycle)
{
    return 0.1 + 1.2e-3 * cycle;
}
static double bent(int cycle)
{
    return even(cycle) * (1 - 1e-3 * fmax(cycle - 180, 0));
}

/* How many of SEEDS cells are told to have begun each stage. */
static void count_stages(course capacity, course polarisation, const double steps[2], int count[PM_STAGES + 1])
{
    static cycle_row cycles[CYCLES];

    for (int k = 0; k <= PM_STAGES; k++) count[k] = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        make_course(seed, capacity, polarisation, steps, cycles);
        pm_stages s = cycles_told(cycles, CYCLES, 0, 0);
        for (int k = 1; k <= PM_STAGES; k++) count[k] += s.start[k].told == PM_TOLD_YES;
    }
}

static void even_courses_have_no_bend(void **state)
{
    (void)state;
    static const double rough[] = {1e-5, 1e-3}, exact[] = {0, 0};
    int count[PM_STAGES + 1];
    count_stages(fading, growing, exact, count);
    assert_true(count[2] == 0 && count[3] == 0 && count[4] == 0);
    count_stages(fading, growing, rough, count);
    assert_true(count[2] == 0 && count[3] == 0 && count[4] == 0);
}

/* Steps of a fiftieth of the capacity, so that a cycle's loss is less than rounding takes. */
static void too_few_digits_tell_nothing(void **state)
{
    (void)state;
    static cycle_row cycles[CYCLES];
    make_step(1, 100, 180, 8e-5, cycles);
    pm_stages s = cycles_told(cycles, 180, 1, 0.05);
    assert_int_equal(s.start[4].told, PM_TOLD_CANNOT);
    assert_int_equal(s.start[3].told, PM_TOLD_CANNOT);
}

/* From full to nothing: what is left of a dead cell moves no boundary. */
static void a_dead_end_moves_nothing(void **state)
{
    (void)state;
    static cycle_row cycles[CYCLES + 500];
    make_step(2, 60, CYCLES + 500, 0, cycles);
    pm_stages s = cycles_told(cycles, CYCLES + 500, 0, 0);
    assert_int_equal(s.start[4].told, PM_TOLD_YES);
    assert_true(s.start[4].low <= 61 && 61 <= s.start[4].high);
    assert_true(strstr(s.notes[0], "below a tenth of the capacity, and are not looked at"));
}

/* A cell that dies at once: nothing of what came before says of what. */
static void a_sudden_death_is_no_health(void **state)
{
    (void)state;
    static cycle_row cycles[CYCLES];
    for (int nothing = 0; nothing < 2; nothing++) {
        make_step(3, CYCLES, CYCLES, 0, cycles);
        for (int i = 150; i < CYCLES; i++) cycles[i].discharged = nothing ? 0 : 2e-4;
        pm_stages s = cycles_told(cycles, CYCLES, 1, 0.05);
        assert_int_equal(s.cycles, 150);
        assert_int_equal(s.start[4].told, PM_TOLD_CANNOT);
        assert_int_equal(s.limit, PM_LIMIT_UNKNOWN);
        assert_true(strstr(s.notes[0], "the last 100 cycles are below a tenth of the capacity"));
        assert_non_null(strstr(s.cannot_know[0], "the cell died within a few cycles"));
        for (int i = 0; s.cannot_know[i]; i++) assert_null(strstr(s.cannot_know[i], "less than a fifth"));
    }
}

/* Polarisation that falls and then no longer does rises nowhere; capacity that was activated does not fall. */
static void what_stops_changing_begins_no_stage(void **state)
{
    (void)state;
    static const double exact[] = {0, 0};
    int count[PM_STAGES + 1];
    count_stages(even, conditioned, exact, count);
    assert_true(count[2] == 0 && count[3] == 0 && count[4] == 0);
    count_stages(activated, level, exact, count);
    assert_true(count[2] == 0 && count[3] == 0 && count[4] == 0);
    count_stages(slowly_activated, level, exact, count);
    assert_true(count[3] == 0 && count[4] == 0);
    count_stages(stepping, level, exact, count);
    assert_true(count[3] == 0 && count[4] == 0);
}

/* Capacity that falls no lower than it was before may come back, and the efficiency swings with it. */
static void swings_run_short_of_nothing(void **state)
{
    (void)state;
    static const double exact[] = {0, 0};
    int count[PM_STAGES + 1];
    count_stages(swinging, level, exact, count);
    assert_true(count[4] == 0);
}

/* Rule 2 of the review: polarisation grows in stage 2. Where it does so from the first cycle on, there is no bend. */
static void growth_without_a_bend_is_no_no(void **state)
{
    (void)state;
    static const double exact[] = {0, 0};
    static cycle_row cycles[CYCLES];
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        make_course(seed, even, growing_much, exact, cycles);
        assert_int_equal(cycles_told(cycles, CYCLES, 0, 0).start[2].told, PM_TOLD_CANNOT);
    }
}

/* The counter goes on by 60 while the cell rests: capacity behind it is what it was. */
static void a_rest_that_is_counted_is_no_stage(void **state)
{
    (void)state;
    static const double exact[] = {0, 0};
    static cycle_row cycles[CYCLES];
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        make_course(seed, even, level, exact, cycles);
        for (int i = 120; i < CYCLES; i++) cycles[i].cycle_count += 60;
        pm_stages s = cycles_told(cycles, CYCLES, 0, 0);
        assert_int_not_equal(s.start[4].told, PM_TOLD_YES);
        assert_int_not_equal(s.start[3].told, PM_TOLD_YES);
    }
}

static void a_bend_behind_another_is_found(void **state)
{
    (void)state;
    static const double rough[] = {1e-5, 1e-3}, exact[] = {0, 0};
    int count[PM_STAGES + 1];
    count_stages(bent, conditioned_then_growing, exact, count);
    assert_int_equal(count[2], SEEDS);
    assert_int_equal(count[3], SEEDS);
    count_stages(bent, conditioned_then_growing, rough, count);
    assert_int_equal(count[2], SEEDS);
    assert_int_equal(count[3], SEEDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_digits_hide_no_boundary),        cmocka_unit_test(even_courses_have_no_bend),
        cmocka_unit_test(too_few_digits_tell_nothing),        cmocka_unit_test(a_dead_end_moves_nothing),
        cmocka_unit_test(a_sudden_death_is_no_health),        cmocka_unit_test(what_stops_changing_begins_no_stage),
        cmocka_unit_test(swings_run_short_of_nothing),        cmocka_unit_test(growth_without_a_bend_is_no_no),
        cmocka_unit_test(a_rest_that_is_counted_is_no_stage), cmocka_unit_test(a_bend_behind_another_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
