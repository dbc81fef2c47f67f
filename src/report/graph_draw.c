/* SPDX-License-Identifier: MIT */
/* Boxes, and arrows that say what the sources say when pointed at. */
#include <math.h>
#include <string.h>

#include "graph.h"
#include "svg.h"
#include "words.h"

static const double reach = 34; /* how far an arrow leaves its box straight on */

static double x_of(const graph_box *box)
{
    return 4 + box->layer * (GRAPH_BOX + GRAPH_GAP);
}

/* ---- what an arrow says ------------------------------------------------------------------------------------- */

static void say(pm_out *out, const char *sentence, const char *condition, const char *source, const char *open,
                const char *close)
{
    pm_out_text(out, "%s", open);
    pm_out_html(out, sentence);
    if (condition) {
        pm_out_text(out, " (");
        pm_out_html(out, condition);
        pm_out_text(out, ")");
    }
    pm_out_text(out, " [");
    pm_out_html(out, source);
    pm_out_text(out, "]%s", close);
}

/* Whether "polarisation=rising" speaks of an observable. */
static bool is_of(const char *text, const char *observable)
{
    size_t n = strlen(observable);
    return !strncmp(text, observable, n) && text[n] == '=';
}

void graph_say(pm_out *out, const graph *g, const graph_arrow *a, const char *open, const char *close)
{
    const pm_why *why = g->why->known->graph;
    const graph_box *from = &g->box[a->from], *to = &g->box[a->to];
    int n;
    const pm_why_edge *edges = pm_why_edges(why, &n);
    for (int i = 0; i < n && to->node >= 0; i++)
        if (edges[i].from == from->node && edges[i].to == to->node && edges[i].electrolyte & g->why->known->electrolyte)
            say(out, edges[i].sentence, edges[i].condition, edges[i].source, open, close);
    for (int i = 0; i < pm_why_count_signs(why) && to->node < 0; i++) {
        pm_why_sign_of sign = pm_why_sign_at(why, i);
        if (sign.node == from->node && is_of(to->text, sign.observable))
            say(out, sign.sentence, NULL, sign.source, open, close);
    }
}

static const char *sign_of(const graph *g, const graph_arrow *a)
{
    static const char *const signs[] = {"+", "\u2212", "", ""};
    int n;
    const pm_why_edge *edges = pm_why_edges(g->why->known->graph, &n);
    for (int i = 0; i < n; i++)
        if (edges[i].from == g->box[a->from].node && edges[i].to == g->box[a->to].node &&
            edges[i].electrolyte & g->why->known->electrolyte)
            return signs[edges[i].sign];
    return "";
}

/* ---- arrows ------------------------------------------------------------------------------------------------- */

/* Arrows of a box begin and end at different heights of it, in the order of where they come from and go to. */
static int place_at(const graph *g, int arrow, bool at_end)
{
    const graph_arrow *own = &g->arrow[arrow];
    int box = at_end ? own->to : own->from, place = 0;
    double there = g->box[graph_stop(own, at_end ? own->n_ways : 1)].y;
    for (int k = 0; k < g->n_arrows; k++) {
        const graph_arrow *a = &g->arrow[k];
        if ((at_end ? a->to : a->from) != box) continue;
        double other = g->box[graph_stop(a, at_end ? a->n_ways : 1)].y;
        place += other < there || (other == there && k < arrow);
    }
    return place;
}

static double height_at(const graph *g, int arrow, bool at_end)
{
    int box = at_end ? g->arrow[arrow].to : g->arrow[arrow].from, n = graph_arrows_at(g, box, at_end);
    return g->box[box].y + ((place_at(g, arrow, at_end) + 1.0) / (n + 1) - 0.5) * (g->box[box].height - 8);
}

static void coordinates(pm_out *out, int n, const double xy[])
{
    for (int i = 0; i < n; i++) {
        if (i) pm_out_text(out, " ");
        svg_number(out, xy[i]);
    }
}

/* To the same column or one further left an arrow comes from the right. */
static bool is_back(const graph *g, const graph_arrow *a)
{
    return g->box[a->to].layer <= g->box[a->from].layer;
}

static void curve(pm_out *out, double x1, double y1, double x2, double y2, bool back)
{
    pm_out_text(out, "C");
    coordinates(out, 6, (double[]){x1 + reach, y1, back ? x2 + reach : x2 - reach, y2, x2, y2});
}

static void write_curve(pm_out *out, const char *class, const graph *g, int arrow)
{
    const graph_arrow *a = &g->arrow[arrow];
    bool back = is_back(g, a);
    double x = x_of(&g->box[a->from]) + GRAPH_BOX, y = height_at(g, arrow, false);
    double end = x_of(&g->box[a->to]) + (back ? GRAPH_BOX + 5 : -5);
    pm_out_text(out, "<path class=\"%s\" d=\"M", class);
    coordinates(out, 2, (double[]){x, y});
    for (int i = 0; i < a->n_ways; i++) {
        const graph_box *way = &g->box[a->way[i]];
        curve(out, x, y, x_of(way), way->y, false);
        x = x_of(way) + GRAPH_BOX;
        y = way->y;
        pm_out_text(out, "H");
        svg_number(out, x);
    }
    curve(out, x, y, end, height_at(g, arrow, true), back);
    pm_out_text(out, "\"/>");
}

/* Its point, and near it the sign: of neighbours one nearer and one further off, so that they can be told apart. */
static void write_tip(pm_out *out, const graph *g, int arrow)
{
    const graph_arrow *a = &g->arrow[arrow];
    bool back = is_back(g, a);
    double x = x_of(&g->box[a->to]) + (back ? GRAPH_BOX : 0), y = height_at(g, arrow, true);
    pm_out_text(out, "<path class=\"tip\" d=\"M");
    coordinates(out, 2, (double[]){x, y});
    pm_out_text(out, back ? "l7 -3.5v7z\"/>" : "l-7 -3.5v7z\"/>");
    double off = place_at(g, arrow, true) % 2 ? 27 : 14;
    if (a->link != GRAPH_MAY) svg_text(out, back ? x + off : x - off, y - 3, "sign middle", sign_of(g, a));
}

static void write_arrow(pm_out *out, const graph *g, int arrow)
{
    static const char *const classes[] = {"fits", "against", "may"};
    const graph_arrow *a = &g->arrow[arrow];
    pm_out_text(out, "<g class=\"%s\"><title>", classes[a->link]);
    pm_out_html(out, g->box[a->from].label);
    pm_out_text(out, " \u2192 ");
    pm_out_html(out, g->box[a->to].label);
    graph_say(out, g, a, "\n", "");
    pm_out_text(out, "</title>");
    write_curve(out, "edge", g, arrow);
    write_curve(out, "reach", g, arrow);
    write_tip(out, g, arrow);
    pm_out_text(out, "</g>\n");
}

/* ---- boxes -------------------------------------------------------------------------------------------------- */

static const char *class_of(const graph_box *box)
{
    return !isnan(box->probability) ? "box candidate" : box->node < 0 ? "box seen" : box->may ? "box may" : "box";
}

static void write_box(pm_out *out, const graph *g, const graph_box *box)
{
    const char *line;
    double y = box->y - box->height / 2 + 17;
    int n;
    pm_out_text(out, "<g class=\"%s\"><rect x=\"", class_of(box));
    svg_number(out, x_of(box));
    pm_out_text(out, "\" y=\"");
    svg_number(out, box->y - box->height / 2);
    pm_out_text(out, "\" width=\"%d\" height=\"", GRAPH_BOX);
    svg_number(out, box->height);
    pm_out_text(out, "\" rx=\"4\"/>");
    for (int i = 0; (n = graph_line(box->label, i, &line)); i++, y += GRAPH_LINE) {
        char piece[128];
        snprintf(piece, sizeof piece, "%.*s", n, line);
        svg_text(out, x_of(box) + 8, y, "name", piece);
    }
    if (!isnan(box->probability)) {
        char part[160];
        words_text percent;
        int count;
        snprintf(part, sizeof part, "%s\u00a0%%, node %s", words_fixed(100 * box->probability, 0, percent),
                 pm_why_nodes(g->why->known->graph, &count)[box->node].id);
        svg_text(out, x_of(box) + 8, y, "part", part);
    }
    pm_out_text(out, "</g>\n");
}

/* Parameters alone stand to the left of the candidates, what was seen is the last column. */
static void write_heads(pm_out *out, const graph *g)
{
    double first = INFINITY;
    graph_box last = {.layer = g->n_layers - 1};
    for (int i = 0; i < g->n_boxes; i++)
        if (!isnan(g->box[i].probability)) first = fmin(first, x_of(&g->box[i]));
    if (first > GRAPH_BOX) svg_text(out, 4, 16, "label", "conditions, parameters");
    svg_text(out, first, 16, "label", "mechanisms that fit");
    svg_text(out, x_of(&last), 16, "label", "seen in this cell");
}

void graph_draw(pm_out *out, const char *id, const graph *g)
{
    words_text height;
    int width = g->n_layers * (GRAPH_BOX + GRAPH_GAP) - GRAPH_GAP + 8;
    pm_out_text(out,
                "<div class=\"static\"><svg class=\"graph\" width=\"%d\" viewBox=\"0 0 %d %s\" role=\"img\" "
                "aria-labelledby=\"%s-graph\"><title id=\"%s-graph\">Active part of the degradation graph; the list "
                "below says the same</title>\n",
                width, width, words_coordinate(g->height, height), id, id);
    write_heads(out, g);
    for (int i = 0; i < g->n_arrows; i++) write_arrow(out, g, i);
    for (int i = 0; i < g->n_boxes; i++)
        if (g->box[i].node != GRAPH_WAY) write_box(out, g, &g->box[i]);
    pm_out_text(out, "</svg></div>\n");
}
