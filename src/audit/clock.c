/* SPDX-License-Identifier: MIT */
/* The order of time: rows that fall back and resume, time that starts again (with record number or wall clock: two tests
 * in one file), equal times; and spans that no test has. */
#include "audit/checker.h"

#include <math.h>
#include <string.h>

/* Steps of time are counted by exponent and four bits of mantissa; the mean in the median's bin is the median where the
 * instrument keeps an even pace. */
enum { LOW_EXPONENT = -30, OCTAVES = 64, PER_OCTAVE = 16, BINS = OCTAVES * PER_OCTAVE };
static const double YEAR_S = 365.25 * 86400, LONG_HALF_CYCLE_S = 1000 * 3600.0, CLOCK_BACK_S = 7200;

typedef struct bin {
    int64_t count;
    double sum_s;
} bin;

typedef struct clock_state {
    bool started, pending;  /* pending: the last row fell back and is not understood yet */
    double first_s, time_s; /* time_s: the highest time since the last start */
    double pending_s, record, wall;
    int64_t pending_row;
    bool pending_joined;
    pm_audit_rows pending_rows, dips, restarts, joined, equal;
    double dip_s, before_dip_s, restart_s, before_restart_s;
    int64_t steps;
    bin bins[BINS];
    int direction; /* of the half-cycle under way */
    double active_s, low_V, high_V;
    double long_half_s, long_half_V; /* the longest half-cycle with a change of voltage */
} clock_state;

static void count_step(clock_state *c, double step_s)
{
    uint64_t bits;
    memcpy(&bits, &step_s, sizeof bits);
    int64_t at = (int64_t)(bits >> 48) - ((1023 + LOW_EXPONENT) << 4);
    bin *b = &c->bins[at < 0 ? 0 : at >= BINS ? BINS - 1 : at];
    b->count++;
    b->sum_s += step_s;
    c->steps++;
}

static double median_step(const clock_state *c)
{
    int64_t passed = 0;
    for (int i = 0; i < BINS; i++) {
        passed += c->bins[i].count;
        if (2 * passed >= c->steps && c->bins[i].count) return c->bins[i].sum_s / (double)c->bins[i].count;
    }
    return NAN;
}

/* The row that fell back either was alone, or time started again with it. */
static void settle(clock_state *c, bool resumed)
{
    pm_audit_rows *rows = c->pending_joined ? &c->joined : resumed ? &c->dips : &c->restarts;
    if (rows == &c->dips && !rows->count) {
        c->dip_s = c->pending_s;
        c->before_dip_s = c->time_s;
    } else if (!rows->count) {
        c->restart_s = c->pending_s;
        c->before_restart_s = c->time_s;
    }
    if (!rows->count) rows->line = c->pending_rows.line;
    if (!rows->count++) rows->first = c->pending_row;
    rows->last = c->pending_row;
    if (rows != &c->dips) {
        c->time_s = c->pending_s;
        c->first_s = c->pending_s;
    }
    c->pending = false;
}

static void fall_back(clock_state *c, const pm_audit *audit, int64_t row, double time_s, bool joined)
{
    c->pending = true;
    c->pending_joined = joined;
    c->pending_s = time_s;
    c->pending_row = row;
    c->pending_rows = (pm_audit_rows){0};
    pm_audit_mark(&c->pending_rows, audit, row);
}

/* True where the row goes on in time. */
static bool order(clock_state *c, const pm_audit *audit, int64_t row, double time_s, bool joined)
{
    if (c->pending) settle(c, time_s >= c->time_s);
    if (time_s < c->time_s) {
        fall_back(c, audit, row, time_s, joined);
        return false;
    }
    if (time_s > c->time_s)
        count_step(c, time_s - c->time_s);
    else
        pm_audit_mark(&c->equal, audit, row);
    return true;
}

/* How long current has flowed one way, and how far the voltage went meanwhile; rests do not count. */
static void half_cycle(clock_state *c, double step_s, double current_A, double voltage_V)
{
    int direction = (current_A > 0) - (current_A < 0);
    if (!direction) return;
    if (direction != c->direction) {
        c->direction = direction;
        c->active_s = 0;
        c->low_V = INFINITY;
        c->high_V = -INFINITY;
    }
    c->active_s += step_s;
    if (voltage_V < c->low_V) c->low_V = voltage_V;
    if (voltage_V > c->high_V) c->high_V = voltage_V;
    if (c->active_s > LONG_HALF_CYCLE_S && c->active_s > c->long_half_s && c->high_V - c->low_V > 0.5) {
        c->long_half_s = c->active_s;
        c->long_half_V = c->high_V - c->low_V;
    }
}

/* Whether the record number, or without one the wall clock, starts again with this row. */
static bool starts_again(const clock_state *c, const pm_audit_batch *b, int64_t i)
{
    const double *record = b->number[PM_AUDIT_RECORD], *wall = b->number[PM_AUDIT_WALL];
    if (record) return record[i] < (i ? record[i - 1] : c->record);
    return wall && wall[i] < (i ? wall[i - 1] : c->wall) - CLOCK_BACK_S;
}

static pm_status push(void *state, const pm_audit *audit, const pm_audit_batch *b, pm_error *err)
{
    (void)err;
    clock_state *c = state;
    const double *time = b->number[PM_AUDIT_TIME], *current = b->number[PM_AUDIT_CURRENT];
    const double *voltage = b->number[PM_AUDIT_VOLTAGE];
    const double *record = b->number[PM_AUDIT_RECORD], *wall = b->number[PM_AUDIT_WALL];
    if (!time) return PM_OK;
    for (int64_t i = 0; i < b->n; i++) {
        if (!isfinite(time[i])) continue;
        double step_s = time[i] - c->time_s;
        if (!c->started) {
            c->started = true;
            c->first_s = time[i];
        } else if (!c->pending && step_s > 0) { /* as nearly always */
            count_step(c, step_s);
            if (current && voltage) half_cycle(c, step_s, current[i], voltage[i]);
        } else if (!order(c, audit, b->first + i, time[i], time[i] < c->time_s && starts_again(c, b, i))) {
            continue;
        }
        c->time_s = time[i];
    }
    if (record) c->record = record[b->n - 1];
    if (wall) c->wall = wall[b->n - 1];
    return PM_OK;
}

/* ---- what follows ------------------------------------------------------------------------------------------- */

static void say_order(const clock_state *c, pm_audit_out *out)
{
    if (c->joined.count) {
        pm_finding f = pm_audit_finding("tests-joined", "error", PM_AUDIT_TIME, &c->joined);
        f.expected = c->before_restart_s;
        f.observed = c->restart_s;
        pm_audit_say(
            out, f, "split the file before this row",
            "time falls from %.10g s to %.10g s and the record number or wall clock falls with it at row %lld: two "
            "tests stand in one file",
            c->before_restart_s, c->restart_s, (long long)c->joined.first);
    }
    if (c->dips.count) {
        pm_finding f = pm_audit_finding("time-backwards", "error", PM_AUDIT_TIME, &c->dips);
        f.expected = c->before_dip_s;
        f.observed = c->dip_s;
        f.reconcilable = 1;
        pm_audit_say(out, f, "--reconcile puts these rows between their neighbours",
                     "%lld single rows fall back in time, the first from %.10g s to %.10g s, and the next row resumes",
                     (long long)c->dips.count, c->before_dip_s, c->dip_s);
    }
    if (c->restarts.count && !c->joined.count) {
        pm_finding f = pm_audit_finding("time-backwards", "error", PM_AUDIT_TIME, &c->restarts);
        f.expected = c->before_restart_s;
        f.observed = c->restart_s;
        pm_audit_say(out, f, "look for a second test in the file, or a time of the step in place of the test's",
                     "time falls back and goes on from there in %lld places, first from %.10g s to %.10g s",
                     (long long)c->restarts.count, c->before_restart_s, c->restart_s);
    }
    if (!c->equal.count) return;
    pm_finding f = pm_audit_finding("time-equal", "note", PM_AUDIT_TIME, &c->equal);
    pm_audit_say(out, f, NULL, "%lld rows have the time of the row before", (long long)c->equal.count);
}

/* How far a time step is from those people set: 1, 2, 5, 10, 15, 20, 30 s ..., relative. */
static double oddness(double step_s)
{
    static const double even[] = {1, 1.2, 1.5, 1.8, 2, 2.5, 3, 4, 5, 6, 8, 9, 10};
    double decade = pow(10, floor(log10(step_s))), best = INFINITY;
    for (size_t i = 0; i < sizeof even / sizeof *even; i++) best = fmin(best, fabs(step_s / decade / even[i] - 1));
    return best;
}

/* Hours or milliseconds taken for seconds: 3600 unless only 1000 gives a step that people set. NaN: neither fits. */
static double span_factor(double step_s)
{
    bool hours = step_s / 3600 >= 0.01 && step_s / 3600 <= 3600,
         millis = step_s / 1000 >= 0.01 && step_s / 1000 <= 3600;
    if (hours && millis) return oddness(step_s / 1000) < 0.01 && oddness(step_s / 3600) > 0.01 ? 1000 : 3600;
    return hours ? 3600 : millis ? 1000 : NAN;
}

static void say_span(const clock_state *c, const pm_audit *audit, pm_audit_out *out)
{
    double span_s = c->time_s - c->first_s, step_s = median_step(c), factor = span_factor(step_s);
    if ((span_s < 3 * YEAR_S && !(c->long_half_s > 0)) || isnan(factor) || out->time_factor != 0) return;
    pm_audit_rows all = {.count = pm_audit_row_count(audit), .first = 1, .last = pm_audit_row_count(audit)};
    pm_finding f = pm_audit_finding("time-unit", "error", PM_AUDIT_TIME, &all);
    f.observed = step_s;
    f.expected = step_s / factor;
    f.factor = factor;
    f.reconcilable = 1;
    out->time_factor = factor;
    char half[96] = "";
    if (c->long_half_s > 0)
        snprintf(half, sizeof half, ", a half-cycle %.4g h over %.3g V", c->long_half_s / 3600, c->long_half_V);
    pm_audit_say(out, f, "--reconcile divides the times by the factor",
                 "the test would last %.1f years with a row every %.8g s%s; divided by %g it is a row every %.6g s",
                 span_s / YEAR_S, step_s, half, factor, step_s / factor);
}

static void result(const void *state, const pm_audit *audit, pm_audit_out *out)
{
    clock_state c = *(const clock_state *)state;
    if (!c.started) return;
    if (c.pending) settle(&c, false);
    say_order(&c, out);
    if (!c.restarts.count && !c.joined.count) say_span(&c, audit, out);
}

const pm_audit_checker pm_audit_clock = {.state_size = sizeof(clock_state), .push = push, .result = result};
