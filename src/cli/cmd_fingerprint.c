/* SPDX-License-Identifier: MIT */
#include "cli/cell.h"
#include "cli/commands.h"

#include <stdlib.h>
#include <string.h>

typedef struct fingerprint_args {
    cli_shared shared;
    cli_label_args rule;
    bool catalogue, label;
    int64_t cycles;
    double concentration_mol_per_litre, diffusivity_cm2_per_s, transference;
} fingerprint_args;
static const cli_option options[] = {
    {"--cycles", NULL, CLI_WHOLE, offsetof(fingerprint_args, cycles), "N", NULL, "first cycles; 2 unless given", 1, 0},
    {"--catalogue", NULL, CLI_FLAG, offsetof(fingerprint_args, catalogue), NULL, NULL,
     "the features themselves: name, unit, formula, meaning, source, kinds", 0, 0},
    {"--label", NULL, CLI_FLAG, offsetof(fingerprint_args, label), NULL, NULL,
     "read whole lives and add labels, cycle counts of lives and the rule: a table to train on", 0, 0},
    CLI_LABEL_OPTIONS(fingerprint_args, rule),
    {"--concentration", NULL, CLI_REAL, offsetof(fingerprint_args, concentration_mol_per_litre), "C", NULL,
     "of the salt in mol per litre, for Sand's time", 0, 0},
    {"--diffusivity", NULL, CLI_REAL, offsetof(fingerprint_args, diffusivity_cm2_per_s), "D", NULL,
     "of the salt in cm2/s, for Sand's time", 0, 0},
    {"--transference", NULL, CLI_REAL, offsetof(fingerprint_args, transference), "T", NULL,
     "number of the cation, for Sand's time", 0, 0},
    {0},
};

/* ---- the catalogue ------------------------------------------------------------------------------------------ */

typedef struct catalogue_row {
    pm_feature feature;
    const char *kinds;
} catalogue_row;

#define FIELD(member)                                                                                                  \
    {                                                                                                                  \
#member, PM_STRING, "", offsetof(catalogue_row, feature.member), ""                                            \
    }
static const pm_field catalogue_fields[] = {
    FIELD(name),    FIELD(unit),   FIELD(formula),
    FIELD(meaning), FIELD(source), {"kinds", PM_STRING, "", offsetof(catalogue_row, kinds), "of cell that show it"},
};
enum { CATALOGUE_FIELDS = sizeof catalogue_fields / sizeof *catalogue_fields };

/* "li-cu li-li" */
static void list_kinds(uint32_t kinds, char *text, size_t room)
{
    size_t used = 0;

    text[0] = 0;
    for (int k = PM_LI_CU; k <= PM_LI_ION; k++)
        if (kinds >> k & 1)
            used += (size_t)snprintf(text + used, room - used, "%s%s", used ? " " : "", pm_kind_name((pm_kind)k));
}

static pm_status catalogue(pm_table **out, pm_error *err)
{
    pm_scoped(pm_builder) rows = NULL;
    pm_status s = pm_builder_new(CATALOGUE_FIELDS, catalogue_fields, &rows, err);
    int n;

    if (s) return s;
    const pm_feature *all = pm_feature_catalogue(&n);
    for (int i = 0; i < n; i++) {
        char kinds[128];
        list_kinds(all[i].kinds, kinds, sizeof kinds);
        pm_builder_push(rows, &(catalogue_row){all[i], kinds}); /* copies the texts */
    }
    return pm_builder_finish(rows, out, err);
}

static pm_status print_catalogue(const cli_call *call, pm_error *err)
{
    pm_scoped(pm_table) table = NULL;
    pm_scoped(pm_out) out = NULL;
    pm_status s;

    if ((s = catalogue(&table, err)) || (s = cli_output(call, &out, err))) return s;
    if (call->shared->json) {
        pm_json json = cli_json_open(call, out);
        pm_json_array(&json, "catalogue");
        pm_table_write_json(table, &json);
        pm_json_end(&json);
        pm_json_end(&json);
    } else {
        pm_table_write_csv(table, true, out);
    }
    return pm_out_commit(out, err);
}

/* ---- one file ----------------------------------------------------------------------------------------------- */

static int cycles_used(const fingerprint_args *args)
{
    return args->cycles ? cli_at_most(args->cycles) : 2;
}

static pm_status each(const cli_call *call, cli_file *file, pm_error *err)
{
    const fingerprint_args *args = call->args;
    cli_cell_want want = {
        .fingerprint = true,
        .label = args->label,
        .fingerprints = {.cycles = cli_at_most(args->cycles),
                         .concentration_mol_per_litre = args->concentration_mol_per_litre,
                         .diffusivity_cm2_per_s = args->diffusivity_cm2_per_s,
                         .transference = args->transference},
    };
    cli_cell *cell = NULL;
    pm_status s;

    if ((s = cli_label_options(&args->rule, &want.labels, err))) return s;
    if ((s = cli_cell_of(call, file, &want, &cell, err))) return s;
    file->findings = cell->analysis->findings;
    file->result = cell;
    return PM_OK;
}

/* ---- output ------------------------------------------------------------------------------------------------- */

/* What the csv does not say itself. */
static void note(const cli_call *call, const char *path, const cli_cell *cell)
{
    char text[700];

    snprintf(text, sizeof text, "kind %s (%s), %lld rows read%s%s%s", pm_kind_name(cell->summary.kind),
             cell->summary.kind_source, (long long)cell->analysis->rows,
             cell->analysis->whole ? "" : ": no more are needed, findings are of these",
             cell->label_error.code ? "; no label: " : "", cell->label_error.message);
    cli_screen_note(call->screen, path, text);
    if (cli_no_class(&cell->summary) && !cell->label_error.code)
        cli_screen_note(call->screen, path, cli_no_class(&cell->summary));
}

static pm_status add(cli_call *call, const cli_file *file, void *rows, pm_error *err)
{
    const fingerprint_args *args = call->args;
    const cli_cell *cell = file->result;

    if (call->shared->json) return PM_OK;
    note(call, file->path, cell);
    return cli_cell_rows_add(rows, cell, cycles_used(args), args->label, err);
}

static void label_json(pm_json *json, const cli_cell *cell)
{
    const char *label = cli_cell_label(cell);

    pm_json_text(json, "label", label);
    cli_life_times_json(json, cell);
    pm_json_text(json, "criterion", label ? cell->label.criterion : cell->label_error.message);
    cli_label_json(json, &cell->rule);
}

static void file_json(const cli_call *call, const void *of, pm_json *json)
{
    const fingerprint_args *args = call->args;
    const cli_cell *cell = of;
    const cli_analysis *a = cell->analysis;
    int n;
    const pm_feature *all = pm_feature_catalogue(&n);

    pm_json_text(json, "sha256", a->whole ? a->facts->sha256 : NULL);
    pm_json_text(json, "format", a->facts->format.format);
    pm_json_text(json, "cell_id", cell->cell_id);
    pm_json_text(json, "electrolyte_id", *cell->electrolyte_id ? cell->electrolyte_id : NULL);
    pm_json_text(json, "kind", pm_kind_name(cell->summary.kind));
    pm_json_text(json, "kind_source", cell->summary.kind_source);
    pm_json_bool(json, "simulated", a->cell.simulated);
    pm_json_whole(json, "cycles_used", cycles_used(args));
    pm_json_whole(json, "rows_read", a->rows);
    pm_json_bool(json, "whole", a->whole);
    pm_json_object(json, "features");
    for (int i = 0; i < n; i++) pm_json_real(json, all[i].name, cell->features[i]);
    pm_json_end(json);
    if (args->label) label_json(json, cell);
    cli_json_findings(json, "findings", a->findings);
}

static pm_status csv(cli_call *call, void *rows, pm_out *out, pm_error *err)
{
    pm_scoped(pm_table) table = NULL;
    pm_status s = pm_builder_finish(rows, &table, err);

    if (s) return s;
    if (((const fingerprint_args *)call->args)->label) cli_screen_note(call->screen, "labels", cli_reconstruction);
    pm_table_write_csv(table, true, out);
    return PM_OK;
}

static pm_status check(const cli_call *call, pm_error *err)
{
    const fingerprint_args *args = call->args;
    double known = args->concentration_mol_per_litre, moving = args->diffusivity_cm2_per_s, t = args->transference;
    pm_life_label_options rule;

    if (!args->catalogue && !call->n_operands)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "see premortem fingerprint --help", "needs FILE|DIR...");
    if (args->catalogue && call->n_operands)
        return pm_fail(err, PM_ERR_ARGUMENT, "--catalogue goes without files: it is the same for all");
    if (known < 0 || moving < 0 || t < 0 || t >= 1)
        return pm_fail(err, PM_ERR_ARGUMENT,
                       "concentration and diffusivity are above zero, a transference number is between 0 and 1");
    if ((known > 0) != (moving > 0) || (known > 0) != (t > 0))
        return pm_fail(err, PM_ERR_ARGUMENT, "Sand's time needs --concentration, --diffusivity and --transference");
    return cli_label_options(&args->rule, &rule, err);
}

static pm_status run(cli_call *call, pm_error *err)
{
    const fingerprint_args *args = call->args;
    pm_scoped(pm_builder) rows = NULL;
    pm_status s = check(call, err);

    if (s) return s;
    if (args->catalogue) return print_catalogue(call, err);
    if ((s = cli_cell_rows_new(args->label, &rows, err))) return s;
    cli_document d = {rows, each, cli_cell_free, add, file_json, NULL, csv};
    return cli_print_files(call, &d, err);
}

const cli_command cmd_fingerprint = {
    .name = "fingerprint",
    .group = "Cells",
    .summary = "features of the first cycles: nucleation, plateau, thickening, efficiency",
    .operands = "FILE|DIR...",
    .details =
        "Prints csv, one row for each cell, always the same columns; what a kind of cell does not show is missing.\n"
        "A file is read no further than its first cycles, unless --label asks for its whole life; then there is no\n"
        "sha256, and findings are of the part that was read. What a feature is: --catalogue, docs/fingerprints.md.\n",
    .example = "  premortem fingerprint --kind li-cu --area \"1.27 cm2\" cells/*.csv\n"
               "  premortem fingerprint --label -o training.csv failed-cells\n"
               "  premortem fingerprint --catalogue\n",
    .takes = CLI_FILES | CLI_FOLDERS | CLI_READING | CLI_CELL | CLI_RECONCILE | CLI_OUTPUT,
    .least = 0,
    .most = -1,
    .options = options,
    .args_size = sizeof(fingerprint_args),
    .run = run,
};
