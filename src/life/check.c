/* SPDX-License-Identifier: MIT */
/* What is told of a design and its rates: names, conventions, defaults, and what makes no sense. */
#include "life/budget.h"

#include <math.h>

static const double faraday = 96485.33212, molar_gram = 6.94, gram_per_cm3 = 0.534;

double pm_lithium_um_per_mAh_per_cm2(void)
{
    return 3.6 / faraday * molar_gram / gram_per_cm3 * 1e4;
}

const char *pm_n_to_p_convention_name(pm_n_to_p_convention convention)
{
    static const char *const names[] = {"foil", "total"};
    return (unsigned)convention < 2 ? names[convention] : NULL;
}

pm_status pm_n_to_p_convention_parse(const char *text, pm_n_to_p_convention *out, pm_error *err)
{
    for (int i = 0; i < 2; i++)
        if (pm_text_same(text, pm_n_to_p_convention_name((pm_n_to_p_convention)i))) {
            *out = (pm_n_to_p_convention)i;
            return PM_OK;
        }
    return pm_fail(err, PM_ERR_ARGUMENT,
                   "\"%s\" is no convention of N/P: foil (lithium of the foil alone) or total (and of the cathode)",
                   text);
}

const char *pm_limit_name(pm_limit limit)
{
    static const char *const names[] = {"unknown", "lithium", "electrolyte", "cathode"};
    return (unsigned)limit <= PM_LIMIT_CATHODE ? names[limit] : NULL;
}

static bool spread_is_good(pm_uncertain u)
{
    return isfinite(u.value) && isfinite(u.deviation) && u.deviation >= 0;
}

pm_status pm_n_to_p_foil(const pm_n_to_p *of, pm_uncertain *foil, pm_error *err)
{
    const double most = 1e4;
    bool total = of->convention == PM_N_TO_P_TOTAL;

    *foil = of->ratio;
    if (total) foil->value -= 1;
    if (!spread_is_good(*foil)) return pm_fail(err, PM_ERR_ARGUMENT, "N/P is not a number");
    if (foil->value > most)
        return pm_fail(err, PM_ERR_ARGUMENT, "N/P is %g: more than %g is no cell", of->ratio.value, most);
    if (foil->value > 0) return PM_OK;
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "a cell without foil is of kind anode-free, and has no N/P",
                      total ? "N/P of all lithium is %g: it must be above 1, which the cathode alone makes"
                            : "N/P is %g: it must be above 0",
                      of->ratio.value);
}

pm_status pm_n_to_p_of_foil(pm_uncertain foil_um, pm_uncertain cathode_mAh_per_cm2, pm_n_to_p *out, pm_error *err)
{
    if (!spread_is_good(foil_um) || foil_um.value <= 0)
        return pm_fail(err, PM_ERR_ARGUMENT, "a foil of %g um", foil_um.value);
    if (!spread_is_good(cathode_mAh_per_cm2) || cathode_mAh_per_cm2.value <= 0)
        return pm_fail(err, PM_ERR_ARGUMENT, "a cathode of %g mAh/cm2", cathode_mAh_per_cm2.value);
    double ratio = foil_um.value / pm_lithium_um_per_mAh_per_cm2() / cathode_mAh_per_cm2.value;
    double part = hypot(foil_um.deviation / foil_um.value, cathode_mAh_per_cm2.deviation / cathode_mAh_per_cm2.value);
    *out = (pm_n_to_p){{ratio, ratio * part}, PM_N_TO_P_FOIL};
    return PM_OK;
}

/* ---- ranges ------------------------------------------------------------------------------------------------- */

typedef struct range {
    const char *what;
    double value, least, most;
} range;

static pm_status check(int n, const range ranges[], pm_error *err)
{
    for (int i = 0; i < n; i++) {
        const range *r = &ranges[i];
        if (r->value >= r->least && r->value <= r->most) continue;
        return pm_fail(err, PM_ERR_ARGUMENT, "%s is %g: it must be from %g to %g", r->what, r->value, r->least,
                       r->most);
    }
    return PM_OK;
}

static pm_status check_efficiency(double efficiency, pm_error *err)
{
    if (efficiency > 0 && efficiency < 1) return PM_OK;
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(),
                      efficiency > 50 && efficiency <= 100 ? "it seems to be in percent: divide by 100" : NULL,
                      "the Coulombic efficiency of lithium is %g: it must be above 0 and below 1", efficiency);
}

static double else_of(double value, double otherwise)
{
    return value != 0 ? value : otherwise;
}

static pm_status check_design(const pm_budget_design *d, pm_error *err)
{
    range ranges[] = {
        {"lithium besides the foil", d->surplus, 0, 1e4},
        {"the cathode's areal capacity (mAh/cm2)", d->cathode_mAh_per_cm2, 0, 1000},
        {"the depth of the cycles", else_of(d->depth, 1), 1e-6, 1},
        {"E/C (g/Ah)", d->electrolyte_g_per_Ah.value, 0, 1e6},
        {"the deviation of E/C (g/Ah)", d->electrolyte_g_per_Ah.deviation, 0, 1e6},
        {"the least E/C (g/Ah)", d->electrolyte_least_g_per_Ah, 0, 1e6},
        {"the electrolyte's molar mass (g/mol)", else_of(d->electrolyte_g_per_mol, 90), 1, 1e5},
        {"electrons per molecule", else_of(d->electrons, 1), 1e-3, 1e3},
        {"the porosity of the dead layer", d->dead_porosity, 0, 0.99},
    };
    return check(sizeof ranges / sizeof *ranges, ranges, err);
}

static pm_status check_rates(const pm_budget_rates *r, pm_error *err)
{
    range ranges[] = {
        {"the acceleration of loss (per cycle)", r->acceleration, -1, 1},
        {"the Coulombic efficiency of the cathode", else_of(r->coulombic_efficiency_cathode, 1), 1e-6, 1},
        {"the cathode's retention from cycle to cycle", else_of(r->cathode_retention, 1), 1e-6, 1},
        {"calendar loss (mAh/cm2/h)", r->calendar_mAh_per_cm2_per_h, 0, 1e6},
        {"calendar loss (mAh/cm2/h^0.5)", r->calendar_mAh_per_cm2_per_sqrt_h, 0, 1e6},
        {"hours of a cycle", r->hours_per_cycle, 0, 1e6},
        {"the share of interphase in lost lithium", else_of(r->interphase_share, 1), 1e-6, 1},
        {"the retention at the end", else_of(r->retention, 0.5), 1e-3, 0.999},
    };
    return check(sizeof ranges / sizeof *ranges, ranges, err);
}

static pm_status check_calendar(const pm_budget_design *d, const pm_budget_rates *r, pm_error *err)
{
    if (r->calendar_mAh_per_cm2_per_h + r->calendar_mAh_per_cm2_per_sqrt_h == 0) return PM_OK;
    if (d->cathode_mAh_per_cm2 > 0 && r->hours_per_cycle > 0) return PM_OK;
    return pm_fail(err, PM_ERR_ARGUMENT, "calendar loss needs the cathode's areal capacity and the hours of a cycle");
}

/* ---- defaults ----------------------------------------------------------------------------------------------- */

static void electrolyte_of(const pm_budget_design *d, const pm_budget_rates *r, budget *b)
{
    double mol_per_Ah = 3600 / faraday / else_of(d->electrons, 1);
    pm_uncertain e = d->electrolyte_g_per_Ah;

    b->least_g_per_Ah = else_of(d->electrolyte_least_g_per_Ah, 1.2);
    b->gram_per_loss = else_of(r->interphase_share, 0.5) * else_of(d->electrolyte_g_per_mol, 90) * mol_per_Ah;
    b->electrolyte = e.value > 0 ? e.value : NAN;
    b->margin = e.value > 0 ? fmax(e.value - b->least_g_per_Ah, 0) / b->gram_per_loss : INFINITY;
    b->margin_deviation = e.value > 0 ? e.deviation / b->gram_per_loss : 0;
}

static void losses_of(const pm_budget_design *d, const pm_budget_rates *r, budget *b)
{
    double areal = d->cathode_mAh_per_cm2;

    b->depth = else_of(d->depth, 1);
    b->x = 1 - r->coulombic_efficiency_lithium;
    b->acceleration = r->acceleration;
    b->cathode_efficiency = else_of(r->coulombic_efficiency_cathode, 0.9998);
    b->log_retention = log(else_of(r->cathode_retention, b->cathode_efficiency));
    b->growth = b->acceleration + b->log_retention;
    b->retention = else_of(r->retention, 0.8);
    b->per_cycle = areal > 0 ? r->calendar_mAh_per_cm2_per_h * r->hours_per_cycle / areal : 0;
    b->per_root_cycle = areal > 0 ? r->calendar_mAh_per_cm2_per_sqrt_h * sqrt(r->hours_per_cycle) / areal : 0;
    b->um_per_loss = areal > 0 ? pm_lithium_um_per_mAh_per_cm2() * areal / (1 - d->dead_porosity) : NAN;
}

pm_status budget_of(const pm_budget_design *design, const pm_budget_rates *rates, bool efficiency, budget *out,
                    pm_error *err)
{
    pm_uncertain foil = {0, 0};
    pm_status s = PM_OK;

    if (efficiency && (s = check_efficiency(rates->coulombic_efficiency_lithium, err))) return s;
    if (!design->anode_free && (s = pm_n_to_p_foil(&design->n_to_p, &foil, err))) return s;
    if ((s = check_design(design, err)) || (s = check_rates(rates, err)) || (s = check_calendar(design, rates, err)))
        return s;
    *out = (budget){
        .foil = foil.value + design->surplus, .foil_deviation = foil.deviation, .anode_free = design->anode_free};
    electrolyte_of(design, rates, out);
    losses_of(design, rates, out);
    return PM_OK;
}
