/* SPDX-License-Identifier: MIT */
/* Many designs: every combination of some inputs, and those of them that no other beats. */
#include "design.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct sweep_row {
    double axis[PM_DESIGN_AXES];
    pm_design_result result;
    const char *limit, *limit_total;
} sweep_row;

typedef struct grid {
    const pm_design *told;
    int axes;
    const pm_design_axis *axis;
    int64_t n;
} grid;

static pm_status check_axis(const pm_design_axis *a, pm_error *err)
{
    if (a->n < 1) return pm_fail(err, PM_ERR_ARGUMENT, "a sweep of %s without values", a->input->key);
    if (!isfinite(a->low) || !isfinite(a->high))
        return pm_fail(err, PM_ERR_ARGUMENT, "a sweep of %s without ends", a->input->key);
    double each = a->n > 1 ? (a->high - a->low) / (double)(a->n - 1) : 0;
    if (!pm_design_is_whole(a->input) || (a->low == floor(a->low) && each == floor(each))) return PM_OK;
    return pm_fail(err, PM_ERR_ARGUMENT, "%s is a whole number, and so is each step of its sweep: not %g from %g on",
                   a->input->key, each, a->low);
}

static pm_status grid_of(const pm_design *told, int n, const pm_design_axis axes[], grid *out, pm_error *err)
{
    pm_status s;
    *out = (grid){told, n, axes, 1};
    if (n < 1 || n > PM_DESIGN_AXES)
        return pm_fail(err, PM_ERR_ARGUMENT, "a sweep is over 1 to %d inputs, not %d", PM_DESIGN_AXES, n);
    for (int k = 0; k < n; k++) {
        if ((s = check_axis(&axes[k], err))) return s;
        for (int j = 0; j < k; j++)
            if (axes[j].input == axes[k].input ||
                (axes[j].input->rivals && axes[j].input->rivals == axes[k].input->rivals))
                return pm_fail(err, PM_ERR_ARGUMENT, "%s and %s cannot both be swept: one says the other",
                               axes[j].input->key, axes[k].input->key);
        if (axes[k].n > PM_DESIGN_MOST / out->n)
            return pm_fail(err, PM_ERR_LIMIT, "a sweep of more than %d designs", PM_DESIGN_MOST);
        out->n *= axes[k].n;
    }
    return PM_OK;
}

/* Design i of the grid, and where it stands on the axes. */
static pm_status compute(const grid *g, int64_t i, double at[PM_DESIGN_AXES], pm_design_result *r, pm_error *err)
{
    pm_design d = *g->told;
    for (int k = g->axes - 1; k >= 0; k--) {
        const pm_design_axis *a = &g->axis[k];
        int64_t place = i % a->n;
        at[k] = place == a->n - 1 && place ? a->high
                                           : a->low + (a->high - a->low) * (double)place / (double)(a->n - (a->n > 1));
        pm_design_set(&d, a->input, at[k]);
        i /= a->n;
    }
    return pm_design_compute(&d, r, err);
}

static pm_status open_table(const grid *g, pm_builder **out, pm_error *err)
{
    int n, fields = 0;
    const pm_design_output *output = pm_design_outputs(&n);
    pm_field field[PM_DESIGN_AXES + 64];
    for (int k = 0; k < g->axes; k++) {
        const pm_design_input *i = g->axis[k].input;
        field[fields++] =
            (pm_field){i->name, PM_DOUBLE, i->unit, offsetof(sweep_row, axis) + (size_t)k * sizeof(double), i->meaning};
    }
    for (int k = 0; k < n; k++) {
        const pm_design_output *o = &output[k];
        bool swept = false;
        for (int a = 0; a < g->axes; a++) swept = swept || !strcmp(g->axis[a].input->name, o->name);
        if (!swept)
            field[fields++] =
                (pm_field){o->name, PM_DOUBLE, o->unit, offsetof(sweep_row, result) + o->offset, o->meaning};
    }
    field[fields++] = (pm_field){"limit", PM_STRING, "", offsetof(sweep_row, limit), "what ends the life"};
    field[fields++] = (pm_field){"limit_total", PM_STRING, "", offsetof(sweep_row, limit_total), "what ends the total"};
    return pm_builder_new(fields, field, out, err);
}

static pm_status push(const grid *g, int64_t i, pm_builder *rows, pm_error *err)
{
    sweep_row row = {0};
    pm_status s = compute(g, i, row.axis, &row.result, err);
    if (s) return s;
    row.limit = isnan(row.result.cycle_life) ? NULL : pm_limit_name(row.result.limit);
    row.limit_total = isnan(row.result.cycle_life) ? NULL : pm_limit_name(row.result.limit_total);
    pm_builder_push(rows, &row);
    return PM_OK;
}

pm_status pm_design_sweep(const pm_design *told, int n, const pm_design_axis axes[], const pm_run *run, pm_table **out,
                          pm_error *err)
{
    grid g;
    pm_scoped(pm_builder) rows = NULL;
    pm_status s;
    if ((s = grid_of(told, n, axes, &g, err)) || (s = open_table(&g, &rows, err))) return s;
    for (int64_t i = 0; i < g.n; i++) {
        if (i % 1024 == 0 && (s = pm_run_check(run, err))) return s;
        if ((s = push(&g, i, rows, err))) return s;
    }
    return pm_builder_finish(rows, out, err);
}

/* ---- fronts ---- */

typedef struct spot {
    double x, y;
    int64_t design;
} spot;

/* By falling x, then falling y, then the earlier design. */
static int by_x(const void *left, const void *right)
{
    const spot *a = left, *b = right;
    if (a->x != b->x) return a->x > b->x ? -1 : 1;
    if (a->y != b->y) return a->y > b->y ? -1 : 1;
    return (a->design > b->design) - (a->design < b->design);
}

/* A cell that is dry from the start, or makes not one cycle, is no trade-off. */
static double least_of(const pm_design_output *output)
{
    return strncmp(output->key, "cycle_life", strlen("cycle_life")) ? -INFINITY : 1;
}

static pm_status measure(const grid *g, const pm_design_output *x, const pm_design_output *y, const pm_run *run,
                         spot spots[], int64_t *n, pm_design_front_about *about, pm_error *err)
{
    pm_status s;
    double least_x = least_of(x), least_y = least_of(y);
    *n = 0;
    for (int64_t i = 0; i < g->n; i++) {
        double at[PM_DESIGN_AXES];
        pm_design_result r;
        if (i % 1024 == 0 && (s = pm_run_check(run, err))) return s;
        if ((s = compute(g, i, at, &r, err))) return s;
        spot p = {pm_design_read(&r, x), pm_design_read(&r, y), i};
        if (isnan(p.x) || isnan(p.y)) continue;
        if (p.x >= least_x && p.y >= least_y)
            spots[(*n)++] = p;
        else
            about->dead++;
    }
    if (*n) return PM_OK;
    if (about->dead)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "more electrolyte, or a smaller electrolyte_least",
                          "all %lld designs are at their end before the first cycle", (long long)about->dead);
    return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(),
                      "a life is predicted where lithium_efficiency is told, not for graphite",
                      "no design has both %s and %s", x->key, y->key);
}

/* Where a design of the front stands at an end of a range, something beyond it may be better. */
static void note_edges(const grid *g, int64_t design, pm_design_front_about *about)
{
    for (int k = g->axes - 1; k >= 0; k--) {
        int64_t place = design % g->axis[k].n;
        design /= g->axis[k].n;
        if (g->axis[k].n < 2) continue;
        about->at_low[k] += place == 0;
        about->at_high[k] += place == g->axis[k].n - 1;
    }
    about->front++;
}

pm_status pm_design_front(const pm_design *told, int n, const pm_design_axis axes[], const pm_design_output *x,
                          const pm_design_output *y, const pm_run *run, pm_table **out, pm_design_front_about *told_of,
                          pm_error *err)
{
    pm_design_front_about about = {0};
    grid g;
    int64_t spots = 0;
    double best = -INFINITY;
    pm_scoped(pm_builder) rows = NULL;
    pm_status s;
    if ((s = grid_of(told, n, axes, &g, err)) || (s = open_table(&g, &rows, err))) return s;
    pm_scoped_memory spot *spot_at = malloc((size_t)g.n * sizeof *spot_at);
    if (!spot_at) return pm_fail(err, PM_ERR_MEMORY, "no memory for %lld designs", (long long)g.n);
    if ((s = measure(&g, x, y, run, spot_at, &spots, &about, err))) return s;
    qsort(spot_at, (size_t)spots, sizeof *spot_at, by_x);
    for (int64_t i = 0; i < spots; i++) {
        if (i && !(spot_at[i].y > best)) continue;
        best = spot_at[i].y;
        note_edges(&g, spot_at[i].design, &about);
        if ((s = push(&g, spot_at[i].design, rows, err))) return s;
    }
    about.designs = g.n;
    if (told_of) *told_of = about;
    return pm_builder_finish(rows, out, err);
}

int pm_design_usual_axes(const pm_design *told, pm_design_axis axes[PM_DESIGN_AXES])
{
    static const pm_design_axis usual[] = {{NULL, 2e-3, 12e-3, 22}, {NULL, 5, 105, 21}, {NULL, 1.0, 4.0, 22}};
    static const char *const keys[] = {"areal_capacity_ah_per_cm2", "lithium_thickness_um",
                                       "electrolyte_to_capacity_gram_per_ah"};
    int n = 0;
    for (int k = 0; k < 3; k++) {
        if (k == 1 && told->anode != PM_ANODE_LITHIUM) continue;
        if (k == 2 && told->electrolyte != PM_ELECTROLYTE_LIQUID) continue;
        axes[n] = usual[k];
        if (!pm_design_input_find(NULL, keys[k], &axes[n].input, NULL)) n++;
    }
    return n;
}
