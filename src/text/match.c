/* SPDX-License-Identifier: MIT */
/* Which dialect a head is written in, and which line is the header. */
#include "match.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_LOOKED_AT = 2000, LINES_AFTER_BEST = 60 };

/* Header lines hold words; lines of numbers are data. */
static bool mostly_words(const pm_labels *labels)
{
    int words = 0, filled = 0;

    for (int i = 0; i < labels->n; i++) {
        double v;
        if (!labels->text[i][0]) continue;
        filled++;
        words += pm_number_parse(labels->text[i], (int64_t)strlen(labels->text[i]), '.', &v) == PM_NUMERAL_BAD;
    }
    return filled > 0 && words * 2 > filled;
}

static bool holds_number(const pm_labels *labels)
{
    double v;

    for (int i = 0; i < labels->n; i++)
        if (pm_number_parse(labels->text[i], (int64_t)strlen(labels->text[i]), '.', &v) == PM_NUMERAL_OK) return true;
    return false;
}

static bool has_label(const pm_labels *labels, const char *label)
{
    for (int i = 0; i < labels->n; i++) {
        const char *text = labels->text[i];
        if (strcmp(text, label) == 0 || (text[0] == '~' && strcmp(text + 1, label) == 0)) return true;
    }
    return false;
}

static bool has_all(const pm_labels *labels, const pm_node *wanted)
{
    for (int64_t i = 0; i < pm_node_count(wanted); i++) {
        const char *label = pm_node_scalar(pm_node_item(wanted, i));
        if (!label || !has_label(labels, label)) return false;
    }
    return true;
}

static bool has_none(const pm_labels *labels, const pm_node *unwanted)
{
    for (int64_t i = 0; i < pm_node_count(unwanted); i++) {
        const char *label = pm_node_scalar(pm_node_item(unwanted, i));
        if (label && has_label(labels, label)) return false;
    }
    return true;
}

/* "line 3 holds 'A', 'B', 'C'" */
static void reason_labels(pm_match *m, int64_t line, const pm_node *wanted)
{
    int n = snprintf(m->reason, sizeof m->reason, "line %lld holds", (long long)line + 1);

    for (int64_t i = 0; i < pm_node_count(wanted) && i < 4 && n < (int)sizeof m->reason; i++)
        n += snprintf(m->reason + n, sizeof m->reason - (size_t)n, "%s '%s'", i ? "," : "",
                      pm_node_scalar(pm_node_item(wanted, i)));
}

/* The lines that may be headers, with their labels. */
typedef struct label_lines {
    pm_labels labels[64];
    int64_t line[64];
    int n;
} label_lines;

static pm_status collect_label_lines(const pm_head *head, label_lines *found, pm_error *err)
{
    pm_status s;

    for (int64_t i = 0; i < head->n_lines && i < LINES_LOOKED_AT && found->n < 64; i++) {
        char delimiter = pm_line_delimiter(head->line[i]);
        pm_labels *labels = &found->labels[found->n];
        if (!delimiter) continue;
        if ((s = pm_labels_split(head->line[i], delimiter, NULL, labels, err))) return s;
        if (labels->n >= 2 && mostly_words(labels))
            found->line[found->n++] = i;
        else
            pm_labels_free(labels);
    }
    return PM_OK;
}

static bool match_texts(const pm_head *head, const pm_node *alternative, pm_match *m)
{
    const char *first = pm_node_text(pm_node_find(alternative, "first"), NULL);
    const pm_node *texts = pm_node_find(alternative, "head");

    if (first && (head->n < (int64_t)strlen(first) || memcmp(head->text, first, strlen(first)) != 0)) return false;
    for (int64_t i = 0; i < pm_node_count(texts); i++) {
        const char *text = pm_node_scalar(pm_node_item(texts, i));
        if (!text || !memmem(head->text, (size_t)head->n, text, strlen(text))) return false;
    }
    if (!first && pm_node_count(texts) == 0) return true;
    const char *shown = first ? first : pm_node_scalar(pm_node_item(texts, 0));
    while (*shown == '\n') shown++;
    m->score = 95;
    snprintf(m->reason, sizeof m->reason, "%s '%s'", first ? "the file begins with" : "the file's head holds", shown);
    return true;
}

static bool match_alternative(const pm_head *head, const label_lines *lines, const pm_node *alternative, pm_match *m)
{
    const pm_node *header = pm_node_find(alternative, "header");

    m->line = -1;
    m->score = 0;
    if (!match_texts(head, alternative, m)) return false;
    if (!header) return m->score > 0;
    for (int i = 0; i < lines->n; i++) {
        if (!has_all(&lines->labels[i], header) || !has_none(&lines->labels[i], pm_node_find(alternative, "without")))
            continue;
        m->line = lines->line[i];
        if (!m->score) {
            int64_t extra = pm_node_count(header) * 6;
            m->score = 50 + (int)(extra < 45 ? extra : 45);
            reason_labels(m, m->line, header);
        }
        return true;
    }
    return false;
}

static void insert_match(int room, pm_match best_first[], int *n, const pm_match *m)
{
    int at = *n < room ? *n : room;

    while (at > 0 && best_first[at - 1].score < m->score) at--;
    if (at >= room) return;
    if (*n < room) (*n)++;
    memmove(&best_first[at + 1], &best_first[at], (size_t)(*n - 1 - at) * sizeof *best_first);
    best_first[at] = *m;
}

pm_status pm_match_dialects(const pm_head *head, const pm_dialects *dialects, int room, pm_match best_first[], int *n,
                            pm_error *err)
{
    label_lines *lines = calloc(1, sizeof *lines);

    *n = 0;
    if (!lines) return pm_fail(err, PM_ERR_MEMORY, "no memory to look for a header");
    pm_status s = collect_label_lines(head, lines, err);
    for (int d = 0; !s && d < dialects->n; d++) {
        pm_match best = {.dialect = &dialects->dialect[d], .score = 0};
        for (int64_t a = 0; a < pm_node_count(best.dialect->find); a++) {
            pm_match m = best;
            if (match_alternative(head, lines, pm_node_item(best.dialect->find, a), &m) && m.score > best.score)
                best = m;
        }
        if (best.score > 0) insert_match(room, best_first, n, &best);
    }
    for (int i = 0; i < lines->n; i++) pm_labels_free(&lines->labels[i]);
    free(lines);
    return s;
}

/* How many different quantities a line names; without a time or a voltage it is no header of records. */
static int quantities_named(const pm_labels *labels, const pm_quantities *quantities)
{
    const pm_quantity *seen[64];
    int n = 0;

    for (int i = 0; i < labels->n && n < 64; i++) {
        int distance;
        bool again = false;
        pm_label label = pm_label_split(labels->text[i], (int64_t)strlen(labels->text[i]));
        const pm_quantity *q = pm_label_quantity(quantities, &label, &distance);
        for (int k = 0; k < n; k++) again = again || seen[k] == q;
        if (q && !again) seen[n++] = q;
    }
    return n;
}

/* A table of something else: a line of words, and below it one of as many fields that holds a number. */
static pm_status is_table_line(const pm_head *head, int64_t i, bool *is, pm_error *err)
{
    char delimiter = pm_line_delimiter(head->line[i]);
    pm_labels labels = {0}, below = {0};
    pm_status s;

    *is = false;
    if (!delimiter) return PM_OK;
    s = pm_labels_split(head->line[i], delimiter, NULL, &labels, err);
    if (!s) s = pm_labels_split(head->line[i + 1], delimiter, NULL, &below, err);
    *is = !s && labels.n >= 2 && below.n == labels.n && mostly_words(&labels) && holds_number(&below);
    pm_labels_free(&labels);
    pm_labels_free(&below);
    return s;
}

static pm_status table_line(const pm_head *head, int64_t *line, pm_error *err)
{
    bool is = false;
    pm_status s = PM_OK;

    for (*line = 0; !s && !is && *line + 1 < head->n_lines && *line < LINES_LOOKED_AT;) {
        s = is_table_line(head, *line, &is, err);
        if (!is) ++*line;
    }
    if (!is) *line = -1;
    return s;
}

/* No two the same, none empty, none a number. */
static bool all_names(const pm_labels *labels)
{
    double v;

    for (int i = 0; i < labels->n; i++) {
        const char *text = labels->text[i];
        if (pm_number_parse(text, (int64_t)strlen(text), '.', &v) != PM_NUMERAL_BAD) return false;
        for (int k = 0; k < i; k++)
            if (strcmp(labels->text[k], text) == 0) return false;
    }
    return true;
}

/* How many columns the first line names, if all lines below it are as wide; else 0. A single word of a row that is also
 * the name of a quantity ("e") does not make a header of it. */
static pm_status names_of_first_line(const pm_head *head, int *n, pm_error *err)
{
    char delimiter = head->n_lines ? pm_line_delimiter(head->line[0]) : 0;
    int64_t rows = head->n_lines < 20 ? head->n_lines : 20;
    pm_labels names;
    pm_status s;

    *n = 0;
    if (!delimiter || rows < 2) return PM_OK;
    if ((s = pm_labels_split(head->line[0], delimiter, NULL, &names, err))) return s;
    *n = all_names(&names) ? names.n : 0;
    pm_labels_free(&names);
    for (int64_t i = 1; i < rows && *n; i++) {
        pm_labels row;
        bool blank = head->line[i].n == 0, cut = i + 1 == head->n_lines && i > 1; /* the last line may be half of one */
        if (blank || cut) continue;
        if ((s = pm_labels_split(head->line[i], delimiter, NULL, &row, err))) return s;
        if (row.n != *n) *n = 0;
        pm_labels_free(&row);
    }
    return PM_OK;
}

/* The header of a table that hardly names a quantity: `known` is a line that names one, -1 = none does. Two columns of
 * words may also be settings above it, so there a line before numbers goes first. */
static pm_status plain_line(const pm_head *head, int64_t known, int64_t *line, pm_error *err)
{
    int names;
    bool is = true;
    pm_status s;

    *line = 0;
    if ((s = names_of_first_line(head, &names, err)) || names > 2) return s;
    if (known >= 0 && names == 2 && known + 1 < head->n_lines && (s = is_table_line(head, known, &is, err))) return s;
    *line = known;
    if (known >= 0 && is) return PM_OK;
    if ((s = table_line(head, line, err))) return s;
    if (*line < 0 && names == 2) *line = 0;
    return PM_OK;
}

pm_status pm_match_labels(const pm_head *head, const pm_quantities *quantities, int64_t *line, pm_error *err)
{
    enum { ENOUGH = 2 }; /* quantities that make a line a header */
    int most = 0;
    pm_status s;

    *line = -1;
    for (int64_t i = 0; i < head->n_lines && i < LINES_LOOKED_AT; i++) {
        char delimiter = pm_line_delimiter(head->line[i]);
        pm_labels labels;
        if (*line >= 0 && i > *line + LINES_AFTER_BEST) break;
        if (!delimiter) continue;
        if ((s = pm_labels_split(head->line[i], delimiter, NULL, &labels, err))) return s;
        int n = mostly_words(&labels) ? quantities_named(&labels, quantities) : 0;
        pm_labels_free(&labels);
        if (n <= most) continue;
        most = n;
        *line = i;
    }
    return most >= ENOUGH ? PM_OK : plain_line(head, *line, line, err);
}
