/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "markup.h"
#include "report/base64.h"
#include "report/svg.h"
#include "report/words.h"
#include "support.h"

static void numbers_read_as_people_write_them(void **state)
{
    (void)state;
    words_text t;
    assert_string_equal(words_fixed(3.14159, 2, t), "3.14");
    assert_string_equal(words_fixed(-0.5, 1, t), "\u22120.5");
    assert_string_equal(words_fixed(-0.0001, 2, t), "0.00");
    assert_string_equal(words_fixed(NAN, 2, t), "\u2013");
    assert_string_equal(words_coordinate(-12.26, t), "-12.3");
    assert_string_equal(words_digits(9.996, 3, t), "10.0");
    assert_string_equal(words_digits(0.0012345, 3, t), "0.00123");
    assert_string_equal(words_digits(98765, 3, t), "98765");
    assert_string_equal(words_digits(0, 3, t), "0");
    assert_string_equal(words_digits(1e-9, 3, t), "1e-09");
    assert_string_equal(words_short(1000, 6, t), "1000");
    assert_string_equal(words_short(1.27, 6, t), "1.27");
    assert_string_equal(words_short(5, 4, t), "5");
    assert_string_equal(words_whole(1234567, t), "1\u202f234\u202f567");
    assert_string_equal(words_whole(1234, t), "1234");
    assert_string_equal(words_whole(-12345, t), "\u221212\u202f345");
    assert_string_equal(words_whole(PM_NO_INT, t), "\u2013");
}

/* Against printf, in the C locale: never further than the last digit's half away. */
static void decimals_are_rounded(void **state)
{
    (void)state;
    pm_random r = pm_random_stream(3, "words", 0);
    for (int i = 0; i < 20000; i++) {
        words_text t;
        double value = fabs(pm_random_normal(&r)) * pow(10, i % 7);
        int decimals = i % 5;
        assert_close(strtod(words_fixed(value, decimals, t), NULL), value, 1e-15, 0.5000001 * pow(10, -decimals));
    }
}

static void units_follow_the_size(void **state)
{
    (void)state;
    assert_string_equal(words_time(120).unit, "s");
    assert_string_equal(words_time(7200).unit, "min");
    assert_string_equal(words_time(996 * 3600.0).unit, "h");
    assert_string_equal(words_time(100 * 86400.0).unit, "d");
    assert_close(words_time(100 * 86400.0).factor * 86400, 1, 1e-15, 0);
    assert_string_equal(words_capacity(1.1, 0).unit, "mAh");
    assert_string_equal(words_capacity(50, 0).unit, "Ah");
    assert_string_equal(words_capacity(1e-6, 0).unit, "\u00b5Ah");
    assert_close(words_capacity(1.27e-3, 1.27).factor * 1.27e-3, 1, 1e-15, 0);
    assert_string_equal(words_current(2e-3, 0).unit, "mA");
}

/* RFC 4648, section 10. */
static void base64_as_in_the_standard(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pm_scoped(pm_out) out = NULL;
        pm_error err;
        int64_t n;
        assert_good(pm_out_open(NULL, false, &out, &err), &err);
        base64 b = {.out = out};
        for (const char *c = cases[i][0]; *c; c++) base64_byte(&b, (unsigned char)*c);
        base64_end(&b);
        pm_out_text(out, "|");
        const char *text = pm_out_memory(out, &n);
        assert_int_equal(n, (int64_t)strlen(cases[i][1]) + 1);
        assert_memory_equal(text, cases[i][1], strlen(cases[i][1]));
    }
}

static void ticks_are_round(void **state)
{
    (void)state;
    static const struct {
        double low, high;
        int most;
        double step;
        int decimals;
    } cases[] = {{0, 10, 5, 2, 0},     {0, 1, 5, 0.2, 1},      {95, 100, 7, 1, 0}, {0, 0.001, 5, 0.0002, 4},
                 {0, 1234, 4, 500, 0}, {-0.2, 1.1, 8, 0.2, 1}, {0, 5, 5, 1, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int decimals;
        assert_close(svg_tick_step(cases[i].low, cases[i].high, cases[i].most, &decimals), cases[i].step, 1e-12, 0);
        assert_int_equal(decimals, cases[i].decimals);
    }
}

static void axes_hold_the_values(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3, 4}, y[] = {0.9, NAN, 1.02, INFINITY}, flat[] = {5, 5, 5, 5};
    svg_series series = {.n = 4, .x = x, .y = y}, level = {.n = 4, .x = x, .y = flat}, empty = {.n = 0};
    svg_axis axis = svg_axis_of("CE", 1, &series, 0);
    assert_true(axis.low < 0.9 && axis.low > 0.88 && axis.high > 1.02 && axis.high < 1.04);
    axis = svg_axis_of("CE", 1, &series, 1);
    assert_close(axis.high - axis.low, 1.1, 1e-12, 0);
    axis = svg_axis_of("flat", 1, &level, 0);
    assert_true(axis.low < 5 && axis.high > 5 && axis.high - axis.low > 0.05);
    axis = svg_axis_of("none", 1, &empty, 0);
    assert_true(axis.high > axis.low);
    axis = svg_axis_x("none", 1, &empty);
    assert_true(axis.high > axis.low);
}

static void a_far_value_is_left_outside_but_counted(void **state)
{
    (void)state;
    double x[20], y[20];
    for (int i = 0; i < 20; i++) x[i] = i, y[i] = 0.98 + 0.001 * i;
    y[0] = 0.35;
    y[7] = 3;
    svg_series series = {.n = 20, .x = x, .y = y};
    svg_axis axis;
    int64_t outside;
    pm_error err;
    assert_good(svg_axis_robust("CE", 1, &series, 0, &axis, &outside, &err), &err);
    assert_int_equal(outside, 2);
    assert_true(axis.low > 0.9 && axis.low < 0.981 && axis.high > 0.999 && axis.high < 1.1);
    series.n = 9;
    assert_good(svg_axis_robust("CE", 1, &series, 0, &axis, &outside, &err), &err);
    assert_int_equal(outside, 0);
    assert_true(axis.low < 0.35 && axis.high > 3);
}

static const char *drawn(const svg_plot *plot, pm_out **out)
{
    pm_error err;
    int64_t n;
    assert_good(pm_out_open(NULL, false, out, &err), &err);
    svg_write(*out, plot);
    const char *text = pm_out_memory(*out, &n);
    assert_non_null(text);
    return text;
}

/* The frame without a legend is 62 from the left, 14 from the right, 10 from the top, 46 from the bottom. */
static void points_stand_where_they_belong(void **state)
{
    (void)state;
    const double x[] = {0, 10, 5, 5, 7.5}, y[] = {0, 1, NAN, 0.5, 0.25};
    svg_series series = {.paint = "c0", .style = SVG_LINE | SVG_ROUND, .n = 5, .x = x, .y = y};
    svg_plot plot = {.id = "p",
                     .title = "t",
                     .description = "d",
                     .width = 276,
                     .height = 156,
                     .y_line = NAN,
                     .n_series = 1,
                     .series = &series};
    plot.x = (svg_axis){"time / h", 0, 10, false};
    plot.y = (svg_axis){"voltage / V", 0, 1, false};
    pm_scoped(pm_out) out = NULL;
    const char *text = drawn(&plot, &out);
    assert_null(markup_fault(text));
    assert_non_null(strstr(text, "d=\"M62 110L262 10M162 60L212 85\""));
    assert_non_null(strstr(text, "M62 110h.01M262 10h.01M162 60h.01M212 85h.01"));
    assert_non_null(strstr(text, ">time / h</text>"));
    assert_non_null(strstr(text, ">voltage / V</text>"));
    assert_int_equal(occurrences(text, "class=\"beyond"), 0);
}

static void what_is_outside_becomes_a_triangle(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3}, y[] = {0.5, 7, -7};
    svg_series series = {.paint = "c0", .style = SVG_ROUND, .n = 3, .x = x, .y = y};
    svg_plot plot = {.id = "p",
                     .title = "t",
                     .description = "d",
                     .width = 276,
                     .height = 156,
                     .y_line = 1,
                     .n_series = 1,
                     .series = &series};
    plot.x = (svg_axis){"x", 0, 10, true};
    plot.y = (svg_axis){"y", 0, 1, false};
    pm_scoped(pm_out) out = NULL;
    const char *text = drawn(&plot, &out);
    assert_null(markup_fault(text));
    assert_int_equal(occurrences(text, "class=\"beyond c0\""), 1);
    assert_int_equal(occurrences(text, "h8l-4 -7z"), 1);
    assert_int_equal(occurrences(text, "h8l-4 7z"), 1);
    assert_int_equal(occurrences(text, "h.01"), 1);
    assert_int_equal(occurrences(text, "class=\"reference\""), 1);
}

static void names_are_escaped(void **state)
{
    (void)state;
    const double x[] = {1}, y[] = {1};
    const char *evil = "</title><script>alert(1)</script>\"'&";
    svg_series series = {.name = evil, .paint = "c0", .style = SVG_SQUARE, .n = 1, .x = x, .y = y};
    svg_plot plot = {.id = "p",
                     .title = evil,
                     .description = evil,
                     .width = 300,
                     .height = 200,
                     .y_line = NAN,
                     .n_series = 1,
                     .series = &series};
    plot.x = svg_axis_x(evil, 1, &series);
    plot.y = svg_axis_of(evil, 1, &series, 0);
    pm_scoped(pm_out) out = NULL;
    const char *text = drawn(&plot, &out);
    assert_null(markup_fault(text));
    assert_int_equal(occurrences(text, "<script"), 0);
    assert_int_equal(occurrences(text, "&lt;script&gt;"), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_read_as_people_write_them),
        cmocka_unit_test(decimals_are_rounded),
        cmocka_unit_test(units_follow_the_size),
        cmocka_unit_test(base64_as_in_the_standard),
        cmocka_unit_test(ticks_are_round),
        cmocka_unit_test(axes_hold_the_values),
        cmocka_unit_test(a_far_value_is_left_outside_but_counted),
        cmocka_unit_test(points_stand_where_they_belong),
        cmocka_unit_test(what_is_outside_becomes_a_triangle),
        cmocka_unit_test(names_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
