/* SPDX-License-Identifier: MIT */
/* Solving, sweeps and fronts. */
#include "design_support.h"

#include <time.h>

static pm_design example(void)
{
    return design_of(pm_design_example());
}

/* What an input gives is solved for, and gives the input back; every input that the output depends on. */
static void solving_finds_what_was_there(void **state)
{
    (void)state;
    static const char *const outputs[] = {"specific_energy", "energy_density", "mass",
                                          "capacity",        "cycle_life",     "n_to_p"};
    int n, solved = 0;
    const pm_design_input *all = pm_design_inputs(&n);
    pm_design told = example(), filled = told;
    pm_error err = {0};
    assert_good(pm_design_fill(&filled, NULL, &err), &err);
    for (int i = 0; i < n; i++) {
        double was = pm_design_get(&filled, &all[i]), value;
        if (isnan(was)) continue;
        for (int o = 0; o < 6; o++) {
            const pm_design_output *output = output_named(outputs[o]);
            pm_design_axis axis = {&all[i], fmax(was * 0.5, all[i].low), fmin(was * 1.5 + 1e-6, all[i].high), 1};
            pm_design_result r = computed(&told);
            double target = pm_design_read(&r, output), again;
            if (was <= axis.low || was >= axis.high) continue; /* at an end there is no crossing */
            if (pm_design_solve(&told, &axis, output, target, &value, &err)) continue;
            pm_design d = told;
            pm_design_set(&d, &all[i], value);
            r = computed(&d);
            again = pm_design_read(&r, output);
            assert_close(again, target, 1e-12, 0);
            pm_design_set(&d, &all[i], (value + was) / 2);
            r = computed(&d);
            bool level = pm_design_read(&r, output) == target; /* as where another end comes first */
            if (!level) assert_close(value, was, 1e-9, 1e-12);
            solved++;
        }
    }
    assert_true(solved >= 60); /* so many pairs depend on each other */
}

static pm_status solve(const pm_design *d, const char *key, const char *output, double target, double *value,
                       pm_error *err)
{
    const pm_design_input *input = input_named(key);
    pm_design_axis axis = {input, input->low, input->high, 1};
    return pm_design_solve(d, &axis, output_named(output), target, value, err);
}

/* Closed form: loading Q at which a stack has E is a E / (V - b E). */
static void the_loading_for_an_energy_in_closed_form(void **state)
{
    (void)state;
    pm_design d =
        design_of("form: stack\npackage_fraction: 0\nareal_capacity: 1 mAh/cm2\ncathode_voltage: 3.85 V\n"
                  "cathode_specific_capacity: 180 mAh/g\ncathode_active_fraction: 0.96\n"
                  "aluminium_thickness: 12 um\ncopper_thickness: 8 um\nlithium_thickness: 20 um\n"
                  "separator_thickness: 12 um\nseparator_density: 1 g/cm3\nelectrolyte_to_capacity: 2.4 g/Ah\n");
    double a = 6 * 0.27 + 4 * 0.896 + 20 * 0.0534 + 1.2, b = 1000 / 180.0 / 0.96 + 2.4, value = 0;
    pm_error err = {0};
    assert_good(solve(&d, "areal_capacity", "specific_energy", 350, &value, &err), &err);
    assert_close(value, a * 0.35 / (3.85 - b * 0.35) * 1e-3, 1e-12, 0);
}

static void why_there_is_no_solution(void **state)
{
    (void)state;
    pm_design d = example();
    pm_error err = {0};
    double value = -1;
    assert_int_equal(solve(&d, "areal_capacity", "specific_energy", 900, &value, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "gives specific_energy 900 Wh/kg: it is"));
    assert_int_equal(solve(&d, "stack_pressure", "specific_energy", 300, &value, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "does not depend on stack_pressure"));
    assert_int_equal(solve(&d, "areal_capacity", "specific_energy", (double)NAN, &value, &err), PM_ERR_ARGUMENT);
    d.lithium_efficiency = NAN;
    assert_int_equal(solve(&d, "areal_capacity", "cycle_life", 100, &value, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "cycle_life is not there"));
    d.anode = PM_ANODE_NONE;
    d.lithium_um = NAN;
    assert_int_equal(solve(&d, "lithium_thickness", "mass", 20, &value, &err), PM_ERR_ARGUMENT);
    assert_non_null(strstr(err.message, "anode-free"));
    assert_true(value == -1);
}

/* A cathode that fades takes less lithium with each cycle: the foil lasts longer, the cathode does not. Life has a peak
 * between, so narrow that the steps of the whole range miss it. */
static void two_solutions_are_both_named(void **state)
{
    (void)state;
    pm_design d = example();
    pm_error err = {0};
    double value = 0;
    const pm_design_output *life = output_named("cycle_life");
    pm_design_axis axis = {input_named("cathode_retention"), 0.5, 1, 1};
    d.electrolyte_g_per_Ah = 20;
    d.retention = 0.8;
    assert_int_equal(pm_design_solve(&d, &axis, life, 610, &value, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "does not only rise or only fall"));
    axis.low = 0.9998;
    assert_good(pm_design_solve(&d, &axis, life, 610, &value, &err), &err);
    d.cathode_retention = value;
    assert_close(computed(&d).cycle_life, 610, 1e-12, 0);
    assert_int_equal(computed(&d).limit, PM_LIMIT_LITHIUM);
}

/* ---- sweeps ---- */

static void a_sweep_is_every_combination(void **state)
{
    (void)state;
    pm_design d = example();
    pm_error err = {0};
    pm_scoped(pm_table) rows = NULL;
    pm_design_axis axes[] = {{input_named("areal_capacity"), 2e-3, 8e-3, 4},
                             {input_named("electrolyte_to_capacity_millilitre_per_ah"), 1, 3, 5}};
    assert_good(pm_design_sweep(&d, 2, axes, NULL, &rows, &err), &err);
    assert_int_equal(pm_table_rows(rows), 20);
    for (int64_t i = 0; i < 20; i++) {
        pm_design one = d;
        double loading = 2e-3 * (double)(1 + i / 5), amount = 1 + 0.5 * (double)(i % 5);
        assert_close(real_at(rows, "areal_capacity_ah_per_cm2", i), loading, 1e-15, 0);
        assert_close(real_at(rows, "electrolyte_to_capacity_millilitre_per_ah", i), amount, 1e-15, 0);
        one.areal_capacity_Ah_per_cm2 = loading;
        one.electrolyte_g_per_Ah = NAN;
        one.electrolyte_mL_per_Ah = amount;
        pm_design_result r = computed(&one);
        assert_close(real_at(rows, "specific_energy_wh_per_kg", i), r.specific_energy_Wh_per_kg, 1e-14, 0);
        assert_close(real_at(rows, "cycle_life", i), r.cycle_life, 1e-13, 0);
        assert_string_equal(word_at(rows, "limit", i), pm_limit_name(r.limit));
    }
}

static void sweeps_that_make_no_sense(void **state)
{
    (void)state;
    pm_design d = example();
    pm_error err = {0};
    pm_table *rows = NULL;
    const pm_design_input *loading = input_named("areal_capacity"), *foil = input_named("lithium_thickness");
    pm_design_axis many[] = {{loading, 1e-3, 2e-3, 1001}, {foil, 5, 50, 1000}};
    assert_int_equal(pm_design_sweep(&d, 2, many, NULL, &rows, &err), PM_ERR_LIMIT);
    pm_design_axis twice[] = {{foil, 5, 50, 2}, {input_named("n_to_p"), 1, 2, 2}};
    assert_int_equal(pm_design_sweep(&d, 2, twice, NULL, &rows, &err), PM_ERR_ARGUMENT);
    pm_design_axis none[] = {{foil, 5, 50, 0}};
    assert_int_equal(pm_design_sweep(&d, 1, none, NULL, &rows, &err), PM_ERR_ARGUMENT);
    assert_int_equal(pm_design_sweep(&d, 0, none, NULL, &rows, &err), PM_ERR_ARGUMENT);
    pm_design_axis beyond[] = {{loading, 1e-3, 2, 3}};
    assert_int_equal(pm_design_sweep(&d, 1, beyond, NULL, &rows, &err), PM_ERR_ARGUMENT);
    assert_null(rows);
}

/* ---- fronts ---- */

/* Against the definition, pair by pair. */
static void a_front_is_what_nothing_beats(void **state)
{
    (void)state;
    pm_design d = example();
    pm_error err = {0};
    pm_scoped(pm_table) all = NULL;
    pm_scoped(pm_table) front = NULL;
    pm_design_axis axes[] = {{input_named("areal_capacity"), 2e-3, 8e-3, 9},
                             {input_named("lithium_thickness"), 5, 60, 9},
                             {input_named("electrolyte_to_capacity_gram_per_ah"), 1.3, 4, 9}};
    assert_good(pm_design_sweep(&d, 3, axes, NULL, &all, &err), &err);
    assert_good(pm_design_front(&d, 3, axes, output_named("specific_energy"), output_named("cycle_life"), NULL, &front,
                                NULL, &err),
                &err);
    const double *x = pm_table_find(all, "specific_energy_wh_per_kg")->number;
    const double *y = pm_table_find(all, "cycle_life")->number;
    int64_t n = pm_table_rows(all), unbeaten = 0;
    for (int64_t i = 0; i < n; i++) {
        bool beaten = false;
        for (int64_t k = 0; k < n && !beaten; k++)
            beaten = (x[k] >= x[i] && y[k] >= y[i] && (x[k] > x[i] || y[k] > y[i])) ||
                     (k < i && x[k] == x[i] && y[k] == y[i]); /* of equals the first */
        if (beaten) continue;
        unbeaten++;
        bool there = false;
        for (int64_t k = 0; k < pm_table_rows(front); k++)
            there = there ||
                    (real_at(front, "specific_energy_wh_per_kg", k) == x[i] && real_at(front, "cycle_life", k) == y[i]);
        assert_true(there);
    }
    assert_int_equal(pm_table_rows(front), unbeaten);
    assert_true(unbeaten > 10);
    for (int64_t k = 1; k < unbeaten; k++)
        assert_true(real_at(front, "cycle_life", k) > real_at(front, "cycle_life", k - 1) &&
                    real_at(front, "specific_energy_wh_per_kg", k) <
                        real_at(front, "specific_energy_wh_per_kg", k - 1));
}

/* Of the example's 22 amounts of electrolyte from 1 g/Ah on, the first two (1, 1.143) are not above the 1.2 at which it is
 * dry; with 22 loadings and 21 foils each. With one efficiency for all, the most loading is always best. */
static void what_is_dry_from_the_start_is_left_out(void **state)
{
    (void)state;
    pm_design d = example();
    pm_error err = {0};
    pm_scoped(pm_table) front = NULL;
    pm_table *none = NULL;
    pm_design_front_about about;
    pm_design_axis axes[PM_DESIGN_AXES];
    int n = pm_design_usual_axes(&d, axes);
    assert_good(pm_design_front(&d, n, axes, output_named("specific_energy"), output_named("cycle_life"), NULL, &front,
                                &about, &err),
                &err);
    int64_t rows = pm_table_rows(front);
    assert_int_equal(about.designs, 22 * 21 * 22);
    assert_int_equal(about.dead, 2 * 22 * 21);
    assert_int_equal(about.front, rows);
    int64_t most = 0, least = 0;
    for (int64_t i = 0; i < rows; i++) {
        assert_true(real_at(front, "cycle_life", i) >= 1);
        most += real_at(front, "areal_capacity_ah_per_cm2", i) == 12e-3;
        least += real_at(front, "lithium_thickness_um", i) == 5;
    }
    assert_int_equal(about.at_high[0], most);
    assert_int_equal(about.at_low[1], least);
    assert_int_equal(most, rows);
    d.electrolyte_least_g_per_Ah = 50;
    assert_int_equal(pm_design_front(&d, n, axes, output_named("specific_energy"), output_named("cycle_life"), NULL,
                                     &none, &about, &err),
                     PM_ERR_DATA);
    assert_non_null(strstr(err.message, "before the first cycle"));
}

static void a_front_needs_both_outputs(void **state)
{
    (void)state;
    pm_design d = example();
    pm_error err = {0};
    pm_table *front = NULL;
    pm_design_axis axes[PM_DESIGN_AXES];
    d.lithium_efficiency = NAN;
    int n = pm_design_usual_axes(&d, axes);
    assert_int_equal(n, 3);
    assert_int_equal(pm_design_front(&d, n, axes, output_named("specific_energy"), output_named("cycle_life"), NULL,
                                     &front, NULL, &err),
                     PM_ERR_DATA);
    assert_non_null(strstr(err.hint, "lithium_efficiency"));
    d.anode = PM_ANODE_NONE;
    d.electrolyte = PM_ELECTROLYTE_SULFIDE;
    assert_int_equal(pm_design_usual_axes(&d, axes), 1);
}

/* 10,000 designs in less than a second, one design in less than 10 ms: processor time, with much to spare. */
static void answers_are_quick(void **state)
{
    (void)state;
    pm_design d = example();
    pm_error err = {0};
    pm_design_axis axes[PM_DESIGN_AXES];
    pm_scoped(pm_table) front = NULL;
    int n = pm_design_usual_axes(&d, axes);
    double designs = 1;
    for (int k = 0; k < n; k++) designs *= (double)axes[k].n;
    assert_true(designs >= 10000);
    clock_t start = clock();
    assert_good(pm_design_front(&d, n, axes, output_named("specific_energy"), output_named("cycle_life"), NULL, &front,
                                NULL, &err),
                &err);
    double front_s = (double)(clock() - start) / CLOCKS_PER_SEC, value;
    assert_true(front_s < 1);
    start = clock();
    assert_good(solve(&d, "areal_capacity", "specific_energy", 400, &value, &err), &err);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 0.01);
    print_message("front of %.0f designs: %.2g s\n", designs, front_s);
}

/* Each allocation fails once. */
static void memory_may_run_out(void **state)
{
    (void)state;
    pm_design_axis axes[] = {{input_named("areal_capacity"), 2e-3, 8e-3, 3},
                             {input_named("lithium_thickness"), 5, 60, 3}};
    bool struck = true;
    for (int64_t n = 1; struck; n++) {
        int64_t held = allocations_held();
        pm_error err = {0};
        pm_design d;
        const char *text = pm_design_example();
        fail_allocation(n);
        {
            pm_scoped(pm_table) all = NULL;
            pm_scoped(pm_table) front = NULL;
            pm_status s = pm_design_parse_deck(text, (int64_t)strlen(text), "deck", &d, &err);
            if (!s) s = pm_design_sweep(&d, 2, axes, NULL, &all, &err);
            if (!s)
                s = pm_design_front(&d, 2, axes, output_named("mass"), output_named("volume"), NULL, &front, NULL,
                                    &err);
            struck = allocation_failed();
            fail_allocation(0);
            assert_int_equal(s, struck ? PM_ERR_MEMORY : PM_OK);
        }
        assert_int_equal(allocations_held(), held);
        assert_true(n < 500);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solving_finds_what_was_there),
        cmocka_unit_test(the_loading_for_an_energy_in_closed_form),
        cmocka_unit_test(why_there_is_no_solution),
        cmocka_unit_test(two_solutions_are_both_named),
        cmocka_unit_test(a_sweep_is_every_combination),
        cmocka_unit_test(sweeps_that_make_no_sense),
        cmocka_unit_test(a_front_is_what_nothing_beats),
        cmocka_unit_test(what_is_dry_from_the_start_is_left_out),
        cmocka_unit_test(a_front_needs_both_outputs),
        cmocka_unit_test(answers_are_quick),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
