/* SPDX-License-Identifier: MIT */
/* Private to the room: the folder that a lab is written into. */
#ifndef PM_VIRTUAL_FOLDER_H
#define PM_VIRTUAL_FOLDER_H

#include "base/base.h"

/* With all folders above it; one that is there already is fine. */
PM_CHECK pm_status virtual_folder_make(const char *folder, pm_error *err);
/* A file of the folder; its name and suffix are written one after the other. */
PM_CHECK pm_status virtual_folder_open(const char *folder, const char *name, const char *suffix, bool force,
                                       pm_out **out, pm_error *err);

#endif
