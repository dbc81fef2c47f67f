/* SPDX-License-Identifier: MIT */
/* Diminishing returns of loading: specific energy against areal capacity, all else as in the deck. */
#include <math.h>
#include <stdlib.h>

#include "paper.h"
#include "plots.h"
#include "svg.h"
#include "thin.h"

/* What the next mAh/cm2 adds, at a place of the curve; NaN beyond its end. */
static double gain_at(int64_t n, const double x[], const double y[], double at)
{
    double value[2] = {NAN, NAN};
    for (int k = 0; k < 2; k++)
        for (int64_t i = 0; i + 1 < n; i++)
            if (x[i] <= at + k && at + k <= x[i + 1])
                value[k] = y[i] + (y[i + 1] - y[i]) * (at + k - x[i]) / (x[i + 1] - x[i]);
    return value[1] - value[0];
}

static void caption(int64_t n, const double x[], const double y[], double own, char *words, size_t size)
{
    words_text first, here, at;
    double start = ceil(x[0]), gain = gain_at(n, x, y, own);
    size_t used =
        (size_t)snprintf(words, size,
                         "Foils and separator weigh the same whatever is on them, so each further mAh/cm\u00b2 "
                         "adds less: %s\u00a0Wh/kg from %.0f to %.0f\u00a0mAh/cm\u00b2",
                         words_digits(gain_at(n, x, y, start), 3, first), start, start + 1);
    if (isfinite(gain) && used < size)
        used +=
            (size_t)snprintf(words + used, size - used, ", %s\u00a0Wh/kg for the next from this design\u2019s %s on",
                             words_digits(gain, 2, here), words_digits(own, 3, at));
    if (used < size)
        snprintf(words + used, size - used, ". Thickness of the foil (or N/P) and E/C are the deck\u2019s.");
}

pm_status write_loading(pm_out *out, const char *id, const pm_report_design *d, pm_error *err)
{
    scoped_doubles x = NULL;
    scoped_doubles y = NULL;
    char plot_id[64], words[512];
    pm_status s;
    if (!d->loadings) return PM_OK;
    if ((s = column_values(d->loadings, "areal_capacity_ah_per_cm2", &x, err))) return s;
    if ((s = column_values(d->loadings, "specific_energy_wh_per_kg", &y, err))) return s;
    int64_t n = pm_table_rows(d->loadings);
    if (!x || !y || n < 2) return PM_OK;
    for (int64_t i = 0; i < n; i++) x[i] *= 1e3;
    double own[] = {d->result->areal_capacity_Ah_per_cm2 * 1e3, d->result->specific_energy_Wh_per_kg};
    const svg_series series[] = {{"all else as in the deck", "c0", SVG_LINE, n, x, y, NULL},
                                 {"this design", "c1 here", SVG_SQUARE, 1, &own[0], &own[1], NULL}};
    snprintf(plot_id, sizeof plot_id, "%s-loading", id);
    caption(n, x, y, own[0], words, sizeof words);
    figure_open(out, "Specific energy against areal capacity: diminishing returns");
    pm_out_text(out, "<div class=\"static\">");
    svg_write(out, &(svg_plot){.id = plot_id,
                               .title = "Specific energy against areal capacity",
                               .description = words,
                               .width = 940,
                               .height = 300,
                               .x = svg_axis_x("areal capacity of the cathode / mAh/cm\u00b2", 2, series),
                               .y = svg_axis_of("specific energy / Wh/kg", 2, series, 1),
                               .y_line = NAN,
                               .n_series = 2,
                               .series = series});
    pm_out_text(out, "</div>\n");
    figure_close(out, words);
    return PM_OK;
}
