/* SPDX-License-Identifier: MIT */
/* Tables and views: references, looking things up, slices. */
#include "table/internal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *pm_type_name(pm_type type)
{
    switch (type) {
    case PM_DOUBLE: return "double";
    case PM_INT64: return "int64";
    case PM_STRING: return "string";
    }
    return "unknown";
}

static bool bit_is_set(const uint8_t *bits, int64_t i)
{
    return bits[i / 8] >> (i % 8) & 1;
}

bool pm_column_missing(const pm_column *column, int64_t i)
{
    switch (column->type) {
    case PM_DOUBLE: return isnan(column->number[i]);
    case PM_INT64: return column->valid && !bit_is_set(column->valid, column->valid_first + i);
    case PM_STRING: return column->code[i] < 0;
    }
    return true;
}

double pm_column_real(const pm_column *column, int64_t i)
{
    if (!column || column->type == PM_STRING || pm_column_missing(column, i)) return NAN;
    return column->number ? column->number[i] : (double)column->integer[i];
}

const char *pm_column_word(const pm_column *column, int64_t i)
{
    return column->type == PM_STRING && column->code[i] >= 0 ? column->word[column->code[i]] : NULL;
}

int64_t pm_column_count_missing(const pm_column *column)
{
    int64_t count = 0, n = column->n_rows;
    if (column->type == PM_DOUBLE) /* apart from the others, for the compiler to vectorise */
        for (int64_t i = 0; i < n; i++) count += column->number[i] != column->number[i];
    else
        for (int64_t i = 0; i < n; i++) count += pm_column_missing(column, i);
    return count;
}

pm_status pm_table_make(int n_columns, pm_table **out, pm_error *err)
{
    pm_table *table = calloc(1, sizeof *table + (size_t)n_columns * sizeof table->columns[0]);
    if (!table) return pm_fail(err, PM_ERR_MEMORY, "no memory for a table of %d columns", n_columns);
    atomic_init(&table->references, 1);
    table->n_columns = n_columns;
    *out = table;
    return PM_OK;
}

pm_table *pm_table_ref(const pm_table *table)
{
    pm_table *same = (pm_table *)table; /* counting references is no change that a borrower sees */
    if (same) atomic_fetch_add_explicit(&same->references, 1, memory_order_relaxed);
    return same;
}

void pm_pairs_free(pm_pair *pairs, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        free(pairs[i].key);
        free(pairs[i].value);
    }
    free(pairs);
}

static void free_owned(pm_table *table)
{
    for (int i = 0; i < table->n_columns; i++) {
        pm_column *c = &table->columns[i];
        free((void *)c->name);
        free((void *)c->unit);
        free((void *)c->number);
        free((void *)c->integer);
        free((void *)c->code);
        free((void *)c->word);
        free((void *)c->valid);
    }
    pm_pairs_free(table->meta, table->n_meta);
}

void pm_table_free(pm_table *table)
{
    if (!table || atomic_fetch_sub_explicit(&table->references, 1, memory_order_acq_rel) > 1) return;
    if (table->owner)
        pm_table_free(table->owner);
    else
        free_owned(table);
    free(table);
}

int64_t pm_table_rows(const pm_table *table)
{
    return table->n_rows;
}

int pm_table_columns(const pm_table *table)
{
    return table->n_columns;
}

const pm_column *pm_table_column(const pm_table *table, int index)
{
    return index >= 0 && index < table->n_columns ? &table->columns[index] : NULL;
}

const pm_column *pm_table_find(const pm_table *table, const char *name)
{
    for (int i = 0; i < table->n_columns; i++)
        if (!strcmp(table->columns[i].name, name)) return &table->columns[i];
    return NULL;
}

double pm_table_real(const pm_table *table, const char *name, int64_t row)
{
    return pm_column_real(pm_table_find(table, name), row);
}

const char *pm_table_meta(const pm_table *table, const char *key)
{
    for (int64_t i = 0; i < table->n_meta; i++)
        if (!strcmp(table->meta[i].key, key)) return table->meta[i].value;
    return NULL;
}

int pm_table_meta_count(const pm_table *table)
{
    return (int)table->n_meta;
}

void pm_table_meta_at(const pm_table *table, int i, const char **key, const char **value)
{
    *key = table->meta[i].key;
    *value = table->meta[i].value;
}

/* Names all columns that are wanted and not there in one error; PM_OK where none is. */
static pm_status refuse_absent(const pm_table *table, int n, const pm_want wants[], pm_error *err)
{
    char names[200] = "";
    const char *first = NULL;
    int count = 0, used = 0;
    for (int i = 0; i < n; i++) {
        if (wants[i].optional || pm_table_find(table, wants[i].name)) continue;
        if (!count++) first = wants[i].name;
        if (used < (int)sizeof names)
            used += snprintf(names + used, sizeof names - (size_t)used, "%s'%s'", used ? ", " : "", wants[i].name);
    }
    if (!count) return PM_OK;
    pm_place at = pm_nowhere();
    at.column = first;
    return pm_fail_at(err, PM_ERR_COLUMN, at, NULL, "no column%s %s", count > 1 ? "s" : "", names);
}

static pm_status check_found(const pm_column *column, const pm_want *want, pm_error *err)
{
    pm_type type = want->number ? PM_DOUBLE : want->integer ? PM_INT64 : column->type;
    pm_place at = pm_nowhere();
    at.column = column->name;
    if (column->type != type)
        return pm_fail_at(err, PM_ERR_COLUMN, at, NULL, "column '%s' holds %s, not %s", column->name,
                          pm_type_name(column->type), pm_type_name(type));
    if (want->unit && strcmp(column->unit, want->unit) != 0)
        return pm_fail_at(err, PM_ERR_UNIT, at, NULL, "column '%s' is in '%s', not in '%s'", column->name, column->unit,
                          want->unit);
    return PM_OK;
}

pm_status pm_table_bind(const pm_table *table, int n, const pm_want wants[], pm_error *err)
{
    pm_status s;
    if ((s = refuse_absent(table, n, wants, err))) return s;
    for (int i = 0; i < n; i++) {
        const pm_column *found = pm_table_find(table, wants[i].name);
        if (found && (s = check_found(found, &wants[i], err))) return s;
    }
    for (int i = 0; i < n; i++) {
        const pm_column *found = pm_table_find(table, wants[i].name);
        if (wants[i].number) *wants[i].number = found ? found->number : NULL;
        if (wants[i].integer) *wants[i].integer = found ? found->integer : NULL;
        if (wants[i].column) *wants[i].column = found;
    }
    return PM_OK;
}

/* The same column, moved to a later first row. */
static pm_column column_from(const pm_column *whole, int64_t first, int64_t n_rows)
{
    pm_column c = *whole;
    if (c.number) c.number += first;
    if (c.integer) c.integer += first;
    if (c.code) c.code += first;
    c.n_rows = n_rows;
    c.valid_first += first;
    c.n_missing = whole->n_missing ? pm_column_count_missing(&c) : 0;
    if (c.n_missing) return c;
    c.valid = NULL;
    c.valid_first = 0;
    return c;
}

pm_status pm_table_slice(const pm_table *table, int64_t first, int64_t n_rows, pm_table **out, pm_error *err)
{
    pm_status s;
    if (first < 0 || n_rows < 0 || first > table->n_rows || n_rows > table->n_rows - first)
        return pm_fail(err, PM_ERR_ARGUMENT, "no %lld rows after the first %lld in a table of %lld", (long long)n_rows,
                       (long long)first, (long long)table->n_rows);
    pm_table *view = NULL;
    if ((s = pm_table_make(table->n_columns, &view, err))) return s;
    view->owner = pm_table_ref(table->owner ? table->owner : table);
    view->n_rows = n_rows;
    view->meta = table->meta;
    view->n_meta = table->n_meta;
    for (int i = 0; i < table->n_columns; i++) view->columns[i] = column_from(&table->columns[i], first, n_rows);
    *out = view;
    return PM_OK;
}
