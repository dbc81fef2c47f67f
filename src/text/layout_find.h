/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: finding the layout of a text.
 */
#ifndef PM_TEXT_LAYOUT_FIND_H
#define PM_TEXT_LAYOUT_FIND_H

#include "layout.h"

/** Finds the layout of delimited text, or says why not. Settings, logs and indexes have no columns. */
PM_CHECK pm_status pm_layout_find(const pm_head *head, const pm_text_options *options, pm_layout *out, pm_error *err);
/** Whether the head ends before the table that its dialect would rather read than the one it has, if it has any, or before
 *  the rows by which columns are told, which may be long. */
PM_CHECK pm_status pm_layout_wants_more(const pm_head *head, const pm_text_options *options, bool *more, pm_error *err);

#endif
