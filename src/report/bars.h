/* SPDX-License-Identifier: MIT */
/** @file
 * Small pictures within a line of text or a cell of a table: bars and strips as SVG. What they show stands beside them
 * in words, so they are hidden from readers who do not see; form tells what colour tells.
 */
#ifndef PM_REPORT_BARS_H
#define PM_REPORT_BARS_H

#include "base/base.h"

/** How a bar is filled: classes of page.css. */
typedef enum bar_fill {
    BAR_FULL, /**< the one that matters */
    BAR_HALF, /**< paler */
    BAR_HOLLOW
} bar_fill;

/** A part of 1, as wide as the room there is. */
void bar_part(pm_out *out, double part, bar_fill fill);
/** Parts of 1 one behind the other. */
void bar_stack(pm_out *out, int n, const double part[], const bar_fill fill[]);
/** A value to the right or, negative and hollow, to the left of the middle; `largest` fills a side. */
void bar_signed(pm_out *out, double value, double largest);
/** The range from low to high and the place of a value in it; beyond it an arrow at its end. Nothing where a number is
 *  not finite. */
void bar_place(pm_out *out, double low, double high, double value);

#endif
