/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 4: Excel workbooks (ISO 29500, .xlsx). Their sheets become tab separated text, which is read as every other export
 * is: a workbook has no labels, units or clocks of its own.
 */
#ifndef PM_WORKBOOK_H
#define PM_WORKBOOK_H

#include "text/text.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pm_workbook pm_workbook;
/** Whether an archive is a workbook (it may still be a damaged one). */
bool pm_workbook_is(const pm_archive *archive);
/** Its sheets, texts and number formats; borrows the archive. PM_ERR_FORMAT where it is damaged. */
PM_CHECK pm_status pm_workbook_open(const pm_archive *archive, pm_workbook **out, pm_error *err);
void pm_workbook_free(pm_workbook *book);
PM_SCOPED(pm_workbook, pm_workbook_free)

/** Chooses the sheets that hold the records: *lines is a source of their lines, one sheet's after the other's, to be opened as
 *  a text; freed before the book. PM_ERR_FORMAT, with the names of the sheets, where none is a table. */
PM_CHECK pm_status pm_workbook_choose(pm_workbook *book, const pm_text_options *options, pm_source **lines,
                                      pm_error *err);
/** What sheets that describe the test say becomes metadata of the text: labels above values, or labels beside values. */
PM_CHECK pm_status pm_workbook_meta(pm_workbook *book, pm_text *text, pm_error *err);

/** Rows that the chosen sheets say they have; -1 = one does not say so. */
int64_t pm_workbook_rows(const pm_workbook *book);
/** Says of a guess which sheet it is about. */
void pm_workbook_guess(const pm_workbook *book, pm_guess *guess);
/** Tests that were left out become a finding. */
void pm_workbook_findings(const pm_workbook *book, pm_builder *findings);
/** One pm_part per sheet. */
void pm_workbook_parts(const pm_workbook *book, pm_builder *parts);

#ifdef __cplusplus
}
#endif
#endif
