/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "bars.h"
#include "words.h"

static void open_svg(pm_out *out, const char *class, double width, double height, bool stretched)
{
    words_text w, h;
    pm_out_text(out, "<svg class=\"%s\" viewBox=\"0 0 %s %s\"%s aria-hidden=\"true\">", class,
                words_coordinate(width, w), words_coordinate(height, h),
                stretched ? " preserveAspectRatio=\"none\"" : "");
}

static void rect(pm_out *out, const char *class, double x, double width, double height)
{
    words_text a, w, h;
    pm_out_text(out, "<rect class=\"%s\" x=\"%s\" y=\"0\" width=\"%s\" height=\"%s\"/>", class, words_coordinate(x, a),
                words_coordinate(fmax(width, 0), w), words_coordinate(height, h));
}

static const char *class_of(bar_fill fill)
{
    static const char *const classes[] = {"full", "half", "hollow"};
    return classes[fill];
}

void bar_part(pm_out *out, double part, bar_fill fill)
{
    bar_stack(out, 1, &part, &fill);
}

void bar_stack(pm_out *out, int n, const double part[], const bar_fill fill[])
{
    double at = 0;
    open_svg(out, "bar", 1000, 10, true);
    rect(out, "track", 0, 1000, 10);
    for (int k = 0; k < n; k++) {
        if (!(part[k] > 0)) continue;
        rect(out, class_of(fill[k]), at, 1000 * part[k], 10);
        at += 1000 * part[k];
    }
    pm_out_text(out, "</svg>");
}

void bar_signed(pm_out *out, double value, double largest)
{
    double length = largest > 0 && isfinite(value) ? 500 * fmin(1, fabs(value) / largest) : 0;
    open_svg(out, "bar", 1000, 10, true);
    rect(out, "track", 0, 1000, 10);
    rect(out, class_of(value < 0 ? BAR_HOLLOW : BAR_FULL), value < 0 ? 500 - length : 500, length, 10);
    pm_out_text(out, "<path class=\"middle\" d=\"M500 0V10\"/></svg>");
}

void bar_place(pm_out *out, double low, double high, double value)
{
    const double left = 9, right = 131;
    words_text text;
    if (!isfinite(low) || !isfinite(high) || !isfinite(value)) return;
    open_svg(out, "strip", 140, 14, false);
    pm_out_text(out, "<path class=\"range\" d=\"M9 3V11M9 7H131M131 3V11\"/>");
    double part = high > low ? (value - low) / (high - low) : value < low ? -1 : value > high ? 2 : 0.5;
    if (part < 0)
        pm_out_text(out, "<path class=\"arrow\" d=\"M7 2V12L0 7z\"/>");
    else if (part > 1)
        pm_out_text(out, "<path class=\"arrow\" d=\"M133 2V12L140 7z\"/>");
    else
        pm_out_text(out, "<circle class=\"place\" cx=\"%s\" cy=\"7\" r=\"4\"/>",
                    words_coordinate(left + part * (right - left), text));
    pm_out_text(out, "</svg>");
}
