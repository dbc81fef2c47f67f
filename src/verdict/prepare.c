/* SPDX-License-Identifier: MIT */
/* What there is to learn from, before anything is learned. */
#include "predictor.h"

#include <math.h>
#include <string.h>

/* ---- classes and the target ---- */

static pm_status check_classes(const pm_data *d, pm_error *err)
{
    if (d->classes > PM_CLASSES_MOST)
        return pm_fail(err, PM_ERR_LIMIT, "%d classes are more than %d", d->classes, PM_CLASSES_MOST);
    for (int64_t i = 1; i < d->n; i++)
        if (d->y[i] != d->y[0]) return PM_OK;
    return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "give cells that failed in different ways",
                      "all %lld rows are of one class (%s): there is nothing to tell apart", (long long)d->n,
                      d->class_name[d->y[0]]);
}

static pm_status check(const pm_data *d, const pm_training *t, pm_error *err)
{
    if (!d->y && !d->target) return pm_fail(err, PM_ERR_ARGUMENT, "the data have no target to learn");
    if (!(t->coverage > 0 && t->coverage < 1))
        return pm_fail(err, PM_ERR_ARGUMENT, "a coverage is between 0 and 1, 0.9 for instance");
    if (t->folds < 0 || t->folds == 1 || t->bootstraps < 0 || t->cycles < 0)
        return pm_fail(err, PM_ERR_ARGUMENT, "folds (2 or more), bootstraps and cycles count something");
    return d->classes ? check_classes(d, err) : PM_OK;
}

/* ---- features ---- */

static bool varies(const pm_data *d, int feature)
{
    double first = NAN;

    for (int64_t i = 0; i < d->n; i++) {
        double x = d->x[i * d->p + feature];
        if (!isfinite(x)) continue;
        if (isnan(first)) first = x;
        if (x != first) return true;
    }
    return false;
}

static pm_status keep_features(const pm_data *d, pm_data **out, pm_error *err)
{
    pm_scoped_memory int *kept = calloc((size_t)d->p + 1, sizeof *kept);
    int n = 0;
    pm_status s;

    if (!kept) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    for (int f = 0; f < d->p; f++)
        if (varies(d, f)) kept[n++] = f;
    if (!n)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "add features, or cells that differ",
                          "none of the %d features differs between the %lld rows", d->p, (long long)d->n);
    if (n > PM_FEATURES_MOST) return pm_fail(err, PM_ERR_LIMIT, "%d features are more than %d", n, PM_FEATURES_MOST);
    if ((s = pm_data_select(d, n, kept, out, err))) return s;
    for (int64_t i = 0; i < (*out)->n * n; i++)
        if (!isfinite((*out)->x[i])) (*out)->x[i] = NAN;
    return PM_OK;
}

/* A cell that stands in two groups under two names would be on both sides of a split. */
static pm_status join_twins(pm_data *d, const pm_run *run, pm_error *err)
{
    pm_twins found;
    pm_status s = pm_data_join_twins(d, NULL, &found, err);

    if (!s && found.joined)
        pm_run_log(run, PM_LOG_WARNING,
                   "%s of %s and %s of %s%s have the same features: taken for one cell, on one side of every split; if "
                   "they are not, give more features",
                   found.cell[0], found.group[0], found.cell[1], found.group[1], found.joined > 1 ? " and others" : "");
    return s;
}

/* ---- options ---- */

/* Whether XGBoost is there is known by growing one small tree. */
static pm_status choose_learner(const pm_data *d, pm_learn_options *o, pm_error *err)
{
    pm_learn_options one = {.learner = PM_BOOSTED, .trees = 1, .depth = 1, .run = o->run};
    pm_scoped(pm_model) model = NULL;
    pm_error own = {0};

    if (o->learner) return PM_OK;
    pm_status s = pm_learn(d, &one, &model, &own);
    o->learner = s == PM_ERR_FEATURE ? PM_FOREST : PM_BOOSTED;
    if (!s || s == PM_ERR_FEATURE) return PM_OK;
    if (err) *err = own;
    return s;
}

static pm_training with_defaults(const pm_training *given)
{
    pm_training t = given ? *given : (pm_training){0};

    if (!(t.coverage != 0)) t.coverage = 0.9;
    if (!t.bootstraps) t.bootstraps = 1000;
    if (!t.learn.seed) t.learn.seed = t.seed;
    if (t.label.polarisation > 0) t.label = pm_life_label_defaults(&t.label);
    return t;
}

pm_status pm_verdict_prepare(const pm_data *data, const pm_training *training, const pm_run *run, pm_training *filled,
                             pm_data **kept, pm_error *err)
{
    pm_scoped(pm_data) d = NULL;
    pm_training t = with_defaults(training);
    pm_status s;

    t.learn.run = run;
    if ((s = check(data, &t, err))) return s;
    if ((s = keep_features(data, &d, err))) return s;
    if ((s = choose_learner(d, &t.learn, err))) return s;
    if ((s = join_twins(d, run, err))) return s;
    *filled = t;
    *kept = d;
    d = NULL;
    return PM_OK;
}
