/* SPDX-License-Identifier: MIT */
/* Whether the numbers of a table can be learned from. */
#include "cli/train.h"

#include <float.h>
#include <math.h>
#include <string.h>

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
pm_status train_check_words(const pm_table *rows, const pm_column *column, pm_error *err)
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

void train_check_percent(train_data *d, const pm_column *column)
{
    if (*d->percent || !strstr(column->name, "efficiency") || strcmp(column->unit, "1") != 0) return;
    for (int64_t i = 0; i < column->n_rows; i++)
        if (pm_column_real(column, i) > 2) {
            snprintf(d->percent, sizeof d->percent, "%.60s holds %g: percent? 1 is what came back whole", column->name,
                     pm_column_real(column, i));
            return;
        }
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
