/* SPDX-License-Identifier: MIT */
/* Shorts [C]: a conductance between the electrodes that appears, drifts, flickers between two levels, and heals or grows. */
#include <math.h>

#include "physics.h"

#define HARD_MS_PER_CM2 1e6 /* no short conducts better */

double virtual_leak_conductance(const pm_virtual_parameters *p, const virtual_leak *leak)
{
    return leak->mean_mS_per_cm2 * (leak->low ? 1 - p->short_flicker_depth : 1);
}

void virtual_leak_try(const pm_virtual_parameters *p, virtual_leak *leak, double plated_mAh, double columns)
{
    double draw = pm_random_uniform(&leak->random), size = pm_random_normal(&leak->random);
    double excess = fmax(0, columns - 1), hazard = p->short_per_mAh * fmax(0, plated_mAh) * excess * excess;
    if (leak->mean_mS_per_cm2 > 0 || draw > -expm1(-hazard * 25 / p->separator_um)) return;
    leak->mean_mS_per_cm2 = p->short_mS_per_cm2 * exp(0.8 * size);
    leak->low = false;
}

void virtual_leak_advance(const pm_virtual_parameters *p, virtual_leak *leak, double dt_s)
{
    if (leak->mean_mS_per_cm2 <= 0) return;
    double hours = dt_s / VIRTUAL_HOUR, heals = pm_random_uniform(&leak->random);
    double drift = p->short_drift_per_sqrt_h * sqrt(hours) * pm_random_normal(&leak->random);
    double flips = -0.5 * expm1(-2 * p->short_flicker_per_s * dt_s); /* of a symmetric telegraph within dt */
    leak->mean_mS_per_cm2 *= exp(p->short_growth_per_h * hours + drift);
    leak->mean_mS_per_cm2 = fmin(leak->mean_mS_per_cm2, HARD_MS_PER_CM2);
    if (pm_random_uniform(&leak->random) < flips) leak->low = !leak->low;
    if (heals < -expm1(-p->short_heal_per_h * hours)) leak->mean_mS_per_cm2 = 0;
}
