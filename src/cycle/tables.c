/* SPDX-License-Identifier: MIT */
#include "cycler.h"

#include <math.h>

/** When a column applies; all of its marks must hold. */
enum { ALWAYS = 0, CURRENT = 1, EFFICIENCY = 2, COPPER = 4, AREA = 8, MASS = 16, LOGARITHM = 32 };

typedef struct column {
    pm_field field;
    int applies;
} column;

static int marks_of(const pm_cycler *cycler, pm_kind kind)
{
    const pm_cycle_options *o = &cycler->options;
    bool current = !cycler->fold.by_voltage;
    return (current ? CURRENT : 0) | (current && kind_first_sign(kind) ? EFFICIENCY : 0) |
           (kind == PM_LI_CU ? COPPER : 0) | (o->area_cm2 > 0 ? AREA : 0) | (o->mass_g > 0 ? MASS : 0) |
           (o->log_efficiency ? LOGARITHM : 0);
}

enum { COLUMNS_MAX = 40 };

static pm_status builder_for(int n, const column columns[], int marks, pm_builder **out, pm_error *err)
{
    pm_field fields[COLUMNS_MAX];
    int used = 0;
    for (int i = 0; i < n; i++)
        if ((columns[i].applies & ~marks) == 0) fields[used++] = columns[i].field;
    return pm_builder_new(used, fields, out, err);
}

/* ---- half-cycles -------------------------------------------------------------------------------------------- */

typedef struct half_row {
    int64_t half_cycle, cycle, row_first, row_last, pulses, complete;
    const char *direction;
    double vendor, start_s, end_s, duration_s, capacity_Ah, energy_Wh, mean_V, start_V, end_V, plateau_V, per_area,
        per_mass;
} half_row;

#define FIELD(name, type, unit, member, meaning)                                                                       \
    {                                                                                                                  \
        name, type, unit, offsetof(half_row, member), meaning                                                          \
    }
static const column half_columns[] = {
    {FIELD("half_cycle", PM_INT64, "1", half_cycle, "number of the half-cycle, from 1"), ALWAYS},
    {FIELD("cycle_count", PM_INT64, "1", cycle, "number of its cycle; 0 = before the first pair"), ALWAYS},
    {FIELD("cycle_count_vendor", PM_DOUBLE, "1", vendor, "the instrument's cycle count where it begins"), ALWAYS},
    {FIELD("direction", PM_STRING, "", direction, "charge, discharge, plating, stripping, positive or negative"),
     ALWAYS},
    {FIELD("row_first", PM_INT64, "1", row_first, "first data row with current"), ALWAYS},
    {FIELD("row_last", PM_INT64, "1", row_last, "last data row with current"), ALWAYS},
    {FIELD("test_time_start_second", PM_DOUBLE, "s", start_s, "when the current began"), ALWAYS},
    {FIELD("test_time_end_second", PM_DOUBLE, "s", end_s, "when the current ended"), ALWAYS},
    {FIELD("duration_second", PM_DOUBLE, "s", duration_s, "end less start, rests inside included"), ALWAYS},
    {FIELD("capacity_ah", PM_DOUBLE, "Ah", capacity_Ah, "charge passed, less that of pulses"), CURRENT},
    {FIELD("energy_wh", PM_DOUBLE, "Wh", energy_Wh, "energy passed, less that of pulses"), CURRENT},
    {FIELD("voltage_mean_volt", PM_DOUBLE, "V", mean_V, "mean by charge; by time where there is no current"), ALWAYS},
    {FIELD("voltage_start_volt", PM_DOUBLE, "V", start_V, "voltage in row_first"), ALWAYS},
    {FIELD("voltage_end_volt", PM_DOUBLE, "V", end_V, "voltage in row_last"), ALWAYS},
    {FIELD("voltage_plateau_volt", PM_DOUBLE, "V", plateau_V, "median by charge over 40 to 80 % of the charge"),
     ALWAYS},
    {FIELD("pulses", PM_INT64, "1", pulses, "stretches of the other sign within"), ALWAYS},
    {FIELD("complete", PM_INT64, "1", complete, "0 where the records end in it"), ALWAYS},
    {FIELD("capacity_ah_per_cm2", PM_DOUBLE, "Ah/cm2", per_area, "capacity by area"), CURRENT | AREA},
    {FIELD("capacity_ah_per_gram", PM_DOUBLE, "Ah/g", per_mass, "capacity by mass"), CURRENT | MASS},
};
#undef FIELD
enum { HALF_COLUMNS = sizeof half_columns / sizeof *half_columns };

static const char *direction_of(const pm_cycler *cycler, pm_kind kind, int sign)
{
    if (kind == PM_LI_CU) return sign < 0 ? "plating" : "stripping";
    if (kind == PM_LI_LI || cycler->fold.by_voltage) return sign < 0 ? "negative" : "positive";
    return sign < 0 ? "discharge" : "charge";
}

pm_status pm_cycler_half_cycles(const pm_cycler *cycler, pm_table **out, pm_error *err)
{
    scoped_pairing p = {0};
    pm_scoped(pm_builder) b = NULL;
    pm_status s;
    if ((s = pairing_of(cycler, &p, err))) return s;
    if ((s = builder_for(HALF_COLUMNS, half_columns, marks_of(cycler, p.kind), &b, err))) return s;
    for (int64_t i = 0; i < p.halves.n; i++) {
        const half *h = &p.halves.item[i];
        half_row row = {.half_cycle = i + 1,
                        .cycle = pairing_cycle_of(&p, i),
                        .vendor = h->vendor_first,
                        .direction = direction_of(cycler, p.kind, h->sign),
                        .row_first = h->row_first,
                        .row_last = h->row_last,
                        .start_s = h->time_start_s,
                        .end_s = h->time_end_s,
                        .duration_s = h->time_end_s - h->time_start_s,
                        .capacity_Ah = half_charge_Ah(h),
                        .energy_Wh = half_energy_Wh(h),
                        .mean_V = half_mean_V(h),
                        .start_V = h->voltage_start_V,
                        .end_V = h->voltage_end_V,
                        .plateau_V = h->voltage_plateau_V,
                        .pulses = h->pulses,
                        .complete = h->complete};
        row.per_area = row.capacity_Ah / cycler->options.area_cm2;
        row.per_mass = row.capacity_Ah / cycler->options.mass_g;
        pm_builder_push(b, &row);
    }
    return pm_builder_finish(b, out, err);
}

/* ---- cycles ------------------------------------------------------------------------------------------------- */

/** Of one direction of current; NaN where the cycle has no such half. */
typedef struct side {
    double capacity_Ah, energy_Wh, mean_V, plateau_V, per_area, per_mass;
} side;

typedef struct cycle_row {
    int64_t cycle, complete;
    side charge, discharge; /* positive and negative current */
    double vendor, efficiency, energy_efficiency, log10_inefficiency, ln_inefficiency, polarisation_V, hysteresis_V,
        start_s, end_s;
} cycle_row;

#define FIELD(name, type, unit, member, meaning)                                                                       \
    {                                                                                                                  \
        name, type, unit, offsetof(cycle_row, member), meaning                                                         \
    }
static const column cycle_columns[] = {
    {FIELD("cycle_count", PM_INT64, "1", cycle, "our count, from 1; 0 = a half before the first pair"), ALWAYS},
    {FIELD("cycle_count_vendor", PM_DOUBLE, "1", vendor, "the instrument's count where the cycle begins"), ALWAYS},
    {FIELD("charging_capacity_ah", PM_DOUBLE, "Ah", charge.capacity_Ah, "charge of the positive current"), CURRENT},
    {FIELD("discharging_capacity_ah", PM_DOUBLE, "Ah", discharge.capacity_Ah, "charge of the negative current"),
     CURRENT},
    {FIELD("plating_capacity_ah", PM_DOUBLE, "Ah", discharge.capacity_Ah, "plated on copper"), CURRENT | COPPER},
    {FIELD("stripping_capacity_ah", PM_DOUBLE, "Ah", charge.capacity_Ah, "stripped from copper"), CURRENT | COPPER},
    {FIELD("charging_energy_wh", PM_DOUBLE, "Wh", charge.energy_Wh, "energy of the positive current"), CURRENT},
    {FIELD("discharging_energy_wh", PM_DOUBLE, "Wh", discharge.energy_Wh, "energy of the negative current"), CURRENT},
    {FIELD("coulombic_efficiency", PM_DOUBLE, "1", efficiency, "by the formula of the kind; complete cycles"),
     EFFICIENCY},
    {FIELD("energy_efficiency", PM_DOUBLE, "1", energy_efficiency, "discharging over charging energy"), EFFICIENCY},
    {FIELD("coulombic_efficiency_minus_log10", PM_DOUBLE, "1", log10_inefficiency, "-log10(1 - efficiency)"),
     EFFICIENCY | LOGARITHM},
    {FIELD("coulombic_inefficiency_ln", PM_DOUBLE, "1", ln_inefficiency, "ln(1 - efficiency)"), EFFICIENCY | LOGARITHM},
    {FIELD("polarisation_volt", PM_DOUBLE, "V", polarisation_V, "half the difference of the plateaus"), ALWAYS},
    {FIELD("hysteresis_volt", PM_DOUBLE, "V", hysteresis_V, "difference of the mean voltages"), ALWAYS},
    {FIELD("test_time_start_second", PM_DOUBLE, "s", start_s, "when the first half's current began"), ALWAYS},
    {FIELD("test_time_end_second", PM_DOUBLE, "s", end_s, "when the second half's current ended"), ALWAYS},
    {FIELD("complete", PM_INT64, "1", complete, "1 where both halves were ended by rest or reversal"), ALWAYS},
    {FIELD("charging_capacity_ah_per_cm2", PM_DOUBLE, "Ah/cm2", charge.per_area, "by area"), CURRENT | AREA},
    {FIELD("discharging_capacity_ah_per_cm2", PM_DOUBLE, "Ah/cm2", discharge.per_area, "by area"), CURRENT | AREA},
    {FIELD("plating_capacity_ah_per_cm2", PM_DOUBLE, "Ah/cm2", discharge.per_area, "by area"), CURRENT | COPPER | AREA},
    {FIELD("stripping_capacity_ah_per_cm2", PM_DOUBLE, "Ah/cm2", charge.per_area, "by area"), CURRENT | COPPER | AREA},
    {FIELD("charging_capacity_ah_per_gram", PM_DOUBLE, "Ah/g", charge.per_mass, "by mass"), CURRENT | MASS},
    {FIELD("discharging_capacity_ah_per_gram", PM_DOUBLE, "Ah/g", discharge.per_mass, "by mass"), CURRENT | MASS},
    {FIELD("plating_capacity_ah_per_gram", PM_DOUBLE, "Ah/g", discharge.per_mass, "by mass"), CURRENT | COPPER | MASS},
    {FIELD("stripping_capacity_ah_per_gram", PM_DOUBLE, "Ah/g", charge.per_mass, "by mass"), CURRENT | COPPER | MASS},
};
#undef FIELD
enum { CYCLE_COLUMNS = sizeof cycle_columns / sizeof *cycle_columns };

static side side_of(const pm_cycle_options *o, const half *first, const half *second, int sign)
{
    const half *h = first->sign == sign ? first : second && second->sign == sign ? second : NULL;
    double none = (double)NAN;
    if (!h) return (side){none, none, none, none, none, none};
    double capacity_Ah = half_charge_Ah(h);
    return (side){capacity_Ah,          half_energy_Wh(h),         half_mean_V(h),
                  h->voltage_plateau_V, capacity_Ah / o->area_cm2, capacity_Ah / o->mass_g};
}

/** What compares the two halves of a cycle needs both of them whole. */
static void compare_halves(cycle_row *row, double efficiency)
{
    row->efficiency = efficiency;
    if (isfinite(row->efficiency)) row->energy_efficiency = row->discharge.energy_Wh / row->charge.energy_Wh;
    row->log10_inefficiency = efficiency < 1 ? -log10(1 - efficiency) : (double)NAN;
    row->ln_inefficiency = efficiency < 1 ? log(1 - efficiency) : (double)NAN;
    row->polarisation_V = 0.5 * (row->charge.plateau_V - row->discharge.plateau_V);
    row->hysteresis_V = row->charge.mean_V - row->discharge.mean_V;
}

static cycle_row row_of(const pm_cycler *cycler, const half *first, const half *second, int64_t number)
{
    double none = (double)NAN;
    cycle_row row = {.cycle = number,
                     .vendor = first->vendor_first,
                     .charge = side_of(&cycler->options, first, second, 1),
                     .discharge = side_of(&cycler->options, first, second, -1),
                     .efficiency = none,
                     .energy_efficiency = none,
                     .log10_inefficiency = none,
                     .ln_inefficiency = none,
                     .polarisation_V = none,
                     .hysteresis_V = none,
                     .start_s = first->time_start_s,
                     .end_s = second ? second->time_end_s : first->time_end_s};
    return row;
}

pm_status pm_cycler_cycles(const pm_cycler *cycler, pm_table **out, pm_error *err)
{
    scoped_pairing p = {0};
    pm_scoped(pm_builder) b = NULL;
    pm_status s;
    if ((s = pairing_of(cycler, &p, err))) return s;
    if ((s = builder_for(CYCLE_COLUMNS, cycle_columns, marks_of(cycler, p.kind), &b, err))) return s;
    for (int64_t i = p.unpaired ? -1 : 0; i < p.cycles; i++) {
        const half *second = i < 0 ? NULL : pairing_second(&p, i);
        cycle_row row = row_of(cycler, i < 0 ? &p.halves.item[0] : pairing_first(&p, i), second, i + 1);
        row.complete = i >= 0 && pairing_complete(&p, i);
        if (row.complete) compare_halves(&row, pairing_efficiency(&p, i));
        pm_builder_push(b, &row);
    }
    return pm_builder_finish(b, out, err);
}
