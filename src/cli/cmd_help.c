/* SPDX-License-Identifier: MIT */
#include "cli/commands.h"

#include <string.h>

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

/* The formats that are read, for --format. */
static pm_status print_formats(const cli_call *call, pm_error *err)
{
    pm_scoped(pm_table) formats = NULL;
    pm_scoped(pm_out) out = NULL;
    pm_status s;
    if ((s = pm_formats(&formats, err))) return s;
    if ((s = cli_output(call, &out, err))) return s;
    if (call->shared->json) {
        pm_json json = cli_json_open(call, out);
        pm_json_array(&json, "formats");
        pm_table_write_json(formats, &json);
        pm_json_end(&json);
        pm_json_end(&json);
        return pm_out_commit(out, err);
    }
    const pm_column *id = pm_table_find(formats, "format"), *title = pm_table_find(formats, "title");
    for (int64_t i = 0; id && title && i < pm_table_rows(formats); i++)
        pm_out_text(out, "%-20s %s\n", pm_column_word(id, i), pm_column_word(title, i));
    return pm_out_commit(out, err);
}

static pm_status run(cli_call *call, pm_error *err)
{
    if (call->n_operands && !strcmp(call->operands[0], "formats")) return print_formats(call, err);
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
    .details = "'premortem help formats' lists the formats that are read, found from content or named by --format.\n",
    .example = "  premortem help cycles\n  premortem help formats\n",
    .most = 1,
    .args_size = sizeof(cli_shared),
    .run = run,
};
