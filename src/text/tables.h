/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: text files that hold several tables: which lines are rows of those that are read, and what else is there.
 */
#ifndef PM_TEXT_TABLES_H
#define PM_TEXT_TABLES_H

#include "layout.h"

enum { PM_OTHER_TABLES_MAX = 8, PM_TABLE_NAME_MAX = 40 };

/** A table whose rows are not among those that are read. */
typedef struct pm_other_table {
    char name[PM_TABLE_NAME_MAX]; /* "" = rows without a table's name */
    int64_t line, rows;
} pm_other_table;

/** Where in a file one is, and what was passed so far; all zero at its first line. */
typedef struct pm_tables {
    enum { PM_BETWEEN_TABLES, PM_IN_OURS, PM_IN_OTHER } where;
    bool named;                   /* the last line that was not empty named a table: its header follows */
    bool units;                   /* the last line was one of our headers: its units may follow */
    char name[PM_TABLE_NAME_MAX]; /* of the table named last */
    int64_t line;                 /* of that name */
    int64_t seen, ours;           /* tables so far; those that are read */
    int64_t present_declared, present_rows, declared, declared_rows, missing; /* rows of ours that the file declares */
    pm_other_table other[PM_OTHER_TABLES_MAX];
    int n_other;
    int64_t more, more_rows; /* tables for which there was no room, and their rows */
} pm_tables;

typedef enum pm_line_kind {
    PM_LINE_DATA, /* a row, or what stands among rows without being one */
    PM_LINE_AWAY, /* a mark, a header, units, or a row of another table */
    PM_LINE_META  /* between tables */
} pm_line_kind;

/** What a line is (n bytes without its end; `number` from 1). */
pm_line_kind pm_tables_line(pm_tables *t, const pm_layout *layout, const char *at, int64_t n, int64_t number);
/** The number at the end of the present table's name ("CURVE3": 3), else how many tables of ours there were. */
double pm_tables_count(const pm_tables *t);
/** Rows that the file declares and does not have, and those of the same tables that it has; -1: it declares none. */
int64_t pm_tables_missing(const pm_tables *t, int64_t *found);

/** From a line of a block on (from 0), rows belong to the table of this count. */
typedef struct pm_table_mark {
    int64_t line;
    double count;
} pm_table_mark;
typedef struct pm_table_marks {
    pm_table_mark *mark;
    int64_t n, capacity;
} pm_table_marks;
/** Overwrites with blanks what is no row of ours. `first` is the number of the text's first line, from 1; marks may be NULL. */
PM_CHECK pm_status pm_tables_pass(pm_tables *t, const pm_layout *layout, char *text, int64_t n, int64_t first,
                                  int64_t *n_lines, pm_table_marks *marks, pm_error *err);

#endif
