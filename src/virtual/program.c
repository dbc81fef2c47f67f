/* SPDX-License-Identifier: MIT */
#include "program.h"

#include <math.h>
#include <string.h>

#define SECONDS_PER_HOUR 3600.0
#define RESERVOIR_CAPACITIES 5 /* of a short cycle, as in Adams et al. */
#define FOIL_CAPACITIES 50     /* what the lithium foil holds at the start */
#define DEAD_SHARE 0.5         /* of what is lost; the rest is in the interphase */
#define FOIL_EFFICIENCY 0.98   /* of lithium in a cell with foil and cathode: hidden while foil is left */

#define FIELD(name, type, unit, member, meaning)                                                                       \
    {                                                                                                                  \
        name, type, unit, offsetof(virtual_truth, member), meaning                                                     \
    }
const pm_field virtual_truth_fields[VIRTUAL_TRUTH_FIELDS] = {
    FIELD("cell_id", PM_STRING, "", cell_id, "the file's name without .bdf.csv"),
    FIELD("cycle_count", PM_INT64, "1", cycle_count, "from 1"),
    FIELD("plated_ah", PM_DOUBLE, "Ah", plated_Ah, "charge into the electrode that is plated or lithiated first"),
    FIELD("stripped_ah", PM_DOUBLE, "Ah", stripped_Ah, "charge back out of it"),
    FIELD("dead_ah", PM_DOUBLE, "Ah", dead_Ah, "isolated lithium so far"),
    FIELD("sei_ah", PM_DOUBLE, "Ah", sei_Ah, "lithium in the interphase so far"),
    FIELD("active_ah", PM_DOUBLE, "Ah", active_Ah, "lithium on the electrode that can still be stripped"),
    FIELD("reservoir_ah", PM_DOUBLE, "Ah", reservoir_Ah, "lithium left in the foil"),
    FIELD("coulombic_efficiency", PM_DOUBLE, "1", efficiency, "of this cycle"),
};

/* The program being written. */
typedef struct writer {
    const pm_virtual_options *o;
    virtual_program *program;
    pm_builder *truth;
    int cycle, id;
    double lost_Ah, reservoir_Ah, active_Ah;
    pm_sum efficiencies;
    int64_t cycles;
    pm_error *err;
} writer;

static double law(pm_virtual_law l, int cycle)
{
    return l.final + (l.first - l.final) * exp(-(cycle - 1) / l.cycles);
}

pm_virtual_law virtual_law_of(pm_virtual_design design)
{
    switch (design) {
    case PM_VIRTUAL_LI_CU: return (pm_virtual_law){0.93, 0.98, 3};
    case PM_VIRTUAL_LI_CU_RESERVOIR: return (pm_virtual_law){0.94, 0.985, 1};
    case PM_VIRTUAL_LI_LI: return (pm_virtual_law){1, 1, 1};
    case PM_VIRTUAL_ANODE_FREE: return (pm_virtual_law){0.9, 0.985, 1.5};
    case PM_VIRTUAL_LI_CATHODE: return (pm_virtual_law){0.96, 0.997, 1.5};
    case PM_VIRTUAL_HALF_CELL: return (pm_virtual_law){0.9, 0.998, 0.7};
    case PM_VIRTUAL_LI_ION:
    case PM_VIRTUAL_DESIGNS: break;
    }
    return (pm_virtual_law){0.88, 0.999, 0.7};
}

static pm_status append(writer *w, virtual_step step)
{
    pm_status s = pm_grow(&w->program->steps, &w->program->capacity, w->program->n + 1, sizeof step, w->err);
    if (s) return s;
    step.cycle = w->cycle;
    step.id = ++w->id;
    w->program->steps[w->program->n++] = step;
    return PM_OK;
}

/* One half-cycle, and the rest behind it. The sign of the charge is the current's. */
static pm_status half(writer *w, double charge_Ah, double state_start, double state_end, bool to_cut_off)
{
    virtual_step step = {
        .duration_s = fabs(charge_Ah) / w->o->current_A * SECONDS_PER_HOUR,
        .current_A = charge_Ah < 0 ? -w->o->current_A : w->o->current_A,
        .state_start = state_start,
        .state_end = state_end,
        .to_cut_off = to_cut_off,
    };
    virtual_step rest = {.duration_s = w->o->rest_s, .state_start = state_end, .state_end = state_end};
    pm_status s = append(w, step);
    return s || w->o->rest_s <= 0 ? s : append(w, rest);
}

/* Writes a cycle into the truth. */
static void book(writer *w, double plated_Ah, double stripped_Ah, double lost_Ah, double efficiency)
{
    w->lost_Ah += lost_Ah;
    virtual_truth row = {
        .cell_id = w->o->cell_id,
        .cycle_count = w->cycle,
        .plated_Ah = plated_Ah,
        .stripped_Ah = stripped_Ah,
        .dead_Ah = DEAD_SHARE * w->lost_Ah,
        .sei_Ah = (1 - DEAD_SHARE) * w->lost_Ah,
        .active_Ah = w->active_Ah,
        .reservoir_Ah = w->reservoir_Ah,
        .efficiency = efficiency,
    };
    pm_builder_push(w->truth, &row);
    pm_sum_add(&w->efficiencies, efficiency);
    w->cycles++;
}

static void next_cycle(writer *w)
{
    w->cycle++;
    w->id = 0;
}

/* Plates and strips copper; what remains on it is active. */
static pm_status copper_cycle(writer *w, double plated_Ah, double stripped_Ah, double efficiency, bool to_cut_off)
{
    pm_status s;
    double active_Ah = w->active_Ah + efficiency * plated_Ah;
    if (stripped_Ah > active_Ah * (1 + 1e-9))
        return pm_fail(w->err, PM_ERR_ARGUMENT, "the lithium on the copper is used up in cycle %d", w->cycle + 1);
    next_cycle(w);
    if ((s = half(w, -plated_Ah, 0, 1, false)) || (s = half(w, stripped_Ah, 1, 0, to_cut_off))) return s;
    w->active_Ah = to_cut_off ? 0 : active_Ah - stripped_Ah;
    w->reservoir_Ah += stripped_Ah - plated_Ah;
    book(w, plated_Ah, stripped_Ah, (1 - efficiency) * plated_Ah, stripped_Ah / plated_Ah);
    return PM_OK;
}

static pm_status copper(writer *w)
{
    pm_status s = PM_OK;
    double plated = w->o->capacity_Ah;
    for (int n = 1; n <= w->o->cycles && !s; n++) {
        double efficiency = law(w->o->efficiency, n);
        s = copper_cycle(w, plated, efficiency * plated, efficiency, true);
    }
    return s;
}

/* Each plated charge q leaves e q to be stripped, so (n Qc + Qs) / (n Qc + Qt) is e exactly. */
static pm_status reservoir(writer *w)
{
    pm_status s;
    double e = w->o->efficiency.final, first = w->o->efficiency.first, short_Ah = w->o->capacity_Ah;
    double large_Ah = RESERVOIR_CAPACITIES * short_Ah;
    if ((s = copper_cycle(w, large_Ah, first * large_Ah, first, true))) return s;
    if ((s = copper_cycle(w, large_Ah, short_Ah, e, false))) return s;
    for (int n = 1; n < w->o->cycles; n++)
        if ((s = copper_cycle(w, short_Ah, short_Ah, e, false))) return s;
    return copper_cycle(w, short_Ah, w->active_Ah + e * short_Ah, e, true);
}

static pm_status symmetric(writer *w)
{
    pm_status s = PM_OK;
    double charge = w->o->capacity_Ah;
    for (int n = 1; n <= w->o->cycles && !s; n++) {
        next_cycle(w);
        if ((s = half(w, charge, 0, 1, false)) || (s = half(w, -charge, 1, 0, false))) return s;
        book(w, charge, charge, 0, NAN);
    }
    return s;
}

/* No lithium but the cathode's: a charge is as large as the discharge before it. */
static pm_status no_foil(writer *w)
{
    pm_status s = PM_OK;
    double charge = w->o->capacity_Ah, state = 0;
    for (int n = 1; n <= w->o->cycles && !s; n++) {
        double e = law(w->o->efficiency, n), discharge = e * charge, after = 1 - discharge / w->o->capacity_Ah;
        next_cycle(w);
        if ((s = half(w, charge, state, 1, false)) || (s = half(w, -discharge, 1, after, false))) return s;
        book(w, charge, discharge, charge - discharge, e);
        charge = discharge;
        state = after;
    }
    return s;
}

/* The foil fills the cathode at each discharge; what oxidises electrolyte while charging is why efficiency is below 1. */
static pm_status foil(writer *w)
{
    pm_status s = PM_OK;
    double discharge = w->o->capacity_Ah;
    for (int n = 1; n <= w->o->cycles && !s; n++) {
        double e = law(w->o->efficiency, n), charge = discharge / e, lost = (1 - FOIL_EFFICIENCY) * charge;
        next_cycle(w);
        if ((s = half(w, charge, 0, 1, false)) || (s = half(w, -discharge, 1, 0, false))) return s;
        w->reservoir_Ah = fmax(w->reservoir_Ah - lost, 0);
        book(w, charge, discharge, lost, e);
    }
    return s;
}

static pm_status half_cell(writer *w)
{
    pm_status s = PM_OK;
    double discharge = w->o->capacity_Ah;
    for (int n = 1; n <= w->o->cycles && !s; n++) {
        double e = law(w->o->efficiency, n), charge = e * discharge;
        next_cycle(w);
        if ((s = half(w, -discharge, 1, 0, false)) || (s = half(w, charge, 0, 1, false))) return s;
        w->reservoir_Ah += charge - discharge;
        book(w, discharge, charge, discharge - charge, e);
    }
    return s;
}

static pm_status (*const writers[PM_VIRTUAL_DESIGNS])(writer *w) = {
    [PM_VIRTUAL_LI_CU] = copper,       [PM_VIRTUAL_LI_CU_RESERVOIR] = reservoir, [PM_VIRTUAL_LI_LI] = symmetric,
    [PM_VIRTUAL_ANODE_FREE] = no_foil, [PM_VIRTUAL_LI_CATHODE] = foil,           [PM_VIRTUAL_HALF_CELL] = half_cell,
    [PM_VIRTUAL_LI_ION] = no_foil,
};

static bool has_foil(pm_virtual_design design)
{
    return design != PM_VIRTUAL_ANODE_FREE && design != PM_VIRTUAL_LI_ION;
}

pm_status virtual_program_write(const pm_virtual_options *options, virtual_program *program, pm_builder *truth,
                                double *efficiency, pm_error *err)
{
    writer w = {.o = options, .program = program, .truth = truth, .err = err};
    if (has_foil(options->design)) w.reservoir_Ah = FOIL_CAPACITIES * options->capacity_Ah;
    pm_status s = writers[options->design](&w);
    if (s) return s;
    *efficiency = options->design == PM_VIRTUAL_LI_CU_RESERVOIR ? options->efficiency.final
                                                                : pm_sum_value(w.efficiencies) / (double)w.cycles;
    return PM_OK;
}
