/* SPDX-License-Identifier: MIT */
/* The instrument's capacity counters: how they reset, whether they restart inside a step, and whether they are the
 * integral of the current.
 *
 * A printed current is rounded, and sampled at the rows only, so I*t and Q agree within bounds, not within a percentage:
 * over a step Q lies between the sums of the smaller and of the larger |I| of each interval times its time, widened by half
 * a printed digit of I over the step, two digits of Q and one tick of the clock. Steps of under 5 rows, or with a gap in
 * their sampling, are left out. */
#include "audit/checker.h"

#include <math.h>
#include <string.h>

enum { COUNTERS = 4, STEP_ROWS = 5, MAX_FACTORS = 6 };
static const double GAP = 20, GAP_S = 120, FALLEN = 0.05, NEGLIGIBLE = 1e-4;
/* The instrument integrates between the rows, where the current ripples: seen up to 1.5e-4. */
static const double RIPPLE = 1e-3;
static const double unit_factors[MAX_FACTORS] = {60, 1000, 3600, 1 / 60., 1e-3, 1 / 3600.};

typedef struct counter {
    bool there, net;
    double last_Ah, largest_Ah, start_Ah; /* start: at the first row of the segment */
    double lost_Ah, step_lost_Ah;         /* by restarts: in all, and in the step under way */
    double end_Ah, true_end_Ah;           /* of the first step with restarts, as it stands and as it should */
    pm_audit_rows restarts;
    int64_t step_falls, cycle_falls;
} counter;

/* Rows of one step and one sign of current, and what the charge in them may be. */
typedef struct segment {
    int64_t rows;
    pm_audit_rows place;
    double seconds, least_As, most_As, middle_As, largest_A, sign;
    bool gap;
} segment;

typedef struct capacity {
    pm_audit_time time;
    bool skipped_step; /* a step began in this row or in one skipped before it */
    double current_A, cycle;
    counter counters[COUNTERS];
    segment segment;
    int last_riser; /* 1 charge, -1 discharge */
    int64_t alternations;
    int64_t checked, failed, votes[MAX_FACTORS];
    pm_audit_rows failures, factor_failures[MAX_FACTORS];
    double failed_middle_Ah, failed_counted_Ah;
} capacity;

static int counter_number(int k)
{
    return PM_AUDIT_CHARGED + k;
}

/* ---- a segment's end ---------------------------------------------------------------------------------------- */

/* The charge that a segment's counters show: charge or discharge counter, whichever moved; else one for both. */
static double counted_Ah(const capacity *c, int *number)
{
    double moved[COUNTERS];
    for (int k = 0; k < COUNTERS; k++)
        moved[k] = c->counters[k].there ? fabs(c->counters[k].last_Ah - c->counters[k].start_Ah) : 0;
    int best = moved[1] > moved[0] ? 1 : 0;
    for (int k = 2; k < COUNTERS && !(moved[best] > 0); k++) best = k;
    *number = counter_number(best);
    return moved[best];
}

static void note_failure(capacity *c, const segment *g, double counted)
{
    double factor = pm_audit_unit_factor(g->middle_As / 3600 / counted, 0.1);
    pm_audit_rows *lists[2] = {&c->failures, NULL};
    for (int k = 0; k < MAX_FACTORS; k++)
        if (factor == unit_factors[k]) {
            c->votes[k]++;
            lists[1] = &c->factor_failures[k];
        }
    for (int k = 0; k < 2 && lists[k]; k++) {
        if (!lists[k]->count) *lists[k] = (pm_audit_rows){.first = g->place.first, .line = g->place.line};
        lists[k]->count += g->rows;
        lists[k]->last = g->place.last;
    }
    c->failed++;
    c->failed_middle_Ah += g->middle_As / 3600;
    c->failed_counted_Ah += counted;
}

static void check_segment(capacity *c, const pm_audit *audit)
{
    const segment *g = &c->segment;
    int number;
    double counted = counted_Ah(c, &number);
    double digit_Ah = pm_audit_digit(audit, number, c->counters[number - PM_AUDIT_CHARGED].last_Ah);
    if (g->rows < STEP_ROWS || g->gap || !(g->largest_A > 0) || !(counted > 4 * digit_Ah)) return;
    double slack_As = pm_audit_digit(audit, PM_AUDIT_CURRENT, g->largest_A) / 2 * g->seconds + 2 * digit_Ah * 3600 +
                      pm_audit_digit(audit, PM_AUDIT_TIME, c->time.time_s) * g->largest_A;
    slack_As += RIPPLE * counted * 3600;
    c->checked++;
    if (counted * 3600 < g->least_As - slack_As || counted * 3600 > g->most_As + slack_As) note_failure(c, g, counted);
}

/* Charging and discharging by turns, as the counters (or one counter and the current) show it. */
static void count_alternation(capacity *c)
{
    const counter *in = &c->counters[0], *out = &c->counters[1], *step = &c->counters[2];
    double charged = fabs(in->last_Ah - in->start_Ah), discharged = fabs(out->last_Ah - out->start_Ah);
    double either = fabs(step->last_Ah - step->start_Ah);
    int riser = 0;
    if (in->there || out->there)
        riser = charged > 0.01 * in->largest_Ah ? 1 : discharged > 0.01 * out->largest_Ah ? -1 : 0;
    else if (either > 0.01 * step->largest_Ah)
        riser = c->segment.sign > 0 ? 1 : -1;
    if (!riser || riser == c->last_riser) return;
    c->last_riser = riser;
    c->alternations++;
}

static void end_segment(capacity *c, const pm_audit *audit)
{
    if (c->segment.rows) {
        check_segment(c, audit);
        count_alternation(c);
    }
    c->segment.rows = 0;
}

/* ---- row by row --------------------------------------------------------------------------------------------- */

static void start_segment(capacity *c, const pm_audit *audit, int64_t row, double current_A)
{
    c->segment = (segment){.rows = 1, .sign = (current_A > 0) - (current_A < 0), .largest_A = fabs(current_A)};
    pm_audit_mark(&c->segment.place, audit, row);
}

static void grow_segment(capacity *c, int64_t row, double step_s, double current_A)
{
    segment *g = &c->segment;
    double now_A = fabs(current_A), before_A = fabs(c->current_A);
    double least_A = now_A < before_A ? now_A : before_A, most_A = now_A < before_A ? before_A : now_A;
    if (g->rows > 1 && step_s > GAP_S && step_s * (double)(g->rows - 1) > GAP * g->seconds) g->gap = true;
    g->rows++;
    g->place.last = row;
    g->seconds += step_s;
    g->least_As += least_A * step_s;
    g->most_As += most_A * step_s;
    g->middle_As += (now_A + before_A) / 2 * step_s;
    if (now_A > g->largest_A) g->largest_A = now_A;
    if (current_A != 0) g->sign = current_A > 0 ? 1 : -1;
}

/* A counter of the batch, and what is kept of it. */
typedef struct column {
    const double *Ah;
    counter *kept;
    int number;
} column;

typedef struct batch {
    const double *time, *current, *cycle;
    column columns[COUNTERS];
    int n_columns;
    bool has_steps;
} batch;

/* Net capacities may fall at any time. */
static bool fell(const pm_audit *audit, const column *x, double now_Ah)
{
    const counter *k = x->kept;
    double before = fabs(k->last_Ah);
    return !k->net && fabs(now_Ah) <= FALLEN * before && before > NEGLIGIBLE * k->largest_Ah &&
           before > 2 * pm_audit_digit(audit, x->number, before);
}

/* With its step's end a counter that restarted has shown what it lost. */
static void end_restarts(counter *n)
{
    if (n->step_lost_Ah > 0 && !(n->true_end_Ah > 0)) {
        n->end_Ah = fabs(n->last_Ah);
        n->true_end_Ah = n->end_Ah + n->step_lost_Ah;
    }
    n->step_lost_Ah = 0;
}

/* A counter that falls to (nearly) nothing: with a new step or cycle it resets, inside a step with current it restarts. */
static void note_fall(capacity *c, counter *k, const pm_audit *audit, const batch *b, int64_t row, int64_t i)
{
    bool new_cycle = b->cycle && b->cycle[i] != c->cycle;
    k->largest_Ah = fmax(k->largest_Ah, fabs(k->last_Ah));
    k->step_falls += !b->has_steps || (c->skipped_step && !new_cycle);
    k->cycle_falls += new_cycle;
    if (b->has_steps && !c->skipped_step && c->current_A * b->current[i] > 0) {
        pm_audit_mark(&k->restarts, audit, row);
        k->lost_Ah += fabs(k->last_Ah);
        k->step_lost_Ah += fabs(k->last_Ah);
    } else {
        end_restarts(k);
    }
}

/* True where any counter fell. */
static bool follow_counters(capacity *c, const pm_audit *audit, const batch *b, int64_t row, int64_t i)
{
    bool any = false;
    for (int k = 0; k < b->n_columns; k++) {
        const column *x = &b->columns[k];
        if (!(fabs(x->Ah[i]) < fabs(x->kept->last_Ah)) || !fell(audit, x, x->Ah[i])) continue;
        note_fall(c, x->kept, audit, b, row, i);
        any = true;
    }
    return any;
}

static void read_counters(const batch *b, int64_t i, bool start)
{
    for (int k = 0; k < b->n_columns; k++) {
        counter *n = b->columns[k].kept;
        double Ah = b->columns[k].Ah[i];
        if (Ah == Ah) n->last_Ah = Ah;
        if (!start) continue;
        n->start_Ah = n->last_Ah;
        n->largest_Ah = fmax(n->largest_Ah, fabs(n->last_Ah));
    }
}

static void push_row(capacity *c, const pm_audit *audit, const batch *b, int64_t row, int64_t i)
{
    double step_s, current_A = b->current[i];
    if (!isfinite(current_A) || !pm_audit_follow_time(&c->time, b->time[i], &step_s)) return;
    bool turned = c->segment.sign * current_A < 0;
    if (follow_counters(c, audit, b, row, i) || c->skipped_step || turned || isnan(step_s)) {
        end_segment(c, audit);
        start_segment(c, audit, row, current_A);
        read_counters(b, i, true);
    } else {
        grow_segment(c, row, step_s, current_A);
        read_counters(b, i, false);
    }
    c->current_A = current_A;
    c->skipped_step = false;
    if (b->cycle) c->cycle = b->cycle[i];
}

/* Most rows go on with the row before: same step, same direction, and no counter falls. */
static bool goes_on(const capacity *c, const batch *b, const bool *new_step, int64_t i)
{
    double step_s = b->time[i] - b->time[i - 1];
    if (new_step[i] || !(step_s >= 0) || !(fabs(b->current[i]) < INFINITY)) return false;
    if (c->segment.sign * b->current[i] < 0) return false;
    for (int k = 0; k < b->n_columns; k++) {
        const double *Ah = b->columns[k].Ah;
        if (!(fabs(Ah[i]) >= fabs(Ah[i - 1]))) return false;
    }
    return true;
}

static void push_rows(capacity *c, const pm_audit *audit, const batch *b, const pm_audit_batch *from)
{
    bool used = false, behind = false; /* the row before was used; its counters are not read yet */
    for (int64_t i = 0; i < from->n; i++) {
        if (used && goes_on(c, b, from->new_step, i)) {
            grow_segment(c, from->first + i, b->time[i] - b->time[i - 1], b->current[i]);
            c->current_A = b->current[i];
            c->time.time_s = b->time[i];
            behind = true;
            continue;
        }
        if (behind) read_counters(b, i - 1, false);
        behind = false;
        c->skipped_step |= from->new_step[i];
        push_row(c, audit, b, from->first + i, i);
        used = !c->skipped_step && !c->time.below && c->time.time_s == b->time[i] && isfinite(b->current[i]);
    }
    if (behind) read_counters(b, from->n - 1, false);
}

static pm_status push(void *state, const pm_audit *audit, const pm_audit_batch *from, pm_error *err)
{
    (void)err;
    capacity *c = state;
    batch b = {.time = from->number[PM_AUDIT_TIME], .current = from->number[PM_AUDIT_CURRENT]};
    b.cycle = from->number[PM_AUDIT_CYCLE];
    b.has_steps = from->has_steps;
    for (int k = 0; k < COUNTERS; k++) {
        int number = counter_number(k);
        if (!from->number[number]) continue;
        c->counters[k].there = true;
        c->counters[k].net = number == PM_AUDIT_NET_CAPACITY;
        b.columns[b.n_columns++] = (column){from->number[number], &c->counters[k], number};
    }
    if (b.n_columns && b.time && b.current) push_rows(c, audit, &b, from);
    return PM_OK;
}

/* ---- what follows ------------------------------------------------------------------------------------------- */

static void say_restarts(const counter *k, int number, pm_audit_out *out)
{
    if (!k->restarts.count) return;
    pm_finding f = pm_audit_finding("capacity-resets-in-step", "error", number, &k->restarts);
    f.observed = k->end_Ah;
    f.expected = k->true_end_Ah;
    f.reconcilable = 1;
    pm_audit_say(
        out, f, "--reconcile adds up what was lost",
        "%s falls to 0 in %lld places inside a step, first at row %lld, and loses %.6g Ah: %.7g Ah in place of "
        "%.7g Ah",
        pm_audit_name(number), (long long)f.count, (long long)f.row_first, k->lost_Ah, f.observed, f.expected);
}

/* In Battery Data Format counters never reset, by definition: nothing to say. */
static bool by_definition(const pm_audit *audit)
{
    return audit->reader && !strcmp(pm_reader_facts(audit->reader)->format.format, "bdf");
}

static void say_accumulates(const capacity *c, const pm_audit *audit, pm_audit_out *out)
{
    if (by_definition(audit)) return;
    const counter *in = &c->counters[0], *one = in->there ? in : &c->counters[2];
    const counter *other = &c->counters[1];
    pm_audit_rows all = {.count = pm_audit_row_count(audit), .first = 1, .last = pm_audit_row_count(audit)};
    pm_finding f =
        pm_audit_finding("capacity-accumulates", "note", in->there ? PM_AUDIT_CHARGED : PM_AUDIT_STEP_CAPACITY, &all);
    f.observed = one->last_Ah;
    if (in->there && other->there)
        pm_audit_say(
            out, f, "capacities are taken as differences",
            "the counters of capacity never reset: %.6g Ah charged and %.6g Ah discharged at the end, after %lld "
            "turns of the current",
            in->last_Ah, other->last_Ah, (long long)c->alternations - 1);
    else
        pm_audit_say(out, f, "capacities are taken as differences",
                     "the counter of capacity never resets: %.6g Ah at the end, after %lld turns of the current",
                     one->last_Ah, (long long)c->alternations - 1);
}

static const char *counter_kind(const capacity *c)
{
    int64_t step = 0, cycle = 0;
    bool there = false;
    for (int k = 0; k < 3; k++) { /* a net capacity says nothing */
        there |= c->counters[k].there;
        step += c->counters[k].step_falls;
        cycle += c->counters[k].cycle_falls;
    }
    if (!there) return "none";
    if (!step && !cycle) return "never";
    return 4 * step >= cycle ? "step" : "cycle";
}

const char *pm_audit_capacity_counter(const void *state)
{
    return counter_kind(state);
}

/* Most steps are off by one unit factor. 60 or 3600 between I*t and Q is the time's, unless the wall clock vouches for it; a
 * current 1000 times too large is milliamperes; the rest may be the fault of either side. */
static void say_factor(const capacity *c, double factor, pm_audit_rows rows, int64_t n_rows, pm_audit_out *out)
{
    if (factor == out->time_factor) return; /* said already */
    bool of_time =
        out->time_factor == 0 && (factor == 60 || factor == 3600 || factor == 1 / 60. || factor == 1 / 3600.);
    bool of_current = factor == 1000;
    const char *code = of_time ? "time-unit" : of_current ? "current-unit" : "capacity-not-integral";
    int number = of_time ? PM_AUDIT_TIME : of_current ? PM_AUDIT_CURRENT : PM_AUDIT_CHARGED;
    if (of_time || of_current)
        rows = (pm_audit_rows){.count = n_rows, .first = 1, .last = n_rows}; /* a column's unit */
    pm_finding f = pm_audit_finding(code, "error", number, &rows);
    f.expected = c->failed_counted_Ah;
    f.observed = c->failed_middle_Ah;
    f.factor = factor;
    f.reconcilable = of_time || of_current;
    pm_audit_say(
        out, f,
        f.reconcilable ? "--reconcile divides by the factor" : "capacity, current or time is in another unit than said",
        "current times time is %.6g Ah where the counters show %.6g Ah, in %lld of %lld steps: a factor of %.6g",
        c->failed_middle_Ah, c->failed_counted_Ah, (long long)c->failed, (long long)c->checked, factor);
}

static void say_integral(const capacity *c, const pm_audit *audit, pm_audit_out *out)
{
    if (!c->failed) return;
    for (int k = 0; k < MAX_FACTORS; k++)
        if (c->votes[k] * 2 > c->checked) {
            say_factor(c, unit_factors[k], c->factor_failures[k], pm_audit_row_count(audit), out);
            return;
        }
    pm_finding f = pm_audit_finding("capacity-not-integral", "note", -1, &c->failures);
    f.expected = c->failed_middle_Ah;
    f.observed = c->failed_counted_Ah;
    pm_audit_say(
        out, f, "--integrate computes charges from the current instead of the counters",
        "the counters show %.6g Ah where current times time is %.6g Ah, beyond rounding, in %lld of %lld steps",
        c->failed_counted_Ah, c->failed_middle_Ah, (long long)c->failed, (long long)c->checked);
}

static void result(const void *state, const pm_audit *audit, pm_audit_out *out)
{
    capacity c = *(const capacity *)state;
    end_segment(&c, audit);
    for (int k = 0; k < COUNTERS; k++) end_restarts(&c.counters[k]);
    for (int k = 0; k < COUNTERS; k++) say_restarts(&c.counters[k], counter_number(k), out);
    if (!strcmp(counter_kind(&c), "never") && c.alternations >= 4) say_accumulates(&c, audit, out);
    say_integral(&c, audit, out);
}

const pm_audit_checker pm_audit_capacity = {.state_size = sizeof(capacity), .push = push, .result = result};
