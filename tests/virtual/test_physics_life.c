/* SPDX-License-Identifier: MIT */
/* Whole lives: what is kept, what converges, which way the interphase drives them. */
#include "support.h"

#include <math.h>
#include <string.h>

#include "virtual/virtual.h"

enum { MOST = 200 };

typedef struct seen {
    pm_virtual_cycle row[MOST];
    int64_t n, samples, step;
    pm_virtual_end end;
    double charge_Ah[MOST]; /* integral of the current over the samples, plating above zero, after each cycle */
    double time_s, sum_Ah, sign;
    double gap_s, gap_V, voltage_V; /* the largest steps between samples of one cycler step */
    double highest_V, lowest_V;
} seen;

static pm_status on_sample(void *context, const pm_virtual_sample *s, pm_error *err)
{
    (void)err;
    seen *x = context;
    assert_true(s->time_s >= x->time_s);
    x->sum_Ah += x->sign * s->current_A * (s->time_s - x->time_s) / 3600;
    if (s->step == x->step) {
        x->gap_s = fmax(x->gap_s, s->time_s - x->time_s);
        x->gap_V = fmax(x->gap_V, fabs(s->voltage_V - x->voltage_V));
    }
    x->highest_V = fmax(x->highest_V, s->voltage_V);
    x->lowest_V = fmin(x->lowest_V, s->voltage_V);
    x->step = s->step;
    x->time_s = s->time_s;
    x->voltage_V = s->voltage_V;
    x->samples++;
    return PM_OK;
}

static pm_status on_cycle(void *context, const pm_virtual_cycle *row, pm_error *err)
{
    (void)err;
    seen *x = context;
    assert_true(x->n < MOST);
    x->charge_Ah[x->n] = x->sum_Ah;
    x->row[x->n++] = *row;
    return PM_OK;
}

static void live(const pm_virtual_parameters *p, pm_virtual_protocol protocol, seen *x)
{
    pm_error err;
    pm_virtual_sink sink = {x, on_sample, on_cycle};
    memset(x, 0, sizeof *x);
    x->sign = protocol.design == PM_VIRTUAL_ANODE_FREE || protocol.design == PM_VIRTUAL_LI_CATHODE ? 1 : -1;
    assert_good(pm_virtual_live(p, &protocol, &sink, &x->end, &err), &err);
}

static pm_virtual_parameters cell(int64_t electrolyte)
{
    pm_virtual_parameters p;
    pm_virtual_population population = {.seed = 11};
    pm_virtual_population_cell(&population, electrolyte, 0, &p);
    p.short_per_mAh = 0;
    return p;
}

static double lithium(const pm_virtual_cycle *r)
{
    return r->dead_Ah + r->sei_Ah + r->active_Ah + r->reservoir_Ah + r->trapped_Ah + r->reduction_Ah +
           r->counter_reduction_Ah;
}

static double supplied(const pm_virtual_parameters *p, pm_virtual_design design)
{
    bool cathode = design == PM_VIRTUAL_ANODE_FREE || design == PM_VIRTUAL_LI_CATHODE;
    bool foil = design == PM_VIRTUAL_LI_LI || design == PM_VIRTUAL_LI_CATHODE;
    double counter = cathode ? p->cathode_mAh_per_cm2 : p->counter_foil_mAh_per_cm2;
    return p->area_cm2 * 1e-3 * (counter + (foil ? p->counter_foil_mAh_per_cm2 : 0));
}

/* Lithium each cycle; charge passed, by what a cycler shows, = plated - stripped + leak + reduction. */
static void balances_close(const pm_virtual_parameters *p, pm_virtual_design design, bool shorted)
{
    seen *x = calloc(1, sizeof *x);
    live(p, (pm_virtual_protocol){.design = design, .cycles = 12, .seed = 3}, x);
    assert_true(x->n > 1);
    double net = 0, turned = 0, leaked = 0, all = supplied(p, design);
    for (int64_t i = 0; i < x->n; i++) {
        const pm_virtual_cycle *r = &x->row[i];
        net += r->plated_Ah - r->stripped_Ah;
        turned += r->passed_plating_Ah + r->passed_stripping_Ah;
        leaked = r->leaked_Ah;
        assert_close(lithium(r), all, 1e-11, 0);
        assert_close(x->charge_Ah[i], net + r->leaked_Ah + r->reduction_Ah, 0, 1e-9 * turned);
        assert_true(r->dead_Ah >= 0 && r->sei_Ah > 0 && r->active_Ah >= 0 && r->reservoir_Ah >= 0);
    }
    assert_true(shorted ? leaked != 0 : fabs(leaked) < 1e-16);
    free(x);
}

static void charge_and_lithium(void **state)
{
    (void)state;
    for (int design = PM_VIRTUAL_LI_CU; design <= PM_VIRTUAL_LI_CATHODE; design++)
        for (int electrolyte = 0; electrolyte < 2; electrolyte++) {
            pm_virtual_parameters p = cell(electrolyte + 3 * design);
            balances_close(&p, (pm_virtual_design)design, false);
        }
}

static void charge_and_lithium_with_a_short(void **state)
{
    (void)state;
    for (int design = PM_VIRTUAL_LI_CU; design <= PM_VIRTUAL_LI_CATHODE; design++) {
        pm_virtual_parameters p = cell(1);
        p.short_per_mAh = 1e6;
        balances_close(&p, (pm_virtual_design)design, true);
    }
}

/* The foil ends: everything is then dead or SEI, and the test ends by itself. */
static void reserve_runs_out(void **state)
{
    (void)state;
    seen *x = calloc(1, sizeof *x);
    pm_virtual_parameters p = cell(0);
    p.counter_foil_mAh_per_cm2 = 1.2;
    live(&p, (pm_virtual_protocol){.cycles = 150, .stop_efficiency = -1}, x);
    const pm_virtual_cycle *last = &x->row[x->n - 1];
    assert_true(x->n < 150 && x->end == PM_VIRTUAL_END_POLARISATION);
    assert_close(lithium(last), p.area_cm2 * 1.2e-3, 1e-11, 0);
    assert_true(last->reservoir_Ah < 0.12e-3 * p.area_cm2);
    free(x);
}

/* On halving the step: nucleation peak within 1 %, the rest as measured for these steps. */
static void steps_converge(void **state)
{
    (void)state;
    seen *x = calloc(2, sizeof *x);
    for (int electrolyte = 0; electrolyte < 5; electrolyte++) {
        pm_virtual_parameters p = cell(electrolyte);
        for (int i = 0; i < 2; i++) live(&p, (pm_virtual_protocol){.cycles = 4, .step_ratio = i ? 0.5 : 1}, &x[i]);
        for (int n = 0; n < 4; n++) {
            const pm_virtual_cycle *a = &x[0].row[n], *b = &x[1].row[n];
            assert_close(a->nucleation_V, b->nucleation_V, 0.01, 0);
            assert_close(a->plateau_V, b->plateau_V, 1e-3, 0);
            assert_close(a->polarisation_V, b->polarisation_V, 2e-3, 0);
            assert_close(a->passed_stripping_Ah / a->passed_plating_Ah, b->passed_stripping_Ah / b->passed_plating_Ah,
                         0, 3e-4);
        }
    }
    free(x);
}

/* A thick dead layer and a current near its limit, so that the profile matters. */
static void grid_converges(void **state)
{
    (void)state;
    double voltage[3];
    seen *x = calloc(1, sizeof *x);
    for (int i = 0; i < 3; i++) {
        pm_virtual_parameters p = cell(1);
        p.diffusivity_cm2_per_s = 8e-8;
        live(&p, (pm_virtual_protocol){.cycles = 2, .layers = 8 << i}, x);
        assert_true(x->row[0].current_over_limit > 0.2);
        voltage[i] = x->row[1].polarisation_V;
    }
    assert_close(voltage[0], voltage[2], 1e-3, 0);
    assert_close(voltage[1], voltage[2], 2.5e-4, 0);
    free(x);
}

static void limits_are_met(void **state)
{
    (void)state;
    seen *x = calloc(1, sizeof *x);
    pm_virtual_parameters p = cell(1);
    live(&p, (pm_virtual_protocol){.cycles = 3, .rest_s = -1}, x);
    assert_close(x->row[2].passed_plating_Ah, p.area_cm2 * 1e-3, 1e-12, 0);
    assert_close(x->voltage_V, 1, 0, 2.1e-4); /* the strip's cut-off */
    live(&p, (pm_virtual_protocol){.design = PM_VIRTUAL_LI_CATHODE, .cycles = 2, .rest_s = -1}, x);
    assert_close(x->highest_V, 4.3, 0, 2.1e-4);
    assert_close(x->voltage_V, 3.0, 0, 2.1e-4);
    free(x);
}

/* Rows every 10 s or 5 mV: not rarer; a step of the model may jump further where the voltage runs to a limit. */
static void sampling(void **state)
{
    (void)state;
    seen *x = calloc(2, sizeof *x);
    pm_virtual_parameters p = cell(2);
    live(&p, (pm_virtual_protocol){.cycles = 2, .sample_s = 10, .sample_V = 0.005}, &x[0]);
    live(&p, (pm_virtual_protocol){.cycles = 2}, &x[1]);
    assert_true(x[0].gap_s <= 10 * (1 + 1e-9) && x[1].gap_s > 30);
    assert_true(x[0].gap_V < 0.06);
    assert_true(memcmp(x[0].row, x[1].row, 2 * sizeof *x->row) == 0);
    free(x);
}

static void same_bits(void **state)
{
    (void)state;
    seen *x = calloc(2, sizeof *x);
    pm_virtual_parameters p = cell(0);
    p.short_per_mAh = 0.5;
    for (int i = 0; i < 2; i++) live(&p, (pm_virtual_protocol){.cycles = 8, .seed = 9, .index = 4}, &x[i]);
    assert_true(x[0].samples == x[1].samples && memcmp(x[0].row, x[1].row, sizeof x->row) == 0);
    free(x);
}

static void fingerprint_of_cycle(const pm_virtual_parameters *p, int64_t cycles, pm_virtual_cycle *last)
{
    seen *x = calloc(1, sizeof *x);
    live(p, (pm_virtual_protocol){.cycles = cycles, .stop_efficiency = -1}, x);
    *last = x->row[x->n - 1];
    free(x);
}

static double efficiency(const pm_virtual_cycle *r)
{
    return r->passed_stripping_Ah / r->passed_plating_Ah;
}

/* The first cycle whose efficiency is 0.06 below cycle 4's; 0 = none. */
static int64_t efficiency_falls(const seen *x)
{
    for (int64_t n = 4; n < x->n; n++)
        if (efficiency(&x->row[3]) - efficiency(&x->row[n]) > 0.06) return n;
    return 0;
}

/* The mechanisms of Piao et al.: stiff and brittle loses lithium first, its polarisation has hardly moved by then;
 * moderate grows a dense film and keeps its efficiency; compliant and uneven grows columns, and loses both together.
 * Nothing but the interphase differs. */
static void interphase_decides(void **state)
{
    (void)state;
    pm_virtual_parameters p[3] = {pm_virtual_parameter_defaults()};
    p[0].short_per_mAh = 0;
    p[1] = p[2] = p[0];
    p[0].modulus_GPa = 3, p[0].strength_GPa = 0.25;
    p[1].modulus_GPa = 9, p[1].strength_GPa = 0.45;
    p[2].modulus_GPa = 0.8, p[2].unevenness = 1, p[2].film_ohm_cm2_real = 45, p[2].film_nm = 25;
    p[2].reuse = 0.65, p[2].sei_volume_um_cm2_per_mAh = 14;
    seen *x = calloc(3, sizeof *x);
    for (int i = 0; i < 3; i++) live(&p[i], (pm_virtual_protocol){.cycles = 60}, &x[i]);
    int64_t brittle = efficiency_falls(&x[1]), organic = efficiency_falls(&x[2]);
    assert_true(efficiency_falls(&x[0]) == 0 && x[0].n == 60);
    assert_true(x[0].row[59].polarisation_V > 1.4 * x[0].row[3].polarisation_V);
    assert_true(x[0].row[59].dense_ohm_cm2_real > 5);
    assert_true(brittle > 0 && fabs(x[1].row[brittle].polarisation_V / x[1].row[3].polarisation_V - 1) < 0.25);
    assert_true(organic > 0 && x[2].row[organic].polarisation_V / x[2].row[3].polarisation_V > 1.5);
    assert_true(x[1].row[brittle].broken > 100 * x[2].row[organic].broken);
    assert_true(x[2].row[organic].columns > 1.5 * x[1].row[brittle].columns);
    free(x);
}

/* With its closures off, the first nucleation knows nothing of the modulus; with the stress on, it rises with it. */
static void closures_can_be_switched_off(void **state)
{
    (void)state;
    pm_virtual_cycle on[2], off[2];
    for (int i = 0; i < 2; i++) {
        pm_virtual_parameters p = cell(1);
        p.modulus_GPa = i ? 1.2 : 0.3;
        p.strength_GPa = 0.5;
        fingerprint_of_cycle(&p, 1, &on[i]);
        pm_virtual_switch_off(&p, PM_VIRTUAL_NO_STRESS | PM_VIRTUAL_NO_FRESH_FILM | PM_VIRTUAL_NO_THICKENING);
        fingerprint_of_cycle(&p, 1, &off[i]);
    }
    assert_true(off[0].nucleation_V == off[1].nucleation_V && off[0].plateau_V == off[1].plateau_V);
    assert_true(on[1].nucleation_V > on[0].nucleation_V + 0.005);
}

static void cold_polarises(void **state)
{
    (void)state;
    seen *x = calloc(2, sizeof *x);
    pm_virtual_parameters p = cell(1);
    live(&p, (pm_virtual_protocol){.cycles = 2}, &x[0]);
    live(&p, (pm_virtual_protocol){.cycles = 2, .temperature_C = 10}, &x[1]);
    /* at most by the film's own factor: electrolyte and contacts follow less */
    double most = exp(p.film_eV * 96485 / 8.314 * (1 / 283.15 - 1 / 298.15));
    double ratio = x[1].row[1].polarisation_V / x[0].row[1].polarisation_V;
    assert_true(ratio > 1 + 0.5 * (most - 1) && ratio < most);
    free(x);
}

/* Copper shows its oxide's charge above 0 V in the first cycle only: (C + C_ox) 2.4 V, later C 1 V. */
static void reduction_on_copper(void **state)
{
    (void)state;
    seen *x = calloc(1, sizeof *x);
    pm_virtual_parameters p = cell(1);
    live(&p, (pm_virtual_protocol){.cycles = 2, .rest_s = -1}, x);
    /* at the end of a cycle the copper stands at the cut-off, not quite: film and electrolyte have no share at the end */
    double oxide = p.oxide_mC_per_cm2 / 3.6e6, back = p.capacitance_mF_per_cm2 * (p.rest_potential_V - 1) / 3.6e6;
    assert_close(x->row[0].reduction_Ah, (oxide + back) * p.area_cm2, 0.03, 0);
    assert_close(x->row[1].reduction_Ah, x->row[0].reduction_Ah, 0.01, 0);
    free(x);
}

static void population(void **state)
{
    (void)state;
    pm_virtual_parameters a, b, other, median = {0};
    pm_virtual_population draws = {.seed = 7}, none = {.seed = 7, .electrolyte_scatter = -1, .cell_scatter = -1};
    assert_int_equal(pm_virtual_population_cell(&draws, 13, 2, &a), PM_VIRTUAL_FLUORINATED);
    pm_virtual_population_cell(&draws, 4, 0, &other);
    pm_virtual_population_cell(&draws, 13, 2, &b);
    assert_memory_equal(&a, &b, sizeof a); /* whatever was drawn between */
    pm_virtual_population_cell(&none, 13, 2, &median);
    assert_true(median.modulus_GPa == 8 && median.film_ohm_cm2_real == 34 && median.area_cm2 == 1.27);
    double sum = 0, squares = 0;
    enum { DRAWS = 2000 };
    for (int i = 0; i < DRAWS; i++) {
        pm_virtual_population_cell(&draws, 5 * i, 0, &a);
        pm_error err;
        assert_good(pm_virtual_parameter_check(&a, &err), &err);
        double x = log(a.modulus_GPa / 0.8);
        sum += x, squares += x * x;
    }
    assert_close(sum / DRAWS, 0, 0, 0.04);
    assert_close(sqrt(squares / DRAWS), sqrt(0.4 * 0.4 + 0.1 * 0.1), 0.06, 0);
}

static void refusals(void **state)
{
    (void)state;
    pm_error err;
    pm_virtual_end end;
    pm_virtual_sink sink = {0};
    pm_virtual_parameters good = pm_virtual_parameter_defaults(), bad = good;
    pm_virtual_protocol protocol = {.cycles = 1};
    bad.diffusivity_cm2_per_s = -1;
    assert_int_equal(pm_virtual_live(&bad, &protocol, &sink, &end, &err), PM_ERR_ARGUMENT);
    assert_non_null(strstr(err.message, "diffusivity_cm2_per_s"));
    bad = good;
    bad.reuse = NAN;
    assert_int_equal(pm_virtual_parameter_check(&bad, &err), PM_ERR_ARGUMENT);
    const pm_virtual_protocol wrong[] = {
        {.design = PM_VIRTUAL_LI_ION},
        {.cycles = -1},
        {.current_mA_per_cm2 = -1},
        {.layers = 3},
        {.layers = 41},
        {.charge_V = 2},
        {.temperature_C = 500},
        {.sample_s = -1},
        {.current_mA_per_cm2 = NAN},
        {.sample_V = NAN},
        {.step_ratio = -1},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(pm_virtual_live(&good, &wrong[i], &sink, &end, &err), PM_ERR_ARGUMENT);
}

static pm_status refuse(void *context, const pm_virtual_cycle *row, pm_error *err)
{
    (void)context;
    return row->cycle < 2 ? PM_OK : pm_fail(err, PM_ERR_CANCELLED, "enough");
}

static void sink_can_end_it(void **state)
{
    (void)state;
    pm_error err;
    pm_virtual_end end;
    pm_virtual_parameters p = cell(1);
    pm_virtual_sink sink = {.cycle = refuse};
    assert_int_equal(pm_virtual_live(&p, &(pm_virtual_protocol){.cycles = 5}, &sink, &end, &err), PM_ERR_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charge_and_lithium), cmocka_unit_test(charge_and_lithium_with_a_short),
        cmocka_unit_test(reserve_runs_out),   cmocka_unit_test(steps_converge),
        cmocka_unit_test(grid_converges),     cmocka_unit_test(limits_are_met),
        cmocka_unit_test(sampling),           cmocka_unit_test(same_bits),
        cmocka_unit_test(interphase_decides), cmocka_unit_test(closures_can_be_switched_off),
        cmocka_unit_test(cold_polarises),     cmocka_unit_test(reduction_on_copper),
        cmocka_unit_test(population),         cmocka_unit_test(refusals),
        cmocka_unit_test(sink_can_end_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
