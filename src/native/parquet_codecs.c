/* SPDX-License-Identifier: MIT */
/* How pages are packed: Snappy ("Snappy compressed format description", Google), gzip, Zstandard. */
#include "config.h"
#include "parquet.h"

#include <zlib.h>

const char *parquet_codec_name(int codec)
{
    static const char *const names[] = {"none", "snappy", "gzip", "lzo", "brotli", "lz4", "zstd", "lz4_raw"};

    return codec >= 0 && codec < (int)(sizeof names / sizeof *names) ? names[codec] : "unknown";
}

static pm_status damaged(const char *codec, pm_error *err)
{
    return pm_fail(err, PM_ERR_FORMAT, "the page cannot be unpacked: its %s is damaged", codec);
}

/* ---- snappy ------------------------------------------------------------------------------------------------------- */

typedef struct snappy {
    const uint8_t *at, *end;
    uint8_t *to;
    int64_t n, room;
} snappy;

/* n little-endian bytes; -1 = not there. */
static int64_t take_bytes(snappy *s, int n)
{
    int64_t x = 0;

    if (s->end - s->at < n) return -1;
    for (int i = 0; i < n; i++) x |= (int64_t)s->at[i] << 8 * i;
    s->at += n;
    return x;
}

static bool take_literal(snappy *s, int tag)
{
    int64_t n = tag >> 2;

    if (n >= 60) n = take_bytes(s, (int)n - 59);
    if (n < 0 || n >= s->end - s->at || n >= s->room - s->n) return false;
    memcpy(s->to + s->n, s->at, (size_t)n + 1);
    s->at += n + 1;
    s->n += n + 1;
    return true;
}

/* Of what is unpacked already; it may reach into what it copies. */
static bool take_copy(snappy *s, int tag)
{
    int64_t n = tag >> 2, back = take_bytes(s, (tag & 3) == 3 ? 4 : tag & 3);

    if (back < 0) return false;
    n++;
    if ((tag & 3) == 1) {
        n = (tag >> 2 & 7) + 4;
        back |= (int64_t)(tag >> 5) << 8;
    }
    if (back == 0 || back > s->n || n > s->room - s->n) return false;
    uint8_t *to = s->to + s->n;
    if (back >= n)
        memcpy(to, to - back, (size_t)n);
    else
        for (int64_t i = 0; i < n; i++) to[i] = to[i - back];
    s->n += n;
    return true;
}

static bool unpack_snappy(pm_span packed, uint8_t *to, int64_t n)
{
    snappy s = {packed.at, packed.at + packed.n, to, 0, n};
    int64_t declared = 0;
    bool good = true, more = true;

    for (int shift = 0; more && shift < 35; shift += 7) {
        int64_t byte = take_bytes(&s, 1);
        if (byte < 0) return false;
        declared |= (byte & 127) << shift;
        more = byte >= 128;
    }
    if (more || declared != n) return false;
    while (good && s.at < s.end) {
        int tag = *s.at++;
        good = tag & 3 ? take_copy(&s, tag) : take_literal(&s, tag);
    }
    return good && s.n == n;
}

/* ---- gzip --------------------------------------------------------------------------------------------------------- */

static bool unpack_gzip(pm_span packed, uint8_t *to, int64_t n)
{
    enum { ANY_HEADER = 32 };
    z_stream z = {0};

    if (packed.n > UINT32_MAX || n > UINT32_MAX || inflateInit2(&z, MAX_WBITS + ANY_HEADER) != Z_OK) return false;
    z.next_in = (Bytef *)(uintptr_t)packed.at;
    z.avail_in = (uInt)packed.n;
    z.next_out = to;
    z.avail_out = (uInt)n;
    int code = inflate(&z, Z_FINISH);
    bool good = code == Z_STREAM_END && (int64_t)z.total_out == n;
    inflateEnd(&z);
    return good;
}

/* ---- zstd --------------------------------------------------------------------------------------------------------- */

#if PM_HAVE_ZSTD
#include <dlfcn.h>
#include <zstd.h>

/* Opened with the first page that is so packed, for few files are. */
static pm_status unpack_zstd(pm_span packed, uint8_t *to, int64_t n, pm_error *err)
{
    __typeof__(ZSTD_decompress) *decompress = NULL;
    void *library = dlopen("libzstd.so.1", RTLD_NOW | RTLD_LOCAL);
    void *symbol = library ? dlsym(library, "ZSTD_decompress") : NULL;

    if (!symbol)
        return pm_fail_at(err, PM_ERR_FEATURE, pm_nowhere(), "install libzstd, or write the file with Snappy",
                          "its pages are packed with zstd, which needs libzstd, which is not installed");
    memcpy(&decompress, &symbol, sizeof symbol);
    /* an error is a number beyond any size */
    return decompress(to, (size_t)n, packed.at, (size_t)packed.n) == (size_t)n ? PM_OK : damaged("zstd", err);
}
#else
static pm_status unpack_zstd(pm_span packed, uint8_t *to, int64_t n, pm_error *err)
{
    (void)packed;
    (void)to;
    (void)n;
    return pm_fail_at(err, PM_ERR_FEATURE, pm_nowhere(), "build with libzstd, or write the file with Snappy",
                      "its pages are packed with zstd, which this build cannot unpack");
}
#endif

pm_status parquet_unpack(int codec, pm_span packed, uint8_t *to, int64_t n, pm_error *err)
{
    switch (codec) {
    case PARQUET_SNAPPY: return unpack_snappy(packed, to, n) ? PM_OK : damaged("snappy", err);
    case PARQUET_GZIP: return unpack_gzip(packed, to, n) ? PM_OK : damaged("gzip", err);
    case PARQUET_ZSTD: return unpack_zstd(packed, to, n, err);
    default:
        return pm_fail(err, PM_ERR_FORMAT, "the page is packed with %s (codec %d), which is not read",
                       parquet_codec_name(codec), codec);
    }
}
