/* SPDX-License-Identifier: MIT */
/* Which cell formats show a number as a day or as a span of time. */
#include "xlsx.h"

#include <stdlib.h>

enum { STYLES_MAX = 65536 };

typedef struct number_format {
    int64_t id;
    pm_cell_style style;
} number_format;

typedef struct styles {
    pm_workbook *book;
    number_format *format;
    int64_t n, room;
    bool in_cell_formats;
} styles;

/* The formats that every workbook has without writing them (ISO 29500-1, 18.8.30). */
static pm_cell_style built_in(int64_t id)
{
    if ((id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36) return PM_CELL_DAY;
    if ((id >= 50 && id <= 54) || id == 57 || id == 58) return PM_CELL_DAY;
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47)) return PM_CELL_SPAN;
    return id == 55 || id == 56 ? PM_CELL_SPAN : PM_CELL_PLAIN;
}

/* Behind what stands for itself: quoted, escaped, in brackets (but [h], [m], [s] count time), AM/PM. */
static const char *skip_literal(const char *c, bool *span)
{
    char close = *c == '"' ? '"' : *c == '[' ? ']' : 0;

    if (*c == '\\' || *c == '_' || *c == '*') return c[1] ? c + 2 : c + 1;
    if (strncmp(c, "AM/PM", 5) == 0) return c + 5;
    if (strncmp(c, "A/P", 3) == 0) return c + 3;
    if (!close) return c;
    if (close == ']' && strchr("hHmMsS", c[1]) && c[1]) *span = true;
    const char *end = strchr(c + 1, close);
    return end ? end + 1 : c + strlen(c);
}

/* "mm/dd/yyyy hh:mm:ss.000" is a day, "[h]:mm:ss" a span, "0.000" and "General" neither. */
static pm_cell_style style_of(const char *code)
{
    bool day = false, span = false, month = false;

    for (const char *c = code; *c && *c != ';';) {
        const char *behind = skip_literal(c, &span);
        if (behind != c) {
            c = behind;
            continue;
        }
        char letter = (char)(*c | 0x20);
        if (strncmp(c, "General", 7) == 0) return PM_CELL_PLAIN;
        day = day || letter == 'y' || letter == 'd';
        span = span || letter == 'h' || letter == 's';
        month = month || letter == 'm';
        c++;
    }
    return day || (month && !span) ? PM_CELL_DAY : span ? PM_CELL_SPAN : PM_CELL_PLAIN;
}

static pm_cell_style find_style(const styles *s, int64_t id)
{
    for (int64_t i = 0; i < s->n; i++)
        if (s->format[i].id == id) return s->format[i].style;
    return built_in(id);
}

static pm_status on_start(void *context, const char *name, const char **attributes, pm_error *err)
{
    styles *s = context;
    const char *id = pm_xml_attribute(attributes, "numFmtId"), *code = pm_xml_attribute(attributes, "formatCode");
    pm_workbook *b = s->book;
    pm_status status;

    if (strcmp(name, "cellXfs") == 0) s->in_cell_formats = true;
    if (strcmp(name, "numFmt") == 0 && id && code && s->n < 1000) { /* more of them Excel does not allow */
        if ((status = pm_grow(&s->format, &s->room, s->n + 1, sizeof *s->format, err))) return status;
        s->format[s->n++] = (number_format){strtoll(id, NULL, 10), style_of(code)};
    }
    if (strcmp(name, "xf") != 0 || !s->in_cell_formats || b->n_styles >= STYLES_MAX) return PM_OK;
    if ((status = pm_grow(&b->style, &b->styles_room, b->n_styles + 1, 1, err))) return status;
    b->style[b->n_styles++] = (uint8_t)(id ? find_style(s, strtoll(id, NULL, 10)) : PM_CELL_PLAIN);
    return PM_OK;
}

static pm_status on_end(void *context, const char *name, pm_error *err)
{
    styles *s = context;

    (void)err;
    if (strcmp(name, "cellXfs") == 0) s->in_cell_formats = false;
    return PM_OK;
}

pm_status pm_workbook_styles(pm_workbook *book, int member, pm_error *err)
{
    styles s = {.book = book};
    pm_xml_events events = {&s, on_start, on_end, NULL};
    pm_status status = pm_xml_member(book->archive, member, &events, err);

    free(s.format);
    return status;
}
