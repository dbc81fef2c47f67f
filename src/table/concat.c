/* SPDX-License-Identifier: MIT */
/* One table of the rows of several. */
#include "table/internal.h"

#include <stdlib.h>
#include <string.h>

static pm_status check_same_columns(const pm_table *first, const pm_table *other, pm_error *err)
{
    if (first->n_columns != other->n_columns)
        return pm_fail(err, PM_ERR_COLUMN, "tables of %d and %d columns do not join", first->n_columns,
                       other->n_columns);
    for (int i = 0; i < first->n_columns; i++) {
        const pm_column *a = &first->columns[i], *b = &other->columns[i];
        if (strcmp(a->name, b->name) != 0)
            return pm_fail(err, PM_ERR_COLUMN, "columns '%s' and '%s' do not join", a->name, b->name);
        if (a->type != b->type)
            return pm_fail(err, PM_ERR_COLUMN, "column '%s' holds %s here, %s there", a->name, pm_type_name(a->type),
                           pm_type_name(b->type));
        if (strcmp(a->unit, b->unit) != 0)
            return pm_fail(err, PM_ERR_UNIT, "column '%s' is in '%s' here, in '%s' there", a->name, a->unit, b->unit);
    }
    return PM_OK;
}

/* Each word that occurs is looked up once. */
static pm_status copy_words(const pm_column *from, pm_builder *b, int column, int32_t *to, pm_error *err)
{
    pm_status s;
    int32_t *united = calloc((size_t)from->n_words + 1, sizeof *united); /* new code + 1, 0 = not yet seen */
    if (!united) return pm_fail(err, PM_ERR_MEMORY, "no memory for %d words", (int)from->n_words);
    for (int64_t i = 0; i < from->n_rows; i++) {
        int32_t code = from->code[i], new_code;
        if (code < 0) continue;
        if (!united[code]) {
            if ((s = pm_builder_intern(b, column, from->word[code], &new_code, err))) {
                free(united);
                return s;
            }
            united[code] = new_code + 1;
        }
        to[i] = united[code] - 1;
    }
    free(united);
    return PM_OK;
}

static pm_status append(pm_builder *b, const pm_table *table, pm_error *err)
{
    pm_status s;
    if ((s = pm_builder_room(b, table->n_rows, err))) return s;
    for (int i = 0; i < table->n_columns; i++) {
        const pm_column *from = &table->columns[i];
        if (from->type == PM_DOUBLE)
            memcpy(pm_builder_doubles(b, i), from->number, (size_t)from->n_rows * sizeof *from->number);
        else if (from->type == PM_INT64) /* the missing ones are PM_NO_INT, as the builder left them */
            memcpy(pm_builder_integers(b, i), from->integer, (size_t)from->n_rows * sizeof *from->integer);
        else if ((s = copy_words(from, b, i, pm_builder_codes(b, i), err)))
            return s;
    }
    pm_builder_commit(b, table->n_rows);
    return PM_OK;
}

pm_status pm_table_concat(int n, const pm_table *const tables[], pm_table **out, pm_error *err)
{
    pm_status s;
    pm_scoped(pm_builder) b = NULL;
    if (n < 1) return pm_fail(err, PM_ERR_ARGUMENT, "no tables to join");
    const pm_table *first = tables[0];
    int64_t rows = 0;
    for (int i = 0; i < n; i++) {
        if ((s = check_same_columns(first, tables[i], err))) return s;
        rows += tables[i]->n_rows;
    }
    if ((s = pm_builder_new(0, NULL, &b, err))) return s;
    for (int i = 0; i < first->n_columns; i++)
        pm_builder_add(b, first->columns[i].name, first->columns[i].type, first->columns[i].unit);
    for (int64_t i = 0; i < first->n_meta; i++) pm_builder_meta(b, first->meta[i].key, first->meta[i].value);
    if ((s = pm_builder_room(b, rows, err))) return s; /* all of it at once */
    for (int i = 0; i < n; i++)
        if ((s = append(b, tables[i], err))) return s;
    return pm_builder_finish(b, out, err);
}
