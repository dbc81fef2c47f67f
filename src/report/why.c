/* SPDX-License-Identifier: MIT */
/* Which mechanisms fit a cell. */
#include <math.h>
#include <stdlib.h>

#include "bars.h"
#include "graph.h"
#include "plots.h"
#include "words.h"

enum { MEASUREMENTS = 3 };

static const pm_why_node *node_at(const pm_report_why *w, int node)
{
    int n;
    return &pm_why_nodes(w->known->graph, &n)[node];
}

static void write_known(pm_out *out, const pm_why_case *c)
{
    int n = 0;
    pm_out_text(out, "<p>Known of it: ");
    for (int o = 0; o < PM_WHY_OBSERVABLES; o++) {
        if (!c->told[o].leaves) continue;
        pm_out_text(out, "%s<b>", n++ ? ", " : "");
        pm_out_html(out, c->told[o].text);
        pm_out_text(out, "</b> (");
        pm_out_html(out, c->told[o].origin);
        pm_out_text(out, ")");
    }
    for (int i = 0; i < c->n_conditions; i++) {
        pm_out_text(out, "%s<b>", n++ ? ", " : "");
        pm_out_html(out, c->conditions[i].text);
        pm_out_text(out, "</b>");
    }
    pm_out_text(out, "; %s electrolyte taken.</p>\n", pm_why_electrolyte_name(c->electrolyte));
}

/* Whether something speaks for one of the candidates that are shown. */
static bool is_tied(const pm_why_answer *a)
{
    for (int i = 0; i < graph_shown(a); i++)
        for (int k = 0; k < a->n_evidence; k++)
            if (a->candidates[i].evidence[k].bit > 0) return true;
    return false;
}

static void write_headline(pm_out *out, const pm_report_why *w)
{
    const pm_why_answer *a = w->answer;
    if (!is_tied(a)) {
        pm_out_text(out, "<p class=\"headline\">Nothing that was measured of this cell points to a mechanism.</p>\n");
        return;
    }
    if (!a->fits) {
        pm_out_text(out, "<p class=\"headline\">Nothing fits well: what is known is tied to no mechanism, or is common "
                         "to all. The nearest are shown.</p>\n");
        return;
    }
    pm_out_text(out, "<p class=\"headline\">Fits best: ");
    pm_out_html(out, node_at(w, a->candidates[0].node)->name);
    pm_out_text(out, ". %d mechanisms are consistent with what is known.</p>\n", a->n_leading);
}

/* ---- candidates --------------------------------------------------------------------------------------------- */

static void write_evidence(pm_out *out, const char *word, const pm_why_evidence *e)
{
    words_text bit;
    pm_out_text(out, "<li>%s: <b>", word);
    pm_out_html(out, e->text);
    pm_out_text(out, "</b> (%s%s\u00a0bit): ", e->bit > 0 ? "+" : "", words_fixed(e->bit, 1, bit));
    pm_out_html(out, e->sentence ? e->sentence : "");
    pm_out_text(out, " <span class=\"hint\">[");
    pm_out_html(out, e->source ? e->source : "");
    pm_out_text(out, "]</span></li>\n");
}

static void write_untied(pm_out *out, const pm_why_answer *a, const pm_why_candidate *c)
{
    int n = 0;
    for (int k = 0; k < a->n_evidence; k++) {
        if (c->evidence[k].bit != 0) continue;
        pm_out_text(out, n++ ? ", " : "<li class=\"hint\">not tied to it: ");
        pm_out_html(out, c->evidence[k].text);
    }
    if (n) pm_out_text(out, "</li>\n");
}

static void write_candidate(pm_out *out, const pm_report_why *w, const pm_why_candidate *c)
{
    const pm_why_node *node = node_at(w, c->node);
    const pm_why_answer *a = w->answer;
    words_text percent;
    pm_out_text(out, "<li><div class=\"candidate\"><b>");
    pm_out_html(out, node->name);
    pm_out_text(out, "</b> <span class=\"hint\">node ");
    pm_out_html(out, node->id);
    pm_out_text(out, "</span><span class=\"share\">%s\u00a0%%</span>", words_fixed(100 * c->probability, 0, percent));
    bar_part(out, c->probability, BAR_FULL);
    pm_out_text(out, "</div>\n<ul class=\"basis\">\n");
    for (int k = 0; k < a->n_evidence; k++)
        if (c->evidence[k].bit > 0) write_evidence(out, "for", &c->evidence[k]);
    for (int k = 0; k < a->n_evidence; k++)
        if (c->evidence[k].bit < 0) write_evidence(out, "against", &c->evidence[k]);
    write_untied(out, a, c);
    pm_out_text(out, "</ul></li>\n");
}

static void write_candidates(pm_out *out, const pm_report_why *w)
{
    const pm_why_answer *a = w->answer;
    int shown = graph_shown(a);
    double rest = 0;
    words_text others, something;
    pm_out_text(out, "<h4>Evidence for and against</h4>\n<ol class=\"candidates\">\n");
    for (int i = 0; i < shown; i++) write_candidate(out, w, &a->candidates[i]);
    for (int i = shown; i < a->n_candidates; i++) rest += a->candidates[i].probability;
    pm_out_text(
        out,
        "</ol>\n<p class=\"legend\">The %d other mechanisms of the graph: %s\u00a0%%; something that it does not "
        "know: %s\u00a0%%. One mechanism is assumed to be behind it. The numbers follow one rule and order "
        "candidates; they are no measured frequencies.</p>\n",
        a->n_candidates - shown, words_fixed(100 * rest, 0, others),
        words_fixed(100 * a->something_else, 1, something));
}

/* ---- what next ---------------------------------------------------------------------------------------------- */

static void write_next(pm_out *out, const pm_why_answer *a)
{
    words_text bit;
    pm_out_text(out, "<h4>Next measurement</h4>\n");
    if (!a->n_measurements) {
        pm_out_text(out, "<p>No measurement of the graph would tell the leading candidates apart.</p>\n");
        return;
    }
    pm_out_text(out, "<p>Would tell the %d leading candidates apart, in expected bits:</p>\n<ul class=\"basis\">\n",
                a->n_leading);
    for (int i = 0; i < a->n_measurements && i < MEASUREMENTS; i++) {
        pm_out_text(out, "<li>%s", i ? "" : "<b>");
        pm_out_html(out, a->measurements[i].name);
        pm_out_text(out, "%s: %s%s</li>\n", i ? "" : "</b>", words_fixed(a->measurements[i].information_bit, 2, bit),
                    a->measurements[i].destructive ? " (opens the cell)" : "");
    }
    pm_out_text(out, "</ul>\n");
}

static void write_sentence(pm_out *out, const char *sentence, const char *source)
{
    pm_out_html(out, sentence);
    pm_out_text(out, " <span class=\"hint\">[");
    pm_out_html(out, source);
    pm_out_text(out, "]</span>");
}

static void write_hidden(pm_out *out, const pm_why_answer *a)
{
    if (!a->hidden) return;
    pm_out_text(out, "<p><b>Not weighed.</b> ");
    write_sentence(out, a->hidden, a->hidden_source);
    pm_out_text(out, "</p>\n");
}

static void write_rules(pm_out *out, const pm_report_why *w)
{
    if (w->answer->n_rules) pm_out_text(out, "<h4>What the sources say to this</h4>\n<ul class=\"basis\">\n");
    for (int i = 0; i < w->answer->n_rules; i++) {
        pm_why_rule rule = pm_why_rule_at(w->known->graph, w->answer->rules[i]);
        pm_out_text(out, "<li>");
        write_sentence(out, rule.sentence, rule.source);
        pm_out_text(out, "</li>\n");
    }
    if (w->answer->n_rules) pm_out_text(out, "</ul>\n");
}

/* ---- the picture -------------------------------------------------------------------------------------------- */

/* For who cannot point at an arrow. */
static void write_edges(pm_out *out, const graph *g)
{
    pm_out_text(out,
                "<details><summary>Edges drawn, with their sentences and sources</summary>\n<ul class=\"basis\">\n");
    for (int i = 0; i < g->n_arrows; i++) {
        pm_out_text(out, "<li><b>");
        pm_out_html(out, g->box[g->arrow[i].from].label);
        pm_out_text(out, " \u2192 ");
        pm_out_html(out, g->box[g->arrow[i].to].label);
        pm_out_text(out, "</b>");
        graph_say(out, g, &g->arrow[i], "<br>", "");
        pm_out_text(out, "</li>\n");
    }
    pm_out_text(out, "</ul></details>\n");
}

static pm_status write_graph(pm_out *out, const char *id, const pm_report_why *w, pm_error *err)
{
    pm_scoped_memory graph *g = malloc(sizeof *g);
    if (!g) return pm_fail(err, PM_ERR_MEMORY, "no memory for a graph");
    graph_collect(w, g);
    graph_lay(g);
    figure_open(out, "The part of the degradation graph that is active");
    graph_draw(out, id, g);
    figure_close(out, g->cut
                          ? "More belongs to it than can be drawn: premortem why prints all."
                          : "Framed in bold: candidates and their probability. Solid: ties mechanisms that fit to what "
                            "was seen; + raises, \u2212 lowers. Long dashes: should have "
                            "looked otherwise. Pale and dotted: parameters of which nothing is told here, that bear "
                            "on most of these mechanisms by themselves. Point at an arrow for what the source says.");
    write_edges(out, g);
    return PM_OK;
}

pm_status write_why(pm_out *out, const char *id, const pm_report_why *w, pm_error *err)
{
    pm_status s;
    if (!w) return PM_OK;
    pm_out_text(out, "<div class=\"verdict\" id=\"%s-why\">\n<h3>Mechanisms that fit</h3>\n", id);
    if (!w->answer) {
        pm_out_text(out, "<p class=\"headline\">None can be told: nothing that was measured of this cell bears on a "
                         "mechanism.</p>\n<p>Tell what was seen: <code>premortem why FILE --observe "
                         "swelling=yes</code>.</p>\n</div>\n");
        return PM_OK;
    }
    write_headline(out, w);
    write_known(out, w->known);
    if (is_tied(w->answer)) {
        if ((s = write_graph(out, id, w, err))) return s;
        write_candidates(out, w);
    }
    write_next(out, w->answer);
    write_hidden(out, w->answer);
    write_rules(out, w);
    pm_out_text(out, "</div>\n");
    return PM_OK;
}
