/* SPDX-License-Identifier: MIT */
/* The adapter of libzip: the only member of an archive. */
#include "config.h"
#include "source.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if PM_HAVE_LIBZIP
#include <dlfcn.h>
#include <zip.h>

/* What is used of libzip. It brings a cryptographic library along that takes longer to load than small files to read, so it
 * is opened when the first archive is. */
#define PM_LIBZIP(use)                                                                                                 \
    use(zip_fdopen) use(zip_get_num_entries) use(zip_get_name) use(zip_fopen_index) use(zip_fread) use(zip_fclose)     \
        use(zip_discard) use(zip_strerror) use(zip_file_strerror)
#define PM_MEMBER(name) __typeof__(name) *name;
#define PM_LOAD(function)                                                                                              \
    symbol = dlsym(z->library, #function);                                                                             \
    complete = complete && symbol;                                                                                     \
    memcpy(&z->lib.function, &symbol, sizeof symbol);

struct pm_unzip {
    void *library;
    struct {
        PM_LIBZIP(PM_MEMBER)
    } lib;
    zip_t *archive;
    zip_file_t *member;
};

static pm_status load(pm_unzip *z, pm_error *err)
{
    bool complete = true;
    void *symbol;

    z->library = dlopen("libzip.so.5", RTLD_NOW | RTLD_LOCAL);
    if (!z->library) z->library = dlopen("libzip.so.4", RTLD_NOW | RTLD_LOCAL);
    if (z->library) {
        PM_LIBZIP(PM_LOAD)
        if (complete) return PM_OK;
    }
    return pm_fail_at(err, PM_ERR_FEATURE, pm_nowhere(), "install libzip, or unpack it first",
                      "zip archives need libzip, which is not installed");
}

/* Formats of others that are zip archives by themselves; NULL = none of them. */
static const char *container(const pm_unzip *z, zip_int64_t n)
{
    for (zip_int64_t i = 0; i < n; i++) {
        const char *name = z->lib.zip_get_name(z->archive, (zip_uint64_t)i, 0);
        if (name && strcmp(name, "[Content_Types].xml") == 0) return "an Excel or Office file";
        if (name && strstr(name, ".ndc")) return "a Neware .ndax file";
    }
    return NULL;
}

/* The index of the only file in the archive; folders do not count. */
static pm_status only_member(const pm_unzip *z, zip_uint64_t *index, pm_error *err)
{
    zip_int64_t n = z->lib.zip_get_num_entries(z->archive, 0);
    int files = 0;

    for (zip_int64_t i = 0; i < n && files < 2; i++) {
        const char *name = z->lib.zip_get_name(z->archive, (zip_uint64_t)i, 0);
        if (!name || !name[0] || name[strlen(name) - 1] == '/' || strncmp(name, "__MACOSX/", 9) == 0) continue;
        *index = (zip_uint64_t)i;
        files++;
    }
    if (files == 1) return PM_OK;
    if (files == 0) return pm_fail(err, PM_ERR_FORMAT, "the zip archive holds no file");
    const char *kind = container(z, n);
    if (kind)
        return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "export it as text (csv)",
                          "is %s; this version reads text only", kind);
    return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "unpack it and name the files",
                      "the zip archive holds several files (%s, ...)", z->lib.zip_get_name(z->archive, 0, 0));
}

/* Takes the descriptor. */
static pm_status open_archive_take(pm_unzip *z, int descriptor, pm_error *err)
{
    int code = 0;
    zip_uint64_t index = 0;
    pm_status s;

    z->archive = z->lib.zip_fdopen(descriptor, 0, &code);
    if (!z->archive) {
        close(descriptor);
        return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "the file is cut or damaged: copy it again",
                          "the zip archive cannot be opened (libzip error %d)", code);
    }
    if ((s = only_member(z, &index, err))) return s;
    z->member = z->lib.zip_fopen_index(z->archive, index, 0);
    if (z->member) return PM_OK;
    return pm_fail(err, PM_ERR_FORMAT, "the zip archive's member cannot be read: %s", z->lib.zip_strerror(z->archive));
}

pm_status pm_unzip_new(int descriptor, pm_unzip **out, pm_error *err)
{
    pm_unzip *z = calloc(1, sizeof *z);
    pm_status s = z ? load(z, err) : pm_fail(err, PM_ERR_MEMORY, "no memory to unpack zip");
    int own = s ? -1 : dup(descriptor);

    if (!s && own < 0) s = pm_fail_errno(err, NULL, "read");
    if (!s) s = open_archive_take(z, own, err);
    if (s)
        pm_unzip_free(z);
    else
        *out = z;
    return s;
}

pm_status pm_unzip_read(pm_unzip *z, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err)
{
    zip_int64_t got = z->lib.zip_fread(z->member, bytes, (zip_uint64_t)room);

    if (got < 0)
        return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "the file is damaged: copy it again",
                          "zip member is broken: %s", z->lib.zip_file_strerror(z->member));
    *n = got;
    return PM_OK;
}

void pm_unzip_free(pm_unzip *z)
{
    if (!z) return;
    if (z->member) z->lib.zip_fclose(z->member);
    if (z->archive) z->lib.zip_discard(z->archive);
    if (z->library) dlclose(z->library);
    free(z);
}

#else

pm_status pm_unzip_new(int descriptor, pm_unzip **out, pm_error *err)
{
    (void)descriptor;
    (void)out;
    return pm_fail_at(err, PM_ERR_FEATURE, pm_nowhere(), "unpack it first", "this build cannot read zip archives");
}

pm_status pm_unzip_read(pm_unzip *z, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err)
{
    (void)z;
    (void)bytes;
    (void)room;
    (void)n;
    return pm_fail(err, PM_ERR_INTERNAL, "no zip archive is open");
}

void pm_unzip_free(pm_unzip *z)
{
    (void)z;
}

#endif
