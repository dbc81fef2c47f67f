/* SPDX-License-Identifier: MIT */
#include "hinge.h"

#include <math.h>
#include <string.h>

enum { X, Y, XX, XY, SUMS };

pm_status hinge_sums_new(int64_t n, const double *x, const double *y, hinge_sums *out, pm_error *err)
{
    double *sum = calloc((size_t)(n + 1) * SUMS, sizeof *sum);

    if (!sum) return pm_fail(err, PM_ERR_MEMORY, "no memory for a fit");
    *out = (hinge_sums){n, x, pm_mean(x, n), pm_mean(y, n), 0, sum};
    for (int64_t i = 0; i < n; i++) {
        double u = x[i] - out->mean_x, v = y[i] - out->mean_y, add[SUMS] = {u, v, u * u, u * v};
        for (int k = 0; k < SUMS; k++) sum[(i + 1) * SUMS + k] = sum[i * SUMS + k] + add[k];
        out->yy += v * v;
    }
    return PM_OK;
}

void hinge_sums_leave(hinge_sums *s)
{
    free(s->sum);
    *s = (hinge_sums){0};
}

/* Sums over [from, to). */
typedef struct range {
    double n, s[SUMS];
} range;

static range range_of(const hinge_sums *s, int64_t from, int64_t to)
{
    range r = {.n = (double)(to - from)};

    for (int k = 0; k < SUMS; k++) r.s[k] = s->sum[to * SUMS + k] - s->sum[from * SUMS + k];
    return r;
}

/* The first point behind the place. */
static int64_t behind(const hinge_sums *s, double place)
{
    int64_t low = 0, high = s->n;

    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (s->x[middle] > place)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

bool hinge_solve(int n, double m[4][5], double *out)
{
    for (int j = 0; j < n; j++) {
        int pivot = j;
        for (int i = j + 1; i < n; i++)
            if (fabs(m[i][j]) > fabs(m[pivot][j])) pivot = i;
        if (fabs(m[pivot][j]) < 1e-300) return false;
        for (int k = 0; k <= n; k++) {
            double t = m[j][k];
            m[j][k] = m[pivot][k];
            m[pivot][k] = t;
        }
        for (int i = j + 1; i < n; i++) {
            double f = m[i][j] / m[j][j];
            for (int k = j; k <= n; k++) m[i][k] -= f * m[j][k];
        }
    }
    for (int i = n - 1; i >= 0; i--) {
        out[i] = m[i][n];
        for (int k = i + 1; k < n; k++) out[i] -= m[i][k] * out[k];
        out[i] /= m[i][i];
    }
    return true;
}

hinge_fit hinge_fit_at(const hinge_sums *s, int hinges, const double place[])
{
    /* Each term of the model is p + q x from a point on: 1, x, x - place. A product lives where the later does. */
    double p[4] = {1, 0}, q[4] = {0, 1}, m[4][5], right[4], out[4];
    range from[4];
    int terms = 2 + hinges;

    from[0] = from[1] = range_of(s, 0, s->n);
    for (int j = 0; j < hinges; j++) {
        p[2 + j] = s->mean_x - place[j];
        q[2 + j] = 1;
        from[2 + j] = range_of(s, behind(s, place[j]), s->n);
    }
    for (int a = 0; a < terms; a++) {
        for (int b = 0; b < terms; b++) {
            const range *r = &from[a > b ? a : b];
            m[a][b] = p[a] * p[b] * r->n + (p[a] * q[b] + q[a] * p[b]) * r->s[X] + q[a] * q[b] * r->s[XX];
        }
        m[a][terms] = right[a] = p[a] * from[a].s[Y] + q[a] * from[a].s[XY];
    }
    hinge_fit f = {.rss = INFINITY};
    if (!hinge_solve(terms, m, out)) return f;
    f.slope = out[1];
    f.rss = s->yy;
    for (int a = 0; a < terms; a++) f.rss -= out[a] * right[a];
    for (int j = 0; j < hinges; j++) f.turn[j] = out[2 + j];
    f.rss = fmax(f.rss, 0);
    return f;
}

/* Least squares v = a + b u of a range. */
static void line(const range *r, double *a, double *b)
{
    double spread = r->s[XX] - r->s[X] * r->s[X] / r->n;

    *b = spread > 0 ? (r->s[XY] - r->s[X] * r->s[Y] / r->n) / spread : NAN;
    *a = (r->s[Y] - *b * r->s[X]) / r->n;
}

double hinge_meeting(const hinge_sums *s, int64_t i)
{
    range left = range_of(s, 0, i + 1), right = range_of(s, i + 1, s->n);
    double a, b, c, d;

    line(&left, &a, &b);
    line(&right, &c, &d);
    return b == d ? NAN : s->mean_x + (c - a) / (b - d);
}
