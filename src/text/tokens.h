/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: where the fields and lines of delimited text end.
 */
#ifndef PM_TEXT_TOKENS_H
#define PM_TEXT_TOKENS_H

#include "base/base.h"

/** One line: its fields are [first_end - 1, first_end) ... in the array of ends; see pm_tokens_field. */
typedef struct pm_line {
    int32_t start;     /* byte of its first character */
    int32_t first_end; /* index into ends of its first field's end */
    int32_t n_fields;  /* the last field ends where the line does */
} pm_line;

typedef struct pm_tokens {
    const char *text;
    uint32_t *ends; /* positions of delimiters and line ends, in order */
    int64_t n_ends, ends_capacity;
    pm_line *lines;
    int64_t n_lines, lines_capacity;
    int64_t line_start, line_end; /* of the line being read: its first byte, and the index of its first end */
} pm_tokens;

/** Finds every field of n bytes (below 2 GiB) that end with '\n' (one is imagined behind the last byte where it lacks).
 *  A delimiter between quotes is no delimiter; a quote opens only at a field's start and never lasts past its line. */
PM_CHECK pm_status pm_tokens_find(pm_tokens *t, const char *text, int64_t n, char delimiter, pm_error *err);
/** Field f of a line, blanks, carriage return and enclosing quotes taken off; empty where the line has no such field. */
static inline const char *pm_tokens_field(const pm_tokens *t, const pm_line *line, int f, int64_t *n)
{
    if (f >= line->n_fields) {
        *n = 0;
        return t->text;
    }
    const char *start = f == 0 ? t->text + line->start : t->text + t->ends[line->first_end + f - 1] + 1;
    const char *end = t->text + t->ends[line->first_end + f];
    if (start < end && (unsigned char)*start > '"' &&
        (unsigned char)end[-1] > '"') { /* nothing to take off: the usual case */
        *n = end - start;
        return start;
    }
    while (start < end && (*start == ' ' || *start == '\t')) start++;
    while (end > start && (end[-1] == ' ' || end[-1] == '\r' || end[-1] == '\t')) end--;
    if (end - start >= 2 && *start == '"' && end[-1] == '"') {
        start++;
        end--;
    }
    *n = end - start;
    return start;
}
/** How many of the first `most` fields of a line are empty: the level of a line of a layered file. */
int pm_tokens_leading_empty(const pm_tokens *t, const pm_line *line, int most);
void pm_tokens_free(pm_tokens *t);

#endif
