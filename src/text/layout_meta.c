/* SPDX-License-Identifier: MIT */
/* What stands above the header: "Key: value" lines become metadata. */
#include "layout_steps.h"
#include "tables.h"

#include <string.h>

enum { META_LINES_MAX = 400 };

/* A key ends at the first : or = (not of a time or a path), tab or the delimiter. */
static int64_t key_end(const char *text, int64_t n, char delimiter)
{
    for (int64_t i = 1; i < n; i++) {
        if (text[i] == '\t' || text[i] == delimiter) return i;
        bool colon =
            text[i] == ':' && (i + 1 == n || text[i + 1] == ' ' || text[i + 1] == '\t' || text[i + 1] == delimiter);
        if (colon || (text[i] == ' ' && i + 2 < n && text[i + 1] == ':' && text[i + 2] == ' ')) return i;
    }
    return -1;
}

static void trim(const char **at, int64_t *n, char delimiter)
{
    const char blanks[] = {' ', '\t', ':', '~', '#', '\r', delimiter, 0};

    while (*n > 0 && strchr(blanks, **at)) {
        (*at)++;
        (*n)--;
    }
    while (*n > 0 && strchr(blanks, (*at)[*n - 1])) (*n)--;
}

static void note_placeholder(pm_layout *layout, const char *key, const char *value)
{
    const char *instrument = pm_node_scalar(pm_node_find(layout->dialect ? layout->dialect->placeholders : NULL, key));
    size_t used = strlen(layout->placeholders);

    if (!instrument || strcmp(instrument, value) != 0) return;
    snprintf(layout->placeholders + used, sizeof layout->placeholders - used, "%s%s = %s", used ? ", " : "", key,
             value);
}

static pm_status add_meta(pm_layout *layout, const char *key_at, int64_t key_n, const char *value_at, int64_t value_n,
                          pm_error *err)
{
    char key[PM_LABEL_MAX], value[512];

    trim(&key_at, &key_n, layout->delimiter);
    trim(&value_at, &value_n, layout->delimiter);
    if (key_n <= 0 || key_n >= PM_LABEL_MAX || value_n <= 0) return PM_OK;
    pm_utf8_from(key_at, key_n, key, sizeof key);
    pm_utf8_from(value_at, value_n, value, sizeof value);
    note_placeholder(layout, key, value);
    return pm_layout_meta(layout, key, value, err);
}

static pm_status one_line(pm_layout *layout, pm_head_line line, pm_error *err)
{
    const char *mark = layout->dialect ? layout->dialect->meta_mark : "";
    const char *at = *mark ? memmem(line.at, (size_t)line.n, mark, strlen(mark)) : NULL;
    int64_t key_n = at ? at - line.at : key_end(line.at, line.n, layout->delimiter),
            skip = at ? (int64_t)strlen(mark) : 0;

    if (key_n < 0) return PM_OK;
    return add_meta(layout, line.at, key_n, line.at + key_n + skip, line.n - key_n - skip, err);
}

/* Field k of a line, from 1. */
static pm_head_line field(pm_head_line line, char delimiter, int k)
{
    const char *end = line.at + line.n, *stop;

    for (;; line.at = stop + 1) {
        stop = line.at < end ? memchr(line.at, delimiter, (size_t)(end - line.at)) : NULL;
        if (--k == 0 || !stop) break;
    }
    return (pm_head_line){line.at, k > 0 ? 0 : (stop ? stop : end) - line.at};
}

/* "TITLE<tab>LABEL<tab>Potentiostatic EIS<tab>Test &Identifier": key and value have their places. An indented line goes on
 * with the key above it, as notes do. */
static pm_status one_line_of_fields(pm_layout *layout, pm_head_line line, pm_head_line *key, int *notes, pm_error *err)
{
    pm_head_line first = field(line, layout->delimiter, layout->dialect->meta_key);
    char name[PM_LABEL_MAX];

    if (first.n > 0) {
        pm_head_line value = {NULL, 0};
        for (int k = layout->dialect->meta_value; k > layout->dialect->meta_key && value.n == 0; k--)
            value = field(line, layout->delimiter, k); /* "TAG<tab>EISPOT" has fewer */
        *key = first;
        *notes = 0;
        return value.n > 0 ? add_meta(layout, first.at, first.n, value.at, value.n, err) : PM_OK;
    }
    if (key->n == 0 || key->n > PM_LABEL_MAX - 16 || line.n <= 1) return PM_OK;
    int n = snprintf(name, sizeof name, "%.*s", (int)key->n, key->at);
    if (++*notes > 1) n += snprintf(name + n, sizeof name - (size_t)n, " %d", *notes);
    return add_meta(layout, name, n, line.at, line.n, err);
}

static pm_status preamble_of_tables(pm_layout *layout, const pm_head *head, pm_error *err)
{
    pm_tables tables = {0};
    pm_head_line key = {NULL, 0};
    int notes = 0, n = 0;
    pm_status s = PM_OK;

    for (int64_t i = 0; !s && i < layout->meta_lines; i++) {
        pm_head_line line = head->line[i];
        if (pm_tables_line(&tables, layout, line.at, line.n, i + 1) != PM_LINE_META) continue;
        if (n++ == META_LINES_MAX) {
            layout->meta_lines = i;
            break;
        }
        s = layout->dialect->meta_key ? one_line_of_fields(layout, line, &key, &notes, err)
                                      : one_line(layout, line, err);
    }
    return s;
}

pm_status pm_layout_preamble(pm_layout *layout, const pm_head *head, int64_t n_lines, pm_error *err)
{
    pm_status s;

    if (layout->tables) return preamble_of_tables(layout, head, err);
    for (int64_t i = 0; i < n_lines && i < head->n_lines && i < META_LINES_MAX; i++)
        if ((s = one_line(layout, head->line[i], err))) return s;
    return PM_OK;
}
