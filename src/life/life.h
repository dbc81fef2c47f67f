/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 7: the life of a lithium-metal cell as bookkeeping: lithium, electrolyte and cathode that are used up cycle by
 * cycle, forwards from a design and backwards from a measured life; and the four stages of Deng et al., Nat Rev 2026.
 *
 * While foil is left it refills the cathode, so that capacity says nothing of the lithium that is lost (stages 1 to 3).
 * Once it is gone (stage 4) the cell's Coulombic efficiency is that of lithium, and capacity decays as its product.
 */
#ifndef PM_LIFE_H
#define PM_LIFE_H

#include "cycle/cycle.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- a design and its rates -------------------------------------------------------------------------------------- */

/** What N counts. A number without it is worth nothing: anode-free is 0 by the one and 1 by the other. */
typedef enum pm_n_to_p_convention {
    PM_N_TO_P_FOIL, /**< the foil alone */
    PM_N_TO_P_TOTAL /**< all lithium of the charged anode: foil and what the cathode gives */
} pm_n_to_p_convention;
/** "foil", "total"; NULL outside */
const char *pm_n_to_p_convention_name(pm_n_to_p_convention convention);
PM_CHECK pm_status pm_n_to_p_convention_parse(const char *text, pm_n_to_p_convention *out, pm_error *err);

/** A number and its standard deviation, 0 = known. */
typedef struct pm_uncertain {
    double value, deviation;
} pm_uncertain;

/** N/P, the convention beside it. */
typedef struct pm_n_to_p {
    pm_uncertain ratio;
    pm_n_to_p_convention convention;
} pm_n_to_p;
/** Counted by the foil alone. PM_ERR_ARGUMENT where it is not above 0, as of an anode-free cell, or above 10,000. */
PM_CHECK pm_status pm_n_to_p_foil(const pm_n_to_p *of, pm_uncertain *foil, pm_error *err);
/** Of a foil (one side) on a cathode, foil only: 0.2062 mAh/cm2 lie in each um. Deviations are independent. */
PM_CHECK pm_status pm_n_to_p_of_foil(pm_uncertain foil_um, pm_uncertain cathode_mAh_per_cm2, pm_n_to_p *out,
                                     pm_error *err);

/** um of dense lithium that hold 1 mAh/cm2: M / (rho F) with 6.94 g/mol and 0.534 g/cm3, 4.850. */
double pm_lithium_um_per_mAh_per_cm2(void);

/** What is built. Zero is the default of every member but n_to_p. */
typedef struct pm_budget_design {
    pm_n_to_p n_to_p;
    bool anode_free;                   /**< no foil; n_to_p is not looked at */
    double surplus;                    /**< lithium on the anode besides the foil, in P: what the cathode gave in its
                                        *   first charge and does not take back */
    double cathode_mAh_per_cm2;        /**< areal capacity P; only for swelling and calendar loss, 0 = not known */
    double depth;                      /**< part of P that is cycled, 1 */
    pm_uncertain electrolyte_g_per_Ah; /**< E/C; 0 = not known, and no limit */
    double electrolyte_least_g_per_Ah; /**< at which the cell is dry: what fills the pores, 1.2 */
    double electrolyte_g_per_mol, electrons; /**< of what is reduced: 90, and electrons per molecule, 1 */
    double dead_porosity;                    /**< of the dead layer: 0 = dense */
} pm_budget_design;

/** What is lost. Zero is the default of every member; the efficiency of lithium has none. */
typedef struct pm_budget_rates {
    double coulombic_efficiency_lithium; /**< of the first cycles, in (0, 1) */
    double acceleration;                 /**< k: 1 - CE grows as exp(k n), per cycle */
    double coulombic_efficiency_cathode; /**< of the cell while foil is left, 0.9998 (Deng's normal) */
    double cathode_retention;            /**< capacity of the cathode from cycle to cycle; 0 = its efficiency */
    double calendar_mAh_per_cm2_per_h, calendar_mAh_per_cm2_per_sqrt_h; /**< lithium lost at rest too; needs P, hours */
    double hours_per_cycle;
    double interphase_share; /**< f+: part of the lost lithium that became interphase and used electrolyte, 0.5 */
    double retention;        /**< of capacity at which the cathode, or the cell, is at its end, 0.8 */
} pm_budget_rates;

typedef enum pm_limit { PM_LIMIT_UNKNOWN, PM_LIMIT_LITHIUM, PM_LIMIT_ELECTROLYTE, PM_LIMIT_CATHODE } pm_limit;
/** "unknown", "lithium", "electrolyte", "cathode"; NULL outside */
const char *pm_limit_name(pm_limit limit);

/* ---- forwards ---------------------------------------------------------------------------------------------------- */

/** How long it lasts. Cycles are real numbers, infinite where that end is never reached. */
typedef struct pm_budget_life {
    double lithium;       /**< n*: foil and surplus are used up, the end of stage 3; 0 without them */
    double electrolyte;   /**< n_E: down to electrolyte_least_g_per_Ah; infinite where E/C is not known */
    double cathode;       /**< the cathode by itself is down to `retention` */
    double end;           /**< the first of them */
    pm_limit limit;       /**< and which it was; an anode-free cell ends by `retained` in place of `lithium` */
    double retained;      /**< n_r: the cell is down to `retention`, were there electrolyte enough */
    double total;         /**< the first of `retained` and `electrolyte`: of cells with much foil, little or none
                                   *   the same thing, and not shorter for more foil while there is electrolyte */
    pm_limit total_limit; /**< and which it was */
    double all_lost_from; /**< the cycle at which 1 - CE of lithium has grown to 1; infinite = never */
    double normalised_cycle_life; /**< lithium / (N/P by the foil), Deng's equation 1; NaN for an anode-free cell */
    double swelling_um;           /**< thickness of the dead layer at `end`, NaN without P */
} pm_budget_life;
/** Lithium lost after n cycles while foil is left, in units of P: depth (1 - CE) (exp(g n) - 1) / g with g =
 *  acceleration + ln(cathode_retention), plus calendar loss; linear for g = 0. Once 1 - CE has grown to 1
 *  (`all_lost_from`), all that is plated is lost, and no more. When the foil is used up, and without one,
 *  each cycle plates what the one before gave back: the sum of pm_budget_series, some 30 ns a cycle; what it does not reach within
 *  a million cycles is infinite. PM_ERR_ARGUMENT names what makes no sense. Elementary algebra, docs/life.md. */
PM_CHECK pm_status pm_budget_forward(const pm_budget_design *design, const pm_budget_rates *rates, pm_budget_life *out,
                                     pm_error *err);

/** The same cycle by cycle, from cycle 1 to `cycles`. Columns: cycle_count, capacity_retention (discharge over P),
 *  coulombic_efficiency, coulombic_efficiency_lithium, lithium_reserve (in units of P), lithium_lost (likewise),
 *  electrolyte_gram_per_ah, dead_layer_um, stage4 (0, 1). Behind a dry electrolyte numbers are those of lithium
 *  alone. */
PM_CHECK pm_status pm_budget_series(const pm_budget_design *design, const pm_budget_rates *rates, int64_t cycles,
                                    pm_table **out, pm_error *err);

/** The end with its spread: quantiles 5 % and 95 % of `end` and `lithium`, and with what probability which limit comes
 *  first (unknown: none ever does), where N/P and E/C are normal and independent. Exact, no draws: the end outlasts n
 *  where both reserves do. */
typedef struct pm_budget_spread {
    double end_low, end_high, lithium_low, lithium_high;
    double probability[PM_LIMIT_CATHODE + 1]; /**< by pm_limit */
} pm_budget_spread;
PM_CHECK pm_status pm_budget_uncertain(const pm_budget_design *design, const pm_budget_rates *rates,
                                       pm_budget_spread *out, pm_error *err);

/* ---- backwards --------------------------------------------------------------------------------------------------- */

/** What a life of so many cycles takes. */
typedef struct pm_budget_needed {
    double
        efficiency;   /**< of lithium, at the least (the first one, where loss accelerates); NaN where none is enough */
    pm_limit forbids; /**< what ends the cell before, whatever the efficiency; unknown where nothing does */
    double ends;      /**< and when; NaN where nothing does */
} pm_budget_needed;
/** The efficiency with which foil (or an anode-free cell's `retention`) and electrolyte last for so many cycles, where
 *  the cathode does. Rates other than the efficiency are used, it is not looked at. */
PM_CHECK pm_status pm_budget_efficiency_needed(const pm_budget_design *design, const pm_budget_rates *rates,
                                               double cycles, pm_budget_needed *out, pm_error *err);

/** An estimate with its 90 % interval; NaN = cannot be told. */
typedef struct pm_estimate {
    double value, low, high;
} pm_estimate;

/** Mean efficiency of lithium up to a cycle by which all foil was lost: 1 - (N/P) P / (sum of what was plated).
 *  plated[k]: sum over the cycles before low, value, high of the boundary (in units of P). Where stage 4 is not reached
 *  the same number is a lower bound. PM_ERR_ARGUMENT where nothing was plated. */
PM_CHECK pm_status pm_budget_mean_efficiency(const pm_n_to_p *n_to_p, const double plated[3], pm_estimate *out,
                                             pm_error *err);

/** When a measured cell with foil runs dry (pm_budget_life.electrolyte), by the mean efficiency that
 *  pm_budget_mean_efficiency made of its N/P, with the 90 % interval from three things: E/C, N/P, and the place of stage 4.
 *  Each is moved alone to both of its bounds, N/P with the efficiency that follows from it, and what that does to the end is
 *  added in squares. Infinite = never. `rates`: the efficiency there is not looked at. PM_ERR_ARGUMENT without E/C or N/P. */
PM_CHECK pm_status pm_budget_dry(const pm_budget_design *design, const pm_budget_rates *rates,
                                 const pm_estimate *efficiency, pm_estimate *out, pm_error *err);

/** Capacity of an anode-free cell beside the product of its efficiencies, both as parts of the first. */
typedef struct pm_anode_free_check {
    double product, capacity; /**< after the last cycle */
    double ratio;             /**< capacity / product */
    int64_t parts; /**< position from which on they differ by more than the tolerance, to the end; -1 = never */
} pm_anode_free_check;
/** capacity[n] and coulombic_efficiency[n] of cycles in a row; capacity k should be capacity 0 times the efficiencies
 *  1 .. k. product[n] (may be NULL) is that. Nothing is fitted. */
PM_CHECK pm_status pm_anode_free_product(int64_t n, const double *capacity, const double *coulombic_efficiency,
                                         double tolerance, double *product, pm_anode_free_check *out, pm_error *err);

/** Of a table of cycles, as pm_stages_of reads it. A cycle that is not there, or not whole, counts with the efficiency
 *  of its neighbours. */
typedef struct pm_anode_free_cycles {
    pm_anode_free_check check;
    double parts;            /**< cycle count from which on they differ; NaN = never */
    int64_t cycles, missing; /**< cycles looked at, and missing between them */
} pm_anode_free_cycles;
PM_CHECK pm_status pm_anode_free_of(const pm_table *cycles, double tolerance, pm_anode_free_cycles *out, pm_error *err);

/* ---- the four stages --------------------------------------------------------------------------------------------- */

/** Whether something can be told from the data, and what. */
typedef enum pm_told { PM_TOLD_NO, PM_TOLD_YES, PM_TOLD_CANNOT } pm_told;
/** "no", "yes", "cannot be told"; NULL outside */
const char *pm_told_name(pm_told told);

/** Where a stage begins. */
typedef struct pm_stage_start {
    pm_told told;            /**< whether it has begun */
    double probability;      /**< that it has, by the data: confidence of a yes, 1 - that of a no */
    double cycle, low, high; /**< first cycle of it and closed 90 % interval; NaN unless told is yes */
    const char *evidence;    /**< the series it shows in, static text */
} pm_stage_start;

/** What is told about the cell. Zero is the default of every member. */
typedef struct pm_stage_options {
    pm_kind kind;
    pm_n_to_p n_to_p; /**< ratio.value 0 = not told: lithium lost unseen stays unknown, and stage 4 is harder to tell */
    double capacity_Ah; /**< of the cathode; 0 = the median of cycles 3 to 8 */
} pm_stage_options;

enum { PM_STAGES = 4, PM_STAGE_UNKNOWNS = 8, PM_STAGE_NOTES = 8, PM_STAGE_NOTE = 240 };
typedef struct pm_stages {
    int stage;        /**< the last one told to have begun, 1 to 4: it is in this one or in a later */
    bool stage_known; /**< in this one: of no later stage it cannot be told whether it has begun */
    pm_stage_start start[PM_STAGES + 1]; /**< [1] .. [4] */
    int64_t cycles, last;                /**< complete cycles looked at, and the count of the last */
    int64_t missing;                     /**< cycles up to the last that are not there, or not complete */
    double step;                         /**< fall of the Coulombic efficiency at stage 4, where it is yes */
    double noise; /**< of the efficiency: what a single cycle scatters, correlation from cycle to cycle added */
    double coulombic_efficiency_before; /**< of the cell before stage 4, or of late */
    double
        step_expected; /**< fall that N/P leads to expect: foil used up at stage 4, else at the end of the data; NaN */
    bool n_to_p_contradicted; /**< by the step: N/P was set aside, and nothing of lithium is told by it */
    pm_limit limit;
    pm_estimate coulombic_efficiency_lithium_mean; /**< value NaN until stage 4; then low is a bound, high is NaN */
    pm_estimate hidden_lithium_Ah;                 /**< lost up to stage 4: all the foil; before, only high: a bound */
    pm_estimate normalised_cycle_life;             /**< equation 1; before stage 4 only low: a bound */
    const char *cannot_know[PM_STAGE_UNKNOWNS];    /**< static texts, ends with NULL */
    char notes[PM_STAGE_NOTES][PM_STAGE_NOTE];     /**< what is odd about the data, ends with an empty one */
} pm_stages;

/** Charge plated in a cycle and in those missing before it, which plate what lies on the line between their neighbours;
 *  gap: cycles since the one before (1: none is missing). */
double pm_plated_since(double gap, double before, double now);
/** Stages from a table of cycles (pm_cycler_cycles): discharging_capacity_ah and coulombic_efficiency (or
 *  charging_capacity_ah), and where present polarisation_volt, discharging_energy_wh, thickness_um. Rows may be in any
 *  order; a cycle that is missing plates what its neighbours do.
 *
 *  Stage 4: capacity and efficiency together; hypotheses and their odds stand in docs/life.md. Yes from a probability of
 *  0.95, no up to 0.05, else it cannot be told. Stage 2: a bend in polarisation, energy or thickness, whichever is
 *  surest; stage 3: one of capacity, before stage 4. Noise may be correlated from cycle to cycle, swing with the day, and
 *  have outliers. The stages are an idealised frame (Deng et al. themselves): a probability stands beside each.
 *
 *  An anode-free cell is in stage 4 from its first cycle. PM_ERR_DATA: a kind of cell that has no stages (symmetric:
 *  soft shorts and two reservoirs, no efficiency of lithium can be had from it), fewer than 20 complete cycles,
 *  efficiencies far above 1 or in percent; where they are above 1 for long, by more than their noise, stage 4 cannot be told.
 *  PM_ERR_ARGUMENT: N/P of a foil for an anode-free cell. */
PM_CHECK pm_status pm_stages_of(const pm_table *cycles, const pm_stage_options *options, pm_stages *out, pm_error *err);

#ifdef __cplusplus
}
#endif
#endif
