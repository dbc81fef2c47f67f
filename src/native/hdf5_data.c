/* SPDX-License-Identifier: MIT */
/* The bytes of a dataset of one dimension: in one piece, or in chunks with filters ("HDF5 File Format Specification",
 * chapters III.A.1 and IV.A.2). */
#include "hdf5.h"

#include <stdlib.h>
#include <zlib.h>

enum { COMPACT, CONTIGUOUS, CHUNKED };
enum { DEFLATE = 1, SHUFFLE, FLETCHER32 };
enum { FILTERS = 8, TREE_LEVELS = 32 };

typedef struct filter {
    int id;
    int64_t width; /* of the elements that are shuffled */
} filter;

typedef struct chunk {
    int64_t row, at, bytes;
    uint32_t skipped; /* a bit for each filter that was not applied */
} chunk;

struct hdf5_data {
    pm_span file;
    int64_t rows, size; /* of all; bytes of a row */
    pm_span whole;      /* in one piece; at NULL: in chunks */
    int64_t chunk_rows;
    chunk *chunk;
    int64_t n_chunks, chunks_room, pages; /* pages of the tree that may still be read */
    filter filter[FILTERS];
    int n_filters;
    int64_t held; /* the chunk that is unpacked, -1 = none */
    pm_span unpacked;
    uint8_t *buffer[2];
    char how[96];
};

static pm_status damaged(const hdf5_data *d, const uint8_t *at, const char *what, pm_error *err)
{
    return hdf5_fail(err, at ? at - d->file.at : -1, "%s", what);
}

/* ---- filters ------------------------------------------------------------------------------------------------------ */

static const char *filter_name(int id)
{
    static const struct {
        int id;
        const char *name;
    } known[] = {{DEFLATE, "gzip"}, {SHUFFLE, "shuffle"}, {FLETCHER32, "fletcher32"},
                 {4, "szip"},       {5, "nbit"},          {6, "scaleoffset"},
                 {305, "lzo"},      {307, "bzip2"},       {32000, "lzf"},
                 {32001, "blosc"},  {32004, "lz4"},       {32008, "bitshuffle"},
                 {32015, "zstd"},   {32026, "blosc2"}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].id == id) return known[i].name;
    return "an unknown one";
}

/* One filter's description; how long it is, -1 = damaged. */
static int64_t read_filter(hdf5_data *d, pm_span s, int version)
{
    bool named = version == 1 || (s.n >= 2 && pm_u16(s.at) >= 256);
    int64_t head = named ? 8 : 6;

    if (s.n < head) return -1;
    int64_t name = named ? pm_u16(s.at + 2) : 0, values = pm_u16(s.at + head - 2);
    if (version == 1) name = (name + 7) / 8 * 8;
    int64_t length = head + name + 4 * values + (version == 1 && values % 2 ? 4 : 0);
    if (head + name + 4 * values > s.n) return -1;
    filter *f = &d->filter[d->n_filters++];
    f->id = pm_u16(s.at);
    f->width = f->id == SHUFFLE && values > 0 ? pm_u32(s.at + head + name) : 1;
    return length;
}

static pm_status read_filters(hdf5_data *d, const hdf5_message *m, pm_error *err)
{
    pm_span s = m->data;
    int version = s.n > 2 ? s.at[0] : 0, n = s.n > 2 ? s.at[1] : 0;

    if (version < 1 || version > 2 || n > FILTERS || m->shared)
        return damaged(d, s.at, "a list of filters is damaged", err);
    s = pm_span_from(s, version == 1 ? 8 : 2);
    for (int i = 0; i < n; i++) {
        int64_t used = read_filter(d, s, version);
        if (used < 0) return damaged(d, m->data.at, "a list of filters is damaged", err);
        s = used < s.n ? pm_span_from(s, used) : (pm_span){s.at, 0};
        int id = d->filter[i].id;
        size_t end = strlen(d->how);
        snprintf(d->how + end, sizeof d->how - end, ", %s", filter_name(id));
        if (id < DEFLATE || id > FLETCHER32)
            return hdf5_fail(err, m->data.at - d->file.at, "chunks with the filter %s (%d) are not read",
                             filter_name(id), id);
    }
    return PM_OK;
}

/* Sums of 16 bits, the high byte first, each modulo 65535. */
static uint32_t fletcher32(const uint8_t *bytes, int64_t n)
{
    uint32_t a = 0, b = 0;

    for (int64_t i = 0; i < n; i += 2) {
        a = (a + ((uint32_t)bytes[i] << 8 | (i + 1 < n ? bytes[i + 1] : 0u))) % 65535;
        b = (b + a) % 65535;
    }
    return b << 16 | a;
}

/* zero and 65535 are the same number in such sums */
static bool same_sum(uint32_t x, uint32_t y)
{
    return x % 65536 % 65535 == y % 65536 % 65535 && (x >> 16) % 65535 == (y >> 16) % 65535;
}

static bool inflate_whole(pm_span packed, uint8_t *to, int64_t n)
{
    uLongf length = (uLongf)n;

    return uncompress(to, &length, packed.at, (uLong)packed.n) == Z_OK && (int64_t)length == n;
}

/* All first bytes of the elements lie together, then all second ones; what is left over lies behind. */
static void unshuffle(pm_span from, int64_t width, uint8_t *to)
{
    int64_t n = width > 0 ? from.n / width : 0;

    for (int64_t k = 0; k < width && n > 0; k++)
        for (int64_t i = 0; i < n; i++) to[i * width + k] = from.at[k * n + i];
    memcpy(to + n * width, from.at + n * width, (size_t)(from.n - n * width));
}

/* Bytes of the sums that filters before number i put behind the values. */
static int64_t sums_before(const hdf5_data *d, int i)
{
    int64_t bytes = 0;

    while (i-- > 0) bytes += d->filter[i].id == FLETCHER32 ? 4 : 0;
    return bytes;
}

/* The filters of a chunk undone, the last first; the result is in *s. */
static const char *undo(hdf5_data *d, const chunk *c, pm_span *s)
{
    int64_t whole = d->chunk_rows * d->size;
    int to = 0;

    for (int i = d->n_filters - 1; i >= 0; i--) {
        if (c->skipped >> i & 1) continue;
        if (d->filter[i].id == FLETCHER32) {
            if (s->n < 4 || !same_sum(fletcher32(s->at, s->n - 4), pm_u32(s->at + s->n - 4)))
                return "a chunk contradicts its checksum";
            s->n -= 4;
            continue;
        }
        int64_t n = d->filter[i].id == DEFLATE ? whole + sums_before(d, i) : s->n;
        if (n > whole + 4) return "a chunk is larger than it can be";
        if (d->filter[i].id == DEFLATE && !inflate_whole(*s, d->buffer[to], n)) return "a chunk's gzip is damaged";
        if (d->filter[i].id == SHUFFLE) unshuffle(*s, d->filter[i].width, d->buffer[to]);
        *s = (pm_span){d->buffer[to], n};
        to = 1 - to;
    }
    return s->n == whole ? NULL : "a chunk has not the size that it should have";
}

/* ---- chunks ------------------------------------------------------------------------------------------------------- */

static pm_status add_chunk(hdf5_data *d, const uint8_t *key, int64_t at, pm_error *err)
{
    int64_t row = pm_i64(key + 8), last = d->n_chunks > 0 ? d->chunk[d->n_chunks - 1].row : -1;
    pm_status s = pm_grow(&d->chunk, &d->chunks_room, d->n_chunks + 1, sizeof *d->chunk, err);

    if (s) return s;
    if (row <= last || row % d->chunk_rows || row >= d->rows)
        return hdf5_fail(err, key - d->file.at, "the chunk of row %lld cannot be here", (long long)row);
    if (!pm_span_part(d->file, at, pm_u32(key)).at)
        return hdf5_fail(err, key - d->file.at, "the chunk at byte %lld of %u bytes is not in the file", (long long)at,
                         pm_u32(key));
    d->chunk[d->n_chunks++] = (chunk){row, at, pm_u32(key), pm_u32(key + 4)};
    return PM_OK;
}

/* Keys of 24 bytes (size, filters left out, row, zero) with the address behind each. */
static pm_status read_tree(hdf5_data *d, int64_t at, int levels, pm_error *err)
{
    pm_span head = pm_span_part(d->file, at, 24);
    int64_t n = head.at ? pm_u16(head.at + 6) : 0;
    pm_span entries = pm_span_part(d->file, at + 24, 32 * n);
    pm_status s = PM_OK;

    if (!head.at || memcmp(head.at, "TREE", 4) != 0 || head.at[4] != 1 || head.at[5] >= levels || !entries.at ||
        d->pages-- <= 0)
        return hdf5_fail(err, at, "there is no tree of chunks here");
    for (int64_t i = 0; !s && i < n; i++) {
        const uint8_t *key = entries.at + 32 * i;
        int64_t child = pm_i64(key + 24);
        s = head.at[5] > 0 ? read_tree(d, child, head.at[5], err) : add_chunk(d, key, child, err);
    }
    return s;
}

static pm_status begin_chunks(hdf5_data *d, const uint8_t *layout, int64_t at, int64_t rows, int64_t size,
                              pm_error *err)
{
    pm_status s;

    if (rows < 1 || size != d->size) return damaged(d, layout, "the size of the chunks makes no sense", err);
    d->chunk_rows = rows;
    d->pages = d->file.n / 24;
    if (at != -1 && (s = read_tree(d, at, TREE_LEVELS, err))) return s;
    int64_t stored = 0;
    for (int64_t i = 0; i < d->n_chunks; i++) stored = d->chunk[i].bytes > stored ? d->chunk[i].bytes : stored;
    if (d->n_chunks == 0) return PM_OK;
    if (rows > pm_unpacked_limit(stored) / size)
        return damaged(d, layout, "chunks unpack to more than 64 MiB and a hundred times their size", err);
    for (int i = 0; i < 2; i++) {
        d->buffer[i] = malloc((size_t)(rows * size) + 4);
        if (!d->buffer[i]) return pm_fail(err, PM_ERR_MEMORY, "no memory for chunks");
    }
    return PM_OK;
}

/* ---- layout ------------------------------------------------------------------------------------------------------- */

static pm_status read_layout(hdf5_data *d, pm_span s, pm_error *err)
{
    int version = s.n >= 2 ? s.at[0] : 0, class = s.n >= 2 ? s.at[1] : 0;
    int64_t bytes = d->rows * d->size;

    if (version != 3 && (version != 4 || class == CHUNKED))
        return hdf5_fail(err, s.at - d->file.at, "%s of layout version %d (class %d) are not read",
                         class == CHUNKED ? "chunks" : "values", version, class);
    snprintf(d->how, sizeof d->how, "%s", class == COMPACT ? "compact" : class == CONTIGUOUS ? "contiguous" : "chunks");
    if (class == COMPACT && s.n >= 4) {
        d->whole = pm_span_part(s, 4, pm_u16(s.at + 2));
    } else if (class == CONTIGUOUS && s.n >= 18) {
        if (pm_u64(s.at + 2) == UINT64_MAX) return PM_OK; /* never written */
        d->whole = pm_span_part(d->file, pm_i64(s.at + 2), pm_i64(s.at + 10));
    } else if (class == CHUNKED && s.n >= 19 && s.at[2] == 2) {
        return begin_chunks(d, s.at, pm_i64(s.at + 3), pm_u32(s.at + 11), pm_u32(s.at + 15), err);
    } else {
        return damaged(d, s.at, "the layout of a dataset is damaged", err);
    }
    if (!d->whole.at || d->whole.n < bytes) return damaged(d, s.at, "a dataset's bytes are not all in the file", err);
    return PM_OK;
}

static pm_status begin(hdf5_data *d, const hdf5_object *object, pm_error *err)
{
    const hdf5_message *layout = hdf5_find(object, HDF5_LAYOUT), *filters = hdf5_find(object, HDF5_FILTERS);
    pm_status s;

    if (d->rows > pm_unpacked_limit(d->file.n) / d->size)
        return pm_fail(err, PM_ERR_LIMIT, "the HDF5 file claims %lld rows in %lld bytes", (long long)d->rows,
                       (long long)d->file.n);
    if (!layout || layout->shared) return hdf5_fail(err, -1, "the layout of a dataset lies elsewhere");
    if ((s = read_layout(d, layout->data, err))) return s;
    return filters ? read_filters(d, filters, err) : PM_OK;
}

pm_status hdf5_data_new(const hdf5_file *file, const hdf5_node *node, hdf5_data **out, pm_error *err)
{
    hdf5_object object = {0};
    hdf5_data *d = calloc(1, sizeof *d);
    pm_status s = d ? hdf5_object_read(file->bytes, node->at, &object, err)
                    : pm_fail(err, PM_ERR_MEMORY, "no memory to read a dataset");

    if (!s) {
        d->file = file->bytes;
        d->rows = node->size[0];
        d->size = node->type.size;
        d->held = -1;
        s = begin(d, &object, err);
    }
    hdf5_object_clear(&object);
    if (s)
        hdf5_data_free(d);
    else
        *out = d;
    return s;
}

/* The last chunk that does not begin behind the row, -1 = none. */
static int64_t chunk_of(const hdf5_data *d, int64_t row)
{
    int64_t low = 0, high = d->n_chunks;

    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (d->chunk[middle].row <= row)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1;
}

static pm_status chunk_rows(hdf5_data *d, int64_t row, pm_span *bytes, int64_t *n, pm_error *err)
{
    int64_t at = row / d->chunk_rows * d->chunk_rows, i = chunk_of(d, row);

    *n = at + d->chunk_rows < d->rows ? at + d->chunk_rows - row : d->rows - row;
    *bytes = (pm_span){NULL, 0};
    if (i < 0 || d->chunk[i].row != at) return PM_OK;
    if (d->held != i) {
        d->held = -1;
        d->unpacked = pm_span_part(d->file, d->chunk[i].at, d->chunk[i].bytes);
        const char *wrong = undo(d, &d->chunk[i], &d->unpacked);
        if (wrong) return hdf5_fail(err, d->chunk[i].at, "%s", wrong);
        d->held = i;
    }
    *bytes = pm_span_from(d->unpacked, (row - at) * d->size);
    return PM_OK;
}

pm_status hdf5_data_rows(hdf5_data *d, int64_t row, pm_span *bytes, int64_t *n, pm_error *err)
{
    int64_t last = d->n_chunks > 0 ? d->chunk[d->n_chunks - 1].row + d->chunk_rows : 0;

    *n = 0;
    if (row >= d->rows) return PM_OK;
    if (d->chunk_rows > 0) return row < last ? chunk_rows(d, row, bytes, n, err) : PM_OK;
    if (!d->whole.at) return PM_OK;
    *n = d->rows - row;
    *bytes = pm_span_from(d->whole, row * d->size);
    return PM_OK;
}

const char *hdf5_data_how(const hdf5_data *d)
{
    return d->how;
}

void hdf5_data_free(hdf5_data *d)
{
    if (!d) return;
    free(d->chunk);
    free(d->buffer[0]);
    free(d->buffer[1]);
    free(d);
}
