/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"
#include "early/early.h"
#include "virtual/virtual.h"

#include <stdlib.h>
#include <string.h>

/* Options of the laboratory alone. */
typedef struct lab_args {
    int64_t electrolytes, cells;
    const char *design, *without, *faults, *family, *noise, *cell_scatter, *electrolyte_scatter, *short_size;
    double current_A_per_cm2, capacity_Ah_per_cm2, sample_s, swing_C;
} lab_args;

typedef struct virtual_args {
    cli_shared shared;
    int64_t cycles, seed;
    lab_args lab;
} virtual_args;

#define LAB(member) offsetof(virtual_args, lab.member)
static const cli_option options[] = {
    {"--cycles", NULL, CLI_WHOLE, offsetof(virtual_args, cycles), "N", NULL,
     "cycles of each cell: of a demo 10, of a lab at most 250 unless given", 1, 0},
    {"--seed", NULL, CLI_WHOLE, offsetof(virtual_args, seed), "N", NULL, "of all that is drawn; 0 unless given", 0, 0},
    {"--threads", NULL, CLI_WHOLE, offsetof(virtual_args, shared.threads), "N", NULL,
     "threads to use; all cores unless given", 1, 0},
    {"--electrolytes", NULL, CLI_WHOLE, LAB(electrolytes), "N", NULL, "lab: 60 unless given", 1, 0},
    {"--cells", NULL, CLI_WHOLE, LAB(cells), "N", NULL, "lab: of each electrolyte; 6 unless given", 1, 0},
    {"--design", NULL, CLI_TEXT, LAB(design), "NAME", NULL,
     "lab: li-cu (unless given), li-cu-reservoir, li-li, anode-free, li-cathode", 0, 0},
    {"--family", NULL, CLI_TEXT, LAB(family), "NAME", NULL,
     "lab: only carbonate, ether, concentrated, fluorinated or siloxane", 0, 0},
    {"--current", NULL, CLI_QUANTITY, LAB(current_A_per_cm2), "CURRENT", "mA/cm2",
     "lab: 0.01 to 100 mA/cm2; 1 unless given", 0, 0},
    {"--capacity", NULL, CLI_QUANTITY, LAB(capacity_Ah_per_cm2), "CAPACITY", "mAh/cm2",
     "lab: of a half-cycle, 0.01 to 100 mAh/cm2; 1 unless given", 0, 0},
    {"--noise", NULL, CLI_TEXT, LAB(noise), "RATIO", NULL, "lab: times 0.3 mV and 0.2 uA, up to 1000; 0: none", 0, 0},
    {"--cell-scatter", NULL, CLI_TEXT, LAB(cell_scatter), "RATIO", NULL,
     "lab: times the usual scatter between cells, up to 5; 0: none", 0, 0},
    {"--electrolyte-scatter", NULL, CLI_TEXT, LAB(electrolyte_scatter), "RATIO", NULL,
     "lab: times the usual scatter between electrolytes of a family, up to 5; 0: none", 0, 0},
    {"--swing", NULL, CLI_REAL, LAB(swing_C), "DEGREES", NULL, "lab: the room is so much warmer by day", 0, 0},
    {"--sample", NULL, CLI_QUANTITY, LAB(sample_s), "TIME", "s",
     "lab: a row each so often, 0.1 s to 1 d; unless given, with each 5 mV or 60 s", 0, 0},
    {"--without", NULL, CLI_TEXT, LAB(without), "LIST", NULL, "lab: stress,fresh-film,thickening,shorts", 0, 0},
    {"--short-size", NULL, CLI_TEXT, LAB(short_size), "RATIO", NULL,
     "lab: times the usual conductance with which shorts appear, up to 1000; 0: no shorts", 0, 0},
    {"--faults", NULL, CLI_TEXT, LAB(faults), "LIST", NULL, "lab: jitter,missing-rows,aborted,restarted", 0, 0},
    {0},
};

/* ---- words to options ------------------------------------------------------------------------------------------- */

typedef const char *(*name_of)(int i);

static const char *design_name(int i)
{
    return i <= PM_VIRTUAL_LI_CATHODE ? pm_virtual_design_name((pm_virtual_design)i) : NULL;
}

static const char *family_name(int i)
{
    return pm_virtual_family_name((pm_virtual_family)i);
}

static const char *without_name(int i)
{
    static const char *const names[] = {"stress", "fresh-film", "thickening", "shorts"};
    return i < 4 ? names[i] : NULL;
}

/* Which of the names the first `length` bytes of a text are; fails with all of them. */
static pm_status find_name(const char *option, name_of name, const char *text, size_t length, int *found, pm_error *err)
{
    char all[160] = "one of";
    for (int i = 0; name(i); i++) {
        *found = i;
        if (strlen(name(i)) == length && !strncmp(name(i), text, length)) return PM_OK;
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s %s", i ? "," : "", name(i));
    }
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), all, "%s does not know '%.*s'", option, (int)length, text);
}

/* A list of names as bits. */
static pm_status find_names(const char *option, name_of name, const char *list, unsigned *bits, pm_error *err)
{
    for (const char *word = list; word; word = strchr(word, ',')) {
        int i = 0;
        word += word > list;
        pm_status s = find_name(option, name, word, strcspn(word, ","), &i, err);
        if (s) return s;
        *bits |= 1u << i;
    }
    return PM_OK;
}

/* Times the usual; what is not given stays 0, none is below zero. */
static pm_status find_ratio(const char *option, const char *text, double *ratio, pm_error *err)
{
    if (!text) return PM_OK;
    if (pm_number_parse(text, (int64_t)strlen(text), '.', ratio) || !(*ratio >= 0))
        return pm_fail(err, PM_ERR_ARGUMENT, "%s takes a number not below zero such as 1.5, not '%s'", option, text);
    if (*ratio == 0) *ratio = -1;
    return PM_OK;
}

static pm_status ratios_of(const lab_args *lab, pm_virtual_lab_options *o, pm_error *err)
{
    pm_status s;
    if ((s = find_ratio("--noise", lab->noise, &o->noise, err))) return s;
    if ((s = find_ratio("--cell-scatter", lab->cell_scatter, &o->cell_scatter, err))) return s;
    if ((s = find_ratio("--electrolyte-scatter", lab->electrolyte_scatter, &o->electrolyte_scatter, err))) return s;
    if ((s = find_ratio("--short-size", lab->short_size, &o->short_size, err))) return s;
    if (o->short_size >= 0) return PM_OK;
    o->no_shorts = true;
    o->short_size = 0;
    return PM_OK;
}

static pm_status options_of(const virtual_args *args, pm_virtual_lab_options *o, pm_error *err)
{
    const lab_args *lab = &args->lab;
    int design = 0, family = -1;
    unsigned without = 0;
    pm_status s;
    if (lab->design && (s = find_name("--design", design_name, lab->design, strlen(lab->design), &design, err)))
        return s;
    if (lab->family && (s = find_name("--family", family_name, lab->family, strlen(lab->family), &family, err)))
        return s;
    if (lab->without && (s = find_names("--without", without_name, lab->without, &without, err))) return s;
    if (lab->faults && (s = find_names("--faults", pm_virtual_fault_name, lab->faults, &o->faults, err))) return s;
    o->electrolytes = lab->electrolytes;
    o->cells = lab->cells;
    o->design = (pm_virtual_design)design;
    o->family = family + 1;
    o->cycles = args->cycles;
    o->current_mA_per_cm2 = lab->current_A_per_cm2;
    o->capacity_mAh_per_cm2 = lab->capacity_Ah_per_cm2;
    o->sample_s = lab->sample_s;
    o->swing_C = lab->swing_C;
    o->without = without & (PM_VIRTUAL_NO_STRESS | PM_VIRTUAL_NO_FRESH_FILM | PM_VIRTUAL_NO_THICKENING);
    o->no_shorts = without & 8;
    return ratios_of(lab, o, err);
}

/* ---- the labs --------------------------------------------------------------------------------------------------- */

/* The rule of labels on a noise-free life; lives too short for it get no label. */
static pm_status judge(void *context, const pm_table *cycles, pm_virtual_design design, int64_t short_cycle,
                       pm_virtual_verdict *out, pm_error *err)
{
    (void)context;
    pm_kind kind;
    pm_life_label label;
    pm_error why;
    pm_status s = pm_kind_parse(pm_virtual_design_kind(design), &kind, err);
    if (s) return s;
    s = pm_life_label_of(cycles, kind, NULL, short_cycle, &label, &why);
    if (s == PM_ERR_DATA) return PM_OK;
    if (s) {
        if (err) *err = why;
        return s;
    }
    out->label = pm_outcome_name(label.outcome);
    out->cycle_count_end = label.cycle_count_end;
    return PM_OK;
}

static void file_json(pm_json *json, const char *folder, const char *name, const char *kind)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.bdf.csv", folder, name);
    pm_json_flat_object(json, NULL);
    pm_json_text(json, "path", path);
    pm_json_text(json, "status", "ok");
    pm_json_text(json, "kind", kind);
}

static pm_json files_json(const cli_call *call, pm_out *out)
{
    pm_json json = cli_json_open(call, out);
    pm_json_array(&json, "files");
    return json;
}

static void close_json(pm_json *json)
{
    pm_json_end(json);
    pm_json_end(json);
}

static pm_status demo(const cli_call *call, const pm_run *run, pm_out *out, pm_error *err)
{
    const virtual_args *args = call->args;
    const char *folder = call->shared->output;
    if (memcmp(&args->lab, &(lab_args){0}, sizeof args->lab) != 0)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "premortem virtual lab takes the others",
                          "a demo takes --cycles and --seed");
    if (args->cycles > INT32_MAX) return pm_fail(err, PM_ERR_ARGUMENT, "too many cycles");
    pm_status s = pm_virtual_demo_lab(folder, (int)args->cycles, call->shared->force, run, err);
    if (s) return s;
    if (!call->shared->json) {
        pm_out_text(out, "%d made-up cells in %s; their efficiencies: %s/truth.csv, %s/truth_cycles.csv\n",
                    PM_VIRTUAL_DESIGNS, folder, folder, folder);
        return PM_OK;
    }
    pm_json json = files_json(call, out);
    for (int i = 0; i < PM_VIRTUAL_DESIGNS; i++) {
        pm_virtual_design design = (pm_virtual_design)i;
        file_json(&json, folder, pm_virtual_design_name(design), pm_virtual_design_kind(design));
        pm_json_end(&json);
    }
    close_json(&json);
    return PM_OK;
}

static int64_t whole(const pm_table *truth, const char *name, int64_t row)
{
    const pm_column *c = pm_table_find(truth, name);
    return pm_column_missing(c, row) ? PM_NO_INT : c->integer[row];
}

static const char *word(const pm_table *truth, const char *name, int64_t row)
{
    return pm_column_word(pm_table_find(truth, name), row);
}

static void lab_json(const cli_call *call, const pm_table *truth, pm_out *out)
{
    static const char *const words[] = {"electrolyte_id", "family", "label", "end", "faults"};
    static const char *const numbers[] = {"cycle_count_end", "short_cycle", "cycles", "rows"};
    pm_json json = files_json(call, out);
    for (int64_t i = 0; i < pm_table_rows(truth); i++) {
        const char *cell = word(truth, "cell_id", i);
        file_json(&json, call->shared->output, cell, word(truth, "kind", i));
        pm_json_text(&json, "cell_id", cell);
        for (size_t k = 0; k < sizeof words / sizeof *words; k++)
            pm_json_text(&json, words[k], word(truth, words[k], i));
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            pm_json_whole(&json, numbers[k], whole(truth, numbers[k], i));
        pm_json_end(&json);
    }
    close_json(&json);
}

/* "12 kdf, 3 rdf, ..." */
static void lab_text(const cli_call *call, const pm_table *truth, pm_out *out)
{
    const char *folder = call->shared->output;
    char rows_text[32];
    int64_t rows = 0, n[PM_STOPPED + 2] = {0};
    for (int64_t i = 0; i < pm_table_rows(truth); i++) {
        const char *label = word(truth, "label", i);
        int at = 0;
        while (at <= PM_STOPPED && !(label && !strcmp(label, pm_outcome_name((pm_outcome)at)))) at++;
        n[at]++;
        rows += whole(truth, "rows", i);
    }
    cli_grouped(rows, rows_text);
    int64_t cells = pm_table_rows(truth);
    pm_out_text(out, "%lld virtual cell%s, %s rows in %s; truth.csv:", (long long)cells, cells == 1 ? "" : "s",
                rows_text, folder);
    for (int at = 0; at <= PM_STOPPED + 1; at++)
        if (n[at])
            pm_out_text(out, " %lld %s", (long long)n[at],
                        at <= PM_STOPPED ? pm_outcome_name((pm_outcome)at) : "without a label");
    pm_out_text(out, "\n");
}

static pm_status lab(const cli_call *call, const pm_run *run, pm_out *out, pm_error *err)
{
    pm_virtual_lab_options o = {.verdict = judge};
    pm_scoped(pm_table) truth = NULL;
    pm_status s = options_of(call->args, &o, err);
    if (!s) s = pm_virtual_lab(call->shared->output, &o, call->shared->force, run, &truth, err);
    if (s == PM_ERR_CANCELLED)
        cli_screen_note(call->screen, call->shared->output,
                        "interrupted: the cells that are there have no cells.yaml and no truth.csv; "
                        "--force writes over them");
    if (s) return s;
    if (call->shared->json)
        lab_json(call, truth, out);
    else
        lab_text(call, truth, out);
    return PM_OK;
}

/* ---- parameters ------------------------------------------------------------------------------------------------- */

typedef struct parameter_row {
    const char *name, *unit, *origin, *meaning, *source;
    double value;
} parameter_row;

#define FIELD(name, type, member, meaning)                                                                             \
    {                                                                                                                  \
        name, type, "", offsetof(parameter_row, member), meaning                                                       \
    }
static const pm_field parameter_fields[] = {
    FIELD("name", PM_STRING, name, "as in truth.csv"),
    FIELD("value", PM_DOUBLE, value, "default"),
    FIELD("unit", PM_STRING, unit, "its unit"),
    FIELD("origin", PM_STRING, origin, "physics, closure or assembly"),
    FIELD("meaning", PM_STRING, meaning, "what it is"),
    FIELD("source", PM_STRING, source, "where it comes from"),
};
enum { PARAMETER_FIELDS = sizeof parameter_fields / sizeof *parameter_fields };

static pm_status parameters(const cli_call *call, pm_out *out, pm_error *err)
{
    int n;
    pm_status s;
    pm_scoped(pm_builder) builder = NULL;
    pm_scoped(pm_table) rows = NULL;
    const pm_virtual_parameter *table = pm_virtual_parameter_table(&n);
    if ((s = pm_builder_new(PARAMETER_FIELDS, parameter_fields, &builder, err))) return s;
    for (int i = 0; i < n; i++) {
        const pm_virtual_parameter *p = &table[i];
        const char *source = *p->source ? p->source : NULL;
        parameter_row row = {p->name, p->unit, pm_virtual_origin_name(p->origin), p->meaning, source, p->value};
        pm_builder_push(builder, &row);
    }
    if ((s = pm_builder_finish(builder, &rows, err))) return s;
    if (!call->shared->json) {
        pm_table_write_csv(rows, true, out);
        return PM_OK;
    }
    pm_json json = files_json(call, out);
    pm_json_end(&json);
    pm_json_array(&json, "parameters");
    pm_table_write_json(rows, &json);
    close_json(&json);
    return PM_OK;
}

/* ---- all of it -------------------------------------------------------------------------------------------------- */

static pm_status run(cli_call *call, pm_error *err)
{
    const virtual_args *args = call->args;
    const char *what = call->operands[0], *folder = call->shared->output;
    bool is_demo = !strcmp(what, "demo"), is_lab = !strcmp(what, "lab");
    pm_scoped(pm_out) out = NULL;
    pm_run seeded = *call->run;
    pm_status s;

    if (!is_demo && !is_lab && strcmp(what, "parameters") != 0)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "one of demo, lab, parameters", "unknown lab '%s'", what);
    if ((is_demo || is_lab) && (!folder || !strcmp(folder, "-")))
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "say -o DIR", "a lab needs a folder to be written to");
    if (!is_demo && !is_lab)
        s = cli_output(call, &out, err);
    else
        s = pm_out_open("-", false, &out, err);
    if (s) return s;
    seeded.seed = (uint64_t)args->seed;
    s = is_demo ? demo(call, &seeded, out, err) : is_lab ? lab(call, &seeded, out, err) : parameters(call, out, err);
    return s ? s : pm_out_commit(out, err);
}

const cli_command cmd_virtual = {
    .name = "virtual",
    .group = "Try it",
    .summary = "virtual cells with known truth, as instrument files",
    .operands = "demo|lab|parameters",
    .details =
        "demo: one cell of each kind. Voltages are made-up curves for demonstration and tests, not physics; charges\n"
        "and efficiencies are exact.\n"
        "lab: cells of many electrolytes whose voltages and failures come out of equations for nucleation, growth,\n"
        "interphase, dead lithium, transport and shorts. It is fitted to no real cell: docs/virtual.md says what is\n"
        "physics and what is chosen. truth.csv tells what became of each cell.\n"
        "parameters: the table of the laboratory's parameters, csv or --json.\n",
    .example = "  premortem virtual demo -o cells\n  premortem cycles cells/li-cu.bdf.csv\n"
               "  premortem virtual lab --electrolytes 10 --cells 3 --seed 1 -o lab\n",
    .takes = CLI_OUTPUT,
    .least = 1,
    .most = 1,
    .options = options,
    .args_size = sizeof(virtual_args),
    .run = run,
};
