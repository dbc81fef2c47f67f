/* SPDX-License-Identifier: MIT */
/* Honest predictions and their scores: whatever is tuned for a row (model, temperature, threshold) is tuned on the
 * other folds. */
#include "predictor.h"

#include <math.h>
#include <string.h>

static pm_status no_memory(pm_error *err)
{
    return pm_fail(err, PM_ERR_MEMORY, "no memory to evaluate a model");
}

/* ---- a mean with its interval ---- */

static pm_status draw_means(const double *sum, const double *count, int groups, int bootstraps, uint64_t seed,
                            const pm_run *run, double *drawn, pm_interval *out, pm_error *err)
{
    pm_status s;
    double total = 0, n = 0;
    int64_t k = 0;

    for (int g = 0; g < groups; g++) {
        total += sum[g];
        n += count[g];
    }
    for (int b = 0; b < bootstraps; b++) {
        pm_random r = pm_random_stream(seed, "verdict/bootstrap", (uint64_t)b);
        double own = 0, own_n = 0;
        if ((s = pm_run_check(run, err))) return s;
        for (int i = 0; i < groups; i++) {
            int g = (int)(pm_random_uniform(&r) * groups);
            own += sum[g];
            own_n += count[g];
        }
        if (own_n > 0) drawn[k++] = own / own_n;
    }
    *out = (pm_interval){n > 0 ? total / n : NAN, pm_quantile(drawn, k, 0.025), pm_quantile(drawn, k, 0.975)};
    return PM_OK;
}

pm_status pm_grouped_mean(const pm_data *d, const double *value, int bootstraps, uint64_t seed, const pm_run *run,
                          pm_interval *out, pm_error *err)
{
    size_t most = (size_t)d->groups + 1;
    pm_scoped_memory double *sum = calloc(most, sizeof *sum), *count = calloc(most, sizeof *count);
    pm_scoped_memory bool *seen = calloc(most, 1);
    pm_scoped_memory double *drawn = calloc((size_t)bootstraps + 1, sizeof *drawn);
    int groups = 0;

    if (!sum || !count || !seen || !drawn) return no_memory(err);
    for (int64_t i = 0; i < d->n; i++) {
        seen[d->group[i]] = true;
        if (isnan(value[i])) continue;
        sum[d->group[i]] += value[i];
        count[d->group[i]]++;
    }
    for (int g = 0; g < d->groups; g++) {
        if (!seen[g]) continue;
        sum[groups] = sum[g];
        count[groups++] = count[g];
    }
    return draw_means(sum, count, groups, bootstraps, seed, run, drawn, out, err);
}

void pm_interval_about(double value, double half_width, bool logarithmic, double *low, double *high)
{
    *low = logarithmic ? value * pow(10, -half_width) : value - half_width;
    *high = logarithmic ? value * pow(10, half_width) : value + half_width;
}

/* ---- all folds ---- */

typedef struct bench {
    const pm_data *d;
    const pm_training *t;
    const int32_t *fold;
    int outputs;
    double *raw, *predicted; /* [n][outputs] */
    double *residual;        /* [n] of a regression; NaN where censored */
    double *held, *size;     /* [n]: whether the set or interval holds the truth, how large it is */
} bench;

static int bits_of(uint32_t set)
{
    int n = 0;

    for (; set; set &= set - 1) n++;
    return n;
}

/* The temperature of the others heats all rows, the others' threshold judges the fold's. */
static pm_status judge_classes(void *context, int64_t f, pm_error *err)
{
    const bench *b = context;
    int k = b->d->classes, fold = (int)f;
    size_t n = (size_t)b->d->n * (size_t)k;
    pm_scoped_memory double *heated = malloc((n + 1) * sizeof *heated);
    double threshold;
    pm_status s;

    if (!heated) return no_memory(err);
    memcpy(heated, b->raw, n * sizeof *heated);
    pm_heat(pm_temperature(b->d, b->raw, b->fold, fold), b->d->n, k, heated);
    if ((s = pm_conformal(b->d, heated, b->fold, fold, b->t->coverage, &threshold, err))) return s;
    for (int64_t i = 0; i < b->d->n; i++) {
        if (b->fold[i] != fold) continue;
        memcpy(b->predicted + i * k, heated + i * k, (size_t)k * sizeof *heated);
        uint32_t set = pm_prediction_set(heated + i * k, k, threshold);
        b->held[i] = set >> b->d->y[i] & 1;
        b->size[i] = bits_of(set);
    }
    return PM_OK;
}

static pm_status half_width_of(const bench *b, int leave_out, double *out, pm_error *err)
{
    return pm_conformal_residual(b->d, b->raw, b->fold, leave_out, b->t->coverage, b->t->learn.log_target, out, err);
}

static pm_status judge_numbers(void *context, int64_t f, pm_error *err)
{
    const bench *b = context;
    double half_width, low, high;
    pm_status s;

    if ((s = half_width_of(b, (int)f, &half_width, err))) return s;
    for (int64_t i = 0; i < b->d->n; i++) {
        if (b->fold[i] != f) continue;
        b->predicted[i] = b->raw[i];
        pm_interval_about(b->raw[i], half_width, b->t->learn.log_target, &low, &high);
        b->held[i] = isnan(b->residual[i]) ? NAN : b->residual[i] <= half_width;
        b->size[i] = (high - low) / 2 / fabs(b->raw[i]);
    }
    return PM_OK;
}

static void find_residuals(bench *b)
{
    for (int64_t i = 0; i < b->d->n; i++) {
        bool censored = b->d->upper && !isfinite(b->d->upper[i]);
        double way = b->t->learn.log_target ? log10(b->raw[i] / b->d->target[i]) : b->raw[i] - b->d->target[i];
        b->residual[i] = censored ? NAN : fabs(way);
    }
}

/* ---- scores ---- */

static void class_f1(const pm_scores *scores, double f1[PM_CLASSES_MOST])
{
    int k = scores->classes;

    for (int c = 0; c < k; c++) {
        int64_t own = 0, called = 0;
        for (int e = 0; e < k; e++) {
            own += scores->confusion[c * k + e];
            called += scores->confusion[e * k + c];
        }
        f1[c] = own ? 2 * (double)scores->confusion[c * k + c] / (double)(own + called) : NAN;
    }
}

/* For a model that is fitted on all rows: temperature and threshold of all folds together. */
static pm_status calibrate_all(bench *b, pm_evaluation *e, pm_error *err)
{
    size_t n = (size_t)b->d->n * (size_t)b->outputs;
    pm_scoped_memory double *heated = malloc((n + 1) * sizeof *heated);

    if (!heated) return no_memory(err);
    if (!b->d->classes) return half_width_of(b, -1, &e->threshold, err);
    memcpy(heated, b->raw, n * sizeof *heated);
    e->temperature = pm_temperature(b->d, b->raw, b->fold, -1);
    pm_heat(e->temperature, b->d->n, b->d->classes, heated);
    return pm_conformal(b->d, heated, b->fold, -1, b->t->coverage, &e->threshold, err);
}

/* What says the same of all rows of a fold ranks none; it differs between folds by what each was left without, which is
 * the opposite of the fold's own: ranks across folds would be worse than chance. */
static void forget_ranks(pm_evaluation *e)
{
    e->scores.auc = e->errors.spearman = e->errors.concordance = (pm_interval){NAN, NAN, NAN};
}

static pm_status score(bench *b, pm_evaluation *e, pm_error *err)
{
    const pm_training *t = b->t;
    pm_status s;

    if ((s = pm_grouped_mean(b->d, b->held, t->bootstraps, t->seed, t->learn.run, &e->coverage, err))) return s;
    e->set_size = pm_mean(b->size, b->d->n);
    if (!b->d->classes) return pm_errors_of(b->d, e->predicted, t->bootstraps, t->seed, t->learn.run, &e->errors, err);
    if ((s = pm_scores_of(b->d, e->predicted, t->bootstraps, t->seed, t->learn.run, &e->scores, err))) return s;
    class_f1(&e->scores, e->class_f1);
    return PM_OK;
}

static pm_evaluation blank(const pm_data *d)
{
    const pm_interval none = {NAN, NAN, NAN};
    bool classes = d->classes > 0;
    pm_evaluation e = {.rows = d->n, .outputs = classes ? d->classes : 1, .temperature = 1};

    if (classes)
        e.errors = (pm_errors){none, none, none, none};
    else
        e.scores = (pm_scores){0, NULL, none, none, none, none, none};
    return e;
}

static pm_status run_bench(bench *b, int folds, const pm_run *run, pm_evaluation *e, pm_error *err)
{
    pm_status s;

    if ((s = pm_cross_predict(b->d, &b->t->learn, b->fold, folds, run, b->raw, err))) return s;
    if (!b->d->classes) find_residuals(b);
    if ((s = pm_parallel(run, folds, b->d->classes ? judge_classes : judge_numbers, b, err))) return s;
    if ((s = calibrate_all(b, e, err)) || (s = score(b, e, err))) return s;
    if (b->t->learn.learner == PM_MAJORITY) forget_ranks(e);
    return PM_OK;
}

/* How many of the numbers 0 .. most - 1 occur; seen[most]: scratch of zeros. */
static int distinct(int64_t n, const int32_t *number, bool *seen)
{
    int count = 0;

    for (int64_t i = 0; i < n; i++) {
        count += !seen[number[i]];
        seen[number[i]] = true;
    }
    return count;
}

pm_status pm_verdict_evaluate(const pm_data *d, const pm_training *t, const pm_run *run, pm_evaluation *out,
                              pm_error *err)
{
    pm_evaluation e = blank(d);
    size_t n = (size_t)d->n + 1, width = n * (size_t)e.outputs;
    pm_scoped_memory int32_t *fold = calloc(n, sizeof *fold);
    pm_scoped_memory double *raw = calloc(width, sizeof *raw), *each = calloc(3 * n, sizeof *each);
    pm_scoped_memory bool *groups = calloc((size_t)d->groups + 1, 1), *cells = calloc((size_t)d->cells + 1, 1);
    pm_status s;

    e.predicted = calloc(width, sizeof *e.predicted);
    s = fold && raw && each && groups && cells && e.predicted ? PM_OK : no_memory(err);
    if (!s) e.groups = distinct(d->n, d->group, groups);
    if (!s) e.cells = distinct(d->n, d->cell, cells);
    if (!s) s = pm_split(d, t->by, t->folds, t->seed, fold, &e.folds, err);
    bench b = {d, t, fold, e.outputs, raw, e.predicted, each, each + n, each + 2 * n};
    if (!s) s = run_bench(&b, e.folds, run, &e, err);
    if (s)
        pm_evaluation_leave(&e);
    else
        *out = e;
    return s;
}

pm_status pm_evaluate(const pm_data *data, const pm_training *training, const pm_run *run, pm_evaluation *out,
                      pm_error *err)
{
    pm_scoped(pm_data) kept = NULL;
    pm_training filled;
    pm_status s;

    if ((s = pm_verdict_prepare(data, training, run, &filled, &kept, err))) return s;
    return pm_verdict_evaluate(kept, &filled, run, out, err);
}

void pm_evaluation_leave(pm_evaluation *evaluation)
{
    free(evaluation->predicted);
    evaluation->predicted = NULL;
    pm_scores_leave(&evaluation->scores);
}
