/* SPDX-License-Identifier: MIT */
/* What each field of a row holds: name, unit, kind of value, from the labels and the first rows. */
#include "layout_steps.h"
#include "map.h"
#include "sample.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a label was found to mean, before it is settled who gets the name. */
typedef struct candidate {
    pm_text_column column;
    int distance;              /* how well the label fits; extras have none */
    const pm_quantity *denied; /* what the label says it is, though the values are no numbers */
    char sample[32];           /* one of them */
} candidate;

static void set_source(pm_text_column *c, const char *name, const char *unit)
{
    snprintf(c->source_name, sizeof c->source_name, "%s", name);
    snprintf(c->source_unit, sizeof c->source_unit, "%s", unit);
}

/* The unit of a known quantity: the map's, the dialect's, the label's, the instrument's habit, or the quantity's own. */
static pm_status settle_unit(const pm_layout *layout, const pm_quantity *q, const char *told, bool told_assumed,
                             double factor, const pm_label *label, const char *raw, const pm_sample_column *v,
                             pm_text_column *c, pm_error *err)
{
    pm_unit unit = q->unit;
    const char *habit = pm_dialect_default_unit(layout->dialect, raw);
    bool plain = true, one = strcmp(q->unit_text, "1") == 0;
    double x;

    if (q->kind == PM_VALUE_DURATION && v->count > 0) pm_duration_parse(v->at[0], v->n[0], layout->decimal, &x, &plain);
    c->num = c->den = 1;
    c->shift = 0;
    snprintf(c->unit, sizeof c->unit, "%s", q->unit_text);
    if (q->kind == PM_VALUE_CLOCK || q->kind == PM_VALUE_WORD || !plain) return PM_OK;
    if (told) {
        if (pm_unit_parse(told, &unit, err)) return PM_ERR_UNIT;
        c->source.unit_assumed = told_assumed;
    } else if (label->has_unit) {
        unit = label->parsed;
    } else if (habit) {
        if (pm_unit_parse(habit, &unit, err)) return PM_ERR_UNIT;
        c->source.unit_assumed = true;
    } else {
        c->source.unit_assumed = !one;
    }
    pm_status s = pm_unit_factor(unit, q->unit, &c->num, &c->den, &c->shift, err);
    c->num *= factor;
    return s;
}

/* A column that is no known quantity keeps its own name; words never take the name of a quantity that is a number. */
static void as_extra(const pm_quantities *quantities, const pm_label *label, const char *name, char decimal,
                     const pm_sample_column *v, candidate *out)
{
    pm_text_column *c = &out->column;
    pm_slug slug = pm_label_slug(label);
    bool numbers = pm_not_numbers(v, decimal, false) == 0;

    out->column.known = false;
    if (name && pm_quantities_named(quantities, name)) name = NULL;
    snprintf(c->name, sizeof c->name, "%s", name ? name : slug.name);
    if (!numbers && pm_quantities_named(quantities, c->name)) snprintf(c->name + strlen(c->name), 6, "_text");
    c->kind = numbers ? PM_VALUE_NUMBER : PM_VALUE_WORD;
    c->type = numbers ? PM_DOUBLE : PM_STRING;
    snprintf(c->unit, sizeof c->unit, "%s", numbers ? slug.unit : "");
    c->num = slug.num;
    c->den = slug.den;
    c->shift = slug.shift;
}

/* A known quantity, if the pm_sample_column agree; false leaves it an extra. */
static pm_status as_quantity(const pm_layout *layout, const pm_quantity *q, const pm_dialect_column *told,
                             const pm_label *label, const char *raw, const pm_sample_column *v, candidate *out,
                             bool *ok, pm_error *err)
{
    pm_text_column *c = &out->column;

    *ok = false;
    c->kind = q->kind;
    c->type = q->kind == PM_VALUE_WORD ? PM_STRING : PM_DOUBLE;
    if (q->kind == PM_VALUE_CLOCK) {
        c->clock =
            pm_clock_learn(v->at, v->n, v->count, layout->dialect ? layout->dialect->clock_order : 0, layout->decimal);
        if (c->clock.kind == PM_CLOCK_NONE) return PM_OK;
        snprintf(c->clock_name, sizeof c->clock_name, "%s", pm_clock_name(c->clock));
        snprintf(c->unit, sizeof c->unit, "s");
    } else if (q->kind != PM_VALUE_WORD &&
               pm_not_numbers(v, layout->decimal, q->kind == PM_VALUE_DURATION) * 2 > v->count) {
        return PM_OK; /* single words among numbers are faults, which are counted; a column of words is something else */
    }
    snprintf(c->name, sizeof c->name, "%s", q->name);
    *ok = true;
    if (q->kind == PM_VALUE_CLOCK) {
        c->num = c->den = 1;
        return PM_OK;
    }
    return settle_unit(layout, q, told->unit, told->assumed, told->factor, label, raw, v, c, err);
}

/* Whether each of the first rows holds a frequency: records of a test may have some that do. */
static bool are_frequencies(const pm_layout *layout, const pm_sample *s)
{
    for (int i = 0; i < layout->n_columns; i++) {
        pm_sample_column v;
        double x;
        if (strcmp(layout->column[i].name, "frequency_hertz") != 0) continue;
        pm_sample_values(s, layout->column[i].field, &v);
        for (int k = 0; k < v.count; k++)
            if (pm_number_parse(v.at[k], v.n[k], layout->decimal, &x) != PM_NUMERAL_OK || !(x > 0)) return false;
        return v.count > 0 && v.count >= s->n - 1;
    }
    return false;
}

static const pm_map_entry *mapped(const pm_map_entry *map, int n_map, const char *raw, int field)
{
    for (int i = 0; i < n_map; i++)
        if (map[i].field == field || (map[i].field < 0 && strcmp(map[i].label, raw) == 0)) return &map[i];
    return NULL;
}

typedef struct context {
    const pm_layout *layout;
    const pm_quantities *quantities;
    const pm_sample *sample;
    pm_map_entry map[PM_MAP_MAX];
    int n_map;
    bool machine; /* all labels are machine names: they stand, and say the unit */
} context;

/* What the user, the dialect or the list of quantities says of a label. */
static const pm_quantity *look_up(const context *x, const char *raw, int field, const pm_label *label,
                                  pm_dialect_column *told, int *distance)
{
    const pm_map_entry *m = mapped(x->map, x->n_map, raw, field);

    *told = (pm_dialect_column){.factor = 1};
    if (m) {
        *distance = -2000;
        told->to = m->to;
        told->unit = m->unit[0] ? m->unit : NULL;
        return pm_quantities_named(x->quantities, m->to);
    }
    if (pm_dialect_find_column(x->layout->dialect, raw, told) ||
        (x->layout->units_line && pm_dialect_find_column(x->layout->dialect, label->name, told))) {
        *distance = -1000 + told->rank;
        return pm_quantities_named(x->quantities, told->to);
    }
    told->factor = 1;
    const pm_quantity *named = pm_quantities_named(x->quantities, raw);
    *distance = -500;
    if (named) return named;
    const pm_quantity *known = pm_label_quantity(x->quantities, label, distance);
    if (known) told->factor = known->factor;
    return known;
}

/* A file of ours, or of another tool that writes machine names: nothing is interpreted a second time. */
static bool all_machine_names(const pm_layout *layout, const pm_quantities *quantities)
{
    const pm_labels *labels = &layout->labels[0];
    int known = 0;

    for (int i = 0; i < labels->n; i++) {
        const char *text = labels->text[i];
        if (!text[0]) continue;
        if (!pm_label_is_machine(text, (int64_t)strlen(text)) || strcmp(text, "step_index") == 0) return false;
        known += pm_quantities_named(quantities, text) != NULL;
    }
    return layout->levels == 1 && known > 0;
}

/* "voltage_volt_2" is voltage_volt once more. */
static const pm_quantity *machine_quantity(const pm_quantities *quantities, const char *name)
{
    char base[PM_LABEL_MAX];
    size_t n = strlen(name);

    snprintf(base, sizeof base, "%s", name);
    if (n > 2 && n < sizeof base && base[n - 2] == '_' && base[n - 1] >= '2' && base[n - 1] <= '9') base[n - 2] = 0;
    return pm_quantities_named(quantities, base);
}

static void as_machine(const context *x, const char *raw, const pm_sample_column *v, candidate *out)
{
    pm_text_column *c = &out->column;
    const pm_quantity *q = machine_quantity(x->quantities, raw);
    bool numbers = pm_not_numbers(v, x->layout->decimal, false) == 0;

    if (q && q->kind != PM_VALUE_WORD) numbers = true;
    if (q && q->kind == PM_VALUE_WORD) numbers = false;
    snprintf(c->name, sizeof c->name, "%s", raw);
    snprintf(c->unit, sizeof c->unit, "%s",
             !numbers               ? ""
             : q && q->unit_text[0] ? q->unit_text
                                    : pm_label_machine_unit(raw));
    if (q && q->kind == PM_VALUE_CLOCK) snprintf(c->unit, sizeof c->unit, "s");
    c->kind = numbers ? PM_VALUE_NUMBER : PM_VALUE_WORD;
    c->type = numbers ? PM_DOUBLE : PM_STRING;
    c->num = c->den = 1;
    out->column.known = q != NULL;
    out->distance = 0;
}

/* Remembers why a column is not what its label says, with the first value that is no number. */
static void deny(candidate *out, const pm_quantity *q, const pm_sample_column *v, char decimal)
{
    out->denied = q;
    for (int i = 0; i < v->count; i++) {
        double x;
        if (pm_number_parse(v->at[i], v->n[i], decimal, &x) != PM_NUMERAL_BAD) continue;
        pm_utf8_from(v->at[i], v->n[i] < 24 ? v->n[i] : 24, out->sample, sizeof out->sample);
        return;
    }
}

static pm_status examine(const context *x, const char *raw, int field, candidate *out, pm_error *err)
{
    pm_label label = pm_label_split(raw, (int64_t)strlen(raw));
    pm_dialect_column told;
    pm_sample_column *v = malloc(sizeof *v);
    bool ok = false;
    pm_status s = PM_OK;

    if (!v) return pm_fail(err, PM_ERR_MEMORY, "no memory for a column");
    const pm_quantity *q = look_up(x, raw, field, &label, &told, &out->distance);
    out->column.field = field;
    out->column.source.resolution = NAN;
    set_source(&out->column, raw, label.unit);
    pm_sample_values(x->sample, field, v);
    if (x->machine && !told.to) {
        as_machine(x, raw, v, out);
    } else {
        if (q) s = as_quantity(x->layout, q, &told, &label, raw, v, out, &ok, err);
        out->column.known = ok;
        if (q && !ok) deny(out, q, v, x->layout->decimal);
        if (!ok) as_extra(x->quantities, &label, told.to, x->layout->decimal, v, out);
    }
    if (out->column.type == PM_DOUBLE && out->column.kind == PM_VALUE_NUMBER)
        out->column.source.resolution =
            pm_sample_resolution(v, x->layout->decimal) * fabs(out->column.num) / out->column.den;
    free(v);
    return s;
}

/* Among columns of one name the best labelled gets it, the others get _2, _3 in their order. */
static void settle_names(candidate *c, int n)
{
    for (int i = 0; i < n; i++) {
        int best = i, next = 2;
        char name[PM_LABEL_MAX];
        memcpy(name, c[i].column.name, sizeof name);
        for (int k = i + 1; k < n; k++)
            if (strcmp(c[k].column.name, name) == 0 && c[k].column.known &&
                (!c[best].column.known || c[k].distance < c[best].distance))
                best = k;
        for (int k = i; k < n; k++) {
            if (k == best || strcmp(c[k].column.name, name) != 0) continue;
            char suffix[12];
            snprintf(suffix, sizeof suffix, "_%d", next++);
            size_t room = sizeof c[k].column.name - strlen(suffix) - 1, at = strlen(name) < room ? strlen(name) : room;
            snprintf(c[k].column.name + at, sizeof c[k].column.name - at, "%s", suffix);
        }
    }
}

/* Rows of fewer fields than the first rows have are incomplete; rows may end in more delimiters than the header. */
static int expected_fields(const pm_layout *layout, const pm_sample *s)
{
    int labels = layout->labels[layout->levels - 1].n, least = labels;

    while (least > 0 && !layout->labels[layout->levels - 1].text[least - 1][0]) least--;
    for (int i = 0; i < s->n && i < 20; i++)
        if (i + 1 < s->n && s->rows[i].n_fields < least && s->rows[i].n_fields == s->rows[i + 1].n_fields)
            least = s->rows[i].n_fields;
    return least;
}

/* The sign of a current by a word of another column. */
static void find_sign(pm_layout *layout)
{
    if (!layout->dialect || layout->dialect->sign != PM_SIGN_LETTER) return;
    const pm_labels *labels = &layout->labels[layout->levels - 1];
    for (int i = 0; i < layout->n_columns; i++)
        if (strcmp(layout->column[i].name, "current_ampere") == 0) layout->sign_column = i;
    for (int64_t k = 0; k < pm_node_count(layout->dialect->sign_columns) && layout->sign_field < 0; k++)
        for (int f = 0; f < labels->n; f++)
            if (strcmp(labels->text[f], pm_node_scalar(pm_node_item(layout->dialect->sign_columns, k))) == 0)
                layout->sign_field = f;
}

static void settle_sign(pm_layout *layout)
{
    pm_sign_rule rule = layout->dialect ? layout->dialect->sign : PM_SIGN_UNKNOWN;

    find_sign(layout);
    for (int i = 0; i < layout->n_columns; i++) {
        pm_text_column *c = &layout->column[i];
        if (strncmp(c->name, "current_ampere", 14) != 0) continue;
        if (rule == PM_SIGN_DISCHARGE) c->num = -c->num;
        c->source.sign_assumed =
            rule == PM_SIGN_UNSIGNED || rule == PM_SIGN_UNKNOWN || (rule == PM_SIGN_LETTER && layout->sign_field < 0);
    }
}

/* No test time but a wall clock: time since the first row. */
static void derive_test_time(pm_layout *layout, const pm_sample *s)
{
    const pm_text_column *clock = NULL;
    pm_clock_cache cache = {0};

    for (int i = 0; i < layout->n_columns; i++) {
        if (strcmp(layout->column[i].name, "test_time_second") == 0) return;
        if (strcmp(layout->column[i].name, "unix_time_second") == 0) clock = &layout->column[i];
    }
    if (!clock || s->n == 0) return;
    int64_t n;
    const char *at = pm_tokens_field(&s->tokens, &s->rows[0], clock->field, &n);
    pm_text_column *c = &layout->column[layout->n_columns];
    *c = *clock;
    if (pm_clock_parse(clock->clock, &cache, at, n, &c->base) != PM_NUMERAL_OK) return;
    snprintf(c->name, sizeof c->name, "test_time_second");
    c->wanted = true;
    layout->n_columns++;
}

/* Labels of the levels above the records that are worth carrying down: cycle and step. */
static pm_status carried_columns(const context *x, candidate *found, int *n, pm_error *err)
{
    static const char *const names[] = {"cycle_count", "step_id", "step_count", "step_type"};
    pm_status s;

    for (int level = 0; level < x->layout->levels - 1; level++) {
        const pm_labels *labels = &x->layout->labels[level];
        for (int f = 0; f < labels->n; f++) {
            candidate c = {0};
            bool carried = false;
            if (!labels->text[f][0]) continue;
            if ((s = examine(x, labels->text[f], 1 << 20, &c, err))) return s;
            for (size_t k = 0; k < sizeof names / sizeof *names; k++)
                carried = carried || strcmp(names[k], c.column.name) == 0;
            if (!carried) continue;
            c.column.field = f;
            c.column.level = level;
            found[(*n)++] = c;
        }
    }
    return PM_OK;
}

static pm_status all_columns(const context *x, candidate *found, int *n, pm_error *err)
{
    const pm_labels *labels = &x->layout->labels[x->layout->levels - 1];
    pm_status s;

    *n = 0;
    if ((s = carried_columns(x, found, n, err))) return s;
    for (int f = 0; f < labels->n; f++) {
        if (!labels->text[f][0]) continue;
        if ((s = examine(x, labels->text[f], f, &found[*n], err))) return s;
        found[(*n)++].column.level = x->layout->levels - 1;
    }
    settle_names(found, *n);
    return PM_OK;
}

/* The map's word is kept, or refused with a reason; never passed over. */
static pm_status check_entry(const context *x, const pm_map_entry *e, const candidate *found, int n, pm_error *err)
{
    const pm_labels *labels = &x->layout->labels[x->layout->levels - 1];

    if (!pm_quantities_named(x->quantities, e->to))
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(),
                          "time, voltage, current, cycle, step, date, or a machine name",
                          "the map's '%s' is no quantity", e->to);
    if (e->field >= labels->n)
        return pm_fail_at(err, PM_ERR_COLUMN, pm_nowhere(), "columns are counted from 1",
                          "the map names column %d; the file has %d", e->field + 1, labels->n);
    for (int i = 0; i < n; i++) {
        const pm_text_column *c = &found[i].column;
        if (e->field >= 0 ? c->field != e->field : strcmp(c->source_name, e->label) != 0) continue;
        if (strcmp(c->name, e->to) == 0) return PM_OK;
        return pm_fail_at(err, PM_ERR_COLUMN, pm_at_line(NULL, x->layout->header_line, NULL), "name another column",
                          "the map's column '%s' cannot be %s%s%s%s", e->label, e->to,
                          found[i].sample[0] ? ": it holds '" : "", found[i].sample, found[i].sample[0] ? "'" : "");
    }
    return pm_fail_at(err, PM_ERR_COLUMN, pm_at_line(NULL, x->layout->header_line, NULL),
                      "write the label as the file does", "the map's column '%s' is not in the header", e->label);
}

static pm_status check_map(const context *x, const candidate *found, int n, pm_error *err)
{
    pm_status s;

    for (int i = 0; i < x->n_map; i++) {
        for (int k = 0; k < i; k++)
            if (strcmp(x->map[i].to, x->map[k].to) == 0 || strcmp(x->map[i].label, x->map[k].label) == 0)
                return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), "each quantity and each column once",
                                  "the map names '%s' twice",
                                  strcmp(x->map[i].to, x->map[k].to) ? x->map[i].label : x->map[i].to);
        if ((s = check_entry(x, &x->map[i], found, n, err))) return s;
    }
    return PM_OK;
}

static void note_unreadable(pm_layout *layout, const candidate *found, int n)
{
    static const char *const needed[] = {"test_time_second", "voltage_volt", "current_ampere"};

    for (int i = 0; i < n; i++)
        for (int k = 0; k < 3 && found[i].denied; k++)
            if (strcmp(found[i].denied->name, needed[k]) == 0 && !layout->unreadable[0])
                snprintf(layout->unreadable, sizeof layout->unreadable, "'%.40s' holds no numbers, such as '%s'",
                         found[i].column.source_name, found[i].sample);
}

/* One value more than labels in each row: a label was lost, and which values are whose nobody can tell. */
static pm_status check_labels(const pm_layout *layout, const pm_sample *s, pm_error *err)
{
    const pm_labels *labels = &layout->labels[layout->levels - 1];
    int named = labels->n, rows = 0;

    while (named > 0 && !labels->text[named - 1][0]) named--;
    for (int i = 0; i < s->n && layout->levels == 1; i++) {
        int64_t n = 0;
        double x;
        const char *at = pm_tokens_field(&s->tokens, &s->rows[i], named, &n);
        if (pm_number_parse(at, n, layout->decimal, &x) != PM_NUMERAL_OK) return PM_OK;
        rows++;
    }
    if (rows < 2) return PM_OK;
    return pm_fail_at(err, PM_ERR_DATA, pm_at_line(NULL, layout->header_line, NULL),
                      "add the missing label, or name the columns by number: --map time=1,voltage=2,current=3",
                      "the header names %d columns, but the rows hold a value more: a label is missing", named);
}

pm_status pm_layout_columns(pm_layout *layout, const pm_head *head, const pm_text_options *options, pm_error *err)
{
    pm_sample *rows = calloc(1, sizeof *rows);
    candidate *found = NULL;
    context x = {.layout = layout, .quantities = options->quantities, .sample = rows};
    int n = 0, labels = 0;
    pm_status s = rows ? PM_OK : pm_fail(err, PM_ERR_MEMORY, "no memory for the columns");

    for (int k = 0; k < layout->levels; k++) labels += layout->labels[k].n;
    found = calloc((size_t)labels + 1, sizeof *found);
    layout->column = calloc((size_t)labels + 2 + PM_DERIVED_MAX, sizeof *layout->column);
    if (!s && (!found || !layout->column)) s = pm_fail(err, PM_ERR_MEMORY, "no memory for the columns");
    if (!s) s = pm_sample_take(layout, head, rows, err);
    if (!s) {
        layout->decimal = pm_sample_decimal(layout, rows);
        layout->expected_fields = expected_fields(layout, rows);
        s = pm_map_parse(options->map, x.map, &x.n_map, err);
        if (!s && !options->map) s = check_labels(layout, rows, err);
    }
    x.machine = all_machine_names(layout, options->quantities);
    if (!s) s = all_columns(&x, found, &n, err);
    if (!s) s = check_map(&x, found, n, err);
    if (!s) note_unreadable(layout, found, n);
    for (int i = 0; !s && i < n; i++) {
        found[i].column.wanted = pm_label_is_asked_for(options->columns, found[i].column.name);
        layout->column[layout->n_columns++] = found[i].column;
    }
    if (!s) {
        layout->frequencies = are_frequencies(layout, rows);
        derive_test_time(layout, rows);
        settle_sign(layout);
    }
    free(found);
    if (rows) pm_sample_free(rows);
    free(rows);
    return s;
}
