/* SPDX-License-Identifier: MIT */
/* Features on one scale, and room for the weights of a linear model of them. */
#include "fit.h"

#include <math.h>

void pm_linear_free(pm_linear *l)
{
    if (!l) return;
    free(l->center);
    free(l->scale);
    free(l->w);
    free(l->bias);
    free(l);
}

static void standardise(const pm_data *d, int f, double *center, double *scale)
{
    pm_sum sum = {0}, squares = {0};
    int64_t n = 0;

    for (int64_t i = 0; i < d->n; i++) {
        double x = d->x[i * d->p + f];
        if (isnan(x)) continue;
        pm_sum_add(&sum, x);
        n++;
    }
    *center = n ? pm_sum_value(sum) / (double)n : 0;
    for (int64_t i = 0; i < d->n; i++) {
        double x = d->x[i * d->p + f] - *center;
        if (!isnan(x)) pm_sum_add(&squares, x * x);
    }
    double deviation = n ? sqrt(pm_sum_value(squares) / (double)n) : 0;
    *scale = deviation > 1e-12 * fabs(*center) ? deviation : 0;
}

pm_status pm_linear_new(const pm_data *d, int outputs, pm_linear **out, pm_error *err)
{
    pm_linear *l = calloc(1, sizeof *l);
    size_t p = (size_t)d->p + 1, k = (size_t)outputs;

    if (!l) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    l->center = calloc(p, sizeof *l->center);
    l->scale = calloc(p, sizeof *l->scale);
    l->w = calloc(k * p, sizeof *l->w);
    l->bias = calloc(k, sizeof *l->bias);
    if (!l->center || !l->scale || !l->w || !l->bias) {
        pm_linear_free(l);
        return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    }
    for (int f = 0; f < d->p; f++) standardise(d, f, &l->center[f], &l->scale[f]);
    *out = l;
    return PM_OK;
}

void pm_linear_scale(const pm_linear *l, int p, int64_t n, const double *x, double *z)
{
    for (int64_t i = 0; i < n; i++)
        for (int f = 0; f < p; f++) {
            double value = l->scale[f] > 0 ? (x[i * p + f] - l->center[f]) / l->scale[f] : 0;
            z[i * p + f] = isfinite(value) ? value : 0;
        }
}
