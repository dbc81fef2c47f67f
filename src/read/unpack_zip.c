/* SPDX-License-Identifier: MIT */
/* The adapter of libzip: the only member of an archive. */
#include "config.h"
#include "source.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if PM_HAVE_LIBZIP
#include <zip.h>

struct pm_unzip {
    zip_t *archive;
    zip_file_t *member;
};

/* The index of the only file in the archive; folders do not count. */
static pm_status only_member(zip_t *archive, zip_uint64_t *index, pm_error *err)
{
    zip_int64_t n = zip_get_num_entries(archive, 0);
    int files = 0;

    for (zip_int64_t i = 0; i < n && files < 2; i++) {
        const char *name = zip_get_name(archive, (zip_uint64_t)i, 0);
        if (!name || !name[0] || name[strlen(name) - 1] == '/') continue;
        *index = (zip_uint64_t)i;
        files++;
    }
    if (files == 1) return PM_OK;
    if (files == 0) return pm_fail(err, PM_ERR_FORMAT, "the zip archive holds no file");
    return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "unpack it and name the files",
                      "the zip archive holds several files (%s, ...)", zip_get_name(archive, 0, 0));
}

pm_status pm_unzip_new(int descriptor, pm_unzip **out, pm_error *err)
{
    int own = dup(descriptor), code = 0;
    zip_uint64_t index = 0;
    pm_status s;
    pm_unzip *z = own < 0 ? NULL : calloc(1, sizeof *z);

    if (!z) {
        if (own >= 0) close(own);
        return pm_fail(err, PM_ERR_MEMORY, "no memory to unpack zip");
    }
    z->archive = zip_fdopen(own, 0, &code);
    if (!z->archive) {
        close(own);
        pm_unzip_free(z);
        return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "the file is cut or damaged: copy it again",
                          "the zip archive cannot be opened (libzip error %d)", code);
    }
    s = only_member(z->archive, &index, err);
    if (!s) {
        z->member = zip_fopen_index(z->archive, index, 0);
        if (!z->member)
            s = pm_fail(err, PM_ERR_FORMAT, "the zip archive's member cannot be read: %s", zip_strerror(z->archive));
    }
    if (s) {
        pm_unzip_free(z);
        return s;
    }
    *out = z;
    return PM_OK;
}

pm_status pm_unzip_read(pm_unzip *z, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err)
{
    zip_int64_t got = zip_fread(z->member, bytes, (zip_uint64_t)room);

    if (got < 0)
        return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "the file is damaged: copy it again",
                          "zip member is broken: %s", zip_file_strerror(z->member));
    *n = got;
    return PM_OK;
}

void pm_unzip_free(pm_unzip *z)
{
    if (!z) return;
    if (z->member) zip_fclose(z->member);
    if (z->archive) zip_discard(z->archive);
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
