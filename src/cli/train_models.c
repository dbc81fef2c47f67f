/* SPDX-License-Identifier: MIT */
/* Trains, and evaluates: the model, what it is compared with, further tables. */
#include "cli/cell_table.h"
#include "cli/train.h"
#include "cli/verdict_row.h"

#include <math.h>
#include <string.h>

enum { TREES_MOST = 100000, BOOTSTRAPS_MOST = 1000000 };

static const char held_out[] = "held out";
static const char *const efficiency_features[] = {"coulombic_efficiency*", NULL};
static const char *const charge_features[] = {"coulombic_efficiency*", "energy_efficiency*", "*capacity*", NULL};

static pm_status no_memory(pm_error *err)
{
    return pm_fail(err, PM_ERR_MEMORY, "no memory for models");
}

void train_outcome_leave(train_outcome *outcome)
{
    for (int i = 0; i < outcome->n; i++) pm_evaluation_leave(&outcome->results[i].evaluation);
    pm_predictor_free(outcome->predictor);
}

/* ---- options ------------------------------------------------------------------------------------------------ */

/* Of numbers the logistic learner fits a line. */
static const char *name_of(const char *learner, const pm_data *data)
{
    return !data->classes && !strcmp(learner, pm_learner_name(PM_LOGISTIC)) ? "linear" : learner;
}

static pm_status find_learner(const char *name, const pm_data *data, pm_learner *out, pm_error *err)
{
    char hint[160] = "";
    size_t length = 0;

    if (!name) return PM_OK;
    if (!data->classes && !strcmp(name, "ridge")) name = "linear";
    for (int k = 1; pm_learner_name((pm_learner)k); k++) {
        const char *known = name_of(pm_learner_name((pm_learner)k), data);
        if (!strcmp(known, name)) {
            *out = (pm_learner)k;
            return PM_OK;
        }
        length += (size_t)snprintf(hint + length, sizeof hint - length, "%s%s", length ? ", " : "", known);
    }
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), hint, "no learner '%.40s' for a target of %s", name,
                      data->classes ? "classes" : "numbers");
}

/* Zero means none, for once, and so is told by a negative one. */
static pm_status parse_penalty(const char *text, double *out, pm_error *err)
{
    double value = 0;

    if (!text) return PM_OK;
    if (pm_number_parse(text, (int64_t)strlen(text), '.', &value) || !(value >= 0))
        return pm_fail(err, PM_ERR_ARGUMENT, "--penalty takes a number from 0, not '%.40s'", text);
    *out = value > 0 ? value : -1;
    return PM_OK;
}

static pm_status parse_rate(const char *text, double *out, pm_error *err)
{
    if (!text) return PM_OK;
    if (pm_number_parse(text, (int64_t)strlen(text), '.', out) || !(*out > 0) || !isfinite(*out))
        return pm_fail(err, PM_ERR_ARGUMENT, "--rate takes a number above 0, not '%.40s'", text);
    return PM_OK;
}

static pm_status parse_split(const char *text, pm_split_by *out, pm_error *err)
{
    *out = text && !strcmp(text, "cell") ? PM_BY_CELL : PM_BY_GROUP;
    if (!text || *out == PM_BY_CELL || !strcmp(text, "group")) return PM_OK;
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "group, cell", "no split by '%.40s'", text);
}

pm_status train_options(const train_args *args, const train_data *data, pm_training *out, pm_error *err)
{
    pm_status s;

    *out = (pm_training){
        .learn = {.trees = cli_at_most(args->trees),
                  .depth = cli_at_most(args->depth),
                  .log_target = args->log,
                  .seed = (uint64_t)args->seed},
        .folds = cli_at_most(args->folds),
        .coverage = args->coverage,
        .bootstraps = cli_at_most(args->bootstraps),
        .seed = (uint64_t)args->seed,
        .target = data->target,
        .target_unit = pm_table_find(data->rows, data->target)->unit,
        .kind = data->kind,
        .cycles = data->cycles,
        .simulated = args->simulated || (data->simulated && !data->measured),
        .source = !args->source && *data->mixed ? data->mixed : args->source,
        .label = data->rule,
    };
    if (args->trees > TREES_MOST || args->bootstraps > BOOTSTRAPS_MOST)
        return pm_fail(err, PM_ERR_ARGUMENT, "--trees goes up to %d, --bootstraps up to %d", TREES_MOST,
                       BOOTSTRAPS_MOST);
    if (args->coverage < 0 || args->coverage >= 1)
        return pm_fail(err, PM_ERR_ARGUMENT, "--coverage is a part between 0 and 1");
    if ((s = find_learner(args->learner, data->data, &out->learn.learner, err))) return s;
    if ((s = parse_penalty(args->penalty, &out->learn.penalty, err))) return s;
    if ((s = parse_rate(args->rate, &out->learn.rate, err))) return s;
    return parse_split(args->split, &out->by, err);
}

/* ---- what the model is compared with ------------------------------------------------------------------------ */

static train_result *next(train_outcome *out, const char *model, const char *seen, const char *learner, int features)
{
    train_result *r = &out->results[out->n];

    *r = (train_result){.model = model, .seen = seen, .learner = learner, .features = features};
    return r;
}

/* A comparison that cannot be made (no class has such features, a learner is not for this target) is told and left. */
static pm_status compare(cli_call *call, const pm_data *data, pm_learner learner, const char *name, train_outcome *out,
                         pm_error *err)
{
    pm_training training = out->training;
    pm_error failure = {.byte = -1, .line = -1, .row = -1};
    char text[600];

    training.learn.learner = learner;
    train_result *r =
        next(out, name, held_out, data ? name_of(pm_learner_name(learner), data) : "", data ? data->p : 0);
    pm_status s = data ? pm_evaluate(data, &training, call->run, &r->evaluation, &failure)
                       : pm_fail(&failure, PM_ERR_DATA, "there is no such feature");
    if (s == PM_ERR_CANCELLED || s == PM_ERR_MEMORY) return pm_fail(err, s, "%s", failure.message);
    if (s) {
        snprintf(text, sizeof text, "not compared with %s: %s", name, failure.message);
        cli_screen_note(call->screen, "model", text);
        return PM_OK;
    }
    out->n++;
    return PM_OK;
}

/* Each other learner, the baselines among them, by the same features. */
static pm_status compare_learners(cli_call *call, const pm_data *data, pm_learner own, train_outcome *out,
                                  pm_error *err)
{
    pm_status s = PM_OK;

    for (int k = 1; !s && pm_learner_name((pm_learner)k); k++) {
        bool for_classes = (pm_learner)k == PM_NEAREST_CLASS;
        if ((pm_learner)k != own && (data->classes || !for_classes))
            s = compare(call, data, (pm_learner)k, name_of(pm_learner_name((pm_learner)k), data), out, err);
    }
    return s;
}

static pm_status compare_all(cli_call *call, const pm_data *data, pm_learner own, train_outcome *out, pm_error *err)
{
    pm_scoped(pm_data) efficiency = NULL;
    pm_scoped(pm_data) voltage = NULL;
    pm_status s;

    if ((s = train_features(data, efficiency_features, false, &efficiency, err))) return s;
    if ((s = train_features(data, charge_features, true, &voltage, err))) return s;
    if ((s = compare_learners(call, data, own, out, err))) return s;
    if ((s = compare(call, efficiency, own, "coulombic efficiency alone", out, err))) return s;
    return compare(call, voltage, own, "voltage alone", out, err);
}

/* ---- further tables ----------------------------------------------------------------------------------------- */

static int number_of(const pm_predictor_about *about, const char *class)
{
    int k = 0;

    while (k < about->classes - 1 && strcmp(about->class_name[k], class) != 0) k++;
    return k; /* only the model's classes were read */
}

/* Classes of these rows by the model's numbers, which count those that do not occur here too. */
static pm_status renumber(pm_data *d, const pm_predictor_about *about, pm_error *err)
{
    char **names = calloc((size_t)about->classes + 1, sizeof *names), **own = d->class_name;
    int n = d->classes;
    bool enough = true;

    if (!names) return no_memory(err);
    for (int64_t i = 0; i < d->n; i++) d->y[i] = number_of(about, own[d->y[i]]);
    for (int k = 0; k < about->classes; k++) enough = (names[k] = pm_text_copy(about->class_name[k], -1)) && enough;
    d->class_name = names;
    d->classes = about->classes;
    for (int k = 0; k < n; k++) free(own[k]);
    free(own);
    return enough ? PM_OK : no_memory(err);
}

/* Nothing is tested on what was learned. */
static pm_status leave_out_learned(cli_call *call, const train_data *trained, bool cells, const char *path,
                                   pm_data **data, pm_error *err)
{
    int64_t shared = 0;
    char text[600];
    pm_status s = pm_data_leave_out_learned(trained->data, cells, data, &shared, err);

    if (s || !shared) return s;
    snprintf(text, sizeof text, "%lld rows of %.300s left out: the model has learned from these cells",
             (long long)shared, path);
    cli_screen_note(call->screen, "data", text);
    return PM_OK;
}

/* The rows of a table as the model wants them. */
static pm_status read_test(cli_call *call, const train_data *trained, const pm_predictor *predictor, const char *path,
                           pm_data **out, pm_error *err)
{
    const pm_predictor_about *about = pm_predictor_tell(predictor);
    pm_scoped(pm_table) rows = NULL;
    pm_scoped(pm_data) data = NULL;
    pm_scoped_memory const char **features = calloc((size_t)about->features + 1, sizeof *features);
    pm_scoped_memory const char **classes = calloc((size_t)about->classes + 1, sizeof *classes);
    pm_status s;

    if (!features || !classes) return no_memory(err);
    for (int f = 0; f < about->features; f++) features[f] = about->feature[f];
    for (int k = 0; k < about->classes; k++) classes[k] = about->class_name[k];
    if ((s = cli_cell_table_read(call, path, &rows, err))) return s;
    pm_data_columns columns = {.features = features,
                               .target = trained->target,
                               .censored = trained->censored,
                               .group =
                                   pm_table_find(rows, trained->group ? trained->group : "") ? trained->group : NULL,
                               .cell = pm_table_find(rows, trained->cell ? trained->cell : "") ? trained->cell : NULL,
                               .classes = about->classes ? classes : NULL};
    if ((s = pm_data_new(rows, &columns, &data, err))) return s;
    if (!data->classes != !about->classes)
        return pm_fail(err, PM_ERR_DATA, "the target '%s' holds %s, the model's %s", trained->target,
                       data->classes ? "words" : "numbers", about->classes ? "words" : "numbers");
    if (data->classes && (s = renumber(data, about, err))) return s;
    if ((s = leave_out_learned(call, trained, columns.cell && trained->cell, path, &data, err))) return s;
    *out = data;
    data = NULL;
    return PM_OK;
}

static bool covers(const pm_data *d, int64_t row, const pm_verdict *v)
{
    if (d->classes) return v->set >> d->y[row] & 1;
    double upper = d->upper ? d->upper[row] : d->target[row];
    return v->low <= upper && d->target[row] <= v->high;
}

static double width_of(const pm_data *d, const pm_verdict *v)
{
    return d->classes ? __builtin_popcount(v->set) : (v->high - v->low) / 2 / v->value;
}

/* Groups that have a row: some were left with none. */
static pm_status count_groups(const pm_data *d, int *groups, pm_error *err)
{
    pm_scoped_memory bool *seen = calloc((size_t)d->groups + 1, sizeof *seen);

    if (!seen) return no_memory(err);
    *groups = 0;
    for (int64_t i = 0; i < d->n; i++) {
        *groups += !seen[d->group[i]];
        seen[d->group[i]] = true;
    }
    return PM_OK;
}

/* Predictions, and how many sets or intervals hold the truth. */
static pm_status judge_rows(const pm_predictor *predictor, const pm_data *d, pm_evaluation *e, pm_error *err)
{
    int64_t covered = 0;
    pm_sum width = {0};
    pm_status s;

    e->outputs = d->classes ? d->classes : 1;
    if (!(e->predicted = calloc((size_t)(d->n * e->outputs) + 1, sizeof *e->predicted))) return no_memory(err);
    for (int64_t i = 0; i < d->n; i++) {
        pm_verdict v = {0};
        if ((s = pm_predictor_judge(predictor, d->x + i * d->p, &v, err))) return s;
        for (int k = 0; k < e->outputs; k++) e->predicted[i * e->outputs + k] = d->classes ? v.probability[k] : v.value;
        covered += covers(d, i, &v);
        pm_sum_add(&width, width_of(d, &v));
    }
    e->rows = d->n;
    e->coverage = (pm_interval){(double)covered / (double)d->n, (double)NAN, (double)NAN};
    e->set_size = pm_sum_value(width) / (double)d->n;
    e->temperature = (double)NAN; /* nothing was tuned on these rows */
    e->threshold = (double)NAN;
    return count_groups(d, &e->groups, err);
}

static void f1_of_classes(pm_evaluation *e)
{
    int n = e->scores.classes;

    for (int k = 0; k < n; k++) {
        int64_t hit = e->scores.confusion[k * n + k], named = 0, is = 0;
        for (int j = 0; j < n; j++) {
            is += e->scores.confusion[k * n + j];
            named += e->scores.confusion[j * n + k];
        }
        e->class_f1[k] = is ? 2 * (double)hit / (double)(is + named) : (double)NAN;
    }
}

static pm_status test(cli_call *call, const train_data *trained, const char *path, train_outcome *out, pm_error *err)
{
    const train_args *args = call->args;
    pm_scoped(pm_data) data = NULL;
    train_result *r = next(out, "model", path, out->results[0].learner, out->results[0].features);
    pm_evaluation *e = &r->evaluation;
    int bootstraps = args->bootstraps ? cli_at_most(args->bootstraps) : 1000;
    pm_status s = read_test(call, trained, out->predictor, path, &data, err);

    out->n++; /* to be freed, whatever comes */
    out->tests++;
    if (!s) s = judge_rows(out->predictor, data, e, err);
    if (!s && data->classes) {
        s = pm_scores_of(data, e->predicted, bootstraps, (uint64_t)args->seed, call->run, &e->scores, err);
        if (!s) f1_of_classes(e);
    } else if (!s) {
        s = pm_errors_of(data, e->predicted, bootstraps, (uint64_t)args->seed, call->run, &e->errors, err);
    }
    if (s) pm_error_locate(err, path, NULL);
    return s;
}

/* ---- all of it ---------------------------------------------------------------------------------------------- */

pm_status train_models(cli_call *call, const train_data *data, train_outcome *out, pm_error *err)
{
    const train_args *args = call->args;
    pm_status s;

    if ((s = train_options(args, data, &out->training, err))) return s;
    train_result *own = next(out, "model", held_out, NULL, 0);
    if ((s = pm_predictor_train(data->data, &out->training, call->run, &out->predictor, &own->evaluation, err)))
        return s;
    own->learner = cli_learner_name(pm_predictor_tell(out->predictor));
    own->features = data->data->p;
    out->n = 1;
    pm_learner learner = out->training.learn.learner;
    if (!learner && (s = find_learner(own->learner, data->data, &learner, err))) return s;
    if (args->compare && (s = compare_all(call, data->data, learner, out, err))) return s;
    for (int i = 0; i < args->tests.n; i++)
        if ((s = test(call, data, args->tests.text[i], out, err))) return s;
    return PM_OK;
}
