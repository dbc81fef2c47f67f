/* SPDX-License-Identifier: MIT */
/* Command lines to arguments structs. Options stand before or after operands, as --name value or --name=value. */
#include "cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHARED(member) offsetof(cli_shared, member)

static const cli_option shared_options[] = {
    {"--format", NULL, CLI_TEXT, SHARED(format), "ID", NULL, "do not find the format: premortem help formats", 0,
     CLI_READING},
    {"--dialect", NULL, CLI_TEXT, SHARED(dialect), "FILE", NULL, "description of a dialect, tried first", 0,
     CLI_READING},
    {"--map", NULL, CLI_TEXT, SHARED(map), "MAP", NULL, "columns by name: time=Zeit,voltage=U,current=I@mA", 0,
     CLI_READING},
    {"--kind", NULL, CLI_KIND, SHARED(kind), "KIND", NULL,
     "li-cu li-li anode-free li-cathode half-cell (another anode against lithium, lithiated first) li-ion", 0,
     CLI_CELL},
    {"--area", NULL, CLI_QUANTITY, SHARED(area_cm2), "AREA", "cm2", "electrode area, \"1.27 cm2\"; bare: cm2", 0,
     CLI_CELL},
    {"--mass", NULL, CLI_QUANTITY, SHARED(mass_g), "MASS", "g", "active mass, \"12 mg\"; bare: gram", 0, CLI_CELL},
    {"--dead-band", NULL, CLI_QUANTITY, SHARED(dead_band_A), "I", "A",
     "currents up to this are rest, \"1 uA\"; bare: A", 0, CLI_CELL},
    {"--integrate", NULL, CLI_FLAG, SHARED(integrate), NULL, NULL,
     "charge by integrating the current, not by the counters", 0, CLI_CELL},
    {"--reconcile", NULL, CLI_FLAG, SHARED(reconcile), NULL, NULL, "repair what is unambiguous, and say so", 0,
     CLI_RECONCILE},
    {"--output", "-o", CLI_TEXT, SHARED(output), "OUT", NULL, "write there; - is standard output", 0, CLI_OUTPUT},
    {"--force", NULL, CLI_FLAG, SHARED(force), NULL, NULL, "overwrite an existing output", 0, CLI_OUTPUT},
    {"--threads", NULL, CLI_WHOLE, SHARED(threads), "N", NULL, "threads to use; all cores unless given", 1, CLI_FILES},
    {"--strict", NULL, CLI_FLAG, SHARED(strict), NULL, NULL, "exit with 3 where a finding is an error", 0, CLI_FILES},
    {"--json", NULL, CLI_FLAG, SHARED(json), NULL, NULL, "one JSON document on standard output", 0, 0},
    {"--quiet", NULL, CLI_FLAG, SHARED(quiet), NULL, NULL, "no findings, notes or progress on stderr", 0, 0},
    {"--help", "-h", CLI_FLAG, SHARED(help), NULL, NULL, "this text", 0, 0},
};
enum { SHARED_OPTIONS = sizeof shared_options / sizeof *shared_options };

void cli_visit_options(const cli_command *command, cli_visit visit, void *context)
{
    for (const cli_option *o = command->options; o && o->name; o++) visit(context, o);
    for (int i = 0; i < SHARED_OPTIONS; i++) {
        const cli_option *o = &shared_options[i];
        if (!o->takes || (o->takes & command->takes)) visit(context, o);
    }
}

/* ---- finding an option -------------------------------------------------------------------------------------- */

struct search {
    const char *word;
    size_t length;
    const cli_option *found;
    pm_nearest nearest;
};

static void compare(void *context, const cli_option *option)
{
    struct search *s = context;
    bool is_name = strlen(option->name) == s->length && !strncmp(option->name, s->word, s->length);
    if (is_name || (option->letter && !strcmp(option->letter, s->word))) s->found = option;
    pm_nearest_try(&s->nearest, option->name);
}

static pm_status find_option(const cli_command *command, const char *word, const cli_option **out, pm_error *err)
{
    char name[64], hint[160];
    size_t length = strcspn(word, "=");
    snprintf(name, sizeof name, "%.*s", (int)(length < 60 ? length : 60), word);
    struct search s = {.word = word, .length = length, .nearest = {.word = name}};
    cli_visit_options(command, compare, &s);
    *out = s.found;
    if (s.found) return PM_OK;

    snprintf(hint, sizeof hint, s.nearest.best ? "did you mean %s?" : "see premortem %s --help",
             s.nearest.best ? s.nearest.best : command->name);
    return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), hint, "unknown option '%s'", name);
}

/* ---- values ------------------------------------------------------------------------------------------------- */

static pm_status parse_whole(const cli_option *option, const char *text, int64_t *value, pm_error *err)
{
    char *end = NULL;
    errno = 0;
    long long parsed = strtoll(text, &end, 10);
    if (end == text || *end || errno || parsed < option->least)
        return pm_fail(err, PM_ERR_ARGUMENT, "%s takes a whole number from %lld, not '%s'", option->name,
                       (long long)option->least, text);
    *value = parsed;
    return PM_OK;
}

static pm_status parse_real(const cli_option *option, const char *text, double *value, pm_error *err)
{
    double parsed = 0;
    if (pm_number_parse(text, (int64_t)strlen(text), '.', &parsed))
        return pm_fail(err, PM_ERR_ARGUMENT, "%s takes a number, not '%s'", option->name, text);
    *value = parsed;
    return PM_OK;
}

/* Length of the number at the start of "12.5 mg" or "1e-3A"; the 'e' of "5 eV" is not an exponent. */
static size_t number_length(const char *text)
{
    size_t n = strspn(text, " +-.0123456789");
    if (n && (text[n] == 'e' || text[n] == 'E')) {
        size_t sign = text[n + 1] == '+' || text[n + 1] == '-';
        size_t digits = strspn(text + n + 1 + sign, "0123456789");
        if (digits) n += 1 + sign + digits;
    }
    return n;
}

static pm_status parse_quantity(const cli_option *option, const char *text, double *value, pm_error *err)
{
    pm_unit from, to;
    double parsed = 0;
    size_t n = number_length(text);
    const char *unit = text + n + strspn(text + n, " ");
    pm_status s;

    if (!n || pm_number_parse(text, (int64_t)n, '.', &parsed) || !isfinite(parsed) || parsed <= 0)
        return pm_fail(err, PM_ERR_ARGUMENT, "%s takes a quantity above zero such as \"1.5 %s\", not '%s'",
                       option->name, option->unit, text);
    if ((s = pm_unit_parse(option->unit, &to, err))) return s;
    if (*unit && (s = pm_unit_parse(unit, &from, err))) {
        pm_error_locate(err, option->name, NULL);
        return s;
    }
    if (*unit && (s = pm_unit_convert(from, to, 1, &parsed, err))) {
        pm_error_locate(err, option->name, NULL);
        return s;
    }
    *value = parsed;
    return PM_OK;
}

static pm_status store_next(const cli_option *option, const char *text, cli_texts *texts, pm_error *err)
{
    if (texts->n == CLI_TEXTS_MOST)
        return pm_fail(err, PM_ERR_LIMIT, "%s is given more than %d times", option->name, CLI_TEXTS_MOST);
    texts->text[texts->n++] = text;
    return PM_OK;
}

static pm_status store(const cli_option *option, const char *text, void *args, pm_error *err)
{
    void *at = (char *)args + option->offset;
    switch (option->type) {
    case CLI_FLAG: *(bool *)at = true; return PM_OK;
    case CLI_TEXT: *(const char **)at = text; return PM_OK;
    case CLI_TEXTS: return store_next(option, text, at, err);
    case CLI_WHOLE: return parse_whole(option, text, at, err);
    case CLI_REAL: return parse_real(option, text, at, err);
    case CLI_KIND: return pm_kind_parse(text, at, err);
    case CLI_QUANTITY: return parse_quantity(option, text, at, err);
    }
    return pm_fail(err, PM_ERR_INTERNAL, "option %s has no type", option->name);
}

/* ---- the line ----------------------------------------------------------------------------------------------- */

/* Takes the option at argv[*i] and its value, which may be the next word. */
static pm_status take_option(const cli_command *command, int argc, char *const argv[], int *i, void *args,
                             pm_error *err)
{
    const cli_option *option = NULL;
    const char *word = argv[*i], *equals = strchr(word, '=');
    pm_status s = find_option(command, word, &option, err);
    if (s) return s;

    if (option->type == CLI_FLAG) {
        if (equals) return pm_fail(err, PM_ERR_ARGUMENT, "%s takes no value", option->name);
        return store(option, NULL, args, err);
    }
    if (equals) return store(option, equals + 1, args, err);
    if (*i + 1 >= argc || !strncmp(argv[*i + 1], "--", 2))
        return pm_fail(err, PM_ERR_ARGUMENT, "%s needs a value: %s %s", word, option->name, option->value);
    return store(option, argv[++*i], args, err);
}

static pm_status check_operands(const cli_command *command, int n, pm_error *err)
{
    char hint[160];
    snprintf(hint, sizeof hint, "see premortem %s --help", command->name);
    if (n < command->least) return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), hint, "needs %s", command->operands);
    if (command->most >= 0 && n > command->most)
        return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), hint, "takes at most %d operand%s, not %d", command->most,
                          command->most == 1 ? "" : "s", n);
    return PM_OK;
}

pm_status cli_parse(const cli_command *command, int argc, char *const argv[], void *args, const char **operands,
                    int *n_operands, pm_error *err)
{
    bool options_over = false;
    pm_status s;

    *n_operands = 0;
    for (int i = 0; i < argc; i++) {
        if (!options_over && !strcmp(argv[i], "--"))
            options_over = true;
        else if (options_over || argv[i][0] != '-' || !argv[i][1])
            operands[(*n_operands)++] = argv[i];
        else if ((s = take_option(command, argc, argv, &i, args, err)))
            return s;
    }
    if (((cli_shared *)args)->help) return PM_OK;
    return check_operands(command, *n_operands, err);
}
