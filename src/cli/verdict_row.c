/* SPDX-License-Identifier: MIT */
#include "cli/verdict_row.h"

#include <math.h>
#include <string.h>

/* ---- models ------------------------------------------------------------------------------------------------- */

void cli_models_leave(cli_models *models)
{
    pm_predictor_free(models->given);
    for (int k = 0; k < CLI_KINDS; k++) pm_predictor_free(models->builtin[k]);
}

static pm_status open_given(const char *path, int64_t cycles, cli_models *out, pm_error *err)
{
    pm_status s = pm_predictor_read(path, &out->given, err);

    if (s) return s;
    out->cycles = pm_predictor_tell(out->given)->cycles;
    if (!cycles || cycles == out->cycles) return PM_OK;
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_at_line(path, -1, NULL), "leave --cycles out",
                      "the model is of the first %d cycles, not of %lld", out->cycles, (long long)cycles);
}

/* Kinds without a model are no failure; a number of cycles for which no kind has one is. */
static pm_status open_builtin(int64_t cycles, cli_models *out, pm_error *err)
{
    bool any = false;
    pm_error none = {.byte = -1, .line = -1, .row = -1};
    pm_status s = PM_OK;

    out->cycles = cycles ? cli_at_most(cycles) : CLI_CYCLES;
    for (int k = 1; k < CLI_KINDS; k++) {
        s = pm_predictor_builtin((pm_kind)k, out->cycles, &out->builtin[k], &none);
        if (s && s != PM_ERR_ARGUMENT) break;
        any = any || !s;
        s = PM_OK;
    }
    if (s && err) *err = none;
    if (s || any || !cycles) return s;
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "leave --cycles out, or train a model of your own cells",
                      "no model for the first %lld cycles comes with this program", (long long)cycles);
}

pm_status cli_models_open(const char *path, int64_t cycles, cli_models *out, pm_error *err)
{
    return path ? open_given(path, cycles, out, err) : open_builtin(cycles, out, err);
}

const pm_predictor *cli_model_for(const cli_models *models, pm_kind kind)
{
    return models->given ? models->given : models->builtin[kind];
}

static void note_model(const cli_call *call, const pm_predictor_about *about)
{
    if (about->simulated)
        cli_screen_note(
            call->screen, "model",
            "trained on simulated cells: it has seen no real one; 'premortem train' makes a model of your own "
            "cells");
    if (!strcmp(about->target, "label")) cli_screen_note(call->screen, "model", cli_reconstruction);
}

void cli_models_note(const cli_call *call, const cli_models *models, const bool used[CLI_KINDS])
{
    bool told = false; /* a model that is given is one for all kinds */
    char text[300];

    for (int k = 0; k < CLI_KINDS; k++) {
        const pm_predictor *model = used[k] ? cli_model_for(models, (pm_kind)k) : NULL;
        if (model && !(models->given && told)) note_model(call, pm_predictor_tell(model));
        told = told || model;
        if (!used[k] || model) continue;
        snprintf(text, sizeof text,
                 "none for the first %d cycles of %s cells: no label; what they show stands in --json", models->cycles,
                 pm_kind_name((pm_kind)k));
        cli_screen_note(call->screen, "model", text);
    }
}

/* ---- one row ------------------------------------------------------------------------------------------------ */

void cli_verdict_leave(cli_verdict *v)
{
    pm_table_free(v->why);
    free(v->x);
}

static void word_at(const pm_table *table, const char *name, int64_t row, char *out, size_t room)
{
    const pm_column *column = pm_table_find(table, name);
    const char *word = column ? pm_column_word(column, row) : NULL;
    char digits[32] = "";

    if (column && !word) pm_number_print(pm_column_real(column, row), digits);
    snprintf(out, room, "%s", word ? word : digits);
}

static void find_shown(const pm_table *table, int64_t row, cli_verdict *v)
{
    static const char *const names[] = {
        "coulombic_efficiency_last",
        "hysteresis_last_volt",
        "mean_last_volt",
        "voltage_gap_last_volt",
        "discharged_capacity_last_ah",
        "energy_efficiency_last",
        "peaking_index_last",
        "arcing_index_last",
        "nucleation_overpotential_last_volt",
        "plateau_overpotential_last_volt",
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        double value = pm_table_real(table, names[i], row);
        if (isfinite(value)) v->shows[v->n_shows++] = (struct cli_shown){names[i], value};
    }
}

static pm_status judge(const pm_table *table, int64_t row, cli_verdict *v, pm_error *err)
{
    pm_status s;

    v->x = calloc((size_t)pm_predictor_tell(v->model)->features + 1, sizeof *v->x);
    if (!v->x) return pm_fail(err, PM_ERR_MEMORY, "no memory for a verdict");
    if ((s = pm_predictor_row(v->model, table, row, v->x, err))) return s;
    if ((s = pm_predictor_judge(v->model, v->x, &v->verdict, err))) return s;
    pm_error none = {.byte = -1, .line = -1, .row = -1};
    s = pm_predictor_explain(v->model, v->x, &v->why, &none);
    if (!s || s == PM_ERR_ARGUMENT) return PM_OK; /* this learner has no Shapley values */
    if (err) *err = none;
    return s;
}

static pm_status verdict_of(const cli_models *models, const pm_table *table, int64_t row, cli_verdict *out,
                            pm_error *err)
{
    char word[32];
    cli_verdict v = *out;
    pm_status s = PM_OK;

    word_at(table, "cell_id", row, v.cell_id, sizeof v.cell_id);
    word_at(table, "electrolyte_id", row, v.electrolyte_id, sizeof v.electrolyte_id);
    if (!*v.cell_id) snprintf(v.cell_id, sizeof v.cell_id, "row %lld", (long long)row + 1);
    word_at(table, "kind", row, word, sizeof word);
    if (*word && (s = pm_kind_parse(word, &v.kind, err))) return s;
    double cycles = pm_table_real(table, "cycles_used", row);
    v.cycles_used = cycles > 0 ? (int)cycles : 0;
    v.model = v.refused ? NULL : cli_model_for(models, v.kind);
    if (!v.model && !v.kind)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "add a column kind, or give --model",
                          "the kind of the cells is not told");
    find_shown(table, row, &v);
    if (v.model && (s = judge(table, row, &v, err))) {
        cli_verdict_leave(&v);
        return s;
    }
    *out = v;
    return PM_OK;
}

pm_status cli_verdict_of(const cli_models *models, const pm_table *table, int64_t row, pm_kind kind, cli_verdict *out,
                         pm_error *err)
{
    *out = (cli_verdict){.kind = kind};
    return verdict_of(models, table, row, out, err);
}

const char *cli_learner_name(const pm_predictor_about *about)
{
    return !about->classes && !strcmp(about->learner, pm_learner_name(PM_LOGISTIC)) ? "linear" : about->learner;
}

bool cli_verdict_lacks(const cli_verdict *v)
{
    return v->model && 4 * v->verdict.missing > pm_predictor_tell(v->model)->features;
}

const char *cli_verdict_cannot(const cli_verdict *v)
{
    return v->refused ? v->refused : v->kind ? pm_verdict_of_kind(v->kind) : NULL;
}

/* ---- a cell ------------------------------------------------------------------------------------------------- */

static pm_status row_of(const cli_cell *cell, int cycles, pm_table **out, pm_error *err)
{
    pm_scoped(pm_builder) rows = NULL;
    pm_status s;

    if ((s = cli_cell_rows_new(false, &rows, err))) return s;
    if ((s = cli_cell_rows_add(rows, cell, cycles, false, err))) return s;
    return pm_builder_finish(rows, out, err);
}

pm_status cli_verdict_of_cell(const cli_models *models, const cli_cell *cell, cli_verdict *out, pm_error *err)
{
    pm_scoped(pm_table) row = NULL;
    pm_status s = row_of(cell, models->cycles, &row, err);

    *out = (cli_verdict){.kind = cell->summary.kind, .refused = cli_no_class(&cell->summary)};
    return s ? s : verdict_of(models, row, 0, out, err);
}

/* ---- JSON --------------------------------------------------------------------------------------------------- */

void cli_model_json(pm_json *json, const pm_predictor *model)
{
    if (!model) {
        pm_json_null(json, "model");
        return;
    }
    const pm_predictor_about *about = pm_predictor_tell(model);
    pm_json_object(json, "model");
    pm_json_text(json, "sha256", about->sha256);
    pm_json_text(json, "trained_on", about->simulated ? "simulated" : "measured");
    pm_json_whole(json, "cells", about->cells);
    pm_json_whole(json, "groups", about->groups);
    pm_json_whole(json, "features", about->features);
    pm_json_text(json, "learner", cli_learner_name(about));
    pm_json_text(json, "target", about->target);
    pm_json_text(json, "target_unit", about->target_unit);
    pm_json_text(json, "kind", about->kind);
    pm_json_whole(json, "cycles_used", about->cycles ? about->cycles : PM_NO_INT);
    pm_json_text(json, "source", about->source);
    pm_json_end(json);
}

void cli_why_json(pm_json *json, const pm_table *why, int64_t row)
{
    static const char *const numbers[] = {"value", "contribution", "training_percentile", "training_low",
                                          "training_high"};

    pm_json_flat_object(json, NULL);
    pm_json_text(json, "feature", pm_column_word(pm_table_find(why, "feature"), row));
    pm_json_text(json, "unit", pm_column_word(pm_table_find(why, "unit"), row));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        pm_json_real(json, numbers[i], pm_table_real(why, numbers[i], row));
    pm_json_bool(json, "outside", pm_table_real(why, "outside", row) == 1);
    pm_json_end(json);
}
