/* SPDX-License-Identifier: MIT */
/* Verdicts as csv and JSON. */
#include "cli/predict.h"

#include <math.h>
#include <string.h>

enum { DECIDED_MOST = 5 };

static const pm_outcome outcomes[] = {PM_KDF, PM_RDF, PM_CDF, PM_SHORT};
enum { OUTCOMES = sizeof outcomes / sizeof *outcomes };

/* NaN for a class that the model does not know. */
static double probability_of(const cli_verdict *v, const char *class)
{
    const pm_predictor_about *about = v->model ? pm_predictor_tell(v->model) : NULL;

    for (int k = 0; about && k < about->classes; k++)
        if (!strcmp(about->class_name[k], class)) return v->verdict.probability[k];
    return (double)NAN;
}

static bool is_outcome(const char *class)
{
    for (int k = 0; k < OUTCOMES; k++)
        if (!strcmp(pm_outcome_name(outcomes[k]), class)) return true;
    return false;
}

static const char *label_of(const cli_verdict *v)
{
    return v->model && v->verdict.best >= 0 ? pm_predictor_tell(v->model)->class_name[v->verdict.best] : NULL;
}

/* ---- JSON --------------------------------------------------------------------------------------------------- */

static void classes_json(pm_json *json, const cli_verdict *v)
{
    const pm_predictor_about *about = v->model ? pm_predictor_tell(v->model) : NULL;

    pm_json_flat_object(json, "probability");
    for (int k = 0; k < OUTCOMES; k++) {
        const char *name = pm_outcome_name(outcomes[k]);
        pm_json_real(json, name, probability_of(v, name));
    }
    for (int k = 0; about && k < about->classes; k++)
        if (!is_outcome(about->class_name[k])) pm_json_real(json, about->class_name[k], v->verdict.probability[k]);
    pm_json_end(json);
    pm_json_flat_array(json, "set");
    for (int k = 0; about && k < about->classes; k++)
        if (v->verdict.set >> k & 1) pm_json_text(json, NULL, about->class_name[k]);
    pm_json_end(json);
}

static void regression_json(pm_json *json, const cli_verdict *v)
{
    bool regression = v->model && v->verdict.best < 0;

    pm_json_real(json, "value", regression ? v->verdict.value : (double)NAN);
    pm_json_real(json, "value_low", regression ? v->verdict.low : (double)NAN);
    pm_json_real(json, "value_high", regression ? v->verdict.high : (double)NAN);
}

static void trust_json(pm_json *json, const cli_verdict *v)
{
    bool judged = v->model != NULL;

    pm_json_real(json, "coverage", judged ? pm_predictor_tell(v->model)->coverage : (double)NAN);
    pm_json_real(json, "out_of_distribution", judged ? v->verdict.out_of_distribution : (double)NAN);
    pm_json_whole(json, "features_missing", judged ? v->verdict.missing : PM_NO_INT);
    pm_json_whole(json, "features_outside", judged ? v->verdict.outside : PM_NO_INT);
    pm_json_array(json, "decided_by");
    for (int64_t i = 0; v->why && i < pm_table_rows(v->why) && i < DECIDED_MOST; i++) cli_why_json(json, v->why, i);
    pm_json_end(json);
}

static void shows_json(pm_json *json, const cli_verdict *v)
{
    pm_json_flat_object(json, "shows");
    for (int i = 0; i < v->n_shows; i++) pm_json_real(json, v->shows[i].name, v->shows[i].value);
    pm_json_end(json);
}

/* What the verdict rests on and what it cannot know. */
static void words_json(pm_json *json, const cli_verdict *v)
{
    pm_scoped(pm_out) words = NULL;

    pm_json_text(json, "cannot", cli_verdict_cannot(v));
    if (v->refused) {
        pm_json_text(json, "words", v->refused);
        return;
    }
    if (!v->model || pm_out_open(NULL, false, &words, NULL)) {
        pm_json_null(json, "words");
        return;
    }
    pm_verdict_words(v->model, &v->verdict, words);
    if (cli_verdict_lacks(v))
        pm_out_text(words,
                    "Warning: more than a quarter of the features are missing: the verdict hardly rests on them.\n");
    pm_json_text(json, "words", pm_out_memory(words, NULL));
}

void predict_json(pm_json *json, const cli_verdict *v)
{
    pm_json_text(json, "cell_id", v->cell_id);
    pm_json_text(json, "electrolyte_id", *v->electrolyte_id ? v->electrolyte_id : NULL);
    pm_json_text(json, "kind", pm_kind_name(v->kind));
    pm_json_whole(json, "cycles_used", v->cycles_used ? v->cycles_used : PM_NO_INT);
    pm_json_text(json, "label", label_of(v));
    classes_json(json, v);
    regression_json(json, v);
    trust_json(json, v);
    shows_json(json, v);
    words_json(json, v);
    cli_model_json(json, v->model);
    pm_json_bool(json, "reconstruction", !v->model || !strcmp(pm_predictor_tell(v->model)->target, "label"));
}

/* ---- csv ---------------------------------------------------------------------------------------------------- */

static void add_words(char *text, size_t room, const char *separator, const char *word)
{
    size_t length = strlen(text);

    snprintf(text + length, room - length, "%s%s", length ? separator : "", word);
}

static void set_words(const cli_verdict *v, char *text, size_t room)
{
    *text = 0;
    for (int k = 0; v->model && k < pm_predictor_tell(v->model)->classes; k++)
        if (v->verdict.set >> k & 1) add_words(text, room, " ", pm_predictor_tell(v->model)->class_name[k]);
}

/* "coulombic_efficiency_first 0.93; ..." */
static void decided_words(const cli_verdict *v, char *text, size_t room)
{
    *text = 0;
    for (int64_t i = 0; v->why && i < pm_table_rows(v->why) && i < DECIDED_MOST; i++) {
        char one[160];
        double value = pm_table_real(v->why, "value", i);
        snprintf(one, sizeof one, isfinite(value) ? "%.100s %.4g" : "%.100s missing",
                 pm_column_word(pm_table_find(v->why, "feature"), i), value);
        add_words(text, room, "; ", one);
    }
}

typedef struct csv_row {
    const char *cell_id, *electrolyte_id, *kind, *label;
    double probability[OUTCOMES];
    const char *set;
    double coverage, value, value_low, value_high, out_of_distribution;
    int64_t missing, outside;
    const char *decided_by, *trained_on, *cannot;
    int64_t short_alarms;
} csv_row;

static const pm_field fields[PREDICT_FIELDS] = {
    {"cell_id", PM_STRING, "", offsetof(csv_row, cell_id), ""},
    {"electrolyte_id", PM_STRING, "", offsetof(csv_row, electrolyte_id), ""},
    {"kind", PM_STRING, "", offsetof(csv_row, kind), ""},
    {"label", PM_STRING, "", offsetof(csv_row, label), "the likeliest class"},
    {"probability_kdf", PM_DOUBLE, "1", offsetof(csv_row, probability[0]), ""},
    {"probability_rdf", PM_DOUBLE, "1", offsetof(csv_row, probability[1]), ""},
    {"probability_cdf", PM_DOUBLE, "1", offsetof(csv_row, probability[2]), ""},
    {"probability_short", PM_DOUBLE, "1", offsetof(csv_row, probability[3]), ""},
    {"set", PM_STRING, "", offsetof(csv_row, set), "classes that cannot be excluded"},
    {"coverage", PM_DOUBLE, "1", offsetof(csv_row, coverage), "of the set or the interval"},
    {"value", PM_DOUBLE, "1", offsetof(csv_row, value), "of a regression, in the target's unit"},
    {"value_low", PM_DOUBLE, "1", offsetof(csv_row, value_low), ""},
    {"value_high", PM_DOUBLE, "1", offsetof(csv_row, value_high), ""},
    {"out_of_distribution", PM_DOUBLE, "1", offsetof(csv_row, out_of_distribution), "0 = like those trained on"},
    {"features_missing", PM_INT64, "1", offsetof(csv_row, missing), ""},
    {"features_outside", PM_INT64, "1", offsetof(csv_row, outside), "beyond the training range"},
    {"decided_by", PM_STRING, "", offsetof(csv_row, decided_by), "features, weightiest first"},
    {"trained_on", PM_STRING, "", offsetof(csv_row, trained_on), "simulated, measured"},
    {"cannot", PM_STRING, "", offsetof(csv_row, cannot), "what this kind of cell can show, and what not"},
    {"short_alarms", PM_INT64, "1", offsetof(csv_row, short_alarms), "in the cycles used; missing = not looked for"},
};

pm_status predict_rows_new(pm_builder **out, pm_error *err)
{
    return pm_builder_new(PREDICT_FIELDS, fields, out, err);
}

void predict_push(pm_builder *rows, const cli_verdict *v)
{
    const pm_predictor_about *about = v->model ? pm_predictor_tell(v->model) : NULL;
    bool regression = about && !about->classes;
    char set[600], decided[1000];
    csv_row row = {
        .cell_id = v->cell_id,
        .electrolyte_id = *v->electrolyte_id ? v->electrolyte_id : NULL,
        .kind = pm_kind_name(v->kind),
        .label = label_of(v),
        .set = about && about->classes ? set : NULL,
        .coverage = about ? about->coverage : (double)NAN,
        .value = regression ? v->verdict.value : (double)NAN,
        .value_low = regression ? v->verdict.low : (double)NAN,
        .value_high = regression ? v->verdict.high : (double)NAN,
        .out_of_distribution = about ? v->verdict.out_of_distribution : (double)NAN,
        .missing = about ? v->verdict.missing : PM_NO_INT,
        .outside = about ? v->verdict.outside : PM_NO_INT,
        .decided_by = v->why ? decided : NULL,
        .trained_on = !about             ? NULL
                      : about->simulated ? "simulated"
                                         : "measured",
        .cannot = cli_verdict_cannot(v),
        .short_alarms = v->alarms ? pm_table_rows(v->alarms) : PM_NO_INT,
    };

    for (int k = 0; k < OUTCOMES; k++) row.probability[k] = probability_of(v, pm_outcome_name(outcomes[k]));
    set_words(v, set, sizeof set);
    decided_words(v, decided, sizeof decided);
    pm_builder_push(rows, &row);
}
