/* SPDX-License-Identifier: MIT */
#include "cli/cell_table.h"
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

typedef struct page {
    cli_models models;
    bool used[CLI_KINDS];
    pm_json json;
    pm_builder *rows;
} page;

static void page_leave(page *p)
{
    cli_models_leave(&p->models);
    pm_builder_free(p->rows);
}

static pm_status take(cli_call *call, cli_file *file, void *context, pm_error *err)
{
    page *p = context;
    const cli_verdict_file *judged = file->result;

    (void)err;
    if (judged) p->used[judged->verdict.kind] = true;
    if (!call->shared->json) {
        if (judged) predict_push(p->rows, &judged->verdict);
        return PM_OK;
    }
    pm_json_object(&p->json, NULL);
    if (cli_json_file(&p->json, file)) {
        pm_json_null(&p->json, "row");
        predict_json(&p->json, &judged->verdict);
    }
    pm_json_end(&p->json);
    return PM_OK;
}

static pm_status judge_row(cli_call *call, page *p, const char *path, const pm_table *table, int64_t row, pm_error *err)
{
    __attribute__((__cleanup__(cli_verdict_leave))) cli_verdict v = {0};
    cli_file file = {.path = path};
    pm_status s = cli_verdict_of(&p->models, table, row, call->shared->kind, &v, err);

    if (s) {
        if (err) err->row = row + 1;
        return s;
    }
    p->used[v.kind] = true;
    if (!call->shared->json) {
        predict_push(p->rows, &v);
        return PM_OK;
    }
    pm_json_object(&p->json, NULL);
    cli_json_file(&p->json, &file);
    pm_json_whole(&p->json, "row", row + 1);
    predict_json(&p->json, &v);
    pm_json_end(&p->json);
    return PM_OK;
}

static pm_status judge_table(cli_call *call, page *p, const char *path, pm_error *err)
{
    pm_scoped(pm_table) table = NULL;
    pm_status s = cli_cell_table_read(path, call->run, &table, err);

    for (int64_t i = 0; !s && i < pm_table_rows(table); i++) s = judge_row(call, p, path, table, i, err);
    if (s)
        pm_error_locate(err, path, NULL);
    else
        call->done++;
    return s;
}

static pm_status judge_all(cli_call *call, page *p, pm_error *err)
{
    const predict_args *args = call->args;
    cli_work work = {p, cli_verdict_each, take, cli_verdict_file_free, false};
    pm_status s = call->n_operands ? cli_each_file(call, &work, err) : PM_OK;

    for (int i = 0; !s && i < args->tables.n; i++) s = judge_table(call, p, args->tables.text[i], err);
    return s;
}

static pm_status print(cli_call *call, page *p, pm_out *out, pm_error *err)
{
    pm_scoped(pm_table) rows = NULL;
    pm_status s;

    if (call->shared->json) {
        p->json = cli_json_open(call, out);
        pm_json_array(&p->json, "files");
    }
    if ((s = judge_all(call, p, err))) return s;
    cli_models_note(call, &p->models, p->used);
    if (call->shared->json) {
        pm_json_end(&p->json);
        pm_json_end(&p->json);
    } else if (!call->done) {
        return PM_OK; /* nothing to print */
    } else {
        if ((s = pm_builder_finish(p->rows, &rows, err))) return s;
        pm_table_write_csv(rows, true, out);
    }
    return pm_out_commit(out, err);
}

static pm_status run(cli_call *call, pm_error *err)
{
    const predict_args *args = call->args;
    __attribute__((__cleanup__(page_leave))) page p = {0};
    pm_scoped(pm_out) out = NULL;
    pm_status s;

    if (!call->n_operands && !args->tables.n)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "see premortem predict --help",
                          "needs files of cells, a folder, or --table");
    if ((s = cli_models_open(args->model, args->cycles, &p.models, err))) return s;
    if ((s = predict_rows_new(&p.rows, err))) return s;
    if ((s = cli_output(call, &out, err))) return s;
    call->own = &p.models;
    s = print(call, &p, out, err);
    call->own = NULL;
    return s;
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
