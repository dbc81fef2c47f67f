/* SPDX-License-Identifier: MIT */
/* Rows of a .mpr file, column by column: what is stored, and what follows from it. */
#include "mpr.h"

#include <math.h>

double mpr_number(char type, const uint8_t *p)
{
    switch (type) {
    case 'd': return pm_f64(p);
    case 'f': return (double)pm_f32(p);
    case 'u': return pm_u32(p);
    case 's': return pm_u16(p);
    default: return p[0];
    }
}

/* From row `from` (of all) on, n of them. */
typedef struct stretch {
    const mpr_file *m;
    const uint8_t *first; /* byte of its first row */
    int64_t from, n;
} stretch;

static const uint8_t *row_at(stretch s, int64_t i)
{
    return s.first + i * s.m->width;
}

/* ---- what is stored ---- */

static void copy_stored(stretch s, const mpr_column *c, double *to)
{
    const uint8_t *p = s.first + c->offset;
    int64_t width = s.m->width;

    if (c->type == 'd')
        for (int64_t i = 0; i < s.n; i++) to[i] = pm_f64(p + i * width);
    else if (c->type == 'f')
        for (int64_t i = 0; i < s.n; i++) to[i] = (double)pm_f32(p + i * width);
    else
        for (int64_t i = 0; i < s.n; i++) to[i] = mpr_number(c->type, p + i * width);
    if (c->over != 1)
        for (int64_t i = 0; i < s.n; i++) to[i] /= c->over;
}

static bool has_frequency(stretch s, int64_t i)
{
    return pm_f32(row_at(s, i) + s.m->frequency) > 0;
}

/* Rows without a frequency have zeros in the columns of a spectrum. */
static void blank_without_frequency(stretch s, double *to)
{
    for (int64_t i = 0; s.m->frequency >= 0 && i < s.n; i++)
        if (!has_frequency(s, i)) to[i] = NAN;
}

static void copy_flag(stretch s, const mpr_column *c, double *to)
{
    for (int64_t i = 0; i < s.n; i++) to[i] = (row_at(s, i)[c->offset] & c->mask) >> c->shift;
}

/* control/V/mA is a voltage in mode 2, a current in mode 1. */
static void copy_controlled(stretch s, const mpr_column *c, double *to)
{
    for (int64_t i = 0; i < s.n; i++) {
        const uint8_t *p = row_at(s, i);
        if ((p[s.m->flags] & 3) == c->mask) to[i] = (double)pm_f32(p + c->offset) / c->over;
    }
}

/* ---- what follows ---- */

/* The charge of a row is what has passed since the row before. */
static double mean_current(stretch s, int64_t i)
{
    const mpr_file *m = s.m;
    const uint8_t *p = row_at(s, i);
    double charge_As = mpr_number(m->charge_type, p + m->charge) * 3600 / m->charge_over;
    double last_s = s.from + i > 0 ? pm_f64(p - m->width + m->time) : (double)NAN,
           passed_s = pm_f64(p + m->time) - last_s;

    if (charge_As == 0) return 0;
    return passed_s > 0 ? charge_As / passed_s : (double)NAN;
}

static void derive_current(stretch s, double *to)
{
    for (int64_t i = 0; i < s.n; i++) to[i] = mean_current(s, i);
}

static void fill_zeros(stretch s, double *to)
{
    for (int64_t i = 0; i < s.n; i++) to[i] = 0;
}

static void copy_mixed(stretch s, const mpr_column *c, double *to)
{
    copy_stored(s, c, to);
    for (int64_t i = 0; i < s.n; i++)
        if (has_frequency(s, i)) to[i] = mean_current(s, i);
}

static void derive_unix(stretch s, double *to)
{
    for (int64_t i = 0; i < s.n; i++) to[i] = s.m->notes.start_s + pm_f64(row_at(s, i) + s.m->time);
}

static bool begins_step(stretch s, int64_t i)
{
    const uint8_t *p = row_at(s, i);

    if (s.from + i == 0) return true;
    if (s.m->has_ns_changes) return p[s.m->flags] & 0x20;
    return pm_u16(p + s.m->ns) != pm_u16(p - s.m->width + s.m->ns);
}

static void count_steps(stretch s, int64_t *steps, double *to)
{
    for (int64_t i = 0; i < s.n; i++) {
        *steps += begins_step(s, i);
        to[i] = (double)*steps;
    }
}

static int64_t loop_begin(const mpr_file *m, int64_t i)
{
    return 4 * i < m->notes.loops.n ? (int64_t)pm_u32(m->notes.loops.at + 4 * i) : INT64_MAX;
}

static void count_loops(stretch s, int64_t *loops, double *to)
{
    int64_t last = s.m->notes.loops.n / 4 - 1; /* the end of the rows */

    for (int64_t i = 0; i < s.n; i++) {
        while (*loops < last && loop_begin(s.m, *loops) <= s.from + i) ++*loops;
        to[i] = (double)*loops;
    }
}

static bool loop_begins(mpr_file *m, int64_t row)
{
    bool begins = false;

    for (; loop_begin(m, m->loop_next) <= row; m->loop_next++) begins |= loop_begin(m, m->loop_next) == row;
    return begins;
}

/* A spectrum ends where rows have no frequency, where a loop begins anew, and where the frequency turns back. */
static void count_spectra(mpr_file *m, stretch s, double *to)
{
    for (int64_t i = 0; i < s.n; i++) {
        double f = (double)pm_f32(row_at(s, i) + m->frequency), moved = f - m->frequency_last;
        bool anew = loop_begins(m, s.from + i) || isnan(m->frequency_last) || moved * m->direction < 0;
        if (!(f > 0)) {
            m->frequency_last = NAN;
            continue;
        }
        m->spectra += anew;
        if (anew)
            m->direction = 0;
        else if (m->direction == 0)
            m->direction = moved;
        m->frequency_last = f;
        to[i] = (double)m->spectra;
    }
}

/* ---- all columns ---- */

static void fill_words(stretch s, const mpr_column *c, const pm_rows *rows, int column)
{
    static const char *const words[4] = {NULL, "galvanostatic", "potentiostatic", "rest"};

    for (int64_t i = 0; i < s.n; i++) {
        const char *word = words[row_at(s, i)[c->offset] & 3];
        if (word) pm_rows_word(rows, column, i, word, -1);
    }
}

static void fill_numbers(mpr_file *m, stretch s, const mpr_column *c, double *to)
{
    switch (c->from) {
    case MPR_FLAG: copy_flag(s, c, to); break;
    case MPR_UNIX: derive_unix(s, to); break;
    case MPR_CURRENT: derive_current(s, to); break;
    case MPR_RESTING: fill_zeros(s, to); break;
    case MPR_MIXED: copy_mixed(s, c, to); break;
    case MPR_STEPS: count_steps(s, &m->steps, to); break;
    case MPR_SPECTRA: count_spectra(m, s, to); break;
    case MPR_LOOPS: count_loops(s, &m->loops, to); break;
    case MPR_CONTROLLED: copy_controlled(s, c, to); break;
    default: copy_stored(s, c, to);
    }
    for (int64_t i = 0; c->from == MPR_SIZE && i < s.n; i++) to[i] = fabs(to[i]);
    for (int64_t i = 0; c->from == MPR_HALVED && i < s.n; i++) to[i] = floor(to[i] / 2);
    if (c->spectral) blank_without_frequency(s, to);
}

pm_status mpr_next(pm_native *n, const pm_rows *rows, int64_t *count, pm_error *err)
{
    mpr_file *m = n->state;
    int64_t left = m->n_rows - m->row;
    stretch s = {m, m->rows.at + m->row * m->width, m->row, left < rows->room ? left : rows->room};

    (void)err;
    for (int i = 0; i < n->n_columns && s.n > 0; i++) {
        const mpr_column *c = &m->column[i];
        if (rows->number[i])
            fill_numbers(m, s, c, rows->number[i]);
        else if (c->from == MPR_STEP_WORD && rows->place[i] >= 0)
            fill_words(s, c, rows, i);
    }
    m->row += s.n;
    *count = s.n;
    return PM_OK;
}
