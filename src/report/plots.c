/* SPDX-License-Identifier: MIT */
/* Capacity, Coulombic efficiency and polarisation by cycle. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "plots.h"
#include "svg.h"
#include "thin.h"

/* More marks than this cannot be told apart; extremes are kept. */
enum { MARKS = 2000 };
/* Values beyond an axis that the caption tells in numbers. */
enum { NAMED = 4 };

pm_status column_values(const pm_table *table, const char *name, double **values, pm_error *err)
{
    const pm_column *column = table ? pm_table_find(table, name) : NULL;
    *values = NULL;
    if (!column || column->type == PM_STRING) return PM_OK;
    *values = malloc((size_t)(column->n_rows + 1) * sizeof(double));
    if (!*values) return pm_fail(err, PM_ERR_MEMORY, "no memory for column %s", name);
    for (int64_t i = 0; i < column->n_rows; i++) (*values)[i] = pm_column_real(column, i);
    return PM_OK;
}

double cell_area(const pm_report_cell *cell)
{
    return cell->cell && cell->cell->area_cm2 > 0 ? cell->cell->area_cm2 : 0;
}

scale cell_capacity_scale(const pm_report_cell *cell)
{
    static const char *const names[] = {"charging_capacity_ah", "discharging_capacity_ah", "plating_capacity_ah",
                                        "stripping_capacity_ah"};
    double most = 0;
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        const pm_column *column = cell->cycles ? pm_table_find(cell->cycles, names[k]) : NULL;
        for (int64_t i = 0; column && column->number && i < column->n_rows; i++)
            if (isfinite(column->number[i])) most = fmax(most, column->number[i]);
    }
    return words_capacity(most, cell_area(cell));
}

const char *direction_name(pm_kind kind, bool positive)
{
    if (kind == PM_LI_CU) return positive ? "stripping" : "plating";
    if (kind == PM_LI_LI) return positive ? "positive current" : "negative current";
    return positive ? "charge" : "discharge";
}

void figure_open(pm_out *out, const char *title)
{
    pm_out_text(out, "<figure>\n<h3>");
    pm_out_html(out, title);
    pm_out_text(out, "</h3>\n");
}

void figure_close(pm_out *out, const char *caption)
{
    if (caption) {
        pm_out_text(out, "<figcaption>");
        pm_out_html(out, caption);
        pm_out_text(out, "</figcaption>\n");
    }
    pm_out_text(out, "</figure>\n");
}

/* ---- one plot by cycle -------------------------------------------------------------------------------------- */

typedef struct line {
    const char *name, *column; /* the column's values are multiplied by the plot's factor */
} line;

typedef struct by_cycle {
    const char *suffix, *title, *label, *unit; /* label with unit */
    double factor, least, y_line;              /* least: length of the axis at least */
    const char *definition;                    /* stands first in the caption; NULL = none */
    bool percent;
    int n;
    line lines[2];
} by_cycle;

typedef struct drawn {
    double *x[2], *y[2];
    svg_series series[2];
    int n;
} drawn;

static void drawn_leave(drawn *d)
{
    for (int k = 0; k < 2; k++) free(d->x[k]), free(d->y[k]);
}

/* The cycles of one line; drawn only where there is a value. */
static pm_status add_line(drawn *d, const pm_table *cycles, const by_cycle *what, int k, pm_error *err)
{
    scoped_doubles cycle = NULL;
    scoped_doubles value = NULL;
    scoped_rows rows = NULL;
    int64_t n = 0;
    pm_status s;
    if ((s = column_values(cycles, "cycle_count", &cycle, err))) return s;
    if ((s = column_values(cycles, what->lines[k].column, &value, err))) return s;
    if (!cycle || !value) return PM_OK;
    for (int64_t i = 0; i < pm_table_rows(cycles); i++) {
        if (!isfinite(value[i]) || !isfinite(cycle[i])) continue;
        cycle[n] = cycle[i];
        value[n++] = value[i] * what->factor;
    }
    int64_t kept;
    const double *lines[] = {value};
    if ((s = thin_rows(n, cycle, 1, lines, MARKS, &rows, &kept, err))) return s;
    if (kept == 0) return PM_OK;
    double *x = d->x[d->n] = malloc((size_t)kept * sizeof(double));
    double *y = d->y[d->n] = malloc((size_t)kept * sizeof(double));
    if (!x || !y) return pm_fail(err, PM_ERR_MEMORY, "no memory for a plot");
    for (int64_t i = 0; i < kept; i++) x[i] = cycle[rows[i]], y[i] = value[rows[i]];
    d->series[d->n] = (svg_series){.name = what->n > 1 ? what->lines[k].name : NULL,
                                   .paint = k ? "c1" : "c0",
                                   .style = k ? SVG_SQUARE : SVG_ROUND,
                                   .n = kept,
                                   .x = x,
                                   .y = y};
    d->n++;
    return PM_OK;
}

/* Median and range in words; the median of the first line. */
static pm_status describe(const by_cycle *what, const drawn *d, char *words, size_t n, pm_error *err)
{
    const svg_series *s = &d->series[0];
    scoped_doubles copy = malloc((size_t)s->n * sizeof(double));
    if (!copy) return pm_fail(err, PM_ERR_MEMORY, "no memory for a plot");
    memcpy(copy, s->y, (size_t)s->n * sizeof(double));
    words_text low, middle, high, count;
    snprintf(words, n, "%s by cycle, %s: from %s to %s, median %s, in %s points.", what->title, what->label,
             words_digits(pm_quantile(copy, s->n, 0), 4, low), words_digits(pm_quantile(copy, s->n, 1), 4, high),
             words_digits(pm_median(copy, s->n), 4, middle), words_whole(s->n, count));
    return PM_OK;
}

/* Adds to a text of n bytes; what does not fit is cut off. */
static void add_words(char *words, size_t n, const char *format, ...) PM_PRINTF(3, 4);
static void add_words(char *words, size_t n, const char *format, ...)
{
    size_t length = strlen(words);
    va_list values;
    va_start(values, format);
    vsnprintf(words + length, n - length, format, values);
    va_end(values);
}

/* What is drawn as a triangle is told in numbers too, so that nothing is hidden. */
static void name_outside(const svg_axis *axis, const drawn *d, int64_t outside, char *words, size_t n)
{
    words_text value;
    int named = 0;
    add_words(words, n, " Beyond it, as triangles at its edge: ");
    for (int k = 0; k < d->n; k++) {
        for (int64_t i = 0; i < d->series[k].n && named < NAMED; i++) {
            double y = d->series[k].y[i];
            if (y >= axis->low && y <= axis->high) continue;
            add_words(words, n, "%s%s in cycle %.0f", named ? ", " : "", words_digits(y, 4, value), d->series[k].x[i]);
            named++;
        }
    }
    if (outside > named) add_words(words, n, " and %lld more", (long long)(outside - named));
    add_words(words, n, ".");
}

/* A zoomed axis must not be read as if it began at zero. */
static void caption_of(const svg_axis *axis, const by_cycle *what, const drawn *d, int64_t outside, char *words,
                       size_t n)
{
    words_text low, high;
    int decimals;
    svg_tick_step(axis->low, axis->high, 8, &decimals);
    snprintf(words, n, "%s", what->definition ? what->definition : "");
    if (axis->low > 0 || outside > 0)
        add_words(words, n, "%sThe axis shows %s to %s\u00a0%s%s.", words[0] ? " " : "",
                  words_fixed(axis->low, decimals, low), words_fixed(axis->high, decimals, high), what->unit,
                  axis->low > 0 ? ", not from zero" : "");
    if (outside > 0) name_outside(axis, d, outside, words, n);
}

static pm_status write_by_cycle(pm_out *out, const char *id, const pm_table *cycles, const by_cycle *what,
                                pm_error *err)
{
    __attribute__((__cleanup__(drawn_leave))) drawn d = {0};
    pm_status s;
    for (int k = 0; k < what->n; k++)
        if ((s = add_line(&d, cycles, what, k, err))) return s;
    if (d.n == 0) return PM_OK;

    svg_plot plot = {.width = 460, .height = 325, .y_line = what->y_line, .n_series = d.n, .series = d.series};
    int64_t outside;
    plot.x = svg_axis_x("cycle", d.n, d.series);
    plot.x.whole = true;
    if ((s = svg_axis_robust(what->label, d.n, d.series, what->least, &plot.y, &outside, err))) return s;
    /* 100 % belongs into the picture where it is near. */
    double length = plot.y.high - plot.y.low;
    if (what->percent && plot.y.high < 100 && plot.y.high + length / 2 > 100) plot.y.high = 100 + length / 20;
    if (what->percent && plot.y.low > 100 && plot.y.low - length / 2 < 100) plot.y.low = 100 - length / 20;
    /* Zero too: an axis that is nearly whole is drawn whole. */
    if (!what->percent && plot.y.low > 0 && plot.y.low < length) plot.y.low = 0;

    char plot_id[64], words[256], caption[768];
    snprintf(plot_id, sizeof plot_id, "%s-%s", id, what->suffix);
    if ((s = describe(what, &d, words, sizeof words, err))) return s;
    caption_of(&plot.y, what, &d, outside, caption, sizeof caption);
    plot.id = plot_id;
    plot.title = what->title;
    plot.description = words;
    figure_open(out, what->title);
    svg_write(out, &plot);
    figure_close(out, caption[0] ? caption : NULL);
    return PM_OK;
}

/* ---- the three ---------------------------------------------------------------------------------------------- */

static pm_status plot_capacity(pm_out *out, const char *id, const pm_report_cell *cell, pm_kind kind, pm_error *err)
{
    scale unit = cell_capacity_scale(cell);
    char label[64];
    snprintf(label, sizeof label, "capacity / %s", unit.unit);
    bool plating = pm_table_find(cell->cycles, "plating_capacity_ah") != NULL;
    by_cycle what = {.suffix = "capacity",
                     .title = plating ? "Plated and stripped capacity" : "Capacity",
                     .label = label,
                     .unit = unit.unit,
                     .factor = unit.factor,
                     .y_line = NAN,
                     .n = 2};
    what.lines[0] =
        plating ? (line){"plating", "plating_capacity_ah"} : (line){direction_name(kind, true), "charging_capacity_ah"};
    what.lines[1] = plating ? (line){"stripping", "stripping_capacity_ah"}
                            : (line){direction_name(kind, false), "discharging_capacity_ah"};
    return write_by_cycle(out, id, cell->cycles, &what, err);
}

static pm_status plot_efficiency(pm_out *out, const char *id, const pm_report_cell *cell, pm_error *err)
{
    const char *formula = cell->summary && cell->summary->formula ? cell->summary->formula : "formula not named";
    char title[96];
    snprintf(title, sizeof title, "Coulombic efficiency (%s)", formula);
    by_cycle what = {.suffix = "efficiency",
                     .title = title,
                     .label = "Coulombic efficiency / %",
                     .unit = "%",
                     .factor = 100,
                     .least = 0.5,
                     .y_line = 100,
                     .percent = true,
                     .n = 1,
                     .lines = {{"Coulombic efficiency", "coulombic_efficiency"}}};
    return write_by_cycle(out, id, cell->cycles, &what, err);
}

/* In a reservoir test the short cycles end by charge, and what the first plates is stripped by the last: a ratio by cycle
 * is no efficiency. */
static void reservoir_in_place_of_efficiency(pm_out *out, const pm_reservoir *r)
{
    words_text average, count;
    char words[400];
    figure_open(out, "Coulombic efficiency (reservoir test)");
    pm_out_text(out, "<p class=\"result\">%s\u00a0%%</p>\n",
                words_fixed(r->coulombic_efficiency_average * 100, 2, average));
    snprintf(words, sizeof words,
             "All that was stripped over all that was plated, from the reservoir to the final strip. Not plotted by "
             "cycle: each of the %s short cycles strips what it plates, by protocol, and the reservoir and the final "
             "strip are no cycles of their own.",
             words_whole(r->short_cycles, count));
    figure_close(out, words);
}

static pm_status plot_polarisation(pm_out *out, const char *id, const pm_report_cell *cell, pm_error *err)
{
    bool both = pm_table_find(cell->cycles, "hysteresis_volt") != NULL;
    by_cycle what = {.suffix = "polarisation",
                     .title = both ? "Polarisation and hysteresis" : "Polarisation",
                     .label = "polarisation / mV",
                     .unit = "mV",
                     .factor = 1000,
                     .least = 1,
                     .definition = both ? "Polarisation: half the difference of the two plateaus. Hysteresis: "
                                          "difference of the two mean voltages."
                                        : "Polarisation: half the difference of the two plateaus.",
                     .y_line = NAN,
                     .n = both ? 2 : 1,
                     .lines = {{"polarisation", "polarisation_volt"}, {"hysteresis", "hysteresis_volt"}}};
    return write_by_cycle(out, id, cell->cycles, &what, err);
}

pm_status plot_cycles(pm_out *out, const char *id, const pm_report_cell *cell, pm_error *err)
{
    pm_status s;
    if (!cell->cycles || pm_table_rows(cell->cycles) == 0) return PM_OK;
    if ((s = plot_capacity(out, id, cell, cell->summary ? cell->summary->kind : PM_KIND_UNKNOWN, err))) return s;
    if (cell->summary && cell->summary->reservoir.found)
        reservoir_in_place_of_efficiency(out, &cell->summary->reservoir);
    else if ((s = plot_efficiency(out, id, cell, err)))
        return s;
    return plot_polarisation(out, id, cell, err);
}
