/* SPDX-License-Identifier: MIT */
/* Rows first, then column by column: each kind of value has one tight loop. */
#include "block.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A cycle or step line of a layered file: from `row` on, its fields hold. */
struct pm_carry {
    int64_t row, line;
    int level, shift; /* field f of the level's header is field f + shift of the line */
};

pm_status pm_handed_new(int n, pm_handed *handed, pm_error *err)
{
    handed->number = calloc((size_t)n + 1, sizeof *handed->number);
    handed->word = calloc((size_t)n + 1, sizeof *handed->word);
    if (!handed->number || !handed->word) return pm_fail(err, PM_ERR_MEMORY, "no memory for the layers");
    for (int i = 0; i < n; i++) handed->number[i] = NAN;
    handed->frequency = NAN;
    return PM_OK;
}

void pm_handed_free(pm_handed *handed)
{
    free(handed->number);
    free(handed->word);
    *handed = (pm_handed){0};
}

pm_status pm_block_new(const pm_layout *layout, pm_block *b, pm_error *err)
{
    pm_status s;

    *b = (pm_block){.nul_at = -1, .failed_line = -1};
    b->bad = calloc((size_t)layout->n_columns + 1, sizeof *b->bad);
    if (!b->bad) return pm_fail(err, PM_ERR_MEMORY, "no memory for a block");
    if ((s = pm_builder_new(0, NULL, &b->builder, err))) return s;
    for (int i = 0; i < layout->n_columns; i++)
        pm_builder_add(b->builder, layout->column[i].name, layout->column[i].type, layout->column[i].unit);
    return pm_builder_room(b->builder, 0, err); /* says whether the columns could be added */
}

void pm_block_free(pm_block *b)
{
    free(b->text);
    free(b->bad);
    free(b->row_line);
    free(b->rows);
    free(b->carry);
    free(b->marks.mark);
    pm_tokens_free(&b->tokens);
    pm_builder_free(b->builder);
    pm_table_free(b->table);
    *b = (pm_block){0};
}

/* ---- which lines are rows ---- */

static pm_status push_carry(pm_block *b, struct pm_carry c, pm_error *err)
{
    pm_status s = pm_grow(&b->carry, &b->carry_capacity, b->n_carry + 1, sizeof *b->carry, err);

    if (!s) b->carry[b->n_carry++] = c;
    return s;
}

/* A cycle line may go on as its first step's line, without that one's leading delimiters. */
static pm_status take_context(const pm_layout *layout, pm_block *b, int64_t line, int level, pm_error *err)
{
    int at = 0, n_fields = b->tokens.lines[line].n_fields;
    pm_status s;

    for (; level < layout->levels - 1 && at < n_fields; level++) {
        int labels = layout->labels[level].n, shift = at == 0 ? 0 : at - level;
        if ((s = push_carry(b, (struct pm_carry){b->n_rows, line, level, shift}, err))) return s;
        at = shift + labels;
    }
    return PM_OK;
}

/* Whether any column that should hold a number does. */
static bool holds_a_number(const pm_layout *layout, const pm_tokens *t, const pm_line *line)
{
    for (int i = 0; i < layout->n_columns; i++) {
        const pm_text_column *c = &layout->column[i];
        int64_t n;
        double v;
        const char *at = pm_tokens_field(t, line, c->field, &n);
        if (c->type == PM_DOUBLE && c->kind == PM_VALUE_NUMBER && n > 0 &&
            pm_number_parse(at, n, layout->decimal, &v) == PM_NUMERAL_OK)
            return true;
    }
    return false;
}

static void note_stray(pm_block *b, int64_t line)
{
    if (b->strays++ > 0) return;
    const char *at = b->text + b->tokens.lines[line].start;
    int64_t left = b->n - b->tokens.lines[line].start, n = 0;
    while (n < left && n < 60 && at[n] != '\n') n++;
    b->stray_line = line;
    pm_utf8_from(at, n, b->stray_text, sizeof b->stray_text);
}

/* The last line of a file that ends without a line end may be cut: its last field is then not to be trusted. */
static void note_incomplete(pm_block *b, pm_line *row, bool cut)
{
    if (b->incomplete++ == 0) {
        b->incomplete_first = b->n_rows;
        b->incomplete_fields = row->n_fields;
    }
    b->incomplete_last = b->n_rows;
    if (cut) row->n_fields--;
}

static bool starts_with(const pm_block *b, const pm_line *line, const char *mark)
{
    size_t n = strlen(mark);

    return n > 0 && b->n - line->start >= (int64_t)n && memcmp(b->text + line->start, mark, n) == 0;
}

/* Nothing between the delimiters, if there are any. */
static bool is_blank(const pm_tokens *t, const pm_line *line)
{
    int64_t n = 0;

    for (int f = 0; n == 0 && f < line->n_fields; f++) pm_tokens_field(t, line, f, &n);
    return n == 0;
}

/* Decides on one line; rows are collected. */
static pm_status take_line(const pm_layout *layout, pm_block *b, int64_t i, pm_error *err)
{
    pm_line row = b->tokens.lines[i];
    const pm_dialect *d = layout->dialect;
    bool cut = b->no_final_newline && i == b->tokens.n_lines - 1;
    int64_t n;

    pm_tokens_field(&b->tokens, &row, 0, &n);
    if (n == 0 && is_blank(&b->tokens, &row)) return PM_OK;
    if (d && starts_with(b, &row, d->comment)) return PM_OK;
    if (layout->levels > 1) {
        int level = pm_tokens_leading_empty(&b->tokens, &row, layout->levels - 1);
        if (level < layout->levels - 1) return take_context(layout, b, i, level, err);
    }
    if (layout->tables && n > 0 && !layout->labels[0].text[0][0]) { /* rows begin with an empty field: it is shifted */
        note_stray(b, i);
        return PM_OK;
    }
    if (row.n_fields < layout->expected_fields) {
        if (!cut && !holds_a_number(layout, &b->tokens, &row)) {
            note_stray(b, i);
            return PM_OK;
        }
        note_incomplete(b, &row, cut);
    }
    if (layout->levels == 1 && row.n_fields > layout->labels[0].n) {
        pm_tokens_field(&b->tokens, &row, layout->labels[0].n, &n);
        if (n > 0 && b->excess++ == 0) b->excess_first = b->n_rows;
    }
    b->row_line[b->n_rows] = (int32_t)i;
    b->rows[b->n_rows++] = row;
    return PM_OK;
}

static pm_status find_rows(const pm_layout *layout, pm_block *b, pm_error *err)
{
    int64_t lines = b->tokens.n_lines;
    pm_status s;

    if ((s = pm_grow(&b->rows, &b->rows_capacity, lines + 1, sizeof *b->rows, err))) return s;
    if ((s = pm_grow(&b->row_line, &b->row_line_capacity, lines + 1, sizeof *b->row_line, err))) return s;
    for (int64_t i = 0; i < lines; i++)
        if ((s = take_line(layout, b, i, err))) return s;
    b->n_lines = lines;
    return PM_OK;
}

/* ---- cells ---- */

/* A header in the middle: the cell holds its own column's label. */
static bool is_label(const pm_text_column *c, const char *at, int64_t n)
{
    char text[PM_LABEL_MAX];
    size_t k;

    pm_utf8_from(at, n, text, sizeof text);
    k = strlen(text);
    return k > 0 && strncmp(c->source_name, text, k) == 0;
}

static pm_status fail_cell(pm_block *b, int64_t row, const pm_text_column *c, pm_status code, const char *hint,
                           const char *what, const char *at, int64_t n, pm_error *err)
{
    char text[40];

    pm_utf8_from(at, n < 30 ? n : 30, text, sizeof text);
    b->failed_line = b->row_line[row];
    return pm_fail_at(err, code, pm_at_line(NULL, -1, c->name), hint, what, text);
}

static bool has_digit(const char *at, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (at[i] >= '0' && at[i] <= '9') return true;
    return false;
}

static pm_status bad_cell(pm_block *b, int column, const pm_text_column *c, int64_t row, pm_numeral kind,
                          const char *at, int64_t n, pm_error *err)
{
    bool word = memchr(at, '#', (size_t)n) || !has_digit(at, n); /* inf, 1.#INF: an instrument's word for no value */
    if (kind == PM_NUMERAL_RANGE && !word && c->known)
        return fail_cell(b, row, c, PM_ERR_DATA, "the file is damaged there: export it again",
                         "'%s' is outside the range of a number", at, n, err);
    if (is_label(c, at, n))
        return fail_cell(b, row, c, PM_ERR_FORMAT, "two tests are joined in this file: split it at this line",
                         "a second header begins with '%s'", at, n, err);
    pm_bad_cells *bad = &b->bad[column];
    if (bad->count++ == 0) {
        bad->row_first = row;
        pm_utf8_from(at, n < 30 ? n : 30, bad->text, sizeof bad->text);
    }
    bad->row_last = row;
    return PM_OK;
}

static inline double in_unit(const pm_text_column *c, double v)
{
    return v * c->num / c->den + c->shift;
}

static pm_status parse_numbers(const pm_layout *layout, pm_block *b, int column, double *to, pm_error *err)
{
    const pm_text_column *c = &layout->column[column];
    bool as_is = c->num == 1 && c->den == 1 && c->shift == 0;
    const char *before = "";
    int64_t before_n = -1;
    pm_status s;

    for (int64_t r = 0; r < b->n_rows; r++) {
        int64_t n;
        const char *at = pm_tokens_field(&b->tokens, &b->rows[r], c->field, &n);
        /* Counters stand still for half of a file: text equal to the row's before is the same number. */
        if (n == before_n && (n == 0 || (at[n - 1] == before[n - 1] && memcmp(at, before, (size_t)n) == 0))) {
            to[r] = to[r - 1];
            continue;
        }
        pm_numeral k = pm_number_parse(at, n, layout->decimal, &to[r]);
        if (k > PM_NUMERAL_EMPTY) {
            if ((s = bad_cell(b, column, c, r, k, at, n, err))) return s;
            to[r] = NAN;
            before_n = -1; /* every bad cell is counted */
        } else {
            before = at;
            before_n = n;
        }
    }
    for (int64_t r = 0; !as_is && r < b->n_rows; r++) to[r] = in_unit(c, to[r]);
    return PM_OK;
}

static pm_status parse_durations(const pm_layout *layout, pm_block *b, int column, double *to, pm_error *err)
{
    const pm_text_column *c = &layout->column[column];
    pm_status s;

    for (int64_t r = 0; r < b->n_rows; r++) {
        int64_t n;
        bool plain;
        const char *at = pm_tokens_field(&b->tokens, &b->rows[r], c->field, &n);
        pm_numeral k = pm_duration_parse(at, n, layout->decimal, &to[r], &plain);
        if (k > PM_NUMERAL_EMPTY) {
            if ((s = bad_cell(b, column, c, r, k, at, n, err))) return s;
            to[r] = NAN;
        }
        if (plain) to[r] = in_unit(c, to[r]);
    }
    return PM_OK;
}

static pm_status parse_clocks(const pm_layout *layout, pm_block *b, int column, double *to, pm_error *err)
{
    const pm_text_column *c = &layout->column[column];
    pm_clock_cache cache = {0};
    pm_status s;

    for (int64_t r = 0; r < b->n_rows; r++) {
        int64_t n;
        const char *at = pm_tokens_field(&b->tokens, &b->rows[r], c->field, &n);
        pm_numeral k = pm_clock_parse(c->clock, &cache, at, n, &to[r]);
        if (k > PM_NUMERAL_EMPTY) {
            if ((s = bad_cell(b, column, c, r, k, at, n, err))) return s;
            to[r] = NAN;
        }
        to[r] -= c->base;
    }
    return PM_OK;
}

/* Two quotes within quotes stand for one. Works in place; returns the length. */
static int64_t undouble(char *text, int64_t n)
{
    int64_t k = 0;

    for (int64_t i = 0; i < n; i++) {
        text[k++] = text[i];
        if (text[i] == '"' && i + 1 < n && text[i + 1] == '"') i++;
    }
    return k;
}

static pm_status put_word(pm_block *b, int column, int64_t row, const char *at, int64_t n, pm_error *err)
{
    bool quoted = at > b->text && at[-1] == '"' && at[n] == '"';
    bool doubled = quoted && n > 1 && memchr(at, '"', (size_t)n);

    if (n == 0 && !quoted) return PM_OK;
    if (!b->latin1 && !doubled) {
        pm_builder_word(b->builder, column, row, at, n);
        return PM_OK;
    }
    int64_t room = 2 * n + 4;
    pm_scoped_text text = malloc((size_t)room);
    if (!text) return pm_fail(err, PM_ERR_MEMORY, "no memory for a word");
    pm_utf8_from(at, n, text, room);
    n = (int64_t)strlen(text);
    pm_builder_word(b->builder, column, row, text, doubled ? undouble(text, n) : n);
    return PM_OK;
}

static pm_status parse_column(const pm_layout *layout, pm_block *b, int column, pm_error *err)
{
    const pm_text_column *c = &layout->column[column];
    double *to = c->type == PM_DOUBLE ? pm_builder_doubles(b->builder, column) : NULL;
    pm_status s;

    switch (c->kind) {
    case PM_VALUE_NUMBER: return parse_numbers(layout, b, column, to, err);
    case PM_VALUE_DURATION: return parse_durations(layout, b, column, to, err);
    case PM_VALUE_CLOCK: return parse_clocks(layout, b, column, to, err);
    case PM_VALUE_WORD: break;
    }
    for (int64_t r = 0; r < b->n_rows; r++) {
        int64_t n;
        const char *at = pm_tokens_field(&b->tokens, &b->rows[r], c->field, &n);
        if ((s = put_word(b, column, r, at, n, err))) return s;
    }
    return PM_OK;
}

static void apply_sign(const pm_layout *layout, pm_block *b)
{
    if (layout->sign_field < 0 || layout->sign_column < 0) return;
    double *current = pm_builder_doubles(b->builder, layout->sign_column);
    for (int64_t r = 0; r < b->n_rows; r++) {
        int64_t n;
        const char *at = pm_tokens_field(&b->tokens, &b->rows[r], layout->sign_field, &n);
        int sign = pm_dialect_letter(layout->dialect, at, n);
        if (sign) current[r] = sign * fabs(current[r]);
    }
}

static void forget(const pm_layout *layout, pm_block *b)
{
    b->n_rows = b->n_carry = b->incomplete = b->strays = b->excess = 0;
    b->failed_line = -1;
    memset(b->bad, 0, (size_t)layout->n_columns * sizeof *b->bad);
}

pm_status pm_block_parse(const pm_layout *layout, pm_block *b, pm_error *err)
{
    pm_status s;

    forget(layout, b);
    for (int64_t i = 0; layout->dialect && layout->dialect->quoted_rows && i < b->n; i++)
        if (b->text[i] == '"') b->text[i] = ' ';
    if (layout->blanks) pm_blanks_to_tabs(b->text, b->n, 1);
    b->no_final_newline = b->last && b->n > 0 && b->text[b->n - 1] != '\n';
    if ((s = pm_tokens_find(&b->tokens, b->text, b->n, layout->delimiter, err))) return s;
    if ((s = find_rows(layout, b, err))) return s;
    if ((s = pm_builder_room(b->builder, b->n_rows, err))) return s;
    for (int i = 0; i < layout->n_columns; i++)
        if (layout->column[i].level == layout->levels - 1 && (s = parse_column(layout, b, i, err))) return s;
    apply_sign(layout, b);
    for (int i = 0; i < layout->n_columns; i++) pm_block_derive(layout, b, i);
    return PM_OK;
}

/* ---- layers ---- */

/* Rows [from, to) of a column that cycle or step lines hold. */
static void fill_carried(const pm_layout *layout, pm_block *b, int column, const pm_handed *handed, int64_t from,
                         int64_t to)
{
    if (layout->column[column].type == PM_STRING) {
        const char *word = handed->word[column];
        for (int64_t r = from; word[0] && r < to; r++) pm_builder_word(b->builder, column, r, word, -1);
        return;
    }
    double *at = pm_builder_doubles(b->builder, column);
    for (int64_t r = from; r < to; r++) at[r] = handed->number[column];
}

static void hand_over(const pm_layout *layout, pm_block *b, int column, const struct pm_carry *carry, pm_handed *handed)
{
    const pm_text_column *c = &layout->column[column];
    int64_t n;
    const char *at = pm_tokens_field(&b->tokens, &b->tokens.lines[carry->line], c->field + carry->shift, &n);

    if (c->type == PM_STRING)
        pm_utf8_from(at, n, handed->word[column], sizeof handed->word[column]);
    else if (pm_number_parse(at, n, layout->decimal, &handed->number[column]) > PM_NUMERAL_EMPTY)
        handed->number[column] = NAN;
}

static void carry_column(const pm_layout *layout, pm_block *b, int column, pm_handed *handed)
{
    int64_t row = 0;

    for (int64_t i = 0; i < b->n_carry; i++) {
        if (b->carry[i].level != layout->column[column].level) continue;
        fill_carried(layout, b, column, handed, row, b->carry[i].row);
        row = b->carry[i].row;
        hand_over(layout, b, column, &b->carry[i], handed);
    }
    fill_carried(layout, b, column, handed, row, b->n_rows);
}

pm_status pm_block_seal(const pm_layout *layout, pm_block *b, pm_handed *handed, pm_error *err)
{
    for (int i = 0; i < layout->n_columns; i++)
        if (layout->column[i].level < layout->levels - 1) carry_column(layout, b, i, handed);
    if (layout->spectrum_column >= 0) pm_block_count_spectra(layout, b, handed);
    pm_builder_commit(b->builder, b->n_rows);
    pm_table_free(b->table);
    b->table = NULL;
    return pm_builder_finish(b->builder, &b->table, err);
}
