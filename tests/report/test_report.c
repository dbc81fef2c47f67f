/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "markup.h"
#include "report/plots.h"
#include "support.h"

static const char evil[] = "a/<script>alert(1)<b>\"'&<img src=x onerror=alert(2)>";

/* The page of the cells, in a memory output. */
static pm_status page_of(int n, const pm_report_cell cells[], const char *title, pm_out **out, pm_error *err)
{
    pm_scoped(pm_report) report = NULL;
    pm_status s;
    if ((s = pm_report_new(title, &report, err))) return s;
    for (int i = 0; i < n; i++)
        if ((s = pm_report_add(report, &cells[i], err))) return s;
    if ((s = pm_out_open(NULL, false, out, err))) return s;
    if ((s = pm_report_write(report, *out, err))) return s;
    return pm_out_commit(*out, err);
}

static const char *page(int n, const pm_report_cell cells[], pm_out **out)
{
    pm_error err;
    int64_t length;
    assert_good(page_of(n, cells, "Title & more", out, &err), &err);
    const char *text = pm_out_memory(*out, &length);
    assert_non_null(text);
    const char *fault = markup_fault(text);
    if (fault) fail_msg("bad markup: %.80s", fault);
    return text;
}

static void has(const char *text, const char *what)
{
    if (!strstr(text, what)) fail_msg("the page lacks: %s", what);
}

static void a_cell_is_shown_with_its_numbers(void **state)
{
    (void)state;
    const fake_plan plan = {PM_LI_ION, 30, 50, true, NULL};
    scoped_fake f = {0};
    pm_error err;
    assert_good(fake_make(&plan, &f, &err), &err);
    pm_report_cell cell = fake_cell(&f, "folder/cell one.csv");
    pm_scoped(pm_out) out = NULL;
    const char *text = page(1, &cell, &out);

    char number[64];
    double sum = 0;
    for (int k = 1; k <= 30; k++) sum += fake_efficiency(&plan, k);
    snprintf(number, sizeof number, "%.2f\u00a0%%", 100 * sum / 30);
    assert_int_equal(occurrences(text, number), 2); /* overview and tile */
    snprintf(number, sizeof number, ">%.2f\u00a0\u2192\u00a0%.2f",
             1e3 * fake_capacity_Ah(&plan, 1) * fake_efficiency(&plan, 1),
             1e3 * fake_capacity_Ah(&plan, 30) * fake_efficiency(&plan, 30));
    assert_int_equal(occurrences(text, number), 2);
    has(text, ">Title &amp; more</h1>");
    has(text, ">cell one.csv</a>");
    has(text, "href=\"#cell-1\"");
    has(text, "id=\"cell-1\"");
    has(text, "discharged/charged");
    has(text, "inferred from the data");
    has(text, "Neware csv (layered)");
    has(text, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    has(text, "3000\u00a0rows");
    has(text, "capacity / mAh<");
    has(text, "voltage / V<");
    has(text, "Coulombic efficiency / %<");
    has(text, "polarisation / mV<");
    has(text, "half the difference of the two plateaus");
    has(text, "as triangles at its edge: 91.50 in cycle 1.");
    has(text, "<html lang=\"en\">");
    has(text, "name=\"viewport\"");
    has(text, "default-src 'none'");
    assert_int_equal(occurrences(text, "<svg "), 6);
    assert_int_equal(occurrences(text, "<title id="), 6);
}

static void findings_are_told_in_words(void **state)
{
    (void)state;
    const fake_plan plan = {PM_LI_CU, 3, 20, true, NULL};
    scoped_fake f = {0};
    pm_error err;
    assert_good(fake_make(&plan, &f, &err), &err);
    pm_report_cell cell = fake_cell(&f, "x.csv");
    pm_scoped(pm_out) out = NULL;
    const char *text = page(1, &cell, &out);
    has(text, "The current column is called A");
    has(text, "rows 1 to 48\u202f210");
    has(text, "factor 1000<");
    has(text, "observed \u22123599");
    has(text, "row 20\u202f551");
    has(text, "\u25a0</span>\u00a0error");
    has(text, "\u25b2</span>\u00a0warning");
    has(text, "\u25cf</span>\u00a0note");
    has(text, "<code>--reconcile</code> would repair it.");
    assert_int_equal(occurrences(text, "Repaired, as asked."), 1);
    assert_int_equal(occurrences(text, "Nothing was changed."), 2);
}

/* Findings that are one error, with what was done about it. */
static pm_table *one_error(const char *action)
{
    pm_scoped(pm_builder) b = NULL;
    pm_table *findings = NULL;
    pm_error err;
    assert_good(pm_builder_new(0, NULL, &b, &err), &err);
    int severity = pm_builder_add(b, "severity", PM_STRING, "");
    int done = pm_builder_add(b, "action", PM_STRING, "");
    assert_good(pm_builder_room(b, 1, &err), &err);
    pm_builder_word(b, severity, 0, "error", -1);
    pm_builder_word(b, done, 0, action, -1);
    pm_builder_commit(b, 1);
    assert_good(pm_builder_finish(b, &findings, &err), &err);
    return findings;
}

/* An error that is not repaired takes the numbers with it, in words; one that is repaired does not. */
static void numbers_of_a_faulty_file_are_struck_out(void **state)
{
    (void)state;
    static const char doubt[] = "</s> <small class=\"doubt\">not reliable: see audit</small>";
    fake_plan plan = {PM_LI_ION, 3, 20, true, NULL};
    pm_error err;
    pm_scoped(pm_out) out = NULL;
    scoped_fake f = {0};
    assert_good(fake_make(&plan, &f, &err), &err);
    pm_report_cell cell = fake_cell(&f, "x.csv");
    assert_int_equal(occurrences(page(1, &cell, &out), doubt), 6); /* three numbers, in the overview and the tiles */

    pm_scoped(pm_out) repaired = NULL;
    pm_scoped(pm_table) rest = NULL;
    cell.findings = rest = one_error("reconciled");
    assert_int_equal(occurrences(page(1, &cell, &repaired), doubt), 0);
}

/* Areas told of a cell make its capacities areal; 1.27 mAh on 1.27 cm2 is 1. */
static void an_area_makes_capacities_areal(void **state)
{
    (void)state;
    const fake_plan plan = {PM_LI_CU, 50, 20, false, NULL};
    scoped_fake f = {0};
    pm_error err;
    assert_good(fake_make(&plan, &f, &err), &err);
    pm_report_cell cell = fake_cell(&f, "x.csv");
    pm_scoped(pm_out) out = NULL;
    const char *text = page(1, &cell, &out);
    has(text, "capacity / mAh\u00a0cm\u207b\u00b2<");
    has(text, "current / mA\u00a0cm\u207b\u00b2<");
    has(text, "Reservoir test");
    has(text, "<dd>98.71\u00a0%</dd>");
    has(text, "<dd>5\u00a0mAh\u00a0cm\u207b\u00b2</dd>"); /* 6.35 mAh */
    has(text, "Plated and stripped capacity");
    has(text, ">5.00\u00a0/\u00a01.00<small>mAh\u00a0cm\u207b\u00b2, reservoir / cycle</small>");
    has(text, "<p class=\"result\">98.71\u00a0%</p>");
    has(text, "each of the 10 short cycles");
    assert_null(strstr(text, "id=\"cell-1-efficiency\""));
    has(text, "The audit found nothing wrong.");
}

static void text_of_files_cannot_act(void **state)
{
    (void)state;
    const fake_plan plan = {PM_LI_CU, 3, 20, true, evil};
    scoped_fake f = {0};
    pm_error err;
    assert_good(fake_make(&plan, &f, &err), &err);
    snprintf(f.told.cell_id, sizeof f.told.cell_id, "%s", evil);
    snprintf(f.told.electrolyte, sizeof f.told.electrolyte, "%s", evil);
    snprintf(f.told.cathode, sizeof f.told.cathode, "%s", evil);
    snprintf(f.told.source, sizeof f.told.source, "%s", evil);
    f.summary.formula = f.summary.protocol = f.summary.kind_source = evil;
    pm_error why = {.code = PM_ERR_FORMAT, .line = 3};
    snprintf(why.message, sizeof why.message, "%s", evil);
    snprintf(why.hint, sizeof why.hint, "%s", evil);
    pm_report_cell cells[] = {fake_cell(&f, evil), {.path = evil, .title = evil, .error = &why}};
    cells[0].format = cells[0].format_reason = cells[0].sha256 = evil;
    pm_scoped(pm_out) out = NULL;
    pm_scoped(pm_out) plain = NULL;
    assert_good(page_of(2, cells, evil, &out, &err), &err);
    int64_t n;
    const char *text = pm_out_memory(out, &n);
    assert_null(markup_fault(text));
    assert_int_equal(occurrences(text, "<script>alert"), 0);
    assert_int_equal(occurrences(text, "<img"), 0);
    assert_true(occurrences(text, "&lt;script&gt;alert(1)") > 20);
    /* as many scripts as a page without evil has */
    cells[0].path = cells[0].format = "harmless";
    assert_int_equal(occurrences(text, "<script"), occurrences(page(2, cells, &plain), "<script"));
}

static void a_failed_file_says_why(void **state)
{
    (void)state;
    pm_error why = {
        .code = PM_ERR_FORMAT, .line = 12, .message = "no column names were understood", .hint = "try --map"};
    const pm_report_cell cells[] = {{.path = "a.csv", .error = &why}};
    pm_scoped(pm_out) out = NULL;
    const char *text = page(1, cells, &out);
    has(text, "1 file, 1 of them failed");
    assert_int_equal(occurrences(text, "no column names were understood"), 2);
    assert_int_equal(occurrences(text, "try --map"), 2);
    has(text, "(line 12)");
    has(text, "\u00d7</span>\u00a0failed");
}

/* ---- the points that can be zoomed into --------------------------------------------------------------------- */

typedef struct points {
    int64_t n;
    double first, span;
    uint8_t *bytes; /* [12 n] */
} points;

static points decode(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    points p = {0};
    const char *at = strstr(text, "class=\"points\"");
    assert_non_null(at);
    p.first = strtod(strstr(at, "data-first=\"") + 12, NULL);
    p.span = strtod(strstr(at, "data-span=\"") + 11, NULL);
    at = strchr(at, '>') + 1;
    size_t length = strcspn(at, "<");
    assert_int_equal(length % 16, 0);
    p.n = (int64_t)length / 16;
    p.bytes = malloc(length);
    for (size_t i = 0; i < length; i += 4) {
        uint32_t bits = 0;
        for (size_t k = 0; k < 4; k++) bits = bits << 6 | (uint32_t)(strchr(letters, at[i + k]) - letters);
        for (size_t k = 0; k < 3; k++) p.bytes[i / 4 * 3 + k] = (uint8_t)(bits >> (16 - 8 * k));
    }
    return p;
}

static uint32_t word_of(const points *p, int64_t i, int field)
{
    const uint8_t *b = p->bytes + 12 * i + 4 * field;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static double float_of(const points *p, int64_t i, int field)
{
    uint32_t bits = word_of(p, i, field);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* A million rows, two of them spikes: one cell's page stays under 3 MB, and both are in it, at their times. */
static void a_million_rows_are_thinned_with_their_spikes(void **state)
{
    (void)state;
    enum { ROWS = 1000000, UP = 314159, DOWN = 777777 };
    if (!pm_report_has_zoom()) skip();
    pm_scoped(pm_builder) b = NULL;
    pm_scoped(pm_table) records = NULL;
    pm_error err;
    assert_good(pm_builder_new(0, NULL, &b, &err), &err);
    int time = pm_builder_add(b, "test_time_second", PM_DOUBLE, "s");
    int voltage = pm_builder_add(b, "voltage_volt", PM_DOUBLE, "V");
    int current = pm_builder_add(b, "current_ampere", PM_DOUBLE, "A");
    assert_good(pm_builder_room(b, ROWS, &err), &err);
    for (int64_t i = 0; i < ROWS; i++) {
        pm_builder_doubles(b, time)[i] = 3.6 * (double)i;
        pm_builder_doubles(b, voltage)[i] = i == UP ? 4.75 : 0.05 * sin((double)i / 500);
        pm_builder_doubles(b, current)[i] = i == DOWN ? -0.125 : 1e-3;
    }
    pm_builder_commit(b, ROWS);
    assert_good(pm_builder_finish(b, &records, &err), &err);

    const pm_report_cell cell = {.path = "million.csv", .format = "csv", .records = records};
    pm_scoped(pm_out) out = NULL;
    const char *text = page(1, &cell, &out);
    assert_true(strlen(text) < 3000000);
    points p = decode(text);
    assert_true(p.n <= TRACE_POINTS && p.n > TRACE_POINTS / 4);
    assert_close(p.first, 0, 0, 0);
    assert_close(p.span, 3.6 * (ROWS - 1) / 3600, 1e-12, 0); /* hours, 41 days */
    int up = 0, down = 0;
    for (int64_t i = 0; i < p.n; i++) {
        double hours = p.first + word_of(&p, i, 0) * p.span / 4294967295.0;
        if (i > 0) assert_true(word_of(&p, i, 0) > word_of(&p, i - 1, 0));
        if (float_of(&p, i, 1) == 4.75 && ++up) assert_close(hours, UP * 1e-3, 0, 1e-6);
        if (float_of(&p, i, 2) == -125 && ++down) assert_close(hours, DOWN * 1e-3, 0, 1e-6); /* mA */
    }
    assert_int_equal(up, 1);
    assert_int_equal(down, 1);
    free(p.bytes);
}

/* ---- odd tables --------------------------------------------------------------------------------------------- */

/* n rows of time, voltage and, where wanted, current, from arrays. */
static pm_table *rows_of(int64_t n, const double *t, const double *v, const double *i)
{
    pm_scoped(pm_builder) b = NULL;
    pm_table *records = NULL;
    pm_error err;
    const double *from[] = {t, v, i};
    static const char *const names[] = {"test_time_second", "voltage_volt", "current_ampere"}, *const units[] = {
                                                                                                   "s", "V", "A"};
    assert_good(pm_builder_new(0, NULL, &b, &err), &err);
    for (int k = 0; k < 3; k++)
        if (from[k]) pm_builder_add(b, names[k], PM_DOUBLE, units[k]);
    assert_good(pm_builder_room(b, n, &err), &err);
    for (int k = 0, column = 0; k < 3; k++)
        if (from[k] && n > 0) memcpy(pm_builder_doubles(b, column++), from[k], (size_t)n * sizeof(double));
    pm_builder_commit(b, n);
    assert_good(pm_builder_finish(b, &records, &err), &err);
    return records;
}

static void odd_records_still_make_a_page(void **state)
{
    (void)state;
    const double t[] = {0, 10, 20, 30}, back[] = {0, 1000, 3, 40}, v[] = {1, 2, NAN, 1.5},
                 none[] = {NAN, NAN, NAN, NAN};
    pm_scoped(pm_table) empty = rows_of(0, t, v, t);
    pm_scoped(pm_table) one = rows_of(1, t, v, t);
    pm_scoped(pm_table) missing = rows_of(4, t, none, none);
    pm_scoped(pm_table) timeless = rows_of(4, none, v, v);
    pm_scoped(pm_table) backwards = rows_of(4, back, v, NULL);
    pm_scoped(pm_table) no_voltage = rows_of(4, t, NULL, v);
    const pm_report_cell cells[] = {{.path = "empty", .records = empty},     {.path = "one", .records = one},
                                    {.path = "missing", .records = missing}, {.path = "timeless", .records = timeless},
                                    {.path = "back", .records = backwards},  {.path = "v", .records = no_voltage},
                                    {.path = "settings", .format = "index"}, {0}};
    pm_scoped(pm_out) out = NULL;
    const char *text = page(8, cells, &out);
    has(text, "8 files \u00b7");
    assert_int_equal(occurrences(text, "not a record of a test: index"), 2); /* in the overview and below */
    assert_int_equal(occurrences(text, "not a record of a test"), 4);
    assert_int_equal(occurrences(text, "Fewer than two rows"), 3);
    assert_int_equal(occurrences(text, "the file\u2019s clock runs backwards"), 1);
    has(text, ">data row</text>");
    has(text, "Without a time and a voltage there is no plot.");
    static const char *const slips[] = {">nan", ">-nan", ">inf", "\"nan", " nan", "Mnan"};
    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++) assert_int_equal(occurrences(text, slips[i]), 0);
}

/* Without a current there are cycles by sign of voltage, but nothing to draw voltage over. */
static void no_current_no_capacity(void **state)
{
    (void)state;
    const fake_plan plan = {PM_LI_LI, 3, 20, false, NULL};
    scoped_fake f = {0};
    pm_error err;
    assert_good(fake_make(&plan, &f, &err), &err);
    double t[120], v[120];
    for (int i = 0; i < 120; i++) t[i] = i, v[i] = sin(i);
    pm_scoped(pm_table) records = rows_of(120, t, v, NULL);
    pm_report_cell cell = fake_cell(&f, "x.csv");
    cell.records = records;
    pm_scoped(pm_out) out = NULL;
    const char *text = page(1, &cell, &out);
    has(text, "The file has no current");
    assert_null(strstr(text, "<h3>Voltage over capacity"));
    has(text, "Voltage over time");
    assert_null(strstr(text, "Current over time"));
}

/* Half-cycles that point outside of the records are not followed. */
static void rows_that_are_not_there_are_not_read(void **state)
{
    (void)state;
    const fake_plan plan = {PM_LI_LI, 30, 20, false, NULL};
    scoped_fake f = {0};
    pm_error err;
    assert_good(fake_make(&plan, &f, &err), &err);
    pm_scoped(pm_table) head = NULL;
    assert_good(pm_table_slice(f.records, 0, 50, &head, &err), &err);
    pm_report_cell cell = fake_cell(&f, "x.csv");
    cell.records = head;
    pm_scoped(pm_out) out = NULL;
    const char *text = page(1, &cell, &out);
    has(text, ">cycle 1</text>");
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    const fake_plan plan = {PM_LI_CU, 4, 12, true, NULL};
    scoped_fake f = {0};
    pm_error err;
    assert_good(fake_make(&plan, &f, &err), &err);
    pm_report_cell cell = fake_cell(&f, "x.csv");
    bool struck = true;
    int64_t n = 1;
    for (; struck; n++) {
        int64_t held = allocations_held();
        pm_status s;
        {
            pm_scoped(pm_out) out = NULL;
            fail_allocation(n);
            s = page_of(1, &cell, "t", &out, &err);
            struck = allocation_failed();
            fail_allocation(0);
        }
        assert_int_equal(s, struck ? PM_ERR_MEMORY : PM_OK);
        assert_int_equal(allocations_held(), held);
    }
    assert_true(n > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_is_shown_with_its_numbers),
        cmocka_unit_test(findings_are_told_in_words),
        cmocka_unit_test(numbers_of_a_faulty_file_are_struck_out),
        cmocka_unit_test(an_area_makes_capacities_areal),
        cmocka_unit_test(text_of_files_cannot_act),
        cmocka_unit_test(a_failed_file_says_why),
        cmocka_unit_test(a_million_rows_are_thinned_with_their_spikes),
        cmocka_unit_test(odd_records_still_make_a_page),
        cmocka_unit_test(no_current_no_capacity),
        cmocka_unit_test(rows_that_are_not_there_are_not_read),
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
