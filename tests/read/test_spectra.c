/* SPDX-License-Identifier: MIT */
/* Spectra and files of several tables, made up here: signs, what is derived, what is counted, what is left out and said. */
#include "support.h"

#include "read/read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct outcome {
    pm_status status;
    pm_error err;
    pm_table *rows, *findings;
    char content[16], format[32];
} outcome;

static pm_status take_findings(pm_reader *reader, pm_table **out, pm_error *err)
{
    pm_scoped(pm_builder) b = NULL;
    pm_status s = pm_builder_new(PM_FINDING_FIELDS, pm_finding_fields, &b, err);

    if (!s) s = pm_reader_findings(reader, b, err);
    return s ? s : pm_builder_finish(b, out, err);
}

static outcome read_bytes(const char *bytes, int64_t n, pm_read_options options)
{
    outcome o = {0};
    char *path = support_file(".txt", bytes, n);
    pm_scoped(pm_reader) reader = NULL;
    const pm_table *batch = NULL;

    o.status = pm_read_table(path, &options, NULL, &o.rows, &o.err);
    if (!o.status) o.status = pm_reader_open(path, &options, NULL, &reader, &o.err);
    while (!o.status && !(o.status = pm_reader_next(reader, &batch, &o.err)) && batch) continue;
    if (!o.status) {
        snprintf(o.content, sizeof o.content, "%s", pm_reader_facts(reader)->format.content);
        snprintf(o.format, sizeof o.format, "%s", pm_reader_facts(reader)->format.format);
        o.status = take_findings(reader, &o.findings, &o.err);
    }
    support_remove(path);
    return o;
}

static outcome read_as(const char *text, const char *format)
{
    return read_bytes(text, -1, (pm_read_options){.format = format});
}

static outcome read_good(const char *text)
{
    outcome o = read_as(text, NULL);

    assert_good(o.status, &o.err);
    return o;
}

static void free_outcome(outcome *o)
{
    pm_table_free(o->rows);
    pm_table_free(o->findings);
}

/* The row of a finding; -1 = it is not there. */
static int64_t finding(const outcome *o, const char *code)
{
    for (int64_t i = 0; i < pm_table_rows(o->findings); i++)
        if (strcmp(word_at(o->findings, "code", i), code) == 0) return i;
    return -1;
}

/* ---- signs and derived columns ---- */

static void every_label_ends_in_the_physical_sign(void **state)
{
    static const struct {
        const char *label;
        int written; /* how a capacitive point, 3 - 4i, is written under it */
    } labels[] = {
        {"-Im(Z)/Ohm", 4},   {"-Z''/ohm", 4}, {"-Zimag (ohm)", 4}, {"-Z''", 4},  {"Im(Z)/Ohm", -4},
        {"Zimag (ohm)", -4}, {"Z''/ohm", -4}, {"Zim (ohms)", -4},  {"Imag", -4},
    };

    (void)state;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        char text[200];
        snprintf(text, sizeof text, "freq/Hz,Re(Z)/Ohm,%s\n100,3,%d\n10,3,%d\n", labels[i].label, labels[i].written,
                 labels[i].written);
        outcome o = read_good(text);
        assert_string_equal(o.content, "spectra");
        assert_close(real_at(o.rows, "imaginary_impedance_ohm", 1), -4, 0, 0);
        assert_close(real_at(o.rows, "absolute_impedance_ohm", 1), 5, 0, 0);
        assert_close(real_at(o.rows, "phase_degree", 1), -53.13010235415598, 1e-15, 0); /* atan(4 / 3) */
        free_outcome(&o);
    }
}

static void parts_from_size_and_phase(void **state)
{
    outcome o = read_good("freq/Hz,|Z|/Ohm,Phase(Z)/deg\n100,2,-60\n10,4,90\n");

    (void)state;
    assert_close(real_at(o.rows, "real_impedance_ohm", 0), 1, 1e-15, 0);
    assert_close(real_at(o.rows, "imaginary_impedance_ohm", 0), -1.7320508075688772, 1e-15, 0);
    assert_close(real_at(o.rows, "imaginary_impedance_ohm", 1), 4, 0, 0);
    free_outcome(&o);
}

/* Only a derived column is asked for: what it is made of is not delivered under other names, but read. */
static void a_derived_column_alone(void **state)
{
    static const char *const columns[] = {"absolute_impedance_ohm", "spectrum_count", NULL};
    outcome o = read_bytes("freq/Hz,Re(Z)/Ohm,Im(Z)/Ohm,x\n100,3,4,1\n10,6,8,1\n100,0,1,1\n", -1,
                           (pm_read_options){.columns = columns});

    (void)state;
    assert_good(o.status, &o.err);
    assert_close(real_at(o.rows, "absolute_impedance_ohm", 1), 10, 0, 0);
    assert_close(real_at(o.rows, "spectrum_count", 2), 2, 0, 0);
    assert_null(pm_table_find(o.rows, "x"));
    free_outcome(&o);
}

static void spectra_are_counted(void **state)
{
    static const int right[] = {1, 1, 1, 2, 2, 2, 3, 3, 4};
    static const char text[] = "freq/Hz,Re(Z)/Ohm,Im(Z)/Ohm\n100,1,1\n10,1,1\n1,1,1\n100,1,1\n10,1,1\n10,1,1\n"
                               "50,1,1\n5,1,1\n70,1,1\n";

    (void)state;
    for (int block = 8; block < 200; block += 24) { /* however it is cut into batches */
        outcome o = read_bytes(text, -1, (pm_read_options){.block_bytes = block});
        assert_good(o.status, &o.err);
        assert_int_equal(pm_table_rows(o.rows), 9);
        for (int i = 0; i < 9; i++) assert_close(real_at(o.rows, "spectrum_count", i), right[i], 0, 0);
        free_outcome(&o);
    }
}

/* Time, voltage and frequency in some rows only: that is a test with a spectrum in it. */
static void records_with_a_spectrum_are_records(void **state)
{
    outcome mixed = read_good("Time (s),Voltage (V),Current (A),Frequency (Hz),Zre (ohms),Zim (ohms)\n"
                              "1,3.5,0.1,0,0,0\n2,3.5,0.1,100,1,-1\n3,3.5,0.1,10,1,-1\n");
    outcome pure = read_good("Time (s),Voltage (V),Current (A),Frequency (Hz),Zre (ohms),Zim (ohms)\n"
                             "2,3.5,0.1,100,1,-1\n3,3.5,0.1,10,1,-1\n");

    (void)state;
    assert_string_equal(mixed.content, "records");
    assert_string_equal(pure.content, "spectra");
    free_outcome(&mixed);
    free_outcome(&pure);
}

/* ---- instruments ---- */

static void parstat(void **state)
{
    outcome o =
        read_good("Potential (V)\tCurrent (A)\tElapsed Time (s)\tFrequency (Hz)\tZre (ohms)\tZim (ohms)\t|Vac| (V)\t"
                  "|Iac| (A)\t\n3.5\t-0.15\t10\t0\t0\t0\t0\t0\t\n3.5\t0\t20\t1000\t0.5\t-0.25\t0.01\t0.02\t\n");

    (void)state;
    assert_string_equal(o.format, "parstat");
    assert_string_equal(o.content, "records");
    assert_close(real_at(o.rows, "current_ampere", 0), -0.15, 0, 0);
    assert_close(real_at(o.rows, "imaginary_impedance_ohm", 1), -0.25, 0, 0);
    free_outcome(&o);
}

static const char zview[] =
    "\"ZPlotW Data File: Version 3.2c\"\n\"Raw Data\"\nDate: 12-17-2019\n\"Frequency\"\n0,3,0\n%d\n"
    "\"  Freq (Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range\"\n"
    "1.0E+03, 1.0E-02, 0.0, 2.5, 6.0E+02, -8.5E+01, 0.0, 0, 5\n"
    "1.0E+02, 1.0E-02, 0.0, 3.5, 7.0E+02, 9.5E+01, 0.0, 0, 5\n";

static void zview_counts_its_points(void **state)
{
    char text[1000];

    (void)state;
    for (int declared = 2; declared < 4; declared++) {
        snprintf(text, sizeof text, zview, declared);
        outcome o = read_good(text);
        assert_string_equal(o.format, "zplot");
        assert_int_equal(pm_table_rows(o.rows), 2);
        assert_close(real_at(o.rows, "imaginary_impedance_ohm", 0), -85, 0, 0);
        assert_close(real_at(o.rows, "imaginary_impedance_ohm", 1), 95, 0, 0);
        assert_int_equal(finding(&o, "declared-rows-missing") >= 0, declared == 3);
        free_outcome(&o);
    }
}

static const char versa[] =
    "<Application>\nName=VersaStudio\n</Application>\n<Segment1>\nType=2\n"
    "Definition=Segment #, Point #, E(V), I(A), Elapsed Time(s), Frequency(Hz), Z Real, Z Imag\n"
    "0,0,0.1,1E-06,1.5,1000,55,-4\n0,1,0.1,1E-06,2.5,100,56,-5\n</Segment1>\n<Segment2>\nType=2\n"
    "Definition=Segment #, Point #, %s\n"
    "1,0,0.2,1E-06,3.5,1000,57,-6\n</Segment2>\n<Layout Count=\"0\" />\n";

/* A second segment of the same columns is read on; one of others is left out, and that is said. */
static void versastudio_of_two_segments(void **state)
{
    char text[1000];

    (void)state;
    snprintf(text, sizeof text, versa, "E(V), I(A), Elapsed Time(s), Frequency(Hz), Z Real, Z Imag");
    outcome o = read_good(text);
    assert_string_equal(o.format, "versastudio");
    assert_int_equal(pm_table_rows(o.rows), 3);
    assert_close(real_at(o.rows, "spectrum_count", 2), 2, 0, 0);
    assert_close(real_at(o.rows, "segment_number", 2), 1, 0, 0);
    assert_int_equal(pm_table_rows(o.findings), 0);
    free_outcome(&o);
    snprintf(text, sizeof text, versa, "E(V), I(A), Frequency(Hz), Elapsed Time(s), Z Real, Z Imag");
    o = read_good(text);
    assert_int_equal(pm_table_rows(o.rows), 2);
    assert_close(real_at(o.findings, "count", finding(&o, "table-left-out")), 1, 0, 0);
    assert_close(real_at(o.findings, "line_first", finding(&o, "table-left-out")), 12, 0, 0);
    free_outcome(&o);
}

/* ---- Gamry ---- */

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

/* Two rows on one line, as a lost line end leaves them: one is read, and it is said. */
static void rows_of_too_many_values_are_said(void **state)
{
    outcome o = read_good("freq/Hz,Re(Z)/Ohm,Im(Z)/Ohm\n1000,1,-1\n100,2,-2 10,3,-3\n1,4,-4\n");

    (void)state;
    assert_int_equal(pm_table_rows(o.rows), 3);
    assert_close(real_at(o.findings, "line_first", finding(&o, "row-incomplete")), 3, 0, 0);
    assert_close(real_at(o.findings, "row_first", finding(&o, "row-incomplete")), 2, 0, 0);
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

/* ---- no header ---- */

static void three_columns_without_header(void **state)
{
    static const char *const rows[] = {"%g,%g,%g\n", "%g\t%g\t%g\n", " %g   %g  %g \n", "%g;%g;%g\n"};

    (void)state;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        char text[2000];
        int n = 0;
        for (int i = 0; i < 16; i++)
            n += snprintf(text + n, sizeof text - (size_t)n, rows[k], pow(10, 3 - i / 5.0), 10.0 + i, -0.5 * i);
        outcome o = read_good(text);
        assert_string_equal(o.content, "spectra");
        assert_int_equal(pm_table_rows(o.rows), 16);
        assert_close(real_at(o.rows, "frequency_hertz", 5), 100, 0, 0);
        assert_close(real_at(o.rows, "real_impedance_ohm", 15), 25, 0, 0);
        assert_close(real_at(o.rows, "imaginary_impedance_ohm", 15), -7.5, 0, 0);
        assert_true(finding(&o, "sign-assumed") >= 0 && finding(&o, "unit-assumed") >= 0);
        free_outcome(&o);
    }
}

/* Seconds, volts and amperes are evenly spaced themselves, not their logarithms; few rows or other words tell nothing. */
static void other_numbers_without_header_are_refused(void **state)
{
    char text[4000];
    int n = 0;

    (void)state;
    for (int i = 1; i < 100; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "%d,%g,%g\n", i, 3.5 + i / 100.0, 0.5);
    outcome o = read_as(text, NULL);
    assert_int_equal(o.status, PM_ERR_FORMAT);
    o = read_as("1,1,1\n10,1,1\n100,1,1\n", NULL);
    assert_int_equal(o.status, PM_ERR_FORMAT);
    o = read_as("1,1\n2,1\n4,1\n8,1\n16,1\n32,1\n64,1\n128,1\n256,1\n", NULL);
    assert_int_equal(o.status, PM_ERR_FORMAT);
}

static void a_lost_label_is_refused(void **state)
{
    outcome o = read_as("Re(Z)/Ohm,-Im(Z)/Ohm,time/s,Ewe/V\n100,1,2,3,4\n10,1,2,3,4\n1,1,2,3,4\n", NULL);

    (void)state;
    assert_int_equal(o.status, PM_ERR_DATA);
    assert_int_equal(o.err.line, 1);
    assert_non_null(strstr(o.err.message, "4 columns"));
    o = read_as("time/s,Ewe/V,\n100,1,x\n10,1,y\n", NULL); /* words behind the last label are remarks */
    assert_good(o.status, &o.err);
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
        cmocka_unit_test(every_label_ends_in_the_physical_sign),
        cmocka_unit_test(parts_from_size_and_phase),
        cmocka_unit_test(a_derived_column_alone),
        cmocka_unit_test(spectra_are_counted),
        cmocka_unit_test(records_with_a_spectrum_are_records),
        cmocka_unit_test(parstat),
        cmocka_unit_test(zview_counts_its_points),
        cmocka_unit_test(versastudio_of_two_segments),
        cmocka_unit_test(gamry_spectrum_behind_open_circuit),
        cmocka_unit_test(gamry_cycles_of_a_voltammetry),
        cmocka_unit_test(gamry_open_circuit_alone_and_on_demand),
        cmocka_unit_test(gamry_decimal_comma),
        cmocka_unit_test(gamry_long_open_circuit),
        cmocka_unit_test(rows_of_too_many_values_are_said),
        cmocka_unit_test(gamry_rows_are_never_lost_in_silence),
        cmocka_unit_test(many_other_tables),
        cmocka_unit_test(three_columns_without_header),
        cmocka_unit_test(other_numbers_without_header_are_refused),
        cmocka_unit_test(a_lost_label_is_refused),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(memory_that_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
