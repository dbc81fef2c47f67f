/* SPDX-License-Identifier: MIT */
/* Spectra have the same columns whatever the instrument writes: what a file lacks is computed from what it has. */
#include "layout_steps.h"

#include <math.h>
#include <string.h>

bool pm_layout_is_spectra(const pm_layout *layout)
{
    bool impedance =
        pm_layout_column(layout, "real_impedance_ohm") || pm_layout_column(layout, "absolute_impedance_ohm");
    bool records = pm_layout_column(layout, "test_time_second") && pm_layout_column(layout, "voltage_volt");

    return pm_layout_column(layout, "frequency_hertz") && impedance && (layout->frequencies || !records);
}

static void add(pm_layout *layout, const char *name, const char *unit, pm_derived derived, const char *const *asked_for)
{
    if (pm_layout_column(layout, name)) return;
    pm_text_column *c = &layout->column[layout->n_columns++];
    *c = (pm_text_column){.type = PM_DOUBLE,
                          .kind = PM_VALUE_NUMBER,
                          .field = 1 << 20, /* none: empty at first */
                          .level = layout->levels - 1,
                          .num = 1,
                          .den = 1,
                          .derived = derived,
                          .known = true};
    snprintf(c->name, sizeof c->name, "%s", name);
    snprintf(c->unit, sizeof c->unit, "%s", unit);
    c->source.resolution = NAN;
    c->wanted = pm_label_is_asked_for(asked_for, name);
}

/* What a wanted column is computed from is read, too. */
static void want(pm_layout *layout, const char *derived, const char *a, const char *b)
{
    const pm_text_column *c = pm_layout_column(layout, derived);

    if (!c || !c->derived || !c->wanted) return;
    pm_layout_column(layout, a)->wanted = true;
    pm_layout_column(layout, b)->wanted = true;
}

static void derive_parts(pm_layout *layout, const char *const *asked_for)
{
    static const char f[] = "frequency_hertz", re[] = "real_impedance_ohm", im[] = "imaginary_impedance_ohm";
    static const char size[] = "absolute_impedance_ohm", phase[] = "phase_degree";

    if (pm_layout_column(layout, re) && pm_layout_column(layout, im)) {
        add(layout, size, "ohm", PM_DERIVED_ABSOLUTE, asked_for);
        add(layout, phase, "deg", PM_DERIVED_PHASE, asked_for);
        want(layout, size, re, im);
        want(layout, phase, re, im);
    } else if (pm_layout_column(layout, size) && pm_layout_column(layout, phase)) {
        add(layout, re, "ohm", PM_DERIVED_REAL, asked_for);
        add(layout, im, "ohm", PM_DERIVED_IMAGINARY, asked_for);
        want(layout, re, size, phase);
        want(layout, im, size, phase);
    }
    add(layout, "spectrum_count", "1", PM_DERIVED_SPECTRUM, asked_for);
    want(layout, "spectrum_count", f, f);
}

static bool is_numbered(const char *table)
{
    size_t n = strlen(table);

    return n > 0 && table[n - 1] >= '0' && table[n - 1] <= '9';
}

void pm_layout_derive(pm_layout *layout, const char *const *asked_for)
{
    if (strcmp(layout->guess.content, "spectra") == 0) derive_parts(layout, asked_for);
    if (layout->tables && layout->dialect->table_count[0] && is_numbered(layout->table_name))
        add(layout, layout->dialect->table_count, "1", PM_DERIVED_TABLE, asked_for);
}
