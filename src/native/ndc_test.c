/* SPDX-License-Identifier: MIT */
/* A test in .ndc files: the rows of the main file, with what stands beside them. */
#include "ndc.h"
#include "neware.h"

#include <stdarg.h>
#include <stdlib.h>

enum { BLOCK = 512 };

/* ---- columns ---- */

static bool is_flat(const ndc_test *t)
{
    return t->pages.layout->version <= 5; /* every row has all in itself */
}

static const struct column {
    const char *name, *unit;
    char source;                        /* m main file, r run information, s steps, - made of others */
    double resolution, flat_resolution; /* 0 = floating */
} columns[NDC_COLUMNS] = {
    [NDC_TEST_TIME] = {"test_time_second", "s", '-', 0.001, 0.001},
    [NDC_STEP_TIME] = {"step_time_second", "s", 'r', 0.001, 0.001},
    [NDC_VOLTAGE] = {"voltage_volt", "V", 'm', 0, 1e-4},
    [NDC_CURRENT] = {"current_ampere", "A", 'm', 0, 0},
    [NDC_UNIX_TIME] = {"unix_time_second", "s", 'r', 0.001, 1},
    [NDC_CYCLE] = {"cycle_count", "1", 's', 1, 1},
    [NDC_STEP_COUNT] = {"step_count", "1", 'r', 1, 1},
    [NDC_STEP_ID] = {"step_id", "1", 's', 1, 1},
    [NDC_STEP_TYPE] = {"step_type", "", 's', 0, 0},
    [NDC_NUMBER] = {"record_number", "1", '-', 1, 1},
    [NDC_CHARGE] = {"charging_capacity_ah", "Ah", 'r', 0, 0},
    [NDC_DISCHARGE] = {"discharging_capacity_ah", "Ah", 'r', 0, 0},
    [NDC_CHARGE_ENERGY] = {"charging_energy_wh", "Wh", 'r', 0, 0},
    [NDC_DISCHARGE_ENERGY] = {"discharging_energy_wh", "Wh", 'r', 0, 0},
};

static bool has_column(const ndc_test *t, int i)
{
    switch (i) {
    case NDC_VOLTAGE:
    case NDC_CURRENT:
    case NDC_NUMBER: return true;
    case NDC_CYCLE:
    case NDC_STEP_ID:
    case NDC_STEP_TYPE: return is_flat(t) || (t->has_run && t->has_step);
    default: return is_flat(t) || t->has_run;
    }
}

/* The columns have no names in the files; the files have. */
static const char *source_of(const ndc_test *t, const struct column *c)
{
    if (c->source == '-') return "";
    if (is_flat(t) || c->source == 'm') return t->main.name;
    return c->source == 'r' ? t->run_source.name : t->step_source.name;
}

static void declare(ndc_test *t, pm_native *n)
{
    for (int i = 0; i < NDC_COLUMNS; i++) {
        const struct column *c = &columns[i];
        double step = is_flat(t) ? c->flat_resolution : c->resolution;
        t->column[i] = -1;
        if (!has_column(t, i)) continue;
        t->column[i] = i == NDC_STEP_TYPE ? pm_native_words(n, c->name, source_of(t, c))
                                          : pm_native_number(n, c->name, c->unit, source_of(t, c), "");
        if (step > 0) pm_native_resolution(n, step);
    }
}

/* ---- open ---- */

static pm_status read_one(void *context, int64_t i, pm_error *err)
{
    ndc_test *t = context;

    if (i == 0) return t->has_run ? ndc_read_runs(t, err) : PM_OK;
    if (i == 1) return t->has_step ? ndc_read_steps(t, err) : PM_OK;
    return ndc_pages_open(&t->main, NDC_MAIN, &t->pages, err);
}

static void tell_lacking(const ndc_test *t, pm_native *n)
{
    const char *lacking = t->has_step ? "no run information, and so no time and capacity"
                          : t->has_run
                              ? "no steps, and so no cycles and step types"
                              : "no run information and no steps, and so no time, capacity, cycles, step types";

    if (is_flat(t) || (t->has_run && t->has_step)) return;
    pm_native_fault *f =
        pm_native_found(n, "value-missing", "warning", "beside %s there are %s", t->main.name, lacking);
    if (f) snprintf(f->hint, sizeof f->hint, "NAME_runInfo.ndc and NAME_step.ndc belong in the folder of NAME.ndc");
}

pm_status ndc_test_open(ndc_test *t, const pm_run *run, pm_native *n, pm_error *err)
{
    pm_status s = pm_parallel(run, 3, read_one, t, err);

    if (s) return s;
    if (run) t->run_options = *run;
    t->at = -1;
    t->step_before = t->last_step_id = -1;
    declare(t, n);
    tell_lacking(t, n);
    if (!is_flat(t)) pm_native_meta(n, "time_zone", "%s", t->has_run ? "UTC" : "");
    if (is_flat(t)) pm_native_meta(n, "time_zone", "unknown");
    pm_native_meta(n, "ndc_version", "%d", t->pages.layout->version);
    return ndc_aux_open(t, n, err);
}

void ndc_test_clear(ndc_test *t)
{
    ndc_pages_close(&t->pages);
    ndc_aux_clear(t);
    free(t->run);
    free(t->step);
}

/* ---- rows, and what stands beside them ---- */

static double *wanted(const ndc_test *t, const pm_rows *rows, int i)
{
    return t->column[i] >= 0 ? rows->number[t->column[i]] : NULL;
}

static void fill_constant(double *to, int64_t n, double value)
{
    for (int64_t i = 0; to && i < n; i++) to[i] = value;
}

/* Thousandths of a second from `first` on. */
static void fill_clock(double *to, int64_t n, int64_t first, int64_t step)
{
    for (int64_t i = 0; to && i < n; i++) to[i] = (double)(first + i * step) / 1000.0;
}

/* Of a counter for both directions, and what was added since it was read. */
static void fill_counters(double *up, double *down, int64_t n, double above, double below, const double *since)
{
    for (int64_t i = 0; up && i < n; i++) up[i] = above + (since[i] > 0 ? since[i] : 0);
    for (int64_t i = 0; down && i < n; i++) down[i] = below - (since[i] < 0 ? since[i] : 0);
}

static void enter(ndc_test *t, const ndc_run *r)
{
    if (r->step != t->step_before) {
        t->base_ms += t->longest_ms;
        t->longest_ms = 0;
        t->step_before = r->step;
    }
    if (r->step_ms > t->longest_ms) t->longest_ms = r->step_ms;
    t->charged = t->energy = 0;
}

static void fill_step(ndc_test *t, const pm_rows *rows, int64_t at, int64_t n, int32_t step)
{
    double *cycle = wanted(t, rows, NDC_CYCLE), *id = wanted(t, rows, NDC_STEP_ID),
           *count = wanted(t, rows, NDC_STEP_COUNT);

    fill_constant(count ? count + at : NULL, n, step + 1);
    if (!t->has_step) return;
    if (step >= t->n_steps) {
        t->steps_unknown += n;
        return;
    }
    const ndc_step *s = &t->step[step];
    fill_constant(cycle ? cycle + at : NULL, n, (double)s->cycle + 1);
    fill_constant(id ? id + at : NULL, n, s->id);
    pm_rows_words(rows, t->column[NDC_STEP_TYPE], at, n, pm_neware_step_word(s->type));
}

/* Rows for which one row of run information holds; `offset` rows behind it. */
static void fill_segment(ndc_test *t, const pm_rows *rows, int64_t at, int64_t n, int64_t offset, const double *volt,
                         const double *amp)
{
    const ndc_run *r = &t->run[t->at];
    const int64_t dt = r->dt_ms, first = r->step_ms + offset * dt, last = first + (n - 1) * dt;
    const double hours = (double)dt / 3.6e6;
    double charged[BLOCK], energy[BLOCK];
    double *to[NDC_COLUMNS];

    for (int i = 0; i < NDC_COLUMNS; i++) {
        to[i] = wanted(t, rows, i);
        if (to[i]) to[i] += at;
    }
    for (int64_t i = 0; i < n; i++) {
        bool own = offset + i == 0;
        charged[i] = t->charged += own ? 0 : hours * amp[i];
        energy[i] = t->energy += own ? 0 : hours * amp[i] * volt[i];
    }
    fill_clock(to[NDC_STEP_TIME], n, first, dt);
    fill_clock(to[NDC_TEST_TIME], n, t->base_ms + first, dt);
    fill_clock(to[NDC_UNIX_TIME], n, r->unix_ms + offset * dt, dt);
    fill_counters(to[NDC_CHARGE], to[NDC_DISCHARGE], n, r->charge, r->discharge, charged);
    fill_counters(to[NDC_CHARGE_ENERGY], to[NDC_DISCHARGE_ENERGY], n, r->charge_energy, r->discharge_energy, energy);
    fill_step(t, rows, at, n, r->step);
    if (last > t->longest_ms) t->longest_ms = last;
}

static void fill_joined(ndc_test *t, const pm_rows *rows, int64_t at, int64_t n, int64_t index, const double *volt,
                        const double *amp)
{
    for (int64_t i = 0, m; i < n; i += m) {
        while (t->at + 1 < t->n_runs && t->run[t->at + 1].index <= index + i) enter(t, &t->run[++t->at]);
        int64_t end = t->at + 1 < t->n_runs ? t->run[t->at + 1].index : t->reach + 1;
        m = end > index + i && end - (index + i) < n - i ? end - (index + i) : n - i;
        if (end <= index + i)
            t->rows_beyond += m;
        else if (t->at >= 0)
            fill_segment(t, rows, at + i, m, index + i - t->run[t->at].index, volt + i, amp + i);
    }
}

static void take_joined(ndc_test *t, const pm_rows *rows, int64_t at, int place, int64_t n, uint32_t *index)
{
    const uint8_t *p = t->page.row + 8 * place;
    bool coarse = t->pages.layout->version == 11 || t->pages.layout->version == 16; /* 0.1 mV, mA */
    double volt[BLOCK], amp[BLOCK], *to;

    for (int64_t i = 0; i < n; i++) {
        volt[i] = (double)pm_f32(p + 8 * i) / (coarse ? 10000.0 : 1);
        amp[i] = (double)pm_f32(p + 8 * i + 4) / (coarse ? 1000.0 : 1);
        index[i] = (uint32_t)(t->page.first_place + place + i + 1);
    }
    if ((to = wanted(t, rows, NDC_VOLTAGE))) memcpy(to + at, volt, (size_t)n * sizeof *to);
    if ((to = wanted(t, rows, NDC_CURRENT))) memcpy(to + at, amp, (size_t)n * sizeof *to);
    for (int64_t i = 0; (to = wanted(t, rows, NDC_NUMBER)) && i < n; i++) to[at + i] = index[i];
    if (t->n_runs > 0) fill_joined(t, rows, at, n, index[0], volt, amp);
}

/* ---- rows that have all in themselves ---- */

enum {
    ROW_ID = 85,
    INDEX = 1,
    CYCLE = 5,
    STEP_ID = 9,
    STEP_TYPE = 10,
    STEP_MS = 16,
    VOLT = 24,
    AMP = 28,
    CHARGE = 36,
    DATE = 68,
    RANGE = 75
};

static void put(const ndc_test *t, const pm_rows *rows, int column, int64_t row, double value)
{
    double *to = wanted(t, rows, column);

    if (to) to[row] = value;
}

/* Time that is not one: more than thirty thousand years. */
static int64_t milliseconds(const uint8_t *p)
{
    uint64_t ms = pm_u64(p);

    return ms < UINT64_C(1) << 50 ? (int64_t)ms : 0;
}

static void put_clock(ndc_test *t, const pm_rows *rows, int64_t row, const uint8_t *p)
{
    int64_t ms = milliseconds(p + STEP_MS);
    int id = p[STEP_ID];

    if (id != t->last_step_id || ms < t->last_step_ms) {
        t->base_ms += t->longest_ms;
        t->longest_ms = 0;
        t->step_before++;
    }
    if (ms > t->longest_ms) t->longest_ms = ms;
    t->last_step_id = id;
    t->last_step_ms = ms;
    put(t, rows, NDC_STEP_TIME, row, (double)ms / 1000.0);
    put(t, rows, NDC_TEST_TIME, row, (double)(t->base_ms + ms) / 1000.0);
    put(t, rows, NDC_STEP_COUNT, row, (double)t->step_before + 1);
}

static pm_status put_row(ndc_test *t, const pm_rows *rows, int64_t row, const uint8_t *p, int64_t byte, pm_error *err)
{
    double per_amp = pm_neware_counts_per_ampere(pm_i32(p + RANGE));
    const uint8_t *d = p + DATE;
    pm_place at = pm_nowhere();

    at.byte = byte + RANGE;
    if (!(per_amp > 0))
        return pm_fail_at(err, PM_ERR_FORMAT, at, "export it as text with BTSDA, and send the file in",
                          "%s: ndc version %d, a row has the unknown current range %d: its unit is not known",
                          t->main.name, t->pages.layout->version, pm_i32(p + RANGE));
    put_clock(t, rows, row, p);
    put(t, rows, NDC_VOLTAGE, row, pm_i32(p + VOLT) / 10000.0);
    put(t, rows, NDC_CURRENT, row, pm_i32(p + AMP) / per_amp);
    put(t, rows, NDC_UNIX_TIME, row, pm_neware_civil_seconds(pm_u16(d), d[2], d[3], d[4], d[5], d[6]));
    put(t, rows, NDC_CYCLE, row, (double)pm_u32(p + CYCLE) + 1);
    put(t, rows, NDC_STEP_ID, row, p[STEP_ID]);
    put(t, rows, NDC_NUMBER, row, pm_u32(p + INDEX));
    for (int i = 0; i < 4; i++)
        put(t, rows, NDC_CHARGE + i, row, (double)pm_i64(p + CHARGE + 8 * i) / (per_amp * 3600));
    pm_rows_word(rows, t->column[NDC_STEP_TYPE], row, pm_neware_step_word(p[STEP_TYPE]), -1);
    return PM_OK;
}

/* n places, of which those are rows that say so; *taken of them. */
static pm_status take_flat(ndc_test *t, const pm_rows *rows, int64_t at, int place, int64_t n, uint32_t *index,
                           int64_t *taken, pm_error *err)
{
    const ndc_layout *l = t->pages.layout;
    int shift = l->version == 2 ? 7 : 0;
    pm_status s = PM_OK;

    *taken = 0;
    for (int64_t i = 0; i < n && !s; i++) {
        const uint8_t *p = t->page.row + (place + i) * l->size;
        int64_t byte = t->pages.at - l->page + l->first + (place + i) * l->size;
        if (p[0] != ROW_ID) {
            t->rows_foreign++;
            continue;
        }
        index[*taken] = pm_u32(p + shift + INDEX);
        s = put_row(t, rows, at + (*taken)++, p + shift, byte + shift, err);
    }
    return s;
}

/* ---- next ---- */

static void found(pm_native *n, const char *code, int64_t count, const char *format, ...) PM_PRINTF(4, 5);

static void found(pm_native *n, const char *code, int64_t count, const char *format, ...)
{
    char message[200];
    va_list arguments;

    if (count == 0) return;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    pm_native_fault *f = pm_native_found(n, code, "warning", "%s", message);
    if (f) f->count = count;
}

/* The files beside it name rows, but not each: there may have been more. */
static void tell_missing(const ndc_test *t, pm_native *n)
{
    const char *name = t->run_source.name;
    int64_t last = t->n_runs > 0 ? t->run[t->n_runs - 1].index : 0, there = t->rows_taken + t->rows_foreign;

    for (int64_t i = 0; i < t->n_aux; i++) {
        const ndc_aux *a = &t->aux[i];
        if (a->n_rows == 0 || a->index[a->n_rows - 1] <= last) continue;
        last = a->index[a->n_rows - 1];
        name = a->source.name;
    }
    if (last <= there) return;
    pm_native_fault *f = pm_native_found(n, "declared-rows-missing", "warning",
                                         "%s goes on to row %lld, %s has %lld rows: at least %lld are missing", name,
                                         (long long)last, t->main.name, (long long)there, (long long)(last - there));
    if (!f) return;
    f->count = last - there;
    f->expected = (double)last;
    f->observed = (double)there;
    snprintf(f->hint, sizeof f->hint, "the file was cut: copy or export it again");
}

static void tell(ndc_test *t, pm_native *n)
{
    if (t->told) return;
    t->told = true;
    ndc_pages_tell(&t->pages, n);
    if (t->has_run) ndc_pages_tell(&t->run_pages, n);
    if (t->has_step) ndc_pages_tell(&t->step_pages, n);
    found(n, "row-incomplete", t->rows_foreign, "%s: %lld rows are not of the kind %d and left out", t->main.name,
          (long long)t->rows_foreign, ROW_ID);
    found(n, "value-missing", t->rows_beyond, "%s ends at row %lld: %lld rows after it have no time and no capacity",
          t->run_source.name, (long long)(t->n_runs ? t->run[t->n_runs - 1].index : 0), (long long)t->rows_beyond);
    found(n, "value-missing", t->steps_unknown, "%s has %lld steps: %lld rows are of later ones and have no cycle",
          t->step_source.name, (long long)t->n_steps, (long long)t->steps_unknown);
    ndc_aux_tell(t, n);
    tell_missing(t, n);
}

static pm_status turn_page(ndc_test *t, bool *end, pm_error *err)
{
    pm_status s = ndc_pages_next(&t->pages, &t->page, err);

    t->place = 0;
    *end = t->page.places == 0;
    return s;
}

/* The rows of a page from t->place on. */
static pm_status take(ndc_test *t, const pm_rows *rows, int64_t *count, bool *end, pm_error *err)
{
    uint32_t index[BLOCK];
    int run;
    int place = ndc_page_run(&t->page, t->place, &run);
    int64_t n = rows->room - *count < run ? rows->room - *count : run, taken;
    pm_status s = PM_OK;

    if (run == 0) return turn_page(t, end, err);
    if (n > BLOCK) n = BLOCK;
    t->place = place + (int)n;
    taken = n;
    if (is_flat(t))
        s = take_flat(t, rows, *count, place, n, index, &taken, err);
    else
        take_joined(t, rows, *count, place, n, index);
    if (!s) ndc_aux_fill(t, rows, *count, index, taken);
    *count += taken;
    t->rows_taken += taken;
    return s;
}

pm_status ndc_test_next(ndc_test *t, pm_native *n, const pm_rows *rows, int64_t *count, pm_error *err)
{
    bool end = false;
    pm_status s = PM_OK;

    *count = 0;
    if (!t->started && (s = ndc_aux_load(t, rows, err))) return s;
    t->started = true;
    while (!s && !end && *count < rows->room) s = take(t, rows, count, &end, err);
    if (!s && end) tell(t, n);
    return s;
}
