/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: the parts of the detector of shorts.
 */
#ifndef PM_EARLY_SHORT_H
#define PM_EARLY_SHORT_H

#include "early.h"

/* ---- points of a stretch of current (short_signal.c) ---- */

/** |V| in the direction of the current and how long it held. */
typedef struct short_point {
    double time_s, held_s, voltage_V;
} short_point;

/** Rows in order. When full, neighbours are joined two by two, so memory does not grow with rows. */
typedef struct short_points {
    short_point *item;
    int64_t n, room;
} short_points;
enum { SHORT_POINTS_FULL = 32768 };
PM_CHECK pm_status short_points_add(short_points *p, const short_point *point, pm_error *err);
/** 10, 50 and 90 % quantiles by time of the part [from, to] of the points' time; false where there is nothing. */
PM_CHECK pm_status short_points_quantiles(const short_points *p, double from, double to, double quantiles[3],
                                          pm_error *err);

/** What a window of rows shows beside its level. */
typedef struct short_signal {
    double rows, falls; /**< falls: rows after which |V| is lower by more than the threshold */
    double recovered;   /**< falls after which |V| came back by four fifths within the window */
    double band_V2_s2;  /**< power of dV/dt in the upper three quarters of its band, (V/s)^2; NaN = too few rows */
} short_signal;
PM_CHECK pm_status short_signal_of(const short_points *p, double fall_V, short_signal *out, pm_error *err);
/** Robust standard deviation of the differences between neighbours (1.4826 times their median size); NaN = too few. */
PM_CHECK pm_status short_noise(const short_points *p, double *noise_V, pm_error *err);

/* ---- levels against the recent past (short_levels.c) ---- */

enum { SHORT_RECENT_MOST = 256, SHORT_ACTIVATION = 6 };

typedef struct short_level {
    double time_s, voltage_V, spread_V, current_A; /**< current NaN = not recorded */
} short_level;

typedef enum short_event { SHORT_NOTHING, SHORT_SOFT, SHORT_HARD, SHORT_RECOVERED } short_event;

/** The levels of one polarity. */
typedef struct short_series {
    short_level recent[SHORT_RECENT_MOST]; /**< a ring */
    int64_t n;                             /**< levels seen */
    int64_t since;                         /**< levels before this one are activation; -1 = it has not ended */
    double reference_V;                    /**< what the last level was compared with; held while an alarm is on */
    int low, very_low, back;               /**< levels in a row */
    double low_since_s;                    /**< time of the first low one of them */
    bool soft, hard;                       /**< an alarm is on */
} short_series;
/** `may_alarm` false: the level counts, but raises nothing. */
short_event short_series_push(short_series *s, const pm_short_options *o, const short_level *level, bool may_alarm);
/** The other polarity has spoken since levels of this one are low, and is not low. Where it has none, or its activation
 *  has not ended, it denies nothing. */
bool short_series_denies(const short_series *other, const short_series *s);

/* ---- charge and efficiency by cycle (short_cycles.c) ---- */

/** What cycles show of shorts; times of the first cycle in which it was sustained, NaN = never. */
typedef struct short_cycles {
    double overrun_s, overrun_ratio; /**< charged over the most that was discharged in the recent past */
    double efficiency_s, efficiency; /**< above 1 */
} short_cycles;
PM_CHECK pm_status short_cycles_of(const pm_table *cycles, const pm_short_options *o, short_cycles *out, pm_error *err);

/* ---- words (short_words.c) ---- */

/** An alarm, and what was seen when it was raised. */
typedef struct short_alarm {
    double time_s, recovered_s; /**< recovered NaN = not while it was watched */
    bool hard;
    int sign;          /**< of the half-cycle */
    short_level level; /**< voltage NaN where the alarm is not one of levels */
    double reference_V;
    double fall_share, early_fall_share, recovered_share, band_dB; /**< in the hour before; NaN = not known */
    double drop_V, overrun_ratio, efficiency;                      /**< NaN = does not apply */
    double impedance_ratio, resistance_ratio;                      /**< against the recent past; NaN = no spectra */
} short_alarm;
/** From the evidence alone, and the evidence in words, parts divided by "; ". */
double short_probability(const short_alarm *a, const pm_short_options *o);
void short_evidence(const short_alarm *a, const pm_short_options *o, char *text, size_t room);
/** What a kind of cell cannot show. */
const char *short_cannot(pm_kind kind, bool has_current);

#endif
