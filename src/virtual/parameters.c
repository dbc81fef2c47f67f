/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "physics.h"

#define NOTE "virtual-cell notes: prototype tuned by hand"
#define PHYSICS(name, unit, value, meaning, source) ROW(name, unit, value, PM_VIRTUAL_PHYSICS, meaning, source)
#define CLOSURE(name, unit, value, meaning) ROW(name, unit, value, PM_VIRTUAL_CLOSURE, meaning, NOTE)
#define ASSEMBLY(name, unit, value, meaning) ROW(name, unit, value, PM_VIRTUAL_ASSEMBLY, meaning, "")
#define ROW(name, unit, value, origin, meaning, source)                                                                \
    {                                                                                                                  \
#name, unit, offsetof(pm_virtual_parameters, name), value, origin, meaning, source                             \
    }

static const pm_virtual_parameter table[] = {
    ASSEMBLY(area_cm2, "cm2", 1.27, "area of the electrodes"),
    ASSEMBLY(separator_um, "um", 25, "thickness of the separator"),
    ASSEMBLY(separator_porosity, "1", 0.45, "pores of the separator by volume"),
    PHYSICS(separator_tortuosity, "1", 2.5, "D and kappa in pores are those of the liquid times porosity over this",
            "MacMullin number 5.6: order of polyolefin separators"),
    ASSEMBLY(electrolyte_mg_per_cm2, "mg/cm2", 50, "electrolyte in the cell"),
    ASSEMBLY(pressure_ratio, "1", 1, "stack pressure over that of a usual coin cell"),
    ASSEMBLY(working_foil_mAh_per_cm2, "mAh/cm2", 0, "lithium of the working electrode's foil; 0 = bare copper"),
    ASSEMBLY(counter_foil_mAh_per_cm2, "mAh/cm2", 50, "lithium of the counter electrode's foil: 250 um"),
    ASSEMBLY(contact_ohm_cm2, "ohm*cm2", 1, "resistance of contacts"),
    ASSEMBLY(rest_potential_V, "V", 2.4, "fresh copper against lithium"),
    CLOSURE(capacitance_mF_per_cm2, "mF/cm2", 11, "double layer and reversible surface reactions"),
    CLOSURE(oxide_mC_per_cm2, "mC/cm2", 20, "reduced on fresh copper above 0 V, never given back"),
    ASSEMBLY(cathode_mAh_per_cm2, "mAh/cm2", 1.5, "capacity of the cathode between 3.0 and 4.3 V"),
    CLOSURE(cathode_ohm_cm2, "ohm*cm2", 12, "series resistance of the cathode"),
    CLOSURE(cathode_fade_per_cycle, "1", 2e-4, "part of its capacity that a cathode loses in a cycle"),
    PHYSICS(exchange_current_mA_per_cm2, "mA/cm2", 15, "of lithium, per real area, at salt_mol_per_litre and 25 C",
            "Boyle et al., ACS Energy Lett. 2020, 5, 701: 4.0 (EC:DEC) to 29.8 (LiFSI/DME)"),
    PHYSICS(diffusivity_cm2_per_s, "cm2/s", 3.5e-6, "of the salt in the liquid at 25 C", "known order: 1e-6 to 5e-6"),
    PHYSICS(transference, "1", 0.4, "of lithium", "known order: 0.2 to 0.5"),
    PHYSICS(salt_mol_per_litre, "mol/L", 1, "mean concentration of the salt", "usual electrolytes"),
    PHYSICS(conductivity_mS_per_cm, "mS/cm", 9, "of the liquid at 25 C", "known order: 2 to 12"),
    PHYSICS(film_ohm_cm2_real, "ohm*cm2", 22, "of the fresh SEI per real area: thickness over ionic conductivity",
            "known order: 5 to 100"),
    PHYSICS(film_nm, "nm", 14, "thickness of the SEI", "known order: 5 to 50, cryo-microscopy"),
    CLOSURE(modulus_GPa, "GPa", 2.2, "Young's modulus of the SEI: below 1 organic, above 5 rich in LiF"),
    CLOSURE(strength_GPa, "GPa", 0.2, "stress at which the SEI breaks"),
    CLOSURE(unevenness, "1", 0.6, "of conduction through the SEI: organic 1, uniform 0"),
    PHYSICS(barrier_V2, "V2", 0.002, "B of the nucleation rate exp(-B/eta^2)", "classical nucleation; value a closure"),
    CLOSURE(sites_per_cm2, "1/cm2", 1e10, "where nuclei can form"),
    CLOSURE(reuse, "1", 0.75, "part of an old SEI that covers new lithium again"),
    PHYSICS(sei_volume_um_cm2_per_mAh, "um*cm2/mAh", 9, "volume of SEI per lithium in it: what clogs dead layers",
            "molar volumes: LiF 3.7, Li2O 2.8, Li2CO3 6.5, alkyl carbonates 20"),
    CLOSURE(corrosion_uA_per_cm2_real, "uA/cm2", 0.02, "lithium lost to SEI with time, per real area"),
    CLOSURE(calendar_ratio, "1", 1, "growth of the film with time over the default's"),
    PHYSICS(kinetics_eV, "eV", 0.5, "activation energy of the exchange current", "known order: 0.3 to 0.7"),
    PHYSICS(film_eV, "eV", 0.5, "activation energy of conduction in the SEI", "known order: 0.3 to 0.7"),
    PHYSICS(transport_eV, "eV", 0.15, "activation energy of diffusion and conduction in the liquid", "known order"),
    CLOSURE(nucleation_per_s, "1/s", 3, "rate of nucleation per free site without barrier"),
    CLOSURE(residual_sites_per_cm2, "1/cm2", 1e9, "nuclei that remain on an electrode with much dead lithium"),
    CLOSURE(surface_energy_J_per_m2, "J/m2", 0.12, "effective: the true 0.5 would let no nucleus form"),
    CLOSURE(nucleation_strain, "1", 0.15, "strain of the SEI over a nucleus: ties nucleation to the modulus"),
    CLOSURE(fresh_film_share, "1", 0.3, "film over a first nucleus, part of the full one"),
    CLOSURE(thickening, "1", 1, "1: area falls from porous columns to dense growth; 0: area of hemispheres"),
    CLOSURE(roughness_scale, "1", 5, "how much area columns of an uneven film have"),
    CLOSURE(roughness_ratio, "1", 1, "scatter of the column area from cell to cell"),
    CLOSURE(thickening_mAh_per_cm2, "mAh/cm2", 0.45, "charge over which growth becomes dense"),
    CLOSURE(crack_resistance_share, "1", 0.15, "resistance of cracked film, part of the whole one's"),
    CLOSURE(residual_coverage, "1", 0.15, "coverage by residual lithium on an electrode with much dead lithium"),
    CLOSURE(foil_coverage, "1", 0.25, "part of a foil's surface on which lithium grows at once"),
    CLOSURE(residual_mAh_per_cm2, "mAh/cm2", 0.3, "dead or left lithium that is much"),
    CLOSURE(pit_share, "1", 0.3, "part of a foil that dissolves before pits form"),
    CLOSURE(pit_mAh_per_cm2, "mAh/cm2", 0.1, "charge in which pits open the rest"),
    CLOSURE(native_film_ratio, "1", 1.5, "film of a foil's bulk over that of deposits"),
    PHYSICS(dead_layer_porosity, "1", 0.7, "of dead lithium before SEI fills it", "microscopy: 0.5 to 0.8"),
    CLOSURE(porosity_floor, "1", 0.08, "no pore space is clogged further"),
    CLOSURE(uneven_by_dead, "1", 4, "columns: how far dead lithium makes growth uneven"),
    CLOSURE(uneven_by_current, "1", 2, "columns: by the square of current over limiting current"),
    CLOSURE(growth_strain, "1", 0.025, "strain of the SEI in a cycle, for columns of 1 and nuclei of 0.5 um"),
    CLOSURE(heal_modulus_GPa, "GPa", 6, "above it a broken SEI does not heal"),
    CLOSURE(loss_by_fracture, "1", 3, "new SEI on a wholly broken surface over that on a new one"),
    CLOSURE(dead_by_columns, "1", 0.015, "part of stripped lithium that dies, by the square of columns - 1"),
    CLOSURE(dead_by_fracture, "1", 0.35, "part of stripped lithium that dies below a wholly broken SEI"),
    CLOSURE(dense_by_repair, "1", 0.8, "dense film from breaking lightly and healing, over the film"),
    CLOSURE(damage_by_fracture, "1", 1.2, "damage that feeds on itself, where nothing heals"),
    CLOSURE(first_cycle_ratio, "1", 1.6, "SEI of the first cycle over that of later ones"),
    CLOSURE(film_growth_per_sqrt_h, "1/h^0.5", 0.028, "parabolic growth of the film, part of itself"),
    PHYSICS(electrolyte_mg_per_mAh, "mg/mAh", 3.36, "electrolyte consumed with lithium: M/(26.8 z) for 90 g/mol, z = 1",
            "Faraday's law"),
    CLOSURE(electrolyte_dead_share, "1", 0.15, "consumption by dead lithium over that by SEI"),
    CLOSURE(dry_margin, "1", 0.35, "part of the electrolyte below which the wetted area shrinks"),
    CLOSURE(wetted_floor, "1", 0.15, "wetted area that remains"),
    CLOSURE(short_per_mAh, "cm2/mAh", 3e-3, "chance of a short per charge plated, for columns of 2 and 25 um"),
    CLOSURE(short_mS_per_cm2, "mS/cm2", 4, "a new short's conductance (median)"),
    CLOSURE(short_growth_per_h, "1/h", 0.01, "rate at which the mean conductance grows"),
    CLOSURE(short_heal_per_h, "1/h", 0.02, "rate at which a short burns through and is gone"),
    CLOSURE(short_drift_per_sqrt_h, "1/h^0.5", 0.25, "random drift of the logarithm of the mean conductance"),
    CLOSURE(short_flicker_per_s, "1/s", 0.01, "rate of the telegraph noise"),
    CLOSURE(short_flicker_depth, "1", 0.5, "the low level of the noise is the high one times 1 minus this"),
};
enum { PARAMETERS = sizeof table / sizeof *table };
_Static_assert(PARAMETERS * sizeof(double) == sizeof(pm_virtual_parameters), "a row per parameter");

const char *pm_virtual_origin_name(pm_virtual_origin origin)
{
    static const char *const names[] = {"physics", "closure", "assembly"};
    return (unsigned)origin <= PM_VIRTUAL_ASSEMBLY ? names[origin] : NULL;
}

const pm_virtual_parameter *pm_virtual_parameter_table(int *n)
{
    *n = PARAMETERS;
    return table;
}

pm_virtual_parameters pm_virtual_parameter_defaults(void)
{
    pm_virtual_parameters p;
    for (int i = 0; i < PARAMETERS; i++) *virtual_parameter(&p, &table[i]) = table[i].value;
    return p;
}

double *virtual_parameter(pm_virtual_parameters *p, const pm_virtual_parameter *row)
{
    return (double *)(void *)((char *)p + row->offset);
}

/* Without one of these there is no cell; all others may be 0, which takes them out. */
static bool must_be_positive(size_t offset)
{
    static const size_t needed[] = {
        offsetof(pm_virtual_parameters, area_cm2),
        offsetof(pm_virtual_parameters, separator_um),
        offsetof(pm_virtual_parameters, separator_porosity),
        offsetof(pm_virtual_parameters, separator_tortuosity),
        offsetof(pm_virtual_parameters, electrolyte_mg_per_cm2),
        offsetof(pm_virtual_parameters, capacitance_mF_per_cm2),
        offsetof(pm_virtual_parameters, cathode_mAh_per_cm2),
        offsetof(pm_virtual_parameters, exchange_current_mA_per_cm2),
        offsetof(pm_virtual_parameters, diffusivity_cm2_per_s),
        offsetof(pm_virtual_parameters, salt_mol_per_litre),
        offsetof(pm_virtual_parameters, conductivity_mS_per_cm),
        offsetof(pm_virtual_parameters, film_nm),
        offsetof(pm_virtual_parameters, strength_GPa),
        offsetof(pm_virtual_parameters, sites_per_cm2),
        offsetof(pm_virtual_parameters, residual_sites_per_cm2),
        offsetof(pm_virtual_parameters, thickening_mAh_per_cm2),
        offsetof(pm_virtual_parameters, residual_mAh_per_cm2),
        offsetof(pm_virtual_parameters, pit_share),
        offsetof(pm_virtual_parameters, pit_mAh_per_cm2),
        offsetof(pm_virtual_parameters, dead_layer_porosity),
        offsetof(pm_virtual_parameters, porosity_floor),
        offsetof(pm_virtual_parameters, crack_resistance_share),
        offsetof(pm_virtual_parameters, heal_modulus_GPa),
        offsetof(pm_virtual_parameters, dry_margin),
        offsetof(pm_virtual_parameters, wetted_floor),
        offsetof(pm_virtual_parameters, nucleation_per_s),
        offsetof(pm_virtual_parameters, short_mS_per_cm2),
    };
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (needed[i] == offset) return true;
    return false;
}

/* Parts of a whole, but for those that only happen to have no unit. */
static bool at_most_one(size_t offset)
{
    static const size_t parts[] = {
        offsetof(pm_virtual_parameters, separator_porosity),
        offsetof(pm_virtual_parameters, transference),
        offsetof(pm_virtual_parameters, reuse),
        offsetof(pm_virtual_parameters, fresh_film_share),
        offsetof(pm_virtual_parameters, thickening),
        offsetof(pm_virtual_parameters, residual_coverage),
        offsetof(pm_virtual_parameters, foil_coverage),
        offsetof(pm_virtual_parameters, pit_share),
        offsetof(pm_virtual_parameters, crack_resistance_share),
        offsetof(pm_virtual_parameters, dead_layer_porosity),
        offsetof(pm_virtual_parameters, porosity_floor),
        offsetof(pm_virtual_parameters, dry_margin),
        offsetof(pm_virtual_parameters, wetted_floor),
        offsetof(pm_virtual_parameters, short_flicker_depth),
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i] == offset) return true;
    return false;
}

pm_status pm_virtual_parameter_check(const pm_virtual_parameters *p, pm_error *err)
{
    pm_virtual_parameters copy = *p;
    for (int i = 0; i < PARAMETERS; i++) {
        double value = *virtual_parameter(&copy, &table[i]);
        bool too_low = must_be_positive(table[i].offset) ? !(value > 0) : !(value >= 0);
        if (too_low || !(value < 1e300) || (at_most_one(table[i].offset) && value > 1))
            return pm_fail(err, PM_ERR_ARGUMENT, "parameter %s of a virtual cell cannot be %g %s", table[i].name, value,
                           table[i].unit);
    }
    if (p->residual_coverage >= 1 || p->foil_coverage >= 1 || p->transference >= 1 || p->dead_layer_porosity >= 1)
        return pm_fail(err, PM_ERR_ARGUMENT, "coverages, transference and porosity of a virtual cell are below 1");
    return PM_OK;
}

void pm_virtual_switch_off(pm_virtual_parameters *p, unsigned closures)
{
    if (closures & PM_VIRTUAL_NO_STRESS) p->nucleation_strain = 0;
    if (closures & PM_VIRTUAL_NO_FRESH_FILM) p->fresh_film_share = 1;
    if (closures & PM_VIRTUAL_NO_THICKENING) p->thickening = 0;
}
