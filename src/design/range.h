/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own.
 */
#ifndef PM_DESIGN_RANGE_H
#define PM_DESIGN_RANGE_H

#include "design.h"

/** PM_ERR_ARGUMENT, in the unit people use, where a value is beyond what the input may be; NaN never is. */
PM_CHECK pm_status pm_design_in_range(const pm_design_input *input, double value, pm_error *err);

#endif
