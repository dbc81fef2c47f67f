/* SPDX-License-Identifier: MIT */
#ifndef PM_CLI_INFO_H
#define PM_CLI_INFO_H

#include "cli/analysis.h"

/** A file for people: what it is, rows, span, ranges, cycles, columns, findings; deep: all of the metadata. */
void cli_info_card(pm_out *to, const char *path, const cli_analysis *a, bool deep);
/** The same on one line: path, content, format, rows, span, cycles, worst finding. */
void cli_info_line(pm_out *to, const char *path, const cli_analysis *a);
/** The members of a file in info --json, behind path and status. */
void cli_info_json(pm_json *json, const cli_analysis *a);
/** "columns": name, unit, type, where it comes from; `missing` may be NULL. */
void cli_columns_json(pm_json *json, const pm_reader *reader, const int64_t *missing);
/** "metadata": what the file says beside its columns. */
void cli_metadata_json(pm_json *json, const pm_table *table);

/** What is inside the file, a part on each line, with its columns below it. */
PM_CHECK pm_status cli_info_parts(pm_out *to, const pm_reader *reader, pm_error *err);
/** "parts": the same. */
PM_CHECK pm_status cli_parts_json(pm_json *json, const pm_reader *reader, pm_error *err);

#endif
