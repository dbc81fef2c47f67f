/* SPDX-License-Identifier: MIT */
/* A folder as operand: the records in it, else the tables of cycles; of a command that works on decks, the decks. */
#include "cli/cli.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void cli_paths_clear(cli_paths *paths)
{
    for (int64_t i = 0; i < paths->n; i++) free(paths->path[i]);
    free(paths->path);
    *paths = (cli_paths){0};
}

static pm_status add(cli_paths *paths, const char *folder, const char *name, pm_error *err)
{
    size_t n = strlen(folder), slash = n && *name && folder[n - 1] != '/';
    pm_status s = pm_grow(&paths->path, &paths->room, paths->n + 1, sizeof *paths->path, err);
    char *path = s ? NULL : malloc(n + slash + strlen(name) + 1);

    if (s) return s;
    if (!path) return pm_fail(err, PM_ERR_MEMORY, "no memory for a path");
    sprintf(path, "%s%s%s", folder, slash ? "/" : "", name);
    paths->path[paths->n++] = path;
    return PM_OK;
}

static bool ends_in(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);

    return n >= m && pm_text_same(name + n - m, end);
}

/* What stands beside records and is none. */
static bool is_companion(const char *name)
{
    static const char *const ends[] = {".meta.json", ".yaml", ".yml"};

    if (name[0] == '.' || !strcmp(name, "truth.csv") || !strcmp(name, "truth_cycles.csv")) return true;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_in(name, ends[i])) return true;
    return false;
}

static bool is_deck(const char *name)
{
    static const char *const ends[] = {".yaml", ".yml", ".json"};
    bool deck = false;

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) deck |= ends_in(name, ends[i]);
    return deck && name[0] != '.' && !ends_in(name, ".meta.json") && !ends_in(name, ".cell.yaml") &&
           strcmp(name, "cells.yaml") != 0;
}

static bool is_folder(const char *path)
{
    struct stat about;

    return strcmp(path, "-") != 0 && !stat(path, &about) && S_ISDIR(about.st_mode);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What it holds, by name, behind what is there. */
static pm_status list(const char *folder, bool decks, cli_paths *out, pm_error *err)
{
    DIR *open = opendir(folder);
    int64_t from = out->n;
    pm_status s = open ? PM_OK : pm_fail_errno(err, folder, "open the folder");

    for (const struct dirent *e; !s && (e = readdir(open));)
        if (decks ? is_deck(e->d_name) : !is_companion(e->d_name)) s = add(out, folder, e->d_name, err);
    if (open) closedir(open);
    if (!s && out->n > from) qsort(out->path + from, (size_t)(out->n - from), sizeof *out->path, by_name);
    return s;
}

/* Whether the reader takes it for records (or whatever `content` says); what fails for another reason than its bytes is
 * one, so that it is told. */
static bool holds(const cli_call *call, const char *path, const char *content)
{
    const cli_shared *o = call->shared;
    pm_read_options options = {.format = o->format, .dialect = o->dialect, .map = o->map};
    pm_run run = {.threads = 1, .context = call->run->context, .cancelled = call->run->cancelled};
    pm_scoped(pm_reader) reader = NULL;
    pm_error error = {0};

    if (ends_in(path, ".part")) return false; /* of a run that was killed before it had written all */
    pm_status s = pm_reader_open(path, &options, &run, &reader, &error);

    if (s) return s == PM_ERR_IO || s == PM_ERR_ARGUMENT || s == PM_ERR_MEMORY;
    return !strcmp(pm_reader_facts(reader)->format.content, content);
}

/* Names what is left out, as far as a line holds. */
static void note_left_out(const cli_call *call, const char *folder, const cli_paths *all, const char *content,
                          int64_t taken)
{
    char text[400];
    int64_t n = 0;
    size_t used = 0;

    for (int64_t i = 0; i < all->n; i++) {
        if (!all->path[i][0]) continue;
        const char *name = strrchr(all->path[i], '/') + 1;
        int wrote = used < 240 ? snprintf(text + used, sizeof text - used, "%s%.80s", n ? ", " : ": ", name) : 0;
        used += wrote > 0 ? (size_t)wrote : 0;
        n++;
    }
    if (!n) return;
    char message[600];
    snprintf(message, sizeof message, "%lld file%s of %s; %lld that %s none left out%s%s", (long long)taken,
             taken == 1 ? "" : "s", content, (long long)n, n == 1 ? "is" : "are", text, used < 240 ? "" : ", ...");
    cli_screen_note(call->screen, folder, message);
}

/* The files of the folder that hold that; what keeps its name in `all` is left out. */
static pm_status take(const cli_call *call, const char *content, cli_paths *all, cli_paths *out, int64_t *taken,
                      pm_error *err)
{
    pm_status s = PM_OK;

    for (int64_t i = 0; i < all->n && !s; i++) {
        if (is_folder(all->path[i]) || !holds(call, all->path[i], content)) continue;
        if (!(s = add(out, all->path[i], "", err))) s = pm_run_check(call->run, err);
        all->path[i][0] = 0;
        (*taken)++;
    }
    return s;
}

/* A folder stands for the records in it; one without any for its tables of cycles. */
static pm_status expand(const cli_call *call, const char *folder, cli_paths *out, pm_error *err)
{
    cli_paths all = {0};
    int64_t taken = 0;
    const char *content = "records";
    pm_status s = list(folder, false, &all, err);

    if (!s) s = take(call, content, &all, out, &taken, err);
    if (!s && !taken) s = take(call, content = "cycles", &all, out, &taken, err);
    if (!s && taken) note_left_out(call, folder, &all, content, taken);
    cli_paths_clear(&all);
    if (s || taken) return s;
    return pm_fail_at(err, PM_ERR_DATA, pm_at_line(folder, -1, NULL), "name the files themselves",
                      "is a directory without a file of records");
}

static pm_status expand_decks(const char *folder, cli_paths *out, pm_error *err)
{
    int64_t before = out->n;
    pm_status s = list(folder, true, out, err);

    if (s || out->n > before) return s;
    return pm_fail_at(err, PM_ERR_DATA, pm_at_line(folder, -1, NULL), "name the decks themselves",
                      "is a directory without a deck (*.yaml, *.yml, *.json)");
}

pm_status cli_expand_folders(const cli_call *call, cli_paths *out, pm_error *err)
{
    bool decks = call->command->takes_decks && call->command->takes_decks(call->args);
    pm_status s = PM_OK;

    for (int i = 0; i < call->n_operands && !s; i++) {
        const char *path = call->operands[i];
        if (!is_folder(path))
            s = add(out, path, "", err);
        else
            s = decks ? expand_decks(path, out, err) : expand(call, path, out, err);
    }
    return s;
}
