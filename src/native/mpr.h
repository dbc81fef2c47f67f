/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: what is in a BioLogic .mpr file. Layout facts: docs/native.md.
 */
#ifndef PM_NATIVE_MPR_H
#define PM_NATIVE_MPR_H

#include "native.h"

/* ---- identifiers: mpr_columns.c ---- */

/** One identifier of a column of the data module, as data. */
typedef struct mpr_id {
    int id;
    char type;     /**< d f8, f f4, u u4, s u2, b u1 */
    bool spectral; /**< means something only where the row has a frequency */
    const char *name, *unit, *ours, *our_unit;
    double over; /**< what is stored is so many times our unit */
} mpr_id;
enum {
    MPR_TIME = 4,
    MPR_CONTROL = 5,
    MPR_EWE = 6,
    MPR_DQ = 7,
    MPR_I = 8,
    MPR_I_MEAN_WIDE = 11,
    MPR_DQ_SUM = 23,
    MPR_CYCLE = 24,
    MPR_EWE_ECE = 27,
    MPR_FREQUENCY = 32,
    MPR_MINUS_IM = 38,
    MPR_I_MEAN = 76,
    MPR_EWE_MEAN = 77,
    MPR_NS = 131,
    MPR_EWE_MEAN_NEW = 174,
    MPR_Z_WE_CE = 175,
    MPR_DQ_COULOMB = 179,
    MPR_Q = 211,
    MPR_HALF_CYCLE = 212,
    MPR_Q_CHARGE = 498,
    MPR_CAPACITY = 502
};
/** The identifier itself or what stands for it without its higher bits; with `low` the lowest eight bits alone decide.
 *  NULL = not known. */
const mpr_id *mpr_id_find(int id, bool low);
/** <Ewe> and Phase(Zwe-ce) share 174. */
const mpr_id *mpr_phase_of_174(void);
/** The bits of a flag in the byte that all flags share; 0 = no flag. *name is BioLogic's, *ours the column's. */
int mpr_flag(int id, const char **name, const char **ours);
int mpr_type_bytes(char type);

/* ---- modules: mpr_modules.c ---- */

typedef struct mpr_module {
    char name[16], title[32], date[16];
    int64_t at, header, bytes; /**< where its header begins, how long that is, how many bytes are said to follow */
    pm_span here;              /**< those that do */
    uint32_t version;
    bool wide; /**< the header of EC-Lab 11.50 and later */
} mpr_module;

/** What the modules beside the data say; texts are the file's. */
typedef struct mpr_notes {
    double start_s; /**< unix time of the acquisition's start by the file's clock, NaN */
    int technique;  /**< -1 */
    pm_span
        loops; /**< row numbers (u4) where loops begin; the last is the number of rows. Empty where there is one loop */
} mpr_notes;

typedef struct mpr_modules {
    mpr_module *item;
    int64_t n, room, data; /**< index of the data module */
} mpr_modules;
/** All modules, one behind the other; without a data module it fails. */
pm_status mpr_modules_find(pm_span bytes, pm_native *n, mpr_modules *out, pm_error *err);
/** Settings, log and loops: metadata and notes. */
mpr_notes mpr_modules_read(const mpr_modules *modules, pm_native *n);
const char *mpr_technique(int code);
bool mpr_module_is(const mpr_module *m, const char *name);

/* ---- rows: found in mpr_layout.c, declared in mpr_declare.c, read in mpr_rows.c ---- */

/** Where a column of ours comes from. */
typedef enum mpr_from {
    MPR_STORED,
    MPR_SIZE,       /**< stored, without its sign */
    MPR_FLAG,       /**< bits of the flags */
    MPR_HALVED,     /**< the cycle of a half-cycle */
    MPR_UNIX,       /**< start and time */
    MPR_CURRENT,    /**< charge since the row before over time since then */
    MPR_RESTING,    /**< 0: no current flows at rest */
    MPR_MIXED,      /**< stored, but as MPR_CURRENT in the rows of a spectrum */
    MPR_STEP_WORD,  /**< the mode in words */
    MPR_STEPS,      /**< running number of steps */
    MPR_SPECTRA,    /**< running number of spectra */
    MPR_LOOPS,      /**< running number of loops */
    MPR_CONTROLLED, /**< the set value, where the mode is that of its unit */
} mpr_from;

typedef struct mpr_column {
    mpr_from from;
    char type;
    int offset, mask, shift; /**< in the row; of flags, and the mode of a set value */
    double over;
    bool spectral;
} mpr_column;

/** A column of the file's rows. */
typedef struct mpr_stored {
    int number;       /**< as the file has it */
    const mpr_id *id; /**< NULL = a flag */
    const char *name, *ours;
    int mask, offset; /**< of a flag; in the row */
} mpr_stored;

typedef struct mpr_file {
    mpr_modules modules;
    mpr_notes notes;
    pm_span rows; /**< n_rows of `width` bytes */
    int64_t n_rows, width, row;
    mpr_stored *stored;
    int n_stored;
    mpr_column *column; /**< one per column of the pm_native */
    int64_t n_columns, columns_room;
    int time, charge, flags, frequency, ns; /**< offsets in a row, -1 = not there */
    bool has_mode, has_ns_changes;
    int64_t spectral_rows; /**< with a frequency */
    char charge_type;
    double charge_over; /**< so much of it is an ampere hour */
    int64_t steps, spectra, loops, loop_next;
    double frequency_last, direction; /**< of the spectrum that is read; NaN = none is */
} mpr_file;

/** Finds out what a row is made of, and where the rows are. */
pm_status mpr_rows_find(mpr_file *m, pm_native *n, pm_error *err);
/** Declares the columns. */
pm_status mpr_declare(mpr_file *m, pm_native *n, pm_error *err);
double mpr_number(char type, const uint8_t *p);
/** The next rows: pm_format's. */
pm_status mpr_next(pm_native *n, const pm_rows *rows, int64_t *count, pm_error *err);

#endif
