/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"
#include "cli/predict.h"

typedef struct predict_args {
    cli_shared shared;
    cli_texts tables;
    const char *model;
    int64_t cycles;
} predict_args;
static const cli_option options[] = {
    {"--model", NULL, CLI_TEXT, offsetof(predict_args, model), "MODEL.json", NULL,
     "of premortem train; those that come with this program, by kind, unless given", 0, 0},
    {"--cycles", NULL, CLI_WHOLE, offsetof(predict_args, cycles), "N", NULL,
     "first cycles; the model's, else 2, unless given", 1, 0},
    {"--table", NULL, CLI_TEXTS, offsetof(predict_args, tables), "FILE", NULL,
     "csv or Parquet of features, one cell a row; may be given several times", 0, 0},
    {0},
};

static pm_status tell(cli_call *call, const cli_verdict *verdict, pm_json *json, void *rows, pm_error *err)
{
    (void)call, (void)err;
    if (!json) {
        predict_push(rows, verdict);
        return PM_OK;
    }
    predict_json(json, verdict);
    if (!verdict->alarms) return PM_OK; /* of a table */
    cli_alarms_json(json, verdict->alarms);
    pm_json_text(json, "suspicion", *verdict->suspicion ? verdict->suspicion : NULL);
    return PM_OK;
}

static pm_status print_json(cli_call *call, cli_verdict_work *work, pm_out *out, pm_error *err)
{
    pm_json json = cli_json_open(call, out);
    pm_status s;

    pm_json_array(&json, "files");
    work->json = &json;
    if ((s = cli_verdict_run(call, work, err))) return s;
    pm_json_end(&json);
    pm_json_end(&json);
    return pm_out_commit(out, err);
}

static pm_status print_csv(cli_call *call, cli_verdict_work *work, pm_out *out, pm_error *err)
{
    pm_scoped(pm_table) table = NULL;
    pm_status s;

    if ((s = cli_verdict_run(call, work, err))) return s;
    if (!call->done) return PM_OK; /* nothing to print */
    if ((s = pm_builder_finish(work->context, &table, err))) return s;
    pm_table_write_csv(table, true, out);
    return pm_out_commit(out, err);
}

static pm_status run(cli_call *call, pm_error *err)
{
    const predict_args *args = call->args;
    __attribute__((__cleanup__(cli_models_leave))) cli_models models = {0};
    pm_scoped(pm_builder) rows = NULL;
    pm_scoped(pm_out) out = NULL;
    pm_status s;

    if (!call->n_operands && !args->tables.n)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "see premortem predict --help",
                          "needs files of cells, a folder, or --table");
    if ((s = cli_models_open(args->model, args->cycles, &models, err))) return s;
    if ((s = predict_rows_new(&rows, err))) return s;
    if ((s = cli_output(call, &out, err))) return s;
    cli_verdict_work work = {.models = &models, .tables = &args->tables, .tell = tell, .context = rows};
    return call->shared->json ? print_json(call, &work, out, err) : print_csv(call, &work, out, err);
}

const cli_command cmd_predict = {
    .name = "predict",
    .group = "Prediction",
    .summary = "how cells will fail, from their first cycles, and how sure that is",
    .operands = "[FILE|DIR...]",
    .details =
        "Reads the first cycles only. Prints csv, one row for each cell: the likeliest class, calibrated "
        "probabilities,\n"
        "the set of classes that cannot be excluded at the stated coverage, the features that decided, and how far "
        "the\n"
        "cell is from those trained on (0 like them, 1 unlike any). Classes are a reconstruction. Kinds of cell that\n"
        "cannot show a class are told, not refused; 'explain' shows all features.\n",
    .example = "  premortem predict cells\n"
               "  premortem predict --model model.json --json cell.csv\n",
    .takes = CLI_FILES | CLI_FOLDERS | CLI_READING | CLI_CELL | CLI_RECONCILE | CLI_OUTPUT,
    .least = 0,
    .most = -1,
    .options = options,
    .args_size = sizeof(predict_args),
    .run = run,
};
