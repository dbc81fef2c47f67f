/* SPDX-License-Identifier: MIT */
/* The first lines of one sheet, and the cells in them. */
#include "xlsx.h"

#include <stdlib.h>

pm_status pm_sheet_head(pm_workbook *book, int sheet, int64_t bytes, pm_head *head, pm_error *err)
{
    pm_scoped(pm_sheet_text) text = NULL;
    pm_scoped_text first = malloc((size_t)bytes);
    int64_t n = 1, used = 0;
    pm_status s;

    *head = (pm_head){0};
    if (!first) return pm_fail(err, PM_ERR_MEMORY, "no memory to read a sheet");
    if ((s = pm_sheet_text_new(book, &sheet, 1, &text, err))) return s;
    while (n > 0 && used < bytes) {
        if ((s = pm_sheet_text_read(text, (uint8_t *)first + used, bytes - used, &n, err))) return s;
        used += n;
    }
    pm_sheet_text_size(text, &book->sheet[sheet].rows, &book->sheet[sheet].columns);
    return pm_head_new(first, used, n == 0, head, err);
}

pm_head_line pm_sheet_field(pm_head_line line, int64_t f)
{
    const char *at = line.at, *end = line.at + line.n;

    for (; f > 0; f--) {
        at = at < end ? memchr(at, '\t', (size_t)(end - at)) : NULL;
        if (!at) return (pm_head_line){"", 0};
        at++;
    }
    const char *tab = at < end ? memchr(at, '\t', (size_t)(end - at)) : NULL;
    if (tab) end = tab;
    while (at < end && *at == ' ') at++;
    while (at < end && end[-1] == ' ') end--;
    return (pm_head_line){at, end - at};
}

int64_t pm_sheet_fields(pm_head_line line)
{
    int64_t n = 1;

    for (int64_t i = 0; i < line.n; i++) n += line.at[i] == '\t';
    return n;
}
