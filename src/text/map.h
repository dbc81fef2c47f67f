/* SPDX-License-Identifier: MIT */
/** @file
 * Room's own: what the user says of columns.
 */
#ifndef PM_TEXT_MAP_H
#define PM_TEXT_MAP_H

#include "label/label.h"

/** "time=Zeit,voltage=U@mV,current=3" */
typedef struct pm_map_entry {
    char to[PM_LABEL_MAX], label[PM_LABEL_MAX], unit[PM_UNIT_MAX];
    int field; /* from 0 where a number was given, else -1 */
} pm_map_entry;
enum { PM_MAP_MAX = 32 };
PM_CHECK pm_status pm_map_parse(const char *text, pm_map_entry entries[PM_MAP_MAX], int *n, pm_error *err);

#endif
