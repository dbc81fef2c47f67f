/* SPDX-License-Identifier: MIT */
/* Integrates the records with a plain loop and compares with the truth that comes with them, and with sums done here. */
#include "support.h"

#include <math.h>
#include <string.h>

#include "virtual/virtual.h"

enum { CYCLES_MAX = 64 };

/* Charge per cycle and direction, by the trapezoidal rule inside steps. */
typedef struct charges {
    double negative_Ah[CYCLES_MAX], positive_Ah[CYCLES_MAX];
} charges;

static charges integrate(const pm_table *records)
{
    charges q = {0};
    for (int64_t i = 1; i < pm_table_rows(records); i++) {
        if (real_at(records, "step_count", i) != real_at(records, "step_count", i - 1)) continue;
        double s = real_at(records, "test_time_second", i) - real_at(records, "test_time_second", i - 1);
        double A = (real_at(records, "current_ampere", i) + real_at(records, "current_ampere", i - 1)) / 2;
        int cycle = (int)real_at(records, "cycle_count", i);
        assert_in_range(cycle, 1, CYCLES_MAX - 1);
        *(A < 0 ? &q.negative_Ah[cycle] : &q.positive_Ah[cycle]) += fabs(A) * s / 3600;
    }
    return q;
}

static pm_virtual_cell *make(pm_virtual_options options)
{
    pm_error err = {0};
    pm_virtual_cell *cell = NULL;
    assert_good(pm_virtual_demo_cell(&options, &cell, &err), &err);
    return cell;
}

static bool negative_plates(pm_virtual_design design)
{
    return design == PM_VIRTUAL_LI_CU || design == PM_VIRTUAL_LI_CU_RESERVOIR || design == PM_VIRTUAL_HALF_CELL;
}

static void check_charges(const pm_virtual_cell *cell)
{
    charges q = integrate(cell->records);
    bool negative = negative_plates(cell->options.design);
    for (int64_t i = 0; i < pm_table_rows(cell->cycles); i++) {
        double in = negative ? q.negative_Ah[i + 1] : q.positive_Ah[i + 1];
        double out = negative ? q.positive_Ah[i + 1] : q.negative_Ah[i + 1];
        assert_close(in, real_at(cell->cycles, "plated_ah", i), 1e-12, 0);
        assert_close(out, real_at(cell->cycles, "stripped_ah", i), 1e-12, 0);
        if (cell->options.design != PM_VIRTUAL_LI_LI)
            assert_close(out / in, real_at(cell->cycles, "coulombic_efficiency", i), 1e-12, 0);
    }
}

static void every_design_holds_its_truth(void **state)
{
    (void)state;
    for (int design = 0; design < PM_VIRTUAL_DESIGNS; design++)
        for (int uneven = 0; uneven < 2; uneven++) {
            pm_scoped(pm_virtual_cell) cell = make((pm_virtual_options){.design = (pm_virtual_design)design,
                                                                        .cycles = 12,
                                                                        .rest_s = uneven ? 300 : 0,
                                                                        .uneven = uneven,
                                                                        .voltage_noise_V = uneven ? 1e-3 : 0});
            check_charges(cell);
        }
}

static void efficiency_follows_the_law(void **state)
{
    (void)state;
    pm_scoped(pm_virtual_cell) cell =
        make((pm_virtual_options){.design = PM_VIRTUAL_LI_CU, .cycles = 3, .efficiency = {0.8, 0.9, 2}});
    charges q = integrate(cell->records);
    /* 0.9 - 0.1 exp(-(n - 1) / 2) */
    assert_close(q.positive_Ah[1] / q.negative_Ah[1], 0.8, 1e-12, 0);
    assert_close(q.positive_Ah[2] / q.negative_Ah[2], 0.83934693402873665764, 1e-12, 0);
    assert_close(q.positive_Ah[3] / q.negative_Ah[3], 0.86321205588285576784, 1e-12, 0);
    assert_close(cell->coulombic_efficiency, (0.8 + 0.83934693402873665764 + 0.86321205588285576784) / 3, 1e-14, 0);
}

static void reservoir_gives_its_average_back(void **state)
{
    (void)state;
    pm_scoped(pm_virtual_cell) cell = make((pm_virtual_options){.design = PM_VIRTUAL_LI_CU_RESERVOIR,
                                                                .cycles = 10,
                                                                .capacity_Ah = 1e-3,
                                                                .efficiency = {0.9, 0.97, 1},
                                                                .rest_s = 120});
    charges q = integrate(cell->records);
    assert_close(q.positive_Ah[1] / q.negative_Ah[1], 0.9, 1e-12, 0);
    assert_close(q.negative_Ah[2] / q.negative_Ah[3], 5, 1e-12, 0);
    double stripped = 0, plated = 0; /* after conditioning: (n Qc + Qs) / (n Qc + Qt) */
    for (int n = 2; n <= 12; n++) {
        stripped += q.positive_Ah[n];
        plated += q.negative_Ah[n];
    }
    assert_close(stripped / plated, 0.97, 1e-12, 0);
    assert_close(cell->coulombic_efficiency, 0.97, 1e-15, 0);
    assert_int_equal(pm_table_rows(cell->cycles), 12);
    assert_close(q.positive_Ah[11], 1e-3, 1e-12, 0);
    assert_close(q.positive_Ah[12], 0.97 * 15e-3 - 10e-3, 1e-11, 0);
}

static void lithium_is_conserved(void **state)
{
    (void)state;
    static const pm_virtual_design foil[] = {PM_VIRTUAL_LI_CU, PM_VIRTUAL_LI_CU_RESERVOIR};
    for (size_t k = 0; k < sizeof foil / sizeof *foil; k++) {
        pm_scoped(pm_virtual_cell) cell = make((pm_virtual_options){.design = foil[k], .cycles = 20});
        for (int64_t i = 0; i < pm_table_rows(cell->cycles); i++) {
            double all = real_at(cell->cycles, "dead_ah", i) + real_at(cell->cycles, "sei_ah", i) +
                         real_at(cell->cycles, "active_ah", i) + real_at(cell->cycles, "reservoir_ah", i);
            assert_close(all, 50 * 1.27e-3, 1e-12, 0); /* what the foil held */
        }
    }
}

static void without_foil_a_charge_is_the_last_discharge(void **state)
{
    (void)state;
    pm_scoped(pm_virtual_cell) cell = make((pm_virtual_options){.design = PM_VIRTUAL_ANODE_FREE, .cycles = 8});
    charges q = integrate(cell->records);
    assert_close(q.positive_Ah[1], 1.27e-3, 1e-12, 0); /* 1 mAh/cm2 on 1.27 cm2 */
    for (int n = 2; n <= 8; n++) assert_close(q.positive_Ah[n], q.negative_Ah[n - 1], 1e-12, 0);
    assert_true(q.negative_Ah[8] < 0.95 * q.positive_Ah[1]);
}

static void records_look_like_a_test(void **state)
{
    (void)state;
    pm_scoped(pm_virtual_cell) cell = make((pm_virtual_options){
        .design = PM_VIRTUAL_LI_CATHODE, .cycles = 2, .rest_s = 60, .interval_s = 30, .uneven = true});
    const pm_table *r = cell->records;
    assert_string_equal(word_at(r, "step_type", 0), "charge");
    int64_t last = pm_table_rows(r) - 1;
    assert_string_equal(word_at(r, "step_type", last), "rest");
    assert_close(real_at(r, "step_count", last), 8, 0, 0);
    for (int64_t i = 1; i <= last; i++) {
        double gap = real_at(r, "test_time_second", i) - real_at(r, "test_time_second", i - 1);
        assert_true(gap > 0 && gap <= 54); /* 1.8 intervals */
        double volt = real_at(r, "voltage_volt", i);
        assert_true(volt > 3 && volt < 4.5);
    }
    charges q = integrate(r);
    assert_close(real_at(r, "charging_capacity_ah", last), q.positive_Ah[1] + q.positive_Ah[2], 1e-12, 0);
    assert_close(real_at(r, "discharging_capacity_ah", last), q.negative_Ah[1] + q.negative_Ah[2], 1e-12, 0);
}

static void noise_depends_on_the_seed_alone(void **state)
{
    (void)state;
    pm_virtual_options options = {.design = PM_VIRTUAL_LI_ION, .cycles = 2, .voltage_noise_V = 1e-3, .uneven = true};
    pm_scoped(pm_virtual_cell) a = make(options);
    pm_scoped(pm_virtual_cell) b = make(options);
    assert_same_table(a->records, b->records);
    options.seed = 1;
    pm_scoped(pm_virtual_cell) c = make(options);
    assert_true(real_at(a->records, "voltage_volt", 0) != real_at(c->records, "voltage_volt", 0));
    check_charges(c);
}

static void noise_has_the_deviation_asked_for(void **state)
{
    (void)state;
    pm_virtual_options options = {.design = PM_VIRTUAL_LI_LI, .cycles = 20, .interval_s = 6};
    pm_scoped(pm_virtual_cell) clean = make(options);
    options.voltage_noise_V = 2e-3;
    options.current_noise_A = 1e-6;
    pm_scoped(pm_virtual_cell) noisy = make(options);
    int64_t n = pm_table_rows(clean->records);
    double volt = 0, ampere = 0;
    for (int64_t i = 0; i < n; i++) {
        volt += pow(real_at(noisy->records, "voltage_volt", i) - real_at(clean->records, "voltage_volt", i), 2);
        ampere += pow(real_at(noisy->records, "current_ampere", i) - real_at(clean->records, "current_ampere", i), 2);
    }
    /* the standard deviation of a standard deviation is 1/sqrt(2 n): 0.5 % for 24,000 rows */
    assert_true(n > 20000);
    assert_close(sqrt(volt / (double)n), 2e-3, 0.02, 0);
    assert_close(sqrt(ampere / (double)n), 1e-6, 0.02, 0);
}

static void refuses(pm_virtual_options options, pm_status status)
{
    pm_error err = {0};
    pm_virtual_cell *cell = NULL;
    assert_int_equal(pm_virtual_demo_cell(&options, &cell, &err), status);
    assert_null(cell);
    assert_true(strlen(err.message) > 0);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    refuses((pm_virtual_options){.design = PM_VIRTUAL_DESIGNS}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_options){.cycles = -1}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_options){.capacity_Ah = -1}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_options){.interval_s = NAN}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_options){.voltage_noise_V = -1}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_options){.efficiency = {1.2, 1, 1}}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_options){.interval_s = 1e-6}, PM_ERR_LIMIT);
    /* 5 capacities at 0.9 last for fewer than 100 short cycles */
    refuses((pm_virtual_options){.design = PM_VIRTUAL_LI_CU_RESERVOIR, .cycles = 100, .efficiency = {0.9, 0.9, 1}},
            PM_ERR_ARGUMENT);
    char name[80];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    refuses((pm_virtual_options){.cell_id = name}, PM_ERR_ARGUMENT);
}

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    pm_virtual_options options = {.design = PM_VIRTUAL_LI_CU_RESERVOIR, .cycles = 3, .voltage_noise_V = 1e-3};
    int64_t before = allocations_held();
    for (int64_t n = 1;; n++) {
        pm_error err = {0};
        pm_virtual_cell *cell = NULL;
        fail_allocation(n);
        pm_status status = pm_virtual_demo_cell(&options, &cell, &err);
        bool failed = allocation_failed();
        fail_allocation(0);
        pm_virtual_cell_free(cell);
        assert_int_equal(allocations_held(), before);
        assert_int_equal(status, failed ? PM_ERR_MEMORY : PM_OK);
        if (!failed) break;
        assert_true(n < 100000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_design_holds_its_truth),
        cmocka_unit_test(efficiency_follows_the_law),
        cmocka_unit_test(reservoir_gives_its_average_back),
        cmocka_unit_test(lithium_is_conserved),
        cmocka_unit_test(without_foil_a_charge_is_the_last_discharge),
        cmocka_unit_test(records_look_like_a_test),
        cmocka_unit_test(noise_depends_on_the_seed_alone),
        cmocka_unit_test(noise_has_the_deviation_asked_for),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(every_failing_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
