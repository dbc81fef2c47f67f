/* SPDX-License-Identifier: MIT */
#include "about.h"

#include <stddef.h>

const pm_field pm_part_fields[PM_PART_FIELDS] = {
    {"part", PM_STRING, "", offsetof(pm_part, part), "its name in the file"},
    {"kind", PM_STRING, "", offsetof(pm_part, kind), "member, table, module, sheet, variable, ..."},
    {"version", PM_STRING, "", offsetof(pm_part, version), "of its layout"},
    {"offset", PM_INT64, "1", offsetof(pm_part, offset), "byte where it begins, from 0"},
    {"bytes", PM_INT64, "1", offsetof(pm_part, bytes), "its size, unpacked"},
    {"rows", PM_INT64, "1", offsetof(pm_part, rows), "rows or records in it"},
    {"detail", PM_STRING, "", offsetof(pm_part, detail), "columns with units, dates, what else it says"},
};
