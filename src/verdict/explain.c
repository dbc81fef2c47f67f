/* SPDX-License-Identifier: MIT */
/* Why a model says what it says. */
#include "predictor.h"

#include <math.h>
#include <string.h>

/* Probabilities are what they are; log odds of several classes may all move together without any effect. */
void pm_predictor_center(const pm_predictor *p, int64_t width, double *phi)
{
    int outputs = p->about.classes;

    if (outputs < 2 || strcmp(p->about.learner, pm_learner_name(PM_FOREST)) == 0) return;
    for (int64_t f = 0; f < width; f++) {
        double mean = 0;
        for (int k = 0; k < outputs; k++) mean += phi[k * width + f] / outputs;
        for (int k = 0; k < outputs; k++) phi[k * width + f] -= mean;
    }
}

pm_status pm_predictor_phi(const pm_predictor *p, const double *x, double *phi, pm_error *err)
{
    const pm_run one = {.threads = 1};
    pm_status s = pm_model_explain(p->model, 1, x, &one, phi, err);

    if (!s) pm_predictor_center(p, p->about.features + 1, phi);
    return s;
}

/* What a contribution is a part of. */
static const char *scale_of(const pm_predictor *p)
{
    if (!p->about.classes) return p->log_interval ? "log10 of the prediction" : "prediction";
    return strcmp(p->about.learner, pm_learner_name(PM_FOREST)) == 0 ? "probability" : "log odds";
}

/* The class that is explained, and the finite copy of the row. */
static pm_status best_of(const pm_predictor *p, const double *x, double *own, int *best, pm_error *err)
{
    pm_verdict v;
    pm_status s;

    if ((s = pm_predictor_judge(p, x, &v, err))) return s;
    for (int f = 0; f < p->about.features; f++) own[f] = isfinite(x[f]) ? x[f] : NAN;
    *best = v.best < 0 ? 0 : v.best;
    return PM_OK;
}

static void say_what(const pm_predictor *p, int best, pm_builder *b)
{
    pm_builder_meta(b, "contribution_to", scale_of(p));
    if (p->about.classes) pm_builder_meta(b, "class", p->about.class_name[best]);
}

/* What contributions start from, and where they lead. */
static void say_sum(const double *phi, size_t features, pm_builder *b)
{
    char number[32];
    pm_sum margin = {0};

    for (size_t f = 0; f <= features; f++) pm_sum_add(&margin, phi[f]);
    pm_number_print(phi[features], number);
    pm_builder_meta(b, "expected", number);
    pm_number_print(pm_sum_value(margin), number);
    pm_builder_meta(b, "margin", number);
}

/* ---- features ---- */

typedef struct feature_row {
    const char *feature, *unit;
    double value, contribution, training_percentile, training_low, training_high;
    int64_t outside;
} feature_row;

static const pm_field feature_fields[] = {
    {"feature", PM_STRING, "", offsetof(feature_row, feature), "name"},
    {"unit", PM_STRING, "", offsetof(feature_row, unit), "of value, training_low and training_high"},
    {"value", PM_DOUBLE, "", offsetof(feature_row, value), "of this cell"},
    {"contribution", PM_DOUBLE, "1", offsetof(feature_row, contribution), "Shapley value"},
    {"training_percentile", PM_DOUBLE, "1", offsetof(feature_row, training_percentile), "0-100, among training rows"},
    {"training_low", PM_DOUBLE, "", offsetof(feature_row, training_low), "the least in training"},
    {"training_high", PM_DOUBLE, "", offsetof(feature_row, training_high), "the most in training"},
    {"outside", PM_INT64, "1", offsetof(feature_row, outside), "1 = beyond both of them"},
};
enum { FEATURE_FIELDS = sizeof feature_fields / sizeof *feature_fields };

static int by_weight(const void *a, const void *b)
{
    const feature_row *l = a, *r = b;
    double left = fabs(l->contribution), right = fabs(r->contribution);

    return left != right ? (left < right) - (left > right) : strcmp(l->feature, r->feature);
}

static void fill_rows(const pm_predictor *p, const double *x, const double *phi, feature_row *row)
{
    for (int f = 0; f < p->about.features; f++) {
        const double *knot = p->range.quantile + f * PM_KNOTS;
        row[f] = (feature_row){.feature = p->feature[f],
                               .unit = p->unit[f],
                               .value = x[f],
                               .contribution = phi[f],
                               .training_percentile = 100 * pm_range_share(&p->range, f, x[f]),
                               .training_low = knot[0],
                               .training_high = knot[PM_KNOTS - 1],
                               .outside = pm_range_outside(&p->range, f, x[f])};
    }
    qsort(row, (size_t)p->about.features, sizeof *row, by_weight);
}

pm_status pm_predictor_explain(const pm_predictor *p, const double *x, pm_table **out, pm_error *err)
{
    size_t n = (size_t)p->about.features, outputs = (size_t)pm_model_outputs(p->model);
    pm_scoped_memory double *own = malloc(n * sizeof *own), *phi = malloc(outputs * (n + 1) * sizeof *phi);
    pm_scoped_memory feature_row *row = calloc(n, sizeof *row);
    pm_scoped(pm_builder) b = NULL;
    int best;
    pm_status s;

    if (!own || !phi || !row) return pm_fail(err, PM_ERR_MEMORY, "no memory to explain a verdict");
    if ((s = best_of(p, x, own, &best, err))) return s;
    if ((s = pm_predictor_phi(p, own, phi, err))) return s;
    if ((s = pm_builder_new(FEATURE_FIELDS, feature_fields, &b, err))) return s;
    fill_rows(p, own, phi + (size_t)best * (n + 1), row);
    for (size_t f = 0; f < n; f++) pm_builder_push(b, &row[f]);
    say_what(p, best, b);
    say_sum(phi + (size_t)best * (n + 1), n, b);
    return pm_builder_finish(b, out, err);
}

/* ---- pairs of features ---- */

typedef struct pair_row {
    const char *feature, *with;
    double interaction;
} pair_row;

static const pm_field pair_fields[] = {
    {"feature", PM_STRING, "", offsetof(pair_row, feature), "name"},
    {"with", PM_STRING, "", offsetof(pair_row, with), "name of the other"},
    {"interaction", PM_DOUBLE, "1", offsetof(pair_row, interaction), "Shapley interaction value of the pair"},
};
enum { PAIR_FIELDS = sizeof pair_fields / sizeof *pair_fields };

static int by_strength(const void *a, const void *b)
{
    const pair_row *l = a, *r = b;
    double left = fabs(l->interaction), right = fabs(r->interaction);
    int order = strcmp(l->feature, r->feature);

    if (left != right) return (left < right) - (left > right);
    return order ? order : strcmp(l->with, r->with);
}

/* Each pair stands twice in the matrix, with half of its value. */
static int64_t fill_pairs(const pm_predictor *p, const double *phi, pair_row *pair)
{
    int64_t n = 0, features = p->about.features;

    for (int64_t f = 0; f < features; f++)
        for (int64_t g = 0; g < f; g++)
            pair[n++] = (pair_row){p->feature[g], p->feature[f], phi[f * features + g] + phi[g * features + f]};
    qsort(pair, (size_t)n, sizeof *pair, by_strength);
    return n;
}

pm_status pm_predictor_interactions(const pm_predictor *p, const double *x, int most, pm_table **out, pm_error *err)
{
    size_t n = (size_t)p->about.features, outputs = (size_t)pm_model_outputs(p->model);
    pm_scoped_memory double *own = malloc(n * sizeof *own), *phi = malloc(outputs * n * n * sizeof *phi);
    pm_scoped_memory pair_row *pair = calloc(n * n, sizeof *pair);
    pm_scoped(pm_builder) b = NULL;
    const pm_run one = {.threads = 1};
    int best;
    pm_status s;

    if (!own || !phi || !pair) return pm_fail(err, PM_ERR_MEMORY, "no memory to explain a verdict");
    if ((s = best_of(p, x, own, &best, err))) return s;
    if ((s = pm_model_interactions(p->model, 1, own, &one, phi, err))) return s;
    if ((s = pm_builder_new(PAIR_FIELDS, pair_fields, &b, err))) return s;
    pm_predictor_center(p, (int64_t)(n * n), phi);
    int64_t pairs = fill_pairs(p, phi + (size_t)best * n * n, pair);
    for (int64_t i = 0; i < pairs && i < most; i++) pm_builder_push(b, &pair[i]);
    say_what(p, best, b);
    return pm_builder_finish(b, out, err);
}

/* ---- coefficients ---- */

typedef struct coefficient_row {
    const char *output, *feature, *unit;
    double coefficient;
} coefficient_row;

static const pm_field coefficient_fields[] = {
    {"output", PM_STRING, "", offsetof(coefficient_row, output), "class, or what is predicted"},
    {"feature", PM_STRING, "", offsetof(coefficient_row, feature), "name; nothing for the intercept"},
    {"unit", PM_STRING, "", offsetof(coefficient_row, unit), "of the feature"},
    {"coefficient", PM_DOUBLE, "", offsetof(coefficient_row, coefficient), "per unit of the feature"},
};
enum { COEFFICIENT_FIELDS = sizeof coefficient_fields / sizeof *coefficient_fields };

/* A linear model's Shapley values are straight lines: two points of each, the ends of the training range, tell all. */
static void push_output(const pm_predictor *p, const char *output, const double *low, const double *high, pm_builder *b)
{
    int n = p->about.features;
    double intercept = low[n];

    for (int f = 0; f < n; f++) {
        const double *knot = p->range.quantile + f * PM_KNOTS;
        double slope = (high[f] - low[f]) / (knot[PM_KNOTS - 1] - knot[0]);
        intercept += low[f] - slope * knot[0];
        pm_builder_push(b, &(coefficient_row){output, p->feature[f], p->unit[f], slope});
    }
    pm_builder_push(b, &(coefficient_row){output, "", "1", intercept});
}

pm_status pm_predictor_coefficients(const pm_predictor *p, pm_table **out, pm_error *err)
{
    size_t n = (size_t)p->about.features, outputs = (size_t)pm_model_outputs(p->model), width = outputs * (n + 1);
    pm_scoped_memory double *x = malloc(2 * n * sizeof *x), *phi = malloc(2 * width * sizeof *phi);
    pm_scoped(pm_builder) b = NULL;
    const pm_run one = {.threads = 1};
    pm_status s;

    if (strcmp(p->about.learner, pm_learner_name(PM_LOGISTIC)) != 0)
        return pm_fail(err, PM_ERR_ARGUMENT, "coefficients are those of linear models; this one is '%s'",
                       p->about.learner);
    if (!x || !phi) return pm_fail(err, PM_ERR_MEMORY, "no memory for coefficients");
    for (size_t f = 0; f < n; f++) {
        x[f] = p->range.quantile[f * PM_KNOTS];
        x[n + f] = p->range.quantile[f * PM_KNOTS + PM_KNOTS - 1];
    }
    if ((s = pm_model_explain(p->model, 2, x, &one, phi, err))) return s;
    if ((s = pm_builder_new(COEFFICIENT_FIELDS, coefficient_fields, &b, err))) return s;
    for (size_t k = 0; k < outputs; k++)
        push_output(p, p->about.classes ? p->class_name[k] : p->target, phi + k * (n + 1), phi + width + k * (n + 1),
                    b);
    if (p->log_interval) pm_builder_meta(b, "of", "log10 of the prediction");
    return pm_builder_finish(b, out, err);
}
