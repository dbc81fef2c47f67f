/* SPDX-License-Identifier: MIT */
/** @file
 * A small writer of Jet 4 databases, for tests: definitions, maps of pages, rows. Layout as in HACKING.md of mdbtools,
 * whose programs read what it writes.
 */
#ifndef PM_TESTS_JET_FILE_H
#define PM_TESTS_JET_FILE_H

#include <stdbool.h>
#include <stdint.h>

enum { JET_PAGE = 4096, JET_PAGES = 64, JET_TABLES = 16 };
enum {
    JET_BOOL = 1,
    JET_BYTE,
    JET_INT,
    JET_LONG,
    JET_MONEY,
    JET_SINGLE,
    JET_DOUBLE,
    JET_DATE,
    JET_TEXT = 10,
    JET_OLE,
    JET_MEMO
};

typedef struct jet_field {
    const char *name;
    int type;
} jet_field;

/** How words are stored. */
typedef enum jet_how { JET_WIDE, JET_PACKED, JET_RAW, JET_APART, JET_CHAINED } jet_how;
typedef struct jet_cell {
    double number;
    const char *text; /* ASCII; NULL = a number */
    int n;            /* of JET_RAW bytes */
    jet_how how;
    bool none;
} jet_cell;

typedef struct jet_written {
    int page, map_row, n, max_columns, data_page, rows;
    const jet_field *field;
} jet_written;

typedef struct jet_file {
    uint8_t at[JET_PAGES * JET_PAGE];
    int pages, tables;
    jet_written table[JET_TABLES]; /* 0 = the catalogue */
} jet_file;

/** A database without tables, to be freed. */
jet_file *jet_new(void);
/** Adds a table; `fields` must outlive the file. Returns its index. */
int jet_table(jet_file *f, const char *name, int n, const jet_field *fields);
/** A new data page for the next rows. */
int jet_new_page(jet_file *f, int table);
/** Writes the first n fields of a row (older rows have fewer); returns where its bytes lie in the file. */
int64_t jet_row(jet_file *f, int table, int n, const jet_cell *cells);
/** Bytes as a row of a page, with the flags of its offset; returns where they lie. */
int64_t jet_bytes_as_row(jet_file *f, int page, const uint8_t *bytes, int n, int flags);
/** Moves the last row of the table to another page: a pointer stays. */
void jet_move_row(jet_file *f, int table);
/** Marks the last row of the table as deleted. */
void jet_delete_row(jet_file *f, int table);
/** Turns a table's map into one that points to a page of bits. */
void jet_far_map(jet_file *f, int table);
/** Where the map of a table lies in the file. */
int64_t jet_map_at(const jet_file *f, int table);

void jet_put(uint8_t *at, uint64_t x, int size);
#endif
