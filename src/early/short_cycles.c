/* SPDX-License-Identifier: MIT */
/* What a short does to the charges of whole cycles: current that goes round inside is counted but moves no lithium. */
#include "short.h"

#include <math.h>

enum { FIRST_CYCLE = 4 }; /* the cycles before it form films and fill hosts */

/* Charged in this cycle over the most that came back in it or in one of the recent cycles: slower cycles charge
 * more, and give more back. */
static double overrun(const pm_table *cycles, const pm_short_options *o, int64_t row)
{
    double most = NAN;

    for (int64_t i = row > o->recent ? row - o->recent : 0; i <= row; i++)
        if (pm_table_real(cycles, "cycle_count", i) >= 1 && pm_table_real(cycles, "complete", i) == 1)
            most = fmax(most, pm_table_real(cycles, "discharging_capacity_ah", i));
    return pm_table_real(cycles, "charging_capacity_ah", row) / most;
}

pm_status short_cycles_of(const pm_table *cycles, const pm_short_options *o, short_cycles *out, pm_error *err)
{
    int over = 0, above = 0;

    if (!pm_table_find(cycles, "complete")) return pm_fail(err, PM_ERR_COLUMN, "a table of cycles lacks 'complete'");
    *out = (short_cycles){NAN, NAN, NAN, NAN};
    for (int64_t i = 0; i < pm_table_rows(cycles); i++) {
        double end = pm_table_real(cycles, "test_time_end_second", i), ratio = overrun(cycles, o, i);
        double efficiency = pm_table_real(cycles, "coulombic_efficiency", i);
        if (pm_table_real(cycles, "cycle_count", i) < FIRST_CYCLE) continue;
        over = ratio > 1 + o->excess_charge ? over + 1 : 0;
        above = efficiency > 1 + o->excess_efficiency ? above + 1 : 0;
        if (over == o->sustained && isnan(out->overrun_s)) {
            out->overrun_s = end;
            out->overrun_ratio = ratio;
        }
        if (above == o->sustained && isnan(out->efficiency_s)) {
            out->efficiency_s = end;
            out->efficiency = efficiency;
        }
    }
    return PM_OK;
}
