/* SPDX-License-Identifier: MIT */
/* Lives of a foil on a cathode, cycle by cycle, from reservoirs. */
#include "virtual/virtual.h"

#include <math.h>

typedef struct row {
    int64_t cycle_count, complete;
    double charged_Ah, discharged_Ah, charged_Wh, discharged_Wh, efficiency, energy_efficiency, polarisation_V,
        hysteresis_V, start_s, end_s, thickness_um;
} row;

#define FIELD(name, type, unit, member)                                                                                \
    {                                                                                                                  \
        name, type, unit, offsetof(row, member), NULL                                                                  \
    }
static const pm_field fields[] = {
    FIELD("cycle_count", PM_INT64, "1", cycle_count),
    FIELD("charging_capacity_ah", PM_DOUBLE, "Ah", charged_Ah),
    FIELD("discharging_capacity_ah", PM_DOUBLE, "Ah", discharged_Ah),
    FIELD("charging_energy_wh", PM_DOUBLE, "Wh", charged_Wh),
    FIELD("discharging_energy_wh", PM_DOUBLE, "Wh", discharged_Wh),
    FIELD("coulombic_efficiency", PM_DOUBLE, "1", efficiency),
    FIELD("energy_efficiency", PM_DOUBLE, "1", energy_efficiency),
    FIELD("polarisation_volt", PM_DOUBLE, "V", polarisation_V),
    FIELD("hysteresis_volt", PM_DOUBLE, "V", hysteresis_V),
    FIELD("test_time_start_second", PM_DOUBLE, "s", start_s),
    FIELD("test_time_end_second", PM_DOUBLE, "s", end_s),
    FIELD("complete", PM_INT64, "1", complete),
    FIELD("thickness_um", PM_DOUBLE, "um", thickness_um),
};

/* What is left and what moves, in units of the cathode's capacity. */
typedef struct state {
    double foil, cathode, capacity, charged, efficiency, lost, plated;
    bool short_of_lithium;
} state;

static double beyond(int64_t n, int64_t stage)
{
    return stage && n > stage ? (double)(n - stage) : 0;
}

static void live(const pm_virtual_life *l, int64_t n, state *s)
{
    bool third = l->stage3 && n >= l->stage3;
    double x = fmin(l->loss * exp(l->acceleration * beyond(n, l->stage2)), 1);
    double before = s->capacity, of_cathode = l->cathode_efficiency - l->efficiency_fall * beyond(n, l->stage3);

    s->cathode *= 1 - (third && l->later_fade > 0 ? l->later_fade : l->fade);
    if (s->short_of_lithium) {
        s->charged = before;
        s->capacity = fmin(before * (1 - x), s->cathode);
        s->efficiency = s->capacity / before;
        return;
    }
    double loss = s->cathode * x, given = fmin(loss, s->foil);
    s->short_of_lithium = loss > s->foil;
    s->capacity = s->cathode - (loss - given);
    s->efficiency = of_cathode * s->capacity / s->cathode;
    s->charged = s->capacity / s->efficiency;
    s->foil -= given;
    s->lost += given;
    s->plated += s->cathode;
}

/* Two numbers of variance 1: what is off in the efficiency, and in both capacities. */
typedef struct scatter {
    pm_random random;
    double of[2], phase[2];
} scatter;

static void scatter_next(const pm_virtual_life *l, int64_t n, scatter *s)
{
    for (int i = 0; i < 2; i++) {
        double white = pm_random_normal(&s->random), angle = 2 * M_PI * ((double)n * l->hours / 24 + s->phase[i]);
        if (l->scatter == PM_VIRTUAL_WHITE) s->of[i] = white;
        if (l->scatter == PM_VIRTUAL_LAG_ONE) s->of[i] = n > 1 ? 0.7 * s->of[i] + sqrt(1 - 0.49) * white : white;
        if (l->scatter == PM_VIRTUAL_DAY) s->of[i] = sqrt(0.8) * M_SQRT2 * sin(angle) + sqrt(0.2) * white;
    }
}

/* How far off an outlier is, in units of the noise; 0 = it is none. */
static double outlier(const pm_virtual_life *l, pm_random *random)
{
    double drawn = pm_random_uniform(random), size = 5 + 25 * pm_random_uniform(random);
    double side = pm_random_uniform(random) < 0.5 ? -1 : 1;

    return drawn < l->outliers ? side * size : 0;
}

/* Half of an error of the efficiency is of the discharge, half of the charge; ohmic growth begins with stage 2, and
 * with it the cathode's voltage falls. */
static row measure(const pm_virtual_life *l, int64_t n, const state *s, scatter *of)
{
    double odd = outlier(l, &of->random), later = beyond(n, l->stage2);
    double of_efficiency = l->noise * (of->of[0] + odd), of_both = l->capacity_noise * (of->of[1] + odd);
    double jitter = l->capacity_noise * pm_random_normal(&of->random) * 0.2;
    double polarisation = 0.03 * (1 + 1e-4 * (double)n + 2e-3 * later), middle = 3.9 - 1e-4 * later;
    double volt_d = (middle - polarisation) * (1 + jitter), volt_c = (3.9 + polarisation) * (1 + jitter);
    double start = (double)(n - 1) * l->hours * 3600;
    row r = {.cycle_count = n, .complete = 1, .start_s = start, .end_s = start + l->hours * 3600};

    r.discharged_Ah = l->capacity_Ah * s->capacity * (1 + of_both) * (1 + of_efficiency / 2);
    r.charged_Ah = l->capacity_Ah * s->charged * (1 + of_both) / (1 + of_efficiency / 2);
    r.discharged_Wh = r.discharged_Ah * volt_d;
    r.charged_Wh = r.charged_Ah * volt_c;
    r.efficiency = r.discharged_Ah / r.charged_Ah;
    r.energy_efficiency = r.discharged_Wh / r.charged_Wh;
    r.polarisation_V = polarisation * (1 + 2 * jitter);
    r.hysteresis_V = volt_c - volt_d;
    r.thickness_um = 50 + 30 * s->lost + 0.05 * later * (1 + jitter);
    return r;
}

static pm_status check(const pm_virtual_life *l, pm_error *err)
{
    const double parts[] = {l->loss, l->fade, l->later_fade, l->noise, l->capacity_noise, l->outliers, l->retention};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!(parts[i] >= 0 && parts[i] < 1))
            return pm_fail(err, PM_ERR_ARGUMENT, "loss, fade, noise, outliers and retention are parts of 1, not %g",
                           parts[i]);
    if (!(l->n_to_p > 0) || !(l->capacity_Ah >= 0) || !(l->hours >= 0) || !(fabs(l->acceleration) <= 1))
        return pm_fail(err, PM_ERR_ARGUMENT, "N/P, capacity, hours or acceleration make no sense");
    if (l->cycles < 1 || l->cycles > 100000)
        return pm_fail(err, PM_ERR_ARGUMENT, "%lld cycles: from 1 to 100000 can be made", (long long)l->cycles);
    return PM_OK;
}

static pm_virtual_life with_defaults(const pm_virtual_life *of)
{
    pm_virtual_life l = *of;

    if (l.capacity_Ah == 0) l.capacity_Ah = 0.004;
    if (l.cathode_efficiency == 0) l.cathode_efficiency = 0.9998;
    if (l.capacity_noise == 0) l.capacity_noise = l.noise;
    if (l.hours == 0) l.hours = 8;
    return l;
}

pm_status pm_virtual_life_cycles(const pm_virtual_life *life, pm_table **cycles, pm_virtual_life_truth *truth,
                                 pm_error *err)
{
    pm_virtual_life l = with_defaults(life);
    pm_scoped(pm_builder) rows = NULL;
    pm_status e = check(&l, err);
    scatter noise = {.random = pm_random_stream(l.seed, "virtual/life", l.index)};
    state s = {.foil = l.n_to_p, .cathode = 1, .capacity = 1};

    if (e || (e = pm_builder_new(sizeof fields / sizeof *fields, fields, &rows, err))) return e;
    for (int i = 0; i < 2; i++) noise.phase[i] = pm_random_uniform(&noise.random);
    *truth = (pm_virtual_life_truth){0};
    for (int64_t n = 1; n <= l.cycles && s.capacity > l.retention; n++) {
        live(&l, n, &s);
        scatter_next(&l, n, &noise);
        row r = measure(&l, n, &s, &noise);
        pm_builder_push(rows, &r);
        if (s.short_of_lithium && !truth->short_cycle) truth->short_cycle = n;
    }
    truth->lost_Ah = s.lost * l.capacity_Ah;
    truth->plated_Ah = s.plated * l.capacity_Ah;
    return pm_builder_finish(rows, cycles, err);
}
