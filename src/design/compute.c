/* SPDX-License-Identifier: MIT */
/* Mass, volume and energy of a design. Formulas: docs/design.md. */
#include "range.h"

#include <math.h>
#include <string.h>

static const double aluminium_g_per_cm3 = 2.70, copper_g_per_cm3 = 8.96, lithium_g_per_cm3 = 0.534,
                    nickel_g_per_cm3 = 8.9;
static const double um = 1e-4; /* in cm */

/* How many of each sheet a cell has, of what area. */
typedef struct sheets {
    double coatings, aluminium, anodes, copper, separators; /* coatings and anodes by the side */
    double cathode_cm2, anode_cm2;                          /* of one; the separator is as large as the anode */
} sheets;

static sheets sheets_of(const pm_design *d)
{
    if (d->form == PM_FORM_STACK) {
        double area = d->capacity_Ah / (d->areal_capacity_Ah_per_cm2 * d->usable_fraction);
        return (sheets){1, 0.5, 1, 0.5, 1, area, area};
    }
    if (d->form == PM_FORM_COIN) {
        double area = acos(-1) / 4 * d->electrode_diameter_cm * d->electrode_diameter_cm;
        return (sheets){1, 1, 1, 1, 1, area, area};
    }
    double n = d->layers, w = d->electrode_width_cm, h = d->electrode_height_cm, over = 2 * d->overhang_cm;
    return (sheets){2 * n, n, 2 * (n + 1), n + 1, 2 * n, w * h, (w + over) * (h + over)};
}

static double cathode_coating_g_per_cm2(const pm_design *d)
{
    return d->areal_capacity_Ah_per_cm2 / d->cathode_specific_capacity_Ah_per_g / d->cathode_active_fraction;
}

/* n sheets of a thickness and density. A sheet that is not there makes no part. */
static void add_sheets(pm_design_result *r, const char *name, double n, double area_cm2, double thickness_um,
                       double g_per_cm3)
{
    double volume = n * area_cm2 * thickness_um * um;
    if (volume > 0) r->part[r->parts++] = (pm_design_part){name, volume * g_per_cm3, n * thickness_um, volume};
}

static void add_stack(const pm_design *d, const sheets *s, pm_design_result *r)
{
    double coating = cathode_coating_g_per_cm2(d), density = d->cathode_density_g_per_cm3;
    add_sheets(r, "cathode coating", s->coatings, s->cathode_cm2, coating / density / um, density);
    add_sheets(r, "aluminium", s->aluminium, s->cathode_cm2, d->aluminium_um, aluminium_g_per_cm3);
    if (d->anode == PM_ANODE_GRAPHITE) {
        double graphite = d->n_to_p * d->areal_capacity_Ah_per_cm2 / d->graphite_specific_capacity_Ah_per_g;
        double thickness = graphite / d->graphite_active_fraction / d->graphite_density_g_per_cm3 / um;
        add_sheets(r, "graphite coating", s->anodes, s->anode_cm2, thickness, d->graphite_density_g_per_cm3);
    }
    add_sheets(r, "lithium", s->anodes, s->anode_cm2, d->lithium_um, lithium_g_per_cm3);
    add_sheets(r, "copper", s->copper, s->anode_cm2, d->copper_um, copper_g_per_cm3);
    add_sheets(r, "separator", s->separators, s->anode_cm2, d->separator_um, d->separator_density_g_per_cm3);
    double electrolyte = d->electrolyte_g_per_Ah * r->capacity_Ah;
    if (electrolyte > 0) r->part[r->parts++] = (pm_design_part){"electrolyte", electrolyte, NAN, NAN};
}

static double mass_so_far(const pm_design_result *r)
{
    double mass = 0;
    for (int i = 0; i < r->parts; i++) mass += r->part[i].mass_g;
    return mass;
}

static double thickness_so_far(const pm_design_result *r)
{
    double thickness = 0;
    for (int i = 0; i < r->parts; i++) thickness += isnan(r->part[i].thickness_um) ? 0 : r->part[i].thickness_um;
    return thickness;
}

/* What is around the stack: pouch film with tabs and all else, case, or a part of the mass. One part, the last. */
static pm_design_part package_of(const pm_design *d, double stack_g)
{
    if (d->form == PM_FORM_STACK)
        return (pm_design_part){"package", stack_g * d->package_fraction / (1 - d->package_fraction), NAN, NAN};
    if (d->form == PM_FORM_COIN) return (pm_design_part){"case", d->case_mass_g, NAN, NAN};
    double over = 2 * d->overhang_cm + d->clearance_cm;
    double film = 2 * (d->electrode_width_cm + over) * (d->electrode_height_cm + over) * d->film_um * um;
    double tab = (d->tab_height_cm + d->clearance_cm) * d->tab_width_cm * d->tab_cm; /* it reaches in to the stack */
    double mass = film * d->film_density_g_per_cm3 + tab * (aluminium_g_per_cm3 + nickel_g_per_cm3) + d->extra_mass_g;
    return (pm_design_part){"film, tabs and other", mass, 2 * d->film_um, film + 2 * tab};
}

/* The box around a pouch of that thickness, without the edges that are folded away; a coin's case does not swell. */
static double volume_of(const pm_design *d, const sheets *s, double thickness_um)
{
    if (d->form == PM_FORM_STACK) return s->cathode_cm2 * thickness_um * um;
    if (d->form == PM_FORM_COIN) return acos(-1) / 4 * d->case_diameter_cm * d->case_diameter_cm * d->case_height_cm;
    double over = 2 * d->overhang_cm + d->clearance_cm;
    double height = d->electrode_height_cm + over + d->tab_height_cm;
    return (d->electrode_width_cm + over) * height * thickness_um * um;
}

/* Part of a sheet's volume that is not pores: coatings by the densities of what is in them, half of a porous separator. */
static double solid_part(const pm_design *d, const pm_design_part *part)
{
    static const double crystal_g_per_cm3[] = {4.7, 4.3, 3.6}; /* by pm_design_cathode */
    const double graphite_g_per_cm3 = 2.26, rest_g_per_cm3 = 1.8;
    double density = part->mass_g / part->volume_cm3, w = d->cathode_active_fraction;
    double active = crystal_g_per_cm3[d->cathode];
    if (!strcmp(part->name, "separator")) return d->electrolyte == PM_ELECTROLYTE_LIQUID ? 0.5 : 1;
    if (!strcmp(part->name, "graphite coating")) {
        w = d->graphite_active_fraction;
        active = graphite_g_per_cm3;
    } else if (strcmp(part->name, "cathode coating")) {
        return 1;
    }
    return fmin(density * (w / active + (1 - w) / rest_g_per_cm3), 1);
}

/* What sheets leave of the inside: their pores, and gaps around them. Without what is around the stack. */
static double room_of(const pm_design *d, const sheets *s, const pm_design_result *stack)
{
    const double steel_g_per_cm3 = 7.9;
    double over = 2 * d->overhang_cm + d->clearance_cm, room = volume_of(d, s, thickness_so_far(stack));
    if (d->form == PM_FORM_POUCH)
        room = (d->electrode_width_cm + over) * (d->electrode_height_cm + over) * thickness_so_far(stack) * um;
    if (d->form == PM_FORM_COIN) room -= d->case_mass_g / steel_g_per_cm3;
    for (int i = 0; i < stack->parts; i++) {
        const pm_design_part *part = &stack->part[i];
        if (!isnan(part->volume_cm3)) room -= part->volume_cm3 * solid_part(d, part);
    }
    return fmax(room, 0);
}

static void weigh(const pm_design *d, pm_design_result *r)
{
    sheets s = sheets_of(d);
    double plated = d->anode == PM_ANODE_GRAPHITE
                        ? 0
                        : s.coatings * d->areal_capacity_Ah_per_cm2 * 1e3 * pm_lithium_um_per_mAh_per_cm2();
    r->area_cm2 = s.coatings * s.cathode_cm2;
    r->capacity_Ah = r->area_cm2 * d->areal_capacity_Ah_per_cm2 * d->usable_fraction;
    r->voltage_V = d->cathode_voltage_V - (d->anode == PM_ANODE_GRAPHITE ? d->graphite_voltage_V : 0);
    r->energy_Wh = r->capacity_Ah * r->voltage_V;
    add_stack(d, &s, r);
    double stack_g = mass_so_far(r);
    r->electrolyte_cm3 = d->electrolyte_mL_per_Ah * r->capacity_Ah;
    r->electrolyte_room_cm3 = room_of(d, &s, r);
    r->part[r->parts++] = package_of(d, stack_g);
    r->mass_g = mass_so_far(r);
    r->thickness_um = d->form == PM_FORM_COIN ? d->case_height_cm / um : thickness_so_far(r);
    r->thickness_charged_um = r->thickness_um + (d->form == PM_FORM_COIN ? 0 : plated);
    r->volume_cm3 = volume_of(d, &s, r->thickness_um);
    r->volume_charged_cm3 = volume_of(d, &s, r->thickness_charged_um);
    r->specific_energy_Wh_per_kg = r->energy_Wh / r->mass_g * 1e3;
    r->stack_energy_Wh_per_kg = r->energy_Wh / stack_g * 1e3;
    r->energy_density_Wh_per_L = r->energy_Wh / r->volume_cm3 * 1e3;
    r->energy_density_charged_Wh_per_L = r->energy_Wh / r->volume_charged_cm3 * 1e3;
    r->active_fraction = r->part[0].mass_g * d->cathode_active_fraction / r->mass_g;
}

static void count_lithium(const pm_design *d, pm_design_result *r)
{
    bool graphite = d->anode == PM_ANODE_GRAPHITE;
    r->areal_capacity_Ah_per_cm2 = d->areal_capacity_Ah_per_cm2;
    r->areal_energy_Wh_per_cm2 = d->areal_capacity_Ah_per_cm2 * d->usable_fraction * r->voltage_V;
    r->lithium_um = d->lithium_um;
    r->lithium_Ah_per_cm2 = d->lithium_um / pm_lithium_um_per_mAh_per_cm2() * 1e-3;
    r->n_to_p_foil = graphite ? d->n_to_p : r->lithium_Ah_per_cm2 / d->areal_capacity_Ah_per_cm2;
    r->n_to_p_total = graphite ? d->n_to_p : r->n_to_p_foil + 1;
    r->n_to_p = d->n_to_p_convention == PM_N_TO_P_TOTAL ? r->n_to_p_total : r->n_to_p_foil;
    r->electrolyte_g_per_Ah = d->electrolyte_g_per_Ah;
    r->electrolyte_mL_per_Ah = d->electrolyte_mL_per_Ah;
}

pm_status pm_design_compute(const pm_design *told, pm_design_result *out, pm_error *err)
{
    pm_design d = *told;
    pm_design_result r = {0};
    pm_status s;
    if ((s = pm_design_fill(&d, NULL, err))) return s;
    weigh(&d, &r);
    count_lithium(&d, &r);
    if ((s = design_predict(&d, &r, err))) return s;
    *out = r;
    return PM_OK;
}
