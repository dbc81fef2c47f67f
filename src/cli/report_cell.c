/* SPDX-License-Identifier: MIT */
#include "cli/report_cell.h"
#include "cli/life.h"
#include "cli/predict.h"

#include <stdlib.h>

/* ---- reading ------------------------------------------------------------------------------------------------ */

void report_cell_free(void *freed)
{
    report_cell *r = freed;
    if (!r) return;
    cli_cell_free(r->cell);
    pm_why_answer_free(r->why.answer);
    if (r->judged) cli_verdict_leave(&r->verdict);
    pm_table_free(r->half_cycles);
    free(r);
}
PM_SCOPED(report_cell, report_cell_free)

/* Only memory and the like fail; that a cell cannot be judged is told. */
static pm_status judge(const cli_models *models, report_cell *r, pm_error *err)
{
    pm_error why = {.byte = -1, .line = -1, .row = -1};
    if (!r->cell->analysis->cycler) {
        (void)pm_fail(&r->no_verdict, PM_ERR_DATA,
                      "it needs the records of the first cycles: this is a table of cycles");
        return PM_OK;
    }
    if (!r->cell->features) {
        r->no_verdict = r->cell->fingerprint_error;
        return PM_OK;
    }
    pm_status s = cli_verdict_of_cell(models, r->cell, &r->verdict, &why);
    r->judged = !s && !r->verdict.refused;
    if (!s && r->verdict.refused) {
        (void)pm_fail(&why, PM_ERR_DATA, "%s", r->verdict.refused);
        cli_verdict_leave(&r->verdict);
    }
    r->no_verdict = why;
    if (!s || s == PM_ERR_DATA || s == PM_ERR_COLUMN || s == PM_ERR_UNIT) return PM_OK;
    if (err) *err = why;
    return s;
}

/* Records of a test, or a table of cycles; what else a file may hold is no cell. */
static bool is_cell(const report_cell *r)
{
    return r->cell->analysis->cycler || r->cell->cycles;
}

/* Nothing measured that bears on a mechanism is no failure. */
static pm_status reason(const report_own *own, report_cell *r, pm_error *err)
{
    pm_error why = {.byte = -1, .line = -1, .row = -1};
    r->why.cell = r->cell;
    r->why.known = pm_why_case_start(own->graph, PM_WHY_LIQUID);
    if (r->cell->analysis->cycler && !r->cell->alarms) return PM_OK; /* not told apart into cycles of a cell */
    pm_status s = cli_reason_measure(r->cell, &r->why.known, &why);
    if (!s) s = pm_why_answer_new(&r->why.known, &r->why.answer, &why);
    if (!s || s == PM_ERR_DATA) return PM_OK;
    if (err) *err = why;
    return s;
}

pm_status report_cell_each(const cli_call *call, cli_file *file, pm_error *err)
{
    const report_own *own = call->own;
    cli_cell_want want = {.fingerprint = true,
                          .label = true,
                          .page = true,
                          .stages = true,
                          .tables = true,
                          .n_to_p = own->n_to_p,
                          .fingerprints = {.cycles = own->models.cycles},
                          .labels = pm_life_label_defaults(NULL)};
    pm_scoped(report_cell) r = calloc(1, sizeof *r);
    pm_status s;

    if (!r) return pm_fail(err, PM_ERR_MEMORY, "no memory");
    if ((s = cli_cell_of(call, file, &want, &r->cell, err))) return s;
    const pm_cycler *cycler = r->cell->analysis->cycler;
    if (cycler && (s = pm_cycler_half_cycles(cycler, &r->half_cycles, err))) return s;
    if (is_cell(r) && (s = judge(&own->models, r, err))) return s;
    if (is_cell(r) && (s = reason(own, r, err))) return s;
    file->findings = r->cell->analysis->findings;
    file->result = r;
    r = NULL;
    return PM_OK;
}

static pm_report_fate fate_of(const cli_models *models, const report_cell *r)
{
    const cli_cell *c = r->cell;
    bool judged = r->judged && r->verdict.model;
    return (pm_report_fate){.cycles = models->cycles,
                            .model = r->judged ? r->verdict.model : cli_model_for(models, c->analysis->summary.kind),
                            .verdict = judged ? &r->verdict.verdict : NULL,
                            .why = judged ? r->verdict.why : NULL,
                            .no_verdict = r->no_verdict.code ? &r->no_verdict : NULL,
                            .label = cli_cell_label(c) ? &c->label : NULL,
                            .rule = &c->rule,
                            .no_label = c->label_error.code ? &c->label_error : NULL,
                            .elbow = &c->elbow,
                            .knee = &c->knee,
                            .alarms = c->alarms,
                            .shorts = c->alarms ? &c->shorts : NULL};
}

static bool has_reserve(const cli_cell *c)
{
    return c->has_stages || c->stages_error.code;
}

static pm_report_reserve reserve_of(const cli_cell *c)
{
    return (pm_report_reserve){.stages = c->has_stages ? &c->stages : NULL,
                               .no_stages = c->stages_error.code ? &c->stages_error : NULL,
                               .n_to_p = c->n_to_p};
}

static pm_report_cell page_cell(const cli_file *file, const report_cell *r, const pm_cell *told)
{
    const cli_analysis *a = r->cell->analysis;
    return (pm_report_cell){.path = file->path,
                            .title = *a->cell.cell_id ? a->cell.cell_id : NULL,
                            .format = a->facts->format.title,
                            .format_reason = a->facts->format.reason,
                            .sha256 = a->facts->sha256,
                            .content = a->facts->format.content,
                            .spectra = a->profile.spectra > 0 ? (int64_t)a->profile.spectra : 0,
                            .frequency_least_Hz = a->profile.frequency_min_Hz,
                            .frequency_most_Hz = a->profile.frequency_max_Hz,
                            .cell = told,
                            .records = a->cycler ? a->records : NULL,
                            .half_cycles = r->half_cycles,
                            .cycles = r->cell->cycles,
                            .findings = a->findings,
                            .summary = is_cell(r) ? &a->summary : NULL};
}

pm_status report_cell_add(pm_report *report, const cli_models *models, const cli_file *file, pm_error *err)
{
    const report_cell *r = file->result;
    if (!r) return pm_report_add(report, &(pm_report_cell){.path = file->path, .error = &file->error}, err);

    pm_cell told = r->cell->analysis->cell; /* what the options say beats the sidecar */
    told.area_cm2 = r->cell->analysis->cycle_options.area_cm2;
    told.mass_g = r->cell->analysis->cycle_options.mass_g;
    pm_report_cell cell = page_cell(file, r, &told);
    pm_report_fate fate;
    pm_report_reserve reserve = reserve_of(r->cell);
    pm_report_why why = {&r->why.known, r->why.answer};
    if (is_cell(r)) {
        fate = fate_of(models, r);
        cell.fate = &fate;
        cell.why = &why;
        if (has_reserve(r->cell)) cell.reserve = &reserve;
    }
    return pm_report_add(report, &cell, err);
}

static void fate_json(pm_json *json, const report_cell *r)
{
    const cli_cell *c = r->cell;

    if (r->judged) {
        pm_json_object(json, "verdict");
        predict_json(json, &r->verdict);
        pm_json_end(json);
    } else {
        pm_json_null(json, "verdict");
    }
    pm_json_text(json, "no_verdict", r->no_verdict.code ? r->no_verdict.message : NULL);
    pm_json_object(json, "life");
    cli_life_json(json, c);
    pm_json_text(json, "no_label", c->label_error.code ? c->label_error.message : NULL);
    pm_json_end(json);
    if (!c->alarms) return;
    cli_alarms_json(json, c->alarms);
    pm_json_text(json, "suspicion", *c->shorts.suspicion ? c->shorts.suspicion : NULL);
}

static void reserve_json(pm_json *json, const report_cell *r)
{
    const cli_cell *c = r->cell;

    if (has_reserve(c)) {
        pm_json_text(json, "no_stages", c->stages_error.code ? c->stages_error.message : NULL);
        if (!c->has_stages) pm_json_null(json, "reserve");
    }
    if (c->has_stages) {
        pm_json_object(json, "reserve");
        cli_stages_known_json(json, &c->stages, &c->n_to_p);
        pm_json_end(json);
    }
    if (r->why.answer) {
        pm_json_object(json, "why");
        pm_json_text(json, "graph_version", pm_why_version(r->why.known.graph));
        cli_reason_json(&r->why, json);
        pm_json_end(json);
    } else {
        pm_json_null(json, "why");
    }
}

void report_cell_json(pm_json *json, const report_cell *r)
{
    const cli_analysis *a = r->cell->analysis;
    pm_json_text(json, "content", a->facts->format.content);
    pm_json_text(json, "format", a->facts->format.format);
    pm_json_text(json, "sha256", a->facts->sha256);
    pm_json_whole(json, "rows", a->rows);
    pm_json_text(json, "kind", pm_kind_name(is_cell(r) ? a->summary.kind : a->cycle_options.kind));
    pm_json_text(json, "kind_source", cli_kind_source(a));
    if (is_cell(r)) fate_json(json, r);
    if (is_cell(r)) reserve_json(json, r);
    cli_json_findings(json, "findings", a->findings);
}
