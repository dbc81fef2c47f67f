/* SPDX-License-Identifier: MIT */
/* Labels of one line of a head. */
#include "labels.h"
#include "tokens.h"

#include <stdlib.h>
#include <string.h>

void pm_blanks_to_tabs(char *text, int64_t n, int least)
{
    bool inside = false; /* behind the first word of a line */

    for (int64_t i = 0; i < n; i++) {
        bool blank = text[i] == ' ' || text[i] == '\t';
        if (text[i] == '\n') inside = false;
        if (!blank && text[i] != '\n' && text[i] != '\r') inside = true;
        if (!blank) continue;
        int64_t end = i;
        while (end < n && (text[end] == ' ' || text[end] == '\t')) end++;
        bool tab = memchr(text + i, '\t', (size_t)(end - i));
        if (!tab && end - i < least) continue;
        bool last = end == n || text[end] == '\n' || text[end] == '\r';
        memset(text + i, ' ', (size_t)(end - i));
        if (inside && !last) text[i] = '\t';
        i = end - 1;
    }
}

char pm_line_delimiter(pm_head_line line)
{
    static const char candidates[] = {'\t', ';', ',', '|'};
    int64_t best_count = 0;
    char best = 0;

    for (size_t k = 0; k < sizeof candidates; k++) {
        int64_t count = 0;
        for (int64_t i = 0; i < line.n; i++) count += line.at[i] == candidates[k];
        if (count > best_count) {
            best_count = count;
            best = candidates[k];
        }
    }
    return best;
}

pm_status pm_labels_split(pm_head_line line, char delimiter, const pm_dialect *dialect, pm_labels *out, pm_error *err)
{
    pm_tokens tokens = {0};
    pm_scoped_text copy = pm_text_copy(line.at, line.n);
    pm_status s;

    *out = (pm_labels){0};
    if (!copy) return pm_fail(err, PM_ERR_MEMORY, "no memory for a header");
    for (char *c = copy; dialect && dialect->quoted_rows && *c; c++)
        if (*c == '"') *c = ' ';
    if (dialect && dialect->header_blanks) {
        for (char *c = copy; *c; c++)
            if (*c == '"') *c = ' ';
        pm_blanks_to_tabs(copy, line.n, 2); /* "Freq (Hz)   Z'(a)" */
        delimiter = '\t';
    }
    if ((s = pm_tokens_find(&tokens, copy, line.n, delimiter, err))) {
        pm_tokens_free(&tokens);
        return s;
    }
    int n = tokens.n_lines ? tokens.lines[0].n_fields : 0;
    out->text = calloc((size_t)n + 1, sizeof *out->text);
    for (int f = 0; out->text && f < n; f++) {
        int64_t length;
        char label[PM_LABEL_MAX];
        const char *at = pm_tokens_field(&tokens, &tokens.lines[0], f, &length);
        size_t mark = dialect ? strlen(dialect->header_mark) : 0;
        if (f == 0 && mark && length >= (int64_t)mark && memcmp(at, dialect->header_mark, mark) == 0) {
            at += mark;
            length -= (int64_t)mark;
        }
        pm_utf8_from(at, length, label, sizeof label);
        if (!(out->text[f] = pm_text_copy(label, -1))) break;
        out->n++;
    }
    pm_tokens_free(&tokens);
    if (out->n == n) return PM_OK;
    pm_labels_free(out);
    return pm_fail(err, PM_ERR_MEMORY, "no memory for a header");
}

void pm_labels_free(pm_labels *labels)
{
    for (int i = 0; i < labels->n; i++) free(labels->text[i]);
    free(labels->text);
    *labels = (pm_labels){0};
}
