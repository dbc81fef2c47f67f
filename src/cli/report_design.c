/* SPDX-License-Identifier: MIT */
#include "cli/report_design.h"

void report_design_leave(report_design *d)
{
    pm_table_free(d->worked.rows);
    pm_table_free(d->designs);
}

/* A design that has no life has no front. */
static pm_status trade(const pm_run *run, report_design *d, pm_error *err)
{
    const pm_design_output *energy, *life;
    pm_design_axis axes[PM_DESIGN_AXES];
    int n = pm_design_usual_axes(&d->worked.told, axes);
    pm_status s;

    if ((s = pm_design_output_find("specific_energy", &energy, err))) return s;
    if ((s = pm_design_output_find("cycle_life", &life, err))) return s;
    s = pm_design_front(&d->worked.told, n, axes, energy, life, run, &d->worked.rows, &d->no_front);
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
    w->filled = w->told;
    if ((s = pm_design_fill(&w->filled, &w->assumed, err))) return s;
    if ((s = pm_design_compute(&w->told, &w->result, err))) return s;
    w->checks = pm_design_checks(&w->filled, &w->result, w->check);
    return trade(run, out, err);
}

pm_status report_design_add(pm_report *report, const report_design *d, pm_error *err)
{
    const cli_design *w = &d->worked;
    const pm_report_design design = {.path = d->path,
                                     .design = &w->filled,
                                     .assumed = w->assumed,
                                     .result = &w->result,
                                     .n_checks = w->checks,
                                     .checks = w->check,
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
