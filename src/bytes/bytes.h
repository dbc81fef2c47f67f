/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 1: a file's bytes: in order as a stream (source), or all at once (image); unpacked from gzip and zip, the
 * members of an archive, XML, and numbers in little-endian bytes. Whatever is unpacked into memory is bounded by the
 * packed size.
 */
#ifndef PM_BYTES_H
#define PM_BYTES_H

#include "base/base.h"

#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- spans: bytes that somebody else owns --------------------------------------------------------------------- */

typedef struct pm_span {
    const uint8_t *at;
    int64_t n;
} pm_span;
/** n bytes from `from` on; {NULL, 0} where they are not all there (negative numbers too). */
static inline pm_span pm_span_part(pm_span s, int64_t from, int64_t n)
{
    if (from < 0 || n < 0 || from > s.n || n > s.n - from) return (pm_span){NULL, 0};
    return (pm_span){s.at + from, n};
}
/** All from `from` on; empty where it lies behind the end. */
static inline pm_span pm_span_from(pm_span s, int64_t from)
{
    return from < 0 || from > s.n ? (pm_span){NULL, 0} : (pm_span){s.at + from, s.n - from};
}

/** Little-endian numbers at any address; the caller has checked that the bytes are there. */
static inline uint16_t pm_u16(const uint8_t *p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}
static inline uint32_t pm_u32(const uint8_t *p)
{
    uint32_t x;
    memcpy(&x, p, sizeof x);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap32(x);
#endif
    return x;
}
static inline uint64_t pm_u64(const uint8_t *p)
{
    uint64_t x;
    memcpy(&x, p, sizeof x);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}
static inline int16_t pm_i16(const uint8_t *p)
{
    return (int16_t)pm_u16(p);
}
static inline int32_t pm_i32(const uint8_t *p)
{
    return (int32_t)pm_u32(p);
}
static inline int64_t pm_i64(const uint8_t *p)
{
    return (int64_t)pm_u64(p);
}
static inline float pm_f32(const uint8_t *p)
{
    uint32_t bits = pm_u32(p);
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}
static inline double pm_f64(const uint8_t *p)
{
    uint64_t bits = pm_u64(p);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* ---- source: a stream ----------------------------------------------------------------------------------------- */

enum { PM_HEAD_BYTES = 256 * 1024 };

/** Bytes in: `read` delivers up to `room` of them, *n = 0 at the end. */
typedef struct pm_pull {
    void *context;
    pm_status (*read)(void *context, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err);
} pm_pull;

typedef struct pm_source pm_source;
/** Opens a file or "-"; sees through gzip and a zip of one member. An archive of several members is delivered as it
 *  lies, packed. With sha256, the file's own bytes are hashed as they are read. */
PM_CHECK pm_status pm_source_open(const char *path, bool sha256, pm_source **out, pm_error *err);
/** The same of bytes that are made while they are read: no file, no packing, size unknown. The pull's context
 *  outlives it. */
PM_CHECK pm_status pm_source_of_pull(pm_pull pull, pm_source **out, pm_error *err);
/** The first bytes (up to PM_HEAD_BYTES), which later reads deliver again. */
const uint8_t *pm_source_head(const pm_source *source, int64_t *n);
/** Makes the head longer (up to `bytes`), before anything was read; the address of the head changes. */
PM_CHECK pm_status pm_source_head_grow(pm_source *source, int64_t bytes, pm_error *err);
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

/* ---- archive: the members of a zip ------------------------------------------------------------------------------ */

typedef struct pm_archive pm_archive;
/** A zip archive in memory, which must outlive it. PM_ERR_FORMAT where it is none or damaged, PM_ERR_FEATURE without
 *  libzip. Members whose names climb ("..") or are absolute are no danger: nothing is written to disk by name. */
PM_CHECK pm_status pm_archive_open(pm_span bytes, pm_archive **out, pm_error *err);
int pm_archive_count(const pm_archive *archive);
/** UTF-8; borrowed. NULL outside [0, count). */
const char *pm_archive_name(const pm_archive *archive, int index);
/** Unpacked bytes as the directory says, -1 unknown; packed bytes. */
int64_t pm_archive_size(const pm_archive *archive, int index);
int64_t pm_archive_packed_size(const pm_archive *archive, int index);
/** Index of a member by its exact name (letter case does not count), -1 = not there. */
int pm_archive_find(const pm_archive *archive, const char *name);
/** A member as a stream. Any number may be open, in different threads. */
typedef struct pm_member pm_member;
PM_CHECK pm_status pm_member_open(const pm_archive *archive, int index, pm_member **out, pm_error *err);
/** Up to `room` bytes; *n = 0 at the end, where the checksum has been compared. More than pm_unpacked_limit of the
 *  member's packed size is PM_ERR_LIMIT. */
PM_CHECK pm_status pm_member_read(pm_member *member, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err);
void pm_member_free(pm_member *member);
PM_SCOPED(pm_member, pm_member_free)
/** A whole member; *bytes is the caller's to free, a zero byte follows the n bytes. A member that is damaged or cut
 *  yields what was unpacked before the damage where `damage` is not NULL (then *damage says what happened, code 0 =
 *  nothing);
 *  without `damage` it fails. */
PM_CHECK pm_status pm_archive_read(const pm_archive *archive, int index, uint8_t **bytes, int64_t *n, pm_error *damage,
                                   pm_error *err);
void pm_archive_free(pm_archive *archive);
PM_SCOPED(pm_archive, pm_archive_free)

/** The most bytes that so many packed ones may unpack to in memory: 64 MiB and a hundred times their size. */
int64_t pm_unpacked_limit(int64_t packed_bytes);

/* ---- xml
   ---------------------------------------------------------------------------------------------------------- */

/** What is met in XML, in order; NULL = not wanted. Names come without their prefix, texts in pieces, all as UTF-8;
 *  attributes are pairs of name and value, ended by NULL. A failure ends the reading. */
typedef struct pm_xml_events {
    void *context;
    pm_status (*start)(void *context, const char *name, const char **attributes, pm_error *err);
    pm_status (*end)(void *context, const char *name, pm_error *err);
    pm_status (*text)(void *context, const char *text, int64_t n, pm_error *err);
} pm_xml_events;
/** XML fed piece by piece. Document types (and with them entities) are PM_ERR_FORMAT; more than 64 levels, or one
 *  tag or text of more than 1 MiB that cannot be cut, PM_ERR_LIMIT; without expat PM_ERR_FEATURE. Errors carry the
 *  byte. */
typedef struct pm_xml pm_xml;
PM_CHECK pm_status pm_xml_new(const pm_xml_events *events, pm_xml **out, pm_error *err);
/** `last` once, with the last bytes (or none): an end that comes too early is PM_ERR_FORMAT. */
PM_CHECK pm_status pm_xml_feed(pm_xml *xml, const uint8_t *bytes, int64_t n, bool last, pm_error *err);
void pm_xml_free(pm_xml *xml);
PM_SCOPED(pm_xml, pm_xml_free)
/** A whole member of an archive. */
PM_CHECK pm_status pm_xml_member(const pm_archive *archive, int index, const pm_xml_events *events, pm_error *err);
/** The value of an attribute, whatever its prefix; NULL = not there. */
const char *pm_xml_attribute(const char **attributes, const char *name);

/* ---- image: all bytes at once ----------------------------------------------------------------------------------- */

/** What a format looks at: before it is chosen the head, then all of the file. */
typedef struct pm_image {
    const char *path;    /**< as given; "-" and "" = no file beside which others may lie */
    pm_span bytes;       /**< unpacked from gzip and from a zip of one member */
    bool whole;          /**< false: only the first bytes are here */
    pm_archive *archive; /**< where the bytes are a zip archive of several members; NULL = they are none */
} pm_image;
/** Reads the rest of a source into memory: *bytes is the caller's to free. */
PM_CHECK pm_status pm_source_read_all(pm_source *source, uint8_t **bytes, int64_t *n, pm_error *err);

#ifdef __cplusplus
}
#endif
#endif
