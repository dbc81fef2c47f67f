/* SPDX-License-Identifier: MIT */
/** @file
 * Made-up Neware .nda files of each family of records.
 */
#ifndef PM_TESTS_NDA_FILE_H
#define PM_TESTS_NDA_FILE_H

#include <stdint.h>

enum { BEGIN = 1024, ROOM = 1 << 15, OLD_HEAD = 200 };

/* A file under way: everything little-endian. */
typedef struct nda {
    uint8_t at[ROOM];
    int64_t n;
} nda;

typedef struct row {
    int index, cycle, step, type, jump;
    uint64_t time;
    int32_t voltage, current, range;
    int64_t charge, discharge;
} row;

void put(nda *f, int64_t at, int bytes, uint64_t x);
/** Versions up to 29: the channel's block at 300, of range `range`; the records' place at 64. */
nda *new_old(int version, int32_t range);
nda *new_130(int record_version);
/** Says how long the records are, and that the next section begins behind them. */
void close_old(nda *f);
void close_130(nda *f);
void add_8(nda *f, int kind, row r);
void add_86(nda *f, int kind, row r);
void add_auxiliary(nda *f, int channel, int index, int32_t voltage, int celsius);
void add_90(nda *f, int kind, int index, uint64_t time_us);
void add_91(nda *f, int bytes, row r);

#endif
