/* SPDX-License-Identifier: MIT */
/* What was not told of a design, and what makes no sense of what was. Sources of the values: docs/design.md. */
#include "range.h"

#include <math.h>

static void assume(double *value, double usual)
{
    if (isnan(*value)) *value = usual;
}

static void assume_cathode(pm_design *d)
{
    static const struct {
        double capacity_Ah_per_g, voltage_V, density_g_per_cm3;
    } usual[] = {{0.195, 3.86, 3.5}, {0.300, 3.45, 2.8}, {0.165, 3.375, 2.52}}; /* by pm_design_cathode */
    assume(&d->cathode_specific_capacity_Ah_per_g, usual[d->cathode].capacity_Ah_per_g);
    assume(&d->cathode_voltage_V, usual[d->cathode].voltage_V);
    assume(&d->cathode_density_g_per_cm3, usual[d->cathode].density_g_per_cm3);
    assume(&d->cathode_active_fraction, 0.95);
    assume(&d->aluminium_um, 12);
    assume(&d->usable_fraction, 1);
}

static void assume_anode(pm_design *d)
{
    assume(&d->copper_um, 8);
    if (d->anode != PM_ANODE_GRAPHITE) return;
    if (isnan(d->n_to_p)) d->n_to_p = 1.1;
    assume(&d->graphite_specific_capacity_Ah_per_g, 0.344);
    assume(&d->graphite_voltage_V, 0.17);
    assume(&d->graphite_active_fraction, 0.965);
    assume(&d->graphite_density_g_per_cm3, 1.6);
}

static void assume_electrolyte(pm_design *d)
{
    static const double separator_um[] = {12, 20, 20}, separator_g_per_cm3[] = {1.18, 2.0, 5.1};
    static const double density_g_per_cm3[] = {1.2, 2.0, 1.2}; /* an oxide's cathode is wetted by a liquid */
    assume(&d->separator_um, separator_um[d->electrolyte]);
    assume(&d->separator_density_g_per_cm3, separator_g_per_cm3[d->electrolyte]);
    assume(&d->electrolyte_density_g_per_cm3, density_g_per_cm3[d->electrolyte]);
}

static void assume_form(pm_design *d)
{
    switch (d->form) {
    case PM_FORM_POUCH:
        assume(&d->electrode_width_cm, 6);
        assume(&d->electrode_height_cm, 9);
        assume(&d->layers, 10);
        assume(&d->overhang_cm, 0);
        assume(&d->film_um, 113);
        assume(&d->film_density_g_per_cm3, 1.8);
        assume(&d->clearance_cm, 1);
        assume(&d->tab_height_cm, 1);
        assume(&d->tab_width_cm, 1);
        assume(&d->tab_cm, 0.02);
        assume(&d->extra_mass_g, 0);
        return;
    case PM_FORM_COIN:
        assume(&d->electrode_diameter_cm, 1.2);
        assume(&d->case_diameter_cm, 2.0);
        assume(&d->case_height_cm, 0.32);
        assume(&d->case_mass_g, 2.6);
        return;
    case PM_FORM_STACK:
        assume(&d->capacity_Ah, 1);
        assume(&d->package_fraction, 0.05);
        return;
    }
}

static void assume_life(pm_design *d)
{
    if (isnan(d->lithium_efficiency)) return;
    assume(&d->lithium_acceleration, 0);
    assume(&d->cathode_efficiency, 0.9998);
    assume(&d->cathode_retention, d->cathode_efficiency);
    assume(&d->depth, 1);
    assume(&d->retention, 0.8);
    if (d->electrolyte != PM_ELECTROLYTE_LIQUID) return;
    assume(&d->electrolyte_least_g_per_Ah, 1.2);
    assume(&d->electrolyte_g_per_mol, 90);
    assume(&d->electrolyte_electrons, 1);
    assume(&d->interphase_share, 0.5);
}

/* ---- what makes no sense ---- */

pm_status pm_design_in_range(const pm_design_input *input, double value, pm_error *err)
{
    pm_unit from, to;
    double shown[3] = {value, input->low, input->high};
    bool bare = input->shown[0] == '1';
    const char *unit = bare ? "" : input->shown, *gap = bare ? "" : " ";
    const char *hint = bare                                      ? NULL
                       : input->shown[0] != '%'                  ? "is that the right unit?"
                       : value > 1 && value / 100 <= input->high ? "in percent, say so: \"99.5 %\""
                                                                 : NULL;
    pm_status s;
    if (isnan(value) || (value >= input->low && value <= input->high)) return PM_OK;
    if ((s = pm_unit_parse(input->unit, &from, err)) || (s = pm_unit_parse(input->shown, &to, err))) return s;
    if ((s = pm_unit_convert(from, to, 3, shown, err))) return s;
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), hint, "%s is %.10g%s%s, not between %.10g and %.10g%s%s",
                      input->key, shown[0], gap, unit, shown[1], shown[2], gap, unit);
}

static pm_status check_ranges(const pm_design *d, pm_error *err)
{
    int n;
    const pm_design_input *input = pm_design_inputs(&n);
    pm_status s;
    for (int i = 0; i < n; i++) {
        if (input[i].offset == offsetof(pm_design, n_to_p) && d->anode == PM_ANODE_NONE) continue; /* 0 is right */
        if ((s = pm_design_in_range(&input[i], pm_design_get(d, &input[i]), err))) return s;
    }
    return PM_OK;
}

static pm_status needed(const char *key, const char *like, pm_error *err)
{
    char hint[96];
    snprintf(hint, sizeof hint, "such as %s: %s", key, like);
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), hint, "%s is missing", key);
}

static pm_status fill_free(pm_design *d, pm_error *err)
{
    bool foil = d->n_to_p_convention == PM_N_TO_P_FOIL;
    if (!isnan(d->lithium_um))
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "leave it out, or say anode: lithium",
                          "an anode-free cell has no lithium_thickness");
    if (!isnan(d->n_to_p) && d->n_to_p != (foil ? 0 : 1))
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "leave it out",
                          "n_to_p is %.6g, but of an anode-free cell it is %s", d->n_to_p,
                          foil ? "0 where the foil is counted (1 where all lithium is)"
                               : "1 where all lithium is counted (0 where the foil is)");
    d->n_to_p = NAN;
    d->lithium_um = 0;
    return PM_OK;
}

static pm_status fill_foil(pm_design *d, pm_error *err)
{
    bool total = d->n_to_p_convention == PM_N_TO_P_TOTAL;
    if (isnan(d->lithium_um) == isnan(d->n_to_p)) {
        if (isnan(d->n_to_p)) return needed("lithium_thickness", "20 um (or n_to_p: 1)", err);
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "leave one out",
                          "lithium_thickness and n_to_p say the same thing twice");
    }
    if (isnan(d->n_to_p)) return PM_OK;
    double foil = d->n_to_p - (total ? 1 : 0);
    if (!(foil > 0))
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "a cell without foil is anode: anode-free",
                          "n_to_p is %.6g, but of a lithium foil it is above %d where %s counted", d->n_to_p, total,
                          total ? "all lithium of the charged anode is" : "the foil is");
    d->lithium_um = foil * d->areal_capacity_Ah_per_cm2 * 1e3 * pm_lithium_um_per_mAh_per_cm2();
    d->n_to_p = NAN;
    return PM_OK;
}

static pm_status fill_anode(pm_design *d, pm_error *err)
{
    if (d->anode == PM_ANODE_NONE) return fill_free(d, err);
    if (d->anode == PM_ANODE_LITHIUM) return fill_foil(d, err);
    if (!isnan(d->lithium_um))
        return pm_fail(err, PM_ERR_ARGUMENT, "a graphite anode has no lithium_thickness: say n_to_p");
    if (!(d->n_to_p > 0)) return pm_fail(err, PM_ERR_ARGUMENT, "n_to_p is %.6g, not above 0", d->n_to_p);
    d->lithium_um = 0;
    return PM_OK;
}

static pm_status fill_electrolyte(pm_design *d, pm_error *err)
{
    bool mass = !isnan(d->electrolyte_g_per_Ah), volume = !isnan(d->electrolyte_mL_per_Ah);
    if (mass && volume) return pm_fail(err, PM_ERR_ARGUMENT, "electrolyte_to_capacity by mass and by volume: say one");
    if (!mass && !volume) return needed("electrolyte_to_capacity", "2.4 g/Ah (or 2 mL/Ah)", err);
    if (volume) {
        d->electrolyte_g_per_Ah = d->electrolyte_mL_per_Ah * d->electrolyte_density_g_per_cm3;
        d->electrolyte_deviation *= d->electrolyte_density_g_per_cm3;
    }
    d->electrolyte_mL_per_Ah = d->electrolyte_g_per_Ah / d->electrolyte_density_g_per_cm3;
    if (d->electrolyte == PM_ELECTROLYTE_LIQUID && !(d->electrolyte_g_per_Ah > 0))
        return pm_fail(err, PM_ERR_ARGUMENT, "electrolyte_to_capacity of a liquid cell is 0");
    return PM_OK;
}

/* An input is assumed where it is there now and neither it nor a rival was told. */
static uint64_t assumed_bits(const pm_design *told, const pm_design *filled)
{
    int n;
    uint64_t bits = 0;
    const pm_design_input *input = pm_design_inputs(&n);
    for (int i = 0; i < n; i++) {
        bool is_told = !isnan(pm_design_get(told, &input[i]));
        for (int k = 0; k < n; k++)
            if (input[i].rivals && input[k].rivals == input[i].rivals && !isnan(pm_design_get(told, &input[k])))
                is_told = true;
        if (!is_told && !isnan(pm_design_get(filled, &input[i]))) bits |= UINT64_C(1) << i;
    }
    return bits;
}

pm_status pm_design_fill(pm_design *design, uint64_t *assumed, pm_error *err)
{
    pm_design told = *design, d = *design;
    pm_status s;
    if (isnan(d.areal_capacity_Ah_per_cm2)) return needed("areal_capacity", "4 mAh/cm2", err);
    assume_cathode(&d);
    assume_anode(&d);
    assume_electrolyte(&d);
    assume_form(&d);
    assume_life(&d);
    if ((s = fill_anode(&d, err)) || (s = check_ranges(&told, err)) || (s = fill_electrolyte(&d, err))) return s;
    if (assumed) *assumed = assumed_bits(&told, &d);
    *design = d;
    return PM_OK;
}
