/* SPDX-License-Identifier: MIT */
/* What a model says of one cell. */
#include "predictor.h"

#include <math.h>
#include <string.h>

/* ---- the row of a table ---- */

static bool same_unit(const char *a, const char *b)
{
    return strcmp(*a ? a : "1", *b ? b : "1") == 0;
}

/* Names in one line, as many as there is room for, and how many there are. */
typedef struct names {
    char text[180];
    size_t used;
    int n, told;
} names;

static void add_name(names *list, const char *name)
{
    size_t room = sizeof list->text - list->used, need = strlen(name) + 2;

    list->n++;
    if (need >= room || list->told + 1 < list->n) return;
    list->used += (size_t)snprintf(list->text + list->used, room, "%s%s", list->told ? ", " : "", name);
    list->told++;
}

static pm_status refuse_names(const names *list, pm_status code, const char *what, const char *hint, pm_error *err)
{
    char more[32] = "";

    if (list->told < list->n) snprintf(more, sizeof more, " and %d more", list->n - list->told);
    return pm_fail_at(err, code, pm_nowhere(), hint, "%s: %s%s", what, list->text, more);
}

static pm_status check_kind(const pm_predictor_about *a, const pm_table *table, int64_t row, pm_error *err)
{
    const pm_column *kind = pm_table_find(table, "kind");
    const char *word = kind ? pm_column_word(kind, row) : NULL;

    if (!a->kind || !word || pm_text_same(word, a->kind)) return PM_OK;
    return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(),
                      "choose a model for its kind, or name the kind with --kind if it was taken for another",
                      "the model is for cells of kind %s, this one is %s", a->kind, word);
}

static pm_status check_cycles(const pm_predictor_about *a, const pm_table *table, int64_t row, pm_error *err)
{
    const pm_column *column = pm_table_find(table, "cycles_used");
    double used = column ? pm_column_real(column, row) : NAN;
    char hint[120];

    if (!a->cycles || isnan(used) || used == a->cycles) return PM_OK;
    snprintf(hint, sizeof hint, "premortem fingerprint --cycles %d makes them, or choose another model", a->cycles);
    return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), hint,
                      "the model is for fingerprints of %d cycle%s, these are of %.10g", a->cycles,
                      a->cycles == 1 ? "" : "s", used);
}

static pm_status check_columns(const pm_predictor_about *a, const pm_table *table, pm_error *err)
{
    names absent = {0}, other = {0};
    char hint[120], text[160];

    for (int f = 0; f < a->features; f++) {
        const pm_column *c = pm_table_find(table, a->feature[f]);
        if (!c || c->type == PM_STRING)
            add_name(&absent, a->feature[f]);
        else if (!same_unit(c->unit, a->unit[f])) {
            snprintf(text, sizeof text, "%.60s in %.30s, not %.30s", c->name, *c->unit ? c->unit : "1",
                     *a->unit[f] ? a->unit[f] : "1");
            add_name(&other, text);
        }
    }
    snprintf(hint, sizeof hint, "premortem fingerprint --cycles %d makes them", a->cycles);
    if (absent.n)
        return refuse_names(&absent, PM_ERR_COLUMN, "features that the model needs are absent",
                            a->cycles ? hint : "give a table with these columns", err);
    if (other.n)
        return refuse_names(&other, PM_ERR_UNIT, "in other units than the model's", "convert them to its units", err);
    return PM_OK;
}

pm_status pm_predictor_row(const pm_predictor *predictor, const pm_table *table, int64_t row, double *x, pm_error *err)
{
    const pm_predictor_about *a = &predictor->about;
    pm_status s;

    if (row < 0 || row >= pm_table_rows(table))
        return pm_fail(err, PM_ERR_ARGUMENT, "the table has no row %lld", (long long)row + 1);
    if ((s = check_kind(a, table, row, err))) return s;
    if ((s = check_cycles(a, table, row, err))) return s;
    if ((s = check_columns(a, table, err))) return s;
    for (int f = 0; f < a->features; f++) x[f] = pm_table_real(table, a->feature[f], row);
    return PM_OK;
}

/* ---- the verdict ---- */

/* A copy of the row in which what is not finite is missing. */
static pm_status take_row(const pm_predictor *p, const double *x, double *own, pm_verdict *v, pm_error *err)
{
    int n = p->about.features;

    for (int f = 0; f < n; f++) {
        own[f] = isfinite(x[f]) ? x[f] : NAN;
        v->missing += isnan(own[f]);
        v->outside += pm_range_outside(&p->range, f, own[f]);
    }
    if (2 * v->missing <= n) return PM_OK;
    return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "choose a model of features that this cell shows",
                      "%d of the model's %d features are missing: too few are left to judge by", v->missing, n);
}

static void judge_class(const pm_predictor_about *a, const double *probability, pm_verdict *v)
{
    memcpy(v->probability, probability, (size_t)a->classes * sizeof *probability);
    pm_heat(a->temperature, 1, a->classes, v->probability);
    for (int k = 1; k < a->classes; k++)
        if (v->probability[k] > v->probability[v->best]) v->best = k;
    v->set = pm_prediction_set(v->probability, a->classes, a->threshold);
}

pm_status pm_predictor_judge(const pm_predictor *p, const double *x, pm_verdict *out, pm_error *err)
{
    const pm_predictor_about *a = &p->about;
    pm_scoped_memory double *own = malloc((size_t)a->features * sizeof *own);
    pm_verdict v = {.value = NAN, .low = NAN, .high = NAN};
    double said[PM_CLASSES_MOST];
    pm_status s;

    if (!own) return pm_fail(err, PM_ERR_MEMORY, "no memory to judge a row");
    if ((s = take_row(p, x, own, &v, err))) return s;
    if ((s = pm_model_predict(p->model, 1, own, said, err))) return s;
    for (int k = 0; k < pm_model_outputs(p->model); k++)
        if (!isfinite(said[k]))
            return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "see how far its features are from those trained on",
                              "what the model says of this row is not a finite number");
    if ((s = pm_range_nearer(&p->range, own, &v.out_of_distribution, err))) return s;
    if (a->classes) {
        judge_class(a, said, &v);
    } else {
        v.best = -1;
        v.value = said[0];
        pm_interval_about(v.value, a->threshold, p->log_interval, &v.low, &v.high);
    }
    *out = v;
    return PM_OK;
}
