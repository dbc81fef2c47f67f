/* SPDX-License-Identifier: MIT */
/* The lithium that is left, by cycle. */
#include <math.h>
#include <stdlib.h>

#include "plots.h"
#include "stages.h"
#include "svg.h"
#include "thin.h"
#include "words.h"

enum { POINTS = 240, SERIES = 3 };
static const double z90 = 1.6448536269514722;
static const double same = 0.02; /* capacity and product of efficiencies count as one */

/* ---- cycles ------------------------------------------------------------------------------------------------- */

/* Complete cycles; columns of one block. */
typedef struct cycles {
    int64_t n;
    double *count, *capacity, *efficiency, *plated; /* plated: Ah, from the first cycle to this one */
    double *middle, *low, *high;                    /* to be drawn */
} cycles;

static void cycles_leave(cycles *c)
{
    free(c->count);
}

static pm_status read_cycles(const pm_table *table, cycles *c, pm_error *err)
{
    const pm_column *complete = pm_table_find(table, "complete"), *count = pm_table_find(table, "cycle_count");
    const pm_column *charged = pm_table_find(table, "charging_capacity_ah");
    const pm_column *capacity = pm_table_find(table, "discharging_capacity_ah");
    const pm_column *efficiency = pm_table_find(table, "coulombic_efficiency");
    size_t rows = (size_t)pm_table_rows(table);
    double sum = 0, before = 0,
           **columns[] = {&c->count, &c->capacity, &c->efficiency, &c->plated, &c->middle, &c->low, &c->high};
    c->count = calloc(7 * rows + 1, sizeof(double));
    if (!c->count) return pm_fail(err, PM_ERR_MEMORY, "no memory for a plot");
    for (size_t k = 1; k < 7; k++) *columns[k] = c->count + k * rows;
    for (int64_t i = 0; i < (int64_t)rows && count && capacity; i++) {
        double discharged = pm_column_real(capacity, i), part = efficiency ? pm_column_real(efficiency, i) : NAN;
        double put_in = charged ? pm_column_real(charged, i) : discharged / part;
        bool whole = !complete || pm_column_real(complete, i) > 0;
        if (!whole || !(discharged > 0) || !isfinite(discharged) || !(put_in > 0) || !isfinite(put_in)) continue;
        c->count[c->n] = pm_column_real(count, i);
        c->capacity[c->n] = discharged;
        c->efficiency[c->n] = isfinite(part) ? part : discharged / put_in;
        double gap = c->n ? fmax(1, c->count[c->n] - c->count[c->n - 1]) : 1;
        c->plated[c->n++] = sum += pm_plated_since(gap, before, put_in);
        before = put_in;
    }
    return PM_OK;
}

/* Fewer points along a smooth curve. */
static void thin(cycles *c, double *const columns[], int n_columns)
{
    int64_t step = (c->n + POINTS - 1) / POINTS, n = 0;
    for (int64_t i = 0; i < c->n; i++) {
        if (i % step && i < c->n - 1) continue;
        for (int k = 0; k < n_columns; k++) columns[k][n] = columns[k][i];
        n++;
    }
    c->n = n;
}

static double plated_until(const cycles *c, double cycle)
{
    double before = 0, from = c->count[0] - 1;
    for (int64_t i = 0; i < c->n; i++) {
        if (c->count[i] > cycle) return before + (c->plated[i] - before) * (cycle - from) / (c->count[i] - from);
        before = c->plated[i];
        from = c->count[i];
    }
    return before;
}

/* ---- with a foil -------------------------------------------------------------------------------------------- */

/* What is left of a foil that was used up when `whole` had been plated. */
static double left_of(double foil, double plated, double whole)
{
    return whole > 0 ? fmax(0, foil * (1 - plated / whole)) : 0;
}

/* Between known ends: all of the foil, and none of it. */
static void until_stage4(cycles *c, const pm_stages *s, double factor)
{
    const pm_stage_start *four = &s->start[4];
    double low = plated_until(c, four->low - 1), middle = plated_until(c, four->cycle - 0.5),
           high = plated_until(c, four->high);
    for (int64_t i = 0; i < c->n; i++) {
        c->middle[i] = left_of(s->hidden_lithium_Ah.value, c->plated[i], middle) * factor;
        c->low[i] = left_of(s->hidden_lithium_Ah.low, c->plated[i], low) * factor;
        c->high[i] = left_of(s->hidden_lithium_Ah.high, c->plated[i], high) * factor;
    }
}

/* At the least none was lost, at the most all of it by now; of a foil that is known but for its spread. */
static void while_foil_is_left(cycles *c, const pm_report_reserve *r, double factor)
{
    pm_uncertain foil = {1, 0};
    double most = r->stages->hidden_lithium_Ah.high;
    if (pm_n_to_p_foil(&r->n_to_p, &foil, NULL)) foil = (pm_uncertain){1, 0};
    double spread = z90 * foil.deviation, least = most * fmax(0, foil.value - spread) / (foil.value + spread);
    for (int64_t i = 0; i < c->n; i++) {
        c->middle[i] = NAN;
        c->low[i] = left_of(least, c->plated[i], c->plated[c->n - 1]) * factor;
        c->high[i] = most * factor;
    }
}

static void write_figure(pm_out *out, const char *id, const cycles *c, int n, const svg_series series[],
                         const char *title, const char *label, double most)
{
    char plot_id[64];
    svg_axis x = svg_axis_x("cycle", 1, series);
    x.whole = true;
    snprintf(plot_id, sizeof plot_id, "%s-reserve", id);
    pm_out_text(out, "<div class=\"static\">");
    svg_write(out, &(svg_plot){.id = plot_id,
                               .title = title,
                               .description = "By cycle, with its band; the words below say what it rests on.",
                               .width = 940,
                               .height = 300,
                               .x = x,
                               .y = {.label = label, .low = 0, .high = most * 1.08},
                               .y_line = NAN,
                               .n_series = c->n ? n : 0,
                               .series = series});
    pm_out_text(out, "</div>\n");
}

static void write_foil(pm_out *out, const char *id, const pm_report_cell *cell, cycles *c)
{
    const pm_stages *s = cell->reserve->stages;
    bool used_up = s->start[4].told == PM_TOLD_YES;
    scale unit = cell_capacity_scale(cell);
    char label[64];
    if (used_up)
        until_stage4(c, s, unit.factor);
    else
        while_foil_is_left(c, cell->reserve, unit.factor);
    thin(c, (double *[]){c->count, c->middle, c->low, c->high}, 4);
    const svg_series series[] = {
        {used_up ? "90 % of N/P and of where stage 4 begins" : "the foil\u2019s lithium lies in this band", "c0", 0,
         c->n, c->count, c->high, c->low},
        {"at a constant loss per charge plated", "c0", SVG_LINE, c->n, c->count, c->middle, NULL}};
    snprintf(label, sizeof label, "lithium of the foil / %s", unit.unit);
    figure_open(out, "Lithium reserve");
    write_figure(out, id, c, used_up ? 2 : 1, series, "Lithium reserve", label,
                 s->hidden_lithium_Ah.high * unit.factor);
    figure_close(
        out, used_up ? "Known are its ends: all of the foil by N/P, and none where stage 4 begins; the band is theirs. "
                       "In between nothing is measured: drawn is a loss in proportion to the "
                       "lithium plated. Where losses grow, more was left for longer."
                     : "A bound: capacity does not show the foil while some is left. At the top nothing is lost; "
                       "at the bottom all of it by the last cycle, in proportion to the lithium plated.");
}

static void plot_foil(pm_out *out, const char *id, const pm_report_cell *cell, cycles *c)
{
    if (!(cell->reserve->n_to_p.ratio.value > 0))
        pm_out_text(out, "<p class=\"needs\"><b>The reserve of lithium is not drawn: it needs N/P.</b> Tell it in the "
                         "cell\u2019s sidecar, <code>n_to_p: 1.5</code> with <code>n_to_p_convention: foil</code>, or "
                         "by <code>--n-to-p 1.5</code>; with a deviation (<code>n_to_p_deviation: 0.05</code>, "
                         "<code>--n-to-p \"1.5 +- 0.05\"</code>) it has a spread too.</p>\n");
    else if (cell->reserve->stages->n_to_p_contradicted)
        pm_out_text(out, "<p class=\"needs\"><b>The reserve of lithium is not drawn:</b> N/P and the step of the "
                         "efficiency contradict each other, so that it is not known how much there was.</p>\n");
    else if (cell->reserve->stages->start[4].told == PM_TOLD_CANNOT ||
             !isfinite(cell->reserve->stages->hidden_lithium_Ah.high))
        pm_out_text(out, "<p class=\"needs\"><b>The reserve of lithium is not drawn:</b> whether the foil is used up "
                         "cannot be told, so anything between all of it and none may be left.</p>\n");
    else if (c->n)
        write_foil(out, id, cell, c);
}

/* ---- without ------------------------------------------------------------------------------------------------ */

/* A product wants cycles in a row. */
static int64_t cycles_in_a_row(const cycles *c)
{
    int64_t n = c->n > 0;
    while (n < c->n && c->count[n] == c->count[n - 1] + 1) n++;
    return n;
}

static void caption_of(const cycles *c, const pm_anode_free_check *check, char *words, size_t n)
{
    words_text product, capacity;
    char parts[80] = "they stay together";
    if (check->parts >= 0) snprintf(parts, sizeof parts, "they part from cycle %.0f on", c->count[check->parts]);
    snprintf(
        words, n,
        "Without a foil each cycle keeps what the one before did, times its efficiency. Behind cycle %.0f, the last "
        "in a row, the product is %s, the capacity %s of the first; %s (band: 2 %% of the product). Where capacity is "
        "the lower "
        "one, more than lithium is lost; where it is the higher one, some came back.",
        c->count[c->n - 1], words_fixed(check->product, 3, product), words_fixed(check->capacity, 3, capacity), parts);
}

static pm_status plot_product(pm_out *out, const char *id, cycles *c, pm_error *err)
{
    pm_anode_free_check check;
    char words[512];
    double most = 1;
    pm_status s;
    if ((c->n = cycles_in_a_row(c)) < 2) return PM_OK;
    if ((s = pm_anode_free_product(c->n, c->capacity, c->efficiency, same, c->middle, &check, err))) return s;
    caption_of(c, &check, words, sizeof words);
    for (int64_t i = c->n - 1; i >= 0; i--) {
        c->capacity[i] /= c->capacity[0];
        c->low[i] = c->middle[i] * (1 - same);
        c->high[i] = c->middle[i] * (1 + same);
        most = fmax(most, fmax(c->capacity[i], c->high[i]));
    }
    thin(c, (double *[]){c->count, c->capacity, c->middle, c->low, c->high}, 5);
    const svg_series series[SERIES] = {{NULL, "c1", 0, c->n, c->count, c->high, c->low},
                                       {"capacity", "c0", SVG_ROUND, c->n, c->count, c->capacity, NULL},
                                       {"product of efficiencies", "c1", SVG_LINE, c->n, c->count, c->middle, NULL}};
    figure_open(out, "Lithium reserve: capacity beside the product of efficiencies");
    write_figure(out, id, c, SERIES, series, "Capacity beside the product of efficiencies", "part of the first cycle",
                 most);
    figure_close(out, words);
    return PM_OK;
}

pm_status plot_reserve(pm_out *out, const char *id, const pm_report_cell *cell, pm_error *err)
{
    __attribute__((__cleanup__(cycles_leave))) cycles c = {0};
    pm_status s = cell->cycles ? read_cycles(cell->cycles, &c, err) : PM_OK;
    if (s) return s;
    if (cell->summary && cell->summary->kind == PM_ANODE_FREE) return plot_product(out, id, &c, err);
    plot_foil(out, id, cell, &c);
    return PM_OK;
}
