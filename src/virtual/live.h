/* SPDX-License-Identifier: MIT */
/* Private to the room: a cell in the middle of its life. */
#ifndef PM_VIRTUAL_LIVE_H
#define PM_VIRTUAL_LIVE_H

#include "physics.h"

typedef struct virtual_life {
    const pm_virtual_parameters *p;
    pm_virtual_protocol protocol; /* with the defaults filled in */
    const pm_virtual_sink *sink;
    virtual_pair pair;
    virtual_setting setting;
    virtual_leak leak;
    double time_s, temperature_C, current;
    int64_t step;
    pm_virtual_step_type type;
    pm_virtual_sample before, shown; /* the model's last step; the last row given out */
    pm_virtual_cycle row;
    double laid_mAh, taken_mAh; /* of the working electrode when the cycle began */
    double reference_V;
    int inefficient, polarised, shorted; /* cycles in a row */
    pm_virtual_end end;
} virtual_life;

/* A half-cycle and its rest. */
PM_CHECK pm_status virtual_life_half(virtual_life *life, double current, double charge_mAh, virtual_half_result *result,
                                     pm_error *err);
/* Plating, stripping, the row of truth; *over: the test ends. Charges are the most that is passed: the voltage may end a half-cycle before. */
PM_CHECK pm_status virtual_life_cycle(virtual_life *life, double plate_mAh, double strip_mAh, bool *over,
                                      pm_error *err);

#endif
