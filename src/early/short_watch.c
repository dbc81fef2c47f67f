/* SPDX-License-Identifier: MIT */
/* Levels and signals as they come: alarms that are raised and that recover. */
#include "short_state.h"

#include <math.h>

/* ---- signals of windows ---- */

/** Median of the first windows' noise, of as many as there are. */
static double early_noise(const short_history *h, int64_t windows)
{
    double noise[EARLY_WINDOWS];
    int64_t n = 0;

    for (int64_t i = 0; i < windows && i < EARLY_WINDOWS; i++)
        if (isfinite(h->noise_V[i])) noise[n++] = h->noise_V[i];
    return n ? pm_median(noise, n) : 0;
}

pm_status short_take_signal(pm_shorts *s, double level_V, pm_error *err)
{
    short_history *h = &s->history;
    short_signal signal;
    pm_status status;
    bool early = h->windows < EARLY_WINDOWS;

    if (early && (status = short_noise(&s->window.points, &h->noise_V[h->windows], err))) return status;
    double fall_V = fmax(8 * early_noise(h, h->windows + 1), 0.05 * fabs(level_V));
    if ((status = short_signal_of(&s->window.points, fall_V, &signal, err))) return status;
    if (early) {
        h->band[h->windows] = signal.band_V2_s2;
        h->early_rows += signal.rows;
        h->early_falls += signal.falls;
    }
    h->late[h->windows++ % LATE_WINDOWS] = signal;
    return PM_OK;
}

static double early_band(const short_history *h)
{
    double band[EARLY_WINDOWS];
    int64_t n = 0;

    for (int i = 0; i < EARLY_WINDOWS; i++)
        if (isfinite(h->band[i])) band[n++] = h->band[i];
    return pm_median(band, n);
}

short_alarm short_alarm_at(const pm_shorts *s, double time_s)
{
    const short_history *h = &s->history;
    short_alarm a = {.time_s = time_s,
                     .sign = s->sign,
                     .recovered_s = NAN,
                     .level = {.voltage_V = NAN},
                     .reference_V = NAN,
                     .fall_share = NAN,
                     .early_fall_share = NAN,
                     .recovered_share = NAN,
                     .band_dB = NAN,
                     .drop_V = NAN,
                     .overrun_ratio = NAN,
                     .efficiency = NAN,
                     .impedance_ratio = NAN,
                     .resistance_ratio = NAN};
    double rows = 0, falls = 0, recovered = 0, band = 0;

    if (h->windows < EARLY_WINDOWS + LATE_WINDOWS) return a; /* nothing to compare with yet */
    for (int i = 0; i < LATE_WINDOWS; i++) {
        rows += h->late[i].rows;
        falls += h->late[i].falls;
        recovered += h->late[i].recovered;
        band += h->late[i].band_V2_s2 / LATE_WINDOWS;
    }
    a.fall_share = falls / rows;
    a.early_fall_share = h->early_falls / h->early_rows;
    a.recovered_share = falls > 0 ? recovered / falls : NAN;
    a.band_dB = 10 * log10(band / early_band(h));
    return a;
}

/* ---- alarms of levels ---- */

static pm_status open_alarm(pm_shorts *s, const short_level *level, double reference_V, bool hard, bool whole,
                            pm_error *err)
{
    pm_status status;

    if (s->open >= 0 && (s->open_hard || !hard)) return PM_OK; /* the other polarity has told it */
    if ((status = pm_grow(&s->alarm, &s->alarm_room, s->alarms + 1, sizeof *s->alarm, err))) return status;
    short_alarm *a = &s->alarm[s->alarms];
    *a = short_alarm_at(s, level->time_s);
    a->hard = hard;
    a->level = *level;
    a->reference_V = reference_V;
    s->open = s->alarms++;
    s->open_hard = hard;
    s->open_inner = !whole;
    return PM_OK;
}

static void close_alarms(pm_shorts *s, double time_s)
{
    for (int64_t i = s->alarms; i-- > 0 && isnan(s->alarm[i].recovered_s);) s->alarm[i].recovered_s = time_s;
    s->open = -1;
    s->open_hard = s->open_inner = false;
}

/* A conductance between the electrodes takes its part of the current either way. What lowers |V| one way only is the
 * electrode that strips or plates then: dead lithium between deposit and current collector, area, pits. */
static bool other_way_denies(const pm_shorts *s, const short_series *series)
{
    return series != &s->inner && short_series_denies(&s->polarity[series == &s->polarity[0]], series);
}

pm_status short_take_level(pm_shorts *s, short_series *series, const short_level *level, bool may_alarm, pm_error *err)
{
    short_event event = short_series_push(series, &s->options, level, may_alarm && !other_way_denies(s, series));
    bool whole = series != &s->inner;

    s->compared += series->since >= 0 && (whole || may_alarm);
    if (event == SHORT_SOFT || event == SHORT_HARD)
        return open_alarm(s, level, series->reference_V, event == SHORT_HARD, whole, err);
    /* windows end with their half-cycle: what they raised, the half-cycles that follow may take back */
    bool back = whole && s->open_inner && series->back >= s->options.sustained;
    if (s->open >= 0 && (event == SHORT_RECOVERED || back)) close_alarms(s, level->time_s);
    return PM_OK;
}

pm_status short_at_zero(pm_shorts *s, double time_s, pm_error *err)
{
    double q[3], reference_V = fmax(s->polarity[0].reference_V, s->polarity[1].reference_V);
    pm_status status = s->open_hard ? PM_OK : short_points_quantiles(&s->window.points, 0, 1, q, err);

    if (status || s->open_hard) return status;
    short_level level = {time_s, q[1], q[2] - q[0], NAN};
    return open_alarm(s, &level, fmax(reference_V, s->inner.reference_V), true, false, err);
}
