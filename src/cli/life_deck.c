/* SPDX-License-Identifier: MIT */
#include "cli/life.h"
#include "design/design.h"
#include "doc/doc.h"

#include <math.h>
#include <string.h>

pm_status cli_uncertain_parse(const char *text, const char *unit, pm_uncertain *out, pm_error *err)
{
    return pm_quantity_uncertain(text, unit, &out->value, &out->deviation, err);
}

pm_status cli_electrolyte_parse(const char *text, double density, const char *key, pm_uncertain *out, pm_error *err)
{
    if (cli_uncertain_parse(text, "mL/Ah", out, NULL)) return cli_uncertain_parse(text, "g/Ah", out, err);
    if (isnan(density))
        return pm_fail(err, PM_ERR_UNIT,
                       "E/C of %.40s is a volume: tell the electrolyte's density too, %s \"1.2 g/cm3\"", text, key);
    if (!(density >= 0.1 && density <= 10))
        return pm_fail(err, PM_ERR_ARGUMENT, "an electrolyte of %g g/cm3: it must be from 0.1 to 10", density);
    out->value *= density;
    out->deviation *= density;
    return PM_OK;
}

/* ---- decks -------------------------------------------------------------------------------------------------- */

/* What stands in a deck but does not go to one member as it is. */
typedef struct deck {
    pm_budget_design design;
    pm_budget_rates rates;
    pm_uncertain foil_um, cathode;
    double first_day; /* of calendar loss by the root of time */
    double density;   /* of the electrolyte */
    bool convention;  /* told */
    const pm_node *electrolyte;
} deck;

typedef struct key {
    const char *name, *unit;
    size_t offset;
    bool spread, zero; /* takes +-; may be 0 */
    bool kept;         /* a part of something that is kept: far below 1 it is a slip */
} key;
#define KEY(name, unit, member, ...)                                                                                   \
    {                                                                                                                  \
        name, unit, offsetof(deck, member), __VA_ARGS__                                                                \
    }
static const key keys[] = {
    KEY("n_to_p", "1", design.n_to_p.ratio, .spread = true, .zero = true),
    KEY("foil", "um", foil_um, .spread = true),
    KEY("cathode", "mAh/cm2", cathode, .spread = true),
    KEY("electrolyte_density", "g/cm3", density, .zero = false),
    KEY("electrolyte_least", "g/Ah", design.electrolyte_least_g_per_Ah, .zero = false),
    KEY("electrolyte_molar_mass", "g/mol", design.electrolyte_g_per_mol, .zero = false),
    KEY("electrons", "1", design.electrons, .zero = false),
    KEY("dead_porosity", "1", design.dead_porosity, .zero = true),
    KEY("depth", "1", design.depth, .zero = false),
    KEY("coulombic_efficiency_lithium", "1", rates.coulombic_efficiency_lithium, .kept = true),
    KEY("acceleration", "1", rates.acceleration, .zero = true),
    KEY("coulombic_efficiency_cathode", "1", rates.coulombic_efficiency_cathode, .kept = true),
    KEY("cathode_retention", "1", rates.cathode_retention, .kept = true),
    KEY("calendar", "mA/cm2", rates.calendar_mAh_per_cm2_per_h, .zero = true),
    KEY("calendar_first_day", "mAh/cm2", first_day, .zero = true),
    KEY("cycle_time", "h", rates.hours_per_cycle, .zero = true),
    KEY("interphase_share", "1", rates.interphase_share, .zero = false),
    KEY("retention", "1", rates.retention, .zero = false),
};
enum { KEYS = sizeof keys / sizeof *keys };
static const char *const words[] = {"n_to_p_convention", "anode_free", "electrolyte_to_capacity"};

/* What a key is called elsewhere. */
static const char *usual_name(const char *name)
{
    static const struct {
        const char *name, *key;
    } names[] = {{"CE", "coulombic_efficiency_lithium"},
                 {"CE_Li", "coulombic_efficiency_lithium"},
                 {"coulombic_efficiency", "coulombic_efficiency_lithium"},
                 {"lithium_efficiency", "coulombic_efficiency_lithium"},
                 {"cathode_efficiency", "coulombic_efficiency_cathode"},
                 {"n/p", "n_to_p"},
                 {"np", "n_to_p"},
                 {"np_ratio", "n_to_p"},
                 {"e/c", "electrolyte_to_capacity"},
                 {"areal_capacity", "cathode"},
                 {"lithium_thickness", "foil"}};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (pm_text_same(name, names[i].name)) return names[i].key;
    return NULL;
}

static pm_status unknown_key(const pm_doc *doc, const pm_node *node, const char *name, pm_error *err)
{
    pm_nearest nearest = {.word = name};
    const pm_design_input *input;
    char hint[160] = "";

    if (pm_design_word(name, 0) || !pm_design_input_find(NULL, name, &input, NULL)) {
        pm_status s = pm_node_fail(doc, node, PM_ERR_ARGUMENT, err, "'%.40s' is of a deck of premortem design", name);
        snprintf(hint, sizeof hint, "premortem design %.80s predicts its life%s%s", pm_doc_file(doc),
                 usual_name(name) ? "; in a deck of life it is " : "", usual_name(name) ? usual_name(name) : "");
        pm_error_locate(err, NULL, hint);
        return s;
    }
    for (int i = 0; i < KEYS; i++) pm_nearest_try(&nearest, keys[i].name);
    for (int i = 0; i < 3; i++) pm_nearest_try(&nearest, words[i]);
    if (usual_name(name)) nearest.best = usual_name(name);
    if (nearest.best) snprintf(hint, sizeof hint, "did you mean %s?", nearest.best);
    pm_status s = pm_node_fail(doc, node, PM_ERR_ARGUMENT, err, "unknown key '%.40s'", name);
    pm_error_locate(err, NULL, *hint ? hint : NULL);
    return s;
}

/* 0 is what stands for the default, and a part kept is near 1. */
static pm_status check_number(const pm_doc *doc, const pm_node *node, const key *k, double value, pm_error *err)
{
    const char *text = pm_node_scalar(node);
    char hint[64] = "";

    if (!k->zero && value == 0)
        return pm_node_fail(doc, node, PM_ERR_ARGUMENT, err, "must be above 0; without the key it has its default");
    if (!k->kept || !(value > 0 && value < 0.5)) return PM_OK;
    if (strchr(text, '%') && value * 1e4 <= 100) snprintf(hint, sizeof hint, "did you mean %g %%?", value * 1e4);
    pm_status s =
        pm_node_fail(doc, node, PM_ERR_ARGUMENT, err, "%s is less than half: it is the part that is kept", text);
    pm_error_locate(err, NULL, *hint ? hint : NULL);
    return s;
}

/* "+-" on a key that takes none: says which do. */
static pm_status no_deviation(const pm_doc *doc, const pm_node *node, pm_error *err)
{
    char hint[128] = "+- goes with ";

    for (int i = 0; i < KEYS; i++)
        if (keys[i].spread) snprintf(hint + strlen(hint), sizeof hint - strlen(hint), "%s, ", keys[i].name);
    snprintf(hint + strlen(hint), sizeof hint - strlen(hint), "%s", words[2]);
    pm_status s = pm_node_fail(doc, node, PM_ERR_FORMAT, err, "takes no +-");
    pm_error_locate(err, NULL, hint);
    return s;
}

static pm_status take_number(const pm_doc *doc, const pm_node *node, const key *k, deck *d, pm_error *err)
{
    const char *text = pm_node_scalar(node);
    void *at = (char *)d + k->offset;
    pm_error why = {0};
    pm_uncertain value = {0, 0};

    if (!text) return pm_node_fail(doc, node, PM_ERR_FORMAT, err, "takes a quantity");
    if (!k->spread && pm_quantity_has_deviation(text)) return no_deviation(doc, node, err);
    pm_status s = k->spread ? cli_uncertain_parse(text, k->unit, &value, &why)
                            : pm_quantity_parse(text, k->unit, &value.value, &why);
    if (s) return pm_node_fail(doc, node, s, err, "%s", why.message);
    if ((s = check_number(doc, node, k, value.value, err))) return s;
    if (k->spread)
        *(pm_uncertain *)at = value;
    else
        *(double *)at = value.value;
    return PM_OK;
}

static pm_status take_anode_free(const pm_doc *doc, const pm_node *node, bool *out, pm_error *err)
{
    const char *text = pm_node_scalar(node);

    *out = text && (pm_text_same(text, "yes") || pm_text_same(text, "true"));
    if (*out || (text && (pm_text_same(text, "no") || pm_text_same(text, "false")))) return PM_OK;
    return pm_node_fail(doc, node, PM_ERR_ARGUMENT, err, "is yes or no, not '%.40s'", text ? text : "a list");
}

static pm_status take_key(const pm_doc *doc, const char *name, const pm_node *node, deck *d, pm_error *err)
{
    if (!strcmp(name, words[0])) {
        pm_error why = {0};
        d->convention = true;
        pm_status s = pm_n_to_p_convention_parse(pm_node_text(node, ""), &d->design.n_to_p.convention, &why);
        return s ? pm_node_fail(doc, node, s, err, "%s", why.message) : PM_OK;
    }
    if (!strcmp(name, words[1])) return take_anode_free(doc, node, &d->design.anode_free, err);
    if (!strcmp(name, words[2])) {
        d->electrolyte = node;
        return PM_OK;
    }
    for (int i = 0; i < KEYS; i++)
        if (!strcmp(name, keys[i].name)) return take_number(doc, node, &keys[i], d, err);
    return unknown_key(doc, node, name, err);
}

static pm_status take_electrolyte(const pm_doc *doc, deck *d, pm_error *err)
{
    pm_uncertain *out = &d->design.electrolyte_g_per_Ah;
    const char *text = pm_node_scalar(d->electrolyte);
    pm_error why = {0};

    if (!d->electrolyte) return PM_OK;
    if (!text) return pm_node_fail(doc, d->electrolyte, PM_ERR_FORMAT, err, "takes a quantity");
    double density = d->density > 0 ? d->density : NAN;
    pm_status s = cli_electrolyte_parse(text, density, "electrolyte_density:", out, &why);
    if (s) return pm_node_fail(doc, d->electrolyte, s, err, "%s", why.message);
    if (out->value > 0) return PM_OK;
    return pm_node_fail(doc, d->electrolyte, PM_ERR_ARGUMENT, err,
                        "must be above 0; without the key electrolyte is no limit");
}

/* The foil, by one of its names. */
static pm_status derive(deck *d, pm_error *err)
{
    pm_n_to_p *n = &d->design.n_to_p;
    bool foil = d->foil_um.value != 0, ratio = n->ratio.value != 0;
    bool bare = n->convention == PM_N_TO_P_TOTAL && n->ratio.value == 1;

    if (d->convention && !ratio)
        return pm_fail(err, PM_ERR_ARGUMENT, "n_to_p_convention goes with n_to_p: %s",
                       foil ? "of a foil N/P is by the foil" : "there is none");
    if (d->density > 0 && !d->electrolyte)
        return pm_fail(err, PM_ERR_ARGUMENT, "electrolyte_density goes with electrolyte_to_capacity");
    d->design.cathode_mAh_per_cm2 = d->cathode.value;
    d->rates.calendar_mAh_per_cm2_per_sqrt_h = d->first_day / sqrt(24);
    if (d->design.anode_free && (foil || (ratio && !bare)))
        return pm_fail(err, PM_ERR_ARGUMENT, "anode_free and %s contradict each other: one has no foil",
                       foil ? "foil" : "n_to_p");
    if (!foil) return PM_OK;
    if (ratio) return pm_fail(err, PM_ERR_ARGUMENT, "n_to_p and foil are both told: one follows from the other");
    if (d->cathode.value == 0)
        return pm_fail(err, PM_ERR_ARGUMENT, "cathode is missing: the areal capacity that the foil stands against");
    return pm_n_to_p_of_foil(d->foil_um, d->cathode, n, err);
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
    if ((s = take_electrolyte(doc, &d, err)) || (s = derive(&d, err))) return s;
    *design = d.design;
    *rates = d.rates;
    return PM_OK;
}
