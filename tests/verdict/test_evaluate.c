/* SPDX-License-Identifier: MIT */
/* Honest predictions: what leaks, what is covered, what cannot be evaluated. */
#include "cells.h"

#include <math.h>
#include <string.h>

static const pm_training logistic = {.learn = {.learner = PM_LOGISTIC}, .bootstraps = 50};

static pm_evaluation evaluated(const pm_data *d, const pm_training *t)
{
    pm_evaluation e;
    pm_error err = {0};
    assert_good(pm_evaluate(d, t, NULL, &e, &err), &err);
    return e;
}

/* ---- leaks ---- */

/* The label is the electrolyte's own and unrelated to the features, which tell only which electrolyte it is. */
static void a_split_by_cell_leaks_and_one_by_group_does_not(void **state)
{
    (void)state;
    population p = {.groups = 40, .per_group = 5, .features = 8, .seed = 3, .by_group_only = true};
    pm_scoped(pm_data) d = cells_data(&p, "label");
    for (int64_t i = 0; i < d->n; i++) /* cells of an electrolyte are nearly alike */
        for (int f = 0; f < d->p; f++) {
            int64_t first = i / 5 * 5;
            d->x[i * d->p + f] = d->x[first * d->p + f] + 0.01 * (double)(i - first);
        }
    pm_training t = {.learn = {.learner = PM_FOREST, .trees = 60}, .bootstraps = 50, .folds = 10, .by = PM_BY_CELL};
    pm_evaluation by_cell = evaluated(d, &t);
    t.by = PM_BY_GROUP;
    pm_evaluation by_group = evaluated(d, &t);
    assert_true(by_cell.scores.accuracy.value > 0.95);
    assert_true(by_group.scores.accuracy.value < 0.55);
    assert_int_equal(by_group.groups, 40);
    assert_int_equal(by_group.folds, 10);
    pm_evaluation_leave(&by_cell);
    pm_evaluation_leave(&by_group);
}

/* What the temperature does not change: the margins' ratio. */
static double margins_ratio(const double *p)
{
    return log(p[0] / p[1]) / log(p[0] / p[2]);
}

/* Other labels for the rows of one group do not change what is predicted for them, but for a temperature that is found
 * from the other groups. Those of other groups change. */
static void no_model_has_seen_the_labels_that_it_is_tested_on(void **state)
{
    (void)state;
    population p = {.groups = 12, .per_group = 4, .features = 4, .seed = 1};
    pm_scoped(pm_data) d = cells_data(&p, "label");
    pm_evaluation before = evaluated(d, &logistic);
    for (int64_t i = 20; i < 24; i++) d->y[i] = (d->y[i] + 1) % 3;
    pm_evaluation after = evaluated(d, &logistic);
    for (int64_t i = 20; i < 24; i++)
        assert_close(margins_ratio(after.predicted + 3 * i), margins_ratio(before.predicted + 3 * i), 1e-9, 0);
    assert_true(fabs(margins_ratio(after.predicted) - margins_ratio(before.predicted)) > 1e-3);
    assert_true(after.scores.accuracy.value < before.scores.accuracy.value);
    pm_evaluation_leave(&before);
    pm_evaluation_leave(&after);
}

/* ---- scores ---- */

static void class_f1_is_that_of_the_predictions(void **state)
{
    (void)state;
    population p = {.groups = 15, .per_group = 4, .features = 3, .seed = 2};
    pm_scoped(pm_data) d = cells_data(&p, "label");
    pm_evaluation e = evaluated(d, &logistic);
    double sum = 0;
    for (int c = 0; c < 3; c++) {
        int right = 0, own = 0, called = 0;
        for (int64_t i = 0; i < d->n; i++) {
            const double *q = e.predicted + 3 * i;
            int said = q[0] >= q[1] && q[0] >= q[2] ? 0 : q[1] >= q[2] ? 1 : 2;
            right += said == c && d->y[i] == c;
            own += d->y[i] == c;
            called += said == c;
            assert_close(q[0] + q[1] + q[2], 1, 1e-12, 0);
        }
        double precision = (double)right / called, recall = (double)right / own;
        assert_close(e.class_f1[c], 2 * precision * recall / (precision + recall), 1e-12, 0);
        sum += e.class_f1[c];
    }
    assert_close(e.scores.macro_f1.value, sum / 3, 1e-12, 0);
    assert_true(isnan(e.errors.rmse.value));
    pm_evaluation_leave(&e);
}

/* ---- coverage ---- */

/* Asked for 90 %: of all rows of 24 populations, each row judged with its own electrolyte unseen. */
static void sets_hold_what_they_promise(void **state)
{
    (void)state;
    double held = 0, size = 0;
    int64_t n = 0;
    for (int seed = 0; seed < 24; seed++) {
        population p = {.groups = 30, .per_group = 4, .features = 4, .seed = (uint64_t)seed + 10, .blurred = 1.5};
        pm_scoped(pm_data) d = cells_data(&p, "label");
        pm_evaluation e = evaluated(d, &logistic);
        held += e.coverage.value * (double)e.rows;
        size += e.set_size * (double)e.rows;
        n += e.rows;
        assert_true(e.coverage.low <= e.coverage.value && e.coverage.value <= e.coverage.high);
        assert_true(e.threshold > 0 && e.threshold <= 1 && e.temperature > 0);
        pm_evaluation_leave(&e);
    }
    print_message("sets: coverage %.3f, mean size %.2f of 3\n", held / (double)n, size / (double)n);
    assert_in_range((int)(1000 * held / (double)n), 850, 950);
    assert_true(size / (double)n > 1 && size / (double)n < 2.7);
}

static void intervals_hold_what_they_promise(void **state)
{
    (void)state;
    for (int logarithmic = 0; logarithmic < 2; logarithmic++) {
        double held = 0;
        for (int seed = 0; seed < 24; seed++) {
            population p = {.groups = 30, .per_group = 4, .features = 4, .seed = (uint64_t)seed + 50, .censored = true};
            pm_scoped(pm_data) d = cells_data(&p, "life");
            pm_training t = logistic;
            t.learn.log_target = logarithmic;
            pm_evaluation e = evaluated(d, &t);
            held += e.coverage.value / 24;
            assert_true(e.threshold > 0 && e.set_size > 0);
            assert_true(isnan(e.scores.macro_f1.value) && e.errors.spearman.value > 0.5);
            pm_evaluation_leave(&e);
        }
        print_message("intervals%s: coverage %.3f\n", logarithmic ? " of the logarithm" : "", held);
        assert_in_range((int)(1000 * held), 850, 950);
    }
}

/* With 8 groups no 90 % set can leave a class out: (8 + 1) 0.9 is more than 8. */
static void too_few_groups_exclude_nothing(void **state)
{
    (void)state;
    population p = {.groups = 8, .per_group = 4, .features = 3, .seed = 4};
    pm_scoped(pm_data) d = cells_data(&p, "label");
    pm_scoped(pm_data) lives = cells_data(&p, "life");
    pm_evaluation e = evaluated(d, &logistic);
    assert_close(e.set_size, 3, 0, 0);
    assert_close(e.coverage.value, 1, 0, 0);
    pm_evaluation_leave(&e);
    e = evaluated(lives, &logistic);
    assert_true(isinf(e.threshold) && e.coverage.value == 1);
    pm_evaluation_leave(&e);
}

/* ---- the same cell twice ---- */

static void keep_message(void *context, int level, const char *message)
{
    assert_int_equal(level, PM_LOG_WARNING);
    snprintf(context, 300, "%s", message);
}

static void a_cell_in_two_groups_is_told(void **state)
{
    (void)state;
    population p = {.groups = 5, .per_group = 3, .features = 4, .seed = 6};
    pm_scoped(pm_data) d = cells_data(&p, "label");
    char message[300] = "";
    pm_run run = {.log = keep_message, .context = message};
    pm_evaluation e;
    pm_error err = {0};
    assert_good(pm_evaluate(d, &logistic, &run, &e, &err), &err);
    pm_evaluation_leave(&e);
    assert_string_equal(message, "");
    memcpy(d->x + 4 * 7, d->x + 4, 4 * sizeof *d->x);
    assert_good(pm_evaluate(d, &logistic, &run, &e, &err), &err);
    pm_evaluation_leave(&e);
    if (!strstr(message, "e0-1 of e0 and e2-1 of e2 have the same features")) fail_msg("%s", message);
}

/* ---- what cannot be evaluated ---- */

static void assert_refused(const pm_data *d, const pm_training *t, pm_status code, const char *words)
{
    pm_evaluation e;
    pm_error err = {0};
    pm_predictor *predictor = NULL;
    assert_int_equal(pm_evaluate(d, t, NULL, &e, &err), code);
    assert_int_equal(pm_predictor_train(d, t, NULL, &predictor, NULL, &err), code);
    assert_null(predictor);
    if (!strstr(err.message, words)) fail_msg("'%s' does not hold '%s'", err.message, words);
    if (code == PM_ERR_DATA) assert_true(*err.hint);
}

static void what_cannot_be_evaluated_is_refused(void **state)
{
    (void)state;
    population p = {.groups = 5, .per_group = 3, .features = 3, .seed = 6}, one = p;
    one.groups = 1;
    one.per_group = 12;
    pm_scoped(pm_data) d = cells_data(&p, "label");
    pm_scoped(pm_data) single = cells_data(&one, "label");
    pm_training t = logistic;
    assert_refused(single, &t, PM_ERR_DATA, "1 group");
    t.folds = 6;
    assert_refused(d, &t, PM_ERR_DATA, "6 folds");
    t.folds = 0;
    t.coverage = 1.2;
    assert_refused(d, &t, PM_ERR_ARGUMENT, "coverage");
    t.coverage = 0;
    for (int64_t i = 0; i < d->n; i++) d->y[i] = 1;
    assert_refused(d, &t, PM_ERR_DATA, "one class (kdf)");
    for (int64_t i = 0; i < d->n; i++) d->y[i] = (int)(i % 3);
    for (int64_t i = 0; i < d->n * d->p; i++) d->x[i] = i % 2 ? NAN : 7;
    assert_refused(d, &t, PM_ERR_DATA, "differs");
}

static void without_a_choice_there_is_a_learner(void **state)
{
    (void)state;
    population p = {.groups = 6, .per_group = 3, .features = 3, .seed = 6};
    pm_training t = {.learn = {.trees = 5}, .bootstraps = 5};
    pm_scoped(pm_predictor) predictor = trained(&p, "label", &t);
    const char *learner = pm_predictor_tell(predictor)->learner;
    assert_true(strcmp(learner, "boosted") == 0 || strcmp(learner, "forest") == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_split_by_cell_leaks_and_one_by_group_does_not),
        cmocka_unit_test(no_model_has_seen_the_labels_that_it_is_tested_on),
        cmocka_unit_test(class_f1_is_that_of_the_predictions),
        cmocka_unit_test(sets_hold_what_they_promise),
        cmocka_unit_test(intervals_hold_what_they_promise),
        cmocka_unit_test(too_few_groups_exclude_nothing),
        cmocka_unit_test(a_cell_in_two_groups_is_told),
        cmocka_unit_test(what_cannot_be_evaluated_is_refused),
        cmocka_unit_test(without_a_choice_there_is_a_learner),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
