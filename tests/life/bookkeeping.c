/* SPDX-License-Identifier: MIT */
#include "bookkeeping.h"
#include "support.h"

#include <math.h>

const pm_budget_design book_design = {.n_to_p = {{1.5, 0.075}, PM_N_TO_P_FOIL},
                                      .cathode_mAh_per_cm2 = 4,
                                      .electrolyte_g_per_Ah = {3.7, 0.2},
                                      .depth = 0.9};
const pm_budget_rates book_rates = {.coulombic_efficiency_lithium = 0.995,
                                    .acceleration = 0.004,
                                    .cathode_retention = 0.9995,
                                    .calendar_mAh_per_cm2_per_h = 1e-4,
                                    .calendar_mAh_per_cm2_per_sqrt_h = 1e-3,
                                    .hours_per_cycle = 10};

pm_budget_life book_forward(const pm_budget_design *d, const pm_budget_rates *r)
{
    pm_budget_life life;
    pm_error err = {0};
    assert_good(pm_budget_forward(d, r, &life, &err), &err);
    return life;
}

int book_cycles_to(double foil, double efficiency, double lost)
{
    double there = foil + 1, gone = 0;
    int n = 0;
    while (gone < lost && n < 100000) {
        double plated = fmin(1, there);
        gone += plated * (1 - efficiency);
        there -= plated * (1 - efficiency);
        n++;
    }
    return n;
}
