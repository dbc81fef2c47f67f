/* SPDX-License-Identifier: MIT */
#include "cycle/cycle.h"
#include "doc/doc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- keys of one cell --------------------------------------------------------------------------------------- */

typedef struct key {
    const char *name, *unit; /* unit NULL: text */
    size_t offset, size;
} key;

static const key keys[] = {
    {"cell_id", NULL, offsetof(pm_cell, cell_id), sizeof((pm_cell *)0)->cell_id},
    {"electrolyte", NULL, offsetof(pm_cell, electrolyte), sizeof((pm_cell *)0)->electrolyte},
    {"cathode", NULL, offsetof(pm_cell, cathode), sizeof((pm_cell *)0)->cathode},
    {"area", "cm2", offsetof(pm_cell, area_cm2), 0},
    {"mass", "g", offsetof(pm_cell, mass_g), 0},
    {"nominal_capacity", "Ah", offsetof(pm_cell, nominal_capacity_Ah), 0},
    {"n_to_p", "1", offsetof(pm_cell, n_to_p), 0},
    {"n_to_p_deviation", "1", offsetof(pm_cell, n_to_p_deviation), 0},
    {"n_to_p_convention", NULL, offsetof(pm_cell, n_to_p_convention), sizeof((pm_cell *)0)->n_to_p_convention},
};

static pm_status read_text(const pm_doc *doc, const pm_node *node, const key *k, char *to, pm_error *err)
{
    const char *text = pm_node_scalar(node);
    if (!text) return pm_node_fail(doc, node, PM_ERR_DATA, err, "%s must be a text", k->name);
    if (strlen(text) >= k->size)
        return pm_node_fail(doc, node, PM_ERR_LIMIT, err, "%s is longer than %zu bytes", k->name, k->size - 1);
    strcpy(to, text);
    return PM_OK;
}

static pm_status read_size(const pm_doc *doc, const pm_node *node, const key *k, double *to, pm_error *err)
{
    double value;
    pm_status s = pm_node_quantity(doc, node, k->unit, &value, err);
    if (s) return s;
    if (!(value > 0)) return pm_node_fail(doc, node, PM_ERR_DATA, err, "%s must be above zero", k->name);
    *to = value;
    return PM_OK;
}

static pm_status read_kind(const pm_doc *doc, const pm_node *node, pm_cell *cell, pm_error *err)
{
    pm_error why = {0};
    if (!pm_kind_parse(pm_node_text(node, ""), &cell->kind, &why)) return PM_OK;
    pm_status s = pm_node_fail(doc, node, PM_ERR_DATA, err, "%s", why.message);
    pm_error_locate(err, NULL, why.hint);
    return s;
}

static pm_status read_simulated(const pm_doc *doc, const pm_node *node, pm_cell *cell, pm_error *err)
{
    cell->simulated = pm_node_bool(node, false);
    if (cell->simulated == pm_node_bool(node, true)) return PM_OK;
    return pm_node_fail(doc, node, PM_ERR_DATA, err, "simulated is true or false");
}

static pm_status read_key(const pm_doc *doc, const char *name, const pm_node *node, pm_cell *cell, pm_error *err)
{
    if (!strcmp(name, "kind")) return read_kind(doc, node, cell, err);
    if (!strcmp(name, "simulated")) return read_simulated(doc, node, cell, err);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const key *k = &keys[i];
        void *to = (char *)cell + k->offset;
        if (strcmp(name, k->name)) continue;
        return k->unit ? read_size(doc, node, k, to, err) : read_text(doc, node, k, to, err);
    }
    pm_status s = pm_node_fail(doc, node, PM_ERR_DATA, err, "unknown key '%.60s'", name);
    pm_error_locate(err, NULL,
                    "keys are kind, area, mass, electrolyte, nominal_capacity, cathode, cell_id, n_to_p, "
                    "n_to_p_convention, n_to_p_deviation, simulated");
    return s;
}

/* A ratio is worth nothing without what it counts: anode-free is 0 by the one and 1 by the other. */
static pm_status check_n_to_p(const pm_doc *doc, const pm_node *map, const pm_cell *cell, pm_error *err)
{
    const char *word = cell->n_to_p_convention;
    pm_status s;
    bool told = cell->n_to_p > 0;
    if (!told && !(cell->n_to_p_deviation > 0) && !*word) return PM_OK;
    if (told && (!strcmp(word, "foil") || !strcmp(word, "total"))) return PM_OK;
    s = pm_node_fail(doc, map, PM_ERR_DATA, err, told ? "n_to_p without n_to_p_convention" : "no n_to_p");
    pm_error_locate(err, NULL, "n_to_p: 1.5 and n_to_p_convention: foil (the foil alone) or total (with the cathode)");
    return s;
}

static pm_status read_cell(const pm_doc *doc, const pm_node *map, pm_cell *cell, pm_error *err)
{
    pm_cell read = {0};
    pm_status s;
    if (pm_node_kind(map) != PM_NODE_MAP)
        return pm_node_fail(doc, map, PM_ERR_DATA, err, "a cell is a map: kind, area, mass, ...");
    for (int64_t i = 0; i < pm_node_count(map); i++)
        if ((s = read_key(doc, pm_node_key(map, i), pm_node_item(map, i), &read, err))) return s;
    if ((s = check_n_to_p(doc, map, &read, err))) return s;
    snprintf(read.source, sizeof read.source, "%s", pm_doc_file(doc));
    *cell = read;
    return PM_OK;
}

/* ---- where it stands ---------------------------------------------------------------------------------------- */

/** Bytes of a path before the last suffix of its file's name (".bdf.csv" is one); all of them where it has none. */
static int stem_length(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
    if (!dot || dot == name) return (int)strlen(path);
    if (dot - name > 4 && !strcmp(dot, ".csv") && !strncmp(dot - 4, ".bdf", 4)) dot -= 4;
    return (int)(dot - path);
}

/** The document at the path made of n bytes of `path` and a suffix; *doc stays NULL where there is none. */
static pm_status open_beside(const char *path, int n, const char *suffix, pm_doc **doc, pm_error *err)
{
    size_t size = (size_t)n + strlen(suffix) + 1;
    pm_scoped_text full = malloc(size);
    if (!full) return pm_fail(err, PM_ERR_MEMORY, "no memory for a path");
    snprintf(full, size, "%.*s%s", n, path, suffix);
    return access(full, F_OK) ? PM_OK : pm_doc_read(full, doc, err);
}

static pm_status find_in_folder(const char *path, pm_cell *cell, pm_error *err)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    pm_scoped(pm_doc) doc = NULL;
    pm_status s = open_beside(path, (int)(name - path), "cells.yaml", &doc, err);
    if (s || !doc) return s;
    const pm_node *root = pm_doc_root(doc), *entry = pm_node_find(root, name);
    if (pm_node_kind(root) != PM_NODE_MAP)
        return pm_node_fail(doc, root, PM_ERR_DATA, err, "cells.yaml is a map from a file's name to a cell");
    if (!entry) {
        pm_scoped_text stem = pm_text_copy(name, stem_length(path) - (name - path));
        if (!stem) return pm_fail(err, PM_ERR_MEMORY, "no memory for a name");
        entry = pm_node_find(root, stem);
    }
    return entry ? read_cell(doc, entry, cell, err) : PM_OK;
}

pm_status pm_cell_find(const char *path, pm_cell *cell, pm_error *err)
{
    pm_scoped(pm_doc) doc = NULL;
    pm_status s;
    *cell = (pm_cell){0};
    if (!strcmp(path, "-")) return PM_OK;
    if ((s = open_beside(path, (int)strlen(path), ".cell.yaml", &doc, err))) return s;
    if (!doc && (s = open_beside(path, stem_length(path), ".cell.yaml", &doc, err))) return s;
    return doc ? read_cell(doc, pm_doc_root(doc), cell, err) : find_in_folder(path, cell, err);
}
