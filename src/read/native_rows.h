/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: a file that is not text, as batches made ahead of the caller.
 */
#ifndef PM_READ_NATIVE_ROWS_H
#define PM_READ_NATIVE_ROWS_H

#include "native/native.h"
#include "read.h"

typedef struct pm_native_rows pm_native_rows;

/** Takes the columns that options ask for; borrows the open file. */
PM_CHECK pm_status pm_native_rows_new(pm_native *native, const pm_read_options *options, const pm_run *run,
                                      pm_native_rows **out, pm_error *err);
/** A table of no rows: columns and metadata. Borrowed. */
const pm_table *pm_native_rows_empty(const pm_native_rows *rows);
/** The next batch, NULL at the end; borrowed until the next call. */
PM_CHECK pm_status pm_native_rows_next(pm_native_rows *rows, const pm_table **batch, pm_error *err);
/** Where a column of the batches came from; NULL outside. */
const pm_source_column *pm_native_rows_column(const pm_native_rows *rows, int index);
void pm_native_rows_free(pm_native_rows *rows);

/** What is wrong with the file, so far as rows were taken; `ended`: to the end, so that rows declared may be missing. */
void pm_native_tell(const pm_native *native, int64_t rows, bool ended, pm_builder *findings);

#endif
