/* SPDX-License-Identifier: MIT */
#include "life/fit.h"

#include <math.h>
#include <string.h>

/* Degrees of freedom of Student's t: an outlier counts little, and white noise loses little. */
static const double freedom = 5;
enum { Y = FIT_TERMS, COLUMNS }; /* behind the terms of a row stands its value */

struct fit_work {
    fit_data data;
    fit_rows rows;
    fit_result last;
    double (*white)[FIT_SERIES][COLUMNS];
    double (*left)[FIT_SERIES];
    double *weight, *base;             /* of the last fit; with which a fit begins */
    double root[FIT_TERMS][FIT_TERMS]; /* of the normal equations */
};

pm_status fit_work_new(const fit_data *data, fit_work **out, pm_error *err)
{
    fit_work *w = calloc(1, sizeof *w);
    size_t n = (size_t)data->n;

    if (w) {
        w->data = *data;
        w->rows.x = calloc(n + 1, sizeof *w->rows.x);
        w->white = calloc(n + 1, sizeof *w->white);
        w->left = calloc(n + 1, sizeof *w->left);
        w->weight = calloc(n + 1, sizeof *w->weight);
        w->base = calloc(n + 1, sizeof *w->base);
    }
    if (!w || !w->rows.x || !w->white || !w->left || !w->weight || !w->base) {
        fit_work_free(w);
        return pm_fail(err, PM_ERR_MEMORY, "no memory for a fit");
    }
    *out = w;
    return PM_OK;
}

void fit_work_free(fit_work *w)
{
    if (!w) return;
    free(w->rows.x);
    free(w->white);
    free(w->left);
    free(w->weight);
    free(w->base);
    free(w);
}

fit_rows *fit_rows_of(fit_work *work)
{
    return &work->rows;
}

/* ---- noise -------------------------------------------------------------------------------------------------- */

static double median_step(fit_work *w, int j)
{
    int64_t n = w->data.n - 1;

    for (int64_t i = 0; i < n; i++) w->weight[i] = fabs(w->data.y[j][i + 1] - w->data.y[j][i]);
    return n > 0 ? pm_median(w->weight, n) : 0;
}

fit_noise fit_noise_start(fit_work *w)
{
    fit_noise noise = {0};

    for (int j = 0; j < w->data.series; j++) {
        double deviation = fmax(median_step(w, j) / 0.6745 / M_SQRT2, 1e-7);
        noise.variance[j] = deviation * deviation;
    }
    for (int64_t i = 0; i < w->data.n; i++) w->base[i] = 1;
    return noise;
}

/* What of the point before is still in this one, and what makes the rest as wide as that of neighbours. */
static void carried(const fit_work *w, const fit_noise *noise, int64_t i, int j, double *part, double *scale)
{
    double lag = noise->lag[j], gap = i ? (w->data.t[i] - w->data.t[i - 1]) / w->data.width : 0;

    *part = 0;
    if (i) *part = gap < 1.5 ? lag : lag > 0 ? pow(lag, gap) : 0;
    *scale = gap > 0 && gap < 1.5 ? 1 : sqrt((1 - lag * lag) / (1 - *part * *part));
}

/* Lower triangle of the square root of the spread. Where both series are off together, what is left between them would
 * be nearly without noise, and models are not so exact: a fifth of the variance stays each one's own. */
static void root_of(const fit_noise *noise, int series, double root[3])
{
    double most = sqrt(0.8 * noise->variance[1]);

    root[0] = sqrt(noise->variance[0]);
    root[1] = series > 1 ? fmin(fmax(noise->covariance / root[0], -most), most) : 0;
    root[2] = series > 1 ? sqrt(noise->variance[1] - root[1] * root[1]) : 1;
}

static double lag_of(const fit_work *w, int j)
{
    double with = 0, own = 0, n = (double)w->data.n;

    for (int64_t i = 1; i < w->data.n; i++) {
        double a = w->left[i - 1][j], b = w->left[i][j], weight = fmin(w->weight[i], w->weight[i - 1]);
        if (w->data.t[i] - w->data.t[i - 1] > 1.5 * w->data.width) continue;
        with += weight * a * b;
        own += weight * (a * a + b * b) / 2;
    }
    double lag = own > 0 ? with / own : 0;
    lag += (1 + 4 * lag) / n; /* of residuals it comes out too small */
    return fmin(fmax(lag, -0.5), 0.9);
}

static void take_left(fit_work *w)
{
    for (int64_t i = 0; i < w->data.n; i++)
        for (int j = 0; j < w->data.series; j++) {
            double e = w->data.y[j][i];
            for (int c = 0; c < w->rows.terms; c++) e -= w->rows.x[i][j][c] * w->last.term[c];
            w->left[i][j] = e;
        }
}

fit_noise fit_noise_left(fit_work *w, const fit_noise *before, const double most_lag[FIT_SERIES])
{
    fit_noise out = *before;
    int series = w->data.series;
    double sum[3] = {0}, n = fmax((double)w->data.n - w->rows.terms / (double)series, 1);

    take_left(w);
    memcpy(w->base, w->weight, (size_t)w->data.n * sizeof *w->base);
    for (int j = 0; j < series; j++) out.lag[j] = fmin(lag_of(w, j), most_lag[j]);
    for (int64_t i = 0; i < w->data.n; i++) {
        double e[FIT_SERIES] = {0}, part, scale;
        for (int j = 0; j < series; j++) {
            carried(w, &out, i, j, &part, &scale);
            e[j] = scale * (w->left[i][j] - (i ? part * w->left[i - 1][j] : 0));
        }
        sum[0] += w->weight[i] * e[0] * e[0];
        sum[1] += w->weight[i] * e[0] * e[1];
        sum[2] += w->weight[i] * e[1] * e[1];
    }
    out.variance[0] = fmax(sum[0] / n, 1e-14);
    out.covariance = sum[1] / n;
    out.variance[1] = fmax(sum[2] / n, 1e-14);
    return out;
}

/* ---- terms -------------------------------------------------------------------------------------------------- */

/* to = factor * (now - part * before): of all terms, used or not, for the compiler likes a number that it knows. */
static void carry_off(double *restrict to, const double *restrict now, const double *restrict before, double factor,
                      double part)
{
    for (int c = 0; c < FIT_TERMS; c++) to[c] = factor * (now[c] - part * before[c]);
}

/* Rows and values without what is carried over and what both series share; returns the logarithm of the change of
 * scale. */
static double whiten(fit_work *w, const fit_noise *noise)
{
    int series = w->data.series;
    double root[3], logarithm = 0;

    root_of(noise, series, root);
    for (int j = 0; j < series; j++) logarithm -= (double)w->data.n * log(root[2 * j]);
    double shared = root[1] / root[2];
    for (int64_t i = 0; i < w->data.n; i++) {
        int64_t before = i ? i - 1 : 0; /* the first carries nothing: part is 0 */
        for (int j = 0; j < series; j++) {
            double part, scale, *to = w->white[i][j];
            carried(w, noise, i, j, &part, &scale);
            if (scale != 1) logarithm += log(scale);
            scale /= root[2 * j];
            carry_off(to, w->rows.x[i][j], w->rows.x[before][j], scale, part);
            to[Y] = scale * (w->data.y[j][i] - part * w->data.y[j][before]);
        }
        double *a = w->white[i][0], *b = w->white[i][1];
        for (int c = 0; c < COLUMNS && series > 1; c++) b[c] -= shared * a[c];
    }
    return logarithm;
}

/* In place: the lower triangle of the root of m, with right side solved; returns the logarithm of its determinant. */
static double solve(int n, double m[FIT_TERMS][FIT_TERMS], const double right[FIT_TERMS], double out[FIT_TERMS])
{
    double logarithm = 0;

    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
            double sum = m[i][j];
            for (int k = 0; k < j; k++) sum -= m[i][k] * m[j][k];
            if (i == j) logarithm += log(m[i][i] = sqrt(fmax(sum, 1e-300)));
            if (i != j) m[i][j] = sum / m[j][j];
        }
    for (int i = 0; i < n; i++) {
        out[i] = right[i];
        for (int k = 0; k < i; k++) out[i] -= m[i][k] * out[k];
        out[i] /= m[i][i];
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++) out[i] -= m[k][i] * out[k];
        out[i] /= m[i][i];
    }
    return 2 * logarithm;
}

/* sum [terms][COLUMNS] of the weighted products of all columns, used or not, of both series at once. */
static void add_products(double (*restrict sum)[COLUMNS], double (*restrict x)[COLUMNS], double weight, int terms)
{
    for (int a = 0; a < terms; a++) {
        double first = weight * x[0][a], second = weight * x[1][a];
        for (int b = 0; b < COLUMNS; b++) sum[a][b] += first * x[0][b] + second * x[1][b];
    }
}

static double normal_equations(fit_work *w, double term[FIT_TERMS])
{
    double sum[FIT_TERMS][COLUMNS] = {{0}}, right[FIT_TERMS];
    int terms = w->rows.terms;

    for (int64_t i = 0; i < w->data.n; i++) add_products(sum, w->white[i], w->weight[i], terms);
    for (int a = 0; a < terms; a++) {
        const fit_prior *p = &w->rows.prior[a];
        memcpy(w->root[a], sum[a], sizeof w->root[a]);
        w->root[a][a] += 1 / (p->deviation * p->deviation);
        right[a] = sum[a][Y] + p->mean / (p->deviation * p->deviation);
    }
    return solve(terms, w->root, right, term);
}

/* New weights, and the logarithm of Student's t of all points but for constants: of products, for speed. */
static double weigh(fit_work *w, const double term[FIT_TERMS])
{
    double sum = 0, product = 1, series = w->data.series;

    for (int64_t i = 0; i < w->data.n; i++) {
        double square = 0;
        for (int j = 0; j < w->data.series; j++) {
            const double *x = w->white[i][j];
            double e = x[Y];
            for (int c = 0; c < w->rows.terms; c++) e -= x[c] * term[c];
            square += e * e;
        }
        product *= 1 + square * (1 / freedom);
        if (product > 1e200) {
            sum += log(product);
            product = 1;
        }
        w->weight[i] = (freedom + series) / (freedom + square);
    }
    return -(freedom + series) / 2 * (sum + log(product));
}

fit_result fit_terms(fit_work *w, const fit_noise *noise, int rounds)
{
    double scale = whiten(w, noise), determinant = 0, likelihood = 0, prior = 0;

    memcpy(w->weight, w->base, (size_t)w->data.n * sizeof *w->weight);
    for (int round = 0; round < rounds; round++) {
        determinant = normal_equations(w, w->last.term);
        likelihood = weigh(w, w->last.term);
    }
    for (int c = 0; c < w->rows.terms; c++) {
        const fit_prior *p = &w->rows.prior[c];
        double off = (w->last.term[c] - p->mean) / p->deviation;
        prior -= off * off / 2 + log(p->deviation);
    }
    w->last.log_evidence = scale + likelihood + prior - determinant / 2;
    return w->last;
}

double fit_chance(const fit_work *w, const double part[FIT_TERMS], double least)
{
    double value = 0, variance = 0, z[FIT_TERMS];

    for (int i = 0; i < w->rows.terms; i++) {
        z[i] = part[i];
        for (int k = 0; k < i; k++) z[i] -= w->root[i][k] * z[k];
        z[i] /= w->root[i][i];
        value += part[i] * w->last.term[i];
        variance += z[i] * z[i];
    }
    return 0.5 * erfc((least - value) / sqrt(2 * variance));
}
