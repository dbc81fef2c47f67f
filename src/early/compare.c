/* SPDX-License-Identifier: MIT */
/* Which cells are compared, in which conditions and groups. */
#include "compare_state.h"

#include <math.h>
#include <string.h>

static const char *const condition_names[] = {"current_density_ampere_per_cm2", "areal_capacity_ah_per_cm2",
                                              "temperature_celsius"};
/* Of the quantities of pm_cell_fields. Others: more is better, and who knows what they can be. */
static const struct known {
    const char *name;
    bool higher_is_better;
} known[] = {{"coulombic_efficiency", true},
             {"coulombic_efficiency_average", true},
             {"irreversible_capacity_ah_per_cm2", false},
             {"polarisation_volt", false},
             {"cycle_life", true}};
enum { KNOWN = sizeof known / sizeof *known };

/* ---- columns ---- */

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);

    return n > m && !strcmp(name + n - m, end);
}

static bool is_quantity(const pm_column *c)
{
    for (int k = 0; k < CONDITIONS; k++)
        if (!strcmp(c->name, condition_names[k])) return false;
    if (!strcmp(c->name, "window_cycles") || !strcmp(c->name, "cut_cycle_count")) return false;
    return c->type != PM_STRING && !ends_with(c->name, "_error") && !ends_with(c->name, "_censored");
}

static const pm_column *companion(const pm_table *cells, const char *name, const char *end)
{
    char text[160];

    snprintf(text, sizeof text, "%s%s", name, end);
    return pm_table_find(cells, text);
}

static bool has_values(const pm_column *c, int64_t rows)
{
    for (int64_t i = 0; i < rows; i++)
        if (isfinite(pm_column_real(c, i))) return true;
    return false;
}

static bool is_efficiency(const char *name)
{
    return !strncmp(name, "coulombic_efficiency", strlen("coulombic_efficiency"));
}

static bool has_negatives(const pm_column *c, int64_t rows)
{
    for (int64_t i = 0; i < rows; i++)
        if (pm_column_real(c, i) < 0) return true;
    return false;
}

/** The lowest bound of an interval is 0 where no cell shows that there is less. */
static quantity quantity_of(const compare_state *s, const pm_column *c)
{
    quantity q = {c, companion(s->cells, c->name, "_error"), companion(s->cells, c->name, "_censored"), true, false};

    for (int i = 0; i < KNOWN; i++) {
        if (strcmp(c->name, known[i].name) != 0) continue;
        q.higher_is_better = known[i].higher_is_better;
        q.never_negative = is_efficiency(c->name) || !has_negatives(c, s->rows); /* less may be lost than nothing */
    }
    return q;
}

/** Quantities that some cell has. */
static pm_status find_quantities(compare_state *s, pm_error *err)
{
    for (int k = 0; k < pm_table_columns(s->cells); k++) {
        const pm_column *c = pm_table_column(s->cells, k);
        if (!is_quantity(c) || !has_values(c, s->rows)) continue;
        if (s->quantities == QUANTITIES_MOST)
            return pm_fail(err, PM_ERR_LIMIT, "more than %d quantities to compare", QUANTITIES_MOST);
        s->quantity[s->quantities++] = quantity_of(s, c);
    }
    if (s->quantities) return PM_OK;
    return pm_fail(err, PM_ERR_DATA, "the table of cells has no quantity to compare: a column of numbers");
}

/* ---- which cells ---- */

typedef struct excluded_row {
    const char *cell_id, *electrolyte_id, *quantity, *reason;
} excluded_row;
static const pm_field excluded_fields[] = {
    {"cell_id", PM_STRING, "", offsetof(excluded_row, cell_id), "the cell"},
    {"electrolyte_id", PM_STRING, "", offsetof(excluded_row, electrolyte_id), "its electrolyte"},
    {"quantity", PM_STRING, "", offsetof(excluded_row, quantity), "all: the whole cell; window: its cycles"},
    {"reason", PM_STRING, "", offsetof(excluded_row, reason), "the rule"},
};

static void exclude(compare_state *s, int64_t row, const char *what, const char *reason)
{
    pm_builder_push(s->excluded,
                    &(excluded_row){pm_column_word(s->cell, row), pm_column_word(s->electrolyte, row), what, reason});
}

static bool same_cell(const compare_state *s, int64_t a, int64_t b)
{
    const char *left = pm_column_word(s->cell, a), *right = pm_column_word(s->cell, b);

    return left && right && !strcmp(left, right);
}

/** Why a cell has no part at all; NULL = it has. */
static const char *whole_reason(const compare_state *s, int64_t row)
{
    if (!pm_column_word(s->electrolyte, row)) return "no electrolyte is told";
    for (int64_t i = 0; i < row; i++)
        if (same_cell(s, i, row)) return "another row has the same cell_id: one cell counts once";
    return NULL;
}

static bool of_window(const char *name)
{
    return !strcmp(name, "coulombic_efficiency") || !strcmp(name, "polarisation_volt") ||
           !strcmp(name, "irreversible_capacity_ah_per_cm2");
}

static bool is_cut(const compare_state *s, int64_t row)
{
    return isfinite(pm_column_real(s->cut, row));
}

/** Why a cell shows no value; those of its window have causes of their own. */
static const char *missing_reason(const compare_state *s, const quantity *q, int64_t row)
{
    const char *name = q->value->name;
    bool reservoir = !strcmp(name, "coulombic_efficiency_average");

    if (is_cut(s, row) && isnan(pm_column_real(s->window_cycles, row)) && reservoir)
        return "a short in the test, which is one measurement";
    if (of_window(name) && pm_column_real(s->window_cycles, row) == 0)
        return is_cut(s, row) ? "no cycle of the window comes before its short" : "no complete cycle in the window";
    if (is_cut(s, row) && !strcmp(name, "irreversible_capacity_ah_per_cm2"))
        return "a sum over the window, which a short has cut: fewer cycles lose less";
    return "not measured: too few cycles for the window, or not shown by this kind or test";
}

/** Why a cell has no part in a quantity; NULL = it has. */
static const char *quantity_reason(const compare_state *s, const quantity *q, int64_t row)
{
    double value = pm_column_real(q->value, row);
    const char *label = pm_column_word(s->label, row);

    if (!isfinite(value)) return missing_reason(s, q, row);
    if (isnan(pm_column_real(s->window_cycles, row)) && label && !strcmp(label, "short") &&
        strcmp(q->value->name, "cycle_life") != 0)
        return "the cell has shorted: its charges and voltages are not those of the electrolyte";
    if (is_efficiency(q->value->name) && (value > s->options.highest_efficiency || value < 0))
        return "no efficiency: a short, a wrong sign of the current, or another kind of cell";
    return NULL;
}

/* ---- conditions and groups ---- */

static bool near_enough(double a, double b, double relative, double absolute)
{
    if (isnan(a) || isnan(b)) return isnan(a) && isnan(b); /* not told is a condition of its own */
    return fabs(a - b) <= absolute + relative * fmax(fabs(a), fabs(b));
}

static bool same_word(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

/** Of these kinds the protocol sets what cycles begin with; of others cells differ as their electrodes do. */
static bool capacity_is_set(const char *kind)
{
    return !kind || !strcmp(kind, pm_kind_name(PM_LI_CU)) || !strcmp(kind, pm_kind_name(PM_LI_LI));
}

static bool same_condition(const compare_state *s, const condition *c, int64_t row)
{
    const pm_compare_options *o = &s->options;
    double capacity = capacity_is_set(c->kind) ? o->same_capacity : o->same_loading;
    const double relative[CONDITIONS] = {o->same_current, capacity, 0};
    const double absolute[CONDITIONS] = {0, 0, o->same_temperature_C};

    for (int k = 0; k < CONDITIONS; k++)
        if (!near_enough(c->value[k], pm_column_real(s->condition_column[k], row), relative[k], absolute[k]))
            return false;
    return same_word(c->kind, pm_column_word(s->kind, row));
}

/** Of the first condition that fits; a new one otherwise. Its numbers are its first cell's. */
static pm_status condition_of(compare_state *s, int64_t row, int64_t *out, pm_error *err)
{
    pm_status status;

    for (*out = 0; *out < s->conditions; ++*out)
        if (same_condition(s, &s->condition[*out], row)) return PM_OK;
    status = pm_grow(&s->condition, &s->condition_room, s->conditions + 1, sizeof *s->condition, err);
    if (status) return status;
    condition *c = &s->condition[s->conditions++];
    c->kind = pm_column_word(s->kind, row);
    for (int k = 0; k < CONDITIONS; k++) c->value[k] = pm_column_real(s->condition_column[k], row);
    return PM_OK;
}

static pm_status group_of(compare_state *s, int64_t row, int64_t *out, pm_error *err)
{
    const char *electrolyte = pm_column_word(s->electrolyte, row);
    int64_t number;
    pm_status status = condition_of(s, row, &number, err);

    if (status) return status;
    for (*out = 0; *out < s->groups; ++*out)
        if (s->group[*out].condition == number && !strcmp(s->group[*out].electrolyte, electrolyte)) return PM_OK;
    if ((status = pm_grow(&s->group, &s->group_room, s->groups + 1, sizeof *s->group, err))) return status;
    s->group[s->groups++] = (group){.electrolyte = electrolyte, .condition = number};
    return PM_OK;
}

/** Which cycles of a cell have no part. */
static void tell_window(compare_state *s, int64_t row)
{
    const char *by = pm_column_word(s->cut_by, row);
    double cut = pm_column_real(s->cut, row), used = pm_column_real(s->window_cycles, row);
    char text[120];

    if (isfinite(cut) && isfinite(used)) {
        snprintf(text, sizeof text, "cycles from %.0f on left out: %s%s", cut,
                 by && !strcmp(by, "efficiency") ? "efficiency above 1.02" : "short",
                 used == 0 ? "; no cycle of the window is left" : "");
        exclude(s, row, "window", text);
    } else if (used == 0) {
        exclude(s, row, "window", "no complete cycle in the window");
    }
}

static pm_status part_cells(compare_state *s, pm_error *err)
{
    for (int64_t i = 0; i < s->rows; i++) {
        const char *reason = whole_reason(s, i);
        pm_status status = PM_OK;
        s->group_of[i] = -1;
        if (reason)
            exclude(s, i, "all", reason);
        else
            status = group_of(s, i, &s->group_of[i], err);
        if (status) return status;
        if (reason) continue;
        s->group[s->group_of[i]].cells++;
        tell_window(s, i);
    }
    return PM_OK;
}

/** Members of a group that have a part in a quantity; those that have none are listed where `list`. */
static void take_values(compare_state *s, const quantity *q, int64_t g, values *v, bool list)
{
    *v = (values){.value = v->value, .censored = v->censored, .error = NAN};
    for (int64_t i = 0; i < s->rows; i++) {
        if (s->group_of[i] != g) continue;
        const char *reason = quantity_reason(s, q, i);
        if (reason && list) exclude(s, i, q->value->name, reason);
        if (reason) continue;
        v->value[v->n] = pm_column_real(q->value, i);
        v->censored[v->n] = q->censored && pm_column_real(q->censored, i) == 1;
        v->n_censored += v->censored[v->n++] == 1;
        v->error = fmax(v->error, pm_column_real(q->error, i));
    }
}

/* ---- all of it ---- */

/** Each group's values of a quantity, one after another in the room, and what they tell. */
static pm_status estimate(compare_state *s, const quantity *q, double *room, pm_error *err)
{
    for (int64_t g = 0, at = 0; g < s->groups; at += s->group[g++].v.n) {
        values *v = &s->group[g].v;
        v->value = room + at;
        v->censored = room + s->rows + at;
        take_values(s, q, g, v, true);
    }
    return compare_estimate_groups(s, q, err);
}

static pm_status compare_all(compare_state *s, pm_comparison *out, pm_error *err)
{
    pm_scoped_memory double *room = malloc((size_t)(2 * s->rows + 1) * sizeof *room);
    pm_status status;

    if (!room) return pm_fail(err, PM_ERR_MEMORY, "no memory for a comparison");
    if ((status = part_cells(s, err))) return status;
    if ((status = compare_open_tables(s, err))) return status;
    for (int k = 0; k < s->quantities; k++) {
        if ((status = estimate(s, &s->quantity[k], room, err))) return status;
        compare_write_quantity(s, k);
        if ((status = compare_write_differences(s, &s->quantity[k], err))) return status;
    }
    return compare_close_tables(s, out, err);
}

static pm_status look(compare_state *s, pm_error *err)
{
    s->rows = pm_table_rows(s->cells);
    s->cell = pm_table_find(s->cells, "cell_id");
    s->electrolyte = pm_table_find(s->cells, "electrolyte_id");
    s->kind = pm_table_find(s->cells, "kind");
    s->label = pm_table_find(s->cells, "label");
    s->window_cycles = pm_table_find(s->cells, "window_cycles");
    s->cut = pm_table_find(s->cells, "cut_cycle_count");
    s->cut_by = pm_table_find(s->cells, "cut_by");
    for (int k = 0; k < CONDITIONS; k++) s->condition_column[k] = pm_table_find(s->cells, condition_names[k]);
    if (!s->cell || !s->electrolyte)
        return pm_fail(err, PM_ERR_COLUMN, "a table of cells needs the columns cell_id and electrolyte_id");
    s->group_of = malloc((size_t)(s->rows + 1) * sizeof *s->group_of);
    if (!s->group_of) return pm_fail(err, PM_ERR_MEMORY, "no memory for groups of cells");
    pm_status status = find_quantities(s, err);
    return status ? status : pm_builder_new(4, excluded_fields, &s->excluded, err);
}

pm_status pm_compare(const pm_table *cells, const pm_compare_options *options, pm_comparison *out, pm_error *err)
{
    compare_state s = {.cells = cells};
    pm_compare_options *o = &s.options;

    if (options) *o = *options;
    if (!(o->same_current > 0)) o->same_current = 0.05;
    if (!(o->same_capacity > 0)) o->same_capacity = 0.05;
    if (!(o->same_loading > 0)) o->same_loading = 0.1;
    if (!(o->same_temperature_C > 0)) o->same_temperature_C = 2;
    if (!(o->highest_efficiency > 0)) o->highest_efficiency = 1.02;
    pm_status status = look(&s, err);
    if (!status) status = compare_all(&s, out, err);
    free(s.group_of);
    free(s.condition);
    free(s.group);
    pm_builder_free(s.excluded);
    pm_builder_free(s.table);
    pm_builder_free(s.differences);
    return status;
}

void pm_comparison_leave(pm_comparison *c)
{
    pm_table_free(c->groups);
    pm_table_free(c->excluded);
    pm_table_free(c->differences);
    *c = (pm_comparison){0};
}
