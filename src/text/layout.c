/* SPDX-License-Identifier: MIT */
#include "layout.h"

#include <stdlib.h>
#include <string.h>

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

pm_text_column *pm_layout_column(const pm_layout *layout, const char *name)
{
    for (int i = 0; i < layout->n_columns; i++)
        if (strcmp(layout->column[i].name, name) == 0) return &layout->column[i];
    return NULL;
}

bool pm_layout_in_order(const pm_layout *layout)
{
    return layout->levels > 1 || layout->spectrum_column >= 0;
}

void pm_layout_free(pm_layout *layout)
{
    for (int k = 0; k < PM_LEVELS_MAX; k++) pm_labels_free(&layout->labels[k]);
    free(layout->column);
    free(layout->meta);
    free(layout->tables);
    *layout = (pm_layout){0};
}
