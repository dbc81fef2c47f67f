/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: a table of an HDF5 file, and what the file says of its columns.
 */
#ifndef PM_NATIVE_HDF5_TABLE_H
#define PM_NATIVE_HDF5_TABLE_H

#include "doc/doc.h"
#include "hdf5.h"
#include "labels.h"

/** Metadata from the attributes of the root; *battdat becomes true where battdat wrote the file. */
void hdf5_tell_attributes(const hdf5_object *root, pm_span file, pm_native *n, bool *battdat);
/** battdat's description of a table's columns, NULL where there is none. */
PM_CHECK pm_status hdf5_columns_described(const hdf5_object *set, pm_span file, pm_doc **out, pm_error *err);
/** "voltage / V", or the name where no unit is told; `described` may be NULL. */
void hdf5_label(const pm_doc *described, const char *name, char label[HDF5_NAME + 48]);
/** The name that pandas gave to place `place` of a member of several values side by side; how many names there are. */
int64_t hdf5_pandas_name(const hdf5_object *set, pm_span file, const char *member, int64_t place, char name[HDF5_NAME]);

#endif
