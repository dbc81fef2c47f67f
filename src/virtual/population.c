/* SPDX-License-Identifier: MIT */
/* Families, electrolytes in them, cells of them [C]: medians and spreads of the prototype. */
#include <math.h>

#include "physics.h"

static const struct {
    const char *name;
    double film_ohm, film_nm, modulus_GPa, strength_GPa, unevenness, exchange, diffusivity, salt, transference,
        conductivity, barrier, reuse, sei_volume;
} families[PM_VIRTUAL_FAMILIES] = {
    [PM_VIRTUAL_CARBONATE] = {"carbonate", 45, 25, 0.8, 0.25, 1.0, 5, 2.5e-6, 1.0, 0.35, 8, 0.003, 0.65, 14},
    [PM_VIRTUAL_ETHER] = {"ether", 22, 14, 2.2, 0.20, 0.6, 15, 3.5e-6, 1.0, 0.40, 9, 0.002, 0.75, 9},
    [PM_VIRTUAL_CONCENTRATED] = {"concentrated", 30, 10, 4.5, 0.32, 0.45, 10, 1.5e-6, 4.0, 0.50, 2.5, 0.0025, 0.80, 6},
    [PM_VIRTUAL_FLUORINATED] = {"fluorinated", 34, 8, 8.0, 0.42, 0.4, 8, 2.0e-6, 1.2, 0.40, 4, 0.003, 0.82, 4.5},
    [PM_VIRTUAL_SILOXANE] = {"siloxane", 16, 12, 3.0, 0.26, 0.5, 12, 2.5e-6, 1.5, 0.40, 5, 0.002, 0.78, 7},
};

const char *pm_virtual_family_name(pm_virtual_family family)
{
    return (unsigned)family < PM_VIRTUAL_FAMILIES ? families[family].name : NULL;
}

static void set_family(pm_virtual_parameters *p, pm_virtual_family family)
{
    p->film_ohm_cm2_real = families[family].film_ohm;
    p->film_nm = families[family].film_nm;
    p->modulus_GPa = families[family].modulus_GPa;
    p->strength_GPa = families[family].strength_GPa;
    p->unevenness = families[family].unevenness;
    p->exchange_current_mA_per_cm2 = families[family].exchange;
    p->diffusivity_cm2_per_s = families[family].diffusivity;
    p->salt_mol_per_litre = families[family].salt;
    p->transference = families[family].transference;
    p->conductivity_mS_per_cm = families[family].conductivity;
    p->barrier_V2 = families[family].barrier;
    p->reuse = families[family].reuse;
    p->sei_volume_um_cm2_per_mAh = families[family].sei_volume;
}

/* Standard deviations of logarithms, between electrolytes and between cells. Rows are only ever added at the end: what is
 * drawn for the others would change. */
static const struct {
    size_t offset;
    double electrolyte, cell;
} spreads[] = {
    {offsetof(pm_virtual_parameters, film_ohm_cm2_real), 0.40, 0.10},
    {offsetof(pm_virtual_parameters, film_nm), 0.25, 0.05},
    {offsetof(pm_virtual_parameters, modulus_GPa), 0.40, 0.10},
    {offsetof(pm_virtual_parameters, strength_GPa), 0.25, 0.08},
    {offsetof(pm_virtual_parameters, unevenness), 0.35, 0.15},
    {offsetof(pm_virtual_parameters, exchange_current_mA_per_cm2), 0.35, 0.10},
    {offsetof(pm_virtual_parameters, diffusivity_cm2_per_s), 0.25, 0},
    {offsetof(pm_virtual_parameters, barrier_V2), 0.30, 0.10},
    {offsetof(pm_virtual_parameters, sites_per_cm2), 0.50, 0.30},
    {offsetof(pm_virtual_parameters, roughness_ratio), 0.20, 0.10},
    {offsetof(pm_virtual_parameters, thickening_mAh_per_cm2), 0.25, 0.10},
    {offsetof(pm_virtual_parameters, conductivity_mS_per_cm), 0.20, 0},
    {offsetof(pm_virtual_parameters, sei_volume_um_cm2_per_mAh), 0.20, 0},
    {offsetof(pm_virtual_parameters, calendar_ratio), 0.40, 0.05},
    {offsetof(pm_virtual_parameters, corrosion_uA_per_cm2_real), 0.50, 0.10},
    {offsetof(pm_virtual_parameters, kinetics_eV), 0.10, 0},
    {offsetof(pm_virtual_parameters, film_eV), 0.10, 0},
    {offsetof(pm_virtual_parameters, area_cm2), 0, 0.02},
    {offsetof(pm_virtual_parameters, electrolyte_mg_per_cm2), 0, 0.08},
    {offsetof(pm_virtual_parameters, pressure_ratio), 0, 0.10},
    {offsetof(pm_virtual_parameters, separator_um), 0, 0.03},
    {offsetof(pm_virtual_parameters, contact_ohm_cm2), 0, 0.20},
    {offsetof(pm_virtual_parameters, capacitance_mF_per_cm2), 0.10, 0.10},
    {offsetof(pm_virtual_parameters, oxide_mC_per_cm2), 0, 0.25},
    {offsetof(pm_virtual_parameters, native_film_ratio), 0, 0.10},
    {offsetof(pm_virtual_parameters, pit_share), 0, 0.10},
};
enum { SPREADS = sizeof spreads / sizeof *spreads };

static void scatter(pm_virtual_parameters *p, pm_random random, bool cell, double scale)
{
    for (int i = 0; i < SPREADS; i++) {
        double spread = cell ? spreads[i].cell : spreads[i].electrolyte;
        double *value = (double *)(void *)((char *)p + spreads[i].offset);
        *value *= exp(scale * spread * pm_random_normal(&random));
    }
}

/* What is lost of reuse between electrolytes, log-normal; parts stay parts. */
static void scatter_parts(pm_virtual_parameters *p, pm_random *random, double scale)
{
    p->reuse = 1 - (1 - p->reuse) * exp(0.15 * scale * pm_random_normal(random));
    p->transference *= exp(0.08 * scale * pm_random_normal(random));
    p->reuse = fmax(p->reuse, 0);
    p->transference = fmin(p->transference, 0.9);
    p->pit_share = fmin(p->pit_share, 0.9);
}

static double scale_of(double option)
{
    return option == 0 ? 1 : fmax(option, 0);
}

pm_virtual_family pm_virtual_population_cell(const pm_virtual_population *population, int64_t electrolyte, int64_t cell,
                                             pm_virtual_parameters *out)
{
    pm_virtual_family family = (pm_virtual_family)(electrolyte % PM_VIRTUAL_FAMILIES);
    uint64_t n = (uint64_t)electrolyte, m = (uint64_t)cell;
    *out = pm_virtual_parameter_defaults();
    set_family(out, family);
    scatter(out, pm_random_stream(population->seed, "virtual/electrolyte", n), false,
            scale_of(population->electrolyte_scatter));
    pm_random parts = pm_random_stream(population->seed, "virtual/electrolyte-parts", n);
    scatter_parts(out, &parts, scale_of(population->electrolyte_scatter));
    scatter(out, pm_random_stream(population->seed, "virtual/cell", n << 32 | m), true,
            scale_of(population->cell_scatter));
    out->pit_share = fmin(out->pit_share, 0.9);
    return family;
}
