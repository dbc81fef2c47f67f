/* SPDX-License-Identifier: MIT */
#include "mpr_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void mpr_put(mpr_file *w, uint64_t x, int size)
{
    for (int i = 0; i < size; i++) w->at[w->n++] = (uint8_t)(x >> 8 * i);
}

void mpr_put_f8(mpr_file *w, double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    mpr_put(w, bits, 8);
}

void mpr_put_f4(mpr_file *w, double x)
{
    float f = (float)x;
    uint32_t bits;

    memcpy(&bits, &f, sizeof bits);
    mpr_put(w, bits, 4);
}

void mpr_put_text(mpr_file *w, const char *text, int64_t n)
{
    memset(w->at + w->n, ' ', (size_t)n);
    memcpy(w->at + w->n, text, strlen(text));
    w->n += n;
}

static void set_text(mpr_file *w, int64_t at, const char *text)
{
    w->at[at] = (uint8_t)strlen(text);
    memcpy(w->at + at + 1, text, strlen(text));
}

mpr_file *mpr_begin(bool wide, int version)
{
    mpr_file *w = calloc(1, sizeof *w);

    assert_non_null(w);
    w->wide = wide;
    w->version = version;
    mpr_put_text(w, "BIO-LOGIC MODULAR FILE\x1a", 48);
    w->n = 52;
    return w;
}

static void begin_module(mpr_file *w, const char *name, int version)
{
    w->module = w->n;
    mpr_put_text(w, "MODULE", 6);
    mpr_put_text(w, name, 10);
    mpr_put_text(w, name, 25);
    if (w->wide) mpr_put(w, UINT32_MAX, 4);
    mpr_put(w, 0, w->wide ? 8 : 4);
    mpr_put(w, (uint64_t)version, 4);
    mpr_put_text(w, "08/11/23", 8);
}

int64_t mpr_header(const mpr_file *w)
{
    return w->wide ? 65 : 57;
}

void mpr_end_module(mpr_file *w)
{
    int64_t end = w->n, length = end - w->module - mpr_header(w);

    w->n = w->module + (w->wide ? 45 : 41);
    mpr_put(w, (uint64_t)length, w->wide ? 8 : 4);
    w->n = end;
}

void mpr_begin_data(mpr_file *w, int points, int count, const int *ids)
{
    int from = w->wide ? 1007 : w->version == 0 ? 100 : w->version == 2 ? 405 : 406;

    begin_module(w, "VMP data", w->version);
    w->data = w->module;
    int64_t start = w->n;
    mpr_put(w, (uint64_t)points, 4);
    mpr_put(w, (uint64_t)count, w->wide ? 2 : 1);
    for (int i = 0; i < count; i++) mpr_put(w, (uint64_t)ids[i], !w->wide && w->version == 0 ? 1 : 2);
    w->n = start + from;
}

void mpr_settings(mpr_file *w, const char *comment, double mass_mg)
{
    begin_module(w, "VMP Set", 0);
    int64_t start = w->n;
    mpr_put(w, 4, 1);
    set_text(w, start + 7, comment);
    w->n = start + 263;
    mpr_put_f4(w, mass_mg);
    w->n = start + 700;
    mpr_end_module(w);
}

void mpr_log(mpr_file *w, double days)
{
    begin_module(w, "VMP LOG", 0);
    int64_t start = w->n;
    w->at[start + 9] = 4;
    w->n = start + 585;
    mpr_put_f8(w, days);
    set_text(w, start + 951, "11.32");
    w->n = start + 1000;
    mpr_end_module(w);
}

void mpr_loops(mpr_file *w, int n, const int *rows)
{
    begin_module(w, "VMP loop", 0);
    mpr_put(w, (uint64_t)n, 4);
    for (int i = 0; i < n; i++) mpr_put(w, (uint64_t)rows[i], 4);
    mpr_end_module(w);
}

outcome mpr_outcome(mpr_file *w)
{
    outcome o = outcome_of_bytes(".mpr", w->at, w->n, NULL);

    free(w);
    return o;
}

/* ---- a test that charges and discharges, without a column of current ---- */

static const int cycling_ids[] = {1, 2, 3, 21, 31, 65, 131, 4, 7, 13, 5, 6, 39, 467, 468};
enum { CYCLING = sizeof cycling_ids / sizeof *cycling_ids };

static void cycling_row(mpr_file *w, int i)
{
    int step = i < 2 ? 0 : i < 5 ? 1 : 2, mode = step ? 1 : 3;
    double current_mA = step == 0 ? 0 : step == 1 ? 0.4 : -0.2, dq = current_mA * 90 / 3600;
    double q = step == 1 ? dq * (i - 1) : step == 2 ? dq * (i - 4) : 0;

    mpr_put(w, (uint64_t)(mode | (current_mA > 0 ? 4 : 0) | (i == 2 || i == 5 ? 0x20 : 0)), 1);
    mpr_put(w, (uint64_t)step, 2);
    mpr_put_f8(w, 90.0 * i);
    mpr_put_f8(w, dq);
    mpr_put_f8(w, step == 2 ? 0.03 + q : q);
    mpr_put_f4(w, current_mA);
    mpr_put_f4(w, 3 + 0.125 * i);
    mpr_put(w, 12, 2);
    mpr_put_f8(w, q);
    mpr_put(w, step == 2 ? 3 : step == 1 ? 2 : 0, 4);
}

static void cycling_data(mpr_file *w)
{
    mpr_begin_data(w, MPR_CYCLING_ROWS, CYCLING, cycling_ids);
    for (int i = 0; i < MPR_CYCLING_ROWS; i++) cycling_row(w, i);
    mpr_end_module(w);
}

mpr_file *mpr_cycling(bool wide, int version)
{
    static const int begins[] = {0, 2, 5, 8};
    mpr_file *w = mpr_begin(wide, version);

    mpr_settings(w, "first\r\nsecond", 7000);
    cycling_data(w);
    mpr_log(w, MPR_START_DAYS + 0.5);
    mpr_loops(w, 4, begins);
    return w;
}

void mpr_check_cycling(const outcome *o)
{
    static const double ampere[] = {0, 0, 4e-4, 4e-4, 4e-4, -2e-4, -2e-4, -2e-4};
    static const double cycle[] = {0, 0, 1, 1, 1, 1, 1, 1}, loop[] = {1, 1, 2, 2, 2, 3, 3, 3};

    assert_good(o->status, &o->error);
    assert_int_equal(pm_table_rows(o->rows), MPR_CYCLING_ROWS);
    for (int i = 0; i < MPR_CYCLING_ROWS; i++) {
        assert_true(real_at(o->rows, "test_time_second", i) == 90 * i);
        assert_true(real_at(o->rows, "unix_time_second", i) == (MPR_START_DAYS + 0.5 - 25569) * 86400 + 90 * i);
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
    expect_found(o, "value-missing", "no current", -1);
    expect_found(o, "placeholder-metadata", "mass", -1);
    assert_int_equal(pm_table_rows(o->findings), 2);
    assert_string_equal(pm_table_meta(o->rows, "technique"), "4 GCPL");
    assert_string_equal(pm_table_meta(o->rows, "comments"), "first  second");
    assert_string_equal(pm_table_meta(o->rows, "start_time"), "2023-08-11 12:00:00.000");
    assert_string_equal(pm_table_meta(o->rows, "channel"), "5");
    assert_string_equal(pm_table_meta(o->rows, "software_version"), "11.32");
    assert_string_equal(o->content, "records");
}
