/* SPDX-License-Identifier: MIT */
/* Whether the numbers of a table can be learned from. */
#include "cli/train.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

void train_note(train_data *d, const char *format, ...)
{
    va_list parts;

    if (d->n_notes == TRAIN_NOTES) return;
    va_start(parts, format);
    vsnprintf(d->notes[d->n_notes++], sizeof *d->notes, format, parts);
    va_end(parts);
}

static bool is_number(const char *word)
{
    double value;

    return word && pm_number_parse(word, (int64_t)strlen(word), '.', &value) == PM_NUMERAL_OK;
}

/* The file and the row in it of a row of all tables: the first column is its path. */
static pm_place place_of(const pm_table *rows, const char *column, int64_t row)
{
    const pm_column *path = pm_table_column(rows, 0);
    const char *file = pm_column_word(path, row);
    pm_place at = pm_at_line(file && *file ? file : NULL, -1, column);

    at.row = 1;
    for (int64_t i = row - 1; i >= 0 && pm_column_word(path, i) && file && !strcmp(pm_column_word(path, i), file); i--)
        at.row++;
    return at;
}

/* Words among numbers make a column of words, which would be left out in silence; salts and solvents are no numbers. */
pm_status train_check_words(const pm_table *rows, const pm_column *column, bool named, pm_error *err)
{
    int64_t numbers = 0, words = 0, first = -1;

    for (int64_t i = 0; i < column->n_rows; i++) {
        const char *word = pm_column_word(column, i);
        if (!word || !*word) continue;
        bool number = is_number(word);
        numbers += number;
        words += !number;
        if (!number && first < 0) first = i;
    }
    if (named && first < 0)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "leave it out of --features", "column %.60s holds no value",
                          column->name);
    if (named && numbers <= words)
        return pm_fail_at(err, PM_ERR_DATA, place_of(rows, column->name, first),
                          "write numbers, without units, or leave it out of --features",
                          "'%.40s' in column %.60s is no number: words are no feature", pm_column_word(column, first),
                          column->name);
    if (numbers <= words || !words) return PM_OK;
    return pm_fail_at(err, PM_ERR_DATA, place_of(rows, column->name, first),
                      "correct it, empty it, or leave the column out: --without",
                      "'%.40s' in column %.60s is no number; %lld other rows hold one", pm_column_word(column, first),
                      column->name, (long long)numbers);
}

/* Trees are grown in single precision. */
pm_status train_check_numbers(const pm_table *rows, const pm_column *column, pm_error *err)
{
    for (int64_t i = 0; i < column->n_rows; i++) {
        double value = pm_column_real(column, i);
        if (isnan(value) || fabs(value) <= (double)FLT_MAX) continue;
        return pm_fail_at(err, PM_ERR_DATA, place_of(rows, column->name, i),
                          "correct it, empty it, or leave the column out: --without",
                          "%g in column %.60s is beyond what can be learned from (up to %g)", value, column->name,
                          (double)FLT_MAX);
    }
    return PM_OK;
}

pm_status train_check_cycles(const pm_table *rows, pm_error *err)
{
    const pm_column *used = pm_table_find(rows, "cycles_used");
    double first = (double)NAN;

    for (int64_t i = 0; used && i < used->n_rows; i++) {
        double own = pm_column_real(used, i);
        if (isnan(own)) continue;
        if (isnan(first)) first = own;
        if (own != first)
            return pm_fail_at(err, PM_ERR_DATA, place_of(rows, "cycles_used", i),
                              "make all fingerprints of the same number of cycles (--cycles)",
                              "fingerprints of %g and of %g cycles cannot be learned together", first, own);
    }
    return PM_OK;
}

/* What is not said is not to be taken for an end that was seen. */
pm_status train_check_flags(const pm_table *rows, const char *target, const pm_column *column, pm_error *err)
{
    const pm_column *wanted = pm_table_find(rows, target);

    for (int64_t i = 0; i < column->n_rows; i++) {
        char value[64] = "nothing";
        if (pm_column_missing(wanted, i) || pm_data_flag(column, i) >= 0) continue;
        if (pm_column_word(column, i))
            snprintf(value, sizeof value, "'%.40s'", pm_column_word(column, i));
        else if (!pm_column_missing(column, i))
            snprintf(value, sizeof value, "%g", pm_column_real(column, i));
        return pm_fail_at(err, PM_ERR_DATA, place_of(rows, column->name, i),
                          "1, true, yes: the target is a lower bound; 0, false, no: the end was seen",
                          "%s in column %.60s does not say whether the target is censored", value, column->name);
    }
    return PM_OK;
}

/* ---- names that differ by case and spaces only --------------------------------------------------------------- */

static int by_letters(const void *left, const void *right)
{
    const unsigned char *a = *(const unsigned char *const *)left, *b = *(const unsigned char *const *)right;

    for (;; a++, b++) {
        while (isspace(*a)) a++;
        while (isspace(*b)) b++;
        if (tolower(*a) != tolower(*b) || !*a) return tolower(*a) - tolower(*b);
    }
}

/* *pair: two of n different names; NULL where there are none. */
static pm_status find_alike(char *const *names, int n, const char *pair[2], pm_error *err)
{
    pm_scoped_memory const char **sorted = malloc(((size_t)n + 1) * sizeof *sorted);

    pair[0] = pair[1] = NULL;
    if (!sorted) return pm_fail(err, PM_ERR_MEMORY, "no memory to compare names");
    for (int i = 0; i < n; i++) sorted[i] = names[i];
    qsort(sorted, (size_t)n, sizeof *sorted, by_letters);
    for (int i = 1; i < n && !pair[0]; i++)
        if (*sorted[i] && *sorted[i - 1] && !by_letters(&sorted[i - 1], &sorted[i])) {
            bool first = strcmp(sorted[i - 1], sorted[i]) < 0;
            pair[!first] = sorted[i - 1];
            pair[first] = sorted[i];
        }
    return PM_OK;
}

/* The program's own labels go by their exact names. */
static const char *outcome_like(const char *class)
{
    for (int k = PM_CENSORED; k <= PM_STOPPED; k++) {
        const char *name = pm_outcome_name((pm_outcome)k);
        if (name && strcmp(name, class) != 0 && !by_letters(&name, &class)) return name;
    }
    return NULL;
}

pm_status train_check_classes(const train_data *d, const pm_data *all, pm_error *err)
{
    const char *pair[2];
    pm_status s = find_alike(all->class_name, all->classes, pair, err);

    for (int k = 0; !s && !pair[0] && d->labels && k < all->classes; k++)
        if ((pair[1] = outcome_like(all->class_name[k]))) pair[0] = all->class_name[k];
    if (s || !pair[0]) return s;
    return pm_fail_at(err, PM_ERR_DATA, pm_at_line(NULL, -1, d->target), "write them alike",
                      "the classes '%.60s' and '%.60s' differ by case or spaces only", pair[0], pair[1]);
}

pm_status train_note_groups(train_data *t, pm_error *err)
{
    const pm_data *d = t->data;
    const char *pair[2];
    int64_t without = 0;
    pm_status s;

    if (!t->group) return PM_OK;
    if ((s = find_alike(d->group_name, d->groups, pair, err))) return s;
    if (pair[0])
        train_note(t,
                   "the groups '%.60s' and '%.60s' look like the same electrolyte: they differ by case or spaces only, "
                   "and are parted by splits; write them alike if they are one",
                   pair[0], pair[1]);
    for (int64_t i = 0; i < d->n; i++) without += !*d->group_name[d->group[i]];
    if (without && without < d->n)
        train_note(t, "%lld rows have no %.60s: they are taken for one group, on one side of every split",
                   (long long)without, t->group);
    return PM_OK;
}
