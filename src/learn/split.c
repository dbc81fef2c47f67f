/* SPDX-License-Identifier: MIT */
/* Folds that part neither groups nor cells. */
#include "learn.h"

#include <string.h>

/* Units that stay together: groups joined by common cells (union-find), or cells. */
static int32_t root_of(int32_t *parent, int32_t i)
{
    while (parent[i] != i) i = parent[i] = parent[parent[i]];
    return i;
}

static void join_by_cells(const pm_data *d, int32_t *parent, int32_t *first_of_cell)
{
    for (int i = 0; i < d->groups; i++) parent[i] = i;
    for (int i = 0; i < d->cells; i++) first_of_cell[i] = -1;
    for (int64_t i = 0; i < d->n; i++) {
        int32_t *first = &first_of_cell[d->cell[i]];
        if (*first < 0)
            *first = d->group[i];
        else
            parent[root_of(parent, d->group[i])] = root_of(parent, *first);
    }
}

/* unit[i] from 0 in the order of first rows; returns how many. */
static int number_units(const pm_data *d, pm_split_by by, int32_t *parent, int32_t *number, int32_t *unit)
{
    int n = 0, most = by == PM_BY_GROUP ? d->groups : d->cells;

    for (int i = 0; i < most; i++) number[i] = -1;
    for (int64_t i = 0; i < d->n; i++) {
        int32_t own = by == PM_BY_GROUP ? root_of(parent, d->group[i]) : d->cell[i];
        if (number[own] < 0) number[own] = n++;
        unit[i] = number[own];
    }
    return n;
}

static void shuffle(int32_t *order, int n, uint64_t seed)
{
    pm_random r = pm_random_stream(seed, "learn/split", 0);

    for (int i = 0; i < n; i++) order[i] = i;
    for (int i = n - 1; i > 0; i--) {
        int j = (int)(pm_random_uniform(&r) * (i + 1));
        int32_t t = order[i];
        order[i] = order[j];
        order[j] = t;
    }
}

/* In random order each unit goes to the fold that has the fewest rows so far. */
static void deal(int units, int k, const int64_t *rows_of, const int32_t *order, int64_t *rows_in, int32_t *fold_of)
{
    memset(rows_in, 0, (size_t)k * sizeof *rows_in);
    for (int i = 0; i < units; i++) {
        int least = 0;
        for (int f = 1; f < k; f++)
            if (rows_in[f] < rows_in[least]) least = f;
        fold_of[order[i]] = least;
        rows_in[least] += rows_of[order[i]];
    }
}

static const char *what_to_do(const pm_data *d, pm_split_by by, const int32_t *parent)
{
    if (by == PM_BY_CELL) return "give more cells";
    for (int i = 0; i < d->groups; i++)
        if (parent[i] != i)
            return "cells that stand in several electrolytes join them: name each cell once, or give more electrolytes";
    return "give cells of more electrolytes";
}

pm_status pm_split(const pm_data *d, pm_split_by by, int k, uint64_t seed, int32_t fold[], int *folds, pm_error *err)
{
    size_t most = (size_t)(d->groups > d->cells ? d->groups : d->cells) + 1;
    pm_scoped_memory int32_t *parent = calloc(most, sizeof *parent), *number = calloc(most, sizeof *number);
    pm_scoped_memory int32_t *order = calloc(most, sizeof *order), *fold_of = calloc(most, sizeof *fold_of);
    pm_scoped_memory int64_t *rows_of = calloc(most, sizeof *rows_of), *rows_in = calloc(most, sizeof *rows_in);
    const char *what = by == PM_BY_GROUP ? "group" : "cell";

    if (!parent || !number || !order || !fold_of || !rows_of || !rows_in)
        return pm_fail(err, PM_ERR_MEMORY, "no memory for folds");
    if (by == PM_BY_GROUP) join_by_cells(d, parent, number);
    int units = number_units(d, by, parent, number, fold);
    if (units < 2 || units < k)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), what_to_do(d, by, parent),
                          "%d %s%s cannot be split into %d folds", units, what, units == 1 ? "" : "s", k ? k : 2);
    *folds = k ? k : units;
    if (!k) return PM_OK;
    for (int64_t i = 0; i < d->n; i++) rows_of[fold[i]]++;
    shuffle(order, units, seed);
    deal(units, k, rows_of, order, rows_in, fold_of);
    for (int64_t i = 0; i < d->n; i++) fold[i] = fold_of[fold[i]];
    return PM_OK;
}
