/* SPDX-License-Identifier: MIT */
/** @file
 * Options of `premortem design` to what the library takes.
 */
#ifndef PM_CLI_DESIGN_ARGS_H
#define PM_CLI_DESIGN_ARGS_H

#include "cli/cli.h"
#include "cli/stress.h"

#ifdef __cplusplus
extern "C" {
#endif

/** "KEY=FROM..TO:N": both ends with a unit, or the second for both. */
PM_CHECK pm_status cli_design_axis(const pm_design *told, const char *text, pm_design_axis *out, pm_error *err);
/** KEY of --solve and its range, "FROM..TO" or NULL = all that the input may be. */
PM_CHECK pm_status cli_design_range(const pm_design *told, const char *key, const char *between, pm_design_axis *out,
                                    pm_error *err);
/** "OUTPUT=TARGET" of --for. */
PM_CHECK pm_status cli_design_target(const char *text, const pm_design_output **output, double *target, pm_error *err);

enum { CLI_DESIGN_NOTES = 16 };
/** A design as worked out. */
typedef struct cli_design {
    pm_design told, filled;
    uint64_t assumed;
    pm_design_result result;
    pm_design_check check[PM_DESIGN_CHECKS];
    int checks;
    const pm_design_input *solved; /**< NULL = nothing was to be solved */
    const pm_design_output *reached;
    double target;
    pm_table *rows; /**< of a sweep or front, else NULL */
    bool is_front;
    pm_design_front_about front;
    cli_stress stress;
    bool is_uncertain; /**< a deviation was told, and `spread` is there */
    pm_design_spread spread;
    int notes;
    char note[CLI_DESIGN_NOTES][256]; /**< what should be known before the numbers are trusted */
} cli_design;
/** Works out what was told: result, checks, stresses, spread, notes. */
PM_CHECK pm_status cli_design_work(cli_design *d, pm_error *err);
/** Notes on a front that was found over these axes. */
void cli_design_note_front(cli_design *d, int n, const pm_design_axis axes[]);
void cli_design_clear(cli_design *d);
void cli_design_json(const cli_design *d, pm_json *json);
void cli_design_text(const cli_design *d, const char *path, pm_out *out);

#ifdef __cplusplus
}
#endif
#endif
