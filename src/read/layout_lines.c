/* SPDX-License-Identifier: MIT */
/* What single lines of layered files are. */
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

bool pm_layout_in_order(const pm_layout *layout)
{
    return layout->levels > 1 || layout->spectrum_column >= 0;
}
