/* SPDX-License-Identifier: MIT */
/* Rows of a stretch of current: quantiles by time, sudden falls, power of dV/dt. */
#include "short.h"

#include <math.h>
#include <string.h>

enum { SEGMENT = 64, BAND_FIRST = SEGMENT / 8 }; /* bins up to SEGMENT/2: the lowest quarter is drift */
static const double PI = 3.14159265358979323846;

static void join_neighbours(short_points *p)
{
    int64_t n = 0;

    for (int64_t i = 0; i + 1 < p->n; i += 2) {
        const short_point *a = &p->item[i], *b = &p->item[i + 1];
        double held = a->held_s + b->held_s;
        double mean = held > 0 ? (a->held_s * a->voltage_V + b->held_s * b->voltage_V) / held : a->voltage_V;
        p->item[n++] = (short_point){a->time_s, held, mean};
    }
    p->n = n;
}

pm_status short_points_add(short_points *p, const short_point *point, pm_error *err)
{
    pm_status s = pm_grow(&p->item, &p->room, p->n + 1, sizeof *p->item, err);

    if (s) return s;
    p->item[p->n++] = *point;
    if (p->n == SHORT_POINTS_FULL) join_neighbours(p);
    return PM_OK;
}

/* ---- quantiles ---- */

static int by_voltage(const void *a, const void *b)
{
    double l = ((const short_point *)a)->voltage_V, r = ((const short_point *)b)->voltage_V;
    return (l > r) - (l < r);
}

/* Points that hold within the part of the time, cut to it; returns the time they hold. */
static double take_part(const short_points *p, double from, double to, short_point *out, int64_t *n)
{
    double all = 0, passed = 0, held = 0;

    for (int64_t i = 0; i < p->n; i++) all += p->item[i].held_s;
    *n = 0;
    for (int64_t i = 0; i < p->n; i++) {
        double low = fmax(passed, from * all), high = fmin(passed + p->item[i].held_s, to * all);
        passed += p->item[i].held_s;
        if (!(high > low)) continue;
        out[*n] = p->item[i];
        out[(*n)++].held_s = high - low;
        held += high - low;
    }
    return held;
}

pm_status short_points_quantiles(const short_points *p, double from, double to, double quantiles[3], pm_error *err)
{
    static const double parts[] = {0.1, 0.5, 0.9};
    pm_scoped_memory short_point *sorted = malloc((size_t)(p->n + 1) * sizeof *sorted);
    double passed = 0;
    int64_t n;
    int k = 0;

    if (!sorted) return pm_fail(err, PM_ERR_MEMORY, "no memory for a level");
    double held = take_part(p, from, to, sorted, &n);
    quantiles[0] = quantiles[1] = quantiles[2] = NAN;
    qsort(sorted, (size_t)n, sizeof *sorted, by_voltage);
    for (int64_t i = 0; i < n; i++) {
        passed += sorted[i].held_s;
        while (k < 3 && passed >= parts[k] * held) quantiles[k++] = sorted[i].voltage_V;
    }
    return PM_OK;
}

pm_status short_noise(const short_points *p, double *noise_V, pm_error *err)
{
    pm_scoped_memory double *size = malloc((size_t)(p->n + 1) * sizeof *size);

    if (!size) return pm_fail(err, PM_ERR_MEMORY, "no memory for noise");
    for (int64_t i = 1; i < p->n; i++) size[i - 1] = fabs(p->item[i].voltage_V - p->item[i - 1].voltage_V);
    *noise_V = p->n < 10 ? NAN : 1.4826 * pm_median(size, p->n - 1);
    return PM_OK;
}

/* ---- falls ---- */

/* Whether |V| comes back by four fifths of a fall behind row i. */
static bool comes_back(const short_points *p, int64_t i, double fall_V)
{
    double level = p->item[i].voltage_V + 0.8 * fall_V;

    for (int64_t k = i + 1; k < p->n; k++)
        if (p->item[k].voltage_V >= level) return true;
    return false;
}

static void count_falls(const short_points *p, double least_V, short_signal *out)
{
    for (int64_t i = 1; i < p->n; i++) {
        double fall = p->item[i - 1].voltage_V - p->item[i].voltage_V;
        if (!(fall > least_V)) continue;
        out->falls++;
        out->recovered += comes_back(p, i, fall);
    }
}

/* ---- power of dV/dt ---- */

/* dV/dt between the points of an even grid, by straight lines between rows; returns how many. */
static int64_t differentiate(const short_points *p, double step_s, int64_t room, double *out)
{
    double before = p->item[0].voltage_V, start = p->item[0].time_s;
    int64_t n = 0;

    for (int64_t i = 1; i < p->n; i++) {
        const short_point *a = &p->item[i - 1], *b = &p->item[i];
        for (double t; n < room && (t = start + (double)(n + 1) * step_s) <= b->time_s; n++) {
            double part = b->time_s > a->time_s ? (t - a->time_s) / (b->time_s - a->time_s) : 1;
            double here = a->voltage_V + part * (b->voltage_V - a->voltage_V);
            out[n] = (here - before) / step_s;
            before = here;
        }
    }
    return n;
}

/* One Hann-windowed segment's power in the band, normalised as Welch (1967) does: white noise of variance s^2 gives
 * s^2 times the part of the spectrum that the band is. */
static double segment_power(const double *x, const double *hann)
{
    double power = 0, weight = 0;

    for (int i = 0; i < SEGMENT; i++) weight += hann[i] * hann[i];
    for (int k = BAND_FIRST; k < SEGMENT / 2; k++) {
        double re = 0, im = 0;
        for (int i = 0; i < SEGMENT; i++) {
            double phase = 2 * PI * ((k * i) % SEGMENT) / SEGMENT;
            re += hann[i] * x[i] * cos(phase);
            im += hann[i] * x[i] * sin(phase);
        }
        power += 2 * (re * re + im * im) / (weight * SEGMENT);
    }
    return power;
}

/* Mean over half-overlapping segments, at most 16 of them, spread over the window. */
static double welch(const double *x, int64_t n)
{
    double hann[SEGMENT], sum = 0;
    int64_t segments = 2 * n / SEGMENT - 1, step = 1 + (segments - 1) / 16, count = 0;

    for (int i = 0; i < SEGMENT; i++) hann[i] = 0.5 - 0.5 * cos(2 * PI * i / SEGMENT);
    for (int64_t k = 0; k < segments; k += step, count++) sum += segment_power(x + k * SEGMENT / 2, hann);
    return count ? sum / (double)count : NAN;
}

pm_status short_signal_of(const short_points *p, double fall_V, short_signal *out, pm_error *err)
{
    int64_t room = p->n;
    pm_scoped_memory double *slope = malloc((size_t)(room + 1) * sizeof *slope);

    if (!slope) return pm_fail(err, PM_ERR_MEMORY, "no memory for the power of dV/dt");
    *out = (short_signal){.rows = (double)p->n, .band_V2_s2 = NAN};
    count_falls(p, fall_V, out);
    if (p->n < SEGMENT) return PM_OK;
    double step_s = (p->item[p->n - 1].time_s - p->item[0].time_s) / (double)(p->n - 1);
    if (step_s > 0) out->band_V2_s2 = welch(slope, differentiate(p, step_s, room, slope));
    return PM_OK;
}
