/* SPDX-License-Identifier: MIT */
/* Private to the room: a cycler of the laboratory, which turns what a cell does into rows of a file. */
#ifndef PM_VIRTUAL_INSTRUMENT_H
#define PM_VIRTUAL_INSTRUMENT_H

#include "virtual/virtual.h"

/* What goes wrong with one test. Cycle 0 = does not happen. */
typedef struct virtual_faults {
    unsigned kinds; /* PM_VIRTUAL_JITTER ...: those that hit this test */
    int64_t hole_cycle, abort_cycle, restart_cycle;
    double hole_from, hole_to, abort_at; /* parts of a half-cycle's charge */
    bool starts_again;                   /* time and cycle count; else the test is only paused */
    double pause_s;
} virtual_faults;
/* Each of the kinds asked for hits a cell or does not, at random. */
virtual_faults virtual_faults_draw(unsigned kinds, uint64_t seed, uint64_t index);
/* "jitter missing-rows"; "" = none. */
enum { VIRTUAL_FAULTS_TEXT = 64 };
void virtual_faults_text(unsigned kinds, char text[VIRTUAL_FAULTS_TEXT]);

typedef struct virtual_instrument {
    pm_out *out;       /* borrowed */
    const pm_run *run; /* borrowed */
    pm_builder *rows;
    virtual_faults faults;
    double half_Ah; /* nominal charge of a half-cycle */
    pm_random noise;
    double noise_V, noise_A, offset_A; /* standard deviations; what the current is off by as long as the test lasts */
    int64_t written;                   /* rows in the file so far */
    bool aborted;
    int64_t cycle, step, cycles_before, steps_before; /* of the last sample; what a restart has put behind */
    double start_s, paused_s, time_s;                 /* of the test as it counts; time_s: last printed */
    double charged_Ah, discharged_Ah;                 /* in this cycle */
    double before_Ah;                                 /* of the direction, when the step began */
} virtual_instrument;

/* noise: times the usual one, 0 = none. */
PM_CHECK pm_status virtual_instrument_start(virtual_instrument *i, pm_out *out, const pm_run *run, double noise,
                                            uint64_t index, pm_error *err);
PM_CHECK pm_status virtual_instrument_sample(virtual_instrument *i, const pm_virtual_sample *sample, pm_error *err);
/* Writes the rows that are left. */
PM_CHECK pm_status virtual_instrument_finish(virtual_instrument *i, pm_error *err);
void virtual_instrument_clear(virtual_instrument *i);

#endif
