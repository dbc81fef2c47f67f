/* SPDX-License-Identifier: MIT */
/* What the spread of foil and electrolyte does to the end. Both are reserves of one thing, lithium that may be lost,
 * and that only grows: which of the two ends first is which of two normal numbers is the smaller. */
#include "life/budget.h"

#include <math.h>

typedef struct reserves {
    const budget *b;
    pm_uncertain lithium, electrolyte; /* what may be lost until they end, in P */
    double cathode;                    /* what is lost when the cathode ends; infinite = never */
} reserves;

/* Chance that a reserve is larger than what is lost. */
static double lasts(pm_uncertain reserve, double lost)
{
    if (!(reserve.deviation > 0)) return reserve.value > lost;
    return 0.5 * erfc((lost - reserve.value) / reserve.deviation * M_SQRT1_2);
}

static double cell_lasts(const reserves *r, double lost)
{
    return lost < r->cathode ? lasts(r->lithium, lost) * lasts(r->electrolyte, lost) : 0;
}

static double lithium_lasts(const reserves *r, double lost)
{
    return lasts(r->lithium, lost);
}

/* The cycle that is outlasted with chance q, by the loss up to which the chance is above it. */
static double outlasted(const reserves *r, double (*chance)(const reserves *, double), double q)
{
    double low = 0, high = r->lithium.value + 10 * r->lithium.deviation;

    if (isinf(high)) high = r->electrolyte.value + 10 * r->electrolyte.deviation;
    if (isinf(high)) return budget_cathode_end(r->b);
    for (int i = 0; i < 60; i++) {
        double middle = low + (high - low) / 2;
        *(chance(r, middle) > q ? &low : &high) = middle;
    }
    return r->b->anode_free ? budget_cycles_to(r->b, low) : budget_cycles_with_foil(r->b, low);
}

/* Chance that lithium ends first: summed over how much there is of it. */
static double lithium_first(const reserves *r)
{
    enum { PARTS = 1000 };
    pm_uncertain a = r->lithium;
    double sum = 0, low = a.value - 8 * a.deviation, step = 16 * a.deviation / PARTS;

    if (!(a.deviation > 0)) return a.value < r->cathode ? lasts(r->electrolyte, a.value) : 0;
    for (int i = 0; i < PARTS; i++) {
        double from = low + i * step, middle = from + step / 2;
        if (middle < r->cathode) sum += (lasts(a, from) - lasts(a, from + step)) * lasts(r->electrolyte, middle);
    }
    return sum;
}

/* With foil the end comes while some is left, of whatever thickness; without, it is a cycle, known as well as the rates
 * are, and its own loss. */
static reserves reserves_of(const budget *b)
{
    double cathode = budget_cathode_end(b), retained = b->anode_free ? budget_retained(b) : NAN;
    pm_uncertain lithium = {b->foil, b->foil_deviation};

    if (b->anode_free) lithium = (pm_uncertain){retained < cathode ? budget_lost(b, retained) : INFINITY, 0};
    if (!isinf(cathode)) cathode = b->anode_free ? budget_lost(b, cathode) : budget_lost_with_foil(b, cathode);
    return (reserves){b, lithium, {b->margin, b->margin_deviation}, cathode};
}

pm_status pm_budget_uncertain(const pm_budget_design *design, const pm_budget_rates *rates, pm_budget_spread *out,
                              pm_error *err)
{
    budget b;
    pm_status s = budget_of(design, rates, true, &b, err);

    if (s) return s;
    reserves r = reserves_of(&b);
    *out = (pm_budget_spread){
        .end_low = outlasted(&r, cell_lasts, 0.95),
        .end_high = outlasted(&r, cell_lasts, 0.05),
        .lithium_low = b.anode_free ? 0 : outlasted(&r, lithium_lasts, 0.95),
        .lithium_high = b.anode_free ? 0 : outlasted(&r, lithium_lasts, 0.05),
    };
    double cathode = isinf(r.cathode) ? 0 : lasts(r.lithium, r.cathode) * lasts(r.electrolyte, r.cathode);
    out->probability[PM_LIMIT_CATHODE] = cathode;
    out->probability[PM_LIMIT_LITHIUM] = fmin(lithium_first(&r), 1 - cathode);
    out->probability[PM_LIMIT_ELECTROLYTE] = fmax(1 - cathode - out->probability[PM_LIMIT_LITHIUM], 0);
    return PM_OK;
}
