/* SPDX-License-Identifier: MIT */
/** @file
 * Made-up Arbin .res files, and what becomes of them when they are read.
 */
#ifndef PM_TESTS_RES_FILE_H
#define PM_TESTS_RES_FILE_H

#include "jet_file.h"
#include "table/table.h"

enum { RES_NORMAL = 11 };
extern const jet_field res_normal[RES_NORMAL], res_auxiliary[6], res_global[9];

/** Four records of one test in one table. */
jet_file *res_plain(int *table);
/** Six records of one test, stored in disorder over three pages, all tables beside them; table 3 has the records. */
jet_file *res_full(jet_how comment);
/** A record with the first `fields` of its columns; returns where it lies. */
int64_t res_record(jet_file *f, int table, int test, int point, int fields);
double res_voltage_of(int point);
void res_auxiliary_row(jet_file *f, int table, int point, int type, int index, double x);
void res_test_facts(jet_file *f, int table, int test, jet_how comment);

typedef struct res_outcome {
    pm_status status;
    pm_error error;
    pm_table *rows, *findings;
} res_outcome;

/** Reads bytes as a .res file: rows and the reader's findings, or the error. */
res_outcome res_outcome_of(const void *bytes, int64_t n);
res_outcome res_outcome_and_free(jet_file *f);
void res_clear(res_outcome *o);
/** Fails unless finding `row` has the code, and the part in its message. */
void res_expect_finding(const res_outcome *o, int64_t row, const char *code, const char *part);
#endif
