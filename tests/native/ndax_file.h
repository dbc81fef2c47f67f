/* SPDX-License-Identifier: MIT */
/** @file
 * A small writer of Neware .ndax archives, for tests.
 */
#ifndef PM_TESTS_NDAX_FILE_H
#define PM_TESTS_NDAX_FILE_H

#include "ndc_file.h"

typedef struct ndax {
    uint8_t at[1 << 17], directory[4096];
    int64_t n, directory_n;
    int members;
} ndax;

/** Adds a member, stored, not packed; frees the file. */
void ndax_add_ndc(ndax *a, const char *name, ndc *f);
void ndax_add_text(ndax *a, const char *name, const char *text);
/** Writes the archive and frees it; the path is to be given to support_remove. */
char *ndax_write(ndax *a);

#endif
