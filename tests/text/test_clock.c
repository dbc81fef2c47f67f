/* SPDX-License-Identifier: MIT */
/* Days and times, against answers of `date -u -d`. */
#include "support.h"

#include "text/clock.h"

#include <math.h>
#include <string.h>

static pm_clock learn(const char *word, pm_day_order order)
{
    int64_t n = (int64_t)strlen(word);

    return pm_clock_learn(&word, &n, 1, order, '.');
}

static double seconds_of(const char *word, pm_day_order order)
{
    pm_clock_cache cache = {0};
    double seconds = 0;

    assert_int_equal(pm_clock_parse(learn(word, order), &cache, word, (int64_t)strlen(word), &seconds), PM_NUMERAL_OK);
    return seconds;
}

static void words_of_every_vendor(void **state)
{
    (void)state;
    assert_close(seconds_of("2010-09-27 14:12:48", 0), 1285596768, 0, 0);
    assert_close(seconds_of("\t09/20/2024 08:32:34.558", 0), 1726821154.558, 0, 1e-6);
    assert_close(seconds_of("11/02/2019 23:28:51", PM_DAY_MDY), 1572737331, 0, 0);
    assert_close(seconds_of("02/11/2019 23:28:51", PM_DAY_DMY), 1572737331, 0, 0);
    assert_close(seconds_of("19.06.2023 17:56:53", 0), 1687197413, 0, 0);
    assert_close(seconds_of("5/11/2021 3:40:24 PM", PM_DAY_MDY), 1620747624, 0, 0);
    assert_close(seconds_of("5/11/2021 12:40:24 AM", PM_DAY_MDY), 1620693624, 0, 0);
    assert_close(seconds_of("23-Nov-23 3:56:11 PM", 0), 1700754971, 0, 0);
    assert_close(seconds_of("2022-04-11T10:58:07Z", 0), 1649674687, 0, 0);
    assert_close(seconds_of("2022-04-11T10:58:07+02:00", 0), 1649674687 - 7200, 0, 0);
    assert_close(seconds_of("2024-02-29", 0), 1709164800, 0, 0);
}

static void numbers_of_days_and_seconds(void **state)
{
    (void)state;
    assert_close(seconds_of("1499006353", 0), 1499006353, 0, 0);
    assert_close(seconds_of("1499006353123", 0), 1499006353.123, 0, 0);
    assert_close(seconds_of("45131.5", 0), 1690156800 + 43200, 0, 1e-4);  /* 2023-07-24 12:00 */
    assert_close(seconds_of("737792.5", 0), 1577923200 + 43200, 0, 1e-4); /* 2020-01-02 12:00 */
}

static void no_clock(void **state)
{
    (void)state;
    assert_int_equal(learn("16:05:31", PM_DAY_MDY).kind, PM_CLOCK_NONE);
    assert_int_equal(learn("12.5", 0).kind, PM_CLOCK_NONE);
    assert_int_equal(learn("Rest", 0).kind, PM_CLOCK_NONE);
}

static void days_that_do_not_exist(void **state)
{
    static const char *const bad[] = {"2023-02-29 00:00:00", "2023-13-01 00:00:00", "2023-01-00 00:00:00",
                                      "2023-01-01 25:00:00", "2023-01-01 10:60:00", "2023-01-01 10:00:00 x"};
    pm_clock_cache cache = {0};
    double seconds;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(
            pm_clock_parse(learn("2023-01-01 00:00:00", 0), &cache, bad[i], (int64_t)strlen(bad[i]), &seconds),
            PM_NUMERAL_BAD);
}

/* 03/04 may be March or April; one day above 12 anywhere in the sample settles it. */
static void month_and_day_are_told_apart_by_the_sample(void **state)
{
    const char *words[] = {"03/04/2020 00:00:00", "13/04/2020 00:00:00"};
    int64_t lengths[] = {19, 19};

    (void)state;
    assert_int_equal(pm_clock_learn(words, lengths, 2, PM_DAY_MDY, '.').order, PM_DAY_DMY);
    assert_int_equal(pm_clock_learn(words, lengths, 1, 0, '.').order, PM_DAY_MDY);
    assert_true(pm_clock_learn(words, lengths, 1, 0, '.').order_assumed);
}

static double duration_of(const char *word)
{
    double seconds = 0;
    bool plain;

    assert_int_equal(pm_duration_parse(word, (int64_t)strlen(word), '.', &seconds, &plain), PM_NUMERAL_OK);
    return seconds;
}

static void durations(void **state)
{
    (void)state;
    assert_close(duration_of("00:01:00"), 60, 0, 0);
    assert_close(duration_of("  3d 18:47:23.42"), 3 * 86400 + 18 * 3600 + 47 * 60 + 23.42, 0, 1e-9);
    assert_close(duration_of("36:53:56"), 132836, 0, 0);
    assert_close(duration_of("1-02:03:04"), 93784, 0, 0);
    assert_close(duration_of("120.5"), 120.5, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_every_vendor),
        cmocka_unit_test(numbers_of_days_and_seconds),
        cmocka_unit_test(no_clock),
        cmocka_unit_test(days_that_do_not_exist),
        cmocka_unit_test(month_and_day_are_told_apart_by_the_sample),
        cmocka_unit_test(durations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
