/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 1: the one data type. A table is named columns of one length, each with a unit, plus key-value metadata,
 * reference-counted and never changed. Memory layout is Arrow's: doubles (NaN = missing), int64 with validity bits,
 * words as int32 codes into a dictionary. A table is whole or one batch of a longer one.
 */
#ifndef PM_TABLE_H
#define PM_TABLE_H

#include "base/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum pm_type { PM_DOUBLE = 1, PM_INT64, PM_STRING } pm_type;
/** "double", "int64", "string" */
const char *pm_type_name(pm_type type);

/** A column as seen: pointers into its table, valid as long as that is held, already moved to the view's first row. */
typedef struct pm_column {
    const char *name, *unit; /**< unit as in "V", "Ah", "1" for pure numbers, "" for words */
    pm_type type;
    int32_t n_words;
    int64_t n_rows, n_missing, valid_first;
    const double *number;    /**< PM_DOUBLE [n_rows], NaN = missing; else NULL */
    const int64_t *integer;  /**< PM_INT64 [n_rows]; else NULL */
    const int32_t *code;     /**< PM_STRING [n_rows], index into word[n_words], -1 = missing; else NULL */
    const char *const *word; /**< the dictionary of this batch; concat unites them */
    const uint8_t *valid;    /**< PM_INT64: Arrow validity bits, row 0 at bit valid_first; NULL = none missing */
} pm_column;
/** Whether row i of a column has no value. */
bool pm_column_missing(const pm_column *column, int64_t i);
/** The number of row i of doubles or integers; NaN where missing, for words, and where column is NULL. */
double pm_column_real(const pm_column *column, int64_t i);
/** The word of row i, NULL where missing (or not a column of words). */
const char *pm_column_word(const pm_column *column, int64_t i);

/** `pm_table *` is a reference you free, `const pm_table *` one you borrow; any thread may read it. */
typedef struct pm_table pm_table;
pm_table *pm_table_ref(const pm_table *table);
void pm_table_free(pm_table *table);
PM_SCOPED(pm_table, pm_table_free)
int64_t pm_table_rows(const pm_table *table);
int pm_table_columns(const pm_table *table);
const pm_column *pm_table_column(const pm_table *table, int index);      /**< NULL outside the range */
const pm_column *pm_table_find(const pm_table *table, const char *name); /**< NULL = no such column */
/** The number of a column's row, as pm_column_real; NaN also where there is no such column. In loops find the column once. */
double pm_table_real(const pm_table *table, const char *name, int64_t row);
const char *pm_table_meta(const pm_table *table, const char *key); /**< NULL = no such key */
int pm_table_meta_count(const pm_table *table);
/** Key and value of entry i, in the order in which they were added. */
void pm_table_meta_at(const pm_table *table, int i, const char **key, const char **value);

/** For loops: looks columns up once and leaves bare pointers; the member that is set says the type. Absent:
 *  PM_ERR_COLUMN naming all that are, or NULL where optional. In another unit: PM_ERR_UNIT, for nothing is converted
 *  behind one's back. */
typedef struct pm_want {
    const char *name, *unit;
    const double **number;
    const int64_t **integer;
    const pm_column **column;
    bool optional;
} pm_want;
PM_CHECK pm_status pm_table_bind(const pm_table *table, int n, const pm_want wants[], pm_error *err);

/** A new table over the rows [first, first + n_rows); rows are shared, not copied. */
PM_CHECK pm_status pm_table_slice(const pm_table *table, int64_t first, int64_t n_rows, pm_table **out, pm_error *err);
/** One table of all rows, copied. Columns must agree in name, unit and type; metadata is the first table's. */
PM_CHECK pm_status pm_table_concat(int n, const pm_table *const tables[], pm_table **out, pm_error *err);

/** A column of a kind of table, declared once as static data: the code, the docs, the schema and Python all read it.
 *  offset: of the value in the row struct that pm_builder_push takes (double, int64_t or const char *). */
typedef struct pm_field {
    const char *name;
    pm_type type;
    const char *unit;
    size_t offset;
    const char *meaning;
} pm_field;

/** Collects rows; finish hands them over as a table and starts empty with the same columns and no metadata. Two ways in:
 *  results push a C struct by the fields' offsets (NaN, PM_NO_INT and NULL are missing); readers ask for room (n more
 *  rows, all missing at first), write bare arrays, commit the first so many. push, word and meta keep their first
 *  failure for room or finish. */
typedef struct pm_builder pm_builder;
PM_CHECK pm_status pm_builder_new(int n, const pm_field fields[], pm_builder **out, pm_error *err);
/** Adds a column before any row; returns its index. A name that is there already, or a failure, shows at room or finish. */
int pm_builder_add(pm_builder *b, const char *name, pm_type type, const char *unit);
void pm_builder_push(pm_builder *b, const void *row);
PM_CHECK pm_status pm_builder_room(pm_builder *b, int64_t n_rows, pm_error *err);
double *pm_builder_doubles(pm_builder *b, int column);   /**< [n_rows of the last room], never NULL after it */
int64_t *pm_builder_integers(pm_builder *b, int column); /**< the same; PM_NO_INT is missing */
/** Sets a word in the room's row; length -1 takes the whole text. */
void pm_builder_word(pm_builder *b, int column, int64_t row, const char *bytes, int64_t length);
/** The same word in n rows from `row` on. */
void pm_builder_words(pm_builder *b, int column, int64_t row, int64_t n, const char *bytes, int64_t length);
void pm_builder_commit(pm_builder *b, int64_t n_rows);
/** Rows committed or pushed since the last finish. */
int64_t pm_builder_rows(const pm_builder *b);
void pm_builder_meta(pm_builder *b, const char *key, const char *value);
PM_CHECK pm_status pm_builder_finish(pm_builder *b, pm_table **out, pm_error *err);
void pm_builder_free(pm_builder *b);
PM_SCOPED(pm_builder, pm_builder_free)

/** csv: one header line of the columns' names, shortest digits that read back to the same double, missing empty (but
 *  NaN or "" in the first column of a row that has nothing else: empty lines are not read back), words quoted where
 *  needed, '\n'. */
void pm_table_write_csv(const pm_table *table, bool header, pm_out *to);
/** The rows as flat JSON objects into an open array: {"name": value, ...}. */
void pm_table_write_json(const pm_table *table, pm_json *to);

#ifdef __cplusplus
}
#endif
#endif
