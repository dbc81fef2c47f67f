/* SPDX-License-Identifier: MIT */
/** @file Private to base: how writers refuse. */
#ifndef PM_BASE_OUT_H
#define PM_BASE_OUT_H

#include "base/base.h"

/** Makes all later writes do nothing and commit fail with this (text that lives as long as the program). */
void pm_out_refuse(pm_out *o, pm_status status, const char *why);

#endif
