/* SPDX-License-Identifier: MIT */
/** @file
 * Private to the room: one cell's fingerprint, label, or both, from one reading of its file.
 */
#ifndef PM_CLI_CELL_H
#define PM_CLI_CELL_H

#include "cli/analysis.h"
#include "early/early.h"
#include "life/life.h"

/** Options of the rule for labels; a member of the arguments struct of every command that labels. */
typedef struct cli_label_args {
    double polarisation, efficiency;
    int64_t window, reference, horizon;
} cli_label_args;
/** Their entries in the table of options of a command with the arguments struct `args`. */
#define CLI_LABEL_OPTIONS(args, member)                                                                                \
    {"--polarisation",                                                                                                 \
     NULL,                                                                                                             \
     CLI_REAL,                                                                                                         \
     offsetof(args, member.polarisation),                                                                              \
     "X",                                                                                                              \
     NULL,                                                                                                             \
     "relative rise of the polarisation that is a failure; 0.75 unless given",                                         \
     0,                                                                                                                \
     0},                                                                                                               \
        {"--efficiency",                                                                                               \
         NULL,                                                                                                         \
         CLI_REAL,                                                                                                     \
         offsetof(args, member.efficiency),                                                                            \
         "X",                                                                                                          \
         NULL,                                                                                                         \
         "fall of the Coulombic efficiency that is a failure; 0.06 unless given",                                      \
         0,                                                                                                            \
         0},                                                                                                           \
        {"--window",                                                                                                   \
         NULL,                                                                                                         \
         CLI_WHOLE,                                                                                                    \
         offsetof(args, member.window),                                                                                \
         "N",                                                                                                          \
         NULL,                                                                                                         \
         "cycles for which a crossing is to hold; 5 unless given",                                                     \
         1,                                                                                                            \
         0},                                                                                                           \
        {"--reference",                                                                                                \
         NULL,                                                                                                         \
         CLI_WHOLE,                                                                                                    \
         offsetof(args, member.reference),                                                                             \
         "N",                                                                                                          \
         NULL,                                                                                                         \
         "first reference cycle; 3 unless given: the ones before condition the cell",                                  \
         1,                                                                                                            \
         0},                                                                                                           \
    {                                                                                                                  \
        "--horizon", NULL, CLI_WHOLE, offsetof(args, member.horizon), "N", NULL,                                       \
            "cycles in which both crossings are one failure; max(10, N/4) unless given", 1, 0                          \
    }
/** PM_ERR_ARGUMENT where a threshold is below zero. */
PM_CHECK pm_status cli_label_options(const cli_label_args *args, pm_life_label_options *out, pm_error *err);

typedef struct cli_cell_want {
    bool fingerprint; /**< else only the label */
    bool label;       /**< the whole life is read; else reading ends with the cycles of the fingerprint */
    bool shorts;      /**< of the rows of the fingerprint, where there is no label (which has those of all) */
    bool page;        /**< for a page: rows, sha256 and a card are kept; what a file does not tell is no failure */
    bool stages;      /**< with the label: stages of life, of kinds that have them */
    bool foil;        /**< with stages: a cell of no told kind is taken for one with foil, as `life` does */
    bool tables;      /**< with the label: a file may be a table of cycles; then there are no rows, folds and shorts */
    pm_n_to_p n_to_p; /**< of the options; else the sidecar's is taken */
    pm_fingerprint_options fingerprints; /**< but for `cycle`, which is the file's */
    pm_life_label_options labels;
} cli_cell_want;

typedef struct cli_cell {
    cli_analysis *analysis;
    char cell_id[256], electrolyte_id[128]; /**< the sidecar's, else the file's name, "" */
    double *features;                       /**< in the order of the catalogue; NULL = not wanted, or not told */
    pm_error fingerprint_error;             /**< of a page: why there are none; code 0 = there are */
    pm_cycle_summary summary;               /**< of the cycles of the fingerprint, else of all */
    pm_table *cycles;                       /**< of the whole life; NULL = not wanted */
    pm_life_label_options rule;             /**< of the label */
    pm_life_label label;
    pm_error label_error;    /**< code 0 = there is a label. A fingerprint can be had without */
    int64_t short_cycle;     /**< of the first alarm that counts; 0 = none */
    pm_table *alarms;        /**< pm_shorts_result; NULL = not wanted, or not told */
    pm_short_summary shorts; /**< where there are alarms, be they none */
    pm_life_bend elbow, knee;
    bool has_stages;       /**< wanted, and there are */
    pm_stages stages;      /**< where there are */
    pm_error stages_error; /**< why there are none of a kind that has them; code 0 = there are, or not asked */
    pm_n_to_p n_to_p;      /**< told; ratio.value 0 = not */
} cli_cell;
/** Reads one file. Too few cycles for a label fails, but for a fingerprint or a page: then it stands in label_error. */
PM_CHECK pm_status cli_cell_of(const cli_call *call, const cli_file *file, const cli_cell_want *want, cli_cell **out,
                               pm_error *err);
/** Its kind where stages of lithium metal are asked for: of a full cell nobody can see whether its anode is lithium, so
 *  that li-ion, if only inferred, is unknown, and unknown is taken for a cell with foil. */
pm_kind cli_stage_kind(const cli_analysis *analysis);
/** Hints at the first error among the findings: what is wrong with the file may be why it does not tell what is asked of
 *  it. */
void cli_cell_blame(const cli_cell *cell, pm_error *err);
void cli_cell_free(void *cell);
PM_SCOPED(cli_cell, cli_cell_free)

/** Rows of cells: cell_id, electrolyte_id, kind, cycles_used, the catalogue's features, always the same columns: what a
 *  cell does not show is missing; where wanted also the label, the cycle counts to regress on and the rule; last whether
 *  it is simulated. */
PM_CHECK pm_status cli_cell_rows_new(bool label, pm_builder **out, pm_error *err);
PM_CHECK pm_status cli_cell_rows_add(pm_builder *rows, const cli_cell *cell, int cycles, bool label, pm_error *err);

/** NULL where there is no label. */
const char *cli_cell_label(const cli_cell *cell);
/** "thresholds": {...} of a label, and that it is a reconstruction. */
void cli_label_json(pm_json *json, const pm_life_label_options *options);
/** Cycle counts to regress on: of csv and JSON alike. */
void cli_life_times(const cli_cell *cell, pm_life_time out[PM_LIFE_TIMES]);
/** The first short by either sign, alarm or efficiency, as it decides the label; the alarm's where there is no label. 0 =
 *  none. */
int64_t cli_cell_short(const cli_cell *cell);
/** The label, its crossings, bends and thresholds. */
void cli_life_json(pm_json *json, const cli_cell *cell);
/** The cycle counts to regress on; null where there is none. */
void cli_life_times_json(pm_json *json, const cli_cell *cell);
/** "alarm" and "alarms" of a table of pm_shorts_result. */
void cli_alarms_json(pm_json *json, const pm_table *alarms);
/** What is said on stderr wherever labels are printed. */
extern const char cli_reconstruction[];
/** Why a cell of the reservoir protocol gets no class; NULL where it is of another. In the cycles of its fingerprint, or in
 *  its whole life. */
const char *cli_no_class(const pm_cycle_summary *summary);

#endif
