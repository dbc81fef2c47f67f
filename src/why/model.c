/* SPDX-License-Identifier: MIT */
/* Likelihoods by the distance in the graph, and what conditions do to the weights of candidates. */
#include "why/model.h"

#include <string.h>

void why_reach_from(const pm_why *g, unsigned electrolyte, int start, const bool *blocked, why_reach *out)
{
    for (int64_t i = 0; i < g->n_nodes; i++) out->distance[i] = out->by[i] = -1;
    if (blocked && blocked[start]) return;
    out->distance[start] = 0;
    for (int step = 0; step < WHY_FURTHEST; step++) {
        for (int64_t i = 0; i < g->n_edges; i++) {
            const pm_why_edge *e = &g->edge[i];
            if (out->distance[e->from] != step || out->distance[e->to] >= 0 || (blocked && blocked[e->to])) continue;
            if (e->sign != PM_WHY_RAISES || e->change < 0 || !(e->electrolyte & electrolyte)) continue;
            out->distance[e->to] = step + 1;
            out->by[e->to] = (int)i;
        }
    }
}

void why_reaches_of(const pm_why_case *c, int node, why_reaches *out)
{
    out->hides = why_reserve_hides(c);
    why_reach_from(c->graph, c->electrolyte, node, NULL, &out->all);
    if (out->hides) why_reach_from(c->graph, c->electrolyte, node, c->graph->reserve.hides, &out->open);
}

const why_reach *why_reach_in(const pm_why *g, const why_reaches *reaches, int observable)
{
    return reaches->hides && g->reserve.seen[observable] ? &reaches->open : &reaches->all;
}

int why_path_to(const pm_why *g, const why_reach *reach, int node, int path[WHY_FURTHEST + 1])
{
    int n = reach->distance[node] + 1;

    path[n - 1] = node;
    for (int i = n - 2; i >= 0; i--) path[i] = g->edge[reach->by[path[i + 1]]].from;
    return n;
}

/* A manifestation shows itself; from a mechanism to what it shows is one step more. */
static int cost_of(const pm_why *g, const why_reaches *reaches, const why_show *show)
{
    int distance = why_reach_in(g, reaches, show->observable)->distance[show->node];
    int cost = distance + (why_is_manifestation(&g->node[show->node]) ? 0 : 1);

    return distance < 0 || cost > WHY_FURTHEST ? 0 : cost;
}

/* Of two shows with one value the first is kept. */
static void add_show(const pm_why *g, int show, why_link *link)
{
    for (int k = 0; k < link->n_shows; k++)
        if (g->show[link->show[k]].value == g->show[show].value) return;
    link->show[link->n_shows++] = show;
}

static uint32_t leaves_of(const pm_why *g, int show)
{
    return g->observable[g->show[show].observable].value[g->show[show].value].leaves;
}

/* Of shows at one distance: those of a value's kinds say more than one of the value. */
static void drop_general(const pm_why *g, why_link *link)
{
    int kept = 0, n = link->n_shows, all[WHY_VALUES];

    memcpy(all, link->show, sizeof all);
    for (int i = 0; i < n; i++) {
        uint32_t mine = leaves_of(g, all[i]);
        bool drop = false;
        for (int k = 0; k < n; k++) drop |= leaves_of(g, all[k]) != mine && !(leaves_of(g, all[k]) & ~mine);
        if (!drop) link->show[kept++] = all[i];
    }
    link->n_shows = kept;
}

/* With probability `strength` the candidate shows itself by one of the values, else leaks decide. */
static void likelihood(const pm_why *g, const why_observable *o, const why_link *link, double p[WHY_LEAVES])
{
    const double by_cost[] = {0, g->numbers.strong, g->numbers.medium, g->numbers.weak};
    double strength = by_cost[link->cost];

    for (int i = 0; i < o->n_leaves; i++) p[i] = (1 - strength) * o->leak[i];
    for (int k = 0; k < link->n_shows; k++) {
        uint32_t leaves = leaves_of(g, link->show[k]);
        double share = strength / link->n_shows / why_mass(o->leak, leaves);
        for (int i = 0; i < o->n_leaves; i++)
            if (leaves >> i & 1) p[i] += share * o->leak[i];
    }
}

void why_profile_of(const pm_why_case *c, int node, why_profile *out)
{
    const pm_why *g = c->graph;
    unsigned electrolyte = c->electrolyte;
    why_reaches reaches;

    memset(out, 0, sizeof *out);
    why_reaches_of(c, node, &reaches);
    for (int64_t i = 0; i < g->n_shows; i++) {
        why_link *link = &out->link[g->show[i].observable];
        int cost = g->show[i].electrolyte & electrolyte ? cost_of(g, &reaches, &g->show[i]) : 0;
        if (cost && (!link->cost || cost < link->cost)) link->cost = cost;
    }
    for (int64_t i = 0; i < g->n_shows; i++) {
        why_link *link = &out->link[g->show[i].observable];
        if (!(g->show[i].electrolyte & electrolyte) || !link->cost) continue;
        if (cost_of(g, &reaches, &g->show[i]) == link->cost) add_show(g, (int)i, link);
    }
    for (int o = 0; o < g->n_observables; o++) {
        drop_general(g, &out->link[o]);
        likelihood(g, &g->observable[o], &out->link[o], out->p[o]);
    }
}

/* ---- conditions ---- */

/* 1: the edge raises its end under this change, -1: lowers, 0: the source does not say, or it is not of this cause. */
static int way_of(const pm_why_edge *e, unsigned electrolyte, pm_why_change change)
{
    if (e->from != change.node || !(e->electrolyte & electrolyte)) return 0;
    if (e->sign != PM_WHY_RAISES && e->sign != PM_WHY_LOWERS) return 0;
    return (e->sign == PM_WHY_RAISES ? 1 : -1) * (e->change < 0 ? -1 : 1) * change.change;
}

static void push_directly(const pm_why *g, const pm_why_edge *e, int way, int *ways, why_push *push)
{
    bool both = *ways && *ways != way;

    if (*ways == way || *ways == 2) return;
    *ways = both ? 2 : way;
    *push = (why_push){.factor = both      ? 1
                                 : way > 0 ? g->numbers.raised
                                           : g->numbers.lowered,
                       .sentence = e->sentence,
                       .source = e->source,
                       .n_path = 2,
                       .path = {e->from, e->to}};
}

void why_pushes_of(const pm_why *g, unsigned electrolyte, pm_why_change change, why_push *out)
{
    int ways[WHY_NODES] = {0}; /* 1 raised, -1 lowered, 2 both: the source speaks for either */

    for (int64_t i = 0; i < g->n_nodes; i++) out[i] = (why_push){.factor = 1};
    for (int64_t i = 0; i < g->n_edges; i++) {
        const pm_why_edge *e = &g->edge[i];
        int way = way_of(e, electrolyte, change);
        if (way) push_directly(g, e, way, &ways[e->to], &out[e->to]);
    }
    for (int64_t i = 0; i < g->n_edges; i++) {
        const pm_why_edge *e = &g->edge[i];
        if (ways[e->from] != 1 || ways[e->to] || e->to == change.node || out[e->to].factor > 1) continue;
        if (e->sign != PM_WHY_RAISES || e->change < 0 || !(e->electrolyte & electrolyte)) continue;
        out[e->to] = (why_push){.factor = g->numbers.raised_next,
                                .sentence = e->sentence,
                                .source = e->source,
                                .n_path = 3,
                                .path = {change.node, e->from, e->to}};
    }
}
