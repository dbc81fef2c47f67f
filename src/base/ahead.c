/* SPDX-License-Identifier: MIT */
#include "base/base.h"
#include "base/thread.h"

/* Slots are numbered by the order of filling: the k-th fill goes to slot k % slots. All counters are of such k:
 *   released <= taken <= begun <= filled <= released + slots,    taken <= released + 1.
 * Whoever is free does the first pending work, or else the next fill: one step, then asks again. As the thread that
 * takes does steps too, something moves as long as anything can, with any number of workers, even none. */
struct pm_ahead {
    pm_run run;
    pm_ahead_work job;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t moved;
    int64_t filled, begun, taken, released;
    int64_t last; /* no slot from here on: the end, or the first failure */
    bool filling, stop, failed;
    pm_error error;
    int workers;
    bool *done; /* per slot */
    pthread_t *threads;
};

/** The first failure wins: what comes after it is never handed out. */
static void close_at(pm_ahead *a, int64_t k, pm_status status, const pm_error *error)
{
    if (k >= a->last) return;
    a->last = k;
    a->failed = status != PM_OK;
    if (!a->failed) return;
    a->error = *error;
    a->error.code = status;
}

static void fill(pm_ahead *a)
{
    int64_t k = a->filled;
    bool more = true;
    pm_error error = {.code = PM_OK, .byte = -1, .line = -1, .row = -1};
    a->filling = true;
    pthread_mutex_unlock(&a->lock);
    pm_status s = pm_run_check(&a->run, &error);
    if (!s) s = a->job.fill(a->job.context, (int)(k % a->job.slots), &more, &error);
    pthread_mutex_lock(&a->lock);
    a->filling = false;
    if (s || !more)
        close_at(a, k, s, &error);
    else
        a->filled = k + 1;
}

static void work(pm_ahead *a)
{
    int64_t k = a->begun++;
    int slot = (int)(k % a->job.slots);
    pm_error error = {.code = PM_OK, .byte = -1, .line = -1, .row = -1};
    pthread_mutex_unlock(&a->lock);
    pm_status s = a->job.work(a->job.context, slot, &error);
    pthread_mutex_lock(&a->lock);
    if (s) close_at(a, k, s, &error);
    a->done[slot] = true;
}

/** Does one piece of what can be done, work before filling (what was just filled is in the cache); else waits. */
static void step(pm_ahead *a)
{
    if (a->begun < a->filled && a->begun < a->last) {
        work(a);
    } else if (!a->filling && a->filled < a->last && a->filled < a->released + a->job.slots) {
        fill(a);
    } else {
        pthread_cond_wait(&a->moved, &a->lock);
        return;
    }
    pthread_cond_broadcast(&a->moved);
}

static void *worker(void *argument)
{
    pm_ahead *a = argument;
    pm_thread_enter();
    pthread_mutex_lock(&a->lock);
    while (!a->stop) step(a);
    pthread_mutex_unlock(&a->lock);
    return NULL;
}

pm_status pm_ahead_new(const pm_run *run, const pm_ahead_work *work_to_do, pm_ahead **out, pm_error *err)
{
    if (work_to_do->slots < 2) return pm_fail(err, PM_ERR_ARGUMENT, "working ahead needs two slots or more");
    int others = pm_run_threads(run) - 1;
    pm_scoped(pm_ahead) a = calloc(1, sizeof *a);
    if (!a) return pm_fail(err, PM_ERR_MEMORY, "no memory to work ahead");
    if (run) a->run = *run;
    a->job = *work_to_do;
    a->last = INT64_MAX;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->moved, NULL);
    a->done = calloc((size_t)a->job.slots, sizeof *a->done);
    a->threads = calloc((size_t)others + 1, sizeof *a->threads);
    if (!a->done || !a->threads) return pm_fail(err, PM_ERR_MEMORY, "no memory to work ahead");
    while (a->workers < others && pm_thread_start(&a->threads[a->workers], worker, a)) a->workers++;
    *out = a;
    a = NULL;
    return PM_OK;
}

pm_status pm_ahead_take(pm_ahead *a, int *slot, pm_error *err)
{
    bool was = false;
    if (a->workers) was = pm_thread_enter();
    pthread_mutex_lock(&a->lock);
    a->released = a->taken;
    pthread_cond_broadcast(&a->moved);
    int next = (int)(a->taken % a->job.slots);
    while (a->taken < a->last && !a->done[next]) step(a);
    pm_status s = PM_OK;
    if (a->taken < a->last) {
        a->taken++;
        a->done[next] = false;
        *slot = next;
    } else if (a->failed) {
        s = a->error.code;
        if (err) *err = a->error;
    } else {
        *slot = -1;
    }
    pthread_mutex_unlock(&a->lock);
    if (a->workers) pm_thread_leave(was);
    return s;
}

void pm_ahead_free(pm_ahead *a)
{
    if (!a) return;
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    pthread_cond_broadcast(&a->moved);
    pthread_mutex_unlock(&a->lock);
    for (int i = 0; i < a->workers; i++) pthread_join(a->threads[i], NULL);
    pthread_cond_destroy(&a->moved);
    pthread_mutex_destroy(&a->lock);
    free(a->done);
    free(a->threads);
    free(a);
}
