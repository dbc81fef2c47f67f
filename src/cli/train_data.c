/* SPDX-License-Identifier: MIT */
/* Which rows and columns of a table of cells are learned from. */
#include "cli/cell_table.h"
#include "cli/train.h"

#include <fnmatch.h>
#include <math.h>
#include <string.h>

enum { GROUPS_LEAST = 3 };

void train_data_leave(train_data *d)
{
    pm_data_free(d->data);
    pm_table_free(d->rows);
}

static pm_status no_memory(pm_error *err)
{
    return pm_fail(err, PM_ERR_MEMORY, "no memory for rows to learn from");
}

static void leave_out(train_data *d, int64_t count, const char *reason)
{
    if (!count || d->n_left_out == TRAIN_REASONS) return;
    struct train_left_out *l = &d->left_out[d->n_left_out++];
    l->count = count;
    snprintf(l->reason, sizeof l->reason, "%s", reason);
}

/* ---- classes ------------------------------------------------------------------------------------------------ */

/* Rows of a class, and the groups (cells, where these are parted) that they come from. */
static pm_status count_class(const pm_data *data, int class, bool by_cell, int64_t *rows, int *groups, pm_error *err)
{
    const int32_t *number = by_cell ? data->cell : data->group;
    pm_scoped_memory bool *seen = calloc((size_t)(by_cell ? data->cells : data->groups) + 1, sizeof *seen);

    if (!seen) return no_memory(err);
    *rows = 0;
    *groups = 0;
    for (int64_t i = 0; i < data->n; i++) {
        if (data->y[i] != class) continue;
        ++*rows;
        *groups += !seen[number[i]];
        seen[number[i]] = true;
    }
    return PM_OK;
}

/* Why a class is not learned, NULL where it is. */
static const char *why_not(const train_data *d, const char *class, int groups, bool by_cell)
{
    bool labels = d->labels;

    if (labels && !strcmp(class, pm_outcome_name(PM_CENSORED))) return "nothing had failed while they were watched";
    if (labels && !strcmp(class, pm_outcome_name(PM_STOPPED))) return "stopped before anything could be told";
    if (groups >= GROUPS_LEAST) return NULL;
    return by_cell ? "fewer than 3 cells" : "fewer than 3 groups";
}

static pm_status few_classes(const train_data *d, int from, int kept, const char *class, bool listed, pm_error *err)
{
    char others[160] = "";
    size_t length = 0;

    for (int i = from; i < d->n_left_out && length < sizeof others - 1; i++)
        length +=
            (size_t)snprintf(others + length, sizeof others - length, "%s%lld of %s",
                             i > from ? ", " : "; left out: ", (long long)d->left_out[i].count, d->left_out[i].reason);
    if (kept == 1 && listed)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "name two or more", "--classes keeps one class only: %.60s%s",
                          class, others);
    if (kept == 1 && strstr(others, "fewer than"))
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(),
                          "give cells of 3 electrolytes of each, or keep the rare ones by naming all with --classes",
                          "all rows that can be learned from are of one class: %.60s%s", class, others);
    if (kept == 1)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "add cells that failed in another way",
                          "all rows that can be learned from are of one class: %.60s%s", class, others);
    return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(),
                      "each class is to occur in 3 electrolytes; with fewer --split cell, or name them with --classes",
                      "no class is left to learn%s", others);
}

/* A class that is asked for and does not occur is a slip. */
static pm_status check_listed(const pm_data *all, const char *target, const train_list *listed, pm_error *err)
{
    char hint[160] = "";
    size_t length = 0;

    for (int k = 0; k < all->classes && length < sizeof hint - 1; k++)
        length += (size_t)snprintf(hint + length, sizeof hint - length, "%s%.40s", k ? ", " : "there are ",
                                   all->class_name[k]);
    for (int i = 0; i < listed->n; i++) {
        bool found = false;
        for (int k = 0; k < all->classes && !found; k++) found = !fnmatch(listed->word[i], all->class_name[k], 0);
        if (!found)
            return pm_fail_at(err, PM_ERR_ARGUMENT, pm_nowhere(), hint, "no row of '%.60s' is '%.60s' (--classes)",
                              target, listed->word[i]);
    }
    return PM_OK;
}

/* Classes to learn, ending with NULL: those listed, else all that occur in enough groups. */
static pm_status choose_classes(const train_args *args, train_data *d, const pm_data *all, const train_list *listed,
                                const char **classes, pm_error *err)
{
    bool by_cell = args->split && !strcmp(args->split, "cell");
    int kept = 0, groups = 0, from = d->n_left_out;
    int64_t rows = 0;
    pm_status s;

    for (int k = 0; k < all->classes; k++) {
        if ((s = count_class(all, k, by_cell, &rows, &groups, err))) return s;
        const char *class = all->class_name[k], *why = !listed->n ? why_not(d, class, groups, by_cell)
                                                       : train_matches(listed->word, class) ? NULL
                                                                                            : "not listed in --classes";
        char reason[160];
        snprintf(reason, sizeof reason, "%s %.60s: %s", d->target, class, why ? why : "");
        if (why)
            leave_out(d, rows, reason);
        else if (kept == PM_CLASSES_MOST)
            return pm_fail_at(err, PM_ERR_LIMIT, pm_nowhere(), "choose with --classes", "more than %d classes",
                              PM_CLASSES_MOST);
        else
            classes[kept++] = class;
    }
    return kept < 2 ? few_classes(d, from, kept, classes[0], listed->n > 0, err) : PM_OK;
}

/* ---- checks ------------------------------------------------------------------------------------------------- */

/* Cells that stand in several groups join them, which is to be said. */
static pm_status note_joined(train_data *d, pm_error *err)
{
    const pm_data *data = d->data;
    pm_scoped_memory int32_t *group = malloc(((size_t)data->cells + 1) * sizeof *group);
    const char *example = NULL;
    int n = 0;

    if (!group) return no_memory(err);
    for (int c = 0; c < data->cells; c++) group[c] = -1;
    for (int64_t i = 0; i < data->n; i++) {
        int32_t c = data->cell[i];
        if (group[c] >= 0 && group[c] != data->group[i]) {
            example = data->cell_name[c];
            n++;
        }
        group[c] = data->group[i];
    }
    if (n)
        train_note(d,
                   "cell '%.60s'%s stands in several groups: they are kept on one side of every split; if these are "
                   "different cells, name them differently",
                   example, n > 1 ? " and others" : "");
    return PM_OK;
}

static pm_status check_target(const train_args *args, const train_data *d, pm_error *err)
{
    const pm_data *data = d->data;

    if (data->classes && (args->log || args->censored))
        return pm_fail(err, PM_ERR_ARGUMENT, "%s goes with a target of numbers; '%s' holds words",
                       args->log ? "--log" : "--censored", d->target);
    for (int64_t i = 0; args->log && i < data->n; i++)
        if (!(data->target[i] > 0))
            return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "leave --log out",
                              "--log needs values of '%s' above zero", d->target);
    return PM_OK;
}

/* ---- all of it ---------------------------------------------------------------------------------------------- */

/* Whether all rows of a column, if there is one, have one value, or all have none. */
static bool agrees(const pm_table *rows, const char *name)
{
    const pm_column *column = pm_table_find(rows, name);

    return !column || !train_has_values(rows, name) || isfinite(cli_common_number(rows, name));
}

/* The rule that labels and lives come from, where the rows tell it. */
static pm_status find_rule(train_data *d, pm_error *err)
{
    static const char *const parts[] = {"threshold_polarisation", "threshold_coulombic_efficiency", "window",
                                        "reference", "horizon"};
    double polarisation, horizon;

    if (!train_has_values(d->rows, parts[0])) return PM_OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!agrees(d->rows, parts[i]))
            return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "label all cells anew by one rule",
                              "the rows are labelled by several rules (%s), which cannot be learned together",
                              parts[i]);
    polarisation = cli_common_number(d->rows, parts[0]);
    horizon = cli_common_number(d->rows, "horizon");
    if (!(polarisation > 0)) return PM_OK;
    d->rule = (pm_life_label_options){
        .polarisation = polarisation,
        .coulombic_efficiency = fmax(0, cli_common_number(d->rows, "threshold_coulombic_efficiency")),
        .window = (int)fmax(0, cli_common_number(d->rows, "window")),
        .reference = (int)fmax(0, cli_common_number(d->rows, "reference")),
        .horizon = horizon > 0 ? (int)horizon : 0,
    };
    d->rule = pm_life_label_defaults(&d->rule);
    return PM_OK;
}

/* The column that says which values of the target are lower bounds, where it is told. */
static const char *usual_censored(const pm_table *rows, const char *target)
{
    pm_life_time times[PM_LIFE_TIMES];

    pm_life_times(NULL, NULL, times);
    for (int i = 0; i < PM_LIFE_TIMES; i++)
        if (!strcmp(times[i].name, target) && train_has_values(rows, times[i].censored_name))
            return times[i].censored_name;
    return NULL;
}

static pm_status find_roles(const train_args *args, train_data *d, pm_error *err)
{
    const char *target = args->target ? args->target : "label";
    pm_status s;

    if (!pm_table_find(d->rows, target)) return train_no_column(d->rows, "--target", target, err);
    d->target = target;
    if ((s = train_role(d->rows, "--group", args->group, "electrolyte_id", &d->group, err))) return s;
    if ((s = train_role(d->rows, "--cell", args->cell, "cell_id", &d->cell, err))) return s;
    if ((s = train_role(d->rows, "--censored", args->censored, usual_censored(d->rows, target), &d->censored, err)))
        return s;
    d->labels = !strcmp(target, "label");
    if (d->censored && (s = train_check_flags(d->rows, target, pm_table_find(d->rows, d->censored), err))) return s;
    if ((s = train_check_cycles(d->rows, err))) return s;
    if ((s = train_check_numbers(d->rows, pm_table_find(d->rows, target), err))) return s;
    double cycles = cli_common_number(d->rows, "cycles_used");
    d->cycles = cycles > 0 ? (int)cycles : 0;
    d->kind = cli_common_word(d->rows, "kind");
    if ((d->labels || train_is_life_time(target)) && (s = find_rule(d, err))) return s;
    if (train_has_values(d->rows, "kind") && !d->kind)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "train a model for each kind",
                          "the cells are of several kinds, which show different things");
    return PM_OK;
}

/* All rows with a target, as data; the second reading leaves out classes. */
static pm_status make(const train_args *args, train_data *d, const char *const *names, pm_error *err)
{
    __attribute__((__cleanup__(train_list_leave))) train_list listed = {0};
    const char *classes[PM_CLASSES_MOST + 1] = {0};
    pm_data_columns columns = {
        .features = names, .target = d->target, .censored = d->censored, .group = d->group, .cell = d->cell};
    pm_scoped(pm_data) all = NULL;
    pm_status s;

    if ((s = train_list_parse("--classes", args->classes, &listed, err))) return s;
    if (d->labels && !train_has_values(d->rows, d->target))
        return pm_fail_at(
            err, PM_ERR_DATA, pm_nowhere(), "a label takes a whole life: premortem label says what is missing",
            "there is no row to learn from: none of %lld has a label, the files hold too few cycles for one",
            (long long)pm_table_rows(d->rows));
    if ((s = pm_data_new(d->rows, &columns, &all, err))) return s;
    leave_out(d, pm_table_rows(d->rows) - all->n, "no value of the target");
    if (!all->classes) {
        d->data = all;
        all = NULL;
        return PM_OK;
    }
    if ((s = train_check_classes(d, all, err))) return s;
    if ((s = check_listed(all, d->target, &listed, err))) return s;
    if ((s = choose_classes(args, d, all, &listed, classes, err))) return s;
    columns.classes = classes;
    return pm_data_new(d->rows, &columns, &d->data, err);
}

/* A row given again goes; a cell under two names is told. */
static pm_status settle_twins(train_data *t, pm_error *err)
{
    size_t n = (size_t)t->data->n + 1;
    pm_scoped_memory bool *again = calloc(n, sizeof *again);
    pm_scoped_memory int64_t *rows = calloc(n, sizeof *rows);
    pm_twins found;
    pm_data *kept = NULL;
    pm_status s;

    if (!again || !rows) return no_memory(err);
    if ((s = pm_data_join_twins(t->data, again, &found, err))) return s;
    if (found.joined)
        train_note(t,
                   "'%s' (%s) and '%s' (%s)%s have the same features: taken for one cell, their groups are kept on one "
                   "side of every split; give each cell once",
                   found.cell[0], found.group[0], found.cell[1], found.group[1], found.joined > 1 ? " and others" : "");
    if (!found.copies) return PM_OK;
    snprintf(t->copied, sizeof t->copied, "the same cell again, kept once (%s)", found.copy);
    n = 0;
    for (int64_t i = 0; i < t->data->n; i++)
        if (!again[i]) rows[n++] = i;
    if ((s = pm_data_take(t->data, (int64_t)n, rows, &kept, err))) return s;
    pm_data_free(t->data);
    t->data = kept;
    leave_out(t, found.copies, t->copied);
    return PM_OK;
}

pm_status train_data_choose(const train_args *args, pm_table *rows, train_data *out, pm_error *err)
{
    pm_scoped_memory const char **names = calloc((size_t)pm_table_columns(rows) + 1, sizeof *names);
    pm_status s;

    out->rows = rows;
    if (!names) return no_memory(err);
    if ((s = find_roles(args, out, err))) return s;
    if ((s = train_choose_features(args, out, names, err))) return s;
    if ((s = make(args, out, names, err))) return s;
    if ((s = check_target(args, out, err))) return s;
    if ((s = train_note_groups(out, err))) return s;
    if ((s = note_joined(out, err))) return s;
    return settle_twins(out, err);
}
