/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: the audit is a table of small checkers. Each has its own state and sees the same batches; one subject, one
 * file. Rows are data rows from 1.
 */
#ifndef PM_AUDIT_CHECKER_H
#define PM_AUDIT_CHECKER_H

#include "audit/audit.h"

#include <math.h>

/** Columns that checkers see, as bare arrays. */
enum pm_audit_number {
    PM_AUDIT_TIME,
    PM_AUDIT_VOLTAGE,
    PM_AUDIT_CURRENT,
    PM_AUDIT_WALL, /* unix time */
    PM_AUDIT_CYCLE,
    PM_AUDIT_STEP_COUNT,
    PM_AUDIT_STEP_ID,
    PM_AUDIT_RECORD,
    PM_AUDIT_CHARGED, /* from here to NET: the capacity counters */
    PM_AUDIT_DISCHARGED,
    PM_AUDIT_STEP_CAPACITY,
    PM_AUDIT_NET_CAPACITY,
    PM_AUDIT_CHARGED_ENERGY,
    PM_AUDIT_DISCHARGED_ENERGY,
    PM_AUDIT_STEP_ENERGY,
    PM_AUDIT_FREQUENCY,
    PM_AUDIT_NUMBERS
};
/** A column that checkers see: its name, its unit, and the name of the same quantity once more (NULL = not compared). */
typedef struct pm_audit_number_column {
    const char *name, *unit, *second;
} pm_audit_number_column;
extern const pm_audit_number_column pm_audit_numbers[PM_AUDIT_NUMBERS];
const char *pm_audit_name(int number);

enum { PM_DIRECTION_UNKNOWN = 2 };

/** One batch as the checkers see it. Absent columns are NULL; missing values NaN. */
typedef struct pm_audit_batch {
    int64_t n, first;                       /**< rows; data row of row 0 */
    const double *number[PM_AUDIT_NUMBERS]; /**< [n] */
    const double *second[PM_AUDIT_NUMBERS]; /**< [n] the same quantity once more: the columns with `_2` behind */
    const int8_t *direction;                /**< [n] by the words of step_type: 1 charge, -1 discharge, 0 rest */
    const bool *new_step;                   /**< [n] step, cycle or step type differ from the row before */
    bool has_steps;                         /**< whether any of these columns is there */
    const pm_table *table;
} pm_audit_batch;

/** Rows that a finding is about. Mark a row when its batch is pushed: only then is its line known exactly. */
typedef struct pm_audit_rows {
    int64_t count, first, last, line;
} pm_audit_rows;
void pm_audit_mark(pm_audit_rows *rows, const pm_audit *audit, int64_t row);

/** How the file spells an audited column; NULL where there is none or nothing is known of it. */
const pm_source_column *pm_audit_source(const pm_audit *audit, int number);
/** One unit of the last printed digit in the column's unit; 0 where unknown. */
double pm_audit_resolution(const pm_audit *audit, int number);
/** The same, but the head of a file may show fewer digits (0, 0.0) than later values: as fine as this value needs. */
double pm_audit_digit(const pm_audit *audit, int number, double value);
int64_t pm_audit_row_count(const pm_audit *audit);

/** Results in the order of the table of checkers, and what earlier ones tell later ones. */
typedef struct pm_audit_out {
    pm_builder *findings;
    double
        time_factor; /**< 0 nothing known, 1 the wall clock agrees with the test time, else the factor it is wrong by */
} pm_audit_out;

/** A finding with its rows filled in, all numbers missing. */
pm_finding pm_audit_finding(const char *code, const char *severity, int number, const pm_audit_rows *rows);
/** Completes the finding with its message and adds it. */
void pm_audit_say(pm_audit_out *out, pm_finding finding, const char *hint, const char *format, ...) PM_PRINTF(4, 5);

/** The unit factor (60, 1000, 3600 or one over them) next to the ratio, 1 where 1 is next; NaN where none is within the
 *  relative tolerance. */
double pm_audit_unit_factor(double ratio, double tolerance);

/** Follows the test time past single rows that fall back (time-backwards): those are skipped, a second row below in a row is
 *  where time starts anew. False: skip the row. *step_s is the time since the last row used, NaN where there is none. */
typedef struct pm_audit_time {
    bool started, below;
    double time_s;
} pm_audit_time;
static inline bool pm_audit_follow_time(pm_audit_time *at, double time_s, double *step_s)
{
    if (at->started && !at->below && time_s >= at->time_s) { /* as nearly always */
        *step_s = time_s - at->time_s;
        at->time_s = time_s;
        return isfinite(time_s);
    }
    if (!isfinite(time_s)) return false;
    bool back = at->started && time_s < at->time_s;
    if (back && !at->below) {
        at->below = true;
        return false;
    }
    *step_s = back || !at->started ? NAN : time_s - at->time_s;
    *at = (pm_audit_time){.started = true, .time_s = time_s};
    return true;
}

/** A subject. States start as zero bytes; push may fail for memory only. */
typedef struct pm_audit_checker {
    size_t state_size;
    pm_status (*push)(void *state, const pm_audit *audit, const pm_audit_batch *batch, pm_error *err);
    void (*result)(const void *state, const pm_audit *audit, pm_audit_out *out);
    void (*release)(void *state); /**< frees what the state points to; NULL where there is nothing */
} pm_audit_checker;
enum { PM_AUDIT_CHECKERS = 8 };
extern const pm_audit_checker pm_audit_wall, pm_audit_clock, pm_audit_values, pm_audit_units, pm_audit_capacity,
    pm_audit_sign, pm_audit_rows_checker, pm_audit_cycles;
/** Of the capacity checker's state: "step", "cycle", "never", "none". */
const char *pm_audit_capacity_counter(const void *state);

/** What an audit holds. */
struct pm_audit {
    const pm_reader *reader; /* NULL without one */
    const pm_repair *repair; /* NULL = batches come as they are in the file */
    const pm_source_column *sources[PM_AUDIT_NUMBERS];
    void *states[PM_AUDIT_CHECKERS];
    bool is_spectra; /* the file holds nothing else */
    int64_t rows;
    bool *new_step;    /* [new_step_room] of the batch being pushed */
    int8_t *direction; /* [direction_room] */
    int64_t new_step_room, direction_room;
    double last_step[3]; /* cycle, step count, step id of the last row pushed */
    int8_t last_direction;
};

/** The audit without a reader; the n sources (any of them may be left out) must outlive it. */
PM_CHECK pm_status pm_audit_start(const pm_source_column *sources, int n, pm_audit **out, pm_error *err);

/* findings.c */
/** Row i of a findings table; its words are the table's. */
pm_finding pm_finding_at(const pm_table *findings, int64_t row);
/** Worst first, then by row; of several about one fault (code, column, factor) the first is kept. */

#endif
