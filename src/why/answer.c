/* SPDX-License-Identifier: MIT */
/* From a case to candidates with the evidence for and against each, and to the next measurement. */
#include "why/model.h"

#include <math.h>
#include <string.h>

/* All that is worked with; freed at the end. */
typedef struct desk {
    const pm_why_case *c;
    const pm_why *g;
    why_profile *profile; /* of each candidate, in the order of the graph */
    why_push *push;       /* [condition][node] */
    int *node;            /* of each candidate */
    int *rank;            /* candidates by probability */
    double *weight;       /* logarithm, then probability; the last is "something else" */
    int n;
} desk;

static void desk_clear(desk *d)
{
    free(d->profile);
    free(d->push);
    free(d->node);
    free(d->rank);
    free(d->weight);
}

static pm_status desk_lay(desk *d, pm_error *err)
{
    size_t n = 0;

    for (int64_t i = 0; i < d->g->n_nodes; i++)
        n += why_is_candidate(&d->g->node[i]) && d->g->node[i].electrolyte & d->c->electrolyte;
    d->node = calloc(n + 1, sizeof *d->node);
    d->rank = calloc(n + 1, sizeof *d->rank);
    d->weight = calloc(n + 1, sizeof *d->weight);
    d->profile = calloc(n + 1, sizeof *d->profile);
    d->push = calloc((size_t)d->c->n_conditions * (size_t)d->g->n_nodes + 1, sizeof *d->push);
    if (!d->node || !d->rank || !d->weight || !d->profile || !d->push)
        return pm_fail(err, PM_ERR_MEMORY, "no memory for candidates");
    for (int64_t i = 0; i < d->g->n_nodes; i++) {
        if (!why_is_candidate(&d->g->node[i]) || !(d->g->node[i].electrolyte & d->c->electrolyte)) continue;
        why_profile_of(d->c, (int)i, &d->profile[d->n]);
        d->node[d->n++] = (int)i;
    }
    for (int k = 0; k < d->c->n_conditions; k++) {
        pm_why_change change = d->c->conditions[k].change;
        why_pushes_of(d->g, d->c->electrolyte, change, d->push + k * d->g->n_nodes);
    }
    return PM_OK;
}

static const why_push *push_on(const desk *d, int condition, int candidate)
{
    return &d->push[condition * d->g->n_nodes + d->node[candidate]];
}

/* ---- probabilities ---- */

/* Logarithm of prior times likelihood, relative to "something else". */
static double log_weight(const desk *d, int candidate)
{
    double sum = log(d->g->node[d->node[candidate]].prior);

    for (int o = 0; o < d->g->n_observables; o++) {
        uint32_t leaves = d->c->told[o].leaves;
        if (!leaves) continue;
        sum += log(why_mass(d->profile[candidate].p[o], leaves) / why_mass(d->g->observable[o].leak, leaves));
    }
    for (int k = 0; k < d->c->n_conditions; k++) sum += log(push_on(d, k, candidate)->factor);
    return sum;
}

/* Likeliest first; of equals the graph's order. Insertion is enough for a few dozen. */
static void rank(desk *d)
{
    for (int i = 0; i < d->n; i++) {
        int k = i;
        for (; k > 0 && d->weight[i] > d->weight[d->rank[k - 1]]; k--) d->rank[k] = d->rank[k - 1];
        d->rank[k] = i;
    }
}

static void weigh(desk *d, pm_why_answer *a)
{
    double most = 0, sum = 0;

    for (int i = 0; i < d->n; i++) {
        d->weight[i] = log_weight(d, i);
        most = fmax(most, d->weight[i]);
    }
    d->weight[d->n] = 0;
    for (int i = 0; i <= d->n; i++) sum += exp(d->weight[i] - most);
    for (int i = 0; i <= d->n; i++) d->weight[i] = exp(d->weight[i] - most) / sum;
    rank(d);
    a->something_else = d->weight[d->n];
    a->fits = d->n && d->weight[d->rank[0]] >= d->g->numbers.fits * a->something_else;
    double together = 0;
    while (a->n_leading < d->n && (a->n_leading < 2 || together < d->g->numbers.leading))
        together += d->weight[d->rank[a->n_leading++]];
}

/* ---- evidence ---- */

/* The show that speaks of what was told, else the first. */
static int show_of(const pm_why *g, const why_link *link, uint32_t leaves)
{
    for (int k = 0; k < link->n_shows; k++) {
        const why_show *show = &g->show[link->show[k]];
        if (g->observable[show->observable].value[show->value].leaves & leaves) return link->show[k];
    }
    return link->show[0];
}

static pm_why_evidence evidence_of(const desk *d, const why_reaches *reaches, int candidate, int o)
{
    uint32_t leaves = d->c->told[o].leaves;
    const why_profile *profile = &d->profile[candidate];
    const why_link *link = &profile->link[o];
    pm_why_evidence e = {.text = d->c->told[o].text};

    if (!link->n_shows) return e;
    const why_reach *reach = why_reach_in(d->g, reaches, o);
    const why_show *show = &d->g->show[show_of(d->g, link, leaves)];
    e.bit = log2(why_mass(profile->p[o], leaves) / why_mass(d->g->observable[o].leak, leaves));
    bool manifest = why_is_manifestation(&d->g->node[show->node]);
    const pm_why_edge *last = manifest ? &d->g->edge[reach->by[show->node]] : NULL; /* says more than "it is seen" */
    e.sentence = last ? last->sentence : show->says;
    e.source = last ? last->source : show->source;
    e.n_path = why_path_to(d->g, reach, show->node, e.path);
    return e;
}

static pm_why_evidence condition_on(const desk *d, int candidate, int k)
{
    const why_push *push = push_on(d, k, candidate);
    pm_why_evidence e = {.text = d->c->conditions[k].text};

    if (push->factor == 1) return e;
    e.bit = log2(push->factor);
    e.sentence = push->sentence;
    e.source = push->source;
    e.n_path = push->n_path;
    memcpy(e.path, push->path, (size_t)e.n_path * sizeof *e.path);
    return e;
}

static pm_status lay_out(const desk *d, pm_why_answer *a, pm_error *err)
{
    for (int o = 0; o < d->g->n_observables; o++) a->n_evidence += d->c->told[o].leaves != 0;
    a->n_evidence += d->c->n_conditions;
    a->candidates = calloc((size_t)d->n + 1, sizeof *a->candidates);
    a->all_evidence = calloc((size_t)d->n * (size_t)a->n_evidence + 1, sizeof *a->all_evidence);
    if (!a->candidates || !a->all_evidence) return pm_fail(err, PM_ERR_MEMORY, "no memory for candidates");
    for (int i = 0; i < d->n; i++) {
        int one = d->rank[i];
        pm_why_evidence *e = a->all_evidence + i * a->n_evidence;
        why_reaches reaches;
        why_reaches_of(d->c, d->node[one], &reaches);
        a->candidates[i] = (pm_why_candidate){d->node[one], d->weight[one], e};
        for (int o = 0; o < d->g->n_observables; o++)
            if (d->c->told[o].leaves) *e++ = evidence_of(d, &reaches, one, o);
        for (int k = 0; k < d->c->n_conditions; k++) *e++ = condition_on(d, one, k);
    }
    a->n_candidates = d->n;
    return PM_OK;
}

/* ---- the next measurement ---- */

static void insert(pm_why_answer *a, pm_why_measurement m)
{
    int k = a->n_measurements++;

    for (; k > 0 && m.information_bit > a->measurements[k - 1].information_bit; k--)
        a->measurements[k] = a->measurements[k - 1];
    a->measurements[k] = m;
}

static pm_status look_ahead(const desk *d, pm_why_answer *a, pm_error *err)
{
    size_t n = (size_t)a->n_leading;
    double sum = 0;
    pm_scoped_memory double *weight = calloc(n + 1, sizeof *weight);
    pm_scoped_memory const double(**p)[WHY_LEAVES] = calloc(n + 1, sizeof *p);

    a->measurements = calloc((size_t)d->g->n_methods + 1, sizeof *a->measurements);
    if (!weight || !p || !a->measurements) return pm_fail(err, PM_ERR_MEMORY, "no memory for measurements");
    for (size_t i = 0; i < n; i++) sum += d->weight[d->rank[i]];
    for (size_t i = 0; i < n; i++) {
        weight[i] = d->weight[d->rank[i]] / sum;
        p[i] = (const double(*)[WHY_LEAVES])d->profile[d->rank[i]].p;
    }
    for (int64_t i = 0; i < d->g->n_methods; i++) {
        const why_method *m = &d->g->method[i];
        if (!(m->electrolyte & d->c->electrolyte)) continue;
        double bit = why_information(m, d->c, a->n_leading, weight, p);
        if (bit > 1e-9) insert(a, (pm_why_measurement){m->name, m->source, bit, m->destructive});
    }
    return PM_OK;
}

/* ---- rules ---- */

static bool applies(const pm_why_case *c, const why_rule *rule)
{
    if (!(rule->told.electrolyte & c->electrolyte)) return false;
    for (int i = 0; i < rule->n_reasons; i++)
        if (why_holds(c, &rule->reason[i])) return true;
    return false;
}

pm_status pm_why_answer_new(const pm_why_case *c, pm_why_answer **out, pm_error *err)
{
    desk d = {.c = c, .g = c->graph};
    pm_scoped(pm_why_answer) a = calloc(1, sizeof *a);
    bool told = false;
    pm_status s;

    if (!a) return pm_fail(err, PM_ERR_MEMORY, "no memory for an answer");
    for (int o = 0; o < c->graph->n_observables; o++) told |= c->told[o].leaves != 0;
    if (!told)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "--observe polarisation=rising", "nothing was observed");
    s = desk_lay(&d, err);
    if (!s) weigh(&d, a);
    if (!s) s = lay_out(&d, a, err);
    if (!s) s = look_ahead(&d, a, err);
    desk_clear(&d);
    if (s) return s;
    if (why_reserve_hides(c)) {
        a->hidden = c->graph->reserve.says;
        a->hidden_source = c->graph->reserve.source;
    }
    for (int64_t i = 0; i < c->graph->n_rules; i++)
        if (applies(c, &c->graph->rule[i])) a->rules[a->n_rules++] = (int)i;
    *out = a;
    a = NULL;
    return PM_OK;
}

void pm_why_answer_free(pm_why_answer *a)
{
    if (!a) return;
    free(a->candidates);
    free(a->all_evidence);
    free(a->measurements);
    free(a);
}
