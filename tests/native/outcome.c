/* SPDX-License-Identifier: MIT */
#include "outcome.h"

#include <string.h>

outcome outcome_of_path(const char *path, const char *format)
{
    outcome o = {0};
    pm_scoped(pm_reader) reader = NULL;
    pm_scoped(pm_builder) b = NULL;
    const pm_table *batch = NULL;
    const pm_read_options options = {.block_bytes = 128, .format = format}; /* three rows in a batch */
    const pm_run run = {.threads = 1};

    o.status = pm_read_table(path, &options, &run, &o.rows, &o.error);
    if (!o.status) o.status = pm_reader_open(path, &options, &run, &reader, &o.error);
    while (!o.status && !(o.status = pm_reader_next(reader, &batch, &o.error)) && batch) continue;
    if (!o.status) o.status = pm_builder_new(PM_FINDING_FIELDS, pm_finding_fields, &b, &o.error);
    if (!o.status) o.status = pm_reader_findings(reader, b, &o.error);
    if (!o.status) o.status = pm_builder_finish(b, &o.findings, &o.error);
    if (!o.status) memcpy(o.content, pm_reader_facts(reader)->format.content, sizeof o.content);
    return o;
}

outcome outcome_of_bytes(const char *ending, const void *bytes, int64_t n, const char *format)
{
    char *path = support_file(ending, bytes, n);
    outcome o = outcome_of_path(path, format);

    support_remove(path);
    return o;
}

void clear(outcome *o)
{
    pm_table_free(o->rows);
    pm_table_free(o->findings);
}

static int64_t finding_of(const outcome *o, const char *code, const char *part)
{
    for (int64_t i = 0; i < pm_table_rows(o->findings); i++)
        if (!strcmp(word_at(o->findings, "code", i), code) && strstr(word_at(o->findings, "message", i), part))
            return i;
    return -1;
}

void expect_found(const outcome *o, const char *code, const char *part, int64_t count)
{
    assert_good(o->status, &o->error);
    int64_t i = finding_of(o, code, part);
    if (i < 0) fail_msg("no finding %s with '%s'", code, part);
    if (count >= 0) assert_int_equal(real_at(o->findings, "count", i), count);
}

void expect_refused(outcome o, int64_t byte, const char *part)
{
    assert_int_equal(o.status, PM_ERR_FORMAT);
    if (!strstr(o.error.message, part)) fail_msg("%s", o.error.message);
    assert_int_equal(o.error.byte, byte);
    clear(&o);
}
