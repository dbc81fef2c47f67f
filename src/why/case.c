/* SPDX-License-Identifier: MIT */
/* What is told of a cell, from words; what contradicts itself is refused. */
#include "why/graph.h"

#include <string.h>

/* "NAME=REST" into its two parts. */
static pm_status split(const char *text, const char *what, char name[PM_WHY_TEXT], const char **rest, pm_error *err)
{
    const char *equals = strchr(text, '=');

    if (strlen(text) >= PM_WHY_TEXT) return pm_fail(err, PM_ERR_ARGUMENT, "'%.40s...' is too long", text);
    if (!equals || equals == text || !equals[1])
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), what, "'%s' is not of the form NAME=VALUE", text);
    snprintf(name, PM_WHY_TEXT, "%.*s", (int)(equals - text), text);
    *rest = equals + 1;
    return PM_OK;
}

static pm_status unknown_observable(const pm_why *g, const char *name, pm_error *err)
{
    pm_nearest nearest = {.word = name};
    char hint[160];

    for (int64_t i = 0; i < g->n_observables; i++) pm_nearest_try(&nearest, g->observable[i].name);
    snprintf(hint, sizeof hint, nearest.best ? "did you mean %s?" : "premortem why --words lists them%s",
             nearest.best ? nearest.best : "");
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), hint, "'%s' cannot be observed", name);
}

static pm_status unknown_value(const why_observable *o, const char *value, pm_error *err)
{
    pm_nearest nearest = {.word = value};
    char hint[160];
    size_t used = (size_t)snprintf(hint, sizeof hint, "one of");

    for (int i = 0; i < o->n_values; i++) {
        pm_nearest_try(&nearest, o->value[i].name);
        if (used < sizeof hint) used += (size_t)snprintf(hint + used, sizeof hint - used, " %s", o->value[i].name);
    }
    if (nearest.best) snprintf(hint, sizeof hint, "did you mean %s=%s?", o->name, nearest.best);
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), hint, "%s is not '%s'", o->name, value);
}

pm_status why_observed(const pm_why *graph, const char *text, int *observable, int *value, pm_error *err)
{
    char name[PM_WHY_TEXT];
    const char *rest = NULL;
    pm_status s = split(text, "as in polarisation=rising", name, &rest, err);

    if (s) return s;
    *observable = why_find_observable(graph, name);
    if (*observable < 0) return unknown_observable(graph, name, err);
    *value = why_find_value(&graph->observable[*observable], rest);
    return *value < 0 ? unknown_value(&graph->observable[*observable], rest, err) : PM_OK;
}

pm_why_case pm_why_case_start(const pm_why *graph, pm_why_electrolyte electrolyte)
{
    return (pm_why_case){.graph = graph, .electrolyte = electrolyte};
}

pm_status pm_why_observe(pm_why_case *c, const char *text, const char *origin, pm_error *err)
{
    int observable, value;
    pm_status s = why_observed(c->graph, text, &observable, &value, err);

    if (s) return s;
    struct pm_why_told *told = &c->told[observable];
    uint32_t leaves = c->graph->observable[observable].value[value].leaves;
    if (told->leaves && !(told->leaves & leaves))
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "leave one of them out", "%s (%s) contradicts %s (%s)", text,
                          origin, told->text, told->origin);
    if (told->leaves && (told->leaves & leaves) == told->leaves) return PM_OK; /* says no more than is known */
    told->leaves = leaves;
    snprintf(told->text, sizeof told->text, "%s", text);
    snprintf(told->origin, sizeof told->origin, "%s", origin);
    return PM_OK;
}

pm_status pm_why_change_parse(const pm_why *graph, const char *text, pm_why_change *out, pm_error *err)
{
    char name[PM_WHY_TEXT];
    const char *way = NULL;
    pm_status s = split(text, "as in areal-loading=up", name, &way, err);

    if (s || (s = pm_why_find(graph, name, &out->node, err))) return s;
    out->change = !strcmp(way, "up") ? 1 : !strcmp(way, "down") ? -1 : 0;
    if (out->change) return PM_OK;
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "up or down", "%s cannot change '%s'", name, way);
}

static pm_status unknown_condition(const pm_why *g, const char *text, pm_error *err)
{
    pm_nearest nearest = {.word = text};
    char hint[160];

    for (int64_t i = 0; i < g->n_conditions; i++) pm_nearest_try(&nearest, g->condition[i].name);
    snprintf(hint, sizeof hint, nearest.best ? "did you mean %s?" : "premortem why --words lists them%s",
             nearest.best ? nearest.best : "");
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), hint, "there is no condition '%.100s'", text);
}

static pm_status add_condition(pm_why_case *c, const char *text, int named, pm_why_change change, pm_error *err)
{
    for (int i = 0; i < c->n_conditions; i++) {
        const struct pm_why_condition *other = &c->conditions[i];
        bool same = change.node >= 0 ? other->change.node == change.node : other->named == named;
        if (same && other->change.change == change.change) return PM_OK; /* by whatever name, one fact */
        if (same)
            return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "leave one of them out", "%s contradicts %s", text,
                              other->text);
    }
    if (c->n_conditions == PM_WHY_CONDITIONS)
        return pm_fail(err, PM_ERR_LIMIT, "more than %d conditions", PM_WHY_CONDITIONS);
    struct pm_why_condition *new = &c->conditions[c->n_conditions++];
    *new = (struct pm_why_condition){.change = change, .named = named};
    snprintf(new->text, sizeof new->text, "%s", text);
    return PM_OK;
}

pm_status pm_why_condition(pm_why_case *c, const char *text, pm_error *err)
{
    pm_why_change change;
    pm_status s;
    int named = why_find_condition(c->graph, text);

    if (named >= 0) {
        change = (pm_why_change){c->graph->condition[named].node, c->graph->condition[named].change};
    } else {
        if (!strchr(text, '=')) return unknown_condition(c->graph, text, err);
        if ((s = pm_why_change_parse(c->graph, text, &change, err))) return s;
    }
    return add_condition(c, text, named, change, err);
}
