/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: what the fold over rows keeps.
 */
#ifndef PM_EARLY_SHORT_STATE_H
#define PM_EARLY_SHORT_STATE_H

#include "short.h"

enum { EARLY_WINDOWS = 12, LATE_WINDOWS = 6 };

/** A half-cycle, or a window of it, while its rows come. */
typedef struct short_stretch {
    short_points points;
    double start_s;
    double current_As, current_s; /**< for the mean current */
} short_stretch;

/** Falls and power of dV/dt: the cell's first windows, and the last ones. */
typedef struct short_history {
    int64_t windows;
    double noise_V[EARLY_WINDOWS], band[EARLY_WINDOWS];
    double early_rows, early_falls;
    short_signal late[LATE_WINDOWS]; /**< a ring */
} short_history;

typedef struct short_spectrum {
    double time_s, real_ohm, minus_imaginary_ohm;
} short_spectrum;

/** What each half-cycle was like, for the suspicion. */
typedef struct short_shape {
    double level_V, flat_part, current_A;
} short_shape;

struct pm_shorts {
    pm_short_options options;
    pm_cycler *cycler;
    bool started, has_current;
    double first_s, last_s, current_maximum_A;
    /* the half-cycle that is open */
    int sign;
    bool rested; /**< since the last row with current */
    double last_A, half_before_s, away_from_zero_s;
    short_stretch half, window;
    /* a voltage that drops while charging */
    double charge_maximum_V, longest_charge_s, steady_since_s, last_step;
    int drop_rows;
    bool dropped;
    /* levels */
    short_series polarity[2], inner; /**< of half-cycles: negative, positive; of windows */
    int64_t compared;
    short_history history;
    /* what was found */
    short_alarm *alarm, *drop;
    int64_t alarms, alarm_room, drops, drop_room;
    int64_t open; /**< alarm that has not recovered, -1 = none */
    bool open_hard, open_inner;
    short_shape *shape;
    int64_t shapes, shape_room;
    short_spectrum *spectrum;
    int64_t spectra, spectrum_room;
};

/** A level of half-cycles (`inner` false) or of windows has been taken: compares it and notes an alarm. */
PM_CHECK pm_status short_take_level(pm_shorts *s, short_series *series, const short_level *level, bool may_alarm,
                                    pm_error *err);
/** The same where there is nothing but zero, and no current. */
PM_CHECK pm_status short_at_zero(pm_shorts *s, double time_s, pm_error *err);
/** The same for a window's other signs. */
PM_CHECK pm_status short_take_signal(pm_shorts *s, double level_V, pm_error *err);
/** An alarm at a time, with what the windows before it show. */
short_alarm short_alarm_at(const pm_shorts *s, double time_s);

#endif
