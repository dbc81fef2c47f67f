/* SPDX-License-Identifier: MIT */
#include "cli/cell.h"
#include "cli/cycle_table.h"
#include "cli/reserve.h"

#include <stdlib.h>
#include <string.h>

const char cli_reconstruction[] =
    "labels are a reconstruction: thresholds and definitions of the paper are not published (docs/labels.md)";

pm_status cli_label_options(const cli_label_args *args, pm_life_label_options *out, pm_error *err)
{
    if (args->polarisation < 0 || args->efficiency < 0)
        return pm_fail(err, PM_ERR_ARGUMENT, "%s takes a number above zero",
                       args->polarisation < 0 ? "--polarisation" : "--efficiency");
    *out = (pm_life_label_options){.polarisation = args->polarisation,
                                   .coulombic_efficiency = args->efficiency,
                                   .window = cli_at_most(args->window),
                                   .reference = cli_at_most(args->reference),
                                   .horizon = cli_at_most(args->horizon)};
    *out = pm_life_label_defaults(out);
    return PM_OK;
}

const char *cli_no_class(const pm_cycle_summary *summary)
{
    if (!summary->protocol || strcmp(summary->protocol, "reservoir") != 0) return NULL;
    return "reservoir protocol: only its average efficiency can be told; a verdict needs cycles of constant capacity";
}

void cli_cell_free(void *freed)
{
    cli_cell *cell = freed;
    if (!cell) return;
    cli_analysis_free(cell->analysis);
    free(cell->features);
    pm_table_free(cell->cycles);
    pm_table_free(cell->alarms);
    free(cell);
}

const char *cli_cell_label(const cli_cell *cell)
{
    return cell->cycles && !cell->label_error.code ? pm_outcome_name(cell->label.outcome) : NULL;
}

void cli_life_times(const cli_cell *cell, pm_life_time out[PM_LIFE_TIMES])
{
    pm_life_times(cli_cell_label(cell) ? &cell->label : NULL, &cell->elbow, out);
}

/* ---- reading ------------------------------------------------------------------------------------------------ */

/* What looks at the rows as they come; NULL = not wanted. */
typedef struct folds {
    pm_fingerprinter *fingerprinter;
    pm_shorts *shorts;
} folds;

static pm_status push(void *context, const pm_table *batch, pm_error *err)
{
    folds *f = context;
    pm_status s = f->fingerprinter ? pm_fingerprinter_push(f->fingerprinter, batch, err) : PM_OK;

    return s || !f->shorts ? s : pm_shorts_push(f->shorts, batch, err);
}

static bool enough(void *context)
{
    const folds *f = context;

    return f->fingerprinter && !f->shorts && pm_fingerprinter_done(f->fingerprinter);
}

static pm_status open_folds(const cli_call *call, const char *path, const cli_cell_want *want, folds *f, pm_error *err)
{
    pm_fingerprint_options prints = want->fingerprints;
    pm_short_options shorts = {0};
    pm_cell cell;
    pm_status s = cli_cell_options(call->shared, path, &cell, &shorts.cycle, err);

    prints.cycle = shorts.cycle;
    if (!s && want->fingerprint) s = pm_fingerprinter_new(&prints, &f->fingerprinter, err);
    if (!s && want->label) s = pm_shorts_new(&shorts, &f->shorts, err);
    return s;
}

/* ---- what was read ------------------------------------------------------------------------------------------ */

static pm_status take_fingerprint(const pm_fingerprinter *f, cli_cell *cell, pm_error *err)
{
    int n;

    pm_feature_catalogue(&n);
    cell->features = malloc((size_t)n * sizeof *cell->features);
    if (!cell->features) return pm_fail(err, PM_ERR_MEMORY, "no memory for features");
    pm_status s = pm_fingerprinter_result(f, cell->features, &cell->summary, err);
    if (s) {
        free(cell->features);
        cell->features = NULL;
    }
    return s;
}

/* What the data do not hold is no failure where it may be told; then it stays where it is. */
static pm_status unless_told(bool told, pm_status s, const pm_error *why, pm_error *err)
{
    if (s == PM_ERR_DATA && told) return PM_OK;
    if (s && err) *err = *why;
    return s;
}

pm_kind cli_stage_kind(const cli_analysis *analysis)
{
    pm_kind kind = analysis->summary.kind;

    return kind == PM_LI_ION && !strcmp(cli_kind_source(analysis), "inferred") ? PM_KIND_UNKNOWN : kind;
}

/* What the cycles do not tell is no failure of a cell. */
static pm_status take_stages(const cli_cell_want *want, cli_cell *cell, pm_error *err)
{
    pm_error *why = &cell->stages_error;
    pm_kind kind = want->foil ? cli_stage_kind(cell->analysis) : cell->analysis->summary.kind;
    bool has = kind == PM_LI_CATHODE || kind == PM_ANODE_FREE || (want->foil && kind == PM_KIND_UNKNOWN);

    cell->n_to_p = cli_reserve_of(&want->n_to_p, &cell->analysis->cell);
    if (!want->stages || !has) return PM_OK;
    pm_stage_options options = {.kind = kind, .n_to_p = cell->n_to_p};
    pm_status s = pm_stages_of(cell->cycles, &options, &cell->stages, why);
    cell->has_stages = !s;
    if (s != PM_ERR_MEMORY && s != PM_ERR_INTERNAL) return PM_OK;
    if (err) *err = *why;
    return s;
}

static pm_status take_label(const pm_shorts *shorts, const cli_cell_want *want, cli_cell *cell, pm_error *err)
{
    pm_error *why = &cell->label_error;
    pm_status s;

    if ((s = pm_cycler_cycles(cell->analysis->cycler, &cell->cycles, err))) return s;
    if ((s = take_stages(want, cell, err))) return s; /* which tell of cycles out of order */
    if ((s = cli_cycle_table_sort(&cell->cycles, err))) return s;
    if ((s = pm_life_bends(cell->cycles, &want->labels, &cell->elbow, &cell->knee, err))) return s;
    s = pm_shorts_result(shorts, &cell->alarms, &cell->shorts, why);
    if (s) return unless_told(want->page, s, why, err);
    cell->short_cycle = pm_life_short_cycle(cell->cycles, cell->alarms);
    const char *no_class = cli_no_class(&cell->analysis->summary);
    if (no_class) {
        (void)pm_fail(why, PM_ERR_DATA, "%s", no_class);
        return PM_OK;
    }
    s = pm_life_label_of(cell->cycles, cell->shorts.kind, &want->labels, cell->short_cycle, &cell->label, why);
    return unless_told(want->page || want->fingerprint, s, why, err);
}

static void name(cli_cell *cell, const char *path)
{
    const pm_cell *told = &cell->analysis->cell;

    if (*told->cell_id)
        snprintf(cell->cell_id, sizeof cell->cell_id, "%s", told->cell_id);
    else
        cli_stem(path, cell->cell_id, sizeof cell->cell_id);
    snprintf(cell->electrolyte_id, sizeof cell->electrolyte_id, "%s", told->electrolyte);
}

void cli_cell_blame(const cli_cell *cell, pm_error *err)
{
    bool mends = false;
    const char *code =
        cell->analysis && cell->analysis->findings ? cli_first_error(cell->analysis->findings, &mends) : NULL;

    if (!code || !err) return;
    snprintf(err->hint, sizeof err->hint, "the file has an error, %.60s: %s", code,
             mends ? "try --reconcile" : "see premortem info");
}

/* Its cycles were counted elsewhere: bends, label and stages can be told of them, and no alarms. */
static pm_status read_cycle_table(const cli_call *call, const cli_file *file, const cli_cell_want *want,
                                  pm_reader *reader, cli_cell *cell, pm_error *err)
{
    cli_want wanted = {.cycles = true, .card = true, .sha256 = want->page || call->shared->json};
    pm_status s;

    if ((s = cli_analyse(call->shared, &wanted, file->path, &file->run, &cell->analysis, err))) return s;
    if ((s = cli_cycle_table(reader, &cell->cycles, err))) return s;
    name(cell, file->path);
    cell->summary = cell->analysis->summary = cli_cycle_table_summary(cell->cycles, cell->analysis);
    cell->shorts.kind = cell->summary.kind;
    if ((s = take_stages(want, cell, err))) return s; /* which tell of cycles out of order */
    if ((s = cli_cycle_table_sort(&cell->cycles, err))) return s;
    if ((s = pm_life_bends(cell->cycles, &want->labels, &cell->elbow, &cell->knee, err))) return s;
    s = pm_life_label_of(cell->cycles, cell->summary.kind, &want->labels, 0, &cell->label, &cell->label_error);
    return unless_told(want->page, s, &cell->label_error, err);
}

static pm_status read_cell(const cli_call *call, const cli_file *file, const cli_cell_want *want, folds *f,
                           cli_cell *cell, pm_error *err)
{
    cli_want wanted = {.cycles = true,
                       .card = want->page,
                       .keep = want->page,
                       .sha256 = want->page || call->shared->json,
                       .sink = push,
                       .enough = enough,
                       .context = f};
    pm_scoped(pm_reader) reader = want->tables ? cli_cycle_table_open(call->shared, file->path, &file->run) : NULL;
    pm_status s;

    if (reader) return read_cycle_table(call, file, want, reader, cell, err);
    if ((s = open_folds(call, file->path, want, f, err))) return s;
    if ((s = cli_analyse(call->shared, &wanted, file->path, &file->run, &cell->analysis, err))) return s;
    name(cell, file->path);
    if (!cell->analysis->cycler) return PM_OK; /* of a page */
    cell->summary = cell->analysis->summary;
    if (f->fingerprinter) {
        s = take_fingerprint(f->fingerprinter, cell, &cell->fingerprint_error);
        if (!s && want->shorts && !f->shorts)
            s = pm_fingerprinter_shorts(f->fingerprinter, NULL, &cell->alarms, &cell->shorts, &cell->fingerprint_error);
        if ((s = unless_told(want->page, s, &cell->fingerprint_error, err))) return s;
    }
    return f->shorts ? take_label(f->shorts, want, cell, err) : PM_OK;
}

pm_status cli_cell_of(const cli_call *call, const cli_file *file, const cli_cell_want *want, cli_cell **out,
                      pm_error *err)
{
    pm_scoped(cli_cell) cell = calloc(1, sizeof *cell);
    cli_file again = *file;
    cli_again copy = {.fd = -1};
    folds f = {0};
    pm_status s;

    if (!cell) return pm_fail(err, PM_ERR_MEMORY, "no memory");
    cell->rule = pm_life_label_defaults(&want->labels);
    cell->label_error = cell->fingerprint_error = cell->stages_error = (pm_error){.byte = -1, .line = -1, .row = -1};
    s = want->tables ? cli_stdin_again(call->shared, &again.path, &copy, err) : PM_OK;
    if (!s) s = read_cell(call, &again, want, &f, cell, err);
    s = cli_stdin_done(s, &copy, err);
    if (!s && again.path != file->path) name(cell, file->path);
    pm_fingerprinter_free(f.fingerprinter);
    pm_shorts_free(f.shorts);
    if (s == PM_ERR_DATA) cli_cell_blame(cell, err);
    if (s) return s;
    *out = cell;
    cell = NULL;
    return PM_OK;
}
