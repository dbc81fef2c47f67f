/* SPDX-License-Identifier: MIT */
/** @file
 * What is told of a cell beside its file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cycle/cycle.h"
#include "support.h"

static char folder[] = "/tmp/premortem-sidecar-XXXXXX";
static char data_path[128]; /* "<folder>/cell.7.csv" */

static void in_folder(const char *name, const char *text)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    unlink(path);
    FILE *f = text ? fopen(path, "w") : NULL;
    if (f) {
        fputs(text, f);
        fclose(f);
    }
}

static int set_up(void **state)
{
    (void)state;
    if (!mkdtemp(folder)) return 1;
    snprintf(data_path, sizeof data_path, "%s/cell.7.csv", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return rmdir(folder);
}

static int clear(void **state)
{
    (void)state;
    in_folder("cell.7.csv.cell.yaml", NULL);
    in_folder("cell.7.cell.yaml", NULL);
    in_folder("cells.yaml", NULL);
    return 0;
}

static const char whole[] = "cell_id: 007\nkind: li-cu\narea: 127 mm2\nmass: 12 mg\nnominal_capacity: 2.5 mAh\n"
                            "electrolyte: \"1 M LiFSI in DME\"\ncathode: NMC811\n"
                            "n_to_p: 1.5\nn_to_p_convention: total\nn_to_p_deviation: 0.05\n";

static void a_sidecar_tells_all(void **state)
{
    (void)state;
    static const char *const names[] = {"cell.7.csv.cell.yaml", "cell.7.cell.yaml"};
    for (int i = 0; i < 2; i++) {
        clear(NULL);
        in_folder(names[i], whole);
        pm_cell cell;
        pm_error err = {0};
        assert_good(pm_cell_find(data_path, &cell, &err), &err);
        assert_int_equal(cell.kind, PM_LI_CU);
        assert_string_equal(cell.cell_id, "007");
        assert_string_equal(cell.electrolyte, "1 M LiFSI in DME");
        assert_string_equal(cell.cathode, "NMC811");
        assert_close(cell.area_cm2, 1.27, 1e-15, 0);
        assert_close(cell.mass_g, 0.012, 1e-15, 0);
        assert_close(cell.nominal_capacity_Ah, 0.0025, 1e-15, 0);
        assert_close(cell.n_to_p, 1.5, 0, 0);
        assert_close(cell.n_to_p_deviation, 0.05, 1e-15, 0);
        assert_string_equal(cell.n_to_p_convention, "total");
        assert_non_null(strstr(cell.source, names[i]));
    }
}

static void the_folder_may_tell_it_and_the_nearer_wins(void **state)
{
    (void)state;
    pm_cell cell;
    pm_error err = {0};
    in_folder("cells.yaml", "other.csv: {kind: li-li}\ncell.7: {kind: half-cell}\n");
    assert_good(pm_cell_find(data_path, &cell, &err), &err);
    assert_int_equal(cell.kind, PM_HALF_CELL);
    in_folder("cells.yaml", "cell.7: {kind: half-cell}\ncell.7.csv: {kind: li-li, area: 1 cm2}\n");
    assert_good(pm_cell_find(data_path, &cell, &err), &err);
    assert_int_equal(cell.kind, PM_LI_LI);
    in_folder("cell.7.cell.yaml", "kind: anode-free\n");
    assert_good(pm_cell_find(data_path, &cell, &err), &err);
    assert_int_equal(cell.kind, PM_ANODE_FREE);
    assert_close(cell.area_cm2, 0, 0, 0); /* one source, never a mixture */
}

static void nothing_told_is_no_error(void **state)
{
    (void)state;
    pm_cell cell = {.kind = PM_LI_CU};
    pm_error err = {0};
    assert_good(pm_cell_find(data_path, &cell, &err), &err);
    assert_int_equal(cell.kind, PM_KIND_UNKNOWN);
    assert_string_equal(cell.source, "");
    assert_good(pm_cell_find("-", &cell, &err), &err);
    assert_good(pm_cell_find("no-such-folder/x.csv", &cell, &err), &err);
    in_folder("cells.yaml", "other.csv: {kind: li-li}\n");
    assert_good(pm_cell_find(data_path, &cell, &err), &err);
    assert_int_equal(cell.kind, PM_KIND_UNKNOWN);
}

static void what_cannot_be_understood_is_refused_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int line;
        const char *says;
    } cases[] = {
        {"kind: li-cu\ncolour: red\n", 2, "colour"},
        {"kind: lithium\n", 1, "lithium"},
        {"kind: li-cu\n\narea: 1.27\n", 3, "area"},
        {"area: 12 mg\n", 1, ""},
        {"mass: -3 mg\n", 1, "mass"},
        {"mass: 0 mg\n", 1, "mass"},
        {"electrolyte: [a, b]\n", 1, "electrolyte"},
        {"kind: li-cathode\nn_to_p: 0\nn_to_p_convention: foil\n", 2, "n_to_p"},
        {"n_to_p: -1\nn_to_p_convention: foil\n", 1, "n_to_p"},
        {"n_to_p: 1.5\n", 1, "without n_to_p_convention"},
        {"n_to_p: 1.5\nn_to_p_convention: both\n", 1, "n_to_p_convention"},
        {"n_to_p_convention: foil\n", 1, "no n_to_p"},
        {"- kind\n", 1, "map"},
        {"kind: [li-cu\n", 2, ""},
        {"cell_id: 0123456789012345678901234567890123456789012345678901234567890123\n", 1, "cell_id"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        in_folder("cell.7.cell.yaml", cases[i].text);
        pm_cell cell;
        pm_error err = {0};
        assert_int_not_equal(pm_cell_find(data_path, &cell, &err), PM_OK);
        assert_int_equal(err.line, cases[i].line);
        assert_non_null(strstr(err.file, "cell.7.cell.yaml"));
        assert_non_null(strstr(err.message, cases[i].says));
    }
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    in_folder("cells.yaml", "cell.7: {kind: half-cell, area: 1 cm2, cell_id: a}\n");
    bool struck = true;
    for (int64_t n = 1; struck; n++) {
        pm_cell cell;
        int64_t held = allocations_held();
        fail_allocation(n);
        pm_status s = pm_cell_find(data_path, &cell, NULL);
        struck = allocation_failed();
        fail_allocation(0);
        assert_int_equal(s, struck ? PM_ERR_MEMORY : PM_OK);
        assert_int_equal(allocations_held(), held);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_sidecar_tells_all, clear),
        cmocka_unit_test_teardown(the_folder_may_tell_it_and_the_nearer_wins, clear),
        cmocka_unit_test_teardown(nothing_told_is_no_error, clear),
        cmocka_unit_test_teardown(what_cannot_be_understood_is_refused_with_its_line, clear),
        cmocka_unit_test_teardown(each_allocation_may_fail, clear),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
