/* SPDX-License-Identifier: MIT */
/* Private to the room: where one series bends. A jump, as where a protocol or a temperature was changed, is no bend. */
#ifndef PM_LIFE_BEND_H
#define PM_LIFE_BEND_H

#include "life/course.h"

typedef struct bend {
    double probability; /* that it does; NaN = too few points, or holes between them */
    double cycle, low, high;
} bend;
/* c has one series, out of which jumps are taken. sign: 1 = it rises faster from there on, -1 = it falls faster. */
PM_CHECK pm_status bend_find(course *c, double sign, bend *out, pm_error *err);

#endif
