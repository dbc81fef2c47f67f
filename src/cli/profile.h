/* SPDX-License-Identifier: MIT */
#ifndef PM_CLI_PROFILE_H
#define PM_CLI_PROFILE_H

#include "table/table.h"

enum { PROFILE_COLUMNS = 256 };

/** What a card says of a file's records beside findings and cycles: a fold. NaN where there is no such column. */
typedef struct cli_profile {
    double time_first_s, time_last_s, unix_start_s, voltage_min_V, voltage_max_V, current_min_A, current_max_A;
    int64_t cycle_count_vendor; /**< runs of equal cycle_count, each value once per run; 0 = no such column */
    double cycle_count_last;
    double frequency_min_Hz, frequency_max_Hz, spectra; /**< of impedance spectra */
    int64_t missing[PROFILE_COLUMNS];                   /**< by column; further columns are not counted */
} cli_profile;

cli_profile cli_profile_start(void);
void cli_profile_push(cli_profile *profile, const pm_table *batch);

#endif
