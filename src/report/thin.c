/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "thin.h"

enum { MAX_LINES = 4 };

typedef struct bucket {
    int64_t low[MAX_LINES], high[MAX_LINES]; /* rows, -1 = none yet */
} bucket;

typedef struct kept {
    int64_t *rows, n;
} kept;

static void keep(kept *k, int64_t row)
{
    if (row >= 0 && (k->n == 0 || k->rows[k->n - 1] < row)) k->rows[k->n++] = row;
}

static bucket empty_bucket(void)
{
    bucket b;
    for (int i = 0; i < MAX_LINES; i++) b.low[i] = b.high[i] = -1;
    return b;
}

static void look(bucket *b, int n_lines, const double *const lines[], int64_t row)
{
    for (int k = 0; k < n_lines; k++) {
        if (!lines[k] || !isfinite(lines[k][row])) continue;
        if (b->low[k] < 0 || lines[k][row] < lines[k][b->low[k]]) b->low[k] = row;
        if (b->high[k] < 0 || lines[k][row] > lines[k][b->high[k]]) b->high[k] = row;
    }
}

/* Rows of a bucket in their order; keep() drops those that are there already. */
static void flush(kept *k, bucket *b)
{
    int64_t rows[2 * MAX_LINES];
    int n = 0;
    for (int i = 0; i < 2 * MAX_LINES; i++) {
        int64_t row = i % 2 ? b->high[i / 2] : b->low[i / 2];
        int at = n++;
        for (; at > 0 && rows[at - 1] > row; at--) rows[at] = rows[at - 1];
        rows[at] = row;
    }
    for (int i = 0; i < n; i++) keep(k, rows[i]);
    *b = empty_bucket();
}

static bool has_x(const double *x, int64_t row)
{
    return !x || isfinite(x[row]);
}

static void keep_all(kept *k, int64_t n, const double *x)
{
    for (int64_t i = 0; i < n; i++)
        if (has_x(x, i)) keep(k, i);
}

static void keep_extremes(kept *k, int64_t n, const double *x, int n_lines, const double *const lines[],
                          int64_t buckets)
{
    int64_t first = 0, last = n - 1;
    while (first < last && !has_x(x, first)) first++;
    while (last > first && !has_x(x, last)) last--;
    double from = x ? x[first] : 0, to = from, reached = from;
    for (int64_t i = first; x && i <= last; i++)
        if (x[i] > to) to = x[i];

    bucket now = empty_bucket();
    int64_t at = 0;
    keep(k, first);
    for (int64_t i = first; i <= last; i++) {
        if (!has_x(x, i)) continue;
        if (x && x[i] > reached) reached = x[i];
        double by_row = (double)(i - first) / (double)(last - first + 1);
        double part = to > from ? (by_row + (reached - from) / (to - from)) / 2 : by_row;
        int64_t here = (int64_t)(part * (double)buckets);
        if (here != at) flush(k, &now);
        at = here;
        look(&now, n_lines, lines, i);
    }
    flush(k, &now);
    keep(k, last);
}

pm_status thin_rows(int64_t n, const double *x, int n_lines, const double *const lines[], int64_t limit, int64_t **rows,
                    int64_t *n_rows, pm_error *err)
{
    if (n_lines < 1 || n_lines > MAX_LINES || limit < 16 || n < 0)
        return pm_fail(err, PM_ERR_ARGUMENT, "cannot thin %d lines to %lld points", n_lines, (long long)limit);
    int64_t with_x = 0;
    for (int64_t i = 0; i < n; i++) with_x += has_x(x, i);

    int64_t room = with_x <= limit ? with_x : limit;
    kept k = {malloc((size_t)(room + 1) * sizeof(int64_t)), 0};
    if (!k.rows) return pm_fail(err, PM_ERR_MEMORY, "no memory for %lld points", (long long)room);
    if (with_x <= limit)
        keep_all(&k, n, x);
    else /* one bucket more may open where part rounds to 1 */
        keep_extremes(&k, n, x, n_lines, lines, (limit - 2) / (2 * n_lines) - 1);
    *rows = k.rows;
    *n_rows = k.n;
    return PM_OK;
}
