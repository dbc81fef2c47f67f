/* SPDX-License-Identifier: MIT */
/** @file
 * Floor 2: column labels to quantities. "Charge_Capacity(mAh)" is charging_capacity_ah in mAh.
 */
#ifndef PM_LABEL_H
#define PM_LABEL_H

#include "base/base.h"

typedef enum pm_value_kind { PM_VALUE_NUMBER, PM_VALUE_DURATION, PM_VALUE_CLOCK, PM_VALUE_WORD } pm_value_kind;

/** One quantity under which a column may be kept. */
typedef struct pm_quantity {
    char *name;      /* machine name */
    char *unit_text; /* the unit it is kept in; "" for words and clocks */
    pm_unit unit;
    pm_value_kind kind;
    double factor;    /* a value times this is the quantity: -1 where the labels say so, as "-Im(Z)" does */
    bool weak;        /* taken only where no better named column has the quantity */
    char **spellings; /* folded, best first */
    int n_spellings;
} pm_quantity;

/** The built-in list (quantities.yaml): read when first asked for, kept as long as the process lives, for all threads. */
typedef struct pm_quantities pm_quantities;
PM_CHECK pm_status pm_quantities_known(const pm_quantities **out, pm_error *err);
/** By machine name; NULL = none. */
const pm_quantity *pm_quantities_named(const pm_quantities *q, const char *name);

enum { PM_LABEL_MAX = 128, PM_UNIT_MAX = 48 };
/** A label taken apart. */
typedef struct pm_label {
    char name[PM_LABEL_MAX]; /* without the unit, UTF-8 */
    char unit[PM_UNIT_MAX];  /* as written; "" where there is none */
    pm_unit parsed;          /* valid where has_unit */
    bool has_unit;           /* the unit was understood */
} pm_label;
/** Takes apart "Name (unit)", "Name[unit]", "Name / unit", "name/unit", "Name#unit", "name_unit" and bare names. */
pm_label pm_label_split(const char *text, int64_t n);

/** What a label means: the quantity, and how well the name fits (0 = best; larger is worse); NULL = not known. */
const pm_quantity *pm_label_quantity(const pm_quantities *q, const pm_label *label, int *distance);

/** The name and unit under which a column that is no known quantity is kept: a slug, converted to a base unit where the
 *  unit is understood ("dQ/dV(mAh/V)": dq_dv_ah_per_volt, Ah/V). */
typedef struct pm_slug {
    char name[PM_LABEL_MAX];
    const char *unit; /* static text */
    double num, den, shift;
} pm_slug;
pm_slug pm_label_slug(const pm_label *label);

/** Whether a label has the form of a machine name: lower case letters, digits, underscores. */
bool pm_label_is_machine(const char *text, int64_t n);

/** Whether the column `name` is among those asked for (a list that ends with NULL; NULL = all are), or a further one of the
 *  same quantity ("voltage_volt_2"). */
bool pm_label_is_asked_for(const char *const *columns, const char *name);

/** The unit that a machine name ends in ("volt_per_second": V/s), also before a number ("z_ohm_2"); "1" where there is none. */
const char *pm_label_machine_unit(const char *text);

/** Lower case, letters and digits only (and what tells <I>, |Z|, Z' from I and Z, and
 *  -Z from Z); at most room - 1 bytes. */
void pm_label_fold(const char *text, char *folded, int64_t room);

#endif
