/* SPDX-License-Identifier: MIT */
/* Private to the room: what the laboratory tells of its cells. */
#ifndef PM_VIRTUAL_TRUTH_H
#define PM_VIRTUAL_TRUTH_H

#include "virtual/virtual.h"

/* Row of truth.csv. */
typedef struct virtual_truth_cell {
    const char *cell_id, *electrolyte_id, *kind, *label, *parameters, *family, *end, *faults;
    int64_t cycle_count_end, short_cycle, cycles, rows;
} virtual_truth_cell;
enum { VIRTUAL_TRUTH_CELL_FIELDS = 12 };
extern const pm_field virtual_truth_cell_fields[VIRTUAL_TRUTH_CELL_FIELDS];

/* Row of truth_cycles.csv. */
typedef struct virtual_truth_cycle {
    const char *cell_id;
    int64_t complete;
    double leak_S_per_cm2, efficiency;
    pm_virtual_cycle cycle;
} virtual_truth_cycle;
enum { VIRTUAL_TRUTH_CYCLE_FIELDS = 17 };
extern const pm_field virtual_truth_cycle_fields[VIRTUAL_TRUTH_CYCLE_FIELDS];

virtual_truth_cycle virtual_truth_cycle_of(const char *cell_id, const pm_virtual_cycle *cycle,
                                           pm_virtual_design design);
/* "family=ether film_nm=12.34 ...": what differs from the defaults, to 6 digits. */
PM_CHECK pm_status virtual_truth_parameters(pm_virtual_family family, const pm_virtual_parameters *p, char **text,
                                            pm_error *err);
const char *virtual_end_name(pm_virtual_end end);

#endif
