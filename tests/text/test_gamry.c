/* SPDX-License-Identifier: MIT */
/* Gamry's files of several tables, made up here: which is read, what is left out and said, damage. */
#include "outcome.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "EXPLAIN\nTAG\t%s\nTITLE\tLABEL\tA test\tTest &Identifier\nNOTES\tNOTES\t2\t&Notes...\n\tfirst\n\tsecond\n"
#define OCV                                                                                                            \
    "OCVCURVE\tTABLE\t2\n\tPt\tT\tVf\tVm\n\t#\ts\tV vs. "                                                              \
    "Ref.\tV\n\t0\t0.5\t3.25\t3\n\t1\t1\t3.5\t3\nEOC\tQUANT\t3.5\tOpen\n"
#define CV "\tPt\tT\tVf\tIm\tOver\n\t#\ts\tV vs. Ref.\tA\tbits\n"
#define CV1 "CURVE1\tTABLE\t2\n" CV "\t0\t0.25\t0.5\t-1E-3\t...\n\t1\t0.5\t0.625\t2.5E-3\t...\n"
#define CV2 "CURVE2\tTABLE\t2\n" CV "\t0\t0.75\t0.75\t1E-3\t...\n\t1\t1\t0.875\t3E-3\t...\n"
#define EIS                                                                                                            \
    "ZCURVE\tTABLE\n\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz\tIdc\tVdc\tIERange\n"                             \
    "\t#\ts\tHz\tohm\tohm\tV\tohm\t\xB0\tA\tV\t#\n\t0\t1\t1000\t3\t-4\t1\t5\t-53.1\t1E-6\t-0.3\t9\n"                   \
    "\t1\t2\t100\t6\t-8\t1\t10\t-53.1\t1E-6\t-0.3\t9\n"
#define END "EXPERIMENTABORTED\tTOGGLE\tT\tExperiment Aborted\n"

static outcome gamry(const char *tag, const char *tables)
{
    char text[3000];

    snprintf(text, sizeof text, HEAD "%s", tag, tables);
    return read_good(text);
}

static void gamry_spectrum_behind_open_circuit(void **state)
{
    outcome o = gamry("EISPOT", OCV EIS END "FRACURVE\tTABLE\t1\n\tPt\tT\tV\tI\n\t#\tS\tV\tA\n\t0\t9\t8\t7\n");

    (void)state;
    assert_string_equal(o.content, "spectra");
    assert_int_equal(pm_table_rows(o.rows), 2);
    assert_close(real_at(o.rows, "imaginary_impedance_ohm", 1), -8, 0, 0);
    assert_close(real_at(o.rows, "phase_degree", 1), -53.1, 0, 0);
    assert_close(real_at(o.rows, "voltage_volt", 0), -0.3, 0, 0);
    assert_close(real_at(o.rows, "current_ampere", 0), 1e-6, 0, 0);
    assert_string_equal(pm_table_meta(o.rows, "TAG"), "EISPOT");
    assert_string_equal(pm_table_meta(o.rows, "TITLE"), "A test");
    assert_string_equal(pm_table_meta(o.rows, "NOTES"), "first");
    assert_string_equal(pm_table_meta(o.rows, "NOTES 2"), "second");
    assert_string_equal(pm_table_meta(o.rows, "EOC"), "3.5");
    assert_string_equal(pm_table_meta(o.rows, "EXPERIMENTABORTED"), "T");
    assert_int_equal(pm_table_rows(o.findings), 1);
    assert_string_equal(word_at(o.findings, "code", 0), "table-left-out");
    assert_string_equal(word_at(o.findings, "severity", 0), "note");
    assert_non_null(strstr(word_at(o.findings, "message", 0), "OCVCURVE (2 rows), FRACURVE (1 row)"));
    assert_non_null(strstr(word_at(o.findings, "hint", 0), "gamry-ocv"));
    free_outcome(&o);
}

static void gamry_cycles_of_a_voltammetry(void **state)
{
    static const double current[] = {-1e-3, 2.5e-3, 1e-3, 3e-3}, cycle[] = {1, 1, 2, 2};
    char text[3000];

    (void)state;
    snprintf(text, sizeof text, HEAD OCV CV1 CV2, "CV");
    for (int block = 8; block < 600; block += 37) {
        outcome o = read_bytes(text, -1, (pm_read_options){.block_bytes = block});
        assert_good(o.status, &o.err);
        assert_string_equal(o.content, "records");
        assert_int_equal(pm_table_rows(o.rows), 4);
        for (int i = 0; i < 4; i++) {
            assert_close(real_at(o.rows, "current_ampere", i), current[i], 0, 0);
            assert_close(real_at(o.rows, "cycle_count", i), cycle[i], 0, 0);
            assert_close(real_at(o.rows, "test_time_second", i), 0.25 * (i + 1), 0, 0);
        }
        assert_int_equal(pm_table_rows(o.findings), 1);
        free_outcome(&o);
    }
}

static void gamry_open_circuit_alone_and_on_demand(void **state)
{
    char text[3000];

    (void)state;
    snprintf(text, sizeof text, HEAD OCV CV1, "CV");
    outcome asked = read_as(text, "gamry-ocv"), alone = gamry("CORPOT", OCV);
    assert_good(asked.status, &asked.err);
    assert_same_rows(asked.rows, alone.rows);
    assert_int_equal(pm_table_rows(alone.rows), 2);
    assert_close(real_at(alone.rows, "voltage_volt", 1), 3.5, 0, 0);
    assert_string_equal(alone.content, "records");
    assert_int_equal(pm_table_rows(alone.findings), 0);
    free_outcome(&asked);
    free_outcome(&alone);
}

static void gamry_decimal_comma(void **state)
{
    outcome point = gamry("EISPOT", OCV EIS);
    char text[3000];

    (void)state;
    snprintf(text, sizeof text, HEAD OCV EIS, "EISPOT");
    for (char *c = strstr(text, "OCVCURVE"); *c; c++)
        if (*c == '.' && c[1] != ' ') *c = ',';
    outcome comma = read_good(text);
    assert_same_rows(comma.rows, point.rows);
    free_outcome(&point);
    free_outcome(&comma);
}

/* The spectrum begins behind the first 256 KiB of the file: an hour of open circuit. */
static void gamry_long_open_circuit(void **state)
{
    enum { ROWS = 20000, ROOM = ROWS * 60 };
    pm_scoped_text text = malloc(ROOM);
    int64_t n =
        snprintf(text, ROOM, HEAD "OCVCURVE\tTABLE\t%d\n\tPt\tT\tVf\tVm\n\t#\ts\tV vs. Ref.\tV\n", "EISPOT", ROWS);

    (void)state;
    for (int i = 0; i < ROWS; i++)
        n += snprintf(text + n, (size_t)(ROOM - n), "\t%d\t%.2f\t3.123456E+000\t3.1\n", i, 0.25 * i);
    assert_true(n > 512 * 1024);
    n += snprintf(text + n, (size_t)(ROOM - n), EIS END);
    outcome o = read_good(text);
    assert_string_equal(o.content, "spectra");
    assert_int_equal(pm_table_rows(o.rows), 2);
    assert_close(real_at(o.rows, "imaginary_impedance_ohm", 1), -8, 0, 0);
    assert_string_equal(pm_table_meta(o.rows, "EXPERIMENTABORTED"), "T");
    assert_close(real_at(o.findings, "count", finding(&o, "table-left-out")), ROWS, 0, 0);
    free_outcome(&o);
    o = read_as(text, "gamry-ocv");
    assert_good(o.status, &o.err);
    assert_int_equal(pm_table_rows(o.rows), ROWS);
    assert_close(real_at(o.findings, "count", finding(&o, "table-left-out")), 2, 0, 0);
    assert_true(finding(&o, "declared-rows-missing") < 0);
    free_outcome(&o);
}

/* Each way to damage the second of two curves: its rows are read, or their number is said. */
static void gamry_rows_are_never_lost_in_silence(void **state)
{
    static const struct {
        const char *tables;
        int64_t rows, left_out, missing;
        const char *severity;
    } files[] = {
        {CV1 CV2, 4, 0, 0, NULL},
        {CV1 CV "\t0\t0.75\t1\t1\t.\n", 3, 0, 0, NULL},               /* no name, but the same header */
        {CV1 "CURVE2\tTABLE\n\t0\t0.75\t1\t1\t.\n", 2, 1, 0, "note"}, /* no header */
        {CV1 "CURVE2\tTABLE\n\tPt\tT\tIm\tVf\tOver\n\t#\ts\tA\tV\tbits\n\t0\t1\t1\t1\t.\n", 2, 1, 0, "note"},
        {CV1 "CURVE2\tTABLE\n\tPt\tT\tVf\tIm\tOver\n\t#\ts\tmV\tA\tbits\n\t0\t1\t1\t1\t.\n", 2, 1, 0,
         "note"}, /* units */
        {CV1 "\tPt\tT\tIm\tVf\tOver\n\t#\ts\tA\tV\tbits\n\t0\t1\t1\t1\t.\n", 2, 1, 0, "warning"},
        {CV1 END "\t0\t1\t1\t1\t.\n", 2, 1, 0, "warning"},
        {CV1 "CURVE2\tTABLE\t5\n" CV "\t0\t0.75\t1\t1\t.\n", 3, 0, 4, NULL},
        {CV1 "DRIFTCURVE\tTABLE\t1\n" CV "\t0\t0.75\t1\t1\t.\n", 2, 1, 0, "note"}, /* another table of equal columns */
    };

    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        outcome o = gamry("CV", files[i].tables);
        int64_t left_out = finding(&o, "table-left-out"), missing = finding(&o, "declared-rows-missing");
        if (pm_table_rows(o.rows) != files[i].rows) fail_msg("file %d: %d rows", (int)i, (int)pm_table_rows(o.rows));
        assert_int_equal(left_out >= 0, files[i].left_out > 0);
        assert_int_equal(missing >= 0, files[i].missing > 0);
        if (left_out >= 0) {
            assert_close(real_at(o.findings, "count", left_out), (double)files[i].left_out, 0, 0);
            assert_string_equal(word_at(o.findings, "severity", left_out), files[i].severity);
        }
        if (missing >= 0) assert_close(real_at(o.findings, "count", missing), (double)files[i].missing, 0, 0);
        free_outcome(&o);
    }
}

/* More tables than there is room for are still counted. */
static void many_other_tables(void **state)
{
    char text[4000];
    int n = snprintf(text, sizeof text, HEAD CV1, "CV");

    (void)state;
    for (int i = 0; i < 20; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "X%d\tTABLE\n\tPt\tQ\n\t0\t1\n\t1\t2\n", i);
    outcome o = read_good(text);
    assert_int_equal(pm_table_rows(o.rows), 2);
    assert_close(real_at(o.findings, "count", finding(&o, "table-left-out")), 40, 0, 0);
    assert_non_null(strstr(word_at(o.findings, "message", finding(&o, "table-left-out")), "and 12 more"));
    free_outcome(&o);
}

/* ---- damage ---- */

static void cut_anywhere(void **state)
{
    char text[3000];
    int64_t n = snprintf(text, sizeof text, HEAD OCV EIS END, "EISPOT");
    const char *table = strstr(text, "ZCURVE");

    (void)state;
    for (int64_t cut = 1; cut < n; cut++) {
        outcome o = read_bytes(text, cut, (pm_read_options){0});
        int64_t rows = 0;
        for (const char *c = strstr(table, "\n\t0"); c && c + 1 < text + cut; c = strstr(c + 1, "\n\t")) rows++;
        if (!o.status && strcmp(o.content, "spectra") == 0 &&
            (pm_table_rows(o.rows) > rows || pm_table_rows(o.rows) < rows - 1))
            fail_msg("cut at %d: %d rows of %d", (int)cut, (int)pm_table_rows(o.rows), (int)rows);
        if (!o.status && text[cut - 1] != '\n' && finding(&o, "row-incomplete") < 0 &&
            finding(&o, "no-final-newline") < 0)
            fail_msg("a cut at byte %d is not said", (int)cut);
        if (o.status && !o.err.message[0]) fail_msg("no message for a cut at %d", (int)cut);
        free_outcome(&o);
    }
}

static void memory_that_runs_out(void **state)
{
    char text[3000];
    bool failed = true;

    (void)state;
    snprintf(text, sizeof text, HEAD OCV CV1 CV2, "CV");
    char *path = support_file(".dta", text, -1);
    for (int64_t n = 1; failed; n++) {
        pm_table *t = NULL;
        int64_t held = allocations_held();
        pm_run one = {.threads = 1};
        fail_allocation(n);
        pm_status s = pm_read_table(path, NULL, &one, &t, NULL);
        failed = allocation_failed();
        fail_allocation(0);
        if (!failed) assert_int_equal(s, PM_OK);
        pm_table_free(t);
        assert_int_equal(allocations_held(), held);
        assert_true(n < 100000);
    }
    support_remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gamry_spectrum_behind_open_circuit),
        cmocka_unit_test(gamry_cycles_of_a_voltammetry),
        cmocka_unit_test(gamry_open_circuit_alone_and_on_demand),
        cmocka_unit_test(gamry_decimal_comma),
        cmocka_unit_test(gamry_long_open_circuit),
        cmocka_unit_test(gamry_rows_are_never_lost_in_silence),
        cmocka_unit_test(many_other_tables),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(memory_that_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
