/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "base/out.h"
#include "base/utf8.h"

enum { LEVELS = sizeof((pm_json){0}).first / sizeof(bool) };

pm_json pm_json_start(pm_out *out)
{
    return (pm_json){.out = out, .first = {true}};
}

static void put(pm_json *j, const char *text)
{
    pm_out_bytes(j->out, text, (int64_t)strlen(text));
}

static void new_line(pm_json *j)
{
    put(j, "\n");
    for (int i = 0; i < j->depth; i++) put(j, "  ");
}

/** Escapes: NULL where the character stands for itself; `hold` keeps a \u00XX. */
static const char *escape(uint32_t code, bool valid, char hold[8])
{
    switch (code) {
    case '"': return "\\\"";
    case '\\': return "\\\\";
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: break;
    }
    if (!valid) return PM_REPLACEMENT;
    if (!pm_is_control(code)) return NULL;
    snprintf(hold, 8, "\\u%04x", (unsigned)code);
    return hold;
}

static void quoted(pm_json *j, const char *text)
{
    int64_t n = (int64_t)strlen(text), plain = 0;
    char hold[8];
    put(j, "\"");
    for (int64_t i = 0, step; i < n; i += step) {
        uint32_t code;
        int length = pm_utf8_step(text + i, n - i, &code);
        step = length ? length : 1;
        const char *instead = escape(code, length > 0, hold);
        if (!instead) continue;
        pm_out_bytes(j->out, text + plain, i - plain);
        put(j, instead);
        plain = i + step;
    }
    pm_out_bytes(j->out, text + plain, n - plain);
    put(j, "\"");
}

/** What stands before a value: comma, line, key. */
static void before(pm_json *j, const char *key)
{
    bool first = j->first[j->depth], flat = j->flat[j->depth];
    j->first[j->depth] = false;
    if (!j->depth && !first) pm_out_refuse(j->out, PM_ERR_INTERNAL, "a JSON document has one value");
    if (!first) put(j, flat ? ", " : ",");
    if (!flat && j->depth) new_line(j);
    if (!key) return;
    quoted(j, key);
    put(j, ": ");
}

static void after(pm_json *j)
{
    if (!j->depth) put(j, "\n");
}

static void value(pm_json *j, const char *key, const char *text)
{
    before(j, key);
    put(j, text);
    after(j);
}

static void begin(pm_json *j, const char *key, bool array, bool flat)
{
    before(j, key);
    if (j->depth + 1 == LEVELS) {
        pm_out_refuse(j->out, PM_ERR_INTERNAL, "JSON nested too deeply");
        return;
    }
    put(j, array ? "[" : "{");
    bool inside_flat = j->flat[j->depth];
    j->depth++;
    j->first[j->depth] = true;
    j->array[j->depth] = array;
    j->flat[j->depth] = flat || inside_flat;
}

void pm_json_object(pm_json *j, const char *key)
{
    begin(j, key, false, false);
}
void pm_json_array(pm_json *j, const char *key)
{
    begin(j, key, true, false);
}
void pm_json_flat_object(pm_json *j, const char *key)
{
    begin(j, key, false, true);
}
void pm_json_flat_array(pm_json *j, const char *key)
{
    begin(j, key, true, true);
}

void pm_json_end(pm_json *j)
{
    if (!j->depth) {
        pm_out_refuse(j->out, PM_ERR_INTERNAL, "JSON closed once too often");
        return;
    }
    bool array = j->array[j->depth], bare = j->first[j->depth] || j->flat[j->depth];
    j->depth--;
    if (!bare) new_line(j);
    put(j, array ? "]" : "}");
    after(j);
}

void pm_json_text(pm_json *j, const char *key, const char *text)
{
    if (!text) {
        pm_json_null(j, key);
        return;
    }
    before(j, key);
    quoted(j, text);
    after(j);
}

void pm_json_real(pm_json *j, const char *key, double number)
{
    if (!isfinite(number)) {
        pm_json_null(j, key);
        return;
    }
    char text[40], plain[40];
    snprintf(text, sizeof text, "%.17g", number);
    int n = 0;
    bool point = false; /* the locale's decimal sign, of any length, becomes one '.' */
    for (const char *p = text; *p; p++) {
        bool usual = strchr("0123456789+-e", *p);
        if (usual || !point) plain[n++] = usual ? *p : '.';
        point |= !usual;
    }
    plain[n] = 0;
    value(j, key, plain);
}

void pm_json_whole(pm_json *j, const char *key, int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)number);
    value(j, key, number == PM_NO_INT ? "null" : text);
}

void pm_json_bool(pm_json *j, const char *key, bool yes)
{
    value(j, key, yes ? "true" : "false");
}
void pm_json_null(pm_json *j, const char *key)
{
    value(j, key, "null");
}
