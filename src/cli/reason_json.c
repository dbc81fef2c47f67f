/* SPDX-License-Identifier: MIT */
/* What fits, what a change does, and the graph, as JSON. */
#include "cli/reason.h"

#include <string.h>

static const pm_why_node *node_at(const pm_why *graph, int i)
{
    int n;
    return &pm_why_nodes(graph, &n)[i];
}

static void path(const pm_why *graph, const char *key, int n, const int *nodes, pm_json *json)
{
    pm_json_flat_array(json, key);
    for (int i = 0; i < n; i++) pm_json_text(json, NULL, node_at(graph, nodes[i])->id);
    pm_json_end(json);
}

/* ---- candidates ---- */

static void evidence(const cli_reason *r, const char *key, int sign, const pm_why_candidate *c, pm_json *json)
{
    pm_json_array(json, key);
    for (int k = 0; k < r->answer->n_evidence; k++) {
        const pm_why_evidence *e = &c->evidence[k];
        if ((e->bit > 0) - (e->bit < 0) != sign) continue;
        if (!sign) {
            pm_json_text(json, NULL, e->text);
            continue;
        }
        pm_json_object(json, NULL);
        pm_json_text(json, "evidence", e->text);
        pm_json_real(json, "bit", e->bit);
        path(r->known.graph, "path", e->n_path, e->path, json);
        pm_json_text(json, "sentence", e->sentence);
        pm_json_text(json, "source", e->source);
        pm_json_end(json);
    }
    pm_json_end(json);
}

static void candidates(const cli_reason *r, pm_json *json)
{
    pm_json_array(json, "candidates");
    for (int i = 0; i < r->answer->n_candidates; i++) {
        const pm_why_candidate *c = &r->answer->candidates[i];
        pm_json_object(json, NULL);
        pm_json_text(json, "node", node_at(r->known.graph, c->node)->id);
        pm_json_text(json, "name", node_at(r->known.graph, c->node)->name);
        pm_json_real(json, "probability", c->probability);
        pm_json_bool(json, "leading", i < r->answer->n_leading);
        evidence(r, "for", 1, c, json);
        evidence(r, "against", -1, c, json);
        evidence(r, "not_tied", 0, c, json);
        pm_json_end(json);
    }
    pm_json_end(json);
}

/* Of the leading candidates: from conditions to them, and from them to what was seen. */
static void paths(const cli_reason *r, pm_json *json)
{
    pm_json_array(json, "paths");
    for (int i = 0; i < r->answer->n_leading; i++) {
        const pm_why_candidate *c = &r->answer->candidates[i];
        for (int k = 0; k < r->answer->n_evidence; k++)
            if (c->evidence[k].bit > 0 && c->evidence[k].n_path > 1)
                path(r->known.graph, NULL, c->evidence[k].n_path, c->evidence[k].path, json);
    }
    pm_json_end(json);
}

static void measurement(const char *key, const pm_why_measurement *m, pm_json *json)
{
    pm_json_flat_object(json, key);
    pm_json_text(json, "name", m->name);
    pm_json_real(json, "information_bit", m->information_bit);
    pm_json_bool(json, "destructive", m->destructive);
    pm_json_text(json, "source", m->source);
    pm_json_end(json);
}

static void known(const pm_why_case *c, pm_json *json)
{
    pm_json_text(json, "electrolyte", pm_why_electrolyte_name(c->electrolyte));
    pm_json_array(json, "observations");
    for (int o = 0; o < PM_WHY_OBSERVABLES; o++) {
        if (!c->told[o].leaves) continue;
        pm_json_flat_object(json, NULL);
        pm_json_text(json, "observation", c->told[o].text);
        pm_json_text(json, "origin", c->told[o].origin);
        pm_json_end(json);
    }
    pm_json_end(json);
    pm_json_flat_array(json, "conditions");
    for (int i = 0; i < c->n_conditions; i++) pm_json_text(json, NULL, c->conditions[i].text);
    pm_json_end(json);
}

static void rule(const pm_why *graph, int i, pm_json *json)
{
    pm_why_rule one = pm_why_rule_at(graph, i);

    pm_json_flat_object(json, NULL);
    pm_json_text(json, "id", one.id);
    pm_json_text(json, "electrolyte", pm_why_electrolyte_name(one.electrolyte));
    pm_json_text(json, "sentence", one.sentence);
    pm_json_text(json, "source", one.source);
    pm_json_end(json);
}

void cli_reason_json(const cli_reason *r, pm_json *json)
{
    const pm_why_answer *a = r->answer;

    known(&r->known, json);
    pm_json_bool(json, "fits", a->fits);
    pm_json_real(json, "something_else", a->something_else);
    candidates(r, json);
    paths(r, json);
    if (a->n_measurements)
        measurement("next_measurement", a->measurements, json);
    else
        pm_json_null(json, "next_measurement");
    pm_json_array(json, "measurements");
    for (int i = 0; i < a->n_measurements; i++) measurement(NULL, &a->measurements[i], json);
    pm_json_end(json);
    pm_json_text(json, "hidden_by_reserve", a->hidden);
    pm_json_array(json, "rules");
    for (int i = 0; i < a->n_rules; i++) rule(r->known.graph, a->rules[i], json);
    pm_json_end(json);
}

/* ---- a change ---- */

void cli_effect_json(const pm_why *graph, const pm_why_change *changes, const pm_why_effect *e, pm_json *json)
{
    static const char *const words[] = {"relieved", "unsaid", "stressed"};
    int n, nodes[PM_WHY_STEPS + 1];
    const pm_why_edge *edges = pm_why_edges(graph, &n);

    for (int i = 0; i < e->n_steps; i++) nodes[i] = edges[e->steps[i]].from;
    nodes[e->n_steps] = e->node;
    pm_json_object(json, NULL);
    pm_json_text(json, "parameter", node_at(graph, changes[e->change].node)->id);
    pm_json_text(json, "change", changes[e->change].change > 0 ? "up" : "down");
    pm_json_text(json, "node", node_at(graph, e->node)->id);
    pm_json_text(json, "name", node_at(graph, e->node)->name);
    pm_json_text(json, "effect", words[e->effect + 1]);
    pm_json_bool(json, "read_backwards", e->reversed);
    path(graph, "path", e->n_steps + 1, nodes, json);
    pm_json_array(json, "sentences");
    for (int i = 0; i < e->n_steps; i++) pm_json_text(json, NULL, edges[e->steps[i]].sentence);
    pm_json_end(json);
    pm_json_text(json, "condition", edges[e->steps[e->n_steps - 1]].condition);
    pm_json_text(json, "source", edges[e->steps[e->n_steps - 1]].source);
    pm_json_end(json);
}

void cli_effects_json(const pm_why *graph, const pm_why_change *changes, const pm_why_effects *effects, pm_json *json)
{
    pm_json_array(json, "effects");
    for (int64_t i = 0; i < effects->n; i++) cli_effect_json(graph, changes, &effects->effect[i], json);
    pm_json_end(json);
}

/* ---- the graph itself ---- */

static void nodes(const cli_edges *wanted, pm_json *json)
{
    int n;
    const pm_why_node *all = pm_why_nodes(wanted->graph, &n);

    pm_json_array(json, "nodes");
    for (int i = 0; i < n; i++) {
        if (wanted->a >= 0 && i != wanted->a && i != wanted->b) continue;
        pm_json_flat_object(json, NULL);
        pm_json_text(json, "id", all[i].id);
        pm_json_text(json, "name", all[i].name);
        pm_json_text(json, "kind", all[i].kind);
        pm_json_text(json, "component", all[i].component);
        pm_json_text(json, "electrolyte", pm_why_electrolyte_name(all[i].electrolyte));
        pm_json_text(json, "driver", all[i].towards ? all[i].towards > 0 ? "up" : "down" : NULL);
        pm_json_end(json);
    }
    pm_json_end(json);
}

static void edges(const cli_edges *wanted, pm_json *json)
{
    int n;
    const pm_why_edge *all = pm_why_edges(wanted->graph, &n);

    pm_json_array(json, "edges");
    for (int i = 0; i < n; i++) {
        const pm_why_edge *e = &all[i];
        if (!cli_edge_wanted(wanted, e)) continue;
        pm_json_flat_object(json, NULL);
        pm_json_text(json, "from", node_at(wanted->graph, e->from)->id);
        pm_json_text(json, "to", node_at(wanted->graph, e->to)->id);
        pm_json_text(json, "sign", pm_why_sign_name(e->sign));
        pm_json_text(json, "change", e->change ? e->change > 0 ? "up" : "down" : NULL);
        pm_json_text(json, "part", e->part);
        pm_json_text(json, "condition", e->condition);
        pm_json_text(json, "electrolyte", pm_why_electrolyte_name(e->electrolyte));
        pm_json_text(json, "sentence", e->sentence);
        pm_json_text(json, "source", e->source);
        pm_json_end(json);
    }
    pm_json_end(json);
}

static void signs(const cli_edges *wanted, pm_json *json)
{
    pm_json_array(json, "shows");
    for (int i = 0; i < pm_why_count_signs(wanted->graph); i++) {
        pm_why_sign_of sign = pm_why_sign_at(wanted->graph, i);
        if (wanted->a >= 0 && sign.node != wanted->a) continue;
        pm_json_flat_object(json, NULL);
        pm_json_text(json, "node", node_at(wanted->graph, sign.node)->id);
        pm_json_text(json, "observable", sign.observable);
        pm_json_text(json, "value", sign.value);
        pm_json_text(json, "electrolyte", pm_why_electrolyte_name(sign.electrolyte));
        pm_json_text(json, "sentence", sign.sentence);
        pm_json_text(json, "source", sign.source);
        pm_json_end(json);
    }
    pm_json_end(json);
}

static void table(const pm_why *graph, pm_json *json)
{
    int n;
    const pm_why_row *rows = pm_why_rows(graph, &n);

    pm_json_array(json, "table");
    for (int i = 0; i < n; i++) {
        pm_json_flat_object(json, NULL);
        pm_json_text(json, "mechanism", rows[i].mechanism);
        path(graph, "nodes", rows[i].n_nodes, rows[i].nodes, json);
        pm_json_text(json, "electrolyte", pm_why_electrolyte_name(rows[i].electrolyte));
        pm_json_text(json, "condition", rows[i].condition);
        pm_json_text(json, "observable", rows[i].observable);
        pm_json_array(json, "methods");
        for (int k = 0; k < rows[i].n_methods; k++) pm_json_text(json, NULL, rows[i].methods[k]);
        pm_json_end(json);
        pm_json_end(json);
    }
    pm_json_end(json);
}

void cli_graph_json(const cli_edges *wanted, pm_json *json)
{
    nodes(wanted, json);
    edges(wanted, json);
    if (wanted->b < 0) signs(wanted, json);
    if (wanted->a >= 0) return;
    table(wanted->graph, json);
    pm_json_array(json, "rules");
    for (int i = 0; i < pm_why_count_rules(wanted->graph); i++) rule(wanted->graph, i, json);
    pm_json_end(json);
}
