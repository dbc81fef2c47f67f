/* SPDX-License-Identifier: MIT */
/** @file Private to the room: a table of cycles in place of records, for what looks at whole lives. */
#ifndef PM_CLI_CYCLE_TABLE_H
#define PM_CLI_CYCLE_TABLE_H

#include "cli/analysis.h"

/** The file, opened, if it is one and no other format was named; else NULL, also if it cannot be opened. */
pm_reader *cli_cycle_table_open(const cli_shared *shared, const char *path, const pm_run *run);
/** Its rows, with what cycles of records have and a table may lack: cycle_count (1, 2, ...), complete (1). PM_ERR_DATA
 *  without discharging_capacity_ah or stripping_capacity_ah. */
PM_CHECK pm_status cli_cycle_table(pm_reader *reader, pm_table **out, pm_error *err);
/** The same rows by cycle_count, those without one last. */
PM_CHECK pm_status cli_cycle_table_sort(pm_table **cycles, pm_error *err);
/** What is known of such a cell: kind, how many cycles, mean efficiency; no charge was counted by us. */
pm_cycle_summary cli_cycle_table_summary(const pm_table *cycles, const cli_analysis *analysis);

#endif
