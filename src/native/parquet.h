/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: the parts of a reader of Apache Parquet files with flat columns.
 */
#ifndef PM_NATIVE_PARQUET_H
#define PM_NATIVE_PARQUET_H

#include "native.h"

/* ---- footer ------------------------------------------------------------------------------------------------------- */

/** Physical types, as the format numbers them. */
enum { PARQUET_BOOLEAN, PARQUET_INT32, PARQUET_INT64, PARQUET_INT96, PARQUET_FLOAT, PARQUET_DOUBLE, PARQUET_BYTES };
enum { PARQUET_FIXED = 7 };

/** A column of the file. */
typedef struct parquet_leaf {
    char name[128];
    int type;
    bool optional, is_unsigned, words;
    bool clock, utc;  /**< a point in time, of known zone */
    double divisor;   /**< an integer divided by it is the value, in seconds for times */
    double factor;    /**< and times this: days */
    char refused[64]; /**< why its values are not read; "" = they are */
} parquet_leaf;

/** A column's values in one row group. */
typedef struct parquet_chunk {
    int64_t start, bytes, values;
    int64_t described; /**< offset of what the footer says of it */
    int codec;
    bool elsewhere, encrypted;
} parquet_chunk;

typedef struct parquet_group {
    int64_t rows;
    parquet_chunk *chunk; /**< [leaves] */
} parquet_group;

typedef struct parquet_text {
    char *key, *value;
} parquet_text;

typedef struct parquet_file {
    pm_span bytes;
    int64_t footer; /**< where it begins */
    int64_t version, rows;
    char writer[128];
    parquet_leaf *leaf;
    int64_t n_leaves, leaves_room;
    parquet_group *group;
    int64_t n_groups, groups_room;
    parquet_text *text;
    int64_t n_texts, texts_room;
    int64_t unpacked; /**< bytes that pages are unpacked into at the moment */
} parquet_file;

PM_CHECK pm_status parquet_read(pm_span bytes, parquet_file *file, pm_error *err);
void parquet_clear(parquet_file *file);
/** "the parquet file is ..." with the byte, and the column where one is concerned. */
pm_status parquet_fail(pm_error *err, int64_t byte, const parquet_leaf *leaf, const char *format, ...) PM_PRINTF(4, 5);

/* ---- codecs ------------------------------------------------------------------------------------------------------- */

enum { PARQUET_UNCOMPRESSED, PARQUET_SNAPPY, PARQUET_GZIP, PARQUET_ZSTD = 6 };
const char *parquet_codec_name(int codec);
/** Unpacks `packed` into exactly n bytes. PM_ERR_FORMAT without a place where that fails or the codec is not read,
 *  PM_ERR_FEATURE where its library is missing. */
PM_CHECK pm_status parquet_unpack(int codec, pm_span packed, uint8_t *to, int64_t n, pm_error *err);

/* ---- values in bits ----------------------------------------------------------------------------------------------- */

/** Runs and packed bits ("RLE / bit-packing hybrid") of numbers of `width` bits. */
typedef struct parquet_runs {
    const uint8_t *at, *end;
    int width;
    int64_t repeated, packed; /**< values left of the present run */
    uint32_t value;           /**< of a repeated one */
    int64_t bit;              /**< of a packed one, from `at` */
} parquet_runs;
/** Up to n of them; how many there are. */
int64_t parquet_runs_take(parquet_runs *r, int64_t n, uint32_t *to);

/** Differences in packed bits (DELTA_BINARY_PACKED). */
typedef struct parquet_deltas {
    const uint8_t *at, *end;
    int64_t per_mini, minis;    /**< values in a small block; small blocks in a block */
    int64_t left;               /**< values left in all */
    const uint8_t *widths;      /**< of the small blocks of this block */
    int64_t mini, left_in_mini; /**< the present one */
    int64_t bit;
    uint64_t value, least;
    bool first, narrow; /**< narrow: 32 bits */
} parquet_deltas;
bool parquet_deltas_begin(parquet_deltas *d, pm_span bytes, bool narrow);
/** Up to n of them; how many there are. */
int64_t parquet_deltas_take(parquet_deltas *d, int64_t n, int64_t *to);
/** What lies behind all of them; {NULL, 0} where they are not all there. */
pm_span parquet_deltas_behind(parquet_deltas d);

/* ---- pages -------------------------------------------------------------------------------------------------------- */

enum { PARQUET_STEP = 1024 };
/** Reads a column's values in order, chunk after chunk. */
typedef struct parquet_cursor parquet_cursor;
PM_CHECK pm_status parquet_cursor_new(parquet_file *file, const parquet_leaf *leaf, parquet_cursor **out,
                                      pm_error *err);
void parquet_cursor_begin(parquet_cursor *c, const parquet_chunk *chunk);
/** The next n values, NaN where missing. They are there, or this fails. */
PM_CHECK pm_status parquet_numbers(parquet_cursor *c, int64_t n, double *to, pm_error *err);
/** The next words, at most *n and PARQUET_STEP, at NULL where missing; valid until the next call. */
PM_CHECK pm_status parquet_words(parquet_cursor *c, int64_t *n, pm_span *to, pm_error *err);
void parquet_cursor_free(parquet_cursor *c);

#endif
