/* SPDX-License-Identifier: MIT */
/* Tables as csv and as JSON. */
#include "table/table.h"

#include <string.h>

/* A field of text. Quoted also where it is empty, for nothing at all means missing, and where blanks might get lost. */
static void write_text(const char *text, pm_out *to)
{
    size_t n = strlen(text);
    bool quoted = !n || text[0] == ' ' || text[n - 1] == ' ' || strpbrk(text, ",\"");
    if (!quoted) {
        pm_out_bytes(to, text, (int64_t)n);
        return;
    }
    pm_out_bytes(to, "\"", 1);
    for (const char *quote; (quote = strchr(text, '"')); text = quote + 1) {
        pm_out_bytes(to, text, quote - text);
        pm_out_bytes(to, "\"\"", 2);
    }
    pm_out_bytes(to, text, (int64_t)strlen(text));
    pm_out_bytes(to, "\"", 1);
}

/* Digits without printf, which takes longer than all the rest of a row. */
static void write_integer(int64_t value, pm_out *to)
{
    char digits[24];
    int at = sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (value < 0) digits[--at] = '-';
    pm_out_bytes(to, digits + at, (int64_t)sizeof digits - at);
}

static void write_cell(const pm_column *c, int64_t row, pm_out *to)
{
    if (pm_column_missing(c, row)) return;
    switch (c->type) {
    case PM_DOUBLE: pm_out_number(to, c->number[row]); break;
    case PM_INT64: write_integer(c->integer[row], to); break;
    case PM_STRING: write_text(pm_column_word(c, row), to); break;
    }
}

/* Readers, ours too, pass over a line in which there is nothing: such a row shows itself by its first cell. */
static void write_first_cell(const pm_table *table, int64_t row, pm_out *to)
{
    int n = pm_table_columns(table), i = 0;
    while (i < n && pm_column_missing(pm_table_column(table, i), row)) i++;
    if (i < n)
        write_cell(pm_table_column(table, 0), row, to);
    else if (n && pm_table_column(table, 0)->type == PM_STRING)
        pm_out_bytes(to, "\"\"", 2);
    else if (n)
        pm_out_bytes(to, "NaN", 3);
}

void pm_table_write_csv(const pm_table *table, bool header, pm_out *to)
{
    int n = pm_table_columns(table);
    for (int i = 0; header && i < n; i++) {
        if (i) pm_out_bytes(to, ",", 1);
        write_text(pm_table_column(table, i)->name, to);
    }
    if (header) pm_out_bytes(to, "\n", 1);
    for (int64_t row = 0; row < pm_table_rows(table); row++) {
        write_first_cell(table, row, to);
        for (int i = 1; i < n; i++) {
            pm_out_bytes(to, ",", 1);
            write_cell(pm_table_column(table, i), row, to);
        }
        pm_out_bytes(to, "\n", 1);
    }
}

static void write_member(const pm_column *c, int64_t row, pm_json *to)
{
    if (pm_column_missing(c, row))
        pm_json_null(to, c->name);
    else if (c->type == PM_DOUBLE)
        pm_json_real(to, c->name, c->number[row]);
    else if (c->type == PM_STRING)
        pm_json_text(to, c->name, pm_column_word(c, row));
    else if (!strcmp(c->unit, "bool"))
        pm_json_bool(to, c->name, c->integer[row] != 0);
    else
        pm_json_whole(to, c->name, c->integer[row]);
}

void pm_table_write_json(const pm_table *table, pm_json *to)
{
    for (int64_t row = 0; row < pm_table_rows(table); row++) {
        pm_json_flat_object(to, NULL);
        for (int i = 0; i < pm_table_columns(table); i++) write_member(pm_table_column(table, i), row, to);
        pm_json_end(to);
    }
}
