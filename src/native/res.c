/* SPDX-License-Identifier: MIT */
/* Arbin .res: the records, by test and data point. */
#include "res_tables.h"

#include "label/label.h"

#include <math.h>

static int sniff(const pm_image *image, char reason[200])
{
    if (!pm_jet_looks_like(image->bytes)) return 0;
    snprintf(reason, 200, "begins with '%.15s', as Access databases do", (const char *)image->bytes.at + 4);
    return 90;
}

/* ---- columns ---- */

static void declare(pm_native *n, const pm_jet_column *c)
{
    const pm_res_name *known = pm_res_name_of(c->name);
    pm_label label = pm_label_split(c->name, (int64_t)strlen(c->name));

    if (known)
        pm_native_number(n, known->name, known->unit, c->name, "");
    else
        pm_native_number(n, pm_label_slug(&label).name, "1", c->name, "");
}

static pm_status own_columns(pm_res *r, pm_native *n, pm_error *err)
{
    const pm_res_list *own = &r->record;
    bool several = own->n > 0 && own->row[0].key >> 32 != own->row[own->n - 1].key >> 32;
    pm_status s;

    for (int i = 0; i < own->table.n_columns; i++) {
        const pm_jet_column *c = &own->table.column[i];
        if (!pm_jet_is_number(c) || (!several && pm_text_same(c->name, "Test_ID"))) continue;
        declare(n, c);
        pm_res_column column = {.cell = c, .num = 1, .den = 1, .clock = pm_text_same(c->name, "DateTime")};
        if ((s = pm_res_add(r, column, err))) return s;
    }
    return PM_OK;
}

/* ---- the format ---- */

static void release(void *state)
{
    pm_res *r = state;

    pm_res_list_clear(&r->record);
    pm_res_list_clear(&r->auxiliary);
    pm_res_list_clear(&r->statistic);
    free(r->entry);
    free(r->column);
    free(r);
}

/* A table of records of which nothing is left is no empty table. */
static pm_status refuse_all_lost(const pm_jet_table *t, pm_error *err)
{
    pm_place at = pm_nowhere();
    char where[160];

    if (t->n_rows > 0 || t->rows_declared == 0) return PM_OK;
    at.byte = pm_res_where(&t->damage, where);
    if (at.byte < 0) at.byte = t->page * PM_JET_PAGE;
    return pm_fail_at(err, PM_ERR_FORMAT, at, "copy the file again", "%s says it has %lld rows; none is there: %s",
                      t->name, (long long)t->rows_declared, where);
}

static pm_status load_tables(pm_res *r, pm_native *n, pm_error *err)
{
    pm_jet_table catalogue = {0};
    pm_status s = pm_jet_catalogue(&r->jet, &r->entry, &r->n_entries, &catalogue, err);

    if (!s && !pm_res_has(r, "Channel_Normal_Table")) {
        pm_place at = pm_nowhere();
        at.byte = catalogue.page * PM_JET_PAGE;
        s = pm_fail_at(
            err, PM_ERR_FORMAT, at, "is this a result file (.res) of Arbin's software?",
            "the database has no table Channel_Normal_Table; its catalogue says %lld objects, %lld are there",
            (long long)catalogue.rows_declared, (long long)catalogue.n_rows);
    }
    if (!s) pm_res_tell(n, &catalogue);
    pm_jet_table_clear(&catalogue);
    if (!s) s = pm_res_load(r, n, "Channel_Normal_Table", true, &r->record, err);
    if (!s) s = refuse_all_lost(&r->record.table, err);
    if (!s) s = pm_res_load(r, n, "Auxiliary_Table", false, &r->auxiliary, err);
    if (!s) s = pm_res_load(r, n, "Channel_Statistic_Table", false, &r->statistic, err);
    return s;
}

static pm_status open_res(const pm_image *image, const pm_run *run, pm_native *n, pm_error *err)
{
    pm_res *r = calloc(1, sizeof *r);
    pm_status s;

    (void)run;
    if (!r) return pm_fail(err, PM_ERR_MEMORY, "no memory to open a file");
    n->state = r;
    if ((s = pm_jet_open(image->bytes, &r->jet, err))) return s;
    if ((s = load_tables(r, n, err))) return s;
    if ((s = own_columns(r, n, err))) return s;
    if ((s = pm_res_join(r, n, err))) return s;
    return pm_res_meta(r, n, err);
}

/* Seconds since 1970-01-01, as if the local time were UTC. Days hold a time to about 1 us, so whole seconds come out a
 * little off; they are put right. */
static double seconds_from_days(double days)
{
    return floor((days - 25569) * 86400e5 + 0.5) / 1e5;
}

static double converted(const pm_res_column *c, double v)
{
    if (c->clock) return seconds_from_days(v);
    return c->num == c->den && c->shift == 0 ? v : v * c->num / c->den + c->shift;
}

static void fill_own(const pm_res_column *c, const pm_res_row *row, int64_t n, double *out)
{
    for (int64_t i = 0; i < n; i++) out[i] = converted(c, pm_jet_number(c->cell, (pm_span){row[i].at, row[i].n}));
}

static void fill_joined(pm_res_column *c, const pm_res_row *row, int64_t n, double *out)
{
    const pm_res_row *other = c->joined->row;

    for (int64_t i = 0; i < n; i++) {
        while (c->at < c->end && other[c->at].key < row[i].key) c->at++;
        if (c->at == c->end) return;
        if (other[c->at].key != row[i].key) continue;
        out[i] = converted(c, pm_jet_number(c->cell, (pm_span){other[c->at].at, other[c->at].n}));
    }
}

static pm_status next_rows(pm_native *n, const pm_rows *rows, int64_t *count, pm_error *err)
{
    pm_res *r = n->state;
    const pm_res_row *row = r->record.row + r->next;
    int64_t left = r->record.n - r->next;

    (void)err;
    *count = left < rows->room ? left : rows->room;
    for (int64_t i = 0; i < r->n_columns; i++) {
        pm_res_column *c = &r->column[i];
        if (!rows->number[i]) continue;
        if (c->joined)
            fill_joined(c, row, *count, rows->number[i]);
        else
            fill_own(c, row, *count, rows->number[i]);
    }
    r->next += *count;
    return PM_OK;
}

const pm_format pm_format_res = {
    .id = "res",
    .title = "Arbin .res",
    .content = "records",
    .sniff = sniff,
    .open = open_res,
    .next = next_rows,
    .parts = pm_res_parts,
    .free = release,
};
