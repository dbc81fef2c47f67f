/* SPDX-License-Identifier: MIT */
/* The fold over rows: half-cycles and windows, and what each of them shows. */
#include "short_state.h"

#include <math.h>
#include <string.h>

enum { SETTLE_s = 600 };

typedef struct row {
    double time_s, voltage_V, current_A, step;
} row;

static void keep(double *value, double otherwise)
{
    if (!(*value > 0)) *value = otherwise;
}

pm_short_options pm_short_defaults(const pm_short_options *given)
{
    pm_short_options o = given ? *given : (pm_short_options){0};

    keep(&o.window_s, 600);
    keep(&o.long_half_s, 4 * 3600);
    keep(&o.soft_part, 0.8);
    keep(&o.hard_part, 0.1);
    keep(&o.activation_fall, 0.05);
    if (o.recent <= 0) o.recent = 24;
    if (o.sustained <= 0) o.sustained = 3;
    keep(&o.excess_charge, 0.1);
    keep(&o.excess_efficiency, 0.02);
    keep(&o.drop_V, 0.02);
    keep(&o.flat_part, 0.05);
    keep(&o.low_ohm_cm2, 10);
    keep(&o.low_V, 0.01);
    return o;
}

pm_status pm_shorts_new(const pm_short_options *options, pm_shorts **out, pm_error *err)
{
    pm_scoped(pm_shorts) s = calloc(1, sizeof *s);
    pm_status status;

    if (!s) return pm_fail(err, PM_ERR_MEMORY, "no memory for a detector of shorts");
    s->options = pm_short_defaults(options);
    s->open = -1;
    if (s->options.recent > SHORT_RECENT_MOST)
        return pm_fail(err, PM_ERR_ARGUMENT, "a reference of %d levels is too long: at most %d", s->options.recent,
                       SHORT_RECENT_MOST);
    if (s->options.soft_part >= 1 || s->options.hard_part >= s->options.soft_part)
        return pm_fail(err, PM_ERR_ARGUMENT, "the parts of a soft and a hard short must be below 1 and in this order");
    if ((status = pm_cycler_new(&s->options.cycle, &s->cycler, err))) return status;
    *out = s;
    s = NULL;
    return PM_OK;
}

void pm_shorts_free(pm_shorts *s)
{
    if (!s) return;
    pm_cycler_free(s->cycler);
    free(s->half.points.item);
    free(s->window.points.item);
    free(s->alarm);
    free(s->drop);
    free(s->shape);
    free(s->spectrum);
    free(s);
}

/* ---- stretches ---- */

static void begin(short_stretch *x, double time_s)
{
    x->points.n = 0;
    x->start_s = time_s;
    x->current_As = x->current_s = 0;
}

/** The row before held until now; the new one holds for as long as the next shows. */
static pm_status extend(short_stretch *x, double time_s, double voltage_V, double current_A, double held_s,
                        pm_error *err)
{
    short_point point = {time_s, 0, voltage_V};

    if (x->points.n && held_s > 0) {
        x->points.item[x->points.n - 1].held_s += held_s;
        x->current_As += held_s * current_A;
        x->current_s += held_s;
    }
    return short_points_add(&x->points, &point, err);
}

static double mean_current(const short_stretch *x)
{
    return x->current_s > 0 ? x->current_As / x->current_s : NAN;
}

static pm_status level_of(const short_stretch *x, double from, double to, double time_s, short_level *level,
                          pm_error *err)
{
    double q[3];
    pm_status status = short_points_quantiles(&x->points, from, to, q, err);

    *level = (short_level){time_s, q[1], q[2] - q[0], mean_current(x)};
    return status;
}

/* A stretch of less than a tenth of the one before is a pulse, or the noise around a reversal. */
static bool counts(const pm_shorts *s, double duration_s)
{
    return s->half.points.n >= 5 && duration_s > 0 && duration_s >= 0.1 * s->half_before_s;
}

static pm_status note_shape(pm_shorts *s, const short_level *level, pm_error *err)
{
    double q[3];
    pm_status status = short_points_quantiles(&s->half.points, 0.05, 0.95, q, err);

    if (!status) status = pm_grow(&s->shape, &s->shape_room, s->shapes + 1, sizeof *s->shape, err);
    if (status) return status;
    s->shape[s->shapes++] = (short_shape){level->voltage_V, (q[2] - q[0]) / q[1], level->current_A};
    return PM_OK;
}

static pm_status end_window(pm_shorts *s, double time_s, bool whole, pm_error *err)
{
    bool is_long = time_s - s->half.start_s > s->options.long_half_s;
    short_level level;
    pm_status status = level_of(&s->window, 0, 1, time_s, &level, err);

    if (status || !isfinite(level.voltage_V)) return status;
    if ((status = short_take_signal(s, level.voltage_V, err))) return status;
    return whole ? short_take_level(s, &s->inner, &level, is_long, err) : PM_OK;
}

static pm_status end_half(pm_shorts *s, pm_error *err)
{
    double duration_s = s->last_s - s->half.start_s;
    short_level level;
    pm_status status;

    if (s->sign == 0) return PM_OK;
    if (s->sign > 0) s->longest_charge_s = fmax(s->longest_charge_s, duration_s);
    if (s->window.points.n > 20 && (status = end_window(s, s->last_s, false, err))) return status;
    bool taken = counts(s, duration_s);
    s->half_before_s = duration_s;
    if (!taken) return PM_OK;
    if ((status = level_of(&s->half, 0.2, 0.8, s->last_s, &level, err))) return status;
    if ((status = note_shape(s, &level, err))) return status;
    return short_take_level(s, &s->polarity[s->sign > 0], &level, true, err);
}

static void begin_half(pm_shorts *s, int sign, double time_s)
{
    s->sign = sign;
    begin(&s->half, time_s);
    begin(&s->window, time_s);
    s->inner = (short_series){0}; /* a half-cycle has its own nucleation, which falls like an activation */
    s->charge_maximum_V = -INFINITY;
    s->steady_since_s = time_s;
    s->drop_rows = 0;
    s->dropped = false;
}

/* ---- a voltage that drops while charging at constant current ---- */

static pm_status note_drop(pm_shorts *s, double time_s, double drop_V, pm_error *err)
{
    pm_status status = pm_grow(&s->drop, &s->drop_room, s->drops + 1, sizeof *s->drop, err);

    if (status) return status;
    s->drop[s->drops] = short_alarm_at(s, time_s);
    s->drop[s->drops++].drop_V = drop_V;
    s->dropped = true;
    return PM_OK;
}

/** Behind its first tenth, where nucleation lets it fall, a charge at constant current only rises, once it has
 *  settled at that current; one drop a charge is noted. */
static pm_status watch_charge(pm_shorts *s, const row *r, pm_error *err)
{
    bool steady = !s->rested && r->step == s->last_step && fabs(r->current_A - s->last_A) <= 0.01 * r->current_A;

    if (!steady) s->steady_since_s = r->time_s;
    if (r->time_s - s->steady_since_s < SETTLE_s) s->charge_maximum_V = -INFINITY;
    if (s->dropped || r->time_s - s->half.start_s < 0.1 * s->longest_charge_s) return PM_OK;
    s->charge_maximum_V = fmax(s->charge_maximum_V, r->voltage_V);
    double drop_V = s->charge_maximum_V - r->voltage_V;
    s->drop_rows = drop_V > s->options.drop_V ? s->drop_rows + 1 : 0;
    return s->drop_rows >= s->options.sustained ? note_drop(s, r->time_s, drop_V, err) : PM_OK;
}

/* ---- rows ---- */

/** Without a current: |V| below which a hard short leaves no direction to be told. */
static double zero_band_V(const pm_shorts *s)
{
    double known_V = fmax(s->polarity[0].reference_V, fmax(s->polarity[1].reference_V, s->inner.reference_V));

    return 0.5 * s->options.hard_part * known_V;
}

/** Direction; 0 = rest. Without a current the voltage's sign tells it; near zero it is taken to be as before. */
static int direction(pm_shorts *s, const row *r)
{
    if (!s->has_current) {
        if (fabs(r->voltage_V) <= zero_band_V(s)) return s->sign;
        return (r->voltage_V > 0) - (r->voltage_V < 0);
    }
    s->current_maximum_A = fmax(s->current_maximum_A, fabs(r->current_A));
    double band_A = s->options.cycle.dead_band_A > 0 ? s->options.cycle.dead_band_A : 0.0005 * s->current_maximum_A;
    return fabs(r->current_A) <= band_A ? 0 : r->current_A > 0 ? 1 : -1;
}

/** Without a current a hard short has no half-cycles: near zero for as long as so many of them would have lasted. */
static pm_status watch_zero(pm_shorts *s, const row *r, pm_error *err)
{
    if (s->has_current) return PM_OK;
    if (!(fabs(r->voltage_V) <= zero_band_V(s))) s->away_from_zero_s = r->time_s;
    double usual_s = fmax(s->half_before_s, s->options.window_s);
    return r->time_s - s->away_from_zero_s > s->options.sustained * usual_s ? short_at_zero(s, r->time_s, err) : PM_OK;
}

static pm_status take_row(pm_shorts *s, const row *r, pm_error *err)
{
    int sign = direction(s, r);
    pm_status status = watch_zero(s, r, err);

    if (status) return status;
    if (sign == 0) {
        s->rested = true;
        return PM_OK;
    }
    if (sign != s->sign) {
        if ((status = end_half(s, err))) return status;
        begin_half(s, sign, r->time_s);
    } else if (r->time_s - s->window.start_s >= s->options.window_s) {
        if ((status = end_window(s, r->time_s, true, err))) return status;
        begin(&s->window, r->time_s);
    }
    double held_s = s->rested ? 0 : r->time_s - s->last_s, current = sign * r->current_A;
    double eta = s->has_current ? sign * r->voltage_V : fabs(r->voltage_V);
    if ((status = extend(&s->half, r->time_s, eta, current, held_s, err))) return status;
    if ((status = extend(&s->window, r->time_s, eta, current, held_s, err))) return status;
    if (sign > 0 && s->has_current && (status = watch_charge(s, r, err))) return status;
    s->rested = false;
    s->last_A = r->current_A;
    s->last_step = r->step;
    s->last_s = r->time_s;
    return PM_OK;
}

typedef struct columns {
    const double *time_s, *voltage_V, *current_A, *step, *step_count;
} columns;

static pm_status bind(pm_shorts *s, const pm_table *records, columns *c, pm_error *err)
{
    pm_want wants[] = {{.name = "test_time_second", .unit = "s", .number = &c->time_s},
                       {.name = "voltage_volt", .unit = "V", .number = &c->voltage_V},
                       {.name = "current_ampere", .unit = "A", .number = &c->current_A, .optional = true},
                       {.name = "step_id", .unit = "1", .number = &c->step, .optional = true},
                       {.name = "step_count", .unit = "1", .number = &c->step_count, .optional = true}};
    pm_status status = pm_table_bind(records, 5, wants, err);

    if (!c->step) c->step = c->step_count;
    s->has_current = c->current_A != NULL;
    return status;
}

pm_status pm_shorts_push(pm_shorts *s, const pm_table *records, pm_error *err)
{
    columns c = {0};
    pm_status status = pm_cycler_push(s->cycler, records, err);

    if (!status) status = bind(s, records, &c, err);
    if (status) return status;
    for (int64_t i = 0, n = pm_table_rows(records); i < n; i++) {
        row r = {c.time_s[i], c.voltage_V[i], c.current_A ? c.current_A[i] : NAN, c.step ? c.step[i] : 0};
        if (!isfinite(r.time_s) || !isfinite(r.voltage_V) || (c.current_A && !isfinite(r.current_A))) continue;
        if (s->started && r.time_s < s->last_s) continue; /* a clock that ran back: what it says is not known */
        if (!s->started) s->first_s = s->last_s = s->away_from_zero_s = r.time_s;
        s->started = true;
        if ((status = take_row(s, &r, err))) return status;
    }
    return PM_OK;
}
