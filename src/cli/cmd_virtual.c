/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"
#include "virtual/virtual.h"

#include <stdlib.h>
#include <string.h>

typedef struct virtual_args {
    cli_shared shared;
    int64_t cycles, seed;
} virtual_args;

static const cli_option options[] = {
    {"--cycles", NULL, CLI_WHOLE, offsetof(virtual_args, cycles), "N", NULL, "cycles of each cell; 10 unless given", 1,
     0},
    {"--seed", NULL, CLI_WHOLE, offsetof(virtual_args, seed), "N", NULL, "of noise and sampling; 0 unless given", 0, 0},
    {0},
};

static void print_json(const cli_call *call, pm_out *out)
{
    pm_json json = cli_json_open(call, out);
    pm_json_array(&json, "files");
    for (int i = 0; i < PM_VIRTUAL_DESIGNS; i++) {
        char path[4096];
        pm_virtual_design design = (pm_virtual_design)i;
        snprintf(path, sizeof path, "%s/%s.bdf.csv", call->shared->output, pm_virtual_design_name(design));
        pm_json_flat_object(&json, NULL);
        pm_json_text(&json, "path", path);
        pm_json_text(&json, "status", "ok");
        pm_json_text(&json, "kind", pm_virtual_design_kind(design));
        pm_json_end(&json);
    }
    pm_json_end(&json);
    pm_json_end(&json);
}

static pm_status check(const cli_call *call, pm_error *err)
{
    const char *folder = call->shared->output;
    if (strcmp(call->operands[0], "demo") != 0)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "there is one: demo", "unknown lab '%s'",
                          call->operands[0]);
    if (!folder || !strcmp(folder, "-"))
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "say -o DIR", "a lab needs a folder to be written to");
    if (((const virtual_args *)call->args)->cycles > INT32_MAX) return pm_fail(err, PM_ERR_ARGUMENT, "too many cycles");
    return PM_OK;
}

static pm_status run(cli_call *call, pm_error *err)
{
    const virtual_args *args = call->args;
    const char *folder = call->shared->output;
    pm_scoped(pm_out) out = NULL;
    pm_run seeded = *call->run;
    pm_status s;

    if ((s = check(call, err)) || (s = pm_out_open("-", false, &out, err))) return s;
    seeded.seed = (uint64_t)args->seed;
    if ((s = pm_virtual_demo_lab(folder, (int)args->cycles, call->shared->force, &seeded, err))) return s;
    if (call->shared->json)
        print_json(call, out);
    else
        pm_out_text(out, "%d made-up cells in %s; their efficiencies: %s/truth.csv, %s/truth_cycles.csv\n",
                    PM_VIRTUAL_DESIGNS, folder, folder, folder);
    return pm_out_commit(out, err);
}

const cli_command cmd_virtual = {
    .name = "virtual",
    .group = "Try it",
    .summary = "made-up cells with known efficiencies, as instrument files",
    .operands = "demo",
    .details =
        "Writes one cell of each kind into the folder, and the truth about them. Voltages are made-up curves for\n"
        "demonstration and tests, not physics; charges and efficiencies are exact.\n",
    .example = "  premortem virtual demo -o cells\n  premortem cycles cells/li-cu.bdf.csv\n",
    .takes = CLI_OUTPUT,
    .least = 1,
    .most = 1,
    .options = options,
    .args_size = sizeof(virtual_args),
    .run = run,
};
