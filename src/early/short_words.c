/* SPDX-License-Identifier: MIT */
/* Evidence: what it weighs, and how it is said. */
#include "short.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

/* ---- what counts as seen ---- */

/* Three times as often as in the cell's first windows, and in more than one row of a hundred. */
static bool falls_more(const short_alarm *a)
{
    return a->fall_share > 0.01 && a->fall_share > 3 * a->early_fall_share;
}

static bool is_louder(const short_alarm *a)
{
    return a->band_dB > 6;
}

static bool impedance_fell(const short_alarm *a)
{
    return a->impedance_ratio < 0.5 || a->resistance_ratio < 0.7;
}

/* Weights of the log odds, by hand: a level just below the threshold is a toss-up; what warns often without a short
 * (dV/dt) weighs little. Each term grows with its evidence, so the sum does. */
double short_probability(const short_alarm *a, const pm_short_options *o)
{
    double odds = 0;

    if (isfinite(a->level.voltage_V)) odds += 4 * (1 - a->level.voltage_V / a->reference_V / o->soft_part);
    if (a->hard) odds += 2;
    if (isfinite(a->drop_V)) odds += fmin(a->drop_V / o->drop_V - 1, 4) / 2;
    if (isfinite(a->overrun_ratio)) odds += fmin((a->overrun_ratio - 1) / o->excess_charge - 1, 4) / 2;
    if (a->efficiency > 1 + o->excess_efficiency) odds += 1;
    if (falls_more(a)) odds += 0.5;
    if (is_louder(a)) odds += 0.25;
    if (impedance_fell(a)) odds += 1;
    return 1 / (1 + exp(-odds));
}

/* ---- words ---- */

typedef struct words {
    char *text;
    size_t room, n;
} words;

static void say(words *w, const char *format, ...) PM_PRINTF(2, 3);
static void say(words *w, const char *format, ...)
{
    va_list args;

    if (w->n && w->n + 3 < w->room) w->n += (size_t)snprintf(w->text + w->n, w->room - w->n, "; ");
    va_start(args, format);
    int n = vsnprintf(w->text + w->n, w->room - w->n, format, args);
    va_end(args);
    w->n = n < 0 ? w->n : w->n + (size_t)n < w->room ? w->n + (size_t)n : w->room - 1;
}

static void say_level(words *w, const short_alarm *a, const pm_short_options *o)
{
    double ratio = a->level.voltage_V / a->reference_V;

    if (a->hard)
        say(w, "|V| near zero and steady: %.3g V, %.3g of the %.3g V of the recent past", a->level.voltage_V, ratio,
            a->reference_V);
    else
        say(w, "|V| fell to %.3g V, %.2f of the highest of the recent past (%.3g V), %d levels in a row below %.2f",
            a->level.voltage_V, ratio, a->reference_V, o->sustained, o->soft_part);
    if (a->hard && a->level.current_A > 0)
        say(w, "proportional to the current: %.3g ohm", a->level.voltage_V / a->level.current_A);
}

void short_evidence(const short_alarm *a, const pm_short_options *o, char *text, size_t room)
{
    words w = {text, room, 0};

    text[0] = 0;
    if (isfinite(a->level.voltage_V)) say_level(&w, a, o);
    if (isfinite(a->drop_V)) say(&w, "voltage dropped by %.3g V while charging at constant current", a->drop_V);
    if (isfinite(a->overrun_ratio))
        say(&w, "charged %.2f times what came back, %d cycles in a row", a->overrun_ratio, o->sustained);
    if (isfinite(a->efficiency)) say(&w, "Coulombic efficiency above 1: %.3f", a->efficiency);
    if (falls_more(a))
        say(&w, "sudden falls of |V| in %.1f %% of the rows (%.1f %% at first)", 100 * a->fall_share,
            100 * a->early_fall_share);
    if (falls_more(a) && a->recovered_share > 0) say(&w, "%.0f %% of them recovered at once", 100 * a->recovered_share);
    if (is_louder(a)) say(&w, "power of dV/dt %.0f dB above the first windows' (weak alone)", a->band_dB);
    if (impedance_fell(a))
        say(&w, "impedance near 1 Hz fell: -Im Z to %.2f, Re Z to %.2f of the recent past", a->impedance_ratio,
            a->resistance_ratio);
}

const char *short_cannot(pm_kind kind, bool has_current)
{
    switch (kind) {
    case PM_LI_LI:
        return has_current
                   ? "a symmetric cell shows no efficiency: what leaks is not counted; a short in the first levels, "
                     "while activation lasts, is not seen; warmth looks like a short"
                   : "without a current neither resistance nor leak can be told: a fall of the current, or "
                     "warmth, looks like a short; a short while activation lasts is not seen";
    case PM_LI_CU:
        return has_current
                   ? "a short while activation lasts is not seen; warmth looks like a short; a leak while plating "
                     "lowers the efficiency as dead lithium does"
                   : "without a current neither efficiency nor leak can be told: a fall of the current, or warmth, "
                     "looks like a short";
    default:
        return "the cathode's potential hides the lithium's: a leak that costs less charge than excess_charge, or that "
               "stays "
               "steady, is not seen, nor one in rest; extra charge may also be a side reaction of the electrolyte";
    }
}
