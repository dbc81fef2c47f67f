/* SPDX-License-Identifier: MIT */
#include "thrift.h"

enum { LEVELS = 32 };

static int next_byte(thrift *t)
{
    if (t->broken || t->at >= t->bytes.n) {
        t->broken = true;
        return 0;
    }
    return t->bytes.at[t->at++];
}

uint64_t thrift_varint(thrift *t)
{
    uint64_t x = 0;

    for (int shift = 0; shift < 64; shift += 7) {
        int byte = next_byte(t);
        x |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) return x;
    }
    t->broken = true;
    return 0;
}

int64_t thrift_zigzag(thrift *t)
{
    uint64_t x = thrift_varint(t);

    return (int64_t)(x >> 1 ^ (~(x & 1) + 1));
}

bool thrift_next(thrift *t, thrift_field *field)
{
    int byte = next_byte(t);

    if (t->broken || byte == 0) return false;
    field->kind = byte & 15;
    field->id = (int16_t)(byte >> 4 ? field->id + (byte >> 4) : thrift_zigzag(t));
    if (field->kind > THRIFT_STRUCT || field->kind == 0) t->broken = true;
    return !t->broken;
}

int64_t thrift_integer(thrift *t, thrift_field field)
{
    if (field.kind == THRIFT_TRUE || field.kind == THRIFT_FALSE) return field.kind == THRIFT_TRUE;
    if (field.kind == THRIFT_I8) return (int8_t)next_byte(t);
    if (field.kind < THRIFT_I16 || field.kind > THRIFT_I64) t->broken = true;
    return t->broken ? 0 : thrift_zigzag(t);
}

pm_span thrift_binary(thrift *t, thrift_field field)
{
    uint64_t n = field.kind == THRIFT_BINARY ? thrift_varint(t) : 0;

    if (field.kind != THRIFT_BINARY || n > (uint64_t)(t->bytes.n - t->at)) t->broken = true;
    if (t->broken) return (pm_span){NULL, 0};
    t->at += (int64_t)n;
    return pm_span_part(t->bytes, t->at - (int64_t)n, (int64_t)n);
}

bool thrift_enter(thrift *t, thrift_field field)
{
    if (field.kind != THRIFT_STRUCT) t->broken = true;
    return !t->broken;
}

int64_t thrift_list(thrift *t, thrift_field field, int *kind)
{
    int byte = next_byte(t);
    uint64_t n = byte >> 4 == 15 ? thrift_varint(t) : (uint64_t)byte >> 4;

    *kind = byte & 15;
    if (field.kind != THRIFT_LIST && field.kind != THRIFT_SET) t->broken = true;
    if (n > (uint64_t)(t->bytes.n - t->at)) t->broken = true;
    return t->broken ? 0 : (int64_t)n;
}

static void skip(thrift *t, int kind, int level);

/* Within lists and maps a truth has a byte of its own: every element takes one at the least, so this ends. */
static void skip_element(thrift *t, int kind, int level)
{
    if (kind == THRIFT_TRUE || kind == THRIFT_FALSE)
        next_byte(t);
    else
        skip(t, kind, level + 1);
}

static void skip_elements(thrift *t, int kind, int level)
{
    if (kind == THRIFT_MAP) {
        uint64_t n = thrift_varint(t);
        int kinds = n > 0 ? next_byte(t) : 0;
        for (uint64_t i = 0; i < n && !t->broken; i++) {
            skip_element(t, kinds >> 4, level);
            skip_element(t, kinds & 15, level);
        }
        return;
    }
    int element;
    int64_t n = thrift_list(t, (thrift_field){0, THRIFT_LIST}, &element);
    for (int64_t i = 0; i < n && !t->broken; i++) skip_element(t, element, level);
}

static void skip_fields(thrift *t, int level)
{
    thrift_field field = {0};

    while (thrift_next(t, &field)) skip(t, field.kind, level + 1);
}

static void skip(thrift *t, int kind, int level)
{
    if (level > LEVELS) t->broken = true;
    if (t->broken) return;
    switch (kind) {
    case THRIFT_TRUE:
    case THRIFT_FALSE: return;
    case THRIFT_I8: next_byte(t); return;
    case THRIFT_I16:
    case THRIFT_I32:
    case THRIFT_I64: thrift_varint(t); return;
    case THRIFT_DOUBLE:
        if (t->bytes.n - t->at < 8)
            t->broken = true;
        else
            t->at += 8;
        return;
    case THRIFT_BINARY: thrift_binary(t, (thrift_field){0, kind}); return;
    case THRIFT_LIST:
    case THRIFT_SET:
    case THRIFT_MAP: skip_elements(t, kind, level); return;
    case THRIFT_STRUCT: skip_fields(t, level); return;
    default: t->broken = true;
    }
}

void thrift_skip(thrift *t, int kind)
{
    skip(t, kind, 0);
}
