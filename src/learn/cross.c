/* SPDX-License-Identifier: MIT */
/* Predictions of rows by models that have not seen them. */
#include "fit.h"

#include <string.h>

typedef struct cross {
    const pm_data *d;
    const pm_learn_options *o;
    const int32_t *fold;
    double *out;
    int outputs;
} cross;

static int64_t rows_of(const cross *c, int fold, bool tested, int64_t *rows)
{
    int64_t n = 0;

    for (int64_t i = 0; i < c->d->n; i++)
        if ((c->fold[i] == fold) == tested) rows[n++] = i;
    return n;
}

/* Where the others are all of one class there is nothing to learn: their share is the best that can be said. */
static pm_status learn_others(const cross *c, const pm_data *others, pm_model **model, pm_error *err)
{
    pm_error own = {0};
    pm_status s = pm_learn(others, c->o, model, &own);

    if (s == PM_ERR_DATA && c->d->classes)
        return pm_learn(others, &(pm_learn_options){.learner = PM_MAJORITY}, model, err);
    if (s && err) *err = own;
    return s;
}

static pm_status predict_fold(void *context, int64_t fold, pm_error *err)
{
    const cross *c = context;
    pm_scoped_memory int64_t *rows = calloc((size_t)c->d->n + 1, sizeof *rows);
    pm_scoped(pm_data) others = NULL;
    pm_scoped(pm_model) model = NULL;
    pm_status s;

    if (!rows) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    int64_t n = rows_of(c, (int)fold, false, rows);
    if ((s = pm_data_take(c->d, n, rows, &others, err))) return s;
    if ((s = learn_others(c, others, &model, err))) return s;
    n = rows_of(c, (int)fold, true, rows);
    for (int64_t i = 0; i < n; i++)
        if ((s = pm_model_predict(model, 1, c->d->x + rows[i] * c->d->p, c->out + rows[i] * c->outputs, err))) return s;
    return PM_OK;
}

pm_status pm_cross_predict(const pm_data *d, const pm_learn_options *options, const int32_t fold[], int folds,
                           const pm_run *run, double *out, pm_error *err)
{
    cross c = {d, options, fold, out, d->classes ? d->classes : 1};

    return pm_parallel(run, folds, predict_fold, &c, err);
}
