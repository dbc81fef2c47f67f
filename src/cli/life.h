/* SPDX-License-Identifier: MIT */
/** @file
 * Private to the room: what `life` is told, and how it prints.
 */
#ifndef PM_CLI_LIFE_H
#define PM_CLI_LIFE_H

#include "cli/analysis.h"
#include "life/life.h"

/** "20 um", "20 um +- 1 um", "2 +- 5 %" into the unit asked for; +- (or its sign) is one standard deviation. */
PM_CHECK pm_status cli_uncertain_parse(const char *text, const char *unit, pm_uncertain *out, pm_error *err);

/** E/C: "2.4 g/Ah", or "2 mL/Ah" by a density (g/cm3; NaN = not told: then `key` says where to tell it). */
PM_CHECK pm_status cli_electrolyte_parse(const char *text, double density, const char *key, pm_uncertain *out,
                                         pm_error *err);

/** A design and its rates from a YAML file; every quantity with its unit. A key that is not known fails with the
 *  nearest one as hint. */
PM_CHECK pm_status cli_life_deck(const char *path, pm_budget_design *design, pm_budget_rates *rates, pm_error *err);

/** Options of the command. */
typedef struct cli_life_args {
    cli_shared shared;
    const char *n_to_p, *convention, *foil, *cathode, *electrolyte;
    double capacity_Ah, density;
    bool forward;
    int64_t cycles, target;
} cli_life_args;
/** PM_ERR_ARGUMENT for options that would have no effect beside the others. */
PM_CHECK pm_status cli_life_args_check(const cli_life_args *args, pm_error *err);

enum { CLI_LIFE_NOTES = 12 };
/** One file's answer: of a deck, or of a cell. */
typedef struct cli_life {
    bool forward;
    /* of a deck */
    pm_budget_life life;
    pm_budget_spread spread;
    pm_budget_needed needed; /* NaN = not asked for */
    pm_table *series;        /* NULL = not asked for */
    /* of a cell */
    cli_analysis *analysis; /* NULL: the file is a table of cycles */
    pm_stages stages;
    pm_anode_free_cycles product; /* of an anode-free cell; of no cycles = not of one */
    pm_estimate electrolyte_end;  /* cycle at which it is dry by the mean efficiency of lithium; NaN = not known */
    double area_cm2;              /* 0 = not told */
    const char *kind, *kind_source;
    char cell_id[256];
    /* of both */
    pm_n_to_p n_to_p;                          /* ratio NaN = not told */
    char notes[CLI_LIFE_NOTES][PM_STAGE_NOTE]; /* ends with an empty one */
} cli_life;
void cli_life_free(void *life);
void cli_life_note(cli_life *life, const char *format, ...) __attribute__((format(printf, 2, 3)));
PM_SCOPED(cli_life, cli_life_free)

/** N/P of the options; ratio NaN: not told. */
PM_CHECK pm_status cli_life_ratio(const cli_life_args *args, pm_n_to_p *out, pm_error *err);
/** What is told of the cathode beside what its cycles gave: into the options of the stages; where the foil and the area are
 *  told, N/P by the charge of the foil. Notes what differs; PM_ERR_ARGUMENT where --capacity is of another order. */
PM_CHECK pm_status cli_life_capacity(const cli_life_args *args, const pm_table *cycles, cli_life *life,
                                     pm_stage_options *of, pm_error *err);
/** When a measured cell runs dry, with notes on what was assumed. */
PM_CHECK pm_status cli_life_electrolyte(const cli_life_args *args, cli_life *life, pm_error *err);

/** Rows of the csv: of cells, of decks. */
PM_CHECK pm_status cli_life_rows_new(bool forward, pm_builder **out, pm_error *err);
void cli_life_rows_add(pm_builder *rows, const char *path, const cli_life *life);
void cli_stages_json(pm_json *json, const cli_life *life);
/** Stages, limit, lithium and N/P of a cell, and what cannot be known. */
void cli_stages_known_json(pm_json *json, const pm_stages *stages, const pm_n_to_p *n_to_p);

#endif
