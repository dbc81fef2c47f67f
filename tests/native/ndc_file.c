/* SPDX-License-Identifier: MIT */
#include "ndc_file.h"

#include <stdlib.h>
#include <string.h>

static const int step_rows[NDC_STEPS] = {4, 5, 4}, step_ids[NDC_STEPS] = {1, 2, 4}, step_types[NDC_STEPS] = {4, 1, 2};
static const double step_amp[NDC_STEPS] = {0, 0.5, -0.25};

ndc *ndc_begin(int type, int version, int size)
{
    ndc *f = calloc(1, sizeof *f);

    assert_non_null(f);
    *f = (ndc){.type = type, .page = version == 2 ? 512 : 4096, .first = version == 2 ? 5 : 132, .size = size};
    f->at[0] = (uint8_t)type;
    f->at[2] = (uint8_t)version;
    f->at[4] = 1;
    f->n = f->page;
    return f;
}

uint8_t *ndc_add_row(ndc *f)
{
    int places = (f->page - f->first - 1) / f->size, place = f->rows++ % places;

    if (place == 0) f->n += f->page;
    assert_true(f->n <= (int64_t)sizeof f->at);
    uint8_t *page = f->at + f->n - f->page;
    page[0] = (uint8_t)(f->type + 1);
    page[2] = (uint8_t)((place + 1) & 255);
    page[3] = (uint8_t)((place + 1) >> 8);
    page[4 + place / 8] |= (uint8_t)(1 << place % 8);
    return page + f->first + place * f->size;
}

void ndc_set(uint8_t *p, uint64_t x, int size)
{
    for (int i = 0; i < size; i++) p[i] = (uint8_t)(x >> 8 * i);
}

void ndc_set_f4(uint8_t *p, double x)
{
    float f = (float)x;
    uint32_t bits;

    memcpy(&bits, &f, sizeof bits);
    ndc_set(p, bits, 4);
}

void ndc_step_of(int row, int *step, int *second)
{
    for (*step = 0; row >= step_rows[*step]; (*step)++) row -= step_rows[*step];
    *second = row;
}

double ndc_volt(int row)
{
    return 3 + 0.125 * row;
}

ndc *ndc_main(int version)
{
    ndc *f = ndc_begin(NDC_MAIN, version, 8);
    bool coarse = version == 11 || version == 16;

    for (int row = 0; row < NDC_ROWS; row++) {
        uint8_t *p = ndc_add_row(f);
        int step, second;
        ndc_step_of(row, &step, &second);
        ndc_set_f4(p, ndc_volt(row) * (coarse ? 10000 : 1));
        ndc_set_f4(p + 4, step_amp[step] * (coarse ? 1000 : 1));
    }
    return f;
}

void ndc_add_run(ndc *f, int version, int row, int number)
{
    uint8_t *p = ndc_add_row(f);
    int step, second;
    double unit = version == 14 || version == 17 ? 1 : 3.6e6;

    ndc_step_of(row, &step, &second);
    double charge = step == 1 ? 0.5 * second / 3600 : 0, discharge = step == 2 ? 0.25 * second / 3600 : 0;
    ndc_set(p, (uint64_t)second * 1000, 4);
    ndc_set_f4(p + 5, charge * unit);
    ndc_set_f4(p + 9, discharge * unit);
    ndc_set_f4(p + 13, charge * 2 * unit);
    ndc_set_f4(p + 17, discharge * 2 * unit);
    ndc_set(p + 29, second ? 1000 : 0, 4);
    ndc_set(p + 33, 1700000000 + (uint64_t)row, 4);
    ndc_set(p + 37, (uint64_t)number, 4);
    ndc_set(p + 41, (uint64_t)row + 1, 4);
    ndc_set(p + 45, 250, 2);
}

static int run_size(int version)
{
    return version == 11 ? 47 : version == 14 ? 55 : 100;
}

/* The first two rows and the last one of each step. The instrument's own numbers of steps are 1, 3, 7. */
ndc *ndc_run(int version)
{
    static const int rows[] = {0, 1, 3, 4, 5, 8, 9, 10, 12}, numbers[] = {1, 1, 1, 3, 3, 3, 7, 7, 7};
    ndc *f = ndc_begin(NDC_RUN, version, run_size(version));

    for (int i = 0; i < 9; i++) ndc_add_run(f, version, rows[i], numbers[i]);
    return f;
}

ndc *ndc_steps(int version, int steps)
{
    ndc *f = ndc_begin(NDC_STEP, version, version < 16 ? 37 : 100);

    for (int i = 0; i < steps; i++) {
        uint8_t *p = ndc_add_row(f);
        ndc_set(p, i < 2 ? 0 : 1, 4);
        ndc_set(p + 4, (uint64_t)step_ids[i], 4);
        p[24] = (uint8_t)step_types[i];
    }
    return f;
}

ndc *ndc_flat(int version, int32_t range)
{
    int shift = version == 2 ? 7 : 0;
    ndc *f = ndc_begin(NDC_MAIN, version, version == 2 ? 94 : 87);

    for (int row = 0; row < NDC_ROWS; row++) {
        uint8_t *r = ndc_add_row(f), *p = r + shift;
        int step, second;
        ndc_step_of(row, &step, &second);
        r[0] = 0x55;
        ndc_set(p + 1, (uint64_t)row + 1, 4);
        ndc_set(p + 5, step < 2 ? 0 : 1, 4);
        p[9] = (uint8_t)step_ids[step];
        p[10] = (uint8_t)step_types[step];
        ndc_set(p + 16, (uint64_t)second * 1000, 8);
        ndc_set(p + 24, (uint64_t)(ndc_volt(row) * 10000), 4);
        ndc_set(p + 28, (uint64_t)(int64_t)(step_amp[step] * 1e5), 4);
        ndc_set(p + 36, step == 1 ? (uint64_t)second * 50000 : 0, 8);
        ndc_set(p + 44, step == 2 ? (uint64_t)second * 25000 : 0, 8);
        ndc_set(p + 52, 3600, 8);
        ndc_set(p + 68, 2024, 2);
        p[70] = 2, p[71] = 29, p[72] = 23, p[73] = 59, p[74] = (uint8_t)(40 + row);
        ndc_set(p + 75, (uint32_t)range, 4);
    }
    return f;
}

void ndc_check_rows(const pm_table *t)
{
    static const double starts[NDC_STEPS] = {0, 3, 7};
    static const char *const words[NDC_STEPS] = {"Rest", "CC_Chg", "CC_DChg"};
    double energy = 0;

    assert_int_equal(pm_table_rows(t), NDC_ROWS);
    for (int row = 0; row < NDC_ROWS; row++) {
        int step, second;
        ndc_step_of(row, &step, &second);
        assert_true(real_at(t, "test_time_second", row) == starts[step] + second);
        assert_true(real_at(t, "step_time_second", row) == second);
        assert_true(real_at(t, "unix_time_second", row) == 1700000000.25 + row);
        assert_true(real_at(t, "voltage_volt", row) == ndc_volt(row));
        assert_true(real_at(t, "current_ampere", row) == step_amp[step]);
        assert_true(real_at(t, "cycle_count", row) == (step < 2 ? 1 : 2));
        assert_true(real_at(t, "step_count", row) == step + 1);
        assert_true(real_at(t, "step_id", row) == step_ids[step]);
        assert_true(real_at(t, "record_number", row) == row + 1);
        assert_string_equal(word_at(t, "step_type", row), words[step]);
        assert_close(real_at(t, "charging_capacity_ah", row), step == 1 ? 0.5 * second / 3600 : 0, 1e-6, 0);
        assert_close(real_at(t, "discharging_capacity_ah", row), step == 2 ? 0.25 * second / 3600 : 0, 1e-6, 0);
    }
    /* row 6: what the run information of row 5 says, and one second more; row 7: two */
    for (int row = 5; row < 8; row++) {
        energy += row == 5 ? 0.5 * 2 / 3600 : 0.5 * ndc_volt(row) / 3600;
        assert_close(real_at(t, "charging_energy_wh", row), energy, 1e-6, 0);
        assert_true(real_at(t, "discharging_energy_wh", row) == 0);
    }
    assert_close(real_at(t, "discharging_energy_wh", 11), (0.25 * 2 + 0.25 * ndc_volt(11)) / 3600, 1e-6, 0);
}

void ndc_check_flat(const pm_table *t, double scale)
{
    static const double starts[NDC_STEPS] = {0, 3, 7};

    assert_int_equal(pm_table_rows(t), NDC_ROWS);
    for (int row = 0; row < NDC_ROWS; row++) {
        int step, second;
        ndc_step_of(row, &step, &second);
        assert_true(real_at(t, "test_time_second", row) == starts[step] + second);
        assert_true(real_at(t, "step_time_second", row) == second);
        assert_true(real_at(t, "unix_time_second", row) == 1709251180 + row); /* 2024-02-29 23:59:40 */
        assert_true(real_at(t, "voltage_volt", row) == ndc_volt(row));
        assert_close(real_at(t, "current_ampere", row), step_amp[step] * scale, 1e-15, 0);
        assert_close(real_at(t, "charging_capacity_ah", row), step == 1 ? 0.5 * scale * second / 3600 : 0, 1e-15, 0);
        assert_close(real_at(t, "discharging_capacity_ah", row), step == 2 ? 0.25 * scale * second / 3600 : 0, 1e-15,
                     0);
        assert_close(real_at(t, "charging_energy_wh", row), 1e-5 * scale, 1e-15, 0);
        assert_true(real_at(t, "cycle_count", row) == (step < 2 ? 1 : 2));
        assert_true(real_at(t, "step_count", row) == step + 1);
        assert_true(real_at(t, "step_id", row) == step_ids[step]);
        assert_true(real_at(t, "record_number", row) == row + 1);
    }
    assert_string_equal(word_at(t, "step_type", 5), "CC_Chg");
    assert_string_equal(pm_table_meta(t, "time_zone"), "unknown");
}
