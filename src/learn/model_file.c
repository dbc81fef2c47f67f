/* SPDX-License-Identifier: MIT */
/* A model as JSON and back. What is read is checked before it is used: every node, leaf and feature. */
#include "fit.h"

#include <math.h>
#include <string.h>

/* ---- writing ---- */

static void write_numbers(pm_json *j, const char *key, const double *x, int64_t n)
{
    pm_json_flat_array(j, key);
    for (int64_t i = 0; i < n; i++) pm_json_real(j, NULL, x[i]);
    pm_json_end(j);
}

static void write_linear(pm_json *j, const pm_model *m)
{
    pm_json_object(j, "linear");
    write_numbers(j, "center", m->linear->center, m->p);
    write_numbers(j, "scale", m->linear->scale, m->p);
    write_numbers(j, "weight", m->linear->w, (int64_t)m->outputs * m->p);
    write_numbers(j, "bias", m->linear->bias, m->outputs);
    pm_json_end(j);
}

/* A node is [feature, yes, no, threshold, cover, missing_yes], a leaf [-1, place, 0, 0, cover, 0]. */
static void write_trees(pm_json *j, const pm_trees *t)
{
    pm_json_object(j, "trees");
    write_numbers(j, "base", t->base, t->outputs);
    pm_json_flat_array(j, "tree");
    for (int64_t i = 0; i < t->n_trees; i++) {
        pm_json_whole(j, NULL, t->tree[i].root);
        pm_json_whole(j, NULL, t->tree[i].n_nodes);
        pm_json_whole(j, NULL, t->tree[i].output);
    }
    pm_json_end(j);
    pm_json_flat_array(j, "node");
    for (int64_t i = 0; i < t->n_nodes; i++) {
        const pm_tree_node *n = &t->node[i];
        pm_json_whole(j, NULL, n->feature);
        pm_json_whole(j, NULL, n->yes);
        pm_json_whole(j, NULL, n->no);
        pm_json_real(j, NULL, n->threshold);
        pm_json_real(j, NULL, n->cover);
        pm_json_whole(j, NULL, n->missing_yes);
    }
    pm_json_end(j);
    write_numbers(j, "leaf", t->leaf, t->n_leaves);
    pm_json_end(j);
}

static void write_gaussian(pm_json *j, const pm_model *m)
{
    const pm_gaussian *g = m->gaussian;

    pm_json_object(j, "gaussian");
    write_numbers(j, "center", g->frame->center, m->p);
    write_numbers(j, "scale", g->frame->scale, m->p);
    write_numbers(j, "kernel", g->kernel, 4);
    write_numbers(j, "target", (double[]){g->mean, g->spread}, 2);
    write_numbers(j, "rows", g->z, g->n * m->p);
    write_numbers(j, "alpha", g->alpha, g->n);
    pm_json_end(j);
}

void pm_model_write(const pm_model *m, const char *key, pm_json *j)
{
    pm_json_object(j, key);
    pm_json_text(j, "learner", pm_learner_name(m->learner));
    pm_json_whole(j, "features", m->p);
    pm_json_whole(j, "classes", m->classes);
    pm_json_bool(j, "log_target", m->log_target);
    pm_json_bool(j, "log_margin", m->log_margin);
    if (m->constant) write_numbers(j, "constant", m->constant, m->outputs);
    if (m->linear) write_linear(j, m);
    if (m->trees) write_trees(j, m->trees);
    if (m->gaussian) write_gaussian(j, m);
    pm_json_end(j);
}

/* ---- reading ---- */

static pm_status bad(const pm_doc *doc, const pm_node *node, const char *what, pm_error *err)
{
    return pm_node_fail(doc, node, PM_ERR_FORMAT, err, "not a model of this program: %s", what);
}

/* n numbers into fresh memory; n = -1 takes as many as there are. */
static pm_status read_numbers(const pm_doc *doc, const pm_node *parent, const char *key, int64_t n, double **out,
                              int64_t *found, pm_error *err)
{
    const pm_node *list = pm_node_find(parent, key);
    int64_t count = pm_node_count(list);

    if (pm_node_kind(list) != PM_NODE_LIST || (n >= 0 && count != n)) return bad(doc, parent, key, err);
    *out = calloc((size_t)count + 1, sizeof **out);
    if (!*out) return pm_fail(err, PM_ERR_MEMORY, "no memory for a model");
    for (int64_t i = 0; i < count; i++) {
        (*out)[i] = pm_node_number(pm_node_item(list, i), NAN);
        if (!isfinite((*out)[i])) return bad(doc, list, "a number is missing", err);
    }
    if (found) *found = count;
    return PM_OK;
}

static pm_status read_linear(const pm_doc *doc, const pm_node *node, pm_model *m, pm_error *err)
{
    pm_linear *l = m->linear = calloc(1, sizeof *l);
    pm_status s;

    if (!l) return pm_fail(err, PM_ERR_MEMORY, "no memory for a model");
    if ((s = read_numbers(doc, node, "center", m->p, &l->center, NULL, err))) return s;
    if ((s = read_numbers(doc, node, "scale", m->p, &l->scale, NULL, err))) return s;
    if ((s = read_numbers(doc, node, "weight", (int64_t)m->outputs * m->p, &l->w, NULL, err))) return s;
    return read_numbers(doc, node, "bias", m->outputs, &l->bias, NULL, err);
}

static pm_status read_gaussian(const pm_doc *doc, const pm_node *node, pm_model *m, pm_error *err)
{
    pm_gaussian *g = m->gaussian = calloc(1, sizeof *g);
    pm_scoped_memory double *kernel = NULL, *target = NULL;
    pm_status s;

    if (!g || !(g->frame = calloc(1, sizeof *g->frame))) return pm_fail(err, PM_ERR_MEMORY, "no memory for a model");
    if ((s = read_numbers(doc, node, "center", m->p, &g->frame->center, NULL, err))) return s;
    if ((s = read_numbers(doc, node, "scale", m->p, &g->frame->scale, NULL, err))) return s;
    if ((s = read_numbers(doc, node, "kernel", 4, &kernel, NULL, err))) return s;
    if ((s = read_numbers(doc, node, "target", 2, &target, NULL, err))) return s;
    if ((s = read_numbers(doc, node, "alpha", -1, &g->alpha, &g->n, err))) return s;
    if ((s = read_numbers(doc, node, "rows", g->n * m->p, &g->z, NULL, err))) return s;
    if (!(kernel[1] > 0) || m->classes) return bad(doc, node, "kernel", err);
    memcpy(g->kernel, kernel, sizeof g->kernel);
    g->mean = target[0];
    g->spread = target[1];
    return PM_OK;
}

static bool is_whole(double x, double low, double high)
{
    return x >= low && x <= high && x == floor(x);
}

/* One tree behind the other. */
static bool read_tree_list(pm_trees *t, const double *from, int64_t n)
{
    double end = 0;

    for (int64_t i = 0; i < n; i++) {
        const double *x = from + 3 * i;
        if (x[0] != end || !is_whole(x[1], 1, (double)t->n_nodes - end) || !is_whole(x[2], -1, t->outputs - 1))
            return false;
        t->tree[i] = (pm_tree){(int32_t)x[0], (int32_t)x[1], (int32_t)x[2]};
        end += x[1];
    }
    return true;
}

/* Whether the node has no parent yet. */
static bool adopt(bool *adopted, double node)
{
    bool first = !adopted[(int64_t)node];

    adopted[(int64_t)node] = true;
    return first;
}

/* Children stand behind their parent and within its tree and have one parent: no walk can go round, and there are no
 * more paths than nodes. */
static bool read_nodes(pm_trees *t, const double *from, bool *adopted)
{
    for (int64_t k = 0; k < t->n_trees; k++) {
        const pm_tree *tree = &t->tree[k];
        int32_t end = tree->root + tree->n_nodes, width = tree->output < 0 ? t->outputs : 1;
        for (int32_t i = tree->root; i < end; i++) {
            const double *x = from + 6 * (int64_t)i;
            bool leaf = x[0] == -1;
            bool good = leaf ? is_whole(x[1], 0, (double)(t->n_leaves - width))
                             : is_whole(x[0], 0, t->features - 1) && is_whole(x[1], i + 1, end - 1) &&
                                   is_whole(x[2], i + 1, end - 1) && adopt(adopted, x[1]) && adopt(adopted, x[2]);
            if (!good || !(x[4] >= 0)) return false;
            t->node[i] = (pm_tree_node){(int32_t)x[0], (int32_t)x[1], leaf ? 0 : (int32_t)x[2],
                                        (float)x[3],   (float)x[4],   x[5] != 0};
        }
    }
    return true;
}

static pm_status read_trees(const pm_doc *doc, const pm_node *node, pm_model *m, pm_error *err)
{
    pm_trees *t = m->trees = calloc(1, sizeof *t);
    pm_scoped_memory double *tree = NULL, *nodes = NULL;
    int64_t n_tree, n_nodes;
    pm_status s;

    if (!t) return pm_fail(err, PM_ERR_MEMORY, "no memory for a model");
    t->outputs = m->outputs;
    t->features = m->p;
    if ((s = read_numbers(doc, node, "base", m->outputs, &t->base, NULL, err))) return s;
    if ((s = read_numbers(doc, node, "tree", -1, &tree, &n_tree, err))) return s;
    if ((s = read_numbers(doc, node, "node", -1, &nodes, &n_nodes, err))) return s;
    if ((s = read_numbers(doc, node, "leaf", -1, &t->leaf, &t->n_leaves, err))) return s;
    if (n_tree % 3 || n_nodes % 6 || n_nodes > INT32_MAX) return bad(doc, node, "trees", err);
    t->n_trees = n_tree / 3;
    t->n_nodes = n_nodes / 6;
    t->tree = calloc((size_t)t->n_trees + 1, sizeof *t->tree);
    t->node = calloc((size_t)t->n_nodes + 1, sizeof *t->node);
    pm_scoped_memory bool *adopted = calloc((size_t)t->n_nodes + 1, 1);
    if (!t->tree || !t->node || !adopted) return pm_fail(err, PM_ERR_MEMORY, "no memory for a model");
    if (!read_tree_list(t, tree, t->n_trees) || !read_nodes(t, nodes, adopted))
        return bad(doc, node, "a tree's node", err);
    return PM_OK;
}

static pm_learner learner_named(const char *name)
{
    for (int k = PM_BOOSTED; k <= PM_GAUSSIAN; k++)
        if (strcmp(pm_learner_name((pm_learner)k), name) == 0) return (pm_learner)k;
    return 0;
}

pm_status pm_model_read(const pm_doc *doc, const pm_node *node, pm_model **out, pm_error *err)
{
    pm_scoped(pm_model) m = calloc(1, sizeof *m);
    double p = pm_node_number(pm_node_find(node, "features"), -1);
    double classes = pm_node_number(pm_node_find(node, "classes"), -1);
    pm_status s = PM_OK;

    if (!m) return pm_fail(err, PM_ERR_MEMORY, "no memory for a model");
    m->learner = learner_named(pm_node_text(pm_node_find(node, "learner"), ""));
    if (!m->learner) return bad(doc, node, "learner", err);
    if (!is_whole(p, 1, 100000) || !is_whole(classes, 0, 32) || classes == 1)
        return bad(doc, node, "features, classes", err);
    m->p = (int)p;
    m->classes = (int)classes;
    m->outputs = m->classes ? m->classes : 1;
    m->log_target = pm_node_bool(pm_node_find(node, "log_target"), false);
    m->log_margin = pm_node_bool(pm_node_find(node, "log_margin"), false);
    switch (m->learner) {
    case PM_MAJORITY: s = read_numbers(doc, node, "constant", m->outputs, &m->constant, NULL, err); break;
    case PM_GAUSSIAN: s = read_gaussian(doc, pm_node_find(node, "gaussian"), m, err); break;
    case PM_BOOSTED:
    case PM_FOREST: s = read_trees(doc, pm_node_find(node, "trees"), m, err); break;
    default: s = read_linear(doc, pm_node_find(node, "linear"), m, err);
    }
    if (s) return s;
    *out = m;
    m = NULL;
    return PM_OK;
}
