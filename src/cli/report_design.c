/* SPDX-License-Identifier: MIT */
#include "cli/report_design.h"

#include <math.h>

void report_design_leave(report_design *d)
{
    cli_design_clear(&d->worked);
    pm_table_free(d->loadings);
    pm_table_free(d->designs);
}

/* The same cell with other loadings. */
static pm_status load(const pm_run *run, report_design *d, pm_error *err)
{
    enum { LOADINGS = 56 };
    static const double LEAST = 1e-3, MOST = 12e-3; /* Ah/cm2: the published cells lie between */
    double own = d->worked.result.areal_capacity_Ah_per_cm2;
    pm_design_axis axis = {.low = fmin(LEAST, own), .high = fmax(MOST, own), .n = LOADINGS};
    pm_status s = pm_design_input_find(NULL, "areal_capacity", &axis.input, err);

    return s ? s : pm_design_sweep(&d->worked.told, 1, &axis, run, &d->loadings, err);
}

/* A design that has no life has no front. */
static pm_status trade(const pm_run *run, report_design *d, pm_error *err)
{
    const pm_design_output *energy, *life;
    pm_design_axis axes[PM_DESIGN_AXES];
    int n = pm_design_usual_axes(&d->worked.told, axes);
    pm_status s;

    if ((s = pm_design_output_find("specific_energy", &energy, err))) return s;
    if ((s = pm_design_output_find("cycle_life_total", &life, err))) return s;
    s = pm_design_front(&d->worked.told, n, axes, energy, life, run, &d->worked.rows, &d->worked.front, &d->no_front);
    if (!s) cli_design_note_front(&d->worked, n, axes);
    if (!s) return pm_design_sweep(&d->worked.told, n, axes, run, &d->designs, err);
    if (s == PM_ERR_DATA) return PM_OK;
    if (err) *err = d->no_front;
    return s;
}

pm_status report_design_read(const char *path, const pm_run *run, report_design *out, pm_error *err)
{
    cli_design *w = &out->worked;
    pm_status s;

    *out = (report_design){.path = path, .worked.is_front = true, .no_front = {.byte = -1, .line = -1, .row = -1}};
    if ((s = pm_design_read_deck(path, &w->told, err))) return s;
    if ((s = cli_design_work(w, err))) return s;
    if ((s = load(run, out, err))) return s;
    return trade(run, out, err);
}

pm_status report_design_add(pm_report *report, const report_design *d, pm_error *err)
{
    const cli_design *w = &d->worked;
    const char *notes[CLI_DESIGN_NOTES];
    for (int i = 0; i < w->notes; i++) notes[i] = w->note[i];
    const pm_report_design design = {.path = d->path,
                                     .design = &w->filled,
                                     .assumed = w->assumed,
                                     .result = &w->result,
                                     .n_checks = w->checks,
                                     .checks = w->check,
                                     .n_moves = w->stress.n,
                                     .moves = w->stress.move,
                                     .graph = w->stress.graph,
                                     .effects = &w->stress.effects,
                                     .spread = w->is_uncertain ? &w->spread : NULL,
                                     .loadings = d->loadings,
                                     .n_notes = w->notes,
                                     .notes = notes,
                                     .designs = d->designs,
                                     .front = w->rows,
                                     .no_front = d->no_front.code ? &d->no_front : NULL};
    return pm_report_add_design(report, &design, err);
}

void report_design_json(pm_json *json, const report_design *d)
{
    pm_json_object(json, "design");
    pm_json_text(json, "path", d->path);
    cli_design_json(&d->worked, json);
    pm_json_text(json, "no_front", d->no_front.code ? d->no_front.message : NULL);
    pm_json_end(json);
}
