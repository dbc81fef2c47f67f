/* SPDX-License-Identifier: MIT */
/* What checkers share: the columns they see, the rows they mark, the words they say. */
#include "audit/checker.h"

#include <math.h>
#include <stdarg.h>

const pm_audit_number_column pm_audit_numbers[PM_AUDIT_NUMBERS] = {
    [PM_AUDIT_TIME] = {"test_time_second", "s", "test_time_second_2"},
    [PM_AUDIT_VOLTAGE] = {"voltage_volt", "V", "voltage_volt_2"},
    [PM_AUDIT_CURRENT] = {"current_ampere", "A", "current_ampere_2"},
    [PM_AUDIT_WALL] = {"unix_time_second", "s", NULL},
    [PM_AUDIT_CYCLE] = {"cycle_count", "1", "cycle_count_2"},
    [PM_AUDIT_STEP_COUNT] = {"step_count", "1", NULL},
    [PM_AUDIT_STEP_ID] = {"step_id", "1", NULL},
    [PM_AUDIT_RECORD] = {"record_number", "1", NULL},
    [PM_AUDIT_CHARGED] = {"charging_capacity_ah", "Ah", "charging_capacity_ah_2"},
    [PM_AUDIT_DISCHARGED] = {"discharging_capacity_ah", "Ah", "discharging_capacity_ah_2"},
    [PM_AUDIT_STEP_CAPACITY] = {"step_capacity_ah", "Ah", "step_capacity_ah_2"},
    [PM_AUDIT_NET_CAPACITY] = {"net_capacity_ah", "Ah", "net_capacity_ah_2"},
    [PM_AUDIT_CHARGED_ENERGY] = {"charging_energy_wh", "Wh", NULL},
    [PM_AUDIT_DISCHARGED_ENERGY] = {"discharging_energy_wh", "Wh", NULL},
    [PM_AUDIT_STEP_ENERGY] = {"step_energy_wh", "Wh", NULL},
    [PM_AUDIT_FREQUENCY] = {"frequency_hertz", "Hz", NULL},
};

const char *pm_audit_name(int number)
{
    return pm_audit_numbers[number].name;
}

const pm_source_column *pm_audit_source(const pm_audit *audit, int number)
{
    return audit->sources[number];
}

double pm_audit_resolution(const pm_audit *audit, int number)
{
    const pm_source_column *source = audit->sources[number];
    return source && source->resolution > 0 && isfinite(source->resolution) ? source->resolution : 0;
}

double pm_audit_digit(const pm_audit *audit, int number, double value)
{
    double digit = pm_audit_resolution(audit, number);
    for (int finer = 0; digit > 0 && finer < 12; finer++, digit /= 10) {
        double units = fabs(value) / digit;
        if (fabs(units - rint(units)) <= 1e-9 * fmax(units, 1)) return digit;
    }
    return 0;
}

int64_t pm_audit_row_count(const pm_audit *audit)
{
    return audit->rows;
}

void pm_audit_mark(pm_audit_rows *rows, const pm_audit *audit, int64_t row)
{
    if (!rows->count++) {
        rows->first = row;
        rows->line = audit->reader ? pm_reader_line(audit->reader, row) : -1;
    }
    rows->last = row;
}

pm_finding pm_audit_finding(const char *code, const char *severity, int number, const pm_audit_rows *rows)
{
    pm_finding f = pm_finding_blank(code, severity, rows ? rows->count : PM_NO_INT);
    f.column = number >= 0 ? pm_audit_numbers[number].name : NULL;
    f.row_first = rows ? rows->first : PM_NO_INT;
    f.row_last = rows ? rows->last : PM_NO_INT;
    f.line_first = rows && rows->line > 0 ? rows->line : PM_NO_INT;
    return f;
}

void pm_audit_say(pm_audit_out *out, pm_finding finding, const char *hint, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    finding.message = message;
    finding.hint = hint;
    pm_builder_push(out->findings, &finding);
}

double pm_audit_unit_factor(double ratio, double tolerance)
{
    static const double factors[] = {1, 60, 1000, 3600, 1 / 60., 1e-3, 1 / 3600.};
    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
        if (fabs(ratio / factors[i] - 1) <= tolerance) return factors[i];
    return NAN;
}
