/* SPDX-License-Identifier: MIT */
/* A tree against a JSON Schema, of which a subset is known. A keyword that is not known is an error, lest a schema
 * promise what nobody checks. */
#include "doc/tree.h"

#include <math.h>
#include <string.h>

enum { MOST_STEPS = 4 * PM_DOC_DEPTH };

/* Does `node` of the document obey one keyword, whose value is `value`, of the schema object `rules`? */
typedef struct question {
    const pm_doc *doc, *schema;
    const pm_node *node, *rules, *value;
    int steps; /* into the document and through references */
} question;

typedef pm_status (*sound_function)(const pm_doc *schema, const pm_node *value, pm_error *err);
typedef pm_status (*check_function)(const question *q, pm_error *err);

static pm_status sound_rules(const pm_doc *schema, const pm_node *rules, pm_error *err);
static pm_status check_rules(const question *asked, const pm_node *node, const pm_node *rules, pm_error *err);

/* ---- is the schema itself sound? ---------------------------------------------------------------------------- */

static pm_status unsound(const pm_doc *schema, const pm_node *value, const char *expected, pm_error *err)
{
    return pm_node_fail(schema, value, PM_ERR_ARGUMENT, err, "the schema is wrong: expected %s", expected);
}

static pm_status sound_any(const pm_doc *schema, const pm_node *value, pm_error *err)
{
    (void)schema, (void)value, (void)err;
    return PM_OK;
}

static bool is_type_name(const pm_node *node)
{
    static const char *const names[] = {"null", "boolean", "number", "integer", "string", "array", "object"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(pm_node_text(node, ""), names[i])) return true;
    return false;
}

static pm_status sound_type(const pm_doc *schema, const pm_node *value, pm_error *err)
{
    bool list = pm_node_kind(value) == PM_NODE_LIST, good = list ? value->n_items > 0 : is_type_name(value);
    for (int64_t i = 0; i < pm_node_count(value); i++) good = good && is_type_name(&value->items[i]);
    return good ? PM_OK : unsound(schema, value, "the name of a type, or a list of them", err);
}

static pm_status sound_map_of_rules(const pm_doc *schema, const pm_node *value, pm_error *err)
{
    pm_status s;
    if (pm_node_kind(value) != PM_NODE_MAP) return unsound(schema, value, "a map of schemas", err);
    for (int64_t i = 0; i < value->n_items; i++)
        if ((s = sound_rules(schema, &value->items[i], err))) return s;
    return PM_OK;
}

static pm_status sound_names(const pm_doc *schema, const pm_node *value, pm_error *err)
{
    bool good = pm_node_kind(value) == PM_NODE_LIST;
    for (int64_t i = 0; i < pm_node_count(value); i++) good = good && pm_node_text(&value->items[i], NULL);
    return good ? PM_OK : unsound(schema, value, "a list of names", err);
}

static pm_status sound_bool(const pm_doc *schema, const pm_node *value, pm_error *err)
{
    return pm_node_kind(value) == PM_NODE_BOOL ? PM_OK : unsound(schema, value, "true or false", err);
}

static pm_status sound_list(const pm_doc *schema, const pm_node *value, pm_error *err)
{
    bool good = pm_node_kind(value) == PM_NODE_LIST && value->n_items > 0;
    return good ? PM_OK : unsound(schema, value, "a list of values", err);
}

static pm_status sound_number(const pm_doc *schema, const pm_node *value, pm_error *err)
{
    return isfinite(pm_node_number(value, (double)NAN)) ? PM_OK : unsound(schema, value, "a number", err);
}

static const pm_node *definition(const pm_doc *schema, const pm_node *reference)
{
    static const char prefix[] = "#/definitions/";
    const char *text = pm_node_text(reference, "");
    if (strncmp(text, prefix, sizeof prefix - 1) != 0) return NULL;
    return pm_node_find(pm_node_find(&schema->root, "definitions"), text + sizeof prefix - 1);
}

static pm_status sound_reference(const pm_doc *schema, const pm_node *value, pm_error *err)
{
    return definition(schema, value) ? PM_OK : unsound(schema, value, "#/definitions/ and a name that is there", err);
}

/* ---- does the document obey? -------------------------------------------------------------------------------- */

static bool has_type(const pm_node *node, const char *type)
{
    static const char *const of_kind[] = {
        [PM_NODE_NULL] = "null",   [PM_NODE_BOOL] = "boolean", [PM_NODE_NUMBER] = "number",
        [PM_NODE_TEXT] = "string", [PM_NODE_LIST] = "array",   [PM_NODE_MAP] = "object"};
    if (!strcmp(type, "integer"))
        return node->kind == PM_NODE_NUMBER && isfinite(node->number) && node->number == floor(node->number);
    return !strcmp(type, of_kind[node->kind]);
}

/* What stands there, for messages: "abc", 12, null, a list, a map. */
static void describe(const pm_node *node, char text[80])
{
    const char *quote = node->kind == PM_NODE_TEXT ? "\"" : "";
    const char *what = node->kind == PM_NODE_LIST ? "a list" : node->kind == PM_NODE_MAP ? "a map" : "null";
    snprintf(text, 80, "%s%.70s%s", quote, node->scalar ? node->scalar : what, quote);
}

/* Adds a word to a list in a message; one that no longer fits is left out. */
static void add_name(char *list, size_t size, const char *name)
{
    size_t used = strlen(list);
    if (used + strlen(name) + 3 < size) snprintf(list + used, size - used, "%s%s", used ? ", " : "", name);
}

static pm_status check_type(const question *q, pm_error *err)
{
    char found[80], expected[80] = "";
    int64_t n = q->value->kind == PM_NODE_LIST ? q->value->n_items : 1;
    for (int64_t i = 0; i < n; i++) {
        const char *name = q->value->kind == PM_NODE_LIST ? q->value->items[i].scalar : q->value->scalar;
        if (has_type(q->node, name)) return PM_OK;
        add_name(expected, sizeof expected, name);
    }
    describe(q->node, found);
    return pm_node_fail(q->doc, q->node, PM_ERR_FORMAT, err, "expected %s, found %s", expected, found);
}

static pm_status check_properties(const question *q, pm_error *err)
{
    pm_status s;
    for (int64_t i = 0; q->node->kind == PM_NODE_MAP && i < q->node->n_items; i++) {
        const pm_node *of_member = pm_node_find(q->value, q->node->items[i].key);
        if (of_member && (s = check_rules(q, &q->node->items[i], of_member, err))) return s;
    }
    return PM_OK;
}

static pm_status check_required(const question *q, pm_error *err)
{
    for (int64_t i = 0; q->node->kind == PM_NODE_MAP && i < q->value->n_items; i++)
        if (!pm_node_find(q->node, q->value->items[i].scalar))
            return pm_node_fail(q->doc, q->node, PM_ERR_FORMAT, err, "'%s' is missing", q->value->items[i].scalar);
    return PM_OK;
}

static pm_status check_additional(const question *q, pm_error *err)
{
    const pm_node *known = pm_node_find(q->rules, "properties");
    for (int64_t i = 0; q->node->kind == PM_NODE_MAP && !q->value->truth && i < q->node->n_items; i++) {
        char names[160] = "";
        if (pm_node_find(known, q->node->items[i].key)) continue;
        for (int64_t k = 0; k < pm_node_count(known); k++) add_name(names, sizeof names, known->items[k].key);
        return pm_node_fail(q->doc, &q->node->items[i], PM_ERR_FORMAT, err, "not known here; known: %s",
                            names[0] ? names : "nothing");
    }
    return PM_OK;
}

static pm_status check_items(const question *q, pm_error *err)
{
    pm_status s;
    for (int64_t i = 0; q->node->kind == PM_NODE_LIST && i < q->node->n_items; i++)
        if ((s = check_rules(q, &q->node->items[i], q->value, err))) return s;
    return PM_OK;
}

/* Equal values; maps in any order of keys. */
static bool equal(const pm_node *a, const pm_node *b)
{
    if (a->kind != b->kind || a->n_items != b->n_items) return false;
    if (a->kind == PM_NODE_BOOL) return a->truth == b->truth;
    if (a->kind == PM_NODE_NUMBER) return a->number == b->number;
    if (a->kind == PM_NODE_TEXT) return !strcmp(a->scalar, b->scalar);
    for (int64_t i = 0; i < a->n_items; i++) {
        const pm_node *other = a->kind == PM_NODE_MAP ? pm_node_find(b, a->items[i].key) : &b->items[i];
        if (!other || !equal(&a->items[i], other)) return false;
    }
    return true;
}

static pm_status check_enum(const question *q, pm_error *err)
{
    char found[80], one[80], allowed[160] = "";
    for (int64_t i = 0; i < q->value->n_items; i++) {
        if (equal(q->node, &q->value->items[i])) return PM_OK;
        describe(&q->value->items[i], one);
        add_name(allowed, sizeof allowed, one);
    }
    describe(q->node, found);
    return pm_node_fail(q->doc, q->node, PM_ERR_FORMAT, err, "expected one of %s, found %s", allowed, found);
}

static pm_status check_const(const question *q, pm_error *err)
{
    char found[80], expected[80];
    if (equal(q->node, q->value)) return PM_OK;
    describe(q->node, found);
    describe(q->value, expected);
    return pm_node_fail(q->doc, q->node, PM_ERR_FORMAT, err, "expected %s, found %s", expected, found);
}

static pm_status fail_limit(const question *q, const char *what, pm_error *err)
{
    char found[80];
    describe(q->node, found);
    return pm_node_fail(q->doc, q->node, PM_ERR_FORMAT, err, "expected at %s %s, found %s", what, q->value->scalar,
                        found);
}

static pm_status check_minimum(const question *q, pm_error *err)
{
    if (q->node->kind != PM_NODE_NUMBER || q->node->number >= q->value->number) return PM_OK;
    return fail_limit(q, "least", err);
}

static pm_status check_maximum(const question *q, pm_error *err)
{
    if (q->node->kind != PM_NODE_NUMBER || q->node->number <= q->value->number) return PM_OK;
    return fail_limit(q, "most", err);
}

static pm_status fail_count(const question *q, const char *what, pm_error *err)
{
    return pm_node_fail(q->doc, q->node, PM_ERR_FORMAT, err, "expected at %s %s items, found %lld", what,
                        q->value->scalar, (long long)q->node->n_items);
}

static pm_status check_min_items(const question *q, pm_error *err)
{
    if (q->node->kind != PM_NODE_LIST || (double)q->node->n_items >= q->value->number) return PM_OK;
    return fail_count(q, "least", err);
}

static pm_status check_max_items(const question *q, pm_error *err)
{
    if (q->node->kind != PM_NODE_LIST || (double)q->node->n_items <= q->value->number) return PM_OK;
    return fail_count(q, "most", err);
}

static pm_status check_reference(const question *q, pm_error *err)
{
    return check_rules(q, q->node, definition(q->schema, q->value), err);
}

/* ---- keywords ----------------------------------------------------------------------------------------------- */

/* Those without a check are annotations. */
static const struct keyword {
    const char *name;
    sound_function sound;
    check_function check;
} keywords[] = {
    {"$ref", sound_reference, check_reference},
    {"type", sound_type, check_type},
    {"enum", sound_list, check_enum},
    {"const", sound_any, check_const},
    {"minimum", sound_number, check_minimum},
    {"maximum", sound_number, check_maximum},
    {"minItems", sound_number, check_min_items},
    {"maxItems", sound_number, check_max_items},
    {"required", sound_names, check_required},
    {"additionalProperties", sound_bool, check_additional},
    {"properties", sound_map_of_rules, check_properties},
    {"items", sound_rules, check_items},
    {"definitions", sound_map_of_rules, NULL},
    {"title", sound_any, NULL},
    {"description", sound_any, NULL},
    {"default", sound_any, NULL},
    {"examples", sound_any, NULL},
    {"$schema", sound_any, NULL},
    {"$id", sound_any, NULL},
    {"$comment", sound_any, NULL},
};
enum { N_KEYWORDS = sizeof keywords / sizeof *keywords };

static pm_status sound_rules(const pm_doc *schema, const pm_node *rules, pm_error *err)
{
    pm_status s;
    if (pm_node_kind(rules) != PM_NODE_MAP) return unsound(schema, rules, "a schema, which is a map", err);
    for (int64_t i = 0; i < rules->n_items; i++) {
        const pm_node *value = &rules->items[i];
        size_t k = 0;
        while (k < N_KEYWORDS && strcmp(keywords[k].name, value->key) != 0) k++;
        if (k == N_KEYWORDS) return unsound(schema, value, "a keyword that is supported", err);
        if ((s = keywords[k].sound(schema, value, err))) return s;
    }
    return PM_OK;
}

/* In the order of the table, so that a wrong type is said before what follows from it. */
static pm_status check_rules(const question *asked, const pm_node *node, const pm_node *rules, pm_error *err)
{
    pm_status s;
    question q = *asked;
    q.node = node;
    q.rules = rules;
    if (++q.steps > MOST_STEPS) return unsound(q.schema, rules, "references that come to an end", err);
    for (size_t k = 0; k < N_KEYWORDS; k++) {
        q.value = keywords[k].check ? pm_node_find(rules, keywords[k].name) : NULL;
        if (q.value && (s = keywords[k].check(&q, err))) return s;
    }
    return PM_OK;
}

pm_status pm_doc_check(const pm_doc *doc, const pm_doc *schema, pm_error *err)
{
    pm_status s;
    const question start = {.doc = doc, .schema = schema};
    if ((s = sound_rules(schema, &schema->root, err))) return s;
    return check_rules(&start, &doc->root, &schema->root, err);
}
