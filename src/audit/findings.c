/* SPDX-License-Identifier: MIT */
/* Findings as tables: their order, what can be asked of them. */
#include "audit/checker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *word_at(const pm_table *table, const char *name, int64_t row)
{
    const pm_column *column = pm_table_find(table, name);
    return column ? pm_column_word(column, row) : NULL;
}

static int64_t whole_at(const pm_table *table, const char *name, int64_t row)
{
    const pm_column *column = pm_table_find(table, name);
    bool there = column && column->integer && !pm_column_missing(column, row);
    return there ? column->integer[row] : PM_NO_INT;
}

pm_finding pm_finding_at(const pm_table *findings, int64_t row)
{
    return (pm_finding){
        .code = word_at(findings, "code", row),
        .severity = word_at(findings, "severity", row),
        .column = word_at(findings, "column", row),
        .count = whole_at(findings, "count", row),
        .row_first = whole_at(findings, "row_first", row),
        .row_last = whole_at(findings, "row_last", row),
        .line_first = whole_at(findings, "line_first", row),
        .expected = pm_table_real(findings, "expected", row),
        .observed = pm_table_real(findings, "observed", row),
        .factor = pm_table_real(findings, "factor", row),
        .message = word_at(findings, "message", row),
        .hint = word_at(findings, "hint", row),
        .reconcilable = whole_at(findings, "reconcilable", row),
        .action = word_at(findings, "action", row),
    };
}

static bool same_word(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

/* Two may see one fault: what the reader assumes, the audit may have confirmed with numbers; what an incomplete row lacks is
 * missing from its columns. */
static bool same_fault(const pm_finding *a, const pm_finding *b)
{
    bool same_rows = a->row_first == b->row_first && a->row_last == b->row_last;
    /* faults of the file as a whole have no rows: the words tell them apart */
    if (a->row_first == PM_NO_INT) same_rows = same_rows && same_word(a->message, b->message);
    if (!strcmp(b->code, "value-missing") && !strcmp(a->code, "row-incomplete") && same_rows) return true;
    if (!same_word(a->code, b->code) || !same_word(a->column, b->column)) return false;
    bool assumed = !strcmp(a->code, "unit-assumed") || !strcmp(a->code, "sign-assumed");
    return assumed || same_rows;
}

static int rank(const pm_finding *f)
{
    return same_word(f->severity, "error") ? 0 : same_word(f->severity, "warning") ? 1 : 2;
}

static int by_rank_row_code(const void *left, const void *right)
{
    const pm_finding *a = left, *b = right;
    if (rank(a) != rank(b)) return rank(a) < rank(b) ? -1 : 1;
    if (a->row_first != b->row_first) return a->row_first < b->row_first ? -1 : 1;
    int order = strcmp(a->code, b->code);
    return order ? order : strcmp(a->column ? a->column : "", b->column ? b->column : "");
}

pm_status pm_findings_sorted(const pm_table *findings, pm_table **out, pm_error *err)
{
    pm_scoped(pm_builder) sorted = NULL;
    pm_status s;
    if ((s = pm_builder_new(PM_FINDING_FIELDS, pm_finding_fields, &sorted, err))) return s;
    int64_t n = pm_table_rows(findings), kept = 0;
    pm_finding *list = calloc((size_t)n + 1, sizeof *list);
    if (!list) return pm_fail(err, PM_ERR_MEMORY, "no memory for %lld findings", (long long)n);
    for (int64_t i = 0; i < n; i++) {
        pm_finding f = pm_finding_at(findings, i);
        bool known = false;
        for (int64_t k = 0; k < n && !known; k++) {
            pm_finding other = pm_finding_at(findings, k);
            known = k != i && same_fault(&other, &f) && (k < i || !same_fault(&f, &other));
        }
        if (!known) list[kept++] = f;
    }
    qsort(list, (size_t)kept, sizeof *list, by_rank_row_code);
    for (int64_t i = 0; i < kept; i++) pm_builder_push(sorted, &list[i]);
    free(list);
    return pm_builder_finish(sorted, out, err);
}

int64_t pm_findings_count(const pm_table *findings, const char *severity)
{
    int64_t count = 0;
    for (int64_t i = 0, n = pm_table_rows(findings); i < n; i++)
        count += same_word(word_at(findings, "severity", i), severity);
    return count;
}

bool pm_findings_reconcilable(const pm_table *findings)
{
    for (int64_t i = 0, n = pm_table_rows(findings); i < n; i++)
        if (whole_at(findings, "reconcilable", i) == 1) return true;
    return false;
}
