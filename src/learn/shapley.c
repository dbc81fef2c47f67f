/* SPDX-License-Identifier: MIT */
/* Exact Shapley values of trees, leaf by leaf. A leaf is a box: the features on its path, each with an interval and
   with z, the share of the training rows that stay when the feature is not known. Which of these features a row
   satisfies (A) is all that the row's values depend on, and there are few such sets per leaf: the values of a set are
   computed once for many rows.
 *   i in A:      phi_i =  v (1 - z_i) P sum_k w(k) e_{a-1-k}(z over A without i)
 *   i not in A:  phi_i = -v P sum_k w(k) e_{a-k}(z over A)
 * with a = |A|, P the product of z outside A, e elementary symmetric polynomials, w(k) = k! (d-1-k)! / d!. */
#include "trees.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 512, TABLE_FEATURES = 8, PATH_MAX = 64 };

/* A leaf's box. */
typedef struct box {
    int d;
    int feature[PATH_MAX];
    float low[PATH_MAX], high[PATH_MAX];
    bool missing[PATH_MAX];
    double z[PATH_MAX];
    int32_t leaf;
} box;

/* ---- the values of one set ---- */

static double weight(int k, int d)
{
    double w = 1.0 / d; /* 1 / (d binomial(d-1, k)) */
    for (int i = 1; i <= k; i++) w *= (double)i / (d - i);
    return w;
}

/* sum_k w(k) e_{a-k}(z), a = number of z; the polynomial prod(1 + z t) has e_m at t^m. */
static double weighted_sum(const double *z, int a, int d)
{
    double e[PATH_MAX + 1] = {1}, sum = 0;

    for (int i = 0; i < a; i++)
        for (int m = i + 1; m > 0; m--) e[m] += z[i] * e[m - 1];
    for (int k = 0; k <= a && k < d; k++) sum += weight(k, d) * e[a - k];
    return sum;
}

/* z of the features in the set but without `left_out` (-1 = none), and the product of those outside it. */
static int gather(const double *z, int d, uint64_t set, int left_out, double *in, double *outside)
{
    int a = 0;

    *outside = 1;
    for (int i = 0; i < d; i++) {
        if (i == left_out) continue;
        if (set >> i & 1)
            in[a++] = z[i];
        else
            *outside *= z[i];
    }
    return a;
}

/* phi[d] of a leaf of value 1. */
static void values_of_set(const double *z, int d, uint64_t set, double *phi)
{
    double in[PATH_MAX], outside, others = 0;
    int a = gather(z, d, set, -1, in, &outside);

    if (a < d) others = -outside * weighted_sum(in, a, d);
    for (int i = 0; i < d; i++) {
        double p;
        phi[i] = others;
        if (!(set >> i & 1)) continue;
        int b = gather(z, d, set, i, in, &p);
        phi[i] = (1 - z[i]) * p * weighted_sum(in, b, d);
    }
}

/* ---- boxes ---- */

typedef struct walk {
    const pm_trees *trees;
    void (*each)(void *context, const box *b, const pm_tree *tree);
    void *context;
    bool too_deep;
} walk;

static int place_of(const box *b, int feature)
{
    for (int i = 0; i < b->d; i++)
        if (b->feature[i] == feature) return i;
    return -1;
}

static void descend(walk *w, const pm_tree *tree, int32_t index, box *b, int depth);

static void enter(walk *w, const pm_tree *tree, const pm_tree_node *n, bool yes, const box *before, int depth)
{
    box b = *before;
    int32_t child = yes ? n->yes : n->no;
    int at = place_of(&b, n->feature);

    if (at < 0) {
        at = b.d++;
        b.feature[at] = n->feature;
        b.low[at] = -INFINITY;
        b.high[at] = INFINITY;
        b.missing[at] = true;
        b.z[at] = 1;
    }
    if (yes && n->threshold < b.high[at]) b.high[at] = n->threshold;
    if (!yes && n->threshold > b.low[at]) b.low[at] = n->threshold;
    b.missing[at] = b.missing[at] && yes == n->missing_yes;
    b.z[at] *= n->cover > 0 ? (double)w->trees->node[child].cover / (double)n->cover : 0;
    descend(w, tree, child, &b, depth + 1);
}

static void descend(walk *w, const pm_tree *tree, int32_t index, box *b, int depth)
{
    const pm_tree_node *n = &w->trees->node[index];

    if (n->feature < 0) {
        b->leaf = n->yes;
        w->each(w->context, b, tree);
    } else if (b->d + 1 >= PATH_MAX || depth > 256) {
        w->too_deep = true;
    } else {
        enter(w, tree, n, true, b, depth);
        enter(w, tree, n, false, b, depth);
    }
}

static pm_status each_leaf(const pm_trees *trees, void (*each)(void *, const box *, const pm_tree *), void *context,
                           pm_error *err)
{
    walk w = {trees, each, context, false};

    for (int64_t i = 0; i < trees->n_trees; i++) {
        box empty = {0};
        descend(&w, &trees->tree[i], trees->tree[i].root, &empty, 0);
    }
    return w.too_deep ? pm_fail(err, PM_ERR_LIMIT, "a tree is too deep to be explained") : PM_OK;
}

/* ---- many rows ---- */

/* With T(A) = sum_k w(k) e_{a-k}(z over A): a feature in A gets (1 - z_i) P T(A without i), one outside -P T(A). For
   few features T and P of all sets are cheaper than those of the sets that occur one by one: each is made from the one
   without (P: with) its lowest feature. table[i][set] is what feature i gets of a leaf of value 1. */
static void fill_table(const box *b, double *table)
{
    double e[1 << TABLE_FEATURES][TABLE_FEATURES + 1], sum[1 << TABLE_FEATURES], outside[1 << TABLE_FEATURES];
    double w[TABLE_FEATURES];
    int d = b->d, sets = 1 << d;

    for (int k = 0; k < d; k++) w[k] = weight(k, d);
    for (int set = 0; set < sets; set++) {
        int lowest = set ? __builtin_ctz((unsigned)set) : 0, rest = set & (set - 1),
            a = __builtin_popcount((unsigned)set);
        e[set][0] = 1;
        for (int m = 1; m <= a; m++) e[set][m] = (m < a ? e[rest][m] : 0) + b->z[lowest] * e[rest][m - 1];
        sum[set] = 0;
        for (int k = 0; k <= a && k < d; k++) sum[set] += w[k] * e[set][a - k];
    }
    outside[sets - 1] = 1;
    for (int set = sets - 2; set >= 0; set--)
        outside[set] = outside[set | (set + 1)] * b->z[__builtin_ctz(~(unsigned)set)];
    for (int i = 0; i < d; i++)
        for (int set = 0; set < sets; set++)
            table[i * sets + set] = outside[set] * (set >> i & 1 ? (1 - b->z[i]) * sum[set & ~(1 << i)] : -sum[set]);
}

typedef struct block {
    const pm_trees *trees;
    int n;            /* rows, at most BLOCK */
    float *x;         /* [features][BLOCK] */
    double *phi;      /* [outputs][features][BLOCK] */
    double *bias;     /* [outputs] */
    uint32_t *set[2]; /* [BLOCK] of features 0 to 31 of the box, and of those behind */
    double *table;    /* of one leaf: by feature and set, or of a long path by feature and row */
} block;

static void find_sets(block *k, const box *b)
{
    for (int half = 0; half < (b->d > 32 ? 2 : 1); half++) {
        uint32_t *set = k->set[half];
        memset(set, 0, (size_t)k->n * sizeof *set);
        for (int j = 32 * half; j < b->d && j < 32 * half + 32; j++) {
            const float *x = k->x + (int64_t)b->feature[j] * BLOCK, low = b->low[j], high = b->high[j];
            uint32_t missing = b->missing[j], bit = UINT32_C(1) << (j - 32 * half);
            for (int r = 0; r < k->n; r++) {
                uint32_t inside =
                    ((uint32_t)(x[r] >= low) & (uint32_t)(x[r] < high)) | (missing & (uint32_t)(x[r] != x[r]));
                set[r] |= bit & (0U - inside);
            }
        }
    }
}

static void add_by_table(block *k, const box *b, double *to, double value)
{
    for (int j = 0; j < b->d; j++) {
        const double *table = k->table + ((size_t)j << b->d);
        double own[1 << TABLE_FEATURES], *phi = to + (int64_t)b->feature[j] * BLOCK;
        for (int set = 0; set < 1 << b->d; set++) own[set] = value * table[set];
        for (int r = 0; r < k->n; r++) phi[r] += own[k->set[0][r]];
    }
}

/* Rows next to each other are often of the same set. */
static void fill_by_rows(block *k, const box *b)
{
    uint64_t before = 0;
    double phi[PATH_MAX];

    for (int r = 0; r < k->n; r++) {
        uint64_t set = k->set[0][r] | (b->d > 32 ? (uint64_t)k->set[1][r] << 32 : 0);
        if (r == 0 || set != before) values_of_set(b->z, b->d, set, phi);
        for (int j = 0; j < b->d; j++) k->table[j * BLOCK + r] = phi[j];
        before = set;
    }
}

static void add_by_rows(block *k, const box *b, double *to, double value)
{
    for (int j = 0; j < b->d; j++) {
        const double *table = k->table + (int64_t)j * BLOCK;
        double *phi = to + (int64_t)b->feature[j] * BLOCK;
        for (int r = 0; r < k->n; r++) phi[r] += value * table[r];
    }
}

static void add_leaf(void *context, const box *b, const pm_tree *tree)
{
    block *k = context;
    double share = 1;
    const double *leaf = k->trees->leaf + b->leaf;
    int first = tree->output >= 0 ? tree->output : 0, n = tree->output >= 0 ? 1 : k->trees->outputs;
    bool by_table = b->d <= TABLE_FEATURES;

    for (int j = 0; j < b->d; j++) share *= b->z[j];
    for (int o = 0; o < n; o++) k->bias[first + o] += share * leaf[o];
    find_sets(k, b);
    if (by_table)
        fill_table(b, k->table);
    else
        fill_by_rows(k, b);
    for (int o = 0; o < n; o++)
        if (leaf[o] != 0)
            (by_table ? add_by_table : add_by_rows)(k, b, k->phi + (int64_t)(first + o) * k->trees->features * BLOCK,
                                                    leaf[o]);
}

/* ---- a block of rows ---- */

typedef struct work {
    const pm_trees *trees;
    int64_t n;
    const double *x;
    double *phi;
} work;

static void load(block *k, const work *w, int64_t first)
{
    for (int r = 0; r < k->n; r++)
        for (int f = 0; f < w->trees->features; f++)
            k->x[(int64_t)f * BLOCK + r] = (float)w->x[(first + r) * w->trees->features + f];
}

static void store(const block *k, const work *w, int64_t first)
{
    int p = w->trees->features, outputs = w->trees->outputs;

    for (int r = 0; r < k->n; r++)
        for (int o = 0; o < outputs; o++) {
            double *to = w->phi + ((first + r) * outputs + o) * (p + 1);
            for (int f = 0; f < p; f++) to[f] = k->phi[((int64_t)o * p + f) * BLOCK + r];
            to[p] = w->trees->base[o] + k->bias[o];
        }
}

static pm_status explain_block(void *context, int64_t i, pm_error *err)
{
    const work *w = context;
    int64_t first = i * BLOCK, left = w->n - first;
    size_t p = (size_t)w->trees->features, outputs = (size_t)w->trees->outputs;
    pm_scoped_memory float *rows = calloc((p + 1) * BLOCK, sizeof *rows);
    pm_scoped_memory double *phi = calloc(outputs * (p + 1) * BLOCK, sizeof *phi);
    pm_scoped_memory double *bias = calloc(outputs + 1, sizeof *bias);
    pm_scoped_memory uint32_t *set = calloc((size_t)2 * BLOCK, sizeof *set);
    pm_scoped_memory double *table = calloc(PATH_MAX * BLOCK, sizeof *table);
    pm_status s;

    if (!rows || !phi || !bias || !set || !table) return pm_fail(err, PM_ERR_MEMORY, "no memory to explain rows");
    block k = {w->trees, left < BLOCK ? (int)left : BLOCK, rows, phi, bias, {set, set + BLOCK}, table};
    load(&k, w, first);
    if ((s = each_leaf(w->trees, add_leaf, &k, err))) return s;
    store(&k, w, first);
    return PM_OK;
}

pm_status pm_trees_shapley(const pm_trees *trees, int64_t n, const double *x, const pm_run *run, double *phi,
                           pm_error *err)
{
    work w = {trees, n, x, phi};

    return pm_parallel(run, (n + BLOCK - 1) / BLOCK, explain_block, &w, err);
}

/* ---- interactions ---- */

typedef struct pairs {
    const pm_trees *trees;
    const double *x; /* one row */
    double *phi;     /* [outputs][features][features] */
} pairs;

static uint64_t set_of(const box *b, const double *x)
{
    uint64_t set = 0;

    for (int j = 0; j < b->d; j++) {
        float value = (float)x[b->feature[j]];
        bool inside = isnan(value) ? b->missing[j] : value >= b->low[j] && value < b->high[j];
        set |= (uint64_t)inside << j;
    }
    return set;
}

/* The features of a box but one, renumbered. */
static uint64_t without(uint64_t set, int j)
{
    uint64_t below = (UINT64_C(1) << j) - 1;

    return (set & below) | (set >> 1 & ~below);
}

/* phi_ij = 1/2 (phi_i with j known - phi_i with j not known): j leaves the box, the leaf's value is multiplied by
   o_j - z_j. */
static void add_pairs(void *context, const box *b, const pm_tree *tree)
{
    pairs *k = context;
    const double *leaf = k->trees->leaf + b->leaf;
    int p = k->trees->features, first = tree->output >= 0 ? tree->output : 0;
    int n = tree->output >= 0 ? 1 : k->trees->outputs;
    uint64_t set = set_of(b, k->x);

    for (int j = 0; j < b->d; j++) {
        double z[PATH_MAX], unit[PATH_MAX], factor = 0.5 * ((double)(set >> j & 1) - b->z[j]);
        for (int i = 0, m = 0; i < b->d; i++)
            if (i != j) z[m++] = b->z[i];
        values_of_set(z, b->d - 1, without(set, j), unit);
        for (int i = 0, m = 0; i < b->d; i++) {
            if (i == j) continue;
            double *to = k->phi + ((int64_t)first * p + b->feature[i]) * p + b->feature[j];
            for (int o = 0; o < n; o++) to[(int64_t)o * p * p] += factor * unit[m] * leaf[o];
            m++;
        }
    }
}

static pm_status explain_pairs(void *context, int64_t i, pm_error *err)
{
    const work *w = context;
    int64_t p = w->trees->features, outputs = w->trees->outputs;
    pairs k = {w->trees, w->x + i * p, w->phi + i * outputs * p * p};
    pm_scoped_memory double *own = malloc((size_t)(outputs * (p + 1)) * sizeof *own);
    pm_run one = {.threads = 1};
    pm_status s;

    if (!own) return pm_fail(err, PM_ERR_MEMORY, "no memory to explain a row");
    memset(k.phi, 0, (size_t)(outputs * p * p) * sizeof *k.phi);
    if ((s = each_leaf(w->trees, add_pairs, &k, err))) return s;
    if ((s = pm_trees_shapley(w->trees, 1, k.x, &one, own, err))) return s;
    for (int64_t o = 0; o < outputs; o++)
        for (int64_t f = 0; f < p; f++) {
            double *row = k.phi + (o * p + f) * p, others = 0;
            for (int64_t g = 0; g < p; g++) others += g == f ? 0 : row[g];
            row[f] = own[o * (p + 1) + f] - others;
        }
    return PM_OK;
}

pm_status pm_trees_interactions(const pm_trees *trees, int64_t n, const double *x, const pm_run *run, double *phi,
                                pm_error *err)
{
    work w = {trees, n, x, phi};

    return pm_parallel(run, n, explain_pairs, &w, err);
}
