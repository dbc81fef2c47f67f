/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: the steps of finding a layout, one a file.
 */
#ifndef PM_TEXT_LAYOUT_STEPS_H
#define PM_TEXT_LAYOUT_STEPS_H

#include "layout.h"

/* layout_columns.c: what each field of a row holds */
PM_CHECK pm_status pm_layout_columns(pm_layout *layout, const pm_head *head, const pm_text_options *options,
                                     pm_error *err);
enum { PM_DERIVED_MAX = 5 }; /* columns that are added at most */
/* layout_bare.c: numbers without a header that can only be a spectrum */
PM_CHECK pm_status pm_layout_bare(pm_layout *layout, const pm_head *head, bool *is, pm_error *err);
/* layout_spectra.c: whether rows are those of spectra; the columns that the file lacks and that follow from the others */
bool pm_layout_is_spectra(const pm_layout *layout);
void pm_layout_derive(pm_layout *layout, const char *const *asked_for);
/* layout_meta.c: "Key: value" lines above the header */
PM_CHECK pm_status pm_layout_preamble(pm_layout *layout, const pm_head *head, int64_t n_lines, pm_error *err);

#endif
