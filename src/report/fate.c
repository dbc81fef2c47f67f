/* SPDX-License-Identifier: MIT */
/* The verdict on a cell: card and line of the overview. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bars.h"
#include "fate.h"
#include "stages.h"
#include "words.h"

/* Beyond it a cell stands at the edge of what was seen in training. */
static const double UNLIKE = 0.9;

static bool in_set(const pm_verdict *v, int class)
{
    return v->set >> class & 1;
}

/* How many features lie outside without a reason: of each, the next electrolyte is the least or the most of all with a
 * chance of 2 in (groups + 1). */
static double outside_by_chance(const pm_predictor_about *a)
{
    return 2.0 * a->features / (a->groups + 1);
}

static bool is_unlike(const pm_predictor_about *a, const pm_verdict *v)
{
    return v->out_of_distribution > UNLIKE || v->outside > outside_by_chance(a);
}

static bool is_known_kind(const pm_report_cell *cell)
{
    return cell->summary && cell->summary->kind;
}

/* ---- overview ----------------------------------------------------------------------------------------------- */

static void write_set(pm_out *out, const pm_predictor_about *a, const pm_verdict *v)
{
    int n = 0, told = 0;
    for (int k = 0; k < a->classes; k++) n += in_set(v, k);
    if (n == a->classes) {
        pm_out_text(out, "any of the %d", n);
        return;
    }
    for (int k = 0; k < a->classes; k++) {
        if (!in_set(v, k)) continue;
        if (told++) pm_out_text(out, ", ");
        pm_out_html(out, class_title(a->class_name[k]));
    }
}

static void write_unlike(pm_out *out, const pm_predictor_about *a, const pm_verdict *v)
{
    if (is_unlike(a, v)) pm_out_text(out, " <span class=\"badge warning\">\u25b2\u00a0unlike</span>");
}

static void write_value(pm_out *out, const pm_predictor_about *a, double value)
{
    words_text text;
    pm_out_text(out, "%s", words_digits(value, 3, text));
    if (!a->target_unit || strcmp(a->target_unit, "1") == 0) return;
    pm_out_text(out, "\u00a0");
    pm_out_html(out, a->target_unit);
}

static void write_interval(pm_out *out, const pm_predictor_about *a, const pm_verdict *v)
{
    if (!isfinite(v->high)) return;
    write_value(out, a, v->low);
    pm_out_text(out, " to ");
    write_value(out, a, v->high);
}

static void write_stack(pm_out *out, const pm_predictor_about *a, const pm_verdict *v)
{
    bar_fill fill[PM_CLASSES_MOST];
    for (int k = 0; k < a->classes; k++) fill[k] = k == v->best ? BAR_FULL : in_set(v, k) ? BAR_HALF : BAR_HOLLOW;
    bar_stack(out, a->classes, v->probability, fill);
}

static void write_short_verdict(pm_out *out, const pm_report_fate *fate)
{
    const pm_predictor_about *a = pm_predictor_tell(fate->model);
    const pm_verdict *v = fate->verdict;
    words_text text;

    if (!a->classes) {
        pm_out_html(out, a->target);
        pm_out_text(out, " ");
        write_value(out, a, v->value);
        write_unlike(out, a, v);
        pm_out_text(out, "<small>");
        write_interval(out, a, v);
        pm_out_text(out, "</small>");
        return;
    }
    pm_out_text(out, "<b>");
    pm_out_html(out, class_title(a->class_name[v->best]));
    pm_out_text(out, "</b> %s", words_fixed(v->probability[v->best], 2, text));
    write_unlike(out, a, v);
    write_stack(out, a, v);
    pm_out_text(out, "<small>%s\u00a0%%: ", words_fixed(100 * a->coverage, 0, text));
    write_set(out, a, v);
    pm_out_text(out, "</small>");
}

static bool has_few_cycles(const pm_report_cell *cell)
{
    return is_known_kind(cell) && cell->summary->cycles < cell->fate->cycles;
}

/* By the whole record: the outcome, and an alarm of a short where one counts that is not the outcome,
 * and the stage of life. */
static void write_seen(pm_out *out, const pm_report_cell *cell)
{
    const pm_report_fate *fate = cell->fate;
    const pm_stages *stages = cell->reserve ? cell->reserve->stages : NULL;
    char stage[STAGE_NAME];

    pm_out_text(out, "<td>");
    if (fate && fate->label)
        write_outcome(out, fate->label, "<small>", "</small>");
    else
        pm_out_text(out, "\u2013");
    if (fate && fate->alarms && pm_table_rows(fate->alarms) > 0)
        pm_out_text(out, "<small><span class=\"badge warning\">\u25b2\u00a0short alarm</span></small>");
    if (stages) {
        stage_name(stages, stages->stage, stage);
        pm_out_text(out, "<small>fits %s</small>", stage);
    }
    pm_out_text(out, "</td>");
}

void write_fate_cell(pm_out *out, const pm_report_cell *cell)
{
    const pm_report_fate *fate = cell->fate;
    pm_out_text(out, "<td class=\"fate\">");
    if (!fate)
        pm_out_text(out, "\u2013");
    else if (fate->verdict)
        write_short_verdict(out, fate);
    else
        pm_out_text(out, "<small>%s</small>",
                    has_few_cycles(cell)   ? "too few cycles"
                    : !is_known_kind(cell) ? "kind not known"
                    : !fate->model         ? "no model"
                                           : "not judged");
    pm_out_text(out, "</td>");
    write_seen(out, cell);
}

/* ---- words of the model ------------------------------------------------------------------------------------- */

/* Each line of what a model says between `open` and `close`. */
static pm_status write_said(pm_out *out, const pm_report_fate *fate, pm_verdict_part part, const char *open,
                            const char *close, pm_error *err)
{
    pm_scoped(pm_out) said = NULL;
    pm_status s;
    int64_t length;

    if ((s = pm_out_open(NULL, false, &said, err))) return s;
    pm_verdict_say(fate->model, fate->verdict, part, said);
    if ((s = pm_out_commit(said, err))) return s;
    pm_scoped_text text = pm_text_copy(pm_out_memory(said, &length), -1);
    if (!text) return pm_fail(err, PM_ERR_MEMORY, "no memory for a verdict");
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        pm_out_text(out, "%s", open);
        pm_out_html(out, line);
        pm_out_text(out, "%s", close);
    }
    return PM_OK;
}

/* ---- the verdict -------------------------------------------------------------------------------------------- */

static void write_chances(pm_out *out, const pm_report_fate *fate)
{
    const pm_predictor_about *a = pm_predictor_tell(fate->model);
    const pm_verdict *v = fate->verdict;
    words_text text;

    pm_out_text(out, "<table class=\"chances\"><caption>Probability of each class</caption><tbody>\n");
    for (int k = 0; k < a->classes; k++) {
        const char *meaning = class_meaning(a->class_name[k]);
        pm_out_text(out, "<tr><th scope=\"row\">%s", k == v->best ? "<b>" : "");
        pm_out_html(out, class_title(a->class_name[k]));
        pm_out_text(out, "%s<small>%s</small></th><td class=\"room\">", k == v->best ? "</b>" : "", meaning);
        bar_part(out, v->probability[k], k == v->best ? BAR_FULL : in_set(v, k) ? BAR_HALF : BAR_HOLLOW);
        pm_out_text(out, "</td><td class=\"number\">%s</td><td>%s</td></tr>\n", words_fixed(v->probability[k], 2, text),
                    in_set(v, k) ? "\u25cf<span> in the set</span>" : "\u25cb<span> excluded</span>");
    }
    pm_out_text(out,
                "</tbody></table>\n<p class=\"legend\">The set (\u25cf) is made to hold the true class of %s\u00a0%% "
                "of cells of "
                "electrolytes like those trained on; each class in it is possible.</p>\n",
                words_fixed(100 * a->coverage, 0, text));
}

static pm_status write_likeness(pm_out *out, const pm_report_fate *fate, pm_error *err)
{
    const pm_predictor_about *a = pm_predictor_tell(fate->model);
    const pm_verdict *v = fate->verdict;
    words_text text;

    pm_out_text(out,
                "<p class=\"caption\">Unlike the training cells (0 like them, 1 unlike any)</p>\n<p "
                "class=\"likeness\"><b>%s</b> ",
                words_fixed(v->out_of_distribution, 2, text));
    bar_part(out, v->out_of_distribution, v->out_of_distribution > UNLIKE ? BAR_FULL : BAR_HALF);
    pm_out_text(out, "</p>\n");
    if (is_unlike(a, v)) pm_out_text(out, "<p class=\"badge warning\">\u25b2\u00a0Trust this verdict less</p>\n");
    pm_status s = write_said(out, fate, PM_SAY_LIKENESS, "<p>", "</p>\n", err);
    if (v->outside > 0)
        pm_out_text(out,
                    "<p class=\"hint\">Up to about %s features beyond their range are usual for a cell of a new "
                    "electrolyte.</p>\n",
                    words_fixed(outside_by_chance(a), 0, text));
    return s;
}

static void write_warning(pm_out *out, const pm_report_fate *fate, const gist *g)
{
    const pm_predictor_about *a = pm_predictor_tell(fate->model);
    if (g->doubtful) pm_out_text(out, "<p class=\"doubt\">The audit found errors in this file: not reliable.</p>\n");
    if (a->simulated) {
        pm_out_text(out, "<p>");
        write_badge(out, "warning");
        pm_out_text(out, " From a model trained on simulated cells: it has seen no real one.</p>\n");
    }
}

static pm_status write_judged(pm_out *out, const pm_report_fate *fate, const gist *g, pm_error *err)
{
    pm_status s;
    if ((s = write_said(out, fate, PM_SAY_VERDICT, "<p class=\"headline\">", "</p>\n", err))) return s;
    write_warning(out, fate, g);
    pm_out_text(out, "<div class=\"two\">\n<div>\n");
    if (pm_predictor_tell(fate->model)->classes) write_chances(out, fate);
    pm_out_text(out, "</div>\n<div>\n");
    if ((s = write_likeness(out, fate, err))) return s;
    pm_out_text(out, "</div>\n</div>\n");
    if (fate->why) write_features(out, fate);
    pm_out_text(out, "<h4>What the verdict rests on</h4>\n<ul class=\"basis\">\n");
    if ((s = write_said(out, fate, PM_SAY_BASIS, "<li>", "</li>\n", err))) return s;
    if ((s = write_said(out, fate, PM_SAY_LIMITS, "<li>", "</li>\n", err))) return s;
    pm_out_text(out, "</ul>\n");
    return PM_OK;
}

/* ---- no verdict --------------------------------------------------------------------------------------------- */

static void write_few_cycles(pm_out *out, const pm_report_cell *cell)
{
    int64_t has = cell->summary->cycles;
    pm_out_text(out, "<p class=\"headline\">No verdict: %lld complete cycle%s.</p>\n", (long long)has,
                has == 1 ? "" : "s");
    pm_out_text(out,
                "<p>A verdict is from the first %d complete cycles. Let the cell make %lld more, or give a model "
                "of fewer: <code>premortem train --cycles N</code>.</p>\n",
                cell->fate->cycles, (long long)(cell->fate->cycles - has));
}

static void write_no_model(pm_out *out, pm_kind kind, int cycles)
{
    pm_out_text(out,
                "<p class=\"headline\">No verdict: no model for %s cells.</p>\n<p>None comes with this program for %d "
                "cycles of this kind. <code>premortem train FOLDER -o model.json</code> makes one of your own cells of "
                "this kind that have failed, <code>premortem report --model model.json</code> uses it.</p>\n",
                kind_title(kind), cycles);
}

static void write_refused(pm_out *out, const pm_error *why)
{
    pm_out_text(out, "<p class=\"headline\">No verdict: ");
    pm_out_html(out, why ? why->message : "not judged");
    pm_out_text(out, ".</p>\n");
    if (!why || !why->hint[0]) return;
    pm_out_text(out, "<p class=\"hint\">Hint: ");
    pm_out_html(out, why->hint);
    pm_out_text(out, "</p>\n");
}

static void write_none(pm_out *out, const pm_report_cell *cell)
{
    pm_kind kind = cell->summary ? cell->summary->kind : PM_KIND_UNKNOWN;
    if (has_few_cycles(cell))
        write_few_cycles(out, cell);
    else if (kind && !cell->fate->model)
        write_no_model(out, kind, cell->fate->cycles);
    else
        write_refused(out, cell->fate->no_verdict);
    if (!kind) return;
    pm_out_text(out, "<p>What this kind of cell shows: ");
    pm_out_html(out, pm_verdict_of_kind(kind));
    pm_out_text(out, ".</p>\n");
}

pm_status write_fate(pm_out *out, const char *id, const pm_report_cell *cell, const gist *g, pm_error *err)
{
    const pm_report_fate *fate = cell->fate;
    pm_status s = PM_OK;
    if (!fate) return PM_OK;
    pm_out_text(out, "<div class=\"verdict\" id=\"%s-verdict\">\n<h3>Verdict", id);
    if (fate->verdict)
        pm_out_text(out, fate->cycles == 1 ? " from the first cycle" : " from the first %d cycles", fate->cycles);
    pm_out_text(out, "</h3>\n");
    if (fate->verdict)
        s = write_judged(out, fate, g, err);
    else
        write_none(out, cell);
    if (s) return s;
    write_life(out, cell);
    pm_out_text(out, "</div>\n");
    return PM_OK;
}
