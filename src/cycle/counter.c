/* SPDX-License-Identifier: MIT */
#include "counter.h"

#include <math.h>

/** Half-cycles of less than this part of the largest decide nothing: a counter's last digit may be all they have. */
static const double part_that_matters = 0.01;

/** A counter below this part of its largest value is lost in what the recorded current may be wrong by. */
static const double too_low_part = 1e-6;

/** Whether a counter that has not fallen at the edge of a step nevertheless began anew there. */
static bool began_anew(const counter *c, double value_Ah, double expected_Ah)
{
    if (c->last_Ah < too_low_part * c->largest_Ah) return c->lost_Ah > c->kept_Ah;
    return fabs(value_Ah - expected_Ah) < fabs(value_Ah - c->last_Ah - expected_Ah);
}

/** Whether a counter that has fallen began anew: far enough towards zero, or to what may have passed since. Else it jitters
 *  or counts a little back. */
static bool fell_to_zero(double value_Ah, double last_Ah, bool new_step, double expected_Ah)
{
    double far = new_step ? 0.9 : 0.5;
    return value_Ah < 0.1 * last_Ah || (value_Ah < far * last_Ah && (new_step || value_Ah <= 2 * expected_Ah));
}

double counter_gain_Ah(counter *c, double value_Ah, bool new_step, double expected_Ah)
{
    double value = fabs(value_Ah), last = c->last_Ah, gain = value - last;
    if (!isfinite(value)) return 0;
    bool fell = gain < -1e-9 * last;
    if (!c->seen)
        gain = c->from_start ? value : 0; /* what came before the file's first row is not the file's */
    else if (fell)
        gain = fell_to_zero(value, last, new_step, expected_Ah) ? value : 0;
    else if (new_step && began_anew(c, value, expected_Ah))
        gain = value;
    if (c->seen && new_step && fell) c->lost_Ah += last - value;
    if (c->seen && new_step && !fell) c->kept_Ah += last;
    c->seen = true;
    c->last_Ah = value;
    c->largest_Ah = fmax(c->largest_Ah, value);
    return gain > 0 ? gain : 0;
}

static double counted_As(const half *h)
{
    return h->sign * pm_sum_value(h->counted_As);
}

/** By the current, within steps where the records say anything about that. */
static double compared_As(const half *h)
{
    return h->steady_As != 0 ? h->sign * h->steady_As : half_charge_As(h);
}

/** Whether what was counted is what the recorded current allows: rows far apart, or a current that jumps between them, leave
 *  it a wide range. */
static bool agrees(const half *h)
{
    if (h->steady_As == 0) {
        double charge = half_charge_As(h), counted = counted_As(h);
        return counted >= 0.5 * charge && counted <= 2 * charge;
    }
    double counted = h->sign * h->steady_counted_As;
    return counted >= 0.5 * h->least_As && counted <= 2 * h->most_As;
}

/** Half-cycles of one sign that matter: more that agree than that do not. *any: whether there are such. */
static bool agree_of_sign(const half_list *halves, int sign, double largest_As, bool *any)
{
    int64_t agreeing = 0, others = 0;
    for (int64_t i = 0; i < halves->n; i++) {
        const half *h = &halves->item[i];
        if (h->sign != sign || compared_As(h) < part_that_matters * largest_As) continue;
        if (agrees(h))
            agreeing++;
        else
            others++;
    }
    *any |= agreeing > 0;
    return agreeing > others || others == 0;
}

bool counters_agree(const half_list *halves)
{
    double largest = 0;
    bool any = false;
    for (int64_t i = 0; i < halves->n; i++) largest = fmax(largest, compared_As(&halves->item[i]));
    return agree_of_sign(halves, 1, largest, &any) && agree_of_sign(halves, -1, largest, &any) && any;
}

void use_counters(half_list *halves)
{
    for (int64_t i = 0; i < halves->n; i++) {
        half *h = &halves->item[i];
        double charge = half_charge_As(h), counted = counted_As(h);
        if (!(counted > 0) || charge == 0) continue; /* below the counter's last digit */
        h->energy_Ws = (pm_sum){pm_sum_value(h->energy_Ws) * (counted / charge), 0};
        h->charge_As = h->counted_As;
    }
}
