/* SPDX-License-Identifier: MIT */
/* Apache Parquet files with flat columns, such as those of the Battery Data Format: rows, row group after row group. */
#include "parquet.h"
#include "formats.h"
#include "labels.h"

#include <stdlib.h>

typedef struct parquet_column {
    int64_t leaf;
    labelled_column labelled;
    parquet_cursor *cursor; /* NULL = not asked for yet */
} parquet_column;

typedef struct parquet_state {
    parquet_file file;
    parquet_column *column;
    int64_t n_columns;
    int64_t group, row; /* the next one; row in its group */
} parquet_state;

static int sniff(const pm_image *image, char reason[200])
{
    pm_span b = image->bytes;

    if (b.n < 4 || (memcmp(b.at, "PAR1", 4) != 0 && memcmp(b.at, "PARE", 4) != 0)) return 0;
    snprintf(reason, 200, "begins with '%.4s'", (const char *)b.at);
    return 95;
}

static void state_free(void *state)
{
    parquet_state *p = state;

    for (int64_t i = 0; i < p->n_columns; i++) parquet_cursor_free(p->column[i].cursor);
    free(p->column);
    parquet_clear(&p->file);
    free(p);
}

/* ---- open --------------------------------------------------------------------------------------------------------- */

/* What the file's own libraries need is nothing that a person wrote. */
static bool is_internal(const char *key)
{
    return strcmp(key, "pandas") == 0 || strcmp(key, "ARROW:schema") == 0;
}

static void tell_metadata(pm_native *n, const parquet_file *file)
{
    bool utc = false, local = false;

    pm_native_meta(n, "written_by", "%s", file->writer);
    for (int64_t i = 0; i < file->n_texts; i++)
        if (!is_internal(file->text[i].key)) pm_native_meta(n, file->text[i].key, "%s", file->text[i].value);
    for (int64_t i = 0; i < file->n_leaves; i++) {
        const parquet_leaf *leaf = &file->leaf[i];
        bool clock = leaf->clock && !leaf->refused[0];
        utc = utc || (clock && leaf->utc);
        local = local || (clock && !leaf->utc);
    }
    if (local || utc) pm_native_meta(n, "time_zone", "%s", local ? "unknown" : "UTC");
}

static void tell_refused(pm_native *n, const parquet_file *file)
{
    char names[150] = "";
    size_t used = 0;
    int64_t count = 0;

    for (int64_t i = 0; i < file->n_leaves; i++) {
        const parquet_leaf *leaf = &file->leaf[i];
        if (!leaf->refused[0]) continue;
        if (used < sizeof names)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%.40s (%s)", count ? ", " : "", leaf->name,
                                     leaf->refused);
        count++;
    }
    if (count == 0) return;
    pm_native_fault *f = pm_native_found(n, "value-missing", "note", "%lld columns are not read: %s%s",
                                         (long long)count, names, used < sizeof names ? "" : "...");
    if (f) f->count = count;
}

static void set_resolution(pm_native *n, const parquet_column *c, const parquet_leaf *leaf)
{
    const labelled_column *l = &c->labelled;
    bool integer = leaf->type == PARQUET_INT32 || leaf->type == PARQUET_INT64;

    if (!integer) return;
    double step = leaf->factor / leaf->divisor * l->num / l->den;
    n->column[l->column].resolution = step < 0 ? -step : step;
}

static pm_status declare(parquet_state *p, pm_native *n, pm_error *err)
{
    int64_t count = 0;
    pm_status s;
    labelled_column *labelled = calloc((size_t)p->file.n_leaves + 1, sizeof *labelled);

    p->column = calloc((size_t)p->file.n_leaves + 1, sizeof *p->column);
    if (!labelled || !p->column) {
        free(labelled);
        return pm_fail(err, PM_ERR_MEMORY, "no memory for a file's columns");
    }
    for (int64_t i = 0; i < p->file.n_leaves; i++) {
        const parquet_leaf *leaf = &p->file.leaf[i];
        if (leaf->refused[0]) continue;
        p->column[count].leaf = i;
        labelled[count++] = (labelled_column){.label = leaf->name, .words = leaf->words, .clock = leaf->clock};
    }
    p->n_columns = count;
    s = labels_declare(n, labelled, count, false, err);
    for (int64_t i = 0; !s && !n->failed && i < count; i++) {
        p->column[i].labelled = labelled[i];
        p->column[i].labelled.label = NULL; /* the footer may be gone */
        set_resolution(n, &p->column[i], &p->file.leaf[p->column[i].leaf]);
    }
    free(labelled);
    if (!s && count == 0)
        return parquet_fail(err, p->file.footer, NULL, "the parquet file has no column that can be read: %s",
                            p->file.n_leaves > 0 ? p->file.leaf[0].refused : "it has none at all");
    return s;
}

static pm_status open_file(const pm_image *image, const pm_run *run, pm_native *n, pm_error *err)
{
    parquet_state *p = calloc(1, sizeof *p);
    pm_status s;

    (void)run;
    if (!p) return pm_fail(err, PM_ERR_MEMORY, "no memory to open a file");
    n->state = p;
    if ((s = parquet_read(image->bytes, &p->file, err))) return s;
    if ((s = declare(p, n, err))) return s;
    n->rows_declared = p->file.rows;
    tell_metadata(n, &p->file);
    tell_refused(n, &p->file);
    return PM_OK;
}

/* ---- rows --------------------------------------------------------------------------------------------------------- */

static pm_status read_numbers(const parquet_column *c, int64_t n, double *to, pm_error *err)
{
    const labelled_column *l = &c->labelled;
    pm_status s = parquet_numbers(c->cursor, n, to, err);

    if (s || (l->num == 1 && l->den == 1 && l->shift == 0)) return s;
    for (int64_t i = 0; i < n; i++) to[i] = to[i] * l->num / l->den + l->shift;
    return PM_OK;
}

static pm_status read_words(const parquet_column *c, int64_t n, int64_t row, const pm_rows *rows, pm_error *err)
{
    pm_span word[PARQUET_STEP];

    for (int64_t i = 0, k; i < n; i += k) {
        k = n - i;
        pm_status s = parquet_words(c->cursor, &k, word, err);
        if (s) return s;
        for (int64_t j = 0; j < k; j++)
            if (word[j].at) pm_rows_word(rows, c->labelled.column, row + i + j, (const char *)word[j].at, word[j].n);
    }
    return PM_OK;
}

/* The next n rows of the present row group, into the batch from `row` on. */
static pm_status read_rows(parquet_state *p, int64_t n, int64_t row, const pm_rows *rows, pm_error *err)
{
    const parquet_group *group = &p->file.group[p->group];
    pm_status s = PM_OK;

    for (int64_t i = 0; !s && i < p->n_columns; i++) {
        parquet_column *c = &p->column[i];
        const parquet_leaf *leaf = &p->file.leaf[c->leaf];
        if (rows->place[c->labelled.column] < 0) continue;
        if (!c->cursor && (s = parquet_cursor_new(&p->file, leaf, &c->cursor, err))) return s;
        if (p->row == 0) parquet_cursor_begin(c->cursor, &group->chunk[c->leaf]);
        s = leaf->words ? read_words(c, n, row, rows, err)
                        : read_numbers(c, n, rows->number[c->labelled.column] + row, err);
    }
    return s;
}

static pm_status next(pm_native *n, const pm_rows *rows, int64_t *count, pm_error *err)
{
    parquet_state *p = n->state;
    int64_t at = 0;

    while (at < rows->room && p->group < p->file.n_groups) {
        int64_t left = p->file.group[p->group].rows - p->row, k = left < rows->room - at ? left : rows->room - at;
        pm_status s = k > 0 ? read_rows(p, k, at, rows, err) : PM_OK;
        if (s) return s;
        at += k;
        p->row += k;
        if (k < left) continue;
        p->group++;
        p->row = 0;
    }
    *count = at;
    return PM_OK;
}

/* ---- what is inside ----------------------------------------------------------------------------------------------- */

static void describe_leaf(const parquet_state *p, int64_t leaf, char text[200])
{
    static const char *const types[] = {"boolean", "int32",  "int64",      "int96",
                                        "float",   "double", "byte_array", "fixed_len_byte_array"};
    const parquet_leaf *l = &p->file.leaf[leaf];
    const char *codec = p->file.n_groups > 0 ? parquet_codec_name(p->file.group[0].chunk[leaf].codec) : "none";

    snprintf(text, 200, "%s%s%s%s, packed with %s%s%s", types[l->type], l->optional ? ", optional" : "",
             l->words ? ", words" : "", l->clock ? ", time" : "", codec, l->refused[0] ? ", not read: " : "",
             l->refused);
}

static void parts(const pm_native *n, pm_builder *to)
{
    const parquet_state *p = n->state;
    char name[40], version[24], detail[200];

    snprintf(version, sizeof version, "%lld", (long long)p->file.version);
    pm_part footer = {.part = "footer",
                      .kind = "footer",
                      .version = version,
                      .offset = p->file.footer,
                      .bytes = p->file.bytes.n - 8 - p->file.footer,
                      .rows = p->file.rows,
                      .detail = p->file.writer};
    pm_builder_push(to, &footer);
    for (int64_t i = 0; i < p->file.n_leaves; i++) {
        describe_leaf(p, i, detail);
        pm_part column = {.part = p->file.leaf[i].name,
                          .kind = "column",
                          .version = "",
                          .offset = PM_NO_INT,
                          .bytes = 0,
                          .rows = p->file.rows,
                          .detail = detail};
        for (int64_t g = 0; g < p->file.n_groups; g++) column.bytes += p->file.group[g].chunk[i].bytes;
        if (p->file.n_groups > 0) column.offset = p->file.group[0].chunk[i].start;
        pm_builder_push(to, &column);
    }
    for (int64_t g = 0; g < p->file.n_groups; g++) {
        snprintf(name, sizeof name, "row group %lld", (long long)g + 1);
        pm_part group = {.part = name,
                         .kind = "row group",
                         .version = "",
                         .offset = p->file.group[g].chunk[0].start,
                         .bytes = PM_NO_INT,
                         .rows = p->file.group[g].rows};
        pm_builder_push(to, &group);
    }
}

const pm_format pm_format_parquet = {.id = "parquet",
                                     .title = "Apache Parquet",
                                     .content = "records",
                                     .sniff = sniff,
                                     .open = open_file,
                                     .next = next,
                                     .parts = parts,
                                     .free = state_free};
