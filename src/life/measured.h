/* SPDX-License-Identifier: MIT */
/* Private to the room: what a table of cycles holds for the stages. */
#ifndef PM_LIFE_MEASURED_H
#define PM_LIFE_MEASURED_H

#include "life/course.h"
#include "life/life.h"

/* Complete cycles with capacity and efficiency, in their order; NaN = not measured. */
typedef struct measured {
    int64_t n;
    double *cycle, *capacity, *efficiency, *polarisation, *energy, *thickness, *plated;
    double capacity_Ah;                                             /* of the cathode */
    double rounding_capacity, rounding_efficiency, rounding_energy; /* standard deviations, as parts; 0 = none */
    int64_t missing;                                                /* cycles between 1 and the last */
    int64_t repeated;                                               /* rows left out: their cycle is there already */
    int64_t uncounted;                                              /* rows left out: their cycle_count is none */
    int64_t dead;     /* cycles left out at the end, of hardly any capacity */
    int64_t too_much; /* cycles that plate more than a cell can */
    bool unordered;   /* rows were not in the order of cycles */
    double
        disagreement; /* efficiency as told less that of the charges: the median of cycles; 0 = none, or not both told */
    double *memory;
} measured;
PM_CHECK pm_status measured_of(const pm_table *cycles, const pm_stage_options *options, measured *out, pm_error *err);
void measured_leave(measured *t);
/* Clean courses: logarithms of capacity and efficiency; of cycles [from, to) one series, of capacity its logarithm, of
 * others over their mean; n = 0 where it is not there. */
PM_CHECK pm_status measured_course(const measured *t, course *out, pm_error *err);
PM_CHECK pm_status measured_series(const measured *t, const double *series, double from, double to, course *out,
                                   pm_error *err);
/* Charge plated up to a cycle (part of one counts in part), in units of the cathode's capacity. */
double measured_plated(const measured *t, double cycle);

#endif
