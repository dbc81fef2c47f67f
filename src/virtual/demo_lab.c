/* SPDX-License-Identifier: MIT */
#include "folder.h"
#include "program.h"

#define REST_S 600
#define VOLTAGE_NOISE_V 2e-4

/* Row of truth.csv. */
typedef struct lab_row {
    const char *cell_id, *electrolyte_id, *kind, *label;
    int64_t cycle_count_end;
    double efficiency;
    const char *parameters;
} lab_row;

#define FIELD(name, type, unit, member, meaning)                                                                       \
    {                                                                                                                  \
        name, type, unit, offsetof(lab_row, member), meaning                                                           \
    }
static const pm_field fields[] = {
    FIELD("cell_id", PM_STRING, "", cell_id, "the file's name without .bdf.csv"),
    FIELD("electrolyte_id", PM_STRING, "", electrolyte_id, "cells with the same electrolyte share it"),
    FIELD("kind", PM_STRING, "", kind, "kind of cell"),
    FIELD("label", PM_STRING, "", label, "how it ended: censored, for none of these cells fails"),
    FIELD("cycle_count_end", PM_INT64, "1", cycle_count_end, "last cycle"),
    FIELD("coulombic_efficiency_mean", PM_DOUBLE, "1", efficiency, "of all cycles; the reservoir protocol's average"),
    FIELD("parameters", PM_STRING, "", parameters, "design; efficiency of the first and of late cycles"),
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

typedef struct lab {
    const char *folder;
    bool force;
    pm_out *truth_cycles;
    pm_builder *truth;
} lab;

static pm_status open_in(const lab *l, const char *name, const char *suffix, pm_out **out, pm_error *err)
{
    return virtual_folder_open(l->folder, name, suffix, l->force, out, err);
}

static pm_status write_records(const lab *l, const pm_virtual_cell *cell, pm_error *err)
{
    pm_status s;
    pm_scoped(pm_out) out = NULL;
    if ((s = open_in(l, cell->cell_id, ".bdf.csv", &out, err))) return s;
    pm_table_write_csv(cell->records, true, out);
    return pm_out_commit(out, err);
}

static pm_status write_sidecar(const lab *l, const pm_virtual_cell *cell, pm_error *err)
{
    pm_status s;
    pm_scoped(pm_out) out = NULL;
    if ((s = open_in(l, cell->cell_id, ".cell.yaml", &out, err))) return s;
    pm_out_text(out, "cell_id: %s\nkind: %s\narea: ", cell->cell_id, pm_virtual_design_kind(cell->options.design));
    pm_out_number(out, cell->options.area_cm2);
    pm_out_text(out, " cm2\nelectrolyte: %s\nsimulated: true\n", cell->electrolyte_id);
    return pm_out_commit(out, err);
}

static void add_truth(const lab *l, const pm_virtual_cell *cell)
{
    const pm_virtual_options *o = &cell->options;
    char parameters[128];
    snprintf(parameters, sizeof parameters, "design=%s efficiency_first=%.6g efficiency_final=%.6g",
             pm_virtual_design_name(o->design), o->efficiency.first, o->efficiency.final);
    lab_row row = {
        .cell_id = cell->cell_id,
        .electrolyte_id = cell->electrolyte_id,
        .kind = pm_virtual_design_kind(o->design),
        .label = "censored",
        .cycle_count_end = pm_table_rows(cell->cycles),
        .efficiency = cell->coulombic_efficiency,
        .parameters = o->design == PM_VIRTUAL_LI_LI ? "design=li-li" : parameters,
    };
    pm_builder_push(l->truth, &row);
    pm_table_write_csv(cell->cycles, o->design == 0, l->truth_cycles);
}

static pm_status write_cells(const lab *l, int cycles, const pm_run *run, pm_error *err)
{
    for (int design = 0; design < PM_VIRTUAL_DESIGNS; design++) {
        pm_status s;
        pm_scoped(pm_virtual_cell) cell = NULL;
        pm_virtual_options options = {
            .design = (pm_virtual_design)design,
            .cycles = cycles,
            .rest_s = REST_S,
            .uneven = true,
            .voltage_noise_V = VOLTAGE_NOISE_V,
            .seed = run ? run->seed : 0,
        };
        if ((s = pm_run_check(run, err)) || (s = pm_virtual_demo_cell(&options, &cell, err))) return s;
        if ((s = write_records(l, cell, err)) || (s = write_sidecar(l, cell, err))) return s;
        add_truth(l, cell);
        pm_run_progress(run, "made-up cells", (design + 1.0) / PM_VIRTUAL_DESIGNS);
    }
    return PM_OK;
}

static pm_status write_truth(const lab *l, pm_error *err)
{
    pm_status s;
    pm_scoped(pm_table) truth = NULL;
    pm_scoped(pm_out) out = NULL;
    if ((s = pm_builder_finish(l->truth, &truth, err)) || (s = open_in(l, "truth", ".csv", &out, err))) return s;
    pm_table_write_csv(truth, true, out);
    if ((s = pm_out_commit(out, err))) return s;
    return pm_out_commit(l->truth_cycles, err);
}

pm_status pm_virtual_demo_lab(const char *folder, int cycles, bool force, const pm_run *run, pm_error *err)
{
    pm_status s;
    pm_scoped(pm_out) truth_cycles = NULL;
    pm_scoped(pm_builder) truth = NULL;
    if ((s = virtual_folder_make(folder, err)) || (s = pm_builder_new(FIELDS, fields, &truth, err))) return s;
    lab l = {.folder = folder, .force = force, .truth = truth};
    if ((s = open_in(&l, "truth_cycles", ".csv", &truth_cycles, err))) return s;
    l.truth_cycles = truth_cycles;
    if ((s = write_cells(&l, cycles, run, err))) return s;
    return write_truth(&l, err);
}
