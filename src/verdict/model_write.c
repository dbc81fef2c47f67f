/* SPDX-License-Identifier: MIT */
/* A predictor as one JSON document. The same data give the same bytes: nothing in it tells when it was written. */
#include "predictor.h"

static void write_numbers(pm_json *j, const char *key, const double *x, int64_t n)
{
    pm_json_flat_array(j, key);
    for (int64_t i = 0; i < n; i++) pm_json_real(j, NULL, x[i]);
    pm_json_end(j);
}

static void write_label(pm_json *j, const pm_predictor_about *a)
{
    const pm_life_label_options *l = &a->label;

    if (!a->labelled) {
        pm_json_null(j, "label");
        return;
    }
    pm_json_object(j, "label");
    pm_json_real(j, "polarisation", l->polarisation);
    pm_json_real(j, "coulombic_efficiency", l->coulombic_efficiency);
    pm_json_real(j, "excess_efficiency", l->excess_efficiency);
    pm_json_real(j, "stopped_capacity", l->stopped_capacity);
    pm_json_whole(j, "window", l->window);
    pm_json_whole(j, "reference", l->reference);
    pm_json_whole(j, "horizon", l->horizon);
    pm_json_end(j);
}

static void write_score(pm_json *j, const char *key, pm_interval x)
{
    write_numbers(j, key, (const double[]){x.value, x.low, x.high}, 3);
}

static void write_scores(pm_json *j, const pm_predictor_about *a)
{
    pm_json_object(j, "scores");
    write_score(j, "macro_f1", a->macro_f1);
    write_score(j, "accuracy", a->accuracy);
    write_score(j, "auc", a->auc);
    write_score(j, "brier", a->brier);
    write_score(j, "log_loss", a->log_loss);
    write_score(j, "rmse", a->rmse);
    write_score(j, "mape", a->mape);
    write_score(j, "spearman", a->spearman);
    write_score(j, "concordance", a->concordance);
    write_score(j, "covered", a->covered);
    pm_json_end(j);
}

static void write_features(pm_json *j, const pm_predictor *p)
{
    pm_json_array(j, "features");
    for (int f = 0; f < p->about.features; f++) {
        pm_json_flat_object(j, NULL);
        pm_json_text(j, "name", p->feature[f]);
        pm_json_text(j, "unit", p->unit[f]);
        pm_json_real(j, "importance", p->importance[f]);
        write_numbers(j, "quantiles", p->range.quantile + f * PM_KNOTS, PM_KNOTS);
        pm_json_end(j);
    }
    pm_json_end(j);
}

/* Of the covariance's factor the lower half, row by row. */
static void write_range(pm_json *j, const pm_range *r)
{
    pm_json_object(j, "range");
    write_numbers(j, "mean", r->mean, r->p);
    pm_json_flat_array(j, "factor");
    for (int f = 0; f < r->p; f++)
        for (int g = 0; g <= f; g++) pm_json_real(j, NULL, r->factor[f * r->p + g]);
    pm_json_end(j);
    write_numbers(j, "nearer", r->nearer, PM_SHARES);
    pm_json_end(j);
}

void pm_predictor_write(const pm_predictor *p, pm_out *to)
{
    const pm_predictor_about *a = &p->about;
    pm_json json = pm_json_start(to), *j = &json;

    pm_json_object(j, NULL);
    pm_json_text(j, "format", "premortem.model/1");
    pm_json_text(j, "version", a->version);
    pm_json_text(j, "source", a->source);
    pm_json_bool(j, "simulated", a->simulated);
    pm_json_text(j, "kind", a->kind);
    pm_json_whole(j, "cycles", a->cycles);
    pm_json_text(j, "target", a->target);
    pm_json_text(j, "target_unit", a->target_unit);
    pm_json_flat_array(j, "classes");
    for (int k = 0; k < a->classes; k++) pm_json_text(j, NULL, p->class_name[k]);
    pm_json_end(j);
    write_label(j, a);
    pm_json_whole(j, "rows", a->rows);
    pm_json_whole(j, "cells", a->cells);
    pm_json_whole(j, "groups", a->groups);
    pm_json_text(j, "split_by", a->by == PM_BY_CELL ? "cell" : "group");
    pm_json_real(j, "coverage", a->coverage);
    pm_json_real(j, "temperature", a->temperature);
    pm_json_real(j, "threshold", a->threshold);
    pm_json_bool(j, "log_interval", p->log_interval);
    write_scores(j, a);
    write_features(j, p);
    write_range(j, &p->range);
    pm_model_write(p->model, "model", j);
    pm_json_end(j);
}

pm_status pm_predictor_seal(pm_predictor *p, pm_error *err)
{
    pm_scoped(pm_out) text = NULL;
    pm_scoped(pm_sha256) sum = NULL;
    int64_t n = 0;
    pm_status s;

    if ((s = pm_out_open(NULL, false, &text, err))) return s;
    if ((s = pm_sha256_new(&sum, err))) return s;
    pm_predictor_write(p, text);
    const char *bytes = pm_out_memory(text, &n);
    if (!bytes) return pm_fail(err, PM_ERR_MEMORY, "no memory for a model");
    pm_sha256_add(sum, bytes, n);
    pm_sha256_result(sum, p->about.sha256);
    return PM_OK;
}
