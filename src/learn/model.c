/* SPDX-License-Identifier: MIT */
/* Fitting and using a model of any kind. */
#include "fit.h"

#include <math.h>
#include <string.h>

enum { MOST_CLASSES = 32 }; /* prediction sets are bits */

const char *pm_learner_name(pm_learner learner)
{
    static const char *const names[] = {NULL, "boosted", "forest", "logistic", "nearest-class", "majority", "gaussian"};

    return (int)learner < 1 || (int)learner > PM_GAUSSIAN ? NULL : names[learner];
}

/* ---- what can be learned from ---- */

/* Where all that ended, if any, ended at one value, nothing says what the bounds mean. */
static pm_status check_ends(const pm_data *d, pm_error *err)
{
    int64_t first = -1;

    for (int64_t i = 0; i < d->n; i++) {
        if (!pm_row_ended(d, i)) continue;
        if (first < 0) first = i;
        if (d->target[i] != d->target[first]) return PM_OK;
    }
    return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "give more cells that were watched to their end",
                      "of %lld rows fewer than two are known to have ended, at different values", (long long)d->n);
}

static pm_status check_target(const pm_data *d, const pm_learn_options *o, pm_error *err)
{
    bool positive = o->log_target || (d->upper && o->learner == PM_BOOSTED);

    if (!d->target) return pm_fail(err, PM_ERR_ARGUMENT, "the data have no target to learn");
    if (o->learner == PM_NEAREST_CLASS)
        return pm_fail(err, PM_ERR_ARGUMENT, "the nearest class is no model of a number");
    for (int64_t i = 0; i < d->n; i++) {
        if (!isfinite(d->target[i]))
            return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "leave the row out, or mark it as censored",
                              "row %lld: its target is not a finite number", (long long)i + 1);
        if (positive && !(d->target[i] > 0))
            return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "learn the target itself, or leave the row out",
                              "row %lld: its target is not above zero, and has no logarithm", (long long)i + 1);
    }
    return d->upper ? check_ends(d, err) : PM_OK;
}

/* Shares of the classes can be told of one class too: what remains to be said where the others are of one. */
static pm_status check_classes(const pm_data *d, const pm_learn_options *o, pm_error *err)
{
    if (d->classes > MOST_CLASSES)
        return pm_fail_at(err, PM_ERR_LIMIT, pm_nowhere(), "is the target a number that was read as words?",
                          "%d classes are more than %d", d->classes, MOST_CLASSES);
    if (o->learner == PM_MAJORITY) return PM_OK;
    for (int64_t i = 1; i < d->n; i++)
        if (d->y[i] != d->y[0]) return PM_OK;
    return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "give cells that failed in different ways",
                      "all %lld rows are of one class (%s): there is nothing to tell apart", (long long)d->n,
                      d->class_name[d->y[0]]);
}

static pm_status check_features(const pm_data *d, pm_error *err)
{
    for (int f = 0; f < d->p; f++)
        for (int64_t i = 1; i < d->n; i++)
            if (d->x[i * d->p + f] != d->x[f] && !(isnan(d->x[f]) && isnan(d->x[i * d->p + f]))) return PM_OK;
    return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "add features, or cells that differ",
                      "none of the %d features differs between the %lld rows", d->p, (long long)d->n);
}

static pm_status check(const pm_data *d, const pm_learn_options *o, pm_error *err)
{
    pm_status s;

    if (d->n < 2) return pm_fail(err, PM_ERR_DATA, "one row is too few to learn from");
    if (d->classes && o->learner == PM_GAUSSIAN)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "choose logistic, boosted or forest",
                          "the Gaussian process is of numbers, and these are classes");
    if ((s = d->classes ? check_classes(d, o, err) : check_target(d, o, err))) return s;
    return o->learner == PM_MAJORITY ? PM_OK : check_features(d, err);
}

/* ---- fitting ---- */

static pm_status fit_majority(const pm_data *d, const pm_learn_options *o, pm_model *m, pm_error *err)
{
    pm_scoped_memory double *weight = malloc(((size_t)d->n + 1) * sizeof *weight);
    double total = 0;
    pm_status s;

    m->constant = calloc((size_t)m->outputs, sizeof *m->constant);
    if (!m->constant || !weight) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    for (int64_t i = 0; i < d->n; i++) weight[i] = 1;
    if (d->upper && (s = pm_ended_weights(d, weight, err))) return s;
    for (int64_t i = 0; i < d->n; i++) {
        m->constant[d->classes ? d->y[i] : 0] += weight[i] * (d->classes ? 1 : pm_learn_target(d, o, i));
        total += weight[i];
    }
    for (int k = 0; k < m->outputs; k++) m->constant[k] /= total;
    return PM_OK;
}

pm_status pm_learn(const pm_data *d, const pm_learn_options *options, pm_model **out, pm_error *err)
{
    pm_learn_options o = pm_learn_defaults(options);
    pm_scoped(pm_model) m = calloc(1, sizeof *m);
    pm_status s;

    if (!m) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    if ((s = check(d, &o, err))) return s;
    m->learner = o.learner;
    m->p = d->p;
    m->classes = d->classes;
    m->outputs = d->classes ? d->classes : 1;
    m->log_target = !d->classes && o.log_target;
    switch (o.learner) {
    case PM_BOOSTED: s = pm_fit_xgboost(d, &o, m, err); break;
    case PM_FOREST: s = pm_fit_forest(d, &o, m, err); break;
    case PM_LOGISTIC: s = d->classes ? pm_fit_logistic(d, &o, m, err) : pm_fit_ridge(d, &o, m, err); break;
    case PM_NEAREST_CLASS: s = pm_fit_nearest(d, m, err); break;
    case PM_MAJORITY: s = fit_majority(d, &o, m, err); break;
    case PM_GAUSSIAN: s = pm_fit_gaussian(d, &o, m, err); break;
    default: s = pm_fail(err, PM_ERR_ARGUMENT, "no learner %d", (int)o.learner);
    }
    if (s) return s;
    *out = m;
    m = NULL;
    return PM_OK;
}

void pm_model_free(pm_model *m)
{
    if (!m) return;
    free(m->constant);
    pm_linear_free(m->linear);
    pm_trees_free(m->trees);
    pm_gaussian_free(m->gaussian);
    free(m);
}

int pm_model_outputs(const pm_model *m)
{
    return m->outputs;
}

int pm_model_features(const pm_model *m)
{
    return m->p;
}

/* ---- predicting ---- */

static void linear_margins(const pm_model *m, const double *z, double *out)
{
    for (int k = 0; k < m->outputs; k++) {
        const double *w = m->linear->w + k * m->p;
        out[k] = m->linear->bias[k];
        for (int f = 0; f < m->p; f++) out[k] += w[f] * z[f];
    }
}

/* Squared distances to the means as if they were normal densities of unit variance per feature, softened by their
   number. */
static void nearest_margins(const pm_model *m, const double *z, double *out)
{
    for (int k = 0; k < m->outputs; k++) {
        out[k] = 0;
        for (int f = 0; f < m->p; f++) {
            double way = z[f] - m->linear->w[k * m->p + f];
            out[k] -= way * way / (2 * sqrt((double)m->p));
        }
    }
}

static pm_status predict_linear(const pm_model *m, int64_t n, const double *x, double *out, pm_error *err)
{
    pm_scoped_memory double *z = malloc((size_t)m->p * sizeof *z + 1);

    if (!z) return pm_fail(err, PM_ERR_MEMORY, "no memory to predict");
    for (int64_t i = 0; i < n; i++) {
        pm_linear_scale(m->linear, m->p, 1, x + i * m->p, z);
        if (m->learner == PM_NEAREST_CLASS)
            nearest_margins(m, z, out + i * m->outputs);
        else
            linear_margins(m, z, out + i * m->outputs);
    }
    return PM_OK;
}

static void finish(const pm_model *m, int64_t n, double *out)
{
    for (int64_t i = 0; i < n; i++) {
        double *own = out + i * m->outputs;
        if (m->classes && (m->linear || m->learner == PM_BOOSTED)) pm_softmax(m->classes, own);
        if (m->log_target) *own = pow(10, *own);
        if (m->log_margin) *own = exp(*own);
    }
}

pm_status pm_model_predict(const pm_model *m, int64_t n, const double *x, double *out, pm_error *err)
{
    pm_status s = PM_OK;

    if (m->trees)
        pm_trees_sum(m->trees, n, x, out);
    else if (m->linear)
        s = predict_linear(m, n, x, out, err);
    else if (m->gaussian)
        s = pm_gaussian_predict(m->gaussian, m->p, n, x, out, err);
    else
        for (int64_t i = 0; i < n * m->outputs; i++) out[i] = m->constant[i % m->outputs];
    if (!s) finish(m, n, out);
    return s;
}

/* ---- explaining ---- */

static pm_status explain_linear(const pm_model *m, int64_t n, const double *x, double *phi, pm_error *err)
{
    pm_scoped_memory double *z = malloc((size_t)m->p * sizeof *z + 1);

    if (!z) return pm_fail(err, PM_ERR_MEMORY, "no memory to explain");
    for (int64_t i = 0; i < n; i++) {
        pm_linear_scale(m->linear, m->p, 1, x + i * m->p, z);
        for (int k = 0; k < m->outputs; k++) {
            double *own = phi + (i * m->outputs + k) * (m->p + 1);
            for (int f = 0; f < m->p; f++) own[f] = m->linear->w[k * m->p + f] * z[f];
            own[m->p] = m->linear->bias[k];
        }
    }
    return PM_OK;
}

pm_status pm_model_explain(const pm_model *m, int64_t n, const double *x, const pm_run *run, double *phi, pm_error *err)
{
    if (m->trees) return pm_trees_shapley(m->trees, n, x, run, phi, err);
    if (m->linear && m->learner != PM_NEAREST_CLASS) return explain_linear(m, n, x, phi, err);
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(),
                      "explain a boosted, forest or logistic model of the same data",
                      "there are no Shapley values of a model of the kind '%s'", pm_learner_name(m->learner));
}

pm_status pm_model_interactions(const pm_model *m, int64_t n, const double *x, const pm_run *run, double *phi,
                                pm_error *err)
{
    if (m->trees) return pm_trees_interactions(m->trees, n, x, run, phi, err);
    return pm_fail(err, PM_ERR_ARGUMENT, "interactions are those of trees; this model is '%s'",
                   pm_learner_name(m->learner));
}
