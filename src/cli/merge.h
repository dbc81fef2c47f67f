/* SPDX-License-Identifier: MIT */
#ifndef PM_CLI_MERGE_H
#define PM_CLI_MERGE_H

#include "table/table.h"

/** Tables of one kind, kept with the files they belong to until all are there. Start from zeros. */
typedef struct cli_merge {
    char **paths;
    pm_table **tables;
    int64_t n, paths_room, tables_room;
} cli_merge;

/** Takes a reference to the table. */
PM_CHECK pm_status cli_merge_add(cli_merge *merge, const char *path, const pm_table *table, pm_error *err);
/** The rows of all tables under the union of their columns, which keeps the order they have in each; a first column
 *  `path` says whose they are. What a table does not have is missing.
 *  PM_ERR_COLUMN: a column has words in one table, numbers in another. */
PM_CHECK pm_status cli_merge_result(const cli_merge *merge, pm_table **out, pm_error *err);
/** As csv; a single table without `path` where that is not asked for. */
PM_CHECK pm_status cli_merge_write(const cli_merge *merge, bool path, pm_out *out, pm_error *err);
void cli_merge_clear(cli_merge *merge);

#endif
