/* SPDX-License-Identifier: MIT */
/* Columns from left to right, and places in them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph.h"

enum { SWEEPS = 4 };
static const double apart = 11, margin = 30, point = 7.5;

int graph_line(const char *text, int i, const char **line)
{
    const char *at = text;
    for (int k = 0;; k++) {
        int n = (int)strlen(at);
        if (n > GRAPH_LETTERS) {
            for (n = GRAPH_LETTERS; n > 0 && at[n] != ' '; n--) {
            }
            if (n == 0) n = (int)strcspn(at, " ");
        }
        *line = at;
        if (k == i || n == 0) return n;
        at += n + (at[n] == ' ');
    }
}

int graph_arrows_at(const graph *g, int box, bool ends)
{
    int n = 0;
    for (int k = 0; k < g->n_arrows; k++) n += (ends ? g->arrow[k].to : g->arrow[k].from) == box;
    return n;
}

/* High enough for its text, and for the points of all arrows that end there. */
static double height_of(const graph *g, int i)
{
    const graph_box *box = &g->box[i];
    const char *line;
    int lines = 0;
    if (box->node == GRAPH_WAY) return 0;
    while (graph_line(box->label, lines, &line)) lines++;
    return fmax((lines + !isnan(box->probability)) * GRAPH_LINE + 12, (graph_arrows_at(g, i, true) + 1) * point + 8);
}

/* ---- columns ------------------------------------------------------------------------------------------------ */

/* A column further right than what leads there; a circle of arrows ends at the last column. */
static void choose_layers(graph *g)
{
    int observed = 0;
    for (int i = 0; i < g->n_boxes; i++) g->box[i].layer = isnan(g->box[i].probability) ? 0 : 1;
    for (int round = 0; round < GRAPH_LAYERS; round++) {
        for (int k = 0; k < g->n_arrows; k++) {
            const graph_box *from = &g->box[g->arrow[k].from];
            graph_box *to = &g->box[g->arrow[k].to];
            if (to->layer <= from->layer && from->layer + 1 < GRAPH_LAYERS - 1) to->layer = from->layer + 1;
        }
    }
    for (int i = 0; i < g->n_boxes; i++)
        if (g->box[i].node >= 0 && g->box[i].layer >= observed) observed = g->box[i].layer + 1;
    for (int i = 0; i < g->n_boxes; i++)
        if (g->box[i].node < 0) g->box[i].layer = observed;
}

static void close_gaps(graph *g)
{
    bool used[GRAPH_LAYERS + 1] = {false};
    int place[GRAPH_LAYERS + 1];
    for (int i = 0; i < g->n_boxes; i++) used[g->box[i].layer] = true;
    g->n_layers = 0;
    for (int k = 0; k <= GRAPH_LAYERS; k++) place[k] = used[k] ? g->n_layers++ : 0;
    for (int i = 0; i < g->n_boxes; i++) g->box[i].layer = place[g->box[i].layer];
}

/* What crosses a column gets a place in it, so that it does not hide behind a box. */
static void make_ways(graph *g)
{
    for (int k = 0; k < g->n_arrows; k++) {
        graph_arrow *a = &g->arrow[k];
        int first = g->box[a->from].layer + 1, end = g->box[a->to].layer;
        if (end - first > GRAPH_NODES - g->n_boxes) continue;
        for (int layer = first; layer < end; layer++) {
            a->way[a->n_ways++] = g->n_boxes;
            g->box[g->n_boxes++] = (graph_box){.node = GRAPH_WAY, .text = "", .probability = NAN, .layer = layer};
        }
    }
}

int graph_stop(const graph_arrow *arrow, int i)
{
    return i == 0 ? arrow->from : i <= arrow->n_ways ? arrow->way[i - 1] : arrow->to;
}

/* ---- places ------------------------------------------------------------------------------------------------- */

/* The mean place of what a box is connected with, its own where that is nothing. */
static double pull(const graph *g, int box)
{
    double sum = 0;
    int n = 0;
    for (int k = 0; k < g->n_arrows; k++) {
        for (int i = 0; i <= g->arrow[k].n_ways; i++) {
            int one = graph_stop(&g->arrow[k], i), next = graph_stop(&g->arrow[k], i + 1);
            if (one != box && next != box) continue;
            sum += g->box[one == box ? next : one].y;
            n++;
        }
    }
    return n ? sum / n : g->box[box].y;
}

/* Boxes of a column, from the top; returns how many. */
static int column(const graph *g, int layer, int boxes[GRAPH_NODES])
{
    int n = 0;
    for (int i = 0; i < g->n_boxes; i++) {
        if (g->box[i].layer != layer) continue;
        int k = n++;
        for (; k > 0 && g->box[boxes[k - 1]].y > g->box[i].y; k--) boxes[k] = boxes[k - 1];
        boxes[k] = i;
    }
    return n;
}

/* One below the other around the middle of the picture. */
static void stack(graph *g, int layer)
{
    int boxes[GRAPH_NODES], n = column(g, layer, boxes);
    double sum = (n - 1) * apart, y;
    for (int k = 0; k < n; k++) sum += g->box[boxes[k]].height;
    y = margin + (g->height - margin - sum) / 2;
    for (int k = 0; k < n; k++) {
        graph_box *box = &g->box[boxes[k]];
        box->y = y + box->height / 2;
        y += box->height + apart;
    }
}

static void measure(graph *g)
{
    double most = 0;
    for (int layer = 0; layer < g->n_layers; layer++) {
        double sum = -apart;
        for (int i = 0; i < g->n_boxes; i++)
            if (g->box[i].layer == layer) sum += g->box[i].height + apart;
        most = fmax(most, sum);
    }
    g->height = margin + most + 8;
}

void graph_lay(graph *g)
{
    choose_layers(g);
    close_gaps(g);
    make_ways(g);
    for (int i = 0; i < g->n_boxes; i++) {
        g->box[i].height = height_of(g, i);
        g->box[i].y = i;
    }
    measure(g);
    for (int layer = 0; layer < g->n_layers; layer++) stack(g, layer);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        for (int k = 0; k < g->n_layers; k++) {
            int layer = sweep % 2 ? g->n_layers - 1 - k : k;
            double y[GRAPH_NODES];
            for (int i = 0; i < g->n_boxes; i++) y[i] = g->box[i].layer == layer ? pull(g, i) : g->box[i].y;
            for (int i = 0; i < g->n_boxes; i++) g->box[i].y = y[i];
            stack(g, layer);
        }
    }
}
