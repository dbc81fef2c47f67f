/* SPDX-License-Identifier: MIT */
/* The wall clock against the test time. Wall clocks are coarse (1 s, a minute, 864 s), jump when a test is paused, and
 * change with daylight saving; so the ratio of the two is taken over windows of at least 20 clock ticks, jumps are set
 * aside, and only a ratio next to a unit factor counts. */
#include "audit/checker.h"

#include <math.h>
#include <string.h>
#include <time.h>

enum { MAX_RUNS = 16, MIN_RUN_ROWS = 5, WINDOW_ROWS = 8 };
static const double TICKS = 20, LOOSE_TICKS = 5, TIGHT = 0.06, LOOSE = 0.2, JUMP_S = 60;
static const double YEAR_1990_S = 631152000, YEAR_2100_S = 4102444800;

/* Rows whose test time runs at one false factor. */
typedef struct run {
    pm_audit_rows rows; /* count is filled in at the end */
    double factor, test_s, wall_s;
    bool closed, sure; /* sure: a whole window is among it */
} run;

typedef struct wall {
    pm_audit_time time;
    double clock, first_clock;              /* clock: of the last row used */
    double declared_s, tick_s, time_tick_s; /* declared: the tick as the file shows it, 0 where it does not */
    double test_s, wall_s;                  /* of the window being filled */
    int64_t window_rows;
    pm_audit_rows window;
    double total_test_s, total_wall_s;
    int64_t windows, true_windows, false_windows;
    bool skipped_step; /* a step began in this row or in one skipped before it */
    run runs[MAX_RUNS];
    int n_runs;
    pm_audit_rows jumps, savings;
    double first_jump_s, first_saving_s, longest_jump_s;
} wall;

/* The clock's tick where its text or digits show it, else 0. */
static double declared_tick(const pm_audit *audit)
{
    const pm_source_column *source = pm_audit_source(audit, PM_AUDIT_WALL);
    double digit_s = pm_audit_resolution(audit, PM_AUDIT_WALL);
    if (digit_s > 0) return fmax(digit_s, 1);
    if (!source || !source->clock || !strchr(source->clock, '%')) return 0;
    return strstr(source->clock, "%S") ? 1 : 60;
}

/* Else the least step of the clock so far is as good; while it has not moved nothing can be said. */
static void learn_tick(wall *w, double wall_s)
{
    double step_s = fmax(fabs(wall_s), 1);
    if (w->declared_s > 0)
        w->tick_s = w->declared_s;
    else if (wall_s != 0 && (!(w->tick_s > 0) || step_s < w->tick_s))
        w->tick_s = step_s;
}

/* Clocks are set forward or back an hour in the small hours of spring and autumn months. */
static bool daylight_saving(double clock, double jump_s, double tick)
{
    if (fabs(fabs(jump_s) - 3600) > fmax(5, 2 * tick) || !(fabs(clock) < 1e11)) return false;
    time_t when = (time_t)clock;
    struct tm at;
    if (!gmtime_r(&when, &at)) return false;
    return at.tm_hour < 5 && ((at.tm_mon >= 2 && at.tm_mon <= 3) || (at.tm_mon >= 8 && at.tm_mon <= 10));
}

static void note_jump(wall *w, const pm_audit *audit, int64_t row, double clock, double jump_s)
{
    bool saving = daylight_saving(clock, jump_s, w->tick_s);
    pm_audit_rows *rows = saving ? &w->savings : &w->jumps;
    if (!rows->count) *(saving ? &w->first_saving_s : &w->first_jump_s) = jump_s;
    if (!saving && fabs(jump_s) > fabs(w->longest_jump_s)) w->longest_jump_s = jump_s;
    pm_audit_mark(rows, audit, row);
}

static run *open_run(wall *w)
{
    return w->n_runs && !w->runs[w->n_runs - 1].closed ? &w->runs[w->n_runs - 1] : NULL;
}

/* Runs of a few rows are chance: a pause that happens to have the length of a unit. */
static void close_run(wall *w)
{
    run *r = open_run(w);
    if (!r) return;
    r->closed = true;
    if (!r->sure || r->rows.last - r->rows.first + 1 < MIN_RUN_ROWS) w->n_runs--;
}

static void extend_run(wall *w, double factor, bool whole)
{
    run *r = open_run(w);
    if (r && r->factor != factor) {
        close_run(w);
        r = NULL;
    }
    if (!r && w->n_runs < MAX_RUNS) {
        r = &w->runs[w->n_runs++];
        *r = (run){.rows = w->window, .factor = factor};
    }
    if (!r) return;
    r->rows.last = w->window.last;
    r->sure |= whole;
    r->test_s += w->test_s;
    r->wall_s += w->wall_s;
}

/* A window begins with the row at which the last one ended: it holds the intervals after it. */
static void start_window(wall *w, const pm_audit *audit, int64_t row)
{
    w->test_s = w->wall_s = 0;
    w->window_rows = w->window.count = 0;
    pm_audit_mark(&w->window, audit, row);
}

/* Only a whole window decides; shorter ones before and after it may belong to its run. */
static void judge_window(wall *w, bool whole)
{
    double factor = pm_audit_unit_factor(w->test_s / w->wall_s, whole ? TIGHT : LOOSE);
    w->total_test_s += w->test_s;
    w->total_wall_s += w->wall_s;
    if (whole) {
        w->windows++;
        w->true_windows += factor == 1;
        w->false_windows += !isnan(factor) && factor != 1;
    }
    if (isnan(factor) || factor == 1)
        close_run(w);
    else
        extend_run(w, factor, whole);
}

static bool full(const wall *w)
{
    return w->tick_s > 0 && w->wall_s >= TICKS * w->tick_s && w->test_s >= TICKS * w->time_tick_s;
}

/* Before its time, where the clocks part or a step ends; too short a window is left out. */
static bool cut_window(wall *w)
{
    bool worth = w->tick_s > 0 && w->wall_s >= LOOSE_TICKS * w->tick_s && w->test_s > 0;
    if (worth) judge_window(w, full(w));
    return worth;
}

static void follow(wall *w, const pm_audit *audit, int64_t row, double test_s, double wall_s, bool new_step)
{
    double jump_s = wall_s - test_s;
    learn_tick(w, wall_s);
    bool apart = w->tick_s > 0 && fabs(jump_s) > fmax(JUMP_S, TICKS * w->tick_s);
    if (apart && isnan(pm_audit_unit_factor(test_s / wall_s, TIGHT))) {
        cut_window(w);
        close_run(w);
        note_jump(w, audit, row, w->clock + wall_s, jump_s);
        start_window(w, audit, row);
        return;
    }
    w->window.last = row;
    w->test_s += test_s;
    w->wall_s += wall_s;
    bool enough = ++w->window_rows >= WINDOW_ROWS && full(w);
    if (enough) judge_window(w, true);
    if (enough || (new_step && cut_window(w))) start_window(w, audit, row);
}

static pm_status push(void *state, const pm_audit *audit, const pm_audit_batch *b, pm_error *err)
{
    (void)err;
    wall *w = state;
    const double *time = b->number[PM_AUDIT_TIME], *clock = b->number[PM_AUDIT_WALL];
    w->declared_s = declared_tick(audit);
    w->time_tick_s = pm_audit_resolution(audit, PM_AUDIT_TIME);
    for (int64_t i = 0; time && clock && i < b->n; i++) {
        double step_s;
        bool first = !w->time.started;
        w->skipped_step |= b->new_step[i];
        if (!isfinite(clock[i]) || !pm_audit_follow_time(&w->time, time[i], &step_s)) continue;
        if (first) w->first_clock = clock[i];
        if (isnan(step_s))
            start_window(w, audit, b->first + i);
        else
            follow(w, audit, b->first + i, step_s, clock[i] - w->clock, w->skipped_step);
        w->clock = clock[i];
        w->skipped_step = false;
    }
    return PM_OK;
}

/* ---- what follows ------------------------------------------------------------------------------------------- */

/* The factor by which a wall clock outside 1990 to 2100 is too large; 1 where it is inside or cannot be helped. */
static double clock_factor(double clock)
{
    static const double factors[] = {1, 1e3, 1e6, 1e9};
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        if (clock / factors[i] > YEAR_1990_S && clock / factors[i] < YEAR_2100_S) return factors[i];
    return 1;
}

static void say_clock_unit(const pm_audit *audit, double factor, double clock, pm_audit_out *out)
{
    pm_audit_rows all = {.count = pm_audit_row_count(audit), .first = 1, .last = pm_audit_row_count(audit)};
    pm_finding f = pm_audit_finding("wall-clock-unit", "warning", PM_AUDIT_WALL, &all);
    f.observed = clock;
    f.expected = clock / factor;
    f.factor = factor;
    pm_audit_say(out, f, "the wall clock is used for checks only",
                 "the wall clock starts at %.6g s, which is no date of this age; divided by %g it is one", clock,
                 factor);
}

static void say_time_unit(const run *r, int64_t count, pm_audit_out *out)
{
    pm_audit_rows rows = r->rows;
    rows.count = count;
    pm_finding f = pm_audit_finding("time-unit", "error", PM_AUDIT_TIME, &rows);
    f.expected = r->wall_s;
    f.observed = r->test_s;
    f.factor = r->factor;
    f.reconcilable = 1;
    pm_audit_say(out, f, "--reconcile divides these times by the factor",
                 "rows %lld to %lld last %.10g s by the test time and %.10g s by the wall clock: a factor of %.6g",
                 (long long)rows.first, (long long)rows.last, r->test_s, r->wall_s, r->factor);
}

/* One factor in nine of ten windows is the whole file's, whatever happened in the others. */
static void say_time_units(const wall *w, const pm_audit *audit, pm_audit_out *out)
{
    int64_t n = pm_audit_row_count(audit);
    bool whole = w->n_runs && w->false_windows * 10 >= w->windows * 9;
    for (int i = 1; i < w->n_runs; i++) whole = whole && w->runs[i].factor == w->runs[0].factor;
    if (whole) {
        run all = {.rows = {.first = 1, .last = n, .line = w->runs[0].rows.line}, .factor = w->runs[0].factor};
        all.wall_s = w->total_wall_s;
        all.test_s = w->total_test_s;
        say_time_unit(&all, n, out);
        return;
    }
    for (int i = 0; i < w->n_runs; i++) {
        const pm_audit_rows *rows = &w->runs[i].rows;
        int64_t count = rows->last - rows->first + 1;
        if (count >= MIN_RUN_ROWS) say_time_unit(&w->runs[i], count, out);
    }
}

static void say_jumps(const wall *w, pm_audit_out *out)
{
    if (w->savings.count) {
        pm_finding f = pm_audit_finding("daylight-saving", "note", PM_AUDIT_WALL, &w->savings);
        f.expected = 0;
        f.observed = w->first_saving_s;
        pm_audit_say(out, f, NULL,
                     "the wall clock is set by %+.7g s against the test time at row %lld: daylight saving",
                     w->first_saving_s, (long long)w->savings.first);
    }
    if (!w->jumps.count) return;
    pm_finding f = pm_audit_finding("wall-clock-jump", "note", PM_AUDIT_WALL, &w->jumps);
    f.expected = 0;
    f.observed = w->first_jump_s;
    pm_audit_say(
        out, f, "the test time is used, not the wall clock",
        "the wall clock moves against the test time in %lld places, first by %+.7g s after row %lld, at most by "
        "%+.7g s",
        (long long)w->jumps.count, w->first_jump_s, (long long)w->jumps.first - 1, w->longest_jump_s);
}

static void say_confirmed(const wall *w, const pm_audit *audit, pm_audit_out *out)
{
    const pm_source_column *source = pm_audit_source(audit, PM_AUDIT_TIME);
    if (!source || !source->unit_assumed) return;
    pm_finding f = pm_audit_finding("unit-assumed", "note", PM_AUDIT_TIME, NULL);
    f.expected = 1;
    f.observed = w->total_test_s / w->total_wall_s;
    pm_audit_say(out, f, NULL,
                 "the file gives '%.64s' no unit; as it is read it runs %.6f s per second of the wall clock",
                 source->source_name, f.observed);
}

static void result(const void *state, const pm_audit *audit, pm_audit_out *out)
{
    wall w = *(const wall *)state;
    if (!w.time.started) return;
    cut_window(&w); /* as if the file ended here; the fold keeps its own */
    close_run(&w);
    say_jumps(&w, out);
    double factor = clock_factor(w.first_clock);
    bool agree = w.true_windows > 0 && w.true_windows * 10 >= w.windows * 9;
    if (factor != 1) {
        say_clock_unit(audit, factor, w.first_clock, out);
        return;
    }
    if (agree) say_confirmed(&w, audit, out);
    say_time_units(&w, audit, out);
    out->time_factor = w.n_runs ? w.runs[0].factor : agree;
}

const pm_audit_checker pm_audit_wall = {.state_size = sizeof(wall), .push = push, .result = result};
