/* SPDX-License-Identifier: MIT */
/* Voltage and current over time. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base64.h"
#include "plots.h"
#include "svg.h"
#include "thin.h"

/* What is kept of the records, in the units shown. */
typedef struct trace {
    int64_t n, n_all;
    double *time, *voltage, *current; /* [n]; current NULL = none */
    scale time_scale, current_scale;
    bool by_row; /* time is the row's number, for the clock runs backwards */
} trace;

static void trace_leave(trace *t)
{
    free(t->time);
    free(t->voltage);
    free(t->current);
}

static double largest(int64_t n, const double *values)
{
    double most = 0;
    for (int64_t i = 0; i < n; i++)
        if (isfinite(values[i])) most = fmax(most, fabs(values[i]));
    return most;
}

/* A clock may step back a little; more than a hundredth of its span, and a plot over it would be a tangle. */
static bool clock_fails(int64_t n, const double *time, double *span)
{
    double low = INFINITY, high = -INFINITY, worst = 0;
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(time[i])) continue;
        low = fmin(low, time[i]);
        high = fmax(high, time[i]);
        worst = fmax(worst, high - time[i]);
    }
    *span = high >= low ? high - low : 0;
    return worst > *span / 100;
}

static pm_status gather(int64_t n, const int64_t *rows, const double *from, double factor, double **out, pm_error *err)
{
    *out = malloc((size_t)(n + 1) * sizeof(double));
    if (!*out) return pm_fail(err, PM_ERR_MEMORY, "no memory for %lld points", (long long)n);
    for (int64_t i = 0; i < n; i++) (*out)[i] = from ? from[rows[i]] * factor : (double)(rows[i] + 1);
    return PM_OK;
}

static pm_status make_trace(const pm_report_cell *cell, trace *t, pm_error *err)
{
    const double *time, *voltage, *current;
    const pm_want wants[] = {{.name = "test_time_second", .unit = "s", .number = &time},
                             {.name = "voltage_volt", .unit = "V", .number = &voltage},
                             {.name = "current_ampere", .unit = "A", .number = &current, .optional = true}};
    pm_status s;
    if ((s = pm_table_bind(cell->records, 3, wants, err))) return s;

    double span;
    t->n_all = pm_table_rows(cell->records);
    t->by_row = clock_fails(t->n_all, time, &span);
    t->time_scale = words_time(span);
    if (t->by_row) time = NULL;

    scoped_rows rows = NULL;
    const double *const lines[] = {voltage, current};
    if ((s = thin_rows(t->n_all, time, 2, lines, TRACE_POINTS, &rows, &t->n, err))) return s;
    if ((s = gather(t->n, rows, time, t->time_scale.factor, &t->time, err))) return s;
    if ((s = gather(t->n, rows, voltage, 1, &t->voltage, err))) return s;
    for (int64_t i = 1; i < t->n; i++) t->time[i] = fmax(t->time[i], t->time[i - 1]);
    if (!current) return PM_OK;
    t->current_scale = words_current(largest(t->n_all, current), cell_area(cell));
    return gather(t->n, rows, current, t->current_scale.factor, &t->current, err);
}

/* ---- bytes for the script ----------------------------------------------------------------------------------- */

/* For each point its time as a part of the span in 2^32-1 (finer than a float over a long test), its voltage and its
 * current as little-endian floats. page.js reads this. */
static void write_points(pm_out *out, const trace *t)
{
    double first = t->time[0], span = t->time[t->n - 1] - first;
    pm_out_text(out, "<script type=\"application/octet-stream\" class=\"points\" data-first=\"");
    pm_out_number(out, first);
    pm_out_text(out, "\" data-span=\"");
    pm_out_number(out, span);
    pm_out_text(out, "\">");
    base64 b = {.out = out};
    for (int64_t i = 0; i < t->n; i++) {
        base64_u32(&b, span > 0 ? (uint32_t)((t->time[i] - first) / span * 4294967295.0) : 0);
        base64_float(&b, t->voltage[i]);
        base64_float(&b, t->current ? t->current[i] : NAN);
    }
    base64_end(&b);
    pm_out_text(out, "</script>\n");
}

static void write_zoom(pm_out *out, const trace *t, const char *x_label)
{
    static const char *const buttons[][2] = {
        {"in", "Zoom in"}, {"out", "Zoom out"}, {"back", "Earlier"}, {"on", "Later"}, {"all", "Whole test"}};
    pm_out_text(out, "<div class=\"zoom\" hidden data-x=\"");
    pm_out_html(out, x_label);
    pm_out_text(out, "\" data-x-unit=\"%s\" data-current-unit=\"%s\">\n<p class=\"controls\">",
                t->by_row ? "" : t->time_scale.unit, t->current ? t->current_scale.unit : "");
    for (size_t i = 0; i < sizeof buttons / sizeof buttons[0]; i++)
        pm_out_text(out, "<button type=\"button\" data-move=\"%s\">%s</button>", buttons[i][0], buttons[i][1]);
    pm_out_text(out, "<output></output></p>\n");
    if (t->current) pm_out_text(out, "<div class=\"current\" role=\"img\" aria-label=\"Current over time\"></div>\n");
    pm_out_text(out, "<div class=\"voltage\" role=\"img\" aria-label=\"Voltage over time\"></div>\n");
    write_points(out, t);
    pm_out_text(out, "</div>\n");
}

/* ---- static plots ------------------------------------------------------------------------------------------- */

enum { STATIC_POINTS = 3000 };

static pm_status static_plot(pm_out *out, const char *id, const trace *t, const double *y, const char *x_label,
                             const char *y_label, int height, pm_error *err)
{
    scoped_rows rows = NULL;
    scoped_doubles xs = NULL;
    scoped_doubles ys = NULL;
    int64_t n;
    pm_status s;
    if ((s = thin_rows(t->n, t->time, 1, &y, STATIC_POINTS, &rows, &n, err))) return s;
    if ((s = gather(n, rows, t->time, 1, &xs, err))) return s;
    if ((s = gather(n, rows, y, 1, &ys, err))) return s;

    svg_series series = {.paint = y == t->voltage ? "c0" : "c1", .style = SVG_LINE, .n = n, .x = xs, .y = ys};
    svg_plot plot = {.id = id,
                     .title = y == t->voltage ? "Voltage over time" : "Current over time",
                     .width = 1000,
                     .height = height,
                     .y_line = NAN,
                     .n_series = 1,
                     .series = &series};
    plot.x = (svg_axis){x_label, t->time[0], t->time[t->n - 1], t->by_row};
    if (!(plot.x.high > plot.x.low)) plot.x.high = plot.x.low + 1;
    plot.y = svg_axis_of(y_label, 1, &series, 0);

    char words[160];
    words_text low, high;
    double least = INFINITY, most = -INFINITY;
    for (int64_t i = 0; i < n; i++)
        if (isfinite(ys[i])) least = fmin(least, ys[i]), most = fmax(most, ys[i]);
    snprintf(words, sizeof words, "%s from %s to %s.", y_label, words_digits(least, 4, low),
             words_digits(most, 4, high));
    plot.description = words;
    svg_write(out, &plot);
    return PM_OK;
}

static void caption(pm_out *out, const trace *t)
{
    char words[400];
    words_text all, kept;
    const char *tail = t->by_row ? " Drawn over row numbers, for the file’s clock runs backwards." : "";
    words_whole(t->n_all, all);
    if (t->n < t->n_all)
        snprintf(
            words, sizeof words,
            "%s of %s rows are kept: the least and the largest %s of every short stretch, so that no spike is lost.%s",
            words_whole(t->n, kept), all, t->current ? "voltage and current" : "voltage", tail);
    else
        snprintf(words, sizeof words, "All %s rows.%s", all, tail);
    figure_close(out, words);
}

pm_status plot_trace(pm_out *out, const char *id, const pm_report_cell *cell, bool zoom, pm_error *err)
{
    __attribute__((__cleanup__(trace_leave))) trace t = {0};
    pm_status s;
    if ((s = make_trace(cell, &t, err))) return s;
    figure_open(out, "Voltage and current over time");
    if (t.n < 2) {
        figure_close(out, "Fewer than two rows: nothing to draw.");
        return PM_OK;
    }

    char x_label[64], y_label[64], plot_id[64];
    snprintf(x_label, sizeof x_label, "%s%s", t.by_row ? "data row" : "test time / ",
             t.by_row ? "" : t.time_scale.unit);
    if (zoom) write_zoom(out, &t, x_label);
    pm_out_text(out, "<div class=\"static\">\n");
    if (t.current) {
        snprintf(y_label, sizeof y_label, "current / %s", t.current_scale.unit);
        snprintf(plot_id, sizeof plot_id, "%s-current", id);
        if ((s = static_plot(out, plot_id, &t, t.current, NULL, y_label, 150, err))) return s;
    }
    snprintf(plot_id, sizeof plot_id, "%s-voltage", id);
    if ((s = static_plot(out, plot_id, &t, t.voltage, x_label, "voltage / V", 320, err))) return s;
    pm_out_text(out, "</div>\n");
    caption(out, &t);
    return PM_OK;
}
