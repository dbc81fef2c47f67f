/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: Neware's .nda files, flat records of one length behind a header of pointers.
 */
#ifndef PM_NATIVE_NDA_H
#define PM_NATIVE_NDA_H

#include "native.h"

enum { NDA_BATCH = 4096, NDA_CHANNELS = 256 };

/** How a number stands in a record. */
typedef enum nda_kind {
    NDA_U1,
    NDA_U2,
    NDA_U4,
    NDA_U8,
    NDA_I4,
    NDA_F4,
    NDA_RANGED_I4, /**< counts, of which the record's current range says how many make an ampere */
    NDA_RANGED_I8,
    NDA_F4_ABOVE, /**< of a signed counter the charge */
    NDA_F4_BELOW, /**< ... the discharge, positive */
    NDA_F4_SIZE,  /**< ... without its sign: BTS 9.0 counts discharges below zero */
    NDA_SECONDS,  /**< u4 seconds, u4 nanoseconds */
    NDA_CIVIL,    /**< year u2, month, day, hour, minute, second u1 */
    NDA_TEST_TIME,
    NDA_STEP_TIME,
    NDA_STEP_COUNT,
    NDA_STEP_WORD
} nda_kind;

/** A column of a layout: the number in the record divided by `divide`, `add` added. */
typedef struct nda_field {
    const char *name, *unit, *source, *source_unit; /**< source: as BTSDA calls it, "" = derived */
    nda_kind kind;
    int at;
    double divide, add;
} nda_field;

typedef enum nda_record { NDA_UNKNOWN, NDA_ROW, NDA_LOG, NDA_AUXILIARY, NDA_OPAQUE } nda_record;

/** A family of records. */
typedef struct nda_layout {
    const char *title;
    int length;
    nda_record (*what)(const uint8_t *record, const uint8_t *first);
    int index, log_index, step, type, jump, cycle, range; /**< where; -1 = not there */
    int log_ahead; /**< a log record's index less the rows before it, at the end */
    int time;      /**< of the step; where whole_time, of the test */
    bool whole_time;
    nda_kind time_kind; /**< NDA_U4, NDA_U8, NDA_SECONDS */
    double ticks;       /**< per second */
    bool ranged, civil, end_mark;
    const nda_field *field; /**< ended by a NULL name */
} nda_layout;

/** The layout by the file's version (and, for version 130, its record version and record length); NULL = unknown. */
const nda_layout *nda_layout_find(int version, int record_version, int length);

/** What an auxiliary channel measured at one record. */
typedef struct nda_auxiliary {
    uint32_t index;
    uint8_t channel;
    int64_t at;
} nda_auxiliary;

typedef struct nda_channel {
    int64_t first, n;  /**< among the auxiliary records, which are sorted */
    int volt, celsius; /**< columns, -1 = none */
} nda_channel;

typedef struct nda_file {
    const nda_layout *layout;
    pm_span all;
    int version, record_version;
    int64_t begin, end; /**< of the records */
    int64_t aux_begin, aux_end;
    int32_t range; /**< of the channel, for records that do not say */
    int64_t rows, logs, opaque, unknown, first_unknown, in_line;
    int unknown_id;
    uint32_t first_index, last_index, log_last;
    bool closed;           /**< the last record is a log's */
    double fewest_per_amp; /**< of the ranges in use: the coarsest */
    nda_auxiliary *aux;
    int64_t n_aux, aux_room;
    nda_channel channel[NDA_CHANNELS];
    int n_fields, column[24]; /**< of the layout's fields */
    /* next */
    int64_t at; /**< byte of the next record */
    const uint8_t *record[NDA_BATCH];
    double per_amp[NDA_BATCH], step_time[NDA_BATCH], test_time[NDA_BATCH], step_count[NDA_BATCH];
    const uint8_t *before;
    uint64_t base_ticks, last_ticks; /**< base: of the steps before */
    int64_t steps;
} nda_file;

/** Looks at each record: kinds, order, ranges, auxiliary channels. PM_ERR_FORMAT names what is wrong, and where. */
PM_CHECK pm_status nda_scan(nda_file *f, pm_error *err);
/** Declares the columns. */
void nda_declare(nda_file *f, pm_native *n);
/** Rows from f->at on: at most rows->room and NDA_BATCH. */
int64_t nda_read(nda_file *f, const pm_rows *rows);

#endif
