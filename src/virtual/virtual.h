/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 5: made-up cells with known truth. The cells here are for demonstration and tests: currents and times are set so
 * that every Coulombic efficiency is known exactly, while voltages are closed-form curves of about the right looks and no
 * physics. Nothing about real cells can be learnt from them.
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

#ifdef __cplusplus
}
#endif
#endif
