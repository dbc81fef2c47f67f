/* SPDX-License-Identifier: MIT */
/* The life of a design, by the bookkeeping of life/. */
#include "range.h"

#include <math.h>

/* What is built and what it loses, as life/ wants it: of the capacity that cycles, Q u. The first charge brings Q over, and
 * what the cathode does not take back stays on the anode. `foil`: N/P by the foil, over Q. */
typedef struct budget {
    pm_budget_design design;
    pm_budget_rates rates;
} budget;

static bool has_life(const pm_design *d)
{
    return !isnan(d->lithium_efficiency) && d->anode != PM_ANODE_GRAPHITE;
}

static budget budget_of(const pm_design *d, pm_uncertain foil)
{
    bool dries = d->electrolyte == PM_ELECTROLYTE_LIQUID;
    double u = d->usable_fraction;
    budget b = {.design = {.n_to_p = {{foil.value / u, foil.deviation / u}, PM_N_TO_P_FOIL},
                           .anode_free = d->anode == PM_ANODE_NONE,
                           .surplus = (1 - u) / u,
                           .cathode_mAh_per_cm2 = d->areal_capacity_Ah_per_cm2 * u * 1e3,
                           .depth = d->depth},
                .rates = {.coulombic_efficiency_lithium = d->lithium_efficiency,
                          .acceleration = d->lithium_acceleration,
                          .coulombic_efficiency_cathode = d->cathode_efficiency,
                          .cathode_retention = d->cathode_retention,
                          .interphase_share = dries ? d->interphase_share : 0,
                          .retention = d->retention}};
    if (!dries) return b;
    b.design.electrolyte_g_per_Ah = (pm_uncertain){d->electrolyte_g_per_Ah, d->electrolyte_deviation};
    b.design.electrolyte_least_g_per_Ah = d->electrolyte_least_g_per_Ah;
    b.design.electrolyte_g_per_mol = d->electrolyte_g_per_mol;
    b.design.electrons = d->electrolyte_electrons;
    return b;
}

pm_status design_predict(const pm_design *d, pm_design_result *r, pm_error *err)
{
    pm_budget_life life;
    pm_status s;
    r->cycle_life = r->cycle_life_lithium = r->cycle_life_electrolyte = r->cycle_life_cathode = NAN;
    r->normalised_cycle_life = r->cycle_life_total = NAN;
    if (!has_life(d)) return PM_OK;
    budget b = budget_of(d, (pm_uncertain){r->n_to_p_foil, 0});
    if ((s = pm_budget_forward(&b.design, &b.rates, &life, err))) return s;
    r->cycle_life = life.end;
    r->cycle_life_lithium = b.design.anode_free ? life.retained : life.lithium;
    r->cycle_life_electrolyte = life.electrolyte;
    r->cycle_life_cathode = life.cathode;
    if (!b.design.anode_free) r->normalised_cycle_life = life.lithium / r->n_to_p_foil;
    r->limit = life.limit;
    r->cycle_life_total = life.total;
    r->limit_total = life.total_limit;
    return PM_OK;
}

/* ---- with deviations ---- */

bool pm_design_is_uncertain(const pm_design *told)
{
    return told->areal_capacity_deviation > 0 || told->lithium_deviation_um > 0 || told->electrolyte_deviation > 0;
}

/* N/P that was told is known, whatever the loading: the foil goes with it. Otherwise foil and loading are independent. */
static pm_status n_to_p_of(const pm_design *told, const pm_design *d, const pm_design_result *r, pm_uncertain *out,
                           pm_error *err)
{
    pm_n_to_p ratio;
    *out = (pm_uncertain){r->n_to_p_foil, 0};
    if (d->anode != PM_ANODE_LITHIUM || isnan(told->lithium_um)) return PM_OK;
    const pm_uncertain foil_um = {d->lithium_um, d->lithium_deviation_um};
    const pm_uncertain cathode = {d->areal_capacity_Ah_per_cm2 * 1e3, d->areal_capacity_deviation * 1e3};
    pm_status s = pm_n_to_p_of_foil(foil_um, cathode, &ratio, err);
    if (!s) out->deviation = ratio.ratio.deviation;
    return s;
}

pm_status pm_design_spread_of(const pm_design *told, pm_design_spread *out, pm_error *err)
{
    pm_design d = *told;
    pm_design_result r;
    pm_budget_spread spread;
    pm_status s;
    *out = (pm_design_spread){.cycle_life_low = NAN, .cycle_life_high = NAN};
    if ((s = pm_design_fill(&d, NULL, err)) || (s = pm_design_compute(told, &r, err))) return s;
    if ((s = n_to_p_of(told, &d, &r, &out->n_to_p_foil, err))) return s;
    if (!has_life(&d)) return PM_OK;
    budget b = budget_of(&d, out->n_to_p_foil);
    if ((s = pm_budget_uncertain(&b.design, &b.rates, &spread, err))) return s;
    out->cycle_life_low = spread.end_low;
    out->cycle_life_high = spread.end_high;
    for (int i = 0; i <= PM_LIMIT_CATHODE; i++) out->probability[i] = spread.probability[i];
    return PM_OK;
}
