/* SPDX-License-Identifier: MIT */
/** @file
 * The room's own: what the tables and the summary are made from.
 */
#ifndef PM_CYCLE_CYCLER_H
#define PM_CYCLE_CYCLER_H

#include "counter.h"
#include "cycle/cycle.h"
#include "fold.h"

struct pm_cycler {
    pm_cycle_options options;
    bool started;
    counter charged, discharged, stepped;
    double vendor_last; /* the instrument's count in the last row with current, NaN = none yet */
    int64_t vendor_cycles;
    fold fold;
};

/** "stripped/plated", ..., "none" */
const char *kind_formula(pm_kind kind);
/** Sign of the current that a cycle begins with; 0 = whichever comes first. */
int kind_first_sign(pm_kind kind);
/** What the half-cycles look like, PM_KIND_UNKNOWN where nothing can be told: mean voltages of opposite sign are a cell
 *  of two lithium electrodes (li-li) or, where plating comes first and stripping runs to a cut-off, of lithium and
 *  copper (li-cu); below 1.2 V a half-cell; above it li-ion, which a lithium or anode-free full cell cannot be told
 *  from and is paired like. */
pm_kind kind_infer(const half_list *halves, bool by_voltage);

/** The half-cycles and how they pair: the first `unpaired` (0 or 1) alone, then two by two. */
typedef struct pairing {
    half_list halves;
    pm_kind kind;
    int64_t unpaired, cycles; /**< cycles: begun, complete or not */
    bool by_counter;          /**< charges are the instrument's */
} pairing;
void pairing_leave(pairing *p);
#define scoped_pairing __attribute__((__cleanup__(pairing_leave))) pairing
PM_CHECK pm_status pairing_of(const pm_cycler *cycler, pairing *out, pm_error *err);
/** First and second half of cycle i (from 0); the second is NULL where it has not begun. */
const half *pairing_first(const pairing *p, int64_t i);
const half *pairing_second(const pairing *p, int64_t i);
bool pairing_complete(const pairing *p, int64_t i);
/** Our number of the cycle that half-cycle i belongs to; 0 = unpaired. */
int64_t pairing_cycle_of(const pairing *p, int64_t i);
/** Second over first capacity of a complete cycle of a kind that has an efficiency, else NaN; NaN too where a half is a drive
 *  cycle, whose net charge is none of a charge or discharge. */
double pairing_efficiency(const pairing *p, int64_t i);

/** The modified Aurbach protocol in the half-cycles of a li-cu cell; see reservoir.c. */
pm_reservoir reservoir_find(const half_list *halves);
/** "cycling", "reservoir", "one-way", "rest", "gitt" */
const char *protocol_name(const half_list *halves, const pm_reservoir *reservoir);

#endif
