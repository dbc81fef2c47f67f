/* SPDX-License-Identifier: MIT */
/** @file
 * Tables with one cell a row, from files: what train, predict and explain take with --table.
 */
#ifndef PM_CLI_CELL_TABLE_H
#define PM_CLI_CELL_TABLE_H

#include "cli/cell.h"

/** A csv or Parquet table; rows that were cut and cells that hold no number are noted. Text has no units, so columns with a name of the catalogue of fingerprints get its unit; all
 *  numbers become doubles. Refused: records of a test. */
PM_CHECK pm_status cli_cell_table_read(const cli_call *call, const char *path, pm_table **out, pm_error *err);
/** The same of a table at hand. */
PM_CHECK pm_status cli_cell_table_plain(const pm_table *table, pm_table **out, pm_error *err);
/** The number that all rows of a column have; NaN where they differ, or there is no such column. */
double cli_common_number(const pm_table *table, const char *column);
/** The word that all rows of a column have; NULL where they differ, or there is no such column. */
const char *cli_common_word(const pm_table *table, const char *column);

enum { CLI_PERCENT = 160 };
/** Tells of an efficiency above 2, which seems to be in percent; else text becomes "". */
void cli_percent(const pm_column *column, char text[CLI_PERCENT]);

#endif
