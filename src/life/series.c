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

/* One cycle on. With foil left the cathode is filled; in the cycle that uses up the last of it, but for what is
 * missing; then each cycle keeps its efficiency's part. */
static void step(const budget *b, double n, row *r)
{
    double n0 = n - 1, mean = fabs(b->acceleration) < 1e-9 ? 1 : expm1(b->acceleration) / b->acceleration;
    double x = fmin(b->x * exp(b->acceleration * n0) * mean, 1), full = b->depth * exp(n * b->log_retention);
    double rest = b->per_cycle + b->per_root_cycle * (sqrt(n) - sqrt(n0));

    r->efficiency_lithium = 1 - x;
    if (r->stage4) {
        double kept = fmin(full, fmax(r->capacity * (1 - x) - rest, 0));
        r->lost += r->capacity * x + rest;
        r->efficiency = r->capacity > 0 ? kept / r->capacity : NAN;
        r->capacity = kept;
    } else {
        r->lost = budget_lost(b, n);
        r->stage4 = r->lost > b->foil;
        r->capacity = r->stage4 ? fmax(full - (r->lost - b->foil), 0) : full;
        r->efficiency = b->cathode_efficiency * r->capacity / full;
    }
    r->reserve = fmax(b->foil - r->lost, 0);
    r->electrolyte = fmax(b->electrolyte - r->lost * b->gram_per_loss, 0);
    if (isnan(b->electrolyte)) r->electrolyte = NAN;
    r->dead_um = r->lost * b->um_per_loss;
}

pm_status pm_budget_series(const pm_budget_design *design, const pm_budget_rates *rates, int64_t cycles, pm_table **out,
                           pm_error *err)
{
    budget b;
    row r = {0};
    pm_scoped(pm_builder) rows = NULL;
    pm_status s = budget_of(design, rates, true, &b, err);

    if (s) return s;
    if (cycles < 1 || cycles > 1000000)
        return pm_fail(err, PM_ERR_ARGUMENT, "%lld cycles: from 1 to 1000000 can be computed", (long long)cycles);
    if ((s = pm_builder_new(sizeof fields / sizeof *fields, fields, &rows, err))) return s;
    for (r.cycle_count = 1; r.cycle_count <= cycles; r.cycle_count++) {
        step(&b, (double)r.cycle_count, &r);
        pm_builder_push(rows, &r);
    }
    return pm_builder_finish(rows, out, err);
}
