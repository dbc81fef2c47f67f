/* SPDX-License-Identifier: MIT */
/** @file
 * The room's own: what the instrument's capacity counters say has passed.
 *
 * Instruments integrate far more often than they record, so a counter knows the charge better than the recorded currents
 * do. But counters go on for ever, start anew with each cycle or with each step, as somebody set the schedule: only their
 * increments mean anything.
 */
#ifndef PM_CYCLE_COUNTER_H
#define PM_CYCLE_COUNTER_H

#include "half.h"

typedef struct counter {
    bool from_start; /**< the step of the first row began with the test: its first value was counted in the file */
    bool seen;
    double last_Ah, largest_Ah;
    double kept_Ah, lost_Ah; /**< where steps began: what it stood at when it went on, what it lost when it fell */
} counter;

/** What one counter has gained since the row before, never negative. A value that falls far has started anew from zero; one
 *  that falls a little jitters, or counts back: 0, and the next gain is from there. At the edge of a step (`new_step`) so may one that rises:
 *  what the current makes likely (`expected_Ah`) decides or, where it stood too low for that, what it did before. NaN: the
 *  file does not say, 0. */
double counter_gain_Ah(counter *c, double value_Ah, bool new_step, double expected_Ah);

/** Whether the counters may be believed: in most half-cycles of each direction that matter they say between a half and
 *  twice what the current does. Units mixed up, directions swapped and columns of zeros fail; a current that is wrong in one
 *  half-cycle does not. Where a step begins the current may not say how long it has flowed (a thinned file, a rest before
 *  it), so what goes on within steps is compared. */
bool counters_agree(const half_list *halves);
/** Charge and energy of each half-cycle by what was counted. */
void use_counters(half_list *halves);

#endif
