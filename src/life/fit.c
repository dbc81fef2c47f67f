/* SPDX-License-Identifier: MIT */
#include "life/fit.h"

#include <math.h>
#include <string.h>

/* Degrees of freedom of Student's t: an outlier counts little, and white noise loses little. */
static const double freedom = 5;
enum { Y = FIT_TERMS, COLUMNS }; /* behind the terms stand the values */
enum { OTHERS = 4, WEIGHTS = 2 };

/* A column is a number for each point of the first series, and then for each of the second. */
struct fit_work {
    fit_data data;
    int64_t length; /* of a column */
    fit_rows rows;
    fit_result last;
    double *white[COLUMNS];
    int64_t first[COLUMNS];            /* before it such a column is zero */
    double *left, *spare;              /* columns */
    double lag[FIT_SERIES];            /* of which the next are */
    double *carried, *scale;           /* columns */
    double log_scale;                  /* of all together */
    double *weight, *base;             /* of points: in the last fit; with which a fit begins */
    double root[FIT_TERMS][FIT_TERMS]; /* of the normal equations */
    double *memory;
};

pm_status fit_work_new(const fit_data *data, fit_work **out, pm_error *err)
{
    int64_t n = data->n, length = n * data->series;
    fit_work *w = calloc(1, sizeof *w);

    if (w) w->memory = calloc((size_t)((FIT_TERMS + COLUMNS + OTHERS) * length + WEIGHTS * n) + 1, sizeof *w->memory);
    if (!w || !w->memory) {
        fit_work_free(w);
        return pm_fail(err, PM_ERR_MEMORY, "no memory for a fit");
    }
    double *at = w->memory, **others[OTHERS] = {&w->left, &w->spare, &w->carried, &w->scale};
    for (int c = 0; c < FIT_TERMS; c++, at += length) w->rows.x[c] = at;
    for (int c = 0; c < COLUMNS; c++, at += length) w->white[c] = at;
    for (int c = 0; c < OTHERS; c++, at += length) *others[c] = at;
    w->weight = at;
    w->base = at + n;
    w->data = *data;
    w->length = length;
    w->lag[0] = NAN;
    *out = w;
    return PM_OK;
}

void fit_work_free(fit_work *w)
{
    if (!w) return;
    free(w->memory);
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
        double deviation = fmax(median_step(w, j) / 0.6745 / M_SQRT2, fmax(w->data.least[j], 1e-7));
        noise.variance[j] = deviation * deviation;
    }
    for (int64_t i = 0; i < w->data.n; i++) w->base[i] = 1;
    return noise;
}

/* What of the point before is still in each one, and what makes the rest as wide as that of neighbours. */
static void take_lag(fit_work *w, const double lag[FIT_SERIES])
{
    if (!memcmp(lag, w->lag, sizeof w->lag)) return;
    memcpy(w->lag, lag, sizeof w->lag);
    w->log_scale = 0;
    for (int64_t k = 0; k < w->length; k++) {
        int64_t j = k / w->data.n, i = k % w->data.n;
        double gap = i ? (w->data.t[i] - w->data.t[i - 1]) / w->data.width : 0, part = 0;
        if (i) part = gap < 1.5 ? lag[j] : lag[j] > 0 ? pow(lag[j], gap) : 0;
        w->carried[k] = part;
        w->scale[k] = gap > 0 && gap < 1.5 ? 1 : sqrt((1 - lag[j] * lag[j]) / (1 - part * part));
        if (w->scale[k] != 1) w->log_scale += log(w->scale[k]);
    }
}

/* to = what is new in each point of a column, times a factor of its series. */
static void take_new(const fit_work *w, const double *restrict column, const double factor[FIT_SERIES],
                     double *restrict to)
{
    int64_t n = w->data.n;

    for (int64_t at = 0; at < w->length; at += n) {
        const double *x = column + at, *carried = w->carried + at, *scale = w->scale + at;
        double by = factor[at > 0];
        to[at] = by * scale[0] * x[0];
        for (int64_t i = 1; i < n; i++) to[at + i] = by * scale[i] * (x[i] - carried[i] * x[i - 1]);
    }
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
    const double *left = w->left + j * w->data.n;
    double with = 0, own = 0, n = (double)w->data.n;

    for (int64_t i = 1; i < w->data.n; i++) {
        double a = left[i - 1], b = left[i], weight = fmin(w->weight[i], w->weight[i - 1]);
        if (w->data.t[i] - w->data.t[i - 1] > 1.5 * w->data.width) continue;
        with += weight * a * b;
        own += weight * (a * a + b * b) / 2;
    }
    double lag = own > 0 ? with / own : 0;
    lag += (1 + 4 * lag) / n; /* of residuals it comes out too small */
    return fmin(fmax(lag, -0.5), 0.9);
}

/* left = values less terms times their columns, all from `first` on. */
static void take_left(double *restrict left, const double *restrict column, double term, int64_t first, int64_t length)
{
    for (int64_t k = first; k < length; k++) left[k] -= column[k] * term;
}

fit_noise fit_noise_left(fit_work *w, const fit_noise *before, const double most_lag[FIT_SERIES])
{
    fit_noise out = *before;
    int64_t points = w->data.n;
    double sum[3] = {0}, n = fmax((double)points - w->rows.terms / (double)w->data.series, 1);

    for (int j = 0; j < w->data.series; j++)
        memcpy(w->left + j * points, w->data.y[j], (size_t)points * sizeof *w->left);
    for (int c = 0; c < w->rows.terms; c++) take_left(w->left, w->rows.x[c], w->last.term[c], 0, w->length);
    memcpy(w->base, w->weight, (size_t)points * sizeof *w->base);
    for (int j = 0; j < w->data.series; j++) out.lag[j] = fmin(lag_of(w, j), most_lag[j]);
    take_lag(w, out.lag);
    take_new(w, w->left, (double[]){1, 1}, w->spare);
    for (int64_t i = 0; i < points; i++) {
        double a = w->spare[i], b = w->data.series > 1 ? w->spare[points + i] : 0;
        sum[0] += w->weight[i] * a * a;
        sum[1] += w->weight[i] * a * b;
        sum[2] += w->weight[i] * b * b;
    }
    out.variance[0] = fmax(sum[0] / n, fmax(w->data.least[0] * w->data.least[0], 1e-14));
    out.covariance = sum[1] / n;
    out.variance[1] = fmax(sum[2] / n, fmax(w->data.least[1] * w->data.least[1], 1e-14));
    return out;
}

/* ---- terms -------------------------------------------------------------------------------------------------- */

/* Columns and values without what is carried over and what both series share; returns the logarithm of the change of
 * scale. */
static double whiten(fit_work *w, const fit_noise *noise)
{
    int64_t n = w->data.n;
    double root[3], logarithm = 0;

    root_of(noise, w->data.series, root);
    take_lag(w, noise->lag);
    double shared = root[1] / root[2], factor[] = {1 / root[0], 1 / root[2]};
    for (int j = 0; j < w->data.series; j++) {
        logarithm -= (double)n * log(root[2 * j]);
        memcpy(w->left + j * n, w->data.y[j], (size_t)n * sizeof *w->left);
    }
    for (int c = 0; c < COLUMNS; c++) {
        if (c >= w->rows.terms && c != Y) continue;
        const double *from = c == Y ? w->left : w->rows.x[c];
        double *to = w->white[c];
        take_new(w, from, factor, to);
        if (w->length > n) take_left(to + n, to, shared, 0, n);
        w->first[c] = 0;
        while (w->first[c] < w->length && to[w->first[c]] == 0) w->first[c]++;
    }
    return logarithm + w->log_scale;
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

/* Several sums at once, since one alone waits for itself. */
static double product(const double *restrict a, const double *restrict b, int64_t n)
{
    enum { SUMS = 8 };
    double sum[SUMS] = {0};
    int64_t i = 0;

    for (; i + SUMS <= n; i += SUMS)
        for (int k = 0; k < SUMS; k++) sum[k] += a[i + k] * b[i + k];
    for (; i < n; i++) sum[0] += a[i] * b[i];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

static double product_of(const fit_work *w, const double *weighted, int a, int b)
{
    int64_t first = w->first[a] > w->first[b] ? w->first[a] : w->first[b];

    return product(weighted + first, w->white[b] + first, w->length - first);
}

static double normal_equations(fit_work *w, double term[FIT_TERMS])
{
    double right[FIT_TERMS], *weighted = w->spare;
    int64_t n = w->data.n;

    for (int a = 0; a < w->rows.terms; a++) {
        const fit_prior *p = &w->rows.prior[a];
        for (int64_t at = 0; at < w->length; at += n)
            for (int64_t i = 0; i < n; i++) weighted[at + i] = w->weight[i] * w->white[a][at + i];
        for (int b = 0; b <= a; b++) w->root[a][b] = product_of(w, weighted, a, b);
        w->root[a][a] += 1 / (p->deviation * p->deviation);
        right[a] = product_of(w, weighted, a, Y) + p->mean / (p->deviation * p->deviation);
    }
    return solve(w->rows.terms, w->root, right, term);
}

/* New weights, and the logarithm of Student's t of all points but for constants: of products, for speed. */
static double weigh(fit_work *w, const double term[FIT_TERMS])
{
    double sum = 0, product = 1, series = w->data.series, *left = w->spare;
    int64_t n = w->data.n;

    memcpy(left, w->white[Y], (size_t)w->length * sizeof *left);
    for (int c = 0; c < w->rows.terms; c++) take_left(left, w->white[c], term[c], w->first[c], w->length);
    for (int64_t i = 0; i < n; i++) {
        double square = left[i] * left[i];
        if (w->length > n) square += left[n + i] * left[n + i];
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
