/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 6: made-up cells with known truth, of two sorts.
 *
 * Demonstration cells (pm_virtual_demo_...): currents and times are set so that every Coulombic efficiency is known
 * exactly, while voltages are closed-form curves of about the right looks and no physics. Nothing about real cells can be
 * learnt from them.
 *
 * Living cells (pm_virtual_live): a pair of electrodes solved in time. What of it is physics and what a closure chosen
 * here stands with every parameter (pm_virtual_parameter_table) and above each part below. It is fitted to no real cell.
 */
#ifndef PM_VIRTUAL_H
#define PM_VIRTUAL_H

#include "table/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What is cycled, and how. */
typedef enum pm_virtual_design {
    PM_VIRTUAL_LI_CU,           /**< a constant capacity is plated on copper, then stripped */
    PM_VIRTUAL_LI_CU_RESERVOIR, /**< modified Aurbach protocol, Adams et al., doi:10.1002/aenm.201702097: conditioning,
                                     a reservoir of 5 capacities, `cycles` short cycles of one, the final strip */
    PM_VIRTUAL_LI_LI,           /**< symmetric, two equal half-cycles; no efficiency can be seen */
    PM_VIRTUAL_ANODE_FREE,      /**< what is not discharged is lost: each charge is as large as the last discharge */
    PM_VIRTUAL_LI_CATHODE,      /**< lithium foil and a cathode: full discharges, a side reaction while charging */
    PM_VIRTUAL_HALF_CELL,       /**< graphite against lithium: discharge first */
    PM_VIRTUAL_LI_ION,          /**< as anode-free, with a graphite anode */
    PM_VIRTUAL_DESIGNS
} pm_virtual_design;
/** "li-cu-reservoir"; NULL outside the range */
const char *pm_virtual_design_name(pm_virtual_design design);
/** The kind of cell: li-cu, li-li, anode-free, li-cathode, half-cell, li-ion; NULL outside the range */
const char *pm_virtual_design_kind(pm_virtual_design design);

/** Coulombic efficiency of cycle n (from 1): final + (first - final) exp(-(n - 1) / cycles), each in (0, 1]. In the
 *  reservoir protocol `first` is the conditioning cycle's and `final` all others'. */
typedef struct pm_virtual_law {
    double first, final, cycles;
} pm_virtual_law;

typedef struct pm_virtual_options { /* zero is the default of every option */
    pm_virtual_design design;
    const char *cell_id, *electrolyte_id;    /**< NULL = the design's name, "made-up" */
    int cycles;                              /**< 0 = 10; short cycles of the reservoir protocol; at most 100,000 */
    double capacity_Ah, current_A;           /**< of one half-cycle; 0 = 1 mAh/cm2, 1 mA/cm2 */
    double area_cm2;                         /**< 0 = 1.27 */
    pm_virtual_law efficiency;               /**< all 0 = the design's own */
    double rest_s;                           /**< after each half-cycle; 0 = no rest */
    double interval_s;                       /**< between rows; 0 = 60 */
    bool uneven;                             /**< intervals vary at random, from 0.2 to 1.8 of interval_s */
    double voltage_noise_V, current_noise_A; /**< standard deviation of white noise on what is printed */
    uint64_t seed;                           /**< of noise and uneven sampling */
} pm_virtual_options;

/** A made-up cell. Records follow the Battery Data Format: test_time_second, voltage_volt, current_ampere,
 *  unix_time_second, cycle_count, step_count, step_id, step_type, charging_capacity_ah, discharging_capacity_ah (never
 *  reset). Current is constant in a step, rows stand at both its ends, and 1 us lies between two steps. */
typedef struct pm_virtual_cell {
    char cell_id[64], electrolyte_id[64];
    pm_virtual_options options;  /**< with the defaults filled in; the pointers are NULL */
    double coulombic_efficiency; /**< mean over cycles; the protocol's average for the reservoir; NaN for li-li */
    pm_table *records;
    pm_table *cycles; /**< the truth: CONTRACT's columns of truth_cycles.csv and coulombic_efficiency */
} pm_virtual_cell;

/** Makes a cell; to be freed with pm_virtual_cell_free. PM_ERR_ARGUMENT for options that make no sense, PM_ERR_LIMIT for
 *  more than ten million rows. Same options, same bits. */
PM_CHECK pm_status pm_virtual_demo_cell(const pm_virtual_options *options, pm_virtual_cell **out, pm_error *err);
void pm_virtual_cell_free(pm_virtual_cell *cell);
PM_SCOPED(pm_virtual_cell, pm_virtual_cell_free)

/** Writes a small lab into a folder, which is made where it is missing: one cell of each design as NAME.bdf.csv with
 *  NAME.cell.yaml beside it, and the truth as truth.csv and truth_cycles.csv. Existing files need force. 0 cycles: the
 *  default. The seed is the run's. */
PM_CHECK pm_status pm_virtual_demo_lab(const char *folder, int cycles, bool force, const pm_run *run, pm_error *err);

/* ---- living cells: parameters -------------------------------------------------------------------------------------- */

/** All there is to know of one cell, its electrolyte included. Areal quantities are per cm2 of electrode unless they say
 *  "real" (per cm2 of lithium surface). Meaning, default, and physics or closure: pm_virtual_parameter_table. */
typedef struct pm_virtual_parameters {
    /* assembly */
    double area_cm2, separator_um, separator_porosity, separator_tortuosity, electrolyte_mg_per_cm2, pressure_ratio;
    double working_foil_mAh_per_cm2, counter_foil_mAh_per_cm2, contact_ohm_cm2, rest_potential_V;
    double capacitance_mF_per_cm2, oxide_mC_per_cm2;
    double cathode_mAh_per_cm2, cathode_ohm_cm2, cathode_fade_per_cycle;
    /* electrolyte and its interphase (SEI) */
    double exchange_current_mA_per_cm2, diffusivity_cm2_per_s, transference, salt_mol_per_litre;
    double conductivity_mS_per_cm, film_ohm_cm2_real, film_nm, modulus_GPa, strength_GPa, unevenness;
    double barrier_V2, sites_per_cm2, reuse, sei_volume_um_cm2_per_mAh, corrosion_uA_per_cm2_real, calendar_ratio;
    double kinetics_eV, film_eV, transport_eV;
    /* closures of nucleation, area and film */
    double nucleation_per_s, residual_sites_per_cm2, surface_energy_J_per_m2, nucleation_strain, fresh_film_share;
    double thickening, roughness_scale, roughness_ratio, thickening_mAh_per_cm2, crack_resistance_share;
    double residual_coverage, foil_coverage, residual_mAh_per_cm2;
    double pit_share, pit_mAh_per_cm2, native_film_ratio;
    /* closures of what a cycle costs */
    double dead_layer_porosity, porosity_floor, uneven_by_dead, uneven_by_current, growth_strain, heal_modulus_GPa;
    double loss_by_fracture, dead_by_columns, dead_by_fracture, dense_by_repair, damage_by_fracture, first_cycle_ratio;
    double film_growth_per_sqrt_h, electrolyte_mg_per_mAh, electrolyte_dead_share, dry_margin, wetted_floor;
    /* closures of shorts */
    double short_per_mAh, short_mS_per_cm2, short_growth_per_h, short_heal_per_h, short_drift_per_sqrt_h;
    double short_flicker_per_s, short_flicker_depth;
} pm_virtual_parameters;

/** Where a relation or a number comes from. */
typedef enum pm_virtual_origin {
    PM_VIRTUAL_PHYSICS, /**< a law of a textbook or of the source named; the number is of the known order */
    PM_VIRTUAL_CLOSURE, /**< chosen here, without a source; to be criticised */
    PM_VIRTUAL_ASSEMBLY /**< how the cell is built: a choice, not a law */
} pm_virtual_origin;
/** "physics", "closure", "assembly"; NULL outside the range */
const char *pm_virtual_origin_name(pm_virtual_origin origin);

/** One row per member of pm_virtual_parameters, in their order. */
typedef struct pm_virtual_parameter {
    const char *name, *unit;
    size_t offset; /**< of the double in pm_virtual_parameters */
    double value;  /**< default: an ether electrolyte on copper */
    pm_virtual_origin origin;
    const char *meaning, *source;
} pm_virtual_parameter;
const pm_virtual_parameter *pm_virtual_parameter_table(int *n);
/** All parameters at their defaults. */
pm_virtual_parameters pm_virtual_parameter_defaults(void);
/** PM_ERR_ARGUMENT that names the first parameter outside of what makes sense. */
PM_CHECK pm_status pm_virtual_parameter_check(const pm_virtual_parameters *p, pm_error *err);

/** The closures that tie the relative nucleation overpotential to the failure type: each can be taken out. */
enum {
    PM_VIRTUAL_NO_STRESS = 1,     /**< nucleation_strain = 0: no stress of the film on small nuclei */
    PM_VIRTUAL_NO_FRESH_FILM = 2, /**< fresh_film_share = 1: nuclei carry the full film, but for spreading */
    PM_VIRTUAL_NO_THICKENING = 4  /**< thickening = 0: a covered electrode has the area of hemispheres, twice its own */
};
void pm_virtual_switch_off(pm_virtual_parameters *p, unsigned closures);

/* ---- living cells: families, electrolytes, cells ------------------------------------------------------------------- */

typedef enum pm_virtual_family {
    PM_VIRTUAL_CARBONATE,
    PM_VIRTUAL_ETHER,
    PM_VIRTUAL_CONCENTRATED,
    PM_VIRTUAL_FLUORINATED,
    PM_VIRTUAL_SILOXANE,
    PM_VIRTUAL_FAMILIES
} pm_virtual_family;
/** "carbonate", ...; NULL outside the range */
const char *pm_virtual_family_name(pm_virtual_family family);

/** Zero is the default of every option. */
typedef struct pm_virtual_population {
    uint64_t seed;
    double electrolyte_scatter; /**< times the spread between electrolytes of a family; 0 = 1, negative = none */
    double cell_scatter;        /**< times the spread between cells of an electrolyte; 0 = 1, negative = none */
} pm_virtual_population;
/** Cell m of electrolyte n, both from 0: family n mod 5, log-normal electrolyte within it, log-normal cell within that.
 *  Depends on (seed, n) and (seed, n, m) only, whatever else is drawn. Families' medians and spreads are closures. */
pm_virtual_family pm_virtual_population_cell(const pm_virtual_population *population, int64_t electrolyte, int64_t cell,
                                             pm_virtual_parameters *out);

/* ---- living cells: a life ------------------------------------------------------------------------------------------ */

typedef enum pm_virtual_step_type {
    PM_VIRTUAL_PLATE, /**< of the working electrode (copper, or the lithium side of a cell with a cathode) */
    PM_VIRTUAL_STRIP,
    PM_VIRTUAL_REST
} pm_virtual_step_type;

/** Zero is the default of every option. Designs half-cell and li-ion have no physics here. */
typedef struct pm_virtual_protocol {
    pm_virtual_design design;
    int64_t cycles;              /**< 100; short cycles of the reservoir protocol (10) */
    double current_mA_per_cm2;   /**< 1 */
    double capacity_mAh_per_cm2; /**< 1: of a half-cycle; with a cathode the limits end it */
    double reservoir_ratio;      /**< 5: reservoir over capacity */
    double most_ratio;    /**< 1.5: no half-cycle passes more than this times its capacity: shorts would never end */
    double strip_V;       /**< 1: cut-off of stripping on copper */
    double plate_limit_V; /**< 1.5: a plating ends where the cell is this far from lithium (li-li: both halves) */
    double charge_V, discharge_V; /**< 4.3, 3.0: limits of cells with a cathode */
    double rest_s;                /**< after each half-cycle; 0 = 60, negative = no rest */
    double temperature_C;         /**< 25 */
    double swing_C;               /**< amplitude of the room's daily temperature, 0 */
    double stop_efficiency;       /**< ends after 3 cycles below this (where the kind has one), 0.3; negative = never */
    double stop_polarisation;     /**< ends after 3 cycles with the polarisation this many times cycle 3's, 8 */
    double sample_s, sample_V;    /**< rows at these steps of time and voltage; both 0 = at each step of the model */
    double sample_least_s;        /**< rows by voltage come no closer than this */
    uint64_t seed;                /**< of shorts */
    uint64_t index;               /**< of the cell among those of this seed */
    double step_ratio;            /**< all steps in time times this; 0 = 1 */
    int layers;                   /**< volumes per region (two dead layers, separator), 4 to 40; 0 = 8 */
} pm_virtual_protocol;

/** Voltage and current with the signs of a cycler (cells with copper: current below zero plates). */
typedef struct pm_virtual_sample {
    double time_s, voltage_V, current_A, temperature_C;
    double step_charge_Ah; /**< passed since the step began, above zero */
    int64_t cycle; /**< from 1; the reservoir protocol: 1 conditioning, 2 first plating and the short cycles' first */
    int64_t step;  /**< from 1, counts on */
    pm_virtual_step_type type;
    bool last; /**< of its step */
} pm_virtual_sample;

/** A cycle's truth. Stores are states after the cycle. dead + sei + active + reservoir + trapped + reduction +
 *  counter_reduction is constant: lithium. passed_plating - passed_stripping = plated - stripped + leaked + reduction, summed
 *  over the cycles: charge. */
typedef struct pm_virtual_cycle {
    int64_t cycle;
    double time_s;
    double plated_Ah, stripped_Ah;                 /**< laid down on and taken off the working electrode */
    double passed_plating_Ah, passed_stripping_Ah; /**< what the cycler counted */
    double dead_Ah, sei_Ah;                        /**< on both electrodes */
    double working_dead_Ah, working_sei_Ah;
    double active_Ah;                          /**< deposit on the working electrode */
    double reservoir_Ah;                       /**< in foils, on the counter electrode, in the cathode */
    double trapped_Ah;                         /**< in what a cathode has lost */
    double leaked_Ah;                          /**< through the short, since the beginning */
    double reduction_Ah, counter_reduction_Ah; /**< charge of the electrodes' surfaces, since the beginning */
    double polarisation_V;                     /**< half of plating less stripping, means over lithium moved, less the
                                                    cathode's open circuit */
    double nucleation_V, plateau_V; /**< overpotential of the working electrode alone: peak; at half the charge */
    double nuclei_per_cm2, dense_ohm_cm2_real, leak_mS_per_cm2;
    double columns, broken, damage; /**< of the working electrode: aspect ratio; part of the SEI broken; its memory */
    double current_over_limit, wetted;
} pm_virtual_cycle;

typedef struct pm_virtual_sink { /**< either may be NULL; a status other than 0 ends the life with it */
    void *context;
    pm_status (*sample)(void *context, const pm_virtual_sample *sample, pm_error *err);
    pm_status (*cycle)(void *context, const pm_virtual_cycle *cycle, pm_error *err);
} pm_virtual_sink;

typedef enum pm_virtual_end {
    PM_VIRTUAL_END_PROTOCOL,     /**< all cycles done */
    PM_VIRTUAL_END_EFFICIENCY,   /**< stop_efficiency */
    PM_VIRTUAL_END_POLARISATION, /**< stop_polarisation, or nothing can be passed within the limits */
    PM_VIRTUAL_END_SHORT         /**< a hard short: three platings below a tenth of cycle 3's polarisation */
} pm_virtual_end;

/** Lives a cell to its end; same parameters and protocol, same bits. PM_ERR_ARGUMENT for what makes no sense. Holds no
 *  memory between calls. */
PM_CHECK pm_status pm_virtual_live(const pm_virtual_parameters *p, const pm_virtual_protocol *protocol,
                                   const pm_virtual_sink *sink, pm_virtual_end *end, pm_error *err);

/* ---- living cells: a laboratory ------------------------------------------------------------------------------------ */

/** What can go wrong with a test; each that is asked for hits half of the cells, drawn by the seed. The cells do not feel
 *  it: truth tells of lives as they would have been. */
enum {
    PM_VIRTUAL_JITTER = 1,       /**< times are off by 50 ms: rows at the ends of steps may swap places in time */
    PM_VIRTUAL_MISSING_ROWS = 2, /**< a third to a half of one plating is not there */
    PM_VIRTUAL_ABORTED = 4,      /**< the file ends within a plating of one of the cycles 4 to 30 */
    PM_VIRTUAL_RESTARTED = 8, /**< 1 to 10 h pass before one of the cycles 4 to 12; in half of these tests, time, cycle
                                      and step begin again from there */
    PM_VIRTUAL_FAULTS_ALL = 15
};
/** "jitter", "missing-rows", "aborted", "restarted" of bit 0 .. 3; NULL outside */
const char *pm_virtual_fault_name(int bit);

/** What became of a cell by the rule of whoever asks. */
typedef struct pm_virtual_verdict {
    const char *label; /**< static text; NULL = none can be given */
    int64_t cycle_count_end;
} pm_virtual_verdict;

/** Zero is the default of every option. The seed is the run's. */
typedef struct pm_virtual_lab_options {
    int64_t electrolytes, cells; /**< 60, 6 of each */
    pm_virtual_design design;
    int64_t cycles; /**< at most, 250 (reservoir protocol: short cycles, 10) */
    double current_mA_per_cm2, capacity_mAh_per_cm2, swing_C; /**< of pm_virtual_protocol, for the nominal area */
    double electrolyte_scatter, cell_scatter;                 /**< of pm_virtual_population */
    double noise;     /**< times the instrument's (0.3 mV; 0.2 uA, and as much offset); 0 = 1, negative = none */
    double sample_s;  /**< rows at these steps of time only; 0 = by events: 5 mV (not within 0.5 s) or 60 s */
    unsigned without; /**< closures taken out, for pm_virtual_switch_off */
    bool no_shorts;
    double short_size; /**< times the conductance with which shorts appear; 0 = 1 */
    int family;        /**< 1 + the only pm_virtual_family; 0 = all. Cells of it are those of the whole laboratory */
    unsigned faults;   /**< PM_VIRTUAL_JITTER ... */
    void *context;     /**< for the verdict: */
    /** From the noise-free cycles: cycle_count, complete, polarisation_volt, coulombic_efficiency, stripping_capacity_ah;
     *  short_cycle: the first with a leak, 0 = none. Called from several threads. NULL: nothing is labelled. */
    pm_status (*verdict)(void *context, const pm_table *cycles, pm_virtual_design design, int64_t short_cycle,
                         pm_virtual_verdict *out, pm_error *err);
} pm_virtual_lab_options;

/** Writes a laboratory into a folder, which is made where it is missing: CELL.bdf.csv of each cell as an instrument writes
 *  it, cells.yaml for all of them, truth.csv and truth_cycles.csv. Cells are lived side by side; the bytes depend on
 *  options and seed only. Existing files need force. *truth (may be NULL): what truth.csv holds. PM_ERR_ARGUMENT beyond 0.01
 *  to 100 mA/cm2 and mAh/cm2, noise and short_size of 1000, scatters of 5, rows each 0.1 s to 1 d; PM_ERR_LIMIT for half-cycles
 *  of more than 1000 h, 1e8 rows of a cell, 1e5 cells. */
PM_CHECK pm_status pm_virtual_lab(const char *folder, const pm_virtual_lab_options *options, bool force,
                                  const pm_run *run, pm_table **truth, pm_error *err);

/* ---- whole lives, cycle by cycle ----------------------------------------------------------------------------------- */

/** How what is measured scatters from cycle to cycle. */
typedef enum pm_virtual_scatter {
    PM_VIRTUAL_WHITE,
    PM_VIRTUAL_LAG_ONE, /**< correlation 0.7 from one cycle to the next */
    PM_VIRTUAL_DAY,     /**< four fifths of the variance are a swing of 24 h, the rest is white */
    PM_VIRTUAL_SCATTERS
} pm_virtual_scatter;

/** A lithium foil on a cathode through the four stages of Deng et al., Nat. Rev. Chem. 2026, as reservoirs: no voltage curves.
 *  The cathode is filled while foil is left; then each cycle keeps the efficiency of lithium. Zero is off, but where
 *  a default stands. */
typedef struct pm_virtual_life {
    double n_to_p;             /**< by the foil alone */
    double capacity_Ah;        /**< of the cathode, 0.004 */
    double loss, acceleration; /**< 1 - CE of lithium; which grows as exp(k n) once stage 2 has begun, and polarisation
                                    and thickness with it */
    int64_t stage2, stage3;    /**< first cycles; 0 = never */
    double cathode_efficiency; /**< 0.9998 */
    double efficiency_fall;    /**< of it, per cycle in stage 3 */
    double fade, later_fade;   /**< of the cathode, per cycle; in stage 3, 0 = the same */
    double noise;              /**< of the Coulombic efficiency, standard deviation */
    double capacity_noise;     /**< relative, common to charge and discharge; 0 = as much as `noise` */
    double outliers;           /**< part of the cycles that are off by 5 to 30 times the noise */
    pm_virtual_scatter scatter;
    double hours;         /**< of a cycle, 8 */
    int64_t cycles;       /**< at most */
    double retention;     /**< it ends below this part of the capacity; 0 = never */
    uint64_t seed, index; /**< of what scatters */
} pm_virtual_life;
typedef struct pm_virtual_life_truth {
    int64_t short_cycle; /**< the first cycle short of lithium; 0 = none */
    double lost_Ah;      /**< lithium until then, or until the end */
    double plated_Ah;    /**< likewise */
} pm_virtual_life_truth;
/** A table with the columns of a cycler's cycles (pm_cycler_cycles) and thickness_um; same options, same bits.
 *  PM_ERR_ARGUMENT for what makes no sense. */
PM_CHECK pm_status pm_virtual_life_cycles(const pm_virtual_life *life, pm_table **cycles, pm_virtual_life_truth *truth,
                                          pm_error *err);

#ifdef __cplusplus
}
#endif
#endif
