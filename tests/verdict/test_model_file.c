/* SPDX-License-Identifier: MIT */
/* The model file: there and back to the same bits; damaged ones are refused. */
#include "cells.h"
#include "verdict/predictor.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static const population cells = {.groups = 12, .per_group = 3, .features = 4, .seed = 1};
static const pm_training usual = {.learn = {.learner = PM_LOGISTIC, .trees = 4},
                                  .bootstraps = 20,
                                  .target = "label",
                                  .kind = "li-cu",
                                  .cycles = 2,
                                  .simulated = true,
                                  .label = {.polarisation = 0.75}};

/* ---- there and back ---- */

static void assert_same_verdicts(const pm_predictor *a, const pm_predictor *b)
{
    pm_scoped(pm_data) d = cells_data(&cells, "label");
    pm_error err = {0};
    for (int64_t i = 0; i < d->n; i++) {
        pm_verdict v, w;
        memset(&v, 0, sizeof v);
        memset(&w, 0, sizeof w);
        assert_good(pm_predictor_judge(a, d->x + i * d->p, &v, &err), &err);
        assert_good(pm_predictor_judge(b, d->x + i * d->p, &w, &err), &err);
        assert_memory_equal(v.probability, w.probability, sizeof v.probability);
        assert_memory_equal(&v.value, &w.value, 4 * sizeof v.value); /* value, low, high, out_of_distribution */
        assert_int_equal(v.best, w.best);
        assert_int_equal(v.set, w.set);
    }
}

static void assert_same_about(const pm_predictor *a, const pm_predictor *b)
{
    const pm_predictor_about *l = pm_predictor_tell(a), *r = pm_predictor_tell(b);
    assert_string_equal(l->sha256, r->sha256);
    assert_string_equal(l->learner, r->learner);
    assert_string_equal(l->target, r->target);
    assert_string_equal(l->version, r->version);
    assert_int_equal(l->by, r->by);
    assert_int_equal(l->groups, 12);
    assert_int_equal(r->groups, 12);
    assert_close(l->covered.low, r->covered.low, 0, 0);
    assert_close(l->macro_f1.value, r->macro_f1.value, 0, 0);
    assert_close(l->spearman.high, r->spearman.high, 0, 0);
    assert_memory_equal(l->importance, r->importance, (size_t)l->features * sizeof *l->importance);
}

/* Whether there is such a learner. */
static bool there_and_back(const char *target, const pm_training *t)
{
    pm_scoped(pm_data) d = cells_data(&cells, target);
    pm_scoped(pm_predictor) predictor = NULL;
    pm_scoped(pm_predictor) again = NULL;
    pm_error err = {0};
    int64_t n, m;
    pm_status s = pm_predictor_train(d, t, NULL, &predictor, NULL, &err);
    if (s == PM_ERR_FEATURE || s == PM_ERR_ARGUMENT) return false; /* no XGBoost; not of numbers, not of classes */
    assert_good(s, &err);
    pm_scoped(pm_out) out = written(predictor);
    const char *bytes = pm_out_memory(out, &n);
    char *path = support_file(".json", bytes, n);
    assert_good(pm_predictor_read(path, &again, &err), &err);
    support_remove(path);
    assert_same_about(predictor, again);
    assert_same_verdicts(predictor, again);
    pm_scoped(pm_out) out_again = written(again);
    const char *bytes_again = pm_out_memory(out_again, &m);
    assert_int_equal(n, m);
    assert_memory_equal(bytes, bytes_again, (size_t)n);
    return true;
}

static void files_bring_back_every_learner(void **state)
{
    (void)state;
    int n = 0;
    for (int learner = 1; pm_learner_name((pm_learner)learner); learner++) {
        pm_training t = usual;
        t.learn.learner = (pm_learner)learner;
        n += there_and_back("label", &t);
        t.label.polarisation = 0;
        t.by = PM_BY_CELL;
        t.folds = 5;
        t.target = "life";
        t.learn.log_target = learner == PM_LOGISTIC;
        n += there_and_back("life", &t);
    }
    assert_true(n >= 7); /* forest, linear and majority of both, the nearest class */
}

/* Six groups: no interval, its half width is null in the file. */
static void a_missing_interval_comes_back(void **state)
{
    (void)state;
    population few = cells;
    few.groups = 6;
    pm_scoped(pm_predictor) predictor = trained(&few, "life", &usual);
    pm_scoped(pm_predictor) again = NULL;
    pm_scoped(pm_out) out = written(predictor);
    pm_verdict v;
    pm_error err = {0};
    int64_t n;
    const char *bytes = pm_out_memory(out, &n);
    assert_good(pm_predictor_parse(bytes, n, "x", &again, &err), &err);
    assert_good(pm_predictor_judge(again, (double[4]){0}, &v, &err), &err);
    assert_true(isinf(v.low) && isinf(v.high) && isfinite(v.value));
}

/* The same data give the same bytes, for any number of threads; other data others. */
static void the_same_data_give_the_same_bytes(void **state)
{
    (void)state;
    char sum[3][65];
    for (int k = 0; k < 3; k++) {
        population p = cells;
        p.seed += k == 2;
        pm_scoped(pm_data) d = cells_data(&p, "label");
        pm_scoped(pm_predictor) predictor = NULL;
        pm_error err = {0};
        assert_good(pm_predictor_train(d, &usual, &(pm_run){.threads = k + 1}, &predictor, NULL, &err), &err);
        memcpy(sum[k], pm_predictor_tell(predictor)->sha256, 65);
    }
    assert_string_equal(sum[0], sum[1]);
    assert_string_not_equal(sum[0], sum[2]);
}

static void the_checksum_is_that_of_the_bytes(void **state)
{
    (void)state;
    pm_scoped(pm_predictor) predictor = trained(&cells, "label", &usual);
    pm_scoped(pm_out) out = written(predictor);
    pm_scoped(pm_sha256) sum = NULL;
    char hex[65];
    int64_t n;
    const char *bytes = pm_out_memory(out, &n);
    assert_int_equal(pm_sha256_new(&sum, NULL), PM_OK);
    pm_sha256_add(sum, bytes, n);
    pm_sha256_result(sum, hex);
    assert_string_equal(pm_predictor_tell(predictor)->sha256, hex);
}

/* ---- damage ---- */

/* A document that is damaged in one place after the other, and what it must be. */
typedef struct damage {
    json_t *root;
    int refused;
} damage;

static void assert_refused(damage *d, const char *what, const char *where)
{
    char *bytes = json_dumps(d->root, JSON_REAL_PRECISION(17));
    pm_predictor *predictor = NULL;
    pm_error err = {0};
    pm_status s = pm_predictor_parse(bytes, (int64_t)strlen(bytes), "damaged.json", &predictor, &err);
    free(bytes);
    if (s != PM_ERR_FORMAT) fail_msg("%s %s: %s (%s)", where, what, pm_status_name(s), err.message);
    assert_null(predictor);
    assert_string_equal(err.file, "damaged.json");
    d->refused++;
}

static bool may_be_null(const char *key)
{
    static const char *const keys[] = {"source", "kind", "target", "target_unit", "label"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(key, keys[i]) == 0) return true;
    return false;
}

static void damage_below(damage *d, json_t *value, bool scores);

static void damage_map(damage *d, json_t *map, bool scores)
{
    const char *keys[64];
    int n = 0;
    for (void *at = json_object_iter(map); at; at = json_object_iter_next(map, at))
        keys[n++] = json_object_iter_key(at);
    for (int i = 0; i < n; i++) {
        char key[64];
        snprintf(key, sizeof key, "%s", keys[i]);
        json_t *own = json_incref(json_object_get(map, key));
        json_object_set_new(map, key, json_null());
        if (!may_be_null(key)) assert_refused(d, "null", key);
        json_object_set_new(map, key, json_object());
        if (strcmp(key, "label") != 0 || json_is_object(own)) assert_refused(d, "of another type", key);
        json_object_del(map, key);
        assert_refused(d, "removed", key);
        json_object_set_new(map, key, own);
        keys[i] = json_object_iter_key(json_object_iter_at(map, key));
        damage_below(d, own, scores || strcmp(key, "scores") == 0);
    }
}

static void damage_list(damage *d, json_t *list, bool scores)
{
    for (size_t i = 0; i < json_array_size(list); i += 1 + json_array_size(list) / 16) {
        json_t *own = json_incref(json_array_get(list, i));
        json_array_set_new(list, i, json_null());
        if (!scores) assert_refused(d, "null", "an item");
        json_array_set_new(list, i, json_string("1"));
        if (!json_is_string(own)) assert_refused(d, "a text", "an item");
        json_array_remove(list, i);
        assert_refused(d, "removed", "an item");
        json_array_insert_new(list, i, own);
        damage_below(d, own, scores);
    }
}

static void damage_below(damage *d, json_t *value, bool scores)
{
    if (json_is_object(value)) damage_map(d, value, scores);
    if (json_is_array(value)) damage_list(d, value, scores);
}

static json_t *parsed(const pm_predictor *predictor)
{
    pm_scoped(pm_out) out = written(predictor);
    json_t *root = json_loads(pm_out_memory(out, NULL), 0, NULL);
    assert_non_null(root);
    return root;
}

static void damaged_files_are_refused(void **state)
{
    (void)state;
    for (int learner = PM_FOREST; learner <= PM_LOGISTIC; learner++) {
        pm_training t = usual;
        t.learn.learner = (pm_learner)learner;
        t.learn.trees = 2;
        pm_scoped(pm_predictor) predictor = trained(&cells, "label", &t);
        damage d = {parsed(predictor), 0};
        damage_below(&d, d.root, false);
        json_decref(d.root);
        print_message("%d damaged files refused\n", d.refused);
        assert_true(d.refused > 200);
    }
}

/* Puts a value at a path of keys and indexes ("features/0/name"). */
static void put_at(json_t *root, const char *path, json_t *value)
{
    char part[64];
    size_t n = strcspn(path, "/");
    snprintf(part, sizeof part, "%.*s", (int)n, path);
    bool list = json_is_array(root);
    size_t index = list ? (size_t)atoi(part) : 0;
    if (path[n] == '/')
        put_at(list ? json_array_get(root, index) : json_object_get(root, part), path + n + 1, value);
    else if (list)
        json_array_set_new(root, index, value);
    else
        json_object_set_new(root, part, value);
}

/* Numbers and names that are there and make no sense. */
static void nonsense_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *path, *json;
    } nonsense[] = {
        {"format", "[\"premortem.model/2\"]"},
        {"rows", "[1]"},
        {"rows", "[36.5]"},
        {"groups", "[37]"},
        {"cycles", "[-1]"},
        {"coverage", "[1]"},
        {"temperature", "[0]"},
        {"threshold", "[1.5]"},
        {"threshold", "[-0.1]"},
        {"split_by", "[\"row\"]"},
        {"classes/0", "[\"kdf\"]"},
        {"classes/0", "[\"\"]"},
        {"label/window", "[0]"},
        {"label/polarisation", "[0]"},
        {"scores/macro_f1/1", "[2]"},
        {"scores/macro_f1/0", "[1.5]"},
        {"scores/auc/0", "[-0.1]"},
        {"scores/brier/0", "[2.1]"},
        {"features/1/name", "[\"x0\"]"},
        {"features/1/name", "[\"\"]"},
        {"features/0/importance", "[-1]"},
        {"features/0/quantiles/3", "[1e9]"},
        {"range/nearer/0", "[-1]"},
        {"range/nearer/7", "[1e9]"},
        {"range/factor/0", "[0]"},
        {"range/factor/2", "[-1]"},
        {"range/mean/0", "[1e9]"},
        {"model/learner", "[\"oracle\"]"},
        {"model/features", "[3]"},
        {"model/classes", "[2]"},
        {"model/trees/node/1", "[0]"}, /* a walk that goes round */
        {"model/trees/node/2", "[1]"}, /* two ways to one node */
        {"model/trees/node/0", "[4]"},
        {"model/trees/tree/0", "[1]"},
        {"model/trees/tree/1", "[1000000]"},
    };
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        pm_training t = usual;
        t.learn.learner = strstr(nonsense[i].path, "trees") ? PM_FOREST : PM_LOGISTIC;
        pm_scoped(pm_predictor) predictor = trained(&cells, "label", &t);
        damage d = {parsed(predictor), 0};
        json_t *value = json_loads(nonsense[i].json, 0, NULL);
        put_at(d.root, nonsense[i].path, json_incref(json_array_get(value, 0)));
        assert_refused(&d, nonsense[i].json, nonsense[i].path);
        json_decref(value);
        json_decref(d.root);
    }
}

static void what_is_no_model_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "[]", "1", "{}", "{\"format\": \"premortem.model/1\"}", "{\"features\": [{}]}"};
    pm_predictor *predictor = NULL;
    pm_error err = {0};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(pm_predictor_parse(texts[i], (int64_t)strlen(texts[i]), "x", &predictor, &err), PM_ERR_FORMAT);
    assert_int_equal(pm_predictor_read("/does/not/exist.json", &predictor, &err), PM_ERR_IO);
    assert_string_equal(err.file, "/does/not/exist.json");
    assert_null(predictor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_bring_back_every_learner),    cmocka_unit_test(a_missing_interval_comes_back),
        cmocka_unit_test(the_same_data_give_the_same_bytes), cmocka_unit_test(the_checksum_is_that_of_the_bytes),
        cmocka_unit_test(damaged_files_are_refused),         cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(what_is_no_model_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
