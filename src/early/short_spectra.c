/* SPDX-License-Identifier: MIT */
/* Spectra in the course of time: one point of each, near 1 Hz, where a short shows in both parts of the impedance. */
#include "short_state.h"

#include <math.h>

typedef struct source {
    const double *time_s, *frequency_Hz, *real_ohm, *imaginary_ohm, *number;
} source;

static pm_status bind(const pm_table *spectra, source *x, pm_error *err)
{
    pm_want wants[] = {{.name = "test_time_second", .unit = "s", .number = &x->time_s},
                       {.name = "frequency_hertz", .unit = "Hz", .number = &x->frequency_Hz},
                       {.name = "real_impedance_ohm", .unit = "ohm", .number = &x->real_ohm},
                       {.name = "imaginary_impedance_ohm", .unit = "ohm", .number = &x->imaginary_ohm},
                       {.name = "spectrum_count", .unit = "1", .number = &x->number, .optional = true}};

    return pm_table_bind(spectra, 5, wants, err);
}

/** Decades from 1 Hz; infinite where the row is no point of a spectrum. */
static double distance(const source *x, int64_t i)
{
    bool known =
        x->frequency_Hz[i] > 0 && isfinite(x->time_s[i]) && isfinite(x->real_ohm[i]) && isfinite(x->imaginary_ohm[i]);

    return known ? fabs(log10(x->frequency_Hz[i])) : (double)INFINITY;
}

/** A spectrum ends where its number changes; without numbers, where the frequency goes back by a decade or more. */
static bool starts(const source *x, int64_t i)
{
    if (i == 0) return true;
    if (x->number) return x->number[i] != x->number[i - 1];
    double ratio = x->frequency_Hz[i] / x->frequency_Hz[i - 1];
    return ratio >= 10 || ratio <= 0.1;
}

pm_status pm_shorts_push_spectra(pm_shorts *s, const pm_table *spectra, pm_error *err)
{
    source x = {0};
    pm_status status = bind(spectra, &x, err);
    double best = 0;

    if (status) return status;
    for (int64_t i = 0; i < pm_table_rows(spectra); i++) {
        if (starts(&x, i)) best = log10(3.0);
        if (distance(&x, i) > best) continue;
        bool first = best == log10(3.0);
        if (first && (status = pm_grow(&s->spectrum, &s->spectrum_room, s->spectra + 1, sizeof *s->spectrum, err)))
            return status;
        s->spectra += first;
        best = distance(&x, i) * (1 - 1e-12); /* below log10(3) from now on: the spectrum has its point */
        s->spectrum[s->spectra - 1] = (short_spectrum){x.time_s[i], x.real_ohm[i], -x.imaginary_ohm[i]};
    }
    return PM_OK;
}
