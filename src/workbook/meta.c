/* SPDX-License-Identifier: MIT */
/* Sheets that describe a test: Arbin's Global_Info has a row of labels above a row of values, Neware's "test" has labels
 * with their values beside them. */
#include "xlsx.h"

#include <stdlib.h>

enum { SHEET_BYTES_MAX = 1 << 20, HEAD_BYTES = 32 * 1024, ROWS_MAX = 200, FIELDS_MAX = 64, LABELS_LEAST = 4 };

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A label is a word that does not begin like a number or a date. */
static bool is_label(pm_head_line field)
{
    double v;

    return field.n > 0 && field.n < PM_LABEL_MAX && !digit(field.at[0]) &&
           pm_number_parse(field.at, field.n, '.', &v) == PM_NUMERAL_BAD;
}

static pm_status add(pm_text *text, pm_head_line label, pm_head_line value, pm_error *err)
{
    char key[PM_LABEL_MAX], words[512];
    int64_t n = label.n;

    while (n > 0 && strchr(": ", label.at[n - 1])) n--;
    if (n == 0 || value.n == 0) return PM_OK;
    pm_utf8_from(label.at, n, key, sizeof key);
    pm_utf8_from(value.at, value.n, words, sizeof words);
    return pm_text_meta(text, key, words, err);
}

/* ---- labels above values ---- */

/* How many labels a row holds; 0 where something else is among them, or they are too few. */
static int64_t labels_in(pm_head_line line)
{
    int64_t n = 0, fields = pm_sheet_fields(line);

    for (int64_t f = 0; f < fields; f++) {
        pm_head_line field = pm_sheet_field(line, f);
        if (field.n > 0 && !is_label(field)) return 0;
        n += field.n > 0;
    }
    return n < LABELS_LEAST ? 0 : n;
}

/* Values stand below labels only, below half of them or more. */
static bool fits_labels(pm_head_line labels, pm_head_line values, int64_t n_labels)
{
    int64_t n = 0, fields = pm_sheet_fields(values);

    for (int64_t f = 0; f < fields; f++) {
        if (pm_sheet_field(values, f).n == 0) continue;
        if (pm_sheet_field(labels, f).n == 0) return false;
        n++;
    }
    return 2 * n >= n_labels;
}

/* The first number in a sheet's name: the channel of "Channel_11_1". */
static int64_t channel_of(const char *name)
{
    while (*name && !digit(*name)) name++;
    return *name ? strtoll(name, NULL, 10) : -1;
}

/* Of several rows of values the one that belongs to the channel read; -1 = cannot be told. */
static int64_t row_of_channel(const pm_workbook *book, const pm_head *head, int64_t labels, int64_t rows)
{
    int64_t channel = channel_of(book->sheet[book->chosen[0]].name), fields = pm_sheet_fields(head->line[labels]);

    if (rows == 1) return labels + 1;
    for (int64_t f = 0; f < fields; f++) {
        pm_head_line label = pm_sheet_field(head->line[labels], f);
        if (label.n != 7 || strncasecmp(label.at, "channel", 7) != 0) continue;
        for (int64_t r = labels + 1; r <= labels + rows; r++) {
            pm_head_line value = pm_sheet_field(head->line[r], f);
            if (value.n > 0 && strtoll(value.at, NULL, 10) == channel) return r;
        }
    }
    return -1;
}

static pm_status take_below(const pm_workbook *book, const pm_head *head, int64_t labels, pm_text *text, int64_t *rows,
                            pm_error *err)
{
    int64_t n = labels_in(head->line[labels]), fields = pm_sheet_fields(head->line[labels]);
    pm_status s;

    *rows = 0;
    while (n > 0 && labels + *rows + 1 < head->n_lines && head->line[labels + *rows + 1].n > 0 &&
           fits_labels(head->line[labels], head->line[labels + *rows + 1], n))
        ++*rows;
    if (*rows == 0) return PM_OK;
    int64_t row = row_of_channel(book, head, labels, *rows);
    for (int64_t f = 0; row >= 0 && f < fields && f < FIELDS_MAX; f++) {
        pm_head_line label = pm_sheet_field(head->line[labels], f), value = pm_sheet_field(head->line[row], f);
        if ((s = add(text, label, value, err))) return s;
    }
    return PM_OK;
}

/* ---- labels beside values ---- */

/* Labels stand in the same columns all over such a sheet: the fullest row tells which. */
static int label_columns(const pm_head *head, int64_t column[FIELDS_MAX])
{
    int n = 0;

    for (int64_t r = 0; r < head->n_lines; r++) {
        int64_t here[FIELDS_MAX], fields = pm_sheet_fields(head->line[r]);
        int filled = 0;
        for (int64_t f = 0; f < fields && filled < FIELDS_MAX; f++)
            if (pm_sheet_field(head->line[r], f).n > 0) here[filled++] = f;
        if (filled % 2 || filled / 2 <= n) continue;
        n = filled / 2;
        for (int k = 0; k < n; k++) column[k] = here[2 * k];
    }
    return n;
}

static pm_status take_beside(const pm_head *head, pm_text *text, pm_error *err)
{
    int64_t column[FIELDS_MAX];
    int n = label_columns(head, column);
    pm_status s;

    for (int64_t r = 0; r < head->n_lines; r++) {
        for (int k = 0; k < n; k++) {
            int64_t stop = k + 1 < n ? column[k + 1] : FIELDS_MAX;
            pm_head_line label = pm_sheet_field(head->line[r], column[k]), value = {"", 0};
            for (int64_t f = column[k] + 1; f < stop && value.n == 0; f++) value = pm_sheet_field(head->line[r], f);
            if (is_label(label) && (s = add(text, label, value, err))) return s;
        }
    }
    return PM_OK;
}

static pm_status take_sheet(const pm_workbook *book, const pm_head *head, pm_text *text, pm_error *err)
{
    int64_t rows, tables = 0;
    pm_status s;

    for (int64_t r = 0; r < head->n_lines; r++) {
        if ((s = take_below(book, head, r, text, &rows, err))) return s;
        tables += rows > 0;
        r += rows;
    }
    return tables ? PM_OK : take_beside(head, text, err);
}

/* Tables of cycles, steps and logs describe nothing; what is short does. */
static bool describes(const pm_sheet *sheet, const pm_head *head)
{
    return head->whole && head->n_lines <= ROWS_MAX && sheet->rank <= 10;
}

pm_status pm_workbook_meta(pm_workbook *book, pm_text *text, pm_error *err)
{
    pm_status s = PM_OK;

    for (int i = 0; !s && i < book->n_sheets; i++) {
        pm_head head = {0};
        const pm_sheet *sheet = &book->sheet[i];
        bool chosen = false;
        for (int k = 0; k < book->n_chosen; k++) chosen = chosen || book->chosen[k] == i;
        if (chosen || !sheet->part || sheet->bytes > SHEET_BYTES_MAX) continue;
        s = pm_sheet_head(book, i, HEAD_BYTES, &head, err);
        if (!s && describes(sheet, &head)) s = take_sheet(book, &head, text, err);
        pm_head_free(&head);
    }
    return s;
}
