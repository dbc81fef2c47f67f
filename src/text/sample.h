/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: the first rows of a text, from which it is told what its columns hold.
 */
#ifndef PM_TEXT_SAMPLE_H
#define PM_TEXT_SAMPLE_H

#include "layout.h"
#include "tokens.h"

enum { SAMPLE_LINES = 300, SAMPLE_LEAST = 20, SAMPLE_BYTES = 96 * 1024 };

/* The first data rows, as fields. */
typedef struct pm_sample {
    pm_tokens tokens;
    pm_line rows[SAMPLE_LINES];
    int n;
    bool cut; /* the last row ends the file without a line end: its last field may be half of one */
    char *text;
} pm_sample;

PM_CHECK pm_status pm_sample_take(const pm_layout *layout, const pm_head *head, pm_sample *sample, pm_error *err);
void pm_sample_free(pm_sample *sample);
/** The character that stands for the decimal point in them. */
char pm_sample_decimal(const pm_layout *layout, const pm_sample *sample);

/* Values of one field that are not empty. */
typedef struct pm_sample_column {
    const char *at[SAMPLE_LINES];
    int64_t n[SAMPLE_LINES];
    int count;
} pm_sample_column;

void pm_sample_values(const pm_sample *sample, int field, pm_sample_column *values);
/** How many of them are no number. */
int pm_not_numbers(const pm_sample_column *values, char decimal, bool durations);
/** One unit of the last digit; NaN where none is a number. */
double pm_sample_resolution(const pm_sample_column *values, char decimal);

#endif
