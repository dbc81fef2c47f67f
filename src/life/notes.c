/* SPDX-License-Identifier: MIT */
#include "life/notes.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

void note_add(pm_stages *s, const char *format, ...)
{
    int n = 0;
    va_list told;

    while (n < PM_STAGE_NOTES - 1 && s->notes[n][0]) n++;
    if (n == PM_STAGE_NOTES - 1) return;
    va_start(told, format);
    (void)vsnprintf(s->notes[n], PM_STAGE_NOTE, format, told);
    va_end(told);
}

void note_rows(const measured *t, pm_stages *s)
{
    if (t->missing > 0)
        note_add(s, "%lld of %.0f cycles %s missing or not complete: taken to plate what the neighbours do",
                 (long long)t->missing, t->cycle[t->n - 1], t->missing == 1 ? "is" : "are");
    if (t->repeated > 0)
        note_add(s, "%lld cycle%s more than once: the first is taken", (long long)t->repeated,
                 t->repeated == 1 ? " stands" : "s stand");
    if (t->uncounted > 0)
        note_add(s, "%lld row%s no whole cycle_count from 1 on, and %s left out", (long long)t->uncounted,
                 t->uncounted == 1 ? " has" : "s have", t->uncounted == 1 ? "is" : "are");
    if (t->dead > 0)
        note_add(s, "the last %lld cycle%s below a tenth of the capacity, and %s not looked at", (long long)t->dead,
                 t->dead == 1 ? " is" : "s are", t->dead == 1 ? "is" : "are");
    if (t->too_much > 0)
        note_add(s, "%lld cycle%s more than ten times the capacity: taken to plate what the one before does",
                 (long long)t->too_much, t->too_much == 1 ? " plates" : "s plate");
    if (t->unordered) note_add(s, "rows are not in the order of cycle_count: sorted by it");
    if (t->disagreement != 0)
        note_add(s,
                 "coulombic_efficiency is %.3g points %s discharging_capacity_ah / charging_capacity_ah: one of the "
                 "columns is wrong; the efficiency is taken as it stands",
                 100 * fabs(t->disagreement), t->disagreement > 0 ? "above" : "below");
}

/* Median and spread of n points. */
static double middle_of(const double *values, int64_t n, double *spare, double *spread)
{
    memcpy(spare, values, (size_t)n * sizeof *spare);
    double middle = pm_median(spare, n);
    for (int64_t i = 0; i < n; i++) spare[i] = fabs(values[i] - middle);
    *spread = pm_median(spare, n) / 0.6745;
    return middle;
}

/* Looked for in stretches, the longest first; found: beyond the first half, too, where no activation of the cathode explains
 * it. Noise may be correlated: the middle of 40 cycles, lag-one 0.7, scatters by
 * 0.4 of what each of them does. */
pm_status note_above_one(const measured *t, pm_stages *s, bool *found, pm_error *err)
{
    enum { SHORTEST = 20 };
    pm_scoped_memory double *spare = malloc(((size_t)t->n + 1) * sizeof *spare);
    bool noted = false;

    *found = false;
    if (!spare) return pm_fail(err, PM_ERR_MEMORY, "no memory for cycles");
    for (int64_t n = t->n; n >= SHORTEST && !*found; n /= 2) {
        for (int64_t i = 0; i + n <= t->n && !*found; i += n / 2) {
            double spread, middle = middle_of(t->efficiency + i, n, spare, &spread);
            if (!(middle - 1 > 5e-4 + 2 * spread * sqrt(40 / (double)n))) continue;
            *found = 2 * (i + n) > t->n;
            if (!noted)
                note_add(s,
                         "efficiency is above 1 by more than its noise: %.2f %% in the middle of cycles %.0f to %.0f: "
                         "an offset of the current, a soft short, charge counted twice, or a cathode that is activated",
                         100 * middle, t->cycle[i], t->cycle[i + n - 1]);
            noted = true;
        }
    }
    return PM_OK;
}
