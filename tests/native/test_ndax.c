/* SPDX-License-Identifier: MIT */
/* Neware .ndax archives: members, auxiliary channels, damage. */
#include "ndax_file.h"
#include "outcome.h"

#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
    ndc *f = ndc_begin(NDC_AUX, 14, 4);

    for (int row = 0; row < NDC_ROWS; row++) ndc_set_f4(ndc_add_row(f), first + row);
    return f;
}

static ndax *whole_archive(void)
{
    ndax *a = calloc(1, sizeof *a);

    assert_non_null(a);
    ndax_add_ndc(a, "data.ndc", ndc_main(14));
    ndax_add_ndc(a, "data_runInfo.ndc", ndc_run(14));
    ndax_add_ndc(a, "data_step.ndc", ndc_steps(14, NDC_STEPS));
    ndax_add_ndc(a, "data_AUX_9_2_1.ndc", aux_file(1));
    ndax_add_ndc(a, "data_AUX_9_3_1.ndc", aux_file(20));
    ndax_add_ndc(a, "data_AUX_1_1022_1.ndc", aux_file(300));
    ndax_add_text(a, "TestInfo.xml", test_info);
    ndax_add_text(a, "Step.xml", steps);
    return a;
}

static void reads_an_archive(void **state)
{
    char *path = ndax_write(whole_archive());
    outcome o = outcome_of_path(path, NULL);

    (void)state;
    assert_good(o.status, &o.error);
    ndc_check_rows(o.rows);
    for (int row = 0; row < NDC_ROWS; row++) {
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
    ndc *f = ndc_begin(NDC_AUX, version, version == 16 ? 7 : version == 2 ? 94 : 87);
    int index_at = version == 2 ? 8 : 1, shift = version == 2 ? 7 : 0;

    for (int row = 0; row < NDC_ROWS; row++) {
        uint8_t *p = ndc_add_row(f);
        p[0] = (uint8_t)kind;
        if (version == 16) {
            ndc_set_f4(p + 1, 20000 + row);
            ndc_set(p + 5, (uint64_t)(250 - row), 2);
        } else {
            ndc_set(p + index_at, (uint64_t)row + 1, 4);
            ndc_set(p + 34 + shift, (uint64_t)(-10 - row), 2);
        }
    }
    return f;
}

static void reads_older_channels(void **state)
{
    (void)state;
    for (int version = 2; version <= 5; version += 3) {
        ndax *a = calloc(1, sizeof *a);
        ndax_add_ndc(a, "data.ndc", ndc_flat(version, 100));
        ndax_add_ndc(a, "20230928_1_2818580369_1.ndc", old_aux_file(version, 0x74));
        char *path = ndax_write(a);
        outcome o = outcome_of_path(path, NULL);
        assert_good(o.status, &o.error);
        ndc_check_flat(o.rows, 1);
        assert_close(real_at(o.rows, "auxiliary_1_temperature_celsius", 12), -2.2, 1e-15, 0);
        assert_null(pm_table_find(o.rows, "auxiliary_1_voltage_volt"));
        clear(&o);
        support_remove(path);
    }
    for (int kind = 0x65; kind <= 0x66; kind++) {
        ndax *a = calloc(1, sizeof *a);
        ndax_add_ndc(a, "data.ndc", ndc_main(16));
        ndax_add_ndc(a, "data_1.ndc", old_aux_file(16, kind));
        ndax_add_ndc(a, "data_runInfo.ndc", ndc_run(16));
        ndax_add_ndc(a, "data_step.ndc", ndc_steps(16, NDC_STEPS));
        char *path = ndax_write(a);
        outcome o = outcome_of_path(path, NULL);
        assert_good(o.status, &o.error);
        ndc_check_rows(o.rows);
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
    ndax *a = calloc(1, sizeof *a);

    (void)state;
    ndax_add_ndc(a, "data.ndc", ndc_main(14));
    ndax_add_text(a, "other.bin", "?");
    char *path = ndax_write(a);
    outcome o = outcome_of_path(path, NULL);
    expect_found(&o, "value-missing", "no run information and no steps", -1);
    expect_found(&o, "value-missing", "'other.bin'", -1);
    assert_int_equal(pm_table_rows(o.rows), NDC_ROWS);
    clear(&o);
    support_remove(path);
}

static outcome outcome_of_archive(ndax *a)
{
    char *path = ndax_write(a);
    outcome o = outcome_of_path(path, NULL);

    support_remove(path);
    return o;
}

/* With or without a channel's file, whatever TestInfo.xml says. */
static ndax *archive_with(ndc *channel, const char *name, const char *info)
{
    ndax *a = calloc(1, sizeof *a);

    assert_non_null(a);
    ndax_add_ndc(a, "data.ndc", ndc_main(14));
    ndax_add_ndc(a, "data_runInfo.ndc", ndc_run(14));
    ndax_add_ndc(a, "data_step.ndc", ndc_steps(14, NDC_STEPS));
    if (channel) ndax_add_ndc(a, name, channel);
    ndax_add_text(a, "TestInfo.xml", info);
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
    ndc_check_rows(o.rows);
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
    ndc *f = ndc_begin(NDC_AUX, 14, 4);

    for (int row = 0; row < rows; row++) ndc_set_f4(ndc_add_row(f), 20 + row);
    return f;
}

static void tells_rows_without_a_channel(void **state)
{
    outcome o = outcome_of_archive(archive_with(aux_of_rows(NDC_ROWS - 4), "data_AUX_9_3_1.ndc", one_channel));

    (void)state;
    expect_found(&o, "value-missing", "data_AUX_9_3_1.ndc: 4 rows have no value", 4);
    ndc_check_rows(o.rows);
    assert_true(real_at(o.rows, "auxiliary_4_temperature_celsius", NDC_ROWS - 5) == 20 + NDC_ROWS - 5);
    assert_true(isnan(real_at(o.rows, "auxiliary_4_temperature_celsius", NDC_ROWS - 4)));
    assert_int_equal(pm_table_rows(o.findings), 1);
    clear(&o);
}

/* The run information ends at row 13, the channel goes on to row 16: so did the test. */
static void tells_rows_that_only_a_channel_has(void **state)
{
    outcome o = outcome_of_archive(archive_with(aux_of_rows(NDC_ROWS + 3), "data_AUX_9_3_1.ndc", one_channel));

    (void)state;
    expect_found(&o, "declared-rows-missing", "data_AUX_9_3_1.ndc goes on to row 16", 3);
    assert_int_equal(pm_table_rows(o.findings), 1);
    clear(&o);
}

static void tells_members_of_one_name(void **state)
{
    ndax *a = whole_archive();
    ndc *other = ndc_main(14);

    (void)state;
    memset(other->at + 4096 + 132, 0, 8 * NDC_ROWS);
    ndax_add_ndc(a, "data.ndc", other);
    ndax_add_ndc(a, "DATA_aux_9_3_1.ndc", aux_file(500));
    outcome o = outcome_of_archive(a);
    expect_found(&o, "table-left-out", "2 members have the name of another ('data.ndc'", 2);
    ndc_check_rows(o.rows);
    assert_true(real_at(o.rows, "auxiliary_4_temperature_celsius", 0) == 20);
    clear(&o);
}

static void refuses_a_broken_member(void **state)
{
    ndax *a = whole_archive();

    (void)state;
    a->at[30 + 8 + 4096 + 140] ^= 1; /* of data.ndc: its checksum tells */
    char *path = ndax_write(a);
    outcome o = outcome_of_path(path, NULL);
    assert_int_equal(o.status, PM_ERR_FORMAT);
    assert_non_null(strstr(o.error.message, "data.ndc"));
    assert_true(o.error.byte >= 0);
    clear(&o);
    support_remove(path);
    a = whole_archive();
    a->at[a->n - 20] ^= 1; /* of Step.xml */
    path = ndax_write(a);
    o = outcome_of_path(path, NULL);
    expect_found(&o, "value-missing", "Step.xml", -1);
    ndc_check_rows(o.rows);
    clear(&o);
    support_remove(path);
}

/* What the directory says of sizes is not believed. */
static void takes_no_memory_on_trust(void **state)
{
    ndax *a = whole_archive();

    (void)state;
    ndc_set(a->directory + a->directory_n - 54 + 20, 1936023393, 4);
    ndc_set(a->directory + a->directory_n - 54 + 24, 1667526190, 4);
    char *path = ndax_write(a);
    outcome o = outcome_of_path(path, NULL);
    if (!o.status) ndc_check_rows(o.rows);
    if (o.status) assert_int_equal(o.status, PM_ERR_FORMAT);
    clear(&o);
    support_remove(path);
}

static void survives_any_lack_of_memory(void **state)
{
    char *path = ndax_write(whole_archive());
    bool failed = true;

    (void)state;
    for (int64_t n = 1; failed; n++) {
        int64_t held = allocations_held();
        fail_allocation(n);
        outcome o = outcome_of_path(path, NULL);
        failed = allocation_failed();
        fail_allocation(0);
        if (!failed) assert_good(o.status, &o.error);
        if (!o.status) ndc_check_rows(o.rows);
        clear(&o);
        assert_int_equal(allocations_held(), held);
    }
    support_remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
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
    return PM_HAVE_LIBZIP ? cmocka_run_group_tests(tests, NULL, NULL) : support_without("libzip");
}
