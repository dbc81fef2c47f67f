/* SPDX-License-Identifier: MIT */
/* Building trees, and where a node stands in one. */
#include "doc/tree.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

pm_status pm_tree_append(pm_doc *doc, pm_node *parent, const char *key, pm_node **item, pm_error *err)
{
    pm_status s;
    if (++doc->n_nodes > PM_DOC_NODES)
        return pm_tree_fail(doc, PM_ERR_LIMIT, -1, -1, -1, "more than 4 million values", err);
    if ((s = pm_grow(&parent->items, &parent->capacity, parent->n_items + 1, sizeof *parent->items, err))) return s;
    pm_node *node = &parent->items[parent->n_items];
    *node = (pm_node){.line = -1, .column = -1};
    if (key && !(node->key = pm_text_copy(key, -1)))
        return pm_tree_fail(doc, PM_ERR_MEMORY, -1, -1, -1, "no memory for a key", err);
    parent->n_items++;
    *item = node;
    return PM_OK;
}

pm_status pm_tree_scalar(pm_node *node, pm_node_type kind, const char *text, int64_t n, pm_error *err)
{
    node->kind = kind;
    node->scalar = pm_text_copy(text, n);
    return node->scalar ? PM_OK : pm_fail(err, PM_ERR_MEMORY, "no memory for a text of %lld bytes", (long long)n);
}

/* By key; equal keys by their order in the file. */
static int compare_keys(const void *a, const void *b)
{
    const pm_node *x = *(const pm_node *const *)a, *y = *(const pm_node *const *)b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x > y) - (x < y);
}

pm_status pm_tree_close_map(const pm_doc *doc, pm_node *map, pm_error *err)
{
    if (!map->n_items) return PM_OK;
    map->by_key = malloc((size_t)map->n_items * sizeof *map->by_key);
    if (!map->by_key) return pm_tree_fail(doc, PM_ERR_MEMORY, -1, -1, -1, "no memory for a map", err);
    for (int64_t i = 0; i < map->n_items; i++) map->by_key[i] = &map->items[i];
    qsort(map->by_key, (size_t)map->n_items, sizeof *map->by_key, compare_keys);
    for (int64_t i = 1; i < map->n_items; i++) {
        const pm_node *node = map->by_key[i];
        if (!strcmp(map->by_key[i - 1]->key, node->key))
            return pm_node_fail(doc, node, PM_ERR_FORMAT, err, "the key '%s' is there already", node->key);
    }
    return PM_OK;
}

pm_status pm_tree_fail(const pm_doc *doc, pm_status code, int64_t line, int64_t column, int64_t byte,
                       const char *message, pm_error *err)
{
    pm_place at = pm_at_line(doc->file, line, NULL);
    at.byte = byte;
    if (column < 1) return pm_fail_at(err, code, at, NULL, "%s", message);
    return pm_fail_at(err, code, at, NULL, "column %lld: %s", (long long)column, message);
}

/* Appends the path; returns its length, which may be beyond the room: then it is cut. */
static size_t write_path(const pm_node *node, char *path, size_t used)
{
    int n = 0;
    if (!node->parent) return used;
    used = write_path(node->parent, path, used);
    if (used >= PM_DOC_PATH) return used;
    if (node->key)
        n = snprintf(path + used, PM_DOC_PATH - used, "%s%s", used ? "." : "", node->key);
    else
        n = snprintf(path + used, PM_DOC_PATH - used, "[%lld]", (long long)(node - node->parent->items));
    return used + (size_t)n;
}

void pm_tree_path(const pm_node *node, char path[PM_DOC_PATH])
{
    path[0] = '\0';
    write_path(node, path, 0);
}

pm_status pm_node_fail(const pm_doc *doc, const pm_node *node, pm_status code, pm_error *err, const char *format, ...)
{
    char message[sizeof err->message], full[sizeof err->message + PM_DOC_PATH + 4], path[PM_DOC_PATH] = "";
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (node) pm_tree_path(node, path);
    snprintf(full, sizeof full, "%s%s%s", path, path[0] ? ": " : "", message);
    return pm_tree_fail(doc, code, pm_node_line(node), pm_node_column(node), -1, full, err);
}
