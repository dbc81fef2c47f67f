/* SPDX-License-Identifier: MIT */
/* From data to a predictor. */
#include "predictor.h"

#include <math.h>
#include <string.h>

static pm_status no_memory(pm_error *err)
{
    return pm_fail(err, PM_ERR_MEMORY, "no memory for a model");
}

/* A copy of a text that may be NULL. */
static bool copy(const char *from, char **to)
{
    return !from || (*to = pm_text_copy(from, -1)) != NULL;
}

static pm_status copy_texts(const pm_data *d, const pm_training *t, pm_predictor *p, pm_error *err)
{
    bool good = copy(t->target, &p->target) && copy(t->kind, &p->kind) && copy(t->source, &p->source) &&
                copy(pm_version(), &p->version) &&
                copy(d->classes       ? NULL
                     : t->target_unit ? t->target_unit
                                      : "1",
                     &p->target_unit);

    for (int k = 0; k < d->classes && good; k++) good = copy(d->class_name[k], &p->class_name[k]);
    for (int f = 0; f < d->p && good; f++) good = copy(d->feature[f], &p->feature[f]) && copy(d->unit[f], &p->unit[f]);
    return good ? PM_OK : no_memory(err);
}

static void describe(const pm_data *d, const pm_training *t, const pm_evaluation *e, pm_predictor *p)
{
    pm_predictor_about *a = &p->about;

    a->target = p->target;
    a->target_unit = p->target_unit;
    a->kind = p->kind;
    a->source = p->source;
    a->version = p->version;
    a->learner = pm_learner_name(t->learn.learner);
    a->by = t->by;
    a->simulated = t->simulated;
    a->labelled = t->label.polarisation > 0;
    a->label = t->label;
    a->cycles = t->cycles;
    a->rows = d->n;
    a->cells = e->cells;
    a->groups = e->groups;
    a->coverage = t->coverage;
    a->temperature = e->temperature;
    a->threshold = e->threshold;
    a->macro_f1 = e->scores.macro_f1;
    a->accuracy = e->scores.accuracy;
    a->auc = e->scores.auc;
    a->brier = e->scores.brier;
    a->log_loss = e->scores.log_loss;
    a->rmse = e->errors.rmse;
    a->mape = e->errors.mape;
    a->spearman = e->errors.spearman;
    a->concordance = e->errors.concordance;
    a->covered = e->coverage;
    p->log_interval = !d->classes && t->learn.log_target;
}

/* Mean |Shapley value|, all outputs together; zeros where the learner has none. */
static pm_status weigh_features(const pm_data *d, const pm_run *run, pm_predictor *p, pm_error *err)
{
    int outputs = pm_model_outputs(p->model), width = d->p + 1;
    pm_scoped_memory double *phi = calloc((size_t)outputs * (size_t)width, sizeof *phi);
    pm_error own = {0};
    pm_status s;

    if (!phi) return no_memory(err);
    for (int64_t i = 0; i < d->n; i++) {
        if ((s = pm_run_check(run, err))) return s;
        s = pm_predictor_phi(p, d->x + i * d->p, phi, &own);
        if (s == PM_ERR_ARGUMENT) return PM_OK;
        if (s && err) *err = own;
        if (s) return s;
        for (int k = 0; k < outputs; k++)
            for (int f = 0; f < d->p; f++) p->importance[f] += fabs(phi[k * width + f]) / (double)d->n;
    }
    return PM_OK;
}

static pm_status build(const pm_data *d, const pm_training *t, const pm_evaluation *e, const pm_run *run,
                       pm_predictor **out, pm_error *err)
{
    pm_scoped(pm_predictor) p = NULL;
    pm_status s;

    if ((s = pm_predictor_new(d->p, d->classes, &p, err))) return s;
    if ((s = copy_texts(d, t, p, err))) return s;
    describe(d, t, e, p);
    if ((s = pm_learn(d, &t->learn, &p->model, err))) return s;
    if ((s = pm_range_fit(d, t, run, &p->range, err))) return s;
    if ((s = weigh_features(d, run, p, err))) return s;
    if ((s = pm_predictor_seal(p, err))) return s;
    *out = p;
    p = NULL;
    return PM_OK;
}

pm_status pm_predictor_train(const pm_data *data, const pm_training *training, const pm_run *run, pm_predictor **out,
                             pm_evaluation *evaluation, pm_error *err)
{
    pm_scoped(pm_data) kept = NULL;
    pm_training filled;
    pm_evaluation own;
    pm_status s;

    if ((s = pm_verdict_prepare(data, training, run, &filled, &kept, err))) return s;
    if ((s = pm_verdict_evaluate(kept, &filled, run, &own, err))) return s;
    s = build(kept, &filled, &own, run, out, err);
    if (s || !evaluation)
        pm_evaluation_leave(&own);
    else
        *evaluation = own;
    return s;
}
