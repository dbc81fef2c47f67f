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

bool pm_between_sections(const pm_layout *layout, const pm_tokens *t, const pm_line *line)
{
    const pm_labels *labels = &layout->labels[0];
    int64_t n;
    int f = 0;

    while (f < labels->n && !labels->text[f][0]) f++;
    if (f > 0) {
        pm_tokens_field(t, line, 0, &n);
        if (n > 0) return true;
    }
    const char *at = pm_tokens_field(t, line, f, &n);
    size_t label = strcspn(f < labels->n ? labels->text[f] : "", " (");
    return n == 0 || (n == 1 && *at == '#') ||
           (f < labels->n && (size_t)n == label && memcmp(at, labels->text[f], label) == 0);
}
