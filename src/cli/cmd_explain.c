/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"
#include "cli/explain.h"

typedef struct explain_args {
    cli_shared shared;
    cli_texts tables;
    const char *model;
    int64_t cycles, interactions;
} explain_args;
static const cli_option options[] = {
    {"--model", NULL, CLI_TEXT, offsetof(explain_args, model), "MODEL.json", NULL,
     "of premortem train; those that come with this program, by kind, unless given", 0, 0},
    {"--cycles", NULL, CLI_WHOLE, offsetof(explain_args, cycles), "N", NULL,
     "first cycles; the model's, else 2, unless given", 1, 0},
    {"--table", NULL, CLI_TEXTS, offsetof(explain_args, tables), "FILE", NULL,
     "csv or Parquet of features, one cell a row; may be given several times", 0, 0},
    {"--interactions", NULL, CLI_WHOLE, offsetof(explain_args, interactions), "N", NULL,
     "the N strongest pairs of features of each cell; models of trees", 1, 0},
    {0},
};

/* ---- cells -------------------------------------------------------------------------------------------------- */

static pm_status tell(cli_call *call, const cli_verdict *v, pm_json *json, void *rows, pm_error *err)
{
    const explain_args *args = call->args;
    pm_scoped(pm_table) pairs = NULL;
    pm_status s;

    if (v->model && !v->why)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "train another, --learner boosted",
                          "the learner '%s' has no Shapley values", pm_predictor_tell(v->model)->learner);
    if (v->model && args->interactions &&
        (s = pm_predictor_interactions(v->model, v->x, cli_at_most(args->interactions), &pairs, err)))
        return s;
    if (json)
        explain_json(json, v, pairs);
    else if (v->model)
        return explain_push(rows, v, pairs, err);
    return PM_OK;
}

static pm_status tell_cells(cli_call *call, const cli_models *models, pm_builder *rows, pm_json *json, pm_error *err)
{
    const explain_args *args = call->args;
    cli_verdict_work work = {models, &args->tables, json, tell, rows};

    return cli_verdict_run(call, &work, err);
}

/* ---- the model itself --------------------------------------------------------------------------------------- */

static pm_status choose(const cli_call *call, const cli_models *models, const pm_predictor **out, pm_error *err)
{
    pm_kind kind = call->shared->kind ? call->shared->kind : PM_LI_CU;

    *out = cli_model_for(models, kind);
    if (*out) return PM_OK;
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "give one with --model, or make one: premortem train",
                      "no model for the first %d cycles of %s cells comes with this program", models->cycles,
                      pm_kind_name(kind));
}

/* ---- all of it ---------------------------------------------------------------------------------------------- */

static pm_status print_json(cli_call *call, const cli_models *models, const pm_predictor *card, pm_out *out,
                            pm_error *err)
{
    pm_json json = cli_json_open(call, out);
    pm_status s;

    pm_json_array(&json, "files");
    if (!card && (s = tell_cells(call, models, NULL, &json, err))) return s;
    pm_json_end(&json);
    if (card && (s = explain_card_json(&json, card, err))) return s;
    pm_json_end(&json);
    return pm_out_commit(out, err);
}

static pm_status print_csv(cli_call *call, const cli_models *models, const pm_predictor *card, pm_out *out,
                           pm_error *err)
{
    pm_scoped(pm_builder) rows = NULL;
    pm_scoped(pm_table) table = NULL;
    pm_status s;

    if (card) {
        explain_card_notes(call, card);
        if ((s = explain_card(card, &table, err))) return s;
    } else {
        if ((s = explain_rows_new(((const explain_args *)call->args)->interactions > 0, &rows, err))) return s;
        if ((s = tell_cells(call, models, rows, NULL, err))) return s;
        if (!call->done) return PM_OK; /* nothing to print */
        if ((s = pm_builder_finish(rows, &table, err))) return s;
    }
    pm_table_write_csv(table, true, out);
    return pm_out_commit(out, err);
}

static pm_status run(cli_call *call, pm_error *err)
{
    const explain_args *args = call->args;
    __attribute__((__cleanup__(cli_models_leave))) cli_models models = {0};
    const pm_predictor *card = NULL;
    pm_scoped(pm_out) out = NULL;
    pm_status s;

    if ((s = cli_models_open(args->model, args->cycles, &models, err))) return s;
    if (!call->n_operands && !args->tables.n && (s = choose(call, &models, &card, err))) return s;
    if (card && args->interactions)
        return pm_fail(err, PM_ERR_ARGUMENT, "--interactions are those of a cell: give files or --table");
    if ((s = cli_output(call, &out, err))) return s;
    return call->shared->json ? print_json(call, &models, card, out, err) : print_csv(call, &models, card, out, err);
}

const cli_command cmd_explain = {
    .name = "explain",
    .group = "Prediction",
    .summary = "what decided a prediction, and what a model rests on",
    .operands = "[FILE|DIR...]",
    .details =
        "Prints csv, a row for each cell and feature, the weightiest first: its value, its contribution (Shapley "
        "value:\n"
        "contributions add up to the margin), and where the value lies among the cells trained on. Without files: the\n"
        "model itself, its features by weight, or its coefficients; what it was trained on and how well it does.\n",
    .example = "  premortem explain cell.csv\n"
               "  premortem explain --model model.json --interactions 5 cells\n"
               "  premortem explain --model model.json\n",
    .takes = CLI_FILES | CLI_FOLDERS | CLI_READING | CLI_CELL | CLI_RECONCILE | CLI_OUTPUT,
    .least = 0,
    .most = -1,
    .options = options,
    .args_size = sizeof(explain_args),
    .run = run,
};
