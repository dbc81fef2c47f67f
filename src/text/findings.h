/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: what was found wrong with a text while it was read, as findings.
 */
#ifndef PM_TEXT_FINDINGS_H
#define PM_TEXT_FINDINGS_H

#include "rows.h"

typedef struct pm_telling {
    const pm_layout *layout;
    const pm_text_faults *faults; /**< NULL: a file without rows */
    int64_t rows;
    bool no_final_newline; /**< of a file without rows */
    bool ended;            /**< all rows were read: those declared and not there are missing */
    pm_builder *findings;
} pm_telling;
/** Rows cut, rows declared, cells that hold no number, units and signs assumed, placeholders, the last line's end. */
void pm_tell_findings(const pm_telling *telling);

#endif
