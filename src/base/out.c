/* SPDX-License-Identifier: MIT */
#include "base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"

enum { BUFFER = 1 << 16 };

struct pm_out {
    char *path;      /* as messages name it; NULL = memory */
    char *target;    /* what the rename replaces: path, or what a symbolic link points to; NULL = written in place */
    char *temporary; /* beside target, NULL once renamed */
    int fd;          /* -1 = memory or closed */
    bool force, committed;
    char *bytes; /* a file's buffer, or all of a memory's bytes with a zero behind */
    int64_t used, capacity;
    pm_status status; /* the first failure: */
    int number;       /* its errno, or 0 and */
    const char *why;
};

void pm_out_refuse(pm_out *o, pm_status status, const char *why)
{
    if (o->status) return;
    o->status = status;
    o->why = why;
}

static void refuse_errno(pm_out *o)
{
    if (o->status) return;
    o->number = errno;
    o->status = PM_ERR_IO;
}

static pm_status no_memory(pm_error *err, const char *path)
{
    return pm_fail_at(err, PM_ERR_MEMORY, pm_at_line(path, -1, NULL), NULL, "no memory for output");
}

/** Creates target.PID.N.part with the usual permissions: mkstemp would make it private. */
static pm_status create_beside(pm_out *o, pm_error *err)
{
    size_t size = strlen(o->target) + 40;
    o->temporary = malloc(size);
    if (!o->temporary) return no_memory(err, o->path);
    for (int i = 0; i < 10000; i++) {
        snprintf(o->temporary, size, "%s.%ld.%d.part", o->target, (long)getpid(), i);
        o->fd = open(o->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (o->fd >= 0 || errno != EEXIST) break;
    }
    if (o->fd >= 0) return PM_OK;
    int number = errno;
    free(o->temporary);
    o->temporary = NULL;
    errno = number;
    return pm_fail_errno(err, o->path, "create");
}

/** Devices and pipes are written in place; a file that exists is replaced where force allows it, with its mode. */
static pm_status open_path(pm_out *o, pm_error *err)
{
    struct stat now;
    bool exists = !stat(o->path, &now);
    if (exists && S_ISDIR(now.st_mode)) {
        errno = EISDIR;
        return pm_fail_errno(err, o->path, "write");
    }
    if (exists && !S_ISREG(now.st_mode)) {
        o->fd = open(o->path, O_WRONLY | O_CLOEXEC);
        return o->fd < 0 ? pm_fail_errno(err, o->path, "open") : PM_OK;
    }
    if (exists && !o->force) {
        errno = EEXIST;
        return pm_fail_errno(err, o->path, "write");
    }
    char resolved[PATH_MAX];
    if (exists && !realpath(o->path, resolved)) return pm_fail_errno(err, o->path, "write");
    o->target = pm_text_copy(exists ? resolved : o->path, -1);
    if (!o->target) return no_memory(err, o->path);
    pm_status s = create_beside(o, err);
    if (!s && exists && fchmod(o->fd, now.st_mode & 07777)) return pm_fail_errno(err, o->path, "set the mode of");
    return s;
}

pm_status pm_out_open(const char *path, bool force, pm_out **out, pm_error *err)
{
    pm_scoped(pm_out) o = calloc(1, sizeof *o);
    if (!o) return no_memory(err, path);
    o->fd = -1;
    o->force = force;
    pm_status s = pm_grow(&o->bytes, &o->capacity, path ? BUFFER : 256, 1, err);
    if (s) return s;
    if (path && !(o->path = pm_text_copy(strcmp(path, "-") ? path : "standard output", -1)))
        return no_memory(err, path);
    if (path && !strcmp(path, "-"))
        o->fd = STDOUT_FILENO;
    else if (path && (s = open_path(o, err)))
        return s;
    *out = o;
    o = NULL;
    return PM_OK;
}

static void write_all(pm_out *o, const char *bytes, int64_t n)
{
    while (n > 0 && !o->status) {
        ssize_t written = write(o->fd, bytes, (size_t)n);
        if (written < 0 && errno != EINTR) refuse_errno(o);
        if (written <= 0) continue;
        bytes += written;
        n -= written;
    }
}

static void flush(pm_out *o)
{
    write_all(o, o->bytes, o->used);
    o->used = 0;
}

void pm_out_bytes(pm_out *o, const char *bytes, int64_t n)
{
    if (o->status || n <= 0) return;
    if (o->committed) {
        pm_out_refuse(o, PM_ERR_ARGUMENT, "written to after commit");
        return;
    }
    if (!o->path) {
        if (pm_grow(&o->bytes, &o->capacity, o->used + n + 1, 1, NULL)) {
            pm_out_refuse(o, PM_ERR_MEMORY, "no memory for output");
            return;
        }
        o->bytes[o->used + n] = 0;
    } else if (n > o->capacity - o->used) {
        flush(o);
        if (n > o->capacity) {
            write_all(o, bytes, n);
            return;
        }
    }
    memcpy(o->bytes + o->used, bytes, (size_t)n);
    o->used += n;
}

void pm_out_text(pm_out *o, const char *format, ...)
{
    char small[512];
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    if (n < 0) {
        pm_out_refuse(o, PM_ERR_INTERNAL, "text that cannot be formatted");
    } else if (n < (int)sizeof small) {
        pm_out_bytes(o, small, n);
    } else {
        pm_scoped_text large = malloc((size_t)n + 1);
        if (large && vsnprintf(large, (size_t)n + 1, format, again) == n)
            pm_out_bytes(o, large, n);
        else
            pm_out_refuse(o, PM_ERR_MEMORY, "no memory for output");
    }
    va_end(again);
    va_end(args);
}

void pm_out_number(pm_out *o, double value)
{
    char text[32];
    pm_out_bytes(o, text, pm_number_print(value, text));
}

/** What stands for a character in HTML and XML, or NULL where it stands for itself. */
static const char *html_escape(uint32_t code, bool valid)
{
    switch (code) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\t':
    case '\n':
    case '\r': return NULL;
    default: return !valid || pm_is_control(code) || code == 0xFFFE || code == 0xFFFF ? PM_REPLACEMENT : NULL;
    }
}

void pm_out_html(pm_out *o, const char *text)
{
    if (!text) return;
    int64_t n = (int64_t)strlen(text), plain = 0;
    for (int64_t i = 0, step; i < n; i += step) {
        uint32_t code;
        int length = pm_utf8_step(text + i, n - i, &code);
        step = length ? length : 1;
        const char *escape = html_escape(code, length > 0);
        if (!escape) continue;
        pm_out_bytes(o, text + plain, i - plain);
        pm_out_bytes(o, escape, (int64_t)strlen(escape));
        plain = i + step;
    }
    pm_out_bytes(o, text + plain, n - plain);
}

/** Renames; without force only to a name that is still free. */
static void publish(pm_out *o)
{
#ifdef RENAME_NOREPLACE
    if (!o->force) {
        if (!renameat2(AT_FDCWD, o->temporary, AT_FDCWD, o->target, RENAME_NOREPLACE)) goto renamed;
        if (errno != EINVAL && errno != ENOSYS) {
            refuse_errno(o);
            return;
        }
    }
#endif
    if (rename(o->temporary, o->target)) {
        refuse_errno(o);
        return;
    }
renamed:
    free(o->temporary);
    o->temporary = NULL;
}

/** Closes the file; on a network share this may be the first to hear of a full disk. */
static void finish_file(pm_out *o)
{
    if (!o->status) flush(o);
    if (!o->status && o->temporary && fsync(o->fd) && errno != EINVAL && errno != ENOTSUP) refuse_errno(o);
    int fd = o->fd;
    o->fd = -1;
    if (fd != STDOUT_FILENO && close(fd) && errno != EINTR) refuse_errno(o);
    if (!o->status && o->temporary) publish(o);
}

pm_status pm_out_commit(pm_out *o, pm_error *err)
{
    if (o->fd >= 0) finish_file(o);
    o->committed = true;
    if (!o->status) return PM_OK;
    if (!o->number) return pm_fail_at(err, o->status, pm_at_line(o->path, -1, NULL), NULL, "%s", o->why);
    errno = o->number;
    return o->status = pm_fail_errno(err, o->path, "write");
}

const char *pm_out_memory(const pm_out *o, int64_t *length)
{
    if (o->path || o->status) return NULL;
    if (length) *length = o->used;
    return o->bytes;
}

void pm_out_free(pm_out *o)
{
    if (!o) return;
    if (o->fd >= 0 && o->fd != STDOUT_FILENO) close(o->fd);
    if (o->temporary) unlink(o->temporary);
    free(o->temporary);
    free(o->target);
    free(o->path);
    free(o->bytes);
    free(o);
}
