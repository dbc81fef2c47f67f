/* SPDX-License-Identifier: MIT */
/** @file
 * A writer of small HDF5 files, for tests: superblock 0, headers of version 1, one table of ROWS rows.
 */
#ifndef PM_TESTS_HDF5_FILE_H
#define PM_TESTS_HDF5_FILE_H

#include <stdbool.h>
#include <stdint.h>

enum { ROWS = 6, CHUNK = 4, ROW_BYTES = 8 + 8 + 2 + 4 };

/* What is to be written. */
typedef struct hdf5_contents {
    bool chunks, shuffle, gzip, sum;
    int filter;          /* another filter, 0 = none */
    int type_version;    /* of the compound; 1 or 3 */
    const char *columns; /* battdat's description in JSON, NULL = none */
    bool hole;           /* the first chunk was never written */
} hdf5_contents;

typedef struct hdf5_writer {
    uint8_t bytes[1 << 14];
    int64_t n;
    int64_t header; /* of the dataset */
} hdf5_writer;

extern const double hdf5_time[ROWS], hdf5_current[ROWS];
extern const char *const hdf5_state[ROWS];

void write_hdf5(hdf5_writer *w, const hdf5_contents *wish);

#endif
