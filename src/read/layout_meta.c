/* SPDX-License-Identifier: MIT */
/* What stands above the header: "Key: value" lines become metadata. */
#include "layout.h"

#include <string.h>

enum { META_LINES_MAX = 400 };

pm_status pm_layout_meta(pm_layout *layout, const char *key, const char *value, pm_error *err)
{
    int64_t k = (int64_t)strlen(key) + 1, v = (int64_t)strlen(value) + 1;
    pm_status s = pm_grow(&layout->meta, &layout->meta_capacity, layout->meta_n + k + v, 1, err);

    if (s) return s;
    memcpy(layout->meta + layout->meta_n, key, (size_t)k);
    memcpy(layout->meta + layout->meta_n + k, value, (size_t)v);
    layout->meta_n += k + v;
    return PM_OK;
}

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

static pm_status one_line(pm_layout *layout, pm_head_line line, pm_error *err)
{
    const char *key_at = line.at, *value_at;
    char key[PM_LABEL_MAX], value[512];
    int64_t key_n = key_end(line.at, line.n, layout->delimiter), value_n;

    if (key_n < 0) return PM_OK;
    value_at = line.at + key_n;
    value_n = line.n - key_n;
    trim(&key_at, &key_n, layout->delimiter);
    trim(&value_at, &value_n, layout->delimiter);
    if (key_n <= 0 || key_n >= PM_LABEL_MAX || value_n <= 0) return PM_OK;
    pm_utf8_from(key_at, key_n, key, sizeof key);
    pm_utf8_from(value_at, value_n, value, sizeof value);
    note_placeholder(layout, key, value);
    return pm_layout_meta(layout, key, value, err);
}

pm_status pm_layout_preamble(pm_layout *layout, const pm_head *head, int64_t n_lines, pm_error *err)
{
    pm_status s;

    for (int64_t i = 0; i < n_lines && i < head->n_lines && i < META_LINES_MAX; i++)
        if ((s = one_line(layout, head->line[i], err))) return s;
    return PM_OK;
}
