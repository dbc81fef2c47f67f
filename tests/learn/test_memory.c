/* SPDX-License-Identifier: MIT */
/* Each allocation in turn fails, once: the call says so, and holds nothing. */
#include "learn/learn.h"
#include "make_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 24, P = 2 };

static pm_data *made(bool classes)
{
    double x[N * P], t[N];
    int y[N];
    bool cut[N];
    lcg g = {2};
    for (int i = 0; i < N; i++) {
        for (int f = 0; f < P; f++) x[P * i + f] = uniform(&g);
        t[i] = 1 + x[P * i];
        y[i] = i % 2;
        cut[i] = i % 5 == 0;
    }
    return data_of(N, P, x, classes ? y : NULL, t, classes ? NULL : cut, 4);
}

/* Learns, predicts, explains; writes, reads. */
static pm_status use(const pm_data *d, pm_learner learner, pm_error *err)
{
    pm_learn_options o = {.learner = learner, .trees = 3, .depth = 2};
    pm_scoped(pm_model) m = NULL, *back = NULL;
    pm_scoped(pm_out) out = NULL;
    pm_scoped(pm_doc) doc = NULL;
    double p[2 * N], phi[2 * N * P * (P + 1)];
    pm_run alone = {.threads = 1};
    int64_t length;
    pm_status s;
    if ((s = pm_learn(d, &o, &m, err)) || (s = pm_model_predict(m, N, d->x, p, err))) return s;
    if (learner != PM_MAJORITY && learner != PM_GAUSSIAN && learner != PM_NEAREST_CLASS &&
        (s = pm_model_explain(m, N, d->x, &alone, phi, err)))
        return s;
    if ((learner == PM_FOREST || learner == PM_BOOSTED) && (s = pm_model_interactions(m, N, d->x, &alone, phi, err)))
        return s;
    if ((s = pm_out_open(NULL, false, &out, err))) return s;
    pm_json json = pm_json_start(out);
    pm_model_write(m, NULL, &json);
    const char *text = pm_out_memory(out, &length);
    if (!text) return PM_ERR_MEMORY;
    if ((s = pm_doc_parse_json(text, length, NULL, &doc, err))) return s;
    return pm_model_read(doc, pm_doc_root(doc), &back, err);
}

static pm_status judge(const pm_data *d, pm_error *err)
{
    pm_learn_options candidates[2] = {{.learner = PM_MAJORITY}, {.learner = PM_LOGISTIC}};
    pm_choice choice = {candidates, 2, PM_BY_GROUP, 2, 1};
    pm_run alone = {.threads = 1};
    int32_t fold[N];
    int folds;
    double p[2 * N], width;
    pm_scores scores;
    pm_errors errors;
    pm_status s;
    if ((s = pm_split(d, PM_BY_GROUP, 3, 1, fold, &folds, err)) ||
        (s = pm_cross_nested(d, &choice, fold, folds, &alone, p, NULL, err)))
        return s;
    if (!d->classes) {
        if ((s = pm_errors_of(d, p, 3, 1, NULL, &errors, err))) return s;
        return pm_conformal_residual(d, p, fold, -1, 0.5, false, &width, err);
    }
    if ((s = pm_scores_of(d, p, 3, 1, NULL, &scores, err))) return s;
    pm_scores_leave(&scores);
    return pm_conformal(d, p, fold, -1, 0.5, &width, err);
}

/* learner = 0: the scores */
static void every_failure(const pm_data *d, pm_learner learner)
{
    for (int64_t n = 1;; n++) {
        pm_error err = {0};
        int64_t held = allocations_held();
        fail_allocation(n);
        pm_status s = learner ? use(d, learner, &err) : judge(d, &err);
        bool failed = allocation_failed();
        fail_allocation(0);
        assert_int_equal(allocations_held(), held);
        if (s == PM_ERR_FEATURE) return;
        if (!failed) {
            assert_good(s, &err);
            return;
        }
        assert_int_equal(s, PM_ERR_MEMORY);
    }
}

static void failures_are_told(void **state)
{
    (void)state;
    for (int classes = 0; classes < 2; classes++) {
        pm_data *d = made(classes);
        for (int k = 0; k <= PM_GAUSSIAN; k++)
            if (k != (classes ? PM_GAUSSIAN : PM_NEAREST_CLASS)) every_failure(d, (pm_learner)k);
        pm_data_free(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(failures_are_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
