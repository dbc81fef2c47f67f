/* SPDX-License-Identifier: MIT */
#include "life/course.h"

#include <math.h>
#include <string.h>

pm_status course_new(int64_t n, int series, course *out, pm_error *err)
{
    *out = (course){.n = n, .series = series, .width = 1};
    out->memory = calloc(4 * (size_t)n + 1, sizeof *out->memory);
    if (!out->memory) return pm_fail(err, PM_ERR_MEMORY, "no memory for a course of cycles");
    out->t = out->memory;
    out->y[0] = out->t + n;
    out->y[1] = out->y[0] + n;
    out->plated = out->y[1] + n;
    return PM_OK;
}

void course_leave(course *c)
{
    free(c->memory);
    c->memory = NULL;
}

/* ---- what is off the neighbours ----------------------------------------------------------------------------- */

/* From the line through all neighbours within 15 points. */
static void off_line(const course *c, const double *y, double *off)
{
    enum { HALF = 15 };

    for (int64_t i = 0; i < c->n; i++) {
        int64_t from = i > HALF ? i - HALF : 0, to = i + HALF < c->n ? i + HALF + 1 : c->n;
        double n = (double)(to - from), x = 0, z = 0, xx = 0, xz = 0;
        for (int64_t k = from; k < to; k++) {
            x += c->t[k] - c->t[i];
            z += y[k];
        }
        x /= n;
        z /= n;
        for (int64_t k = from; k < to; k++) {
            double d = c->t[k] - c->t[i] - x;
            xx += d * d;
            xz += d * (y[k] - z);
        }
        off[i] = y[i] - z + (xx > 0 ? xz / xx * x : 0);
    }
}

/* From the median of the neighbours within 4 points, which a step does not disturb. */
static void off_median(const course *c, const double *y, double *off)
{
    enum { HALF = 4 };
    double near[2 * HALF + 1];

    for (int64_t i = 0; i < c->n; i++) {
        int64_t half = i < HALF ? i : HALF;
        if (c->n - 1 - i < half) half = c->n - 1 - i;
        if (half < 2) half = 2; /* at the ends the middle is not in the middle */
        int64_t from = i - half < 0 ? 0 : i - half, to = i + half < c->n ? i + half + 1 : c->n;
        memcpy(near, y + from, (size_t)(to - from) * sizeof *near);
        off[i] = y[i] - pm_median(near, to - from);
    }
}

static double spread_of(const double *off, int64_t n, double *spare)
{
    for (int64_t i = 0; i < n; i++) spare[i] = fabs(off[i]);
    return fmax(pm_median(spare, n) / 0.6745, 1e-9);
}

/* ---- a swing ------------------------------------------------------------------------------------------------ */

/* Together, since one swing alone waits for its own angle. */
enum { SWINGS = 4 };

typedef struct swing {
    double frequency, cosine, sine;
    double power; /* in units of the noise: 1 on average by chance */
} swing;

/* Sums over points [from, to) of products of cosine, sine and what is off. */
typedef struct swing_sums {
    double cc[SWINGS], cs[SWINGS], cy[SWINGS], sy[SWINGS], yy;
} swing_sums;

static swing_sums sum_swings(const course *c, const double *off, int64_t from, int64_t to, const swing swings[SWINGS])
{
    swing_sums sum = {.yy = 0};
    double co[SWINGS], si[SWINGS], turn_c[SWINGS], turn_s[SWINGS];

    for (int k = 0; k < SWINGS; k++) {
        double omega = 2 * M_PI * swings[k].frequency;
        co[k] = cos(omega * c->t[from]), si[k] = sin(omega * c->t[from]);
        turn_c[k] = cos(omega), turn_s[k] = sin(omega);
    }
    for (int64_t i = from; i < to; i++) {
        double y = off[i];
        sum.yy += y * y;
        for (int k = 0; k < SWINGS; k++) {
            sum.cc[k] += co[k] * co[k];
            sum.cs[k] += co[k] * si[k];
            sum.cy[k] += co[k] * y;
            sum.sy[k] += si[k] * y;
        }
        for (double t = c->t[i]; i + 1 < to && t < c->t[i + 1] - 0.5; t++) /* faster than cosines of their own */
            for (int k = 0; k < SWINGS; k++) {
                double next = co[k] * turn_c[k] - si[k] * turn_s[k];
                si[k] = si[k] * turn_c[k] + co[k] * turn_s[k];
                co[k] = next;
            }
    }
    return sum;
}

/* Least squares of swings of these frequencies, each by itself, in points [from, to) of what is off, outliers cut. */
static void fit_swings(const course *c, const double *off, int64_t from, int64_t to, swing swings[SWINGS])
{
    const swing_sums sum = sum_swings(c, off, from, to, swings);

    for (int k = 0; k < SWINGS; k++) {
        double cc = sum.cc[k], ss = (double)(to - from) - cc, cs = sum.cs[k], d = cc * ss - cs * cs;
        swing *s = &swings[k];
        *s = (swing){.frequency = s->frequency};
        if (!(d > 1e-3 * cc * ss)) continue;
        s->cosine = (ss * sum.cy[k] - cs * sum.sy[k]) / d;
        s->sine = (cc * sum.sy[k] - cs * sum.cy[k]) / d;
        double explained = s->cosine * sum.cy[k] + s->sine * sum.sy[k];
        s->power = explained / fmax(sum.yy - explained, 1e-30) * ((double)(to - from) - 3) / 2;
    }
}

/* The strongest of `count` swings from a frequency on, if it is stronger than *best. */
static void look_for_swing(const course *c, const double *off, int64_t from, double first, double step, int count,
                           swing *best)
{
    for (int at = 0; at < count; at += SWINGS) {
        swing swings[SWINGS];
        for (int k = 0; k < SWINGS; k++) swings[k].frequency = first + (at + k) * step;
        fit_swings(c, off, from, c->n, swings);
        for (int k = 0; k < SWINGS && at + k < count; k++)
            if (swings[k].power > best->power) *best = swings[k];
    }
}

/* The strongest swing, if chance seldom makes one of so much power among all that are looked at: in the latest cycles
 * first, then ever finer in all of them. */
static bool strongest_swing(const course *c, const double *off, swing *best)
{
    enum { LATEST = 512, FINER = 5 };
    int64_t from = c->n > LATEST ? c->n - LATEST : 0;
    double slowest = 1.0 / 30, step = 0.5 / (double)(c->n - from), looked_at = ceil((0.4999 - slowest) / step);

    *best = (swing){0};
    look_for_swing(c, off, from, slowest, step, (int)looked_at, best);
    if (best->power < log(fmax(looked_at, 1)) + 7) return false;
    for (int round = 0; round < FINER; round++, step /= 3) {
        double middle = best->frequency;
        best->power = 0;
        look_for_swing(c, off, 0, middle - step, step / 3, 7, best);
    }
    return best->power > log(fmax(looked_at, 1)) + 7;
}

static void cut(double *off, int64_t n, double limit)
{
    for (int64_t i = 0; i < n; i++) off[i] = fmin(fmax(off[i], -limit), limit);
}

static void take_swing(course *c, int j, double *off, double *spare)
{
    for (int round = 0; round < 2; round++) {
        swing s;
        off_line(c, c->y[j], off);
        cut(off, c->n, 3.5 * spread_of(off, c->n, spare));
        if (!strongest_swing(c, off, &s)) return;
        for (int64_t i = 0; i < c->n; i++) {
            double angle = 2 * M_PI * s.frequency * c->t[i];
            c->y[j][i] -= s.cosine * cos(angle) + s.sine * sin(angle);
        }
    }
}

/* ---- outliers ----------------------------------------------------------------------------------------------- */

static void drop(course *c, const bool *bad)
{
    int64_t kept = 0;

    for (int64_t i = 0; i < c->n; i++) {
        if (bad[i]) continue;
        c->t[kept] = c->t[i];
        c->plated[kept] = c->plated[i];
        for (int j = 0; j < c->series; j++) c->y[j][kept] = c->y[j][i];
        kept++;
    }
    c->n = kept;
}

/* A cycle whose neighbour is off to the same side is the course itself, on its way down. */
static bool stands_alone(const double *off, int64_t n, int64_t i)
{
    double before = i ? off[i - 1] / off[i] : 0, after = i + 1 < n ? off[i + 1] / off[i] : 0;
    return fmax(before, after) < 0.3;
}

pm_status course_clean(course *c, pm_error *err)
{
    size_t n = (size_t)c->n + 1;
    pm_scoped_memory double *off = malloc(n * sizeof *off), *spare = malloc(n * sizeof *spare);
    pm_scoped_memory bool *bad = calloc(n, sizeof *bad);

    if (!off || !spare || !bad) return pm_fail(err, PM_ERR_MEMORY, "no memory for a course of cycles");
    if (c->n < 20) return PM_OK;
    for (int j = 0; j < c->series; j++) {
        take_swing(c, j, off, spare);
        off_median(c, c->y[j], off);
        double limit = 5 * spread_of(off, c->n, spare);
        for (int64_t i = 0; i < c->n; i++) bad[i] |= fabs(off[i]) > limit && stands_alone(off, c->n, i);
    }
    drop(c, bad);
    return PM_OK;
}

/* ---- blocks ------------------------------------------------------------------------------------------------- */

pm_status course_blocks(const course *of, double first, double last, double width, course *out, pm_error *err)
{
    pm_status s = course_new(of->n, of->series, out, err);
    int64_t n = 0, in = 0, block = -1;

    if (s) return s;
    out->width = width;
    for (int64_t i = 0; i < of->n; i++) {
        if (of->t[i] < first || of->t[i] > last) continue;
        int64_t at = (int64_t)floor((of->t[i] - first) / width);
        if (at != block) {
            block = at;
            in = 0;
            n++;
        }
        double part = 1.0 / (double)++in;
        out->t[n - 1] += (of->t[i] - out->t[n - 1]) * part;
        out->plated[n - 1] += (of->plated[i] - out->plated[n - 1]) * part;
        for (int j = 0; j < of->series; j++) out->y[j][n - 1] += (of->y[j][i] - out->y[j][n - 1]) * part;
    }
    out->n = n;
    return PM_OK;
}
