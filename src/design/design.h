/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 8: the lithium-metal cell on paper: mass, energy and volume of pouch and coin cells with liquid, sulfide or oxide
 * electrolyte, with foil or anode-free; the one quantity that reaches a target; sweeps; the trade-off of specific energy
 * against predicted life; and what published cells of that class have in common (Deng et al., Nat. Rev. Chem. 2026).
 *
 * Formulas and what is assumed: docs/design.md. Nothing here allocates but what returns a table.
 */
#ifndef PM_DESIGN_H
#define PM_DESIGN_H

#include "life/life.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what is built ------------------------------------------------------------------------------------------------- */

typedef enum pm_design_form {
    PM_FORM_POUCH, /**< layers of cathode coated on both sides, one anode sheet more, film, tabs */
    PM_FORM_COIN,  /**< one cathode coated on one side, in a case of known mass */
    PM_FORM_STACK  /**< a cell seen as one cathode side with half of each foil; all packaging is a part of the mass */
} pm_design_form;
typedef enum pm_design_electrolyte {
    PM_ELECTROLYTE_LIQUID,
    PM_ELECTROLYTE_SULFIDE,
    PM_ELECTROLYTE_OXIDE
} pm_design_electrolyte;
typedef enum pm_design_cathode { PM_CATHODE_NCM, PM_CATHODE_LLO, PM_CATHODE_LFP } pm_design_cathode;
typedef enum pm_design_anode { PM_ANODE_LITHIUM, PM_ANODE_NONE, PM_ANODE_GRAPHITE } pm_design_anode;
typedef enum pm_design_solvent {
    PM_SOLVENT_UNKNOWN,
    PM_SOLVENT_CARBONATE,
    PM_SOLVENT_ETHER,
    PM_SOLVENT_FLUORINATED_ETHER /**< or a localised high-concentration electrolyte */
} pm_design_solvent;

typedef enum pm_design_particles { /**< of the cathode */
                                   PM_PARTICLES_UNKNOWN,
                                   PM_PARTICLES_POLYCRYSTALLINE,
                                   PM_PARTICLES_SINGLE_CRYSTAL
} pm_design_particles;

/** A design as it was told: NaN is what was not. pm_design_new gives one with nothing told. */
typedef struct pm_design {
    pm_design_form form;
    pm_design_electrolyte electrolyte;
    pm_design_cathode cathode;
    pm_design_anode anode;
    pm_design_solvent solvent;
    pm_design_particles particles;
    pm_n_to_p_convention n_to_p_convention;
    /* cathode, of one side */
    double areal_capacity_Ah_per_cm2, cathode_specific_capacity_Ah_per_g, cathode_voltage_V, cathode_active_fraction;
    double cathode_density_g_per_cm3, aluminium_um, usable_fraction, charge_voltage_V;
    /* anode, of one side; lithium_um and n_to_p say the same, one of them is told */
    double lithium_um, n_to_p, copper_um;
    double graphite_specific_capacity_Ah_per_g, graphite_voltage_V, graphite_active_fraction,
        graphite_density_g_per_cm3;
    /* separator and electrolyte; one of the two E/C is told */
    double separator_um, separator_density_g_per_cm3;
    double electrolyte_g_per_Ah, electrolyte_mL_per_Ah, electrolyte_density_g_per_cm3;
    /* pouch */
    double electrode_width_cm, electrode_height_cm, layers, overhang_cm, film_um, film_density_g_per_cm3, clearance_cm;
    double tab_height_cm, tab_width_cm, tab_cm, extra_mass_g;
    /* stack */
    double capacity_Ah, package_fraction;
    /* coin */
    double electrode_diameter_cm, case_diameter_cm, case_height_cm, case_mass_g;
    /* looked at by the checks alone */
    double stack_pressure_Pa, separator_shear_modulus_Pa, charge_rate_per_h, discharge_rate_per_h;
    /* for the prediction of life; without the efficiency of lithium there is none */
    double lithium_efficiency, lithium_acceleration, cathode_efficiency, cathode_retention, depth;
    double electrolyte_least_g_per_Ah, electrolyte_g_per_mol, electrolyte_electrons, interphase_share, retention;
    /* one standard deviation of what was told, 0 = known: areal capacity, foil, E/C in the unit it was told in */
    double areal_capacity_deviation, lithium_deviation_um, electrolyte_deviation;
} pm_design;
pm_design pm_design_new(void);

/** A number that a design has. */
typedef struct pm_design_input {
    const char *key;   /**< in decks; two inputs may share it where their units differ (E/C by mass, by volume) */
    const char *name;  /**< of columns: the unit stands in it */
    const char *unit;  /**< that the struct holds */
    const char *shown; /**< to people */
    size_t offset;
    double low, high; /**< what is taken, both ends included */
    int rivals;       /**< inputs with the same number, not 0, say the same thing: one at a time */
    const char *meaning;
    const char *only; /**< the form or anode that looks at it; NULL = all do */
    size_t deviation; /**< offset of its deviation; 0 = it has none */
} pm_design_input;
/** All of them. */
const pm_design_input *pm_design_inputs(int *n);
double pm_design_get(const pm_design *design, const pm_design_input *input);
/** One standard deviation, in the input's unit; 0 = known. */
double pm_design_deviation(const pm_design *design, const pm_design_input *input);
/** Whether it was told, but is of a form or anode that the design has not. */
bool pm_design_is_idle(const pm_design *told, const pm_design_input *input);
/** Whether it is counted: only whole numbers make sense. */
bool pm_design_is_whole(const pm_design_input *input);
/** Sets it and forgets its rivals. */
void pm_design_set(pm_design *design, const pm_design_input *input, double value);
/** The input of a deck's key, or of a column's name; of rivals with one key the one that the design has. PM_ERR_ARGUMENT
 *  suggests the nearest. `design` may be NULL. */
PM_CHECK pm_status pm_design_input_find(const pm_design *design, const char *key, const pm_design_input **out,
                                        pm_error *err);
/** Which words an enumeration takes, by its key in decks ("cathode"); NULL behind the last, or where there is no such
 *  key. */
const char *pm_design_word(const char *key, int i);
/** The word that a design has for such a key. */
const char *pm_design_choice(const pm_design *design, const char *key);

/** Fills in what was not told. *assumed: bit i for input i of the list. PM_ERR_ARGUMENT: something needed is missing,
 *  beyond its range, told twice, or does not go with the kind of cell (lithium on an anode-free one). */
PM_CHECK pm_status pm_design_fill(pm_design *design, uint64_t *assumed, pm_error *err);

/* ---- what comes out ------------------------------------------------------------------------------------------------ */

enum { PM_DESIGN_PARTS = 8 };
typedef struct pm_design_part {
    const char *name;
    double mass_g, thickness_um, volume_cm3; /**< of the whole cell; NaN where it has none of its own (in pores) */
} pm_design_part;

typedef struct pm_design_result {
    double specific_energy_Wh_per_kg;
    double energy_density_Wh_per_L;         /**< as assembled */
    double energy_density_charged_Wh_per_L; /**< all lithium of the cathode plated densely, nothing squeezed */
    double stack_energy_Wh_per_kg;          /**< without packaging, tabs and other mass */
    double mass_g, volume_cm3, volume_charged_cm3, thickness_um, thickness_charged_um;
    double capacity_Ah, energy_Wh, voltage_V, area_cm2, active_fraction;
    double areal_capacity_Ah_per_cm2, areal_energy_Wh_per_cm2;
    double n_to_p, n_to_p_foil, n_to_p_total; /**< n_to_p by the design's convention */
    double lithium_um, lithium_Ah_per_cm2;    /**< of the foil */
    double electrolyte_g_per_Ah, electrolyte_mL_per_Ah;
    double electrolyte_cm3, electrolyte_room_cm3; /**< what is told, and what pores and gaps leave for it */
    double cycle_life, cycle_life_lithium, cycle_life_electrolyte, cycle_life_cathode, normalised_cycle_life;
    double cycle_life_total; /**< down to `retention` or dry: cells with much foil, little or none can be compared */
    pm_limit limit, limit_total; /**< of cycle_life, of cycle_life_total */
    pm_design_part part[PM_DESIGN_PARTS];
    int parts;
} pm_design_result;

/** A number that comes out; see pm_design_input. */
typedef struct pm_design_output {
    const char *key, *name, *unit, *shown;
    size_t offset;
    const char *meaning;
} pm_design_output;
const pm_design_output *pm_design_outputs(int *n);
double pm_design_read(const pm_design_result *result, const pm_design_output *output);
/** By key or name; PM_ERR_ARGUMENT suggests the nearest. */
PM_CHECK pm_status pm_design_output_find(const char *key, const pm_design_output **out, pm_error *err);

/** Fills in and computes. Formulas: docs/design.md. Life is NaN without lithium_efficiency and for graphite. */
PM_CHECK pm_status pm_design_compute(const pm_design *told, pm_design_result *out, pm_error *err);

/** What the deviations of areal capacity, foil and E/C come to: N/P by the foil, and the life, by pm_budget_uncertain. */
typedef struct pm_design_spread {
    pm_uncertain n_to_p_foil;
    double cycle_life_low, cycle_life_high;   /**< quantiles 5 % and 95 %; NaN without a life */
    double probability[PM_LIMIT_CATHODE + 1]; /**< by pm_limit: that it comes first */
} pm_design_spread;
/** Whether a deviation was told. */
bool pm_design_is_uncertain(const pm_design *told);
PM_CHECK pm_status pm_design_spread_of(const pm_design *told, pm_design_spread *out, pm_error *err);

/* ---- decks --------------------------------------------------------------------------------------------------------- */

/** A YAML deck: a map of keys to words and quantities. Every number has its unit; pure numbers may stand bare. PM_ERR_UNIT,
 *  PM_ERR_FORMAT with line: a unit missing or of another dimension, a key or word that is not known, with the nearest. */
PM_CHECK pm_status pm_design_read_deck(const char *path, pm_design *out, pm_error *err);
PM_CHECK pm_status pm_design_parse_deck(const char *bytes, int64_t n, const char *file, pm_design *out, pm_error *err);
/** A deck with comments to begin with. */
const char *pm_design_example(void);

/** Quantities in text, "20 um": into the unit of an input (of rivals with the same key that whose unit fits) or output. */
PM_CHECK pm_status pm_design_input_value(const char *text, const pm_design_input **input, double *value, pm_error *err);
PM_CHECK pm_status pm_design_output_value(const char *text, const pm_design_output *output, double *value,
                                          pm_error *err);

/* ---- solving, sweeps, fronts --------------------------------------------------------------------------------------- */

/** An input and the values it takes: n of them from low to high, evenly, both ends included. */
typedef struct pm_design_axis {
    const pm_design_input *input;
    double low, high;
    int64_t n;
} pm_design_axis;
enum { PM_DESIGN_AXES = 4, PM_DESIGN_MOST = 1000000 };

/** The value of `axis->input` between its ends at which an output meets a target. The range is looked at in steps first, so
 *  that a second solution is not missed. PM_ERR_DATA says why there is no single one: the output does not depend on the
 *  input, never gets there (and how far it gets), or gets there several times (and where). Of a whole number, that of the
 *  two around the value with which the output is at least the target. */
PM_CHECK pm_status pm_design_solve(const pm_design *told, const pm_design_axis *axis, const pm_design_output *output,
                                   double target, double *value, pm_error *err);

/** Every combination, the last axis fastest: a row each with the inputs, then all outputs, then `limit` and `limit_total` (words).
 *  PM_ERR_LIMIT: more than PM_DESIGN_MOST. */
PM_CHECK pm_status pm_design_sweep(const pm_design *told, int n, const pm_design_axis axes[], const pm_run *run,
                                   pm_table **out, pm_error *err);
/** Of these combinations those which no other beats in x without losing in y, by falling x; both are better when larger.
 *  Columns as of a sweep. A cycle life below 1 is a cell at its end before the first cycle (dry from the start): left out
 *  and counted. PM_ERR_DATA where x or y is not there for any design, or none is left. `about` may be NULL. */
typedef struct pm_design_front_about {
    int64_t designs, dead, front;                            /**< looked at, left out, on the front */
    int64_t at_low[PM_DESIGN_AXES], at_high[PM_DESIGN_AXES]; /**< of the front, at the ends of each axis's range */
} pm_design_front_about;
PM_CHECK pm_status pm_design_front(const pm_design *told, int n, const pm_design_axis axes[], const pm_design_output *x,
                                   const pm_design_output *y, const pm_run *run, pm_table **out,
                                   pm_design_front_about *about, pm_error *err);
/** Loading, foil and electrolyte over the ranges of published cells, about 10,000 designs: what a front is made of unless
 *  told. Returns how many axes. */
int pm_design_usual_axes(const pm_design *told, pm_design_axis axes[PM_DESIGN_AXES]);

/* ---- what it stresses ---------------------------------------------------------------------------------------------- */

/** A parameter of the degradation graph (why.h) in which a design lies beyond a number of the reviews. */
typedef struct pm_design_move {
    const char *parameter; /**< its name in the graph, "areal-loading" */
    int change;            /**< 1 up, -1 down */
    const char *quantity;  /**< name of the column that was compared, or the key of a word */
    const char *unit, *shown;
    const char *word;        /**< what it is where it is a word ("llo"), else NULL; then there are no numbers */
    double value, low, high; /**< in `unit`; the reference's range, -/+infinity = open */
    const char *reference, *source;
} pm_design_move;
enum { PM_DESIGN_MOVES = 16 };
/** Returns how many; none of cells that the graph is not of. `filled`: by pm_design_fill. What they lead to:
 *  pm_why_change_parse("areal-loading=up") and pm_why_effects_of. */
int pm_design_moves(const pm_design *filled, const pm_design_result *result, pm_design_move out[PM_DESIGN_MOVES]);
/** Whether the graph is of such cells: lithium metal with layered oxides. */
bool pm_design_in_graph(const pm_design *design);

/* ---- classes ------------------------------------------------------------------------------------------------------- */

typedef enum pm_design_met { PM_RULE_MET, PM_RULE_MISSED, PM_RULE_UNTOLD } pm_design_met;
/** "met", "missed", "untold" */
const char *pm_design_met_name(pm_design_met met);

/** A statement of a review about cells like this one, beside the design. */
typedef struct pm_design_check {
    const char *rule;     /**< a sentence */
    const char *quantity; /**< name of the column that was compared, unit included */
    const char *unit, *shown, *source;
    const char *word;        /**< what was found where it is a word ("cathode"), else NULL; then there are no numbers */
    double value, low, high; /**< in `unit`; the range that meets it, -/+infinity = open */
    bool class_rule;         /**< what makes the class, else a bound of any cell of the kind */
    pm_design_met met;
} pm_design_check;
enum { PM_DESIGN_CHECKS = 40 };

/** The class by specific energy of Deng's Figure 1c and its surrounding text: "below 400 Wh/kg", "400-500 Wh/kg", "above 500
 *  Wh/kg", "600 Wh/kg and more". */
const char *pm_design_class(const pm_design_result *result);
/** The next class where less than a hundredth of its energy is missing ("just below 600 Wh/kg and more"), else NULL. */
const char *pm_design_class_close(const pm_design_result *result);
/** The rules of the class (of both, just below the next) and the bounds that apply. Returns how many. `filled`: by pm_design_fill. */
int pm_design_checks(const pm_design *filled, const pm_design_result *result, pm_design_check out[PM_DESIGN_CHECKS]);

#ifdef __cplusplus
}
#endif
#endif
