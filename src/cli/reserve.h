/* SPDX-License-Identifier: MIT */
/** @file Private to the room: what is told of a cell's reserve of lithium. */
#ifndef PM_CLI_RESERVE_H
#define PM_CLI_RESERVE_H

#include "cli/cli.h"
#include "life/life.h"

/** --n-to-p "2 +- 0.1" and --n-to-p-convention, foil unless given; ratio.value 0 = not told. PM_ERR_ARGUMENT for what makes
 *  no sense. */
PM_CHECK pm_status cli_reserve_option(const char *ratio, const char *convention, pm_n_to_p *out, pm_error *err);
/** What the options say, else what the sidecar does. */
pm_n_to_p cli_reserve_of(const pm_n_to_p *option, const pm_cell *cell);

#endif
