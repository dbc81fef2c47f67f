/* SPDX-License-Identifier: MIT */
/** @file
 * A cell on paper: its section.
 */
#ifndef PM_REPORT_PAPER_H
#define PM_REPORT_PAPER_H

#include "page.h"

PM_CHECK pm_status write_design(pm_out *out, const char *id, const pm_report_design *d, pm_error *err);
/** Specific energy against predicted life, and designs of the front. */
PM_CHECK pm_status write_front(pm_out *out, const char *id, const pm_report_design *d, pm_error *err);
/** Specific energy against areal capacity; nothing where d->loadings is NULL. */
PM_CHECK pm_status write_loading(pm_out *out, const char *id, const pm_report_design *d, pm_error *err);
/** What the design stresses by the degradation graph. */
void write_stresses(pm_out *out, const pm_report_design *d);
/** A quantity in the unit people use: "4.1 mAh/cm2", "no end", "not told". */
enum { PAPER_TEXT = 80 };
const char *paper_value(double value, const char *unit, const char *shown, char text[PAPER_TEXT]);
/** The same without the unit. */
const char *paper_number(double value, const char *unit, const char *shown, char text[PAPER_TEXT]);

#endif
