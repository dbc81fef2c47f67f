/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: streams unpacked, one adapter per library.
 */
#ifndef PM_BYTES_UNPACK_H
#define PM_BYTES_UNPACK_H

#include "bytes/bytes.h"

/** Packed bytes are pulled in. */
typedef struct pm_gunzip pm_gunzip;
PM_CHECK pm_status pm_gunzip_new(pm_pull pull, pm_gunzip **out, pm_error *err);
PM_CHECK pm_status pm_gunzip_read(pm_gunzip *g, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err);
void pm_gunzip_free(pm_gunzip *g);

/** An archive in a file; only one stream may be read from it at a time. */
PM_CHECK pm_status pm_archive_of_descriptor(int descriptor, pm_archive **out, pm_error *err);
/** The index of the only file in it (folders and what a Mac adds do not count); -1 = none, -2 = several. */
int pm_archive_only_file(const pm_archive *archive);

#endif
