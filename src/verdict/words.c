/* SPDX-License-Identifier: MIT */
/* A verdict in plain sentences: what it is, what it rests on, how far it is to be trusted, what it cannot know. */
#include "predictor.h"

#include <math.h>
#include <string.h>

/* ---- small words ---- */

/* The outcomes of early/ are abbreviations; others are said as they are. */
static void say_class(pm_out *to, const char *name, bool at_length)
{
    static const struct {
        const char *name, *brief, *more;
    } known[] = {{"kdf", "KDF", " (kinetics degradation)"},
                 {"rdf", "RDF", " (reversibility degradation)"},
                 {"cdf", "CDF", " (co-degradation)"},
                 {"short", "a short circuit", ""}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!pm_text_same(name, known[i].name)) continue;
        pm_out_text(to, "%s%s", known[i].brief, at_length ? known[i].more : "");
        return;
    }
    pm_out_text(to, "%s", name);
}

/* No probability is said to be 0 or 1. */
static void say_probability(pm_out *to, double p)
{
    long hundredths = lround(100 * p);

    if (hundredths >= 100)
        pm_out_text(to, "above 0.99");
    else
        pm_out_text(to, "0.%02ld", hundredths);
}

/* Three digits. */
static void say_number(pm_out *to, double x)
{
    char digits[40];
    double step = x != 0 && isfinite(x) ? floor(log10(fabs(x))) - 2 : 0;
    double rounded = step < 0 ? round(x * pow(10, -step)) / pow(10, -step) : round(x / pow(10, step)) * pow(10, step);

    pm_number_print(isfinite(x) ? rounded : x, digits);
    pm_out_text(to, "%s", digits);
}

static void say_interval(pm_out *to, const char *name, pm_interval x)
{
    pm_out_text(to, "%s ", name);
    say_number(to, x.value);
    if (isnan(x.low)) return;
    pm_out_text(to, " [");
    say_number(to, x.low);
    pm_out_text(to, ", ");
    say_number(to, x.high);
    pm_out_text(to, "]");
}

/* A model of any table is of rows and groups; of cells it is where their kind is told. */
static const char *rows_of(const pm_predictor_about *a)
{
    return a->kind ? "cells" : "rows";
}

static const char *groups_of(const pm_predictor_about *a)
{
    return a->kind ? "electrolytes" : "groups";
}

/* ---- sentences ---- */

static void say_set(const pm_predictor_about *a, uint32_t set, pm_out *to)
{
    int n = 0;

    for (int k = 0; k < a->classes; k++) n += (set >> k & 1) != 0;
    if (n == a->classes) {
        pm_out_text(to, "none of the %d outcomes that the model knows can be excluded at %ld %%", n,
                    lround(100 * a->coverage));
        return;
    }
    pm_out_text(to, "%ld %% set: ", lround(100 * a->coverage));
    for (int k = 0, told = 0; k < a->classes; k++) {
        if (!(set >> k & 1)) continue;
        if (told++) pm_out_text(to, ", ");
        say_class(to, a->class_name[k], false);
    }
}

static void say_class_verdict(const pm_predictor_about *a, const pm_verdict *v, pm_out *to)
{
    double p = v->probability[v->best];

    pm_out_text(to, p >= 0.8 ? "Very likely " : p >= 0.5 ? "Likely " : "Undecided; first among the outcomes is ");
    say_class(to, a->class_name[v->best], true);
    pm_out_text(to, ": probability ");
    say_probability(to, p);
    pm_out_text(to, "; ");
    say_set(a, v->set, to);
    pm_out_text(to, ".\n");
}

static void say_value(const pm_predictor_about *a, const pm_verdict *v, pm_out *to)
{
    bool bare = !a->target_unit || strcmp(a->target_unit, "1") == 0;

    pm_out_text(to, "%s: ", a->target ? a->target : "The prediction");
    say_number(to, v->value);
    if (!bare) pm_out_text(to, " %s", a->target_unit);
    if (isfinite(v->high)) {
        pm_out_text(to, ", between ");
        say_number(to, v->low);
        pm_out_text(to, " and ");
        say_number(to, v->high);
        pm_out_text(to, " with %ld %% coverage.\n", lround(100 * a->coverage));
    } else {
        pm_out_text(to, "; too few groups were trained on for an interval.\n");
    }
}

static void say_basis(const pm_predictor_about *a, pm_out *to)
{
    pm_out_text(to, "It rests on ");
    if (a->cycles == 1) pm_out_text(to, "the first cycle");
    if (a->cycles > 1) pm_out_text(to, "the first %d cycles", a->cycles);
    if (!a->cycles) pm_out_text(to, "the features given");
    if (a->kind) pm_out_text(to, " of a %s cell", a->kind);
    pm_out_text(to, " and a model (%s, %d features) trained on %lld %s%s of %d ", a->learner, a->features,
                (long long)(a->kind ? a->cells : a->rows), a->simulated ? "simulated " : "", rows_of(a), a->groups);
    pm_out_text(to, "%.*s", (int)strlen(groups_of(a)) - (a->groups == 1), groups_of(a)); /* without the s */
    pm_out_text(to, "%s", a->simulated ? ", not on measured ones" : "");
    if (a->source) pm_out_text(to, " (%s)", a->source);
    pm_out_text(to, ".\n");
}

static void say_scores(const pm_predictor_about *a, pm_out *to)
{
    if (a->by == PM_BY_CELL)
        pm_out_text(to, "On %s it had not seen (of %s that it had): ", rows_of(a), groups_of(a));
    else
        pm_out_text(to, "On %s it had not seen: ", groups_of(a));
    if (a->classes) {
        say_interval(to, "macro-F1", a->macro_f1);
        say_interval(to, ", accuracy", a->accuracy);
    } else {
        say_interval(to, "root mean square error", a->rmse);
        say_interval(to, ", rank correlation", a->spearman);
    }
    say_interval(
        to, a->classes ? "; the sets held the truth in a share of" : "; the intervals held the truth in a share of",
        a->covered);
    pm_out_text(to, " (95 %% intervals over groups).\n");
}

static void say_labels(const pm_predictor_about *a, pm_out *to)
{
    if (!a->labelled) return;
    if (!a->classes && !pm_text_same(a->target, "cycle_count_end")) {
        pm_out_text(to,
                    "Lives are counted against the median of %d cycles from cycle %d on; what is crossed holds for as "
                    "many.\n",
                    a->label.window, a->label.reference);
        return;
    }
    pm_out_text(to, "Labels are this project's reconstruction of the classes of Piao et al. (Natl Sci Rev 2025), whose "
                    "thresholds are not published: polarisation up by ");
    say_number(to, 100 * a->label.polarisation);
    pm_out_text(to, " %%, efficiency down by ");
    say_number(to, a->label.coulombic_efficiency);
    pm_out_text(to, ", held for %d cycles.\n", a->label.window);
}

static void say_likeness(const pm_predictor_about *a, const pm_verdict *v, pm_out *to)
{
    long nearer = lround(100 * v->out_of_distribution);

    if (v->out_of_distribution > 0.99)
        pm_out_text(to,
                    "Warning: this %s is unlike those trained on: nearly all of them are nearer to the middle of what "
                    "was seen",
                    a->kind ? "cell" : "row");
    else
        pm_out_text(to, "%s the %s trained on: %ld %% of them are nearer to the middle of what was seen",
                    v->out_of_distribution > 0.9 ? "At the edge of" : "Like", rows_of(a), nearer);
    pm_out_text(to, "; %d of %d features lie beyond the training range, %d are missing.\n", v->outside, a->features,
                v->missing);
}

static bool knows(const pm_predictor_about *a, const char *name)
{
    for (int k = 0; k < a->classes; k++)
        if (pm_text_same(a->class_name[k], name)) return true;
    return false;
}

static void say_limits(const pm_predictor_about *a, pm_out *to)
{
    static const char *const outcomes[] = {"kdf", "rdf", "cdf", "short"};
    pm_kind kind = PM_KIND_UNKNOWN;
    int told = 0;

    pm_out_text(to, a->cycles ? "It cannot know what happens after these cycles (abuse, a change of the protocol)"
                              : "It cannot know what its features do not show");
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes && a->labelled && a->classes; i++) {
        if (knows(a, outcomes[i])) continue;
        pm_out_text(to, told++ ? ", " : ", nor tell outcomes that it was not trained on: ");
        say_class(to, outcomes[i], true);
    }
    pm_out_text(to, ".\n");
    if (a->kind && !pm_kind_parse(a->kind, &kind, NULL)) pm_out_text(to, "%s.\n", pm_verdict_of_kind(kind));
}

void pm_verdict_say(const pm_predictor *predictor, const pm_verdict *verdict, pm_verdict_part part, pm_out *to)
{
    const pm_predictor_about *a = &predictor->about;

    switch (part) {
    case PM_SAY_VERDICT:
        if (a->classes)
            say_class_verdict(a, verdict, to);
        else
            say_value(a, verdict, to);
        return;
    case PM_SAY_BASIS:
        say_basis(a, to);
        say_scores(a, to);
        say_labels(a, to);
        return;
    case PM_SAY_LIKENESS: say_likeness(a, verdict, to); return;
    case PM_SAY_LIMITS: say_limits(a, to);
    }
}

void pm_verdict_words(const pm_predictor *predictor, const pm_verdict *verdict, pm_out *to)
{
    for (int part = PM_SAY_VERDICT; part <= PM_SAY_LIMITS; part++)
        pm_verdict_say(predictor, verdict, (pm_verdict_part)part, to);
}
