/* SPDX-License-Identifier: MIT */
/* Means, ranks and differences of groups, and the tables of them. */
#include "compare_state.h"

#include <math.h>
#include <string.h>

/* ---- means ---- */

static compare_sample sample_of(const group *g)
{
    return (compare_sample){g->v.n, g->v.value, g->v.censored};
}

/** The longest time that all groups of a condition were watched; NaN where no life in it is censored. */
static double horizon_of(const compare_state *s, int64_t number)
{
    double horizon = INFINITY, longest = 0;
    int64_t censored = 0;

    for (int64_t g = 0; g < s->groups; g++) {
        if (s->group[g].condition != number || !s->group[g].v.n) continue;
        compare_sample sample = sample_of(&s->group[g]);
        horizon = fmin(horizon, compare_horizon(&sample));
        censored += s->group[g].v.n_censored;
        for (int64_t i = 0; i < sample.n; i++) longest = fmax(longest, sample.value[i]);
    }
    return censored ? fmin(horizon, longest) : NAN;
}

pm_status compare_estimate_groups(compare_state *s, const quantity *q, pm_error *err)
{
    for (int64_t g = 0; g < s->groups; g++) {
        group *x = &s->group[g];
        compare_sample sample = sample_of(x);
        pm_status status = PM_OK;
        x->horizon = horizon_of(s, x->condition);
        if (isnan(x->horizon))
            x->estimate = compare_mean(&sample);
        else if (sample.n)
            status = compare_life(&sample, x->horizon, &x->estimate, err);
        if (status) return status;
        if (!sample.n) x->estimate = (compare_estimate){NAN, NAN, NAN, NAN, NAN, NAN};
        if (q->never_negative && x->estimate.low < 0)
            x->estimate.low = 0; /* the truth is not there: no coverage lost */
    }
    return PM_OK;
}

/* ---- groups ---- */

typedef struct group_row {
    int64_t condition, cells;
    const char *electrolyte_id, *kind;
    double current, capacity, temperature;
} group_row;
static const pm_field group_fields[] = {
    {"condition", PM_INT64, "1", offsetof(group_row, condition), "cells of one condition are compared"},
    {"electrolyte_id", PM_STRING, "", offsetof(group_row, electrolyte_id), "the electrolyte"},
    {"kind", PM_STRING, "", offsetof(group_row, kind), "of the cells"},
    {"current_density_ampere_per_cm2", PM_DOUBLE, "A/cm2", offsetof(group_row, current), "of the condition"},
    {"areal_capacity_ah_per_cm2", PM_DOUBLE, "Ah/cm2", offsetof(group_row, capacity), "of the condition"},
    {"temperature_celsius", PM_DOUBLE, "degC", offsetof(group_row, temperature), "of the condition"},
    {"cells", PM_INT64, "1", offsetof(group_row, cells), "that have a part in any quantity"},
};
enum { GROUP_FIELDS = sizeof group_fields / sizeof *group_fields, COLUMNS_EACH = 8 };

typedef struct difference_row {
    int64_t condition, within_error;
    const char *quantity, *a, *b, *method;
    double difference, low, high, p, p_adjusted;
    compare_contrast contrast;
    double most; /**< no difference is larger */
} difference_row;
#define FIELD(name, type, unit, meaning)                                                                               \
    {                                                                                                                  \
#name, type, unit, offsetof(difference_row, name), meaning                                                     \
    }
static const pm_field difference_fields[] = {
    FIELD(condition, PM_INT64, "1", "both electrolytes are of it"),
    FIELD(quantity, PM_STRING, "", "what differs"),
    FIELD(a, PM_STRING, "", "electrolyte"),
    FIELD(b, PM_STRING, "", "electrolyte"),
    FIELD(difference, PM_DOUBLE, "", "mean of a less mean of b, in the quantity's unit"),
    FIELD(low, PM_DOUBLE, "", "95 % for all differences of the quantity at once, Bonferroni"),
    FIELD(high, PM_DOUBLE, "", "95 % for all differences of the quantity at once, Bonferroni"),
    FIELD(p, PM_DOUBLE, "1", "of this difference alone"),
    FIELD(p_adjusted, PM_DOUBLE, "1", "Holm, over all differences of the quantity"),
    FIELD(method, PM_STRING, "", "welch or permutation"),
    FIELD(within_error, PM_INT64, "1", "1: smaller than both measurement errors together"),
};

static void add_column(pm_builder *b, const char *name, const char *end, pm_type type, const char *unit)
{
    char text[160];

    snprintf(text, sizeof text, "%s%s", name, end);
    pm_builder_add(b, text, type, unit);
}

/** Eight columns for each quantity, so that their places can be counted. */
static void add_quantity(pm_builder *b, const quantity *q)
{
    const char *name = q->value->name, *unit = q->value->unit;

    add_column(b, name, "_cells", PM_INT64, "1");
    add_column(b, name, "_mean", PM_DOUBLE, unit);
    add_column(b, name, "_standard_deviation", PM_DOUBLE, unit);
    add_column(b, name, "_low", PM_DOUBLE, unit);
    add_column(b, name, "_high", PM_DOUBLE, unit);
    add_column(b, name, "_rank", PM_INT64, "1");
    add_column(b, name, "_error", PM_DOUBLE, unit);
    add_column(b, name, "_censored", PM_INT64, "1");
}

static void write_group(compare_state *s, int64_t g)
{
    const group *x = &s->group[g];
    const condition *c = &s->condition[x->condition];
    const double *value = c->value;

    pm_builder_integers(s->table, 0)[g] = x->condition + 1;
    pm_builder_word(s->table, 1, g, x->electrolyte, -1);
    if (c->kind) pm_builder_word(s->table, 2, g, c->kind, -1);
    for (int k = 0; k < CONDITIONS; k++) pm_builder_doubles(s->table, 3 + k)[g] = value[k];
    pm_builder_integers(s->table, 6)[g] = x->cells;
}

pm_status compare_open_tables(compare_state *s, pm_error *err)
{
    pm_status status = pm_builder_new(GROUP_FIELDS, group_fields, &s->table, err);

    if (status) return status;
    for (int k = 0; k < s->quantities; k++) add_quantity(s->table, &s->quantity[k]);
    if ((status = pm_builder_room(s->table, s->groups, err))) return status;
    for (int64_t g = 0; g < s->groups; g++) write_group(s, g);
    return pm_builder_new(sizeof difference_fields / sizeof *difference_fields, difference_fields, &s->differences,
                          err);
}

/** 1 + how many of the condition are better; ties share a rank. */
static int64_t rank_of(const compare_state *s, const quantity *q, const group *x)
{
    int64_t rank = 1;

    if (isnan(x->estimate.mean)) return PM_NO_INT;
    for (int64_t g = 0; g < s->groups; g++) {
        const group *y = &s->group[g];
        double better = y->estimate.mean - x->estimate.mean;
        if (y->condition == x->condition) rank += q->higher_is_better ? better > 0 : better < 0;
    }
    return rank;
}

void compare_write_quantity(compare_state *s, int k)
{
    const quantity *q = &s->quantity[k];
    int at = GROUP_FIELDS + COLUMNS_EACH * k;

    for (int64_t g = 0; g < s->groups; g++) {
        const group *x = &s->group[g];
        const compare_estimate *e = &x->estimate;
        pm_builder_integers(s->table, at)[g] = x->v.n;
        pm_builder_doubles(s->table, at + 1)[g] = e->mean;
        pm_builder_doubles(s->table, at + 2)[g] = e->deviation;
        pm_builder_doubles(s->table, at + 3)[g] = e->low;
        pm_builder_doubles(s->table, at + 4)[g] = e->high;
        pm_builder_integers(s->table, at + 5)[g] = rank_of(s, q, x);
        pm_builder_doubles(s->table, at + 6)[g] = x->v.error;
        pm_builder_integers(s->table, at + 7)[g] = q->censored ? x->v.n_censored : PM_NO_INT;
    }
}

/* ---- differences ---- */

static pm_status contrast_of(const compare_state *s, const group *a, const group *b, compare_contrast *out,
                             pm_error *err)
{
    compare_sample left = sample_of(a), right = sample_of(b);

    *out = compare_welch(&a->estimate, &b->estimate);
    if (isnan(a->horizon)) return PM_OK;
    return compare_permuted(&left, &right, a->horizon, s->options.seed, &out->p, err);
}

static pm_status contrast_row(const compare_state *s, const quantity *q, const group *a, const group *b,
                              difference_row *out, pm_error *err)
{
    compare_contrast c;
    pm_status status = contrast_of(s, a, b, &c, err);
    double error = a->v.error + b->v.error;

    *out = (difference_row){.condition = a->condition + 1,
                            .within_error = isnan(error) ? PM_NO_INT : fabs(c.difference) < error,
                            .quantity = q->value->name,
                            .a = a->electrolyte,
                            .b = b->electrolyte,
                            .method = isnan(a->horizon) ? "welch" : "permutation",
                            .difference = c.difference,
                            .p = c.p,
                            .contrast = c,
                            .most = isnan(a->horizon) ? (double)INFINITY : a->horizon};
    return status;
}

/** Adjusts for the number of differences: those of one quantity, in all its conditions. */
static pm_status adjust(int64_t n, difference_row *row, double *p, pm_error *err)
{
    int64_t told = 0;

    for (int64_t i = 0; i < n; i++) {
        p[i] = row[i].p;
        told += !isnan(row[i].p) || !isnan(row[i].contrast.error);
    }
    for (int64_t i = 0; i < n; i++) {
        double half = compare_half_width(&row[i].contrast, told);
        row[i].low = isnan(half) ? NAN : fmax(row[i].difference - half, -row[i].most);
        row[i].high = isnan(half) ? NAN : fmin(row[i].difference + half, row[i].most);
    }
    pm_status status = compare_holm(n, p, err);
    for (int64_t i = 0; i < n; i++) row[i].p_adjusted = p[i];
    return status;
}

pm_status compare_write_differences(compare_state *s, const quantity *q, pm_error *err)
{
    size_t most = (size_t)(s->groups * s->groups / 2 + 1);
    pm_scoped_memory difference_row *row = calloc(most, sizeof *row);
    pm_scoped_memory double *p = calloc(most, sizeof *p);
    int64_t n = 0;
    pm_status status;

    if (!row || !p) return pm_fail(err, PM_ERR_MEMORY, "no memory for differences");
    for (int64_t i = 0; i < s->groups; i++)
        for (int64_t k = i + 1; k < s->groups; k++) {
            const group *a = &s->group[i], *b = &s->group[k];
            if (a->condition != b->condition || !a->v.n || !b->v.n) continue;
            if ((status = contrast_row(s, q, a, b, &row[n++], err))) return status;
        }
    if ((status = adjust(n, row, p, err))) return status;
    for (int64_t i = 0; i < n; i++) pm_builder_push(s->differences, &row[i]);
    return PM_OK;
}

pm_status compare_close_tables(compare_state *s, pm_comparison *out, pm_error *err)
{
    pm_scoped(pm_table) groups = NULL;
    pm_scoped(pm_table) excluded = NULL;
    pm_scoped(pm_table) differences = NULL;
    pm_status status;

    pm_builder_commit(s->table, s->groups);
    if ((status = pm_builder_finish(s->table, &groups, err))) return status;
    if ((status = pm_builder_finish(s->excluded, &excluded, err))) return status;
    if ((status = pm_builder_finish(s->differences, &differences, err))) return status;
    *out = (pm_comparison){groups, excluded, differences};
    groups = excluded = differences = NULL;
    return PM_OK;
}
