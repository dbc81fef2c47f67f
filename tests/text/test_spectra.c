/* SPDX-License-Identifier: MIT */
/* Spectra, made up here: signs, what is derived, what is counted, instruments, tables without a header. */
#include "outcome.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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
        cmocka_unit_test(rows_of_too_many_values_are_said),
        cmocka_unit_test(three_columns_without_header),
        cmocka_unit_test(other_numbers_without_header_are_refused),
        cmocka_unit_test(a_lost_label_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
