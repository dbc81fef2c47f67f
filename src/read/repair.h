/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: mends batches by the findings of a first reading. What each code takes from its finding: audit.h.
 */
#ifndef PM_READ_REPAIR_H
#define PM_READ_REPAIR_H

#include "read/read.h"

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

#endif
