/* SPDX-License-Identifier: MIT */
/* Damaged files: cut at every byte, zero bytes, lines without end, memory that runs out. */
#include "support.h"

#include "audit/audit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char source[] = "Some Instrument\nOperator: nobody\nTest Time (s),Voltage (V),Current (A),Step Type\n"
                             "0.5,3.25,0.125,rest\n1.5,3.5,0.25,cc\n2.5,3.75,0.375,\"c,c\"\n3.5,4.25,0.5,cc\n";

typedef struct outcome {
    pm_status status;
    pm_table *rows, *findings;
} outcome;

static outcome read_and_audit(const char *bytes, int64_t n)
{
    outcome o = {0};
    char *path = support_file(".csv", bytes, n);
    pm_scoped(pm_reader) reader = NULL;
    pm_scoped(pm_audit) audit = NULL;
    const pm_table *batch = NULL;

    o.status = pm_read_table(path, NULL, NULL, &o.rows, NULL);
    if (!o.status) o.status = pm_reader_open(path, NULL, NULL, &reader, NULL);
    if (!o.status) o.status = pm_audit_new(reader, NULL, &audit, NULL);
    while (!o.status && !(o.status = pm_reader_next(reader, &batch, NULL)) && batch)
        o.status = pm_audit_push(audit, batch, NULL);
    if (!o.status) o.status = pm_audit_result(audit, &o.findings, NULL);
    support_remove(path);
    return o;
}

static void free_outcome(outcome *o)
{
    pm_table_free(o->rows);
    pm_table_free(o->findings);
}

static bool has_finding(const pm_table *findings, const char *code)
{
    for (int64_t i = 0; i < pm_table_rows(findings); i++)
        if (strcmp(word_at(findings, "code", i), code) == 0) return true;
    return false;
}

/* Every row that the cut left whole is there, and a cut inside a line is said. */
static void cut_anywhere(void **state)
{
    outcome whole = read_and_audit(source, -1);
    int64_t n = (int64_t)strlen(source);

    (void)state;
    assert_int_equal(pm_table_rows(whole.rows), 4);
    for (int64_t cut = 1; cut < n; cut++) {
        int64_t lines = 0;
        for (int64_t i = 0; i < cut; i++) lines += source[i] == '\n';
        outcome o = read_and_audit(source, cut);
        if (!o.status) {
            assert_true(pm_table_rows(o.rows) >= lines - 3);
            for (int64_t r = 0; r < lines - 3; r++)
                assert_close(real_at(o.rows, "voltage_volt", r), real_at(whole.rows, "voltage_volt", r), 0, 0);
            if (source[cut - 1] != '\n')
                if (!has_finding(o.findings, "row-incomplete") && !has_finding(o.findings, "no-final-newline"))
                    fail_msg("a cut at byte %lld is not said", (long long)cut);
        } else {
            assert_true(lines <= 3);
        }
        free_outcome(&o);
    }
    free_outcome(&whole);
}

/* The number that a cut left of the last field is not taken for the whole one. */
static void a_cut_row_loses_its_last_value(void **state)
{
    outcome o = read_and_audit(source, (int64_t)(strstr(source, "4.25") - source) + 3);

    (void)state;
    assert_int_equal(o.status, PM_OK);
    assert_int_equal(pm_table_rows(o.rows), 4);
    assert_close(real_at(o.rows, "test_time_second", 3), 3.5, 0, 0);
    assert_true(isnan(real_at(o.rows, "voltage_volt", 3)));
    free_outcome(&o);
}

static void zero_bytes_behind_a_good_head(void **state)
{
    size_t n = strlen(source);
    pm_scoped_text bytes = calloc(1, n + 1000000);
    pm_scoped(pm_table) t = NULL;
    pm_error err = {0};

    (void)state;
    memcpy(bytes, source, n);
    char *path = support_file(".csv", bytes, (int64_t)n + 1000000);
    assert_int_equal(pm_read_table(path, NULL, NULL, &t, &err), PM_ERR_FORMAT);
    support_remove(path);
    assert_int_equal(err.line, 8);
    assert_int_equal(err.byte, (int64_t)n);
    assert_non_null(strstr(err.message, "zero bytes"));
}

static void a_line_without_end(void **state)
{
    size_t n = strlen(source), more = 3 * 1024 * 1024;
    pm_scoped_text bytes = malloc(n + more);
    pm_scoped(pm_table) t = NULL;
    pm_error err = {0};

    (void)state;
    memcpy(bytes, source, n);
    memset(bytes + n, 'x', more);
    char *path = support_file(".csv", bytes, (int64_t)(n + more));
    assert_int_equal(pm_read_table(path, NULL, NULL, &t, &err), PM_ERR_LIMIT);
    support_remove(path);
    assert_int_equal(err.line, 8);
}

static void lines_that_are_no_rows_are_said(void **state)
{
    outcome o = read_and_audit("time (s),voltage (V),current (A)\n0,1,0\n1,1,0\nTest stopped by user\n2,1,0\n", -1);

    (void)state;
    assert_int_equal(o.status, PM_OK);
    assert_int_equal(pm_table_rows(o.rows), 3);
    assert_true(has_finding(o.findings, "row-incomplete"));
    free_outcome(&o);
}

static void cells_that_are_no_numbers_are_said(void **state)
{
    outcome o = read_and_audit("time (s),voltage (V),current (A)\n0,1,0\n1,overload,0\n2,1,0\n", -1);

    (void)state;
    assert_int_equal(o.status, PM_OK);
    assert_int_equal(pm_table_rows(o.rows), 3);
    assert_true(has_finding(o.findings, "value-missing"));
    free_outcome(&o);
}

static void declared_rows_are_counted(void **state)
{
    outcome o = read_and_audit(
        "EXPLAIN\nTAG\tCHRONOA\nCURVE\tTABLE\t5\n\tPt\tT\tVf\tIm\n\t#\ts\tV vs. Ref.\tA\n\t0\t0\t1\t0\n\t1\t1\t1\t0\n",
        -1);

    (void)state;
    assert_int_equal(o.status, PM_OK);
    assert_int_equal(pm_table_rows(o.rows), 2);
    assert_true(has_finding(o.findings, "declared-rows-missing"));
    free_outcome(&o);
}

/* Each allocation of a whole reading fails once: said (or made good: nobody needs a block to shrink), nothing leaked,
 * nothing crashed. */
static void each_allocation_may_fail(void **state)
{
    char *path = support_file(".csv", source, -1);
    outcome whole = read_and_audit(source, -1);
    pm_run run = {.threads = 1};
    bool struck = true;

    (void)state;
    for (int64_t n = 1; struck && n < 100000; n++) {
        pm_scoped(pm_reader) reader = NULL;
        pm_scoped(pm_audit) audit = NULL;
        pm_scoped(pm_table) findings = NULL;
        const pm_table *batch = NULL;
        int64_t held = allocations_held();
        fail_allocation(n);
        pm_status s = pm_reader_open(path, NULL, &run, &reader, NULL);
        if (!s) s = pm_audit_new(reader, NULL, &audit, NULL);
        while (!s && !(s = pm_reader_next(reader, &batch, NULL)) && batch) s = pm_audit_push(audit, batch, NULL);
        if (!s) s = pm_audit_result(audit, &findings, NULL);
        struck = allocation_failed();
        fail_allocation(0);
        if (s)
            assert_true(struck && s == PM_ERR_MEMORY);
        else
            assert_same_rows(findings, whole.findings);
        pm_table_free(findings);
        findings = NULL;
        pm_audit_free(audit);
        audit = NULL;
        pm_reader_free(reader);
        reader = NULL;
        if (allocations_held() != held)
            fail_msg("allocation %lld failed and %lld blocks leaked", (long long)n,
                     (long long)(allocations_held() - held));
    }
    support_remove(path);
    free_outcome(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(a_cut_row_loses_its_last_value),
        cmocka_unit_test(zero_bytes_behind_a_good_head),
        cmocka_unit_test(a_line_without_end),
        cmocka_unit_test(lines_that_are_no_rows_are_said),
        cmocka_unit_test(cells_that_are_no_numbers_are_said),
        cmocka_unit_test(declared_rows_are_counted),
        cmocka_unit_test(each_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
