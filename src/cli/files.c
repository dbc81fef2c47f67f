/* SPDX-License-Identifier: MIT */
/* Each file of a call: several worked on at once, taken in the order given, and one bad file does not stop the rest. */
#include "cli/cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_PER_THREAD = 2 };

struct queue {
    cli_call *call;
    const cli_work *work;
    cli_file *slots;
    int n_slots;
    int64_t next;
};

static void empty(const cli_work *work, cli_file *file)
{
    if (file->result) work->free_result(file->result);
    *file = (cli_file){0};
}

static pm_status fill(void *context, int slot, bool *more, pm_error *err)
{
    struct queue *q = context;
    (void)err;
    *more = q->next < q->call->n_operands;
    if (!*more) return PM_OK;
    empty(q->work, &q->slots[slot]);
    q->slots[slot].path = q->call->operands[q->next++];
    q->slots[slot].run = *q->call->run;
    if (q->call->n_operands > 1) q->slots[slot].run.threads = 1; /* files are what runs side by side */
    return PM_OK;
}

/* Works on one file; its failure is kept beside it. Only what stops the whole call is returned. */
static pm_status attempt(void *context, int slot, pm_error *err)
{
    struct queue *q = context;
    cli_file *file = &q->slots[slot];
    pm_status s = pm_run_check(&file->run, err);
    if (s) return s;
    file->error = (pm_error){.byte = -1, .line = -1, .row = -1};
    if ((s = q->work->each(q->call, file, &file->error))) {
        file->error.code = s;
        pm_error_locate(&file->error, file->path, NULL);
    }
    cli_screen_piece_done(q->call->screen);
    if (q->call->n_operands > 1) pm_run_progress(&file->run, "reading files", (double)NAN);
    return pm_run_check(&file->run, err);
}

const char *cli_first_error(const pm_table *findings, bool *reconcilable)
{
    const pm_column *severity = pm_table_find(findings, "severity"), *action = pm_table_find(findings, "action");

    for (int64_t i = 0; i < pm_table_rows(findings); i++) {
        if (strcmp(pm_column_word(severity, i), "error") || !strcmp(pm_column_word(action, i), "reconciled")) continue;
        *reconcilable = pm_table_real(findings, "reconcilable", i) == 1;
        return pm_column_word(pm_table_find(findings, "code"), i);
    }
    return NULL;
}

static pm_status take(struct queue *q, cli_file *file, pm_error *err)
{
    cli_call *call = q->call;
    bool mends;
    cli_screen_clear(call->screen);
    if (file->error.code) {
        call->failed++;
        cli_screen_error(call->screen, &file->error);
    } else {
        call->done++;
        if (file->findings && cli_first_error(file->findings, &mends)) call->error_found = true;
        if (!q->work->silent) cli_screen_findings(call->screen, file->path, file->findings);
    }
    return q->work->take(call, file, q->work->context, err);
}

static pm_status take_all(struct queue *q, pm_error *err)
{
    pm_scoped(pm_ahead) ahead = NULL;
    pm_ahead_work work = {.context = q, .slots = q->n_slots, .fill = fill, .work = attempt};
    int slot = 0;
    pm_status s = pm_ahead_new(q->call->run, &work, &ahead, err);
    if (s) return s;
    while (!(s = pm_ahead_take(ahead, &slot, err)) && slot >= 0)
        if ((s = take(q, &q->slots[slot], err))) return s;
    return s;
}

/* A single file runs outside the queue, so that its reader may use all threads. */
static pm_status take_one(struct queue *q, pm_error *err)
{
    bool more = false;
    pm_status s;
    if ((s = fill(q, 0, &more, err))) return s;
    if ((s = attempt(q, 0, err))) return s;
    return take(q, &q->slots[0], err);
}

static pm_status check_stdin(const cli_call *call, pm_error *err)
{
    int n = 0;
    for (int i = 0; i < call->n_operands; i++) n += !strcmp(call->operands[i], "-");
    return n > 1 ? pm_fail(err, PM_ERR_ARGUMENT, "standard input (-) can be read once, not %d times", n) : PM_OK;
}

pm_status cli_each_file(cli_call *call, const cli_work *work, pm_error *err)
{
    struct queue q = {.call = call, .work = work, .n_slots = SLOTS_PER_THREAD * pm_run_threads(call->run)};
    pm_status s = check_stdin(call, err);
    if (s) return s;
    q.slots = calloc((size_t)q.n_slots, sizeof *q.slots);
    if (!q.slots) return pm_fail(err, PM_ERR_MEMORY, "no memory");
    cli_screen_pieces(call->screen, call->n_operands);

    s = call->n_operands == 1 ? take_one(&q, err) : take_all(&q, err);
    for (int i = 0; i < q.n_slots; i++) empty(work, &q.slots[i]);
    free(q.slots);
    return s;
}
