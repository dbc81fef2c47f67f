/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: trees as they are served, whoever grew them: prediction and exact Shapley values.
 */
#ifndef PM_LEARN_TREES_H
#define PM_LEARN_TREES_H

#include "base/base.h"

/** A node: x < threshold goes to `yes`. Features are compared as float32, as XGBoost does. */
typedef struct pm_tree_node {
    int32_t feature; /* -1 = a leaf */
    int32_t yes, no; /* nodes; of a leaf `yes` is its place in `leaf` */
    float threshold;
    float cover; /* weight of the training rows that came by */
    bool missing_yes;
} pm_tree_node;

typedef struct pm_tree {
    int32_t root, n_nodes;
    int32_t output; /* the output it adds to; -1 = all of them */
} pm_tree;

typedef struct pm_trees {
    int outputs, features;
    double *base; /* [outputs] */
    pm_tree *tree;
    pm_tree_node *node;
    double *leaf; /* one value per leaf, or `outputs` of them where the tree adds to all */
    int64_t n_trees, n_nodes, n_leaves;
    int64_t trees_room, nodes_room, leaves_room;
} pm_trees;

void pm_trees_free(pm_trees *trees);
PM_SCOPED(pm_trees, pm_trees_free)

/** Sums of the leaves reached, [n][outputs], for x[n][features] (NaN = missing). */
void pm_trees_sum(const pm_trees *trees, int64_t n, const double *x, double *sum);

/** Path-dependent Shapley values (Lundberg et al., Nat. Mach. Intell. 2020, 2, 56, algorithm 1's quantity): phi is
 *  [n][outputs][features + 1], the last one the expectation; they add up to the sum. */
PM_CHECK pm_status pm_trees_shapley(const pm_trees *trees, int64_t n, const double *x, const pm_run *run, double *phi,
                                    pm_error *err);
/** Interaction values: [n][outputs][features][features], symmetric; a row of them adds up to the feature's Shapley
 *  value. */
PM_CHECK pm_status pm_trees_interactions(const pm_trees *trees, int64_t n, const double *x, const pm_run *run,
                                         double *phi, pm_error *err);

#endif
