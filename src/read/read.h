/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 5: instrument files to tables, and what a file is.
 *
 * Records carry the Battery Data Format's machine names and sign: test_time_second (s), voltage_volt (V), current_ampere
 * (A, positive charges the cell), unix_time_second, cycle_count, step_count, step_id, step_type (words), record_number,
 * charging_capacity_ah / discharging_capacity_ah (the instrument's counters, however it resets them),
 * step_capacity_ah (one counter for both directions), charging_energy_wh, ... Numbers are always doubles. A file's
 * further columns keep their own name as a slug with the unit behind it (`internal_resistance_ohm`). Where two columns
 * of a file hold one quantity the better labelled one gets the name, the other the name with `_2` behind.
 */
#ifndef PM_READ_H
#define PM_READ_H

#include "about/about.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The formats that claim the file, best first, at most n; *found = 0: unknown. Path "-" is not allowed here. */
PM_CHECK pm_status pm_sniff(const char *path, int n, pm_guess best_first[], int *found, pm_error *err);

/** The built-in formats: a table of format, title, content (words). */
PM_CHECK pm_status pm_formats(pm_table **out, pm_error *err);

typedef struct pm_read_options { /* zero is the default of every option, NULL of all */
    const char *format;          /**< id of a format: no sniffing */
    const char *dialect;         /**< path of a dialect description, tried before the built-in ones */
    const char *map;             /**< "time=Zeit,voltage=U,current=I@mA": any delimited text */
    const char *const *columns;  /**< ends with NULL: read these only (and what they are derived from); NULL = all */
    int64_t block_bytes;         /**< text read at a time; 0 = 1 MiB; the batches follow it */
    bool sha256;                 /**< compute it while reading */
} pm_read_options;

/** A file as batches with equal columns; few blocks in memory. *batch is borrowed until the next call (pm_table_ref
 *  keeps it) and NULL at the end. Path "-" is standard input. .gz and single-member .zip are read through. A file whose
 *  content is settings, index, table or log opens and yields no batch, or the rows of its table. */
typedef struct pm_reader pm_reader;
PM_CHECK pm_status pm_reader_open(const char *path, const pm_read_options *options, const pm_run *run, pm_reader **out,
                                  pm_error *err);
PM_CHECK pm_status pm_reader_next(pm_reader *reader, const pm_table **batch, pm_error *err);
void pm_reader_free(pm_reader *reader);
PM_SCOPED(pm_reader, pm_reader_free)
/** All rows that are left as one table; its metadata is the file's. */
PM_CHECK pm_status pm_reader_rows(pm_reader *reader, pm_table **out, pm_error *err);
/** The same of a file. */
PM_CHECK pm_status pm_read_table(const char *path, const pm_read_options *options, const pm_run *run, pm_table **out,
                                 pm_error *err);

/** What is known of the file being read. Pointers live as long as the reader; counts grow while it reads. */
typedef struct pm_facts {
    const char *path;
    pm_guess format;
    const char *encoding;  /**< "utf-8", "utf-8-bom", "utf-16le", "utf-16be", "latin-1", "" for binary */
    char delimiter[8];     /**< ",", ";", "tab", "|", "space", "" for binary */
    char decimal;          /**< '.' or ',' */
    const char *packing;   /**< "", "gzip", "zip", "xlsx" */
    int64_t bytes;         /**< of the file as read so far, packed bytes where packed */
    int64_t rows;          /**< data rows so far: those of all batches */
    char sha256[65];       /**< of the file's bytes; "" until the end, or where not asked for */
    const pm_table *empty; /**< a table of no rows: the columns and the metadata */
} pm_facts;
const pm_facts *pm_reader_facts(const pm_reader *reader);

/** Where a column came from; NULL outside [0, columns of facts->empty). */
const pm_source_column *pm_reader_column(const pm_reader *reader, int index);
/** File line (from 1) of a data row (from 1) that has been read; -1 unknown. Exact for rows of the last batch, else by
 *  the batch's first row (lines of a record may be interrupted by others). */
int64_t pm_reader_line(const pm_reader *reader, int64_t row);

/** What is inside a container: a table of part, kind (member, table, module, sheet, variable, text), version,
 *  offset, bytes, rows, detail (columns with units and more, in words). Complete once all rows were read. */
PM_CHECK pm_status pm_reader_parts(const pm_reader *reader, pm_table **out, pm_error *err);

/** What the reader itself found wrong so far, into a builder of pm_finding_fields: rows cut, cells that hold no
 *  number, rows declared, units and signs assumed, placeholders, the last line's end. */
PM_CHECK pm_status pm_reader_findings(const pm_reader *reader, pm_builder *findings, pm_error *err);

#ifdef __cplusplus
}
#endif
#endif
