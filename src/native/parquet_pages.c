/* SPDX-License-Identifier: MIT */
/* The pages of a column: unpacked one by one, their values decoded as they are asked for. */
#include "parquet_cursor.h"
#include "thrift.h"

#include <stdlib.h>
#include <zlib.h>

enum { DATA, INDEX, DICTIONARY, DATA_2 };
/* What the header of a page says. */
typedef struct page_header {
    int64_t offset, kind, unpacked, packed, crc;
    int64_t values, encoding, level_encoding, level_bytes, repetition_bytes;
    bool has_crc, is_packed;
} page_header;

pm_status parquet_bad(const parquet_cursor *c, pm_error *err, const char *what)
{
    return parquet_fail(err, c->offset, c->leaf, "the page of %s", what);
}

static const char *encoding_name(int64_t encoding)
{
    static const char *const names[] = {
        "PLAIN",          "GROUP_VAR_INT",       "PLAIN_DICTIONARY",        "RLE",
        "BIT_PACKED",     "DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY",
        "RLE_DICTIONARY", "BYTE_STREAM_SPLIT"};

    return encoding >= 0 && encoding < (int64_t)(sizeof names / sizeof *names) ? names[encoding] : "unknown";
}

/* ---- headers ------------------------------------------------------------------------------------------------------ */

/* Of data pages (5), dictionaries (7) and data pages of version 2 (8): their fields mean the same by other numbers. */
static void read_kind(thrift *t, thrift_field own, page_header *h)
{
    thrift_field f = {0};
    bool second = own.id == 8;

    if (!thrift_enter(t, own)) return;
    while (thrift_next(t, &f)) {
        if (f.id == 1)
            h->values = thrift_integer(t, f);
        else if (f.id == (second ? 4 : 2))
            h->encoding = thrift_integer(t, f);
        else if (own.id == 5 && f.id == 3)
            h->level_encoding = thrift_integer(t, f);
        else if (second && f.id == 5)
            h->level_bytes = thrift_integer(t, f);
        else if (second && f.id == 6)
            h->repetition_bytes = thrift_integer(t, f);
        else if (second && f.id == 7)
            h->is_packed = thrift_integer(t, f);
        else
            thrift_skip(t, f.kind);
    }
}

static pm_status read_header(parquet_cursor *c, page_header *h, pm_error *err)
{
    int64_t end = c->chunk->start + c->chunk->bytes;
    thrift t = {pm_span_part(c->file->bytes, 0, end), c->at, false};
    thrift_field f = {0};

    *h = (page_header){
        .offset = c->at, .kind = -1, .values = -1, .encoding = -1, .level_encoding = RUNS, .is_packed = true};
    while (thrift_next(&t, &f)) {
        if (f.id == 1)
            h->kind = thrift_integer(&t, f);
        else if (f.id == 2)
            h->unpacked = thrift_integer(&t, f);
        else if (f.id == 3)
            h->packed = thrift_integer(&t, f);
        else if (f.id == 4) {
            h->crc = thrift_integer(&t, f);
            h->has_crc = true;
        } else if (f.id == 5 || f.id == 7 || f.id == 8)
            read_kind(&t, f, h);
        else
            thrift_skip(&t, f.kind);
    }
    c->offset = h->offset;
    c->at = t.at;
    if (t.broken) return parquet_bad(c, err, "this column has a header that cannot be read");
    if (h->packed < 0 || h->packed > end - c->at)
        return parquet_fail(err, c->offset, c->leaf, "the page is said to have %lld bytes, %lld are left of the column",
                            (long long)h->packed, (long long)(end - c->at));
    if (h->unpacked < 0 || h->unpacked > pm_unpacked_limit(h->packed))
        return parquet_fail(err, c->offset, c->leaf, "the page of %lld bytes is said to unpack to %lld",
                            (long long)h->packed, (long long)h->unpacked);
    return PM_OK;
}

/* ---- unpacking ---------------------------------------------------------------------------------------------------- */

/* All buffers of a file together are bounded by its size. */
static pm_status make_room(parquet_cursor *c, buffer *b, int64_t n, pm_error *err)
{
    if (n <= b->room) return PM_OK;
    free(b->at);
    b->at = NULL;
    c->file->unpacked -= b->room;
    b->room = 0;
    if (n > pm_unpacked_limit(c->file->bytes.n) - c->file->unpacked) {
        parquet_fail(err, c->offset, c->leaf, "the pages unpack to more than %lld MiB",
                     (long long)(pm_unpacked_limit(c->file->bytes.n) >> 20));
        if (err) err->code = PM_ERR_LIMIT;
        return PM_ERR_LIMIT;
    }
    b->at = malloc((size_t)n);
    if (!b->at) return pm_fail(err, PM_ERR_MEMORY, "no memory for a page");
    b->room = n;
    c->file->unpacked += n;
    return PM_OK;
}

/* The bytes of a page behind `skip` that are never packed. */
static pm_status unpack(parquet_cursor *c, const page_header *h, int64_t skip, buffer *b, pm_span *out, pm_error *err)
{
    pm_span packed = pm_span_part(c->file->bytes, c->at + skip, h->packed - skip);
    int64_t n = h->unpacked - skip;
    pm_error why = {0};
    pm_status s;

    if (n < 0) return parquet_bad(c, err, "this column is smaller than its levels");
    *out = packed;
    if (c->chunk->codec == PARQUET_UNCOMPRESSED || !h->is_packed)
        return packed.n == n ? PM_OK : parquet_bad(c, err, "this column is not packed, but has two sizes");
    if (n == 0) {
        out->n = 0;
        return PM_OK;
    }
    if ((s = make_room(c, b, n, err))) return s;
    s = parquet_unpack(c->chunk->codec, packed, b->at, n, &why);
    *out = (pm_span){b->at, n};
    if (!s) return PM_OK;
    pm_place at = pm_nowhere();
    at.byte = c->offset;
    at.column = c->leaf->name;
    return pm_fail_at(err, s, at, why.hint[0] ? why.hint : "write it with Snappy, gzip or zstd", "%s", why.message);
}

static pm_status check_sum(const parquet_cursor *c, const page_header *h, pm_error *err)
{
    pm_span packed = pm_span_part(c->file->bytes, c->at, h->packed);

    if (!h->has_crc || (uint32_t)crc32(0, packed.at, (uInt)packed.n) == (uint32_t)h->crc) return PM_OK;
    return parquet_bad(c, err, "this column contradicts its checksum");
}

/* ---- a page begins ------------------------------------------------------------------------------------------------ */

static pm_status take_dictionary(parquet_cursor *c, const page_header *h, pm_error *err)
{
    pm_span values;
    pm_status s = unpack(c, h, 0, &c->dictionary_page, &values, err);
    const parquet_leaf *leaf = c->leaf;

    if (s) return s;
    if (h->encoding != PLAIN && h->encoding != PLAIN_DICTIONARY)
        return parquet_fail(err, c->offset, leaf, "a dictionary in the encoding %s is not read",
                            encoding_name(h->encoding));
    if (leaf->type == PARQUET_BOOLEAN || h->values < 0 || h->values > values.n / parquet_width(leaf->type))
        return parquet_bad(c, err, "the dictionary is shorter than it says");
    size_t n = (size_t)h->values + 1;
    free(c->dictionary);
    free(c->words);
    c->n_dictionary = 0;
    c->words = leaf->words ? calloc(n, sizeof *c->words) : NULL;
    c->dictionary = leaf->words ? NULL : malloc(n * sizeof *c->dictionary);
    if (!c->words && !c->dictionary) return pm_fail(err, PM_ERR_MEMORY, "no memory for a dictionary");
    if (!leaf->words)
        parquet_plain_numbers(leaf, values.at, h->values, c->dictionary);
    else if (parquet_plain_words(&values, h->values, c->words) < h->values)
        return parquet_bad(c, err, "the dictionary is shorter than it says");
    c->n_dictionary = h->values;
    return PM_OK;
}

/* Levels say which values are missing: one bit each. They come first, with their length before them in version 1. */
static pm_status take_levels(parquet_cursor *c, const page_header *h, pm_span *bytes, pm_error *err)
{
    int64_t n = h->level_bytes, skip = 0;

    c->leveled = c->leaf->optional;
    if (h->kind == DATA && c->leveled) {
        if (h->level_encoding != RUNS)
            return parquet_fail(err, c->offset, c->leaf, "levels in the encoding %s are not read",
                                encoding_name(h->level_encoding));
        if (bytes->n < 4) return parquet_bad(c, err, "this column ends within its levels");
        n = pm_u32(bytes->at);
        skip = 4;
    }
    pm_span levels = pm_span_part(*bytes, skip, n);
    if (!levels.at && n > 0) return parquet_bad(c, err, "this column ends within its levels");
    c->levels = (parquet_runs){.at = levels.at, .end = levels.at + levels.n, .width = 1};
    *bytes = pm_span_from(*bytes, skip + n);
    return PM_OK;
}

static pm_status begin_runs(parquet_cursor *c, pm_span bytes, int64_t skip, int width, pm_error *err)
{
    if (bytes.n < skip || width > 32) return parquet_bad(c, err, "this column has damaged runs");
    c->runs = (parquet_runs){.at = bytes.at + skip, .end = bytes.at + bytes.n, .width = width};
    return PM_OK;
}

static pm_status begin_values(parquet_cursor *c, pm_span bytes, pm_error *err)
{
    int type = c->leaf->type;
    bool integer = type == PARQUET_INT32 || type == PARQUET_INT64;

    c->values = bytes;
    c->done = 0;
    switch (c->encoding) {
    case PLAIN: return PM_OK;
    case PLAIN_DICTIONARY:
    case RUNS_DICTIONARY:
        if (!c->dictionary && !c->words) return parquet_bad(c, err, "this column needs a dictionary that is not there");
        return bytes.n == 0 ? begin_runs(c, bytes, 0, 0, err) : begin_runs(c, bytes, 1, bytes.at[0], err);
    case RUNS:
        if (type == PARQUET_BOOLEAN) return begin_runs(c, bytes, 4, 1, err);
        break;
    case DELTAS:
        if (!integer) break;
        if (parquet_deltas_begin(&c->deltas, bytes, type == PARQUET_INT32) && c->deltas.left <= c->left) return PM_OK;
        return parquet_bad(c, err, "this column has damaged differences");
    case DELTA_LENGTHS:
        if (type != PARQUET_BYTES) break;
        if (!parquet_deltas_begin(&c->deltas, bytes, true) || c->deltas.left > c->left)
            return parquet_bad(c, err, "this column has damaged lengths");
        c->values = parquet_deltas_behind(c->deltas);
        return PM_OK;
    case SPLIT:
        if (type != PARQUET_FLOAT && type != PARQUET_DOUBLE) break;
        c->stride = bytes.n / parquet_width(type);
        return PM_OK;
    default: break;
    }
    return parquet_fail(err, c->offset, c->leaf, "values in the encoding %s (%lld) are not read",
                        encoding_name(c->encoding), (long long)c->encoding);
}

static pm_status begin_page(parquet_cursor *c, const page_header *h, pm_error *err)
{
    pm_span levels = pm_span_part(c->file->bytes, c->at, h->packed), values;
    pm_status s;

    if (h->values < 0 || h->values > c->missing)
        return parquet_fail(err, c->offset, c->leaf, "the page says that it has %lld values, %lld are missing",
                            (long long)h->values, (long long)c->missing);
    c->encoding = h->encoding;
    if (h->kind == DATA) {
        if ((s = unpack(c, h, 0, &c->page, &values, err))) return s;
        if ((s = take_levels(c, h, &values, err))) return s;
    } else {
        if (h->repetition_bytes != 0 || h->level_bytes < 0 || h->level_bytes > h->packed)
            return parquet_bad(c, err, "this column has levels that cannot be");
        if ((s = take_levels(c, h, &levels, err))) return s;
        if ((s = unpack(c, h, h->level_bytes, &c->page, &values, err))) return s;
    }
    c->left = h->values;
    c->missing -= h->values;
    return begin_values(c, values, err);
}

/* Goes on to the next page that has values. */
pm_status parquet_next_page(parquet_cursor *c, pm_error *err)
{
    page_header h;
    pm_status s;

    while (c->left == 0) {
        if (c->at >= c->chunk->start + c->chunk->bytes)
            return parquet_fail(err, c->at, c->leaf, "the column ends before its %lld values are there",
                                (long long)c->chunk->values);
        if ((s = read_header(c, &h, err))) return s;
        if ((s = check_sum(c, &h, err))) return s;
        if (h.kind == DICTIONARY)
            s = take_dictionary(c, &h, err);
        else if (h.kind == DATA || h.kind == DATA_2)
            s = begin_page(c, &h, err);
        else if (h.kind != INDEX)
            s = parquet_fail(err, c->offset, c->leaf, "a page of kind %lld is not known", (long long)h.kind);
        if (s) return s;
        c->at += h.packed;
    }
    return PM_OK;
}
