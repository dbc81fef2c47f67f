/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: columns of tables that name them freely ("Test Time / s", "voltage_volt") as columns of the batches.
 */
#ifndef PM_NATIVE_LABELS_H
#define PM_NATIVE_LABELS_H

#include "native.h"

/** A column of a file, and what becomes of it: a value x is x * num / den + shift of `column`. */
typedef struct labelled_column {
    const char *label; /**< UTF-8 */
    bool words;        /**< its values are texts */
    bool clock;        /**< its values are seconds since 1970, whatever the label says */
    double num, den, shift;
    int column; /**< in the native file */
} labelled_column;

/** Declares a column of the native file for each, and tells what unit or sign was assumed; a current is no matter of
 *  assumption where `charges` says that the file's positive one charges, or where it has the Battery Data Format's name.
 *  Sets the content of the file: records, spectra or table. */
PM_CHECK pm_status labels_declare(pm_native *n, labelled_column *labelled, int64_t count, bool charges, pm_error *err);

#endif
