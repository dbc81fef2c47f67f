/* SPDX-License-Identifier: MIT */
/* The two long real cells: one with a soft short, one without. */
#include "read/read.h"
#include "short_trace.h"

#include <string.h>

static outcome watch_file(const char *name, const char *spectra_name)
{
    pm_scoped_text path = support_data(name);
    pm_scoped(pm_shorts) s = NULL;
    pm_scoped(pm_table) rows = NULL;
    pm_error err = {0};
    outcome out;
    assert_good(pm_shorts_new(&(pm_short_options){.cycle = {.kind = PM_LI_LI}}, &s, &err), &err);
    assert_good(pm_read_table(path, NULL, NULL, &rows, &err), &err);
    assert_good(pm_shorts_push(s, rows, &err), &err);
    if (spectra_name) {
        pm_scoped_text beside = support_data(spectra_name);
        pm_scoped(pm_table) z = NULL;
        assert_good(pm_read_table(beside, NULL, NULL, &z, &err), &err);
        assert_good(pm_shorts_push_spectra(s, z, &err), &err);
    }
    assert_good(pm_shorts_result(s, &out.alarms, &out.summary, &err), &err);
    return out;
}

#define SOFT_SHORT "lithium-metal/soft-short-teg-dme/jr862_11_08_23_insitu-impedance-LiLi_1MLiTFSI_TEGDME-1mA"

static void the_soft_short_cell(void **state)
{
    (void)state;
    outcome alone = watch_file(SOFT_SHORT "_03_GCPL_C05.txt", NULL);
    outcome with = watch_file(SOFT_SHORT "_03_GCPL_C05.txt", SOFT_SHORT "_02_GEIS_C05.mpr");
    double first_h = real_at(alone.alarms, "test_time_second", 0) / 3600;
    assert_true(first_h > 20 && first_h < 25);
    assert_close(real_at(with.alarms, "test_time_second", 0) / 3600, first_h, 0, 0);
    assert_non_null(strstr(word_at(with.alarms, "evidence", 0), "impedance near 1 Hz fell"));
    assert_true(real_at(with.alarms, "probability", 0) > real_at(alone.alarms, "probability", 0));
    pm_table_free(alone.alarms);
    pm_table_free(with.alarms);
}

/** docs/shorts.md: the alarm stays between 20 and 25 h whatever a threshold is, within what can be argued for. */
static void the_thresholds_are_not_tuned(void **state)
{
    (void)state;
    static const pm_short_options changed[] = {
        {.soft_part = 0.88}, {.soft_part = 0.7},        {.soft_part = 0.5},      {.recent = 6},
        {.recent = 96},      {.sustained = 1},          {.sustained = 8},        {.window_s = 300},
        {.window_s = 1800},  {.activation_fall = 0.01}, {.activation_fall = 0.2}};
    pm_scoped_text path = support_data(SOFT_SHORT "_03_GCPL_C05.txt");
    pm_scoped_text other = support_data("lithium-metal/symmetric/Data_Figure_4bc_xemp.csv");
    pm_scoped(pm_table) rows = NULL;
    pm_scoped(pm_table) healthy = NULL;
    pm_error err = {0};
    assert_good(pm_read_table(path, NULL, NULL, &rows, &err), &err);
    assert_good(pm_read_table(other, NULL, NULL, &healthy, &err), &err);
    for (size_t k = 0; k < sizeof changed / sizeof *changed; k++) {
        pm_short_options o = changed[k];
        o.cycle.kind = PM_LI_LI;
        outcome out = watch(rows, &o, INT32_MAX), quiet = watch(healthy, &o, INT32_MAX);
        double first_h = real_at(out.alarms, "test_time_second", 0) / 3600;
        assert_true(first_h > 20 && first_h < 25);
        assert_int_equal(pm_table_rows(quiet.alarms), 0);
        pm_table_free(out.alarms);
        pm_table_free(quiet.alarms);
    }
}

static void the_long_symmetric_cell(void **state)
{
    (void)state;
    outcome out = watch_file("lithium-metal/symmetric/Data_Figure_4bc_xemp.csv", NULL);
    assert_int_equal(pm_table_rows(out.alarms), 0);
    assert_true(out.summary.watched_s > 990 * 3600.0);
    assert_true(out.summary.levels > 1900);
    assert_string_equal(out.summary.suspicion, "");
    pm_table_free(out.alarms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_soft_short_cell),
        cmocka_unit_test(the_thresholds_are_not_tuned),
        cmocka_unit_test(the_long_symmetric_cell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
