/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 6: records to half-cycles to cycles, by kind of cell; Coulombic efficiency with its formula named.
 */
#ifndef PM_CYCLE_H
#define PM_CYCLE_H

#include "read/read.h"
#include "table/table.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum pm_kind {
    PM_KIND_UNKNOWN,
    PM_LI_CU,
    PM_LI_LI,
    PM_ANODE_FREE,
    PM_LI_CATHODE,
    PM_HALF_CELL,
    PM_LI_ION
} pm_kind;
/** "li-cu", ...; "unknown" */
const char *pm_kind_name(pm_kind kind);
PM_CHECK pm_status pm_kind_parse(const char *text, pm_kind *kind, pm_error *err);

/** What is told about a cell: by the user, or by a sidecar file. 0 and "" = not told. */
typedef struct pm_cell {
    char cell_id[64], electrolyte[128], cathode[64], source[256]; /**< source: the sidecar's path, "" = none */
    pm_kind kind;
    double area_cm2, mass_g, nominal_capacity_Ah;
    double n_to_p, n_to_p_deviation; /**< 0 = not told; the deviation is a standard deviation */
    char n_to_p_convention[8];       /**< "foil" or "total", told with N/P; see life/life.h */
    bool simulated;                  /**< a virtual cell: models that learn from it say so */
} pm_cell;
/** Reads NAME.cell.yaml beside the file, else the file's entry in cells.yaml of its folder. Nothing there: an empty cell
 *  and PM_OK. Quantities carry units ("1.27 cm2", "12 mg"); what cannot be understood fails with file, line, column. */
PM_CHECK pm_status pm_cell_find(const char *path, pm_cell *cell, pm_error *err);

typedef struct pm_cycle_options { /* 0 = not given */
    pm_kind kind;
    bool kind_from_sidecar; /**< for kind_source */
    double area_cm2, mass_g;
    double dead_band_A;  /**< currents up to this are rest; 0 = found from the data and named in the summary */
    bool log_efficiency; /**< adds both log conventions of the Coulombic efficiency */
    bool integrate;      /**< charge from current and time even where the instrument's counters can be used */
} pm_cycle_options;

/** The modified Aurbach protocol (method 3 of Adams et al. 2018, doi:10.1002/aenm.201702097), looked for in li-cu cells:
 *  a reservoir plated, at least three strip-and-plate pairs of one smaller charge (within 5 %, at most 0.8 of the
 *  reservoir), a final strip. average = all that was stripped over all that was plated; initial = that of the cycle before
 *  the reservoir. NaN where a part is missing. Capacities in Ah. */
typedef struct pm_reservoir {
    bool found;
    double coulombic_efficiency_average, coulombic_efficiency_initial;
    double reservoir_capacity_Ah, cycle_capacity_Ah, final_strip_Ah;
    int64_t short_cycles;
} pm_reservoir;

typedef struct pm_cycle_summary {
    pm_kind kind;
    const char *kind_source;   /**< user sidecar inferred unknown; "li-ion" inferred stands for any full cell */
    const char *formula;       /**< "stripped/plated", "discharged/charged", "charged/discharged", "none" */
    const char *protocol;      /**< cycling reservoir one-way rest gitt */
    const char *charge_source; /**< counter (the instrument's), integral (of the recorded current), none */
    double dead_band_A;
    int64_t half_cycles, cycles;      /**< cycles: complete ones */
    int64_t cycles_begun;             /**< complete or not, an unpaired half before the first too */
    int64_t cycles_vendor;            /**< that the instrument counted while current ran; 0 = it counts none */
    double coulombic_efficiency_mean; /**< of complete cycles; NaN where none */
    pm_reservoir reservoir;
} pm_cycle_summary;

/** Records to half-cycles to cycles, a fold. Any cut into batches gives the same bits; memory grows with half-cycles,
 *  not rows. A result can be asked for at any time and is what holds if the file ended there. Records need
 *  test_time_second and voltage_volt; current_ampere where there is one (else the voltage's sign tells the direction, a
 *  voltage of zero belongs to neither, and there are no charges); cycle_count, step_id (else step_count) and
 *  step_time_second are used where present.
 *
 *  Charge is what the instrument's counters (charging_capacity_ah and discharging_capacity_ah, else step_capacity_ah)
 *  gained, however they start anew, where they agree with the current: within steps, between half and twice its integral
 *  in most half-cycles of each direction; then the charge of a test is that of the instrument's own, finer, clock. Else, and on
 *  request, it is the integral of the current; the summary says which. In an interval within one step and direction
 *  the current is the mean of its two rows (logarithmic where the current falls by more than 1 %, as in a hold at constant voltage); in
 *  the first interval of a step or a direction, and where the current more than doubles, the current of the row that ends
 *  it, for as long as step_time_second says that the step has lasted; without it, after a rest or a reversal, at most for
 *  as long as the interval before within a step or the one after. Energy is charge times the interval's mean
 *  voltage. Rows without time or current are passed over.
 *
 *  A half-cycle is current of one direction with the rests in it. Currents up to the dead band (given, or 1/2000 of the
 *  largest so far) are rest. A reversal begins a new half-cycle when it has passed half of the charge before it, or a
 *  twentieth and lasted a minute; or when it is a dead cell's: its current like the one before, and the instrument's
 *  cycle count rose over it or its voltage ran to its cut-off. Else, once the old direction has come back for good, it
 *  was a pulse: taken in, its charge subtracted, counted. */
typedef struct pm_cycler pm_cycler;
PM_CHECK pm_status pm_cycler_new(const pm_cycle_options *options, pm_cycler **out, pm_error *err);
PM_CHECK pm_status pm_cycler_push(pm_cycler *cycler, const pm_table *records, pm_error *err);
/** Complete cycles so far; lets a loop stop after two. */
int64_t pm_cycler_complete(const pm_cycler *cycler);
/** One row per half-cycle, one row per cycle; columns as in CONTRACT, those that do not apply are absent; cycle_count_vendor
 *  is the instrument's count where the half-cycle or cycle begins. A half-cycle is complete when rest or a reversal has
 *  ended it, stripping from copper also when it has run up to its cut-off; efficiencies, polarisation and hysteresis stand
 *  in complete cycles only. polarisation_volt: half the difference of the two plateaus (median by charge over 40 to 80 %
 *  of each half's charge); hysteresis_volt: difference of the two mean voltages. Log conventions of an efficiency CE below
 *  1, on request: coulombic_efficiency_minus_log10 = -log10(1 - CE), coulombic_inefficiency_ln = ln(1 - CE). */
PM_CHECK pm_status pm_cycler_half_cycles(const pm_cycler *cycler, pm_table **out, pm_error *err);
PM_CHECK pm_status pm_cycler_cycles(const pm_cycler *cycler, pm_table **out, pm_error *err);
/** What is worth knowing of the cycles: that the instrument counts other ones. Into a builder of pm_finding_fields. */
PM_CHECK pm_status pm_cycler_findings(const pm_cycler *cycler, pm_builder *findings, pm_error *err);
PM_CHECK pm_status pm_cycler_summary(const pm_cycler *cycler, pm_cycle_summary *out, pm_error *err);
void pm_cycler_free(pm_cycler *cycler);
PM_SCOPED(pm_cycler, pm_cycler_free)
/** Columns the cycler looks at, ending with NULL: for pm_read_options.columns. */
extern const char *const pm_cycle_columns[];

#ifdef __cplusplus
}
#endif
#endif
