/* SPDX-License-Identifier: MIT */
/* The audit of any numbers at all: rows of doubles made of the bytes, in batches of a size that the bytes choose. */
#include <string.h>

#include "audit/checker.h"
#include "fuzz.h"

static const pm_field fields[] = {
    {"test_time_second", PM_DOUBLE, "s", 0, ""},       {"voltage_volt", PM_DOUBLE, "V", 8, ""},
    {"current_ampere", PM_DOUBLE, "A", 16, ""},        {"cycle_count", PM_DOUBLE, "1", 24, ""},
    {"unix_time_second", PM_DOUBLE, "s", 32, ""},      {"step_count", PM_DOUBLE, "1", 40, ""},
    {"charging_capacity_ah", PM_DOUBLE, "Ah", 48, ""}, {"discharging_capacity_ah", PM_DOUBLE, "Ah", 56, ""},
};
enum { FIELDS = sizeof fields / sizeof *fields };

/* Mostly small whole numbers, which are near each other as in files; some any bits. */
static double number(const uint8_t *byte)
{
    if (byte[0] < 250) return (int8_t)byte[1] * (byte[0] & 1 ? 1.0 : 1e-3) + (byte[0] >> 1);
    double value;
    uint64_t bits = 0x9e3779b97f4a7c15u * (uint64_t)(byte[0] * 256 + byte[1]);
    memcpy(&value, &bits, sizeof value);
    return value;
}

static pm_table *batch_of(pm_builder *builder, const uint8_t *bytes, size_t rows)
{
    pm_table *batch = NULL;
    for (size_t row = 0; row < rows; row++) {
        double values[FIELDS];
        for (size_t f = 0; f < FIELDS; f++) values[f] = number(bytes + 2 * (row * FIELDS + f));
        pm_builder_push(builder, values);
    }
    must_hold(pm_builder_finish(builder, &batch, NULL) == PM_OK);
    return batch;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    if (n == 0) return 0;
    size_t rows = (n - 1) / (2 * FIELDS), step = 1 + bytes[0];
    pm_scoped(pm_builder) builder = NULL;
    pm_scoped(pm_audit) audit = NULL;
    pm_scoped(pm_table) findings = NULL;
    must_hold(pm_builder_new(FIELDS, fields, &builder, NULL) == PM_OK);
    must_hold(pm_audit_start(NULL, 0, &audit, NULL) == PM_OK);
    for (size_t row = 0; row < rows; row += step) {
        pm_scoped(pm_table) batch =
            batch_of(builder, bytes + 1 + row * 2 * FIELDS, row + step < rows ? step : rows - row);
        must_hold(pm_audit_push(audit, batch, NULL) == PM_OK);
    }
    must_hold(pm_audit_result(audit, &findings, NULL) == PM_OK);
    for (int64_t i = 0; i < pm_table_rows(findings); i++) {
        const pm_column *first = pm_table_find(findings, "row_first"), *last = pm_table_find(findings, "row_last");
        if (pm_column_missing(first, i) || pm_column_missing(last, i)) continue;
        must_hold(first->integer[i] >= 1 && first->integer[i] <= last->integer[i]);
        must_hold(last->integer[i] <= (int64_t)rows);
    }
    return 0;
}
