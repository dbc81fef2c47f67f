/* SPDX-License-Identifier: MIT */
/* Decks: YAML to a design. */
#include "doc/doc.h"
#include "range.h"

#include <math.h>
#include <string.h>

extern const pm_embedded pm_design_texts[]; /* example.yaml */

enum { WORDS = 4 };
typedef struct choice {
    const char *key;
    size_t offset; /* of the enumeration */
    const char *word[WORDS + 1];
} choice;
#define CHOICE(member) #member, offsetof(pm_design, member)
static const choice choices[] = {
    {CHOICE(form), {"pouch", "coin", "stack"}},
    {CHOICE(electrolyte), {"liquid", "sulfide", "oxide"}},
    {CHOICE(cathode), {"ncm", "llo", "lfp"}},
    {CHOICE(anode), {"lithium", "anode-free", "graphite"}},
    {CHOICE(solvent), {"unknown", "carbonate", "ether", "fluorinated-ether"}},
    {CHOICE(particles), {"unknown", "polycrystalline", "single-crystal"}},
    {CHOICE(n_to_p_convention), {"foil", "total"}},
};
enum { CHOICES = sizeof choices / sizeof *choices };
_Static_assert(sizeof(pm_design_form) == sizeof(unsigned), "enumerations are set as unsigned");

const char *pm_design_example(void)
{
    return pm_design_texts[0].bytes;
}

static const choice *choice_of(const char *key)
{
    for (int i = 0; i < CHOICES; i++)
        if (!strcmp(choices[i].key, key)) return &choices[i];
    return NULL;
}

const char *pm_design_word(const char *key, int i)
{
    const choice *c = choice_of(key);
    return c && i >= 0 && i < WORDS ? c->word[i] : NULL;
}

const char *pm_design_choice(const pm_design *design, const char *key)
{
    const choice *c = choice_of(key);
    unsigned chosen;
    if (!c) return NULL;
    memcpy(&chosen, (const char *)design + c->offset, sizeof chosen);
    return c->word[chosen];
}

/* ---- quantities ---- */

/* The next input with the same key, NULL = none. */
static const pm_design_input *next_of(const pm_design_input *input)
{
    int n;
    const pm_design_input *end = pm_design_inputs(&n) + n;
    for (const pm_design_input *i = input + 1; i < end; i++)
        if (!strcmp(i->key, input->key)) return i;
    return NULL;
}

pm_status pm_design_input_value(const char *text, const pm_design_input **input, double *value, pm_error *err)
{
    const pm_design_input *first, *other;
    pm_status s;
    if ((s = pm_design_input_find(NULL, (*input)->key, &first, err))) return s;
    for (const pm_design_input *i = first; i; i = next_of(i)) {
        if (pm_quantity_parse(text, i->unit, value, NULL)) continue;
        *input = i;
        return PM_OK;
    }
    s = pm_quantity_parse(text, first->shown[0] == '%' ? "1" : first->shown, value, err);
    other = next_of(first);
    char hint[128];
    snprintf(hint, sizeof hint, "in %s or %s", first->shown, other ? other->shown : first->shown);
    pm_error_locate(err, first->key, other ? hint : NULL);
    return s;
}

pm_status pm_design_output_value(const char *text, const pm_design_output *output, double *value, pm_error *err)
{
    pm_status s = pm_quantity_parse(text, output->unit, value, NULL);
    if (!s) return PM_OK;
    s = pm_quantity_parse(text, output->shown[0] == '%' ? "1" : output->shown, value, err);
    pm_error_locate(err, output->key, NULL);
    return s;
}

/* ---- a deck ---- */

static pm_status set_choice(const pm_doc *doc, const pm_node *node, const choice *c, pm_design *d, pm_error *err)
{
    const char *word = pm_node_text(node, "");
    pm_nearest nearest = {.word = word};
    char all[96] = "";
    for (unsigned i = 0; c->word[i]; i++) {
        if (!strcmp(word, c->word[i])) {
            memcpy((char *)d + c->offset, &i, sizeof i);
            return PM_OK;
        }
        pm_nearest_try(&nearest, c->word[i]);
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? ", " : "", c->word[i]);
    }
    const char *found = pm_node_scalar(node);
    pm_status s = pm_node_fail(doc, node, PM_ERR_FORMAT, err, "%s is '%s', not one of %s", c->key,
                               found ? found : "a list or map", all);
    char hint[96];
    snprintf(hint, sizeof hint, "did you mean %s?", nearest.best ? nearest.best : c->word[0]);
    pm_error_locate(err, NULL, nearest.best ? hint : NULL);
    return s;
}

static pm_status unknown_key(const pm_doc *doc, const pm_node *node, const char *key, pm_error *err)
{
    int n;
    pm_nearest nearest = {.word = key};
    const pm_design_input *input = pm_design_inputs(&n);
    for (int i = 0; i < n; i++) pm_nearest_try(&nearest, input[i].key);
    for (int i = 0; i < CHOICES; i++) pm_nearest_try(&nearest, choices[i].key);
    pm_status s = pm_node_fail(doc, node, PM_ERR_FORMAT, err, "unknown key '%.40s'", key);
    char hint[96] = "premortem design --example shows them";
    if (nearest.best) snprintf(hint, sizeof hint, "did you mean %s?", nearest.best);
    pm_error_locate(err, NULL, hint);
    return s;
}

/* The message of a failure, with the place in the deck. */
static pm_status fail_at_node(const pm_doc *doc, const pm_node *node, const pm_error *why, pm_error *err)
{
    pm_status s = pm_node_fail(doc, node, why->code, err, "%s", why->message);
    pm_error_locate(err, NULL, *why->hint ? why->hint : NULL);
    return s;
}

static pm_status no_quantity(const pm_doc *doc, const pm_node *node, const pm_design_input *input, pm_error *err)
{
    double value;
    const pm_design_input *other = next_of(input);
    const char *unit = input->shown[0] == '%' ? "1" : input->shown;
    pm_status s = pm_node_quantity(doc, node, unit, &value, err);
    char hint[128] = "";
    if (other) snprintf(hint, sizeof hint, "E/C is in %s or in %s: say which", input->shown, other->shown);
    pm_error_locate(err, NULL, other ? hint : NULL);
    return s;
}

/* "+-" on a key that takes none: says which do. */
static pm_status no_deviation(const pm_doc *doc, const pm_node *node, pm_error *err)
{
    int n;
    const pm_design_input *all = pm_design_inputs(&n);
    char hint[128] = "";
    for (int i = 0; i < n; i++) {
        bool again = i && !strcmp(all[i].key, all[i - 1].key);
        if (!all[i].deviation || again) continue;
        snprintf(hint + strlen(hint), sizeof hint - strlen(hint), "%s%s", *hint ? ", " : "+- goes with ", all[i].key);
    }
    pm_status s = pm_node_fail(doc, node, PM_ERR_FORMAT, err, "takes no +-");
    pm_error_locate(err, NULL, hint);
    return s;
}

static pm_status wrong_deviation(const pm_doc *doc, const pm_node *node, const pm_design_input *input, pm_error *err)
{
    double value, deviation;
    pm_error why = {0};
    pm_status s = pm_quantity_uncertain(pm_node_scalar(node), input->shown, &value, &deviation, &why);
    return pm_node_fail(doc, node, s ? s : PM_ERR_UNIT, err, "%s", why.message);
}

static pm_status set_quantity(const pm_doc *doc, const pm_node *node, const pm_design_input *input, pm_design *d,
                              pm_error *err)
{
    double value, deviation = 0;
    pm_error why = {0};
    const pm_design_input *meant = input;
    const char *text = pm_node_scalar(node);
    bool is_n_to_p = input->offset == offsetof(pm_design, n_to_p), spread = text && pm_quantity_has_deviation(text);
    if (spread && !input->deviation) return no_deviation(doc, node, err);
    while (meant && (spread ? pm_quantity_uncertain(text, meant->unit, &value, &deviation, NULL)
                            : pm_node_quantity(doc, node, meant->unit, &value, NULL)))
        meant = next_of(meant);
    if (!meant) return spread ? wrong_deviation(doc, node, input, err) : no_quantity(doc, node, input, err);
    if (!isnan(is_n_to_p ? d->lithium_um : input->offset == offsetof(pm_design, lithium_um) ? d->n_to_p : NAN))
        return pm_node_fail(doc, node, PM_ERR_FORMAT, err, "lithium_thickness and n_to_p say the same thing twice");
    /* what N/P may be depends on the anode and the convention, which may stand further down */
    if (!is_n_to_p && pm_design_in_range(meant, value, &why)) return fail_at_node(doc, node, &why, err);
    pm_design_set(d, meant, value);
    if (meant->deviation) memcpy((char *)d + meant->deviation, &deviation, sizeof deviation);
    return PM_OK;
}

static pm_status set_key(const pm_doc *doc, const char *key, const pm_node *node, pm_design *d, pm_error *err)
{
    const pm_design_input *input;
    const choice *c = choice_of(key);
    if (c) return set_choice(doc, node, c, d, err);
    if (pm_design_input_find(NULL, key, &input, NULL)) return unknown_key(doc, node, key, err);
    return set_quantity(doc, node, input, d, err);
}

/* What a deck must say so that its numbers mean one thing. */
static pm_status check_deck(const pm_doc *doc, const pm_design *d, pm_error *err)
{
    const pm_node *root = pm_doc_root(doc), *n_to_p = pm_node_find(root, "n_to_p");
    if (n_to_p && d->anode == PM_ANODE_LITHIUM && !pm_node_find(root, "n_to_p_convention")) {
        pm_status s = pm_node_fail(doc, n_to_p, PM_ERR_FORMAT, err, "n_to_p without n_to_p_convention");
        pm_error_locate(err, NULL,
                        "foil: the foil alone over the cathode; total: all lithium of the charged anode, 1 more");
        return s;
    }
    if (!isnan(d->layers) && d->layers != floor(d->layers))
        return pm_node_fail(doc, pm_node_find(root, "layers"), PM_ERR_FORMAT, err, "layers is %.6g, not a whole number",
                            d->layers);
    return PM_OK;
}

static pm_status read_map(const pm_doc *doc, pm_design *out, pm_error *err)
{
    const pm_node *root = pm_doc_root(doc);
    pm_design d = pm_design_new();
    pm_status s;
    if (pm_node_kind(root) != PM_NODE_MAP)
        return pm_node_fail(doc, root, PM_ERR_FORMAT, err, "a deck is a map, such as \"areal_capacity: 4 mAh/cm2\"");
    for (int64_t i = 0; i < pm_node_count(root); i++)
        if ((s = set_key(doc, pm_node_key(root, i), pm_node_item(root, i), &d, err))) return s;
    if ((s = check_deck(doc, &d, err))) return s;
    pm_design filled = d;
    if ((s = pm_design_fill(&filled, NULL, err))) return pm_error_locate(err, pm_doc_file(doc), NULL), s;
    *out = d;
    return PM_OK;
}

pm_status pm_design_parse_deck(const char *bytes, int64_t n, const char *file, pm_design *out, pm_error *err)
{
    pm_scoped(pm_doc) doc = NULL;
    pm_status s = pm_doc_parse_yaml(bytes, n, file, &doc, err);
    return s ? s : read_map(doc, out, err);
}

pm_status pm_design_read_deck(const char *path, pm_design *out, pm_error *err)
{
    pm_scoped(pm_doc) doc = NULL;
    pm_status s = pm_doc_read(path, &doc, err);
    return s ? s : read_map(doc, out, err);
}
