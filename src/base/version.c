/* SPDX-License-Identifier: MIT */
#include "base/base.h"
#include "config.h"

const char *pm_version(void)
{
    return PM_VERSION;
}
