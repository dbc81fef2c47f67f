/* SPDX-License-Identifier: MIT */
/** @file
 * The room's own: rows to half-cycles, one row at a time.
 *
 * A half-cycle ends only when its reversal has proved real. Up to three stretches of current stay open, of alternating
 * sign: the half-cycle itself, what may be its reversal, and what may show that reversal to have been a pulse. So a
 * decision needs no look ahead, and no memory that grows with rows.
 */
#ifndef PM_CYCLE_FOLD_H
#define PM_CYCLE_FOLD_H

#include "half.h"

/** A stretch of current that is still open. */
typedef struct stretch {
    half half;
    curve curve;
    double seen_minimum_V, seen_maximum_V; /**< voltages of the whole test before it began */
} stretch;

typedef struct fold {
    bool by_voltage;                  /**< no current: the sign of the voltage tells the direction */
    double band_given_A;              /**< 0 = find it */
    double band_A, current_maximum_A; /**< currents up to the band are rest */
    double voltage_minimum_V, voltage_maximum_V;
    int64_t rows; /**< counted by the caller, rows without a current included */
    sample last;
    int last_sign;               /**< 0 = rest, or no row yet */
    bool unsettled;              /**< the last row began a step or a direction */
    double usual_s;              /**< the last interval within a step: how far apart its rows were */
    double gap_s, gap_counted_s; /**< from the row before to the one that began a current, and what of it was taken */
    stretch open[3];
    int n_open;
    half_list done;
} fold;

void fold_start(fold *f, double band_given_A);
PM_CHECK pm_status fold_row(fold *f, const sample *r, pm_error *err);
/** All half-cycles, as if the records ended here: list is empty before and the caller's after, also on failure. */
PM_CHECK pm_status fold_result(const fold *f, half_list *list, pm_error *err);
void fold_end(fold *f);

#endif
