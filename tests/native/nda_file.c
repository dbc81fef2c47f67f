/* SPDX-License-Identifier: MIT */
#include "nda_file.h"

#include <stdlib.h>
#include <string.h>

void put(nda *f, int64_t at, int bytes, uint64_t x)
{
    for (int i = 0; i < bytes; i++) f->at[at + i] = (uint8_t)(x >> 8 * i);
}

static void put_single(nda *f, int64_t at, double x)
{
    float single = (float)x;
    uint32_t bits;

    memcpy(&bits, &single, sizeof bits);
    put(f, at, 4, bits);
}

nda *new_old(int version, int32_t range)
{
    nda *f = calloc(1, sizeof *f);

    memcpy(f->at, "NEWARE20200325", 14);
    put(f, 14, 1, (uint64_t)version);
    put(f, 16, 4, 300);
    put(f, 20, 4, 42);
    put(f, 24, 4, 400);
    put(f, 28, 4, 383);
    put(f, 326, 4, (uint32_t)range);
    strcpy((char *)f->at + 400 + (version == 8 ? 36 : 37), "2020-03-25 11:16:21");
    strcpy((char *)f->at + 400 + (version == 8 ? 76 : 77), "J\xf6rg");
    put(f, 64, 4, BEGIN);
    put(f, 152, 4, version == 8 ? 0 : 12345);
    f->n = BEGIN;
    return f;
}

nda *new_130(int record_version)
{
    nda *f = calloc(1, sizeof *f);

    memcpy(f->at, "NEWARE20250527", 14);
    put(f, 14, 1, 130);
    put(f, 16, 2, (uint64_t)record_version);
    put(f, 82, 8, BEGIN);
    strcpy((char *)f->at + (record_version == 3 ? 242 : 258), "9.1.5.7.20250527.R5");
    f->n = BEGIN;
    return f;
}

void close_old(nda *f)
{
    put(f, 68, 4, (uint64_t)(f->n - BEGIN));
    put(f, 72, 4, (uint64_t)f->n);
}

void close_130(nda *f)
{
    put(f, 90, 8, (uint64_t)(f->n - BEGIN));
    put(f, 18, 8, (uint64_t)f->n);
    put(f, 26, 8, 3);
    f->n += 3;
}

void add_8(nda *f, int kind, row r)
{
    int64_t at = f->n;

    put(f, at, 1, (uint64_t)kind);
    put(f, at + 1, 4, (uint64_t)r.index);
    put(f, at + 5, 4, (uint64_t)r.cycle);
    put(f, at + 9, 1, (uint64_t)r.step);
    put(f, at + 10, 1, (uint64_t)r.type);
    put(f, at + 11, 4, r.time);
    put(f, at + 15, 4, (uint32_t)r.voltage);
    put(f, at + 19, 4, (uint32_t)r.current);
    put(f, at + 31, 8, (uint64_t)r.charge);
    put(f, at + 39, 8, (uint64_t)r.discharge);
    put(f, at + 47, 8, 1580203585u + r.time);
    f->n += 59;
}

void add_86(nda *f, int kind, row r)
{
    int64_t at = f->n;

    put(f, at, 1, (uint64_t)kind);
    put(f, at + 2, 4, (uint64_t)r.index);
    put(f, at + 6, 4, (uint64_t)r.cycle);
    put(f, at + 10, 2, (uint64_t)r.step);
    put(f, at + 12, 1, (uint64_t)r.type);
    put(f, at + 13, 1, (uint64_t)r.jump);
    put(f, at + 14, 8, r.time);
    put(f, at + 22, 4, (uint32_t)r.voltage);
    put(f, at + 26, 4, (uint32_t)r.current);
    put(f, at + 38, 8, (uint64_t)r.charge);
    put(f, at + 46, 8, (uint64_t)r.discharge);
    put(f, at + 54, 8, 2 * (uint64_t)r.charge);
    put(f, at + 62, 8, 2 * (uint64_t)r.discharge);
    if (f->at[14] < 26) {
        put(f, at + 70, 8, 1444793310);
    } else {
        put(f, at + 70, 2, 2020);
        memcpy(f->at + at + 72, "\2\35\27\73\72", 5); /* 29 February, 23:59:58 */
    }
    put(f, at + 78, 4, (uint32_t)r.range);
    f->n += 86;
}

void add_auxiliary(nda *f, int channel, int index, int32_t voltage, int celsius)
{
    int64_t at = f->n;

    put(f, at, 1, 101);
    put(f, at + 1, 1, (uint64_t)channel);
    put(f, at + 2, 4, (uint64_t)index);
    put(f, at + 22, 4, (uint32_t)voltage);
    put(f, at + 34, 2, (uint64_t)celsius);
    f->n += 86;
}

void add_90(nda *f, int kind, int index, uint64_t time_us)
{
    int64_t at = f->n;

    memcpy(f->at + at, "\x12\x50\0\7", 4);
    put(f, at + 4, 1, (uint64_t)kind);
    put(f, at + 9, 1, 1);
    put(f, at + 10, 1, 16);
    put(f, at + 16, 4, (uint64_t)index);
    put(f, at + 28, 8, time_us);
    put_single(f, at + 36, 3.75);
    put_single(f, at + 40, -1500);
    put_single(f, at + 52, 0);
    put_single(f, at + 60, 7200);
    put_single(f, at + 64, 3600);
    put(f, at + 68, 8, 1461072061483000 + time_us);
    f->n += 88;
}

void add_91(nda *f, int bytes, row r)
{
    int64_t at = f->n, clock = bytes == 60 ? 36 : 44, cycle = bytes == 60 ? 52 : 36;

    put(f, at, 2, 0x0055);
    put(f, at + 2, 1, (uint64_t)r.step);
    put(f, at + 3, 1, (uint64_t)r.type);
    put(f, at + 8, 4, (uint64_t)r.index);
    put(f, at + 12, 4, r.time);
    put(f, at + 16, 4, 500000000);
    put_single(f, at + 20, r.current);
    put_single(f, at + 24, 3.5);
    put_single(f, at + 28, (double)(r.charge - r.discharge));
    put_single(f, at + 32, (double)(2 * (r.charge - r.discharge)));
    put(f, at + cycle, 4, (uint64_t)r.cycle);
    put(f, at + clock, 4, 1766393064);
    put(f, at + clock + 4, 4, 250000000);
    if (bytes > 52) put_single(f, at + (bytes == 60 ? 48 : 52), 21.5);
    f->n += bytes;
}
