/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: what is measured in one cycle; the catalogue makes features of it.
 */
#ifndef PM_EARLY_FEATURES_H
#define PM_EARLY_FEATURES_H

#include "early.h"
#include "trace.h"

/** One cycle: its two halves in the order of the kind (plating or charge first, where it is so defined). */
typedef struct cycle_halves {
    trace first, second; /* eta as its kind says; n = 0: not there */
    double first_Ah, second_Ah, first_Wh, second_Wh, first_mean_V, second_mean_V;
} cycle_halves;

/** Everything that is measured in a cycle; NaN = not shown. The catalogue names each member. */
typedef struct cycle_measures {
    /* plating, and each half of a symmetric cell */
    double nucleation_V, plateau_V, nucleation_excess_V, relative_nucleation, nucleation_charge, rise_V, relaxation_V,
        relaxation_charge, thickening_V, thickening_curvature_V, thickening_rise_V, relative_thickening,
        charge_above_zero, plating_roughness_V;
    /* stripping */
    double stripping_V, stripping_start_V, relative_stripping_start, stripping_slope_V, strip_end_charge,
        strip_end_knee, stripping_roughness_V;
    /* both halves */
    double hysteresis_V, asymmetry, efficiency, rest_drop_V, rest_relaxation_V;
    /* symmetric cells: the shape of a half-cycle, means of both */
    double start_V, peak_V, peak_charge, valley_V, valley_charge, end_V, peaking, arcing, concavity, mean_V, odd_even;
    /* cells with a cathode */
    double charged_Ah, discharged_Ah, charge_mean_V, discharge_mean_V, voltage_gap_V, energy_efficiency;
    double sand_ratio;
} cycle_measures;

/** sand_s: Sand's time at the cycle's current density, NaN = not known. */
cycle_measures measure_cycle(const cycle_halves *c, pm_kind kind, double sand_s);

/** Values of the catalogue from the measures of cycles 1 .. n. */
void features_of(const cycle_measures *measures, int n, pm_kind kind, double *values);

#endif
