/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "program.h"

#define SECONDS_PER_HOUR 3600.0
#define START_UNIX_S 1767225600.0 /* 2026-01-01 00:00 UTC */
#define BETWEEN_STEPS_S 1e-6      /* so that time never stands still, as it does in files of some instruments */
#define ROWS_MAX 10000000

typedef struct record_row {
    double time_s, voltage_V, current_A, unix_s, cycle, step, id;
    const char *type;
    double charged_Ah, discharged_Ah;
} record_row;

#define FIELD(name, type, unit, member, meaning)                                                                       \
    {                                                                                                                  \
        name, type, unit, offsetof(record_row, member), meaning                                                        \
    }
static const pm_field fields[] = {
    FIELD("test_time_second", PM_DOUBLE, "s", time_s, "time since the test began"),
    FIELD("voltage_volt", PM_DOUBLE, "V", voltage_V, "voltage of the cell"),
    FIELD("current_ampere", PM_DOUBLE, "A", current_A, "current, positive charges the cell"),
    FIELD("unix_time_second", PM_DOUBLE, "s", unix_s, "wall clock"),
    FIELD("cycle_count", PM_DOUBLE, "1", cycle, "cycle, from 1"),
    FIELD("step_count", PM_DOUBLE, "1", step, "step of the test, from 1"),
    FIELD("step_id", PM_DOUBLE, "1", id, "line of the schedule"),
    FIELD("step_type", PM_STRING, "", type, "charge, discharge or rest"),
    FIELD("charging_capacity_ah", PM_DOUBLE, "Ah", charged_Ah, "charged since the test began"),
    FIELD("discharging_capacity_ah", PM_DOUBLE, "Ah", discharged_Ah, "discharged since the test began"),
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

typedef struct recorder {
    const pm_virtual_options *options;
    pm_builder *builder;
    pm_random noise, sampling;
    double start_s, charged_Ah, discharged_Ah; /* at the start of the step */
} recorder;

static double noise(recorder *r, double deviation)
{
    return deviation > 0 ? deviation * pm_random_normal(&r->noise) : 0;
}

static double next_interval(recorder *r)
{
    double factor = r->options->uneven ? 0.2 + 1.6 * pm_random_uniform(&r->sampling) : 1;
    return r->options->interval_s * factor;
}

static void push(recorder *r, const virtual_step *step, int64_t number, double time_s)
{
    const pm_virtual_options *o = r->options;
    double passed_Ah = step->current_A * time_s / SECONDS_PER_HOUR;
    record_row row = {
        .time_s = r->start_s + time_s,
        .voltage_V = virtual_voltage(o->design, step, time_s / step->duration_s) + noise(r, o->voltage_noise_V),
        .current_A = step->current_A + (step->current_A == 0 ? 0 : noise(r, o->current_noise_A)),
        .unix_s = START_UNIX_S + r->start_s + time_s,
        .cycle = step->cycle,
        .step = (double)number,
        .id = step->id,
        .type = step->current_A > 0   ? "charge"
                : step->current_A < 0 ? "discharge"
                                      : "rest",
        .charged_Ah = r->charged_Ah + fmax(passed_Ah, 0),
        .discharged_Ah = r->discharged_Ah + fmax(-passed_Ah, 0),
    };
    pm_builder_push(r->builder, &row);
}

static void record_step(recorder *r, const virtual_step *step, int64_t number)
{
    double time_s = 0;
    while (time_s < step->duration_s * (1 - 1e-9)) { /* the last row of all is the step's end, not one beside it */
        push(r, step, number, time_s);
        time_s += next_interval(r);
    }
    push(r, step, number, step->duration_s);
    double passed_Ah = step->current_A * step->duration_s / SECONDS_PER_HOUR;
    r->start_s += step->duration_s + BETWEEN_STEPS_S;
    r->charged_Ah += fmax(passed_Ah, 0);
    r->discharged_Ah += fmax(-passed_Ah, 0);
}

static pm_status check_size(const pm_virtual_options *options, const virtual_program *program, pm_error *err)
{
    double rows = 0, shortest_s = options->interval_s * (options->uneven ? 0.2 : 1);
    for (int64_t i = 0; i < program->n; i++) rows += 2 + program->steps[i].duration_s / shortest_s;
    if (rows <= ROWS_MAX) return PM_OK;
    return pm_fail(err, PM_ERR_LIMIT, "a made-up cell of %.0f rows; at most %d are made", rows, ROWS_MAX);
}

pm_status virtual_record(const pm_virtual_options *options, const virtual_program *program, pm_table **out,
                         pm_error *err)
{
    pm_status s;
    pm_scoped(pm_builder) builder = NULL;
    if ((s = check_size(options, program, err)) || (s = pm_builder_new(FIELDS, fields, &builder, err))) return s;
    recorder r = {
        .options = options,
        .builder = builder,
        .noise = pm_random_stream(options->seed, "virtual/noise", (uint64_t)options->design),
        .sampling = pm_random_stream(options->seed, "virtual/sampling", (uint64_t)options->design),
    };
    for (int64_t i = 0; i < program->n; i++) record_step(&r, &program->steps[i], i + 1);
    return pm_builder_finish(builder, out, err);
}
