/* SPDX-License-Identifier: MIT */
/* MATLAB files of level 5, on bytes that a writer of the published layout puts together. */
#include "mat_writer.h"

static void structs_in_both_byte_orders_packed_or_not(void **state)
{
    (void)state;
    for (int k = 0; k < 4; k++) {
        writer w = new_file(k & 1);
        write_struct(&w);
        if (k & 2) compress_all(&w);
        pm_scoped(pm_table) t = read_good(&w);
        assert_struct(t);
        free(w.at);
    }
}

static void integers_of_all_types(void **state)
{
    static const struct {
        const char *name;
        int class, type, size;
        int64_t x[3];
    } c[] = {
        {"a", 8, 1, 1, {-128, 127, 0}},
        {"b", 9, 2, 1, {0, 255, 7}},
        {"c", 10, 3, 2, {-32768, 32767, 5}},
        {"d", 11, 4, 2, {65535, 0, 1}},
        {"e", 12, 5, 4, {INT32_MIN, INT32_MAX, -1}},
        {"f", 13, 6, 4, {4294967295, 0, 3}},
        {"g", 14, 12, 8, {-9007199254740992, 9007199254740992, 1}},
        {"h", 15, 13, 8, {1LL << 62, 0, 2}},
        {"i", 6, 2, 1, {200, 1, 2}}, /* doubles that fit a byte are stored as bytes */
    };
    (void)state;
    for (int big = 0; big < 2; big++) {
        writer w = new_file(big);
        for (size_t i = 0; i < sizeof c / sizeof *c; i++)
            integers(&w, c[i].name, c[i].class, c[i].type, c[i].size, 3, c[i].x);
        pm_scoped(pm_table) t = read_good(&w);
        for (int i = 0; i < 9; i++)
            for (int row = 0; row < 3; row++)
                assert_close(pm_table_column(t, i)->number[row], (double)c[i].x[row], 0, 0);
        free(w.at);
    }
}

static void small_elements_and_singles(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        writer w = new_file(big);
        int64_t start = begin_array(&w, 7, 1, 1, "single");
        small(&w, 7, 0x40490fdb, 4); /* pi as a float */
        end_array(&w, start);
        pm_scoped(pm_table) t = read_good(&w);
        assert_close(real_at(t, "single", 0), (double)3.14159274101257324f, 0, 0);
        free(w.at);
    }
}

static void matrices_lie_along_their_longer_side(void **state)
{
    const double x[6] = {1, 2, 3, 4, 5, 6};
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        writer w = new_file(false);
        doubles(&w, "m", wide ? 2 : 3, wide ? 3 : 2, x);
        pm_scoped(pm_table) t = read_good(&w);
        assert_int_equal(pm_table_rows(t), 3);
        for (int i = 0; i < 3; i++) {
            assert_close(real_at(t, "m_1", i), wide ? 2 * i + 1 : i + 1, 0, 0);
            assert_close(real_at(t, "m_2", i), wide ? 2 * i + 2 : i + 4, 0, 0);
        }
        free(w.at);
    }
}

static void both_parts_of_complex_numbers(void **state)
{
    const double x[4] = {1, 2, -3, -4};
    (void)state;
    writer w = new_file(true);
    int64_t start = begin_array(&w, 0x806, 2, 1, "Z");
    for (int part = 0; part < 2; part++) {
        put(&w, 9, 4);
        put(&w, 16, 4);
        put_double(&w, x[2 * part]);
        put_double(&w, x[2 * part + 1]);
    }
    end_array(&w, start);
    pm_scoped(pm_table) t = read_good(&w);
    assert_close(real_at(t, "z_real", 1), 2, 0, 0);
    assert_close(real_at(t, "z_imaginary", 1), -4, 0, 0);
    free(w.at);
}

static void arrays_of_structs_are_one_below_the_other(void **state)
{
    static const char *const fields[] = {"Time", "Voltage", "kind"};
    (void)state;
    writer w = new_file(false);
    int64_t start = begin_struct(&w, "cycle", 2, 3, fields);
    doubles(&w, "", 3, 1, T);
    doubles(&w, "", 3, 1, U);
    words(&w, "", "charge");
    doubles(&w, "", 1, 1, T + 3);
    doubles(&w, "", 1, 1, U + 3);
    words(&w, "", "rest");
    end_array(&w, start);
    pm_scoped(pm_table) t = read_good(&w);
    assert_int_equal(pm_table_rows(t), 4);
    for (int i = 0; i < 4; i++) {
        assert_close(real_at(t, "cycle_count", i), i < 3 ? 1 : 2, 0, 0);
        assert_close(real_at(t, "test_time_second", i), T[i], 0, 0);
        assert_close(real_at(t, "voltage_volt", i), U[i], 0, 0);
    }
    free(w.at);
}

static void units_in_names_are_converted(void **state)
{
    (void)state;
    writer w = new_file(false);
    doubles(&w, "time_h", 4, 1, U);
    doubles(&w, "voltage_mV", 4, 1, U);
    words(&w, "operator", "J. D\xf6rr");
    pm_scoped(pm_table) t = read_good(&w);
    for (int i = 0; i < 4; i++) {
        assert_close(real_at(t, "test_time_second", i), U[i] * 3600, 0, 0);
        assert_close(real_at(t, "voltage_volt", i), U[i] / 1000, 0, 0);
    }
    assert_string_equal(pm_table_meta(t, "operator"), "J. D\xc3\xb6rr");
    free(w.at);
}

static void what_is_not_in_the_table_is_said(void **state)
{
    pm_error err = {0};
    (void)state;
    writer w = new_file(false);
    doubles(&w, "Voltage", 4, 1, U);
    doubles(&w, "shorter", 3, 1, T);
    int64_t start = begin_array(&w, 5, 4, 4, "thin");
    end_array(&w, start);
    pm_image image = {"", {w.at, w.n}, true, NULL};
    pm_scoped(pm_native) n = NULL;
    assert_good(pm_native_open(&pm_format_mat, &image, NULL, &n, &err), &err);
    assert_int_equal(n->n_columns, 1);
    assert_string_equal(n->content, "table");
    assert_int_equal(n->rows_declared, 4);
    assert_int_equal(n->n_faults, 2);
    assert_string_equal(n->fault[0].code, "value-missing");
    assert_int_equal(n->fault[0].count, 2);
    assert_non_null(strstr(n->fault[0].message, "shorter, sparse thin"));
    assert_string_equal(n->fault[1].code, "unit-assumed");
    assert_non_null(strstr(n->fault[1].message, "Voltage (V)"));
    free(w.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structs_in_both_byte_orders_packed_or_not),
        cmocka_unit_test(integers_of_all_types),
        cmocka_unit_test(small_elements_and_singles),
        cmocka_unit_test(matrices_lie_along_their_longer_side),
        cmocka_unit_test(both_parts_of_complex_numbers),
        cmocka_unit_test(arrays_of_structs_are_one_below_the_other),
        cmocka_unit_test(units_in_names_are_converted),
        cmocka_unit_test(what_is_not_in_the_table_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
