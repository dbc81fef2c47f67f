/* SPDX-License-Identifier: MIT */
/* The adapter of libzip. */
#include "config.h"
#include "unpack.h"

#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

int64_t pm_unpacked_limit(int64_t packed_bytes)
{
    return (64LL << 20) + 100 * packed_bytes;
}

#if PM_HAVE_LIBZIP
#include <dlfcn.h>
#include <zip.h>

/* What is used of libzip. It brings a cryptographic library along that takes longer to load than small files to read, so it
 * is opened when the first archive is. */
#define PM_LIBZIP(use)                                                                                                 \
    use(zip_fdopen) use(zip_get_num_entries) use(zip_get_name) use(zip_fopen_index) use(zip_fread) use(zip_fclose)     \
        use(zip_discard) use(zip_strerror) use(zip_file_strerror) use(zip_stat_index) use(zip_source_buffer_create)    \
            use(zip_open_from_source) use(zip_source_free) use(zip_error_init) use(zip_error_fini)
#define PM_MEMBER(name) __typeof__(name) *name;
#define PM_LOAD(function)                                                                                              \
    symbol = dlsym(lib->library, #function);                                                                           \
    complete = complete && symbol;                                                                                     \
    memcpy(&lib->function, &symbol, sizeof symbol);

typedef struct zip_library {
    void *library;
    PM_LIBZIP(PM_MEMBER)
} zip_library;

/* An archive is opened once for its directory, and once for each stream out of it: libzip's own objects are not made for
 * several threads. */
struct pm_archive {
    zip_library lib;
    pm_span bytes; /* {NULL, 0}: from a descriptor, which only one stream may read */
    zip_t *zip;
    int n;
};

struct pm_member {
    const pm_archive *archive;
    zip_t *own; /* opened for this stream alone; NULL = the archive's */
    zip_file_t *file;
    int64_t unpacked, limit;
};

static pm_status load(zip_library *lib, pm_error *err)
{
    bool complete = true;
    void *symbol;

    lib->library = dlopen("libzip.so.5", RTLD_NOW | RTLD_LOCAL);
    if (!lib->library) lib->library = dlopen("libzip.so.4", RTLD_NOW | RTLD_LOCAL);
    if (lib->library) {
        PM_LIBZIP(PM_LOAD)
        if (complete) return PM_OK;
    }
    return pm_fail_at(err, PM_ERR_FEATURE, pm_nowhere(), "install libzip, or unpack it first",
                      "zip archives need libzip, which is not installed");
}

/* Archives have their directory at the end, which the error names: `size` bytes on, -1 unknown. */
static pm_status damaged(int code, int64_t size, pm_error *err)
{
    pm_place at = pm_nowhere();

    at.byte = size;
    return pm_fail_at(err, PM_ERR_FORMAT, at, "the file is cut or damaged: copy it again",
                      "the zip archive cannot be opened: no good directory of members at its end (libzip error %d)",
                      code);
}

static pm_status open_bytes(const pm_archive *a, zip_t **out, pm_error *err)
{
    zip_error_t error;
    a->lib.zip_error_init(&error);
    zip_source_t *source = a->lib.zip_source_buffer_create(a->bytes.at, (zip_uint64_t)a->bytes.n, 0, &error);
    *out = source ? a->lib.zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    int code = error.zip_err;
    if (!*out && source) a->lib.zip_source_free(source);
    a->lib.zip_error_fini(&error);
    return *out ? PM_OK : damaged(code, a->bytes.n, err);
}

static pm_status open_descriptor(pm_archive *a, int descriptor, pm_error *err)
{
    int code = 0, own = dup(descriptor);
    if (own < 0) return pm_fail_errno(err, NULL, "read");
    a->zip = a->lib.zip_fdopen(own, 0, &code);
    if (a->zip) return PM_OK;
    close(own);
    return damaged(code, -1, err);
}

static pm_status open_archive(pm_span bytes, int descriptor, pm_archive **out, pm_error *err)
{
    pm_scoped(pm_archive) a = calloc(1, sizeof *a);
    pm_status s;

    if (!a) return pm_fail(err, PM_ERR_MEMORY, "no memory to unpack zip");
    a->bytes = bytes;
    if ((s = load(&a->lib, err))) return s;
    if ((s = descriptor >= 0 ? open_descriptor(a, descriptor, err) : open_bytes(a, &a->zip, err))) return s;
    a->n = (int)a->lib.zip_get_num_entries(a->zip, 0);
    *out = a;
    a = NULL;
    return PM_OK;
}

pm_status pm_archive_open(pm_span bytes, pm_archive **out, pm_error *err)
{
    return open_archive(bytes, -1, out, err);
}

pm_status pm_archive_of_descriptor(int descriptor, pm_archive **out, pm_error *err)
{
    return open_archive((pm_span){NULL, 0}, descriptor, out, err);
}

void pm_archive_free(pm_archive *a)
{
    if (!a) return;
    if (a->zip) a->lib.zip_discard(a->zip);
    if (a->lib.library) dlclose(a->lib.library);
    free(a);
}

int pm_archive_count(const pm_archive *a)
{
    return a->n;
}

const char *pm_archive_name(const pm_archive *a, int index)
{
    return index < 0 || index >= a->n ? NULL : a->lib.zip_get_name(a->zip, (zip_uint64_t)index, 0);
}

static int64_t stat_size(const pm_archive *a, int index, bool packed)
{
    zip_stat_t st = {0};
    if (index < 0 || index >= a->n || a->lib.zip_stat_index(a->zip, (zip_uint64_t)index, 0, &st)) return -1;
    if (!(st.valid & (packed ? ZIP_STAT_COMP_SIZE : ZIP_STAT_SIZE))) return -1;
    uint64_t size = packed ? st.comp_size : st.size;
    return size > INT64_MAX ? -1 : (int64_t)size;
}

int64_t pm_archive_size(const pm_archive *a, int index)
{
    return stat_size(a, index, false);
}

/* What stands in the directory is no measure: the archive's own bytes bound it too. */
int64_t pm_archive_packed_size(const pm_archive *a, int index)
{
    int64_t packed = stat_size(a, index, true);

    return a->bytes.at && packed > a->bytes.n ? a->bytes.n : packed;
}

/* ---- members ---- */

pm_status pm_member_open(const pm_archive *a, int index, pm_member **out, pm_error *err)
{
    pm_scoped(pm_member) m = calloc(1, sizeof *m);
    pm_status s;

    if (!m) return pm_fail(err, PM_ERR_MEMORY, "no memory to unpack zip");
    m->archive = a;
    int64_t packed = pm_archive_packed_size(a, index);
    if (packed < 0) packed = a->bytes.n;
    m->limit = a->bytes.at ? pm_unpacked_limit(packed) : INT64_MAX;
    if (a->bytes.at && (s = open_bytes(a, &m->own, err))) return s;
    zip_t *zip = m->own ? m->own : a->zip;
    m->file = a->lib.zip_fopen_index(zip, (zip_uint64_t)index, 0);
    if (!m->file)
        return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "the file is cut, damaged or encrypted: copy it again",
                          "the zip archive's member cannot be read: %s", a->lib.zip_strerror(zip));
    *out = m;
    m = NULL;
    return PM_OK;
}

pm_status pm_member_read(pm_member *m, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err)
{
    zip_int64_t got = m->archive->lib.zip_fread(m->file, bytes, (zip_uint64_t)room);

    if (got < 0)
        return pm_fail_at(err, PM_ERR_FORMAT, pm_nowhere(), "the file is damaged: copy it again",
                          "zip member is broken after %lld bytes: %s", (long long)m->unpacked,
                          m->archive->lib.zip_file_strerror(m->file));
    m->unpacked += got;
    if (m->unpacked > m->limit)
        return pm_fail_at(err, PM_ERR_LIMIT, pm_nowhere(), "no instrument writes such an archive",
                          "zip member unpacks to more than %lld MiB, far more than its packed size",
                          (long long)(m->limit >> 20));
    *n = got;
    return PM_OK;
}

void pm_member_free(pm_member *m)
{
    if (!m) return;
    if (m->file) m->archive->lib.zip_fclose(m->file);
    if (m->own) m->archive->lib.zip_discard(m->own);
    free(m);
}

#else

pm_status pm_archive_open(pm_span bytes, pm_archive **out, pm_error *err)
{
    (void)bytes;
    return pm_archive_of_descriptor(-1, out, err);
}

pm_status pm_archive_of_descriptor(int descriptor, pm_archive **out, pm_error *err)
{
    (void)descriptor;
    (void)out;
    return pm_fail_at(err, PM_ERR_FEATURE, pm_nowhere(), "unpack it first", "this build cannot read zip archives");
}

/* Without the library there is no archive that anybody could ask. */
void pm_archive_free(pm_archive *a)
{
    (void)a;
}
int pm_archive_count(const pm_archive *a)
{
    (void)a;
    return 0;
}
const char *pm_archive_name(const pm_archive *a, int index)
{
    (void)a;
    (void)index;
    return NULL;
}
int64_t pm_archive_size(const pm_archive *a, int index)
{
    (void)a;
    (void)index;
    return -1;
}
int64_t pm_archive_packed_size(const pm_archive *a, int index)
{
    return pm_archive_size(a, index);
}
pm_status pm_member_open(const pm_archive *a, int index, pm_member **out, pm_error *err)
{
    (void)index;
    (void)out;
    (void)a;
    return pm_fail(err, PM_ERR_INTERNAL, "no zip archive is open");
}
pm_status pm_member_read(pm_member *m, uint8_t *bytes, int64_t room, int64_t *n, pm_error *err)
{
    (void)m;
    (void)bytes;
    (void)room;
    (void)n;
    return pm_fail(err, PM_ERR_INTERNAL, "no zip archive is open");
}
void pm_member_free(pm_member *m)
{
    (void)m;
}

#endif

int pm_archive_find(const pm_archive *a, const char *name)
{
    for (int i = 0; i < pm_archive_count(a); i++) {
        const char *here = pm_archive_name(a, i);
        if (here && strcasecmp(here, name) == 0) return i;
    }
    return -1;
}

int pm_archive_only_file(const pm_archive *a)
{
    int only = -1;

    for (int i = 0; i < pm_archive_count(a); i++) {
        const char *name = pm_archive_name(a, i);
        if (!name || !name[0] || name[strlen(name) - 1] == '/' || strncmp(name, "__MACOSX/", 9) == 0) continue;
        if (only >= 0) return -2;
        only = i;
    }
    return only;
}

pm_status pm_archive_read(const pm_archive *a, int index, uint8_t **bytes, int64_t *n, pm_error *damage, pm_error *err)
{
    pm_scoped(pm_member) member = NULL;
    pm_error own = {.byte = -1, .line = -1, .row = -1};
    uint8_t *buffer = NULL;
    int64_t room = 0, used = 0, got = 1, size = pm_archive_size(a, index);
    int64_t start = size >= 0 && size <= pm_unpacked_limit(pm_archive_packed_size(a, index)) ? size : 1 << 16;
    pm_status s = pm_member_open(a, index, &member, &own), memory = PM_OK;

    while (!s && got > 0) {
        int64_t need = used + 1 < start ? start : used + (used >> 1) + (1 << 16);
        if (used + 1 >= room && (memory = pm_grow(&buffer, &room, need + 1, 1, err))) break;
        s = pm_member_read(member, buffer + used, room - used - 1, &got, &own);
        if (!s) used += got;
    }
    if (!memory && !buffer) memory = pm_grow(&buffer, &room, 1, 1, err);
    if (damage) *damage = own;
    if (memory || (s && (!damage || s == PM_ERR_MEMORY || s == PM_ERR_LIMIT))) {
        if (!memory && err) *err = own;
        free(buffer);
        return memory ? memory : s;
    }
    buffer[used] = 0;
    *bytes = buffer;
    *n = used;
    return PM_OK;
}
