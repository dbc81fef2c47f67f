/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: the rows of a text: blocks of its source, parsed ahead of the caller by several threads, as batches in order.
 */
#ifndef PM_TEXT_ROWS_H
#define PM_TEXT_ROWS_H

#include "block.h"
#include "bytes/bytes.h"
#include "decode.h"

typedef struct pm_text_rows pm_text_rows;

/** Borrows source and layout. */
PM_CHECK pm_status pm_text_rows_new(pm_source *source, pm_decoder decoder, const pm_layout *layout, int64_t block_bytes,
                                    const pm_run *run, pm_text_rows **out, pm_error *err);
/** The next block that has rows; NULL at the end. Borrowed until the next call. */
PM_CHECK pm_status pm_text_rows_next(pm_text_rows *reader, const pm_block **block, pm_error *err);
/** The file's line of a data row (both from 1). */
int64_t pm_text_rows_line(const pm_text_rows *reader, int64_t row);
void pm_text_rows_free(pm_text_rows *reader);

/** What was wrong with rows and cells so far: counts, first and last rows (from 1), the first line. */
typedef struct pm_text_faults {
    int64_t incomplete, incomplete_first, incomplete_last, incomplete_line, incomplete_fields;
    int64_t excess, excess_row, excess_line; /* rows of more values than there are labels */
    int64_t strays, stray_line;
    char stray_text[80];
    pm_bad_cells *bad; /* one per column; rows from 1 */
    int64_t *bad_line;
    pm_tables tables; /* where the file has several */
    bool no_final_newline;
    bool last_incomplete; /* the last row is the incomplete one */
} pm_text_faults;
const pm_text_faults *pm_text_rows_faults(const pm_text_rows *reader);

#endif
