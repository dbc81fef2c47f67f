/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "support.h"

static void grows_with_zeros(void **state)
{
    (void)state;
    int *numbers = NULL;
    int64_t capacity = 0, before = 0;
    int steps = 0;
    for (int64_t need = 1; need < 10000; need++) {
        assert_good(pm_grow(&numbers, &capacity, need, sizeof *numbers, NULL), NULL);
        assert_true(capacity >= need);
        for (int64_t i = before; i < capacity; i++) {
            assert_int_equal(numbers[i], 0);
            numbers[i] = (int)i + 1;
        }
        steps += capacity != before;
        before = capacity;
    }
    for (int64_t i = 0; i < capacity; i++) assert_int_equal(numbers[i], i + 1);
    assert_true(steps < 25); /* log(10000 / 8) / log(1.5) = 18 */
    free(numbers);
}

static void refuses_to_grow_too_far(void **state)
{
    (void)state;
    double *numbers = NULL;
    int64_t capacity = 0;
    pm_error err;
    assert_good(pm_grow(&numbers, &capacity, 3, sizeof *numbers, NULL), NULL);
    numbers[2] = 5;
    int64_t before = capacity;
    assert_int_equal(pm_grow(&numbers, &capacity, INT64_MAX / 4, sizeof *numbers, &err), PM_ERR_MEMORY);
    fail_allocation(1);
    assert_int_equal(pm_grow(&numbers, &capacity, 100, sizeof *numbers, &err), PM_ERR_MEMORY);
    assert_int_equal(err.code, PM_ERR_MEMORY);
    assert_int_equal(capacity, before);
    assert_true(numbers[2] == 5);
    free(numbers);
}

static void copies(void **state)
{
    (void)state;
    pm_scoped_text all = pm_text_copy("volt", -1);
    pm_scoped_text part = pm_text_copy("volt", 2);
    pm_scoped_text none = pm_text_copy("volt", 0);
    assert_string_equal(all, "volt");
    assert_string_equal(part, "vo");
    assert_string_equal(none, "");
    fail_allocation(1);
    assert_null(pm_text_copy("volt", -1));
}

static void compares_words(void **state)
{
    (void)state;
    assert_true(pm_text_same("Volt(V)", "vOLT(v)"));
    assert_true(pm_text_same("", ""));
    assert_false(pm_text_same("volt", "volts"));
    assert_false(pm_text_same("volts", "volt"));
    assert_false(pm_text_same("a[", "a{")); /* one bit apart, like upper and lower case */
    assert_false(pm_text_same("\xC3\x84", "\xC3\xA4"));
}

/* Table 3-7 of the Unicode standard, first and last of each row, and their neighbours outside. */
static void knows_utf8(void **state)
{
    (void)state;
    static const char *const good[] = {
        "",
        "plain ASCII, longer than eight",
        "\xC2\x80",
        "\xDF\xBF",
        "\xE0\xA0\x80",
        "\xED\x9F\xBF",
        "\xEE\x80\x80",
        "\xF0\x90\x80\x80",
        "\xF4\x8F\xBF\xBF",
        "12345678\xC2\xB5zabcdef",
    };
    static const char *const bad[] = {
        "\x80",
        "\xC1\xBF",
        "\xC2",
        "\xE0\x9F\xBF",
        "\xED\xA0\x80",
        "\xEF\xBF",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xFF",
        "12345678\xB5Z",
        "1234567\xC2",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(pm_utf8_valid(good[i], (int64_t)strlen(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(pm_utf8_valid(bad[i], (int64_t)strlen(bad[i])));
}

/* FIPS 180-4 examples. */
static void sums_by_sha256(void **state)
{
    (void)state;
    pm_scoped(pm_sha256) s = NULL;
    char hex[65];
    assert_good(pm_sha256_new(&s, NULL), NULL);
    pm_sha256_result(s, hex);
    assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    pm_sha256_add(s, "a", 1);
    pm_sha256_add(s, "bc", 2);
    pm_sha256_result(s, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    char thousand[1000];
    memset(thousand, 'a', sizeof thousand);
    for (int i = 0; i < 1000; i++) pm_sha256_add(s, thousand, 1000);
    pm_sha256_result(s, hex);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    pm_sha256 *none = NULL;
    fail_allocation(1);
    assert_int_equal(pm_sha256_new(&none, NULL), PM_ERR_MEMORY);
    assert_null(none);
}

static void says_its_version(void **state)
{
    (void)state;
    int major, minor, patch, end = 0;
    assert_int_equal(sscanf(pm_version(), "%d.%d.%d%n", &major, &minor, &patch, &end), 3);
    assert_int_equal(end, strlen(pm_version()));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_with_zeros), cmocka_unit_test(refuses_to_grow_too_far),
        cmocka_unit_test(copies),           cmocka_unit_test(compares_words),
        cmocka_unit_test(knows_utf8),       cmocka_unit_test(sums_by_sha256),
        cmocka_unit_test(says_its_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
