/* SPDX-License-Identifier: MIT */
/* The C library's strtod is correctly rounded (glibc) and slow: it is the reference. */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

/** From a copy of just n bytes, so that the sanitizer sees any step beyond them. */
static pm_numeral parse(const char *text, char decimal, double *value)
{
    size_t n = strlen(text);
    char *bytes = malloc(n ? n : 1);
    memcpy(bytes, text, n);
    pm_numeral kind = pm_number_parse(bytes, (int64_t)n, decimal, value);
    free(bytes);
    return kind;
}

static void assert_like_strtod(const char *text)
{
    double value, right = strtod(text, NULL);
    pm_numeral kind = parse(text, '.', &value);
    if (memcmp(&value, &right, sizeof value) == 0 && kind == (isinf(right) ? PM_NUMERAL_RANGE : PM_NUMERAL_OK)) return;
    fail_msg("%s reads as %a (%d), not %a", text, value, kind, right);
}

static double random_double(pm_random *r)
{
    double value;
    do {
        uint64_t bits = 0;
        for (int i = 0; i < 4; i++) bits = bits << 16 | (uint64_t)(pm_random_uniform(r) * 65536);
        memcpy(&value, &bits, sizeof value);
    } while (!isfinite(value));
    return value;
}

static void reads_hard_numbers(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "3.4518258571624756",
        "0",
        "-0",
        "-0.0",
        "+3",
        "1.",
        ".5",
        "-.5e-3",
        "1e5",
        "1E+05",
        "2.80E-04",
        "000012.5000",
        "0.000000000000000000000000000000000000000012345678901234567890",
        "9007199254740993",
        "9007199254740992.5",
        "9007199254740993.00000000000000000000000000000000001",
        "18446744073709551615",
        "18446744073709551616",
        "9999999999999999999",
        "99999999999999999999",
        "1234567890123456789012345678901234567890",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "17976931348623158e292",
        "1e309",
        "-1e400",
        "2.2250738585072014e-308",
        "2.2250738585072011e-308",
        "2.2250738585072012e-308",
        "4.9e-324",
        "2.4e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.5e-324",
        "1e-400",
        "1e-99999999999999999999",
        "0e99999999999999999999",
        "1e23",
        "8.5e22",
        "6.02214076e23",
        "1.00000000000000011102230246251565404236316680908203125",
        "1.00000000000000011102230246251565404236316680908203124",
        "1.00000000000000011102230246251565404236316680908203126",
        "7.2057594037927933e16",
        "0.1e1",
        "123456789.123456789e-300",
        "9214843084008499",
        "0.500000000000000166533453693773481063544750213623046875",
        "30078505129381147446200",
        "1777820000000000000001",
        "358416272e-33",
        "6.8985865317742005e-22",
        "1448997445238699",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) assert_like_strtod(texts[i]);
}

static void reads_random_numbers(void **state)
{
    (void)state;
    pm_random r = pm_random_stream(1, "test/number", 0);
    char text[64];
    for (int i = 0; i < 600000; i++) {
        snprintf(text, sizeof text, "%.*e", i % 22, random_double(&r));
        assert_like_strtod(text);
        snprintf(text, sizeof text, "%.*f", i % 22, pm_random_normal(&r) * 4);
        assert_like_strtod(text);
    }
    for (int i = 0; i < 200000; i++) {
        double digits = floor(pm_random_uniform(&r) * 1e15);
        snprintf(text, sizeof text, "%.0fe%d", digits, (int)(pm_random_uniform(&r) * 680) - 350);
        assert_like_strtod(text);
    }
}

/** The exact middle of two neighbours, one unit of its last digit to either side, and far behind it. */
static void reads_middles(void **state)
{
    (void)state;
    if (LDBL_MANT_DIG <= DBL_MANT_DIG) skip();
    pm_random r = pm_random_stream(2, "test/number", 0);
    static char text[1200], longer[2300];
    for (int i = 0; i < 4000; i++) {
        double x = fabs(i % 2 ? random_double(&r) : pm_random_normal(&r));
        if (i % 10 == 0) x = ldexp(floor(x * 1000), -1074);
        long double middle = ((long double)x + (long double)nextafter(x, INFINITY)) / 2;
        if (isinf(nextafter(x, INFINITY))) continue;
        int n = snprintf(text, sizeof text, "%.1100Le", middle), e = (int)(strchr(text, 'e') - text), last = e - 1;
        while (text[last] == '0') last--;
        assert_like_strtod(text);
        snprintf(longer, sizeof longer, "%.*s%0900d1%.*s", e, text, 0, n - e, text + e);
        assert_like_strtod(longer);
        text[last]--;
        assert_like_strtod(text);
        text[last] = (char)(text[last] + 2 > '9' ? '9' : text[last] + 2);
        assert_like_strtod(text);
    }
}

static void reads_decimal_commas_and_blanks(void **state)
{
    (void)state;
    double value;
    assert_int_equal(parse("2,80E-04", ',', &value), PM_NUMERAL_OK);
    assert_true(value == 2.80e-4);
    assert_int_equal(parse(" \t-1.5\r\n", '.', &value), PM_NUMERAL_OK);
    assert_true(value == -1.5);
    assert_int_equal(parse("1.5", ',', &value), PM_NUMERAL_BAD);
    assert_int_equal(parse("1,5", '.', &value), PM_NUMERAL_BAD);
    assert_int_equal(pm_number_parse("12.75", 4, '.', &value), PM_NUMERAL_OK);
    assert_true(value == 12.7);
}

static void tells_missing_bad_and_infinite(void **state)
{
    (void)state;
    static const char *const missing[] = {"",   " ",   "\t\r\n", "NaN",     "nan",    "-nan", " NAN ",
                                          "NA", "N/A", "n/a",    "NULL",    "null",   "None", "-",
                                          "--", "---", "#N/A",   "1.#QNAN", "-1.#IND"};
    static const char *const bad[] = {"inf.",
                                      "0x10",
                                      "0x1p3",
                                      "1_000",
                                      "1e",
                                      "1e+",
                                      "e5",
                                      "1.2.3",
                                      "12abc",
                                      ".",
                                      "+",
                                      "+-3",
                                      "- 3",
                                      "1 2",
                                      "1d5",
                                      "1D5",
                                      "----",
                                      "nano",
                                      "1,000",
                                      "\xC2\xB5",
                                      "1e5.5",
                                      "--5",
                                      "a very long text that is no number at all",
                                      "1e 5",
                                      "..5",
                                      "\xEF\xBC\x91"};
    static const char *const infinite[] = {"inf", "-inf", "+Infinity", "INF", "1.#INF", "1e999", "-1e999"};
    double value;
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        value = 0;
        assert_int_equal(parse(missing[i], '.', &value), PM_NUMERAL_EMPTY);
        assert_true(isnan(value));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        value = 0;
        if (parse(bad[i], '.', &value) != PM_NUMERAL_BAD) fail_msg("%s is not bad", bad[i]);
        assert_true(isnan(value));
    }
    for (size_t i = 0; i < sizeof infinite / sizeof infinite[0]; i++) {
        assert_int_equal(parse(infinite[i], '.', &value), PM_NUMERAL_RANGE);
        assert_true(value == (infinite[i][0] == '-' ? -INFINITY : INFINITY));
    }
}

static void prints_known_numbers(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "-0"},
        {0.1, "0.1"},
        {1e-7, "1e-07"},
        {1e-5, "0.00001"},
        {9.9e-6, "9.9e-06"},
        {1e15, "1000000000000000"},
        {1e16, "1e+16"},
        {-2.5, "-2.5"},
        {100, "100"},
        {1.0 / 3, "0.3333333333333333"},
        {5e-324, "5e-324"},
        {DBL_MAX, "1.7976931348623157e+308"},
        {NAN, ""},
        {INFINITY, "inf"},
        {-INFINITY, "-inf"},
        {1e23, "1e+23"},
        {123456789012345680.0, "1.2345678901234568e+17"},
        {-2.2250738585072014e-308, "-2.2250738585072014e-308"},
        {9007199254740992, "9007199254740992"},
        {0.30000000000000004, "0.30000000000000004"},
        {-0.000012345678901234567, "-0.000012345678901234568"},
        {-8593650869711.938, "-8593650869711.938"},
        {8593650869711.9384765625, "8593650869711.938"},
        {2037604450919.28125, "2037604450919.2812"},
        {0x1p-44, "5.684341886080802e-14"}, /* the nearest of 16 digits is ...801e-14: another double */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        assert_int_equal(pm_number_print(cases[i].value, text), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
}

/** The digits from the first that is not zero to the last; returns how many. */
static int digits_of(const char *text, char digits[64])
{
    int n = 0;
    for (; *text && *text != 'e'; text++)
        if (*text >= '0' && *text <= '9' && (n || *text != '0')) digits[n++] = *text;
    while (n > 1 && digits[n - 1] == '0') n--;
    digits[n] = 0;
    return n;
}

/** printf rounds to the nearest: where as few digits do, they are the same. */
static void assert_shortest(double x)
{
    char text[32], tried[64], ours[64], nearest[64];
    int n = pm_number_print(x, text), least = 0;
    double back = strtod(text, NULL);
    assert_int_equal(n, strlen(text));
    if (memcmp(&x, &back, sizeof x) != 0) fail_msg("%s is not %.17g", text, x);
    do snprintf(tried, sizeof tried, "%.*e", least++, x);
    while (strtod(tried, NULL) != x);
    int n_ours = digits_of(text, ours), n_least = digits_of(tried, nearest);
    if (n_ours > n_least) fail_msg("%s is longer than %s", text, tried);
    if (n_ours == n_least) assert_string_equal(ours, nearest);
}

static void prints_the_shortest(void **state)
{
    (void)state;
    pm_random r = pm_random_stream(3, "test/number", 0);
    for (int i = 0; i < 20000; i++) {
        double x = pm_random_normal(&r);
        assert_shortest(random_double(&r));
        assert_shortest(x);
        assert_shortest(x * 1e14);
        assert_shortest(floor(x * 1e16) / 512);
        assert_shortest(round(x * 1e6) / 1e6);
        assert_shortest(round(x * 1e15) / 1e15);
        assert_shortest(round(x * 1e4) * 1e-9);
        assert_shortest(
            strtod((char[]){(char)('1' + i % 9), 'e', '-', (char)('0' + i % 3), (char)('1' + i % 7), 0}, NULL));
    }
    for (int e = -1074; e < 1024; e++) {
        assert_shortest(nextafter(ldexp(1, e), INFINITY));
        assert_shortest(ldexp(3, e - 1));
    }
}

static void no_locale_matters(void **state)
{
    (void)state;
    static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE", "ru_RU.UTF-8"};
    size_t i = 0;
    while (i < 5 && !setlocale(LC_NUMERIC, names[i])) i++;
    if (i == 5) {
        print_message("no locale with a decimal comma is installed\n");
        skip();
    }
    char text[32];
    double value, middle;
    pm_number_print(M_PI * 1e-30, text);
    pm_numeral kind = parse("3.14", '.', &value);
    parse("1.00000000000000011102230246251565404236316680908203126", '.', &middle);
    setlocale(LC_NUMERIC, "C");
    assert_int_equal(kind, PM_NUMERAL_OK);
    assert_true(value == 3.14);
    assert_true(middle == 1 + DBL_EPSILON);
    assert_true(strtod(text, NULL) == M_PI * 1e-30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_hard_numbers),
        cmocka_unit_test(reads_random_numbers),
        cmocka_unit_test(reads_middles),
        cmocka_unit_test(reads_decimal_commas_and_blanks),
        cmocka_unit_test(tells_missing_bad_and_infinite),
        cmocka_unit_test(prints_known_numbers),
        cmocka_unit_test(prints_the_shortest),
        cmocka_unit_test(no_locale_matters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
