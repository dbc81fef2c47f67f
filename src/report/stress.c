/* SPDX-License-Identifier: MIT */
/* Which mechanisms a design stresses, by the degradation graph. */
#include <string.h>

#include "paper.h"

static const pm_why_node *node_of(const pm_report_design *d, const pm_why_effect *e)
{
    int n;
    return &pm_why_nodes(d->graph, &n)[e->node];
}

static bool is_own(const pm_why_effect *e, int move)
{
    return e->change == move && e->n_steps == 1;
}

static bool is_first(const pm_report_design *d, const pm_why_effect *e)
{
    for (const pm_why_effect *before = d->effects->effect; before < e; before++)
        if (pm_why_effects_together(d->graph, before, e)) return false;
    return true;
}

static void write_sentence(pm_out *out, const pm_report_design *d, const pm_why_effect *first)
{
    const pm_why_effect *end = d->effects->effect + d->effects->n;
    const pm_why_edge *edge = pm_why_effect_edge(d->graph, first);
    const char *gap = " ";
    pm_out_text(out, "<li><b>%s</b>", pm_why_effect_word(first));
    for (const pm_why_effect *e = first; e < end; e++) {
        if (!pm_why_effects_together(d->graph, first, e)) continue;
        pm_out_text(out, "%s", gap);
        pm_out_html(out, node_of(d, e)->name);
        gap = ", ";
    }
    if (edge->condition) {
        pm_out_text(out, " (");
        pm_out_html(out, edge->condition);
        pm_out_text(out, ")");
    }
    pm_out_text(out, "%s: ", first->reversed ? " (read backwards)" : "");
    pm_out_html(out, edge->sentence);
    pm_out_text(out, " <span class=\"hint\">[");
    pm_out_html(out, edge->source);
    pm_out_text(out, "]</span></li>\n");
}

static void write_move(pm_out *out, const pm_report_design *d, int i)
{
    const pm_design_move *m = &d->moves[i];
    const pm_why_effect *end = d->effects->effect + d->effects->n;
    char text[PAPER_TEXT];
    pm_out_text(out, "<li><p><b>%s %s</b>: here ", m->parameter, m->change > 0 ? "up" : "down");
    pm_out_html(out, m->word ? m->word : paper_value(m->value, m->unit, m->shown, text));
    pm_out_text(out, "; ");
    pm_out_html(out, m->reference);
    pm_out_text(out, " <span class=\"hint\">[");
    pm_out_html(out, m->source);
    pm_out_text(out, "]</span></p>\n<ul class=\"basis\">\n");
    for (const pm_why_effect *e = d->effects->effect; e < end; e++)
        if (is_own(e, i) && is_first(d, e)) write_sentence(out, d, e);
    pm_out_text(out, "</ul></li>\n");
}

void write_stresses(pm_out *out, const pm_report_design *d)
{
    pm_out_text(out, "<h3>Mechanisms that it stresses</h3>\n");
    if (!pm_design_in_graph(d->design)) {
        pm_out_text(out, "<p>Not known: the degradation graph is of lithium metal with layered oxides.</p>\n");
        return;
    }
    if (!d->n_moves || !d->effects || !d->graph) {
        pm_out_text(out, "<p>None: nothing that was told lies beyond numbers of the reviews.</p>\n");
        return;
    }
    pm_out_text(out, "<ul class=\"findings\">\n");
    for (int i = 0; i < d->n_moves; i++) write_move(out, d, i);
    pm_out_text(out,
                "</ul>\n<p class=\"legend\">Against numbers of the reviews, by the edges that begin at each parameter; "
                "how much it stresses them the sources do not say. Further on: <code>premortem why --change "
                "areal-loading=up</code>.</p>\n");
}
