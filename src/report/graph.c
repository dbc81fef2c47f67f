/* SPDX-License-Identifier: MIT */
/* Which boxes and arrows are drawn. */
#include <math.h>
#include <string.h>

#include "graph.h"

enum { PARAMETERS = 6 };

static const pm_why_node *node_at(const graph *g, int node)
{
    int n;
    return &pm_why_nodes(g->why->known->graph, &n)[node];
}

int graph_shown(const pm_why_answer *answer)
{
    return answer->n_leading < GRAPH_SHOWN ? answer->n_leading : GRAPH_SHOWN;
}

/* ---- boxes and arrows --------------------------------------------------------------------------------------- */

/* "coulombic_efficiency=step-down" as people write. */
static void write_label(graph_box *box)
{
    size_t n = 0;
    for (const char *c = box->text; *c && n + 2 < sizeof box->label; c++) {
        bool equals = box->node < 0 && *c == '=';
        if (equals) box->label[n++] = ':';
        box->label[n++] = equals || (box->node < 0 && *c == '_') ? ' ' : *c;
    }
    box->label[n] = 0;
}

/* The box of a node, or (node -1) of what was observed; a new one where there is none. -1 = no room. */
static int box_of(graph *g, int node, const char *text)
{
    for (int i = 0; i < g->n_boxes; i++)
        if (g->box[i].node == node && (node >= 0 || !strcmp(g->box[i].text, text))) return i;
    if (g->n_boxes == GRAPH_NODES) {
        g->cut = true;
        return -1;
    }
    g->box[g->n_boxes] = (graph_box){.node = node, .text = text, .probability = NAN};
    write_label(&g->box[g->n_boxes]);
    return g->n_boxes++;
}

static void connect(graph *g, int from, int to, graph_link link)
{
    if (from < 0 || to < 0 || from == to) return;
    for (int i = 0; i < g->n_arrows; i++)
        if (g->arrow[i].from == from && g->arrow[i].to == to) return;
    if (g->n_arrows == GRAPH_EDGES)
        g->cut = true;
    else
        g->arrow[g->n_arrows++] = (graph_arrow){.from = from, .to = to, .link = link};
}

static bool is_condition(const graph *g, const char *text)
{
    const pm_why_case *c = g->why->known;
    for (int i = 0; i < c->n_conditions; i++)
        if (c->conditions[i].text == text) return true;
    return false;
}

/* A condition stands at the head of its path, an observation at its end. */
static void add_evidence(graph *g, const pm_why_evidence *e)
{
    graph_link link = e->bit > 0 ? GRAPH_FITS : GRAPH_AGAINST;
    bool condition = is_condition(g, e->text);
    if (e->bit == 0 || !e->n_path) return;
    int before = box_of(g, e->path[0], node_at(g, e->path[0])->name);
    for (int i = 1; i < e->n_path; i++) {
        int box = box_of(g, e->path[i], node_at(g, e->path[i])->name);
        connect(g, before, box, condition ? link : GRAPH_FITS);
        before = box;
    }
    if (!condition) connect(g, before, box_of(g, -1, e->text), link);
}

/* ---- parameters --------------------------------------------------------------------------------------------- */

static bool is_parameter(const pm_why_node *node)
{
    return !strcmp(node->kind, "parameter") || !strcmp(node->kind, "driver");
}

static int candidate_box(const graph *g, int node)
{
    for (int i = 0; i < g->n_boxes; i++)
        if (g->box[i].node == node && !isnan(g->box[i].probability)) return i;
    return -1;
}

/* How many of the candidates shown a parameter raises by itself. */
static int count_raised(const graph *g, int parameter)
{
    int n, count = 0;
    const pm_why_edge *edges = pm_why_edges(g->why->known->graph, &n);
    for (int i = 0; i < n; i++)
        count += edges[i].from == parameter && edges[i].electrolyte & g->why->known->electrolyte &&
                 candidate_box(g, edges[i].to) >= 0;
    return count;
}

static void add_parameter(graph *g, int parameter)
{
    int n, known = g->n_boxes;
    const pm_why_edge *edges = pm_why_edges(g->why->known->graph, &n);
    int box = box_of(g, parameter, node_at(g, parameter)->name);
    if (box == known) g->box[box].may = true; /* not on a path of evidence */
    for (int i = 0; i < n; i++)
        if (edges[i].from == parameter && edges[i].electrolyte & g->why->known->electrolyte)
            connect(g, box, candidate_box(g, edges[i].to), GRAPH_MAY);
}

/* Those that bear on most of the candidates. */
static void add_parameters(graph *g)
{
    int n;
    const pm_why_node *nodes = pm_why_nodes(g->why->known->graph, &n);
    for (int least = GRAPH_SHOWN * 2, added = 0; least > 0; least--) {
        for (int i = 0; i < n && added < PARAMETERS; i++) {
            if (!is_parameter(&nodes[i]) || count_raised(g, i) != least) continue;
            add_parameter(g, i);
            added++;
        }
    }
}

void graph_collect(const pm_report_why *why, graph *g)
{
    const pm_why_answer *a = why->answer;
    int shown = graph_shown(a);
    *g = (graph){.why = why};
    for (int i = 0; i < shown; i++) {
        int box = box_of(g, a->candidates[i].node, node_at(g, a->candidates[i].node)->name);
        if (box >= 0) g->box[box].probability = a->candidates[i].probability;
    }
    for (int i = 0; i < shown; i++)
        for (int k = 0; k < a->n_evidence; k++) add_evidence(g, &a->candidates[i].evidence[k]);
    add_parameters(g);
}
