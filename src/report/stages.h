/* SPDX-License-Identifier: MIT */
/** @file
 * Where a cell is in its life: the card in its section.
 */
#ifndef PM_REPORT_STAGES_H
#define PM_REPORT_STAGES_H

#include "page.h"

/** Card with stages, limit and lithium; nothing where cell->reserve is NULL. */
PM_CHECK pm_status write_stages(pm_out *out, const char *id, const pm_report_cell *cell, pm_error *err);
/** The stages along the cycle axis, each beginning with its interval. */
void write_strip(pm_out *out, const char *id, const pm_stages *stages);
/** "stage 1", "stage 1 or 2": of the stretch that begins with a stage that is told to have begun. */
enum { STAGE_NAME = 32 };
void stage_name(const pm_stages *stages, int stage, char name[STAGE_NAME]);
/** The foil that is left, with its band; or what it needs. Of an anode-free cell capacity beside the product of its
 *  efficiencies. */
PM_CHECK pm_status plot_reserve(pm_out *out, const char *id, const pm_report_cell *cell, pm_error *err);

#endif
