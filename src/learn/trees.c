/* SPDX-License-Identifier: MIT */
#include "trees.h"

#include <math.h>
#include <stdlib.h>

void pm_trees_free(pm_trees *t)
{
    if (!t) return;
    free(t->base);
    free(t->tree);
    free(t->node);
    free(t->leaf);
    free(t);
}

static int32_t leaf_of(const pm_trees *t, int32_t node, const double *x)
{
    const pm_tree_node *n = &t->node[node];

    while (n->feature >= 0) {
        float value = (float)x[n->feature];
        bool yes = isnan(value) ? n->missing_yes : value < n->threshold;
        n = &t->node[yes ? n->yes : n->no];
    }
    return n->yes;
}

void pm_trees_sum(const pm_trees *t, int64_t n, const double *x, double *sum)
{
    for (int64_t i = 0; i < n; i++) {
        double *out = sum + i * t->outputs;
        for (int k = 0; k < t->outputs; k++) out[k] = t->base[k];
        for (int64_t j = 0; j < t->n_trees; j++) {
            const pm_tree *tree = &t->tree[j];
            const double *leaf = t->leaf + leaf_of(t, tree->root, x + i * t->features);
            if (tree->output >= 0)
                out[tree->output] += *leaf;
            else
                for (int k = 0; k < t->outputs; k++) out[k] += leaf[k];
        }
    }
}
