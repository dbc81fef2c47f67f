/* SPDX-License-Identifier: MIT */
/* Private to the room: where one series bends. A jump, as where a protocol or a temperature was changed, is no bend. */
#ifndef PM_LIFE_BEND_H
#define PM_LIFE_BEND_H

#include "life/course.h"

typedef struct bend {
    double probability; /* that it does; NaN = too few points, or holes between them */
    double cycle, low, high;
} bend;
typedef struct bend_kind {
    double sign;       /* 1 = it rises faster from there on, -1 = it falls faster */
    double least_rate; /* and by so much a cycle at least, up to the end */
} bend_kind;
/* c has one series. */
PM_CHECK pm_status bend_find(const course *c, const bend_kind *kind, bend *out, pm_error *err);

#endif
