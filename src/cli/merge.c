/* SPDX-License-Identifier: MIT */
#include "cli/merge.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MOST = 128 };

struct header {
    const pm_column *columns[COLUMNS_MOST];
    int n;
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

static int position(const struct header *header, const char *name)
{
    for (int i = 0; i < header->n; i++)
        if (!strcmp(header->columns[i]->name, name)) return i;
    return -1;
}

/* Puts what a table has and the header lacks behind the column it follows in the table. */
static void unite(struct header *header, const pm_table *table)
{
    int at = 0;
    for (int c = 0; c < pm_table_columns(table); c++) {
        const pm_column *column = pm_table_column(table, c);
        int known = position(header, column->name);
        if (known < 0 && header->n < COLUMNS_MOST) {
            memmove(&header->columns[at + 1], &header->columns[at], (size_t)(header->n - at) * sizeof(pm_column *));
            header->columns[at] = column;
            header->n++;
            known = at;
        }
        at = known + 1;
    }
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
    for (int c = 0; c < header->n; c++) {
        const pm_column *from = pm_table_find(table, header->columns[c]->name);
        if (from) copy_column(b, c + 1, from);
    }
    pm_builder_commit(b, n);
    return PM_OK;
}

pm_status cli_merge_result(const cli_merge *merge, pm_table **out, pm_error *err)
{
    static const pm_field path_field[] = {{"path", PM_STRING, "", 0, "the file"}};
    struct header header = {.n = 0};
    pm_scoped(pm_builder) b = NULL;
    pm_status s = pm_builder_new(1, path_field, &b, err);
    if (s) return s;
    for (int64_t i = 0; i < merge->n; i++) unite(&header, merge->tables[i]);
    for (int c = 0; c < header.n; c++)
        pm_builder_add(b, header.columns[c]->name, header.columns[c]->type, header.columns[c]->unit);
    for (int64_t i = 0; i < merge->n; i++)
        if ((s = copy_table(b, &header, merge->paths[i], merge->tables[i], err))) return s;
    return pm_builder_finish(b, out, err);
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
