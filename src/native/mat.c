/* SPDX-License-Identifier: MIT */
/* MATLAB files of level 5 (saved with -v6 or -v7): arrays of one length as the columns of a table. */
#include "mat.h"
#include "formats.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

typedef struct mat_state {
    mat_file file;
    mat_table table;
    int64_t piece, row; /* the next one */
    int64_t inexact;
    bool told;
} mat_state;

/* ---- which file ---- */

/* A name as MATLAB allows it, and its zero byte. */
static bool is_name(pm_span b)
{
    if (b.n < 2 || b.at[b.n - 1] != 0 || !isalpha(b.at[0])) return false;
    for (int64_t i = 0; i + 1 < b.n; i++)
        if (!isalnum(b.at[i]) && b.at[i] != '_') return false;
    return true;
}

/* Level 4: five numbers (byte order and data type, rows, columns, complex or not, letters of the name), and the name. */
static bool is_level_4(pm_span b)
{
    uint32_t x[5];

    if (b.n < 22) return false;
    bool big = b.at[0] == 0 && (b.at[2] || b.at[3]); /* a byte order of 1 is a thousand */
    for (int i = 0; i < 5; i++) x[i] = big ? __builtin_bswap32(pm_u32(b.at + 4 * i)) : pm_u32(b.at + 4 * i);
    bool type = x[0] / 1000 == (big ? 1u : 0u) && x[0] % 1000 <= 52 && x[0] % 10 < 3;
    bool sizes = x[1] > 0 && x[2] > 0 && x[1] < 1u << 31 && x[2] < 1u << 31;
    return type && sizes && x[3] <= 1 && x[4] <= 64 && is_name(pm_span_part(b, 20, x[4]));
}

static bool begins(pm_span b, int64_t at, const char *text)
{
    pm_span part = pm_span_part(b, at, (int64_t)strlen(text));

    return part.at && memcmp(part.at, text, (size_t)part.n) == 0;
}

static bool is_hdf5(pm_span b)
{
    return begins(b, 0, "MATLAB 7.3") || (begins(b, 512, "\x89HDF") && begins(b, 0, "MATLAB"));
}

/* Version 1.0 and the byte order, in that order. */
static bool has_marks(pm_span b)
{
    return b.n >= 128 && (memcmp(b.at + 124, "\0\1IM", 4) == 0 || memcmp(b.at + 124, "\1\0MI", 4) == 0);
}

static int sniff(const pm_image *image, char reason[200])
{
    pm_span b = image->bytes;

    if (is_hdf5(b)) {
        snprintf(reason, 200, "begins with 'MATLAB 7.3'");
        return 95;
    }
    if (begins(b, 0, "MATLAB 5.0 MAT-file")) {
        snprintf(reason, 200, "begins with 'MATLAB 5.0 MAT-file'");
        return 95;
    }
    if (has_marks(b)) {
        snprintf(reason, 200, "byte 126 holds '%.2s', the mark of a MATLAB file of level 5", (const char *)b.at + 126);
        return 60;
    }
    if (!is_level_4(b)) return 0;
    snprintf(reason, 200, "begins as a MATLAB file of level 4 with the variable '%.64s'", (const char *)b.at + 20);
    return 30;
}

static pm_status refuse(pm_error *err, int64_t byte, const char *hint, const char *message)
{
    pm_place at = pm_nowhere();

    at.byte = byte;
    return pm_fail_at(err, PM_ERR_FORMAT, at, hint, "%s", message);
}

static pm_status check_header(pm_span b, pm_error *err)
{
    char message[96];

    if (is_hdf5(b))
        return refuse(err, 0, "save it in MATLAB with -v7: save('file.mat', '-v7')",
                      "is a MATLAB 7.3 file (HDF5 inside), which is not read here");
    if (is_level_4(b))
        return refuse(err, 0, "save it in MATLAB with -v7: save('file.mat', '-v7')",
                      "is a MATLAB file of level 4, which is not read");
    if (b.n < 128) return refuse(err, b.n, "copy it again", "the file ends within the header of a MATLAB file");
    bool big = begins(b, 126, "MI");
    if (!big && !begins(b, 126, "IM"))
        return refuse(err, 126, "copy it again", "the byte order of the MATLAB file is neither 'IM' nor 'MI'");
    int version = big ? b.at[124] << 8 | b.at[125] : b.at[125] << 8 | b.at[124];
    if (version == 0x100) return PM_OK;
    snprintf(message, sizeof message, "the version of the MATLAB file is 0x%04x, not 0x0100", version);
    return refuse(err, 124, "save it in MATLAB with -v7", message);
}

/* ---- open ---- */

static void state_free(void *state)
{
    mat_state *m = state;

    mat_table_clear(&m->table);
    mat_file_clear(&m->file);
    free(m);
}

/* "MATLAB 5.0 MAT-file, Platform: PCWIN64, Created on: Wed Sep 10 15:18:05 2025" */
static void tell_header(pm_native *n, pm_span b)
{
    pm_native_meta(n, "matlab_header", "%.116s", (const char *)b.at);
}

static pm_status open_file(const pm_image *image, const pm_run *run, pm_native *n, pm_error *err)
{
    pm_status s = check_header(image->bytes, err);
    mat_state *m = s ? NULL : calloc(1, sizeof *m);

    (void)run;
    if (s) return s;
    if (!m) return pm_fail(err, PM_ERR_MEMORY, "no memory to open a file");
    n->state = m;
    tell_header(n, image->bytes);
    if ((s = mat_file_read(image->bytes, &m->file, err))) return s;
    return mat_table_choose(&m->file, n, &m->table, err);
}

/* ---- rows ---- */

/* Rows [m->row, m->row + n) of the piece, into the batch from row `at` on. */
static void copy_numbers(mat_state *m, const mat_column *c, int64_t n, double *to)
{
    if (c->path < 0) {
        const mat_path *any = &m->file.path[m->table.any];
        int32_t index = m->file.array[m->file.order[any->first + m->piece]].index[c->level];
        for (int64_t i = 0; i < n; i++) to[i] = index;
        return;
    }
    const mat_array *a = &m->file.array[m->file.order[m->file.path[c->path].first + m->piece]];
    mat_values v = c->imaginary ? a->imaginary : a->real;
    bool wide = m->table.wide[c->path] && a->count != a->size[1] && a->count != a->size[0];
    int64_t across = wide ? a->size[0] : 1, rows = m->table.rows[m->piece];
    int64_t first = wide ? m->row * across + c->across : c->across * rows + m->row;
    if (!v.type) { /* complex elsewhere, real here */
        for (int64_t i = 0; i < n; i++) to[i] = 0;
        return;
    }
    m->inexact += mat_numbers(&m->file, v, first, across, n, to);
    if (c->num == 1 && c->den == 1 && c->shift == 0) return;
    for (int64_t i = 0; i < n; i++) to[i] = to[i] * c->num / c->den + c->shift;
}

/* A cell of words has one array for each row. */
static void copy_words(const mat_state *m, const mat_column *c, const pm_rows *rows, int column, int64_t n, int64_t at)
{
    const mat_path *p = &m->file.path[c->path];
    bool cell = p->count != m->table.n_pieces;
    char text[512];

    for (int64_t i = 0; i < n; i++) {
        const mat_array *a = &m->file.array[m->file.order[p->first + (cell ? m->row + i : m->piece)]];
        mat_words(&m->file, a, cell ? 0 : m->row + i, text, sizeof text);
        if (text[0]) pm_rows_word(rows, column, at + i, text, -1);
    }
}

static void tell_inexact(pm_native *n, mat_state *m)
{
    if (m->inexact == 0 || m->told) return;
    m->told = true;
    pm_native_fault *f =
        pm_native_found(n, "resolution-coarse", "note", "%lld integers beyond 2^53 are rounded to the nearest double",
                        (long long)m->inexact);
    if (f) f->count = m->inexact;
}

static pm_status next(pm_native *n, const pm_rows *rows, int64_t *count, pm_error *err)
{
    mat_state *m = n->state;
    int64_t at = 0;

    (void)err;
    while (at < rows->room && m->piece < m->table.n_pieces) {
        int64_t left = m->table.rows[m->piece] - m->row, room = rows->room - at, k = left < room ? left : room;
        for (int i = 0; i < m->table.n_columns; i++) {
            const mat_column *c = &m->table.column[i];
            if (c->words && rows->place[i] >= 0) copy_words(m, c, rows, i, k, at);
            if (!c->words && rows->number[i]) copy_numbers(m, c, k, rows->number[i] + at);
        }
        at += k;
        m->row += k;
        if (k < left) continue;
        m->piece++;
        m->row = 0;
    }
    if (at == 0) tell_inexact(n, m);
    *count = at;
    return PM_OK;
}

/* ---- what is inside ---- */

/* "cycle(3).data.Time" */
static void full_name(const mat_file *f, const mat_array *a, char text[256])
{
    int32_t chain[64], n = 0;
    size_t used = 0;

    for (int32_t p = a->path; p >= 0 && n < 64; p = f->path[p].parent) chain[n++] = p;
    text[0] = 0;
    while (n-- > 0) {
        if (used < 180)
            used += (size_t)snprintf(text + used, 64, "%s%.50s", used ? "." : "", mat_leaf(&f->path[chain[n]]));
        for (int k = 0; k < MAT_LEVELS; k++)
            if (a->index[k] > 0 && a->index_of[k] == chain[n] && used < 230)
                used += (size_t)snprintf(text + used, 16, "(%d)", a->index[k]);
    }
}

static void describe(const mat_array *a, char text[160])
{
    size_t used = (size_t)snprintf(text, 160, "%s", mat_class_name(a->class));

    for (int i = 0; i < a->n_sizes && i < MAT_SIZES; i++)
        used += (size_t)snprintf(text + used, 160 - used, "%s%lld", i ? "x" : " ", (long long)a->size[i]);
    snprintf(text + used, 160 - used, "%s%s%s", a->n_sizes > MAT_SIZES ? "x..." : "",
             a->imaginary.type ? ", complex" : "", a->logical ? ", logical" : "");
}

static void parts(const pm_native *n, pm_builder *to)
{
    const mat_state *m = n->state;
    char name[256], detail[160];

    for (int64_t i = 0; i < m->file.n_arrays; i++) {
        const mat_array *a = &m->file.array[i];
        full_name(&m->file, a, name);
        describe(a, detail);
        bool counted = a->n_sizes > 0 && a->count == a->size[0] * a->size[1];
        pm_part part = {.part = name,
                        .kind = "variable",
                        .version = "5",
                        .offset = a->offset,
                        .bytes = a->bytes,
                        .rows = counted ? mat_rows(a, m->table.wide[a->path]) : PM_NO_INT,
                        .detail = detail};
        pm_builder_push(to, &part);
    }
}

const pm_format pm_format_mat = {.id = "mat",
                                 .title = "MATLAB, level 5 (-v6, -v7)",
                                 .content = "table",
                                 .sniff = sniff,
                                 .open = open_file,
                                 .next = next,
                                 .parts = parts,
                                 .free = state_free};
