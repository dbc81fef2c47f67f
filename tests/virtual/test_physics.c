/* SPDX-License-Identifier: MIT */
/* The parts of the virtual cell against closed forms. */
#include "support.h"

#include <math.h>
#include <string.h>

#include "virtual/physics.h"

#define PI 3.14159265358979323846
#define F 96485.33212
#define R 8.314462618

static pm_virtual_parameters defaults(void)
{
    return pm_virtual_parameter_defaults();
}

/* A separator alone, between electrodes without dead layers. */
static virtual_grid separator(double width_cm, double porosity, double macmullin, int volumes)
{
    virtual_grid g;
    const virtual_layer layers[3] = {{0, 1, 1}, {width_cm, porosity, macmullin}, {0, 1, 1}};
    virtual_grid_build(&g, layers, volumes);
    return g;
}

/* When the concentration at the surface is used up; between two steps by a straight line. */
static double time_to_depletion(const virtual_grid *g, double diffusivity, double flux, double c0, double dt)
{
    double salt[VIRTUAL_VOLUMES], surface[2], before = c0;
    for (int i = 0; i < g->n; i++) salt[i] = c0;
    for (int i = 1;; i++) {
        virtual_salt_step(g, diffusivity, flux, dt, salt, surface);
        if (surface[0] <= 0) return dt * (i - 1 + before / (before - surface[0]));
        before = surface[0];
    }
}

/* tau = pi eps D / N_M (F c0 / (2 J (1 - t+)))^2 in a porous medium that has no end. */
static void sands_time(void **state)
{
    (void)state;
    double c0 = 1e-3, diffusivity = 2e-6, J = 0.012, t_plus = 0.35;
    const double media[2][2] = {{1, 1}, {0.45, 5.5}}; /* free liquid, separator */
    for (int m = 0; m < 2; m++) {
        double porosity = media[m][0], macmullin = media[m][1];
        double ratio = F * c0 / (2 * J * (1 - t_plus));
        double tau = PI * porosity * diffusivity / macmullin * ratio * ratio;
        double width = 6 * sqrt(diffusivity * tau / (porosity * macmullin));
        virtual_grid g = separator(width, porosity, macmullin, 40);
        double found = time_to_depletion(&g, diffusivity, J * (1 - t_plus) / F, c0, tau / 20000);
        assert_close(found, tau, 4e-3, 0);
        virtual_grid coarse = separator(width, porosity, macmullin, 16);
        double rough = time_to_depletion(&coarse, diffusivity, J * (1 - t_plus) / F, c0, tau / 20000);
        assert_true(fabs(rough - tau) > 3 * fabs(found - tau)); /* converges in space */
        double larger = time_to_depletion(&g, diffusivity, J * (1 - t_plus) / F, c0, tau / 200);
        double smaller = time_to_depletion(&g, diffusivity, J * (1 - t_plus) / F, c0, tau / 400);
        assert_close((larger - found) / (smaller - found), 2, 0.1, 0); /* and in time, by the first order */
    }
}

/* J* = 2 F c0 D / (N_M (1 - t+) L): half the salt lies on either side of the middle. */
static void limiting_current(void **state)
{
    (void)state;
    pm_virtual_parameters p = defaults();
    virtual_conditions k = virtual_conditions_at(&p, 25, 1);
    double width = 40e-4, macmullin = 5;
    virtual_grid g = separator(width, 0.4, macmullin, 16);
    double c0 = p.salt_mol_per_litre * 1e-3;
    double closed = 1e3 * 2 * F * c0 * p.diffusivity_cm2_per_s / (macmullin * (1 - p.transference) * width);
    assert_close(virtual_limiting_current(&g, &k), closed, 1e-12, 0);
    /* at 0.9 of it a tenth of the salt is left at the surface, at the other end 1.9 times the mean */
    double salt[VIRTUAL_VOLUMES], surface[2];
    for (int i = 0; i < g.n; i++) salt[i] = c0;
    double flux = 0.9 * closed * 1e-3 * (1 - p.transference) / F;
    for (int i = 0; i < 400; i++) virtual_salt_step(&g, p.diffusivity_cm2_per_s, flux, 10, salt, surface);
    assert_close(surface[0] / c0, 0.1, 0, 1e-9);
    assert_close(surface[1] / c0, 1.9, 0, 1e-9);
}

/* Equal dead layers on both sides: by symmetry half of the whole resistance counts. */
static void limiting_current_behind_dead_layers(void **state)
{
    (void)state;
    pm_virtual_parameters p = defaults();
    virtual_conditions k = virtual_conditions_at(&p, 25, 1);
    const virtual_layer layers[3] = {{30e-4, 0.3, 11}, {25e-4, 0.45, 5.5}, {30e-4, 0.3, 11}};
    virtual_grid g;
    virtual_grid_build(&g, layers, 12);
    double path = 2 * 30e-4 * 11 + 25e-4 * 5.5;
    double closed = 1e3 * 2 * F * p.salt_mol_per_litre * 1e-3 * p.diffusivity_cm2_per_s / ((1 - p.transference) * path);
    assert_close(g.path_cm, path, 1e-12, 0);
    assert_close(virtual_limiting_current(&g, &k), closed, 1e-12, 0);
}

static double pore_sum(const virtual_grid *g, const double *salt)
{
    double sum = 0;
    for (int i = 0; i < g->n; i++) sum += g->pores_cm[i] * salt[i];
    return sum;
}

static void salt_is_kept(void **state)
{
    (void)state;
    virtual_grid g = separator(25e-4, 0.45, 5.5, 9);
    double salt[VIRTUAL_VOLUMES], surface[2];
    for (int i = 0; i < g.n; i++) salt[i] = 1e-3 * (1 + 0.3 * sin(i));
    double before = pore_sum(&g, salt);
    for (int i = 0; i < 1000; i++) virtual_salt_step(&g, 2e-6, 1e-9 * cos(i), 0.01 * i, salt, surface);
    assert_close(pore_sum(&g, salt), before, 1e-11, 0);
    virtual_grid finer = separator(25e-4, 0.45, 5.5, 23);
    virtual_salt_move(&g, &finer, before / (25e-4 * 0.45), salt);
    assert_close(pore_sum(&finer, salt), before, 1e-12, 0);
}

/* d eta / dJ = RT / (F i_0 a) at low current, and the whole law once the surface is charged. */
static void kinetics(void **state)
{
    (void)state;
    double thermal = R * 298.15 / F, i0 = 7, area = 2.5, film = 30;
    for (double J = 1e-4; J < 100; J *= 10) {
        virtual_path path[2] = {{.area = area, .exchange_mA_per_cm2 = i0}, {.area = 0, .exchange_mA_per_cm2 = 1}};
        double eta = virtual_paths_solve(path, 2, 1e-9, 0, J, 1, thermal);
        assert_close(eta, 2 * thermal * asinh(J / (2 * i0 * area)), 1e-9, 0);
        if (J < 1e-3) assert_close(eta / J, thermal / (i0 * area), 1e-9, 0);
        path[0].resistance_ohm_cm2 = film;
        double down = virtual_paths_solve(path, 2, 1e-9, 0, -J, 1, thermal);
        assert_close(down, -2 * thermal * asinh(J / (2 * i0 * area)) - J / area * film * 1e-3, 1e-9, 0);
        assert_close(path[0].area * path[0].local_mA_per_cm2, -J, 1e-7, 0);
    }
}

/* Two ways at one potential, and none below the threshold. */
static void ways_share_the_current(void **state)
{
    (void)state;
    double thermal = R * 298.15 / F;
    virtual_path path[2] = {{.area = 3, .exchange_mA_per_cm2 = 5, .resistance_ohm_cm2 = 20},
                            {.area = 0.4, .exchange_mA_per_cm2 = 5, .resistance_ohm_cm2 = 60}};
    double eta = virtual_paths_solve(path, 2, 10, 0.01, 2, 0.05, thermal), sum = 0;
    for (int i = 0; i < 2; i++) {
        double j = path[i].local_mA_per_cm2;
        assert_close(eta, 2 * thermal * asinh(j / 10) + j * path[i].resistance_ohm_cm2 * 1e-3, 1e-12, 0);
        sum += path[i].area * j;
    }
    assert_close(sum + 10 * (eta - 0.01) / 0.05, 2, 1e-12, 0);
    virtual_path held = {.area = 3, .exchange_mA_per_cm2 = 5, .threshold_V = 0.05};
    assert_close(virtual_paths_solve(&held, 1, 10, 0.01, 2, 0.05, thermal), 0.02, 1e-12, 0);
    assert_true(held.local_mA_per_cm2 == 0);
}

static void start(virtual_pair *pair, virtual_setting *setting, const pm_virtual_parameters *p, bool plating)
{
    memset(setting, 0, sizeof *setting);
    virtual_pair_new(pair, p, false);
    virtual_pair_settle(pair, setting, p, 25, 8);
    virtual_electrode_begin(&setting->conditions, &pair->working, plating);
    virtual_electrode_begin(&setting->conditions, &pair->counter, !plating);
}

static void run(virtual_pair *pair, virtual_setting *setting, double current, double charge_mAh)
{
    pm_error err;
    virtual_leak none = {0};
    virtual_half_result result;
    virtual_half half = {
        .current = current, .charge_mAh = charge_mAh, .high_V = 5, .low_V = -1, .step_ratio = 1, .duration_s = 3.6e6};
    assert_good(virtual_half_run(setting, pair, &none, &half, NULL, NULL, &result, &err), &err);
}

/* Hemispheres of together V_m q / F. */
static void volume_of_deposits(void **state)
{
    (void)state;
    virtual_pair pair;
    virtual_setting setting;
    pm_virtual_parameters p = defaults();
    start(&pair, &setting, &p, true);
    run(&pair, &setting, 1, 0.3);
    const virtual_electrode *e = &pair.working;
    assert_true(e->active_mAh > 0.27 && e->active_mAh < 0.3); /* the rest is the surface's reduction */
    double volume = 2.0 / 3 * PI * e->nuclei_per_cm2 * pow(e->radius_cm, 3);
    assert_close(volume, 13.0 * 3.6 * e->active_mAh / F, 1e-5, 0);
}

static void no_current_stays_flat(void **state)
{
    (void)state;
    for (int foil = 0; foil < 2; foil++) {
        virtual_pair pair;
        virtual_setting setting;
        pm_virtual_parameters p = defaults();
        p.working_foil_mAh_per_cm2 = foil * 20;
        start(&pair, &setting, &p, true);
        pair.polarisation_V = pair.working.overpotential_V;
        double before = pair.polarisation_V, lithium = virtual_pair_lithium(&pair);
        run(&pair, &setting, 0, INFINITY);
        assert_close(pair.polarisation_V, before, 0, 1e-14); /* the salt's rounding */
        assert_true(virtual_pair_lithium(&pair) == lithium);
        assert_true(before == (foil ? 0 : -p.rest_potential_V));
    }
}

/* A relaxed deposit keeps the potential of lithium but for that of its curvature, 2 gamma V_m / (F r); what time alone does only moves lithium into the SEI. */
static void time_alone(void **state)
{
    (void)state;
    virtual_pair pair;
    virtual_setting setting;
    pm_virtual_parameters p = defaults();
    start(&pair, &setting, &p, true);
    run(&pair, &setting, 1, 0.5);
    run(&pair, &setting, 0, INFINITY);
    double curvature = 2 * p.surface_energy_J_per_m2 * 13e-6 / F / (pair.working.radius_cm * 1e-2);
    assert_close(pair.polarisation_V, curvature, 0, 1e-5);
    double active = pair.working.active_mAh, lithium = virtual_pair_lithium(&pair);
    virtual_age(&setting.conditions, &pair.working, 10);
    double lost = p.corrosion_uA_per_cm2_real * 1e-3 * pair.working.area * 10;
    assert_close(active - pair.working.active_mAh, lost, 1e-9, 0);
    assert_close(virtual_pair_lithium(&pair), lithium, 1e-14, 0);
}

/* With a conductance far above the cell's own the voltage is the current over it. */
static void hard_short(void **state)
{
    (void)state;
    double voltage[2];
    for (int i = 0; i < 2; i++) {
        virtual_pair pair;
        virtual_setting setting;
        pm_virtual_parameters p = defaults();
        p.working_foil_mAh_per_cm2 = 20;
        start(&pair, &setting, &p, true);
        setting.leak_mS_per_cm2 = 2e5;
        for (int n = 0; n < 100; n++) virtual_pair_step(&setting, &pair, i + 1, 1);
        voltage[i] = pair.polarisation_V;
        assert_close(voltage[i], (i + 1) / 2e5, 1e-2, 0);
    }
    assert_close(voltage[1] / voltage[0], 2, 1e-3, 0);
}

static void soft_short_shares_the_current(void **state)
{
    (void)state;
    virtual_pair pair;
    virtual_setting setting;
    pm_virtual_parameters p = defaults();
    p.working_foil_mAh_per_cm2 = 20;
    start(&pair, &setting, &p, true);
    setting.leak_mS_per_cm2 = 8;
    for (int n = 0; n < 200; n++) {
        virtual_pair_step(&setting, &pair, 1, 0.5);
        assert_close(pair.ionic_mA_per_cm2, 1 - 8 * pair.polarisation_V, 0, 1e-10);
    }
    assert_true(pair.ionic_mA_per_cm2 > 0.3 && pair.ionic_mA_per_cm2 < 0.95);
    assert_close(pm_sum_value(pair.passed_mAh), 100 / 3600.0, 1e-12, 0);
}

/* Symmetric telegraph noise: half of the time low, correlation exp(-2 rate t). */
static void flicker(void **state)
{
    (void)state;
    pm_virtual_parameters p = defaults();
    p.short_heal_per_h = p.short_growth_per_h = p.short_drift_per_sqrt_h = 0;
    virtual_leak leak = {.random = pm_random_stream(5, "test", 0), .mean_mS_per_cm2 = 3};
    int n = 200000, low = 0, same = 0;
    for (int i = 0; i < n; i++) {
        bool before = leak.low;
        virtual_leak_advance(&p, &leak, 20);
        low += leak.low;
        same += leak.low == before;
        assert_close(virtual_leak_conductance(&p, &leak), leak.low ? 1.5 : 3, 1e-12, 0);
    }
    assert_close((double)low / n, 0.5, 0, 0.01);
    assert_close((double)same / n, 0.5 * (1 + exp(-2 * p.short_flicker_per_s * 20)), 0, 0.005);
}

static void arrhenius(void **state)
{
    (void)state;
    pm_virtual_parameters p = defaults();
    virtual_conditions warm = virtual_conditions_at(&p, 25, 1), cold = virtual_conditions_at(&p, -10, 1);
    double factor = exp(p.film_eV * F / R * (1 / 263.15 - 1 / 298.15));
    assert_close(warm.film_ohm_cm2, p.film_ohm_cm2_real, 1e-12, 0);
    assert_close(cold.film_ohm_cm2 / warm.film_ohm_cm2, factor, 1e-12, 0);
    assert_close(cold.thermal_V, R * 263.15 / F, 1e-12, 0);
}

/* The height of dead lithium: 13.0 cm3/mol, 0.7 of it pores; what it clogs stays clogged. */
static void dead_layer(void **state)
{
    (void)state;
    pm_virtual_parameters p = defaults();
    virtual_electrode e = {.dead_mAh = 2};
    virtual_layer open = virtual_dead_layer(&p, &e);
    assert_close(open.width_cm, 2 * 3.6 / F * 13.0 / 0.3, 2e-3, 0);
    assert_close(open.macmullin, 1 / (0.7 * 0.7), 1e-12, 0);
    e.sei_mAh = 1.5;
    virtual_layer clogged = virtual_dead_layer(&p, &e);
    assert_true(clogged.macmullin > 1.5 * open.macmullin);
    double path = clogged.width_cm * clogged.macmullin;
    e.dead_mAh = 3;
    virtual_layer wider = virtual_dead_layer(&p, &e);
    assert_true(wider.width_cm * wider.macmullin >= path * (1 - 1e-12));
}

static void cathode_curve(void **state)
{
    (void)state;
    assert_close(virtual_cathode_V(0), 3.0, 1e-12, 0);
    assert_close(virtual_cathode_V(1), 4.3, 1e-12, 0);
    for (double x = -0.1; x < 1.1; x += 0.01) assert_true(virtual_cathode_V(x + 0.01) > virtual_cathode_V(x));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sands_time),
        cmocka_unit_test(limiting_current),
        cmocka_unit_test(limiting_current_behind_dead_layers),
        cmocka_unit_test(salt_is_kept),
        cmocka_unit_test(kinetics),
        cmocka_unit_test(ways_share_the_current),
        cmocka_unit_test(volume_of_deposits),
        cmocka_unit_test(no_current_stays_flat),
        cmocka_unit_test(time_alone),
        cmocka_unit_test(hard_short),
        cmocka_unit_test(soft_short_shares_the_current),
        cmocka_unit_test(flicker),
        cmocka_unit_test(arrhenius),
        cmocka_unit_test(dead_layer),
        cmocka_unit_test(cathode_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
