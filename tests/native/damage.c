/* SPDX-License-Identifier: MIT */
/* damage FILE CUT_STEP FLIP_STEP: what becomes of a file when it is cut at every CUT_STEP percent, and when every
 * FLIP_STEPth of its first 4096 bytes is inverted. FILE, a copy, is written to. A line per outcome, fields with tabs:
 * cut or flip, byte, status, rows, whether values changed, columns lost, byte of the error, count of warnings, message.
 * The first line is the file itself. Exit 0; 3 where one takes longer than a minute, or the signal that ended it. */
#include "read/read.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEAD = 4096, PATIENCE_S = 60 };

static char place[64];

typedef struct outcome {
    pm_status status;
    pm_error error;
    int64_t rows, warned; /* warned: what the warnings and errors among the findings count, at least 1 each */
    int lost;
    bool changed;
    char finding[256];
} outcome;

static void on_signal(int number)
{
    static const char what[] = " was the last\n";

    if (write(2, place, strlen(place)) < 0 || write(2, what, sizeof what - 1) < 0) _exit(4);
    if (number == SIGALRM) _exit(3);
    signal(number, SIG_DFL);
    raise(number);
}

static bool same_cells(const pm_column *a, int64_t first, const pm_column *b)
{
    for (int64_t i = 0; i < b->n_rows; i++) {
        const char *x = pm_column_word(a, first + i), *y = pm_column_word(b, i);
        if (a->number && memcmp(&a->number[first + i], &b->number[i], sizeof(double)) != 0) return false;
        if (a->integer && a->integer[first + i] != b->integer[i]) return false;
        if ((x == NULL) != (y == NULL) || (x && strcmp(x, y) != 0)) return false;
    }
    return true;
}

/* A batch against the rows of the whole file from `first` on. */
static void compare(const pm_table *whole, int64_t first, const pm_table *batch, outcome *o)
{
    if (o->changed) return;
    o->changed = first + pm_table_rows(batch) > pm_table_rows(whole);
    for (int i = 0; !o->changed && i < pm_table_columns(batch); i++) {
        const pm_column *b = pm_table_column(batch, i), *a = pm_table_find(whole, b->name);
        o->changed = !a || a->type != b->type || !same_cells(a, first, b);
    }
}

static void count_lost(const pm_table *whole, const pm_table *empty, outcome *o)
{
    for (int i = 0; i < pm_table_columns(whole); i++)
        if (!pm_table_find(empty, pm_table_column(whole, i)->name)) o->lost++;
}

static pm_status tell_findings(const pm_reader *reader, outcome *o)
{
    pm_scoped(pm_builder) b = NULL;
    pm_scoped(pm_table) t = NULL;
    pm_status s = pm_builder_new(14, pm_finding_fields, &b, &o->error);

    if (!s) s = pm_reader_findings(reader, b, &o->error);
    if (!s) s = pm_builder_finish(b, &t, &o->error);
    for (int64_t i = 0; !s && i < pm_table_rows(t); i++) {
        if (strcmp(pm_column_word(pm_table_find(t, "severity"), i), "note") == 0) continue;
        int64_t count = pm_table_find(t, "count")->integer[i];
        if (o->warned == 0)
            snprintf(o->finding, sizeof o->finding, "%s", pm_column_word(pm_table_find(t, "message"), i));
        o->warned += count > 0 ? count : 1;
    }
    return s;
}

static pm_status open_and_read(const char *path, const pm_table *whole, outcome *o)
{
    pm_scoped(pm_reader) reader = NULL;
    const pm_table *batch = NULL;
    pm_run run = {.threads = 1};
    pm_read_options options = {.block_bytes = 32 * 1024}; /* batches of few rows: less memory to clear */
    pm_status s = pm_reader_open(path, &options, &run, &reader, &o->error);

    if (s) return s;
    if (whole) count_lost(whole, pm_reader_facts(reader)->empty, o);
    while (!(s = pm_reader_next(reader, &batch, &o->error)) && batch) {
        if (whole) compare(whole, o->rows, batch, o);
        o->rows += pm_table_rows(batch);
    }
    return s ? s : tell_findings(reader, o);
}

static void report(const char *kind, int64_t at, const char *path, const pm_table *whole)
{
    outcome o = {0};

    snprintf(place, sizeof place, "%s %lld", kind, (long long)at);
    alarm(PATIENCE_S);
    o.status = open_and_read(path, whole, &o);
    alarm(0);
    const char *message = o.status ? o.error.message : o.finding;
    printf("%s\t%lld\t%d\t%lld\t%d\t%d\t%lld\t%lld\t%s\n", kind, (long long)at, (int)o.status, (long long)o.rows,
           o.changed, o.lost, (long long)(o.status ? o.error.byte : -1), (long long)o.warned, message);
}

static bool invert(int file, int64_t at)
{
    uint8_t byte;

    if (pread(file, &byte, 1, at) != 1) return false;
    byte = (uint8_t)~byte;
    return pwrite(file, &byte, 1, at) == 1;
}

int main(int argc, char **argv)
{
    pm_scoped(pm_table) whole = NULL;
    pm_run run = {.threads = 1};
    pm_error err = {0};

    if (argc != 4) return 2;
    int file = open(argv[1], O_RDWR), cut_step = atoi(argv[2]), flip_step = atoi(argv[3]);
    int64_t size = file < 0 ? -1 : lseek(file, 0, SEEK_END);
    const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGILL, SIGALRM};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) signal(fatal[i], on_signal);
    if (size < 0 || cut_step < 1 || flip_step < 1) return 2;
    report("whole", size, argv[1], NULL);
    if (pm_read_table(argv[1], NULL, &run, &whole, &err)) return 0; /* an error, or without rows, as it stands */
    for (int64_t at = 0; at < HEAD && at < size; at += flip_step) {
        if (!invert(file, at)) return 2;
        report("flip", at, argv[1], whole);
        if (!invert(file, at)) return 2;
    }
    for (int percent = 99; percent >= 0; percent--) {
        if (percent % cut_step) continue;
        if (ftruncate(file, size * percent / 100)) return 2;
        report("cut", size * percent / 100, argv[1], whole);
    }
    close(file);
    return 0;
}
