/* SPDX-License-Identifier: MIT */
/* Files of cells and tables of cells, to one table of rows. */
#include "cli/cell_table.h"
#include "cli/train.h"
#include "cli/verdict_row.h"

#include <string.h>

typedef struct reading {
    pm_json *json; /**< NULL = csv */
    pm_builder *rows, *conditions;
    int cycles;
    train_data *data;
} reading;

static int cycles_of(const train_args *args)
{
    return args->cycles ? cli_at_most(args->cycles) : CLI_CYCLES;
}

static pm_status each(const cli_call *call, cli_file *file, pm_error *err)
{
    const train_args *args = call->args;
    cli_cell_want want = {.fingerprint = true, .label = true, .fingerprints = {.cycles = cycles_of(args)}};
    cli_cell *cell = NULL;
    pm_status s;

    if ((s = cli_label_options(&args->rule, &want.labels, err))) return s;
    if ((s = cli_cell_of(call, file, &want, &cell, err))) return s;
    file->findings = cell->analysis->findings;
    file->result = cell;
    return PM_OK;
}

static pm_status take(cli_call *call, cli_file *file, void *context, pm_error *err)
{
    reading *r = context;
    const cli_cell *cell = file->result;

    (void)call;
    if (r->json) {
        pm_json_object(r->json, NULL);
        if (cli_json_file(r->json, file)) {
            pm_json_text(r->json, "cell_id", cell->cell_id);
            pm_json_text(r->json, "label", cli_cell_label(cell));
            cli_json_findings(r->json, "findings", cell->analysis->findings);
        }
        pm_json_end(r->json);
    }
    if (cell) ++*(cell->analysis->cell.simulated ? &r->data->simulated : &r->data->measured);
    if (!cell) return PM_OK;
    pm_status s = train_conditions_add(r->conditions, cell, err);
    return s ? s : cli_cell_rows_add(r->rows, cell, r->cycles, true, err);
}

static pm_status read_files(cli_call *call, pm_json *json, cli_merge *all, train_data *data, pm_error *err)
{
    pm_scoped(pm_builder) rows = NULL;
    pm_scoped(pm_builder) conditions = NULL;
    pm_scoped(pm_table) table = NULL;
    pm_scoped(pm_table) plain = NULL;
    pm_status s = cli_cell_rows_new(true, &rows, err);

    if (s || (s = train_conditions_new(&conditions, err))) return s;
    reading r = {json, rows, conditions, cycles_of(call->args), data};
    cli_work work = {&r, each, take, cli_cell_free, false};
    if (json) pm_json_array(json, "files");
    if (call->n_operands && (s = cli_each_file(call, &work, err))) return s;
    if (json) pm_json_end(json);
    if (!call->done) return PM_OK;
    if ((s = train_conditions_note(conditions, data, err))) return s;
    if ((s = pm_builder_finish(rows, &table, err))) return s;
    if ((s = cli_cell_table_plain(table, &plain, err))) return s;
    return cli_merge_add(all, "", plain, err);
}

static void count_simulated(const pm_table *table, train_data *data)
{
    const pm_column *told = pm_table_find(table, "simulated");

    for (int64_t i = 0; i < pm_table_rows(table); i++)
        ++*(told && told->type != PM_STRING && pm_column_real(told, i) == 1 ? &data->simulated : &data->measured);
}

static pm_status read_tables(cli_call *call, cli_merge *all, train_data *data, pm_error *err)
{
    const train_args *args = call->args;
    pm_status s = PM_OK;

    for (int i = 0; !s && i < args->tables.n; i++) {
        pm_scoped(pm_table) table = NULL;
        s = cli_cell_table_read(call, args->tables.text[i], &table, err);
        if (!s) s = cli_merge_add(all, args->tables.text[i], table, err);
        if (!s) count_simulated(table, data);
        call->done += !s;
    }
    return s;
}

static pm_status read_rows(cli_call *call, pm_json *json, cli_merge *all, train_data *data, pm_table **rows,
                           pm_error *err)
{
    pm_status s;

    if ((s = read_files(call, json, all, data, err))) return s;
    if ((s = read_tables(call, all, data, err))) return s;
    if (!all->n)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "see the messages above", "no file could be learned from");
    return cli_merge_result(all, rows, err);
}

pm_status train_data_read(cli_call *call, pm_json *json, train_data *out, pm_error *err)
{
    const train_args *args = call->args;
    cli_merge all = {0};
    pm_life_label_options rule;
    pm_table *rows = NULL;
    pm_status s;

    if ((s = cli_label_options(&args->rule, &rule, err))) return s; /* before any file is read */
    s = read_rows(call, json, &all, out, &rows, err);
    cli_merge_clear(&all);
    if (out->simulated && out->measured)
        snprintf(out->mixed, sizeof out->mixed, "%lld of %lld cells are simulated, the others are not said to be",
                 (long long)out->simulated, (long long)(out->simulated + out->measured));
    return s ? s : train_data_choose(args, rows, out, err);
}
