/* SPDX-License-Identifier: MIT */
/* Neware .ndc files and .ndax archives, on bytes that a small writer of the layouts puts together here. */
#include "bytes/bytes.h"
#include "read/read.h"
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

enum { MAIN = 1, AUX = 5, STEP = 7, RUN = 18, PAGES = 8 };

/* ---- the writer of pages ---- */

typedef struct ndc {
    uint8_t at[PAGES * 4096];
    int64_t n;
    int type, page, first, size, rows;
} ndc;

static ndc *begin(int type, int version, int size)
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

/* The next row, all zeros: its place is marked. */
static uint8_t *add_row(ndc *f)
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

static void set(uint8_t *p, uint64_t x, int size)
{
    for (int i = 0; i < size; i++) p[i] = (uint8_t)(x >> 8 * i);
}

static void set_f4(uint8_t *p, double x)
{
    float f = (float)x;
    uint32_t bits;

    memcpy(&bits, &f, sizeof bits);
    set(p, bits, 4);
}

/* ---- a test: three seconds of rest, four of charge with 0.5 A, three of discharge with 0.25 A; rows begin at 0 s ---- */

enum { ROWS = 13, STEPS = 3 };
static const int step_rows[STEPS] = {4, 5, 4}, step_ids[STEPS] = {1, 2, 4}, step_types[STEPS] = {4, 1, 2};
static const double step_amp[STEPS] = {0, 0.5, -0.25};

static void step_of(int row, int *step, int *second)
{
    for (*step = 0; row >= step_rows[*step]; (*step)++) row -= step_rows[*step];
    *second = row;
}

static double volt_of(int row)
{
    return 3 + 0.125 * row;
}

static ndc *main_file(int version)
{
    ndc *f = begin(MAIN, version, 8);
    bool coarse = version == 11 || version == 16;

    for (int row = 0; row < ROWS; row++) {
        uint8_t *p = add_row(f);
        int step, second;
        step_of(row, &step, &second);
        set_f4(p, volt_of(row) * (coarse ? 10000 : 1));
        set_f4(p + 4, step_amp[step] * (coarse ? 1000 : 1));
    }
    return f;
}

static void add_run(ndc *f, int version, int row, int number)
{
    uint8_t *p = add_row(f);
    int step, second;
    double unit = version == 14 || version == 17 ? 1 : 3.6e6;

    step_of(row, &step, &second);
    double charge = step == 1 ? 0.5 * second / 3600 : 0, discharge = step == 2 ? 0.25 * second / 3600 : 0;
    set(p, (uint64_t)second * 1000, 4);
    set_f4(p + 5, charge * unit);
    set_f4(p + 9, discharge * unit);
    set_f4(p + 13, charge * 2 * unit);
    set_f4(p + 17, discharge * 2 * unit);
    set(p + 29, second ? 1000 : 0, 4);
    set(p + 33, 1700000000 + (uint64_t)row, 4);
    set(p + 37, (uint64_t)number, 4);
    set(p + 41, (uint64_t)row + 1, 4);
    set(p + 45, 250, 2);
}

static int run_size(int version)
{
    return version == 11 ? 47 : version == 14 ? 55 : 100;
}

/* The first two rows and the last one of each step. The instrument's own numbers of steps are 1, 3, 7. */
static ndc *run_file(int version)
{
    static const int rows[] = {0, 1, 3, 4, 5, 8, 9, 10, 12}, numbers[] = {1, 1, 1, 3, 3, 3, 7, 7, 7};
    ndc *f = begin(RUN, version, run_size(version));

    for (int i = 0; i < 9; i++) add_run(f, version, rows[i], numbers[i]);
    return f;
}

static ndc *step_file(int version, int steps)
{
    ndc *f = begin(STEP, version, version < 16 ? 37 : 100);

    for (int i = 0; i < steps; i++) {
        uint8_t *p = add_row(f);
        set(p, i < 2 ? 0 : 1, 4);
        set(p + 4, (uint64_t)step_ids[i], 4);
        p[24] = (uint8_t)step_types[i];
    }
    return f;
}

/* ---- reading ---- */

typedef struct outcome {
    pm_status status;
    pm_error error;
    pm_table *rows, *findings;
} outcome;

static outcome outcome_of_path(const char *path, const char *format)
{
    outcome o = {0};
    pm_scoped(pm_reader) reader = NULL;
    pm_scoped(pm_builder) b = NULL;
    const pm_table *batch = NULL;
    const pm_read_options options = {.block_bytes = 128, .format = format}; /* three rows in a batch */
    const pm_run run = {.threads = 1};

    o.status = pm_read_table(path, &options, &run, &o.rows, &o.error);
    if (!o.status) o.status = pm_reader_open(path, &options, &run, &reader, &o.error);
    while (!o.status && !(o.status = pm_reader_next(reader, &batch, &o.error)) && batch) continue;
    if (!o.status) o.status = pm_builder_new(PM_FINDING_FIELDS, pm_finding_fields, &b, &o.error);
    if (!o.status) o.status = pm_reader_findings(reader, b, &o.error);
    if (!o.status) o.status = pm_builder_finish(b, &o.findings, &o.error);
    return o;
}

static outcome outcome_of_file(const char *path)
{
    return outcome_of_path(path, NULL);
}

static outcome outcome_of_format(const char *text, const char *format)
{
    char *path = support_file(".mpr", text, (int64_t)strlen(text));
    outcome o = outcome_of_path(path, format);

    support_remove(path);
    return o;
}

static void write_beside(const char *path, const char *ending, const ndc *f)
{
    char name[512];

    snprintf(name, sizeof name, "%.*s%s", (int)strlen(path) - 4, path, ending);
    if (!f) {
        unlink(name);
        return;
    }
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(f->at, 1, (size_t)f->n, file), f->n);
    fclose(file);
}

/* Loose files; run and steps may be NULL. All are freed. */
static outcome outcome_of(ndc *main, ndc *run, ndc *steps)
{
    char *path = support_file(".ndc", main->at, main->n);

    if (run) write_beside(path, "_runInfo.ndc", run);
    if (steps) write_beside(path, "_step.ndc", steps);
    outcome o = outcome_of_file(path);
    write_beside(path, "_runInfo.ndc", NULL);
    write_beside(path, "_step.ndc", NULL);
    support_remove(path);
    free(main);
    free(run);
    free(steps);
    return o;
}

static void clear(outcome *o)
{
    pm_table_free(o->rows);
    pm_table_free(o->findings);
}

static int64_t finding_of(const outcome *o, const char *code, const char *part)
{
    for (int64_t i = 0; i < pm_table_rows(o->findings); i++)
        if (!strcmp(word_at(o->findings, "code", i), code) && strstr(word_at(o->findings, "message", i), part))
            return i;
    return -1;
}

static void expect_found(const outcome *o, const char *code, const char *part, int64_t count)
{
    assert_good(o->status, &o->error);
    int64_t i = finding_of(o, code, part);
    if (i < 0) fail_msg("no finding %s with '%s'", code, part);
    if (count >= 0) assert_int_equal(real_at(o->findings, "count", i), count);
}

static void expect_refused(outcome o, int64_t byte, const char *part)
{
    assert_int_equal(o.status, PM_ERR_FORMAT);
    if (!strstr(o.error.message, part)) fail_msg("%s", o.error.message);
    assert_int_equal(o.error.byte, byte);
    clear(&o);
}

/* ---- what must come out ---- */

static void check_rows(const pm_table *t)
{
    static const double starts[STEPS] = {0, 3, 7};
    static const char *const words[STEPS] = {"Rest", "CC_Chg", "CC_DChg"};
    double energy = 0;

    assert_int_equal(pm_table_rows(t), ROWS);
    for (int row = 0; row < ROWS; row++) {
        int step, second;
        step_of(row, &step, &second);
        assert_true(real_at(t, "test_time_second", row) == starts[step] + second);
        assert_true(real_at(t, "step_time_second", row) == second);
        assert_true(real_at(t, "unix_time_second", row) == 1700000000.25 + row);
        assert_true(real_at(t, "voltage_volt", row) == volt_of(row));
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
        energy += row == 5 ? 0.5 * 2 / 3600 : 0.5 * volt_of(row) / 3600;
        assert_close(real_at(t, "charging_energy_wh", row), energy, 1e-6, 0);
        assert_true(real_at(t, "discharging_energy_wh", row) == 0);
    }
    assert_close(real_at(t, "discharging_energy_wh", 11), (0.25 * 2 + 0.25 * volt_of(11)) / 3600, 1e-6, 0);
}

static void reads_versions_with_run_information(void **state)
{
    static const int versions[] = {11, 14, 16, 17};
    char text[8];

    (void)state;
    for (int i = 0; i < 4; i++) {
        outcome o = outcome_of(main_file(versions[i]), run_file(versions[i]), step_file(versions[i], STEPS));
        assert_good(o.status, &o.error);
        check_rows(o.rows);
        assert_int_equal(pm_table_rows(o.findings), 0);
        snprintf(text, sizeof text, "%d", versions[i]);
        assert_string_equal(pm_table_meta(o.rows, "ndc_version"), text);
        assert_string_equal(pm_table_meta(o.rows, "time_zone"), "UTC");
        clear(&o);
    }
}

static void reads_the_main_file_alone(void **state)
{
    outcome o = outcome_of(main_file(14), NULL, NULL);

    (void)state;
    expect_found(&o, "value-missing", "run information", -1);
    assert_int_equal(pm_table_rows(o.rows), ROWS);
    assert_true(real_at(o.rows, "voltage_volt", 12) == volt_of(12));
    assert_true(real_at(o.rows, "current_ampere", 12) == -0.25);
    assert_null(pm_table_find(o.rows, "test_time_second"));
    assert_null(pm_table_find(o.rows, "cycle_count"));
    clear(&o);
    o = outcome_of(main_file(14), run_file(14), NULL);
    expect_found(&o, "value-missing", "steps", -1);
    assert_true(real_at(o.rows, "test_time_second", 12) == 10);
    clear(&o);
}

static void takes_run_information_in_any_order(void **state)
{
    ndc *run = run_file(17), *other = begin(RUN, 17, 100);
    outcome o;

    (void)state;
    for (int i = 8; i >= 0; i--) memcpy(add_row(other), run->at + run->page + run->first + i * 100, 100);
    for (int i = 0; i < 9; i++) /* steps as they follow in the file: here backwards, so only clocks can be right */
        set(other->at + other->page + other->first + i * 100 + 37, 1, 4);
    free(run);
    o = outcome_of(main_file(17), other, step_file(17, STEPS));
    assert_good(o.status, &o.error);
    for (int row = 0; row < ROWS; row++) {
        int step, second;
        step_of(row, &step, &second);
        assert_true(real_at(o.rows, "step_time_second", row) == second);
        assert_true(real_at(o.rows, "step_count", row) == 1);
    }
    clear(&o);
    run = run_file(17);
    add_run(run, 17, 12, 7); /* a second one for a row does not count */
    set(run->at + run->page + run->first + 9 * 100, 77000, 4);
    o = outcome_of(main_file(17), run, step_file(17, STEPS));
    assert_good(o.status, &o.error);
    check_rows(o.rows);
    clear(&o);
}

static void reads_many_pages_with_holes(void **state)
{
    enum { MANY = 1200, HOLE = 700 }; /* 495 in a page */
    ndc *main = begin(MAIN, 14, 8), *run = begin(RUN, 14, 55);
    outcome o;

    (void)state;
    for (int row = 0; row < MANY; row++) set_f4(add_row(main), row);
    add_run(run, 14, 0, 1);
    set(run->at + run->page + run->first + 29, 1000, 4);
    for (int i = 1; i < 20; i++) {
        uint8_t *p = add_row(run);
        set(p, (uint64_t)i * 61000, 4);
        set(p + 29, 1000, 4);
        set(p + 33, 1700000000 + (uint64_t)i * 61, 4);
        set(p + 37, 1, 4);
        set(p + 41, (uint64_t)i * 61 + 1, 4);
    }
    uint8_t *page = main->at + 2 * 4096;
    page[4 + (HOLE - 495) / 8] &= (uint8_t) ~(1 << (HOLE - 495) % 8);
    page[2] = 494 & 255;
    page[3] = 494 >> 8;
    o = outcome_of(main, run, step_file(14, 1));
    assert_good(o.status, &o.error);
    assert_int_equal(pm_table_rows(o.rows), MANY - 1);
    for (int i = 0; i < MANY - 1; i++) {
        int row = i < HOLE ? i : i + 1;
        assert_true(real_at(o.rows, "voltage_volt", i) == row);
        assert_true(real_at(o.rows, "record_number", i) == row + 1);
        assert_true(real_at(o.rows, "step_time_second", i) == row);
    }
    clear(&o);
}

/* ---- versions whose rows have all in themselves ---- */

static ndc *flat_file(int version, int32_t range)
{
    int shift = version == 2 ? 7 : 0;
    ndc *f = begin(MAIN, version, version == 2 ? 94 : 87);

    for (int row = 0; row < ROWS; row++) {
        uint8_t *r = add_row(f), *p = r + shift;
        int step, second;
        step_of(row, &step, &second);
        r[0] = 0x55;
        set(p + 1, (uint64_t)row + 1, 4);
        set(p + 5, step < 2 ? 0 : 1, 4);
        p[9] = (uint8_t)step_ids[step];
        p[10] = (uint8_t)step_types[step];
        set(p + 16, (uint64_t)second * 1000, 8);
        set(p + 24, (uint64_t)(volt_of(row) * 10000), 4);
        set(p + 28, (uint64_t)(int64_t)(step_amp[step] * 1e5), 4);
        set(p + 36, step == 1 ? (uint64_t)second * 50000 : 0, 8);
        set(p + 44, step == 2 ? (uint64_t)second * 25000 : 0, 8);
        set(p + 52, 3600, 8);
        set(p + 68, 2024, 2);
        p[70] = 2, p[71] = 29, p[72] = 23, p[73] = 59, p[74] = (uint8_t)(40 + row);
        set(p + 75, (uint32_t)range, 4);
    }
    return f;
}

static void check_flat(const pm_table *t, double scale)
{
    static const double starts[STEPS] = {0, 3, 7};

    assert_int_equal(pm_table_rows(t), ROWS);
    for (int row = 0; row < ROWS; row++) {
        int step, second;
        step_of(row, &step, &second);
        assert_true(real_at(t, "test_time_second", row) == starts[step] + second);
        assert_true(real_at(t, "step_time_second", row) == second);
        assert_true(real_at(t, "unix_time_second", row) == 1709251180 + row); /* 2024-02-29 23:59:40 */
        assert_true(real_at(t, "voltage_volt", row) == volt_of(row));
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

static void reads_versions_with_full_rows(void **state)
{
    /* mA of the range, and what a count is, in units of 0.01 mA */
    static const struct {
        int32_t range;
        double scale;
    } ranges[] = {{100, 1},          {10, 0.1},          {5, 0.01},      {6000, 10},  {0, 10},
                  {-5, 0.001},       {-50, 0.01},        {-500, 0.1},    {-12000, 1}, {-5000000, 1e-6},
                  {-50000000, 1e-5}, {-100000000, 1e-4}, {INT32_MIN, 10}};

    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        outcome o = outcome_of(flat_file(i % 2 ? 2 : 5, ranges[i].range), NULL, NULL);
        assert_good(o.status, &o.error);
        check_flat(o.rows, ranges[i].scale);
        assert_int_equal(pm_table_rows(o.findings), 0);
        clear(&o);
    }
}

static void refuses_unknown_ranges(void **state)
{
    (void)state;
    expect_refused(outcome_of(flat_file(5, 2000000), NULL, NULL), 4096 + 132 + 75, "range 2000000");
    expect_refused(outcome_of(flat_file(2, -1500000000), NULL, NULL), 512 + 5 + 7 + 75, "range -1500000000");
}

static void leaves_out_rows_of_another_kind(void **state)
{
    ndc *f = flat_file(5, 100);

    (void)state;
    f->at[4096 + 132 + 87] = 0xaa;
    outcome o = outcome_of(f, NULL, NULL);
    expect_found(&o, "row-incomplete", "kind 85", 1);
    assert_int_equal(pm_table_rows(o.rows), ROWS - 1);
    assert_true(real_at(o.rows, "record_number", 1) == 3);
    clear(&o);
}

/* ---- damage ---- */

static void refuses_what_it_does_not_know(void **state)
{
    ndc *f = main_file(14);

    (void)state;
    f->at[2] = 15;
    expect_refused(outcome_of(f, NULL, NULL), 2, "ndc version 15");
    expect_refused(outcome_of(run_file(14), NULL, NULL), 0, "run information");
    expect_refused(outcome_of(begin(16, 14, 8), NULL, NULL), 0, "type 16");
    expect_refused(outcome_of_format("BIO-LOGIC MODULAR FILE\x1a", "ndc"), 0, "is no Neware .ndc file");
    f = main_file(14);
    f->n = 1000;
    expect_refused(outcome_of(f, NULL, NULL), 1000, "first page");
    f = run_file(14);
    f->at[0] = 7;
    expect_refused(outcome_of(main_file(14), f, NULL), 0, "type 7");
    f = run_file(14);
    f->at[2] = 99;
    expect_refused(outcome_of(main_file(14), f, NULL), 2, "ndc version 99 of type 18");
}

static void tells_damaged_pages(void **state)
{
    ndc *f = main_file(14);
    outcome o;

    (void)state;
    f->at[4096] = 9;
    f->n += 4096; /* a page that is not used yet */
    o = outcome_of(f, NULL, NULL);
    assert_int_equal(o.status, PM_ERR_DATA); /* no row is left */
    clear(&o);
    f = main_file(14);
    f->at[4096 + 4] &= 0xfe; /* one row is not marked */
    o = outcome_of(f, run_file(14), step_file(14, STEPS));
    expect_found(&o, "row-incomplete", "byte 4096", 1);
    expect_found(&o, "declared-rows-missing", "on to row 13", 1);
    assert_true(real_at(o.rows, "record_number", 0) == 2);
    clear(&o);
    f = main_file(14);
    f->n = 4096 + 132 + 8 * 6 + 5; /* cut within the seventh row */
    o = outcome_of(f, run_file(14), step_file(14, STEPS));
    expect_found(&o, "row-incomplete", "cut", 7);
    expect_found(&o, "declared-rows-missing", "has 6 rows: at least 7 are missing", 7);
    clear(&o);
    f = main_file(14);
    f->n = 4096 + 100; /* cut within the mask */
    o = outcome_of(f, run_file(14), NULL);
    assert_int_equal(o.status, PM_ERR_DATA);
    clear(&o);
}

static void tells_what_lies_beside_is_cut(void **state)
{
    ndc *main = begin(MAIN, 14, 8);
    outcome o;

    (void)state;
    for (int row = 0; row < 300; row++) set_f4(add_row(main), row);
    o = outcome_of(main, run_file(14), step_file(14, 2));
    expect_found(&o, "value-missing", "later ones", 4 + 128);
    expect_found(&o, "value-missing", "ends at row 13", 300 - 13 - 128);
    assert_true(isnan(real_at(o.rows, "test_time_second", 299)));
    assert_true(isnan(real_at(o.rows, "cycle_count", 12)));
    assert_true(real_at(o.rows, "voltage_volt", 299) == 299);
    clear(&o);
}

/* ---- archives ---- */

typedef struct archive {
    uint8_t at[1 << 17], directory[4096];
    int64_t n, directory_n;
    int members;
} archive;

static void zip_entry(uint8_t *p, bool central, uint32_t crc, int64_t n, const char *name)
{
    set(p, central ? 0x02014b50 : 0x04034b50, 4);
    p += central ? 6 : 4;
    set(p, 20, 2);
    set(p + 10, crc, 4);
    set(p + 14, (uint64_t)n, 4);
    set(p + 18, (uint64_t)n, 4);
    set(p + 22, strlen(name), 2);
}

/* Stored, not packed. */
static void add_member(archive *a, const char *name, const void *bytes, int64_t n)
{
    uint32_t crc = (uint32_t)crc32(0, bytes, (uInt)n);
    uint8_t *entry = a->directory + a->directory_n;

    zip_entry(a->at + a->n, false, crc, n, name);
    zip_entry(entry, true, crc, n, name);
    set(entry + 42, (uint64_t)a->n, 4);
    memcpy(entry + 46, name, strlen(name));
    a->directory_n += 46 + (int64_t)strlen(name);
    memcpy(a->at + a->n + 30, name, strlen(name));
    a->n += 30 + (int64_t)strlen(name);
    memcpy(a->at + a->n, bytes, (size_t)n);
    a->n += n;
    a->members++;
}

static void add_ndc(archive *a, const char *name, ndc *f)
{
    add_member(a, name, f->at, f->n);
    free(f);
}

static void add_text(archive *a, const char *name, const char *text)
{
    add_member(a, name, text, (int64_t)strlen(text));
}

static char *write_archive(archive *a)
{
    uint8_t *end = a->at + a->n + a->directory_n;

    memcpy(a->at + a->n, a->directory, (size_t)a->directory_n);
    set(end, 0x06054b50, 4);
    set(end + 8, (uint64_t)a->members, 2);
    set(end + 10, (uint64_t)a->members, 2);
    set(end + 12, (uint64_t)a->directory_n, 4);
    set(end + 16, (uint64_t)a->n, 4);
    char *path = support_file(".ndax", a->at, a->n + a->directory_n + 22);
    free(a);
    return path;
}

static const char test_info[] =
    "<?xml version=\"1.0\" encoding=\"GB2312\"?>\r\n<root><config type=\"Test\" SortVersion=\"BTSDA 8\">"
    "<TestInfo DevID=\"21\" UnitID='0' ChlID=\"79\" Barcode=\"a&lt;b&amp;\xb5\xe7\xb3\xd8\" StartTime=\"2025-11-05 "
    "16:55:02\">"
    "<Aux1 AuxID=\"4\" RealChlID=\"9\" ChlType=\"103\" TypeID=\"1\" /><Aux2 AuxID=\"5\" RealChlID=\"9\" "
    "ChlType=\"102\" "
    "TypeID=\"1\"/><Aux3 AuxID=\"6\" RealChlID=\"1\" ChlType=\"1122\" TypeID=\"1\"/></TestInfo></config></root>";
static const char steps[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?><root><!-- <x y=\"z\"> --><Creator Value=\"J\xc3\xbcrgen\"/><SCQ "
    "Value=\"4500\"/>"
    "<Remark Value=\"\"/><Step1 Step_ID=\"1\" Step_Type=\"4\"/><Step2 Step_ID=\"2\" Step_Type=\"99\"></Step2></root>";

static ndc *aux_file(double first)
{
    ndc *f = begin(AUX, 14, 4);

    for (int row = 0; row < ROWS; row++) set_f4(add_row(f), first + row);
    return f;
}

static archive *whole_archive(void)
{
    archive *a = calloc(1, sizeof *a);

    assert_non_null(a);
    add_ndc(a, "data.ndc", main_file(14));
    add_ndc(a, "data_runInfo.ndc", run_file(14));
    add_ndc(a, "data_step.ndc", step_file(14, STEPS));
    add_ndc(a, "data_AUX_9_2_1.ndc", aux_file(1));
    add_ndc(a, "data_AUX_9_3_1.ndc", aux_file(20));
    add_ndc(a, "data_AUX_1_1022_1.ndc", aux_file(300));
    add_text(a, "TestInfo.xml", test_info);
    add_text(a, "Step.xml", steps);
    return a;
}

static void reads_an_archive(void **state)
{
    char *path = write_archive(whole_archive());
    outcome o = outcome_of_file(path);

    (void)state;
    assert_good(o.status, &o.error);
    check_rows(o.rows);
    for (int row = 0; row < ROWS; row++) {
        assert_true(real_at(o.rows, "auxiliary_4_temperature_celsius", row) == 20 + row);
        assert_true(real_at(o.rows, "auxiliary_5_voltage_volt", row) == 1 + row);
        assert_true(real_at(o.rows, "auxiliary_6_quantity_1122", row) == 300 + row);
    }
    expect_found(&o, "unit-assumed", "1122", 1);
    assert_int_equal(pm_table_rows(o.findings), 1);
    assert_string_equal(pm_table_meta(o.rows, "barcode"), "a<b&\xe7\x94\xb5\xe6\xb1\xa0"); /* "battery" */
    assert_string_equal(pm_table_meta(o.rows, "start_time"), "2025-11-05 16:55:02");
    assert_string_equal(pm_table_meta(o.rows, "device"), "21");
    assert_string_equal(pm_table_meta(o.rows, "unit"), "0");
    assert_string_equal(pm_table_meta(o.rows, "software"), "BTSDA 8");
    assert_string_equal(pm_table_meta(o.rows, "creator"), "J\xc3\xbcrgen");
    assert_string_equal(pm_table_meta(o.rows, "mass_gram"), "0.0045");
    assert_string_equal(pm_table_meta(o.rows, "protocol"), "1 Rest, 2 ?");
    assert_null(pm_table_meta(o.rows, "remarks"));
    clear(&o);
    support_remove(path);
}

/* Channels of the older kind: several numbers in a row, and those that are never measured left out. */
static ndc *old_aux_file(int version, int kind)
{
    ndc *f = begin(AUX, version, version == 16 ? 7 : version == 2 ? 94 : 87);
    int index_at = version == 2 ? 8 : 1, shift = version == 2 ? 7 : 0;

    for (int row = 0; row < ROWS; row++) {
        uint8_t *p = add_row(f);
        p[0] = (uint8_t)kind;
        if (version == 16) {
            set_f4(p + 1, 20000 + row);
            set(p + 5, (uint64_t)(250 - row), 2);
        } else {
            set(p + index_at, (uint64_t)row + 1, 4);
            set(p + 34 + shift, (uint64_t)(-10 - row), 2);
        }
    }
    return f;
}

static void reads_older_channels(void **state)
{
    (void)state;
    for (int version = 2; version <= 5; version += 3) {
        archive *a = calloc(1, sizeof *a);
        add_ndc(a, "data.ndc", flat_file(version, 100));
        add_ndc(a, "20230928_1_2818580369_1.ndc", old_aux_file(version, 0x74));
        char *path = write_archive(a);
        outcome o = outcome_of_file(path);
        assert_good(o.status, &o.error);
        check_flat(o.rows, 1);
        assert_close(real_at(o.rows, "auxiliary_1_temperature_celsius", 12), -2.2, 1e-15, 0);
        assert_null(pm_table_find(o.rows, "auxiliary_1_voltage_volt"));
        clear(&o);
        support_remove(path);
    }
    for (int kind = 0x65; kind <= 0x66; kind++) {
        archive *a = calloc(1, sizeof *a);
        add_ndc(a, "data.ndc", main_file(16));
        add_ndc(a, "data_1.ndc", old_aux_file(16, kind));
        add_ndc(a, "data_runInfo.ndc", run_file(16));
        add_ndc(a, "data_step.ndc", step_file(16, STEPS));
        char *path = write_archive(a);
        outcome o = outcome_of_file(path);
        assert_good(o.status, &o.error);
        check_rows(o.rows);
        if (kind == 0x65) {
            assert_close(real_at(o.rows, "auxiliary_1_temperature_celsius", 12), 23.8, 1e-15, 0);
            assert_close(real_at(o.rows, "auxiliary_1_voltage_volt", 12), 2.0012, 1e-15, 0);
        } else {
            expect_found(&o, "row-incomplete", "kind 102", -1);
        }
        clear(&o);
        support_remove(path);
    }
}

static void tells_members_that_are_not_there(void **state)
{
    archive *a = calloc(1, sizeof *a);

    (void)state;
    add_ndc(a, "data.ndc", main_file(14));
    add_text(a, "other.bin", "?");
    char *path = write_archive(a);
    outcome o = outcome_of_file(path);
    expect_found(&o, "value-missing", "no run information and no steps", -1);
    expect_found(&o, "value-missing", "'other.bin'", -1);
    assert_int_equal(pm_table_rows(o.rows), ROWS);
    clear(&o);
    support_remove(path);
}

static outcome outcome_of_archive(archive *a)
{
    char *path = write_archive(a);
    outcome o = outcome_of_file(path);

    support_remove(path);
    return o;
}

/* With or without a channel's file, whatever TestInfo.xml says. */
static archive *archive_with(ndc *channel, const char *name, const char *info)
{
    archive *a = calloc(1, sizeof *a);

    assert_non_null(a);
    add_ndc(a, "data.ndc", main_file(14));
    add_ndc(a, "data_runInfo.ndc", run_file(14));
    add_ndc(a, "data_step.ndc", step_file(14, STEPS));
    if (channel) add_ndc(a, name, channel);
    add_text(a, "TestInfo.xml", info);
    return a;
}

static const char one_channel[] = "<root><TestInfo AuxCount=\"1\"><Aux1 AuxID=\"4\" RealChlID=\"9\" ChlType=\"103\" "
                                  "TypeID=\"1\"/></TestInfo></root>";
static const char counted_channels[] = "<root><TestInfo AuxCount=\"3\"></TestInfo></root>";

static void tells_channels_that_are_not_there(void **state)
{
    outcome o = outcome_of_archive(archive_with(NULL, NULL, one_channel));

    (void)state;
    expect_found(&o, "value-missing", "1 of 1 are not in the archive: auxiliary_4 (channel 9, quantity 103)", 1);
    check_rows(o.rows);
    clear(&o);
    o = outcome_of_archive(archive_with(aux_file(20), "data_AUX_9_3_1.ndc", one_channel));
    assert_good(o.status, &o.error);
    assert_int_equal(pm_table_rows(o.findings), 0);
    clear(&o);
    o = outcome_of_archive(archive_with(aux_file(20), "data_1.ndc", counted_channels));
    expect_found(&o, "value-missing", "2 of 3 are not in the archive", 2);
    clear(&o);
}

static ndc *aux_of_rows(int rows)
{
    ndc *f = begin(AUX, 14, 4);

    for (int row = 0; row < rows; row++) set_f4(add_row(f), 20 + row);
    return f;
}

static void tells_rows_without_a_channel(void **state)
{
    outcome o = outcome_of_archive(archive_with(aux_of_rows(ROWS - 4), "data_AUX_9_3_1.ndc", one_channel));

    (void)state;
    expect_found(&o, "value-missing", "data_AUX_9_3_1.ndc: 4 rows have no value", 4);
    check_rows(o.rows);
    assert_true(real_at(o.rows, "auxiliary_4_temperature_celsius", ROWS - 5) == 20 + ROWS - 5);
    assert_true(isnan(real_at(o.rows, "auxiliary_4_temperature_celsius", ROWS - 4)));
    assert_int_equal(pm_table_rows(o.findings), 1);
    clear(&o);
}

/* The run information ends at row 13, the channel goes on to row 16: so did the test. */
static void tells_rows_that_only_a_channel_has(void **state)
{
    outcome o = outcome_of_archive(archive_with(aux_of_rows(ROWS + 3), "data_AUX_9_3_1.ndc", one_channel));

    (void)state;
    expect_found(&o, "declared-rows-missing", "data_AUX_9_3_1.ndc goes on to row 16", 3);
    assert_int_equal(pm_table_rows(o.findings), 1);
    clear(&o);
}

static void tells_members_of_one_name(void **state)
{
    archive *a = whole_archive();
    ndc *other = main_file(14);

    (void)state;
    memset(other->at + 4096 + 132, 0, 8 * ROWS);
    add_ndc(a, "data.ndc", other);
    add_ndc(a, "DATA_aux_9_3_1.ndc", aux_file(500));
    outcome o = outcome_of_archive(a);
    expect_found(&o, "table-left-out", "2 members have the name of another ('data.ndc'", 2);
    check_rows(o.rows);
    assert_true(real_at(o.rows, "auxiliary_4_temperature_celsius", 0) == 20);
    clear(&o);
}

static void refuses_a_broken_member(void **state)
{
    archive *a = whole_archive();

    (void)state;
    a->at[30 + 8 + 4096 + 140] ^= 1; /* of data.ndc: its checksum tells */
    char *path = write_archive(a);
    outcome o = outcome_of_file(path);
    assert_int_equal(o.status, PM_ERR_FORMAT);
    assert_non_null(strstr(o.error.message, "data.ndc"));
    assert_true(o.error.byte >= 0);
    clear(&o);
    support_remove(path);
    a = whole_archive();
    a->at[a->n - 20] ^= 1; /* of Step.xml */
    path = write_archive(a);
    o = outcome_of_file(path);
    expect_found(&o, "value-missing", "Step.xml", -1);
    check_rows(o.rows);
    clear(&o);
    support_remove(path);
}

/* What the directory says of sizes is not believed. */
static void takes_no_memory_on_trust(void **state)
{
    archive *a = whole_archive();

    (void)state;
    set(a->directory + a->directory_n - 54 + 20, 1936023393, 4);
    set(a->directory + a->directory_n - 54 + 24, 1667526190, 4);
    char *path = write_archive(a);
    outcome o = outcome_of_file(path);
    if (!o.status) check_rows(o.rows);
    if (o.status) assert_int_equal(o.status, PM_ERR_FORMAT);
    clear(&o);
    support_remove(path);
}

static void survives_any_lack_of_memory(void **state)
{
    char *path = write_archive(whole_archive());
    bool failed = true;

    (void)state;
    for (int64_t n = 1; failed; n++) {
        int64_t held = allocations_held();
        fail_allocation(n);
        outcome o = outcome_of_file(path);
        failed = allocation_failed();
        fail_allocation(0);
        if (!failed) assert_good(o.status, &o.error);
        if (!o.status) check_rows(o.rows);
        clear(&o);
        assert_int_equal(allocations_held(), held);
    }
    support_remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_versions_with_run_information),
        cmocka_unit_test(reads_the_main_file_alone),
        cmocka_unit_test(takes_run_information_in_any_order),
        cmocka_unit_test(reads_many_pages_with_holes),
        cmocka_unit_test(reads_versions_with_full_rows),
        cmocka_unit_test(refuses_unknown_ranges),
        cmocka_unit_test(leaves_out_rows_of_another_kind),
        cmocka_unit_test(refuses_what_it_does_not_know),
        cmocka_unit_test(tells_damaged_pages),
        cmocka_unit_test(tells_what_lies_beside_is_cut),
        cmocka_unit_test(reads_an_archive),
        cmocka_unit_test(reads_older_channels),
        cmocka_unit_test(tells_members_that_are_not_there),
        cmocka_unit_test(tells_channels_that_are_not_there),
        cmocka_unit_test(tells_rows_without_a_channel),
        cmocka_unit_test(tells_rows_that_only_a_channel_has),
        cmocka_unit_test(tells_members_of_one_name),
        cmocka_unit_test(refuses_a_broken_member),
        cmocka_unit_test(takes_no_memory_on_trust),
        cmocka_unit_test(survives_any_lack_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
