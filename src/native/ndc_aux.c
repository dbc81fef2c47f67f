/* SPDX-License-Identifier: MIT */
/* Auxiliary channels of a test in .ndc files: temperatures and voltages measured beside the cell. */
#include "ndc.h"

#include <stdlib.h>

enum { VOLTAGE_AND_TEMPERATURE = 0x65 };

static const ndc_aux_value volt_2 = {"voltage_volt", "V", 31, 'i', 10000},
                           celsius_2 = {"temperature_celsius", "degC", 41, 's', 10},
                           target_2 = {"temperature_setpoint_celsius", "degC", 43, 's', 10},
                           volt_5 = {"voltage_volt", "V", 24, 'i', 10000},
                           celsius_5 = {"temperature_celsius", "degC", 34, 's', 10},
                           target_5 = {"temperature_setpoint_celsius", "degC", 36, 's', 10},
                           volt_11 = {"voltage_volt", "V", 1, 'f', 10000},
                           celsius_11 = {"temperature_celsius", "degC", 5, 's', 10};

/* ---- what a channel measures ---- */

static void holds(ndc_aux *a, int index_at, int n, const ndc_aux_value *first, const ndc_aux_value *second,
                  const ndc_aux_value *third)
{
    const ndc_aux_value *all[NDC_AUX_VALUES] = {first, second, third};

    a->index_at = index_at;
    a->n_values = n;
    for (int i = 0; i < n; i++) a->value[i] = *all[i];
}

/* Since version 14 a row is one number, and the test's information says of what. */
static void holds_one(ndc_aux *a)
{
    ndc_aux_value v = {"", "1", 0, 'f', 1};

    switch (a->quantity) {
    case 102:
    case 105: v.name = "voltage_volt", v.unit = "V"; break;
    case 103:
    case 106: v.name = "temperature_celsius", v.unit = "degC"; break;
    case 104:
    case 107: v.name = "current_ampere", v.unit = "A"; break;
    case 335: v.name = "temperature_setpoint_celsius", v.unit = "degC"; break;
    default: break;
    }
    holds(a, -1, 1, &v, NULL, NULL);
}

static pm_status choose(ndc_aux *a, const ndc_pages *p, const ndc_page *page, pm_error *err)
{
    int version = p->layout->version, kind = page->row[0];
    pm_place at = pm_nowhere();

    if (version == 2) holds(a, 8, 3, &volt_2, &celsius_2, &target_2);
    if (version == 5) holds(a, 1, 3, &volt_5, &celsius_5, &target_5);
    if (version == 14 || version == 17) holds_one(a);
    if (version != 11 && version != 16) return PM_OK;
    at.byte = p->layout->page + p->layout->first;
    if (kind != VOLTAGE_AND_TEMPERATURE)
        return pm_fail_at(err, PM_ERR_FORMAT, at, NULL, "%s: ndc version %d, auxiliary rows of the unknown kind %d",
                          p->name, version, kind);
    holds(a, -1, 2, &volt_11, &celsius_11, NULL);
    return PM_OK;
}

/* ---- rows ---- */

static double number_at(const ndc_aux_value *v, const uint8_t *row)
{
    const uint8_t *p = row + v->at;

    return (v->kind == 'f' ? (double)pm_f32(p) : v->kind == 'i' ? pm_i32(p) : pm_i16(p)) / v->divide;
}

static pm_status add_row(ndc_aux *a, const uint8_t *row, uint32_t place, pm_error *err)
{
    pm_status s = pm_grow(&a->index, &a->index_room, a->n_rows + 1, sizeof *a->index, err);

    for (int i = 0; i < a->n_values && !s; i++) {
        s = pm_grow(&a->number_of[i], &a->number_room[i], a->n_rows + 1, sizeof **a->number_of, err);
        if (!s) a->number_of[i][a->n_rows] = number_at(&a->value[i], row);
    }
    if (!s) a->index[a->n_rows++] = a->index_at < 0 ? place : pm_u32(row + a->index_at);
    return s;
}

static pm_status load_rows(ndc_aux *a, pm_error *err)
{
    ndc_pages *p = &a->pages;
    ndc_page page = {.places = 1};
    pm_status s = ndc_pages_open(&a->source, NDC_AUX, p, err);

    while (!s && page.places > 0) {
        s = ndc_pages_next(p, &page, err);
        int i = 0, n = 0;
        for (i = ndc_page_run(&page, i, &n); !s && n > 0; i = ndc_page_run(&page, i, &n)) {
            if (a->n_rows == 0) s = choose(a, p, &page, err);
            for (; n > 0 && !s; n--, i++)
                s = add_row(a, page.row + i * p->layout->size, (uint32_t)(page.first_place + i + 1), err);
        }
    }
    ndc_pages_close(p);
    return s;
}

/* Numbers of rows that do not rise cannot be looked for in passing: what comes late is left out. */
static void keep_rising(ndc_aux *a)
{
    int64_t kept = 0;

    for (int64_t i = 0; i < a->n_rows; i++) {
        if (kept > 0 && a->index[i] <= a->index[kept - 1]) continue;
        a->index[kept] = a->index[i];
        for (int k = 0; k < a->n_values; k++) a->number_of[k][kept] = a->number_of[k][i];
        kept++;
    }
    a->pages.rows_lost += a->n_rows - kept;
    a->n_rows = kept;
}

static pm_status load(void *context, int64_t i, pm_error *err)
{
    ndc_aux *a = (ndc_aux *)context + i;
    pm_status s = PM_OK;

    if (a->loaded) return PM_OK;
    s = load_rows(a, err);
    if (!s) keep_rising(a);
    a->loaded = true;
    return s;
}

static bool has_number(const ndc_aux *a, int k)
{
    for (int64_t i = 0; i < a->n_rows; i++)
        if (a->number_of[k][i] != 0) return true;
    return false;
}

/* ---- columns ---- */

static void declare(const ndc_aux *a, int k, pm_native *n)
{
    const ndc_aux_value *v = &a->value[k];
    char name[128];

    if (v->name[0])
        snprintf(name, sizeof name, "auxiliary_%d_%s", a->number, v->name);
    else
        snprintf(name, sizeof name, "auxiliary_%d_quantity_%d", a->number, a->quantity);
    pm_native_number(n, name, v->unit, a->source.name, "");
    if (v->kind != 'f') pm_native_resolution(n, 1 / v->divide);
    if (v->name[0]) return;
    pm_native_fault *f = pm_native_found(
        n, "unit-assumed", "note", "%s measures the quantity %d, which is not known: its numbers come as they are",
        a->source.name, a->quantity);
    if (f) f->count = 1;
}

static bool has_several(const ndc_aux *a, pm_error *err, pm_status *s)
{
    ndc_pages p;

    *s = ndc_pages_open(&a->source, NDC_AUX, &p, err);
    if (*s) return false;
    ndc_pages_close(&p);
    return p.layout->version != 14 && p.layout->version != 17;
}

static pm_status open_one(ndc_test *t, int64_t i, pm_native *n, pm_error *err)
{
    ndc_aux *a = &t->aux[i];
    pm_status s = PM_OK;
    bool several = has_several(a, err, &s);

    if (!several) holds_one(a);
    if (!s && several) s = load(t->aux, i, err);
    for (int k = 0; k < a->n_values; k++) {
        a->column[k] = -1;
        if (s || (several && !has_number(a, k))) continue;
        a->column[k] = (int)n->n_columns;
        declare(a, k, n);
    }
    return s;
}

/* Without a channel there is still a test. */
pm_status ndc_aux_open(ndc_test *t, pm_native *n, pm_error *err)
{
    for (int64_t i = 0; i < t->n_aux; i++) {
        pm_error why = {.byte = -1};
        pm_status s = open_one(t, i, n, &why);
        if (s && s != PM_ERR_FORMAT) {
            if (err) *err = why;
            return s;
        }
        if (s)
            pm_native_found(n, "row-incomplete", "warning", "%s (byte %lld): the channel is left out", why.message,
                            (long long)why.byte);
    }
    return PM_OK;
}

/* ---- into the batch ---- */

static double *wanted(const ndc_aux *a, int k, const pm_rows *rows)
{
    return a->column[k] >= 0 ? rows->number[a->column[k]] : NULL;
}

typedef struct loading {
    ndc_test *test;
    const pm_rows *rows;
} loading;

static pm_status load_wanted(void *context, int64_t i, pm_error *err)
{
    const loading *l = context;
    ndc_aux *a = &l->test->aux[i];

    for (int k = 0; k < a->n_values; k++)
        if (wanted(a, k, l->rows)) return load(l->test->aux, i, err);
    return PM_OK;
}

pm_status ndc_aux_load(ndc_test *t, const pm_rows *rows, pm_error *err)
{
    loading l = {t, rows};

    return pm_parallel(&t->run_options, t->n_aux, load_wanted, &l, err);
}

void ndc_aux_fill(ndc_test *t, const pm_rows *rows, int64_t at, const uint32_t *index, int64_t count)
{
    for (int64_t j = 0; j < t->n_aux; j++) {
        ndc_aux *a = &t->aux[j];
        for (int64_t i = 0; a->loaded && i < count; i++) {
            while (a->next < a->n_rows && a->index[a->next] < index[i]) a->next++;
            if (a->next == a->n_rows || a->index[a->next] != index[i]) {
                a->lacking++;
                continue;
            }
            for (int k = 0; k < a->n_values; k++) {
                double *to = wanted(a, k, rows);
                if (to) to[at + i] = a->number_of[k][a->next];
            }
        }
    }
}

static void tell_lacking(const ndc_aux *a, pm_native *n)
{
    if (a->lacking == 0) return;
    pm_native_fault *f = pm_native_found(n, "value-missing", "warning", "%s: %lld rows have no value of this channel",
                                         a->source.name, (long long)a->lacking);
    if (f) f->count = a->lacking;
}

void ndc_aux_tell(const ndc_test *t, pm_native *n)
{
    for (int64_t i = 0; i < t->n_aux; i++) {
        if (!t->aux[i].loaded) continue;
        ndc_pages_tell(&t->aux[i].pages, n);
        tell_lacking(&t->aux[i], n);
    }
}

void ndc_aux_clear(ndc_test *t)
{
    for (int64_t i = 0; i < t->n_aux; i++) {
        ndc_pages_close(&t->aux[i].pages);
        free(t->aux[i].index);
        for (int k = 0; k < NDC_AUX_VALUES; k++) free(t->aux[i].number_of[k]);
    }
    free(t->aux);
}
