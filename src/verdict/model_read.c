/* SPDX-License-Identifier: MIT */
/* A predictor from a document. Every number is checked: a model file may come from anybody. */
#include "predictor.h"

#include "bytes/bytes.h"

#include <math.h>
#include <string.h>

/* Keeps the first failure; after it nothing is looked at. */
typedef struct reader {
    const pm_doc *doc;
    pm_error *err;
    pm_status s;
} reader;

static void refuse(reader *r, const pm_node *node, const char *key, const char *what)
{
    if (!r->s)
        r->s = pm_node_fail(r->doc, node, PM_ERR_FORMAT, r->err, "not a model of this program: %s %s", key, what);
}

static void no_memory(reader *r)
{
    if (!r->s) r->s = pm_fail(r->err, PM_ERR_MEMORY, "no memory for a model");
}

/* ---- values ---- */

/* The value of a key, NULL where it is absent or of another type; null passes where `or_null`. */
static const pm_node *value(reader *r, const pm_node *map, const char *key, pm_node_type type, bool or_null)
{
    const pm_node *found = r->s ? NULL : pm_node_find(map, key);

    if (found && (pm_node_kind(found) == type || (or_null && pm_node_kind(found) == PM_NODE_NULL))) return found;
    refuse(r, map, key, found ? "is of the wrong type" : "is missing");
    return NULL;
}

static double number_of(reader *r, const pm_node *node, const char *key, double low, double high)
{
    double x = pm_node_number(node, NAN);

    if (!(x >= low && x <= high)) refuse(r, node, key, "is missing or out of range");
    return x;
}

static double number(reader *r, const pm_node *map, const char *key, double low, double high)
{
    const pm_node *found = value(r, map, key, PM_NODE_NUMBER, false);

    return found ? number_of(r, found, key, low, high) : 0;
}

static int64_t whole(reader *r, const pm_node *map, const char *key, double low, double high)
{
    double x = number(r, map, key, low, high);

    if (x != floor(x)) refuse(r, map, key, "is not a whole number");
    return r->s ? 0 : (int64_t)x;
}

static bool truth(reader *r, const pm_node *map, const char *key)
{
    return pm_node_bool(value(r, map, key, PM_NODE_BOOL, false), false);
}

static char *text(reader *r, const pm_node *map, const char *key, bool or_null)
{
    const char *found = pm_node_text(value(r, map, key, PM_NODE_TEXT, or_null), NULL);
    char *own = found && !r->s ? pm_text_copy(found, -1) : NULL;

    if (found && !own) no_memory(r);
    return own;
}

static const pm_node *list(reader *r, const pm_node *map, const char *key, int64_t n)
{
    const pm_node *found = value(r, map, key, PM_NODE_LIST, false);

    if (found && pm_node_count(found) != n) refuse(r, found, key, "is of the wrong length");
    return r->s ? NULL : found;
}

static void numbers(reader *r, const pm_node *map, const char *key, int64_t n, double low, double high, double *to)
{
    const pm_node *found = list(r, map, key, n);

    for (int64_t i = 0; i < n && !r->s; i++) to[i] = number_of(r, pm_node_item(found, i), key, low, high);
}

static void rising(reader *r, const pm_node *map, const char *key, int64_t n, double low, double *to)
{
    numbers(r, map, key, n, low, 1e300, to);
    for (int64_t i = 1; i < n && !r->s; i++)
        if (to[i] < to[i - 1]) refuse(r, map, key, "do not rise");
}

/* ---- parts ---- */

static void read_texts(reader *r, const pm_node *root, pm_predictor *p)
{
    pm_predictor_about *a = &p->about;

    a->version = p->version = text(r, root, "version", false);
    a->source = p->source = text(r, root, "source", true);
    a->kind = p->kind = text(r, root, "kind", true);
    a->target = p->target = text(r, root, "target", true);
    a->target_unit = p->target_unit = text(r, root, "target_unit", true);
}

static bool repeats(char *const *texts, int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(texts[i], texts[n]) == 0) return true;
    return false;
}

static void read_classes(reader *r, const pm_node *root, pm_predictor *p)
{
    const pm_node *found = list(r, root, "classes", p->about.classes);

    for (int k = 0; k < p->about.classes && !r->s; k++) {
        const char *name = pm_node_text(pm_node_item(found, k), "");
        if (!(p->class_name[k] = pm_text_copy(name, -1)))
            no_memory(r);
        else if (!*name || repeats(p->class_name, k))
            refuse(r, found, "classes", "are not distinct names");
    }
}

static void read_label(reader *r, const pm_node *root, pm_predictor_about *a)
{
    const pm_node *found = value(r, root, "label", PM_NODE_MAP, true);
    pm_life_label_options *l = &a->label;

    a->labelled = pm_node_kind(found) == PM_NODE_MAP;
    if (!a->labelled) return;
    l->polarisation = number(r, found, "polarisation", 1e-9, 1e9);
    l->coulombic_efficiency = number(r, found, "coulombic_efficiency", 1e-9, 1e9);
    l->excess_efficiency = number(r, found, "excess_efficiency", 1e-9, 1e9);
    l->stopped_capacity = number(r, found, "stopped_capacity", 1e-9, 1e9);
    l->window = (int)whole(r, found, "window", 1, 1e6);
    l->reference = (int)whole(r, found, "reference", 1, 1e6);
    l->horizon = (int)whole(r, found, "horizon", 0, 1e9);
}

static void read_training(reader *r, const pm_node *root, pm_predictor *p)
{
    pm_predictor_about *a = &p->about;
    const char *by = pm_node_text(value(r, root, "split_by", PM_NODE_TEXT, false), "");
    const pm_node *threshold = value(r, root, "threshold", PM_NODE_NUMBER, a->classes == 0);

    a->simulated = truth(r, root, "simulated");
    a->cycles = (int)whole(r, root, "cycles", 0, 1e6);
    a->rows = whole(r, root, "rows", 2, 1e15);
    a->groups = (int)whole(r, root, "groups", 1, 1e9);
    a->cells = whole(r, root, "cells", 1, 1e15);
    if (a->groups > a->rows) refuse(r, root, "groups", "are more than rows");
    if (a->cells > a->rows) refuse(r, root, "cells", "are more than rows");
    if (strcmp(by, "group") != 0 && strcmp(by, "cell") != 0) refuse(r, root, "split_by", "is neither group nor cell");
    a->by = strcmp(by, "cell") == 0 ? PM_BY_CELL : PM_BY_GROUP;
    a->coverage = number(r, root, "coverage", 1e-6, 1 - 1e-6);
    a->temperature = number(r, root, "temperature", 0.01, 100);
    p->log_interval = truth(r, root, "log_interval");
    a->threshold = (double)INFINITY; /* null: too few groups for an interval */
    if (pm_node_kind(threshold) == PM_NODE_NUMBER)
        a->threshold = number_of(r, threshold, "threshold", 0, a->classes ? 1 : 1e300);
}

#define ROUNDING 1e-9 /* a sum of shares may pass 1 by its last digit */

/* A score beyond the bounds of its measure was never measured. */
static pm_interval read_score(reader *r, const pm_node *scores, const char *key, double least, double most)
{
    const pm_node *found = list(r, scores, key, 3);
    double x[3] = {NAN, NAN, NAN};

    for (int i = 0; i < 3 && !r->s; i++)
        if (pm_node_kind(pm_node_item(found, i)) != PM_NODE_NULL)
            x[i] = number_of(r, pm_node_item(found, i), key, least - ROUNDING, most + ROUNDING);
    if (x[1] > x[2]) refuse(r, found, key, "has an interval that does not rise");
    return (pm_interval){x[0], x[1], x[2]};
}

static void read_scores(reader *r, const pm_node *root, pm_predictor_about *a)
{
    const pm_node *scores = value(r, root, "scores", PM_NODE_MAP, false);

    a->macro_f1 = read_score(r, scores, "macro_f1", 0, 1);
    a->accuracy = read_score(r, scores, "accuracy", 0, 1);
    a->auc = read_score(r, scores, "auc", 0, 1);
    a->brier = read_score(r, scores, "brier", 0, 2);
    a->log_loss = read_score(r, scores, "log_loss", 0, 1e+300);
    a->rmse = read_score(r, scores, "rmse", 0, 1e+300);
    a->mape = read_score(r, scores, "mape", 0, 1e+300);
    a->spearman = read_score(r, scores, "spearman", -1, 1);
    a->concordance = read_score(r, scores, "concordance", 0, 1);
    a->covered = read_score(r, scores, "covered", 0, 1);
}

static void read_features(reader *r, const pm_node *root, pm_predictor *p)
{
    const pm_node *found = list(r, root, "features", p->about.features);

    for (int f = 0; f < p->about.features && !r->s; f++) {
        const pm_node *own = pm_node_item(found, f);
        double *quantile = p->range.quantile + f * PM_KNOTS;
        p->feature[f] = text(r, own, "name", false);
        p->unit[f] = text(r, own, "unit", false);
        p->importance[f] = number(r, own, "importance", 0, 1e300);
        rising(r, own, "quantiles", PM_KNOTS, -1e300, quantile);
        if (r->s) return;
        if (!*p->feature[f] || repeats(p->feature, f)) refuse(r, own, "features", "have no distinct names");
        if (!(quantile[PM_KNOTS - 1] > quantile[0])) refuse(r, own, "quantiles", "are all the same");
    }
}

static void read_range(reader *r, const pm_node *root, pm_range *range, int64_t rows)
{
    const pm_node *found = value(r, root, "range", PM_NODE_MAP, false);
    int64_t p = range->p, at = 0;

    if (r->s) return;
    pm_range_scores(rows, range->score);
    numbers(r, found, "mean", p, -1e3, 1e3, range->mean);
    rising(r, found, "nearer", PM_SHARES, 0, range->nearer);
    const pm_node *factor = list(r, found, "factor", p * (p + 1) / 2);
    for (int64_t f = 0; f < p && !r->s; f++)
        for (int64_t g = 0; g <= f && !r->s; g++)
            range->factor[f * p + g] = number_of(r, pm_node_item(factor, at++), "factor", f == g ? 1e-9 : -1e6, 1e6);
}

static void read_model(reader *r, const pm_node *root, pm_predictor *p)
{
    const pm_node *found = value(r, root, "model", PM_NODE_MAP, false);
    pm_predictor_about *a = &p->about;

    truth(r, found, "log_target");
    truth(r, found, "log_margin");
    if (!r->s) r->s = pm_model_read(r->doc, found, &p->model, r->err);
    if (r->s) return;
    if (pm_model_features(p->model) != a->features || pm_model_outputs(p->model) != (a->classes ? a->classes : 1))
        refuse(r, found, "model", "has other features or classes than the file");
    const char *name = pm_node_text(pm_node_find(found, "learner"), "");
    for (int k = 1; pm_learner_name((pm_learner)k); k++)
        if (strcmp(pm_learner_name((pm_learner)k), name) == 0) a->learner = pm_learner_name((pm_learner)k);
}

/* ---- the whole ---- */

static pm_status check_sizes(const pm_doc *doc, const pm_node *root, int64_t features, int64_t classes, pm_error *err)
{
    if (strcmp(pm_node_text(pm_node_find(root, "format"), ""), "premortem.model/1") != 0)
        return pm_node_fail(doc, root, PM_ERR_FORMAT, err, "not a model of this program: no format premortem.model/1");
    if (features < 1 || features > PM_FEATURES_MOST || classes == 1 || classes > PM_CLASSES_MOST)
        return pm_node_fail(doc, root, PM_ERR_FORMAT, err,
                            "not a model of this program: %lld features and %lld classes", (long long)features,
                            (long long)classes);
    return PM_OK;
}

static pm_status from_doc(const pm_doc *doc, pm_predictor **out, pm_error *err)
{
    const pm_node *root = pm_doc_root(doc);
    int64_t features = pm_node_count(pm_node_find(root, "features"));
    int64_t classes = pm_node_count(pm_node_find(root, "classes"));
    pm_scoped(pm_predictor) p = NULL;
    reader r = {doc, err, PM_OK};

    if ((r.s = check_sizes(doc, root, features, classes, err))) return r.s;
    if ((r.s = pm_predictor_new((int)features, (int)classes, &p, err))) return r.s;
    read_texts(&r, root, p);
    read_classes(&r, root, p);
    read_label(&r, root, &p->about);
    read_training(&r, root, p);
    read_scores(&r, root, &p->about);
    read_features(&r, root, p);
    read_range(&r, root, &p->range, p->about.rows);
    read_model(&r, root, p);
    if (r.s) return r.s;
    *out = p;
    p = NULL;
    return PM_OK;
}

pm_status pm_predictor_parse(const char *bytes, int64_t n, const char *file, pm_predictor **out, pm_error *err)
{
    pm_scoped(pm_predictor) p = NULL;
    pm_scoped(pm_doc) doc = NULL;
    pm_scoped(pm_sha256) sum = NULL;
    pm_status s;

    if ((s = pm_doc_parse_json(bytes, n, file, &doc, err))) return s;
    if ((s = from_doc(doc, &p, err))) return s;
    if ((s = pm_sha256_new(&sum, err))) return s;
    pm_sha256_add(sum, bytes, n);
    pm_sha256_result(sum, p->about.sha256);
    *out = p;
    p = NULL;
    return PM_OK;
}

pm_status pm_predictor_read(const char *path, pm_predictor **out, pm_error *err)
{
    static const int64_t most = INT64_C(64) << 20;
    pm_scoped(pm_source) source = NULL;
    pm_scoped_text bytes = NULL;
    int64_t room = 0, n = 0, got = 1;
    pm_status s;

    if ((s = pm_source_open(path, false, &source, err))) return s;
    for (; got && n <= most; n += got) {
        if ((s = pm_grow(&bytes, &room, n + 65536, 1, err))) return s;
        if ((s = pm_source_read(source, (uint8_t *)bytes + n, room - n, &got, err))) break;
    }
    if (!s && n > most) s = pm_fail(err, PM_ERR_LIMIT, "a model file has at most 64 MiB");
    if (!s) s = pm_predictor_parse(bytes, n, path, out, err);
    if (s) pm_error_locate(err, path, NULL);
    return s;
}
