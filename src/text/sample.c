/* SPDX-License-Identifier: MIT */
#include "sample.h"
#include "tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How much of the rows is looked at: whole lines of SAMPLE_BYTES, and of SAMPLE_LEAST rows however long they are. */
static int64_t sample_bytes(const char *text, int64_t n)
{
    int64_t at = 0;

    for (int lines = 0; at < n && (lines < SAMPLE_LEAST || at < SAMPLE_BYTES); lines++) {
        const char *nl = memchr(text + at, '\n', (size_t)(n - at));
        at = nl ? nl + 1 - text : n;
    }
    return at;
}

/* Whole lines from the head, with what the dialect is particular about out of the way; *n bytes. */
static pm_status take_text(const pm_layout *layout, const pm_head *head, pm_sample *s, int64_t *n, pm_error *err)
{
    int64_t all = head->n - layout->data_byte;
    int64_t lines;

    *n = sample_bytes(head->text + layout->data_byte, all);
    s->text = pm_text_copy(head->text + layout->data_byte, *n);
    if (!s->text) return pm_fail(err, PM_ERR_MEMORY, "no memory for the first rows");
    if (*n < all || !head->whole)
        while (*n > 0 && s->text[*n - 1] != '\n') --*n;
    for (int64_t i = 0; layout->dialect && layout->dialect->quoted_rows && i < *n; i++)
        if (s->text[i] == '"') s->text[i] = ' ';
    if (layout->blanks) pm_blanks_to_tabs(s->text, *n, 1);
    if (!layout->tables) return PM_OK;
    pm_tables tables = *layout->tables;
    return pm_tables_pass(&tables, layout, s->text, *n, layout->data_line, &lines, NULL, err);
}

pm_status pm_sample_take(const pm_layout *layout, const pm_head *head, pm_sample *s, pm_error *err)
{
    int64_t n;
    pm_status status;

    if ((status = take_text(layout, head, s, &n, err))) return status;
    if ((status = pm_tokens_find(&s->tokens, s->text, n, layout->delimiter, err))) return status;
    for (int64_t i = 0; i < s->tokens.n_lines && s->n < SAMPLE_LINES; i++) {
        const pm_line *line = &s->tokens.lines[i];
        int64_t length;
        pm_tokens_field(&s->tokens, line, 0, &length);
        if (line->n_fields == 1 && length == 0) continue;
        if (length > 0 && layout->tables && !layout->labels[0].text[0][0]) continue; /* a shifted row, or no row */
        if (layout->levels > 1 && pm_tokens_leading_empty(&s->tokens, line, layout->levels - 1) < layout->levels - 1)
            continue;
        s->rows[s->n++] = *line;
        s->cut = i == s->tokens.n_lines - 1 && s->text[n - 1] != '\n' && s->n > 1;
    }
    return PM_OK;
}

void pm_sample_free(pm_sample *s)
{
    pm_tokens_free(&s->tokens);
    free(s->text);
}

void pm_sample_values(const pm_sample *s, int field, pm_sample_column *v)
{
    v->count = 0;
    for (int i = 0; i < s->n; i++) {
        if (s->cut && i == s->n - 1 && field == s->rows[i].n_fields - 1) continue;
        v->at[v->count] = pm_tokens_field(&s->tokens, &s->rows[i], field, &v->n[v->count]);
        if (v->n[v->count] > 0) v->count++;
    }
}

/* How many values are no number. */
int pm_not_numbers(const pm_sample_column *v, char decimal, bool durations)
{
    int bad = 0;

    for (int i = 0; i < v->count; i++) {
        double x;
        bool plain;
        pm_numeral k = durations ? pm_duration_parse(v->at[i], v->n[i], decimal, &x, &plain)
                                 : pm_number_parse(v->at[i], v->n[i], decimal, &x);
        bad += k == PM_NUMERAL_BAD;
    }
    return bad;
}

/* A decimal comma: values that are numbers with it and none that need a point. */
char pm_sample_decimal(const pm_layout *layout, const pm_sample *s)
{
    int commas = 0, points = 0;

    if (layout->delimiter == ',') return '.';
    for (int i = 0; i < s->n; i++) {
        for (int f = 0; f < s->rows[i].n_fields; f++) {
            int64_t n;
            double x;
            const char *at = pm_tokens_field(&s->tokens, &s->rows[i], f, &n);
            bool comma = n > 0 && memchr(at, ',', (size_t)n), point = n > 0 && memchr(at, '.', (size_t)n);
            commas += comma && !point && pm_number_parse(at, n, ',', &x) == PM_NUMERAL_OK;
            points += point && !comma && pm_number_parse(at, n, '.', &x) == PM_NUMERAL_OK;
        }
    }
    return commas > points ? ',' : '.';
}

/* One unit of the last digit: the finest among plain decimals, the coarsest where exponents are written. */
double pm_sample_resolution(const pm_sample_column *v, char decimal)
{
    double finest = NAN;

    for (int i = 0; i < v->count; i++) {
        int decimals = 0, exponent = 0;
        bool behind = false, scientific = false;
        for (int64_t k = 0; k < v->n[i]; k++) {
            char c = v->at[i][k];
            if (c == decimal)
                behind = true;
            else if (behind && c >= '0' && c <= '9')
                decimals++;
            else if (c == 'e' || c == 'E') {
                exponent = atoi(v->at[i] + k + 1);
                scientific = true;
                break;
            }
        }
        double x, unit = pow(10, exponent - decimals);
        if (pm_number_parse(v->at[i], v->n[i], decimal, &x) != PM_NUMERAL_OK || (scientific && x == 0)) continue;
        if (isnan(finest) || (scientific ? unit > finest : unit < finest)) finest = unit;
    }
    return finest;
}
