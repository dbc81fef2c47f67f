/* SPDX-License-Identifier: MIT */
/* Bends of noisy curves: lines that meet, fitted by least squares; Kneedle; greatest curvature. */
#include "early.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---- two lines that meet ---- */

/* Least squares of y = a + b (x - c) + s |x - c| by its 3 x 3 normal equations, x and y centred for their sake; the residual
 * sum of squares. */
typedef struct joined {
    double a, b, s, rss;
} joined;

/* Solves m[n][n + 1] by elimination with pivots; false where it is singular. */
static bool solve(int n, double *m, double *out)
{
    int w = n + 1;

    for (int j = 0; j < n; j++) {
        int pivot = j;
        for (int i = j + 1; i < n; i++)
            if (fabs(m[i * w + j]) > fabs(m[pivot * w + j])) pivot = i;
        if (fabs(m[pivot * w + j]) < 1e-300) return false;
        for (int k = 0; k < w; k++) {
            double t = m[j * w + k];
            m[j * w + k] = m[pivot * w + k];
            m[pivot * w + k] = t;
        }
        for (int i = j + 1; i < n; i++) {
            double f = m[i * w + j] / m[j * w + j];
            for (int k = j; k < w; k++) m[i * w + k] -= f * m[j * w + k];
        }
    }
    for (int i = n - 1; i >= 0; i--) {
        out[i] = m[i * w + n];
        for (int k = i + 1; k < n; k++) out[i] -= m[i * w + k] * out[k];
        out[i] /= m[i * w + i];
    }
    return true;
}

/* Adds a row of the design to the normal equations. */
static void add_row(int n, double *m, const double *f, double y)
{
    for (int a = 0; a < n; a++) {
        for (int b = 0; b < n; b++) m[a * (n + 1) + b] += f[a] * f[b];
        m[a * (n + 1) + n] += f[a] * y;
    }
}

static joined fit_at(int64_t n, const double *x, const double *y, double c)
{
    double m[12] = {0}, out[3];

    for (int64_t i = 0; i < n; i++) add_row(3, m, (double[]){1, x[i] - c, fabs(x[i] - c)}, y[i]);
    if (!solve(3, m, out)) return (joined){.rss = INFINITY};
    joined j = {out[0], out[1], out[2], 0};
    for (int64_t i = 0; i < n; i++) {
        double r = y[i] - j.a - j.b * (x[i] - c) - j.s * fabs(x[i] - c);
        j.rss += r * r;
    }
    return j;
}

/* Least of a function that has one minimum between two neighbouring points. */
static double refine(int64_t n, const double *x, const double *y, double low, double high)
{
    static const double golden = 0.61803398874989485;

    for (int i = 0; i < 60 && high - low > 1e-12 * (fabs(low) + fabs(high)); i++) {
        double a = high - golden * (high - low), b = low + golden * (high - low);
        if (fit_at(n, x, y, a).rss < fit_at(n, x, y, b).rss)
            high = b;
        else
            low = a;
    }
    return (low + high) / 2;
}

static double line_rss(int64_t n, const double *x, const double *y)
{
    double mx = pm_mean(x, n), my = pm_mean(y, n), xx = 0, xy = 0, yy = 0;

    for (int64_t i = 0; i < n; i++) {
        xx += (x[i] - mx) * (x[i] - mx);
        xy += (x[i] - mx) * (y[i] - my);
        yy += (y[i] - my) * (y[i] - my);
    }
    return xx > 0 ? fmax(0, yy - xy * xy / xx) : yy;
}

/* 95 % quantile of F(1, m), within 1 % (Cornish-Fisher for the square of Student's t). */
static double f95(double m)
{
    double z = 1.959963984540054, z3 = z * z * z, z5 = z3 * z * z;
    double t = z + (z3 + z) / (4 * m) + (5 * z5 + 16 * z3 + 3 * z) / (96 * m * m);
    return t * t;
}

static pm_status check_curve(int64_t n, const double *x, const double *y, int64_t least, pm_error *err)
{
    if (n < least)
        return pm_fail(err, PM_ERR_DATA, "%lld points are too few for a bend: %lld are needed", (long long)n,
                       (long long)least);
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(x[i]) || !isfinite(y[i]) || (i && !(x[i] > x[i - 1])))
            return pm_fail(err, PM_ERR_ARGUMENT, "point %lld of the curve is missing, or its x does not rise",
                           (long long)i + 1);
    return PM_OK;
}

pm_status pm_bend_single(int64_t n, const double *x, const double *y, pm_bend *out, pm_error *err)
{
    pm_status s = check_curve(n, x, y, 6, err);
    double best = INFINITY, place = NAN;

    if (s) return s;
    for (int64_t i = 1; i + 2 < n; i++) {
        double c = refine(n, x, y, x[i], x[i + 1]), rss = fit_at(n, x, y, c).rss;
        if (rss < best) {
            best = rss;
            place = c;
        }
    }
    joined j = fit_at(n, x, y, place);
    double freedom = (double)n - 4, floor_rss = fmax(best, DBL_MIN), limit = best * (1 + f95(freedom) / freedom);
    *out = (pm_bend){place, place, place, j.b - j.s, j.b + j.s, (line_rss(n, x, y) - best) / 2 / (floor_rss / freedom)};
    for (int64_t k = 0; k <= 1000; k++) {
        double c = x[1] + (x[n - 2] - x[1]) * (double)k / 1000;
        if (fit_at(n, x, y, c).rss > limit) continue;
        out->low = fmin(out->low, c);
        out->high = fmax(out->high, c);
    }
    return PM_OK;
}

/* ---- three lines ---- */

/* y = b0 + b1 x + s0 max(x - c0, 0) + s1 max(x - c1, 0) */
static double fit_two(int64_t n, const double *x, const double *y, double c0, double c1, double out[4])
{
    double m[20] = {0}, rss = 0;

    for (int64_t i = 0; i < n; i++)
        add_row(4, m, (double[]){1, x[i] - c0, fmax(x[i] - c0, 0), fmax(x[i] - c1, 0)}, y[i]);
    if (!solve(4, m, out)) return INFINITY;
    for (int64_t i = 0; i < n; i++) {
        double r = y[i] - out[0] - out[1] * (x[i] - c0) - out[2] * fmax(x[i] - c0, 0) - out[3] * fmax(x[i] - c1, 0);
        rss += r * r;
    }
    return rss;
}

enum { GRID = 60 };

/* Both places: a grid, then ever finer ones around the best. */
static void search_two(int64_t n, const double *x, const double *y, double place[2])
{
    double step = (x[n - 2] - x[1]) / GRID, best = INFINITY, out[4];

    for (int i = 0; i < GRID; i++)
        for (int j = i + 1; j <= GRID; j++) {
            double rss = fit_two(n, x, y, x[1] + i * step, x[1] + j * step, out);
            if (rss >= best) continue;
            best = rss;
            place[0] = x[1] + i * step;
            place[1] = x[1] + j * step;
        }
    for (int round = 0; round < 30; round++) {
        double center[2] = {place[0], place[1]};
        step *= 0.6;
        for (int i = -2; i <= 2; i++)
            for (int j = -2; j <= 2; j++) {
                double a = center[0] + i * step, b = center[1] + j * step;
                if (a < x[1] || b > x[n - 2] || b - a < 1e-9 * (x[n - 1] - x[0])) continue;
                double rss = fit_two(n, x, y, a, b, out);
                if (rss >= best) continue;
                best = rss;
                place[0] = a;
                place[1] = b;
            }
    }
}

/* Where one place may go while the other stays. */
static void spread(int64_t n, const double *x, const double *y, const double place[2], int which, double limit,
                   pm_bend *bend)
{
    double out[4];

    for (int k = 0; k <= 400; k++) {
        double c = x[1] + (x[n - 2] - x[1]) * k / 400, two[2] = {place[0], place[1]};
        two[which] = c;
        if (!(two[0] < two[1]) || fit_two(n, x, y, two[0], two[1], out) > limit) continue;
        bend->low = fmin(bend->low, c);
        bend->high = fmax(bend->high, c);
    }
}

pm_status pm_bend_double(int64_t n, const double *x, const double *y, pm_bend *onset, pm_bend *point, pm_error *err)
{
    pm_status s = check_curve(n, x, y, 9, err);
    double place[2] = {NAN, NAN}, b[4];

    if (s) return s;
    search_two(n, x, y, place);
    double rss = fit_two(n, x, y, place[0], place[1], b), freedom = (double)n - 6;
    double limit = rss * (1 + f95(freedom) / freedom);
    double f = (line_rss(n, x, y) - rss) / 4 / (fmax(rss, DBL_MIN) / freedom);
    *onset = (pm_bend){place[0], place[0], place[0], b[1], b[1] + b[2], f};
    *point = (pm_bend){place[1], place[1], place[1], b[1] + b[2], b[1] + b[2] + b[3], f};
    spread(n, x, y, place, 0, limit, onset);
    spread(n, x, y, place, 1, limit, point);
    return PM_OK;
}

/* ---- Kneedle ---- */

/* The curve in the unit square, turned so that it rises and is concave; `from` tells which point stands where. */
static void turn(int64_t n, const double *x, const double *y, pm_curve_shape shape, double *u, double *v)
{
    double low = y[0], high = y[0];
    bool convex = shape == PM_CONVEX_RISING || shape == PM_CONVEX_FALLING;
    /* the bend of a concave falling or convex rising curve is near its end: seen from there */
    bool back = shape == PM_CONCAVE_FALLING || shape == PM_CONVEX_RISING;

    for (int64_t i = 1; i < n; i++) {
        low = fmin(low, y[i]);
        high = fmax(high, y[i]);
    }
    for (int64_t i = 0; i < n; i++) {
        int64_t k = back ? n - 1 - i : i;
        double a = (x[k] - x[0]) / (x[n - 1] - x[0]), b = high > low ? (y[k] - low) / (high - low) : 0;
        u[i] = back ? 1 - a : a;
        v[i] = convex ? 1 - b : b;
    }
}

pm_status pm_kneedle(int64_t n, const double *x, const double *y, pm_curve_shape shape, double sensitivity,
                     double *knee, pm_error *err)
{
    pm_status s = check_curve(n, x, y, 3, err);
    pm_scoped_memory double *u = calloc((size_t)n + 1, sizeof *u), *v = calloc((size_t)n + 1, sizeof *v);
    bool back = shape == PM_CONCAVE_FALLING || shape == PM_CONVEX_RISING;

    if (s) return s;
    if (!u || !v) return pm_fail(err, PM_ERR_MEMORY, "no memory for a knee");
    turn(n, x, y, shape, u, v);
    for (int64_t i = 0; i < n; i++) v[i] -= u[i]; /* the distance from the diagonal */
    double threshold = NAN, spacing = 1.0 / (double)(n - 1);
    int64_t candidate = -1;
    *knee = NAN;
    for (int64_t i = 1; i + 1 < n; i++) {
        if (v[i] >= v[i - 1] && v[i] >= v[i + 1]) { /* a local maximum: the one to fall below from now on */
            candidate = i;
            threshold = v[i] - sensitivity * spacing;
        } else if (v[i] <= v[i - 1] && v[i] <= v[i + 1]) {
            threshold = 0; /* a local minimum ends it */
        }
        if (candidate >= 0 && v[i + 1] < threshold) {
            *knee = x[back ? n - 1 - candidate : candidate];
            return PM_OK;
        }
    }
    return PM_OK;
}

/* ---- curvature ---- */

pm_status pm_curvature_bend(int64_t n, const double *x, const double *y, int64_t half, double *bend, pm_error *err)
{
    pm_status s = check_curve(n, x, y, 2 * half + 3, err);
    double best = -1;

    if (s) return s;
    if (half < 2 || half > n / 4)
        return pm_fail(err, PM_ERR_ARGUMENT, "the half width %lld is not within 2 and a quarter of the points",
                       (long long)half);
    double wide = x[n - 1] - x[0], low = y[0], high = y[0];
    for (int64_t i = 1; i < n; i++) {
        low = fmin(low, y[i]);
        high = fmax(high, y[i]);
    }
    double tall = high > low ? high - low : 1;
    for (int64_t i = half; i + half < n; i++) {
        double m[12] = {0}, out[3];
        for (int64_t k = i - half; k <= i + half; k++) {
            double t = (x[k] - x[i]) / wide;
            add_row(3, m, (double[]){1, t, t * t}, (y[k] - low) / tall);
        }
        if (!solve(3, m, out)) continue;
        double curvature = fabs(2 * out[2]) / pow(1 + out[1] * out[1], 1.5);
        if (curvature <= best) continue;
        best = curvature;
        *bend = x[i];
    }
    return PM_OK;
}
