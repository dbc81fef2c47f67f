/* SPDX-License-Identifier: MIT */
/* The table of commands, and from a command line to an exit code. */
#include "cli/commands.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_SOME_FAILED = 1, EXIT_NOTHING_DONE = 2, EXIT_FINDINGS = 3, EXIT_INTERRUPTED = 130 };

/* A new command: its cmd_<name>.c, a line in commands.h, and its place here. */
const cli_command *const cli_commands[] = {
    &cmd_info,    &cmd_cycles,  &cmd_report,  &cmd_convert, &cmd_short,  &cmd_fingerprint,
    &cmd_label,   &cmd_compare, &cmd_life,    &cmd_why,     &cmd_design, &cmd_train,
    &cmd_predict, &cmd_explain, &cmd_virtual, &cmd_version, &cmd_help,   NULL,
};

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

static bool is_interrupted(void *context)
{
    (void)context;
    return interrupted != 0;
}

/* The first signal lets the command stop between two blocks and leave no partial output; a second from the keyboard ends
 * it at once. Those who send SIGTERM may send it twice (timeout does) and mean one. */
static void catch_interrupts(void)
{
    struct sigaction action = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    action.sa_flags = 0;
    sigaction(SIGTERM, &action, NULL);
}

static int exit_code(const cli_call *call)
{
    if (call->failed) return call->done ? EXIT_SOME_FAILED : EXIT_NOTHING_DONE;
    return call->shared->strict && call->error_found ? EXIT_FINDINGS : EXIT_SUCCESS;
}

/* Prints a text of our own on standard output; a full disk is not silently a success. */
static pm_status print_help(const cli_command *command, pm_error *err)
{
    pm_scoped(pm_out) out = NULL;
    pm_status s = pm_out_open("-", false, &out, err);
    if (s) return s;
    if (command)
        cli_help_command(command, out);
    else
        cli_help_overview(out);
    return pm_out_commit(out, err);
}

/* Folders are opened here, so that a command sees files only. */
static pm_status run_operands(cli_call *call, pm_error *err)
{
    cli_paths paths = {0};
    pm_status s = PM_OK;

    if (call->command->takes & CLI_FOLDERS && !(s = cli_expand_folders(call, &paths, err))) {
        call->operands = (const char *const *)paths.path;
        call->n_operands = (int)paths.n;
    }
    if (!s) s = call->command->run(call, err);
    call->operands = NULL;
    cli_paths_clear(&paths);
    return s;
}

static pm_status call_command(cli_call *call, int argc, char *const argv[], void *args, const char **operands,
                              pm_error *err)
{
    const cli_shared *shared = args;
    pm_status s = cli_parse(call->command, argc, argv, args, operands, &call->n_operands, err);
    if (s) return s;
    if (shared->help) return print_help(call->command, err);

    pm_scoped(cli_screen) screen = NULL;
    if ((s = cli_screen_new(call->command->name, shared->quiet, &screen, err))) return s;
    pm_run run = {.threads = (int)(shared->threads < 1024 ? shared->threads : 1024),
                  .context = screen,
                  .progress = cli_screen_progress,
                  .cancelled = is_interrupted};
    call->run = &run;
    call->screen = screen;
    s = run_operands(call, err);
    call->run = NULL;
    call->screen = NULL;
    return s;
}

/* `command` is NULL where none was recognised. */
static int failed(const cli_command *command, const pm_error *error)
{
    pm_scoped(cli_screen) screen = NULL;
    if (cli_screen_new(command ? command->name : "", false, &screen, NULL))
        fputs("premortem: no memory\n", stderr);
    else
        cli_screen_error(screen, error);
    return EXIT_NOTHING_DONE;
}

static int run_command(const cli_command *command, int argc, char *const argv[])
{
    pm_error error = {.byte = -1, .line = -1, .row = -1};
    void *args = calloc(1, command->args_size);
    const char **operands = calloc((size_t)argc + 1, sizeof *operands);
    cli_call call = {.command = command, .args = args, .shared = args, .operands = operands};
    int code = EXIT_NOTHING_DONE;

    catch_interrupts();
    if (!args || !operands)
        fputs("premortem: no memory\n", stderr);
    else if (call_command(&call, argc, argv, args, operands, &error))
        code = interrupted ? EXIT_INTERRUPTED : failed(command, &error);
    else
        code = exit_code(&call);
    free(operands);
    free(args);
    return code;
}

int main(int argc, char *argv[])
{
    pm_error error = {.byte = -1, .line = -1, .row = -1};
    const char *name = argc > 1 ? argv[1] : "--help";
    bool overview = !strcmp(name, "--help") || !strcmp(name, "-h");

    if (overview) return print_help(NULL, &error) ? failed(NULL, &error) : EXIT_SUCCESS;
    if (!strcmp(name, "--version")) name = "version";
    const cli_command *command = cli_command_find(name);
    if (!command) {
        cli_command_unknown(name, &error);
        return failed(NULL, &error);
    }
    return run_command(command, argc - 2, argv + 2);
}
