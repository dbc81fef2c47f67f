/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: databases of the Jet 4 engine (Access 2000 to 2003), read only. Layout: the description in HACKING.md
 * of mdbtools, checked against files of Arbin's software.
 *
 * A file is pages of 4096 bytes. A table has a definition (its columns), a map of the pages that hold its rows, and
 * rows in them, in any order. Pages that belonged to a table and were given up still bear its mark: the map decides.
 */
#ifndef PM_NATIVE_JET_H
#define PM_NATIVE_JET_H

#include "native.h"

enum { PM_JET_PAGE = 4096, PM_JET_NAME = 200 };

typedef struct pm_jet {
    pm_span bytes;
    int64_t n_pages; /* whole ones; what follows was cut */
} pm_jet;

typedef enum pm_jet_type {
    PM_JET_BOOL = 1,
    PM_JET_BYTE,
    PM_JET_INT,
    PM_JET_LONG,
    PM_JET_MONEY,
    PM_JET_SINGLE,
    PM_JET_DOUBLE,
    PM_JET_DATE,
    PM_JET_TEXT = 10,
    PM_JET_MEMO = 12
} pm_jet_type;

typedef struct pm_jet_column {
    char name[PM_JET_NAME];
    uint8_t type;          /* pm_jet_type, or another that is not decoded */
    bool fixed;            /* at `offset` in each row, else the `variable`-th text */
    uint16_t number;       /* its bit among a row's bits of what is there */
    uint16_t offset, size; /* size: as the type says */
    uint16_t variable;
} pm_jet_column;

/** What was found wrong while a table's rows were looked for; page numbers and bytes are those of the first case. */
typedef struct pm_jet_damage {
    int64_t pages_missing, first_missing; /* behind the end of the file */
    int64_t pages_foreign, first_foreign; /* no data page of this table */
    int64_t rows_bad, first_bad_byte;
    int64_t map_byte; /* the map of pages cannot be read; -1 = it can */
} pm_jet_damage;

typedef struct pm_jet_table {
    char name[PM_JET_NAME];
    int64_t page, rows_declared, n_pages; /* page: of the definition; n_pages: of the map, in the file */
    uint32_t map;                         /* pointer to the row that is the map of pages */
    int max_columns;
    pm_jet_column *column;
    int n_columns;
    pm_span *row; /* after pm_jet_rows, in stored order, each whole */
    int64_t n_rows, rows_room;
    pm_jet_damage damage;
} pm_jet_table;

typedef struct pm_jet_entry {
    char name[PM_JET_NAME];
    int64_t page;
} pm_jet_entry;

/** Whether the bytes begin like a database of the engine (any version). */
bool pm_jet_looks_like(pm_span bytes);
/** Refuses other versions than Jet 4. */
PM_CHECK pm_status pm_jet_open(pm_span bytes, pm_jet *jet, pm_error *err);
/** The user's tables by name; *entry is the caller's to free. The catalogue itself comes out for its damage. */
PM_CHECK pm_status pm_jet_catalogue(const pm_jet *jet, pm_jet_entry **entry, int64_t *n, pm_jet_table *catalogue,
                                    pm_error *err);
/** Reads a definition. `table` must be zeros; freed by pm_jet_table_clear also after a failure. */
PM_CHECK pm_status pm_jet_define(const pm_jet *jet, const char *name, int64_t page, pm_jet_table *table, pm_error *err);
/** Finds all rows; damage is kept, only memory fails. */
PM_CHECK pm_status pm_jet_rows(const pm_jet *jet, pm_jet_table *table, pm_error *err);
void pm_jet_table_clear(pm_jet_table *table);

/** By name; NULL = none. */
const pm_jet_column *pm_jet_find(const pm_jet_table *table, const char *name);
/** "Single", "Text", ...; "type 11" for what is not decoded, into `room` bytes. */
const char *pm_jet_type_name(const pm_jet_column *column, char room[24]);
bool pm_jet_is_number(const pm_jet_column *column);
/** A cell as a number: NaN where there is none, or the column is of no numbers. Column NULL is NaN, too. */
double pm_jet_number(const pm_jet_column *column, pm_span row);
/** A cell of words as UTF-8, cut to room - 1 bytes; "" where there is none. */
void pm_jet_words(const pm_jet *jet, const pm_jet_column *column, pm_span row, char *out, size_t room);

/* ---- between the parts of this reader ---- */

/** A whole page; empty behind the end. */
pm_span pm_jet_page(const pm_jet *jet, int64_t page);
/** The bytes that a pointer (page << 8 | row) leads to, followed where they were moved; empty where there are none. */
pm_span pm_jet_pointed(const pm_jet *jet, uint32_t pointer);
/** Text as the engine stores it, as UTF-8. */
void pm_jet_utf8(pm_span text, char *out, size_t room);

#endif
