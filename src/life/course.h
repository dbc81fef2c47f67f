/* SPDX-License-Identifier: MIT */
/* Private to the room: the course of a cell, cycle by cycle, fit to be looked at for changes. */
#ifndef PM_LIFE_COURSE_H
#define PM_LIFE_COURSE_H

#include "life/fit.h"

enum { COURSE_SERIES = 2, COURSE_NEAR = 21, COURSE_FEWEST = 12 }; /* of fewer points nothing is told */

/* Points in order of cycles. y: logarithms, NaN nowhere. */
typedef struct course {
    int64_t n;
    int series;
    double width;                /* cycles that a point is the mean of */
    double least[COURSE_SERIES]; /* noise of numbers that are rounded, also where it does not show; 0 = not rounded */
    double *t;                   /* cycle count */
    double *y[COURSE_SERIES];
    double *plated; /* charge up to and with this cycle, in units of the cathode's capacity; or NULL */
    double *memory;
} course;
PM_CHECK pm_status course_new(int64_t n, int series, course *out, pm_error *err);
void course_leave(course *c);

/* Median of n neighbours, at most COURSE_NEAR, none of them NaN. */
double course_median(const double *y, int64_t n);
/* Takes out of a course of single cycles a swing of 2 to 30 cycles, where there is one beyond chance, and then the
 * cycles that are far off. */
PM_CHECK pm_status course_clean(course *c, pm_error *err);
/* Means over `width` cycles, of those from `first` to `last`. */
PM_CHECK pm_status course_blocks(const course *of, double first, double last, double width, course *out, pm_error *err);

#endif
