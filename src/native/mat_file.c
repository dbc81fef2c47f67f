/* SPDX-License-Identifier: MIT */
/* A MATLAB file of level 5 as a list of arrays: tags, compressed variables, cells and structs walked through. */
#include "mat.h"

#include <stdlib.h>
#include <zlib.h>

enum { HEADER_BYTES = 128, DEPTH = 32, PATHS = 16384, SLOTS = 2 * PATHS, DEFLATE_RATIO = 1032 };

/* Bytes that are read from front to back, and where they are in the file. */
typedef struct cursor {
    pm_span left;
    int64_t file_byte; /* of left.at; of the packed variable where they were unpacked */
    bool packed, big;
    const char *variable;
} cursor;

typedef struct element {
    mat_values values;
    int64_t file_byte;
} element;

/* Where the walk is. */
typedef struct place {
    int32_t path, index[MAT_LEVELS], index_of[MAT_LEVELS];
    int depth, levels;
} place;

static pm_status broken(const cursor *c, pm_error *err, const char *what)
{
    pm_place at = pm_nowhere();

    at.byte = c->file_byte;
    return pm_fail_at(err, PM_ERR_FORMAT, at, "the file is damaged or was cut: copy it again", "variable %s%s: %s",
                      c->variable, c->packed ? " (compressed)" : "", what);
}

static uint32_t word_at(const cursor *c, int64_t at)
{
    uint32_t x = pm_u32(c->left.at + at);

    return c->big ? __builtin_bswap32(x) : x;
}

static void skip(cursor *c, int64_t n)
{
    c->left.at += n;
    c->left.n -= n;
    if (!c->packed) c->file_byte += n;
}

/* The next element: 8 bytes of tag and the data, filled up to 8 bytes; or both within 8 bytes. */
static pm_status take(cursor *c, element *e, pm_error *err)
{
    *e = (element){.file_byte = c->file_byte};
    if (c->left.n < 8) return broken(c, err, "the bytes end before the array does");
    uint32_t type = word_at(c, 0);
    int64_t head = 8, n = word_at(c, 4), filled;

    if (type >> 16) {
        head = 4;
        n = type >> 16;
        type &= 0xffff;
        if (n > 4) return broken(c, err, "a small element says it has more than 4 bytes");
    }
    if (n > c->left.n - head) return broken(c, err, "an element is longer than what it stands in");
    e->values = (mat_values){pm_span_part(c->left, head, n), (int)type};
    filled = type == MAT_COMPRESSED ? head + n : (head + n + 7) / 8 * 8;
    skip(c, filled < c->left.n ? filled : c->left.n);
    return PM_OK;
}

static pm_status take_type(cursor *c, element *e, int type, const char *what, pm_error *err)
{
    char message[96];
    pm_status s = take(c, e, err);

    if (s || e->values.type == type) return s;
    snprintf(message, sizeof message, "%s have data type %d, not %d", what, e->values.type, type);
    return broken(c, err, message);
}

static int32_t number_at(const cursor *c, pm_span bytes, int64_t i)
{
    uint32_t x = pm_u32(bytes.at + 4 * i);

    return (int32_t)(c->big ? __builtin_bswap32(x) : x);
}

/* ---- paths ---- */

static uint32_t hash_of(int32_t parent, const char *text)
{
    uint32_t h = 2166136261u ^ (uint32_t)parent;

    for (; *text; text++) h = (h ^ (uint8_t)*text) * 16777619u;
    return h ^ h >> 15;
}

/* The path of a name below a parent; the same for the same. */
static pm_status find_path(mat_file *f, int32_t parent, pm_span name, int32_t *out, pm_error *err)
{
    char own[MAT_PATH], text[MAT_PATH];
    pm_status s;

    pm_native_text(name.at, name.n, own, 64);
    const char *above = parent >= 0 ? f->path[parent].text : "";
    snprintf(text, sizeof text, "%.62s%s%.63s", above, *above ? "." : "", own[0] ? own : "unnamed");
    uint32_t k = hash_of(parent, text) % SLOTS;
    for (; f->slot[k]; k = (k + 1) % SLOTS) {
        const mat_path *p = &f->path[f->slot[k] - 1];
        *out = f->slot[k] - 1;
        if (p->parent == parent && strcmp(p->text, text) == 0) return PM_OK;
    }
    if (f->n_paths >= PATHS) return pm_fail(err, PM_ERR_LIMIT, "more than %d names of variables and fields", PATHS);
    if ((s = pm_grow(&f->path, &f->paths_room, f->n_paths + 1, sizeof *f->path, err))) return s;
    f->path[f->n_paths].parent = parent;
    memcpy(f->path[f->n_paths].text, text, sizeof text);
    *out = (int32_t)f->n_paths++;
    f->slot[k] = *out + 1;
    return PM_OK;
}

const char *mat_leaf(const mat_path *path)
{
    const char *dot = strrchr(path->text, '.');

    return dot ? dot + 1 : path->text;
}

/* ---- arrays ---- */

int mat_type_size(int type)
{
    static const int8_t size[] = {0, 1, 1, 2, 2, 4, 4, 4, 0, 8, 0, 0, 8, 8};

    return type > 0 && type < (int)sizeof size ? size[type] : 0;
}

static pm_status take_sizes(cursor *c, mat_array *a, pm_error *err)
{
    element e;
    pm_status s = take_type(c, &e, MAT_INT32, "its dimensions", err);

    if (s) return s;
    int64_t n = e.values.bytes.n / 4;
    if (n < 2 || n > 64 || e.values.bytes.n % 4) return broken(c, err, "its number of dimensions makes no sense");
    a->n_sizes = (int)n;
    a->count = 1;
    for (int64_t i = 0; i < n; i++) {
        int32_t size = number_at(c, e.values.bytes, i);
        if (size < 0 || __builtin_mul_overflow(a->count, (int64_t)size, &a->count))
            return broken(c, err, "its dimensions make no sense");
        if (i < MAT_SIZES) a->size[i] = size;
    }
    return PM_OK;
}

static pm_status take_numbers(cursor *c, const mat_array *a, mat_values *v, pm_error *err)
{
    element e;
    char message[128];
    pm_status s = take(c, &e, err);
    int size = s ? 0 : mat_type_size(e.values.type);

    if (s) return s;
    *v = e.values;
    if (!size) {
        snprintf(message, sizeof message, "its numbers have the unknown data type %d", e.values.type);
        return broken(c, err, message);
    }
    if (e.values.bytes.n / size == a->count && e.values.bytes.n % size == 0) return PM_OK;
    snprintf(message, sizeof message, "%lld values expected, %lld bytes of %d each there", (long long)a->count,
             (long long)e.values.bytes.n, size);
    return broken(c, err, message);
}

static pm_status take_characters(cursor *c, const mat_array *a, mat_values *v, pm_error *err)
{
    element e;
    pm_status s = take(c, &e, err);

    if (s) return s;
    *v = e.values;
    int64_t n = e.values.bytes.n;
    switch (e.values.type) {
    case MAT_UTF8:
        if (n >= a->count || a->size[0] != 1) return PM_OK; /* letters of several bytes */
        break;
    case MAT_INT8:
    case MAT_UINT8:
        if (n == a->count) return PM_OK;
        break;
    case MAT_UINT16:
    case MAT_UTF16:
        if (n == 2 * a->count) return PM_OK;
        break;
    case MAT_UTF32:
        if (n == 4 * a->count) return PM_OK;
    }
    return broken(c, err, "its characters are of an unknown type or not as many as it says");
}

static pm_status walk(mat_file *f, cursor c, place p, pm_error *err);

static pm_status walk_member(mat_file *f, cursor *c, place p, pm_error *err)
{
    element e;
    pm_status s = take_type(c, &e, MAT_MATRIX, "the arrays within", err);
    cursor in = *c;

    if (s) return s;
    in.left = e.values.bytes;
    in.file_byte = e.file_byte;
    if (!in.packed) in.file_byte += 8;
    return walk(f, in, p, err);
}

/* One of several has an index; deeper than three levels they have none. */
static place with_index(place p, int64_t count, int64_t i)
{
    if (count > 1 && p.levels < MAT_LEVELS) {
        p.index_of[p.levels] = p.path;
        p.index[p.levels++] = (int32_t)(i < INT32_MAX ? i + 1 : INT32_MAX);
    }
    return p;
}

static pm_status walk_cell(mat_file *f, cursor *c, place p, int64_t count, pm_error *err)
{
    pm_status s = PM_OK;

    for (int64_t i = 0; !s && i < count; i++) s = walk_member(f, c, with_index(p, count, i), err);
    return s;
}

static pm_status walk_fields(mat_file *f, cursor *c, place p, int64_t count, pm_error *err)
{
    element length, names;
    pm_status s;

    if ((s = take_type(c, &length, MAT_INT32, "the lengths of its field names", err))) return s;
    if ((s = take_type(c, &names, MAT_INT8, "its field names", err))) return s;
    int64_t one = length.values.bytes.n == 4 ? number_at(c, length.values.bytes, 0) : 0;
    if (one <= 0 || names.values.bytes.n % one) return broken(c, err, "its field names have no length");
    int64_t n = names.values.bytes.n / one;
    for (int64_t i = 0; n > 0 && i < count; i++) {
        for (int64_t k = 0; k < n; k++) {
            place inside = with_index(p, count, i);
            s = find_path(f, p.path, pm_span_part(names.values.bytes, k * one, one), &inside.path, err);
            if (!s) s = walk_member(f, c, inside, err);
            if (s) return s;
        }
    }
    return PM_OK;
}

static pm_status keep(mat_file *f, const mat_array *a, const place *p, pm_error *err)
{
    pm_status s = pm_grow(&f->array, &f->arrays_room, f->n_arrays + 1, sizeof *f->array, err);

    if (s) return s;
    f->array[f->n_arrays] = *a;
    f->array[f->n_arrays].path = p->path;
    memcpy(f->array[f->n_arrays].index, p->index, sizeof p->index);
    memcpy(f->array[f->n_arrays].index_of, p->index_of, sizeof p->index_of);
    f->path[p->path].count++;
    f->n_arrays++;
    return PM_OK;
}

/* What follows the name, by class. */
static pm_status walk_content(mat_file *f, cursor *c, mat_array *a, bool complex, place p, pm_error *err)
{
    element ignored;
    char message[64];
    pm_status s = PM_OK;

    switch (a->class) {
    case MAT_CELL_CLASS: return walk_cell(f, c, p, a->count, err);
    case MAT_OBJECT_CLASS:
        if ((s = take(c, &ignored, err))) return s; /* the name of its class */
        return walk_fields(f, c, p, a->count, err);
    case MAT_STRUCT_CLASS: return walk_fields(f, c, p, a->count, err);
    case MAT_CHAR_CLASS: s = take_characters(c, a, &a->real, err); break;
    case MAT_SPARSE_CLASS:
    case MAT_FUNCTION_CLASS: break;
    default:
        if (a->class < MAT_DOUBLE_CLASS || a->class > MAT_UINT64_CLASS) {
            snprintf(message, sizeof message, "unknown class of array %d", a->class);
            return broken(c, err, message);
        }
        s = take_numbers(c, a, &a->real, err);
        if (!s && complex) s = take_numbers(c, a, &a->imaginary, err);
    }
    return s ? s : keep(f, a, &p, err);
}

/* One array: flags, dimensions, name, content. Within a variable names are empty. */
static pm_status walk(mat_file *f, cursor c, place p, pm_error *err)
{
    mat_array a = {.offset = c.file_byte, .bytes = c.left.n};
    element flags, name;
    pm_status s;

    if (++p.depth > DEPTH) return pm_fail(err, PM_ERR_LIMIT, "arrays nested more than %d deep", DEPTH);
    if (c.left.n == 0 && p.depth > 1) return PM_OK; /* an empty place in a cell or struct */
    if ((s = take_type(&c, &flags, MAT_UINT32, "its flags", err))) return s;
    if (flags.values.bytes.n != 8) return broken(&c, err, "its flags are not 8 bytes");
    uint32_t bits = (uint32_t)number_at(&c, flags.values.bytes, 0);
    a.class = (int)(bits & 0xff);
    a.logical = bits & 0x200;
    if (a.class != MAT_OPAQUE_CLASS && (s = take_sizes(&c, &a, err))) return s;
    if ((s = take_type(&c, &name, MAT_INT8, "the characters of its name", err))) return s;
    char variable[MAT_PATH + 2];
    if (p.path < 0) {
        if ((s = find_path(f, -1, name.values.bytes, &p.path, err))) return s;
        snprintf(variable, sizeof variable, "'%s'", f->path[p.path].text);
        c.variable = variable;
    }
    if (a.class == MAT_OPAQUE_CLASS) return keep(f, &a, &p, err);
    return walk_content(f, &c, &a, bits & 0x800, p, err);
}

/* ---- compressed variables ---- */

static pm_status inflate_all(cursor *c, z_stream *z, pm_span packed, uint8_t *to, int64_t n, pm_error *err)
{
    uint8_t beyond;

    z->next_out = to;
    z->avail_out = (uInt)n;
    int state = inflate(z, Z_FINISH);
    bool full = z->avail_out == 0;
    if (full && state != Z_STREAM_END) { /* only the checksum may be left */
        z->next_out = &beyond;
        z->avail_out = 1;
        state = inflate(z, Z_FINISH);
        full = z->avail_out == 1;
    }
    if (state == Z_STREAM_END && full && z->avail_in == 0) return PM_OK;
    c->file_byte += packed.n - (int64_t)z->avail_in;
    return broken(c, err, z->msg ? z->msg : "its packed bytes and its size contradict each other");
}

/* The first 8 bytes are the tag, which says how many follow. */
static pm_status unpack_into(mat_file *f, cursor *c, z_stream *z, pm_span packed, int64_t limit, pm_error *err)
{
    uint8_t tag[8];

    z->next_out = tag;
    z->avail_out = sizeof tag;
    int state = inflate(z, Z_SYNC_FLUSH);
    if ((state != Z_OK && state != Z_STREAM_END) || z->avail_out > 0)
        return broken(c, err, z->msg ? z->msg : "its packed bytes end too early");
    cursor head = {.left = {tag, 8}, .big = c->big};
    int64_t n = word_at(&head, 4), most = DEFLATE_RATIO * packed.n;
    if (word_at(&head, 0) != MAT_MATRIX) return broken(c, err, "what was packed is no array");
    if (n > most) return broken(c, err, "it says it is larger than its packed bytes can be");
    f->unpacked_bytes += n;
    if (f->unpacked_bytes > limit) {
        pm_place at = pm_nowhere();
        at.byte = c->file_byte;
        return pm_fail_at(err, PM_ERR_LIMIT, at, "save it again without compression (-v6)",
                          "the variables unpack to more than %lld MiB, a hundred times the file's size",
                          (long long)(limit >> 20));
    }
    uint8_t *to = malloc((size_t)n + 1);
    if (!to) return pm_fail(err, PM_ERR_MEMORY, "no memory for a variable");
    f->unpacked[f->n_unpacked++] = to;
    pm_status s = inflate_all(c, z, packed, to, n, err);
    c->left = (pm_span){to, n};
    return s;
}

static pm_status unpack(mat_file *f, cursor *c, pm_span packed, int64_t limit, pm_error *err)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.at, .avail_in = (uInt)packed.n};
    pm_status s = pm_grow(&f->unpacked, &f->unpacked_room, f->n_unpacked + 1, sizeof *f->unpacked, err);

    if (s) return s;
    if (inflateInit(&z) != Z_OK) return pm_fail(err, PM_ERR_MEMORY, "no memory to unpack a variable");
    c->packed = true;
    s = unpack_into(f, c, &z, packed, limit, err);
    inflateEnd(&z);
    return s;
}

/* ---- the file ---- */

static pm_status read_variable(mat_file *f, cursor *file, int64_t limit, pm_error *err)
{
    element e;
    char number[32];
    snprintf(number, sizeof number, "number %lld", (long long)++f->n_variables);
    file->variable = number;
    cursor c = *file;
    place p = {.path = -1};
    pm_status s = take(file, &e, err);

    if (s) return s;
    c.left = e.values.bytes;
    if (e.values.type == MAT_COMPRESSED && (s = unpack(f, &c, e.values.bytes, limit, err))) return s;
    if (e.values.type != MAT_MATRIX && e.values.type != MAT_COMPRESSED) {
        char message[64];
        snprintf(message, sizeof message, "unknown type of element %d", e.values.type);
        return broken(&c, err, message);
    }
    if (!c.packed) c.file_byte += 8;
    return walk(f, c, p, err);
}

static pm_status sort_by_path(mat_file *f, pm_error *err)
{
    int64_t at = 0;

    f->order = calloc((size_t)f->n_arrays + 1, sizeof *f->order);
    if (!f->order) return pm_fail(err, PM_ERR_MEMORY, "no memory for a file's arrays");
    for (int64_t i = 0; i < f->n_paths; i++) {
        f->path[i].first = at;
        at += f->path[i].count;
        f->path[i].count = 0;
    }
    for (int64_t i = 0; i < f->n_arrays; i++) {
        mat_path *p = &f->path[f->array[i].path];
        f->order[p->first + p->count++] = i;
    }
    return PM_OK;
}

pm_status mat_file_read(pm_span bytes, mat_file *f, pm_error *err)
{
    pm_status s = PM_OK;
    cursor c = {.left = pm_span_from(bytes, HEADER_BYTES), .file_byte = HEADER_BYTES};

    f->big = bytes.at[126] == 'M';
    c.big = f->big;
    f->slot = calloc(SLOTS, sizeof *f->slot);
    if (!f->slot) return pm_fail(err, PM_ERR_MEMORY, "no memory for a file's names");
    while (!s && c.left.n > 0) s = read_variable(f, &c, pm_unpacked_limit(bytes.n), err);
    return s ? s : sort_by_path(f, err);
}

void mat_file_clear(mat_file *f)
{
    for (int64_t i = 0; i < f->n_unpacked; i++) free(f->unpacked[i]);
    free(f->unpacked);
    free(f->path);
    free(f->slot);
    free(f->array);
    free(f->order);
    *f = (mat_file){0};
}
