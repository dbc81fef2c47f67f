/* SPDX-License-Identifier: MIT */
/* The formats there are. */
#include "formats.h"

const pm_format *const pm_formats_native[] = {
    &pm_format_mat,     &pm_format_res,  &pm_format_nda, &pm_format_ndax, &pm_format_ndc, &pm_format_mpr,
    &pm_format_parquet, &pm_format_hdf5, NULL,
};
