/* SPDX-License-Identifier: MIT */
#include "native_rows.h"
#include "label/label.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 3, BATCH_ROWS = 4096, ROW_BYTES = 64 };

struct pm_native_rows {
    pm_native *native;
    pm_run run;
    int64_t room;
    int n_wanted, *place;     /* place: of each column of the file in the batches, -1 = not wanted */
    pm_source_column *source; /* [n_wanted] */
    pm_builder *builder;
    double **number; /* [columns of the file] in the batch being filled */
    pm_table *empty, *batch[SLOTS];
    pm_ahead *ahead;
};

static void add_wanted(pm_native_rows *r, int i)
{
    const pm_native_column *c = &r->native->column[i];

    r->source[r->n_wanted] = (pm_source_column){.name = c->name,
                                                .source_name = c->source_name,
                                                .source_unit = c->source_unit,
                                                .resolution = c->resolution,
                                                .clock = ""};
    r->place[i] = pm_builder_add(r->builder, c->name, c->type, c->unit);
    r->n_wanted++;
}

/* Columns are chosen, and the table without rows that shows them. */
static pm_status choose(pm_native_rows *r, const pm_read_options *options, pm_error *err)
{
    pm_native *n = r->native;
    pm_scoped(pm_table) meta = NULL;
    pm_status s;

    for (int i = 0; i < n->n_columns; i++) {
        n->column[i].wanted = pm_label_is_asked_for(options->columns, n->column[i].name);
        r->place[i] = -1;
        if (n->column[i].wanted) add_wanted(r, i);
    }
    if ((s = pm_builder_finish(n->meta, &meta, err))) return s;
    for (int i = 0; i < pm_table_meta_count(meta); i++) {
        const char *key, *value;
        pm_table_meta_at(meta, i, &key, &value);
        pm_builder_meta(r->builder, key, value);
    }
    return pm_builder_finish(r->builder, &r->empty, err);
}

static pm_status fill(void *context, int slot, bool *more, pm_error *err)
{
    pm_native_rows *r = context;
    pm_native *n = r->native;
    int64_t count = 0;
    pm_status s;

    pm_table_free(r->batch[slot]);
    r->batch[slot] = NULL;
    if ((s = pm_builder_room(r->builder, r->room, err))) return s;
    for (int i = 0; i < n->n_columns; i++) {
        bool number = r->place[i] >= 0 && n->column[i].type == PM_DOUBLE;
        r->number[i] = number ? pm_builder_doubles(r->builder, r->place[i]) : NULL;
    }
    pm_rows rows = {r->room, r->number, r->builder, r->place};
    if ((s = n->format->next(n, &rows, &count, err))) return s;
    if (n->failed) return pm_fail(err, n->failed, "no memory to read a file");
    pm_builder_commit(r->builder, count);
    *more = count > 0;
    return count > 0 ? pm_builder_finish(r->builder, &r->batch[slot], err) : PM_OK;
}

static pm_status nothing_more(void *context, int slot, pm_error *err)
{
    (void)context;
    (void)slot;
    (void)err;
    return PM_OK;
}

pm_status pm_native_rows_new(pm_native *native, const pm_read_options *options, const pm_run *run, pm_native_rows **out,
                             pm_error *err)
{
    pm_native_rows *r = calloc(1, sizeof *r);
    pm_status s = r ? PM_OK : pm_fail(err, PM_ERR_MEMORY, "no memory to read rows");
    size_t n = (size_t)native->n_columns + 1;

    if (s) return s;
    r->native = native;
    r->room = options->block_bytes > 0 ? options->block_bytes / ROW_BYTES + 1 : BATCH_ROWS;
    r->place = calloc(n, sizeof *r->place);
    r->source = calloc(n, sizeof *r->source);
    r->number = calloc(n, sizeof *r->number);
    if (!r->place || !r->source || !r->number) s = pm_fail(err, PM_ERR_MEMORY, "no memory to read rows");
    if (!s) s = pm_builder_new(0, NULL, &r->builder, err);
    if (!s) s = choose(r, options, err);
    pm_ahead_work work = {r, SLOTS, fill, nothing_more};
    if (!s && native->n_columns > 0) s = pm_ahead_new(run, &work, &r->ahead, err);
    if (s)
        pm_native_rows_free(r);
    else
        *out = r;
    return s;
}

const pm_table *pm_native_rows_empty(const pm_native_rows *r)
{
    return r->empty;
}

const pm_source_column *pm_native_rows_column(const pm_native_rows *r, int index)
{
    return index < 0 || index >= r->n_wanted ? NULL : &r->source[index];
}

pm_status pm_native_rows_next(pm_native_rows *r, const pm_table **batch, pm_error *err)
{
    int slot = -1;
    pm_status s;

    *batch = NULL;
    if (!r->ahead) return PM_OK;
    if ((s = pm_ahead_take(r->ahead, &slot, err))) return s;
    if (slot >= 0) *batch = r->batch[slot];
    return PM_OK;
}

void pm_native_rows_free(pm_native_rows *r)
{
    if (!r) return;
    pm_ahead_free(r->ahead); /* first: its threads work in the slots */
    for (int i = 0; i < SLOTS; i++) pm_table_free(r->batch[i]);
    pm_table_free(r->empty);
    pm_builder_free(r->builder);
    free(r->place);
    free(r->source);
    free(r->number);
    free(r);
}

/* ---- findings ---- */

void pm_native_tell(const pm_native *n, int64_t rows, bool ended, pm_builder *findings)
{
    for (int64_t i = 0; i < n->n_faults; i++) {
        const pm_native_fault *f = &n->fault[i];
        pm_finding x = pm_finding_blank(f->code, f->severity, f->count);
        x.column = f->column;
        x.expected = f->expected;
        x.observed = f->observed;
        if (f->row_first > 0) x.row_first = f->row_first;
        if (f->row_last > 0) x.row_last = f->row_last;
        x.message = f->message;
        x.hint = f->hint[0] ? f->hint : NULL;
        pm_builder_push(findings, &x);
    }
    if (ended && n->rows_declared > rows) pm_finding_declared(n->rows_declared, rows, findings);
}
