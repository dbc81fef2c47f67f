/* SPDX-License-Identifier: MIT */
/* The same cell twice: a row given again, a cell under two names, a test that holds what was learned. */
#include "learn.h"

#include <math.h>
#include <string.h>

enum { FEATURES_TO_TELL = 4 }; /* fewer may agree by chance, rounded as they are: then names must agree too */

static pm_status no_memory(pm_error *err)
{
    return pm_fail(err, PM_ERR_MEMORY, "no memory for rows to compare");
}

static int compare_features(const double *a, const double *b, int p)
{
    for (int f = 0; f < p; f++) {
        if (isnan(a[f]) || isnan(b[f])) {
            if (isnan(a[f]) != isnan(b[f])) return isnan(a[f]) ? 1 : -1;
        } else if (a[f] != b[f]) {
            return a[f] < b[f] ? -1 : 1;
        }
    }
    return 0;
}

static bool is_telling(const double *x, int p)
{
    int finite = 0;

    for (int f = 0; f < p; f++) finite += isfinite(x[f]);
    return finite >= FEATURES_TO_TELL;
}

static int by_features(const void *a, const void *b, void *context)
{
    const pm_data *d = context;
    int64_t i = *(const int64_t *)a, k = *(const int64_t *)b;
    int way = compare_features(d->x + i * d->p, d->x + k * d->p, d->p);

    if (way) return way;
    if (d->cell[i] != d->cell[k]) return d->cell[i] < d->cell[k] ? -1 : 1;
    return (i > k) - (i < k);
}

/* Rows in an order in which those of the same features stand together. */
static int64_t *sorted(const pm_data *d)
{
    int64_t *order = calloc((size_t)d->n + 1, sizeof *order);

    if (!order) return NULL;
    for (int64_t i = 0; i < d->n; i++) order[i] = i;
    qsort_r(order, (size_t)d->n, sizeof *order, by_features, (void *)(uintptr_t)d);
    return order;
}

static bool same_target(const pm_data *a, int64_t i, const pm_data *b, int64_t k)
{
    if (a->classes) return a->y[i] == b->y[k];
    return a->target[i] == b->target[k] && (!a->upper || !b->upper || a->upper[i] == b->upper[k]);
}

/* ---- among the rows to learn from ---- */

static bool same_cell(const pm_data *d, int64_t i, int64_t k)
{
    const double *x = d->x + i * d->p;

    return !compare_features(x, d->x + k * d->p, d->p) && (d->cell[i] == d->cell[k] || is_telling(x, d->p));
}

static void copy_name(char *to, const char *name)
{
    snprintf(to, PM_TWINS_NAME, "%s", name);
}

/* Cells of one run of equal rows: one cell from now on; a row that stands there already is marked. */
static void join(pm_data *d, const int64_t *run, int64_t n, bool *again, pm_twins *found)
{
    for (int64_t i = 1; i < n; i++) {
        bool stands = false;
        for (int64_t k = 0; k < i && !stands; k++)
            stands = d->group[run[k]] == d->group[run[i]] && same_target(d, run[k], d, run[i]);
        if (again) again[run[i]] = stands;
        if (stands && !found->copies++) copy_name(found->copy, d->cell_name[d->cell[run[i]]]);
        if (stands || d->cell[run[i]] == d->cell[run[0]] || found->joined++) continue;
        for (int side = 0; side < 2; side++) {
            int64_t row = run[side ? i : 0];
            copy_name(found->cell[side], d->cell_name[d->cell[row]]);
            copy_name(found->group[side], d->group_name[d->group[row]]);
        }
    }
    for (int64_t i = 1; i < n; i++) d->cell[run[i]] = d->cell[run[0]];
}

pm_status pm_data_join_twins(pm_data *d, bool again[], pm_twins *found, pm_error *err)
{
    pm_scoped_memory int64_t *order = sorted(d);

    *found = (pm_twins){0};
    if (!order) return no_memory(err);
    for (int64_t i = 0, end; i < d->n; i = end) {
        for (end = i + 1; end < d->n && same_cell(d, order[end - 1], order[end]); end++) continue;
        join(d, order + i, end - i, again, found);
    }
    return PM_OK;
}

/* ---- between these and a test ---- */

/* The training rows under the features of the test. */
static pm_status select_features(const pm_data *d, const pm_data *test, pm_data **out, pm_error *err)
{
    pm_scoped_memory int *chosen = calloc((size_t)test->p + 1, sizeof *chosen);

    if (!chosen) return no_memory(err);
    for (int f = 0; f < test->p; f++)
        while (chosen[f] < d->p - 1 && strcmp(d->feature[chosen[f]], test->feature[f]) != 0) chosen[f]++;
    return pm_data_select(d, test->p, chosen, out, err);
}

/* The first place of the order whose row does not come before x. */
static int64_t place_of(const pm_data *d, const int64_t *order, const double *x)
{
    int64_t low = 0, high = d->n;

    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (compare_features(d->x + order[middle] * d->p, x, d->p) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whether a row was learned; `alike`: whether one of its features and target was, be it by chance. */
static bool was_learned(const pm_data *d, const int64_t *order, const pm_data *test, int64_t row, bool cells,
                        bool *alike)
{
    const double *x = test->x + row * test->p;
    bool telling = is_telling(x, test->p), learned = false;

    *alike = false;
    for (int64_t i = place_of(d, order, x); i < d->n && !compare_features(d->x + order[i] * d->p, x, d->p); i++) {
        *alike = *alike || same_target(d, order[i], test, row);
        learned =
            learned || telling || (cells && !strcmp(d->cell_name[d->cell[order[i]]], test->cell_name[test->cell[row]]));
    }
    return learned;
}

pm_status pm_data_leave_out_learned(const pm_data *learned, bool cells, pm_data **test, int64_t *shared, pm_error *err)
{
    pm_scoped(pm_data) d = NULL;
    pm_data *t = *test, *kept = NULL;
    pm_status s = select_features(learned, t, &d, err);
    pm_scoped_memory int64_t *order = s ? NULL : sorted(d), *rows = calloc((size_t)t->n + 1, sizeof *rows);
    int64_t n = 0, like = 0;
    bool alike;

    if (s) return s;
    if (!order || !rows) return no_memory(err);
    for (int64_t i = 0; i < t->n; i++) {
        if (!was_learned(d, order, t, i, cells, &alike)) rows[n++] = i;
        like += alike;
    }
    *shared = t->n - n;
    if (!n || (like == t->n && t->n == d->n))
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "give cells that were not learned from",
                          "this is the training table: the model has seen all of its %lld rows", (long long)t->n);
    if (!*shared) return PM_OK;
    if ((s = pm_data_take(t, n, rows, &kept, err))) return s;
    pm_data_free(t);
    *test = kept;
    return PM_OK;
}
