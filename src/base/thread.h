/* SPDX-License-Identifier: MIT */
/** @file Private to base: what pm_parallel and pm_ahead share. */
#ifndef PM_BASE_THREAD_H
#define PM_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/** Starts a thread that takes no signals (they are the caller's) and in which loops stay. False where none is to be
 *  had, which costs speed only. */
bool pm_thread_start(pthread_t *thread, void *(*body)(void *), void *argument);

/** Marks this thread as inside a parallel task, and returns what it was. */
bool pm_thread_enter(void);
void pm_thread_leave(bool was);

#endif
