/* SPDX-License-Identifier: MIT */
#include <stdatomic.h>

#include "base/base.h"
#include "base/thread.h"

typedef struct loop {
    const pm_run *run;
    pm_task task;
    void *context;
    atomic_int_least64_t next, failed; /* failed: the smallest index that did, n while none has */
    pthread_mutex_t lock;              /* of error */
    pm_error error;
} loop;

static pm_status one(const pm_run *run, pm_task task, void *context, int64_t i, pm_error *err)
{
    pm_status s = pm_run_check(run, err);
    return s ? s : task(context, i, err);
}

static void record(loop *l, int64_t i, pm_status status, const pm_error *error)
{
    pthread_mutex_lock(&l->lock);
    if (i < atomic_load(&l->failed)) {
        l->error = *error;
        l->error.code = status;
        atomic_store(&l->failed, i);
    }
    pthread_mutex_unlock(&l->lock);
}

/** Indices are handed out in order, so all below a failing one were started and will be finished. */
static void *turns(void *argument)
{
    loop *l = argument;
    bool was = pm_thread_enter();
    for (int64_t i; (i = atomic_fetch_add(&l->next, 1)) < atomic_load(&l->failed);) {
        pm_error error = {.code = PM_OK, .byte = -1, .line = -1, .row = -1};
        pm_status s = one(l->run, l->task, l->context, i, &error);
        if (s) record(l, i, s, &error);
    }
    pm_thread_leave(was);
    return NULL;
}

static pm_status alone(const pm_run *run, int64_t n, pm_task task, void *context, pm_error *err)
{
    for (int64_t i = 0; i < n; i++) {
        pm_status s = one(run, task, context, i, err);
        if (s) return s;
    }
    return PM_OK;
}

pm_status pm_parallel(const pm_run *run, int64_t n, pm_task task, void *context, pm_error *err)
{
    int64_t threads = pm_run_threads(run);
    if (threads > n) threads = n;
    if (threads < 2) return alone(run, n, task, context, err);
    pthread_t *others = malloc(sizeof *others * (size_t)(threads - 1));
    if (!others) return pm_fail(err, PM_ERR_MEMORY, "no memory for %lld threads", (long long)threads);
    loop l = {.run = run, .task = task, .context = context, .lock = PTHREAD_MUTEX_INITIALIZER};
    atomic_init(&l.next, 0);
    atomic_init(&l.failed, n);
    int64_t started = 0;
    while (started < threads - 1 && pm_thread_start(&others[started], turns, &l)) started++;
    turns(&l);
    for (int64_t i = 0; i < started; i++) pthread_join(others[i], NULL);
    free(others);
    pthread_mutex_destroy(&l.lock);
    if (atomic_load(&l.failed) == n) return PM_OK;
    if (err) *err = l.error;
    return l.error.code;
}
