/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"
#include "cli/train.h"

#include <string.h>

static const cli_option options[] = {
    {"--table", NULL, CLI_TEXTS, offsetof(train_args, tables), "FILE", NULL,
     "csv or Parquet, one cell a row; may be given several times", 0, 0},
    {"--target", NULL, CLI_TEXT, offsetof(train_args, target), "COLUMN", NULL,
     "to learn; words are classes, numbers a regression; label unless given", 0, 0},
    {"--log", NULL, CLI_FLAG, offsetof(train_args, log), NULL, NULL, "learn log10 of the target", 0, 0},
    {"--censored", NULL, CLI_TEXT, offsetof(train_args, censored), "COLUMN", NULL, "1 = the target is a lower bound", 0,
     0},
    {"--group", NULL, CLI_TEXT, offsetof(train_args, group), "COLUMN", NULL,
     "never parted by a split; electrolyte_id unless given", 0, 0},
    {"--cell", NULL, CLI_TEXT, offsetof(train_args, cell), "COLUMN", NULL, "rows of one cell; cell_id unless given", 0,
     0},
    {"--features", NULL, CLI_TEXT, offsetof(train_args, features), "NAMES", NULL,
     "columns to learn from, by commas, * and ? are wild; fingerprints unless given", 0, 0},
    {"--without", NULL, CLI_TEXT, offsetof(train_args, without), "NAMES", NULL, "and these not", 0, 0},
    {"--classes", NULL, CLI_TEXT, offsetof(train_args, classes), "NAMES", NULL,
     "classes to learn; those in 3 groups and more unless given", 0, 0},
    {"--cycles", NULL, CLI_WHOLE, offsetof(train_args, cycles), "N", NULL, "first cycles of FILEs; 2 unless given", 1,
     0},
    {"--learner", NULL, CLI_TEXT, offsetof(train_args, learner), "NAME", NULL,
     "boosted forest logistic nearest-class majority gaussian; of numbers linear or ridge", 0, 0},
    {"--trees", NULL, CLI_WHOLE, offsetof(train_args, trees), "N", NULL, "boosted 100, forest 300 unless given", 1, 0},
    {"--depth", NULL, CLI_WHOLE, offsetof(train_args, depth), "N", NULL, "of trees; boosted 3, forest any unless given",
     1, 0},
    {"--rate", NULL, CLI_TEXT, offsetof(train_args, rate), "R", NULL, "of boosting; 0.1 unless given", 0, 0},
    {"--penalty", NULL, CLI_TEXT, offsetof(train_args, penalty), "L", NULL,
     "L2; 1 unless given; 0 with linear: ordinary least squares", 0, 0},
    {"--split", NULL, CLI_TEXT, offsetof(train_args, split), "BY", NULL,
     "group (unless given) or cell: what is held out together", 0, 0},
    {"--folds", NULL, CLI_WHOLE, offsetof(train_args, folds), "K", NULL, "each group by itself unless given", 2, 0},
    {"--coverage", NULL, CLI_REAL, offsetof(train_args, coverage), "PART", NULL,
     "of prediction sets and intervals; 0.9 unless given", 0, 0},
    {"--bootstraps", NULL, CLI_WHOLE, offsetof(train_args, bootstraps), "N", NULL, "of intervals; 1000 unless given", 1,
     0},
    {"--seed", NULL, CLI_WHOLE, offsetof(train_args, seed), "N", NULL, "of all that is drawn; 0 unless given", 0, 0},
    {"--compare", NULL, CLI_FLAG, offsetof(train_args, compare), NULL, NULL,
     "also all other learners, Coulombic efficiency alone, voltage alone", 0, 0},
    {"--test", NULL, CLI_TEXTS, offsetof(train_args, tests), "FILE", NULL,
     "a further table, on which the model is judged; may be given several times", 0, 0},
    {"--simulated", NULL, CLI_FLAG, offsetof(train_args, simulated), NULL, NULL,
     "the cells are virtual: said with every use of the model", 0, 0},
    CLI_LABEL_OPTIONS(train_args, rule),
    {"--source", NULL, CLI_TEXT, offsetof(train_args, source), "WORDS", NULL, "where the cells come from", 0, 0},
    {0},
};

/* The report goes to standard output; -o is the model, opened first: nobody waits for training to hear that it exists. */
static pm_status open_model(const cli_call *call, pm_out **out, pm_error *err)
{
    const char *path = call->shared->output;

    if (!path) return PM_OK;
    if (!strcmp(path, "-"))
        return pm_fail(err, PM_ERR_ARGUMENT, "-o takes the model's file: standard output holds the evaluation");
    return pm_out_open(path, call->shared->force, out, err);
}

static pm_status train(cli_call *call, pm_out *model, pm_json *json, pm_out *out, pm_error *err)
{
    __attribute__((__cleanup__(train_data_leave))) train_data data = {0};
    __attribute__((__cleanup__(train_outcome_leave))) train_outcome outcome = {0};
    pm_status s;

    if ((s = train_data_read(call, json, &data, err))) return s;
    if ((s = train_models(call, &data, &outcome, err))) return s;
    train_notes(call, &data, &outcome);
    s = json ? train_json(call, &data, &outcome, json, err) : train_csv(&outcome, out, err);
    if (s || !model) return s;
    pm_predictor_write(outcome.predictor, model);
    return pm_out_commit(model, err);
}

static pm_status run(cli_call *call, pm_error *err)
{
    const train_args *args = call->args;
    pm_scoped(pm_out) model = NULL;
    pm_scoped(pm_out) out = NULL;
    pm_json json;
    pm_status s;

    if (!call->n_operands && !args->tables.n)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "see premortem train --help",
                          "needs files of cells, a folder, or --table");
    if ((s = open_model(call, &model, err))) return s;
    if ((s = pm_out_open("-", false, &out, err))) return s;
    if (call->shared->json) json = cli_json_open(call, out);
    s = train(call, model, call->shared->json ? &json : NULL, out, err);
    if (s && !(call->shared->json && call->failed && !call->done)) return s;
    if (call->shared->json) pm_json_end(&json);
    pm_status written = pm_out_commit(out, s ? NULL : err); /* of files that all failed: why each did */
    return s ? s : written;
}

const cli_command cmd_train = {
    .name = "train",
    .group = "Prediction",
    .summary = "a model from cells that have failed, and how well it does",
    .operands = "[FILE|DIR...]",
    .details = "FILEs are whole lives: fingerprints of the first cycles are learned against labels of the whole "
               "(label), cells\n"
               "that have not failed are left out and counted. --table takes the same, or anything else, as csv. "
               "Prints csv, a\n"
               "row for each model: scores of rows by models that have not seen their group (electrolyte), with 95 % "
               "intervals\n"
               "by bootstrap over groups. -o keeps the model, fitted on all rows, for predict.\n",
    .example =
        "  premortem train cells -o model.json\n"
        "  premortem train --table fingerprints.csv --compare --json > evaluation.json\n"
        "  premortem train --table lives.csv --target cycle_life --log --learner linear --penalty 0 --test new.csv\n",
    .takes = CLI_FILES | CLI_FOLDERS | CLI_READING | CLI_CELL | CLI_RECONCILE | CLI_OUTPUT,
    .least = 0,
    .most = -1,
    .options = options,
    .args_size = sizeof(train_args),
    .run = run,
};
