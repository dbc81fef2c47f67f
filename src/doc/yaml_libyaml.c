/* SPDX-License-Identifier: MIT */
/* The only file that knows libyaml. It takes events, not libyaml's documents, so that anchors and depth are refused
 * before anything grows from them. */
#include "doc/tree.h"
#include "doc/yaml_scalar.h"

#include <string.h>
#include <yaml.h>

typedef struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the one being looked at */
    pm_doc *doc;
    const char *bytes;
} reader;

static pm_status fail_here(const reader *r, pm_status code, const char *message, pm_error *err)
{
    yaml_mark_t mark = r->event.start_mark;
    return pm_tree_fail(r->doc, code, (int64_t)mark.line + 1, (int64_t)mark.column + 1, -1, message, err);
}

/* Bytes that are no text at all: libyaml tells their offset only. */
static pm_status fail_in_bytes(const reader *r, pm_error *err)
{
    int64_t line = 1, at = (int64_t)r->parser.problem_offset;
    for (int64_t i = 0; i < at; i++) line += r->bytes[i] == '\n';
    return pm_tree_fail(r->doc, PM_ERR_FORMAT, line, -1, at, r->parser.problem, err);
}

static pm_status fail_in_parser(const reader *r, pm_error *err)
{
    const yaml_parser_t *p = &r->parser;
    char message[200];
    if (p->error == YAML_MEMORY_ERROR)
        return pm_tree_fail(r->doc, PM_ERR_MEMORY, -1, -1, -1, "no memory for a YAML document", err);
    if (p->error == YAML_READER_ERROR) return fail_in_bytes(r, err);
    snprintf(message, sizeof message, "%s%s%s", p->problem, p->context ? " " : "", p->context ? p->context : "");
    return pm_tree_fail(r->doc, PM_ERR_FORMAT, (int64_t)p->problem_mark.line + 1, (int64_t)p->problem_mark.column + 1,
                        -1, message, err);
}

static pm_status next(reader *r, pm_error *err)
{
    yaml_event_delete(&r->event);
    return yaml_parser_parse(&r->parser, &r->event) ? PM_OK : fail_in_parser(r, err);
}

/* Refuses what would make a tree more than a tree: anchors, aliases and tags. */
static pm_status check_plain_node(const reader *r, pm_error *err)
{
    const yaml_event_t *e = &r->event;
    const yaml_char_t *anchor = NULL, *tag = NULL;
    if (e->type == YAML_ALIAS_EVENT) return fail_here(r, PM_ERR_FORMAT, "aliases (*name) are not supported", err);
    if (e->type == YAML_SCALAR_EVENT) anchor = e->data.scalar.anchor, tag = e->data.scalar.tag;
    if (e->type == YAML_SEQUENCE_START_EVENT) anchor = e->data.sequence_start.anchor, tag = e->data.sequence_start.tag;
    if (e->type == YAML_MAPPING_START_EVENT) anchor = e->data.mapping_start.anchor, tag = e->data.mapping_start.tag;
    if (anchor) return fail_here(r, PM_ERR_FORMAT, "anchors (&name) are not supported", err);
    if (tag) return fail_here(r, PM_ERR_FORMAT, "tags (!name) are not supported", err);
    if (e->type == YAML_SCALAR_EVENT && memchr(e->data.scalar.value, '\0', e->data.scalar.length))
        return fail_here(r, PM_ERR_FORMAT, "a text holds a zero byte", err);
    return PM_OK;
}

static pm_status build_scalar(const reader *r, pm_node *node, pm_error *err)
{
    const char *text = (const char *)r->event.data.scalar.value;
    int64_t n = (int64_t)r->event.data.scalar.length;
    pm_node_type kind = PM_NODE_TEXT;
    if (r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        kind = pm_yaml_resolve(text, n, &node->truth, &node->number);
    if (kind == PM_NODE_NUMBER && pm_yaml_beyond_range(text, node->number))
        return fail_here(r, PM_ERR_FORMAT, "a number beyond the range of a double", err);
    return kind == PM_NODE_NULL ? PM_OK : pm_tree_scalar(node, kind, text, n, err);
}

static pm_status build(reader *r, int depth, pm_node *node, pm_error *err);

static pm_status build_list(reader *r, int depth, pm_node *list, pm_error *err)
{
    pm_status s;
    pm_node *item;
    list->kind = PM_NODE_LIST;
    while (!(s = next(r, err)) && r->event.type != YAML_SEQUENCE_END_EVENT) {
        if ((s = pm_tree_append(r->doc, list, NULL, &item, err))) return s;
        if ((s = build(r, depth + 1, item, err))) return s;
    }
    return s;
}

static pm_status build_map(reader *r, int depth, pm_node *map, pm_error *err)
{
    pm_status s;
    pm_node *item;
    map->kind = PM_NODE_MAP;
    while (!(s = next(r, err)) && r->event.type != YAML_MAPPING_END_EVENT) {
        if ((s = check_plain_node(r, err))) return s;
        if (r->event.type != YAML_SCALAR_EVENT)
            return fail_here(r, PM_ERR_FORMAT, "a key must be one word or text", err);
        if ((s = pm_tree_append(r->doc, map, (const char *)r->event.data.scalar.value, &item, err))) return s;
        if ((s = next(r, err))) return s;
        if ((s = build(r, depth + 1, item, err))) return s;
    }
    return s ? s : pm_tree_close_map(r->doc, map, err);
}

/* The node that begins with the event being looked at. */
static pm_status build(reader *r, int depth, pm_node *node, pm_error *err)
{
    pm_status s;
    node->line = (int64_t)r->event.start_mark.line + 1;
    node->column = (int64_t)r->event.start_mark.column + 1;
    if ((s = check_plain_node(r, err))) return s;
    if (r->event.type == YAML_SCALAR_EVENT) return build_scalar(r, node, err);
    if (depth >= PM_DOC_DEPTH) return fail_here(r, PM_ERR_LIMIT, "lists and maps are nested deeper than 64", err);
    return r->event.type == YAML_SEQUENCE_START_EVENT ? build_list(r, depth, node, err)
                                                      : build_map(r, depth, node, err);
}

static pm_status build_document(reader *r, pm_error *err)
{
    pm_status s;
    if ((s = next(r, err))) return s; /* the start of the stream */
    if ((s = next(r, err))) return s;
    if (r->event.type == YAML_STREAM_END_EVENT) return PM_OK;
    if ((s = next(r, err))) return s;
    if ((s = build(r, 0, &r->doc->root, err))) return s;
    if ((s = next(r, err))) return s; /* the end of the document */
    if ((s = next(r, err))) return s;
    if (r->event.type != YAML_STREAM_END_EVENT)
        return fail_here(r, PM_ERR_FORMAT, "a second document begins, only one is read", err);
    return PM_OK;
}

pm_status pm_tree_from_yaml(const char *bytes, int64_t n, pm_doc *doc, pm_error *err)
{
    reader r = {.doc = doc, .bytes = bytes};
    if (!yaml_parser_initialize(&r.parser))
        return pm_tree_fail(doc, PM_ERR_MEMORY, -1, -1, -1, "no memory for a YAML parser", err);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes, (size_t)n);
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    pm_status s = build_document(&r, err);
    yaml_event_delete(&r.event);
    yaml_parser_delete(&r.parser);
    return s;
}
