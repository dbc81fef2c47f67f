/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: a comparison while it is made.
 */
#ifndef PM_EARLY_COMPARE_STATE_H
#define PM_EARLY_COMPARE_STATE_H

#include "compare.h"

enum { QUANTITIES_MOST = 64, CONDITIONS = 3 };

typedef struct quantity {
    const pm_column *value, *error, *censored; /**< the last two NULL = there is none */
    bool higher_is_better, never_negative;
} quantity;

typedef struct condition {
    const char *kind;
    double value[CONDITIONS];
} condition;

/** A group's part in the quantity at hand. */
typedef struct values {
    int64_t n, n_censored;
    double *value, *censored;
    double error; /**< of measurement, the largest; NaN = not known */
} values;

typedef struct group {
    const char *electrolyte;
    int64_t condition, cells;
    values v;
    compare_estimate estimate;
    double horizon; /**< of lives; NaN where nothing is censored in the condition */
} group;

typedef struct compare_state {
    const pm_table *cells;
    pm_compare_options options;
    int64_t rows;
    const pm_column *cell, *electrolyte, *kind, *label, *condition_column[CONDITIONS];
    const pm_column *window_cycles, *cut, *cut_by; /**< NULL = the table does not have it */
    quantity quantity[QUANTITIES_MOST];
    int quantities;
    int64_t *group_of; /**< by row, -1 = none */
    condition *condition;
    int64_t conditions, condition_room;
    group *group;
    int64_t groups, group_room;
    pm_builder *excluded, *table, *differences;
} compare_state;

/** Means and intervals of each group from its values. */
PM_CHECK pm_status compare_estimate_groups(compare_state *s, const quantity *q, pm_error *err);
PM_CHECK pm_status compare_open_tables(compare_state *s, pm_error *err);
void compare_write_quantity(compare_state *s, int k);
PM_CHECK pm_status compare_write_differences(compare_state *s, const quantity *q, pm_error *err);
PM_CHECK pm_status compare_close_tables(compare_state *s, pm_comparison *out, pm_error *err);

#endif
