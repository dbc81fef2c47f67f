/* SPDX-License-Identifier: MIT */
/** @file
 * A small writer of BioLogic .mpr files, for tests, and a test that charges and discharges in all of its layouts.
 */
#ifndef PM_TESTS_MPR_FILE_H
#define PM_TESTS_MPR_FILE_H

#include "outcome.h"

enum { MPR_ROOM = 1 << 15, MPR_START_DAYS = 45149 /* 2023-08-11 */ };

typedef struct mpr_file {
    uint8_t at[MPR_ROOM];
    int64_t n, module, data; /* where the module being written begins, and that of the data */
    bool wide;
    int version;
} mpr_file;

/** A file with nothing but its first words, to be given to mpr_outcome or freed. */
mpr_file *mpr_begin(bool wide, int version);
/** Its length is known now. */
void mpr_end_module(mpr_file *w);
/** The module of data up to its first row: the rows are put next, then it is ended. */
void mpr_begin_data(mpr_file *w, int points, int count, const int *ids);
void mpr_settings(mpr_file *w, const char *comment, double mass_mg);
void mpr_log(mpr_file *w, double days);
void mpr_loops(mpr_file *w, int n, const int *rows);
/** Bytes of a module before its own. */
int64_t mpr_header(const mpr_file *w);

void mpr_put(mpr_file *w, uint64_t x, int size);
void mpr_put_f8(mpr_file *w, double x);
void mpr_put_f4(mpr_file *w, double x);
/** Fills up n bytes with spaces. */
void mpr_put_text(mpr_file *w, const char *text, int64_t n);

/** Reads and frees it. */
outcome mpr_outcome(mpr_file *w);

enum { MPR_CYCLING_ROWS = 8, MPR_CYCLING_BYTES = 49 };
/** Two rows of rest, three at +0.4 mA, three at -0.2 mA, 90 s apart; without a column of current. */
mpr_file *mpr_cycling(bool wide, int version);
/** What must come out of it, and two findings. */
void mpr_check_cycling(const outcome *o);

#endif
