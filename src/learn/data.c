/* SPDX-License-Identifier: MIT */
/* Tables of cells as data to learn from. */
#include "learn.h"

#include <math.h>
#include <string.h>

static void free_names(char **names, int64_t n)
{
    for (int64_t i = 0; names && i < n; i++) free(names[i]);
    free(names);
}

void pm_data_free(pm_data *d)
{
    if (!d) return;
    free_names(d->feature, d->p);
    free_names(d->unit, d->p);
    free_names(d->class_name, d->classes);
    free_names(d->group_name, d->groups);
    free_names(d->cell_name, d->cells);
    free(d->x);
    free(d->y);
    free(d->target);
    free(d->upper);
    free(d->group);
    free(d->cell);
    free(d);
}

static pm_status no_memory(pm_error *err)
{
    return pm_fail(err, PM_ERR_MEMORY, "no memory for data to learn from");
}

/* ---- names of rows: groups, cells, classes ---- */

typedef struct names {
    char **name;
    int64_t n, room;
} names;

static pm_status number_of(names *all, const char *word, int32_t *number, pm_error *err)
{
    pm_status s;

    for (int64_t i = 0; i < all->n; i++)
        if (strcmp(all->name[i], word) == 0) {
            *number = (int32_t)i;
            return PM_OK;
        }
    if ((s = pm_grow(&all->name, &all->room, all->n + 1, sizeof *all->name, err))) return s;
    if (!(all->name[all->n] = pm_text_copy(word, -1))) return no_memory(err);
    *number = (int32_t)all->n++;
    return PM_OK;
}

/* A word, or a number in digits; "" where missing. */
static void word_of(const pm_column *c, int64_t row, char text[128])
{
    text[0] = 0;
    if (pm_column_missing(c, row)) return;
    if (c->type == PM_STRING)
        snprintf(text, 128, "%s", pm_column_word(c, row));
    else if (c->type == PM_INT64)
        snprintf(text, 128, "%lld", (long long)c->integer[row]);
    else
        pm_number_print(c->number[row], text);
}

/* Numbers of the words of a column (NULL: each row its own) at these rows. */
static pm_status number_rows(const pm_column *c, int64_t n, const int64_t *row, int32_t *number, names *all,
                             pm_error *err)
{
    pm_status s = PM_OK;
    char text[128];

    for (int64_t i = 0; !s && i < n; i++) {
        if (c)
            word_of(c, row[i], text);
        else
            snprintf(text, sizeof text, "row %lld", (long long)row[i] + 1);
        s = number_of(all, text, &number[i], err);
    }
    return s;
}

/* ---- which rows and columns ---- */

static pm_status find_column(const pm_table *table, const char *name, const pm_column **out, pm_error *err)
{
    *out = name ? pm_table_find(table, name) : NULL;
    if (!name || *out) return PM_OK;
    return pm_fail_at(err, PM_ERR_COLUMN, pm_nowhere(), "name a column that is there", "no column '%s'", name);
}

static bool is_listed(const char *const *list, const char *word)
{
    for (int i = 0; list[i]; i++)
        if (strcmp(list[i], word) == 0) return true;
    return false;
}

static bool is_role(const pm_data_columns *c, const char *name)
{
    const char *const roles[] = {c->target, c->censored, c->group, c->cell};

    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (roles[i] && strcmp(roles[i], name) == 0) return true;
    return false;
}

static pm_status find_features(const pm_table *table, const pm_data_columns *c, const pm_column **found, int *p,
                               pm_error *err)
{
    *p = 0;
    if (!c->features) {
        for (int i = 0; i < pm_table_columns(table); i++) {
            const pm_column *column = pm_table_column(table, i);
            if (column->type != PM_STRING && !is_role(c, column->name)) found[(*p)++] = column;
        }
        return PM_OK;
    }
    for (int i = 0; c->features[i]; i++) {
        pm_status s = find_column(table, c->features[i], &found[i], err);
        if (s) return s;
        if (found[i]->type == PM_STRING)
            return pm_fail(err, PM_ERR_COLUMN, "feature '%s' is a column of words, not of numbers", c->features[i]);
        *p = i + 1;
    }
    return PM_OK;
}

static int64_t rows_with_target(const pm_table *table, const pm_column *target, const pm_data_columns *c, int64_t *row)
{
    int64_t n = 0;

    for (int64_t i = 0; i < pm_table_rows(table); i++) {
        if (target && pm_column_missing(target, i)) continue;
        if (target && target->type == PM_STRING && c->classes && !is_listed(c->classes, pm_column_word(target, i)))
            continue;
        row[n++] = i;
    }
    return n;
}

int pm_data_flag(const pm_column *column, int64_t row)
{
    static const char *const words[] = {"0", "1", "false", "true", "no", "yes"};
    const char *word = pm_column_word(column, row);
    double number = pm_column_real(column, row);

    for (size_t i = 0; word && i < sizeof words / sizeof *words; i++)
        if (pm_text_same(word, words[i])) return i % 2;
    return number == 0 || number == 1 ? (int)number : -1;
}

/* ---- filling ---- */

static pm_status fill_features(pm_data *d, const pm_column *const *column, const int64_t *row, pm_error *err)
{
    d->x = malloc((size_t)(d->n * d->p + 1) * sizeof *d->x);
    d->feature = calloc((size_t)d->p + 1, sizeof *d->feature);
    d->unit = calloc((size_t)d->p + 1, sizeof *d->unit);
    if (!d->x || !d->feature || !d->unit) return no_memory(err);
    for (int f = 0; f < d->p; f++) {
        d->feature[f] = pm_text_copy(column[f]->name, -1);
        d->unit[f] = pm_text_copy(column[f]->unit, -1);
        if (!d->feature[f] || !d->unit[f]) return no_memory(err);
        for (int64_t i = 0; i < d->n; i++) {
            double value = pm_column_real(column[f], row[i]);
            d->x[i * d->p + f] = isfinite(value) ? value : NAN;
        }
    }
    return PM_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static pm_status fill_classes(pm_data *d, const pm_column *target, const int64_t *row, pm_error *err)
{
    names all = {0};
    int32_t number;
    pm_status s = PM_OK;

    d->y = calloc((size_t)d->n + 1, sizeof *d->y);
    if (!d->y) return no_memory(err);
    for (int64_t i = 0; !s && i < d->n; i++) s = number_of(&all, pm_column_word(target, row[i]), &number, err);
    d->class_name = all.name;
    d->classes = (int)all.n;
    if (s) return s;
    qsort(all.name, (size_t)all.n, sizeof *all.name, by_name);
    for (int64_t i = 0; !s && i < d->n; i++) {
        s = number_of(&all, pm_column_word(target, row[i]), &number, err);
        d->y[i] = number;
    }
    return s;
}

static pm_status fill_target(pm_data *d, const pm_column *target, const pm_column *censored, const int64_t *row,
                             pm_error *err)
{
    d->target = calloc((size_t)d->n + 1, sizeof *d->target);
    if (!d->target) return no_memory(err);
    for (int64_t i = 0; i < d->n; i++) d->target[i] = pm_column_real(target, row[i]);
    if (!censored) return PM_OK;
    d->upper = calloc((size_t)d->n + 1, sizeof *d->upper);
    if (!d->upper) return no_memory(err);
    for (int64_t i = 0; i < d->n; i++) {
        int flag = pm_data_flag(censored, row[i]);
        if (flag < 0) {
            pm_place at = pm_at_line(NULL, -1, censored->name);
            at.row = row[i] + 1;
            return pm_fail_at(err, PM_ERR_DATA, at, "1, true, yes or 0, false, no",
                              "column '%.60s' does not say whether the target is censored", censored->name);
        }
        d->upper[i] = flag ? INFINITY : d->target[i];
    }
    return PM_OK;
}

static pm_status fill_rows(pm_data *d, const pm_column *group, const pm_column *cell, const int64_t *row, pm_error *err)
{
    names groups = {0}, cells = {0};
    pm_status s;

    d->group = calloc((size_t)d->n + 1, sizeof *d->group);
    d->cell = calloc((size_t)d->n + 1, sizeof *d->cell);
    if (!d->group || !d->cell) return no_memory(err);
    s = number_rows(group, d->n, row, d->group, &groups, err);
    if (!s) s = number_rows(cell, d->n, row, d->cell, &cells, err);
    d->group_name = groups.name;
    d->groups = (int)groups.n;
    d->cell_name = cells.name;
    d->cells = (int)cells.n;
    return s;
}

pm_status pm_data_new(const pm_table *table, const pm_data_columns *c, pm_data **out, pm_error *err)
{
    pm_scoped(pm_data) d = calloc(1, sizeof *d);
    pm_scoped_memory const pm_column **features = calloc((size_t)pm_table_columns(table) + 1, sizeof *features);
    pm_scoped_memory int64_t *row = calloc((size_t)pm_table_rows(table) + 1, sizeof *row);
    const pm_column *target, *censored, *group, *cell;
    pm_status s;

    if (!d || !features || !row) return no_memory(err);
    if ((s = find_column(table, c->target, &target, err)) || (s = find_column(table, c->censored, &censored, err)) ||
        (s = find_column(table, c->group, &group, err)) || (s = find_column(table, c->cell, &cell, err)) ||
        (s = find_features(table, c, features, &d->p, err)))
        return s;
    d->n = rows_with_target(table, target, c, row);
    if (d->n == 0)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "give rows with a value in the target's column",
                          "there is no row to learn from");
    if ((s = fill_features(d, features, row, err))) return s;
    if (target && target->type == PM_STRING && (s = fill_classes(d, target, row, err))) return s;
    if (target && target->type != PM_STRING && (s = fill_target(d, target, censored, row, err))) return s;
    if ((s = fill_rows(d, group, cell, row, err))) return s;
    *out = d;
    d = NULL;
    return PM_OK;
}

/* ---- parts ---- */

static pm_status copy_names(char **from, int n, char ***to, pm_error *err)
{
    if (!from) return PM_OK;
    *to = calloc((size_t)n + 1, sizeof **to);
    if (!*to) return no_memory(err);
    for (int i = 0; i < n; i++)
        if (!((*to)[i] = pm_text_copy(from[i], -1))) return no_memory(err);
    return PM_OK;
}

/* A copy of what is not by row; n and p are the new ones. */
static pm_status copy_frame(const pm_data *from, pm_data *d, pm_error *err)
{
    pm_status s;

    d->classes = from->classes;
    d->groups = from->groups;
    d->cells = from->cells;
    if ((s = copy_names(from->class_name, from->classes, &d->class_name, err))) return s;
    if ((s = copy_names(from->group_name, from->groups, &d->group_name, err))) return s;
    return copy_names(from->cell_name, from->cells, &d->cell_name, err);
}

static void *take_rows(const void *from, size_t size, int64_t n, const int64_t *rows)
{
    char *to = from ? malloc((size_t)(n + 1) * size) : NULL;

    for (int64_t i = 0; to && i < n; i++)
        memcpy(to + (size_t)i * size, (const char *)from + (size_t)rows[i] * size, size);
    return to;
}

pm_status pm_data_take(const pm_data *from, int64_t n, const int64_t rows[], pm_data **out, pm_error *err)
{
    pm_scoped(pm_data) d = calloc(1, sizeof *d);
    pm_status s;

    if (!d) return no_memory(err);
    d->n = n;
    d->p = from->p;
    if ((s = copy_names(from->feature, from->p, &d->feature, err))) return s;
    if ((s = copy_names(from->unit, from->p, &d->unit, err))) return s;
    if ((s = copy_frame(from, d, err))) return s;
    d->x = take_rows(from->x, (size_t)from->p * sizeof *d->x, n, rows);
    d->y = take_rows(from->y, sizeof *d->y, n, rows);
    d->target = take_rows(from->target, sizeof *d->target, n, rows);
    d->upper = take_rows(from->upper, sizeof *d->upper, n, rows);
    d->group = take_rows(from->group, sizeof *d->group, n, rows);
    d->cell = take_rows(from->cell, sizeof *d->cell, n, rows);
    if (!d->x || !d->group || !d->cell || (from->y && !d->y) || (from->target && !d->target) ||
        (from->upper && !d->upper))
        return no_memory(err);
    *out = d;
    d = NULL;
    return PM_OK;
}

pm_status pm_data_select(const pm_data *from, int p, const int features[], pm_data **out, pm_error *err)
{
    pm_scoped(pm_data) d = NULL;
    pm_scoped_memory int64_t *rows = calloc((size_t)from->n + 1, sizeof *rows);
    pm_scoped_memory double *x = malloc((size_t)(from->n * p + 1) * sizeof *x);
    pm_scoped_memory char **feature = calloc((size_t)p + 1, sizeof *feature);
    pm_scoped_memory char **unit = calloc((size_t)p + 1, sizeof *unit);
    pm_status s;

    if (!rows || !x || !feature || !unit) return no_memory(err);
    for (int64_t i = 0; i < from->n; i++) rows[i] = i;
    for (int f = 0; f < p; f++) {
        if (features[f] < 0 || features[f] >= from->p)
            return pm_fail(err, PM_ERR_ARGUMENT, "no feature %d", features[f]);
        for (int64_t i = 0; i < from->n; i++) x[i * p + f] = from->x[i * from->p + features[f]];
        feature[f] = from->feature[features[f]]; /* borrowed until they are copied */
        unit[f] = from->unit[features[f]];
    }
    if ((s = pm_data_take(from, from->n, rows, &d, err))) return s;
    free_names(d->feature, d->p);
    free_names(d->unit, d->p);
    d->feature = d->unit = NULL;
    d->p = p;
    if ((s = copy_names(feature, p, &d->feature, err)) || (s = copy_names(unit, p, &d->unit, err))) return s;
    free(d->x);
    d->x = x;
    x = NULL;
    *out = d;
    d = NULL;
    return PM_OK;
}
