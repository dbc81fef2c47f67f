/* SPDX-License-Identifier: MIT */
/* The numbers of a design and of its result, by name. */
#include "design.h"

#include <math.h>
#include <string.h>

#define INPUT(member, key, name, unit, shown, low, high, meaning)                                                      \
    ENTRY(member, key, name, unit, shown, low, high, 0, meaning, NULL, 0)
#define RIVAL(group, member, key, name, unit, shown, low, high, meaning)                                               \
    ENTRY(member, key, name, unit, shown, low, high, group, meaning, NULL, 0)
/* With a deviation in a member of its own. */
#define SPREAD(group, deviation, member, key, name, unit, shown, low, high, meaning)                                   \
    ENTRY(member, key, name, unit, shown, low, high, group, meaning, NULL, offsetof(pm_design, deviation))
/* For one form or anode: its word begins the meaning too. */
#define ONLY(word, member, key, name, unit, shown, low, high, meaning)                                                 \
    ENTRY(member, key, name, unit, shown, low, high, 0, word ": " meaning, word, 0)
#define ENTRY(member, key, name, unit, shown, low, high, group, meaning, only, deviation)                              \
    {                                                                                                                  \
        key, name, unit, shown, offsetof(pm_design, member), low, high, group, meaning, only, deviation                \
    }

/* Ranges are wide: they are to catch a wrong unit and what makes no sense, not what is unusual. */
static const pm_design_input inputs[] = {
    SPREAD(0, areal_capacity_deviation, areal_capacity_Ah_per_cm2, "areal_capacity", "areal_capacity_ah_per_cm2",
           "Ah/cm2", "mAh/cm2", 1e-4, 0.03, "of the cathode, one side"),
    INPUT(cathode_specific_capacity_Ah_per_g, "cathode_specific_capacity", "cathode_specific_capacity_ah_per_gram",
          "Ah/g", "mAh/g", 0.05, 0.4, "of the active material"),
    INPUT(cathode_voltage_V, "cathode_voltage", "cathode_voltage_volt", "V", "V", 1, 5.5,
          "mean of a discharge, against Li"),
    INPUT(cathode_active_fraction, "cathode_active_fraction", "cathode_active_fraction", "1", "%", 0.2, 1,
          "active material in the coating, by mass"),
    INPUT(cathode_density_g_per_cm3, "cathode_density", "cathode_density_gram_per_cm3", "g/cm3", "g/cm3", 0.3, 6,
          "of the pressed coating, pores and all"),
    INPUT(aluminium_um, "aluminium_thickness", "aluminium_thickness_um", "um", "um", 0, 200, "foil of the cathode"),
    INPUT(usable_fraction, "usable_fraction", "usable_fraction", "1", "%", 0.1, 1,
          "part of the areal capacity that cycles; the rest stays on the anode from the first charge on"),
    INPUT(charge_voltage_V, "charge_voltage", "charge_voltage_volt", "V", "V", 2, 6, "upper cut-off; for the checks"),
    SPREAD(1, lithium_deviation_um, lithium_um, "lithium_thickness", "lithium_thickness_um", "um", "um", 0.1, 2000,
           "of the foil, one side"),
    RIVAL(1, n_to_p, "n_to_p", "n_to_p_ratio", "1", "1", 0.01, 100, "by n_to_p_convention"),
    INPUT(copper_um, "copper_thickness", "copper_thickness_um", "um", "um", 0, 200, "foil of the anode; 0 = none"),
    ONLY("graphite", graphite_specific_capacity_Ah_per_g, "graphite_specific_capacity",
         "graphite_specific_capacity_ah_per_gram", "Ah/g", "mAh/g", 0.1, 0.6, "of the active material"),
    ONLY("graphite", graphite_voltage_V, "graphite_voltage", "graphite_voltage_volt", "V", "V", 0, 2, "mean"),
    ONLY("graphite", graphite_active_fraction, "graphite_active_fraction", "graphite_active_fraction", "1", "%", 0.2, 1,
         "active material in the coating"),
    ONLY("graphite", graphite_density_g_per_cm3, "graphite_density", "graphite_density_gram_per_cm3", "g/cm3", "g/cm3",
         0.3, 2.3, "of the pressed coating"),
    INPUT(separator_um, "separator_thickness", "separator_thickness_um", "um", "um", 0.1, 2000, "of one sheet"),
    INPUT(separator_density_g_per_cm3, "separator_density", "separator_density_gram_per_cm3", "g/cm3", "g/cm3", 0.1, 8,
          "of the sheet without what fills its pores"),
    SPREAD(2, electrolyte_deviation, electrolyte_g_per_Ah, "electrolyte_to_capacity",
           "electrolyte_to_capacity_gram_per_ah", "g/Ah", "g/Ah", 0, 100, "E/C by mass"),
    SPREAD(2, electrolyte_deviation, electrolyte_mL_per_Ah, "electrolyte_to_capacity",
           "electrolyte_to_capacity_millilitre_per_ah", "mL/Ah", "mL/Ah", 0, 100, "E/C by volume"),
    INPUT(electrolyte_density_g_per_cm3, "electrolyte_density", "electrolyte_density_gram_per_cm3", "g/cm3", "g/cm3",
          0.5, 6, "of what fills the pores: a liquid, or the solid in the cathode"),
    ONLY("pouch", electrode_width_cm, "electrode_width", "electrode_width_cm", "cm", "cm", 0.1, 200, "of the cathode"),
    ONLY("pouch", electrode_height_cm, "electrode_height", "electrode_height_cm", "cm", "cm", 0.1, 200,
         "of the cathode, along which the tabs stand out"),
    ONLY("pouch", layers, "layers", "layers", "1", "1", 1, 1000, "cathodes, coated on both sides"),
    ONLY("pouch", overhang_cm, "overhang", "overhang_cm", "cm", "mm", 0, 5, "of anode and separator, at each edge"),
    ONLY("pouch", film_um, "film_thickness", "film_thickness_um", "um", "um", 0, 2000, "of the film"),
    ONLY("pouch", film_density_g_per_cm3, "film_density", "film_density_gram_per_cm3", "g/cm3", "g/cm3", 0.1, 10,
         "of the film"),
    ONLY("pouch", clearance_cm, "clearance", "clearance_cm", "cm", "cm", 0, 10,
         "film beyond the stack, both edges together"),
    ONLY("pouch", tab_height_cm, "tab_height", "tab_height_cm", "cm", "cm", 0, 20, "of a tab outside"),
    ONLY("pouch", tab_width_cm, "tab_width", "tab_width_cm", "cm", "cm", 0, 50, "of a tab"),
    ONLY("pouch", tab_cm, "tab_thickness", "tab_thickness_cm", "cm", "mm", 0, 1, "of a tab; one aluminium, one nickel"),
    ONLY("pouch", extra_mass_g, "extra_mass", "extra_mass_gram", "g", "g", 0, 1e6, "all else"),
    ONLY("stack", capacity_Ah, "capacity", "capacity_ah", "Ah", "Ah", 1e-4, 1e5, "of the cell; scales mass and volume"),
    ONLY("stack", package_fraction, "package_fraction", "package_fraction", "1", "%", 0, 0.95,
         "packaging in the cell's mass"),
    ONLY("coin", electrode_diameter_cm, "electrode_diameter", "electrode_diameter_cm", "cm", "mm", 0.1, 10,
         "of all sheets"),
    ONLY("coin", case_diameter_cm, "case_diameter", "case_diameter_cm", "cm", "mm", 0.2, 20, "of the case"),
    ONLY("coin", case_height_cm, "case_height", "case_height_cm", "cm", "mm", 0.02, 10, "of the case"),
    ONLY("coin", case_mass_g, "case_mass", "case_mass_gram", "g", "g", 0, 1000, "case, gasket, spacer, spring"),
    INPUT(stack_pressure_Pa, "stack_pressure", "stack_pressure_pa", "Pa", "kPa", 0, 1e10,
          "in operation; for the checks"),
    INPUT(separator_shear_modulus_Pa, "separator_shear_modulus", "separator_shear_modulus_pa", "Pa", "GPa", 0, 1e12,
          "for the checks"),
    INPUT(charge_rate_per_h, "charge_rate", "charge_rate_per_h", "1/h", "1/h", 1e-4, 1e3,
          "1 1/h is 1C; for the checks"),
    INPUT(discharge_rate_per_h, "discharge_rate", "discharge_rate_per_h", "1/h", "1/h", 1e-4, 1e3,
          "1 1/h is 1C; for the checks"),
    INPUT(lithium_efficiency, "lithium_efficiency", "coulombic_efficiency_lithium", "1", "%", 0.01, 0.9999999,
          "Coulombic efficiency of lithium, from anode-free or Li-Cu cells; for the life"),
    INPUT(lithium_acceleration, "lithium_acceleration", "lithium_acceleration", "1", "1", -1, 1,
          "life: 1 - efficiency of lithium grows as exp(this times cycle)"),
    INPUT(cathode_efficiency, "cathode_efficiency", "coulombic_efficiency_cathode", "1", "%", 0.5, 1,
          "life: of the cathode"),
    INPUT(cathode_retention, "cathode_retention", "cathode_retention", "1", "%", 0.5, 1,
          "life: capacity of the cathode from cycle to cycle"),
    INPUT(depth, "depth_of_discharge", "depth_of_discharge", "1", "%", 0.01, 1,
          "life: part of the capacity that is cycled"),
    INPUT(electrolyte_least_g_per_Ah, "electrolyte_least", "electrolyte_least_gram_per_ah", "g/Ah", "g/Ah", 0.01, 100,
          "life: E/C at which a liquid cell is dry"),
    INPUT(electrolyte_g_per_mol, "electrolyte_molar_mass", "electrolyte_molar_mass_gram_per_mol", "g/mol", "g/mol", 10,
          1000, "life: of what is reduced"),
    INPUT(electrolyte_electrons, "electrolyte_electrons", "electrolyte_electrons", "1", "1", 0.1, 20,
          "life: electrons that a molecule takes"),
    INPUT(interphase_share, "interphase_share", "interphase_share", "1", "%", 0.001, 1,
          "life: of the lost lithium, what became interphase and not dead metal"),
    INPUT(retention, "retention", "capacity_retention_end", "1", "%", 0.05, 0.999,
          "life: ends at this part of the capacity"),
};
enum { INPUTS = sizeof inputs / sizeof *inputs };
_Static_assert(INPUTS <= 64, "pm_design_fill tells what it assumed in 64 bits");

#define OUTPUT(member, key, name, unit, shown, meaning)                                                                \
    {                                                                                                                  \
        key, name, unit, shown, offsetof(pm_design_result, member), meaning                                            \
    }
static const pm_design_output outputs[] = {
    OUTPUT(specific_energy_Wh_per_kg, "specific_energy", "specific_energy_wh_per_kg", "Wh/kg", "Wh/kg", "of the cell"),
    OUTPUT(energy_density_Wh_per_L, "energy_density", "energy_density_wh_per_litre", "Wh/L", "Wh/L", "as assembled"),
    OUTPUT(energy_density_charged_Wh_per_L, "energy_density_charged", "energy_density_charged_wh_per_litre", "Wh/L",
           "Wh/L", "charged: the cathode's lithium plated densely"),
    OUTPUT(stack_energy_Wh_per_kg, "stack_energy", "stack_energy_wh_per_kg", "Wh/kg", "Wh/kg",
           "without packaging, tabs and other mass"),
    OUTPUT(mass_g, "mass", "mass_gram", "g", "g", "of the cell"),
    OUTPUT(volume_cm3, "volume", "volume_cm3", "cm3", "cm3", "as assembled"),
    OUTPUT(volume_charged_cm3, "volume_charged", "volume_charged_cm3", "cm3", "cm3", "charged"),
    OUTPUT(thickness_um, "thickness", "thickness_um", "um", "um", "of the cell (a stack: of its sheets), as assembled"),
    OUTPUT(thickness_charged_um, "thickness_charged", "thickness_charged_um", "um", "um", "charged"),
    OUTPUT(capacity_Ah, "capacity", "capacity_ah", "Ah", "Ah", "that discharges"),
    OUTPUT(energy_Wh, "energy", "energy_wh", "Wh", "Wh", "of a discharge"),
    OUTPUT(voltage_V, "voltage", "voltage_mean_volt", "V", "V", "mean of a discharge"),
    OUTPUT(area_cm2, "area", "area_cm2", "cm2", "cm2", "of all cathode sides"),
    OUTPUT(active_fraction, "active_material_fraction", "active_material_fraction", "1", "%",
           "active cathode material in the cell's mass"),
    OUTPUT(areal_capacity_Ah_per_cm2, "areal_capacity", "areal_capacity_ah_per_cm2", "Ah/cm2", "mAh/cm2",
           "of the cathode, one side"),
    OUTPUT(areal_energy_Wh_per_cm2, "areal_energy", "areal_energy_wh_per_cm2", "Wh/cm2", "mWh/cm2", "one side"),
    OUTPUT(n_to_p, "n_to_p", "n_to_p_ratio", "1", "1", "by n_to_p_convention"),
    OUTPUT(n_to_p_foil, "n_to_p_foil", "n_to_p_ratio_foil", "1", "1", "the foil (or graphite) alone over the cathode"),
    OUTPUT(n_to_p_total, "n_to_p_total", "n_to_p_ratio_total", "1", "1",
           "all lithium of the charged anode over the cathode"),
    OUTPUT(lithium_um, "lithium_thickness", "lithium_thickness_um", "um", "um", "of the foil, one side"),
    OUTPUT(lithium_Ah_per_cm2, "lithium_capacity", "lithium_capacity_ah_per_cm2", "Ah/cm2", "mAh/cm2", "of the foil"),
    OUTPUT(electrolyte_g_per_Ah, "electrolyte_to_capacity", "electrolyte_to_capacity_gram_per_ah", "g/Ah", "g/Ah",
           "E/C by mass"),
    OUTPUT(electrolyte_mL_per_Ah, "electrolyte_to_capacity_by_volume", "electrolyte_to_capacity_millilitre_per_ah",
           "mL/Ah", "mL/Ah", "E/C by volume"),
    OUTPUT(electrolyte_cm3, "electrolyte_volume", "electrolyte_volume_cm3", "cm3", "cm3", "of what was told"),
    OUTPUT(electrolyte_room_cm3, "electrolyte_room", "electrolyte_room_cm3", "cm3", "cm3",
           "that pores and gaps leave for it, as assembled"),
    OUTPUT(cycle_life, "cycle_life", "cycle_life", "1", "1", "predicted: the first of lithium, electrolyte, cathode"),
    OUTPUT(cycle_life_total, "cycle_life_total", "cycle_life_total", "1", "1",
           "down to `retention` or dry, with stage 4: to compare foils, and none"),
    OUTPUT(cycle_life_lithium, "cycle_life_lithium", "cycle_life_lithium", "1", "1",
           "until the foil is used up; without foil: down to `retention`"),
    OUTPUT(cycle_life_electrolyte, "cycle_life_electrolyte", "cycle_life_electrolyte", "1", "1", "until it is dry"),
    OUTPUT(cycle_life_cathode, "cycle_life_cathode", "cycle_life_cathode", "1", "1", "of the cathode by itself"),
    OUTPUT(normalised_cycle_life, "normalised_cycle_life", "normalised_cycle_life", "1", "1",
           "cycles until the foil is used up, over N/P by the foil"),
};
enum { OUTPUTS = sizeof outputs / sizeof *outputs };

const pm_design_input *pm_design_inputs(int *n)
{
    *n = INPUTS;
    return inputs;
}

const pm_design_output *pm_design_outputs(int *n)
{
    *n = OUTPUTS;
    return outputs;
}

pm_design pm_design_new(void)
{
    pm_design d = {0};
    for (int i = 0; i < INPUTS; i++) memcpy((char *)&d + inputs[i].offset, &(double){NAN}, sizeof(double));
    return d;
}

double pm_design_get(const pm_design *design, const pm_design_input *input)
{
    double value;
    memcpy(&value, (const char *)design + input->offset, sizeof value);
    return value;
}

double pm_design_deviation(const pm_design *design, const pm_design_input *input)
{
    double deviation = 0;
    if (input->deviation) memcpy(&deviation, (const char *)design + input->deviation, sizeof deviation);
    return deviation;
}

bool pm_design_is_idle(const pm_design *told, const pm_design_input *input)
{
    if (!input->only || isnan(pm_design_get(told, input))) return false;
    return strcmp(input->only, pm_design_choice(told, "form")) && strcmp(input->only, pm_design_choice(told, "anode"));
}

bool pm_design_is_whole(const pm_design_input *input)
{
    return input->offset == offsetof(pm_design, layers);
}

void pm_design_set(pm_design *design, const pm_design_input *input, double value)
{
    for (int i = 0; input->rivals && i < INPUTS; i++)
        if (inputs[i].rivals == input->rivals)
            memcpy((char *)design + inputs[i].offset, &(double){NAN}, sizeof(double));
    memcpy((char *)design + input->offset, &value, sizeof value);
}

double pm_design_read(const pm_design_result *result, const pm_design_output *output)
{
    double value;
    memcpy(&value, (const char *)result + output->offset, sizeof value);
    return value;
}

static pm_status unknown(const char *what, const pm_nearest *nearest, pm_error *err)
{
    char hint[96] = "premortem design --example shows them";
    if (nearest->best) snprintf(hint, sizeof hint, "did you mean %s?", nearest->best);
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), hint, "%s '%.40s' is not known", what, nearest->word);
}

pm_status pm_design_input_find(const pm_design *design, const char *key, const pm_design_input **out, pm_error *err)
{
    pm_nearest nearest = {.word = key};
    const pm_design_input *found = NULL;
    for (int i = 0; i < INPUTS; i++) {
        bool named = !strcmp(key, inputs[i].key) || !strcmp(key, inputs[i].name);
        bool told = design && !isnan(pm_design_get(design, &inputs[i]));
        if (named && (!found || told)) found = &inputs[i];
        pm_nearest_try(&nearest, inputs[i].key);
    }
    if (!found) return unknown("input", &nearest, err);
    *out = found;
    return PM_OK;
}

pm_status pm_design_output_find(const char *key, const pm_design_output **out, pm_error *err)
{
    pm_nearest nearest = {.word = key};
    for (int i = 0; i < OUTPUTS; i++) {
        *out = &outputs[i];
        if (!strcmp(key, outputs[i].key) || !strcmp(key, outputs[i].name)) return PM_OK;
        pm_nearest_try(&nearest, outputs[i].key);
    }
    return unknown("output", &nearest, err);
}
