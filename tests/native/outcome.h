/* SPDX-License-Identifier: MIT */
/** @file
 * What reading a made-up file gives: its rows and findings, or why not.
 */
#ifndef PM_TESTS_OUTCOME_H
#define PM_TESTS_OUTCOME_H

#include "read/read.h"
#include "support.h"

typedef struct outcome {
    pm_status status;
    pm_error error;
    pm_table *rows, *findings;
    char content[16];
} outcome;

/** Reads the file in one thread and in batches of about three rows; format NULL: found out. To be given to clear. */
outcome outcome_of_path(const char *path, const char *format);
/** The same of n bytes in a file of that ending. */
outcome outcome_of_bytes(const char *ending, const void *bytes, int64_t n, const char *format);
void clear(outcome *o);

/** Fails unless there is a finding with those words, and that count (-1: any). */
void expect_found(const outcome *o, const char *code, const char *part, int64_t count);
/** Fails unless the file is refused at that byte, with those words; clears the outcome. */
void expect_refused(outcome o, int64_t byte, const char *part);

#endif
