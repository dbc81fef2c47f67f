/* SPDX-License-Identifier: MIT */
/* What was seen in training, and whether a row is like it. */
#include "predictor.h"

#include <math.h>
#include <string.h>

enum { FOLDS_MOST = 60 };

pm_status pm_range_new(int p, pm_range *out, pm_error *err)
{
    size_t n = (size_t)p;

    *out = (pm_range){.p = p,
                      .quantile = calloc(n * PM_KNOTS + 1, sizeof(double)),
                      .mean = calloc(n + 1, sizeof(double)),
                      .factor = calloc(n * n + 1, sizeof(double))};
    if (out->quantile && out->mean && out->factor) return PM_OK;
    pm_range_leave(out);
    return pm_fail(err, PM_ERR_MEMORY, "no memory for the range of the features");
}

void pm_range_leave(pm_range *range)
{
    free(range->quantile);
    free(range->mean);
    free(range->factor);
    *range = (pm_range){0};
}

/* ---- quantiles and normal scores ---- */

/* Inverse of the normal distribution to 5e-4: Abramowitz and Stegun 26.2.23. */
static double normal_score(double share)
{
    double tail = share < 0.5 ? share : 1 - share, t = sqrt(-2 * log(tail));
    double score =
        t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));

    return share < 0.5 ? -score : score;
}

/* Order statistic i (from 0) of n stands at the share (i + 1/2)/n. */
void pm_range_scores(int64_t rows, double score[PM_KNOTS])
{
    double n = (double)rows;

    for (int k = 0; k < PM_KNOTS; k++) score[k] = normal_score(((double)k / (PM_KNOTS - 1) * (n - 1) + 0.5) / n);
}

/* Place of x among rising knots, from 0 to n - 1; the middle of those that it equals. */
static double place_among(const double *knot, int n, double x)
{
    int below = 0, upto;

    while (below < n && knot[below] < x) below++;
    for (upto = below; upto < n && knot[upto] == x;) upto++;
    if (upto > below) return (below + upto - 1) / 2.0;
    if (below == 0 || below == n) return below ? n - 1 : 0;
    return below - 1 + (x - knot[below - 1]) / (knot[below] - knot[below - 1]);
}

double pm_range_share(const pm_range *range, int feature, double x)
{
    return isnan(x) ? NAN : place_among(range->quantile + feature * PM_KNOTS, PM_KNOTS, x) / (PM_KNOTS - 1);
}

bool pm_range_outside(const pm_range *range, int feature, double x)
{
    const double *knot = range->quantile + feature * PM_KNOTS;

    return x < knot[0] || x > knot[PM_KNOTS - 1];
}

/* One standard deviation as the quartiles or as the ends show it, whichever is more. */
static double spread_of(const pm_range *r, const double *knot)
{
    double quartiles = (knot[(PM_KNOTS - 1) * 3 / 4] - knot[(PM_KNOTS - 1) / 4]) / 1.349;
    double ends = (knot[PM_KNOTS - 1] - knot[0]) / (r->score[PM_KNOTS - 1] - r->score[0]);

    return fmax(quartiles, ends);
}

static double score_of(const pm_range *r, int feature, double x)
{
    const double *knot = r->quantile + feature * PM_KNOTS, spread = spread_of(r, knot);
    double at = place_among(knot, PM_KNOTS, x), beyond = 0;
    int k = at < PM_KNOTS - 1 ? (int)at : PM_KNOTS - 2;

    if (isnan(x) || !(spread > 0)) return 0;
    if (x < knot[0]) beyond = x - knot[0];
    if (x > knot[PM_KNOTS - 1]) beyond = x - knot[PM_KNOTS - 1];
    double score = r->score[k] + (at - k) * (r->score[k + 1] - r->score[k]) + beyond / spread;
    return fmax(-100, fmin(100, score));
}

/* ---- fitting ---- */

/* Rows outside the fold `leave_out`; -1 = all rows. */
typedef struct part {
    const pm_data *d;
    const int32_t *fold;
    int leave_out;
    int64_t n; /* rows */
    int groups;
} part;

static bool is_in(const part *a, int64_t row)
{
    return a->leave_out < 0 || a->fold[row] != a->leave_out;
}

static pm_status count_part(part *a, pm_error *err)
{
    pm_scoped_memory bool *seen = calloc((size_t)a->d->groups + 1, 1);

    if (!seen) return pm_fail(err, PM_ERR_MEMORY, "no memory for the range of the features");
    a->n = a->groups = 0;
    for (int64_t i = 0; i < a->d->n; i++) {
        if (!is_in(a, i)) continue;
        a->n++;
        a->groups += !seen[a->d->group[i]];
        seen[a->d->group[i]] = true;
    }
    return PM_OK;
}

static void find_quantiles(const part *a, double *scratch, pm_range *r)
{
    for (int f = 0; f < r->p; f++) {
        int64_t n = 0;
        for (int64_t i = 0; i < a->d->n; i++) {
            double x = a->d->x[i * r->p + f];
            if (is_in(a, i) && !isnan(x)) scratch[n++] = x;
        }
        for (int k = 0; k < PM_KNOTS; k++)
            r->quantile[f * PM_KNOTS + k] = n ? pm_quantile(scratch, n, (double)k / (PM_KNOTS - 1)) + 0.0 : 0;
    }
}

/* Mean and covariance of the scores; the latter's lower half into `factor`. */
static void find_moments(const part *a, double *z, pm_range *r)
{
    int p = r->p;

    memset(r->mean, 0, (size_t)p * sizeof *r->mean);
    memset(r->factor, 0, (size_t)p * (size_t)p * sizeof *r->factor);
    for (int64_t i = 0; i < a->d->n; i++)
        for (int f = 0; f < p && is_in(a, i); f++) r->mean[f] += score_of(r, f, a->d->x[i * p + f]) / (double)a->n;
    for (int64_t i = 0; i < a->d->n; i++) {
        if (!is_in(a, i)) continue;
        for (int f = 0; f < p; f++) z[f] = score_of(r, f, a->d->x[i * p + f]) - r->mean[f];
        for (int f = 0; f < p; f++)
            for (int g = 0; g <= f; g++) r->factor[f * p + g] += z[f] * z[g] / (double)a->n;
    }
}

static void shrink(int groups, pm_range *r)
{
    double weight = (double)r->p / (r->p + groups), trace = 0;

    for (int f = 0; f < r->p; f++) trace += r->factor[f * r->p + f];
    if (!(trace > 0)) trace = r->p;
    for (int f = 0; f < r->p; f++) {
        for (int g = 0; g <= f; g++) r->factor[f * r->p + g] *= 1 - weight;
        r->factor[f * r->p + f] += weight * trace / r->p;
    }
}

/* The lower half of a positive definite matrix to its Cholesky factor. */
static void factorise(int p, double *a)
{
    for (int j = 0; j < p; j++)
        for (int i = j; i < p; i++) {
            double sum = a[i * p + j];
            for (int k = 0; k < j; k++) sum -= a[i * p + k] * a[j * p + k];
            a[i * p + j] = i == j ? sqrt(sum) : sum / a[j * p + j];
        }
}

static pm_status fit_part(part *a, pm_range *r, pm_error *err)
{
    pm_scoped_memory double *scratch = malloc((size_t)(a->d->n + r->p + 1) * sizeof *scratch);
    pm_status s;

    if (!scratch) return pm_fail(err, PM_ERR_MEMORY, "no memory for the range of the features");
    if ((s = count_part(a, err))) return s;
    pm_range_scores(a->n, r->score);
    find_quantiles(a, scratch, r);
    find_moments(a, scratch, r);
    shrink(a->groups, r);
    factorise(r->p, r->factor);
    return PM_OK;
}

/* ---- distances ---- */

static double distance(const pm_range *r, const double *x, double *z)
{
    double sum = 0;

    for (int f = 0; f < r->p; f++) {
        z[f] = score_of(r, f, x[f]) - r->mean[f];
        for (int g = 0; g < f; g++) z[f] -= r->factor[f * r->p + g] * z[g];
        z[f] /= r->factor[f * r->p + f];
        sum += z[f] * z[f];
    }
    return sqrt(sum / r->p);
}

pm_status pm_range_nearer(const pm_range *range, const double *x, double *out, pm_error *err)
{
    pm_scoped_memory double *z = malloc((size_t)range->p * sizeof *z + 1);

    if (!z) return pm_fail(err, PM_ERR_MEMORY, "no memory to judge a row");
    *out = place_among(range->nearer, PM_SHARES, distance(range, x, z)) / (PM_SHARES - 1);
    return PM_OK;
}

typedef struct leaving {
    const pm_data *d;
    const int32_t *fold;
    double *distance; /* [n] */
} leaving;

static pm_status leave_fold(void *context, int64_t fold, pm_error *err)
{
    const leaving *l = context;
    part others = {.d = l->d, .fold = l->fold, .leave_out = (int)fold};
    pm_scoped_memory double *z = malloc((size_t)l->d->p * sizeof *z + 1);
    pm_range r;
    pm_status s;

    if (!z) return pm_fail(err, PM_ERR_MEMORY, "no memory for the range of the features");
    if ((s = pm_range_new(l->d->p, &r, err))) return s;
    s = fit_part(&others, &r, err);
    for (int64_t i = 0; i < l->d->n && !s; i++)
        if (l->fold[i] == fold) l->distance[i] = distance(&r, l->d->x + i * l->d->p, z);
    pm_range_leave(&r);
    return s;
}

pm_status pm_range_fit(const pm_data *d, const pm_training *t, const pm_run *run, pm_range *r, pm_error *err)
{
    pm_scoped_memory int32_t *fold = calloc((size_t)d->n + 1, sizeof *fold);
    pm_scoped_memory double *away = calloc((size_t)d->n + 1, sizeof *away);
    part all = {.d = d, .leave_out = -1};
    int folds;
    pm_status s;

    if (!fold || !away) return pm_fail(err, PM_ERR_MEMORY, "no memory for the range of the features");
    if ((s = pm_split(d, t->by, 0, t->seed, fold, &folds, err))) return s;
    if (folds > FOLDS_MOST && (s = pm_split(d, t->by, FOLDS_MOST, t->seed, fold, &folds, err))) return s;
    leaving l = {d, fold, away};
    if ((s = pm_parallel(run, folds, leave_fold, &l, err))) return s;
    for (int k = 0; k < PM_SHARES; k++) r->nearer[k] = pm_quantile(away, d->n, (double)k / (PM_SHARES - 1));
    return fit_part(&all, r, err);
}
