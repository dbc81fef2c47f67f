/* SPDX-License-Identifier: MIT */
/** @file
 * The plots of one cell.
 */
#ifndef PM_REPORT_PLOTS_H
#define PM_REPORT_PLOTS_H

#include "report/report.h"
#include "words.h"

/** Points of a trace that the page keeps for zooming; at 12 bytes each in base64 0.64 MB a cell. */
enum { TRACE_POINTS = 40000 };

/** A column as doubles, NaN where missing, whatever its type; NULL (and PM_OK) where there is none or it holds words. */
PM_CHECK pm_status column_values(const pm_table *table, const char *name, double **values, pm_error *err);
/** The area told of a cell, 0 = none. */
double cell_area(const pm_report_cell *cell);
/** The unit in which a cell's capacities are shown. */
scale cell_capacity_scale(const pm_report_cell *cell);

/** Opens and closes a figure of the page. The caption may be NULL; the title is plain text. */
void figure_open(pm_out *out, const char *title);
void figure_close(pm_out *out, const char *caption);

/** Voltage and current over time: the trace's bytes for zooming (where `zoom`), and static plots for where no script runs
 *  and for print. `id` is the cell's prefix of ids. */
PM_CHECK pm_status plot_trace(pm_out *out, const char *id, const pm_report_cell *cell, bool zoom, pm_error *err);
/** Voltage over capacity of chosen cycles; nothing where there is no complete cycle. */
PM_CHECK pm_status plot_curves(pm_out *out, const char *id, const pm_report_cell *cell, pm_error *err);
/** Capacity, Coulombic efficiency and polarisation by cycle. */
PM_CHECK pm_status plot_cycles(pm_out *out, const char *id, const pm_report_cell *cell, pm_error *err);

/** The names of a cell's two directions, first the one of positive current: "charge" and "discharge"; of a Li-Cu cell
 *  "stripping" and "plating". */
const char *direction_name(pm_kind kind, bool positive);

#endif
