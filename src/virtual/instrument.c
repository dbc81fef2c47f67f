/* SPDX-License-Identifier: MIT */
/* A cycler of 16 to 18 bits [C]: noise, a current that is off by a little all along, rounding, counters of charge that
 * begin anew with each cycle. The counters integrate the current on the instrument's own fine clock, so white noise has
 * no part in them, the offset has. */
#include "instrument.h"

#include <math.h>

#define SECONDS_PER_HOUR 3600.0
#define START_UNIX_S 1767225600.0 /* 2026-01-01 00:00 UTC */
#define NOISE_V 3e-4
#define NOISE_A 2e-7
#define OFFSET_A 2e-7
#define JITTER_S 0.05
#define DIGITS_V 1e4
#define DIGITS_A 1e7
#define DIGITS_AH 1e9
#define DIGITS_S 1e3
enum { BATCH = 4096 };

typedef struct row {
    double time_s, voltage_V, current_A, unix_s, temperature_C, charged_Ah, discharged_Ah;
    int64_t cycle, step;
} row;

#define FIELD(name, type, unit, member, meaning)                                                                       \
    {                                                                                                                  \
        name, type, unit, offsetof(row, member), meaning                                                               \
    }
static const pm_field fields[] = {
    FIELD("test_time_second", PM_DOUBLE, "s", time_s, "time since the test began"),
    FIELD("voltage_volt", PM_DOUBLE, "V", voltage_V, "voltage of the cell"),
    FIELD("current_ampere", PM_DOUBLE, "A", current_A, "current, positive charges the cell"),
    FIELD("unix_time_second", PM_DOUBLE, "s", unix_s, "wall clock, to the second"),
    FIELD("cycle_count", PM_INT64, "1", cycle, "cycle, from 1"),
    FIELD("step_count", PM_INT64, "1", step, "step of the test, from 1"),
    FIELD("ambient_temperature_celsius", PM_DOUBLE, "degC", temperature_C, "of the room"),
    FIELD("charging_capacity_ah", PM_DOUBLE, "Ah", charged_Ah, "charged in this cycle"),
    FIELD("discharging_capacity_ah", PM_DOUBLE, "Ah", discharged_Ah, "discharged in this cycle"),
};
enum { FIELDS = sizeof fields / sizeof *fields };

static double rounded(double value, double digits)
{
    return rint(value * digits) / digits + 0.0; /* no minus zero */
}

pm_status virtual_instrument_start(virtual_instrument *i, pm_out *out, const pm_run *run, double noise, uint64_t index,
                                   pm_error *err)
{
    i->out = out;
    i->run = run;
    i->noise = pm_random_stream(run ? run->seed : 0, "virtual/instrument", index);
    i->noise_V = noise * NOISE_V;
    i->noise_A = noise * NOISE_A;
    i->offset_A = noise * OFFSET_A * pm_random_normal(&i->noise);
    i->time_s = -1;
    return pm_builder_new(FIELDS, fields, &i->rows, err);
}

static pm_status write_rows(virtual_instrument *i, pm_error *err)
{
    pm_status s;
    pm_scoped(pm_table) rows = NULL;
    if ((s = pm_run_check(i->run, err)) || (s = pm_builder_finish(i->rows, &rows, err))) return s;
    pm_table_write_csv(rows, i->written == 0, i->out);
    i->written += pm_table_rows(rows);
    return PM_OK;
}

/* Counters, and what a restart does, when a step or a cycle begins. */
static void begin_step(virtual_instrument *i, const pm_virtual_sample *s)
{
    bool restarted = s->cycle != i->cycle && s->cycle == i->faults.restart_cycle;
    if (s->cycle != i->cycle) i->charged_Ah = i->discharged_Ah = 0;
    if (restarted) i->paused_s = i->faults.pause_s;
    if (restarted && i->faults.starts_again) {
        i->start_s = s->time_s;
        i->cycles_before = s->cycle - 1;
        i->steps_before = s->step - 1;
        i->time_s = -1;
    }
    i->cycle = s->cycle;
    i->step = s->step;
    i->before_Ah = s->current_A > 0 ? i->charged_Ah : i->discharged_Ah;
}

static void count(virtual_instrument *i, const pm_virtual_sample *s)
{
    if (s->current_A == 0) return;
    double passed_Ah = s->step_charge_Ah * (1 + i->offset_A / s->current_A);
    *(s->current_A > 0 ? &i->charged_Ah : &i->discharged_Ah) = i->before_Ah + passed_Ah;
}

static bool lost(virtual_instrument *i, const pm_virtual_sample *s)
{
    double part = s->step_charge_Ah / i->half_Ah;
    bool plates = s->type == PM_VIRTUAL_PLATE;
    if (s->cycle == i->faults.abort_cycle && plates && part > i->faults.abort_at) i->aborted = true;
    bool hole = s->cycle == i->faults.hole_cycle && plates && !s->last;
    return i->aborted || (hole && part > i->faults.hole_from && part < i->faults.hole_to);
}

/* Two rows never bear the same time, unless the clock itself is at fault. */
static double print_time(virtual_instrument *i, double time_s)
{
    double test_s = time_s - i->start_s;
    if (i->faults.kinds & PM_VIRTUAL_JITTER)
        test_s = fmax(0, test_s + JITTER_S * pm_random_normal(&i->noise));
    else
        test_s = fmax(test_s, i->time_s + 1 / DIGITS_S);
    return i->time_s = rounded(test_s, DIGITS_S);
}

pm_status virtual_instrument_sample(virtual_instrument *i, const pm_virtual_sample *s, pm_error *err)
{
    if (s->step != i->step) begin_step(i, s);
    count(i, s);
    if (lost(i, s)) return PM_OK;
    double time_s = print_time(i, s->time_s), off_A = i->offset_A + i->noise_A * pm_random_normal(&i->noise);
    row printed = {
        .time_s = time_s,
        .voltage_V = rounded(s->voltage_V + i->noise_V * pm_random_normal(&i->noise), DIGITS_V),
        .current_A = s->current_A == 0 ? 0 : rounded(s->current_A + off_A, DIGITS_A),
        .unix_s = floor(START_UNIX_S + i->start_s + i->paused_s + time_s),
        .cycle = s->cycle - i->cycles_before,
        .step = s->step - i->steps_before,
        .temperature_C = rounded(s->temperature_C, 10),
        .charged_Ah = rounded(i->charged_Ah, DIGITS_AH),
        .discharged_Ah = rounded(i->discharged_Ah, DIGITS_AH),
    };
    pm_builder_push(i->rows, &printed);
    return pm_builder_rows(i->rows) < BATCH ? PM_OK : write_rows(i, err);
}

pm_status virtual_instrument_finish(virtual_instrument *i, pm_error *err)
{
    return pm_builder_rows(i->rows) || !i->written ? write_rows(i, err) : PM_OK;
}

void virtual_instrument_clear(virtual_instrument *i)
{
    pm_builder_free(i->rows);
    i->rows = NULL;
}
