/* SPDX-License-Identifier: MIT */
/** @file
 * Pages of lives with stages, and what must stand in them.
 */
#ifndef PM_TESTS_SHOWN_H
#define PM_TESTS_SHOWN_H

#include "fake.h"
#include "support.h"
#include "virtual/virtual.h"

/** Text that would act if it were not escaped. */
extern const char evil[];

/** A life on a cathode, with a page of it. */
typedef struct shown {
    fake f;
    pm_table *cycles;
    pm_stages stages;
    pm_report_reserve reserve;
    pm_report_cell cell;
    pm_out *out;
    const char *text;
} shown;
void shown_leave(shown *s);
#define scoped_shown __attribute__((__cleanup__(shown_leave))) shown

/** Half a foil that is used up after some 125 of 200 cycles. */
extern const pm_virtual_life used_up;
/** Lives it and finds its stages; N/P 0 = not told. */
void live(shown *s, pm_kind kind, const pm_virtual_life *life, double n_to_p);

/** A page; cell and design may be NULL. */
pm_status write_page(const pm_report_cell *cell, const pm_report_design *design, pm_out **out, pm_error *err);
/** Its text: well-formed, and with nothing in it that acts. */
const char *show(const pm_report_cell *cell, const pm_report_design *design, pm_out **out);
void has(const char *text, const char *what);
void lacks(const char *text, const char *what);
/** Each allocation of the page's may fail. */
void fail_each_allocation(const pm_report_cell *cell, const pm_report_design *design);

#endif
