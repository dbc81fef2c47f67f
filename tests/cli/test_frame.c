/* SPDX-License-Identifier: MIT */
/* Parsing, suggestions, and text for people. */
#include "support.h"

#include "cli/cli.h"

#include <math.h>
#include <string.h>

struct args {
    cli_shared shared;
    bool half;
    double noise;
    const char *deck;
    cli_texts plates;
};
static const cli_option options[] = {
    {"--half", NULL, CLI_FLAG, offsetof(struct args, half), NULL, NULL, "", 0, 0},
    {"--noise", "-n", CLI_REAL, offsetof(struct args, noise), "X", NULL, "", 0, 0},
    {"--deck", NULL, CLI_TEXT, offsetof(struct args, deck), "FILE", NULL, "", 0, 0},
    {"--plate", NULL, CLI_TEXTS, offsetof(struct args, plates), "FILE", NULL, "", 0, 0},
    {0},
};
static const cli_command command = {
    .name = "trial",
    .operands = "FILE...",
    .takes = CLI_FILES | CLI_CELL,
    .least = 1,
    .most = 2,
    .options = options,
    .args_size = sizeof(struct args),
};

enum { WORDS_MOST = 16 };

/* Splits a line at blanks ('_' stands for a blank inside a word) and parses it. */
static pm_status parse(const char *line, struct args *args, const char *operands[WORDS_MOST], int *n, pm_error *err)
{
    static char copy[400];
    char *words[WORDS_MOST], *rest = NULL;
    int count = 0;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) words[count++] = word;
    for (int i = 0; i < count; i++)
        for (char *c = words[i]; *c; c++)
            if (*c == '_') *c = ' ';
    *args = (struct args){.noise = 0};
    return cli_parse(&command, count, words, args, operands, n, err);
}

static void options_stand_anywhere(void **state)
{
    (void)state;
    static const char *const lines[] = {"--half a b --kind li-cu -n 0.5", "a --kind=li-cu b --noise=0.5 --half",
                                        "--half --kind li-cu -n 5e-1 -- a b"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct args args;
        const char *operands[WORDS_MOST];
        int n = 0;
        pm_error err = {0};
        assert_good(parse(lines[i], &args, operands, &n, &err), &err);
        assert_true(args.half);
        assert_int_equal(args.shared.kind, PM_LI_CU);
        assert_true(args.noise == 0.5);
        assert_int_equal(n, 2);
        assert_string_equal(operands[0], "a");
        assert_string_equal(operands[1], "b");
    }
}

static void an_option_may_be_given_several_times(void **state)
{
    (void)state;
    struct args args;
    const char *operands[WORDS_MOST];
    int n = 0;
    pm_error err = {0};
    assert_good(parse("--plate one a --plate=two --plate a_b", &args, operands, &n, &err), &err);
    assert_int_equal(n, 1);
    assert_int_equal(args.plates.n, 3);
    assert_string_equal(args.plates.text[0], "one");
    assert_string_equal(args.plates.text[1], "two");
    assert_string_equal(args.plates.text[2], "a b");

    char *many[2 * CLI_TEXTS_MOST + 3], name[] = "--plate", value[] = "x";
    for (int i = 0; i <= CLI_TEXTS_MOST; i++) {
        many[2 * i] = name;
        many[2 * i + 1] = value;
    }
    args = (struct args){.noise = 0};
    const char *room[2 * CLI_TEXTS_MOST + 3];
    many[2 * CLI_TEXTS_MOST + 2] = value;
    assert_int_equal(cli_parse(&command, 2 * CLI_TEXTS_MOST + 3, many, &args, room, &n, &err), PM_ERR_LIMIT);
    assert_non_null(strstr(err.message, "--plate"));
}

static void dashes_are_operands_where_they_should_be(void **state)
{
    (void)state;
    struct args args;
    const char *operands[WORDS_MOST];
    int n = 0;
    pm_error err = {0};
    assert_good(parse("- -- --half", &args, operands, &n, &err), &err);
    assert_int_equal(n, 2);
    assert_string_equal(operands[0], "-");
    assert_string_equal(operands[1], "--half");
    assert_false(args.half);
}

static void quantities_carry_units(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        double area_cm2, mass_g, dead_band_A;
    } cases[] = {
        {"a --area 1.27 --mass 0.5 --dead-band 2", 1.27, 0.5, 2},
        {"a --area 1.27_cm2 --mass 12_mg --dead-band 3_uA", 1.27, 0.012, 3e-6},
        {"a --area 2m2 --mass 1e-3kg --dead-band 1E-3mA", 2e4, 1, 1e-6},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct args args;
        const char *operands[WORDS_MOST];
        int n = 0;
        pm_error err = {0};
        assert_good(parse(cases[i].line, &args, operands, &n, &err), &err);
        assert_close(args.shared.area_cm2, cases[i].area_cm2, 1e-15, 0);
        assert_close(args.shared.mass_g, cases[i].mass_g, 1e-15, 0);
        assert_close(args.shared.dead_band_A, cases[i].dead_band_A, 1e-15, 0);
    }
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *line, *message;
    } cases[] = {
        {"", "needs FILE..."},
        {"a b c", "takes at most 2 operands, not 3"},
        {"a --hlaf", "unknown option '--hlaf'"},
        {"a --", "" /* good: the end of options alone */},
        {"a --noise", "--noise needs a value"},
        {"a --noise x", "--noise takes a number"},
        {"a --noise --half", "--noise needs a value"},
        {"a --half=1", "--half takes no value"},
        {"a --area 0", "--area takes a quantity above zero"},
        {"a --area nan", "--area takes a quantity above zero"},
        {"a --area inf", "--area takes a quantity above zero"},
        {"a --threads 99999999999999999999", "--threads takes a whole number"},
        {"a --format x", "unknown option '--format'" /* the command does not take it */},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct args args;
        const char *operands[WORDS_MOST];
        int n = 0;
        pm_error err = {0};
        pm_status s = parse(cases[i].line, &args, operands, &n, &err);
        assert_int_equal(s, *cases[i].message ? PM_ERR_ARGUMENT : PM_OK);
        if (s) assert_non_null(strstr(err.message, cases[i].message));
    }
}

static const char *nearest(const char *word)
{
    static const char *const names[] = {"info", "cycles", "report", "convert", "version", "help"};
    pm_nearest n = {.word = word};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) pm_nearest_try(&n, names[i]);
    return n.best;
}

static void the_nearest_word_is_suggested(void **state)
{
    (void)state;
    assert_string_equal(nearest("cylces"), "cycles");
    assert_string_equal(nearest("nifo"), "info");
    assert_string_equal(nearest("reprot"), "report");
    assert_string_equal(nearest("verson"), "version");
    assert_string_equal(nearest("convertt"), "convert");
    assert_null(nearest("dendrite"));
    assert_null(nearest("x"));
    assert_null(nearest("a word that is far longer than any name of a command could ever be"));
}

static void assert_plain(const char *text, const char *expected)
{
    pm_scoped(pm_out) out = NULL;
    pm_error err = {0};
    assert_good(pm_out_open(NULL, false, &out, &err), &err);
    cli_plain(out, text);
    assert_string_equal(pm_out_memory(out, NULL), expected);
}

static void files_cannot_steer_the_terminal(void **state)
{
    (void)state;
    assert_plain("plain Wörter \xe2\x82\xac \xf0\x9f\x94\x8b", "plain Wörter \xe2\x82\xac \xf0\x9f\x94\x8b");
    assert_plain("a\x1b[31mb\n\t\x7f", "a\\x1b[31mb\\x0a\\x09\\x7f");
    assert_plain("\xc2\x9b"
                 "1m",
                 "\\xc2\\x9b"
                 "1m"); /* U+009B is ESC [ to a terminal */
    assert_plain("caf\xe9", "caf\\xe9");
    assert_plain("cut \xe2\x82", "cut \\xe2\\x82");
    assert_plain("\xc0\xaf", "\\xc0\\xaf");
}

static void numbers_for_people(void **state)
{
    (void)state;
    char text[32];
    cli_grouped(0, text);
    assert_string_equal(text, "0");
    cli_grouped(999, text);
    assert_string_equal(text, "999");
    cli_grouped(-1000, text);
    assert_string_equal(text, "-1,000");
    cli_grouped(1075900, text);
    assert_string_equal(text, "1,075,900");
    cli_grouped(INT64_MIN, text);
    assert_string_equal(text, "-9,223,372,036,854,775,808");
    cli_duration(3.25, text);
    assert_string_equal(text, "3.25 s");
    cli_duration(5400, text);
    assert_string_equal(text, "90 min");
    cli_duration(9000, text);
    assert_string_equal(text, "2 h 30 min");
    cli_duration(996 * 3600.0, text);
    assert_string_equal(text, "41 d 12 h");
    cli_duration(1e300, text);
    assert_string_equal(text, "1e+300 s");
    cli_duration((double)NAN, text);
    assert_string_equal(text, "nan s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_stand_anywhere),
        cmocka_unit_test(an_option_may_be_given_several_times),
        cmocka_unit_test(dashes_are_operands_where_they_should_be),
        cmocka_unit_test(quantities_carry_units),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(the_nearest_word_is_suggested),
        cmocka_unit_test(files_cannot_steer_the_terminal),
        cmocka_unit_test(numbers_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
