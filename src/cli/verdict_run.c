/* SPDX-License-Identifier: MIT */
/* Verdicts on the cells of files and tables, one after the other. */
#include "cli/cell_table.h"
#include "cli/verdict_row.h"

#include <string.h>

/* ---- a file ------------------------------------------------------------------------------------------------- */

typedef struct judged {
    cli_cell *cell;
    cli_verdict verdict;
} judged;

static void judged_free(void *freed)
{
    judged *j = freed;

    if (!j) return;
    cli_cell_free(j->cell);
    cli_verdict_leave(&j->verdict);
    free(j);
}
PM_SCOPED(judged, judged_free)

static pm_status each(const cli_call *call, cli_file *file, pm_error *err)
{
    const cli_models *models = call->own;
    cli_cell_want want = {.fingerprint = true, .shorts = true, .fingerprints = {.cycles = models->cycles}};
    pm_scoped(judged) j = calloc(1, sizeof *j);
    pm_status s;

    if (!j) return pm_fail(err, PM_ERR_MEMORY, "no memory");
    if (!models->cycles)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "give its features with --table",
                          "the model is not of fingerprints, so files of cells tell it nothing");
    if ((s = cli_cell_of(call, file, &want, &j->cell, err))) {
        if (err && strstr(err->hint, "--cycles")) /* a model's cycles are not to be chosen */
            snprintf(err->hint, sizeof err->hint,
                     "the model needs %d complete cycle%s: wait until the cell has made them", models->cycles,
                     models->cycles == 1 ? "" : "s");
        return s;
    }
    if ((s = cli_verdict_of_cell(models, j->cell, &j->verdict, err))) {
        cli_cell_blame(j->cell, err);
        return s;
    }
    j->verdict.alarms = j->cell->alarms;
    j->verdict.suspicion = j->cell->shorts.suspicion;
    file->findings = j->cell->analysis->findings;
    file->result = j;
    j = NULL;
    return PM_OK;
}

/* ---- telling ------------------------------------------------------------------------------------------------ */

struct telling {
    const cli_verdict_work *work;
    bool used[CLI_KINDS];
    int64_t judged, far; /* cells; of them unlike those trained on */
};

/* Beyond what was seen in most that it shows, or farther from the middle than all that was. */
static bool is_far(const cli_verdict *v)
{
    int shown = v->model ? pm_predictor_tell(v->model)->features - v->verdict.missing : 0;

    return v->model && (2 * v->verdict.outside > shown || v->verdict.out_of_distribution > 0.99);
}

static void note_far(const cli_call *call, const struct telling *t)
{
    char text[160];

    if (!t->far) return;
    snprintf(text, sizeof text, "%lld of %lld cells lie far outside of what the model has seen: check units",
             (long long)t->far, (long long)t->judged);
    cli_screen_note(call->screen, "data", text);
}

static void note_percent(const cli_call *call, const char *path, const pm_table *table)
{
    char text[CLI_PERCENT] = "";

    for (int c = 0; c < pm_table_columns(table) && !*text; c++) cli_percent(pm_table_column(table, c), text);
    if (*text) cli_screen_note(call->screen, path, text);
}

static void warn_missing(const cli_call *call, const cli_file *file, const cli_verdict *v)
{
    bool mends = false;
    const char *code = file->findings ? cli_first_error(file->findings, &mends) : NULL;
    char text[300];

    if (!cli_verdict_lacks(v)) return;
    snprintf(text, sizeof text, "%.100s: %d of %d features are missing: the verdict hardly rests on this cell%s%.60s%s",
             v->cell_id, v->verdict.missing, pm_predictor_tell(v->model)->features,
             code ? "; the file has an error, " : "", code ? code : "", mends ? ": try --reconcile" : "");
    cli_screen_note(call->screen, file->path, text);
}

static pm_status tell(cli_call *call, struct telling *t, const cli_file *file, int64_t row, const cli_verdict *v,
                      pm_error *err)
{
    const cli_verdict_work *w = t->work;
    pm_status s = PM_OK;

    if (v) t->used[v->kind] = true;
    if (v) {
        t->judged += v->model != NULL;
        t->far += is_far(v);
        warn_missing(call, file, v);
    }
    if (!w->json) return v ? w->tell(call, v, NULL, w->context, err) : PM_OK;
    pm_json_object(w->json, NULL);
    if (cli_json_file(w->json, file)) {
        pm_json_whole(w->json, "row", row);
        s = w->tell(call, v, w->json, w->context, err);
    }
    pm_json_end(w->json);
    return s;
}

static pm_status take(cli_call *call, cli_file *file, void *context, pm_error *err)
{
    const judged *j = file->result;

    return tell(call, context, file, PM_NO_INT, j ? &j->verdict : NULL, err);
}

static pm_status judge_row(cli_call *call, struct telling *t, const cli_file *file, const pm_table *table, int64_t row,
                           pm_error *err)
{
    __attribute__((__cleanup__(cli_verdict_leave))) cli_verdict v = {0};
    pm_status s = cli_verdict_of(t->work->models, table, row, call->shared->kind, &v, err);

    if (s && err) err->row = row + 1;
    return s ? s : tell(call, t, file, row + 1, &v, err);
}

static pm_status judge_table(cli_call *call, struct telling *t, const char *path, pm_error *err)
{
    pm_scoped(pm_table) table = NULL;
    cli_file file = {.path = path};
    pm_status s = cli_cell_table_read(call, path, &table, err);

    const pm_predictor *model = s ? NULL : t->work->models->given;
    if (model && pm_predictor_tell(model)->kind && !call->shared->kind && !pm_table_find(table, "kind"))
        cli_screen_note(call->screen, path,
                        "no column kind: whether these cells are of the model's kind could not be checked");
    if (!s) note_percent(call, path, table);
    for (int64_t i = 0; !s && i < pm_table_rows(table); i++) s = judge_row(call, t, &file, table, i, err);
    if (s)
        pm_error_locate(err, path, NULL);
    else
        call->done++;
    return s;
}

pm_status cli_verdict_run(cli_call *call, const cli_verdict_work *work, pm_error *err)
{
    struct telling t = {.work = work};
    cli_models models = *work->models; /* borrowed: for `each`, which gets no context */
    cli_work files = {&t, each, take, judged_free, false};
    pm_status s = PM_OK;

    call->own = &models;
    if (call->n_operands) s = cli_each_file(call, &files, err);
    call->own = NULL;
    for (int i = 0; !s && i < work->tables->n; i++) s = judge_table(call, &t, work->tables->text[i], err);
    if (!s) note_far(call, &t);
    if (!s) cli_models_note(call, work->models, t.used);
    return s;
}
