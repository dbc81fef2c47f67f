/* SPDX-License-Identifier: MIT */
/* Arbin .res: the records, by test and data point. */
#include "res.h"

#include "label/label.h"

#include <math.h>

static const pm_res_name names[] = {
    {"Test_Time", "test_time_second", "s"},
    {"Step_Time", "step_time_second", "s"},
    {"DateTime", "unix_time_second", "s"},
    {"Data_Point", "record_number", "1"},
    {"Step_Index", "step_id", "1"},
    {"Cycle_Index", "cycle_count", "1"},
    {"Is_FC_Data", "is_fc_data", "1"},
    {"Current", "current_ampere", "A"},
    {"Voltage", "voltage_volt", "V"},
    {"Charge_Capacity", "charging_capacity_ah", "Ah"},
    {"Discharge_Capacity", "discharging_capacity_ah", "Ah"},
    {"Charge_Energy", "charging_energy_wh", "Wh"},
    {"Discharge_Energy", "discharging_energy_wh", "Wh"},
    {"dV/dt", "dv_dt_volt_per_second", "V/s"},
    {"Internal_Resistance", "internal_resistance_ohm", "ohm"},
    {"AC_Impedance", "ac_impedance_ohm", "ohm"},
    {"ACI_Phase_Angle", "aci_phase_angle_degree", "deg"},
    {"Sub_Step_Index", "sub_step_index", "1"},
    {"Sub_Step_Time", "sub_step_time_second", "s"},
    {"Reference_Voltage", "reference_voltage_volt", "V"},
    {"Reference_AC_Impedance", "reference_ac_impedance_ohm", "ohm"},
    {"Reference_ACI_Phase_Angle", "reference_aci_phase_angle_degree", "deg"},
    {"Frequency", "frequency_hertz", "Hz"},
    {"Vmax_On_Cycle", "vmax_on_cycle_volt", "V"},
    {"Charge_Time", "charge_time_second", "s"},
    {"Discharge_Time", "discharge_time_second", "s"},
};

const pm_res_name *pm_res_name_of(const char *label)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (pm_text_same(names[i].label, label)) return &names[i];
    return NULL;
}

static int sniff(const pm_image *image, char reason[200])
{
    if (!pm_jet_looks_like(image->bytes)) return 0;
    snprintf(reason, 200, "begins with '%.15s', as Access databases do", (const char *)image->bytes.at + 4);
    return 90;
}

/* ---- tables ---- */

typedef struct keys {
    const pm_jet_column *test, *point, *type, *index;
} keys;

static int64_t whole_of(const pm_jet_column *c, pm_span row, double limit)
{
    double v = c ? pm_jet_number(c, row) : 0;

    return fabs(v) < limit ? (int64_t)v : 0;
}

/* Group, of auxiliary rows: what they measure and with which channel. */
static pm_res_row keyed(const keys *k, pm_span row)
{
    int64_t test = whole_of(k->test, row, 2147483648.0), point = whole_of(k->point, row, 2147483648.0);
    int64_t type = whole_of(k->type, row, 32768), index = whole_of(k->index, row, 32768);

    return (pm_res_row){test * 4294967296 + point, row.at, (int32_t)row.n, (int32_t)(type * 65536 + index)};
}

static int by_key(const void *a, const void *b)
{
    const pm_res_row *x = a, *y = b;

    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    if (x->key != y->key) return x->key < y->key ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static pm_status sort_rows(pm_res_list *list, pm_error *err)
{
    pm_jet_table *t = &list->table;
    const keys k = {pm_jet_find(t, "Test_ID"), pm_jet_find(t, "Data_Point"), pm_jet_find(t, "Data_Type"),
                    pm_jet_find(t, "Auxiliary_Index")};
    bool sorted = true;

    list->row = calloc((size_t)t->n_rows + 1, sizeof *list->row);
    if (!list->row) return pm_fail(err, PM_ERR_MEMORY, "no memory for the rows of table %s", t->name);
    for (int64_t i = 0; i < t->n_rows; i++) {
        list->row[i] = keyed(&k, t->row[i]);
        if (i && by_key(&list->row[i - 1], &list->row[i]) > 0) sorted = false;
    }
    list->n = t->n_rows;
    if (!sorted) qsort(list->row, (size_t)list->n, sizeof *list->row, by_key);
    free(t->row); /* the sorted ones say the same */
    t->row = NULL;
    return PM_OK;
}

static const pm_jet_entry *entry_of(const pm_res *r, const char *name)
{
    for (int64_t i = 0; i < r->n_entries; i++)
        if (pm_text_same(r->entry[i].name, name)) return &r->entry[i];
    return NULL;
}

pm_status pm_res_load(pm_res *r, pm_native *n, const char *name, bool needed, pm_res_list *list, pm_error *err)
{
    const pm_jet_entry *entry = entry_of(r, name);
    pm_error why;
    pm_status s;

    if (!entry) return PM_OK;
    s = pm_jet_define(&r->jet, name, entry->page, &list->table, &why);
    if (s && (needed || s == PM_ERR_MEMORY)) {
        if (err) *err = why;
        return s;
    }
    if (s) {
        pm_native_found(n, "row-incomplete", "warning", "%s (byte %lld): its rows are left out", why.message,
                        (long long)why.byte);
        pm_jet_table_clear(&list->table);
        return PM_OK;
    }
    if ((s = pm_jet_rows(&r->jet, &list->table, err))) return s;
    pm_res_tell(n, &list->table);
    return sort_rows(list, err);
}

void pm_res_list_clear(pm_res_list *list)
{
    pm_jet_table_clear(&list->table);
    free(list->row);
    list->row = NULL;
    list->n = 0;
}

/* ---- what is missing ---- */

/* In words, and the byte of the first case. */
static int64_t where_of(const pm_jet_damage *d, char where[160])
{
    int64_t missing_byte = d->first_missing * PM_JET_PAGE, foreign_byte = d->first_foreign * PM_JET_PAGE;

    if (d->map_byte >= 0) {
        snprintf(where, 160, "its map of pages at byte %lld is damaged", (long long)d->map_byte);
        return d->map_byte;
    }
    if (d->pages_missing) {
        snprintf(where, 160, "%lld of its pages lie behind the end of the file, first page %lld (byte %lld)",
                 (long long)d->pages_missing, (long long)d->first_missing, (long long)missing_byte);
        return missing_byte;
    }
    if (d->pages_foreign) {
        snprintf(where, 160, "%lld of its pages hold something else, first page %lld (byte %lld)",
                 (long long)d->pages_foreign, (long long)d->first_foreign, (long long)foreign_byte);
        return foreign_byte;
    }
    if (d->rows_bad) {
        snprintf(where, 160, "%lld rows are damaged, the first at byte %lld", (long long)d->rows_bad,
                 (long long)d->first_bad_byte);
        return d->first_bad_byte;
    }
    snprintf(where, 160, "no page of it is missing");
    return -1;
}

void pm_res_tell(pm_native *n, const pm_jet_table *t)
{
    int64_t missing = t->rows_declared - t->n_rows;
    const pm_jet_damage *d = &t->damage;
    bool damaged = d->map_byte >= 0 || d->pages_missing || d->pages_foreign || d->rows_bad;
    pm_native_fault *f;
    char where[160];

    if (missing == 0 && !damaged) return;
    where_of(d, where);
    if (missing > 0)
        f = pm_native_found(n, "declared-rows-missing", "warning", "%s says it has %lld rows; %lld are there: %s",
                            t->name, (long long)t->rows_declared, (long long)t->n_rows, where);
    else if (damaged)
        f = pm_native_found(n, "row-incomplete", "warning", "%s has the %lld rows it says, but %s", t->name,
                            (long long)t->n_rows, where);
    else
        f = pm_native_found(
            n, "rows-duplicated", "warning",
            "%s says it has %lld rows; %lld are there: the file was damaged or copied while it was written", t->name,
            (long long)t->rows_declared, (long long)t->n_rows);
    if (!f) return;
    f->count = missing > 0 ? missing : damaged ? d->pages_missing + d->pages_foreign + d->rows_bad : -missing;
    f->expected = (double)t->rows_declared;
    f->observed = (double)t->n_rows;
    snprintf(f->hint, sizeof f->hint, "copy the file again while no test is writing to it");
}

/* ---- columns ---- */

pm_status pm_res_add(pm_res *r, pm_res_column column, pm_error *err)
{
    pm_status s = pm_grow(&r->column, &r->columns_room, r->n_columns + 1, sizeof *r->column, err);

    if (!s) r->column[r->n_columns++] = column;
    return s;
}

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
    at.byte = where_of(&t->damage, where);
    if (at.byte < 0) at.byte = t->page * PM_JET_PAGE;
    return pm_fail_at(err, PM_ERR_FORMAT, at, "copy the file again", "%s says it has %lld rows; none is there: %s",
                      t->name, (long long)t->rows_declared, where);
}

static pm_status load_tables(pm_res *r, pm_native *n, pm_error *err)
{
    pm_jet_table catalogue = {0};
    pm_status s = pm_jet_catalogue(&r->jet, &r->entry, &r->n_entries, &catalogue, err);

    if (!s && !entry_of(r, "Channel_Normal_Table")) {
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
