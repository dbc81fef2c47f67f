/* SPDX-License-Identifier: MIT */
/* The beginning of a text as lines. */
#include "text.h"

#include <stdlib.h>
#include <string.h>

pm_status pm_head_new(const char *bytes, int64_t n, bool whole, pm_head *head, pm_error *err)
{
    pm_status s;

    *head = (pm_head){.text = pm_text_copy(bytes, n), .n = n, .whole = whole};
    if (!head->text) return pm_fail(err, PM_ERR_MEMORY, "no memory for a file's head");
    for (int64_t at = 0; at < n;) {
        const char *nl = memchr(head->text + at, '\n', (size_t)(n - at));
        int64_t stop = nl ? nl - head->text : n, end = stop;
        if (!nl && !whole) break; /* cut by our own limit, not by the file */
        if ((s = pm_grow(&head->line, &head->lines_capacity, head->n_lines + 1, sizeof *head->line, err))) return s;
        while (end > at && (head->text[end - 1] == '\r' || head->text[end - 1] == ' ')) end--;
        head->line[head->n_lines++] = (pm_head_line){head->text + at, end - at};
        at = stop + 1;
    }
    return PM_OK;
}

void pm_head_free(pm_head *head)
{
    free(head->text);
    free(head->line);
    *head = (pm_head){0};
}
