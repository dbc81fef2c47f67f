/* SPDX-License-Identifier: MIT */
/* Which columns of a table of cells are what, and which of them are learned from. */
#include "cli/cell_table.h"
#include "cli/train.h"

#include <fnmatch.h>
#include <string.h>

static pm_status no_memory(pm_error *err)
{
    return pm_fail(err, PM_ERR_MEMORY, "no memory for columns to learn from");
}

/* ---- lists: words between commas ---------------------------------------------------------------------------- */

void train_list_leave(train_list *l)
{
    free(l->text);
}

pm_status train_list_parse(const char *option, const char *text, train_list *out, pm_error *err)
{
    char *rest = NULL;

    if (!text) return PM_OK;
    if (!(out->text = pm_text_copy(text, -1))) return no_memory(err);
    for (char *word = strtok_r(out->text, ", ", &rest); word; word = strtok_r(NULL, ", ", &rest)) {
        if (out->n == TRAIN_LIST_MOST)
            return pm_fail(err, PM_ERR_LIMIT, "%s has more than %d words", option, TRAIN_LIST_MOST);
        out->word[out->n++] = word;
    }
    return out->n ? PM_OK : pm_fail(err, PM_ERR_ARGUMENT, "%s is empty", option);
}

bool train_matches(const char *const patterns[], const char *name)
{
    for (int i = 0; patterns[i]; i++)
        if (!fnmatch(patterns[i], name, 0)) return true;
    return false;
}

static bool names(const char *const words[], const char *name)
{
    for (int i = 0; words[i]; i++)
        if (!strcmp(words[i], name)) return true;
    return false;
}

/* ---- columns ------------------------------------------------------------------------------------------------ */

pm_status train_no_column(const pm_table *rows, const char *option, const char *name, pm_error *err)
{
    char hint[160] = "";
    pm_nearest nearest = {.word = name};
    size_t length = 0;

    for (int c = 0; c < pm_table_columns(rows); c++) pm_nearest_try(&nearest, pm_table_column(rows, c)->name);
    if (nearest.best) snprintf(hint, sizeof hint, "did you mean %s %s?", option, nearest.best);
    for (int c = 1; !nearest.best && c < pm_table_columns(rows) && length < sizeof hint - 1; c++) /* 0: our path */
        length += (size_t)snprintf(hint + length, sizeof hint - length, "%s%s", c > 1 ? " " : "there are ",
                                   pm_table_column(rows, c)->name);
    return pm_fail_at(err, PM_ERR_COLUMN, pm_nowhere(), hint, "no column '%.60s' (%s)", name, option);
}

bool train_has_values(const pm_table *rows, const char *name)
{
    const pm_column *column = pm_table_find(rows, name);

    for (int64_t i = 0; column && i < pm_table_rows(rows); i++)
        if (!pm_column_missing(column, i)) return true;
    return false;
}

/* What the user says, which must be there; else the usual name where it is there. */
pm_status train_role(const pm_table *rows, const char *option, const char *given, const char *usual, const char **out,
                     pm_error *err)
{
    if (given && !pm_table_find(rows, given)) return train_no_column(rows, option, given, err);
    *out = given ? given : usual && train_has_values(rows, usual) ? usual : NULL;
    return PM_OK;
}

static bool is_in_catalogue(const char *name)
{
    int n = 0;
    const pm_feature *catalogue = pm_feature_catalogue(&n);

    for (int i = 0; i < n; i++)
        if (!strcmp(catalogue[i].name, name)) return true;
    return false;
}

bool train_is_life_time(const char *name)
{
    pm_life_time times[PM_LIFE_TIMES];

    pm_life_times(NULL, NULL, times);
    for (int i = 0; i < PM_LIFE_TIMES; i++)
        if (!strcmp(times[i].name, name) || !strcmp(times[i].censored_name, name)) return true;
    return false;
}

/* What label writes beside labels and lives, which a fingerprint does not hold. */
static const char *const outcomes[] = {
    "label",          "polarisation_change", "short_cycle_count",   "criterion",          "excluded_codegradation",
    "reconstruction", "cannot_show",         "elbow_*cycle_count*", "knee_*cycle_count*", NULL};
static const char *const rules[] = {"window", "reference", "horizon", NULL};
static const char *const tests[] = {
    "cycles_used", "cycles", "simulated", "threshold_polarisation", "threshold_coulombic_efficiency", NULL};

/* The csv of label: its change of the efficiency has the name of a fingerprint, and is none. */
static bool is_of_labels(const pm_table *rows)
{
    return (pm_table_find(rows, "criterion") || pm_table_find(rows, "excluded_codegradation")) &&
           !pm_table_find(rows, "cycles_used");
}

/* Why a column cannot be learned from though it is there; NULL = it can. */
static const char *why_no_feature(const train_data *d, const char *name)
{
    const char *const roles[] = {d->target, d->group, d->cell, d->censored};

    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (roles[i] && !strcmp(roles[i], name)) return "it is the target, the group, the cell or what is censored";
    if (train_is_life_time(name) || train_matches(outcomes, name)) return "it tells what became of the cell";
    if (!strcmp(name, "coulombic_efficiency_change") && is_of_labels(d->rows))
        return "in a table of labels it tells what became of the cell";
    if (names(tests, name)) return "it tells of the test, not of the cell";
    if (names(rules, name) && pm_table_find(d->rows, tests[3])) return "it is of the rule of labels";
    return NULL;
}

static pm_status check_patterns(const pm_table *rows, const char *option, const train_list *l, pm_error *err)
{
    for (int i = 0; i < l->n; i++) {
        bool found = false;
        for (int c = 0; c < pm_table_columns(rows) && !found; c++)
            found = !fnmatch(l->word[i], pm_table_column(rows, c)->name, 0);
        if (!found) return train_no_column(rows, option, l->word[i], err);
    }
    return PM_OK;
}

typedef struct choice {
    train_list with, without;
    bool fingerprints; /* the table holds some: unless asked for, nothing else is learned from */
    char words[200];   /* columns of words that a pattern has met */
} choice;

static void choice_leave(choice *c)
{
    train_list_leave(&c->with);
    train_list_leave(&c->without);
}

static pm_status parse_choice(const train_args *args, const train_data *d, choice *out, pm_error *err)
{
    pm_status s;

    if ((s = train_list_parse("--features", args->features, &out->with, err))) return s;
    if ((s = train_list_parse("--without", args->without, &out->without, err))) return s;
    if ((s = check_patterns(d->rows, "--features", &out->with, err))) return s;
    if ((s = check_patterns(d->rows, "--without", &out->without, err))) return s;
    for (int c = 0; c < pm_table_columns(d->rows); c++) {
        const char *name = pm_table_column(d->rows, c)->name;
        out->fingerprints = out->fingerprints || (is_in_catalogue(name) && !why_no_feature(d, name));
    }
    return PM_OK;
}

/* What is asked for by its name and cannot be had is refused, what a pattern meets is left out. */
static pm_status try_column(train_data *d, choice *c, const pm_column *column, bool *taken, pm_error *err)
{
    bool named = names(c->with.word, column->name);
    const char *why = why_no_feature(d, column->name);
    size_t length = strlen(c->words);
    pm_status s;

    *taken = false;
    if (train_matches(c->without.word, column->name)) return PM_OK;
    if (why && named)
        return pm_fail_at(err, PM_ERR_COLUMN, pm_nowhere(), "leave it out of --features",
                          "'%.60s' cannot be a feature: %s", column->name, why);
    if (why) return PM_OK;
    if (c->with.n ? !train_matches(c->with.word, column->name) : c->fingerprints && !is_in_catalogue(column->name))
        return PM_OK;
    s = column->type == PM_STRING ? train_check_words(d->rows, column, named, err)
                                  : train_check_numbers(d->rows, column, err);
    if (s) return s;
    if (column->type == PM_STRING && c->with.n && column != pm_table_column(d->rows, 0)) /* 0: our path */
        snprintf(c->words + length, sizeof c->words - length, "%s%.60s", length ? ", " : "", column->name);
    *taken = column->type != PM_STRING;
    return PM_OK;
}

static pm_status no_feature(const train_data *d, pm_error *err)
{
    if (is_of_labels(d->rows))
        return pm_fail_at(err, PM_ERR_COLUMN, pm_nowhere(),
                          "premortem fingerprint --label makes a table of both: learn from that",
                          "there is no feature to learn from: these are labels, which tell what became of the cells");
    return pm_fail_at(err, PM_ERR_COLUMN, pm_nowhere(), "columns of numbers beside target, group and cell",
                      "there is no feature to learn from");
}

/* Names of the features, ending with NULL: those asked for; else, where the table holds fingerprints, these; else all
 * numbers. */
pm_status train_choose_features(const train_args *args, train_data *d, const char **features, pm_error *err)
{
    __attribute__((__cleanup__(choice_leave))) choice asked = {0};
    char percent[CLI_PERCENT] = "";
    bool taken;
    int n = 0;
    pm_status s;

    if ((s = parse_choice(args, d, &asked, err))) return s;
    for (int c = 0; c < pm_table_columns(d->rows); c++) {
        const pm_column *column = pm_table_column(d->rows, c);
        if ((s = try_column(d, &asked, column, &taken, err))) return s;
        if (!taken) continue;
        if (!*percent) cli_percent(column, percent);
        features[n++] = column->name;
    }
    if (*percent) train_note(d, "%s", percent);
    if (*asked.words) train_note(d, "columns of words, which are no features: %s", asked.words);
    return n ? PM_OK : no_feature(d, err);
}

pm_status train_features(const pm_data *data, const char *const patterns[], bool without, pm_data **out, pm_error *err)
{
    pm_scoped_memory int *chosen = calloc((size_t)data->p + 1, sizeof *chosen);
    int n = 0;

    if (!chosen) return no_memory(err);
    for (int f = 0; f < data->p; f++)
        if (train_matches(patterns, data->feature[f]) != without) chosen[n++] = f;
    return n ? pm_data_select(data, n, chosen, out, err) : PM_OK;
}
