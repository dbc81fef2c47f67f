/* SPDX-License-Identifier: MIT */
/* The nearest class, ridge and multinomial logistic regression. */
#include "fit.h"

#include <math.h>
#include <string.h>

enum { NEWTON_STEPS = 100 };

pm_status pm_fit_nearest(const pm_data *d, pm_model *m, pm_error *err)
{
    pm_scoped_memory double *z = malloc((size_t)(d->n * d->p + 1) * sizeof *z);
    pm_status s;

    if (!z) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    if ((s = pm_linear_new(d, d->classes, &m->linear, err))) return s;
    pm_linear_scale(m->linear, d->p, d->n, d->x, z);
    for (int64_t i = 0; i < d->n; i++) {
        m->linear->bias[d->y[i]]++;
        for (int f = 0; f < d->p; f++) m->linear->w[d->y[i] * d->p + f] += z[i * d->p + f];
    }
    for (int k = 0; k < d->classes; k++)
        for (int f = 0; f < d->p; f++)
            if (m->linear->bias[k] > 0) m->linear->w[k * d->p + f] /= m->linear->bias[k];
    return PM_OK;
}

/* ---- ridge: least squares + penalty |w|^2 on standardised features, intercept free ---- */

/* Columns of z add up to zero, missing values being zeros: the intercept is the mean. */
static pm_status least_squares(const pm_data *d, const double *z, const double *t, double penalty, pm_linear *l,
                               pm_error *err)
{
    int p = d->p;
    pm_scoped_memory double *a = calloc((size_t)p * (size_t)p + 1, sizeof *a);
    double mean = pm_mean(t, d->n);

    if (!a) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    for (int64_t i = 0; i < d->n; i++)
        for (int f = 0; f < p; f++) {
            l->w[f] += z[i * p + f] * (t[i] - mean);
            for (int g = 0; g <= f; g++) a[f * p + g] += z[i * p + f] * z[i * p + g];
        }
    for (int f = 0; f < p; f++) a[f * p + f] += l->scale[f] > 0 ? penalty : 1; /* a constant feature stays at zero */
    l->bias[0] = mean;
    return pm_solve_symmetric(p, a, l->w, err);
}

pm_status pm_fit_ridge(const pm_data *d, const pm_learn_options *o, pm_model *m, pm_error *err)
{
    pm_scoped_memory double *z = malloc((size_t)(d->n * d->p + 1) * sizeof *z);
    pm_scoped_memory double *t = malloc(((size_t)d->n + 1) * sizeof *t);
    double sigma;
    pm_status s;

    if (!z || !t) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    if ((s = pm_linear_new(d, 1, &m->linear, err))) return s;
    pm_linear_scale(m->linear, d->p, d->n, d->x, z);
    for (int64_t i = 0; i < d->n; i++) t[i] = pm_learn_target(d, o, i);
    if (!d->upper) return least_squares(d, z, t, o->penalty, m->linear, err);
    return pm_fit_censored(d, z, t, o->penalty, m->linear->w, m->linear->bias, &sigma, err);
}

/* ---- multinomial logistic: Newton's method on the sum of log losses + penalty/2 |w|^2 ---- */

typedef struct logistic {
    const pm_data *d;
    const pm_run *run;
    const double *z;
    double penalty;
    int k, width;  /* classes; p + 1 */
    double *theta; /* [k][width], intercept last */
    double *step, *hessian, *p;
} logistic;

/* Probabilities of all rows; returns the loss. */
static double loss_at(const logistic *l, const double *theta, double *probability)
{
    int p = l->d->p;
    double loss = 0;

    for (int64_t i = 0; i < l->d->n; i++) {
        double *own = probability + i * l->k;
        for (int c = 0; c < l->k; c++) {
            own[c] = theta[c * l->width + p];
            for (int f = 0; f < p; f++) own[c] += theta[c * l->width + f] * l->z[i * p + f];
        }
        pm_softmax(l->k, own);
        loss -= log(fmax(own[l->d->y[i]], 1e-300));
    }
    for (int c = 0; c < l->k; c++)
        for (int f = 0; f < p; f++) loss += l->penalty / 2 * theta[c * l->width + f] * theta[c * l->width + f];
    return loss;
}

static double feature_at(const logistic *l, int64_t i, int f)
{
    return f < l->d->p ? l->z[i * l->d->p + f] : 1;
}

static void add_row(logistic *l, int64_t i)
{
    int n = l->k * l->width;
    const double *p = l->p + i * l->k;

    for (int c = 0; c < l->k; c++)
        for (int f = 0; f < l->width; f++) {
            double zf = feature_at(l, i, f);
            int row = c * l->width + f;
            l->step[row] -= (p[c] - (l->d->y[i] == c)) * zf;
            for (int e = 0; e <= c; e++) {
                double w = p[c] * ((c == e) - p[e]) * zf;
                for (int g = 0; g < l->width && e * l->width + g <= row; g++)
                    l->hessian[row * n + e * l->width + g] += w * feature_at(l, i, g);
            }
        }
}

/* The intercepts of all classes may move together without any effect: a tiny curvature keeps them in place. */
static pm_status gradient_and_hessian(logistic *l, pm_error *err)
{
    int n = l->k * l->width;

    memset(l->step, 0, (size_t)n * sizeof *l->step);
    memset(l->hessian, 0, (size_t)n * (size_t)n * sizeof *l->hessian);
    for (int64_t i = 0; i < l->d->n; i++) {
        pm_status s = pm_run_check(l->run, err);
        if (s) return s;
        add_row(l, i);
    }
    for (int c = 0; c < l->k; c++)
        for (int f = 0; f < l->width; f++) {
            int row = c * l->width + f;
            bool intercept = f == l->d->p;
            l->step[row] -= intercept ? 0 : l->penalty * l->theta[row];
            l->hessian[row * n + row] += intercept ? 1e-9 : l->penalty;
        }
    return PM_OK;
}

static pm_status newton(logistic *l, double *trial, pm_error *err)
{
    int n = l->k * l->width;
    double loss = loss_at(l, l->theta, l->p);
    pm_status s;

    for (int step = 0; step < NEWTON_STEPS; step++) {
        double part = 1, decrease = 0, next = INFINITY;
        if ((s = gradient_and_hessian(l, err))) return s;
        for (int i = 0; i < n; i++) trial[i] = l->step[i]; /* the gradient, for the decrease that it promises */
        if ((s = pm_solve_symmetric(n, l->hessian, l->step, err))) return s;
        for (int i = 0; i < n; i++) decrease += trial[i] * l->step[i];
        for (; part > 1e-8; part /= 2) {
            for (int i = 0; i < n; i++) trial[i] = l->theta[i] + part * l->step[i];
            next = loss_at(l, trial, l->p);
            if (next <= loss) break;
        }
        if (part <= 1e-8 || next > loss) break;
        memcpy(l->theta, trial, (size_t)n * sizeof *trial);
        loss = next;
        if (decrease < 1e-18 * (1 + fabs(loss))) break;
    }
    return PM_OK;
}

pm_status pm_fit_logistic(const pm_data *d, const pm_learn_options *o, pm_model *m, pm_error *err)
{
    int width = d->p + 1, n = d->classes * width;
    size_t size = (size_t)n;
    pm_scoped_memory double *z = malloc((size_t)(d->n * d->p + 1) * sizeof *z);
    pm_scoped_memory double *probability = malloc((size_t)(d->n * d->classes + 1) * sizeof *probability);
    pm_scoped_memory double *hessian = malloc(size * size * sizeof *hessian);
    pm_scoped_memory double *theta = calloc(size, sizeof *theta), *step = calloc(size, sizeof *step);
    pm_scoped_memory double *trial = calloc(size, sizeof *trial);
    pm_status s;

    if (!z || !probability || !hessian || !theta || !step || !trial)
        return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    if ((s = pm_linear_new(d, d->classes, &m->linear, err))) return s;
    pm_linear_scale(m->linear, d->p, d->n, d->x, z);
    logistic l = {d, o->run, z, o->penalty, d->classes, width, theta, step, hessian, probability};
    if ((s = newton(&l, trial, err))) return s;
    for (int c = 0; c < d->classes; c++) {
        memcpy(m->linear->w + c * d->p, theta + c * width, (size_t)d->p * sizeof *theta);
        m->linear->bias[c] = theta[c * width + d->p];
    }
    return PM_OK;
}
