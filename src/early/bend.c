/* SPDX-License-Identifier: MIT */
/* Bends of noisy curves: lines that meet, fitted by least squares; Kneedle; greatest curvature. */
#include "hinge.h"

#include <float.h>
#include <math.h>
#include <string.h>

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

/* ---- two lines that meet ---- */

static void try_place(const hinge_sums *s, double place, double *best, hinge_fit *fit)
{
    hinge_fit f = hinge_fit_at(s, 1, &place);

    if (!(f.rss < fit->rss)) return;
    *fit = f;
    *best = place;
}

/* Between two points the least is where the lines of both sides meet, if they do there; else at one of the points
 * (Hudson, J Am Stat Assoc 1966, 61, 1097). */
static double search_one(const hinge_sums *s, hinge_fit *fit)
{
    double best = NAN;

    *fit = (hinge_fit){.rss = INFINITY};
    for (int64_t i = 1; i + 2 < s->n; i++) {
        double meeting = hinge_meeting(s, i);
        try_place(s, s->x[i], &best, fit);
        if (meeting > s->x[i] && meeting < s->x[i + 1]) try_place(s, meeting, &best, fit);
    }
    try_place(s, s->x[s->n - 2], &best, fit);
    return best;
}

pm_status pm_bend_single(int64_t n, const double *x, const double *y, pm_bend *out, pm_error *err)
{
    hinge_sums sums;
    hinge_fit fit;
    pm_status s = check_curve(n, x, y, 6, err);

    if (s || (s = hinge_sums_new(n, x, y, &sums, err))) return s;
    double place = search_one(&sums, &fit), freedom = (double)n - 4, limit = fit.rss * (1 + f95(freedom) / freedom);
    double f = (hinge_fit_at(&sums, 0, NULL).rss - fit.rss) / 2 / (fmax(fit.rss, DBL_MIN) / freedom);
    *out = (pm_bend){place, place, place, fit.slope, fit.slope + fit.turn[0], f};
    for (int64_t k = 0; k <= 1000; k++) {
        double c = x[1] + (x[n - 2] - x[1]) * (double)k / 1000;
        if (hinge_fit_at(&sums, 1, &c).rss > limit) continue;
        out->low = fmin(out->low, c);
        out->high = fmax(out->high, c);
    }
    hinge_sums_leave(&sums);
    return PM_OK;
}

/* ---- three lines ---- */

enum { GRID = 60 };

/* Both places: a grid, then ever finer ones around the best. */
static hinge_fit search_two(const hinge_sums *s, double place[2])
{
    double first = s->x[1], last = s->x[s->n - 2], step = (last - first) / GRID;
    hinge_fit best = {.rss = INFINITY};

    for (int i = 0; i < GRID; i++)
        for (int j = i + 1; j <= GRID; j++) {
            double two[2] = {first + i * step, first + j * step};
            hinge_fit f = hinge_fit_at(s, 2, two);
            if (!(f.rss < best.rss)) continue;
            best = f;
            memcpy(place, two, sizeof two);
        }
    for (int round = 0; round < 30; round++) {
        double center[2] = {place[0], place[1]};
        step *= 0.6;
        for (int i = -2; i <= 2; i++)
            for (int j = -2; j <= 2; j++) {
                double two[2] = {center[0] + i * step, center[1] + j * step};
                if (two[0] < first || two[1] > last || two[1] - two[0] < 1e-9 * (last - first)) continue;
                hinge_fit f = hinge_fit_at(s, 2, two);
                if (!(f.rss < best.rss)) continue;
                best = f;
                memcpy(place, two, sizeof two);
            }
    }
    return best;
}

/* Where one place may go while the other stays. */
static void spread(const hinge_sums *s, const double place[2], int which, double limit, pm_bend *bend)
{
    for (int k = 0; k <= 400; k++) {
        double c = s->x[1] + (s->x[s->n - 2] - s->x[1]) * k / 400, two[2] = {place[0], place[1]};
        two[which] = c;
        if (!(two[0] < two[1]) || hinge_fit_at(s, 2, two).rss > limit) continue;
        bend->low = fmin(bend->low, c);
        bend->high = fmax(bend->high, c);
    }
}

pm_status pm_bend_double(int64_t n, const double *x, const double *y, pm_bend *onset, pm_bend *point, pm_error *err)
{
    hinge_sums sums;
    pm_status s = check_curve(n, x, y, 9, err);
    double place[2] = {NAN, NAN};

    if (s || (s = hinge_sums_new(n, x, y, &sums, err))) return s;
    hinge_fit fit = search_two(&sums, place);
    double freedom = (double)n - 6, limit = fit.rss * (1 + f95(freedom) / freedom);
    double f = (hinge_fit_at(&sums, 0, NULL).rss - fit.rss) / 4 / (fmax(fit.rss, DBL_MIN) / freedom);
    double between = fit.slope + fit.turn[0];
    *onset = (pm_bend){place[0], place[0], place[0], fit.slope, between, f};
    *point = (pm_bend){place[1], place[1], place[1], between, between + fit.turn[1], f};
    spread(&sums, place, 0, limit, onset);
    spread(&sums, place, 1, limit, point);
    hinge_sums_leave(&sums);
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

/* Of the least squares parabola through points i - half .. i + half, in units of the whole curve; below 0 = none. */
static double curvature_at(const double *x, const double *y, int64_t i, int64_t half, double wide, double tall)
{
    double m[4][5] = {{0}}, out[4];

    for (int64_t k = i - half; k <= i + half; k++) {
        double t = (x[k] - x[i]) / wide, power[3] = {1, t, t * t};
        for (int a = 0; a < 3; a++) {
            for (int b = 0; b < 3; b++) m[a][b] += power[a] * power[b];
            m[a][3] += power[a] * y[k] / tall;
        }
    }
    return hinge_solve(3, m, out) ? fabs(2 * out[2]) / pow(1 + out[1] * out[1], 1.5) : -1;
}

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
    for (int64_t i = half; i + half < n; i++) {
        double curvature = curvature_at(x, y, i, half, wide, high > low ? high - low : 1);
        if (curvature <= best) continue;
        best = curvature;
        *bend = x[i];
    }
    return PM_OK;
}
