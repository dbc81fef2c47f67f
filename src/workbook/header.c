/* SPDX-License-Identifier: MIT */
/* Headers of two rows: "Charge" merged over "Capacity(mAh)" and "Energy(mWh)", "Time(s)" merged with the empty cell below.
 * Merged cells are listed behind all rows, so the sheet is gone through once more; only where two rows look like that. */
#include "xlsx.h"

#include <stdlib.h>

enum { HEADER_ROWS = 64, MERGES_MAX = 4096, LABEL_BYTES = 256 };

typedef struct merge {
    int64_t row, column, last_row, last_column;
} merge;

typedef struct merges {
    merge *merge;
    int64_t n, room;
} merges;

static pm_status on_start(void *context, const char *name, const char **attributes, pm_error *err)
{
    merges *m = context;
    merge one;
    const char *at = strcmp(name, "mergeCell") == 0 ? pm_xml_attribute(attributes, "ref") : NULL;
    pm_status s;

    if (!at || !pm_cell_place(&at, &one.row, &one.column) || *at++ != ':') return PM_OK;
    if (!pm_cell_place(&at, &one.last_row, &one.last_column) || one.row >= HEADER_ROWS || m->n >= MERGES_MAX)
        return PM_OK;
    if ((s = pm_grow(&m->merge, &m->room, m->n + 1, sizeof *m->merge, err))) return s;
    m->merge[m->n++] = one;
    return PM_OK;
}

static bool is_number(pm_head_line field)
{
    double v;

    return pm_number_parse(field.at, field.n, '.', &v) == PM_NUMERAL_OK;
}

/* How many cells of a row hold words; -1 where one holds a number. */
static int64_t count_words(pm_head_line line)
{
    int64_t words = 0, fields = pm_sheet_fields(line);

    for (int64_t f = 0; f < fields; f++) {
        pm_head_line field = pm_sheet_field(line, f);
        if (is_number(field)) return -1;
        words += field.n > 0;
    }
    return words;
}

/* Both rows hold words, and only one of them in some columns. */
static bool looks_double(const pm_head *head, int64_t row)
{
    if (row + 1 >= head->n_lines) return false;
    pm_head_line up = head->line[row], low = head->line[row + 1];
    int64_t fields = pm_sheet_fields(up) > pm_sheet_fields(low) ? pm_sheet_fields(up) : pm_sheet_fields(low);

    if (count_words(up) < 2 || count_words(low) < 2) return false;
    for (int64_t f = 0; f < fields; f++)
        if ((pm_sheet_field(up, f).n > 0) != (pm_sheet_field(low, f).n > 0)) return true;
    return false;
}

static const merge *merge_at(const merges *m, int64_t row, int64_t column)
{
    for (int64_t i = 0; i < m->n; i++)
        if (m->merge[i].row == row && column >= m->merge[i].column && column <= m->merge[i].last_column)
            return &m->merge[i];
    return NULL;
}

/* Cells that reach over columns of the next row, or down into it. */
static bool is_double(const merges *m, int64_t row)
{
    for (int64_t i = 0; i < m->n; i++) {
        const merge *one = &m->merge[i];
        bool across = one->last_row == row && one->last_column > one->column;
        if (one->row == row && (across || one->last_row == row + 1)) return true;
    }
    return false;
}

static bool is_unique(pm_head_line line, pm_head_line field)
{
    int same = 0;
    int64_t fields = pm_sheet_fields(line);

    for (int64_t f = 0; f < fields; f++) {
        pm_head_line other = pm_sheet_field(line, f);
        same += other.n == field.n && memcmp(other.at, field.at, (size_t)field.n) == 0;
    }
    return same == 1;
}

static bool is_unit(pm_head_line field)
{
    pm_unit unit;
    char text[16];

    snprintf(text, sizeof text, "%.*s", (int)(field.n < 15 ? field.n : 15), field.at);
    return field.n < 10 && pm_unit_parse(text, &unit, NULL) == PM_OK;
}

/* The label of one column: the lower word where it says enough, else both. */
static int join_label(const pm_head *head, const merges *m, int64_t row, int64_t f, char text[LABEL_BYTES])
{
    const merge *over = merge_at(m, row, f);
    pm_head_line up = pm_sheet_field(head->line[row], over ? over->column : f);
    pm_head_line low = pm_sheet_field(head->line[row + 1], f);
    int up_n = up.n < 100 ? (int)up.n : 100, low_n = low.n < 100 ? (int)low.n : 100;

    if (low_n == 0) up = over && over->column != f ? (pm_head_line){"", 0} : up;
    if (low_n == 0) return snprintf(text, LABEL_BYTES, "%.*s", up.n ? up_n : 0, up.at);
    if (up_n > 0 && is_unit(low)) return snprintf(text, LABEL_BYTES, "%.*s (%.*s)", up_n, up.at, low_n, low.at);
    if (up_n == 0 || is_unique(head->line[row + 1], low)) return snprintf(text, LABEL_BYTES, "%.*s", low_n, low.at);
    return snprintf(text, LABEL_BYTES, "%.*s %.*s", up_n, up.at, low_n, low.at);
}

static pm_status join_rows(pm_sheet *sheet, const pm_head *head, const merges *m, int64_t row, pm_error *err)
{
    int64_t up = pm_sheet_fields(head->line[row]), low = pm_sheet_fields(head->line[row + 1]);
    int64_t fields = up > low ? up : low, used = 0;

    sheet->header = malloc((size_t)fields * LABEL_BYTES + 1);
    if (!sheet->header) return pm_fail(err, PM_ERR_MEMORY, "no memory for a header");
    sheet->header_row = row;
    sheet->header[0] = 0;
    for (int64_t f = 0; f < fields; f++) {
        if (f > 0) sheet->header[used++] = '\t';
        used += join_label(head, m, row, f, sheet->header + used);
    }
    return PM_OK;
}

pm_status pm_sheet_header(const pm_workbook *book, pm_sheet *sheet, const pm_head *head, pm_error *err)
{
    merges m = {0};
    pm_xml_events events = {&m, on_start, NULL, NULL};
    int64_t row = 0;
    pm_status s;

    while (row < HEADER_ROWS && row < head->n_lines && !looks_double(head, row)) row++;
    if (row >= HEADER_ROWS || row >= head->n_lines) return PM_OK;
    s = pm_xml_member(book->archive, sheet->member, &events, err);
    for (; !s && m.n > 0 && row < HEADER_ROWS && row < head->n_lines; row++) {
        if (!looks_double(head, row) || !is_double(&m, row)) continue;
        s = join_rows(sheet, head, &m, row, err);
        break;
    }
    free(m.merge);
    return s;
}
