/* SPDX-License-Identifier: MIT */
#include "cli/cycle_table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

pm_reader *cli_cycle_table_open(const cli_shared *shared, const char *path, const pm_run *run)
{
    pm_reader *reader = NULL;

    if (!strcmp(path, "-") || shared->format || shared->map) return NULL;
    if (pm_reader_open(path, NULL, run, &reader, NULL)) return NULL;
    if (!strcmp(pm_reader_facts(reader)->format.content, "cycles")) return reader;
    pm_reader_free(reader);
    return NULL;
}

/* Of a number the integer columns too: cycle counts, `complete`. */
static void copy_column(const pm_column *from, int64_t rows, double *to)
{
    for (int64_t i = 0; i < rows; i++) to[i] = pm_column_real(from, i);
}

/* The numbers of a table, and the columns that it lacks. */
static pm_status completed(const pm_table *read, pm_table **out, pm_error *err)
{
    pm_scoped(pm_builder) b = NULL;
    int64_t rows = pm_table_rows(read);
    int n = pm_table_columns(read), at = 0;
    bool counted = pm_table_find(read, "cycle_count"), judged = pm_table_find(read, "complete");
    pm_status s = pm_builder_new(0, NULL, &b, err);

    if (s) return s;
    for (int i = 0; i < n; i++) {
        const pm_column *c = pm_table_column(read, i);
        if (c->type != PM_STRING) pm_builder_add(b, c->name, PM_DOUBLE, c->unit);
    }
    if (!counted) pm_builder_add(b, "cycle_count", PM_DOUBLE, "1");
    if (!judged) pm_builder_add(b, "complete", PM_DOUBLE, "1");
    if ((s = pm_builder_room(b, rows, err))) return s;
    for (int i = 0; i < n; i++) {
        const pm_column *c = pm_table_column(read, i);
        if (c->type != PM_STRING) copy_column(c, rows, pm_builder_doubles(b, at++));
    }
    double *counts = counted ? NULL : pm_builder_doubles(b, at++), *whole = judged ? NULL : pm_builder_doubles(b, at);
    for (int64_t i = 0; i < rows; i++) {
        if (counts) counts[i] = (double)i + 1;
        if (whole) whole[i] = 1;
    }
    pm_builder_commit(b, rows);
    return pm_builder_finish(b, out, err);
}

pm_status cli_cycle_table(pm_reader *reader, pm_table **out, pm_error *err)
{
    pm_scoped(pm_table) read = NULL;
    pm_status s = pm_reader_rows(reader, &read, err);

    if (s) return s;
    if (!pm_table_find(read, "discharging_capacity_ah") && !pm_table_find(read, "stripping_capacity_ah"))
        return pm_fail_at(err, PM_ERR_DATA, pm_at_line(pm_reader_facts(reader)->path, -1, NULL),
                          "discharging_capacity_ah, as of premortem cycles",
                          "a table of cycles without the capacity that comes back");
    return completed(read, out, err);
}

/* ---- in order ----------------------------------------------------------------------------------------------- */

typedef struct counted {
    double count;
    int64_t row;
} counted;

static int by_count(const void *a, const void *b)
{
    const counted *l = a, *r = b;

    if (l->count != r->count) return l->count < r->count ? -1 : 1;
    return (l->row > r->row) - (l->row < r->row);
}

pm_status cli_cycle_table_sort(pm_table **cycles, pm_error *err)
{
    const pm_table *t = *cycles;
    int64_t rows = pm_table_rows(t);
    pm_scoped_memory counted *order = calloc((size_t)rows + 1, sizeof *order);
    pm_scoped(pm_builder) b = NULL;
    pm_table *sorted = NULL;
    bool rise = true;
    pm_status s;

    if (!order) return pm_fail(err, PM_ERR_MEMORY, "no memory for cycles");
    for (int64_t i = 0; i < rows; i++) {
        double count = pm_table_real(t, "cycle_count", i);
        order[i] = (counted){isnan(count) ? INFINITY : count, i};
        rise = rise && (!i || order[i - 1].count <= order[i].count);
    }
    if (rise) return PM_OK;
    qsort(order, (size_t)rows, sizeof *order, by_count);
    if ((s = pm_builder_new(0, NULL, &b, err))) return s;
    for (int k = 0; k < pm_table_columns(t); k++)
        pm_builder_add(b, pm_table_column(t, k)->name, PM_DOUBLE, pm_table_column(t, k)->unit);
    if ((s = pm_builder_room(b, rows, err))) return s;
    for (int k = 0; k < pm_table_columns(t); k++)
        for (int64_t i = 0; i < rows; i++)
            pm_builder_doubles(b, k)[i] = pm_column_real(pm_table_column(t, k), order[i].row);
    pm_builder_commit(b, rows);
    if ((s = pm_builder_finish(b, &sorted, err))) return s;
    pm_table_free(*cycles);
    *cycles = sorted;
    return PM_OK;
}

pm_cycle_summary cli_cycle_table_summary(const pm_table *cycles, const cli_analysis *analysis)
{
    const pm_column *efficiency = pm_table_find(cycles, "coulombic_efficiency");
    double sum = 0;
    int64_t n = 0;
    pm_cycle_summary s = {.kind = analysis->cycle_options.kind,
                          .kind_source = cli_kind_source(analysis),
                          .formula = efficiency ? "as told" : "none",
                          .protocol = "cycling",
                          .charge_source = "table"};

    for (int64_t i = 0; i < pm_table_rows(cycles); i++) {
        double value = pm_column_real(efficiency, i);
        if (pm_table_real(cycles, "complete", i) != 1) continue;
        s.cycles++;
        if (!isfinite(value)) continue;
        sum += value;
        n++;
    }
    s.cycles_begun = pm_table_rows(cycles);
    s.coulombic_efficiency_mean = n ? sum / (double)n : NAN;
    return s;
}
