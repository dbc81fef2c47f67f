/* SPDX-License-Identifier: MIT */
/* Object headers of both versions ("HDF5 File Format Specification", chapter IV.A). */
#include "hdf5.h"

#include <stdarg.h>
#include <stdlib.h>

enum { BLOCKS = 256 }; /* a header goes on in further blocks */

pm_status hdf5_fail(pm_error *err, int64_t byte, const char *format, ...)
{
    char message[240];
    pm_place at = pm_nowhere();
    va_list arguments;

    va_start(arguments, format);
    int n = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    at.byte = byte < 0 ? 0 : byte;
    if (byte < 0 && n >= 0 && n < (int)sizeof message)
        snprintf(message + n, sizeof message - (size_t)n, " (address %lld)", (long long)byte);
    return pm_fail_at(err, PM_ERR_FORMAT, at,
                      "copy the file again, or save it with h5py's or PyTables' default settings", "%s", message);
}

static uint32_t turn(uint32_t x, int k)
{
    return x << k | x >> (32 - k);
}

/* One step: a -= c; a ^= turn(c, k); c += b. */
static void step(uint32_t *a, uint32_t b, uint32_t *c, int k)
{
    *a -= *c;
    *a ^= turn(*c, k);
    *c += b;
}

static void finish(uint32_t *a, uint32_t b, int k)
{
    *a ^= b;
    *a -= turn(b, k);
}

uint32_t hdf5_checksum(const uint8_t *bytes, int64_t n)
{
    uint32_t x[3];

    x[0] = x[1] = x[2] = 0xdeadbeef + (uint32_t)n;
    if (n == 0) return x[2];
    for (; n > 12; n -= 12, bytes += 12) {
        for (int i = 0; i < 3; i++) x[i] += pm_u32(bytes + 4 * i);
        step(&x[0], x[1], &x[2], 4);
        step(&x[1], x[2], &x[0], 6);
        step(&x[2], x[0], &x[1], 8);
        step(&x[0], x[1], &x[2], 16);
        step(&x[1], x[2], &x[0], 19);
        step(&x[2], x[0], &x[1], 4);
    }
    for (int i = 0; i < n; i++) x[i / 4] += (uint32_t)bytes[i] << 8 * (i % 4);
    finish(&x[2], x[1], 14);
    finish(&x[0], x[2], 11);
    finish(&x[1], x[0], 25);
    finish(&x[2], x[1], 16);
    finish(&x[0], x[2], 4);
    finish(&x[1], x[0], 14);
    finish(&x[2], x[1], 24);
    return x[2];
}

/* ---- blocks of messages ------------------------------------------------------------------------------------------- */

/* A header being read: its blocks in order. */
typedef struct walk {
    pm_span file;
    hdf5_object *object;
    bool second;  /* version 2 */
    bool ordered; /* messages have a number */
    pm_span block[BLOCKS];
    int n_blocks;
} walk;

static bool add_block(walk *w, int64_t at, int64_t n)
{
    pm_span block = pm_span_part(w->file, at, n);

    if (!block.at || w->n_blocks == BLOCKS) return false;
    w->block[w->n_blocks++] = block;
    return true;
}

/* Blocks of version 2 have a mark before and a sum behind them. */
static bool add_marked_block(walk *w, int64_t at, int64_t n, const char *mark, int64_t head)
{
    pm_span block = pm_span_part(w->file, at, n);

    if (!block.at || n < head + 4 || memcmp(block.at, mark, 4) != 0) return false;
    if (hdf5_checksum(block.at, n - 4) != pm_u32(block.at + n - 4)) return false;
    return add_block(w, at + head, n - head - 4);
}

static bool take_continuation(walk *w, pm_span data)
{
    if (data.n < 16) return false;
    int64_t at = pm_i64(data.at), n = pm_i64(data.at + 8);
    return w->second ? add_marked_block(w, at, n, "OCHK", 4) : add_block(w, at, n);
}

static pm_status read_block(walk *w, pm_span block, pm_error *err)
{
    int64_t head = !w->second ? 8 : w->ordered ? 6 : 4, at = 0;

    while (block.n - at >= head) {
        const uint8_t *p = block.at + at;
        int type = w->second ? p[0] : pm_u16(p), flags = w->second ? p[3] : p[4];
        pm_span data = pm_span_part(block, at + head, pm_u16(p + (w->second ? 1 : 2)));
        int64_t byte = p - w->file.at;
        if (!data.at) return hdf5_fail(err, byte, "a message of an object goes beyond its header");
        if (type == HDF5_CONTINUATION && !take_continuation(w, data))
            return hdf5_fail(err, byte, "an object's header goes on where it cannot, or contradicts its checksum");
        pm_status s = pm_grow(&w->object->message, &w->object->room, w->object->n + 1, sizeof *w->object->message, err);
        if (s) return s;
        w->object->message[w->object->n++] = (hdf5_message){type, flags & 2, data};
        at += head + data.n;
    }
    return PM_OK;
}

static bool begin_first(walk *w, int64_t at)
{
    pm_span head = pm_span_part(w->file, at, 16);

    return head.at && head.at[0] == 1 && add_block(w, at + 16, pm_u32(head.at + 8));
}

static bool begin_second(walk *w, int64_t at)
{
    pm_span head = pm_span_part(w->file, at, 38);
    int64_t skip = 6;

    if (!head.at || head.at[4] != 2) return false;
    int flags = head.at[5], width = 1 << (flags & 3);
    if (flags & 32) skip += 16;
    if (flags & 16) skip += 4;
    w->second = true;
    w->ordered = flags & 4;
    uint64_t n = 0;
    for (int i = 0; i < width; i++) n |= (uint64_t)head.at[skip + i] << 8 * i;
    if (n > (uint64_t)w->file.n) return false;
    return add_marked_block(w, at, skip + width + (int64_t)n + 4, "OHDR", skip + width);
}

pm_status hdf5_object_read(pm_span file, int64_t at, hdf5_object *object, pm_error *err)
{
    walk w = {.file = file, .object = object};
    pm_span mark = pm_span_part(file, at, 4);
    pm_status s = PM_OK;
    bool good = mark.at && (memcmp(mark.at, "OHDR", 4) == 0 ? begin_second(&w, at) : begin_first(&w, at));

    if (!good) return hdf5_fail(err, at, "there is no object's header here, or it contradicts its checksum");
    for (int i = 0; !s && i < w.n_blocks; i++) s = read_block(&w, w.block[i], err);
    return s;
}

void hdf5_object_clear(hdf5_object *object)
{
    free(object->message);
    *object = (hdf5_object){0};
}

const hdf5_message *hdf5_find(const hdf5_object *object, int type)
{
    for (int64_t i = 0; i < object->n; i++)
        if (object->message[i].type == type) return &object->message[i];
    return NULL;
}
