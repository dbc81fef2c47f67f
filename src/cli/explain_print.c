/* SPDX-License-Identifier: MIT */
#include "cli/explain.h"

#include <math.h>
#include <string.h>

static const char *class_of(const cli_verdict *v)
{
    return v->model && v->verdict.best >= 0 ? pm_predictor_tell(v->model)->class_name[v->verdict.best] : NULL;
}

/* ---- cells, csv --------------------------------------------------------------------------------------------- */

static const pm_field feature_fields[] = {
    {"cell_id", PM_STRING, "", 0, ""},
    {"class", PM_STRING, "", 0, "that is explained: the likeliest; missing for a regression"},
    {"feature", PM_STRING, "", 0, ""},
    {"unit", PM_STRING, "", 0, "of value, training_low, training_high"},
    {"value", PM_DOUBLE, "1", 0, ""},
    {"contribution", PM_DOUBLE, "1", 0, "Shapley value of the margin, or of the prediction"},
    {"training_percentile", PM_DOUBLE, "1", 0, "0-100"},
    {"training_low", PM_DOUBLE, "1", 0, "the least in training"},
    {"training_high", PM_DOUBLE, "1", 0, "the most in training"},
    {"outside", PM_INT64, "1", 0, "1 = beyond these"},
};
static const pm_field pair_fields[] = {
    {"cell_id", PM_STRING, "", 0, ""},
    {"class", PM_STRING, "", 0, "that is explained"},
    {"feature", PM_STRING, "", 0, ""},
    {"with", PM_STRING, "", 0, "the other of the pair"},
    {"interaction", PM_DOUBLE, "1", 0, "both places of the symmetric matrix together"},
};
enum {
    FEATURE_FIELDS = sizeof feature_fields / sizeof *feature_fields,
    PAIR_FIELDS = sizeof pair_fields / sizeof *pair_fields,
    CELL_ID = 0,
    CLASS,
    COPIED /* from here on columns have the names they have in the room below */
};

pm_status explain_rows_new(bool pairs, pm_builder **out, pm_error *err)
{
    return pairs ? pm_builder_new(PAIR_FIELDS, pair_fields, out, err)
                 : pm_builder_new(FEATURE_FIELDS, feature_fields, out, err);
}

static void copy(pm_builder *rows, int to, const pm_column *from, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (from->type == PM_STRING)
            pm_builder_word(rows, to, i, pm_column_word(from, i), -1);
        else if (from->type == PM_INT64)
            pm_builder_integers(rows, to)[i] = from->integer[i];
        else
            pm_builder_doubles(rows, to)[i] = from->number[i];
}

pm_status explain_push(pm_builder *rows, const cli_verdict *v, const pm_table *pairs, pm_error *err)
{
    const pm_table *from = pairs ? pairs : v->why;
    const pm_field *fields = pairs ? pair_fields : feature_fields;
    int n_fields = pairs ? PAIR_FIELDS : FEATURE_FIELDS;
    int64_t n = pm_table_rows(from);
    pm_status s = pm_builder_room(rows, n, err);

    if (s) return s;
    pm_builder_words(rows, CELL_ID, 0, n, v->cell_id, -1);
    if (class_of(v)) pm_builder_words(rows, CLASS, 0, n, class_of(v), -1);
    for (int c = COPIED; c < n_fields; c++) copy(rows, c, pm_table_find(from, fields[c].name), n);
    pm_builder_commit(rows, n);
    return PM_OK;
}

/* ---- cells, JSON -------------------------------------------------------------------------------------------- */

static double number_of(const pm_table *why, const char *key)
{
    const char *text = why ? pm_table_meta(why, key) : NULL;
    double value = (double)NAN;

    if (text && pm_number_parse(text, (int64_t)strlen(text), '.', &value)) return (double)NAN;
    return value;
}

void explain_json(pm_json *json, const cli_verdict *v, const pm_table *pairs)
{
    pm_json_text(json, "cell_id", v->cell_id);
    pm_json_text(json, "electrolyte_id", *v->electrolyte_id ? v->electrolyte_id : NULL);
    pm_json_text(json, "kind", pm_kind_name(v->kind));
    pm_json_text(json, "class", class_of(v));
    pm_json_text(json, "contribution_to", v->why ? pm_table_meta(v->why, "contribution_to") : NULL);
    pm_json_real(json, "expected", number_of(v->why, "expected"));
    pm_json_real(json, "margin", number_of(v->why, "margin"));
    pm_json_array(json, "contributions");
    for (int64_t i = 0; v->why && i < pm_table_rows(v->why); i++) cli_why_json(json, v->why, i);
    pm_json_end(json);
    pm_json_array(json, "interactions");
    if (pairs) pm_table_write_json(pairs, json);
    pm_json_end(json);
    pm_json_text(json, "cannot", cli_verdict_cannot(v));
    cli_model_json(json, v->model);
}

/* ---- the model ---------------------------------------------------------------------------------------------- */

typedef struct ranked {
    int64_t rank;
    const char *feature, *unit;
    double importance;
} ranked;

static int by_importance(const void *a, const void *b)
{
    const ranked *l = a, *r = b;

    if (l->importance != r->importance) return (l->importance < r->importance) - (l->importance > r->importance);
    return strcmp(l->feature, r->feature);
}

static pm_status ranking(const pm_predictor *model, pm_table **out, pm_error *err)
{
    static const pm_field fields[] = {
        {"rank", PM_INT64, "1", offsetof(ranked, rank), ""},
        {"feature", PM_STRING, "", offsetof(ranked, feature), ""},
        {"unit", PM_STRING, "", offsetof(ranked, unit), "of the feature"},
        {"importance", PM_DOUBLE, "1", offsetof(ranked, importance), "mean size of its contributions in training"},
    };
    const pm_predictor_about *about = pm_predictor_tell(model);
    pm_scoped_memory ranked *all = calloc((size_t)about->features + 1, sizeof *all);
    pm_scoped(pm_builder) b = NULL;
    pm_status s = pm_builder_new(sizeof fields / sizeof *fields, fields, &b, err);

    if (s) return s;
    if (!all) return pm_fail(err, PM_ERR_MEMORY, "no memory for a ranking");
    for (int f = 0; f < about->features; f++)
        all[f] = (ranked){0, about->feature[f], about->unit[f], about->importance[f]};
    qsort(all, (size_t)about->features, sizeof *all, by_importance);
    for (int f = 0; f < about->features; f++) {
        all[f].rank = f + 1;
        pm_builder_push(b, &all[f]);
    }
    return pm_builder_finish(b, out, err);
}

/* *out stays NULL where the model is not linear. */
static pm_status coefficients(const pm_predictor *model, pm_table **out, pm_error *err)
{
    pm_error none = {.byte = -1, .line = -1, .row = -1};
    pm_status s = pm_predictor_coefficients(model, out, &none);

    if (!s || s == PM_ERR_ARGUMENT) return PM_OK;
    if (err) *err = none;
    return s;
}

pm_status explain_card(const pm_predictor *model, pm_table **out, pm_error *err)
{
    pm_status s = coefficients(model, out, err);

    return s || *out ? s : ranking(model, out, err);
}

static void interval_json(pm_json *json, const char *key, pm_interval i)
{
    pm_json_flat_object(json, key);
    pm_json_real(json, "value", i.value);
    pm_json_real(json, "low", i.low);
    pm_json_real(json, "high", i.high);
    pm_json_end(json);
}

static void evaluation_json(pm_json *json, const pm_predictor_about *about)
{
    pm_json_object(json, "evaluation");
    if (about->classes) {
        interval_json(json, "macro_f1", about->macro_f1);
        interval_json(json, "accuracy", about->accuracy);
        interval_json(json, "auc", about->auc);
        interval_json(json, "brier", about->brier);
        interval_json(json, "log_loss", about->log_loss);
    } else {
        interval_json(json, "rmse", about->rmse);
        interval_json(json, "mape", about->mape);
        interval_json(json, "spearman", about->spearman);
        interval_json(json, "concordance", about->concordance);
    }
    interval_json(json, "coverage", about->covered);
    pm_json_end(json);
}

static void table_json(pm_json *json, const char *key, const pm_table *table)
{
    pm_json_array(json, key);
    if (table) pm_table_write_json(table, json);
    pm_json_end(json);
}

/* Labels that came in a table: by which rule is not known. */
static void no_rule_json(pm_json *json, const pm_predictor_about *about)
{
    pm_json_null(json, "thresholds");
    pm_json_bool(json, "reconstruction", !strcmp(about->target, "label"));
}

pm_status explain_card_json(pm_json *json, const pm_predictor *model, pm_error *err)
{
    const pm_predictor_about *about = pm_predictor_tell(model);
    pm_scoped(pm_table) ranks = NULL;
    pm_scoped(pm_table) lines = NULL;
    pm_status s;

    if ((s = ranking(model, &ranks, err))) return s;
    if ((s = coefficients(model, &lines, err))) return s;
    cli_model_json(json, model);
    pm_json_flat_array(json, "classes");
    for (int k = 0; k < about->classes; k++) pm_json_text(json, NULL, about->class_name[k]);
    pm_json_end(json);
    evaluation_json(json, about);
    pm_json_real(json, "coverage", about->coverage);
    pm_json_real(json, "temperature", about->temperature);
    pm_json_real(json, "threshold", about->threshold);
    if (about->labelled)
        cli_label_json(json, &about->label);
    else
        no_rule_json(json, about);
    table_json(json, "ranking", ranks);
    table_json(json, "coefficients", lines);
    return PM_OK;
}

void explain_card_notes(const cli_call *call, const pm_predictor *model)
{
    const pm_predictor_about *about = pm_predictor_tell(model);
    pm_interval main = about->classes ? about->macro_f1 : about->spearman;
    char text[900];

    snprintf(text, sizeof text, "%s of %s from %d features, trained on %lld %s %s of %d groups%s%.300s%s",
             cli_learner_name(about), about->target, about->features,
             (long long)(about->kind ? about->cells : about->rows), about->simulated ? "simulated" : "measured",
             about->kind ? "cells" : "rows", about->groups, about->source ? " (" : "",
             about->source ? about->source : "", about->source ? ")" : "");
    cli_screen_note(call->screen, "model", text);
    snprintf(text, sizeof text, "%s %.3g (95 %%: %.3g to %.3g) on rows it had not seen; sets of %.3g %% held %.3g %%",
             about->classes ? "macro-F1" : "rank correlation", main.value, main.low, main.high, 100 * about->coverage,
             100 * about->covered.value);
    cli_screen_note(call->screen, "model", text);
    if (!strcmp(about->target, "label")) cli_screen_note(call->screen, "model", cli_reconstruction);
}
