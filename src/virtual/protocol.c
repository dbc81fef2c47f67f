/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "live.h"

static double or_else(double value, double otherwise)
{
    return value == 0 ? otherwise : value;
}

static pm_status complete(const pm_virtual_protocol *given, pm_virtual_protocol *o, pm_error *err)
{
    *o = *given;
    if ((unsigned)o->design > PM_VIRTUAL_LI_CATHODE)
        return pm_fail(err, PM_ERR_ARGUMENT, "there is no physics of design %d", (int)o->design);
    if (o->cycles == 0) o->cycles = o->design == PM_VIRTUAL_LI_CU_RESERVOIR ? 10 : 100;
    o->current_mA_per_cm2 = or_else(o->current_mA_per_cm2, 1);
    o->capacity_mAh_per_cm2 = or_else(o->capacity_mAh_per_cm2, 1);
    o->reservoir_ratio = or_else(o->reservoir_ratio, 5);
    o->most_ratio = or_else(o->most_ratio, 1.5);
    o->strip_V = or_else(o->strip_V, 1);
    o->plate_limit_V = or_else(o->plate_limit_V, 1.5);
    o->charge_V = or_else(o->charge_V, 4.3);
    o->discharge_V = or_else(o->discharge_V, 3);
    o->rest_s = or_else(o->rest_s, 60);
    o->temperature_C = or_else(o->temperature_C, 25);
    o->stop_efficiency = or_else(o->stop_efficiency, 0.3);
    o->stop_polarisation = or_else(o->stop_polarisation, 8);
    o->step_ratio = or_else(o->step_ratio, 1);
    if (o->layers == 0) o->layers = 8;
    return PM_OK;
}

static bool above(double x)
{
    return isfinite(x) && x > 0;
}

static pm_status check(const pm_virtual_protocol *o, const pm_virtual_parameters *p, pm_error *err)
{
    if (o->cycles < 1 || o->cycles > 100000)
        return pm_fail(err, PM_ERR_ARGUMENT, "%lld cycles of a virtual cell", (long long)o->cycles);
    if (!above(o->current_mA_per_cm2) || !above(o->capacity_mAh_per_cm2) || !above(o->reservoir_ratio) ||
        !above(o->strip_V) || !above(o->most_ratio) || !above(o->plate_limit_V) || !above(o->stop_polarisation) ||
        !above(o->step_ratio))
        return pm_fail(err, PM_ERR_ARGUMENT,
                       "current, capacity, limits and steps of a virtual cell must be above zero");
    if (!(o->charge_V > o->discharge_V) || !isfinite(o->charge_V) || !isfinite(o->discharge_V))
        return pm_fail(err, PM_ERR_ARGUMENT, "a cell is charged to a higher voltage than it is discharged to");
    if (!(o->temperature_C - fabs(o->swing_C) >= -60 && o->temperature_C + fabs(o->swing_C) <= 120))
        return pm_fail(err, PM_ERR_ARGUMENT, "the temperature of a virtual cell lies between -60 C and 120 C");
    if (!(o->sample_s >= 0) || !(o->sample_V >= 0) || !(o->sample_least_s >= 0) || !isfinite(o->rest_s))
        return pm_fail(err, PM_ERR_ARGUMENT,
                       "rests and sampling of a virtual cell must be finite, sampling not negative");
    if (o->layers < 4 || o->layers > VIRTUAL_LAYERS_MOST || o->step_ratio > 100)
        return pm_fail(err, PM_ERR_ARGUMENT, "4 to %d layers, steps at most 100 times as large", VIRTUAL_LAYERS_MOST);
    return pm_virtual_parameter_check(p, err);
}

static bool has_cathode(pm_virtual_design design)
{
    return design == PM_VIRTUAL_ANODE_FREE || design == PM_VIRTUAL_LI_CATHODE;
}

/* The design says which foils there are. */
static pm_virtual_parameters fitting(const pm_virtual_parameters *given, pm_virtual_design design)
{
    pm_virtual_parameters p = *given;
    bool foil = design == PM_VIRTUAL_LI_LI || design == PM_VIRTUAL_LI_CATHODE;
    if (!foil)
        p.working_foil_mAh_per_cm2 = 0;
    else if (p.working_foil_mAh_per_cm2 <= 0)
        p.working_foil_mAh_per_cm2 = p.counter_foil_mAh_per_cm2;
    return p;
}

static pm_status repeat(virtual_life *life, int64_t cycles, double plate_mAh, double strip_mAh, bool *over,
                        pm_error *err)
{
    pm_status s = PM_OK;
    for (int64_t n = 0; n < cycles && !*over && !s; n++) s = virtual_life_cycle(life, plate_mAh, strip_mAh, over, err);
    return s;
}

/* Adams et al., doi:10.1002/aenm.201702097: conditioning, the reservoir, short cycles, the final strip. */
static pm_status reservoir(virtual_life *life, pm_error *err)
{
    pm_status s;
    bool over = false;
    double small = life->protocol.capacity_mAh_per_cm2, large = small * life->protocol.reservoir_ratio;
    double most = life->protocol.most_ratio * large;
    if ((s = repeat(life, 1, large, most, &over, err))) return s;
    if ((s = repeat(life, 1, large, small, &over, err))) return s;
    if ((s = repeat(life, life->protocol.cycles - 1, small, small, &over, err))) return s;
    return repeat(life, 1, small, most, &over, err);
}

static pm_status live(virtual_life *life, pm_error *err)
{
    bool over = false;
    double capacity = life->protocol.capacity_mAh_per_cm2, most = life->protocol.most_ratio * capacity;
    switch (life->protocol.design) {
    case PM_VIRTUAL_LI_CU_RESERVOIR: return reservoir(life, err);
    case PM_VIRTUAL_LI_CU: return repeat(life, life->protocol.cycles, capacity, most, &over, err);
    case PM_VIRTUAL_LI_LI: return repeat(life, life->protocol.cycles, capacity, capacity, &over, err);
    default: return repeat(life, life->protocol.cycles, most, most, &over, err);
    }
}

pm_status pm_virtual_live(const pm_virtual_parameters *p, const pm_virtual_protocol *protocol,
                          const pm_virtual_sink *sink, pm_virtual_end *end, pm_error *err)
{
    pm_status s;
    virtual_life life = {.sink = sink};
    if ((s = complete(protocol, &life.protocol, err)) || (s = check(&life.protocol, p, err))) return s;
    if (has_cathode(protocol->design)) life.protocol.capacity_mAh_per_cm2 = p->cathode_mAh_per_cm2;
    pm_virtual_parameters own = fitting(p, protocol->design);
    life.p = &own;
    life.leak.random = pm_random_stream(protocol->seed, "virtual/short", protocol->index);
    virtual_pair_new(&life.pair, &own, has_cathode(protocol->design));
    life.pair.polarisation_V = life.pair.cathode ? virtual_cathode_V(0) : life.pair.working.overpotential_V;
    if ((s = live(&life, err))) return s;
    *end = life.end;
    return PM_OK;
}
