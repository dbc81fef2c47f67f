/* SPDX-License-Identifier: MIT */
#include "cli/life.h"
#include "doc/doc.h"

#include <math.h>
#include <string.h>

/* ---- numbers with a spread ---------------------------------------------------------------------------------- */

/* Where the spread begins in the text, and behind its mark; NULL = there is none. */
static const char *spread_in(const char *text, const char **behind)
{
    static const char *const marks[] = {"+-", "+/-", "\u00b1"};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *at = strstr(text, marks[i]);
        if (!at) continue;
        *behind = at + strlen(marks[i]);
        return at;
    }
    return NULL;
}

static pm_status spread_of(const char *text, const char *unit, pm_uncertain *out, pm_error *err)
{
    double part;

    if (strchr(text, '%') && !pm_quantity_parse(text, "1", &part, NULL)) {
        out->deviation = fabs(part * out->value);
        return PM_OK;
    }
    pm_status s = pm_quantity_parse(text, unit, &out->deviation, err);
    if (!s && !(out->deviation >= 0)) s = pm_fail(err, PM_ERR_ARGUMENT, "a deviation below zero: '%.80s'", text);
    return s;
}

pm_status cli_uncertain_parse(const char *text, const char *unit, pm_uncertain *out, pm_error *err)
{
    char value[96];
    const char *behind = NULL, *at = spread_in(text, &behind);
    size_t length = at ? (size_t)(at - text) : strlen(text);
    pm_status s;

    if (length >= sizeof value) return pm_fail(err, PM_ERR_ARGUMENT, "no quantity: '%.80s'", text);
    snprintf(value, sizeof value, "%.*s", (int)length, text);
    while (length && value[length - 1] == ' ') value[--length] = 0;
    *out = (pm_uncertain){0, 0};
    if ((s = pm_quantity_parse(value, unit, &out->value, err)) || !at) return s;
    return spread_of(behind, unit, out, err);
}

/* ---- decks -------------------------------------------------------------------------------------------------- */

/* What stands in a deck but does not go to one member as it is. */
typedef struct deck {
    pm_budget_design design;
    pm_budget_rates rates;
    pm_uncertain foil_um, cathode;
    double first_day; /* of calendar loss by the root of time */
} deck;

typedef struct key {
    const char *name, *unit;
    size_t offset;
    bool spread; /* takes +- */
} key;
#define KEY(name, unit, member)                                                                                        \
    {                                                                                                                  \
        name, unit, offsetof(deck, member), false                                                                      \
    }
#define SPREAD(name, unit, member)                                                                                     \
    {                                                                                                                  \
        name, unit, offsetof(deck, member), true                                                                       \
    }
static const key keys[] = {
    SPREAD("n_to_p", "1", design.n_to_p.ratio),
    SPREAD("foil", "um", foil_um),
    SPREAD("cathode", "mAh/cm2", cathode),
    SPREAD("electrolyte_to_capacity", "g/Ah", design.electrolyte_g_per_Ah),
    KEY("electrolyte_least", "g/Ah", design.electrolyte_least_g_per_Ah),
    KEY("electrolyte_molar_mass", "g/mol", design.electrolyte_g_per_mol),
    KEY("electrons", "1", design.electrons),
    KEY("dead_porosity", "1", design.dead_porosity),
    KEY("depth", "1", design.depth),
    KEY("coulombic_efficiency_lithium", "1", rates.coulombic_efficiency_lithium),
    KEY("acceleration", "1", rates.acceleration),
    KEY("coulombic_efficiency_cathode", "1", rates.coulombic_efficiency_cathode),
    KEY("cathode_retention", "1", rates.cathode_retention),
    KEY("calendar", "mA/cm2", rates.calendar_mAh_per_cm2_per_h),
    KEY("calendar_first_day", "mAh/cm2", first_day),
    KEY("cycle_time", "h", rates.hours_per_cycle),
    KEY("interphase_share", "1", rates.interphase_share),
    KEY("retention", "1", rates.retention),
};
enum { KEYS = sizeof keys / sizeof *keys };
static const char *const words[] = {"n_to_p_convention", "anode_free"};

static pm_status unknown_key(const pm_doc *doc, const pm_node *node, const char *name, pm_error *err)
{
    pm_nearest nearest = {.word = name};
    char hint[160] = "";

    for (int i = 0; i < KEYS; i++) pm_nearest_try(&nearest, keys[i].name);
    for (int i = 0; i < 2; i++) pm_nearest_try(&nearest, words[i]);
    if (nearest.best) snprintf(hint, sizeof hint, "did you mean %s?", nearest.best);
    pm_status s = pm_node_fail(doc, node, PM_ERR_ARGUMENT, err, "unknown key '%.40s'", name);
    pm_error_locate(err, NULL, *hint ? hint : NULL);
    return s;
}

static pm_status take_number(const pm_doc *doc, const pm_node *node, const key *k, deck *d, pm_error *err)
{
    const char *text = pm_node_scalar(node);
    void *at = (char *)d + k->offset;
    pm_error why = {0};
    pm_uncertain value = {0, 0};

    if (!text) return pm_node_fail(doc, node, PM_ERR_FORMAT, err, "%s takes a quantity", k->name);
    pm_status s = k->spread ? cli_uncertain_parse(text, k->unit, &value, &why)
                            : pm_quantity_parse(text, k->unit, &value.value, &why);
    if (s) return pm_node_fail(doc, node, s, err, "%s: %s", k->name, why.message);
    if (k->spread)
        *(pm_uncertain *)at = value;
    else
        *(double *)at = value.value;
    return PM_OK;
}

static pm_status take_key(const pm_doc *doc, const char *name, const pm_node *node, deck *d, pm_error *err)
{
    if (!strcmp(name, words[0]))
        return pm_n_to_p_convention_parse(pm_node_text(node, ""), &d->design.n_to_p.convention, err);
    if (!strcmp(name, words[1])) {
        d->design.anode_free = pm_node_bool(node, false);
        return PM_OK;
    }
    for (int i = 0; i < KEYS; i++)
        if (!strcmp(name, keys[i].name)) return take_number(doc, node, &keys[i], d, err);
    return unknown_key(doc, node, name, err);
}

static pm_status derive(deck *d, pm_error *err)
{
    d->design.cathode_mAh_per_cm2 = d->cathode.value;
    d->rates.calendar_mAh_per_cm2_per_sqrt_h = d->first_day / sqrt(24);
    if (!(d->foil_um.value != 0)) return PM_OK;
    if (d->design.n_to_p.ratio.value != 0)
        return pm_fail(err, PM_ERR_ARGUMENT, "n_to_p and foil are both told: one follows from the other");
    return pm_n_to_p_of_foil(d->foil_um, d->cathode, &d->design.n_to_p, err);
}

pm_status cli_life_deck(const char *path, pm_budget_design *design, pm_budget_rates *rates, pm_error *err)
{
    pm_scoped(pm_doc) doc = NULL;
    deck d = {0};
    pm_status s = pm_doc_read(path, &doc, err);

    if (s) return s;
    const pm_node *root = pm_doc_root(doc);
    if (pm_node_kind(root) != PM_NODE_MAP)
        return pm_fail(err, PM_ERR_FORMAT, "a deck is a list of keys and quantities, such as \"foil: 20 um\"");
    for (int64_t i = 0; i < pm_node_count(root); i++)
        if ((s = take_key(doc, pm_node_key(root, i), pm_node_item(root, i), &d, err))) return s;
    if ((s = derive(&d, err))) return s;
    *design = d.design;
    *rates = d.rates;
    return PM_OK;
}
