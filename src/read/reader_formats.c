/* SPDX-License-Identifier: MIT */
/* The formats there are: dialects of text, and native files. */
#include "dialect.h"
#include "native/native.h"
#include "read.h"

typedef struct format_row {
    const char *format, *title, *content;
} format_row;

pm_status pm_formats(pm_table **out, pm_error *err)
{
    static const pm_field fields[] = {
        {"format", PM_STRING, "", offsetof(format_row, format), "name for --format"},
        {"title", PM_STRING, "", offsetof(format_row, title), "what it is"},
        {"content", PM_STRING, "", offsetof(format_row, content), "what is in it"},
    };
    pm_scoped(pm_builder) b = NULL;
    pm_dialects dialects = {0};
    pm_status s = pm_dialects_load(&dialects, NULL, err);

    if (!s) s = pm_builder_new(3, fields, &b, err);
    for (int i = 0; !s && i < dialects.n; i++) {
        const pm_dialect *d = &dialects.dialect[i];
        pm_builder_push(b, &(format_row){d->id, d->title, d->content[0] ? d->content : "records"});
    }
    for (int i = 0; !s && pm_formats_native[i]; i++) {
        const pm_format *f = pm_formats_native[i];
        pm_builder_push(b, &(format_row){f->id, f->title, f->content});
    }
    if (!s) s = pm_builder_finish(b, out, err);
    pm_dialects_free(&dialects);
    return s;
}
