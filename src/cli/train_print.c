/* SPDX-License-Identifier: MIT */
/* What train says: one row for each model that was evaluated, all of it as JSON, the gist in words. */
#include "cli/train.h"

#include <math.h>
#include <string.h>

/* ---- csv ---------------------------------------------------------------------------------------------------- */

typedef struct csv_row {
    const char *model, *learner, *seen;
    int64_t features, rows, groups, folds;
    pm_interval macro_f1, accuracy, auc, brier, log_loss, rmse, mape, spearman, concordance, coverage;
    double set_size, temperature;
} csv_row;

#define INTERVAL(name, unit, meaning)                                                                                  \
    {#name, PM_DOUBLE, unit, offsetof(csv_row, name.value), meaning},                                                  \
        {#name "_low", PM_DOUBLE, unit, offsetof(csv_row, name.low), meaning ", 2.5 % bound"},                         \
    {                                                                                                                  \
#name "_high", PM_DOUBLE, unit, offsetof(csv_row, name.high), meaning ", 97.5 % bound"                         \
    }
#define BEGINNING                                                                                                      \
    {"model", PM_STRING, "", offsetof(csv_row, model), "which"},                                                       \
        {"learner", PM_STRING, "", offsetof(csv_row, learner), "what fitted it"},                                      \
        {"data", PM_STRING, "", offsetof(csv_row, seen), "held out: each fold by the others; else a table"},           \
        {"features", PM_INT64, "1", offsetof(csv_row, features), "offered"},                                           \
        {"rows", PM_INT64, "1", offsetof(csv_row, rows), "predicted"},                                                 \
    {                                                                                                                  \
        "groups", PM_INT64, "1", offsetof(csv_row, groups), "that they belong to"                                      \
    }
#define END                                                                                                            \
    INTERVAL(coverage, "1", "share of rows whose set or interval holds the truth"),                                    \
    {                                                                                                                  \
        "set_size", PM_DOUBLE, "1", offsetof(csv_row, set_size), "classes in a set; relative half width"               \
    }

static const pm_field class_fields[] = {
    BEGINNING,
    INTERVAL(macro_f1, "1", "mean F1 over classes"),
    INTERVAL(accuracy, "1", "share that is right"),
    INTERVAL(auc, "1", "area under the receiver's curve"),
    INTERVAL(brier, "1", "mean squared error of probabilities"),
    INTERVAL(log_loss, "1", "mean -ln p of the truth"),
    END,
    {"temperature", PM_DOUBLE, "1", offsetof(csv_row, temperature), "that calibrates probabilities"},
};
static const pm_field number_fields[] = {
    BEGINNING,
    INTERVAL(rmse, "1", "root of the mean squared error, in the target's unit"),
    INTERVAL(mape, "1", "mean absolute error as a part of the truth"),
    INTERVAL(spearman, "1", "rank correlation"),
    INTERVAL(concordance, "1", "pairs in the right order"),
    END,
};

pm_status train_csv(const train_outcome *o, pm_out *out, pm_error *err)
{
    bool classes = pm_predictor_tell(o->predictor)->classes > 0;
    int n = classes ? sizeof class_fields / sizeof *class_fields : sizeof number_fields / sizeof *number_fields;
    pm_scoped(pm_builder) b = NULL;
    pm_scoped(pm_table) table = NULL;
    pm_status s = pm_builder_new(n, classes ? class_fields : number_fields, &b, err);

    if (s) return s;
    for (int i = 0; i < o->n; i++) {
        const train_result *r = &o->results[i];
        const pm_evaluation *e = &r->evaluation;
        csv_row row = {.model = r->model,
                       .learner = r->learner,
                       .seen = r->seen,
                       .features = r->features,
                       .rows = e->rows,
                       .groups = e->groups,
                       .macro_f1 = e->scores.macro_f1,
                       .accuracy = e->scores.accuracy,
                       .auc = e->scores.auc,
                       .brier = e->scores.brier,
                       .log_loss = e->scores.log_loss,
                       .rmse = e->errors.rmse,
                       .mape = e->errors.mape,
                       .spearman = e->errors.spearman,
                       .concordance = e->errors.concordance,
                       .coverage = e->coverage,
                       .set_size = e->set_size,
                       .temperature = e->temperature};
        pm_builder_push(b, &row);
    }
    if ((s = pm_builder_finish(b, &table, err))) return s;
    pm_table_write_csv(table, true, out);
    return PM_OK;
}

/* ---- JSON --------------------------------------------------------------------------------------------------- */

static void interval_json(pm_json *json, const char *key, pm_interval i)
{
    pm_json_flat_object(json, key);
    pm_json_real(json, "value", i.value);
    pm_json_real(json, "low", i.low);
    pm_json_real(json, "high", i.high);
    pm_json_end(json);
}

static void scores_json(pm_json *json, const pm_evaluation *e, const pm_predictor_about *about)
{
    int n = e->scores.classes;

    interval_json(json, "macro_f1", e->scores.macro_f1);
    interval_json(json, "accuracy", e->scores.accuracy);
    interval_json(json, "auc", e->scores.auc);
    interval_json(json, "brier", e->scores.brier);
    interval_json(json, "log_loss", e->scores.log_loss);
    pm_json_flat_object(json, "class_f1");
    for (int k = 0; k < n; k++) pm_json_real(json, about->class_name[k], e->class_f1[k]);
    pm_json_end(json);
    pm_json_array(json, "confusion");
    for (int k = 0; k < n; k++) {
        pm_json_flat_object(json, NULL);
        pm_json_text(json, "true", about->class_name[k]);
        for (int j = 0; j < n; j++) pm_json_whole(json, about->class_name[j], e->scores.confusion[k * n + j]);
        pm_json_end(json);
    }
    pm_json_end(json);
    pm_json_real(json, "temperature", e->temperature);
}

static void errors_json(pm_json *json, const pm_evaluation *e)
{
    interval_json(json, "rmse", e->errors.rmse);
    interval_json(json, "mape", e->errors.mape);
    interval_json(json, "spearman", e->errors.spearman);
    interval_json(json, "concordance", e->errors.concordance);
}

static void evaluation_json(pm_json *json, const pm_evaluation *e, const pm_predictor_about *about)
{
    pm_json_object(json, "evaluation");
    pm_json_whole(json, "rows", e->rows);
    pm_json_whole(json, "groups", e->groups);
    pm_json_whole(json, "folds", e->folds ? e->folds : PM_NO_INT);
    if (about->classes)
        scores_json(json, e, about);
    else
        errors_json(json, e);
    interval_json(json, "coverage", e->coverage);
    pm_json_real(json, "set_size", e->set_size);
    pm_json_end(json);
}

static void class_json(pm_json *json, const pm_data *d, int class)
{
    int64_t rows = 0;

    for (int64_t i = 0; i < d->n; i++) rows += d->y[i] == class;
    pm_json_flat_object(json, NULL);
    pm_json_text(json, "class", d->class_name[class]);
    pm_json_whole(json, "rows", rows);
    pm_json_end(json);
}

static void data_json(pm_json *json, const train_data *t)
{
    const pm_data *d = t->data;

    pm_json_object(json, "data");
    pm_json_whole(json, "rows", d->n);
    pm_json_whole(json, "groups", d->groups);
    pm_json_whole(json, "cells", d->cells);
    pm_json_text(json, "group", t->group);
    pm_json_text(json, "cell", t->cell);
    pm_json_text(json, "target", t->target);
    pm_json_text(json, "censored", t->censored);
    pm_json_text(json, "kind", t->kind);
    pm_json_whole(json, "cycles_used", t->cycles ? t->cycles : PM_NO_INT);
    pm_json_array(json, "classes");
    for (int k = 0; k < d->classes; k++) class_json(json, d, k);
    pm_json_end(json);
    pm_json_array(json, "features");
    for (int f = 0; f < d->p; f++) pm_json_text(json, NULL, d->feature[f]);
    pm_json_end(json);
    pm_json_array(json, "left_out");
    for (int i = 0; i < t->n_left_out; i++) {
        pm_json_flat_object(json, NULL);
        pm_json_text(json, "reason", t->left_out[i].reason);
        pm_json_whole(json, "count", t->left_out[i].count);
        pm_json_end(json);
    }
    pm_json_end(json);
    pm_json_end(json);
}

static void options_json(pm_json *json, const train_args *args, const train_outcome *o)
{
    const pm_training *t = &o->training;
    double penalty = t->learn.penalty;

    pm_json_object(json, "split");
    pm_json_text(json, "by", t->by == PM_BY_CELL ? "cell" : "group");
    pm_json_whole(json, "folds", args->folds ? args->folds : PM_NO_INT);
    pm_json_end(json);
    pm_json_object(json, "learner");
    pm_json_text(json, "name", o->results[0].learner);
    pm_json_whole(json, "trees", args->trees ? args->trees : PM_NO_INT);
    pm_json_whole(json, "depth", args->depth ? args->depth : PM_NO_INT);
    pm_json_real(json, "rate", t->learn.rate > 0 ? t->learn.rate : (double)NAN);
    pm_json_real(json, "penalty", penalty < 0 ? 0 : penalty > 0 ? penalty : (double)NAN);
    pm_json_bool(json, "log", args->log);
    pm_json_whole(json, "seed", args->seed);
    pm_json_end(json);
}

static void importance_json(pm_json *json, const pm_predictor_about *about)
{
    pm_json_array(json, "importance");
    for (int f = 0; f < about->features; f++) {
        pm_json_flat_object(json, NULL);
        pm_json_text(json, "feature", about->feature[f]);
        pm_json_text(json, "unit", about->unit[f]);
        pm_json_real(json, "importance", about->importance[f]);
        pm_json_end(json);
    }
    pm_json_end(json);
}

static pm_status coefficients_json(pm_json *json, const pm_predictor *predictor, pm_error *err)
{
    pm_scoped(pm_table) table = NULL;
    pm_error none;
    pm_status s = pm_predictor_coefficients(predictor, &table, &none);

    if (s && s != PM_ERR_ARGUMENT) return pm_fail(err, s, "%s", none.message);
    pm_json_array(json, "coefficients");
    if (table) pm_table_write_json(table, json);
    pm_json_end(json);
    return PM_OK;
}

static void results_json(pm_json *json, const train_outcome *o, const pm_predictor_about *about)
{
    evaluation_json(json, &o->results[0].evaluation, about);
    pm_json_array(json, "comparisons");
    for (int i = 1; i < o->n - o->tests; i++) {
        pm_json_object(json, NULL);
        pm_json_text(json, "model", o->results[i].model);
        pm_json_text(json, "learner", o->results[i].learner);
        pm_json_whole(json, "features", o->results[i].features);
        evaluation_json(json, &o->results[i].evaluation, about);
        pm_json_end(json);
    }
    pm_json_end(json);
    pm_json_array(json, "tests");
    for (int i = o->n - o->tests; i < o->n; i++) {
        pm_json_object(json, NULL);
        pm_json_text(json, "path", o->results[i].seen);
        evaluation_json(json, &o->results[i].evaluation, about);
        pm_json_end(json);
    }
    pm_json_end(json);
}

/* Each row as it was predicted by a model that had not seen its group (cell). */
static void held_out_json(pm_json *json, const pm_data *d, const pm_evaluation *e)
{
    pm_json_array(json, "held_out");
    for (int64_t i = 0; i < d->n; i++) {
        pm_json_flat_object(json, NULL);
        pm_json_text(json, "cell", d->cell_name[d->cell[i]]);
        pm_json_text(json, "group", d->group_name[d->group[i]]);
        if (d->classes) {
            pm_json_text(json, "class", d->class_name[d->y[i]]);
            pm_json_flat_object(json, "probability");
            for (int k = 0; k < d->classes; k++) pm_json_real(json, d->class_name[k], e->predicted[i * d->classes + k]);
            pm_json_end(json);
        } else {
            pm_json_real(json, "target", d->target[i]);
            pm_json_bool(json, "censored", d->upper && d->upper[i] > d->target[i]);
            pm_json_real(json, "predicted", e->predicted[i]);
        }
        pm_json_end(json);
    }
    pm_json_end(json);
}

pm_status train_json(const cli_call *call, const train_data *data, const train_outcome *o, pm_json *json, pm_error *err)
{
    const train_args *args = call->args;
    const pm_predictor_about *about = pm_predictor_tell(o->predictor);
    pm_status s;

    pm_json_bool(json, "reconstruction", data->labels);
    data_json(json, data);
    options_json(json, args, o);
    results_json(json, o, about);
    held_out_json(json, data->data, &o->results[0].evaluation);
    if ((s = coefficients_json(json, o->predictor, err))) return s;
    importance_json(json, about);
    pm_json_object(json, "model");
    pm_json_text(json, "path", args->shared.output);
    pm_json_text(json, "sha256", about->sha256);
    pm_json_text(json, "trained_on", about->simulated ? "simulated" : "measured");
    pm_json_text(json, "source", about->source);
    pm_json_real(json, "coverage", about->coverage);
    pm_json_end(json);
    return PM_OK;
}

/* ---- words -------------------------------------------------------------------------------------------------- */

static void note_data(const cli_call *call, const train_data *t)
{
    const pm_data *d = t->data;
    char text[600];
    int length = snprintf(text, sizeof text, "%lld rows", (long long)d->n);

    if (t->group) length += snprintf(text + length, sizeof text - (size_t)length, " of %d groups", d->groups);
    for (int k = 0; k < d->classes && length < 500; k++) {
        int64_t rows = 0;
        for (int64_t i = 0; i < d->n; i++) rows += d->y[i] == k;
        length +=
            snprintf(text + length, sizeof text - (size_t)length, ", %lld %.40s", (long long)rows, d->class_name[k]);
    }
    snprintf(text + length, sizeof text - (size_t)length, "; %d feature%s", d->p, d->p == 1 ? "" : "s");
    cli_screen_note(call->screen, "data", text);
    for (int i = 0; i < t->n_left_out; i++) {
        snprintf(text, sizeof text, "%lld rows left out: %s", (long long)t->left_out[i].count, t->left_out[i].reason);
        cli_screen_note(call->screen, "data", text);
    }
    if (!t->group)
        cli_screen_note(
            call->screen, "data",
            "no column of electrolytes (--group): each row stands by itself, so cells of one electrolyte are "
            "on both sides of a split and scores come out too good");
    if (t->simulated && !t->measured)
        cli_screen_note(call->screen, "data", "simulated cells: said with every use of the model");
    if (*t->mixed) cli_screen_note(call->screen, "data", t->mixed);
    for (int i = 0; i < t->n_notes; i++) cli_screen_note(call->screen, "data", t->notes[i]);
}

/* "log10(cycle_life) = 1.346 - 0.396 log10_variance" */
static void note_formula(const cli_call *call, const train_data *t, const train_outcome *o)
{
    enum { TERMS_MOST = 6 };
    pm_scoped(pm_table) table = NULL;
    bool logarithm = o->training.learn.log_target;
    char text[600];

    if (t->data->classes || pm_predictor_coefficients(o->predictor, &table, NULL)) return;
    if (pm_table_rows(table) > TERMS_MOST + 1) return;
    int length = snprintf(text, sizeof text, logarithm ? "log10(%.60s) =" : "%.60s =", t->target);
    const pm_column *feature = pm_table_find(table, "feature"), *value = pm_table_find(table, "coefficient");
    int64_t n = pm_table_rows(table);
    for (int64_t k = 0; k < n; k++) {
        int64_t i = (k + n - 1) % n; /* the last one is the intercept, which is written first */
        double c = pm_column_real(value, i);
        length += snprintf(text + length, sizeof text - (size_t)length, " %s%.5g%s%.60s",
                           c < 0 ? "- "
                           : k   ? "+ "
                                 : "",
                           fabs(c), k ? " " : "", pm_column_word(feature, i));
    }
    cli_screen_note(call->screen, "model", text);
}

static void note_model(const cli_call *call, const train_data *t, const train_outcome *o)
{
    const pm_predictor_about *about = pm_predictor_tell(o->predictor);
    const pm_evaluation *e = &o->results[0].evaluation;
    pm_interval main = about->classes ? e->scores.macro_f1 : e->errors.spearman;
    char text[600];

    if (about->features < t->data->p) {
        snprintf(text, sizeof text, "%d features left out: missing or the same in all rows",
                 t->data->p - about->features);
        cli_screen_note(call->screen, "data", text);
    }
    char interval[60] = "no interval: one group";
    if (isfinite(main.low)) snprintf(interval, sizeof interval, "95 %%: %.3g to %.3g", main.low, main.high);
    snprintf(text, sizeof text, "%s, %s %.3g (%s) on rows%s it has not seen", o->results[0].learner,
             about->classes ? "macro-F1" : "rank correlation", main.value, interval,
             o->training.by == PM_BY_CELL ? " of cells"
             : t->group                   ? " of groups"
                                          : ", each by itself,");
    if (!isfinite(main.value))
        snprintf(text, sizeof text, "%s ranks no rows: %s", o->results[0].learner,
                 o->training.learn.learner == PM_MAJORITY ? "it says the same of all" : "too few, or all alike");
    cli_screen_note(call->screen, "model", text);
    note_formula(call, t, o);
    if (t->labels) cli_screen_note(call->screen, "model", cli_reconstruction);
}

void train_notes(const cli_call *call, const train_data *data, const train_outcome *outcome)
{
    note_data(call, data);
    note_model(call, data, outcome);
}
