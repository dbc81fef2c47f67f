/* SPDX-License-Identifier: MIT */
/** @file
 * The pieces of the page in HTML. All text from files goes through pm_out_html.
 */
#ifndef PM_REPORT_PAGE_H
#define PM_REPORT_PAGE_H

#include "report/report.h"
#include "words.h"

/** What the overview and a cell's head say, taken from the tables once. NaN, PM_NO_INT and NULL = not known. */
typedef struct gist {
    const char *title;
    int64_t rows;
    double span_s;
    int64_t cycles, half_cycles;
    double efficiency;                            /**< mean of complete cycles, or of the reservoir test where found */
    const char *efficiency_of;                    /**< formula, or "reservoir" */
    double capacity_first, capacity_last;         /**< Ah, of complete cycles */
    const char *capacity_of;                      /**< "discharged", "stripped", "passed" */
    bool reservoir;                               /**< the two capacities are the reservoir's and a short cycle's */
    double polarisation_first, polarisation_last; /**< V */
    int64_t found[3];                             /**< findings that are errors, warnings, notes */
    bool doubtful;                                /**< an error was found and not repaired */
} gist;

PM_CHECK pm_status gist_of(const pm_report_cell *cell, gist *g, pm_error *err);

/** "Li‖Cu", ..., and how it is known in words. */
const char *kind_title(pm_kind kind);
const char *kind_known(const char *kind_source);

/** A severity with sign and word: "error", "warning", "note", "failed", "none". */
void write_badge(pm_out *out, const char *severity);
/** "1.02 → 0.98", one number where both are equal to the digits shown, "–" where there is none. */
void write_change(pm_out *out, double first, double last, double factor);
/** The two capacities: "1.02 → 0.98", of a reservoir test "5.00 / 1.00". */
void write_capacities(pm_out *out, const gist *g, double factor);
/** "99.21 %" */
void write_percent(pm_out *out, double part);

/** "not a record of a test: settings", for a file that was read but holds no records. */
void write_no_record(pm_out *out, const pm_report_cell *cell);
/** Whether it is such a file. */
bool is_no_record(const pm_report_cell *cell);
/** Around a number of the cell: strikes it out where it is doubtful, and says so in words after it. */
void open_doubt(pm_out *out, const gist *g);
void close_doubt(pm_out *out, const gist *g);

/** Row of the overview; `id` is what the cell's section is called. */
void write_overview_row(pm_out *out, const char *id, const pm_report_cell *cell, const gist *g);
/** The cell's section: head, plots, findings, what it rests on, numbers. */
PM_CHECK pm_status write_cell(pm_out *out, const char *id, const pm_report_cell *cell, const gist *g, pm_error *err);
/** Which mechanisms fit: picture, evidence, next measurement; nothing where `why` is NULL. */
PM_CHECK pm_status write_why(pm_out *out, const char *id, const pm_report_why *why, pm_error *err);
/** Findings in plain words. */
void write_findings(pm_out *out, const pm_table *findings);
/** Everything before the overview's rows, between them and the cells, and after. simulated: verdicts by models of simulated
 *  cells. */
PM_CHECK pm_status write_page_start(pm_out *out, const char *title, int cells, int failed, pm_error *err);
void write_page_middle(pm_out *out, int simulated);
void write_page_end(pm_out *out);
/** Whether dygraphs is built in. */
bool page_can_zoom(void);

#endif
