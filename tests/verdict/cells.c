/* SPDX-License-Identifier: MIT */
#include "cells.h"

#include <math.h>

typedef struct cell {
    double x[MOST_FEATURES], life;
    int label;
} cell;

static cell make_cell(const population *p, int group, int number)
{
    pm_random of_group = pm_random_stream(p->seed, "tests/electrolyte", (uint64_t)group);
    pm_random own = pm_random_stream(p->seed, "tests/cell", (uint64_t)(group * 1000 + number));
    double hidden = pm_random_normal(&of_group), blur = p->blurred > 0 ? p->blurred : 1;
    int label_of_group = (int)(3 * pm_random_uniform(&of_group));
    cell c = {0};

    for (int f = 0; f < p->features; f++)
        c.x[f] = 0.8 * pm_random_normal(&of_group) + 0.6 * pm_random_normal(&own) + p->shift;
    double score = 1.5 * c.x[0] + c.x[1] + blur * (0.5 * hidden + 0.5 * pm_random_normal(&own));
    c.label = p->by_group_only ? label_of_group : (score > -0.7) + (score > 0.7);
    c.life = 200 * pow(10, 0.2 * c.x[0] - 0.1 * c.x[1] + 0.05 * (hidden + pm_random_normal(&own)));
    return c;
}

static void put_cell(pm_builder *b, const population *p, int64_t row)
{
    static const char *const labels[] = {"rdf", "cdf", "kdf"};
    int group = (int)(row / p->per_group), number = (int)(row % p->per_group), at = p->features;
    cell c = make_cell(p, group, number);
    char name[32];

    for (int f = 0; f < p->features; f++) pm_builder_doubles(b, f)[row] = c.x[f];
    pm_builder_word(b, at++, row, labels[c.label], -1);
    pm_builder_doubles(b, at++)[row] = c.life;
    pm_builder_doubles(b, at++)[row] = p->censored && row % 5 == 0;
    snprintf(name, sizeof name, "e%d", group);
    pm_builder_word(b, at++, row, name, -1);
    snprintf(name, sizeof name, "e%d-%d", group, number);
    pm_builder_word(b, at++, row, name, -1);
    pm_builder_word(b, at++, row, "li-cu", -1);
    pm_builder_integers(b, at)[row] = 2;
}

pm_table *cells_table(const population *p)
{
    static const struct {
        const char *name;
        pm_type type;
    } others[] = {{"label", PM_STRING},   {"life", PM_DOUBLE}, {"censored", PM_DOUBLE},  {"electrolyte_id", PM_STRING},
                  {"cell_id", PM_STRING}, {"kind", PM_STRING}, {"cycles_used", PM_INT64}};
    pm_scoped(pm_builder) b = NULL;
    pm_table *table = NULL;
    int64_t n = (int64_t)p->groups * p->per_group;
    pm_error err = {0};
    char name[16];

    assert_good(pm_builder_new(0, NULL, &b, &err), &err);
    for (int f = 0; f < p->features; f++) {
        snprintf(name, sizeof name, "x%d", f);
        pm_builder_add(b, name, PM_DOUBLE, "V");
    }
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        pm_builder_add(b, others[k].name, others[k].type, others[k].type == PM_STRING ? "" : "1");
    assert_good(pm_builder_room(b, n, &err), &err);
    for (int64_t i = 0; i < n; i++) put_cell(b, p, i);
    pm_builder_commit(b, n);
    assert_good(pm_builder_finish(b, &table, &err), &err);
    return table;
}

pm_data *cells_data(const population *p, const char *target)
{
    static const char *const names[] = {"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11"};
    const char *features[MOST_FEATURES + 1] = {0};
    pm_scoped(pm_table) table = cells_table(p);
    pm_data *data = NULL;
    pm_error err = {0};

    for (int f = 0; f < p->features; f++) features[f] = names[f];
    pm_data_columns columns = {.features = features,
                               .target = target,
                               .group = "electrolyte_id",
                               .cell = "cell_id",
                               .censored = p->censored ? "censored" : NULL};
    assert_good(pm_data_new(table, &columns, &data, &err), &err);
    return data;
}

void cells_row(const pm_data *data, int64_t row, double x[MOST_FEATURES])
{
    for (int f = 0; f < data->p; f++) x[f] = data->x[row * data->p + f];
}

pm_predictor *trained(const population *p, const char *target, const pm_training *training)
{
    pm_scoped(pm_data) data = cells_data(p, target);
    pm_predictor *predictor = NULL;
    pm_error err = {0};

    assert_good(pm_predictor_train(data, training, NULL, &predictor, NULL, &err), &err);
    return predictor;
}

pm_out *written(const pm_predictor *predictor)
{
    pm_out *out = NULL;
    pm_error err = {0};

    assert_good(pm_out_open(NULL, false, &out, &err), &err);
    pm_predictor_write(predictor, out);
    assert_non_null(pm_out_memory(out, NULL));
    return out;
}
