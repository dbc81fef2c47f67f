/* SPDX-License-Identifier: MIT */
#ifndef PM_CLI_ANALYSIS_H
#define PM_CLI_ANALYSIS_H

#include "audit/audit.h"
#include "cli/cli.h"
#include "cli/profile.h"

/** What a command needs of a file beside findings. */
typedef struct cli_want {
    bool cycles;         /**< run the cycler; fails where records lack time or voltage, unless `card` */
    bool card;           /**< a card is wanted: what cannot be computed is left out */
    bool all_columns;    /**< else those that audit and cycler look at */
    bool log_efficiency; /**< both log conventions of the Coulombic efficiency */
    bool sha256;
    bool keep; /**< hold time, voltage and current of all rows, in `records` */
    pm_status (*sink)(void *context, const pm_table *batch,
                      pm_error *err); /**< NULL = none; gets the batches in order, with `cycles` of records only */
    bool (*enough)(void *context);    /**< asked after each batch: true ends the reading; NULL = read to the end */
    void *context;
} cli_want;

/** One file read to its end, or as far as was wanted. */
typedef struct cli_analysis {
    pm_reader *reader;
    const pm_facts *facts;          /**< the reader's */
    int64_t rows;                   /**< after repair */
    bool whole;                     /**< read to its end; else findings are of the part, and there is no sha256 */
    pm_cell cell;                   /**< the sidecar's, if any */
    pm_cycle_options cycle_options; /**< the user's words first, then the sidecar's */
    pm_table *findings;
    const char *counter;      /**< how capacity counters reset; the audit's */
    pm_cycler *cycler;        /**< NULL where the file holds no records that can be cycled through */
    pm_cycle_summary summary; /**< where there is a cycler */
    bool has_current;
    cli_profile profile;
    pm_table *records; /**< where asked for */
    pm_audit *audit;
    pm_repair *repair; /**< NULL = batches come as they are in the file */
    int spool;         /**< unlinked copy of standard input, -1 = none */
} cli_analysis;

/** Reads a file once (with --reconcile: once to find what is wrong, once to repair it) through audit, cycler and
 *  profile, as `want` says. Path "-" is standard input. */
PM_CHECK pm_status cli_analyse(const cli_shared *shared, const cli_want *want, const char *path, const pm_run *run,
                               cli_analysis **out, pm_error *err);
/** What is told of the cell: the user's words first, then the sidecar's. Needed before the first row by whoever looks
 *  at rows as they come. */
PM_CHECK pm_status cli_cell_options(const cli_shared *shared, const char *path, pm_cell *cell,
                                    pm_cycle_options *options, pm_error *err);
/** Standard input ("-") as a file that can be opened more than once, to see what it holds: *path becomes that of an unlinked
 *  copy. Other paths stay, and so does "-" where its format is named. */
typedef struct cli_again {
    int fd;
    char path[64];
} cli_again;
PM_CHECK pm_status cli_stdin_again(const cli_shared *shared, const char **path, cli_again *out, pm_error *err);
/** Lets go of the copy; hands on the status, its error said of "-". */
PM_CHECK pm_status cli_stdin_done(pm_status status, cli_again *again, pm_error *err);
void cli_analysis_free(void *analysis);
PM_SCOPED(cli_analysis, cli_analysis_free)
/** "user", "sidecar", "inferred", "unknown" */
const char *cli_kind_source(const cli_analysis *analysis);

#endif
