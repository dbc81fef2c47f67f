/* SPDX-License-Identifier: MIT */
/** @file Private to the room: which mechanisms a design stresses, by the degradation graph. */
#ifndef PM_CLI_STRESS_H
#define PM_CLI_STRESS_H

#include "cli/cli.h"
#include "design/design.h"
#include "why/why.h"

/** The parameters that a design moves, and what each reaches in the graph. Zero is empty. */
typedef struct cli_stress {
    pm_why *graph;
    int n;
    pm_design_move move[PM_DESIGN_MOVES];
    pm_why_change change[PM_DESIGN_MOVES]; /**< the same in the graph */
    pm_why_effects effects;
} cli_stress;

/** `filled`: by pm_design_fill. */
PM_CHECK pm_status cli_stress_find(const pm_design *filled, const pm_design_result *result, cli_stress *out,
                                   pm_error *err);
void cli_stress_clear(cli_stress *stress);
void cli_stress_json(const cli_stress *stress, pm_json *json);
/** `in_graph`: pm_design_in_graph. */
void cli_stress_text(const cli_stress *stress, bool in_graph, pm_out *out);
/** "10 mAh/cm2", "not told": a value in the unit people use. */
enum { CLI_SHOWN = 48 };
void cli_shown(double value, const char *unit, const char *shown, char text[CLI_SHOWN]);

#endif
