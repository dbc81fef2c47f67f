/* SPDX-License-Identifier: MIT */
#include "audit_cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

cell *sound_cell(double step_s)
{
    static const struct {
        int rows, direction;
        const char *word;
    } steps[4] = {{REST_ROWS, 0, "Rest"}, {HALF_ROWS, 1, "CC Chg"}, {REST_ROWS, 0, "Rest"}, {HALF_ROWS, -1, "CC DChg"}};
    static const int columns[] = {PM_AUDIT_TIME,   PM_AUDIT_VOLTAGE, PM_AUDIT_CURRENT,
                                  PM_AUDIT_WALL,   PM_AUDIT_CYCLE,   PM_AUDIT_STEP_ID,
                                  PM_AUDIT_RECORD, PM_AUDIT_CHARGED, PM_AUDIT_DISCHARGED};
    cell *c = calloc(1, sizeof *c);
    assert_non_null(c);
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++) c->has[columns[k]] = true;
    double voltage = 3;
    for (int cycle = 1, i = 0; cycle <= 3; cycle++)
        for (int step = 0; step < 4; step++)
            for (int k = 0; k < steps[step].rows; k++, i++) {
                double charge_Ah = k * step_s / 3600;
                int direction = steps[step].direction;
                voltage += direction * 1.2 / HALF_ROWS;
                c->x[PM_AUDIT_TIME][i] = i * step_s;
                c->x[PM_AUDIT_VOLTAGE][i] = voltage;
                c->x[PM_AUDIT_CURRENT][i] = direction;
                c->x[PM_AUDIT_WALL][i] = 1.6e9 + i * step_s;
                c->x[PM_AUDIT_CYCLE][i] = cycle;
                c->x[PM_AUDIT_STEP_ID][i] = step + 1;
                c->x[PM_AUDIT_RECORD][i] = i + 1;
                c->x[PM_AUDIT_CHARGED][i] = direction > 0 ? charge_Ah : 0;
                c->x[PM_AUDIT_DISCHARGED][i] = direction < 0 ? charge_Ah : 0;
                c->word[i] = steps[step].word;
            }
    c->n = CELL_ROWS;
    return c;
}

void keep_columns(cell *c, const int numbers[])
{
    memset(c->has, 0, sizeof c->has);
    for (; *numbers >= 0; numbers++) c->has[*numbers] = true;
    c->word[0] = NULL;
}

pm_source_column *source_of(cell *c, int number)
{
    pm_source_column *source = &c->source[c->n_sources++];
    *source =
        (pm_source_column){.name = pm_audit_name(number), .source_name = "as spelled", .source_unit = "", .clock = ""};
    source->resolution = NAN;
    return source;
}

static const char *unit_of(int number)
{
    static const char *const units[PM_AUDIT_NUMBERS] = {"s",  "V",  "A",  "s",  "1",  "1",  "1",  "1",
                                                        "Ah", "Ah", "Ah", "Ah", "Wh", "Wh", "Wh", "Hz"};
    return units[number % PM_AUDIT_NUMBERS];
}

pm_table *cell_table(const cell *c)
{
    pm_scoped(pm_builder) b = NULL;
    pm_table *table = NULL;
    pm_error err;
    int at[2 * PM_AUDIT_NUMBERS], words;
    char name[64];
    assert_good(pm_builder_new(0, NULL, &b, &err), &err);
    for (int k = 0; k < 2 * PM_AUDIT_NUMBERS; k++) {
        if (!c->has[k]) continue;
        snprintf(name, sizeof name, "%s%s", pm_audit_name(k % PM_AUDIT_NUMBERS), k >= SECONDS ? "_2" : "");
        at[k] = pm_builder_add(b, name, PM_DOUBLE, unit_of(k));
    }
    words = c->word[0] ? pm_builder_add(b, "step_type", PM_STRING, "") : -1;
    assert_good(pm_builder_room(b, c->n, &err), &err);
    for (int k = 0; k < 2 * PM_AUDIT_NUMBERS; k++)
        if (c->has[k]) memcpy(pm_builder_doubles(b, at[k]), c->x[k], (size_t)c->n * sizeof(double));
    for (int i = 0; words >= 0 && i < c->n; i++) pm_builder_word(b, words, i, c->word[i], -1);
    pm_builder_commit(b, c->n);
    assert_good(pm_builder_finish(b, &table, &err), &err);
    return table;
}

static pm_table *findings_by(const cell *c, const pm_table *rows, int64_t batch_rows)
{
    pm_scoped(pm_audit) audit = NULL;
    pm_table *findings = NULL;
    pm_error err;
    assert_good(pm_audit_start(c->source, c->n_sources, &audit, &err), &err);
    for (int64_t first = 0, n = pm_table_rows(rows); first < n; first += batch_rows) {
        pm_scoped(pm_table) batch = NULL;
        int64_t some = n - first < batch_rows ? n - first : batch_rows;
        assert_good(pm_table_slice(rows, first, some, &batch, &err), &err);
        assert_good(pm_audit_push(audit, batch, &err), &err);
    }
    assert_good(pm_audit_result(audit, &findings, &err), &err);
    pm_scoped(pm_table) again = NULL; /* asking does not end the fold */
    assert_good(pm_audit_result(audit, &again, &err), &err);
    assert_same_table(again, findings);
    return findings;
}

pm_table *findings_of(const cell *c)
{
    pm_scoped(pm_table) rows = cell_table(c);
    pm_table *whole = findings_by(c, rows, c->n);
    static const int64_t cuts[] = {1, 7, 97};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        pm_scoped(pm_table) cut = findings_by(c, rows, cuts[i]);
        assert_same_table(cut, whole);
    }
    return whole;
}

static void print_findings(const pm_table *findings)
{
    for (int64_t i = 0; i < pm_table_rows(findings); i++) {
        pm_finding f = pm_finding_at(findings, i);
        print_error("%s %s [%lld..%lld] %s\n", f.severity, f.code, (long long)f.row_first, (long long)f.row_last,
                    f.message);
    }
}

int64_t only(const pm_table *findings, const char *code)
{
    int64_t at = -1, count = 0;
    for (int64_t i = 0; i < pm_table_rows(findings); i++)
        if (!strcmp(word_at(findings, "code", i), code)) {
            at = i;
            count++;
        }
    if (count != 1) {
        print_error("%lld findings of %s\n", (long long)count, code);
        print_findings(findings);
        fail();
    }
    return at;
}

void assert_sound(const cell *c)
{
    pm_scoped(pm_table) findings = findings_of(c);
    print_findings(findings);
    assert_int_equal(pm_table_rows(findings), 0);
}

void assert_alone(const pm_table *findings, const char *code, const char *severity)
{
    assert_string_equal(word_at(findings, "severity", only(findings, code)), severity);
    int64_t worse = pm_findings_count(findings, "error") + pm_findings_count(findings, "warning");
    if (worse != (strcmp(severity, "note") != 0)) {
        print_findings(findings);
        fail();
    }
}
