/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 7: the first cycles and what became of a cell: fingerprints, labels of whole lives, elbows and knees, shorts,
 * comparisons of electrolytes.
 *
 * The classes are those of Piao et al., Natl Sci Rev 2025, 12, nwaf158 (kinetics, reversibility, co-degradation). Their
 * thresholds and definitions are not published: the rule here is this project's reconstruction, and every output of it
 * says so.
 */
#ifndef PM_EARLY_H
#define PM_EARLY_H

#include "cycle/cycle.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- labels of whole lives ----------------------------------------------------------------------------------------- */

typedef enum pm_outcome {
    PM_CENSORED, /**< nothing has crossed a threshold while it was watched */
    PM_KDF,      /**< polarisation has risen, efficiency has not fallen within the horizon */
    PM_RDF,      /**< efficiency has fallen, polarisation has not risen within the horizon */
    PM_CDF,      /**< both within the horizon */
    PM_SHORT,    /**< a short before either: it is none of the three */
    PM_STOPPED   /**< it stopped cycling before either crossed */
} pm_outcome;
/** "kdf", ...; NULL outside. */
const char *pm_outcome_name(pm_outcome outcome);

/** Zero is the default of every option. */
typedef struct pm_life_label_options {
    double polarisation;         /**< K: relative rise of the polarisation, 0.75 */
    double coulombic_efficiency; /**< R: fall of the Coulombic efficiency, 0.06 */
    double excess_efficiency;    /**< a short: Coulombic efficiency above 1 by this, 0.02, sustained */
    double stopped_capacity;     /**< stopped: capacity below this part of the reference, 0.1, sustained */
    int window;                  /**< cycles for which a crossing is to hold, 5 */
    int reference;               /**< first of `window` reference cycles, 3: after conditioning */
    int horizon;                 /**< cycles in which the other criterion makes it CDF; 0 = max(10, N/4) */
} pm_life_label_options;
pm_life_label_options pm_life_label_defaults(const pm_life_label_options *options);

/** What became of a cell. Crossings and N are cycle counts; 0 = none. */
typedef struct pm_life_label {
    pm_outcome outcome;
    int64_t cycles, last;    /**< complete cycles seen, and the last of them */
    int64_t cycle_count_end; /**< N: the first crossing, or the last cycle seen */
    int64_t crossed_polarisation, crossed_efficiency, crossed_short, crossed_stop;
    int64_t crossed_capacity;   /**< what comes back falls below 80 % of the reference, likewise sustained */
    double polarisation_change; /**< relative, in the window where it was decided; NaN = not measured */
    double
        coulombic_efficiency_change; /**< absolute, positive = fallen; NaN = not measured (li-li, lithium in excess) */
    bool excluded_codegradation;     /**< the horizon was watched to its end */
    bool has_efficiency;             /**< false: of this kind only polarisation, elbow and shorts can be told */
    bool has_capacity, has_polarisation; /**< there is a reference of them */
    char criterion[160];                 /**< in words */
} pm_life_label;
/** From a table of cycles (pm_cycler_cycles): polarisation_volt, coulombic_efficiency where the kind has one, capacities.
 *  `short_cycle`: the cycle of an alarm from elsewhere, 0 = none. PM_ERR_DATA where there are too few complete cycles for a
 *  reference: says how many are needed. */
PM_CHECK pm_status pm_life_label_of(const pm_table *cycles, pm_kind kind, const pm_life_label_options *options,
                                    int64_t short_cycle, pm_life_label *out, pm_error *err);

/* ---- elbows and knees ---------------------------------------------------------------------------------------------- */

/** A bend of a curve y(x), 95 % interval of its place (all x for which the fit is not worse than chance allows, by the F
 *  distribution). */
typedef struct pm_bend {
    double x, low, high;
    double slope_before, slope_after;
    double f_statistic; /**< of the bend against none; the larger the surer */
} pm_bend;
/** Bacon and Watts, Biometrika 1971, 58, 525, with a sharp transition: two lines that meet. Needs 6 points, x rising.
 *  The least squares place is exact: it is looked for between all neighbouring points. */
PM_CHECK pm_status pm_bend_single(int64_t n, const double *x, const double *y, pm_bend *out, pm_error *err);
/** Three lines (Fermin-Cueto et al., Energy and AI 2020, 1, 100006): onset and point of the bend. Needs 9 points. */
PM_CHECK pm_status pm_bend_double(int64_t n, const double *x, const double *y, pm_bend *onset, pm_bend *point,
                                  pm_error *err);

typedef enum pm_curve_shape {
    PM_CONCAVE_RISING,
    PM_CONCAVE_FALLING,
    PM_CONVEX_RISING,
    PM_CONVEX_FALLING
} pm_curve_shape;
/** Kneedle (Satopaa et al., ICDCS Workshops 2011, 166): the x where the normalised curve is farthest from its diagonal and
 *  has fallen from there by sensitivity times the mean spacing. NaN = none. */
PM_CHECK pm_status pm_kneedle(int64_t n, const double *x, const double *y, pm_curve_shape shape, double sensitivity,
                              double *knee, pm_error *err);
/** The x of greatest curvature of a smoothing by running quadratics of half width `half` (2 .. n/4). */
PM_CHECK pm_status pm_curvature_bend(int64_t n, const double *x, const double *y, int64_t half, double *bend,
                                     pm_error *err);

/** The bend of a life that is looked for: where the polarisation begins to rise faster (elbow), the capacity that comes back
 *  to fall faster (knee). x is a cycle count, NaN = none: too few cycles, a straight course (F below 10: the
 *  search over all places finds about 6 in noise), or one that bends the other way or flattens. */
typedef struct pm_life_bend {
    pm_bend single;       /**< two lines */
    pm_bend onset, point; /**< three lines */
    double kneedle;       /**< second opinion, of the running mean over a tenth of the curve; no interval; NaN = none */
} pm_life_bend;
/** From complete cycles behind the conditioning (pm_life_label_options.reference). */
PM_CHECK pm_status pm_life_bends(const pm_table *cycles, const pm_life_label_options *options, pm_life_bend *elbow,
                                 pm_life_bend *knee, pm_error *err);

/** A cycle count that one regresses on. */
typedef struct pm_life_time {
    const char *name, *censored_name; /**< columns: "cycle_count_end" and "censored", else NAME and NAME_censored */
    double cycle_count;               /**< NaN = not shown by this kind of cell, or not measured */
    bool censored;                    /**< not reached: cycle_count is a lower bound, the last cycle watched */
} pm_life_time;
enum { PM_LIFE_END, PM_LIFE_80_PERCENT, PM_LIFE_ELBOW, PM_LIFE_TIMES };
/** cycle_count_end: the crossing that decides; a cell that stopped has not crossed, it is censored.
 *  cycle_count_80_percent: the capacity that comes back (stripped, discharged) falls below 80 % of the reference.
 *  cycle_count_elbow. The last two are watched until a short or a stop: behind these nothing is told of them. Without
 *  a label all of them are missing, without an elbow (NULL) the last. */
void pm_life_times(const pm_life_label *label, const pm_life_bend *elbow, pm_life_time out[PM_LIFE_TIMES]);

/** The cycle in which the first alarm of pm_shorts_result stands that counts: a hard one, or one of probability 0.5; 0 =
 *  none. For pm_life_label_of. */
int64_t pm_life_short_cycle(const pm_table *cycles, const pm_table *alarms);
/** What a kind of cell cannot show of how its lithium fails; `has_efficiency`: of its label. */
const char *pm_life_cannot(pm_kind kind, bool has_efficiency);

/** A life, kept for labels by other thresholds. */
typedef struct pm_life {
    const pm_table *cycles;
    pm_kind kind;
    int64_t short_cycle;
} pm_life;
/** How labels move with the thresholds. One row for the options given, then one for each variant (varied: thresholds,
 *  window, reference, horizon): varied, polarisation, coulombic_efficiency, window, reference, horizon (missing = max(10,
 *  N/4)), cells with each label (kdf .. censored), too_few (cycles for a label), moved: share of the cells labelled by both whose
 *  label is not that of the first row. */
PM_CHECK pm_status pm_life_sensitivity(int64_t n, const pm_life lives[], const pm_life_label_options *options,
                                       pm_table **out, pm_error *err);

/* ---- fingerprints of the first cycles ------------------------------------------------------------------------------ */

/** A feature of the catalogue. Which kinds of cell show it: bit 1 << pm_kind. */
typedef struct pm_feature {
    const char *name, *unit, *formula, *meaning, *source;
    uint32_t kinds;
} pm_feature;
/** The catalogue: drives the code, the docs and the report. Each quantity of a cycle stands in it as NAME_first and NAME_last
 *  (of the last cycle used), and as NAME_ratio or NAME_change between them. */
const pm_feature *pm_feature_catalogue(int *n);

typedef struct pm_fingerprint_options {                                      /* zero is the default of every option */
    int cycles;                                                              /**< 2 */
    pm_cycle_options cycle;                                                  /**< kind, area, ... of the cell */
    double concentration_mol_per_litre, diffusivity_cm2_per_s, transference; /**< for Sand's time; 0 = not known */
} pm_fingerprint_options;

/** Collects the rows of the first cycles, and no more: once the half-cycle behind them has proved real (by the rules of
 *  pm_cycler), what is pushed is not looked at. */
typedef struct pm_fingerprinter pm_fingerprinter;
PM_CHECK pm_status pm_fingerprinter_new(const pm_fingerprint_options *options, pm_fingerprinter **out, pm_error *err);
PM_CHECK pm_status pm_fingerprinter_push(pm_fingerprinter *f, const pm_table *records, pm_error *err);
/** Whether all cycles asked for are there. */
bool pm_fingerprinter_done(const pm_fingerprinter *f);
/** Values in the order of the catalogue, NaN = this cell does not show it; values and summary are those of a file that ends
 *  with the last cycle used. Its protocol is "reservoir" also where lithium is left on copper on purpose. PM_ERR_DATA: too
 *  few complete cycles, says how many there are. */
PM_CHECK pm_status pm_fingerprinter_result(const pm_fingerprinter *f, double *values, pm_cycle_summary *summary,
                                           pm_error *err);
void pm_fingerprinter_free(pm_fingerprinter *f);
PM_SCOPED(pm_fingerprinter, pm_fingerprinter_free)

/** Sand's time (s) of a binary salt at a constant current density: pi D (z c F / (2 J (1 - t)))^2, z = 1. J in A/cm2. */
double pm_sand_time_s(double current_A_per_cm2, double concentration_mol_per_litre, double diffusivity_cm2_per_s,
                      double transference);

/* ---- shorts ------------------------------------------------------------------------------------------------------ */

/** Zero is the default of every option. The defaults are reasoned, not fitted: soft_part means that a fifth of the
 *  current goes through the short; the one long trace without a short stays above 0.88. */
typedef struct pm_short_options {
    pm_cycle_options cycle;   /**< kind, area, ... of the cell */
    double window_s;          /**< a level is the median of |V| over this long within a long half-cycle, 600 */
    double long_half_s;       /**< half-cycles longer than this are watched window by window, 14400 */
    double soft_part;         /**< soft: level below this part of the reference, 0.8 */
    double hard_part;         /**< hard: level below this part of the reference, and steady to within it, 0.1 */
    double activation_fall;   /**< activation lasts while levels fall by more than this in 6 levels, 0.05 */
    int recent;               /**< the reference is the highest of so many levels, 24 (at most 256) */
    int sustained;            /**< levels, or cycles, in a row, 3 */
    double excess_charge;     /**< charged beyond the most discharged in the recent past, as a part of it, 0.1 */
    double excess_efficiency; /**< efficiency above 1 by this, 0.02 */
    double drop_V;            /**< fall of the voltage while charging at constant current, 0.02 */
    double flat_part;         /**< suspicion: |V| varies by less than this part within half-cycles, 0.05 */
    double low_ohm_cm2;       /**< suspicion: and |V|/J is below this, 10; where area or current is unknown .. */
    double low_V;             /**< .. |V| is below this, 0.01 */
} pm_short_options;
pm_short_options pm_short_defaults(const pm_short_options *options);

/** Looks for internal shorts; a fold over the rows like pm_cycler, by a rule without a clock.
 *
 *  li-li and li-cu (each polarity by itself): a level is the median of |V| in the middle 20-80 % of a half-cycle;
 *  within a half-cycle that lasts over long_half_s also each window's median, for itself. Its reference is the highest
 *  of the recent levels, of those after activation and at no larger current. Soft: `sustained` levels in a row below
 *  soft_part. Hard: the same below hard_part, the voltage steady there; without a current, near zero for as long. An
 *  alarm holds its reference until as many levels are back above soft_part; it is raised once. Full cells and
 *  half-cells: charge beyond what comes back, a voltage that drops while charging at constant current; all kinds with
 *  one: Coulombic efficiency above 1.
 *
 *  The probability is a monotone function of the evidence (depth of the fall, jumps, power of dV/dt, impedance,
 *  efficiency) with weights chosen by hand: it orders alarms and is not calibrated on real shorts, of which there is
 *  one. A rise of temperature, or a fall of a current that is not recorded, looks like a soft short. */
typedef struct pm_shorts pm_shorts;
PM_CHECK pm_status pm_shorts_new(const pm_short_options *options, pm_shorts **out, pm_error *err);
PM_CHECK pm_status pm_shorts_push(pm_shorts *shorts, const pm_table *records, pm_error *err);
/** Spectra of the same cell on the same clock: test_time_second, frequency_hertz, real_impedance_ohm,
 *  imaginary_impedance_ohm, spectrum_count where present. Of each the point nearest to 1 Hz (0.3-3 Hz) is kept. A
 *  table holds whole spectra. They add to
 *  the evidence of alarms and raise none. */
PM_CHECK pm_status pm_shorts_push_spectra(pm_shorts *shorts, const pm_table *spectra, pm_error *err);

typedef struct pm_short_summary {
    pm_kind kind;
    const char *kind_source; /**< user sidecar inferred */
    int64_t levels;          /**< compared with a reference: none means that nothing was watched */
    double watched_s;        /**< from the first row to the last */
    char suspicion[320]; /**< a trace too flat and too low to be believed, or one that cannot be watched; "" = none */
    const char *cannot;  /**< what this kind of cell cannot show */
} pm_short_summary;
/** Alarms in order of time: test_time_second, kind (soft, hard), probability, direction (positive, negative),
 *  level_volt, reference_volt, ratio, recovered_time_second, evidence (words, parts divided by "; "). PM_ERR_DATA where
 *  the kind of cell is not known. */
PM_CHECK pm_status pm_shorts_result(const pm_shorts *shorts, pm_table **alarms, pm_short_summary *summary,
                                    pm_error *err);
void pm_shorts_free(pm_shorts *shorts);
PM_SCOPED(pm_shorts, pm_shorts_free)
/** The same of the rows of a fingerprint and no others; the options' `cycle` is the fingerprint's. In so few cycles only
 *  long half-cycles have levels enough to be watched: the summary says so. */
PM_CHECK pm_status pm_fingerprinter_shorts(const pm_fingerprinter *f, const pm_short_options *options,
                                           pm_table **alarms, pm_short_summary *summary, pm_error *err);

/* ---- comparison of electrolytes ---------------------------------------------------------------------------------- */

/** What is compared of a cell; the row struct of pm_cell_fields. NaN and NULL = not known. */
typedef struct pm_cell_row {
    const char *cell_id, *electrolyte_id, *kind, *label;
    double current_density_ampere_per_cm2, areal_capacity_ah_per_cm2, temperature_celsius; /**< the condition */
    double coulombic_efficiency;                                                           /**< mean over the window */
    double coulombic_efficiency_average;       /**< of the reservoir protocol */
    double coulombic_efficiency_average_error; /**< what the current's offset may have added or taken */
    double irreversible_capacity_ah_per_cm2;   /**< charge that did not come back, summed over the window */
    double polarisation_volt;                  /**< median over the window */
    double cycle_life;                         /**< N of pm_life_label */
    double cycle_life_censored;                /**< 1 = it had not failed by then */
    int64_t window_cycles; /**< complete cycles of the window before the cut; PM_NO_INT = the protocol has no window */
    int64_t cut_cycle_count; /**< the window ends before this cycle; PM_NO_INT = it is not cut */
    const char *cut_by;      /**< "short" (an alarm), "efficiency" (above 1.02); NULL = not cut */
} pm_cell_row;
enum { PM_CELL_FIELDS = 17 };
extern const pm_field pm_cell_fields[PM_CELL_FIELDS];

typedef struct pm_cell_options { /* zero is the default of every option */
    int first, last;             /**< window of cycles, 3 (after conditioning) and all of them */
    double area_cm2;             /**< 0 = not known: nothing per area */
    double nominal_capacity_Ah;  /**< 0 = not known; not looked at where the protocol sets the capacity */
    double current_offset_A;     /**< of the instrument; 0 = not known: no measurement error */
    int64_t short_cycle;         /**< of pm_life_short_cycle; 0 = no alarm */
    pm_life_label_options label;
} pm_cell_options;
/** The quantities of one cell from its cycles, half-cycles and summary. cell_id, electrolyte_id and temperature are the
 *  caller's. Current density: median over half-cycles of charge over time. Areal capacity of li-cu and li-li: median of
 *  what cycles begin with; of other kinds, whose cycles begin with what fading has left, the nominal one or else the
 *  most that one of the first three complete cycles (before an alarm) begins with. An offset d reads into plating and
 *  stripping with opposite signs: d (T_strip + CE T_plate) / Q_plate.
 *
 *  Charges and voltages behind a short are not the electrolyte's: the window ends before the cycle of the alarm, or before
 *  its first cycle with an efficiency above 1.02 where the kind shows one, whichever is first. A sum over a window that was
 *  cut is NaN: fewer cycles lose less. So is the average of a reservoir in which an alarm stands. */
PM_CHECK pm_status pm_cell_measure(const pm_table *cycles, const pm_table *half_cycles, const pm_cycle_summary *summary,
                                   const pm_cell_options *options, pm_cell_row *out, pm_error *err);

typedef struct pm_compare_options {     /* zero is the default of every option */
    double same_current, same_capacity; /**< relative difference within which cells are pooled, 0.05 */
    double same_loading;                /**< the same of capacities of kinds other than li-cu and li-li, 0.1 */
    double same_temperature_C;          /**< 2 */
    double highest_efficiency;          /**< above it a value is no efficiency, 1.02 */
    uint64_t seed;                      /**< of permutations where there are too many to try all */
} pm_compare_options;

/** Tables, all the struct's own. */
typedef struct pm_comparison {
    /** condition (from 1), electrolyte_id, kind, the condition's three numbers, cells; then for each quantity x:
     *  x_cells, x_mean, x_standard_deviation, x_low, x_high (95 % by Student's t; no bound below 0 of a
     *  quantity of pm_cell_fields unless a cell has such a value), x_rank (1 = best of its condition);
     *  x_error, the largest of the group, and x_censored, missing where the table of cells has none. */
    pm_table *groups;
    /** cell_id, electrolyte_id, quantity ("all": the whole cell; "window": all or some of its cycles), reason */
    pm_table *excluded;
    /** condition, quantity, a, b, difference (a - b), low, high, p, p_adjusted, method, within_error (1: smaller than both
     *  measurement errors together). Pairs of one condition only. */
    pm_table *differences;
} pm_comparison;
/** Compares the electrolytes of a table of cells: cell_id, electrolyte_id; where present kind, label and the condition's
 *  columns; every other column of numbers is a quantity (x_error and x_censored belong to x), but for window_cycles and
 *  cut_cycle_count: cells without a cycle in the window and cells whose window was cut are listed as excluded "window".
 *  A cell with the label short and no window_cycles has no part but in cycle_life.
 *
 *  Cells of another kind, current density, areal capacity or temperature are never pooled. Differences are those of the
 *  means with Welch's t; p is adjusted by Holm (Scand J Stat 1979, 6, 65), the interval by Bonferroni, over all
 *  differences of one quantity: 95 % is for all of them at once, and an interval without 0 has a p_adjusted below 0.05
 *  by Welch's t. A censored quantity: mean and difference of the Kaplan-Meier mean up to the longest time that all
 *  groups of the condition were watched (Greenwood's variance times m/(m-1), m failures; no interval beyond that time),
 *  p by permutation of the cells: all splits where there are at most 20,000, else 9,999 drawn (none above 62 cells).
 *  Groups of one cell have no interval. */
PM_CHECK pm_status pm_compare(const pm_table *cells, const pm_compare_options *options, pm_comparison *out,
                              pm_error *err);
void pm_comparison_leave(pm_comparison *comparison);

#ifdef __cplusplus
}
#endif
#endif
