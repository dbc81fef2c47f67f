/* SPDX-License-Identifier: MIT */
/* Cells of many electrolytes, lived side by side: files, and the truth in the cells' order. */
#include <math.h>
#include <stdlib.h>

#include "folder.h"
#include "instrument.h"
#include "truth.h"

#define AREA_CM2 1.27 /* what a laboratory takes all its cells to have; theirs scatter around it */
#define EVENT_V 5e-3
#define EVENT_S 60
#define EVENT_LEAST_S 0.5 /* at 1 s half of the dips of nucleation would be cut by more than 5 mV */
enum {
    ELECTROLYTES = 60,
    CELLS = 6,
    CYCLES = 250,
    CELLS_MOST = 100000,
    HALF_CYCLE_HOURS_MOST = 1000,
    ROWS_MOST = 100000000
};

/* One cell from its beginning until its truth is written. */
typedef struct slot {
    int64_t electrolyte, cell; /* from 0, in the population */
    char cell_id[48], electrolyte_id[64], faults[VIRTUAL_FAULTS_TEXT];
    pm_virtual_family family;
    pm_virtual_parameters parameters;
    char *parameters_text;
    virtual_instrument instrument;
    pm_builder *building;
    pm_table *cycles;
    pm_virtual_design design;
    pm_virtual_end end;
    pm_virtual_verdict verdict;
    int64_t lived, short_cycle;
    double leaked_Ah;
} slot;

typedef struct lab {
    const char *folder;
    const pm_virtual_lab_options *options;
    int64_t electrolytes, cells, next; /* next: cell to be lived */
    double noise;
    bool force;
    const pm_run *run;
    slot *slots;
    pm_out *truth_cycles, *sidecar;
    pm_builder *truth;
} lab;

static uint64_t seed_of(const lab *l)
{
    return l->run ? l->run->seed : 0;
}

/* ---- one cell ------------------------------------------------------------------------------------------------------- */

static void clear_slot(slot *c)
{
    virtual_instrument_clear(&c->instrument);
    pm_builder_free(c->building);
    pm_table_free(c->cycles);
    free(c->parameters_text);
    *c = (slot){0};
}

static pm_status on_sample(void *context, const pm_virtual_sample *sample, pm_error *err)
{
    return virtual_instrument_sample(&((slot *)context)->instrument, sample, err);
}

/* A leak shows by what it has carried, also where it has healed by the end of the cycle. */
static pm_status on_cycle(void *context, const pm_virtual_cycle *cycle, pm_error *err)
{
    (void)err;
    slot *c = context;
    bool leaks = cycle->leak_mS_per_cm2 > 0 || cycle->leaked_Ah != c->leaked_Ah;
    if (leaks && !c->short_cycle) c->short_cycle = cycle->cycle;
    c->leaked_Ah = cycle->leaked_Ah;
    c->lived = cycle->cycle;
    virtual_truth_cycle row = virtual_truth_cycle_of(c->cell_id, cycle, c->design);
    pm_builder_push(c->building, &row);
    return PM_OK;
}

static void draw(const lab *l, slot *c)
{
    const pm_virtual_lab_options *o = l->options;
    pm_virtual_population population = {seed_of(l), o->electrolyte_scatter, o->cell_scatter};
    c->design = o->design;
    c->family = pm_virtual_population_cell(&population, c->electrolyte, c->cell, &c->parameters);
    pm_virtual_switch_off(&c->parameters, o->without);
    if (o->no_shorts) c->parameters.short_per_mAh = 0;
    if (o->short_size > 0) c->parameters.short_mS_per_cm2 *= o->short_size;
    snprintf(c->electrolyte_id, sizeof c->electrolyte_id, "e%03lld-%s", (long long)c->electrolyte + 1,
             pm_virtual_family_name(c->family));
    snprintf(c->cell_id, sizeof c->cell_id, "e%03lld-c%lld", (long long)c->electrolyte + 1, (long long)c->cell + 1);
}

/* The cycler is set to one current for cells of the nominal area. */
static pm_virtual_protocol protocol_of(const lab *l, const slot *c, uint64_t index)
{
    const pm_virtual_lab_options *o = l->options;
    double nominal = AREA_CM2 / c->parameters.area_cm2;
    bool events = o->sample_s == 0;
    return (pm_virtual_protocol){
        .design = o->design,
        .cycles = o->cycles || o->design == PM_VIRTUAL_LI_CU_RESERVOIR ? o->cycles : CYCLES,
        .current_mA_per_cm2 = nominal * (o->current_mA_per_cm2 == 0 ? 1 : o->current_mA_per_cm2),
        .capacity_mAh_per_cm2 = nominal * (o->capacity_mAh_per_cm2 == 0 ? 1 : o->capacity_mAh_per_cm2),
        .swing_C = o->swing_C,
        .sample_s = events ? EVENT_S : o->sample_s,
        .sample_V = events ? EVENT_V : 0,
        .sample_least_s = EVENT_LEAST_S,
        .seed = seed_of(l),
        .index = index,
    };
}

static pm_status live(const lab *l, slot *c, pm_error *err)
{
    pm_status s;
    pm_scoped(pm_out) out = NULL;
    uint64_t index = (uint64_t)c->electrolyte << 32 | (uint64_t)c->cell;
    pm_virtual_protocol protocol = protocol_of(l, c, index);
    pm_virtual_sink sink = {c, on_sample, on_cycle};
    if ((s = virtual_folder_open(l->folder, c->cell_id, ".bdf.csv", l->force, &out, err))) return s;
    if ((s = pm_builder_new(VIRTUAL_TRUTH_CYCLE_FIELDS, virtual_truth_cycle_fields, &c->building, err))) return s;
    c->instrument.faults = virtual_faults_draw(l->options->faults, seed_of(l), index);
    c->instrument.half_Ah = protocol.capacity_mAh_per_cm2 * c->parameters.area_cm2 * 1e-3;
    virtual_faults_text(c->instrument.faults.kinds, c->faults);
    if ((s = virtual_instrument_start(&c->instrument, out, l->run, l->noise, index, err))) return s;
    if ((s = pm_virtual_live(&c->parameters, &protocol, &sink, &c->end, err))) return s;
    if ((s = virtual_instrument_finish(&c->instrument, err)) || (s = pm_out_commit(out, err))) return s;
    return pm_builder_finish(c->building, &c->cycles, err);
}

static pm_status work(void *context, int i, pm_error *err)
{
    lab *l = context;
    slot *c = &l->slots[i];
    const pm_virtual_lab_options *o = l->options;
    pm_status s;
    draw(l, c);
    if ((s = live(l, c, err))) return s;
    if ((s = virtual_truth_parameters(c->family, &c->parameters, &c->parameters_text, err))) return s;
    c->verdict.cycle_count_end = c->lived;
    return o->verdict ? o->verdict(o->context, c->cycles, o->design, c->short_cycle, &c->verdict, err) : PM_OK;
}

/* ---- all of them ---------------------------------------------------------------------------------------------------- */

static pm_status fill(void *context, int i, bool *more, pm_error *err)
{
    (void)err;
    lab *l = context;
    int64_t all = l->electrolytes * l->cells, electrolyte = l->next / l->cells;
    clear_slot(&l->slots[i]);
    *more = l->next < all;
    if (l->options->family) electrolyte = electrolyte * PM_VIRTUAL_FAMILIES + l->options->family - 1;
    l->slots[i].electrolyte = electrolyte;
    l->slots[i].cell = l->next++ % l->cells;
    return PM_OK;
}

static void write_truth(lab *l, const slot *c, bool first)
{
    const char *kind = pm_virtual_design_kind(c->design);
    virtual_truth_cell row = {
        .cell_id = c->cell_id,
        .electrolyte_id = c->electrolyte_id,
        .kind = kind,
        .label = c->verdict.label,
        .parameters = c->parameters_text,
        .family = pm_virtual_family_name(c->family),
        .end = virtual_end_name(c->end),
        .faults = c->faults[0] ? c->faults : NULL,
        .cycle_count_end = c->verdict.cycle_count_end,
        .short_cycle = c->short_cycle ? c->short_cycle : PM_NO_INT,
        .cycles = c->lived,
        .rows = c->instrument.written,
    };
    pm_builder_push(l->truth, &row);
    pm_table_write_csv(c->cycles, first, l->truth_cycles);
    pm_out_text(l->sidecar, "%s:\n  cell_id: %s\n  kind: %s\n  area: ", c->cell_id, c->cell_id, kind);
    pm_out_number(l->sidecar, AREA_CM2);
    pm_out_text(l->sidecar, " cm2\n  electrolyte: %s\n  simulated: true\n", c->electrolyte_id);
}

static pm_status take_cells(lab *l, pm_ahead *ahead, pm_error *err)
{
    double all = (double)(l->electrolytes * l->cells);
    for (int64_t done = 0;; done++) {
        int i;
        pm_status s = pm_ahead_take(ahead, &i, err);
        if (s || i < 0) return s;
        write_truth(l, &l->slots[i], done == 0);
        pm_run_progress(l->run, "virtual cells", (double)(done + 1) / all);
    }
}

static pm_status live_all(lab *l, pm_error *err)
{
    pm_ahead *ahead = NULL;
    pm_ahead_work ahead_work = {l, 2 * pm_run_threads(l->run), fill, work};
    l->slots = calloc((size_t)ahead_work.slots, sizeof *l->slots);
    if (!l->slots) return pm_fail(err, PM_ERR_MEMORY, "no memory for cells");
    pm_status s = pm_ahead_new(l->run, &ahead_work, &ahead, err);
    if (!s) s = take_cells(l, ahead, err);
    pm_ahead_free(ahead); /* before the slots, in which its threads work */
    for (int i = 0; i < ahead_work.slots; i++) clear_slot(&l->slots[i]);
    free(l->slots);
    return s;
}

/* Beyond these the equations give numbers that no cell and no cycler has. */
static const struct {
    const char *name, *unit;
    size_t offset;
    double least, most;
    bool may_be_none; /* below zero */
} bounds[] = {
    {"current", " mA/cm2", offsetof(pm_virtual_lab_options, current_mA_per_cm2), 0.01, 100, false},
    {"capacity", " mAh/cm2", offsetof(pm_virtual_lab_options, capacity_mAh_per_cm2), 0.01, 100, false},
    {"sampling", " s", offsetof(pm_virtual_lab_options, sample_s), 0.1, 86400, false},
    {"size of shorts", "", offsetof(pm_virtual_lab_options, short_size), 0, 1000, false},
    {"noise", "", offsetof(pm_virtual_lab_options, noise), 0, 1000, true},
    {"scatter between cells", "", offsetof(pm_virtual_lab_options, cell_scatter), 0, 5, true},
    {"scatter between electrolytes", "", offsetof(pm_virtual_lab_options, electrolyte_scatter), 0, 5, true},
};

static pm_status check_bounds(const pm_virtual_lab_options *o, pm_error *err)
{
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        double value = *(const double *)(const void *)((const char *)o + bounds[i].offset);
        if (value == 0 || (value < 0 && bounds[i].may_be_none)) continue;
        if (!(value >= bounds[i].least && value <= bounds[i].most))
            return pm_fail(err, PM_ERR_ARGUMENT, "%s %g%s: a laboratory takes %g to %g%s", bounds[i].name, value,
                           bounds[i].unit, bounds[i].least, bounds[i].most, bounds[i].unit);
    }
    return PM_OK;
}

/* What would be lived for hours before the first file is there is refused at once. */
static pm_status check_length(const pm_virtual_lab_options *o, pm_error *err)
{
    double current = o->current_mA_per_cm2 == 0 ? 1 : o->current_mA_per_cm2;
    double hours = (o->capacity_mAh_per_cm2 == 0 ? 1 : o->capacity_mAh_per_cm2) / current;
    double half_cycles = 2 * (double)(o->cycles ? o->cycles : CYCLES);
    double rows = half_cycles * hours * 3600 / (o->sample_s == 0 ? EVENT_S : o->sample_s);
    if (hours > HALF_CYCLE_HOURS_MOST)
        return pm_fail(err, PM_ERR_LIMIT, "half-cycles of %.0f h: a laboratory's take at most %d h", hours,
                       HALF_CYCLE_HOURS_MOST);
    if (rows > ROWS_MOST)
        return pm_fail(err, PM_ERR_LIMIT, "cells of up to %.0f rows: a laboratory's have at most %d", rows, ROWS_MOST);
    return PM_OK;
}

static pm_status check(const lab *l, pm_error *err)
{
    const pm_virtual_lab_options *o = l->options;
    if (l->electrolytes < 1 || l->cells < 1)
        return pm_fail(err, PM_ERR_ARGUMENT, "a laboratory has at least one cell of one electrolyte");
    if (l->electrolytes > CELLS_MOST || l->cells > CELLS_MOST || l->electrolytes * l->cells > CELLS_MOST)
        return pm_fail(err, PM_ERR_LIMIT, "a laboratory of %lld electrolytes and %lld cells of each; it holds %d cells",
                       (long long)l->electrolytes, (long long)l->cells, CELLS_MOST);
    if (o->family < 0 || o->family > PM_VIRTUAL_FAMILIES)
        return pm_fail(err, PM_ERR_ARGUMENT, "there is no family %d of electrolytes", o->family);
    if (o->faults > PM_VIRTUAL_FAULTS_ALL) return pm_fail(err, PM_ERR_ARGUMENT, "there is no fault %u", o->faults);
    pm_status s = check_bounds(o, err);
    return s ? s : check_length(o, err);
}

static pm_status write_all(lab *l, pm_table **truth_out, pm_error *err)
{
    pm_status s;
    pm_scoped(pm_table) truth = NULL;
    pm_scoped(pm_out) out = NULL;
    pm_scoped(pm_out) sidecar = NULL;
    pm_scoped(pm_out) truth_cycles = NULL;
    if ((s = virtual_folder_open(l->folder, "truth_cycles", ".csv", l->force, &truth_cycles, err))) return s;
    if ((s = virtual_folder_open(l->folder, "cells", ".yaml", l->force, &sidecar, err))) return s;
    if ((s = virtual_folder_open(l->folder, "truth", ".csv", l->force, &out, err))) return s;
    l->truth_cycles = truth_cycles;
    l->sidecar = sidecar;
    if ((s = live_all(l, err)) || (s = pm_builder_finish(l->truth, &truth, err))) return s;
    pm_table_write_csv(truth, true, out);
    if ((s = pm_out_commit(sidecar, err)) || (s = pm_out_commit(truth_cycles, err))) return s;
    if ((s = pm_out_commit(out, err))) return s;
    if (truth_out) *truth_out = pm_table_ref(truth);
    return PM_OK;
}

pm_status pm_virtual_lab(const char *folder, const pm_virtual_lab_options *options, bool force, const pm_run *run,
                         pm_table **truth, pm_error *err)
{
    pm_status s;
    pm_scoped(pm_builder) builder = NULL;
    lab l = {
        .folder = folder,
        .options = options,
        .electrolytes = options->electrolytes ? options->electrolytes : ELECTROLYTES,
        .cells = options->cells ? options->cells : CELLS,
        .noise = options->noise == 0 ? 1 : fmax(options->noise, 0),
        .force = force,
        .run = run,
    };
    if ((s = check(&l, err)) || (s = virtual_folder_make(folder, err))) return s;
    if ((s = pm_builder_new(VIRTUAL_TRUTH_CELL_FIELDS, virtual_truth_cell_fields, &builder, err))) return s;
    l.truth = builder;
    return write_all(&l, truth, err);
}
