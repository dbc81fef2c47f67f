/* SPDX-License-Identifier: MIT */
/* Documents from bytes and files. */
#include "doc/doc.h"
#include "doc/tree.h"

#include <stdlib.h>
#include <string.h>

static const int64_t largest_file = (int64_t)64 << 20;

typedef pm_status (*tree_parser)(const char *bytes, int64_t n, pm_doc *doc, pm_error *err);

/* Items no longer move, so each can now know its parent. */
static void link_parents(pm_node *node)
{
    for (int64_t i = 0; i < node->n_items; i++) {
        node->items[i].parent = node;
        link_parents(&node->items[i]);
    }
}

static pm_status parse(tree_parser parser, const char *bytes, int64_t n, const char *file, pm_doc **out, pm_error *err)
{
    pm_status s;
    pm_scoped(pm_doc) doc = calloc(1, sizeof *doc);
    if (!doc) return pm_fail(err, PM_ERR_MEMORY, "no memory for a document");
    if (file && !(doc->file = pm_text_copy(file, -1))) return pm_fail(err, PM_ERR_MEMORY, "no memory for a document");
    if (n < 0 || n > largest_file)
        return pm_tree_fail(doc, PM_ERR_LIMIT, -1, -1, -1, "a document of more than 64 MiB", err);
    doc->root.line = doc->root.column = -1;
    if ((s = parser(n ? bytes : "", n, doc, err))) {
        pm_error_locate(err, file, NULL);
        return s;
    }
    link_parents(&doc->root);
    *out = doc;
    doc = NULL;
    return PM_OK;
}

pm_status pm_doc_parse_json(const char *bytes, int64_t n, const char *file, pm_doc **out, pm_error *err)
{
    return parse(pm_tree_from_json, bytes, n, file, out, err);
}

pm_status pm_doc_parse_yaml(const char *bytes, int64_t n, const char *file, pm_doc **out, pm_error *err)
{
    return parse(pm_tree_from_yaml, bytes, n, file, out, err);
}

/* All bytes of a stream, at most one more than is allowed. */
static pm_status read_all(FILE *stream, const char *path, char **bytes, int64_t *n, pm_error *err)
{
    pm_status s;
    int64_t capacity = 0, used = 0;
    while (used <= largest_file) {
        if ((s = pm_grow(bytes, &capacity, used + 4096, 1, err))) return s;
        size_t got = fread(*bytes + used, 1, (size_t)(capacity - used), stream);
        used += (int64_t)got;
        if (ferror(stream)) return pm_fail_errno(err, path, "read");
        if (!got) break;
    }
    *n = used;
    return PM_OK;
}

pm_status pm_doc_read(const char *path, pm_doc **out, pm_error *err)
{
    pm_scoped_text bytes = NULL;
    int64_t n = 0;
    size_t length = strlen(path);
    bool json = length >= 5 && pm_text_same(path + length - 5, ".json");
    FILE *stream = fopen(path, "rb");
    if (!stream) return pm_fail_errno(err, path, "open");
    pm_status s = read_all(stream, path, &bytes, &n, err);
    fclose(stream);
    if (s) {
        pm_error_locate(err, path, NULL);
        return s;
    }
    return parse(json ? pm_tree_from_json : pm_tree_from_yaml, bytes, n, path, out, err);
}

static void clear(pm_node *node)
{
    for (int64_t i = 0; i < node->n_items; i++) clear(&node->items[i]);
    free(node->items);
    free(node->by_key);
    free(node->scalar);
    free(node->key);
}

void pm_doc_free(pm_doc *doc)
{
    if (!doc) return;
    clear(&doc->root);
    free(doc->file);
    free(doc);
}

const pm_node *pm_doc_root(const pm_doc *doc)
{
    return &doc->root;
}

const char *pm_doc_file(const pm_doc *doc)
{
    return doc->file;
}
