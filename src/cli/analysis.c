/* SPDX-License-Identifier: MIT */
/* From a path to findings, cycles and a profile: the one loop that info, cycles, convert and report share. */
#include "cli/analysis.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COLUMNS_MOST = 128 };

void cli_analysis_free(void *analysis)
{
    cli_analysis *a = analysis;
    if (!a) return;
    pm_cycler_free(a->cycler);
    pm_audit_free(a->audit);
    pm_table_free(a->findings);
    pm_table_free(a->records);
    pm_repair_free(a->repair);
    pm_reader_free(a->reader);
    if (a->spool >= 0) close(a->spool);
    free(a);
}

/* ---- what is told of the cell ------------------------------------------------------------------------------- */

pm_status cli_cell_options(const cli_shared *shared, const char *path, pm_cell *cell, pm_cycle_options *options,
                           pm_error *err)
{
    pm_status s = PM_OK;

    *cell = (pm_cell){0};
    if (strcmp(path, "-") != 0 && (s = pm_cell_find(path, cell, err))) return s;
    *options = (pm_cycle_options){
        .kind = shared->kind ? shared->kind : cell->kind,
        .kind_from_sidecar = !shared->kind && cell->kind,
        .area_cm2 = shared->area_cm2 > 0 ? shared->area_cm2 : cell->area_cm2,
        .mass_g = shared->mass_g > 0 ? shared->mass_g : cell->mass_g,
        .dead_band_A = shared->dead_band_A,
        .integrate = shared->integrate,
    };
    return PM_OK;
}

const char *cli_kind_source(const cli_analysis *analysis)
{
    if (analysis->cycler) return analysis->summary.kind_source;
    if (!analysis->cycle_options.kind) return "unknown";
    return analysis->cycle_options.kind_from_sidecar ? "sidecar" : "user";
}

/* ---- standard input twice ----------------------------------------------------------------------------------- */

static pm_status copy_stdin(int to, pm_error *err)
{
    static const size_t room = 1 << 16;
    pm_scoped_text buffer = malloc(room);
    ssize_t n;
    if (!buffer) return pm_fail(err, PM_ERR_MEMORY, "no memory");
    while ((n = read(STDIN_FILENO, buffer, room)) > 0) {
        for (ssize_t at = 0, wrote; at < n; at += wrote)
            if ((wrote = write(to, buffer + at, (size_t)(n - at))) < 0)
                return pm_fail_errno(err, NULL, "write the copy of standard input");
    }
    return n < 0 ? pm_fail_errno(err, "-", "read") : PM_OK;
}

/* Of what is read twice, while standard input comes once: a copy in an unlinked file stands for it. */
static pm_status spool_stdin(int *spool, char path[64], pm_error *err)
{
    const char *folder = getenv("TMPDIR");
    char name[512];
    snprintf(name, sizeof name, "%s/premortem-XXXXXX", folder && *folder ? folder : "/tmp");
    *spool = mkstemp(name);
    if (*spool < 0) return pm_fail_errno(err, name, "create");
    unlink(name);
    snprintf(path, 64, "/proc/self/fd/%d", *spool);
    return copy_stdin(*spool, err);
}

pm_status cli_stdin_again(const cli_shared *shared, const char **path, cli_again *out, pm_error *err)
{
    out->fd = -1;
    if (strcmp(*path, "-") != 0 || shared->format || shared->map) return PM_OK;
    pm_status s = spool_stdin(&out->fd, out->path, err);
    *path = out->path;
    return s;
}

pm_status cli_stdin_done(pm_status s, cli_again *again, pm_error *err)
{
    if (again->fd < 0) return s;
    close(again->fd);
    if (s && err) snprintf(err->file, sizeof err->file, "-");
    return s;
}

/* ---- one pass ----------------------------------------------------------------------------------------------- */

static int add_columns(const char *columns[], int n, const char *const more[])
{
    for (int i = 0; more[i] && n < COLUMNS_MOST; i++) {
        bool known = false;
        for (int k = 0; k < n; k++) known = known || !strcmp(columns[k], more[i]);
        if (!known) columns[n++] = more[i];
    }
    return n;
}

static bool has(const pm_facts *facts, const char *column)
{
    return pm_table_find(facts->empty, column) != NULL;
}

/* Opens the file and the folds that its batches go through. */
static pm_status open_folds(cli_analysis *a, const cli_want *want, const char *path, const pm_read_options *options,
                            const pm_run *run, pm_error *err)
{
    pm_status s;
    if ((s = pm_reader_open(path, options, run, &a->reader, err))) return s;
    if ((s = pm_audit_new(a->reader, a->repair, &a->audit, err))) return s;
    a->facts = pm_reader_facts(a->reader);
    a->has_current = has(a->facts, "current_ampere");
    a->profile = cli_profile_start();
    bool is_records = !strcmp(a->facts->format.content, "records");
    bool can_cycle = is_records && has(a->facts, "test_time_second") && has(a->facts, "voltage_volt");
    if (!want->cycles || (want->card && !can_cycle)) return PM_OK;
    if (!is_records)
        return pm_fail_at(err, PM_ERR_DATA, pm_nowhere(), "cycles are computed from records of a test",
                          "holds no records: its content is %s, its format %s", a->facts->format.content,
                          a->facts->format.title);
    a->cycle_options.log_efficiency = want->log_efficiency;
    return pm_cycler_new(&a->cycle_options, &a->cycler, err);
}

static pm_status push(cli_analysis *a, const cli_want *want, const pm_table *batch, pm_error *err)
{
    pm_status s;
    if ((s = pm_audit_push(a->audit, batch, err))) return s;
    if (a->cycler && (s = pm_cycler_push(a->cycler, batch, err))) return s;
    if (want->card) cli_profile_push(&a->profile, batch);
    bool unfit = want->cycles && !a->cycler;
    return want->sink && !unfit ? want->sink(want->context, batch, err) : PM_OK;
}

/* What is kept of a file's rows while they are read. */
static const char *const kept_columns[] = {"test_time_second", "voltage_volt", "current_ampere", NULL};

static pm_status keep(pm_builder **kept, const pm_table *batch, pm_error *err)
{
    int64_t rows = pm_table_rows(batch);
    bool first = !*kept;
    int column = 0;
    pm_status s = first ? pm_builder_new(0, NULL, kept, err) : PM_OK;
    if (s) return s;
    for (int i = 0; first && kept_columns[i]; i++) {
        const pm_column *c = pm_table_find(batch, kept_columns[i]);
        if (c && c->number) pm_builder_add(*kept, c->name, c->type, c->unit);
    }
    if ((s = pm_builder_room(*kept, rows, err))) return s;
    for (int i = 0; kept_columns[i]; i++) {
        const pm_column *c = pm_table_find(batch, kept_columns[i]);
        if (c && c->number) memcpy(pm_builder_doubles(*kept, column++), c->number, (size_t)rows * sizeof *c->number);
    }
    pm_builder_commit(*kept, rows);
    return PM_OK;
}

/* The next batch, mended where that was asked for; *batch is NULL at the end. */
static pm_status next(cli_analysis *a, pm_table **batch, pm_error *err)
{
    const pm_table *read = NULL;
    pm_status s = pm_reader_next(a->reader, &read, err);
    if (s || a->repair) return s ? s : pm_repair_batch(a->repair, read, batch, err);
    *batch = read ? pm_table_ref(read) : NULL;
    return PM_OK;
}

static pm_status read_through(cli_analysis *a, const cli_want *want, pm_error *err)
{
    bool enough = false;
    pm_scoped(pm_builder) kept = NULL;
    pm_status s;
    for (;;) {
        pm_scoped(pm_table) batch = NULL;
        if ((s = next(a, &batch, err))) return s;
        if (!batch) break;
        a->rows += pm_table_rows(batch);
        if ((s = push(a, want, batch, err))) return s;
        if (want->keep && (s = keep(&kept, batch, err))) return s;
        if (want->enough && (enough = want->enough(want->context))) break;
    }
    a->whole = !enough;
    return kept ? pm_builder_finish(kept, &a->records, err) : PM_OK;
}

/* Whether the audit says already what is wrong with the file's cycle count. */
static bool count_is_doubted(const pm_table *findings)
{
    const pm_column *code = pm_table_find(findings, "code");
    for (int64_t i = 0; i < pm_table_rows(findings); i++)
        if (!strncmp(pm_column_word(code, i), "cycle-count-", strlen("cycle-count-"))) return true;
    return false;
}

/* What the audit found, and what the cycles show. */
static pm_status collect_findings(cli_analysis *a, pm_error *err)
{
    pm_scoped(pm_table) audit = NULL;
    pm_scoped(pm_table) cycles = NULL;
    pm_scoped(pm_table) both = NULL;
    pm_scoped(pm_builder) b = NULL;
    pm_status s;
    if ((s = pm_audit_result(a->audit, &audit, err))) return s;
    if ((s = pm_builder_new(PM_FINDING_FIELDS, pm_finding_fields, &b, err))) return s;
    if (a->cycler && !count_is_doubted(audit) && (s = pm_cycler_findings(a->cycler, b, err))) return s;
    if ((s = pm_builder_finish(b, &cycles, err))) return s;
    if ((s = pm_table_concat(2, (const pm_table *const[]){audit, cycles}, &both, err))) return s;
    return pm_findings_sorted(both, &a->findings, err);
}

static pm_status pass(cli_analysis *a, const cli_want *want, const char *path, const pm_read_options *options,
                      const pm_run *run, pm_error *err)
{
    pm_status s = open_folds(a, want, path, options, run, err);
    if (!s) s = read_through(a, want, err);
    if (s) return s;
    if ((s = collect_findings(a, err))) return s;
    a->counter = pm_audit_counter(a->audit);
    return a->cycler ? pm_cycler_summary(a->cycler, &a->summary, err) : PM_OK;
}

/* ---- all of it ---------------------------------------------------------------------------------------------- */

/* What is wrong, so that a second reading can repair it; NULL where there is nothing to repair. */
static pm_status find_repairs(const char *path, const pm_read_options *options, const pm_run *run, pm_repair **repair,
                              pm_error *err)
{
    pm_scoped(cli_analysis) first = calloc(1, sizeof *first);
    pm_status s;
    if (!first) return pm_fail(err, PM_ERR_MEMORY, "no memory");
    first->spool = -1;
    if ((s = pass(first, &(cli_want){0}, path, options, run, err))) return s;
    return pm_findings_reconcilable(first->findings) ? pm_repair_new(first->findings, repair, err) : PM_OK;
}

static pm_status passes(cli_analysis *a, const cli_shared *shared, const cli_want *want, const char *path,
                        const pm_run *run, pm_error *err)
{
    const char *columns[COLUMNS_MOST + 1] = {0};
    pm_read_options options = {.format = shared->format, .dialect = shared->dialect, .map = shared->map};
    pm_status s;

    static const char *const card_columns[] = {"frequency_hertz", "spectrum_count", NULL};
    static const char *const told_columns[] = {"current_ampere_per_cm2", NULL}; /* for the reader's finding of it */
    int n = add_columns(columns, add_columns(columns, 0, pm_audit_columns), pm_cycle_columns);
    n = add_columns(columns, n, told_columns);
    if (want->card) add_columns(columns, n, card_columns);
    if (!want->all_columns) options.columns = columns;
    if (shared->reconcile && (s = find_repairs(path, &options, run, &a->repair, err))) return s;
    options.sha256 = want->sha256;
    return pass(a, want, path, &options, run, err);
}

pm_status cli_analyse(const cli_shared *shared, const cli_want *want, const char *path, const pm_run *run,
                      cli_analysis **out, pm_error *err)
{
    pm_scoped(cli_analysis) a = calloc(1, sizeof *a);
    char spooled[64];
    pm_status s;

    if (!a) return pm_fail(err, PM_ERR_MEMORY, "no memory");
    a->spool = -1;
    const char *beside = want->cycles ? path : "-"; /* a sidecar is for what is computed */
    if ((s = cli_cell_options(shared, beside, &a->cell, &a->cycle_options, err))) return s;
    if (shared->reconcile && !strcmp(path, "-")) {
        if ((s = spool_stdin(&a->spool, spooled, err))) return s;
        path = spooled;
    }
    if ((s = passes(a, shared, want, path, run, err))) {
        if (a->spool >= 0 && err) snprintf(err->file, sizeof err->file, "-");
        return s;
    }
    *out = a;
    a = NULL;
    return PM_OK;
}
