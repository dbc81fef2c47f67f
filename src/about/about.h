/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 2: what is told of a file besides its rows: what it is, where its columns came from, what is inside it, and what
 * is wrong with it.
 */
#ifndef PM_ABOUT_H
#define PM_ABOUT_H

#include "table/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a file may be, by its content alone. The reason quotes what was seen: "line 1 holds 'Rec# Cyc# Step'". */
typedef struct pm_guess {
    char format[32], title[64], content[16]; /**< content: records cycles spectra settings index table log */
    int score;                               /**< 1..100 */
    char reason[200];
} pm_guess;

/** Where a column came from. */
typedef struct pm_source_column {
    const char *name;                /**< in the batches */
    const char *source_name;         /**< as the file spells it, UTF-8; "" where derived */
    const char *source_unit;         /**< as the file spells it; "" where it says none */
    double resolution;               /**< one unit of the last digit printed, in the column's unit; NaN unknown */
    bool unit_assumed, sign_assumed; /**< the file does not say */
    const char *clock;               /**< times from words: "%m/%d/%Y %H:%M:%S"; days: "ole-days", "matlab-days"; "" */
} pm_source_column;

/** A part of a container, as `info --deep` shows it: a member, table, module, sheet, variable; the row struct of tables of
 *  parts. */
typedef struct pm_part {
    const char *part, *kind, *version; /**< name in the file; "member", "table", ...; "" = none */
    int64_t offset, bytes, rows;       /**< PM_NO_INT = does not apply */
    const char *detail;                /**< in words: columns with their units, dates, flags; may be NULL */
} pm_part;
extern const pm_field pm_part_fields[7];
enum { PM_PART_FIELDS = 7 };

/** One thing that is wrong or worth knowing; the row struct of findings tables. Codes and severities: CONTRACT. */
typedef struct pm_finding {
    const char *code, *severity;                    /**< note, warning, error */
    const char *column;                             /**< machine name, NULL = none */
    int64_t count, row_first, row_last, line_first; /**< rows and lines from 1; PM_NO_INT = does not apply */
    double expected, observed, factor;              /**< NaN = does not apply */
    const char *message, *hint;                     /**< plain words; hint may be NULL */
    int64_t reconcilable;                           /**< 0 or 1 */
    const char *action;                             /**< none, reconciled */
} pm_finding;
extern const pm_field pm_finding_fields[14];
enum { PM_FINDING_FIELDS = 14 };
/** A finding of so many things of which nothing else is known: no rows, no numbers, no words yet, nothing done about it. */
pm_finding pm_finding_blank(const char *code, const char *severity, int64_t count);
/** Adds the finding that the file says it has more rows (`declared`) than there are. */
void pm_finding_declared(int64_t declared, int64_t rows, pm_builder *findings);

#ifdef __cplusplus
}
#endif
#endif
