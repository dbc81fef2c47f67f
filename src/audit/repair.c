/* SPDX-License-Identifier: MIT */
/* Mends what is unambiguous. Batches are copied, mended in place and handed on; state is kept from batch to batch. */
#include "audit/checker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A batch while it is mended; columns that are absent are NULL. */
typedef struct view {
    int64_t n, first; /* rows; data row of row 0 */
    double *time, *voltage, *current, *cycle, *counter;
    const double *step_count, *step_id, *old_cycle;
} view;

typedef struct fix fix;
typedef void (*mend)(fix *f, const view *v);

/* One finding, and what its mending remembers of the rows before. */
struct fix {
    mend mend;
    int64_t row; /* in the findings */
    pm_finding finding;
    bool applied, started;
    double shift_s, anchor_in_s, anchor_out_s;       /* time-unit */
    double last_in, last_A, last_step[3], offset_Ah; /* capacity-resets-in-step */
};

struct pm_repair {
    pm_table *findings, *held;
    fix *fixes;
    int n;
    int64_t rows;  /* mended and handed on */
    double time_s; /* last time before the batch, as it was read */
};

static bool within(const fix *f, int64_t row)
{
    return row >= f->finding.row_first && row <= f->finding.row_last;
}

/* ---- the ways of mending ------------------------------------------------------------------------------------ */

/* Inside the rows time runs slower by the factor, from the first row on; later rows are moved up. */
static void mend_time_unit(fix *f, const view *v)
{
    for (int64_t i = 0; v->time && i < v->n; i++) {
        int64_t row = v->first + i;
        double in_s = v->time[i];
        if (row < f->finding.row_first || isnan(in_s)) continue;
        if (!f->started) {
            f->started = true;
            f->anchor_in_s = in_s;
            f->anchor_out_s = f->finding.row_first > 1 ? in_s : in_s / f->finding.factor;
        }
        if (within(f, row)) {
            bool whole = f->finding.row_first <= 1;
            double out_s = f->anchor_out_s + (in_s - f->anchor_in_s) / f->finding.factor;
            v->time[i] = whole ? in_s / f->finding.factor : out_s;
            f->shift_s = in_s - v->time[i];
            f->applied = true;
        } else {
            v->time[i] = in_s - f->shift_s;
        }
    }
}

static void divide(fix *f, double *x, int64_t n)
{
    if (!x) return;
    for (int64_t i = 0; i < n; i++) x[i] /= f->finding.factor;
    f->applied = true;
}

static void mend_voltage_unit(fix *f, const view *v)
{
    divide(f, v->voltage, v->n);
}

static void mend_current_unit(fix *f, const view *v)
{
    divide(f, v->current, v->n);
}

static void mend_sign(fix *f, const view *v)
{
    if (!v->current) return;
    for (int64_t i = 0; i < v->n; i++)
        if (v->current[i] != 0) v->current[i] = -v->current[i]; /* no -0 */
    f->applied = true;
}

static void mend_sentinel(fix *f, const view *v)
{
    for (int64_t i = 0; v->voltage && i < v->n; i++) {
        if (!within(f, v->first + i) || v->voltage[i] != f->finding.observed) continue;
        v->voltage[i] = NAN;
        f->applied = true;
    }
}

static void mend_cycle_count(fix *f, const view *v)
{
    for (int64_t i = 0; v->cycle && i < v->n; i++) v->cycle[i] = NAN;
    f->applied = v->cycle != NULL;
}

static bool changes(const double *x, int64_t i, double *last)
{
    bool changed = x && x[i] != *last && !(isnan(x[i]) && isnan(*last));
    if (x) *last = x[i];
    return changed;
}

/* As in the audit: inside a step, with current of one sign, the counter falls to (nearly) nothing. With a new step it may
 * fall by right, and what was lost before is the past step's. */
static void mend_restarts(fix *f, const view *v)
{
    for (int64_t i = 0; v->counter && i < v->n; i++) {
        double in_Ah = v->counter[i], A = v->current ? v->current[i] : NAN;
        if (isnan(in_Ah)) continue;
        bool new_step = changes(v->old_cycle, i, &f->last_step[0]);
        new_step |= changes(v->step_count, i, &f->last_step[1]);
        new_step |= changes(v->step_id, i, &f->last_step[2]);
        bool fell = f->started && fabs(in_Ah) <= 0.05 * fabs(f->last_in) && f->last_in != 0;
        if (fell && new_step) f->offset_Ah = 0;
        if (fell && !new_step && A * f->last_A > 0 && within(f, v->first + i)) {
            f->offset_Ah += f->last_in;
            f->applied = true;
        }
        v->counter[i] = in_Ah + f->offset_Ah;
        f->started = true;
        f->last_in = in_Ah;
        f->last_A = A;
    }
}

/* Single rows are put half way between their neighbours; the last row of a batch is never one (see hold_back). */
static void mend_dips(fix *f, const view *v)
{
    double before_s = f->last_in;
    for (int64_t i = 0; v->time && i < v->n; i++) {
        bool dip = f->started && v->time[i] < before_s && within(f, v->first + i);
        if (dip && i + 1 < v->n && v->time[i + 1] >= before_s) {
            v->time[i] = before_s + (v->time[i + 1] - before_s) / 2;
            f->applied = true;
        }
        f->started = true;
        if (!isnan(v->time[i])) before_s = v->time[i];
    }
    f->last_in = before_s;
}

/* The reader's: the row is sliced off before the batch is copied. */
static void mend_incomplete(fix *f, const view *v)
{
    (void)f, (void)v;
}

/* In the order in which they are applied. */
static const struct {
    const char *code;
    mend mend;
} ways[] = {
    {"row-incomplete", mend_incomplete},
    {"time-backwards", mend_dips},
    {"time-unit", mend_time_unit},
    {"voltage-unit", mend_voltage_unit},
    {"current-unit", mend_current_unit},
    {"sentinel", mend_sentinel},
    {"capacity-resets-in-step", mend_restarts},
    {"current-sign", mend_sign},
    {"cycle-count-not-integer", mend_cycle_count},
    {"cycle-count-constant", mend_cycle_count},
};
enum { WAYS = sizeof ways / sizeof *ways };

/* ---- making and asking -------------------------------------------------------------------------------------- */

/* A file's second reading may be given anything as findings: only whole ones are used. */
static bool usable(const pm_finding *f)
{
    bool divides = f->code && (strstr(f->code, "-unit") != NULL);
    return f->code && f->reconcilable == 1 && !(divides && (!isfinite(f->factor) || f->factor == 0));
}

static void adopt(pm_repair *repair, int way)
{
    for (int64_t i = 0, n = pm_table_rows(repair->findings); i < n; i++) {
        pm_finding f = pm_finding_at(repair->findings, i);
        if (!usable(&f) || strcmp(f.code, ways[way].code)) continue;
        repair->fixes[repair->n++] = (fix){.mend = ways[way].mend, .row = i, .finding = f};
    }
}

pm_status pm_repair_new(const pm_table *findings, pm_repair **out, pm_error *err)
{
    pm_scoped(pm_repair) repair = calloc(1, sizeof *repair);
    if (!repair) return pm_fail(err, PM_ERR_MEMORY, "no memory for repairs");
    repair->fixes = calloc((size_t)pm_table_rows(findings) + 1, sizeof *repair->fixes);
    if (!repair->fixes) return pm_fail(err, PM_ERR_MEMORY, "no memory for repairs");
    repair->findings = pm_table_ref(findings);
    repair->time_s = NAN;
    for (int way = 0; way < WAYS; way++) adopt(repair, way);
    *out = repair;
    repair = NULL;
    return PM_OK;
}

void pm_repair_free(pm_repair *repair)
{
    if (!repair) return;
    pm_table_free(repair->findings);
    pm_table_free(repair->held);
    free(repair->fixes);
    free(repair);
}

bool pm_repair_applied(const pm_repair *repair, const char *code)
{
    for (int i = 0; i < repair->n; i++)
        if (repair->fixes[i].applied && !strcmp(repair->fixes[i].finding.code, code)) return true;
    return false;
}

void pm_repair_findings(const pm_repair *repair, pm_builder *findings)
{
    for (int i = 0; i < repair->n; i++) {
        pm_finding f = repair->fixes[i].finding;
        f.action = "reconciled";
        if (repair->fixes[i].applied) pm_builder_push(findings, &f);
    }
}

/* ---- batches ------------------------------------------------------------------------------------------------ */

static pm_status copy(const pm_table *table, pm_builder **out, pm_error *err)
{
    pm_scoped(pm_builder) b = NULL;
    int64_t n = pm_table_rows(table);
    pm_status s;
    if ((s = pm_builder_new(0, NULL, &b, err))) return s;
    for (int c = 0; c < pm_table_columns(table); c++) {
        const pm_column *from = pm_table_column(table, c);
        pm_builder_add(b, from->name, from->type, from->unit);
    }
    for (int i = 0; i < pm_table_meta_count(table); i++) {
        const char *key, *value;
        pm_table_meta_at(table, i, &key, &value);
        pm_builder_meta(b, key, value);
    }
    if ((s = pm_builder_room(b, n, err))) return s;
    for (int c = 0; c < pm_table_columns(table); c++) {
        const pm_column *from = pm_table_column(table, c);
        if (from->number) memcpy(pm_builder_doubles(b, c), from->number, (size_t)n * sizeof(double));
        for (int64_t i = 0; from->integer && i < n; i++)
            pm_builder_integers(b, c)[i] = pm_column_missing(from, i) ? PM_NO_INT : from->integer[i];
        for (int64_t i = 0; from->code && i < n; i++)
            if (from->code[i] >= 0) pm_builder_word(b, c, i, from->word[from->code[i]], -1);
    }
    *out = b;
    b = NULL;
    return PM_OK;
}

static double *numbers_of(const pm_table *table, pm_builder *b, const char *name)
{
    for (int c = 0; name && c < pm_table_columns(table); c++) {
        const pm_column *column = pm_table_column(table, c);
        if (column->number && !strcmp(column->name, name)) return pm_builder_doubles(b, c);
    }
    return NULL;
}

static const double *old_numbers(const pm_table *table, const char *name)
{
    const pm_column *column = pm_table_find(table, name);
    return column ? column->number : NULL;
}

static pm_status mend_all(pm_repair *repair, const pm_table *table, pm_table **out, pm_error *err)
{
    pm_scoped(pm_builder) b = NULL;
    pm_status s;
    if ((s = copy(table, &b, err))) return s;
    view v = {.n = pm_table_rows(table), .first = repair->rows + 1};
    v.time = numbers_of(table, b, "test_time_second");
    v.voltage = numbers_of(table, b, "voltage_volt");
    v.current = numbers_of(table, b, "current_ampere");
    v.cycle = numbers_of(table, b, "cycle_count");
    v.old_cycle = old_numbers(table, "cycle_count");
    v.step_count = old_numbers(table, "step_count");
    v.step_id = old_numbers(table, "step_id");
    for (int i = 0; v.n && i < repair->n; i++) {
        v.counter = numbers_of(table, b, repair->fixes[i].finding.column);
        repair->fixes[i].mend(&repair->fixes[i], &v);
    }
    pm_builder_commit(b, v.n);
    repair->rows += v.n;
    return pm_builder_finish(b, out, err);
}

static const fix *fix_of(const pm_repair *repair, mend way)
{
    for (int i = 0; i < repair->n; i++)
        if (repair->fixes[i].mend == way) return &repair->fixes[i];
    return NULL;
}

/* Takes the incomplete last row away. */
static pm_status cut(pm_repair *repair, pm_table **table, pm_error *err)
{
    int64_t n = pm_table_rows(*table);
    pm_table *less = NULL;
    pm_status s;
    for (int i = 0; i < repair->n; i++) {
        fix *f = &repair->fixes[i];
        if (f->mend != mend_incomplete || !n || repair->rows + n != f->finding.row_last) continue;
        if ((s = pm_table_slice(*table, 0, n - 1, &less, err))) return s;
        pm_table_free(*table);
        *table = less;
        f->applied = true;
        break;
    }
    return PM_OK;
}

/* Keeps the last row for later if its time falls back: only the next row shows whether it is alone. */
static pm_status hold_back(pm_repair *repair, pm_table **table, pm_error *err)
{
    int64_t n = pm_table_rows(*table);
    const fix *dips = fix_of(repair, mend_dips);
    const double *time = old_numbers(*table, "test_time_second");
    pm_table *less = NULL;
    pm_status s;
    if (!dips || !time || !n) return PM_OK;
    double before_s = n > 1 ? time[n - 2] : repair->time_s;
    repair->time_s = time[n - 1];
    if (!(time[n - 1] < before_s) || !within(dips, repair->rows + n)) return PM_OK;
    repair->time_s = before_s;
    if ((s = pm_table_slice(*table, 0, n - 1, &less, err))) return s;
    if ((s = pm_table_slice(*table, n - 1, 1, &repair->held, err))) {
        pm_table_free(less);
        return s;
    }
    pm_table_free(*table);
    *table = less;
    return PM_OK;
}

static pm_status with_held(pm_repair *repair, const pm_table *batch, pm_table **out, pm_error *err)
{
    const pm_table *both[2] = {repair->held, batch};
    pm_status s = PM_OK;
    if (repair->held && batch)
        s = pm_table_concat(2, both, out, err);
    else
        *out = pm_table_ref(repair->held ? repair->held : batch);
    if (s) return s;
    pm_table_free(repair->held);
    repair->held = NULL;
    return PM_OK;
}

pm_status pm_repair_batch(pm_repair *repair, const pm_table *batch, pm_table **out, pm_error *err)
{
    pm_scoped(pm_table) table = NULL;
    pm_status s;
    *out = NULL;
    if (!batch && !repair->held) return PM_OK;
    if ((s = with_held(repair, batch, &table, err))) return s;
    if (!repair->n) {
        *out = pm_table_ref(table);
        return PM_OK;
    }
    if (batch && (s = cut(repair, &table, err))) return s;
    if (batch && (s = hold_back(repair, &table, err))) return s;
    return mend_all(repair, table, out, err);
}
