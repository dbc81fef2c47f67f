/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: what the pages of a Parquet column (parquet_pages.c) and their values (parquet_plain.c, parquet_values.c) share.
 */
#ifndef PM_NATIVE_PARQUET_CURSOR_H
#define PM_NATIVE_PARQUET_CURSOR_H

#include "parquet.h"

/** Encodings, as the format numbers them. */
enum { PLAIN, PLAIN_DICTIONARY = 2, RUNS, BIT_PACKED, DELTAS, DELTA_LENGTHS, RUNS_DICTIONARY = 8, SPLIT };
enum { STEP = PARQUET_STEP };

/* Bytes that were unpacked. */
typedef struct buffer {
    uint8_t *at;
    int64_t room;
} buffer;

struct parquet_cursor {
    parquet_file *file;
    const parquet_leaf *leaf;
    const parquet_chunk *chunk;
    int64_t at; /* of the next page */
    buffer page, dictionary_page;
    double *dictionary;
    pm_span *words;
    int64_t n_dictionary;
    /* the present page */
    int64_t offset, left, encoding;
    bool leveled;
    parquet_runs levels, runs;
    parquet_deltas deltas;
    pm_span values; /* that are not decoded yet */
    int64_t done, stride;
    int64_t missing; /* values of the chunk that are in no page yet */
    uint32_t level[STEP], step[STEP];
    int64_t whole[STEP];
};

/** "the page of ..." with its byte and column. */
pm_status parquet_bad(const parquet_cursor *c, pm_error *err, const char *what);
/** Goes on to a page that has values left. */
PM_CHECK pm_status parquet_next_page(parquet_cursor *c, pm_error *err);

/** Bytes of a value; 0 for booleans, 4 for texts at the least. */
int64_t parquet_width(int type);
/** A whole number in the unit of its column. */
double parquet_number(const parquet_leaf *leaf, int64_t x);
/** n plain numbers; the caller has checked that they are there. */
void parquet_plain_numbers(const parquet_leaf *leaf, const uint8_t *at, int64_t n, double *to);
/** n plain texts; how many are there. */
int64_t parquet_plain_words(pm_span *values, int64_t n, pm_span *to);

#endif
