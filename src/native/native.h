/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 3: instrument files that are not text: one file of code per format, all behind one table of functions.
 *
 * The reader above asks each format whether a file is its own, opens it, picks the columns it wants, and takes rows in
 * batches. A format declares its columns under the Battery Data Format's names, in the units and with the sign that
 * records have (positive current charges).
 */
#ifndef PM_NATIVE_H
#define PM_NATIVE_H

#include "about/about.h"
#include "bytes/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A column of a file. Texts are the file's (copied). */
typedef struct pm_native_column {
    char name[128], unit[48];               /**< as in the batches: "voltage_volt", "V"; "" for words */
    char source_name[128], source_unit[48]; /**< as the file has it; "" = derived, or no unit there */
    pm_type type;                           /**< PM_DOUBLE or PM_STRING */
    double resolution; /**< one step of the numbers as stored, in `unit`; NaN = a floating number */
    bool wanted;       /**< set by the reader between open and the first next */
} pm_native_column;

/** Something that is wrong with the file or worth knowing; becomes a finding. Codes and severities: CONTRACT. */
typedef struct pm_native_fault {
    const char *code, *severity, *column; /**< static texts; column may be NULL */
    int64_t count, row_first, row_last;   /**< rows from 1; 0 = does not apply */
    double expected, observed;            /**< NaN = does not apply */
    char message[240], hint[160];         /**< hint may be "" */
} pm_native_fault;

/** A file that is open. The functions below keep their first failure (memory) in it; the reader looks after open. */
typedef struct pm_native {
    const struct pm_format *format;
    void *state;           /**< the format's own; its free gets it */
    const char *content;   /**< static: records cycles spectra settings index table log */
    int64_t rows_declared; /**< -1 = the file does not say */
    pm_native_column *column;
    int64_t n_columns, columns_room;
    pm_native_fault *fault;
    int64_t n_faults, faults_room;
    pm_builder *meta; /**< metadata only */
    pm_status failed;
} pm_native;

/** Adds a column of numbers and returns its index; a name that is taken gets "_2", "_3" ... behind. */
int pm_native_number(pm_native *n, const char *name, const char *unit, const char *source_name,
                     const char *source_unit);
/** Adds a column of words. */
int pm_native_words(pm_native *n, const char *name, const char *source_name);
/** One step of the last column added, in its unit. */
void pm_native_resolution(pm_native *n, double step);
/** Metadata: key as a slug, value in words; text that is no UTF-8 is taken as Latin-1; empty values are left out. */
void pm_native_meta(pm_native *n, const char *key, const char *format, ...) PM_PRINTF(3, 4);
/** Adds a fault; may also be called while rows are read. `format` makes the message. The returned fault can be
 *  completed
 *  (NULL where there was no memory). */
pm_native_fault *pm_native_found(pm_native *n, const char *code, const char *severity, const char *format, ...)
    PM_PRINTF(4, 5);

/** Room for rows, all missing (NaN, no word) at first. */
typedef struct pm_rows {
    int64_t room;
    double *const *number; /**< [columns][room]; NULL where the column is of words or not wanted */
    pm_builder *builder;
    const int *place; /**< [columns] in the builder, -1 = not wanted */
} pm_rows;
/** A word into row `row` (from 0) of the batch; length -1 takes the whole text. Nothing where the column is not
 *  wanted. */
void pm_rows_word(const pm_rows *rows, int column, int64_t row, const char *text, int64_t length);
/** The same word, a whole text, in n rows from `row` on. */
void pm_rows_words(const pm_rows *rows, int column, int64_t row, int64_t n, const char *text);

/** A format. Every function is told bytes that may be hostile: each offset and count is checked, memory is bounded
 *  by the file's size, loops end. */
typedef struct pm_format {
    const char *id, *title, *content; /**< content: most usual one; open may set another */
    /** 0 = not this format, else 1..100; `reason` quotes what was seen. The image may hold only the file's head. */
    int (*sniff)(const pm_image *image, char reason[200]);
    /** Finds the parts, declares columns, metadata, declared rows; the image is whole and outlives the state. */
    pm_status (*open)(const pm_image *image, const pm_run *run, pm_native *n, pm_error *err);
    /** The next rows: at most rows->room, *count = 0 at the end. */
    pm_status (*next)(pm_native *n, const pm_rows *rows, int64_t *count, pm_error *err);
    /** What is inside, one pm_part pushed per part; after open. */
    void (*parts)(const pm_native *n, pm_builder *parts);
    void (*free)(void *state);
} pm_format;
/** All formats, ended by NULL. */
extern const pm_format *const pm_formats_native[];

/** The format that claims an image with the highest score; NULL = none. The score and reason come out. */
const pm_format *pm_native_sniff(const pm_image *image, int *score, char reason[200]);
/** Opens an image with a format; frees everything on failure. */
PM_CHECK pm_status pm_native_open(const pm_format *format, const pm_image *image, const pm_run *run, pm_native **out,
                                  pm_error *err);
void pm_native_free(pm_native *n);
PM_SCOPED(pm_native, pm_native_free)

/** What a Neware, Arbin or BioLogic text of unknown encoding says, as UTF-8 of at most room - 1 bytes. */
void pm_native_text(const uint8_t *bytes, int64_t n, char *out, size_t room);

#ifdef __cplusplus
}
#endif
#endif
