/* SPDX-License-Identifier: MIT */
/** @file
 * The modified Aurbach protocol (method 3 of Adams et al., Adv. Energy Mater. 2018, doi:10.1002/aenm.201702097): plate a
 * reservoir Q_T on copper, strip and plate n times a smaller charge Q_C, strip all that is left, Q_S. Then
 * (n Q_C + Q_S) / (n Q_C + Q_T) is the average efficiency; here both sums are taken over what was measured.
 */
#include "cycler.h"

#include <math.h>

enum { SHORT_CYCLES_MIN = 3 };
/** How far a short half-cycle may lie from the first of them, and what part of the reservoir it may be. */
static const double short_spread = 0.05, short_part = 0.8;

/** Half-cycles from i on whose charge is that of the first of them. */
static int64_t run_of_equals(const half_list *halves, int64_t i)
{
    double first = half_charge_Ah(&halves->item[i]);
    int64_t n = 0;
    while (i + n < halves->n && fabs(half_charge_Ah(&halves->item[i + n]) - first) <= short_spread * first) n++;
    return n;
}

/** Short cycles (strip, plate) after a reservoir plated in half-cycle i; 0 = none. */
static int64_t short_cycles_after(const half_list *halves, int64_t i)
{
    const half *reservoir = &halves->item[i];
    if (reservoir->sign > 0 || i + 1 >= halves->n) return 0;
    if (half_charge_Ah(&halves->item[i + 1]) > short_part * half_charge_Ah(reservoir)) return 0;
    int64_t pairs = run_of_equals(halves, i + 1) / 2;
    return pairs >= SHORT_CYCLES_MIN ? pairs : 0;
}

static pm_reservoir measure(const half_list *halves, int64_t i, int64_t pairs)
{
    const half *h = halves->item;
    int64_t last = i + 2 * pairs + 1;
    pm_sum plated = {0, 0}, stripped = {0, 0};
    for (int64_t k = 1; k <= 2 * pairs; k++) pm_sum_add(k % 2 ? &stripped : &plated, half_charge_Ah(&h[i + k]));
    pm_reservoir r = {.found = true, .short_cycles = pairs, .reservoir_capacity_Ah = half_charge_Ah(&h[i])};
    r.cycle_capacity_Ah = (pm_sum_value(plated) + pm_sum_value(stripped)) / (2.0 * (double)pairs);
    r.final_strip_Ah = r.coulombic_efficiency_average = r.coulombic_efficiency_initial = (double)NAN;
    if (i >= 2) r.coulombic_efficiency_initial = half_charge_Ah(&h[i - 1]) / half_charge_Ah(&h[i - 2]);
    if (last >= halves->n || !h[last].complete) return r;
    r.final_strip_Ah = half_charge_Ah(&h[last]);
    pm_sum_add(&plated, r.reservoir_capacity_Ah);
    pm_sum_add(&stripped, r.final_strip_Ah);
    r.coulombic_efficiency_average = pm_sum_value(stripped) / pm_sum_value(plated);
    return r;
}

pm_reservoir reservoir_find(const half_list *halves)
{
    for (int64_t i = 0; halves && i < halves->n; i++) {
        int64_t pairs = short_cycles_after(halves, i);
        if (pairs) return measure(halves, i, pairs);
    }
    double none = (double)NAN;
    return (pm_reservoir){false, none, none, none, none, none, 0};
}
