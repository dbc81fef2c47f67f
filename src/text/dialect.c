/* SPDX-License-Identifier: MIT */
#include "dialect.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

extern const pm_embedded pm_text_dialects[]; /* dialects/ in their order; the last has no name */

static const char *const known_keys[] = {
    "id",           "title",         "content",       "find",        "columns",      "defaults",   "placeholders",
    "header_after", "header_begins", "header_blanks", "header_mark", "header_lines", "comment",    "layered",
    "quoted_rows",  "sections",      "table_mark",    "table_end",   "table_count",  "table_hint", "meta_mark",
    "meta_fields",  "rows_declared", "sign",          "clock_order",
};

/* A misspelt key would do nothing without a word; so it is an error. */
static pm_status check_keys(const pm_doc *doc, const pm_node *root, pm_error *err)
{
    if (pm_node_kind(root) != PM_NODE_MAP)
        return pm_node_fail(doc, root, PM_ERR_FORMAT, err, "a dialect is a map of keys");
    for (int64_t i = 0; i < pm_node_count(root); i++) {
        bool known = false;
        for (size_t k = 0; k < sizeof known_keys / sizeof *known_keys; k++)
            known = known || strcmp(pm_node_key(root, i), known_keys[k]) == 0;
        if (!known)
            return pm_node_fail(doc, pm_node_item(root, i), PM_ERR_FORMAT, err, "a dialect has no key '%s'",
                                pm_node_key(root, i));
    }
    return PM_OK;
}

static pm_status read_sign(pm_dialect *d, pm_error *err)
{
    static const char *const names[] = {"unknown", "charge-positive", "discharge-positive", "unsigned"};
    const pm_node *sign = pm_node_find(d->root, "sign");

    if (!sign) return PM_OK;
    if (pm_node_kind(sign) == PM_NODE_MAP) {
        d->sign = PM_SIGN_LETTER;
        d->sign_columns = pm_node_find(sign, "column");
        d->sign_charge = pm_node_find(sign, "charge");
        d->sign_discharge = pm_node_find(sign, "discharge");
        if (d->sign_columns && d->sign_charge && d->sign_discharge) return PM_OK;
        return pm_node_fail(d->doc, sign, PM_ERR_FORMAT, err, "sign needs column, charge and discharge");
    }
    for (int i = 0; i < 4; i++) {
        if (strcmp(pm_node_text(sign, ""), names[i]) != 0) continue;
        d->sign = (pm_sign_rule)i;
        return PM_OK;
    }
    return pm_node_fail(
        d->doc, sign, PM_ERR_FORMAT, err,
        "sign is charge-positive, discharge-positive, unsigned or a map with column, charge, discharge");
}

static pm_status read_order(pm_dialect *d, pm_error *err)
{
    static const char *const names[] = {"", "ymd", "mdy", "dmy"};
    const pm_node *order = pm_node_find(d->root, "clock_order");
    const char *text = pm_node_text(order, "");

    for (int i = 0; i < 4; i++) {
        if (strcmp(text, names[i]) != 0) continue;
        d->clock_order = (pm_day_order)i;
        return PM_OK;
    }
    return pm_node_fail(d->doc, order, PM_ERR_FORMAT, err, "clock_order is ymd, mdy or dmy");
}

static pm_status read_meta_fields(pm_dialect *d, pm_error *err)
{
    const pm_node *fields = pm_node_find(d->root, "meta_fields");

    if (!fields) return PM_OK;
    d->meta_key = (int)pm_node_number(pm_node_item(fields, 0), 0);
    d->meta_value = (int)pm_node_number(pm_node_item(fields, 1), 0);
    if (pm_node_count(fields) == 2 && d->meta_key >= 1 && d->meta_value >= 1) return PM_OK;
    return pm_node_fail(d->doc, fields, PM_ERR_FORMAT, err, "meta_fields are two numbers of fields, from 1");
}

/* Every unit named must be one, or the file would be read in the wrong one. */
static pm_status check_columns(const pm_dialect *d, pm_error *err)
{
    pm_unit unit;

    for (int64_t i = 0; i < pm_node_count(d->columns); i++) {
        const pm_node *c = pm_node_item(d->columns, i);
        const char *text = pm_node_scalar(pm_node_find(c, "unit"));
        if (pm_node_count(pm_node_find(c, "from")) == 0 || !pm_node_find(c, "to"))
            return pm_node_fail(d->doc, c, PM_ERR_FORMAT, err, "a column needs from (a list of labels) and to");
        if (text && pm_unit_parse(text, &unit, NULL))
            return pm_node_fail(d->doc, c, PM_ERR_UNIT, err, "'%s' is no unit", text);
    }
    for (int64_t i = 0; i < pm_node_count(d->defaults); i++) {
        const char *text = pm_node_scalar(pm_node_item(d->defaults, i));
        if (!text || pm_unit_parse(text, &unit, NULL))
            return pm_node_fail(d->doc, pm_node_item(d->defaults, i), PM_ERR_UNIT, err, "'%s' is no unit",
                                text ? text : "");
    }
    return PM_OK;
}

/* Takes the document. */
static pm_status read_dialect_take(pm_dialect *d, pm_doc *doc, pm_error *err)
{
    pm_status s;

    *d = (pm_dialect){.doc = doc, .root = pm_doc_root(doc)};
    if ((s = check_keys(doc, d->root, err))) return s;
    d->id = pm_node_text(pm_node_find(d->root, "id"), "");
    d->title = pm_node_text(pm_node_find(d->root, "title"), d->id);
    d->content = pm_node_text(pm_node_find(d->root, "content"), "");
    d->find = pm_node_find(pm_node_find(d->root, "find"), "any");
    d->columns = pm_node_find(d->root, "columns");
    d->defaults = pm_node_find(d->root, "defaults");
    d->placeholders = pm_node_find(d->root, "placeholders");
    d->header_after = pm_node_find(d->root, "header_after");
    d->header_begins = pm_node_find(d->root, "header_begins");
    d->rows_declared = pm_node_find(d->root, "rows_declared");
    d->table_end = pm_node_find(d->root, "table_end");
    d->table_mark = pm_node_text(pm_node_find(d->root, "table_mark"), "");
    d->table_count = pm_node_text(pm_node_find(d->root, "table_count"), "");
    d->table_hint = pm_node_text(pm_node_find(d->root, "table_hint"), "");
    d->meta_mark = pm_node_text(pm_node_find(d->root, "meta_mark"), "");
    d->header_blanks = pm_node_bool(pm_node_find(d->root, "header_blanks"), false);
    d->header_mark = pm_node_text(pm_node_find(d->root, "header_mark"), "");
    d->header_lines = pm_node_text(pm_node_find(d->root, "header_lines"), "");
    d->comment = pm_node_text(pm_node_find(d->root, "comment"), "");
    d->layered = pm_node_bool(pm_node_find(d->root, "layered"), false);
    d->quoted_rows = pm_node_bool(pm_node_find(d->root, "quoted_rows"), false);
    d->sections = pm_node_bool(pm_node_find(d->root, "sections"), false);
    if (!d->id[0] || pm_node_count(d->find) == 0)
        return pm_node_fail(doc, d->root, PM_ERR_FORMAT, err, "a dialect needs an id, and find: {any: [...]}");
    if ((s = read_sign(d, err)) || (s = read_order(d, err)) || (s = read_meta_fields(d, err))) return s;
    return check_columns(d, err);
}

static pm_status new_list(int room, pm_dialects **out, pm_error *err)
{
    pm_dialects *d = calloc(1, sizeof *d);

    if (d) d->dialect = calloc((size_t)room, sizeof *d->dialect);
    if (!d || !d->dialect) {
        free(d);
        return pm_fail(err, PM_ERR_MEMORY, "no memory for the dialects");
    }
    *out = d;
    return PM_OK;
}

static pm_status read_built_in(pm_dialects **out, pm_error *err)
{
    pm_scoped(pm_dialects) d = NULL;
    pm_doc *doc = NULL;
    int n = 0;
    pm_status s;

    while (pm_text_dialects[n].name) n++;
    if ((s = new_list(n, &d, err))) return s;
    for (const pm_embedded *t = pm_text_dialects; t->name; t++) {
        if ((s = pm_doc_parse_yaml(t->bytes, t->length, t->name, &doc, err))) return s;
        d->own = ++d->n;
        if ((s = read_dialect_take(&d->dialect[d->n - 1], doc, err))) return s;
    }
    *out = d;
    d = NULL;
    return PM_OK;
}

static pm_status built_in(const pm_dialects **out, pm_error *err)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static pm_dialects *list;

    pthread_mutex_lock(&lock);
    pm_status s = list ? PM_OK : read_built_in(&list, err);
    *out = list;
    pthread_mutex_unlock(&lock);
    return s;
}

pm_status pm_dialects_new(const char *extra, pm_dialects **out, pm_error *err)
{
    pm_scoped(pm_dialects) d = NULL;
    const pm_dialects *others;
    pm_doc *doc = NULL;
    pm_status s;

    if ((s = built_in(&others, err)) || (s = new_list(others->n + 1, &d, err))) return s;
    if (extra) {
        if ((s = pm_doc_read(extra, &doc, err))) return s;
        d->n = d->own = 1;
        if ((s = read_dialect_take(&d->dialect[0], doc, err))) return s;
    }
    memcpy(d->dialect + d->n, others->dialect, (size_t)others->n * sizeof *d->dialect);
    d->n += others->n;
    *out = d;
    d = NULL;
    return PM_OK;
}

void pm_dialects_free(pm_dialects *d)
{
    if (!d) return;
    for (int i = 0; i < d->own; i++) pm_doc_free(d->dialect[i].doc);
    free(d->dialect);
    free(d);
}

void pm_dialect_guess(const pm_dialect *d, pm_guess *out)
{
    *out = (pm_guess){0};
    snprintf(out->format, sizeof out->format, "%s", d->id);
    snprintf(out->title, sizeof out->title, "%s", d->title);
    snprintf(out->content, sizeof out->content, "%s", d->content[0] ? d->content : "records");
}

bool pm_dialects_at(const pm_dialects *d, int index, pm_guess *out)
{
    if (index < 0 || index >= d->n) return false;
    pm_dialect_guess(&d->dialect[index], out);
    return true;
}

bool pm_dialect_find_column(const pm_dialect *d, const char *label, pm_dialect_column *out)
{
    for (int64_t i = 0; d && i < pm_node_count(d->columns); i++) {
        const pm_node *c = pm_node_item(d->columns, i), *from = pm_node_find(c, "from");
        for (int64_t k = 0; k < pm_node_count(from); k++) {
            const char *spelling = pm_node_scalar(pm_node_item(from, k));
            if (!spelling || strcmp(spelling, label) != 0) continue;
            *out = (pm_dialect_column){.to = pm_node_text(pm_node_find(c, "to"), ""),
                                       .unit = pm_node_scalar(pm_node_find(c, "unit")),
                                       .factor = pm_node_number(pm_node_find(c, "factor"), 1),
                                       .assumed = pm_node_bool(pm_node_find(c, "assumed"), false),
                                       .rank = (int)k};
            return true;
        }
    }
    return false;
}

const char *pm_dialect_default_unit(const pm_dialect *d, const char *label)
{
    return d ? pm_node_scalar(pm_node_find(d->defaults, label)) : NULL;
}

static bool lists_word(const pm_node *list, const char *word, int64_t n)
{
    for (int64_t i = 0; i < pm_node_count(list); i++) {
        const char *one = pm_node_scalar(pm_node_item(list, i));
        if (one && (int64_t)strlen(one) == n && memcmp(one, word, (size_t)n) == 0) return true;
    }
    return false;
}

int pm_dialect_letter(const pm_dialect *d, const char *word, int64_t n)
{
    if (lists_word(d->sign_charge, word, n)) return 1;
    return lists_word(d->sign_discharge, word, n) ? -1 : 0;
}
