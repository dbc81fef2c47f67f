/* SPDX-License-Identifier: MIT */
/* Datatypes, dataspaces and attributes ("HDF5 File Format Specification", chapter IV.A.2). */
#include "hdf5.h"

#include <stdlib.h>

enum { FIXED, FLOATING, TIME, STRING, BITS, OPAQUE, COMPOUND, REFERENCE, ENUM, VARIABLE, ARRAY };
enum { LEVELS = 8, MEMBERS = 4096 };

const char *hdf5_class_name(int class)
{
    static const char *const names[] = {"integer",     "float",           "time",     "text",
                                        "bits",        "opaque",          "compound", "reference",
                                        "enumeration", "variable length", "array"};

    return class >= 0 && class < (int)(sizeof names / sizeof *names) ? names[class] : "unknown";
}

typedef struct describing {
    pm_span file;
    hdf5_members *members; /* of the outermost type; NULL = not asked for */
    pm_error *err;
} describing;

static pm_status read_type(describing *d, pm_span s, int level, hdf5_type *t);

static pm_status damaged(const describing *d, pm_span s)
{
    return hdf5_fail(d->err, s.at ? s.at - d->file.at : -1, "a datatype is damaged or cut here");
}

/* Bytes of a name with its zero, filled up to eights in older versions; -1 = it does not end. */
static int64_t name_length(pm_span s, bool padded)
{
    const uint8_t *end = s.n > 0 ? memchr(s.at, 0, (size_t)s.n) : NULL;

    if (!end) return -1;
    int64_t n = end - s.at + 1;
    return padded ? (n + 7) / 8 * 8 : n;
}

static void set_number(const uint8_t *p, hdf5_type *t)
{
    bool whole = pm_u16(p + 8) == 0 && pm_u16(p + 10) == 8 * t->size;
    bool ieee = (t->size == 4 && p[12] == 23 && p[13] == 8) || (t->size == 8 && p[12] == 52 && p[13] == 11);

    t->big = p[1] & 1;
    t->is_signed = p[1] & 8;
    if (t->class == FLOATING)
        t->kind = whole && ieee && !(p[1] & 64) ? HDF5_FLOAT : HDF5_OTHER;
    else
        t->kind = whole && (t->size == 1 || t->size == 2 || t->size == 4 || t->size == 8) ? HDF5_INTEGER : HDF5_OTHER;
}

/* ---- types of several parts --------------------------------------------------------------------------------------- */

static pm_status add_member(describing *d, pm_span name, int64_t offset, const hdf5_type *type)
{
    hdf5_members *m = d->members;
    pm_status s = pm_grow(&m->member, &m->room, m->n + 1, sizeof *m->member, d->err);

    if (s) return s;
    hdf5_member *member = &m->member[m->n++];
    *member = (hdf5_member){.offset = offset, .type = *type};
    pm_native_text(name.at, name.n, member->name, sizeof member->name);
    return PM_OK;
}

/* Where a member begins has as many bytes as the largest place needs in version 3, else four. */
static int offset_width(int version, int64_t size)
{
    if (version < 3 || size >= 1 << 24) return 4;
    return size < 1 << 8 ? 1 : size < 1 << 16 ? 2 : 3;
}

static pm_status read_member(describing *d, pm_span *left, int version, int level, const hdf5_type *whole)
{
    int64_t n = name_length(*left, version < 3), offset = 0;
    int width = offset_width(version, whole->size);
    hdf5_type type;

    if (n < 0 || n + width + (version == 1 ? 28 : 0) > left->n) return damaged(d, *left);
    pm_span name = pm_span_part(*left, 0, n);
    for (int i = 0; i < width; i++) offset |= (int64_t)left->at[n + i] << 8 * i;
    bool several = version == 1 && left->at[n + 4] > 0;
    *left = pm_span_from(*left, n + width + (version == 1 ? 28 : 0));
    pm_span description = *left;
    pm_status s = read_type(d, description, level + 1, &type);
    if (s) return s;
    if (several) type.kind = HDF5_OTHER; /* arrays of the oldest kind */
    *left = pm_span_from(*left, type.used);
    if (offset > whole->size || type.size * type.count > whole->size - offset) return damaged(d, description);
    return level == 0 && d->members ? add_member(d, name, offset, &type) : PM_OK;
}

static pm_status read_compound(describing *d, pm_span s, int version, int level, hdf5_type *t)
{
    pm_span left = pm_span_from(s, 8);
    int64_t n = pm_u16(s.at + 1);
    pm_status status = PM_OK;

    if (n > MEMBERS) return damaged(d, s);
    t->kind = HDF5_COMPOUND;
    for (int64_t i = 0; !status && i < n; i++) status = read_member(d, &left, version, level, t);
    t->used = s.n - left.n;
    return status;
}

/* Its values are those of the integers below it. */
static pm_status read_enum(describing *d, pm_span s, int version, int level, hdf5_type *t)
{
    hdf5_type base;
    pm_span left = pm_span_from(s, 8);
    pm_status status = read_type(d, left, level + 1, &base);

    if (status) return status;
    left = pm_span_from(left, base.used);
    int64_t n = pm_u16(s.at + 1);
    for (int64_t i = 0; i < n; i++) {
        int64_t length = name_length(left, version < 3);
        if (length < 0 || length > left.n) return damaged(d, s);
        left = pm_span_from(left, length);
    }
    if (n * base.size > left.n || base.size != t->size) return damaged(d, s);
    t->kind = base.kind == HDF5_INTEGER ? HDF5_INTEGER : HDF5_OTHER;
    t->big = base.big;
    t->is_signed = base.is_signed;
    t->used = s.n - left.n + n * base.size;
    return PM_OK;
}

static pm_status read_array(describing *d, pm_span s, int version, int level, hdf5_type *t)
{
    int64_t rank = s.n > 8 ? s.at[8] : 0, count = 1, skip = version < 3 ? 12 + 8 * rank : 9 + 4 * rank;
    hdf5_type base;

    if (rank < 1 || rank > 32 || skip > s.n) return damaged(d, s);
    for (int64_t i = 0; i < rank; i++) {
        count *= pm_u32(s.at + (version < 3 ? 12 : 9) + 4 * i);
        if (count < 1 || count > t->size) return damaged(d, s);
    }
    pm_status status = read_type(d, pm_span_from(s, skip), level + 1, &base);
    if (status) return status;
    if (base.size * base.count * count != t->size) return damaged(d, s);
    int64_t used = skip + base.used;
    if (base.count > 1) base.kind = HDF5_OTHER;
    *t = base;
    t->count = base.count * count;
    t->used = used;
    return PM_OK;
}

static pm_status read_type(describing *d, pm_span s, int level, hdf5_type *t)
{
    static const int64_t fixed[] = {
        [FIXED] = 12, [FLOATING] = 20, [TIME] = 10, [STRING] = 8, [BITS] = 12, [REFERENCE] = 8};

    if (s.n < 8 || level > LEVELS) return damaged(d, s);
    int version = s.at[0] >> 4, class = s.at[0] & 15;
    *t = (hdf5_type){.class = class, .size = pm_u32(s.at + 4), .count = 1};
    if (version > 4)
        return hdf5_fail(d->err, s.at - d->file.at, "a datatype of version %d (%s) is not read", version,
                         hdf5_class_name(class));
    if (version < 1 || class > ARRAY || t->size == 0) return damaged(d, s);
    t->used = class == OPAQUE ? 8 + (s.at[1] + 7) / 8 * 8 : class <= REFERENCE ? fixed[class] : 8;
    if (t->used > s.n) return damaged(d, s);
    switch (class) {
    case FIXED:
    case BITS:
    case FLOATING: set_number(s.at, t); return PM_OK;
    case STRING: t->kind = HDF5_TEXT; return PM_OK;
    case COMPOUND: return read_compound(d, s, version, level, t);
    case ENUM: return read_enum(d, s, version, level, t);
    case ARRAY: return read_array(d, s, version, level, t);
    case VARIABLE: {
        hdf5_type base;
        pm_status status = read_type(d, pm_span_from(s, 8), level + 1, &base);
        if (!status) t->used = 8 + base.used;
        return status;
    }
    default: return PM_OK;
    }
}

pm_status hdf5_type_read(pm_span file, pm_span description, hdf5_type *type, hdf5_members *members, pm_error *err)
{
    describing d = {file, members, err};

    return read_type(&d, description, 0, type);
}

/* ---- dataspaces and attributes ------------------------------------------------------------------------------------ */

bool hdf5_space_read(pm_span s, int *rank, int64_t size[32])
{
    if (s.n < 4 || s.at[0] < 1 || s.at[0] > 2 || s.at[1] > 32) return false;
    int64_t head = s.at[0] == 1 ? 8 : 4;
    *rank = s.at[1];
    if (head + 8 * *rank > s.n || (s.at[0] == 2 && s.at[3] > 1)) return false; /* a null space has no value */
    for (int i = 0; i < *rank; i++) {
        size[i] = pm_i64(s.at + head + 8 * i);
        if (size[i] < 0) return false;
    }
    return true;
}

static int64_t padded(int64_t n, int version)
{
    return version == 1 ? (n + 7) / 8 * 8 : n;
}

static char *print_value(pm_span value, const hdf5_type *type)
{
    char text[40];

    if (type->kind == HDF5_TEXT) {
        int64_t n = 0;
        while (n < value.n && value.at[n]) n++;
        return pm_text_copy((const char *)value.at, n);
    }
    if (type->big || type->size < 4) return NULL;
    if (type->kind == HDF5_FLOAT)
        pm_number_print(type->size == 4 ? (double)pm_f32(value.at) : pm_f64(value.at), text);
    else
        snprintf(text, sizeof text, "%lld",
                 type->size == 4 ? (long long)pm_i32(value.at) : (long long)pm_i64(value.at));
    return pm_text_copy(text, -1);
}

char *hdf5_attribute_text(pm_span file, const hdf5_message *message, char name[HDF5_NAME])
{
    pm_span s = message->data, part[3];
    int64_t n[3], size[32];
    int version = s.n >= 8 ? s.at[0] : 0, rank;
    hdf5_type type;

    if (version < 1 || version > 3 || (version > 1 && s.at[1] & 3)) return NULL; /* shared types */
    s = pm_span_from(s, version == 3 ? 9 : 8);
    for (int i = 0; i < 3; i++) {
        n[i] = pm_u16(message->data.at + 2 + 2 * i);
        part[i] = pm_span_part(s, 0, n[i]);
        if (!part[i].at || n[i] == 0) return NULL;
        s = pm_span_from(s, padded(n[i], version));
    }
    pm_native_text(part[0].at, part[0].n, name, HDF5_NAME);
    if (!hdf5_space_read(part[2], &rank, size) || rank > 1 || (rank == 1 && size[0] != 1)) return NULL;
    if (hdf5_type_read(file, part[1], &type, NULL, NULL) || type.count != 1 || type.size > s.n) return NULL;
    if (type.kind != HDF5_TEXT && type.kind != HDF5_FLOAT && type.kind != HDF5_INTEGER) return NULL;
    return print_value(pm_span_part(s, 0, type.size), &type);
}
