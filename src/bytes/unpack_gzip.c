/* SPDX-License-Identifier: MIT */
/* The adapter of zlib: gzip streams, also several behind each other. */
#include "unpack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { PACKED_BYTES = 64 * 1024 };

struct pm_gunzip {
    pm_pull pull;
    z_stream stream;
    bool open, ended;
    uint8_t packed[PACKED_BYTES];
};

pm_status pm_gunzip_new(pm_pull pull, pm_gunzip **out, pm_error *err)
{
    pm_gunzip *g = calloc(1, sizeof *g);

    if (!g) return pm_fail(err, PM_ERR_MEMORY, "no memory to unpack gzip");
    g->pull = pull;
    if (inflateInit2(&g->stream, 15 + 16) != Z_OK) {
        free(g);
        return pm_fail(err, PM_ERR_MEMORY, "no memory to unpack gzip");
    }
    g->open = true;
    *out = g;
    return PM_OK;
}

/* More packed bytes; ended where there are none. */
static pm_status refill(pm_gunzip *g, pm_error *err)
{
    int64_t n = 0;
    pm_status s = g->pull.read(g->pull.context, g->packed, PACKED_BYTES, &n, err);

    if (s) return s;
    g->stream.next_in = g->packed;
    g->stream.avail_in = (uInt)n;
    return PM_OK;
}

/* After one member: another begins with the next byte, or the file ends (zeros behind the last member are padding). */
static pm_status next_member(pm_gunzip *g, pm_error *err)
{
    pm_status s;

    if (g->stream.avail_in == 0 && (s = refill(g, err))) return s;
    if (g->stream.avail_in == 0 || g->stream.next_in[0] == 0) {
        g->ended = true;
        while (g->stream.avail_in > 0) /* so that the file's hash covers all of it */
            if ((s = refill(g, err))) return s;
        return PM_OK;
    }
    if (inflateReset(&g->stream) != Z_OK) return pm_fail(err, PM_ERR_INTERNAL, "zlib cannot be reset");
    return PM_OK;
}

pm_status pm_gunzip_read(pm_gunzip *g, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err)
{
    pm_status s;

    g->stream.next_out = bytes;
    g->stream.avail_out = (uInt)room;
    while (g->stream.avail_out == (uInt)room && !g->ended) {
        if (g->stream.avail_in == 0 && (s = refill(g, err))) return s;
        if (g->stream.avail_in == 0)
            return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "the file was cut: copy it again",
                              "gzip stream ends too early");
        int z = inflate(&g->stream, Z_NO_FLUSH);
        if (z == Z_STREAM_END) {
            if ((s = next_member(g, err))) return s;
        } else if (z != Z_OK) {
            return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "the file is damaged: copy it again",
                              "gzip stream is broken: %s", g->stream.msg ? g->stream.msg : "unknown reason");
        }
    }
    *n = room - (int64_t)g->stream.avail_out;
    return PM_OK;
}

void pm_gunzip_free(pm_gunzip *g)
{
    if (!g) return;
    if (g->open) inflateEnd(&g->stream);
    free(g);
}
