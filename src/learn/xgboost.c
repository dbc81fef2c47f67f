/* SPDX-License-Identifier: MIT */
/* The adapter of XGBoost: it grows the trees, we serve them. Its library is opened when first used, after OpenMP has
   been told not to spin: a spinning thread waits fifty times longer where another job has the core. */
#include "booster.h"
#include "config.h"
#include "fit.h"

#if PM_HAVE_XGBOOST
#include <dlfcn.h>
#include <math.h>
#include <string.h>
#include <xgboost/c_api.h>

#define PM_XGBOOST(use)                                                                                                \
    use(XGBGetLastError) use(XGDMatrixCreateFromDense) use(XGDMatrixSetInfoFromInterface) use(XGDMatrixFree)           \
        use(XGBoosterCreate) use(XGBoosterFree) use(XGBoosterSetParam) use(XGBoosterUpdateOneIter)                     \
            use(XGBoosterSaveModelToBuffer) use(XGBoosterPredictFromDMatrix) use(XGBoostVersion)
#define PM_MEMBER(name) __typeof__(name) *name;
#define PM_LOAD(function)                                                                                              \
    symbol = dlsym(library, #function);                                                                                \
    complete = complete && symbol;                                                                                     \
    memcpy(&x->function, &symbol, sizeof symbol);

struct pm_booster {
    PM_XGBOOST(PM_MEMBER)
    DMatrixHandle rows;
    BoosterHandle booster;
    int p, outputs;
    double base;   /* what all trees start from, as a margin */
    double center; /* a margin of ours is center + spread times one of XGBoost's */
    double spread;
};

static pm_status load(pm_booster *x, pm_error *err)
{
    bool complete = true;
    void *symbol;

    setenv("OMP_WAIT_POLICY", "passive", 0);
    /* Its threads outlive the call: it is never closed. */
    void *library = dlopen("libxgboost.so.0", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library) {
        PM_XGBOOST(PM_LOAD)
        if (complete) return PM_OK;
    }
    return pm_fail_at(err, PM_ERR_FEATURE, pm_nowhere(), "install libxgboost, or choose the random forest",
                      "boosted trees are grown by XGBoost, which is not installed");
}

/* Its messages carry a time stamp and a stack trace. */
static pm_status failed(const pm_booster *x, pm_error *err)
{
    char text[200];
    const char *message = x->XGBGetLastError(), *behind = strstr(message, "] ");

    snprintf(text, sizeof text, "%s", behind ? behind + 2 : message);
    text[strcspn(text, "\n")] = 0;
    return pm_fail(err, PM_ERR_DATA, "XGBoost: %s", text);
}

static void describe(const void *memory, const char *type, int64_t n, int64_t p, char text[200])
{
    snprintf(text, 200, "{\"data\": [%llu, true], \"shape\": [%lld, %lld], \"typestr\": \"%s\", \"version\": 3}",
             (unsigned long long)(uintptr_t)memory, (long long)n, (long long)p, type);
}

static pm_status give_column(pm_booster *x, const char *field, const float *values, int64_t n, pm_error *err)
{
    char text[200];

    snprintf(text, sizeof text, "{\"data\": [%llu, true], \"shape\": [%lld], \"typestr\": \"<f4\", \"version\": 3}",
             (unsigned long long)(uintptr_t)values, (long long)n);
    return x->XGDMatrixSetInfoFromInterface(x->rows, field, text) ? failed(x, err) : PM_OK;
}

/* ---- data ---- */

static bool is_survival(const pm_data *d)
{
    return d->upper != NULL;
}

/* Lives in units of their spread, so that XGBoost's width of 1 is the one of the data: it cuts gradients off at 15. */
static double life_of(const pm_booster *x, double life)
{
    return exp((log(life) - x->center) / x->spread);
}

static pm_status give_target(pm_booster *x, const pm_data *d, const pm_learn_options *o, pm_error *err)
{
    pm_scoped_memory float *low = calloc((size_t)d->n + 1, sizeof *low), *high = calloc((size_t)d->n + 1, sizeof *high);
    pm_status s;

    if (!low || !high) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    for (int64_t i = 0; i < d->n; i++) {
        bool survival = is_survival(d);
        low[i] = (float)(d->classes ? d->y[i] : survival ? life_of(x, d->target[i]) : pm_learn_target(d, o, i));
        high[i] = !survival || isfinite(d->upper[i]) ? low[i] : INFINITY;
    }
    if (!is_survival(d)) return give_column(x, "label", low, d->n, err);
    if ((s = give_column(x, "label_lower_bound", low, d->n, err))) return s;
    return give_column(x, "label_upper_bound", high, d->n, err);
}

static pm_status make_matrix(const pm_booster *x, int64_t n, const double *values, DMatrixHandle *out, pm_error *err)
{
    char text[200];

    describe(values, "<f8", n, x->p, text);
    if (x->XGDMatrixCreateFromDense(text, "{\"missing\": NaN, \"nthread\": 1}", out)) return failed(x, err);
    return PM_OK;
}

/* ---- parameters ---- */

static pm_status set(pm_booster *x, const char *name, const char *value, pm_error *err)
{
    return x->XGBoosterSetParam(x->booster, name, value) ? failed(x, err) : PM_OK;
}

static pm_status set_number(pm_booster *x, const char *name, double value, pm_error *err)
{
    char text[32];

    pm_number_print(value, text);
    return set(x, name, text, err);
}

/* What all trees start from: the mean, which of lives is made 1, and of classes counts for nothing. */
static pm_status choose_start(pm_booster *x, const pm_data *d, const pm_learn_options *o, pm_error *err)
{
    double mean = 0;

    x->spread = 1;
    if (d->classes) return PM_OK;
    if (is_survival(d)) return pm_life_spread(d, &x->center, &x->spread, err);
    for (int64_t i = 0; i < d->n; i++) mean += pm_learn_target(d, o, i) / (double)d->n;
    x->base = (float)mean;
    return PM_OK;
}

static pm_status set_all(pm_booster *x, const pm_data *d, const pm_learn_options *o, pm_error *err)
{
    const char *objective = d->classes ? "multi:softprob" : is_survival(d) ? "survival:aft" : "reg:squarederror";
    const struct {
        const char *name;
        double value;
    } numbers[] = {{"nthread", 1},
                   {"eta", o->rate},
                   {"max_depth", o->depth},
                   {"lambda", o->penalty},
                   {"subsample", o->row_share},
                   {"min_child_weight", o->least_leaf},
                   {"seed", (double)(o->seed & 0x7fffffff)},
                   {"base_score", is_survival(d) ? 1 : x->base},
                   {"num_class", d->classes}};
    pm_status s;

    if ((s = set(x, "objective", objective, err)) || (s = set(x, "tree_method", "exact", err)) ||
        (s = set(x, "verbosity", "0", err)))
        return s;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers - (d->classes ? 0 : 1); i++)
        if ((s = set_number(x, numbers[i].name, numbers[i].value, err))) return s;
    if (!is_survival(d)) return PM_OK;
    if ((s = set(x, "aft_loss_distribution", "normal", err))) return s;
    return set(x, "aft_loss_distribution_scale", "1", err);
}

/* ---- its trees become ours ---- */

static double item(const pm_node *tree, const char *list, int64_t i)
{
    return pm_node_number(pm_node_item(pm_node_find(tree, list), i), NAN);
}

static pm_status adopt_tree(const pm_booster *x, pm_trees *t, const pm_node *tree, int output, pm_error *err)
{
    int64_t n = pm_node_count(pm_node_find(tree, "left_children"));
    int32_t first = (int32_t)t->n_nodes;
    pm_status s;

    if ((s = pm_grow(&t->tree, &t->trees_room, t->n_trees + 1, sizeof *t->tree, err))) return s;
    if ((s = pm_grow(&t->node, &t->nodes_room, t->n_nodes + n, sizeof *t->node, err))) return s;
    if ((s = pm_grow(&t->leaf, &t->leaves_room, t->n_leaves + n, sizeof *t->leaf, err))) return s;
    t->tree[t->n_trees++] = (pm_tree){first, (int32_t)n, output};
    for (int64_t i = 0; i < n; i++) {
        double left = item(tree, "left_children", i), condition = item(tree, "split_conditions", i);
        bool is_leaf = left < 0,
             missing_yes = pm_node_bool(pm_node_item(pm_node_find(tree, "default_left"), i), false) ||
                           item(tree, "default_left", i) == 1;
        pm_tree_node node = {.feature = -1, .yes = (int32_t)t->n_leaves, .cover = (float)item(tree, "sum_hessian", i)};
        if (is_leaf)
            t->leaf[t->n_leaves++] = x->spread * (double)(float)condition;
        else
            node = (pm_tree_node){(int32_t)item(tree, "split_indices", i),
                                  first + (int32_t)left,
                                  first + (int32_t)item(tree, "right_children", i),
                                  (float)condition,
                                  node.cover,
                                  missing_yes};
        t->node[t->n_nodes++] = node;
    }
    return PM_OK;
}

pm_status pm_booster_adopt(pm_booster *x, pm_trees *t, pm_error *err)
{
    pm_scoped(pm_doc) doc = NULL;
    bst_ulong length = 0;
    const char *bytes = NULL;
    pm_status s;

    if (x->XGBoosterSaveModelToBuffer(x->booster, "{\"format\": \"json\"}", &length, &bytes)) return failed(x, err);
    if ((s = pm_doc_parse_json(bytes, (int64_t)length, "XGBoost's model", &doc, err))) return s;
    const pm_node *booster = pm_node_find(pm_node_find(pm_doc_root(doc), "learner"), "gradient_booster");
    const pm_node *model = pm_node_find(booster, "model"), *trees = pm_node_find(model, "trees");
    t->outputs = x->outputs;
    t->features = x->p;
    for (int64_t i = 0; i < pm_node_count(trees); i++) {
        double output = pm_node_number(pm_node_item(pm_node_find(model, "tree_info"), i), 0);
        if ((s = adopt_tree(x, t, pm_node_item(trees, i), (int)output, err))) return s;
    }
    for (int k = 0; k < t->outputs; k++) t->base[k] = x->center + x->spread * x->base;
    return PM_OK;
}

/* ---- growing ---- */

static pm_status train(pm_booster *x, const pm_data *d, const pm_learn_options *o, pm_error *err)
{
    pm_status s;

    if ((s = load(x, err)) || (s = choose_start(x, d, o, err)) || (s = make_matrix(x, d->n, d->x, &x->rows, err)) ||
        (s = give_target(x, d, o, err)))
        return s;
    if (x->XGBoosterCreate(&x->rows, 1, &x->booster)) return failed(x, err);
    if ((s = set_all(x, d, o, err))) return s;
    for (int i = 0; i < o->trees; i++) {
        if ((s = pm_run_check(o->run, err))) return s;
        if (x->XGBoosterUpdateOneIter(x->booster, i, x->rows)) return failed(x, err);
    }
    return PM_OK;
}

pm_status pm_booster_train(const pm_data *d, const pm_learn_options *o, pm_booster **out, pm_error *err)
{
    pm_scoped(pm_booster) x = calloc(1, sizeof *x);
    pm_status s;

    if (!x) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    x->p = d->p;
    x->outputs = d->classes ? d->classes : 1;
    if ((s = train(x, d, o, err))) return s;
    *out = x;
    x = NULL;
    return PM_OK;
}

void pm_booster_free(pm_booster *x)
{
    if (!x) return;
    if (x->booster) x->XGBoosterFree(x->booster);
    if (x->rows) x->XGDMatrixFree(x->rows);
    free(x);
}

/* ---- what it says itself ---- */

void pm_booster_version(const pm_booster *x, char text[32])
{
    int major, minor, patch;

    x->XGBoostVersion(&major, &minor, &patch);
    snprintf(text, 32, "%d.%d.%d", major, minor, patch);
}

static pm_status explain(pm_booster *x, DMatrixHandle rows, bool pairs, int threads, const float **values,
                         pm_error *err)
{
    char how[160];
    const bst_ulong *shape;
    bst_ulong dimensions;
    pm_status s = set_number(x, "nthread", threads, err);

    if (s) return s;
    snprintf(how, sizeof how,
             "{\"type\": %d, \"training\": false, \"iteration_begin\": 0, \"iteration_end\": 0, "
             "\"strict_shape\": true}",
             pairs ? 4 : 2);
    if (x->XGBoosterPredictFromDMatrix(x->booster, rows, how, &shape, &dimensions, values)) return failed(x, err);
    return PM_OK;
}

pm_status pm_booster_explain(pm_booster *x, int64_t n, const double *rows, bool pairs, int threads, double *phi,
                             pm_error *err)
{
    int64_t width = x->p + 1, each = pairs ? width * width : width;
    DMatrixHandle matrix = NULL;
    const float *values;
    pm_status s = make_matrix(x, n, rows, &matrix, err);

    if (!s) s = explain(x, matrix, pairs, threads, &values, err);
    for (int64_t i = 0; !s && i < n * x->outputs * each; i++)
        phi[i] = x->spread * (double)values[i] + (i % each == each - 1 ? x->center : 0);
    if (matrix) x->XGDMatrixFree(matrix);
    return s;
}

#else

struct pm_booster {
    int p;
};

static pm_status absent(pm_error *err)
{
    return pm_fail_at(err, PM_ERR_FEATURE, pm_nowhere(), "choose the random forest",
                      "this build has no XGBoost, which grows boosted trees");
}

pm_status pm_booster_train(const pm_data *d, const pm_learn_options *o, pm_booster **out, pm_error *err)
{
    (void)d;
    (void)o;
    (void)out;
    return absent(err);
}

pm_status pm_booster_adopt(pm_booster *x, pm_trees *t, pm_error *err)
{
    (void)x;
    (void)t;
    return absent(err);
}

pm_status pm_booster_explain(pm_booster *x, int64_t n, const double *rows, bool pairs, int threads, double *phi,
                             pm_error *err)
{
    (void)x;
    (void)n;
    (void)rows;
    (void)pairs;
    (void)threads;
    (void)phi;
    return absent(err);
}

void pm_booster_version(const pm_booster *x, char text[32])
{
    (void)x;
    text[0] = 0;
}

void pm_booster_free(pm_booster *x)
{
    free(x);
}

#endif

pm_status pm_fit_xgboost(const pm_data *d, const pm_learn_options *o, pm_model *m, pm_error *err)
{
    pm_scoped(pm_booster) booster = NULL;
    pm_status s;

    m->trees = calloc(1, sizeof *m->trees);
    if (m->trees) m->trees->base = calloc((size_t)m->outputs, sizeof *m->trees->base);
    if (!m->trees || !m->trees->base) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    m->log_margin = d->upper != NULL;
    if (m->log_margin) m->log_target = false;
    if ((s = pm_booster_train(d, o, &booster, err))) return s;
    return pm_booster_adopt(booster, m->trees, err);
}
