/* SPDX-License-Identifier: MIT */
#include "trace.h"

#include <math.h>
#include <string.h>

void trace_free(trace *t)
{
    free(t->q);
    free(t->eta);
    t->q = t->eta = NULL;
}

typedef struct rows {
    const double *time, *voltage, *current; /* current NULL = not recorded */
} rows;

static pm_status bind(const pm_table *records, rows *r, pm_error *err)
{
    pm_want wants[] = {{.name = "test_time_second", .unit = "s", .number = &r->time},
                       {.name = "voltage_volt", .unit = "V", .number = &r->voltage},
                       {.name = "current_ampere", .unit = "A", .number = &r->current, .optional = true}};

    return pm_table_bind(records, 3, wants, err);
}

/* Charge between two rows: the mean current (1 A where there is none) for the time between them, never backwards. */
static double passed(const rows *r, int64_t i, int64_t k, int sign)
{
    double step_s = r->time[k] - r->time[i];
    double current = r->current ? sign * (r->current[i] + r->current[k]) / 2 : 1;

    return step_s > 0 && current > 0 ? step_s * current : 0;
}

static bool has_value(const rows *r, int64_t i)
{
    return isfinite(r->time[i]) && isfinite(r->voltage[i]) && (!r->current || isfinite(r->current[i]));
}

/* Points with the charge before them, in ampere seconds. */
static void collect(trace *t, const rows *r, int64_t first, int64_t last, int sign)
{
    double charge = 0;
    int64_t before = -1;

    for (int64_t i = first; i <= last; i++) {
        bool runs = has_value(r, i) && (r->current ? sign * r->current[i] > 0 : sign * r->voltage[i] > 0);
        if (!runs) continue; /* rests and pulses inside */
        if (before >= 0) charge += passed(r, before, i, sign);
        t->q[t->n] = charge;
        t->eta[t->n++] = sign * r->voltage[i];
        before = i;
    }
}

/* What passes before eta is above zero (reduction of the copper's oxide, of electrolyte) is counted apart. */
static void start_at_zero(trace *t)
{
    int64_t i = 0;
    double all = t->n ? t->q[t->n - 1] : 0, from = 0;

    while (i < t->n && t->eta[i] <= 0) i++;
    if (i == t->n || all <= 0) {
        t->n = 0;
        return;
    }
    if (i > 0) {
        double part = -t->eta[i - 1] / (t->eta[i] - t->eta[i - 1]);
        from = t->q[i - 1] + part * (t->q[i] - t->q[i - 1]);
        i--;
        t->eta[i] = 0;
        t->q[i] = from;
    }
    t->n -= i;
    memmove(t->q, t->q + i, (size_t)t->n * sizeof *t->q);
    memmove(t->eta, t->eta + i, (size_t)t->n * sizeof *t->eta);
    t->charge_above_zero = from / all;
    for (int64_t k = 0; k < t->n; k++) t->q[k] = all > from ? (t->q[k] - from) / (all - from) : 0;
}

/* Each piece of the line through the points gives its mean to the bins it crosses. */
static void fill_bins(trace *t)
{
    double weight[TRACE_BINS] = {0};

    memset(t->bin, 0, sizeof t->bin);
    for (int64_t i = 0; i + 1 < t->n; i++) {
        double a = t->q[i], b = t->q[i + 1];
        for (int k = (int)(a * TRACE_BINS); k < TRACE_BINS && b > a; k++) {
            double low = fmax(a, (double)k / TRACE_BINS), high = fmin(b, (double)(k + 1) / TRACE_BINS);
            if (high <= low) break;
            double middle = ((low + high) / 2 - a) / (b - a);
            t->bin[k] += (high - low) * (t->eta[i] + middle * (t->eta[i + 1] - t->eta[i]));
            weight[k] += high - low;
        }
    }
    for (int k = 0; k < TRACE_BINS; k++) t->bin[k] = weight[k] > 0 ? t->bin[k] / weight[k] : NAN;
}

static void see_rest(trace *t, const rows *r, int64_t last, int64_t rest_last, int sign)
{
    t->rest_drop_V = t->rest_relaxation_V = NAN;
    if (rest_last <= last + 1) return;
    double end = sign * r->voltage[last], first = sign * r->voltage[last + 1];
    t->rest_drop_V = end - first;
    t->rest_relaxation_V = first - sign * r->voltage[rest_last];
}

pm_status trace_new(const pm_table *records, int64_t first, int64_t last, int sign, int64_t rest_last, trace *out,
                    pm_error *err)
{
    rows r;
    pm_status s = bind(records, &r, err);
    size_t room = (size_t)(last - first) + 2;

    if (s) return s;
    *out = (trace){.q = malloc(room * sizeof *out->q), .eta = malloc(room * sizeof *out->eta)};
    if (!out->q || !out->eta) {
        trace_free(out);
        return pm_fail(err, PM_ERR_MEMORY, "no memory for a voltage trace");
    }
    collect(out, &r, first - 1, last - 1, sign);
    out->duration_s = r.time[last - 1] - r.time[first - 1];
    start_at_zero(out);
    fill_bins(out);
    see_rest(out, &r, last - 1, rest_last - 1, sign);
    return PM_OK;
}

/* ---- reading it ---- */

static int bin_of(double q)
{
    int k = (int)floor(q * TRACE_BINS + 0.5);

    return k < 0 ? 0 : k > TRACE_BINS ? TRACE_BINS : k;
}

double trace_median(const trace *t, double from, double to)
{
    double values[TRACE_BINS];
    int64_t n = 0;

    for (int k = bin_of(from); k < bin_of(to); k++)
        if (isfinite(t->bin[k])) values[n++] = t->bin[k];
    return pm_median(values, n);
}

double trace_mean(const trace *t, double from, double to)
{
    return pm_mean(t->bin + bin_of(from), bin_of(to) - bin_of(from));
}

/* Normal equations of 1, u, u^2 over bins that are symmetric about the middle: u^2 and u are independent. */
void trace_slope(const trace *t, double from, double to, double *slope, double *second)
{
    int a = bin_of(from), b = bin_of(to);
    double n = 0, u2 = 0, u4 = 0, y = 0, uy = 0, u2y = 0, middle = (a + b) / 2.0;

    *slope = *second = NAN;
    for (int k = a; k < b; k++) {
        double u = (k + 0.5 - middle) / TRACE_BINS;
        if (!isfinite(t->bin[k])) return;
        n++;
        u2 += u * u;
        u4 += u * u * u * u;
        y += t->bin[k];
        uy += u * t->bin[k];
        u2y += u * u * t->bin[k];
    }
    double determinant = n * u4 - u2 * u2;
    if (!(u2 > 0) || !(determinant > 0)) return;
    *slope = uy / u2;
    *second = 2 * (n * u2y - u2 * y) / determinant;
}

static double extreme(const trace *t, double from, double to, double sign, double *at)
{
    double best = NAN;

    *at = NAN;
    for (int64_t i = 0; i < t->n; i++) {
        if (t->q[i] < from || t->q[i] > to || !(isnan(best) || sign * t->eta[i] > sign * best)) continue;
        best = t->eta[i];
        *at = t->q[i];
    }
    return best;
}

double trace_maximum(const trace *t, double from, double to, double *at)
{
    return extreme(t, from, to, 1, at);
}

double trace_minimum(const trace *t, double from, double to, double *at)
{
    return extreme(t, from, to, -1, at);
}

double trace_reaches(const trace *t, double from, double level, bool falling)
{
    double sign = falling ? -1 : 1;

    for (int64_t i = 1; i < t->n; i++) {
        if (t->q[i] < from || sign * (t->eta[i] - level) < 0) continue;
        double before = t->eta[i - 1], here = t->eta[i];
        if (t->q[i - 1] < from || before == here) return t->q[i];
        return t->q[i - 1] + (level - before) / (here - before) * (t->q[i] - t->q[i - 1]);
    }
    return NAN;
}

/* Second differences: of white noise of deviation s they have 6 s^2. */
double trace_roughness(const trace *t, double from, double to)
{
    double sum = 0;
    int64_t n = 0;

    for (int k = bin_of(from) + 1; k + 1 < bin_of(to); k++) {
        double d = t->bin[k - 1] - 2 * t->bin[k] + t->bin[k + 1];
        if (!isfinite(d)) continue;
        sum += d * d;
        n++;
    }
    return n ? sqrt(sum / (6 * (double)n)) : NAN;
}
