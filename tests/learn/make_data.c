/* SPDX-License-Identifier: MIT */
#include "make_data.h"

#include <stdio.h>

double uniform(lcg *g)
{
    g->s = (uint32_t)((1103515245ULL * g->s + 12345) & 0x7fffffff);
    return g->s / 2147483648.0;
}

pm_data *data_of(int64_t n, int p, const double *x, const int *y, const double *target, const bool *censored,
                 int per_group)
{
    pm_scoped(pm_builder) b = NULL;
    pm_scoped(pm_table) table = NULL;
    pm_data *d = NULL;
    pm_error err = {0};
    char name[16], word[24];
    assert_good(pm_builder_new(0, NULL, &b, &err), &err);
    for (int f = 0; f < p; f++) {
        snprintf(name, sizeof name, "x%d", f);
        pm_builder_add(b, name, PM_DOUBLE, "V");
    }
    int at_y = pm_builder_add(b, "y", y ? PM_STRING : PM_DOUBLE, "");
    int at_censored = pm_builder_add(b, "censored", PM_DOUBLE, "1"),
        at_group = pm_builder_add(b, "group", PM_STRING, "");
    assert_good(pm_builder_room(b, n, &err), &err);
    for (int64_t i = 0; i < n; i++) {
        for (int f = 0; f < p; f++) pm_builder_doubles(b, f)[i] = x[i * p + f];
        if (y) {
            snprintf(word, sizeof word, "%d", y[i]);
            pm_builder_word(b, at_y, i, word, -1);
        } else {
            pm_builder_doubles(b, at_y)[i] = target[i];
        }
        pm_builder_doubles(b, at_censored)[i] = censored && censored[i];
        snprintf(word, sizeof word, "g%lld", (long long)i / per_group);
        pm_builder_word(b, at_group, i, word, -1);
    }
    pm_builder_commit(b, n);
    assert_good(pm_builder_finish(b, &table, &err), &err);
    static const char *const all[] = {"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11"};
    const char *features[13] = {NULL};
    for (int f = 0; f < p; f++) features[f] = all[f];
    pm_data_columns columns = {
        .features = features, .target = "y", .group = "group", .censored = censored ? "censored" : NULL};
    assert_good(pm_data_new(table, &columns, &d, &err), &err);
    return d;
}
