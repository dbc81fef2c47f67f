/* SPDX-License-Identifier: MIT */
/* What the nodes of a document say. */
#include "doc/doc.h"
#include "doc/tree.h"

#include <stdlib.h>
#include <string.h>

pm_node_type pm_node_kind(const pm_node *node)
{
    return node ? node->kind : PM_NODE_NULL;
}

int64_t pm_node_line(const pm_node *node)
{
    return node ? node->line : -1;
}

int64_t pm_node_column(const pm_node *node)
{
    return node ? node->column : -1;
}

int64_t pm_node_count(const pm_node *node)
{
    return node ? node->n_items : 0;
}

const pm_node *pm_node_item(const pm_node *node, int64_t i)
{
    return i >= 0 && i < pm_node_count(node) ? &node->items[i] : NULL;
}

const char *pm_node_key(const pm_node *node, int64_t i)
{
    const pm_node *item = pm_node_item(node, i);
    return item ? item->key : NULL;
}

static int compare_key(const void *key, const void *item)
{
    return strcmp(key, (*(const pm_node *const *)item)->key);
}

const pm_node *pm_node_find(const pm_node *map, const char *key)
{
    if (!map || !map->by_key) return NULL;
    const pm_node *const *found = bsearch(key, map->by_key, (size_t)map->n_items, sizeof *map->by_key, compare_key);
    return found ? *found : NULL;
}

const char *pm_node_text(const pm_node *node, const char *otherwise)
{
    return pm_node_kind(node) == PM_NODE_TEXT ? node->scalar : otherwise;
}

double pm_node_number(const pm_node *node, double otherwise)
{
    return pm_node_kind(node) == PM_NODE_NUMBER ? node->number : otherwise;
}

bool pm_node_bool(const pm_node *node, bool otherwise)
{
    return pm_node_kind(node) == PM_NODE_BOOL ? node->truth : otherwise;
}

const char *pm_node_scalar(const pm_node *node)
{
    return node ? node->scalar : NULL;
}
