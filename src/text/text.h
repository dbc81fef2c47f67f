/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 3: delimited text of instruments to batches of records: what dialect it is written in, how it is laid out, what its
 * columns hold.
 *
 * What is particular about one instrument's text stands in a dialect (docs/dialects.md); a text without one is understood by
 * its labels alone.
 */
#ifndef PM_TEXT_H
#define PM_TEXT_H

#include "about/about.h"
#include "bytes/bytes.h"
#include "label/label.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what is known of texts ------------------------------------------------------------------------------------ */

/** The dialects that are built in, in the order in which they are tried: those are read when first asked for, and kept as
 *  long as the process lives, for all threads. */
typedef struct pm_dialects pm_dialects;
/** `extra`: path of a further dialect, which comes first; NULL = none. PM_ERR_FORMAT or PM_ERR_UNIT, with the line, where it
 *  is no dialect. */
PM_CHECK pm_status pm_dialects_new(const char *extra, pm_dialects **out, pm_error *err);
void pm_dialects_free(pm_dialects *dialects);
PM_SCOPED(pm_dialects, pm_dialects_free)
/** Format, title and content of the index-th (from 0), score 0; false behind the last. */
bool pm_dialects_at(const pm_dialects *dialects, int index, pm_guess *out);

/** How texts are to be read. All is borrowed for as long as a text is open. */
typedef struct pm_text_options {
    const pm_dialects *dialects;
    const pm_quantities *quantities;
    const char *format;         /**< id of a dialect, or "csv" for none: no other is tried; NULL = found out */
    const char *map;            /**< "time=Zeit,voltage=U,current=I@mA", numbers of columns too; NULL = by the labels */
    const char *const *columns; /**< ends with NULL: these only, and what they are derived from; NULL = all */
    int64_t block_bytes;        /**< text parsed at a time; 0 = 256 KiB */
} pm_text_options;

/* ---- a text ---------------------------------------------------------------------------------------------------- */

/** A text that is being read: opened (it is known what it is), begun (rows are made ahead by several threads), read. */
typedef struct pm_text pm_text;
/** Looks at the beginning of a source (borrowed). What is no text, or none that can be read, is refused with the reason:
 *  PM_ERR_FORMAT; PM_ERR_DATA where it was cut or damaged; PM_ERR_COLUMN where a column is missing. */
PM_CHECK pm_status pm_text_open(pm_source *source, const pm_text_options *options, pm_text **out, pm_error *err);
/** Adds metadata to that which stands in the text itself; before pm_text_begin. */
PM_CHECK pm_status pm_text_meta(pm_text *text, const char *key, const char *value, pm_error *err);
/** Starts reading; `run` NULL = all cores. */
PM_CHECK pm_status pm_text_begin(pm_text *text, const pm_run *run, pm_error *err);
/** The next batch, borrowed until the next call; NULL at the end. Settings and logs have none, and are read to their end. */
PM_CHECK pm_status pm_text_next(pm_text *text, const pm_table **batch, pm_error *err);
void pm_text_free(pm_text *text);
PM_SCOPED(pm_text, pm_text_free)

typedef struct pm_text_facts {
    pm_guess guess;
    const char *encoding;  /**< "utf-8", "utf-8-bom", "utf-16le", "utf-16be", "latin-1" */
    char delimiter[8];     /**< ",", ";", "tab", "|", "space" */
    char decimal;          /**< '.' or ',' */
    bool has_rows;         /**< false: settings, a log */
    int64_t header_line;   /**< from 1; 0 = none */
    int64_t rows, bytes;   /**< rows of all batches so far, and how much of the file that took */
    const pm_table *empty; /**< a table of no rows: the columns and the metadata; from pm_text_begin on */
} pm_text_facts;
const pm_text_facts *pm_text_facts_of(const pm_text *text);
/** Where a column of the batches came from; NULL outside. */
const pm_source_column *pm_text_source_column(const pm_text *text, int index);
/** The text's line (from 1) of a row (from 1) that has been read; -1 unknown. Exact for rows of the last batch, else by the
 *  batch's first row. */
int64_t pm_text_line(const pm_text *text, int64_t row);
/** What was wrong so far: rows cut, rows declared, cells that hold no number, units and signs assumed, placeholders, tables
 *  left out, the last line's end. */
void pm_text_findings(const pm_text *text, pm_builder *findings);
/** The further dialects that claim the text, best first, at most n. */
PM_CHECK pm_status pm_text_guesses(const pm_text *text, int n, pm_guess best_first[], int *found, pm_error *err);

/* ---- the beginning of a text ----------------------------------------------------------------------------------- */

/** Part of a head: a line without its end, a field. */
typedef struct pm_head_line {
    const char *at;
    int64_t n;
} pm_head_line;
/** The beginning of a text as lines, in the file's own bytes (UTF-16 already turned into UTF-8). */
typedef struct pm_head {
    char *text; /**< n bytes and a zero */
    int64_t n;
    bool whole; /**< the text ends here; else a last line without an end is left out */
    pm_head_line *line;
    int64_t n_lines, lines_capacity;
} pm_head;
/** Copies n bytes. To be given to pm_head_free, on failure too. */
PM_CHECK pm_status pm_head_new(const char *bytes, int64_t n, bool whole, pm_head *head, pm_error *err);
void pm_head_free(pm_head *head);

/** What the beginning of a text looks like. */
typedef struct pm_text_look {
    char content[16];                /**< as of pm_guess */
    bool is_dialect;                 /**< a dialect claims it */
    int64_t header_line, data_line;  /**< from 1; 0 = none */
    double test_time, record_number; /**< in the first row of data, s and 1; NaN = none */
} pm_text_look;
/** Fails, with the reason, where it could not be read as a table, as pm_text_open does. */
PM_CHECK pm_status pm_text_look_at(const pm_head *head, const pm_text_options *options, pm_text_look *out,
                                   pm_error *err);

#ifdef __cplusplus
}
#endif
#endif
