/* SPDX-License-Identifier: MIT */
/* The whole way of a file of delimited text: what it is, its rows, its audit, its half-cycles, and all that a second time
 * with what was found mended. The block in which it is read must not change how many rows there are. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audit/audit.h"
#include "cycle/cycle.h"
#include "fuzz.h"
#include "read/read.h"

/* *more = false where nothing came of it; without a batch the repair gives what it held back. */
static pm_status push(pm_repair *repair, const pm_table *batch, pm_audit *audit, pm_cycler *cycler, bool *more)
{
    pm_scoped(pm_table) mended = NULL;
    pm_status s = PM_OK;
    if (repair)
        s = pm_repair_batch(repair, batch, &mended, NULL);
    else if (batch)
        mended = pm_table_ref(batch);
    *more = mended != NULL;
    if (s || !mended) return s;
    (void)!pm_cycler_push(cycler, mended, NULL); /* files without time or voltage are refused */
    return pm_audit_push(audit, mended, NULL);
}

static pm_status push_all(pm_reader *reader, pm_repair *repair, pm_audit *audit, pm_cycler *cycler)
{
    pm_status s = PM_OK;
    const pm_table *batch = NULL;
    bool more = true;
    while (!s && !(s = pm_reader_next(reader, &batch, NULL)) && batch) s = push(repair, batch, audit, cycler, &more);
    while (!s && more) s = push(repair, NULL, audit, cycler, &more);
    return s;
}

enum { REFUSED = -2, BROKEN = -1 }; /* when it is opened; when its rows are read */

/* Rows of the file, which is mended by the findings in *findings (NULL: not); then those of this reading. */
static int64_t read_all(const char *path, int64_t block_bytes, pm_table **findings)
{
    pm_scoped(pm_reader) reader = NULL;
    pm_scoped(pm_repair) repair = NULL;
    pm_scoped(pm_audit) audit = NULL;
    pm_scoped(pm_cycler) cycler = NULL;
    pm_scoped(pm_table) cycles = NULL;
    pm_run run = {.threads = 1};
    pm_read_options options = {.block_bytes = block_bytes};
    pm_cycle_options kind = {.kind = PM_LI_CU};
    if (pm_reader_open(path, &options, &run, &reader, NULL)) return REFUSED;
    if (*findings) must_hold(pm_repair_new(*findings, &repair, NULL) == PM_OK);
    must_hold(pm_audit_new(reader, repair, &audit, NULL) == PM_OK);
    must_hold(pm_cycler_new(&kind, &cycler, NULL) == PM_OK);
    if (push_all(reader, repair, audit, cycler)) return BROKEN;
    pm_table_free(*findings);
    must_hold(pm_audit_result(audit, findings, NULL) == PM_OK);
    (void)!pm_cycler_cycles(cycler, &cycles, NULL);
    return pm_reader_facts(reader)->rows;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char path[40];
    int found = 0;
    pm_guess guess;
    pm_scoped(pm_table) findings = NULL;
    int descriptor = memfd_create("fuzz", 0);
    must_hold(descriptor >= 0 && write(descriptor, bytes, n) == (ssize_t)n);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    int64_t rows = read_all(path, 4096, &findings);
    if (rows == REFUSED)
        (void)!pm_sniff(path, 1, &guess, &found, NULL);
    else
        must_hold(read_all(path, 257, &findings) == rows);
    close(descriptor);
    return 0;
}
