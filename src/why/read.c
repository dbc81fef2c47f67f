/* SPDX-License-Identifier: MIT */
/* A graph from bytes or a file, part by part. */
#include "why/graph.h"

#include <math.h>
#include <string.h>

extern const pm_embedded pm_why_texts[]; /* graph.yaml */

static pm_status read_numbers(pm_why *g, const pm_node *root, pm_error *err)
{
    const struct number {
        const char *name;
        double *value, least, most;
    } all[] = {
        {"prior", &g->numbers.prior, 1e-6, 1e6},
        {"strong", &g->numbers.strong, 1e-6, 0.999999},
        {"medium", &g->numbers.medium, 1e-6, 0.999999},
        {"weak", &g->numbers.weak, 1e-6, 0.999999},
        {"leak_rare", &g->numbers.leak_rare, 1e-6, 0.999999},
        {"leak_common", &g->numbers.leak_common, 1e-6, 0.999999},
        {"raised", &g->numbers.raised, 1, 1e6},
        {"raised_next", &g->numbers.raised_next, 1, 1e6},
        {"lowered", &g->numbers.lowered, 1e-6, 1},
        {"fits", &g->numbers.fits, 1, 1e6},
        {"leading", &g->numbers.leading, 1e-6, 1},
    };
    const pm_node *numbers = pm_node_find(root, "numbers");
    pm_status s;

    if (!numbers) return pm_node_fail(g->doc, root, PM_ERR_FORMAT, err, "needs 'numbers'");
    s = why_keys(g->doc, numbers,
                 "prior strong medium weak leak_rare leak_common raised raised_next lowered fits leading", err);
    if (s) return s;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const pm_node *node = pm_node_find(numbers, all[i].name);
        double x = pm_node_number(node, NAN);
        if (!(x >= all[i].least && x <= all[i].most))
            return pm_node_fail(g->doc, node ? node : numbers, PM_ERR_FORMAT, err, "%s is not a number from %g to %g",
                                all[i].name, all[i].least, all[i].most);
        *all[i].value = x;
    }
    return PM_OK;
}

static const pm_node *part_of(const pm_why *g, const char *name)
{
    return pm_node_find(pm_doc_root(g->doc), name);
}

static pm_status part_missing(const pm_why *g, const char *name, pm_error *err)
{
    return pm_node_fail(g->doc, pm_doc_root(g->doc), PM_ERR_FORMAT, err, "needs a list '%s'", name);
}

static pm_status read_part(pm_why *g, const char *name, why_read_entry read, pm_error *err)
{
    const pm_node *list = part_of(g, name);
    pm_status s = PM_OK;

    if (pm_node_kind(list) != PM_NODE_LIST) return part_missing(g, name, err);
    for (int64_t i = 0; !s && i < pm_node_count(list); i++) s = read(g, pm_node_item(list, i), err);
    return s;
}

static pm_status read_edges(pm_why *g, const char *part, pm_error *err)
{
    const pm_node *list = part_of(g, part);
    pm_status s = PM_OK;

    if (pm_node_kind(list) != PM_NODE_LIST) return part_missing(g, part, err);
    for (int64_t i = 0; !s && i < pm_node_count(list); i++) s = why_read_edges(g, pm_node_item(list, i), part, err);
    return s;
}

static pm_status read_graph(pm_why *g, pm_error *err)
{
    const pm_node *root = pm_doc_root(g->doc);
    pm_status s;

    if ((s = why_keys(g->doc, root,
                      "version sources numbers nodes mechanism_edges parameter_edges further_edges observables shows "
                      "methods table conditions rules reserve",
                      err)))
        return s;
    if ((s = why_text(g->doc, root, "version", false, &g->version, err))) return s;
    g->sources = pm_node_find(root, "sources");
    if (pm_node_kind(g->sources) != PM_NODE_MAP) return part_missing(g, "sources", err);
    if ((s = read_numbers(g, root, err))) return s;
    if ((s = read_part(g, "nodes", why_read_node, err))) return s;
    if ((s = read_edges(g, "mechanism_edges", err))) return s;
    if ((s = read_edges(g, "parameter_edges", err))) return s;
    if ((s = read_edges(g, "further_edges", err))) return s;
    if ((s = read_part(g, "observables", why_read_observable, err))) return s;
    if ((s = read_part(g, "shows", why_read_shows, err))) return s;
    if ((s = read_part(g, "methods", why_read_method, err))) return s;
    if ((s = read_part(g, "table", why_read_row, err))) return s;
    if ((s = read_part(g, "conditions", why_read_condition, err))) return s;
    if ((s = read_part(g, "rules", why_read_rule, err))) return s;
    return why_read_reserve(g, part_of(g, "reserve"), err);
}

/* Takes the document, also where it fails. */
static pm_status graph_of(pm_doc *doc, pm_why **out, pm_error *err)
{
    pm_scoped(pm_why) g = calloc(1, sizeof *g);
    pm_status s;

    if (!g) {
        pm_doc_free(doc);
        return pm_fail(err, PM_ERR_MEMORY, "no memory for the graph");
    }
    g->doc = doc;
    if ((s = read_graph(g, err))) return s;
    *out = g;
    g = NULL;
    return PM_OK;
}

pm_status pm_why_parse(const char *bytes, int64_t n, const char *file, pm_why **out, pm_error *err)
{
    pm_doc *doc = NULL;
    pm_status s = pm_doc_parse_yaml(bytes, n, file, &doc, err);

    return s ? s : graph_of(doc, out, err);
}

pm_status pm_why_read(const char *path, pm_why **out, pm_error *err)
{
    pm_doc *doc = NULL;
    pm_status s = pm_doc_read(path, &doc, err);

    return s ? s : graph_of(doc, out, err);
}

pm_status pm_why_new(pm_why **out, pm_error *err)
{
    return pm_why_parse(pm_why_texts->bytes, pm_why_texts->length, pm_why_texts->name, out, err);
}

void pm_why_free(pm_why *g)
{
    if (!g) return;
    free(g->node);
    free(g->edge);
    free(g->observable);
    free(g->show);
    free(g->method);
    free(g->row);
    free(g->condition);
    free(g->rule);
    pm_doc_free(g->doc);
    free(g);
}
