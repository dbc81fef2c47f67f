/* SPDX-License-Identifier: MIT */
/* A laboratory in a folder of its own. */
#ifndef PM_TESTS_LABORATORY_H
#define PM_TESTS_LABORATORY_H

#include "support.h"

#include "virtual/virtual.h"

extern char laboratory[64]; /* the folder */
int make_laboratory(void **state);
int remove_laboratory(void **state);
/* Lives it on two threads; returns what truth.csv holds. */
pm_table *live_laboratory(pm_virtual_lab_options options, uint64_t seed);
/* Path of a file in it, until the next call. */
char *laboratory_path(const char *name, const char *suffix);
pm_table *laboratory_table(const char *name, const char *suffix);

#define CASE(test) cmocka_unit_test_setup_teardown(test, make_laboratory, remove_laboratory)

#endif
