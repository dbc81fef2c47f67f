/* SPDX-License-Identifier: MIT */
/* Collects rows in arrays that finish hands over to the table as they are. */
#include "table/internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NOT_PUSHED SIZE_MAX

typedef struct column {
    char *name, *unit;
    pm_type type;
    size_t offset; /* of the value in a pushed row; NOT_PUSHED: missing there */
    void *values;  /* [capacity] of double, int64_t or int32_t */
    pm_dictionary words;
} column;

struct pm_builder {
    column *columns;
    int n_columns;
    int64_t columns_capacity, n_rows, room, capacity, n_meta, meta_capacity, scratch_capacity;
    pm_pair *meta;
    char *scratch; /* a word while it is cleaned */
    pm_error failure;
};

static size_t value_size(pm_type type)
{
    return type == PM_STRING ? sizeof(int32_t) : sizeof(int64_t);
}

static void fill_missing(column *c, int64_t first, int64_t n)
{
    if (c->type == PM_DOUBLE)
        for (double *to = (double *)c->values + first, *end = to + n; to < end; to++) *to = NAN;
    else if (c->type == PM_INT64)
        for (int64_t *to = (int64_t *)c->values + first, *end = to + n; to < end; to++) *to = PM_NO_INT;
    else
        memset((int32_t *)c->values + first, 0xFF, (size_t)n * sizeof(int32_t)); /* -1 */
}

/* Room for so many rows in all columns; not filled. */
static pm_status reserve(pm_builder *b, int64_t need, pm_error *err)
{
    if (need <= b->capacity) return PM_OK;
    if (need > INT64_MAX / 16) return pm_fail(err, PM_ERR_MEMORY, "no memory for %lld rows", (long long)need);
    int64_t capacity = b->capacity + b->capacity / 2;
    if (capacity < need) capacity = need;
    for (int i = 0; i < b->n_columns; i++) {
        column *c = &b->columns[i];
        void *values = realloc(c->values, (size_t)capacity * value_size(c->type));
        if (!values) return pm_fail(err, PM_ERR_MEMORY, "no memory for %lld rows", (long long)capacity);
        c->values = values;
    }
    b->capacity = capacity;
    return PM_OK;
}

static pm_status report_failure(const pm_builder *b, pm_error *err)
{
    if (err) *err = b->failure;
    return b->failure.code;
}

pm_status pm_builder_new(int n, const pm_field fields[], pm_builder **out, pm_error *err)
{
    pm_scoped(pm_builder) b = calloc(1, sizeof *b);
    if (!b) return pm_fail(err, PM_ERR_MEMORY, "no memory for a table builder");
    for (int i = 0; i < n; i++) {
        int at = pm_builder_add(b, fields[i].name, fields[i].type, fields[i].unit);
        if (at < 0) return report_failure(b, err);
        b->columns[at].offset = fields[i].offset;
    }
    *out = b;
    b = NULL;
    return PM_OK;
}

/* Says what speaks against a new column; PM_OK where nothing does. */
static pm_status check_new_column(const pm_builder *b, const char *name, pm_type type, pm_error *err)
{
    if (b->n_rows || b->capacity) return pm_fail(err, PM_ERR_ARGUMENT, "column '%s' comes after the first rows", name);
    if (type != PM_DOUBLE && type != PM_INT64 && type != PM_STRING)
        return pm_fail(err, PM_ERR_ARGUMENT, "column '%s' has no type", name);
    for (int i = 0; i < b->n_columns; i++)
        if (!strcmp(b->columns[i].name, name))
            return pm_fail(err, PM_ERR_ARGUMENT, "column '%s' is there already", name);
    return PM_OK;
}

int pm_builder_add(pm_builder *b, const char *name, pm_type type, const char *unit)
{
    pm_error *failure = &b->failure;
    if (failure->code) return -1;
    pm_scoped_text clean_name = pm_clean_copy(name, true);
    pm_scoped_text clean_unit = pm_clean_copy(unit ? unit : "", true);
    if (!clean_name || !clean_unit) pm_fail(failure, PM_ERR_MEMORY, "no memory for a column");
    if (failure->code || check_new_column(b, clean_name, type, failure)) return -1;
    if (pm_grow(&b->columns, &b->columns_capacity, b->n_columns + 1, sizeof *b->columns, failure)) return -1;
    b->columns[b->n_columns] = (column){.name = clean_name, .unit = clean_unit, .type = type, .offset = NOT_PUSHED};
    clean_name = clean_unit = NULL;
    return b->n_columns++;
}

/* The builder's column if it is of this type; anything else is the caller's mistake and gives NULL. */
static column *column_of(pm_builder *b, int index, pm_type type)
{
    bool there = index >= 0 && index < b->n_columns && b->columns[index].type == type;
    return there ? &b->columns[index] : NULL;
}

/* The word, cleaned, as a code; -1 where there is no memory, which the builder remembers. */
static int32_t code_of(pm_builder *b, column *c, const char *bytes, int64_t n)
{
    int32_t code = -1;
    if (!pm_clean_already(bytes, n)) {
        if (pm_grow(&b->scratch, &b->scratch_capacity, 3 * n, 1, &b->failure)) return -1;
        n = pm_clean_bytes(bytes, n, true, b->scratch);
        bytes = b->scratch;
    }
    return pm_dictionary_intern(&c->words, bytes, n, &code, &b->failure) ? -1 : code;
}

/* One value of a pushed row, NULL = missing. */
static void push_value(pm_builder *b, column *c, const void *value)
{
    if (c->type == PM_DOUBLE) {
        double number = NAN;
        if (value) memcpy(&number, value, sizeof number);
        ((double *)c->values)[b->n_rows] = number;
    } else if (c->type == PM_INT64) {
        int64_t integer = PM_NO_INT;
        if (value) memcpy(&integer, value, sizeof integer);
        ((int64_t *)c->values)[b->n_rows] = integer;
    } else {
        const char *word = NULL;
        if (value) memcpy(&word, value, sizeof word);
        ((int32_t *)c->values)[b->n_rows] = word ? code_of(b, c, word, (int64_t)strlen(word)) : -1;
    }
}

void pm_builder_push(pm_builder *b, const void *row)
{
    if (b->failure.code || reserve(b, b->capacity ? b->n_rows + 1 : 16, &b->failure)) return;
    for (int i = 0; i < b->n_columns; i++) {
        column *c = &b->columns[i];
        push_value(b, c, c->offset == NOT_PUSHED ? NULL : (const char *)row + c->offset);
    }
    b->room = 0;
    b->n_rows++;
}

pm_status pm_builder_room(pm_builder *b, int64_t n_rows, pm_error *err)
{
    pm_status s;
    if (b->failure.code) return report_failure(b, err);
    if (n_rows < 0) return pm_fail(err, PM_ERR_ARGUMENT, "room for %lld rows", (long long)n_rows);
    if (n_rows > INT64_MAX / 16) return pm_fail(err, PM_ERR_MEMORY, "no memory for %lld rows", (long long)n_rows);
    if ((s = reserve(b, b->n_rows + (n_rows ? n_rows : 1), err))) return s;
    for (int i = 0; i < b->n_columns; i++) fill_missing(&b->columns[i], b->n_rows, n_rows);
    b->room = n_rows;
    return PM_OK;
}

double *pm_builder_doubles(pm_builder *b, int column_index)
{
    column *c = column_of(b, column_index, PM_DOUBLE);
    return c && c->values ? (double *)c->values + b->n_rows : NULL;
}

int64_t *pm_builder_integers(pm_builder *b, int column_index)
{
    column *c = column_of(b, column_index, PM_INT64);
    return c && c->values ? (int64_t *)c->values + b->n_rows : NULL;
}

int32_t *pm_builder_codes(pm_builder *b, int column_index)
{
    column *c = column_of(b, column_index, PM_STRING);
    return c && c->values ? (int32_t *)c->values + b->n_rows : NULL;
}

pm_status pm_builder_intern(pm_builder *b, int column_index, const char *word, int32_t *code, pm_error *err)
{
    return pm_dictionary_intern(&b->columns[column_index].words, word, (int64_t)strlen(word), code, err);
}

void pm_builder_word(pm_builder *b, int column_index, int64_t row, const char *bytes, int64_t length)
{
    pm_builder_words(b, column_index, row, 1, bytes, length);
}

void pm_builder_words(pm_builder *b, int column_index, int64_t row, int64_t n, const char *bytes, int64_t length)
{
    if (b->failure.code || n <= 0) return;
    int32_t *codes = pm_builder_codes(b, column_index);
    if (!codes || row < 0 || row >= b->room || n > b->room - row) {
        pm_fail(&b->failure, PM_ERR_ARGUMENT, "no word fits into column %d, row %lld", column_index, (long long)row);
        return;
    }
    if (length < 0 && bytes) length = (int64_t)strlen(bytes);
    int32_t code = bytes ? code_of(b, &b->columns[column_index], bytes, length) : -1;
    for (int64_t i = 0; i < n; i++) codes[row + i] = code;
}

void pm_builder_commit(pm_builder *b, int64_t n_rows)
{
    if (b->failure.code) return;
    if (n_rows < 0 || n_rows > b->room) {
        pm_fail(&b->failure, PM_ERR_ARGUMENT, "%lld rows committed of room for %lld", (long long)n_rows,
                (long long)b->room);
        return;
    }
    b->n_rows += n_rows;
    b->room = 0;
}

int64_t pm_builder_rows(const pm_builder *b)
{
    return b->n_rows;
}

void pm_builder_meta(pm_builder *b, const char *key, const char *value)
{
    if (b->failure.code || !value) return;
    pm_scoped_text clean_key = pm_clean_copy(key, true);
    pm_scoped_text clean_value = pm_clean_copy(value, false);
    if (!clean_key || !clean_value) {
        pm_fail(&b->failure, PM_ERR_MEMORY, "no memory for metadata");
        return;
    }
    int64_t at = 0;
    while (at < b->n_meta && strcmp(b->meta[at].key, clean_key) != 0) at++;
    if (at == b->n_meta) {
        if (pm_grow(&b->meta, &b->meta_capacity, at + 1, sizeof *b->meta, &b->failure)) return;
        b->meta[at] = (pm_pair){.key = clean_key};
        clean_key = NULL;
        b->n_meta++;
    }
    free(b->meta[at].value);
    b->meta[at].value = clean_value;
    clean_value = NULL;
}

/* Bits of the integers that are there; NULL where all are. */
static pm_status make_valid(const int64_t *integers, int64_t n, const uint8_t **out, int64_t *missing, pm_error *err)
{
    *missing = 0;
    for (int64_t i = 0; i < n; i++) *missing += integers[i] == PM_NO_INT;
    if (!*missing) return PM_OK;
    uint8_t *bits = calloc((size_t)(n / 8 + 1), 1);
    if (!bits) return pm_fail(err, PM_ERR_MEMORY, "no memory for validity bits");
    for (int64_t i = 0; i < n; i++) bits[i / 8] |= (uint8_t)((integers[i] != PM_NO_INT) << (i % 8));
    *out = bits;
    return PM_OK;
}

/* All of a finished column that can fail. The rows themselves stay with the builder until nothing fails any more. */
static pm_status describe(const column *c, int64_t n_rows, pm_column *to, pm_error *err)
{
    pm_status s;
    const char **words = NULL;
    to->type = c->type;
    to->n_rows = n_rows;
    to->name = pm_text_copy(c->name, -1);
    to->unit = pm_text_copy(c->unit, -1);
    if (!to->name || !to->unit) return pm_fail(err, PM_ERR_MEMORY, "no memory for a column");
    if (c->type == PM_INT64) return make_valid(c->values, n_rows, &to->valid, &to->n_missing, err);
    if (c->type == PM_STRING) {
        if ((s = pm_dictionary_words(&c->words, &words, err))) return s;
        to->word = words;
        to->n_words = c->words.n_words;
    }
    return PM_OK;
}

/* Gives the rows away. Memory is given back where more than half of it is unused; to go on with too much is no error. */
static void hand_over(column *c, int64_t capacity, pm_column *to)
{
    int64_t used = to->n_rows ? to->n_rows : 1;
    void *values = c->values, *smaller = NULL;
    if (capacity / 2 > used) smaller = realloc(values, (size_t)used * value_size(c->type));
    if (smaller) values = smaller;
    if (c->type == PM_DOUBLE) to->number = values;
    if (c->type == PM_INT64) to->integer = values;
    if (c->type == PM_STRING) to->code = values;
    if (c->type != PM_INT64) to->n_missing = pm_column_count_missing(to);
    c->values = NULL;
    pm_dictionary_reset(&c->words);
}

pm_status pm_builder_finish(pm_builder *b, pm_table **out, pm_error *err)
{
    pm_status s;
    pm_scoped(pm_table) table = NULL;
    if (b->failure.code) return report_failure(b, err);
    if ((s = reserve(b, 1, err))) return s; /* no rows are no reason for a NULL column */
    if ((s = pm_table_make(b->n_columns, &table, err))) return s;
    for (int i = 0; i < b->n_columns; i++)
        if ((s = describe(&b->columns[i], b->n_rows, &table->columns[i], err))) return s;
    for (int i = 0; i < b->n_columns; i++) hand_over(&b->columns[i], b->capacity, &table->columns[i]);
    table->n_rows = b->n_rows;
    table->meta = b->meta;
    table->n_meta = b->n_meta;
    b->meta = NULL;
    b->n_meta = b->meta_capacity = b->n_rows = b->room = b->capacity = 0;
    *out = table;
    table = NULL;
    return PM_OK;
}

void pm_builder_free(pm_builder *b)
{
    if (!b) return;
    for (int i = 0; i < b->n_columns; i++) {
        free(b->columns[i].name);
        free(b->columns[i].unit);
        free(b->columns[i].values);
        pm_dictionary_free(&b->columns[i].words);
    }
    free(b->columns);
    pm_pairs_free(b->meta, b->n_meta);
    free(b->scratch);
    free(b);
}
