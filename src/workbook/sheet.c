/* SPDX-License-Identifier: MIT */
/* A sheet's cells to lines of tab separated text, as the XML comes in. Numbers keep their digits. */
#include "xlsx.h"

#include <stdlib.h>

enum { XML_CHUNK = 16 * 1024, CELL_MAX = 4 * 32767, LINE_MAX = 1 << 20, TEXT_FLOOR = 16 << 20, TEXT_PER_XML = 20 };

typedef enum cell_type { CELL_NUMBER, CELL_SHARED, CELL_BOOL, CELL_TEXT, CELL_NO_TYPE } cell_type;

struct pm_sheet_text {
    const pm_workbook *book;
    int *sheets, n, at; /* at: the one being read */
    pm_member *member;
    pm_xml *xml;
    uint8_t chunk[XML_CHUNK];
    int64_t xml_bytes, made; /* of all sheets so far */
    /* lines that wait to be taken */
    char *out;
    int64_t out_n, out_at, out_room;
    /* of the sheet being read */
    int64_t rows_said, columns_said, width; /* width: of the widest row so far, to which all are filled up */
    bool in_data, in_row;
    /* of the row being read; rows and columns from 0 */
    int64_t row, line_n, column, fields;
    bool left_out;
    /* of the cell being read */
    int64_t cell_column;
    cell_type type;
    pm_cell_style style;
    bool in_cell, in_value, in_phonetic;
    char value[CELL_MAX];
    int64_t value_n;
};

bool pm_cell_place(const char **at, int64_t *row, int64_t *column)
{
    const char *c = *at;
    int64_t r = 0, k = 0;

    for (; *c >= 'A' && *c <= 'Z'; c++)
        if ((k = k * 26 + (*c - 'A' + 1)) > PM_SHEET_COLUMNS_MAX) return false;
    for (; *c >= '0' && *c <= '9'; c++)
        if ((r = r * 10 + (*c - '0')) > PM_SHEET_ROWS_MAX) return false;
    *row = r - 1;
    *column = k - 1;
    *at = c;
    return r > 0 && k > 0;
}

/* ---- failures ---- */

static const pm_sheet *current(const pm_sheet_text *t)
{
    return &t->book->sheet[t->sheets[t->at]];
}

static pm_status bad_sheet(const pm_sheet_text *t, pm_status code, const char *what, const char *shown, pm_error *err)
{
    return pm_fail_at(err, code, pm_at_line(NULL, t->in_row ? t->row + 1 : -1, NULL),
                      "the workbook is damaged: save it again", what, shown);
}

/* ---- lines ---- */

static pm_status put(pm_sheet_text *t, const char *text, int64_t n, pm_error *err)
{
    pm_status s = pm_grow(&t->out, &t->out_room, t->out_n + n, 1, err);

    if (s) return s;
    memcpy(t->out + t->out_n, text, (size_t)n);
    t->out_n += n;
    t->made += n;
    t->line_n += n;
    if (t->line_n > LINE_MAX)
        return bad_sheet(t, PM_ERR_LIMIT, "a row of the sheet has more than 1 MiB of text%s", "", err);
    if (t->made > TEXT_FLOOR + TEXT_PER_XML * t->xml_bytes)
        return bad_sheet(t, PM_ERR_LIMIT, "the sheet's text is far larger than the sheet%s", "", err);
    return PM_OK;
}

static pm_status put_many(pm_sheet_text *t, char c, int64_t n, pm_error *err)
{
    char many[64];
    pm_status s;

    memset(many, c, sizeof many);
    for (; n > 0; n -= (int64_t)sizeof many) {
        if (c == '\n') t->line_n = 0;
        if ((s = put(t, many, n < (int64_t)sizeof many ? n : (int64_t)sizeof many, err))) return s;
    }
    return PM_OK;
}

/* Tabs, line ends and quotes would be taken for those of delimited text. */
static pm_status put_words(pm_sheet_text *t, const char *text, int64_t n, pm_error *err)
{
    int64_t start = t->out_n;
    pm_status s = put(t, text, n, err);

    if (s) return s;
    for (char *c = t->out + start; c < t->out + t->out_n; c++)
        if (*c == '\t' || *c == '\n' || *c == '\r') *c = ' ';
    if (n > 0 && t->out[start] == '"') t->out[start] = '\'';
    return PM_OK;
}

static pm_status end_line(pm_sheet_text *t, pm_error *err)
{
    pm_status s;

    if (t->fields > t->width) t->width = t->fields;
    if (t->fields > 0 && (s = put_many(t, '\t', t->width - t->fields, err))) return s;
    s = put(t, "\n", 1, err);
    t->line_n = 0;
    return s;
}

/* ---- cells ---- */

static pm_status put_shared(pm_sheet_text *t, pm_error *err)
{
    double index;

    if (pm_number_parse(t->value, t->value_n, '.', &index) != PM_NUMERAL_OK || !(index >= 0) ||
        index >= (double)t->book->n_strings) {
        char shown[24];
        snprintf(shown, sizeof shown, "%.*s", (int)(t->value_n < 20 ? t->value_n : 20), t->value);
        return bad_sheet(t, PM_ERR_FORMAT, "a cell shows shared text number %s, which is not in the workbook", shown,
                         err);
    }
    const char *text = t->book->strings + t->book->string_at[(int64_t)index];
    int64_t n = (int64_t)strlen(text);
    if (n > CELL_MAX) return bad_sheet(t, PM_ERR_LIMIT, "a cell holds more than 32767 characters%s", "", err);
    return put_words(t, text, n, err);
}

static pm_status put_number(pm_sheet_text *t, pm_error *err)
{
    char text[40];
    double days;
    int n = 0;

    if (t->style != PM_CELL_PLAIN && pm_number_parse(t->value, t->value_n, '.', &days) == PM_NUMERAL_OK)
        n = t->style == PM_CELL_DAY ? pm_day_print(days, t->book->from_1904, text) : pm_span_print(days, text);
    return n > 0 ? put(t, text, n, err) : put_words(t, t->value, t->value_n, err);
}

static pm_status put_value(pm_sheet_text *t, pm_error *err)
{
    switch (t->type) {
    case CELL_SHARED: return put_shared(t, err);
    case CELL_BOOL: return t->value[0] == '1' ? put(t, "TRUE", 4, err) : put(t, "FALSE", 5, err);
    case CELL_NUMBER: return put_number(t, err);
    case CELL_TEXT:
    case CELL_NO_TYPE: break;
    }
    return put_words(t, t->value, t->value_n, err);
}

static void trim_value(pm_sheet_text *t)
{
    int64_t from = 0;

    while (t->value_n > 0 && strchr(" \t\r\n", t->value[t->value_n - 1])) t->value_n--;
    while (from < t->value_n && strchr(" \t\r\n", t->value[from])) from++;
    if (from > 0) memmove(t->value, t->value + from, (size_t)(t->value_n - from));
    t->value_n -= from;
}

static pm_status end_cell(pm_sheet_text *t, pm_error *err)
{
    pm_status s;

    t->in_cell = false;
    trim_value(t);
    if (t->value_n == 0 || t->left_out) return PM_OK;
    int64_t tabs = t->cell_column - t->fields + (t->fields > 0);
    if ((s = put_many(t, '\t', tabs, err))) return s;
    t->fields = t->cell_column + 1;
    return put_value(t, err);
}

/* ---- events ---- */

static cell_type type_named(const char *name)
{
    if (!name || strcmp(name, "n") == 0) return CELL_NUMBER;
    if (strcmp(name, "s") == 0) return CELL_SHARED;
    if (strcmp(name, "b") == 0) return CELL_BOOL;
    bool text =
        strcmp(name, "str") == 0 || strcmp(name, "inlineStr") == 0 || strcmp(name, "e") == 0 || strcmp(name, "d") == 0;
    return text ? CELL_TEXT : CELL_NO_TYPE;
}

static pm_cell_style style_numbered(const pm_workbook *b, const char *number)
{
    int64_t i = number ? strtoll(number, NULL, 10) : 0;

    return i >= 0 && i < b->n_styles ? (pm_cell_style)b->style[i] : PM_CELL_PLAIN;
}

static pm_status start_cell(pm_sheet_text *t, const char **attributes, pm_error *err)
{
    const char *place = NULL, *style = NULL, *type = NULL;
    int64_t row = t->row;

    for (const char **a = attributes; a[0]; a += 2) {
        if (a[0][1]) continue;
        if (a[0][0] == 'r') place = a[1];
        if (a[0][0] == 's') style = a[1];
        if (a[0][0] == 't') type = a[1];
    }
    const char *end = place;
    t->cell_column = t->column;
    if (place && (!pm_cell_place(&end, &row, &t->cell_column) || *end))
        return bad_sheet(t, PM_ERR_FORMAT, "'%.24s' is no place of a cell", place, err);
    if (t->cell_column >= PM_SHEET_COLUMNS_MAX)
        return bad_sheet(t, PM_ERR_LIMIT, "a row has more cells than a sheet has columns%s", "", err);
    if (row != t->row || t->cell_column < t->column)
        return bad_sheet(t, PM_ERR_FORMAT, "the cell '%.24s' stands in another's place", place, err);
    t->column = t->cell_column + 1;
    t->type = type_named(type);
    if (t->type == CELL_NO_TYPE) return bad_sheet(t, PM_ERR_FORMAT, "cells of type '%.24s' are not known", type, err);
    t->style = style_numbered(t->book, style);
    t->value_n = 0;
    t->in_cell = true;
    return PM_OK;
}

/* Rows that the file leaves out are lines without text. */
static pm_status start_row(pm_sheet_text *t, const char **attributes, pm_error *err)
{
    int64_t row = t->row + 1;
    pm_status s;

    for (const char **a = attributes; a[0]; a += 2) {
        if (strcmp(a[0], "r") != 0) continue;
        char *end;
        row = strtoll(a[1], &end, 10) - 1;
        if (*end || row < 0 || row >= PM_SHEET_ROWS_MAX)
            return bad_sheet(t, PM_ERR_FORMAT, "'%.24s' is no number of a row", a[1], err);
    }
    if (row <= t->row || row >= PM_SHEET_ROWS_MAX)
        return bad_sheet(t, PM_ERR_FORMAT, "the sheet's rows are not in order%s", "", err);
    if ((s = put_many(t, '\n', row - t->row - 1, err))) return s;
    const pm_sheet *sheet = current(t);
    t->row = row;
    t->line_n = 0;
    t->column = t->fields = 0;
    t->left_out =
        row < sheet->first_row || (sheet->header && (row == sheet->header_row || row == sheet->header_row + 1));
    t->in_row = true;
    return PM_OK;
}

static pm_status end_row(pm_sheet_text *t, pm_error *err)
{
    const pm_sheet *sheet = current(t);
    pm_status s;

    if (sheet->header && t->row == sheet->header_row + 1 && t->row >= sheet->first_row) {
        if ((s = put(t, sheet->header, (int64_t)strlen(sheet->header), err))) return s;
        t->fields = 1;
        for (const char *c = sheet->header; *c; c++) t->fields += *c == '\t';
    }
    t->in_row = false;
    return end_line(t, err);
}

static void read_dimension(pm_sheet_text *t, const char **attributes)
{
    const char *ref = pm_xml_attribute(attributes, "ref"), *colon = ref ? strchr(ref, ':') : NULL;
    int64_t row, column;

    if (colon) ref = colon + 1;
    if (!ref || !pm_cell_place(&ref, &row, &column)) return;
    t->rows_said = row + 1;
    t->columns_said = column + 1;
}

static pm_status on_start(void *context, const char *name, const char **attributes, pm_error *err)
{
    pm_sheet_text *t = context;

    if (t->in_cell) {
        if (strcmp(name, "rPh") == 0) t->in_phonetic = true;
        t->in_value = strcmp(name, "v") == 0 || (strcmp(name, "t") == 0 && !t->in_phonetic);
        return PM_OK;
    }
    if (t->in_row) return strcmp(name, "c") == 0 ? start_cell(t, attributes, err) : PM_OK;
    if (t->in_data) return strcmp(name, "row") == 0 ? start_row(t, attributes, err) : PM_OK;
    if (strcmp(name, "sheetData") == 0) t->in_data = true;
    if (strcmp(name, "dimension") == 0) read_dimension(t, attributes);
    return PM_OK;
}

static pm_status on_text(void *context, const char *text, int64_t n, pm_error *err)
{
    pm_sheet_text *t = context;

    if (!t->in_value) return PM_OK;
    if (n > CELL_MAX - t->value_n)
        return bad_sheet(t, PM_ERR_LIMIT, "a cell holds more than 32767 characters%s", "", err);
    memcpy(t->value + t->value_n, text, (size_t)n);
    t->value_n += n;
    return PM_OK;
}

static pm_status on_end(void *context, const char *name, pm_error *err)
{
    pm_sheet_text *t = context;

    t->in_value = false;
    if (t->in_cell) {
        if (strcmp(name, "rPh") == 0) t->in_phonetic = false;
        return strcmp(name, "c") == 0 ? end_cell(t, err) : PM_OK;
    }
    if (t->in_row) return strcmp(name, "row") == 0 ? end_row(t, err) : PM_OK;
    if (t->in_data && strcmp(name, "sheetData") == 0) t->in_data = false;
    return PM_OK;
}

/* ---- the stream ---- */

pm_status pm_sheet_text_new(const pm_workbook *book, const int *sheets, int n, pm_sheet_text **out, pm_error *err)
{
    pm_scoped(pm_sheet_text) t = malloc(sizeof *t);

    if (!t) return pm_fail(err, PM_ERR_MEMORY, "no memory to read a sheet");
    memset(t, 0, offsetof(pm_sheet_text, value));
    t->value_n = 0;
    t->book = book;
    t->n = n;
    t->sheets = malloc((size_t)(n > 0 ? n : 1) * sizeof *t->sheets);
    if (!t->sheets) return pm_fail(err, PM_ERR_MEMORY, "no memory to read a sheet");
    memcpy(t->sheets, sheets, (size_t)n * sizeof *t->sheets);
    *out = t;
    t = NULL;
    return PM_OK;
}

static pm_status open_sheet(pm_sheet_text *t, pm_error *err)
{
    const pm_sheet *sheet = current(t);
    pm_xml_events events = {t, on_start, on_end, on_text};
    pm_status s;

    t->rows_said = t->columns_said = -1;
    t->row = -1;
    t->width = 0;
    t->in_data = t->in_row = t->in_cell = t->in_value = t->in_phonetic = false;
    if (sheet->member < 0)
        return bad_sheet(t, PM_ERR_FORMAT, "its part '%.100s' is not in the workbook",
                         sheet->part ? sheet->part : sheet->relation, err);
    if ((s = pm_xml_new(&events, &t->xml, err))) return s;
    return pm_member_open(t->book->archive, sheet->member, &t->member, err);
}

static void close_sheet(pm_sheet_text *t)
{
    pm_xml_free(t->xml);
    pm_member_free(t->member);
    t->xml = NULL;
    t->member = NULL;
}

/* Some more XML, or the next sheet. */
static pm_status advance(pm_sheet_text *t, pm_error *err)
{
    int64_t n;
    pm_status s;

    if (!t->xml && (s = open_sheet(t, err))) return s;
    if ((s = pm_member_read(t->member, t->chunk, sizeof t->chunk, &n, err))) return s;
    t->xml_bytes += n;
    if ((s = pm_xml_feed(t->xml, t->chunk, n, n == 0, err))) return s;
    if (n > 0) return PM_OK;
    close_sheet(t);
    t->at++;
    return PM_OK;
}

pm_status pm_sheet_text_read(void *text, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err)
{
    pm_sheet_text *t = text;

    while (t->out_at == t->out_n && t->at < t->n) {
        pm_error own = {.byte = -1, .line = -1, .row = -1};
        t->out_at = t->out_n = 0;
        pm_status s = advance(t, &own);
        if (!s) continue;
        if (!err) return s;
        *err = own;
        snprintf(err->message, sizeof err->message, "sheet '%.60s': %.*s", current(t)->name,
                 (int)sizeof own.message - 100, own.message);
        return s;
    }
    int64_t left = t->out_n - t->out_at;
    *n = left < room ? left : room;
    if (*n > 0) memcpy(bytes, t->out + t->out_at, (size_t)*n);
    t->out_at += *n;
    return PM_OK;
}

void pm_sheet_text_size(const pm_sheet_text *t, int64_t *rows, int64_t *columns)
{
    *rows = t->rows_said;
    *columns = t->columns_said;
}

void pm_sheet_text_free(pm_sheet_text *t)
{
    if (!t) return;
    close_sheet(t);
    free(t->out);
    free(t->sheets);
    free(t);
}
