/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: the labels of one line, and what parts them.
 */
#ifndef PM_TEXT_LABELS_H
#define PM_TEXT_LABELS_H

#include "dialect.h"

/** Header labels of one line, UTF-8. */
typedef struct pm_labels {
    char **text;
    int n;
} pm_labels;
PM_CHECK pm_status pm_labels_split(pm_head_line line, char delimiter, const pm_dialect *dialect, pm_labels *out,
                                   pm_error *err);
void pm_labels_free(pm_labels *labels);
/** The delimiter of , ; tab | that occurs most in a line; 0 = none. */
char pm_line_delimiter(pm_head_line line);
/** Runs of blanks (so many at least, or with a tab among them) inside the lines of a text become one tab with blanks
 *  behind it; the length stays. */
void pm_blanks_to_tabs(char *text, int64_t n, int least);

#endif
