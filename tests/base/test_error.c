/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "support.h"

static void fills_all_fields(void **state)
{
    (void)state;
    pm_error err;
    pm_place at = {.file = "cell.csv", .column = "volt", .byte = 40, .line = 7, .row = 5};
    assert_int_equal(pm_fail_at(&err, PM_ERR_DATA, at, "look there", "%d of %s", 3, "four"), PM_ERR_DATA);
    assert_int_equal(err.code, PM_ERR_DATA);
    assert_int_equal(err.byte, 40);
    assert_int_equal(err.line, 7);
    assert_int_equal(err.row, 5);
    assert_string_equal(err.file, "cell.csv");
    assert_string_equal(err.column, "volt");
    assert_string_equal(err.message, "3 of four");
    assert_string_equal(err.hint, "look there");
    assert_int_equal(pm_fail(&err, PM_ERR_LIMIT, "too much"), PM_ERR_LIMIT);
    assert_int_equal(err.line, -1);
    assert_string_equal(err.file, "");
    assert_string_equal(err.hint, "");
    assert_int_equal(pm_fail(NULL, PM_ERR_LIMIT, "nobody asks"), PM_ERR_LIMIT);
}

static void escapes_control_characters(void **state)
{
    (void)state;
    pm_error err;
    pm_fail_at(&err, PM_ERR_DATA, pm_at_line("a\nb", 1, "\x1b[31m"), "\x7f", "\u00B5 \xC2\x9B %s \xFF", "\t");
    assert_string_equal(err.file, "a\\x0ab");
    assert_string_equal(err.column, "\\x1b[31m");
    assert_string_equal(err.hint, "\\x7f");
    assert_string_equal(err.message, "\u00B5 \\xc2\\x9b \\x09 \\xff");
}

static void cuts_between_characters(void **state)
{
    (void)state;
    pm_error err;
    char name[400] = "x";
    for (int i = 0; i < 150; i++)
        strcat(name, "\u00B5"); /* 1 + 300 bytes; 255 fit, 254 would end in half a character */
    pm_fail_at(&err, PM_ERR_DATA, pm_at_line(name, 1, name), name, "%s", name);
    assert_int_equal(strlen(err.file), 255);
    assert_true(pm_utf8_valid(err.file, 255));
    assert_true(pm_utf8_valid(err.hint, (int64_t)strlen(err.hint)));
    assert_int_equal(strlen(err.column), 63);
    pm_fail_at(&err, PM_ERR_DATA, pm_at_line(name + 1, 1, NULL), NULL, "%s", name + 1);
    assert_int_equal(strlen(err.file), 254);
}

static void takes_text_of_the_old_error(void **state)
{
    (void)state;
    pm_error err;
    pm_fail_at(&err, PM_ERR_DATA, pm_at_line("cell.csv", 3, NULL), "hint", "inner");
    pm_fail_at(&err, PM_ERR_FORMAT, pm_at_line(err.file, err.line, NULL), err.hint, "outer: %s", err.message);
    assert_string_equal(err.message, "outer: inner");
    assert_string_equal(err.file, "cell.csv");
    assert_string_equal(err.hint, "hint");
}

static void locates_once(void **state)
{
    (void)state;
    pm_error err;
    pm_fail(&err, PM_ERR_DATA, "inner");
    pm_error_locate(&err, NULL, NULL);
    assert_string_equal(err.file, "");
    pm_error_locate(&err, "first", "a");
    pm_error_locate(&err, "second", "b");
    pm_error_locate(NULL, "third", "c");
    assert_string_equal(err.file, "first");
    assert_string_equal(err.hint, "a");
}

static void speaks_for_the_system(void **state)
{
    (void)state;
    pm_error err;
    errno = EACCES;
    assert_int_equal(pm_fail_errno(&err, "f", "open"), PM_ERR_IO);
    assert_string_equal(err.message, "cannot open: permission denied");
    assert_string_equal(err.file, "f");
    assert_int_equal(err.line, -1);
    errno = ENOENT;
    assert_int_equal(pm_fail_errno(&err, "f", "open"), PM_ERR_IO);
    assert_string_equal(err.hint, "check the path");
    errno = EMFILE;
    assert_int_equal(pm_fail_errno(&err, "f", "open"), PM_ERR_LIMIT);
    errno = ENOMEM;
    assert_int_equal(pm_fail_errno(&err, NULL, "open"), PM_ERR_MEMORY);
    errno = 9999;
    assert_int_equal(pm_fail_errno(&err, "f", "open"), PM_ERR_IO);
    assert_string_equal(err.message, "cannot open: system error 9999");
}

static void names_each_status(void **state)
{
    (void)state;
    for (int a = PM_OK; a <= PM_ERR_INTERNAL; a++) {
        for (int b = PM_OK; b < a; b++)
            assert_string_not_equal(pm_status_name((pm_status)a), pm_status_name((pm_status)b));
    }
    assert_string_equal(pm_status_name(PM_ERR_FORMAT), "format");
    assert_string_equal(pm_status_name((pm_status)77), "internal");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_all_fields),
        cmocka_unit_test(escapes_control_characters),
        cmocka_unit_test(cuts_between_characters),
        cmocka_unit_test(takes_text_of_the_old_error),
        cmocka_unit_test(locates_once),
        cmocka_unit_test(speaks_for_the_system),
        cmocka_unit_test(names_each_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
