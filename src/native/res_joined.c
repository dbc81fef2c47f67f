/* SPDX-License-Identifier: MIT */
/* Arbin .res: columns from other tables, joined by data point: auxiliary channels, figures of cycles. */
#include "res_tables.h"

#include "label/label.h"

enum { AUXILIARY_MAX = 512 };

/* ---- columns joined by data point ---- */

/* Rows that belong to no record cannot be shown: said, unless records are missing, which is said already. */
static void tell_unmatched(const pm_res *r, const pm_res_list *list, pm_native *n)
{
    int64_t k = 0, unmatched = 0;
    int32_t group = list->n ? list->row[0].group : 0;

    if (r->record.table.rows_declared > r->record.n) return;
    for (int64_t i = 0; i < list->n; i++) {
        if (list->row[i].group != group) k = 0;
        group = list->row[i].group;
        while (k < r->record.n && r->record.row[k].key < list->row[i].key) k++;
        if (k == r->record.n || r->record.row[k].key != list->row[i].key) unmatched++;
    }
    if (unmatched == 0) return;
    pm_native_fault *f = pm_native_found(
        n, "rows-missing", "note", "%lld of the %lld rows of %s have a data point that %s lacks: not shown",
        (long long)unmatched, (long long)list->n, list->table.name, r->record.table.name);
    if (f) f->count = unmatched;
}

static pm_status join_statistics(pm_res *r, pm_native *n, pm_error *err)
{
    const pm_res_list *list = &r->statistic;
    pm_status s;

    tell_unmatched(r, list, n);
    for (int i = 0; i < list->table.n_columns && list->n > 0; i++) {
        const pm_jet_column *c = &list->table.column[i];
        const pm_res_name *known = pm_res_name_of(c->name);
        if (!known || !pm_jet_is_number(c) || pm_text_same(c->name, "Data_Point")) continue;
        pm_native_number(n, known->name, known->unit, c->name, "");
        pm_res_column column = {.cell = c, .joined = list, .end = list->n, .num = 1, .den = 1};
        if ((s = pm_res_add(r, column, err))) return s;
    }
    return PM_OK;
}

/* What the file calls an auxiliary channel and its unit. */
typedef struct channel {
    int type, index;
    char nickname[PM_JET_NAME], unit[PM_JET_NAME];
} channel;

static void describe(const pm_res *r, const pm_res_list *described, channel *c)
{
    const pm_jet_table *t = &described->table;
    static const char *const usual[] = {"V", "C"};

    if (c->type >= 0 && c->type < 2) snprintf(c->unit, sizeof c->unit, "%s", usual[c->type]);
    for (int64_t i = 0; i < described->n; i++) {
        pm_span row = {described->row[i].at, described->row[i].n};
        if (pm_jet_number(pm_jet_find(t, "Data_Type"), row) != c->type) continue;
        if (pm_jet_number(pm_jet_find(t, "Auxiliary_Index"), row) != c->index) continue;
        pm_jet_words(&r->jet, pm_jet_find(t, "Nickname"), row, c->nickname, sizeof c->nickname);
        pm_jet_words(&r->jet, pm_jet_find(t, "Unit"), row, c->unit, sizeof c->unit);
        return;
    }
}

/* "aux_temperature_0 (C)" is kept as aux_temperature_0_celsius. */
static pm_status declare_auxiliary(pm_res *r, pm_native *n, const channel *c, pm_res_column column, bool rate,
                                   pm_error *err)
{
    static const char *const kinds[] = {"voltage",   "temperature",   "pressure", "ph",
                                        "flow_rate", "concentration", "di",       "do"};
    char text[128], source[128], kind[16] = "";
    const char *unit = strcmp(c->unit, "C") == 0 ? "degC" : c->unit;

    if (c->type >= 0 && c->type < 8)
        snprintf(kind, sizeof kind, "%s", kinds[c->type]);
    else
        snprintf(kind, sizeof kind, "type%d", c->type);
    snprintf(text, sizeof text, "aux_%s_%d%s", kind, c->index, rate ? "_rate" : "");
    if (unit[0]) snprintf(text + strlen(text), sizeof text - strlen(text), " (%.40s%s)", unit, rate ? "/s" : "");
    pm_label label = pm_label_split(text, (int64_t)strlen(text));
    pm_slug slug = pm_label_slug(&label);
    snprintf(source, sizeof source, "%.8s of type %d, index %d%s%.60s", column.cell->name, c->type, c->index,
             c->nickname[0] ? ", " : "", c->nickname);
    pm_native_number(n, slug.name, slug.unit, source, c->unit);
    column.num = slug.num;
    column.den = slug.den;
    column.shift = slug.shift;
    return pm_res_add(r, column, err);
}

static pm_status join_channel(pm_res *r, pm_native *n, const pm_res_list *described, int64_t first, int64_t end,
                              pm_error *err)
{
    const pm_jet_column *value = pm_jet_find(&r->auxiliary.table, "X"),
                        *rate = pm_jet_find(&r->auxiliary.table, "dX_dt");
    int32_t group = r->auxiliary.row[first].group;
    pm_res_column column = {.cell = value, .joined = &r->auxiliary, .first = first, .end = end, .at = first};
    channel c = {.index = (int16_t)(group & 0xffff)};
    pm_status s = PM_OK;

    c.type = (group - c.index) / 65536;
    describe(r, described, &c);
    if (value) s = declare_auxiliary(r, n, &c, column, false, err);
    column.cell = rate;
    return s || !rate ? s : declare_auxiliary(r, n, &c, column, true, err);
}

static pm_status join_auxiliary(pm_res *r, pm_native *n, pm_error *err)
{
    const pm_res_list *list = &r->auxiliary;
    pm_res_list described = {0};
    pm_status s = pm_res_load(r, n, "Aux_Global_Data_Table", false, &described, err);
    int channels = 0;

    tell_unmatched(r, list, n);
    for (int64_t first = 0, end; first < list->n && !s; first = end) {
        for (end = first; end < list->n && list->row[end].group == list->row[first].group; end++) continue;
        if (++channels > AUXILIARY_MAX)
            s = pm_fail(err, PM_ERR_LIMIT, "Auxiliary_Table names more than %d channels", AUXILIARY_MAX);
        else
            s = join_channel(r, n, &described, first, end, err);
    }
    pm_res_list_clear(&described);
    return s;
}

pm_status pm_res_join(pm_res *r, pm_native *n, pm_error *err)
{
    pm_status s = join_auxiliary(r, n, err);

    return s ? s : join_statistics(r, n, err);
}
