/* SPDX-License-Identifier: MIT */
#include "cli/merge.h"

#include <stdlib.h>
#include <string.h>

struct header {
    const pm_column **columns;
    int64_t n, room;
};

pm_status cli_merge_add(cli_merge *merge, const char *path, const pm_table *table, pm_error *err)
{
    pm_status s;
    if ((s = pm_grow(&merge->paths, &merge->paths_room, merge->n + 1, sizeof *merge->paths, err))) return s;
    if ((s = pm_grow(&merge->tables, &merge->tables_room, merge->n + 1, sizeof *merge->tables, err))) return s;
    if (!(merge->paths[merge->n] = pm_text_copy(path, -1))) return pm_fail(err, PM_ERR_MEMORY, "no memory");
    merge->tables[merge->n++] = pm_table_ref(table);
    return PM_OK;
}

void cli_merge_clear(cli_merge *merge)
{
    for (int64_t i = 0; i < merge->n; i++) {
        free(merge->paths[i]);
        pm_table_free(merge->tables[i]);
    }
    free(merge->paths);
    free(merge->tables);
    *merge = (cli_merge){0};
}

static int64_t position(const struct header *header, const char *name)
{
    for (int64_t i = 0; i < header->n; i++)
        if (!strcmp(header->columns[i]->name, name)) return i;
    return -1;
}

static bool is_blank(const pm_column *column)
{
    return column->n_missing == column->n_rows;
}

/* A column without values takes the type of the other. */
static pm_status agree(const pm_column **known, const pm_column *column, const char *path, pm_error *err)
{
    if ((*known)->type == column->type || is_blank(column)) return PM_OK;
    if (!is_blank(*known))
        return pm_fail_at(err, PM_ERR_COLUMN, pm_at_line(path, -1, column->name), NULL,
                          "holds %s values, in a table before %s ones", pm_type_name(column->type),
                          pm_type_name((*known)->type));
    *known = column;
    return PM_OK;
}

/* Puts what a table has and the header lacks behind the column it follows in the table. */
static pm_status unite(struct header *header, const char *path, const pm_table *table, pm_error *err)
{
    int64_t at = 0;
    for (int c = 0; c < pm_table_columns(table); c++) {
        const pm_column *column = pm_table_column(table, c);
        int64_t known = position(header, column->name);
        pm_status s = known < 0 ? pm_grow(&header->columns, &header->room, header->n + 1, sizeof *header->columns, err)
                                : agree(&header->columns[known], column, path, err);
        if (s) return s;
        if (known < 0) {
            memmove(&header->columns[at + 1], &header->columns[at], (size_t)(header->n - at) * sizeof(pm_column *));
            header->columns[at] = column;
            header->n++;
            known = at;
        }
        at = known + 1;
    }
    return PM_OK;
}

static void copy_column(pm_builder *b, int to, const pm_column *from)
{
    for (int64_t i = 0; i < from->n_rows; i++) {
        if (from->number)
            pm_builder_doubles(b, to)[i] = from->number[i];
        else if (from->integer)
            pm_builder_integers(b, to)[i] = pm_column_missing(from, i) ? PM_NO_INT : from->integer[i];
        else if (pm_column_word(from, i))
            pm_builder_word(b, to, i, pm_column_word(from, i), -1);
    }
}

static pm_status copy_table(pm_builder *b, const struct header *header, const char *path, const pm_table *table,
                            pm_error *err)
{
    int64_t n = pm_table_rows(table);
    pm_status s = pm_builder_room(b, n, err);
    if (s) return s;
    for (int64_t i = 0; i < n; i++) pm_builder_word(b, 0, i, path, -1);
    for (int c = 0; c < (int)header->n; c++) {
        const pm_column *from = pm_table_find(table, header->columns[c]->name);
        if (from && from->type == header->columns[c]->type) copy_column(b, c + 1, from);
    }
    pm_builder_commit(b, n);
    return PM_OK;
}

static pm_status merge_under(const cli_merge *merge, struct header *header, pm_table **out, pm_error *err)
{
    static const pm_field path_field[] = {{"path", PM_STRING, "", 0, "the file"}};
    pm_scoped(pm_builder) b = NULL;
    pm_status s = pm_builder_new(1, path_field, &b, err);
    if (s) return s;
    for (int64_t i = 0; i < merge->n; i++)
        if ((s = unite(header, merge->paths[i], merge->tables[i], err))) return s;
    for (int64_t c = 0; c < header->n; c++)
        pm_builder_add(b, header->columns[c]->name, header->columns[c]->type, header->columns[c]->unit);
    for (int64_t i = 0; i < merge->n; i++)
        if ((s = copy_table(b, header, merge->paths[i], merge->tables[i], err))) return s;
    return pm_builder_finish(b, out, err);
}

pm_status cli_merge_result(const cli_merge *merge, pm_table **out, pm_error *err)
{
    struct header header = {0};
    pm_status s = merge_under(merge, &header, out, err);
    free(header.columns);
    return s;
}

pm_status cli_merge_write(const cli_merge *merge, bool path, pm_out *out, pm_error *err)
{
    pm_scoped(pm_table) merged = NULL;
    pm_status s;

    if (!path && merge->n == 1) {
        pm_table_write_csv(merge->tables[0], true, out);
        return PM_OK;
    }
    if ((s = cli_merge_result(merge, &merged, err))) return s;
    pm_table_write_csv(merged, true, out);
    return PM_OK;
}
