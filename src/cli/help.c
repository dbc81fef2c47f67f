/* SPDX-License-Identifier: MIT */
/* The overview and the help of each command, made from the same descriptors as the parser. */
#include "cli/cli.h"

#include <string.h>

static const char first_steps[] =
    "First steps:\n"
    "  premortem virtual demo -o cells               made-up cells, where there is no file at hand\n"
    "  premortem info cell.csv                       what is in the file, and what is wrong with it\n"
    "  premortem cycles --kind li-cu cell.csv        capacity and Coulombic efficiency by cycle, as csv\n"
    "  premortem report *.csv -o out/report.html     one page to look at\n";

void cli_help_overview(pm_out *to)
{
    const char *group = "";
    pm_out_text(to,
                "premortem %s: how a lithium-metal cell will fail, from its first cycles\n\n"
                "Usage: premortem COMMAND [OPTIONS] [FILE...]\n",
                pm_version());
    for (int i = 0; cli_commands[i]; i++) {
        const cli_command *c = cli_commands[i];
        if (strcmp(c->group, group)) pm_out_text(to, "\n%s:\n", c->group);
        group = c->group;
        pm_out_text(to, "  %-11s %s\n", c->name, c->summary);
    }
    pm_out_text(to, "\n%s\n'premortem COMMAND --help' shows a command's options and an example.\n", first_steps);
}

static void print_option(void *context, const cli_option *option)
{
    char left[64];
    snprintf(left, sizeof left, "%s%s%s%s%s", option->letter ? option->letter : "", option->letter ? ", " : "",
             option->name, option->value ? " " : "", option->value ? option->value : "");
    pm_out_text(context, "  %-20s %s\n", left, option->meaning);
}

void cli_help_command(const cli_command *command, pm_out *to)
{
    pm_out_text(to, "premortem %s: %s\n\nUsage: premortem %s [OPTIONS]%s%s\n", command->name, command->summary,
                command->name, *command->operands ? " " : "", command->operands);
    if (command->details) pm_out_text(to, "\n%s", command->details);
    pm_out_text(to, "\nOptions:\n");
    cli_visit_options(command, print_option, to);
    pm_out_text(to, "\nExample:\n%s", command->example);
}

const cli_command *cli_command_find(const char *name)
{
    for (int i = 0; cli_commands[i]; i++)
        if (!strcmp(cli_commands[i]->name, name)) return cli_commands[i];
    return NULL;
}

pm_status cli_command_unknown(const char *name, pm_error *err)
{
    char hint[160];
    pm_nearest nearest = {.word = name};
    for (int i = 0; cli_commands[i]; i++) pm_nearest_try(&nearest, cli_commands[i]->name);
    if (nearest.best)
        snprintf(hint, sizeof hint, "did you mean %s?", nearest.best);
    else
        snprintf(hint, sizeof hint, "run premortem alone to see the commands");
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), hint, "unknown command '%s'", name);
}
