/* SPDX-License-Identifier: MIT */
/* From a document to the graph: nodes, edges, what shows what. */
#include "why/graph.h"

#include <string.h>

pm_status why_read_node(pm_why *g, const pm_node *entry, pm_error *err)
{
    static const char *const kinds[] = {"material", "cell", "solid", "manifestation", "state", "driver", "parameter"};
    pm_why_node n = {0};
    bool known = false;
    pm_status s;

    if ((s = why_keys(g->doc, entry, "id name kind component electrolyte towards prior", err))) return s;
    if ((s = why_text(g->doc, entry, "id", false, &n.id, err))) return s;
    if ((s = why_text(g->doc, entry, "name", false, &n.name, err))) return s;
    if ((s = why_text(g->doc, entry, "kind", false, &n.kind, err))) return s;
    if ((s = why_text(g->doc, entry, "component", false, &n.component, err))) return s;
    if ((s = why_electrolyte(g->doc, entry, false, &n.electrolyte, err))) return s;
    if ((s = why_change(g->doc, entry, "towards", &n.towards, err))) return s;
    const pm_node *prior = pm_node_find(entry, "prior");
    n.prior = prior ? pm_node_number(prior, 0) : g->numbers.prior;
    if (!(n.prior >= 1e-6 && n.prior <= 1e6))
        return pm_node_fail(g->doc, prior, PM_ERR_FORMAT, err, "prior is not a number from 1e-06 to 1e+06");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) known |= !strcmp(kinds[i], n.kind);
    if (!known) return pm_node_fail(g->doc, entry, PM_ERR_FORMAT, err, "kind '%.40s' is not known", n.kind);
    if (why_find_node(g, n.id) >= 0)
        return pm_node_fail(g->doc, entry, PM_ERR_FORMAT, err, "there are two nodes '%.60s'", n.id);
    if ((s = why_room(g, entry, &g->node, &g->node_room, g->n_nodes, WHY_NODES, sizeof *g->node, err))) return s;
    g->node[g->n_nodes++] = n;
    return PM_OK;
}

static pm_status read_sign(const pm_why *g, const pm_node *entry, pm_why_sign *out, pm_error *err)
{
    const char *text;
    pm_status s = why_text(g->doc, entry, "sign", false, &text, err);

    if (s) return s;
    for (int i = PM_WHY_RAISES; i <= PM_WHY_LINKED; i++) {
        *out = (pm_why_sign)i;
        if (!strcmp(text, pm_why_sign_name(*out))) return PM_OK;
    }
    return pm_node_fail(g->doc, entry, PM_ERR_FORMAT, err, "sign '%.40s' is not +, -, mode or linked", text);
}

static pm_status add_edge(pm_why *g, const pm_node *entry, pm_why_edge e, pm_error *err)
{
    unsigned ends = g->node[e.from].electrolyte & g->node[e.to].electrolyte & e.electrolyte;
    pm_status s;

    if (!ends)
        return pm_node_fail(g->doc, entry, PM_ERR_FORMAT, err, "%.40s and %.40s share no electrolyte with their edge",
                            g->node[e.from].id, g->node[e.to].id);
    e.electrolyte = (pm_why_electrolyte)ends;
    if ((s = why_room(g, entry, &g->edge, &g->edge_room, g->n_edges, WHY_EDGES, sizeof *g->edge, err))) return s;
    g->edge[g->n_edges++] = e;
    return PM_OK;
}

pm_status why_read_edges(pm_why *g, const pm_node *entry, const char *part, pm_error *err)
{
    pm_why_edge e = {.part = part};
    pm_status s;

    if ((s = why_keys(g->doc, entry, "from to sign change when electrolyte source says", err))) return s;
    if ((s = read_sign(g, entry, &e.sign, err))) return s;
    if ((s = why_change(g->doc, entry, "change", &e.change, err))) return s;
    if ((s = why_text(g->doc, entry, "when", true, &e.condition, err))) return s;
    if ((s = why_text(g->doc, entry, "says", false, &e.sentence, err))) return s;
    if ((s = why_electrolyte(g->doc, entry, false, &e.electrolyte, err))) return s;
    if ((s = why_source(g, entry, &e.source, err))) return s;
    const pm_node *from = pm_node_find(entry, "from"), *to = pm_node_find(entry, "to");
    if (!why_count(from) || !why_count(to))
        return pm_node_fail(g->doc, entry, PM_ERR_FORMAT, err, "an edge needs 'from' and 'to'");
    for (int64_t i = 0; i < why_count(from); i++) {
        if ((s = why_node_of(g, why_item(from, i), &e.from, err))) return s;
        for (int64_t k = 0; k < why_count(to); k++) {
            if ((s = why_node_of(g, why_item(to, k), &e.to, err))) return s;
            if ((s = add_edge(g, entry, e, err))) return s;
        }
    }
    return PM_OK;
}

/* What `as` names, each for one node. */
static pm_status add_shows(pm_why *g, const pm_node *entry, why_show show, pm_error *err)
{
    const pm_node *as = pm_node_find(entry, "as");
    pm_status s;

    show.electrolyte &= g->node[show.node].electrolyte;
    if (!show.electrolyte || !why_count(as))
        return pm_node_fail(g->doc, entry, PM_ERR_FORMAT, err, "%.40s shows nothing: 'as' or electrolyte do not fit",
                            g->node[show.node].id);
    for (int64_t i = 0; i < why_count(as); i++) {
        const char *text = pm_node_scalar(why_item(as, i));
        s = why_observed(g, text ? text : "", &show.observable, &show.value, NULL);
        if (s)
            return pm_node_fail(g->doc, why_item(as, i), PM_ERR_FORMAT, err, "'%.60s' is no observable=value",
                                text ? text : "");
        if ((s = why_room(g, entry, &g->show, &g->show_room, g->n_shows, WHY_SHOWS, sizeof *g->show, err))) return s;
        g->show[g->n_shows++] = show;
    }
    return PM_OK;
}

pm_status why_read_shows(pm_why *g, const pm_node *entry, pm_error *err)
{
    why_show show = {0};
    pm_why_electrolyte electrolyte;
    const pm_node *nodes = pm_node_find(entry, "node");
    pm_status s;

    if ((s = why_keys(g->doc, entry, "node as electrolyte source says", err))) return s;
    if ((s = why_text(g->doc, entry, "says", false, &show.says, err))) return s;
    if ((s = why_source(g, entry, &show.source, err))) return s;
    if ((s = why_electrolyte(g->doc, entry, false, &electrolyte, err))) return s;
    if (!nodes) return pm_node_fail(g->doc, entry, PM_ERR_FORMAT, err, "needs 'node'");
    for (int64_t i = 0; i < why_count(nodes); i++) {
        show.electrolyte = electrolyte;
        if ((s = why_node_of(g, why_item(nodes, i), &show.node, err))) return s;
        const pm_why_node *node = &g->node[show.node];
        if (!why_is_candidate(node) && !why_is_manifestation(node))
            return pm_node_fail(g->doc, entry, PM_ERR_FORMAT, err, "a %s shows nothing by itself", node->kind);
        if ((s = add_shows(g, entry, show, err))) return s;
    }
    return PM_OK;
}
