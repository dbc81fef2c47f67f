/* SPDX-License-Identifier: MIT */
/* How documents lie in memory and how the two parsers build them; for the files of this room only. */
#ifndef PM_DOC_TREE_H
#define PM_DOC_TREE_H

#include "doc/doc.h"

enum { PM_DOC_DEPTH = 64, PM_DOC_NODES = 1 << 22, PM_DOC_PATH = 200 };

struct pm_node {
    pm_node_type kind;
    bool truth;           /* of PM_NODE_BOOL */
    double number;        /* of PM_NODE_NUMBER */
    int64_t line, column; /* from 1, -1 = unknown */
    char *scalar;         /* text, or the source of a number or bool */
    char *key;            /* within a map, else NULL */
    const pm_node *parent;
    pm_node *items;
    int64_t n_items, capacity;
    const pm_node **by_key; /* the items of a map, sorted */
};

struct pm_doc {
    char *file; /* NULL = has no name */
    pm_node root;
    int64_t n_nodes;
};

/* The adapters: parse n bytes into doc->root, which the caller frees also after a failure. */
PM_CHECK pm_status pm_tree_from_json(const char *bytes, int64_t n, pm_doc *doc, pm_error *err);
PM_CHECK pm_status pm_tree_from_yaml(const char *bytes, int64_t n, pm_doc *doc, pm_error *err);

/* Adds an item; the key (NULL in lists) is copied. The item stays where it is until the next one is added. */
PM_CHECK pm_status pm_tree_append(pm_doc *doc, pm_node *parent, const char *key, pm_node **item, pm_error *err);
/* Keeps a copy of a scalar's source. */
PM_CHECK pm_status pm_tree_scalar(pm_node *node, pm_node_type kind, const char *text, int64_t n, pm_error *err);
/* Ends a map: sorts its keys and refuses those that come twice. */
PM_CHECK pm_status pm_tree_close_map(const pm_doc *doc, pm_node *map, pm_error *err);
/* An error at a place in the file: line from 1 or -1, column from 1 or below for none. */
pm_status pm_tree_fail(const pm_doc *doc, pm_status code, int64_t line, int64_t column, int64_t byte,
                       const char *message, pm_error *err);
/* "files[0].rows"; empty for the root. */
void pm_tree_path(const pm_node *node, char path[PM_DOC_PATH]);

#endif
