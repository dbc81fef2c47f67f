/* SPDX-License-Identifier: MIT */
/* An electrode in time.
 * [P] charge balance with a capacitance; Butler-Volmer with equal transfer coefficients; hemispheres V = 2/3 pi r^3 whose
 *     coverage overlaps at random (Avrami); classical nucleation rate and critical radius; spreading of current in a
 *     hemispherical shell; Gibbs-Thomson; stress on a nucleus as energy per mole.
 * [C] births at twice the critical radius; film over fresh nuclei; area of columns and its fall by thickening; nuclei and
 *     coverage by what earlier cycles left; area of a deposit while it is stripped; pits in foils. */
#include <math.h>

#include "physics.h"

#define COULOMBS(mAh) (3.6 * (mAh)) /* C */

static double much(const pm_virtual_parameters *p, double mAh)
{
    return 1 - exp(-mAh / p->residual_mAh_per_cm2);
}

static void begin_plating(const virtual_conditions *k, virtual_electrode *e)
{
    const pm_virtual_parameters *p = k->p;
    double dead = much(p, e->dead_mAh), left = e->foil_mAh > 0 ? 1 : much(p, e->active_mAh);
    double coverage = fmax(p->residual_coverage * dead, p->foil_coverage * left);
    e->nuclei_per_cm2 = p->residual_sites_per_cm2 * fmax(dead, left);
    e->cubes_cm3_per_cm2 = 0;
    if (e->nuclei_per_cm2 > 0) {
        double radius = sqrt(-log1p(-coverage) / (VIRTUAL_PI * e->nuclei_per_cm2));
        e->cubes_cm3_per_cm2 = e->nuclei_per_cm2 * radius * radius * radius;
    }
    e->plated_mAh = 0;
}

void virtual_electrode_begin(const virtual_conditions *k, virtual_electrode *e, bool plating)
{
    e->plating = plating;
    e->faradaic_mA_per_cm2 = e->deposit_mA_per_cm2 = 0;
    if (plating) begin_plating(k, e);
    e->strip_from_mAh = e->active_mAh;
    e->strip_area = e->area;
    e->pitted_mAh = 0;
}

/* Energy of the film's stress on a nucleus, as a potential. */
static double stress_V(const pm_virtual_parameters *p)
{
    return VIRTUAL_LITHIUM_CM3 * 1e-6 * fmin(p->modulus_GPa * p->nucleation_strain, p->strength_GPa) * 1e9 /
           VIRTUAL_FARADAY;
}

/* 2 gamma V_m / F, in V cm: a radius' Gibbs-Thomson potential times the radius. */
static double surface_V_cm(const pm_virtual_parameters *p)
{
    return 2 * p->surface_energy_J_per_m2 * VIRTUAL_LITHIUM_CM3 * 1e-6 / VIRTUAL_FARADAY * 100;
}

/* New nuclei form where the surface is still free. */
static void nucleate(const virtual_conditions *k, virtual_electrode *e, double dt_s)
{
    const pm_virtual_parameters *p = k->p;
    double drive = e->overpotential_V - stress_V(p), free_sites = p->sites_per_cm2 - e->nuclei_per_cm2;
    if (drive <= 0 || free_sites <= 0) return;
    double rate = p->nucleation_per_s * exp(-p->barrier_V2 / (drive * drive)) * (1 - e->coverage);
    double born = free_sites * -expm1(-rate * dt_s), radius = 2 * surface_V_cm(p) / e->overpotential_V;
    e->nuclei_per_cm2 += born;
    e->cubes_cm3_per_cm2 += born * radius * radius * radius;
}

/* Area of columns per area of electrode, when the electrode is covered. */
static double roughness(const pm_virtual_parameters *p, double local_mAh)
{
    if (p->thickening == 0) return 2;
    double uneven = p->roughness_scale * p->unevenness * pow(p->film_ohm_cm2_real / 25, 0.3) / (1 + p->modulus_GPa / 6);
    double first = 2 + p->roughness_ratio * (1 + uneven), last = 1.2 + 0.25 * (first - 2);
    double charge = p->thickening_mAh_per_cm2 * (0.5 + 0.5 * p->unevenness);
    return 2 + p->thickening * (last + (first - last) * exp(-local_mAh / charge) - 2);
}

static double film_ohm_cm2(const virtual_conditions *k, const virtual_electrode *e)
{
    const pm_virtual_parameters *p = k->p;
    double grown = 1 + p->film_growth_per_sqrt_h * p->calendar_ratio * sqrt(e->age_h);
    double cracks = 1 + e->broken * (1 / p->crack_resistance_share - 1); /* in parallel */
    return (k->film_ohm_cm2 * grown + e->dense_ohm_cm2) / cracks;
}

static double exchange(const virtual_conditions *k, double salt)
{
    return k->exchange_mA_per_cm2 * sqrt(salt);
}

/* The deposit after a charge that is taken from the last step's current: radius, coverage, area. */
static void grow(const virtual_conditions *k, virtual_electrode *e, double dt_s)
{
    const pm_virtual_parameters *p = k->p;
    double laid = fmax(0, e->plated_mAh + e->faradaic_mA_per_cm2 * dt_s / VIRTUAL_HOUR) / k->wetted;
    double cubes = e->cubes_cm3_per_cm2 + 1.5 * COULOMBS(laid) * VIRTUAL_LITHIUM_CM3 / (VIRTUAL_PI * VIRTUAL_FARADAY);
    e->radius_cm = cbrt(cubes / e->nuclei_per_cm2);
    e->coverage = -expm1(-e->nuclei_per_cm2 * VIRTUAL_PI * e->radius_cm * e->radius_cm);
    e->area = e->coverage * (2 + (roughness(p, laid) - 2) * e->coverage) * k->wetted;
}

static virtual_path plating_path(const virtual_conditions *k, virtual_electrode *e, double salt, double dt_s)
{
    const pm_virtual_parameters *p = k->p;
    nucleate(k, e, dt_s);
    if (e->nuclei_per_cm2 <= 0) return (virtual_path){.area = 0, .exchange_mA_per_cm2 = 1};
    grow(k, e, dt_s);
    double spreading = e->radius_cm / (e->radius_cm + p->film_nm * 1e-7);
    double covered = p->fresh_film_share + (1 - p->fresh_film_share) * e->coverage;
    return (virtual_path){
        .area = e->area,
        .exchange_mA_per_cm2 = exchange(k, salt),
        .resistance_ohm_cm2 = film_ohm_cm2(k, e) * spreading * covered,
        .threshold_V = surface_V_cm(p) / e->radius_cm + stress_V(p) * (1 - e->coverage),
    };
}

/* What a step from an amount to another leaves, expected from the last step's current: implicit, but for that. */
static double expected(double now_mAh, double current, double dt_s)
{
    double share = current * dt_s / VIRTUAL_HOUR / fmax(now_mAh, 1e-12);
    return now_mAh * (share > -0.5 ? 1 + share : exp(share + 0.5) * 0.5); /* never below zero */
}

/* The deposit shrinks at constant shape and shields the foil below it, where pits open the bulk. */
static void stripping_paths(const virtual_conditions *k, virtual_electrode *e, double salt, double dt_s,
                            virtual_path paths[2])
{
    const pm_virtual_parameters *p = k->p;
    double film = film_ohm_cm2(k, e), shielded = 0;
    paths[0] = paths[1] = (virtual_path){.exchange_mA_per_cm2 = exchange(k, salt), .resistance_ohm_cm2 = film};
    if (e->active_mAh > 0 && e->strip_from_mAh > 0) {
        double lost = e->deposit_mA_per_cm2 / (1 - virtual_dead_share(p, e));
        double left = cbrt(fmin(1, expected(e->active_mAh, fmin(0, lost), dt_s) / e->strip_from_mAh));
        paths[0].area = e->area = e->strip_area * left * left;
        shielded = e->coverage * left * left;
    } else if (e->active_mAh > 0) {
        paths[0].area = e->area = 1e-3; /* what a stripping electrode regains through a short */
    }
    if (e->foil_mAh > 0) {
        double bulk = e->deposit_mA_per_cm2 - e->faradaic_mA_per_cm2;
        double pitted = e->pitted_mAh + fmax(0, bulk) * dt_s / VIRTUAL_HOUR;
        double pits = 1 - (1 - p->pit_share) * exp(-pitted / p->pit_mAh_per_cm2);
        paths[1].area = pits * (1 - shielded) * k->wetted;
        paths[1].resistance_ohm_cm2 *= p->native_film_ratio;
    }
}

static double capacitance_mF(const pm_virtual_parameters *p, const virtual_electrode *e)
{
    return p->capacitance_mF_per_cm2 +
           (e->fresh && e->overpotential_V < 0 ? p->oxide_mC_per_cm2 / p->rest_potential_V : 0);
}

/* What a path's current moves in a step; stripped lithium drags some into death. False where the store has less. */
static bool move_deposit(const virtual_conditions *k, virtual_electrode *e, double mAh)
{
    double died = 0;
    if (mAh < 0) {
        double share = virtual_dead_share(k->p, e);
        died = -mAh * share / (1 - share);
        if (died - mAh > e->active_mAh) return false;
    }
    e->active_mAh += mAh - died;
    e->dead_mAh += died;
    return true;
}

static bool move(const virtual_conditions *k, virtual_electrode *e, const virtual_path paths[2], double dt_s)
{
    double deposit = paths[0].area * paths[0].local_mA_per_cm2 * dt_s / VIRTUAL_HOUR;
    double bulk = paths[1].area * paths[1].local_mA_per_cm2 * dt_s / VIRTUAL_HOUR;
    if (bulk < -e->foil_mAh) return false;
    if (!move_deposit(k, e, deposit)) return false;
    e->foil_mAh += bulk;
    e->pitted_mAh = fmax(0, e->pitted_mAh - bulk);
    return true;
}

/* A store that would end within the step gives what it has at a constant current. Returns that current, below zero. */
static double exhaust(const virtual_conditions *k, virtual_electrode *e, virtual_path paths[2], double dt_s)
{
    double given = 0, share = virtual_dead_share(k->p, e);
    bool bulk_ends = paths[1].area * paths[1].local_mA_per_cm2 * dt_s / VIRTUAL_HOUR < -e->foil_mAh;
    if (bulk_ends) {
        given = e->foil_mAh;
        e->foil_mAh = paths[1].area = 0;
    } else {
        given = e->active_mAh * (1 - share);
        e->dead_mAh += e->active_mAh * share;
        e->active_mAh = paths[0].area = 0;
    }
    return -given * VIRTUAL_HOUR / dt_s;
}

static void count(virtual_electrode *e, double mAh)
{
    e->plated_mAh += mAh;
    pm_sum_add(mAh > 0 ? &e->laid_mAh : &e->taken_mAh, fabs(mAh));
}

void virtual_electrode_step(const virtual_conditions *k, virtual_electrode *e, double current, double salt, double dt_s)
{
    virtual_path paths[2] = {{.area = 0, .exchange_mA_per_cm2 = 1}, {.area = 0, .exchange_mA_per_cm2 = 1}};
    if (e->plating)
        paths[0] = plating_path(k, e, salt, dt_s);
    else
        stripping_paths(k, e, salt, dt_s, paths);
    /* On copper without lithium only the surface reacts above 0 V. */
    if (e->plating && e->active_mAh <= 0 && e->overpotential_V + current * dt_s / capacitance_mF(k->p, e) < 0)
        paths[0].area = 0;
    double before = e->overpotential_V, capacitance = capacitance_mF(k->p, e), given = 0;
    for (int tries = 0; tries < 3; tries++) {
        e->overpotential_V = virtual_paths_solve(paths, 2, capacitance, before, current - given, dt_s, k->thermal_V);
        if (move(k, e, paths, dt_s)) break;
        given += exhaust(k, e, paths, dt_s);
    }
    e->faradaic_mA_per_cm2 =
        given + paths[0].area * paths[0].local_mA_per_cm2 + paths[1].area * paths[1].local_mA_per_cm2;
    e->deposit_mA_per_cm2 = paths[0].area * paths[0].local_mA_per_cm2;
    count(e, e->faradaic_mA_per_cm2 * dt_s / VIRTUAL_HOUR);
    pm_sum_add(&e->reduced_mAh, capacitance * (e->overpotential_V - before) / VIRTUAL_HOUR);
    if (e->overpotential_V >= 0) e->fresh = false;
}

double virtual_electrode_lithium(const virtual_electrode *e)
{
    return e->foil_mAh + e->active_mAh + e->dead_mAh + e->sei_mAh + e->trapped_mAh;
}
