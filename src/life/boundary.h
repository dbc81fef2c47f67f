/* SPDX-License-Identifier: MIT */
/* Private to the room: where lithium runs short, from capacity and efficiency together. */
#ifndef PM_LIFE_BOUNDARY_H
#define PM_LIFE_BOUNDARY_H

#include "life/course.h"

typedef struct boundary {
    double probability;        /* that lithium has run short; 0.5 = cannot be told */
    double cycle, low, high;   /* the first cycle short of lithium, 90 % */
    double step, noise;        /* fall of the efficiency there; of one cycle, as far as it does not average out */
    double width;              /* cycles in a point of the data it rests on */
    double cathode_efficiency; /* before it */
    bool may_come_back;        /* capacity has not fallen much below where it was before */
    bool may_lie_before;       /* the data look as if lithium was short from their first cycle on */
} boundary;
/* `n_to_p`: by the foil, 0 = not known: then any step may be expected. Where there are too few points, or holes between
 * them, all but the probability is NaN. */
PM_CHECK pm_status boundary_find(const course *c, double n_to_p, boundary *out, pm_error *err);

#endif
