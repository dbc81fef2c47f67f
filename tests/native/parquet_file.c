/* SPDX-License-Identifier: MIT */
#include "parquet_file.h"

#include <string.h>

enum { I32 = 5, BINARY = 8, LIST = 9, STRUCT = 12 };

void put_bytes(parquet_writer *w, const void *bytes, int64_t n)
{
    memcpy(w->bytes + w->n, bytes, (size_t)n);
    w->n += n;
}

void put_integer(parquet_writer *w, uint64_t x, int size)
{
    for (int i = 0; i < size; i++) w->bytes[w->n++] = (uint8_t)(x >> 8 * i);
}

void put_varint(parquet_writer *w, uint64_t x)
{
    for (; x > 127; x >>= 7) w->bytes[w->n++] = (uint8_t)(x | 128);
    w->bytes[w->n++] = (uint8_t)x;
}

static void put_field(parquet_writer *w, int id, int kind)
{
    w->bytes[w->n++] = (uint8_t)((id - w->last) << 4 | kind);
    w->last = id;
}

void field_integer(parquet_writer *w, int id, int64_t x)
{
    put_field(w, id, I32 + 1);
    put_varint(w, (uint64_t)x << 1 ^ (uint64_t)(x >> 63));
}

void field_text(parquet_writer *w, int id, const char *text)
{
    put_field(w, id, BINARY);
    put_varint(w, strlen(text));
    put_bytes(w, text, (int64_t)strlen(text));
}

void field_struct(parquet_writer *w, int id)
{
    put_field(w, id, STRUCT);
    w->last = 0;
}

void field_list(parquet_writer *w, int id, int n, int kind)
{
    put_field(w, id, LIST);
    w->bytes[w->n++] = (uint8_t)(0xf0 | kind);
    put_varint(w, (uint64_t)n);
}

void begin_struct(parquet_writer *w)
{
    w->last = 0;
}

void put_stop(parquet_writer *w)
{
    w->bytes[w->n++] = 0;
}

static void write_dictionary(parquet_writer *w, const column_written *c)
{
    begin_struct(w);
    field_integer(w, 1, 2);
    field_integer(w, 2, c->dictionary_bytes);
    field_integer(w, 3, c->dictionary_bytes);
    field_struct(w, 7);
    field_integer(w, 1, c->dictionary_values);
    field_integer(w, 2, 0);
    put_stop(w);
    put_stop(w);
    put_bytes(w, c->dictionary, c->dictionary_bytes);
}

static void write_page(parquet_writer *w, const column_written *c)
{
    int second = c->version == 2;

    begin_struct(w);
    field_integer(w, 1, second ? 3 : 0);
    field_integer(w, 2, c->unpacked ? c->unpacked : c->page_bytes);
    field_integer(w, 3, c->page_bytes);
    if (c->crc) field_integer(w, 4, (int32_t)c->crc);
    field_struct(w, second ? 8 : 5);
    field_integer(w, 1, c->values);
    if (second) {
        field_integer(w, 2, 0);
        field_integer(w, 3, c->values);
        field_integer(w, 4, c->encoding);
        field_integer(w, 5, c->level_bytes);
        field_integer(w, 6, 0);
    } else {
        field_integer(w, 2, c->encoding);
        field_integer(w, 3, 3);
        field_integer(w, 4, 3);
    }
    put_stop(w);
    put_stop(w);
    put_bytes(w, c->page, c->page_bytes);
}

static void write_schema(parquet_writer *w, const column_written *columns, int n)
{
    int inside = 0;

    for (int i = 0; i < n; i++) inside += columns[i].children;
    field_list(w, 2, n + 1, STRUCT);
    begin_struct(w);
    field_text(w, 4, "schema");
    field_integer(w, 5, n - inside);
    put_stop(w);
    for (int i = 0; i < n; i++) {
        const column_written *c = &columns[i];
        begin_struct(w);
        if (!c->children) field_integer(w, 1, c->type);
        field_integer(w, 3, c->repetition);
        field_text(w, 4, c->name);
        if (c->children) field_integer(w, 5, c->children);
        if (c->converted >= 0) field_integer(w, 6, c->converted);
        put_stop(w);
    }
}

static void write_chunk(parquet_writer *w, const column_written *c, int64_t end)
{
    begin_struct(w);
    field_integer(w, 2, c->start);
    field_struct(w, 3);
    field_integer(w, 1, c->type);
    field_integer(w, 4, c->codec);
    field_integer(w, 5, c->values);
    field_integer(w, 7, end - c->start);
    field_integer(w, 9, c->start + (c->dictionary != NULL));
    if (c->dictionary) field_integer(w, 11, c->start);
    put_stop(w);
    put_stop(w);
}

void write_parquet(parquet_writer *w, column_written *columns, int n, int64_t rows)
{
    int leaves = 0;

    w->n = 0;
    put_bytes(w, "PAR1", 4);
    for (int i = 0; i < n; i++) {
        columns[i].start = w->n;
        if (columns[i].children) continue;
        leaves++;
        if (columns[i].dictionary) write_dictionary(w, &columns[i]);
        write_page(w, &columns[i]);
    }
    int64_t footer = w->n;
    begin_struct(w);
    field_integer(w, 1, 2);
    write_schema(w, columns, n);
    w->last = 2;
    field_integer(w, 3, rows);
    field_list(w, 4, 1, STRUCT);
    begin_struct(w);
    field_list(w, 1, leaves, STRUCT);
    for (int i = 0; i < n; i++)
        if (!columns[i].children) write_chunk(w, &columns[i], i + 1 < n ? columns[i + 1].start : footer);
    w->last = 1;
    field_integer(w, 2, footer);
    field_integer(w, 3, rows);
    put_stop(w);
    w->last = 4;
    field_list(w, 5, 1, STRUCT);
    begin_struct(w);
    field_text(w, 1, "operator");
    field_text(w, 2, "nobody");
    put_stop(w);
    w->last = 5;
    field_text(w, 6, "a test");
    put_stop(w);
    put_integer(w, (uint64_t)(w->n - footer), 4);
    put_bytes(w, "PAR1", 4);
}
