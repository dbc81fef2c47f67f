/* SPDX-License-Identifier: MIT */
/* Where a cell is in its life, and what is known of its lithium. */
#include <math.h>

#include "plots.h"
#include "stages.h"
#include "words.h"

static const char needs_n_to_p[] = "needs N/P, told in the sidecar (n_to_p, n_to_p_convention) or by --n-to-p";

static bool is_anode_free(const pm_report_cell *cell)
{
    return cell->summary && cell->summary->kind == PM_ANODE_FREE;
}

/* ---- words -------------------------------------------------------------------------------------------------- */

/* `passed`: a later stage has begun. */
static void write_start(pm_out *out, const pm_stage_start *start, bool passed)
{
    words_text at, low, high;
    if (start->told == PM_TOLD_CANNOT) {
        pm_out_text(out, "cannot be told");
    } else if (start->told == PM_TOLD_NO) {
        pm_out_text(out, passed ? "not seen" : "not begun");
    } else {
        pm_out_text(out, "cycle\u00a0%s", words_fixed(start->cycle, 0, at));
        if (start->high > start->low)
            pm_out_text(out, "<small>%s to %s</small>", words_fixed(start->low, 0, low),
                        words_fixed(start->high, 0, high));
    }
}

static void write_headline(pm_out *out, const pm_report_cell *cell, const pm_stages *s)
{
    char name[STAGE_NAME];
    words_text at;
    stage_name(s, s->stage, name);
    pm_out_text(out, "<p class=\"headline\">Fits %s", name);
    if (is_anode_free(cell))
        pm_out_text(out, " from the first cycle: there is no foil");
    else if (s->stage > 1)
        pm_out_text(out, ", from cycle\u00a0%s on", words_fixed(s->start[s->stage].cycle, 0, at));
    pm_out_text(out, s->stage == 4 && !is_anode_free(cell) ? ": the lithium of the foil is used up.</p>\n" : ".</p>\n");
}

static const char *const meanings[PM_STAGES + 1] = {
    NULL, "lithium is lost, and nothing shows it", "lithium is lost faster; polarisation, swelling",
    "the cathode\u2019s own capacity bends down", "the foil is used up; capacity falls with lithium\u2019s efficiency"};

static void write_table(pm_out *out, const pm_stages *s)
{
    words_text text;
    pm_out_text(out,
                "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Stages\"><table "
                "class=\"stages\"><thead><tr><th scope=\"col\">Stage</th><th scope=\"col\">Begins (90\u00a0%%)</th>"
                "<th scope=\"col\">Confidence</th><th scope=\"col\">Shows in</th></tr></thead><tbody>\n");
    for (int k = 1; k <= PM_STAGES; k++) {
        const pm_stage_start *start = &s->start[k];
        double sure = start->told == PM_TOLD_NO ? 1 - start->probability : start->probability;
        pm_out_text(out, "<tr><th scope=\"row\">%d<small>%s</small></th><td>", k, meanings[k]);
        write_start(out, start, k < s->stage);
        pm_out_text(out, "</td><td>%s%s</td><td>", words_fixed(sure, 2, text),
                    start->told == PM_TOLD_CANNOT ? "<small>that it has begun</small>" : "");
        pm_out_html(out, start->evidence ? start->evidence : "\u2013");
        pm_out_text(out, "</td></tr>\n");
    }
    pm_out_text(out, "</tbody></table></div>\n");
}

/* ---- numbers ------------------------------------------------------------------------------------------------ */

static void open_fact(pm_out *out, const char *name)
{
    pm_out_text(out, "<div><dt>%s</dt><dd>", name);
}

static void close_fact(pm_out *out, const char *more)
{
    pm_out_text(out, "%s%s%s</dd></div>\n", more ? "<small class=\"hint\">" : "", more ? more : "",
                more ? "</small>" : "");
}

/* "1.98 (1.90 to 2.06)", "at least 1.90", "at most 2.06", "–" */
static void write_estimate(pm_out *out, const pm_estimate *e, scale unit, int decimals)
{
    words_text value, low, high;
    words_fixed(e->value * unit.factor, decimals, value);
    words_fixed(e->low * unit.factor, decimals, low);
    words_fixed(e->high * unit.factor, decimals, high);
    if (isfinite(e->value))
        pm_out_text(out, "%s\u00a0%s (%s to %s)", value, unit.unit, low, high);
    else if (isfinite(e->high))
        pm_out_text(out, "at most %s\u00a0%s", high, unit.unit);
    else if (isfinite(e->low))
        pm_out_text(out, "at least %s\u00a0%s", low, unit.unit);
    else
        pm_out_text(out, "\u2013");
}

static void write_limit(pm_out *out, const pm_report_cell *cell, const pm_stages *s)
{
    static const char *const more[] = {
        "by these data",
        "capacity was lost with the lithium; whether electrolyte was short too, capacity does not tell", "",
        "capacity fell while the foil is told to last"};
    open_fact(out, "What limits it");
    pm_out_text(out, "<b>%s</b>", s->limit == PM_LIMIT_UNKNOWN ? "not known" : pm_limit_name(s->limit));
    close_fact(out, is_anode_free(cell) ? "that of the cathode: there is no foil" : more[s->limit]);
}

static void write_n_to_p(pm_out *out, const pm_n_to_p *n)
{
    words_text ratio, deviation;
    open_fact(out, "N/P, as told");
    pm_out_text(out, "%s", words_short(n->ratio.value, 4, ratio));
    if (n->ratio.deviation > 0) pm_out_text(out, " \u00b1 %s", words_short(n->ratio.deviation, 2, deviation));
    close_fact(out, n->convention == PM_N_TO_P_FOIL ? "N is the foil alone" : "N is foil and what the cathode gives");
}

static bool is_known(const pm_estimate *e)
{
    return isfinite(e->value) || isfinite(e->low) || isfinite(e->high);
}

static void write_facts(pm_out *out, const pm_report_cell *cell, const pm_stages *s)
{
    scale unit = cell_capacity_scale(cell);
    bool told = cell->reserve->n_to_p.ratio.value > 0;
    const struct {
        const char *name, *more;
        const pm_estimate *value;
        scale unit;
        int decimals;
    } facts[] = {{"Efficiency of lithium, mean",
                  s->start[4].told == PM_TOLD_YES ? "to the end of stage 3" : "while foil is left: a bound",
                  &s->coulombic_efficiency_lithium_mean,
                  {100, "%"},
                  2},
                 {"Lithium lost unseen", NULL, &s->hidden_lithium_Ah, unit, 2},
                 {"Normalised cycle life",
                  "cycles to the end of stage 3, over N/P by the foil",
                  &s->normalised_cycle_life,
                  {1, "cycles"},
                  0}};
    pm_out_text(out, "<dl class=\"facts\">\n");
    write_limit(out, cell, s);
    for (size_t i = 0; i < sizeof facts / sizeof facts[0] && !is_anode_free(cell); i++) {
        open_fact(out, facts[i].name);
        write_estimate(out, facts[i].value, facts[i].unit, facts[i].decimals);
        close_fact(out, !told ? needs_n_to_p : is_known(facts[i].value) ? facts[i].more : "cannot be told");
    }
    if (told && !is_anode_free(cell)) write_n_to_p(out, &cell->reserve->n_to_p);
    pm_out_text(out, "</dl>\n");
}

static void write_item(pm_out *out, const char *text)
{
    pm_out_text(out, "<li>");
    pm_out_html(out, text);
    pm_out_text(out, "</li>\n");
}

static void write_oddities(pm_out *out, const pm_stages *s)
{
    if (!*s->notes[0]) return;
    pm_out_text(out, "<h4>What is odd about these data</h4>\n<ul class=\"basis\">\n");
    for (int i = 0; *s->notes[i]; i++) write_item(out, s->notes[i]);
    pm_out_text(out, "</ul>\n");
}

static void write_unknowns(pm_out *out, const pm_stages *s)
{
    if (!s->cannot_know[0]) return;
    pm_out_text(out, "<h4>What these data cannot tell</h4>\n<ul class=\"basis\">\n");
    for (int i = 0; s->cannot_know[i]; i++) write_item(out, s->cannot_know[i]);
    pm_out_text(out, "</ul>\n");
}

/* ---- the card ----------------------------------------------------------------------------------------------- */

static void write_none(pm_out *out, const pm_error *why)
{
    pm_out_text(out, "<p class=\"headline\">No stages: ");
    pm_out_html(out, why ? why->message : "not looked for");
    pm_out_text(out, ".</p>\n");
    if (!why || !why->hint[0]) return;
    pm_out_text(out, "<p class=\"hint\">Hint: ");
    pm_out_html(out, why->hint);
    pm_out_text(out, "</p>\n");
}

pm_status write_stages(pm_out *out, const char *id, const pm_report_cell *cell, pm_error *err)
{
    const pm_stages *s = cell->reserve ? cell->reserve->stages : NULL;
    pm_status status;
    if (!cell->reserve) return PM_OK;
    pm_out_text(out, "<div class=\"verdict\" id=\"%s-stages\">\n<h3>Stage of life, and lithium</h3>\n", id);
    if (s) {
        write_headline(out, cell, s);
        write_strip(out, id, s);
        write_table(out, s);
        write_facts(out, cell, s);
        if ((status = plot_reserve(out, id, cell, err))) return status;
        write_oddities(out, s);
        write_unknowns(out, s);
        pm_out_text(out,
                    "<p class=\"legend\">The four stages are an idealised frame (Deng et al., Nat. Rev. Chem. 2026): a "
                    "confidence stands beside each. Intervals are of 90\u00a0%%.</p>\n");
    } else {
        write_none(out, cell->reserve->no_stages);
    }
    pm_out_text(out, "</div>\n");
    return PM_OK;
}
