/* SPDX-License-Identifier: MIT */
#include "short_trace.h"

trace trace_begin(bool current)
{
    trace t = {.random = pm_random_stream(7, "test/short", 0)};
    assert_int_equal(pm_builder_new(0, NULL, &t.rows, NULL), PM_OK);
    pm_builder_add(t.rows, "test_time_second", PM_DOUBLE, "s");
    pm_builder_add(t.rows, "voltage_volt", PM_DOUBLE, "V");
    if (current) pm_builder_add(t.rows, "current_ampere", PM_DOUBLE, "A");
    return t;
}

void trace_add_row(trace *t, double step_s, double voltage_V, double current_A)
{
    pm_error err = {0};
    t->time_s += step_s;
    assert_good(pm_builder_room(t->rows, 1, &err), &err);
    pm_builder_doubles(t->rows, 0)[0] = t->time_s;
    pm_builder_doubles(t->rows, 1)[0] = voltage_V;
    double *current = pm_builder_doubles(t->rows, 2);
    if (current) current[0] = current_A;
    pm_builder_commit(t->rows, 1);
}

void trace_add_half(trace *t, int sign, double middle_V, double current_A)
{
    for (int i = 0; i < 60; i++) {
        double shape = 0.9 + 0.2 * (i + 0.5) / 60, noise = 1e-4 * pm_random_normal(&t->random);
        trace_add_row(t, 60, sign * (middle_V * shape + noise), sign * current_A);
    }
}

void trace_add_cycles(trace *t, int n, double middle_V)
{
    for (int i = 0; i < n; i++) {
        trace_add_half(t, 1, middle_V, 1e-3);
        trace_add_half(t, -1, middle_V, 1e-3);
    }
}

pm_table *trace_finish(trace *t)
{
    pm_error err = {0};
    pm_table *rows;
    assert_good(pm_builder_finish(t->rows, &rows, &err), &err);
    pm_builder_free(t->rows);
    return rows;
}

outcome watch(const pm_table *rows, const pm_short_options *o, int64_t batch)
{
    pm_scoped(pm_shorts) s = NULL;
    pm_error err = {0};
    outcome out;
    assert_good(pm_shorts_new(o, &s, &err), &err);
    for (int64_t i = 0, n = pm_table_rows(rows); i < n; i += batch) {
        pm_scoped(pm_table) part = NULL;
        assert_good(pm_table_slice(rows, i, i + batch < n ? batch : n - i, &part, &err), &err);
        assert_good(pm_shorts_push(s, part, &err), &err);
    }
    assert_good(pm_shorts_result(s, &out.alarms, &out.summary, &err), &err);
    return out;
}

outcome watch_trace(trace *t, pm_kind kind)
{
    pm_scoped(pm_table) rows = trace_finish(t);
    return watch(rows, &(pm_short_options){.cycle = {.kind = kind}}, 1000);
}

int64_t alarms_of(trace *t, pm_kind kind)
{
    outcome out = watch_trace(t, kind);
    int64_t n = pm_table_rows(out.alarms);
    pm_table_free(out.alarms);
    return n;
}
