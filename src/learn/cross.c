/* SPDX-License-Identifier: MIT */
/* Predictions of rows by models that have not seen them. */
#include "fit.h"

#include <string.h>

typedef struct cross {
    const pm_data *d;
    const int32_t *fold;
    pm_fold_learner learn;
    const void *context;
    double *out;
} cross;

static int64_t rows_of(const cross *c, int64_t fold, bool tested, int64_t *rows)
{
    int64_t n = 0;

    for (int64_t i = 0; i < c->d->n; i++)
        if ((c->fold[i] == fold) == tested) rows[n++] = i;
    return n;
}

/* Rows are counted without the fold: that is to be said. */
static pm_status tell_fold(const cross *c, int64_t fold, pm_status s, pm_error *err)
{
    char text[sizeof err->message];
    int64_t i = 0;

    if (s != PM_ERR_DATA || !err) return s;
    while (c->fold[i] != fold) i++;
    const char *group = c->d->group_name[c->d->group[i]];
    snprintf(text, sizeof text, "while the fold of '%.60s' is held out of %lld rows: %.150s", group, (long long)c->d->n,
             err->message);
    snprintf(err->message, sizeof err->message, "%s", text);
    return s;
}

static pm_status predict_fold(void *context, int64_t fold, pm_error *err)
{
    const cross *c = context;
    int outputs = c->d->classes ? c->d->classes : 1;
    pm_scoped_memory int64_t *rows = calloc((size_t)c->d->n + 1, sizeof *rows);
    pm_scoped(pm_data) others = NULL;
    pm_scoped(pm_model) model = NULL;
    pm_status s;

    if (!rows) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    int64_t n = rows_of(c, fold, false, rows);
    if ((s = pm_data_take(c->d, n, rows, &others, err))) return s;
    if ((s = c->learn(c->context, fold, others, &model, err))) return tell_fold(c, fold, s, err);
    n = rows_of(c, fold, true, rows);
    for (int64_t i = 0; i < n; i++)
        if ((s = pm_model_predict(model, 1, c->d->x + rows[i] * c->d->p, c->out + rows[i] * outputs, err))) return s;
    return PM_OK;
}

pm_status pm_cross(const pm_data *d, const int32_t fold[], int folds, const pm_run *run, pm_fold_learner learn,
                   const void *context, double *out, pm_error *err)
{
    cross c = {d, fold, learn, context, out};

    return pm_parallel(run, folds, predict_fold, &c, err);
}

pm_status pm_learn_or_majority(const pm_data *d, const pm_learn_options *options, pm_model **out, pm_error *err)
{
    pm_error own = {0};
    pm_status s = pm_learn(d, options, out, &own);

    if (s == PM_ERR_DATA && d->classes) return pm_learn(d, &(pm_learn_options){.learner = PM_MAJORITY}, out, err);
    if (s && err) *err = own;
    return s;
}

static pm_status learn_same(const void *context, int64_t fold, const pm_data *others, pm_model **out, pm_error *err)
{
    (void)fold;
    return pm_learn_or_majority(others, context, out, err);
}

pm_status pm_cross_predict(const pm_data *d, const pm_learn_options *options, const int32_t fold[], int folds,
                           const pm_run *run, double *out, pm_error *err)
{
    return pm_cross(d, fold, folds, run, learn_same, options, out, err);
}
