/* SPDX-License-Identifier: MIT */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

/* Twice the cores, so that one block is taken while others are parsed; more would only cost memory. */
enum { SLOTS = 4, BLOCK_BYTES = 256 * 1024, LINE_BYTES_MAX = 1024 * 1024 };

/* Where a batch began, to tell a row's line later. */
typedef struct place {
    int64_t row, line;
} place;

struct pm_text_rows {
    pm_source *source;
    pm_decoder decoder;
    const pm_layout *layout;
    int64_t block_bytes;
    pm_ahead *ahead;
    pm_block slot[SLOTS];
    pm_handed handed;
    /* the filling side, one thread at a time */
    char *tail;                          /* an unfinished line */
    int64_t tail_n, tail_capacity, skip; /* skip: bytes of the head that are not data */
    uint8_t *raw;                        /* UTF-16 only */
    bool ended;
    int64_t filled_lines; /* of the file, in front of the next slot */
    pm_tables tables;     /* where the file has several: behind the last slot */
    int64_t text_bytes;   /* delivered to slots, from the file's first character */
    /* the taking side */
    int64_t takes, rows, lines, taken_row, taken_line;
    const pm_block *taken;
    place *places;
    int64_t n_places, places_capacity;
    pm_text_faults faults;
};

/* Text from the source behind what the block holds; *n = 0 at the end. */
static pm_status read_text(pm_text_rows *r, pm_block *b, int64_t bytes, int64_t *n, pm_error *err)
{
    int64_t raw_n = 0;
    bool wide = r->decoder.encoding == PM_UTF16LE || r->decoder.encoding == PM_UTF16BE;
    pm_status s;

    *n = 0;
    if ((s = pm_grow(&b->text, &b->capacity, b->n + pm_decoder_room(&r->decoder, bytes), 1, err))) return s;
    uint8_t *to = wide ? r->raw : (uint8_t *)b->text + b->n;
    while (*n == 0 && !r->ended) {
        if ((s = pm_source_read(r->source, to, bytes, &raw_n, err))) return s;
        r->ended = raw_n == 0;
        *n = pm_decode(&r->decoder, to, raw_n, b->text + b->n);
        int64_t drop = r->skip < *n ? r->skip : *n;
        memmove(b->text + b->n, b->text + b->n + drop, (size_t)(*n - drop));
        r->skip -= drop;
        *n -= drop;
    }
    return PM_OK;
}

/* Cuts the block behind its last line end; what follows waits for the next block. */
static pm_status keep_tail(pm_text_rows *r, pm_block *b, pm_error *err)
{
    const char *nl = b->n ? memrchr(b->text, '\n', (size_t)b->n) : NULL;
    int64_t whole = nl ? nl - b->text + 1 : 0;
    pm_status s;

    if (r->ended) return PM_OK;
    if ((s = pm_grow(&r->tail, &r->tail_capacity, b->n - whole, 1, err))) return s;
    memcpy(r->tail, b->text + whole, (size_t)(b->n - whole));
    r->tail_n = b->n - whole;
    b->n = whole;
    return PM_OK;
}

/* A zero byte ends what is text: rows before it count, the rest is a failure when its turn comes. */
static void stop_at_nul(pm_text_rows *r, pm_block *b)
{
    const char *nul = b->n ? memchr(b->text, 0, (size_t)b->n) : NULL;

    if (!nul) return;
    b->nul_at = nul - b->text;
    b->n = b->nul_at;
    r->ended = true;
}

static pm_status pass_tables(pm_text_rows *r, pm_block *b, pm_error *err)
{
    int64_t n_lines;
    pm_status s;

    b->marks.n = 0;
    s = pm_tables_pass(&r->tables, r->layout, b->text, b->n, r->filled_lines + 1, &n_lines, &b->marks, err);
    r->filled_lines += n_lines;
    b->tables = r->tables;
    return s;
}

static pm_status fill(void *context, int slot, bool *more, pm_error *err)
{
    pm_text_rows *r = context;
    pm_block *b = &r->slot[slot];
    int64_t n = 1;
    pm_status s;

    b->n = 0;
    b->nul_at = -1;
    b->long_line = b->last = false;
    if (r->ended && r->tail_n == 0) {
        *more = false;
        return PM_OK;
    }
    if ((s = pm_grow(&b->text, &b->capacity, r->tail_n + r->block_bytes, 1, err))) return s;
    memcpy(b->text, r->tail, (size_t)r->tail_n);
    b->n = r->tail_n;
    r->tail_n = 0;
    while (n > 0 && (b->n < r->block_bytes || !memchr(b->text, '\n', (size_t)b->n)) && !b->long_line) {
        if ((s = read_text(r, b, r->block_bytes, &n, err))) return s;
        b->n += n;
        stop_at_nul(r, b);
        b->long_line = b->n > LINE_BYTES_MAX && !memchr(b->text, '\n', (size_t)b->n);
    }
    if ((s = keep_tail(r, b, err))) return s;
    if (r->layout->tables && !b->long_line && (s = pass_tables(r, b, err))) return s;
    b->last = r->ended;
    b->file_bytes = pm_source_raw_bytes(r->source);
    *more = b->n > 0 || b->nul_at >= 0 || b->long_line || !b->last;
    return PM_OK;
}

static pm_status work(void *context, int slot, pm_error *err)
{
    pm_text_rows *r = context;
    pm_block *b = &r->slot[slot];
    pm_status s = b->long_line ? PM_OK : pm_block_parse(r->layout, b, err);

    if (s || pm_layout_in_order(r->layout)) return s; /* such blocks wait for what the block before hands down */
    return b->long_line ? PM_OK : pm_block_seal(r->layout, b, &r->handed, err);
}

pm_status pm_text_rows_new(pm_source *source, pm_decoder decoder, const pm_layout *layout, int64_t block_bytes,
                           const pm_run *run, pm_text_rows **out, pm_error *err)
{
    pm_text_rows *r = calloc(1, sizeof *r);
    pm_status s = r ? PM_OK : pm_fail(err, PM_ERR_MEMORY, "no memory to read text");
    pm_ahead_work ahead = {r, SLOTS, fill, work};
    bool wide = decoder.encoding == PM_UTF16LE || decoder.encoding == PM_UTF16BE;

    if (s) return s;
    r->source = source;
    r->decoder = decoder;
    r->layout = layout;
    r->block_bytes = block_bytes > 0 ? block_bytes : BLOCK_BYTES;
    r->skip = layout->data_byte;
    r->lines = r->filled_lines = layout->data_line - 1;
    if (layout->tables) r->tables = r->faults.tables = *layout->tables;
    r->text_bytes = decoder.bom + layout->data_byte;
    r->faults.bad = calloc((size_t)layout->n_columns + 1, sizeof *r->faults.bad);
    r->faults.bad_line = calloc((size_t)layout->n_columns + 1, sizeof *r->faults.bad_line);
    if (wide) r->raw = malloc((size_t)r->block_bytes);
    r->tail = malloc(1);
    if (!r->faults.bad || !r->faults.bad_line || !r->tail || (wide && !r->raw))
        s = pm_fail(err, PM_ERR_MEMORY, "no memory to read text");
    r->tail_capacity = r->tail ? 1 : 0;
    if (!s) s = pm_handed_new(layout->n_columns, &r->handed, err);
    for (int i = 0; !s && i < SLOTS; i++) {
        s = pm_block_new(layout, &r->slot[i], err);
        r->slot[i].latin1 = decoder.encoding == PM_LATIN1;
    }
    if (!s) s = pm_ahead_new(run, &ahead, &r->ahead, err);
    if (s)
        pm_text_rows_free(r);
    else
        *out = r;
    return s;
}

/* ---- taking ---- */

static void add_bad_cells(pm_text_rows *r, const pm_block *b)
{
    for (int i = 0; i < r->layout->n_columns; i++) {
        pm_bad_cells *all = &r->faults.bad[i];
        const pm_bad_cells *one = &b->bad[i];
        if (!one->count) continue;
        if (!all->count) {
            all->row_first = r->rows + one->row_first + 1;
            r->faults.bad_line[i] = r->lines + b->row_line[one->row_first] + 1;
            memcpy(all->text, one->text, sizeof all->text);
        }
        all->count += one->count;
        all->row_last = r->rows + one->row_last + 1;
    }
}

static void add_faults(pm_text_rows *r, const pm_block *b)
{
    pm_text_faults *f = &r->faults;

    if (b->incomplete && !f->incomplete) {
        f->incomplete_first = r->rows + b->incomplete_first + 1;
        f->incomplete_line = r->lines + b->row_line[b->incomplete_first] + 1;
        f->incomplete_fields = b->incomplete_fields;
    }
    if (b->incomplete) f->incomplete_last = r->rows + b->incomplete_last + 1;
    f->incomplete += b->incomplete;
    f->last_incomplete = b->incomplete && b->incomplete_last == b->n_rows - 1;
    if (b->excess && !f->excess) {
        f->excess_row = r->rows + b->excess_first + 1;
        f->excess_line = r->lines + b->row_line[b->excess_first] + 1;
    }
    f->excess += b->excess;
    if (b->strays && !f->strays) {
        f->stray_line = r->lines + b->stray_line + 1;
        memcpy(f->stray_text, b->stray_text, sizeof f->stray_text);
    }
    f->strays += b->strays;
    if (r->layout->tables) f->tables = b->tables;
    f->no_final_newline = b->no_final_newline && b->nul_at < 0;
    add_bad_cells(r, b);
}

/* The block that failed is the one behind all that were taken. */
static void locate_failure(const pm_text_rows *r, pm_error *err)
{
    const pm_block *b = &r->slot[r->takes % SLOTS];

    if (b->failed_line >= 0 && err->line < 0) err->line = r->lines + b->failed_line + 1;
}

/* Failures that were seen while filling, now that the line is known. */
static pm_status late_failure(pm_text_rows *r, const pm_block *b, pm_error *err)
{
    if (b->long_line)
        return pm_fail_at(err, PM_ERR_LIMIT, pm_at_line(NULL, r->lines + 1, NULL), "this is no table of records",
                          "the line is longer than %d MiB", LINE_BYTES_MAX >> 20);
    if (b->nul_at < 0) return PM_OK;
    pm_place at = pm_at_line(NULL, r->lines + b->n_lines + (b->n == 0 || b->text[b->n - 1] == '\n'), NULL);
    at.byte = r->decoder.encoding == PM_UTF16LE || r->decoder.encoding == PM_UTF16BE || pm_source_packing(r->source)[0]
                  ? -1
                  : r->text_bytes + b->nul_at;
    return pm_fail_at(err, PM_ERR_FORMAT, at, "the file is damaged, or was never written to its end: copy it again",
                      "zero bytes instead of text");
}

static pm_status remember_place(pm_text_rows *r, pm_error *err)
{
    pm_status s = pm_grow(&r->places, &r->places_capacity, r->n_places + 1, sizeof *r->places, err);

    if (!s) r->places[r->n_places++] = (place){r->taken_row, r->taken_line};
    return s;
}

pm_status pm_text_rows_next(pm_text_rows *r, const pm_block **block, pm_error *err)
{
    int slot;
    pm_status s;

    *block = NULL;
    r->taken = NULL;
    for (;;) {
        pm_error own = {.line = -1, .row = -1, .byte = -1};
        s = pm_ahead_take(r->ahead, &slot, &own);
        if (s) {
            locate_failure(r, &own);
            if (err) *err = own;
            return s;
        }
        if (slot < 0) return PM_OK;
        r->takes++;
        pm_block *b = &r->slot[slot];
        if (!b->long_line && pm_layout_in_order(r->layout) && (s = pm_block_seal(r->layout, b, &r->handed, err)))
            return s;
        if (b->n == 0 || b->long_line) {
            if (r->layout->tables && b->n == 0 && !b->long_line) r->faults.tables = b->tables;
            if ((s = late_failure(r, b, err))) return s;
            continue;
        }
        add_faults(r, b);
        if ((s = late_failure(r, b, err))) return s;
        r->taken_row = r->rows;
        r->taken_line = r->lines;
        r->rows += b->n_rows;
        r->lines += b->n_lines;
        r->text_bytes += b->n;
        if (b->n_rows == 0) continue;
        r->taken = *block = b;
        return remember_place(r, err);
    }
}

const pm_text_faults *pm_text_rows_faults(const pm_text_rows *r)
{
    return &r->faults;
}

int64_t pm_text_rows_line(const pm_text_rows *r, int64_t row)
{
    int64_t k = row - 1 - r->taken_row;

    if (row < 1 || row > r->rows) return -1;
    if (r->taken && k >= 0 && k < r->taken->n_rows) return r->taken_line + r->taken->row_line[k] + 1;
    int64_t low = 0, high = r->n_places;
    while (high - low > 1) {
        int64_t middle = (low + high) / 2;
        if (r->places[middle].row < row)
            low = middle;
        else
            high = middle;
    }
    return r->n_places ? r->places[low].line + (row - r->places[low].row) : -1;
}

void pm_text_rows_free(pm_text_rows *r)
{
    if (!r) return;
    pm_ahead_free(r->ahead); /* first: its threads work in the slots */
    for (int i = 0; i < SLOTS; i++)
        if (r->slot[i].builder || r->slot[i].bad) pm_block_free(&r->slot[i]);
    pm_handed_free(&r->handed);
    free(r->tail);
    free(r->raw);
    free(r->places);
    free(r->faults.bad);
    free(r->faults.bad_line);
    free(r);
}
