/* SPDX-License-Identifier: MIT */
/** @file
 * The part of the degradation graph that is active in a cell, as a picture.
 */
#ifndef PM_REPORT_GRAPH_H
#define PM_REPORT_GRAPH_H

#include "page.h"

enum { GRAPH_NODES = 96, GRAPH_EDGES = 192, GRAPH_SHOWN = 5, GRAPH_LAYERS = 7, GRAPH_WAY = -2 };

typedef enum graph_link {
    GRAPH_FITS,    /**< on a path of evidence for a candidate */
    GRAPH_AGAINST, /**< to what should have looked otherwise */
    GRAPH_MAY      /**< from a parameter that nothing was told of */
} graph_link;

typedef struct graph_box {
    int node;                    /**< of the why graph; -1 = what was observed; GRAPH_WAY */
    const char *text;            /**< the node's name, or what was observed */
    char label[PM_WHY_TEXT + 2]; /**< what stands in it */
    double probability;          /**< of a candidate; NaN = none */
    bool may;                    /**< only graph_link GRAPH_MAY leads from it */
    int layer;                   /**< column, from 0 */
    double y, height;            /**< centre */
} graph_box;

typedef struct graph_arrow {
    int from, to; /**< boxes */
    graph_link link;
    int n_ways, way[GRAPH_LAYERS]; /**< boxes with nothing in them, one in each column that it crosses */
} graph_arrow;

typedef struct graph {
    const pm_report_why *why;
    int n_boxes, n_arrows, n_layers;
    graph_box box[GRAPH_NODES];
    graph_arrow arrow[GRAPH_EDGES];
    bool cut;      /**< there was more than can be drawn */
    double height; /**< of the picture */
} graph;

enum { GRAPH_BOX = 158, GRAPH_GAP = 52, GRAPH_LINE = 15, GRAPH_LETTERS = 22 };

/** How many candidates are shown. */
int graph_shown(const pm_why_answer *answer);
/** Candidates, paths to what was seen and from conditions, and parameters that would drive them. */
void graph_collect(const pm_report_why *why, graph *g);
/** How many arrows end at a box, or begin there. */
int graph_arrows_at(const graph *g, int box, bool ends);
/** Where an arrow comes by: 0 is where it begins, n_ways + 1 where it ends. */
int graph_stop(const graph_arrow *arrow, int i);
/** Columns, and places in them. */
void graph_lay(graph *g);
/** Line `i` of a box's text; returns its length, 0 behind the last. */
int graph_line(const char *text, int i, const char **line);
/** `id`: the cell's. */
void graph_draw(pm_out *out, const char *id, const graph *g);
/** What the graph says along an arrow: sentences with sources, between `open` and `close` each. */
void graph_say(pm_out *out, const graph *g, const graph_arrow *arrow, const char *open, const char *close);

#endif
