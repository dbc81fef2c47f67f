/* SPDX-License-Identifier: MIT */
/* What a reserve of lithium hides: read from the graph, and whether it does in a case. */
#include "why/graph.h"

bool why_holds(const pm_why_case *c, const why_reason *r)
{
    const pm_why *g = c->graph;

    if (r->observable >= 0) {
        uint32_t told = c->told[r->observable].leaves;
        return told && !(told & ~g->observable[r->observable].value[r->value].leaves);
    }
    const why_condition *asked = &g->condition[r->condition];
    for (int k = 0; k < c->n_conditions; k++) {
        pm_why_change change = c->conditions[k].change;
        if (c->conditions[k].named == r->condition) return true;
        if (asked->node >= 0 && asked->node == change.node && asked->change == change.change) return true;
    }
    return false;
}

bool why_reserve_hides(const pm_why_case *c)
{
    const why_reserve *r = &c->graph->reserve;
    bool seen = false;

    for (int i = 0; i < r->n_reasons; i++) seen |= why_holds(c, &r->reason[i]);
    for (int i = 0; i < r->n_exceptions; i++) seen &= !why_holds(c, &r->exception[i]);
    return seen;
}

static pm_status read_reasons(const pm_why *g, const pm_node *map, const char *key, int *n, why_reason *out,
                              pm_error *err)
{
    const pm_node *list = pm_node_find(map, key);
    pm_status s;

    if (!why_count(list) || why_count(list) > WHY_REASONS)
        return pm_node_fail(g->doc, map, PM_ERR_FORMAT, err, "'%s' lists 1 to %d reasons", key, WHY_REASONS);
    for (int64_t i = 0; i < why_count(list); i++)
        if ((s = why_read_reason(g, why_item(list, i), &out[(*n)++], err))) return s;
    return PM_OK;
}

pm_status why_read_reserve(pm_why *g, const pm_node *map, pm_error *err)
{
    why_reserve *r = &g->reserve;
    const pm_node *nodes = pm_node_find(map, "hides");
    pm_status s;

    if (!map) return PM_OK;
    if ((s = why_keys(g->doc, map, "seen hides unless source says", err))) return s;
    if ((s = why_text(g->doc, map, "says", false, &r->says, err))) return s;
    if ((s = why_source(g, map, &r->source, err))) return s;
    if ((s = read_reasons(g, map, "seen", &r->n_reasons, r->reason, err))) return s;
    if ((s = read_reasons(g, map, "unless", &r->n_exceptions, r->exception, err))) return s;
    for (int i = 0; i < r->n_reasons; i++) {
        if (r->reason[i].observable < 0)
            return pm_node_fail(g->doc, map, PM_ERR_FORMAT, err, "'seen' takes observations alone");
        r->seen[r->reason[i].observable] = true;
    }
    if (!why_count(nodes)) return pm_node_fail(g->doc, map, PM_ERR_FORMAT, err, "needs a list 'hides' of nodes");
    for (int64_t i = 0; i < why_count(nodes); i++) {
        int node;
        if ((s = why_node_of(g, why_item(nodes, i), &node, err))) return s;
        r->hides[node] = true;
    }
    return PM_OK;
}
