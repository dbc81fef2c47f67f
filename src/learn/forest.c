/* SPDX-License-Identifier: MIT */
/* A random forest (Breiman, Machine Learning 2001, 45, 5): bootstrap rows, a draw of features at each split, trees
   grown to purity; least Gini impurity, or least variance. Missing values go the way that parts better. Where rows are
   censored, the others are drawn by the inverse probability of having been watched (Hothorn et al., Biostatistics 2006,
   7, 355): no prediction lies above the longest life that ended. */
#include "fit.h"

#include <math.h>
#include <string.h>

typedef struct item {
    float x;
    int32_t row;
} item;

typedef struct split {
    int feature;
    float threshold;
    bool missing_yes;
    double gain;
} split;

typedef struct grower {
    const pm_data *d;
    const pm_learn_options *o;
    pm_trees *trees;
    pm_random random;
    int outputs, tries;
    int32_t *rows, *scratch; /* [n] rows of the tree (some of them twice), node by node */
    double *reach;           /* [n] where rows are censored: running sums of the weights by which they are drawn */
    item *items;
    int *feature;
    double *left, *right, *total; /* sums: class counts, or count, sum and sum of squares */
    int sums;
} grower;

/* ---- impurity, times the number of rows ---- */

static void add_row(const grower *g, double *sums, int32_t row, double sign)
{
    if (g->d->classes) {
        sums[g->d->y[row]] += sign;
    } else {
        double t = pm_learn_target(g->d, g->o, row);
        sums[0] += sign;
        sums[1] += sign * t;
        sums[2] += sign * t * t;
    }
}

static double count_of(const grower *g, const double *sums)
{
    double n = 0;
    for (int k = 0; k < (g->d->classes ? g->sums : 1); k++) n += sums[k];
    return n;
}

static double impurity(const grower *g, const double *sums)
{
    double n = count_of(g, sums), squares = 0;

    if (n <= 0) return 0;
    if (!g->d->classes) return fmax(0, sums[2] - sums[1] * sums[1] / n);
    for (int k = 0; k < g->sums; k++) squares += sums[k] * sums[k];
    return n - squares / n;
}

/* ---- the best split of one feature ---- */

static int by_value(const void *a, const void *b)
{
    const item *l = a, *r = b;
    if (l->x != r->x) return l->x < r->x ? -1 : 1;
    return (l->row > r->row) - (l->row < r->row);
}

/* Values that are there in order, those missing behind; returns how many are there. */
static int64_t sort_items(grower *g, int feature, int64_t first, int64_t n)
{
    int64_t here = 0, missing = n;

    for (int64_t i = 0; i < n; i++) {
        int32_t row = g->rows[first + i];
        float x = (float)g->d->x[(int64_t)row * g->d->p + feature];
        g->items[isnan(x) ? --missing : here++] = (item){x, row};
    }
    qsort(g->items, (size_t)here, sizeof *g->items, by_value);
    return here;
}

static void try_cuts(grower *g, int feature, int64_t here, int64_t n, bool missing_yes, double before, split *best)
{
    memset(g->left, 0, (size_t)g->sums * sizeof *g->left);
    memcpy(g->right, g->total, (size_t)g->sums * sizeof *g->right);
    for (int64_t i = here; missing_yes && i < n; i++) {
        add_row(g, g->left, g->items[i].row, 1);
        add_row(g, g->right, g->items[i].row, -1);
    }
    double least = g->o->least_leaf;
    for (int64_t i = 0; i + 1 < here; i++) {
        add_row(g, g->left, g->items[i].row, 1);
        add_row(g, g->right, g->items[i].row, -1);
        float low = g->items[i].x, high = g->items[i + 1].x, middle = low + (high - low) / 2;
        if (low == high || count_of(g, g->left) < least || count_of(g, g->right) < least) continue;
        double gain = before - impurity(g, g->left) - impurity(g, g->right);
        if (gain > best->gain) *best = (split){feature, middle > low ? middle : high, missing_yes, gain};
    }
}

static split best_split(grower *g, int64_t first, int64_t n)
{
    double before = impurity(g, g->total);
    split best = {-1, 0, false, 1e-12 * (before + 1e-300)};
    int p = g->d->p;

    /* Constant features do not count as tries, as in other forests. */
    for (int i = 0, tried = 0; i < p && tried < g->tries; i++) {
        int j = i + (int)(pm_random_uniform(&g->random) * (p - i)), f = g->feature[j];
        g->feature[j] = g->feature[i];
        g->feature[i] = f;
        int64_t here = sort_items(g, f, first, n);
        if (here < 2 || g->items[0].x == g->items[here - 1].x) continue;
        tried++;
        try_cuts(g, f, here, n, false, before, &best);
        if (here < n) try_cuts(g, f, here, n, true, before, &best);
    }
    return best;
}

/* ---- growing ---- */

static pm_status add_node(grower *g, pm_tree_node node, int32_t *at, pm_error *err)
{
    pm_trees *t = g->trees;
    pm_status s = pm_grow(&t->node, &t->nodes_room, t->n_nodes + 1, sizeof *t->node, err);

    if (s) return s;
    t->node[t->n_nodes] = node;
    *at = (int32_t)t->n_nodes++;
    return PM_OK;
}

/* Every tree adds its part of the mean. */
static pm_status make_leaf(grower *g, int32_t at, double n, pm_error *err)
{
    pm_trees *t = g->trees;
    pm_status s = pm_grow(&t->leaf, &t->leaves_room, t->n_leaves + g->outputs, sizeof *t->leaf, err);

    if (s) return s;
    t->node[at].yes = (int32_t)t->n_leaves;
    for (int k = 0; k < g->outputs; k++)
        t->leaf[t->n_leaves++] = (g->d->classes ? g->total[k] : g->total[1]) / n / g->o->trees;
    return PM_OK;
}

/* Rows of the yes side first; returns how many. */
static int64_t part_rows(grower *g, const split *s, int64_t first, int64_t n)
{
    int64_t yes = 0, no = 0;

    for (int64_t i = 0; i < n; i++) {
        int32_t row = g->rows[first + i];
        float x = (float)g->d->x[(int64_t)row * g->d->p + s->feature];
        if (isnan(x) ? s->missing_yes : x < s->threshold)
            g->rows[first + yes++] = row;
        else
            g->scratch[no++] = row;
    }
    memcpy(g->rows + first + yes, g->scratch, (size_t)no * sizeof *g->rows);
    return yes;
}

static pm_status grow(grower *g, int64_t first, int64_t n, int depth, int32_t *at, pm_error *err)
{
    pm_status s;
    int32_t yes, no;

    if ((s = pm_run_check(g->o->run, err))) return s;
    memset(g->total, 0, (size_t)g->sums * sizeof *g->total);
    for (int64_t i = 0; i < n; i++) add_row(g, g->total, g->rows[first + i], 1);
    if ((s = add_node(g, (pm_tree_node){.feature = -1, .cover = (float)n}, at, err))) return s;
    bool may_split = n >= 2 * g->o->least_leaf && n > 1 && depth < (g->o->depth ? g->o->depth : 60);
    split cut = may_split ? best_split(g, first, n) : (split){.feature = -1};
    if (cut.feature < 0) return make_leaf(g, *at, (double)n, err);
    int64_t n_yes = part_rows(g, &cut, first, n);
    if ((s = grow(g, first, n_yes, depth + 1, &yes, err))) return s;
    if ((s = grow(g, first + n_yes, n - n_yes, depth + 1, &no, err))) return s;
    g->trees->node[*at] = (pm_tree_node){cut.feature, yes, no, cut.threshold, (float)n, cut.missing_yes};
    return PM_OK;
}

/* Rows that are lower bounds are not drawn, and the others stand for them. */
static int32_t draw_row(grower *g)
{
    double u = pm_random_uniform(&g->random);
    int64_t low = 0, high = g->d->n - 1;

    if (!g->reach) return (int32_t)(u * (double)g->d->n);
    u *= g->reach[high];
    while (low < high) { /* the first row whose sum passes u */
        int64_t middle = (low + high) / 2;
        if (g->reach[middle] > u)
            high = middle;
        else
            low = middle + 1;
    }
    return (int32_t)low;
}

static pm_status grow_trees(grower *g, pm_error *err)
{
    pm_trees *t = g->trees;
    pm_status s;

    for (int i = 0; i < g->o->trees; i++) {
        int32_t root, before = (int32_t)t->n_nodes;
        g->random = pm_random_stream(g->o->seed, "learn/forest", (uint64_t)i);
        for (int64_t k = 0; k < g->d->n; k++) g->rows[k] = draw_row(g);
        for (int f = 0; f < g->d->p; f++) g->feature[f] = f;
        if ((s = grow(g, 0, g->d->n, 0, &root, err))) return s;
        if ((s = pm_grow(&t->tree, &t->trees_room, t->n_trees + 1, sizeof *t->tree, err))) return s;
        t->tree[t->n_trees++] = (pm_tree){root, (int32_t)t->n_nodes - before, -1};
    }
    return PM_OK;
}

pm_status pm_fit_forest(const pm_data *d, const pm_learn_options *o, pm_model *m, pm_error *err)
{
    size_t n = (size_t)d->n + 1, p = (size_t)d->p + 1;
    int sums = d->classes ? d->classes : 3;
    pm_scoped_memory int32_t *rows = calloc(n, sizeof *rows), *scratch = calloc(n, sizeof *scratch);
    pm_scoped_memory item *items = calloc(n, sizeof *items);
    pm_scoped_memory int *feature = calloc(p, sizeof *feature);
    pm_scoped_memory double *sum = calloc(3 * (size_t)sums, sizeof *sum), *reach = calloc(n, sizeof *reach);
    pm_status s;

    m->trees = calloc(1, sizeof *m->trees);
    if (!rows || !scratch || !items || !feature || !sum || !reach || !m->trees)
        return pm_fail(err, PM_ERR_MEMORY, "no memory for a forest");
    m->trees->outputs = m->outputs;
    m->trees->features = d->p;
    m->trees->base = calloc((size_t)m->outputs, sizeof *m->trees->base);
    if (!m->trees->base) return pm_fail(err, PM_ERR_MEMORY, "no memory for a forest");
    if (d->upper && (s = pm_ended_weights(d, reach, err))) return s;
    for (int64_t i = 1; i < d->n; i++) reach[i] += reach[i - 1];
    /* sqrt(p) features a split for classes, a third for a regression (Breiman's choices) */
    int tries = d->classes ? (int)sqrt((double)d->p) : d->p / 3;
    grower g = {.d = d,
                .o = o,
                .trees = m->trees,
                .outputs = m->outputs,
                .tries = tries > 1 ? tries : 1,
                .rows = rows,
                .scratch = scratch,
                .reach = d->upper ? reach : NULL,
                .items = items,
                .feature = feature,
                .left = sum,
                .right = sum + sums,
                .total = sum + 2 * sums,
                .sums = sums};
    return grow_trees(&g, err);
}
