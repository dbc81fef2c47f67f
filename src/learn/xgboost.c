/* SPDX-License-Identifier: MIT */
/* The adapter of XGBoost: it grows the trees, we serve them. Its library is opened when first used, after OpenMP has
   been told not to spin: a spinning thread waits fifty times longer where another job has the core. */
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
            use(XGBoosterSaveModelToBuffer)
#define PM_MEMBER(name) __typeof__(name) *name;
#define PM_LOAD(function)                                                                                              \
    symbol = dlsym(library, #function);                                                                                \
    complete = complete && symbol;                                                                                     \
    memcpy(&x->function, &symbol, sizeof symbol);

typedef struct xgboost {
    PM_XGBOOST(PM_MEMBER)
    DMatrixHandle rows;
    BoosterHandle booster;
} xgboost;

static pm_status load(xgboost *x, pm_error *err)
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
static pm_status failed(const xgboost *x, pm_error *err)
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

static pm_status give_column(xgboost *x, const char *field, const float *values, int64_t n, pm_error *err)
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

static pm_status give_target(xgboost *x, const pm_data *d, const pm_learn_options *o, pm_error *err)
{
    pm_scoped_memory float *low = calloc((size_t)d->n + 1, sizeof *low), *high = calloc((size_t)d->n + 1, sizeof *high);
    pm_status s;

    if (!low || !high) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    for (int64_t i = 0; i < d->n; i++) {
        low[i] = (float)(d->classes ? d->y[i] : is_survival(d) ? d->target[i] : pm_learn_target(d, o, i));
        high[i] = is_survival(d) ? (float)d->upper[i] : 0;
    }
    if (!is_survival(d)) return give_column(x, "label", low, d->n, err);
    if ((s = give_column(x, "label_lower_bound", low, d->n, err))) return s;
    return give_column(x, "label_upper_bound", high, d->n, err);
}

static pm_status give_rows(xgboost *x, const pm_data *d, const pm_learn_options *o, pm_error *err)
{
    char text[200];

    describe(d->x, "<f8", d->n, d->p, text);
    if (x->XGDMatrixCreateFromDense(text, "{\"missing\": NaN, \"nthread\": 1}", &x->rows)) return failed(x, err);
    return give_target(x, d, o, err);
}

/* ---- parameters ---- */

static pm_status set(xgboost *x, const char *name, const char *value, pm_error *err)
{
    return x->XGBoosterSetParam(x->booster, name, value) ? failed(x, err) : PM_OK;
}

static pm_status set_number(xgboost *x, const char *name, double value, pm_error *err)
{
    char text[32];

    pm_number_print(value, text);
    return set(x, name, text, err);
}

/* The value that all trees start from, as it is given, and as a margin. */
static double start_of(const pm_data *d, const pm_learn_options *o, double *margin)
{
    double mean = 0;

    *margin = 0;
    if (d->classes) return 0;
    for (int64_t i = 0; i < d->n; i++)
        mean += (is_survival(d) ? log(fmax(d->target[i], 1e-9)) : pm_learn_target(d, o, i)) / (double)d->n;
    *margin = (float)mean;
    return is_survival(d) ? exp(mean) : mean;
}

static pm_status set_all(xgboost *x, const pm_data *d, const pm_learn_options *o, double start, pm_error *err)
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
                   {"base_score", start},
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

static pm_status adopt_tree(pm_trees *t, const pm_node *tree, int output, pm_error *err)
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
            t->leaf[t->n_leaves++] = (float)condition;
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

static pm_status adopt(xgboost *x, pm_trees *t, double margin, pm_error *err)
{
    pm_scoped(pm_doc) doc = NULL;
    bst_ulong length = 0;
    const char *bytes = NULL;
    pm_status s;

    if (x->XGBoosterSaveModelToBuffer(x->booster, "{\"format\": \"json\"}", &length, &bytes)) return failed(x, err);
    if ((s = pm_doc_parse_json(bytes, (int64_t)length, "XGBoost's model", &doc, err))) return s;
    const pm_node *booster = pm_node_find(pm_node_find(pm_doc_root(doc), "learner"), "gradient_booster");
    const pm_node *model = pm_node_find(booster, "model"), *trees = pm_node_find(model, "trees");
    for (int64_t i = 0; i < pm_node_count(trees); i++) {
        double output = pm_node_number(pm_node_item(pm_node_find(model, "tree_info"), i), 0);
        if ((s = adopt_tree(t, pm_node_item(trees, i), (int)output, err))) return s;
    }
    for (int k = 0; k < t->outputs; k++) t->base[k] = margin;
    return PM_OK;
}

static pm_status train(xgboost *x, const pm_data *d, const pm_learn_options *o, pm_model *m, pm_error *err)
{
    double margin, start = start_of(d, o, &margin);
    pm_status s;

    if ((s = load(x, err)) || (s = give_rows(x, d, o, err))) return s;
    if (x->XGBoosterCreate(&x->rows, 1, &x->booster)) return failed(x, err);
    if ((s = set_all(x, d, o, start, err))) return s;
    for (int i = 0; i < o->trees; i++)
        if (x->XGBoosterUpdateOneIter(x->booster, i, x->rows)) return failed(x, err);
    return adopt(x, m->trees, margin, err);
}

pm_status pm_fit_xgboost(const pm_data *d, const pm_learn_options *o, pm_model *m, pm_error *err)
{
    xgboost x = {0};

    m->trees = calloc(1, sizeof *m->trees);
    if (m->trees) m->trees->base = calloc((size_t)m->outputs, sizeof *m->trees->base);
    if (!m->trees || !m->trees->base) return pm_fail(err, PM_ERR_MEMORY, "no memory to learn");
    m->trees->outputs = m->outputs;
    m->trees->features = d->p;
    m->log_margin = is_survival(d);
    pm_status s = train(&x, d, o, m, err);
    if (x.booster) x.XGBoosterFree(x.booster);
    if (x.rows) x.XGDMatrixFree(x.rows);
    return s;
}

#else

pm_status pm_fit_xgboost(const pm_data *d, const pm_learn_options *o, pm_model *m, pm_error *err)
{
    (void)d;
    (void)o;
    (void)m;
    return pm_fail_at(err, PM_ERR_FEATURE, pm_nowhere(), "choose the random forest",
                      "this build has no XGBoost, which grows boosted trees");
}

#endif
