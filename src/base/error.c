/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/base.h"
#include "base/utf8.h"

const char *pm_status_name(pm_status status)
{
    switch (status) {
    case PM_OK: return "ok";
    case PM_ERR_MEMORY: return "memory";
    case PM_ERR_ARGUMENT: return "argument";
    case PM_ERR_IO: return "io";
    case PM_ERR_FORMAT: return "format";
    case PM_ERR_UNIT: return "unit";
    case PM_ERR_COLUMN: return "column";
    case PM_ERR_DATA: return "data";
    case PM_ERR_LIMIT: return "limit";
    case PM_ERR_FEATURE: return "feature";
    case PM_ERR_CANCELLED: return "cancelled";
    case PM_ERR_INTERNAL: break;
    }
    return "internal";
}

pm_place pm_nowhere(void)
{
    return (pm_place){.byte = -1, .line = -1, .row = -1};
}

pm_place pm_at_line(const char *file, int64_t line, const char *column)
{
    return (pm_place){.file = file, .column = column, .byte = -1, .line = line, .row = -1};
}

/** Copies text into a field of `size` bytes: control characters and bytes that are not UTF-8 become \xNN (a terminal
 *  obeys the former, JSON refuses the latter), and what does not fit is cut between characters. */
static void put(char *field, size_t size, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    size_t used = 0;
    field[0] = 0;
    if (!text) return;
    for (int64_t left = (int64_t)strlen(text); left > 0;) {
        uint32_t code;
        int length = pm_utf8_step(text, left, &code);
        bool plain = length && !pm_is_control(code);
        char escape[16];
        int bytes = plain ? length : 0, step = length ? length : 1;
        for (int i = 0; !plain && i < step; i++, bytes += 4) {
            unsigned char c = (unsigned char)text[i];
            memcpy(escape + 4 * i, (char[4]){'\\', 'x', hex[c >> 4], hex[c & 15]}, 4);
        }
        if (used + (size_t)bytes >= size) break;
        memcpy(field + used, plain ? text : escape, (size_t)bytes);
        used += (size_t)bytes;
        text += step;
        left -= step;
    }
    field[used] = 0;
}

/** Builds the whole error before it replaces *err: the arguments may point into the old one. */
static pm_status PM_PRINTF(5, 0)
    fail(pm_error *err, pm_status code, pm_place at, const char *hint, const char *format, va_list args)
{
    if (!err) return code;
    pm_error new = {.code = code, .byte = at.byte, .line = at.line, .row = at.row};
    char message[sizeof new.message];
    if (vsnprintf(message, sizeof message, format, args) < 0) message[0] = 0;
    put(new.message, sizeof new.message, message);
    put(new.file, sizeof new.file, at.file);
    put(new.column, sizeof new.column, at.column);
    put(new.hint, sizeof new.hint, hint);
    *err = new;
    return code;
}

pm_status pm_fail(pm_error *err, pm_status code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail(err, code, pm_nowhere(), NULL, format, args);
    va_end(args);
    return code;
}

pm_status pm_fail_at(pm_error *err, pm_status code, pm_place at, const char *hint, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fail(err, code, at, hint, format, args);
    va_end(args);
    return code;
}

typedef struct trouble {
    int number;
    pm_status status;
    const char *words, *hint;
} trouble;

static const trouble troubles[] = {
    {ENOENT, PM_ERR_IO, "no such file or directory", "check the path"},
    {EACCES, PM_ERR_IO, "permission denied", "check who may read or write it"},
    {EPERM, PM_ERR_IO, "operation not permitted", NULL},
    {EISDIR, PM_ERR_IO, "it is a directory", "name a file"},
    {ENOTDIR, PM_ERR_IO, "a part of the path is not a directory", "check the path"},
    {EEXIST, PM_ERR_IO, "it exists already", "choose another name or allow overwriting with --force"},
    {ENOSPC, PM_ERR_IO, "no space left on the device", "free some space or write elsewhere"},
    {EDQUOT, PM_ERR_IO, "disk quota exceeded", "free some space or write elsewhere"},
    {EROFS, PM_ERR_IO, "read-only file system", "write elsewhere"},
    {EIO, PM_ERR_IO, "input/output error of the device", "check the disk or the network share"},
    {ESTALE, PM_ERR_IO, "stale network file handle", "check the network share"},
    {EPIPE, PM_ERR_IO, "the reader of the pipe has gone", NULL},
    {ESPIPE, PM_ERR_IO, "a pipe cannot be read at a position", "give a file"},
    {ELOOP, PM_ERR_IO, "too many symbolic links", "check the path"},
    {ETXTBSY, PM_ERR_IO, "it is a program that is running", NULL},
    {EBUSY, PM_ERR_IO, "it is in use", NULL},
    {EINVAL, PM_ERR_IO, "the system does not support this here", NULL},
    {ENAMETOOLONG, PM_ERR_LIMIT, "the name is too long", "choose a shorter name"},
    {EFBIG, PM_ERR_LIMIT, "the file is too large", NULL},
    {EOVERFLOW, PM_ERR_LIMIT, "the file is too large", NULL},
    {EMFILE, PM_ERR_LIMIT, "too many open files", "raise the limit (ulimit -n) or use fewer threads"},
    {ENFILE, PM_ERR_LIMIT, "too many open files in the system", NULL},
    {ENOMEM, PM_ERR_MEMORY, "no memory", NULL},
};

pm_status pm_fail_errno(pm_error *err, const char *file, const char *doing)
{
    int number = errno;
    pm_place at = pm_nowhere();
    at.file = file;
    for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++)
        if (troubles[i].number == number)
            return pm_fail_at(err, troubles[i].status, at, troubles[i].hint, "cannot %s: %s", doing, troubles[i].words);
    return pm_fail_at(err, PM_ERR_IO, at, NULL, "cannot %s: system error %d", doing, number);
}

void pm_error_locate(pm_error *err, const char *file, const char *hint)
{
    if (!err) return;
    if (!err->file[0]) put(err->file, sizeof err->file, file);
    if (!err->hint[0]) put(err->hint, sizeof err->hint, hint);
}
