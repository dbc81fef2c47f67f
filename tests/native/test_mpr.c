/* SPDX-License-Identifier: MIT */
/* BioLogic .mpr files, on bytes that a small writer of the layout puts together here. */
#include "read/read.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the writer ---- */

enum { ROOM = 1 << 15, START_DAYS = 45149 /* 2023-08-11 */ };

typedef struct writer {
    uint8_t at[ROOM];
    int64_t n, module, data; /* where the module being written begins, and that of the data */
    bool wide;
    int version;
} writer;

static void put(writer *w, uint64_t x, int size)
{
    for (int i = 0; i < size; i++) w->at[w->n++] = (uint8_t)(x >> 8 * i);
}

static void put_f8(writer *w, double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    put(w, bits, 8);
}

static void put_f4(writer *w, double x)
{
    float f = (float)x;
    uint32_t bits;

    memcpy(&bits, &f, sizeof bits);
    put(w, bits, 4);
}

static void put_text(writer *w, const char *text, int64_t n)
{
    memset(w->at + w->n, ' ', (size_t)n);
    memcpy(w->at + w->n, text, strlen(text));
    w->n += n;
}

static void set_text(writer *w, int64_t at, const char *text)
{
    w->at[at] = (uint8_t)strlen(text);
    memcpy(w->at + at + 1, text, strlen(text));
}

static writer *begin(bool wide, int version)
{
    writer *w = calloc(1, sizeof *w);

    assert_non_null(w);
    w->wide = wide;
    w->version = version;
    put_text(w, "BIO-LOGIC MODULAR FILE\x1a", 48);
    w->n = 52;
    return w;
}

static void begin_module(writer *w, const char *name, int version)
{
    w->module = w->n;
    put_text(w, "MODULE", 6);
    put_text(w, name, 10);
    put_text(w, name, 25);
    if (w->wide) put(w, UINT32_MAX, 4);
    put(w, 0, w->wide ? 8 : 4);
    put(w, (uint64_t)version, 4);
    put_text(w, "08/11/23", 8);
}

static int64_t header_of(const writer *w)
{
    return w->wide ? 65 : 57;
}

/* Its length is known now. */
static void end_module(writer *w)
{
    int64_t end = w->n, length = end - w->module - header_of(w);

    w->n = w->module + (w->wide ? 45 : 41);
    put(w, (uint64_t)length, w->wide ? 8 : 4);
    w->n = end;
}

static void begin_data(writer *w, int points, int count, const int *ids)
{
    int from = w->wide ? 1007 : w->version == 0 ? 100 : w->version == 2 ? 405 : 406;

    begin_module(w, "VMP data", w->version);
    w->data = w->module;
    int64_t start = w->n;
    put(w, (uint64_t)points, 4);
    put(w, (uint64_t)count, w->wide ? 2 : 1);
    for (int i = 0; i < count; i++) put(w, (uint64_t)ids[i], !w->wide && w->version == 0 ? 1 : 2);
    w->n = start + from;
}

static void settings(writer *w, const char *comment, double mass_mg)
{
    begin_module(w, "VMP Set", 0);
    int64_t start = w->n;
    put(w, 4, 1);
    set_text(w, start + 7, comment);
    w->n = start + 263;
    put_f4(w, mass_mg);
    w->n = start + 700;
    end_module(w);
}

static void log_module(writer *w, double days)
{
    begin_module(w, "VMP LOG", 0);
    int64_t start = w->n;
    w->at[start + 9] = 4;
    w->n = start + 585;
    put_f8(w, days);
    set_text(w, start + 951, "11.32");
    w->n = start + 1000;
    end_module(w);
}

static void loops(writer *w, int n, const int *rows)
{
    begin_module(w, "VMP loop", 0);
    put(w, (uint64_t)n, 4);
    for (int i = 0; i < n; i++) put(w, (uint64_t)rows[i], 4);
    end_module(w);
}

/* ---- reading ---- */

typedef struct outcome {
    pm_status status;
    pm_error error;
    pm_table *rows, *findings;
    char content[16];
} outcome;

static outcome outcome_of_file(const char *path)
{
    outcome o = {0};
    pm_scoped(pm_reader) reader = NULL;
    pm_scoped(pm_builder) b = NULL;
    const pm_table *batch = NULL;
    const pm_read_options options = {.block_bytes = 128}; /* three rows in a batch */
    const pm_run run = {.threads = 1};

    o.status = pm_read_table(path, &options, &run, &o.rows, &o.error);
    if (!o.status) o.status = pm_reader_open(path, &options, &run, &reader, &o.error);
    while (!o.status && !(o.status = pm_reader_next(reader, &batch, &o.error)) && batch) continue;
    if (!o.status) o.status = pm_builder_new(PM_FINDING_FIELDS, pm_finding_fields, &b, &o.error);
    if (!o.status) o.status = pm_reader_findings(reader, b, &o.error);
    if (!o.status) o.status = pm_builder_finish(b, &o.findings, &o.error);
    if (!o.status) memcpy(o.content, pm_reader_facts(reader)->format.content, sizeof o.content);
    return o;
}

static outcome outcome_of(const void *bytes, int64_t n)
{
    char *path = support_file(".mpr", bytes, n);
    outcome o = outcome_of_file(path);

    support_remove(path);
    return o;
}

static void clear(outcome *o)
{
    pm_table_free(o->rows);
    pm_table_free(o->findings);
}

static outcome finish(writer *w)
{
    outcome o = outcome_of(w->at, w->n);

    free(w);
    return o;
}

static bool found(const outcome *o, const char *code, const char *part)
{
    for (int64_t i = 0; i < pm_table_rows(o->findings); i++)
        if (!strcmp(word_at(o->findings, "code", i), code) && strstr(word_at(o->findings, "message", i), part))
            return true;
    return false;
}

static void expect_found(const outcome *o, const char *code, const char *part)
{
    assert_good(o->status, &o->error);
    if (!found(o, code, part)) fail_msg("no finding %s with '%s'", code, part);
}

static void expect_refused(outcome o, int64_t byte, const char *part)
{
    assert_int_equal(o.status, PM_ERR_FORMAT);
    if (!strstr(o.error.message, part)) fail_msg("%s", o.error.message);
    assert_int_equal(o.error.byte, byte);
    clear(&o);
}

/* ---- a test that charges and discharges, without a column of current ---- */

static const int cycling_ids[] = {1, 2, 3, 21, 31, 65, 131, 4, 7, 13, 5, 6, 39, 467, 468};
enum { CYCLING = 15, CYCLING_ROWS = 8, CYCLING_BYTES = 49 };

/* Two rows of rest, three at +0.4 mA, three at -0.2 mA, 90 s apart. */
static void cycling_row(writer *w, int i)
{
    int step = i < 2 ? 0 : i < 5 ? 1 : 2, mode = step ? 1 : 3;
    double current_mA = step == 0 ? 0 : step == 1 ? 0.4 : -0.2, dq = current_mA * 90 / 3600;
    double q = step == 1 ? dq * (i - 1) : step == 2 ? dq * (i - 4) : 0;

    put(w, (uint64_t)(mode | (current_mA > 0 ? 4 : 0) | (i == 2 || i == 5 ? 0x20 : 0)), 1);
    put(w, (uint64_t)step, 2);
    put_f8(w, 90.0 * i);
    put_f8(w, dq);
    put_f8(w, step == 2 ? 0.03 + q : q);
    put_f4(w, current_mA);
    put_f4(w, 3 + 0.125 * i);
    put(w, 12, 2);
    put_f8(w, q);
    put(w, step == 2 ? 3 : step == 1 ? 2 : 0, 4);
}

static void cycling_data(writer *w)
{
    begin_data(w, CYCLING_ROWS, CYCLING, cycling_ids);
    for (int i = 0; i < CYCLING_ROWS; i++) cycling_row(w, i);
    end_module(w);
}

static writer *cycling(bool wide, int version)
{
    static const int begins[] = {0, 2, 5, 8};
    writer *w = begin(wide, version);

    settings(w, "first\r\nsecond", 7000);
    cycling_data(w);
    log_module(w, START_DAYS + 0.5);
    loops(w, 4, begins);
    return w;
}

static void check_cycling(const outcome *o)
{
    static const double ampere[] = {0, 0, 4e-4, 4e-4, 4e-4, -2e-4, -2e-4, -2e-4};
    static const double cycle[] = {0, 0, 1, 1, 1, 1, 1, 1}, loop[] = {1, 1, 2, 2, 2, 3, 3, 3};

    assert_good(o->status, &o->error);
    assert_int_equal(pm_table_rows(o->rows), CYCLING_ROWS);
    for (int i = 0; i < CYCLING_ROWS; i++) {
        assert_true(real_at(o->rows, "test_time_second", i) == 90 * i);
        assert_true(real_at(o->rows, "unix_time_second", i) == (START_DAYS + 0.5 - 25569) * 86400 + 90 * i);
        assert_true(real_at(o->rows, "voltage_volt", i) == 3 + 0.125 * i);
        assert_close(real_at(o->rows, "current_ampere", i), ampere[i], 1e-14, 0);
        assert_true(real_at(o->rows, "step_id", i) == (i < 2 ? 0 : i < 5 ? 1 : 2));
        assert_true(real_at(o->rows, "step_count", i) == (i < 2 ? 1 : i < 5 ? 2 : 3));
        assert_true(real_at(o->rows, "cycle_count", i) == cycle[i]);
        assert_true(real_at(o->rows, "loop_count", i) == loop[i]);
        assert_true(real_at(o->rows, "ox_red", i) == (i > 1 && i < 5));
        assert_string_equal(word_at(o->rows, "step_type", i), i < 2 ? "rest" : "galvanostatic");
        assert_close(real_at(o->rows, "control_ampere", i), i < 2 ? NAN : (double)(float)(ampere[i] * 1e3) / 1e3, 1e-7,
                     0);
    }
    assert_close(real_at(o->rows, "q_charge_discharge_ah", 7), -1.5e-5, 1e-12, 0);
    assert_close(real_at(o->rows, "step_capacity_ah", 7), 1.5e-5, 1e-12, 0);
    assert_close(real_at(o->rows, "net_capacity_ah", 7), 1.5e-5, 1e-12, 0);
    expect_found(o, "value-missing", "no current");
    expect_found(o, "placeholder-metadata", "mass");
    assert_int_equal(pm_table_rows(o->findings), 2);
    assert_string_equal(pm_table_meta(o->rows, "technique"), "4 GCPL");
    assert_string_equal(pm_table_meta(o->rows, "comments"), "first  second");
    assert_string_equal(pm_table_meta(o->rows, "start_time"), "2023-08-11 12:00:00.000");
    assert_string_equal(pm_table_meta(o->rows, "channel"), "5");
    assert_string_equal(pm_table_meta(o->rows, "software_version"), "11.32");
    assert_string_equal(o->content, "records");
}

static void reads_all_layouts(void **state)
{
    static const int versions[] = {2, 3, 11};

    (void)state;
    for (int k = 0; k < 3; k++) {
        outcome o = finish(cycling(versions[k] == 11, versions[k]));
        check_cycling(&o);
        clear(&o);
    }
}

static void reads_short_identifiers(void **state)
{
    static const int ids[] = {1, 4, 174, 76};
    writer *w = begin(false, 0);

    (void)state;
    begin_data(w, 1, 4, ids);
    put(w, 3, 1);
    put_f8(w, 5);
    put_f4(w, 1.5);
    put_f4(w, -2);
    end_module(w);
    outcome o = finish(w);
    expect_found(&o, "value-missing", "VMP LOG");
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
    writer *w = begin(false, 3);

    settings(w, "", 1);
    w->at[w->module + header_of(w)] = (uint8_t)technique;
    begin_data(w, 2, 3, ids);
    for (int i = 0; i < 2; i++) {
        put(w, (uint64_t)(i ? second : first), 1);
        put_f8(w, 10 * i);
        put_f4(w, 3);
    }
    end_module(w);
    log_module(w, START_DAYS);
    return finish(w);
}

static void no_current_flows_at_rest(void **state)
{
    static const int cases[][3] = {{127, 3, 3}, {11, 0, 0}}; /* the mode says so, the technique does */

    (void)state;
    for (int k = 0; k < 2; k++) {
        outcome o = of_modes(cases[k][0], cases[k][1], cases[k][2]);
        expect_found(&o, "value-missing", "no current flows at rest");
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

static void mixed_row(writer *w, int i, double frequency)
{
    put_f8(w, 10.0 * i);
    put_f8(w, 0.001);
    put_f4(w, 1);
    put_f4(w, frequency > 0 ? 75 : 0.5); /* of a spectrum any moment of the wave */
    put_f4(w, frequency);
    put_f4(w, frequency > 0 ? 20 : 0);
    put_f4(w, frequency > 0 ? 4 : 0);
}

static outcome of_frequencies(int n, const double *frequency, int n_loops, const int *begins)
{
    writer *w = begin(true, 11);

    begin_data(w, n, 7, mixed_ids);
    for (int i = 0; i < n; i++) mixed_row(w, i, frequency[i]);
    end_module(w);
    log_module(w, START_DAYS);
    if (n_loops) loops(w, n_loops, begins);
    return finish(w);
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
    expect_found(&o, "value-missing", "the current of 7 rows");
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
    expect_found(&o, "value-missing", "not in order");
    assert_null(pm_table_find(o.rows, "loop_count"));
    clear(&o);
}

/* ---- identifiers ---- */

/* One row of `bytes` zeros but for the time. */
static outcome of_ids(int count, const int *ids, int bytes)
{
    writer *w = begin(false, 3);

    begin_data(w, 1, count, ids);
    w->n += bytes;
    end_module(w);
    log_module(w, START_DAYS);
    return finish(w);
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
    writer *w;

    (void)state;
    expect_refused(of_ids(3, unknown, 16), 52 + 57 + 5 + 4, "identifier 60 (column 3 of 3)");
    expect_refused(of_ids(2, known, 13), 52 + 57, "(12 bytes)");
    expect_refused(of_ids(0, known, 13), 52 + 57 + 4, "0 columns");
    w = cycling(false, 3);
    w->at[w->data + 57 + 4] = 255;
    expect_refused(finish(w), 52 + 57 + 700 + 57 + 4, "255 columns");
    w = cycling(false, 7); /* rows as in version 3: read, and told */
    outcome o = finish(w);
    expect_found(&o, "unit-assumed", "version 7");
    assert_int_equal(pm_table_rows(o.rows), CYCLING_ROWS);
    clear(&o);
    w = cycling(false, 7);
    w->at[w->data + 57]++;
    expect_refused(finish(w), 52 + 57 + 700 + 57 - 12, "version 7 of the module of data is not known");
}

static void refuses_what_has_no_data(void **state)
{
    writer *w = begin(false, 3);

    (void)state;
    expect_refused(finish(w), 52, "ends before its module of data");
    w = begin(false, 3);
    settings(w, "", 1);
    put_text(w, "NODULE", 60);
    expect_refused(finish(w), 52 + 57 + 700, "no module begins");
}

/* ---- damage ---- */

static int64_t rows_of(const uint8_t *bytes, int64_t n, pm_error *err, int64_t *told)
{
    outcome o = outcome_of(bytes, n);
    int64_t rows = o.status ? -1 : pm_table_rows(o.rows);

    *err = o.error;
    *told = o.status ? 0 : pm_table_rows(o.findings);
    clear(&o);
    return rows;
}

/* Two findings are of the file itself; a cut one has more, and no rows are lost without a word. */
static void cut_anywhere(void **state)
{
    writer *w = cycling(true, 11);
    int64_t data = w->data + 65 + 1007, end = data + CYCLING_ROWS * CYCLING_BYTES, told;
    pm_error err;

    (void)state;
    for (int64_t cut = 52; cut<w->n; cut += cut> data && cut < end ? 1 : 13) {
        int64_t rows = rows_of(w->at, cut, &err, &told), right = (cut - data) / CYCLING_BYTES;
        if (cut < data + CYCLING_BYTES) {
            assert_int_equal(rows, -1);
            assert_int_equal(err.code, PM_ERR_FORMAT);
            assert_true(err.byte >= 0);
            continue;
        }
        assert_int_equal(rows, right < CYCLING_ROWS ? right : CYCLING_ROWS);
        if (told < 3) fail_msg("cut at %lld of %lld", (long long)cut, (long long)w->n);
    }
    free(w);
}

static void any_byte_inverted(void **state)
{
    writer *w = cycling(false, 3);
    int64_t told;
    pm_error err;

    (void)state;
    for (int64_t i = 0; i < w->n; i++) {
        w->at[i] ^= 0xff;
        int64_t rows = rows_of(w->at, w->n, &err, &told);
        if (rows < 0 && err.code == PM_ERR_FORMAT && i >= 52) assert_true(err.byte >= 0);
        if (rows >= 0 && rows != CYCLING_ROWS) assert_true(told > 2);
        w->at[i] ^= 0xff;
    }
    free(w);
}

static void no_memory_anywhere(void **state)
{
    writer *w = cycling(true, 11);
    char *path = support_file(".mpr", w->at, w->n);
    int64_t held = allocations_held();
    bool failed = true;

    (void)state;
    for (int64_t k = 1; failed; k++) {
        fail_allocation(k);
        outcome o = outcome_of_file(path);
        failed = allocation_failed();
        fail_allocation(0);
        if (failed) assert_int_equal(o.status, PM_ERR_MEMORY);
        if (!failed) check_cycling(&o);
        clear(&o);
        assert_int_equal(allocations_held(), held);
    }
    support_remove(path);
    free(w);
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
        cmocka_unit_test(refuses_what_has_no_data),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(any_byte_inverted),
        cmocka_unit_test(no_memory_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
