/* SPDX-License-Identifier: MIT */
/* The formats there are: dialects of text, and native files. */
#include "native/native.h"
#include "read.h"
#include "text/text.h"

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
    pm_scoped(pm_dialects) dialects = NULL;
    pm_guess d;
    pm_status s = pm_dialects_new(NULL, &dialects, err);

    if (!s) s = pm_builder_new(3, fields, &b, err);
    for (int i = 0; !s && pm_dialects_at(dialects, i, &d); i++)
        pm_builder_push(b, &(format_row){d.format, d.title, d.content});
    for (int i = 0; !s && pm_formats_native[i]; i++) {
        const pm_format *f = pm_formats_native[i];
        pm_builder_push(b, &(format_row){f->id, f->title, f->content});
    }
    return s ? s : pm_builder_finish(b, out, err);
}
