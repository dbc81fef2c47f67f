/* SPDX-License-Identifier: MIT */
/* Voltage over capacity, for a few cycles chosen evenly from the first to the last. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plots.h"
#include "svg.h"
#include "thin.h"

enum { CHOSEN = 6, CURVE_POINTS = 400, MOST_CURVES = 64 };

static const char *const paints[CHOSEN] = {"q0", "q1", "q2", "q3", "q4", "q5"};

typedef struct curves {
    int n;
    svg_series series[MOST_CURVES + CHOSEN + 2]; /* with those that stand in the legend only */
    double *x[MOST_CURVES], *y[MOST_CURVES];
    int64_t cycles[CHOSEN];
    int n_cycles;
    char names[CHOSEN][32];
} curves;

static void curves_leave(curves *c)
{
    for (int i = 0; i < c->n; i++) free(c->x[i]), free(c->y[i]);
}

typedef struct halves {
    int64_t n;
    double *cycle, *first, *last, *complete;
} halves;

static void halves_leave(halves *h)
{
    free(h->cycle);
    free(h->first);
    free(h->last);
    free(h->complete);
}

static pm_status read_halves(const pm_table *table, halves *h, pm_error *err)
{
    pm_status s;
    h->n = pm_table_rows(table);
    if ((s = column_values(table, "cycle_count", &h->cycle, err))) return s;
    if ((s = column_values(table, "row_first", &h->first, err))) return s;
    if ((s = column_values(table, "row_last", &h->last, err))) return s;
    if ((s = column_values(table, "complete", &h->complete, err))) return s;
    if (!h->cycle || !h->first || !h->last) h->n = 0;
    return PM_OK;
}

/* A cycle is worth drawing where none of its half-cycles was cut short. */
static bool usable(const halves *h, int64_t i)
{
    return isfinite(h->cycle[i]) && h->cycle[i] > 0 && (!h->complete || h->complete[i] != 0);
}

/* Half-cycles stand in order, so those of a cycle stand together. */
static void choose(const halves *h, curves *c)
{
    int64_t n = 0, chosen = 0;
    double seen = NAN;
    for (int64_t i = 0; i < h->n; i++) {
        if (usable(h, i) && h->cycle[i] != seen) seen = h->cycle[i], n++;
    }
    c->n_cycles = (int)(n < CHOSEN ? n : CHOSEN);
    int64_t at = 0;
    seen = NAN;
    for (int64_t i = 0; i < h->n && chosen < c->n_cycles; i++) {
        if (!usable(h, i) || h->cycle[i] == seen) continue;
        seen = h->cycle[i];
        int64_t wanted = c->n_cycles > 1 ? chosen * (n - 1) / (c->n_cycles - 1) : 0;
        if (at++ == wanted) c->cycles[chosen++] = (int64_t)seen;
    }
}

/* Capacity from the start of the half-cycle, by the trapezium rule. */
static pm_status add_curve(curves *c, const pm_table *records, int64_t first, int64_t last, double factor, int colour,
                           pm_error *err)
{
    const double *time, *voltage, *current;
    const pm_want wants[] = {{.name = "test_time_second", .unit = "s", .number = &time},
                             {.name = "voltage_volt", .unit = "V", .number = &voltage},
                             {.name = "current_ampere", .unit = "A", .number = &current}};
    pm_status s;
    if ((s = pm_table_bind(records, 3, wants, err))) return s;
    int64_t n = last - first + 1;
    scoped_doubles capacity = malloc((size_t)n * sizeof(double));
    if (!capacity) return pm_fail(err, PM_ERR_MEMORY, "no memory for a curve");
    double charge = 0, sign = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t row = first + i;
        double step = i ? (current[row] + current[row - 1]) / 2 * (time[row] - time[row - 1]) : 0;
        if (isfinite(step)) charge += step;
        capacity[i] = charge;
    }
    sign = charge < 0 ? -1 : 1;
    for (int64_t i = 0; i < n; i++) capacity[i] *= sign / 3600 * factor;

    scoped_rows rows = NULL;
    int64_t kept;
    const double *line = voltage + first;
    if ((s = thin_rows(n, capacity, 1, &line, CURVE_POINTS, &rows, &kept, err))) return s;
    double *x = c->x[c->n] = malloc((size_t)(kept + 1) * sizeof(double));
    double *y = c->y[c->n] = malloc((size_t)(kept + 1) * sizeof(double));
    svg_series *series = &c->series[c->n++];
    if (!x || !y) return pm_fail(err, PM_ERR_MEMORY, "no memory for a curve");
    for (int64_t i = 0; i < kept; i++) x[i] = capacity[rows[i]], y[i] = line[rows[i]];
    *series =
        (svg_series){.paint = paints[colour], .style = sign > 0 ? SVG_LINE : SVG_DASHED, .n = kept, .x = x, .y = y};
    return PM_OK;
}

/* The whole colour scale is used, however few cycles there are. */
static int colour_of(const curves *c, int k)
{
    return c->n_cycles > 1 ? k * (CHOSEN - 1) / (c->n_cycles - 1) : 0;
}

static pm_status collect(curves *c, const pm_report_cell *cell, const halves *h, double factor, pm_error *err)
{
    int64_t rows = pm_table_rows(cell->records);
    choose(h, c);
    for (int k = 0; k < c->n_cycles; k++) {
        for (int64_t i = 0; i < h->n && c->n < MOST_CURVES; i++) {
            bool real = h->first[i] >= 1 && h->last[i] <= (double)rows && h->last[i] > h->first[i];
            if (h->cycle[i] != (double)c->cycles[k] || !real) continue;
            pm_status s = add_curve(c, cell->records, (int64_t)h->first[i] - 1, (int64_t)h->last[i] - 1, factor,
                                    colour_of(c, k), err);
            if (s) return s;
        }
    }
    return PM_OK;
}

/* A line for each cycle, by colour, and one for each direction, by stroke. Returns how many. */
static int add_legend(curves *c, pm_kind kind)
{
    static const double nothing[1] = {NAN};
    svg_series *to = c->series + c->n;
    for (int k = 0; k < c->n_cycles; k++) {
        snprintf(c->names[k], sizeof c->names[k], "cycle %lld", (long long)c->cycles[k]);
        *to++ = (svg_series){c->names[k], paints[colour_of(c, k)], SVG_LINE, 1, nothing, nothing, NULL};
    }
    *to++ = (svg_series){direction_name(kind, true), "plain", SVG_LINE, 1, nothing, nothing, NULL};
    *to++ = (svg_series){direction_name(kind, false), "plain", SVG_DASHED, 1, nothing, nothing, NULL};
    return c->n_cycles + 2;
}

static void write_plot(pm_out *out, const char *id, const pm_report_cell *cell, curves *c, scale unit)
{
    char plot_id[64], label[64], words[200];
    snprintf(plot_id, sizeof plot_id, "%s-curves", id);
    snprintf(label, sizeof label, "capacity / %s", unit.unit);
    svg_axis x = svg_axis_x(label, c->n, c->series);
    x.low = 0;
    svg_axis y = svg_axis_of("voltage / V", c->n, c->series, 1e-3);
    snprintf(words, sizeof words, "Voltage from %.3f to %.3f V over capacity, for %d cycles from %lld to %lld.", y.low,
             y.high, c->n_cycles, (long long)c->cycles[0], (long long)c->cycles[c->n_cycles - 1]);
    int n_legend = add_legend(c, cell->summary ? cell->summary->kind : PM_KIND_UNKNOWN);
    svg_plot plot = {.id = plot_id,
                     .title = "Voltage over capacity",
                     .description = words,
                     .width = 460,
                     .height = 325,
                     .x = x,
                     .y = y,
                     .y_line = 0,
                     .n_series = c->n + n_legend,
                     .series = c->series};
    svg_write(out, &plot);
}

pm_status plot_curves(pm_out *out, const char *id, const pm_report_cell *cell, pm_error *err)
{
    __attribute__((__cleanup__(curves_leave))) curves c = {0};
    __attribute__((__cleanup__(halves_leave))) halves h = {0};
    pm_status s;
    if (!cell->records || !cell->half_cycles) return PM_OK;
    if ((s = read_halves(cell->half_cycles, &h, err))) return s;
    if (!pm_table_find(cell->records, "current_ampere")) {
        pm_out_text(
            out, "<p class=\"hint\">The file has no current, so there is no capacity to draw the voltage over.</p>\n");
        return PM_OK;
    }
    scale unit = cell_capacity_scale(cell);
    if ((s = collect(&c, cell, &h, unit.factor, err))) return s;
    if (c.n == 0) return PM_OK;
    figure_open(out, "Voltage over capacity");
    write_plot(out, id, cell, &c, unit);
    figure_close(out, "Cycles chosen evenly from the first to the last.");
    return PM_OK;
}
