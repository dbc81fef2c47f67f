/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 1: one tree for JSON and YAML, with line and column in every error; quantities with units; a schema check.
 */
#ifndef PM_DOC_H
#define PM_DOC_H

#include "base/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum pm_node_type {
    PM_NODE_NULL,
    PM_NODE_BOOL,
    PM_NODE_NUMBER,
    PM_NODE_TEXT,
    PM_NODE_LIST,
    PM_NODE_MAP
} pm_node_type;

/** A document; owns its nodes, which are borrowed as long as it lives. */
typedef struct pm_doc pm_doc;
typedef struct pm_node pm_node;

/** Parses n bytes (UTF-8); `file` names them in errors, NULL = has no name. YAML plain scalars that read as a number,
 *  true/false or null are such (YAML 1.2.2, core schema, section 10.3.2). Refused as PM_ERR_FORMAT: anchors, aliases,
 *  tags, duplicate keys, zero bytes, numbers beyond a double, a second document. PM_ERR_LIMIT: nested deeper than 64,
 *  more than 4 million values, more than 64 MiB. Nothing at all is null in YAML, an error in JSON. */
PM_CHECK pm_status pm_doc_parse_yaml(const char *bytes, int64_t n, const char *file, pm_doc **out, pm_error *err);
PM_CHECK pm_status pm_doc_parse_json(const char *bytes, int64_t n, const char *file, pm_doc **out, pm_error *err);
/** By suffix (.json, else YAML); files over 64 MiB are refused. */
PM_CHECK pm_status pm_doc_read(const char *path, pm_doc **out, pm_error *err);
void pm_doc_free(pm_doc *doc);
PM_SCOPED(pm_doc, pm_doc_free)

const pm_node *pm_doc_root(const pm_doc *doc);
const char *pm_doc_file(const pm_doc *doc);
pm_node_type pm_node_kind(const pm_node *node); /**< NULL counts as PM_NODE_NULL */
int64_t pm_node_line(const pm_node *node);      /**< from 1; -1 unknown (JSON values) */
int64_t pm_node_column(const pm_node *node);
int64_t pm_node_count(const pm_node *node);                           /**< items of a list or map, else 0 */
const pm_node *pm_node_item(const pm_node *node, int64_t i);          /**< value i of a list or map */
const char *pm_node_key(const pm_node *node, int64_t i);              /**< key i of a map */
const pm_node *pm_node_find(const pm_node *map, const char *key);     /**< NULL = absent */
const char *pm_node_text(const pm_node *node, const char *otherwise); /**< the text of TEXT, else `otherwise` */
double pm_node_number(const pm_node *node, double otherwise);
bool pm_node_bool(const pm_node *node, bool otherwise);
/** The source text of a scalar (numbers as written); NULL for lists, maps, NULL. */
const char *pm_node_scalar(const pm_node *node);

/** "20 um", "1.5 g/Ah" into the unit asked for. A bare number is refused (unless the unit is "1"), so is another
 *  dimension: PM_ERR_UNIT with file, line and what was expected. */
PM_CHECK pm_status pm_node_quantity(const pm_doc *doc, const pm_node *node, const char *unit, double *value,
                                    pm_error *err);
/** The same of a text that stands in no document, "20 um" of a command line. */
PM_CHECK pm_status pm_quantity_parse(const char *text, const char *unit, double *value, pm_error *err);
/** "20 um", "20 um +- 1 um", "2 +- 5 %": a quantity and one standard deviation behind +-, +/- or its sign, 0 without. */
PM_CHECK pm_status pm_quantity_uncertain(const char *text, const char *unit, double *value, double *deviation,
                                         pm_error *err);
bool pm_quantity_has_deviation(const char *text);
/** An error at a node: file, line, and column and path of the node ("column 7: files[0].rows: ...") in the message, as
 *  far as they are known. Returns the code. */
pm_status pm_node_fail(const pm_doc *doc, const pm_node *node, pm_status code, pm_error *err, const char *format, ...)
    PM_PRINTF(5, 6);

/** Checks a tree against a JSON Schema (draft 7, a subset): type, properties, required, additionalProperties (bool),
 *  items (one schema), enum, const, minimum, maximum, minItems, maxItems, $ref to "#/definitions/NAME"; all of them hold,
 *  also beside a $ref. title, description, default, examples, $schema, $id, $comment say nothing. Any other keyword, or
 *  a wrong value of one, is PM_ERR_ARGUMENT at its place in the schema. The first violation is PM_ERR_FORMAT and names
 *  the path ("files[0].rows"). */
PM_CHECK pm_status pm_doc_check(const pm_doc *doc, const pm_doc *schema, pm_error *err);

#ifdef __cplusplus
}
#endif
#endif
