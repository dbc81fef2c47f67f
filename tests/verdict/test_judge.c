/* SPDX-License-Identifier: MIT */
/* Verdicts on single cells: what matches, what is refused, what is unlike the training cells, what is said in words. */
#include "cells.h"

#include <math.h>
#include <string.h>

static const population known = {.groups = 40, .per_group = 4, .features = 6, .seed = 1};
static const pm_training usual = {.learn = {.learner = PM_LOGISTIC},
                                  .bootstraps = 50,
                                  .target = "label",
                                  .kind = "li-cu",
                                  .cycles = 2,
                                  .simulated = true,
                                  .source = "virtual laboratory, seed 1",
                                  .label = {.polarisation = 0.75}};

/* ---- like and unlike the training cells ---- */

typedef struct tally {
    double familiarity, held, least;
    int64_t n;
} tally;

static tally judge_all(const pm_predictor *predictor, const population *p)
{
    pm_scoped(pm_data) d = cells_data(p, "label");
    tally all = {.least = 1, .n = d->n};
    pm_error err = {0};
    for (int64_t i = 0; i < d->n; i++) {
        pm_verdict v;
        assert_good(pm_predictor_judge(predictor, d->x + i * d->p, &v, &err), &err);
        all.familiarity += v.out_of_distribution / (double)d->n;
        all.held += (double)(v.set >> d->y[i] & 1) / (double)d->n;
        all.least = fmin(all.least, v.out_of_distribution);
        assert_true(v.set >> v.best & 1);
        assert_int_equal(v.missing, 0);
    }
    return all;
}

/* Fresh electrolytes of the same population are at home: their distances are spread over those of the training rows. The
 * sets hold the truth of 90 % of them. */
static void fresh_groups_are_at_home_and_covered(void **state)
{
    (void)state;
    double familiarity = 0, held = 0, beyond = 0;
    for (uint64_t seed = 0; seed < 8; seed++) {
        population p = known, fresh = known;
        p.seed = 100 + seed;
        fresh.seed = 200 + seed;
        pm_scoped(pm_predictor) predictor = trained(&p, "label", &usual);
        tally all = judge_all(predictor, &fresh);
        familiarity += all.familiarity / 8;
        held += all.held / 8;
        fresh.shift = 6;
        all = judge_all(predictor, &fresh);
        beyond += all.familiarity / 8;
        assert_true(all.least > 0.99);
    }
    print_message("mean share nearer %.3f, shifted %.3f; coverage %.3f\n", familiarity, beyond, held);
    assert_in_range((int)(1000 * familiarity), 400, 600);
    assert_in_range((int)(1000 * held), 850, 950);
    assert_true(beyond > 0.99);
}

/* Each value is ordinary, the pair is not: x1 follows x0 in training. */
static void unusual_pairs_are_far(void **state)
{
    (void)state;
    pm_scoped(pm_data) d = cells_data(&known, "label");
    for (int64_t i = 0; i < d->n; i++) d->x[i * d->p + 1] = d->x[i * d->p] + 0.05 * d->x[i * d->p + 2];
    pm_scoped(pm_predictor) predictor = NULL;
    pm_verdict with, against;
    pm_error err = {0};
    assert_good(pm_predictor_train(d, &usual, NULL, &predictor, NULL, &err), &err);
    assert_good(pm_predictor_judge(predictor, (double[]){1.2, 1.2, 0, 0, 0, 0}, &with, &err), &err);
    assert_good(pm_predictor_judge(predictor, (double[]){1.2, -1.2, 0, 0, 0, 0}, &against, &err), &err);
    assert_true(with.out_of_distribution < 0.8);
    assert_true(against.out_of_distribution > 0.99);
    assert_int_equal(against.outside, 0);
}

static void a_regression_has_an_interval(void **state)
{
    (void)state;
    pm_training t = usual;
    t.learn.log_target = true;
    t.target = "life";
    t.target_unit = "1";
    t.label.polarisation = 0;
    population p = known, fresh = known;
    fresh.seed = 77;
    pm_scoped(pm_predictor) predictor = trained(&p, "life", &t);
    pm_scoped(pm_data) d = cells_data(&fresh, "life");
    double held = 0;
    pm_error err = {0};
    for (int64_t i = 0; i < d->n; i++) {
        pm_verdict v;
        assert_good(pm_predictor_judge(predictor, d->x + i * d->p, &v, &err), &err);
        assert_int_equal(v.best, -1);
        assert_true(v.low > 0 && v.low < v.value && v.value < v.high);
        assert_close(v.value / v.low, v.high / v.value, 1e-9, 0);
        held += (double)(v.low <= d->target[i] && d->target[i] <= v.high) / (double)d->n;
    }
    assert_in_range((int)(1000 * held), 800, 990);
}

/* ---- rows of tables ---- */

/* The table of one row: what is NULL stays as it was. */
typedef struct changes {
    const char *without, *without_too; /* columns */
    const char *unit;                  /* of x1 */
    const char *kind;
    int64_t cycles;
} changes;

static pm_table *one_row(const changes *c)
{
    pm_scoped(pm_builder) b = NULL;
    pm_table *table = NULL;
    pm_error err = {0};
    char name[16];
    assert_good(pm_builder_new(0, NULL, &b, &err), &err);
    int kind = pm_builder_add(b, "kind", PM_STRING, ""), cycles = pm_builder_add(b, "cycles_used", PM_INT64, "1");
    int at[6], n = 0;
    for (int f = 5; f >= 0; f--) { /* in another order than the model's */
        snprintf(name, sizeof name, "x%d", f);
        bool left_out = (c->without && !strcmp(name, c->without)) || (c->without_too && !strcmp(name, c->without_too));
        if (!left_out) at[n++] = pm_builder_add(b, name, PM_DOUBLE, f == 1 && c->unit ? c->unit : "V");
    }
    assert_good(pm_builder_room(b, 1, &err), &err);
    for (int k = 0; k < n; k++) pm_builder_doubles(b, at[k])[0] = 10 * (k + 1);
    pm_builder_word(b, kind, 0, c->kind ? c->kind : "li-cu", -1);
    pm_builder_integers(b, cycles)[0] = c->cycles ? c->cycles : 2;
    pm_builder_commit(b, 1);
    assert_good(pm_builder_finish(b, &table, &err), &err);
    return table;
}

static void assert_refused(const pm_predictor *predictor, const changes *c, pm_status code, const char *words,
                           const char *also, const char *hint)
{
    pm_scoped(pm_table) table = one_row(c);
    double x[6];
    pm_error err = {0};
    assert_int_equal(pm_predictor_row(predictor, table, 0, x, &err), code);
    if (!strstr(err.message, words) || !strstr(err.message, also) || !strstr(err.hint, hint))
        fail_msg("'%s' (%s) does not hold '%s', '%s', '%s'", err.message, err.hint, words, also, hint);
}

static void rows_that_do_not_match_are_refused(void **state)
{
    (void)state;
    pm_scoped(pm_predictor) predictor = trained(&known, "label", &usual);
    pm_scoped(pm_table) good = one_row(&(changes){0});
    double x[6];
    pm_error err = {0};
    assert_good(pm_predictor_row(predictor, good, 0, x, &err), &err);
    for (int f = 0; f < 6; f++) assert_close(x[f], 10 * (6 - f), 0, 0);
    assert_int_equal(pm_predictor_row(predictor, good, 1, x, &err), PM_ERR_ARGUMENT);
    assert_refused(predictor, &(changes){.without = "x2", .without_too = "x5"}, PM_ERR_COLUMN, "x2", "x5",
                   "fingerprint --cycles 2");
    assert_refused(predictor, &(changes){.unit = "mV"}, PM_ERR_UNIT, "x1 in mV", "not V", "convert");
    assert_refused(predictor, &(changes){.kind = "li-li"}, PM_ERR_DATA, "li-cu", "li-li", "--kind");
    assert_refused(predictor, &(changes){.cycles = 5}, PM_ERR_DATA, "2 cycles", "are of 5", "--cycles 2");
}

static void units_of_pure_numbers_are_one(void **state)
{
    (void)state;
    pm_scoped(pm_data) d = cells_data(&known, "label");
    pm_scoped(pm_predictor) predictor = NULL;
    pm_scoped(pm_table) table = one_row(&(changes){.unit = "1"});
    double x[6];
    pm_error err = {0};
    d->unit[1][0] = 0;
    assert_good(pm_predictor_train(d, &usual, NULL, &predictor, NULL, &err), &err);
    assert_good(pm_predictor_row(predictor, table, 0, x, &err), &err);
}

static void half_of_the_features_must_be_there(void **state)
{
    (void)state;
    pm_scoped(pm_predictor) predictor = trained(&known, "label", &usual);
    pm_verdict v;
    pm_error err = {0};
    double x[6] = {0, NAN, 0.5, INFINITY, NAN, 9};
    assert_good(pm_predictor_judge(predictor, x, &v, &err), &err);
    assert_int_equal(v.missing, 3);
    assert_int_equal(v.outside, 1);
    x[0] = NAN;
    assert_int_equal(pm_predictor_judge(predictor, x, &v, &err), PM_ERR_DATA);
    assert_non_null(strstr(err.message, "4 of the model's 6"));
}

static void features_that_say_nothing_are_left_out(void **state)
{
    (void)state;
    pm_scoped(pm_data) d = cells_data(&known, "label");
    pm_scoped(pm_predictor) predictor = NULL;
    pm_error err = {0};
    for (int64_t i = 0; i < d->n; i++) {
        d->x[i * d->p + 1] = 4;
        d->x[i * d->p + 3] = i % 2 ? NAN : INFINITY;
    }
    assert_good(pm_predictor_train(d, &usual, NULL, &predictor, NULL, &err), &err);
    const pm_predictor_about *a = pm_predictor_tell(predictor);
    assert_int_equal(a->features, 4);
    assert_string_equal(a->feature[1], "x2");
    assert_string_equal(a->feature[2], "x4");
    assert_int_equal(a->rows, 160);
    assert_int_equal(a->groups, 40);
}

/* ---- words ---- */

static void assert_says(const char *text, const char *words)
{
    if (!strstr(text, words)) fail_msg("'%s' is not in:\n%s", words, text);
}

/* What is said of a row; to be freed. */
static char *said(const char *target, const pm_training *training)
{
    pm_scoped(pm_predictor) predictor = trained(&known, target, training);
    pm_scoped(pm_out) out = NULL;
    pm_verdict v;
    pm_error err = {0};
    int64_t n;
    assert_good(pm_out_open(NULL, false, &out, &err), &err);
    assert_good(pm_predictor_judge(predictor, (double[]){2, 2, 0, 0, 0, 0}, &v, &err), &err);
    pm_verdict_words(predictor, &v, out);
    print_message("%s", pm_out_memory(out, &n));
    return pm_text_copy(pm_out_memory(out, &n), -1);
}

static void words_tell_what_a_verdict_rests_on(void **state)
{
    (void)state;
    pm_scoped_text text = said("label", &usual);
    assert_says(text, "Very likely KDF (kinetics degradation): probability above 0.99; 90 % set: KDF.");
    assert_says(text, "the first 2 cycles of a li-cu cell");
    assert_says(text, "160 simulated cells of 40 electrolytes, not on measured ones (virtual laboratory, seed 1)");
    assert_says(text, "electrolytes it had not seen: macro-F1 0.");
    assert_says(text, "reconstruction");
    assert_says(text, "not published: polarisation up by 75 %, efficiency down by 0.06, held for 5 cycles");
    assert_says(text, "not trained on: a short circuit.");
}

/* A table of anything has rows and groups; lives have a reference, not classes. */
static void words_of_a_table_that_is_not_of_cells(void **state)
{
    (void)state;
    pm_training training = usual;
    training.kind = training.source = NULL;
    training.cycles = 0;
    training.simulated = false;
    training.label = (pm_life_label_options){0};
    pm_scoped_text text = said("label", &training);
    assert_says(text, "It rests on the features given and a model (");
    assert_says(text, "trained on 160 rows of 40 groups.");
    assert_says(text, "On groups it had not seen: macro-F1 0.");
    assert_says(text, "Like the rows trained on");
    assert_says(text, "It cannot know what its features do not show.");
    assert_null(strstr(text, "cell"));
    assert_null(strstr(text, "electrolyte"));
    assert_null(strstr(text, "cycle"));
}

static void words_of_a_life(void **state)
{
    (void)state;
    pm_training training = usual;
    training.learn.learner = PM_LOGISTIC;
    training.target = "cycle_count_80_percent";
    pm_scoped_text text = said("life", &training);
    assert_says(text, "cycle_count_80_percent: ");
    assert_says(text, "against the median of 5 cycles from cycle 3 on");
    assert_null(strstr(text, "reconstruction"));
}

static void kinds_and_models_are_told(void **state)
{
    (void)state;
    pm_predictor *predictor = NULL;
    pm_error err = {0};
    for (int k = PM_KIND_UNKNOWN; k <= PM_LI_ION; k++) assert_true(strlen(pm_verdict_of_kind((pm_kind)k)) > 40);
    assert_says(pm_verdict_of_kind(PM_LI_LI), "neither RDF nor CDF");
    assert_int_equal(pm_predictor_builtin(PM_LI_ION, 77, &predictor, &err), PM_ERR_ARGUMENT);
    assert_says(err.message, "77 cycles of a cell of kind li-ion");
    assert_null(predictor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fresh_groups_are_at_home_and_covered),
        cmocka_unit_test(unusual_pairs_are_far),
        cmocka_unit_test(a_regression_has_an_interval),
        cmocka_unit_test(rows_that_do_not_match_are_refused),
        cmocka_unit_test(units_of_pure_numbers_are_one),
        cmocka_unit_test(half_of_the_features_must_be_there),
        cmocka_unit_test(features_that_say_nothing_are_left_out),
        cmocka_unit_test(words_tell_what_a_verdict_rests_on),
        cmocka_unit_test(words_of_a_table_that_is_not_of_cells),
        cmocka_unit_test(words_of_a_life),
        cmocka_unit_test(kinds_and_models_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
