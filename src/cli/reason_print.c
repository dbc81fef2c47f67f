/* SPDX-License-Identifier: MIT */
/* What fits, and what a change does, for people. */
#include "cli/reason.h"

#include <string.h>

enum { SHOWN = 5 }; /* candidates, measurements */

static const pm_why_node *node_at(const pm_why *graph, int i)
{
    int n;
    return &pm_why_nodes(graph, &n)[i];
}

static void path(const pm_why *graph, int n, const int *nodes, pm_out *out)
{
    for (int i = 0; i < n; i++) {
        if (i) pm_out_text(out, " > ");
        cli_plain(out, node_at(graph, nodes[i])->id);
    }
}

/* "K, porous dead-Li layer"; once where its name is what it is called by. */
static void node_name(const pm_why_node *node, pm_out *out)
{
    cli_plain(out, node->id);
    if (!strcmp(node->id, node->name)) return;
    pm_out_text(out, ", ");
    cli_plain(out, node->name);
}

static void says(const char *sentence, const char *source, pm_out *out)
{
    pm_out_text(out, ": ");
    cli_plain(out, sentence);
    pm_out_text(out, " [");
    cli_plain(out, source);
    pm_out_text(out, "]\n");
}

/* ---- candidates ---- */

static void evidence(const pm_why *graph, const char *heading, const pm_why_evidence *e, pm_out *out)
{
    char bit[32];
    snprintf(bit, sizeof bit, "%+.1f bit", e->bit);
    pm_out_text(out, "     %-8s %s (%s)  ", heading, e->text, bit);
    path(graph, e->n_path, e->path, out);
    says(e->sentence, e->source, out);
}

static void candidate(const cli_reason *r, int i, pm_out *out)
{
    const pm_why *graph = r->known.graph;
    const pm_why_candidate *c = &r->answer->candidates[i];
    const pm_why_node *node = node_at(graph, c->node);
    char part[32];
    int silent = 0;

    snprintf(part, sizeof part, "%.0f %%", 100 * c->probability);
    pm_out_text(out, "\n%d. ", i + 1);
    node_name(node, out);
    pm_out_text(out, ": %s\n", part);
    for (int k = 0; k < r->answer->n_evidence; k++)
        if (c->evidence[k].bit > 0) evidence(graph, "for", &c->evidence[k], out);
    for (int k = 0; k < r->answer->n_evidence; k++)
        if (c->evidence[k].bit < 0) evidence(graph, "against", &c->evidence[k], out);
    for (int k = 0; k < r->answer->n_evidence; k++)
        if (c->evidence[k].bit == 0)
            pm_out_text(out, silent++ ? ", %s" : "     not tied to it: %s", c->evidence[k].text);
    if (silent) pm_out_text(out, "\n");
}

static void known(const cli_reason *r, pm_out *out)
{
    const pm_why_case *c = &r->known;
    int n = 0;

    pm_out_text(out, "Known:");
    for (int o = 0; o < PM_WHY_OBSERVABLES; o++)
        if (c->told[o].leaves) pm_out_text(out, "%s %s (%s)", n++ ? "," : "", c->told[o].text, c->told[o].origin);
    for (int i = 0; i < c->n_conditions; i++) pm_out_text(out, "%s %s", n++ ? "," : "", c->conditions[i].text);
    pm_out_text(out, "; %s electrolyte; graph ", pm_why_electrolyte_name(c->electrolyte));
    cli_plain(out, pm_why_version(c->graph));
    pm_out_text(out, "\n");
}

static void rest(const pm_why_answer *a, int shown, pm_out *out)
{
    char others[32], something[32];
    double sum = 0;

    for (int i = shown; i < a->n_candidates; i++) sum += a->candidates[i].probability;
    snprintf(others, sizeof others, "%.0f %%", 100 * sum);
    snprintf(something, sizeof something, "%.1f %%", 100 * a->something_else);
    pm_out_text(out, "\n%d other mechanisms: %s. Something that the graph does not know: %s.\n",
                a->n_candidates - shown, others, something);
}

static void next(const pm_why_answer *a, pm_out *out)
{
    if (!a->n_measurements) {
        pm_out_text(out, "\nNo measurement of the graph would tell the leading candidates apart.\n");
        return;
    }
    pm_out_text(out, "\nWhat would tell the %d leading candidates apart, in expected bits:\n", a->n_leading);
    for (int i = 0; i < a->n_measurements && i < SHOWN; i++) {
        char bit[32];
        snprintf(bit, sizeof bit, "%.2f", a->measurements[i].information_bit);
        pm_out_text(out, "  %s  ", bit);
        cli_plain(out, a->measurements[i].name);
        pm_out_text(out, "%s\n", a->measurements[i].destructive ? " (opens the cell)" : "");
    }
}

static void hidden(const pm_why_answer *a, pm_out *out)
{
    if (!a->hidden) return;
    pm_out_text(out, "\nNot weighed");
    says(a->hidden, a->hidden_source, out);
}

static void rules(const pm_why *graph, const pm_why_answer *a, pm_out *out)
{
    if (a->n_rules) pm_out_text(out, "\nWhat the sources say to this:\n");
    for (int i = 0; i < a->n_rules; i++) {
        pm_why_rule rule = pm_why_rule_at(graph, a->rules[i]);
        pm_out_text(out, "  ");
        cli_plain(out, rule.sentence);
        pm_out_text(out, " [");
        cli_plain(out, rule.source);
        pm_out_text(out, "]\n");
    }
}

void cli_reason_print(const cli_reason *r, pm_out *out)
{
    const pm_why_answer *a = r->answer;
    int shown = a->n_leading < SHOWN ? a->n_leading : SHOWN;

    known(r, out);
    pm_out_text(out, a->fits
                         ? "What fits best, were one mechanism behind it (not a proof, and no measured frequency):\n"
                         : "Nothing here fits well: what is known is not tied to a mechanism, or is common to all.\n"
                           "The nearest:\n");
    for (int i = 0; i < shown; i++) candidate(r, i, out);
    rest(a, shown, out);
    next(a, out);
    hidden(a, out);
    rules(r->known.graph, a, out);
}

/* ---- a change ---- */

static void effect(const pm_why *graph, const pm_why_effect *e, pm_out *out)
{
    static const char *const further[] = {"less", "", "more"};
    int n;
    const pm_why_edge *edges = pm_why_edges(graph, &n), *last = pm_why_effect_edge(graph, e);

    pm_out_text(out, "  %s ", e->n_steps > 1 ? further[e->effect + 1] : pm_why_effect_word(e));
    node_name(node_at(graph, e->node), out);
    if (e->n_steps > 1) {
        pm_out_text(out, ", by ");
        for (int i = 0; i < e->n_steps; i++) {
            cli_plain(out, node_at(graph, edges[e->steps[i]].from)->id);
            pm_out_text(out, " > ");
        }
        cli_plain(out, node_at(graph, e->node)->id);
    }
    if (last->condition) {
        pm_out_text(out, " (");
        cli_plain(out, last->condition);
        pm_out_text(out, ")");
    }
    if (e->reversed) pm_out_text(out, " (read backwards)");
    says(last->sentence, last->source, out);
}

/* Its own edges, then what shows outside. */
void cli_effects_print(const pm_why *graph, const pm_why_change *changes, const pm_why_effects *effects, pm_out *out)
{
    for (int64_t i = 0; i < effects->n; i++) {
        const pm_why_effect *e = &effects->effect[i];
        const pm_why_change *c = &changes[e->change];
        bool first = !i || e[-1].change != e->change, further = e->n_steps > 1;
        if (first) {
            pm_out_text(out, "%s", i ? "\n" : "");
            cli_plain(out, node_at(graph, c->node)->name);
            pm_out_text(out, " %s\n", c->change > 0 ? "up" : "down");
        }
        if (further && (first || e[-1].n_steps == 1)) pm_out_text(out, "which shows outside as\n");
        if (!further || !strcmp(node_at(graph, e->node)->kind, "manifestation")) effect(graph, e, out);
    }
    if (!effects->n) pm_out_text(out, "No edge of the graph leads on from there.\n");
}

/* ---- the graph itself ---- */

bool cli_edge_wanted(const cli_edges *edges, const pm_why_edge *edge)
{
    if (edges->a < 0) return true;
    if (edges->b < 0) return edge->from == edges->a || edge->to == edges->a;
    return edge->from == edges->a && edge->to == edges->b;
}

static void print_edge(const pm_why *graph, const pm_why_edge *e, pm_out *out)
{
    static const char *const changes[] = {" down", "", " up"};

    cli_plain(out, node_at(graph, e->from)->id);
    pm_out_text(out, "%s > ", changes[e->change + 1]);
    cli_plain(out, node_at(graph, e->to)->id);
    pm_out_text(out, "  %s  %s", pm_why_sign_name(e->sign), pm_why_electrolyte_name(e->electrolyte));
    if (e->condition) {
        pm_out_text(out, "  (");
        cli_plain(out, e->condition);
        pm_out_text(out, ")");
    }
    says(e->sentence, e->source, out);
}

void cli_edges_print(const cli_edges *wanted, pm_out *out)
{
    int n;
    const pm_why_edge *edges = pm_why_edges(wanted->graph, &n);

    for (int i = 0; i < n; i++)
        if (cli_edge_wanted(wanted, &edges[i])) print_edge(wanted->graph, &edges[i], out);
}

void cli_node_print(const pm_why *graph, int node, pm_out *out)
{
    const pm_why_node *at = node_at(graph, node);

    node_name(at, out);
    pm_out_text(out, " (");
    cli_plain(out, at->kind);
    pm_out_text(out, ", ");
    cli_plain(out, at->component);
    pm_out_text(out, ", electrolyte %s)\n", pm_why_electrolyte_name(at->electrolyte));
    for (int i = 0; i < pm_why_count_signs(graph); i++) {
        pm_why_sign_of sign = pm_why_sign_at(graph, i);
        if (sign.node != node) continue;
        pm_out_text(out, "shows ");
        cli_plain(out, sign.observable);
        pm_out_text(out, "=");
        cli_plain(out, sign.value);
        says(sign.sentence, sign.source, out);
    }
    cli_edges_print(&(cli_edges){graph, node, -1}, out);
}
