/* SPDX-License-Identifier: MIT */
/* What specific energy costs in life. */
#include <math.h>
#include <stdlib.h>

#include "paper.h"
#include "plots.h"
#include "svg.h"
#include "thin.h"
#include "words.h"

enum { CLOUD = 1500, ROWS = 10 };
static const char energy_name[] = "specific_energy_wh_per_kg", life_name[] = "cycle_life_total";

/* Two columns, of rows evenly chosen; NaN where life has no end. */
typedef struct points {
    int64_t n;
    double *x, *y;
} points;

static void points_leave(points *p)
{
    free(p->x);
}

static pm_status points_of(const pm_table *table, int64_t most, points *p, pm_error *err)
{
    const pm_column *energy = pm_table_find(table, energy_name), *life = pm_table_find(table, life_name);
    int64_t rows = pm_table_rows(table), step = rows / most + 1;
    p->x = calloc(2 * (size_t)rows + 1, sizeof(double));
    if (!p->x) return pm_fail(err, PM_ERR_MEMORY, "no memory for a plot");
    p->y = p->x + rows;
    if (step > 1) step |= 1; /* axes have even numbers of values more often than odd ones: not always the same */
    for (int64_t i = 0; i < rows; i += step) {
        double y = pm_column_real(life, i);
        p->x[p->n] = pm_column_real(energy, i);
        p->y[p->n++] = isfinite(y) ? y : NAN;
    }
    return PM_OK;
}

static void draw(pm_out *out, const char *id, const pm_report_design *d, const points *cloud, const points *front)
{
    const double here[] = {d->result->specific_energy_Wh_per_kg, d->result->cycle_life_total};
    const svg_series series[] = {
        {"other designs", "faint", SVG_ROUND, cloud->n, cloud->x, cloud->y, NULL},
        {"front: none is better in both", "c0", SVG_LINE | SVG_ROUND, front->n, front->x, front->y, NULL},
        {"this design", "c1 here", SVG_SQUARE, 1, &here[0], &here[1], NULL}};
    char plot_id[64];
    svg_axis y = svg_axis_of("predicted cycle life / cycles", 3, series, 1);
    y.low = 0;
    snprintf(plot_id, sizeof plot_id, "%s-front", id);
    pm_out_text(out, "<div class=\"static\">");
    svg_write(out, &(svg_plot){.id = plot_id,
                               .title = "Specific energy against predicted life",
                               .description = "Designs by specific energy and predicted cycle life; the table below "
                                              "holds designs of the front.",
                               .width = 940,
                               .height = 380,
                               .x = svg_axis_x("specific energy / Wh/kg", 3, series),
                               .y = y,
                               .y_line = NAN,
                               .n_series = 3,
                               .series = series});
    pm_out_text(out, "</div>\n");
}

static void write_row(pm_out *out, const pm_table *front, int64_t row)
{
    static const struct {
        const char *name;
        double factor;
        int digits;
    } columns[] = {{energy_name, 1, 0},
                   {life_name, 1, 0},
                   {"areal_capacity_ah_per_cm2", 1000, 2},
                   {"n_to_p_ratio_foil", 1, 2},
                   {"lithium_thickness_um", 1, 1},
                   {"electrolyte_to_capacity_gram_per_ah", 1, 2}};
    const pm_column *limit = pm_table_find(front, "limit_total");
    words_text text;
    pm_out_text(out, "<tr>");
    for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++)
        pm_out_text(
            out, "<td class=\"number\">%s</td>",
            words_fixed(pm_table_real(front, columns[k].name, row) * columns[k].factor, columns[k].digits, text));
    pm_out_text(out, "<td>");
    pm_out_html(out, limit && pm_column_word(limit, row) ? pm_column_word(limit, row) : "\u2013");
    pm_out_text(out, "</td></tr>\n");
}

static void write_rows(pm_out *out, const pm_table *front)
{
    int64_t n = pm_table_rows(front), shown = n < ROWS ? n : ROWS;
    pm_out_text(out,
                "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Designs of the front\"><table "
                "class=\"numbers\"><thead><tr><th scope=\"col\">Wh/kg</th><th scope=\"col\">cycles</th><th "
                "scope=\"col\">mAh/cm\u00b2</th><th scope=\"col\">N/P, foil</th><th scope=\"col\">Li / \u00b5m</th><th "
                "scope=\"col\">E/C / g/Ah</th><th scope=\"col\">ends by</th></tr></thead><tbody>\n");
    for (int64_t i = 0; i < shown; i++) write_row(out, front, shown > 1 ? i * (n - 1) / (shown - 1) : 0);
    pm_out_text(
        out, "</tbody></table></div>\n<p class=\"legend\">%lld of the %lld designs of the front, evenly chosen.</p>\n",
        (long long)shown, (long long)n);
}

static void write_no_front(pm_out *out, const pm_error *why)
{
    pm_out_text(out, "<p class=\"needs\"><b>No trade-off of energy and life: ");
    pm_out_html(out, why ? why->message : "life is not predicted");
    pm_out_text(out, ".</b> A life needs <code>lithium_efficiency</code> in the deck.</p>\n");
}

pm_status write_front(pm_out *out, const char *id, const pm_report_design *d, pm_error *err)
{
    __attribute__((__cleanup__(points_leave))) points cloud = {0};
    __attribute__((__cleanup__(points_leave))) points front = {0};
    words_text n;
    char words[512];
    pm_status s;
    if (!d->front || !d->designs) {
        write_no_front(out, d->no_front);
        return PM_OK;
    }
    if ((s = points_of(d->designs, CLOUD, &cloud, err))) return s;
    if ((s = points_of(d->front, INT64_MAX, &front, err))) return s;
    figure_open(out, "Specific energy against predicted life");
    draw(out, id, d, &cloud, &front);
    snprintf(
        words, sizeof words,
        "%s designs with other loading, foil and electrolyte, all else as in the deck; of them some are drawn. Life is "
        "down to the capacity at the end, or dry, so that thick foil, thin foil and none compare. One "
        "efficiency of lithium is taken for all, though it falls with areal capacity: high loadings look better "
        "here than they are.",
        words_whole(pm_table_rows(d->designs), n));
    figure_close(out, words);
    write_rows(out, d->front);
    return PM_OK;
}
