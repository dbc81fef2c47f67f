/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "virtual/virtual.h"

/* A fresh folder, and how many files are in it. */
static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/premortem-lab-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int each_file(const char *in, bool removed)
{
    DIR *listing = opendir(in);
    assert_non_null(listing);
    int n = 0;
    for (struct dirent *entry; (entry = readdir(listing));) {
        if (entry->d_name[0] == '.') continue;
        char path[400];
        snprintf(path, sizeof path, "%s/%s", in, entry->d_name);
        if (removed) assert_int_equal(remove(path), 0);
        n++;
    }
    closedir(listing);
    return n;
}

static int remove_folder(void **state)
{
    (void)state;
    char inner[80];
    snprintf(inner, sizeof inner, "%s/inner", folder);
    if (access(inner, F_OK) == 0) each_file(inner, true);
    each_file(folder, true);
    return rmdir(folder);
}

static int64_t lines_of(const char *in, const char *name, char first[256])
{
    char path[200], line[1024];
    snprintf(path, sizeof path, "%s/%s", in, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    int64_t n = 0;
    for (; fgets(line, sizeof line, file); n++)
        if (n == 0) snprintf(first, 256, "%.250s", line);
    fclose(file);
    return n;
}

static void a_lab_is_written_once(void **state)
{
    (void)state;
    pm_error err = {0};
    char inner[80], first[256];
    snprintf(inner, sizeof inner, "%s/inner", folder);
    assert_good(pm_virtual_demo_lab(inner, 2, false, NULL, &err), &err);
    assert_int_equal(each_file(inner, false), 2 * PM_VIRTUAL_DESIGNS + 2);
    assert_int_equal(lines_of(inner, "truth.csv", first), 1 + PM_VIRTUAL_DESIGNS);
    assert_string_equal(first,
                        "cell_id,electrolyte_id,kind,label,cycle_count_end,coulombic_efficiency_mean,parameters\n");
    /* two cycles of each, four of the reservoir protocol */
    assert_int_equal(lines_of(inner, "truth_cycles.csv", first), 1 + 2 * PM_VIRTUAL_DESIGNS + 2);
    assert_int_equal(lines_of(inner, "anode-free.cell.yaml", first), 5);
    assert_string_equal(first, "cell_id: anode-free\n");
    lines_of(inner, "li-cu.bdf.csv", first);
    assert_string_equal(first, "test_time_second,voltage_volt,current_ampere,unix_time_second,cycle_count,step_count,"
                               "step_id,step_type,charging_capacity_ah,discharging_capacity_ah\n");

    assert_int_equal(pm_virtual_demo_lab(inner, 2, false, NULL, &err), PM_ERR_IO);
    assert_good(pm_virtual_demo_lab(inner, 2, true, NULL, &err), &err);
}

static bool always(void *context)
{
    (void)context;
    return true;
}

static void a_cancelled_lab_leaves_no_truth(void **state)
{
    (void)state;
    pm_run run = {.cancelled = always};
    assert_int_equal(pm_virtual_demo_lab(folder, 2, false, &run, NULL), PM_ERR_CANCELLED);
    assert_int_equal(each_file(folder, false), 0);
}

static void a_folder_that_cannot_be_made_is_named(void **state)
{
    (void)state;
    pm_error err = {0};
    assert_int_equal(pm_virtual_demo_lab("/dev/null/lab", 2, false, NULL, &err), PM_ERR_IO);
    assert_string_equal(err.file, "/dev/null/lab");
}

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    int64_t before = allocations_held();
    for (int64_t n = 1;; n += 1 + n / 16) { /* each that succeeds costs sixteen synced files */
        fail_allocation(n);
        pm_status status = pm_virtual_demo_lab(folder, 1, true, NULL, NULL);
        bool failed = allocation_failed();
        fail_allocation(0);
        assert_int_equal(allocations_held(), before);
        assert_int_equal(status != PM_OK, failed);
        if (!failed) break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_lab_is_written_once, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(a_cancelled_lab_leaves_no_truth, make_folder, remove_folder),
        cmocka_unit_test(a_folder_that_cannot_be_made_is_named),
        cmocka_unit_test_setup_teardown(every_failing_allocation_is_survived, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
