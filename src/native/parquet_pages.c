/* SPDX-License-Identifier: MIT */
/* The pages of a column: unpacked one by one, their values decoded as they are asked for. */
#include "parquet.h"
#include "thrift.h"

#include <math.h>
#include <stdlib.h>
#include <zlib.h>

enum { DATA, INDEX, DICTIONARY, DATA_2 };
enum { PLAIN, PLAIN_DICTIONARY = 2, RUNS, BIT_PACKED, DELTAS, DELTA_LENGTHS, DELTA_BYTES, RUNS_DICTIONARY, SPLIT };
enum { STEP = PARQUET_STEP };

/* What the header of a page says. */
typedef struct page_header {
    int64_t offset, kind, unpacked, packed, crc;
    int64_t values, encoding, level_encoding, level_bytes, repetition_bytes;
    bool has_crc, is_packed;
} page_header;

/* Bytes that were unpacked. */
typedef struct buffer {
    uint8_t *at;
    int64_t room;
} buffer;

struct parquet_cursor {
    parquet_file *file;
    const parquet_leaf *leaf;
    const parquet_chunk *chunk;
    int64_t at; /* of the next page */
    buffer page, dictionary_page;
    double *dictionary;
    pm_span *words;
    int64_t n_dictionary;
    /* the present page */
    int64_t offset, left, encoding;
    bool leveled;
    parquet_runs levels, runs;
    parquet_deltas deltas;
    pm_span values; /* that are not decoded yet */
    int64_t done, stride;
    int64_t missing; /* values of the chunk that are in no page yet */
    uint32_t level[STEP], step[STEP];
    int64_t whole[STEP];
};

pm_status parquet_cursor_new(parquet_file *file, const parquet_leaf *leaf, parquet_cursor **out, pm_error *err)
{
    parquet_cursor *c = calloc(1, sizeof *c);

    if (!c) return pm_fail(err, PM_ERR_MEMORY, "no memory to read a column");
    c->file = file;
    c->leaf = leaf;
    *out = c;
    return PM_OK;
}

void parquet_cursor_free(parquet_cursor *c)
{
    if (!c) return;
    free(c->page.at);
    free(c->dictionary_page.at);
    free(c->dictionary);
    free(c->words);
    free(c);
}

static pm_status bad(const parquet_cursor *c, pm_error *err, const char *what)
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
    if (t.broken) return bad(c, err, "this column has a header that cannot be read");
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

    if (n < 0) return bad(c, err, "this column is smaller than its levels");
    *out = packed;
    if (c->chunk->codec == PARQUET_UNCOMPRESSED || !h->is_packed)
        return packed.n == n ? PM_OK : bad(c, err, "this column is not packed, but has two sizes");
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
    return bad(c, err, "this column contradicts its checksum");
}

/* ---- plain values ------------------------------------------------------------------------------------------------- */

static int64_t width_of(int type)
{
    static const int64_t widths[] = {[PARQUET_INT32] = 4, [PARQUET_INT64] = 8,  [PARQUET_INT96] = 12,
                                     [PARQUET_FLOAT] = 4, [PARQUET_DOUBLE] = 8, [PARQUET_BYTES] = 4};

    return widths[type];
}

static double number_of(const parquet_leaf *leaf, int64_t x)
{
    static const int64_t exact = INT64_C(1) << 53;
    int64_t whole = (int64_t)leaf->divisor;

    if (leaf->is_unsigned) return leaf->type == PARQUET_INT32 ? (double)(uint32_t)x : (double)(uint64_t)x;
    if (leaf->divisor == 1) return (double)x * leaf->factor;
    if (x >= -exact && x <= exact) return (double)x / leaf->divisor;
    return (double)(x / whole) + (double)(x % whole) / leaf->divisor;
}

/* Nanoseconds of a day, and the Julian day. */
static double instant_of(const uint8_t *at)
{
    return ((double)pm_u32(at + 8) - 2440588) * 86400 + (double)pm_i64(at) / 1e9;
}

/* n numbers; the caller has checked that they are there. */
static void plain_numbers(const parquet_leaf *leaf, const uint8_t *at, int64_t n, double *to)
{
    switch (leaf->type) {
    case PARQUET_INT32:
        for (int64_t i = 0; i < n; i++) to[i] = number_of(leaf, pm_i32(at + 4 * i));
        break;
    case PARQUET_INT64:
        for (int64_t i = 0; i < n; i++) to[i] = number_of(leaf, pm_i64(at + 8 * i));
        break;
    case PARQUET_INT96:
        for (int64_t i = 0; i < n; i++) to[i] = instant_of(at + 12 * i);
        break;
    case PARQUET_FLOAT:
        for (int64_t i = 0; i < n; i++) to[i] = pm_f32(at + 4 * i);
        break;
    default:
        for (int64_t i = 0; i < n; i++) to[i] = pm_f64(at + 8 * i);
    }
}

/* Words have their length before them. How many are there. */
static int64_t plain_words(pm_span *values, int64_t n, pm_span *to)
{
    int64_t i = 0;

    for (; i < n && values->n >= 4; i++) {
        int64_t length = pm_u32(values->at);
        if (length > values->n - 4) break;
        to[i] = (pm_span){values->at + 4, length};
        *values = pm_span_from(*values, 4 + length);
    }
    return i;
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
    if (leaf->type == PARQUET_BOOLEAN || h->values < 0 || h->values > values.n / width_of(leaf->type))
        return bad(c, err, "the dictionary is shorter than it says");
    size_t n = (size_t)h->values + 1;
    free(c->dictionary);
    free(c->words);
    c->n_dictionary = 0;
    c->words = leaf->words ? calloc(n, sizeof *c->words) : NULL;
    c->dictionary = leaf->words ? NULL : malloc(n * sizeof *c->dictionary);
    if (!c->words && !c->dictionary) return pm_fail(err, PM_ERR_MEMORY, "no memory for a dictionary");
    if (!leaf->words)
        plain_numbers(leaf, values.at, h->values, c->dictionary);
    else if (plain_words(&values, h->values, c->words) < h->values)
        return bad(c, err, "the dictionary is shorter than it says");
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
        if (bytes->n < 4) return bad(c, err, "this column ends within its levels");
        n = pm_u32(bytes->at);
        skip = 4;
    }
    pm_span levels = pm_span_part(*bytes, skip, n);
    if (!levels.at && n > 0) return bad(c, err, "this column ends within its levels");
    c->levels = (parquet_runs){.at = levels.at, .end = levels.at + levels.n, .width = 1};
    *bytes = pm_span_from(*bytes, skip + n);
    return PM_OK;
}

static pm_status begin_runs(parquet_cursor *c, pm_span bytes, int64_t skip, int width, pm_error *err)
{
    if (bytes.n < skip || width > 32) return bad(c, err, "this column has damaged runs");
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
        if (!c->dictionary && !c->words) return bad(c, err, "this column needs a dictionary that is not there");
        return bytes.n == 0 ? begin_runs(c, bytes, 0, 0, err) : begin_runs(c, bytes, 1, bytes.at[0], err);
    case RUNS:
        if (type == PARQUET_BOOLEAN) return begin_runs(c, bytes, 4, 1, err);
        break;
    case DELTAS:
        if (!integer) break;
        if (parquet_deltas_begin(&c->deltas, bytes, type == PARQUET_INT32) && c->deltas.left <= c->left) return PM_OK;
        return bad(c, err, "this column has damaged differences");
    case DELTA_LENGTHS:
        if (type != PARQUET_BYTES) break;
        if (!parquet_deltas_begin(&c->deltas, bytes, true) || c->deltas.left > c->left)
            return bad(c, err, "this column has damaged lengths");
        c->values = parquet_deltas_behind(c->deltas);
        return PM_OK;
    case SPLIT:
        if (type != PARQUET_FLOAT && type != PARQUET_DOUBLE) break;
        c->stride = bytes.n / width_of(type);
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
            return bad(c, err, "this column has levels that cannot be");
        if ((s = take_levels(c, h, &levels, err))) return s;
        if ((s = unpack(c, h, h->level_bytes, &c->page, &values, err))) return s;
    }
    c->left = h->values;
    c->missing -= h->values;
    return begin_values(c, values, err);
}

/* Goes on to the next page that has values. */
static pm_status next_page(parquet_cursor *c, pm_error *err)
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

void parquet_cursor_begin(parquet_cursor *c, const parquet_chunk *chunk)
{
    c->chunk = chunk;
    c->at = c->offset = chunk->start;
    c->left = 0;
    c->missing = chunk->values;
    c->n_dictionary = 0;
    free(c->dictionary);
    free(c->words);
    c->dictionary = NULL;
    c->words = NULL;
}

/* ---- values ------------------------------------------------------------------------------------------------------- */

static bool take_indices(parquet_cursor *c, int64_t n)
{
    uint32_t most = 0;

    if (parquet_runs_take(&c->runs, n, c->step) < n) return false;
    for (int64_t i = 0; i < n; i++) most = c->step[i] > most ? c->step[i] : most;
    return n == 0 || most < c->n_dictionary;
}

static bool take_plain(parquet_cursor *c, int64_t n, double *to)
{
    if (c->leaf->type == PARQUET_BOOLEAN) {
        if (c->done + n > 8 * c->values.n) return false;
        for (int64_t i = 0; i < n; i++) to[i] = c->values.at[(c->done + i) / 8] >> ((c->done + i) & 7) & 1;
        c->done += n;
        return true;
    }
    int64_t bytes = n * width_of(c->leaf->type);
    if (bytes > c->values.n) return false;
    plain_numbers(c->leaf, c->values.at, n, to);
    c->values = pm_span_from(c->values, bytes);
    return true;
}

/* All first bytes of the values lie together, then all second ones. */
static bool take_split(parquet_cursor *c, int64_t n, double *to)
{
    int64_t width = width_of(c->leaf->type);

    if (c->done + n > c->stride) return false;
    for (int64_t i = 0; i < n; i++) {
        uint8_t whole[8];
        for (int64_t k = 0; k < width; k++) whole[k] = c->values.at[k * c->stride + c->done + i];
        to[i] = width == 4 ? pm_f32(whole) : pm_f64(whole);
    }
    c->done += n;
    return true;
}

/* At most STEP numbers that are not missing. */
static bool take_numbers(parquet_cursor *c, int64_t n, double *to)
{
    switch (c->encoding) {
    case PLAIN: return take_plain(c, n, to);
    case RUNS:
        if (parquet_runs_take(&c->runs, n, c->step) < n) return false;
        for (int64_t i = 0; i < n; i++) to[i] = c->step[i];
        return true;
    case DELTAS:
        if (parquet_deltas_take(&c->deltas, n, c->whole) < n) return false;
        for (int64_t i = 0; i < n; i++) to[i] = number_of(c->leaf, c->whole[i]);
        return true;
    case SPLIT: return take_split(c, n, to);
    default:
        if (!take_indices(c, n)) return false;
        for (int64_t i = 0; i < n; i++) to[i] = c->dictionary[c->step[i]];
        return true;
    }
}

/* All lengths, then all words. */
static bool take_lengths(parquet_cursor *c, int64_t n, pm_span *to)
{
    if (parquet_deltas_take(&c->deltas, n, c->whole) < n) return false;
    for (int64_t i = 0; i < n; i++) {
        to[i] = pm_span_part(c->values, 0, c->whole[i]);
        if (!to[i].at) return false;
        c->values = pm_span_from(c->values, c->whole[i]);
    }
    return true;
}

static bool take_words(parquet_cursor *c, int64_t n, pm_span *to)
{
    if (c->encoding == PLAIN) return plain_words(&c->values, n, to) == n;
    if (c->encoding == DELTA_LENGTHS) return take_lengths(c, n, to);
    if (!take_indices(c, n)) return false;
    for (int64_t i = 0; i < n; i++) to[i] = c->words[c->step[i]];
    return true;
}

/* The levels of the next *n rows, at most STEP of one page; how many values are not missing. */
static pm_status take_step(parquet_cursor *c, int64_t *n, int64_t *present, pm_error *err)
{
    uint32_t most = 0;
    pm_status s = next_page(c, err);

    if (s) return s;
    if (*n > c->left) *n = c->left;
    if (*n > STEP) *n = STEP;
    *present = *n;
    c->left -= *n;
    if (!c->leveled) return PM_OK;
    *present = 0;
    if (parquet_runs_take(&c->levels, *n, c->level) < *n) return bad(c, err, "this column has levels for fewer values");
    for (int64_t i = 0; i < *n; i++) {
        *present += c->level[i];
        most |= c->level[i];
    }
    return most > 1 ? bad(c, err, "this column has levels that cannot be") : PM_OK;
}

static const char *const too_few = "this column has fewer values than it says, or one that is not in the dictionary";

pm_status parquet_numbers(parquet_cursor *c, int64_t n, double *to, pm_error *err)
{
    while (n > 0) {
        int64_t k = n, present;
        pm_status s = take_step(c, &k, &present, err);
        if (s) return s;
        if (!take_numbers(c, present, to)) return bad(c, err, too_few);
        for (int64_t i = k; present < k && i-- > 0;) to[i] = c->level[i] ? to[--present] : NAN;
        to += k;
        n -= k;
    }
    return PM_OK;
}

pm_status parquet_words(parquet_cursor *c, int64_t *n, pm_span *to, pm_error *err)
{
    int64_t present;
    pm_status s = take_step(c, n, &present, err);

    if (s) return s;
    if (!take_words(c, present, to)) return bad(c, err, too_few);
    for (int64_t i = *n; present < *n && i-- > 0;) to[i] = c->level[i] ? to[--present] : (pm_span){NULL, 0};
    return PM_OK;
}
