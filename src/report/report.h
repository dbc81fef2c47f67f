/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 9: one HTML file that opens offline, and SVG plots.
 */
#ifndef PM_REPORT_H
#define PM_REPORT_H

#include "design/design.h"
#include "table/table.h"
#include "verdict/verdict.h"
#include "why/why.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How a cell fails: what a model says of its first cycles, and what its whole record shows. */
typedef struct pm_report_fate {
    int cycles;                        /**< first cycles that a verdict is from */
    const pm_predictor *model;         /**< NULL = none for this kind of cell */
    const pm_verdict *verdict;         /**< NULL = none */
    const pm_table *why;               /**< pm_predictor_explain; NULL = the learner does not tell */
    const pm_error *no_verdict;        /**< why there is a model and no verdict; NULL = there is one */
    const pm_life_label *label;        /**< NULL = none */
    const pm_life_label_options *rule; /**< of the label */
    const pm_error *no_label;          /**< why there is none; NULL = there is one */
    const pm_life_bend *elbow, *knee;  /**< NULL = not looked for */
    const pm_table *alarms;            /**< pm_shorts_result; NULL = not looked for */
    const pm_short_summary *shorts;    /**< where there are alarms, be they none */
} pm_report_fate;

/** Where a cell with a reserve of lithium is in its life. */
typedef struct pm_report_reserve {
    const pm_stages *stages;   /**< NULL = none */
    const pm_error *no_stages; /**< why; NULL where there are */
    pm_n_to_p n_to_p;          /**< ratio.value 0 = not told: the reserve is not drawn */
} pm_report_reserve;

/** Which mechanisms fit a cell. */
typedef struct pm_report_why {
    const pm_why_case *known;
    const pm_why_answer *answer; /**< NULL = nothing of it bears on a mechanism */
} pm_report_why;

/** One cell of a report; all borrowed until pm_report_add returns. */
typedef struct pm_report_cell {
    const char *path, *title; /**< title: cell's name, NULL = the file's name */
    const char *format, *format_reason, *sha256;
    const char *content; /**< records cycles spectra settings index table log; NULL = the format says it */
    int64_t spectra;     /**< impedance spectra in it, and their range */
    double frequency_least_Hz, frequency_most_Hz;
    const pm_cell *cell; /**< what was told of it; NULL = nothing */
    const pm_table
        *records; /**< all rows; NULL where the file failed or is no record of a test (`cycles` may be there) */
    const pm_table *half_cycles, *cycles, *findings;
    const pm_cycle_summary *summary;  /**< NULL where there is none */
    const pm_report_fate *fate;       /**< NULL = nothing is said of it */
    const pm_report_reserve *reserve; /**< NULL = a kind of cell without one */
    const pm_report_why *why;         /**< NULL = not asked */
    const pm_error *error;            /**< why there is nothing else; NULL = fine */
} pm_report_cell;

/** A cell on paper; all borrowed until pm_report_add_design returns. */
typedef struct pm_report_design {
    const char *path;
    const pm_design *design; /**< filled in by pm_design_fill */
    uint64_t assumed;        /**< its inputs that were not told */
    const pm_design_result *result;
    int n_checks;
    const pm_design_check *checks;
    int n_moves;
    const pm_design_move *moves; /**< what it stresses; effects are of these in order, each a change of `graph` */
    const pm_why *graph;         /**< NULL where there are no moves */
    const pm_why_effects *effects;
    const pm_design_spread *spread; /**< NULL = nothing told with a deviation */
    const pm_table *loadings;       /**< pm_design_sweep of areal_capacity alone; NULL = none */
    int n_notes;
    const char *const *notes;
    const pm_table *designs, *front; /**< pm_design_sweep, pm_design_front of the same axes; NULL = none */
    const pm_error *no_front;        /**< why there is none */
} pm_report_design;

/** A report being collected: cells are reduced to what is drawn when added, so memory stays small. Not for several
 *  threads at once. */
typedef struct pm_report pm_report;
PM_CHECK pm_status pm_report_new(const char *title, pm_report **out, pm_error *err);
PM_CHECK pm_status pm_report_add(pm_report *report, const pm_report_cell *cell, pm_error *err);
/** Designs stand behind the cells. */
PM_CHECK pm_status pm_report_add_design(pm_report *report, const pm_report_design *design, pm_error *err);
/** Whether dygraphs was built in: plots over time can be zoomed. Without it the page has static plots only. */
bool pm_report_has_zoom(void);
/** Writes the page; the caller commits `to`. All text that came from files is escaped, and the page's policy allows no
 *  script but its own. */
PM_CHECK pm_status pm_report_write(const pm_report *report, pm_out *to, pm_error *err);
void pm_report_free(pm_report *report);
PM_SCOPED(pm_report, pm_report_free)

#ifdef __cplusplus
}
#endif
#endif
