/* SPDX-License-Identifier: MIT */
/* The footer of a Parquet file: columns, row groups, where the pages lie. */
#include "parquet.h"
#include "thrift.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

enum { REQUIRED, OPTIONAL, REPEATED };
enum { LEVELS = 32, LEAVES = 4096 };

pm_status parquet_fail(pm_error *err, int64_t byte, const parquet_leaf *leaf, const char *format, ...)
{
    char message[240];
    pm_place at = pm_nowhere();
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    at.byte = byte;
    at.column = leaf ? leaf->name : NULL;
    return pm_fail_at(err, PM_ERR_FORMAT, at, "copy the file again, or write it with other settings", "%s", message);
}

static void copy_name(pm_span text, char *to, size_t room)
{
    pm_native_text(text.at, text.n, to, room);
}

/* ---- schema ------------------------------------------------------------------------------------------------------- */

/* An element of the schema as the file has it. */
typedef struct element {
    char name[128];
    int64_t type, length, repetition, children, converted, scale;
    int logical; /* the field of the union LogicalType that is set, 0 = none */
    int unit;    /* of a time: 1 ms, 2 us, 3 ns */
    bool utc, is_signed;
} element;

enum { STRING = 1, ENUM = 4, DECIMAL, DATE, TIME, TIMESTAMP, INTEGER = 10, JSON = 12, FLOAT16 = 15 };

static void read_unit(thrift *t, thrift_field f, element *e)
{
    thrift_field unit = {0};

    if (!thrift_enter(t, f)) return;
    while (thrift_next(t, &unit)) {
        e->unit = unit.id;
        thrift_skip(t, unit.kind);
    }
}

static void read_logical(thrift *t, thrift_field own, element *e)
{
    thrift_field f = {0}, in = {0};

    if (!thrift_enter(t, own) || !thrift_next(t, &f)) return;
    e->logical = f.id;
    if (!thrift_enter(t, f)) return;
    while (thrift_next(t, &in)) {
        if (f.id == DECIMAL && in.id == 1)
            e->scale = thrift_integer(t, in);
        else if ((f.id == TIME || f.id == TIMESTAMP) && in.id == 1)
            e->utc = thrift_integer(t, in);
        else if ((f.id == TIME || f.id == TIMESTAMP) && in.id == 2)
            read_unit(t, in, e);
        else if (f.id == INTEGER && in.id == 2)
            e->is_signed = thrift_integer(t, in);
        else
            thrift_skip(t, in.kind);
    }
    if (thrift_next(t, &f)) t->broken = true; /* a union has one field */
}

static void read_element(thrift *t, element *e)
{
    thrift_field f = {0};

    *e = (element){.type = -1, .converted = -1};
    while (thrift_next(t, &f)) {
        switch (f.id) {
        case 1: e->type = thrift_integer(t, f); break;
        case 2: e->length = thrift_integer(t, f); break;
        case 3: e->repetition = thrift_integer(t, f); break;
        case 4: copy_name(thrift_binary(t, f), e->name, sizeof e->name); break;
        case 5: e->children = thrift_integer(t, f); break;
        case 6: e->converted = thrift_integer(t, f); break;
        case 7: e->scale = thrift_integer(t, f); break;
        case 10: read_logical(t, f, e); break;
        default: thrift_skip(t, f.kind);
        }
    }
}

/* What older writers say instead of a logical type. */
static void from_converted(element *e)
{
    static const struct {
        int logical, unit;
        bool is_signed;
    } known[] = {
        [0] = {STRING, 0, false},    [4] = {ENUM, 0, false},       [5] = {DECIMAL, 0, false},
        [6] = {DATE, 0, false},      [7] = {TIME, 1, false},       [8] = {TIME, 2, false},
        [9] = {TIMESTAMP, 1, false}, [10] = {TIMESTAMP, 2, false}, [11] = {INTEGER, 0, false},
        [12] = {INTEGER, 0, false},  [13] = {INTEGER, 0, false},   [14] = {INTEGER, 0, false},
        [15] = {INTEGER, 0, true},   [16] = {INTEGER, 0, true},    [17] = {INTEGER, 0, true},
        [18] = {INTEGER, 0, true},   [19] = {JSON, 0, false},
    };

    if (e->logical || e->converted < 0 || e->converted >= (int64_t)(sizeof known / sizeof *known)) return;
    e->logical = known[e->converted].logical;
    e->unit = known[e->converted].unit;
    e->is_signed = known[e->converted].is_signed;
    e->utc = e->logical == TIMESTAMP;
}

static void set_times(const element *e, parquet_leaf *leaf)
{
    static const double per_second[] = {1, 1e3, 1e6, 1e9};

    if (e->unit < 1 || e->unit > 3) {
        snprintf(leaf->refused, sizeof leaf->refused, "a time of unknown unit %d", e->unit);
        return;
    }
    leaf->divisor = per_second[e->unit];
    leaf->clock = e->logical == TIMESTAMP;
    leaf->utc = e->utc;
}

static void set_meaning(const element *e, parquet_leaf *leaf)
{
    bool integer = leaf->type == PARQUET_INT32 || leaf->type == PARQUET_INT64;

    if (leaf->type == PARQUET_INT96) {
        leaf->clock = true;
    } else if (leaf->type == PARQUET_FIXED) {
        snprintf(leaf->refused, sizeof leaf->refused, "values of %lld bytes each", (long long)e->length);
    } else if (leaf->type == PARQUET_BYTES) {
        leaf->words = true;
        if (e->logical == DECIMAL || e->logical > JSON || e->converted > 19)
            snprintf(leaf->refused, sizeof leaf->refused, "bytes that are no text");
    } else if (integer && (e->logical == TIME || e->logical == TIMESTAMP)) {
        set_times(e, leaf);
    } else if (integer && e->logical == DATE) {
        leaf->clock = true;
        leaf->factor = 86400;
    } else if (integer && e->logical == DECIMAL) {
        leaf->divisor = pow(10, (double)e->scale);
        if (e->scale < 0 || e->scale > 18) snprintf(leaf->refused, sizeof leaf->refused, "a decimal of unusual scale");
    } else if (integer && e->logical == INTEGER) {
        leaf->is_unsigned = !e->is_signed;
    }
}

/* A column within another is named by it. */
static pm_status add_leaf(parquet_file *file, const element *e, const char *parent, int64_t byte, pm_error *err)
{
    pm_status s = pm_grow(&file->leaf, &file->leaves_room, file->n_leaves + 1, sizeof *file->leaf, err);

    if (s) return s;
    parquet_leaf *leaf = &file->leaf[file->n_leaves++];
    *leaf = (parquet_leaf){.type = (int)e->type, .optional = e->repetition == OPTIONAL, .divisor = 1, .factor = 1};
    if (parent)
        snprintf(leaf->name, sizeof leaf->name, "%.60s.%.60s", parent, e->name);
    else
        memcpy(leaf->name, e->name, sizeof leaf->name);
    if (e->type < PARQUET_BOOLEAN || e->type > PARQUET_FIXED)
        return parquet_fail(err, byte, leaf, "the column's type is %lld, which the format does not know",
                            (long long)e->type);
    if (parent || e->repetition == REPEATED)
        snprintf(leaf->refused, sizeof leaf->refused, "nested");
    else
        set_meaning(e, leaf);
    return PM_OK;
}

/* The tree of columns comes depth first. */
static pm_status read_schema(thrift *t, thrift_field own, parquet_file *file, pm_error *err)
{
    int kind, level = 0;
    int64_t left[LEVELS] = {0}, n = thrift_list(t, own, &kind);
    char parent[128] = "";
    pm_status s = PM_OK;

    if (file->n_leaves > 0 || file->n_groups > 0)
        return parquet_fail(err, t->at, NULL, "there is more than one schema");
    for (int64_t i = 0; !s && i < n && !t->broken; i++) {
        element e;
        int64_t byte = t->at;
        read_element(t, &e);
        if (t->broken) break;
        from_converted(&e);
        while (level > 0 && left[level - 1] == 0) level--;
        if (level > 0) left[level - 1]--;
        if (i > 0 && level == 0) return parquet_fail(err, byte, NULL, "the schema has more than one root");
        if (i == 0 || e.children > 0) {
            if (level >= LEVELS) return parquet_fail(err, byte, NULL, "the schema is nested more than %d deep", LEVELS);
            if (level == 1) memcpy(parent, e.name, sizeof parent);
            left[level++] = e.children;
            continue;
        }
        if (file->n_leaves >= LEAVES) return parquet_fail(err, byte, NULL, "there are more than %d columns", LEAVES);
        s = add_leaf(file, &e, level > 1 ? parent : NULL, byte, err);
    }
    return s;
}

/* ---- row groups --------------------------------------------------------------------------------------------------- */

static void read_chunk_meta(thrift *t, thrift_field own, parquet_chunk *c)
{
    thrift_field f = {0};
    int64_t data = 0, dictionary = 0;

    if (!thrift_enter(t, own)) return;
    while (thrift_next(t, &f)) {
        switch (f.id) {
        case 4: c->codec = (int)thrift_integer(t, f); break;
        case 5: c->values = thrift_integer(t, f); break;
        case 7: c->bytes = thrift_integer(t, f); break;
        case 9: data = thrift_integer(t, f); break;
        case 11: dictionary = thrift_integer(t, f); break;
        default: thrift_skip(t, f.kind);
        }
    }
    c->start = dictionary > 0 && dictionary < data ? dictionary : data;
}

static void read_chunk(thrift *t, parquet_chunk *c)
{
    thrift_field f = {0};

    *c = (parquet_chunk){.described = t->at, .values = -1};
    while (thrift_next(t, &f)) {
        switch (f.id) {
        case 1: c->elsewhere = thrift_binary(t, f).n > 0; break;
        case 3: read_chunk_meta(t, f, c); break;
        case 8:
            c->encrypted = true;
            thrift_skip(t, f.kind);
            break;
        default: thrift_skip(t, f.kind);
        }
    }
}

static pm_status check_chunk(const parquet_file *file, const parquet_group *g, int64_t leaf, pm_error *err)
{
    const parquet_chunk *c = &g->chunk[leaf];
    const parquet_leaf *l = &file->leaf[leaf];

    if (l->refused[0]) return PM_OK;
    if (c->elsewhere) return parquet_fail(err, c->described, l, "the column's values are in another file");
    if (c->encrypted) return parquet_fail(err, c->described, l, "the column is encrypted");
    if (c->values != g->rows)
        return parquet_fail(err, c->described, l, "a row group of %lld rows has %lld values in this column",
                            (long long)g->rows, (long long)c->values);
    if (c->start < 4 || c->bytes < 0 || c->start > file->footer || c->bytes > file->footer - c->start)
        return parquet_fail(err, c->described, l, "the column's bytes [%lld, +%lld) are not in the file",
                            (long long)c->start, (long long)c->bytes);
    return PM_OK;
}

static pm_status read_chunks(thrift *t, thrift_field own, const parquet_file *file, parquet_group *g, pm_error *err)
{
    int kind;
    int64_t byte = t->at, n = thrift_list(t, own, &kind);

    if (t->broken) return PM_OK;
    if (n != file->n_leaves || g->chunk)
        return parquet_fail(err, byte, NULL, "a row group has %lld columns, the schema %lld", (long long)n,
                            (long long)file->n_leaves);
    g->chunk = calloc((size_t)n + 1, sizeof *g->chunk);
    if (!g->chunk) return pm_fail(err, PM_ERR_MEMORY, "no memory for a file's columns");
    for (int64_t i = 0; i < n && !t->broken; i++) read_chunk(t, &g->chunk[i]);
    return PM_OK;
}

static pm_status read_group(thrift *t, parquet_file *file, pm_error *err)
{
    thrift_field f = {0};
    int64_t byte = t->at;
    pm_status s = pm_grow(&file->group, &file->groups_room, file->n_groups + 1, sizeof *file->group, err);

    if (s) return s;
    parquet_group *g = &file->group[file->n_groups++];
    *g = (parquet_group){.rows = -1};
    while (!s && thrift_next(t, &f)) {
        if (f.id == 1)
            s = read_chunks(t, f, file, g, err);
        else if (f.id == 3)
            g->rows = thrift_integer(t, f);
        else
            thrift_skip(t, f.kind);
    }
    if (s || t->broken) return s;
    if (!g->chunk || g->rows < 0) return parquet_fail(err, byte, NULL, "a row group says nothing of columns or rows");
    for (int64_t i = 0; !s && i < file->n_leaves; i++) s = check_chunk(file, g, i, err);
    return s;
}

/* ---- the whole footer --------------------------------------------------------------------------------------------- */

static pm_status read_text(thrift *t, parquet_file *file, pm_error *err)
{
    thrift_field f = {0};
    pm_span text[2] = {{NULL, 0}, {NULL, 0}};
    pm_status s = pm_grow(&file->text, &file->texts_room, file->n_texts + 1, sizeof *file->text, err);

    if (s) return s;
    while (thrift_next(t, &f)) {
        if (f.id == 1 || f.id == 2)
            text[f.id - 1] = thrift_binary(t, f);
        else
            thrift_skip(t, f.kind);
    }
    if (t->broken) return PM_OK;
    parquet_text *to = &file->text[file->n_texts++];
    to->key = pm_text_copy(text[0].at ? (const char *)text[0].at : "", text[0].n);
    to->value = pm_text_copy(text[1].at ? (const char *)text[1].at : "", text[1].n);
    return to->key && to->value ? PM_OK : pm_fail(err, PM_ERR_MEMORY, "no memory for a file's metadata");
}

static pm_status read_list(thrift *t, thrift_field f, parquet_file *file,
                           pm_status (*read)(thrift *, parquet_file *, pm_error *), pm_error *err)
{
    int kind;
    int64_t n = thrift_list(t, f, &kind);
    pm_status s = PM_OK;

    for (int64_t i = 0; !s && i < n && !t->broken; i++) s = read(t, file, err);
    return s;
}

static pm_status read_fields(thrift *t, parquet_file *file, pm_error *err)
{
    thrift_field f = {0};
    pm_status s = PM_OK;

    while (!s && thrift_next(t, &f)) {
        switch (f.id) {
        case 1: file->version = thrift_integer(t, f); break;
        case 2: s = read_schema(t, f, file, err); break;
        case 3: file->rows = thrift_integer(t, f); break;
        case 4: s = read_list(t, f, file, read_group, err); break;
        case 5: s = read_list(t, f, file, read_text, err); break;
        case 6: copy_name(thrift_binary(t, f), file->writer, sizeof file->writer); break;
        default: thrift_skip(t, f.kind);
        }
    }
    return s;
}

/* Rows may take no byte at all where a column repeats a value; a time that goes on takes some. */
static pm_status check_rows(const parquet_file *file, pm_error *err)
{
    int64_t rows = 0, most = (1 << 20) + 1000 * file->bytes.n;

    for (int64_t i = 0; i < file->n_groups; i++) {
        if (file->group[i].rows > most - rows)
            return pm_fail(err, PM_ERR_LIMIT, "the parquet file claims more than %lld rows in %lld bytes",
                           (long long)most, (long long)file->bytes.n);
        rows += file->group[i].rows;
    }
    if (rows == file->rows) return PM_OK;
    return parquet_fail(err, file->footer, NULL, "the footer says %lld rows, its row groups %lld",
                        (long long)file->rows, (long long)rows);
}

/* The file ends in the footer, its length in four bytes, and PAR1. */
static pm_status find_footer(pm_span b, parquet_file *file, pm_error *err)
{
    if (b.n < 12 || memcmp(b.at + b.n - 4, "PAR1", 4) != 0) {
        bool sealed = b.n >= 12 && memcmp(b.at + b.n - 4, "PARE", 4) == 0;
        return parquet_fail(err, b.n < 4 ? 0 : b.n - 4, NULL,
                            sealed ? "the parquet file is encrypted"
                                   : "the parquet file does not end in 'PAR1': it was cut, or never finished");
    }
    int64_t n = pm_u32(b.at + b.n - 8);
    if (n > b.n - 12)
        return parquet_fail(err, b.n - 8, NULL, "the footer is said to have %lld bytes, the file has %lld",
                            (long long)n, (long long)b.n);
    file->footer = b.n - 8 - n;
    return PM_OK;
}

pm_status parquet_read(pm_span bytes, parquet_file *file, pm_error *err)
{
    pm_status s;

    file->bytes = bytes;
    file->rows = -1;
    if ((s = find_footer(bytes, file, err))) return s;
    thrift t = {pm_span_part(bytes, 0, bytes.n - 8), file->footer, false};
    if ((s = read_fields(&t, file, err))) return s;
    if (t.broken) return parquet_fail(err, t.at, NULL, "the footer cannot be read: it is damaged here");
    return check_rows(file, err);
}

void parquet_clear(parquet_file *file)
{
    for (int64_t i = 0; i < file->n_groups; i++) free(file->group[i].chunk);
    for (int64_t i = 0; i < file->n_texts; i++) {
        free(file->text[i].key);
        free(file->text[i].value);
    }
    free(file->leaf);
    free(file->group);
    free(file->text);
    *file = (parquet_file){0};
}
