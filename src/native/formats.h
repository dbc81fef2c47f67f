/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: the formats there are, each in the file of its name.
 */
#ifndef PM_NATIVE_FORMATS_H
#define PM_NATIVE_FORMATS_H

#include "native.h"

extern const pm_format pm_format_ndax, pm_format_ndc, pm_format_nda, pm_format_res, pm_format_mpr, pm_format_mat,
    pm_format_hdf5, pm_format_parquet;

#endif
