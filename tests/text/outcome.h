/* SPDX-License-Identifier: MIT */
/** @file
 * What reading a made-up text gives: its rows and findings, or why not.
 */
#ifndef PM_TESTS_OUTCOME_H
#define PM_TESTS_OUTCOME_H

#include "read/read.h"
#include "support.h"

typedef struct outcome {
    pm_status status;
    pm_error err;
    pm_table *rows, *findings;
    char content[16], format[32];
} outcome;

/** Reads n bytes (-1: a text) from a file of their own. To be given to free_outcome. */
outcome read_bytes(const char *bytes, int64_t n, pm_read_options options);
/** format NULL: found out. */
outcome read_as(const char *text, const char *format);
/** The test fails unless the text can be read. */
outcome read_good(const char *text);
void free_outcome(outcome *o);

/** The row of a finding; -1 = it is not there. */
int64_t finding(const outcome *o, const char *code);

#endif
