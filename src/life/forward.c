/* SPDX-License-Identifier: MIT */
/* How long lithium, electrolyte and cathode last. */
#include "life/budget.h"

#include <math.h>

/* (exp(g n) - 1) / g, which is n for g = 0. */
static double grown(double g, double n)
{
    return fabs(g * n) < 1e-9 ? n : expm1(g * n) / g;
}

/* The n at which (exp(g n) - 1) / g is so much. Of what shrinks the sum may stay below it for ever. */
static double ungrown(double g, double sum)
{
    double z = g * sum;

    if (fabs(z) < 1e-9) return sum;
    return z > -1 ? log1p(z) / g : INFINITY;
}

double budget_all_lost_from(const budget *b)
{
    return b->acceleration > 0 ? -log(b->x) / b->acceleration : INFINITY;
}

/* Part of all that is plated is lost, and no more than all. */
double budget_lost_with_foil(const budget *b, double n)
{
    double all = budget_all_lost_from(b), growing = fmin(n, all), lost = b->x * grown(b->growth, growing);

    if (n > all) lost += exp(b->log_retention * all) * grown(b->log_retention, n - all);
    return b->depth * lost + b->per_cycle * n + b->per_root_cycle * sqrt(n);
}

/* Without calendar loss. A cathode that fades plates ever less: then there are losses that are never reached. */
static double cycles_by_cycling(const budget *b, double lost)
{
    double all = budget_all_lost_from(b), growing = isinf(all) ? INFINITY : b->x * grown(b->growth, all);

    lost /= b->depth;
    if (lost <= growing) return ungrown(b->growth, lost / b->x);
    return all + ungrown(b->log_retention, (lost - growing) / exp(b->log_retention * all));
}

double budget_cycles_with_foil(const budget *b, double lost)
{
    double high = cycles_by_cycling(b, lost), low = 0;

    if (!(lost > 0)) return 0;
    if (isinf(lost)) return INFINITY;
    if (b->per_cycle + b->per_root_cycle == 0) return high;
    if (b->per_cycle > 0) high = fmin(high, lost / b->per_cycle);
    if (b->per_root_cycle > 0) high = fmin(high, lost / b->per_root_cycle * (lost / b->per_root_cycle));
    for (int i = 0; i < 60 && high - low > 1e-12 * high; i++) {
        double middle = low + (high - low) / 2;
        *(budget_lost_with_foil(b, middle) < lost ? &low : &high) = middle;
    }
    return low + (high - low) / 2;
}

double budget_cathode_end(const budget *b)
{
    return b->log_retention < 0 ? log(b->retention) / b->log_retention : INFINITY;
}

/* ---- short of lithium --------------------------------------------------------------------------------------- */

/* With what was before its last cycle: ends lie between. */
typedef struct walk {
    budget_state now, before;
} walk;

/* The last cycle with foil left. */
static walk walk_from(const budget *b, double with_foil)
{
    budget_state at = budget_at(b, (int64_t)floor(with_foil));

    return (walk){at, at};
}

/* False where nothing happens any more, or nothing for a million cycles. */
static bool walk_on(const budget *b, walk *w, double from)
{
    if (w->now.short_of && fabs(w->now.lost - w->before.lost) + fabs(w->now.capacity - w->before.capacity) < 1e-12)
        return w->now.n == w->before.n;
    w->before = w->now;
    budget_step(b, &w->now);
    return (double)w->now.n < from + 1e6;
}

double budget_lost(const budget *b, double n)
{
    double with_foil = budget_cycles_with_foil(b, b->foil);

    if (n <= with_foil) return budget_lost_with_foil(b, n);
    walk w = walk_from(b, with_foil);
    while ((double)w.now.n < n)
        if (!walk_on(b, &w, with_foil)) return w.now.lost;
    return w.before.lost + (w.now.lost - w.before.lost) * (n - (double)w.before.n);
}

double budget_cycles_to(const budget *b, double lost)
{
    double with_foil = budget_cycles_with_foil(b, b->foil);

    if (lost <= b->foil) return budget_cycles_with_foil(b, lost);
    if (isinf(with_foil) || lost > b->foil + b->depth) return INFINITY;
    walk w = walk_from(b, with_foil);
    while (w.now.lost < lost)
        if (!walk_on(b, &w, with_foil)) return INFINITY;
    return (double)w.before.n + (lost - w.before.lost) / (w.now.lost - w.before.lost);
}

double budget_retained(const budget *b)
{
    double least = b->retention * b->depth, cathode = budget_cathode_end(b);
    double with_foil = budget_cycles_with_foil(b, b->foil);

    if (!(with_foil < cathode)) return cathode;
    walk w = walk_from(b, with_foil);
    while (w.now.capacity > least)
        if (!walk_on(b, &w, with_foil)) return cathode;
    if (w.now.capacity >= w.now.full) return cathode;
    double part = w.now.capacity > 0 ? log(least / w.before.capacity) / log(w.now.capacity / w.before.capacity) : 1;
    return fmin(cathode, (double)w.before.n + part);
}

static void find_total(pm_budget_life *life)
{
    life->total = fmin(life->retained, life->electrolyte);
    life->total_limit = life->electrolyte < life->retained ? PM_LIMIT_ELECTROLYTE
                        : life->cathode <= life->retained  ? PM_LIMIT_CATHODE
                                                           : PM_LIMIT_LITHIUM;
    if (isinf(life->total)) life->total_limit = PM_LIMIT_UNKNOWN;
}

pm_status pm_budget_forward(const pm_budget_design *design, const pm_budget_rates *rates, pm_budget_life *out,
                            pm_error *err)
{
    budget b;
    pm_status s = budget_of(design, rates, true, &b, err);

    if (s) return s;
    *out = (pm_budget_life){.limit = PM_LIMIT_LITHIUM};
    out->lithium = budget_cycles_with_foil(&b, b.foil);
    out->electrolyte = budget_cycles_to(&b, b.margin);
    out->cathode = budget_cathode_end(&b);
    out->retained = budget_retained(&b);
    out->all_lost_from = budget_all_lost_from(&b);
    out->end = b.anode_free ? out->retained : out->lithium;
    if (out->cathode <= out->end) {
        out->end = out->cathode;
        out->limit = PM_LIMIT_CATHODE;
    }
    if (out->electrolyte < out->end) {
        out->end = out->electrolyte;
        out->limit = PM_LIMIT_ELECTROLYTE;
    }
    if (isinf(out->end)) out->limit = PM_LIMIT_UNKNOWN;
    find_total(out);
    out->normalised_cycle_life = b.anode_free ? NAN : out->lithium / (b.foil - design->surplus);
    out->swelling_um = isinf(out->end) ? NAN : budget_lost(&b, out->end) * b.um_per_loss;
    return PM_OK;
}
