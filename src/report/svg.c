/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "svg.h"
#include "thin.h"
#include "words.h"

/* Where the axes stand, in the plot's own units (about a pixel). */
typedef struct frame {
    const svg_plot *plot;
    double left, right, top, bottom;
} frame;

static const double letter_width = 6.4; /* mean, at 12 units */

static double at_x(const frame *f, double x)
{
    return f->left + (x - f->plot->x.low) / (f->plot->x.high - f->plot->x.low) * (f->right - f->left);
}

static double at_y(const frame *f, double y)
{
    return f->bottom - (y - f->plot->y.low) / (f->plot->y.high - f->plot->y.low) * (f->bottom - f->top);
}

void svg_number(pm_out *out, double value)
{
    words_text text;
    const char *digits = words_coordinate(value, text);
    size_t n = strlen(digits);
    pm_out_bytes(out, digits, (int64_t)(n > 2 && digits[n - 1] == '0' && digits[n - 2] == '.' ? n - 2 : n));
}

static void point(pm_out *out, char letter, double x, double y)
{
    pm_out_bytes(out, &letter, 1);
    svg_number(out, x);
    pm_out_bytes(out, " ", 1);
    svg_number(out, y);
}

/* ---- axes --------------------------------------------------------------------------------------------------- */

double svg_tick_step(double low, double high, int most, int *decimals)
{
    double rough = (high - low) / most, power = pow(10, floor(log10(rough))), part = rough / power;
    double step = (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10) * power;
    *decimals = (int)fmax(0, -floor(log10(step) + 1e-9));
    return step;
}

static int64_t count_values(int n_series, const svg_series series[])
{
    int64_t n = 0;
    for (int k = 0; k < n_series; k++) n += series[k].n;
    return n;
}

static svg_axis around(const char *label, double low, double high, double least)
{
    if (!(low <= high)) low = 0, high = 1;
    least = fmax(least, fmax(fabs(low), fabs(high)) / 100); /* below it is noise, or nothing */
    if (!(least > 0)) least = 1;
    double lacking = fmax(0, least - (high - low)), room = fmax(high - low, least) / 20;
    return (svg_axis){.label = label, .low = low - lacking / 2 - room, .high = high + lacking / 2 + room};
}

svg_axis svg_axis_of(const char *label, int n_series, const svg_series series[], double least)
{
    double low = INFINITY, high = -INFINITY;
    for (int k = 0; k < n_series; k++) {
        for (int64_t i = 0; i < series[k].n; i++) {
            if (!isfinite(series[k].y[i])) continue;
            low = fmin(low, series[k].y[i]);
            high = fmax(high, series[k].y[i]);
        }
    }
    return around(label, low, high, least);
}

svg_axis svg_axis_x(const char *label, int n_series, const svg_series series[])
{
    double low = INFINITY, high = -INFINITY;
    for (int k = 0; k < n_series; k++) {
        for (int64_t i = 0; i < series[k].n; i++) {
            if (!isfinite(series[k].x[i])) continue;
            low = fmin(low, series[k].x[i]);
            high = fmax(high, series[k].x[i]);
        }
    }
    if (!(low <= high)) low = 0, high = 1;
    double room = high > low ? (high - low) / 50 : 1;
    return (svg_axis){.label = label, .low = low - room, .high = high + room};
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

pm_status svg_axis_robust(const char *label, int n_series, const svg_series series[], double least, svg_axis *axis,
                          int64_t *outside, pm_error *err)
{
    scoped_doubles sorted = malloc((size_t)(count_values(n_series, series) + 1) * sizeof(double));
    if (!sorted) return pm_fail(err, PM_ERR_MEMORY, "no memory for an axis");
    int64_t n = 0;
    for (int k = 0; k < n_series; k++)
        for (int64_t i = 0; i < series[k].n; i++)
            if (isfinite(series[k].y[i])) sorted[n++] = series[k].y[i];
    qsort(sorted, (size_t)n, sizeof(double), ascending);

    int64_t first = 0, last = n - 1;
    if (n >= 10) {
        double low = sorted[n / 10], high = sorted[n - 1 - n / 10], reach = 3 * fmax(high - low, least / 3);
        while (sorted[first] < low - reach) first++;
        while (sorted[last] > high + reach) last--;
    }
    *outside = n - (last - first + 1);
    *axis = n ? around(label, sorted[first], sorted[last], least) : around(label, 1, 0, least);
    return PM_OK;
}

static void grid_line(pm_out *out, double x1, double y1, double x2, double y2, const char *class)
{
    pm_out_text(out, "<path class=\"%s\" d=\"", class);
    point(out, 'M', x1, y1);
    point(out, 'L', x2, y2);
    pm_out_text(out, "\"/>");
}

void svg_text(pm_out *out, double x, double y, const char *class, const char *text)
{
    pm_out_text(out, "<text class=\"%s\" x=\"", class);
    svg_number(out, x);
    pm_out_text(out, "\" y=\"");
    svg_number(out, y);
    pm_out_text(out, "\">");
    pm_out_html(out, text);
    pm_out_text(out, "</text>");
}

static int64_t tick_count(const svg_axis *axis, double step, double *first)
{
    *first = ceil(axis->low / step - 1e-9) * step;
    return (int64_t)floor((axis->high - *first) / step + 1e-9) + 1;
}

static void x_axis(pm_out *out, const frame *f)
{
    const svg_axis *axis = &f->plot->x;
    int decimals;
    double first, step = svg_tick_step(axis->low, axis->high, (int)fmax(2, (f->right - f->left) / 52), &decimals);
    if (axis->whole && step < 1) step = 1, decimals = 0;
    words_text text;
    for (int64_t i = 0, n = tick_count(axis, step, &first); i < n; i++) {
        double value = first + (double)i * step, x = at_x(f, value);
        grid_line(out, x, f->top, x, f->bottom, "grid");
        if (axis->label) svg_text(out, x, f->bottom + 17, "tick middle", words_fixed(value, decimals, text));
    }
    if (axis->label) svg_text(out, (f->left + f->right) / 2, f->bottom + 37, "label middle", axis->label);
}

static void y_axis(pm_out *out, const frame *f)
{
    const svg_axis *axis = &f->plot->y;
    int decimals;
    double first, step = svg_tick_step(axis->low, axis->high, (int)fmax(2, (f->bottom - f->top) / 32), &decimals);
    words_text text;
    for (int64_t i = 0, n = tick_count(axis, step, &first); i < n; i++) {
        double value = first + (double)i * step, y = at_y(f, value);
        grid_line(out, f->left, y, f->right, y, "grid");
        svg_text(out, f->left - 7, y + 4, "tick end", words_fixed(value, decimals, text));
    }
    pm_out_text(out, "<text class=\"label middle\" transform=\"translate(14 ");
    svg_number(out, (f->top + f->bottom) / 2);
    pm_out_text(out, ") rotate(-90)\">");
    pm_out_html(out, axis->label);
    pm_out_text(out, "</text>");
}

/* ---- series ------------------------------------------------------------------------------------------------- */

static double within(const svg_axis *axis, double value)
{
    return fmin(fmax(value, axis->low), axis->high);
}

/* There along y, back along the other edge. */
static void area(pm_out *out, const frame *f, const svg_series *s)
{
    pm_out_text(out, "<path class=\"band %s\" d=\"", s->paint);
    for (int64_t i = 0; i < 2 * s->n; i++) {
        int64_t at = i < s->n ? i : 2 * s->n - 1 - i;
        double y = i < s->n ? s->y[at] : s->below[at];
        point(out, i ? 'L' : 'M', at_x(f, s->x[at]), at_y(f, within(&f->plot->y, y)));
    }
    pm_out_text(out, "z\"/>");
}

static bool inside(const frame *f, const svg_series *s, int64_t i)
{
    return isfinite(s->x[i]) && s->y[i] >= f->plot->y.low && s->y[i] <= f->plot->y.high;
}

static void line(pm_out *out, const frame *f, const svg_series *s)
{
    pm_out_text(out, "<path class=\"line %s%s\" d=\"", s->paint, s->style & SVG_DASHED ? " dashed" : "");
    bool pen_down = false;
    for (int64_t i = 0; i < s->n; i++) {
        bool drawn = inside(f, s, i);
        if (drawn) point(out, pen_down ? 'L' : 'M', at_x(f, s->x[i]), at_y(f, s->y[i]));
        pen_down = drawn;
    }
    pm_out_text(out, "\"/>");
}

/* A stroke of next to no length, whose cap is the mark; one of no length is lost in print. */
static void marks(pm_out *out, const frame *f, const svg_series *s)
{
    pm_out_text(out, "<path class=\"%s %s\" d=\"", s->style & SVG_SQUARE ? "square" : "round", s->paint);
    for (int64_t i = 0; i < s->n; i++) {
        if (!inside(f, s, i)) continue;
        point(out, 'M', at_x(f, s->x[i]), at_y(f, s->y[i]));
        pm_out_text(out, "h.01");
    }
    pm_out_text(out, "\"/>");
}

/* Marks beyond the y axis, as triangles that point to where they are. */
static void beyond(pm_out *out, const frame *f, const svg_series *s)
{
    bool any = false;
    for (int64_t i = 0; i < s->n; i++) {
        if (!isfinite(s->x[i]) || !isfinite(s->y[i]) || inside(f, s, i)) continue;
        if (!any) pm_out_text(out, "<path class=\"beyond %s\" d=\"", s->paint);
        any = true;
        bool above = s->y[i] > f->plot->y.high;
        point(out, 'M', at_x(f, s->x[i]) - 4, above ? f->top + 8 : f->bottom - 8);
        pm_out_text(out, above ? "h8l-4 -7z" : "h8l-4 7z");
    }
    if (any) pm_out_text(out, "\"/>");
}

static void draw(pm_out *out, const frame *f, const svg_series *s)
{
    if (s->below) area(out, f, s);
    if (s->style & (SVG_LINE | SVG_DASHED)) line(out, f, s);
    if (!(s->style & (SVG_ROUND | SVG_SQUARE))) return;
    marks(out, f, s);
    beyond(out, f, s);
}

/* ---- legend ------------------------------------------------------------------------------------------------- */

static double entry_width(const svg_series *s)
{
    double letters = 0; /* continuation bytes of UTF-8 take no room */
    for (const char *c = s->name; *c; c++) letters += (*c & 0xC0) != 0x80;
    return 30 + letters * letter_width + 12;
}

/* A short piece of the series around a point, through the same code as the series. */
static void key(pm_out *out, const svg_plot *plot, const svg_series *s, double x, double y)
{
    const double xs[] = {x - 11, x + 11}, ys[] = {-y, -y};
    svg_plot plain = {.x = {.low = 0, .high = plot->width}, .y = {.low = -plot->height, .high = 0}};
    const double above[] = {5 - y, 5 - y}, below[] = {-5 - y, -5 - y};
    frame f = {&plain, 0, plot->width, 0, plot->height};
    if (s->below) area(out, &f, &(svg_series){.paint = s->paint, .n = 2, .x = xs, .y = above, .below = below});
    if (s->style & (SVG_LINE | SVG_DASHED))
        line(out, &f, &(svg_series){.paint = s->paint, .style = s->style, .n = 2, .x = xs, .y = ys});
    if (s->style & (SVG_ROUND | SVG_SQUARE))
        marks(out, &f, &(svg_series){.paint = s->paint, .style = s->style, .n = 1, .x = &x, .y = ys});
}

/* Writes the legend from `top` down, or only measures it where out is NULL; returns its height. */
static double legend(pm_out *out, const svg_plot *plot, double left, double right, double top)
{
    double x = left, y = top;
    bool any = false;
    for (int k = 0; k < plot->n_series; k++) {
        const svg_series *s = &plot->series[k];
        if (!s->name) continue;
        if (any && x + entry_width(s) > right) x = left, y += 18;
        any = true;
        if (out) {
            key(out, plot, s, x + 12, y + 8);
            svg_text(out, x + 30, y + 12, "legend", s->name);
        }
        x += entry_width(s);
    }
    return any ? y - top + 24 : 0;
}

void svg_write(pm_out *out, const svg_plot *plot)
{
    frame f = {plot, 62, plot->width - 14, 10, plot->height - (plot->x.label ? 46 : 10)};
    f.top += legend(NULL, plot, f.left, f.right, 0);

    pm_out_text(out, "<svg id=\"%s\" class=\"plot\" viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"%s-t %s-d\">",
                plot->id, plot->width, plot->height, plot->id, plot->id);
    pm_out_text(out, "<title id=\"%s-t\">", plot->id);
    pm_out_html(out, plot->title);
    pm_out_text(out, "</title><desc id=\"%s-d\">", plot->id);
    pm_out_html(out, plot->description);
    pm_out_text(out, "</desc>");
    legend(out, plot, f.left, f.right, 0);
    x_axis(out, &f);
    y_axis(out, &f);
    grid_line(out, f.left, f.bottom, f.right, f.bottom, "axis");
    grid_line(out, f.left, f.top, f.left, f.bottom, "axis");
    if (plot->y_line >= plot->y.low && plot->y_line <= plot->y.high)
        grid_line(out, f.left, at_y(&f, plot->y_line), f.right, at_y(&f, plot->y_line), "reference");
    for (int k = 0; k < plot->n_series; k++) draw(out, &f, &plot->series[k]);
    pm_out_text(out, "</svg>\n");
}
