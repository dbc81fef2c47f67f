/* SPDX-License-Identifier: MIT */
#include "about.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>

const pm_field pm_finding_fields[PM_FINDING_FIELDS] = {
    {"code", PM_STRING, "", offsetof(pm_finding, code), "what is wrong, one of a fixed list"},
    {"severity", PM_STRING, "", offsetof(pm_finding, severity), "error, warning, note"},
    {"column", PM_STRING, "", offsetof(pm_finding, column), "column concerned"},
    {"count", PM_INT64, "1", offsetof(pm_finding, count), "rows concerned"},
    {"row_first", PM_INT64, "1", offsetof(pm_finding, row_first), "first data row concerned, from 1"},
    {"row_last", PM_INT64, "1", offsetof(pm_finding, row_last), "last data row concerned"},
    {"line_first", PM_INT64, "1", offsetof(pm_finding, line_first), "the file's line of the first row, from 1"},
    {"expected", PM_DOUBLE, "1", offsetof(pm_finding, expected), "what should stand there, in the column's unit"},
    {"observed", PM_DOUBLE, "1", offsetof(pm_finding, observed), "what stands there"},
    {"factor", PM_DOUBLE, "1", offsetof(pm_finding, factor), "observed over expected, where it is a unit's"},
    {"message", PM_STRING, "", offsetof(pm_finding, message), "the finding in words, with its numbers"},
    {"hint", PM_STRING, "", offsetof(pm_finding, hint), "what to do"},
    {"reconcilable", PM_INT64, "1", offsetof(pm_finding, reconcilable), "1: can be repaired without doubt"},
    {"action", PM_STRING, "", offsetof(pm_finding, action), "none, reconciled"},
};

pm_finding pm_finding_blank(const char *code, const char *severity, int64_t count)
{
    return (pm_finding){.code = code,
                        .severity = severity,
                        .count = count,
                        .row_first = PM_NO_INT,
                        .row_last = PM_NO_INT,
                        .line_first = PM_NO_INT,
                        .expected = NAN,
                        .observed = NAN,
                        .factor = NAN,
                        .action = "none"};
}

void pm_finding_declared(int64_t declared, int64_t rows, pm_builder *findings)
{
    char message[200];
    pm_finding x = pm_finding_blank("declared-rows-missing", "warning", declared - rows);

    x.expected = (double)declared;
    x.observed = (double)rows;
    snprintf(message, sizeof message, "the file says it has %lld rows; %lld are there", (long long)declared,
             (long long)rows);
    x.message = message;
    x.hint = "the file was cut: copy or export it again";
    pm_builder_push(findings, &x);
}
