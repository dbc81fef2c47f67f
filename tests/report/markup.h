/* SPDX-License-Identifier: MIT */
/** @file
 * A strict look at a page: elements nest, nothing unescaped.
 */
#ifndef PM_TESTS_MARKUP_H
#define PM_TESTS_MARKUP_H

/** NULL where each element is closed in order, attributes are quoted and each & starts an entity; else what is wrong, from
 *  the place on. Scripts and styles are passed over. */
const char *markup_fault(const char *page);
/** How often a text stands in another. */
int occurrences(const char *page, const char *text);

#endif
