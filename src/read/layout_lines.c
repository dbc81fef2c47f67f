/* SPDX-License-Identifier: MIT */
/* What single lines of layered and sectioned files are. */
#include "layout.h"

#include <string.h>

int pm_leading_empty(const pm_tokens *t, const pm_line *line, int most)
{
    int k = 0;
    int64_t n;

    for (; k < most && k < line->n_fields; k++) {
        pm_tokens_field(t, line, k, &n);
        if (n > 0) break;
    }
    return k;
}

static bool is_mark(const pm_layout *layout, const char *at, int64_t n)
{
    const pm_node *marks = layout->dialect ? layout->dialect->header_after : NULL;

    for (int64_t i = 0; i < pm_node_count(marks); i++) {
        const char *mark = pm_node_scalar(pm_node_item(marks, i));
        if (mark && n >= (int64_t)strlen(mark) && memcmp(at, mark, strlen(mark)) == 0) return true;
    }
    return false;
}

bool pm_between_sections(const pm_layout *layout, const pm_tokens *t, const pm_line *line)
{
    const pm_labels *labels = &layout->labels[0];
    int64_t n;
    int f = 0;
    const char *at = pm_tokens_field(t, line, 0, &n);

    if (is_mark(layout, at, n)) return true;
    while (f < labels->n && !labels->text[f][0]) f++;
    at = pm_tokens_field(t, line, f, &n);
    size_t label = strcspn(f < labels->n ? labels->text[f] : "", " (");
    return (n == 1 && *at == '#') || (n > 0 && (size_t)n == label && memcmp(at, labels->text[f], label) == 0);
}
