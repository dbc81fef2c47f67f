/* SPDX-License-Identifier: MIT */
/* Labels of the same lives by other thresholds: no published threshold is known, so their weight is to be seen. */
#include "early.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { TOO_FEW = -1, OUTCOMES = PM_STOPPED + 1 };

typedef struct row {
    const char *varied;
    double polarisation, coulombic_efficiency, moved;
    int64_t window, reference, horizon, cells[OUTCOMES], too_few;
} row;

#define FIELD(name, type, unit, meaning)                                                                               \
    {                                                                                                                  \
#name, type, unit, offsetof(row, name), meaning                                                                \
    }
#define CELLS(name, outcome)                                                                                           \
    {                                                                                                                  \
#name, PM_INT64, "1", offsetof(row, cells) + (outcome) * sizeof(int64_t), "cells with this label"              \
    }
static const pm_field fields[] = {
    FIELD(varied, PM_STRING, "", "none, thresholds, window, reference, horizon"),
    FIELD(polarisation, PM_DOUBLE, "1", "threshold"),
    FIELD(coulombic_efficiency, PM_DOUBLE, "1", "threshold"),
    FIELD(window, PM_INT64, "1", "cycles"),
    FIELD(reference, PM_INT64, "1", "first reference cycle"),
    FIELD(horizon, PM_INT64, "1", "cycles; missing = max(10, N/4)"),
    CELLS(kdf, PM_KDF),
    CELLS(rdf, PM_RDF),
    CELLS(cdf, PM_CDF),
    CELLS(short, PM_SHORT),
    CELLS(stopped, PM_STOPPED),
    CELLS(censored, PM_CENSORED),
    FIELD(too_few, PM_INT64, "1", "cells with too few cycles for a label"),
    FIELD(moved, PM_DOUBLE, "1", "share of the cells labelled by both whose label is another than in the first row"),
};
enum { FIELDS = sizeof fields / sizeof *fields };

typedef struct study {
    int64_t n;
    const pm_life *lives;
    int *first; /* [n] outcomes by the options given; TOO_FEW */
    pm_builder *rows;
} study;

static pm_status outcome_of(const pm_life *life, const pm_life_label_options *o, int *out, pm_error *err)
{
    pm_life_label label;
    pm_error few = {0};
    pm_status s = pm_life_label_of(life->cycles, life->kind, o, life->short_cycle, &label, &few);

    *out = s ? TOO_FEW : (int)label.outcome;
    if (!s || s == PM_ERR_DATA) return PM_OK;
    if (err) *err = few;
    return s;
}

static pm_status add(const study *t, const char *varied, pm_life_label_options o, pm_error *err)
{
    row r = {.varied = varied};
    int64_t both = 0, moved = 0;
    pm_status s;

    for (int64_t i = 0; i < t->n; i++) {
        int outcome;
        if ((s = outcome_of(&t->lives[i], &o, &outcome, err))) return s;
        if (!strcmp(varied, "none")) t->first[i] = outcome;
        *(outcome == TOO_FEW ? &r.too_few : &r.cells[outcome]) += 1;
        if (outcome == TOO_FEW || t->first[i] == TOO_FEW) continue;
        both++;
        moved += outcome != t->first[i];
    }
    o = pm_life_label_defaults(&o);
    r.polarisation = o.polarisation;
    r.coulombic_efficiency = o.coulombic_efficiency;
    r.window = o.window;
    r.reference = o.reference;
    r.horizon = o.horizon ? o.horizon : PM_NO_INT;
    r.moved = both ? (double)moved / (double)both : NAN;
    pm_builder_push(t->rows, &r);
    return PM_OK;
}

static pm_status vary_thresholds(const study *t, const pm_life_label_options *o, pm_error *err)
{
    static const double polarisation[] = {0.5, 0.75, 1}, efficiency[] = {0.05, 0.06, 0.08, 0.1};
    pm_status s = PM_OK;

    for (int i = 0; i < 12 && !s; i++) {
        pm_life_label_options other = *o;
        other.polarisation = polarisation[i / 4];
        other.coulombic_efficiency = efficiency[i % 4];
        s = add(t, "thresholds", other, err);
    }
    return s;
}

/* Varies one whole number of the options. */
static pm_status vary(const study *t, const char *varied, const pm_life_label_options *o, size_t member, int n,
                      const int values[], pm_error *err)
{
    pm_status s = PM_OK;

    for (int i = 0; i < n && !s; i++) {
        pm_life_label_options other = *o;
        memcpy((char *)&other + member, &values[i], sizeof(int));
        s = add(t, varied, other, err);
    }
    return s;
}

pm_status pm_life_sensitivity(int64_t n, const pm_life lives[], const pm_life_label_options *options, pm_table **out,
                              pm_error *err)
{
    static const int windows[] = {3, 5, 10}, references[] = {1, 3, 5, 10}, horizons[] = {0, 5, 10, 20, 50, 1000000};
    pm_life_label_options o = pm_life_label_defaults(options);
    pm_scoped(pm_builder) rows = NULL;
    pm_scoped_memory int *first = calloc((size_t)n + 1, sizeof *first);
    pm_status s;

    if (!first) return pm_fail(err, PM_ERR_MEMORY, "no memory for labels");
    if ((s = pm_builder_new(FIELDS, fields, &rows, err))) return s;
    study t = {n, lives, first, rows};
    if ((s = add(&t, "none", o, err))) return s;
    if ((s = vary_thresholds(&t, &o, err))) return s;
    if ((s = vary(&t, "window", &o, offsetof(pm_life_label_options, window), 3, windows, err))) return s;
    if ((s = vary(&t, "reference", &o, offsetof(pm_life_label_options, reference), 4, references, err))) return s;
    if ((s = vary(&t, "horizon", &o, offsetof(pm_life_label_options, horizon), 6, horizons, err))) return s;
    return pm_builder_finish(rows, out, err);
}
