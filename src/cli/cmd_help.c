/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

static void json_option(void *context, const cli_option *option)
{
    pm_json *json = context;
    pm_json_flat_object(json, NULL);
    pm_json_text(json, "name", option->name);
    pm_json_text(json, "value", option->value);
    pm_json_text(json, "meaning", option->meaning);
    pm_json_end(json);
}

static void json_command(pm_json *json, const cli_command *command)
{
    pm_json_object(json, NULL);
    pm_json_text(json, "name", command->name);
    pm_json_text(json, "summary", command->summary);
    pm_json_text(json, "operands", command->operands);
    pm_json_array(json, "options");
    cli_visit_options(command, json_option, json);
    pm_json_end(json);
    pm_json_end(json);
}

static void print_json(const cli_call *call, const cli_command *asked, pm_out *out)
{
    pm_json json = cli_json_open(call, out);
    pm_json_array(&json, "commands");
    for (int i = 0; cli_commands[i]; i++)
        if (!asked || asked == cli_commands[i]) json_command(&json, cli_commands[i]);
    pm_json_end(&json);
    pm_json_end(&json);
}

static pm_status run(cli_call *call, pm_error *err)
{
    const cli_command *asked = call->n_operands ? cli_command_find(call->operands[0]) : NULL;
    pm_scoped(pm_out) out = NULL;
    pm_status s;

    if (call->n_operands && !asked) return cli_command_unknown(call->operands[0], err);
    if ((s = cli_output(call, &out, err))) return s;
    if (call->shared->json)
        print_json(call, asked, out);
    else if (asked)
        cli_help_command(asked, out);
    else
        cli_help_overview(out);
    return pm_out_commit(out, err);
}

const cli_command cmd_help = {
    .name = "help",
    .group = "About",
    .summary = "what the commands do, and how to call one",
    .operands = "[COMMAND]",
    .example = "  premortem help cycles\n",
    .most = 1,
    .args_size = sizeof(cli_shared),
    .run = run,
};
