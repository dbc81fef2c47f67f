/* SPDX-License-Identifier: MIT */
/* From a design's numbers to the mechanisms that they stress. */
#include "cli/stress.h"
#include "cli/reason.h"

#include <string.h>

void cli_stress_clear(cli_stress *stress)
{
    pm_why_effects_clear(&stress->effects);
    pm_why_free(stress->graph);
    *stress = (cli_stress){0};
}

static pm_status find(const pm_design *filled, const pm_design_result *result, cli_stress *s, pm_error *err)
{
    bool liquid = filled->electrolyte == PM_ELECTROLYTE_LIQUID;
    pm_status status = pm_why_new(&s->graph, err);

    s->n = pm_design_moves(filled, result, s->move);
    for (int i = 0; !status && i < s->n; i++) {
        char text[PM_WHY_TEXT];
        snprintf(text, sizeof text, "%s=%s", s->move[i].parameter, s->move[i].change > 0 ? "up" : "down");
        status = pm_why_change_parse(s->graph, text, &s->change[i], err);
    }
    if (status) return status;
    return pm_why_effects_of(s->graph, liquid ? PM_WHY_LIQUID : PM_WHY_SOLID, s->n, s->change, &s->effects, err);
}

pm_status cli_stress_find(const pm_design *filled, const pm_design_result *result, cli_stress *out, pm_error *err)
{
    *out = (cli_stress){0};
    pm_status s = find(filled, result, out, err);
    if (s) cli_stress_clear(out);
    return s;
}

/* ---- JSON ------------------------------------------------------------------------------------------------------- */

void cli_stress_json(const cli_stress *s, pm_json *json)
{
    pm_json_array(json, "stresses");
    for (int i = 0; i < s->n; i++) {
        const pm_design_move *m = &s->move[i];
        pm_json_object(json, NULL);
        pm_json_text(json, "parameter", m->parameter);
        pm_json_text(json, "direction", m->change > 0 ? "up" : "down");
        pm_json_text(json, "quantity", m->quantity);
        pm_json_text(json, "unit", m->unit);
        pm_json_text(json, "word", m->word);
        pm_json_real(json, "value", m->value);
        pm_json_real(json, "low", m->low);
        pm_json_real(json, "high", m->high);
        pm_json_text(json, "reference", m->reference);
        pm_json_text(json, "source", m->source);
        pm_json_array(json, "aspects");
        for (int64_t k = 0; k < s->effects.n; k++)
            if (s->effects.effect[k].change == i) cli_effect_json(s->graph, s->change, &s->effects.effect[k], json);
        pm_json_end(json);
        pm_json_end(json);
    }
    pm_json_end(json);
}

/* ---- text ------------------------------------------------------------------------------------------------------- */

static const pm_why_node *node_at(const cli_stress *s, int node)
{
    int n;
    return &pm_why_nodes(s->graph, &n)[node];
}

/* "surface-localised cathode cracking (D)" */
static void node_text(const pm_why_node *node, pm_out *out)
{
    cli_plain(out, node->name);
    pm_out_text(out, " (");
    cli_plain(out, node->id);
    pm_out_text(out, ")");
}

/* "    stresses surface-localised cathode cracking (D), ...: in a thick electrode ... [Deng 2026, ...]": the graph's edge
 * to each of them. */
static void edges_text(const cli_stress *s, const pm_why_effect *first, const pm_why_effect *end, pm_out *out)
{
    const pm_why_edge *edge = pm_why_effect_edge(s->graph, first);
    const char *gap = " ";

    pm_out_text(out, "    %s", pm_why_effect_word(first));
    for (const pm_why_effect *e = first; e < end; e++) {
        if (!pm_why_effects_together(s->graph, first, e)) continue;
        pm_out_text(out, "%s", gap);
        node_text(node_at(s, e->node), out);
        gap = ", ";
    }
    if (edge->condition) {
        pm_out_text(out, " (");
        cli_plain(out, edge->condition);
        pm_out_text(out, ")");
    }
    pm_out_text(out, "%s: ", first->reversed ? ", by the reverse of" : "");
    cli_plain(out, edge->sentence);
    pm_out_text(out, " [");
    cli_plain(out, edge->source);
    pm_out_text(out, "]\n");
}

/* What lies further on and shows outside, as far as it is stressed. */
static void outside_text(const cli_stress *s, int move, pm_out *out)
{
    const char *gap = "    which shows outside as ";

    for (int64_t k = 0; k < s->effects.n; k++) {
        const pm_why_effect *e = &s->effects.effect[k];
        bool shows = !strcmp(node_at(s, e->node)->kind, "manifestation");
        if (e->change != move || e->n_steps == 1 || e->effect <= 0 || !shows) continue;
        pm_out_text(out, "%s", gap);
        cli_plain(out, node_at(s, e->node)->name);
        gap = ", ";
    }
    if (*gap == ',') pm_out_text(out, "\n");
}

static void move_text(const cli_stress *s, int i, pm_out *out)
{
    const pm_design_move *m = &s->move[i];
    const pm_why_effect *all = s->effects.effect, *end = all + s->effects.n;
    char value[CLI_SHOWN];

    cli_shown(m->value, m->unit, m->shown, value);
    pm_out_text(out, "  %s %s: here %s; %s (%s)\n", m->parameter, m->change > 0 ? "up" : "down",
                m->word ? m->word : value, m->reference, m->source);
    for (const pm_why_effect *e = all; e < end; e++) {
        bool told = false;
        if (e->change != i || e->n_steps > 1) continue;
        for (const pm_why_effect *before = all; before < e; before++)
            told = told || pm_why_effects_together(s->graph, before, e);
        if (!told) edges_text(s, e, end, out);
    }
    outside_text(s, i, out);
}

void cli_stress_text(const cli_stress *s, bool in_graph, pm_out *out)
{
    pm_out_text(out, "\nstresses: what lies beyond numbers of the reviews, and where the graph leads from there "
                     "(premortem why --node ID)\n");
    if (!in_graph) pm_out_text(out, "  not known: the graph is of lithium metal with layered oxides\n");
    if (in_graph && !s->n) pm_out_text(out, "  none: nothing that was told lies beyond them\n");
    for (int i = 0; i < s->n; i++) move_text(s, i, out);
}
