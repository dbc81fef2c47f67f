/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 6: what is wrong with a file, in numbers and plain words, and what of it can be repaired.
 */
#ifndef PM_AUDIT_H
#define PM_AUDIT_H

#include "read/read.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- repair ------------------------------------------------------------------------------------------------- */

/** Mends batches by the findings of a first reading.
 *
 * What can be repaired on a second reading (repair.h), and what a repair takes from the finding:
 *   time-unit           from row_first to row_last test time runs `factor` times too fast; row_first = 1: from 0 on
 *   voltage-unit        all voltages are `factor` times too large
 *   current-unit        all currents are `factor` times too large
 *   current-sign        all currents have the wrong sign
 *   time-backwards      rows whose time falls below the row before and whose next row goes on: the time between
 *   sentinel            voltages equal to `observed` in rows [row_first, row_last] are missing
 *   cycle-count-not-integer, cycle-count-constant   the cycle count is missing in all rows, for it is counted from current
 *   capacity-resets-in-step                         `column` is added up over the restarts
 *   row-incomplete      the reader's own: the last row is dropped
 */
typedef struct pm_repair pm_repair;

/** From a findings table: the findings that are reconcilable; the others are left alone. Words are copied. */
PM_CHECK pm_status pm_repair_new(const pm_table *findings, pm_repair **out, pm_error *err);
/** The next batch mended, a table you free. Push all batches in order, then NULL until *out is NULL: a row whose time falls
 *  back at the very end of a batch is held back until the next one shows what follows, so batches may come out a row
 *  shorter (even empty) or longer. Without anything to mend a batch is passed on. */
PM_CHECK pm_status pm_repair_batch(pm_repair *repair, const pm_table *batch, pm_table **out, pm_error *err);
/** Whether a repair of this code has changed anything so far. */
bool pm_repair_applied(const pm_repair *repair, const char *code);
/** Adds the findings that were mended so far, as they were found, with the action "reconciled". */
void pm_repair_findings(const pm_repair *repair, pm_builder *findings);
void pm_repair_free(pm_repair *repair);
PM_SCOPED(pm_repair, pm_repair_free)

/* ---- audit -------------------------------------------------------------------------------------------------- */

/** What is wrong with a file: a fold. Push batches in order; the result, asked for at any time and any number of times,
 *  is what holds if the file ended here. Includes the reader's own findings (rows cut, declared rows, last line) and, where
 *  batches were mended on the way, what the repair (NULL = none) did. Worst first. Reader and repair must outlive it. */
typedef struct pm_audit pm_audit;
PM_CHECK pm_status pm_audit_new(const pm_reader *reader, const pm_repair *repair, pm_audit **out, pm_error *err);
PM_CHECK pm_status pm_audit_push(pm_audit *audit, const pm_table *batch, pm_error *err);
PM_CHECK pm_status pm_audit_result(const pm_audit *audit, pm_table **findings, pm_error *err);
/** How the instrument's capacity counters behave so far: "step", "cycle", "never" (reset), "none". */
const char *pm_audit_counter(const pm_audit *audit);
void pm_audit_free(pm_audit *audit);
PM_SCOPED(pm_audit, pm_audit_free)
/** Columns the audit looks at, ending with NULL: for pm_read_options.columns. */
extern const char *const pm_audit_columns[];

/** Number of findings of a severity ("error", "warning", "note"). */
int64_t pm_findings_count(const pm_table *findings, const char *severity);
/** Whether any finding can be reconciled. */
bool pm_findings_reconcilable(const pm_table *findings);

/** Findings in the order in which they are shown: errors, warnings, notes; of one thing said twice the better one. */
PM_CHECK pm_status pm_findings_sorted(const pm_table *findings, pm_table **out, pm_error *err);

#ifdef __cplusplus
}
#endif
#endif
