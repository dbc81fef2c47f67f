/* SPDX-License-Identifier: MIT */
/* Which parameters of the degradation graph a design moves, against what the reviews give as a number. S1 is Deng et al.,
 * Nat. Rev. Chem. 2026; S2 Guo et al., ACS Energy Lett. 2025, 10, 2318. docs/design.md lists them. */
#include "range.h"

#include <math.h>
#include <string.h>

#define BIT(x) (1u << (x))
enum {
    NCM = BIT(PM_CATHODE_NCM),
    LLO = BIT(PM_CATHODE_LLO),
    LIQUID = BIT(PM_ELECTROLYTE_LIQUID),
    SOLID = BIT(PM_ELECTROLYTE_SULFIDE) | BIT(PM_ELECTROLYTE_OXIDE)
};

/* A range that is not left moves nothing; where only one side of it is stated the other is open. `at_end`: the end itself
 * lies outside. Of a word: `key` is `word`, and that is `change`. */
typedef struct reference {
    const char *parameter, *text, *source;
    unsigned cathodes, electrolytes; /* 0 = any */
    const char *quantity;
    double low, high;
    bool at_end;
    const char *key, *word;
    int change;
} reference;

static const reference references[] = {
    {"areal-loading", "400-500 Wh/kg cells have less than 6.0 mAh/cm2", "S1, 400-500 Wh/kg",
     .quantity = "areal_capacity_ah_per_cm2", .low = -INFINITY, .high = 6e-3, .at_end = true},
    {"plating-capacity", "400-500 Wh/kg cells have less than 6.0 mAh/cm2 to plate", "S1, 400-500 Wh/kg",
     .quantity = "areal_capacity_ah_per_cm2", .low = -INFINITY, .high = 6e-3, .at_end = true},
    {"n-to-p", "400-500 Wh/kg cells have N/P 1.5-2.5 (read as foil only)", "S1, 400-500 Wh/kg",
     .quantity = "n_to_p_ratio_foil", .low = 1.5, .high = 2.5},
    {"li-thickness", "thin lithium is below 50 um", "S2, N/P", .quantity = "lithium_thickness_um", .low = 50,
     .high = INFINITY},
    {"e-to-c", "only cells above 500 Wh/kg have less than 1.5 g/Ah", "S1, > 500 Wh/kg", .electrolytes = LIQUID,
     .quantity = "electrolyte_to_capacity_gram_per_ah", .low = 1.5, .high = INFINITY},
    {"working-voltage", "400-500 Wh/kg cells are mostly charged to 4.2-4.3 V", "S1, 400-500 Wh/kg",
     .quantity = "charge_voltage_volt", .low = 4.2, .high = 4.3},
    {"oxygen-redox", "400-500 Wh/kg cells have NCM cathodes", "S1, 400-500 Wh/kg", .key = "cathode", .word = "llo",
     .change = 1},
    {"polycrystallinity", "single crystals hardly crack", "S2, cathodes", .key = "particles", .word = "polycrystalline",
     .change = 1},
    {"polycrystallinity", "polycrystals crack along the borders of primary particles", "S2, cathodes",
     .key = "particles", .word = "single-crystal", .change = -1},
    {"stack-pressure", "in liquid cells above 1 MPa may harm", "S2, pressure", .electrolytes = LIQUID,
     .quantity = "stack_pressure_pa", .low = -INFINITY, .high = 1e6},
    {"stack-pressure", "solid cells need tens to hundreds of MPa", "S2, pressure", .electrolytes = SOLID,
     .quantity = "stack_pressure_pa", .low = 1e7, .high = 1e9},
    {"separator-modulus", "7 GPa in shear, 1.8 times lithium", "S1, Monroe and Newman", .electrolytes = SOLID,
     .quantity = "separator_shear_modulus_pa", .low = -INFINITY, .high = 7e9},
    {"copper-foil", "a copper foil under the lithium", "S1, Cell assembly", .quantity = "copper_thickness_um", .low = 0,
     .high = INFINITY, .at_end = true},
    {"fast-charge", "cells are charged at 0.1-1C today", "S2, C-rates", .quantity = "charge_rate_per_h",
     .low = -INFINITY, .high = 1},
    {"discharge-rate", "cells are discharged at 0.1-1C today", "S2, C-rates", .cathodes = LLO,
     .quantity = "discharge_rate_per_h", .low = -INFINITY, .high = 1},
};
enum { REFERENCES = sizeof references / sizeof *references };
_Static_assert((int)REFERENCES <= (int)PM_DESIGN_MOVES, "room for all");

static int change_of(const reference *r, const pm_design *d, double value)
{
    if (r->word) return strcmp(pm_design_choice(d, r->key), r->word) ? 0 : r->change;
    if (isnan(value)) return 0;
    if (r->at_end ? value <= r->low : value < r->low) return -1;
    return (r->at_end ? value >= r->high : value > r->high) ? 1 : 0;
}

bool pm_design_in_graph(const pm_design *d)
{
    return BIT(d->cathode) & (NCM | LLO) && d->anode != PM_ANODE_GRAPHITE;
}

int pm_design_moves(const pm_design *filled, const pm_design_result *result, pm_design_move out[PM_DESIGN_MOVES])
{
    int n = 0;
    if (!pm_design_in_graph(filled)) return 0;
    for (const reference *r = references; r < references + REFERENCES; r++) {
        pm_design_move m = {.parameter = r->parameter, .value = NAN, .low = NAN, .high = NAN, .unit = "", .shown = ""};
        if (r->cathodes && !(r->cathodes & BIT(filled->cathode))) continue;
        if (r->electrolytes && !(r->electrolytes & BIT(filled->electrolyte))) continue;
        m.quantity = r->word ? r->key : r->quantity;
        m.word = r->word;
        if (r->quantity) {
            m.value = design_quantity(r->quantity, filled, result, &m.unit, &m.shown);
            m.low = r->low;
            m.high = r->high;
        }
        m.change = change_of(r, filled, m.value);
        m.reference = r->text;
        m.source = r->source;
        if (m.change) out[n++] = m;
    }
    return n;
}
