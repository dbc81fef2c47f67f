/* SPDX-License-Identifier: MIT */
/* Arbin .res: what is missing is told, whatever the damage. */
#include "native/formats.h"
#include "res_file.h"
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is told ---- */

static void tells_of_missing_pages(void **state)
{
    jet_file *f = res_full(JET_WIDE);
    int page = f->table[3].data_page; /* the last of the three */

    (void)state;
    f->at[(size_t)page * JET_PAGE] = 9;
    res_outcome o = res_outcome_and_free(f);
    res_expect_finding(&o, 0, "declared-rows-missing",
                       "Channel_Normal_Table says it has 6 rows; 4 are there: 1 of its pages");
    assert_true(real_at(o.findings, "count", 0) == 2);
    assert_int_equal(pm_table_rows(o.rows), 4);
    res_clear(&o);

    int table;
    f = res_plain(&table);
    jet_new_page(f, table);
    res_record(f, table, 1, 5, RES_NORMAL);
    o = res_outcome_of(f->at, (int64_t)(f->pages - 1) * JET_PAGE);
    char part[80];
    snprintf(part, sizeof part, "behind the end of the file, first page %d (byte %d)", f->pages - 1,
             (f->pages - 1) * JET_PAGE);
    free(f);
    res_expect_finding(&o, 0, "declared-rows-missing", part);
    assert_int_equal(pm_table_rows(o.rows), 4);
    res_clear(&o);
}

static void expect_no_rows(res_outcome o, const char *part)
{
    assert_int_equal(o.status, PM_ERR_FORMAT);
    assert_true(o.error.byte >= 0);
    if (!strstr(o.error.message, part)) fail_msg("%s", o.error.message);
    res_clear(&o);
}

static void tells_of_damaged_rows(void **state)
{
    int table;
    jet_file *f = res_plain(&table);
    uint8_t *page = f->at + (size_t)f->table[table].data_page * JET_PAGE;

    (void)state;
    jet_put(page + 14 + 2, 3, 2); /* the second row begins in the page's head, so that the third ends there */
    res_outcome o = res_outcome_of(f->at, (int64_t)f->pages * JET_PAGE);
    res_expect_finding(&o, 0, "declared-rows-missing", "2 rows are damaged, the first at byte");
    assert_int_equal(pm_table_rows(o.rows), 2);
    res_clear(&o);
    jet_put(page + 12, 0xffff, 2); /* more rows than a page holds */
    expect_no_rows(res_outcome_and_free(f), "4 rows; none is there: ");
}

static void tells_of_a_damaged_map(void **state)
{
    int table;
    jet_file *f = res_plain(&table);

    (void)state;
    f->at[jet_map_at(f, table)] = 7;
    expect_no_rows(res_outcome_and_free(f), "its map of pages at byte 4096 is damaged");
    f = res_plain(&table);
    jet_far_map(f, table);
    jet_put(f->at + jet_map_at(f, table) + 1, 77, 4);
    expect_no_rows(res_outcome_and_free(f), "its map of pages at byte 315392 is damaged");
}

static void tells_of_other_counts(void **state)
{
    int table;
    jet_file *f = res_plain(&table);

    (void)state;
    f->at[(size_t)f->table[table].page * JET_PAGE + 16] = 3;
    res_outcome o = res_outcome_of(f->at, (int64_t)f->pages * JET_PAGE);
    res_expect_finding(&o, 0, "rows-duplicated", "says it has 3 rows; 4 are there");
    assert_int_equal(pm_table_rows(o.rows), 4);
    res_clear(&o);
    f->at[(size_t)f->table[table].page * JET_PAGE + 16] = 4;
    int aux = jet_table(f, "Auxiliary_Table", 6, res_auxiliary);
    res_auxiliary_row(f, aux, 2, 1, 0, 20);
    res_auxiliary_row(f, aux, 12, 1, 0, 20);
    o = res_outcome_of(f->at, (int64_t)f->pages * JET_PAGE);
    res_expect_finding(&o, 0, "rows-missing", "1 of the 2 rows of Auxiliary_Table have a data point");
    res_clear(&o);
    f->at[(size_t)f->table[aux].page * JET_PAGE] = 0;
    o = res_outcome_and_free(f);
    res_expect_finding(&o, 0, "row-incomplete", "the definition of table Auxiliary_Table on page");
    res_clear(&o);
}

/* A row that points to itself, or nowhere, is damaged and ends. */
static void ends_in_circles(void **state)
{
    int table;
    jet_file *f = res_plain(&table);
    uint8_t pointer[4];

    (void)state;
    jet_put(pointer, (uint64_t)(f->table[table].data_page << 8 | 4), 4);
    jet_bytes_as_row(f, f->table[table].data_page, pointer, 4, 0x4000);
    jet_put(pointer, 0xffffff00, 4);
    jet_bytes_as_row(f, f->table[table].data_page, pointer, 4, 0x4000);
    res_outcome o = res_outcome_and_free(f);
    res_expect_finding(&o, 0, "row-incomplete", "2 rows are damaged");
    assert_int_equal(pm_table_rows(o.rows), 4);
    res_clear(&o);
}

/* ---- any damage ---- */

/* Opens bytes in memory and reads all rows; returns how many, -1 = refused. */
static int64_t rows_in(const uint8_t *bytes, int64_t n, int64_t *faults, pm_error *err)
{
    static double room[64][16];
    double *number[64];
    int place[64];
    const pm_image image = {.path = "", .bytes = {bytes, n}, .whole = true};
    pm_native *native = NULL;
    pm_table *meta = NULL;
    int64_t total = 0, count = 1;

    *faults = 0;
    if (pm_native_open(&pm_format_res, &image, NULL, &native, err)) return -1;
    assert_true(native->n_columns <= 64);
    for (int i = 0; i < 64; i++) {
        number[i] = room[i];
        place[i] = -1;
    }
    const pm_rows rows = {.room = 16, .number = number, .place = place};
    while (count > 0) {
        assert_int_equal(native->format->next(native, &rows, &count, err), PM_OK);
        total += count;
    }
    *faults = native->n_faults;
    pm_status s = pm_builder_finish(native->meta, &meta, err); /* as the reader does */
    pm_native_free(native);
    pm_table_free(meta);
    return s ? -1 : total;
}

/* Each byte inverted: refused with a place, or the same number of rows, or another with a word about it. */
static void any_byte_inverted(void **state)
{
    jet_file *f = res_full(JET_WIDE);
    int64_t n = (int64_t)f->pages * JET_PAGE, faults;
    pm_error err;

    (void)state;
    for (int64_t i = 0; i < n; i++) {
        f->at[i] ^= 0xff;
        int64_t rows = rows_in(f->at, n, &faults, &err);
        if (rows < 0 && err.code == PM_ERR_FORMAT) assert_true(err.byte >= 0);
        if (rows >= 0 && rows != 6 && !faults) fail_msg("byte %lld: %lld rows", (long long)i, (long long)rows);
        f->at[i] ^= 0xff;
    }
    free(f);
}

static void cut_anywhere(void **state)
{
    jet_file *f = res_full(JET_WIDE);
    int64_t n = (int64_t)f->pages * JET_PAGE, faults;
    pm_error err;

    (void)state;
    for (int64_t cut = 0; cut < n; cut += 97) {
        int64_t rows = rows_in(f->at, cut, &faults, &err);
        if (rows >= 0 && rows != 6 && !faults) fail_msg("cut at %lld: %lld rows", (long long)cut, (long long)rows);
        if (rows < 0) assert_true(err.byte >= 0);
    }
    free(f);
}

static void no_memory_anywhere(void **state)
{
    jet_file *f = res_full(JET_WIDE);
    int64_t held = allocations_held(), faults, rows = -1;
    pm_error err;

    (void)state;
    for (int64_t k = 1; rows < 0; k++) {
        fail_allocation(k);
        rows = rows_in(f->at, (int64_t)f->pages * JET_PAGE, &faults, &err);
        bool failed = allocation_failed();
        fail_allocation(0);
        if (!failed) break;
        assert_int_equal(rows, -1);
        assert_int_equal(err.code, PM_ERR_MEMORY);
        assert_int_equal(allocations_held(), held);
    }
    assert_int_equal(rows, 6);
    free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_of_missing_pages), cmocka_unit_test(tells_of_damaged_rows),
        cmocka_unit_test(tells_of_a_damaged_map), cmocka_unit_test(tells_of_other_counts),
        cmocka_unit_test(ends_in_circles),        cmocka_unit_test(any_byte_inverted),
        cmocka_unit_test(cut_anywhere),           cmocka_unit_test(no_memory_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
