/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own.
 */
#ifndef PM_DESIGN_RANGE_H
#define PM_DESIGN_RANGE_H

#include "design.h"

/** PM_ERR_ARGUMENT, in the unit people use, where a value is beyond what the input may be; NaN never is. */
PM_CHECK pm_status pm_design_in_range(const pm_design_input *input, double value, pm_error *err);

/** Life of a filled design; NaN where there is none. */
PM_CHECK pm_status design_predict(const pm_design *filled, pm_design_result *out, pm_error *err);
/** A number of a design by its column's name: what was told first, then what comes out. NaN = neither. */
double design_quantity(const char *name, const pm_design *filled, const pm_design_result *result, const char **unit,
                       const char **shown);

#endif
