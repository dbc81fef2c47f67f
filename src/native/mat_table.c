/* SPDX-License-Identifier: MIT */
/* The table in a MATLAB file: of all sets of arrays that are as long as each other, the one that looks most like records,
 * else the largest. Single values become metadata, everything else is named. */
#include "label/label.h"
#include "mat.h"

#include <stdlib.h>

enum { NONE, NUMBERS, WORDS };
enum { COLUMNS = 1024, ACROSS = 256, METADATA = 256 };

/* The arrays of one path as columns. */
typedef struct shape {
    int kind;
    int64_t rows, across;
    uint64_t hash; /* of indices and lengths */
    const pm_quantity *quantity;
    int distance; /* from its name to the quantity's */
    bool in_table, is_meta;
} shape;

typedef struct choice {
    const mat_file *file;
    pm_native *native;
    mat_table *table;
    const pm_quantities *quantities;
    shape *shape;    /* [paths] */
    int32_t *leader; /* [leaders] the first path of each shape */
    int64_t n_leaders;
    char assumed[160];
    size_t prefix; /* letters that all paths of the table begin with */
} choice;

static const mat_array *piece(const mat_file *f, int32_t path, int64_t i)
{
    return &f->array[f->order[f->path[path].first + i]];
}

static bool is_vector(const mat_array *a)
{
    return a->count == a->size[0] || a->count == a->size[1];
}

int64_t mat_rows(const mat_array *a, bool wide)
{
    if (is_vector(a)) return a->class == MAT_CHAR_CLASS ? a->size[0] : a->count;
    return a->size[wide ? 1 : 0];
}

/* ---- shapes ---- */

static int kind_of(const mat_array *a)
{
    if (a->count > 0 && a->count != a->size[0] * a->size[1]) return NONE; /* three dimensions */
    if (a->class == MAT_CHAR_CLASS) return WORDS;
    return a->class >= MAT_DOUBLE_CLASS && a->class <= MAT_UINT64_CLASS ? NUMBERS : NONE;
}

static void mix(uint64_t *hash, int64_t x)
{
    *hash = (*hash ^ (uint64_t)x) * 0x100000001B3u;
    *hash ^= *hash >> 29;
}

static void measure_pieces(const mat_file *f, int32_t path, bool wide, shape *s)
{
    s->hash = 0xCBF29CE484222325u;
    for (int64_t i = 0; i < f->path[path].count; i++) {
        const mat_array *a = piece(f, path, i);
        int64_t rows = mat_rows(a, wide);
        bool single = is_vector(a) || a->class == MAT_CHAR_CLASS;
        int64_t across = single ? 1 : a->size[wide ? 0 : 1];
        if (kind_of(a) != kind_of(piece(f, path, 0)) || (s->across && across != s->across && rows > 0)) {
            s->kind = NONE;
            return;
        }
        if (rows > 0) s->across = across;
        s->rows += rows;
        for (int k = 0; k < MAT_LEVELS; k++) mix(&s->hash, a->index[k]);
        mix(&s->hash, rows);
    }
    s->kind = f->path[path].count > 0 && s->rows > 0 ? kind_of(piece(f, path, 0)) : NONE;
}

/* Rows of a matrix lie along its longer side. */
static void measure(const choice *c, int32_t path)
{
    const mat_file *f = c->file;
    double down = 0, right = 0;

    for (int64_t i = 0; i < f->path[path].count; i++) {
        const mat_array *a = piece(f, path, i);
        down += (double)a->size[0];
        right += (double)a->size[1];
    }
    c->table->wide[path] = f->path[path].count > 0 && right > down && piece(f, path, 0)->class != MAT_CHAR_CLASS;
    measure_pieces(f, path, c->table->wide[path], &c->shape[path]);
}

static bool same_shape(const choice *c, int32_t a, int32_t b)
{
    const mat_file *f = c->file;

    if (c->shape[a].hash != c->shape[b].hash || f->path[a].count != f->path[b].count) return false;
    for (int64_t i = 0; i < f->path[a].count; i++) {
        const mat_array *x = piece(f, a, i), *y = piece(f, b, i);
        if (mat_rows(x, c->table->wide[a]) != mat_rows(y, c->table->wide[b])) return false;
        if (memcmp(x->index, y->index, sizeof x->index) != 0) return false;
    }
    return true;
}

/* A cell with a word for each row of single arrays. */
static bool is_cell_of_words(const choice *c, int32_t path, int32_t table)
{
    const mat_file *f = c->file;

    if (c->shape[path].kind != WORDS || f->path[table].count != 1) return false;
    if (f->path[path].count != c->shape[table].rows || c->shape[path].rows != f->path[path].count) return false;
    for (int64_t i = 0; i < f->path[path].count; i++)
        if (mat_rows(piece(f, path, i), false) != 1) return false;
    return true;
}

/* ---- which of them ---- */

static pm_label label_of(const choice *c, int32_t path)
{
    const char *leaf = mat_leaf(&c->file->path[path]);

    return pm_label_split(leaf, (int64_t)strlen(leaf));
}

static void find_quantity(const choice *c, int32_t path)
{
    shape *s = &c->shape[path];
    pm_label label = label_of(c, path);
    const pm_quantity *q = pm_quantities_named(c->quantities, mat_leaf(&c->file->path[path]));

    s->distance = -1;
    if (!q) q = pm_label_quantity(c->quantities, &label, &s->distance);
    if (q && q->kind != PM_VALUE_CLOCK && (q->kind == PM_VALUE_WORD) == (s->kind == WORDS)) s->quantity = q;
}

static bool is_quantity(const shape *s, const char *name)
{
    return s->quantity && strcmp(s->quantity->name, name) == 0;
}

/* Time and voltage count most, then more than one row, then the number of values. */
static double score_of(const choice *c, int32_t leader)
{
    bool time = false, voltage = false;
    double values = 0;

    for (int32_t i = leader; i < c->file->n_paths; i++) {
        const shape *s = &c->shape[i];
        if (s->kind != NUMBERS || s->hash != c->shape[leader].hash) continue;
        time = time || is_quantity(s, "test_time_second");
        voltage = voltage || is_quantity(s, "voltage_volt");
        values += (double)s->rows * (double)s->across;
    }
    return values + (c->shape[leader].rows > 1 ? 1e18 : 0) + (time && voltage ? 2e18 : 0);
}

static int32_t find_best(choice *c)
{
    int32_t best = -1;
    double most = 0;

    for (int32_t i = 0; i < c->file->n_paths; i++) {
        measure(c, i);
        find_quantity(c, i);
        if (c->shape[i].kind != NUMBERS) continue;
        int64_t k = 0;
        while (k < c->n_leaders && c->shape[c->leader[k]].hash != c->shape[i].hash) k++;
        if (k == c->n_leaders) c->leader[c->n_leaders++] = i;
    }
    for (int64_t k = 0; k < c->n_leaders; k++) {
        double score = score_of(c, c->leader[k]);
        if (score <= most) continue;
        most = score;
        best = c->leader[k];
    }
    return best;
}

/* ---- columns ---- */

static void note_assumed(choice *c, const char *leaf, const char *unit)
{
    size_t used = strlen(c->assumed);

    if (used + strlen(leaf) + strlen(unit) + 6 < sizeof c->assumed)
        snprintf(c->assumed + used, sizeof c->assumed - used, "%s%s (%s)", used ? ", " : "", leaf, unit);
}

/* Whether another column of the table has a better name for the same quantity. */
static bool is_outdone(const choice *c, const shape *own)
{
    for (int32_t i = 0; i < c->file->n_paths; i++) {
        const shape *s = &c->shape[i];
        if (s->in_table && is_quantity(s, own->quantity->name) && s->distance < own->distance) return true;
    }
    return false;
}

static void source_name(const choice *c, const mat_column *m, char text[MAT_PATH])
{
    const char *path = c->file->path[m->path].text;
    bool matrix = c->shape[m->path].across > 1;
    char place[40] = "";

    if (matrix)
        snprintf(place, sizeof place, c->table->wide[m->path] ? "(%lld,:)" : "(:,%lld)", (long long)m->across + 1);
    snprintf(text, MAT_PATH, m->imaginary ? "imag(%.80s%s)" : "%.100s%s", path, place);
}

static void add(choice *c, const mat_column *m, const char *name, const char *unit, const char *source,
                const char *source_unit)
{
    mat_table *t = c->table;

    if (pm_grow(&t->column, &t->columns_room, t->n_columns + 1, sizeof *t->column, NULL)) {
        c->native->failed = PM_ERR_MEMORY;
        return;
    }
    if (m->words)
        pm_native_words(c->native, name, source);
    else
        pm_native_number(c->native, name, unit, source, source_unit);
    t->column[t->n_columns++] = *m;
}

/* A column that is no known quantity: its path as a slug, its values as they are. */
static void add_unknown(choice *c, const mat_column *m, bool complex)
{
    pm_label label = {0};
    char source[MAT_PATH], number[24] = "";

    source_name(c, m, source);
    if (c->shape[m->path].across > 1) snprintf(number, sizeof number, " %lld", (long long)m->across + 1);
    snprintf(label.name, sizeof label.name, "%.80s%s%s", c->file->path[m->path].text + c->prefix, number,
             m->imaginary ? " imaginary"
             : complex    ? " real"
                          : "");
    pm_slug slug = pm_label_slug(&label);
    add(c, m, slug.name, pm_label_machine_unit(slug.name), source, "");
}

static void add_known(choice *c, mat_column *m, const pm_quantity *q, const pm_label *label)
{
    char source[MAT_PATH];

    source_name(c, m, source);
    if (!m->words && label->has_unit && pm_unit_factor(label->parsed, q->unit, &m->num, &m->den, &m->shift, NULL)) {
        add_unknown(c, m, false);
        return;
    }
    if (!m->words && !label->unit[0] && strcmp(q->unit_text, "1") != 0 && m->across == 0)
        note_assumed(c, mat_leaf(&c->file->path[m->path]), q->unit_text);
    add(c, m, q->name, q->unit_text, source, label->unit);
}

static void add_path(choice *c, int32_t path)
{
    const shape *s = &c->shape[path];
    bool complex = false;
    pm_label label = label_of(c, path);
    const pm_quantity *q = s->quantity;

    for (int64_t i = 0; i < c->file->path[path].count; i++)
        complex = complex || piece(c->file, path, i)->imaginary.type;
    if (q && (complex || is_outdone(c, s))) q = NULL;
    for (int64_t across = 0; across < s->across; across++) {
        mat_column m = {.path = path, .across = across, .words = s->kind == WORDS, .num = 1, .den = 1};
        if (q)
            add_known(c, &m, q, &label);
        else
            add_unknown(c, &m, complex);
        m.imaginary = true;
        if (complex) add_unknown(c, &m, true);
    }
}

/* "cycle_index" of an array of structs called cycle, where a struct has several rows. */
static void add_indices(choice *c)
{
    const mat_array *a = piece(c->file, c->table->any, 0);
    bool plain = c->table->n_pieces == c->shape[c->table->any].rows && a->index[1] == 0;

    for (int k = 0; k < MAT_LEVELS && a->index[k] > 0 && !plain; k++) {
        char text[MAT_PATH];
        int distance;
        snprintf(text, sizeof text, "%.100s index", mat_leaf(&c->file->path[a->index_of[k]]));
        pm_label label = {0};
        snprintf(label.name, sizeof label.name, "%s", text);
        const pm_quantity *q = pm_label_quantity(c->quantities, &label, &distance);
        pm_slug slug = pm_label_slug(&label);
        mat_column m = {.path = -1, .level = k, .num = 1, .den = 1};
        add(c, &m, q && strcmp(q->unit_text, "1") == 0 ? q->name : slug.name, "1", text, "");
        pm_native_resolution(c->native, 1);
    }
}

/* ---- what is in the table, what beside it ---- */

static void find_prefix(choice *c)
{
    const char *first = NULL;
    size_t n = 0;

    for (int32_t i = 0; i < c->file->n_paths; i++) {
        const char *text = c->file->path[i].text;
        if (!c->shape[i].in_table) continue;
        if (!first) n = strlen(first = text);
        size_t k = 0;
        while (k < n && text[k] == first[k]) k++;
        n = k;
    }
    while (n > 0 && first[n - 1] != '.') n--;
    c->prefix = n;
}

/* The widest matrices are no table of records. */
static void mark_columns(choice *c, int32_t best)
{
    int64_t columns = 0;

    for (int32_t i = 0; i < c->file->n_paths; i++) {
        shape *s = &c->shape[i];
        if (s->kind == NONE || s->across > ACROSS) continue;
        if (!same_shape(c, i, best) && !is_cell_of_words(c, i, best)) continue;
        if (s->kind == WORDS && c->shape[best].rows == 1) continue;
        s->in_table = columns + 2 * s->across <= COLUMNS;
        if (s->in_table) columns += 2 * s->across; /* complex ones need two */
    }
}

/* One number or one line of text. */
static bool tell_value(choice *c, int32_t path)
{
    const mat_array *a = piece(c->file, path, 0);
    pm_label label = {0};
    char value[512];
    double x;

    if (c->file->path[path].count != 1 || c->shape[path].rows != 1 || c->shape[path].across != 1) return false;
    if (a->imaginary.type) return false;
    snprintf(label.name, sizeof label.name, "%s", c->file->path[path].text);
    if (a->class == MAT_CHAR_CLASS) {
        mat_words(c->file, a, 0, value, sizeof value);
    } else {
        mat_numbers(c->file, a->real, 0, 1, 1, &x);
        pm_number_print(x, value);
    }
    pm_native_meta(c->native, pm_label_slug(&label).name, "%s", value);
    return true;
}

/* Everything that is neither a column nor metadata. */
static void tell_rest(choice *c)
{
    char names[150] = "";
    size_t used = 0;
    int64_t rest = 0, told = 0;

    for (int32_t i = 0; i < c->file->n_paths; i++) {
        const mat_path *p = &c->file->path[i];
        if (p->count == 0 || c->shape[i].in_table) continue;
        if (told < METADATA && tell_value(c, i)) {
            told++;
            continue;
        }
        int class = piece(c->file, i, 0)->class;
        char kind[16] = "";
        if (class == MAT_SPARSE_CLASS || class > MAT_UINT64_CLASS)
            snprintf(kind, sizeof kind, "%s ", mat_class_name(class));
        if (used < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s%.40s", rest ? ", " : "", kind, p->text);
        rest++;
    }
    if (rest == 0) return;
    pm_native_fault *fault =
        pm_native_found(c->native, "value-missing", "note", "%lld variables are not in the table: %s%s",
                        (long long)rest, names, used < sizeof names ? "" : "...");
    if (!fault) return;
    fault->count = rest;
    snprintf(fault->hint, sizeof fault->hint,
             "they have another length, more than two dimensions, or a class that is not read; info --deep lists them");
}

static void tell_assumed(choice *c)
{
    bool current = false;

    for (int i = 0; i < c->native->n_columns; i++)
        current = current || strcmp(c->native->column[i].name, "current_ampere") == 0;
    if (c->assumed[0]) {
        pm_native_fault *fault = pm_native_found(c->native, "unit-assumed", "note",
                                                 "the file names no unit for %s: taken as in brackets", c->assumed);
        if (fault) snprintf(fault->hint, sizeof fault->hint, "name the unit in the variable's name: capacity_mAh");
    }
    if (!current) return;
    pm_native_fault *fault =
        pm_native_found(c->native, "sign-assumed", "note",
                        "nothing in the file says which sign of current charges: positive is taken as charge");
    if (fault) fault->column = "current_ampere";
}

static void fill_table(choice *c)
{
    mat_table *t = c->table;
    bool time = false, voltage = false;

    for (int64_t i = 0; i < t->n_pieces; i++) t->rows[i] = mat_rows(piece(c->file, t->any, i), t->wide[t->any]);
    add_indices(c);
    for (int32_t i = 0; i < c->file->n_paths; i++)
        if (c->shape[i].in_table) add_path(c, i);
    for (int i = 0; i < c->native->n_columns; i++) {
        time = time || strcmp(c->native->column[i].name, "test_time_second") == 0;
        voltage = voltage || strcmp(c->native->column[i].name, "voltage_volt") == 0;
    }
    c->native->content = time && voltage ? "records" : "table";
    c->native->rows_declared = c->shape[t->any].rows;
    tell_rest(c);
    tell_assumed(c);
}

static pm_status no_table(const choice *c, pm_error *err)
{
    const mat_file *f = c->file;
    const mat_array *a = f->n_arrays > 0 ? &f->array[0] : NULL;
    const char *hint = a && a->class == MAT_OPAQUE_CLASS
                           ? "save a MATLAB table as a struct: s = table2struct(T, 'ToScalar', true)"
                           : "save vectors of one length, as variables or fields of a struct";

    if (!a) return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), NULL, "the MATLAB file holds no variable");
    pm_place at = pm_nowhere();
    at.byte = a->offset;
    return pm_fail_at(err, PM_ERR_FORMAT, at, hint,
                      "the MATLAB file holds no full array of numbers that fits a table: '%.80s' is of class %s",
                      f->path[a->path].text, mat_class_name(a->class));
}

static pm_status choose(choice *c, pm_error *err)
{
    mat_table *t = c->table;
    size_t n = (size_t)c->file->n_paths + 1;

    c->shape = calloc(n, sizeof *c->shape);
    c->leader = calloc(n, sizeof *c->leader);
    t->wide = calloc(n, sizeof *t->wide);
    if (!c->shape || !c->leader || !t->wide) return pm_fail(err, PM_ERR_MEMORY, "no memory for a file's arrays");
    t->any = find_best(c);
    if (t->any >= 0) mark_columns(c, t->any);
    if (t->any < 0 || !c->shape[t->any].in_table) return no_table(c, err);
    t->n_pieces = c->file->path[t->any].count;
    t->rows = calloc((size_t)t->n_pieces + 1, sizeof *t->rows);
    if (!t->rows) return pm_fail(err, PM_ERR_MEMORY, "no memory for a file's arrays");
    find_prefix(c);
    fill_table(c);
    return PM_OK;
}

pm_status mat_table_choose(const mat_file *f, pm_native *n, mat_table *t, pm_error *err)
{
    choice c = {.file = f, .native = n, .table = t};
    pm_status s = pm_quantities_known(&c.quantities, err);

    if (!s) s = choose(&c, err);
    free(c.shape);
    free(c.leader);
    return s;
}

void mat_table_clear(mat_table *t)
{
    free(t->column);
    free(t->rows);
    free(t->wide);
    *t = (mat_table){0};
}
