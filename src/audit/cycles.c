/* SPDX-License-Identifier: MIT */
/* The file's cycle count: whole numbers, and not one number for many cycles. (Where it differs from the count that follows
 * the current the cycler says so.) Currents of either sign near zero are no half-cycles: what carries under a fiftieth of
 * the largest half-cycle's charge is left out. */
#include "audit/checker.h"

#include <math.h>
#include <stdlib.h>

enum { COMPACT_FROM = 4096 };
static const double SMALL = 0.02;

typedef struct list {
    double *charge_As;
    int64_t n, room, compact_at;
} list;

typedef struct cycles {
    pm_audit_time time;
    bool started, constant, last_odd;
    double last_count;
    pm_audit_rows odd; /* not whole */
    double first_odd;
    list halves; /* signed charges, by turns of the current */
} cycles;

static double largest(const list *l)
{
    double most = 0;
    for (int64_t i = 0; i < l->n; i++) most = fmax(most, fabs(l->charge_As[i]));
    return most;
}

/* Drops what is small and joins neighbours of one sign; returns how many stay. */
static int64_t compact(double *charge, int64_t n, double least)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++) {
        if (fabs(charge[i]) < least) continue;
        if (kept && charge[kept - 1] * charge[i] > 0)
            charge[kept - 1] += charge[i];
        else
            charge[kept++] = charge[i];
    }
    return kept;
}

static pm_status append(list *l, double charge_As, pm_error *err)
{
    pm_status s;
    if ((s = pm_grow(&l->charge_As, &l->room, l->n + 1, sizeof(double), err))) return s;
    l->charge_As[l->n++] = charge_As;
    return PM_OK;
}

/* Noise around zero must not grow the list: once in a while the least of it is dropped, far below what counts. */
static pm_status next_half(list *l, pm_error *err)
{
    if (l->n >= COMPACT_FROM && l->n >= l->compact_at) {
        l->n = compact(l->charge_As, l->n, SMALL / 10 * largest(l));
        l->compact_at = 2 * l->n;
    }
    return append(l, 0, err);
}

static pm_status follow_current(cycles *c, double step_s, double current_A, pm_error *err)
{
    double charge_As = current_A * step_s;
    list *h = &c->halves;
    pm_status s;
    if (charge_As == 0) return PM_OK;
    bool turned = !h->n || h->charge_As[h->n - 1] * charge_As < 0;
    if (turned && (s = next_half(h, err))) return s;
    h->charge_As[h->n - 1] += charge_As;
    return PM_OK;
}

static void follow_count(cycles *c, const pm_audit *audit, int64_t row, double count)
{
    bool same = c->started && count == c->last_count;
    if (isnan(count) || (same && !c->last_odd)) return;
    c->last_odd = count != rint(count);
    if (c->last_odd) {
        if (!c->odd.count) c->first_odd = count;
        pm_audit_mark(&c->odd, audit, row);
    }
    if (same) return;
    c->constant = !c->started;
    c->started = true;
    c->last_count = count;
}

static pm_status push(void *state, const pm_audit *audit, const pm_audit_batch *b, pm_error *err)
{
    cycles *c = state;
    const double *time = b->number[PM_AUDIT_TIME], *current = b->number[PM_AUDIT_CURRENT];
    const double *count = b->number[PM_AUDIT_CYCLE];
    pm_status s;
    for (int64_t i = 0; count && i < b->n; i++) {
        follow_count(c, audit, b->first + i, count[i]);
        double step_s;
        if (!time || !current || !isfinite(current[i]) || !pm_audit_follow_time(&c->time, time[i], &step_s)) continue;
        if (step_s > 0 && (s = follow_current(c, step_s, current[i], err))) return s;
    }
    return PM_OK;
}

static void release(void *state)
{
    cycles *c = state;
    free(c->halves.charge_As);
}

/* ---- what follows ------------------------------------------------------------------------------------------- */

static int64_t count_halves(const list *l)
{
    double least = SMALL * largest(l), before = 0;
    int64_t n = 0;
    for (int64_t i = 0; i < l->n; i++) {
        if (fabs(l->charge_As[i]) < least) continue;
        n += before * l->charge_As[i] <= 0;
        before = l->charge_As[i];
    }
    return n;
}

static void say_odd(const cycles *c, pm_audit_out *out)
{
    pm_finding f = pm_audit_finding("cycle-count-not-integer", "error", PM_AUDIT_CYCLE, &c->odd);
    f.expected = rint(c->first_odd);
    f.observed = c->first_odd;
    f.reconcilable = 1;
    pm_audit_say(out, f, "--reconcile counts cycles from the current",
                 "the cycle count is %.17g in %lld rows, no whole number", c->first_odd, (long long)f.count);
}

static void say_constant(const cycles *c, const pm_audit *audit, int64_t halves, pm_audit_out *out)
{
    pm_audit_rows all = {.count = pm_audit_row_count(audit), .first = 1, .last = pm_audit_row_count(audit)};
    pm_finding f = pm_audit_finding("cycle-count-constant", "warning", PM_AUDIT_CYCLE, &all);
    f.expected = (double)((halves + 1) / 2);
    f.observed = c->last_count;
    f.reconcilable = 1;
    pm_audit_say(out, f, "--reconcile counts cycles from the current",
                 "the cycle count is %g in all rows while the current makes %lld half-cycles", c->last_count,
                 (long long)halves);
}

static void result(const void *state, const pm_audit *audit, pm_audit_out *out)
{
    const cycles *c = state;
    int64_t halves = count_halves(&c->halves);
    if (c->odd.count)
        say_odd(c, out);
    else if (c->constant && halves >= 4)
        say_constant(c, audit, halves, out);
}

const pm_audit_checker pm_audit_cycles = {
    .state_size = sizeof(cycles), .push = push, .result = result, .release = release};
