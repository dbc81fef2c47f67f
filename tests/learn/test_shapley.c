/* SPDX-License-Identifier: MIT */
/* Shapley values of trees against a published example, against the definition, and their sum. */
#include "learn/trees.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* Two trees of XGBoost 3.2.0 (exact, depth 2, eta 0.5, lambda 1) with its own contributions, single precision. */
static pm_tree_node two_trees[] = {
    {0, 1, 2, 0.284139693F, 40, true},
    {1, 3, 4, 0.358975023F, 13, true},
    {0, 5, 6, 0.710285187F, 27, true},
    {-1, 0, 0, 0, 5, false},
    {-1, 1, 0, 0, 8, false},
    {-1, 2, 0, 0, 15, false},
    {-1, 3, 0, 0, 12, false},
    {0, 8, 9, 0.521186948F, 40, true},
    {0, 10, 11, 0.101572566F, 22, true},
    {1, 12, 13, 0.482906818F, 18, true},
    {-1, 4, 0, 0, 4, false},
    {-1, 5, 0, 0, 18, false},
    {-1, 6, 0, 0, 7, false},
    {-1, 7, 0, 0, 11, false},
};
static double two_leaves[] = {0.112609319,  0.270984232, 0.576284945, 0.949365199,
                              0.0219643116, 0.220319718, 0.317152619, 0.538326204};
static pm_tree two_roots[] = {{0, 7, 0}, {7, 7, 0}};
static double no_base[] = {0};

static pm_trees published(void)
{
    return (pm_trees){.outputs = 1,
                      .features = 3,
                      .base = no_base,
                      .tree = two_roots,
                      .node = two_trees,
                      .leaf = two_leaves,
                      .n_trees = 2,
                      .n_nodes = 14,
                      .n_leaves = 8};
}

static void the_published_example(void **state)
{
    (void)state;
    const double x[] = {0.7911566691, 0.5874863989, 0.3853953741};
    const double expected[] = {0.5413630605, 0.0722570941, 0, 0.8740711212};
    pm_trees t = published();
    double phi[4], pair[9], sum;
    pm_error err = {0};
    pm_trees_sum(&t, 1, x, &sum);
    assert_close(sum, 1.4876914024, 1e-7, 0);
    assert_good(pm_trees_shapley(&t, 1, x, NULL, phi, &err), &err);
    for (int i = 0; i < 4; i++) assert_close(phi[i], expected[i], 0, 2e-7);
    assert_good(pm_trees_interactions(&t, 1, x, NULL, pair, &err), &err);
    assert_close(pair[0], 0.5276082, 0, 2e-7);
    assert_close(pair[1], 0.0137549, 0, 2e-7);
    assert_close(pair[3], 0.0137549, 0, 2e-7);
    assert_close(pair[4], 0.0585022, 0, 2e-7);
    assert_close(pair[8], 0, 0, 1e-12);
}

/* ---- against the definition, on random trees ---- */

enum { FEATURES = 5, OUTPUTS = 2, DEPTH = 6, TREES = 3, NODES = TREES * 127 };

typedef struct made {
    pm_tree_node node[NODES];
    double leaf[NODES * OUTPUTS];
    pm_tree tree[TREES];
    double base[OUTPUTS];
    pm_trees trees;
} made;

static int32_t grow(made *m, pm_random *r, int depth, float cover)
{
    int32_t at = (int32_t)m->trees.n_nodes++;
    pm_tree_node n = {-1, 0, 0, 0, cover, false};
    if (depth == 0 || pm_random_uniform(r) < 0.15) {
        n.yes = (int32_t)m->trees.n_leaves;
        for (int k = 0; k < OUTPUTS; k++) m->leaf[m->trees.n_leaves++] = pm_random_normal(r);
    } else {
        float share = (float)pm_random_uniform(r);
        n.feature = (int32_t)(FEATURES * pm_random_uniform(r));
        n.threshold = (float)pm_random_uniform(r);
        n.missing_yes = pm_random_uniform(r) < 0.5;
        n.yes = grow(m, r, depth - 1, cover * share);
        n.no = grow(m, r, depth - 1, cover - cover * share);
    }
    m->node[at] = n;
    return at;
}

static made *random_trees(uint64_t seed)
{
    made *m = calloc(1, sizeof *m);
    pm_random r = pm_random_stream(seed, "test/shapley", 0);
    m->trees = (pm_trees){
        .outputs = OUTPUTS, .features = FEATURES, .base = m->base, .tree = m->tree, .node = m->node, .leaf = m->leaf};
    m->base[1] = 0.25;
    for (int i = 0; i < TREES; i++) {
        m->tree[i].root = grow(m, &r, DEPTH, 100);
        m->tree[i].output = -1;
        m->trees.n_trees++;
    }
    return m;
}

/* Expectation of a tree where only the features of `known` are: both ways, by the share of the training rows. */
static double expectation(const made *m, int32_t at, int output, const double *x, unsigned known)
{
    const pm_tree_node *n = &m->node[at];
    if (n->feature < 0) return m->leaf[n->yes + output];
    double yes = expectation(m, n->yes, output, x, known), no = expectation(m, n->no, output, x, known);
    if (known >> n->feature & 1) {
        float value = (float)x[n->feature];
        return (isnan(value) ? n->missing_yes : value < n->threshold) ? yes : no;
    }
    double share = (double)m->node[n->yes].cover / (double)n->cover;
    return share * yes + (double)m->node[n->no].cover / (double)n->cover * no;
}

static double game(const made *m, int output, const double *x, unsigned known)
{
    double sum = m->base[output];
    for (int i = 0; i < TREES; i++) sum += expectation(m, m->tree[i].root, output, x, known);
    return sum;
}

static double factorial(int n)
{
    return n < 2 ? 1 : n * factorial(n - 1);
}

static double by_definition(const made *m, int output, const double *x, int i)
{
    double phi = 0;
    for (unsigned s = 0; s < 1U << FEATURES; s++) {
        if (s >> i & 1) continue;
        int k = __builtin_popcount(s);
        double weight = factorial(k) * factorial(FEATURES - 1 - k) / factorial(FEATURES);
        phi += weight * (game(m, output, x, s | 1U << i) - game(m, output, x, s));
    }
    return phi;
}

static double pair_by_definition(const made *m, int output, const double *x, int i, int j)
{
    double phi = 0;
    for (unsigned s = 0; s < 1U << FEATURES; s++) {
        if (s >> i & 1 || s >> j & 1) continue;
        int k = __builtin_popcount(s);
        unsigned a = s | 1U << i, b = s | 1U << j;
        double weight = factorial(k) * factorial(FEATURES - 2 - k) / (2 * factorial(FEATURES - 1));
        phi += weight *
               (game(m, output, x, a | b) - game(m, output, x, a) - game(m, output, x, b) + game(m, output, x, s));
    }
    return phi;
}

static void random_row(pm_random *r, double x[FEATURES])
{
    for (int f = 0; f < FEATURES; f++) x[f] = pm_random_uniform(r) < 0.15 ? NAN : pm_random_uniform(r);
}

static void equal_to_the_definition(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        made *m = random_trees(seed);
        pm_random r = pm_random_stream(seed, "test/rows", 0);
        double x[FEATURES], phi[OUTPUTS * (FEATURES + 1)], pair[OUTPUTS * FEATURES * FEATURES], sum[OUTPUTS];
        pm_error err = {0};
        random_row(&r, x);
        assert_good(pm_trees_shapley(&m->trees, 1, x, NULL, phi, &err), &err);
        assert_good(pm_trees_interactions(&m->trees, 1, x, NULL, pair, &err), &err);
        pm_trees_sum(&m->trees, 1, x, sum);
        for (int o = 0; o < OUTPUTS; o++) {
            double total = phi[o * (FEATURES + 1) + FEATURES];
            assert_close(total, game(m, o, x, 0), 0, 1e-9);
            for (int i = 0; i < FEATURES; i++) {
                total += phi[o * (FEATURES + 1) + i];
                assert_close(phi[o * (FEATURES + 1) + i], by_definition(m, o, x, i), 0, 1e-9);
                for (int j = 0; j < FEATURES; j++)
                    if (i != j)
                        assert_close(pair[(o * FEATURES + i) * FEATURES + j], pair_by_definition(m, o, x, i, j), 0,
                                     1e-9);
            }
            assert_close(total, sum[o], 0, 1e-9);
        }
        free(m);
    }
}

/* Each row has the same bits alone and among others, with one thread and with several. */
static void rows_do_not_touch_each_other(void **state)
{
    (void)state;
    enum { N = 1100 };
    made *m = random_trees(7);
    pm_random r = pm_random_stream(1, "test/rows", 1);
    double *x = malloc(N * FEATURES * sizeof *x), *phi = malloc(N * OUTPUTS * (FEATURES + 1) * sizeof *phi);
    double alone[OUTPUTS * (FEATURES + 1)];
    pm_error err = {0};
    for (int i = 0; i < N; i++) random_row(&r, x + i * FEATURES);
    assert_good(pm_trees_shapley(&m->trees, N, x, NULL, phi, &err), &err);
    for (int i = 0; i < N; i += 37) {
        assert_good(pm_trees_shapley(&m->trees, 1, x + i * FEATURES, NULL, alone, &err), &err);
        assert_memory_equal(alone, phi + i * OUTPUTS * (FEATURES + 1), sizeof alone);
    }
    free(x);
    free(phi);
    free(m);
}

/* A path of more features than a word of 32 bits: leaf 1 behind 40 conditions that half of the rows pass each, else 0.
   Known features multiply what the others leave: v(S) = (1/2)^(40-|S|), or 0 where the one that fails is known. */
static void a_long_path(void **state)
{
    (void)state;
    enum { LONG = 40 };
    pm_tree_node node[2 * LONG + 1];
    double leaf[LONG + 1] = {0}, base[1] = {0}, x[2 * LONG], phi[2 * (LONG + 1)], failing = 0;
    pm_tree tree = {0, 2 * LONG + 1, 0};
    pm_error err = {0};
    leaf[LONG] = 1;
    for (int i = 0; i < LONG; i++) {
        float cover = (float)ldexp(1, LONG - i);
        node[2 * i] = (pm_tree_node){i, 2 * i + 2, 2 * i + 1, 0.5F, cover, false};
        node[2 * i + 1] = (pm_tree_node){-1, i, 0, 0, cover / 2, false};
        x[i] = 0;
        x[LONG + i] = i == 35;
        failing -= ldexp(1, i - LONG) / LONG;
    }
    node[2 * LONG] = (pm_tree_node){-1, LONG, 0, 0, 1, false};
    pm_trees t = {.outputs = 1, .features = LONG, .base = base, .tree = &tree, .node = node, .leaf = leaf};
    t.n_trees = 1;
    t.n_nodes = 2 * LONG + 1;
    t.n_leaves = LONG + 1;
    assert_good(pm_trees_shapley(&t, 2, x, NULL, phi, &err), &err);
    for (int i = 0; i < LONG; i++) {
        assert_close(phi[i], (1 - ldexp(1, -LONG)) / LONG, 1e-12, 0);
        assert_close(phi[LONG + 1 + i], i == 35 ? failing : (-ldexp(1, -LONG) - failing) / (LONG - 1), 1e-9, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_example),
        cmocka_unit_test(equal_to_the_definition),
        cmocka_unit_test(rows_do_not_touch_each_other),
        cmocka_unit_test(a_long_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
