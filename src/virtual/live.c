/* SPDX-License-Identifier: MIT */
#include "live.h"

#include <math.h>
#include <string.h>

enum { REFERENCE_CYCLE = 3, SUSTAINED = 3 };

/* What the cycler shows of a moment. */
static pm_virtual_sample instant(const virtual_life *life, double time_s, double charge_mAh, bool last)
{
    double sign = life->pair.cathode ? 1 : -1, area = life->p->area_cm2;
    return (pm_virtual_sample){
        .time_s = life->time_s + time_s,
        .voltage_V = sign * life->pair.polarisation_V,
        .current_A = sign * life->current * area * 1e-3,
        .temperature_C = life->temperature_C,
        .step_charge_Ah = charge_mAh * area * 1e-3,
        .cycle = life->row.cycle,
        .step = life->step,
        .type = life->type,
        .last = last,
    };
}

static pm_status emit(virtual_life *life, const pm_virtual_sample *sample, pm_error *err)
{
    life->shown = *sample;
    return life->sink->sample ? life->sink->sample(life->sink->context, sample, err) : PM_OK;
}

/* Rows at whole intervals of time lie between two steps of the model. */
static pm_status emit_between(virtual_life *life, const pm_virtual_sample *now, pm_error *err)
{
    const pm_virtual_sample before = life->before;
    double interval = life->protocol.sample_s;
    while (interval > 0 && life->shown.time_s + interval < now->time_s) {
        pm_virtual_sample row = *now;
        row.time_s = life->shown.time_s + interval;
        row.last = false;
        double part = (row.time_s - before.time_s) / (now->time_s - before.time_s);
        row.voltage_V = before.voltage_V + part * (now->voltage_V - before.voltage_V);
        row.step_charge_Ah = before.step_charge_Ah + part * (now->step_charge_Ah - before.step_charge_Ah);
        pm_status s = emit(life, &row, err);
        if (s) return s;
    }
    return PM_OK;
}

static pm_status watch(void *context, const virtual_pair *pair, double time_s, double charge_mAh, bool last,
                       pm_error *err)
{
    (void)pair;
    virtual_life *life = context;
    if (!life->sink->sample) return PM_OK;
    pm_virtual_sample now = instant(life, time_s, charge_mAh, last);
    bool first = life->before.step != now.step;
    pm_status s = first ? PM_OK : emit_between(life, &now, err);
    life->before = now;
    bool each = life->protocol.sample_s <= 0 && life->protocol.sample_V <= 0;
    bool moved = life->protocol.sample_V > 0 &&
                 fabs(now.voltage_V - life->shown.voltage_V) >= life->protocol.sample_V &&
                 now.time_s >= life->shown.time_s + life->protocol.sample_least_s;
    return s || !(each || first || last || moved) ? s : emit(life, &now, err);
}

static pm_status step(virtual_life *life, const virtual_half *half, pm_virtual_step_type type,
                      virtual_half_result *result, pm_error *err)
{
    life->step++;
    life->type = type;
    life->current = half->current;
    pm_status s = virtual_half_run(&life->setting, &life->pair, &life->leak, half, watch, life, result, err);
    life->time_s += result->time_s;
    virtual_age(&life->setting.conditions, &life->pair.working, result->time_s / VIRTUAL_HOUR);
    if (!life->pair.cathode) virtual_age(&life->setting.conditions, &life->pair.counter, result->time_s / VIRTUAL_HOUR);
    return s;
}

static void settle(virtual_life *life, double current)
{
    double day = 2 * VIRTUAL_PI * life->time_s / 86400;
    life->temperature_C = life->protocol.temperature_C + life->protocol.swing_C * sin(day);
    virtual_pair_settle(&life->pair, &life->setting, life->p, life->temperature_C, life->protocol.layers);
    double wetted = life->setting.conditions.wetted;
    life->row.wetted = wetted;
    life->row.current_over_limit =
        fabs(current) / wetted / virtual_limiting_current(&life->setting.grid, &life->setting.conditions);
    virtual_electrode_begin(&life->setting.conditions, &life->pair.working, current > 0);
    if (!life->pair.cathode) virtual_electrode_begin(&life->setting.conditions, &life->pair.counter, current < 0);
}

/* What a plating has done to the electrode that it went to. */
static void wear(virtual_life *life, virtual_electrode *e)
{
    virtual_wear(&life->setting.conditions, e, life->row.current_over_limit);
    virtual_leak_try(life->p, &life->leak, e->plated_mAh, e->columns);
}

pm_status virtual_life_half(virtual_life *life, double current, double charge_mAh, virtual_half_result *result,
                            pm_error *err)
{
    const pm_virtual_protocol *o = &life->protocol;
    bool copper = life->p->working_foil_mAh_per_cm2 <= 0;
    settle(life, current);
    virtual_half half = {
        .current = current,
        .charge_mAh = charge_mAh,
        .high_V = life->pair.cathode ? o->charge_V : o->plate_limit_V,
        .low_V = life->pair.cathode ? o->discharge_V
                 : copper           ? -o->strip_V
                                    : -o->plate_limit_V,
        .step_ratio = o->step_ratio,
    };
    pm_status s = step(life, &half, current > 0 ? PM_VIRTUAL_PLATE : PM_VIRTUAL_STRIP, result, err);
    if (s) return s;
    if (current > 0)
        wear(life, &life->pair.working);
    else if (!life->pair.cathode)
        wear(life, &life->pair.counter);
    if (o->rest_s <= 0) return PM_OK;
    virtual_half rest = {.charge_mAh = INFINITY, .duration_s = o->rest_s, .step_ratio = o->step_ratio};
    return step(life, &rest, PM_VIRTUAL_REST, &(virtual_half_result){0}, err);
}

static void begin_row(virtual_life *life)
{
    int64_t cycle = life->row.cycle + 1;
    life->row = (pm_virtual_cycle){.cycle = cycle};
    life->laid_mAh = pm_sum_value(life->pair.working.laid_mAh);
    life->taken_mAh = pm_sum_value(life->pair.working.taken_mAh);
}

/* States in the row, per cm2; scaled to the cell by the caller. */
static void write_stores(virtual_life *life, pm_virtual_cycle *row)
{
    const virtual_electrode *w = &life->pair.working, *c = &life->pair.counter;
    row->plated_Ah = pm_sum_value(w->laid_mAh) - life->laid_mAh;
    row->stripped_Ah = pm_sum_value(w->taken_mAh) - life->taken_mAh;
    row->dead_Ah = w->dead_mAh + c->dead_mAh;
    row->sei_Ah = w->sei_mAh + c->sei_mAh;
    row->working_dead_Ah = w->dead_mAh;
    row->working_sei_Ah = w->sei_mAh;
    row->active_Ah = w->active_mAh;
    row->reservoir_Ah = w->foil_mAh + c->foil_mAh + c->active_mAh;
    row->trapped_Ah = c->trapped_mAh;
    row->leaked_Ah = pm_sum_value(life->pair.leaked_mAh);
    row->reduction_Ah = pm_sum_value(w->reduced_mAh);
    row->counter_reduction_Ah = pm_sum_value(c->reduced_mAh);
    double *charges[] = {
        &row->plated_Ah,  &row->stripped_Ah,     &row->passed_plating_Ah, &row->passed_stripping_Ah, &row->dead_Ah,
        &row->sei_Ah,     &row->working_dead_Ah, &row->working_sei_Ah,    &row->active_Ah,           &row->reservoir_Ah,
        &row->trapped_Ah, &row->leaked_Ah,       &row->reduction_Ah,      &row->counter_reduction_Ah};
    for (size_t i = 0; i < sizeof charges / sizeof *charges; i++) *charges[i] *= life->p->area_cm2 * 1e-3;
}

static void write_row(virtual_life *life, const virtual_half_result *plate, const virtual_half_result *strip)
{
    const virtual_electrode *w = &life->pair.working;
    pm_virtual_cycle *row = &life->row;
    row->time_s = life->time_s;
    row->passed_plating_Ah = plate->charge_mAh;
    row->passed_stripping_Ah = strip->charge_mAh;
    row->polarisation_V = (plate->mean_V - strip->mean_V) / 2;
    row->nucleation_V = plate->peak_V;
    row->plateau_V = plate->plateau_V;
    row->nuclei_per_cm2 = w->nuclei_per_cm2;
    row->columns = w->columns;
    row->broken = w->broken;
    row->damage = w->damage;
    row->dense_ohm_cm2_real = w->dense_ohm_cm2;
    row->leak_mS_per_cm2 = life->leak.mean_mS_per_cm2;
    write_stores(life, row);
}

static void count_while(int *count, bool holds)
{
    *count = holds ? *count + 1 : 0;
}

/* Whether somebody at the bench would end the test. */
static bool ended(virtual_life *life, const virtual_half_result *plate, const virtual_half_result *strip)
{
    const pm_virtual_protocol *o = &life->protocol;
    if (life->row.cycle == REFERENCE_CYCLE) life->reference_V = life->row.polarisation_V;
    bool efficiency = strip->charge_mAh < o->stop_efficiency * plate->charge_mAh;
    bool later = life->row.cycle > REFERENCE_CYCLE;
    bool little = plate->charge_mAh < 0.1 * o->capacity_mAh_per_cm2;
    count_while(&life->inefficient, efficiency && life->p->working_foil_mAh_per_cm2 <= 0);
    count_while(&life->polarised,
                little || (later && life->row.polarisation_V > o->stop_polarisation * life->reference_V));
    count_while(&life->shorted, later && life->row.polarisation_V < 0.1 * life->reference_V);
    if (life->shorted >= SUSTAINED) life->end = PM_VIRTUAL_END_SHORT;
    if (life->polarised >= SUSTAINED) life->end = PM_VIRTUAL_END_POLARISATION;
    if (life->inefficient >= SUSTAINED) life->end = PM_VIRTUAL_END_EFFICIENCY;
    return life->end != PM_VIRTUAL_END_PROTOCOL;
}

/* Lithium sites that a cathode loses stay empty or full as they are. */
static void fade_cathode(virtual_life *life)
{
    virtual_pair *pair = &life->pair;
    if (!pair->cathode) return;
    double left = 1 - life->p->cathode_fade_per_cycle, trapped = pair->counter.foil_mAh * (1 - left);
    pair->cathode_mAh *= left;
    pair->counter.foil_mAh -= trapped;
    pair->counter.trapped_mAh += trapped;
}

pm_status virtual_life_cycle(virtual_life *life, double plate_mAh, double strip_mAh, bool *over, pm_error *err)
{
    pm_status s;
    double current = life->protocol.current_mA_per_cm2;
    virtual_half_result plate, strip;
    begin_row(life);
    if ((s = virtual_life_half(life, current, plate_mAh, &plate, err))) return s;
    double over_limit = life->row.current_over_limit;
    if ((s = virtual_life_half(life, -current, strip_mAh, &strip, err))) return s;
    life->row.current_over_limit = over_limit;
    fade_cathode(life);
    write_row(life, &plate, &strip);
    *over = ended(life, &plate, &strip);
    return life->sink->cycle ? life->sink->cycle(life->sink->context, &life->row, err) : PM_OK;
}
