/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <unistd.h>

#include "base/base.h"
#include "base/thread.h"

/* Calls of a run must not overlap, and copies of a run share its context: one lock for all of them. A callback that
 * calls the library again in its own thread goes through. */
static pthread_mutex_t talk = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local bool talking;
static _Thread_local bool in_task;

static bool talk_begin(void)
{
    if (talking) return false;
    pthread_mutex_lock(&talk);
    return talking = true;
}

static void talk_end(bool began)
{
    if (!began) return;
    talking = false;
    pthread_mutex_unlock(&talk);
}

pm_status pm_run_check(const pm_run *run, pm_error *err)
{
    if (!run || !run->cancelled) return PM_OK;
    bool began = talk_begin();
    bool cancelled = run->cancelled(run->context);
    talk_end(began);
    return cancelled ? pm_fail(err, PM_ERR_CANCELLED, "cancelled") : PM_OK;
}

void pm_run_progress(const pm_run *run, const char *what, double part)
{
    if (!run || !run->progress) return;
    bool began = talk_begin();
    run->progress(run->context, what, part);
    talk_end(began);
}

void pm_run_log(const pm_run *run, int level, const char *format, ...)
{
    if (!run || !run->log) return;
    char message[1024];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (length < 0) return;
    bool began = talk_begin();
    run->log(run->context, level, message);
    talk_end(began);
}

static int cores(void)
{
#ifdef __linux__
    cpu_set_t allowed; /* a container's share, where the count of all cores would mislead */
    if (!sched_getaffinity(0, sizeof allowed, &allowed) && CPU_COUNT(&allowed) > 0) return CPU_COUNT(&allowed);
#endif
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online < 1 ? 1 : online > 4096 ? 4096 : (int)online;
}

int pm_run_threads(const pm_run *run)
{
    if (in_task) return 1;
    return run && run->threads > 0 ? run->threads : cores();
}

bool pm_thread_enter(void)
{
    bool was = in_task;
    in_task = true;
    return was;
}

void pm_thread_leave(bool was)
{
    in_task = was;
}

bool pm_thread_start(pthread_t *thread, void *(*body)(void *), void *argument)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int refused = pthread_create(thread, NULL, body, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return !refused;
}
