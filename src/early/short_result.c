/* SPDX-License-Identifier: MIT */
/* From what was noted to alarms in order of time, and the suspicion. */
#include "short_state.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

typedef struct alarm_row {
    double test_time_second, probability, level_volt, reference_volt, ratio, recovered_time_second;
    const char *kind, *direction, *evidence;
} alarm_row;

#define FIELD(name, type, unit, meaning)                                                                               \
    {                                                                                                                  \
#name, type, unit, offsetof(alarm_row, name), meaning                                                          \
    }
static const pm_field fields[] = {
    FIELD(test_time_second, PM_DOUBLE, "s", "when it had been sustained"),
    FIELD(kind, PM_STRING, "", "soft or hard"),
    FIELD(probability, PM_DOUBLE, "1", "monotone in the evidence, not calibrated on real shorts"),
    FIELD(direction, PM_STRING, "", "of the current (the voltage, where there is none)"),
    FIELD(level_volt, PM_DOUBLE, "V", "median of |V|"),
    FIELD(reference_volt, PM_DOUBLE, "V", "highest of the recent levels"),
    FIELD(ratio, PM_DOUBLE, "1", "level over reference"),
    FIELD(recovered_time_second, PM_DOUBLE, "s", "when as many levels were back"),
    FIELD(evidence, PM_STRING, "", "in words"),
};
enum { FIELDS = sizeof fields / sizeof *fields };

/* ---- evidence from elsewhere ---- */

/** Median of the last three spectra before the time over the highest of the recent ones. */
static double spectral_ratio(const pm_shorts *s, double time_s, bool real)
{
    double last[3], highest = -INFINITY;
    int64_t n = 0, end = 0;

    while (end < s->spectra && s->spectrum[end].time_s <= time_s) end++;
    if (end < 6) return NAN;
    for (int64_t i = end > s->options.recent ? end - s->options.recent : 0; i < end; i++) {
        double value = real ? s->spectrum[i].real_ohm : s->spectrum[i].minus_imaginary_ohm;
        highest = fmax(highest, value);
        if (i >= end - 3) last[n++] = value;
    }
    return highest > 0 ? pm_median(last, n) / highest : NAN;
}

static void add_elsewhere(const pm_shorts *s, const short_cycles *cycles, short_alarm *a)
{
    a->impedance_ratio = spectral_ratio(s, a->time_s, false);
    a->resistance_ratio = spectral_ratio(s, a->time_s, true);
    if (cycles->efficiency_s <= a->time_s) a->efficiency = cycles->efficiency;
}

/* ---- alarms ---- */

typedef struct found {
    short_alarm *item;
    int64_t n;
} found;

static void insert(found *f, short_alarm a)
{
    int64_t i = f->n++;

    for (; i > 0 && f->item[i - 1].time_s > a.time_s; i--) f->item[i] = f->item[i - 1];
    f->item[i] = a;
}

/** An alarm of whole cycles, unless there is one already by then. */
static void insert_cycle(const pm_shorts *s, found *f, double time_s, double overrun_ratio, double efficiency)
{
    if (isnan(time_s) || (f->n && f->item[0].time_s <= time_s)) return;
    short_alarm a = short_alarm_at(s, time_s);
    a.fall_share = a.band_dB = NAN; /* of the last rows, which are not those of that cycle */
    a.sign = 1;
    a.overrun_ratio = overrun_ratio;
    a.efficiency = efficiency;
    insert(f, a);
}

static bool has_levels(pm_kind kind)
{
    return kind == PM_LI_LI || kind == PM_LI_CU;
}

static void collect(const pm_shorts *s, pm_kind kind, const short_cycles *cycles, found *f)
{
    const short_alarm *from = has_levels(kind) ? s->alarm : s->drop;
    int64_t n = has_levels(kind) ? s->alarms : s->drops;

    for (int64_t i = 0; i < n; i++) insert(f, from[i]);
    if (!has_levels(kind)) insert_cycle(s, f, cycles->overrun_s, cycles->overrun_ratio, NAN);
    insert_cycle(s, f, cycles->efficiency_s, NAN, cycles->efficiency);
    for (int64_t i = 0; i < f->n; i++) add_elsewhere(s, cycles, &f->item[i]);
}

static pm_status write_alarms(const pm_shorts *s, const found *f, pm_table **out, pm_error *err)
{
    pm_scoped(pm_builder) b = NULL;
    pm_status status = pm_builder_new(FIELDS, fields, &b, err);

    if (status) return status;
    for (int64_t i = 0; i < f->n; i++) {
        const short_alarm *a = &f->item[i];
        char evidence[1024];
        short_evidence(a, &s->options, evidence, sizeof evidence);
        alarm_row row = {a->time_s,
                         short_probability(a, &s->options),
                         a->level.voltage_V,
                         a->reference_V,
                         a->level.voltage_V / a->reference_V,
                         a->recovered_s,
                         a->hard ? "hard" : "soft",
                         a->sign > 0 ? "positive" : "negative",
                         evidence};
        pm_builder_push(b, &row);
    }
    return pm_builder_finish(b, out, err);
}

/* ---- suspicion ---- */

typedef enum shape_part { LEVEL, FLATNESS, RESISTANCE } shape_part;

static double median_shape(const pm_shorts *s, shape_part part, double *scratch)
{
    int64_t n = 0;

    for (int64_t i = 0; i < s->shapes; i++) {
        const short_shape *x = &s->shape[i];
        double value = part == LEVEL ? x->level_V : part == FLATNESS ? x->flat_part : x->level_V / x->current_A;
        if (isfinite(value)) scratch[n++] = value;
    }
    return pm_median(scratch, n);
}

static pm_status suspect(const pm_shorts *s, pm_short_summary *out, pm_error *err)
{
    pm_scoped_memory double *scratch = malloc((size_t)(s->shapes + 1) * sizeof *scratch);
    const pm_short_options *o = &s->options;

    if (!scratch) return pm_fail(err, PM_ERR_MEMORY, "no memory for the shape of half-cycles");
    out->suspicion[0] = 0;
    double level_V = median_shape(s, LEVEL, scratch), flat = median_shape(s, FLATNESS, scratch);
    double ohm_cm2 = median_shape(s, RESISTANCE, scratch) * (o->cycle.area_cm2 > 0 ? o->cycle.area_cm2 : NAN);
    bool low = isfinite(ohm_cm2) ? ohm_cm2 < o->low_ohm_cm2 : level_V < o->low_V;
    if (flat < o->flat_part && low)
        snprintf(
            out->suspicion, sizeof out->suspicion,
            "half-cycles are rectangular (|V| within %.1f %%) and low (%.3g V%s): an ideal trace may be a soft short "
            "from the start (Menkin et al. 2024); measure the impedance",
            100 * flat, level_V, isfinite(ohm_cm2) ? ", little more than the electrolyte's resistance" : "");
    else if (!s->compared)
        snprintf(out->suspicion, sizeof out->suspicion,
                 "nothing was watched: %lld half-cycles are too few, or activation has not ended",
                 (long long)s->shapes);
    return PM_OK;
}

pm_status pm_shorts_result(const pm_shorts *s, pm_table **alarms, pm_short_summary *summary, pm_error *err)
{
    pm_scoped(pm_table) cycles = NULL;
    pm_cycle_summary cell;
    short_cycles by_cycle;
    pm_status status = pm_cycler_summary(s->cycler, &cell, err);

    if (status) return status;
    if (!cell.kind)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "say it with --kind, or in NAME.cell.yaml",
                          "the kind of cell is not known, and what a short looks like depends on it");
    if ((status = pm_cycler_cycles(s->cycler, &cycles, err))) return status;
    if ((status = short_cycles_of(cycles, &s->options, &by_cycle, err))) return status;
    pm_short_summary out = {.kind = cell.kind, .kind_source = cell.kind_source, .watched_s = s->last_s - s->first_s};
    out.levels = has_levels(cell.kind) ? s->compared : 0;
    out.cannot = short_cannot(cell.kind, s->has_current);
    if (has_levels(cell.kind) && (status = suspect(s, &out, err))) return status;
    pm_scoped_memory short_alarm *room = calloc((size_t)(s->alarms + s->drops + 2), sizeof *room);
    found f = {room, 0};
    if (!room) return pm_fail(err, PM_ERR_MEMORY, "no memory for alarms");
    collect(s, cell.kind, &by_cycle, &f);
    if ((status = write_alarms(s, &f, alarms, err))) return status;
    *summary = out;
    return PM_OK;
}
