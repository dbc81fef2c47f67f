/* SPDX-License-Identifier: MIT */
/* HDF5 files of battdat and PyTables: the table of records as rows. A reader of its own, not libhdf5: that one is not made
 * for several threads, nor for bytes that mean ill. */
#include "hdf5.h"
#include "formats.h"
#include "hdf5_table.h"

#include <math.h>
#include <stdlib.h>

enum { COLUMNS = 4096 };

/* A column: one place of a member of the table. */
typedef struct column {
    hdf5_type type;
    int64_t offset;
    char label[HDF5_NAME + 48];
    labelled_column labelled;
} column;

typedef struct hdf5_state {
    hdf5_file file;
    int64_t table; /* node */
    hdf5_data *data;
    hdf5_members members;
    column *column;
    int64_t n_columns, columns_room;
    int64_t row, unwritten;
    bool battdat, told;
} hdf5_state;

static int sniff(const pm_image *image, char reason[200])
{
    pm_span b = image->bytes;

    if (b.n < 4 || memcmp(b.at, "\x89HDF", 4) != 0) return 0;
    snprintf(reason, 200, "begins with the mark of HDF5");
    return 95;
}

static void state_free(void *state)
{
    hdf5_state *h = state;

    hdf5_data_free(h->data);
    free(h->members.member);
    free(h->column);
    hdf5_clear(&h->file);
    free(h);
}

/* ---- which table -------------------------------------------------------------------------------------------------- */

static bool is_table(const hdf5_node *node)
{
    return node->is_set && node->rank == 1 && node->type.kind == HDF5_COMPOUND && node->type.count == 1;
}

static bool is_records(const hdf5_node *node)
{
    return strstr(node->path, "/raw_data") != NULL;
}

/* battdat's records before others, then the most rows. */
static int64_t choose_table(const hdf5_file *file)
{
    int64_t best = -1;

    for (int64_t i = 0; i < file->n; i++) {
        const hdf5_node *a = &file->node[i], *b = best < 0 ? NULL : &file->node[best];
        if (!is_table(a)) continue;
        if (!b || is_records(a) > is_records(b) || (is_records(a) == is_records(b) && a->size[0] > b->size[0]))
            best = i;
    }
    return best;
}

static void tell_others(pm_native *n, const hdf5_state *h)
{
    char names[150] = "";
    size_t used = 0;
    int64_t count = 0;

    for (int64_t i = 0; i < h->file.n; i++) {
        const hdf5_node *node = &h->file.node[i];
        if (i == h->table || !node->is_set) continue;
        if (used < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%.60s", count ? ", " : "", node->path);
        count++;
    }
    if (count == 0) return;
    pm_native_fault *f =
        pm_native_found(n, "value-missing", "note", "%s is read; %lld other datasets are not: %s%s",
                        h->file.node[h->table].path, (long long)count, names, used < sizeof names ? "" : "...");
    if (f) f->count = count;
}

static pm_status no_table(const hdf5_file *file, pm_error *err)
{
    for (int64_t i = 0; i < file->n; i++)
        if (file->node[i].is_set)
            return hdf5_fail(err, file->node[i].at, "the HDF5 file holds no table: %s is of class %s and rank %d",
                             file->node[i].path, hdf5_class_name(file->node[i].type.class), file->node[i].rank);
    return hdf5_fail(err, file->node[0].at, "the HDF5 file holds no dataset");
}

/* ---- columns ------------------------------------------------------------------------------------------------------ */

static pm_status add_column(hdf5_state *h, const hdf5_member *m, int64_t place, const char *name,
                            const pm_doc *described, pm_error *err)
{
    pm_status s = pm_grow(&h->column, &h->columns_room, h->n_columns + 1, sizeof *h->column, err);

    if (s) return s;
    if (h->n_columns >= COLUMNS) return pm_fail(err, PM_ERR_LIMIT, "there are more than %d columns", COLUMNS);
    column *c = &h->column[h->n_columns++];
    *c = (column){.type = m->type, .offset = m->offset + place * m->type.size};
    hdf5_label(described, name, c->label);
    c->labelled.words = m->type.kind == HDF5_TEXT;
    c->labelled.clock = h->battdat && strcmp(name, "time") == 0; /* seconds since 1970, as battdat says */
    return PM_OK;
}

static bool is_read(const hdf5_member *m)
{
    return m->type.kind == HDF5_INTEGER || m->type.kind == HDF5_FLOAT || m->type.kind == HDF5_TEXT;
}

static pm_status add_member(hdf5_state *h, const hdf5_object *set, const hdf5_member *m, const pm_doc *described,
                            pm_error *err)
{
    char name[HDF5_NAME + 24], own[HDF5_NAME];
    pm_status s = PM_OK;

    for (int64_t i = 0; !s && i < m->type.count; i++) {
        snprintf(name, sizeof name, m->type.count > 1 ? "%s_%lld" : "%s", m->name, (long long)i + 1);
        if (hdf5_pandas_name(set, h->file.bytes, m->name, i, own) == m->type.count)
            snprintf(name, sizeof name, "%s", own);
        s = add_column(h, m, i, name, described, err);
    }
    return s;
}

static void tell_unread(pm_native *n, const hdf5_members *members)
{
    char names[150] = "";
    size_t used = 0;
    int64_t count = 0;

    for (int64_t i = 0; i < members->n; i++) {
        const hdf5_member *m = &members->member[i];
        if (is_read(m)) continue;
        if (used < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%.40s (%s of %lld bytes)", count ? ", " : "",
                                     m->name, hdf5_class_name(m->type.class), (long long)m->type.size);
        count++;
    }
    if (count == 0) return;
    pm_native_fault *f = pm_native_found(n, "value-missing", "note", "%lld columns are not read: %s%s",
                                         (long long)count, names, used < sizeof names ? "" : "...");
    if (f) f->count = count;
}

static pm_status declare(hdf5_state *h, pm_native *n, pm_error *err)
{
    labelled_column *l = calloc((size_t)h->n_columns + 1, sizeof *l);
    pm_status s;

    if (!l) return pm_fail(err, PM_ERR_MEMORY, "no memory for a file's columns");
    for (int64_t i = 0; i < h->n_columns; i++) {
        l[i] = h->column[i].labelled;
        l[i].label = h->column[i].label;
    }
    s = labels_declare(n, l, h->n_columns, h->battdat, err);
    for (int64_t i = 0; !s && !n->failed && i < h->n_columns; i++) {
        h->column[i].labelled = l[i];
        if (h->column[i].type.kind == HDF5_INTEGER) n->column[l[i].column].resolution = fabs(l[i].num / l[i].den);
    }
    free(l);
    return s;
}

static pm_status read_columns(hdf5_state *h, const hdf5_object *set, pm_native *n, pm_error *err)
{
    const hdf5_message *type = hdf5_find(set, HDF5_TYPE);
    pm_scoped(pm_doc) described = NULL;
    hdf5_type whole;
    pm_status s = hdf5_type_read(h->file.bytes, type->data, &whole, &h->members, err);

    if (!s) s = hdf5_columns_described(set, h->file.bytes, &described, err);
    for (int64_t i = 0; !s && i < h->members.n; i++)
        if (is_read(&h->members.member[i])) s = add_member(h, set, &h->members.member[i], described, err);
    if (!s && h->n_columns == 0)
        s = hdf5_fail(err, h->file.node[h->table].at, "no column of %s can be read", h->file.node[h->table].path);
    if (!s) s = declare(h, n, err);
    tell_unread(n, &h->members);
    return s;
}

/* ---- open --------------------------------------------------------------------------------------------------------- */

static pm_status with_object(hdf5_state *h, int64_t node, pm_native *n,
                             pm_status (*use)(hdf5_state *, const hdf5_object *, pm_native *, pm_error *),
                             pm_error *err)
{
    hdf5_object object = {0};
    pm_status s = hdf5_object_read(h->file.bytes, h->file.node[node].at, &object, err);

    if (!s) s = use(h, &object, n, err);
    hdf5_object_clear(&object);
    return s;
}

static pm_status read_root(hdf5_state *h, const hdf5_object *root, pm_native *n, pm_error *err)
{
    (void)err;
    hdf5_tell_attributes(root, h->file.bytes, n, &h->battdat);
    return PM_OK;
}

static pm_status open_file(const pm_image *image, const pm_run *run, pm_native *n, pm_error *err)
{
    hdf5_state *h = calloc(1, sizeof *h);
    pm_status s;

    (void)run;
    if (!h) return pm_fail(err, PM_ERR_MEMORY, "no memory to open a file");
    n->state = h;
    if ((s = hdf5_read(image->bytes, &h->file, err))) return s;
    h->table = choose_table(&h->file);
    if (h->table < 0) return no_table(&h->file, err);
    if ((s = with_object(h, 0, n, read_root, err))) return s;
    if ((s = with_object(h, h->table, n, read_columns, err))) return s;
    if ((s = hdf5_data_new(&h->file, &h->file.node[h->table], &h->data, err))) return s;
    n->rows_declared = h->file.node[h->table].size[0];
    pm_native_meta(n, "dataset", "%s", h->file.node[h->table].path);
    tell_others(n, h);
    return PM_OK;
}

/* ---- rows --------------------------------------------------------------------------------------------------------- */

static uint64_t bits_of(const uint8_t *at, const hdf5_type *t)
{
    uint64_t x = 0;

    for (int64_t i = 0; i < t->size; i++) x |= (uint64_t)at[i] << 8 * (t->big ? t->size - 1 - i : i);
    return x;
}

static double number_of(const uint8_t *at, const hdf5_type *t)
{
    uint64_t x = bits_of(at, t);
    uint32_t half = (uint32_t)x;
    float f;
    double d;

    if (t->kind == HDF5_FLOAT && t->size == 4) {
        memcpy(&f, &half, sizeof f);
        return f;
    }
    if (t->kind == HDF5_FLOAT) {
        memcpy(&d, &x, sizeof d);
        return d;
    }
    if (!t->is_signed) return (double)x;
    int shift = (int)(64 - 8 * t->size);
    return (double)((int64_t)(x << shift) >> shift);
}

static void copy_numbers(const column *c, const uint8_t *at, int64_t stride, int64_t n, double *to)
{
    const labelled_column *l = &c->labelled;

    if (c->type.kind == HDF5_FLOAT && c->type.size == 8 && !c->type.big)
        for (int64_t i = 0; i < n; i++) to[i] = pm_f64(at + c->offset + i * stride);
    else
        for (int64_t i = 0; i < n; i++) to[i] = number_of(at + c->offset + i * stride, &c->type);
    if (l->num == 1 && l->den == 1 && l->shift == 0) return;
    for (int64_t i = 0; i < n; i++) to[i] = to[i] * l->num / l->den + l->shift;
}

/* Texts are filled up with zeros or blanks. */
static void copy_words(const column *c, const uint8_t *at, int64_t stride, int64_t n, const pm_rows *rows, int64_t row)
{
    for (int64_t i = 0; i < n; i++) {
        const uint8_t *text = at + c->offset + i * stride;
        int64_t length = 0;
        while (length < c->type.size && text[length]) length++;
        while (length > 0 && text[length - 1] == ' ') length--;
        if (length > 0) pm_rows_word(rows, c->labelled.column, row + i, (const char *)text, length);
    }
}

static void copy_rows(const hdf5_state *h, const uint8_t *at, int64_t n, const pm_rows *rows, int64_t row)
{
    int64_t stride = h->file.node[h->table].type.size;

    for (int64_t i = 0; i < h->n_columns; i++) {
        const column *c = &h->column[i];
        if (rows->place[c->labelled.column] < 0) continue;
        if (c->labelled.words)
            copy_words(c, at, stride, n, rows, row);
        else
            copy_numbers(c, at, stride, n, rows->number[c->labelled.column] + row);
    }
}

static void tell_unwritten(hdf5_state *h, pm_native *n)
{
    if (h->told || h->unwritten == 0) return;
    h->told = true;
    pm_native_fault *f = pm_native_found(n, "value-missing", "warning",
                                         "%lld rows lie in a part of the table that was never written: they are empty",
                                         (long long)h->unwritten);
    if (f) f->count = h->unwritten;
}

static pm_status next(pm_native *n, const pm_rows *rows, int64_t *count, pm_error *err)
{
    hdf5_state *h = n->state;
    int64_t at = 0, k = 1;

    while (at < rows->room) {
        pm_span bytes;
        pm_status s = hdf5_data_rows(h->data, h->row, &bytes, &k, err);
        if (s) return s;
        if (k == 0) break;
        if (k > rows->room - at) k = rows->room - at;
        if (bytes.at)
            copy_rows(h, bytes.at, k, rows, at);
        else
            h->unwritten += k;
        at += k;
        h->row += k;
    }
    if (at == 0) tell_unwritten(h, n);
    *count = at;
    return PM_OK;
}

/* ---- what is inside ----------------------------------------------------------------------------------------------- */

static void describe(const hdf5_state *h, int64_t i, char text[600])
{
    const hdf5_node *node = &h->file.node[i];
    size_t used = (size_t)snprintf(text, 600, "%s", hdf5_class_name(node->type.class));

    for (int k = 0; k < node->rank && used < 500; k++)
        used += (size_t)snprintf(text + used, 600 - used, "%s%lld", k ? "x" : " ", (long long)node->size[k]);
    if (i != h->table) return;
    used += (size_t)snprintf(text + used, 600 - used, ", %s: ", hdf5_data_how(h->data));
    for (int64_t k = 0; k < h->n_columns && used < 600; k++)
        used += (size_t)snprintf(text + used, 600 - used, "%s%s (%s, %lld bytes)", k ? ", " : "", h->column[k].label,
                                 hdf5_class_name(h->column[k].type.class), (long long)h->column[k].type.size);
}

static void parts(const pm_native *n, pm_builder *to)
{
    const hdf5_state *h = n->state;
    char version[24], detail[600];

    snprintf(version, sizeof version, "%d", h->file.version);
    for (int64_t i = 0; i < h->file.n; i++) {
        const hdf5_node *node = &h->file.node[i];
        detail[0] = 0;
        if (node->is_set) describe(h, i, detail);
        pm_part part = {.part = i ? node->path : "/",
                        .kind = node->is_set ? "dataset" : "group",
                        .version = i ? "" : version,
                        .offset = node->at,
                        .bytes = PM_NO_INT,
                        .rows = node->is_set && node->rank > 0 ? node->size[0] : PM_NO_INT,
                        .detail = detail};
        pm_builder_push(to, &part);
    }
}

const pm_format pm_format_hdf5 = {.id = "hdf5",
                                  .title = "HDF5 table of battdat or PyTables",
                                  .content = "records",
                                  .sniff = sniff,
                                  .open = open_file,
                                  .next = next,
                                  .parts = parts,
                                  .free = state_free};
