/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "fake.h"

typedef struct half_row {
    int64_t half_cycle, cycle_count, row_first, row_last, complete;
    double capacity_Ah;
} half_row;
static const pm_field half_fields[] = {{"half_cycle", PM_INT64, "1", offsetof(half_row, half_cycle), ""},
                                       {"cycle_count", PM_INT64, "1", offsetof(half_row, cycle_count), ""},
                                       {"row_first", PM_INT64, "1", offsetof(half_row, row_first), ""},
                                       {"row_last", PM_INT64, "1", offsetof(half_row, row_last), ""},
                                       {"complete", PM_INT64, "1", offsetof(half_row, complete), ""},
                                       {"capacity_ah", PM_DOUBLE, "Ah", offsetof(half_row, capacity_Ah), ""}};

typedef struct cycle_row {
    int64_t cycle_count, complete;
    double charging_Ah, discharging_Ah, plating_Ah, stripping_Ah, efficiency, polarisation_V, hysteresis_V;
} cycle_row;
static const pm_field cycle_fields[] = {
    {"cycle_count", PM_INT64, "1", offsetof(cycle_row, cycle_count), ""},
    {"complete", PM_INT64, "1", offsetof(cycle_row, complete), ""},
    {"charging_capacity_ah", PM_DOUBLE, "Ah", offsetof(cycle_row, charging_Ah), ""},
    {"discharging_capacity_ah", PM_DOUBLE, "Ah", offsetof(cycle_row, discharging_Ah), ""},
    {"polarisation_volt", PM_DOUBLE, "V", offsetof(cycle_row, polarisation_V), ""},
    {"hysteresis_volt", PM_DOUBLE, "V", offsetof(cycle_row, hysteresis_V), ""},
    {"coulombic_efficiency", PM_DOUBLE, "1", offsetof(cycle_row, efficiency), ""},
    {"plating_capacity_ah", PM_DOUBLE, "Ah", offsetof(cycle_row, plating_Ah), ""},
    {"stripping_capacity_ah", PM_DOUBLE, "Ah", offsetof(cycle_row, stripping_Ah), ""}};

typedef struct finding_row {
    const char *code, *severity, *column, *message, *hint, *action;
    int64_t count, row_first, row_last, reconcilable;
    double expected, observed, factor;
} finding_row;
static const pm_field finding_fields[] = {{"code", PM_STRING, "", offsetof(finding_row, code), ""},
                                          {"severity", PM_STRING, "", offsetof(finding_row, severity), ""},
                                          {"column", PM_STRING, "", offsetof(finding_row, column), ""},
                                          {"message", PM_STRING, "", offsetof(finding_row, message), ""},
                                          {"hint", PM_STRING, "", offsetof(finding_row, hint), ""},
                                          {"action", PM_STRING, "", offsetof(finding_row, action), ""},
                                          {"count", PM_INT64, "1", offsetof(finding_row, count), ""},
                                          {"row_first", PM_INT64, "1", offsetof(finding_row, row_first), ""},
                                          {"row_last", PM_INT64, "1", offsetof(finding_row, row_last), ""},
                                          {"reconcilable", PM_INT64, "1", offsetof(finding_row, reconcilable), ""},
                                          {"expected", PM_DOUBLE, "1", offsetof(finding_row, expected), ""},
                                          {"observed", PM_DOUBLE, "1", offsetof(finding_row, observed), ""},
                                          {"factor", PM_DOUBLE, "1", offsetof(finding_row, factor), ""}};

static double noise(const char *what, int k)
{
    pm_random r = pm_random_stream(7, what, (uint64_t)k);
    return pm_random_normal(&r);
}

double fake_efficiency(const fake_plan *plan, int k)
{
    if (plan->kind == PM_LI_LI) return NAN;
    if (plan->kind == PM_LI_ION) return k == 1 ? 0.915 : 0.9985 + 0.0007 * noise("full", k);
    double late = k > 40 ? 0.003 * (k - 40) : 0;
    return 0.989 - 0.045 * exp(-k / 3.0) - late + 0.0022 * noise("copper", k);
}

double fake_capacity_Ah(const fake_plan *plan, int k)
{
    if (plan->kind == PM_LI_ION) return 0.0042 * (1 - 0.0035 * k - 1e-5 * k * k);
    return 1.27e-3;
}

/* Polarisation of a cycle: falls while the surface grows, rises with what is left behind. */
static double polarisation_V(const fake_plan *plan, int k)
{
    double part = (double)k / plan->cycles;
    if (plan->kind == PM_LI_ION) return 0.11 + 0.12 * part * part;
    return 0.042 + 0.05 * exp(-k / 4.0) + 0.09 * pow(part, 4) + 0.0008 * noise("volt", k);
}

/* Voltage at the part u of a half-cycle, for a current of that sign. */
static double voltage_V(const fake_plan *plan, int k, int sign, double u, double end)
{
    double over = polarisation_V(plan, k) / 2;
    if (plan->kind == PM_LI_ION) {
        double filled = sign > 0 ? u : 1 - u;
        double open = 3.45 + 0.62 * filled + 0.06 * tanh(12 * (filled - 0.45)) - 0.5 * exp(-filled * 22);
        return open + 0.13 * exp((filled - 1) * 18) + sign * over;
    }
    if (plan->kind == PM_LI_LI) return sign * over * (1 + 0.25 * exp(-u * 25) - 0.1 * sin(3.14 * u));
    if (sign < 0) return -over * (1 + (k == 1 ? 2.5 : 1.2) * exp(-u * 60));
    return over * (1 + 0.3 * u) + exp((u - end) * 90);
}

typedef struct writer {
    double *time, *voltage, *current;
    int64_t n;
    double now;
} writer;

static void add_half(writer *w, const fake_plan *plan, int k, int sign, double charge_Ah, pm_builder *halves,
                     int64_t half)
{
    double first_Ah = fake_capacity_Ah(plan, k), seconds = 3600 * charge_Ah / first_Ah;
    half_row row = {half, k, w->n + 1, w->n + plan->rows_per_half, 1, charge_Ah};
    for (int i = 0; i < plan->rows_per_half; i++, w->n++) {
        double u = (double)i / (plan->rows_per_half - 1);
        w->time[w->n] = w->now + u * seconds;
        w->voltage[w->n] = voltage_V(plan, k, sign, u, 1);
        w->current[w->n] = sign * first_Ah;
    }
    w->now += seconds + 1;
    pm_builder_push(halves, &row);
}

static void add_cycle(const fake_plan *plan, int k, double first_Ah, double second_Ah, pm_builder *cycles)
{
    bool copper = plan->kind == PM_LI_CU, ion = plan->kind == PM_LI_ION;
    cycle_row row = {.cycle_count = k,
                     .complete = 1,
                     .charging_Ah = ion ? first_Ah : second_Ah,
                     .discharging_Ah = ion ? second_Ah : first_Ah,
                     .plating_Ah = copper ? first_Ah : NAN,
                     .stripping_Ah = copper ? second_Ah : NAN,
                     .efficiency = fake_efficiency(plan, k),
                     .polarisation_V = polarisation_V(plan, k),
                     .hysteresis_V = polarisation_V(plan, k) * 1.18};
    pm_builder_push(cycles, &row);
}

static pm_status make_findings(const fake_plan *plan, pm_table **out, pm_error *err)
{
    pm_scoped(pm_builder) b = NULL;
    pm_status s;
    if ((s = pm_builder_new(13, finding_fields, &b, err))) return s;
    const char *evil = plan->evil;
    const finding_row rows[] = {
        {evil ? evil : "current-unit", "error", evil ? evil : "current_ampere",
         evil ? evil : "The current column is called A, but the counted capacity only fits if it is in mA.",
         evil ? evil : "--reconcile divides by 1000", "none", 48210, 1, 48210, 1, 1.27e-3, 1.27, 1000},
        {"time-backwards", "warning", evil ? evil : "test_time_second",
         evil ? evil : "The clock steps back by 3600 s, as at the end of summer time.", evil, "reconciled", 1, 20551,
         20551, 1, 1, -3599, NAN},
        {"no-final-newline", "note", NULL, evil ? evil : "The last line has no line end; it was read whole.", NULL,
         "none", 1, 48210, 48210, 0, NAN, NAN, NAN}};
    for (int i = 0; plan->findings && i < 3; i++) pm_builder_push(b, &rows[i]);
    return pm_builder_finish(b, out, err);
}

static pm_status make_records(const fake_plan *plan, pm_builder *records, pm_builder *halves, pm_builder *cycles,
                              pm_error *err)
{
    int64_t rows = 2 * (int64_t)plan->cycles * plan->rows_per_half;
    int time = pm_builder_add(records, "test_time_second", PM_DOUBLE, "s");
    int voltage = pm_builder_add(records, "voltage_volt", PM_DOUBLE, "V");
    int current = pm_builder_add(records, "current_ampere", PM_DOUBLE, "A");
    pm_status s;
    if ((s = pm_builder_room(records, rows, err))) return s;
    writer w = {pm_builder_doubles(records, time), pm_builder_doubles(records, voltage),
                pm_builder_doubles(records, current), 0, 0};
    for (int k = 1; k <= plan->cycles; k++) {
        double first = fake_capacity_Ah(plan, k), efficiency = fake_efficiency(plan, k);
        double second = isnan(efficiency) ? first : first * efficiency;
        int sign = plan->kind == PM_LI_ION ? 1 : -1;
        add_half(&w, plan, k, sign, first, halves, 2 * k - 1);
        add_half(&w, plan, k, -sign, second, halves, 2 * k);
        add_cycle(plan, k, first, second, cycles);
    }
    pm_builder_commit(records, w.n);
    return PM_OK;
}

static void summarise(const fake_plan *plan, fake *out)
{
    double sum = 0;
    for (int k = 1; k <= plan->cycles; k++) sum += fake_efficiency(plan, k);
    out->summary = (pm_cycle_summary){.kind = plan->kind,
                                      .kind_source = plan->kind == PM_LI_CU ? "sidecar" : "inferred",
                                      .formula = plan->kind == PM_LI_CU    ? "stripped/plated"
                                                 : plan->kind == PM_LI_ION ? "discharged/charged"
                                                                           : "none",
                                      .protocol = "cycling",
                                      .dead_band_A = 1.3e-6,
                                      .half_cycles = 2 * plan->cycles,
                                      .cycles = plan->cycles,
                                      .coulombic_efficiency_mean = sum / plan->cycles};
    if (plan->kind == PM_LI_CU) {
        out->told = (pm_cell){.cell_id = "Cu-07",
                              .electrolyte = "1 M LiFSI in DME",
                              .source = "cells.yaml",
                              .kind = PM_LI_CU,
                              .area_cm2 = 1.27};
        out->summary.reservoir = (pm_reservoir){true, 0.9871, 0.9512, 6.35e-3, 1.27e-3, 6.2e-3, 10};
    }
}

pm_status fake_make(const fake_plan *plan, fake *out, pm_error *err)
{
    pm_scoped(pm_builder) records = NULL;
    pm_scoped(pm_builder) halves = NULL;
    pm_scoped(pm_builder) cycles = NULL;
    scoped_fake made = {0};
    pm_status s;
    if ((s = pm_builder_new(0, NULL, &records, err))) return s;
    if ((s = pm_builder_new(6, half_fields, &halves, err))) return s;
    if ((s = pm_builder_new(plan->kind == PM_LI_CU ? 9 : plan->kind == PM_LI_LI ? 6 : 7, cycle_fields, &cycles, err)))
        return s;
    if ((s = make_records(plan, records, halves, cycles, err))) return s;
    if ((s = pm_builder_finish(records, &made.records, err))) return s;
    if ((s = pm_builder_finish(halves, &made.half_cycles, err))) return s;
    if ((s = pm_builder_finish(cycles, &made.cycles, err))) return s;
    if ((s = make_findings(plan, &made.findings, err))) return s;
    summarise(plan, &made);
    *out = made;
    made = (fake){0};
    return PM_OK;
}

void fake_leave(fake *f)
{
    pm_table_free(f->records);
    pm_table_free(f->half_cycles);
    pm_table_free(f->cycles);
    pm_table_free(f->findings);
}

pm_report_cell fake_cell(const fake *f, const char *path)
{
    return (pm_report_cell){.path = path,
                            .format = "Neware csv (layered)",
                            .format_reason = "line 1 holds ‘Cycle ID, Cap_Chg(mAh)’",
                            .sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                            .cell = &f->told,
                            .records = f->records,
                            .half_cycles = f->half_cycles,
                            .cycles = f->cycles,
                            .findings = f->findings,
                            .summary = &f->summary};
}
