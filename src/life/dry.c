/* SPDX-License-Identifier: MIT */
/* When a measured cell runs dry, with what the deviations of E/C and N/P and the place of stage 4 make of it. */
#include "life/life.h"

#include <math.h>

static const double z90 = 1.6448536269514722;

/* Where one thing that is not known lies: parts by which E/C, N/P and the loss differ from what they are taken for. */
typedef struct move {
    double electrolyte, foil, loss;
} move;

static pm_status end_at(const pm_budget_design *design, const pm_budget_rates *rates, double foil, move m, double *end,
                        pm_error *err)
{
    const double least = 1e-6; /* nothing below it, and 0 would stand for a default */
    pm_budget_design d = *design;
    pm_budget_rates r = *rates;
    pm_budget_life life;
    double lost = (1 - r.coulombic_efficiency_lithium) * fmax(1 + m.loss, least);

    d.electrolyte_g_per_Ah.value *= fmax(1 + m.electrolyte, least);
    d.n_to_p.ratio.value += foil * fmax(m.foil, least - 1);
    r.coulombic_efficiency_lithium = 1 - fmin(lost, 1 - least);
    pm_status s = pm_budget_forward(&d, &r, &life, err);
    *end = life.electrolyte;
    return s;
}

/* What is left of a part when the share of N/P in it is taken out. */
static double without(double whole, double share)
{
    return sqrt(fmax(whole * whole - share * share, 0));
}

pm_status pm_budget_dry(const pm_budget_design *design, const pm_budget_rates *rates, const pm_estimate *efficiency,
                        pm_estimate *out, pm_error *err)
{
    enum { MOVES = 6 };
    pm_budget_rates r = *rates;
    pm_uncertain foil, e = design->electrolyte_g_per_Ah;
    pm_status s = pm_n_to_p_foil(&design->n_to_p, &foil, err);
    double least = INFINITY, down = 0, up = 0, loss = 1 - efficiency->value;

    *out = (pm_estimate){NAN, NAN, NAN};
    if (s) return s;
    if (!(e.value > 0)) return pm_fail(err, PM_ERR_ARGUMENT, "E/C of %g g/Ah: it must be above 0", e.value);
    r.coulombic_efficiency_lithium = efficiency->value;
    if ((s = end_at(design, &r, foil.value, (move){0, 0, 0}, &out->value, err))) return s;
    double lean = z90 * e.deviation / e.value, thin = z90 * foil.deviation / foil.value;
    /* all the foil is the loss that was found: both go together; the rest of the interval is the place of stage 4 */
    const move moves[MOVES] = {{-lean, 0, 0},
                               {lean, 0, 0},
                               {0, -thin, -thin},
                               {0, thin, thin},
                               {0, 0, -without((efficiency->high - efficiency->value) / loss, thin)},
                               {0, 0, without((efficiency->value - efficiency->low) / loss, thin)}};
    for (int i = 0; i < MOVES; i++) {
        double end;
        if ((s = end_at(design, &r, foil.value, moves[i], &end, err))) return s;
        least = fmin(least, end);
        if (end < out->value) down = hypot(down, out->value - end);
        if (end > out->value) up = hypot(up, end - out->value);
    }
    out->low = isinf(out->value) ? least : fmax(out->value - down, 0);
    out->high = out->value + up;
    return PM_OK;
}
