/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: one block of whole lines becomes one batch.
 */
#ifndef PM_TEXT_BLOCK_H
#define PM_TEXT_BLOCK_H

#include "layout.h"
#include "tables.h"
#include "tokens.h"

/** Cells of a column that hold no number where one should be. */
typedef struct pm_bad_cells {
    int64_t count, row_first, row_last; /* rows within the block, from 0 */
    char text[40];
} pm_bad_cells;

typedef struct pm_block {
    /* in */
    char *text;
    int64_t n, capacity;
    bool last; /* the file ends with this block */
    bool latin1;
    int64_t nul_at;     /* where a zero byte cut the text off, -1 = nowhere */
    bool long_line;     /* its only line is longer than what is bounded */
    int64_t file_bytes; /* of the file itself, read when this block was full */
    pm_tables tables;   /* where the file has several: the state behind this block */
    pm_table_marks marks;
    /* out */
    pm_table *table; /* set by pm_block_seal */
    int64_t n_rows, n_lines;
    int32_t *row_line; /* [n_rows] line within the block, from 0 */
    int64_t row_line_capacity;
    int64_t incomplete, incomplete_first, incomplete_last, incomplete_fields; /* rows of too few fields; rows from 0 */
    int64_t excess, excess_first; /* rows of more values than there are labels; rows from 0 */
    int64_t strays, stray_line;   /* lines that are no data; the first one, from 0 */
    char stray_text[80];
    pm_bad_cells *bad; /* one per column */
    bool no_final_newline;
    int64_t failed_line; /* line within the block of a hard error, -1 = none */
    /* scratch */
    pm_tokens tokens;
    pm_line *rows;
    int64_t rows_capacity;
    struct pm_carry *carry;
    int64_t n_carry, carry_capacity;
    pm_builder *builder;
} pm_block;

/** What is handed down from block to block. What cycle and step lines said last: per column a number or a word; of a
 *  sweep its last frequency, whether they rise (1) or fall (-1), and how many sweeps there were. */
typedef struct pm_handed {
    double *number;
    char (*word)[64];
    double frequency;
    int direction;
    int64_t spectra;
} pm_handed;
PM_CHECK pm_status pm_handed_new(int n_columns, pm_handed *handed, pm_error *err);
void pm_handed_free(pm_handed *handed);

PM_CHECK pm_status pm_block_new(const pm_layout *layout, pm_block *block, pm_error *err);
/** Fields to numbers and words. A number out of range, or a second header, is a failure at failed_line. */
PM_CHECK pm_status pm_block_parse(const pm_layout *layout, pm_block *block, pm_error *err);
/** The batch; blocks are sealed in order, for layered files and spectra hand down to the next block. */
PM_CHECK pm_status pm_block_seal(const pm_layout *layout, pm_block *block, pm_handed *handed, pm_error *err);
void pm_block_free(pm_block *block);

/* derive.c: a column computed from others of the block, if it is one; spectra, for which blocks must come in order */
void pm_block_derive(const pm_layout *layout, pm_block *block, int column);
void pm_block_count_spectra(const pm_layout *layout, pm_block *block, pm_handed *handed);

#endif
