/* SPDX-License-Identifier: MIT */
/* Labels to columns: the quantity each one names, or its own name as a slug. */
#include "labels.h"
#include "label/label.h"

/* What a label was found to mean, before it is settled who gets the name. */
typedef struct meaning {
    pm_label label;
    const pm_quantity *quantity; /* NULL = none that is known */
    int distance;
} meaning;

typedef struct naming {
    pm_native *native;
    labelled_column *labelled;
    meaning *meaning;
    int64_t count;
    char assumed[160];
} naming;

enum { FAR = 1 << 20 };

static bool fits(const labelled_column *l, const meaning *m)
{
    const pm_quantity *q = m->quantity;

    if (!q || (q->kind == PM_VALUE_WORD) != l->words) return false;
    if (l->clock) return q->kind == PM_VALUE_CLOCK;
    return q->kind != PM_VALUE_CLOCK || m->label.has_unit; /* days, seconds or nanoseconds: nobody knows */
}

static void find_meaning(const pm_quantities *quantities, const labelled_column *l, meaning *m)
{
    m->label = pm_label_split(l->label, (int64_t)strlen(l->label));
    m->quantity = pm_quantities_named(quantities, l->label);
    if (!m->quantity) m->quantity = pm_label_quantity(quantities, &m->label, &m->distance);
    if (!fits(l, m)) m->quantity = NULL;
    if (m->quantity || !l->clock) return;
    m->quantity = pm_quantities_named(quantities, "unix_time_second");
    m->distance = FAR;
}

static bool same_quantity(const meaning *a, const meaning *b)
{
    return a->quantity && b->quantity && strcmp(a->quantity->name, b->quantity->name) == 0;
}

/* Of several columns with one meaning the best named one has it, the first of equals. */
static bool is_outdone(const naming *a, int64_t own)
{
    for (int64_t i = 0; i < a->count; i++) {
        const meaning *m = &a->meaning[i];
        if (i == own || !same_quantity(m, &a->meaning[own])) continue;
        if (m->distance < a->meaning[own].distance || (m->distance == a->meaning[own].distance && i < own)) return true;
    }
    return false;
}

static void note_assumed(naming *a, const char *label, const char *unit)
{
    size_t used = strlen(a->assumed);

    if (used + strlen(label) + strlen(unit) + 6 < sizeof a->assumed)
        snprintf(a->assumed + used, sizeof a->assumed - used, "%s%s (%s)", used ? ", " : "", label, unit);
}

static bool declare_known(naming *a, labelled_column *l, const meaning *m)
{
    const pm_quantity *q = m->quantity;
    bool has_unit = m->label.has_unit && !l->clock, number = strcmp(q->unit_text, "1") == 0;

    if (l->words) {
        l->column = pm_native_words(a->native, q->name, l->label);
        return true;
    }
    if (has_unit && pm_unit_factor(m->label.parsed, q->unit, &l->num, &l->den, &l->shift, NULL)) return false;
    l->num *= q->factor;
    if (!m->label.unit[0] && !l->clock && !number) note_assumed(a, l->label, q->unit_text);
    const char *unit = q->kind == PM_VALUE_CLOCK ? "s" : q->unit_text;
    l->column = pm_native_number(a->native, q->name, unit, l->label, m->label.unit);
    return true;
}

/* Words never take the name of a quantity that is a number. */
static void declare_other(naming *a, const pm_quantities *quantities, labelled_column *l, const meaning *m)
{
    pm_slug slug = pm_label_slug(&m->label);
    char name[PM_LABEL_MAX + 8];

    snprintf(name, sizeof name, "%s%s", slug.name, l->clock ? "_second" : "");
    if (l->words) {
        if (pm_quantities_named(quantities, slug.name)) snprintf(name, sizeof name, "%s_text", slug.name);
        l->column = pm_native_words(a->native, name, l->label);
        return;
    }
    l->column = pm_native_number(a->native, name, l->clock ? "s" : slug.unit, l->label, m->label.unit);
    if (l->clock) return;
    l->num = slug.num;
    l->den = slug.den;
    l->shift = slug.shift;
}

static void declare(naming *a, const pm_quantities *quantities, int64_t i)
{
    labelled_column *l = &a->labelled[i];
    const meaning *m = &a->meaning[i];

    l->num = l->den = 1;
    l->shift = 0;
    if (m->quantity && !is_outdone(a, i) && declare_known(a, l, m)) return;
    l->num = l->den = 1;
    l->shift = 0;
    declare_other(a, quantities, l, m);
}

static const pm_native_column *find_column(const pm_native *n, const char *name)
{
    for (int64_t i = 0; i < n->n_columns; i++)
        if (strcmp(n->column[i].name, name) == 0) return &n->column[i];
    return NULL;
}

static bool is_bdf_current(const naming *a)
{
    for (int64_t i = 0; i < a->count; i++) {
        const char *label = a->labelled[i].label;
        if (strcmp(label, "current_ampere") == 0 || strncmp(label, "Current / ", 10) == 0) return true;
    }
    return false;
}

static void tell_assumed(naming *a, bool charges)
{
    if (a->assumed[0]) {
        pm_native_fault *f = pm_native_found(a->native, "unit-assumed", "note",
                                             "the file names no unit for %s: taken as in brackets", a->assumed);
        if (f) snprintf(f->hint, sizeof f->hint, "name the unit in the column's label: capacity_mAh");
    }
    if (charges || is_bdf_current(a) || !find_column(a->native, "current_ampere")) return;
    pm_native_fault *f =
        pm_native_found(a->native, "sign-assumed", "note",
                        "nothing in the file says which sign of current charges: positive is taken as charge");
    if (f) f->column = "current_ampere";
}

static void set_content(pm_native *n)
{
    n->content = "table";
    if (find_column(n, "frequency_hertz") && find_column(n, "real_impedance_ohm")) n->content = "spectra";
    if (find_column(n, "test_time_second") && find_column(n, "voltage_volt")) n->content = "records";
}

pm_status labels_declare(pm_native *n, labelled_column *labelled, int64_t count, bool charges, pm_error *err)
{
    const pm_quantities *quantities = NULL;
    naming a = {.native = n, .labelled = labelled, .count = count};
    pm_status s = pm_quantities_known(&quantities, err);

    if (s) return s;
    a.meaning = calloc((size_t)count + 1, sizeof *a.meaning);
    if (!a.meaning) return pm_fail(err, PM_ERR_MEMORY, "no memory for a file's columns");
    for (int64_t i = 0; i < count; i++) find_meaning(quantities, &labelled[i], &a.meaning[i]);
    for (int64_t i = 0; i < count; i++) declare(&a, quantities, i);
    tell_assumed(&a, charges);
    set_content(n);
    free(a.meaning);
    return PM_OK;
}
