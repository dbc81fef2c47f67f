/* SPDX-License-Identifier: MIT */
/* Targets that are lower bounds: the linear model with normal errors, and weights of the rows that ended. */
#include "fit.h"

#include <math.h>
#include <string.h>

enum { NEWTON_STEPS = 200 };

bool pm_row_ended(const pm_data *d, int64_t row)
{
    return !d->upper || isfinite(d->upper[row]);
}

double pm_normal_hazard(double u)
{
    static const double root_two_pi = 2.50662827463100050;

    if (u > 25) return u + 1 / u - 2 / (u * u * u); /* the tail is below the least double soon after */
    return exp(-u * u / 2) / root_two_pi / (erfc(u * M_SQRT1_2) / 2);
}

static double log_survival(double u)
{
    if (u > 25) return -u * u / 2 - log(pm_normal_hazard(u) * 2.50662827463100050);
    return log(erfc(u * M_SQRT1_2) / 2);
}

/* ---- linear regression of censored targets ---- */

/* Olsen's form (Econometrica 1978, 46, 1211), which has one minimum: with g = 1/sigma and theta = (w/sigma, b/sigma, g)
   a row has u = g t - theta z and adds u^2/2 - log g where it ended, -log of the normal's tail beyond u where not.
   The penalty is that of ridge: penalty |w|^2 / (2 sigma^2). */
typedef struct tobit {
    const pm_data *d;
    const double *z, *t;
    double penalty;
    int width;                     /* p + 2 */
    double *theta, *step, *square; /* [width], [width], [width][width] */
} tobit;

/* du/dtheta of a row. */
static double slope(const tobit *m, int64_t i, int f)
{
    int p = m->d->p;

    return f < p ? -m->z[i * p + f] : f == p ? -1 : m->t[i];
}

static double u_of(const tobit *m, const double *theta, int64_t i)
{
    double u = 0;

    for (int f = 0; f < m->width; f++) u += theta[f] * slope(m, i, f);
    return u;
}

static double loss_at(const tobit *m, const double *theta)
{
    double g = theta[m->width - 1], loss = 0;

    if (!(g > 0)) return INFINITY;
    for (int f = 0; f < m->d->p; f++) loss += m->penalty / 2 * theta[f] * theta[f];
    for (int64_t i = 0; i < m->d->n; i++) {
        double u = u_of(m, theta, i);
        loss += pm_row_ended(m->d, i) ? u * u / 2 - log(g) : -log_survival(u);
    }
    return loss;
}

/* Minus the gradient into step. */
static void slope_and_curvature(tobit *m)
{
    int n = m->width;
    double g = m->theta[n - 1];

    memset(m->step, 0, (size_t)n * sizeof *m->step);
    memset(m->square, 0, (size_t)n * (size_t)n * sizeof *m->square);
    for (int64_t i = 0; i < m->d->n; i++) {
        bool ended = pm_row_ended(m->d, i);
        double u = u_of(m, m->theta, i), first = ended ? u : pm_normal_hazard(u);
        double second = ended ? 1 : first * (first - u);
        for (int a = 0; a < n; a++) {
            m->step[a] -= first * slope(m, i, a);
            for (int b = 0; b <= a; b++) m->square[a * n + b] += second * slope(m, i, a) * slope(m, i, b);
        }
        m->step[n - 1] += ended ? 1 / g : 0;
        m->square[n * n - 1] += ended ? 1 / (g * g) : 0;
    }
    for (int f = 0; f < m->d->p; f++) {
        m->step[f] -= m->penalty * m->theta[f];
        m->square[f * n + f] += m->penalty;
        if (m->square[f * n + f] == 0) m->square[f * n + f] = 1; /* a constant feature stays at zero */
    }
}

static pm_status minimise(tobit *m, double *trial, pm_error *err)
{
    double loss = loss_at(m, m->theta);
    pm_status s;

    for (int step = 0; step < NEWTON_STEPS; step++) {
        double part = 1, promised = 0, next = INFINITY;
        slope_and_curvature(m);
        memcpy(trial, m->step, (size_t)m->width * sizeof *trial);
        if ((s = pm_solve_symmetric(m->width, m->square, m->step, err))) return s;
        for (int f = 0; f < m->width; f++) promised += trial[f] * m->step[f];
        for (; part > 1e-10; part /= 2) {
            for (int f = 0; f < m->width; f++) trial[f] = m->theta[f] + part * m->step[f];
            if ((next = loss_at(m, trial)) <= loss) break;
        }
        if (!(next <= loss)) break;
        memcpy(m->theta, trial, (size_t)m->width * sizeof *trial);
        loss = next;
        if (promised < 1e-20 * (1 + fabs(loss))) break;
    }
    return PM_OK;
}

static double spread_of(int64_t n, const double *t, double center)
{
    double squares = 0;

    for (int64_t i = 0; i < n; i++) squares += (t[i] - center) * (t[i] - center) / (double)n;
    return sqrt(squares);
}

/* Targets are standardised on the way: Newton then starts at zero weights and width 1. */
pm_status pm_fit_censored(const pm_data *d, const double *z, const double *target, double penalty, double *w,
                          double *bias, double *sigma, pm_error *err)
{
    size_t width = (size_t)d->p + 2;
    pm_scoped_memory double *numbers = calloc((3 + width) * width, sizeof *numbers);
    pm_scoped_memory double *t = malloc(((size_t)d->n + 1) * sizeof *t);
    pm_status s;

    if (!numbers || !t) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    double center = pm_mean(target, d->n), scale = spread_of(d->n, target, center);
    if (!(scale > 0)) scale = 1;
    for (int64_t i = 0; i < d->n; i++) t[i] = (target[i] - center) / scale;
    tobit m = {d, z, t, penalty, (int)width, numbers, numbers + width, numbers + 3 * width};
    m.theta[width - 1] = 1;
    if ((s = minimise(&m, numbers + 2 * width, err))) return s;
    *sigma = scale / m.theta[width - 1];
    for (int f = 0; f < d->p; f++) w[f] = m.theta[f] * *sigma;
    *bias = center + m.theta[d->p] * *sigma;
    return PM_OK;
}

pm_status pm_life_spread(const pm_data *d, double *center, double *spread, pm_error *err)
{
    pm_scoped_memory double *z = malloc((size_t)(d->n * d->p + 1) * sizeof *z);
    pm_scoped_memory double *t = malloc(((size_t)d->n + 1) * sizeof *t);
    pm_linear *frame = NULL;
    pm_status s;

    if (!z || !t) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    for (int64_t i = 0; i < d->n; i++) t[i] = log(d->target[i]);
    if ((s = pm_linear_new(d, 1, &frame, err))) return s;
    pm_linear_scale(frame, d->p, d->n, d->x, z);
    s = pm_fit_censored(d, z, t, 1, frame->w, center, spread, err);
    *spread = fmax(*spread, 0.01);
    pm_linear_free(frame);
    return s;
}

/* ---- weights of the rows that ended ---- */

typedef struct moment {
    double t;
    int64_t row;
} moment;

static int by_time(const void *a, const void *b)
{
    double l = ((const moment *)a)->t, r = ((const moment *)b)->t;
    return (l > r) - (l < r);
}

pm_status pm_ended_weights(const pm_data *d, double *weight, pm_error *err)
{
    pm_scoped_memory moment *at = malloc(((size_t)d->n + 1) * sizeof *at);
    double watched = 1; /* share that is not yet censored, just before the time */

    if (!at) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    for (int64_t i = 0; i < d->n; i++) at[i] = (moment){d->target[i], i};
    qsort(at, (size_t)d->n, sizeof *at, by_time);
    for (int64_t i = 0, j; i < d->n; i = j) {
        double cut = 0, ends = 0;
        for (j = i; j < d->n && at[j].t == at[i].t; j++) {
            bool ended = pm_row_ended(d, at[j].row);
            weight[at[j].row] = ended ? 1 / watched : 0;
            ends += ended;
            cut += !ended;
        }
        if (cut > 0) watched *= 1 - cut / ((double)(d->n - i) - ends); /* at one time ends come before cuts */
    }
    return PM_OK;
}
