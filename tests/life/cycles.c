/* SPDX-License-Identifier: MIT */
#include "cycles.h"
#include "support.h"

pm_status cycles_ask(const cycle_row *cycles, int64_t n, const pm_stage_options *options, pm_stages *out, pm_error *err)
{
    static const pm_field fields[] = {
        {"cycle_count", PM_INT64, "1", offsetof(cycle_row, cycle_count), NULL},
        {"charging_capacity_ah", PM_DOUBLE, "Ah", offsetof(cycle_row, charged), NULL},
        {"discharging_capacity_ah", PM_DOUBLE, "Ah", offsetof(cycle_row, discharged), NULL},
        {"coulombic_efficiency", PM_DOUBLE, "1", offsetof(cycle_row, efficiency), NULL},
        {"polarisation_volt", PM_DOUBLE, "V", offsetof(cycle_row, polarisation), NULL},
    };
    pm_scoped(pm_builder) rows = NULL;
    pm_scoped(pm_table) table = NULL;

    assert_int_equal(pm_builder_new(sizeof fields / sizeof *fields, fields, &rows, NULL), PM_OK);
    for (int64_t i = 0; i < n; i++) pm_builder_push(rows, &cycles[i]);
    assert_int_equal(pm_builder_finish(rows, &table, NULL), PM_OK);
    return pm_stages_of(table, options, out, err);
}

pm_stages cycles_told(const cycle_row *cycles, int64_t n, double n_to_p, double deviation)
{
    pm_stage_options options = {.kind = PM_LI_CATHODE, .n_to_p = {{n_to_p, deviation}, PM_N_TO_P_FOIL}};
    pm_stages s;
    pm_error err = {0};

    assert_good(cycles_ask(cycles, n, &options, &s, &err), &err);
    return s;
}
