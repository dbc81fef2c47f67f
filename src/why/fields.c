/* SPDX-License-Identifier: MIT */
/* Fields of the graph's entries, each error at its line. */
#include "why/graph.h"

#include <limits.h>
#include <string.h>

/* The next of words divided by blanks; its length is 0 at the end. */
static const char *next_word(const char *words, size_t *length)
{
    words += strspn(words, " ");
    *length = strcspn(words, " ");
    return words;
}

static bool among(const char *words, const char *key)
{
    size_t length, n = strlen(key);

    for (const char *word = next_word(words, &length); length; word = next_word(word + length, &length))
        if (length == n && !memcmp(word, key, n)) return true;
    return false;
}

static pm_status unknown_key(const pm_doc *doc, const pm_node *at, const char *words, const char *key, pm_error *err)
{
    char meant[64] = "", hint[160];
    pm_nearest nearest = {.word = key};
    size_t length;
    pm_status s = pm_node_fail(doc, at, PM_ERR_FORMAT, err, "unknown key '%s'", key);

    for (const char *word = next_word(words, &length); length; word = next_word(word + length, &length)) {
        char one[64];
        int before = nearest.best ? nearest.distance : INT_MAX;
        snprintf(one, sizeof one, "%.*s", (int)length, word);
        pm_nearest_try(&nearest, one);
        if (!nearest.best || nearest.distance >= before) continue;
        memcpy(meant, one, sizeof meant);
        nearest.best = meant;
    }
    snprintf(hint, sizeof hint, nearest.best ? "did you mean %s?" : "one of %s", nearest.best ? meant : words);
    pm_error_locate(err, NULL, hint);
    return s;
}

pm_status why_keys(const pm_doc *doc, const pm_node *map, const char *keys, pm_error *err)
{
    if (pm_node_kind(map) != PM_NODE_MAP)
        return pm_node_fail(doc, map, PM_ERR_FORMAT, err, "a map of %s is expected", keys);
    for (int64_t i = 0; i < pm_node_count(map); i++)
        if (!among(keys, pm_node_key(map, i)))
            return unknown_key(doc, pm_node_item(map, i), keys, pm_node_key(map, i), err);
    return PM_OK;
}

pm_status why_text(const pm_doc *doc, const pm_node *map, const char *key, bool optional, const char **out,
                   pm_error *err)
{
    const pm_node *node = pm_node_find(map, key);

    *out = pm_node_scalar(node);
    if (!node && optional) return PM_OK;
    if (!*out || !**out) return pm_node_fail(doc, node ? node : map, PM_ERR_FORMAT, err, "needs a text '%s'", key);
    return PM_OK;
}

pm_status why_source(const pm_why *graph, const pm_node *map, const char **out, pm_error *err)
{
    pm_status s = why_text(graph->doc, map, "source", false, out, err);

    if (s) return s;
    for (int64_t i = 0; i < pm_node_count(graph->sources); i++) {
        const char *name = pm_node_key(graph->sources, i);
        if (!strncmp(*out, name, strlen(name))) return PM_OK;
    }
    return pm_node_fail(graph->doc, pm_node_find(map, "source"), PM_ERR_FORMAT, err,
                        "source '%.80s' begins with none of the names under sources", *out);
}

pm_status why_electrolyte(const pm_doc *doc, const pm_node *map, bool optional, pm_why_electrolyte *out, pm_error *err)
{
    const char *text;
    pm_status s = why_text(doc, map, "electrolyte", optional, &text, err);

    *out = PM_WHY_BOTH;
    if (s || !text) return s;
    for (int e = PM_WHY_LIQUID; e <= PM_WHY_BOTH; e++) {
        *out = (pm_why_electrolyte)e;
        if (!strcmp(text, pm_why_electrolyte_name(*out))) return PM_OK;
    }
    return pm_node_fail(doc, pm_node_find(map, "electrolyte"), PM_ERR_FORMAT, err,
                        "electrolyte '%.40s' is not liquid, solid or both", text);
}

pm_status why_change(const pm_doc *doc, const pm_node *map, const char *key, int *out, pm_error *err)
{
    const char *text;
    pm_status s = why_text(doc, map, key, true, &text, err);

    *out = 0;
    if (s || !text) return s;
    *out = !strcmp(text, "up") ? 1 : !strcmp(text, "down") ? -1 : 0;
    if (*out) return PM_OK;
    return pm_node_fail(doc, pm_node_find(map, key), PM_ERR_FORMAT, err, "%s '%.40s' is not up or down", key, text);
}

int64_t why_count(const pm_node *node)
{
    return pm_node_kind(node) == PM_NODE_LIST ? pm_node_count(node) : node ? 1 : 0;
}

const pm_node *why_item(const pm_node *node, int64_t i)
{
    return pm_node_kind(node) == PM_NODE_LIST ? pm_node_item(node, i) : node;
}

pm_status why_node_of(const pm_why *graph, const pm_node *at, int *out, pm_error *err)
{
    const char *id = pm_node_scalar(at);

    if (!id) return pm_node_fail(graph->doc, at, PM_ERR_FORMAT, err, "the id of a node is expected");
    *out = why_find_node(graph, id);
    return *out < 0 ? pm_node_fail(graph->doc, at, PM_ERR_FORMAT, err, "there is no node '%.60s'", id) : PM_OK;
}

pm_status why_room(const pm_why *graph, const pm_node *at, void *array, int64_t *room, int64_t n, int64_t most,
                   size_t size, pm_error *err)
{
    if (n >= most) return pm_node_fail(graph->doc, at, PM_ERR_LIMIT, err, "more than %lld entries", (long long)most);
    return pm_grow(array, room, n + 1, size, err);
}
