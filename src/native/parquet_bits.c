/* SPDX-License-Identifier: MIT */
/* Numbers of any count of bits, the lowest first, in runs or as differences ("Parquet encoding definitions"). */
#include "parquet.h"
#include "thrift.h"

/* Up to eight bytes, zeros behind the end. */
static inline uint64_t load(const uint8_t *at, const uint8_t *end)
{
    uint64_t x = 0;

    if (end - at >= 8) return pm_u64(at);
    for (int i = 0; at + i < end; i++) x |= (uint64_t)at[i] << 8 * i;
    return x;
}

static inline uint64_t take_bits(const uint8_t *at, const uint8_t *end, int64_t bit, int width)
{
    int shift = (int)(bit & 7);
    uint64_t x = load(at + bit / 8, end) >> shift;

    if (width + shift > 64) x |= load(at + bit / 8 + 8, end) << (64 - shift);
    return width == 64 ? x : x & ((UINT64_C(1) << width) - 1);
}

/* ---- runs --------------------------------------------------------------------------------------------------------- */

/* The header of the next run; false where there is none. */
static bool next_run(parquet_runs *r)
{
    thrift t = {{r->at, r->end - r->at}, 0, false};
    uint64_t header = thrift_varint(&t);
    int64_t left = r->end - r->at - t.at, bytes = (r->width + 7) / 8;

    if (t.broken || header >> 33) return false;
    r->at += t.at;
    if (header & 1) {
        int64_t groups = (int64_t)(header >> 1), there = r->width > 0 ? left / r->width : groups;
        r->bit = 0;
        r->packed = 8 * groups;
        /* the last group may be cut short behind its last value */
        if (groups > there) r->packed = left * 8 / r->width;
        return r->packed > 0;
    }
    if (bytes > left) return false;
    r->value = 0;
    for (int64_t i = 0; i < bytes; i++) r->value |= (uint32_t)r->at[i] << 8 * i;
    r->at += bytes;
    r->repeated = (int64_t)(header >> 1);
    return r->repeated > 0;
}

static int64_t take_packed(parquet_runs *r, int64_t n, uint32_t *to)
{
    if (n > r->packed) n = r->packed;
    for (int64_t i = 0; i < n; i++) to[i] = (uint32_t)take_bits(r->at, r->end, r->bit + i * r->width, r->width);
    r->bit += n * r->width;
    r->packed -= n;
    if (r->packed > 0) return n;
    int64_t bytes = (r->bit + 7) / 8;
    r->at = bytes < r->end - r->at ? r->at + bytes : r->end;
    return n;
}

int64_t parquet_runs_take(parquet_runs *r, int64_t n, uint32_t *to)
{
    int64_t i = 0;

    while (i < n) {
        if (r->packed > 0) {
            i += take_packed(r, n - i, to + i);
        } else if (r->repeated > 0) {
            int64_t k = r->repeated < n - i ? r->repeated : n - i;
            for (int64_t j = 0; j < k; j++) to[i + j] = r->value;
            r->repeated -= k;
            i += k;
        } else if (!next_run(r)) {
            break;
        }
    }
    return i;
}

/* ---- differences -------------------------------------------------------------------------------------------------- */

bool parquet_deltas_begin(parquet_deltas *d, pm_span bytes, bool narrow)
{
    thrift t = {bytes, 0, false};
    uint64_t block = thrift_varint(&t), minis = thrift_varint(&t), count = thrift_varint(&t);
    int64_t first = thrift_zigzag(&t);

    if (t.broken || minis == 0 || minis > 1024 || block == 0 || block > 1 << 20 || count >> 32) return false;
    if (block % minis || block / minis % 8) return false;
    *d = (parquet_deltas){.at = bytes.at + t.at,
                          .end = bytes.at + bytes.n,
                          .per_mini = (int64_t)(block / minis),
                          .minis = (int64_t)minis,
                          .left = (int64_t)count,
                          .mini = (int64_t)minis,
                          .value = (uint64_t)first,
                          .first = true,
                          .narrow = narrow};
    return true;
}

static bool next_block(parquet_deltas *d)
{
    thrift t = {{d->at, d->end - d->at}, 0, false};

    d->least = (uint64_t)thrift_zigzag(&t);
    if (t.broken || d->end - d->at - t.at < d->minis) return false;
    d->widths = d->at + t.at;
    d->at = d->widths + d->minis;
    d->mini = 0;
    return true;
}

/* The next small block, of a new block where this one is done; false where its bits are not all there. */
static bool next_mini(parquet_deltas *d)
{
    if (d->mini < d->minis) { /* bits behind the last value may be left out, so this may lie behind the end */
        int64_t bytes = d->per_mini / 8 * d->widths[d->mini];
        d->at = bytes < d->end - d->at ? d->at + bytes : d->end;
        d->mini++;
    }
    if (d->mini >= d->minis && !next_block(d)) return false;
    int64_t width = d->widths[d->mini], needed = d->left < d->per_mini ? d->left : d->per_mini;
    d->left_in_mini = d->per_mini;
    d->bit = 0;
    return width <= 64 && (needed * width + 7) / 8 <= d->end - d->at;
}

static int64_t value_of(const parquet_deltas *d)
{
    return d->narrow ? (int64_t)(int32_t)(uint32_t)d->value : (int64_t)d->value;
}

int64_t parquet_deltas_take(parquet_deltas *d, int64_t n, int64_t *to)
{
    int64_t i = 0;

    if (n > d->left) n = d->left;
    if (n > 0 && d->first) {
        to[i++] = value_of(d);
        d->first = false;
        d->left--;
    }
    while (i < n) {
        if (d->left_in_mini == 0 && !next_mini(d)) break;
        int width = d->widths[d->mini];
        int64_t k = d->left_in_mini < n - i ? d->left_in_mini : n - i;
        for (int64_t j = 0; j < k; j++) {
            d->value += d->least + (width ? take_bits(d->at, d->end, d->bit + j * width, width) : 0);
            to[i + j] = value_of(d);
        }
        i += k;
        d->bit += k * width;
        d->left_in_mini -= k;
        d->left -= k;
    }
    return i;
}

pm_span parquet_deltas_behind(parquet_deltas d)
{
    int64_t some[256];

    while (d.left > 0)
        if (parquet_deltas_take(&d, 256, some) == 0) return (pm_span){NULL, 0};
    int64_t bytes = d.mini < d.minis ? d.per_mini / 8 * d.widths[d.mini] : 0;
    return pm_span_from((pm_span){d.at, d.end - d.at}, bytes);
}
