/* SPDX-License-Identifier: MIT */
/* Walks a parsed document and touches all of it. */
#ifndef PM_TESTS_FUZZ_DOCUMENT_H
#define PM_TESTS_FUZZ_DOCUMENT_H

#include <string.h>

#include "doc/doc.h"
#include "fuzz.h"

static inline void walk(const pm_doc *doc, const pm_node *node, int depth)
{
    double quantity;
    must_hold(depth <= 64);
    if (pm_node_scalar(node)) must_hold(strlen(pm_node_scalar(node)) < SIZE_MAX);
    (void)!pm_node_quantity(doc, node, "cm2", &quantity, NULL);
    for (int64_t i = 0; i < pm_node_count(node); i++) {
        must_hold(pm_node_item(node, i) != NULL);
        if (pm_node_kind(node) == PM_NODE_MAP) must_hold(pm_node_find(node, pm_node_key(node, i)) != NULL);
        walk(doc, pm_node_item(node, i), depth + 1);
    }
}

typedef pm_status (*parser)(const char *bytes, int64_t n, const char *file, pm_doc **out, pm_error *err);

static inline void parse_and_walk(parser parse, const uint8_t *bytes, size_t n)
{
    pm_doc *doc = NULL;
    pm_error err;
    if (parse((const char *)bytes, (int64_t)n, "fuzz", &doc, &err) == PM_OK) walk(doc, pm_doc_root(doc), 0);
    pm_doc_free(doc);
}

#endif
