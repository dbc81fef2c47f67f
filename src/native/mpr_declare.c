/* SPDX-License-Identifier: MIT */
/* The columns that come of what is stored in a .mpr file. */
#include "mpr.h"

#include <math.h>

enum { MODE_REST = 3 };

static const mpr_stored *stored_of(const mpr_file *m, int id)
{
    for (int i = 0; i < m->n_stored; i++)
        if (m->stored[i].id && m->stored[i].id->id == id) return &m->stored[i];
    return NULL;
}

/* The first of some identifiers that the file has, ended by 0. */
static const mpr_stored *best_of(const mpr_file *m, const int *wanted)
{
    const mpr_stored *found = NULL;

    for (int i = 0; wanted[i] && !found; i++) found = stored_of(m, wanted[i]);
    return found;
}

static int place_of(const mpr_file *m, int id)
{
    const mpr_stored *c = stored_of(m, id);

    return c ? c->offset : -1;
}

/* What later rows are read by. */
static void remember(mpr_file *m)
{
    static const int charges[] = {MPR_DQ, MPR_DQ_SUM, MPR_DQ_COULOMB, 0};
    const mpr_stored *charge = best_of(m, charges);

    m->time = place_of(m, MPR_TIME);
    m->frequency = place_of(m, MPR_FREQUENCY);
    m->ns = place_of(m, MPR_NS);
    m->charge = charge ? charge->offset : -1;
    m->charge_type = charge ? charge->id->type : 0;
    m->charge_over = charge ? charge->id->over : 1;
    m->flags = -1;
    for (int i = 0; i < m->n_stored; i++) {
        const mpr_stored *c = &m->stored[i];
        if (c->mask) m->flags = c->offset;
        m->has_mode |= c->mask == 0x03;
        m->has_ns_changes |= c->mask == 0x20;
    }
    m->frequency_last = NAN;
    for (int64_t i = 0; m->frequency >= 0 && i < m->n_rows; i++)
        m->spectral_rows += pm_f32(m->rows.at + i * m->width + m->frequency) > 0;
}

/* Column i of the pm_native is m->column[i]. */
static pm_status keep(mpr_file *m, mpr_column c, pm_error *err)
{
    pm_status s = pm_grow(&m->column, &m->columns_room, m->n_columns + 1, sizeof *m->column, err);

    if (!s) m->column[m->n_columns++] = c;
    return s;
}

static pm_status add_flag(mpr_file *m, pm_native *n, const mpr_stored *c, pm_error *err)
{
    mpr_column column = {.from = MPR_FLAG, .offset = c->offset, .mask = c->mask};
    pm_status s;

    while (!(c->mask >> column.shift & 1)) column.shift++;
    pm_native_number(n, c->ours, "1", c->name, "");
    s = keep(m, column, err);
    if (s || c->mask != 0x03) return s;
    pm_native_words(n, "step_type", c->name);
    column.from = MPR_STEP_WORD;
    return keep(m, column, err);
}

static pm_status add_controlled(mpr_file *m, pm_native *n, const mpr_stored *c, pm_error *err)
{
    mpr_column column = {.from = MPR_CONTROLLED, .offset = c->offset, .mask = 2, .over = 1};
    pm_status s;

    pm_native_number(n, "control_volt", "V", c->name, "V");
    if ((s = keep(m, column, err))) return s;
    column.mask = 1;
    column.over = 1000;
    pm_native_number(n, "control_ampere", "A", c->name, "mA");
    return keep(m, column, err);
}

/* A stored column as another quantity: what it is called, and how its values come of what is stored. */
static pm_status add_made(mpr_file *m, pm_native *n, const mpr_stored *c, const char *name, mpr_from from,
                          pm_error *err)
{
    mpr_column column = {.from = from,
                         .type = c->id->type,
                         .offset = c->offset,
                         .over = c->id->over,
                         .spectral = from == MPR_STORED && c->id->spectral};
    bool own = from == MPR_STORED || from == MPR_SIZE || from == MPR_HALVED || from == MPR_MIXED; /* else derived */

    pm_native_number(n, name, c->id->our_unit, own ? c->name : "", own ? c->id->unit : "");
    return keep(m, column, err);
}

/* What is made of a stored column beside itself. */
static pm_status add_companion(mpr_file *m, pm_native *n, const mpr_stored *c, pm_error *err)
{
    int id = c->id->id;

    if (id == MPR_TIME && c->offset == m->time && !isnan(m->notes.start_s))
        return add_made(m, n, c, "unix_time_second", MPR_UNIX, err);
    if (id == MPR_NS) return add_made(m, n, c, "step_count", MPR_STEPS, err);
    if (id == MPR_Q && !stored_of(m, MPR_CAPACITY)) return add_made(m, n, c, "step_capacity_ah", MPR_SIZE, err);
    if (id == MPR_HALF_CYCLE && !stored_of(m, MPR_CYCLE)) return add_made(m, n, c, "cycle_count", MPR_HALVED, err);
    return PM_OK;
}

/* ---- current ---- */

static void tell_current(pm_native *n, int64_t rows, const char *why)
{
    pm_native_fault *f = pm_native_found(n, "value-missing", "note",
                                         "%s: it is the charge dq of the row over the time since the row before", why);

    if (!f) return;
    f->column = "current_ampere";
    f->count = rows;
}

static pm_status add_derived_current(mpr_file *m, pm_native *n, pm_error *err)
{
    tell_current(n, m->n_rows, "the file holds no current");
    pm_native_number(n, "current_ampere", "A", "", "");
    return keep(m, (mpr_column){.from = MPR_CURRENT}, err);
}

/* By the technique, or by the mode of every row. */
static bool rests(const mpr_file *m)
{
    bool all = m->has_mode;

    if (m->spectral_rows > 0) return false;
    for (int64_t i = 0; i < m->n_rows && all; i++) all = (m->rows.at[i * m->width + m->flags] & 3) == MODE_REST;
    return all || strcmp(mpr_technique(m->notes.technique), "OCV") == 0;
}

/* Without it the voltage alone would make half-cycles of a rest. */
static pm_status add_resting_current(mpr_file *m, pm_native *n, pm_error *err)
{
    pm_native_fault *f =
        pm_native_found(n, "value-missing", "note", "the file holds no current: it is 0, for no current flows at rest");

    if (f) f->column = "current_ampere";
    if (f) f->count = m->n_rows;
    pm_native_number(n, "current_ampere", "A", "", "");
    return keep(m, (mpr_column){.from = MPR_RESTING}, err);
}

/* What stands as I in a row of a spectrum is one sample of the alternating current. */
static pm_status add_mixed_current(mpr_file *m, pm_native *n, const mpr_stored *c, pm_error *err)
{
    char why[120];
    pm_status s = add_made(m, n, c, "current_ampere", MPR_MIXED, err);

    snprintf(why, sizeof why, "the current of %lld rows is a sample of the alternating one (kept as %s)",
             (long long)m->spectral_rows, c->ours);
    tell_current(n, m->spectral_rows, why);
    return s ? s : add_made(m, n, c, c->ours, MPR_STORED, err);
}

/* ---- all columns ---- */

static pm_status add_count(mpr_file *m, pm_native *n, const char *name, mpr_from from, pm_error *err)
{
    pm_native_number(n, name, "1", "", "");
    return keep(m, (mpr_column){.from = from}, err);
}

static pm_status add_stored(mpr_file *m, pm_native *n, const mpr_stored *c, const mpr_stored *current, pm_error *err)
{
    static const int voltages[] = {MPR_EWE, MPR_EWE_ECE, MPR_EWE_MEAN, MPR_EWE_MEAN_NEW, 0};
    bool mixed = m->spectral_rows > 0 && m->spectral_rows < m->n_rows && m->charge >= 0 && m->time >= 0;

    if (c->mask) return add_flag(m, n, c, err);
    if (c->id->id == MPR_CONTROL && m->has_mode) return add_controlled(m, n, c, err);
    if (c == best_of(m, voltages)) return add_made(m, n, c, "voltage_volt", MPR_STORED, err);
    if (c != current) return add_made(m, n, c, c->ours, MPR_STORED, err);
    return mixed ? add_mixed_current(m, n, c, err) : add_made(m, n, c, "current_ampere", MPR_STORED, err);
}

pm_status mpr_declare(mpr_file *m, pm_native *n, pm_error *err)
{
    static const int currents[] = {MPR_I, MPR_I_MEAN, MPR_I_MEAN_WIDE, 0};
    const mpr_stored *current = best_of(m, currents);
    pm_status s = PM_OK;

    remember(m);
    for (int i = 0; !s && i < m->n_stored; i++) {
        const mpr_stored *c = &m->stored[i];
        s = add_stored(m, n, c, current, err);
        if (!s && c->id) s = add_companion(m, n, c, err);
    }
    bool derived = !current && m->charge >= 0 && m->time >= 0;
    if (!s && derived) s = add_derived_current(m, n, err);
    if (!s && !current && !derived && rests(m)) s = add_resting_current(m, n, err);
    if (!s && m->frequency >= 0) s = add_count(m, n, "spectrum_count", MPR_SPECTRA, err);
    if (!s && m->notes.loops.n > 0) s = add_count(m, n, "loop_count", MPR_LOOPS, err);
    return s;
}
