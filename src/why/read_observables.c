/* SPDX-License-Identifier: MIT */
/* From a document to the graph: observables with their values, methods, conditions, rules, the table. */
#include "why/graph.h"

#include <string.h>

/* ---- observables ---- */

static pm_status add_value(const pm_why *g, const pm_node *at, why_observable *o, const char *name, uint32_t leaves,
                           pm_error *err)
{
    if (!name || !*name || strchr(name, '='))
        return pm_node_fail(g->doc, at, PM_ERR_FORMAT, err, "a value needs a name without '='");
    if (why_find_value(o, name) >= 0)
        return pm_node_fail(g->doc, at, PM_ERR_FORMAT, err, "there are two values '%.40s'", name);
    if (o->n_values == WHY_VALUES) return pm_node_fail(g->doc, at, PM_ERR_LIMIT, err, "too many values");
    o->value[o->n_values++] = (why_value){name, leaves};
    return PM_OK;
}

/* A value and its kinds; shares its leak among them. */
static pm_status read_value(const pm_why *g, const pm_node *values, int64_t i, double leak, why_observable *o,
                            pm_error *err)
{
    const pm_node *kinds = pm_node_item(values, i);
    int n = pm_node_count(kinds) > 0 && pm_node_count(kinds) <= WHY_LEAVES ? (int)pm_node_count(kinds) : 1;
    pm_status s;

    if (pm_node_kind(kinds) != PM_NODE_LIST)
        return pm_node_fail(g->doc, kinds, PM_ERR_FORMAT, err, "the kinds of a value are a list, [] where it has none");
    if (pm_node_count(kinds) > WHY_LEAVES || o->n_leaves + n > WHY_LEAVES)
        return pm_node_fail(g->doc, kinds, PM_ERR_LIMIT, err, "more than %d values", WHY_LEAVES);
    uint32_t first = 1u << o->n_leaves, all = (first << n) - first;
    if ((s = add_value(g, kinds, o, pm_node_key(values, i), all, err))) return s;
    for (int k = 0; k < n; k++) {
        o->leak[o->n_leaves + k] = leak / n;
        if (!pm_node_count(kinds)) continue;
        const pm_node *kind = pm_node_item(kinds, k);
        if ((s = add_value(g, kind, o, pm_node_scalar(kind), first << k, err))) return s;
    }
    o->n_leaves += n;
    return PM_OK;
}

static pm_status read_values(const pm_why *g, const pm_node *entry, why_observable *o, pm_error *err)
{
    const pm_node *values = pm_node_find(entry, "values");
    const char *common;
    double normal = 1;
    pm_status s = why_text(g->doc, entry, "common", true, &common, err);

    if (s) return s;
    if (pm_node_kind(values) != PM_NODE_MAP || pm_node_count(values) < 2 || pm_node_count(pm_node_item(values, 0)))
        return pm_node_fail(g->doc, entry, PM_ERR_FORMAT, err, "needs two 'values' or more, the first without kinds");
    for (int64_t i = 0; i < pm_node_count(values); i++) {
        bool is_common = common && !strcmp(common, pm_node_key(values, i));
        double leak = i == 0 ? 0 : is_common ? g->numbers.leak_common : g->numbers.leak_rare;
        if ((s = read_value(g, values, i, leak, o, err))) return s;
        normal -= leak;
    }
    if (!(normal > 0))
        return pm_node_fail(g->doc, entry, PM_ERR_FORMAT, err, "the leaks leave nothing for the normal value");
    if (common && (!pm_node_find(values, common) || !strcmp(common, pm_node_key(values, 0))))
        return pm_node_fail(g->doc, entry, PM_ERR_FORMAT, err, "common '%.40s' is none of the other values", common);
    o->leak[0] = normal;
    return PM_OK;
}

pm_status why_read_observable(pm_why *g, const pm_node *entry, pm_error *err)
{
    why_observable o = {0};
    pm_status s;

    if ((s = why_keys(g->doc, entry, "name meaning values common", err))) return s;
    if ((s = why_text(g->doc, entry, "name", false, &o.name, err))) return s;
    if ((s = why_text(g->doc, entry, "meaning", false, &o.meaning, err))) return s;
    if (strchr(o.name, '=') || why_find_observable(g, o.name) >= 0)
        return pm_node_fail(g->doc, entry, PM_ERR_FORMAT, err, "'%.40s' is there twice or holds a '='", o.name);
    if ((s = read_values(g, entry, &o, err))) return s;
    s = why_room(g, entry, &g->observable, &g->observable_room, g->n_observables, PM_WHY_OBSERVABLES, sizeof o, err);
    if (s) return s;
    g->observable[g->n_observables++] = o;
    return PM_OK;
}

/* ---- methods ---- */

pm_status why_read_method(pm_why *g, const pm_node *entry, pm_error *err)
{
    why_method m = {0};
    pm_why_electrolyte electrolyte;
    const pm_node *measures = pm_node_find(entry, "measures");
    int64_t joint = 1;
    pm_status s;

    if ((s = why_keys(g->doc, entry, "name measures electrolyte destructive source", err))) return s;
    if ((s = why_text(g->doc, entry, "name", false, &m.name, err))) return s;
    if ((s = why_source(g, entry, &m.source, err))) return s;
    if ((s = why_electrolyte(g->doc, entry, true, &electrolyte, err))) return s;
    m.electrolyte = electrolyte;
    m.destructive = pm_node_bool(pm_node_find(entry, "destructive"), false);
    if (!why_count(measures) || why_count(measures) > WHY_MEASURES)
        return pm_node_fail(g->doc, entry, PM_ERR_FORMAT, err, "'measures' lists 1 to %d observables", WHY_MEASURES);
    for (int64_t i = 0; i < why_count(measures); i++) {
        const char *name = pm_node_scalar(why_item(measures, i));
        int o = why_find_observable(g, name ? name : "");
        if (o < 0) return pm_node_fail(g->doc, entry, PM_ERR_FORMAT, err, "no observable '%.40s'", name ? name : "");
        m.measures[m.n_measures++] = o;
        joint *= g->observable[o].n_leaves;
        if (joint > WHY_JOINT) return pm_node_fail(g->doc, entry, PM_ERR_LIMIT, err, "too many readings of one method");
    }
    if ((s = why_room(g, entry, &g->method, &g->method_room, g->n_methods, WHY_OTHERS, sizeof m, err))) return s;
    g->method[g->n_methods++] = m;
    return PM_OK;
}

/* ---- the table ---- */

pm_status why_read_row(pm_why *g, const pm_node *entry, pm_error *err)
{
    enum { MOST = 8 };
    pm_why_row row = {0};
    const pm_node *nodes = pm_node_find(entry, "nodes"), *methods = pm_node_find(entry, "methods");
    pm_status s;

    if ((s = why_keys(g->doc, entry, "mechanism nodes electrolyte when observable methods", err))) return s;
    if ((s = why_text(g->doc, entry, "mechanism", false, &row.mechanism, err))) return s;
    if ((s = why_text(g->doc, entry, "observable", false, &row.observable, err))) return s;
    if ((s = why_text(g->doc, entry, "when", true, &row.condition, err))) return s;
    if ((s = why_electrolyte(g->doc, entry, false, &row.electrolyte, err))) return s;
    if (!why_count(nodes) || why_count(nodes) > MOST || !why_count(methods) || why_count(methods) > MOST)
        return pm_node_fail(g->doc, entry, PM_ERR_FORMAT, err, "1 to %d 'nodes' and 'methods' are needed", MOST);
    for (int64_t i = 0; i < why_count(nodes); i++)
        if ((s = why_node_of(g, why_item(nodes, i), &row.nodes[row.n_nodes++], err))) return s;
    for (int64_t i = 0; i < why_count(methods); i++) {
        const char *name = pm_node_scalar(why_item(methods, i));
        if (!name) return pm_node_fail(g->doc, methods, PM_ERR_FORMAT, err, "methods are texts");
        row.methods[row.n_methods++] = name;
    }
    if ((s = why_room(g, entry, &g->row, &g->row_room, g->n_rows, WHY_OTHERS, sizeof row, err))) return s;
    g->row[g->n_rows++] = row;
    return PM_OK;
}

/* ---- conditions and rules ---- */

pm_status why_read_condition(pm_why *g, const pm_node *entry, pm_error *err)
{
    why_condition c = {.node = -1};
    const pm_node *parameter = pm_node_find(entry, "parameter");
    pm_status s;

    if ((s = why_keys(g->doc, entry, "name parameter change", err))) return s;
    if ((s = why_text(g->doc, entry, "name", false, &c.name, err))) return s;
    if ((s = why_change(g->doc, entry, "change", &c.change, err))) return s;
    if (parameter && (s = why_node_of(g, parameter, &c.node, err))) return s;
    if ((c.node >= 0) != (c.change != 0) || strchr(c.name, '='))
        return pm_node_fail(g->doc, entry, PM_ERR_FORMAT, err,
                            "a condition has both 'parameter' and 'change' or neither");
    s = why_room(g, entry, &g->condition, &g->condition_room, g->n_conditions, WHY_OTHERS, sizeof c, err);
    if (s) return s;
    g->condition[g->n_conditions++] = c;
    return PM_OK;
}

pm_status why_read_reason(const pm_why *g, const pm_node *at, why_reason *out, pm_error *err)
{
    const char *text = pm_node_scalar(at);

    *out = (why_reason){.observable = -1, .condition = why_find_condition(g, text ? text : "")};
    if (out->condition >= 0) return PM_OK;
    if (text && !why_observed(g, text, &out->observable, &out->value, NULL)) return PM_OK;
    return pm_node_fail(g->doc, at, PM_ERR_FORMAT, err, "'%.60s' is no condition and no observable=value",
                        text ? text : "");
}

pm_status why_read_rule(pm_why *g, const pm_node *entry, pm_error *err)
{
    why_rule r = {0};
    const pm_node *reasons = pm_node_find(entry, "for");
    pm_status s;

    if ((s = why_keys(g->doc, entry, "id for electrolyte source says", err))) return s;
    if ((s = why_text(g->doc, entry, "id", false, &r.told.id, err))) return s;
    if ((s = why_text(g->doc, entry, "says", false, &r.told.sentence, err))) return s;
    if ((s = why_source(g, entry, &r.told.source, err))) return s;
    if ((s = why_electrolyte(g->doc, entry, false, &r.told.electrolyte, err))) return s;
    if (!why_count(reasons) || why_count(reasons) > WHY_REASONS)
        return pm_node_fail(g->doc, entry, PM_ERR_FORMAT, err, "'for' lists 1 to %d reasons", WHY_REASONS);
    for (int64_t i = 0; i < why_count(reasons); i++)
        if ((s = why_read_reason(g, why_item(reasons, i), &r.reason[r.n_reasons++], err))) return s;
    if ((s = why_room(g, entry, &g->rule, &g->rule_room, g->n_rules, PM_WHY_OBSERVABLES, sizeof r, err))) return s;
    g->rule[g->n_rules++] = r;
    return PM_OK;
}
