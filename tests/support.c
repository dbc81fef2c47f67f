/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void support_close(const char *what, double a, double b, double rtol, double atol, const char *file, int line)
{
    if (a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= atol + rtol * fabs(b)) return;
    print_error("%s is %.17g, not %.17g: off by %.3g, allowed %.3g\n", what, a, b, fabs(a - b), atol + rtol * fabs(b));
    _fail(file, line);
}

void support_good(pm_status status, const pm_error *err, const char *file, int line)
{
    if (status == PM_OK) return;
    print_error("status %s", pm_status_name(status));
    if (err) print_error(": %s:%lld: %s (%s)", err->file, (long long)err->line, err->message, err->hint);
    print_error("\n");
    _fail(file, line);
}

static const pm_column *find(const pm_table *table, const char *name, int64_t row, const char *file, int line)
{
    const pm_column *column = pm_table_find(table, name);
    if (column && row >= 0 && row < column->n_rows) return column;
    print_error("no column %s, or no row %lld in it\n", name, (long long)row);
    _fail(file, line);
    return NULL;
}

double support_real(const pm_table *table, const char *name, int64_t row, const char *file, int line)
{
    const pm_column *column = find(table, name, row, file, line);
    if (pm_column_missing(column, row)) return NAN;
    if (column->number) return column->number[row];
    if (column->integer) return (double)column->integer[row];
    print_error("column %s holds words\n", name);
    _fail(file, line);
    return NAN;
}

const char *support_word(const pm_table *table, const char *name, int64_t row, const char *file, int line)
{
    const pm_column *column = find(table, name, row, file, line);
    if (!column->code) {
        print_error("column %s holds numbers\n", name);
        _fail(file, line);
    }
    return pm_column_word(column, row);
}

static bool same_cell(const pm_column *a, const pm_column *b, int64_t row)
{
    if (pm_column_missing(a, row) || pm_column_missing(b, row))
        return pm_column_missing(a, row) == pm_column_missing(b, row);
    if (a->number) return memcmp(&a->number[row], &b->number[row], sizeof(double)) == 0;
    if (a->integer) return a->integer[row] == b->integer[row];
    return strcmp(pm_column_word(a, row), pm_column_word(b, row)) == 0;
}

static void same_column(const pm_column *a, const pm_column *b, const char *file, int line)
{
    if (strcmp(a->name, b->name) != 0 || strcmp(a->unit, b->unit) != 0 || a->type != b->type) {
        print_error("column %s (%s) is not %s (%s)\n", a->name, a->unit, b->name, b->unit);
        _fail(file, line);
    }
    for (int64_t row = 0; row < a->n_rows; row++) {
        if (same_cell(a, b, row)) continue;
        print_error("%s differs in row %lld\n", a->name, (long long)row);
        _fail(file, line);
    }
}

static void same_meta(const pm_table *a, const pm_table *b, const char *file, int line)
{
    bool same = pm_table_meta_count(a) == pm_table_meta_count(b);
    for (int i = 0; same && i < pm_table_meta_count(a); i++) {
        const char *key, *value;
        pm_table_meta_at(a, i, &key, &value);
        const char *other = pm_table_meta(b, key);
        same = other && strcmp(value, other) == 0;
        if (!same) print_error("metadata %s differs\n", key);
    }
    if (!same) _fail(file, line);
}

void support_same_table(const pm_table *a, const pm_table *b, bool meta, const char *file, int line)
{
    if (pm_table_columns(a) != pm_table_columns(b) || pm_table_rows(a) != pm_table_rows(b)) {
        print_error("%d x %lld is not %d x %lld\n", pm_table_columns(a), (long long)pm_table_rows(a),
                    pm_table_columns(b), (long long)pm_table_rows(b));
        _fail(file, line);
    }
    for (int c = 0; c < pm_table_columns(a); c++) same_column(pm_table_column(a, c), pm_table_column(b, c), file, line);
    if (meta) same_meta(a, b, file, line);
}

static char *joined(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size); /* not asprintf, whose block would not be counted as held */
    if (!path) fail_msg("no memory");
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

char *support_source(const char *name)
{
    const char *root = getenv("PREMORTEM_ROOT");
    return joined(root ? root : ".", name);
}

char *support_data(const char *name)
{
    const char *folder = getenv("PREMORTEM_DATA");
    char *beside = support_source("../shared/data");
    char *path = joined(folder ? folder : beside, name);
    free(beside);
    if (access(path, R_OK) == 0) return path;
    print_message("# skipped: no %s\n", path);
    free(path);
    skip();
    return NULL;
}

int support_without(const char *library)
{
    printf("1..0 # SKIP built without %s\n", library);
    return 0;
}

char *support_file(const char *suffix, const void *bytes, int64_t n)
{
    const char *folder = getenv("TMPDIR");
    char name[256];
    snprintf(name, sizeof name, "premortem-test-XXXXXX%s", suffix);
    char *path = joined(folder ? folder : "/tmp", name);
    int descriptor = mkstemps(path, (int)strlen(suffix));
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    size_t size = n < 0 ? strlen(bytes) : (size_t)n;
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) fail_msg("cannot write %s", path);
    return path;
}

void support_remove(char *path)
{
    if (path) unlink(path);
    free(path);
}
