/* SPDX-License-Identifier: MIT */
/* What the graph holds, by name and by place. */
#include "why/graph.h"

#include <string.h>

const char *pm_why_electrolyte_name(pm_why_electrolyte electrolyte)
{
    static const char *const names[] = {NULL, "liquid", "solid", "both"};
    return electrolyte >= PM_WHY_LIQUID && electrolyte <= PM_WHY_BOTH ? names[electrolyte] : NULL;
}

const char *pm_why_sign_name(pm_why_sign sign)
{
    static const char *const names[] = {"+", "-", "mode", "linked"};
    return sign >= PM_WHY_RAISES && sign <= PM_WHY_LINKED ? names[sign] : NULL;
}

const char *pm_why_version(const pm_why *graph)
{
    return graph->version;
}

const pm_why_node *pm_why_nodes(const pm_why *graph, int *n)
{
    *n = (int)graph->n_nodes;
    return graph->node;
}

const pm_why_edge *pm_why_edges(const pm_why *graph, int *n)
{
    *n = (int)graph->n_edges;
    return graph->edge;
}

const pm_why_row *pm_why_rows(const pm_why *graph, int *n)
{
    *n = (int)graph->n_rows;
    return graph->row;
}

int pm_why_count_rules(const pm_why *graph)
{
    return (int)graph->n_rules;
}

pm_why_rule pm_why_rule_at(const pm_why *graph, int i)
{
    return graph->rule[i].told;
}

int pm_why_count_signs(const pm_why *graph)
{
    return (int)graph->n_shows;
}

pm_why_sign_of pm_why_sign_at(const pm_why *graph, int i)
{
    const why_show *show = &graph->show[i];
    const why_observable *o = &graph->observable[show->observable];

    return (pm_why_sign_of){show->node, o->name,      o->value[show->value].name,
                            show->says, show->source, (pm_why_electrolyte)show->electrolyte};
}

int why_find_node(const pm_why *graph, const char *id)
{
    for (int64_t i = 0; i < graph->n_nodes; i++)
        if (!strcmp(graph->node[i].id, id)) return (int)i;
    return -1;
}

int why_find_observable(const pm_why *graph, const char *name)
{
    for (int64_t i = 0; i < graph->n_observables; i++)
        if (!strcmp(graph->observable[i].name, name)) return (int)i;
    return -1;
}

int why_find_value(const why_observable *observable, const char *name)
{
    for (int i = 0; i < observable->n_values; i++)
        if (!strcmp(observable->value[i].name, name)) return i;
    return -1;
}

int why_find_condition(const pm_why *graph, const char *name)
{
    for (int64_t i = 0; i < graph->n_conditions; i++)
        if (!strcmp(graph->condition[i].name, name)) return (int)i;
    return -1;
}

bool why_is_candidate(const pm_why_node *node)
{
    return !strcmp(node->kind, "material") || !strcmp(node->kind, "cell") || !strcmp(node->kind, "solid");
}

bool why_is_manifestation(const pm_why_node *node)
{
    return !strcmp(node->kind, "manifestation");
}

bool why_is_parameter(const pm_why_node *node)
{
    return !strcmp(node->kind, "parameter") || !strcmp(node->kind, "driver");
}

double why_mass(const double *leaf, uint32_t mask)
{
    double sum = 0;
    for (int i = 0; i < WHY_LEAVES; i++)
        if (mask >> i & 1) sum += leaf[i];
    return sum;
}

enum { NEAR_LETTERS = 4 };

pm_status pm_why_find(const pm_why *graph, const char *id, int *node, pm_error *err)
{
    pm_nearest nearest = {.word = id};
    char hint[160];

    *node = why_find_node(graph, id);
    for (int i = 0; *node < 0 && i < graph->n_nodes; i++)
        if (pm_text_same(graph->node[i].id, id)) *node = i;
    if (*node >= 0) return PM_OK;
    /* one letter is near to every other letter: "Z" is no slip for "1" */
    for (int64_t i = 0; i < graph->n_nodes && strlen(id) >= NEAR_LETTERS; i++)
        if (strlen(graph->node[i].id) >= NEAR_LETTERS) pm_nearest_try(&nearest, graph->node[i].id);
    snprintf(hint, sizeof hint,
             nearest.best ? "did you mean %s?" : "premortem why --graph-list has its nodes, --words its parameters%s",
             nearest.best ? nearest.best : "");
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), hint, "the graph has no '%.100s'", id);
}
