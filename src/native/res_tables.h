/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: result files of Arbin's software (MITS Pro), databases of the Jet engine.
 */
#ifndef PM_NATIVE_RES_TABLES_H
#define PM_NATIVE_RES_TABLES_H

#include "jet.h"

/** A row and where it belongs: test and data point; group: of auxiliary rows, their channel. */
typedef struct pm_res_row {
    int64_t key;
    const uint8_t *at;
    int32_t n, group;
} pm_res_row;

/** A table and its rows by group, test and data point. Without the table all is zero. */
typedef struct pm_res_list {
    pm_jet_table table;
    pm_res_row *row;
    int64_t n;
} pm_res_list;

/** Where the numbers of a column come from: a cell of each row, or of the rows [first, end) of another table that have
 *  the same data point. */
typedef struct pm_res_column {
    const pm_jet_column *cell;
    const pm_res_list *joined; /* NULL = the records' own table */
    int64_t first, end, at;
    double num, den, shift;
    bool clock; /* days since 1899-12-30 */
} pm_res_column;

typedef struct pm_res {
    pm_jet jet;
    pm_jet_entry *entry;
    int64_t n_entries;
    pm_res_list record, auxiliary, statistic;
    pm_res_column *column;
    int64_t columns_room, n_columns, next;
} pm_res;

/** What a column of a table is called and its unit; NULL where it is not known. */
typedef struct pm_res_name {
    const char *label, *name, *unit;
} pm_res_name;
const pm_res_name *pm_res_name_of(const char *label);

/** Whether the database has a table. */
bool pm_res_has(const pm_res *r, const char *name);
/** Reads and sorts a table. One that is not there stays zero; one that is damaged is told of and stays zero, but fails
 *  where it is `needed`. */
PM_CHECK pm_status pm_res_load(pm_res *r, pm_native *n, const char *name, bool needed, pm_res_list *list,
                               pm_error *err);
void pm_res_list_clear(pm_res_list *list);
/** Damage in words, and the byte of its first case; -1 = there is none. */
int64_t pm_res_where(const pm_jet_damage *damage, char where[160]);
/** Declared and found rows, damaged pages: what is missing becomes a finding. */
void pm_res_tell(pm_native *n, const pm_jet_table *table);
/** Adds the column for the last column that was declared. */
PM_CHECK pm_status pm_res_add(pm_res *r, pm_res_column column, pm_error *err);
/** Columns from Auxiliary_Table and Channel_Statistic_Table. */
PM_CHECK pm_status pm_res_join(pm_res *r, pm_native *n, pm_error *err);
/** Global_Table and Version_Table to metadata; says so where several tests are in the file. */
PM_CHECK pm_status pm_res_meta(pm_res *r, pm_native *n, pm_error *err);
/** Tables to parts. */
void pm_res_parts(const pm_native *n, pm_builder *parts);

#endif
