/* SPDX-License-Identifier: MIT */
/* The list of quantities, from the built-in YAML text. */
#include "doc/doc.h"
#include "label.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

extern const pm_embedded pm_label_texts[]; /* quantities.yaml */

struct pm_quantities {
    pm_quantity *quantity;
    int n;
};

static pm_status read_kind(const pm_doc *doc, const pm_node *node, pm_value_kind *kind, pm_error *err)
{
    static const char *const names[] = {"number", "duration", "clock", "word"};
    const char *text = pm_node_text(pm_node_find(node, "kind"), "number");

    for (int i = 0; i < 4; i++) {
        if (strcmp(text, names[i]) != 0) continue;
        *kind = (pm_value_kind)i;
        return PM_OK;
    }
    return pm_node_fail(doc, node, PM_ERR_FORMAT, err, "kind '%s' is not number, duration, clock or word", text);
}

static pm_status read_spellings(pm_quantity *q, const pm_node *from, pm_error *err)
{
    int64_t n = pm_node_count(from);

    q->spellings = calloc((size_t)n + 1, sizeof *q->spellings);
    if (!q->spellings) return pm_fail(err, PM_ERR_MEMORY, "no memory for the quantities");
    for (int64_t i = 0; i < n; i++) {
        char folded[PM_LABEL_MAX];
        const char *text = pm_node_scalar(pm_node_item(from, i));
        pm_label_fold(text ? text : "", folded, sizeof folded);
        q->spellings[i] = pm_text_copy(folded, -1);
        if (!q->spellings[i]) return pm_fail(err, PM_ERR_MEMORY, "no memory for the quantities");
        q->n_spellings++;
    }
    return PM_OK;
}

static pm_status read_quantity(const pm_doc *doc, const pm_node *node, pm_quantity *q, pm_error *err)
{
    pm_status s;
    const char *unit = pm_node_scalar(pm_node_find(node, "unit"));

    q->name = pm_text_copy(pm_node_text(pm_node_find(node, "name"), ""), -1);
    q->unit_text = pm_text_copy(unit ? unit : "", -1);
    if (!q->name || !q->unit_text) return pm_fail(err, PM_ERR_MEMORY, "no memory for the quantities");
    if ((s = read_kind(doc, node, &q->kind, err))) return s;
    if (q->unit_text[0] && (s = pm_unit_parse(q->unit_text, &q->unit, err))) return s;
    q->factor = pm_node_number(pm_node_find(node, "factor"), 1);
    q->weak = strcmp(pm_node_text(pm_node_find(node, "rank"), ""), "weak") == 0;
    return read_spellings(q, pm_node_find(node, "from"), err);
}

static void clear(pm_quantities *q)
{
    if (!q) return;
    for (int i = 0; q->quantity && i < q->n; i++) {
        for (int k = 0; k < q->quantity[i].n_spellings; k++) free(q->quantity[i].spellings[k]);
        free(q->quantity[i].spellings);
        free(q->quantity[i].name);
        free(q->quantity[i].unit_text);
    }
    free(q->quantity);
    free(q);
}
PM_SCOPED(pm_quantities, clear)

static pm_status read_list(pm_quantities **out, pm_error *err)
{
    pm_scoped(pm_doc) doc = NULL;
    pm_scoped(pm_quantities) q = calloc(1, sizeof *q);
    pm_status s;

    if (!q) return pm_fail(err, PM_ERR_MEMORY, "no memory for the quantities");
    if ((s = pm_doc_parse_yaml(pm_label_texts->bytes, pm_label_texts->length, pm_label_texts->name, &doc, err)))
        return s;
    int64_t n = pm_node_count(pm_doc_root(doc));
    q->quantity = calloc((size_t)n + 1, sizeof *q->quantity);
    if (!q->quantity) return pm_fail(err, PM_ERR_MEMORY, "no memory for the quantities");
    for (int64_t i = 0; i < n; i++) {
        q->n++;
        if ((s = read_quantity(doc, pm_node_item(pm_doc_root(doc), i), &q->quantity[i], err))) return s;
    }
    *out = q;
    q = NULL;
    return PM_OK;
}

pm_status pm_quantities_known(const pm_quantities **out, pm_error *err)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static pm_quantities *known;

    pthread_mutex_lock(&lock);
    pm_status s = known ? PM_OK : read_list(&known, err);
    *out = known;
    pthread_mutex_unlock(&lock);
    return s;
}

const pm_quantity *pm_quantities_named(const pm_quantities *q, const char *name)
{
    for (int i = 0; i < q->n; i++)
        if (strcmp(q->quantity[i].name, name) == 0) return &q->quantity[i];
    return NULL;
}

/* A unit that is there must be of the quantity's dimension: "Charge Capacity (mWh)" is an energy. */
static bool unit_fits(const pm_quantity *q, const pm_label *label)
{
    if (q->kind == PM_VALUE_CLOCK || q->kind == PM_VALUE_WORD) return true;
    if (!label->unit[0]) return true;
    return label->has_unit && pm_unit_same_dimension(q->unit, label->parsed);
}

const pm_quantity *pm_label_quantity(const pm_quantities *q, const pm_label *label, int *distance)
{
    char folded[PM_LABEL_MAX];
    const pm_quantity *best = NULL;

    pm_label_fold(label->name, folded, sizeof folded);
    *distance = 1 << 20;
    for (int i = 0; folded[0] && i < q->n; i++) {
        const pm_quantity *one = &q->quantity[i];
        for (int k = 0; k < one->n_spellings; k++) {
            int d = k + (one->weak ? 1000 : 0);
            if (d >= *distance || strcmp(one->spellings[k], folded) != 0 || !unit_fits(one, label)) continue;
            best = one;
            *distance = d;
        }
    }
    return best;
}
