/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: which dialects claim a head, and which of its lines is a header.
 */
#ifndef PM_TEXT_MATCH_H
#define PM_TEXT_MATCH_H

#include "labels.h"

/** A dialect that claims a head, and the line (from 0) whose labels decided, -1 = none. */
typedef struct pm_match {
    const pm_dialect *dialect;
    int64_t line;
    int score;
    char reason[200];
} pm_match;
PM_CHECK pm_status pm_match_dialects(const pm_head *head, const pm_dialects *dialects, int room, pm_match best_first[],
                                     int *n, pm_error *err);
/** The line (from 0) that names the most quantities, else the header of some other table; -1 = none. */
PM_CHECK pm_status pm_match_labels(const pm_head *head, const pm_quantities *quantities, int64_t *line, pm_error *err);

#endif
