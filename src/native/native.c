/* SPDX-License-Identifier: MIT */
/* What all formats share: columns, metadata, faults, batches. */
#include "native.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

static void keep_failure(pm_native *n, pm_status s)
{
    if (!n->failed) n->failed = s;
}

static bool is_taken(const pm_native *n, const char *name)
{
    for (int i = 0; i < n->n_columns; i++)
        if (strcmp(n->column[i].name, name) == 0) return true;
    return false;
}

static int add_column(pm_native *n, pm_type type, const char *name, const char *unit, const char *source_name,
                      const char *source_unit)
{
    pm_status s = pm_grow(&n->column, &n->columns_room, n->n_columns + 1, sizeof *n->column, NULL);

    if (s) {
        keep_failure(n, s);
        return 0;
    }
    pm_native_column c = {.type = type, .resolution = NAN, .wanted = true};
    snprintf(c.name, sizeof c.name, "%s", name);
    for (int k = 2; is_taken(n, c.name) && k < 1000; k++) snprintf(c.name, sizeof c.name, "%.*s_%d", 110, name, k);
    snprintf(c.unit, sizeof c.unit, "%s", unit);
    pm_native_text((const uint8_t *)source_name, (int64_t)strlen(source_name), c.source_name, sizeof c.source_name);
    pm_native_text((const uint8_t *)source_unit, (int64_t)strlen(source_unit), c.source_unit, sizeof c.source_unit);
    n->column[n->n_columns] = c;
    return (int)n->n_columns++;
}

int pm_native_number(pm_native *n, const char *name, const char *unit, const char *source_name, const char *source_unit)
{
    return add_column(n, PM_DOUBLE, name, unit, source_name, source_unit);
}

int pm_native_words(pm_native *n, const char *name, const char *source_name)
{
    return add_column(n, PM_STRING, name, "", source_name, "");
}

void pm_native_resolution(pm_native *n, double step)
{
    if (n->n_columns > 0) n->column[n->n_columns - 1].resolution = step;
}

void pm_native_meta(pm_native *n, const char *key, const char *format, ...)
{
    char raw[1024], value[2048];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    pm_native_text((const uint8_t *)raw, (int64_t)strlen(raw), value, sizeof value);
    if (value[0]) pm_builder_meta(n->meta, key, value);
}

pm_native_fault *pm_native_found(pm_native *n, const char *code, const char *severity, const char *format, ...)
{
    va_list arguments;
    pm_status s = pm_grow(&n->fault, &n->faults_room, n->n_faults + 1, sizeof *n->fault, NULL);

    if (s) {
        keep_failure(n, s);
        return NULL;
    }
    pm_native_fault *f = &n->fault[n->n_faults++];
    *f = (pm_native_fault){.code = code, .severity = severity, .expected = NAN, .observed = NAN};
    va_start(arguments, format);
    vsnprintf(f->message, sizeof f->message, format, arguments);
    va_end(arguments);
    return f;
}

void pm_rows_word(const pm_rows *rows, int column, int64_t row, const char *text, int64_t length)
{
    if (rows->place[column] >= 0) pm_builder_word(rows->builder, rows->place[column], row, text, length);
}

void pm_rows_words(const pm_rows *rows, int column, int64_t row, int64_t n, const char *text)
{
    if (rows->place[column] >= 0) pm_builder_words(rows->builder, rows->place[column], row, n, text, -1);
}

/* Latin-1 where it is no UTF-8; control characters become blanks, blanks at the end go. */
void pm_native_text(const uint8_t *bytes, int64_t n, char *out, size_t room)
{
    bool utf8 = pm_utf8_valid((const char *)bytes, n);
    int64_t k = 0, most = (int64_t)room - 1;

    for (int64_t i = 0; i < n && bytes[i] && k < most - 1; i++) {
        uint8_t c = bytes[i] < 32 || bytes[i] == 127 ? ' ' : bytes[i];
        if (utf8 || c < 0x80) {
            out[k++] = (char)c;
        } else {
            out[k++] = (char)(0xc0 | c >> 6);
            out[k++] = (char)(0x80 | (c & 0x3f));
        }
    }
    while (k > 0 && (out[k - 1] == ' ' || !pm_utf8_valid(out, k))) k--;
    out[k] = 0;
}

const pm_format *pm_native_sniff(const pm_image *image, int *score, char reason[200])
{
    const pm_format *best = NULL;
    char why[200];

    *score = 0;
    for (int i = 0; pm_formats_native[i]; i++) {
        why[0] = 0;
        int own = pm_formats_native[i]->sniff(image, why);
        if (own <= *score) continue;
        *score = own;
        best = pm_formats_native[i];
        memcpy(reason, why, sizeof why);
    }
    return best;
}

pm_status pm_native_open(const pm_format *format, const pm_image *image, const pm_run *run, pm_native **out,
                         pm_error *err)
{
    pm_scoped(pm_native) n = calloc(1, sizeof *n);
    pm_status s;

    if (!n) return pm_fail(err, PM_ERR_MEMORY, "no memory to open a file");
    n->format = format;
    n->content = format->content;
    n->rows_declared = -1;
    if ((s = pm_builder_new(0, NULL, &n->meta, err))) return s;
    if ((s = format->open(image, run, n, err))) return s;
    if (n->failed) return pm_fail(err, n->failed, "no memory to open a file");
    *out = n;
    n = NULL;
    return PM_OK;
}

void pm_native_free(pm_native *n)
{
    if (!n) return;
    if (n->state) n->format->free(n->state);
    pm_builder_free(n->meta);
    free(n->column);
    free(n->fault);
    free(n);
}
