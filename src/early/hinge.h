/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: lines that meet at given places, fitted by least squares in a time that does not grow with the points.
 */
#ifndef PM_EARLY_HINGE_H
#define PM_EARLY_HINGE_H

#include "early.h"

/** Sums over the first k points of x, y, x^2, xy, from their means: what a fit over any range needs. */
typedef struct hinge_sums {
    int64_t n;
    const double *x; /**< borrowed, rising */
    double mean_x, mean_y, yy;
    double *sum; /**< [n + 1][4] */
} hinge_sums;
PM_CHECK pm_status hinge_sums_new(int64_t n, const double *x, const double *y, hinge_sums *out, pm_error *err);
void hinge_sums_leave(hinge_sums *s);

/** Solves the n equations m[n][n + 1], n up to 4, by elimination with pivots; false where they are singular. */
bool hinge_solve(int n, double m[4][5], double *out);

/** y = a + b x + sum of turn[j] max(x - place[j], 0) */
typedef struct hinge_fit {
    double slope, turn[2];
    double rss; /**< residual sum of squares; infinite where the places leave it open */
} hinge_fit;
/** hinges: 0, 1, 2; places rise. */
hinge_fit hinge_fit_at(const hinge_sums *s, int hinges, const double place[]);
/** Where the least squares lines of the points up to i and of those behind it meet; NaN = nowhere. */
double hinge_meeting(const hinge_sums *s, int64_t i);

#endif
