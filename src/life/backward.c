/* SPDX-License-Identifier: MIT */
/* From a life back to what was lost. */
#include "life/budget.h"
#include "life/measured.h"

#include <math.h>

/* The first end that efficiency can move: with foil while there is some, else by the retention. */
static double movable_end(const budget *b, pm_limit *limit)
{
    double lithium = b->anode_free ? budget_retained(b) : budget_cycles_with_foil(b, b->foil);
    double electrolyte = budget_cycles_to(b, b->margin);

    *limit = electrolyte < lithium ? PM_LIMIT_ELECTROLYTE : PM_LIMIT_LITHIUM;
    return fmin(lithium, electrolyte);
}

/* What would end the cell at a perfect efficiency, before so many cycles. */
static void find_forbidding(budget *b, double cycles, pm_budget_needed *out)
{
    double cathode = budget_cathode_end(b), end;
    pm_limit limit;

    b->x = 0;
    end = movable_end(b, &limit);
    if (cathode <= end) {
        end = cathode;
        limit = PM_LIMIT_CATHODE;
    }
    if (end < cycles) *out = (pm_budget_needed){NAN, limit, end};
}

static bool ends_before(const budget *b, double cycles)
{
    pm_limit limit;

    return b->anode_free ? movable_end(b, &limit) < cycles
                         : budget_lost_with_foil(b, cycles) > fmin(b->foil, b->margin);
}

/* Halved in 1 - CE: lives of many cycles need small ones to all their digits. */
static double needed_of(budget *b, double cycles)
{
    double low = 0, high = 1;

    for (int i = 0; i < 200 && high - low > 1e-15 * high; i++) {
        b->x = low + (high - low) / 2;
        *(ends_before(b, cycles) ? &high : &low) = b->x;
    }
    return 1 - low;
}

pm_status pm_budget_efficiency_needed(const pm_budget_design *design, const pm_budget_rates *rates, double cycles,
                                      pm_budget_needed *out, pm_error *err)
{
    budget b;
    pm_status s = budget_of(design, rates, false, &b, err);

    if (s) return s;
    if (!(cycles > 0) || isinf(cycles)) return pm_fail(err, PM_ERR_ARGUMENT, "a life of %g cycles", cycles);
    *out = (pm_budget_needed){NAN, PM_LIMIT_UNKNOWN, NAN};
    find_forbidding(&b, cycles, out);
    if (out->forbids == PM_LIMIT_UNKNOWN) out->efficiency = needed_of(&b, cycles);
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

/* Efficiencies behind the first: of each and of those missing before it. Their logarithms lie on a line between. */
static void bridge(const measured *t, double *efficiency, int64_t *missing)
{
    efficiency[0] = t->efficiency[0];
    *missing = 0;
    for (int64_t i = 1; i < t->n; i++) {
        double gap = t->cycle[i] - t->cycle[i - 1] - 1;
        *missing += (int64_t)gap;
        efficiency[i] = t->efficiency[i] * pow(t->efficiency[i] * t->efficiency[i - 1], gap / 2);
    }
}

pm_status pm_anode_free_of(const pm_table *cycles, double tolerance, pm_anode_free_cycles *out, pm_error *err)
{
    pm_stage_options options = {.kind = PM_ANODE_FREE};
    measured t;
    pm_status s = measured_of(cycles, &options, &t, err);

    if (s) return s;
    pm_scoped_memory double *efficiency = malloc(((size_t)t.n + 1) * sizeof *efficiency);
    *out = (pm_anode_free_cycles){.cycles = t.n, .parts = NAN};
    if (!efficiency) {
        s = pm_fail(err, PM_ERR_MEMORY, "no memory for cycles");
    } else {
        bridge(&t, efficiency, &out->missing);
        s = pm_anode_free_product(t.n, t.capacity, efficiency, tolerance, NULL, &out->check, err);
    }
    if (!s && out->check.parts >= 0) out->parts = t.cycle[out->check.parts];
    measured_leave(&t);
    return s;
}
