/* SPDX-License-Identifier: MIT */
/* One cell's quantities, from its cycles. */
#include "early.h"

#include <math.h>
#include <string.h>

#define FIELD(name, type, unit, meaning)                                                                               \
    {                                                                                                                  \
#name, type, unit, offsetof(pm_cell_row, name), meaning                                                        \
    }
const pm_field pm_cell_fields[PM_CELL_FIELDS] = {
    FIELD(cell_id, PM_STRING, "", "the cell"),
    FIELD(electrolyte_id, PM_STRING, "", "its electrolyte"),
    FIELD(kind, PM_STRING, "", "li-cu, li-li, ..."),
    FIELD(label, PM_STRING, "", "what became of it (a reconstruction, see label)"),
    FIELD(current_density_ampere_per_cm2, PM_DOUBLE, "A/cm2", "median over half-cycles"),
    FIELD(areal_capacity_ah_per_cm2, PM_DOUBLE, "Ah/cm2",
          "nominal or of the first cycles; where the protocol sets it, median of what cycles begin with"),
    FIELD(temperature_celsius, PM_DOUBLE, "degC", "of the test"),
    FIELD(coulombic_efficiency, PM_DOUBLE, "1", "mean over the window"),
    FIELD(coulombic_efficiency_average, PM_DOUBLE, "1", "of the reservoir protocol"),
    FIELD(coulombic_efficiency_average_error, PM_DOUBLE, "1", "by the offset of the current"),
    FIELD(irreversible_capacity_ah_per_cm2, PM_DOUBLE, "Ah/cm2", "did not come back, summed over the window"),
    FIELD(polarisation_volt, PM_DOUBLE, "V", "median over the window"),
    FIELD(cycle_life, PM_DOUBLE, "1", "first crossing, or the last cycle seen"),
    FIELD(cycle_life_censored, PM_DOUBLE, "1", "1: it had not failed by then"),
    FIELD(window_cycles, PM_INT64, "1", "complete cycles of the window, before a short"),
    FIELD(cut_cycle_count, PM_INT64, "1", "from this cycle on left out of the window"),
    FIELD(cut_by, PM_STRING, "", "short: an alarm; efficiency: above 1.02"),
};

/** Plating and stripping where the kind has them, else charge and discharge. */
static const char *given_name(const pm_table *cycles)
{
    return pm_table_find(cycles, "plating_capacity_ah") ? "plating_capacity_ah" : "charging_capacity_ah";
}

static const char *returned_name(const pm_table *cycles)
{
    return pm_table_find(cycles, "stripping_capacity_ah") ? "stripping_capacity_ah" : "discharging_capacity_ah";
}

static bool in_window(const pm_table *cycles, int64_t row, const pm_cell_options *o)
{
    double cycle = pm_table_real(cycles, "cycle_count", row);

    return pm_table_real(cycles, "complete", row) == 1 && cycle >= o->first && (o->last <= 0 || cycle <= o->last) &&
           (o->short_cycle <= 0 || cycle < (double)o->short_cycle);
}

/** Values of a column in the window; returns how many. */
static int64_t collect(const pm_table *cycles, const char *name, const pm_cell_options *o, double *out)
{
    int64_t n = 0;

    for (int64_t i = 0; i < pm_table_rows(cycles); i++) {
        double value = pm_table_real(cycles, name, i);
        if (in_window(cycles, i, o) && isfinite(value)) out[n++] = value;
    }
    return n;
}

static int64_t count_window(const pm_table *cycles, const pm_cell_options *o)
{
    int64_t n = 0;

    for (int64_t i = 0; i < pm_table_rows(cycles); i++) n += in_window(cycles, i, o);
    return n;
}

/** NaN unless the window is there to its end. */
static bool window_is_whole(const pm_table *cycles, const pm_cell_options *o)
{
    for (int64_t i = 0; i < pm_table_rows(cycles); i++)
        if (in_window(cycles, i, o) && (o->last <= 0 || pm_table_real(cycles, "cycle_count", i) == o->last))
            return true;
    return false;
}

static void measure_window(const pm_table *cycles, const pm_cell_options *o, double *scratch, pm_cell_row *out)
{
    double lost = 0;
    int64_t n = collect(cycles, "coulombic_efficiency", o, scratch);

    out->coulombic_efficiency = pm_mean(scratch, n);
    for (int64_t i = 0; i < pm_table_rows(cycles); i++)
        if (in_window(cycles, i, o))
            lost += pm_table_real(cycles, given_name(cycles), i) - pm_table_real(cycles, returned_name(cycles), i);
    if (n && o->area_cm2 > 0) out->irreversible_capacity_ah_per_cm2 = lost / o->area_cm2;
    out->polarisation_volt = pm_median(scratch, collect(cycles, "polarisation_volt", o, scratch));
}

/* ---- shorts ---- */

/* Where more lithium comes back than was plated, it passed through a short, or the charges are wrong. */
static const double HIGHEST_EFFICIENCY = 1.02;

/** Behind a lithium reserve, or a slower discharge, above 1 is no sign of a short. */
static bool efficiency_tells(pm_kind kind)
{
    return kind == PM_LI_CU || kind == PM_ANODE_FREE;
}

/** The first cycle of the window with such an efficiency; 0 = none. */
static int64_t excess_cycle(const pm_table *cycles, const pm_cell_options *o)
{
    for (int64_t i = 0; i < pm_table_rows(cycles); i++)
        if (in_window(cycles, i, o) && pm_table_real(cycles, "coulombic_efficiency", i) > HIGHEST_EFFICIENCY)
            return (int64_t)pm_table_real(cycles, "cycle_count", i);
    return 0;
}

/** The window before the first short; says where it was cut, if it was. */
static pm_cell_options cut_window(const pm_table *cycles, pm_kind kind, const pm_cell_options *whole, int64_t alarm,
                                  pm_cell_row *out)
{
    pm_cell_options left = *whole;
    int64_t excess = efficiency_tells(kind) ? excess_cycle(cycles, whole) : 0;
    bool by_efficiency = excess && (!alarm || excess < alarm);

    left.short_cycle = by_efficiency ? excess : alarm;
    out->window_cycles = count_window(cycles, &left);
    if (out->window_cycles < count_window(cycles, whole)) {
        out->cut_cycle_count = left.short_cycle;
        out->cut_by = by_efficiency ? "efficiency" : "short";
    }
    return left;
}

/* ---- the condition ---- */

enum { FIRST_CYCLES = 3 };

/** The most that one of the first complete cycles before an alarm begins with, NaN = there is none. Later ones show how
 *  the cell fared; one alone may have been cut by the resistance of an electrode not yet wetted. */
static double first_capacity(const pm_table *cycles, int64_t alarm)
{
    double most_Ah = NAN;

    for (int64_t i = 0, n = 0; i < pm_table_rows(cycles) && n < FIRST_CYCLES; i++) {
        if (pm_table_real(cycles, "complete", i) != 1) continue;
        if (n++ && alarm && pm_table_real(cycles, "cycle_count", i) >= (double)alarm) break;
        most_Ah = fmax(most_Ah, pm_table_real(cycles, given_name(cycles), i));
    }
    return most_Ah;
}

/** Of a capacity that the protocol sets, else of one that does not depend on what becomes of the cell. */
static double condition_capacity(const pm_table *cycles, const pm_cell_options *o, int64_t alarm, double *scratch)
{
    if (pm_table_find(cycles, "plating_capacity_ah"))
        return pm_median(scratch, collect(cycles, given_name(cycles), o, scratch));
    return o->nominal_capacity_Ah > 0 ? o->nominal_capacity_Ah : first_capacity(cycles, alarm);
}

static void measure_condition(const pm_table *cycles, const pm_table *halves, const pm_cell_options *o, int64_t alarm,
                              double *scratch, pm_cell_row *out)
{
    int64_t n = 0;

    if (!(o->area_cm2 > 0)) return;
    out->areal_capacity_ah_per_cm2 = condition_capacity(cycles, o, alarm, scratch) / o->area_cm2;
    for (int64_t i = 0; i < pm_table_rows(halves); i++) {
        double current_A = pm_table_real(halves, "capacity_ah", i) / pm_table_real(halves, "duration_second", i) * 3600;
        if (isfinite(current_A)) scratch[n++] = current_A;
    }
    out->current_density_ampere_per_cm2 = pm_median(scratch, n) / o->area_cm2;
}

/* ---- the reservoir ---- */

static bool strips(const pm_table *halves, int64_t i)
{
    const char *word = pm_column_word(pm_table_find(halves, "direction"), i);

    return word && (!strcmp(word, "stripping") || !strcmp(word, "charge"));
}

/** The first cycle conditions, the reservoir and its strips follow. */
static void measure_reservoir(const pm_table *halves, const pm_reservoir *r, double offset_A, pm_cell_row *out)
{
    double plating_s = 0, stripping_s = 0, plated_Ah = 0;

    out->coulombic_efficiency_average = r->coulombic_efficiency_average;
    if (!(offset_A > 0)) return;
    for (int64_t i = 0; i < pm_table_rows(halves); i++) {
        if (pm_table_real(halves, "cycle_count", i) <= 1 && isfinite(r->coulombic_efficiency_initial)) continue;
        double duration_s = pm_table_real(halves, "duration_second", i);
        *(strips(halves, i) ? &stripping_s : &plating_s) += duration_s;
        if (!strips(halves, i)) plated_Ah += pm_table_real(halves, "capacity_ah", i);
    }
    out->coulombic_efficiency_average_error =
        offset_A * (stripping_s + r->coulombic_efficiency_average * plating_s) / 3600 / plated_Ah;
}

/** A reservoir has no window that could end before an alarm. */
static void measure_test(const pm_table *cycles, const pm_table *halves, const pm_cycle_summary *summary,
                         const pm_cell_options *whole, int64_t alarm, double *scratch, pm_cell_row *out)
{
    if (summary->reservoir.found && alarm) {
        out->cut_cycle_count = 1;
        out->cut_by = "short";
    } else if (summary->reservoir.found) {
        measure_reservoir(halves, &summary->reservoir, whole->current_offset_A, out);
    } else {
        pm_cell_options left = cut_window(cycles, summary->kind, whole, alarm, out);
        if (out->window_cycles && (out->cut_by || window_is_whole(cycles, whole)))
            measure_window(cycles, &left, scratch, out);
        if (out->cut_by) out->irreversible_capacity_ah_per_cm2 = NAN;
    }
}

/* ---- all of it ---- */

static pm_status measure_life(const pm_table *cycles, pm_kind kind, const pm_cell_options *o, int64_t alarm,
                              pm_cell_row *out, pm_error *err)
{
    pm_life_time times[PM_LIFE_TIMES];
    pm_life_label label;
    pm_error why = {0};
    pm_status status = pm_life_label_of(cycles, kind, &o->label, alarm, &label, &why);

    if (status == PM_ERR_DATA) return PM_OK; /* too few cycles for a life */
    if (status && err) *err = why;
    if (status) return status;
    out->label = pm_outcome_name(label.outcome);
    pm_life_times(&label, NULL, times);
    out->cycle_life = times[PM_LIFE_END].cycle_count;
    out->cycle_life_censored = times[PM_LIFE_END].censored;
    return PM_OK;
}

pm_status pm_cell_measure(const pm_table *cycles, const pm_table *half_cycles, const pm_cycle_summary *summary,
                          const pm_cell_options *options, pm_cell_row *out, pm_error *err)
{
    pm_cell_options o = options ? *options : (pm_cell_options){0};
    int64_t rows = pm_table_rows(cycles) + pm_table_rows(half_cycles), alarm = o.short_cycle;
    pm_scoped_memory double *scratch = malloc((size_t)(rows + 1) * sizeof *scratch);

    if (!scratch) return pm_fail(err, PM_ERR_MEMORY, "no memory for a cell's quantities");
    o.short_cycle = 0; /* the condition is that of the whole window */
    if (o.first <= 0) o.first = 3;
    if (o.last > 0 && o.last < o.first)
        return pm_fail(err, PM_ERR_ARGUMENT, "a window from cycle %d to %d holds nothing", o.first, o.last);
    pm_cell_row row = {.kind = pm_kind_name(summary->kind),
                       .current_density_ampere_per_cm2 = NAN,
                       .areal_capacity_ah_per_cm2 = NAN,
                       .temperature_celsius = NAN,
                       .coulombic_efficiency = NAN,
                       .coulombic_efficiency_average = NAN,
                       .coulombic_efficiency_average_error = NAN,
                       .irreversible_capacity_ah_per_cm2 = NAN,
                       .polarisation_volt = NAN,
                       .cycle_life = NAN,
                       .cycle_life_censored = NAN,
                       .window_cycles = PM_NO_INT,
                       .cut_cycle_count = PM_NO_INT};
    measure_condition(cycles, half_cycles, &o, alarm, scratch, &row);
    measure_test(cycles, half_cycles, summary, &o, alarm, scratch, &row);
    pm_status status = summary->reservoir.found ? PM_OK : measure_life(cycles, summary->kind, &o, alarm, &row, err);
    if (!status) *out = row;
    return status;
}
