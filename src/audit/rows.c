/* SPDX-License-Identifier: MIT */
/* Rows that stand twice, and rows that are not there: a gap in the record number or the cycle count with a gap in time; or,
 * without record numbers, an interval of time inside a step with current that is far longer than all others of the step. */
#include "audit/checker.h"

#include <math.h>
#include <string.h>

enum { RECENT = 4 };
static const double HOLE = 20, HOLE_CHARGE = 0.05;

/* Where a row stands. */
typedef struct place {
    double time_s, record, cycle;
} place;

/* Rows of one step and one sign of current. A hole has at least RECENT intervals before and after it: an instrument that
 * writes rows as values change may write few of them, but then not many close together on both sides. */
typedef struct stretch {
    int64_t steps, since_hole;
    double usual_s, charge_As; /* usual: the longest interval that is no hole */
    double hole_s, shortest_hole_s, holes_As;
    pm_audit_rows holes;
} stretch;

typedef struct rows_state {
    stretch stretch;
    double current_A;
    pm_audit_rows holes;
    double first_hole_s, hole_usual_s;
    bool started;
    place before;
    uint64_t print;          /* of the last row of the batch before */
    double recent_s[RECENT]; /* the last steps of time */
    int64_t steps;
    pm_audit_rows duplicated, gaps;
    int64_t missing, records_back;
    double first_gap, first_gap_s, usual_s;
    bool by_cycle;
} rows_state;

static uint64_t mix(uint64_t print, const void *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) print = (print ^ ((const unsigned char *)bytes)[i]) * 1099511628211u; /* FNV-1a */
    return print;
}

/* Of all columns of a row, words by their letters: batches have dictionaries of their own. */
static uint64_t print_of(const pm_table *table, int64_t row)
{
    uint64_t print = 14695981039346656037u;
    for (int c = 0, n = pm_table_columns(table); c < n; c++) {
        const pm_column *column = pm_table_column(table, c);
        const char *word = pm_column_word(column, row);
        if (column->number) print = mix(print, &column->number[row], sizeof(double));
        if (column->integer) print = mix(print, &column->integer[row], sizeof(int64_t));
        if (word) print = mix(print, word, strlen(word) + 1);
    }
    return print;
}

static double longest_recent(const rows_state *s)
{
    double longest = 0;
    for (int i = 0; i < RECENT; i++) longest = fmax(longest, s->recent_s[i]);
    return longest;
}

/* Record numbers that leave out rows, or cycles that are left out, while time runs on accordingly. */
static void look_for_gap(rows_state *s, const pm_audit *audit, int64_t row, double step_s, double records,
                         double cycles)
{
    double usual_s = longest_recent(s);
    bool by_record = records >= 2 && records == rint(records);
    bool by_cycle = isnan(records) && cycles >= 2 && cycles == rint(cycles);
    if (s->steps < RECENT || (!by_record && !by_cycle)) return;
    if (step_s < 0.75 * fmin(by_cycle ? 3 : records, 3) * usual_s || !(usual_s > 0)) return;
    if (!s->gaps.count) {
        s->first_gap = by_cycle ? cycles : records;
        s->first_gap_s = step_s;
        s->usual_s = usual_s;
        s->by_cycle = by_cycle;
    }
    if (by_record) s->missing += (int64_t)fmin(records, 1e15) - 1;
    pm_audit_mark(&s->gaps, audit, row);
}

static void end_stretch(rows_state *s)
{
    const stretch *t = &s->stretch;
    bool hole = t->holes.count && t->since_hole >= RECENT && t->shortest_hole_s >= HOLE * t->usual_s &&
                t->holes_As > HOLE_CHARGE * t->charge_As;
    if (hole) {
        if (!s->holes.count) {
            s->first_hole_s = t->hole_s;
            s->hole_usual_s = t->usual_s;
            s->holes = t->holes;
        } else {
            s->holes.count += t->holes.count;
            s->holes.last = t->holes.last;
        }
    }
    s->stretch = (stretch){0};
}

static void follow_stretch(rows_state *s, const pm_audit *audit, int64_t row, double step_s, double charge_As)
{
    stretch *t = &s->stretch;
    t->charge_As += charge_As;
    if (t->steps >= RECENT && step_s >= HOLE * t->usual_s) {
        if (!t->holes.count) t->hole_s = t->shortest_hole_s = step_s;
        t->shortest_hole_s = fmin(t->shortest_hole_s, step_s);
        t->holes_As += charge_As;
        t->since_hole = 0;
        pm_audit_mark(&t->holes, audit, row);
        return;
    }
    t->usual_s = step_s > t->usual_s ? step_s : t->usual_s;
    t->steps++;
    t->since_hole++;
}

static void look_for_holes(rows_state *s, const pm_audit *audit, const pm_audit_batch *b)
{
    const double *time = b->number[PM_AUDIT_TIME], *current = b->number[PM_AUDIT_CURRENT];
    double before_s = s->before.time_s, before_A = s->current_A;
    for (int64_t i = 0; i < b->n; i++) {
        double step_s = time[i] - before_s;
        bool within = current[i] * before_A > 0 && !b->new_step[i] && step_s >= 0;
        if (within && step_s > 0)
            follow_stretch(s, audit, b->first + i, step_s, fabs(current[i] + before_A) / 2 * step_s);
        else if (!within && s->stretch.steps)
            end_stretch(s);
        before_s = time[i];
        before_A = current[i];
    }
    s->current_A = before_A;
}

static pm_status push(void *state, const pm_audit *audit, const pm_audit_batch *b, pm_error *err)
{
    (void)err;
    rows_state *s = state;
    const double *time = b->number[PM_AUDIT_TIME], *record = b->number[PM_AUDIT_RECORD];
    const double *cycle = b->number[PM_AUDIT_CYCLE];
    if (!time) return PM_OK;
    if (b->number[PM_AUDIT_CURRENT] && !record) look_for_holes(s, audit, b);
    place before = s->before;
    for (int64_t i = 0; i < b->n; i++) {
        place now = {time[i], record ? record[i] : NAN, cycle ? cycle[i] : 0};
        double step_s = now.time_s - before.time_s, records = now.record - before.record;
        if (!s->started) {
            s->started = true;
        } else if (step_s > 0) {
            double cycles = now.cycle - before.cycle;
            if (records > 1 || cycles > 1) look_for_gap(s, audit, b->first + i, step_s, records, cycles);
            s->recent_s[s->steps++ % RECENT] = step_s;
            s->records_back += records < 0;
        } else if (step_s == 0) {
            uint64_t print = i ? print_of(b->table, i - 1) : s->print;
            if (print_of(b->table, i) == print) pm_audit_mark(&s->duplicated, audit, b->first + i);
        }
        before = now;
    }
    s->before = before;
    s->print = print_of(b->table, b->n - 1);
    return PM_OK;
}

static void say_gaps(const rows_state *s, pm_audit_out *out)
{
    if (!s->gaps.count || (s->records_back && !s->by_cycle)) return; /* what falls is no record number */
    pm_finding f =
        pm_audit_finding("rows-missing", "warning", s->by_cycle ? PM_AUDIT_CYCLE : PM_AUDIT_RECORD, &s->gaps);
    f.expected = 1;
    f.observed = s->first_gap;
    if (!s->by_cycle) f.count = s->missing;
    pm_audit_say(
        out, f, "look for the rows in the instrument's own file",
        "before row %lld the %s moves by %g and the time by %.6g s, where steps of %.6g s are usual; %lld such gaps",
        (long long)s->gaps.first, s->by_cycle ? "cycle count" : "record number", s->first_gap, s->first_gap_s,
        s->usual_s, (long long)s->gaps.count);
}

static void say_holes(const rows_state *s, pm_audit_out *out)
{
    if (!s->holes.count) return;
    pm_finding f = pm_audit_finding("rows-missing", "warning", PM_AUDIT_TIME, &s->holes);
    f.expected = s->hole_usual_s;
    f.observed = s->first_hole_s;
    pm_audit_say(out, f, "look for the rows in the instrument's own file; charges across the gap are guessed",
                 "before row %lld the time moves by %.6g s inside a step with current, where no other interval of the "
                 "step is longer than %.6g s; %lld such %s",
                 (long long)f.row_first, s->first_hole_s, s->hole_usual_s, (long long)f.count,
                 f.count == 1 ? "gap" : "gaps");
}

static void result(const void *state, const pm_audit *audit, pm_audit_out *out)
{
    (void)audit;
    const rows_state *s = state;
    say_gaps(s, out);
    rows_state ended = *s;
    end_stretch(&ended);
    say_holes(&ended, out);
    if (!s->duplicated.count) return;
    pm_finding f = pm_audit_finding("rows-duplicated", "note", -1, &s->duplicated);
    pm_audit_say(out, f, NULL, "%lld rows repeat the row before in every column", (long long)s->duplicated.count);
}

const pm_audit_checker pm_audit_rows_checker = {.state_size = sizeof(rows_state), .push = push, .result = result};
