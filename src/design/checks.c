/* SPDX-License-Identifier: MIT */
/* What the reviews say of cells like this one: S1 is Deng et al., Nat. Rev. Chem. 2026; S2 Guo et al., ACS Energy Lett 2025,
 * 10, 2318. */
#include "range.h"

#include <math.h>
#include <string.h>

enum { CLASS_400 = 1, CLASS_500 = 2, CLASS_600 = 4, ANY = 0 };
#define BIT(x) (1u << (x))
enum {
    NCM = BIT(PM_CATHODE_NCM),
    LLO = BIT(PM_CATHODE_LLO),
    LFP = BIT(PM_CATHODE_LFP),
    LIQUID = BIT(PM_ELECTROLYTE_LIQUID),
    SOLID = BIT(PM_ELECTROLYTE_SULFIDE) | BIT(PM_ELECTROLYTE_OXIDE),
    FOIL = BIT(PM_ANODE_LITHIUM),
    METAL = BIT(PM_ANODE_LITHIUM) | BIT(PM_ANODE_NONE),
    ETHER = BIT(PM_SOLVENT_ETHER),
    FLUORINATED = BIT(PM_SOLVENT_FLUORINATED_ETHER),
    POLYCRYSTALS = BIT(PM_PARTICLES_POLYCRYSTALLINE),
    SINGLE_CRYSTALS = BIT(PM_PARTICLES_SINGLE_CRYSTAL)
};

/* Whom a rule is about (ANY = all), and the range that meets it. `cathode`: the rule is that the cathode is one of these. */
typedef struct rule {
    const char *text, *source;
    unsigned classes, cathodes, electrolytes, anodes, solvents, particles, cathode;
    const char *quantity; /* name of an input or output */
    double low, high;
    bool open; /* the ends do not meet it */
} rule;

#define NONE (-INFINITY)
#define OPEN_END INFINITY
static const rule rules[] = {
    /* what makes the class: S1, Figure 1c and the text around it */
    {"400-500 Wh/kg cells have NCM cathodes", "S1, 400-500 Wh/kg", CLASS_400, .cathode = NCM},
    {"400-500 Wh/kg cells have cathodes below 6.0 mAh/cm2", "S1, 400-500 Wh/kg", CLASS_400,
     .quantity = "areal_capacity_ah_per_cm2", .low = NONE, .high = 6e-3, .open = true},
    {"400-500 Wh/kg cells have N/P 1.5-2.5 (read as foil only)", "S1, 400-500 Wh/kg", CLASS_400, .anodes = METAL,
     .quantity = "n_to_p_ratio_foil", .low = 1.5, .high = 2.5},
    {"400-500 Wh/kg cells are mostly charged to 4.2-4.3 V", "S1, 400-500 Wh/kg", CLASS_400, NCM,
     .quantity = "charge_voltage_volt", .low = 4.2, .high = 4.3},
    {"above 500 Wh/kg cathodes have more than 6.0 mAh/cm2", "S1, > 500 Wh/kg", CLASS_500,
     .quantity = "areal_capacity_ah_per_cm2", .low = 6e-3, .high = OPEN_END, .open = true},
    {"above 500 Wh/kg E/C is below 1.5 g/Ah", "S1, > 500 Wh/kg", CLASS_500 | CLASS_600, .electrolytes = LIQUID,
     .quantity = "electrolyte_to_capacity_gram_per_ah", .low = NONE, .high = 1.5, .open = true},
    {"above 500 Wh/kg NCM is charged up to 4.4 V", "S1, > 500 Wh/kg", CLASS_500 | CLASS_600, NCM,
     .quantity = "charge_voltage_volt", .low = NONE, .high = 4.4},
    {"above 500 Wh/kg LLO is charged up to 4.8 V", "S1, > 500 Wh/kg", CLASS_500 | CLASS_600, LLO,
     .quantity = "charge_voltage_volt", .low = NONE, .high = 4.8},
    {"from 600 Wh/kg on cathodes have more than 8.0 mAh/cm2", "S1, >= 600 Wh/kg", CLASS_600,
     .quantity = "areal_capacity_ah_per_cm2", .low = 8e-3, .high = OPEN_END, .open = true},
    {"from 600 Wh/kg on N/P is close to or below 1.0 (read as foil only, up to 1.1)", "S1, >= 600 Wh/kg", CLASS_600,
     .anodes = METAL, .quantity = "n_to_p_ratio_foil", .low = NONE, .high = 1.1},
    {"from 600 Wh/kg on cathodes are lithium-rich layered oxides", "S1, >= 600 Wh/kg", CLASS_600, .cathode = LLO},
    {"published 400-500 Wh/kg cells: normalised cycle life below 100, most 25-75", "S1, equation 1", CLASS_400,
     .quantity = "normalised_cycle_life", .low = NONE, .high = 100, .open = true},
    {"published cells from 600 Wh/kg on: normalised cycle life mostly below 75", "S1, equation 1", CLASS_600,
     .quantity = "normalised_cycle_life", .low = NONE, .high = 75, .open = true},
    /* bounds of any cell */
    {"layered LiMO2 stores up to 270 mAh/g", "S2, cathodes", ANY, NCM,
     .quantity = "cathode_specific_capacity_ah_per_gram", .low = NONE, .high = 0.270},
    {"LiFePO4 stores up to 170 mAh/g", "S2, cathodes", ANY, LFP, .quantity = "cathode_specific_capacity_ah_per_gram",
     .low = NONE, .high = 0.170},
    {"layered LiMO2 works at 2.9-4.6 V against lithium", "S2, cathodes", ANY, NCM, .quantity = "charge_voltage_volt",
     .low = 2.9, .high = 4.6},
    {"oxygen redox of LLO needs a high cut-off, 4.8 V", "S1, LLO", ANY, LLO, .quantity = "charge_voltage_volt",
     .low = 4.8, .high = OPEN_END},
    {"fluorinated ethers and LHCE are stable to 4.6 V: enough for NCM, not for LLO", "S1, electrolytes", ANY,
     .solvents = FLUORINATED, .quantity = "charge_voltage_volt", .low = NONE, .high = 4.6},
    {"ethers are unsuitable above 4 V", "S2, electrolytes", ANY, .solvents = ETHER, .quantity = "charge_voltage_volt",
     .low = NONE, .high = 4.0},
    {"polycrystals of NCM811 are unstable above 4.15 V", "S2, cathodes", ANY, NCM, .particles = POLYCRYSTALS,
     .quantity = "charge_voltage_volt", .low = NONE, .high = 4.15},
    {"efficiencies of lithium are typically below 99.50 %, in harsh conditions below 99.00 %", "S1, efficiency", ANY,
     .anodes = METAL, .quantity = "coulombic_efficiency_lithium", .low = NONE, .high = 0.995, .open = true},
    {"efficiencies of lithium above 99.90 % are not reached at high areal capacity", "S1, efficiency", ANY,
     .anodes = METAL, .quantity = "coulombic_efficiency_lithium", .low = NONE, .high = 0.999},
    {"25 g/Ah of electrolyte lasts six times as long, but is not practical", "S2, E/C", ANY, .electrolytes = LIQUID,
     .quantity = "electrolyte_to_capacity_gram_per_ah", .low = NONE, .high = 25, .open = true},
    {"thin lithium is below 50 um", "S2, N/P", ANY, .anodes = FOIL, .quantity = "lithium_thickness_um", .low = NONE,
     .high = 50, .open = true},
    {"liquid cells: hundreds of kPa help, above 1 MPa may harm, above 4 MPa is unstable", "S2, pressure", ANY,
     .electrolytes = LIQUID, .quantity = "stack_pressure_pa", .low = NONE, .high = 1e6},
    {"solid cells need tens to hundreds of MPa in operation", "S2, pressure", ANY, .electrolytes = SOLID,
     .quantity = "stack_pressure_pa", .low = 1e7, .high = 1e9},
    {"polycrystals of NCM crack under pressure: NCM333 at 111-166 MPa", "S2, pressure", ANY, NCM, .electrolytes = SOLID,
     .particles = POLYCRYSTALS, .quantity = "stack_pressure_pa", .low = NONE, .high = 1.11e8, .open = true},
    {"single crystals of NCM811 hold 1020 MPa", "S2, pressure", ANY, NCM, .electrolytes = SOLID,
     .particles = SINGLE_CRYSTALS, .quantity = "stack_pressure_pa", .low = NONE, .high = 1.02e9},
    {"a separator stiffer than 7 GPa in shear (1.8 times lithium) suppresses dendrites", "S1, Monroe and Newman", ANY,
     .electrolytes = SOLID, .quantity = "separator_shear_modulus_pa", .low = 7e9, .high = OPEN_END, .open = true},
    {"lithium cells are charged at 0.1-1C (1C = 1 1/h) today, S1's at 0.1-0.2C", "S2, C-rates", ANY, .anodes = METAL,
     .quantity = "charge_rate_per_h", .low = 0.1, .high = 1},
    {"lithium cells are discharged at 0.1-1C today, S1's at 0.2-0.5C", "S2, C-rates", ANY, .anodes = METAL,
     .quantity = "discharge_rate_per_h", .low = 0.1, .high = 1},
    {"runaway of cycled lithium cells can pass 1,000 degC: a considerable risk above 100 Ah", "S1, thermal safety", ANY,
     .anodes = METAL, .quantity = "capacity_ah", .low = NONE, .high = 100},
};
enum { RULES = sizeof rules / sizeof *rules };
_Static_assert((int)RULES <= (int)PM_DESIGN_CHECKS, "room for all");

const char *pm_design_met_name(pm_design_met met)
{
    static const char *const names[] = {"met", "missed", "untold"};
    return names[met];
}

static unsigned class_of(double Wh_per_kg)
{
    if (Wh_per_kg >= 600) return CLASS_600;
    if (Wh_per_kg > 500) return CLASS_500;
    return Wh_per_kg >= 400 ? CLASS_400 : 0;
}

static const char *class_name(unsigned class)
{
    switch (class) {
    case CLASS_600: return "600 Wh/kg and more";
    case CLASS_500: return "above 500 Wh/kg";
    case CLASS_400: return "400-500 Wh/kg";
    default: return "below 400 Wh/kg";
    }
}

/* The class that a hundredth more energy would reach; 0 = the same. */
static unsigned class_close(double Wh_per_kg)
{
    unsigned next = class_of(1.01 * Wh_per_kg);
    return next == class_of(Wh_per_kg) ? 0 : next;
}

const char *pm_design_class(const pm_design_result *result)
{
    return class_name(class_of(result->specific_energy_Wh_per_kg));
}

const char *pm_design_class_close(const pm_design_result *result)
{
    unsigned next = class_close(result->specific_energy_Wh_per_kg);
    return next ? class_name(next) : NULL;
}

static bool among(unsigned set, unsigned value)
{
    return set == ANY || (set & BIT(value));
}

static bool applies(const rule *r, const pm_design *d, unsigned class)
{
    return (r->classes == ANY || (r->classes & class)) && among(r->cathodes, d->cathode) &&
           among(r->electrolytes, d->electrolyte) && among(r->anodes, d->anode) && among(r->solvents, d->solvent) &&
           among(r->particles, d->particles);
}

/* Inputs come first: what was told is compared, outputs are for what follows from it (the capacity of a pouch). */
double design_quantity(const char *name, const pm_design *d, const pm_design_result *result, const char **unit,
                       const char **shown)
{
    const pm_design_input *input;
    const pm_design_output *output;
    double value = NAN;
    if (!pm_design_input_find(d, name, &input, NULL)) {
        value = pm_design_get(d, input);
        *unit = input->unit;
        *shown = input->shown;
    }
    if (isnan(value) && !pm_design_output_find(name, &output, NULL)) {
        value = pm_design_read(result, output);
        *unit = output->unit;
        *shown = output->shown;
    }
    return value;
}

static pm_design_met judge(const rule *r, double value)
{
    if (isnan(value)) return PM_RULE_UNTOLD;
    bool in = r->open ? value > r->low && value < r->high : value >= r->low && value <= r->high;
    return in ? PM_RULE_MET : PM_RULE_MISSED;
}

static pm_design_check check(const rule *r, const pm_design *d, const pm_design_result *result)
{
    pm_design_check c = {.rule = r->text, .source = r->source, .class_rule = r->classes != ANY, .value = NAN};
    if (r->cathode) {
        c.quantity = "cathode";
        c.word = pm_design_choice(d, "cathode");
        c.unit = c.shown = "";
        c.low = c.high = NAN;
        c.met = r->cathode & BIT(d->cathode) ? PM_RULE_MET : PM_RULE_MISSED;
        return c;
    }
    c.quantity = r->quantity;
    c.low = r->low;
    c.high = r->high;
    c.value = design_quantity(r->quantity, d, result, &c.unit, &c.shown);
    c.met = judge(r, c.value);
    return c;
}

int pm_design_checks(const pm_design *filled, const pm_design_result *result, pm_design_check out[PM_DESIGN_CHECKS])
{
    int n = 0;
    double energy = result->specific_energy_Wh_per_kg;
    unsigned class = class_of(energy) | class_close(energy);
    for (int i = 0; i < RULES; i++)
        if (applies(&rules[i], filled, class)) out[n++] = check(&rules[i], filled, result);
    return n;
}
