/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"
#include "cli/design_args.h"

#include <stdlib.h>

typedef struct design_args {
    cli_shared shared;
    const char *solve, *target, *between;
    cli_texts sweep;
    bool front, example;
} design_args;
static const cli_option options[] = {
    {"--solve", NULL, CLI_TEXT, offsetof(design_args, solve), "KEY", NULL, "the input to find, such as areal_capacity",
     0, 0},
    {"--for", NULL, CLI_TEXT, offsetof(design_args, target), "OUTPUT=TARGET", NULL,
     "what it has to reach, such as \"specific_energy=400 Wh/kg\"", 0, 0},
    {"--between", NULL, CLI_TEXT, offsetof(design_args, between), "FROM..TO", NULL,
     "where to look for it; all that makes sense unless given", 0, 0},
    {"--sweep", NULL, CLI_TEXTS, offsetof(design_args, sweep), "KEY=FROM..TO:N", NULL,
     "csv of N designs, \"lithium_thickness=10..50 um:9\"; up to four of them make all combinations", 0, 0},
    {"--front", NULL, CLI_FLAG, offsetof(design_args, front), NULL, NULL,
     "csv of those designs (about 10,000, or the sweep's) that are best in specific energy and total cycle life", 0, 0},
    {"--example", NULL, CLI_FLAG, offsetof(design_args, example), NULL, NULL, "print a deck to begin with", 0, 0},
    {0},
};

static void free_result(void *result)
{
    cli_design *d = result;
    if (!d) return;
    cli_design_clear(d);
    free(d);
}
PM_SCOPED(cli_design, free_result)

static pm_status solve(const design_args *args, cli_design *d, pm_error *err)
{
    pm_design_axis axis;
    double value;
    pm_status s;
    if (!args->solve) return PM_OK;
    if ((s = cli_design_range(&d->told, args->solve, args->between, &axis, err))) return s;
    if ((s = cli_design_target(args->target, &d->reached, &d->target, err))) return s;
    if ((s = pm_design_solve(&d->told, &axis, d->reached, d->target, &value, err))) return s;
    d->solved = axis.input;
    pm_design_set(&d->told, axis.input, value);
    return PM_OK;
}

static pm_status sweep(const design_args *args, const pm_run *run, cli_design *d, pm_error *err)
{
    const pm_design_output *energy, *life;
    pm_design_axis axes[PM_DESIGN_AXES];
    int n = args->sweep.n;
    pm_status s;
    if (!n && !args->front) return PM_OK;
    if (n > PM_DESIGN_AXES)
        return pm_fail(err, PM_ERR_ARGUMENT, "--sweep can be given %d times, not %d", PM_DESIGN_AXES, n);
    for (int i = 0; i < n; i++)
        if ((s = cli_design_axis(&d->told, args->sweep.text[i], &axes[i], err))) return s;
    if (!args->front) return pm_design_sweep(&d->told, n, axes, run, &d->rows, err);
    if (!n) n = pm_design_usual_axes(&d->told, axes);
    d->is_front = true;
    if ((s = pm_design_output_find("specific_energy", &energy, err))) return s;
    if ((s = pm_design_output_find("cycle_life_total", &life, err))) return s;
    if ((s = pm_design_front(&d->told, n, axes, energy, life, run, &d->rows, &d->front, err))) return s;
    cli_design_note_front(d, n, axes);
    return PM_OK;
}

static pm_status each(const cli_call *call, cli_file *file, pm_error *err)
{
    const design_args *args = call->args;
    pm_scoped(cli_design) d = calloc(1, sizeof *d);
    pm_status s;
    if (!d) return pm_fail(err, PM_ERR_MEMORY, "no memory for a design");
    if ((s = pm_design_read_deck(file->path, &d->told, err))) return s;
    if ((s = solve(args, d, err))) return s;
    if ((s = cli_design_work(d, err))) return s;
    if ((s = sweep(args, &file->run, d, err))) return s;
    file->result = d;
    d = NULL;
    return PM_OK;
}

/* The text is kept until all went well. */
static pm_status add(cli_call *call, const cli_file *file, void *text, pm_error *err)
{
    const cli_design *d = file->result;
    (void)err;
    for (int i = 0; i < d->notes; i++) cli_screen_note(call->screen, file->path, d->note[i]);
    if (call->shared->json) return PM_OK;
    if (d->rows)
        pm_table_write_csv(d->rows, true, text);
    else
        cli_design_text(d, file->path, text);
    return PM_OK;
}

static void json(const cli_call *call, const void *result, pm_json *to)
{
    (void)call;
    cli_design_json(result, to);
}

static pm_status text(cli_call *call, void *kept, pm_out *out, pm_error *err)
{
    int64_t n;
    const char *bytes = pm_out_memory(kept, &n);
    (void)call;
    if (!bytes) return pm_fail(err, PM_ERR_MEMORY, "no memory for the output");
    pm_out_bytes(out, bytes, n);
    return PM_OK;
}

static pm_status example(const cli_call *call, pm_error *err)
{
    pm_scoped(pm_out) out = NULL;
    pm_status s = cli_output(call, &out, err);
    if (s) return s;
    pm_out_text(out, "%s", pm_design_example());
    return pm_out_commit(out, err);
}

static pm_status run(cli_call *call, pm_error *err)
{
    const design_args *args = call->args;
    pm_scoped(pm_out) kept = NULL;
    pm_status s;
    if (args->example) return example(call, err);
    if (!call->n_operands)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "premortem design --example prints one", "needs a deck");
    if (!args->solve != !args->target || (args->between && !args->solve))
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "--solve KEY --for OUTPUT=TARGET",
                          "--solve and --for go together, --between with them");
    if ((s = pm_out_open(NULL, false, &kept, err))) return s;
    cli_document document = {kept, each, free_result, add, json, NULL, text};
    return cli_print_files(call, &document, err);
}

const cli_command cmd_design = {
    .name = "design",
    .group = "Cells",
    .summary = "mass, energy, volume and life of a cell on paper",
    .operands = "DECK.yaml",
    .details = "The deck says what is built, with a unit on each number; what it leaves out is assumed and listed.\n"
               "Prints energy, parts by mass, and what the reviews say of cells of that class: docs/design.md.\n",
    .example = "  premortem design --example > cell.yaml\n"
               "  premortem design cell.yaml --solve areal_capacity --for \"specific_energy=400 Wh/kg\"\n"
               "  premortem design cell.yaml --sweep \"areal_capacity=2..12 mAh/cm2:21\"\n"
               "  premortem design cell.yaml --front\n",
    .takes = CLI_OUTPUT,
    .least = 0,
    .most = 1,
    .options = options,
    .args_size = sizeof(design_args),
    .run = run,
};
