/* SPDX-License-Identifier: MIT */
#include "counter.h"

#include <math.h>

/** Half-cycles of less than this part of the largest decide nothing: a counter's last digit may be all they have. */
static const double part_that_matters = 0.01;

double counter_gain_Ah(counter *c, double value_Ah, bool new_step, double expected_Ah)
{
    double value = fabs(value_Ah), gain = value - c->last_Ah;
    if (!isfinite(value)) return 0;
    if (!c->seen)
        gain = 0; /* what came before the file's first row is not the file's */
    else if (gain < -1e-9 * c->last_Ah)
        gain = value;
    else if (new_step && fabs(value - expected_Ah) < fabs(gain - expected_Ah))
        gain = value;
    c->seen = true;
    c->last_Ah = value;
    return gain > 0 ? gain : 0;
}

static double counted_As(const half *h)
{
    return h->sign * pm_sum_value(h->counted_As);
}

bool counters_agree(const half_list *halves)
{
    double largest = 0;
    int64_t agreeing = 0;
    for (int64_t i = 0; i < halves->n; i++) largest = fmax(largest, half_charge_As(&halves->item[i]));
    for (int64_t i = 0; i < halves->n; i++) {
        double charge = half_charge_As(&halves->item[i]), counted = counted_As(&halves->item[i]);
        if (charge < part_that_matters * largest) continue;
        if (!(counted >= 0.5 * charge && counted <= 2 * charge)) return false;
        agreeing++;
    }
    return agreeing > 0;
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
