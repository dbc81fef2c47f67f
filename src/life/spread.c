/* SPDX-License-Identifier: MIT */
/* What the spread of foil and electrolyte does to the end. Both are reserves of one thing, lithium that may be lost,
 * and that only grows: which of the two ends first is which of two normal numbers is the smaller. */
#include "life/budget.h"

#include <math.h>

typedef struct reserves {
    const budget *b;
    pm_uncertain lithium, electrolyte; /* what may be lost until they end, in P */
    double known;                      /* the first of the ends without a spread; infinite = there is none */
    pm_limit limit;                    /* which it is */
    double lost;                       /* by then; all that is ever lost where there is none */
} reserves;

/* Chance that a reserve with a spread is larger than what is lost. One without ends at a known cycle. */
static double lasts(pm_uncertain reserve, double lost)
{
    return reserve.deviation > 0 ? 0.5 * erfc((lost - reserve.value) / reserve.deviation * M_SQRT1_2) : 1;
}

static double cell_lasts(const reserves *r, double lost)
{
    return lasts(r->lithium, lost) * lasts(r->electrolyte, lost);
}

static double lithium_lasts(const reserves *r, double lost)
{
    return lasts(r->lithium, lost);
}

/* The cycle that is outlasted with chance q. `known` ends it, by a loss of `most`; before, it is found by its loss, which
 * tells cycles apart only while something is lost in each. */
static double outlasted(const reserves *r, double (*chance)(const reserves *, double), double q, double known,
                        double most)
{
    double low = 0, high = most;

    if (chance(r, most) > q) return known;
    if (isinf(high)) high = fmax(r->lithium.value + 10 * r->lithium.deviation, 0);
    if (isinf(high)) high = r->electrolyte.value + 10 * r->electrolyte.deviation;
    for (int i = 0; i < 60; i++) {
        double middle = low + (high - low) / 2;
        *(chance(r, middle) > q ? &low : &high) = middle;
    }
    return r->b->anode_free ? budget_cycles_to(r->b, low) : budget_cycles_with_foil(r->b, low);
}

/* Chance that lithium, of which nobody knows how much there is, ends first: summed over how much. */
static double lithium_first(const reserves *r)
{
    enum { PARTS = 1000 };
    pm_uncertain a = r->lithium;
    double sum = 0, low = a.value - 8 * a.deviation, step = 16 * a.deviation / PARTS;

    for (int i = 0; i < PARTS && a.deviation > 0; i++) {
        double from = low + i * step, middle = from + step / 2;
        if (middle < r->lost) sum += (lasts(a, from) - lasts(a, from + step)) * lasts(r->electrolyte, middle);
    }
    return sum;
}

static double lost_by(const budget *b, double n)
{
    const double ever = 1e300, most = 1e200; /* more than any reserve is no end */
    double lost = b->anode_free ? budget_lost(b, fmin(n, ever)) : budget_lost_with_foil(b, fmin(n, ever));

    return lost < most ? lost : INFINITY;
}

static void take(reserves *r, double end, pm_limit limit)
{
    if (!(end < r->known)) return;
    r->known = end;
    r->limit = limit;
}

/* With foil the end comes while some is left, of whatever thickness; without, it is a cycle, known as well as the rates
 * are. */
static reserves reserves_of(const budget *b)
{
    pm_uncertain foil = {b->foil, b->foil_deviation}, none = {0, 0}, electrolyte = {b->margin, b->margin_deviation};
    reserves r = {b, b->anode_free ? none : foil, electrolyte, INFINITY, PM_LIMIT_UNKNOWN, NAN};

    take(&r, budget_cathode_end(b), PM_LIMIT_CATHODE);
    if (!(r.lithium.deviation > 0))
        take(&r, b->anode_free ? budget_retained(b) : budget_cycles_with_foil(b, b->foil), PM_LIMIT_LITHIUM);
    if (!(r.electrolyte.deviation > 0))
        take(&r, b->anode_free ? budget_cycles_to(b, b->margin) : budget_cycles_with_foil(b, b->margin),
             PM_LIMIT_ELECTROLYTE);
    r.lost = lost_by(b, r.known);
    return r;
}

static void probabilities_of(const reserves *r, double probability[PM_LIMIT_CATHODE + 1])
{
    double known = cell_lasts(r, r->lost), lithium = lithium_first(r);

    for (int i = 0; i <= PM_LIMIT_CATHODE; i++) probability[i] = 0;
    probability[PM_LIMIT_LITHIUM] = fmin(lithium, 1 - known);
    if (r->electrolyte.deviation > 0)
        probability[PM_LIMIT_ELECTROLYTE] = fmax(1 - known - probability[PM_LIMIT_LITHIUM], 0);
    else
        probability[PM_LIMIT_LITHIUM] = r->lithium.deviation > 0 ? 1 - known : 0;
    probability[r->limit] += known;
}

pm_status pm_budget_uncertain(const pm_budget_design *design, const pm_budget_rates *rates, pm_budget_spread *out,
                              pm_error *err)
{
    budget b;
    pm_status s = budget_of(design, rates, true, &b, err);

    if (s) return s;
    reserves r = reserves_of(&b);
    double foil = b.foil_deviation > 0 ? INFINITY : budget_cycles_with_foil(&b, b.foil), lost = lost_by(&b, foil);
    *out = (pm_budget_spread){
        .end_low = outlasted(&r, cell_lasts, 0.95, r.known, r.lost),
        .end_high = outlasted(&r, cell_lasts, 0.05, r.known, r.lost),
        .lithium_low = outlasted(&r, lithium_lasts, 0.95, foil, lost),
        .lithium_high = outlasted(&r, lithium_lasts, 0.05, foil, lost),
    };
    probabilities_of(&r, out->probability);
    return PM_OK;
}
