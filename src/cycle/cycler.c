/* SPDX-License-Identifier: MIT */
#include "cycler.h"

#include <math.h>
#include <stdlib.h>

const char *const pm_cycle_columns[] = {"test_time_second",
                                        "voltage_volt",
                                        "current_ampere",
                                        "cycle_count",
                                        "step_id",
                                        "step_count",
                                        "step_time_second",
                                        "step_capacity_ah",
                                        "charging_capacity_ah",
                                        "discharging_capacity_ah",
                                        NULL};

static bool is_size(double value)
{
    return value >= 0 && isfinite(value);
}

pm_status pm_cycler_new(const pm_cycle_options *options, pm_cycler **out, pm_error *err)
{
    pm_cycle_options given = options ? *options : (pm_cycle_options){0};
    if (!is_size(given.area_cm2) || !is_size(given.mass_g) || !is_size(given.dead_band_A))
        return pm_fail(err, PM_ERR_ARGUMENT, "area, mass and dead band must be positive numbers");
    pm_cycler *cycler = calloc(1, sizeof *cycler);
    if (!cycler) return pm_fail(err, PM_ERR_MEMORY, "no memory for a cycler");
    cycler->options = given;
    cycler->vendor_last = NAN;
    fold_start(&cycler->fold, given.dead_band_A);
    *out = cycler;
    return PM_OK;
}

void pm_cycler_free(pm_cycler *cycler)
{
    if (!cycler) return;
    fold_end(&cycler->fold);
    free(cycler);
}

typedef struct source {
    const double *time_s, *voltage_V, *current_A, *cycle, *step, *step_count, *step_s;
    const double *charged_Ah, *discharged_Ah, *stepped_Ah; /* the instrument's counters */
} source;

static pm_status bind(pm_cycler *cycler, const pm_table *records, source *from, pm_error *err)
{
    const pm_want wants[] = {{"test_time_second", "s", .number = &from->time_s},
                             {"voltage_volt", "V", .number = &from->voltage_V},
                             {"current_ampere", "A", .number = &from->current_A, .optional = true},
                             {"cycle_count", "1", .number = &from->cycle, .optional = true},
                             {"step_id", "1", .number = &from->step, .optional = true},
                             {"step_count", "1", .number = &from->step_count, .optional = true},
                             {"step_time_second", "s", .number = &from->step_s, .optional = true},
                             {"charging_capacity_ah", "Ah", .number = &from->charged_Ah, .optional = true},
                             {"discharging_capacity_ah", "Ah", .number = &from->discharged_Ah, .optional = true},
                             {"step_capacity_ah", "Ah", .number = &from->stepped_Ah, .optional = true}};
    pm_status s = pm_table_bind(records, sizeof wants / sizeof *wants, wants, err);
    if (s) return s;
    if (!from->step) from->step = from->step_count;
    if (cycler->started && cycler->fold.by_voltage != !from->current_A)
        return pm_fail(err, PM_ERR_ARGUMENT, "batches of one file must have the same columns");
    cycler->started = true;
    cycler->fold.by_voltage = !from->current_A;
    if (!from->current_A) cycler->fold.band_A = cycler->fold.band_given_A = 0; /* it is in ampere */
    return PM_OK;
}

/** A row is what has a time and a current (a voltage, where there is none). A voltage that is missing while the current
 *  flows is taken as the one before. */
static bool read_row(const source *from, int64_t i, double last_V, sample *r)
{
    r->time_s = from->time_s[i];
    r->voltage_V = from->voltage_V[i];
    r->current_A = from->current_A ? from->current_A[i] : (double)((r->voltage_V > 0) - (r->voltage_V < 0));
    if (from->current_A && !isfinite(r->voltage_V)) r->voltage_V = last_V;
    r->step = from->step ? from->step[i] : 0;
    r->step_s = from->step_s ? from->step_s[i] : (double)NAN;
    r->vendor_cycle = from->cycle ? from->cycle[i] : (double)NAN;
    return isfinite(r->time_s) && isfinite(r->current_A) && isfinite(r->voltage_V);
}

/** What the counters gained since the row before: one for each direction where there are two, else one for both, whose
 *  direction is the current's. */
static double counted_As(pm_cycler *cycler, const source *from, int64_t i, const sample *r)
{
    const sample *last = &cycler->fold.last;
    bool new_step = r->step != last->step;
    double expected_Ah = r->current_A * (r->time_s - last->time_s) / 3600;
    if (cycler->options.integrate) return 0;
    if (cycler->fold.rows == 1 && r->time_s <= r->step_s * (1 + 1e-6))
        cycler->charged.from_start = cycler->discharged.from_start = cycler->stepped.from_start = true;
    if (from->charged_Ah && from->discharged_Ah) {
        double charged =
            counter_gain_Ah(&cycler->charged, from->charged_Ah[i], new_step, expected_Ah > 0 ? expected_Ah : 0);
        double discharged =
            counter_gain_Ah(&cycler->discharged, from->discharged_Ah[i], new_step, expected_Ah < 0 ? -expected_Ah : 0);
        return (charged - discharged) * 3600;
    }
    if (!from->stepped_Ah) return 0;
    double gain = counter_gain_Ah(&cycler->stepped, from->stepped_Ah[i], new_step, fabs(expected_Ah));
    return r->current_A == 0 ? 0 : copysign(gain, r->current_A) * 3600;
}

static void follow_vendor(pm_cycler *cycler, const sample *r)
{
    if (r->current_A == 0 || isnan(r->vendor_cycle) || r->vendor_cycle == cycler->vendor_last) return;
    cycler->vendor_last = r->vendor_cycle;
    cycler->vendor_cycles++;
}

pm_status pm_cycler_push(pm_cycler *cycler, const pm_table *records, pm_error *err)
{
    fold *f = &cycler->fold;
    source from = {0};
    pm_status s = bind(cycler, records, &from, err);
    if (s) return s;
    for (int64_t i = 0, n = pm_table_rows(records); i < n; i++) {
        sample r = {.number = ++f->rows};
        if (!read_row(&from, i, f->last.voltage_V, &r)) continue;
        r.counted_As = counted_As(cycler, &from, i, &r);
        follow_vendor(cycler, &r);
        if ((s = fold_row(f, &r, err))) return s;
    }
    return PM_OK;
}

/** Counts what is settled; the kind is inferred anew while it is not given. */
int64_t pm_cycler_complete(const pm_cycler *cycler)
{
    const half_list *done = &cycler->fold.done;
    pm_kind kind = cycler->options.kind ? cycler->options.kind : kind_infer(done, cycler->fold.by_voltage);
    int first = kind_first_sign(kind);
    return (done->n - (done->n > 0 && first && done->item[0].sign != first)) / 2;
}

pm_status pm_cycler_summary(const pm_cycler *cycler, pm_cycle_summary *out, pm_error *err)
{
    scoped_pairing p = {0};
    pm_status s = pairing_of(cycler, &p, err);
    if (s) return s;
    const pm_cycle_options *o = &cycler->options;
    pm_cycle_summary sum = {.kind = p.kind, .formula = kind_formula(p.kind), .half_cycles = p.halves.n};
    sum.kind_source = !p.kind ? "unknown" : !o->kind ? "inferred" : o->kind_from_sidecar ? "sidecar" : "user";
    sum.dead_band_A = cycler->fold.by_voltage ? (double)NAN : cycler->fold.band_A;
    sum.reservoir = p.kind == PM_LI_CU && !cycler->fold.by_voltage ? reservoir_find(&p.halves) : reservoir_find(NULL);
    sum.charge_source = cycler->fold.by_voltage ? "none" : p.by_counter ? "counter" : "integral";
    sum.cycles_begun = p.cycles + p.unpaired;
    sum.cycles_vendor = cycler->vendor_cycles;
    sum.protocol = protocol_name(&p.halves, &sum.reservoir);
    pm_sum efficiencies = {0, 0};
    int64_t known = 0;
    for (int64_t i = 0; i < p.cycles; i++) {
        double efficiency = cycler->fold.by_voltage ? (double)NAN : pairing_efficiency(&p, i);
        sum.cycles += pairing_complete(&p, i);
        if (isnan(efficiency)) continue;
        pm_sum_add(&efficiencies, efficiency);
        known++;
    }
    sum.coulombic_efficiency_mean = known ? pm_sum_value(efficiencies) / (double)known : (double)NAN;
    *out = sum;
    return PM_OK;
}

/* There is nothing to say where no cycle was made. */
pm_status pm_cycler_findings(const pm_cycler *cycler, pm_builder *findings, pm_error *err)
{
    pm_cycle_summary sum;
    char message[200];
    pm_status s = pm_cycler_summary(cycler, &sum, err);
    if (s) return s;
    if (!sum.cycles_vendor || !sum.cycles || sum.cycles_vendor == sum.cycles_begun) return PM_OK;
    int64_t open = sum.cycles_begun - sum.cycles;
    snprintf(message, sizeof message, "the file counts %lld cycle%s; the current makes %lld complete one%s%s",
             (long long)sum.cycles_vendor, sum.cycles_vendor == 1 ? "" : "s", (long long)sum.cycles,
             sum.cycles == 1 ? "" : "s",
             open == 1 ? " and one that is not"
             : open    ? " and two that are not"
                       : "");
    pm_finding f = pm_finding_blank("cycle-count-differs", "note", 1);
    f.column = "cycle_count";
    f.expected = (double)sum.cycles_begun;
    f.observed = (double)sum.cycles_vendor;
    f.message = message;
    f.hint = "cycles are counted from the current; the file's count stands beside ours as cycle_count_vendor";
    pm_builder_push(findings, &f);
    return PM_OK;
}
