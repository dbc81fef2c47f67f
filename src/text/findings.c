/* SPDX-License-Identifier: MIT */
/* What was found wrong with a text while it was read, said in words. */
#include "findings.h"

#include <math.h>
#include <string.h>

/* A line end that was lost joins two rows. */
static void tell_excess(const pm_telling *t, const pm_text_faults *f)
{
    char message[256];
    pm_finding x = pm_finding_blank("row-incomplete", "warning", f->excess);

    if (!f->excess) return;
    x.row_first = f->excess_row;
    x.line_first = f->excess_line;
    snprintf(message, sizeof message,
             "%lld row%s hold%s more values than the header has labels: only as many as there are labels are kept",
             (long long)f->excess, f->excess == 1 ? "" : "s", f->excess == 1 ? "s" : "");
    x.message = message;
    x.hint = "a line end is missing, or a delimiter stands in a value: look at these lines";
    pm_builder_push(t->findings, &x);
}

static void tell_incomplete(const pm_telling *t, const pm_text_faults *f)
{
    char message[256];
    pm_finding x = pm_finding_blank("row-incomplete", "warning", f->incomplete);

    if (f->incomplete) {
        x.row_first = f->incomplete_first;
        x.row_last = f->incomplete_last;
        x.line_first = f->incomplete_line;
        x.expected = t->layout->expected_fields;
        x.observed = (double)f->incomplete_fields;
        x.reconcilable = f->incomplete == 1 && f->last_incomplete;
        x.action = "none";
        snprintf(message, sizeof message,
                 "%lld row%s with fewer fields than the others (%lld of %d); what is there is kept",
                 (long long)f->incomplete, f->incomplete == 1 ? "" : "s", (long long)f->incomplete_fields,
                 t->layout->expected_fields);
        x.message = message;
        x.hint = f->last_incomplete ? "the file was cut while it was written: export it again" : "look at these lines";
        pm_builder_push(t->findings, &x);
    }
    if (f->strays) {
        x = pm_finding_blank("row-incomplete", "warning", f->strays);
        x.line_first = f->stray_line;
        snprintf(message, sizeof message,
                 "%lld line%s among the data that hold no number where a value should be: '%s'", (long long)f->strays,
                 f->strays == 1 ? "" : "s", f->stray_text);
        x.message = message;
        x.hint = "they were left out";
        pm_builder_push(t->findings, &x);
    }
}

static void tell_bad_cells(const pm_telling *t, const pm_text_faults *f)
{
    for (int i = 0; i < t->layout->n_columns; i++) {
        char message[256];
        const pm_bad_cells *bad = &f->bad[i];
        const pm_text_column *c = &t->layout->column[i];
        pm_finding x = pm_finding_blank("value-missing", c->known ? "warning" : "note", bad->count);
        if (!bad->count) continue;
        x.column = c->name;
        x.row_first = bad->row_first;
        x.row_last = bad->row_last;
        x.line_first = f->bad_line[i];
        snprintf(message, sizeof message, "%lld cell%s of '%s' hold%s no number, such as '%s': taken as missing",
                 (long long)bad->count, bad->count == 1 ? "" : "s", c->source_name, bad->count == 1 ? "s" : "",
                 bad->text);
        x.message = message;
        pm_builder_push(t->findings, &x);
    }
}

static void tell_no_newline(const pm_telling *t)
{
    pm_finding x = pm_finding_blank("no-final-newline", "note", 1);
    if (t->rows > 0) x.row_first = x.row_last = t->rows;
    x.message = "the last line has no line end: if the file was cut there, its last value is shorter than it was";
    pm_builder_push(t->findings, &x);
}

static void tell_declared(const pm_telling *t)
{
    int64_t rows = t->rows, missing = t->layout->rows_declared - rows;

    if (t->layout->tables)
        missing = pm_tables_missing(&t->faults->tables, &rows);
    else if (t->layout->rows_declared < 0)
        missing = 0;
    if (missing <= 0) return;
    pm_finding_declared(rows + missing, rows, t->findings);
}

/* "OCVCURVE (39 rows), FRACURVE (128 rows)"; returns all rows. */
static int64_t list_tables(const pm_tables *tables, char *text, size_t room)
{
    int64_t rows = tables->more_rows;
    size_t used = 0;

    text[0] = 0;
    for (int i = 0; i < tables->n_other; i++) {
        const pm_other_table *t = &tables->other[i];
        if (t->rows == 0) continue;
        rows += t->rows;
        if (used < room)
            used += (size_t)snprintf(text + used, room - used, "%s%s (%lld row%s)", used ? ", " : "",
                                     t->name[0] ? t->name : "a table without a name", (long long)t->rows,
                                     t->rows == 1 ? "" : "s");
    }
    if (tables->more && used < room) snprintf(text + used, room - used, ", and %lld more", (long long)tables->more);
    return rows;
}

/* Tables of other columns, and rows that stand where no table is. */
static void tell_tables(const pm_telling *t, const pm_tables *tables)
{
    char list[240], message[320];
    int64_t rows = list_tables(tables, list, sizeof list);
    bool damaged = false;
    pm_finding x = pm_finding_blank("table-left-out", "note", rows);

    if (rows == 0) return;
    for (int i = tables->n_other - 1; i >= 0; i--) {
        if (tables->other[i].rows > 0) x.line_first = tables->other[i].line;
        damaged |= tables->other[i].rows > 0 && !tables->other[i].name[0];
    }
    snprintf(message, sizeof message, "further tables of the file are not among these rows: %s", list);
    x.message = message;
    if (t->layout->dialect->table_hint[0]) x.hint = t->layout->dialect->table_hint;
    if (damaged) {
        x.severity = "warning";
        x.hint = "the line that names a table is damaged or missing: export the file again";
    }
    pm_builder_push(t->findings, &x);
}

/* "voltage_volt (V), current_ampere (A)": whose unit (or sign) the file does not say; "..." stands for what has no room. */
static int list_columns(const pm_layout *layout, bool signs, char *text, size_t room)
{
    static const char more[] = ", ...";
    size_t used = 0;
    int n = 0;

    text[0] = 0;
    for (int i = 0; i < layout->n_columns; i++) {
        const pm_text_column *c = &layout->column[i];
        if (!(signs ? c->source.sign_assumed : c->source.unit_assumed)) continue;
        bool seconds = c->source.unit_assumed && c->den == 1 && strcmp(c->unit, "s") == 0;
        const char *unit = seconds && c->num == 60 ? "min" : seconds && c->num == 3600 ? "h" : c->unit;
        const char *before = n++ ? ", " : "";
        size_t length = strlen(before) + strlen(c->source_name) + strlen(" ()") + strlen(unit);
        if (used + length + sizeof more <= room)
            used += (size_t)snprintf(text + used, room - used, "%s%s (%s)", before, c->source_name, unit);
        else if (used < room)
            used += (size_t)snprintf(text + used, sizeof more, "%s", more + (n == 1) * 2) + room;
    }
    return n;
}

static void tell_assumed(const pm_telling *t)
{
    char columns[160], message[256];
    int n = list_columns(t->layout, false, columns, sizeof columns);

    if (n > 0) {
        pm_finding x = pm_finding_blank("unit-assumed", "note", n);
        snprintf(message, sizeof message, "the file names no unit for %s: taken as the instrument's habit", columns);
        x.message = message;
        x.hint = "confirm them, or give others with --map";
        pm_builder_push(t->findings, &x);
    }
    if (t->layout->bare) {
        pm_finding x = pm_finding_blank("sign-assumed", "note", 1);
        x.column = "imaginary_impedance_ohm";
        x.message = "nothing in the file says the sign of the imaginary part: kept as written, capacitive is negative";
        pm_builder_push(t->findings, &x);
    }
    n = list_columns(t->layout, true, columns, sizeof columns);
    if (n > 0) {
        pm_finding x = pm_finding_blank("sign-assumed", "note", n);
        snprintf(message, sizeof message,
                 "nothing in the file says which sign of %s charges: positive is taken as charge", columns);
        x.column = "current_ampere";
        x.message = message;
        pm_builder_push(t->findings, &x);
    }
}

/* Charges want amperes: those per area have to be multiplied by somebody who knows the area. */
static void tell_density(const pm_telling *t)
{
    const pm_layout *layout = t->layout;
    pm_finding x = pm_finding_blank("current-per-area", "warning", 1);
    bool there = false;

    for (int i = 0; i < layout->n_columns; i++) {
        if (strcmp(layout->column[i].source.name, "current_ampere") == 0) return;
        there = there || strcmp(layout->column[i].source.name, "current_ampere_per_cm2") == 0;
    }
    if (!there) return;
    x.column = "current_ampere_per_cm2";
    x.message = "current stands per area only: no charges, capacities or efficiencies are computed from it";
    x.hint = "multiply it by the electrode's area into a column of amperes";
    pm_builder_push(t->findings, &x);
}

static void tell_placeholders(const pm_telling *t)
{
    char message[320];
    pm_finding x = pm_finding_blank("placeholder-metadata", "note", 1);

    if (!t->layout->placeholders[0]) return;
    snprintf(message, sizeof message, "%s is what the instrument writes when nobody fills it in: not used",
             t->layout->placeholders);
    x.message = message;
    x.hint = "say mass and area in a sidecar file, or with --mass and --area";
    pm_builder_push(t->findings, &x);
}

void pm_tell_findings(const pm_telling *t)
{
    const pm_text_faults *f = t->faults;

    if (f ? f->no_final_newline && !f->last_incomplete : t->no_final_newline) tell_no_newline(t);
    if (!f) return;
    tell_incomplete(t, f);
    tell_excess(t, f);
    if (t->ended) tell_declared(t);
    if (t->layout->tables) tell_tables(t, &f->tables);
    bool spectra = strcmp(t->layout->guess.content, "spectra") == 0;
    tell_bad_cells(t, f);
    if (!spectra && strcmp(t->layout->guess.content, "records") != 0) return; /* nothing is computed from them */
    tell_assumed(t);
    if (!spectra) tell_density(t);
    tell_placeholders(t);
}
