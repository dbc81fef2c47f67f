/* SPDX-License-Identifier: MIT */
/** @file
 * How a cell fails: the card in its section and the line in the overview.
 */
#ifndef PM_REPORT_FATE_H
#define PM_REPORT_FATE_H

#include "page.h"

/** Abbreviation ("KDF") and meaning ("kinetics degradation", "" = none) of a class; classes that are not this project's
 *  stay as they are called. */
const char *class_title(const char *name);
const char *class_meaning(const char *name);

/** The cell's two places in the overview: the verdict, and what was seen. */
void write_fate_cell(pm_out *out, const pm_report_cell *cell);
/** The card: the verdict from the first cycles, then what the whole record shows; nothing where nothing is told. */
PM_CHECK pm_status write_fate(pm_out *out, const char *id, const pm_report_cell *cell, const gist *g, pm_error *err);
/** The features that decided, as a table. */
void write_features(pm_out *out, const pm_report_fate *fate);
/** Label, bends and alarms of the whole record. */
void write_life(pm_out *out, const pm_report_cell *cell);
/** "CDF" and "cycle 113", "no threshold crossed" and "300 cycles", the second between two texts. */
void write_outcome(pm_out *out, const pm_life_label *label, const char *open, const char *close);

#endif
