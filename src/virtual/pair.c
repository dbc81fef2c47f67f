/* SPDX-License-Identifier: MIT */
/* Two electrodes, the electrolyte between them, and what leaks past it. [P]: Nernst and diffusion potential of a binary
 * salt; Ohm's law in pores; Kirchhoff's for the short. [C]: beyond the limiting current the concentration that counts for
 * potentials stops at a thousandth of the mean: other transport takes over. */
#include <math.h>
#include <string.h>

#include "physics.h"

#define SALT_FLOOR 1e-3

/* Shape of a layered oxide rich in nickel: of the known looks, read off no cell. */
static const double cathode_curve[][2] = {{-0.05, 2.0}, {0, 3.0},    {0.02, 3.38}, {0.05, 3.52}, {0.1, 3.61},
                                          {0.2, 3.68},  {0.3, 3.74}, {0.4, 3.80},  {0.5, 3.88},  {0.6, 3.97},
                                          {0.7, 4.05},  {0.8, 4.12}, {0.9, 4.19},  {1, 4.30},    {1.05, 4.60}};

double virtual_cathode_V(double charged)
{
    int last = sizeof cathode_curve / sizeof *cathode_curve - 1, i = 1;
    while (i < last && cathode_curve[i][0] < charged) i++;
    const double *a = cathode_curve[i - 1], *b = cathode_curve[i];
    return a[1] + (b[1] - a[1]) * (charged - a[0]) / (b[0] - a[0]);
}

static virtual_electrode electrode_new(double foil_mAh, double rest_V)
{
    return (virtual_electrode){
        .foil_mAh = foil_mAh,
        .columns = 1,
        .fresh = foil_mAh <= 0,
        .first_film = true,
        .overpotential_V = foil_mAh > 0 ? 0 : -rest_V,
    };
}

void virtual_pair_new(virtual_pair *pair, const pm_virtual_parameters *p, bool cathode)
{
    memset(pair, 0, sizeof *pair);
    pair->working = electrode_new(p->working_foil_mAh_per_cm2, p->rest_potential_V);
    pair->counter = electrode_new(cathode ? p->cathode_mAh_per_cm2 : p->counter_foil_mAh_per_cm2, 0);
    pair->cathode = cathode;
    pair->cathode_mAh = p->cathode_mAh_per_cm2;
}

void virtual_pair_settle(virtual_pair *pair, virtual_setting *setting, const pm_virtual_parameters *p,
                         double temperature_C, int layers)
{
    virtual_grid before = setting->grid;
    virtual_layer separator = {p->separator_um * 1e-4, p->separator_porosity,
                               p->separator_tortuosity / p->separator_porosity};
    virtual_layer layer[3] = {virtual_dead_layer(p, &pair->working), separator, {0, 1, 1}};
    if (!pair->cathode) layer[2] = virtual_dead_layer(p, &pair->counter);
    virtual_grid_build(&setting->grid, layer, layers);
    setting->conditions = virtual_conditions_at(p, temperature_C, virtual_wetted(p, &pair->working, &pair->counter));
    double mean = p->salt_mol_per_litre * 1e-3;
    if (before.n == 0)
        for (int i = 0; i < setting->grid.n; i++) pair->salt[i] = mean;
    else
        virtual_salt_move(&before, &setting->grid, mean, pair->salt);
}

static double cathode_step(const virtual_pair *pair, virtual_electrode *e, double current, double dt_s)
{
    e->faradaic_mA_per_cm2 = current;
    e->foil_mAh += current * dt_s / VIRTUAL_HOUR;
    pm_sum_add(current > 0 ? &e->laid_mAh : &e->taken_mAh, fabs(current) * dt_s / VIRTUAL_HOUR);
    return virtual_cathode_V(1 - e->foil_mAh / pair->cathode_mAh);
}

/* The step with a given current through the electrolyte. */
static void ionic_step(const virtual_setting *s, virtual_pair *pair, double ionic, double dt_s)
{
    const virtual_conditions *k = &s->conditions;
    const pm_virtual_parameters *p = k->p;
    double local = ionic / k->wetted, mean = p->salt_mol_per_litre * 1e-3, surface[2];
    double flux = local * 1e-3 * (1 - p->transference) / VIRTUAL_FARADAY;
    virtual_salt_step(&s->grid, k->diffusivity_cm2_per_s, flux, dt_s, pair->salt, surface);
    for (int i = 0; i < 2; i++) surface[i] = fmax(surface[i] / mean, SALT_FLOOR);
    double open = 0;
    virtual_electrode_step(k, &pair->working, ionic, surface[0], dt_s);
    if (pair->cathode)
        open = cathode_step(pair, &pair->counter, -ionic, dt_s) + ionic * p->cathode_ohm_cm2 * 1e-3;
    else
        virtual_electrode_step(k, &pair->counter, -ionic, surface[1], dt_s);
    double salt_V = 2 * k->thermal_V * (1 - p->transference) * log(surface[1] / surface[0]);
    double ohmic_V = local * (s->grid.path_cm / k->conductivity_S_per_cm + p->contact_ohm_cm2 * k->wetted) * 1e-3;
    double counter_V = pair->cathode ? 0 : pair->counter.overpotential_V;
    pair->ionic_mA_per_cm2 = ionic;
    pair->polarisation_V = open + pair->working.overpotential_V - counter_V + salt_V + ohmic_V;
}

/* What is left of the cell's current when the short has its share; zero at the right ionic current, rising with it. */
static double excess(const virtual_setting *s, const virtual_pair *now, virtual_pair *next, double ionic,
                     double current, double dt_s)
{
    *next = *now;
    ionic_step(s, next, ionic, dt_s);
    return ionic + s->leak_mS_per_cm2 * next->polarisation_V - current;
}

/* Kirchhoff by regula falsi (Illinois) between two currents of opposite excess. */
static void leaking_step(const virtual_setting *s, virtual_pair *pair, double current, double dt_s)
{
    virtual_pair now = *pair;
    double scale = fabs(current) + s->leak_mS_per_cm2 * fabs(now.polarisation_V) + 1e-6;
    double low = current - scale, high = current + scale;
    double at_low = excess(s, &now, pair, low, current, dt_s), at_high = excess(s, &now, pair, high, current, dt_s);
    for (int i = 0; i < 40 && at_low > 0; i++, scale *= 2) at_low = excess(s, &now, pair, low -= scale, current, dt_s);
    for (int i = 0; i < 40 && at_high < 0; i++, scale *= 2)
        at_high = excess(s, &now, pair, high += scale, current, dt_s);
    for (int i = 0, side = 0; i < 100; i++) {
        double middle = (low * at_high - high * at_low) / (at_high - at_low);
        double at = excess(s, &now, pair, middle, current, dt_s);
        if (fabs(at) <= 1e-12 * (fabs(current) + fabs(middle)) || high - low < 1e-15 * scale) return;
        if (at > 0) {
            high = middle, at_high = at;
            if (side == 1) at_low /= 2;
            side = 1;
        } else {
            low = middle, at_low = at;
            if (side == -1) at_high /= 2;
            side = -1;
        }
    }
}

void virtual_pair_step(const virtual_setting *setting, virtual_pair *pair, double current, double dt_s)
{
    if (setting->leak_mS_per_cm2 > 0)
        leaking_step(setting, pair, current, dt_s);
    else
        ionic_step(setting, pair, current, dt_s);
    pm_sum_add(&pair->passed_mAh, current * dt_s / VIRTUAL_HOUR);
    pm_sum_add(&pair->leaked_mAh, (current - pair->ionic_mA_per_cm2) * dt_s / VIRTUAL_HOUR);
}

double virtual_pair_lithium(const virtual_pair *pair)
{
    return virtual_electrode_lithium(&pair->working) + virtual_electrode_lithium(&pair->counter);
}
