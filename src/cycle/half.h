/* SPDX-License-Identifier: MIT */
/** @file
 * The room's own: one half-cycle, and the voltage curve it is drawn from.
 *
 * Where a trace has no current its voltage's sign stands in for it (one ampere), so that charge is time and energy over
 * charge is the mean voltage by time; the tables then leave out what is no charge.
 */
#ifndef PM_CYCLE_HALF_H
#define PM_CYCLE_HALF_H

#include "base/base.h"

/** One row of the records as the fold sees it. */
typedef struct sample {
    int64_t number; /**< from 1 */
    double time_s, current_A, voltage_V;
    double step, step_s; /**< the instrument's step and the time within it; 0 and NaN where it does not say */
    double vendor_cycle; /**< NaN = not said */
    double counted_As;   /**< signed: what the instrument's counters gained since the row before */
} sample;

/** Current of one direction, with the rests and pulses inside it. */
typedef struct half {
    int sign; /**< +1: positive current */
    bool complete;
    int64_t row_first, row_last; /**< of the rows with current */
    int64_t pulses, rests;       /**< stretches of the other sign taken in; rests after which the current came back */
    double time_start_s, time_end_s, active_s;
    double voltage_start_V, voltage_end_V, voltage_minimum_V, voltage_maximum_V, voltage_plateau_V;
    double current_maximum_A;
    double vendor_first, vendor_last;
    pm_sum charge_As, energy_Ws;         /**< signed; pulses are subtracted */
    pm_sum counted_As;                   /**< the same by the instrument's counters; 0 where there are none */
    double steady_As, steady_counted_As; /**< both, without the intervals in which a step or a direction begins */
    double least_As, most_As;            /**< of those: if in each interval the smaller, the larger current flowed */
    pm_sum gross_As, gross_Ws; /**< of its own direction, pulses left out: charge (positive), and times voltage */
    double pulsed_As;          /**< of the other direction */
} half;

double half_charge_Ah(const half *h); /**< never negative */
double half_energy_Wh(const half *h); /**< charge times voltage: negative where the voltage is */
double half_mean_V(const half *h);    /**< by charge of its own direction; NaN without charge */
bool half_alternates(const half *h);  /**< pulses took back more than half: a drive cycle, of no efficiency */
double half_charge_As(const half *h); /**< never negative */

/** The charge passed at each voltage, in order: what the plateau is the median of. Bounded: when full, neighbours are
 *  joined two by two, so a point never stands for more than 1/32768 of the charge. */
typedef struct curve_point {
    double charge_As, voltage_V;
} curve_point;
typedef struct curve {
    curve_point *point;
    int64_t n, capacity;
    double charge_As; /**< of all points */
} curve;
enum { CURVE_FULL = 65536 };

PM_CHECK pm_status curve_add(curve *c, double charge_As, double voltage_V, pm_error *err);
PM_CHECK pm_status curve_join(curve *c, const curve *more, pm_error *err);
/** Median by charge of the voltage while 40 to 80 % of the charge passes; the curve is c and then more (which may be
 *  NULL). NaN where there is no charge. */
PM_CHECK pm_status curve_plateau(const curve *c, const curve *more, double *voltage_V, pm_error *err);

/** Half-cycles in order. */
typedef struct half_list {
    half *item;
    int64_t n, capacity;
    double charge_maximum_As, current_maximum_A;
} half_list;
/** Appends; forgets what came before where all of it is less than a thousandth of the charge and a hundredth of the
 *  current of this one: noise before the test began. What passed no charge is none. */
PM_CHECK pm_status half_list_push(half_list *list, const half *h, pm_error *err);

#endif
