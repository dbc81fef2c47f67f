/* SPDX-License-Identifier: MIT */
/* The laboratory's options, what it refuses, and that it gives the same whatever happens around it. */
#include "laboratory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Truth does not know of what the instrument does. */
static void faults_and_noise_leave_the_truth_alone(void **state)
{
    (void)state;
    pm_virtual_lab_options o = {.electrolytes = 2, .cells = 2, .cycles = 8};
    pm_scoped(pm_table) plain_cells = live_laboratory(o, 6);
    pm_scoped(pm_table) plain = laboratory_table("truth_cycles", ".csv");
    o.faults = PM_VIRTUAL_FAULTS_ALL;
    o.noise = 5;
    pm_scoped(pm_table) faulty_cells = live_laboratory(o, 6);
    pm_scoped(pm_table) faulty = laboratory_table("truth_cycles", ".csv");
    assert_same_rows(plain, faulty);
    assert_int_equal(pm_table_rows(plain_cells), pm_table_rows(faulty_cells));
}

/* ---- options ------------------------------------------------------------------------------------------------------ */

static pm_status tell(void *context, const pm_table *cycles, pm_virtual_design design, int64_t short_cycle,
                      pm_virtual_verdict *out, pm_error *err)
{
    (void)err;
    *(bool *)context = design == PM_VIRTUAL_LI_LI;
    out->label = short_cycle ? "leaks" : "dense";
    out->cycle_count_end = pm_table_rows(cycles);
    return PM_OK;
}

static void the_verdict_is_the_callers(void **state)
{
    (void)state;
    bool symmetric = false;
    pm_virtual_lab_options o = {.electrolytes = 1,
                                .cells = 1,
                                .cycles = 3,
                                .design = PM_VIRTUAL_LI_LI,
                                .no_shorts = true,
                                .context = &symmetric,
                                .verdict = tell};
    pm_scoped(pm_table) truth = live_laboratory(o, 1);
    assert_true(symmetric);
    assert_string_equal(word_at(truth, "label", 0), "dense");
    assert_close(real_at(truth, "cycle_count_end", 0), 3, 0, 0);
    assert_true(isnan(real_at(truth, "short_cycle", 0)));
}

/* A family alone has the same cells as within the whole laboratory. */
static void a_family_alone_is_the_same(void **state)
{
    (void)state;
    pm_virtual_lab_options o = {.electrolytes = 10, .cells = 1, .cycles = 2};
    pm_scoped(pm_table) all = live_laboratory(o, 9);
    o.electrolytes = 2;
    o.family = 1 + PM_VIRTUAL_CONCENTRATED;
    pm_scoped(pm_table) some = live_laboratory(o, 9);
    for (int64_t i = 0; i < 2; i++) {
        assert_string_equal(word_at(some, "family", i), "concentrated");
        assert_string_equal(word_at(some, "cell_id", i), word_at(all, "cell_id", 2 + 5 * i));
        assert_string_equal(word_at(some, "parameters", i), word_at(all, "parameters", 2 + 5 * i));
    }
}

static void closures_are_taken_out(void **state)
{
    (void)state;
    pm_virtual_lab_options o = {.electrolytes = 1, .cells = 1, .cycles = 1, .short_size = 3};
    o.without = PM_VIRTUAL_NO_STRESS | PM_VIRTUAL_NO_FRESH_FILM | PM_VIRTUAL_NO_THICKENING;
    o.no_shorts = true;
    pm_scoped(pm_table) truth = live_laboratory(o, 1);
    const char *parameters = word_at(truth, "parameters", 0);
    assert_non_null(strstr(parameters, " nucleation_strain=0 "));
    assert_non_null(strstr(parameters, " fresh_film_share=1 "));
    assert_non_null(strstr(parameters, " thickening=0 "));
    assert_non_null(strstr(parameters, " short_per_mAh=0 "));
    assert_non_null(strstr(parameters, " short_mS_per_cm2=12"));
    assert_non_null(strstr(parameters, "family=carbonate "));
    assert_null(strstr(parameters, "growth_strain"));
}

static void same_bytes_for_any_number_of_threads(void **state)
{
    (void)state;
    pm_virtual_lab_options o = {.electrolytes = 5, .cells = 2, .cycles = 3, .faults = PM_VIRTUAL_FAULTS_ALL};
    for (int threads = 1; threads <= 4; threads += 3) {
        char in[100];
        pm_error err = {0};
        pm_run run = {.threads = threads, .seed = 7};
        snprintf(in, sizeof in, "%s/%d", laboratory, threads);
        assert_good(pm_virtual_lab(in, &o, false, &run, NULL, &err), &err);
        assert_int_equal(pm_virtual_lab(in, &o, false, &run, NULL, NULL), PM_ERR_IO);
    }
    char command[300];
    snprintf(command, sizeof command, "diff -r %s/1 %s/4 && test $(ls %s/1 | wc -l) = 13", laboratory, laboratory,
             laboratory);
    assert_int_equal(system(command), 0);
}

static void refuses(pm_virtual_lab_options o, pm_status status)
{
    pm_error err = {0};
    assert_int_equal(pm_virtual_lab(laboratory, &o, true, NULL, NULL, &err), status);
    assert_true(strlen(err.message) > 0);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    refuses((pm_virtual_lab_options){.electrolytes = -1}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.cells = -1}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.electrolytes = 100001, .cells = 1}, PM_ERR_LIMIT);
    refuses((pm_virtual_lab_options){.electrolytes = INT64_MAX, .cells = INT64_MAX}, PM_ERR_LIMIT);
    refuses((pm_virtual_lab_options){.design = PM_VIRTUAL_LI_ION}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.family = 6}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.faults = 16}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.noise = NAN}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.short_size = -1}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.cell_scatter = NAN}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.sample_s = -1}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.current_mA_per_cm2 = -1}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.swing_C = 200}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.noise = 1001}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.noise = INFINITY}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.short_size = 1001}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.electrolyte_scatter = 5.1}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.current_mA_per_cm2 = 1e6}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.current_mA_per_cm2 = 1e-6}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.capacity_mAh_per_cm2 = 101}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.sample_s = 1e-12}, PM_ERR_ARGUMENT);
    refuses((pm_virtual_lab_options){.current_mA_per_cm2 = 0.01, .capacity_mAh_per_cm2 = 11}, PM_ERR_LIMIT);
    refuses((pm_virtual_lab_options){.cycles = 100000, .sample_s = 0.1}, PM_ERR_LIMIT);
}

static bool always(void *context)
{
    (void)context;
    return true;
}

static void what_is_broken_off_leaves_nothing_half_written(void **state)
{
    (void)state;
    char command[100];
    pm_run run = {.cancelled = always};
    assert_int_equal(pm_virtual_lab(laboratory, &(pm_virtual_lab_options){0}, false, &run, NULL, NULL),
                     PM_ERR_CANCELLED);
    snprintf(command, sizeof command, "test -z \"$(ls -A %s)\"", laboratory);
    assert_int_equal(system(command), 0);
}

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    pm_virtual_lab_options o = {.electrolytes = 1, .cells = 1, .cycles = 1, .sample_s = 3600};
    pm_run run = {.threads = 1, .seed = 1};
    int64_t before = allocations_held();
    for (int64_t n = 1;; n++) {
        fail_allocation(n);
        pm_status status = pm_virtual_lab(laboratory, &o, true, &run, NULL, NULL);
        bool failed = allocation_failed();
        fail_allocation(0);
        assert_int_equal(allocations_held(), before);
        assert_int_equal(status, failed ? PM_ERR_MEMORY : PM_OK);
        if (!failed) break;
    }
}

/* ---- the document ------------------------------------------------------------------------------------------------- */

static void the_document_has_each_parameter(void **state)
{
    (void)state;
    static char text[1 << 16];
    char *path = support_source("docs/virtual.md");
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    free(path);
    int n;
    const pm_virtual_parameter *table = pm_virtual_parameter_table(&n);
    for (int i = 0; i < n; i++) {
        char line[400];
        snprintf(line, sizeof line, "\n| `%s` | %g | %s | %s | %s | %s |\n", table[i].name, table[i].value,
                 table[i].unit, pm_virtual_origin_name(table[i].origin), table[i].meaning,
                 table[i].origin == PM_VIRTUAL_PHYSICS ? table[i].source : "");
        if (!strstr(text, line)) fail_msg("docs/virtual.md lacks%s", line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(faults_and_noise_leave_the_truth_alone),
        CASE(the_verdict_is_the_callers),
        CASE(a_family_alone_is_the_same),
        CASE(closures_are_taken_out),
        CASE(same_bytes_for_any_number_of_threads),
        CASE(nonsense_is_refused),
        CASE(what_is_broken_off_leaves_nothing_half_written),
        CASE(every_failing_allocation_is_survived),
        cmocka_unit_test(the_document_has_each_parameter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
