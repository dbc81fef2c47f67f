/* SPDX-License-Identifier: MIT */
/* A half-cycle with adapted steps: fine until the overpotential of the electrode that is plated has passed its peak, then
 * as large as the voltage's change allows. */
#include <math.h>

#include "physics.h"

#define FIRST_S 0.02  /* of a half-cycle */
#define FINE_S 0.02   /* until the peak */
#define FINE_FOR_S 20 /* a peak that has not come by then is none */
#define COARSE_S 60
#define LEAKING_S 10 /* resolves the flicker of a short */
#define LEAST_S 1e-3
#define GROWTH 1.3
#define CUT_OFF_V 2e-4 /* a limit of voltage is met this well */

typedef struct stepper {
    double moved_mAh; /* lithium, on the working electrode */
    const virtual_half *half;
    double dt_s;      /* wanted next */
    double plating_s; /* since the plated electrode passed 0 V */
    double peak_V;    /* of it */
    bool fell;        /* behind the peak */
    virtual_half_result *result;
} stepper;

static const virtual_electrode *plated(const virtual_pair *pair, const virtual_half *half)
{
    return half->current >= 0 ? &pair->working : &pair->counter;
}

static bool fine(const stepper *st, const virtual_pair *pair)
{
    if (st->half->current == 0 || (pair->cathode && st->half->current < 0)) return false;
    return !st->fell && st->plating_s < FINE_FOR_S && plated(pair, st->half)->overpotential_V > -1e-3;
}

/* Steps that must not be jumped over: 0 V on copper, the last lithium of a deposit, the end. */
static double bounded(const stepper *st, const virtual_pair *pair, double leak, double capacitance_mF)
{
    const virtual_half *half = st->half;
    double ratio = half->step_ratio, dt = fmin(st->dt_s, COARSE_S * ratio), current = fabs(half->current);
    if (leak > 0) dt = fmin(dt, LEAKING_S * ratio);
    if (current == 0) return fmin(dt, half->duration_s - st->result->time_s);
    if (fine(st, pair)) dt = fmin(dt, FINE_S * ratio);
    double above = -plated(pair, half)->overpotential_V;
    if (above > 1e-3) dt = fmin(dt, fmax(0.8 * above * capacitance_mF / current, FINE_S * ratio / 4));
    const virtual_electrode *stripped = half->current > 0 ? &pair->counter : &pair->working;
    if (stripped->active_mAh > 0 && stripped->deposit_mA_per_cm2 < 0) {
        double left_s = -stripped->active_mAh * VIRTUAL_HOUR / stripped->deposit_mA_per_cm2;
        dt = fmin(dt, fmax(0.05 * left_s, stripped->foil_mAh > 0 ? 1 : 0.01) * ratio);
    }
    return fmin(dt, (half->charge_mAh - st->result->charge_mAh) * VIRTUAL_HOUR / current);
}

/* By how much the voltage is beyond the half-cycle's limit. */
static double beyond(const virtual_half *half, double polarisation_V)
{
    if (half->current > 0) return polarisation_V - half->high_V;
    return half->current < 0 ? half->low_V - polarisation_V : -INFINITY;
}

/* Whether a step may stand; if not, the next one is shorter. */
static bool acceptable(stepper *st, const virtual_pair *now, const virtual_pair *next, double dt_s)
{
    double change = fabs(next->polarisation_V - now->polarisation_V);
    double level = fabs(next->working.overpotential_V) + (next->cathode ? 0 : fabs(next->counter.overpotential_V));
    double allowed = (0.0015 + 0.02 * level) * fmin(1, st->half->step_ratio),
           over = beyond(st->half, next->polarisation_V);
    double shortest = FINE_S * st->half->step_ratio;
    bool first = st->result->steps == 0;
    if (over > CUT_OFF_V && dt_s > LEAST_S) {
        double before = beyond(st->half, now->polarisation_V);
        st->dt_s = fmax(LEAST_S, dt_s * (!first && before < 0 ? fmin(0.9, -before / (over - before) + 1e-6) : 0.25));
        return false;
    }
    if (change > 2 * allowed && dt_s > shortest && !first) {
        st->dt_s = fmax(shortest, dt_s / 2);
        return false;
    }
    st->dt_s = change > allowed ? dt_s : dt_s * GROWTH;
    return true;
}

static double open_V(const virtual_pair *pair)
{
    return pair->cathode ? virtual_cathode_V(1 - pair->counter.foil_mAh / pair->cathode_mAh) : 0;
}

static void note(stepper *st, const virtual_pair *now, const virtual_pair *next, double dt_s)
{
    virtual_half_result *r = st->result;
    const virtual_half *half = st->half;
    double charge = fabs(half->current) * dt_s / VIRTUAL_HOUR, over = plated(next, half)->overpotential_V;
    double moved = fabs(next->working.faradaic_mA_per_cm2) * dt_s / VIRTUAL_HOUR; /* not by the surface's reduction */
    double after_V = next->polarisation_V - open_V(next), before_V = now->polarisation_V - open_V(now);
    r->mean_V += 0.5 * ((r->steps > 0 ? before_V : after_V) + after_V) * moved;
    st->moved_mAh += moved;
    r->time_s += dt_s;
    r->charge_mAh += charge;
    r->steps++;
    if (over > 0) st->plating_s += dt_s;
    if (over > 0 && over < st->peak_V) st->fell = true;
    if (!st->fell || st->plating_s < FINE_FOR_S) r->peak_V = fmax(r->peak_V, over);
    st->peak_V = fmax(st->peak_V, over);
    if (r->charge_mAh >= r->plateau_charge_mAh && r->charge_mAh - charge < r->plateau_charge_mAh) {
        double part = (r->plateau_charge_mAh - r->charge_mAh) / charge;
        r->plateau_V = over + part * (over - plated(now, half)->overpotential_V);
    }
}

static bool over(const stepper *st, const virtual_pair *pair)
{
    const virtual_half *half = st->half;
    if (half->current == 0) return st->result->time_s >= half->duration_s * (1 - 1e-12);
    bool charged = st->result->charge_mAh >= half->charge_mAh * (1 - 1e-12);
    return charged || beyond(half, pair->polarisation_V) >= -1e-9;
}

pm_status virtual_half_run(virtual_setting *setting, virtual_pair *pair, virtual_leak *leak, const virtual_half *half,
                           virtual_watch watch, void *context, virtual_half_result *result, pm_error *err)
{
    const pm_virtual_parameters *p = setting->conditions.p;
    *result = (virtual_half_result){.plateau_charge_mAh = 0.5 * half->charge_mAh};
    stepper st = {.half = half, .dt_s = FIRST_S * half->step_ratio, .result = result};
    for (bool last = half->current == 0 && half->duration_s <= 0; !last;) {
        setting->leak_mS_per_cm2 = virtual_leak_conductance(p, leak);
        double dt = bounded(&st, pair, setting->leak_mS_per_cm2, p->capacitance_mF_per_cm2);
        virtual_pair next = *pair;
        virtual_pair_step(setting, &next, half->current, dt);
        if (!acceptable(&st, pair, &next, dt)) continue;
        note(&st, pair, &next, dt);
        *pair = next;
        virtual_leak_advance(p, leak, dt);
        last = over(&st, pair);
        pm_status s = watch ? watch(context, pair, result->time_s, result->charge_mAh, last, err) : PM_OK;
        if (s) return s;
    }
    if (st.moved_mAh > 0) result->mean_V /= st.moved_mAh;
    return PM_OK;
}
