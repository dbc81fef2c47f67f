/* SPDX-License-Identifier: MIT */
/* From a life back to what was lost. */
#include "life/budget.h"

#include <math.h>

/* The least efficiency with which an anode-free cell keeps its retention for so many cycles. */
static double anode_free_needed(budget *b, double cycles)
{
    double low = 0, high = 1;

    if (budget_cathode_end(b) < cycles) return NAN;
    for (int i = 0; i < 60; i++) {
        double middle = low + (high - low) / 2;
        b->x = 1 - middle;
        *(budget_retained(b, 0) < cycles ? &low : &high) = middle;
    }
    return high;
}

pm_status pm_budget_efficiency_needed(const pm_budget_design *design, const pm_budget_rates *rates, double cycles,
                                      double *out, pm_error *err)
{
    budget b;
    pm_status s = budget_of(design, rates, false, &b, err);

    if (s) return s;
    if (!(cycles > 0) || isinf(cycles)) return pm_fail(err, PM_ERR_ARGUMENT, "a life of %g cycles", cycles);
    if (b.anode_free) {
        *out = anode_free_needed(&b, cycles);
        return PM_OK;
    }
    b.x = 0;
    double calendar = budget_lost(&b, cycles);
    b.x = 1;
    double each = (b.foil - calendar) / (budget_lost(&b, cycles) - calendar);
    *out = each > 0 ? fmax(1 - each, 0) : NAN;
    return PM_OK;
}

pm_status pm_budget_mean_efficiency(const pm_n_to_p *n_to_p, const double plated[3], pm_estimate *out, pm_error *err)
{
    const double z90 = 1.6448536269514722;
    pm_uncertain foil;
    pm_status s = pm_n_to_p_foil(n_to_p, &foil, err);

    if (s) return s;
    for (int i = 0; i < 3; i++)
        if (!(plated[i] > 0)) return pm_fail(err, PM_ERR_ARGUMENT, "no charge was plated before the boundary");
    double lost = foil.value / plated[1], known = z90 * foil.deviation / foil.value;
    *out = (pm_estimate){1 - lost, 1 - lost * (1 + hypot(known, plated[1] / plated[0] - 1)),
                         1 - lost * (1 - fmin(hypot(known, 1 - plated[1] / plated[2]), 1))};
    return PM_OK;
}

pm_status pm_anode_free_product(int64_t n, const double *capacity, const double *coulombic_efficiency, double tolerance,
                                double *product, pm_anode_free_check *out, pm_error *err)
{
    double p = 1;

    *out = (pm_anode_free_check){.parts = -1};
    if (n < 1 || !(capacity[0] > 0)) return pm_fail(err, PM_ERR_DATA, "there is no capacity of a first cycle");
    if (!(tolerance > 0)) return pm_fail(err, PM_ERR_ARGUMENT, "a tolerance of %g", tolerance);
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(capacity[i]) || (i && !isfinite(coulombic_efficiency[i])))
            return pm_fail(err, PM_ERR_DATA, "cycle %lld has no capacity or no efficiency: a product needs each",
                           (long long)i + 1);
        if (i) p *= coulombic_efficiency[i];
        if (product) product[i] = p;
        out->capacity = capacity[i] / capacity[0];
        out->ratio = out->capacity / p;
        bool differs = !(fabs(out->ratio - 1) <= tolerance);
        if (!differs) out->parts = -1;
        if (differs && out->parts < 0) out->parts = i;
    }
    out->product = p;
    return PM_OK;
}
