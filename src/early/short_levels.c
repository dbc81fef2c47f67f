/* SPDX-License-Identifier: MIT */
/* Levels of one polarity against the highest of the recent past. */
#include "short.h"

#include <math.h>

static short_level *slot(short_series *s, int64_t i)
{
    return &s->recent[i % SHORT_RECENT_MOST];
}

/* A larger current lifts |V| and never lowers it: a level at a smaller or the same current is a lower bound of what
 * is due. Five percent for the instrument. */
static bool comparable(const short_level *past, const short_level *now)
{
    return isnan(past->current_A) || isnan(now->current_A) || past->current_A <= 1.05 * now->current_A;
}

static double highest_of_recent(short_series *s, const pm_short_options *o, const short_level *now)
{
    double highest = NAN;
    int64_t first = s->n - o->recent > s->since ? s->n - o->recent : s->since;

    for (int64_t i = first; i < s->n; i++)
        if (comparable(slot(s, i), now)) highest = fmax(highest, slot(s, i)->voltage_V);
    return highest;
}

/* Activation is over once a level is no longer lower than the one six before it: films break up, area grows, and
 * |V| falls without any short. */
static void watch_activation(short_series *s, const pm_short_options *o, const short_level *now)
{
    if (s->since >= 0 || s->n < SHORT_ACTIVATION) return;
    const short_level *past = slot(s, s->n - SHORT_ACTIVATION);
    if (!comparable(past, now) || now->voltage_V >= (1 - o->activation_fall) * past->voltage_V) s->since = s->n;
}

static short_event raise(short_series *s, const pm_short_options *o)
{
    if (!s->hard && s->very_low >= o->sustained) {
        s->hard = s->soft = true;
        return SHORT_HARD;
    }
    if (!s->soft && s->low >= o->sustained) {
        s->soft = true;
        return SHORT_SOFT;
    }
    return SHORT_NOTHING;
}

/* While levels are low, what they are compared with does not move: else a short would become the new normal. */
static void take_reference(short_series *s, const pm_short_options *o, const short_level *now)
{
    if (!s->soft && !s->hard) s->reference_V = highest_of_recent(s, o, now);
}

static void count(short_series *s, const pm_short_options *o, const short_level *now)
{
    bool low = now->voltage_V < o->soft_part * s->reference_V;
    bool steady = now->spread_V < o->hard_part * s->reference_V;

    if (low && !s->low) s->low_since_s = now->time_s;
    s->low = low ? s->low + 1 : 0;
    s->back = !low ? s->back + 1 : 0;
    s->very_low = steady && now->voltage_V < o->hard_part * s->reference_V ? s->very_low + 1 : 0;
}

short_event short_series_push(short_series *s, const pm_short_options *o, const short_level *level, bool may_alarm)
{
    short_event event = SHORT_NOTHING;

    if (s->n == 0) s->since = -1;
    watch_activation(s, o, level);
    if (s->since >= 0) {
        take_reference(s, o, level);
        if (isfinite(s->reference_V)) count(s, o, level);
        if (may_alarm) event = raise(s, o);
        if ((s->soft || s->hard) && s->back >= o->sustained) {
            s->soft = s->hard = false;
            event = SHORT_RECOVERED;
        }
    }
    *slot(s, s->n++) = *level;
    return event;
}

bool short_series_denies(const short_series *other, const short_series *s)
{
    bool spoke = other->n && other->since >= 0;
    bool silent_since = s->low && spoke && other->recent[(other->n - 1) % SHORT_RECENT_MOST].time_s <= s->low_since_s;

    return spoke && !silent_since && !other->low;
}
