/* SPDX-License-Identifier: MIT */
/* Private to the room: a pair of electrodes solved in time. [P] physics, [C] closure chosen here.
 *
 * Everything is per cm2 of electrode unless it says real (per cm2 of lithium surface). Plating on the working electrode
 * is a current above zero, and voltages are polarisations: the working electrode's overpotential less the counter
 * electrode's, above zero while the working electrode plates (with a cathode: the cell's voltage). */
#ifndef PM_VIRTUAL_PHYSICS_H
#define PM_VIRTUAL_PHYSICS_H

#include "virtual/virtual.h"

#define VIRTUAL_FARADAY 96485.33212 /* C/mol */
#define VIRTUAL_GAS 8.314462618     /* J/(mol K) */
#define VIRTUAL_LITHIUM_CM3 13.0    /* per mol */
#define VIRTUAL_PI 3.14159265358979323846
#define VIRTUAL_HOUR 3600.0 /* mA s in mAh */

double *virtual_parameter(pm_virtual_parameters *p, const pm_virtual_parameter *row);

/* ---- what holds for a half-cycle ---- */

/* Parameters at a temperature [P: Arrhenius], and how much of the electrodes is wet. */
typedef struct virtual_conditions {
    const pm_virtual_parameters *p;
    double temperature_K, thermal_V; /* RT/F */
    double exchange_mA_per_cm2, film_ohm_cm2, diffusivity_cm2_per_s, conductivity_S_per_cm, reaction_ratio;
    double wetted;
} virtual_conditions;
virtual_conditions virtual_conditions_at(const pm_virtual_parameters *p, double temperature_C, double wetted);

/* ---- salt between the electrodes ---- */

enum { VIRTUAL_LAYERS_MOST = 40, VIRTUAL_VOLUMES = 3 * VIRTUAL_LAYERS_MOST };

/* Volumes from the working electrode to the counter electrode: its dead layer, the separator, the other dead layer. */
typedef struct virtual_grid {
    int n;
    double pores_cm[VIRTUAL_VOLUMES];    /* pore volume per area */
    double face_per_cm[VIRTUAL_VOLUMES]; /* 1 over width times MacMullin number, between volume i and i + 1 */
    double end_cm[2];                    /* width times MacMullin number of half the first and last volume */
    double path_cm;                      /* width times MacMullin number of everything */
    double depletion_cm;                 /* steady fall of concentration at the plating end, times D, per flux */
} virtual_grid;

/* A porous layer. */
typedef struct virtual_layer {
    double width_cm, porosity, macmullin;
} virtual_layer;
void virtual_grid_build(virtual_grid *g, const virtual_layer layer[3], int volumes);

/* One implicit step of the salt's concentration (mol/cm3) [P: binary salt, constant D and t+]: flux (mol/cm2/s) leaves at
 * the working end and enters at the other one; surface[0], [1]: concentrations at the two ends. */
void virtual_salt_step(const virtual_grid *g, double diffusivity, double flux, double dt_s, double *salt,
                       double surface[2]);
/* A profile moved to another grid, by place in the pores; its mean becomes `mean`: pores that are new are filled from the
 * cell's excess [C]. */
void virtual_salt_move(const virtual_grid *from, const virtual_grid *to, double mean, double *salt);
/* Current (mA/cm2) at which nothing is left at the plating electrode in the steady state. */
double virtual_limiting_current(const virtual_grid *g, const virtual_conditions *k);

/* ---- an electrode ---- */

typedef struct virtual_electrode {
    double foil_mAh, active_mAh, dead_mAh, sei_mAh; /* bulk, deposit, isolated, in the SEI */
    double trapped_mAh;                             /* in a cathode that has faded */
    double dense_ohm_cm2, damage, broken, columns;  /* real; broken: part of the SEI; columns: aspect ratio >= 1 */
    double age_h;
    bool fresh;                                  /* its oxide is not reduced yet */
    bool first_film;                             /* has never been plated on */
    bool plating;                                /* how this half-cycle uses it */
    double plated_mAh;                           /* in this half-cycle */
    double nuclei_per_cm2, cubes_cm3_per_cm2;    /* number; sum of the cubes of their radii */
    double radius_cm, coverage, area;            /* area: real area of the deposit */
    double strip_from_mAh, strip_area;           /* the deposit when stripping began */
    double pitted_mAh;                           /* taken from the foil's bulk in this half-cycle */
    double overpotential_V, faradaic_mA_per_cm2; /* plating above zero */
    double deposit_mA_per_cm2;                   /* the deposit's part of the faradaic current */
    double layer_path_cm;                        /* of the dead layer: width times MacMullin number */
    pm_sum laid_mAh, taken_mAh, reduced_mAh;     /* since the beginning; reduced: by the surface, see below */
} virtual_electrode;

/* Readies an electrode for a half-cycle. */
void virtual_electrode_begin(const virtual_conditions *k, virtual_electrode *e, bool plating);
/* One implicit step with a current into it; salt: concentration at its surface over the mean one. */
void virtual_electrode_step(const virtual_conditions *k, virtual_electrode *e, double current, double salt,
                            double dt_s);
/* Lithium that it holds in any form. */
double virtual_electrode_lithium(const virtual_electrode *e);

/* A way for the current: overpotential = threshold + (2RT/F) asinh(j / 2 i_0) + j R above it, odd without threshold. */
typedef struct virtual_path {
    double area, exchange_mA_per_cm2, resistance_ohm_cm2, threshold_V;
    double local_mA_per_cm2; /* the result */
} virtual_path;
/* Overpotential after a step dt: current = capacitance d(overpotential)/dt + sum of area times local current, by Newton
 * from no local current: monotone, since every path's law is concave. */
double virtual_paths_solve(virtual_path *paths, int n, double capacitance_mF, double before_V, double current,
                           double dt_s, double thermal_V);

/* ---- what a cycle costs ---- */

/* After a plating: new SEI, fracture, healing, columns, damage. */
void virtual_wear(const virtual_conditions *k, virtual_electrode *e, double current_over_limit);
/* What time alone does in so many hours. */
void virtual_age(const virtual_conditions *k, virtual_electrode *e, double hours);
/* Part of what is stripped from now on that dies with it. */
double virtual_dead_share(const pm_virtual_parameters *p, const virtual_electrode *e);
virtual_layer virtual_dead_layer(const pm_virtual_parameters *p, virtual_electrode *e);
/* Part of the area that the electrolyte still wets. */
double virtual_wetted(const pm_virtual_parameters *p, const virtual_electrode *a, const virtual_electrode *b);

/* ---- shorts ---- */

typedef struct virtual_leak {
    pm_random random;
    double mean_mS_per_cm2; /* 0 = none */
    bool low;               /* of the telegraph noise */
} virtual_leak;
double virtual_leak_conductance(const pm_virtual_parameters *p, const virtual_leak *leak);
/* Whether one appears in a plating of so much charge. */
void virtual_leak_try(const pm_virtual_parameters *p, virtual_leak *leak, double plated_mAh, double columns);
void virtual_leak_advance(const pm_virtual_parameters *p, virtual_leak *leak, double dt_s);

/* ---- the pair ---- */

/* Open-circuit voltage of a layered oxide cathode, 0 = all lithium in it, 1 = the capacity taken out. */
double virtual_cathode_V(double charged);

typedef struct virtual_pair {
    virtual_electrode working, counter;
    bool cathode; /* the counter electrode is one: foil_mAh is the lithium that can still be taken out */
    double cathode_mAh;
    double salt[VIRTUAL_VOLUMES]; /* mol/cm3 */
    double polarisation_V, ionic_mA_per_cm2;
    pm_sum passed_mAh, leaked_mAh; /* signed */
} virtual_pair;

/* What a step of the pair takes as given. */
typedef struct virtual_setting {
    virtual_conditions conditions;
    virtual_grid grid;
    double leak_mS_per_cm2;
} virtual_setting;

void virtual_pair_new(virtual_pair *pair, const pm_virtual_parameters *p, bool cathode);
/* Grid and conditions for a half-cycle of this pair, whose salt is moved there. */
void virtual_pair_settle(virtual_pair *pair, virtual_setting *setting, const pm_virtual_parameters *p,
                         double temperature_C, int layers);
void virtual_pair_step(const virtual_setting *setting, virtual_pair *pair, double current, double dt_s);
double virtual_pair_lithium(const virtual_pair *pair);

/* ---- a half-cycle ---- */

typedef struct virtual_half {
    double current;       /* mA/cm2, above zero plates on the working electrode; 0 = rest */
    double charge_mAh;    /* ends after it; INFINITY = by voltage only */
    double high_V, low_V; /* polarisation at which plating, stripping end */
    double duration_s;    /* of a rest */
    double step_ratio;    /* all steps in time times this */
} virtual_half;

typedef struct virtual_half_result {
    double time_s, charge_mAh, mean_V; /* mean over the lithium moved, less the open-circuit voltage */
    double peak_V, plateau_V;          /* overpotential of the plating electrode: highest; at half the charge */
    double plateau_charge_mAh;
    int64_t steps;
} virtual_half_result;

/* Called after each step with the time since the half-cycle began. */
typedef pm_status (*virtual_watch)(void *context, const virtual_pair *pair, double time_s, double charge_mAh, bool last,
                                   pm_error *err);
/* Runs to the end of the half-cycle, steps adapted. The electrodes must have been made ready. */
PM_CHECK pm_status virtual_half_run(virtual_setting *setting, virtual_pair *pair, virtual_leak *leak,
                                    const virtual_half *half, virtual_watch watch, void *context,
                                    virtual_half_result *result, pm_error *err);

#endif
