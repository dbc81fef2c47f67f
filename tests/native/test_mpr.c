/* SPDX-License-Identifier: MIT */
/* BioLogic .mpr files: layouts, rests, spectra, identifiers. */
#include "mpr_file.h"

#include <math.h>

static void reads_all_layouts(void **state)
{
    static const int versions[] = {2, 3, 11};

    (void)state;
    for (int k = 0; k < 3; k++) {
        outcome o = mpr_outcome(mpr_cycling(versions[k] == 11, versions[k]));
        mpr_check_cycling(&o);
        clear(&o);
    }
}

static void reads_short_identifiers(void **state)
{
    static const int ids[] = {1, 4, 174, 76};
    mpr_file *w = mpr_begin(false, 0);

    (void)state;
    mpr_begin_data(w, 1, 4, ids);
    mpr_put(w, 3, 1);
    mpr_put_f8(w, 5);
    mpr_put_f4(w, 1.5);
    mpr_put_f4(w, -2);
    mpr_end_module(w);
    outcome o = mpr_outcome(w);
    expect_found(&o, "value-missing", "VMP LOG", -1);
    assert_true(real_at(o.rows, "voltage_volt", 0) == 1.5);
    assert_true(real_at(o.rows, "current_ampere", 0) == -0.002);
    assert_null(pm_table_find(o.rows, "unix_time_second"));
    clear(&o);
}

/* ---- rests ---- */

/* Two rows of those modes, without current or charge. */
static outcome of_modes(int technique, int first, int second)
{
    static const int ids[] = {1, 4, 6};
    mpr_file *w = mpr_begin(false, 3);

    mpr_settings(w, "", 1);
    w->at[w->module + mpr_header(w)] = (uint8_t)technique;
    mpr_begin_data(w, 2, 3, ids);
    for (int i = 0; i < 2; i++) {
        mpr_put(w, (uint64_t)(i ? second : first), 1);
        mpr_put_f8(w, 10 * i);
        mpr_put_f4(w, 3);
    }
    mpr_end_module(w);
    mpr_log(w, MPR_START_DAYS);
    return mpr_outcome(w);
}

static void no_current_flows_at_rest(void **state)
{
    static const int cases[][3] = {{127, 3, 3}, {11, 0, 0}}; /* the mode says so, the technique does */

    (void)state;
    for (int k = 0; k < 2; k++) {
        outcome o = of_modes(cases[k][0], cases[k][1], cases[k][2]);
        expect_found(&o, "value-missing", "no current flows at rest", -1);
        for (int i = 0; i < 2; i++) assert_true(real_at(o.rows, "current_ampere", i) == 0);
        clear(&o);
    }
    outcome o = of_modes(127, 3, 1); /* one row is not at rest */
    assert_good(o.status, &o.error);
    assert_null(pm_table_find(o.rows, "current_ampere"));
    clear(&o);
}

/* ---- spectra ---- */

static const int mixed_ids[] = {4, 7, 6, 8, 32, 37, 38};

static void mixed_row(mpr_file *w, int i, double frequency)
{
    mpr_put_f8(w, 10.0 * i);
    mpr_put_f8(w, 0.001);
    mpr_put_f4(w, 1);
    mpr_put_f4(w, frequency > 0 ? 75 : 0.5); /* of a spectrum any moment of the wave */
    mpr_put_f4(w, frequency);
    mpr_put_f4(w, frequency > 0 ? 20 : 0);
    mpr_put_f4(w, frequency > 0 ? 4 : 0);
}

static outcome of_frequencies(int n, const double *frequency, int n_loops, const int *begins)
{
    mpr_file *w = mpr_begin(true, 11);

    mpr_begin_data(w, n, 7, mixed_ids);
    for (int i = 0; i < n; i++) mixed_row(w, i, frequency[i]);
    mpr_end_module(w);
    mpr_log(w, MPR_START_DAYS);
    if (n_loops) mpr_loops(w, n_loops, begins);
    return mpr_outcome(w);
}

static void keeps_records_and_spectra_apart(void **state)
{
    static const double frequency[] = {0, 100, 10, 1, 0, 0, 100, 10, 1000, 100};
    static const double number[] = {NAN, 1, 1, 1, NAN, NAN, 2, 2, 3, 3};
    outcome o = of_frequencies(10, frequency, 0, NULL);

    (void)state;
    assert_good(o.status, &o.error);
    assert_string_equal(o.content, "records");
    for (int i = 0; i < 10; i++) {
        bool in = frequency[i] > 0;
        assert_close(real_at(o.rows, "spectrum_count", i), number[i], 0, 0);
        assert_close(real_at(o.rows, "frequency_hertz", i), in ? frequency[i] : NAN, 0, 0);
        assert_close(real_at(o.rows, "real_impedance_ohm", i), in ? 20 : NAN, 0, 0);
        assert_close(real_at(o.rows, "imaginary_impedance_ohm", i), in ? -4 : NAN, 0, 0);
        assert_close(real_at(o.rows, "i_ampere", i), in ? 0.075 : 0.0005, 1e-15, 0);
        assert_close(real_at(o.rows, "current_ampere", i), in ? 0.001 * 3.6 / 10 : 0.0005, 1e-14, 0);
    }
    expect_found(&o, "value-missing", "the current of 7 rows", -1);
    clear(&o);
}

static void counts_spectra_by_loops_too(void **state)
{
    static const double frequency[] = {50, 50, 50, 50};
    static const int begins[] = {0, 2, 3, 4};
    outcome o = of_frequencies(4, frequency, 4, begins);

    (void)state;
    assert_good(o.status, &o.error);
    assert_string_equal(o.content, "spectra");
    for (int i = 0; i < 4; i++) assert_true(real_at(o.rows, "spectrum_count", i) == (i < 2 ? 1 : i));
    clear(&o);
}

static void loops_in_disorder(void **state)
{
    static const double frequency[] = {50, 40};
    static const int begins[] = {0, 2, 1};
    outcome o = of_frequencies(2, frequency, 3, begins);

    (void)state;
    expect_found(&o, "value-missing", "not in order", -1);
    assert_null(pm_table_find(o.rows, "loop_count"));
    clear(&o);
}

/* ---- identifiers ---- */

/* One row of `bytes` zeros but for the time. */
static outcome of_ids(int count, const int *ids, int bytes)
{
    mpr_file *w = mpr_begin(false, 3);

    mpr_begin_data(w, 1, count, ids);
    w->n += bytes;
    mpr_end_module(w);
    mpr_log(w, MPR_START_DAYS);
    return mpr_outcome(w);
}

static void sizes_decide_between_sources(void **state)
{
    static const int ids[] = {4, 6, 498, 499};

    (void)state;
    outcome wide = of_ids(4, ids, 28), narrow = of_ids(4, ids, 20);
    assert_good(wide.status, &wide.error);
    assert_good(narrow.status, &narrow.error);
    assert_non_null(pm_table_find(wide.rows, "discharging_capacity_ah"));
    assert_non_null(pm_table_find(narrow.rows, "ece_h3_volt"));
    clear(&wide);
    clear(&narrow);
}

static void neighbours_decide_what_174_is(void **state)
{
    static const int ids[] = {4, 6, 174, 175, 981};
    outcome o = of_ids(5, ids, 24);

    (void)state;
    assert_good(o.status, &o.error);
    assert_non_null(pm_table_find(o.rows, "phase_zwe_ce_degree"));
    assert_non_null(pm_table_find(o.rows, "z_cycle"));
    clear(&o);
}

static void refuses_what_it_does_not_know(void **state)
{
    static const int unknown[] = {4, 6, 60};
    static const int known[] = {4, 6};
    mpr_file *w;

    (void)state;
    expect_refused(of_ids(3, unknown, 16), 52 + 57 + 5 + 4, "identifier 60 (column 3 of 3)");
    expect_refused(of_ids(2, known, 13), 52 + 57, "(12 bytes)");
    expect_refused(of_ids(0, known, 13), 52 + 57 + 4, "0 columns");
    w = mpr_cycling(false, 3);
    w->at[w->data + 57 + 4] = 255;
    expect_refused(mpr_outcome(w), 52 + 57 + 700 + 57 + 4, "255 columns");
    w = mpr_cycling(false, 7); /* rows as in version 3: read, and told */
    outcome o = mpr_outcome(w);
    expect_found(&o, "unit-assumed", "version 7", -1);
    assert_int_equal(pm_table_rows(o.rows), MPR_CYCLING_ROWS);
    clear(&o);
    w = mpr_cycling(false, 7);
    w->at[w->data + 57]++;
    expect_refused(mpr_outcome(w), 52 + 57 + 700 + 57 - 12, "version 7 of the module of data is not known");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_layouts),
        cmocka_unit_test(reads_short_identifiers),
        cmocka_unit_test(no_current_flows_at_rest),
        cmocka_unit_test(keeps_records_and_spectra_apart),
        cmocka_unit_test(counts_spectra_by_loops_too),
        cmocka_unit_test(loops_in_disorder),
        cmocka_unit_test(sizes_decide_between_sources),
        cmocka_unit_test(neighbours_decide_what_174_is),
        cmocka_unit_test(refuses_what_it_does_not_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
