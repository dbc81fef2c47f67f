/* SPDX-License-Identifier: MIT */
#include "outcome.h"

#include <stdio.h>
#include <string.h>

static pm_status take_findings(pm_reader *reader, pm_table **out, pm_error *err)
{
    pm_scoped(pm_builder) b = NULL;
    pm_status s = pm_builder_new(PM_FINDING_FIELDS, pm_finding_fields, &b, err);

    if (!s) s = pm_reader_findings(reader, b, err);
    return s ? s : pm_builder_finish(b, out, err);
}

outcome read_bytes(const char *bytes, int64_t n, pm_read_options options)
{
    outcome o = {0};
    char *path = support_file(".txt", bytes, n);
    pm_scoped(pm_reader) reader = NULL;
    const pm_table *batch = NULL;

    o.status = pm_read_table(path, &options, NULL, &o.rows, &o.err);
    if (!o.status) o.status = pm_reader_open(path, &options, NULL, &reader, &o.err);
    while (!o.status && !(o.status = pm_reader_next(reader, &batch, &o.err)) && batch) continue;
    if (!o.status) {
        snprintf(o.content, sizeof o.content, "%s", pm_reader_facts(reader)->format.content);
        snprintf(o.format, sizeof o.format, "%s", pm_reader_facts(reader)->format.format);
        o.status = take_findings(reader, &o.findings, &o.err);
    }
    support_remove(path);
    return o;
}

outcome read_as(const char *text, const char *format)
{
    return read_bytes(text, -1, (pm_read_options){.format = format});
}

outcome read_good(const char *text)
{
    outcome o = read_as(text, NULL);

    assert_good(o.status, &o.err);
    return o;
}

void free_outcome(outcome *o)
{
    pm_table_free(o->rows);
    pm_table_free(o->findings);
}

int64_t finding(const outcome *o, const char *code)
{
    for (int64_t i = 0; i < pm_table_rows(o->findings); i++)
        if (strcmp(word_at(o->findings, "code", i), code) == 0) return i;
    return -1;
}
