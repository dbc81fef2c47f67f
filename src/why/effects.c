/* SPDX-License-Identifier: MIT */
/* From a changed parameter to the aspects it stresses and relieves, along the edges. */
#include "why/graph.h"

#include <string.h>

/* Which way the edge's end goes when its cause goes `way`; 0 = the source does not say. */
static int onwards(const pm_why_edge *e, int way)
{
    if (e->sign != PM_WHY_RAISES && e->sign != PM_WHY_LOWERS) return 0;
    return way * (e->sign == PM_WHY_RAISES ? 1 : -1) * (e->change < 0 ? -1 : 1);
}

static bool backwards(const pm_why_edge *e, int way)
{
    return way != (e->change < 0 ? -1 : 1);
}

static pm_status add(pm_why_effects *out, pm_why_effect effect, pm_error *err)
{
    pm_status s = pm_grow(&out->effect, &out->room, out->n + 1, sizeof *out->effect, err);

    if (s) return s;
    out->effect[out->n++] = effect;
    return PM_OK;
}

static pm_status add_direct(const pm_why *g, unsigned electrolyte, pm_why_change change, int which, pm_why_effects *out,
                            pm_error *err)
{
    pm_status s = PM_OK;

    for (int64_t i = 0; !s && i < g->n_edges; i++) {
        const pm_why_edge *e = &g->edge[i];
        if (e->from != change.node || !(e->electrolyte & electrolyte)) continue;
        pm_why_effect one = {.node = e->to,
                             .change = which,
                             .effect = onwards(e, change.change),
                             .reversed = backwards(e, change.change),
                             .n_steps = 1,
                             .steps = {(int)i}};
        s = add(out, one, err);
    }
    return s;
}

/* One edge further than entry k. */
static pm_status go_on(const pm_why *g, unsigned electrolyte, int64_t k, bool (*seen)[2], pm_why_effects *out,
                       pm_error *err)
{
    pm_status s = PM_OK;

    for (int64_t i = 0; !s && i < g->n_edges; i++) {
        const pm_why_edge *e = &g->edge[i];
        pm_why_effect one = out->effect[k];
        if (e->from != one.node || !(e->electrolyte & electrolyte)) continue;
        int way = onwards(e, one.effect);
        if (!way || seen[e->to][way > 0]) continue;
        seen[e->to][way > 0] = true;
        one.reversed |= backwards(e, one.effect);
        one.node = e->to;
        one.effect = way;
        one.steps[one.n_steps++] = (int)i;
        s = add(out, one, err);
    }
    return s;
}

static pm_status follow(const pm_why *g, unsigned electrolyte, pm_why_change change, int which, pm_why_effects *out,
                        pm_error *err)
{
    bool seen[WHY_NODES][2] = {{false}};
    int64_t first = out->n;
    pm_status s = add_direct(g, electrolyte, change, which, out, err);

    seen[change.node][0] = seen[change.node][1] = true;
    for (int64_t k = first; !s && k < out->n; k++)
        if (out->effect[k].effect) seen[out->effect[k].node][out->effect[k].effect > 0] = true;
    for (int64_t k = first; !s && k < out->n; k++) {
        if (!out->effect[k].effect || out->effect[k].n_steps == PM_WHY_STEPS) continue;
        s = go_on(g, electrolyte, k, seen, out, err);
    }
    return s;
}

/* A parameter cannot go both ways at once. */
static pm_status check_changes(const pm_why *graph, int n, const pm_why_change *changes, pm_error *err)
{
    for (int i = 0; i < n; i++)
        for (int k = 0; k < i; k++)
            if (changes[i].node == changes[k].node && changes[i].change != changes[k].change)
                return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "leave one of them out", "%s=%s contradicts %s=%s",
                                  graph->node[changes[i].node].id, changes[i].change > 0 ? "up" : "down",
                                  graph->node[changes[k].node].id, changes[k].change > 0 ? "up" : "down");
    return PM_OK;
}

pm_status pm_why_effects_of(const pm_why *graph, pm_why_electrolyte electrolyte, int n, const pm_why_change *changes,
                            pm_why_effects *out, pm_error *err)
{
    pm_status s = check_changes(graph, n, changes, err);

    *out = (pm_why_effects){0};
    for (int i = 0; !s && i < n; i++) s = follow(graph, electrolyte, changes[i], i, out, err);
    if (s) pm_why_effects_clear(out);
    return s;
}

void pm_why_effects_clear(pm_why_effects *effects)
{
    free(effects->effect);
    *effects = (pm_why_effects){0};
}

const pm_why_edge *pm_why_effect_edge(const pm_why *graph, const pm_why_effect *effect)
{
    int n;
    return &pm_why_edges(graph, &n)[effect->steps[effect->n_steps - 1]];
}

const char *pm_why_effect_word(const pm_why_effect *effect)
{
    static const char *const words[] = {"relieves", "bears on", "stresses"};
    return words[effect->effect + 1];
}

bool pm_why_effects_together(const pm_why *graph, const pm_why_effect *a, const pm_why_effect *b)
{
    const pm_why_edge *x = pm_why_effect_edge(graph, a), *y = pm_why_effect_edge(graph, b);

    return a->change == b->change && a->effect == b->effect && a->n_steps == 1 && b->n_steps == 1 &&
           x->part == y->part && !strcmp(x->sentence, y->sentence);
}
