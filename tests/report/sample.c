/* SPDX-License-Identifier: MIT */
/* Writes a page of made-up cells to look at: `sample PAGE.html [million]`. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "fake.h"

static pm_status add(pm_report *report, const fake_plan *plan, const char *path, const char *title, pm_error *err)
{
    scoped_fake f = {0};
    pm_status s = fake_make(plan, &f, err);
    if (s) return s;
    pm_report_cell cell = fake_cell(&f, path);
    cell.title = title;
    return pm_report_add(report, &cell, err);
}

static pm_status add_failed(pm_report *report, pm_error *err)
{
    pm_error why = {.code = PM_ERR_FORMAT,
                    .byte = -1,
                    .line = 1,
                    .row = -1,
                    .message = "no column names were understood",
                    .hint = "say what they are with --map time=...,voltage=...,current=..."};
    return pm_report_add(report, &(pm_report_cell){.path = "cells/notes.csv", .error = &why}, err);
}

static pm_status fill(pm_report *report, bool million, pm_error *err)
{
    static const char evil[] = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>";
    pm_status s;
    if (million)
        return add(report, &(fake_plan){PM_LI_LI, 996, 502, false, NULL}, "cells/million.csv", "A million rows", err);
    if ((s = add(report, &(fake_plan){PM_LI_CU, 50, 120, true, NULL}, "cells/Cu-07.csv", "Cu-07", err))) return s;
    if ((s = add(report, &(fake_plan){PM_LI_LI, 200, 40, false, NULL}, "cells/Li-12.csv", "Li-12", err))) return s;
    if ((s = add(report, &(fake_plan){PM_LI_ION, 80, 200, false, NULL}, "cells/NMC-03.csv", "NMC-03", err))) return s;
    if ((s = add(report, &(fake_plan){PM_LI_CU, 3, 20, true, evil}, evil, NULL, err))) return s;
    return add_failed(report, err);
}

int main(int argc, char **argv)
{
    pm_scoped(pm_report) report = NULL;
    pm_scoped(pm_out) out = NULL;
    pm_error err = {0};
    pm_status s = pm_report_new("Lithium-metal cells, week 46", &report, &err);
    if (!s) s = fill(report, argc > 2, &err);
    if (!s) s = pm_out_open(argc > 1 ? argv[1] : "-", true, &out, &err);
    if (!s) s = pm_report_write(report, out, &err);
    if (!s) s = pm_out_commit(out, &err);
    if (s) fprintf(stderr, "sample: %s\n", err.message);
    return s != PM_OK;
}
