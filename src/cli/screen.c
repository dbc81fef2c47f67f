/* SPDX-License-Identifier: MIT */
/* What goes to stderr: errors, findings, notes, and the progress bar between them. */
#include "cli/cli.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FINDINGS_SHOWN = 8, BAR_WIDTH = 30 };
static const double quiet_start_s = 0.5, redraw_s = 0.1;

struct cli_screen {
    pthread_mutex_t lock;
    char command[32];
    bool quiet, terminal, drawn;
    double started_s, drawn_s;
    int64_t pieces, pieces_done;
};

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

pm_status cli_screen_new(const char *command, bool quiet, cli_screen **out, pm_error *err)
{
    cli_screen *s = calloc(1, sizeof *s);
    if (!s) return pm_fail(err, PM_ERR_MEMORY, "no memory");
    pthread_mutex_init(&s->lock, NULL);
    snprintf(s->command, sizeof s->command, "%s", command);
    s->quiet = quiet;
    const char *terminal = getenv("TERM");
    s->terminal = isatty(STDERR_FILENO) == 1 && terminal && strcmp(terminal, "dumb") != 0;
    s->started_s = now_s();
    s->pieces = 1;
    *out = s;
    return PM_OK;
}

void cli_screen_free(cli_screen *screen)
{
    if (!screen) return;
    cli_screen_clear(screen);
    pthread_mutex_destroy(&screen->lock);
    free(screen);
}

/* ---- progress ----------------------------------------------------------------------------------------------- */

static void clear_locked(cli_screen *s)
{
    if (s->drawn) fputs("\r\033[K", stderr);
    s->drawn = false;
}

void cli_screen_clear(cli_screen *screen)
{
    pthread_mutex_lock(&screen->lock);
    clear_locked(screen);
    pthread_mutex_unlock(&screen->lock);
}

static void draw(const char *what, double part, double elapsed_s)
{
    char bar[BAR_WIDTH + 1], left[32];
    int full = (int)(part * BAR_WIDTH);
    for (int i = 0; i < BAR_WIDTH; i++) bar[i] = i < full ? '#' : '.';
    bar[BAR_WIDTH] = 0;
    cli_duration(elapsed_s * (1 - part) / part, left);
    fprintf(stderr, "\r%s [%s] %3.0f %%, %s left\033[K", what, bar, 100 * part, left);
}

void cli_screen_progress(void *screen, const char *what, double part)
{
    cli_screen *s = screen;
    if (s->quiet || !s->terminal) return;
    pthread_mutex_lock(&s->lock);
    double t = now_s(), elapsed_s = t - s->started_s;
    if (s->pieces > 1) part = (double)s->pieces_done / (double)s->pieces;
    if (elapsed_s > quiet_start_s && t - s->drawn_s > redraw_s) {
        char spent[32];
        cli_duration(elapsed_s, spent);
        if (part > 0 && part <= 1)
            draw(what, part, elapsed_s);
        else
            fprintf(stderr, "\r%s, %s so far\033[K", what, spent);
        s->drawn = true;
        s->drawn_s = t;
    }
    pthread_mutex_unlock(&s->lock);
}

void cli_screen_pieces(cli_screen *screen, int64_t pieces)
{
    pthread_mutex_lock(&screen->lock);
    screen->pieces = pieces;
    screen->pieces_done = 0;
    pthread_mutex_unlock(&screen->lock);
}

void cli_screen_piece_done(cli_screen *screen)
{
    pthread_mutex_lock(&screen->lock);
    screen->pieces_done++;
    pthread_mutex_unlock(&screen->lock);
}

/* ---- messages ----------------------------------------------------------------------------------------------- */

/* One line: parts are escaped, so a file's name or header cannot steer the terminal. A message that cannot be made for
 * want of memory is printed without its text. */
static void say(cli_screen *s, const char *path, int64_t line, const char *severity, const char *message,
                const char *hint)
{
    pm_scoped(pm_out) text = NULL;
    if (pm_out_open(NULL, false, &text, NULL)) {
        fprintf(stderr, "premortem %s: no memory\n", s->command);
        return;
    }
    pm_out_text(text, "premortem%s%s: ", *s->command ? " " : "", s->command);
    if (path && *path) cli_plain(text, path);
    if (path && *path && line >= 0) pm_out_text(text, ":%lld", (long long)line);
    if (path && *path) pm_out_text(text, ": ");
    if (severity) pm_out_text(text, "%s: ", severity);
    cli_plain(text, message);
    if (hint && *hint) {
        pm_out_text(text, " (");
        cli_plain(text, hint);
        pm_out_text(text, ")");
    }
    pm_out_text(text, "\n");

    const char *line_text = pm_out_memory(text, NULL);
    pthread_mutex_lock(&s->lock);
    clear_locked(s);
    fputs(line_text ? line_text : "premortem: no memory\n", stderr);
    pthread_mutex_unlock(&s->lock);
}

void cli_screen_error(cli_screen *screen, const pm_error *error)
{
    char message[400];
    if (error->line < 0 && error->byte >= 0)
        snprintf(message, sizeof message, "byte %lld: %s", (long long)error->byte, error->message);
    else if (error->line < 0 && error->row >= 0)
        snprintf(message, sizeof message, "row %lld: %s", (long long)error->row, error->message);
    else
        snprintf(message, sizeof message, "%s", error->message);
    say(screen, error->file, error->line, NULL, message, error->hint);
}

void cli_screen_note(cli_screen *screen, const char *path, const char *message)
{
    if (!screen->quiet) say(screen, path, -1, "note", message, NULL);
}

static bool is_reconciled(const pm_column *action, int64_t i)
{
    const char *word = action ? pm_column_word(action, i) : NULL;
    return word && !strcmp(word, "reconciled");
}

void cli_screen_findings(cli_screen *screen, const char *path, const pm_table *findings)
{
    if (screen->quiet || !findings) return;
    const pm_column *severity = pm_table_find(findings, "severity"), *message = pm_table_find(findings, "message");
    const pm_column *hint = pm_table_find(findings, "hint"), *line = pm_table_find(findings, "line_first");
    const pm_column *action = pm_table_find(findings, "action");
    char label[40];
    int64_t shown = 0, left = 0;

    for (int64_t i = 0; i < pm_table_rows(findings); i++) {
        const char *level = pm_column_word(severity, i);
        if (!level || !strcmp(level, "note")) continue;
        if (shown == FINDINGS_SHOWN) {
            left++;
            continue;
        }
        bool has_line = line && line->integer && !pm_column_missing(line, i);
        snprintf(label, sizeof label, "%s%s", level, is_reconciled(action, i) ? ", reconciled" : "");
        say(screen, path, has_line ? line->integer[i] : -1, label, pm_column_word(message, i),
            hint ? pm_column_word(hint, i) : NULL);
        shown++;
    }
    if (!left) return;
    char more[200];
    snprintf(more, sizeof more, "and %lld more: see premortem info FILE", (long long)left);
    say(screen, path, -1, NULL, more, NULL);
}
