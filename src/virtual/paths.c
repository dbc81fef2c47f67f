/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "physics.h"

/* Overpotential of a path and its slope at a local current >= 0. */
static double law(const virtual_path *p, double thermal_V, double *slope)
{
    double half = p->local_mA_per_cm2 / (2 * p->exchange_mA_per_cm2);
    *slope = thermal_V / p->exchange_mA_per_cm2 / sqrt(1 + half * half) + p->resistance_ohm_cm2 * 1e-3;
    return p->threshold_V + 2 * thermal_V * asinh(half) + p->local_mA_per_cm2 * p->resistance_ohm_cm2 * 1e-3;
}

/* Newton with the paths' local currents eliminated; everything counted in the direction of the current. Returns the
 * overpotential. */
static double newton(virtual_path *paths, int n, double capacity, double before_V, double current, double thermal_V)
{
    double overpotential = before_V;
    for (int round = 0; round < 60; round++) {
        double value[2], slope[2], weight = capacity, load = capacity * before_V + current, change = 0;
        for (int i = 0; i < n; i++) {
            value[i] = law(&paths[i], thermal_V, &slope[i]);
            weight += paths[i].area / slope[i];
            load += paths[i].area * (value[i] / slope[i] - paths[i].local_mA_per_cm2);
        }
        overpotential = load / weight;
        for (int i = 0; i < n; i++) {
            double local = fmax(0, paths[i].local_mA_per_cm2 + (overpotential - value[i]) / slope[i]);
            change = fmax(change, fabs(local - paths[i].local_mA_per_cm2) / (1e-9 + local));
            paths[i].local_mA_per_cm2 = local;
        }
        if (change < 1e-13) break;
    }
    return overpotential;
}

double virtual_paths_solve(virtual_path *paths, int n, double capacitance_mF, double before_V, double current,
                           double dt_s, double thermal_V)
{
    double capacity = capacitance_mF / dt_s, alone = before_V + current / capacity, threshold = INFINITY;
    for (int i = 0; i < n; i++) {
        paths[i].local_mA_per_cm2 = 0;
        if (paths[i].area > 0) threshold = fmin(threshold, paths[i].threshold_V);
    }
    if (threshold == INFINITY || (alone >= 0 && alone <= threshold)) return alone;
    double sign = alone < 0 ? -1 : 1;
    if (sign < 0)
        for (int i = 0; i < n; i++) paths[i].threshold_V = 0; /* what hinders growth does not hinder dissolution */
    double overpotential = sign * newton(paths, n, capacity, sign * before_V, sign * current, thermal_V);
    for (int i = 0; i < n; i++) paths[i].local_mA_per_cm2 *= sign;
    return overpotential;
}
