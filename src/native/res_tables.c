/* SPDX-License-Identifier: MIT */
/* Tables of a .res file, sorted; their columns by name; what is missing of them. */
#include "res_tables.h"

#include <math.h>
#include <stdlib.h>

/* ---- names ---- */

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

bool pm_res_has(const pm_res *r, const char *name)
{
    return entry_of(r, name) != NULL;
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

int64_t pm_res_where(const pm_jet_damage *d, char where[160])
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
    pm_res_where(d, where);
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
