/* SPDX-License-Identifier: MIT */
/** @file
 * Fewer points for a line, with every extreme kept.
 */
#ifndef PM_REPORT_THIN_H
#define PM_REPORT_THIN_H

#include "base/base.h"

/** The rows to draw of lines y[k] over x: all that have an x where these are at most `limit` (at least 16), else in each of
 *  many buckets the rows of the least and the largest y of each line, the first and the last row, all in their order. A
 *  bucket is as wide in rows as in x, half and half, so neither a burst of rows nor a long slow stretch is lost. Time O(n).
 *  Values that are not finite are passed over; rows whose x is not finite are never kept.
 *  @param x  [n]; meant to grow (where it falls, its largest value so far counts); NULL = the row's number
 *  @param lines [n_lines], each [n]; n_lines 1 to 4; an entry may be NULL
 *  @param rows  rows kept, from 0, to be freed */
PM_CHECK pm_status thin_rows(int64_t n, const double *x, int n_lines, const double *const lines[], int64_t limit,
                             int64_t **rows, int64_t *n_rows, pm_error *err);

static inline void thin_rows_leave(int64_t **p)
{
    extern void free(void *);
    free(*p);
}
#define scoped_rows __attribute__((__cleanup__(thin_rows_leave))) int64_t *
static inline void thin_doubles_leave(double **p)
{
    extern void free(void *);
    free(*p);
}
#define scoped_doubles __attribute__((__cleanup__(thin_doubles_leave))) double *

#endif
