/* SPDX-License-Identifier: MIT */
/** @file
 * A small writer of plots as SVG with real text: axes, ticks, lines and marks, legend. Colours are classes of page.css.
 */
#ifndef PM_REPORT_SVG_H
#define PM_REPORT_SVG_H

#include "base/base.h"

/** How a series is drawn. Marks differ in form, so that colour is not needed to tell them apart. */
enum { SVG_LINE = 1, SVG_DASHED = 2, SVG_ROUND = 4, SVG_SQUARE = 8 };

typedef struct svg_series {
    const char *name;  /**< in the legend; NULL = not there */
    const char *paint; /**< class of the colour: "c0", "c1", "q0" ... "q5" */
    unsigned style;
    int64_t n;
    const double *x, *y; /**< [n]; a line has a gap where one is not finite */
    const double *below; /**< [n], all finite: the area between y and it is filled; NULL = none */
} svg_series;

typedef struct svg_axis {
    const char *label; /**< quantity and unit, "voltage / V"; NULL = numbers are not written either */
    double low, high;
    bool whole; /**< ticks at whole numbers only */
} svg_axis;

typedef struct svg_plot {
    const char *id;                  /**< of the element; unique in the page, no blanks */
    const char *title, *description; /**< for readers who do not see it */
    int width, height;
    svg_axis x, y;
    double y_line; /**< a reference line across, NaN = none */
    int n_series;
    const svg_series *series;
} svg_plot;

/** A coordinate: one decimal at most. */
void svg_number(pm_out *out, double value);
/** Text at a place, of a class of page.css; escaped. */
void svg_text(pm_out *out, double x, double y, const char *class, const char *text);

/** Marks and line points outside the y axis: marks become triangles at the edge, lines break. */
void svg_write(pm_out *out, const svg_plot *plot);

/** The limits of an axis that holds all finite values, with a twentieth of free room, at least `least` and a hundredth of
 *  the largest value long. */
svg_axis svg_axis_of(const char *label, int n_series, const svg_series series[], double least);
/** The same, but values further than three times the 10-90 % range beyond it are left outside (from 10 values on); *outside
 *  says how many. Sorts a copy. */
PM_CHECK pm_status svg_axis_robust(const char *label, int n_series, const svg_series series[], double least,
                                   svg_axis *axis, int64_t *outside, pm_error *err);
/** The limits of all finite x. */
svg_axis svg_axis_x(const char *label, int n_series, const svg_series series[]);
/** The distance of ticks (1, 2 or 5 times a power of ten) for at most `most` of them, and the decimals they need. */
double svg_tick_step(double low, double high, int most, int *decimals);

#endif
