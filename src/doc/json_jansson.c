/* SPDX-License-Identifier: MIT */
/* The only file that knows jansson. Where memory runs out while it lengthens a text, jansson (to 2.14 at least) goes on
 * without the byte: github.com/akheron/jansson/issues/362. Only its allocation hooks, which are of the whole process,
 * could tell, so a library must leave it at that. */
#include "doc/tree.h"

#include <jansson.h>
#include <string.h>

static pm_status build(const json_t *json, int depth, pm_doc *doc, pm_node *node, pm_error *err);

static pm_status build_list(const json_t *json, int depth, pm_doc *doc, pm_node *list, pm_error *err)
{
    pm_status s;
    pm_node *item;
    list->kind = PM_NODE_LIST;
    for (size_t i = 0; i < json_array_size(json); i++) {
        if ((s = pm_tree_append(doc, list, NULL, &item, err))) return s;
        if ((s = build(json_array_get(json, i), depth + 1, doc, item, err))) return s;
    }
    return PM_OK;
}

static pm_status build_map(json_t *json, int depth, pm_doc *doc, pm_node *map, pm_error *err)
{
    pm_status s;
    pm_node *item;
    map->kind = PM_NODE_MAP;
    for (void *at = json_object_iter(json); at; at = json_object_iter_next(json, at)) {
        if ((s = pm_tree_append(doc, map, json_object_iter_key(at), &item, err))) return s;
        if ((s = build(json_object_iter_value(at), depth + 1, doc, item, err))) return s;
    }
    return pm_tree_close_map(doc, map, err);
}

static pm_status build(const json_t *json, int depth, pm_doc *doc, pm_node *node, pm_error *err)
{
    char digits[32];
    if (depth >= PM_DOC_DEPTH && (json_is_array(json) || json_is_object(json)))
        return pm_tree_fail(doc, PM_ERR_LIMIT, -1, -1, -1, "lists and maps are nested deeper than 64", err);
    switch (json_typeof(json)) {
    case JSON_OBJECT: return build_map((json_t *)json, depth, doc, node, err);
    case JSON_ARRAY: return build_list(json, depth, doc, node, err);
    case JSON_STRING:
        return pm_tree_scalar(node, PM_NODE_TEXT, json_string_value(json), (int64_t)json_string_length(json), err);
    case JSON_INTEGER:
        node->number = (double)json_integer_value(json);
        snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(json));
        return pm_tree_scalar(node, PM_NODE_NUMBER, digits, -1, err);
    case JSON_REAL:
        node->number = json_real_value(json);
        pm_number_print(node->number, digits);
        return pm_tree_scalar(node, PM_NODE_NUMBER, digits, -1, err);
    case JSON_TRUE: node->truth = true; return pm_tree_scalar(node, PM_NODE_BOOL, "true", -1, err);
    case JSON_FALSE: return pm_tree_scalar(node, PM_NODE_BOOL, "false", -1, err);
    case JSON_NULL: break;
    }
    return PM_OK;
}

static pm_status fail(const pm_doc *doc, const json_error_t *problem, int64_t skipped, pm_error *err)
{
    enum json_error_code code = json_error_code(problem);
    /* jansson 2.14 leaves the text empty after most failed allocations; after some it finds a bad token instead */
    if (code == json_error_out_of_memory || !problem->text[0])
        return pm_tree_fail(doc, PM_ERR_MEMORY, -1, -1, -1, "no memory for a JSON document", err);
    return pm_tree_fail(doc, code == json_error_stack_overflow ? PM_ERR_LIMIT : PM_ERR_FORMAT, problem->line,
                        problem->column, problem->position + skipped, problem->text, err);
}

pm_status pm_tree_from_json(const char *bytes, int64_t n, pm_doc *doc, pm_error *err)
{
    json_error_t problem = {0};
    int64_t mark = n >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;
    json_t *json = json_loadb(bytes + mark, (size_t)(n - mark), JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
    if (!json) return fail(doc, &problem, mark, err);
    pm_status s = build(json, 0, doc, &doc->root, err);
    json_decref(json);
    return s;
}
