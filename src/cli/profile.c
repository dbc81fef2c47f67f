/* SPDX-License-Identifier: MIT */
#include "cli/profile.h"

#include <math.h>

cli_profile cli_profile_start(void)
{
    return (cli_profile){NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0, NAN, NAN, NAN, NAN, {0}};
}

static const double *numbers(const pm_table *batch, const char *name)
{
    const pm_column *column = pm_table_find(batch, name);
    return column ? column->number : NULL;
}

/* Written so that NaN in x changes nothing and NaN in *low, *high gives way. */
static void push_range(const double *x, int64_t n, double *low, double *high)
{
    for (int64_t i = 0; x && i < n; i++) {
        if (x[i] < *low || isnan(*low)) *low = x[i];
        if (x[i] > *high || isnan(*high)) *high = x[i];
    }
}

static double first_number(const double *x, int64_t n)
{
    for (int64_t i = 0; x && i < n; i++)
        if (!isnan(x[i])) return x[i];
    return NAN;
}

static double last_number(const double *x, int64_t n)
{
    for (int64_t i = n; x && i > 0; i--)
        if (!isnan(x[i - 1])) return x[i - 1];
    return NAN;
}

static void push_cycles(cli_profile *p, const double *count, int64_t n)
{
    for (int64_t i = 0; count && i < n; i++) {
        if (isnan(count[i]) || count[i] == p->cycle_count_last) continue;
        p->cycle_count_vendor++;
        p->cycle_count_last = count[i];
    }
}

void cli_profile_push(cli_profile *profile, const pm_table *batch)
{
    int64_t n = pm_table_rows(batch);
    const double *time = numbers(batch, "test_time_second");
    double time_last = last_number(time, n);

    if (isnan(profile->time_first_s)) profile->time_first_s = first_number(time, n);
    if (!isnan(time_last)) profile->time_last_s = time_last;
    if (isnan(profile->unix_start_s)) profile->unix_start_s = first_number(numbers(batch, "unix_time_second"), n);
    push_range(numbers(batch, "voltage_volt"), n, &profile->voltage_min_V, &profile->voltage_max_V);
    push_range(numbers(batch, "current_ampere"), n, &profile->current_min_A, &profile->current_max_A);
    push_range(numbers(batch, "frequency_hertz"), n, &profile->frequency_min_Hz, &profile->frequency_max_Hz);
    double spectra = last_number(numbers(batch, "spectrum_count"), n);
    if (!isnan(spectra)) profile->spectra = spectra;
    push_cycles(profile, numbers(batch, "cycle_count"), n);
    for (int c = 0; c < pm_table_columns(batch) && c < PROFILE_COLUMNS; c++)
        profile->missing[c] += pm_table_column(batch, c)->n_missing;
}
