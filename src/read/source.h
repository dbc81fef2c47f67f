/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: a file's bytes in order, unpacked, with a head that can be looked at first.
 */
#ifndef PM_READ_SOURCE_H
#define PM_READ_SOURCE_H

#include "base/base.h"

enum { PM_HEAD_BYTES = 256 * 1024 };

typedef struct pm_source pm_source;

/** Opens a file or "-"; sees through gzip and a zip of one member. With sha256, the file's own bytes are hashed as they
 *  are read. */
PM_CHECK pm_status pm_source_open(const char *path, bool sha256, pm_source **out, pm_error *err);
/** The first bytes (up to PM_HEAD_BYTES), which later reads deliver again. */
const uint8_t *pm_source_head(const pm_source *source, int64_t *n);
/** Up to `room` bytes; *n = 0 at the end. */
PM_CHECK pm_status pm_source_read(pm_source *source, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err);
/** "", "gzip", "zip" */
const char *pm_source_packing(const pm_source *source);
/** Bytes of the file itself read so far, and its size (-1 unknown). */
int64_t pm_source_raw_bytes(const pm_source *source);
int64_t pm_source_raw_size(const pm_source *source);
/** Hex digest once all is read and it was asked for, else "". */
const char *pm_source_sha256(const pm_source *source);
void pm_source_free(pm_source *source);
PM_SCOPED(pm_source, pm_source_free)

/* unpack_gzip.c, unpack_zip.c: one adapter per library. Bytes in: `pull` delivers packed bytes. */
typedef struct pm_pull {
    void *context;
    pm_status (*read)(void *context, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err);
} pm_pull;
typedef struct pm_gunzip pm_gunzip;
PM_CHECK pm_status pm_gunzip_new(pm_pull pull, pm_gunzip **out, pm_error *err);
PM_CHECK pm_status pm_gunzip_read(pm_gunzip *g, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err);
void pm_gunzip_free(pm_gunzip *g);

typedef struct pm_unzip pm_unzip;
/** Opens the only file of an archive; several members, encryption or none are refused by name. */
PM_CHECK pm_status pm_unzip_new(int descriptor, pm_unzip **out, pm_error *err);
PM_CHECK pm_status pm_unzip_read(pm_unzip *z, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err);
void pm_unzip_free(pm_unzip *z);

#endif
