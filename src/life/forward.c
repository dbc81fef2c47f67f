/* SPDX-License-Identifier: MIT */
/* How long lithium, electrolyte and cathode last. */
#include "life/budget.h"

#include <math.h>

/* (exp(g n) - 1) / g, which is n for g = 0. */
static double grown(double g, double n)
{
    return fabs(g * n) < 1e-9 ? n : expm1(g * n) / g;
}

double budget_lost(const budget *b, double n)
{
    return b->depth * b->x * grown(b->growth, n) + b->per_cycle * n + b->per_root_cycle * sqrt(n);
}

/* Without calendar loss. A cathode that fades plates ever less: then there are losses that are never reached. */
static double cycles_by_cycling(const budget *b, double lost)
{
    double ratio = lost / (b->depth * b->x), z = b->growth * ratio;

    if (fabs(z) < 1e-9) return ratio;
    return z > -1 ? log1p(z) / b->growth : INFINITY;
}

double budget_cycles_to(const budget *b, double lost)
{
    double high = cycles_by_cycling(b, lost), low = 0;

    if (!(lost > 0)) return 0;
    if (isinf(lost)) return INFINITY;
    if (b->per_cycle + b->per_root_cycle == 0) return high;
    if (b->per_cycle > 0) high = fmin(high, lost / b->per_cycle);
    if (b->per_root_cycle > 0) high = fmin(high, lost / b->per_root_cycle * (lost / b->per_root_cycle));
    for (int i = 0; i < 60 && high - low > 1e-12 * high; i++) {
        double middle = low + (high - low) / 2;
        *(budget_lost(b, middle) < lost ? &low : &high) = middle;
    }
    return low + (high - low) / 2;
}

double budget_cathode_end(const budget *b)
{
    return b->log_retention < 0 ? log(b->retention) / b->log_retention : INFINITY;
}

/* Li2(y), 0 <= y <= 1: the integral of -ln(1 - y) / y. The series, of the smaller of y and 1 - y. */
static double dilogarithm(double y)
{
    const double end = 1.6449340668482264; /* pi^2 / 6 */
    double z = y > 0.5 ? 1 - y : y, power = z, sum = 0;

    for (int j = 1; j < 60 && power > 1e-18; j++, power *= z) sum += power / (j * j);
    if (y <= 0.5) return sum;
    return z > 0 ? end - log(y) * log(z) - sum : end;
}

/* Cycles, from n on, until efficiencies 1 - x exp(k n) have multiplied to exp(-fall). */
static double cycles_of_decay(const budget *b, double n, double fall)
{
    double k = b->acceleration, from = b->x * exp(k * n);

    if (from >= 1) return 0;
    if (fabs(k) < 1e-9) return fall / -log1p(-from);
    double start = dilogarithm(from), target = start + k * fall, low = k > 0 ? from : 0, high = k > 0 ? 1 : from;
    if (target <= 0) return INFINITY; /* the efficiency gets better faster than capacity falls */
    if (target >= dilogarithm(1)) return log(1 / from) / k;
    for (int i = 0; i < 60; i++) {
        double middle = low + (high - low) / 2;
        *(dilogarithm(middle) < target ? &low : &high) = middle;
    }
    return log(low / from) / k;
}

double budget_retained(const budget *b, double n)
{
    double fall = n * b->log_retention - log(b->retention), cathode = budget_cathode_end(b);

    if (!(fall > 0) || isinf(n)) return cathode;
    return fmin(cathode, n + cycles_of_decay(b, n, fall));
}

pm_status pm_budget_forward(const pm_budget_design *design, const pm_budget_rates *rates, pm_budget_life *out,
                            pm_error *err)
{
    budget b;
    pm_status s = budget_of(design, rates, true, &b, err);

    if (s) return s;
    *out = (pm_budget_life){.limit = PM_LIMIT_LITHIUM};
    out->lithium = budget_cycles_to(&b, b.foil);
    out->electrolyte = budget_cycles_to(&b, b.margin);
    out->cathode = budget_cathode_end(&b);
    out->retained = budget_retained(&b, out->lithium);
    out->end = b.anode_free ? out->retained : out->lithium;
    if (out->cathode < out->end || isinf(out->end)) {
        out->end = out->cathode;
        out->limit = PM_LIMIT_CATHODE;
    }
    if (out->electrolyte < out->end) {
        out->end = out->electrolyte;
        out->limit = PM_LIMIT_ELECTROLYTE;
    }
    if (isinf(out->end)) out->limit = PM_LIMIT_UNKNOWN;
    out->normalised_cycle_life = b.anode_free ? NAN : out->lithium / b.foil;
    out->swelling_um = isinf(out->end) ? NAN : budget_lost(&b, out->end) * b.um_per_loss;
    return PM_OK;
}
