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

double course_median(const double *y, int64_t n)
{
    double near[COURSE_NEAR];

    memcpy(near, y, (size_t)n * sizeof *near);
    return pm_median(near, n);
}

/* From the median of the neighbours within 4 points, which a step does not disturb. */
static void off_median(const course *c, const double *y, double *off)
{
    enum { HALF = 4 };

    for (int64_t i = 0; i < c->n; i++) {
        int64_t half = i < HALF ? i : HALF;
        if (c->n - 1 - i < half) half = c->n - 1 - i;
        if (half < 2) half = 2; /* at the ends the middle is not in the middle */
        int64_t from = i - half < 0 ? 0 : i - half, to = i + half < c->n ? i + half + 1 : c->n;
        off[i] = y[i] - course_median(y + from, to - from);
    }
}

static double spread_of(const double *off, int64_t n, double least, double *spare)
{
    for (int64_t i = 0; i < n; i++) spare[i] = fabs(off[i]);
    return fmax(pm_median(spare, n) / 0.6745, fmax(least, 1e-9));
}

/* Of points, by how they are off the line through their neighbours; of a course that falls steeply each is the median of
 * those around it, which says nothing. */
static double noise_of(const course *c, int j, double *spare)
{
    const double *y = c->y[j];
    int64_t n = c->n - 2;

    for (int64_t i = 0; i < n; i++) spare[i] = fabs(y[i] - 2 * y[i + 1] + y[i + 2]) / sqrt(6);
    return pm_median(spare, n) / 0.6745;
}

/* ---- a swing ------------------------------------------------------------------------------------------------ */

/* Together, since one swing alone waits for itself. */
enum { SWINGS = 8 };

typedef struct swing {
    double frequency, cosine, sine;
    double power; /* in units of the noise: 1 on average by chance */
} swing;

/* Of products of cosine, sine and what is off. */
typedef struct swing_sums {
    double cc, cs, cy, sy;
} swing_sums;

/* What ends a recurrence by Goertzel over n points, of which the last is cycle `end`. */
static void add_run(double omega, double n, double end, double last, double before, swing_sums *to)
{
    double c = cos(omega), s = sin(omega), real = last - c * before, imaginary = s * before;
    double twice = fabs(s) > 1e-9 ? sin(n * omega) / s : n * cos((n - 1) * omega), middle = (2 * end - n + 1) * omega;

    to->cc += (n + cos(middle) * twice) / 2;
    to->cs += sin(middle) * twice / 2;
    to->cy += cos(omega * end) * real + sin(omega * end) * imaginary;
    to->sy += sin(omega * end) * real - cos(omega * end) * imaginary;
}

/* Sums over points [from, to), in which no cycle is missing. */
static void sum_run(const course *c, const double *off, int64_t from, int64_t to, const swing swings[SWINGS],
                    swing_sums sum[SWINGS])
{
    double turn[SWINGS], last[SWINGS] = {0}, before[SWINGS] = {0};

    for (int k = 0; k < SWINGS; k++) turn[k] = 2 * cos(2 * M_PI * swings[k].frequency);
    for (int64_t i = from; i < to; i++)
        for (int k = 0; k < SWINGS; k++) {
            double now = off[i] + turn[k] * last[k] - before[k];
            before[k] = last[k];
            last[k] = now;
        }
    for (int k = 0; k < SWINGS; k++)
        add_run(2 * M_PI * swings[k].frequency, (double)(to - from), c->t[to - 1], last[k], before[k], &sum[k]);
}

static void sum_swings(const course *c, const double *off, int64_t from, const swing swings[SWINGS],
                       swing_sums sum[SWINGS])
{
    for (int64_t to; from < c->n; from = to) {
        to = from + 1;
        while (to < c->n && c->t[to] - c->t[to - 1] == 1) to++;
        sum_run(c, off, from, to, swings, sum);
    }
}

/* Least squares of swings of these frequencies, each by itself, in points from `from` on, outliers cut; `square`: the
 * sum of the squares of what is off. */
static void fit_swings(const course *c, const double *off, int64_t from, double square, swing swings[SWINGS])
{
    swing_sums sums[SWINGS] = {{0}};
    double n = (double)(c->n - from);

    sum_swings(c, off, from, swings, sums);
    for (int k = 0; k < SWINGS; k++) {
        const swing_sums *sum = &sums[k];
        double ss = n - sum->cc, d = sum->cc * ss - sum->cs * sum->cs;
        swing *s = &swings[k];
        *s = (swing){.frequency = s->frequency};
        if (!(d > 1e-3 * sum->cc * ss)) continue;
        s->cosine = (ss * sum->cy - sum->cs * sum->sy) / d;
        s->sine = (sum->cc * sum->sy - sum->cs * sum->cy) / d;
        double explained = s->cosine * sum->cy + s->sine * sum->sy;
        s->power = explained / fmax(square - explained, 1e-30) * (n - 3) / 2;
    }
}

/* The strongest of `count` swings from a frequency on, if it is stronger than *best. */
static void look_for_swing(const course *c, const double *off, int64_t from, double first, double step, int count,
                           swing *best)
{
    double square = 0;

    for (int64_t i = from; i < c->n; i++) square += off[i] * off[i];
    for (int at = 0; at < count; at += SWINGS) {
        swing swings[SWINGS];
        for (int k = 0; k < SWINGS; k++) swings[k].frequency = first + (at + k) * step;
        fit_swings(c, off, from, square, swings);
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
        cut(off, c->n, 3.5 * spread_of(off, c->n, c->least[j], spare));
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
        double limit = 5 * fmax(spread_of(off, c->n, c->least[j], spare), noise_of(c, j, spare));
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
    memcpy(out->least, of->least, sizeof out->least);
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
