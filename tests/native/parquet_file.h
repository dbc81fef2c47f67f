/* SPDX-License-Identifier: MIT */
/** @file
 * A writer of small Parquet files, for tests: Thrift's compact protocol, pages, footer.
 */
#ifndef PM_TESTS_PARQUET_FILE_H
#define PM_TESTS_PARQUET_FILE_H

#include <stdint.h>

typedef struct parquet_writer {
    uint8_t bytes[1 << 15];
    int64_t n;
    int last; /* id of the field written before, in the present struct */
} parquet_writer;

void put_bytes(parquet_writer *w, const void *bytes, int64_t n);
void put_integer(parquet_writer *w, uint64_t x, int size);
void put_varint(parquet_writer *w, uint64_t x);
/** Fields of a struct, in ascending order; structs and lists begin with their field and end with put_stop. */
void field_integer(parquet_writer *w, int id, int64_t x);
void field_text(parquet_writer *w, int id, const char *text);
void field_struct(parquet_writer *w, int id);
void field_list(parquet_writer *w, int id, int n, int kind);
void begin_struct(parquet_writer *w);
void put_stop(parquet_writer *w);

/** A column: one page of values that are encoded and packed already. */
typedef struct column_written {
    const char *name;
    int type, converted;   /* converted: -1 = none */
    int repetition, codec; /* 0 required, 1 optional, 2 repeated */
    int encoding, values;
    const uint8_t *page;
    int64_t page_bytes, unpacked; /* unpacked: 0 = as many */
    const uint8_t *dictionary;    /* NULL = none */
    int64_t dictionary_bytes, dictionary_values;
    int children;    /* of a group, which has no page */
    int version;     /* of the page: 0 and 1 are version 1 */
    int level_bytes; /* version 2 */
    uint32_t crc;    /* 0 = none */
    int64_t start;   /* out */
} column_written;

/** A file of one row group. */
void write_parquet(parquet_writer *w, column_written *columns, int n, int64_t rows);

#endif
