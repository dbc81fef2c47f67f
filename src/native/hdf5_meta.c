/* SPDX-License-Identifier: MIT */
/* What attributes say: battdat's metadata in JSON, and its description of the columns; pandas' names of columns. */
#include "doc/doc.h"
#include "hdf5_table.h"
#include "label/label.h"

#include <stdlib.h>

enum { LEVELS = 6 };

static bool has_words(const char *key)
{
    static const char *const own[] = {"CLASS", "VERSION", "TITLE", "PYTABLES_FORMAT_VERSION", "json_schema", "NROWS"};

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(key, own[i]) == 0) return false;
    return true;
}

/* "battery" {"anode": {"name": "Li"}}: battery_anode_name */
static void tell_node(pm_native *n, const char *path, const pm_node *node, int level)
{
    bool list = pm_node_kind(node) == PM_NODE_LIST;
    char name[HDF5_NAME];
    pm_label label = {0};

    for (int64_t i = 0; level < LEVELS && i < pm_node_count(node); i++) {
        if (list)
            snprintf(name, sizeof name, "%.60s %lld", path, (long long)i + 1);
        else
            snprintf(name, sizeof name, "%.60s%s%.60s", path, path[0] ? " " : "", pm_node_key(node, i));
        tell_node(n, name, pm_node_item(node, i), level + 1);
    }
    if (pm_node_kind(node) == PM_NODE_NULL || pm_node_kind(node) == PM_NODE_LIST || pm_node_kind(node) == PM_NODE_MAP)
        return;
    snprintf(label.name, sizeof label.name, "%s", path);
    pm_native_meta(n, pm_label_slug(&label).name, "%s", pm_node_scalar(node));
}

void hdf5_tell_attributes(const hdf5_object *root, pm_span file, pm_native *n, bool *battdat)
{
    char name[HDF5_NAME];

    for (int64_t i = 0; i < root->n; i++) {
        if (root->message[i].type != HDF5_ATTRIBUTE || root->message[i].shared) continue;
        pm_scoped_text text = hdf5_attribute_text(file, &root->message[i], name);
        pm_scoped(pm_doc) doc = NULL;
        if (!text || !has_words(name)) continue;
        if (strcmp(name, "battdat_version") == 0) *battdat = true;
        if (text[0] == '{' && pm_doc_parse_json(text, (int64_t)strlen(text), NULL, &doc, NULL) == PM_OK)
            tell_node(n, "", pm_doc_root(doc), 0);
        else
            pm_native_meta(n, name, "%s", text);
    }
}

/* "metadata" of battdat's tables: {"voltage": {"units": "V", ...}} */
pm_status hdf5_columns_described(const hdf5_object *set, pm_span file, pm_doc **out, pm_error *err)
{
    char name[HDF5_NAME];

    for (int64_t i = 0; i < set->n; i++) {
        if (set->message[i].type != HDF5_ATTRIBUTE || set->message[i].shared) continue;
        pm_scoped_text text = hdf5_attribute_text(file, &set->message[i], name);
        if (!text || strcmp(name, "metadata") != 0) continue;
        pm_status s = pm_doc_parse_json(text, (int64_t)strlen(text), NULL, out, err);
        return s == PM_ERR_MEMORY ? s : PM_OK; /* text that is no JSON describes nothing */
    }
    return PM_OK;
}

void hdf5_label(const pm_doc *described, const char *name, char label[HDF5_NAME + 48])
{
    const pm_node *column = described ? pm_node_find(pm_doc_root(described), name) : NULL;
    const pm_node *extra = described ? pm_node_find(pm_doc_root(described), "extra_columns") : NULL;
    const char *units;

    if (!column) column = pm_node_find(extra, name);
    units = pm_node_text(pm_node_find(column, "units"), NULL);
    snprintf(label, HDF5_NAME + 48, units && units[0] ? "%s / %.40s" : "%s", name, units);
}

/* pandas pickles the names of the columns that it puts side by side: lines "Vname" (text) of protocol 0. */
int64_t hdf5_pandas_name(const hdf5_object *set, pm_span file, const char *member, int64_t place, char name[HDF5_NAME])
{
    char wanted[HDF5_NAME + 8], key[HDF5_NAME];
    int64_t n = 0;

    snprintf(wanted, sizeof wanted, "%s_kind", member);
    for (int64_t i = 0; i < set->n; i++) {
        if (set->message[i].type != HDF5_ATTRIBUTE || set->message[i].shared) continue;
        pm_scoped_text text = hdf5_attribute_text(file, &set->message[i], key);
        if (!text || strcmp(key, wanted) != 0) continue;
        for (char *line = text, *next; line; line = next) {
            next = strchr(line, '\n');
            if (next) *next++ = 0;
            if (line[0] == 'a') line++; /* the one before is put into the list */
            if (line[0] != 'V') continue;
            if (n++ == place) snprintf(name, HDF5_NAME, "%s", line + 1);
        }
    }
    return n;
}
