/* SPDX-License-Identifier: MIT */
/** @file
 * Every command, one per cmd_<name>.c. What they print: CONTRACT.
 */
#ifndef PM_CLI_COMMANDS_H
#define PM_CLI_COMMANDS_H

#include "cli/cli.h"

extern const cli_command cmd_info, cmd_cycles, cmd_report, cmd_convert, cmd_short, cmd_compare, cmd_version,
    cmd_virtual, cmd_help, cmd_fingerprint, cmd_label, cmd_life, cmd_train, cmd_predict, cmd_explain, cmd_why,
    cmd_design;

#endif
