/* SPDX-License-Identifier: MIT */
/* The whole way of a file of delimited text: what it is, its rows, its audit, its half-cycles. The block in which it is
 * read must not change how many rows there are. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audit/audit.h"
#include "cycle/cycle.h"
#include "fuzz.h"
#include "read/dialect.h"
#include "read/label.h"
#include "read/read.h"

/* What is built in is parsed once, not for each input (-Wl,--wrap): most of the time would go there. */
pm_status __real_pm_dialects_load(pm_dialects *d, const char *extra, pm_error *err);
pm_status __wrap_pm_dialects_load(pm_dialects *d, const char *extra, pm_error *err);
void __wrap_pm_dialects_free(pm_dialects *d);
pm_status __real_pm_quantities_new(pm_quantities **out, pm_error *err);
pm_status __wrap_pm_quantities_new(pm_quantities **out, pm_error *err);
void __wrap_pm_quantities_free(pm_quantities *q);

pm_status __wrap_pm_dialects_load(pm_dialects *d, const char *extra, pm_error *err)
{
    static pm_dialects once;
    if (!once.n) must_hold(!__real_pm_dialects_load(&once, extra, err));
    *d = once;
    return PM_OK;
}

void __wrap_pm_dialects_free(pm_dialects *d)
{
    *d = (pm_dialects){0};
}

pm_status __wrap_pm_quantities_new(pm_quantities **out, pm_error *err)
{
    static pm_quantities *once;
    if (!once) must_hold(!__real_pm_quantities_new(&once, err));
    *out = once;
    return PM_OK;
}

void __wrap_pm_quantities_free(pm_quantities *q)
{
    (void)q;
}

static pm_status push_all(pm_reader *reader, pm_audit *audit, pm_cycler *cycler)
{
    pm_status s;
    const pm_table *batch = NULL;
    while (!(s = pm_reader_next(reader, &batch, NULL)) && batch) {
        if ((s = pm_audit_push(audit, batch, NULL))) return s;
        (void)!pm_cycler_push(cycler, batch, NULL); /* files without time or voltage are refused */
    }
    return s;
}

/* Rows of the file, or -1 where it is refused. */
static int64_t read_all(const char *path, int64_t block_bytes)
{
    pm_scoped(pm_reader) reader = NULL;
    pm_scoped(pm_audit) audit = NULL;
    pm_scoped(pm_cycler) cycler = NULL;
    pm_scoped(pm_table) findings = NULL;
    pm_scoped(pm_table) cycles = NULL;
    pm_run run = {.threads = 1};
    pm_read_options options = {.block_bytes = block_bytes};
    pm_cycle_options kind = {.kind = PM_LI_CU};
    if (pm_reader_open(path, &options, &run, &reader, NULL)) return -1;
    must_hold(pm_audit_new(reader, NULL, &audit, NULL) == PM_OK);
    must_hold(pm_cycler_new(&kind, &cycler, NULL) == PM_OK);
    if (push_all(reader, audit, cycler)) return -1;
    must_hold(pm_audit_result(audit, &findings, NULL) == PM_OK);
    (void)!pm_cycler_cycles(cycler, &cycles, NULL);
    return pm_reader_facts(reader)->rows;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char path[40];
    int found = 0;
    pm_guess guess;
    int descriptor = memfd_create("fuzz", 0);
    must_hold(descriptor >= 0 && write(descriptor, bytes, n) == (ssize_t)n);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    (void)!pm_sniff(path, 1, &guess, &found, NULL);
    int64_t rows = read_all(path, 16384);
    must_hold(read_all(path, 257) == rows);
    close(descriptor);
    return 0;
}
