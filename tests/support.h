/* SPDX-License-Identifier: MIT */
/** @file
 * What all tests share: cmocka, comparisons of doubles and tables, the folder of real files, failing allocations.
 */
#ifndef PM_TESTS_SUPPORT_H
#define PM_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "table/table.h"

/** Fails unless |a - b| <= atol + rtol * |b|, or both are NaN, or both the same infinity. b is what is right. */
#define assert_close(a, b, rtol, atol) support_close(#a, (a), (b), (rtol), (atol), __FILE__, __LINE__)
void support_close(const char *what, double a, double b, double rtol, double atol, const char *file, int line);

/** Fails, with the error's own words, unless the call was good: `assert_good(pm_x(..., &err), &err)`. */
#define assert_good(status, err) support_good((status), (err), __FILE__, __LINE__)
void support_good(pm_status status, const pm_error *err, const char *file, int line);

/** The value of a column of doubles or integers; the test fails where there is none such. NaN where missing. */
#define real_at(table, column, row) support_real((table), (column), (row), __FILE__, __LINE__)
double support_real(const pm_table *table, const char *column, int64_t row, const char *file, int line);
/** The word of a column of words, NULL where missing. */
#define word_at(table, column, row) support_word((table), (column), (row), __FILE__, __LINE__)
const char *support_word(const pm_table *table, const char *column, int64_t row, const char *file, int line);

/** Fails unless names, units, types, metadata and all values are the same, doubles bit for bit (any NaN is as good as
 *  another). */
#define assert_same_table(a, b) support_same_table((a), (b), true, __FILE__, __LINE__)
/** The same without looking at metadata. */
#define assert_same_rows(a, b) support_same_table((a), (b), false, __FILE__, __LINE__)
void support_same_table(const pm_table *a, const pm_table *b, bool meta, const char *file, int line);

/** "<folder of real files>/<name>" (PREMORTEM_DATA, else ../shared/data beside the repository), to be freed. Skips the
 *  test, with a line that says so, where the file is absent. */
char *support_data(const char *name);
/** What main returns where the whole program is skipped, for want of a library. */
int support_without(const char *library);
/** "<repository>/<name>", to be freed. */
char *support_source(const char *name);
/** Writes n bytes (-1: a text) into a fresh file, and returns its path, to be given to support_remove. */
char *support_file(const char *suffix, const void *bytes, int64_t n);
void support_remove(char *path);

/** Blocks held by the code under test (what was not linked statically is not seen). */
int64_t allocations_held(void);
/** From now on the n-th allocation (from 1) fails, once; 0 stops it. */
void fail_allocation(int64_t n);
/** Whether it has failed since. */
bool allocation_failed(void);

#endif
