/* SPDX-License-Identifier: MIT */
/* The graph's edges, and the words that can be said of a cell, as tables. */
#include "why/graph.h"

#include <stdio.h>

typedef struct edge_row {
    pm_why_edge edge;
    const char *from, *to, *sign, *change, *electrolyte;
} edge_row;

#define TEXT(name, type, member, meaning)                                                                              \
    {                                                                                                                  \
        name, PM_STRING, "", offsetof(type, member), meaning                                                           \
    }
static const pm_field edge_fields[] = {
    TEXT("from", edge_row, from, "node"),
    TEXT("to", edge_row, to, "node"),
    TEXT("sign", edge_row, sign, "+ raises, - lowers, mode, linked"),
    TEXT("change", edge_row, change, "of the first node that the source speaks of; missing: up"),
    TEXT("part", edge_row, edge.part, "of the graph's file"),
    TEXT("condition", edge_row, edge.condition, ""),
    TEXT("electrolyte", edge_row, electrolyte, "liquid, solid, both"),
    TEXT("sentence", edge_row, edge.sentence, "paraphrase"),
    TEXT("source", edge_row, edge.source, ""),
};

pm_status pm_why_edge_table(const pm_why *g, pm_table **out, pm_error *err)
{
    static const char *const changes[] = {"down", NULL, "up"};
    pm_scoped(pm_builder) rows = NULL;
    pm_status s = pm_builder_new(sizeof edge_fields / sizeof *edge_fields, edge_fields, &rows, err);

    if (s) return s;
    for (int64_t i = 0; i < g->n_edges; i++) {
        const pm_why_edge *e = &g->edge[i];
        pm_builder_push(rows, &(edge_row){*e, g->node[e->from].id, g->node[e->to].id, pm_why_sign_name(e->sign),
                                          changes[e->change + 1], pm_why_electrolyte_name(e->electrolyte)});
    }
    return pm_builder_finish(rows, out, err);
}

/* ---- words ---- */

typedef struct word_row {
    const char *option, *name, *values, *meaning;
} word_row;

static const pm_field word_fields[] = {
    TEXT("option", word_row, option, "observe, condition, change"),
    TEXT("name", word_row, name, ""),
    TEXT("values", word_row, values, "those of a value's kinds in brackets behind it"),
    TEXT("meaning", word_row, meaning, ""),
};

/* "stable falling(gradual-fall sudden-drop)": the kinds of a value follow it. */
static void list_values(const why_observable *o, char *text, size_t room)
{
    size_t used = 0;
    int kinds = 0; /* of the value before that are still to come */

    for (int i = 0; i < o->n_values && used < room; i++) {
        const why_value *v = &o->value[i];
        int leaves = __builtin_popcount(v->leaves);
        bool opens = !kinds && leaves > 1;
        used += (size_t)snprintf(text + used, room - used, "%s%s%s", v->name,
                                 opens        ? "("
                                 : kinds == 1 ? ")"
                                              : "",
                                 opens || i + 1 == o->n_values ? "" : " ");
        kinds = opens ? leaves : kinds ? kinds - 1 : 0;
    }
}

static void add_conditions(const pm_why *g, pm_builder *rows)
{
    for (int64_t i = 0; i < g->n_conditions; i++) {
        const why_condition *c = &g->condition[i];
        char meaning[PM_WHY_TEXT] = "bears on rules only";
        if (c->node >= 0)
            snprintf(meaning, sizeof meaning, "%s=%s", g->node[c->node].id, c->change > 0 ? "up" : "down");
        pm_builder_push(rows, &(word_row){"condition", c->name, NULL, meaning});
    }
}

pm_status pm_why_word_table(const pm_why *g, pm_table **out, pm_error *err)
{
    pm_scoped(pm_builder) rows = NULL;
    pm_status s = pm_builder_new(sizeof word_fields / sizeof *word_fields, word_fields, &rows, err);

    if (s) return s;
    for (int64_t i = 0; i < g->n_observables; i++) {
        char values[512];
        list_values(&g->observable[i], values, sizeof values);
        pm_builder_push(rows, &(word_row){"observe", g->observable[i].name, values, g->observable[i].meaning});
    }
    add_conditions(g, rows);
    for (int64_t i = 0; i < g->n_nodes; i++)
        if (why_is_parameter(&g->node[i]))
            pm_builder_push(rows, &(word_row){"change", g->node[i].id, "up down", g->node[i].name});
    return pm_builder_finish(rows, out, err);
}
