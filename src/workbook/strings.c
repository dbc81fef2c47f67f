/* SPDX-License-Identifier: MIT */
/* The texts that cells share. How many there are is counted, not believed. */
#include "xlsx.h"

typedef struct strings {
    pm_workbook *book;
    bool in_text, in_phonetic;
} strings;

static pm_status add_bytes(pm_workbook *b, const char *text, int64_t n, pm_error *err)
{
    pm_status s = pm_grow(&b->strings, &b->strings_room, b->strings_n + n, 1, err);

    if (s) return s;
    memcpy(b->strings + b->strings_n, text, (size_t)n);
    b->strings_n += n;
    return PM_OK;
}

static pm_status on_start(void *context, const char *name, const char **attributes, pm_error *err)
{
    strings *x = context;
    pm_workbook *b = x->book;
    pm_status s;

    (void)attributes;
    if (strcmp(name, "si") == 0) {
        if ((s = pm_grow(&b->string_at, &b->string_at_room, b->n_strings + 1, sizeof *b->string_at, err))) return s;
        b->string_at[b->n_strings++] = b->strings_n;
    }
    if (strcmp(name, "rPh") == 0) x->in_phonetic = true;
    x->in_text = strcmp(name, "t") == 0 && !x->in_phonetic && b->n_strings > 0;
    return PM_OK;
}

static pm_status on_text(void *context, const char *text, int64_t n, pm_error *err)
{
    strings *x = context;

    return x->in_text ? add_bytes(x->book, text, n, err) : PM_OK;
}

static pm_status on_end(void *context, const char *name, pm_error *err)
{
    strings *x = context;

    x->in_text = false;
    if (strcmp(name, "rPh") == 0) x->in_phonetic = false;
    return strcmp(name, "si") == 0 ? add_bytes(x->book, "", 1, err) : PM_OK;
}

pm_status pm_workbook_strings(pm_workbook *book, int member, pm_error *err)
{
    strings x = {.book = book};
    pm_xml_events events = {&x, on_start, on_end, on_text};

    return pm_xml_member(book->archive, member, &events, err);
}
