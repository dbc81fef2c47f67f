/* SPDX-License-Identifier: MIT */
/* What a cycle costs. [P]: lithium in an SEI of known thickness and area; volume of dead lithium; Faraday's law for the
 * electrolyte. [C]: all else, after the mechanisms of Piao et al., Natl Sci Rev 2025, 12, nwaf158: nothing here knows of a
 * failure type. */
#include <math.h>

#include "physics.h"

#define SEI_LITHIUM_MOL_PER_CM3 0.07 /* of LiF it is 0.10, of alkyl carbonates 0.02 */
#define UM_PER_MAH 4.85              /* height of dense lithium: 13.0 cm3/mol */
#define REAL_AREA_MOST 12.0          /* nuclei that touch share their surface */

/* Aspect ratio of what grows: a film that conducts badly and unevenly, not held back by pressure or stiffness. */
static double columns(const pm_virtual_parameters *p, const virtual_electrode *e, double current_over_limit)
{
    double film = p->unevenness * sqrt(p->film_ohm_cm2_real / 25) / (0.5 + 0.5 * p->pressure_ratio);
    double dead = p->uneven_by_dead * p->unevenness * (1 - exp(-e->dead_mAh / 2));
    double held = 1 + p->modulus_GPa / 2;
    double current = fmin(current_over_limit, 2);
    return 1 + (film + dead) / held + p->uneven_by_current * current * current;
}

/* Part of the SEI that breaks (Weibull, exponent 4). */
static double broken(const pm_virtual_parameters *p, const virtual_electrode *e)
{
    double strain = p->growth_strain * sqrt(e->columns) * pow(0.5e-4 / e->radius_cm, 0.25);
    double stress = p->modulus_GPa * strain / p->strength_GPa;
    return -expm1(-pow(stress, 4) * (1 + e->damage));
}

static void lose(virtual_electrode *e, double mAh)
{
    double deposit = fmin(mAh, e->active_mAh), bulk = fmin(mAh - deposit, e->foil_mAh);
    e->active_mAh -= deposit;
    e->foil_mAh -= bulk;
    e->sei_mAh += deposit + bulk;
}

static void form_film(const virtual_conditions *k, virtual_electrode *e)
{
    const pm_virtual_parameters *p = k->p;
    double hemispheres = 2 * VIRTUAL_PI * e->radius_cm * e->radius_cm * e->nuclei_per_cm2;
    double surface = fmin(hemispheres, REAL_AREA_MOST) * sqrt(e->columns) * k->wetted;
    double film_mAh = SEI_LITHIUM_MOL_PER_CM3 * p->film_nm * 1e-7 * VIRTUAL_FARADAY / 3.6;
    double first = e->first_film ? p->first_cycle_ratio : 1;
    lose(e, first * film_mAh * surface * (1 - p->reuse + p->loss_by_fracture * e->broken));
    e->first_film = false;
}

/* Lightly broken and healed, a film becomes dense; broken without healing, it weakens the rest. */
static void remember(const virtual_conditions *k, virtual_electrode *e)
{
    const pm_virtual_parameters *p = k->p;
    double stiff = p->modulus_GPa / p->heal_modulus_GPa, heal = 1 / (1 + stiff * stiff * stiff), whole = 1 - e->broken;
    e->dense_ohm_cm2 += p->dense_by_repair * k->film_ohm_cm2 * e->broken * heal * whole * whole * whole;
    e->damage += p->damage_by_fracture * e->broken * (1 - heal) * (1 + e->damage);
    e->damage = fmin(e->damage, 1e6);
}

void virtual_wear(const virtual_conditions *k, virtual_electrode *e, double current_over_limit)
{
    if (e->nuclei_per_cm2 <= 0 || e->plated_mAh <= 0) return;
    e->columns = columns(k->p, e, current_over_limit);
    e->broken = broken(k->p, e);
    form_film(k, e);
    remember(k, e);
}

void virtual_age(const virtual_conditions *k, virtual_electrode *e, double hours)
{
    e->age_h += hours * k->reaction_ratio * k->reaction_ratio; /* the film's growth goes with the root of it */
    double surface = e->foil_mAh > 0 ? fmax(e->area, k->wetted) : e->active_mAh > 0 ? e->area : 0;
    lose(e, k->p->corrosion_uA_per_cm2_real * 1e-3 * surface * k->reaction_ratio * hours);
}

double virtual_dead_share(const pm_virtual_parameters *p, const virtual_electrode *e)
{
    double excess = e->columns - 1;
    return fmin(0.5, p->dead_by_columns * excess * excess + p->dead_by_fracture * e->broken);
}

/* What is clogged once stays so: the way through never becomes shorter when looser lithium is added. */
virtual_layer virtual_dead_layer(const pm_virtual_parameters *p, virtual_electrode *e)
{
    double width_cm = UM_PER_MAH * 1e-4 * e->dead_mAh / (1 - p->dead_layer_porosity);
    double clogged = p->sei_volume_um_cm2_per_mAh * 1e-4 * e->sei_mAh / (width_cm + 5e-4);
    double porosity = fmax(p->porosity_floor, p->dead_layer_porosity - clogged);
    e->layer_path_cm = fmax(e->layer_path_cm, width_cm / (porosity * porosity));
    return (virtual_layer){width_cm, porosity, width_cm > 0 ? e->layer_path_cm / width_cm : 1};
}

double virtual_wetted(const pm_virtual_parameters *p, const virtual_electrode *a, const virtual_electrode *b)
{
    double lost = a->sei_mAh + b->sei_mAh + p->electrolyte_dead_share * (a->dead_mAh + b->dead_mAh);
    double left = 1 - lost * p->electrolyte_mg_per_mAh / p->electrolyte_mg_per_cm2;
    return left >= p->dry_margin ? 1 : fmax(p->wetted_floor, left / p->dry_margin);
}
