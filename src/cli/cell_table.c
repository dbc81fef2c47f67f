/* SPDX-License-Identifier: MIT */
#include "cli/cell_table.h"

#include <math.h>
#include <string.h>

/* The catalogue's unit of a column; else the table's own. */
static const char *unit_of(const pm_column *column)
{
    int n = 0;
    const pm_feature *catalogue = pm_feature_catalogue(&n);

    for (int i = 0; i < n && column->type != PM_STRING; i++)
        if (!strcmp(catalogue[i].name, column->name)) return catalogue[i].unit;
    return column->unit;
}

static void copy(pm_builder *b, int to, const pm_column *from)
{
    for (int64_t i = 0; i < from->n_rows; i++)
        if (from->type != PM_STRING)
            pm_builder_doubles(b, to)[i] = pm_column_real(from, i);
        else if (pm_column_word(from, i))
            pm_builder_word(b, to, i, pm_column_word(from, i), -1);
}

pm_status cli_cell_table_plain(const pm_table *table, pm_table **out, pm_error *err)
{
    pm_scoped(pm_builder) b = NULL;
    pm_status s = pm_builder_new(0, NULL, &b, err);

    if (s) return s;
    for (int c = 0; c < pm_table_columns(table); c++) {
        const pm_column *column = pm_table_column(table, c);
        pm_builder_add(b, column->name, column->type == PM_STRING ? PM_STRING : PM_DOUBLE, unit_of(column));
    }
    if ((s = pm_builder_room(b, pm_table_rows(table), err))) return s;
    for (int c = 0; c < pm_table_columns(table); c++) copy(b, c, pm_table_column(table, c));
    pm_builder_commit(b, pm_table_rows(table));
    return pm_builder_finish(b, out, err);
}

/* A name that stands there twice would be read as two columns, the second under another name. */
static pm_status check_names(const pm_reader *reader, pm_error *err)
{
    int n = pm_table_columns(pm_reader_facts(reader)->empty);
    for (int c = 0; c < n; c++)
        for (int k = 0; k < c; k++) {
            const char *name = pm_reader_column(reader, c)->source_name;
            if (*name && !strcmp(name, pm_reader_column(reader, k)->source_name))
                return pm_fail_at(err, PM_ERR_COLUMN, pm_at_line(NULL, -1, name), "leave one of them out",
                                  "the column '%.60s' stands there twice", name);
        }
    return PM_OK;
}

/* Rows that were cut, values that were taken as missing: what is learned from is not what stands there. */
static pm_status tell_findings(const cli_call *call, const char *path, pm_reader *reader, pm_error *err)
{
    pm_scoped(pm_builder) found = NULL;
    pm_scoped(pm_table) table = NULL;
    pm_status s;

    if ((s = pm_builder_new(PM_FINDING_FIELDS, pm_finding_fields, &found, err))) return s;
    if ((s = pm_reader_findings(reader, found, err))) return s;
    if ((s = pm_builder_finish(found, &table, err))) return s;
    for (int64_t i = 0; i < pm_table_rows(table); i++) {
        const char *code = pm_column_word(pm_table_find(table, "code"), i);
        if (strcmp(code, "value-missing") != 0 && strcmp(code, "row-incomplete") != 0) continue;
        cli_screen_note(call->screen, path, pm_column_word(pm_table_find(table, "message"), i));
    }
    return PM_OK;
}

static pm_status check_rows(const pm_table *table, pm_error *err)
{
    if (pm_table_find(table, "test_time_second") && pm_table_find(table, "voltage_volt"))
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "give it as FILE, without --table",
                          "holds records of a test, not one cell a row");
    if (!pm_table_rows(table))
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "one header line, then one line for each cell",
                          "holds no rows");
    return PM_OK;
}

pm_status cli_cell_table_read(const cli_call *call, const char *path, pm_table **out, pm_error *err)
{
    pm_scoped(pm_reader) reader = NULL;
    pm_scoped(pm_table) table = NULL;
    pm_status s = pm_reader_open(path, NULL, call->run, &reader, err);

    if (!s) s = pm_reader_rows(reader, &table, err);
    if (!s) s = check_rows(table, err);
    if (!s) s = check_names(reader, err);
    if (!s) s = tell_findings(call, path, reader, err);
    if (!s) s = cli_cell_table_plain(table, out, err);
    if (s) pm_error_locate(err, path, NULL);
    return s;
}

/* ---- what all rows share ------------------------------------------------------------------------------------ */

double cli_common_number(const pm_table *table, const char *name)
{
    const pm_column *column = pm_table_find(table, name);
    int64_t n = pm_table_rows(table);

    for (int64_t i = 1; column && i < n; i++)
        if (!(pm_column_real(column, i) == pm_column_real(column, 0))) return (double)NAN;
    return column && n ? pm_column_real(column, 0) : (double)NAN;
}

const char *cli_common_word(const pm_table *table, const char *name)
{
    const pm_column *column = pm_table_find(table, name);
    int64_t n = pm_table_rows(table);
    const char *first = column && n ? pm_column_word(column, 0) : NULL;

    for (int64_t i = 1; first && i < n; i++) {
        const char *word = pm_column_word(column, i);
        if (!word || strcmp(word, first) != 0) return NULL;
    }
    return first;
}

void cli_percent(const pm_column *column, char text[CLI_PERCENT])
{
    *text = 0;
    if (!strstr(column->name, "efficiency") || strcmp(column->unit, "1") != 0) return;
    for (int64_t i = 0; i < column->n_rows; i++)
        if (pm_column_real(column, i) > 2) {
            snprintf(text, CLI_PERCENT, "%.60s holds %g: percent? 1 is what came back whole", column->name,
                     pm_column_real(column, i));
            return;
        }
}
