/* SPDX-License-Identifier: MIT */
/* A life cycle by cycle. */
#include "life/budget.h"

#include <math.h>

typedef struct row {
    int64_t cycle_count, stage4;
    double capacity, efficiency, efficiency_lithium, reserve, lost, electrolyte, dead_um;
} row;

#define FIELD(name, type, unit, member, meaning)                                                                       \
    {                                                                                                                  \
        name, type, unit, offsetof(row, member), meaning                                                               \
    }
static const pm_field fields[] = {
    FIELD("cycle_count", PM_INT64, "1", cycle_count, "from 1"),
    FIELD("capacity_retention", PM_DOUBLE, "1", capacity, "discharge over the cathode's capacity"),
    FIELD("coulombic_efficiency", PM_DOUBLE, "1", efficiency, "of the cell"),
    FIELD("coulombic_efficiency_lithium", PM_DOUBLE, "1", efficiency_lithium, "of lithium"),
    FIELD("lithium_reserve", PM_DOUBLE, "1", reserve, "foil left over the cathode's capacity"),
    FIELD("lithium_lost", PM_DOUBLE, "1", lost, "since the start, over the cathode's capacity"),
    FIELD("electrolyte_gram_per_ah", PM_DOUBLE, "g/Ah", electrolyte, "left"),
    FIELD("dead_layer_um", PM_DOUBLE, "um", dead_um, "of lost lithium"),
    FIELD("stage4", PM_INT64, "1", stage4, "1: short of lithium"),
};

/* 1 - CE of lithium in the cycle behind n: the mean over it, of what is at most 1. */
static double inefficiency_behind(const budget *b, double n)
{
    double k = b->acceleration, all = budget_all_lost_from(b), part = fmin(all - n, 1);

    if (k == 0) return b->x;
    if (part <= 0) return 1;
    return b->x * exp(k * n) * (fabs(k) < 1e-9 ? part : expm1(k * part) / k) + (1 - part);
}

budget_state budget_at(const budget *b, int64_t n)
{
    double full = b->depth * exp((double)n * b->log_retention);

    return (budget_state){n, full, NAN, full, budget_lost_with_foil(b, (double)n), false};
}

/* In the cycle that uses up the last of the foil the cathode is filled but for what is missing. No more is lost than
 * there is. */
void budget_step(const budget *b, budget_state *s)
{
    double n0 = (double)s->n, n = (double)++s->n, spent;
    double rest = b->per_cycle + (b->per_root_cycle > 0 ? b->per_root_cycle * (sqrt(n) - sqrt(n0)) : 0);

    s->x = inefficiency_behind(b, n0);
    s->full = b->depth * exp(n * b->log_retention);
    if (s->short_of) {
        spent = fmin(s->capacity * s->x + rest, s->capacity);
        s->lost += spent;
        s->capacity = fmin(s->full, s->capacity - spent);
        return;
    }
    s->lost = fmin(budget_lost_with_foil(b, n), b->foil + s->full);
    s->short_of = s->lost > b->foil;
    s->capacity = s->short_of ? s->full - (s->lost - b->foil) : s->full;
}

static row row_of(const budget *b, const budget_state *before, const budget_state *s)
{
    row r = {.cycle_count = s->n, .stage4 = s->short_of, .capacity = s->capacity, .lost = s->lost};

    r.efficiency = b->cathode_efficiency * s->capacity / s->full;
    if (before->short_of) r.efficiency = before->capacity > 0 ? s->capacity / before->capacity : NAN;
    r.efficiency_lithium = 1 - s->x;
    r.reserve = fmax(b->foil - s->lost, 0);
    r.electrolyte = isnan(b->electrolyte) ? NAN : fmax(b->electrolyte - s->lost * b->gram_per_loss, 0);
    r.dead_um = s->lost * b->um_per_loss;
    return r;
}

pm_status pm_budget_series(const pm_budget_design *design, const pm_budget_rates *rates, int64_t cycles, pm_table **out,
                           pm_error *err)
{
    budget b;
    pm_scoped(pm_builder) rows = NULL;
    pm_status s = budget_of(design, rates, true, &b, err);

    if (s) return s;
    if (cycles < 1 || cycles > 1000000)
        return pm_fail(err, PM_ERR_ARGUMENT, "%lld cycles: from 1 to 1000000 can be computed", (long long)cycles);
    if ((s = pm_builder_new(sizeof fields / sizeof *fields, fields, &rows, err))) return s;
    for (budget_state now = budget_at(&b, 0), before = now; now.n < cycles; before = now) {
        budget_step(&b, &now);
        row r = row_of(&b, &before, &now);
        pm_builder_push(rows, &r);
    }
    return pm_builder_finish(rows, out, err);
}
