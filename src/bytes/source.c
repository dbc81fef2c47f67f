/* SPDX-License-Identifier: MIT */
#include "unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct pm_source {
    int descriptor;
    bool own_descriptor;
    int64_t raw_bytes, raw_size;
    uint8_t magic[4]; /* read before it was known what the bytes are, delivered first */
    int magic_n, magic_at;
    pm_sha256 *sha;
    char hex[65];
    pm_gunzip *gunzip;
    pm_archive *archive;
    pm_member *member;
    pm_pull pull; /* read NULL = there is a descriptor */
    uint8_t *head;
    int64_t head_n, head_at;
};

/* Bytes as they lie in the file. */
static pm_status read_descriptor(pm_source *s, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err)
{
    ssize_t got;

    do got = read(s->descriptor, bytes, (size_t)room);
    while (got < 0 && errno == EINTR);
    if (got < 0) return pm_fail_errno(err, NULL, "read");
    if (s->sha && got > 0) pm_sha256_add(s->sha, bytes, got);
    if (got == 0 && s->sha && !s->hex[0]) pm_sha256_result(s->sha, s->hex);
    s->raw_bytes += got;
    *n = got;
    return PM_OK;
}

static pm_status read_raw(void *context, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err)
{
    pm_source *s = context;

    if (s->magic_at < s->magic_n) {
        int64_t left = s->magic_n - s->magic_at;
        *n = left < room ? left : room;
        memcpy(bytes, s->magic + s->magic_at, (size_t)*n);
        s->magic_at += (int)*n;
        return PM_OK;
    }
    return read_descriptor(s, bytes, room, n, err);
}

static pm_status read_unpacked(pm_source *s, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err)
{
    if (s->gunzip) return pm_gunzip_read(s->gunzip, bytes, room, n, err);
    if (s->member) return pm_member_read(s->member, bytes, room, n, err);
    if (s->pull.read) return s->pull.read(s->pull.context, bytes, room, n, err);
    return read_raw(s, bytes, room, n, err);
}

static pm_status open_descriptor(pm_source *s, const char *path, pm_error *err)
{
    struct stat st;

    if (strcmp(path, "-") == 0) {
        s->descriptor = 0;
    } else {
        s->descriptor = open(path, O_RDONLY | O_CLOEXEC);
        if (s->descriptor < 0) return pm_fail_errno(err, path, "open");
        s->own_descriptor = true;
    }
    s->raw_size = -1;
    if (fstat(s->descriptor, &st) != 0) return pm_fail_errno(err, path, "open");
    if (S_ISDIR(st.st_mode))
        return pm_fail_at(err, PM_ERR_IO, pm_nowhere(), "name the files in it", "is a directory, not a file");
    if (S_ISREG(st.st_mode)) s->raw_size = st.st_size;
    return PM_OK;
}

/* An archive of several members is a container that some format may know: its bytes are delivered as they lie. */
static pm_status open_zip(pm_source *s, pm_error *err)
{
    pm_status status;

    if ((status = pm_archive_of_descriptor(s->descriptor, &s->archive, err))) return status;
    int only = pm_archive_only_file(s->archive);
    if (only == -1) return pm_fail(err, PM_ERR_FORMAT, "the zip archive holds no file");
    if (only >= 0) return pm_member_open(s->archive, only, &s->member, err);
    pm_archive_free(s->archive);
    s->archive = NULL;
    s->magic_n = 0;
    s->raw_bytes = 0;
    if (s->sha) pm_sha256_result(s->sha, s->hex); /* starts anew */
    s->hex[0] = 0;
    return lseek(s->descriptor, 0, SEEK_SET) < 0 ? pm_fail_errno(err, NULL, "read") : PM_OK;
}

/* The first four bytes tell whether the file is packed. */
static pm_status see_magic(pm_source *s, pm_error *err)
{
    int64_t n = 1;
    pm_status status;

    while (s->magic_n < 4 && n > 0) {
        if ((status = read_descriptor(s, s->magic + s->magic_n, 4 - s->magic_n, &n, err))) return status;
        s->magic_n += (int)n;
    }
    if (s->magic_n >= 2 && s->magic[0] == 0x1f && s->magic[1] == 0x8b)
        return pm_gunzip_new((pm_pull){s, read_raw}, &s->gunzip, err);
    if (s->magic_n == 4 && memcmp(s->magic, "PK\3\4", 4) == 0) {
        return s->raw_size < 0 ? PM_OK : open_zip(s, err); /* libzip cannot look into a stream: as it lies */
    }
    return PM_OK;
}

/* libzip seeks in the descriptor on its own: the hash of an archive is taken in a pass of its own. */
static pm_status hash_whole(pm_source *s, pm_error *err)
{
    uint8_t *buffer = malloc(PM_HEAD_BYTES);
    int64_t at = 0;
    ssize_t n = 1;

    if (!buffer) return pm_fail(err, PM_ERR_MEMORY, "no memory to read");
    pm_sha256_result(s->sha, s->hex);
    while ((n = pread(s->descriptor, buffer, PM_HEAD_BYTES, at)) > 0) {
        pm_sha256_add(s->sha, buffer, n);
        at += n;
    }
    free(buffer);
    if (n < 0) return pm_fail_errno(err, NULL, "read");
    pm_sha256_result(s->sha, s->hex);
    return PM_OK;
}

pm_status pm_source_head_grow(pm_source *s, int64_t bytes, pm_error *err)
{
    int64_t n = 1;
    pm_status status;
    uint8_t *head = realloc(s->head, (size_t)bytes);

    if (!head) return pm_fail(err, PM_ERR_MEMORY, "no memory to read");
    s->head = head;
    while (s->head_n < bytes && n > 0) {
        if ((status = read_unpacked(s, s->head + s->head_n, bytes - s->head_n, &n, err))) return status;
        s->head_n += n;
    }
    return PM_OK;
}

pm_status pm_source_open(const char *path, bool sha256, pm_source **out, pm_error *err)
{
    pm_scoped(pm_source) s = calloc(1, sizeof *s);
    pm_status status;

    if (!s) return pm_fail(err, PM_ERR_MEMORY, "no memory to open a file");
    s->descriptor = -1;
    if (sha256 && (status = pm_sha256_new(&s->sha, err))) return status;
    if ((status = open_descriptor(s, path, err))) return status;
    if ((status = see_magic(s, err))) return status;
    if (s->member) s->raw_bytes = s->raw_size;
    if (s->member && s->sha && (status = hash_whole(s, err))) return status;
    if ((status = pm_source_head_grow(s, PM_HEAD_BYTES, err))) return status;
    if (s->head_n == 0)
        return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "nothing was written into it", "the file is empty");
    *out = s;
    s = NULL;
    return PM_OK;
}

pm_status pm_source_of_pull(pm_pull pull, pm_source **out, pm_error *err)
{
    pm_scoped(pm_source) s = calloc(1, sizeof *s);
    pm_status status;

    if (!s) return pm_fail(err, PM_ERR_MEMORY, "no memory to read");
    s->descriptor = -1;
    s->raw_size = -1;
    s->pull = pull;
    if ((status = pm_source_head_grow(s, PM_HEAD_BYTES, err))) return status;
    *out = s;
    s = NULL;
    return PM_OK;
}

const uint8_t *pm_source_head(const pm_source *s, int64_t *n)
{
    *n = s->head_n;
    return s->head;
}

pm_status pm_source_read(pm_source *s, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err)
{
    if (s->head_at < s->head_n) {
        int64_t left = s->head_n - s->head_at;
        *n = left < room ? left : room;
        memcpy(bytes, s->head + s->head_at, (size_t)*n);
        s->head_at += *n;
        return PM_OK;
    }
    return read_unpacked(s, bytes, room, n, err);
}

const char *pm_source_packing(const pm_source *s)
{
    return s->gunzip ? "gzip" : s->member ? "zip" : "";
}
int64_t pm_source_raw_bytes(const pm_source *s)
{
    return s->raw_bytes;
}
int64_t pm_source_raw_size(const pm_source *s)
{
    return s->raw_size;
}
const char *pm_source_sha256(const pm_source *s)
{
    return s->hex;
}

pm_status pm_source_read_all(pm_source *s, uint8_t **bytes, int64_t *n, pm_error *err)
{
    uint8_t *buffer = NULL;
    int64_t room = 0, used = 0, got = 1;
    int64_t first = s->gunzip || s->member || s->raw_size < 0 ? PM_HEAD_BYTES : s->raw_size;
    pm_status status = PM_OK;

    while (!status && got > 0) {
        if (used == room) status = pm_grow(&buffer, &room, used ? used + (used >> 1) + 1 : first + 1, 1, err);
        if (!status) status = pm_source_read(s, buffer + used, room - used, &got, err);
        if (!status) used += got;
        if (!status && (s->gunzip || s->member) && s->raw_size >= 0 && used > pm_unpacked_limit(s->raw_size))
            status = pm_fail_at(err, PM_ERR_LIMIT, pm_nowhere(), "no instrument writes such a file",
                                "the file unpacks to more than %lld MiB, far more than its packed size",
                                (long long)(pm_unpacked_limit(s->raw_size) >> 20));
    }
    if (status) {
        free(buffer);
        return status;
    }
    *bytes = buffer;
    *n = used;
    return PM_OK;
}

void pm_source_free(pm_source *s)
{
    if (!s) return;
    pm_gunzip_free(s->gunzip);
    pm_member_free(s->member);
    pm_archive_free(s->archive);
    pm_sha256_free(s->sha);
    if (s->own_descriptor) close(s->descriptor);
    free(s->head);
    free(s);
}
