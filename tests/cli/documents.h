/* SPDX-License-Identifier: MIT */
/** @file
 * What commands print, as documents that keep to their schemas.
 */
#ifndef PM_TESTS_DOCUMENTS_H
#define PM_TESTS_DOCUMENTS_H

#include "support.h"

#include "doc/doc.h"

/** Runs the command in a shell that knows $premortem and $files, and takes a variable for one word; returns what it printed, to be freed. */
char *output_of(const char *command, int *exit_code);
/** The document that a command prints; it keeps to the schema of that name. Every property that the schema knows of a file
 *  is there in one that went well, but for those named in `optional`. */
pm_doc *document(const char *command, const char *schema_name, const char *optional, int expected_exit);
/** Entry i of "files". */
const pm_node *file_of(const pm_doc *doc, int64_t i);
/** NaN where it is null. */
double number(const pm_node *map, const char *key);

#define assert_word(map, key, expected) assert_string_equal(pm_node_text(pm_node_find((map), (key)), ""), (expected))

#endif
