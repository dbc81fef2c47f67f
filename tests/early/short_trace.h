/* SPDX-License-Identifier: MIT */
/** @file
 * Traces that are made up row by row, and the watch for shorts over them.
 */
#ifndef PM_TESTS_SHORT_TRACE_H
#define PM_TESTS_SHORT_TRACE_H

#include "early/early.h"
#include "support.h"

/** Rows of time, voltage and current, all at once. */
typedef struct trace {
    pm_builder *rows;
    double time_s;
    pm_random random;
} trace;

/** To be given to trace_finish, watch_trace or alarms_of, with or without a column of current. */
trace trace_begin(bool current);
void trace_add_row(trace *t, double step_s, double voltage_V, double current_A);
/** An hour of 60 rows: |V| rises by a fifth (arcing) about its middle value. */
void trace_add_half(trace *t, int sign, double middle_V, double current_A);
/** Cycles of an hour each way with 1 mA. */
void trace_add_cycles(trace *t, int n, double middle_V);
/** The rows, to be freed; the trace is gone. */
pm_table *trace_finish(trace *t);

/** The alarms are to be freed. */
typedef struct outcome {
    pm_table *alarms;
    pm_short_summary summary;
} outcome;

/** Watches the rows, so many at a time. */
outcome watch(const pm_table *rows, const pm_short_options *o, int64_t batch);
/** Finishes and watches the trace. */
outcome watch_trace(trace *t, pm_kind kind);
/** The number of alarms alone. */
int64_t alarms_of(trace *t, pm_kind kind);

#endif
