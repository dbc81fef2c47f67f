/* SPDX-License-Identifier: MIT */
/* The records of a .nda file: looked at once when it is opened, read column by column afterwards. */
#include "nda.h"
#include "neware.h"

#include <math.h>
#include <stdlib.h>

static int step_of(const nda_layout *l, const uint8_t *record)
{
    return l->length == 86 ? pm_u16(record + l->step) : record[l->step];
}

static uint64_t ticks_of(const nda_layout *l, const uint8_t *record)
{
    const uint8_t *p = record + l->time;

    if (l->time_kind == NDA_U4) return pm_u32(p);
    return l->time_kind == NDA_U8 ? pm_u64(p) : pm_u32(p) * UINT64_C(1000000000) + pm_u32(p + 4);
}

/* ---- looking at all of them ---- */

static pm_status refuse(pm_error *err, int64_t byte, const char *what, int64_t value)
{
    pm_place at = pm_nowhere();

    at.byte = byte;
    return pm_fail_at(err, PM_ERR_FORMAT, at, "export it as text with BTSDA, and send the file in", what,
                      (long long)value);
}

/* A range that a record names counts; else that of the channel. */
static int32_t range_of(const nda_file *f, const uint8_t *record)
{
    int32_t own = f->layout->range >= 0 ? pm_i32(record + f->layout->range) : 0;

    return own ? own : f->range;
}

static pm_status look_at_row(nda_file *f, const uint8_t *record, pm_error *err)
{
    const nda_layout *l = f->layout;
    uint32_t index = pm_u32(record + l->index);

    if (f->rows == 0) f->first_index = index;
    if (f->rows > 0 && index == f->last_index + 1) f->in_line++;
    f->last_index = index;
    f->rows++;
    if (!l->ranged) return PM_OK;
    int32_t range = range_of(f, record);
    double per_amp = pm_neware_counts_per_ampere(range);
    if (!(per_amp > 0))
        return refuse(err, record - f->all.at, "record with the unknown current range %lld: its unit is not known",
                      range);
    f->fewest_per_amp = fmin(f->fewest_per_amp, per_amp);
    return PM_OK;
}

static pm_status keep_auxiliary(nda_file *f, const uint8_t *record, pm_error *err)
{
    pm_status s = pm_grow(&f->aux, &f->aux_room, f->n_aux + 1, sizeof *f->aux, err);

    if (!s) f->aux[f->n_aux++] = (nda_auxiliary){pm_u32(record + 2), record[1], record - f->all.at};
    return s;
}

static pm_status look_at(nda_file *f, const uint8_t *record, const uint8_t *first, pm_error *err)
{
    const nda_layout *l = f->layout;
    nda_record kind = l->what(record, first);

    f->closed = kind == NDA_LOG;
    switch (kind) {
    case NDA_ROW: return look_at_row(f, record, err);
    case NDA_AUXILIARY: return keep_auxiliary(f, record, err);
    case NDA_OPAQUE: f->opaque++; return PM_OK;
    case NDA_LOG:
        f->logs++;
        f->log_last = pm_u32(record + l->log_index);
        return PM_OK;
    default:
        if (f->unknown++ == 0) {
            f->first_unknown = record - f->all.at;
            f->unknown_id = l->length == 88 ? record[4] : record[0];
        }
        return PM_OK;
    }
}

static int by_channel(const void *a, const void *b)
{
    const nda_auxiliary *x = a, *y = b;

    if (x->channel != y->channel) return x->channel < y->channel ? -1 : 1;
    if (x->index != y->index) return x->index < y->index ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static void sort_auxiliary(nda_file *f)
{
    if (f->n_aux == 0) return;
    qsort(f->aux, (size_t)f->n_aux, sizeof *f->aux, by_channel);
    for (int64_t i = f->n_aux - 1; i >= 0; i--) {
        nda_channel *c = &f->channel[f->aux[i].channel];
        c->first = i;
        c->n++;
    }
}

pm_status nda_scan(nda_file *f, pm_error *err)
{
    int length = f->layout->length;
    const uint8_t *first = f->all.at + f->begin;
    pm_status s = PM_OK;

    f->fewest_per_amp = INFINITY;
    for (int64_t at = f->begin; !s && at + length <= f->end; at += length) s = look_at(f, f->all.at + at, first, err);
    for (int64_t at = f->aux_begin; !s && at + length <= f->aux_end; at += length)
        if (f->layout->what(f->all.at + at, first) == NDA_AUXILIARY) s = keep_auxiliary(f, f->all.at + at, err);
    if (s) return s;
    if (f->rows == 0)
        return refuse(err, f->begin, "no record of data stands among the %lld bytes of records", f->end - f->begin);
    if (2 * f->in_line < f->rows - 1)
        return refuse(err, f->begin,
                      "the records' numbers do not follow each other in %lld of them: the records do not begin here",
                      f->rows - 1 - f->in_line);
    sort_auxiliary(f);
    return PM_OK;
}

/* ---- columns ---- */

static void set_resolution(const nda_file *f, pm_native *n, const nda_field *field)
{
    switch (field->kind) {
    case NDA_I4:
    case NDA_U4:
    case NDA_U2:
    case NDA_U1:
    case NDA_U8: pm_native_resolution(n, 1 / field->divide); return;
    case NDA_RANGED_I4:
    case NDA_RANGED_I8: pm_native_resolution(n, 1 / (f->fewest_per_amp * field->divide)); return;
    case NDA_TEST_TIME:
    case NDA_STEP_TIME: pm_native_resolution(n, 1 / f->layout->ticks); return;
    case NDA_SECONDS: pm_native_resolution(n, 1e-9); return;
    case NDA_STEP_COUNT:
    case NDA_CIVIL: pm_native_resolution(n, 1); return;
    default: return;
    }
}

static void declare_channel(nda_file *f, pm_native *n, int number)
{
    nda_channel *c = &f->channel[number];
    bool volt = false, celsius = false;
    char name[64];

    for (int64_t i = c->first; i < c->first + c->n; i++) {
        const uint8_t *record = f->all.at + f->aux[i].at;
        volt |= pm_i32(record + 22) != 0;
        celsius |= pm_i16(record + 34) != 0;
    }
    if (celsius) {
        snprintf(name, sizeof name, "auxiliary_%d_temperature_celsius", number);
        c->celsius = pm_native_number(n, name, "degC", "", "");
        pm_native_resolution(n, 0.1);
    }
    if (volt) {
        snprintf(name, sizeof name, "auxiliary_%d_voltage_volt", number);
        c->volt = pm_native_number(n, name, "V", "", "");
        pm_native_resolution(n, 1e-4);
    }
}

void nda_declare(nda_file *f, pm_native *n)
{
    for (const nda_field *field = f->layout->field; field->name; field++) {
        bool words = field->kind == NDA_STEP_WORD;
        f->column[f->n_fields++] =
            words ? pm_native_words(n, field->name, field->source)
                  : pm_native_number(n, field->name, field->unit, field->source, field->source_unit);
        set_resolution(f, n, field);
    }
    for (int i = 0; i < NDA_CHANNELS; i++) {
        f->channel[i].volt = f->channel[i].celsius = -1;
        if (f->channel[i].n) declare_channel(f, n, i);
    }
}

/* ---- reading ---- */

/* A step begins where the instrument's count of steps jumps; where it keeps none, where the step, the cycle or the
 * step's clock say so. */
static bool begins_step(const nda_layout *l, const uint8_t *before, const uint8_t *record, bool clock_fell)
{
    if (step_of(l, before) != step_of(l, record)) return true;
    if (l->jump >= 0) return before[l->jump] != record[l->jump];
    if (l->cycle >= 0 && pm_u32(before + l->cycle) != pm_u32(record + l->cycle)) return true;
    return clock_fell && !l->whole_time;
}

static void keep_time(nda_file *f, const uint8_t *record, int64_t row)
{
    const nda_layout *l = f->layout;
    uint64_t ticks = ticks_of(l, record);

    if (!f->before) {
        f->steps = 1;
    } else if (begins_step(l, f->before, record, ticks < f->last_ticks)) {
        f->steps++;
        f->base_ticks = l->whole_time ? f->last_ticks : f->base_ticks + f->last_ticks;
    }
    f->before = record;
    f->last_ticks = ticks;
    f->step_count[row] = (double)f->steps;
    f->step_time[row] = (double)(l->whole_time ? (int64_t)(ticks - f->base_ticks) : (int64_t)ticks) / l->ticks;
    f->test_time[row] = (double)(l->whole_time ? ticks : f->base_ticks + ticks) / l->ticks;
}

static double civil_seconds(const uint8_t *p)
{
    return pm_neware_civil_seconds(pm_u16(p), p[2], p[3], p[4], p[5], p[6]);
}

/* One column of a batch: a loop per kind, so that the compiler can make it tight. */
static void fill(const nda_file *f, const nda_field *field, double *to, int64_t n)
{
    const double divide = field->divide, add = field->add;
    const int at = field->at;
    const uint8_t *const *record = f->record;
    const double *per_amp = f->per_amp;

#define EACH(expression)                                                                                               \
    for (int64_t i = 0; i < n; i++) {                                                                                  \
        const uint8_t *p = record[i] + at;                                                                             \
        to[i] = (expression);                                                                                          \
    }                                                                                                                  \
    break
    switch (field->kind) {
    case NDA_U1: EACH(*p / divide + add);
    case NDA_U2: EACH(pm_u16(p) / divide + add);
    case NDA_U4: EACH(pm_u32(p) / divide + add);
    case NDA_U8: EACH((double)pm_u64(p) / divide + add);
    case NDA_I4: EACH(pm_i32(p) / divide + add);
    case NDA_F4: EACH((double)pm_f32(p) / divide + add);
    case NDA_RANGED_I4: EACH(pm_i32(p) / per_amp[i]);
    case NDA_RANGED_I8: EACH((double)pm_i64(p) / (per_amp[i] * divide));
    case NDA_F4_ABOVE: EACH(fmax((double)pm_f32(p), 0) / divide);
    case NDA_F4_SIZE: EACH(fabs((double)pm_f32(p)) / divide);
    case NDA_F4_BELOW: EACH(fmax(-(double)pm_f32(p), 0) / divide);
    case NDA_SECONDS: EACH(pm_u32(p) + pm_u32(p + 4) / 1e9);
    case NDA_CIVIL: EACH(civil_seconds(p));
    case NDA_TEST_TIME: memcpy(to, f->test_time, (size_t)n * sizeof *to); break;
    case NDA_STEP_TIME: memcpy(to, f->step_time, (size_t)n * sizeof *to); break;
    case NDA_STEP_COUNT: memcpy(to, f->step_count, (size_t)n * sizeof *to); break;
    case NDA_STEP_WORD: break;
    }
#undef EACH
}

static void fill_words(const nda_file *f, const pm_rows *rows, int column, int at, int64_t n)
{
    char number[16];

    for (int64_t i = 0; rows->place[column] >= 0 && i < n; i++) {
        int type = f->record[i][at];
        const char *word = pm_neware_step_word(type);
        if (!word) snprintf(number, sizeof number, "type %d", type);
        pm_rows_word(rows, column, i, word ? word : number, -1);
    }
}

static const nda_auxiliary *find_auxiliary(const nda_file *f, const nda_channel *c, uint32_t index)
{
    int64_t low = c->first, high = c->first + c->n;

    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (f->aux[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->first + c->n && f->aux[low].index == index ? &f->aux[low] : NULL;
}

static void fill_channel(const nda_file *f, const nda_channel *c, const pm_rows *rows, int64_t n)
{
    double *volt = c->volt >= 0 ? rows->number[c->volt] : NULL,
           *celsius = c->celsius >= 0 ? rows->number[c->celsius] : NULL;

    if (!volt && !celsius) return;
    for (int64_t i = 0; i < n; i++) {
        const nda_auxiliary *a = find_auxiliary(f, c, pm_u32(f->record[i] + f->layout->index));
        if (a && volt) volt[i] = pm_i32(f->all.at + a->at + 22) / 10000.0;
        if (a && celsius) celsius[i] = pm_i16(f->all.at + a->at + 34) / 10.0;
    }
}

/* The next rows' records, their clocks and ranges. */
static int64_t gather(nda_file *f, int64_t most)
{
    const nda_layout *l = f->layout;
    const uint8_t *first = f->all.at + f->begin;
    int32_t range = 0;
    double per_amp = 0;
    int64_t n = 0;

    for (; n < most && f->at + l->length <= f->end; f->at += l->length) {
        const uint8_t *record = f->all.at + f->at;
        if (l->what(record, first) != NDA_ROW) continue;
        f->record[n] = record;
        keep_time(f, record, n);
        if (l->ranged && (per_amp == 0 || range_of(f, record) != range)) {
            range = range_of(f, record);
            per_amp = pm_neware_counts_per_ampere(range);
        }
        f->per_amp[n++] = per_amp;
    }
    return n;
}

int64_t nda_read(nda_file *f, const pm_rows *rows)
{
    int64_t n = gather(f, rows->room < NDA_BATCH ? rows->room : NDA_BATCH);

    for (int k = 0; k < f->n_fields && n > 0; k++) {
        const nda_field *field = &f->layout->field[k];
        if (field->kind == NDA_STEP_WORD)
            fill_words(f, rows, f->column[k], field->at, n);
        else if (rows->number[f->column[k]])
            fill(f, field, rows->number[f->column[k]], n);
    }
    for (int k = 0; k < NDA_CHANNELS && n > 0; k++)
        if (f->channel[k].n) fill_channel(f, &f->channel[k], rows, n);
    return n;
}
