/* SPDX-License-Identifier: MIT */
/** @file
 * Made-up records for the tests of this room: what is asked of the cell, step by step.
 */
#ifndef PM_TESTS_CYCLE_TRACE_H
#define PM_TESTS_CYCLE_TRACE_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cycle/cycle.h"
#include "support.h"

typedef struct trace {
    int64_t n, capacity[5];
    double *time_s, *voltage_V, *current_A, *cycle, *step;
    double now_s, noise; /* noise: standard deviation of the current, as a part of it */
    pm_random random;
    bool no_current, no_counts; /* columns to leave out */
    const char *step_name;      /* NULL = "step_id" */
} trace;

static inline trace trace_new(void)
{
    return (trace){.random = pm_random_stream(7, "tests/cycle", 0)};
}

static inline void trace_end(trace *t)
{
    free(t->time_s);
    free(t->voltage_V);
    free(t->current_A);
    free(t->cycle);
    free(t->step);
}

static inline void trace_row(trace *t, double time_s, double current_A, double voltage_V, double cycle, double step)
{
    double **columns[] = {&t->time_s, &t->voltage_V, &t->current_A, &t->cycle, &t->step};
    double values[] = {time_s, voltage_V, current_A * (1 + t->noise * pm_random_normal(&t->random)), cycle, step};
    for (int k = 0; k < 5; k++) {
        assert_int_equal(pm_grow(columns[k], &t->capacity[k], t->n + 1, sizeof(double), NULL), PM_OK);
        (*columns[k])[t->n] = values[k];
    }
    t->n++;
    t->now_s = time_s;
}

/** A step of constant current, in `rows` intervals of uneven length that the first row opens at the time of the row
 *  before, the voltage going evenly with charge from one value to the other. */
static inline void trace_step(trace *t, double current_A, double hours, double from_V, double to_V, int rows)
{
    double cycle = t->n ? t->cycle[t->n - 1] : 1, step = t->n ? t->step[t->n - 1] + 1 : 1, start_s = t->now_s;
    for (int k = 0; k <= rows; k++) {
        double part = k == 0 || k == rows ? (double)k / rows : (k + 0.4 * sin(1.7 * k)) / rows;
        trace_row(t, start_s + part * hours * 3600, current_A, from_V + part * (to_V - from_V), cycle, step);
    }
}

static inline void trace_next_cycle(trace *t)
{
    t->cycle[t->n - 1]++;
}

static inline pm_status trace_try_table(const trace *t, pm_table **out, pm_error *err)
{
    const char *names[] = {"test_time_second", "voltage_volt", "current_ampere", "cycle_count",
                           t->step_name ? t->step_name : "step_id"};
    bool in_seconds = t->step_name && strstr(t->step_name, "second");
    const char *units[] = {"s", "V", "A", "1", in_seconds ? "s" : "1"};
    const double *values[] = {t->time_s, t->voltage_V, t->current_A, t->cycle, t->step};
    pm_scoped(pm_builder) b = NULL;
    pm_status s;
    int column[5];
    if ((s = pm_builder_new(0, NULL, &b, err))) return s;
    for (int k = 0; k < 5; k++) {
        bool absent = (k == 2 && t->no_current) || (k > 2 && t->no_counts);
        column[k] = absent ? -1 : pm_builder_add(b, names[k], PM_DOUBLE, units[k]);
    }
    if ((s = pm_builder_room(b, t->n, err))) return s;
    for (int k = 0; k < 5; k++) {
        double *to = column[k] < 0 ? NULL : pm_builder_doubles(b, column[k]);
        for (int64_t i = 0; to && i < t->n; i++) to[i] = values[k][i];
    }
    pm_builder_commit(b, t->n);
    return pm_builder_finish(b, out, err);
}

static inline pm_table *trace_table(const trace *t)
{
    pm_table *table = NULL;
    pm_error err = {0};
    assert_good(trace_try_table(t, &table, &err), &err);
    return table;
}

/** All three results of a trace. */
typedef struct result {
    pm_table *half_cycles, *cycles;
    pm_cycle_summary summary;
} result;

static inline void result_end(result *r)
{
    pm_table_free(r->half_cycles);
    pm_table_free(r->cycles);
}
#define scoped_trace __attribute__((__cleanup__(trace_end))) trace
#define scoped_result __attribute__((__cleanup__(result_end))) result

/** `batch` rows at a time; 0 = all at once. */
static inline pm_status try_result(const pm_table *records, pm_cycle_options options, int64_t batch, result *out,
                                   pm_error *err)
{
    pm_scoped(pm_cycler) cycler = NULL;
    pm_status s;
    if ((s = pm_cycler_new(&options, &cycler, err))) return s;
    int64_t n = pm_table_rows(records), size = batch ? batch : n;
    for (int64_t i = 0; i < n; i += size) {
        pm_scoped(pm_table) part = NULL;
        if ((s = pm_table_slice(records, i, i + size < n ? size : n - i, &part, err))) return s;
        if ((s = pm_cycler_push(cycler, part, err))) return s;
    }
    if ((s = pm_cycler_half_cycles(cycler, &out->half_cycles, err))) return s;
    if ((s = pm_cycler_cycles(cycler, &out->cycles, err))) return s;
    return pm_cycler_summary(cycler, &out->summary, err);
}

static inline result result_of(const trace *t, pm_cycle_options options)
{
    pm_scoped(pm_table) records = trace_table(t);
    result r = {0};
    pm_error err = {0};
    assert_good(try_result(records, options, 0, &r, &err), &err);
    return r;
}

#endif
