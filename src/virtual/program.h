/* SPDX-License-Identifier: MIT */
/* Private to the room: what a made-up cell is put through, step by step. */
#ifndef PM_VIRTUAL_PROGRAM_H
#define PM_VIRTUAL_PROGRAM_H

#include "virtual/virtual.h"

/* Current is constant in a step. state: how far the cell's electrode is charged (0..1), from start to end of the step;
 * it says where on the design's voltage curve the cell is. */
typedef struct virtual_step {
    double duration_s, current_A;
    double state_start, state_end;
    bool to_cut_off; /* stripping that ends because there is no lithium left */
    int cycle, id;
} virtual_step;

typedef struct virtual_program {
    virtual_step *steps;
    int64_t n, capacity;
} virtual_program;

/* Steps and truth of a design, whose options are complete. */
PM_CHECK pm_status virtual_program_write(const pm_virtual_options *options, virtual_program *program, pm_builder *truth,
                                         double *efficiency, pm_error *err);
/* The efficiency law of a design where none is given. */
pm_virtual_law virtual_law_of(pm_virtual_design design);

/* Voltage in a step after `part` (0..1) of it. */
double virtual_voltage(pm_virtual_design design, const virtual_step *step, double part);

/* The records of a program. */
PM_CHECK pm_status virtual_record(const pm_virtual_options *options, const virtual_program *program, pm_table **out,
                                  pm_error *err);

/* Row of truth_cycles.csv; NaN where the design has no such quantity. Capacities are states after the cycle, but for the
 * first two. */
typedef struct virtual_truth {
    const char *cell_id;
    int64_t cycle_count;
    double plated_Ah, stripped_Ah, dead_Ah, sei_Ah, active_Ah, reservoir_Ah, efficiency;
} virtual_truth;
enum { VIRTUAL_TRUTH_FIELDS = 9 };
extern const pm_field virtual_truth_fields[VIRTUAL_TRUTH_FIELDS];

#endif
