/* SPDX-License-Identifier: MIT */
#include "truth.h"

#include <math.h>
#include <stdlib.h>

#include "physics.h"

#define FIELD(row, name, type, unit, member, meaning)                                                                  \
    {                                                                                                                  \
        name, type, unit, offsetof(row, member), meaning                                                               \
    }
#define CELL(name, type, unit, member, meaning) FIELD(virtual_truth_cell, name, type, unit, member, meaning)
#define CYCLE(name, type, unit, member, meaning) FIELD(virtual_truth_cycle, name, type, unit, member, meaning)

const pm_field virtual_truth_cell_fields[VIRTUAL_TRUTH_CELL_FIELDS] = {
    CELL("cell_id", PM_STRING, "", cell_id, "the file's name without .bdf.csv"),
    CELL("electrolyte_id", PM_STRING, "", electrolyte_id, "cells with the same electrolyte share it"),
    CELL("kind", PM_STRING, "", kind, "kind of cell"),
    CELL("label", PM_STRING, "", label, "what the rule of labels says of the noise-free life; empty: nothing"),
    CELL("cycle_count_end", PM_INT64, "1", cycle_count_end, "cycle of the label, else the last one"),
    CELL("parameters", PM_STRING, "", parameters, "those that differ from the defaults"),
    CELL("family", PM_STRING, "", family, "of the electrolyte"),
    CELL("end", PM_STRING, "", end, "why the test ended: protocol, efficiency, polarisation, short"),
    CELL("short_cycle", PM_INT64, "1", short_cycle, "first cycle with a leak, empty: none"),
    CELL("cycles", PM_INT64, "1", cycles, "lived"),
    CELL("rows", PM_INT64, "1", rows, "in the file"),
    CELL("faults", PM_STRING, "", faults, "of the instrument, empty: none"),
};

const pm_field virtual_truth_cycle_fields[VIRTUAL_TRUTH_CYCLE_FIELDS] = {
    CYCLE("cell_id", PM_STRING, "", cell_id, "of truth.csv"),
    CYCLE("cycle_count", PM_INT64, "1", cycle.cycle, "cycle, from 1"),
    CYCLE("plated_ah", PM_DOUBLE, "Ah", cycle.plated_Ah, "lithium laid down in the cycle"),
    CYCLE("stripped_ah", PM_DOUBLE, "Ah", cycle.stripped_Ah, "lithium taken off in the cycle"),
    CYCLE("dead_ah", PM_DOUBLE, "Ah", cycle.dead_Ah, "isolated lithium after the cycle, both electrodes"),
    CYCLE("sei_ah", PM_DOUBLE, "Ah", cycle.sei_Ah, "lithium in the SEI after the cycle, both electrodes"),
    CYCLE("active_ah", PM_DOUBLE, "Ah", cycle.active_Ah, "deposit on the working electrode after the cycle"),
    CYCLE("reservoir_ah", PM_DOUBLE, "Ah", cycle.reservoir_Ah, "in foils, counter deposit and cathode after the cycle"),
    CYCLE("plating_capacity_ah", PM_DOUBLE, "Ah", cycle.passed_plating_Ah, "charge passed while plating"),
    CYCLE("stripping_capacity_ah", PM_DOUBLE, "Ah", cycle.passed_stripping_Ah, "charge passed while stripping"),
    CYCLE("coulombic_efficiency", PM_DOUBLE, "1", efficiency, "of the charges passed; none for symmetric cells"),
    CYCLE("polarisation_volt", PM_DOUBLE, "V", cycle.polarisation_V, "half of plating less stripping, means by charge"),
    CYCLE("nucleation_volt", PM_DOUBLE, "V", cycle.nucleation_V, "highest overpotential of the plated electrode"),
    CYCLE("plateau_volt", PM_DOUBLE, "V", cycle.plateau_V, "overpotential of the plated electrode at half the charge"),
    CYCLE("leak_siemens_per_cm2", PM_DOUBLE, "S/cm2", leak_S_per_cm2, "conductance of a short after the cycle, mean"),
    CYCLE("wetted_part", PM_DOUBLE, "1", cycle.wetted, "of the area, by electrolyte"),
    CYCLE("complete", PM_INT64, "1", complete, "1: charge was passed both ways"),
};

virtual_truth_cycle virtual_truth_cycle_of(const char *cell_id, const pm_virtual_cycle *cycle, pm_virtual_design design)
{
    double in = cycle->passed_plating_Ah, out = cycle->passed_stripping_Ah;
    return (virtual_truth_cycle){
        .cell_id = cell_id,
        .complete = in > 0 && out > 0,
        .leak_S_per_cm2 = cycle->leak_mS_per_cm2 * 1e-3,
        .efficiency = design == PM_VIRTUAL_LI_LI || !(in > 0) ? NAN : out / in,
        .cycle = *cycle,
    };
}

const char *virtual_end_name(pm_virtual_end end)
{
    static const char *const names[] = {"protocol", "efficiency", "polarisation", "short"};
    return (unsigned)end <= PM_VIRTUAL_END_SHORT ? names[end] : NULL;
}

pm_status virtual_truth_parameters(pm_virtual_family family, const pm_virtual_parameters *p, char **text, pm_error *err)
{
    int n;
    pm_status s;
    pm_scoped(pm_out) out = NULL;
    pm_virtual_parameters own = *p;
    const pm_virtual_parameter *table = pm_virtual_parameter_table(&n);
    if ((s = pm_out_open(NULL, false, &out, err))) return s;
    pm_out_text(out, "family=%s", pm_virtual_family_name(family));
    for (int i = 0; i < n; i++) {
        double value = *virtual_parameter(&own, &table[i]);
        char digits[32];
        if (value == table[i].value) continue;
        snprintf(digits, sizeof digits, "%.6g", value);
        pm_out_text(out, " %s=", table[i].name);
        pm_out_number(out, strtod(digits, NULL)); /* out and in by one locale: the shortest digits are those six */
    }
    if ((s = pm_out_commit(out, err))) return s;
    *text = pm_text_copy(pm_out_memory(out, NULL), -1);
    return *text ? PM_OK : pm_fail(err, PM_ERR_MEMORY, "no memory for parameters");
}
