/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

static const struct {
    const char *name, *kind;
} designs[PM_VIRTUAL_DESIGNS] = {
    [PM_VIRTUAL_LI_CU] = {"li-cu", "li-cu"},
    [PM_VIRTUAL_LI_CU_RESERVOIR] = {"li-cu-reservoir", "li-cu"},
    [PM_VIRTUAL_LI_LI] = {"li-li", "li-li"},
    [PM_VIRTUAL_ANODE_FREE] = {"anode-free", "anode-free"},
    [PM_VIRTUAL_LI_CATHODE] = {"li-cathode", "li-cathode"},
    [PM_VIRTUAL_HALF_CELL] = {"half-cell", "half-cell"},
    [PM_VIRTUAL_LI_ION] = {"li-ion", "li-ion"},
};

static bool known(pm_virtual_design design)
{
    return (unsigned)design < PM_VIRTUAL_DESIGNS;
}

const char *pm_virtual_design_name(pm_virtual_design design)
{
    return known(design) ? designs[design].name : NULL;
}

const char *pm_virtual_design_kind(pm_virtual_design design)
{
    return known(design) ? designs[design].kind : NULL;
}

static bool positive(double x)
{
    return isfinite(x) && x > 0;
}

static bool zero_or_more(double x)
{
    return isfinite(x) && x >= 0;
}

static bool efficiency_like(double x)
{
    return x > 0 && x <= 1;
}

static pm_status check(const pm_virtual_options *o, pm_error *err)
{
    if (o->cycles < 0 || o->cycles > 100000) return pm_fail(err, PM_ERR_ARGUMENT, "%d cycles", o->cycles);
    if (!positive(o->capacity_Ah) || !positive(o->current_A) || !positive(o->area_cm2) || !positive(o->interval_s))
        return pm_fail(err, PM_ERR_ARGUMENT, "capacity, current, area and interval must be above zero");
    if (!zero_or_more(o->rest_s) || !zero_or_more(o->voltage_noise_V) || !zero_or_more(o->current_noise_A))
        return pm_fail(err, PM_ERR_ARGUMENT, "rest and noise must not be negative");
    const pm_virtual_law *law = &o->efficiency;
    if (!efficiency_like(law->first) || !efficiency_like(law->final) || !positive(law->cycles))
        return pm_fail(err, PM_ERR_ARGUMENT, "efficiencies must be above 0 and at most 1, their cycles above 0");
    return PM_OK;
}

static double or_else(double value, double otherwise)
{
    return value == 0 ? otherwise : value;
}

static pm_status complete(const pm_virtual_options *given, pm_virtual_options *o, pm_error *err)
{
    *o = *given;
    if (!known(o->design)) return pm_fail(err, PM_ERR_ARGUMENT, "no design %d of a made-up cell", (int)o->design);
    if (!o->cell_id) o->cell_id = designs[o->design].name;
    if (!o->electrolyte_id) o->electrolyte_id = "made-up";
    if (o->cycles == 0) o->cycles = 10;
    o->area_cm2 = or_else(o->area_cm2, 1.27);
    o->capacity_Ah = or_else(o->capacity_Ah, o->area_cm2 / 1000);
    o->current_A = or_else(o->current_A, o->area_cm2 / 1000);
    o->interval_s = or_else(o->interval_s, 60);
    if (o->efficiency.first == 0 && o->efficiency.final == 0 && o->efficiency.cycles == 0)
        o->efficiency = virtual_law_of(o->design);
    return check(o, err);
}

static pm_status name_cell(pm_virtual_cell *cell, pm_error *err)
{
    pm_virtual_options *o = &cell->options;
    if (strlen(o->cell_id) >= sizeof cell->cell_id || strlen(o->electrolyte_id) >= sizeof cell->electrolyte_id)
        return pm_fail(err, PM_ERR_ARGUMENT, "names of made-up cells and electrolytes have at most 63 bytes");
    memcpy(cell->cell_id, o->cell_id, strlen(o->cell_id) + 1);
    memcpy(cell->electrolyte_id, o->electrolyte_id, strlen(o->electrolyte_id) + 1);
    o->cell_id = o->electrolyte_id = NULL; /* the caller's */
    return PM_OK;
}

static pm_status make(const pm_virtual_options *o, virtual_program *program, pm_virtual_cell *cell, pm_error *err)
{
    pm_status s;
    pm_scoped(pm_builder) truth = NULL;
    if ((s = pm_builder_new(VIRTUAL_TRUTH_FIELDS, virtual_truth_fields, &truth, err))) return s;
    if ((s = virtual_program_write(o, program, truth, &cell->coulombic_efficiency, err))) return s;
    if ((s = pm_builder_finish(truth, &cell->cycles, err))) return s;
    return virtual_record(o, program, &cell->records, err);
}

pm_status pm_virtual_demo_cell(const pm_virtual_options *options, pm_virtual_cell **out, pm_error *err)
{
    pm_status s;
    pm_scoped(pm_virtual_cell) cell = calloc(1, sizeof *cell);
    if (!cell) return pm_fail(err, PM_ERR_MEMORY, "no memory for a made-up cell");
    if ((s = complete(options, &cell->options, err))) return s;
    pm_virtual_options o = cell->options;
    if ((s = name_cell(cell, err))) return s;
    virtual_program program = {0};
    s = make(&o, &program, cell, err);
    free(program.steps);
    if (s) return s;
    *out = cell;
    cell = NULL;
    return PM_OK;
}

void pm_virtual_cell_free(pm_virtual_cell *cell)
{
    if (!cell) return;
    pm_table_free(cell->records);
    pm_table_free(cell->cycles);
    free(cell);
}
