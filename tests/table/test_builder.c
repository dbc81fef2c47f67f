/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "support.h"

typedef struct sample {
    double volt;
    int64_t cycle;
    const char *step;
} sample;

static const pm_field sample_fields[] = {
    {"voltage_volt", PM_DOUBLE, "V", offsetof(sample, volt), "voltage"},
    {"cycle_count", PM_INT64, "1", offsetof(sample, cycle), "cycle"},
    {"step_type", PM_STRING, "", offsetof(sample, step), "step"},
};

static pm_builder *new_samples(void)
{
    pm_builder *b = NULL;
    pm_error err;
    assert_good(pm_builder_new(3, sample_fields, &b, &err), &err);
    return b;
}

static pm_table *finish(pm_builder *b)
{
    pm_table *table = NULL;
    pm_error err;
    assert_good(pm_builder_finish(b, &table, &err), &err);
    return table;
}

static void pushed_rows_come_back(void **state)
{
    (void)state;
    pm_scoped(pm_builder) b = new_samples();
    static const char *const steps[] = {"charge", "rest", "discharge"};
    for (int i = 0; i < 1000; i++)
        pm_builder_push(b, &(sample){.volt = i / 7.0, .cycle = (int64_t)i * i, .step = steps[i % 3]});
    assert_int_equal(pm_builder_rows(b), 1000);
    pm_scoped(pm_table) table = finish(b);
    assert_int_equal(pm_table_rows(table), 1000);
    assert_int_equal(pm_table_columns(table), 3);
    for (int i = 0; i < 1000; i++) {
        assert_true(real_at(table, "voltage_volt", i) == i / 7.0);
        assert_true(real_at(table, "cycle_count", i) == (double)i * i);
        assert_string_equal(word_at(table, "step_type", i), steps[i % 3]);
    }
    const pm_column *words = pm_table_find(table, "step_type");
    assert_int_equal(words->n_words, 3);
    assert_string_equal(words->unit, "");
    for (int i = 0; i < 3; i++) assert_int_equal(pm_table_column(table, i)->n_missing, 0);
    assert_null(pm_table_find(table, "cycle_count")->valid);
}

static void missing_values_are_counted(void **state)
{
    (void)state;
    pm_scoped(pm_builder) b = new_samples();
    int missing[3] = {0};
    for (int i = 0; i < 77; i++) {
        bool gone[3] = {i % 2 == 0, i % 3 == 0, i % 5 == 0};
        for (int c = 0; c < 3; c++) missing[c] += gone[c];
        pm_builder_push(b, &(sample){gone[0] ? (double)NAN : 1, gone[1] ? PM_NO_INT : i, gone[2] ? NULL : ""});
    }
    pm_scoped(pm_table) table = finish(b);
    for (int c = 0; c < 3; c++) assert_int_equal(pm_table_column(table, c)->n_missing, missing[c]);
    const pm_column *cycle = pm_table_find(table, "cycle_count");
    for (int i = 0; i < 77; i++) {
        assert_int_equal(pm_column_missing(pm_table_find(table, "voltage_volt"), i), i % 2 == 0);
        assert_int_equal(pm_column_missing(cycle, i), i % 3 == 0);
        assert_int_equal(cycle->valid[i / 8] >> (i % 8) & 1, i % 3 != 0); /* Arrow: bit i set = there */
        assert_int_equal(pm_column_word(pm_table_find(table, "step_type"), i) == NULL, i % 5 == 0);
    }
    assert_null(pm_column_word(cycle, 1));
}

static void room_is_missing_until_written(void **state)
{
    (void)state;
    pm_scoped(pm_builder) b = new_samples();
    pm_error err;
    for (int round = 0; round < 40; round++) { /* what the last room wrote beyond its commit must not shine through */
        assert_good(pm_builder_room(b, 10, &err), &err);
        for (int i = 0; i < 10; i++) {
            if (round % 2) break;
            pm_builder_doubles(b, 0)[i] = round;
            pm_builder_integers(b, 1)[i] = i;
            pm_builder_word(b, 2, i, "restless", 4);
        }
        pm_builder_commit(b, 5);
    }
    pm_scoped(pm_table) table = finish(b);
    assert_int_equal(pm_table_rows(table), 200);
    for (int i = 0; i < 200; i++) {
        int round = i / 5;
        assert_close(real_at(table, "voltage_volt", i), round % 2 ? (double)NAN : round, 0, 0);
        assert_close(real_at(table, "cycle_count", i), round % 2 ? (double)NAN : i % 5, 0, 0);
        if (round % 2)
            assert_null(word_at(table, "step_type", i));
        else
            assert_string_equal(word_at(table, "step_type", i), "rest");
    }
}

static void finish_hands_over_the_arrays_and_starts_empty(void **state)
{
    (void)state;
    pm_scoped(pm_builder) b = new_samples();
    pm_error err;
    assert_good(pm_builder_room(b, 100, &err), &err);
    const double *written = pm_builder_doubles(b, 0);
    pm_builder_word(b, 2, 0, "charge", -1);
    pm_builder_commit(b, 100);
    pm_builder_meta(b, "operator", "nobody");
    pm_scoped(pm_table) first = finish(b);
    assert_ptr_equal(pm_table_find(first, "voltage_volt")->number, written);
    assert_int_equal(pm_builder_rows(b), 0);
    pm_builder_push(b, &(sample){3.5, 7, "rest"});
    pm_scoped(pm_table) second = finish(b);
    assert_int_equal(pm_table_rows(second), 1);
    assert_int_equal(pm_table_meta_count(second), 0);
    assert_int_equal(pm_table_find(second, "step_type")->n_words, 1);
    assert_string_equal(word_at(second, "step_type", 0), "rest");
    assert_string_equal(word_at(first, "step_type", 0), "charge");
    assert_string_equal(pm_table_meta(first, "operator"), "nobody");
}

static void no_rows_are_a_table(void **state)
{
    (void)state;
    pm_scoped(pm_builder) b = new_samples();
    pm_error err;
    assert_good(pm_builder_room(b, 0, &err), &err);
    assert_non_null(pm_builder_doubles(b, 0));
    pm_builder_commit(b, 0);
    for (int asked = 1; asked >= 0; asked--) { /* with room asked for, and without */
        pm_scoped(pm_table) table = finish(b);
        assert_int_equal(pm_table_rows(table), 0);
        assert_non_null(pm_table_find(table, "voltage_volt")->number); /* NULL would mean: no such column */
        assert_non_null(pm_table_find(table, "cycle_count")->integer);
        assert_non_null(pm_table_find(table, "step_type")->code);
    }
}

static void many_words_keep_their_codes(void **state)
{
    (void)state;
    enum { N = 5000 };
    pm_scoped(pm_builder) b = new_samples();
    char word[32];
    for (int i = 0; i < 3 * N; i++) {
        snprintf(word, sizeof word, "%d", (i % N) * 7919);
        pm_builder_push(b, &(sample){.step = word});
    }
    pm_scoped(pm_table) table = finish(b);
    assert_int_equal(pm_table_find(table, "step_type")->n_words, N);
    for (int i = 0; i < 3 * N; i++) {
        snprintf(word, sizeof word, "%d", (i % N) * 7919);
        assert_string_equal(word_at(table, "step_type", i), word);
        assert_int_equal(pm_table_find(table, "step_type")->code[i], i % N);
    }
}

#define BAD "\xEF\xBF\xBD"
#define BYTES(text) text, sizeof(text) - 1

static void words_are_made_safe(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        int64_t n;
        const char *expected;
    } cases[] = {
        {BYTES("plain"), "plain"},
        {BYTES("\xC2\xB5\x41h \xE2\x82\xAC \xF0\x9F\x94\x8B"), "\xC2\xB5\x41h \xE2\x82\xAC \xF0\x9F\x94\x8B"},
        {BYTES("two\nlines\r\ttab"), "two lines  tab"},
        {BYTES("a\0b"), "a" BAD "b"},
        {BYTES("bad \xFF\xC2"), "bad " BAD BAD},
        {BYTES("\xE2\x82"), BAD BAD},
        {BYTES("\xC0\x80"), BAD BAD},         /* an overlong zero */
        {BYTES("\xED\xA0\x80"), BAD BAD BAD}, /* half a surrogate pair */
        {BYTES("esc\x1B[2J del\x7F"), "esc [2J del "},
        {BYTES("\xC2\x85next \xE2\x80\xA8line \xC2\xA0"), " next  line \xC2\xA0"},
        {BYTES(""), ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pm_scoped(pm_builder) b = new_samples();
        pm_error err;
        assert_good(pm_builder_room(b, 1, &err), &err);
        pm_builder_word(b, 2, 0, cases[i].bytes, cases[i].n);
        pm_builder_commit(b, 1);
        pm_scoped(pm_table) table = finish(b);
        assert_string_equal(word_at(table, "step_type", 0), cases[i].expected);
    }
}

static void names_and_metadata_are_made_safe(void **state)
{
    (void)state;
    pm_scoped(pm_builder) b = NULL;
    pm_error err;
    assert_good(pm_builder_new(0, NULL, &b, &err), &err);
    assert_int_equal(pm_builder_add(b, "a\nb", PM_DOUBLE, "\xFF"), 0);
    assert_int_equal(pm_builder_add(b, "c", PM_INT64, NULL), 1);
    pm_builder_meta(b, "note", "one\ntwo\x01\xFE");
    pm_builder_meta(b, "name", "x");
    pm_builder_meta(b, "note", "last\nholds");
    pm_builder_meta(b, "nothing", NULL);
    pm_scoped(pm_table) table = finish(b);
    assert_string_equal(pm_table_column(table, 0)->name, "a b");
    assert_string_equal(pm_table_column(table, 0)->unit, BAD);
    assert_string_equal(pm_table_column(table, 1)->unit, "");
    assert_string_equal(pm_table_meta(table, "note"), "last\nholds");
    const char *key, *value;
    assert_int_equal(pm_table_meta_count(table), 2);
    pm_table_meta_at(table, 1, &key, &value);
    assert_string_equal(key, "name");
    assert_string_equal(value, "x");
    assert_null(pm_table_meta(table, "nothing"));
}

/* What the caller does wrong, one at a time: it shows at room and at finish, and the builder stays harmless. */
static void mistakes_show_at_room_and_finish(void **state)
{
    (void)state;
    for (int mistake = 0; mistake < 8; mistake++) {
        pm_scoped(pm_builder) b = new_samples();
        pm_scoped(pm_table) table = NULL;
        pm_error err;
        assert_good(pm_builder_room(b, 2, &err), &err);
        switch (mistake) {
        case 0: assert_int_equal(pm_builder_add(b, "late", PM_DOUBLE, "V"), -1); break;
        case 1: pm_builder_commit(b, 3); break;
        case 2: pm_builder_commit(b, -1); break;
        case 3: pm_builder_word(b, 2, 2, "x", 1); break;
        case 4: pm_builder_word(b, 2, -1, "x", 1); break;
        case 5: pm_builder_word(b, 0, 0, "x", 1); break;
        case 6: pm_builder_word(b, 3, 0, "x", 1); break;
        case 7:
            pm_builder_commit(b, 2);
            pm_builder_commit(b, 1);
            break;
        }
        pm_builder_push(b, &(sample){1, 2, "x"});
        pm_builder_meta(b, "key", "value");
        assert_int_equal(pm_builder_room(b, 1, &err), PM_ERR_ARGUMENT);
        assert_int_equal(pm_builder_finish(b, &table, &err), PM_ERR_ARGUMENT);
        assert_int_equal(err.code, PM_ERR_ARGUMENT);
        assert_null(table);
    }
}

static void columns_that_cannot_be_are_refused(void **state)
{
    (void)state;
    pm_scoped(pm_builder) b = NULL;
    pm_error err;
    const pm_field twice[] = {sample_fields[0], sample_fields[0]};
    assert_int_equal(pm_builder_new(2, twice, &b, &err), PM_ERR_ARGUMENT);
    assert_non_null(strstr(err.message, "voltage_volt"));
    const pm_field no_type[] = {{"x", (pm_type)9, "1", 0, ""}};
    assert_int_equal(pm_builder_new(1, no_type, &b, &err), PM_ERR_ARGUMENT);
    assert_null(b);
}

static void too_much_room_is_refused_and_forgiven(void **state)
{
    (void)state;
    pm_scoped(pm_builder) b = new_samples();
    pm_error err;
    pm_builder_push(b, &(sample){1, 2, "x"});
    assert_int_equal(pm_builder_room(b, -1, &err), PM_ERR_ARGUMENT);
    assert_int_equal(pm_builder_room(b, INT64_MAX, &err), PM_ERR_MEMORY);
    pm_builder_push(b, &(sample){2, 3, "y"});
    pm_scoped(pm_table) table = finish(b);
    assert_int_equal(pm_table_rows(table), 2);
    assert_string_equal(word_at(table, "step_type", 1), "y");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pushed_rows_come_back),
        cmocka_unit_test(missing_values_are_counted),
        cmocka_unit_test(room_is_missing_until_written),
        cmocka_unit_test(finish_hands_over_the_arrays_and_starts_empty),
        cmocka_unit_test(no_rows_are_a_table),
        cmocka_unit_test(many_words_keep_their_codes),
        cmocka_unit_test(words_are_made_safe),
        cmocka_unit_test(names_and_metadata_are_made_safe),
        cmocka_unit_test(mistakes_show_at_room_and_finish),
        cmocka_unit_test(columns_that_cannot_be_are_refused),
        cmocka_unit_test(too_much_room_is_refused_and_forgiven),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
