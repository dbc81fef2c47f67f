/* SPDX-License-Identifier: MIT */
/* Columns that the file does not have: parts of an impedance, spectra and tables counted. */
#include "block.h"

#include <math.h>
#include <string.h>

static const double *numbers_of(const pm_layout *layout, pm_block *b, const char *name)
{
    for (int i = 0; i < layout->n_columns; i++)
        if (strcmp(layout->column[i].name, name) == 0) return pm_builder_doubles(b->builder, i);
    return NULL;
}

static void derive_parts(const pm_layout *layout, pm_block *b, pm_derived derived, double *to)
{
    bool polar = derived == PM_DERIVED_REAL || derived == PM_DERIVED_IMAGINARY;
    const double degree = acos(-1) / 180;
    const double *x = numbers_of(layout, b, polar ? "absolute_impedance_ohm" : "real_impedance_ohm");
    const double *y = numbers_of(layout, b, polar ? "phase_degree" : "imaginary_impedance_ohm");

    for (int64_t r = 0; r < b->n_rows; r++) {
        if (derived == PM_DERIVED_ABSOLUTE) to[r] = hypot(x[r], y[r]);
        if (derived == PM_DERIVED_PHASE) to[r] = atan2(y[r], x[r]) / degree;
        if (derived == PM_DERIVED_REAL) to[r] = x[r] * cos(y[r] * degree);
        if (derived == PM_DERIVED_IMAGINARY) to[r] = x[r] * sin(y[r] * degree);
    }
}

static void derive_tables(const pm_block *b, double *to)
{
    int64_t k = 0;

    for (int64_t r = 0; r < b->n_rows; r++) {
        while (k + 1 < b->marks.n && b->marks.mark[k + 1].line <= b->row_line[r]) k++;
        to[r] = b->marks.n ? b->marks.mark[k].count : NAN;
    }
}

void pm_block_derive(const pm_layout *layout, pm_block *b, int column)
{
    pm_derived derived = layout->column[column].derived;

    if (derived == PM_DERIVED_NOT || derived == PM_DERIVED_SPECTRUM) return; /* sweeps are counted in order, below */
    double *to = pm_builder_doubles(b->builder, column);
    if (derived == PM_DERIVED_TABLE)
        derive_tables(b, to);
    else
        derive_parts(layout, b, derived, to);
}

/* A frequency that turns round begins the next sweep; one that stands still turns nowhere. */
void pm_block_count_spectra(const pm_layout *layout, pm_block *b, pm_handed *handed)
{
    const double *frequency = numbers_of(layout, b, "frequency_hertz");
    double *to = pm_builder_doubles(b->builder, layout->spectrum_column);

    for (int64_t r = 0; r < b->n_rows; r++) {
        double f = frequency[r];
        int direction = f > handed->frequency ? 1 : f < handed->frequency ? -1 : 0;
        if (!handed->spectra && !isnan(f)) handed->spectra = 1;
        if (direction && handed->direction && direction != handed->direction) {
            handed->spectra++;
            handed->direction = 0;
        } else if (direction) {
            handed->direction = direction;
        }
        if (!isnan(f)) handed->frequency = f;
        to[r] = handed->spectra ? (double)handed->spectra : NAN;
    }
}
