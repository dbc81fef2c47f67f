/* SPDX-License-Identifier: MIT */
/* What the whole record of a cell shows of how it fails. */
#include <math.h>
#include <string.h>

#include "fate.h"
#include "words.h"

enum { ALARMS_SHOWN = 8 };

static void open_fact(pm_out *out, const char *name)
{
    pm_out_text(out, "<div><dt>%s</dt><dd>", name);
}

/* `more` in a paler line; NULL = nothing. */
static void close_fact(pm_out *out, const char *more)
{
    if (more && more[0]) {
        pm_out_text(out, "<small class=\"hint\">");
        pm_out_html(out, more);
        pm_out_text(out, "</small>");
    }
    pm_out_text(out, "</dd></div>\n");
}

/* ---- label -------------------------------------------------------------------------------------------------- */

void write_outcome(pm_out *out, const pm_life_label *l, const char *open, const char *close)
{
    const char *name = l->outcome == PM_CENSORED  ? "no threshold crossed"
                       : l->outcome == PM_STOPPED ? "stopped"
                                                  : class_title(pm_outcome_name(l->outcome));
    pm_out_text(out, l->outcome == PM_CENSORED ? "%s%s%lld\u00a0cycles%s" : "%s%scycle\u00a0%lld%s", name, open,
                (long long)(l->outcome == PM_CENSORED ? l->cycles : l->cycle_count_end), close);
}

static void write_label(pm_out *out, const pm_report_fate *fate)
{
    open_fact(out, "Class, by thresholds");
    if (!fate->label) {
        pm_out_text(out, "no label");
        close_fact(out, fate->no_label ? fate->no_label->message : NULL);
        return;
    }
    const char *meaning = class_meaning(pm_outcome_name(fate->label->outcome));
    pm_out_text(out, "<b>");
    write_outcome(out, fate->label, ", ", "");
    pm_out_text(out, "</b>%s%s", meaning[0] ? ": " : "", meaning);
    close_fact(out, fate->label->criterion);
}

/* The thresholds do not ask what the stages do: one must not be read as denying the other. */
static void write_other_rule(pm_out *out, const pm_report_cell *cell)
{
    const pm_stages *stages = cell->reserve ? cell->reserve->stages : NULL;
    words_text at;
    if (!stages || stages->start[4].told != PM_TOLD_YES || cell->fate->label->outcome != PM_CENSORED) return;
    open_fact(out, "By another rule");
    pm_out_text(out, "<b>stage 4, from cycle\u00a0%s</b>", words_fixed(stages->start[4].cycle, 0, at));
    close_fact(out, "the stages below ask whether the lithium of the foil lasts; the class asks for polarisation and "
                    "efficiency alone, and this cell crosses no threshold of theirs");
}

static void write_changes(pm_out *out, const pm_life_label *l)
{
    words_text text;
    if (isfinite(l->polarisation_change)) {
        open_fact(out, "Polarisation against the first cycles");
        pm_out_text(out, "%s%s\u00a0%%", l->polarisation_change > 0 ? "+" : "",
                    words_fixed(100 * l->polarisation_change, 0, text));
        close_fact(out, NULL);
    }
    if (isfinite(l->coulombic_efficiency_change)) {
        open_fact(out, "Coulombic efficiency against the first cycles");
        pm_out_text(out, "%s%s\u00a0%% points", l->coulombic_efficiency_change < 0 ? "+" : "",
                    words_fixed(-100 * l->coulombic_efficiency_change, 2, text));
        close_fact(out, NULL);
    }
}

static void write_rule(pm_out *out, const pm_life_label_options *rule)
{
    words_text rise, fall;
    pm_out_text(
        out,
        "<p class=\"legend\">Rule: polarisation up by %s\u00a0%%, or Coulombic efficiency down by %s\u00a0%% points, "
        "for %d cycles, against the %d cycles from cycle %d on; both within ",
        words_short(100 * rule->polarisation, 4, rise), words_short(100 * rule->coulombic_efficiency, 4, fall),
        rule->window, rule->window, rule->reference);
    if (rule->horizon)
        pm_out_text(out, "%d cycles", rule->horizon);
    else
        pm_out_text(out, "a quarter of the cycles until then, at least 10,");
    pm_out_text(out,
                " are co-degradation. It is this project\u2019s reconstruction of the classes of Piao et al. (Natl Sci "
                "Rev 2025), whose thresholds are not published.</p>\n");
}

/* ---- bends -------------------------------------------------------------------------------------------------- */

static void write_bend(pm_out *out, const char *name, const pm_life_bend *bend)
{
    words_text at, low, high;
    char second[96] = "";
    if (!bend) return;
    open_fact(out, name);
    if (!isfinite(bend->single.x)) {
        pm_out_text(out, "none found");
        close_fact(out, NULL);
        return;
    }
    pm_out_text(out, "cycle\u00a0%s", words_fixed(bend->single.x, 0, at));
    if (isfinite(bend->single.low))
        pm_out_text(out, " (95\u00a0%%: %s to %s)", words_fixed(bend->single.low, 0, low),
                    words_fixed(bend->single.high, 0, high));
    if (isfinite(bend->onset.x) && isfinite(bend->point.x))
        snprintf(second, sizeof second, "three lines: from cycle %s to %s", words_fixed(bend->onset.x, 0, low),
                 words_fixed(bend->point.x, 0, high));
    close_fact(out, second);
}

/* ---- shorts ------------------------------------------------------------------------------------------------- */

static void write_watch(pm_out *out, const pm_report_fate *fate)
{
    const pm_short_summary *m = fate->shorts;
    int64_t n = pm_table_rows(fate->alarms);
    words_text text, levels;
    scale time = words_time(m->watched_s);
    char more[480] = "";

    open_fact(out, "Shorts");
    if (n)
        pm_out_text(out, "<span class=\"badge warning\">\u25b2\u00a0%lld alarm%s</span>", (long long)n,
                    n == 1 ? "" : "s");
    else
        pm_out_text(out, "no alarm");
    pm_out_text(out, " in %s\u00a0%s", words_digits(m->watched_s * time.factor, 3, text), time.unit);
    if (m->levels) snprintf(more, sizeof more, "%s levels compared", words_whole(m->levels, levels));
    if (m->suspicion[0])
        snprintf(more + strlen(more), sizeof more - strlen(more), "%s%s", *more ? "; " : "", m->suspicion);
    close_fact(out, more);
}

static void write_alarm(pm_out *out, const pm_table *alarms, int64_t row)
{
    double at_s = pm_table_real(alarms, "test_time_second", row);
    double back_s = pm_table_real(alarms, "recovered_time_second", row);
    const char *kind = pm_column_word(pm_table_find(alarms, "kind"), row);
    const char *evidence = pm_column_word(pm_table_find(alarms, "evidence"), row);
    scale time = words_time(fmax(at_s, 10800)); /* hours at least */
    words_text text;

    pm_out_text(out, "<li><p><span class=\"badge warning\"><span aria-hidden=\"true\">\u25b2</span>\u00a0");
    pm_out_html(out, kind ? kind : "");
    pm_out_text(out, " short</span> <b>at %s\u00a0%s</b>", words_fixed(at_s * time.factor, 1, text), time.unit);
    pm_out_text(out, ", probability %s", words_fixed(pm_table_real(alarms, "probability", row), 2, text));
    if (isfinite(back_s))
        pm_out_text(out, ", back at %s\u00a0%s", words_fixed(back_s * time.factor, 1, text), time.unit);
    pm_out_text(out, "</p><p class=\"evidence\">");
    pm_out_html(out, evidence ? evidence : "");
    pm_out_text(out, "</p></li>\n");
}

static void write_alarms(pm_out *out, const pm_table *alarms)
{
    int64_t n = pm_table_rows(alarms);
    if (!n) return;
    pm_out_text(out, "<ul class=\"findings\">\n");
    for (int64_t i = 0; i < n && i < ALARMS_SHOWN; i++) write_alarm(out, alarms, i);
    pm_out_text(out, "</ul>\n<p class=\"legend\">");
    if (n > ALARMS_SHOWN) pm_out_text(out, "%lld more: <code>premortem short</code>. ", (long long)(n - ALARMS_SHOWN));
    pm_out_text(out, "Probabilities order alarms; they are not calibrated on real shorts.</p>\n");
}

/* ---- all of it ---------------------------------------------------------------------------------------------- */

void write_life(pm_out *out, const pm_report_cell *cell)
{
    const pm_report_fate *fate = cell->fate;
    pm_kind kind = cell->summary ? cell->summary->kind : PM_KIND_UNKNOWN;
    pm_out_text(out, "<h4>The whole record</h4>\n<dl class=\"facts\">\n");
    write_label(out, fate);
    if (fate->label) write_other_rule(out, cell);
    if (fate->label) write_changes(out, fate->label);
    write_bend(out, "Elbow of the polarisation", fate->elbow);
    write_bend(out, "Knee of the capacity", fate->knee);
    if (fate->alarms && fate->shorts) write_watch(out, fate);
    if (fate->label && kind != PM_LI_CU) {
        open_fact(out, "Not shown by this kind of cell");
        pm_out_html(out, pm_life_cannot(kind, fate->label->has_efficiency));
        close_fact(out, NULL);
    }
    pm_out_text(out, "</dl>\n");
    if (fate->alarms) write_alarms(out, fate->alarms);
    if (fate->label && fate->rule) write_rule(out, fate->rule);
}
