/* SPDX-License-Identifier: MIT */
#include "cli/cell.h"
#include "cli/commands.h"
#include "cli/cycle_table.h"
#include "cli/life.h"
#include "cli/merge.h"
#include "cli/reserve.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

typedef cli_life_args life_args;
static const cli_option options[] = {
    {"--n-to-p", NULL, CLI_TEXT, offsetof(life_args, n_to_p), "RATIO", NULL,
     "of the cell, \"2\" or \"2 +- 0.1\" (one standard deviation)", 0, 0},
    {"--n-to-p-convention", NULL, CLI_TEXT, offsetof(life_args, convention), "WORD", NULL,
     "foil (unless given): N is the foil alone; total: and the cathode's lithium", 0, 0},
    {"--foil", NULL, CLI_TEXT, offsetof(life_args, foil), "LENGTH", NULL,
     "its thickness, \"20 um +- 1 um\", in place of --n-to-p; with --cathode", 0, 0},
    {"--cathode", NULL, CLI_TEXT, offsetof(life_args, cathode), "CAPACITY", NULL, "its areal capacity, \"4 mAh/cm2\"",
     0, 0},
    {"--capacity", NULL, CLI_QUANTITY, offsetof(life_args, capacity_Ah), "CHARGE", "Ah",
     "of the cathode; unless given the median of cycles 3 to 8", 0, 0},
    {"--electrolyte-to-capacity", NULL, CLI_TEXT, offsetof(life_args, electrolyte), "RATIO", NULL,
     "E/C, \"2.4 g/Ah\": when it will be used up; needs N/P", 0, 0},
    {"--electrolyte-density", NULL, CLI_QUANTITY, offsetof(life_args, density), "DENSITY", "g/cm3",
     "\"1.2 g/cm3\", for E/C by volume, \"2 mL/Ah\"", 0, 0},
    {"--forward", NULL, CLI_FLAG, offsetof(life_args, forward), NULL, NULL,
     "FILEs are decks (YAML): a design and what it loses; how long it will last", 0, 0},
    {"--cycles", NULL, CLI_WHOLE, offsetof(life_args, cycles), "N", NULL, "--forward: prints that many cycles instead",
     1, 0},
    {"--target-cycles", NULL, CLI_WHOLE, offsetof(life_args, target), "N", NULL,
     "--forward: the efficiency of lithium that so long a life needs", 1, 0},
    {0},
};

void cli_life_free(void *freed)
{
    cli_life *l = freed;
    if (!l) return;
    cli_analysis_free(l->analysis);
    pm_table_free(l->series);
    free(l);
}

void cli_life_note(cli_life *l, const char *format, ...)
{
    int n = 0;
    va_list told;

    while (n < CLI_LIFE_NOTES - 1 && l->notes[n][0]) n++;
    if (n == CLI_LIFE_NOTES - 1) return;
    va_start(told, format);
    (void)vsnprintf(l->notes[n], PM_STAGE_NOTE, format, told);
    va_end(told);
}

/* ---- decks -------------------------------------------------------------------------------------------------- */

static pm_status needed_of(const life_args *args, const pm_budget_design *design, pm_budget_rates *rates, cli_life *l,
                           pm_error *err)
{
    bool told = rates->coulombic_efficiency_lithium != 0;
    pm_status s;

    if (!args->target && !told)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "--target-cycles finds the one that is needed",
                          "coulombic_efficiency_lithium is missing");
    if (!args->target) return PM_OK;
    if ((s = pm_budget_efficiency_needed(design, rates, (double)args->target, &l->needed, err))) return s;
    if (l->needed.forbids) {
        const char *by = pm_limit_name(l->needed.forbids);
        cli_life_note(l, "%lld cycles are impossible: the %s ends at %.0f, whatever the efficiency of lithium",
                      (long long)args->target, by, l->needed.ends);
        if (!told) return pm_fail(err, PM_ERR_DATA, "%s", l->notes[0]);
    }
    if (!told) rates->coulombic_efficiency_lithium = l->needed.efficiency;
    return PM_OK;
}

/* Why an end is missing. */
static void note_ends(const pm_budget_design *d, cli_life *l)
{
    const pm_budget_life *life = &l->life;
    double least = d->electrolyte_least_g_per_Ah > 0 ? d->electrolyte_least_g_per_Ah : 1.2;

    if (life->electrolyte == 0)
        cli_life_note(l, "dry from the start: E/C of %g g/Ah is not above electrolyte_least, %g g/Ah",
                      d->electrolyte_g_per_Ah.value, least);
    if (!(d->electrolyte_g_per_Ah.value > 0))
        cli_life_note(l, "cycle_life_electrolyte is empty: electrolyte_to_capacity is not told");
    else if (isinf(life->electrolyte))
        cli_life_note(l, "cycle_life_electrolyte is empty: lithium is used up first, and then no more is lost");
    if (life->all_lost_from < life->retained)
        cli_life_note(
            l, "from cycle %.0f on all that is plated is lost: by the acceleration 1 - efficiency has grown to 1",
            ceil(life->all_lost_from));
    if (isinf(life->lithium))
        cli_life_note(l, "cycle_life_lithium is empty: less than the foil is lost, however many cycles");
    if (isinf(life->cathode)) cli_life_note(l, "cycle_life_cathode is empty: the cathode loses nothing");
    if (isinf(life->retained)) cli_life_note(l, "cycle_life_retention is empty: the capacity stays above it");
}

static pm_status forward(const life_args *args, const char *path, cli_life *l, pm_error *err)
{
    pm_budget_design design;
    pm_budget_rates rates;
    pm_status s;

    if ((s = cli_life_deck(path, &design, &rates, err))) return s;
    l->n_to_p = design.n_to_p;
    if (design.anode_free) l->n_to_p.ratio.value = NAN;
    if ((s = needed_of(args, &design, &rates, l, err))) return s;
    if ((s = pm_budget_forward(&design, &rates, &l->life, err))) return s;
    if ((s = pm_budget_uncertain(&design, &rates, &l->spread, err))) return s;
    note_ends(&design, l);
    return args->cycles ? pm_budget_series(&design, &rates, args->cycles, &l->series, err) : PM_OK;
}

/* ---- cells -------------------------------------------------------------------------------------------------- */

/* The options say more than the sidecar. */
static void take_cell(const pm_cell *cell, cli_life *l)
{
    if (*cell->cell_id) snprintf(l->cell_id, sizeof l->cell_id, "%s", cell->cell_id);
    if (isnan(l->n_to_p.ratio.value) && cell->n_to_p > 0) l->n_to_p = cli_reserve_of(&(pm_n_to_p){0}, cell);
}

static pm_status read_cycles(const cli_call *call, cli_file *file, const char *path, cli_life *l, pm_stage_options *of,
                             pm_table **cycles, pm_error *err)
{
    cli_want want = {.cycles = true, .sha256 = call->shared->json};
    pm_cell cell;
    pm_cycle_options told;
    pm_scoped(pm_reader) reader = cli_cycle_table_open(call->shared, path, &file->run);
    pm_status s;

    cli_stem(file->path, l->cell_id, sizeof l->cell_id);
    if (reader) {
        if ((s = cli_cell_options(call->shared, file->path, &cell, &told, err))) return s;
        of->kind = told.kind;
        l->kind_source = !told.kind ? "unknown" : told.kind_from_sidecar ? "sidecar" : "user";
        l->area_cm2 = told.area_cm2;
        take_cell(&cell, l);
        return pm_reader_rows(reader, cycles, err);
    }
    if ((s = cli_analyse(call->shared, &want, path, &file->run, &l->analysis, err))) return s;
    l->area_cm2 = l->analysis->cycle_options.area_cm2;
    take_cell(&l->analysis->cell, l);
    of->kind = cli_stage_kind(l->analysis);
    l->kind_source = cli_kind_source(l->analysis);
    file->findings = l->analysis->findings;
    return pm_cycler_cycles(l->analysis->cycler, cycles, err);
}

static pm_status check_product(const pm_table *cycles, cli_life *l, pm_error *err)
{
    pm_status s = pm_anode_free_of(cycles, 0.02, &l->product, err);

    if (!s && l->product.missing > 0)
        cli_life_note(l, "product of efficiencies: %lld missing cycle%s with the efficiency of the neighbours",
                      (long long)l->product.missing, l->product.missing == 1 ? " counts" : "s count");
    return s;
}

static pm_status measured(const cli_call *call, cli_file *file, cli_life *l, pm_error *err)
{
    const life_args *args = call->args;
    pm_scoped(pm_table) cycles = NULL;
    pm_stage_options of = {0};
    const char *path = file->path;
    cli_again again;
    pm_status s;

    if ((s = cli_life_ratio(args, &l->n_to_p, err))) return s;
    if ((s = cli_stdin_again(call->shared, &path, &again, err))) return cli_stdin_done(s, &again, err);
    if ((s = cli_stdin_done(read_cycles(call, file, path, l, &of, &cycles, err), &again, err))) return s;
    if ((s = cli_life_capacity(args, cycles, l, &of, err))) return s;
    l->kind = pm_kind_name(of.kind);
    if ((s = pm_stages_of(cycles, &of, &l->stages, err))) return s;
    for (int i = 0; l->stages.notes[i][0]; i++) cli_life_note(l, "%s", l->stages.notes[i]);
    if (of.kind == PM_ANODE_FREE && (s = check_product(cycles, l, err))) return s;
    return cli_life_electrolyte(args, l, err);
}

/* ---- all of it ---------------------------------------------------------------------------------------------- */

static pm_status each(const cli_call *call, cli_file *file, pm_error *err)
{
    const life_args *args = call->args;
    pm_scoped(cli_life) l = calloc(1, sizeof *l);

    if (!l) return pm_fail(err, PM_ERR_MEMORY, "no memory");
    l->forward = args->forward;
    l->needed = (pm_budget_needed){NAN, PM_LIMIT_UNKNOWN, NAN};
    pm_status s = args->forward ? forward(args, file->path, l, err) : measured(call, file, l, err);
    if (s) return s;
    file->result = l;
    l = NULL;
    return PM_OK;
}

typedef struct page {
    pm_builder *rows;
    bool begun; /* the header of the cycles of decks is written */
} page;

/* Cycles of a deck, at once: of many decks they would fill the memory. All have the same columns. */
static pm_status write_series(cli_call *call, const char *path, const pm_table *series, page *p, pm_error *err)
{
    pm_scoped(pm_table) with_path = NULL;
    cli_merge merge = {0};

    if (call->n_operands > 1) {
        pm_status s = cli_merge_add(&merge, path, series, err);
        if (!s) s = cli_merge_result(&merge, &with_path, err);
        cli_merge_clear(&merge);
        if (s) return s;
    }
    pm_table_write_csv(with_path ? with_path : series, !p->begun, call->out);
    p->begun = true;
    return PM_OK;
}

static pm_status add(cli_call *call, const cli_file *file, void *context, pm_error *err)
{
    page *p = context;
    const cli_life *l = file->result;

    for (int i = 0; l->notes[i][0]; i++) cli_screen_note(call->screen, file->path, l->notes[i]);
    if (l->series) return call->shared->json ? PM_OK : write_series(call, file->path, l->series, p, err);
    cli_life_rows_add(p->rows, file->path, l);
    return PM_OK;
}

static void file_json(const cli_call *call, const void *of, pm_json *json)
{
    const cli_life *l = of;

    (void)call;
    if (l->analysis) {
        pm_json_text(json, "sha256", l->analysis->facts->sha256);
        pm_json_text(json, "format", l->analysis->facts->format.format);
    }
    cli_stages_json(json, l);
}

static pm_status csv(cli_call *call, void *context, pm_out *out, pm_error *err)
{
    const life_args *args = call->args;
    page *p = context;
    pm_scoped(pm_table) table = NULL;

    if (args->forward && args->cycles) return PM_OK;
    pm_status s = pm_builder_finish(p->rows, &table, err);
    if (s) return s;
    if (!args->forward)
        cli_screen_note(call->screen, "stages", "an idealised frame (docs/life.md): a probability stands beside each");
    pm_table_write_csv(table, true, out);
    return PM_OK;
}

static pm_status run(cli_call *call, pm_error *err)
{
    const life_args *args = call->args;
    page p = {0};
    cli_document d = {&p, each, cli_life_free, add, file_json, NULL, csv};

    pm_status s = cli_life_args_check(args, err);
    if (s) return s;
    s = cli_life_rows_new(args->forward, &p.rows, err);
    if (!s) s = cli_print_files(call, &d, err);
    pm_builder_free(p.rows);
    return s;
}

static bool takes_decks(const void *of)
{
    return ((const life_args *)of)->forward;
}

const cli_command cmd_life = {
    .name = "life",
    .group = "Cells",
    .summary = "stages of a life, lithium lost unseen, and how long a design will last",
    .operands = "FILE|DIR...",
    .details =
        "Prints csv, one row for each cell: records of a test, or a table of its cycles (as of cycles). While foil is "
        "left\n"
        "it refills the cathode, and capacity does not show what is lost (stages 1 to 3); stage 4 begins with the "
        "first\n"
        "cycle short of lithium. Each stage has a 90 % interval and a probability; \"cannot be told\" is an answer.\n"
        "--forward: the same bookkeeping from a design: docs/life.md lists the keys of a deck.\n",
    .example = "  premortem life --kind li-cathode --n-to-p \"2 +- 0.1\" cell.csv\n"
               "  premortem life --foil \"20 um +- 1 um\" --cathode \"4 mAh/cm2\" --json cycles.csv\n"
               "  premortem life --forward --target-cycles 500 deck.yaml\n",
    .takes = CLI_FILES | CLI_FOLDERS | CLI_READING | CLI_CELL | CLI_RECONCILE | CLI_OUTPUT,
    .least = 1,
    .most = -1,
    .options = options,
    .args_size = sizeof(life_args),
    .run = run,
    .takes_decks = takes_decks,
};
