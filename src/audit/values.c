/* SPDX-License-Identifier: MIT */
/* Single values: missing, infinite, far outside what a cell can show, constants that stand for "no value" (sentinels), and
 * digits too coarse to compute with. */
#include "audit/checker.h"

#include <math.h>

enum { MAX_SENTINELS = 16, MAX_SPIKES = 16, SENTINEL_ROWS = 3, COARSE_ROWS = 100 };
static const double CELL_V = 100, CELL_A = 1e4, OUTLIER_V = 1, NORMAL_V = 20;
static const double SPIKE = 100 * (1 - 1e-9); /* printed numbers may miss a ratio of 100 by rounding */

static const int checked[3] = {PM_AUDIT_TIME, PM_AUDIT_VOLTAGE, PM_AUDIT_CURRENT};

/* Rows in a row with one voltage. */
typedef struct run {
    pm_audit_rows rows;
    double value_V, before_V; /* before_V: of the row before, NaN at the start */
    bool spectrum;            /* all rows hold a frequency */
} run;

/* A row whose current is far above all that was there before it. */
typedef struct spike {
    pm_audit_rows rows;
    double current_A;
} spike;

typedef struct values {
    spike spikes[MAX_SPIKES], pending; /* pending: the last row, which the next one may bear out */
    int n_spikes;
    double usual_A; /* the largest current of the rows that are no spikes */
    pm_audit_rows missing[3], infinite[3], high_voltage, high_current;
    run run, sentinels[MAX_SENTINELS];
    int n_sentinels;
    double first_high_V, first_high_A;
    int64_t voltages, currents, zero_currents;
    double low_V, high_V, largest_A;
} values;

/* -99, 999, 9999: numbers that are written where there is none. */
static bool all_nines(double value)
{
    double power = log10(fabs(value) + 1);
    return power >= 2 && power == rint(power);
}

/* Constant voltages of a spectrum's rows far from both neighbours; or a size that no neighbour has, again and again or all
 * nines. */
static bool is_sentinel(const run *r, double after_V)
{
    double in_V = fabs(r->value_V - r->before_V), out_V = fabs(r->value_V - after_V);
    bool apart = in_V > OUTLIER_V && !(out_V <= OUTLIER_V); /* the file may end with it */
    if (r->spectrum && r->rows.count >= SENTINEL_ROWS && apart) return true;
    if (r->rows.count < SENTINEL_ROWS && !all_nines(r->value_V)) return false;
    return fabs(r->value_V) > CELL_V - 10 && fabs(r->before_V) < NORMAL_V && !(fabs(after_V) >= NORMAL_V);
}

static void close_run(values *v, double after_V)
{
    run *r = &v->run;
    if (!r->rows.count) return;
    if (is_sentinel(r, after_V) && v->n_sentinels < MAX_SENTINELS) {
        v->sentinels[v->n_sentinels++] = *r;
    } else if (fabs(r->value_V) > CELL_V) {
        if (!v->high_voltage.count) {
            v->first_high_V = r->value_V;
            v->high_voltage = r->rows;
        } else {
            v->high_voltage.count += r->rows.count;
            v->high_voltage.last = r->rows.last;
        }
    }
    r->before_V = r->value_V;
    r->rows.count = 0;
}

/* Only rows of a spectrum and sizes that are not usual can be a sentinel or out of range; of others the last is kept. */
static void follow_voltage(values *v, const pm_audit *audit, int64_t row, double voltage_V, bool spectrum)
{
    run *r = &v->run;
    bool suspect = spectrum || fabs(voltage_V) > NORMAL_V;
    if (suspect && r->rows.count && r->value_V == voltage_V) {
        r->rows.count++;
        r->rows.last = row;
        r->spectrum &= spectrum;
        return;
    }
    close_run(v, voltage_V);
    if (!suspect) {
        r->before_V = voltage_V;
        return;
    }
    r->value_V = voltage_V;
    r->spectrum = spectrum;
    pm_audit_mark(&r->rows, audit, row);
}

/* The common case in one pass: usual voltages only, of which the extremes and the last one are kept. */
static bool push_usual_voltages(values *v, const double *voltage, int64_t n)
{
    double low_V = voltage[0], high_V = voltage[0];
    bool odd = v->run.rows.count > 0;
    for (int64_t i = 0; i < n; i++) {
        odd |= !(fabs(voltage[i]) <= NORMAL_V);
        low_V = voltage[i] < low_V ? voltage[i] : low_V;
        high_V = voltage[i] > high_V ? voltage[i] : high_V;
    }
    if (odd) return false;
    v->voltages += n;
    v->low_V = low_V < v->low_V ? low_V : v->low_V;
    v->high_V = high_V > v->high_V ? high_V : v->high_V;
    v->run.before_V = voltage[n - 1];
    return true;
}

static void push_voltages(values *v, const pm_audit *audit, const pm_audit_batch *b)
{
    const double *voltage = b->number[PM_AUDIT_VOLTAGE], *frequency = b->number[PM_AUDIT_FREQUENCY];
    if (!voltage) return;
    if (!v->voltages) {
        v->low_V = INFINITY;
        v->high_V = -INFINITY;
        v->run.before_V = NAN;
    }
    if (!frequency && push_usual_voltages(v, voltage, b->n)) return;
    for (int64_t i = 0; i < b->n; i++) {
        double V = voltage[i];
        if (!isfinite(V)) continue;
        v->voltages++;
        if (V < v->low_V) v->low_V = V;
        if (V > v->high_V) v->high_V = V;
        follow_voltage(v, audit, b->first + i, V, frequency && frequency[i] > 0);
    }
}

/* A spike stands alone: the next row is as far below it as those before. Else its current is a usual one. */
static void settle_spike(values *v, double next_A)
{
    double size_A = fabs(v->pending.current_A);
    if (size_A >= SPIKE * next_A && v->n_spikes < MAX_SPIKES)
        v->spikes[v->n_spikes++] = v->pending;
    else
        v->usual_A = fmax(v->usual_A, size_A);
    v->pending.rows.count = 0;
}

static void push_spikes(values *v, const pm_audit *audit, const pm_audit_batch *b)
{
    const double *current = b->number[PM_AUDIT_CURRENT];
    for (int64_t i = 0; current && i < b->n; i++) {
        double size_A = fabs(current[i]);
        if (!(size_A < INFINITY)) continue;
        if (v->pending.rows.count) settle_spike(v, size_A);
        if (size_A <= v->usual_A) continue; /* as nearly always */
        if (size_A < SPIKE * v->usual_A) {
            v->usual_A = size_A;
            continue;
        }
        v->pending.current_A = current[i];
        pm_audit_mark(&v->pending.rows, audit, b->first + i);
    }
}

static void push_currents(values *v, const pm_audit *audit, const pm_audit_batch *b)
{
    const double *current = b->number[PM_AUDIT_CURRENT];
    double largest_A = v->largest_A;
    int64_t zeros = 0, numbers = 0;
    for (int64_t i = 0; current && i < b->n; i++) {
        double size_A = fabs(current[i]);
        if (!(size_A < INFINITY)) continue;
        numbers++;
        zeros += size_A == 0;
        if (size_A <= largest_A) continue;
        largest_A = size_A;
    }
    v->currents += numbers;
    v->zero_currents += zeros;
    v->largest_A = largest_A;
    for (int64_t i = 0; largest_A > CELL_A && i < b->n; i++) {
        if (!(fabs(current[i]) > CELL_A) || isinf(current[i])) continue;
        if (!v->high_current.count) v->first_high_A = current[i];
        pm_audit_mark(&v->high_current, audit, b->first + i);
    }
}

static bool all_finite(const double *x, int64_t n)
{
    bool odd = false;
    for (int64_t i = 0; i < n; i++) odd |= !(fabs(x[i]) < INFINITY);
    return !odd;
}

/* Rows of a spectrum need no voltage and no current. */
static void push_missing(values *v, const pm_audit *audit, const pm_audit_batch *b)
{
    const double *frequency = b->number[PM_AUDIT_FREQUENCY];
    for (int k = 0; k < 3; k++) {
        const double *x = b->number[checked[k]];
        if (!x || all_finite(x, b->n)) continue;
        for (int64_t i = 0; i < b->n; i++) {
            if (isfinite(x[i])) continue;
            bool spectrum = frequency && frequency[i] > 0 && checked[k] != PM_AUDIT_TIME;
            if (isnan(x[i]) && spectrum) continue;
            pm_audit_mark(isnan(x[i]) ? &v->missing[k] : &v->infinite[k], audit, b->first + i);
        }
    }
}

static pm_status push(void *state, const pm_audit *audit, const pm_audit_batch *b, pm_error *err)
{
    (void)err;
    push_missing(state, audit, b);
    push_voltages(state, audit, b);
    push_currents(state, audit, b);
    push_spikes(state, audit, b);
    return PM_OK;
}

/* ---- what follows ------------------------------------------------------------------------------------------- */

static void say_missing(const values *v, const pm_audit *audit, pm_audit_out *out)
{
    for (int k = 0; k < 3; k++) {
        const char *name = pm_audit_name(checked[k]);
        if (v->missing[k].count) {
            pm_finding f = pm_audit_finding("value-missing", "warning", checked[k], &v->missing[k]);
            pm_audit_say(out, f, "these rows are left out of integrals", "%lld of %lld rows have no %s",
                         (long long)f.count, (long long)pm_audit_row_count(audit), name);
        }
        if (!v->infinite[k].count) continue;
        pm_finding f = pm_audit_finding("value-out-of-range", "error", checked[k], &v->infinite[k]);
        f.observed = INFINITY;
        pm_audit_say(out, f, NULL, "%lld rows have a %s beyond the range of a number", (long long)f.count, name);
    }
}

static void say_out_of_range(const values *v, pm_audit_out *out)
{
    if (v->high_voltage.count && v->high_voltage.count * 2 < v->voltages) { /* else the unit is at fault */
        pm_finding f = pm_audit_finding("value-out-of-range", "warning", PM_AUDIT_VOLTAGE, &v->high_voltage);
        f.expected = CELL_V;
        f.observed = v->first_high_V;
        pm_audit_say(out, f, NULL, "%lld rows have voltages no cell has, the first %.6g V", (long long)f.count,
                     v->first_high_V);
    }
    if (!v->high_current.count) return;
    pm_finding f = pm_audit_finding("value-out-of-range", "warning", PM_AUDIT_CURRENT, &v->high_current);
    f.expected = CELL_A;
    f.observed = v->first_high_A;
    pm_audit_say(out, f, NULL, "%lld rows have currents above %g A, the first %.6g A", (long long)f.count, CELL_A,
                 v->first_high_A);
}

/* Beyond CELL_A they are said already. */
static void say_spikes(const values *v, pm_audit_out *out)
{
    pm_audit_rows rows = {0};
    double first_A = 0;
    for (int i = 0; i < v->n_spikes && v->usual_A > 0; i++) {
        const spike *p = &v->spikes[i];
        double size_A = fabs(p->current_A);
        if (size_A < SPIKE * v->usual_A || size_A > CELL_A) continue;
        if (!rows.count++) {
            rows = p->rows;
            first_A = p->current_A;
        }
        rows.last = p->rows.last;
    }
    if (!rows.count) return;
    pm_finding f = pm_audit_finding("value-out-of-range", "warning", PM_AUDIT_CURRENT, &rows);
    f.expected = v->usual_A;
    f.observed = first_A;
    pm_audit_say(out, f, "charges of the half-cycles with these rows may be wrong",
                 "%lld %s alone with a current at least 100 times that of all others, %.4g A at most: first row "
                 "%lld with %.6g A",
                 (long long)f.count, f.count == 1 ? "row stands" : "rows stand", v->usual_A, (long long)f.row_first,
                 first_A);
}

static void say_sentinels(const values *v, pm_audit_out *out)
{
    for (int i = 0; i < v->n_sentinels; i++) {
        const run *r = &v->sentinels[i];
        pm_finding f = pm_audit_finding("sentinel", "error", PM_AUDIT_VOLTAGE, &r->rows);
        f.expected = r->before_V;
        f.observed = r->value_V;
        f.reconcilable = 1;
        pm_audit_say(out, f, "--reconcile makes these voltages missing",
                     "the voltage is %.6g V in all of rows %lld to %lld%s, %.4g V before: it stands for no value",
                     r->value_V, (long long)r->rows.first, (long long)r->rows.last,
                     r->spectrum ? ", which hold a spectrum" : "", r->before_V);
    }
}

static void say_coarse(const values *v, const pm_audit *audit, pm_audit_out *out)
{
    double digit_A = pm_audit_digit(audit, PM_AUDIT_CURRENT, v->largest_A), moved_V = v->high_V - v->low_V;
    pm_audit_rows all = {.count = v->currents, .first = 1, .last = pm_audit_row_count(audit)};
    if (v->currents && v->zero_currents == v->currents && moved_V > (digit_A >= 1e-3 ? 0.1 : 1)) {
        pm_finding f = pm_audit_finding("resolution-coarse", "warning", PM_AUDIT_CURRENT, &all);
        f.observed = 0;
        pm_audit_say(
            out, f, "export with more digits, or in a smaller unit",
            "the current is 0 in all %lld rows, at steps of %.3g A, while the voltage moves by %.3g V: its digits "
            "are lost",
            (long long)v->currents, digit_A, moved_V);
    } else if (v->currents >= COARSE_ROWS && v->largest_A > 0 && v->largest_A < 10 * digit_A) {
        pm_finding f = pm_audit_finding("resolution-coarse", "note", PM_AUDIT_CURRENT, &all);
        f.observed = v->largest_A;
        pm_audit_say(out, f, "charges integrated from it are as coarse",
                     "the largest current, %.3g A, is %.0f units of its last printed digit", v->largest_A,
                     v->largest_A / digit_A);
    }
}

static void result(const void *state, const pm_audit *audit, pm_audit_out *out)
{
    values v = *(const values *)state;
    close_run(&v, NAN);
    say_missing(&v, audit, out);
    say_out_of_range(&v, out);
    if (v.pending.rows.count) settle_spike(&v, INFINITY); /* nothing bears it out */
    say_spikes(&v, out);
    say_sentinels(&v, out);
    say_coarse(&v, audit, out);
}

const pm_audit_checker pm_audit_values = {.state_size = sizeof(values), .push = push, .result = result};
